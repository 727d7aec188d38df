"""What is kept of a patient between sessions, and what is known of them before one."""

from dataclasses import dataclass
from datetime import date, datetime

from desktop.core.assessment import Assessment
from desktop.core.followup import Outcomes, SideEffect, TreatedElsewhere
from desktop.core.guards import PastDose

EntryValue = SideEffect | Outcomes | TreatedElsewhere


@dataclass(frozen=True)
class Entry:
    """One side effect, count or treatment elsewhere, with who entered it and when.

    `session_id` is the session that it is about, if it is about one. A corrected entry is a new
    one; `replaces` is then the id of the one before.
    """

    id: str
    patient_id: str
    session_id: str | None
    value: EntryValue
    entered_at: datetime
    entered_by: str
    replaces: str = ""


@dataclass(frozen=True)
class Past:
    """What is known of a patient before a session, the newest first.

    `doses` are those of every other signed session and of treatments elsewhere; `assessment` is
    that of the last signed session, made on `assessed_on`; `entries` as they stand.
    """

    birth_date: date
    doses: tuple[PastDose, ...] = ()
    assessment: Assessment | None = None
    assessed_on: date | None = None
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class DueRow:
    """One patient's next session: the first day on which it is not too early.

    `elsewhere_on` is the day of a treatment elsewhere, if it was later than the last one here: the
    next session is due by it then.
    """

    patient_id: str
    record_number: str
    family_name: str
    given_name: str
    phone: str
    last_on: date
    due_on: date
    has_draft: bool
    elsewhere_on: date | None = None


@dataclass(frozen=True)
class LotRow:
    """One session in which a vial of a lot was used, and whom to call."""

    session_id: str
    number: int
    patient_id: str
    record_number: str
    family_name: str
    given_name: str
    birth_date: date
    phone: str
    on: date
    state: str
    lot: str
    product: str
