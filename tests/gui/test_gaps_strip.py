"""What is missing is said in a mark and in words, and each button goes to its gap."""

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from desktop.core.acts import Give
from desktop.gui.gaps_strip import CLOSED, OPEN, gaps
from desktop.gui.hand import Hand
from desktop.gui.sign_form import SignForm
from desktop.gui.vial_form import VialForm
from tests.conftest import enter


def marks(hand: Hand) -> dict[str, str]:
    return {key: hand.screen.gaps._marks[key].text() for key in hand.screen.gaps.buttons}


def words(hand: Hand) -> dict[str, str]:
    """What a screen reader says of each, checked against the tip of the mouse."""
    buttons = hand.screen.gaps.buttons
    said = {key: each.accessibleName() for key, each in buttons.items()}
    for key, each in buttons.items():
        assert said[key].endswith(f": {each.toolTip()}")
    return said


def wanted(hand: Hand, key: str) -> None:
    hand.click(hand.screen.gaps.buttons[key])


@pytest.fixture
def started(hand: Hand) -> Hand:
    hand.choose_patient(0)
    hand.start_session()
    return hand


def test_of_a_session_just_started_nothing_is_there(started: Hand) -> None:
    assert words(started) == {
        "vial": "Vial: No vial is recorded.",
        "sites": "Sites: nothing charted yet",
        "reasons": "Reasons: no reason is missing",
        "waste": "Waste: no vial yet",
        "sign": "Sign: not signed yet",
    }
    assert marks(started) == {
        "vial": OPEN,
        "sites": OPEN,
        "reasons": CLOSED,
        "waste": OPEN,
        "sign": OPEN,
    }


def test_the_strip_counts_down_to_a_complete_session(charting: Hand) -> None:
    assert marks(charting) == {
        "vial": CLOSED,
        "sites": "31",
        "reasons": CLOSED,
        "waste": "200",
        "sign": OPEN,
    }
    charting.tap("PRO-1-M")
    charting.open_close_up("TRA-2-R")
    charting.click(charting.button("Omit"))
    charting.tap("TRA-2-R")
    assert (marks(charting)["sites"], marks(charting)["reasons"]) == ("29", "1")
    assert words(charting)["reasons"] == "Reasons: 1 reason missing"
    charting.click(charting.button("tender"))
    charting.click(charting.button("All given"))
    assert words(charting)["waste"] == "Waste: 50 units not accounted for"
    charting.discard_rest()
    charting.sign()
    assert set(marks(charting).values()) == {CLOSED}
    assert all(gap.is_closed for gap in gaps(charting.screen.hand).values())
    kinds = {each.property("kind") for each in charting.screen.gaps.buttons.values()}
    assert kinds == {"good"}


def test_vial_opens_its_form(started: Hand) -> None:
    def fill(form: VialForm) -> None:
        enter(form.lot, "C1234C3")
        enter(form.expiry, "2027-10")
        enter(form.diluent, "4")
        started.click(form.confirm)

    started.in_form(started.screen.gaps.buttons["vial"], VialForm, fill)
    assert [each.lot for each in started.session.vials] == ["C1234C3"]
    assert marks(started)["vial"] == CLOSED


def test_a_vial_that_is_there_is_opened_to_be_corrected(charting: Hand) -> None:
    def look(form: VialForm) -> None:
        assert form.lot.text() == "C1234C3"

    charting.in_form(charting.screen.gaps.buttons["vial"], VialForm, look)
    assert len(charting.session.vials) == 1


def test_sites_goes_to_the_next_that_is_planned(charting: Hand) -> None:
    charting.tap("PRO-1-M")
    charting.screen.hand.point_ring_at("PRO-1-M")
    before = charting.session
    wanted(charting, "sites")
    cursor = charting.screen.hand.cursor
    assert cursor != "PRO-1-M"
    assert cursor == charting.screen.hand.target()
    assert charting.screen.hand.is_in_sight(cursor)
    assert charting.session == before


def test_sites_crosses_to_another_close_up(charting: Hand) -> None:
    for code in [each for each in charting.session.injections if each != "FRO-1-L"]:
        charting.screen.hand.perform(Give(code))
    charting.click(charting.screen.cards.card(charting.screen.home_of("TRA-2-R")))
    wanted(charting, "sites")
    assert charting.screen.hand.cursor == "FRO-1-L"
    assert charting.screen.page == charting.screen.home_of("FRO-1-L")


def test_reasons_asks_for_the_first_that_is_missing(charting: Hand) -> None:
    charting.open_close_up("TRA-2-R")
    charting.click(charting.button("Omit"))
    charting.tap("TRA-2-R")
    charting.click(charting.button("Not now"))
    charting.open_close_up("FRO-1-R")
    assert not charting.screen.reasons.isVisible()
    wanted(charting, "reasons")
    assert charting.screen.hand.cursor == "TRA-2-R"
    assert charting.screen.page == charting.screen.home_of("TRA-2-R")
    assert charting.screen.reasons.isVisible()
    charting.click(charting.button("tender"))
    assert charting.session.injections["TRA-2-R"].reason == "tender"
    assert marks(charting)["reasons"] == CLOSED


def test_waste_brings_the_keyboard_to_what_was_discarded(charting: Hand) -> None:
    charting.window.activateWindow()
    wanted(charting, "waste")
    assert QApplication.focusWidget() is charting.screen.vials._units


def test_sign_asks_who_signs(charting: Hand) -> None:
    charting.click(charting.button("All given"))

    def confirm(form: SignForm) -> None:
        charting.click(form.confirm)

    charting.in_form(charting.screen.gaps.buttons["sign"], SignForm, confirm)
    assert charting.session.is_signed


@pytest.mark.parametrize("key", ["vial", "sites", "reasons", "waste", "sign"])
def test_of_a_signed_session_no_button_changes_anything(key: str, charting: Hand) -> None:
    charting.click(charting.button("All given"))
    charting.sign()
    signed = charting.session
    opened: list[QDialog] = []

    def close() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            opened.append(dialog)
            dialog.reject()

    QTimer.singleShot(100, close)
    wanted(charting, key)
    QTest.qWait(110)
    assert opened == []
    assert charting.session == signed


@pytest.mark.parametrize("key", ["sites", "reasons"])
def test_where_nothing_is_missing_the_ring_stays(key: str, charting: Hand) -> None:
    charting.click(charting.button("All given"))
    charting.screen.hand.point_ring_at("OCC-1-L")
    wanted(charting, key)
    assert charting.screen.hand.cursor == "OCC-1-L"
    assert not charting.screen.reasons.isVisible()
