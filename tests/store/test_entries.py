from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from desktop.core import acts
from desktop.core.entries import Entry, EntryValue
from desktop.core.errors import ExpectedError
from desktop.core.followup import EffectSide, Outcomes, SideEffect, TreatedElsewhere
from desktop.core.patient import TextTooLongError, UnprintableCharacterError
from desktop.core.session import ReasonMissingError
from desktop.store.clinic_file import ClinicFile
from desktop.store.driver import dbapi
from desktop.store.entries import Entries, EntryGoneError, SessionOfAnotherPatientError
from desktop.store.records import (
    PatientUnknownError,
    Records,
    SessionDiscardedError,
    SessionUnknownError,
)
from desktop.store.refusal import ReadOnlyError
from desktop.store.sentences import explain
from tests.store.charted import keep, session, sign
from tests.store.conftest import Kept
from tests.store.visits import INJECTOR, LONDON, PATIENT, START, start

AT = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=1)
OTHER = replace(PATIENT, id="p-2", record_number="2", family_name="Other")
PTOSIS = SideEffect(
    kind="lid_ptosis",
    side=EffectSide.LEFT,
    site_note="FRO-1-L",
    onset=date(2026, 9, 4),
    severity="mild",
    outcome="resolved",
    reported_on=date(2026, 10, 20),
    is_serious=False,
    note="Two weeks,\nthen gone.",
)
COUNTED = Outcomes(
    until=date(2026, 10, 19),
    days_observed=28,
    headache_days=12,
    days_4h=7,
    acute_days={"triptan": 6, "simple": 0},
    hit6=62,
    wear_off_week=10,
)
ELSEWHERE = TreatedElsewhere(
    date(2026, 8, 1), "onabotulinumtoxinA", Decimal("62.5"), "spasticity", "Example Hospital"
)


def entry(name: str, value: EntryValue = COUNTED, **changes: object) -> Entry:
    made = Entry(name, PATIENT.id, None, value, AT, INJECTOR.name)
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture
def entries(file: ClinicFile) -> Entries:
    """Entries of a record that knows two patients, with a signed session each."""
    sign(file.records, session("s-1"))
    sign(file.records, session("s-2", patient=OTHER), OTHER)
    return file.entries


def standing(entries: Entries, patient_id: str = PATIENT.id) -> list[str]:
    return [each.id for each in entries.of_patient(patient_id)]


def rows(file: ClinicFile) -> list[tuple[object, ...]]:
    """Everything that the file holds of entries, in the order in which it was written."""
    return list(file._db.conn.execute("SELECT * FROM entry ORDER BY number").fetchall())


@pytest.mark.parametrize("value", [PTOSIS, COUNTED, ELSEWHERE])
@pytest.mark.parametrize("session_id", [None, "s-1"])
def test_an_entry_is_kept_with_who_entered_it_and_when(
    value: EntryValue, session_id: str | None, entries: Entries, kept: Kept
) -> None:
    made = entry("e-1", value, session_id=session_id)
    entries.add(made)
    with kept.open(reading=True) as file:
        (found,) = file.entries.of_patient(PATIENT.id)
        assert found == made
        assert found.entered_at.utcoffset() == timedelta(0)  # the second 01:30 of that night
        assert file.entries.of_patient(OTHER.id) == []


def test_what_happened_last_comes_first(entries: Entries) -> None:
    for name, value in (
        ("counted", COUNTED),
        ("elsewhere", ELSEWHERE),
        ("effect", PTOSIS),  # reported last, begun before
        ("later of one day", COUNTED),
        ("newest", replace(ELSEWHERE, on=date(2026, 10, 20))),
    ):
        entries.add(entry(name, value))
    assert standing(entries) == ["newest", "later of one day", "counted", "effect", "elsewhere"]


def test_a_correction_takes_the_place_of_the_entry_and_both_stay_in_the_file(
    entries: Entries, file: ClinicFile
) -> None:
    entries.add(entry("e-1"))
    before = rows(file)
    fewer = replace(COUNTED, headache_days=11)
    corrected = entry("e-2", fewer, entered_by="Test Scribe", replaces="e-1")
    entries.add(corrected)
    assert entries.of_patient(PATIENT.id) == [corrected]
    again = entry("e-3", COUNTED, replaces="e-2")
    entries.add(again)
    assert entries.of_patient(PATIENT.id) == [again]
    assert rows(file)[:1] == before
    assert len(rows(file)) == 3


def test_a_withdrawn_entry_is_gone_and_the_file_says_why_when_and_by_whom(
    entries: Entries, file: ClinicFile
) -> None:
    entries.add(entry("e-1", PTOSIS, session_id="s-1"))
    entries.add(entry("e-2"))
    before = rows(file)
    entries.withdraw("e-1", "of another patient", ("e-3", START, "Test Scribe"))
    assert standing(entries) == ["e-2"]
    assert rows(file)[:2] == before
    (end,) = file._db.query("SELECT * FROM entry WHERE id = 'e-3'")
    assert (end["replaces"], end["withdrawn"], end["entered_by"], end["entered_utc"]) == (
        *("e-1", "of another patient", "Test Scribe", "2026-11-22T10:30:00.000000Z"),
    )


@pytest.mark.parametrize("gone", ["e-1", "e-2", "e-3", "never"])
def test_only_what_stands_can_be_corrected_or_withdrawn(
    gone: str, entries: Entries, file: ClinicFile
) -> None:
    entries.add(entry("e-1"))
    entries.add(entry("e-2", replaces="e-1"))
    entries.withdraw("e-2", "slip", ("e-3", AT, INJECTOR.name))
    before = rows(file)
    with pytest.raises(EntryGoneError) as refused:
        entries.add(entry("e-4", replaces=gone))
    with pytest.raises(EntryGoneError):
        entries.withdraw(gone, "slip", ("e-4", AT, INJECTOR.name))
    assert rows(file) == before
    assert explain(refused.value) == (
        "This entry was corrected or withdrawn meanwhile. Nothing was saved: look at the list"
        " again."
    )


@pytest.mark.parametrize(
    ("reason", "refusal"),
    [
        ("", ReasonMissingError),
        ("\u3000", UnprintableCharacterError),
        ("x" * 201, TextTooLongError),
        ("slip\u202e", UnprintableCharacterError),
    ],
)
def test_an_entry_is_withdrawn_with_a_reason_that_can_be_printed(
    reason: str, refusal: type[ExpectedError], entries: Entries
) -> None:
    entries.add(entry("e-1"))
    with pytest.raises(refusal):
        entries.withdraw("e-1", reason, ("e-2", AT, INJECTOR.name))
    assert standing(entries) == ["e-1"]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"session_id": "s-2"}, SessionOfAnotherPatientError),
        ({"session_id": "s-9"}, SessionUnknownError),
        ({"session_id": "s-3"}, SessionDiscardedError),
        ({"patient_id": "p-9"}, PatientUnknownError),
    ],
)
def test_an_entry_is_about_a_session_of_its_patient(
    changes: dict[str, object],
    refusal: type[ExpectedError],
    entries: Entries,
    records: Records,
    file: ClinicFile,
) -> None:
    keep(records, session("s-3"))
    records.discard("s-3", "wrong patient", START)
    with pytest.raises(refusal):
        entries.add(replace(entry("e-1"), **changes))  # type: ignore[arg-type]
    assert rows(file) == []


def test_the_refusal_of_another_patients_session_says_so() -> None:
    assert explain(SessionOfAnotherPatientError("s-2")) == (
        "This session is that of another patient. Nothing was saved."
    )


def test_an_entry_outlives_the_session_that_it_is_about(entries: Entries, records: Records) -> None:
    keep(records, session("s-3"))
    entries.add(entry("e-1", session_id="s-3"))
    records.discard("s-3", "never happened", START)
    corrected = entry("e-2", session_id="s-3", replaces="e-1")
    entries.add(corrected)
    assert entries.of_patient(PATIENT.id) == [corrected]
    entries.withdraw("e-2", "never happened", ("e-3", AT, INJECTOR.name))
    assert standing(entries) == []


def test_an_entry_stays_with_its_patient_when_the_session_goes_to_another(
    entries: Entries, records: Records
) -> None:
    visit = start(records, session("s-3"))
    entries.add(entry("e-1", session_id="s-3"))
    visit.do(acts.MoveToPatient(OTHER.id, "wrong patient"))
    assert entries.of_patient(PATIENT.id) == [entry("e-1")]
    assert entries.of_patient(OTHER.id) == []


def test_texts_are_kept_in_one_spelling(entries: Entries) -> None:
    entries.add(entry("e-1", replace(ELSEWHERE, where="Cafe\u0301\nn\u0303")))
    (found,) = entries.of_patient(PATIENT.id)
    assert found.value == replace(ELSEWHERE, where="Caf\u00e9\n\u00f1")


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE entry SET withdrawn = 'x'",
        "DELETE FROM entry",
        "INSERT OR REPLACE INTO entry SELECT * FROM entry",
    ],
)
def test_no_statement_changes_an_entry(attack: str, entries: Entries, file: ClinicFile) -> None:
    entries.add(entry("e-1"))
    with pytest.raises(dbapi.IntegrityError, match="only ever appended"):
        file._db.conn.execute(attack)
    assert standing(entries) == ["e-1"]


def test_a_reader_enters_nothing(entries: Entries, kept: Kept) -> None:
    entries.add(entry("e-1"))
    with kept.open(reading=True) as file:
        changes: tuple[Callable[[], None], ...] = (
            lambda: file.entries.add(entry("e-2")),
            lambda: file.entries.withdraw("e-1", "slip", ("e-2", AT, INJECTOR.name)),
        )
        for change in changes:
            with pytest.raises(ReadOnlyError):
                change()
        assert standing(file.entries) == ["e-1"]
