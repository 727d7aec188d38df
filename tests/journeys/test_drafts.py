"""Drafts that were put away: in sight, one tap away, and never taken for another."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QListWidget, QPushButton

from desktop.app import Desk
from desktop.core import acts
from desktop.core.session import Session
from desktop.gui import theme
from desktop.gui.forms import ReasonForm
from desktop.gui.hand import Hand
from desktop.gui.services import Services
from desktop.wording import moment_text
from tests.conftest import Record, enter, menu_entry, press, press_keys
from tests.journeys.test_starts import choose, signed_at

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 22, 10, 30, tzinfo=LONDON)
SIGNED = datetime(2026, 8, 30, 16, 0, tzinfo=LONDON)


def on_the_day(services: Services) -> Services:
    return replace(services, now=lambda: NOW)


def draft(desk: Desk, patient: int, hour: int, *done: acts.Act) -> Session:
    """A draft of that day, charted by the program and put away."""
    session = replace(desk.new_session(f"invented-{patient}"), started_at=NOW.replace(hour=hour))
    desk.file.records.start_session(session)
    for act in done:
        after = acts.perform(act, session, desk.book)
        desk.file.records.record_act(session, act, after, NOW)
        session = after
    return session


def listed(drafts: QListWidget) -> list[str]:
    """The drafts as a screen reader says them."""
    spoken = Qt.ItemDataRole.AccessibleTextRole
    return [drafts.item(row).data(spoken) for row in range(drafts.count())]


def place(drafts: QListWidget, row: int) -> QPoint:
    return drafts.visualItemRect(drafts.item(row)).center()


def ribbon(hand: Hand) -> str:
    """What is said about another draft, while it is to be seen."""
    shown = hand.workspace.other_draft
    return shown._words.text() if shown.isVisible() else ""


def open_it(hand: Hand) -> QPushButton:
    return hand.workspace.other_draft._button


def discard(hand: Hand) -> None:
    def fill(form: ReasonForm) -> None:
        enter(form._reason, "started twice")
        hand.click(form.confirm)

    hand.in_form(menu_entry(hand, "Discard this draft").trigger, ReasonForm, fill)


@pytest.fixture
def three(desk: Desk) -> tuple[Session, Session, Session]:
    """Drafts of two patients, the newest first."""
    newest = draft(desk, 3, 10)
    middle = draft(desk, 1, 9, acts.PlanProtocol(), acts.Give("PRO-1-M"))
    oldest = draft(desk, 1, 8)
    return newest, middle, oldest


# -- the list -----------------------------------------------------------------------------------


def test_every_draft_of_anybody_is_listed_the_newest_first(
    open_window: Callable[..., Hand], desk: Desk, three: tuple[Session, ...]
) -> None:
    assert three
    panel = open_window(desk, on_the_day).workspace.panel
    assert not panel.drafts.isHidden()
    assert listed(panel.drafts) == [
        "O'BRIEN, \u00c1ine, DRAFT, 22 Nov 2026 10:30 \N{MIDDLE DOT} 0 units",
        "PATIENT, Test, DRAFT, 22 Nov 2026 09:30 \N{MIDDLE DOT} 5 units",
        "PATIENT, Test, DRAFT, 22 Nov 2026 08:30 \N{MIDDLE DOT} 0 units",
    ]


def test_without_drafts_their_list_takes_no_room(hand: Hand) -> None:
    assert hand.workspace.panel.drafts.isHidden()
    assert hand.workspace.panel._drafts_heading.isHidden()


def test_one_tap_opens_a_draft_and_takes_it_off_the_list(
    open_window: Callable[..., Hand], desk: Desk, three: tuple[Session, ...]
) -> None:
    hand = open_window(desk, on_the_day)
    drafts = hand.workspace.panel.drafts
    hand.inputs = 0
    hand.click(drafts.viewport(), place(drafts, 1))
    assert hand.inputs == 1
    assert hand.session == three[1]
    assert hand.workspace.banner.accessibleName().startswith("PATIENT, Test")
    hand.workspace._show_patients.setChecked(True)
    assert [each.split(",")[0] for each in listed(drafts)] == ["O'BRIEN", "PATIENT"]


def test_a_draft_is_opened_by_keys(
    open_window: Callable[..., Hand], desk: Desk, three: tuple[Session, ...]
) -> None:
    hand = open_window(desk, on_the_day)
    drafts = hand.workspace.panel.drafts
    press_keys(hand, QKeySequence.StandardKey.Find)
    press(hand, hand.workspace.panel.search, Qt.Key.Key_Tab)
    assert drafts.hasFocus()
    press(hand, drafts, Qt.Key.Key_Down)
    press(hand, drafts, Qt.Key.Key_Return)
    assert hand.session == three[1]


@pytest.mark.parametrize("number", [1, 2, 3, 9])
@pytest.mark.parametrize("px_per_mm", [theme.LOGICAL_PX_PER_MM, 6.0])
def test_the_panel_stays_usable_however_many_drafts_wait(
    number: int, px_per_mm: float, open_window: Callable[..., Hand], desk: Desk
) -> None:
    for hour in range(number):
        draft(desk, 1 + hour % 6, hour)
    hand = open_window(desk, on_the_day)
    window = hand.window
    measured = {theme.screen_key(window.screen()): px_per_mm}
    window.preferences = replace(window.preferences, px_per_mm=measured)
    hand.screen.gate.remove()
    window.show_workspace(hand.workspace._services)
    panel = hand.workspace.panel
    hand.click(panel._drafts_heading)
    high = panel.drafts.visualItemRect(panel.drafts.item(0)).height()
    assert high >= px_per_mm * 9 - 0.5
    rows = min(number, 3)
    assert panel.drafts.height() == rows * high + 4
    heading = "DRAFTS" if number <= 3 else f"DRAFTS ({number})"
    assert panel._drafts_heading.text() == heading
    assert panel.patients.height() >= 2 * high
    assert panel.width() == 274
    for below in (panel.sessions, panel._new_session):
        assert panel.rect().contains(below.geometry())
    panel.drafts.scrollToBottom()
    hand.click(panel.drafts.viewport(), place(panel.drafts, number - 1))
    assert hand.session.started_at.hour == 0


def test_a_bouncing_finger_opens_one_draft(
    open_window: Callable[..., Hand], desk: Desk, three: tuple[Session, ...]
) -> None:
    hand = open_window(desk, on_the_day)
    hand.window.resize(1920, 1080)  # the list stays beside the map, and moves up by one
    drafts = hand.workspace.panel.drafts
    hand.click(drafts.viewport(), place(drafts, 1))
    hand.pause_ms = 120
    hand.click(drafts.viewport(), place(drafts, 1))
    assert hand.session == three[1]
    hand.pause_ms = 1000
    hand.click(drafts.viewport(), place(drafts, 1))
    assert hand.session == three[2]


def test_the_finger_that_opens_a_draft_charts_nothing_where_the_list_was(
    open_window: Callable[..., Hand], desk: Desk, three: tuple[Session, ...]
) -> None:
    hand = open_window(desk, on_the_day)
    drafts = hand.workspace.panel.drafts
    hand.click(drafts.viewport(), place(drafts, 1))
    hand.pause_ms = 120
    view = hand.view_of("TEM-2-L")
    assert view.mapTo(hand.window, view.place_of("TEM-2-L")).x() < hand.workspace.panel.width()
    hand.click(view, view.place_of("TEM-2-L"))
    hand.click(hand.button("Given"))
    assert hand.session == three[1]
    hand.pause_ms = 1000
    hand.click(view, view.place_of("TEM-2-L"))
    assert [each.code for each in hand.session.given] == ["PRO-1-M", "TEM-2-L"]


def test_new_session_pressed_by_a_bouncing_finger_starts_one(
    open_window: Callable[..., Hand], desk: Desk
) -> None:
    hand = open_window(desk)
    hand.window.resize(1920, 1080)
    choose(hand)
    hand.click(hand.workspace.panel._new_session)
    hand.pause_ms = 120
    hand.click(hand.workspace.panel._new_session)
    assert len(desk.file.records.sessions()) == 1


# -- between two sessions -------------------------------------------------------------------------


def greeting(hand: Hand) -> str:
    return hand.workspace._greeting_words.text()


@pytest.mark.parametrize(
    ("signed", "words"),
    [
        (SIGNED, "84 days since the last signed session, of 30 Aug 2026"),
        (NOW.replace(day=21, hour=23), "1 day since the last signed session, of 21 Nov 2026"),
        (NOW.replace(hour=1), "Last signed session: 22 Nov 2026"),
        (None, "No signed session yet."),
    ],
)
def test_the_greeting_says_how_long_ago_the_last_signed_session_was(
    signed: datetime | None, words: str, open_window: Callable[..., Hand], desk: Desk
) -> None:
    if signed:
        signed_at(desk, signed, acts.PlanProtocol(), acts.GiveAll())
    draft(desk, 1, 2)
    signed_at(desk, NOW, acts.PlanProtocol(), acts.GiveAll(), patient_id="invented-2")
    hand = open_window(desk, on_the_day)
    choose(hand)
    assert greeting(hand) == words


def test_a_patients_draft_is_continued_unless_another_is_wanted(
    open_window: Callable[..., Hand], desk: Desk, three: tuple[Session, ...]
) -> None:
    hand = open_window(desk, on_the_day)
    choose(hand)
    go_on = hand.button("Continue the draft of 22 Nov 2026 09:30")
    assert go_on.objectName() == "primary"
    other = [each for each in hand.window.findChildren(QPushButton) if each.isVisible()]
    starts = [each for each in other if each.accessibleName() == "New session"]
    assert [each.objectName() for each in starts] == ["", ""]
    hand.click(go_on)
    assert hand.session == three[1]


def test_without_a_draft_what_a_session_starts_from_is_asked_at_once(hand: Hand) -> None:
    hand.choose_patient(1)
    assert not hand.workspace.continue_draft.isVisible()
    hand.inputs = 0
    hand.click(hand.button("Start from the protocol"))
    assert hand.inputs == 1
    assert (hand.session.patient_id, len(hand.session.injections)) == ("invented-2", 31)


# -- two of one patient ---------------------------------------------------------------------------


def test_two_drafts_of_one_patient_are_noticed_from_either(
    open_window: Callable[..., Hand], desk: Desk
) -> None:
    older = draft(desk, 1, 9, acts.PlanProtocol(), acts.Give("PRO-1-M"))
    hand = open_window(desk, on_the_day)
    choose(hand)
    hand.start_session()
    newer = hand.session
    words = "This patient has another draft, of {}: {} units given."
    assert ribbon(hand) == words.format(moment_text(older.started_at), 5)
    hand.click(open_it(hand))
    assert hand.session == older
    assert ribbon(hand) == words.format(moment_text(newer.started_at), 0)
    hand.click(open_it(hand))
    assert hand.session == newer
    discard(hand)
    hand.click(hand.button("Continue the draft"))
    assert hand.session == older
    assert ribbon(hand) == ""


def test_open_it_is_pressed_once_by_a_bouncing_finger(
    open_window: Callable[..., Hand], desk: Desk
) -> None:
    draft(desk, 1, 9)
    hand = open_window(desk, on_the_day)
    choose(hand)
    hand.start_session()
    newer = hand.session
    hand.click(open_it(hand))
    hand.pause_ms = 120
    hand.click(open_it(hand))
    assert hand.session.id != newer.id


def test_another_patients_draft_is_none_of_this_ones(
    open_window: Callable[..., Hand], desk: Desk
) -> None:
    draft(desk, 2, 9)
    signed_at(desk, SIGNED, acts.PlanProtocol(), acts.GiveAll())
    hand = open_window(desk, on_the_day)
    choose(hand)
    hand.start_session()
    assert ribbon(hand) == ""


def test_a_signed_session_is_not_troubled_by_a_draft(
    open_window: Callable[..., Hand], desk: Desk
) -> None:
    draft(desk, 1, 9)
    hand = open_window(desk, on_the_day)
    choose(hand)
    hand.start_session()
    hand.plan()
    hand.click(hand.button("All given"))
    assert ribbon(hand)
    hand.state_gap("cannot be found out")
    hand.sign()
    assert ribbon(hand) == ""


def test_after_a_draft_was_discarded_its_patient_stays_chosen(charting: Hand, desk: Desk) -> None:
    discard(charting)
    assert charting.workspace.document is None
    assert charting.workspace.banner.accessibleName().startswith("PATIENT, Test")
    assert greeting(charting) == "No signed session yet."
    charting.start_session()
    assert charting.session.patient_id == "invented-1"
    assert len(desk.file.records.drafts()) == 1


# -- the program ends -----------------------------------------------------------------------------


def test_drafts_open_when_the_program_was_killed_are_there_and_marked(
    record: Record, open_window: Callable[..., Hand]
) -> None:
    desk = record.open()
    hand = open_window(desk, on_the_day)
    choose(hand, "invented-2")
    hand.start_session()
    hand.plan()
    hand.tap("PRO-1-M")
    first = hand.session
    choose(hand, "invented-3")
    hand.start_session()
    hand.plan()
    second = hand.session
    hand.screen.gate.remove()
    hand.window.workspace = None
    desk.file.close()  # nobody said good-bye

    again = open_window(record.open(), on_the_day)
    assert again.session == second
    assert again.workspace._flag.text().startswith("Draft ")
    again.workspace._show_patients.setChecked(True)
    drafts = again.workspace.panel.drafts
    (words,) = listed(drafts)
    assert words.startswith("\u00d1AND\u00da")
    assert "DRAFT" in words
    again.click(drafts.viewport(), place(drafts, 0))
    assert again.session == first
    again.click(again.workspace.undo)
    assert again.session.given == []


def test_the_times_of_the_injections_survive_undo_and_reopening(
    record: Record, open_window: Callable[..., Hand]
) -> None:
    times: Iterator[datetime] = iter(NOW.replace(minute=minute) for minute in range(31, 60))
    desk = record.open()
    at = [NOW]
    hand = open_window(desk, lambda services: replace(services, now=lambda: at[0]))
    choose(hand)
    hand.start_session()
    hand.plan()
    assert hand.session.first_given_at is None
    seen: list[tuple[datetime | None, datetime | None]] = []
    for code in ("PRO-1-M", "COR-1-R", "COR-1-L"):
        at[0] = next(times)
        hand.tap(code)
        seen.append((hand.session.first_given_at, hand.session.last_given_at))
    first = NOW.replace(minute=31)
    assert seen == [(first, NOW.replace(minute=minute)) for minute in (31, 32, 33)]
    hand.click(hand.workspace.undo)
    assert (hand.session.first_given_at, hand.session.last_given_at) == seen[1]
    hand.window.close()

    again = open_window(record.open(), on_the_day)
    assert (again.session.first_given_at, again.session.last_given_at) == seen[1]
    again.click(again.workspace.redo)
    assert (again.session.first_given_at, again.session.last_given_at) == seen[2]
    for _act in range(3):
        again.click(again.workspace.undo)
    assert (again.session.first_given_at, again.session.last_given_at) == (None, None)


def test_what_was_typed_is_kept_when_its_own_session_is_opened_again(
    charting: Hand, desk: Desk
) -> None:
    enter(charting.screen.totals._remark, "Tolerated well.")
    charting.workspace._show_patients.setChecked(True)
    sessions = charting.workspace.panel.sessions
    charting.click(sessions.viewport(), place(sessions, 0))
    assert charting.session.remark == "Tolerated well."
    charting.tap("PRO-1-M")
    assert charting.session == desk.file.records.session(charting.session.id)
    assert charting.session.given_units == 5
