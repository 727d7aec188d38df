"""The clinic's vials on the shelf, in the refrigerator, and open on the tray."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from desktop.core.errors import ExpectedError
from desktop.core.vial import Vial

Kind = tuple[str, Decimal]  # the product's key, and the size in units
MOST_AT_ONCE = 99  # cartons of one delivery; more is a slip of the key


class NotAQuantityError(ExpectedError):
    """The text is no whole number of vials, or more than come at once."""

    def __init__(self, text: str, most: int) -> None:
        """Keep the text as it was entered, and the most that is taken."""
        super().__init__(text)
        self.text = text
        self.most = most


class ProductNotChosenError(ExpectedError):
    """Which product a vial is of was not said: nothing is taken for granted."""


class NotAReceiptDayError(ExpectedError):
    """The day on which a vial was received is no day."""

    def __init__(self, text: str) -> None:
        """Keep the day as it was entered."""
        super().__init__(text)
        self.text = text


class MixingTimeMissingError(ExpectedError):
    """An open vial has the time at which it was mixed: its hours are counted from there."""


@dataclass(frozen=True)
class StockVial:
    """One vial of the clinic; `vial.stock_id` is its own id, and `vial.number` 0.

    `drawn_units` were injected from it in sessions, `wasted_units` discarded there. `closed_reason`
    says why it is no longer used: `used up`, `past its time`, `broken`.
    """

    vial: Vial
    received_on: date | None = None
    drawn_units: Decimal = Decimal(0)
    wasted_units: Decimal = Decimal(0)
    closed_reason: str = ""
    closed_at: datetime | None = None

    @property
    def id(self) -> str:
        """The program's own name for it."""
        return self.vial.stock_id

    @property
    def is_open(self) -> bool:
        """Whether it was mixed, and something is still in it."""
        return self.vial.mixed_at is not None and not self.is_closed and self.rest_units > 0

    @property
    def is_closed(self) -> bool:
        """Whether nobody takes it up any more."""
        return self.closed_at is not None

    @property
    def rest_units(self) -> Decimal:
        """What is still in it; never below zero."""
        used = self.drawn_units + self.wasted_units
        return max(self.vial.size_units - used, Decimal(0))


@dataclass(frozen=True)
class Level:
    """How many unopened vials of one kind there are."""

    product: str
    size_units: Decimal
    number: int


def levels(stock: Iterable[StockVial]) -> list[Level]:
    """Unopened vials by product and size, those with the fewest first."""
    counted: dict[tuple[str, Decimal], int] = {}
    for each in stock:
        kind = (each.vial.product, each.vial.size_units)
        whole = each.vial.mixed_at is None and not each.is_closed and each.rest_units > 0
        counted[kind] = counted.get(kind, 0) + whole
    return sorted(
        (Level(*kind, number) for kind, number in counted.items()),
        key=lambda level: (level.number, level.product, level.size_units),
    )


def expiring(stock: Iterable[StockVial], today: date, days: int) -> list[StockVial]:
    """What can still be used and expires within some days, or has expired; the soonest first."""
    last = today + timedelta(days=days)
    found = [
        each
        for each in stock
        if not each.is_closed and each.rest_units > 0 and each.vial.expiry.last_day <= last
    ]
    return sorted(found, key=lambda each: (each.vial.expiry.last_day, each.id))


def low_levels(
    stock: Iterable[StockVial], today: date, low: int, known: Iterable[Kind] = ()
) -> list[Level]:
    """The kinds with at most so many unopened vials that have not expired, the fewest first.

    Args:
        stock: Every vial that is not closed.
        today: The clinic's day.
        low: How many are few.
        known: Kinds that the clinic has, though perhaps no vial of them is left.
    """
    held = list(stock)
    fresh = [each for each in held if each.vial.expiry.last_day >= today]
    numbers = {(each.product, each.size_units): each.number for each in levels(fresh)}
    kinds = {*known, *((each.product, each.size_units) for each in levels(held))}
    counted = [Level(*kind, numbers.get(kind, 0)) for kind in kinds]
    return sorted(
        (each for each in counted if each.number <= low),
        key=lambda level: (level.number, level.product, level.size_units),
    )


def read_quantity(text: str) -> int:
    """Read how many equal vials are meant: 1 to `MOST_AT_ONCE`.

    Raises:
        NotAQuantityError: It is anything else.
    """
    plain = text.strip()
    # int() would also take "1_0" and the digits of every other script.
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 4):
        raise NotAQuantityError(text, MOST_AT_ONCE)
    if not 1 <= int(plain) <= MOST_AT_ONCE:
        raise NotAQuantityError(text, MOST_AT_ONCE)
    return int(plain)


def read_received(text: str) -> date | None:
    """Read the day on which a vial was received, such as `2026-11-22`; none where it is empty.

    Raises:
        NotAReceiptDayError: It is no such day.
    """
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise NotAReceiptDayError(text) from error
