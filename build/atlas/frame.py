"""The four views and how a point of the head lands in each drawing.

The frame of the head: x to the patient's left, y up, z to the face; millimetres. A view looks along
one axis without perspective, so a drawing is the head with one coordinate left out.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

AXES = {"x": 0, "y": 1, "z": 2}


@dataclass(frozen=True)
class View:
    """One drawing: col = sign * across - left_mm, row = top_mm - y, both in mm.

    Attributes:
        across: The axis of the head that runs across the drawing.
        sign: 1 when that axis runs to the viewer's right, -1 when it runs to the left.
        towards: The axis that points at the viewer, and which end of it does.
        edges: What the left and the right edge of the drawing are called, if they are.
        caption: What stands under a drawing that shows one side only.
    """

    name: str
    across: Literal["x", "z"]
    sign: int
    towards: tuple[Literal["x", "z"], int]
    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float
    edges: tuple[str, str] | None = None
    caption: str | None = None

    def seen_from_here(self, points: Floats) -> Floats:
        """Turn N x 3 points (or directions) into this view's across, up and towards the viewer."""
        axis, end = self.towards
        across = self.sign * points[:, AXES[self.across]]
        return np.column_stack([across, points[:, 1], end * points[:, AXES[axis]]])

    def place(self, point: Floats) -> tuple[float, float]:
        """Return where a point of the head (x, y, z) lands: column and row, in mm."""
        return self.sign * float(point[AXES[self.across]]) - self.left_mm, self.top_mm - float(
            point[1]
        )


FRONT = View("front", "x", 1, ("z", 1), -110.0, 850.0, 220.0, 305.0, edges=("R", "L"))
LEFT = View("left", "z", -1, ("x", 1), -172.0, 850.0, 262.0, 345.0, caption="Patient's LEFT")
RIGHT = View("right", "z", 1, ("x", -1), -90.0, 850.0, 262.0, 345.0, caption="Patient's RIGHT")
BACK = View("back", "x", -1, ("z", -1), -215.0, 850.0, 430.0, 370.0, edges=("L", "R"))
VIEWS = (FRONT, LEFT, RIGHT, BACK)
