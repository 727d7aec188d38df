"""The light on the head: one number a pixel, 1 where it is lightest."""

from functools import cache

import features
import numpy as np
from curves import spline_through
from frame import Floats, Mask
from raster import PX_PER_MM, Picture
from scipy import ndimage
from surface import front_plane, inside_by_mm, side_plane

# Across, up, to the viewer. The front and the back are lit evenly, so that left equals right.
LIGHT_FROM = {"front": (0.0, 0.62, 0.78), "back": (0.0, 0.62, 0.78), "left": (-0.30, 0.60, 0.74)}
FINE_MM, MIDDLE_MM, BROAD_MM, TRUNK_MM = 0.5, 2.6, 6.0, 14.0
HAIR_SHADE, LIP_SHADE, NECK_SHADE, CHIN_SHADE = 0.11, 0.06, 0.24, 0.2


@cache
def shade(picture: Picture, on_paper: bool) -> Floats:
    """Return the shade, H x W, from the way the surface faces, its hollows and the lips.

    On the screen the scalp and the trunk are a little deeper; paper stays as white as it can.
    """
    light = np.array(LIGHT_FROM[picture.view.name])
    lit = np.clip(picture.normal @ (light / np.linalg.norm(light)), 0, 1)
    facing = np.clip(picture.normal[..., 2], 0, 1)
    raw = 0.42 * lit + 0.58 * facing
    detail, face = _detail(picture), _face(picture)
    calm = _blurred(raw, picture, BROAD_MM)
    trunk = _trunk(picture)
    calm = calm * (1 - trunk) + _blurred(raw, picture, TRUNK_MM) * trunk
    calm = calm * (1 - face) + _blurred(raw, picture, MIDDLE_MM) * face
    calm = calm * (1 - detail) + _blurred(raw, picture, FINE_MM) * detail
    calm = calm - 0.5 * _hollows(picture) * detail
    calm = calm - LIP_SHADE * _lips(picture) - CHIN_SHADE * _under_the_chin(picture)
    if on_paper:
        return calm
    return calm - HAIR_SHADE * hair(picture) - NECK_SHADE * _neck(picture)


def _blurred(values: Floats, picture: Picture, reach_mm: float) -> Floats:
    """Blur a field over the head only, and carry it on a little beyond the edge."""
    reach = reach_mm * PX_PER_MM
    weight = ndimage.gaussian_filter(picture.shown.astype(float), reach)
    blurred = ndimage.gaussian_filter(np.where(picture.shown, values, 0), reach)
    return picture.carried_on(blurred / np.maximum(weight, 1e-6))


def _detail(picture: Picture) -> Floats:
    """Return 1 at the eyes, the nose, the mouth and the ears, which need every form, else 0."""
    x, y = front_plane(picture)
    z, _ = side_plane(picture)
    eyes = (z > 96) & (x < 48) & (y > 724) & (y < 748)
    nose = (z > 122) & (x < 22) & (y > 682) & (y < 730)
    mouth = (z > 118) & (x < 21) & (y > 652) & (y < 678)
    ears = (x > 68.5) & (y > 686) & (y < 742) & (z > 20) & (z < 64)
    return _soft(eyes | nose | mouth | ears, picture, 2.0)


def _face(picture: Picture) -> Floats:
    """Return 1 on the face below the brows and 0 elsewhere, softly."""
    z, y = side_plane(picture)
    return _soft((z > 85) & (y > 632) & (y < 750), picture, 5.0)


def _trunk(picture: Picture) -> Floats:
    """Return 1 on the shoulders and chest, where only the broadest forms count, else 0."""
    _, y = side_plane(picture)
    return _step((615.0 - y) / 40.0)


def _soft(where: Mask, picture: Picture, reach_mm: float) -> Floats:
    """Blur the border of a part of the picture."""
    return ndimage.gaussian_filter((where & picture.shown).astype(float), reach_mm * PX_PER_MM)


def _hollows(picture: Picture) -> Floats:
    """Return how much of the light a hollow loses: 0 on open ground, about 0.3 in the ear."""
    around = _blurred(picture.depth, picture, 2.2)
    return ndimage.gaussian_filter(np.clip((around - picture.depth) / 9, 0, 0.35), 0.4 * PX_PER_MM)


@cache
def hair(picture: Picture) -> Floats:
    """Return 1 on the scalp and 0 on the skin, H x W; the hairline is softest at the nape."""
    z, y = side_plane(picture)
    inside = inside_by_mm(z, y, spline_through(features.SCALP, closed=True, per_span=6))
    softness = np.interp(z, (0.0, 40.0), (18.0, 3.0))
    return np.where(picture.shown & ~_is_ear(picture), _step(inside / softness + 0.5), 0)


def _step(values: Floats) -> Floats:
    """Rise smoothly from 0 at 0 to 1 at 1."""
    share = np.clip(values, 0, 1)
    return share * share * (3 - 2 * share)


def _is_ear(picture: Picture) -> Mask:
    """Return where the ear is, H x W: it stands out from the head there."""
    x, y = front_plane(picture)
    z, _ = side_plane(picture)
    return (x > 71.5) & (y > 686) & (y < 741) & (z > 22) & (z < 64)


def _lips(picture: Picture) -> Floats:
    """Return 1 on the lips and 0 elsewhere, H x W, with a soft edge."""
    x, y = front_plane(picture)
    half = spline_through(features.LIPS, closed=False, per_span=6)
    inside = inside_by_mm(x, y, np.vstack([half, half[::-1] * [-1, 1]]))
    return np.where(picture.position[..., 2] > 120, _step(inside / 1.4 + 0.5), 0)


def _neck(picture: Picture) -> Floats:
    """Return how far a point is below the head, from 0 to 1: what is treated most is lightest."""
    z, y = side_plane(picture)
    # The face reaches lower than the back of the head.
    edge = np.interp(z, (-10.0, 90.0), (700.0, 640.0))
    return np.clip((edge - y) / 170.0, 0, 1) ** 0.7


def _under_the_chin(picture: Picture) -> Floats:
    """Return the shadow that the chin casts on the neck, from 0 to 1."""
    z, y = side_plane(picture)
    shadow = (z > 60) & (z < 122) & (y > 612) & (y < 634) & (picture.normal[..., 2] < 0.9)
    return _soft(shadow, picture, 5.0)
