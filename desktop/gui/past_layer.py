"""What earlier sessions gave, as one picture shows it: quiet until something differed."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from math import hypot

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap

from desktop.core.amounts import amount_text
from desktop.core.handbook import Handbook
from desktop.core.protocol import Side
from desktop.core.rules import other_toxins
from desktop.core.session import Session, State
from desktop.gui import map_tips
from desktop.gui.past import Past, PastPoint, figure_of, past_of
from desktop.gui.projection import Projection
from desktop.gui.strokes import (
    MarkStyle,
    dashed,
    draw_outlined,
    draw_shape,
    empty,
    faint,
    font_of,
    half_of_mark,
    painter_on,
    put,
    scale_of,
)

SAME_PLACE = 0.6  # of the radius: nearer than this, a newer point hides an older one
NAMED, UNNAMED = 0.7, 0.45  # of the radius: a point with its dose, and one without
PAST_OPACITY = (255, 220, 180)  # of 255, from the newest session to the oldest
PAST_GROUND = 215  # opacity, of 255

InSight = list[tuple[PastPoint, QPointF]]


class PastLayer:
    """Keeps the earlier sessions of one picture, and says what of them is seen.

    Args:
        book: The atlas and the protocol.
        muscles: Those at home in the picture.
    """

    def __init__(self, book: Handbook, muscles: frozenset[tuple[str, Side]]) -> None:
        self._book = book
        self._muscles = muscles
        self._sessions: tuple[Session, ...] = ()
        self._past = Past()
        self._shows_all = False

    def show(self, sessions: Sequence[Session], *, all_figures: bool) -> bool:
        """Take on other sessions, newest first; false if they are the same."""
        wanted = (tuple(sessions), all_figures)
        if wanted == (self._sessions, self._shows_all):
            return False
        self._sessions, self._shows_all = wanted
        self._past = past_of(self._sessions, self._muscles, self._book)
        return True

    def show_muscles(self, muscles: frozenset[tuple[str, Side]]) -> None:
        """Be the layer of another part of the atlas."""
        self._muscles = muscles
        self._past = past_of(self._sessions, muscles, self._book)

    def figures(self, session: Session) -> dict[str, tuple[str, ...]]:
        """The doses to show at fixed sites: where they differ, among themselves or from now."""
        shown = {}
        toxins = other_toxins(session, self._book)
        for code in self._past.given:
            figures = self._past.figures(code)
            if figures and (self._shows_all or len({*figures, *_now(code, session, toxins)}) > 1):
                shown[code] = figures
        return shown

    def in_sight(self, drawn: Projection, taken: Collection[QPointF]) -> InSight:
        """The points that nothing of today covers, and no newer one."""
        seen: InSight = []
        same = drawn.radius * SAME_PLACE
        for each in self._past.points:
            at = drawn.at(each.point)
            newer = [place for _each, place in seen]
            if not _any_within(drawn.radius, at, taken) and not _any_within(same, at, newer):
                seen.append((each, at))
        return seen

    def site_tip(self, code: str) -> str:
        """What a tip says over a site."""
        return map_tips.site_tip(code, self._past.of_site(code), self._book)

    def tip_at(self, position: QPointF, drawn: Projection, taken: Collection[QPointF]) -> str:
        """What a tip says over a point in sight; nothing beside them."""
        for each, at in self.in_sight(drawn, taken):
            if _any_within(drawn.radius * SAME_PLACE, position, [at]):
                day = self._past.days[each.age]
                return map_tips.past_tip(day, each.injection, each.toxin, self._book)
        return ""


def paint_past(
    painter: QPainter, at: QPointF, each: PastPoint, style: MarkStyle, *, named: bool
) -> None:
    """An extra or a moved site of an earlier session: small, grey, dashed, fainter with age."""
    units = each.injection.units if named and not each.toxin else None
    made = _past_mark(units, each.injection.is_extra, each.age, style, scale_of(painter))
    put(painter, at, made)


def _now(code: str, session: Session, toxins: Mapping[str, str]) -> list[str]:
    """What is given or planned now at a site, as a figure; nothing before there is any plan."""
    if not session.injections:
        return []
    each = session.injections.get(code)
    is_meant = each is not None and each.state in (State.GIVEN, State.PLANNED)
    return [figure_of(each if is_meant else None, toxins.get(code, ""))]


def _any_within(reach: float, at: QPointF, places: Collection[QPointF]) -> bool:
    """Whether one of these places is less than so many pixels away."""
    return any(hypot(place.x() - at.x(), place.y() - at.y()) < reach for place in places)


@lru_cache(maxsize=256)
def _past_mark(
    units: Decimal | None, is_extra: bool, age: int, style: MarkStyle, scale: float
) -> QPixmap:
    half = half_of_mark(style)
    made = empty(2 * half, 2 * half, scale)
    painter = painter_on(made)
    painter.setOpacity(PAST_OPACITY[age] / 255)
    at, colour = QPointF(half, half), QColor(style.colours.mark_text)
    radius = max(style.radius * (NAMED if units is not None else UNNAMED), 3.0)
    thick = max(style.radius * 0.07, 1.1)
    # On skin and on a region's colour alike the dashes are seen only on an edge of paper.
    painter.setPen(QPen(faint(style.colours.mark_paper, PAST_GROUND), thick * 2.6))
    painter.setBrush(faint(style.colours.mark_paper, PAST_GROUND))
    draw_shape(painter, at, radius, diamond=is_extra)
    painter.setPen(dashed(colour, thick))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    draw_shape(painter, at, radius, diamond=is_extra)
    if units is not None:
        text = amount_text(units)
        # The more digits, the smaller: the sides of a diamond leave little room.
        share = 0.62 if len(text) <= 2 else 0.5
        font = font_of(max(style.radius * share, 9.0), QFont.Weight.DemiBold)
        draw_outlined(painter, QRectF(0, 0, 2 * half, 2 * half), text, font, style)
    painter.end()
    return made
