"""Sessions and a clinic to make notes of, and the reading back of a PDF."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pypdfium2

from desktop.core import charting
from desktop.core.acts import (
    Act,
    AddExtra,
    AddVial,
    GiveAll,
    Omit,
    PlanFrom,
    PlanProtocol,
    SetDose,
    SetWaste,
    perform,
)
from desktop.core.atlas import Point
from desktop.core.clinic import Clinic, Paper
from desktop.core.patient import Identity, Person, Sex
from desktop.core.plan import plan_as_given
from desktop.core.protocol import Side
from desktop.core.session import Session, Signature
from desktop.core.vial import Expiry, Vial
from desktop.note.content import Note, compose
from desktop.resources import handbook

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
    for act in (PlanFrom(plan_as_given(session)), AddVial(VIAL), *acts):
        later = perform(act, later, BOOK)
    return later


def signed(session: Session, identity: Identity = IDENTITY) -> Session:
    """The session, signed."""
    return charting.sign(session, SIGNATURE, identity)


def signed_in_new_york(session: Session) -> Session:
    """The session, signed where the clocks show another time."""
    return charting.sign(session, NEW_YORK_SIGNATURE, IDENTITY)


def note_of(session: Session, identity: Identity = IDENTITY, clinic: Clinic = CLINIC) -> Note:
    """The note of a session."""
    return compose(session, identity, clinic, BOOK)


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
