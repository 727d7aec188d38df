"""The small widgets: what they show, and what they never lose."""

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.gui.widgets import ELLIPSIS, PILL_PX, Pill, StillCombo

WORDS = "Cervical paraspinal 2 left, given, 12.5 units instead of 5, pain here"


@pytest.fixture
def pill(qtbot: QtBot) -> Pill:
    made = Pill("site")
    qtbot.addWidget(made)
    made.setFixedHeight(45)
    return made


def shown(pill: Pill, wide: int) -> str:
    """The words that are painted at a width."""
    pill.resize(wide, 45)
    pill.show()
    return pill.fitting(pill.contentsRect())


def test_words_with_room_are_shown_whole(pill: Pill) -> None:
    pill.say(WORDS)
    assert shown(pill, pill.sizeHint().width()) == WORDS


def test_where_there_is_less_room_they_take_two_lines(pill: Pill) -> None:
    pill.say(WORDS)
    least = pill.minimumSizeHint().width()
    assert least < pill.sizeHint().width()
    assert shown(pill, least) == WORDS


def test_what_is_longer_still_is_cut_in_sight_and_whole_in_the_tip(pill: Pill) -> None:
    words = f"{WORDS}, <b>{'because ' * 40}"
    pill.say(words)
    assert pill.minimumSizeHint().width() == PILL_PX
    cut = shown(pill, PILL_PX)
    assert cut.endswith(ELLIPSIS)
    assert words.startswith(cut.removesuffix(ELLIPSIS))
    assert len(cut) > 60
    assert pill.text() == words
    assert "&lt;b&gt;" in pill.toolTip()
    assert "<b>" not in pill.toolTip()


def test_one_long_word_does_not_run_out_of_its_room(pill: Pill) -> None:
    pill.say("x" * 200)
    room = QRect(0, 0, 150, 40)
    cut = pill.fitting(room)
    assert 3 < len(cut) < 40
    assert pill.fontMetrics().horizontalAdvance(cut) <= room.width()


def test_what_is_cut_is_painted_as_it_fits(pill: Pill) -> None:
    pill.say("x" * 200)
    pill.resize(PILL_PX, 45)
    pill.show()
    pictures = []
    for words in ("x" * 200, pill.fitting(pill.contentsRect())):
        pill.say(words)
        pictures.append(pill.grab().toImage())
    assert pictures[0] == pictures[1]


def test_the_wheel_changes_no_choice(qtbot: QtBot) -> None:
    made = StillCombo()
    made.addItems(["one", "two"])
    qtbot.addWidget(made)
    made.show()
    down = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(0, 0),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(made, down)
    assert made.currentText() == "one"
    assert not down.isAccepted()
