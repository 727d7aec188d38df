"""A file of the first edition, with all that it could hold, becomes one of this edition."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from desktop.core import acts
from desktop.core.plain import session_to_plain
from desktop.core.plan import plan_as_charted
from desktop.core.protocol import Side
from desktop.store import database, migrations
from desktop.store.database import unit
from desktop.store.driver import Database, dbapi
from desktop.store.migrations import STEPS
from desktop.store.records import Records
from tests.store.visits import (
    CLINIC,
    EMPTY,
    INJECTOR,
    PATIENT,
    WHOLE_PROTOCOL,
    Visit,
    start,
)

KEY, SALT = bytes(range(32)), bytes(range(16))
# In an order in which every row finds the rows that it refers to.
TABLES = ("clinic", "person", "memory", "patient", "patient_word", "session", "vial", "injection")
NEW = {"first_given_at", "last_given_at", "planned_reason"}


def columns_of(db: Database, table: str) -> list[str]:
    return [column.name for column in db.table(table).columns]


def without_news(value: Any) -> Any:
    """A plain value as the first edition wrote it."""
    if isinstance(value, dict):
        return {key: without_news(each) for key, each in value.items() if key not in NEW}
    return [without_news(each) for each in value] if isinstance(value, list) else value


def content(db: Database, table: str, columns: list[str]) -> list[tuple[Any, ...]]:
    sql = f"SELECT {', '.join(columns)} FROM {table} ORDER BY 1, 2"  # noqa: S608
    return list(db.conn.execute(sql).fetchall())


def copy_as_of_the_first_edition(new: Database, old: Database) -> None:
    """Every row of a file with the columns and the JSON that the first edition had."""
    with unit(old):
        for table in TABLES:
            for row in new.table(table).rows:
                known = {key: row[key] for key in columns_of(old, table)}
                old.table(table).insert(known)
        for row in new.query("SELECT * FROM act ORDER BY session, number"):
            change = json.dumps(without_news(json.loads(row["change"])))
            old.table("act").insert({**row, "change": change})


def sign_the_first(old: Database) -> None:
    """Sign the first session in SQL, when its parts are there."""
    signature = {
        "state": "signed",
        "identity_record_number": "4711",
        "identity_family_name": "Łukaszewska",
        "identity_given_name": "Zoë",
        "identity_birth_date": "1980-02-01",
        "identity_sex": "female",
        "signed_by": "Test Injector",
        "signed_by_credentials": "MD",
        "signed_utc": "2026-11-22T10:50:00.000000Z",
        "signed_offset": 0,
        "signed_zone": "Europe/London",
        "signed_meaning": "performed and charted",
    }
    old.table("session").update(1, signature)


@pytest.fixture
def old(tmp_path: Path) -> Database:
    """A file that has had the first step only: one signed session, one draft, one undone act."""
    new = database.create(tmp_path / "new.glabella", KEY, SALT)
    migrations.create_tables(new)
    records = Records(new)
    records.set_clinic(CLINIC)
    records.add_person(INJECTOR, "injector")
    records.remember("open session", "s-2")
    start(records).do(*WHOLE_PROTOCOL)
    draft = start(records, replace(EMPTY, id="s-2"))
    draft.do(*WHOLE_PROTOCOL, acts.AddExtra("temporalis", Side.LEFT, Decimal(5))).undo()
    made = database.create(tmp_path / "old.glabella", KEY, SALT)
    migrations.create_tables(made, STEPS[:1])
    copy_as_of_the_first_edition(new, made)
    sign_the_first(made)
    new.close()
    return made


def test_an_older_file_keeps_every_row_and_gets_the_new_columns_empty(old: Database) -> None:
    columns = {table: columns_of(old, table) for table in (*TABLES, "act")}
    before = {table: content(old, table, names) for table, names in columns.items()}
    assert len(before["injection"]) == 62
    migrations.bring_up_to_date(old)
    assert {table: content(old, table, names) for table, names in columns.items()} == before
    assert content(old, "injection", ["code", "planned_reason"]) == [
        (code, "") for (_session, code, *_rest) in sorted(before["injection"], key=lambda r: r[1])
    ]
    assert content(old, "session", ["first_given_utc", "last_given_utc"]) == [(None, None)] * 2
    assert Records(old).patient("p-1") == replace(PATIENT, alerts="")
    assert Records(old).templates() == []


def test_work_goes_on_in_a_file_that_was_brought_up_to_date(old: Database) -> None:
    migrations.bring_up_to_date(old)
    records = Records(old)
    visit = Visit(records, records.history("s-2"))
    assert [type(step.act).__name__ for step in visit.history.done] == [
        "PlanProtocol", "AddVial", "GiveAll",
    ]  # fmt: skip
    visit.redo().do(acts.Omit("FRO-1-L", "bruise"), acts.Tap("FRO-1-L"), acts.Tap("FRO-1-L"))
    assert visit.session.first_given_at is None
    assert visit.session.last_given_at
    assert Records(old).history("s-2") == visit.history
    records.save_template(plan_as_charted(visit.session, "Usual"))
    records.change_patient(replace(PATIENT, alerts="Latex allergy"))
    assert records.patient("p-1").alert_lines == ("Latex allergy",)


def test_what_was_signed_stays_closed_in_a_file_that_was_brought_up_to_date(old: Database) -> None:
    migrations.bring_up_to_date(old)
    for attack in (
        "UPDATE session SET first_given_utc = 'x' WHERE number = 1",
        "UPDATE injection SET planned_reason = 'x' WHERE session = 1",
        "DELETE FROM injection WHERE session = 1",
    ):
        with pytest.raises(dbapi.IntegrityError, match="immutable"):
            old.conn.execute(attack)
    (past,) = Records(old).past_sessions("p-1", replace(EMPTY, id="s-9", started_at=LATER))
    assert past.id == "s-1"
    assert session_to_plain(past)["first_given_at"] is None


LATER = EMPTY.started_at.replace(hour=23)


def test_an_older_file_has_the_tables_of_a_new_one_in_the_end(
    old: Database, tmp_path: Path
) -> None:
    migrations.bring_up_to_date(old)
    new = database.create(tmp_path / "fresh.glabella", KEY, SALT)
    migrations.create_tables(new)
    assert {table: columns_of(old, table) for table in old.table_names()} == {
        table: columns_of(new, table) for table in new.table_names()
    }
    assert old.triggers == new.triggers
