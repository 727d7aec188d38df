"""The drawing of one view: its layers from the ground up, as closed curves with a role each."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import features
import numpy as np
import shapely
from brush import stroke, widths_along
from curves import (
    curves_of,
    fit_ring,
    flattened,
    path_text,
    polygons_of,
    shape_above,
    spline_through,
)
from features import Line
from frame import BACK, FRONT, Floats, Mask, View
from numpy.typing import NDArray
from raster import PX_PER_MM, Picture
from scipy import ndimage
from shade import hair, shade
from shapely import Polygon
from shapely.geometry.base import BaseGeometry
from surface import front_plane, inside_by_mm


@dataclass(frozen=True)
class Manner:
    """How much a drawing says: on the screen, or on paper at a third of the size."""

    levels: tuple[float, ...]
    tone_tolerance_mm: float
    line_tolerance_mm: float
    least_tone_mm2: float
    line_weight: float
    wide_view_weight: float
    softness_mm: float
    on_paper: bool


SCREEN = Manner(
    levels=(0.30, 0.40, 0.49, 0.57, 0.64, 0.70, 0.755, 0.805, 0.85, 0.892, 0.932),
    tone_tolerance_mm=0.2,
    line_tolerance_mm=0.05,
    least_tone_mm2=3.0,
    line_weight=1.0,
    wide_view_weight=1.0,
    softness_mm=0.0,
    on_paper=False,
)
PRINT = Manner(
    levels=(0.36, 0.53, 0.68),
    tone_tolerance_mm=0.4,
    line_tolerance_mm=0.11,
    least_tone_mm2=40.0,
    line_weight=1.55,
    wide_view_weight=2.0,
    softness_mm=1.0,
    on_paper=True,
)


@dataclass(frozen=True)
class Layer:
    """Closed curves filled with the colour of one role (a key of the palette)."""

    role: str
    curves: list[Floats]


FAR_MM = 1000.0
SILHOUETTE_TOLERANCE_MM = 0.1
INNERMOST_BROW_FROM_THE_SIDE_MM = 13.0
EDGE_STEP_MM, OUTLINE_STEP_MM = 0.25, 0.4
LINES = {"front": features.FRONT_LINES, "left": features.LEFT_LINES, "back": features.BACK_LINES}
EYES = {"front": features.FRONT_EYE, "left": features.LEFT_EYE}
# Where the bust ends, as an ellipse: its centre and half axes, across and y in mm.
BUSTS = {
    "front": ((0.0, 600.0), (106.0, 50.0)),
    "left": ((-10.0, 545.0), (105.0, 34.0)),
    "back": ((0.0, 545.0), (212.0, 62.0)),
}


def draw(picture: Picture, manner: Manner) -> list[Layer]:
    """Draw a view: tones from dark to light, then the eyes, the brows and the pen lines."""
    return [layer for layer in _layers(picture, manner) if layer.curves]


def mirror_of(view: View) -> float | None:
    """Return the column of a view's mirror line, if the view has one."""
    return view.width_mm / 2 if view.across == "x" else None


def _layers(picture: Picture, manner: Manner) -> Iterator[Layer]:
    view, mirror = picture.view, mirror_of(picture.view)
    body = silhouette(picture)
    bust = kept(picture)
    fine = manner.line_tolerance_mm
    yield Layer("tone_0", curves_of(bust, fine, 1.0, mirror, 2))

    ground = shapely.buffer(bust, -0.15)
    light = ndimage.gaussian_filter(shade(picture, manner.on_paper), manner.softness_mm * PX_PER_MM)
    for number, level in enumerate(manner.levels, start=1):
        tone = shapely.intersection(shape_above(light, level), ground)
        curves = curves_of(tone, manner.tone_tolerance_mm, manner.least_tone_mm2, mirror)
        yield Layer(f"tone_{number}", curves)

    for role, shape in _eye(view):
        yield Layer(role, curves_of(shape, 0.04, 0.05, mirror, 2))
    brow = _brow(picture)
    yield Layer("brow_edge", curves_of(shapely.buffer(brow, 0.4), 0.08, 0.5, mirror, 2))
    yield Layer("brow", curves_of(shapely.buffer(brow, -0.15), 0.06, 0.5, mirror, 2))

    weight = manner.wide_view_weight if view == BACK else manner.line_weight
    yield Layer("hairline", curves_of(_hairline(picture, weight), fine, 0.05, mirror, 2))
    for role in ("soft_line", "line"):
        pens = [_pen(view, line, weight) for line in LINES[view.name] if line.role == role]
        yield Layer(role, curves_of(shapely.union_all(pens), fine, 0.05, mirror, 2))
    yield Layer("soft_line", curves_of(_cut(view, body, weight), fine, 0.05, mirror, 2))
    yield Layer("outline", curves_of(_outline(view, body, weight), fine, 0.05, mirror, 2))


def kept(picture: Picture) -> BaseGeometry:
    """Return all of a drawing that is painted: the head and shoulders down to the bust's edge."""
    return shapely.intersection(silhouette(picture), _bust(picture.view))


@cache
def silhouette(picture: Picture) -> Polygon:
    """Return the outer edge of the head and shoulders, as far as the picture goes."""
    padded = np.pad(picture.shown.astype(float), 8, mode="edge")
    field = ndimage.gaussian_filter(padded, 1.4)
    whole = shape_above(np.pad(field, 1), 0.5)
    largest = max(polygons_of(whole), key=lambda polygon: polygon.area)
    edge = _calmed(picture.view, np.array(largest.exterior.coords)[:-1] - 9 / PX_PER_MM)
    return Polygon(flattened(fit_ring(edge, SILHOUETTE_TOLERANCE_MM)))


def _calmed(view: View, edge: Floats) -> Floats:
    """Take the small waves of the mesh out of a long edge; the ears, jaw and face stay sharp."""
    edge = _evenly(np.vstack([edge, edge[:1]]), EDGE_STEP_MM)
    across, y = edge[:, 0] + view.left_mm, view.top_mm - edge[:, 1]
    sharp = (
        (across < -126) & (y < 752) & (y > 627) if view.name == "left" else (y > 645) & (y < 747)
    )
    sharpness = ndimage.gaussian_filter1d(sharp.astype(float), 5 / EDGE_STEP_MM, mode="wrap")
    fine = ndimage.gaussian_filter1d(edge, 0.8 / EDGE_STEP_MM, axis=0, mode="wrap")
    calm = ndimage.gaussian_filter1d(edge, 6 / EDGE_STEP_MM, axis=0, mode="wrap")
    return fine * sharpness[:, None] + calm * (1 - sharpness[:, None])


def _bust(view: View) -> BaseGeometry:
    """Return what of a drawing is kept: all down to the lower half of an ellipse."""
    (across, y), (half_width, half_height) = BUSTS[view.name]
    col, row = across - view.left_mm, view.top_mm - y
    angles = np.linspace(0, np.pi, 181)
    curve = np.column_stack([col + half_width * np.cos(angles), row + half_height * np.sin(angles)])
    above = [[-FAR_MM, row], [-FAR_MM, -FAR_MM], [FAR_MM, -FAR_MM], [FAR_MM, row]]
    return Polygon(np.vstack([curve, above]))


def _in_drawing(view: View, points: Floats) -> Floats:
    """Turn (across, y) into column and row."""
    return np.column_stack([points[:, 0] - view.left_mm, view.top_mm - points[:, 1]])


def _pen(view: View, line: Line, weight: float) -> BaseGeometry:
    """Draw one line of the illustrator."""
    points = _in_drawing(view, spline_through(line.points, closed=False))
    return stroke(points, widths_along(points, line.widths_mm) * weight)


def _outline(view: View, body: Polygon, weight: float) -> BaseGeometry:
    """Draw the silhouette down to the bust's edge: heavier below than above, thin at its ends."""
    ring = _evenly(np.array(body.exterior.coords), OUTLINE_STEP_MM)
    inside = shapely.contains_xy(_bust(view), ring)
    ring, inside = _from_first_inside(ring, inside)
    points = ring[inside]
    along = np.gradient(points, axis=0)
    along = ndimage.gaussian_filter1d(along, 12, axis=0, mode="nearest")
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    # 1 where the outline faces down and -1 where it faces up; rows run downwards.
    down = -along[:, 0] if shapely.is_ccw(body.exterior) else along[:, 0]
    from_end_mm = np.minimum(np.arange(len(points)), np.arange(len(points))[::-1]) * OUTLINE_STEP_MM
    thin_end = np.clip(0.25 + from_end_mm / 24, 0, 1)
    return stroke(points, (0.95 + 0.22 * down) * thin_end * weight)


def _hairline(picture: Picture, weight: float) -> BaseGeometry:
    """Draw the edge of the scalp, but not where it runs close round the ear."""
    scalp = shape_above(picture.carried_on(hair(picture)), 0.5)
    edges = shapely.intersection(shapely.boundary(scalp), shapely.buffer(kept(picture), -1.2))
    strokes = []
    for edge in shapely.get_parts(shapely.line_merge(edges)):
        points = _evenly(np.array(edge.coords), OUTLINE_STEP_MM)
        for run in _runs(~_near_an_ear(picture, points)):
            if len(run) > 20:
                widths = widths_along(points[run], (0.1, 0.42, 0.42, 0.1))
                strokes.append(stroke(points[run], widths * weight))
    return shapely.union_all(strokes)


def _near_an_ear(picture: Picture, points: Floats) -> Mask:
    """Tell which places of a drawing (N x 2 mm) show the ear or the skin close to it."""
    pixels = np.clip(points * PX_PER_MM, 0, np.array(picture.shown.shape[::-1]) - 1).astype(int)
    _, y, z = picture.position[pixels[:, 1], pixels[:, 0]].T
    return (z > 14) & (z < 66) & (y > 684) & (y < 746)


def _runs(wanted: Mask) -> list[NDArray[np.int64]]:
    """Return the numbers of wanted points, one array for each run of neighbours."""
    numbers = np.flatnonzero(wanted)
    return np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1)


def _cut(view: View, body: Polygon, weight: float) -> BaseGeometry:
    """Draw the thin line where the bust ends."""
    edge = shapely.intersection(shapely.boundary(_bust(view)), shapely.buffer(body, -0.05))
    points = np.array(shapely.line_merge(edge).coords)
    return stroke(points, np.full(len(points), 0.35 * weight))


def _evenly(points: Floats, step_mm: float) -> Floats:
    """Return a line's points at even steps."""
    lengths = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    at = np.arange(0, lengths[-1], step_mm)
    return np.column_stack([np.interp(at, lengths, points[:, axis]) for axis in (0, 1)])


def _from_first_inside(ring: Floats, inside: Mask) -> tuple[Floats, Mask]:
    """Turn a ring so that the points inside come first, in one run."""
    start = int(np.flatnonzero(inside & ~np.roll(inside, 1))[0])
    return np.roll(ring, -start, axis=0), np.roll(inside, -start)


def _eye(view: View) -> Iterator[tuple[str, BaseGeometry]]:
    """Draw the eye that a view shows, from the white to the light in it."""
    if view.name not in EYES:
        return
    eye = EYES[view.name]
    opening = Polygon(_in_drawing(view, spline_through(eye.opening, closed=True)))
    iris = shapely.intersection(opening, _ellipse(view, eye.centre, *eye.iris_mm))
    lowered = shapely.transform(opening, lambda at: at + np.array([0.0, 2.2]))
    yield "eye_white", opening
    yield "eye_shadow", shapely.difference(opening, lowered)
    yield "line", iris
    yield "iris", shapely.intersection(opening, _ellipse(view, eye.centre, *eye.inner_iris_mm))
    yield "pupil", shapely.intersection(iris, _ellipse(view, eye.centre, *eye.pupil_mm))
    yield "highlight", _ellipse(view, eye.highlight, eye.highlight_mm, eye.highlight_mm)


def _ellipse(
    view: View, centre: tuple[float, float], half_width: float, half_height: float
) -> Polygon:
    angles = np.linspace(0, 2 * np.pi, 73)[:-1]
    points = np.array(centre) + np.column_stack(
        [half_width * np.cos(angles), half_height * np.sin(angles)]
    )
    return Polygon(_in_drawing(view, points))


def _brow(picture: Picture) -> BaseGeometry:
    """Return the brow as it lies on the surface, seen from here."""
    x, y = front_plane(picture)
    inside = inside_by_mm(x, y, spline_through(features.BROW, closed=True))
    seen = picture.shown & (picture.position[..., 2] > 60)
    if picture.view != FRONT:
        seen &= x > INNERMOST_BROW_FROM_THE_SIDE_MM
    return shape_above(np.where(seen, inside, -1.0), 0.0)


def to_svg(view: View, layers: list[Layer], colours: dict[str, str]) -> str:
    """Write layers as an SVG of plain filled paths, one a line."""
    paths = "\n".join(
        f'<path fill="{colours[layer.role]}" d="{path_text(layer.curves)}"/>' for layer in layers
    )
    box = f"0 0 {view.width_mm:g} {view.height_mm:g}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">\n{paths}\n</svg>\n'
