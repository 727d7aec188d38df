"""Who the patient is, at the top of every screen: never cut, whatever room there is."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.gui import theme
from desktop.gui.theme import Colours
from desktop.gui.widgets import plain_tip
from desktop.wording import dotted

GAP_PX = 10
LARGE_PT, SMALL_PT, SMALLEST_PT = 13.0, 10.0, 7.0


class Banner(QWidget):
    """The name in large letters, and beside it what tells this patient from another.

    Where all of it does not fit, it goes on two lines; a very long name is written smaller. Nothing
    of it is ever left out.
    """

    def __init__(self, colours: Colours) -> None:
        super().__init__()
        self._colours = colours
        self._name = ""
        self._facts = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_person(self, name: str, facts: Sequence[str]) -> None:
        """Show this name and these facts."""
        told = (name, dotted(fact for fact in facts if fact))
        if told == (self._name, self._facts):
            return
        self._name, self._facts = told
        self.setAccessibleName(f"{name}, {self._facts}" if self._facts else name)
        self.setToolTip(plain_tip(self.accessibleName()))
        self.updateGeometry()
        self.update()

    def show_colours(self, colours: Colours) -> None:
        """Take on another colour scheme."""
        self._colours = colours
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as one line of it."""
        return QSize(self._one_line_width(), 40)

    def minimumSizeHint(self) -> QSize:
        """Room for the facts; the name makes do with it."""
        return QSize(_width(self._facts, SMALL_PT) + GAP_PX, 40)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Write it on one line, or on two."""
        painter = QPainter(self)
        room = self.rect()
        if self._one_line_width() <= room.width():
            name = QRect(room)
            name.setWidth(_width(self._name, LARGE_PT, strong=True) + GAP_PX)
            self._write(painter, name, self._name, LARGE_PT, strong=True)
            facts = room.adjusted(name.width(), 2, 0, 2)
            self._write(painter, facts, self._facts, SMALL_PT, strong=False)
            return
        half = room.height() // 2
        upper = room.adjusted(0, 0, 0, -half)
        lower = room.adjusted(0, half, 0, 0)
        self._write(painter, upper, self._name, SMALL_PT + 1.5, strong=True)
        self._write(painter, lower, self._facts, SMALL_PT - 0.5, strong=False)

    def _write(
        self, painter: QPainter, box: QRect, text: str, points: float, *, strong: bool
    ) -> None:
        while points > SMALLEST_PT and _width(text, points, strong=strong) > box.width():
            points -= 0.5
        painter.setFont(_font(points, strong=strong))
        painter.setPen(QColor(self._colours.text if strong else self._colours.quiet))
        edge = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        if _width(text, points, strong=strong) > box.width():
            painter.drawText(box, edge | Qt.TextFlag.TextWrapAnywhere, text)
        else:
            painter.drawText(box, edge, text)

    def _one_line_width(self) -> int:
        name = _width(self._name, LARGE_PT, strong=True)
        return name + GAP_PX + _width(self._facts, SMALL_PT) + 2


def _font(points: float, *, strong: bool) -> QFont:
    return theme.font(points, QFont.Weight.Bold if strong else QFont.Weight.Normal)


def _width(text: str, points: float, *, strong: bool = False) -> int:
    return QFontMetrics(_font(points, strong=strong)).horizontalAdvance(text) + 1
