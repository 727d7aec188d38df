"""How far the print art of a view reaches to both sides."""

from collections.abc import Iterator
from functools import cache
from xml.etree import ElementTree as ET

from desktop import resources
from desktop.core.atlas import Place, path_segments


@cache
def columns_drawn(art: str, first_row: float, last_row: float) -> tuple[float, float]:
    """The first and the last column with ink between two rows of a view's print art, in mm."""
    # Our own maker wrote it, and nobody else's file is ever read here.
    root = ET.fromstring(resources.atlas_art(art))  # noqa: S314
    columns = [
        column
        for path in root
        for column, row in _corners(path.attrib["d"])
        if first_row <= row <= last_row
    ]
    return min(columns), max(columns)


def _corners(path: str) -> Iterator[Place]:
    """The points of a path; those that bend a curve lie near enough to it."""
    for _letter, numbers in path_segments(path):
        yield from zip(numbers[::2], numbers[1::2], strict=True)
