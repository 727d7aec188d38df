import json
import tomllib
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.assessment import (
    AgentMissingError,
    Answer,
    Assessment,
    Consent,
    ConsentBeforeBirthError,
    ConsentInFutureError,
    ConsentKind,
    Criterion,
    Diagnosis,
    DiagnosisNotConfirmedError,
    Group,
    HeadacheDaysError,
    MigraineDaysError,
    MonthsError,
    MonthsOverAgeError,
    MoreMigraineThanHeadacheError,
    NotACountError,
    Preventive,
    Said,
    Threshold,
    assessment_from_plain,
    assessment_to_plain,
    blank,
    checked_assessment,
    read_count,
    unchanged,
)
from desktop.core.errors import ExpectedError
from desktop.core.patient import TextTooLongError, UnprintableCharacterError
from desktop.resources import ROOT, checklist, handbook
from tests.resources.test_protocol import unsourced

TODAY, BORN = date(2026, 11, 22), date(1980, 2, 1)
TABLE = tomllib.loads((ROOT / "assessment.toml").read_text("utf-8"))
ASSESSMENT = Assessment(
    answers={"pregnancy": Answer(Said.NO), "blood_thinner": Answer(Said.YES, "apixaban")},
    headache_days=22,
    days_4h=True,
    months=30,
    migraine_days=12,
    preventives=(
        Preventive("topiramate", "100 mg", "3 months", "tingling"),
        Preventive("propranolol"),
    ),
    current_preventives="amitriptyline 25 mg",
    acute_medicines="sumatriptan 50 mg,\nparacetamol",
    lid_and_brow="Lids level; right brow 1 mm lower.",
    diagnosis=Diagnosis(False, False, False, "Test Injector MD"),
    consent=Consent(ConsentKind.ON_PAPER, date(2026, 11, 22), "3"),
    recorded_on=TODAY,
    unchanged_since=None,
)
BLANK = blank(checklist().questions, TODAY)


# -- the shipped checklist -----------------------------------------------------------------------


def test_every_number_question_and_code_of_the_data_has_a_listed_source() -> None:
    assert unsourced(TABLE) == []
    rows = [*TABLE["questions"].values(), *TABLE["diagnoses"], *TABLE["eligibility"].values()]
    assert all(row["source"] in TABLE["sources"] for row in rows)
    assert all(row["evidence"] in {"V", "S", "R"} for row in rows)


def test_the_label_contraindicates_two_things_and_warns_of_the_rest() -> None:
    groups = {key: question.group for key, question in checklist().questions.items()}
    assert [key for key, group in groups.items() if group is Group.CONTRAINDICATION] == [
        "allergy",
        "infection",
    ]
    assert [key for key, group in groups.items() if group is Group.WARNING] == [
        "neuromuscular",
        "breathing",
        "swallowing",
        "pregnancy",
        "breastfeeding",
        "other_toxin",
        "interacting",
    ]
    assert groups["blood_thinner"] is Group.INFORMATION


def test_milk_protein_is_asked_for_because_some_products_hold_it() -> None:
    asked = {key: each.ingredient for key, each in checklist().questions.items() if each.ingredient}
    assert asked == {"milk_allergy": "cow's milk protein"}
    held = {name for each in handbook().products.values() for name in each.ingredients}
    assert held.issuperset(asked.values())


def test_each_label_asks_for_its_own_figures_and_three_months_are_not_enough() -> None:
    assert checklist().thresholds == (
        Threshold(Criterion.HEADACHE_DAYS, 15, ("us", "uk_eu")),
        Threshold(Criterion.HOURS, 4, ("us",)),
        Threshold(Criterion.MIGRAINE_DAYS, 8, ("uk_eu",)),
        Threshold(Criterion.MONTHS, 4, ("us", "uk_eu")),
    )
    named = {profile for each in checklist().thresholds for profile in each.profiles}
    assert named == set(handbook().protocol.profiles)


def test_the_time_that_is_asked_about_is_the_time_that_is_looked_at() -> None:
    assert "the last four months" in checklist().questions["other_toxin"].question
    assert checklist().other_toxin_days == 4 * 30
    assert (checklist().least_days_apart, checklist().least_age_years) == (84, 18)


@pytest.mark.parametrize(
    ("aura", "intractable", "status", "code"),
    [
        (False, False, True, "G43.701"),
        (False, False, False, "G43.709"),
        (False, True, True, "G43.711"),
        (False, True, False, "G43.719"),
        (True, False, True, "G43.E01"),
        (True, False, False, "G43.E09"),
        (True, True, True, "G43.E11"),
        (True, True, False, "G43.E19"),
    ],
)
def test_three_answers_name_one_code(
    aura: bool, intractable: bool, status: bool, code: str
) -> None:
    assert checklist().code_of(Diagnosis(aura, intractable, status, "Test Injector")) == code


def test_every_three_answers_have_a_code_of_their_own() -> None:
    assert set(checklist().codes) == set(product((False, True), repeat=3))
    assert len(set(checklist().codes.values())) == len(TABLE["diagnoses"]) == 8


# -- blank, unchanged ----------------------------------------------------------------------------


def test_a_blank_assessment_says_no_to_nothing() -> None:
    assert {answer.value for answer in BLANK.answers.values()} == {Said.NOT_ASKED}
    assert list(BLANK.answers) == list(checklist().questions)
    figures = (BLANK.headache_days, BLANK.days_4h, BLANK.months, BLANK.migraine_days)
    assert (figures, BLANK.diagnosis, BLANK.consent) == ((None,) * 4, None, None)


def test_a_question_that_the_record_does_not_know_was_not_asked() -> None:
    assert ASSESSMENT.said("pregnancy") is Said.NO
    assert ASSESSMENT.said("asked_in_a_later_edition") is Said.NOT_ASKED


def test_no_change_keeps_everything_and_the_day_on_which_it_was_first_said() -> None:
    second = unchanged(ASSESSMENT, date(2027, 2, 14))
    third = unchanged(second, date(2027, 5, 9))
    assert second == replace(
        ASSESSMENT, recorded_on=date(2027, 2, 14), unchanged_since=date(2026, 11, 22)
    )
    assert third == replace(
        ASSESSMENT, recorded_on=date(2027, 5, 9), unchanged_since=date(2026, 11, 22)
    )


# -- what a record can hold ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "good",
    [
        ASSESSMENT,
        BLANK,
        replace(ASSESSMENT, headache_days=31, migraine_days=31),
        replace(ASSESSMENT, headache_days=0, migraine_days=0, months=0),
        replace(ASSESSMENT, headache_days=None),
        replace(ASSESSMENT, months=561),
        replace(ASSESSMENT, consent=Consent(ConsentKind.SIGNED_COPY, BORN)),
        replace(ASSESSMENT, lid_and_brow="\U0001f642 level"),
    ],
)
def test_what_a_record_can_hold_comes_back_as_it_is(good: Assessment) -> None:
    assert checked_assessment(good, BORN, TODAY) is good


def consented(on: date, version: str = "") -> Assessment:
    return replace(ASSESSMENT, consent=Consent(ConsentKind.SIGNED_COPY, on, version))


def tried(**words: str) -> Assessment:
    return replace(ASSESSMENT, preventives=(Preventive(**{"agent": "topiramate", **words}),))


def confirmed(by: str) -> Assessment:
    return replace(ASSESSMENT, diagnosis=Diagnosis(True, True, True, by))


@pytest.mark.parametrize(
    ("bad", "kind", "figures"),
    [
        (replace(ASSESSMENT, headache_days=32), HeadacheDaysError, {"days": 32, "most_days": 31}),
        (replace(ASSESSMENT, headache_days=-1), HeadacheDaysError, {"days": -1}),
        (replace(ASSESSMENT, migraine_days=32), MigraineDaysError, {"days": 32, "most_days": 31}),
        (replace(ASSESSMENT, migraine_days=-1), MigraineDaysError, {"days": -1}),
        (
            replace(ASSESSMENT, migraine_days=23),
            MoreMigraineThanHeadacheError,
            {"migraine_days": 23, "headache_days": 22},
        ),
        (replace(ASSESSMENT, months=1201), MonthsError, {"months": 1201, "most_months": 1200}),
        (replace(ASSESSMENT, months=-1), MonthsError, {"months": -1}),
        (
            replace(ASSESSMENT, months=562),
            MonthsOverAgeError,
            {"months": 562, "months_lived": 561},
        ),
        (tried(agent=" "), AgentMissingError, {}),
        (tried(agent="", dose="100 mg"), AgentMissingError, {}),
        (tried(dose="x" * 201), TextTooLongError, {"length": 201}),
        (tried(duration="a\nb"), UnprintableCharacterError, {"character": "\n"}),
        (tried(stopped="\u202etired"), UnprintableCharacterError, {"character": "\u202e"}),
        (confirmed(" "), DiagnosisNotConfirmedError, {}),
        (confirmed("x\x1d"), UnprintableCharacterError, {"character": "\x1d"}),
        (
            consented(date(2026, 11, 23)),
            ConsentInFutureError,
            {"on": date(2026, 11, 23), "today": TODAY},
        ),
        (
            consented(date(1980, 1, 31)),
            ConsentBeforeBirthError,
            {"on": date(1980, 1, 31), "birth_date": BORN},
        ),
        (consented(TODAY, "v" * 201), TextTooLongError, {"length": 201}),
        (
            replace(ASSESSMENT, answers={"allergy": Answer(Said.YES, "x" * 5000)}),
            TextTooLongError,
            {"length": 5000},
        ),
        (replace(ASSESSMENT, current_preventives="\x00"), UnprintableCharacterError, {}),
        (replace(ASSESSMENT, acute_medicines="x" * 20_001), TextTooLongError, {"limit": 20_000}),
        (replace(ASSESSMENT, lid_and_brow="\u200f"), UnprintableCharacterError, {}),
    ],
)
def test_what_a_record_cannot_hold_is_refused_with_its_figures(
    bad: Assessment, kind: type[ExpectedError], figures: dict[str, Any]
) -> None:
    with pytest.raises(kind) as refused:
        checked_assessment(bad, BORN, TODAY)
    assert type(refused.value) is kind
    assert {name: getattr(refused.value, name) for name in figures} == figures


def test_months_lived_are_whole_ones() -> None:
    one = replace(BLANK, months=1)
    assert checked_assessment(one, date(2026, 10, 22), TODAY) is one
    with pytest.raises(MonthsOverAgeError):
        checked_assessment(one, date(2026, 10, 23), TODAY)


@pytest.mark.parametrize(
    ("text", "count"), [("15", 15), (" 0 ", 0), ("007", 7), ("", None), ("  ", None)]
)
def test_a_count_is_read_and_nothing_stays_nothing(text: str, count: int | None) -> None:
    assert read_count(text) == count


@pytest.mark.parametrize(
    "text",
    [
        "15.5",
        "15\n",
        "\t15",
        "-1",
        "1_0",
        "1e3",
        "\u0661\u0665",
        "\U0001f642",
        "15\u200f",
        "9" * 7,
        "a lot",
    ],
)
def test_what_is_no_count_is_refused_as_it_was_written(text: str) -> None:
    with pytest.raises(NotACountError) as refused:
        read_count(text)
    assert refused.value.text == text


# -- plain values --------------------------------------------------------------------------------

lines = st.text(max_size=5)
days = st.dates(date(1900, 1, 1), date(2100, 1, 1))
assessments = st.builds(
    Assessment,
    answers=st.dictionaries(lines, st.builds(Answer, st.sampled_from(Said), lines), max_size=4),
    headache_days=st.none() | st.integers(0, 31),
    days_4h=st.none() | st.booleans(),
    months=st.none() | st.integers(0, 1200),
    migraine_days=st.none() | st.integers(0, 31),
    preventives=st.lists(st.builds(Preventive, lines, lines, lines, lines), max_size=3).map(tuple),
    current_preventives=lines,
    acute_medicines=lines,
    lid_and_brow=lines,
    diagnosis=st.none() | st.builds(Diagnosis, st.booleans(), st.booleans(), st.booleans(), lines),
    consent=st.none() | st.builds(Consent, st.sampled_from(ConsentKind), days, lines),
    recorded_on=days,
    unchanged_since=st.none() | days,
)


@given(assessments)
def test_any_assessment_comes_back_from_its_plain_values(assessment: Assessment) -> None:
    written = json.dumps(assessment_to_plain(assessment))
    assert assessment_from_plain(json.loads(written)) == assessment


def test_the_same_assessment_has_the_same_text_however_it_was_put_together() -> None:
    turned = replace(ASSESSMENT, answers=dict(sorted(ASSESSMENT.answers.items())))
    assert json.dumps(assessment_to_plain(turned)) == json.dumps(assessment_to_plain(ASSESSMENT))


def test_plain_values_are_what_a_record_keeps() -> None:
    assert assessment_to_plain(replace(ASSESSMENT, unchanged_since=date(2026, 8, 30))) == {
        "answers": {
            "blood_thinner": {"value": "yes", "note": "apixaban"},
            "pregnancy": {"value": "no", "note": ""},
        },
        "headache_days": 22,
        "days_4h": True,
        "months": 30,
        "migraine_days": 12,
        "preventives": [
            {
                "agent": "topiramate",
                "dose": "100 mg",
                "duration": "3 months",
                "stopped": "tingling",
            },
            {"agent": "propranolol", "dose": "", "duration": "", "stopped": ""},
        ],
        "current_preventives": "amitriptyline 25 mg",
        "acute_medicines": "sumatriptan 50 mg,\nparacetamol",
        "lid_and_brow": "Lids level; right brow 1 mm lower.",
        "diagnosis": {
            "aura": False,
            "intractable": False,
            "status": False,
            "confirmed_by": "Test Injector MD",
        },
        "consent": {"kind": "on paper, seen", "on": "2026-11-22", "version": "3"},
        "recorded_on": "2026-11-22",
        "unchanged_since": "2026-08-30",
    }
