"""Vials: what is in the syringe, and how a dose becomes a volume."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

from desktop.core.amounts import amount_text, checked_amount
from desktop.core.errors import ExpectedError
from desktop.core.patient import checked_line
from desktop.core.product import DoseNotPositiveError, Product, VialSizeError


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


class VialUnknownError(ExpectedError):
    """The session has no vial with this number."""

    def __init__(self, number: int) -> None:
        """Keep the number, counted from 1."""
        super().__init__(str(number))
        self.number = number


class SerialTooLongError(ExpectedError):
    """A serial number is at most 20 characters (GS1 application identifier 21)."""

    def __init__(self, serial: str) -> None:
        """Keep the serial number as it was entered."""
        super().__init__(serial)
        self.serial = serial


class TooMuchDiluentError(ExpectedError):
    """No vial holds so many millilitres: a slip of the key."""

    def __init__(self, diluent_ml: Decimal, limit_ml: Decimal) -> None:
        """Keep the volume as it was entered, and the limit."""
        super().__init__(amount_text(diluent_ml))
        self.diluent_ml = diluent_ml
        self.limit_ml = limit_ml


class HeldOverSizeError(ExpectedError):
    """A vial holds no more than its label says."""

    def __init__(self, held_units: Decimal, size_units: Decimal) -> None:
        """Keep what it was said to hold, and its size."""
        super().__init__(amount_text(held_units))
        self.held_units = held_units
        self.size_units = size_units


class NotACodeError(ExpectedError):
    """A lot or serial number holds a character that is not printed on any carton."""

    def __init__(self, text: str, character: str) -> None:
        """Keep the text and the character."""
        super().__init__(repr(text))
        self.text = text
        self.character = character


class MixedInFutureError(ExpectedError):
    """A vial cannot have been mixed after now."""

    def __init__(self, mixed_at: datetime, now: datetime) -> None:
        """Keep both times."""
        super().__init__(f"{mixed_at} > {now}")
        self.mixed_at = mixed_at
        self.now = now


class Supply(StrEnum):
    """Who bought the drug: what a practice did not buy it does not bill."""

    BOUGHT = "bought"
    SPECIALTY_PHARMACY = "specialty pharmacy"
    SAMPLE = "sample"
    NOT_RECORDED = "not recorded"


LONGEST_LOT = 20
LONGEST_SERIAL = 20
MOST_DILUENT_ML = Decimal(20)  # twice what is put into the largest vial of any toxin

_EXPIRY = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?")


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
    """One vial of a session. `number` counts from 1 and is what an injection refers to.

    `held_units` is what was in it when this session took it up, none for a full one. `stock_id`
    names the vial of the clinic's stock that it is, `gtin` the code on its package.
    """

    number: int
    product: str
    size_units: Decimal
    lot: str
    expiry: Expiry
    diluent_ml: Decimal | None = None
    mixed_at: datetime | None = None
    diluent: str = ""
    mixed_by: str = ""
    serial: str = ""
    gtin: str = ""
    supply: Supply = Supply.NOT_RECORDED
    stock_id: str = ""
    held_units: Decimal | None = None

    @property
    def opened_units(self) -> Decimal:
        """What this session had of it: all of it, unless another session drew from it before."""
        return self.size_units if self.held_units is None else self.held_units

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
        NotACodeError: The lot or the serial number holds what no carton has, such as a scanner's
            separator.
        UnprintableCharacterError: Another line holds a control character.
        NotAnAmountError: The diluent is no number, or has more than two decimals.
        DoseNotPositiveError: The diluent is zero.
        TooMuchDiluentError: The diluent is over 20 mL.
        SerialTooLongError: The serial number is over 20 characters.
        HeldOverSizeError: It is said to have held more than its label says.
    """
    if vial.size_units not in product.vial_sizes:
        raise VialSizeError(vial.size_units, product.vial_sizes)
    if not vial.lot.strip():
        raise NoLotError
    if len(vial.lot) > LONGEST_LOT:
        raise LotTooLongError(vial.lot)
    checked_code(vial.lot)
    if len(vial.serial) > LONGEST_SERIAL:
        raise SerialTooLongError(vial.serial)
    checked_code(vial.serial)
    for text in (vial.diluent, vial.mixed_by, vial.gtin):
        checked_line(text)
    if vial.diluent_ml is not None:
        if not checked_amount(vial.diluent_ml):
            raise DoseNotPositiveError(vial.diluent_ml)
        if vial.diluent_ml > MOST_DILUENT_ML:
            raise TooMuchDiluentError(vial.diluent_ml, MOST_DILUENT_ML)
    if vial.held_units is not None and checked_amount(vial.held_units) > vial.size_units:
        raise HeldOverSizeError(vial.held_units, vial.size_units)
    return vial


def checked_code(text: str) -> str:
    """A lot or serial number itself, if it can be printed on a carton (GS1 has ASCII only).

    Raises:
        NotACodeError: It holds another character.
    """
    for character in text:
        if not (character.isascii() and character.isprintable()):
            raise NotACodeError(text, character)
    return text


def check_mixed(mixed_at: datetime, now: datetime) -> None:
    """Refuse a time of mixing that is still to come.

    Raises:
        MixedInFutureError: It is after `now`.
    """
    # Times of one zone would be compared by what the clocks showed, which repeats in autumn.
    if mixed_at.astimezone(UTC) > now.astimezone(UTC):
        raise MixedInFutureError(mixed_at, now)
