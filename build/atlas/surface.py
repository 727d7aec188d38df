"""Shapes painted on the surface of the head: drawn once in a plane, seen from anywhere."""

import numpy as np
import shapely
from frame import Floats
from raster import Picture

FAR_MM = 10.0


def inside_by_mm(across: Floats, up: Floats, outline: Floats) -> Floats:
    """Return how far inside an outline points lie, negative outside; at most FAR_MM either way.

    Args:
        across, up: Coordinates of the points in the outline's plane, of any one shape, mm.
        outline: N x 2 mm, closed.
    """
    polygon = shapely.Polygon(outline).simplify(0.03)
    left, bottom, right, top = polygon.bounds
    near = (across > left - FAR_MM) & (across < right + FAR_MM)
    near &= (up > bottom - FAR_MM) & (up < top + FAR_MM)
    found = np.full(across.shape, -FAR_MM)
    shapely.prepare(polygon)
    points = shapely.points(across[near], up[near])
    distance = np.minimum(shapely.distance(points, polygon.exterior), FAR_MM)
    found[near] = np.where(shapely.contains(polygon, points), distance, -distance)
    return found


def front_plane(picture: Picture) -> tuple[Floats, Floats]:
    """Return |x| and y of every pixel's point of the head, each H x W mm."""
    return np.abs(picture.position[..., 0]), picture.position[..., 1]


def side_plane(picture: Picture) -> tuple[Floats, Floats]:
    """Return z and y of every pixel's point of the head, each H x W mm."""
    return picture.position[..., 2], picture.position[..., 1]
