"""A gloved finger hits what it means; a keyboard reaches everything, and one sees where it is."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QWidget,
)

from desktop.app import Desk, services
from desktop.core.handbook import Handbook
from desktop.gui import theme
from desktop.gui.hand import Hand
from desktop.gui.pages import OVERVIEW, TABLE
from desktop.gui.theme import BUTTON_MM, CHIP_MM, LIGHT, Measures
from desktop.gui.workspace import Workspace

DPI = [96, 144, 192]
CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QTableView)


@pytest.fixture(params=DPI)
def sized(request: pytest.FixtureRequest, qapp: QApplication, desk: Desk) -> Iterator[Workspace]:
    """The workspace on a screen of so many dots an inch, as large as 1280x800 at 96."""
    scale = request.param / 96
    measures = Measures(request.param / 25.4)
    theme.apply(qapp, LIGHT, measures)
    slow = count(0, 1000)  # a second passes whenever the window asks: nothing is a bounce
    everything = replace(services(desk), milliseconds=lambda: float(next(slow)))
    made = Workspace(everything, LIGHT, measures)
    made.resize(round(1280 * scale), round(800 * scale))
    made.show()
    made.start_session("invented-1")
    made.setProperty("px_per_mm", measures.px_per_mm)
    yield made
    made.leave()
    made.close()
    made.deleteLater()
    theme.apply(qapp, LIGHT)


def in_mm(widget: QWidget, workspace: Workspace) -> tuple[float, float]:
    px_per_mm = workspace.property("px_per_mm")
    return widget.width() / px_per_mm, widget.height() / px_per_mm


def test_the_row_of_acts_is_20_mm_high_and_none_of_it_narrower(sized: Workspace) -> None:
    screen = sized.session_screen
    starts = screen.start.findChildren(QPushButton)
    assert all(min(in_mm(each, sized)) > BUTTON_MM - 0.2 for each in starts)
    next(each for each in starts if "protocol" in each.accessibleName()).click()
    acts = screen.bar.findChildren(QPushButton)
    assert len(acts) == 10
    for each in acts:
        assert min(in_mm(each, sized)) > BUTTON_MM - 0.3, each.accessibleName()


def test_chips_and_the_buttons_of_the_bar_are_12_mm_high(sized: Workspace) -> None:
    screen = sized.session_screen
    next(
        each
        for each in screen.start.findChildren(QPushButton)
        if "protocol" in each.accessibleName()
    ).click()
    screen.hand.omit_cursor()
    QApplication.processEvents()
    chips = screen.reasons.findChildren(QPushButton)
    assert len(chips) == 7
    bar = [sized.undo, sized.redo, sized.note, sized.sign, sized._more, sized._show_patients]
    for each in (*chips, *bar, *screen.gaps.buttons.values(), screen.mirror, screen.show_history):
        assert in_mm(each, sized)[1] > CHIP_MM - 0.2, each.accessibleName()
    for each in chips:
        assert in_mm(each, sized)[0] > 8, each.accessibleName()


def test_no_two_controls_of_the_screen_lie_over_each_other(charting: Hand) -> None:
    for page in (OVERVIEW, "forehead", TABLE):
        charting.click(charting.screen.cards.card(page))
        shown = [each for each in controls(charting.window) if isinstance(each, QPushButton)]
        boxes = [
            (each, each.rect().translated(each.mapTo(charting.window, each.rect().topLeft())))
            for each in shown
        ]
        for at, (one, box) in enumerate(boxes):
            for other, its in boxes[at + 1 :]:
                assert not box.intersects(its), (one.accessibleName(), other.accessibleName())


def controls(window: QWidget) -> list[QWidget]:
    """What a hand can work on a screen, but for the parts of other controls."""
    return [
        each
        for each in window.findChildren(QWidget)
        if isinstance(each, CONTROLS)
        and each.isVisible()
        and each.isEnabled()
        and not each.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        and not isinstance(each.parentWidget(), QTableView | QComboBox | QLineEdit)
    ]


def tabbed_through(window: QWidget) -> list[QWidget]:
    """Everything that Tab comes to, until it is round."""
    seen: list[QWidget] = []
    for _step in range(300):
        QApplication.processEvents()
        window.focusNextChild()
        now = window.focusWidget()
        if now in seen:
            return seen
        seen.append(now)
    message = "Tab never comes round"
    raise AssertionError(message)


@pytest.mark.parametrize("page", [OVERVIEW, "back_of_head", TABLE])
def test_tab_reaches_every_control(page: str, charting: Hand) -> None:
    charting.click(charting.screen.cards.card(page))
    charting.screen.hand.point_ring_at("OCC-1-L")
    charting.screen.hand.omit_cursor()
    QApplication.processEvents()
    reached = tabbed_through(charting.window)
    missed = [each for each in controls(charting.window) if each not in reached]
    proxies = [each for each in missed if each.focusProxy() not in reached]
    assert [(type(each).__name__, each.accessibleName()) for each in proxies] == []


def test_every_control_has_a_name_that_can_be_heard(charting: Hand) -> None:
    charting.screen.hand.omit_cursor()
    for page in (OVERVIEW, "back_of_head", TABLE):
        charting.click(charting.screen.cards.card(page))
        nameless = [
            type(each).__name__
            for each in controls(charting.window)
            if not (each.accessibleName() or getattr(each, "text", str)())
        ]
        assert nameless == []


def picture(widget: QWidget) -> QImage:
    QApplication.processEvents()
    return widget.grab().toImage()


def test_one_sees_where_the_keyboard_is(charting: Hand, book: Handbook) -> None:
    charting.click(charting.screen.cards.card(next(iter(book.atlas.close_ups))))
    charting.window.activateWindow()
    looks_same = []
    for each in controls(charting.window):
        charting.screen.setFocus()
        before = picture(each)
        each.setFocus(Qt.FocusReason.TabFocusReason)
        if each.hasFocus() and picture(each) == before:
            looks_same.append((type(each).__name__, each.accessibleName()))
    assert looks_same == []
