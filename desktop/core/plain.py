"""Sessions and acts as plain JSON values and back: what the file keeps and the commands print.

Amounts are text (`"7.5"`), times are UTC with the zone's name, points are
`[view, across_mm, up_mm]`. The same session always gives the same value.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from desktop.core.acts import ACTS, Act
from desktop.core.amounts import amount_text
from desktop.core.assessment import Assessment, assessment_from_plain, assessment_to_plain
from desktop.core.atlas import Point
from desktop.core.clinic import Habits
from desktop.core.patient import Identity, Person, Sex
from desktop.core.plan import Plan, PlannedSite
from desktop.core.procedure import (
    Event,
    Happening,
    Procedure,
    procedure_from_plain,
    procedure_to_plain,
)
from desktop.core.protocol import Edition, Side
from desktop.core.session import Injection, Session, Signature, State, Waste
from desktop.core.vial import Supply, Vial, read_expiry

Plain = dict[str, Any]


def session_to_plain(session: Session) -> Plain:
    """Everything about a session."""
    return {
        "id": session.id,
        "patient_id": session.patient_id,
        "started_at": time_to_plain(session.started_at),
        "protocol": _edition_to_plain(session.protocol),
        "atlas": _edition_to_plain(session.atlas),
        "profile": session.profile,
        "performed_by": _person_to_plain(session.performed_by),
        "charted_by": _person_to_plain(session.charted_by),
        "plan": session.plan,
        "injections": {
            code: injection_to_plain(each) for code, each in sorted(session.injections.items())
        },
        "vials": [vial_to_plain(vial) for vial in session.vials],
        "wastes": [waste_to_plain(each) for each in session.wastes],
        "remark": session.remark,
        "ended_early": session.ended_early,
        "extras_made": dict(sorted(session.extras_made.items())),
        "identity": _identity_to_plain(session.identity),
        "signature": _signature_to_plain(session.signature),
        "first_given_at": _maybe_time_to_plain(session.first_given_at),
        "last_given_at": _maybe_time_to_plain(session.last_given_at),
        "drawing": session.drawing,
        "kept": kept_to_plain(session.kept),
        "gap_reason": session.gap_reason,
        "assessment": session.assessment and assessment_to_plain(session.assessment),
        "procedure": procedure_to_plain(session.procedure),
        "events": [event_to_plain(each) for each in session.events],
        "overrides": dict(sorted(session.overrides.items())),
    }


def session_from_plain(plain: Mapping[str, Any]) -> Session:
    """The session that `session_to_plain` wrote, in this edition of the program or before."""
    identity, signature, assessment = (
        plain.get(key) for key in ("identity", "signature", "assessment")
    )
    return Session(
        id=plain["id"],
        patient_id=plain["patient_id"],
        started_at=time_from_plain(plain["started_at"]),
        protocol=Edition(**plain["protocol"]),
        atlas=Edition(**plain["atlas"]),
        profile=plain["profile"],
        performed_by=Person(**plain["performed_by"]),
        charted_by=Person(**plain["charted_by"]),
        plan=plain["plan"],
        injections={code: injection_from_plain(each) for code, each in plain["injections"].items()},
        vials=tuple(vial_from_plain(vial) for vial in plain["vials"]),
        wastes=_wastes_from_plain(plain),
        remark=plain["remark"],
        ended_early=plain["ended_early"],
        extras_made=dict(plain["extras_made"]),
        identity=_identity_from_plain(identity) if identity else None,
        signature=_signature_from_plain(signature) if signature else None,
        first_given_at=_maybe_time_from_plain(plain.get("first_given_at")),
        last_given_at=_maybe_time_from_plain(plain.get("last_given_at")),
        drawing=plain.get("drawing"),
        kept=kept_from_plain(plain.get("kept", {})),
        gap_reason=plain.get("gap_reason", ""),
        assessment=assessment_from_plain(assessment) if assessment else None,
        procedure=procedure_from_plain(plain.get("procedure", {})),
        events=tuple(event_from_plain(each) for each in plain.get("events", [])),
        overrides=dict(plain.get("overrides", {})),
    )


def difference(before: Session, after: Session) -> Plain:
    """What changed from one session to the next; injections by their code (none: taken off)."""
    old, new = session_to_plain(before), session_to_plain(after)
    changed = {
        key: value for key, value in new.items() if key != "injections" and value != old[key]
    }
    codes = [*new["injections"], *(c for c in old["injections"] if c not in new["injections"])]
    sites = {
        code: new["injections"].get(code)
        for code in codes
        if new["injections"].get(code) != old["injections"].get(code)
    }
    if sites:
        changed["injections"] = sites
    return changed


def patched(before: Session, change: Mapping[str, Any]) -> Session:
    """The session after a `difference`."""
    plain = session_to_plain(before)
    sites = {**plain["injections"], **change.get("injections", {})}
    plain.update(change)
    plain["injections"] = {code: each for code, each in sites.items() if each is not None}
    return session_from_plain(plain)


def injection_to_plain(each: Injection) -> Plain:
    """One site of a session."""
    return {
        "code": each.code,
        "region": each.region,
        "side": each.side.value,
        "state": each.state.value,
        "units": amount_text(each.units),
        "planned_units": None if each.planned_units is None else amount_text(each.planned_units),
        "reason": each.reason,
        "point": point_to_plain(each.point),
        "planned_point": point_to_plain(each.planned_point),
        "vial": each.vial,
        "planned_reason": each.planned_reason,
    }


def injection_from_plain(plain: Mapping[str, Any]) -> Injection:
    """The site that `injection_to_plain` wrote."""
    planned = plain["planned_units"]
    return Injection(
        code=plain["code"],
        region=plain["region"],
        side=Side(plain["side"]),
        state=State(plain["state"]),
        units=Decimal(plain["units"]),
        planned_units=None if planned is None else Decimal(planned),
        reason=plain["reason"],
        point=point_from_plain(plain["point"]),
        planned_point=point_from_plain(plain["planned_point"]),
        vial=plain["vial"],
        planned_reason=plain.get("planned_reason", ""),
    )


def vial_to_plain(vial: Vial) -> Plain:
    """One vial of a session."""
    return {
        "number": vial.number,
        "product": vial.product,
        "size_units": amount_text(vial.size_units),
        "lot": vial.lot,
        "expiry": vial.expiry.text,
        "diluent_ml": None if vial.diluent_ml is None else amount_text(vial.diluent_ml),
        "mixed_at": _maybe_time_to_plain(vial.mixed_at),
        "diluent": vial.diluent,
        "mixed_by": vial.mixed_by,
        "serial": vial.serial,
        "gtin": vial.gtin,
        "supply": vial.supply.value,
        "stock_id": vial.stock_id,
        "held_units": None if vial.held_units is None else amount_text(vial.held_units),
    }


def vial_from_plain(plain: Mapping[str, Any]) -> Vial:
    """The vial that `vial_to_plain` wrote."""
    diluent, held = plain["diluent_ml"], plain.get("held_units")
    return Vial(
        number=plain["number"],
        product=plain["product"],
        size_units=Decimal(plain["size_units"]),
        lot=plain["lot"],
        expiry=read_expiry(plain["expiry"]),
        diluent_ml=None if diluent is None else Decimal(diluent),
        mixed_at=_maybe_time_from_plain(plain["mixed_at"]),
        diluent=plain.get("diluent", ""),
        mixed_by=plain.get("mixed_by", ""),
        serial=plain.get("serial", ""),
        gtin=plain.get("gtin", ""),
        supply=Supply(plain.get("supply", Supply.NOT_RECORDED)),
        stock_id=plain.get("stock_id", ""),
        held_units=None if held is None else Decimal(held),
    )


def waste_to_plain(waste: Waste) -> Plain:
    """What was discarded of one vial."""
    return {
        "units": amount_text(waste.units),
        "reason": waste.reason,
        "vial": waste.vial,
        "at": _maybe_time_to_plain(waste.at),
        "initials": waste.initials,
    }


def waste_from_plain(plain: Mapping[str, Any]) -> Waste:
    """The waste that `waste_to_plain` wrote, in this edition of the program or before."""
    return Waste(
        Decimal(plain["units"]),
        plain["reason"],
        plain.get("vial"),
        _maybe_time_from_plain(plain.get("at")),
        plain.get("initials", ""),
    )


def kept_to_plain(kept: Mapping[int, Decimal]) -> Plain:
    """What is kept of each vial, by its number as text."""
    return {str(number): amount_text(units) for number, units in sorted(kept.items())}


def kept_from_plain(plain: Mapping[str, str]) -> dict[int, Decimal]:
    """What `kept_to_plain` wrote."""
    return {int(number): Decimal(units) for number, units in plain.items()}


def event_to_plain(event: Event) -> Plain:
    """What happened during a session."""
    return {"kind": event.kind.value, "at": time_to_plain(event.at), "note": event.note}


def event_from_plain(plain: Mapping[str, Any]) -> Event:
    """The event that `event_to_plain` wrote."""
    return Event(Happening(plain["kind"]), time_from_plain(plain["at"]), plain["note"])


def time_to_plain(at: datetime) -> Plain:
    """A time as UTC, offset and zone: the offset says which of two equal clock times it was."""
    zone = at.tzinfo
    if not isinstance(zone, ZoneInfo):
        message = "a stored time needs the name of its zone"
        raise TypeError(message)
    offset = at.utcoffset()
    return {
        "utc": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "offset_minutes": 0 if offset is None else int(offset.total_seconds() // 60),
        "zone": zone.key,
    }


def time_from_plain(plain: Mapping[str, Any]) -> datetime:
    """The time that `time_to_plain` wrote, in its zone."""
    return datetime.fromisoformat(plain["utc"]).astimezone(ZoneInfo(plain["zone"]))


def point_to_plain(point: Point | None) -> list[Any] | None:
    """`[view, across_mm, up_mm]`."""
    # float(): equal points have equal text, whoever wrote 15 for 15.0.
    return None if point is None else [point.view, float(point.across_mm), float(point.up_mm)]


def point_from_plain(plain: list[Any] | None) -> Point | None:
    """The point that `point_to_plain` wrote."""
    return None if plain is None else Point(*plain)


def plan_to_plain(plan: Plan) -> Plain:
    """A plan with its sites."""
    return {
        "name": plan.name,
        "sites": [
            {
                "code": site.code,
                "region": site.region,
                "side": site.side.value,
                "units": amount_text(site.units),
                "point": point_to_plain(site.point),
                "reason": site.reason,
            }
            for site in plan.sites
        ],
    }


def plan_from_plain(plain: Mapping[str, Any]) -> Plan:
    """The plan that `plan_to_plain` wrote."""
    return Plan(
        plain["name"],
        tuple(
            PlannedSite(
                code=site["code"],
                region=site["region"],
                side=Side(site["side"]),
                units=Decimal(site["units"]),
                point=point_from_plain(site.get("point")),
                reason=site.get("reason", ""),
            )
            for site in plain["sites"]
        ),
    )


def habits_to_plain(habits: Habits) -> Plain:
    """What the clinic's window offers."""
    return {
        "change_reasons": _list_of(habits.change_reasons),
        "stop_reasons": _list_of(habits.stop_reasons),
        "offers_all_given": habits.offers_all_given,
        "waste_reasons": _list_of(habits.waste_reasons),
        "shares_vials": habits.shares_vials,
        "usual_procedure": procedure_to_plain(habits.usual_procedure),
        "scan_substitute": habits.scan_substitute,
        "low_stock": habits.low_stock,
        "expiring_days": habits.expiring_days,
    }


def habits_from_plain(plain: Mapping[str, Any]) -> Habits:
    """The habits that `habits_to_plain` wrote."""
    change, stop = plain["change_reasons"], plain["stop_reasons"]
    waste = plain.get("waste_reasons")
    usual = Habits()
    return Habits(
        change_reasons=None if change is None else tuple(change),
        stop_reasons=None if stop is None else tuple(stop),
        offers_all_given=plain["offers_all_given"],
        waste_reasons=None if waste is None else tuple(waste),
        shares_vials=plain.get("shares_vials", usual.shares_vials),
        usual_procedure=procedure_from_plain(plain.get("usual_procedure", {})),
        scan_substitute=plain.get("scan_substitute", usual.scan_substitute),
        low_stock=plain.get("low_stock", usual.low_stock),
        expiring_days=plain.get("expiring_days", usual.expiring_days),
    )


def act_to_plain(act: Act) -> Plain:
    """An act with the name of its kind."""
    values = {each.name: getattr(act, each.name) for each in fields(act)}
    return {"act": type(act).__name__, **{name: _to_plain(value) for name, value in values.items()}}


def act_from_plain(plain: Mapping[str, Any]) -> Act:
    """The act that `act_to_plain` wrote."""
    values = {name: value for name, value in plain.items() if name != "act"}
    if values.get("units") is not None:
        values["units"] = Decimal(values["units"])
    if values.get("side") is not None:
        values["side"] = Side(values["side"])
    if "point" in values:
        values["point"] = point_from_plain(values["point"])
    if "vial" in values:
        values["vial"] = vial_from_plain(values["vial"])
    if "plan" in values:
        values["plan"] = plan_from_plain(values["plan"])
    if "person" in values:
        values["person"] = Person(**values["person"])
    if values.get("at") is not None:
        values["at"] = time_from_plain(values["at"])
    if "assessment" in values:
        values["assessment"] = assessment_from_plain(values["assessment"])
    if "procedure" in values:
        values["procedure"] = procedure_from_plain(values["procedure"])
    if "event" in values:
        values["event"] = event_from_plain(values["event"])
    return ACTS[plain["act"]](**values)


def _to_plain(value: object) -> object:
    if isinstance(value, Decimal):
        return amount_text(value)
    if isinstance(value, Point):
        return point_to_plain(value)
    if isinstance(value, Vial):
        return vial_to_plain(value)
    if isinstance(value, Plan):
        return plan_to_plain(value)
    if isinstance(value, Person):
        return _person_to_plain(value)
    if isinstance(value, datetime):
        return time_to_plain(value)
    if isinstance(value, Assessment):
        return assessment_to_plain(value)
    if isinstance(value, Procedure):
        return procedure_to_plain(value)
    if isinstance(value, Event):
        return event_to_plain(value)
    return value.value if isinstance(value, Side) else value


def _list_of(lines: tuple[str, ...] | None) -> list[str] | None:
    return None if lines is None else list(lines)


def _maybe_time_to_plain(at: datetime | None) -> Plain | None:
    return None if at is None else time_to_plain(at)


def _maybe_time_from_plain(plain: Mapping[str, Any] | None) -> datetime | None:
    return None if plain is None else time_from_plain(plain)


def _edition_to_plain(edition: Edition) -> Plain:
    return {"id": edition.id, "version": edition.version}


def _person_to_plain(person: Person) -> Plain:
    return {"name": person.name, "credentials": person.credentials}


def _wastes_from_plain(plain: Mapping[str, Any]) -> tuple[Waste, ...]:
    # The first edition knew one waste for all vials, and its acts go on saying so.
    first = plain.get("waste")
    return tuple(waste_from_plain(each) for each in ([first] if first else plain.get("wastes", [])))


def _identity_to_plain(identity: Identity | None) -> Plain | None:
    if identity is None:
        return None
    return {
        "record_number": identity.record_number,
        "family_name": identity.family_name,
        "given_name": identity.given_name,
        "birth_date": identity.birth_date.isoformat(),
        "sex": identity.sex.value,
    }


def _identity_from_plain(plain: Mapping[str, Any]) -> Identity:
    return Identity(
        record_number=plain["record_number"],
        family_name=plain["family_name"],
        given_name=plain["given_name"],
        birth_date=date.fromisoformat(plain["birth_date"]),
        sex=Sex(plain["sex"]),
    )


def _signature_to_plain(signature: Signature | None) -> Plain | None:
    if signature is None:
        return None
    return {
        "person": _person_to_plain(signature.person),
        "signed_at": time_to_plain(signature.signed_at),
        "meaning": signature.meaning,
    }


def _signature_from_plain(plain: Mapping[str, Any]) -> Signature:
    return Signature(
        Person(**plain["person"]), time_from_plain(plain["signed_at"]), plain["meaning"]
    )
