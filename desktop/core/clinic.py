"""The clinic whose record this is."""

from dataclasses import dataclass
from enum import StrEnum

from desktop.core.errors import ExpectedError
from desktop.core.patient import checked_line


class Paper(StrEnum):
    """The sheet that notes are printed on."""

    A4 = "A4"
    LETTER = "Letter"


class ClinicNameMissingError(ExpectedError):
    """A clinic has a name: the letterhead of every note."""


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
