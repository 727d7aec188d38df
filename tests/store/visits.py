"""Visits that are stored as they happen, and the costs and people that the tests use."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from desktop.core import acts, charting
from desktop.core.acts import Act
from desktop.core.clinic import Clinic, Paper
from desktop.core.history import History
from desktop.core.patient import Patient, Person, Sex, identity_of
from desktop.core.session import Session, Signature
from desktop.core.vial import Expiry, Vial
from desktop.resources import handbook
from desktop.store.keys import Cost
from desktop.store.records import Records

BOOK = handbook()
CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
WORDS = "correct horse battery"
OTHER_WORDS = "incorrect horse"

CLINIC = Clinic("Test Clinic", "1 Test Street", "Europe/London", Paper.A4, "uk_eu")
INJECTOR = Person("Test Injector", "MD")
SCRIBE = Person("Test Scribe")
PATIENT = Patient(
    "p-1", "4711", "Łukaszewska", "Zoë", date(1980, 2, 1), Sex.FEMALE, "+44 20 7946 0000"
)
LONDON = ZoneInfo("Europe/London")
START = datetime(2026, 11, 22, 10, 30, tzinfo=LONDON)
VIAL = Vial(1, "botox", Decimal(200), "C1234C3", Expiry(2027, 10), Decimal(4), START)
EMPTY = Session(
    id="s-1",
    patient_id=PATIENT.id,
    started_at=START,
    protocol=BOOK.protocol.edition,
    atlas=BOOK.atlas.edition,
    profile="uk_eu",
    performed_by=INJECTOR,
    charted_by=SCRIBE,
)
WHOLE_PROTOCOL = (
    acts.PlanProtocol(),
    acts.AddVial(VIAL),
    acts.GiveAll(),
    acts.DiscardRest("rest of the vial"),
)


@dataclass
class Visit:
    """A session being charted: each act is saved, then taken for true, as the window does it."""

    records: Records
    history: History

    @property
    def session(self) -> Session:
        return self.history.present

    def do(self, *acts_done: Act) -> "Visit":
        for act in acts_done:
            after = charting.timed(self.session, acts.perform(act, self.session, BOOK), self._now)
            self.records.record_act(self.session, act, after, self._now)
            self.history = self.history.advanced(act, after)
        return self

    def undo(self) -> "Visit":
        history = self.history.undo()
        self.records.record_undo(self.session, history.present, self._now)
        self.history = history
        return self

    def redo(self) -> "Visit":
        history = self.history.redo()
        self.records.record_redo(self.session, history.present, self._now)
        self.history = history
        return self

    def sign(self) -> "Visit":
        signature = Signature(INJECTOR, START + timedelta(minutes=20), "performed and charted")
        after = charting.sign(self.session, signature, identity_of(PATIENT))
        self.records.sign(self.session, after, self._now)
        self.history = replace(self.history, present=after)
        return self

    @property
    def _now(self) -> datetime:
        return datetime(2026, 11, 22, 10, 31, tzinfo=LONDON)


def start(records: Records, session: Session = EMPTY) -> Visit:
    """A visit of the one test patient, who is added when first seen."""
    if records.patient_by_number(PATIENT.record_number) is None:
        records.add_patient(PATIENT)
    records.start_session(session)
    return Visit(records, History(session))
