"""Keys of a person are let through; those of a machine, which types faster, are not.

A barcode scanner types ordinary keys and ends with Enter. Were they taken at once, its letters
would be commands and its digits doses. So a key that could chart waits a moment: if another one
follows within `HASTE_MS` nobody typed it, and the whole burst is dropped, with whatever comes
within `QUIET_MS` after it.
"""

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


@dataclass(frozen=True)
class _Held:
    """A key that waits, and where it was going."""

    target: QWidget
    key: int
    modifiers: Qt.KeyboardModifier
    text: str


class KeyGate(QObject):
    """Holds every key that could chart until it is sure that a person pressed it.

    Args:
        milliseconds: A clock that never goes back, for keys without a time of their own.
    """

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
        self._passing: QKeyEvent | None = None  # this one only: a form may open under it
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(round(HASTE_MS))
        # One more turn of the loop: a key that came meanwhile may still wait to be handed over.
        self._timer.timeout.connect(lambda: QTimer.singleShot(0, self.settle))

    def install(self) -> None:
        """Watch over every key of the application."""
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def remove(self) -> None:
        """Let every key through again."""
        self._drop()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)

    def settle(self) -> None:
        """Hand over the key that waits: nothing followed it."""
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
        is_hasty = at_ms - self._last_ms < HASTE_MS and not self._is_same(target, event, at_ms)
        is_late = at_ms < self._burst_until_ms
        if not (moves and not event.text()):
            self._last_ms, self._last_to, self._last_key = at_ms, target, event.key()
        if moves:
            return False
        could_chart = _could_chart(target, event)
        if is_hasty or is_late:
            self._drop()
            self._burst_until_ms = at_ms + QUIET_MS
            if could_chart:
                self.burst_dropped.emit()
                return self._swallow(event)
            return False
        if not could_chart:
            return False
        self.settle()
        self._held = _Held(target, event.key(), event.modifiers(), event.text())
        self._timer.start()
        return self._swallow(event)

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
