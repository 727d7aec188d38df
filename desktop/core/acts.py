"""What a user does to a session, as values: each act can be performed, named, kept and undone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from desktop.core import charting, drawing
from desktop.core.assessment import Assessment
from desktop.core.atlas import Point
from desktop.core.handbook import Handbook
from desktop.core.patient import Person
from desktop.core.plan import Plan
from desktop.core.procedure import Event, Procedure
from desktop.core.protocol import Side
from desktop.core.session import Session, Waste
from desktop.core.vial import Vial


@dataclass(frozen=True)
class PlanProtocol:
    """Plan every fixed site."""


@dataclass(frozen=True)
class PlanFrom:
    """Plan what was given before, or what a template holds."""

    plan: Plan


@dataclass(frozen=True)
class Tap:
    """Move one site on, at the dose in hand or as planned."""

    code: str
    units: Decimal | None = None


@dataclass(frozen=True)
class Give:
    """Give one site."""

    code: str
    units: Decimal | None = None


@dataclass(frozen=True)
class Omit:
    """Leave one site out."""

    code: str
    reason: str = ""


@dataclass(frozen=True)
class SetDose:
    """Give one site another dose than planned."""

    code: str
    units: Decimal
    reason: str = ""


@dataclass(frozen=True)
class AddExtra:
    """Inject beyond the fixed sites."""

    region: str
    side: Side
    units: Decimal
    point: Point | None = None
    reason: str = ""


@dataclass(frozen=True)
class Mirror:
    """Chart one site on the other side too."""

    code: str


@dataclass(frozen=True)
class Move:
    """Inject away from the planned place."""

    code: str
    point: Point
    reason: str = ""


@dataclass(frozen=True)
class GiveReason:
    """Say why one site departs from the plan."""

    code: str
    reason: str


@dataclass(frozen=True)
class GiveRegion:
    """Give the rest of a region, on one side or both."""

    region: str
    side: Side | None = None


@dataclass(frozen=True)
class GiveAll:
    """Give the rest of the plan."""


@dataclass(frozen=True)
class Stop:
    """End early: the rest was not given."""

    reason: str


@dataclass(frozen=True)
class Clear:
    """Take plan and sites off the chart."""


@dataclass(frozen=True)
class AddVial:
    """Take up a vial; with a reason where something speaks against it."""

    vial: Vial
    reason: str = ""


@dataclass(frozen=True)
class ChangeVial:
    """Correct a vial; with a reason where something speaks against it."""

    vial: Vial
    reason: str = ""


@dataclass(frozen=True)
class DrawFrom:
    """Choose the vial from which the next injections are drawn."""

    number: int


@dataclass(frozen=True)
class DrawnFrom:
    """Correct from which vial one site was given."""

    code: str
    number: int


@dataclass(frozen=True)
class SetWaste:
    """Record what was discarded of a vial, when and by whom."""

    units: Decimal
    reason: str
    number: int | None = None
    at: datetime | None = None
    initials: str = ""


@dataclass(frozen=True)
class DiscardRest:
    """Record that of every vial all that was not given or kept was discarded."""

    reason: str
    at: datetime | None = None
    initials: str = ""


@dataclass(frozen=True)
class Keep:
    """Record what of a vial is kept for another patient."""

    number: int
    units: Decimal


@dataclass(frozen=True)
class StateGap:
    """Say why the vials do not balance."""

    reason: str


@dataclass(frozen=True)
class SetAssessment:
    """Record what was asked and seen before the needle."""

    assessment: Assessment


@dataclass(frozen=True)
class SetProcedure:
    """Record how the injections were done."""

    procedure: Procedure


@dataclass(frozen=True)
class AddEvent:
    """Record what happened during the session."""

    event: Event


@dataclass(frozen=True)
class RemoveEvent:
    """Take back an event that did not happen, by its number from 1."""

    number: int


@dataclass(frozen=True)
class GoOn:
    """Say why the work goes on in spite of a check."""

    key: str
    reason: str


@dataclass(frozen=True)
class SetRemark:
    """Keep the free text."""

    text: str


@dataclass(frozen=True)
class SetProfile:
    """Choose the label to compare with."""

    profile: str


@dataclass(frozen=True)
class SetPerformer:
    """Say who injects."""

    person: Person


@dataclass(frozen=True)
class MoveToPatient:
    """Take the draft to the patient whom it is about."""

    patient_id: str
    reason: str


Act = (
    PlanProtocol
    | PlanFrom
    | Tap
    | Give
    | Omit
    | SetDose
    | AddExtra
    | Mirror
    | Move
    | GiveReason
    | GiveRegion
    | GiveAll
    | Stop
    | Clear
    | AddVial
    | ChangeVial
    | DrawFrom
    | DrawnFrom
    | SetWaste
    | DiscardRest
    | Keep
    | StateGap
    | SetAssessment
    | SetProcedure
    | AddEvent
    | RemoveEvent
    | GoOn
    | SetRemark
    | SetProfile
    | SetPerformer
    | MoveToPatient
)

ACTS: Mapping[str, type[Act]] = {
    kind.__name__: kind
    for kind in (
        PlanProtocol,
        PlanFrom,
        Tap,
        Give,
        Omit,
        SetDose,
        AddExtra,
        Mirror,
        Move,
        GiveReason,
        GiveRegion,
        GiveAll,
        Stop,
        Clear,
        AddVial,
        ChangeVial,
        DrawFrom,
        DrawnFrom,
        SetWaste,
        DiscardRest,
        Keep,
        StateGap,
        SetAssessment,
        SetProcedure,
        AddEvent,
        RemoveEvent,
        GoOn,
        SetRemark,
        SetProfile,
        SetPerformer,
        MoveToPatient,
    )
}


def perform(act: Act, session: Session, book: Handbook) -> Session:
    """The session after an act.

    Why the vials did not balance is no longer said when they balance otherwise: a reason for five
    units must not stand for fifty.

    Raises:
        ExpectedError: The act cannot be done; the session is as it was.
    """
    after = _performed(act, session, book)
    if session.gap_reason and not isinstance(act, StateGap):
        same = drawing.gaps(after) == drawing.gaps(session)
        return after if same else replace(after, gap_reason="")
    return after


def _performed(act: Act, session: Session, book: Handbook) -> Session:
    match act:
        case PlanProtocol():
            return charting.plan_protocol(session, book)
        case PlanFrom(plan):
            return charting.plan_from(session, plan, book)
        case Tap(code, units):
            return charting.tap(session, code, book, units)
        case Give(code, units):
            return charting.give(session, code, book, units)
        case Omit(code, reason):
            return charting.omit(session, code, reason)
        case SetDose(code, units, reason):
            return charting.set_dose(session, code, units, book, reason)
        case AddExtra(region, side, units, point, reason):
            return charting.add_extra(
                session, region, side, units, book, point=point, reason=reason
            )
        case Mirror(code):
            return charting.mirror(session, code, book)
        case Move(code, point, reason):
            return charting.move(session, code, point, book, reason)
        case GiveReason(code, reason):
            return charting.give_reason(session, code, reason)
        case GiveRegion(region, side):
            return charting.give_region(session, region, book, side)
        case GiveAll():
            return charting.give_all(session, book)
        case Stop(reason):
            return charting.stop(session, reason)
        case Clear():
            return charting.clear(session)
        case AddVial(vial, reason):
            return drawing.add_vial(session, vial, book, reason)
        case ChangeVial(vial, reason):
            return drawing.change_vial(session, vial, book, reason)
        case DrawFrom(number):
            return drawing.draw_from(session, number)
        case DrawnFrom(code, number):
            return drawing.drawn_from(session, code, number)
        case SetWaste(units, reason, number, at, initials):
            return drawing.set_waste(session, Waste(units, reason, number, at, initials))
        case DiscardRest(reason, at, initials):
            return drawing.discard_rest(session, reason, at, initials)
        case Keep(number, units):
            return drawing.keep(session, number, units)
        case StateGap(reason):
            return drawing.state_gap(session, reason)
        case SetAssessment(assessment):
            return charting.set_assessment(session, assessment)
        case SetProcedure(procedure):
            return charting.set_procedure(session, procedure)
        case AddEvent(event):
            return charting.add_event(session, event)
        case RemoveEvent(number):
            return charting.remove_event(session, number)
        case GoOn(key, reason):
            return charting.go_on(session, key, reason)
        case SetRemark(text):
            return charting.set_remark(session, text)
        case SetProfile(profile):
            return charting.set_profile(session, profile)
        case SetPerformer(person):
            return charting.set_performer(session, person)
        case MoveToPatient(patient_id, reason):
            return charting.move_to_patient(session, patient_id, reason)
