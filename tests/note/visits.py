"""Sessions and a clinic to make notes of, and the reading back of a PDF."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pypdfium2

from desktop.core import charting, drawing
from desktop.core.acts import (
    Act,
    AddEvent,
    AddExtra,
    AddVial,
    DiscardRest,
    DrawnFrom,
    GiveAll,
    GoOn,
    Omit,
    PlanFrom,
    PlanProtocol,
    SetAssessment,
    SetDose,
    SetProcedure,
    SetRemark,
    SetWaste,
    StateGap,
    perform,
)
from desktop.core.assessment import (
    Answer,
    Consent,
    ConsentKind,
    Diagnosis,
    Preventive,
    Said,
    blank,
)
from desktop.core.atlas import Point
from desktop.core.clinic import Clinic, Paper
from desktop.core.patient import Identity, Person, Sex
from desktop.core.plan import plan_as_given
from desktop.core.procedure import Aspiration, Event, Happening, Procedure
from desktop.core.protocol import Side
from desktop.core.session import Session, Signature
from desktop.core.vial import Expiry, Supply, Vial
from desktop.note.content import compose
from desktop.note.pieces import Note
from desktop.resources import checklist, handbook

BOOK = handbook()
LONDON = ZoneInfo("Europe/London")
INJECTOR = Person("Test Injector", "MD")
CLINIC = Clinic("Test Clinic", "1 Test Street\nTest Town", "Europe/London", Paper.A4, "us")
IDENTITY = Identity("4711", "Patient", "Test", date(1980, 2, 1), Sex.FEMALE)
MIXED_AT = datetime(2026, 11, 22, 8, 15, tzinfo=LONDON)
VIAL = Vial(1, "botox", Decimal(200), "C1234C3", Expiry(2027, 10), Decimal(4), MIXED_AT)
SIGNATURE = Signature(INJECTOR, datetime(2026, 11, 22, 10, 46, tzinfo=LONDON), "I did this.")
NEW_YORK_SIGNATURE = Signature(
    INJECTOR, datetime(2026, 11, 22, 9, 5, tzinfo=ZoneInfo("America/New_York")), "I did this."
)


def beside(code: str, across_mm: float, up_mm: float) -> Point:
    """A point so far from a fixed site."""
    home = BOOK.atlas.home_point(code)
    return Point(home.view, home.across_mm + across_mm, home.up_mm + up_mm)


ALL_GIVEN: tuple[Act, ...] = (PlanProtocol(), AddVial(VIAL), GiveAll())
FOUR_CHANGES: tuple[Act, ...] = (
    *ALL_GIVEN,
    Omit("OCC-3-R", "tender"),
    SetDose("OCC-1-L", Decimal("7.5"), "pain here"),
    AddExtra("occipitalis", Side.RIGHT, Decimal(5), beside("OCC-2-R", -11, -11), "pain behind ear"),
    AddExtra("trapezius", Side.RIGHT, Decimal(5), beside("TRA-3-R", -8, 10), "tight band"),
    SetWaste(Decimal("37.5"), "single-patient vial"),
)


WHOLE_VIAL = replace(
    VIAL,
    diluent="0.9 % NaCl",
    mixed_by="Test Nurse RN",
    serial="SN0001",
    gtin="00300233921029",
    supply=Supply.BOUGHT,
)
ASSESSMENT = replace(
    blank(checklist().questions, date(2026, 11, 22)),
    answers={
        **{key: Answer(Said.NO) for key in checklist().questions},
        "blood_thinner": Answer(Said.YES, "apixaban 5 mg"),
        "swallowing": Answer(Said.YES),
        "breathing": Answer(Said.NO, "asthma as a child"),
        "interacting": Answer(),
    },
    headache_days=22,
    days_4h=True,
    months=18,
    migraine_days=14,
    preventives=(
        Preventive("topiramate", "100 mg a day", "3 months", "tingling"),
        Preventive("propranolol", "160 mg a day", "4 months", "no effect"),
        Preventive("amitriptyline", "50 mg at night"),
    ),
    current_preventives="candesartan 16 mg",
    acute_medicines="sumatriptan 50 mg, about 8 days a month",
    lid_and_brow="Left brow 2 mm lower than the right one.",
    diagnosis=Diagnosis(aura=False, intractable=True, status=False, confirmed_by="Test Injector"),
    consent=Consent(ConsentKind.ON_PAPER, date(2026, 11, 20), "3.1"),
    unchanged_since=date(2026, 3, 1),
)
PROCEDURE = Procedure(
    position="supine, then seated",
    skin="chlorhexidine wipe",
    needle="30 G, 13 mm",
    guidance="by landmarks",
    aspiration=Aspiration.NO,
    tolerance="well tolerated",
    aftercare="Stay upright for four hours.\nNo rubbing of the sites today.",
    warnings="Trouble swallowing or breathing: call an ambulance.",
    follow_up="Next session from 14 Feb 2027. Diary to be kept.",
)
FAINT = Event(Happening.FAINT, datetime(2026, 11, 22, 10, 40, tzinfo=LONDON), "lay down, recovered")
DISCARDED_AT = datetime(2026, 11, 22, 10, 44, tzinfo=LONDON)
EVERYTHING: tuple[Act, ...] = (
    SetAssessment(ASSESSMENT),
    GoOn("too early", "patient travels in December"),
    GoOn("warned swallowing", "seen by a speech therapist"),
    PlanProtocol(),
    AddVial(WHOLE_VIAL),
    GiveAll(),
    Omit("OCC-3-R", "tender"),
    SetDose("OCC-1-L", Decimal("7.5"), "pain here"),
    AddExtra("occipitalis", Side.RIGHT, Decimal(5), beside("OCC-2-R", -11, -11), "pain behind ear"),
    AddExtra("trapezius", Side.RIGHT, Decimal(5), beside("TRA-3-R", -8, 10), "tight band"),
    SetProcedure(PROCEDURE),
    AddEvent(FAINT),
    SetWaste(Decimal("37.5"), "single-patient vial", 1, DISCARDED_AT, "TI"),
    SetRemark("Diary seen. Sleeps better."),
)
SECOND_VIAL = Vial(2, "botox", Decimal(100), "D2", Expiry(2027, 1, 31), Decimal(2), MIXED_AT)
TWO_VIALS: tuple[Act, ...] = (
    PlanProtocol(),
    AddVial(replace(WHOLE_VIAL, size_units=Decimal(100), diluent_ml=Decimal(2), gtin="")),
    AddVial(SECOND_VIAL),
    GiveAll(),
    DiscardRest("single-patient vial", DISCARDED_AT, "TI"),
)
OTHER_TOXIN = Vial(2, "dysport", Decimal(300), "E3", Expiry(2027, 5), Decimal("1.5"), MIXED_AT)
TWO_TOXINS: tuple[Act, ...] = (
    PlanProtocol(),
    AddVial(VIAL),
    GiveAll(),
    AddVial(OTHER_TOXIN, "nothing else in the refrigerator"),
    SetDose("TRA-1-R", Decimal(20), "other toxin"),
    DrawnFrom("TRA-1-R", 2),
    DiscardRest("single-patient vial", DISCARDED_AT, "TI"),
)


def chart(*acts: Act, charted_by: Person = INJECTOR) -> Session:
    """The session after some acts."""
    session = Session(
        id="s-1",
        patient_id="p-1",
        started_at=datetime(2026, 11, 22, 10, 30, tzinfo=LONDON),
        protocol=BOOK.protocol.edition,
        atlas=BOOK.atlas.edition,
        profile="us",
        performed_by=INJECTOR,
        charted_by=charted_by,
    )
    for act in acts:
        session = perform(act, session, BOOK)
    return session


def repeat_of(session: Session, day: datetime, *acts: Act) -> Session:
    """A later session that was planned as an earlier one was given, after some acts."""
    later = replace(chart(), id="s-2", started_at=day)
    vial = replace(VIAL, mixed_at=day)
    for act in (PlanFrom(plan_as_given(session, BOOK)), AddVial(vial), *acts):
        later = perform(act, later, BOOK)
    return later


def settled(session: Session) -> Session:
    """The session with every unit accounted for: what is still in a vial was discarded."""
    if session.gap_reason:
        return session
    if any(each.gap_units > 0 for each in drawing.balances(session)):
        session = perform(DiscardRest("rest of the vial"), session, BOOK)
    if not drawing.is_balanced(session):
        session = perform(StateGap("a vial was not recorded"), session, BOOK)
    return session


def signed(session: Session, identity: Identity = IDENTITY) -> Session:
    """The session, settled and signed."""
    return charting.sign(settled(session), SIGNATURE, identity)


def signed_in_new_york(session: Session) -> Session:
    """The session, signed where the clocks show another time."""
    return charting.sign(settled(session), NEW_YORK_SIGNATURE, IDENTITY)


def note_of(session: Session, identity: Identity = IDENTITY, clinic: Clinic = CLINIC) -> Note:
    """The note of a session."""
    return compose(session, identity, clinic, BOOK)


def whole_note() -> Note:
    """The note of a signed session in which everything was recorded."""
    return note_of(signed(chart(*EVERYTHING)))


def standard_note() -> Note:
    """The note of a signed session of 31 sites with four changes."""
    return note_of(signed(chart(*FOUR_CHANGES)))


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, as a reader of the file gets it, its lines joined by a space."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()
