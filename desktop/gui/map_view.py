"""One drawing of head or neck with its marks: says what was clicked, and keeps no chart."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTransform,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.core.atlas import CloseUp, Point, nearest_site
from desktop.core.handbook import Handbook
from desktop.core.protocol import Side
from desktop.core.session import Injection, Session
from desktop.gui import art, marks, theme
from desktop.gui.art import Look
from desktop.gui.marks import MarkStyle
from desktop.gui.theme import Colours
from desktop.language import _

# Neighbouring sites are about 15 mm apart on the head; a mark may fill most of half of that.
MARK_SHARE_MM = 6.6
LARGEST_MARK_PX = 22.0
SMALLEST_MARK_PX = 3.0
LABEL_ROOM_RADII = 3.1
CURSOR_REACH_RADII = 1.5
CAPTION_GROUND = 215  # opacity, of 255


@dataclass(frozen=True)
class Hit:
    """What lies under a click: the point, the site in reach, the region, whether it is at home."""

    point: Point
    site: str | None
    region: tuple[str, Side] | None
    is_home: bool


def muscles_of(book: Handbook, frame: CloseUp) -> frozenset[tuple[str, Side]]:
    """The muscles that take taps in a picture.

    In a whole view those at home there; in a close-up those of them that no other close-up of the
    view shows larger.
    """
    atlas = book.atlas
    home = {
        (place.region, place.side)
        for place in atlas.places.values()
        if place.home_view == frame.view
    }
    if frame.key not in atlas.close_ups:
        return frozenset(home)
    rivals = [each for each in atlas.close_ups.values() if each.view == frame.view]
    return frozenset(
        muscle
        for muscle in home
        if min((each for each in rivals if _holds(each, muscle, book)), key=_width).key == frame.key
    )


def _holds(frame: CloseUp, muscle: tuple[str, Side], book: Handbook) -> bool:
    """Whether all fixed sites of a muscle lie in a close-up."""
    places = [
        place.drawn_mm[frame.view]
        for place in book.atlas.places.values()
        if (place.region, place.side) == muscle
    ]
    return all(
        0 <= column - frame.column_mm <= frame.width_mm
        and 0 <= row - frame.row_mm <= frame.height_mm
        for column, row in places
    )


def _width(frame: CloseUp) -> float:
    return frame.width_mm


class MapView(QWidget):
    """A view of the atlas, or a part of one, with the session's marks.

    Args:
        frame: The part of a view that is shown.
        book: The atlas and the protocol.
        colours: The colour scheme.
        reach_px: How far from a site a click still means it, at least.
        interactive: A small picture for a card takes no clicks of its own.
        framed: Whether a line runs round it.
        labelled: Whether a short name stands at each mark.
    """

    clicked = Signal(object)
    pointed_at = Signal(object)

    def __init__(
        self,
        frame: CloseUp,
        book: Handbook,
        colours: Colours,
        *,
        reach_px: float = 12.0,
        interactive: bool = True,
        framed: bool = True,
        labelled: bool = False,
    ) -> None:
        super().__init__()
        self._frame = frame
        self._book = book
        self._own = muscles_of(book, frame)
        self._colours = colours
        self._reach_px = reach_px
        self._interactive = interactive
        self._framed = framed
        self._labelled = labelled
        self._session: Session | None = None
        self._cursor = ""
        self._fixed = self._home_points()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(interactive)
        if not interactive:
            self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_session(self, session: Session, cursor: str = "") -> None:
        """Draw this session, with a ring around one site."""
        before = self._told()
        self._session = session
        self._cursor = cursor
        # Most taps change one view only; painting all of them at each would be felt.
        if self._told() != before:
            self.update()

    def show_frame(self, frame: CloseUp) -> None:
        """Show another part of the atlas."""
        self._frame = frame
        self._own = muscles_of(self._book, frame)
        self._fixed = self._home_points()
        self.update()

    def show_colours(self, colours: Colours) -> None:
        """Take on another colour scheme."""
        self._colours = colours
        self.update()

    def place_of(self, code: str) -> QPoint:
        """Where a site is drawn, in this widget's pixels: for a cursor, a test, a guide."""
        return self._to_pixels(self._points()[code]).toPoint()

    def pixel_of(self, point: Point) -> QPoint:
        """Where any point of this view is drawn, in this widget's pixels."""
        return self._to_pixels(point).toPoint()

    def hit(self, position: QPointF) -> Hit:
        """What lies under a position of this widget."""
        column, row = self._to_millimetres().map(position).toTuple()
        view = self._book.atlas.views[self._frame.view]
        point = view.from_drawing(column, row)
        reach_mm = max(self._reach_px, self._radius()) / self._scale()
        site = nearest_site(point, self._points(), reach_mm)
        region = self._book.atlas.region_at(point)
        return Hit(point, site, region, site is not None or region in self._own)

    def sizeHint(self) -> QSize:
        """Qt asks how large it would like to be."""
        return QSize(round(self._frame.width_mm), round(self._frame.height_mm))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A tap is a press: nothing waits for the finger to leave."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit(self.hit(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On touch a tap can arrive as a double click with no press before it."""
        self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Name what is under the pointer."""
        hit = self.hit(event.position())
        self.setCursor(
            Qt.CursorShape.PointingHandCursor
            if hit.site or hit.region
            else Qt.CursorShape.ArrowCursor
        )
        self.pointed_at.emit(hit)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer any more."""
        self.pointed_at.emit(None)
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ground from the cache, then the marks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = Look(
            self._shown(), self.size(), self.devicePixelRatioF(), self._colours, self._framed
        )
        painter.drawPixmap(0, 0, art.ground(look))
        if self._interactive:
            self._paint_names(painter)
        if self._session is not None:
            self._paint_marks(painter, self._session)

    def _paint_names(self, painter: QPainter) -> None:
        """R and L at the edges of front and back; a side view says whose side it is."""
        view = self._book.atlas.views[self._frame.view]
        painter.setFont(theme.font(11, QFont.Weight.Bold))
        painter.setPen(QColor(self._colours.text))
        box = QRectF(self.rect()).adjusted(14, 10, -14, -10)
        top = Qt.AlignmentFlag.AlignTop
        # The map never mirrors, whatever the direction of the language.
        if view.edges:
            painter.drawText(box, top | Qt.AlignmentFlag.AlignLeft, view.edges[0])
            painter.drawText(box, top | Qt.AlignmentFlag.AlignRight, view.edges[1])
        elif view.caption:
            # It lies on the drawing, so it brings its own ground.
            words = painter.fontMetrics().boundingRect(_(view.caption)).size()
            ground = QColor(self._colours.panel)
            ground.setAlpha(CAPTION_GROUND)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(QRectF(8, 6, words.width() + 12, words.height() + 8), 6, 6)
            painter.setPen(QColor(self._colours.text))
            painter.drawText(box, top | Qt.AlignmentFlag.AlignLeft, _(view.caption))

    def _paint_marks(self, painter: QPainter, session: Session) -> None:
        style = MarkStyle(self._radius(), self._colours)
        self._paint_echoes(painter, session, style)
        points = self._points()
        for code, point in points.items():
            each = session.injections.get(code)
            at = self._to_pixels(point)
            if each is None:
                marks.paint_ghost(painter, at, self._book.protocol.sites[code].region, style)
            else:
                if each.planned_point is not None:
                    marks.paint_move(painter, self._to_pixels(each.planned_point), at, style)
                marks.paint_mark(painter, at, each, style)
            if self._labelled:
                reach = 1.3 if each and each.is_extra else 1.0
                if code == self._cursor:
                    reach = CURSOR_REACH_RADII
                above = self._is_above_another(code, points)
                name = code.rpartition("-")[0].replace("-", " ")
                marks.paint_label(painter, at, name, style, -reach if above else reach)
        if self._cursor in points:
            marks.paint_cursor(painter, self._to_pixels(points[self._cursor]), style)
        self._paint_unplaced(painter, session, style)

    def _paint_echoes(self, painter: QPainter, session: Session, style: MarkStyle) -> None:
        for code, place in self._book.atlas.places.items():
            each = session.injections.get(code)
            # A moved site is where it was given, and other views do not know where that is.
            if each is None or each.is_moved or (place.region, place.side) in self._own:
                continue
            if self._frame.view in place.drawn_mm:
                at = self._to_screen().map(QPointF(*place.drawn_mm[self._frame.view]))
                marks.paint_echo(painter, at, each, style)

    def _paint_unplaced(self, painter: QPainter, session: Session, style: MarkStyle) -> None:
        """An extra without a position is a badge beside its region: no point is invented."""
        seen: dict[tuple[str, Side], int] = {}
        for each in session.injections.values():
            if not each.is_extra or each.point is not None:
                continue
            if (each.region, each.side) not in self._own:
                continue
            outline = self._book.atlas.outlines[each.region][each.side][self._frame.view]
            box = self._to_screen().mapRect(art.outline_path(outline).boundingRect())
            nth = seen[each.region, each.side] = seen.get((each.region, each.side), -1) + 1
            at = box.bottomLeft() + QPointF(style.radius * (1.3 + 3.0 * nth), style.radius * 1.5)
            marks.paint_mark(painter, at, each, style)
            if self._labelled:
                code = each.code.rpartition("-")[0].replace("-", " ")
                label = _("{site} \N{MIDDLE DOT} position not recorded").format(site=code)
                marks.paint_label(painter, at, label, style, 1.3)

    def _told(self) -> tuple[object, ...]:
        """Everything about the session that this picture shows."""
        if self._session is None:
            return ()
        atlas, view = self._book.atlas, self._frame.view
        told = [
            each
            for code, each in self._session.injections.items()
            if (each.region, each.side) in self._own
            or (code in atlas.places and view in atlas.places[code].drawn_mm)
        ]
        return (True, self._cursor if self._cursor in self._points() else "", told)

    def _home_points(self) -> dict[str, Point]:
        return {
            code: self._book.atlas.home_point(code)
            for code, place in self._book.atlas.places.items()
            if (place.region, place.side) in self._own
        }

    def _is_above_another(self, code: str, points: dict[str, Point]) -> bool:
        """Whether another mark is so close below that a label there would touch it."""
        near = LABEL_ROOM_RADII * self._radius() / self._scale()
        at = points[code]
        return any(
            abs(other.across_mm - at.across_mm) < near and 0 < at.up_mm - other.up_mm < near
            for name, other in points.items()
            if name != code
        )

    def _points(self) -> dict[str, Point]:
        """Every site at home in this view: fixed ones where they were charted, placed extras."""
        injections: dict[str, Injection] = dict(self._session.injections) if self._session else {}
        points = dict(self._fixed)
        for code, each in injections.items():
            if each.point is not None and (each.region, each.side) in self._own:
                points[code] = each.point
        return points

    def _radius(self) -> float:
        return max(min(MARK_SHARE_MM * self._scale(), LARGEST_MARK_PX), SMALLEST_MARK_PX)

    def _shown(self) -> CloseUp:
        """The frame, widened to the shape of the widget as far as the drawing goes."""
        width, height = max(self.width(), 1), max(self.height(), 1)
        return art.widened(self._frame, self._book.atlas.views[self._frame.view], width, height)

    def _scale(self) -> float:
        """Pixels to one millimetre of the head."""
        return max(self.width(), 1) / self._shown().width_mm

    def _to_screen(self) -> QTransform:
        """Millimetres of the drawing to pixels of this widget: the one transform."""
        return art.to_pixels_of(self._shown(), self.width(), self.height())

    def _to_millimetres(self) -> QTransform:
        inverse, _invertible = self._to_screen().inverted()
        return inverse

    def _to_pixels(self, point: Point) -> QPointF:
        view = self._book.atlas.views[point.view]
        return self._to_screen().map(QPointF(*view.to_drawing(point)))
