"""What the record says across sessions: who is due, who had a lot, what a patient was given."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from unicodedata import normalize
from zoneinfo import ZoneInfo

from desktop.core.amounts import from_hundredths
from desktop.core.assessment import Checklist
from desktop.core.entries import DueRow, LotRow
from desktop.core.guards import earliest_day
from desktop.store.database import one_view
from desktop.store.driver import Database
from desktop.store.rows import Row


@dataclass(frozen=True)
class GivenUnits:
    """What a signed session gave of one product; by its key, empty where no vial was recorded."""

    session_id: str
    at: datetime
    product: str
    units: Decimal


# A session in which nothing was given was no treatment: the next one is due as it was before.
# A treatment elsewhere puts it off as one here does; one that was corrected or withdrawn does not.
# Materialised, or SQLite would look for every last session twice: to test it and to show it.
DUE = """
WITH last AS MATERIALIZED (
    SELECT patient.number AS patient,
        (SELECT session.started_utc FROM session
         WHERE session.patient = patient.number AND session.state = 'signed' AND EXISTS (
            SELECT 1 FROM injection
            WHERE injection.session = session.number AND injection.state = 'given')
         ORDER BY session.started_utc DESC LIMIT 1) AS utc
    FROM patient
)
SELECT patient.id, record_number, family_name, given_name, phone, last.utc AS last_utc,
    (SELECT entry.on_date FROM entry
     WHERE entry.patient = patient.number AND entry.kind = 'treated elsewhere'
        AND entry.withdrawn = ''
        AND NOT EXISTS (SELECT 1 FROM entry AS later WHERE later.replaces = entry.id)
     ORDER BY entry.on_date DESC LIMIT 1) AS elsewhere_on,
    patient.number IN (SELECT patient FROM session WHERE state = 'draft') AS has_draft
FROM last JOIN patient ON patient.number = last.patient
WHERE last.utc IS NOT NULL
"""
# SQLite's lower() knows the letters A to Z only, as a lot has them, and trim() nothing but spaces.
WITH_LOT = """
SELECT session.id, session.number, session.state, session.started_utc,
    patient.id AS patient_id, patient.record_number, patient.family_name, patient.given_name,
    patient.birth_date, patient.phone, vial.lot, vial.product
FROM vial
JOIN session ON session.number = vial.session
JOIN patient ON patient.number = session.patient
WHERE lower(trim(vial.lot)) = lower(trim(?)) AND session.state <> 'discarded'
GROUP BY session.number, vial.product
ORDER BY session.started_utc DESC, session.number DESC, vial.product
"""
_GIVEN = """
SELECT session.id, session.started_utc, coalesce(vial.product, '') AS product,
    sum(injection.units) AS units
FROM patient
JOIN session ON session.patient = patient.number AND session.state = 'signed'
JOIN injection ON injection.session = session.number AND injection.state = 'given'
LEFT JOIN vial ON vial.session = injection.session AND vial.number = injection.vial
WHERE patient.id = ? AND session.id <> ?
GROUP BY session.number, product ORDER BY session.started_utc DESC, session.number DESC, product
"""
# When a session started is what somebody said; when an act was kept, the clock said.
_NEWEST = """
SELECT max(at) AS at FROM (
    SELECT * FROM (SELECT at_utc AS at FROM act WHERE kind <> 'start' ORDER BY at_utc DESC LIMIT 1)
    UNION ALL SELECT max(entered_utc) FROM entry
)
"""


class Lists:
    """Questions about all sessions. Days are those of a zone: the clinic's."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def due(self, zone: ZoneInfo, checklist: Checklist) -> list[DueRow]:
        """Every patient who was given anything in a signed session, the soonest due first."""
        found = [_due(row, zone, checklist) for row in self._rows(DUE)]
        return sorted(
            found,
            key=lambda each: (each.due_on, each.family_name, each.given_name, each.patient_id),
        )

    def with_lot(self, lot: str, zone: ZoneInfo) -> list[LotRow]:
        """Every session, draft or signed, with a vial of a lot, the newest first.

        Neither case nor spaces around it count. A session with two products of one lot comes twice.
        """
        return [_lot(row, zone) for row in self._rows(WITH_LOT, normalize("NFC", lot))]

    def given(self, patient_id: str, but_session_id: str = "") -> list[GivenUnits]:
        """What a patient was given in every signed session but one, by product, newest first."""
        return [
            GivenUnits(row["id"], _time(row), row["product"], from_hundredths(row["units"]))
            for row in self._rows(_GIVEN, patient_id, but_session_id)
        ]

    def newest_change(self) -> datetime | None:
        """When an act or an entry was last kept, by the clock of then; none in a new record."""
        (row,) = self._rows(_NEWEST)
        return None if row["at"] is None else datetime.fromisoformat(row["at"])

    def _rows(self, sql: str, *values: str) -> list[Row]:
        with one_view(self._db):
            return list(self._db.query(sql, values))


def _time(row: Row) -> datetime:
    return datetime.fromisoformat(row["started_utc"])


def _due(row: Row, zone: ZoneInfo, checklist: Checklist) -> DueRow:
    last_on = datetime.fromisoformat(row["last_utc"]).astimezone(zone).date()
    elsewhere_on = date.fromisoformat(row["elsewhere_on"]) if row["elsewhere_on"] else last_on
    return DueRow(
        patient_id=row["id"],
        record_number=row["record_number"],
        family_name=row["family_name"],
        given_name=row["given_name"],
        phone=row["phone"],
        last_on=last_on,
        due_on=_due_on(max(last_on, elsewhere_on), checklist),
        has_draft=bool(row["has_draft"]),
        elsewhere_on=elsewhere_on if elsewhere_on > last_on else None,
    )


def _due_on(last_on: date, checklist: Checklist) -> date:
    try:
        return earliest_day(last_on, checklist)
    except OverflowError:  # a script can date a session in the last year of the calendar
        return date.max


def _lot(row: Row, zone: ZoneInfo) -> LotRow:
    return LotRow(
        session_id=row["id"],
        number=row["number"],
        patient_id=row["patient_id"],
        record_number=row["record_number"],
        family_name=row["family_name"],
        given_name=row["given_name"],
        birth_date=date.fromisoformat(row["birth_date"]),
        phone=row["phone"],
        on=_time(row).astimezone(zone).date(),
        state=row["state"],
        lot=row["lot"],
        product=row["product"],
    )
