"""The session by keys alone; and a scanner, which types too, charts nothing."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.handbook import Handbook
from desktop.core.session import Session, State
from desktop.gui.chairside import Mode
from desktop.gui.hand import Hand
from desktop.gui.key_gate import HASTE_MS, PAUSE_MS, QUIET_MS
from desktop.gui.pages import OVERVIEW, TABLE, walk
from desktop.gui.sign_form import SignForm
from desktop.gui.units_form import UnitsForm
from desktop.gui.vial_form import VialForm
from tests.conftest import in_dialog

PLAIN = Qt.KeyboardModifier.NoModifier
ENDS = {"\r": Qt.Key.Key_Return.value, "\t": Qt.Key.Key_Tab.value}
CODE = "]d201003002311450141727103110C9\x1d21SN9"
LETTERS = "abcdefghijklmnopqrstuvwxyzABCXMR0123456789-./%$+ ?"


def state(hand: Hand, code: str) -> State:
    return hand.session.injections[code].state


def arrow(hand: Hand, key: Qt.Key) -> None:
    hand.press_key(key.value)


@pytest.fixture
def keys(charting: Hand) -> Hand:
    """A hand on the keyboard: the first site of the walk has the ring."""
    charting.screen.setFocus()
    return charting


def test_space_gives_each_site_in_the_order_of_the_hand(keys: Hand, book: Handbook) -> None:
    ringed = []
    for _site in book.protocol.sites:
        ringed.append(keys.screen.hand.cursor)
        keys.press_keys(" ")
    assert ringed == walk(book)
    assert keys.session.of_state(State.PLANNED) == []
    assert keys.session.given_units == Decimal(155)


def test_the_ring_walks_across_the_close_ups_and_back(keys: Hand, book: Handbook) -> None:
    order = walk(book)
    seen = [keys.screen.hand.cursor]
    for _step in order[1:]:
        keys.press_keys("\r")
        seen.append(keys.screen.hand.cursor)
        assert keys.screen.page == keys.screen.home_of(seen[-1])
    assert seen == order
    keys.press_keys("\r")
    assert keys.screen.hand.cursor == order[0]  # round and round
    for expected in (order[-1], order[-2]):
        keys.press_keys("\b")
        assert keys.screen.hand.cursor == expected
    arrow(keys, Qt.Key.Key_Right)
    arrow(keys, Qt.Key.Key_Up)
    assert keys.screen.hand.cursor == order[-2]
    assert keys.session.given == []


@pytest.mark.parametrize("code", ["TEM-2-L", "OCC-1-R", "TRA-3-L", "COR-1-R", "PRO-1-M"])
def test_the_code_of_a_site_goes_there(code: str, keys: Hand) -> None:
    before = keys.session
    keys.press_keys(code.replace("-", "").lower())
    assert (keys.screen.hand.cursor, keys.screen.page) == (code, keys.screen.home_of(code))
    assert (keys.session, keys.screen.keys.typed) == (before, "")


def test_what_is_typed_is_seen_before_it_takes_effect(keys: Hand) -> None:
    keys.press_keys("tem2")
    assert keys.screen.bar.dose_words == "tem2"
    keys.press_keys("\b\b\b\b7.")
    assert keys.screen.bar.dose_words == "7."
    assert keys.session.injections["COR-1-R"].units == Decimal(5)


def test_digits_and_enter_are_the_dose_of_the_site_with_the_ring(keys: Hand) -> None:
    keys.press_keys("occ1l7.5\r")
    each = keys.session.injections["OCC-1-L"]
    assert (each.state, each.units, each.reason) == (State.PLANNED, Decimal("7.5"), "")
    keys.press_keys("1")  # the first reason: one is asked for
    assert keys.session.injections["OCC-1-L"].reason == "pain here"
    keys.press_keys(" ")
    given = keys.session.injections["OCC-1-L"]
    assert (given.state, given.units) == (State.GIVEN, Decimal("7.5"))


@pytest.mark.parametrize("typed", ["0", "7.125", "999", "0.001"])
def test_a_dose_that_is_none_is_refused_and_nothing_changes(typed: str, keys: Hand) -> None:
    before = keys.session
    keys.press_keys(f"{typed}\r")
    assert keys.session == before
    assert keys.screen._refusal.text()


@pytest.mark.parametrize("typed", ["tem9l", "cq", "occ7", "tempx", "tem", "temx9xxx"])
def test_a_code_that_no_site_has_is_refused_in_words(typed: str, keys: Hand) -> None:
    before, ringed = keys.session, keys.screen.hand.cursor
    keys.press_keys(f"{typed}\r")
    assert "no site" in keys.screen._refusal.text()
    assert (keys.session, keys.screen.hand.cursor) == (before, ringed)
    assert keys.screen.keys.typed == ""


def test_x_omits_and_a_digit_says_why_and_the_ring_goes_on(keys: Hand, book: Handbook) -> None:
    first, second = walk(book)[:2]
    keys.press_keys("x2")
    each = keys.session.injections[first]
    assert (each.state, each.reason) == (State.OMITTED, "tender")
    assert keys.screen.hand.cursor == second


def test_an_omission_asks_anew_where_another_change_had_a_reason(keys: Hand) -> None:
    keys.press_keys("occ1l7.5\r1")
    assert keys.session.injections["OCC-1-L"].reason == "pain here"
    keys.press_keys("x2")
    each = keys.session.injections["OCC-1-L"]
    assert (each.state, each.reason) == (State.OMITTED, "tender")
    keys.tap("OCC-1-L")  # planned again
    keys.tap("OCC-1-L")  # given
    keys.tap("OCC-1-L")  # omitted
    keys.click(keys.button("patient declined"))
    assert keys.session.injections["OCC-1-L"].reason == "patient declined"


def test_e_gives_an_extra_where_one_is_suggested_and_m_mirrors_it(
    keys: Hand, book: Handbook
) -> None:
    keys.press_keys("tem1le")
    extra = keys.session.injections["TEM-X1-L"]
    suggested = book.suggestions(extra.region, extra.side)
    assert (extra.state, extra.reason) == (State.GIVEN, "pain here")
    assert extra.point in suggested
    keys.press_keys("m")
    other = keys.session.injections["TEM-X1-R"]
    assert (other.state, other.units, other.reason) == (State.GIVEN, extra.units, "pain here")
    assert keys.screen.hand.cursor == "TEM-X1-R"
    assert keys.screen.page == "right_temple"
    keys.press_keys("tem1lee")  # the second place, and then there is none that is free
    assert keys.session.injections["TEM-X2-L"].point in suggested
    assert keys.screen.hand.mode is Mode.EXTRA


def test_r_gives_the_region_and_a_the_rest(keys: Hand, book: Handbook) -> None:
    keys.press_keys("tra1rr")
    given = {each.region for each in keys.session.given}
    assert (given, len(keys.session.given)) == ({"trapezius"}, 6)
    keys.press_keys("a")
    assert len(keys.session.given) == len(book.protocol.sites)


def test_s_and_a_digit_stop_the_session(keys: Hand) -> None:
    keys.press_keys(" s1")
    assert keys.session.ended_early == "faint"
    assert len(keys.session.of_state(State.OMITTED)) == 30


def test_l_and_the_page_keys_turn_to_other_drawings(keys: Hand, book: Handbook) -> None:
    close_ups = list(book.atlas.close_ups)
    keys.press_keys("l")
    assert keys.screen.page == OVERVIEW
    arrow(keys, Qt.Key.Key_PageDown)
    arrow(keys, Qt.Key.Key_PageDown)
    assert keys.screen.page == close_ups[1]
    arrow(keys, Qt.Key.Key_PageUp)
    arrow(keys, Qt.Key.Key_PageUp)
    assert keys.screen.page == close_ups[-1]


def test_h_shows_the_history_and_escape_leaves_a_mode(keys: Hand) -> None:
    keys.press_keys("h")
    assert keys.screen.past.isVisible()
    keys.press_keys("h")
    assert not keys.screen.past.isVisible()
    keys.screen.hand.set_mode(Mode.MOVE)
    arrow(keys, Qt.Key.Key_Escape)
    assert keys.screen.hand.mode is Mode.GIVE
    keys.press_keys("oc")
    arrow(keys, Qt.Key.Key_Escape)
    assert keys.screen.keys.typed == ""


def test_keys_work_again_after_a_tap_on_the_map(keys: Hand) -> None:
    keys.screen.totals._remark.setFocus()
    keys.tap("COR-1-R")
    keys.press_keys(" ")
    assert len(keys.session.given) == 2
    assert keys.session.remark == ""


def test_control_enter_asks_for_the_signature_and_control_f_for_a_patient(keys: Hand) -> None:
    keys.press_keys("aw")
    control = Qt.KeyboardModifier.ControlModifier

    seen: list[SignForm] = []
    keys.in_form(lambda: keys.strike(Qt.Key.Key_Return.value, "\r", control), SignForm, seen.append)
    assert len(seen) == 1
    keys.press_key(Qt.Key.Key_F.value, "\x06", control)
    assert keys.keyboard() is keys.workspace.panel.search


def test_without_a_plan_a_code_and_space_give_a_site(hand: Hand) -> None:
    hand.choose_patient(0)
    hand.start_session()
    hand.click(hand.button("Start empty"))
    hand.screen.setFocus()
    hand.press_keys("occ2r occ3l ")
    assert [each.code for each in hand.session.given] == ["OCC-2-R", "OCC-3-L"]


def test_a_signed_session_takes_no_key(keys: Hand) -> None:
    keys.press_keys("a")
    keys.discard_rest()
    keys.sign()
    signed = keys.session
    keys.press_keys(" x1e7\rm\rras1w\b")
    assert keys.session == signed


# -- a scanner ----------------------------------------------------------------------------------


class Scanner:
    """Types as fast as scanners do, wherever the keyboard is."""

    def __init__(self, hand: Hand, seed: int) -> None:
        self.hand = hand
        self.random = Random(seed)  # noqa: S311  a test's own

    def send(self, key: int, text: str, after_ms: float) -> None:
        self.hand._now_ms += after_ms
        target = self.hand.keyboard()
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(target, QKeyEvent(kind, key, PLAIN, text))

    def scan(self, text: str, end: str = "\r") -> None:
        """A whole burst with what ends it; then nothing for a second."""
        self.hand._now_ms += 1000
        for character in text:
            self.send(ord(character.upper()), character, self.random.uniform(0, 50))
        if end:
            self.send(ENDS[end], end, self.random.uniform(0, QUIET_MS - 100))
        self.hand._now_ms += 1000
        self.hand.screen.gate.settle()

    def burst(self) -> None:
        length = self.random.randint(2, 16)
        self.scan("".join(self.random.choice(LETTERS) for _each in range(length)))

    def bursts(self, number: int, window: QWidget) -> None:
        """Bursts into whatever has the keyboard, which wanders over all that can have it."""
        for turn in range(number):
            if turn % 20 == 0:
                self.random.choice(focusable(window)).setFocus()
            self.burst()


def focusable(window: QWidget) -> list[QWidget]:
    return [
        each
        for each in window.findChildren(QWidget)
        if each.isVisible() and each.isEnabled() and each.focusPolicy() != Qt.FocusPolicy.NoFocus
    ]


def doses(session: Session) -> object:
    return replace(session, remark="")


def half_into_a_form(scanner: Scanner, kind: type[QWidget]) -> Callable[[QWidget], None]:
    """250 bursts into the form that opens, which has to be of a kind."""

    def scan(form: QWidget) -> None:
        assert isinstance(form, kind)
        scanner.bursts(250, form)

    return scan


def test_ten_thousand_scans_change_no_dose_on_any_screen(charting: Hand) -> None:
    charting.tap("FRO-1-R")
    before = doses(charting.session)
    scanner = Scanner(charting, seed=4711)
    screen, number = charting.screen, 0
    for page in (OVERVIEW, "forehead", "back_of_head", TABLE):
        for mode in (Mode.GIVE, Mode.OMIT, Mode.EXTRA, Mode.MOVE):
            charting.click(screen.cards.card(page))
            screen.hand.set_mode(mode)
            scanner.bursts(500, charting.window)
            number += 500
            assert doses(charting.session) == before, (page, mode)
    screen.hand.ask_stop()
    scanner.bursts(500, charting.window)
    screen.hand.dismiss()
    screen.show_history.setChecked(True)
    scanner.bursts(500, charting.window)
    number += 1000
    assert doses(charting.session) == before

    def into_the_form(form: QWidget) -> None:
        scanner.bursts(500, form)

    charting.in_form(charting.button("Vial\N{HORIZONTAL ELLIPSIS}"), VialForm, into_the_form)
    number += 500
    assert doses(charting.session) == before
    charting.screen.hand.give_all()
    resolved = doses(charting.session)
    charting.screen.hand.press(lambda: None)
    in_dialog(charting.workspace.ask_to_sign, half_into_a_form(scanner, UnitsForm))
    assert doses(charting.session) == resolved
    charting.wait()
    charting.discard_rest()
    discarded = doses(charting.session)
    in_dialog(charting.workspace.ask_to_sign, half_into_a_form(scanner, SignForm))
    number += 500
    assert doses(charting.session) == discarded
    assert number == 10_000


@pytest.fixture(params=["map", "remark", "reason", "search", "dose", "units", "card"])
def keyboard(request: pytest.FixtureRequest, charting: Hand) -> Hand:
    """The keyboard is wherever it can be in a session."""
    screen = charting.screen
    charting.tap("FRO-1-R")
    screen.totals._remark.setPlainText("so far")
    screen.totals.flush()
    if request.param == "remark":
        screen.totals._remark.setFocus()
    elif request.param == "reason":
        screen.hand.ask_stop()
        screen.reasons._other.setFocus()
    elif request.param == "search":
        charting.workspace._show_patients.setChecked(True)
        charting.workspace.panel.search.setFocus()
    elif request.param == "units":
        screen.vials.units.setFocus()
    elif request.param == "dose":
        charting.click(screen.cards.card(TABLE))
        screen.table.edit(screen.table.model().index(3, 3))
        screen.table.viewport().findChildren(QLineEdit)[-1].setFocus()
    elif request.param == "card":
        screen.cards.card(TABLE).setFocus()
    else:
        screen.setFocus()
    return charting


@pytest.mark.parametrize("end", ["\r", "\t", ""])
def test_a_code_scanned_anywhere_adds_its_vial_and_nothing_else(end: str, keyboard: Hand) -> None:
    before = keyboard.session
    field = keyboard.keyboard()
    text = field.text() if isinstance(field, QLineEdit) else ""
    Scanner(keyboard, seed=1).scan(CODE, end)
    first, second = keyboard.session.vials
    # Something was given from the first: who scans another now draws from that one.
    assert keyboard.session == replace(before, vials=(first, second), drawing=2)
    assert (second.lot, second.serial, second.gtin) == ("C9", "SN9", "00300231145014")
    assert keyboard.screen.totals._remark.toPlainText() == "so far"
    if isinstance(field, QLineEdit):
        assert field.text() == text


def test_a_remark_that_a_code_was_scanned_into_is_as_it_was(charting: Hand) -> None:
    remark = charting.screen.totals._remark
    remark.setFocus()
    charting.press_keys("tolerated well")
    cursor = remark.textCursor()
    cursor.setPosition(9)
    remark.setTextCursor(cursor)
    Scanner(charting, seed=1).scan(CODE)
    assert (remark.toPlainText(), remark.textCursor().position()) == ("tolerated well", 9)
    charting.press_keys(",")
    assert remark.toPlainText() == "tolerated, well"
    assert len(charting.session.vials) == 2


@pytest.mark.parametrize(
    "typed", ["lot c1234c3 and what a fast hand writes", "0100300", "]d2010030"]
)
def test_what_is_no_code_stays_where_it_was_typed(typed: str, charting: Hand) -> None:
    before = charting.session
    charting.screen.totals._remark.setFocus()
    Scanner(charting, seed=1).scan(typed, end="")
    assert charting.screen.totals._remark.toPlainText() == typed
    charting.screen.totals.flush()
    assert replace(charting.session, remark="") == before


def test_the_separator_comes_as_a_key_with_control_too(charting: Hand) -> None:
    charting.screen.setFocus()
    scanner = Scanner(charting, seed=1)
    before, after = CODE.split("\x1d")
    charting._now_ms += 1000
    for part in (before, "", after):
        for character in part:
            scanner.send(ord(character.upper()), character, 5)
        if not part:
            charting._now_ms += 5
            event = QKeyEvent(
                QEvent.Type.KeyPress,
                Qt.Key.Key_BracketRight,
                Qt.KeyboardModifier.ControlModifier,
                "",
            )
            QApplication.sendEvent(charting.keyboard(), event)
    charting.screen.gate.settle()
    assert [each.lot for each in charting.session.vials] == ["C1234C3", "C9"]


def test_a_burst_is_told_when_nothing_more_comes(charting: Hand, qtbot: QtBot) -> None:
    charting.screen.setFocus()
    bursts: list[str] = []
    charting.screen.gate.burst.connect(bursts.append)
    scanner = Scanner(charting, seed=1)
    charting._now_ms += 1000
    for character in "garbage":
        scanner.send(ord(character.upper()), character, 10)
    assert bursts == []
    qtbot.waitUntil(lambda: bool(bursts), timeout=2000)
    assert bursts == ["garbage"]
    assert "not the code on a carton" in charting.screen._refusal.text()


@pytest.mark.parametrize(("end", "after_ms"), [("", PAUSE_MS + 1), ("\r", 30), ("\t", 30)])
def test_two_codes_one_after_the_other_are_two(end: str, after_ms: float, charting: Hand) -> None:
    charting.screen.setFocus()
    bursts: list[str] = []
    charting.screen.gate.burst.connect(bursts.append)
    scanner = Scanner(charting, seed=1)
    charting._now_ms += 1000
    for text in ("first one", "second one"):
        for character in text:
            scanner.send(ord(character.upper()), character, 10)
        if end:
            scanner.send(ENDS[end], end, 10)
        charting._now_ms += after_ms
    charting.screen.gate.settle()
    assert bursts == ["first one", "second one"]


def test_a_scan_into_the_cell_of_a_dose_changes_nothing(charting: Hand) -> None:
    charting.click(charting.screen.cards.card(TABLE))
    table = charting.screen.table
    table.edit(table.model().index(3, 3))
    editor = table.viewport().findChildren(QLineEdit)[-1]
    editor.setFocus()
    before = charting.session
    Scanner(charting, seed=1).scan("7007")
    assert (editor.text(), charting.session) == ("5", before)


def test_a_scan_into_the_remark_is_text_and_its_enter_charts_nothing(charting: Hand) -> None:
    charting.screen.totals._remark.setFocus()
    before = charting.session.injections
    Scanner(charting, seed=1).scan("LOT C1234")
    assert charting.session.injections == before
    assert "LOT C1234" in charting.screen.totals._remark.toPlainText()


@pytest.mark.parametrize("gap_ms", [0, 1, 20, HASTE_MS - 1])
def test_two_keys_in_haste_are_nobodys(gap_ms: float, charting: Hand) -> None:
    charting.screen.setFocus()
    before = charting.session
    scanner = Scanner(charting, seed=1)
    scanner.send(Qt.Key.Key_Space.value, " ", 1000)
    scanner.send(Qt.Key.Key_Space.value, " ", gap_ms)
    charting.screen.gate.settle()
    assert charting.session == before
    assert "scanner" in charting.screen._refusal.text()


def test_two_keys_of_a_quick_hand_are_both_taken(charting: Hand) -> None:
    charting.screen.setFocus()
    scanner = Scanner(charting, seed=1)
    scanner.send(Qt.Key.Key_Space.value, " ", 1000)
    scanner.send(Qt.Key.Key_Space.value, " ", HASTE_MS + 1)
    charting.screen.gate.settle()
    assert len(charting.session.given) == 2


def test_a_key_that_is_held_down_charts_once(charting: Hand) -> None:
    charting.screen.setFocus()
    charting.press_keys(" ")
    for _repeat in range(30):
        charting._now_ms += 33
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space.value, PLAIN, " ", True)
        QApplication.sendEvent(charting.screen, event)
    charting._now_ms += 1000
    charting.screen.gate.settle()
    assert len(charting.session.given) == 1


def test_a_scan_into_a_form_that_a_key_opened_confirms_nothing(keys: Hand) -> None:
    keys.press_keys("aw")
    control = Qt.KeyboardModifier.ControlModifier
    keys.in_form(
        lambda: keys.strike(Qt.Key.Key_Return.value, "\r", control),
        SignForm,
        lambda _form: Scanner(keys, seed=1).scan("C1234"),
    )
    assert not keys.session.is_signed


def test_enter_confirms_a_form(keys: Hand) -> None:
    keys.press_keys("aw")
    keys.in_form(keys.workspace.sign, SignForm, lambda _form: keys.press_keys("\r"))
    assert keys.session.is_signed


@pytest.mark.parametrize(
    ("key", "plan"), [("\r", "protocol"), ("2", "protocol"), ("4", "empty"), ("1", ""), ("3", "")]
)
def test_a_start_is_chosen_by_enter_or_by_its_number(key: str, plan: str, hand: Hand) -> None:
    hand.choose_patient(0)
    hand.start_session()
    hand.screen.setFocus()
    hand.press_keys(key)
    assert hand.session.plan == plan  # the first patient has no earlier session and no template
