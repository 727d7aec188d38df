"""Shapes and curves: from a field of numbers to a few smooth cubic curves.

A *shape* is a shapely polygon (or several) in drawing millimetres, with many points. A *curve* is a
closed ring of cubic Bezier segments, K x 4 x 2 mm, with as few segments as the tolerance allows.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

import contourpy
import numpy as np
import shapely
from frame import Floats
from raster import PX_PER_MM
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

CORNER_WINDOW_MM = 0.8
CORNER_COSINE = 0.35
ON_THE_LINE_MM = 1e-6


def shape_above(field: Floats, level: float) -> BaseGeometry:
    """Return where an H x W field is above a level, as a shape."""
    lines = contourpy.contour_generator(
        z=field, fill_type=contourpy.FillType.OuterOffset, name="serial"
    )
    points, offsets = lines.filled(level, np.inf)
    polygons = []
    for ring, starts in zip(points, offsets, strict=True):
        rings = [(ring[a:b] + 0.5) / PX_PER_MM for a, b in pairwise(starts)]
        polygons.append(Polygon(rings[0], rings[1:]))
    return shapely.union_all([shapely.make_valid(polygon) for polygon in polygons])


def polygons_of(shape: BaseGeometry, least_mm2: float = 0.0) -> list[Polygon]:
    """Return the polygons of a shape that are not too small, without holes that are too small."""
    parts = shape.geoms if hasattr(shape, "geoms") else [shape]
    kept = []
    for part in parts:
        if isinstance(part, MultiPolygon):
            kept += polygons_of(part, least_mm2)
        elif isinstance(part, Polygon) and part.area > max(least_mm2, 1e-9):
            holes = [hole for hole in part.interiors if Polygon(hole).area > least_mm2]
            kept.append(Polygon(part.exterior, holes))
    return kept


def spline_through(
    points: Iterable[tuple[float, float]], closed: bool, per_span: int = 16
) -> Floats:
    """Return a dense smooth line (N x 2) through a few points: a centripetal Catmull-Rom spline."""
    p = np.array(list(points), float)
    if closed:
        p = np.vstack([p[-1], p, p[:2]])
    else:
        p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    knots = np.concatenate([[0], np.cumsum(np.sqrt(np.linalg.norm(np.diff(p, axis=0), axis=1)))])
    spans = []
    for i in range(1, len(p) - 2):
        t0, t1, t2, t3 = knots[i - 1 : i + 3]
        t = np.linspace(t1, t2, per_span, endpoint=False)[:, None]
        a1 = p[i - 1] + (p[i] - p[i - 1]) * (t - t0) / (t1 - t0)
        a2 = p[i] + (p[i + 1] - p[i]) * (t - t1) / (t2 - t1)
        a3 = p[i + 1] + (p[i + 2] - p[i + 1]) * (t - t2) / (t3 - t2)
        b1 = a1 + (a2 - a1) * (t - t0) / (t2 - t0)
        b2 = a2 + (a3 - a2) * (t - t1) / (t3 - t1)
        spans.append(b1 + (b2 - b1) * (t - t1) / (t2 - t1))
    return np.vstack(spans if closed else [*spans, p[-2:-1]])


def curves_of(
    shape: BaseGeometry,
    tolerance_mm: float,
    least_mm2: float = 0.5,
    mirror_mm: float | None = None,
    decimals: int = 1,
) -> list[Floats]:
    """Fit closed curves to a shape; outer rings and holes turn opposite ways, as fills need.

    Args:
        mirror_mm: The column of the mirror line. Only what lies right of it is used, and its mirror
            image is added, so that both halves are the same to the last digit.
        decimals: How exactly to say where each point is, in mm.
    """
    if mirror_mm is None:
        fitted = (
            np.round(fit_ring(_ring(line), tolerance_mm), decimals)
            for polygon in polygons_of(shape, least_mm2)
            for line in (polygon.exterior, *polygon.interiors)
        )
    else:
        fitted = _mirrored_curves(shape, tolerance_mm, least_mm2, mirror_mm, decimals)
    return _turned_by_depth([curve for curve in fitted if len(curve)])


def _ring(line: shapely.LinearRing) -> Floats:
    """Return a ring's points without the repeated last one."""
    return np.array(line.coords)[:-1]


def _mirrored_curves(
    shape: BaseGeometry, tolerance_mm: float, least_mm2: float, mirror_mm: float, decimals: int
) -> Iterator[Floats]:
    """Fit the right half and join it, or set it beside, its mirror image."""
    half = shapely.intersection(shape, shapely.box(mirror_mm, -1e4, mirror_mm + 1e4, 1e4))
    for polygon in polygons_of(half, least_mm2 / 2):
        for line in (polygon.exterior, *polygon.interiors):
            ring = _ring(line)
            on_line = np.abs(ring[:, 0] - mirror_mm) < ON_THE_LINE_MM
            if on_line.sum() < 2:
                curve = np.round(fit_ring(ring, tolerance_mm), decimals)
                yield curve
                yield mirrored(curve, mirror_mm)
                continue
            for chain in _chains_between(ring, on_line):
                fitted = np.round(fit_chain(chain, tolerance_mm, flat_ends=True), decimals)
                yield np.concatenate([fitted, mirrored(fitted, mirror_mm)])


def _chains_between(ring: Floats, on_line: np.ndarray) -> Iterator[Floats]:
    """Cut a ring where it runs along the mirror line; each chain starts and ends on the line."""
    start = int(np.flatnonzero(on_line & ~np.roll(on_line, -1))[0])
    ring, on_line = np.roll(ring, -start, axis=0), np.roll(on_line, -start)
    stops = np.flatnonzero(on_line)
    for first, last in pairwise([*stops, len(ring)]):
        if last - first > 1:
            yield np.vstack([ring[first:last], ring[last % len(ring)]])


def mirrored(curve: Floats, mirror_mm: float) -> Floats:
    """Return the mirror image of a chain or ring of segments, still joined head to tail."""
    image = curve[::-1, ::-1].copy()
    image[:, :, 0] = 2 * mirror_mm - image[:, :, 0]
    return image


def fit_ring(ring: Floats, tolerance_mm: float) -> Floats:
    """Fit a closed curve; corners stay corners and everything else is smooth."""
    ring = _without_repeats(ring)
    if len(ring) < 4:
        return np.zeros((0, 4, 2))
    corners = _corners(ring)
    if not len(corners):
        start = int(np.argmin(ring[:, 1] * 1e3 + ring[:, 0]))
        ring = np.roll(ring, -start, axis=0)
        tangent = _unit(ring[1] - ring[-1])
        return fit_chain(np.vstack([ring, ring[:1]]), tolerance_mm, tangent, -tangent)
    ring = np.roll(ring, -corners[0], axis=0)
    cuts = [*(corners - corners[0]), len(ring)]
    closed = np.vstack([ring, ring[:1]])
    return np.concatenate([fit_chain(closed[a : b + 1], tolerance_mm) for a, b in pairwise(cuts)])


def _without_repeats(points: Floats) -> Floats:
    """Drop points that lie on the one before."""
    gaps = np.linalg.norm(points - np.roll(points, 1, axis=0), axis=1)
    return points[gaps > 1e-6]


def _corners(ring: Floats) -> np.ndarray:
    """Return the numbers of the points where a ring turns sharply."""
    count = len(ring)
    step = np.linalg.norm(np.roll(ring, -1, axis=0) - ring, axis=1).mean()
    reach = min(max(round(CORNER_WINDOW_MM / step), 1), max(count // 6, 1))
    ahead = np.roll(ring, -reach, axis=0) - ring
    back = ring - np.roll(ring, reach, axis=0)
    norms = np.linalg.norm(ahead, axis=1) * np.linalg.norm(back, axis=1)
    cosine = (ahead * back).sum(axis=1) / np.maximum(norms, 1e-12)
    sharpest = np.min([np.roll(cosine, shift) for shift in range(-reach, reach + 1)], axis=0)
    found = np.flatnonzero((cosine <= sharpest) & (cosine < CORNER_COSINE))
    return found[np.concatenate([[True], np.diff(found) > 1])] if len(found) else found


def fit_chain(
    points: Floats,
    tolerance_mm: float,
    start_tangent: Floats | None = None,
    end_tangent: Floats | None = None,
    flat_ends: bool = False,
) -> Floats:
    """Fit an open chain of points (N x 2) with K segments, K x 4 x 2.

    Args:
        flat_ends: The ends lie on a mirror line: cross it at a right angle unless that is a corner.

    Source: P. J. Schneider, An Algorithm for Automatically Fitting Digitized Curves, Graphics
        Gems, Academic Press, 1990.
    """
    corners = _inner_corners(points)
    if len(corners):
        cuts = [0, *corners, len(points) - 1]
        pieces = []
        for a, b in pairwise(cuts):
            first, last = a == 0, b == len(points) - 1
            start, end = start_tangent if first else None, end_tangent if last else None
            chain = points[a : b + 1]
            if flat_ends:
                start = _flat(_end_tangent(chain)) if first else None
                end = _flat(_end_tangent(chain[::-1])) if last else None
            pieces.append(_fit(chain, tolerance_mm, start, end))
        return np.concatenate(pieces)
    if flat_ends:
        start_tangent = _flat(_end_tangent(points))
        end_tangent = _flat(_end_tangent(points[::-1]))
    return _fit(points, tolerance_mm, start_tangent, end_tangent)


def _inner_corners(points: Floats) -> np.ndarray:
    """Return the corners of an open chain, away from its ends."""
    if len(points) < 12:
        return np.zeros(0, int)
    step = np.linalg.norm(np.diff(points, axis=0), axis=1).mean()
    margin = max(round(CORNER_WINDOW_MM / step), 1) + 1
    found = _corners(points)
    return found[(found > margin) & (found < len(points) - 1 - margin)]


def _flat(tangent: Floats) -> Floats:
    """Turn a tangent level, unless it is far from level."""
    return np.array([np.sign(tangent[0]), 0.0]) if abs(tangent[0]) > 0.7 else tangent


def _unit(vector: Floats) -> Floats:
    return vector / max(float(np.linalg.norm(vector)), 1e-12)


def _end_tangent(points: Floats, reach_mm: float = 0.6) -> Floats:
    """Return the direction in which a chain leaves its first point."""
    away = np.linalg.norm(points - points[0], axis=1)
    far = np.flatnonzero(away > reach_mm)
    return _unit(points[far[0] if len(far) else -1] - points[0])


def _fit(
    points: Floats, tolerance_mm: float, start_tangent: Floats | None, end_tangent: Floats | None
) -> Floats:
    """Fit a chain without corners, splitting it where the fit is worst."""
    start = _end_tangent(points) if start_tangent is None else start_tangent
    end = _end_tangent(points[::-1]) if end_tangent is None else end_tangent
    segments = []
    waiting = [(0, len(points) - 1, start, end)]
    while waiting:
        a, b, leaving, arriving = waiting.pop()
        chain = points[a : b + 1]
        segment, error, worst = _fit_one(chain, leaving, arriving)
        if error <= tolerance_mm or b - a < 3:
            segments.append(segment)
            continue
        middle = a + min(max(worst, 1), b - a - 1)
        reach = min(3, middle - a, b - middle)
        tangent = _unit(points[middle + reach] - points[middle - reach])
        waiting += [(middle, b, tangent, arriving), (a, middle, leaving, -tangent)]
    return np.array(segments)


def _fit_one(chain: Floats, leaving: Floats, arriving: Floats) -> tuple[Floats, float, int]:
    """Fit one segment; return it, its greatest error in mm and the point where that is."""
    lengths = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(chain, axis=0), axis=1))])
    t = lengths / max(lengths[-1], 1e-12)
    for _ in range(5):
        segment = _least_squares(chain, t, leaving, arriving, lengths[-1])
        off = bezier(segment, t) - chain
        t = _nearer(segment, t, off)
    errors = np.linalg.norm(bezier(segment, t) - chain, axis=1)
    worst = int(np.argmax(errors))
    return segment, float(errors[worst]), worst


def _least_squares(
    chain: Floats, t: Floats, leaving: Floats, arriving: Floats, length: float
) -> Floats:
    """Choose the lengths of both handles so that the segment lies closest to the chain."""
    first, last = chain[0], chain[-1]
    b0, b1, b2, b3 = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
    base = (b0 + b1)[:, None] * first + (b2 + b3)[:, None] * last
    a1, a2 = b1[:, None] * leaving, b2[:, None] * arriving
    rest = chain - base
    c11, c12, c22 = (a1 * a1).sum(), (a1 * a2).sum(), (a2 * a2).sum()
    x1, x2 = (a1 * rest).sum(), (a2 * rest).sum()
    determinant = c11 * c22 - c12 * c12
    chord = float(np.linalg.norm(last - first))
    handles = np.array([chord / 3, chord / 3])
    if abs(determinant) > 1e-12:
        solved = np.array([x1 * c22 - x2 * c12, x2 * c11 - x1 * c12]) / determinant
        if (solved > 1e-3 * length).all() and (solved < length).all():
            handles = solved
    return np.array([first, first + handles[0] * leaving, last + handles[1] * arriving, last])


def _nearer(segment: Floats, t: Floats, off: Floats) -> Floats:
    """Move each parameter one Newton step towards the nearest point of the segment."""
    p0, p1, p2, p3 = segment
    u = t[:, None]
    first = 3 * ((1 - u) ** 2 * (p1 - p0) + 2 * u * (1 - u) * (p2 - p1) + u**2 * (p3 - p2))
    second = 6 * ((1 - u) * (p2 - 2 * p1 + p0) + u * (p3 - 2 * p2 + p1))
    slope = (first * first).sum(axis=1) + (off * second).sum(axis=1)
    step = (off * first).sum(axis=1) / np.where(np.abs(slope) < 1e-12, np.inf, slope)
    return np.clip(t - step, 0, 1)


def bezier(segment: Floats, t: Floats) -> Floats:
    """Return the points of a segment (4 x 2) at parameters from 0 to 1."""
    u = np.asarray(t)[:, None]
    p0, p1, p2, p3 = segment
    return (1 - u) ** 3 * p0 + 3 * u * (1 - u) ** 2 * p1 + 3 * u**2 * (1 - u) * p2 + u**3 * p3


def flattened(curve: Floats, per_segment: int = 12) -> Floats:
    """Return a closed curve as points, N x 2."""
    t = np.linspace(0, 1, per_segment, endpoint=False)
    return np.vstack([bezier(segment, t) for segment in curve])


def _turned_by_depth(curves: list[Floats]) -> list[Floats]:
    """Turn outer rings one way and holes the other, by how many other rings each lies in."""
    areas = [Polygon(flattened(curve, 6)).buffer(0) for curve in curves]
    turned = []
    for curve in curves:
        points = flattened(curve, 6)
        inside = sum(area.contains(shapely.Point(points[0])) for area in areas)
        own = Polygon(points).buffer(0).contains(shapely.Point(points[0]))
        clockwise = shapely.is_ccw(shapely.LinearRing(points))
        wanted = (inside - own) % 2 == 0
        turned.append(curve if clockwise == wanted else curve[::-1, ::-1])
    return turned


def path_text(curves: list[Floats]) -> str:
    """Write curves as the data of an SVG path: M, C and Z only."""
    parts = []
    for curve in curves:
        segments = (segment for segment in curve if (segment[3] != segment[0]).any())
        cubics = ("C" + _numbers(segment[1:].ravel()) for segment in segments)
        parts.append("M" + _numbers(curve[0, 0]) + "".join(cubics) + "Z")
    return "".join(parts)


def _numbers(values: Floats) -> str:
    """Write numbers as short as they go."""
    return " ".join(f"{value + 0.0:.2f}".rstrip("0").rstrip(".") for value in values)
