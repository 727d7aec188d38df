from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from desktop.core import acts
from desktop.core.acts import Act
from desktop.core.assessment import blank
from desktop.core.procedure import Event, Happening, Procedure
from desktop.store import clinic_file, database
from desktop.store.clinic_file import ClinicFile
from desktop.store.driver import dbapi
from tests.store.conftest import Kept
from tests.store.visits import (
    CHEAP,
    CLINIC,
    EMPTY,
    INJECTOR,
    PATIENT,
    START,
    WHOLE_PROTOCOL,
    WORDS,
    start,
)

# With every new part of a session filled, so that taking it away would be a change.
ALL_THE_REST: tuple[Act, ...] = (
    acts.SetAssessment(blank(["allergy"], START.date())),
    acts.SetProcedure(Procedure(needle="30 G")),
    acts.AddEvent(Event(Happening.PAIN, START)),
    acts.GoOn("too early", "asked for"),
    acts.StateGap("nobody knows"),
)
# Session 1 is signed, session 2 is a draft. Each statement would change something of session 1.
OTHERS = """patient, state, started_utc, started_offset, started_zone, protocol_id,
    protocol_version, atlas_id, atlas_version, profile, performed_by, performed_by_credentials,
    charted_by, charted_by_credentials, plan, remark, ended_early, extras_made"""
ATTACKS = (
    (
        "REPLACE INTO session (number, id, OTHERS) SELECT 1, 's-9', OTHERS FROM session"
        " WHERE number = 2"
    ).replace("OTHERS", OTHERS),
    (
        "REPLACE INTO session (number, id, OTHERS) SELECT 9, 's-1', OTHERS FROM session"
        " WHERE number = 2"
    ).replace("OTHERS", OTHERS),
    "UPDATE session SET remark = 'x' WHERE number = 1",
    "UPDATE session SET state = 'draft', signed_utc = NULL WHERE number = 1",
    "UPDATE OR IGNORE session SET remark = 'x'",
    "UPDATE OR REPLACE session SET number = 1 WHERE number = 2",
    "UPDATE OR REPLACE session SET id = 's-1' WHERE number = 2",
    "UPDATE session SET number = 3 WHERE number = 1",
    "UPDATE session SET rowid = 3 WHERE number = 1",
    "UPDATE session SET patient = 2 WHERE number = 1",
    "UPDATE session SET first_given_utc = NULL WHERE number = 1",
    "UPDATE session SET last_given_utc = '2026-11-22T09:00:00.000000Z' WHERE number = 1",
    "UPDATE session SET wastes = '[]' WHERE number = 1",
    "UPDATE session SET wastes = NULL, waste_units = 4500, waste_reason = 'x' WHERE number = 1",
    'UPDATE session SET drawing = 2, kept = \'{"1":"5"}\' WHERE number = 1',
    "UPDATE session SET gap_reason = 'x' WHERE number = 1",
    "UPDATE session SET assessment = NULL WHERE number = 1",
    "UPDATE session SET procedure = '{}' WHERE number = 1",
    "UPDATE session SET events = '[]' WHERE number = 1",
    "UPDATE session SET overrides = '{}' WHERE number = 1",
    "DELETE FROM session WHERE number = 1",
    "DELETE FROM session",
    "INSERT OR REPLACE INTO session SELECT * FROM session WHERE number = 1",
    "REPLACE INTO session SELECT * FROM session WHERE id = 's-1'",
    (
        "INSERT INTO session SELECT * FROM session WHERE number = 1"
        " ON CONFLICT (number) DO UPDATE SET remark = 'x'"
    ),
    (
        "INSERT INTO session SELECT * FROM session WHERE number = 1"
        " ON CONFLICT (id) DO UPDATE SET remark = 'x'"
    ),
    "UPDATE injection SET units = 600 WHERE session = 1",
    "UPDATE injection SET planned_reason = 'x' WHERE session = 1",
    "UPDATE injection SET session = 2 WHERE session = 1 AND code = 'PRO-1-M'",
    "UPDATE OR REPLACE injection SET session = 1 WHERE session = 2",
    "UPDATE OR IGNORE injection SET units = 600",
    "DELETE FROM injection WHERE session = 1 AND code = 'PRO-1-M'",
    "INSERT OR REPLACE INTO injection SELECT * FROM injection WHERE session = 1",
    (
        "INSERT INTO injection SELECT 1, 'TEM-X1-L', 40, region, side, state, 500, NULL, '', NULL,"
        " NULL, NULL, NULL, NULL, NULL, NULL, ''"
        " FROM injection WHERE session = 1 AND code = 'PRO-1-M'"
    ),
    (
        "INSERT INTO injection SELECT * FROM injection WHERE session = 1"
        " ON CONFLICT DO UPDATE SET units = 600"
    ),
    "UPDATE vial SET lot = 'X' WHERE session = 1",
    "UPDATE vial SET held_units = 100 WHERE session = 1",
    "UPDATE vial SET supply = 'sample', stock_id = 'v-9' WHERE session = 1",
    "UPDATE vial SET serial = 'x', gtin = 'x', diluent = 'x', mixed_by = 'x' WHERE session = 1",
    "UPDATE vial SET session = 2, number = 9 WHERE session = 1",
    "DELETE FROM vial WHERE session = 1",
    "REPLACE INTO vial SELECT * FROM vial WHERE session = 1",
    (
        "INSERT INTO vial SELECT 1, 2, product, size_units, lot, expiry, diluent_ml, mixed_utc,"
        " mixed_offset, mixed_zone, diluent, mixed_by, serial, gtin, supply, stock_id, held_units"
        " FROM vial WHERE session = 1"
    ),
    "UPDATE act SET change = '{}' WHERE session = 1",
    "UPDATE OR REPLACE act SET session = 1 WHERE session = 2",
    "DELETE FROM act WHERE session = 1",
    "DELETE FROM act WHERE session = 1 AND number = 4",
    "REPLACE INTO act SELECT * FROM act WHERE session = 1",
    (
        "INSERT INTO act SELECT 1, max(number) + 1, 'undo', NULL, '{}', at_utc, charted_by"
        " FROM act WHERE session = 1"
    ),
)
# The acts of a draft, too, are only ever appended.
ON_A_DRAFT = (
    "UPDATE act SET change = '{}' WHERE session = 2",
    "DELETE FROM act WHERE session = 2",
    "REPLACE INTO act SELECT * FROM act WHERE session = 2",
    (
        "INSERT INTO act SELECT 2, 99, 'undo', NULL, '{}', at_utc, charted_by"
        " FROM act WHERE session = 2 LIMIT 1"
    ),
)
# Entry 2 corrects entry 1. What was entered is corrected by a new entry only.
OTHER_ENTRY = "patient, session, kind, on_date, value, entered_utc, entered_offset, entered_zone"
ON_ENTRIES = (
    "UPDATE entry SET value = '{}' WHERE number = 1",
    "UPDATE entry SET withdrawn = 'x' WHERE number = 2",
    "UPDATE entry SET patient = 2",
    "UPDATE OR REPLACE entry SET id = 'e-1' WHERE number = 2",
    "UPDATE OR IGNORE entry SET replaces = NULL",
    "DELETE FROM entry",
    "DELETE FROM entry WHERE number = 2",
    "REPLACE INTO entry SELECT * FROM entry",
    "INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE number = 1",
    "INSERT INTO entry SELECT * FROM entry WHERE true ON CONFLICT DO UPDATE SET value = '{}'",
    *(
        f"REPLACE INTO entry (number, id, replaces, {OTHER_ENTRY}, entered_by, withdrawn)"  # noqa: S608
        f" SELECT {number}, '{name}', {replaces}, {OTHER_ENTRY}, 'Test Scribe', ''"
        " FROM entry WHERE number = 1"
        for number, name, replaces in (
            ("2", "e-9", "NULL"),
            ("9", "e-2", "NULL"),
            ("9", "e-9", "'e-1'"),
            ("NULL", "e-9", "'e-1'"),
        )
    ),
)
TABLES = ("session", "injection", "vial", "act")


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClinicFile]:
    """A record with a signed session 1 and a draft 2 that holds the same."""
    path = tmp_path_factory.mktemp("signed") / "clinic.glabella"
    file, _ = clinic_file.create(path, CLINIC, INJECTOR, "injector", WORDS, cost=CHEAP)
    with file:
        file.records.add_patient(PATIENT)
        start(file.records).do(*WHOLE_PROTOCOL, *ALL_THE_REST).sign()
        start(file.records, replace(EMPTY, id="s-2")).do(*WHOLE_PROTOCOL, *ALL_THE_REST)
        for number, replaces in ((1, None), (2, "e-1")):
            file._db.table("entry").insert(
                {
                    "number": number,
                    "id": f"e-{number}",
                    "patient": 1,
                    "session": 1,
                    "kind": "side effect",
                    "on_date": "2026-11-23",
                    "value": "[]",
                    "entered_utc": "2026-11-23T09:00:00.000000Z",
                    "entered_offset": 0,
                    "entered_zone": "Europe/London",
                    "entered_by": "Test Scribe",
                    "replaces": replaces,
                    "withdrawn": "",
                }
            )
        yield file


def content(conn: Any, number: int) -> list[Any]:
    rows = []
    for table in TABLES:
        column = "number" if table == "session" else "session"
        sql = f"SELECT * FROM {table} WHERE {column} = ? ORDER BY 1, 2"  # noqa: S608
        rows.append(conn.execute(sql, (number,)).fetchall())
    rows.append(conn.execute("SELECT * FROM entry ORDER BY number").fetchall())
    return rows


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize("attack", [*ATTACKS, *ON_A_DRAFT, *ON_ENTRIES])
def test_no_statement_changes_a_signed_session(
    signed: ClinicFile, attack: str, recursive: str
) -> None:
    conn = signed._db.conn
    before = content(conn, 1), content(conn, 2)
    conn.execute(f"PRAGMA recursive_triggers = {recursive}")
    conn.execute("BEGIN")
    try:
        with pytest.raises(dbapi.IntegrityError, match=r"immutable|appended|are fixed"):
            conn.execute(attack)
        assert (content(conn, 1), content(conn, 2)) == before
    finally:
        conn.execute("ROLLBACK")
        conn.execute("PRAGMA recursive_triggers = ON")


def test_no_column_of_a_signed_session_is_forgotten(signed: ClinicFile) -> None:
    conn = signed._db.conn
    before = content(conn, 1)
    for table, key in (("session", "number"), *((table, "session") for table in TABLES[1:])):
        columns = signed._db.table(table).columns
        assert len(columns) > 6
        for column in columns:
            attack = f"UPDATE {table} SET {column.name} = {column.name} WHERE {key} = 1"  # noqa: S608
            with pytest.raises(dbapi.IntegrityError, match=r"immutable|appended"):
                conn.execute(attack)
    assert content(conn, 1) == before


def test_an_entry_is_corrected_by_a_new_one(signed: ClinicFile) -> None:
    conn = signed._db.conn
    conn.execute("BEGIN")
    try:
        conn.execute(
            f"INSERT INTO entry (number, id, replaces, {OTHER_ENTRY}, entered_by, withdrawn)"  # noqa: S608
            f" SELECT NULL, 'e-3', 'e-2', {OTHER_ENTRY}, 'Test Scribe', 'x' FROM entry"
            " WHERE number = 2"
        )
        assert conn.execute("SELECT number FROM entry WHERE id = 'e-3'").fetchone() == (3,)
    finally:
        conn.execute("ROLLBACK")


def test_a_correction_of_the_patient_does_not_reach_what_was_signed(kept: Kept) -> None:
    with kept.open() as file:
        signed = start(file.records).do(*WHOLE_PROTOCOL).sign().session
        file.records.change_patient(replace(PATIENT, family_name="Married"))
        identity = file.records.session("s-1").identity
        assert identity == signed.identity
        assert identity
        assert identity.family_name == "Łukaszewska"


def test_references_and_guards_are_on_in_every_connection(kept: Kept) -> None:
    with kept.open() as writer, kept.open(reading=True) as reader:
        for file in (writer, reader):
            for setting in ("foreign_keys", "recursive_triggers", "cell_size_check"):
                assert file._db.conn.execute(f"PRAGMA {setting}").fetchone() == (1,), setting
            assert file._db.conn.execute("PRAGMA trusted_schema").fetchone() == (0,)
        assert writer._db.conn.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert writer._db.conn.execute("PRAGMA synchronous").fetchone() == (2,)
        assert writer._db.conn.execute("PRAGMA secure_delete").fetchone() == (1,)


def remember_and_stumble(file: ClinicFile) -> None:
    with database.unit(file._db):
        file.records.remember("kept", "no")
        raise KeyboardInterrupt


def test_a_unit_is_saved_whole_or_not_at_all_also_within_another(kept: Kept) -> None:
    with kept.open() as file:
        with database.unit(file._db):
            file.records.remember("kept", "yes")
            with pytest.raises(KeyboardInterrupt):
                remember_and_stumble(file)
        assert file.records.recall("kept") == "yes"
        with pytest.raises(KeyboardInterrupt):
            remember_and_stumble(file)
        assert file.records.recall("kept") == "yes"
