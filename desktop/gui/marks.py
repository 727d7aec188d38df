"""The marks of sites: state by shape and number first, by colour second."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap, QPolygonF

from desktop.core.amounts import amount_text
from desktop.core.session import Injection, State
from desktop.gui import theme
from desktop.gui.theme import Colours

LABEL_WIDTH_PX = 280
LABEL_HEIGHT = 0.9  # of the radius
CROSS = 0.42  # of the radius: how far the cross of an omitted site reaches


@dataclass(frozen=True)
class MarkStyle:
    """What all marks of one picture share: radius in pixels, and the colours."""

    radius: float
    colours: Colours


def paint_ghost(painter: QPainter, at: QPointF, region: str, style: MarkStyle) -> None:
    """A fixed site that is not in the plan: there to be tapped, and nothing more."""
    colour = theme.region_colour(region, style.colours)
    painter.setPen(_dashed(colour, max(style.radius * 0.07, 1.0)))
    painter.setBrush(_faint(style.colours.mark_paper, 110))
    painter.drawEllipse(at, style.radius * 0.62, style.radius * 0.62)


def paint_echo(painter: QPainter, at: QPointF, each: Injection, style: MarkStyle) -> None:
    """The same site seen in another view: small, without its number."""
    colour = theme.region_colour(each.region, style.colours)
    painter.setPen(QPen(colour, 1.2))
    painter.setBrush(colour if each.state is State.GIVEN else QColor(style.colours.mark_paper))
    painter.drawEllipse(at, style.radius * 0.36, style.radius * 0.36)


def paint_mark(painter: QPainter, at: QPointF, each: Injection, style: MarkStyle) -> None:
    """One charted or planned site: shape by kind, filled when given, crossed when omitted."""
    scale = painter.device().devicePixelRatio()
    half = _half(style)
    # A tap repaints a view; drawn anew each time, its marks would cost more than all the rest.
    painter.drawPixmap(at - QPointF(half, half), _mark(_face_of(each), style, scale))


def paint_cursor(painter: QPainter, at: QPointF, style: MarkStyle) -> None:
    """The ring around the site that the row of acts works on."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(style.colours.mark_paper), max(style.radius * 0.32, 3.5)))
    painter.drawEllipse(at, style.radius * 1.36, style.radius * 1.36)
    painter.setPen(QPen(QColor(style.colours.accent), max(style.radius * 0.16, 2.0)))
    painter.drawEllipse(at, style.radius * 1.36, style.radius * 1.36)


def paint_move(painter: QPainter, planned: QPointF, actual: QPointF, style: MarkStyle) -> None:
    """From where it was planned to where it was given."""
    painter.setPen(QPen(QColor(style.colours.mark_text), 1.4, Qt.PenStyle.DotLine))
    painter.drawLine(planned, actual)
    painter.setPen(QPen(QColor(style.colours.mark_text), 1.2))
    painter.setBrush(QColor(style.colours.mark_paper))
    painter.drawEllipse(planned, style.radius * 0.28, style.radius * 0.28)


def paint_label(
    painter: QPainter, at: QPointF, text: str, style: MarkStyle, reach: float = 1.0
) -> None:
    """A short name below a mark, or above it if `reach` (in radii) is negative."""
    edge = at.y() + style.radius * reach
    height = style.radius * LABEL_HEIGHT
    corner = QPointF(at.x() - LABEL_WIDTH_PX / 2, edge + 1 if reach > 0 else edge - height - 1)
    painter.drawPixmap(corner, _label(text, style, painter.device().devicePixelRatio()))


@dataclass(frozen=True)
class _Face:
    """What a mark looks like, wherever it stands."""

    region: str
    state: State
    units: Decimal
    is_extra: bool
    has_other_dose: bool


def _face_of(each: Injection) -> _Face:
    return _Face(each.region, each.state, each.units, each.is_extra, each.has_other_dose)


def _half(style: MarkStyle) -> float:
    """Half of a mark's picture: room for a diamond and for a badge."""
    return ceil(style.radius * 1.4 + 4)


@lru_cache(maxsize=512)
def _mark(face: _Face, style: MarkStyle, scale: float) -> QPixmap:
    half = _half(style)
    made = _empty(2 * half, 2 * half, scale)
    painter = _painter(made)
    at = QPointF(half, half)
    colour = theme.region_colour(face.region, style.colours)
    paper = QColor(style.colours.mark_paper)
    crossed = face.state in (State.OMITTED, State.NOT_GIVEN)
    if face.state is State.GIVEN:
        painter.setPen(QPen(paper, max(style.radius * 0.1, 1.2)))
        painter.setBrush(colour)
    elif crossed:
        painter.setPen(QPen(QColor(style.colours.quiet), max(style.radius * 0.1, 1.2)))
        painter.setBrush(paper)
    else:
        painter.setPen(_dashed(colour, max(style.radius * 0.11, 1.3)))
        painter.setBrush(paper)
    _shape(painter, at, style.radius, diamond=face.is_extra)
    if crossed:
        _cross(painter, at, style)
    else:
        number = paper if face.state is State.GIVEN else colour
        _number(painter, at, amount_text(face.units), number, style)
    if face.has_other_dose and not crossed:
        _badge(painter, at, "\N{PLUS-MINUS SIGN}", colour, style)
    painter.end()
    return made


@lru_cache(maxsize=256)
def _label(text: str, style: MarkStyle, scale: float) -> QPixmap:
    """Readable on any tone of the drawing: dark letters in a light edge, or the other way round."""
    box = QRectF(0, 0, LABEL_WIDTH_PX, style.radius * LABEL_HEIGHT)
    made = _empty(box.width(), box.height(), scale)
    painter = _painter(made)
    painter.setFont(_pixels(max(style.radius * 0.56, 9.0), QFont.Weight.DemiBold))
    painter.setPen(_faint(style.colours.mark_paper, 210))
    for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        painter.drawText(box.translated(dx, dy), Qt.AlignmentFlag.AlignCenter, text)
    painter.setPen(QColor(style.colours.mark_text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return made


def _empty(width: float, height: float, scale: float) -> QPixmap:
    made = QPixmap(ceil(width * scale), ceil(height * scale))
    made.setDevicePixelRatio(scale)
    made.fill(Qt.GlobalColor.transparent)
    return made


def _painter(picture: QPixmap) -> QPainter:
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return painter


def _shape(painter: QPainter, at: QPointF, radius: float, *, diamond: bool) -> None:
    if not diamond:
        painter.drawEllipse(at, radius, radius)
        return
    reach = radius * 1.3
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


def _cross(painter: QPainter, at: QPointF, style: MarkStyle) -> None:
    reach = style.radius * CROSS
    painter.setPen(QPen(QColor(style.colours.mark_text), max(style.radius * 0.15, 1.6)))
    painter.drawLine(at + QPointF(-reach, -reach), at + QPointF(reach, reach))
    painter.drawLine(at + QPointF(-reach, reach), at + QPointF(reach, -reach))


def _number(painter: QPainter, at: QPointF, text: str, colour: QColor, style: MarkStyle) -> None:
    # The more digits, the smaller, so that 12.75 stays inside its circle.
    share = 1.12 if len(text) == 1 else 0.92 if len(text) <= 3 else 0.68
    painter.setFont(_pixels(style.radius * share, QFont.Weight.Bold))
    painter.setPen(colour)
    box = QRectF(at.x() - style.radius, at.y() - style.radius, 2 * style.radius, 2 * style.radius)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _badge(painter: QPainter, at: QPointF, text: str, colour: QColor, style: MarkStyle) -> None:
    centre = at + QPointF(style.radius * 0.78, -style.radius * 0.78)
    small = max(style.radius * 0.38, 4.5)
    painter.setPen(QPen(colour, 1.4))
    painter.setBrush(QColor(style.colours.mark_paper))
    painter.drawEllipse(centre, small, small)
    painter.setFont(_pixels(small * 1.35, QFont.Weight.Bold))
    painter.setPen(colour)
    box = QRectF(centre.x() - small, centre.y() - small, 2 * small, 2 * small)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _pixels(size: float, weight: QFont.Weight) -> QFont:
    made = QFont(theme.FAMILY)
    made.setPixelSize(max(round(size), 6))
    made.setWeight(weight)
    return made


def _dashed(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setDashPattern([2.2, 1.6])
    return pen


def _faint(colour: str, alpha: int) -> QColor:
    made = QColor(colour)
    made.setAlpha(alpha)
    return made
