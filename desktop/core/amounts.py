"""Units and millilitres as exact decimals: read, written, and stored as hundredths."""

import re
from decimal import Decimal

from desktop.core.errors import ExpectedError

# Decimal() itself would also take "1_0", "1e3", "NaN" and the digits of every other script.
_AMOUNT = re.compile(r"([0-9]{1,7})(?:[.,]([0-9]{1,2}))?")
_UNITS = re.compile(r"[ \t\u00a0]*(?:u|units?)\Z", re.IGNORECASE)
_ML = re.compile(r"[ \t\u00a0]*ml\Z", re.IGNORECASE)


class NotAnAmountError(ExpectedError):
    """The text is not a number with at most two decimals."""

    def __init__(self, text: str) -> None:
        """Keep the text as it was entered."""
        super().__init__(text)
        self.text = text


def read_amount(text: str) -> Decimal:
    """Read an amount such as `5`, `7.5`, `7,50`, `5 U` or `4 mL`, whichever its field asks for.

    Both `.` and `,` are the decimal sign; there is no grouping, no sign, no exponent.

    Raises:
        NotAnAmountError: The text is anything else.
    """
    return read_ml(text) if _ML.search(text.strip(" ")) else read_units(text)


def read_units(text: str) -> Decimal:
    """Read units: `5` or `5 U`, and never `5 mL`.

    Raises:
        NotAnAmountError: The text is anything else.
    """
    return _read(text, _UNITS)


def read_ml(text: str) -> Decimal:
    """Read millilitres: `4` or `4 mL`, and never `4 U`.

    Raises:
        NotAnAmountError: The text is anything else.
    """
    return _read(text, _ML)


def checked_amount(amount: Decimal) -> Decimal:
    """The amount itself, if `read_amount` could have read it.

    Raises:
        NotAnAmountError: It is negative, infinite, no number, or has more than two decimals.
    """
    return read_amount(amount_text(amount))


def amount_text(amount: Decimal) -> str:
    """Write an amount the way a prescription does: 5, not 5.0; 0.5, not .5."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def to_hundredths(amount: Decimal) -> int:
    """The exact whole number that the file stores.

    Raises:
        NotAnAmountError: It is negative, infinite, no number, or has more than two decimals.
    """
    return int(checked_amount(amount).scaleb(2))


def from_hundredths(hundredths: int) -> Decimal:
    """The amount that a stored whole number stands for."""
    return Decimal(hundredths).scaleb(-2)


def _read(text: str, suffix: re.Pattern[str]) -> Decimal:
    found = _AMOUNT.fullmatch(suffix.sub("", text.strip(" ")))
    if found is None:
        raise NotAnAmountError(text)
    whole, decimals = found.groups()
    # normalize() makes 5 of 5.0 but also 1E+1 of 10; adding zero undoes the second.
    return Decimal(f"{whole}.{decimals or '0'}").normalize() + Decimal(0)
