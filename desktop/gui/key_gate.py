"""Keys of a person are let through; those of a machine, which types faster, are not.

A barcode scanner types ordinary keys and ends with Enter. Were they taken at once, its letters
would be commands and its digits doses. So a key that could chart waits a moment: if another one
follows within `HASTE_MS` nobody typed it, and the whole burst is dropped, with whatever comes
within `QUIET_MS` after it. What it typed is handed on as text, to be read as a barcode.

Free text is written at once. Only what can be nothing but a barcode is taken out of it again.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

# Scanners send a key every 1 to 50 ms; nobody hits two keys on purpose within 70.
HASTE_MS = 70.0
QUIET_MS = 400.0
# A burst is over when nothing comes for so long; some scanners send no Enter.
PAUSE_MS = 120.0
SHORTEST_BURST = 6  # less is a key that bounced, or two hit at once
SHORTEST_CODE = 20  # a GTIN with its identifier has 16; in free text it must have more beside it
SEPARATOR = "\x1d"

# What a carton's code begins with: the kind of symbol, or a GTIN, perhaps after the expiry. Nobody
# types the separator.
_LIKE_A_CODE = re.compile(rf"\](?:d2|C1|Q3)|(?:17[0-9]{{6}})?01[0-9]{{14}}|.*{SEPARATOR}")

CHARTS = "charts"  # a text field with this property holds what is charted

_MOVES = frozenset(
    {
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_Tab,
        Qt.Key.Key_Backtab,
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock,
    }
)
_KEYS = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
_ENTERS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_ENDS = _ENTERS | {Qt.Key.Key_Tab}


@dataclass(frozen=True)
class _Held:
    """A key that waits, and where it was going."""

    target: QWidget
    key: int
    modifiers: Qt.KeyboardModifier
    text: str


@dataclass(frozen=True)
class _Before:
    """A field of free text as it was before a run of keys."""

    field: QLineEdit | QPlainTextEdit | QTextEdit
    text: str
    place: int

    def put_back(self) -> None:
        """Take what a machine typed out again; undo in the field still knows it."""
        if not isValid(self.field) or self.field.isReadOnly():
            return
        self.field.selectAll()
        if isinstance(self.field, QLineEdit):
            self.field.insert(self.text)
            self.field.setCursorPosition(self.place)
            return
        self.field.insertPlainText(self.text)
        cursor = self.field.textCursor()
        cursor.setPosition(self.place)
        self.field.setTextCursor(cursor)


@dataclass
class _Run:
    """Keys that came one after the other without a person's pause between them."""

    before: _Before | None
    text: str = ""
    keys: int = 0
    was_dropped: bool = False
    is_over: bool = False

    @property
    def is_burst(self) -> bool:
        """Whether it is told as a scan; in free text only what can be nothing else."""
        if self.before is None:
            return self.keys > 1 and len(self.text) >= SHORTEST_BURST
        return len(self.text) >= SHORTEST_CODE and _LIKE_A_CODE.match(self.text) is not None


class KeyGate(QObject):
    """Holds every key that could chart until it is sure that a person pressed it.

    `burst` tells what a machine typed, when it is over; `burst_dropped` that there were such keys,
    too few to be a code.

    Args:
        milliseconds: A clock that never goes back, for keys without a time of their own.
    """

    burst = Signal(str)
    burst_dropped = Signal()

    def __init__(self, milliseconds: Callable[[], float], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._milliseconds = milliseconds
        self._held: _Held | None = None
        self._swallowed: set[int] = set()
        self._last_ms = float("-inf")
        self._last_to: QWidget | None = None
        self._last_key = 0
        self._burst_until_ms = float("-inf")
        self._code_until_ms = float("-inf")  # its Enter is no new line
        self._run: _Run | None = None
        self._untold: list[str] = []
        self._passing: QKeyEvent | None = None  # this one only: a form may open under it
        # One more turn of the loop: a key that came meanwhile may still wait to be handed over.
        self._timer = self._after(HASTE_MS, lambda: QTimer.singleShot(0, self._hand_over))
        self._pause = self._after(PAUSE_MS, lambda: QTimer.singleShot(0, self._end_if_quiet))
        # Never while a key is looked at: whoever is told may open a form.
        self._telling = self._after(0, self._tell)

    def _after(self, interval_ms: float, act: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(round(interval_ms))
        timer.timeout.connect(act)
        return timer

    def install(self) -> None:
        """Watch over every key of the application."""
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def remove(self) -> None:
        """Let every key through again."""
        self._drop()
        self._run = None
        self._untold.clear()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)

    def settle(self) -> None:
        """Nothing follows: hand over the key that waits, and tell of the burst that is over."""
        self._hand_over()
        self._end_run()
        self._tell()

    def _hand_over(self) -> None:
        held, self._held = self._held, None
        self._timer.stop()
        if held is None or not isValid(held.target):
            return
        try:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                if isValid(held.target):
                    self._passing = QKeyEvent(kind, held.key, held.modifiers, held.text)
                    QApplication.sendEvent(held.target, self._passing)
        finally:
            self._passing = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hold, drop or let through."""
        kind = event.type()
        # Asked first: every event of the application comes by here.
        if kind not in _KEYS or event is self._passing:
            return False
        if not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return False
        if kind == QEvent.Type.KeyPress:
            return self._pressed(watched, event)
        was_swallowed = event.key() in self._swallowed
        if was_swallowed and not event.isAutoRepeat():
            self._swallowed.discard(event.key())
        return was_swallowed

    def _pressed(self, target: QWidget, event: QKeyEvent) -> bool:
        moves = event.key() in _MOVES
        if event.isAutoRepeat():
            # A key held down repeats as fast as a scanner; only moving about may.
            return not moves and _could_chart(target, event)
        at_ms = float(event.timestamp()) or self._milliseconds()
        is_same = self._is_same(target, event, at_ms)
        since_ms = at_ms - self._last_ms
        is_hasty = since_ms < HASTE_MS and not is_same
        is_late = at_ms < self._burst_until_ms
        if not (moves and not event.text()):
            self._last_ms, self._last_to, self._last_key = at_ms, target, event.key()
            if not is_same:
                self._collect(target, event, since_ms)
        if moves:
            return False
        could_chart = _could_chart(target, event)
        is_enter = event.key() in _ENTERS
        if is_hasty or is_late:
            self._drop()
            self._burst_until_ms = at_ms + QUIET_MS
            if could_chart:
                self._note_dropped(by_itself=is_enter and not is_hasty)
            is_end_of_code = is_enter and at_ms < self._code_until_ms
            return (could_chart or is_end_of_code) and self._swallow(event)
        if not could_chart:
            return False
        self._hand_over()
        self._held = _Held(target, event.key(), event.modifiers(), event.text())
        self._timer.start()
        return self._swallow(event)

    # -- what a machine typed -----------------------------------------------------------------

    def _collect(self, target: QWidget, event: QKeyEvent, since_ms: float) -> None:
        """Add a key to the run that it belongs to, or begin another with it."""
        run = self._run
        longest_ms = PAUSE_MS if run is not None and run.keys > 1 else HASTE_MS
        if run is None or run.is_over or since_ms >= longest_ms:
            self._end_run()
            run = self._run = _Run(_before(target))
        run.keys += 1
        run.text += _character(event)
        if run.keys > 1:
            run.is_over = event.key() in _ENDS
            self._pause.start(0 if run.is_over else round(PAUSE_MS))

    def _note_dropped(self, *, by_itself: bool) -> None:
        """A key was taken away, which is said; of a scanner's Enter that comes late it is not."""
        if self._run is not None and not by_itself:
            self._run.was_dropped = True
            if not self._pause.isActive():
                self._pause.start(round(PAUSE_MS))

    def _end_if_quiet(self) -> None:
        if not self._pause.isActive():
            self._end_run()

    def _end_run(self) -> None:
        """Nothing more belongs to it: keep what is to be told, and put free text back."""
        run, self._run = self._run, None
        self._pause.stop()
        if run is None:
            return
        if run.is_burst:
            self._untold.append(run.text)
        elif run.was_dropped:
            self._untold.append("")
        if run.is_burst and run.before is not None:
            run.before.put_back()
            self._code_until_ms = self._last_ms + QUIET_MS
        if self._untold:
            self._telling.start()

    def _tell(self) -> None:
        self._telling.stop()
        untold, self._untold = self._untold, []
        for text in untold:
            if text:
                self.burst.emit(text)
            else:
                self.burst_dropped.emit()

    def _is_same(self, target: QWidget, event: QKeyEvent, at_ms: float) -> bool:
        """Whether this is the last key again: what a field does not want goes on to its window."""
        before = self._last_to
        return (
            (event.key(), at_ms) == (self._last_key, self._last_ms)
            and before is not None
            and isValid(before)
            and target is not before
            and target.isAncestorOf(before)
        )

    def _swallow(self, event: QKeyEvent) -> bool:
        self._swallowed.add(event.key())
        event.accept()
        return True

    def _drop(self) -> None:
        self._held = None
        self._timer.stop()


def _character(event: QKeyEvent) -> str:
    """What a key adds to a scan; scanners send the separator as a key with Control."""
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    if event.text() == SEPARATOR or (control and event.key() == Qt.Key.Key_BracketRight):
        return SEPARATOR
    return event.text() if event.text().isprintable() else ""


def _before(target: QWidget) -> _Before | None:
    """A field of free text as it is now; none for what else a key may go to."""
    if _holds_a_chart(target):
        return None
    if isinstance(target, QLineEdit):
        return _Before(target, target.text(), target.cursorPosition())
    if isinstance(target, QPlainTextEdit | QTextEdit):
        return _Before(target, target.toPlainText(), target.textCursor().position())
    return None


def _could_chart(target: QWidget, event: QKeyEvent) -> bool:
    """Whether a key does more there than write into a field of free text."""
    writes = isinstance(target, QLineEdit | QPlainTextEdit | QTextEdit)
    if not writes or _holds_a_chart(target):
        return True
    if isinstance(target, QPlainTextEdit | QTextEdit):
        return False
    return event.key() in _ENTERS


def _holds_a_chart(target: QWidget) -> bool:
    """Whether what is written there is charted: a marked field, or a cell of a table."""
    if target.property(CHARTS):
        return True
    parent = target.parentWidget()
    while parent is not None and not parent.isWindow():
        if isinstance(parent, QAbstractItemView):
            return True
        parent = parent.parentWidget()
    return False
