"""Where names and earlier doses stand beside the marks of a picture, so that none hides another.

All in pixels. A picture's marks hardly ever move, so places once found are kept.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from math import hypot, inf
from typing import NamedTuple

from PySide6.QtCore import QRectF

GAP_PX = 1.0
# How much nearer figures are to their own name, or their own mark, than to any other's.
NAME_PX, MARK_PX = 3.0, 9.0
ROOM_BELOW = 2.1  # of a mark's reach: how near below another mark has to be to send a name up
SLID = (0.65, 0.8, 1.0)  # of the width of what stands below or above: how far it is slid
CORNER = 0.71  # of the reach: where a slanting line leaves a circle
CROWDED = 0.92  # of the reach, where names find no room else: the ring may touch one then
TRIES = 6

Size = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, width and height


class Circle(NamedTuple):
    """What something covers."""

    x: float
    y: float
    reach: float


class Tag(NamedTuple):
    """What stands beside one mark, and how much room the mark itself wants."""

    mark: Circle
    name: Size
    figures: Size | None = None


@dataclass(frozen=True)
class Placed:
    """Where a name stands, and where its figures do; none if there is no room for them."""

    name: QRectF
    figures: QRectF | None = None


class _Full:
    """What is taken already: marks and other circles, names and figures."""

    def __init__(self, circles: list[Circle], boxes: Iterable[Box], room: Size) -> None:
        self._circles = circles
        self._boxes = [QRectF(*box) for box in boxes]
        self._room = QRectF(0, 0, *room)
        self._size = room
        self.middle = room[0] / 2

    def copy(self) -> "_Full":
        made = _Full(self._circles, (), self._size)
        for box in self._boxes:
            made.take(box)
        return made

    def take(self, box: QRectF) -> None:
        self._boxes.append(box)

    def is_free(self, box: QRectF) -> bool:
        return (
            self._room.contains(box)
            and not any(map(box.intersects, self._boxes))
            and not any(_depth(box, each) > 0 for each in self._circles)
        )

    def hidden(self, box: QRectF) -> float:
        """How much of a box lies on something or outside the picture, about."""
        outside = _area(box) - _area(box.intersected(self._room))
        under = sum(_area(box.intersected(each)) for each in self._boxes)
        return outside + under + sum(_depth(box, each) ** 2 for each in self._circles)


@lru_cache(maxsize=256)
def place_tags(
    tags: tuple[Tag, ...],
    others: tuple[Circle, ...],
    boxes: tuple[Box, ...],
    room: Size,
) -> tuple[Placed, ...]:
    """Find a place for every name, then for the figures: those never lie on anything.

    Args:
        tags: In the order in which they may choose.
        others: What else of the picture is covered, beside the marks of the tags.
        boxes: The same.
        room: The size of the picture; nothing is cut off at its edges.
    """
    full, names = _with_names(tags, others, boxes, room)
    if len(names) < len(tags):
        tags = tuple(tag._replace(mark=_shrunk(tag.mark)) for tag in tags)
        full, names = _with_names(tags, others, boxes, room)
    for box in names.values():
        full.take(box)
    for number in set(range(len(tags))) - names.keys():
        # A name is always seen: where there is no room for it, it stands where it hides least.
        names[number] = min(_name_places(number, tags, full), key=full.hidden)
        full.take(names[number])
    wanted = [number for number, tag in enumerate(tags) if tag.figures is not None]
    figures = _best(wanted, partial(_figures_in_order, tags=tags, names=names, full=full))
    return tuple(Placed(names[number], figures.get(number)) for number in range(len(tags)))


def _with_names(
    tags: tuple[Tag, ...], others: tuple[Circle, ...], boxes: tuple[Box, ...], room: Size
) -> tuple[_Full, dict[int, QRectF]]:
    """The places that names find, and all that is taken before they stand there."""
    full = _Full([*(tag.mark for tag in tags), *others], boxes, room)
    return full, _best([*range(len(tags))], partial(_names_in_order, tags=tags, full=full))


def _best(order: list[int], place: Callable[[list[int]], dict[int, QRectF]]) -> dict[int, QRectF]:
    """The try that finds most places; who found none chooses before the others the next time."""
    tries = []
    for _try in range(TRIES):
        tries.append(place(order))
        again = sorted(order, key=lambda number: number in tries[-1])
        if again == order:
            break
        order = again
    return max(tries, key=len)


def _names_in_order(order: list[int], tags: tuple[Tag, ...], full: _Full) -> dict[int, QRectF]:
    """Places for names, each the first one that those before it left free."""
    full, placed = full.copy(), {}
    for number in order:
        box = next(filter(full.is_free, _name_places(number, tags, full)), None)
        if box is not None:
            placed[number] = box
            full.take(box)
    return placed


def _figures_in_order(
    order: list[int], tags: tuple[Tag, ...], names: Mapping[int, QRectF], full: _Full
) -> dict[int, QRectF]:
    """Places for figures, each the first one that is free and plainly of its own site."""
    full, placed = full.copy(), {}
    for number in order:
        for box in _figure_places(tags[number], names[number], full.middle):
            if full.is_free(box) and _is_plain(box, number, tags, names):
                placed[number] = box
                full.take(box)
                break
    return placed


def _name_places(number: int, tags: tuple[Tag, ...], full: _Full) -> Iterator[QRectF]:
    """Below the mark, or above it; then around it."""
    mark = tags[number].mark
    # Between two marks that are close, a name would be taken for the lower one's.
    above = _is_above_another(mark, [tag.mark for tag in tags])
    return _around(mark, tags[number].name, full.middle, above=above)


def _figure_places(tag: Tag, name: QRectF, middle: float) -> Iterator[QRectF]:
    """Beyond the name, beside it, around the mark; farther out they would be no one's."""
    (x, y, _reach), (wide, high) = tag.mark, tag.figures or (0.0, 0.0)
    above = name.center().y() < y
    beyond = name.top() - high if above else name.bottom()
    shared = min(wide, name.width()) / 2
    slid = _outward(name.left() + shared - wide, name.right() - shared, x, middle)
    for left in (x - wide / 2, name.left(), name.right() - wide, *slid):
        yield QRectF(left, beyond, wide, high)
    beside = name.center().y() - high / 2
    for left in _outward(name.left() - GAP_PX - wide, name.right() + GAP_PX, x, middle):
        yield QRectF(left, beside, wide, high)
    yield from _around(tag.mark, (wide, high), middle, above=not above)


def _around(mark: Circle, size: Size, middle: float, *, above: bool) -> Iterator[QRectF]:
    """The places that touch a mark: below or above it, beside it, at its corners."""
    (x, y, reach), (wide, high) = mark, size
    tops = [y + reach + GAP_PX, y - reach - GAP_PX - high]
    if above:
        tops.reverse()
    lefts = _outward(x - reach - GAP_PX - wide, x + reach + GAP_PX, x, middle)
    for top in tops:
        yield QRectF(x - wide / 2, top, wide, high)
    for left in lefts:
        yield QRectF(left, y - high / 2, wide, high)
    corner = reach * CORNER + GAP_PX
    slanting = [y + corner, y - corner - high]
    for top in reversed(slanting) if above else slanting:
        for left in _outward(x - corner - wide, x + corner, x, middle):
            yield QRectF(left, top, wide, high)
    for share in (0.0, 1.0):
        for left in lefts:
            yield QRectF(left, y - high * share, wide, high)
    for share in SLID:
        for top in tops:
            for left in _outward(x - wide * share, x - wide * (1 - share), x, middle):
                yield QRectF(left, top, wide, high)


def _outward(left: float, right: float, x: float, middle: float) -> tuple[float, float]:
    """Two places beside a mark, first the one farther from the middle: so both sides are alike."""
    return (left, right) if x < middle else (right, left)


def _is_plain(box: QRectF, number: int, tags: tuple[Tag, ...], names: Mapping[int, QRectF]) -> bool:
    """Whether no eye would take figures for those of another mark or name than their own."""
    apart = [(_apart(box, names[each]), -_depth(box, tag.mark)) for each, tag in enumerate(tags)]
    from_name, from_mark = apart.pop(number)
    nearest_other = min((min(each) for each in apart), default=inf)
    return min(from_name + NAME_PX, from_mark + MARK_PX) < nearest_other


def _shrunk(mark: Circle) -> Circle:
    return mark._replace(reach=mark.reach * CROWDED)


def _is_above_another(mark: Circle, marks: list[Circle]) -> bool:
    """Whether another mark is so close below that a name there would be taken for its."""
    near = ROOM_BELOW * mark.reach
    return any(abs(each.x - mark.x) < near and 0 < each.y - mark.y < near for each in marks)


def _depth(box: QRectF, circle: Circle) -> float:
    """How far a box reaches into a circle."""
    aside = max(box.left() - circle.x, circle.x - box.right(), 0.0)
    down = max(box.top() - circle.y, circle.y - box.bottom(), 0.0)
    return circle.reach - hypot(aside, down)


def _apart(one: QRectF, other: QRectF) -> float:
    """How far two boxes are from each other."""
    aside = max(one.left() - other.right(), other.left() - one.right(), 0.0)
    down = max(one.top() - other.bottom(), other.top() - one.bottom(), 0.0)
    return hypot(aside, down)


def _area(box: QRectF) -> float:
    return box.width() * box.height()
