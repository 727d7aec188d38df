"""Lines of varying weight, as filled shapes: the pen of an illustrator."""

from collections.abc import Sequence

import numpy as np
import shapely
from frame import Floats
from shapely.geometry.base import BaseGeometry

NIB = np.column_stack(
    [np.cos(np.linspace(0, 2 * np.pi, 13)[:-1]), np.sin(np.linspace(0, 2 * np.pi, 13)[:-1])]
)


def stroke(points: Floats, widths_mm: Floats) -> BaseGeometry:
    """Draw along dense points (N x 2 mm) with a round nib as wide as said at each of them (N)."""
    nibs = points[:, None, :] + NIB[None, :, :] * np.maximum(widths_mm, 0.02)[:, None, None] / 2
    pairs = np.concatenate([nibs[:-1], nibs[1:]], axis=1)
    hulls = shapely.convex_hull(
        shapely.multipoints(
            pairs.reshape(-1, 2), indices=np.repeat(np.arange(len(pairs)), pairs.shape[1])
        )
    )
    return shapely.union_all(hulls)


def widths_along(points: Floats, widths_mm: Sequence[float]) -> Floats:
    """Spread a few widths evenly over the length of dense points (N x 2), smoothly."""
    lengths = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    at = lengths / lengths[-1] * (len(widths_mm) - 1)
    before = np.minimum(at.astype(int), len(widths_mm) - 2)
    share = at - before
    share = share * share * (3 - 2 * share)
    widths = np.asarray(widths_mm, float)
    return widths[before] * (1 - share) + widths[before + 1] * share
