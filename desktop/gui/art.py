"""The atlas's drawings as pictures of the size and colours that the screen needs."""

import re
from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop import resources
from desktop.core.atlas import CloseUp, Outline, path_segments


def picture(frame: CloseUp, size: QSize, scale: float, palette: str) -> QPixmap:
    """The part of a view inside `frame`, filling `size` device-independent pixels.

    Args:
        frame: Which view, and which part of it in mm.
        size: In device-independent pixels; the caller keeps the frame's aspect.
        scale: Device pixels to one device-independent pixel.
        palette: A key of `Atlas.palettes`.
    """
    pixels = size * scale
    made = _picture(frame, pixels.width(), pixels.height(), palette)
    made.setDevicePixelRatio(scale)
    return made


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


@lru_cache(maxsize=40)
def _picture(frame: CloseUp, width: int, height: int, palette: str) -> QPixmap:
    made = QPixmap(width, height)
    made.fill(Qt.GlobalColor.transparent)
    renderer = _renderer(frame.view, palette)
    renderer.setViewBox(
        QRectF(frame.column_mm, frame.row_mm, frame.width_mm, frame.height_mm)
    )
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter)
    painter.end()
    return made


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
