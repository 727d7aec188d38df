"""The few small widgets that several views are made of."""

from collections.abc import Iterable
from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

_Box = TypeVar("_Box", QHBoxLayout, QVBoxLayout)


def label(text: str = "", kind: str = "", *, wrap: bool = False) -> QLabel:
    """Plain text in one of the theme's styles; markup in a name is text, never markup."""
    made = QLabel(text)
    made.setObjectName(kind)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    return made


def button(text: str, kind: str = "", hint: str = "") -> QPushButton:
    """A push button in one of the theme's styles."""
    made = QPushButton(text)
    made.setObjectName(kind)
    made.setToolTip(hint)
    made.setAccessibleName(text)
    return made


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


class ActButton(QPushButton):
    """A large button with what it does, and below it, small, what that means now."""

    def __init__(self, title: str, kind: str = "") -> None:
        super().__init__()
        self.setObjectName(kind)
        self._title = label(title, "act")
        self._detail = label("", "actdetail")
        for each in (self._title, self._detail):
            each.setProperty("primary", kind == "primary")
            each.setAlignment(Qt.AlignmentFlag.AlignCenter)
            each.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._inside = column(None, self._title, self._detail, None, spacing=1, margin=3)
        self.setLayout(self._inside)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.say(title)

    def say(self, title: str, detail: str = "") -> None:
        """Show another title and detail; a screen reader hears both."""
        self._title.setText(title)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self.setAccessibleName(f"{title}, {detail}" if detail else title)

    def sizeHint(self) -> QSize:
        """As wide as its words."""
        return self._inside.sizeHint() + QSize(12, 6)

    def minimumSizeHint(self) -> QSize:
        """Never narrower than its words."""
        return self.sizeHint()


def _filled(layout: _Box, widgets: Iterable[QWidget | None], spacing: int, margin: int) -> _Box:
    layout.setSpacing(spacing)
    layout.setContentsMargins(margin, margin, margin, margin)
    for widget in widgets:
        if widget is None:
            layout.addStretch(1)
        else:
            layout.addWidget(widget)
    return layout
