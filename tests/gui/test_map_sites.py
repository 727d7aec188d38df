"""What a screen reader finds on the map: each site with its words, its place and its press."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QAccessibleInterface,
)
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop.core.acts import AddExtra, GiveReason, Move, Omit, PlanProtocol, SetDose, Tap
from desktop.core.atlas import Point
from desktop.core.handbook import Handbook
from desktop.core.protocol import Side
from desktop.gui.announce import announce
from desktop.gui.map_view import MapView
from desktop.gui.theme import LIGHT
from desktop.wording import site_words
from tests.gui.conftest import Chart

PLAN = PlanProtocol()
SPOT = Point("left", 60.0, 800.0)
OTHER = Point("left", 40.0, 785.0)
LEFT_TEMPLE = ("temporalis", Side.LEFT)
PLACED = AddExtra("temporalis", Side.LEFT, Decimal(5), SPOT)
UNPLACED = AddExtra("temporalis", Side.LEFT, Decimal(5))


@pytest.fixture
def temple(book: Handbook, qtbot: QtBot) -> MapView:
    """The close-up of the left temple, on the screen."""
    view = MapView(book.atlas.close_ups["left_temple"], book, LIGHT, labelled=True)
    qtbot.addWidget(view)
    view.resize(948, 418)
    view.show()
    qtbot.waitExposed(view)
    return view


def sites_of(view: MapView) -> dict[str, QAccessibleInterface]:
    """What a screen reader finds in a picture, by name."""
    QApplication.processEvents()  # the picture is painted first
    whole = QAccessible.queryAccessibleInterface(view)
    children = [whole.child(number) for number in range(whole.childCount())]
    return {
        each.text(QAccessible.Text.Name): each for each in children if not each.state().invisible
    }


def test_each_site_of_a_picture_is_found_by_its_name_state_and_units(
    temple: MapView, chart: Chart
) -> None:
    temple.show_session(chart(PLAN, Tap("TEM-1-L"), Omit("TEM-3-L", "tender"), PLACED))
    assert list(sites_of(temple)) == [
        "Temporalis 1 left, given, 5 units",
        "Temporalis 2 left, planned, 5 units",
        "Temporalis 3 left, omitted, planned 5 units, tender",
        "Temporalis 4 left, planned, 5 units",
        "Temporalis extra 1 left, given, 5 units",
    ]


def test_without_a_plan_the_sites_are_found_too(temple: MapView) -> None:
    assert list(sites_of(temple)) == [
        f"Temporalis {number} left, not in the plan" for number in (1, 2, 3, 4)
    ]


def test_a_found_site_is_a_button_that_no_key_stops_at(temple: MapView, chart: Chart) -> None:
    temple.show_session(chart(PLAN))
    for site in sites_of(temple).values():
        state = site.state()
        assert site.role() == QAccessible.Role.Button
        assert (state.focusable, state.disabled, state.invisible) == (0, 0, 0)
    assert temple.focusPolicy() is Qt.FocusPolicy.NoFocus


def test_the_picture_itself_says_what_it_shows(temple: MapView, book: Handbook) -> None:
    assert temple.accessibleName() == "Left side of the head"
    temple.show_frame(book.atlas.close_ups["forehead"])
    assert temple.accessibleName() == "Front of the head"


def test_a_site_is_found_where_it_is_drawn_also_after_a_move_and_in_another_size(
    temple: MapView, chart: Chart, book: Handbook
) -> None:
    home = book.atlas.home_point("TEM-2-L")
    moved = replace(home, up_mm=home.up_mm + 12)
    for acts in ((PLAN, PLACED), (PLAN, PLACED, Move("TEM-2-L", moved))):
        for size in ((948, 418), (600, 500)):
            temple.resize(*size)
            temple.show_session(chart(*acts))
            found = sites_of(temple)
            for code in ("TEM-1-L", "TEM-2-L", "TEM-X1-L"):
                words = site_words(code, chart(*acts).injections[code], book)
                box = found[words].rect()
                assert box.center() == temple.mapToGlobal(temple.place_of(code)), (code, size)
                assert abs(box.width() / 2 - temple.projection.radius) <= 1


def test_a_picture_that_was_hidden_knows_its_sites_when_it_is_shown(
    temple: MapView, chart: Chart
) -> None:
    temple.hide()
    temple.show_session(chart(PLAN, Tap("TEM-1-L")))
    temple.show()
    assert "Temporalis 1 left, given, 5 units" in sites_of(temple)


def test_another_close_up_has_its_own_sites_only(
    temple: MapView, chart: Chart, book: Handbook
) -> None:
    temple.show_session(chart(PLAN))
    temple.show_frame(book.atlas.close_ups["forehead"])
    names = list(sites_of(temple))
    assert len(names) == 7
    assert not any(name.startswith("Temporalis") for name in names)
    temple.show_frame(book.atlas.close_ups["left_temple"])
    assert len(sites_of(temple)) == 4


def test_an_extra_that_was_undone_is_not_found(temple: MapView, chart: Chart) -> None:
    temple.show_session(chart(PLAN, PLACED))
    assert len(sites_of(temple)) == 5
    temple.show_session(chart(PLAN))
    assert len(sites_of(temple)) == 4


def test_an_extra_without_a_position_is_found_at_its_badge(temple: MapView, chart: Chart) -> None:
    temple.show_session(chart(PLAN, UNPLACED))
    site = sites_of(temple)["Temporalis extra 1 left, given, 5 units, position not recorded"]
    badge = temple.mapFromGlobal(site.rect().center())
    picture = temple.grab().toImage()
    temple.show_session(chart(PLAN))
    assert picture.pixelColor(badge) != temple.grab().toImage().pixelColor(badge)


def test_the_press_of_a_screen_reader_tells_the_site_at_once(temple: MapView, chart: Chart) -> None:
    temple.show_session(chart(PLAN, PLACED))
    pressed: list[str] = []
    temple.site_pressed.connect(pressed.append)
    for name in ("Temporalis 3 left, planned, 5 units", "Temporalis extra 1 left, given, 5 units"):
        action = sites_of(temple)[name].actionInterface()
        assert action.actionNames() == ["Press"]
        action.doAction("Press")
    assert pressed == ["TEM-3-L", "TEM-X1-L"]


def test_a_name_is_told_anew_only_when_it_changes(temple: MapView, chart: Chart) -> None:
    temple.show_session(chart(PLAN))
    QApplication.processEvents()
    buttons = temple._buttons._buttons
    for button in buttons.values():
        button.setAccessibleName("as before")
    temple.show_session(chart(PLAN, Tap("TEM-2-L")), "TEM-2-L")
    temple.resize(700, 400)
    QApplication.processEvents()
    assert {code: button.accessibleName() for code, button in buttons.items()} == {
        "TEM-1-L": "as before",
        "TEM-2-L": "Temporalis 2 left, given, 5 units",
        "TEM-3-L": "as before",
        "TEM-4-L": "as before",
    }


def test_names_are_told_after_the_picture_is_painted(temple: MapView, chart: Chart) -> None:
    temple.show_session(chart(PLAN))
    assert "Temporalis 2 left, planned, 5 units" in sites_of(temple)
    button = temple._buttons._buttons["TEM-2-L"]
    for session in (chart(PLAN, Omit("TEM-2-L")), chart(PLAN, Tap("TEM-2-L"))):
        temple.show_session(session)
        assert button.accessibleName() == "Temporalis 2 left, planned, 5 units"
    QApplication.processEvents()
    assert button.accessibleName() == "Temporalis 2 left, given, 5 units"


def test_who_cannot_wait_has_the_names_told_at_once(temple: MapView, chart: Chart) -> None:
    temple.show_session(chart(PLAN, Tap("TEM-2-L")))
    temple.tell_sites()
    assert temple._buttons._buttons["TEM-2-L"].accessibleName().startswith("Temporalis 2 left, giv")


def test_a_suggested_place_is_found_where_it_is_drawn_and_only_while_it_is_offered(
    temple: MapView, chart: Chart
) -> None:
    temple.show_session(chart(PLAN))
    temple.show_suggestions({LEFT_TEMPLE: [SPOT, OTHER], ("temporalis", Side.RIGHT): [OTHER]})
    names = [f"Temporalis left, suggested place {number} for an extra" for number in (1, 2)]
    found = sites_of(temple)
    assert list(found)[4:] == names
    for name, point in zip(names, (SPOT, OTHER), strict=True):
        assert found[name].role() == QAccessible.Role.Button
        assert found[name].rect().center() == temple.mapToGlobal(temple.pixel_of(point))
    temple.show_suggestions({})
    assert len(sites_of(temple)) == 4


def test_the_press_of_a_suggested_place_tells_its_point_and_no_site(
    temple: MapView, chart: Chart
) -> None:
    temple.show_session(chart(PLAN))
    temple.show_suggestions({LEFT_TEMPLE: [SPOT, OTHER]})
    pressed: list[object] = []
    temple.suggestion_pressed.connect(pressed.append)
    temple.site_pressed.connect(pressed.append)
    site = sites_of(temple)["Temporalis left, suggested place 2 for an extra"]
    site.actionInterface().doAction("Press")
    assert pressed == [OTHER]


def test_a_suggested_place_that_was_taken_is_not_found_and_the_next_keeps_its_number(
    temple: MapView, chart: Chart
) -> None:
    temple.show_suggestions({LEFT_TEMPLE: [SPOT, OTHER]})
    temple.show_session(chart(PLAN, PLACED))
    assert [name for name in sites_of(temple) if "suggested" in name] == [
        "Temporalis left, suggested place 2 for an extra"
    ]


def test_mouse_and_finger_go_through_to_the_map(temple: MapView, chart: Chart) -> None:
    temple.show_session(chart(PLAN))
    assert temple.childAt(temple.place_of("TEM-2-L")) is None


def test_what_a_screen_reader_finds_changes_no_pixel(
    temple: MapView, chart: Chart, book: Handbook, qtbot: QtBot
) -> None:
    never_shown = MapView(book.atlas.close_ups["left_temple"], book, LIGHT, labelled=True)
    qtbot.addWidget(never_shown)
    never_shown.resize(temple.size())
    for view in (temple, never_shown):
        view.show_session(chart(PLAN, PLACED))
    assert (len(sites_of(temple)), len(sites_of(never_shown))) == (5, 0)
    assert temple.grab().toImage() == never_shown.grab().toImage()


def test_the_small_picture_of_a_card_has_no_sites_to_find(
    chart: Chart, book: Handbook, qtbot: QtBot
) -> None:
    card = MapView(book.atlas.close_ups["left_temple"], book, LIGHT, interactive=False)
    qtbot.addWidget(card)
    card.show_session(chart(PLAN))
    card.show()
    qtbot.waitExposed(card)
    assert QAccessible.queryAccessibleInterface(card).childCount() == 0


def test_a_site_says_dose_and_plan_and_move_and_reason(chart: Chart, book: Handbook) -> None:
    home = book.atlas.home_point("TEM-2-L")
    session = chart(
        PLAN,
        SetDose("TEM-2-L", Decimal("7.5")),
        Move("TEM-2-L", replace(home, up_mm=home.up_mm + 6)),
        GiveReason("TEM-2-L", "pain here"),
        Tap("PRO-1-M"),
        Omit("PRO-1-M"),
    )
    said = {code: site_words(code, session.injections[code], book) for code in session.injections}
    assert said["TEM-2-L"] == (
        "Temporalis 2 left, planned, 7.5 units instead of 5, moved, pain here"
    )
    assert said["PRO-1-M"] == "Procerus, omitted, planned 5 units"


def test_a_reason_that_came_with_the_plan_is_said_as_such(chart: Chart, book: Handbook) -> None:
    planned = replace(chart(PLAN).injections["TEM-2-L"], planned_reason="pain here")
    omitted = replace(chart(PLAN, Omit("TEM-2-L")).injections["TEM-2-L"], planned_reason="pain")
    assert [site_words("TEM-2-L", each, book) for each in (planned, omitted)] == [
        "Temporalis 2 left, planned, 5 units, pain here, as planned",
        "Temporalis 2 left, omitted, planned 5 units",
    ]


@pytest.fixture
def listening() -> Iterator[None]:
    """Somebody listens to the screen."""
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


@pytest.mark.usefixtures("listening")
def test_an_announcement_reaches_whoever_listens(qtbot: QtBot) -> None:
    about = QLabel()
    qtbot.addWidget(about)
    told: list[tuple[object, str]] = []

    def listener(event: QAccessibleEvent) -> None:
        assert isinstance(event, QAccessibleAnnouncementEvent)
        told.append((event.object(), event.message()))

    announce(about, "Temporalis 2 left, given, 5 units", listener)
    announce(about, "", listener)
    assert told == [(about, "Temporalis 2 left, given, 5 units")]
    announce(about, "and the system takes it")


def test_nothing_is_announced_when_nobody_listens(qtbot: QtBot) -> None:
    about = QLabel()
    qtbot.addWidget(about)
    told: list[QAccessibleEvent] = []
    assert not QAccessible.isActive()
    announce(about, "Temporalis 2 left, given, 5 units", told.append)
    assert told == []
