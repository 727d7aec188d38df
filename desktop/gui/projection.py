"""How a part of the atlas lies in the pixels of a widget."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

from desktop.core.atlas import CloseUp, Outline, Point, View
from desktop.gui import art

# Neighbouring sites are about 15 mm apart on the head; a mark may fill most of half of that.
MARK_SHARE_MM = 6.6
LARGEST_MARK_PX = 22.0
SMALLEST_MARK_PX = 3.0


@dataclass(frozen=True)
class Projection:
    """Millimetres of one view to pixels and back, at one size of the widget."""

    frame: CloseUp
    view: View
    width: int
    height: int

    @cached_property
    def shown(self) -> CloseUp:
        """The frame, widened to the shape of the widget as far as the drawing goes."""
        return art.widened(self.frame, self.view, max(self.width, 1), max(self.height, 1))

    @cached_property
    def px_per_mm(self) -> float:
        """Pixels to one millimetre of the head."""
        return max(self.width, 1) / self.shown.width_mm

    @cached_property
    def radius(self) -> float:
        """How large a mark is, in pixels."""
        share = min(MARK_SHARE_MM * self.px_per_mm, LARGEST_MARK_PX)
        return max(share, SMALLEST_MARK_PX)

    @cached_property
    def to_screen(self) -> QTransform:
        """Columns and rows of the drawing to pixels: the one transform."""
        return art.to_pixels_of(self.shown, self.width, self.height)

    def at(self, point: Point) -> QPointF:
        """Where a point of this view is drawn."""
        return self.to_screen.map(QPointF(*self.view.to_drawing(point)))

    def all_at(self, points: Mapping[str, Point]) -> dict[str, QPointF]:
        """Where points of this view are drawn."""
        return {code: self.at(point) for code, point in points.items()}

    def point_at(self, position: QPointF) -> Point:
        """The point that is drawn at a position."""
        inverse, _invertible = self.to_screen.inverted()
        column, row = inverse.map(position).toTuple()
        return self.view.from_drawing(column, row)

    def box_of(self, outline: Outline) -> QRectF:
        """The box around a region."""
        return self.to_screen.mapRect(art.outline_path(outline).boundingRect())
