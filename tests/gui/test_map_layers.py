"""What lies on the map beside the marks: earlier sessions, suggested places, tips, moves."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import combinations
from math import hypot
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from desktop.core.acts import AddExtra, AddVial, GiveAll, Move, Omit, PlanProtocol, SetDose, Tap
from desktop.core.atlas import Point
from desktop.core.protocol import Edition, Side
from desktop.core.session import Session
from desktop.core.vial import Expiry, Vial
from desktop.gui import art, labels, marks, past_layer, suggestions
from desktop.gui.map_tips import site_tip
from desktop.gui.map_view import MapView
from desktop.gui.past import past_of
from desktop.gui.theme import CONTRAST, DARK, LIGHT, Colours, Measures
from desktop.resources import handbook
from tests.gui.conftest import Chart

BOOK = handbook()
PLAN, GIVEN = PlanProtocol(), GiveAll()
LEFT_TEMPLE = ("temporalis", Side.LEFT)
FREE = Point("left", 60.0, 790.0)
OTHER = Point("left", 40.0, 785.0)
EXTRA = AddExtra("temporalis", Side.LEFT, Decimal(5), FREE)
# The offscreen platform says so of every tip.
pytestmark = pytest.mark.qt_log_ignore("does not support raise")
PICTURES = (
    art.ground,
    labels._figures,
    labels._name,
    marks._mark,
    past_layer._past_mark,
    suggestions._suggestion,
)
CLOSE_UP_PX = (948, 418)  # of the map in a window of 1280 x 800 at 96 dots an inch


def shown(key: str, qtbot: QtBot, *, labelled: bool = True) -> MapView:
    view = MapView(BOOK.atlas.close_ups[key], BOOK, LIGHT, reach_px=22, labelled=labelled)
    qtbot.addWidget(view)
    view.resize(*CLOSE_UP_PX)
    return view


def beside(code: str, up_mm: float, across_mm: float = 0.0) -> Point:
    home = BOOK.atlas.home_point(code)
    return replace(home, up_mm=home.up_mm + up_mm, across_mm=home.across_mm + across_mm)


def picture(view: MapView) -> QImage:
    return view.grab().toImage()


def around(view: MapView, at: QPoint, reach: int = 20) -> QImage:
    return picture(view).copy(QRect(at - QPoint(reach, reach), at + QPoint(reach, reach)))


def on(session: Session, year: int, month: int, day: int) -> Session:
    return replace(session, started_at=datetime(year, month, day, 9, tzinfo=ZoneInfo("UTC")))


# -- earlier sessions -------------------------------------------------------------------------


def test_the_figures_of_a_site_are_its_units_session_by_session_newest_first(
    chart: Chart,
) -> None:
    past = past_of(
        [
            chart(PLAN, SetDose("TEM-1-L", Decimal("7.5")), GIVEN),
            chart(PLAN, Omit("TEM-1-L"), Move("TEM-2-L", beside("TEM-2-L", 6)), GIVEN),
            chart(PLAN),
            chart(PLAN, SetDose("TEM-1-L", Decimal("2.5")), GIVEN),
        ],
        frozenset({LEFT_TEMPLE}),
        BOOK,
    )
    assert {code: past.figures(code) for code in past.given} == {
        "TEM-1-L": ("7.5", "\u2013", "\u2013"),
        "TEM-2-L": ("5", "5\u2197", "\u2013"),
        "TEM-3-L": ("5", "5", "\u2013"),
        "TEM-4-L": ("5", "5", "\u2013"),
    }


def test_the_points_of_the_past_are_given_extras_and_moved_sites_of_this_picture(
    chart: Chart,
) -> None:
    moved = beside("TEM-2-L", 6)
    first = chart(PLAN, EXTRA, Move("TEM-2-L", moved), Tap("TEM-2-L"))
    second = chart(
        PLAN,
        EXTRA,
        Tap("TEM-X1-L"),  # not given after all
        AddExtra("trapezius", Side.LEFT, Decimal(5), beside("TRA-1-L", 3)),
        AddExtra("temporalis", Side.LEFT, Decimal(5)),  # nobody noted where
        Move("TEM-1-L", beside("TEM-1-L", 6)),  # planned and never given
    )
    past = past_of([first, second], frozenset({LEFT_TEMPLE}), BOOK)
    assert [(each.point, each.injection.code, each.age) for each in past.points] == [
        (moved, "TEM-2-L", 0),
        (FREE, "TEM-X1-L", 0),
    ]


def test_units_of_another_toxin_are_no_figure_beside_the_others(chart: Chart) -> None:
    dysport = Vial(1, "dysport", Decimal(300), "D1", Expiry(2027, 10))
    doses = (SetDose("TEM-1-L", Decimal(15)), Move("TEM-2-L", beside("TEM-2-L", 6)), EXTRA)
    other = chart(PLAN, AddVial(dysport, "asked for"), *doses, GIVEN)
    past = past_of([chart(PLAN, GIVEN), other], frozenset({LEFT_TEMPLE}), BOOK)
    assert past.figures("TEM-1-L") == ("5", "*")
    assert past.figures("TEM-2-L") == ("5", "*\u2197")
    assert {each.toxin for each in past.points} == {"abobotulinumtoxinA"}
    tip = site_tip("TEM-1-L", past.of_site("TEM-1-L"), BOOK)
    assert tip.split("<br>")[-2:] == [
        "22 Nov 2026: 5 units",
        "22 Nov 2026: 15 units of abobotulinumtoxinA",
    ]


def test_an_extra_of_another_toxin_is_drawn_without_a_figure(chart: Chart, qtbot: QtBot) -> None:
    dysport = AddVial(Vial(1, "dysport", Decimal(300), "D1", Expiry(2027, 10)), "asked for")
    view = shown("left_temple", qtbot, labelled=True)
    view.show_session(chart(PLAN))
    at = view.pixel_of(FREE)
    view.show_past([chart(dysport, EXTRA)])
    drawn = around(view, at)
    view.show_past([chart(dysport, replace(EXTRA, units=Decimal(20)))])
    assert around(view, at) == drawn
    view.show_past([chart(replace(EXTRA, units=Decimal(20)))])
    assert around(view, at) != drawn


def test_a_point_of_another_atlas_is_not_drawn_on_this_one(chart: Chart) -> None:
    elsewhere = replace(chart(PLAN, EXTRA, GIVEN), atlas=Edition("another", 1))
    past = past_of([elsewhere], frozenset({LEFT_TEMPLE}), BOOK)
    assert past.points == ()
    assert past.figures("TEM-1-L") == ("5",)


@pytest.mark.parametrize("labelled", [True, False])
def test_an_extra_of_the_past_is_drawn_where_it_was_and_fades_with_age(
    labelled: bool, chart: Chart, qtbot: QtBot
) -> None:
    view = shown("left_temple", qtbot, labelled=labelled)
    view.show_session(chart(PLAN))
    at = view.pixel_of(FREE)
    ground = around(view, at)
    plain, with_extra = chart(PLAN, GIVEN), chart(PLAN, EXTRA, GIVEN)
    strengths = []
    for past in ([with_extra], [plain, with_extra], [plain, plain, with_extra]):
        view.show_past(past)
        strengths.append(difference(around(view, at), ground))
    newest, older, oldest = strengths
    assert newest > older > oldest > 0


def test_the_past_is_not_taken_for_a_plan_even_without_colour(chart: Chart, qtbot: QtBot) -> None:
    view = shown("left_temple", qtbot)
    at = view.pixel_of(FREE)
    moved = chart(PLAN, Move("TEM-4-L", FREE), GIVEN)
    kinds = {}
    for name, session, past, offered in (
        ("given", chart(PLAN, EXTRA), [], {}),
        ("not given", chart(PLAN, EXTRA, Tap("TEM-X1-L")), [], {}),
        ("a moved site, planned", chart(PLAN, Move("TEM-4-L", FREE)), [], {}),
        ("an extra of the past", chart(PLAN), [chart(PLAN, EXTRA, GIVEN)], {}),
        ("a moved site of the past", chart(PLAN), [moved], {}),
        ("suggested", chart(PLAN), [], {LEFT_TEMPLE: [FREE]}),
    ):
        view.show_session(session)
        view.show_past(past)
        view.show_suggestions(offered)
        kinds[name] = around(view, at, 26).convertToFormat(QImage.Format.Format_Grayscale8)
    for one, other in combinations(kinds, 2):
        assert difference(kinds[one], kinds[other]) > 2, (one, other)


def test_a_mark_of_today_covers_the_past(chart: Chart, qtbot: QtBot) -> None:
    view = shown("left_temple", qtbot, labelled=False)
    view.show_session(chart(PLAN, EXTRA))
    before = picture(view)
    view.show_past([chart(PLAN, replace(EXTRA, point=replace(FREE, up_mm=794.5)), GIVEN)])
    assert picture(view) == before
    view.show_session(chart(PLAN))
    view.show_past([])
    before = picture(view)
    view.show_past([chart(PLAN, EXTRA, GIVEN)])
    assert picture(view) != before


def test_another_close_up_shows_its_own_past(chart: Chart, qtbot: QtBot) -> None:
    view = shown("left_temple", qtbot)
    view.show_session(chart(PLAN))
    past = [chart(PLAN, EXTRA, SetDose("FRO-1-R", Decimal("7.5")), GIVEN)]
    view.show_past(past)
    view.show_frame(BOOK.atlas.close_ups["forehead"])
    forehead = shown("forehead", qtbot)
    forehead.show_session(chart(PLAN))
    forehead.show_past(past)
    assert picture(view) == picture(forehead)


# -- suggested places -------------------------------------------------------------------------


def test_a_suggested_place_is_hit_within_reach_and_only_while_it_is_shown(
    chart: Chart, qtbot: QtBot
) -> None:
    view = shown("left_temple", qtbot)
    view.show_session(chart(PLAN))
    at = QPointF(view.pixel_of(FREE))
    near, far = at + QPointF(20, 0), at + QPointF(26, 0)
    assert view.hit(at).suggested is None
    view.show_suggestions({LEFT_TEMPLE: [OTHER, FREE]})
    assert [view.hit(place).suggested for place in (at, near, far)] == [FREE, FREE, None]
    assert view.hit(at).is_home
    assert view.hit(QPointF(view.pixel_of(OTHER))).suggested == OTHER
    view.show_suggestions({})
    assert view.hit(at).suggested is None


def test_a_suggested_place_is_drawn_where_it_is_hit(chart: Chart, qtbot: QtBot) -> None:
    view = shown("left_temple", qtbot)
    view.show_session(chart(PLAN))
    before = picture(view)
    view.show_suggestions({LEFT_TEMPLE: [FREE]})
    changed = changes(picture(view), before)
    assert (changed.center() - view.pixel_of(FREE)).manhattanLength() <= 2
    assert max(changed.width(), changed.height()) < 2.6 * view.projection.radius


def test_nothing_is_suggested_for_other_muscles_other_views_or_a_taken_place(
    chart: Chart, qtbot: QtBot
) -> None:
    view = shown("left_temple", qtbot)
    view.show_session(chart(PLAN, EXTRA))
    before = picture(view)
    view.show_suggestions(
        {
            LEFT_TEMPLE: [FREE, beside("TEM-1-L", 0, 0), Point("right", 60.0, 800.0)],
            ("temporalis", Side.RIGHT): [OTHER],
            ("occipitalis", Side.LEFT): [OTHER],
        }
    )
    assert picture(view) == before
    for point in (FREE, OTHER):
        assert view.hit(QPointF(view.pixel_of(point))).suggested is None


def test_of_an_earlier_extra_and_a_suggestion_at_one_place_only_the_suggestion_is_drawn(
    chart: Chart, qtbot: QtBot
) -> None:
    view = shown("left_temple", qtbot)
    view.show_session(chart(PLAN))
    view.show_suggestions({LEFT_TEMPLE: [FREE]})
    before = picture(view)
    view.show_past([chart(PLAN, replace(EXTRA, point=replace(FREE, up_mm=793.0)), GIVEN)])
    assert picture(view) == before
    view.show_past([chart(PLAN, replace(EXTRA, point=OTHER), GIVEN)])
    assert picture(view) != before


@pytest.mark.parametrize("colours", [LIGHT, DARK, CONTRAST], ids=["light", "dark", "contrast"])
@pytest.mark.parametrize("age", [0, 1, 2])
def test_dashes_and_dose_of_an_earlier_extra_are_readable_in_every_scheme(
    age: int, colours: Colours, chart: Chart, qtbot: QtBot
) -> None:
    view = shown("left_temple", qtbot)
    view.show_colours(colours)
    view.show_session(chart(PLAN))
    view.show_past([*[chart(PLAN, GIVEN)] * age, chart(PLAN, EXTRA, GIVEN)])
    half = round(view.projection.radius * 0.7 * 1.3)
    at, made = view.pixel_of(FREE), picture(view)
    number = [made.pixelColor(at + QPoint(x, y)) for x in range(-4, 5) for y in range(-6, 7)]
    edge = [made.pixelColor(at + QPoint(x, half - abs(x))) for x in range(-half, half + 1)]
    for tones in (number, edge):
        shades = sorted(tone.lightness() for tone in tones)
        assert shades[-1] - shades[0] > 110


# -- tips -------------------------------------------------------------------------------------


def tip_at(view: MapView, at: QPoint) -> str:
    event = QHelpEvent(QEvent.Type.ToolTip, at, view.mapToGlobal(at))
    QApplication.sendEvent(view, event)
    return QToolTip.text() if QToolTip.isVisible() else ""


@pytest.fixture
def temple(qtbot: QtBot) -> Iterator[MapView]:
    view = shown("left_temple", qtbot)
    view.show()
    qtbot.waitExposed(view)
    yield view
    QToolTip.hideText()


def test_a_tip_over_a_site_says_where_its_landmark_is_and_that_it_is_a_default(
    temple: MapView, chart: Chart
) -> None:
    temple.show_session(chart(PLAN))
    landmark = BOOK.protocol.sites["TEM-2-L"].landmark
    assert tip_at(temple, temple.place_of("TEM-2-L")) == (
        "<b>TEM-2-L \u00b7 Temporalis 2 left</b><br>"
        f"{landmark}<br>Default landmark; the clinician decides."
    )


def test_a_tip_over_an_extra_invents_no_landmark(temple: MapView, chart: Chart) -> None:
    temple.show_session(chart(PLAN, EXTRA))
    tip = tip_at(temple, temple.place_of("TEM-X1-L"))
    assert tip == "<b>TEM-X1-L \u00b7 Temporalis extra 1 left</b>"


def test_a_tip_over_a_site_says_what_it_was_given_before(temple: MapView, chart: Chart) -> None:
    temple.show_session(chart(PLAN))
    moved = Move("TEM-2-L", beside("TEM-2-L", 6))
    temple.show_past(
        [
            on(chart(PLAN, SetDose("TEM-2-L", Decimal("7.5")), GIVEN), 2026, 8, 22),
            on(chart(PLAN, Omit("TEM-2-L"), GIVEN), 2026, 5, 20),
            on(chart(PLAN, moved, GIVEN), 2026, 2, 1),
        ]
    )
    assert tip_at(temple, temple.place_of("TEM-2-L")).split("<br>")[3:] == [
        "22 Aug 2026: 7.5 units",
        "20 May 2026: not given",
        "1 Feb 2026: 5 units, moved",
    ]


def test_a_tip_over_a_mark_of_the_past_says_when_it_was(temple: MapView, chart: Chart) -> None:
    temple.show_session(chart(PLAN))
    temple.show_past([on(chart(PLAN, EXTRA, GIVEN), 2026, 8, 22)])
    assert tip_at(temple, temple.pixel_of(FREE)) == (
        "<b>Temporalis extra 1 left</b><br>22 Aug 2026: 5 units"
    )


def test_a_tip_over_a_region_says_where_it_is_in_plain_words(temple: MapView) -> None:
    assert tip_at(temple, temple.pixel_of(FREE)) == (
        "<b>Temporalis left</b><br>behind the temples, above the ears"
    )
    temple.show_frame(BOOK.atlas.close_ups["forehead"])
    procerus = temple.place_of("PRO-1-M") + QPoint(0, 40)
    assert tip_at(temple, procerus) == "<b>Procerus</b><br>lower forehead, just above the nose"


def test_beside_every_region_there_is_no_tip(temple: MapView) -> None:
    assert tip_at(temple, QPoint(3, 200)) == ""


# -- moved sites ------------------------------------------------------------------------------


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_a_moved_site_shows_a_line_from_the_place_of_its_plan(
    colours: Colours, chart: Chart, qtbot: QtBot
) -> None:
    view = MapView(BOOK.atlas.close_ups["left_temple"], BOOK, colours, labelled=True)
    qtbot.addWidget(view)
    view.resize(*CLOSE_UP_PX)
    view.show_session(chart(PLAN, Move("TEM-3-L", beside("TEM-3-L", 25))))
    once = picture(view)
    # The plan may have another place than the atlas, as one taken from an earlier session has.
    session = chart(PLAN, Move("TEM-3-L", beside("TEM-3-L", 25)))
    planned = beside("TEM-3-L", -8, 12)
    moved = replace(session.injections["TEM-3-L"], planned_point=planned)
    injections = {**session.injections, "TEM-3-L": moved}
    view.show_session(replace(session, injections=injections))
    again = picture(view)
    ring = view.pixel_of(planned)
    ink, paper = again.pixelColor(ring), again.pixelColor(ring + QPoint(5, 0))
    assert abs(ink.lightness() - paper.lightness()) > 150
    home = view.pixel_of(BOOK.atlas.home_point("TEM-3-L"))
    assert abs(once.pixelColor(home).lightness() - ink.lightness()) < 10
    assert abs(again.pixelColor(home).lightness() - ink.lightness()) > 50


def test_a_move_too_short_for_a_line_is_seen_on_the_mark(chart: Chart, qtbot: QtBot) -> None:
    view = shown("left_temple", qtbot, labelled=False)
    arrows = []
    for up, across in ((2, 0), (-2, 0), (0, 2)):
        for move in (True, False):
            point = beside("TEM-3-L", up, across)
            session = chart(PLAN, Move("TEM-3-L", point))
            if not move:  # planned where it was given
                each = replace(session.injections["TEM-3-L"], planned_point=None)
                session = replace(session, injections={**session.injections, "TEM-3-L": each})
            view.show_session(session)
            arrows.append(around(view, view.place_of("TEM-3-L"), 26))
    upwards, plain, downwards, _plain, forwards, _plain_too = arrows
    for one, other in combinations((plain, upwards, downwards, forwards), 2):
        assert difference(one, other) > 0.3


# -- whatever the language --------------------------------------------------------------------


@pytest.fixture
def from_right_to_left() -> Iterator[Callable[[], None]]:
    """Turns the whole program round, and back after the test."""

    def turn() -> None:
        QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        # What was painted before would hide what is painted now.
        for made in PICTURES:
            made.cache_clear()

    yield turn
    QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


@pytest.mark.parametrize("key", list(BOOK.atlas.close_ups))
def test_a_language_from_right_to_left_mirrors_nothing_on_the_map(
    key: str, chart: Chart, qtbot: QtBot, from_right_to_left: Callable[[], None]
) -> None:
    view = shown(key, qtbot)
    view.show_session(chart(PLAN, EXTRA, Tap("TEM-1-L")), "TEM-1-L")
    view.show_past([chart(PLAN, SetDose("FRO-1-R", Decimal("7.5")), EXTRA, GIVEN), chart(PLAN)])
    view.show_suggestions({LEFT_TEMPLE: [OTHER]})
    places = {code: view.place_of(code) for code in view._points()}
    before = picture(view)
    from_right_to_left()
    assert view.layoutDirection() is Qt.LayoutDirection.RightToLeft
    assert {code: view.place_of(code) for code in view._points()} == places
    assert picture(view) == before


# -- fingers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("dpi", [96, 144, 192])
@pytest.mark.parametrize("key", list(BOOK.atlas.close_ups))
def test_in_a_close_up_the_sites_are_a_gloved_finger_apart(
    key: str, dpi: int, qtbot: QtBot
) -> None:
    measures = Measures(dpi / 25.4)
    frame = BOOK.atlas.close_ups[key]
    view = MapView(frame, BOOK, LIGHT, reach_px=measures.px(12) / 2, labelled=True)
    qtbot.addWidget(view)
    width, height = CLOSE_UP_PX
    view.resize(width * dpi // 96, height * dpi // 96)
    places = {code: QPointF(view.place_of(code)) for code in view._points()}
    apart = {
        (one, other): hypot(*(places[one] - places[other]).toTuple()) / measures.px_per_mm
        for one, other in combinations(places, 2)
    }
    assert {pair: mm for pair, mm in apart.items() if mm < 12} == {}
    for code, at in places.items():
        for edge in (QPointF(5.5, 0), QPointF(-5.5, 0), QPointF(0, 5.5), QPointF(0, -5.5)):
            assert view.hit(at + edge * measures.px_per_mm).site == code


def difference(one: QImage, other: QImage) -> float:
    """How far two pictures are apart: the mean over their pixels of one tone of 255."""
    assert one.size() == other.size()
    pixels = [(x, y) for x in range(one.width()) for y in range(one.height())]
    far = sum(abs((one.pixel(x, y) & 0xFF) - (other.pixel(x, y) & 0xFF)) for x, y in pixels)
    return far / len(pixels)


def changes(one: QImage, other: QImage) -> QRect:
    """The smallest box that holds every pixel in which two pictures differ."""
    box = QRect()
    for y in range(one.height()):
        for x in range(one.width()):
            if one.pixel(x, y) != other.pixel(x, y):
                box = box.united(QRect(x, y, 1, 1))
    return box
