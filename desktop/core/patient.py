"""Who is treated, and who treats."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from desktop.core.errors import ExpectedError

LONGEST_NAME = 200
LONGEST_TEXT = 20_000  # a remark; longer ones would not fit a note

# In these cases only: "Do" and "Pa" are names too.
_CREDENTIAL = re.compile(
    "MD|DO|MBBS|MBChB|BM|BCh|MSc|PhD|DPhil|DDS|DMD|BDS|FRCP|MRCP|FACP|FAAN"
    "|NP|ANP|DNP|FNP|FNP-BC|APRN|CRNP|RN|BSN|MSN|PA|PA-C"
)
# Unprintable by themselves, and a part of how Persian and Indian names are spelled.
_JOINERS = "\u200c\u200d"


class Sex(StrEnum):
    """As the clinic's record has it."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class PatientNameMissingError(ExpectedError):
    """A patient has a family name or a given name."""


class NobodyChosenError(ExpectedError):
    """A session is moved to one patient, who has to be chosen."""


class RecordNumberMissingError(ExpectedError):
    """A patient has a record number."""


class NotABirthDateError(ExpectedError):
    """The birth date is no date, lies in the future or over 130 years back."""

    def __init__(self, text: str) -> None:
        """Keep the date as it was entered."""
        super().__init__(text)
        self.text = text


class TextTooLongError(ExpectedError):
    """A text is longer than a note can hold; nothing is cut in silence."""

    def __init__(self, length: int, limit: int) -> None:
        """Keep both lengths, in characters."""
        super().__init__(f"{length} > {limit}")
        self.length = length
        self.limit = limit


class UnprintableCharacterError(ExpectedError):
    """A name or number holds a control character, a line break or half of a character."""

    def __init__(self, text: str, character: str) -> None:
        """Keep the text and the offending character."""
        super().__init__(repr(text))
        self.text = text
        self.character = character


@dataclass(frozen=True)
class Person:
    """Somebody who injects or charts, as a signature names them."""

    name: str
    credentials: str = ""


@dataclass(frozen=True)
class Patient:
    """One patient of the clinic. `id` is the program's own, `record_number` the clinic's."""

    id: str
    record_number: str
    family_name: str
    given_name: str
    birth_date: date
    sex: Sex = Sex.UNKNOWN
    phone: str = ""
    remarks: str = ""
    alerts: str = ""

    @property
    def alert_lines(self) -> tuple[str, ...]:
        """What to know before treating, one alert a line: `Latex allergy`."""
        return tuple(line.strip() for line in self.alerts.splitlines() if line.strip())


class LikelyDuplicateError(ExpectedError):
    """A new patient may be one who is known already: to be looked at once, then confirmed."""

    def __init__(self, known: tuple[Patient, ...]) -> None:
        """Keep the patients whom this may be."""
        super().__init__(str(len(known)))
        self.known = known


@dataclass(frozen=True)
class Identity:
    """What a signed session keeps of its patient: a later correction never reaches it."""

    record_number: str
    family_name: str
    given_name: str
    birth_date: date
    sex: Sex


def identity_of(patient: Patient) -> Identity:
    """The part of a patient that is copied into a session when it is signed."""
    return Identity(
        patient.record_number,
        patient.family_name,
        patient.given_name,
        patient.birth_date,
        patient.sex,
    )


def is_same_person(patient: Patient, identity: Identity) -> bool:
    """Whether names and birth date are the same; case and outer spaces do not count."""

    def told(who: Patient | Identity) -> tuple[str, str, date]:
        return (
            who.family_name.strip().casefold(),
            who.given_name.strip().casefold(),
            who.birth_date,
        )

    return told(patient) == told(identity)


def checked_patient(patient: Patient, today: date) -> Patient:
    """The patient itself, if the record can take them.

    Raises:
        PatientNameMissingError: Neither name is given.
        RecordNumberMissingError: The record number is empty.
        NotABirthDateError: The birth date is after `today` or over 130 years before it.
        TextTooLongError: A name is over 200 characters, or remarks or alerts over 20,000.
        UnprintableCharacterError: A name, number or phone holds a control character.
    """
    if not (patient.family_name.strip() or patient.given_name.strip()):
        raise PatientNameMissingError
    if not patient.record_number.strip():
        raise RecordNumberMissingError
    if not today.year - 130 <= patient.birth_date.year or patient.birth_date > today:
        raise NotABirthDateError(patient.birth_date.isoformat())
    for line in (patient.family_name, patient.given_name, patient.record_number, patient.phone):
        checked_line(line)
    checked_text(patient.remarks)
    checked_text(patient.alerts)
    return patient


def read_name(text: str) -> tuple[str, str]:
    """The given and the family name.

    The last word is the family's name, unless ` / ` says where that begins:
    `Ana María / García López`.
    """
    given, slash, family = (" ".join(part.split()) for part in f" {text} ".partition(" / "))
    if slash:
        return given, family
    *first, last = given.split() or [""]
    return " ".join(first), last


def read_person(text: str) -> Person:
    """A name, and the credentials that follow it: `Test Injector, MD PhD`."""
    words = text.split()
    credentials: list[str] = []
    while len(words) > 1 and _CREDENTIAL.fullmatch(word := words[-1].strip(",").replace(".", "")):
        credentials.insert(0, word)
        words.pop()
    return Person(checked_line(" ".join(words).rstrip(",")), ", ".join(credentials))


def checked_line(text: str) -> str:
    """The text itself, if it is one printable line of at most 200 characters."""
    if len(text) > LONGEST_NAME:
        raise TextTooLongError(len(text), LONGEST_NAME)
    for character in text:
        if not (character.isprintable() or character in _JOINERS):
            raise UnprintableCharacterError(text, character)
    return text


def checked_text(text: str) -> str:
    """The text itself, if it is at most 20,000 characters of printable lines."""
    if len(text) > LONGEST_TEXT:
        raise TextTooLongError(len(text), LONGEST_TEXT)
    for character in text:
        if not (character.isprintable() or character in "\n\t" + _JOINERS):
            raise UnprintableCharacterError(text, character)
    return text
