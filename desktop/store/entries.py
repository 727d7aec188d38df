"""What was entered about patients between their sessions, in the record file."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from desktop.core.entries import Entry, EntryValue
from desktop.core.errors import ExpectedError
from desktop.core.followup import (
    Outcomes,
    SideEffect,
    TreatedElsewhere,
    elsewhere_from_plain,
    elsewhere_to_plain,
    outcomes_from_plain,
    outcomes_to_plain,
    side_effect_from_plain,
    side_effect_to_plain,
)
from desktop.core.patient import checked_line
from desktop.core.session import ReasonMissingError
from desktop.store.database import one_view, unit
from desktop.store.driver import Database
from desktop.store.records import (
    PatientUnknownError,
    SessionDiscardedError,
    SessionState,
    SessionUnknownError,
)
from desktop.store.rows import Row, nfc, time_columns, time_in, to_json


class EntryGoneError(ExpectedError):
    """There is no such entry, or it was corrected or withdrawn meanwhile."""

    def __init__(self, entry_id: str) -> None:
        """Keep what was asked for."""
        super().__init__(entry_id)
        self.entry_id = entry_id


class SessionOfAnotherPatientError(ExpectedError):
    """An entry about a session belongs to the patient of that session."""

    def __init__(self, session_id: str) -> None:
        """Keep which session it is."""
        super().__init__(session_id)
        self.session_id = session_id


# A session that went to another patient meanwhile is not what the entry is about.
_STANDING = """
SELECT entry.*, patient.id AS patient_id, session.id AS session_id
FROM entry
JOIN patient ON patient.number = entry.patient
LEFT JOIN session ON session.number = entry.session AND session.patient = entry.patient
WHERE entry.withdrawn = ''
    AND NOT EXISTS (SELECT 1 FROM entry AS later WHERE later.replaces = entry.id)
"""
_OF_PATIENT = f"{_STANDING} AND patient.id = ? ORDER BY entry.on_date DESC, entry.number DESC"
_WITH_ID = f"{_STANDING} AND entry.id = ?"
_FROM_PLAIN: Mapping[str, Callable[[Mapping[str, Any]], EntryValue]] = {
    "side effect": side_effect_from_plain,
    "outcomes": outcomes_from_plain,
    "treated elsewhere": elsewhere_from_plain,
}


class Entries:
    """Side effects, counted outcomes and treatments elsewhere; appended, and never changed.

    A corrected entry is a new one in the place of the old; one that is withdrawn is followed by its
    end, with the reason. Every method is one transaction, as those of `records.Records`.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def of_patient(self, patient_id: str) -> list[Entry]:
        """A patient's entries as they stand; what happened last comes first."""
        with one_view(self._db):
            return [_entry(row) for row in self._db.query(_OF_PATIENT, (patient_id,))]

    def standing(self, entry_id: str) -> Entry:
        """An entry that was neither corrected nor withdrawn.

        Raises:
            EntryGoneError: There is none with this id.
        """
        with one_view(self._db):
            row = next(iter(self._db.query(_WITH_ID, (entry_id,))), None)
        if row is None:
            raise EntryGoneError(entry_id)
        return _entry(row)

    def add(self, entry: Entry) -> None:
        """Keep a new entry, or one in the place of that which it `replaces`.

        Raises:
            PatientUnknownError: The file has no such patient.
            SessionUnknownError: The file has no such session.
            SessionDiscardedError: The session is discarded.
            SessionOfAnotherPatientError: The session is that of another patient.
            EntryGoneError: The one that it replaces was corrected or withdrawn meanwhile.
        """
        with unit(self._db):
            if entry.replaces:
                self.standing(entry.replaces)
            self._append(entry)

    def withdraw(self, entry_id: str, reason: str, end: tuple[str, datetime, str]) -> None:
        """Say that an entry does not hold, and why; it stays in the file.

        Args:
            entry_id: The entry.
            reason: Why it does not hold.
            end: Id of the row that ends it, when, and by whom.

        Raises:
            ReasonMissingError: The reason is empty.
            TextTooLongError: The reason is over 200 characters.
            UnprintableCharacterError: The reason holds a control character.
            EntryGoneError: It was corrected or withdrawn meanwhile.
        """
        if not checked_line(reason).strip():
            raise ReasonMissingError
        with unit(self._db):
            old = self.standing(entry_id)
            end_id, at, by = end
            last = Entry(end_id, old.patient_id, old.session_id, old.value, at, by, entry_id)
            self._append(last, withdrawn=reason)

    def _append(self, entry: Entry, withdrawn: str = "") -> None:
        kind, on, plain = _plain(entry.value)
        row = {
            "id": entry.id,
            "patient": self._patient_number(entry.patient_id),
            "session": self._session_number(entry),
            "kind": kind,
            "on_date": on.isoformat(),
            **time_columns("entered", entry.entered_at),
            "entered_by": entry.entered_by,
            "replaces": entry.replaces or None,
            "withdrawn": withdrawn,
        }
        self._db.table("entry").insert({**nfc(row), "value": to_json(plain)})

    def _patient_number(self, patient_id: str) -> int:
        for row in self._db.query("SELECT number FROM patient WHERE id = ?", (patient_id,)):
            return int(row["number"])
        raise PatientUnknownError(patient_id)

    def _session_number(self, entry: Entry) -> int | None:
        if entry.session_id is None:
            return None
        found = self._db.query(
            "SELECT session.number, session.state, patient.id AS patient_id FROM session"
            " JOIN patient ON patient.number = session.patient WHERE session.id = ?",
            (entry.session_id,),
        )
        row = next(iter(found), None)
        if row is None:
            raise SessionUnknownError(entry.session_id)
        if row["patient_id"] != entry.patient_id:
            raise SessionOfAnotherPatientError(entry.session_id)
        # What was entered before the session was discarded can still be corrected.
        if row["state"] == SessionState.DISCARDED and not entry.replaces:
            raise SessionDiscardedError
        return int(row["number"])


def _plain(value: EntryValue) -> tuple[str, date, dict[str, Any]]:
    """The kind of an entry, the day that it is sorted by, and its JSON value."""
    match value:
        case SideEffect():
            return "side effect", value.onset, side_effect_to_plain(value)
        case Outcomes():
            return "outcomes", value.until, outcomes_to_plain(value)
        case TreatedElsewhere():
            return "treated elsewhere", value.on, elsewhere_to_plain(value)


def _entry(row: Row) -> Entry:
    return Entry(
        id=row["id"],
        patient_id=row["patient_id"],
        session_id=row["session_id"],
        value=_FROM_PLAIN[row["kind"]](json.loads(row["value"])),
        entered_at=time_in(row, "entered"),
        entered_by=row["entered_by"],
        replaces=row["replaces"] or "",
    )
