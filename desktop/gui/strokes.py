"""Pens, fonts, small shapes and small pictures: what everything drawn on the map shares."""

from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap, QPolygonF

from desktop.gui import theme
from desktop.gui.theme import Colours

MIDDLE = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
DIAMOND = 1.3  # how much farther a diamond reaches than a circle that looks as large


@dataclass(frozen=True)
class MarkStyle:
    """What all marks of one picture share: radius in pixels, and the colours."""

    radius: float
    colours: Colours


def scale_of(painter: QPainter) -> float:
    """How many pixels of the device make one of Qt's."""
    return painter.device().devicePixelRatio()


def put(painter: QPainter, at: QPointF, made: QPixmap) -> None:
    """Draw a square picture around a place."""
    half = made.deviceIndependentSize().width() / 2
    painter.drawPixmap(at - QPointF(half, half), made)


def empty(width: float, height: float, scale: float) -> QPixmap:
    """A picture with nothing in it."""
    made = QPixmap(ceil(width * scale), ceil(height * scale))
    made.setDevicePixelRatio(scale)
    made.fill(Qt.GlobalColor.transparent)
    return made


def painter_on(picture: QPixmap) -> QPainter:
    """A painter with smooth edges."""
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return painter


def half_of_mark(style: MarkStyle) -> float:
    """Half of a mark's picture: room for a diamond and for a badge."""
    return ceil(style.radius * 1.4 + 4)


def draw_shape(painter: QPainter, at: QPointF, radius: float, *, diamond: bool) -> None:
    """A circle for a site of the protocol, a diamond for an extra."""
    if not diamond:
        painter.drawEllipse(at, radius, radius)
        return
    reach = radius * DIAMOND
    painter.drawPolygon(
        QPolygonF(
            [
                at + QPointF(0, -reach),
                at + QPointF(reach, 0),
                at + QPointF(0, reach),
                at + QPointF(-reach, 0),
            ]
        )
    )


def draw_outlined(painter: QPainter, box: QRectF, text: str, font: QFont, style: MarkStyle) -> None:
    """Text in the middle of a box, with an edge of the other tone."""
    painter.setFont(font)
    painter.setPen(faint(style.colours.mark_paper, 210))
    for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        painter.drawText(box.translated(dx, dy), MIDDLE, text)
    painter.setPen(QColor(style.colours.mark_text))
    painter.drawText(box, MIDDLE, text)


def font_of(pixels: float, weight: QFont.Weight) -> QFont:
    """The program's font at a height in pixels."""
    made = QFont(theme.FAMILY)
    made.setPixelSize(max(round(pixels), 6))
    made.setWeight(weight)
    return made


def dashed(colour: QColor, width: float) -> QPen:
    """A dashed line."""
    pen = QPen(colour, width)
    pen.setDashPattern([2.2, 1.6])
    return pen


def faint(colour: str, alpha: int) -> QColor:
    """A colour through which something is seen; `alpha` is of 255."""
    made = QColor(colour)
    made.setAlpha(alpha)
    return made
