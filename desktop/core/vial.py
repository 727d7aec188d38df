"""Products and vials: what is in the syringe, and how a dose becomes a volume."""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from desktop.core.amounts import NotAnAmountError, amount_text, checked_amount, read_units
from desktop.core.errors import ExpectedError
from desktop.core.patient import checked_line


class DoseNotPositiveError(ExpectedError):
    """A dose is more than zero."""

    def __init__(self, units: Decimal) -> None:
        """Keep the dose that was asked for."""
        super().__init__(amount_text(units))
        self.units = units


class DoseOverProductLimitError(ExpectedError):
    """A single dose is larger than the product's limit: a slip of the key, not a dose."""

    def __init__(self, units: Decimal, limit_units: Decimal) -> None:
        """Keep the dose that was asked for and the limit."""
        super().__init__(amount_text(units))
        self.units = units
        self.limit_units = limit_units


class UnknownProductError(ExpectedError):
    """No shipped product has this name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        """Keep the name and the products that are known."""
        super().__init__(name)
        self.name = name
        self.known = known


class VialSizeError(ExpectedError):
    """The product does not come in this size."""

    def __init__(self, units: Decimal, sizes: tuple[Decimal, ...]) -> None:
        """Keep the size and the sizes that exist."""
        super().__init__(amount_text(units))
        self.units = units
        self.sizes = sizes


class NotAnExpiryError(ExpectedError):
    """The text is neither `2027-10` nor `2027-10-31`."""

    def __init__(self, text: str) -> None:
        """Keep the text as it was entered."""
        super().__init__(text)
        self.text = text


class NoLotError(ExpectedError):
    """A vial without a lot number cannot be traced."""


class LotTooLongError(ExpectedError):
    """A lot is at most 20 characters (GS1 application identifier 10)."""

    def __init__(self, lot: str) -> None:
        """Keep the lot as it was entered."""
        super().__init__(lot)
        self.lot = lot


LONGEST_LOT = 20

_EXPIRY = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?")


@dataclass(frozen=True)
class Product:
    """A toxin as sold, with the limits that belong to it."""

    key: str
    name: str
    usan: str
    vial_sizes: tuple[Decimal, ...]
    largest_dose_units: Decimal
    dose_step_units: Decimal
    cumulative_limit_units: Decimal
    cumulative_limit_days: int
    hours_after_mixing: int
    usual_units_per_tenth_ml: Decimal

    def checked_dose(self, units: Decimal) -> Decimal:
        """The dose itself, if one site can have it.

        Raises:
            NotAnAmountError: The dose is no number, or has more than two decimals.
            DoseNotPositiveError: The dose is zero or less.
            DoseOverProductLimitError: The dose is over `largest_dose_units`.
        """
        if units.is_nan():
            raise NotAnAmountError(str(units))
        if units <= 0:
            raise DoseNotPositiveError(units)
        if units > self.largest_dose_units:
            raise DoseOverProductLimitError(units, self.largest_dose_units)
        return checked_amount(units)

    def read_dose(self, text: str) -> Decimal:
        """Read a dose for one site, in units (U).

        Raises:
            NotAnAmountError: The text is not a number with at most two decimals.
            DoseNotPositiveError: The dose is zero.
            DoseOverProductLimitError: The dose is over `largest_dose_units`.
        """
        return self.checked_dose(read_units(text))


@dataclass(frozen=True)
class Expiry:
    """The date on the label; a vial that names only the month lasts until its end."""

    year: int
    month: int
    day: int | None = None

    @property
    def last_day(self) -> date:
        """The last day on which the vial may be used."""
        return date(
            self.year, self.month, self.day or calendar.monthrange(self.year, self.month)[1]
        )

    @property
    def text(self) -> str:
        """`2027-10` or `2027-10-31`."""
        month = f"{self.year:04}-{self.month:02}"
        return month if self.day is None else f"{month}-{self.day:02}"


@dataclass(frozen=True)
class Vial:
    """One vial of a session. `number` counts from 1 and is what an injection refers to."""

    number: int
    product: str
    size_units: Decimal
    lot: str
    expiry: Expiry
    diluent_ml: Decimal | None = None
    mixed_at: datetime | None = None

    @property
    def units_per_tenth_ml(self) -> Decimal | None:
        """Units in 0.1 mL of the mixed drug; none before the diluent is known."""
        return self.size_units / self.diluent_ml / 10 if self.diluent_ml else None

    def volume_ml(self, units: Decimal) -> Decimal | None:
        """The exact volume of a dose in mL; none before the diluent is known."""
        return units * self.diluent_ml / self.size_units if self.diluent_ml else None


def read_expiry(text: str) -> Expiry:
    """Read `2027-10` or `2027-10-31`.

    Raises:
        NotAnExpiryError: The text is anything else, or no such day exists.
    """
    found = _EXPIRY.fullmatch(text.strip(" "))
    if found is None:
        raise NotAnExpiryError(text)
    year, month, day = found.groups()
    try:
        date(int(year), int(month), int(day or 1))
    except ValueError as error:
        raise NotAnExpiryError(text) from error
    return Expiry(int(year), int(month), int(day) if day else None)


def checked_vial(vial: Vial, product: Product) -> Vial:
    """The vial itself, if it can be one of this product.

    Raises:
        VialSizeError: The product has no such size.
        NoLotError: The lot is empty.
        LotTooLongError: The lot is over 20 characters.
        UnprintableCharacterError: The lot holds a control character, such as a scanner's separator.
        NotAnAmountError: The diluent is no number, or has more than two decimals.
        DoseNotPositiveError: The diluent is zero.
    """
    if vial.size_units not in product.vial_sizes:
        raise VialSizeError(vial.size_units, product.vial_sizes)
    if not vial.lot.strip():
        raise NoLotError
    if len(vial.lot) > LONGEST_LOT:
        raise LotTooLongError(vial.lot)
    checked_line(vial.lot)
    if vial.diluent_ml is not None and not checked_amount(vial.diluent_ml):
        raise DoseNotPositiveError(vial.diluent_ml)
    return vial


def read_products(table: Mapping[str, Any]) -> Mapping[str, Product]:
    """Build the products from `products.toml` as read by `tomllib`, by key."""
    return {key: _read_product(key, product) for key, product in table["products"].items()}


def _read_product(key: str, table: Mapping[str, Any]) -> Product:
    def number(field: str) -> Decimal:
        return Decimal(str(table[field]["value"]))

    return Product(
        key=key,
        name=table["name"],
        usan=table["usan"],
        vial_sizes=tuple(Decimal(size) for size in table["vial_sizes"]["values"]),
        largest_dose_units=number("largest_dose_units"),
        dose_step_units=number("dose_step_units"),
        cumulative_limit_units=number("cumulative_limit_units"),
        cumulative_limit_days=int(number("cumulative_limit_days")),
        hours_after_mixing=int(number("hours_after_mixing")),
        usual_units_per_tenth_ml=number("usual_units_per_tenth_ml"),
    )
