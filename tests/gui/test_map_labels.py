"""Names and earlier doses beside the marks: which are shown, and that none lies on anything."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from math import hypot

import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.core.acts import Act, AddExtra, GiveAll, Move, Omit, PlanProtocol, SetDose, Tap
from desktop.core.protocol import Side
from desktop.core.session import Session, is_extra_code
from desktop.gui.map_view import MapView
from desktop.gui.theme import LIGHT
from desktop.resources import handbook
from tests.gui.conftest import Chart

BOOK = handbook()
PLAN, GIVEN = PlanProtocol(), GiveAll()
CLOSE_UPS = list(BOOK.atlas.close_ups)
# Of the map in windows of 1180 x 700, the smallest, 1280 x 720, 1280 x 800 and 1920 x 1080.
SIZES = [(850, 323), (950, 343), (950, 423), (1590, 703)]
PLACES = {
    (region, side): BOOK.suggestions(region, side)
    for region in ("temporalis", "occipitalis", "trapezius")
    for side in (Side.LEFT, Side.RIGHT)
}


def shown(
    key: str, qtbot: QtBot, size: tuple[int, int] = (950, 423), *, labelled: bool = True
) -> MapView:
    view = MapView(BOOK.atlas.close_ups[key], BOOK, LIGHT, reach_px=22, labelled=labelled)
    qtbot.addWidget(view)
    view.resize(*size)
    return view


def all_at(units: str, chart: Chart) -> Session:
    """A session that gave as much at every site."""
    return chart(PLAN, *(SetDose(code, Decimal(units)) for code in BOOK.atlas.places), GIVEN)


def with_figures(view: MapView) -> list[str]:
    return [code for code, placed in view.labels().items() if placed.figures is not None]


def extra(region: str, side: Side, number: int) -> AddExtra:
    return AddExtra(region, side, Decimal(5), PLACES[region, side][number])


HOME = BOOK.atlas.home_point("TEM-2-L")
MOVED = Move("TEM-2-L", replace(HOME, up_mm=HOME.up_mm + 6))
MORE = SetDose("TEM-2-L", Decimal("7.5"))
OMITTED = Omit("TEM-2-L")


# -- which sites show figures -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "before", "seen"),
    [
        ((PLAN,), [(PLAN,), (PLAN,), (PLAN,)], False),
        ((PLAN, Tap("TEM-2-L")), [(PLAN,), (PLAN,), (PLAN,)], False),
        ((PLAN,), [(PLAN,)], False),
        ((PLAN,), [(PLAN, MORE), (PLAN,), (PLAN, MORE)], True),
        ((PLAN,), [(PLAN,), (PLAN, OMITTED), (PLAN,)], True),
        ((PLAN,), [(PLAN,), (PLAN, MOVED), (PLAN,)], True),
        ((PLAN,), [(PLAN, MORE), (PLAN, MORE)], True),
        ((PLAN, MORE), [(PLAN, MORE), (PLAN, MORE)], False),
        ((PLAN, MORE), [(PLAN,), (PLAN,)], True),
        ((PLAN, MOVED), [(PLAN,), (PLAN,)], True),
        ((PLAN, OMITTED), [(PLAN,), (PLAN,)], True),
        ((PLAN, OMITTED), [(PLAN, OMITTED), (PLAN, OMITTED)], False),
        ((Tap("TEM-1-L"),), [(PLAN,), (PLAN,)], True),
        ((), [(PLAN,), (PLAN,)], False),
        ((), [(PLAN, MORE), (PLAN,)], True),
    ],
)
def test_a_site_shows_earlier_doses_if_they_differ_among_themselves_or_from_now(
    now: tuple[Act, ...],
    before: list[tuple[Act, ...]],
    *,
    seen: bool,
    chart: Chart,
    qtbot: QtBot,
) -> None:
    view = shown("left_temple", qtbot)
    view.show_session(chart(*now))
    view.show_past([chart(*acts, GIVEN) for acts in before])
    assert ("TEM-2-L" in with_figures(view)) is seen


def test_only_the_sites_that_differ_show_figures_until_all_are_wanted(
    chart: Chart, qtbot: QtBot
) -> None:
    view = shown("left_temple", qtbot)
    view.show_session(chart(PLAN))
    past = [chart(PLAN, MORE, GIVEN), chart(PLAN, GIVEN)]
    view.show_past(past)
    assert with_figures(view) == ["TEM-2-L"]
    view.show_past(past, all_figures=True)
    assert with_figures(view) == ["TEM-1-L", "TEM-2-L", "TEM-3-L", "TEM-4-L"]
    view.show_past(past)
    assert with_figures(view) == ["TEM-2-L"]


def test_while_places_are_suggested_no_site_shows_figures(chart: Chart, qtbot: QtBot) -> None:
    view = shown("left_temple", qtbot)
    view.show_session(chart(PLAN))
    view.show_past([chart(PLAN, MORE, GIVEN)], all_figures=True)
    view.show_suggestions(PLACES)
    assert with_figures(view) == []
    view.show_session(chart(PLAN, *(extra("temporalis", Side.LEFT, n) for n in range(2))))
    assert with_figures(view) == []  # also when every place is taken
    view.show_suggestions({})
    assert len(with_figures(view)) == 4


def test_a_small_picture_shows_neither_names_nor_figures(chart: Chart, qtbot: QtBot) -> None:
    view = shown("left_temple", qtbot, labelled=False)
    view.show_session(chart(PLAN))
    before = view.grab().toImage()
    view.show_past([chart(PLAN, MORE, GIVEN)], all_figures=True)
    assert view.labels() == {}
    assert view.grab().toImage() == before
    named = shown("left_temple", qtbot)
    named.show_session(chart(PLAN))
    assert named.grab().toImage() != before


class Painted(QObject):
    """Counts how often a widget was painted."""

    def __init__(self) -> None:
        super().__init__()
        self.times = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.times += event.type() == QEvent.Type.Paint
        return False


def test_the_first_site_of_a_session_wakes_the_figures_of_other_pictures_too(
    chart: Chart, qtbot: QtBot
) -> None:
    view = shown("left_temple", qtbot)
    view.show_past([chart(PLAN, GIVEN)])
    view.show_session(chart())
    view.show()
    qtbot.waitExposed(view)
    QApplication.processEvents()
    painted = Painted()
    view.installEventFilter(painted)
    view.show_session(chart(Tap("FRO-1-R")))
    QApplication.processEvents()
    assert (len(with_figures(view)), painted.times) == (4, 1)


# -- where they stand -------------------------------------------------------------------------


def boxes_of(view: MapView) -> tuple[dict[str, QRectF], dict[str, QRectF]]:
    """The names and the figures of a picture, by site."""
    placed = view.labels()
    names = {code: each.name for code, each in placed.items()}
    return names, {code: each.figures for code, each in placed.items() if each.figures is not None}


def overlaps(boxes: Iterable[tuple[str, QRectF]]) -> list[tuple[str, str]]:
    return [
        (one, other)
        for (one, box), (other, another) in combinations(boxes, 2)
        if box.intersects(another)
    ]


def on_marks(view: MapView, boxes: dict[str, QRectF]) -> list[tuple[str, str]]:
    """Which boxes lie on which marks, a mark taken with its badges."""
    found = []
    for code in view._points():
        at = QPointF(view.place_of(code))
        reach = view.projection.radius * (1.3 if is_extra_code(code) else 1.2)
        found += [(name, code) for name, box in boxes.items() if apart(at, box) < reach]
    return found


def apart(at: QPointF, box: QRectF) -> float:
    """How far a point is from a box."""
    aside = max(box.left() - at.x(), at.x() - box.right(), 0.0)
    down = max(box.top() - at.y(), at.y() - box.bottom(), 0.0)
    return hypot(aside, down)


@pytest.mark.parametrize("doses", [("7.5", "5", "2.5"), ("12.5", "7.5", "12.5")])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("key", CLOSE_UPS)
def test_figures_lie_on_no_mark_no_name_and_no_other_figures_and_are_not_cut_off(
    key: str, size: tuple[int, int], doses: tuple[str, ...], chart: Chart, qtbot: QtBot
) -> None:
    view = shown(key, qtbot, size)
    view.show_session(chart(PLAN))
    view.show_past([all_at(units, chart) for units in doses])
    names, figures = boxes_of(view)
    assert figures.keys() == names.keys()
    assert overlaps([*names.items(), *figures.items()]) == []
    assert on_marks(view, figures) == on_marks(view, names) == []
    room = QRectF(view.rect())
    assert [code for code, box in {**names, **figures}.items() if not room.contains(box)] == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("key", CLOSE_UPS)
def test_figures_are_plainly_nearer_to_their_own_site_than_to_any_other(
    key: str, size: tuple[int, int], chart: Chart, qtbot: QtBot
) -> None:
    view = shown(key, qtbot, size)
    view.show_session(chart(PLAN))
    view.show_past([all_at(units, chart) for units in ("12.5", "7.5", "12.5")])
    names, figures = boxes_of(view)
    grown = view.projection.radius * 1.42
    for code, box in figures.items():
        distance = {
            other: min(
                apart(QPointF(view.place_of(other)), box) - grown,
                hypot(
                    max(name.left() - box.right(), box.left() - name.right(), 0),
                    max(name.top() - box.bottom(), box.top() - name.bottom(), 0),
                ),
            )
            for other, name in names.items()
        }
        own = distance.pop(code)
        assert own + 2 < min(distance.values()), code


@pytest.mark.parametrize("key", CLOSE_UPS)
def test_figures_are_painted_in_their_places_and_move_no_name(
    key: str, chart: Chart, qtbot: QtBot
) -> None:
    view = shown(key, qtbot)
    view.show_session(chart(PLAN))
    names, _figures = boxes_of(view)
    before = view.grab().toImage()
    view.show_past([all_at("7.5", chart)])
    names_after, figures = boxes_of(view)
    assert names_after == names
    after = view.grab().toImage()
    for box in figures.values():
        assert after.copy(box.toAlignedRect()) != before.copy(box.toAlignedRect())
    for image in (before, after):
        for box in figures.values():
            blank(image, box.toAlignedRect())
    assert after == before


def blank(image: QImage, box: QRect) -> None:
    """Take a part of a picture out."""
    for x in range(box.left(), box.right() + 1):
        for y in range(box.top(), box.bottom() + 1):
            image.setPixel(x, y, 0)


@pytest.mark.parametrize("key", CLOSE_UPS)
def test_no_name_and_no_figure_moves_when_the_ring_does(
    key: str, chart: Chart, qtbot: QtBot
) -> None:
    view = shown(key, qtbot)
    view.show_past([all_at("7.5", chart)])
    view.show_session(chart(PLAN))
    without = view.labels()
    for code in without:
        view.show_session(chart(PLAN), code)
        assert view.labels() == without
        reach = view.projection.radius * 1.36
        at = QPointF(view.place_of(code))
        assert [name for name, each in without.items() if apart(at, each.name) < reach] == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("key", ["left_temple", "right_temple", "back_of_head", "shoulders"])
def test_the_names_of_extras_lie_on_no_other_name_and_on_no_mark(
    key: str, size: tuple[int, int], chart: Chart, qtbot: QtBot
) -> None:
    view = shown(key, qtbot, size)
    # One extra a muscle and side at the first place, then at the second, then both.
    for numbers in ((0,), (1,), (0, 1)):
        acts = [extra(*muscle, number) for muscle in PLACES for number in numbers]
        view.show_session(chart(PLAN, *acts))
        names, _figures = boxes_of(view)
        assert any(is_extra_code(code) for code in names)
        assert overlaps(names.items()) == []
        assert on_marks(view, names) == []


def test_an_extra_without_a_position_says_so_inside_the_picture(chart: Chart, qtbot: QtBot) -> None:
    for key, region in (("left_temple", "temporalis"), ("back_of_head", "occipitalis")):
        view = shown(key, qtbot)
        view.show_session(chart(PLAN, AddExtra(region, Side.LEFT, Decimal(5))))
        names, _figures = boxes_of(view)
        (code,) = (code for code in names if is_extra_code(code))
        assert QRectF(view.rect()).contains(names[code])
        assert overlaps(names.items()) == []


@pytest.mark.parametrize("key", ["left_temple", "right_temple", "back_of_head", "shoulders"])
def test_nothing_hides_an_earlier_extra(key: str, chart: Chart, qtbot: QtBot) -> None:
    view = shown(key, qtbot)
    view.show_session(chart(PLAN))
    for number in (0, 1):
        extras = [extra(*muscle, number) for muscle in PLACES]
        view.show_past([chart(PLAN, *extras, GIVEN), all_at("7.5", chart)])
        names, figures = boxes_of(view)
        reach = view.projection.radius * 0.7 * 1.3
        points = [PLACES[muscle][number] for muscle in PLACES if muscle in view._own]
        assert points
        for point in points:
            at = QPointF(view.pixel_of(point))
            assert [
                box for box in [*names.values(), *figures.values()] if apart(at, box) < reach
            ] == []


def test_figures_leave_the_line_of_a_move_in_sight(chart: Chart, qtbot: QtBot) -> None:
    view = shown("left_temple", qtbot)
    for aside, up in ((0, 25), (0, -25), (25, 0), (-25, 0)):
        home = BOOK.atlas.home_point("TEM-3-L")
        to = replace(home, across_mm=home.across_mm + aside, up_mm=home.up_mm + up)
        view.show_session(chart(PLAN, Move("TEM-3-L", to)))
        view.show_past([all_at("7.5", chart)])
        names, figures = boxes_of(view)
        start, end = QPointF(view.pixel_of(home)), QPointF(view.place_of("TEM-3-L"))
        for step in range(11):
            at = start + (end - start) * (step / 10)
            for box in [*names.values(), *figures.values()]:
                assert not box.contains(at)
