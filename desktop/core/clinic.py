"""The clinic whose record this is."""

from dataclasses import dataclass, field
from enum import StrEnum

from desktop.core.errors import ExpectedError
from desktop.core.patient import checked_line
from desktop.core.procedure import Procedure, checked_procedure
from desktop.core.scan import checked_substitute

MOST_REASONS = 12  # of one kind: more would not be found by one look
MOST_LOW_STOCK = 999  # vials of a kind
MOST_EXPIRING_DAYS = 3650  # ten years: no vial lasts longer


class Paper(StrEnum):
    """The sheet that notes are printed on."""

    A4 = "A4"
    LETTER = "Letter"


class ClinicNameMissingError(ExpectedError):
    """A clinic has a name: the letterhead of every note."""


class EmptyReasonError(ExpectedError):
    """A reason to choose from says something."""


class TooManyReasonsError(ExpectedError):
    """There are more reasons to choose from than anybody would read."""

    def __init__(self, number: int, limit: int) -> None:
        """Keep how many there are, and how many there may be."""
        super().__init__(f"{number} > {limit}")
        self.number = number
        self.limit = limit


class LowStockError(ExpectedError):
    """Stock cannot be called low at so many vials of a kind."""

    def __init__(self, number: int, limit: int) -> None:
        """Keep the number of vials, and the most that it may be."""
        super().__init__(f"{number} > {limit}")
        self.number = number
        self.limit = limit


class ExpiringDaysError(ExpectedError):
    """A vial cannot be called soon to expire so many days before."""

    def __init__(self, days: int, limit: int) -> None:
        """Keep the number of days, and the most that it may be."""
        super().__init__(f"{days} > {limit}")
        self.days = days
        self.limit = limit


@dataclass(frozen=True)
class Clinic:
    """What the letterhead and every time stamp need."""

    name: str
    address: str
    zone: str
    paper: Paper
    profile: str


def checked_clinic(clinic: Clinic) -> Clinic:
    """The clinic itself, if a letterhead can name it.

    Raises:
        ClinicNameMissingError: The name is empty.
        TextTooLongError: Name or address is over 200 characters.
        UnprintableCharacterError: One of them holds a control character.
    """
    checked_line(clinic.address)
    if not checked_line(clinic.name).strip():
        raise ClinicNameMissingError
    return clinic


@dataclass(frozen=True)
class Habits:
    """What the clinic's window offers; none as reasons means the program's own, translated.

    `shares_vials` lets the rest of a vial be kept for another patient. `scan_substitute` is the
    character that the clinic's scanner sends for the separator, if it sends another. Stock is low
    at `low_stock` unopened vials of a kind, and soon to expire within `expiring_days`.
    """

    change_reasons: tuple[str, ...] | None = None
    stop_reasons: tuple[str, ...] | None = None
    offers_all_given: bool = True
    waste_reasons: tuple[str, ...] | None = None
    shares_vials: bool = False
    usual_procedure: Procedure = field(default_factory=Procedure)
    scan_substitute: str = ""
    low_stock: int = 2
    expiring_days: int = 60


def checked_habits(habits: Habits) -> Habits:
    """The habits themselves, if the window can offer them and a note print them.

    Raises:
        TooManyReasonsError: There are over 12 reasons of one kind.
        EmptyReasonError: One is empty.
        TextTooLongError: One is over 200 characters, or a part of the usual procedure is too long.
        UnprintableCharacterError: One of them holds a control character.
        NotASubstituteError: The scanner's character cannot stand for the separator.
        LowStockError: Stock would be low at over 999 vials of a kind.
        ExpiringDaysError: A vial would be soon to expire over ten years before.
    """
    checked_procedure(habits.usual_procedure)
    checked_substitute(habits.scan_substitute)
    if not 0 <= habits.low_stock <= MOST_LOW_STOCK:
        raise LowStockError(habits.low_stock, MOST_LOW_STOCK)
    if not 0 <= habits.expiring_days <= MOST_EXPIRING_DAYS:
        raise ExpiringDaysError(habits.expiring_days, MOST_EXPIRING_DAYS)
    kinds = (habits.change_reasons, habits.stop_reasons, habits.waste_reasons)
    for reasons in kinds:
        checked_reasons(reasons or ())
    return habits


def checked_reasons(reasons: tuple[str, ...]) -> tuple[str, ...]:
    """The reasons of one kind themselves, if the window can offer them.

    Raises:
        TooManyReasonsError: There are over 12.
        EmptyReasonError: One is empty.
        TextTooLongError: One is over 200 characters.
        UnprintableCharacterError: One of them holds a control character.
    """
    if len(reasons) > MOST_REASONS:
        raise TooManyReasonsError(len(reasons), MOST_REASONS)
    for reason in reasons:
        if not checked_line(reason).strip():
            raise EmptyReasonError
    return reasons
