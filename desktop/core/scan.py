"""What a scanner read off a carton: product, lot, expiry and serial, or a clear refusal.

A GS1 message is a row of elements, each led by its application identifier (AI). Lot and serial have
no fixed length: a separator ends them, unless they come last. Scanners and keyboards lose it, and
then `10C1234C3` and `21SN0001` read as one lot that is on no carton. What could be read in two
ways is refused, never guessed.

Source: GS1 General Specifications, sections 3.2 and 7.8 (element strings, separator), and 7.12
    (two-digit years: from 49 before to 50 after this one), through the library biip.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from desktop.core.errors import ExpectedError
from desktop.core.product import Product
from desktop.core.vial import Expiry

if TYPE_CHECKING:
    from biip.gs1_element_strings import GS1ElementString

# What a scanner sends for the symbol's FNC1. "\x1d".isspace() is true: strip() without an argument
# would take it away, and split() would cut at it.
SEPARATOR = "\x1d"

# What a scanner may name the kind of symbol with: DataMatrix, GS1-128, DataBar, QR, DotCode; and
# the linear EAN-13 and ITF-14.
_SYMBOLS = ("]d2", "]C1", "]e0", "]Q3", "]J1", "]E0", "]I1")

# More than a DataMatrix holds (2335 letters and digits).
LONGEST_SCAN = 3000

GTIN, LOT, EXPIRY, SERIAL, NDC = "01", "10", "17", "21", "715"

# Beside the separator a message is made of GS1 character set 82, which these keys are not in.
_OTHER_CHARACTER = re.compile(r"[^!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]")
_SUBSTITUTE = re.compile(r"[#$@\[\\\]^`{|}~]")

# A linear barcode, such as a vial's own: a GTIN without the identifier that leads it in a message.
_GTIN_ALONE = re.compile(r"[0-9]{12,14}")
_EXPIRY_ELEMENT = re.compile(r"17([0-9]{6})")

# How another element of a medicine's pack can begin inside a lot or serial that nothing ended:
# a GTIN, a date, a national number, a lot, a serial.
_HIDDEN = {
    GTIN: r"01[0-9]{14}",
    "date": r"1[1-3567][0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])",
    "national number": r"71[0-7].{6}",
    LOT: r"10.",
    SERIAL: r"21.",
}


class NotAScanError(ExpectedError):
    """The text is no GS1 message."""

    def __init__(self, text: str) -> None:
        """Keep what could not be read."""
        super().__init__(text)
        self.text = text


class UnknownSeparatorError(ExpectedError):
    """One character that GS1 does not have stands where a separator would."""

    def __init__(self, character: str) -> None:
        """Keep the character."""
        super().__init__(character)
        self.character = character


class NotASubstituteError(ExpectedError):
    """The character for the separator could be part of a lot, or it is more than one."""

    def __init__(self, text: str) -> None:
        """Keep what was to stand for the separator."""
        super().__init__(text)
        self.text = text


class AmbiguousScanError(ExpectedError):
    """Where one element ends and the next begins cannot be told."""

    def __init__(self, ai: str, text: str) -> None:
        """Keep the element's application identifier and what was read as its value."""
        super().__init__(f"({ai}){text}")
        self.ai = ai
        self.text = text


class TwoScansError(ExpectedError):
    """Two values for one thing: two codes came as one."""

    def __init__(self, first: str, second: str) -> None:
        """Keep both values."""
        super().__init__(f"{first} {second}")
        self.first = first
        self.second = second


class WrongCheckDigitError(ExpectedError):
    """The last digit of the GTIN does not follow from the others: it was misread or mistyped."""

    def __init__(self, gtin: str) -> None:
        """Keep the number as it was read."""
        super().__init__(gtin)
        self.gtin = gtin


class NotADateError(ExpectedError):
    """The expiry is no day of the calendar."""

    def __init__(self, digits: str) -> None:
        """Keep the six digits, YYMMDD."""
        super().__init__(digits)
        self.digits = digits


class ScanWithoutGtinError(ExpectedError):
    """The code does not say what it is on."""


class ScanWithoutLotError(ExpectedError):
    """The code has no lot: it is not the one that a carton is traced by."""


class ScanWithoutExpiryError(ExpectedError):
    """The code has no expiry date."""


class ProductsDisagreeError(ExpectedError):
    """The GTIN and the NDC in one code are of different packages."""

    def __init__(self, gtin: str, ndc: str) -> None:
        """Keep both numbers."""
        super().__init__(f"{gtin} {ndc}")
        self.gtin = gtin
        self.ndc = ndc


@dataclass(frozen=True)
class LearnedPackage:
    """What the user said once that an unknown GTIN is: a key of the products and a vial size."""

    product: str
    size_units: Decimal


@dataclass(frozen=True)
class Scanned:
    """What one scan says.

    Attributes:
        gtin: 14 digits.
        product: A key of the products; empty for a GTIN that nobody knows yet.
        size_units: What one vial holds; none while the product is not known.
        expiry: Without a day where the code gives only the month (day 00).
        serial: Empty where the code has none.
        ndc: With hyphens for a package in the table, without where the code has only the digits,
            empty where it has none.
    """

    gtin: str
    product: str
    size_units: Decimal | None
    lot: str
    expiry: Expiry
    serial: str = ""
    ndc: str = ""


def read_scan(
    text: str,
    products: Mapping[str, Product],
    learned: Mapping[str, LearnedPackage],
    *,
    substitute: str = "",
) -> Scanned:
    """Read what a scanner typed, with or without its `]d2`, in any order of elements.

    Without any separator in it, a lot is taken only if nothing of a medicine's pack (another GTIN,
    date, lot, serial or national number) could begin inside it.

    Args:
        text: What was typed; white space around it does not count.
        products: The products as shipped, by key.
        learned: What the user said of GTINs that are not in the products, by GTIN.
        substitute: What this scanner sends in place of the separator; see `checked_substitute`.

    Raises:
        NotAScanError: It is no GS1 message.
        UnknownSeparatorError: It would be one, if one character in it were the separator.
        NotASubstituteError: `substitute` cannot stand for the separator.
        AmbiguousScanError: Where an element ends cannot be told.
        TwoScansError: It holds two values for one thing.
        WrongCheckDigitError: The GTIN was misread.
        NotADateError: The expiry is no day.
        ScanWithoutGtinError: It has no GTIN.
        ScanWithoutLotError: It has no lot.
        ScanWithoutExpiryError: It has no expiry.
        ProductsDisagreeError: GTIN and NDC are of different packages.
    """
    found: dict[str, GS1ElementString] = {}
    for element in _elements(_message(text, checked_substitute(substitute))):
        before = found.setdefault(element.ai.ai, element)
        if before.value != element.value:
            raise TwoScansError(before.value, element.value)
    if GTIN not in found:
        raise ScanWithoutGtinError
    gtin = _checked_gtin(found[GTIN])
    if LOT not in found:
        raise ScanWithoutLotError
    if EXPIRY not in found:
        raise ScanWithoutExpiryError
    value = {ai: element.value for ai, element in found.items()}
    # The GTIN of a US drug: level of packing, 03, the ten digits of its NDC, check digit.
    ten, national = gtin[3:13] if gtin[1:3] == "03" else "", value.get(NDC, "")
    known = _known(gtin, ten, national, products, learned)
    return Scanned(
        gtin=gtin,
        product=known.product if known else "",
        size_units=known.size_units if known else None,
        lot=value[LOT],
        expiry=_expiry(found[EXPIRY]),
        serial=value.get(SERIAL, ""),
        ndc=(known.ndc if known else "") or national or ten,
    )


def checked_substitute(text: str) -> str:
    """The character itself, if it can stand for the separator; empty stands for none.

    Raises:
        NotASubstituteError: It is more than one, is not on a keyboard, or may be part of a lot.
    """
    if text and not _SUBSTITUTE.fullmatch(text):
        raise NotASubstituteError(text)
    return text


def _message(text: str, substitute: str) -> str:
    """The GS1 message in what was typed, with `SEPARATOR` between elements where there was any."""
    if len(text) > LONGEST_SCAN:
        raise NotAScanError(text)
    message = text.strip(" \t\r\n")
    if message.startswith(_SYMBOLS):
        message = message[len(_SYMBOLS[0]) :]
    if substitute:
        message = message.replace(substitute, SEPARATOR)
    strangers = set(_OTHER_CHARACTER.findall(message)) - {SEPARATOR}
    if strangers:
        raise _stranger_error(text, message, strangers)
    # Some scanners send the FNC1 that begins the symbol, too. It says nothing of those inside.
    message = message.lstrip(SEPARATOR)
    if not message:
        raise NotAScanError(text)
    if _GTIN_ALONE.fullmatch(message):
        raise ScanWithoutLotError
    return message


def _stranger_error(text: str, message: str, strangers: set[str]) -> ExpectedError:
    """What to say of characters that GS1 does not have: one may be this scanner's separator."""
    if len(strangers) == 1:
        (stranger,) = strangers
        try:
            found = list(_elements(message.replace(stranger, SEPARATOR).strip(SEPARATOR)))
        except (NotAScanError, AmbiguousScanError, NotADateError):
            return NotAScanError(text)
        return UnknownSeparatorError(stranger) if found else NotAScanError(text)
    return NotAScanError(text)


def _elements(message: str) -> Iterator["GS1ElementString"]:
    """The elements of a message, each with an end that is beyond doubt."""
    # One separator shows that this scanner sends them: then what comes last has its end, too.
    sends_separators = SEPARATOR in message
    rest = message
    while rest:
        element = _first_of(rest)
        rest = rest[len(element) :]
        is_open = element.ai.separator_required and not rest.startswith(SEPARATOR)
        if is_open and (rest or (not sends_separators and _may_hide_another(element))):
            raise AmbiguousScanError(element.ai.ai, element.value)
        yield element
        rest = rest.lstrip(SEPARATOR)


def _first_of(message: str) -> "GS1ElementString":
    # 0.1 s to import, and the first screen scans nothing.
    from biip import ParseConfig, ParseError
    from biip.gs1_element_strings import GS1ElementString

    try:
        # Dates are looked at later: only that of the expiry matters.
        config = ParseConfig(gs1_element_strings_verify_date=False)
        return GS1ElementString.extract(message, config=config)
    except ParseError as error:
        expiry = _EXPIRY_ELEMENT.match(message)
        if expiry:
            raise NotADateError(expiry[1]) from error
        raise NotAScanError(message) from error


def _may_hide_another(element: "GS1ElementString") -> bool:
    """Whether another element could begin inside the value of one that nothing ended."""
    # Its own identifier does not come twice in a message.
    others = "|".join(form for ai, form in _HIDDEN.items() if ai != element.ai.ai)
    return re.search(others, element.value[1:]) is not None


def _checked_gtin(element: "GS1ElementString") -> str:
    # biip raises nothing for a wrong check digit; it only says so.
    if element.gtin_error is not None:
        raise WrongCheckDigitError(element.value)
    return element.value


def _expiry(element: "GS1ElementString") -> Expiry:
    """The date, of the century that GS1 means; day 00 is the month alone."""
    if element.date is None:
        raise NotADateError(element.value)
    day = None if element.value.endswith("00") else element.date.day
    return Expiry(element.date.year, element.date.month, day)


class _Known(NamedTuple):
    """What a number in a code stands for; the NDC is empty for what the user said."""

    product: str
    size_units: Decimal
    ndc: str


def _known(
    gtin: str,
    ten: str,
    national: str,
    products: Mapping[str, Product],
    learned: Mapping[str, LearnedPackage],
) -> _Known | None:
    """What a code is on, by the NDC in its GTIN, by what was learned, or by its national number."""
    said = learned.get(gtin)
    by_gtin = _with_digits(ten, products)
    if by_gtin is None and said is not None and said.product in products:
        by_gtin = _Known(said.product, said.size_units, "")
    by_number = _with_digits(national.replace("-", ""), products)
    if by_gtin is None or by_number is None:
        return by_gtin or by_number
    if by_gtin not in (by_number, by_number._replace(ndc="")):
        raise ProductsDisagreeError(gtin, by_number.ndc)
    return by_number


def _with_digits(digits: str, products: Mapping[str, Product]) -> _Known | None:
    """The package that has this NDC, written with ten, eleven or twelve digits."""
    for key, product in products.items():
        for package in product.packages:
            ndc = package.ndc
            if digits in {each.replace("-", "") for each in (ndc.ten, ndc.eleven, ndc.twelve)}:
                return _Known(key, package.size_units, ndc.text)
    return None
