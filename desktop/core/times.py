"""Zones, and the days and clock times that they showed, as people write them."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from desktop.core.errors import ExpectedError

# `date.fromisoformat` by itself would also take 20261122 and 2026-W47-7.
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WRITTEN = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})\s+(?P<clock>(?:[01][0-9]|2[0-3]):[0-5][0-9])"
    r"(?:\s*(?P<offset>[+-][0-9]{2}:[0-9]{2}))?"
)


class UnknownZoneError(ExpectedError):
    """No time zone has this name."""

    def __init__(self, name: str, nearest: tuple[str, ...]) -> None:
        """Keep the name and the known ones that look most like it."""
        super().__init__(name)
        self.name = name
        self.nearest = nearest


class NoSuchTimeError(ExpectedError):
    """The text is no time, or the clocks of the zone never showed it."""

    def __init__(self, text: str, zone: str) -> None:
        """Keep the time as it was written, and the zone."""
        super().__init__(f"{text} {zone}")
        self.text = text
        self.zone = zone


class NotADayError(ExpectedError):
    """The text is no day of the calendar."""

    def __init__(self, text: str) -> None:
        """Keep the day as it was entered."""
        super().__init__(text)
        self.text = text


def read_zone(name: str) -> ZoneInfo:
    """Find a zone by its name, in any case.

    Raises:
        UnknownZoneError: No zone has this name.
    """
    zones = _zones()
    if name.casefold() not in zones:
        raise UnknownZoneError(name, tuple(get_close_matches(name, zones.values())))
    return ZoneInfo(zones[name.casefold()])


def read_day(text: str) -> date:
    """Read `2026-11-22`.

    Raises:
        NotADayError: The text is anything else, or no day of the calendar.
    """
    written = text.strip()
    if not _DAY.fullmatch(written):
        raise NotADayError(text)
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise NotADayError(text) from error


def read_time(text: str, zone: ZoneInfo) -> datetime:
    """Read `2026-11-22 08:15`, or with an offset where the clocks showed it twice.

    Of two equal clock times the first is meant, unless the offset says the other.

    Raises:
        NoSuchTimeError: The text is anything else, or the clocks were put forward over it.
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise NoSuchTimeError(text, zone.key)
    try:
        clock = datetime.fromisoformat(f"{found['day']}T{found['clock']}")
        # A time that the clocks skipped comes back from UTC as another one.
        times = [
            clock.replace(tzinfo=zone, fold=fold).astimezone(UTC).astimezone(zone)
            for fold in (0, 1)
        ]
    except (ValueError, OverflowError) as error:
        raise NoSuchTimeError(text, zone.key) from error
    for at in times:
        if at.replace(tzinfo=None) == clock and at.isoformat().endswith(found["offset"] or ""):
            return at
    raise NoSuchTimeError(text, zone.key)


def time_to_edit(at: datetime) -> str:
    """`2026-11-22 10:30`: what `read_time` reads back, with the offset if it has to be said."""
    return f"{at:%Y-%m-%d %H:%M}" + (at.isoformat()[-6:] if at.fold else "")


@cache
def _zones() -> Mapping[str, str]:
    """Every zone's name by its casefolded form: not every disk tells upper and lower case apart."""
    return {name.casefold(): name for name in available_timezones()}
