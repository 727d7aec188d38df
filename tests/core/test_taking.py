"""Which vial of the stock a session takes up, by choice or by a scan."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from desktop.core.handbook import Handbook
from desktop.core.scan import Scanned
from desktop.core.session import Session
from desktop.core.stock import StockVial
from desktop.core.taking import (
    VialInSessionError,
    checked_new,
    found_in_stock,
    on_offer,
    perhaps_in_session,
    taken_up,
    usable_until,
    vial_of,
)
from desktop.core.vial import Expiry, Supply, Vial

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=ZoneInfo("Europe/London"))
GTIN = "00300233921029"
SCANNED = Scanned(GTIN, "botox", Decimal(200), "C1", Expiry(2027, 10, 31), "SN1")
PLAIN = replace(SCANNED, serial="")


@pytest.fixture
def empty(chart: Callable[[str], Session]) -> Session:
    """A session without a vial."""
    return chart("")


def stocked(
    stock_id: str, hours: int | None = None, drawn: str = "0", **facts: object
) -> StockVial:
    """A vial of the stock; mixed so many hours ago."""
    mixed_at = None if hours is None else NOW - timedelta(hours=hours)
    vial = Vial(0, "botox", Decimal(200), "C1", Expiry(2027, 10), mixed_at=mixed_at)
    vial = replace(vial, stock_id=stock_id, **facts)  # type: ignore[arg-type]
    return StockVial(vial, drawn_units=Decimal(drawn))


def ids(vials: list[StockVial]) -> list[str]:
    return [each.id for each in vials]


def test_the_open_vial_that_runs_out_first_is_offered_first(empty: Session, book: Handbook) -> None:
    stock = [
        stocked("unopened, later", expiry=Expiry(2027, 12)),
        stocked("too old", 25),
        stocked("young", 1),
        stocked("expired", expiry=Expiry(2026, 10)),
        stocked("old", 20),
        stocked("unopened"),
        stocked("empty", 1, drawn="200"),
    ]
    assert ids(on_offer(stock, empty, book, NOW)) == [
        "old",
        "young",
        "unopened",
        "unopened, later",
        "too old",
        "empty",
        "expired",
    ]


def test_what_the_session_has_or_nobody_uses_any_more_is_not_offered(
    empty: Session, book: Handbook
) -> None:
    taken, closed, free = stocked("taken", 1), stocked("closed", 1), stocked("free", 1)
    session = replace(empty, vials=(replace(taken.vial, number=1),))
    stock = [taken, replace(closed, closed_at=NOW), free]
    assert ids(on_offer(stock, session, book, NOW)) == ["free"]


def test_hours_after_mixing_are_hours_that_pass(book: Handbook) -> None:
    eve = datetime(2026, 10, 24, 12, 0, tzinfo=ZoneInfo("Europe/London"))  # clocks go back
    until = usable_until(stocked("a", mixed_at=eve), book)
    assert until is not None
    assert until.astimezone(ZoneInfo("Europe/London")).isoformat() == "2026-10-25T11:00:00+00:00"


def test_a_vial_that_others_drew_from_is_taken_with_its_rest() -> None:
    assert taken_up(stocked("a", 1, drawn="155")).held_units == Decimal(45)
    assert taken_up(stocked("a", 1)).held_units is None


def test_a_scan_finds_the_vial_with_its_serial_number(empty: Session) -> None:
    stock = [stocked("lot"), stocked("serial", serial="SN1"), stocked("other", serial="SN2")]
    assert ids(found_in_stock(SCANNED, stock, empty)) == ["serial"]


def test_a_serial_number_of_another_vial_is_no_match(empty: Session) -> None:
    assert found_in_stock(SCANNED, [stocked("other", serial="SN2")], empty) == []


@pytest.mark.parametrize("scanned", [SCANNED, PLAIN])
def test_without_a_serial_number_on_both_sides_the_lot_is_enough(
    scanned: Scanned, empty: Session
) -> None:
    other_lot = stocked("other lot", lot="C2")
    other_code = stocked("other code", gtin="00300231145014")
    other_size = stocked("other size", size_units=Decimal(100))
    stock = [other_lot, other_code, other_size, stocked("right", gtin=GTIN)]
    assert ids(found_in_stock(scanned, stock, empty)) == ["right"]


def test_of_several_of_a_lot_every_open_one_counts_and_one_unopened(empty: Session) -> None:
    stock = [stocked("open", 1), stocked("a"), stocked("b"), stocked("empty", 2, drawn="200")]
    assert ids(found_in_stock(PLAIN, stock, empty)) == ["open", "a"]


def test_a_carton_says_more_than_what_was_typed_and_the_stock_what_no_carton_says() -> None:
    known = stocked("a", 1, drawn="155", diluent_ml=Decimal(4), supply=Supply.SAMPLE)
    taken = vial_of(SCANNED, known)
    assert (taken.expiry, taken.serial, taken.gtin) == (Expiry(2027, 10, 31), "SN1", GTIN)
    assert (taken.stock_id, taken.held_units, taken.supply) == ("a", Decimal(45), Supply.SAMPLE)
    assert (taken.diluent_ml, taken.mixed_at) == (Decimal(4), known.vial.mixed_at)


def test_a_vial_that_no_stock_has_is_what_the_carton_says() -> None:
    assert vial_of(SCANNED) == Vial(
        0, "botox", Decimal(200), "C1", Expiry(2027, 10, 31), serial="SN1", gtin=GTIN
    )


def test_the_same_serial_number_is_the_same_vial(empty: Session) -> None:
    session = replace(empty, vials=(replace(vial_of(SCANNED), number=1),))
    with pytest.raises(VialInSessionError):
        checked_new(vial_of(SCANNED), session)
    for other in (replace(SCANNED, serial="SN2"), PLAIN):
        assert checked_new(vial_of(other), session) == vial_of(other)
    assert checked_new(session.vials[0], session) == session.vials[0]


def test_the_same_lot_without_a_serial_number_may_be_the_same_vial(empty: Session) -> None:
    session = replace(empty, vials=(replace(vial_of(PLAIN), number=1),))
    assert perhaps_in_session(SCANNED, session) == session.vials[0]
    assert perhaps_in_session(replace(SCANNED, lot="C2"), session) is None
    named = replace(session, vials=(replace(session.vials[0], serial="SN2"),))
    assert perhaps_in_session(SCANNED, named) is None


def test_what_was_drawn_from_for_another_patient_is_offered_after_the_others(
    empty: Session, book: Handbook
) -> None:
    stock = [stocked("shared", 1, drawn="20"), stocked("young", 1), stocked("unopened")]
    assert ids(on_offer(stock, empty, book, NOW)) == ["young", "unopened", "shared"]
