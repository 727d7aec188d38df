"""The chart script: a session in the clinicians' own words, one act a line.

    patient  Test Patient, 1980-02-01, no 4711
    session  2026-11-22 10:30 Europe/London, injector Test Injector MD
    vial     BOTOX 200 U, lot C1234C3, exp 2027-10, diluent 4 mL, mixed 2026-11-22 08:15
    plan     protocol
    omit     TRA-2-R, tender
    extra    TEM L 5 U at 60 775, pain here
    give     all

Every line has a form, named in `Expected`. Words are in any case and any number of spaces apart;
empty lines and lines that begin with `#` are passed over. What follows the comma is a reason and
may hold commas; a comma between two digits is a decimal sign. The notation is not translated.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from zoneinfo import ZoneInfo

from desktop.core import acts
from desktop.core.acts import Act, perform
from desktop.core.amounts import read_ml, read_units
from desktop.core.atlas import Point
from desktop.core.charting import RegionSideError
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.history import History
from desktop.core.patient import (
    Identity,
    NotABirthDateError,
    Patient,
    Person,
    checked_patient,
    identity_of,
    read_name,
    read_person,
)
from desktop.core.protocol import Region, Side
from desktop.core.session import Session, is_extra_code
from desktop.core.times import read_time, read_zone
from desktop.core.vial import Vial, check_mixed, read_expiry


class Expected(StrEnum):
    """The form of each kind of line; what stands in brackets may be left out."""

    PATIENT = "patient NAME, YYYY-MM-DD, no NUMBER"
    SESSION = "session YYYY-MM-DD HH:MM ZONE, injector NAME"
    CHARTED_BY = "charted by NAME"
    VIAL = (
        "vial PRODUCT SIZE U, lot LOT, exp YYYY-MM[-DD] [, diluent N mL] [, mixed YYYY-MM-DD HH:MM]"
        " [, used because REASON]"
    )
    LABEL = "label us | label uk_eu"
    PLAN = "plan protocol"
    GIVE = "give SITE [N U] | give REGION [R|L|M] | give all"
    TAP = "tap SITE [N U]"
    OMIT = "omit SITE [, REASON]"
    DOSE = "dose SITE N U [, REASON]"
    EXTRA = "extra REGION R|L|M N U [at ACROSS UP] [, REASON]"
    MOVE = (
        "move SITE up|down|left|right|forward|back N mm [, REASON]"
        " | move SITE to ACROSS UP [, REASON]"
    )
    REASON = "reason SITE, TEXT"
    WASTE = "waste [vial N] N U [, REASON]"
    KEEP = "keep vial N N U"
    GAP = "gap REASON"
    DRAW = "draw from vial N"
    NOTE = "note TEXT"
    STOP = "stop REASON"
    CLEAR = "clear"
    UNDO = "undo"
    REDO = "redo"
    KEYWORD = (
        "patient | session | charted by | vial | label | plan | give | tap | omit | dose | extra"
        " | move | reason | waste | keep | gap | draw | note | stop | clear | undo | redo"
    )
    ONCE = "patient, session, charted by and note: one line each"


class ScriptError(ExpectedError):
    """A line that cannot be read or cannot be done; nothing of the script was charted."""

    def __init__(
        self, line_number: int, line: str, expected: Expected, cause: ExpectedError | None = None
    ) -> None:
        """Keep the line, counted from 1, the form it should have, and what the domain says."""
        super().__init__(f"line {line_number}: {expected}")
        self.line_number = line_number
        self.line = line
        self.expected = expected
        self.cause = cause


class UnknownCodeError(ExpectedError):
    """Neither a site nor a region has this code."""

    def __init__(self, code: str, nearest: tuple[str, ...]) -> None:
        """Keep the code and the known ones that look most like it."""
        super().__init__(code)
        self.code = code
        self.nearest = nearest


class DirectionNotShownError(ExpectedError):
    """The site's home view cannot show this direction: front and back have no depth."""

    def __init__(self, direction: str, view: str) -> None:
        """Keep the direction and the home view."""
        super().__init__(f"{direction} {view}")
        self.direction = direction
        self.view = view


class SessionInFutureError(ExpectedError):
    """A session cannot have been after today."""

    def __init__(self, on: date, today: date) -> None:
        """Keep both days."""
        super().__init__(f"{on} > {today}")
        self.on = on
        self.today = today


class SessionBeforeBirthError(ExpectedError):
    """A session cannot have been before the patient's birth."""

    def __init__(self, on: date, birth_date: date) -> None:
        """Keep both days."""
        super().__init__(f"{on} < {birth_date}")
        self.on = on
        self.birth_date = birth_date


class MixedAfterSessionError(ExpectedError):
    """A vial that was mixed on a later day cannot have been used in the session."""

    def __init__(self, mixed_at: datetime, on: date) -> None:
        """Keep when it is to have been mixed, and the day of the session."""
        super().__init__(f"{mixed_at} > {on}")
        self.mixed_at = mixed_at
        self.on = on


class NoPlannedPlaceError(ExpectedError):
    """An extra has no planned place to move away from: its new place has to be said."""

    def __init__(self, code: str) -> None:
        """Keep the extra's code."""
        super().__init__(code)
        self.code = code


class Turn(StrEnum):
    """The two lines that are no act: a step back in the history, and one forward again."""

    UNDO = "undo"
    REDO = "redo"


@dataclass(frozen=True)
class ScriptLine:
    """One act, and the line that asked for it."""

    number: int
    text: str
    act: Act | Turn


@dataclass(frozen=True)
class ChartScript:
    """A script as read: who, when, by whom, and every act in order."""

    patient: Identity
    started_at: datetime
    injector: Person
    charted_by: Person
    profile: str | None
    acts: tuple[ScriptLine, ...]


def read_script(text: str, book: Handbook, now: datetime | None = None) -> ChartScript:
    """Read a script; with the time, nothing in it can be still to come.

    Raises:
        ScriptError: A line cannot be read, or the patient or the session is missing.
    """
    reader = _Reader(book, now)
    # Not splitlines(): an editor does not count a form feed as a line.
    lines = text.removeprefix("\ufeff").split("\n")
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            reader.read(number, line.strip())
    return reader.script(len(lines))


def chart(script: ChartScript, session_id: str, patient_id: str, book: Handbook) -> History:
    """Perform every act of a script, in memory.

    A script that names no label is compared with the first one of the protocol.

    Raises:
        ScriptError: An act cannot be done; the error that says why is its `cause`.
    """
    history = History(
        Session(
            id=session_id,
            patient_id=patient_id,
            started_at=script.started_at,
            protocol=book.protocol.edition,
            atlas=book.atlas.edition,
            profile=script.profile or next(iter(book.protocol.profiles)),
            performed_by=script.injector,
            charted_by=script.charted_by,
        )
    )
    for line in script.acts:
        try:
            history = _advanced(history, line.act, book)
        except ExpectedError as error:
            raise ScriptError(
                line.number, line.text, _FORMS[_first_word(line.text)].expected, error
            ) from error
    return history


def _advanced(history: History, act: Act | Turn, book: Handbook) -> History:
    match act:
        case Turn.UNDO:
            return history.undo()
        case Turn.REDO:
            return history.redo()
        case _:
            return history.advanced(act, perform(act, history.present, book))


_ACROSS = {"x": ("left", "right"), "z": ("forward", "back")}  # the words for more and for less
_EXTRA_CODE = re.compile("([A-Z]{3})-X[1-9][0-9]{0,3}-[RLM]")


class _Reader:
    """What a script has said so far."""

    def __init__(self, book: Handbook, now: datetime | None) -> None:
        self.book = book
        self.now = now
        self.said: dict[str, tuple[int, str]] = {}
        self.patient: Patient | None = None
        self.started_at: datetime | None = None
        self.zone = ZoneInfo("UTC")  # until the session line, which every act waits for
        self.injector: Person | None = None
        self.charted_by: Person | None = None
        self.profile: str | None = None
        self.vials = 0
        self.acts: list[ScriptLine] = []

    def read(self, number: int, line: str) -> None:
        """Take in one line."""
        word = _first_word(line)
        if word not in _FORMS:
            raise ScriptError(number, line, Expected.KEYWORD)
        form = _FORMS[word]
        if word in _ONCE and word in self.said:
            raise ScriptError(number, line, Expected.ONCE)
        if word not in _HEADING:
            self._need_header(number, line)
        self.said.setdefault(word, (number, line))
        found = re.fullmatch(form.pattern, line, re.IGNORECASE)
        if found is None:
            raise ScriptError(number, line, form.expected)
        try:
            act = form.read(self, found)
        except ExpectedError as error:
            raise ScriptError(number, line, form.expected, error) from error
        if act is not None:
            self.acts.append(ScriptLine(number, line, act))

    def script(self, last_line: int) -> ChartScript:
        """The whole script."""
        patient, started_at, injector = self._need_header(last_line, "")
        if started_at.date() < patient.birth_date:
            before = SessionBeforeBirthError(started_at.date(), patient.birth_date)
            raise ScriptError(*self.said["session"], Expected.SESSION, before)
        try:
            checked_patient(patient, started_at.date())
        except ExpectedError as error:
            raise ScriptError(*self.said["patient"], Expected.PATIENT, error) from error
        return ChartScript(
            patient=identity_of(patient),
            started_at=started_at,
            injector=injector,
            charted_by=self.charted_by or injector,
            profile=self.profile,
            acts=tuple(self.acts),
        )

    def _need_header(self, number: int, line: str) -> tuple[Patient, datetime, Person]:
        if self.patient is None:
            raise ScriptError(number, line, Expected.PATIENT)
        if self.started_at is None or self.injector is None:
            raise ScriptError(number, line, Expected.SESSION)
        return self.patient, self.started_at, self.injector

    def code(self, text: str) -> str:
        """The code of a fixed site or an extra, in capitals."""
        code = text.upper()
        extra = _EXTRA_CODE.fullmatch(code)
        if code in self.book.protocol.sites:
            return code
        if extra and self.book.protocol.region_of_code(extra[1]):
            return code
        raise UnknownCodeError(text, self._nearest(code))

    def region(self, text: str) -> Region:
        """The region of a three-letter code."""
        region = self.book.protocol.region_of_code(text)
        if region is None:
            raise UnknownCodeError(text, self._nearest(text.upper()))
        return region

    def point_in(self, region: str, side: Side, across: str, up: str) -> Point:
        """A point as the home view of this muscle looks on it."""
        if side not in self.book.atlas.outlines[region]:
            raise RegionSideError(region, side)
        return Point(self.book.atlas.home_view(region, side), _mm(across), _mm(up))

    def home_of(self, code: str) -> tuple[str, Side]:
        """The region and the side that a code names."""
        region, _, side = code.split("-")
        return self.region(region).key, Side(side)

    def beside(self, code: str, direction: str, distance_mm: float) -> Point:
        """The point at a distance from a site's place, in a direction that its home view shows."""
        home = self.book.atlas.home_point(code)
        if direction in ("up", "down"):
            up_mm = distance_mm if direction == "up" else -distance_mm
            return replace(home, up_mm=round(home.up_mm + up_mm, 1))
        towards, away = _ACROSS[self.book.atlas.views[home.view].axis]
        if direction not in (towards, away):
            raise DirectionNotShownError(direction, home.view)
        across_mm = distance_mm if direction == towards else -distance_mm
        return replace(home, across_mm=round(home.across_mm + across_mm, 1))

    def _nearest(self, code: str) -> tuple[str, ...]:
        regions = [region.code for region in self.book.protocol.regions.values()]
        return tuple(get_close_matches(code, [*self.book.protocol.sites, *regions]))


def _patient(reader: _Reader, found: re.Match[str]) -> None:
    given, family = read_name(found["name"])
    try:
        born = date.fromisoformat(found["day"])
    except ValueError as error:
        raise NotABirthDateError(found["day"]) from error
    reader.patient = Patient(
        id="",
        record_number=found["record"],
        family_name=family,
        given_name=given,
        birth_date=born,
    )


def _session(reader: _Reader, found: re.Match[str]) -> None:
    reader.zone = read_zone(found["zone"])
    started_at = read_time(found["time"], reader.zone)
    today = reader.now.astimezone(reader.zone).date() if reader.now else started_at.date()
    if started_at.date() > today:
        raise SessionInFutureError(started_at.date(), today)
    reader.started_at = started_at
    reader.injector = read_person(found["name"])


def _charted_by(reader: _Reader, found: re.Match[str]) -> None:
    reader.charted_by = read_person(found["name"])


def _label(reader: _Reader, found: re.Match[str]) -> Act | None:
    """The label of the session; a later one changes it."""
    profile = found["profile"].lower()
    if reader.profile is None and not reader.acts:
        reader.profile = profile
        return None
    return acts.SetProfile(profile)


def _vial(reader: _Reader, found: re.Match[str]) -> Act:
    reader.vials += 1
    mixed_at = read_time(found["time"], reader.zone) if found["time"] else None
    if mixed_at is not None:
        _check_mixed(reader, mixed_at)
    return acts.AddVial(
        Vial(
            number=reader.vials,
            product=reader.book.product_named(found["product"]).key,
            size_units=read_units(found["units"]),
            lot=found["lot"],
            expiry=read_expiry(found["expiry"]),
            diluent_ml=read_ml(found["diluent"]) if found["diluent"] else None,
            mixed_at=mixed_at,
        ),
        found["because"] or "",
    )


def _check_mixed(reader: _Reader, mixed_at: datetime) -> None:
    if reader.now is not None:
        check_mixed(mixed_at, reader.now)
    # On the day itself it may have been mixed while the session went on.
    if reader.started_at is not None and mixed_at.date() > reader.started_at.date():
        raise MixedAfterSessionError(mixed_at, reader.started_at.date())


def _give(reader: _Reader, found: re.Match[str]) -> Act:
    if found["all"]:
        return acts.GiveAll()
    if found["code"]:
        return acts.Give(reader.code(found["code"]), _units(found))
    side = Side(found["side"].upper()) if found["side"] else None
    return acts.GiveRegion(reader.region(found["region"]).key, side)


def _extra(reader: _Reader, found: re.Match[str]) -> Act:
    region, side = reader.region(found["code"]).key, Side(found["side"].upper())
    return acts.AddExtra(
        region,
        side,
        read_units(found["units"]),
        reader.point_in(region, side, found["across"], found["up"]) if found["up"] else None,
        found["reason"],
    )


def _move(reader: _Reader, found: re.Match[str]) -> Act:
    code = reader.code(found["code"])
    if not found["direction"]:
        point = reader.point_in(*reader.home_of(code), found["across"], found["up"])
    elif is_extra_code(code):
        raise NoPlannedPlaceError(code)
    else:
        point = reader.beside(code, found["direction"].lower(), _mm(found["mm"]))
    return acts.Move(code, point, found["reason"])


def _units(found: re.Match[str]) -> Decimal | None:
    return read_units(found["units"]) if found["units"] else None


def _mm(text: str) -> float:
    # + 0.0 turns a negative zero into zero, so that equal points have equal text.
    return float(text.replace(",", ".")) + 0.0


@dataclass(frozen=True)
class _Form:
    """How the lines that begin with one word are read; a heading makes no act."""

    expected: Expected
    pattern: str
    read: Callable[[_Reader, re.Match[str]], Act | Turn | None]


_DAY = r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
_TIME = r"(?P<time>[0-9]{4}-[0-9]{2}-[0-9]{2}\s+[0-9]{2}:[0-9]{2}(?:\s*[+-][0-9]{2}:[0-9]{2})?)"
_COMMA = r"\s*(?:,(?![0-9])|(?<![0-9]),)\s*"  # a comma between two digits is a decimal sign
_WHY = rf"(?:{_COMMA}|\Z)(?P<reason>.*)"
_CODE = r"(?P<code>[^\s,]+)"
_UNITS = r"(?P<units>\S.*?)"
_MM = r"[0-9]{1,4}(?:[.,][0-9])?"
_POINT = rf"(?P<across>[+-]?{_MM})\s+(?P<up>[+-]?{_MM})"

_FORMS: Mapping[str, _Form] = {
    "patient": _Form(
        Expected.PATIENT,
        rf"patient\s+(?P<name>.+?){_COMMA}{_DAY}{_COMMA}no\s+(?P<record>.+)",
        _patient,
    ),
    "session": _Form(
        Expected.SESSION,
        rf"session\s+{_TIME}\s+(?P<zone>[^\s,]+){_COMMA}injector\s+(?P<name>.+)",
        _session,
    ),
    "charted": _Form(Expected.CHARTED_BY, r"charted\s+by\s+(?P<name>.+)", _charted_by),
    "vial": _Form(
        Expected.VIAL,
        r"vial\s+(?P<product>[^,]+?)\s+(?P<units>[0-9][0-9.,]*\s*(?:U|units?)?)"
        rf"{_COMMA}lot\s+(?P<lot>[^,]+?){_COMMA}exp\s+(?P<expiry>[^\s,]+)"
        rf"(?:{_COMMA}diluent\s+(?P<diluent>.+?))?(?:{_COMMA}mixed\s+{_TIME})?"
        rf"(?:{_COMMA}used\s+because\s+(?P<because>.+))?",
        _vial,
    ),
    "label": _Form(Expected.LABEL, r"label\s+(?P<profile>us|uk_eu)", _label),
    "plan": _Form(Expected.PLAN, r"plan\s+protocol", lambda *_: acts.PlanProtocol()),
    "give": _Form(
        Expected.GIVE,
        r"give\s+(?:(?P<all>all)|(?P<region>[^\s,-]+)(?:\s+(?P<side>[RLM]))?"
        rf"|(?P<code>[^\s,]+-[^\s,]+)(?:\s+{_UNITS})?)",
        _give,
    ),
    "tap": _Form(
        Expected.TAP,
        rf"tap\s+{_CODE}(?:\s+{_UNITS})?",
        lambda reader, found: acts.Tap(reader.code(found["code"]), _units(found)),
    ),
    "omit": _Form(
        Expected.OMIT,
        rf"omit\s+{_CODE}{_WHY}",
        lambda reader, found: acts.Omit(reader.code(found["code"]), found["reason"]),
    ),
    "dose": _Form(
        Expected.DOSE,
        rf"dose\s+{_CODE}\s+{_UNITS}{_WHY}",
        lambda reader, found: acts.SetDose(
            reader.code(found["code"]), read_units(found["units"]), found["reason"]
        ),
    ),
    "extra": _Form(
        Expected.EXTRA,
        rf"extra\s+{_CODE}\s+(?P<side>[RLM])\s+{_UNITS}(?:\s+at\s+{_POINT})?{_WHY}",
        _extra,
    ),
    "move": _Form(
        Expected.MOVE,
        rf"move\s+{_CODE}\s+(?:to\s+{_POINT}"
        rf"|(?P<direction>up|down|left|right|forward|back)\s+(?P<mm>{_MM})(?:\s*mm)?){_WHY}",
        _move,
    ),
    "reason": _Form(
        Expected.REASON,
        rf"reason\s+{_CODE}{_COMMA}(?P<reason>.+)",
        lambda reader, found: acts.GiveReason(reader.code(found["code"]), found["reason"]),
    ),
    "waste": _Form(
        Expected.WASTE,
        rf"waste\s+(?:vial\s+(?P<vial>[0-9]{{1,2}})\s+)?{_UNITS}{_WHY}",
        lambda _, found: acts.SetWaste(
            read_units(found["units"]),
            found["reason"],
            int(found["vial"]) if found["vial"] else None,
        ),
    ),
    "keep": _Form(
        Expected.KEEP,
        rf"keep\s+vial\s+(?P<vial>[0-9]{{1,2}})\s+{_UNITS}",
        lambda _, found: acts.Keep(int(found["vial"]), read_units(found["units"])),
    ),
    "gap": _Form(
        Expected.GAP, r"gap\s+(?P<reason>.+)", lambda _, found: acts.StateGap(found["reason"])
    ),
    "draw": _Form(
        Expected.DRAW,
        r"draw\s+from\s+vial\s+(?P<vial>[0-9]{1,2})",
        lambda _, found: acts.DrawFrom(int(found["vial"])),
    ),
    "note": _Form(
        Expected.NOTE, r"note\s+(?P<text>.+)", lambda _, found: acts.SetRemark(found["text"])
    ),
    "stop": _Form(
        Expected.STOP, r"stop\s+(?P<reason>.+)", lambda _, found: acts.Stop(found["reason"])
    ),
    "clear": _Form(Expected.CLEAR, "clear", lambda *_: acts.Clear()),
    "undo": _Form(Expected.UNDO, "undo", lambda *_: Turn.UNDO),
    "redo": _Form(Expected.REDO, "redo", lambda *_: Turn.REDO),
}

_HEADING = frozenset({"patient", "session", "charted", "label"})
_ONCE = frozenset({"patient", "session", "charted", "note"})


def _first_word(line: str) -> str:
    return line.split(maxsplit=1)[0].lower()
