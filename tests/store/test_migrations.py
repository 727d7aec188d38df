"""A file of an older edition, with all that it could hold, becomes one of this edition."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from desktop.core import acts
from desktop.core.acts import Act
from desktop.core.drawing import balances
from desktop.core.plain import session_to_plain
from desktop.core.plan import plan_as_charted
from desktop.core.protocol import Side
from desktop.core.rules import findings
from desktop.core.session import Session, Waste
from desktop.store import database, migrations
from desktop.store.database import unit
from desktop.store.driver import Database, dbapi
from desktop.store.migrations import STEPS
from desktop.store.records import Records
from tests.store.visits import (
    BOOK,
    CLINIC,
    EMPTY,
    INJECTOR,
    PATIENT,
    VIAL,
    Visit,
    start,
)

KEY, SALT = bytes(range(32)), bytes(range(16))
# In an order in which every row finds the rows that it refers to.
TABLES = ("clinic", "person", "memory", "patient", "patient_word", "session", "vial", "injection")
# What the JSON of each edition did not have yet.
SINCE_THE_FIRST = {"first_given_at", "last_given_at", "planned_reason"}
SINCE_THE_SECOND = {
    *("wastes", "drawing", "kept", "gap_reason", "assessment", "procedure", "events", "overrides"),
    *("diluent", "mixed_by", "serial", "gtin", "supply", "stock_id", "held_units"),
}
OLD_ACTS = {
    "AddVial": {"act", "vial"},
    "SetWaste": {"act", "units", "reason"},
}
SIGNED = (
    *("identity_record_number", "identity_family_name", "identity_given_name"),
    *("identity_birth_date", "identity_sex", "signed_by", "signed_by_credentials"),
    *("signed_utc", "signed_offset", "signed_zone", "signed_meaning"),
)
OLD_PROTOCOL: tuple[Act, ...] = (
    acts.PlanProtocol(),
    acts.AddVial(VIAL),
    acts.GiveAll(),
    acts.SetWaste(Decimal(40), "rest of the vial"),
    acts.SetWaste(Decimal(45), "rest of the vial"),
)
ONE_WASTE = (Waste(Decimal(45), "rest of the vial"),)


def columns_of(db: Database, table: str) -> list[str]:
    return [column.name for column in db.table(table).columns]


def without(news: set[str], value: Any) -> Any:
    """A plain value as an edition wrote it that did not know some keys."""
    if isinstance(value, dict):
        return {key: without(news, each) for key, each in value.items() if key not in news}
    return [without(news, each) for each in value] if isinstance(value, list) else value


def old_change(news: set[str], change: dict[str, Any]) -> dict[str, Any]:
    """What changed, with the one waste of all vials under its old key."""
    old: dict[str, Any] = without(news, change)
    if "wastes" in change:
        one = [{"units": each["units"], "reason": each["reason"]} for each in change["wastes"]]
        old["waste"] = one[0] if one else None
    return old


def old_act(news: set[str], act: dict[str, Any]) -> dict[str, Any]:
    """An act as an older edition wrote it."""
    known = OLD_ACTS.get(act["act"], set(act))
    old: dict[str, Any] = without(news, {key: each for key, each in act.items() if key in known})
    return old


def old_session(row: dict[str, Any], columns: list[str]) -> dict[str, Any]:
    """A session's row as an older edition wrote it, and not signed yet: its parts come first."""
    wastes = json.loads(row["wastes"])
    one: dict[str, object] = {"waste_units": None, "waste_reason": None}
    if wastes:
        units = int(Decimal(wastes[0]["units"]) * 100)
        one = {"waste_units": units, "waste_reason": wastes[0]["reason"]}
    not_signed = dict.fromkeys(SIGNED)
    old = {**row, **one, **not_signed, "state": "draft"}
    return {key: old[key] for key in columns}


def copy_as_of(edition: int, new: Database, old: Database) -> None:
    """Every row of a file with the columns and the JSON that an edition had."""
    news = SINCE_THE_SECOND | (SINCE_THE_FIRST if edition == 1 else set())
    with unit(old):
        for table in TABLES:
            known = columns_of(old, table)
            for row in new.table(table).rows:
                older = old_session(row, known) if table == "session" else row
                old.table(table).insert({key: older[key] for key in known})
        for row in new.query("SELECT * FROM act ORDER BY session, number"):
            change = json.dumps(old_change(news, json.loads(row["change"])))
            act = row["act"] and json.dumps(old_act(news, json.loads(row["act"])))
            old.table("act").insert({**row, "act": act, "change": change})
        signed = next(iter(new.query("SELECT * FROM session WHERE number = 1")))
        values = {key: signed[key] for key in SIGNED}
        old.table("session").update(1, {**values, "state": "signed"})


Make = Callable[[int], Database]


@pytest.fixture
def made(tmp_path: Path) -> Make:
    """Makes a file of an edition: one signed session, one draft with an act undone."""

    def make(edition: int) -> Database:
        new = database.create(tmp_path / f"new {edition}.glabella", KEY, SALT)
        migrations.create_tables(new)
        records = Records(new)
        records.set_clinic(CLINIC)
        records.add_person(INJECTOR, "injector")
        records.remember("open session", "s-2")
        start(records).do(*OLD_PROTOCOL).sign()
        draft = start(records, replace(EMPTY, id="s-2"))
        draft.do(*OLD_PROTOCOL, acts.AddExtra("temporalis", Side.LEFT, Decimal(5))).undo()
        old = database.create(tmp_path / f"edition {edition}.glabella", KEY, SALT)
        migrations.create_tables(old, STEPS[:edition])
        copy_as_of(edition, new, old)
        new.close()
        return old

    return make


@pytest.fixture(params=[1, 2], ids=["first", "second"])
def old(request: pytest.FixtureRequest, made: Make) -> Database:
    """A file of either older edition."""
    return made(request.param)


def content(db: Database, table: str, columns: list[str]) -> list[tuple[Any, ...]]:
    sql = f"SELECT {', '.join(columns)} FROM {table} ORDER BY 1, 2"  # noqa: S608
    return list(db.conn.execute(sql).fetchall())


def test_an_older_file_is_what_an_older_edition_wrote(old: Database) -> None:
    """Or else the other tests here would show nothing."""
    assert not {"wastes", "procedure", "overrides"} & set(columns_of(old, "session"))
    assert "held_units" not in columns_of(old, "vial")
    assert not {"entry", "stock", "package"} & set(old.table_names())
    wastes = content(old, "session", ["state", "waste_units", "waste_reason"])
    assert wastes == [
        ("draft", 4500, "rest of the vial"),
        ("signed", 4500, "rest of the vial"),
    ]
    (first,) = old.conn.execute("SELECT change FROM act WHERE number = 0 LIMIT 1").fetchone()
    assert json.loads(first)["waste"] is None
    assert not SINCE_THE_SECOND & set(json.loads(first))
    kept = content(old, "act", ["act", "change"])
    assert ('{"act": "SetWaste", "units": "45", "reason": "rest of the vial"}',) in [
        row[:1] for row in kept
    ]
    assert '{"waste": {"units": "45", "reason": "rest of the vial"}}' in [row[1] for row in kept]


def test_an_older_file_keeps_every_row_and_gets_the_new_columns_empty(old: Database) -> None:
    tables = [table for table in (*TABLES, "template", "act") if table in old.table_names()]
    columns = {table: columns_of(old, table) for table in tables}
    before = {table: content(old, table, names) for table, names in columns.items()}
    assert len(before["injection"]) == 62
    migrations.bring_up_to_date(old)
    assert {table: content(old, table, names) for table, names in columns.items()} == before
    assert content(old, "injection", ["code", "planned_reason"]) == [
        (code, "") for (_session, code, *_rest) in sorted(before["injection"], key=lambda r: r[1])
    ]
    assert content(old, "session", ["wastes", "drawing", "assessment"]) == [(None, None, None)] * 2
    empty = ("{}", "", "{}", "[]", "{}")
    names = ["kept", "gap_reason", "procedure", "events", "overrides"]
    assert content(old, "session", names) == [empty] * 2
    names = ["diluent", "mixed_by", "serial", "gtin", "supply", "stock_id", "held_units"]
    assert content(old, "vial", names) == [("", "", "", "", "not recorded", "", None)] * 2
    assert Records(old).patient("p-1") == replace(PATIENT, alerts="")
    assert Records(old).templates() == []
    assert [old.table(table).count for table in ("entry", "stock", "package")] == [0, 0, 0]


def test_the_first_edition_knew_no_times_of_injection(made: Make) -> None:
    old = made(1)
    migrations.bring_up_to_date(old)
    assert content(old, "session", ["first_given_utc", "last_given_utc"]) == [(None, None)] * 2


def as_kept(number: int) -> Session:
    """What an older file held of session 1 or 2, but for times and signature."""
    session = replace(EMPTY, id=f"s-{number}")
    for act in OLD_PROTOCOL[:3]:
        session = acts.perform(act, session, BOOK)
    made = {"TEM-L": 1} if number == 2 else {}
    return replace(session, wastes=ONE_WASTE, extras_made=made)


def test_a_signed_session_and_a_draft_read_as_they_did(old: Database) -> None:
    migrations.bring_up_to_date(old)
    records = Records(old)
    for number in (1, 2):
        session = records.session(f"s-{number}")
        assert records.history(f"s-{number}").present == session
        assert session.is_signed == (number == 1)
        without_signature = replace(session, signature=None, identity=None)
        assert replace(without_signature, first_given_at=None, last_given_at=None) == as_kept(
            number
        )
        # One waste of the only vial: nothing is missing, and nothing is found that was not before.
        assert [each.gap_units for each in balances(session)] == [0]
        assert findings(session, BOOK) == []


def test_work_goes_on_in_a_file_that_was_brought_up_to_date(old: Database) -> None:
    migrations.bring_up_to_date(old)
    records = Records(old)
    visit = Visit(records, records.history("s-2"))
    assert [type(step.act).__name__ for step in visit.history.done] == [
        "PlanProtocol", "AddVial", "GiveAll", "SetWaste", "SetWaste",
    ]  # fmt: skip
    visit.redo().do(acts.Omit("FRO-1-L", "bruise"), acts.Tap("FRO-1-L"), acts.Tap("FRO-1-L"))
    assert Records(old).history("s-2") == visit.history
    records.save_template(plan_as_charted(visit.session, "Usual", BOOK))
    records.change_patient(replace(PATIENT, alerts="Latex allergy"))
    assert records.patient("p-1").alert_lines == ("Latex allergy",)


def test_an_injection_that_the_first_edition_did_not_time_has_no_time(made: Make) -> None:
    old = made(1)
    migrations.bring_up_to_date(old)
    records = Records(old)
    visit = Visit(records, records.history("s-2")).redo().do(acts.SetDose("TEM-X1-L", Decimal(10)))
    assert visit.session.first_given_at is None
    visit.do(acts.Omit("FRO-1-L", "bruise"), acts.Give("FRO-1-L"))
    assert visit.session.first_given_at is None
    assert visit.session.last_given_at


def test_an_old_waste_is_undone_said_anew_and_brought_back(old: Database) -> None:
    migrations.bring_up_to_date(old)
    records = Records(old)
    visit = Visit(records, records.history("s-2"))
    assert visit.undo().session.wastes == (Waste(Decimal(40), "rest of the vial"),)
    assert visit.undo().session.wastes == ()
    assert visit.redo().redo().session.wastes == ONE_WASTE
    visit.do(acts.SetWaste(Decimal("42.5"), "single use", 1, EMPTY.started_at, "TI"))
    by_vial = (Waste(Decimal("42.5"), "single use", 1, EMPTY.started_at, "TI"),)
    assert records.session("s-2").wastes == by_vial
    assert visit.undo().session.wastes == records.session("s-2").wastes == ONE_WASTE
    visit.redo().do(acts.DiscardRest("single use"))
    assert records.session("s-2").wastes == (Waste(Decimal(45), "single use", 1),)
    assert Records(old).history("s-2") == visit.history
    # The old two columns keep what the older edition wrote; what holds is what came after.
    assert content(old, "session", ["number", "waste_units"]) == [(1, 4500), (2, 4500)]
    assert visit.sign().session.is_signed


def test_what_was_signed_stays_closed_in_a_file_that_was_brought_up_to_date(old: Database) -> None:
    migrations.bring_up_to_date(old)
    for attack in (
        "UPDATE session SET first_given_utc = 'x' WHERE number = 1",
        "UPDATE session SET waste_units = 0 WHERE number = 1",
        "UPDATE session SET wastes = '[]' WHERE number = 1",
        "UPDATE session SET overrides = '{}' WHERE number = 1",
        "UPDATE injection SET planned_reason = 'x' WHERE session = 1",
        "UPDATE vial SET held_units = 4500 WHERE session = 1",
        "DELETE FROM injection WHERE session = 1",
    ):
        with pytest.raises(dbapi.IntegrityError, match="immutable"):
            old.conn.execute(attack)
    later = EMPTY.started_at + timedelta(hours=12)
    (past,) = Records(old).past_sessions("p-1", replace(EMPTY, id="s-9", started_at=later))
    assert past == Records(old).session("s-1")
    assert past.wastes == ONE_WASTE
    assert session_to_plain(past)["procedure"]["aspiration"] == "not recorded"


def test_a_signed_session_of_two_vials_and_one_waste_is_even_as_a_whole(made: Make) -> None:
    """An older edition did not say of which vial a waste was, nor from which a dose was drawn."""
    hundreds = [
        replace(VIAL, number=number, size_units=Decimal(100), diluent_ml=Decimal(2))
        for number in (1, 2)
    ]
    session = replace(as_kept(1), vials=tuple(hundreds))
    moved = {code: replace(each, vial=2) for code, each in session.injections.items()}
    draft = replace(session, injections=moved)
    assert [each.gap_units for each in balances(draft)] == [100, -55]
    assert len(findings(draft, BOOK)) == 2
    signature = Records(_up_to_date(made(2))).session("s-1").signature
    assert findings(replace(draft, signature=signature), BOOK) == []
    short = (replace(ONE_WASTE[0], units=Decimal(40)),)
    assert len(findings(replace(draft, signature=signature, wastes=short), BOOK)) == 2


def _up_to_date(db: Database) -> Database:
    migrations.bring_up_to_date(db)
    return db


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
    assert {"entry", "stock", "package"} <= set(new.table_names())


def test_a_file_takes_all_its_missing_steps_or_none(old: Database) -> None:
    def broken(_: Database) -> None:
        raise KeyboardInterrupt

    before = {table: columns_of(old, table) for table in old.table_names()}
    with pytest.raises(KeyboardInterrupt):
        migrations.bring_up_to_date(old, (*STEPS, broken))
    assert {table: columns_of(old, table) for table in old.table_names()} == before
    migrations.bring_up_to_date(old)
    assert Records(old).session("s-1").wastes == ONE_WASTE
