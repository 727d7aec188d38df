"""How the injections were done: what the clinic always does, and what differed this time."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from desktop.core.errors import ExpectedError
from desktop.core.patient import checked_line, checked_text


class Aspiration(StrEnum):
    """Whether the needle was drawn back before injecting."""

    YES = "yes"
    NO = "no"
    NOT_RECORDED = "not recorded"


class Happening(StrEnum):
    """What can happen during a session."""

    FAINT = "faint"
    BLEEDING = "bleeding"
    PAIN = "pain"
    OTHER = "other"


class HappeningNotDescribedError(ExpectedError):
    """Something else happened: the record says what."""


class NoSuchEventError(ExpectedError):
    """The session has no event with this number."""

    def __init__(self, number: int) -> None:
        """Keep the number, counted from 1."""
        super().__init__(str(number))
        self.number = number


@dataclass(frozen=True)
class Procedure:
    """One line for each part of the technique; an empty one was not recorded."""

    position: str = ""
    skin: str = ""
    needle: str = ""
    guidance: str = ""
    aspiration: Aspiration = Aspiration.NOT_RECORDED
    tolerance: str = ""
    aftercare: str = ""
    warnings: str = ""
    follow_up: str = ""


@dataclass(frozen=True)
class Event:
    """What happened during the session, when, and what was done about it."""

    kind: Happening
    at: datetime
    note: str = ""


# These are several sentences; the others are a line each.
TEXTS = frozenset({"aftercare", "warnings", "follow_up"})


def checked_procedure(procedure: Procedure) -> Procedure:
    """The procedure itself, if every part of it can be printed.

    Raises:
        TextTooLongError: A part is too long.
        UnprintableCharacterError: A part holds a control character.
    """
    for each in fields(procedure):
        check = checked_text if each.name in TEXTS else checked_line
        check(str(getattr(procedure, each.name)))
    return procedure


def checked_event(event: Event) -> Event:
    """The event itself, if the record can say what it was.

    Raises:
        HappeningNotDescribedError: It is none of the named ones, and not described.
        TextTooLongError: The note is over 200 characters.
        UnprintableCharacterError: The note holds a control character.
    """
    if event.kind is Happening.OTHER and not checked_line(event.note).strip():
        raise HappeningNotDescribedError
    checked_line(event.note)
    return event


def differences(procedure: Procedure, usual: Procedure) -> Mapping[str, str]:
    """What differed from the usual way, by the name of the part."""
    return {
        each.name: str(getattr(procedure, each.name))
        for each in fields(procedure)
        if getattr(procedure, each.name) != getattr(usual, each.name)
    }


def procedure_to_plain(procedure: Procedure) -> dict[str, str]:
    """Every part by its name."""
    return {each.name: str(getattr(procedure, each.name)) for each in fields(procedure)}


def procedure_from_plain(plain: Mapping[str, str]) -> Procedure:
    """The procedure that `procedure_to_plain` wrote."""
    known = {each.name for each in fields(Procedure)}
    parts: dict[str, Any] = {key: each for key, each in plain.items() if key in known}
    aspiration = Aspiration(plain.get("aspiration", Aspiration.NOT_RECORDED))
    return Procedure(**{**parts, "aspiration": aspiration})
