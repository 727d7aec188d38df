"""What the window is given by `app`: the storage and the note as plain functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal
    from pathlib import Path

    from desktop.core.assessment import Checklist
    from desktop.core.clinic import Clinic, Habits
    from desktop.core.entries import DueRow, Entry, EntryValue, LotRow, Past
    from desktop.core.errors import ExpectedError
    from desktop.core.followup import FollowUpBook
    from desktop.core.guards import ClockSetBack
    from desktop.core.handbook import Handbook
    from desktop.core.history import History
    from desktop.core.patient import Patient, Person
    from desktop.core.plan import Plan
    from desktop.core.scan import Scanned
    from desktop.core.session import Session
    from desktop.core.stock import Kind, StockVial
    from desktop.gui.document import Keeping


class SessionRow(Protocol):
    """One session in a list."""

    @property
    def id(self) -> str:
        """The program's own name of the session."""

    @property
    def number(self) -> int:
        """The clinic's short number of it."""

    @property
    def patient_id(self) -> str:
        """Whose session it is."""

    @property
    def family_name(self) -> str:
        """The patient's family name, as the record has it now."""

    @property
    def given_name(self) -> str:
        """The patient's given names."""

    @property
    def record_number(self) -> str:
        """The patient's record number."""

    @property
    def started_at(self) -> datetime:
        """When, in the clinic's zone."""

    @property
    def state(self) -> str:
        """`draft`, `signed` or `discarded`."""

    @property
    def given_units(self) -> Decimal:
        """Units injected; of several products they have no sum to show."""

    @property
    def given_products(self) -> int:
        """How many products they were of."""


@dataclass(frozen=True)
class Doors:
    """The ways into a record. Each opens one or raises an `ExpectedError`.

    `set_up` makes a new record and opens it. `key_to_keep` is the recovery key of the open record,
    until somebody has said that they keep it.
    """

    path: Path
    exists: bool
    set_up: Callable[[Clinic, Person, str], None]
    unlock: Callable[[str], None]
    recover: Callable[[str, str], None]
    try_out: Callable[[], None]
    key_to_keep: Callable[[], str]
    key_kept: Callable[[], None]
    choose: Callable[[Path], None]
    save_key: Callable[[Path, str], None]


class PastSessions(Protocol):
    """The signed sessions of a patient."""

    def __call__(self, patient_id: str, before: Session | None = None) -> list[Session]:
        """The newest first; those before a session, or all."""


@dataclass(frozen=True)
class Services:
    """An open record, as functions. Each does what it says or raises an `ExpectedError`.

    `past_sessions` gives the signed sessions of a patient, the newest first; before one, or all;
    `remove_template` takes the template's `Plan.name`. `past_of` is what is known of a patient
    before a session. `stock` holds every vial that is not closed, `stock_kinds` what there ever
    was; `close_stock` takes its id and why. `learn_package` takes GTIN, product and size. `entries`
    are a patient's, as they stand, the newest first; `add_entry` takes the patient, the value and
    the session that it is about, or none; `withdraw_entry` takes its id and why. `due` is every
    patient's next session, the soonest first.
    """

    clinic: Clinic
    user: Person
    book: Handbook
    is_trial: bool
    explain: Callable[[ExpectedError], str]
    now: Callable[[], datetime]
    milliseconds: Callable[[], float]
    find_patients: Callable[[str], list[Patient]]
    likely_duplicates: Callable[[Patient], list[Patient]]
    add_patient: Callable[[Patient], None]
    change_patient: Callable[[Patient], None]
    patient: Callable[[str], Patient]
    sessions_of: Callable[[str], list[SessionRow]]
    past_sessions: PastSessions
    drafts: Callable[[], list[SessionRow]]
    start_session: Callable[[str], str]
    open_session: Callable[[str], History]
    discard_session: Callable[[str, str], None]
    keeping: Keeping
    note: Callable[[Session], bytes]
    save_file: Callable[[Path, bytes], None]
    note_name: Callable[[Session], str]
    remember: Callable[[str, str], None]
    recall: Callable[[str], str | None]
    templates: Callable[[], list[Plan]]
    save_template: Callable[[Plan], None]
    remove_template: Callable[[str], None]
    habits: Callable[[], Habits]
    set_habits: Callable[[Habits], None]
    people: Callable[[], list[Person]]
    checklist: Checklist
    followup: FollowUpBook
    past_of: Callable[[Session], Past]
    clock_set_back: Callable[[], ClockSetBack | None]
    stock: Callable[[], list[StockVial]]
    stock_kinds: Callable[[], list[Kind]]
    add_stock: Callable[[StockVial], None]
    change_stock: Callable[[StockVial], None]
    close_stock: Callable[[str, str], None]
    read_scan: Callable[[str], Scanned]
    learn_package: Callable[[str, str, Decimal], None]
    entries: Callable[[str], list[Entry]]
    add_entry: Callable[[str, EntryValue, str | None], None]
    replace_entry: Callable[[str, EntryValue], None]
    withdraw_entry: Callable[[str, str], None]
    due: Callable[[], list[DueRow]]
    sessions_with_lot: Callable[[str], list[LotRow]]
    response_page: Callable[[str], bytes]
