"""Every guard, question, answer, diagnosis, consent and fact has its words."""

import ast
import re
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

import desktop
from desktop import language
from desktop.core import assessment, guards
from desktop.core.assessment import (
    Answer,
    Consent,
    ConsentKind,
    Criterion,
    Diagnosis,
    Group,
    Preventive,
    Question,
    Said,
    blank,
    unchanged,
)
from desktop.core.billing import payer_facts
from desktop.core.errors import ExpectedError
from desktop.core.guards import Guard
from desktop.core.vial import NoLotError
from desktop.resources import checklist
from desktop.words import safety

LONDON = ZoneInfo("Europe/London")
CHECKLIST = checklist()
ONA, ABO = "onabotulinumtoxinA", "abobotulinumtoxinA"
NO_ADVICE = "This program records facts and gives no coding advice."

GUARDS: list[tuple[Guard, str]] = [
    (guards.NoAssessment(), "Nothing was asked before the needle."),
    (
        guards.Contraindicated("allergy", ""),
        "Contraindicated by the label: allergy to a toxin or ingredient.",
    ),
    (
        guards.Contraindicated("infection", " at FRO 1 right "),
        "Contraindicated by the label: infection at a site. Note: at FRO 1 right",
    ),
    (
        guards.Contraindicated("milk_allergy", "hives", "cow's milk protein"),
        (
            "Contraindicated by the label: allergy to cow's-milk protein. A product of this session"
            " holds cow's milk protein. Note: hives"
        ),
    ),
    (
        guards.OtherToxin(ABO, date(2026, 8, 24)),
        (
            "Another toxin, abobotulinumtoxinA, on 24 Aug 2026. Units of different toxins cannot be"
            " added or compared."
        ),
    ),
    (
        guards.ElsewhereOnRecord(date(2026, 9, 1), ONA),
        (
            "The answer is that no toxin was given elsewhere, but the record has onabotulinumtoxinA"
            " on 1 Sep 2026."
        ),
    ),
    (guards.SinceLast(1), "1 day since the last treatment."),
    (guards.SinceLast(90), "90 days since the last treatment."),
    (
        guards.WithinLimit(Decimal(355), Decimal(400), 84, ONA),
        "355 of 400 units of onabotulinumtoxinA in 84 days, this session included.",
    ),
    (
        guards.OverCumulative(Decimal("402.5"), Decimal(400), 84, ONA),
        (
            "402.5 units of onabotulinumtoxinA in 84 days, this session included: over the limit of"
            " 400 units."
        ),
    ),
    (
        guards.TooEarly(83, 84, date(2026, 11, 23)),
        "The last session was 83 days ago, 84 are usual; earliest 23 Nov 2026.",
    ),
    (
        guards.TooEarly(1, 84, date(2027, 2, 13)),
        "The last session was 1 day ago, 84 are usual; earliest 13 Feb 2027.",
    ),
    (
        guards.TooEarly(40, 84, date(2027, 1, 5), "another clinic"),
        "The last treatment (another clinic) was 40 days ago, 84 are usual; earliest 5 Jan 2027.",
    ),
    (
        guards.TooEarly(40, 84, date(2027, 1, 5), guards.ELSEWHERE),
        "The last treatment (elsewhere) was 40 days ago, 84 are usual; earliest 5 Jan 2027.",
    ),
    (guards.Warned("pregnancy", "week 12"), "Warning: pregnancy. Note: week 12"),
    (guards.Warned("asked_elsewhere", ""), "Warning: asked elsewhere."),
    (
        guards.NotEligible(Criterion.HEADACHE_DAYS, 14, 15),
        "Recorded: 14 headache days a month; the label is for 15 or more.",
    ),
    (
        guards.NotEligible(Criterion.HEADACHE_DAYS, 1, 15),
        "Recorded: 1 headache day a month; the label is for 15 or more.",
    ),
    (
        guards.NotEligible(Criterion.MIGRAINE_DAYS, 7, 8),
        "Recorded: 7 migraine days a month; the label is for 8 or more.",
    ),
    (
        guards.NotEligible(Criterion.HOURS, None, 4),
        "Recorded: headache of less than 4 hours a day; the label is for 4 or more.",
    ),
    (
        guards.NotEligible(Criterion.MONTHS, 3, 4),
        "Recorded: for 3 months before treatment; chronic migraine has lasted more than 3 months.",
    ),
    (
        guards.Under18(17),
        "The patient is 17. Under 18 this is off-label, and insurance may not cover it.",
    ),
    (guards.NoConsent(), "No consent is recorded."),
    (
        guards.NotAsked(("pregnancy", "swallowing"), (Criterion.HOURS, Criterion.MONTHS)),
        (
            "Not asked or not recorded: pregnancy, swallowing trouble, hours of headache a day,"
            " months with headache."
        ),
    ),
    (guards.Noted("blood_thinner", "apixaban"), "To know: blood thinner. Note: apixaban"),
    (
        guards.DoseChange(Decimal("157.5"), Decimal(155)),
        "157.5 units this time, 155 units last time.",
    ),
    (
        guards.ClockSetBack(
            datetime(2026, 11, 22, 10, 30, tzinfo=LONDON),
            datetime(2026, 11, 22, 7, 15, tzinfo=ZoneInfo("America/New_York")),
        ),
        (
            "This computer's clock says 22 Nov 2026 10:30, but the record's newest entry is of"
            " 22 Nov 2026 12:15. Check the clock."
        ),
    ),
]


@pytest.mark.parametrize(("guard", "sentence"), GUARDS)
def test_every_guard_says_what_it_found(guard: Guard, sentence: str) -> None:
    assert safety.guard_sentence(guard, CHECKLIST) == sentence


def test_every_kind_of_guard_is_looked_at() -> None:
    assert {type(guard) for guard, _ in GUARDS} == set(get_args(Guard))


ERRORS: list[tuple[ExpectedError, str]] = [
    (
        assessment.NotACountError("15.5"),
        "\u201c15.5\u201d is not a whole number. Write digits only, such as 15.",
    ),
    (
        assessment.HeadacheDaysError(32, 31),
        "32 headache days cannot be: a month has 0 to 31 of them.",
    ),
    (
        assessment.MigraineDaysError(40, 31),
        "40 migraine days cannot be: a month has 0 to 31 of them.",
    ),
    (
        assessment.MoreMigraineThanHeadacheError(23, 22),
        "23 migraine days are more than 22 headache days; each migraine day is one of those.",
    ),
    (assessment.MonthsError(1201, 1200), "1201 months cannot be: write 0 to 1200."),
    (
        assessment.MonthsOverAgeError(562, 561),
        "562 months cannot be: the patient is 561 months old.",
    ),
    (assessment.AgentMissingError(), "A preventive that was tried needs its name."),
    (
        assessment.DiagnosisNotConfirmedError(),
        "Confirm the diagnosis, or choose “not asked” in its questions.",
    ),
    (
        assessment.DiagnosisIncompleteError(),
        "Answer all three questions of the diagnosis, or none.",
    ),
    (
        assessment.ConsentKindMissingError(),
        "Say how consent was given, or clear its date and version.",
    ),
    (
        assessment.ConsentInFutureError(date(2026, 11, 23), date(2026, 11, 22)),
        "Consent cannot be dated 23 Nov 2026: today is 22 Nov 2026.",
    ),
    (
        assessment.ConsentBeforeBirthError(date(1980, 1, 31), date(1980, 2, 1)),
        "Consent cannot be dated 31 Jan 1980, before the patient's birth on 1 Feb 1980.",
    ),
]


@pytest.mark.parametrize(("error", "sentence"), ERRORS)
def test_every_wrong_entry_is_explained(error: ExpectedError, sentence: str) -> None:
    assert safety.explain(error) == sentence


def test_every_error_of_an_assessment_is_looked_at() -> None:
    kinds = {
        each
        for each in vars(assessment).values()
        if isinstance(each, type)
        and issubclass(each, ExpectedError)
        and each.__module__ == assessment.__name__
    }
    assert {type(error) for error, _ in ERRORS} == kinds


def test_an_error_of_another_kind_is_explained_elsewhere() -> None:
    assert safety.explain(NoLotError()) is None


def test_every_question_has_a_text_and_a_name_of_its_own() -> None:
    texts = [safety.question_text(each) for each in CHECKLIST.questions.values()]
    names = [safety.question_name(key, CHECKLIST) for key in CHECKLIST.questions]
    assert all(text.endswith("?") for text in texts)
    assert all(name and len(name) <= 34 for name in names)
    assert len(set(texts)) == len(set(names)) == len(CHECKLIST.questions)


def test_a_question_is_asked_in_the_language_in_use() -> None:
    # Two words that were translated long ago, so that this holds whatever the questions are.
    question = Question("side", Group.WARNING, "right", "left")
    with language.speaking("es"):
        assert safety.question_text(question) == "izquierdo"
        asked = replace(CHECKLIST, questions={"side": question})
        assert safety.question_name("side", asked) == "derecho"


def test_an_answer_comes_with_its_note() -> None:
    said = [Answer(Said.NO), Answer(Said.YES, "week 12"), Answer(Said.NOT_ASKED, " ")]
    assert [safety.answer_words("pregnancy", each, CHECKLIST) for each in said] == [
        "pregnancy: no",
        "pregnancy: yes (week 12)",
        "pregnancy: not asked",
    ]
    assert [safety.group_name(group) for group in Group] == [
        "contraindication",
        "warning",
        "information",
    ]


def test_figures_are_said_as_far_as_they_are_known() -> None:
    empty = blank(CHECKLIST.questions, date(2026, 11, 22))
    assert safety.figures_words(empty) == []
    known = replace(empty, headache_days=22, days_4h=True, migraine_days=1, months=30)
    assert safety.figures_words(known) == [
        "22 headache days a month",
        "headache lasts 4 hours a day or more",
        "1 migraine day a month",
        "for 30 months before treatment",
    ]
    assert safety.figures_words(replace(empty, days_4h=False, months=1)) == [
        "headache lasts less than 4 hours a day",
        "for 1 month before treatment",
    ]


def test_no_change_names_the_day_since_which_there_was_none() -> None:
    first = blank(CHECKLIST.questions, date(2026, 8, 30))
    assert safety.unchanged_words(first) == ""
    again = unchanged(first, date(2026, 11, 22))
    assert safety.unchanged_words(again) == "no change since 30 Aug 2026"


def test_a_preventive_is_said_as_far_as_it_is_known() -> None:
    full = Preventive("topiramate", "100 mg", "3 months", "tingling")
    assert safety.preventive_words(full) == (
        "topiramate \u00b7 100 mg \u00b7 3 months \u00b7 stopped: tingling"
    )
    assert safety.preventive_words(Preventive("propranolol")) == "propranolol"


def test_a_diagnosis_is_said_in_words_beside_the_code_that_they_name() -> None:
    plain = Diagnosis(False, False, False, "Test Injector MD")
    assert safety.diagnosis_text(plain, CHECKLIST) == (
        "chronic migraine without aura, not intractable, without status migrainosus"
        " (ICD-10-CM G43.709), confirmed by Test Injector MD"
    )
    other = Diagnosis(True, True, True, "Test Injector MD")
    assert safety.diagnosis_words(other) == (
        "chronic migraine with aura, intractable, with status migrainosus"
    )
    every = {
        safety.diagnosis_words(Diagnosis(aura, intractable, status, ""))
        for aura, intractable, status in product((True, False), repeat=3)
    }
    assert len(every) == 8
    assert len(set(safety.diagnosis_questions())) == 3


def test_consent_is_said_with_its_day_and_its_version() -> None:
    seen = Consent(ConsentKind.ON_PAPER, date(2026, 2, 1), "3")
    assert safety.consent_words(seen) == "on paper, seen \u00b7 1 Feb 2026 \u00b7 version 3"
    signed = Consent(ConsentKind.SIGNED_COPY, date(2026, 2, 1), " ")
    assert safety.consent_words(signed) == "signed copy \u00b7 1 Feb 2026"


def lines(
    injected: str,
    wasted: str | None,
    code: str = "J0585",
    billing_unit: int = 1,
    *,
    bought: bool | None = True,
) -> list[str]:
    waste = None if wasted is None else Decimal(wasted)
    facts = payer_facts(Decimal(injected), waste, code, Decimal(billing_unit), bought=bought)
    return safety.payer_lines(facts)


def test_payer_facts_are_exact_lines_and_no_advice() -> None:
    assert lines("155", "45") == [
        "Procedure: 64615",
        "Supply: bought by the practice",
        "Injected: 155 units, J0585 \u00d7 155",
        "Discarded: 45 units, J0585 JW \u00d7 45",
        NO_ADVICE,
    ]
    assert lines("200", "0")[2:] == [
        "Injected: 200 units, J0585 \u00d7 200",
        "Discarded: nothing, JZ",
        NO_ADVICE,
    ]
    assert lines("125", "175", "J0586", 5)[2:4] == [
        "Injected: 125 units, J0586 \u00d7 25",
        "Discarded: 175 units, J0586 JW \u00d7 35",
    ]


def test_what_is_not_whole_is_not_rounded() -> None:
    assert lines("157.5", "42.5")[2:] == [
        "Injected: 157.5 units, J0585: not whole units; not rounded here",
        "Discarded: 42.5 units, J0585 JW: not whole units; not rounded here",
        NO_ADVICE,
    ]


def test_what_cannot_be_stated_is_said_to_be_so() -> None:
    assert lines("155", "45", bought=False) == [
        "Procedure: 64615",
        "Supply: not bought by the practice, so no line for the drug, JW or JZ",
        NO_ADVICE,
    ]
    assert lines("155", "45", bought=None)[1] == (
        "Supply: not recorded; JW and JZ are for drug that the practice bought"
    )
    assert lines("155", None)[3] == "Discarded: not recorded, so neither JW nor JZ"
    assert lines("50", "50", "")[2:] == [
        "Drug: this product has no code in this program.",
        NO_ADVICE,
    ]
    assert lines("0", "200") == [
        "Nothing was injected: there is no procedure and no drug to state.",
        NO_ADVICE,
    ]


SAID_BY_HAND = re.compile(r"\d\s?U\b|\bleft\b|no risk", re.IGNORECASE)


def test_no_sentence_has_a_forbidden_word() -> None:
    """Units are never a letter, left is a side, and no drug is said to be free of interactions."""
    said = [sentence for _, sentence in [*GUARDS, *ERRORS]]
    said += [each.question for each in CHECKLIST.questions.values()]
    assert [sentence for sentence in said if SAID_BY_HAND.search(sentence)] == []


@pytest.mark.parametrize("name", ["assessment", "guards", "billing"])
def test_no_amount_before_the_needle_is_ever_a_float(name: str) -> None:
    path = Path(desktop.__file__).parent / "core" / f"{name}.py"
    tree = ast.parse(path.read_text("utf-8"))
    floats = [
        node
        for node in ast.walk(tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))
    ]
    assert floats == []


@pytest.mark.parametrize("tag", [each.tag for each in language.available()])
def test_every_guard_can_be_said_in_every_language(tag: str) -> None:
    with language.speaking(tag):
        said = [safety.guard_sentence(guard, CHECKLIST) for guard, _ in GUARDS]
    assert all(sentence.strip() for sentence in said)
    assert not any(re.search(r"[{}]", sentence) for sentence in said)
