"""Values of the domain as rows of the record file, and back."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from unicodedata import normalize

from desktop.core.amounts import from_hundredths, to_hundredths
from desktop.core.assessment import Assessment, assessment_from_plain, assessment_to_plain
from desktop.core.atlas import Point
from desktop.core.patient import Identity, Patient, Person, Sex
from desktop.core.plain import (
    event_from_plain,
    event_to_plain,
    kept_from_plain,
    kept_to_plain,
    time_from_plain,
    time_to_plain,
    waste_from_plain,
    waste_to_plain,
)
from desktop.core.procedure import procedure_from_plain, procedure_to_plain
from desktop.core.protocol import Edition, Side
from desktop.core.session import Injection, Session, Signature, State, Waste
from desktop.core.vial import Supply, Vial, read_expiry
from desktop.store.folding import folded_name

Row = dict[str, Any]


def to_json(plain: Any) -> str:
    """A plain value as the file keeps it."""
    return json.dumps(nfc(plain), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def nfc(value: Any) -> Any:
    """A value with every text in it in one Unicode spelling (NFC)."""
    if isinstance(value, str):
        return normalize("NFC", value)
    if isinstance(value, Mapping):
        return {key: nfc(each) for key, each in value.items()}
    if isinstance(value, list):
        return [nfc(each) for each in value]
    return value


def utc_text(at: datetime) -> str:
    """A time as UTC; such texts sort by time."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def time_columns(name: str, at: datetime | None) -> Row:
    """A time, or none, as its three columns."""
    plain = {} if at is None else time_to_plain(at)
    return {
        f"{name}_utc": plain.get("utc"),
        f"{name}_offset": plain.get("offset_minutes"),
        f"{name}_zone": plain.get("zone"),
    }


def time_in(row: Row, name: str) -> datetime:
    """The time in three columns of a row."""
    return time_from_plain({"utc": row[f"{name}_utc"], "zone": row[f"{name}_zone"]})


def _maybe_time_in(row: Row, name: str) -> datetime | None:
    return None if row[f"{name}_utc"] is None else time_in(row, name)


def _hundredths(amount: Decimal | None) -> int | None:
    return None if amount is None else to_hundredths(amount)


def _amount(hundredths: int | None) -> Decimal | None:
    return None if hundredths is None else from_hundredths(hundredths)


def patient_row(patient: Patient) -> Row:
    """A patient as a row, but for the number."""
    name = folded_name(patient.family_name, patient.given_name)
    plain = {"birth_date": patient.birth_date.isoformat(), "sex": patient.sex.value}
    return {**vars(patient), **plain, "folded_name": name, "last_touched": 0}


def patient_in(row: Row) -> Patient:
    """The patient of a row."""
    birth_date = date.fromisoformat(row["birth_date"])
    return Patient(**{**row, "birth_date": birth_date, "sex": Sex(row["sex"])})


def session_columns(session: Session) -> Row:
    """A session as its row, but for number, patient and state; every text in NFC."""
    # JSON apart: there, the n of an escaped line break would take an accent that follows.
    return {**nfc(_plain_columns(session)), **_json_columns(session)}


def _json_columns(session: Session) -> Row:
    assessment = session.assessment
    return {
        "wastes": to_json([waste_to_plain(each) for each in session.wastes]),
        "extras_made": to_json(session.extras_made),
        "kept": to_json(kept_to_plain(session.kept)),
        "assessment": assessment and to_json(assessment_to_plain(assessment)),
        "procedure": to_json(procedure_to_plain(session.procedure)),
        "events": to_json([event_to_plain(each) for each in session.events]),
        "overrides": to_json(dict(sorted(session.overrides.items()))),
    }


def _plain_columns(session: Session) -> Row:
    identity, signature = session.identity, session.signature
    return {
        "id": session.id,
        **time_columns("started", session.started_at),
        "protocol_id": session.protocol.id,
        "protocol_version": session.protocol.version,
        "atlas_id": session.atlas.id,
        "atlas_version": session.atlas.version,
        "profile": session.profile,
        "performed_by": session.performed_by.name,
        "performed_by_credentials": session.performed_by.credentials,
        "charted_by": session.charted_by.name,
        "charted_by_credentials": session.charted_by.credentials,
        "plan": session.plan,
        "remark": session.remark,
        "ended_early": session.ended_early,
        "identity_record_number": identity and identity.record_number,
        "identity_family_name": identity and identity.family_name,
        "identity_given_name": identity and identity.given_name,
        "identity_birth_date": identity and identity.birth_date.isoformat(),
        "identity_sex": identity and identity.sex.value,
        "signed_by": signature and signature.person.name,
        "signed_by_credentials": signature and signature.person.credentials,
        **time_columns("signed", signature.signed_at if signature else None),
        "signed_meaning": signature and signature.meaning,
        **time_columns("first_given", session.first_given_at),
        **time_columns("last_given", session.last_given_at),
        "drawing": session.drawing,
        "gap_reason": session.gap_reason,
    }


def session_in(row: Row, injections: Iterable[Row], vials: Iterable[Row]) -> Session:
    """The session of a row, with those of its injections and vials."""
    return Session(
        id=row["id"],
        patient_id=row["patient_id"],
        started_at=time_in(row, "started"),
        protocol=Edition(row["protocol_id"], row["protocol_version"]),
        atlas=Edition(row["atlas_id"], row["atlas_version"]),
        profile=row["profile"],
        performed_by=Person(row["performed_by"], row["performed_by_credentials"]),
        charted_by=Person(row["charted_by"], row["charted_by_credentials"]),
        plan=row["plan"],
        injections={each["code"]: _injection(each) for each in injections},
        vials=tuple(vial_in(each) for each in vials),
        wastes=wastes_in(row),
        remark=row["remark"],
        ended_early=row["ended_early"],
        extras_made=json.loads(row["extras_made"]),
        identity=_identity(row),
        signature=_signature(row),
        first_given_at=_maybe_time_in(row, "first_given"),
        last_given_at=_maybe_time_in(row, "last_given"),
        drawing=row["drawing"],
        kept=kept_from_plain(json.loads(row["kept"])),
        gap_reason=row["gap_reason"],
        assessment=_assessment(row),
        procedure=procedure_from_plain(json.loads(row["procedure"])),
        events=tuple(event_from_plain(each) for each in json.loads(row["events"])),
        overrides=json.loads(row["overrides"]),
    )


def wastes_in(row: Row) -> tuple[Waste, ...]:
    """What was discarded in the session of a row, in this edition of the program or before."""
    if row["wastes"] is not None:
        return tuple(waste_from_plain(each) for each in json.loads(row["wastes"]))
    units = _amount(row["waste_units"])  # of all vials, as older editions kept it
    return () if units is None else (Waste(units, row["waste_reason"]),)


def _assessment(row: Row) -> Assessment | None:
    return row["assessment"] and assessment_from_plain(json.loads(row["assessment"]))


def _identity(row: Row) -> Identity | None:
    if row["identity_record_number"] is None:
        return None
    return Identity(
        row["identity_record_number"],
        row["identity_family_name"],
        row["identity_given_name"],
        date.fromisoformat(row["identity_birth_date"]),
        Sex(row["identity_sex"]),
    )


def _signature(row: Row) -> Signature | None:
    if row["signed_utc"] is None:
        return None
    person = Person(row["signed_by"], row["signed_by_credentials"])
    return Signature(person, time_in(row, "signed"), row["signed_meaning"])


def injection_row(position: int, each: Injection) -> Row:
    """An injection as a row, without the session's number."""
    return {
        "code": each.code,
        "position": position,
        "region": each.region,
        "side": each.side.value,
        "state": each.state.value,
        "units": to_hundredths(each.units),
        "planned_units": _hundredths(each.planned_units),
        "reason": each.reason,
        **_point_columns("", each.point),
        **_point_columns("planned_", each.planned_point),
        "vial": each.vial,
        "planned_reason": each.planned_reason,
    }


def _injection(row: Row) -> Injection:
    return Injection(
        code=row["code"],
        region=row["region"],
        side=Side(row["side"]),
        state=State(row["state"]),
        units=from_hundredths(row["units"]),
        planned_units=_amount(row["planned_units"]),
        reason=row["reason"],
        point=_point(row, ""),
        planned_point=_point(row, "planned_"),
        vial=row["vial"],
        planned_reason=row["planned_reason"],
    )


def _point_columns(name: str, point: Point | None) -> Row:
    return {
        f"{name}view": point and point.view,
        f"{name}across_mm": point and point.across_mm,
        f"{name}up_mm": point and point.up_mm,
    }


def _point(row: Row, name: str) -> Point | None:
    view = row[f"{name}view"]
    return None if view is None else Point(view, row[f"{name}across_mm"], row[f"{name}up_mm"])


def vial_row(each: Vial) -> Row:
    """A vial as a row, without the session's number."""
    return {
        "number": each.number,
        "product": each.product,
        "size_units": to_hundredths(each.size_units),
        "lot": each.lot,
        "expiry": each.expiry.text,
        "diluent_ml": _hundredths(each.diluent_ml),
        **time_columns("mixed", each.mixed_at),
        "diluent": each.diluent,
        "mixed_by": each.mixed_by,
        "serial": each.serial,
        "gtin": each.gtin,
        "supply": each.supply.value,
        "stock_id": each.stock_id,
        "held_units": _hundredths(each.held_units),
    }


def vial_in(row: Row) -> Vial:
    """The vial of a row."""
    return Vial(
        number=row["number"],
        product=row["product"],
        size_units=from_hundredths(row["size_units"]),
        lot=row["lot"],
        expiry=read_expiry(row["expiry"]),
        diluent_ml=_amount(row["diluent_ml"]),
        mixed_at=_maybe_time_in(row, "mixed"),
        diluent=row["diluent"],
        mixed_by=row["mixed_by"],
        serial=row["serial"],
        gtin=row["gtin"],
        supply=Supply(row["supply"]),
        stock_id=row["stock_id"],
        held_units=_amount(row["held_units"]),
    )
