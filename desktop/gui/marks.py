"""The marks of sites: state by shape and number first, by colour second."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap

from desktop.core.amounts import amount_text
from desktop.core.session import Injection, State
from desktop.gui import theme
from desktop.gui.strokes import (
    MarkStyle,
    dashed,
    draw_shape,
    empty,
    faint,
    font_of,
    half_of_mark,
    painter_on,
    put,
    scale_of,
)

CROSS = 0.42  # of the radius: how far the cross of an omitted site reaches
RING = 1.36  # of the radius: how far the ring of the cursor reaches, without half its line
SMALLEST_BADGE_PX = 4.5
MARK_ROOM = 1.42  # of the radius: what a mark covers with its badges, and its ring with its line
BADGE, BADGE_AT = 0.38, 0.78  # of the radius: how large a badge is, and how far up and aside
GHOST, ECHO, PLANNED = 0.62, 0.36, 0.34  # of the radius: a site not in the plan, and smaller ones
DIRECTIONS = 8  # that the arrow of a moved site can point to


def paint_ghost(painter: QPainter, at: QPointF, region: str, style: MarkStyle) -> None:
    """A fixed site that is not in the plan: there to be tapped, and nothing more."""
    colour = theme.region_colour(region, style.colours)
    painter.setPen(dashed(colour, max(style.radius * 0.07, 1.0)))
    painter.setBrush(faint(style.colours.mark_paper, 110))
    painter.drawEllipse(at, style.radius * GHOST, style.radius * GHOST)


def paint_echo(painter: QPainter, at: QPointF, each: Injection, style: MarkStyle) -> None:
    """The same site seen in another view: small, without its number."""
    colour = theme.region_colour(each.region, style.colours)
    painter.setPen(QPen(colour, 1.2))
    painter.setBrush(colour if each.state is State.GIVEN else QColor(style.colours.mark_paper))
    painter.drawEllipse(at, style.radius * ECHO, style.radius * ECHO)


def paint_mark(
    painter: QPainter,
    at: QPointF,
    each: Injection,
    style: MarkStyle,
    planned: QPointF | None = None,
) -> None:
    """One charted or planned site: shape by kind, filled when given, crossed when omitted.

    A moved site, which was `planned` elsewhere, bears an arrow that points away from there.
    """
    # A tap repaints a view; drawn anew each time, its marks would cost more than all the rest.
    direction = None if planned is None else _direction(planned, at)
    put(painter, at, _mark(_face_of(each, direction), style, scale_of(painter)))


def paint_cursor(painter: QPainter, at: QPointF, style: MarkStyle) -> None:
    """The ring around the site that the row of acts works on."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(style.colours.mark_paper), max(style.radius * 0.32, 3.5)))
    painter.drawEllipse(at, style.radius * RING, style.radius * RING)
    painter.setPen(QPen(QColor(style.colours.accent), max(style.radius * 0.16, 2.0)))
    painter.drawEllipse(at, style.radius * RING, style.radius * RING)


def paint_move(painter: QPainter, planned: QPointF, actual: QPointF, style: MarkStyle) -> None:
    """From where it was planned to where it was given."""
    ring, text = style.radius * PLANNED, QColor(style.colours.mark_text)
    thick = max(style.radius * 0.08, 1.2)
    line = QLineF(planned, actual)
    # On skin and on a region's colour alike the line is seen only with an edge of paper.
    painter.setPen(QPen(faint(style.colours.mark_paper, 200), thick * 2.6))
    painter.drawLine(line)
    painter.setPen(dashed(text, thick))
    painter.drawLine(line)
    painter.setPen(QPen(text, thick))
    painter.setBrush(QColor(style.colours.mark_paper))
    painter.drawEllipse(planned, ring, ring)
    painter.setBrush(text)
    painter.drawEllipse(planned, thick * 0.7, thick * 0.7)


def move_circles(
    planned: QPointF, actual: QPointF, radius: float
) -> Iterator[tuple[float, float, float]]:
    """What the line of a move covers, as x, y and reach: its ring, then beads along it."""
    line, apart = QLineF(planned, actual), radius * 0.5
    yield planned.x(), planned.y(), radius * PLANNED + 1
    for step in range(1, int(line.length() / apart)):
        bead = line.pointAt(step * apart / line.length())
        yield bead.x(), bead.y(), radius * 0.25


@dataclass(frozen=True)
class _Face:
    """What a mark looks like, wherever it stands."""

    region: str
    state: State
    units: Decimal
    is_extra: bool
    has_other_dose: bool
    direction: int | None


def _face_of(each: Injection, direction: int | None) -> _Face:
    other_dose = each.has_other_dose
    return _Face(each.region, each.state, each.units, each.is_extra, other_dose, direction)


def _direction(planned: QPointF, actual: QPointF) -> int:
    """Where a move went, in eighths of a turn against the clock from the right of the picture."""
    return round(QLineF(planned, actual).angle() / 360 * DIRECTIONS) % DIRECTIONS


@lru_cache(maxsize=512)
def _mark(face: _Face, style: MarkStyle, scale: float) -> QPixmap:
    half = half_of_mark(style)
    made = empty(2 * half, 2 * half, scale)
    painter = painter_on(made)
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
        painter.setPen(dashed(colour, max(style.radius * 0.11, 1.3)))
        painter.setBrush(paper)
    draw_shape(painter, at, style.radius, diamond=face.is_extra)
    if crossed:
        _cross(painter, at, style)
    else:
        number = paper if face.state is State.GIVEN else colour
        _number(painter, at, amount_text(face.units), number, style)
    if face.has_other_dose and not crossed:
        _badge(painter, at, "\N{PLUS-MINUS SIGN}", colour, style)
    if face.direction is not None:
        _arrow_badge(painter, at, face.direction, colour, style)
    painter.end()
    return made


def _cross(painter: QPainter, at: QPointF, style: MarkStyle) -> None:
    reach = style.radius * CROSS
    painter.setPen(QPen(QColor(style.colours.mark_text), max(style.radius * 0.15, 1.6)))
    painter.drawLine(at + QPointF(-reach, -reach), at + QPointF(reach, reach))
    painter.drawLine(at + QPointF(-reach, reach), at + QPointF(reach, -reach))


def _number(painter: QPainter, at: QPointF, text: str, colour: QColor, style: MarkStyle) -> None:
    # The more digits, the smaller, so that 12.75 stays inside its circle.
    share = 1.12 if len(text) == 1 else 0.92 if len(text) <= 3 else 0.68
    painter.setFont(font_of(style.radius * share, QFont.Weight.Bold))
    painter.setPen(colour)
    box = QRectF(at.x() - style.radius, at.y() - style.radius, 2 * style.radius, 2 * style.radius)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _badge(painter: QPainter, at: QPointF, text: str, colour: QColor, style: MarkStyle) -> None:
    centre = at + QPointF(style.radius * BADGE_AT, -style.radius * BADGE_AT)
    small = max(style.radius * BADGE, SMALLEST_BADGE_PX)
    painter.setPen(QPen(colour, 1.4))
    painter.setBrush(QColor(style.colours.mark_paper))
    painter.drawEllipse(centre, small, small)
    painter.setFont(font_of(small * 1.35, QFont.Weight.Bold))
    painter.setPen(colour)
    box = QRectF(centre.x() - small, centre.y() - small, 2 * small, 2 * small)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _arrow_badge(
    painter: QPainter, at: QPointF, direction: int, colour: QColor, style: MarkStyle
) -> None:
    """An arrow on the mark itself: a short move would hide its own line."""
    centre = at + QPointF(-style.radius * BADGE_AT, -style.radius * BADGE_AT)
    small = max(style.radius * BADGE, SMALLEST_BADGE_PX)
    painter.save()
    painter.translate(centre)
    painter.setPen(QPen(colour, 1.4))
    painter.setBrush(QColor(style.colours.mark_paper))
    painter.drawEllipse(QPointF(), small, small)
    painter.rotate(-360 / DIRECTIONS * direction)
    painter.setPen(QPen(colour, max(small * 0.22, 1.3)))
    reach, wing = small * 0.58, small * 0.45
    painter.drawLine(QPointF(-reach, 0), QPointF(reach, 0))
    painter.drawLine(QPointF(reach - wing, -wing), QPointF(reach, 0))
    painter.drawLine(QPointF(reach - wing, wing), QPointF(reach, 0))
    painter.restore()
