"""What is missing is said in a mark and in words, and each button goes to its gap."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from desktop import resources
from desktop.app import Desk
from desktop.core import acts
from desktop.core.acts import Give
from desktop.core.assessment import Answer, Assessment, Consent, ConsentKind, Said, blank
from desktop.core.clinic import Habits
from desktop.core.drawing import balances
from desktop.core.procedure import Aspiration, Procedure
from desktop.gui import theme
from desktop.gui.gaps_strip import CLOSED, COLUMNS, KEYS, OPEN, gap_name
from desktop.gui.hand import Hand
from desktop.gui.procedure_form import ProcedureForm
from desktop.gui.safety_form import SafetyForm
from desktop.gui.sign_form import SignForm
from desktop.gui.theme import CHIP_MM
from desktop.gui.units_form import UnitsForm
from desktop.gui.vial_form import VialForm
from tests.conftest import enter

FORMS = {
    "safety": SafetyForm,
    "consent": SafetyForm,
    "vial": VialForm,
    "procedure": ProcedureForm,
    "waste": UnitsForm,
}
CONSENT = Consent(ConsentKind.ON_PAPER, date(2026, 2, 1), "3")
USUAL = Procedure(position="seated", needle="30 G, 13 mm")


def marks(hand: Hand) -> dict[str, str]:
    return {key: hand.screen.gaps._marks[key].text() for key in hand.screen.gaps.buttons}


def words(hand: Hand) -> dict[str, str]:
    """What a screen reader says of each."""
    buttons = hand.screen.gaps.buttons
    return {
        key: each.accessibleName().removeprefix(f"{gap_name(key)}: ")
        for key, each in buttons.items()
    }


def closed(hand: Hand) -> set[str]:
    """The parts that are shown as complete; the colour says it too."""
    by_mark = {key for key, mark in marks(hand).items() if mark == CLOSED}
    buttons = hand.screen.gaps.buttons
    assert by_mark == {key for key, each in buttons.items() if each.property("kind") == "good"}
    return by_mark


def wanted(hand: Hand, key: str) -> None:
    hand.click(hand.screen.gaps.buttons[key])


def do(hand: Hand, *what: acts.Act) -> None:
    for each in what:
        assert hand.screen.hand.perform(each)
    hand.screen.settle()


def assessed(*, consent: Consent | None = CONSENT, **answers: Said) -> Assessment:
    """Everything was asked, and answered with no unless told otherwise."""
    questions = resources.checklist().questions
    said = {key: Answer(answers.get(key, Said.NO)) for key in questions}
    return replace(blank(questions, date(2026, 11, 22)), answers=said, consent=consent)


@pytest.fixture
def started(hand: Hand) -> Hand:
    hand.choose_patient(0)
    hand.start_session()
    return hand


def test_of_a_session_just_started_nothing_is_there(started: Hand) -> None:
    assert words(started) == {
        "safety": "not asked yet",
        "consent": "not recorded",
        "vial": "No vial is recorded.",
        "procedure": "not recorded; the clinic has no usual one",
        "sites": "nothing charted yet",
        "reasons": "no reason is missing",
        "waste": "no vial yet",
        "sign": "not signed yet",
    }
    assert marks(started) == dict.fromkeys(KEYS, OPEN) | {"reasons": CLOSED}


def test_the_strip_counts_down_to_a_complete_session(charting: Hand) -> None:
    assert marks(charting) == {
        "safety": OPEN,
        "consent": OPEN,
        "vial": CLOSED,
        "procedure": OPEN,
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
    assert words(charting)["reasons"] == "1 reason missing"
    charting.click(charting.button("tender"))
    charting.click(charting.button("All given"))
    assert words(charting)["waste"] == "Vial 1, lot C1234C3: 50 units not accounted for."
    charting.discard_rest()
    assert words(charting)["waste"] == "every unit is accounted for"
    do(charting, acts.SetAssessment(assessed()))
    do(charting, acts.SetProcedure(Procedure(needle="30 G")))
    for guard in charting.screen.checks():
        if guard.needs_reason:
            do(charting, acts.GoOn(guard.key, "discussed"))
    charting.sign()
    assert closed(charting) == set(KEYS)


def test_each_button_is_large_enough_for_a_glove(charting: Hand) -> None:
    buttons = charting.screen.gaps.buttons
    assert tuple(buttons) == KEYS
    assert {each.height() for each in buttons.values()} == {theme.LOGICAL.px(CHIP_MM)}
    assert min(each.width() for each in buttons.values()) > theme.LOGICAL.px(CHIP_MM)
    rows = [buttons[key].y() for key in KEYS]
    assert len(set(rows[:COLUMNS])) == len(set(rows[COLUMNS:])) == 1
    assert rows[0] < rows[-1]


def test_two_rows_leave_room_for_what_was_found(charting: Hand) -> None:
    said = charting.screen.totals._said.parentWidget()
    assert charting.window.height() == 800
    assert said is not None
    assert said.height() > 150


# -- safety and consent ----------------------------------------------------------------------------


def test_a_check_without_a_reason_keeps_safety_open(charting: Hand) -> None:
    do(charting, acts.SetAssessment(assessed(pregnancy=Said.YES)))
    asking = [each for each in charting.screen.checks() if each.needs_reason]
    assert [each.key for each in asking] != []
    assert marks(charting)["safety"] == str(len(asking))
    assert words(charting)["safety"] == f"asked, {len(asking)} check without a reason"
    for each in asking:
        do(charting, acts.GoOn(each.key, "discussed"))
    assert words(charting)["safety"] == "asked"
    assert "safety" in closed(charting)


def test_consent_is_one_gap_and_not_two(charting: Hand) -> None:
    do(charting, acts.SetAssessment(assessed(consent=None)))
    assert {"safety", "consent"} & closed(charting) == {"safety"}
    do(charting, acts.SetAssessment(assessed()))
    assert words(charting)["consent"] == (
        "on paper, seen \N{MIDDLE DOT} 1 Feb 2026 \N{MIDDLE DOT} version 3"
    )
    assert {"safety", "consent"} <= closed(charting)


# -- vial and waste --------------------------------------------------------------------------------


def test_a_vial_whose_dilution_nobody_said_is_a_gap(charting: Hand) -> None:
    (vial,) = charting.session.vials
    do(charting, acts.ChangeVial(replace(vial, diluent_ml=None)))
    assert words(charting)["vial"] == "Vial 1: the diluent is not recorded."
    assert marks(charting)["vial"] == OPEN
    other = replace(vial, number=0, lot="C9", diluent_ml=None)
    do(charting, acts.AddVial(other))
    assert words(charting)["vial"] == "Vials 1, 2: the diluent is not recorded."


def test_what_was_given_from_no_vial_is_a_gap_of_its_own(started: Hand) -> None:
    do(started, Give("TEM-1-L", Decimal("7.5")))
    assert marks(started)["waste"] == "7.5"
    assert words(started)["waste"] == "7.5 units were given and no vial is recorded."


def test_a_vial_that_gave_more_than_it_held_says_so(charting: Hand) -> None:
    (vial,) = charting.session.vials
    do(charting, acts.ChangeVial(replace(vial, size_units=Decimal(100))), acts.GiveAll())
    assert marks(charting)["waste"] == "\N{MINUS SIGN}55"
    assert words(charting)["waste"] == "Vial 1, lot C1234C3: 55 units more than it held."


def test_a_gap_that_somebody_explained_is_closed_and_still_told(charting: Hand) -> None:
    do(charting, acts.GiveAll(), acts.StateGap("vial dropped"))
    assert words(charting)["waste"] == (
        "Vial 1, lot C1234C3: 45 units not accounted for. Said why: vial dropped"
    )
    assert "waste" in closed(charting)


def test_the_units_of_two_vials_are_not_added(charting: Hand) -> None:
    (vial,) = charting.session.vials
    do(charting, acts.AddVial(replace(vial, number=0, lot="C9")))
    assert len([each for each in balances(charting.session) if each.gap_units]) == 2
    assert marks(charting)["waste"] == OPEN
    assert words(charting)["waste"].count("200 units not accounted for.") == 2


# -- the procedure ---------------------------------------------------------------------------------


@pytest.fixture
def usual(desk: Desk, open_window: Callable[..., Hand]) -> Hand:
    """A session of a clinic that always does it in one way."""
    desk.file.records.set_habits(Habits(usual_procedure=USUAL))
    hand = open_window(desk)
    hand.choose_patient(0)
    hand.start_session()
    return hand


def test_what_is_done_as_always_needs_no_input(usual: Hand) -> None:
    assert words(usual)["procedure"] == "as usual"
    assert "procedure" in closed(usual)


def test_what_was_done_otherwise_is_named(usual: Hand) -> None:
    done = replace(USUAL, needle="27 G", aspiration=Aspiration.YES)
    do(usual, acts.SetProcedure(done))
    assert words(usual)["procedure"] == "not as usual: Needle, Aspiration"
    assert "procedure" in closed(usual)


def test_where_the_clinic_has_a_way_nothing_recorded_is_a_gap(usual: Hand) -> None:
    do(usual, acts.SetProcedure(Procedure()))
    assert (marks(usual)["procedure"], words(usual)["procedure"]) == (OPEN, "not recorded")


def test_without_a_usual_way_whatever_was_recorded_is_enough(started: Hand) -> None:
    do(started, acts.SetProcedure(USUAL))
    assert words(started)["procedure"] == "recorded"


# -- one tap to each gap ---------------------------------------------------------------------------


@pytest.mark.parametrize("key", sorted(FORMS))
def test_one_tap_opens_the_form_of_the_gap(key: str, charting: Hand) -> None:
    seen: list[str] = []
    charting.in_form(charting.screen.gaps.buttons[key], FORMS[key], lambda _form: seen.append(key))
    assert seen == [key]


@pytest.mark.parametrize("markup", ["<b>dropped</b>", "<img src='x'>"], ids=["bold", "picture"])
def test_markup_in_what_was_typed_stays_words(markup: str, charting: Hand) -> None:
    do(charting, acts.GiveAll(), acts.StateGap(markup))
    assert markup not in charting.screen.gaps.buttons["waste"].toolTip()
    assert "&lt;" in charting.screen.gaps.buttons["waste"].toolTip()


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


def test_sign_asks_who_signs(charting: Hand) -> None:
    charting.click(charting.button("All given"))
    charting.discard_rest()

    def confirm(form: SignForm) -> None:
        charting.click(form.confirm)

    charting.in_form(charting.screen.gaps.buttons["sign"], SignForm, confirm)
    assert charting.session.is_signed


@pytest.mark.parametrize("key", KEYS)
def test_of_a_signed_session_no_button_changes_anything(key: str, charting: Hand) -> None:
    charting.click(charting.button("All given"))
    charting.discard_rest()
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
