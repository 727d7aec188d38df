"""Sessions that are put into the record as they are, however they came about."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from desktop.core.patient import Patient, identity_of
from desktop.core.protocol import Side
from desktop.core.session import Injection, Session, Signature, State
from desktop.core.vial import Vial
from desktop.store.records import Records
from tests.store.visits import EMPTY, INJECTOR, PATIENT, START


def site(
    number: int, units: str = "5", vial: int | None = 1, state: State = State.GIVEN
) -> Injection:
    """One injection; the number says which, and nothing else."""
    region, side = "frontalis", Side.LEFT
    return Injection(f"FRO-{number}-L", region, side, state, Decimal(units), vial=vial)


def session(
    name: str,
    *sites: Injection,
    vials: tuple[Vial, ...] = (),
    at: datetime = START,
    patient: Patient = PATIENT,
) -> Session:
    """A draft with these sites and vials."""
    injections = {each.code: each for each in sites}
    whose = replace(EMPTY, id=name, patient_id=patient.id, started_at=at)
    return replace(whose, injections=injections, vials=vials)


def keep(records: Records, draft: Session, patient: Patient = PATIENT) -> Session:
    """Keep a draft; the patient is added when first seen."""
    if records.patient_by_number(patient.record_number) is None:
        records.add_patient(patient)
    records.start_session(draft)
    return draft


def sign(records: Records, draft: Session, patient: Patient = PATIENT) -> Session:
    """Keep a session and sign it."""
    keep(records, draft, patient)
    signature = Signature(INJECTOR, draft.started_at, "performed and charted")
    signed = replace(draft, signature=signature, identity=identity_of(patient))
    records.sign(draft, signed, draft.started_at)
    return signed
