"""A patient's course in the window, on a clock that the test turns from visit to visit."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import zxingcpp
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from desktop.app import Desk
from desktop.core.followup import Outcomes
from desktop.core.scan import SEPARATOR
from desktop.core.session import Session, Waste
from desktop.core.vial import Expiry, Supply, Vial
from desktop.gui.followup_window import FollowUpWindow
from desktop.gui.hand import SCANNER_MS, Hand
from desktop.gui.lists_table import Line
from desktop.gui.vial_form import VialForm
from desktop.wording import date_text
from tests.conftest import Record
from tests.journeys.test_followup import count_days, kept
from tests.journeys.test_lists import in_lists
from tests.journeys.test_starts import choose

LONDON = ZoneInfo("Europe/London")
PATIENT, SOMEBODY_ELSE = "invented-1", "invented-2"
BOTOX_100, BOTOX_200 = "00300231145014", "00300233921029"


@dataclass
class Calendar:
    """The clinic's clock, which goes on when it is turned."""

    now: datetime = datetime(2026, 10, 8, 9, 0, tzinfo=LONDON)

    def turn_to(self, day: date, clock: str) -> None:
        """It is this day, and so late."""
        hour, minute = clock.split(":")
        self.now = datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=LONDON)


@dataclass(frozen=True)
class DeskOfAnyDay(Desk):
    """An open record that goes by the test's clock."""

    calendar: Calendar

    def now(self) -> datetime:
        return self.calendar.now


@dataclass
class Course:
    """The patient's course so far: the window, its clock, and what was signed and printed."""

    hand: Hand
    desk: DeskOfAnyDay
    signed: list[Session] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def session(self) -> Session:
        return self.hand.session

    @property
    def now(self) -> datetime:
        return self.desk.now()

    def turn_to(self, day: date, clock: str) -> None:
        self.desk.calendar.turn_to(day, clock)

    def visit(self, day: date, clock: str) -> None:
        """It is this day, and the window shows the patient's page."""
        self.turn_to(day, clock)
        choose(self.hand, SOMEBODY_ELSE)
        choose(self.hand, PATIENT)

    def count(self, headache_days: int, long_days: int) -> None:
        """Keep the days of the last four weeks, in four inputs."""
        self.hand.inputs = 0
        count_days(self.hand, headache_days, long_days)
        assert self.hand.inputs == 4
        counted = Outcomes(self.now.date(), 28, headache_days=headache_days, days_4h=long_days)
        assert kept(self.desk)[0] == counted

    def start_as_last_time(self, words: str) -> None:
        """One press on the patient's page plans what was given last time."""
        start = self.hand.button("Start as last time")
        assert start.accessibleName().endswith(words)
        self.hand.click(start)
        last = self.signed[-1]
        assert self.session.plan == f"last {last.started_at:%Y-%m-%d}"
        planned = {code: each.units for code, each in self.session.injections.items()}
        assert planned == {each.code: each.units for each in last.given}

    def say_no_change(self) -> None:
        """What was asked the first time still holds, in one press."""
        strip, last = self.hand.screen.safety, date_text(self.signed[-1].started_at.date())
        assert strip._words.text() == (
            f"Before the needle, as on {last}: nothing to note"
            " · consent on paper, seen · 8 Oct 2026 · version 3"
        )
        self.hand.inputs = 0
        self.hand.click(strip.unchanged)
        assert self.hand.inputs == 1
        first = self.signed[0].assessment
        assert first is not None
        held = replace(
            first, recorded_on=self.now.date(), unchanged_since=self.signed[0].started_at.date()
        )
        assert self.session.assessment == held

    def go_on(self, sentence: str, reason: str) -> None:
        """The check that is open asks why, and is answered."""
        strip = self.hand.screen.safety
        assert strip._words.text() == sentence
        self.hand.click(strip.why)
        self.hand.click(self.hand.button(reason))

    def nothing_asks(self) -> None:
        assert self.hand.screen.safety.isHidden()

    def mix(self, supply: Supply) -> None:
        """What no carton says: the usual diluent, mixed just now, and who bought it."""

        def fill(form: VialForm) -> None:
            self.hand.click(form.usual)
            self.hand.click(form.at_once)
            form.supply.setCurrentIndex(form.supply.findData(supply.value))
            self.hand.click(form.confirm)

        self.hand.in_form(self.hand.screen.vials.dilution, VialForm, fill)

    def give_all(self, units: str) -> None:
        self.hand.click(self.hand.button("All given"))
        assert self.session.given_units == Decimal(units)

    def discard_rest(self, number: int, units: str) -> None:
        """One press: it was of this vial, so much, by the user, now."""
        self.hand.inputs = 0
        self.hand.discard_rest()
        assert self.hand.inputs == 1
        assert self.session.wastes == (
            Waste(Decimal(units), "single-patient vial", number, self.now, "TI"),
        )

    def sign(self) -> str:
        """Sign; what the note says, on one line."""
        self.hand.sign()
        signed = self.session
        assert signed.signature is not None
        assert signed.signature.signed_at == self.now
        self.signed.append(signed)
        self.notes.append(in_one_line(self.hand.read_note()))
        return self.notes[-1]

    def response_page(self) -> str:
        """What the page about the response says, line by line."""
        pages: list[str] = []

        def work(window: FollowUpWindow) -> None:
            pages.append(self.hand.read_note(window.response))
            window.accept()

        self.hand.in_form(self.hand.workspace.after.window_button, FollowUpWindow, work)
        return pages[0]

    def due(self) -> list[Line]:
        """The list of who is due."""
        shown: list[Line] = []
        in_lists(self.hand, "Due", lambda window: shown.extend(window.due.table.lines))
        return shown


def opened(record: Record, open_window: Callable[..., Hand], calendar: Calendar) -> Course:
    desk = DeskOfAnyDay(**vars(record.open()), calendar=calendar)
    return Course(open_window(desk), desk)


def in_one_line(pages: str) -> str:
    return " ".join(pages.split())


def assert_says(text: str, *sentences: str) -> None:
    assert [each for each in sentences if each not in text] == []


# -- a scanner ------------------------------------------------------------------------------------


def seen(gtin: str, expiry: str, lot: str, serial: str) -> str:
    """Print the square code of a carton, look at the picture, and say what a scanner types."""
    readable = f"(01){gtin}(17){expiry}(10){lot}(21){serial}"
    symbol = zxingcpp.create_barcode(readable, zxingcpp.BarcodeFormat.DataMatrix, gs1=True)
    found = zxingcpp.read_barcode(symbol.to_image(scale=4))
    assert found is not None
    typed: str = found.symbology_identifier + found.bytes.decode("ascii")
    assert typed == f"]d201{gtin}17{expiry}10{lot}{SEPARATOR}21{serial}"
    return typed


def type_by_wedge(hand: Hand, text: str) -> None:
    """Keys that carry their own times; the separator comes as Control and a bracket."""
    hand.wait()
    for character in (*text, "\r"):
        hand._now_ms += SCANNER_MS
        key, held = ord(character.upper()), Qt.KeyboardModifier.NoModifier
        if character == SEPARATOR:
            key, held = Qt.Key.Key_BracketRight.value, Qt.KeyboardModifier.ControlModifier
        if character == "\r":
            key = Qt.Key.Key_Return.value
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, held, character)
            event.setTimestamp(round(hand._now_ms))
            QApplication.sendEvent(hand.keyboard(), event)
    hand.screen.gate.settle()
    hand.screen.settle()


def carton(number: int, gtin: str, lot: str, expiry: Expiry, serial: str) -> Vial:
    """A vial of which nothing is known but what its carton says."""
    size = {BOTOX_100: Decimal(100), BOTOX_200: Decimal(200)}[gtin]
    return Vial(number, "botox", size, lot, expiry, serial=serial, gtin=gtin)


def mixed(vial: Vial, at: datetime, supply: Supply) -> Vial:
    """The same with its usual diluent: 50 units in a millilitre."""
    return replace(
        vial,
        diluent="0.9 % saline",
        diluent_ml=vial.size_units / 50,
        mixed_at=at,
        mixed_by="Test Injector",
        supply=supply,
    )
