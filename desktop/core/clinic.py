"""The clinic whose record this is."""

from dataclasses import dataclass
from enum import StrEnum

from desktop.core.errors import ExpectedError
from desktop.core.patient import checked_line

MOST_REASONS = 12  # of one kind: more would not be found by one look


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
    """What the clinic's window offers; none as reasons means the program's own, translated."""

    change_reasons: tuple[str, ...] | None = None
    stop_reasons: tuple[str, ...] | None = None
    offers_all_given: bool = True


def checked_habits(habits: Habits) -> Habits:
    """The habits themselves, if every reason can be offered and printed.

    Raises:
        TooManyReasonsError: There are over 12 of one kind.
        EmptyReasonError: One is empty.
        TextTooLongError: One is over 200 characters.
        UnprintableCharacterError: One holds a control character.
    """
    for reasons in (habits.change_reasons or (), habits.stop_reasons or ()):
        if len(reasons) > MOST_REASONS:
            raise TooManyReasonsError(len(reasons), MOST_REASONS)
        for reason in reasons:
            if not checked_line(reason).strip():
                raise EmptyReasonError
    return habits
