"""The atlas's drawings as pictures of the size and colours that the screen needs."""

import re
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap, QTransform
from PySide6.QtSvg import QSvgRenderer

from desktop import resources
from desktop.core.atlas import CloseUp, Outline, View, path_segments
from desktop.gui import theme
from desktop.gui.theme import Colours

HOME_FILL, ECHO_FILL = 46, 18  # opacity of a region, of 255
HOME_LINE, ECHO_LINE = 255, 110
CORNER_PX = 10.0


@dataclass(frozen=True)
class Look:
    """What decides a picture: the part of a view, device-independent pixels, scale, colours.

    A framed picture has rounded corners and a line round it.
    """

    frame: CloseUp
    size: QSize
    scale: float
    colours: Colours
    framed: bool

    def __hash__(self) -> int:
        return hash(
            (self.frame, self.size.width(), self.size.height(), self.scale, self.colours.name)
        )


@lru_cache(maxsize=40)
def ground(look: Look) -> QPixmap:
    """Art and regions: everything of a picture that no tap changes."""
    made = QPixmap(look.size * look.scale)
    made.setDevicePixelRatio(look.scale)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    corners = QPainterPath()
    corners.addRoundedRect(
        QRectF(0, 0, look.size.width(), look.size.height()), CORNER_PX, CORNER_PX
    )
    painter.setClipPath(corners)
    painter.fillRect(0, 0, look.size.width(), look.size.height(), QColor(look.colours.panel))
    painter.save()
    view = resources.atlas().views[look.frame.view]
    painter.setTransform(to_pixels(look.frame, look.size), combine=True)
    whole = QRectF(0, 0, view.width_mm, view.height_mm)
    _renderer(view.key, look.colours.art).render(painter, whole)
    painter.setClipRect(whole, Qt.ClipOperation.IntersectClip)
    _paint_regions(painter, view, look.colours)
    painter.restore()
    if look.framed:
        painter.setClipping(False)
        painter.setPen(QPen(QColor(look.colours.line), 1))
        box = QRectF(0.5, 0.5, look.size.width() - 1, look.size.height() - 1)
        painter.drawRoundedRect(box, CORNER_PX, CORNER_PX)
    painter.end()
    return made


@lru_cache(maxsize=64)
def to_pixels_of(frame: CloseUp, width: int, height: int) -> QTransform:
    """The same for a picture of this width and height; not to be changed by who gets it."""
    return to_pixels(frame, QSize(width, height))


def to_pixels(frame: CloseUp, size: QSize) -> QTransform:
    """Millimetres of a drawing to pixels of a picture that `frame` fills."""
    made = QTransform()
    scale = size.width() / frame.width_mm
    made.scale(scale, scale)
    made.translate(-frame.column_mm, -frame.row_mm)
    return made


@lru_cache(maxsize=64)
def widened(frame: CloseUp, view: View, width: int, height: int) -> CloseUp:
    """A frame of the picture's own shape around another: what it adds lies inside the view."""
    scale = min(width / frame.width_mm, height / frame.height_mm)
    wide, high = width / scale, height / scale
    return CloseUp(
        frame.key,
        frame.view,
        _placed(frame.column_mm, frame.width_mm, wide, view.width_mm),
        _placed(frame.row_mm, frame.height_mm, high, view.height_mm),
        wide,
        high,
    )


@lru_cache(maxsize=64)
def outline_path(outline: Outline) -> QPainterPath:
    """A region's outline in the millimetres of its drawing."""
    made = QPainterPath()
    for letter, at in path_segments(outline.path):
        if letter == "M":
            made.moveTo(at[0], at[1])
        elif letter == "L":
            made.lineTo(at[0], at[1])
        elif letter == "C":
            made.cubicTo(*at)
        else:
            made.closeSubpath()
    return made


def _paint_regions(painter: QPainter, view: View, colours: Colours) -> None:
    atlas = resources.atlas()
    for region, sides in atlas.outlines.items():
        for side, views in sides.items():
            if view.key not in views:
                continue
            home = atlas.home_view(region, side) == view.key
            fill, line = (theme.region_colour(region, colours) for _use in range(2))
            fill.setAlpha(HOME_FILL if home else ECHO_FILL)
            line.setAlpha(HOME_LINE if home else ECHO_LINE)
            pen = QPen(line, 1.6 if home else 1.0)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.setBrush(fill)
            painter.drawPath(outline_path(views[view.key]))


def _placed(start: float, length: float, wanted: float, room: float) -> float:
    """Where a longer stretch begins so that it keeps the first in its middle, inside its room."""
    if wanted >= room:
        return (room - wanted) / 2
    return min(max(start - (wanted - length) / 2, 0.0), room - wanted)


@lru_cache(maxsize=8)
def _renderer(view: str, palette: str) -> QSvgRenderer:
    atlas = resources.atlas()
    swap = dict(zip(atlas.palettes["light"], atlas.palettes[palette], strict=True))
    text = re.sub(
        r"#[0-9a-fA-F]{6}",
        lambda colour: swap.get(colour.group().lower(), colour.group()),
        resources.atlas_art(atlas.views[view].art),
    )
    return QSvgRenderer(QByteArray(text.encode()))
