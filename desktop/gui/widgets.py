"""The few small widgets that several views are made of."""

from collections.abc import Iterable
from html import escape
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QStyle,
    QVBoxLayout,
    QWidget,
)

PILL_PX = 320
PILL_SPARE_PX = 60  # two lines are seldom of one length
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"

_Box = TypeVar("_Box", QHBoxLayout, QVBoxLayout)


def label(text: str = "", kind: str = "", *, wrap: bool = False) -> QLabel:
    """Plain text in one of the theme's styles; markup in a name is text, never markup."""
    made = QLabel(text)
    made.setObjectName(kind)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if QApplication.isRightToLeft():
        # Left to itself, a Latin name would stand at the far edge of an Arabic page.
        edge = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
        made.setAlignment(edge | Qt.AlignmentFlag.AlignVCenter)
    return made


def align_text(field: QPlainTextEdit) -> None:
    """Have a field of text begin at the edge where its language begins."""
    options = field.document().defaultTextOption()
    edge = Qt.AlignmentFlag.AlignLeft
    options.setAlignment(QStyle.visualAlignment(QApplication.layoutDirection(), edge))
    field.document().setDefaultTextOption(options)


def button(text: str, kind: str = "", hint: str = "") -> QPushButton:
    """A push button in one of the theme's styles."""
    made = QPushButton(text)
    made.setObjectName(kind)
    made.setToolTip(hint)
    made.setAccessibleName(text)
    # A click leaves the focus where the work is; the keyboard still reaches every button.
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made


def plain_tip(text: str) -> str:
    """A tooltip's text, in which markup in a name is text; empty for none."""
    return f"<p style='white-space: pre-wrap'>{escape(text)}</p>" if text else ""


def row(*widgets: QWidget | None, spacing: int = 8, margin: int = 0) -> QHBoxLayout:
    """Widgets side by side; none stands for the space that gives way."""
    return _filled(QHBoxLayout(), widgets, spacing, margin)


def column(*widgets: QWidget | None, spacing: int = 8, margin: int = 0) -> QVBoxLayout:
    """Widgets below each other; none stands for the space that gives way."""
    return _filled(QVBoxLayout(), widgets, spacing, margin)


def frame(kind: str, content: QLayout) -> QFrame:
    """A frame in one of the theme's styles around a layout."""
    made = QFrame()
    made.setObjectName(kind)
    made.setLayout(content)
    return made


def rule() -> QFrame:
    """A hairline."""
    made = QFrame()
    made.setObjectName("rule")
    made.setFixedHeight(1)
    return made


def restyle(widget: QWidget, name: str, kind: str = "") -> None:
    """Give a widget another of the theme's styles."""
    if (widget.objectName(), widget.property("kind")) != (name, kind):
        widget.setObjectName(name)
        widget.setProperty("kind", kind)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class StillCombo(QComboBox):
    """A choice that the wheel does not change: a hand on its way down the page chose nothing."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let what lies behind scroll."""
        event.ignore()


class ActButton(QPushButton):
    """A large button with what it does, and below it, small, what that means now."""

    def __init__(self, title: str, kind: str = "") -> None:
        super().__init__()
        self.setObjectName(kind)
        self._title = label(title, "act")
        self._detail = label("", "actdetail")
        self._title.setWordWrap(True)
        self._detail.setWordWrap(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for each in (self._title, self._detail):
            each.setProperty("primary", kind == "primary")
            each.setAlignment(Qt.AlignmentFlag.AlignCenter)
            each.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setLayout(column(None, self._title, self._detail, None, spacing=1, margin=3))
        # Its words change with every tap; its place must not, or the next press would hit another.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.say(title)

    def say(self, title: str, detail: str = "") -> None:
        """Show another title and detail; a screen reader hears both."""
        self._title.setText(title)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self.setAccessibleName(f"{title}, {detail}" if detail else title)

    @property
    def title(self) -> str:
        """What it says in large letters."""
        return self._title.text()


class Pill(QLabel):
    """Words on one line where there is room, else on two; only what is longer still is cut.

    `text()` always has all of them, and so has the tip.
    """

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.setObjectName(kind)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def say(self, words: str) -> None:
        """Show other words."""
        self.setText(words)
        self.setToolTip(plain_tip(words))

    def minimumSizeHint(self) -> QSize:
        """Room for the words on two lines; not more, however many they are."""
        line = self.sizeHint()
        return QSize(min(line.width(), line.width() // 2 + PILL_SPARE_PX, PILL_PX), line.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame as every label has it, and in it the words that fit."""
        QFrame.paintEvent(self, event)
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        room = self.contentsRect()
        edge = QStyle.visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeft)
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter | edge
        painter.drawText(room, flags, self.fitting(room))

    def fitting(self, room: QRect) -> str:
        """As many of the words as there is room for."""
        words, most = self.text(), len(self.text())
        if self._fits(words, room):
            return words
        least = 0
        while least < most - 1:
            middle = (least + most) // 2
            fits = self._fits(words[:middle] + ELLIPSIS, room)
            least, most = (middle, most) if fits else (least, middle)
        return words[:least].rstrip() + ELLIPSIS

    def _fits(self, words: str, room: QRect) -> bool:
        endless = QRect(0, 0, room.width(), 10_000)
        box = self.fontMetrics().boundingRect(endless, Qt.TextFlag.TextWordWrap, words)
        return box.width() <= room.width() and box.height() <= room.height()


class Notice(QLabel):
    """One sentence over a corner of its parent: nothing below it moves when it comes or goes."""

    def __init__(self, parent: QWidget, *, at_top: bool) -> None:
        super().__init__(parent)
        self.setObjectName("refusal")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._over = parent
        self._at_top = at_top
        self.hide()
        parent.installEventFilter(self)

    def say(self, sentence: str) -> None:
        """Show a sentence, or nothing."""
        self.setText(sentence)
        self.setAccessibleName(sentence)
        self.setVisible(bool(sentence))
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the place when the parent changes its size."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        room = self._over.rect().adjusted(14, 12, -14, -12)
        wide = min(self.fontMetrics().horizontalAdvance(self.text()) + 40, room.width())
        high = self.heightForWidth(wide)
        top = room.top() if self._at_top else room.bottom() - high
        self.setGeometry(room.left() + (room.width() - wide) // 2, top, wide, high)
        self.raise_()


def _filled(layout: _Box, widgets: Iterable[QWidget | None], spacing: int, margin: int) -> _Box:
    layout.setSpacing(spacing)
    layout.setContentsMargins(margin, margin, margin, margin)
    for widget in widgets:
        if widget is None:
            layout.addStretch(1)
        else:
            layout.addWidget(widget)
    return layout
