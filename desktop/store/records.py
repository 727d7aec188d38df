"""Clinic, people, patients and sessions in the record file, as values of the domain.

Only this module, `stock`, `entries`, `lists` and `rows` know the columns; `migrations` makes them.
"""

import json
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from unicodedata import normalize

from desktop.core.acts import Act
from desktop.core.amounts import from_hundredths
from desktop.core.clinic import Clinic, Habits, Paper, checked_habits
from desktop.core.errors import ExpectedError
from desktop.core.history import History, NothingToRedoError, NothingToUndoError
from desktop.core.patient import Patient, Person
from desktop.core.plain import (
    act_from_plain,
    act_to_plain,
    difference,
    habits_from_plain,
    habits_to_plain,
    patched,
    plan_from_plain,
    plan_to_plain,
    session_from_plain,
    session_to_plain,
)
from desktop.core.plan import Plan
from desktop.core.session import Injection, ReasonMissingError, Session, SessionSignedError
from desktop.store.database import one_view, path_of, unit
from desktop.store.driver import Database
from desktop.store.folding import digits, folded_name, index_words, one_slip_apart, words
from desktop.store.refusal import RecordDamagedError
from desktop.store.rows import (
    Row,
    injection_row,
    nfc,
    patient_in,
    patient_row,
    session_columns,
    session_in,
    time_in,
    to_json,
    utc_text,
    vial_row,
)


class PatientUnknownError(ExpectedError):
    """The record has no such patient."""

    def __init__(self, patient_id: str) -> None:
        """Keep what was asked for."""
        super().__init__(patient_id)
        self.patient_id = patient_id


class RecordNumberTakenError(ExpectedError):
    """Another patient has this record number."""

    def __init__(self, record_number: str, holder: Patient) -> None:
        """Keep the number and who has it."""
        super().__init__(record_number)
        self.record_number = record_number
        self.holder = holder


class UserNameTakenError(ExpectedError):
    """Another person has this user name."""

    def __init__(self, user_name: str, holder: Person) -> None:
        """Keep the name and who has it."""
        super().__init__(user_name)
        self.user_name = user_name
        self.holder = holder


class SessionUnknownError(ExpectedError):
    """The record has no session with this number or id."""

    def __init__(self, name: str) -> None:
        """Keep what was asked for."""
        super().__init__(name)
        self.name = name


class SessionDiscardedError(ExpectedError):
    """A discarded session is kept, and takes no edit."""


class ChartChangedElsewhereError(ExpectedError):
    """The session in the file is not the one that was last read: read it again."""

    def __init__(self, session_id: str) -> None:
        """Keep which session it is."""
        super().__init__(session_id)
        self.session_id = session_id


class SessionState(StrEnum):
    """What became of a session. None is ever deleted."""

    DRAFT = "draft"
    SIGNED = "signed"
    DISCARDED = "discarded"


@dataclass(frozen=True)
class SessionSummary:
    """One line in a list of sessions. `number` is what people call it: session 12.

    With more than one of `given_products`, `given_units` may be units of different toxins, which
    have no sum: they are not shown then.
    """

    id: str
    number: int
    patient_id: str
    record_number: str
    family_name: str
    given_name: str
    started_at: datetime
    state: SessionState
    given_units: Decimal
    given_sites: int
    given_products: int


_PERSON = "SELECT name, credentials FROM person"
_PATIENT_COLUMNS = (
    "id, record_number, family_name, given_name, birth_date, sex, phone, remarks, alerts"
)
_PATIENT = f"SELECT {_PATIENT_COLUMNS} FROM patient"  # noqa: S608  only constants
_HAS_WORD = "number IN (SELECT patient FROM patient_word WHERE word >= ? AND word < ?)"
_SESSION = """
SELECT session.*, patient.id AS patient_id
FROM session JOIN patient ON patient.number = session.patient WHERE session.id = ?
"""
_PAST = """
SELECT session.*, patient.id AS patient_id
FROM session JOIN patient ON patient.number = session.patient
WHERE patient.id = ? AND session.state = 'signed' AND session.id <> ? AND session.started_utc < ?
ORDER BY session.started_utc DESC, session.number DESC LIMIT ?
"""
_ACTS_OF = """
SELECT act.kind, act.act, act.change
FROM act JOIN session ON session.number = act.session WHERE session.id = ? ORDER BY act.number
"""
_SUMMARY = """
SELECT session.id, session.number, patient.id AS patient_id,
    patient.record_number, patient.family_name, patient.given_name,
    session.started_utc, session.started_offset, session.started_zone, session.state,
    (SELECT coalesce(sum(units), 0) FROM injection
     WHERE injection.session = session.number AND state = 'given') AS given_units,
    (SELECT count(*) FROM injection
     WHERE injection.session = session.number AND state = 'given') AS given_sites,
    (SELECT count(DISTINCT vial.product) FROM injection
     JOIN vial ON vial.session = injection.session AND vial.number = injection.vial
     WHERE injection.session = session.number AND state = 'given') AS given_products
FROM session JOIN patient ON patient.number = session.patient
"""
_HABITS = "habits"  # the key under which they are remembered
LAST_UTC = "9999-12-31T23:59:59.999999Z"
_NEWEST = "ORDER BY session.started_utc DESC, session.number DESC LIMIT :limit"


class Records:
    """The clinic, its people, patients and sessions in one open file.

    Every method that changes something is one transaction: it is saved when the method returns,
    and if it raises, nothing has changed. What any of them raises when the disk refuses is
    listed at `database.unit`.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._last_acts: dict[str, int] = {}  # by session id, as last read or written here

    def together(self) -> AbstractContextManager[object]:
        """Everything saved within is saved, or nothing of it."""
        return unit(self._db)

    def clinic(self) -> Clinic | None:
        """The clinic; none before it was entered."""
        row = self._row("SELECT name, address, zone, paper, profile FROM clinic")
        return None if row is None else Clinic(**{**row, "paper": Paper(row["paper"])})

    def set_clinic(self, clinic: Clinic) -> None:
        """Keep what the letterhead and every time stamp need."""
        row = {"id": 1, **vars(clinic), "paper": clinic.paper.value}
        with unit(self._db):
            self._db.table("clinic").upsert(nfc(row), pk="id")

    def people(self) -> list[Person]:
        """Everybody who injects or charts, in the order in which they were added."""
        return [Person(**row) for row in self._rows(f"{_PERSON} ORDER BY id")]

    def person(self, user_name: str) -> Person | None:
        """Who has a user name."""
        row = self._row(f"{_PERSON} WHERE user_name = ?", normalize("NFC", user_name))
        return None if row is None else Person(**row)

    def user_names(self) -> list[str]:
        """The user names of `people`, in the same order."""
        return [row["user_name"] for row in self._rows("SELECT user_name FROM person ORDER BY id")]

    def add_person(self, person: Person, user_name: str) -> None:
        """Add somebody who injects or charts.

        Raises:
            UserNameTakenError: Another person has this user name.
        """
        with unit(self._db):
            holder = self.person(user_name)
            if holder:
                raise UserNameTakenError(user_name, holder)
            self._db.table("person").insert(nfc({**vars(person), "user_name": user_name}))

    def remember(self, key: str, value: str) -> None:
        """Keep a small thing about the program's state, such as which session was open."""
        with unit(self._db):
            self._db.table("memory").upsert(nfc({"key": key, "value": value}), pk="key")

    def recall(self, key: str) -> str | None:
        """What was last remembered under a key."""
        row = self._row("SELECT value FROM memory WHERE key = ?", key)
        return None if row is None else str(row["value"])

    def habits(self) -> Habits:
        """What the clinic's window offers; the program's own until somebody chose."""
        kept = self.recall(_HABITS)
        return Habits() if kept is None else habits_from_plain(json.loads(kept))

    def set_habits(self, habits: Habits) -> None:
        """Keep what the clinic's window offers.

        Raises:
            ExpectedError: A reason cannot be offered (see `checked_habits`).
        """
        row = {"key": _HABITS, "value": to_json(habits_to_plain(checked_habits(habits)))}
        with unit(self._db):
            self._db.table("memory").upsert(row, pk="key")

    def templates(self) -> list[Plan]:
        """The personal templates, by name."""
        rows = self._rows("SELECT plan FROM template ORDER BY name")
        return [plan_from_plain(json.loads(row["plan"])) for row in rows]

    def save_template(self, plan: Plan) -> None:
        """Keep a template; one of the same name is replaced."""
        row = {"name": normalize("NFC", plan.name), "plan": to_json(plan_to_plain(plan))}
        with unit(self._db):
            self._db.table("template").upsert(row, pk="name")

    def remove_template(self, name: str) -> None:
        """Forget a template, by its `Plan.name`; sessions planned by it stay as they are."""
        with unit(self._db):
            self._db.table("template").delete_where("name = ?", [normalize("NFC", name)])

    def add_patient(self, patient: Patient) -> None:
        """Add a patient. Adding one again, after the disk had refused, does no harm.

        Raises:
            RecordNumberTakenError: Another patient has the record number.
        """
        with unit(self._db):
            self._check_record_number(patient)
            self._db.table("patient").upsert(nfc(patient_row(patient)), pk="id")
            self._index(patient)

    def change_patient(self, patient: Patient) -> None:
        """Correct what is known of a patient; what is signed stays as it was signed.

        Raises:
            PatientUnknownError: No patient has this id.
            RecordNumberTakenError: Another patient has the record number.
        """
        with unit(self._db):
            number = self._patient_number(patient.id)
            self._check_record_number(patient)
            self._db.table("patient").update(number, nfc(patient_row(patient)))
            self._index(patient)

    def patient(self, patient_id: str) -> Patient:
        """The patient with this id.

        Raises:
            PatientUnknownError: There is none.
        """
        row = self._row(f"{_PATIENT} WHERE id = ?", patient_id)
        if row is None:
            raise PatientUnknownError(patient_id)
        return patient_in(row)

    def patient_by_number(self, record_number: str) -> Patient | None:
        """The patient whose record number this is, in whatever case it is written."""
        row = self._row(f"{_PATIENT} WHERE record_number = ?", normalize("NFC", record_number))
        return None if row is None else patient_in(row)

    def find_patients(self, text: str, limit: int = 200) -> list[Patient]:
        """The patients whom every word of a text fits; whom we last had to do with, first.

        A word fits if a name or the record number begins with it, in any case, without accents;
        or if the birth date, written as 1980-02-01, does. No text fits everybody.
        """
        typed = words(text)
        with one_view(self._db):
            rows = self._db.table("patient").rows_where(
                " AND ".join([_HAS_WORD] * len(typed)) or None,
                [each for word in typed for each in (word, f"{word}\U0010ffff")],
                order_by="last_touched DESC",
                select=_PATIENT_COLUMNS,
                limit=limit,
            )
            return [patient_in(row) for row in rows]

    def likely_duplicates(self, patient: Patient) -> list[Patient]:
        """Others who may be this patient, the likeliest first.

        Those of the same name, in whatever order it is written: first those whose birth date is
        the same or one slip away. Then those of the same birth date and phone.
        """
        same_name = self._rows(
            f"{_PATIENT} WHERE folded_name = ? AND id <> ?",
            folded_name(patient.family_name, patient.given_name),
            patient.id,
        )
        same_birth_date = self._rows(
            f"{_PATIENT} WHERE birth_date = ? AND id <> ?",
            patient.birth_date.isoformat(),
            patient.id,
        )
        named = sorted(
            (patient_in(row) for row in same_name),
            key=lambda each: not one_slip_apart(each.birth_date, patient.birth_date),
        )
        phone = digits(patient.phone)
        called = [
            each
            for each in (patient_in(row) for row in same_birth_date)
            if phone and digits(each.phone) == phone and each not in named
        ]
        return [*named, *called]

    def session(self, session_id: str) -> Session:
        """A session as it stands.

        Raises:
            SessionUnknownError: There is none with this id.
        """
        with one_view(self._db):
            row = self._session_row(session_id)
            self._last_acts[session_id] = self._last_act(row["number"])
            return self._session_of(row)

    def history(self, session_id: str) -> History:
        """A session with every act that led to it, to undo and redo where one left off.

        Raises:
            SessionUnknownError: There is none with this id.
            RecordDamagedError: The acts do not lead to what the file holds.
        """
        with one_view(self._db):
            session = self.session(session_id)
            acts = self._rows(_ACTS_OF, session_id)
        try:
            history = _replayed(acts)
        except (NothingToUndoError, NothingToRedoError):
            history = None
        if history is None or not _are_the_same(history.present, session):
            raise RecordDamagedError(path_of(self._db), f"acts of session {session_id}")
        return replace(history, present=session)  # equal, and in the chart's order

    def sessions(self, patient_id: str | None = None, limit: int = 200) -> list[SessionSummary]:
        """The newest sessions, of one patient or of all."""
        where = "" if patient_id is None else "WHERE patient.id = :patient"
        return self._summaries(where, patient_id, limit)

    def drafts(self, patient_id: str | None = None) -> list[SessionSummary]:
        """The sessions that are neither signed nor discarded, the newest first."""
        of_patient = "" if patient_id is None else "AND patient.id = :patient"
        return self._summaries(f"WHERE session.state = 'draft' {of_patient}", patient_id, -1)

    def past_sessions(
        self, patient_id: str, before: Session | None = None, limit: int = 3
    ) -> list[Session]:
        """The newest signed sessions of a patient, newest first; before another one, or all."""
        end = (before.id, utc_text(before.started_at)) if before else ("", LAST_UTC)
        with one_view(self._db):
            rows = self._rows(_PAST, patient_id, *end, limit)
            return [self._session_of(row) for row in rows]

    def session_id_of(self, name: str) -> str:
        """The id of a session by its number, such as `12`, or by its id itself.

        Raises:
            SessionUnknownError: There is none.
        """
        number = int(name) if re.fullmatch(r"[0-9]{1,9}", name) else 0
        row = self._row("SELECT id FROM session WHERE number = ? OR id = ?", number, name)
        if row is None:
            raise SessionUnknownError(name)
        return str(row["id"])

    def start_session(self, session: Session, at: datetime | None = None) -> int:
        """Keep a new session and give it its number.

        Args:
            session: A draft, empty or not.
            at: When; none is when the session started.

        Raises:
            PatientUnknownError: The file has no such patient.
            ChartChangedElsewhereError: It has been started already: read it.
        """
        with unit(self._db):
            if self._row(_SESSION, session.id):
                raise ChartChangedElsewhereError(session.id)
            patient = self._patient_number(session.patient_id)
            number = self._next("session", "number")
            state = {"number": number, "patient": patient, "state": SessionState.DRAFT.value}
            self._db.table("session").insert({**state, **session_columns(session)})
            self._bring_parts(number, None, session)
            self._append(number, 0, "start", session, session_to_plain(session), at)
            self._touch(patient)
        self._last_acts[session.id] = 0
        return number

    def record_act(self, before: Session, act: Act, after: Session, at: datetime) -> None:
        """Save what an act made of a session.

        Raises:
            SessionSignedError: The session is signed.
            SessionDiscardedError: The session is discarded.
            PatientUnknownError: The session went to a patient whom the file does not know.
            ChartChangedElsewhereError: The session in the file is not the one last read here.
        """
        self._record("act", before, after, at, act)

    def record_undo(self, before: Session, after: Session, at: datetime) -> None:
        """Save that the last act was undone; raises what `record_act` does."""
        self._record("undo", before, after, at)

    def record_redo(self, before: Session, after: Session, at: datetime) -> None:
        """Save that the last undone act was done again; raises what `record_act` does."""
        self._record("redo", before, after, at)

    def sign(self, before: Session, after: Session, at: datetime) -> None:
        """Save a session's signature; from now on the file itself refuses to change it.

        Raises what `record_act` does.
        """
        self._record("sign", before, after, at)

    def discard(self, session_id: str, reason: str, at: datetime) -> None:
        """Put a draft aside for good. It stays in the file, with the reason.

        Raises:
            ReasonMissingError: The reason is empty.
            SessionSignedError: The session is signed.
            SessionDiscardedError: It is discarded already.
        """
        if not reason.strip():
            raise ReasonMissingError
        with unit(self._db):
            row = self._draft_row(session_id)
            number = row["number"]
            discarded = {
                "state": SessionState.DISCARDED.value,
                "discard_reason": reason,
                "discarded_utc": utc_text(at),
            }
            last = self._last_act(number)
            change = {"discarded": reason}
            self._append(number, last + 1, "discard", self._session_of(row), change, at)
            self._db.table("session").update(number, nfc(discarded))
        self._last_acts[session_id] = last + 1

    def _rows(self, sql: str, *values: Any) -> list[Row]:
        with one_view(self._db):
            return list(self._db.query(sql, values))

    def _row(self, sql: str, *values: Any) -> Row | None:
        return next(iter(self._rows(sql, *values)), None)

    def _next(self, table: str, column: str) -> int:
        found = self._db.table(table).rows_where(select=f"coalesce(max({column}), 0) + 1 AS next")
        return int(next(found)["next"])

    def _patient_number(self, patient_id: str) -> int:
        row = self._row("SELECT number FROM patient WHERE id = ?", patient_id)
        if row is None:
            raise PatientUnknownError(patient_id)
        return int(row["number"])

    def _check_record_number(self, patient: Patient) -> None:
        holder = self.patient_by_number(patient.record_number)
        if holder and holder.id != patient.id:
            raise RecordNumberTakenError(patient.record_number, holder)

    def _index(self, patient: Patient) -> None:
        number = self._patient_number(patient.id)
        table = self._db.table("patient_word")
        table.delete_where("patient = ?", [number])
        names = (patient.family_name, patient.given_name, patient.record_number)
        found_by = {*index_words(*names), patient.birth_date.isoformat()}
        table.insert_all([{"word": word, "patient": number} for word in sorted(found_by)])
        self._touch(number)

    def _touch(self, patient: int) -> None:
        """Make a patient the one whom we last had to do with."""
        now = {"last_touched": self._next("patient", "last_touched")}
        self._db.table("patient").update(patient, now)

    def _session_row(self, session_id: str) -> Row:
        row = self._row(_SESSION, session_id)
        if row is None:
            raise SessionUnknownError(session_id)
        return row

    def _draft_row(self, session_id: str) -> Row:
        row = self._session_row(session_id)
        if row["state"] == SessionState.SIGNED:
            raise SessionSignedError
        if row["state"] == SessionState.DISCARDED:
            raise SessionDiscardedError
        return row

    def _session_of(self, row: Row) -> Session:
        number = row["number"]
        injections = self._rows(
            "SELECT * FROM injection WHERE session = ? ORDER BY position", number
        )
        vials = self._rows("SELECT * FROM vial WHERE session = ? ORDER BY number", number)
        return session_in(row, injections, vials)

    def _last_act(self, number: int) -> int:
        row = self._row("SELECT max(number) AS last FROM act WHERE session = ?", number)
        return int(row["last"]) if row else 0

    def _record(
        self, kind: str, before: Session, after: Session, at: datetime, act: Act | None = None
    ) -> None:
        with unit(self._db):
            number = self._draft_row(before.id)["number"]
            last = self._last_act(number)
            if self._last_acts.get(before.id) != last:
                raise ChartChangedElsewhereError(before.id)
            change = difference(before, after)
            self._append(number, last + 1, kind, after, change, at, act)
            self._bring_parts(number, before, after)
            self._bring_session(number, before, after)
        self._last_acts[before.id] = last + 1

    def _append(
        self,
        session: int,
        number: int,
        kind: str,
        after: Session,
        change: Mapping[str, Any],
        at: datetime | None,
        act: Act | None = None,
    ) -> None:
        row = {
            "session": session,
            "number": number,
            "kind": kind,
            "act": None if act is None else to_json(act_to_plain(act)),
            "change": to_json(change),
            "at_utc": utc_text(at or after.started_at),
            "charted_by": nfc(after.charted_by.name),
        }
        # Not nfc(row): in JSON, the n of an escaped line break would take an accent that follows.
        self._insert("act", row)

    def _bring_session(self, number: int, before: Session, after: Session) -> None:
        old, new = session_columns(before), session_columns(after)
        changed = {column: value for column, value in new.items() if value != old[column]}
        if after.is_signed:
            changed["state"] = SessionState.SIGNED.value
        if after.patient_id != before.patient_id:
            changed["patient"] = self._patient_number(after.patient_id)
            self._touch(changed["patient"])
        if changed:
            columns = ", ".join(f"{column} = :{column}" for column in changed)
            update = f"UPDATE session SET {columns} WHERE number = :at"  # noqa: S608  our columns
            self._db.execute(update, {**changed, "at": number})

    def _bring_parts(self, number: int, before: Session | None, after: Session) -> None:
        """Make the rows of vials and injections those of a session, touching only what differs."""
        # Vials are compared as rows: two vials mixed at either 01:30 of one night are equal.
        vials = {each.number: vial_row(each) for each in before.vials} if before else {}
        new_vials = {each.number: vial_row(each) for each in after.vials}
        self._put("vial", number, [new for key, new in new_vials.items() if new != vials.get(key)])
        sites, new_sites = _placed(before) if before else {}, _placed(after)
        changed = [each for code, each in new_sites.items() if each != sites.get(code)]
        self._put("injection", number, [injection_row(*each) for each in changed])
        for code in sites.keys() - new_sites.keys():
            self._db.table("injection").delete((number, code))
        for key in vials.keys() - new_vials.keys():
            self._db.table("vial").delete((number, key))

    def _insert(self, table: str, row: Row, replacing: tuple[str, ...] = ()) -> None:
        """One row, at every tap: `Table.insert` would ask the file for its columns each time."""
        columns, values = ", ".join(row), ", ".join(f":{column}" for column in row)
        insert = f"INSERT INTO {table} ({columns}) VALUES ({values})"  # noqa: S608  our columns
        if replacing:
            new = ", ".join(f"{each} = excluded.{each}" for each in row if each not in replacing)
            insert += f" ON CONFLICT ({', '.join(replacing)}) DO UPDATE SET {new}"
        self._db.execute(insert, row)

    def _put(self, table: str, number: int, rows: list[Row]) -> None:
        """Insert or replace rows of a session, by their first column."""
        if rows:
            key = next(iter(rows[0]))
            for row in rows:
                self._insert(table, nfc({"session": number, **row}), replacing=("session", key))

    def _summaries(self, where: str, patient_id: str | None, limit: int) -> list[SessionSummary]:
        values = {"patient": patient_id, "limit": limit}
        with one_view(self._db):
            rows = list(self._db.query(f"{_SUMMARY} {where} {_NEWEST}", values))
        return [_summary(row) for row in rows]


def _placed(session: Session) -> dict[str, tuple[int, Injection]]:
    """The injections by their code, each with its place in the order of the chart."""
    return {code: (at, each) for at, (code, each) in enumerate(session.injections.items())}


def _summary(row: Row) -> SessionSummary:
    return SessionSummary(
        id=row["id"],
        number=row["number"],
        patient_id=row["patient_id"],
        record_number=row["record_number"],
        family_name=row["family_name"],
        given_name=row["given_name"],
        started_at=time_in(row, "started"),
        state=SessionState(row["state"]),
        given_units=from_hundredths(row["given_units"]),
        given_sites=row["given_sites"],
        given_products=row["given_products"],
    )


def _replayed(acts: list[Row]) -> History | None:
    """The history that a log of acts tells; none if it does not begin with the start."""
    if not acts or acts[0]["kind"] != "start":
        return None
    history = History(session_from_plain(json.loads(acts[0]["change"])))
    for row in acts[1:]:
        history = _after(history, row)
    return history


def _after(history: History, row: Row) -> History:
    match row["kind"]:
        case "act":
            after = patched(history.present, json.loads(row["change"]))
            return history.advanced(act_from_plain(json.loads(row["act"])), after)
        case "undo":
            return history.undo()
        case "redo":
            return history.redo()
        case "sign":
            after = patched(history.present, json.loads(row["change"]))
            return History(after, history.done, history.undone)
        case _:  # discarding changes nothing on the chart
            return history


def _are_the_same(one: Session, other: Session) -> bool:
    """Whether two sessions are equal, also in which 01:30 they mean: `==` does not see that."""
    return session_to_plain(one) == session_to_plain(other)
