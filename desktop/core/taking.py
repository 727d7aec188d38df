"""Which vial a session takes up: one of the stock, or what a scanner read off a carton."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.scan import Scanned
from desktop.core.session import Session
from desktop.core.stock import StockVial
from desktop.core.vial import Vial

_NEVER = datetime.max.replace(tzinfo=UTC)


class VialInSessionError(ExpectedError):
    """The session has a vial of this product with this serial number: it is the same vial."""

    def __init__(self, vial: Vial) -> None:
        """Keep the vial that the session has."""
        super().__init__(f"{vial.number}: {vial.serial}")
        self.vial = vial


def on_offer(
    stock: Iterable[StockVial], session: Session, book: Handbook, now: datetime
) -> list[StockVial]:
    """The vials of the stock that a session has not taken up, the likeliest first.

    First those that are open, the soonest to run out of time before the others; then the unopened
    by their expiry; then what was drawn from for another patient; last what else speaks against.
    """
    taken = {vial.stock_id for vial in session.vials}
    offered = [each for each in stock if not each.is_closed and each.id not in taken]
    return sorted(
        offered,
        key=lambda each: (
            each.rest_units <= 0 or is_past(each, book, now),
            0 < each.rest_units < each.vial.size_units,
            not each.is_open,
            usable_until(each, book) or _NEVER,
            each.vial.expiry.last_day,
            each.id,
        ),
    )


def usable_until(each: StockVial, book: Handbook) -> datetime | None:
    """When a mixed vial runs out of time; none for an unopened one, or where no limit is known."""
    mixed_at, hours = each.vial.mixed_at, book.products[each.vial.product].hours_after_mixing
    if mixed_at is None or hours is None:
        return None
    # Hours that really pass, whatever the clocks do meanwhile.
    return mixed_at.astimezone(UTC) + timedelta(hours=hours)


def is_past(each: StockVial, book: Handbook, now: datetime) -> bool:
    """Whether a vial is past its expiry, or was mixed too long ago."""
    until = usable_until(each, book)
    ran_out = until is not None and now.astimezone(UTC) > until
    return ran_out or each.vial.expiry.last_day < now.date()


def taken_up(each: StockVial) -> Vial:
    """A vial of the stock as a session takes it up: with what other sessions did not use of it."""
    was_used = each.rest_units < each.vial.size_units
    return replace(each.vial, number=0, held_units=each.rest_units if was_used else None)


def vial_of(scanned: Scanned, each: StockVial | None = None) -> Vial:
    """The vial that a scan names: what the carton says, and what the stock knows beside it.

    Args:
        scanned: A scan whose product is known.
        each: The vial of the stock that it is, if any.
    """
    assert scanned.size_units is not None  # noqa: S101  the product is known
    if each is None:
        return Vial(
            number=0,
            product=scanned.product,
            size_units=scanned.size_units,
            lot=scanned.lot,
            expiry=scanned.expiry,
            serial=scanned.serial,
            gtin=scanned.gtin,
        )
    known = taken_up(each)
    return replace(
        known,
        lot=scanned.lot,
        expiry=scanned.expiry,
        serial=scanned.serial or known.serial,
        gtin=scanned.gtin,
    )


def found_in_stock(
    scanned: Scanned, stock: Iterable[StockVial], session: Session
) -> list[StockVial]:
    """The vials of the stock that a scan can be of, without those that the session has.

    A serial number names one. Without one on both sides it is any of the lot: an unopened one
    stands for all that are like it.
    """
    taken = {vial.stock_id for vial in session.vials}
    free = [each for each in stock if not each.is_closed and each.id not in taken]
    alike = [each for each in free if _is_kind(each.vial, scanned)]
    named = [each for each in alike if scanned.serial and each.vial.serial == scanned.serial]
    if named:
        return named[:1]
    of_lot = [each for each in alike if _can_be(each.vial, scanned) and each.rest_units > 0]
    unopened = [each for each in of_lot if not each.is_open]
    return [each for each in of_lot if each.is_open] + unopened[:1]


def checked_new(vial: Vial, session: Session) -> Vial:
    """The vial itself, if no other of the session has its serial number.

    Raises:
        VialInSessionError: One has.
    """
    for each in session.vials:
        is_other = each.number != vial.number and each.product == vial.product
        if is_other and vial.serial and each.serial == vial.serial:
            raise VialInSessionError(each)
    return vial


def perhaps_in_session(scanned: Scanned, session: Session) -> Vial | None:
    """A vial of the session with this lot, which no serial number tells from the one scanned."""
    alike = [each for each in session.vials if _is_kind(each, scanned)]
    return next((each for each in alike if _can_be(each, scanned)), None)


def _is_kind(vial: Vial, scanned: Scanned) -> bool:
    """Whether a vial is of the package that was scanned; a typed one has no number of it."""
    if vial.gtin:
        return vial.gtin == scanned.gtin
    return (vial.product, vial.size_units) == (scanned.product, scanned.size_units)


def _can_be(vial: Vial, scanned: Scanned) -> bool:
    """Whether it is of the lot, and no serial number says that it is another one."""
    return vial.lot == scanned.lot and not (vial.serial and scanned.serial)
