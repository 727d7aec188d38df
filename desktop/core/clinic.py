"""The clinic whose record this is."""

from dataclasses import dataclass
from enum import StrEnum


class Paper(StrEnum):
    """The sheet that notes are printed on."""

    A4 = "A4"
    LETTER = "Letter"


@dataclass(frozen=True)
class Clinic:
    """What the letterhead and every time stamp need."""

    name: str
    address: str
    zone: str
    paper: Paper
    profile: str
