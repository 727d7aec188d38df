"""The window in every language that is shipped, and laid out as that language is read."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from desktop import language
from desktop.app import Desk
from desktop.gui import theme
from desktop.gui.hand import Hand
from desktop.gui.vial_form import VialForm
from desktop.language import Language, _

DIRECTIONS = {False: Qt.LayoutDirection.LeftToRight, True: Qt.LayoutDirection.RightToLeft}


@pytest.fixture(params=[each.tag for each in language.available()])
def spoken(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Language]:
    """A language with its direction, for one test."""
    with language.speaking(request.param):
        theme.set_direction(qapp)
        yield language.current()
    theme.set_direction(qapp)


@pytest.fixture
def charting(spoken: Language, open_window: Callable[[Desk], Hand], desk: Desk) -> Hand:
    """A hand on a new session with the protocol planned, in a window that speaks a language."""
    hand = open_window(desk)
    assert language.current() == spoken
    hand.choose_patient(0)
    hand.click(hand.button(_("New session")))
    hand.click(hand.button(_("Start from the protocol")))
    return hand


def enter_vial(hand: Hand) -> None:
    def fill(form: VialForm) -> None:
        for field, text in ((form.lot, "12-34"), (form.expiry, "2027-10"), (form.diluent, "4")):
            hand.type_into(field, text)
        hand.click(form.confirm)

    hand.in_form(hand.button(_("Vial\N{HORIZONTAL ELLIPSIS}")), VialForm, fill)


def words_of(hand: Hand) -> str:
    """Everything that the window's labels and buttons say."""
    labels = [each.text() for each in hand.window.findChildren(QLabel)]
    return "\n".join([*labels, *(each.text() for each in hand.window.findChildren(QPushButton))])


def test_a_session_is_charted_and_signed_in_every_language(
    charting: Hand, spoken: Language
) -> None:
    assert charting.window.layoutDirection() == DIRECTIONS[spoken.is_right_to_left]
    enter_vial(charting)
    for page in ("table", "shoulders", "overview"):
        charting.click(charting.screen.cards.card(page))
        assert not charting.window.grab().isNull()
    charting.click(charting.button(_("All given")))
    charting.click(charting.screen.vials.discard)
    charting.sign()
    assert charting.session.is_signed
    assert charting.session.given_units == 155


def test_lots_doses_and_dates_stand_as_they_were_typed(charting: Hand) -> None:
    enter_vial(charting)
    words = words_of(charting)
    assert "12-34" in words
    assert "2027" in words
    assert {each for each in words if each.isdigit()} <= set("0123456789")


def test_the_map_never_mirrors(charting: Hand) -> None:
    charting.click(charting.screen.cards.card("forehead"))
    view = charting.view_of("COR-1-R")
    # The patient looks at whoever injects: their right is at the viewer's left.
    assert view.place_of("COR-1-R").x() < view.place_of("COR-1-L").x()
    charting.click(view, view.place_of("COR-1-R"))
    assert [each.code for each in charting.session.given] == ["COR-1-R"]
