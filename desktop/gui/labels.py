"""The words beside the marks: names of sites, doses of earlier sessions, sides of the picture."""

from functools import lru_cache
from math import ceil

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap

from desktop.core.atlas import View
from desktop.gui import theme
from desktop.gui.strokes import (
    MIDDLE,
    MarkStyle,
    draw_outlined,
    empty,
    faint,
    font_of,
    painter_on,
    scale_of,
)
from desktop.gui.theme import Colours
from desktop.language import _

NAME_HEIGHT = 0.9  # of the radius
FIGURES_HEIGHT = 0.75  # of the radius
SMALLEST_FONT_PX = 9.0
BETWEEN_FIGURES = " \N{MIDDLE DOT} "
FIGURES_MARGIN_PX = 5.0
FIGURES_GROUND = 235  # opacity, of 255
CAPTION_GROUND = 215  # opacity, of 255

Size = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, width and height
Piece = tuple[str, QFont, float]  # a text, its font and its width in pixels


def paint_name(painter: QPainter, box: QRectF, text: str, style: MarkStyle) -> None:
    """A short name."""
    painter.drawPixmap(box.topLeft(), _name(text, style, scale_of(painter)))


def paint_figures(
    painter: QPainter, box: QRectF, figures: tuple[str, ...], style: MarkStyle
) -> None:
    """What earlier sessions gave, newest first."""
    painter.drawPixmap(box.topLeft(), _figures(figures, style, scale_of(painter)))


@lru_cache(maxsize=256)
def name_size(text: str, style: MarkStyle) -> Size:
    """The room that a name needs: width and height."""
    metrics = QFontMetricsF(_name_font(style))
    high = max(style.radius * NAME_HEIGHT, metrics.height())
    return ceil(metrics.horizontalAdvance(text) + 2), ceil(high)


@lru_cache(maxsize=256)
def figures_size(figures: tuple[str, ...], style: MarkStyle) -> Size | None:
    """The room that figures need; none without any."""
    if not figures:
        return None
    wide = sum(width for _piece, _font, width in _pieces(figures, style)) + 2 * FIGURES_MARGIN_PX
    high = max(style.radius * FIGURES_HEIGHT, QFontMetricsF(_figures_font(style)).height())
    return ceil(wide), ceil(high)


def paint_sides(painter: QPainter, view: View, width: int, colours: Colours) -> None:
    """R and L at the edges of front and back; a side view says whose side it is."""
    words = view.edges or ((_(view.caption),) if view.caption else ())
    painter.setFont(_sides_font())
    for text, side in zip(words, side_boxes(view, width), strict=True):
        box = QRectF(*side)
        if not view.edges:
            # It lies on the drawing, so it brings its own ground.
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(faint(colours.panel, CAPTION_GROUND))
            painter.drawRoundedRect(box, 6, 6)
        painter.setPen(QColor(colours.text))
        painter.drawText(box, MIDDLE, text)


def side_boxes(view: View, width: int) -> tuple[Box, ...]:
    """Where these words stand, from left to right."""
    if view.edges:
        (left, high), (right, _high) = (_sides_size(edge) for edge in view.edges)
        # The map never mirrors, whatever the direction of the language.
        return (14, 10, left, high), (width - 14 - right, 10, right, high)
    if view.caption:
        wide, high = _sides_size(_(view.caption))
        return ((8, 6, wide + 12, high + 8),)
    return ()


@lru_cache(maxsize=32)
def _sides_size(text: str) -> Size:
    metrics = QFontMetricsF(_sides_font())
    return ceil(metrics.horizontalAdvance(text)), ceil(metrics.height())


def _sides_font() -> QFont:
    return theme.font(11, QFont.Weight.Bold)


def _name_font(style: MarkStyle) -> QFont:
    return font_of(max(style.radius * 0.56, SMALLEST_FONT_PX), QFont.Weight.DemiBold)


def _figures_font(style: MarkStyle, *, newest: bool = True) -> QFont:
    weight = QFont.Weight.Bold if newest else QFont.Weight.Normal
    return font_of(max(style.radius * 0.5, SMALLEST_FONT_PX), weight)


@lru_cache(maxsize=512)
def _name(text: str, style: MarkStyle, scale: float) -> QPixmap:
    """Readable on any tone of the drawing: dark letters in a light edge, or the other way round."""
    wide, high = name_size(text, style)
    made = empty(wide, high, scale)
    painter = painter_on(made)
    draw_outlined(painter, QRectF(0, 0, wide, high), text, _name_font(style), style)
    painter.end()
    return made


@lru_cache(maxsize=512)
def _figures(figures: tuple[str, ...], style: MarkStyle, scale: float) -> QPixmap:
    """On a ground of their own: a dash or a dot would be lost on the drawing."""
    pieces = _pieces(figures, style)
    wide, high = figures_size(figures, style) or (0.0, 0.0)
    made = empty(wide, high, scale)
    painter = painter_on(made)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(faint(style.colours.mark_paper, FIGURES_GROUND))
    painter.drawRoundedRect(QRectF(0, 0, wide, high), high / 2, high / 2)
    left = FIGURES_MARGIN_PX
    for place, (text, font, width) in enumerate(pieces):
        painter.setFont(font)
        painter.setPen(QColor(style.colours.quiet if place else style.colours.mark_text))
        painter.drawText(QRectF(left, 0, width, high), MIDDLE, text)
        left += width
    painter.end()
    return made


def _pieces(figures: tuple[str, ...], style: MarkStyle) -> list[Piece]:
    """Figures, each with its font and width; the newest is bold."""
    pieces = []
    for place, figure in enumerate(figures):
        font = _figures_font(style, newest=not place)
        text = BETWEEN_FIGURES + figure if place else figure
        pieces.append((text, font, QFontMetricsF(font).horizontalAdvance(text)))
    return pieces
