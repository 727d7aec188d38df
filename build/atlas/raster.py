"""From the head to pixels: what each point of a drawing shows of the surface."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from frame import Floats, Mask, View
from head import Surface
from numpy.typing import NDArray
from scipy import ndimage

PX_PER_MM = 5.0
NOTHING = -1
PIXELS_AT_ONCE = 4_000_000


@dataclass(frozen=True, eq=False)
class Picture:
    """What one view shows, H x W pixels at PX_PER_MM; pixel centres lie at (col + 0.5, row + 0.5).

    Attributes:
        depth: H x W, mm towards the viewer; the least depth of the head where there is nothing.
        position: H x W x 3, the point of the head (x, y, z) in mm.
        normal: H x W x 3, the surface's direction as seen from here: across, up, to the viewer.
        part: H x W, the part of the head (`head.BODY` ...), or `NOTHING`.
    """

    view: View
    depth: Floats
    position: Floats
    normal: Floats
    part: NDArray[np.int8]

    @cached_property
    def shown(self) -> Mask:
        """H x W: where the drawing shows anything of the head."""
        return self.part != NOTHING

    @cached_property
    def _nearest(self) -> NDArray[np.int32]:
        """2 x H x W: row and column of the nearest pixel that shows the head."""
        found: NDArray[np.int32] = ndimage.distance_transform_edt(
            ~self.shown, return_distances=False, return_indices=True
        )
        return found

    def carried_on(self, field: Floats) -> Floats:
        """Carry a field (H x W) on beyond the edge of the head, as it is at the nearest edge."""
        return field[tuple(self._nearest)]

    def pixel(self, col_mm: float, row_mm: float) -> tuple[int, int]:
        """Return the row and column of the pixel at a place of the drawing."""
        return int(row_mm * PX_PER_MM), int(col_mm * PX_PER_MM)


def take_picture(surfaces: list[Surface], view: View) -> Picture:
    """Look at the head from one side; the nearest surface wins."""
    height, width = int(view.height_mm * PX_PER_MM), int(view.width_mm * PX_PER_MM)
    depth = np.full(height * width, -np.inf)
    attributes = np.zeros((height * width, 6))
    part = np.full(height * width, NOTHING, np.int8)
    for surface in surfaces:
        seen = view.seen_from_here(surface.vertices)
        columns = (seen[:, 0] - view.left_mm) * PX_PER_MM - 0.5
        rows = (view.top_mm - seen[:, 1]) * PX_PER_MM - 0.5
        carried = np.hstack([surface.vertices, view.seen_from_here(surface.normals)])
        corners = np.stack([columns, rows, seen[:, 2]], axis=1)[surface.faces]
        for triangles, weights, pixels in _covered(corners, width, height):
            near = (weights * corners[triangles][:, :, 2]).sum(axis=1)
            np.maximum.at(depth, pixels, near)
            wins = near >= depth[pixels]
            values = carried[surface.faces[triangles[wins]]]
            attributes[pixels[wins]] = (weights[wins][:, :, None] * values).sum(axis=1)
            part[pixels[wins]] = surface.part
    position, normal = attributes[:, :3], attributes[:, 3:]
    normal = normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    depth[part == NOTHING] = depth[part != NOTHING].min()
    return Picture(
        view,
        depth.reshape(height, width),
        position.reshape(height, width, 3),
        normal.reshape(height, width, 3),
        part.reshape(height, width),
    )


def _covered(
    corners: Floats, width: int, height: int
) -> Iterator[tuple[NDArray[np.int64], Floats, NDArray[np.int64]]]:
    """Find the pixels under each triangle that faces the viewer, many triangles at a time.

    Args:
        corners: M x 3 x 3, the column, row and depth of each triangle's corners, in pixels.

    Yields:
        Triangle numbers (K), weights of their three corners (K x 3) and flat pixel numbers (K).
    """
    first = np.floor(corners[:, :, :2].min(axis=1)).astype(int)
    extent = np.ceil(corners[:, :, :2].max(axis=1)).astype(int) - first
    a, b, c = corners[:, 0, :2], corners[:, 1, :2], corners[:, 2, :2]
    doubled_area = _cross(b - a, c - a)
    # Rows run downwards, so a triangle that faces the viewer turns the other way round.
    facing = doubled_area < -1e-9
    size = 1 << np.ceil(np.log2(np.maximum(extent.max(axis=1) + 1, 2))).astype(int)
    for edge in np.unique(size[facing]):
        chosen = np.flatnonzero(facing & (size == edge))
        steps = np.stack(np.meshgrid(np.arange(edge), np.arange(edge)), axis=-1).reshape(-1, 2)
        for block in np.array_split(chosen, len(chosen) * len(steps) // PIXELS_AT_ONCE + 1):
            at = first[block][:, None, :] + steps[None, :, :]
            area = doubled_area[block][:, None]
            of_a = _cross(b[block][:, None] - at, c[block][:, None] - at) / area
            of_b = _cross(c[block][:, None] - at, a[block][:, None] - at) / area
            weights = np.stack([of_a, of_b, 1 - of_a - of_b], axis=-1)
            inside = (weights >= -1e-6).all(axis=-1)
            inside &= (at >= 0).all(axis=-1) & (at[..., 0] < width) & (at[..., 1] < height)
            triangle = np.broadcast_to(block[:, None], inside.shape)[inside]
            yield triangle, weights[inside], at[inside][:, 1] * width + at[inside][:, 0]


def _cross(first: Floats, second: Floats) -> Floats:
    """Return the cross product of vectors in the plane; the last axis holds the two numbers."""
    return first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
