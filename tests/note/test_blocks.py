"""What a note says round the injections, and that nothing of a session is missing in the PDF."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.core.acts import (
    Act,
    AddEvent,
    AddVial,
    ChangeVial,
    GiveAll,
    GoOn,
    PlanProtocol,
    SetAssessment,
    SetProcedure,
    SetRemark,
    SetWaste,
    StateGap,
    Tap,
)
from desktop.core.amounts import amount_text
from desktop.core.assessment import (
    Answer,
    Assessment,
    Consent,
    ConsentKind,
    Criterion,
    Diagnosis,
    Preventive,
    Said,
    blank,
)
from desktop.core.guards import (
    Contraindicated,
    NoAssessment,
    NoConsent,
    NotEligible,
    OtherToxin,
    OverCumulative,
    TooEarly,
    Under18,
    Warned,
)
from desktop.core.procedure import Aspiration, Event, Happening, Procedure
from desktop.core.session import Session
from desktop.core.vial import Expiry, Supply
from desktop.note.fonts import MissingGlyphsError, check_printable
from desktop.note.pdf import render
from desktop.note.pieces import Details, Note
from desktop.resources import checklist
from desktop.wording import date_text, expiry_text, time_text
from desktop.words import safety, vials
from tests.note.visits import (
    ALL_GIVEN,
    ASSESSMENT,
    BOOK,
    DISCARDED_AT,
    EVERYTHING,
    PROCEDURE,
    TWO_TOXINS,
    TWO_VIALS,
    VIAL,
    WHOLE_VIAL,
    chart,
    note_of,
    pages_of,
    signed,
    whole_note,
)

CHECKLIST = checklist()


DIAGNOSIS = (
    "chronic migraine without aura, intractable, without status migrainosus (ICD-10-CM G43.719),"
    " confirmed by Test Injector"
)
DAYS = "22 headache days a month · headache lasts 4 hours a day or more"
NO = (
    "allergy to a toxin or ingredient, allergy to cow's-milk protein, infection at a site,"
    " neuromuscular disorder, pregnancy, breastfeeding, botulinum toxin elsewhere"
)


def rows(details: Details) -> dict[str, tuple[str, ...]]:
    return {row.label: row.lines for row in details.rows}


def of(assessment: Assessment) -> Note:
    return note_of(chart(SetAssessment(assessment)))


# -- why it was done -----------------------------------------------------------------------------


def test_the_indication_says_diagnosis_code_figures_and_medicines() -> None:
    assert rows(whole_note().indication) == {
        "Diagnosis": (DIAGNOSIS,),
        "Before treatment": (
            f"{DAYS} · 14 migraine days a month · for 18 months before treatment",
        ),
        "Preventives now": ("candesartan 16 mg",),
        "Acute medicines": ("sumatriptan 50 mg, about 8 days a month",),
    }


def test_every_preventive_says_its_four_things_or_that_they_are_not_recorded() -> None:
    assert whole_note().preventives.rows == (
        (("topiramate",), ("100 mg a day",), ("3 months",), ("tingling",)),
        (("propranolol",), ("160 mg a day",), ("4 months",), ("no effect",)),
        (("amitriptyline",), ("50 mg at night",), ("not recorded",), ("not recorded",)),
    )


def test_what_a_payer_asks_for_and_nobody_recorded_is_said_to_be_not_recorded() -> None:
    empty = of(blank(CHECKLIST.questions, date(2026, 11, 22)))
    assert rows(empty.indication) == {
        "Diagnosis": ("not recorded",),
        "Before treatment": ("not recorded",),
        "Preventives tried": ("not recorded",),
    }
    half = of(replace(ASSESSMENT, migraine_days=None, months=None))
    assert rows(half.indication)["Before treatment"] == (
        f"{DAYS} · not recorded: migraine days, months with headache",
    )
    none = note_of(chart(*ALL_GIVEN))
    assert rows(none.payer)["Codes"] == (
        "procedure 64615 · not recorded: diagnosis, headache before treatment, preventives tried",
    )


# -- before the needle ---------------------------------------------------------------------------


def test_only_a_yes_stands_by_itself_with_its_note_and_the_rest_is_named() -> None:
    before = whole_note().before
    assert rows(before) == {
        "Asked": ("22 Nov 2026, no change since 1 Mar 2026",),
        "Answered yes": ("swallowing trouble", "blood thinner: apixaban 5 mg"),
        "Answered no": (
            NO,
            "breathing trouble: asthma as a child",
        ),
        "Not asked": ("aminoglycosides or relaxants",),
        "Lid and brow": ("Left brow 2 mm lower than the right one.",),
        "Consent given": ("on paper, seen · 20 Nov 2026 · version 3.1",),
    }
    assert [row.label for row in before.rows if row.strong] == ["Answered yes"]


def test_answers_that_were_given_anew_name_their_day_only() -> None:
    anew = of(replace(ASSESSMENT, unchanged_since=None))
    assert rows(anew.before)["Asked"] == ("22 Nov 2026",)


def test_a_question_that_is_no_longer_asked_is_listed_by_its_key() -> None:
    older = {**ASSESSMENT.answers, "metal_implant": Answer(Said.YES, "hip")}
    shown = rows(of(replace(ASSESSMENT, answers=older)).before)
    assert shown["Answered yes"][-1] == "metal implant: hip"


def test_what_is_empty_is_left_out() -> None:
    note = note_of(chart(*ALL_GIVEN))
    assert (note.indication.rows, note.preventives.rows) == ((), ())
    assert (note.before.rows, note.procedure.rows) == ((), ())
    assert (note.overrides.items, note.events.items) == ((), ())
    assert note_of(chart(PlanProtocol())).payer.rows == ()
    read = " ".join(pages_of(render(note)))
    for heading in ("Indication", "Before the needle", "How it was given", "Reasons for going on"):
        assert heading not in read


OVERRIDES = [
    (NoAssessment(), "Nothing was asked before the needle."),
    (
        Contraindicated("allergy", ""),
        "Contraindicated by the label: allergy to a toxin or ingredient.",
    ),
    (
        OtherToxin("abobotulinumtoxinA", date(2026, 11, 1)),
        "Another toxin lately, or in this session: abobotulinumtoxinA.",
    ),
    (
        OverCumulative(Decimal(500), Decimal(400), 84, "onabotulinumtoxinA"),
        "Over the limit of units in so many days: onabotulinumtoxinA.",
    ),
    (
        TooEarly(70, 84, date(2026, 12, 6)),
        "Less time after the last treatment than usual.",
    ),
    (Warned("pregnancy", ""), "Warning: pregnancy."),
    (NotEligible(Criterion.MONTHS, 2, 4), "Less than the label asks for: months with headache."),
    (Under18(17), "Under 18 years, which is off-label."),
    (NoConsent(), "No consent was recorded."),
]


@pytest.mark.parametrize(("guard", "sentence"), OVERRIDES)
def test_a_reason_for_going_on_names_what_spoke_against_it(
    guard: NoConsent | OtherToxin, sentence: str
) -> None:
    note = note_of(chart(GoOn(guard.key, "said why")))
    assert [item.text for item in note.overrides.items] == [f"{sentence} Reason: said why"]


def test_the_key_of_a_check_of_another_edition_stands_as_it_is() -> None:
    (item,) = note_of(chart(GoOn("full moon", "said why"))).overrides.items
    assert item.text == "full moon Reason: said why"
    (item,) = note_of(chart(GoOn("not eligible full moon", "said why"))).overrides.items
    assert item.text == "Less than the label asks for: full moon. Reason: said why"


def test_a_vial_that_was_used_in_spite_of_its_date_says_both() -> None:
    expired = replace(VIAL, expiry=Expiry(2026, 10))
    (item,) = note_of(chart(AddVial(expired, "no other vial"))).overrides.items
    assert item.text == (
        "Vial 1, lot C1234C3, was used. This vial expired on 31 Oct 2026. Reason: no other vial"
    )


# -- how it was done -----------------------------------------------------------------------------


def test_the_procedure_says_its_parts_in_the_order_in_which_they_are_done() -> None:
    assert list(rows(whole_note().procedure).items()) == [
        ("Position", ("supine, then seated",)),
        ("Skin preparation", ("chlorhexidine wipe",)),
        ("Needle", ("30 G, 13 mm",)),
        ("Guidance", ("by landmarks",)),
        ("Aspiration", ("no",)),
        ("Tolerance", ("well tolerated",)),
        ("Aftercare given", ("Stay upright for four hours.", "No rubbing of the sites today.")),
        ("Warning signs told", ("Trouble swallowing or breathing: call an ambulance.",)),
        ("Plan", ("Next session from 14 Feb 2027. Diary to be kept.",)),
    ]


def test_a_part_that_was_not_recorded_is_left_out_and_aspiration_says_so() -> None:
    note = note_of(chart(SetProcedure(Procedure(needle="30 G"))))
    assert rows(note.procedure) == {"Needle": ("30 G",), "Aspiration": ("not recorded",)}


def test_an_event_says_its_time_and_what_was_done() -> None:
    (item,) = whole_note().events.items
    assert item.text == "10:40: faint, lay down, recovered"
    at = datetime(2026, 11, 23, 9, 5, tzinfo=DISCARDED_AT.tzinfo)
    (item,) = note_of(chart(AddEvent(Event(Happening.PAIN, at)))).events.items
    assert item.text == "23 Nov 2026 09:05: pain"


# -- for a payer ---------------------------------------------------------------------------------


def test_the_facts_for_a_payer_are_exact_and_are_no_advice() -> None:
    payer = whole_note().payer
    assert rows(payer) == {
        "Codes": ("procedure 64615 · diagnosis G43.719",),
        "BOTOX": (
            "Supply: bought by the practice",
            "Injected: 162.5 units, J0585: not whole units; not rounded here",
            "Discarded: 37.5 units, J0585 JW: not whole units; not rounded here",
            "NDC 00023-3921-02",
        ),
    }
    assert payer.small_print == "This program records facts and gives no coding advice."


def test_vials_of_one_product_and_supply_are_one_fact_and_others_are_not() -> None:
    bought = [ChangeVial(replace(vial, supply=Supply.BOUGHT)) for vial in chart(*TWO_VIALS).vials]
    assert rows(note_of(chart(*TWO_VIALS, *bought)).payer)["BOTOX, vial 1, 2"] == (
        "Supply: bought by the practice",
        "Injected: 155 units, J0585 × 155",
        "Discarded: 45 units, J0585 JW × 45",
    )
    sample = ChangeVial(replace(chart(*TWO_VIALS).vials[1], supply=Supply.SAMPLE))
    apart = rows(note_of(chart(*TWO_VIALS, sample)).payer)
    assert apart["BOTOX, vial 1"][1:] == (
        "Injected: 100 units, J0585 × 100",
        "Discarded: nothing, JZ",
    )
    assert apart["BOTOX, vial 2"] == (
        "Supply: not bought by the practice, so no line for the drug, JW or JZ",
    )


def test_two_toxins_are_two_facts() -> None:
    payer = rows(note_of(chart(*TWO_TOXINS)).payer)
    assert payer["BOTOX, vial 1"][1] == "Injected: 150 units, J0585 × 150"
    assert payer["Dysport, vial 2"][1:] == (
        "Injected: 20 units, J0586 × 4",
        "Discarded: 280 units, J0586 JW × 56",
    )


def test_what_was_discarded_of_a_vial_is_unknown_until_it_is_recorded() -> None:
    payer = rows(note_of(chart(*ALL_GIVEN)).payer)
    assert payer["BOTOX"][-1] == (
        "Discarded: not recorded, so neither JW nor JZ · 45 units not yet accounted for"
    )


def test_nothing_is_said_to_be_nothing_while_units_are_unaccounted_for() -> None:
    lost = chart(*ALL_GIVEN, SetWaste(Decimal(0), ""), StateGap("lost in needle and syringe"))
    assert rows(note_of(signed(lost)).payer)["BOTOX"][-1] == (
        "Discarded: not recorded, so neither JW nor JZ · 45 units not accounted for"
    )
    some = chart(*ALL_GIVEN, SetWaste(Decimal(40), "rest"), StateGap("lost"))
    assert rows(note_of(signed(some)).payer)["BOTOX"][-1] == (
        "Discarded: 40 units, J0585 JW × 40 · 5 units not accounted for"
    )


def test_a_payer_is_told_what_no_vial_is_recorded_of() -> None:
    assert rows(note_of(chart(Tap("COR-1-R"))).payer)["No vial"] == (
        "5 units injected, and no vial is recorded.",
    )


def test_a_vial_from_which_nothing_was_injected_is_no_fact() -> None:
    assert list(rows(note_of(chart(*TWO_VIALS[:2], Tap("COR-1-R"), TWO_VIALS[2])).payer)) == [
        "Codes",
        "BOTOX, vial 1",
    ]


def test_what_was_thrown_away_whole_is_stated_without_a_code() -> None:
    sample = ChangeVial(replace(chart(*TWO_VIALS[:2]).vials[0], supply=Supply.SAMPLE))
    thrown = SetWaste(Decimal(40), "fell", 2)
    acts = (*TWO_VIALS[:2], Tap("COR-1-R"), TWO_VIALS[2], sample, thrown)
    assert rows(note_of(chart(*acts)).payer)["BOTOX, vial 2"] == (
        "nothing injected, 40 units discarded · 60 units not yet accounted for",
    )


# -- everything that a session holds -------------------------------------------------------------

# What the program keeps for itself, and what a note says in other words or draws.
NOT_PRINTED = {
    "patient_id", "extras_made", "drawing", "stock_id", "product", "profile", "plan", "region",
    "point", "planned_point", "state", "side", "answers", "aura", "intractable", "status",
    "days_4h", "sex", "units", "kind", "vial",
}  # fmt: skip


def stored(value: object) -> Iterator[str]:
    """Every text, amount, number and time in a session, as a note writes it."""
    match value:
        case StrEnum() | bool() | None:
            return
        case str():
            yield from value.splitlines()
        case Decimal():
            yield amount_text(value)
        case int():
            yield str(value)
        case datetime():
            yield time_text(value)
        case date():
            yield date_text(value)
        case Expiry():
            yield expiry_text(value)
        case Mapping():
            for each in value.values():
                yield from stored(each)
        case tuple():
            for each in value:
                yield from stored(each)
        case _:
            assert is_dataclass(value)
            for field in fields(value):
                if field.name not in NOT_PRINTED:
                    yield from stored(getattr(value, field.name))


def in_other_words(session: Session) -> Iterator[str]:
    """What a note says of the values that it does not print as they are stored."""
    for vial in session.vials:
        yield vials.supply_name(vial.supply)
        yield BOOK.products[vial.product].usan
    yield from (amount_text(each.units) for each in session.wastes)
    yield from (vials.happening_name(each.kind) for each in session.events)
    yield vials.aspiration_name(session.procedure.aspiration)
    given = session.assessment
    if given is None:
        return
    for key, answer in given.answers.items():
        yield safety.question_name(key, CHECKLIST)
        yield answer.note
    yield from safety.figures_words(given)
    if given.diagnosis:
        yield safety.diagnosis_text(given.diagnosis, CHECKLIST)
    if given.consent:
        yield safety.consent_words(given.consent)


def squeezed(text: str) -> str:
    """The letters alone: where a line breaks, a space may be lost."""
    return normalize("NFC", text).replace(" ", "").casefold()


def check_everything_is_in_the_file(session: Session) -> None:
    read = squeezed(" ".join(pages_of(render(note_of(session)))))
    for text in (*stored(session), *in_other_words(session)):
        assert squeezed(text) in read, text


@pytest.mark.parametrize(
    "acts", [EVERYTHING, TWO_VIALS, TWO_TOXINS], ids=["everything", "two vials", "two toxins"]
)
def test_every_stored_value_is_found_in_the_file(acts: tuple[Act, ...]) -> None:
    check_everything_is_in_the_file(signed(chart(*acts)))
    check_everything_is_in_the_file(chart(*acts))


LINE = (
    st.text(st.sampled_from("abcdeéŁñΩжß 0123456789<&>%{}()"), min_size=1, max_size=120)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
TEXT = st.lists(LINE, min_size=1, max_size=3).map("\n".join)
COUNT = st.one_of(st.none(), st.integers(0, 28))
DAY = st.dates(date(2020, 1, 1), date(2026, 11, 22))
ASSESSMENTS = st.builds(
    Assessment,
    answers=st.dictionaries(
        st.sampled_from(list(CHECKLIST.questions)),
        st.builds(Answer, st.sampled_from(Said), st.one_of(st.just(""), LINE)),
    ),
    headache_days=COUNT,
    days_4h=st.sampled_from([True, False, None]),
    months=COUNT,
    migraine_days=COUNT,
    preventives=st.lists(st.builds(Preventive, LINE, LINE, LINE, LINE), max_size=5).map(tuple),
    current_preventives=TEXT,
    acute_medicines=TEXT,
    lid_and_brow=TEXT,
    diagnosis=st.one_of(
        st.none(), st.builds(Diagnosis, st.booleans(), st.booleans(), st.booleans(), LINE)
    ),
    consent=st.one_of(st.none(), st.builds(Consent, st.sampled_from(ConsentKind), DAY, LINE)),
    recorded_on=DAY,
    unchanged_since=st.one_of(st.none(), DAY),
)
PROCEDURES = st.builds(
    Procedure,
    position=LINE,
    skin=LINE,
    needle=LINE,
    guidance=LINE,
    aspiration=st.sampled_from(Aspiration),
    tolerance=LINE,
    aftercare=TEXT,
    warnings=TEXT,
    follow_up=TEXT,
)
EVENTS = st.builds(Event, st.sampled_from(Happening), st.just(DISCARDED_AT), LINE)
KEYS = st.sampled_from(["too early", "no consent", "warned pregnancy", "under 18"])


@given(
    ASSESSMENTS,
    PROCEDURES,
    st.lists(EVENTS, max_size=4),
    st.dictionaries(KEYS, LINE, max_size=4),
    LINE,
    LINE,
    LINE,
)
@settings(max_examples=30, deadline=None)
def test_whatever_is_stored_is_found_in_the_file(
    assessment: Assessment,
    procedure: Procedure,
    events: list[Event],
    reasons: dict[str, str],
    wasted: str,
    gap: str,
    mixed: str,
) -> None:
    session = chart(
        SetAssessment(assessment),
        *(GoOn(key, reason) for key, reason in reasons.items()),
        PlanProtocol(),
        AddVial(replace(WHOLE_VIAL, mixed_by=mixed, diluent=mixed)),
        GiveAll(),
        SetProcedure(procedure),
        *map(AddEvent, events),
        SetWaste(Decimal(40), wasted, 1, DISCARDED_AT, "TI"),
        StateGap(gap),
    )
    check_everything_is_in_the_file(session)


def test_long_texts_flow_over_pages_and_lose_nothing() -> None:
    words = " ".join(f"word{number}" for number in range(1800))
    long = replace(PROCEDURE, aftercare=words, follow_up="line\n" * 90 + "the end")
    notes = replace(ASSESSMENT, lid_and_brow=words.replace("word", "brow"))
    pages = pages_of(
        render(note_of(signed(chart(*EVERYTHING, SetProcedure(long), SetAssessment(notes)))))
    )
    read = " ".join(pages).split()
    assert {f"word{number}" for number in range(1800)} <= set(read)
    assert {f"brow{number}" for number in range(1800)} <= set(read)
    assert read.count("line") == 90
    for page in pages:
        assert "1 Feb 1980" in page


NO_LETTER = "a ไ b"
REFUSED: list[tuple[str, tuple[Act, ...]]] = [
    ("facts", (AddVial(replace(VIAL, diluent=NO_LETTER)),)),
    ("vials", (AddVial(replace(VIAL, mixed_by=NO_LETTER)),)),
    ("balance", (*ALL_GIVEN, SetWaste(Decimal(45), NO_LETTER))),
    ("balance", (*ALL_GIVEN, SetWaste(Decimal(45), "rest", initials=NO_LETTER))),
    ("balance", (*ALL_GIVEN, StateGap(NO_LETTER))),
    ("overrides", (GoOn("too early", NO_LETTER),)),
    ("events", (AddEvent(Event(Happening.FAINT, DISCARDED_AT, NO_LETTER)),)),
    ("indication", (SetAssessment(replace(ASSESSMENT, acute_medicines=NO_LETTER)),)),
    ("indication", (SetAssessment(replace(ASSESSMENT, current_preventives=NO_LETTER)),)),
    ("preventives", (SetAssessment(replace(ASSESSMENT, preventives=(Preventive(NO_LETTER),))),)),
    ("before", (SetAssessment(replace(ASSESSMENT, lid_and_brow=NO_LETTER)),)),
    (
        "before",
        (SetAssessment(replace(ASSESSMENT, answers={"allergy": Answer(Said.NO, NO_LETTER)})),),
    ),
    ("procedure", (SetProcedure(replace(PROCEDURE, tolerance=NO_LETTER)),)),
    ("procedure", (SetProcedure(replace(PROCEDURE, follow_up=NO_LETTER)),)),
    ("remark", (SetRemark(NO_LETTER),)),
]


@pytest.mark.parametrize(("field", "acts"), REFUSED)
def test_a_text_that_cannot_be_printed_is_refused_by_the_name_of_its_block(
    field: str, acts: tuple[Act, ...]
) -> None:
    with pytest.raises(MissingGlyphsError) as refused:
        check_printable(note_of(chart(*acts)))
    assert (refused.value.field, refused.value.characters) == (field, "ไ")
