"""What comes after a session, in the window: four inputs each, and a serious one is not missed."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from desktop.app import Desk
from desktop.core import acts
from desktop.core.acts import Act
from desktop.core.entries import EntryValue
from desktop.core.followup import EffectSide, Outcomes, SideEffect
from desktop.gui.followup_forms import ElsewhereForm, SideEffectForm
from desktop.gui.followup_window import FollowUpWindow
from desktop.gui.hand import Hand, Pointer
from desktop.gui.outcomes_form import OutcomesForm
from tests.conftest import enter, menu_entry
from tests.journeys.test_starts import VIAL, treated

PATIENT = "invented-1"
GIVEN: tuple[Act, ...] = (
    acts.AddVial(VIAL),
    acts.PlanProtocol(),
    acts.GiveAll(),
    acts.SetWaste(Decimal(45), "single-patient vial"),
)


def kept(desk: Desk) -> list[EntryValue]:
    return [each.value for each in desk.file.entries.of_patient(PATIENT)]


def above_the_chart(hand: Hand) -> str:
    QApplication.processEvents()
    labels = hand.workspace.alerts.findChildren(QLabel)
    return "\n".join(each.text() for each in labels if each.isVisible())


def count_days(hand: Hand, days: int, long_days: int) -> None:
    """From the patient's page: the form, two numbers, and keep them."""

    def work(form: OutcomesForm) -> None:
        hand.click(form.headache.chips[days])
        hand.click(form.days_4h.chips[long_days])
        hand.click(form.confirm)

    hand.in_form(hand.workspace.after.outcomes, OutcomesForm, work)


def report(hand: Hand, kind: str, days_ago: str) -> None:
    """From the patient's page: the form, what it was, since when, and keep it."""

    def work(form: SideEffectForm) -> None:
        hand.click(next(each.chips[kind] for each in form.kinds if kind in each.chips))
        hand.click(form.onset.chips.chips[days_ago])
        hand.click(form.confirm)

    hand.in_form(hand.workspace.after.side_effect, SideEffectForm, work)


@pytest.fixture
def greeted(hand: Hand) -> Hand:
    """A hand on the page of the first patient, nothing counted yet."""
    hand.choose_patient(0)
    hand.inputs = 0
    return hand


def test_the_two_core_numbers_take_four_inputs(greeted: Hand, desk: Desk) -> None:
    count_days(greeted, 12, 7)
    assert greeted.inputs == 4
    assert kept(desk) == [Outcomes(desk.now().date(), 28, headache_days=12, days_4h=7)]
    greeting = [each.text() for each in greeted.workspace.after.findChildren(QLabel)]
    assert greeting[0].startswith("12 headache days in 28 days observed")


def test_a_side_effect_takes_four_inputs(greeted: Hand, desk: Desk) -> None:
    report(greeted, "eyelid_ptosis", "3")
    assert greeted.inputs == 4
    (effect,) = kept(desk)
    assert isinstance(effect, SideEffect)
    assert (effect.kind, effect.side) == ("eyelid_ptosis", EffectSide.NOT_SAID)
    assert effect.onset == desk.now().date() - timedelta(days=3)


def test_a_finger_reaches_every_chip_that_is_seen(greeted: Hand, desk: Desk) -> None:
    """The same through the window that lies on top, not straight to the widget."""
    greeted.pointer = Pointer.MOUSE
    count_days(greeted, 12, 7)
    assert [type(each) for each in kept(desk)] == [Outcomes]


def test_a_serious_side_effect_is_said_when_the_next_session_is_opened(
    greeted: Hand, desk: Desk
) -> None:
    signed = treated(desk, 14, *GIVEN)
    report(greeted, "dysphagia", "7")
    (entry,) = desk.file.entries.of_patient(PATIENT)
    assert entry.session_id == signed.id
    greeted.start_session()
    assert "Serious: trouble swallowing" in above_the_chart(greeted)
    greeted.workspace._show_patients.setChecked(True)
    greeted.choose_patient(1)
    greeted.start_session()
    assert above_the_chart(greeted) == ""


def test_an_entry_is_about_the_session_before_it(greeted: Hand, desk: Desk) -> None:
    earlier, last = (treated(desk, days, *GIVEN) for days in (100, 7))
    report(greeted, "bruising", "7")  # on the day of the session, and so after it
    report(greeted, "neck_pain", "14")
    entries = desk.file.entries.of_patient(PATIENT)
    assert [each.session_id for each in entries] == [last.id, earlier.id]


def test_four_weeks_after_a_session_have_to_be_over(greeted: Hand, desk: Desk) -> None:
    treated(desk, 7, *GIVEN)

    def work(window: FollowUpWindow) -> None:
        told.append(window.outcomes.said.text())
        window.accept()

    told: list[str] = []
    greeted.in_form(greeted.workspace.after.window_button, FollowUpWindow, work)
    assert "no comparison before week 4" in told[0]


def test_a_side_effect_that_is_not_serious_is_not_said_there(greeted: Hand) -> None:
    report(greeted, "bruising", "0")
    greeted.start_session()
    assert above_the_chart(greeted) == ""


def test_one_that_is_withdrawn_is_said_no_more(greeted: Hand, desk: Desk) -> None:
    report(greeted, "allergy", "1")
    assert "rash or allergy" in above_the_chart(greeted)

    def work(window: FollowUpWindow) -> None:
        (entry,) = desk.file.entries.of_patient(PATIENT)
        desk.withdraw_entry(entry.id, "entered twice")
        window.accept()

    greeted.in_form(greeted.workspace.after.window_button, FollowUpWindow, work)
    assert above_the_chart(greeted) == ""


def test_the_response_is_read_from_the_menu_of_an_open_session(greeted: Hand) -> None:
    greeted.start_session()
    pages: list[str] = []

    def work(window: FollowUpWindow) -> None:
        assert "PATIENT, Test" in [each.text() for each in window.findChildren(QLabel)]
        pages.append(greeted.read_note(window.response))
        window.accept()

    entry = menu_entry(greeted, "After treatment")
    greeted.in_form(entry.trigger, FollowUpWindow, work)
    assert "Response to onabotulinumtoxinA for chronic migraine" in pages[0]
    assert greeted.workspace.document is not None


def test_what_was_counted_stands_on_the_page_about_the_response(greeted: Hand) -> None:
    count_days(greeted, 12, 7)
    pages: list[str] = []

    def work(window: FollowUpWindow) -> None:
        pages.append(greeted.read_note(window.response))
        window.accept()

    greeted.in_form(greeted.workspace.after.window_button, FollowUpWindow, work)
    assert "12 headache days in 28 days observed" in " ".join(pages[0].split())


def test_a_treatment_elsewhere_counts_before_the_next_session(greeted: Hand, desk: Desk) -> None:
    def fill(form: ElsewhereForm) -> None:
        greeted.click(form.on.chips.chips["28"])
        greeted.click(form.toxins.chips["onabotulinumtoxinA"])
        enter(form.units, "100")
        greeted.click(form.confirm)

    def work(window: FollowUpWindow) -> None:
        greeted.in_form(window.elsewhere.add, ElsewhereForm, fill)
        window.accept()

    greeted.in_form(greeted.workspace.after.window_button, FollowUpWindow, work)
    greeted.start_session()
    doses = desk.past_of(greeted.session).doses
    assert [(each.toxin, each.units) for each in doses] == [("onabotulinumtoxinA", Decimal(100))]


def test_what_is_entered_beside_an_open_session_counts_in_its_checks(greeted: Hand) -> None:
    greeted.start_session()

    def fill(form: ElsewhereForm) -> None:
        greeted.click(form.on.chips.chips["7"])
        greeted.click(form.toxins.chips["onabotulinumtoxinA"])
        enter(form.units, "300")
        greeted.click(form.confirm)

    def work(window: FollowUpWindow) -> None:
        greeted.in_form(window.elsewhere.add, ElsewhereForm, fill)
        window.accept()

    greeted.in_form(menu_entry(greeted, "After treatment").trigger, FollowUpWindow, work)
    known = greeted.screen._known
    assert known is not None
    assert [each.units for each in known.doses] == [Decimal(300)]


def test_nobody_chosen_has_nothing_after_it(
    open_window: Callable[[Desk], Hand], desk: Desk
) -> None:
    hand = open_window(desk)
    assert not hand.workspace.after.isVisible()
    assert not menu_entry(hand, "After treatment").isEnabled()
