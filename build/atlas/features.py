"""What an illustrator adds to the bare shade: lids, lips, brows, ears and the hairline.

Traced once over the shaded head. Points are (across, y) in mm as the view sees them, so that across
grows to the viewer's right; in the front and back views they describe the right half of the drawing
and the other half is its mirror image. The right view mirrors the left.
"""

from dataclasses import dataclass
from typing import Literal

Points = tuple[tuple[float, float], ...]
Role = Literal["line", "soft_line"]


@dataclass(frozen=True)
class Line:
    """A pen line through a few points, and its widths in mm from one end to the other."""

    points: Points
    widths_mm: tuple[float, ...]
    role: Role


@dataclass(frozen=True)
class Eye:
    """An eye as a view shows it: the opening between the lids, the iris and the pupil.

    Centres are (across, y); the iris and the pupil are given as half their width and height, mm.
    """

    opening: Points
    centre: tuple[float, float]
    iris_mm: tuple[float, float]
    pupil_mm: tuple[float, float]
    highlight: tuple[float, float]
    highlight_mm: float
    rim_mm: float = 0.55

    @property
    def inner_iris_mm(self) -> tuple[float, float]:
        """Half width and height of the iris within its dark rim."""
        return self.iris_mm[0] - self.rim_mm, self.iris_mm[1] - self.rim_mm


def points(text: str) -> Points:
    """Read "across,y across,y ..."."""
    pairs = (pair.split(",") for pair in text.split())
    return tuple((float(across), float(up)) for across, up in pairs)


def line(through: str, widths_mm: str, role: Role = "line") -> Line:
    """Make a line from its points and its widths, both as text."""
    return Line(points(through), tuple(map(float, widths_mm.split())), role)


FRONT_LINES = (
    # Upper lid
    line(
        "15.2,731.3 17,732.7 19.5,734.8 22.5,736.9 26.5,738.2 30.5,738.6 34.8,737.9 38.5,736.3 "
        "41.5,734.5 44.2,733.4",
        "0.25 0.8 1.25 1.35 1.25 0.9 0.25",
    ),
    # Lower lid
    line(
        "17.6,731.6 20.5,730.8 25,730.3 30.5,730 35,730.5 38.8,731.9 41.6,734.2",
        "0.15 0.35 0.45 0.5 0.3",
    ),
    # Fold of the upper lid
    line(
        "15.8,736 18.5,739.2 23.5,742 30,743.1 36,742.1 41,739.4 45,735.9",
        "0.15 0.45 0.55 0.5 0.15",
        "soft_line",
    ),
    # Nostril
    line(
        "5,690.9 6.6,693.4 9.4,694.8 12,693.6 13.6,691.7",
        "0.3 1.1 1.3 0.9 0.2",
    ),
    # Wing of the nose
    line(
        "15.9,703.8 17.3,699.8 17.6,696 16.9,692.6 15,691",
        "0.15 0.5 0.8 0.75 0.2",
    ),
    # Base of the nose
    line(
        "0,689.5 2.4,689.8 4.4,690.9",
        "0.5 0.5 0.3",
    ),
    # Mouth
    line(
        "0,668.5 3,668.7 7,669.4 11,669.3 16,668.8 20,668.4 22.8,668.3 24.4,669",
        "0.85 1 0.7 0.55 0.6 0.75 0.2",
    ),
    # Under the lower lip
    line(
        "0,656 4,656.1 8.5,656.9 12,658.3",
        "0.6 0.55 0.4 0.12",
        "soft_line",
    ),
    # Jaw
    line(
        "50.5,654.9 47.2,649.2 42.5,643.4 35,637.4 26,633.2",
        "0.55 0.85 0.6 0.4 0.12",
    ),
    # Front rim of the ear
    line(
        "77.4,731.8 75.2,727.6 73.4,723.4 71.2,719.2 70.5,715.6 71.1,710.8 71,705 70.9,701 "
        "72.4,697.4",
        "0.15 0.6 0.75 0.7 0.75 0.6 0.15",
    ),
    # Inner rim of the ear
    line(
        "77.6,731.6 78.6,727.4 79.8,721.4 80,714.4 79.2,709.6 76.8,706.2 75.4,703.2 74.6,699.6",
        "0.15 0.5 0.55 0.5 0.65 0.6 0.15",
        "soft_line",
    ),
    # Where the ear joins the head
    line(
        "69.9,737.6 69.2,732 68.9,725 68.6,716 67.6,706 66.4,698 65.9,692",
        "0.7 0.5 0.4 0.35 0.3 0.12",
        "soft_line",
    ),
    # Collar bone
    line(
        "9,573 11.5,568.6 18,566 29,565.2 43,566.8 58,570",
        "0.12 0.6 0.7 0.5 0.35 0.1",
        "soft_line",
    ),
    # Sternomastoid
    line(
        "9.4,575 11.8,584 16,596 22,609",
        "0.12 0.5 0.35 0.1",
        "soft_line",
    ),
)
LEFT_LINES = (
    # Upper lid
    line(
        "-135.6,739 -134,738.5 -131.8,737.2 -129,735.6 -126.8,734.4 -124.6,733.9",
        "0.2 0.9 1.3 1.1 0.8 0.2",
    ),
    # Lower lid
    line(
        "-133,730.2 -131.2,730.5 -129,731.8 -126.9,734",
        "0.3 0.5 0.45 0.3",
    ),
    # Fold of the upper lid
    line(
        "-135.9,742.6 -132.5,741.4 -129,739.2 -126,736.9 -123.8,734.6",
        "0.3 0.55 0.55 0.4 0.12",
        "soft_line",
    ),
    # Nostril
    line(
        "-154.6,694.2 -152.8,695 -150,695.1 -147,694.5 -144.4,692.9 -142.7,690.8",
        "0.3 1 1.5 1.5 0.9 0.25",
    ),
    # Wing of the nose
    line(
        "-138.7,703.6 -137.7,699.6 -137.9,695.2 -139.2,691.8 -141.6,690.4 -143.4,691",
        "0.12 0.6 0.75 0.75 0.6 0.25",
    ),
    # Mouth
    line(
        "-146.6,668.2 -144.6,668.8 -142,669.1 -139.4,668.4 -137.9,666.9",
        "0.9 0.9 0.9 0.75 0.2",
    ),
    # Outer rim of the ear, down to the lobe
    line(
        "-56.4,724.6 -55.8,729.4 -53.8,733.2 -50.2,736.1 -46,738.3 -42.3,739 -38.2,737.9 "
        "-34.6,734.8 -31.6,730.2 -29.9,724.4 -29.4,719 -30.4,713 -33.4,706.2 -38.2,699.4 "
        "-42.2,694.2 -45.6,691.3 -49.5,690 -54.6,689.8 -57.8,691.2 -60.2,694.6 -61.2,698",
        "0.12 0.6 0.75 0.75 0.85 1 1.05 1.05 1 0.95 0.95 0.8 0.12",
    ),
    # Inner rim of the ear
    line(
        "-52.4,722.4 -50.6,727.8 -47.2,731.6 -42.6,733.6 -38.6,732.4 -35.6,729.2 -32.8,723.8 "
        "-32,719.6",
        "0.15 0.75 0.9 0.9 0.75 0.55 0.12",
    ),
    # Bowl of the ear
    line(
        "-50.4,718.4 -47.6,720.2 -44.4,720.4 -41.4,718.9 -39.2,716.3 -37.9,712.8 -38.4,709.6 "
        "-41.4,706.9 -45.4,705.2 -49.4,703.4 -51.6,702.6",
        "0.12 0.7 0.95 0.9 0.7 0.5 0.5 0.55 0.6 0.55",
    ),
    # Tragus
    line(
        "-54.6,719.8 -53.8,715.8 -52.5,712.6 -53,709.2 -54.1,706 -53.9,703.2 -51.8,702.5",
        "0.12 0.5 0.9 1 0.85 0.55",
    ),
    # Root of the rim
    line(
        "-49.4,715.6 -46.8,713.6 -43.8,712.9 -41.2,713.4",
        "0.12 0.6 0.5 0.12",
        "soft_line",
    ),
    # Jaw
    line(
        "-60.5,683 -64.5,674.5 -68.4,664 -73.5,655 -82,647.4 -93,641.6",
        "0.12 0.4 0.6 0.65 0.5 0.12",
        "soft_line",
    ),
    # Front of the shoulder
    line(
        "-68.2,528 -60.6,537.6 -51,547.6 -40,556.4 -28,562.8 -17,566.4",
        "0.5 0.8 0.8 0.6 0.4 0.1",
        "soft_line",
    ),
)
BACK_LINES = (
    # Where the ear joins the head
    line(
        "70.5,736.9 71.1,732.6 69.9,726 67.6,717.6 65.9,709 65.6,701.4 66.6,698.2",
        "0.8 0.8 0.75 0.7 0.6 0.12",
    ),
    # Lobe of the ear
    line(
        "66.4,697 65.6,694.2 66.6,690.6",
        "0.12 0.5 0.15",
        "soft_line",
    ),
    # Rim of the ear
    line(
        "78.6,735 79.6,728 78.6,718 77,708 75.4,700",
        "0.12 0.4 0.4 0.3 0.1",
        "soft_line",
    ),
    # Jaw behind the neck
    line(
        "50.4,654.9 48.5,650.8 47.4,646",
        "0.4 0.5 0.1",
    ),
    # Furrow of the spine
    line("0,548 0,535 0,520 0,506", "0.1 0.4 0.4 0.1", "soft_line"),
    # Edge of the upper trapezius on the neck
    line("37,652 39.5,636 44,620 52,604", "0.1 0.4 0.4 0.1", "soft_line"),
    # Spine of the shoulder blade
    line("92,519 112,525 134,531 152,537", "0.1 0.55 0.5 0.1", "soft_line"),
)
FRONT_EYE = Eye(
    opening=points(
        "16.4,731.6 19.2,734.3 22.5,736.6 26.5,737.9 30.5,738.3 34.8,737.6 38.5,736 42.2,733.9 "
        "38.8,731.9 35,730.6 30.5,730.1 25,730.4 20.5,730.9"
    ),
    centre=(29.4, 734.5),
    iris_mm=(5.9, 5.9),
    pupil_mm=(2.5, 2.5),
    highlight=(30.9, 736.4),
    highlight_mm=0.9,
)
LEFT_EYE = Eye(
    opening=points(
        "-133.5,737.8 -131.6,736.9 -129,735.4 -126.9,734.2 -128.9,731.9 -131,730.7 -132.5,730.4 "
        "-133.4,733.5"
    ),
    centre=(-132.9, 734.4),
    iris_mm=(2.0, 4.6),
    pupil_mm=(0.8, 2.1),
    highlight=(-132.5, 736.2),
    highlight_mm=0.55,
)

# Painted on the surface, in the front plane (|x|, y); of the lips one half, upper lip first.
BROW = points(
    "10.6,747 11.8,749.4 16.5,750.8 25,752 34.5,752.2 42.8,750.2 49.5,746.8 53.8,743.4 47.8,746 "
    "41,748.2 34,749 26,748.8 17.5,747.4 12,746.2"
)
LIPS = points(
    "0,674.4 3.6,675.5 9,674.3 15,671.6 20,669.3 23.6,667.4 19.5,663.2 14.5,659.6 8,657.6 0,657"
)

# The scalp in the side plane (z, y), from the forehead over the temple and the ear to the nape.
SCALP = points(
    "150,804 134,804.1 126.4,804.6 120.2,805.2 114.3,803.2 109.9,798.5 106.4,791 103.8,782 "
    "101.6,772 98.6,762.5 92,754.4 83,748.6 74,744.4 66,740.6 60,735 55,727 45,722 34,724 27,726 "
    "23,718 20.5,703 16,691 6,682 -6,677 -20,674.5 -90,674 -90,870 150,870"
)
