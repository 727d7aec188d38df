"""Places where an extra could be given, offered until one is chosen."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from desktop.core.atlas import Point, nearest_site
from desktop.core.handbook import Handbook
from desktop.core.protocol import Side
from desktop.gui import theme
from desktop.gui.projection import Projection
from desktop.gui.strokes import (
    MarkStyle,
    draw_shape,
    empty,
    faint,
    half_of_mark,
    painter_on,
    put,
    scale_of,
)
from desktop.language import _
from desktop.wording import region_name, side_name

SHARE = 0.8  # of the radius

Muscle = tuple[str, Side]
Offered = Mapping[Muscle, tuple[Point, ...]]


@dataclass(frozen=True)
class Suggestion:
    """One place, and which of its muscle's it is, from 1 on."""

    point: Point
    region: str
    side: Side
    number: int


def free_places(
    offered: Offered, muscles: Collection[Muscle], drawn: Projection, taken: Iterable[Point]
) -> list[Suggestion]:
    """The places offered in these muscles of a picture, but for those where a site is."""
    sites = {str(number): point for number, point in enumerate(taken)}
    reach_mm = drawn.radius / drawn.px_per_mm
    return [
        Suggestion(point, region, side, number)
        for (region, side), places in offered.items()
        if (region, side) in muscles
        for number, point in enumerate(places, 1)
        if point.view == drawn.view.key and nearest_site(point, sites, reach_mm) is None
    ]


def nearest_place(point: Point, places: Iterable[Suggestion], reach_mm: float) -> Point | None:
    """The suggested place that a click means, if one is within reach."""
    points = {str(number): each.point for number, each in enumerate(places)}
    nearest = nearest_site(point, points, reach_mm)
    return points[nearest] if nearest is not None else None


def suggestion_words(each: Suggestion, book: Handbook) -> str:
    """A suggested place as a screen reader says it."""
    return _("{region} {side}, suggested place {number} for an extra").format(
        region=region_name(book.protocol.regions[each.region]),
        side=side_name(each.side),
        number=each.number,
    )


def paint_suggestion(painter: QPainter, at: QPointF, region: str, style: MarkStyle) -> None:
    """A dotted diamond with a plus."""
    put(painter, at, _suggestion(region, style, scale_of(painter)))


@lru_cache(maxsize=32)
def _suggestion(region: str, style: MarkStyle, scale: float) -> QPixmap:
    half = half_of_mark(style)
    made = empty(2 * half, 2 * half, scale)
    painter = painter_on(made)
    at, colour = QPointF(half, half), theme.region_colour(region, style.colours)
    dots = QPen(colour, max(style.radius * 0.09, 1.2), Qt.PenStyle.DotLine)
    dots.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(QPen(faint(style.colours.mark_paper, 230), max(style.radius * 0.24, 3.2)))
    painter.setBrush(faint(style.colours.mark_paper, 200))
    draw_shape(painter, at, style.radius * SHARE, diamond=True)
    painter.setPen(dots)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    draw_shape(painter, at, style.radius * SHARE, diamond=True)
    arm = style.radius * 0.3
    painter.setPen(QPen(colour, max(style.radius * 0.1, 1.5)))
    painter.drawLine(at - QPointF(arm, 0), at + QPointF(arm, 0))
    painter.drawLine(at - QPointF(0, arm), at + QPointF(0, arm))
    painter.end()
    return made
