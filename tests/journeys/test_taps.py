"""Fingers bounce, glide and miss: nothing is charted but what was meant."""

from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from desktop.core.handbook import Handbook
from desktop.core.protocol import Side
from desktop.core.session import Session, State
from desktop.gui.chairside import Mode
from desktop.gui.document import BOUNCE_MS
from desktop.gui.hand import Hand
from desktop.gui.map_view import MapView
from desktop.gui.pages import OVERVIEW, walk
from tests.conftest import double_click

PLAIN = Qt.KeyboardModifier.NoModifier


def bounce(hand: Hand, view: MapView, at: QPoint, after_ms: float = 120) -> None:
    """The finger that just tapped touches once more."""
    hand.pause_ms = after_ms
    hand.click(view, at)
    hand.pause_ms = 1000


def place(hand: Hand, code: str) -> tuple[MapView, QPoint]:
    view = hand.view_of(code)
    return view, view.place_of(code)


def state(hand: Hand, code: str) -> State:
    return hand.session.injections[code].state


def steps(hand: Hand) -> int:
    assert hand.workspace.document is not None
    return len(hand.workspace.document._history.done)


def test_the_mark_is_drawn_at_once_and_the_sums_follow_by_themselves(charting: Hand) -> None:
    view, at = place(charting, "FRO-1-R")
    charting.let_work()
    charting.wait()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, PLAIN, at)
    words, total = charting.screen._site, charting.screen.totals._total
    assert (words.text(), total.text()) == ("Frontalis 1 right, given, 5 units", "0")
    charting.let_work()
    assert total.text() == "5"


def test_a_session_closed_right_after_a_tap_draws_nothing_more(charting: Hand) -> None:
    view, at = place(charting, "FRO-1-R")
    charting.let_work()
    charting.wait()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, PLAIN, at)
    assert charting.screen._later.isActive()
    charting.workspace.close_session()
    assert not charting.screen._later.isActive()


@pytest.mark.parametrize("after_ms", [0, 1, 120, 499])
@pytest.mark.parametrize("code", ["FRO-1-R", "TEM-2-L", "OCC-1-R", "TRA-2-L"])
def test_a_second_tap_within_half_a_second_is_a_bounce(
    code: str, after_ms: float, charting: Hand
) -> None:
    charting.tap(code)
    charted, before = charting.session, steps(charting)
    bounce(charting, *place(charting, code), after_ms)
    assert charting.session == charted
    assert steps(charting) == before
    assert state(charting, code) is State.GIVEN


def test_a_second_tap_after_half_a_second_is_meant(charting: Hand) -> None:
    charting.tap("FRO-1-R")
    bounce(charting, *place(charting, "FRO-1-R"), BOUNCE_MS)
    assert state(charting, "FRO-1-R") is State.OMITTED


def test_another_site_may_be_tapped_at_once(charting: Hand) -> None:
    charting.tap("FRO-1-R")
    bounce(charting, *place(charting, "FRO-1-L"), 50)
    assert state(charting, "FRO-1-L") is State.GIVEN


def test_a_double_click_of_the_mouse_is_one_tap(charting: Hand) -> None:
    charting.open_close_up("FRO-1-R")
    before = steps(charting)
    charting._now_ms += 1000
    double_click(*place(charting, "FRO-1-R"))
    assert state(charting, "FRO-1-R") is State.GIVEN
    assert steps(charting) == before + 1


def test_taps_that_arrive_as_double_clicks_without_a_press_chart_each_site(
    charting: Hand, book: Handbook
) -> None:
    charting.click(charting.screen.cards.card(OVERVIEW))
    for code in book.protocol.sites:
        before = steps(charting)
        charting.double_click(*place(charting, code))
        assert state(charting, code) is State.GIVEN
        assert steps(charting) == before + 1


@pytest.mark.parametrize("button", [Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton])
def test_other_buttons_of_the_mouse_chart_nothing(button: Qt.MouseButton, charting: Hand) -> None:
    before = charting.session
    view, at = place(charting, "FRO-1-R")
    charting._now_ms += 1000
    QTest.mouseClick(view, button, PLAIN, at)
    assert charting.session == before


def echoes(book: Handbook) -> list[tuple[str, str]]:
    """Every site with each view that draws it and is not its home."""
    return [
        (code, view)
        for code, each in book.atlas.places.items()
        for view in each.drawn_mm
        if view != each.home_view
    ]


def test_a_tap_on_an_echo_opens_the_sites_close_up_and_charts_nothing(
    charting: Hand, book: Handbook
) -> None:
    before = charting.session
    assert len(echoes(book)) > 10
    for code, key in echoes(book):
        charting.click(charting.screen.cards.card(OVERVIEW))
        view = charting.screen.overview[key]
        drawn = book.atlas.places[code].drawn_mm[key]
        at = view._to_screen().map(QPointF(*drawn)).toPoint()
        if not view.rect().contains(at):
            continue
        charting.click(view, at)
        assert charting.session == before, (code, key)
        assert charting.screen.page == charting.screen.home_of(code), (code, key)


def test_a_bounce_on_an_echo_charts_nothing_in_the_close_up_that_it_opened(
    charting: Hand, book: Handbook
) -> None:
    before = charting.session
    charting.click(charting.screen.cards.card(OVERVIEW))
    view = charting.screen.overview["left"]
    drawn = book.atlas.places["OCC-3-L"].drawn_mm["left"]
    charting.click(view, view._to_screen().map(QPointF(*drawn)).toPoint())
    assert charting.screen.page == "back_of_head"
    bounce(charting, *place(charting, "OCC-3-L"))
    assert charting.session == before
    charting.tap("OCC-3-L")
    assert state(charting, "OCC-3-L") is State.GIVEN


def test_a_tap_on_a_muscle_opens_its_close_up_and_charts_nothing(charting: Hand) -> None:
    before = charting.session
    for region, side, view, page in [
        ("frontalis", Side.LEFT, "front", "forehead"),
        ("temporalis", Side.LEFT, "left", "left_temple"),
        ("temporalis", Side.RIGHT, "right", "right_temple"),
        ("cervical_paraspinal", Side.RIGHT, "back", "back_of_head"),
        ("trapezius", Side.LEFT, "back", "shoulders"),
    ]:
        charting.click(charting.screen.cards.card(OVERVIEW))
        drawing = charting.screen.overview[view]
        charting.click(drawing, charting.free_place(drawing, region, side))
        assert charting.screen.page == page
    assert charting.session == before


def test_a_tap_beside_everything_does_nothing(charting: Hand) -> None:
    before, page = charting.session, charting.screen.page
    charting.click(charting.view_of("FRO-1-R"), QPoint(3, 3))
    assert (charting.session, charting.screen.page) == (before, page)


@pytest.mark.parametrize("close_up", ["forehead", "left_temple", "right_temple", "back_of_head"])
def test_a_bounce_after_the_last_site_of_a_close_up_charts_nothing_in_the_next(
    close_up: str, charting: Hand, book: Handbook
) -> None:
    codes = [code for code in walk(book) if charting.screen.home_of(code) == close_up]
    for code in codes:
        charting.tap(code)
    after, page = charting.session, charting.screen.page
    assert page != close_up
    there = next(code for code in book.protocol.sites if charting.screen.home_of(code) == page)
    bounce(charting, *place(charting, there))
    assert charting.session == after
    charting.click(*place(charting, there))
    assert state(charting, there) is State.GIVEN


def test_a_bounce_after_an_omission_leaves_the_site_omitted(charting: Hand) -> None:
    charting.open_close_up("TRA-2-R")
    charting.click(charting.button("Omit"))
    charting.tap("TRA-2-R")
    bounce(charting, *place(charting, "TRA-2-R"))
    assert state(charting, "TRA-2-R") is State.OMITTED
    assert charting.screen.hand.mode is Mode.GIVE


def test_a_bounce_after_an_extra_makes_one_extra_that_is_given(charting: Hand) -> None:
    charting.open_close_up("TEM-1-L")
    charting.click(charting.button("Extra"))
    view = charting.view_of("TEM-1-L")
    at = charting.free_place(view, "temporalis", Side.LEFT)
    charting.click(view, at)
    bounce(charting, view, at)
    extras = [each for each in charting.session.injections.values() if each.is_extra]
    assert [(each.code, each.state) for each in extras] == [("TEM-X1-L", State.GIVEN)]


def test_a_site_is_moved_by_two_taps_and_bounces_change_nothing_more(charting: Hand) -> None:
    charting.open_close_up("FRO-1-R")
    view, at = place(charting, "FRO-1-R")
    charting.click(view, at)
    before = charting.session
    charting.click(charting.button("Move"))
    charting.click(view, at)
    bounce(charting, view, at)
    assert charting.session == before
    to = at - QPoint(0, 40)
    charting.click(view, to)
    moved = charting.session
    assert moved.injections["FRO-1-R"].is_moved
    assert moved.injections["FRO-1-R"].state is State.GIVEN
    bounce(charting, view, to)
    assert charting.session == moved


def test_an_extra_tapped_again_later_was_not_given_and_then_given(charting: Hand) -> None:
    charting.add_extra("temporalis", "L", "pain here")
    seen = []
    for _ in range(2):
        charting.click(*place(charting, "TEM-X1-L"))
        seen.append(state(charting, "TEM-X1-L"))
    assert seen == [State.NOT_GIVEN, State.GIVEN]


def test_an_extra_is_not_placed_in_a_view_that_is_not_the_muscles_home(
    charting: Hand, book: Handbook
) -> None:
    before = charting.session
    charting.click(charting.screen.cards.card(OVERVIEW))
    charting.click(charting.button("Extra"))
    view = charting.screen.overview["left"]
    drawn = book.atlas.places["OCC-3-L"].drawn_mm["left"]
    charting.click(view, view._to_screen().map(QPointF(*drawn)).toPoint())
    assert charting.session == before
    assert charting.screen.page == "back_of_head"


def pressed_twice(
    hand: Hand, button: QPushButton, after_ms: float = 120
) -> tuple[Session, Session]:
    """The session after a press and after a bounce of it."""
    hand.click(button)
    once = hand.session
    hand.pause_ms = after_ms
    hand.click(button)
    hand.pause_ms = 1000
    return once, hand.session


def test_a_bounce_on_start_gives_no_site(hand: Hand) -> None:
    hand.choose_patient(0)
    hand.start_session()
    once, twice = pressed_twice(hand, hand.button("Start from the protocol"))
    assert len(once.of_state(State.PLANNED)) == 31
    assert twice == once


@pytest.mark.parametrize("name", ["_given", "_rest"])
def test_a_bounce_on_a_button_gives_no_more_than_the_press(name: str, charting: Hand) -> None:
    charting.open_close_up("FRO-1-R")
    once, twice = pressed_twice(charting, getattr(charting.screen.bar, name))
    assert once.given != []
    assert twice == once


@pytest.mark.parametrize("name", ["_given", "_rest"])
def test_a_later_press_goes_on(name: str, charting: Hand) -> None:
    charting.open_close_up("FRO-1-R")
    once, twice = pressed_twice(charting, getattr(charting.screen.bar, name), BOUNCE_MS)
    assert len(twice.given) > len(once.given) > 0


def test_sites_are_tapped_at_the_dose_in_hand_until_it_is_put_back(charting: Hand) -> None:
    charting.click(charting.button("Larger dose"))
    charting.tap("FRO-1-R")
    charting.click(charting.screen.bar.dose_button)
    charting.tap("FRO-1-L")
    step = charting.screen._book.default_product.dose_step_units
    given = {each.code: each.units for each in charting.session.given}
    assert given == {"FRO-1-R": 5 + step, "FRO-1-L": 5}


def test_the_rest_is_left_out_for_one_reason(charting: Hand) -> None:
    for code in ["COR-1-R", "COR-1-L", "PRO-1-M"]:
        charting.tap(code)
    charting.click(charting.button("Stop here"))
    charting.click(charting.button("faint"))
    session = charting.session
    assert (len(session.given), len(session.of_state(State.OMITTED))) == (3, 28)
    assert session.ended_early == "faint"
    assert {each.reason for each in session.of_state(State.OMITTED)} == {"faint"}


def test_every_region_is_given_with_one_press_each(charting: Hand) -> None:
    presses = 0
    charting.open_close_up("FRO-1-R")
    while charting.session.of_state(State.PLANNED):
        charting.click(charting.screen.bar._rest)
        presses += 1
        assert presses <= 7
    assert (presses, charting.session.given_units) == (7, Decimal(155))


def test_a_quick_tap_on_a_page_that_was_just_chosen_is_not_lost(charting: Hand) -> None:
    charting.click(charting.screen.cards.card("shoulders"))
    bounce(charting, *place(charting, "TRA-2-R"))
    assert state(charting, "TRA-2-R") is State.GIVEN


def test_given_goes_on_where_the_hand_left_off(charting: Hand) -> None:
    charting.open_close_up("OCC-1-R")
    charting.tap("OCC-2-R")
    button = charting.button("Given")
    assert button.accessibleName() == "Given, OCC 3 right"
    charting.click(button)
    assert [each.code for each in charting.session.given] == ["OCC-2-R", "OCC-3-R"]
    assert charting.button("Given").accessibleName() == "Given, then on to the next"


def test_given_charts_nothing_that_is_not_in_sight(charting: Hand) -> None:
    charting.open_close_up("PRO-1-M")
    for code in ("COR-1-R", "COR-1-L", "PRO-1-M", "FRO-1-R", "FRO-2-R", "FRO-1-L", "FRO-2-L"):
        charting.tap(code)
    charting.click(charting.screen.cards.card("forehead"))
    before = charting.session
    charting.click(charting.button("Go on to"))
    assert (charting.session, charting.screen.page) == (before, "left_temple")
    charting.click(charting.button("Given"))
    assert charting.session.given[-1].code == "TEM-1-L"


def test_a_question_about_the_end_is_not_answered_for_an_extra(charting: Hand) -> None:
    charting.tap("FRO-1-R")
    charting.click(charting.button("Stop here"))
    charting.click(charting.button("Extra"))
    view = charting.view_of("FRO-1-R")
    charting.click(view, charting.free_place(view, "frontalis", Side.RIGHT))
    charting.click(charting.button("patient declined"))
    assert charting.session.ended_early == ""
    assert charting.session.injections["FRO-X1-R"].reason == "patient declined"


def test_nothing_ends_early_when_everything_was_given(charting: Hand) -> None:
    charting.click(charting.button("Stop here"))
    charting.click(charting.button("All given"))
    assert charting.screen.hand.question is None


@pytest.mark.parametrize("mode", ["Move", "Omit"])
def test_a_mode_ends_when_a_button_charts(mode: str, charting: Hand) -> None:
    charting.open_close_up("COR-1-R")
    charting.click(charting.button(mode))
    charting.click(charting.button("Given"))
    assert charting.screen.hand.mode is Mode.GIVE
    charting.tap("FRO-1-L")
    assert state(charting, "FRO-1-L") is State.GIVEN


def test_a_site_is_not_moved_onto_another(charting: Hand) -> None:
    charting.open_close_up("COR-1-R")
    charting.click(charting.button("Move"))
    charting.click(*place(charting, "COR-1-R"))
    before = charting.session
    charting.click(*place(charting, "FRO-1-L"))
    assert charting.session == before
    assert "Another site" in charting.screen._refusal.text()


def test_undo_of_an_extra_ends_its_move(charting: Hand) -> None:
    charting.open_close_up("TEM-1-L")
    charting.click(charting.button("Extra"))
    view = charting.view_of("TEM-1-L")
    at = charting.free_place(view, "temporalis", Side.LEFT)
    charting.click(view, at)
    charting.click(charting.button("Move"))
    charting.click(view, at)
    assert charting.screen.hand.moving == "TEM-X1-L"
    charting.click(charting.workspace.undo)
    assert (charting.screen.hand.moving, charting.screen.hand.mode) == ("", Mode.GIVE)


def test_mirror_is_offered_only_for_what_became_of_a_site(charting: Hand) -> None:
    assert not charting.screen.mirror.isVisible()
    charting.tap("TEM-2-L")
    assert charting.screen.mirror.text() == "Mirror: TEM 2 right"
    charting.click(charting.screen.mirror)
    assert state(charting, "TEM-2-R") is State.GIVEN
    assert state(charting, "TEM-2-L") is State.GIVEN


def test_the_pill_names_the_site_with_the_ring_whatever_lies_under_the_mouse(
    charting: Hand,
) -> None:
    charting.open_close_up("FRO-1-R")
    view, at = place(charting, "FRO-1-R")
    view.pointed_at.emit(view.hit(QPointF(at)))
    charting.screen.hand.point_ring_at("FRO-2-L")
    assert charting.screen._site.text().startswith("Frontalis 2 left")
    assert charting.screen._hint.text().startswith("Frontalis 1 right")
