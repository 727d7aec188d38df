"""One drawing of head or neck with its marks: says what was clicked, and keeps no chart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import hypot

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QTransform,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop.core.atlas import CloseUp, Point, nearest_site
from desktop.core.handbook import Handbook
from desktop.core.protocol import Side
from desktop.core.session import Injection, Session, is_extra_code
from desktop.gui import art, map_tips, marks, theme
from desktop.gui.art import Look
from desktop.gui.marks import MarkStyle
from desktop.gui.past import Past, PastPoint, past_of
from desktop.gui.site_buttons import SiteButtons, Spot
from desktop.gui.theme import Colours
from desktop.language import _

# Neighbouring sites are about 15 mm apart on the head; a mark may fill most of half of that.
MARK_SHARE_MM = 6.6
LARGEST_MARK_PX = 22.0
SMALLEST_MARK_PX = 3.0
LABEL_ROOM_RADII = 3.1
PAST_REACH_RADII = 0.6
CURSOR_REACH_RADII = 1.5
CAPTION_GROUND = 215  # opacity, of 255


@dataclass(frozen=True)
class Hit:
    """What lies under a click: the point, the site in reach, the region, whether it is at home.

    While places for an extra are suggested, also the one in reach.
    """

    point: Point
    site: str | None
    region: tuple[str, Side] | None
    is_home: bool
    suggested: Point | None = None


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


def view_name(view: str) -> str:
    """What a drawing shows, in words."""
    return {
        "front": _("Front of the head"),
        "left": _("Left side of the head"),
        "right": _("Right side of the head"),
        "back": _("Back of head and shoulders"),
    }[view]


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
    site_pressed = Signal(str)

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
        self._past_sessions: tuple[Session, ...] = ()
        self._past = Past()
        self._offered: dict[tuple[str, Side], tuple[Point, ...]] = {}
        self._buttons = SiteButtons(self, book, self.site_pressed)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(interactive)
        if interactive:
            self.setAccessibleName(view_name(frame.view))
        else:
            self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_session(self, session: Session, cursor: str = "") -> None:
        """Draw this session, with a ring around one site."""
        before = self._told()
        self._session = session
        self._cursor = cursor
        # Most taps change one view only; painting all of them at each would be felt.
        if self._told() != before:
            self._tell_sites()
            self.update()

    def show_past(self, past: Sequence[Session]) -> None:
        """Show what the last sessions gave, newest first; none hides it."""
        if tuple(past) != self._past_sessions:
            self._past_sessions = tuple(past)
            self._past = self._past_here()
            self.update()

    def show_suggestions(self, points: Mapping[tuple[str, Side], Sequence[Point]]) -> None:
        """Offer places for an extra, by muscle; none hides them."""
        offered = {muscle: tuple(places) for muscle, places in points.items()}
        if offered != self._offered:
            self._offered = offered
            self.update()

    def show_frame(self, frame: CloseUp) -> None:
        """Show another part of the atlas."""
        self._frame = frame
        self._own = muscles_of(self._book, frame)
        self._fixed = self._home_points()
        self._past = self._past_here()
        if self._interactive:
            self.setAccessibleName(view_name(frame.view))
        self._tell_sites()
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
        suggested = self._nearest_suggestion(point, reach_mm)
        is_home = site is not None or suggested is not None or region in self._own
        return Hit(point, site, region, is_home, suggested)

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

    def event(self, event: QEvent) -> bool:
        """Qt asks for a tip by an event that has no method of its own."""
        if self._interactive and isinstance(event, QHelpEvent) and self._show_tip(event):
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The sites are drawn elsewhere now."""
        super().resizeEvent(event)
        self._tell_sites()

    def showEvent(self, event: QShowEvent) -> None:
        """What changed while it was hidden is told now."""
        super().showEvent(event)
        self._tell_sites()

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
        # The map never mirrors, whatever the direction of the language.
        top = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignAbsolute
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
        at = self._drawn(points)
        self._paint_past(painter, list(at.values()), style)
        self._paint_suggestions(painter, style)
        planned_points = self._planned_points(session, points)
        planned = self._drawn(planned_points)
        for code, place in planned.items():
            marks.paint_move(painter, place, at[code], style)
        for code, place in at.items():
            each = session.injections.get(code)
            if each is None:
                marks.paint_ghost(painter, place, self._book.protocol.sites[code].region, style)
            else:
                marks.paint_mark(painter, place, each, style, planned.get(code))
        if self._labelled:
            others = [*points.values(), *planned_points.values()]
            for code, place in at.items():
                above = self._is_above_another(points[code], others)
                self._paint_label(painter, place, code, style, above=above)
        if self._cursor in points:
            marks.paint_cursor(painter, at[self._cursor], style)
        self._paint_unplaced(painter, session, style)

    def _planned_points(self, session: Session, points: dict[str, Point]) -> dict[str, Point]:
        """Where the moved sites among these were planned."""
        return {
            code: each.planned_point
            for code, each in session.injections.items()
            if code in points and each.planned_point is not None
        }

    def _paint_label(
        self, painter: QPainter, at: QPointF, code: str, style: MarkStyle, *, above: bool
    ) -> None:
        reach = 1.3 if is_extra_code(code) else 1.0
        if code == self._cursor:
            reach = CURSOR_REACH_RADII
        name = code.rpartition("-")[0].replace("-", " ")
        figures = self._past.figures(code)
        marks.paint_label(painter, at, name, style, -reach if above else reach, figures)

    def _paint_past(self, painter: QPainter, taken: list[QPointF], style: MarkStyle) -> None:
        for each, at in self._past_in_sight(taken):
            marks.paint_past(painter, at, each.injection, each.age, style, named=self._labelled)

    def _past_in_sight(self, taken: list[QPointF]) -> list[tuple[PastPoint, QPointF]]:
        """The points of earlier sessions that no mark of today covers, and no newer one."""
        seen: list[tuple[PastPoint, QPointF]] = []
        near, same = self._radius(), self._radius() * PAST_REACH_RADII
        for each in self._past.points:
            at = self._to_pixels(each.point)
            newer = [place for _each, place in seen]
            if not _any_within(near, at, taken) and not _any_within(same, at, newer):
                seen.append((each, at))
        return seen

    def _paint_suggestions(self, painter: QPainter, style: MarkStyle) -> None:
        for region, point in self._suggestions():
            marks.paint_suggestion(painter, self._to_pixels(point), region, style)

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
        for code, at in self._unplaced(session).items():
            marks.paint_mark(painter, at, session.injections[code], style)
            if self._labelled:
                name = code.rpartition("-")[0].replace("-", " ")
                label = _("{site} \N{MIDDLE DOT} position not recorded").format(site=name)
                marks.paint_label(painter, at, label, style, 1.3)

    def _unplaced(self, session: Session) -> dict[str, QPointF]:
        """Where the badges of extras without a position stand."""
        seen: dict[tuple[str, Side], int] = {}
        places: dict[str, QPointF] = {}
        for code, each in session.injections.items():
            if not each.is_extra or each.point is not None:
                continue
            if (each.region, each.side) not in self._own:
                continue
            outline = self._book.atlas.outlines[each.region][each.side][self._frame.view]
            box = self._to_screen().mapRect(art.outline_path(outline).boundingRect())
            nth = seen[each.region, each.side] = seen.get((each.region, each.side), -1) + 1
            beside = QPointF(1.3 + 3.0 * nth, 1.5) * self._radius()
            places[code] = box.bottomLeft() + beside
        return places

    def _tell_sites(self) -> None:
        """Let a screen reader find each site where it is drawn."""
        if not self._interactive or not self.isVisible():
            return
        injections = self._session.injections if self._session else {}
        places = self._drawn(self._points())
        if self._session is not None:
            places |= self._unplaced(self._session)
        spots = {code: Spot(at.toPoint(), injections.get(code)) for code, at in places.items()}
        self._buttons.show(spots, round(self._radius()))

    def _show_tip(self, event: QHelpEvent) -> bool:
        """Show a tip for what lies under the pointer; false where there is nothing to say."""
        if event.type() != QEvent.Type.ToolTip:
            return False
        tip = self._tip_at(QPointF(event.pos()))
        reach = round(max(self._reach_px, self._radius()))
        around = QRect(event.pos() - QPoint(reach, reach), QSize(2 * reach, 2 * reach))
        QToolTip.showText(event.globalPos(), tip, self, around)
        return bool(tip)

    def _tip_at(self, position: QPointF) -> str:
        hit = self.hit(position)
        if hit.site is not None:
            return map_tips.site_tip(hit.site, self._past.of_site(hit.site), self._book)
        taken = list(self._drawn(self._points()).values())
        for each, at in self._past_in_sight(taken):
            if _any_within(self._radius() * PAST_REACH_RADII, position, [at]):
                return map_tips.past_tip(self._past.days[each.age], each.injection, self._book)
        return map_tips.region_tip(*hit.region, self._book) if hit.region else ""

    def _past_here(self) -> Past:
        return past_of(self._past_sessions, self._own, self._book)

    def _suggestions(self) -> list[tuple[str, Point]]:
        """The suggested places of this picture's own muscles, but for those that are taken."""
        taken = list(self._points().values())
        return [
            (region, point)
            for (region, side), places in self._offered.items()
            if (region, side) in self._own
            for point in places
            if point.view == self._frame.view and not self._is_taken(point, taken)
        ]

    def _is_taken(self, point: Point, taken: list[Point]) -> bool:
        reach_mm = self._radius() / self._scale()
        sites = {str(number): each for number, each in enumerate(taken)}
        return nearest_site(point, sites, reach_mm) is not None

    def _nearest_suggestion(self, point: Point, reach_mm: float) -> Point | None:
        places = {str(n): each for n, (_region, each) in enumerate(self._suggestions())}
        nearest = nearest_site(point, places, reach_mm)
        return places[nearest] if nearest is not None else None

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

    def _is_above_another(self, at: Point, others: Iterable[Point]) -> bool:
        """Whether another place is so close below that a label there would touch it."""
        near = LABEL_ROOM_RADII * self._radius() / self._scale()
        return any(
            abs(other.across_mm - at.across_mm) < near and 0 < at.up_mm - other.up_mm < near
            for other in others
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

    def _drawn(self, points: Mapping[str, Point]) -> dict[str, QPointF]:
        """Where points of this view are drawn."""
        to_screen, view = self._to_screen(), self._book.atlas.views[self._frame.view]
        return {
            code: to_screen.map(QPointF(*view.to_drawing(point))) for code, point in points.items()
        }

    def _to_pixels(self, point: Point) -> QPointF:
        view = self._book.atlas.views[point.view]
        return self._to_screen().map(QPointF(*view.to_drawing(point)))


def _any_within(reach: float, at: QPointF, places: list[QPointF]) -> bool:
    """Whether one of these places is less than so many pixels away."""
    return any(hypot(place.x() - at.x(), place.y() - at.y()) < reach for place in places)
