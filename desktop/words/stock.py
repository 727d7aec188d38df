"""Vials in stock, the lists of patients and lots: their states and what is refused, in words."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from desktop.core import stock
from desktop.core.amounts import amount_text
from desktop.core.drawing import hours_between
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.product import Product
from desktop.core.stock import Level, StockVial
from desktop.core.vial import Vial
from desktop.language import _, ngettext
from desktop.wording import expiry_text, moment_text, units_text

MOST_NAMED = 4  # of what is pointed out in one line; the table has the others

USED_UP, PAST_ITS_TIME, BROKEN = "used up", "past its time", "broken"


def explain(error: ExpectedError) -> str | None:
    """What happened and what to do; none for an error of something else."""
    match error:
        case stock.NotAQuantityError(text=text, most=most):
            return _(
                "\u201c{text}\u201d is not a number of vials. Write a whole number from 1 to"
                " {most}."
            ).format(text=text, most=most)
        case stock.ProductNotChosenError():
            return _("Choose the product and its size: they stand on the carton.")
        case stock.NotAReceiptDayError(text=text):
            return _(
                "\u201c{text}\u201d is not a day. Write year, month and day, such as 2026-11-22."
            ).format(text=text)
        case stock.MixingTimeMissingError():
            return _("Say when it was mixed: its hours are counted from there.")
        case _:
            return None


def kind_text(product: str, size_units: Decimal, book: Handbook) -> str:
    """`BOTOX 200 units`."""
    return _("{product} {size} units").format(
        product=book.products[product].name, size=amount_text(size_units)
    )


def vial_text(vial: Vial, book: Handbook) -> str:
    """`BOTOX 200 units, lot C1234C3`."""
    return _("{vial}, lot {lot}").format(
        vial=kind_text(vial.product, vial.size_units, book), lot=vial.lot
    )


def some_text(number: int, vial: str) -> str:
    """`5 \N{MULTIPLICATION SIGN} BOTOX 200 units`, or for one the vial alone."""
    if number == 1:
        return vial
    return _("{number} \u00d7 {vial}").format(number=number, vial=vial)


def rest_text(each: StockVial) -> str:
    """`45 of 200 units`: what is still in a vial."""
    return _("{rest} of {size}").format(
        rest=amount_text(each.rest_units), size=units_text(each.vial.size_units)
    )


def days_ahead(days: int) -> str:
    """`today`, `in 1 day`, `in 8 days`."""
    if days == 0:
        return _("today")
    return ngettext("in {number} day", "in {number} days", days).format(number=days)


def state_parts(each: StockVial, product: Product, now: datetime, soon_days: int) -> list[str]:
    """What is to be known before a vial is taken up: its expiry first, then its mixing."""
    parts = []
    days = (each.vial.expiry.last_day - now.date()).days
    if days < 0:
        parts.append(_("EXPIRED"))
    elif days <= soon_days:
        parts.append(_("expires {when}").format(when=days_ahead(days)))
    if each.rest_units == 0:
        parts.append(_("nothing in it any more"))
    mixed_at = each.vial.mixed_at
    if mixed_at is not None:
        parts.append(_mixed_words(mixed_at, product.hours_after_mixing, now))
    return parts


def _mixed_words(mixed_at: datetime, limit_hours: int | None, now: datetime) -> str:
    hours = hours_between(mixed_at, now)
    if limit_hours is not None and hours > limit_hours:
        return _("TOO OLD: mixed {hours} hours ago, {limit} allowed").format(
            hours=amount_text(hours), limit=limit_hours
        )
    return _("mixed {moment}").format(moment=moment_text(mixed_at))


def low_words(low: Sequence[Level], book: Handbook) -> str:
    """`Low stock: BOTOX 200 units (1 unopened).`; empty for none."""
    if not low:
        return ""
    named = [
        _("{kind} ({number} unopened)").format(
            kind=kind_text(each.product, each.size_units, book), number=each.number
        )
        for each in low
    ]
    return _("Low stock: {vials}.").format(vials=_some(named))


def expiry_words(found: Sequence[StockVial], today: date, book: Handbook) -> list[str]:
    """What has expired, and what will soon; a lot is named once."""
    lots: dict[Vial, int] = {}
    for each in found:
        vial = each.vial
        lot = Vial(0, vial.product, vial.size_units, vial.lot, vial.expiry)
        lots[lot] = lots.get(lot, 0) + 1
    gone = [lot for lot in lots if lot.expiry.last_day < today]
    soon = [lot for lot in lots if lot.expiry.last_day >= today]
    said = []
    if gone:
        named = [
            _("{vials} ({expiry})").format(
                vials=_lot_words(lot, lots[lot], book), expiry=expiry_text(lot.expiry)
            )
            for lot in gone
        ]
        said.append(_("Expired: {vials}.").format(vials=_some(named)))
    if soon:
        named = [
            _("{vials} ({expiry}, {when})").format(
                vials=_lot_words(lot, lots[lot], book),
                expiry=expiry_text(lot.expiry),
                when=days_ahead((lot.expiry.last_day - today).days),
            )
            for lot in soon
        ]
        said.append(_("Expires soon: {vials}.").format(vials=_some(named)))
    return said


def dilution_words(vial: Vial, product: Product) -> tuple[str, bool]:
    """Units in 0.1 mL of a mixed vial, and whether that is another figure than the usual one."""
    mixed = vial.units_per_tenth_ml
    if mixed is None:
        return "", False
    rounded = mixed.quantize(Decimal("0.01"))
    figure = amount_text(rounded)
    if rounded != mixed:
        figure = _("about {amount}").format(amount=figure)
    usual = product.usual_units_per_tenth_ml
    if usual is not None and usual != mixed:
        return (
            _("{mixed} units in 0.1 mL, where {usual} are usual. Is the volume correct?").format(
                mixed=figure, usual=amount_text(usual)
            ),
            True,
        )
    return _("{mixed} units in 0.1 mL").format(mixed=figure), False


def closing_reasons() -> dict[str, str]:
    """Why a vial is no longer used: as it is kept, and as it is shown."""
    return {
        USED_UP: _("used up"),
        PAST_ITS_TIME: _("past its time"),
        BROKEN: _("broken"),
    }


def likely_closing(each: StockVial, product: Product, now: datetime) -> str:
    """The reason that a vial's figures suggest; empty where they suggest none."""
    if each.rest_units == 0:
        return USED_UP
    hours, mixed_at = product.hours_after_mixing, each.vial.mixed_at
    too_long = mixed_at is not None and hours is not None and hours_between(mixed_at, now) > hours
    return PAST_ITS_TIME if too_long or each.vial.expiry.last_day < now.date() else ""


def _lot_words(vial: Vial, number: int, book: Handbook) -> str:
    return some_text(number, vial_text(vial, book))


def _some(named: Iterable[str]) -> str:
    """The first few, and how many more there are."""
    every = list(named)
    more = len(every) - MOST_NAMED
    first = "; ".join(every[:MOST_NAMED])  # each has commas of its own
    return first if more <= 0 else _("{first}; {number} more").format(first=first, number=more)
