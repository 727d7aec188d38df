"""The marks of sites: state by shape and number first, by colour second."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from math import ceil

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPen,
    QPixmap,
    QPolygonF,
)

from desktop.core.amounts import amount_text
from desktop.core.session import Injection, State
from desktop.gui import theme
from desktop.gui.theme import Colours

LABEL_HEIGHT = 0.9  # of the radius
FIGURES_HEIGHT = 0.75  # of the radius
BETWEEN_FIGURES = " \N{MIDDLE DOT} "
CROSS = 0.42  # of the radius: how far the cross of an omitted site reaches
PAST_OPACITY = (235, 190, 145)  # of 255, from the newest session to the oldest
FIGURES_MARGIN_PX = 5.0
MIDDLE = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
DIRECTIONS = 8  # that the arrow of a moved site can point to

Piece = tuple[str, QFont, float]  # a text, its font and its width in pixels


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
    _paint(painter, at, _mark(_face_of(each, direction), style, _scale(painter)))


def paint_past(
    painter: QPainter, at: QPointF, each: Injection, age: int, style: MarkStyle, *, named: bool
) -> None:
    """An extra or a moved site of an earlier session: small, grey, dashed, fainter with age."""
    units = each.units if named else None
    _paint(painter, at, _past_mark(units, each.is_extra, age, style, _scale(painter)))


def paint_suggestion(painter: QPainter, at: QPointF, region: str, style: MarkStyle) -> None:
    """Where an extra could be placed: a dotted diamond with a plus."""
    _paint(painter, at, _suggestion(region, style, _scale(painter)))


def paint_cursor(painter: QPainter, at: QPointF, style: MarkStyle) -> None:
    """The ring around the site that the row of acts works on."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(style.colours.mark_paper), max(style.radius * 0.32, 3.5)))
    painter.drawEllipse(at, style.radius * 1.36, style.radius * 1.36)
    painter.setPen(QPen(QColor(style.colours.accent), max(style.radius * 0.16, 2.0)))
    painter.drawEllipse(at, style.radius * 1.36, style.radius * 1.36)


def paint_move(painter: QPainter, planned: QPointF, actual: QPointF, style: MarkStyle) -> None:
    """From where it was planned to where it was given."""
    ring, text = style.radius * 0.34, QColor(style.colours.mark_text)
    thick = max(style.radius * 0.08, 1.2)
    line = QLineF(planned, actual)
    # On skin and on a region's colour alike the line is seen only with an edge of paper.
    painter.setPen(QPen(_faint(style.colours.mark_paper, 200), thick * 2.6))
    painter.drawLine(line)
    painter.setPen(_dashed(text, thick))
    painter.drawLine(line)
    painter.setPen(QPen(text, thick))
    painter.setBrush(QColor(style.colours.mark_paper))
    painter.drawEllipse(planned, ring, ring)
    painter.setBrush(text)
    painter.drawEllipse(planned, thick * 0.7, thick * 0.7)


def paint_label(
    painter: QPainter,
    at: QPointF,
    text: str,
    style: MarkStyle,
    reach: float = 1.0,
    figures: tuple[str, ...] = (),
) -> None:
    """A short name below a mark, or above it if `reach` (in radii) is negative.

    Beyond the name, seen from the mark, `figures` of earlier sessions, newest first.
    """
    made = _label(text, figures, reach < 0, style, _scale(painter))
    size = made.deviceIndependentSize()
    edge = at.y() + style.radius * reach
    top = edge + 1 if reach > 0 else edge - size.height() - 1
    painter.drawPixmap(QPointF(at.x() - size.width() / 2, top), made)


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


def _scale(painter: QPainter) -> float:
    return painter.device().devicePixelRatio()


def _paint(painter: QPainter, at: QPointF, made: QPixmap) -> None:
    """Draw a square picture around a place."""
    half = made.deviceIndependentSize().width() / 2
    painter.drawPixmap(at - QPointF(half, half), made)


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
    if face.direction is not None:
        _arrow_badge(painter, at, face.direction, colour, style)
    painter.end()
    return made


@lru_cache(maxsize=256)
def _past_mark(
    units: Decimal | None, is_extra: bool, age: int, style: MarkStyle, scale: float
) -> QPixmap:
    half = _half(style)
    made = _empty(2 * half, 2 * half, scale)
    painter = _painter(made)
    painter.setOpacity(PAST_OPACITY[age] / 255)
    at, colour = QPointF(half, half), QColor(style.colours.mark_text)
    radius = max(style.radius * (0.6 if units is not None else 0.45), 3.0)
    painter.setPen(QPen(_faint(style.colours.mark_paper, 150), max(style.radius * 0.14, 2.2)))
    painter.setBrush(_faint(style.colours.mark_paper, 70))
    _shape(painter, at, radius, diamond=is_extra)
    painter.setPen(_dashed(colour, max(style.radius * 0.06, 1.0)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _shape(painter, at, radius, diamond=is_extra)
    if units is not None:
        font = _pixels(max(style.radius * 0.5, 9.0), QFont.Weight.Normal)
        _outlined(painter, QRectF(0, 0, 2 * half, 2 * half), amount_text(units), font, style)
    painter.end()
    return made


@lru_cache(maxsize=32)
def _suggestion(region: str, style: MarkStyle, scale: float) -> QPixmap:
    half = _half(style)
    made = _empty(2 * half, 2 * half, scale)
    painter = _painter(made)
    at, colour = QPointF(half, half), theme.region_colour(region, style.colours)
    dots = QPen(colour, max(style.radius * 0.09, 1.2), Qt.PenStyle.DotLine)
    dots.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(dots)
    painter.setBrush(_faint(style.colours.mark_paper, 120))
    _shape(painter, at, style.radius * 0.8, diamond=True)
    arm = style.radius * 0.3
    painter.setPen(QPen(colour, max(style.radius * 0.1, 1.3)))
    painter.drawLine(at - QPointF(arm, 0), at + QPointF(arm, 0))
    painter.drawLine(at - QPointF(0, arm), at + QPointF(0, arm))
    painter.end()
    return made


@lru_cache(maxsize=512)
def _label(
    text: str, figures: tuple[str, ...], above: bool, style: MarkStyle, scale: float
) -> QPixmap:
    """Readable on any tone of the drawing: dark letters in a light edge, or the other way round."""
    font = _pixels(max(style.radius * 0.56, 9.0), QFont.Weight.DemiBold)
    pieces = _pieces(figures, style)
    row = sum(width for _piece, _font, width in pieces) + 2 * FIGURES_MARGIN_PX
    high, more = style.radius * LABEL_HEIGHT, style.radius * FIGURES_HEIGHT if figures else 0.0
    wide = ceil(max(QFontMetricsF(font).horizontalAdvance(text) + 4, row))
    made = _empty(wide, high + more, scale)
    painter = _painter(made)
    _outlined(painter, QRectF(0, more if above else 0, wide, high), text, font, style)
    if figures:
        box = QRectF((wide - row) / 2, 0 if above else high, row, more)
        _paint_figures(painter, box, pieces, style)
    painter.end()
    return made


def _paint_figures(painter: QPainter, box: QRectF, pieces: list[Piece], style: MarkStyle) -> None:
    """On a ground of their own: a dash or a dot would be lost on the drawing."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_faint(style.colours.mark_paper, 220))
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
    left = box.left() + FIGURES_MARGIN_PX
    for place, (text, font, width) in enumerate(pieces):
        painter.setFont(font)
        painter.setPen(QColor(style.colours.quiet if place else style.colours.mark_text))
        painter.drawText(QRectF(left, box.top(), width, box.height()), MIDDLE, text)
        left += width


def _pieces(figures: tuple[str, ...], style: MarkStyle) -> list[Piece]:
    """Figures, each with its font and width; the newest is bold."""
    size = max(style.radius * 0.5, 9.0)
    pieces = []
    for place, figure in enumerate(figures):
        font = _pixels(size, QFont.Weight.Normal if place else QFont.Weight.Bold)
        text = BETWEEN_FIGURES + figure if place else figure
        pieces.append((text, font, QFontMetricsF(font).horizontalAdvance(text)))
    return pieces


def _outlined(painter: QPainter, box: QRectF, text: str, font: QFont, style: MarkStyle) -> None:
    """Text in the middle of a box, with an edge of the other tone."""
    painter.setFont(font)
    painter.setPen(_faint(style.colours.mark_paper, 210))
    for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        painter.drawText(box.translated(dx, dy), MIDDLE, text)
    painter.setPen(QColor(style.colours.mark_text))
    painter.drawText(box, MIDDLE, text)


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


def _arrow_badge(
    painter: QPainter, at: QPointF, direction: int, colour: QColor, style: MarkStyle
) -> None:
    """An arrow on the mark itself: a short move would hide its own line."""
    centre = at + QPointF(-style.radius * 0.78, -style.radius * 0.78)
    small = max(style.radius * 0.38, 4.5)
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
