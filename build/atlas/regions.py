"""The seven regions, each drawn once in the plane where it is easiest and laid on the surface."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from curves import curves_of, flattened, mirrored, shape_above, spline_through
from draw import kept, mirror_of
from features import Points, points
from frame import Floats, Mask
from head import BODY
from raster import Picture
from shapely.geometry.base import BaseGeometry
from surface import FAR_MM, front_plane, inside_by_mm, side_plane

Plane = Literal["front", "side", "back"]

CURVE_TOLERANCE_MM = 0.12
RING_TOLERANCE_MM = 0.25
INSET_MM = 0.5
ROUNDING_MM = 1.5
JOINT_MM = 7.0


@dataclass(frozen=True)
class Region:
    """A muscle's area on the surface of the left half of the head; the right half mirrors it.

    Attributes:
        outline: Points of a smooth closed line: (|x|, y) in front and back, (z, y) at the side, mm.
        views: Where it is shown, its home view first; "left" stands for the patient's own side.
        within: A second outline, in the side plane, that it may not leave.
        midline: It lies on the midline and has no sides; its outline is the left half of it.
    """

    plane: Plane
    outline: Points
    views: tuple[str, ...]
    within: Points | None = None
    midline: bool = False


REGIONS = {
    "corrugator": Region(
        "front",
        points(
            "8.6,756 9.2,762.5 11.8,767.6 17,769.6 23.5,768.4 30.5,764.4 36.5,759.6 38.6,756.2 "
            "34.5,755 27,755.6 19,754.6 12,752.6"
        ),
        ("front",),
    ),
    "procerus": Region(
        "front",
        points("0,741.6 3.6,742.6 5,746.2 5,751 5.7,757 6.3,763 5,767.6 0,769.2"),
        ("front",),
        midline=True,
    ),
    "frontalis": Region(
        "front",
        points(
            "2.6,778.5 6,774.6 13,774.4 23,773.4 34,769.6 43,764.2 49.5,760.6 53.6,762.4 55,769.5 "
            "54.2,781 50.8,793 44.2,802.6 34,808.6 22,810.6 12.5,808.4 6.8,801 3.4,790"
        ),
        ("front", "left"),
    ),
    "temporalis": Region(
        "side",
        points(
            "99.4,752 97.4,764 92.4,777 82.6,789 68.4,796.4 51,798.8 34,795.4 19.6,787 10.4,774.4 "
            "7.4,760.6 11.4,750 21,745.2 33,743.8 45,742 55,738 63.6,732.6 72,728.4 81,727.2 "
            "89.4,730.4 95.6,737.6 98.8,744.6"
        ),
        ("left", "front"),
    ),
    "occipitalis": Region(
        "back",
        points(
            "5.6,716.6 5,726 7.4,737 14,744 25,747.2 38,747.2 50,743 57.6,734.6 59.4,724.4 "
            "54.8,717 45,712.8 30,711.9 14,712.1"
        ),
        ("back", "left"),
    ),
    "cervical_paraspinal": Region(
        "back",
        points(
            "4,700 8,705.2 17,706.4 26,704.4 30,698 28.4,688 23,677 17.6,669.2 11,665.6 5.6,667.4 "
            "3.6,676 3.4,688"
        ),
        ("back", "left"),
    ),
    "trapezius": Region(
        "back",
        points(
            "22.4,642 19.6,633 18.8,616 21,600 27,582 38,566 54,553.4 76,544.6 104,538 134,533.6 "
            "164,532.4 185,535 194,542 196,556 180,577 130,610 84,630 58,638 44,646 33,649.4 "
            "27.4,648"
        ),
        ("back", "left"),
        within=points(
            "-80,690 -20,690 -3,662 0,640 4.6,618 9.5,600 13.4,585 14.6,573 12,561 5,551 -6,541 "
            "-20,530 -37,514 -80,500"
        ),
    ),
}


@dataclass(frozen=True)
class Shape:
    """A region as one view shows it: smooth curves to draw, rings of few points to hit."""

    curves: list[Floats]
    rings: list[Floats]

    def holds(self, col: float, row: float, margin_mm: float = 0.0) -> bool:
        """Tell whether a place of the drawing lies inside, at least so far from the edge."""
        point = shapely.Point(col, row)
        areas = [shapely.Polygon(ring) for ring in self.rings]
        return any(area.buffer(-margin_mm).contains(point) for area in areas)


def shapes_in(picture: Picture, name: str) -> dict[str, Shape]:
    """Return a region's shape for each side that a view shows: "R", "L" or "M"."""
    region, view = REGIONS[name], picture.view
    seen = _seen(picture, region)
    mirror = mirror_of(view)
    if mirror is None:
        return {"L": _shape(curves_of(seen, CURVE_TOLERANCE_MM))}
    if region.midline:
        return {"M": _shape(curves_of(seen, CURVE_TOLERANCE_MM, mirror_mm=mirror))}
    half = shapely.intersection(seen, shapely.box(mirror, -FAR_MM, view.width_mm, view.height_mm))
    shape = _shape(curves_of(half, CURVE_TOLERANCE_MM))
    right_half, left_half = ("L", "R") if view.sign > 0 else ("R", "L")
    return {right_half: shape, left_half: flipped(shape, mirror)}


def flipped(shape: Shape, mirror_mm: float) -> Shape:
    """Return the mirror image of a shape."""
    return Shape(
        [mirrored(curve, mirror_mm) for curve in shape.curves],
        [np.round([2 * mirror_mm, 0] + ring * [-1, 1], 1) for ring in shape.rings],
    )


def _seen(picture: Picture, region: Region) -> BaseGeometry:
    """Return what a view shows of a region, both sides together, with rounded corners."""
    across, up = side_plane(picture) if region.plane == "side" else front_plane(picture)
    outline = np.array(region.outline)
    if region.midline:
        outline = np.vstack([outline, outline[-2:0:-1] * [-1, 1]])
    inside = inside_by_mm(across, up, spline_through(map(tuple, outline), closed=True))
    if region.within:
        limits = spline_through(region.within, closed=True)
        inside = _lesser(inside, inside_by_mm(*side_plane(picture), limits))
    inside = np.where(_right_way_round(picture, region), inside, -FAR_MM)
    shape = shapely.intersection(
        shape_above(picture.carried_on(inside), 0.0), kept(picture).buffer(-INSET_MM)
    )
    return shape.buffer(-ROUNDING_MM).buffer(ROUNDING_MM)


def _lesser(one: Floats, other: Floats) -> Floats:
    """Return the lesser of two fields, so that their level lines join without a corner."""
    return (one + other - np.hypot(one - other, JOINT_MM)) / 2


def _right_way_round(picture: Picture, region: Region) -> Mask:
    """Return where the surface is on the same side of the head as the region."""
    x, z = picture.position[..., 0], picture.position[..., 2]
    where = {"front": z > 55, "side": np.abs(x) > 30, "back": z < 34}[region.plane]
    return where & ((picture.part == BODY) | ~picture.shown)


def _shape(curves: list[Floats]) -> Shape:
    """Make the rings that go with the curves."""
    rings = []
    for curve in curves:
        ring = shapely.Polygon(flattened(curve)).simplify(RING_TOLERANCE_MM).exterior
        rings.append(np.round(np.array(ring.coords)[:-1], 1))
    return Shape(curves, rings)
