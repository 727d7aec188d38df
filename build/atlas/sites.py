"""The 31 fixed sites: one point of the head each, and where each view shows it.

The distances between them follow the published landmarks, scaled to this head: the corrugator above
the inner end of the brow and the procerus midway between, the temporalis above the tragus, the
occipitalis above the nuchal line halfway from the inion to the mastoid, the paraspinals 30 mm below
the inion, the trapezius in quarters from the neck's inflection to the acromion.
"""

from dataclasses import dataclass

import numpy as np
from frame import BACK, FRONT, LEFT, RIGHT, Floats, View
from raster import Picture
from regions import REGIONS, Shape

# In the order of the protocol: (|x|, y) or, at the side, (z, y), mm.
SITES = {
    "COR-1": ("corrugator", 15, 763),
    "PRO-1": ("procerus", 0, 757),
    "FRO-1": ("frontalis", 15, 788),
    "FRO-2": ("frontalis", 31, 788),
    "TEM-1": ("temporalis", 53, 746),
    "TEM-2": ("temporalis", 53, 764),
    "TEM-3": ("temporalis", 73, 755),
    "TEM-4": ("temporalis", 38, 764),
    "OCC-1": ("occipitalis", 30, 717),
    "OCC-2": ("occipitalis", 41, 728),
    "OCC-3": ("occipitalis", 19, 728),
    "CPS-1": ("cervical_paraspinal", 10, 682),
    "CPS-2": ("cervical_paraspinal", 21, 693),
    "TRA-1": ("trapezius", 126, 564),
    "TRA-2": ("trapezius", 156, 553),
    "TRA-3": ("trapezius", 97, 572),
}
MARGIN_MM = 1.5
HIDDEN_MM = 3.0
LEAST_FACING = 0.25

RegionShapes = dict[str, dict[str, dict[str, Shape]]]


@dataclass(frozen=True)
class Site:
    """A fixed site: a point of the head, and its place in the drawings that show it, mm."""

    region: str
    side: str
    at_mm: tuple[float, float, float]
    home_view: str
    views_mm: dict[str, tuple[float, float]]


def place_sites(pictures: dict[str, Picture], shapes: RegionShapes) -> dict[str, Site]:
    """Place every site on the surface: the left half is measured, the right half mirrors it."""
    placed = {}
    for name, (region, across, y) in SITES.items():
        x, z = _on_surface(pictures, region, across, y)
        sides = ("M",) if across == 0 and REGIONS[region].midline else ("R", "L")
        for side in sides:
            at = (-x if side == "R" else x, float(y), z)
            home = REGIONS[region].views[0]
            home = "right" if home == "left" and side == "R" else home
            views = _places(pictures, shapes[region][side], at)
            placed[f"{name}-{side}"] = Site(region, side, at, home, views)
            if home not in views:
                raise ValueError(f"{name} is not in its region as its home view shows it")
    return placed


def _on_surface(
    pictures: dict[str, Picture], region: str, across: float, y: float
) -> tuple[float, float]:
    """Return x (to the left) and z of a site from its home picture."""
    home = pictures[REGIONS[region].views[0]]
    seen_across = {"front": across, "left": -across, "back": -across}[home.view.name]
    row, column = home.pixel(seen_across - home.view.left_mm, home.view.top_mm - y)
    x, _, z = np.round(home.position[row, column], 1)
    return (float(x), float(across)) if home.view.name == "left" else (float(across), float(z))


def _places(
    pictures: dict[str, Picture], shapes: dict[str, Shape], at: tuple[float, float, float]
) -> dict[str, tuple[float, float]]:
    """Return column and row in every view that shows the site within its region."""
    point = np.array(at)
    # The right view mirrors the left: what one shows of a point, the other shows of its image.
    image = point * [-1, 1, 1]
    asked: list[tuple[View, Picture, Floats]] = [
        (FRONT, pictures["front"], point),
        (LEFT, pictures["left"], point),
        (RIGHT, pictures["left"], image),
        (BACK, pictures["back"], point),
    ]
    found = {}
    for view, picture, seen in asked:
        col, row = view.place(point)
        shape = shapes.get(view.name)
        if shape and shape.holds(col, row, MARGIN_MM) and _in_sight(picture, seen):
            found[view.name] = (round(col, 1), round(row, 1))
    return found


def _in_sight(picture: Picture, point: Floats) -> bool:
    """Tell whether a point of the surface can be seen and does not lie edge on."""
    col, row = picture.view.place(point)
    pixel = picture.pixel(col, row)
    depth = picture.view.seen_from_here(point[None, :])[0, 2]
    return bool(
        picture.depth[pixel] - depth < HIDDEN_MM and picture.normal[pixel][2] > LEAST_FACING
    )
