import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.core import rules
from desktop.core.acts import (
    Act,
    AddExtra,
    AddVial,
    GiveAll,
    Keep,
    Move,
    Omit,
    PlanFrom,
    PlanProtocol,
    SetAssessment,
    SetDose,
    SetRemark,
    SetWaste,
    StateGap,
    Stop,
    Tap,
    perform,
)
from desktop.core.atlas import Place, Point, path_segments
from desktop.core.patient import Person
from desktop.core.plan import EMPTY_PLAN
from desktop.core.protocol import Side
from desktop.core.session import Session, Waste
from desktop.core.vial import Expiry, Vial
from desktop.note.blocks import ndc_of
from desktop.note.content import doses_text
from desktop.note.fonts import texts
from desktop.note.pieces import Item, Mark, Note, Run, Shape, Words
from desktop.note.silhouette import columns_drawn
from desktop.resources import atlas_art
from desktop.wording import finding_sentence
from tests.note.visits import (
    ALL_GIVEN,
    ASSESSMENT,
    BOOK,
    DISCARDED_AT,
    EVERYTHING,
    FOUR_CHANGES,
    IDENTITY,
    INJECTOR,
    LONDON,
    NEW_YORK_SIGNATURE,
    TWO_TOXINS,
    TWO_VIALS,
    VIAL,
    WHOLE_VIAL,
    beside,
    chart,
    note_of,
    repeat_of,
    signed,
    signed_in_new_york,
    standard_note,
    whole_note,
)

DOSES = st.sampled_from([Decimal("2.5"), Decimal(5), Decimal("7.5"), Decimal(10)])
CODES = st.sampled_from(list(BOOK.protocol.sites))
ACTS = st.one_of(
    st.builds(Omit, CODES, st.just("tender")),
    st.builds(SetDose, CODES, DOSES, st.just("pain here")),
    st.builds(
        AddExtra,
        st.sampled_from(["temporalis", "occipitalis", "trapezius"]),
        st.sampled_from([Side.RIGHT, Side.LEFT]),
        DOSES,
    ),
    st.builds(Tap, CODES),
)


def said(words: Words) -> str:
    return "".join(run.text for run in words)


def amount(cell: str) -> Decimal:
    """The sum that a cell such as `2 × 5 + 7.5 + extra 5` names."""
    total = Decimal(0)
    for term in cell.split(" + ") if cell else []:
        count, _, dose = term.removeprefix("extra ").rpartition(" × ")
        total += Decimal(count or 1) * Decimal(dose)
    return total


def marks(note: Note) -> dict[str, Mark]:
    return {mark.key: mark for picture in note.pictures for mark in picture.marks}


def row(note: Note, key: str) -> list[str]:
    return next([run.text for run in cells] for cells in note.sites.rows if cells[0].text == key)


@given(st.lists(ACTS, max_size=25))
@settings(max_examples=30, deadline=None)
def test_subtotals_of_sides_and_regions_add_up_to_what_was_injected(acts: list[Act]) -> None:
    session = chart(*ALL_GIVEN, *acts)
    (table,) = note_of(session).regions
    for _name, _place, right, midline, left, units in table.rows:
        assert amount(right) + amount(midline) + amount(left) == Decimal(units)
    for column in (2, 3, 4):
        assert sum(amount(cells[column]) for cells in table.rows) == Decimal(table.total[column])
    assert sum(Decimal(cells[5]) for cells in table.rows) == session.given_units
    assert Decimal(table.total[5]) == session.given_units


@given(st.lists(ACTS, max_size=12), st.lists(ACTS, max_size=6))
@settings(max_examples=20, deadline=None)
def test_subtotals_add_up_also_where_extras_came_with_the_plan(
    first: list[Act], then: list[Act]
) -> None:
    session = repeat_of(chart(*ALL_GIVEN, *first), LATER, GiveAll())
    for act in then:
        # A site that was omitted the first time is not in the plan of the second.
        if not isinstance(act, Omit) or act.code in session.injections:
            session = perform(act, session, BOOK)
    (table,) = note_of(session).regions
    assert sum(Decimal(cells[5]) for cells in table.rows) == session.given_units
    for column in (2, 3, 4):
        assert sum(amount(cells[column]) for cells in table.rows) == Decimal(table.total[column])


def test_a_region_says_its_doses_by_side() -> None:
    rows = {cells[0]: cells[2:] for cells in standard_note().regions[0].rows}
    assert rows["Occipitalis"] == ("2 × 5 + extra 5", "", "2 × 5 + 7.5", "32.5")
    assert rows["Procerus"] == ("", "1 × 5", "", "5")


def test_nothing_given_on_a_side_leaves_its_cell_empty() -> None:
    assert doses_text([]) == ""


def test_the_total_row_counts_injections_and_sums_the_sides() -> None:
    assert standard_note().regions[0].total == (
        "32 injections", "3.25 mL, 1 omitted", "80", "5", "77.5", "162.5",
    )  # fmt: skip


def test_a_site_has_the_same_number_on_every_note() -> None:
    only = note_of(chart(Tap("OCC-1-L")))
    assert list(marks(only)) == ["17"]
    assert row(standard_note(), "17")[1] == "OCC-1-L"


def test_every_injection_is_listed_in_the_order_of_the_protocol() -> None:
    numbers = [cells[0].text for cells in standard_note().sites.rows]
    before, after = [str(n) for n in range(1, 22)], [str(n) for n in range(22, 32)]
    assert numbers == [*before, "X1", *after, "X2"]


def test_an_omitted_site_is_listed_as_omitted_with_its_reason() -> None:
    assert row(standard_note(), "20") == [
        "20", "OCC-3-R", "Occipitalis 3", "right", "5", "–", "omitted", "–", "tender",
    ]  # fmt: skip


def test_another_dose_is_listed_beside_the_planned_one_and_stands_out() -> None:
    assert row(standard_note(), "17") == [
        "17", "OCC-1-L", "Occipitalis 1", "left", "5", "7.5", "given, other dose", "1", "pain here",
    ]  # fmt: skip
    cells = next(cells for cells in standard_note().sites.rows if cells[0].text == "17")
    assert cells[6] == Run("given, other dose", strong=True)


def test_an_extra_that_was_not_given_after_all_is_listed_and_has_no_mark() -> None:
    extra = AddExtra("trapezius", Side.LEFT, Decimal(5), None, "pain here")
    note = note_of(chart(*ALL_GIVEN, extra, Tap("TRA-X1-L")))
    assert row(note, "X1")[5:7] == ["–", "not given"]
    assert "X1" not in marks(note)
    assert [picture.badges for picture in note.pictures] == [()] * 5


def test_changes_say_site_change_and_reason_beside_the_key_of_the_mark() -> None:
    assert standard_note().changes.items == (
        Item("17", "Occipitalis 1 left: 7.5 units instead of 5, pain here"),
        Item("20", "Occipitalis 3 right: omitted, tender"),
        Item("X1", "OCC-X1-R, Occipitalis extra 1 right: extra 5 units, pain behind ear"),
        Item("X2", "TRA-X1-R, Trapezius extra 1 right: extra 5 units, tight band"),
    )


def test_a_change_without_a_reason_says_so() -> None:
    items = note_of(chart(*ALL_GIVEN, Omit("FRO-1-R"))).changes.items
    assert items == (Item("4", "Frontalis 1 right: omitted, no reason recorded"),)


def test_a_session_as_planned_says_that_nothing_was_changed() -> None:
    assert note_of(chart(*ALL_GIVEN)).changes.items == (Item("", "None: given as planned."),)


def test_a_session_under_way_says_that_nothing_was_changed_so_far() -> None:
    assert note_of(chart(PlanProtocol())).changes.items == (Item("", "None so far."),)


def test_a_session_that_was_ended_early_says_why() -> None:
    items = note_of(chart(PlanProtocol(), Tap("COR-1-R"), Stop("felt faint"))).changes.items
    assert items[-1] == Item("", "The session was ended early: felt faint")
    assert len(items) == 31


def test_a_chart_without_a_plan_says_so() -> None:
    assert note_of(chart(Tap("COR-1-R"))).changes.items == (Item("", "Charted without a plan."),)


def test_findings_are_those_of_the_rules() -> None:
    session = chart(*FOUR_CHANGES)
    found = [finding_sentence(each, BOOK) for each in rules.findings(session, BOOK)]
    assert len(found) == 2
    assert [item.text for item in note_of(session).findings.items] == found
    assert note_of(session).findings.heading == "Findings so far"
    assert note_of(signed(session)).findings.heading == "Findings that stood at signing"


def test_no_finding_is_said_in_words() -> None:
    session = chart(*ALL_GIVEN, SetWaste(Decimal(45), "rest of the vial"))
    items = note_of(session).findings.items
    assert items == (Item("", "None: within the protocol and the label."),)


def balance(session: Session) -> list[str]:
    return [said(line) for line in note_of(session).balance]


def test_the_balance_says_opened_injected_and_discarded_with_reason_time_and_initials() -> None:
    (line,) = balance(chart(*EVERYTHING))
    assert line == (
        "Opened 200 units = injected 162.5 + discarded 37.5"
        " (single-patient vial, 22 Nov 2026 10:44, initials TI)."
    )


def test_what_was_discarded_at_no_recorded_time_says_so() -> None:
    (line,) = balance(chart(*FOUR_CHANGES))
    assert line == (
        "Opened 200 units = injected 162.5 + discarded 37.5"
        " (single-patient vial, time not recorded)."
    )


def test_the_balance_without_a_vial_says_that_none_is_recorded() -> None:
    assert balance(chart(Tap("COR-1-R"))) == ["Injected 5 units; no vial is recorded."]


def test_nothing_recorded_as_discarded_is_not_the_same_as_nothing_discarded() -> None:
    whole = (*ALL_GIVEN, AddExtra("trapezius", Side.LEFT, Decimal(45)))
    assert balance(chart(*whole)) == ["Opened 200 units = injected 200."]
    zero = SetWaste(Decimal(0), "", at=DISCARDED_AT)
    assert balance(chart(*whole, zero)) == [
        "Opened 200 units = injected 200 + discarded 0 (22 Nov 2026 10:44)."
    ]


def test_a_gap_is_said_with_its_units_and_what_was_stated() -> None:
    missing = (*ALL_GIVEN, SetWaste(Decimal(40), "rest", 1, DISCARDED_AT))
    session = chart(*missing, StateGap("spilled on the tray"))
    parts = "Opened 200 units = injected 155 + discarded 40 (rest, 22 Nov 2026 10:44)"
    assert balance(chart(*missing)) == [f"{parts} + 5 units not yet accounted for."]
    assert balance(signed(session)) == [
        f"{parts} + 5 units not accounted for. Stated: spilled on the tray"
    ]
    mended = perform(SetWaste(Decimal(45), "rest", 1, DISCARDED_AT), session, BOOK)
    assert balance(mended) == [
        "Opened 200 units = injected 155 + discarded 45 (rest, 22 Nov 2026 10:44)."
    ]


def test_more_than_a_vial_held_is_no_equation() -> None:
    small = replace(VIAL, size_units=Decimal(100), diluent_ml=Decimal(2))
    session = chart(PlanProtocol(), AddVial(small), GiveAll())
    assert balance(session) == ["Opened 100 units; injected 155: 55 units more than it held."]


def test_units_that_are_kept_and_a_vial_that_was_not_full_are_said() -> None:
    rest = replace(VIAL, held_units=Decimal(45))
    session = chart(AddVial(rest, "shared"), Tap("COR-1-R"), Keep(1, Decimal(40)))
    (line,) = balance(session)
    assert line == (
        "Opened 45 units (what was still in the vial of 200 units)"
        " = injected 5 + kept for another patient 40."
    )


def test_every_vial_has_a_line_and_the_sum_is_that_of_their_one_toxin() -> None:
    why = "(single-patient vial, 22 Nov 2026 10:44, initials TI)"
    assert balance(chart(*TWO_VIALS)) == [
        "onabotulinumtoxinA: opened 200 units, injected 155, discarded 45.",
        "Vial 1, BOTOX 100 units, lot C1234C3: opened 100 units = injected 100.",
        f"Vial 2, BOTOX 100 units, lot D2: opened 100 units = injected 55 + discarded 45 {why}.",
    ]


def test_what_no_vial_is_recorded_of_has_a_line_of_its_own() -> None:
    session = chart(*TWO_VIALS[:-1])
    unknown = replace(session.injections["COR-1-R"], vial=None)
    older = replace(
        session,
        injections={**session.injections, "COR-1-R": unknown},
        wastes=(Waste(Decimal(3), "spilled"),),
        gap_reason="an older record",
    )
    assert balance(older)[-3:] == [
        "Injected, of no recorded vial: 5 units.",
        "Discarded, of which vial is not recorded: 3 units (spilled, time not recorded).",
        "Stated: an older record",
    ]
    assert balance(older)[0] == "onabotulinumtoxinA: opened 200 units, injected 150, discarded 3."


def test_units_of_two_toxins_are_never_added() -> None:
    note = note_of(chart(*TWO_TOXINS))
    assert note.title == "Session note: onabotulinumtoxinA, abobotulinumtoxinA for chronic migraine"
    assert [(table.heading, table.total[5]) for table in note.regions] == [
        ("onabotulinumtoxinA", "150"),
        ("abobotulinumtoxinA", "20"),
    ]
    assert [cells[0] for cells in note.regions[1].rows] == ["Trapezius"]
    lines = balance(chart(*TWO_TOXINS))
    assert [line.partition(" (")[0] for line in lines] == [
        "Vial 1, BOTOX 200 units, lot C1234C3: opened 200 units = injected 150 + discarded 50",
        "Vial 2, Dysport 300 units, lot E3: opened 300 units = injected 20 + discarded 280",
    ]
    assert not any(re.search(r"\b(170|500|330)\b", text) for text in texts(note))


def test_no_unit_is_ever_abbreviated_to_a_letter() -> None:
    for text in texts(standard_note()):
        assert not re.search(r"\d\s*[Uu]\b", text), text


def facts(note: Note) -> dict[str, list[str]]:
    return {fact.label: [said(line) for line in fact.lines] for fact in note.facts}


def test_the_first_page_says_indication_and_drug() -> None:
    assert facts(whole_note()) == {
        "Diagnosis": [
            "Chronic migraine without aura, intractable, without status migrainosus",
            "G43.719",
        ],
        "Headache before treatment": [
            "22 headache days a month",
            "14 migraine days a month",
            "4 hours a day or more",
            "for 18 months",
        ],
        "Product": ["BOTOX 200 units", "onabotulinumtoxinA", "lot C1234C3 · exp Oct 2027"],
        "Dilution": ["4 mL 0.9 % NaCl", "5 units / 0.1 mL", "mixed 08:15"],
    }


def test_the_first_page_says_what_of_the_indication_and_drug_is_not_recorded() -> None:
    assert facts(note_of(chart(Tap("COR-1-R")))) == {
        "Diagnosis": ["not recorded"],
        "Headache before treatment": ["not recorded"],
        "Product": ["not recorded"],
        "Dilution": ["not recorded"],
    }
    asked = replace(ASSESSMENT, headache_days=None, migraine_days=None, months=None, days_4h=None)
    nothing = note_of(chart(SetAssessment(replace(asked, diagnosis=None))))
    assert facts(nothing)["Headache before treatment"] == ["not recorded"]
    assert facts(nothing)["Diagnosis"] == ["not recorded"]
    short = note_of(chart(SetAssessment(replace(asked, days_4h=False))))
    assert facts(short)["Headache before treatment"] == ["less than 4 hours a day"]
    ones = replace(asked, headache_days=1, migraine_days=1, months=1)
    assert facts(note_of(chart(SetAssessment(ones))))["Headache before treatment"] == [
        "1 headache day a month",
        "1 migraine day a month",
        "for 1 month",
    ]


def test_a_vial_mixed_the_day_before_says_the_day() -> None:
    mixed = datetime(2026, 11, 21, 16, 0, tzinfo=LONDON)
    note = note_of(chart(AddVial(replace(VIAL, mixed_at=mixed)), PlanProtocol(), GiveAll()))
    assert facts(note)["Dilution"][-1] == "mixed 21 Nov 2026 16:00"


def test_every_vial_has_a_row_with_everything_that_is_known_of_it() -> None:
    bare = Vial(2, "botox", Decimal(100), "D2", Expiry(2027, 1, 31))
    session = chart(AddVial(WHOLE_VIAL), AddVial(bare))
    assert note_of(session).vials.rows == (
        (
            ("1",),
            ("BOTOX 200 units", "onabotulinumtoxinA", "NDC 0023-3921-02"),
            ("C1234C3", "serial SN0001", "GTIN 00300233921029"),
            ("Oct 2027",),
            ("4 mL", "0.9 % NaCl"),
            ("5 units / 0.1 mL",),
            ("22 Nov 2026 08:15", "by Test Nurse RN"),
            ("bought by the practice",),
        ),
        (
            ("2",),
            ("BOTOX 100 units", "onabotulinumtoxinA"),
            ("D2",),
            ("31 Jan 2027",),
            ("–",),
            ("–",),
            ("–",),
            ("not recorded",),
        ),
    )


@pytest.mark.parametrize(
    ("gtin", "ndc"),
    [
        ("00300233921029", "0023-3921-02"),
        ("30300233921020", "0023-3921-02"),  # a case of the same
        ("00300231145014", None),  # a vial of 100 units
        ("04000233921026", None),  # the same digits, of another country
        ("", None),
    ],
)
def test_an_ndc_is_named_only_where_the_package_is_known_by_its_code(
    gtin: str, ndc: str | None
) -> None:
    found = ndc_of(replace(VIAL, gtin=gtin), BOOK)
    assert (found.text if found else None) == ndc


def test_several_vials_are_told_on_the_first_page_by_number() -> None:
    assert facts(note_of(chart(*TWO_VIALS)))["Product"] == [
        "1: BOTOX 100 units, lot C1234C3",
        "2: BOTOX 100 units, lot D2",
    ]
    assert facts(note_of(chart(*TWO_VIALS)))["Dilution"] == [
        "1: 2 mL · 5 units / 0.1 mL",
        "2: 2 mL · 5 units / 0.1 mL",
    ]


def test_many_vials_are_counted_on_the_first_page_and_all_listed() -> None:
    note = note_of(chart(*(AddVial(replace(VIAL, lot=f"L{n}")) for n in range(5))))
    assert facts(note)["Product"][-1] == "and 2 more vials"
    assert len(note.vials.rows) == 5


def test_each_injection_names_its_vial() -> None:
    note = note_of(chart(*TWO_VIALS))
    assert [row(note, key)[7] for key in ("1", "20", "21", "31")] == ["1", "1", "2", "2"]


def test_a_signed_note_says_who_signed_when_and_what_it_means() -> None:
    note = standard_note()
    lines = [(fact.label, said(fact.lines[0])) for fact in note.signature.lines]
    assert lines == [
        ("Signed by", "Test Injector MD"),
        ("Date and time", "22 Nov 2026 10:46 (Europe/London)"),
        ("Meaning", "I did this."),
    ]
    assert (note.draft, note.signed) == ("", "signed 22 Nov 2026 10:46 (Europe/London)")


def test_a_note_signed_elsewhere_says_the_zone_of_its_clock() -> None:
    note = note_of(signed_in_new_york(chart(*ALL_GIVEN)))
    assert note.signed == "signed 22 Nov 2026 09:05 (America/New_York)"
    assert "(Europe/London)" in said(note.performed)


def test_the_small_print_claims_no_more_than_the_program_does() -> None:
    signing = standard_note().small_print[0]
    assert "by confirming name and credentials" in signing
    assert "opened with the clinic's passphrase" in signing
    assert "the program and the file take no change to this session" in signing
    assert not any("login" in text for text in texts(standard_note()))


def test_a_note_was_made_when_it_was_signed_and_a_draft_when_its_session_began() -> None:
    session = chart(*ALL_GIVEN)
    assert note_of(signed_in_new_york(session)).about.made_at == NEW_YORK_SIGNATURE.signed_at
    assert note_of(session).about.made_at == session.started_at


def test_a_draft_says_so_and_has_lines_to_sign_on() -> None:
    note = note_of(chart(*FOUR_CHANGES))
    assert (note.draft, note.signed) == ("DRAFT, not signed", "DRAFT, not signed")
    assert note.signature.lines == ()
    assert note.signature.blanks == ("Signature", "Name and credentials", "Date and time")
    assert not any("Signed electronically" in text for text in texts(note))


def test_a_planned_site_of_a_draft_is_marked_as_planned() -> None:
    note = note_of(chart(PlanProtocol(), Tap("COR-1-R")))
    assert marks(note)["1"].shape is Shape.GIVEN
    assert marks(note)["2"].shape is Shape.PLANNED
    assert note.regions[0].total[:2] == ("1 injection", "30 planned")


def test_a_signed_note_keeps_the_name_that_it_was_signed_with() -> None:
    corrected = replace(IDENTITY, family_name="Corrected")
    assert note_of(signed(chart(*FOUR_CHANGES)), corrected).patient == "PATIENT, Test"
    assert note_of(chart(*FOUR_CHANGES), corrected).patient == "CORRECTED, Test"


def test_what_the_file_says_about_itself_does_not_name_the_patient() -> None:
    about = standard_note().about
    assert about.title == "Session note, No 4711, 22 Nov 2026"
    assert not any("patient" in text.lower() for text in texts(about))


def test_whoever_charted_for_the_injector_is_named() -> None:
    note = note_of(chart(*ALL_GIVEN, charted_by=Person("Test Scribe")))
    assert said(note.performed) == (
        "22 Nov 2026, 10:30 (Europe/London) · performed by Test Injector MD"
        " · charted by Test Scribe"
    )
    assert "charted by" not in said(standard_note().performed)
    assert INJECTOR.name in note.performed[-2].text


def test_the_note_says_what_the_session_was_planned_by() -> None:
    assert said(standard_note().planned) == "Plan: the protocol"
    assert said(note_of(repeat()).planned) == "Plan: as given on 22 Nov 2026"
    assert said(note_of(chart(Tap("COR-1-R"))).planned) == "No plan"
    empty = chart(PlanFrom(EMPTY_PLAN), Tap("COR-1-R"))
    assert said(note_of(empty).planned) == "No plan"
    assert note_of(empty).changes.items == (Item("", "Charted without a plan."),)


def test_the_note_says_when_the_first_and_the_last_injection_were_given() -> None:
    first, last = (datetime(2026, 11, 22, 10, minute, tzinfo=LONDON) for minute in (34, 46))
    session = replace(chart(*ALL_GIVEN), first_given_at=first, last_given_at=last)
    assert said(note_of(session).planned) == (
        "Plan: the protocol · first injection 10:34, last 10:46"
    )
    unknown = replace(session, first_given_at=None)
    assert said(note_of(unknown).planned) == "Plan: the protocol · last injection 10:46"
    next_day = replace(session, last_given_at=last.replace(day=23))
    assert said(note_of(next_day).planned).endswith("10:34, last 23 Nov 2026 10:46")


LATER = datetime(2027, 2, 14, 9, 0, tzinfo=LONDON)


def repeat(*acts: Act) -> Session:
    return repeat_of(chart(*FOUR_CHANGES), LATER, *acts)


def test_what_came_with_the_plan_is_no_change_and_is_listed_with_its_reason() -> None:
    note = note_of(repeat(GiveAll()))
    assert note.changes.items == (Item("", "None: given as planned."),)
    assert row(note, "X1") == [
        "X1", "OCC-X1-R", "Occipitalis extra 1", "right", "5", "5", "given, extra", "1",
        "pain behind ear, as on 22 Nov 2026",
    ]  # fmt: skip
    assert row(note, "17")[4:] == [
        "7.5", "7.5", "given", "1", "pain here, as on 22 Nov 2026",
    ]  # fmt: skip
    assert marks(note)["X1"].shape is Shape.EXTRA
    assert marks(note)["17"].shape is Shape.GIVEN


def test_a_planned_extra_is_marked_and_listed_before_it_is_given_and_when_it_is_omitted() -> None:
    planned = note_of(repeat())
    assert marks(planned)["X1"].shape is Shape.PLANNED
    assert row(planned, "X1")[4:7] == ["5", "–", "planned"]
    omitted = note_of(repeat(Omit("OCC-X1-R", "tender"), GiveAll()))
    assert marks(omitted)["X1"].shape is Shape.OMITTED
    assert row(omitted, "X1")[4:] == [
        "5", "–", "omitted", "–", "tender; pain behind ear, as on 22 Nov 2026",
    ]  # fmt: skip
    assert omitted.changes.items == (
        Item("X1", "OCC-X1-R, Occipitalis extra 1 right: omitted, tender"),
    )


def test_a_planned_extra_that_was_moved_has_a_line_from_its_planned_place() -> None:
    planned = repeat().injections["TRA-X1-R"].point
    assert planned is not None
    beside_it = replace(planned, up_mm=planned.up_mm + 14)
    mark = marks(note_of(repeat(Move("TRA-X1-R", beside_it, "scar"), GiveAll())))["X2"]
    assert mark.planned_at == BOOK.atlas.views["back"].to_drawing(planned)
    assert mark.at == BOOK.atlas.views["back"].to_drawing(beside_it)


def test_a_remark_keeps_its_lines() -> None:
    note = note_of(chart(*ALL_GIVEN, SetRemark("one\n\nthree")))
    assert note.remark == ("one", "", "three")


def test_the_shapes_of_the_marks_tell_the_states_apart() -> None:
    found = {key: mark.shape for key, mark in marks(standard_note()).items()}
    unusual = {key: shape for key, shape in found.items() if shape is not Shape.GIVEN}
    assert unusual == {
        "17": Shape.OTHER_DOSE,
        "20": Shape.OMITTED,
        "X1": Shape.EXTRA,
        "X2": Shape.EXTRA,
    }
    assert len(found) == 33
    assert [shape for shape, _text in standard_note().legend] == [
        Shape.GIVEN, Shape.OTHER_DOSE, Shape.OMITTED, Shape.EXTRA,
    ]  # fmt: skip


def test_a_moved_site_has_a_line_from_its_planned_place() -> None:
    mark = marks(note_of(chart(*ALL_GIVEN, Move("FRO-2-R", beside("FRO-2-R", -2, -14), "scar"))))[
        "6"
    ]
    assert mark.shape is Shape.MOVED
    assert mark.planned_at == BOOK.atlas.places["FRO-2-R"].drawn_mm["front"]
    assert mark.at == (mark.planned_at[0] - 2, mark.planned_at[1] + 14)


def test_a_site_that_was_moved_and_then_omitted_stands_at_its_planned_place() -> None:
    acts = (Move("FRO-2-R", beside("FRO-2-R", 0, -14), "scar"), Omit("FRO-2-R", "scar"))
    mark = marks(note_of(chart(*ALL_GIVEN, *acts)))["6"]
    home = BOOK.atlas.places["FRO-2-R"].drawn_mm["front"]
    assert mark == Mark("6", Shape.OMITTED, home, None)


def test_an_extra_without_a_position_is_a_badge_and_no_point() -> None:
    note = note_of(chart(*ALL_GIVEN, AddExtra("temporalis", Side.LEFT, Decimal(5), None, "pain")))
    assert "X1" not in marks(note)
    (picture,) = [picture for picture in note.pictures if picture.badges]
    assert (picture.caption, picture.badges) == ("Patient's LEFT", ("X1",))
    assert picture.badge_words == "position not recorded"
    assert note.changes.items[0].text.endswith("extra 5 units, pain, position not recorded")
    assert row(note, "X1")[6] == "given, extra, no position"


def test_five_pictures_show_where_right_and_left_are() -> None:
    pictures = standard_note().pictures
    assert [(picture.caption, picture.edges) for picture in pictures] == [
        ("Front · R | L", ("R", "L")),
        ("Patient's LEFT", None),
        ("Patient's RIGHT", None),
        ("Back · L | R", ("L", "R")),
        ("Shoulders · L | R", ("L", "R")),
    ]


def test_every_fixed_site_is_in_the_picture_of_its_region() -> None:
    keys = [{mark.key for mark in picture.marks} for picture in note_of(chart(*ALL_GIVEN)).pictures]
    assert keys[0] == {"1", "2", "3", "4", "5", "6", "7"}
    assert keys[1] == {"9", "11", "13", "15"}
    assert keys[2] == {"8", "10", "12", "14"}
    assert keys[3] == {str(number) for number in range(16, 26)}
    assert keys[4] == {str(number) for number in range(26, 32)}


def ear(view: str) -> list[Place]:
    """The inked points under the sites of a side view: those of the ear."""
    art = atlas_art(BOOK.atlas.views[view].print_art)
    points = [
        place
        for path in re.findall(r'fill="#222222" d="([^"]*)"', art)
        for _letter, numbers in path_segments(path)
        for place in zip(numbers[::2], numbers[1::2], strict=True)
    ]
    lowest = BOOK.atlas.places["TEM-1-L" if view == "left" else "TEM-1-R"].drawn_mm[view]
    return [place for place in points if abs(place[0] - lowest[0]) < 40]


@pytest.mark.parametrize(("at", "view"), [(1, "left"), (2, "right")])
def test_the_pictures_of_the_temples_show_the_whole_ear(at: int, view: str) -> None:
    left, top, width, height = note_of(chart(*ALL_GIVEN)).pictures[at].frame_mm
    points = ear(view)
    assert len(points) > 40
    for column, row in points:
        assert left < column < left + width
        assert top < row < top + height


def test_no_picture_cuts_the_outline_of_the_head_at_its_sides() -> None:
    for picture in note_of(chart(*ALL_GIVEN)).pictures:
        left, top, width, height = picture.frame_mm
        first, last = columns_drawn(picture.art, top, top + height)
        assert left < first < last < left + width


def corners() -> list[Point]:
    view = BOOK.atlas.views["back"]
    sides = (0.0, view.width_mm), (0.0, view.height_mm)
    return [view.from_drawing(column, down) for column in sides[0] for down in sides[1]]


def test_a_picture_grows_to_hold_a_mark_outside_it() -> None:
    extras = (AddExtra("trapezius", Side.LEFT, Decimal(5), point) for point in corners())
    for picture in note_of(chart(*ALL_GIVEN, *extras)).pictures:
        left, top, width, height = picture.frame_mm
        for mark in picture.marks:
            assert left <= mark.at[0] <= left + width
            assert top <= mark.at[1] <= top + height
