"""The drawn head and neck: views, regions and sites in millimetres, and what is at a point.

A `Point` is in the frame of the atlas (x to the patient's left, y up, z to the face), as one view
looks on it: `across_mm` is x in the front and back views and z in the two side views, `up_mm` is y.
A drawing counts columns from its left edge and rows from its top edge, also in millimetres.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import hypot
from typing import Any

from desktop.core.errors import ExpectedError
from desktop.core.protocol import Edition, Side

Place = tuple[float, float]  # column and row in a drawing, mm from its top left corner
Ring = tuple[Place, ...]

_COORDINATES = {"M": 2, "L": 2, "C": 6, "Z": 0}
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")


@dataclass(frozen=True)
class Point:
    """Where on the head, as one view shows it; millimetres of the atlas's frame."""

    view: str
    across_mm: float
    up_mm: float


@dataclass(frozen=True)
class View:
    """One drawing of the head: its art and how it lies in the atlas's frame."""

    key: str
    art: str
    print_art: str
    axis: str
    sign: int
    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float
    edges: tuple[str, str] | None
    caption: str | None

    def to_drawing(self, point: Point) -> Place:
        """The column and row at which this view draws a point."""
        return (self.sign * point.across_mm - self.left_mm, self.top_mm - point.up_mm)

    def from_drawing(self, column: float, row: float) -> Point:
        """The point drawn at a column and row, to a tenth of a millimetre."""
        across = self.sign * (column + self.left_mm)
        # + 0.0 turns a negative zero into zero, so that equal points have equal text.
        return Point(self.key, round(across, 1) + 0.0, round(self.top_mm - row, 1) + 0.0)

    def holds(self, point: Point) -> bool:
        """Whether a point lies within this drawing."""
        column, row = self.to_drawing(point)
        return 0 <= column <= self.width_mm and 0 <= row <= self.height_mm


@dataclass(frozen=True)
class Outline:
    """The shape of one side of a region in one view, in the drawing's columns and rows."""

    path: str
    rings: tuple[Ring, ...]

    def covers(self, place: Place) -> bool:
        """Whether a place lies inside (the even-odd rule over all rings)."""
        return sum(_crossings(ring, place) for ring in self.rings) % 2 == 1


@dataclass(frozen=True)
class SitePlace:
    """Where a fixed site is: once in 3D, and in each view that shows it."""

    code: str
    region: str
    side: Side
    at_mm: tuple[float, float, float]
    home_view: str
    drawn_mm: Mapping[str, Place]


@dataclass(frozen=True)
class CloseUp:
    """A part of a view drawn large: its column, row, width and height in that view, mm."""

    key: str
    view: str
    column_mm: float
    row_mm: float
    width_mm: float
    height_mm: float


@dataclass(frozen=True)
class Atlas:
    """The whole map, with the edition that every charted point refers to."""

    edition: Edition
    views: Mapping[str, View]
    close_ups: Mapping[str, CloseUp]
    outlines: Mapping[str, Mapping[Side, Mapping[str, Outline]]]
    places: Mapping[str, SitePlace]
    palettes: Mapping[str, tuple[str, ...]]

    def home_point(self, code: str) -> Point:
        """Where a fixed site is in the view that takes its taps."""
        place = self.places[code]
        return self.views[place.home_view].from_drawing(*place.drawn_mm[place.home_view])

    def home_view(self, region: str, side: Side) -> str:
        """The one view in which a muscle of this side takes taps."""
        return next(
            place.home_view
            for place in self.places.values()
            if place.region == region and place.side == side
        )

    def mirrored(self, point: Point) -> Point:
        """The same place on the other half of the head, in the view that shows it."""
        if self.views[point.view].axis == "x":
            # + 0.0 turns a negative zero into zero, so that equal points have equal text.
            return Point(point.view, -point.across_mm + 0.0, point.up_mm)
        other = next(
            view.key for view in self.views.values() if view.axis != "x" and view.key != point.view
        )
        return Point(other, point.across_mm, point.up_mm)

    def region_at(self, point: Point) -> tuple[str, Side] | None:
        """The region under a point, home or echo."""
        place = self.views[point.view].to_drawing(point)
        for region, sides in self.outlines.items():
            for side, views in sides.items():
                if point.view in views and views[point.view].covers(place):
                    return region, side
        return None


class PointOutsideViewError(ExpectedError):
    """The point lies outside the drawing that it is meant for."""

    def __init__(self, point: Point) -> None:
        """Keep the point that was asked for."""
        super().__init__(str(point))
        self.point = point


def nearest_site(point: Point, sites: Mapping[str, Point], reach_mm: float) -> str | None:
    """The site nearest to a point of the same view, if one is within reach.

    This rule decides what a click charts, so it is part of the chart and not of the screen.
    """
    near = [
        (hypot(at.across_mm - point.across_mm, at.up_mm - point.up_mm), code)
        for code, at in sites.items()
        if at.view == point.view
    ]
    distance, code = min(near, default=(reach_mm + 1, ""))
    return code if distance <= reach_mm else None


def read_atlas(table: Mapping[str, Any]) -> Atlas:
    """Build the atlas from `atlas.json` as read by `json`."""
    return Atlas(
        edition=Edition(table["id"], table["version"]),
        views={key: _read_view(key, view) for key, view in table["views"].items()},
        close_ups={
            key: CloseUp(key, part["view"], *part["frame_mm"])
            for key, part in table["close_ups"].items()
        },
        outlines={
            region: {
                Side(side): {view: _read_outline(shape) for view, shape in views.items()}
                for side, views in sides.items()
            }
            for region, sides in table["regions"].items()
        },
        places={code: _read_place(code, site) for code, site in table["sites"].items()},
        palettes={key: tuple(colours) for key, colours in table["palettes"].items()},
    )


def _read_view(key: str, view: Mapping[str, Any]) -> View:
    edges = view["edges"]
    return View(
        key=key,
        art=view["art"],
        print_art=view["print_art"],
        axis=view["across"],
        sign=view["sign"],
        left_mm=view["left_mm"],
        top_mm=view["top_mm"],
        width_mm=view["width_mm"],
        height_mm=view["height_mm"],
        edges=(edges[0], edges[1]) if edges else None,
        caption=view["caption"],
    )


def _read_outline(shape: Mapping[str, Any]) -> Outline:
    return Outline(shape["path"], tuple(_read_ring(ring) for ring in shape["outline_mm"]))


def _read_ring(ring: Iterable[Iterable[float]]) -> Ring:
    return tuple((column, row) for column, row in ring)


def _read_place(code: str, site: Mapping[str, Any]) -> SitePlace:
    x, y, z = site["at_mm"]
    return SitePlace(
        code=code,
        region=site["region"],
        side=Side(site["side"]),
        at_mm=(x, y, z),
        home_view=site["home_view"],
        drawn_mm={view: (column, row) for view, (column, row) in site["views_mm"].items()},
    )


def path_segments(path: str) -> list[tuple[str, tuple[float, ...]]]:
    """The segments of a path as our atlas maker writes it: absolute M, L, C and Z.

    Returns:
        `(letter, coordinates)` a segment: 2 coordinates for M and L, 6 for C, none for Z.

    Raises:
        KeyError: The path has a letter that our maker never writes.
    """
    segments: list[tuple[str, tuple[float, ...]]] = []
    for letter, numbers in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        values = tuple(float(number) for number in _NUMBER.findall(numbers))
        step = _COORDINATES[letter]
        if not step:
            segments.append((letter, ()))
            continue
        segments.extend((letter, values[i : i + step]) for i in range(0, len(values), step))
    return segments


def _crossings(ring: Ring, place: Place) -> int:
    """How often a ray to the right from a place crosses a ring."""
    column, row = place
    count = 0
    for (c0, r0), (c1, r1) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (r0 > row) != (r1 > row) and column < c0 + (row - r0) / (r1 - r0) * (c1 - c0):
            count += 1
    return count
