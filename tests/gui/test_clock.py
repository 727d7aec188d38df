"""The running time: since the first injection, and only while somebody works on the session."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from desktop.core import charting
from desktop.core.acts import GiveAll, PlanProtocol
from desktop.core.patient import Identity, Sex
from desktop.core.session import Session, Signature
from desktop.gui.clock import LONGEST, SessionClock
from desktop.gui.hand import Hand
from tests.gui.conftest import INJECTOR, Chart


@dataclass
class Wall:
    """A clock that goes when it is told to."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def wall(empty: Session) -> Wall:
    return Wall(empty.started_at)


@pytest.fixture
def clock(wall: Wall, qtbot: QtBot) -> SessionClock:
    made = SessionClock(wall.now)
    qtbot.addWidget(made.label)
    return made


def given(chart: Chart, at: datetime) -> Session:
    return replace(chart(PlanProtocol(), GiveAll()), first_given_at=at, last_given_at=at)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "00:00"), (1.9, "00:01"), (59, "00:59"), (754, "12:34"), (3600, "60:00")],
)
def test_minutes_and_seconds_since_the_first_injection_are_shown(
    seconds: float, shown: str, clock: SessionClock, wall: Wall, chart: Chart
) -> None:
    session = given(chart, wall.at)
    wall.at += timedelta(seconds=seconds)
    clock.show_session(session)
    assert (clock.label.text(), clock.label.isHidden()) == (shown, False)
    assert clock.label.accessibleName() == "First injection 10:30"


def test_it_goes_on_by_itself_every_second(clock: SessionClock, wall: Wall, chart: Chart) -> None:
    clock.show_session(given(chart, wall.at))
    wall.at += timedelta(seconds=75)
    assert clock._tick.isActive()
    assert clock._tick.interval() == 1000
    clock._tick.timeout.emit()
    assert clock.label.text() == "01:15"


def test_before_the_first_injection_there_is_no_time(
    clock: SessionClock, wall: Wall, chart: Chart
) -> None:
    clock.show_session(given(chart, wall.at))
    clock.show_session(chart(PlanProtocol()))
    assert (clock.label.text(), clock.label.isHidden()) == ("", True)
    assert not clock._tick.isActive()


def test_it_ends_with_the_signature(clock: SessionClock, wall: Wall, chart: Chart) -> None:
    session = given(chart, wall.at)
    clock.show_session(session)
    identity = Identity("4711", "Patient", "Test", wall.at.date(), Sex.UNKNOWN)
    signature = Signature(INJECTOR, wall.at, charting.MEANING)
    session = replace(session, gap_reason="vial not recorded")
    clock.show_session(charting.sign(session, signature, identity))
    assert (clock.label.text(), clock.label.isHidden()) == ("", True)
    assert not clock._tick.isActive()


@pytest.mark.parametrize("off", [LONGEST, timedelta(days=3), timedelta(seconds=-1)])
def test_a_draft_of_another_time_has_no_running_time(
    off: timedelta, clock: SessionClock, wall: Wall, chart: Chart
) -> None:
    session = given(chart, wall.at)
    wall.at += off
    clock.show_session(session)
    assert (clock.label.text(), clock.label.isHidden()) == ("", True)


def test_it_stops_for_good_while_it_is_watched(
    clock: SessionClock, wall: Wall, chart: Chart
) -> None:
    clock.show_session(given(chart, wall.at))
    wall.at += LONGEST
    clock._tick.timeout.emit()
    assert clock.label.isHidden()
    assert not clock._tick.isActive()


def test_the_window_shows_it_from_the_first_injection_to_the_signature(charting: Hand) -> None:
    shown = charting.workspace.clock.label
    assert not shown.isVisible()
    charting.tap("PRO-1-M")
    assert shown.isVisible()
    assert shown.text().startswith("00:")
    charting.click(charting.workspace.undo)
    assert not shown.isVisible()
    charting.click(charting.button("All given"))
    assert shown.isVisible()
    charting.discard_rest()
    charting.sign()
    assert not shown.isVisible()
    charting.workspace.close_session()
    assert not shown.isVisible()
