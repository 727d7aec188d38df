"""The geometry of the map: what is drawn at a place is what a click there means."""

from dataclasses import replace
from decimal import Decimal
from math import hypot

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.core.acts import AddExtra, GiveAll, Move, Omit, PlanProtocol, SetDose, Tap
from desktop.core.atlas import CloseUp, Point
from desktop.core.handbook import Handbook
from desktop.core.protocol import Side
from desktop.core.session import Session
from desktop.gui.map_view import MapView
from desktop.gui.session_screen import _overview_frame
from desktop.gui.theme import DARK, LIGHT
from desktop.resources import handbook
from tests.gui.conftest import Chart

BOOK = handbook()
FRAMES = {**{key: _overview_frame(BOOK, key) for key in BOOK.atlas.views}, **BOOK.atlas.close_ups}
# Narrow, wide, tall, a small window's, a large one's, and what a scale of 200 % leaves.
SIZES = [(300, 200), (640, 300), (300, 640), (950, 424), (1500, 800), (475, 212)]


def shown(frame: CloseUp, size: tuple[int, int], qtbot: QtBot) -> MapView:
    view = MapView(frame, BOOK, LIGHT)
    qtbot.addWidget(view)
    view.resize(*size)
    return view


def own_sites(view: MapView) -> list[str]:
    return [
        code for code, place in BOOK.atlas.places.items() if (place.region, place.side) in view._own
    ]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("key", FRAMES)
def test_the_pixel_at_which_a_site_is_drawn_hits_that_site(
    key: str, size: tuple[int, int], qtbot: QtBot
) -> None:
    view = shown(FRAMES[key], size, qtbot)
    assert own_sites(view)
    for code in own_sites(view):
        at = view.place_of(code)
        assert view.rect().contains(at), code
        hit = view.hit(QPointF(at))
        assert (hit.site, hit.is_home) == (code, True)


@pytest.mark.parametrize("key", FRAMES)
def test_a_click_means_its_site_from_anywhere_within_half_the_way_to_the_next(
    key: str, qtbot: QtBot
) -> None:
    view = shown(FRAMES[key], (950, 424), qtbot)
    places = {code: view.place_of(code) for code in own_sites(view)}
    for code, at in places.items():
        others = [place for name, place in places.items() if name != code]
        near = min(hypot(*(place - at).toTuple()) for place in others)
        reach = min(view._reach_px, near / 2) - 2
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1), (0.7, 0.7), (-0.7, -0.7)):
            position = QPointF(at) + QPointF(dx * reach, dy * reach)
            assert view.hit(position).site == code


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(key=st.sampled_from(sorted(FRAMES)), x=st.floats(0, 949), y=st.floats(0, 423))
def test_the_nearest_site_within_reach_is_meant_and_no_other(
    key: str,
    x: float,
    y: float,
    qapp: QApplication,  # noqa: ARG001  a widget needs one
) -> None:
    view = MapView(FRAMES[key], BOOK, LIGHT)
    view.resize(950, 424)
    places = {code: view.projection.at(BOOK.atlas.home_point(code)) for code in own_sites(view)}
    distances = {code: hypot(at.x() - x, at.y() - y) for code, at in places.items()}
    nearest = min(distances, key=lambda code: distances[code])
    reach = max(view._reach_px, view.projection.radius)
    found = view.hit(QPointF(x, y)).site
    tenth_of_a_mm = view.projection.px_per_mm / 10  # to which points are kept
    if distances[nearest] > reach + tenth_of_a_mm:
        assert found is None
    elif distances[nearest] < reach - tenth_of_a_mm:
        assert found is not None
        assert distances[found] <= distances[nearest] + 2 * tenth_of_a_mm


@pytest.mark.parametrize("key", FRAMES)
def test_pixels_and_millimetres_are_each_others_inverse(key: str, qtbot: QtBot) -> None:
    view = shown(FRAMES[key], (950, 424), qtbot)
    for at in (QPoint(0, 0), QPoint(949, 423), QPoint(17, 300), QPoint(475, 212)):
        back = view.pixel_of(view.hit(QPointF(at)).point)
        assert hypot(*(back - at).toTuple()) <= 1.5


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("key", FRAMES)
def test_a_drawing_keeps_its_shape_in_every_window(
    key: str, size: tuple[int, int], qtbot: QtBot
) -> None:
    view = shown(FRAMES[key], size, qtbot)
    transform = view._to_screen()
    assert transform.m11() == pytest.approx(transform.m22())
    assert transform.m12() == transform.m21() == 0


def test_a_moved_site_is_hit_where_it_was_given_and_not_where_it_was_planned(
    chart: Chart, qtbot: QtBot
) -> None:
    home = BOOK.atlas.home_point("FRO-1-R")
    moved = replace(home, up_mm=home.up_mm + 25)
    view = shown(FRAMES["forehead"], (950, 424), qtbot)
    before = view.place_of("FRO-1-R")
    view.show_session(chart(PlanProtocol(), Move("FRO-1-R", moved, "brow shape")))
    assert view.hit(QPointF(view.pixel_of(moved))).site == "FRO-1-R"
    assert view.hit(QPointF(before)).site != "FRO-1-R"


def test_a_placed_extra_is_hit_where_it_is(chart: Chart, qtbot: QtBot) -> None:
    point = Point("left", 60.0, 800.0)
    view = shown(FRAMES["left_temple"], (950, 424), qtbot)
    view.show_session(chart(AddExtra("temporalis", Side.LEFT, Decimal(5), point)))
    assert view.hit(QPointF(view.pixel_of(point))).site == "TEM-X1-L"


def test_a_click_beside_the_head_hits_nothing(qtbot: QtBot) -> None:
    view = shown(FRAMES["front"], (950, 424), qtbot)
    hit = view.hit(QPointF(2, 2))
    assert (hit.site, hit.region) == (None, None)


class Painted(QObject):
    """Counts how often a widget was painted."""

    def __init__(self) -> None:
        super().__init__()
        self.times = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.times += event.type() == QEvent.Type.Paint
        return False


def sessions(chart: Chart, book: Handbook) -> list[Session]:
    """A session that changes in every way that a picture shows."""
    home = book.atlas.home_point("OCC-1-L")
    up = replace(home, up_mm=home.up_mm + 6)
    point = Point("left", 60.0, 800.0)
    plan = PlanProtocol()
    extra = AddExtra("temporalis", Side.LEFT, Decimal(5), point)
    unplaced = AddExtra("trapezius", Side.LEFT, Decimal(5))
    return [
        chart(),
        chart(plan),
        chart(plan, Tap("OCC-1-L")),
        chart(plan, Omit("OCC-1-L")),
        chart(plan, SetDose("OCC-1-L", Decimal("7.5"))),
        chart(plan, Move("OCC-1-L", up)),
        chart(plan, Move("OCC-1-L", up), Tap("OCC-1-L")),
        chart(plan, extra),
        chart(plan, extra, Tap("TEM-X1-L")),
        chart(plan, extra, Move("TEM-X1-L", replace(point, up_mm=805.0))),
        chart(plan, unplaced),
        chart(plan, unplaced, Tap("TRA-X1-L")),
        chart(plan, GiveAll()),
    ]


@pytest.mark.parametrize("key", ["front", "left", "right", "back", "left_temple", "shoulders"])
def test_a_view_is_painted_anew_whenever_its_picture_changes(
    key: str, chart: Chart, book: Handbook, qtbot: QtBot
) -> None:
    view = shown(FRAMES[key], (475, 300), qtbot)
    view.show()
    qtbot.waitExposed(view)
    painted = Painted()
    view.installEventFilter(painted)
    last = None
    for session in sessions(chart, book):
        for cursor in ("", "OCC-1-L", "TEM-2-L"):
            QApplication.processEvents()
            painted.times = 0
            view.show_session(session, cursor)
            QApplication.processEvents()
            was_painted = painted.times > 0
            picture = view.grab().toImage()
            assert was_painted or picture == last
            last = picture


def test_a_view_takes_on_other_colours_at_once(chart: Chart, qtbot: QtBot) -> None:
    view = shown(FRAMES["forehead"], (475, 300), qtbot)
    view.show_session(chart(PlanProtocol()))
    light = view.grab().toImage()
    view.show_colours(DARK)
    assert view.grab().toImage() != light


def test_a_view_without_a_session_shows_the_map(qtbot: QtBot) -> None:
    view = shown(FRAMES["back"], (475, 300), qtbot)
    assert view.grab().size() == QSize(475, 300)


def test_every_state_is_drawn_differently_without_any_colour(chart: Chart, qtbot: QtBot) -> None:
    view = shown(FRAMES["forehead"], (950, 424), qtbot)
    plan, code = PlanProtocol(), "FRO-1-R"
    states = {
        "not in the plan": chart(),
        "planned": chart(plan),
        "given": chart(plan, Tap(code)),
        "omitted": chart(plan, Omit(code)),
        "other dose": chart(plan, Tap(code), SetDose(code, Decimal("7.5"))),
        "other dose planned": chart(plan, SetDose(code, Decimal("7.5"))),
    }
    pictures = {}
    for name, session in states.items():
        view.show_session(session)
        at, radius = view.place_of(code), round(view.projection.radius) + 4
        picture = (
            view.grab().toImage().copy(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius)
        )
        pictures[name] = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    names = list(pictures)
    for one in names:
        for other in names[names.index(one) + 1 :]:
            share = differing(pictures[one], pictures[other])
            assert share > 0.03, (one, other, share)


def test_an_omitted_site_is_crossed_out(chart: Chart, qtbot: QtBot) -> None:
    view = shown(FRAMES["forehead"], (950, 424), qtbot)
    view.show_session(chart(PlanProtocol(), Omit("FRO-1-R")))
    at, arm = view.place_of("FRO-1-R"), round(view.projection.radius * 0.25)
    picture = view.grab().toImage()
    for dx, dy in ((0, 0), (arm, arm), (arm, -arm), (-arm, arm), (-arm, -arm)):
        assert picture.pixelColor(at + QPoint(dx, dy)).lightness() < 110
    for dx, dy in ((2 * arm, 0), (-2 * arm, 0), (0, 2 * arm), (0, -2 * arm)):
        assert picture.pixelColor(at + QPoint(dx, dy)).lightness() > 200


def test_another_dose_bears_a_sign_beside_its_number(chart: Chart, qtbot: QtBot) -> None:
    view = shown(FRAMES["forehead"], (950, 424), qtbot)
    code, corners = "FRO-1-R", []
    for units in (Decimal(5), Decimal("7.5")):
        view.show_session(chart(PlanProtocol(), Tap(code), SetDose(code, units)))
        corner = view.place_of(code) + QPoint(1, -1) * (view.projection.radius * 0.78)
        small = round(view.projection.radius * 0.3)
        picture = view.grab().toImage()
        corners.append(picture.copy(corner.x() - small, corner.y() - small, 2 * small, 2 * small))
    assert differing(*corners) > 0.2


def differing(one: QImage, other: QImage) -> float:
    """The share of pixels that differ so much that an eye sees it."""
    assert one.size() == other.size()
    pixels = [(x, y) for x in range(one.width()) for y in range(one.height())]
    far = sum(abs((one.pixel(x, y) & 0xFF) - (other.pixel(x, y) & 0xFF)) > 60 for x, y in pixels)
    return far / len(pixels)
