"""The clinic's vials, and the packages that it taught the program, in the record file."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from desktop.core.amounts import from_hundredths, to_hundredths
from desktop.core.errors import ExpectedError
from desktop.core.patient import checked_line
from desktop.core.product import Product, UnknownProductError, VialSizeError
from desktop.core.scan import LearnedPackage, WrongCheckDigitError
from desktop.core.session import ReasonMissingError
from desktop.core.stock import Kind, StockVial
from desktop.core.vial import Expiry, check_mixed, checked_vial
from desktop.store.database import one_view, unit
from desktop.store.driver import Database
from desktop.store.rows import Row, nfc, utc_text, vial_in, vial_row, wastes_in


class SerialKnownError(ExpectedError):
    """The stock has, or had, a package with this serial number: it would be counted twice."""

    def __init__(self, serial: str, lot: str, closed_reason: str) -> None:
        """Keep what is known of that package; `closed_reason` is empty while it is in use."""
        super().__init__(serial)
        self.serial = serial
        self.lot = lot
        self.closed_reason = closed_reason


class NotInStockError(ExpectedError):
    """No vial of the stock has this id, or nobody takes it up any more."""

    def __init__(self, stock_id: str) -> None:
        """Keep what was asked for."""
        super().__init__(stock_id)
        self.stock_id = stock_id


class ExpiredOnArrivalError(ExpectedError):
    """A vial that has expired is not taken into the stock."""

    def __init__(self, expiry: Expiry, today: date) -> None:
        """Keep the date on the label, and today."""
        super().__init__(expiry.text)
        self.expiry = expiry
        self.today = today


class ReceivedInFutureError(ExpectedError):
    """A vial cannot have been received after today."""

    def __init__(self, received_on: date, today: date) -> None:
        """Keep both days."""
        super().__init__(f"{received_on} > {today}")
        self.received_on = received_on
        self.today = today


_GTIN = re.compile("[0-9]{14}")
_NOT_CLOSED = "SELECT * FROM stock WHERE closed_utc IS NULL"
# "<> ''" lets SQLite use the index of those vials that came from the stock.
_USED = """
SELECT vial.stock_id, vial.number, session.wastes, session.waste_units, session.waste_reason,
    (SELECT count(*) FROM vial AS every WHERE every.session = vial.session) AS vials,
    (SELECT coalesce(sum(units), 0) FROM injection
     WHERE injection.session = vial.session AND injection.vial = vial.number
        AND injection.state = 'given') AS drawn
FROM stock
JOIN vial ON vial.stock_id = stock.id AND vial.stock_id <> ''
JOIN session ON session.number = vial.session
WHERE stock.closed_utc IS NULL AND session.state <> 'discarded'
"""
# A serial number is that of one package only together with its GTIN. What was typed has none: then
# product and size stand for it.
_SAME_SERIAL = """
SELECT lot, closed_reason FROM stock
WHERE serial = :serial AND serial <> '' AND id <> :id AND CASE
    WHEN gtin <> '' AND :gtin <> '' THEN gtin = :gtin
    ELSE product = :product AND size_units = :size_units END
"""


class Stock:
    """The vials that the clinic has, and what it said of packages that nobody knew.

    Every method is one transaction, as those of `records.Records`. Nothing is ever deleted.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def vials(self) -> list[StockVial]:
        """Every vial that is not closed, with what sessions used of it; first what expires first.

        A discarded session used nothing. What a session kept of a vial is still in it.
        """
        with one_view(self._db):
            found = {row["id"]: _stock_vial(row) for row in self._db.query(_NOT_CLOSED)}
            for row in self._db.query(_USED):
                found[row["stock_id"]] = _with_use(found[row["stock_id"]], row)
        return sorted(found.values(), key=lambda each: (each.vial.expiry.last_day, each.id))

    def kinds(self) -> list[Kind]:
        """Every product and size that was ever in the stock, closed vials included."""
        rows = self._db.query("SELECT DISTINCT product, size_units FROM stock")
        return [(row["product"], from_hundredths(row["size_units"])) for row in rows]

    def add(self, each: StockVial, products: Mapping[str, Product], now: datetime) -> None:
        """Take a vial into the stock, by its id. Adding it again does no harm.

        Raises:
            ExpectedError: It cannot be a vial of its product (see `checked_vial`).
            UnknownProductError: Nobody knows its product.
            ExpiredOnArrivalError: It has expired.
            ReceivedInFutureError: It is to have been received after today.
            MixedInFutureError: It is to have been mixed after now.
            SerialKnownError: The stock has, or had, this package.
            NotInStockError: It was closed.
        """
        if each.vial.expiry.last_day < now.date():
            raise ExpiredOnArrivalError(each.vial.expiry, now.date())
        with unit(self._db):
            known = self._row("SELECT * FROM stock WHERE id = ?", each.id)
            self._keep(each, _checked_open(known) if known else None, products, now)

    def change(self, each: StockVial, products: Mapping[str, Product], now: datetime) -> None:
        """Correct a vial, or say that it was mixed: when, with what, by whom.

        Raises:
            NotInStockError: There is none with its id, or it is closed.
            ExpectedError: As for `add`; a vial that has expired meanwhile can be corrected.
        """
        with unit(self._db):
            self._keep(each, self._open_row(each.id), products, now)

    def close(self, stock_id: str, reason: str, at: datetime) -> None:
        """Say that nobody takes a vial up any more, and why.

        Raises:
            ReasonMissingError: The reason is empty.
            TextTooLongError: The reason is over 200 characters.
            UnprintableCharacterError: The reason holds a control character.
            NotInStockError: There is no such vial, or it is closed already.
        """
        if not checked_line(reason).strip():
            raise ReasonMissingError
        with unit(self._db):
            self._open_row(stock_id)
            closed = {"closed_reason": reason, "closed_utc": utc_text(at)}
            self._db.table("stock").update(stock_id, nfc(closed))

    def learn(
        self, gtin: str, product: str, size_units: Decimal, products: Mapping[str, Product]
    ) -> None:
        """Keep what package a GTIN stands for; what was said of it before is replaced.

        Raises:
            WrongCheckDigitError: It is no GTIN of 14 digits.
            UnknownProductError: Nobody knows the product.
            VialSizeError: The product has no such size.
        """
        known = _product(product, products)
        if size_units not in known.vial_sizes:
            raise VialSizeError(size_units, known.vial_sizes)
        row = {"gtin": _checked_gtin(gtin), "product": product}
        with unit(self._db):
            self._db.table("package").upsert(
                {**row, "size_units": to_hundredths(size_units)}, pk="gtin"
            )

    def packages(self) -> dict[str, LearnedPackage]:
        """What was learned, by GTIN."""
        with one_view(self._db):
            return {
                row["gtin"]: LearnedPackage(row["product"], from_hundredths(row["size_units"]))
                for row in self._db.table("package").rows
            }

    def _keep(
        self,
        each: StockVial,
        before: StockVial | None,
        products: Mapping[str, Product],
        now: datetime,
    ) -> None:
        row = _stock_row(_checked(each, before, products, now))
        holder = self._row(_SAME_SERIAL, row)
        if holder:
            raise SerialKnownError(row["serial"], holder["lot"], holder["closed_reason"])
        self._db.table("stock").upsert(row, pk="id")

    def _open_row(self, stock_id: str) -> StockVial:
        row = self._row("SELECT * FROM stock WHERE id = ?", stock_id)
        if row is None:
            raise NotInStockError(stock_id)
        return _checked_open(row)

    def _row(self, sql: str, values: Any) -> Row | None:
        if isinstance(values, str):
            values = (values,)
        return next(iter(self._db.query(sql, values)), None)


def _checked(
    each: StockVial, before: StockVial | None, products: Mapping[str, Product], now: datetime
) -> StockVial:
    """The vial itself; what nobody changed is not looked at again, whatever the clock says now."""
    checked_vial(each.vial, _product(each.vial.product, products))
    received, mixed = each.received_on, each.vial.mixed_at
    if received and received > now.date() and (not before or before.received_on != received):
        raise ReceivedInFutureError(received, now.date())
    is_new = mixed is not None and (not before or before.vial.mixed_at != mixed)
    if mixed and is_new:
        check_mixed(mixed, now)
    return each


def _checked_open(row: Row) -> StockVial:
    if row["closed_utc"] is not None:
        raise NotInStockError(row["id"])
    return _stock_vial(row)


def _checked_gtin(gtin: str) -> str:
    """The GTIN itself, if its last digit follows from the others."""
    from biip.checksums import gs1_standard_check_digit  # 0.1 s to import

    if not _GTIN.fullmatch(gtin) or gs1_standard_check_digit(gtin[:-1]) != int(gtin[-1]):
        raise WrongCheckDigitError(gtin)
    return gtin


def _product(key: str, products: Mapping[str, Product]) -> Product:
    if key not in products:
        raise UnknownProductError(key, tuple(each.name for each in products.values()))
    return products[key]


def _stock_row(each: StockVial) -> Row:
    of_a_session = ("number", "stock_id", "held_units")
    row = {key: value for key, value in vial_row(each.vial).items() if key not in of_a_session}
    received = each.received_on.isoformat() if each.received_on else ""
    return dict(nfc({"id": each.id, **row, "received_on": received, "closed_reason": ""}))


def _stock_vial(row: Row) -> StockVial:
    received = date.fromisoformat(row["received_on"]) if row["received_on"] else None
    return StockVial(
        vial_in({**row, "number": 0, "stock_id": row["id"], "held_units": None}), received
    )


def _with_use(each: StockVial, row: Row) -> StockVial:
    """A vial of the stock, with what one session drew and wasted of it."""
    # As in `drawing.balances`: an older record does not say of which vial.
    numbers = (row["number"], None) if row["vials"] == 1 else (row["number"],)
    wasted = (waste.units for waste in wastes_in(row) if waste.vial in numbers)
    return replace(
        each,
        drawn_units=each.drawn_units + from_hundredths(row["drawn"]),
        wasted_units=sum(wasted, each.wasted_units),
    )
