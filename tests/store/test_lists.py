from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.core import acts
from desktop.core.entries import DueRow, Entry
from desktop.core.followup import TreatedElsewhere
from desktop.core.session import Session, State
from desktop.core.vial import Vial
from desktop.resources import checklist
from desktop.store import lists as module
from desktop.store.clinic_file import ClinicFile
from desktop.store.lists import GivenUnits, Lists
from desktop.store.records import Records
from tests.store.charted import keep, session, sign, site
from tests.store.test_entries import COUNTED
from tests.store.visits import INJECTOR, LONDON, PATIENT, START, VIAL, start

GIVEN = site(1, vial=None)
AUCKLAND = ZoneInfo("Pacific/Auckland")
OTHER = replace(PATIENT, id="p-2", record_number="2", family_name="Other", phone="")
DYSPORT = replace(VIAL, number=2, product="dysport", size_units=Decimal(300))


@pytest.fixture
def lists(file: ClinicFile) -> Lists:
    return file.lists


def due(lists: Lists, zone: ZoneInfo = LONDON) -> list[tuple[str, date, date]]:
    return [(each.patient_id, each.last_on, each.due_on) for each in lists.due(zone, checklist())]


def at(day: str, clock: str = "10:30") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=LONDON)


def treated(records: Records, name: str, day: str, clock: str = "10:30") -> None:
    sign(records, session(name, GIVEN, at=at(day, clock)))


def test_the_next_session_is_due_twelve_weeks_after_the_last_with_whom_to_call(
    lists: Lists, records: Records
) -> None:
    treated(records, "s-1", "2026-08-30")
    treated(records, "s-2", "2026-11-22")
    assert lists.due(LONDON, checklist()) == [
        DueRow(
            patient_id="p-1",
            record_number="4711",
            family_name="Łukaszewska",
            given_name="Zoë",
            phone="+44 20 7946 0000",
            last_on=date(2026, 11, 22),
            due_on=date(2027, 2, 14),
            has_draft=False,
        )
    ]


@pytest.mark.parametrize(
    ("last", "due_on"),
    [
        ("2026-12-31", date(2027, 3, 25)),
        ("2027-12-08", date(2028, 3, 1)),  # a leap day lies between
        ("2028-02-29", date(2028, 5, 23)),
        ("2026-02-01", date(2026, 4, 26)),  # the clocks go forward between
        ("2026-08-30", date(2026, 11, 22)),  # and back
        ("9999-12-31", date.max),
    ],
)
def test_days_are_counted_by_the_calendar(
    last: str, due_on: date, lists: Lists, records: Records
) -> None:
    treated(records, "s-1", last, "00:15")
    assert due(lists) == [("p-1", date.fromisoformat(last), due_on)]


def test_the_day_of_a_session_is_that_of_the_clinics_zone(lists: Lists, records: Records) -> None:
    treated(records, "s-1", "2026-12-31", "23:30")
    assert due(lists, AUCKLAND) == [("p-1", date(2027, 1, 1), date(2027, 3, 26))]


def test_who_is_due_first_comes_first(lists: Lists, records: Records) -> None:
    sign(records, session("s-2", GIVEN, at=at("2026-11-22"), patient=OTHER), OTHER)
    treated(records, "s-1", "2026-11-21")
    assert [each[0] for each in due(lists)] == ["p-1", "p-2"]


def test_a_session_in_which_nothing_was_given_puts_nothing_off(
    lists: Lists, records: Records
) -> None:
    treated(records, "s-1", "2026-08-30")
    omitted = replace(GIVEN, state=State.OMITTED)
    sign(records, session("s-2", omitted, at=at("2026-11-22")))
    assert due(lists) == [("p-1", date(2026, 8, 30), date(2026, 11, 22))]


def test_a_draft_treats_nobody_and_is_said(lists: Lists, records: Records) -> None:
    keep(records, session("s-1", GIVEN))
    assert lists.due(LONDON, checklist()) == []
    treated(records, "s-2", "2026-08-30")
    (row,) = lists.due(LONDON, checklist())
    assert (row.last_on, row.has_draft) == (date(2026, 8, 30), True)
    records.discard("s-1", "never happened", START)
    assert not lists.due(LONDON, checklist())[0].has_draft


@pytest.mark.parametrize(
    ("elsewhere", "due_on", "shown"),
    [
        ("2026-10-01", date(2026, 12, 24), date(2026, 10, 1)),
        ("2026-08-30", date(2026, 11, 22), None),
        ("2026-05-01", date(2026, 11, 22), None),
    ],
)
def test_a_later_treatment_elsewhere_puts_the_next_session_off_and_is_said(
    elsewhere: str, due_on: date, shown: date | None, file: ClinicFile, records: Records
) -> None:
    treated(records, "s-1", "2026-08-30")
    for name, day in (("e-1", "2026-01-01"), ("e-2", elsewhere)):
        value = TreatedElsewhere(date.fromisoformat(day), "onabotulinumtoxinA", Decimal(100))
        file.entries.add(Entry(name, "p-1", None, value, START, INJECTOR.name))
    (row,) = file.lists.due(LONDON, checklist())
    assert (row.last_on, row.due_on, row.elsewhere_on) == (date(2026, 8, 30), due_on, shown)


def test_a_treatment_elsewhere_that_does_not_hold_puts_nothing_off(
    file: ClinicFile, records: Records
) -> None:
    treated(records, "s-1", "2026-08-30")
    value = TreatedElsewhere(date(2026, 10, 1), "onabotulinumtoxinA", Decimal(100))
    earlier = replace(value, on=date(2026, 9, 20))
    file.entries.add(Entry("e-1", "p-1", None, value, START, INJECTOR.name))
    counted = replace(COUNTED, until=date(2026, 11, 20))
    file.entries.add(Entry("e-2", "p-1", None, counted, START, INJECTOR.name))
    file.entries.add(Entry("e-3", "p-1", None, earlier, START, INJECTOR.name, replaces="e-1"))
    assert due(file.lists) == [("p-1", date(2026, 8, 30), date(2026, 12, 13))]
    file.entries.withdraw("e-3", "of another patient", ("e-4", START, INJECTOR.name))
    assert due(file.lists) == [("p-1", date(2026, 8, 30), date(2026, 11, 22))]


def with_lot(lot: str, number: int = 1) -> Vial:
    return replace(VIAL, number=number, lot=lot)


def found(lists: Lists, lot: str) -> list[str]:
    return [each.session_id for each in lists.with_lot(lot, LONDON)]


def test_the_call_list_of_a_lot_says_whom_to_call_about_which_session(
    lists: Lists, records: Records
) -> None:
    sign(records, session("s-1", site(1), vials=(VIAL,)))
    records.change_patient(replace(PATIENT, phone="+44 20 7946 0999"))
    (row,) = lists.with_lot("C1234C3", LONDON)
    assert vars(row) == {
        "session_id": "s-1",
        "number": 1,
        "patient_id": "p-1",
        "record_number": "4711",
        "family_name": "Łukaszewska",
        "given_name": "Zoë",
        "birth_date": date(1980, 2, 1),
        "phone": "+44 20 7946 0999",
        "on": date(2026, 11, 22),
        "state": "signed",
        "lot": "C1234C3",
        "product": "botox",
    }


@pytest.mark.parametrize(
    ("stored", "asked", "is_found"),
    [
        ("C1234C3", "c1234c3", True),
        ("c1234c3", "C1234C3", True),
        ("C1234C3", "  C1234C3 ", True),
        (" C1234C3", "C1234C3", True),
        ("Cafe\u0301", "Caf\u00e9", True),
        ("Caf\u00e9", "Cafe\u0301", True),
        ("C1234C3", "C1234C", False),
        ("C1234C3", "C1234C3%", False),
        ("C1234C3", "_1234C3", False),
        ("C1234C3", "", False),
        ("C 1234", "C1234", False),
        ("Ç1", "ç1", False),  # not a letter of A to Z
        ("\u017f1", "S1", False),
    ],
)
def test_a_lot_is_found_in_any_case_whole_and_without_the_spaces_around_it(
    stored: str, asked: str, is_found: bool, lists: Lists, records: Records
) -> None:
    keep(records, session("s-1", vials=(with_lot(stored),)))
    assert found(lists, asked) == ["s-1"] * is_found


def test_every_session_with_the_lot_is_found_but_a_discarded_one_the_newest_first(
    lists: Lists, records: Records
) -> None:
    sign(records, session("s-1", site(1), vials=(with_lot("C1"),), at=at("2026-08-30")))
    keep(records, session("s-2", vials=(with_lot("C2"), with_lot("c1", 2))))
    keep(records, session("s-3", vials=(with_lot("C1"),)))
    records.discard("s-3", "never happened", START)
    older = session("s-4", vials=(with_lot("C1"),), at=at("2026-05-01"), patient=OTHER)
    keep(records, older, OTHER)
    rows = lists.with_lot("C1", LONDON)
    assert [(each.session_id, each.state, each.lot) for each in rows] == [
        ("s-2", "draft", "c1"),
        ("s-1", "signed", "C1"),
        ("s-4", "draft", "C1"),
    ]


def test_a_session_with_two_vials_of_a_lot_is_called_about_once(
    lists: Lists, records: Records
) -> None:
    keep(records, session("s-1", vials=(with_lot("C1"), with_lot("c1", 2))))
    assert found(lists, "C1") == ["s-1"]


def test_two_products_that_share_a_lot_are_both_named(lists: Lists, records: Records) -> None:
    vials = (with_lot("C1"), replace(DYSPORT, lot="C1"))
    keep(records, session("s-1", vials=vials))
    assert [each.product for each in lists.with_lot("C1", LONDON)] == ["botox", "dysport"]


def test_what_was_given_is_told_by_session_and_product(lists: Lists, records: Records) -> None:
    sites = (site(1, "7.5"), site(2, "0.01"), site(3, "20", 2), site(4, "1", None))
    not_given = site(5, "100", state=State.NOT_GIVEN)
    sign(records, session("s-1", *sites, not_given, vials=(VIAL, DYSPORT), at=at("2026-08-30")))
    sign(records, session("s-2", site(1), vials=(VIAL,)))
    keep(records, session("s-3", site(1), vials=(VIAL,)))
    sign(records, session("s-4", GIVEN, patient=OTHER), OTHER)
    before = at("2026-08-30")
    rest = [
        GivenUnits("s-1", before, "", Decimal(1)),
        GivenUnits("s-1", before, "botox", Decimal("7.51")),
        GivenUnits("s-1", before, "dysport", Decimal(20)),
    ]
    assert lists.given("p-1") == [GivenUnits("s-2", START, "botox", Decimal(5)), *rest]
    assert lists.given("p-1", "s-2") == rest


DOSES = st.lists(st.tuples(st.integers(1, 40_000), st.sampled_from([None, 1, 2])), max_size=8)


def expected(made: Iterable[Session]) -> dict[tuple[str, str], Decimal]:
    sums: dict[tuple[str, str], Decimal] = {}
    for each in made:
        used = {vial.number: vial.product for vial in each.vials}
        for one in each.given:
            key = (each.id, used[one.vial] if one.vial else "")
            sums[key] = sums.get(key, Decimal(0)) + one.units
    return sums


@given(visits=st.lists(DOSES, max_size=4))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_sums_of_what_was_given_are_those_of_the_sessions_to_the_hundredth(
    visits: list[list[tuple[int, int | None]]], lists: Lists, records: Records
) -> None:
    number = len(records.sessions(limit=-1))
    patient = replace(PATIENT, id=f"p {number} {visits}", record_number=f"{number} {visits}")
    made = []
    for turn, doses in enumerate(visits):
        sites = (site(n, str(Decimal(units) / 100), vial) for n, (units, vial) in enumerate(doses))
        name = f"s {number} {turn}"
        draft = session(name, *sites, vials=(VIAL, DYSPORT), patient=patient)
        made.append(sign(records, draft, patient))
    given_units = {(each.session_id, each.product): each.units for each in lists.given(patient.id)}
    assert given_units == expected(made)


def test_the_newest_change_is_that_of_the_clock_and_not_of_a_session(
    file: ClinicFile, lists: Lists
) -> None:
    assert lists.newest_change() is None
    future = START + timedelta(days=800)
    visit = start(file.records, session("s-1", at=future))
    assert lists.newest_change() is None
    visit.do(acts.PlanProtocol())
    assert lists.newest_change() == at("2026-11-22", "10:31")
    later = datetime(2026, 11, 22, 10, 32, 0, 5, tzinfo=AUCKLAND)
    file.entries.add(Entry("e-1", "p-1", None, COUNTED, later, INJECTOR.name))
    assert lists.newest_change() == at("2026-11-22", "10:31")  # the clocks of Auckland are ahead
    later = datetime(2026, 11, 23, 10, 32, 0, 5, tzinfo=LONDON)
    file.entries.add(Entry("e-2", "p-1", None, COUNTED, later, INJECTOR.name))
    assert lists.newest_change() == later


@pytest.mark.parametrize(
    ("sql", "values", "indexes"),
    [
        (module.WITH_LOT, ("C1",), {"vial_by_lot"}),
        (module.DUE, (), {"session_by_patient", "session_by_state", "entry_by_patient"}),
        (module._GIVEN, ("p-1", ""), {"session_by_patient"}),
        (module._NEWEST, (), {"act_by_time", "entry_by_time"}),
    ],
)
def test_a_list_is_found_by_indexes(
    sql: str, values: tuple[str, ...], indexes: set[str], file: ClinicFile
) -> None:
    plan = [row["detail"] for row in file._db.query(f"EXPLAIN QUERY PLAN {sql}", values)]
    assert {each for each in indexes if not any(each in line for line in plan)} == set()
    # Every patient is looked at for who is due; nothing else is read from end to end.
    scans = [line for line in plan if line.startswith("SCAN") and "INDEX" not in line]
    found_else = [line for line in scans if line not in ("SCAN patient", "SCAN last")]
    assert [line for line in found_else if "subquery" not in line] == []
