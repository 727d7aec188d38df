"""One drawing of head or neck with its marks: says what was clicked, and keeps no chart."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
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
from desktop.core.session import Session
from desktop.gui import art, labels, map_tips
from desktop.gui.art import Look
from desktop.gui.label_places import Placed
from desktop.gui.past_layer import PastLayer
from desktop.gui.projection import Projection
from desktop.gui.scene import Scene, unplaced
from desktop.gui.site_buttons import SiteButtons, Spot
from desktop.gui.suggestions import Suggestion, free_places, nearest_place, suggestion_words
from desktop.gui.theme import Colours
from desktop.language import _
from desktop.wording import site_words


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
    suggestion_pressed = Signal(object)

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
        self._past = PastLayer(book, self._own)
        self._offered: dict[tuple[str, Side], tuple[Point, ...]] = {}
        self._last_projection = Projection(frame, book.atlas.views[frame.view], 0, 0)
        self._buttons = SiteButtons(self, self._press)
        self._teller = QTimer(self, singleShot=True, interval=0)
        self._teller.timeout.connect(self.tell_sites)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(interactive)
        if interactive:
            self.setAccessibleName(view_name(frame.view))
        else:
            self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    # -- what is shown ------------------------------------------------------------------------

    def show_session(self, session: Session, cursor: str = "") -> None:
        """Draw this session, with a ring around one site."""
        before = self._told()
        self._session = session
        self._cursor = cursor
        # Most taps change one view only; painting all of them at each would be felt.
        if self._told() != before:
            self._show_anew()

    def show_past(self, past: Sequence[Session], *, all_figures: bool = False) -> None:
        """Show what the last sessions gave, newest first; none hides it.

        A site shows its doses only where they differ, among themselves or from what is planned or
        given now; with `all_figures` every site does.
        """
        if self._past.show(past, all_figures=all_figures):
            self.update()

    def show_suggestions(self, points: Mapping[tuple[str, Side], Sequence[Point]]) -> None:
        """Offer places for an extra, by muscle; none hides them."""
        offered = {muscle: tuple(places) for muscle, places in points.items()}
        if offered != self._offered:
            self._offered = offered
            self._show_anew()

    def show_frame(self, frame: CloseUp) -> None:
        """Show another part of the atlas."""
        self._frame = frame
        self._own = muscles_of(self._book, frame)
        self._fixed = self._home_points()
        self._past.show_muscles(self._own)
        if self._interactive:
            self.setAccessibleName(view_name(frame.view))
        self._show_anew()

    def show_colours(self, colours: Colours) -> None:
        """Take on another colour scheme."""
        self._colours = colours
        self.update()

    def tell_sites(self) -> None:
        """Let a screen reader find each site where it is drawn; happens by itself after a paint."""
        if self._interactive and self.isVisible():
            self._buttons.show(self._spots(), round(self.projection.radius))

    # -- where things are ---------------------------------------------------------------------

    @property
    def projection(self) -> Projection:
        """How the atlas lies in this widget's pixels."""
        last = self._last_projection
        if (last.frame, last.width, last.height) != (self._frame, self.width(), self.height()):
            view = self._book.atlas.views[self._frame.view]
            last = Projection(self._frame, view, self.width(), self.height())
            self._last_projection = last
        return last

    def place_of(self, code: str) -> QPoint:
        """Where a site is drawn, in this widget's pixels: for a cursor, a test, a guide."""
        return self.pixel_of(self._points()[code])

    def pixel_of(self, point: Point) -> QPoint:
        """Where any point of this view is drawn, in this widget's pixels."""
        return self.projection.at(point).toPoint()

    def hit(self, position: QPointF) -> Hit:
        """What lies under a position of this widget."""
        drawn = self.projection
        point = drawn.point_at(position)
        reach_mm = max(self._reach_px, drawn.radius) / drawn.px_per_mm
        points = self._points()
        site = nearest_site(point, points, reach_mm)
        region = self._book.atlas.region_at(point)
        suggested = nearest_place(point, self._suggestions(points), reach_mm)
        is_home = site is not None or suggested is not None or region in self._own
        return Hit(point, site, region, is_home, suggested)

    def labels(self) -> dict[str, Placed]:
        """Where the name of each site stands, and its earlier doses; none in a small picture."""
        if self._session is None or not self._labelled:
            return {}
        return self._scene(self._session).labels()

    def sizeHint(self) -> QSize:
        """Qt asks how large it would like to be."""
        return QSize(round(self._frame.width_mm), round(self._frame.height_mm))

    # -- events -------------------------------------------------------------------------------

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
            if hit.site or hit.region or hit.suggested
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
        self._tell_soon()

    def showEvent(self, event: QShowEvent) -> None:
        """What changed while it was hidden is told now."""
        super().showEvent(event)
        self._tell_soon()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ground from the cache, then the marks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        drawn = self.projection
        look = Look(drawn.shown, self.size(), self.devicePixelRatioF(), self._colours, self._framed)
        painter.drawPixmap(0, 0, art.ground(look))
        if self._interactive:
            labels.paint_sides(painter, drawn.view, drawn.width, self._colours)
        if self._session is not None:
            self._scene(self._session).paint(painter)

    # -- behind the picture -------------------------------------------------------------------

    def _show_anew(self) -> None:
        self.update()
        self._tell_soon()

    def _tell_soon(self) -> None:
        """Names for a screen reader take as long as a paint: the eye and the finger come first."""
        if self._interactive and self.isVisible():
            self._teller.start()

    def _scene(self, session: Session) -> Scene:
        points = self._points()
        return Scene(
            self._book,
            session,
            self.projection,
            self._colours,
            self._own,
            points,
            self._past,
            self._suggestions(points),
            self._cursor,
            is_labelled=self._labelled,
            # A card shows its own muscles only: else most taps would repaint most cards.
            has_echoes=self._interactive,
            # While a place is chosen, they would be in the way.
            has_figures=self._labelled and not self._offered,
        )

    def _spots(self) -> dict[Hashable, Spot]:
        """What a screen reader finds: sites by their code, suggested places by their point."""
        injections = self._session.injections if self._session else {}
        points = self._points()
        places = self.projection.all_at(points)
        if self._session is not None:
            places |= unplaced(self._session, self._book, self.projection, self._own)
        spots: dict[Hashable, Spot] = {}
        for code, at in places.items():
            each = injections.get(code)
            words = partial(site_words, code, each, self._book, self._session)
            spots[code] = Spot(at.toPoint(), each, words)
        for place in self._suggestions(points):
            told = partial(suggestion_words, place, self._book)
            spots[place.point] = Spot(self.pixel_of(place.point), place, told)
        return spots

    def _to_screen(self) -> QTransform:
        """Columns and rows of the drawing to pixels."""
        return self.projection.to_screen

    def _press(self, key: Hashable) -> None:
        if isinstance(key, Point):
            self.suggestion_pressed.emit(key)
        else:
            self.site_pressed.emit(key)

    def _show_tip(self, event: QHelpEvent) -> bool:
        """Show a tip for what lies under the pointer; false where there is nothing to say."""
        if event.type() != QEvent.Type.ToolTip:
            return False
        tip = self._tip_at(QPointF(event.pos()))
        reach = round(max(self._reach_px, self.projection.radius))
        around = QRect(event.pos() - QPoint(reach, reach), QSize(2 * reach, 2 * reach))
        QToolTip.showText(event.globalPos(), tip, self, around)
        return bool(tip)

    def _tip_at(self, position: QPointF) -> str:
        hit, drawn = self.hit(position), self.projection
        if hit.site is not None:
            return self._past.site_tip(hit.site)
        taken = drawn.all_at(self._points()).values()
        earlier = self._past.tip_at(position, drawn, taken)
        return earlier or (map_tips.region_tip(*hit.region, self._book) if hit.region else "")

    def _suggestions(self, points: Mapping[str, Point]) -> list[Suggestion]:
        """The suggested places of this picture's own muscles, but for those that are taken."""
        if not self._offered:
            return []
        return free_places(self._offered, self._own, self.projection, points.values())

    def _told(self) -> tuple[object, ...]:
        """Everything about the session that this picture shows."""
        if self._session is None:
            return ()
        atlas, view = self._book.atlas, self._frame.view
        told = [
            each
            for code, each in self._session.injections.items()
            if (each.region, each.side) in self._own
            or (self._interactive and code in atlas.places and view in atlas.places[code].drawn_mm)
        ]
        # Whether there is any plan at all decides what of the past differs from it.
        has_sites = self._labelled and bool(self._session.injections)
        return (True, has_sites, self._cursor if self._cursor in self._points() else "", told)

    def _home_points(self) -> dict[str, Point]:
        return {
            code: self._book.atlas.home_point(code)
            for code, place in self._book.atlas.places.items()
            if (place.region, place.side) in self._own
        }

    def _points(self) -> dict[str, Point]:
        """Every site at home in this view: fixed ones where they were charted, placed extras."""
        points = dict(self._fixed)
        if self._session is not None:
            for code, each in self._session.injections.items():
                if each.point is not None and (each.region, each.side) in self._own:
                    points[code] = each.point
        return points
