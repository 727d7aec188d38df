"""Products: a toxin as sold, with the limits that belong to it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from desktop.core.amounts import NotAnAmountError, amount_text, checked_amount, read_units
from desktop.core.errors import ExpectedError


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


@dataclass(frozen=True)
class Ndc:
    """A National Drug Code, kept as text: where its hyphens stand cannot be told from its digits.

    Source: 21 CFR 207.33 (ten digits: 4-4-2, 5-3-2 or 5-4-1); 91 FR 10749 (5 March 2026: twelve
        digits, 6-4-2, from 7 March 2033; older codes are filled up with zeros).
    """

    text: str

    @property
    def ten(self) -> str:
        """The digits alone, as a GTIN carries them: `0023114501`."""
        return self.text.replace("-", "")

    @property
    def eleven(self) -> str:
        """5-4-2, as a claim has it: `00023-1145-01`."""
        return self._filled(5, 4, 2)

    @property
    def twelve(self) -> str:
        """6-4-2, as it will be written from 2033: `000023-1145-01`."""
        return self._filled(6, 4, 2)

    def _filled(self, *lengths: int) -> str:
        segments = zip(self.text.split("-"), lengths, strict=True)
        return "-".join(segment.zfill(length) for segment, length in segments)


@dataclass(frozen=True)
class Package:
    """A package of a product with a code of its own; `size_units` is what one vial holds."""

    size_units: Decimal
    ndc: Ndc


@dataclass(frozen=True)
class Hcpcs:
    """The code that a US payer knows a drug by; one of it stands for `units` units."""

    code: str
    units: Decimal


@dataclass(frozen=True)
class Product:
    """A toxin as sold, with the limits that belong to it.

    A limit that no source gives is none: nothing is checked against it, and nothing is made up.

    Attributes:
        usan: The name of the substance (United States Adopted Name).
        packages: The codes that were read; there may be more, and none for some sizes.
        ingredients: Keys of what can be an allergy: `albumin`, `cow's milk protein`.
        notes: What the label says beside the numbers, in our own words.
        for_chronic_migraine: Whether the label names chronic migraine.
        usual_diluent_ml: The volume that a vial of a size is usually mixed with.
    """

    key: str
    name: str
    usan: str
    vial_sizes: tuple[Decimal, ...]
    packages: tuple[Package, ...]
    hcpcs: Hcpcs | None
    ingredients: tuple[str, ...]
    notes: tuple[str, ...]
    for_chronic_migraine: bool
    largest_dose_units: Decimal
    dose_step_units: Decimal
    cumulative_limit_units: Decimal | None
    cumulative_limit_days: int | None
    hours_after_mixing: int | None
    usual_units_per_tenth_ml: Decimal | None
    usual_diluent_ml: Mapping[Decimal, Decimal]

    @property
    def toxin(self) -> str:
        """What its units are units of: those of different toxins are never added or compared."""
        return self.usan

    def packages_of(self, size_units: Decimal) -> tuple[Package, ...]:
        """The packages whose vials have this size."""
        return tuple(each for each in self.packages if each.size_units == size_units)

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


def read_products(table: Mapping[str, Any]) -> Mapping[str, Product]:
    """Build the products from `products.toml` as read by `tomllib`, by key."""
    return {key: _read_product(key, product) for key, product in table["products"].items()}


def _read_product(key: str, table: Mapping[str, Any]) -> Product:
    def number(field: str) -> Decimal:
        return _decimal(table[field]["value"])

    def limit(field: str) -> Decimal | None:
        return number(field) if field in table else None

    days, hours = limit("cumulative_limit_days"), limit("hours_after_mixing")
    hcpcs = table.get("hcpcs")
    return Product(
        key=key,
        name=table["name"],
        usan=table["usan"],
        vial_sizes=tuple(_decimal(size["value"]) for size in table["vial_sizes"]),
        packages=tuple(
            Package(_decimal(each["size"]), Ndc(each["ndc"])) for each in table.get("packages", ())
        ),
        hcpcs=Hcpcs(hcpcs["code"], _decimal(hcpcs["units"])) if hcpcs else None,
        ingredients=tuple(each["name"] for each in table.get("ingredients", ())),
        notes=tuple(each["text"] for each in table["notes"]),
        for_chronic_migraine=table["for_chronic_migraine"],
        largest_dose_units=number("largest_dose_units"),
        dose_step_units=number("dose_step_units"),
        cumulative_limit_units=limit("cumulative_limit_units"),
        cumulative_limit_days=None if days is None else int(days),
        hours_after_mixing=None if hours is None else int(hours),
        usual_units_per_tenth_ml=limit("usual_units_per_tenth_ml"),
        usual_diluent_ml={
            _decimal(each["size"]): _decimal(each["ml"]) for each in table.get("usual_diluent", ())
        },
    )


def _decimal(number: float) -> Decimal:
    """The number as it is written in the file: `tomllib` has made a float of 2.5."""
    return Decimal(str(number))


def toxin_called(name: str, products: Iterable[Product]) -> str:
    """The USAN of a toxin that is called by it or by a brand, in any case; else the name itself.

    What follows the brand does not matter (`Botox A`), unless it names another toxin.
    """
    said = " ".join(name.split())
    meant = set()
    begins = False
    for each in products:
        for known in (each.usan, each.usan.partition("-")[0], each.name):
            found = re.search(rf"(?<!\w){re.escape(known)}(?![\w-])", said, re.IGNORECASE)
            if found:
                meant.add(each.usan)
                begins = begins or not found.start()
    return meant.pop() if begins and len(meant) == 1 else said
