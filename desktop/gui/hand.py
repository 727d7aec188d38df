"""A hand on the real window: the mouse and the keys of the demonstration and the journey tests.

Every click, touch and key goes through Qt's own events to the widget that a person would touch, and
is counted.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum, auto
from functools import cache
from typing import TypeVar

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from desktop.core.protocol import Side
from desktop.core.session import Session
from desktop.gui.forms import Form
from desktop.gui.main_window import MainWindow
from desktop.gui.map_view import MapView
from desktop.gui.note_window import NoteWindow
from desktop.gui.pages import OVERVIEW
from desktop.gui.session_screen import SessionScreen
from desktop.gui.sign_form import SignForm
from desktop.gui.units_form import UnitsForm
from desktop.gui.vial_form import VialForm
from desktop.gui.workspace import Workspace

SCANNER_MS = 10.0  # between two keys of a scanner

_KEYS = {"\r": Qt.Key.Key_Return.value, "\b": Qt.Key.Key_Backspace.value}

_FormT = TypeVar("_FormT", bound=QDialog)


class Pointer(Enum):
    """What a hand presses with."""

    WIDGET = auto()  # a mouse that finds its widget, whatever lies over it
    MOUSE = auto()  # a mouse over the window: what lies on top there takes the click
    FINGER = auto()  # a touch screen: the same, and Qt makes the click from the touch


class Hand:
    """Works the window as a person does; `inputs` counts clicks, touches and keys.

    Between two inputs a second passes on `milliseconds`, the clock to give to the window: slower
    than a bounce, without anybody waiting. `program_seconds` are those that passed for everybody
    while the program took the inputs and painted.
    """

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.inputs = 0
        self.pointer = Pointer.WIDGET
        self.miss: Callable[[], QPoint] = QPoint  # how far from a place on the map a tap lands
        self.program_seconds = 0.0
        self._is_timed = False
        self.pause_ms = 1000.0
        self._now_ms = 0.0

    def milliseconds(self) -> float:
        """The hand's own clock."""
        return self._now_ms

    def wait(self) -> None:
        """Let the time between two inputs pass."""
        self._now_ms += self.pause_ms

    @property
    def workspace(self) -> Workspace:
        """The open record."""
        if self.window.workspace is None:
            message = "no record is open"
            raise LookupError(message)
        return self.window.workspace

    @property
    def screen(self) -> SessionScreen:
        """The session screen."""
        return self.workspace.session_screen

    @property
    def session(self) -> Session:
        """The session as it is saved and shown."""
        if self.workspace.document is None:
            message = "no session is open"
            raise LookupError(message)
        return self.workspace.document.session

    # -- single inputs ------------------------------------------------------------------------

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Press and let go of the left button or the finger, in the middle unless told where."""
        self.let_work()
        self._press(widget, at)

    def let_work(self) -> None:
        """Let the program finish what it has begun, and paint."""
        with self._timed():
            QApplication.processEvents()

    @contextmanager
    def _timed(self) -> Iterator[None]:
        if self._is_timed:  # inside a form that is open inside a click
            yield
            return
        self._is_timed = True
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.program_seconds += time.perf_counter() - begun
            self._is_timed = False

    def _press(self, widget: QWidget, at: QPoint | None = None) -> None:
        place = at if at is not None else widget.rect().center()
        self._now_ms += self.pause_ms
        self.inputs += 1
        left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        window = widget.window()
        with self._timed():
            if self.pointer is Pointer.WIDGET:
                QTest.mouseClick(widget, left, plain, place)
            elif self.pointer is Pointer.MOUSE:
                QTest.mouseClick(window.windowHandle(), left, plain, widget.mapTo(window, place))
            else:
                self._touch(window, widget.mapTo(window, place))
            self._settle()

    def _settle(self) -> None:
        """Have all of the screen say what the input did; nothing is processed for it."""
        if self.window.workspace is not None:
            self.screen.settle()

    def _touch(self, window: QWidget, at: QPoint) -> None:
        # Nothing is processed in between, as `in_form` wants it.
        for put in ("press", "release"):
            touch = QTest.touchEvent(window.windowHandle(), _touch_screen(), False)
            getattr(touch, put)(0, at).commit(False)

    def double_click(self, widget: QWidget, at: QPoint) -> None:
        """What a touch screen sends for some taps: a double click with no press before it."""
        event = QMouseEvent(
            QEvent.Type.MouseButtonDblClick,
            QPointF(at),
            QPointF(widget.mapToGlobal(at)),
            Qt.MouseButton.LeftButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        self._now_ms += self.pause_ms
        QApplication.sendEvent(widget, event)
        self.inputs += 1
        self._settle()

    def press_key(
        self,
        key: int,
        text: str = "",
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """Press a key wherever the keyboard is, and wait until the program is sure of it."""
        self.let_work()
        self.strike(key, text, modifiers)

    def strike(
        self,
        key: int,
        text: str = "",
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """Press a key that opens a form: nothing is processed in between, as `in_form` wants it."""
        self._now_ms += self.pause_ms
        self.inputs += 1
        with self._timed():
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(self.keyboard(), QKeyEvent(kind, key, modifiers, text))
            self.screen.gate.settle()
            self._settle()

    def press_keys(self, text: str) -> None:
        """Press one key for each character."""
        for character in text:
            self.press_key(_KEYS.get(character, ord(character.upper())), character)

    def keyboard(self) -> QWidget:
        """What keys go to: a dialog's field, or the window's."""
        window = QApplication.activeModalWidget() or self.window
        focus: QWidget | None = window.focusWidget()
        return window if focus is None else focus

    def type_into(self, field: QLineEdit | QPlainTextEdit, text: str) -> None:
        """Click into a field, and type over what stands there; any character of any script."""
        self.click(field)
        field.selectAll()
        for character in text:
            self._now_ms += self.pause_ms
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(
                    field, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, character)
                )
            if self.window.workspace is not None:
                self.screen.gate.settle()
        self.inputs += len(text)

    # -- a session ----------------------------------------------------------------------------

    def choose_patient(self, row: int) -> None:
        """Click on a line of the list of patients."""
        patients = self.workspace.panel.patients
        place = patients.visualItemRect(patients.item(row)).center()
        self.click(patients.viewport(), place)

    def start_session(self) -> None:
        """Click "New session"."""
        self.click(self.button("New session"))

    def plan(self) -> None:
        """Start from the protocol."""
        self.click(self.button("Start from the protocol"))

    def enter_vial(self, *, lot: str, expiry: str, diluent: str) -> None:
        """Fill in the vial's form."""

        def fill(form: VialForm) -> None:
            self.type_into(form.lot, lot)
            self.type_into(form.expiry, expiry)
            self.type_into(form.diluent, diluent)
            self.click(form.confirm)

        self.in_form(self.button("Vial\N{HORIZONTAL ELLIPSIS}"), VialForm, fill)

    def choose_vial(self) -> None:
        """Tap the first of the vials that are open in stock."""
        self.click(self.screen.vials.chips[0])

    def scan(self, text: str) -> None:
        """Have a scanner type a code where the keyboard is, and Enter after it: one input.

        Nothing is processed in between, as `in_form` wants it.
        """
        self._now_ms += self.pause_ms
        self.inputs += 1
        with self._timed():
            for character in (*text, "\r"):
                self._now_ms += SCANNER_MS
                key = _KEYS.get(character, ord(character.upper()))
                for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                    event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, character)
                    QApplication.sendEvent(self.keyboard(), event)
            self.screen.gate.settle()
            self._settle()

    def view_of(self, code: str) -> MapView:
        """The drawing that takes a site's taps now; opens its close-up from the overview's."""
        return self.screen.view_of(code)

    def tap(self, code: str) -> None:
        """Click on a site where it is drawn, opening its close-up first if another is open."""
        self.open_close_up(code)
        view = self.view_of(code)
        self.click(view, view.place_of(code) + self.miss())

    def open_close_up(self, code: str) -> None:
        """Click on the card of a site's close-up, unless it is open or all views are."""
        home = self.screen.home_of(code)
        if self.screen.page not in (home, OVERVIEW):
            self.click(self.screen.cards.card(home))

    def give_other_dose(self, code: str, units: str, reason: str) -> None:
        """Step the dose in hand to an amount, tap the site, say why, and put the dose back."""
        self.give_and_keep_dose(code, units, reason)
        self.put_dose_back()

    def give_and_keep_dose(self, code: str, units: str, reason: str) -> None:
        """Step the dose in hand to an amount, tap the site, say why; the dose stays in hand."""
        self.take_dose(units)
        self.tap(code)
        self.click(self.button(reason))

    def put_dose_back(self) -> None:
        """From now on each site gets what is planned."""
        self.click(self.screen.bar.dose_button)

    def take_dose(self, units: str) -> None:
        """Step the dose in hand up to an amount."""
        for _step in range(10):
            if self.screen.bar.dose_words == units:
                return
            self.click(self.button("Larger dose"))

    def omit(self, code: str, reason: str) -> None:
        """Press "Omit", tap the site, say why."""
        self.open_close_up(code)
        self.click(self.button("Omit"))
        self.tap(code)
        self.click(self.button(reason))

    def add_extra(self, region: str, side: str, reason: str) -> None:
        """Press "Extra", tap a free place in the muscle; where it does not say so, say why."""
        self.open_close_up(self.screen.first_site_of(region, Side(side)))
        self.click(self.button("Extra"))
        view = self.view_of(self.screen.first_site_of(region, Side(side)))
        self.click(view, self.free_place(view, region, Side(side)))
        if reason not in [each.reason for each in self.session.injections.values()]:
            self.click(self.button(reason))

    def add_suggested_extra(self, region: str, side: str) -> None:
        """Press "Extra", tap the first place in the muscle that the map suggests."""
        self.open_close_up(self.screen.first_site_of(region, Side(side)))
        self.click(self.button("Extra"))
        view = self.view_of(self.screen.first_site_of(region, Side(side)))
        suggested = self.screen.hand.book.suggestions(region, Side(side))[0]
        self.click(view, view.pixel_of(suggested) + self.miss())

    def free_place(self, view: MapView, region: str, side: Side) -> QPoint:
        """A place inside a muscle where no site is in reach."""
        for y in range(5, view.height(), 7):
            for x in range(5, view.width(), 7):
                hit = view.hit(QPointF(x, y))
                if hit.region == (region, side) and hit.site is None:
                    return QPoint(x, y)
        message = f"{region} {side} has no free place here"
        raise LookupError(message)

    def discard_rest(self) -> None:
        """Say that everything that is left over was discarded."""
        self.click(self.button("Discard the other"))

    def state_gap(self, reason: str) -> None:
        """Say why the vials do not balance."""

        def say(form: UnitsForm) -> None:
            self.click(form.why.chips.chips[reason])
            self.click(form.confirm)

        self.in_form(self.button("Where the units went"), UnitsForm, say)

    def sign(self) -> None:
        """Sign as the user."""

        def confirm(form: SignForm) -> None:
            self.click(form.confirm)

        self.in_form(self.workspace.sign, SignForm, confirm)

    def sign_by_keys(self) -> None:
        """Sign as the user, from the keyboard."""
        enter, control = Qt.Key.Key_Return.value, Qt.KeyboardModifier.ControlModifier
        self.in_form(
            lambda: self.strike(enter, "\r", control),
            SignForm,
            lambda _form: self.press_keys("\r"),
        )

    def read_note(self, opener: QWidget | Callable[[], object] | None = None) -> str:
        """Press "Note", or do what else opens it; return what its pages say. It is closed again."""
        pages: list[str] = []

        def read(window: NoteWindow) -> None:
            self.let_work()
            shown = window.document
            pages.extend(shown.getAllText(page).text() for page in range(shown.pageCount()))
            window.accept()

        self.in_form(self.workspace.note if opener is None else opener, NoteWindow, read)
        return "\n".join(pages)

    def read_note_by_keys(self) -> str:
        """Open the note from the keyboard; return what its pages say."""
        control = Qt.KeyboardModifier.ControlModifier
        return self.read_note(lambda: self.strike(Qt.Key.Key_P.value, "\x10", control))

    # -- finding things -----------------------------------------------------------------------

    def button(self, name: str) -> QPushButton:
        """The visible button whose name begins or ends with these words."""
        QApplication.processEvents()
        for each in self.window.findChildren(QPushButton):
            spoken = each.accessibleName() or each.text()
            if each.isVisible() and (spoken.startswith(name) or spoken.endswith(name)):
                return each
        message = f"no button {name!r} is on the screen"
        raise LookupError(message)

    def in_form(
        self,
        opener: QWidget | Callable[[], object],
        kind: type[_FormT],
        fill: Callable[[_FormT], None],
    ) -> None:
        """Click what opens a form, or do what opens it, and fill it in."""
        failures: list[BaseException] = []

        def work() -> None:
            form = QApplication.activeModalWidget()
            try:
                fill(_of_kind(form, kind))
            except BaseException as error:  # noqa: BLE001  raised again outside Qt's event
                failures.append(error)
            finally:
                if isinstance(form, Form) and form.isVisible():
                    form.reject()

        # The form runs its own event loop inside the click; nothing may be processed in between.
        self.let_work()
        QTimer.singleShot(0, work)
        if isinstance(opener, QWidget):
            self._press(opener)
        else:
            opener()
        if failures:
            raise failures[0]


@cache
def _touch_screen() -> QPointingDevice:
    """Qt keeps every touch screen that it was told of: one is enough."""
    return QTest.createTouchDevice()


def _of_kind(form: QWidget | None, kind: type[_FormT]) -> _FormT:
    if not isinstance(form, kind):
        message = f"{kind.__name__} did not open"
        raise TypeError(message)
    return form
