"""Everything of a session that one picture shows: where it stands, and how it is painted."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from desktop.core.atlas import Point
from desktop.core.handbook import Handbook
from desktop.core.protocol import Side
from desktop.core.session import Session
from desktop.gui import labels, marks
from desktop.gui.label_places import Circle, Placed, Tag, place_tags
from desktop.gui.past_layer import NAMED, PastLayer, paint_past
from desktop.gui.projection import Projection
from desktop.gui.strokes import DIAMOND, MarkStyle
from desktop.gui.suggestions import SHARE, Suggestion, paint_suggestion
from desktop.gui.theme import Colours
from desktop.language import _


class Scene:
    """One session in one picture, for the time of a paint.

    Args:
        book: The atlas and the protocol.
        session: What is charted.
        drawn: How the atlas lies in the picture.
        colours: The colour scheme.
        muscles: Those that are at home in the picture.
        points: Where each site is.
        past: What earlier sessions gave.
        suggested: The places that are offered for an extra.
        cursor: The site with the ring.
        is_labelled: Whether names stand beside the marks.
        has_figures: Whether doses of the past do.
        has_echoes: Whether sites that are at home in another picture are shown too.
    """

    def __init__(
        self,
        book: Handbook,
        session: Session,
        drawn: Projection,
        colours: Colours,
        muscles: Collection[tuple[str, Side]],
        points: Mapping[str, Point],
        past: PastLayer,
        suggested: Sequence[Suggestion],
        cursor: str,
        *,
        is_labelled: bool,
        has_figures: bool,
        has_echoes: bool,
    ) -> None:
        self._book = book
        self._session = session
        self._drawn = drawn
        self._style = MarkStyle(drawn.radius, colours)
        self._is_labelled = is_labelled
        placed = drawn.all_at(points)
        self._suggested = [(each, drawn.at(each.point)) for each in suggested]
        # Where a place is suggested, or a site is, an earlier one would only be in the way.
        taken = [*placed.values(), *(place for _each, place in self._suggested)]
        self._past = past.in_sight(drawn, taken)
        self._figures = past.figures(session) if has_figures else {}
        self._planned = {
            code: drawn.at(each.planned_point)
            for code, each in session.injections.items()
            if code in points and each.planned_point is not None
        }
        self._unplaced = unplaced(session, book, drawn, muscles)
        self._at = placed | self._unplaced
        self._ring = placed.get(cursor)
        self._echoes = _echoes(session, book, drawn, muscles) if has_echoes else {}

    def paint(self, painter: QPainter) -> None:
        """Draw it all, what matters most at the top."""
        session, style = self._session, self._style
        for code, at in self._echoes.items():
            marks.paint_echo(painter, at, session.injections[code], style)
        for each, at in self._past:
            paint_past(painter, at, each, style, named=self._is_labelled)
        for suggestion, at in self._suggested:
            paint_suggestion(painter, at, suggestion.region, style)
        for code, at in self._planned.items():
            marks.paint_move(painter, at, self._at[code], style)
        for code, at in self._at.items():
            charted = session.injections.get(code)
            if charted is None:
                marks.paint_ghost(painter, at, self._book.protocol.sites[code].region, style)
            else:
                marks.paint_mark(painter, at, charted, style, self._planned.get(code))
        if self._ring is not None:
            marks.paint_cursor(painter, self._ring, style)
        if self._is_labelled:
            self._paint_labels(painter)

    def _paint_labels(self, painter: QPainter) -> None:
        for code, placed in self.labels().items():
            labels.paint_name(painter, placed.name, self._name(code), self._style)
            if placed.figures is not None:
                labels.paint_figures(painter, placed.figures, self._figures[code], self._style)

    def labels(self) -> dict[str, Placed]:
        """Where the name of each site stands, and its earlier doses."""
        style, drawn = self._style, self._drawn
        # Every mark has the room of a ring, so that no name moves when the ring does.
        tags = tuple(
            Tag(
                Circle(at.x(), at.y(), style.radius * marks.MARK_ROOM),
                labels.name_size(self._name(code), style),
                labels.figures_size(self._figures.get(code, ()), style),
            )
            for code, at in self._at.items()
        )
        sides = labels.side_boxes(drawn.view, drawn.width)
        placed = place_tags(tags, tuple(self._others()), sides, (drawn.width, drawn.height))
        return dict(zip(self._at, placed, strict=True))

    def _others(self) -> Iterator[Circle]:
        """What beside the marks no label should lie on."""
        radius = self._style.radius
        for code, at in self._planned.items():
            for x, y, reach in marks.move_circles(at, self._at[code], radius):
                yield Circle(x, y, reach)
        shares = [
            (marks.ECHO, self._echoes.values()),
            (NAMED * DIAMOND, (at for _each, at in self._past)),
            (SHARE * DIAMOND, (at for _each, at in self._suggested)),
        ]
        for share, places in shares:
            for at in places:
                yield Circle(at.x(), at.y(), radius * share + 1)

    def _name(self, code: str) -> str:
        """`TEM 2`, `TEM X1`; it stands on the side that it is about."""
        name = code.rpartition("-")[0].replace("-", " ")
        if code in self._unplaced:
            return _("{site} \N{MIDDLE DOT} position not recorded").format(site=name)
        return name


def unplaced(
    session: Session, book: Handbook, drawn: Projection, muscles: Collection[tuple[str, Side]]
) -> dict[str, QPointF]:
    """Where extras without a position stand, beside their region: no point is invented."""
    seen: dict[tuple[str, Side], int] = {}
    places: dict[str, QPointF] = {}
    for code, each in session.injections.items():
        muscle = each.region, each.side
        if not each.is_extra or each.point is not None or muscle not in muscles:
            continue
        outline = book.atlas.outlines[each.region][each.side][drawn.view.key]
        nth = seen[muscle] = seen.get(muscle, -1) + 1
        beside = QPointF(1.3 + 3.0 * nth, 1.5) * drawn.radius
        places[code] = drawn.box_of(outline).bottomLeft() + beside
    return places


def _echoes(
    session: Session, book: Handbook, drawn: Projection, muscles: Collection[tuple[str, Side]]
) -> dict[str, QPointF]:
    """Where sites are drawn that are at home in another picture."""
    view = drawn.view.key
    return {
        code: drawn.to_screen.map(QPointF(*place.drawn_mm[view]))
        for code, place in book.atlas.places.items()
        if view in place.drawn_mm
        and (place.region, place.side) not in muscles
        and code in session.injections
        # A moved site is where it was given, and other views do not know where that is.
        and not session.injections[code].is_moved
    }
