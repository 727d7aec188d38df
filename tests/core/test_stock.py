"""Which of the clinic's vials can be used, how many are left of a kind, and which expire soon."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.stock import Level, StockVial, expiring, levels
from desktop.core.vial import Expiry, Vial
from tests.core.strategies import EMPTY

AT = EMPTY.started_at
TODAY = date(2026, 11, 22)


def stocked(
    name: str, size: str = "200", product: str = "botox", day: str = "2027-10"
) -> StockVial:
    year, month, *days = (int(part) for part in day.split("-"))
    expiry = Expiry(year, month, *days)
    return StockVial(Vial(0, product, Decimal(size), "C1", expiry, stock_id=name))


def opened(vial: StockVial, drawn: str = "0", wasted: str = "0") -> StockVial:
    mixed = replace(vial.vial, mixed_at=AT, diluent_ml=Decimal(4))
    return replace(vial, vial=mixed, drawn_units=Decimal(drawn), wasted_units=Decimal(wasted))


def closed(vial: StockVial, at: datetime = AT) -> StockVial:
    return replace(vial, closed_reason="broken", closed_at=at)


WHOLE = stocked("v-1")


def test_a_vial_is_open_from_mixing_until_it_is_empty_or_closed() -> None:
    assert (WHOLE.id, WHOLE.is_open, WHOLE.is_closed) == ("v-1", False, False)
    assert WHOLE.rest_units == 200
    used = opened(WHOLE, "155")
    assert used.is_open
    assert used.rest_units == 45
    assert not opened(WHOLE, "155", "45").is_open
    assert (closed(used).is_open, closed(used).is_closed) == (False, True)


def test_what_is_left_is_never_below_zero() -> None:
    assert opened(WHOLE, "200", "0.01").rest_units == 0
    assert opened(WHOLE, "199.99").rest_units == Decimal("0.01")


def test_unopened_vials_are_counted_by_product_and_size_the_fewest_first() -> None:
    stock = [
        *(stocked("v-1"), stocked("v-2"), stocked("v-3", "100")),
        opened(stocked("v-4", "100"), "20"),
        closed(stocked("v-5")),
        stocked("v-6", "300", "dysport"),
    ]
    assert levels(stock) == [
        Level("botox", Decimal(100), 1),
        Level("dysport", Decimal(300), 1),
        Level("botox", Decimal(200), 2),
    ]
    assert levels([]) == []


def test_a_kind_of_which_the_last_was_opened_is_counted_as_none() -> None:
    assert levels([opened(WHOLE, "5")]) == [Level("botox", Decimal(200), 0)]
    assert levels([closed(WHOLE)]) == [Level("botox", Decimal(200), 0)]


@pytest.mark.parametrize(
    ("day", "days", "found"),
    [
        ("2026-11-21", 0, True),
        ("2026-11-22", 0, True),
        ("2026-11-23", 0, False),
        ("2026-11", 7, False),
        ("2026-11", 8, True),
        ("2027-01-21", 60, True),
        ("2027-01-22", 60, False),
        ("2020-01", 0, True),
    ],
)
def test_what_expires_within_some_days_is_found_to_the_day(
    day: str, days: int, *, found: bool
) -> None:
    vial = stocked("v-1", day=day)
    assert expiring([vial], TODAY, days) == ([vial] if found else [])


def test_a_leap_day_is_a_day() -> None:
    vial = stocked("v-1", day="2028-02")
    assert expiring([vial], date(2028, 2, 1), 27) == []
    assert expiring([vial], date(2028, 2, 1), 28) == [vial]


def test_only_what_can_still_be_used_expires_the_soonest_first() -> None:
    first, second, third = (
        stocked("v-9", day="2026-11"),
        opened(stocked("v-2", day="2026-12-01"), "5"),
        stocked("v-1", day="2026-12-01"),
    )
    gone = [
        closed(stocked("v-3", day="2026-11")),
        opened(stocked("v-4", day="2026-11"), "200"),
        opened(stocked("v-5", day="2026-11"), "155", "45"),
    ]
    assert expiring([second, *gone, third, first], TODAY, 60) == [first, third, second]


_stock = st.lists(
    st.builds(
        lambda number, size, drawn, wasted, is_mixed, is_closed: StockVial(
            Vial(
                *(0, "botox", Decimal(size), "C1", Expiry(2026, 12)),
                mixed_at=AT if is_mixed else None,
                stock_id=f"v-{number}",
            ),
            drawn_units=Decimal(drawn),
            wasted_units=Decimal(wasted),
            closed_at=AT + timedelta(1) if is_closed else None,
        ),
        st.integers(1, 9),
        st.sampled_from([100, 200]),
        st.integers(0, 220),
        st.integers(0, 220),
        st.booleans(),
        st.booleans(),
    ),
    max_size=6,
)


@given(_stock)
def test_every_vial_is_on_the_shelf_or_open_or_of_no_use(stock: list[StockVial]) -> None:
    shelf = sum(level.number for level in levels(stock))
    usable = [each for each in stock if not each.is_closed and each.rest_units > 0]
    assert shelf + sum(each.is_open for each in stock) == len(usable)
    assert len(expiring(stock, TODAY, 60)) == len(usable)
    assert {(level.product, level.size_units) for level in levels(stock)} == {
        (each.vial.product, each.vial.size_units) for each in stock
    }
