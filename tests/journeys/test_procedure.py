"""How it was done, and what happened meanwhile: said at the chair, kept, and taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPushButton

from desktop.app import Desk
from desktop.core import acts
from desktop.core.acts import Act
from desktop.core.clinic import Habits
from desktop.core.procedure import Aspiration, Event, Happening, Procedure
from desktop.core.session import Session
from desktop.gui.hand import Hand
from desktop.gui.preferences_form import PreferencesForm
from desktop.gui.procedure_form import ProcedureForm, UsualProcedureForm
from desktop.gui.services import Services
from desktop.gui.widgets import ELLIPSIS
from desktop.store.refusal import DiskFullError
from tests.conftest import enter, in_dialog, press

USUAL = Procedure(position="seated", needle="30 G, 13 mm", aspiration=Aspiration.NO)


def said(hand: Hand) -> list[str]:
    """The changes and findings at the edge of the screen."""
    return hand.screen.totals._said.accessibleName().split("\n")


def clock(event: Event) -> str:
    return f"{event.at.hour:02}:{event.at.minute:02}"


def say(hand: Hand, name: str) -> None:
    """Press the chip that says what happened; other buttons speak of pain, too."""
    (chip,) = [
        each for each in hand.screen.reasons.findChildren(QPushButton) if each.text() == name
    ]
    hand.click(chip)


def describe(hand: Hand, words: str) -> None:
    """Type what happened, and press Enter."""
    field = hand.screen.reasons._other
    enter(field, words)
    press(hand, field, Qt.Key.Key_Return)


def in_procedure(hand: Hand, work: Callable[[ProcedureForm], None]) -> None:
    hand.in_form(hand.screen.procedure, ProcedureForm, work)


# -- what happened ---------------------------------------------------------------------------------


def test_a_faint_is_recorded_in_two_inputs(charting: Hand, desk: Desk) -> None:
    earliest = desk.now()
    before = charting.inputs
    charting.click(charting.button("Event"))
    say(charting, "faint")
    assert charting.inputs - before == 2
    event = charting.session.events[0]
    assert (event.kind, event.note) == (Happening.FAINT, "")
    assert earliest <= event.at <= desk.now()
    assert not charting.screen.reasons.isVisible()
    assert f"{clock(event)} \N{MIDDLE DOT} faint" in said(charting)
    assert desk.file.records.history(charting.session.id).present.events == (event,)


def test_by_keys_it_takes_two_as_well(charting: Hand) -> None:
    before = charting.inputs
    charting.press_keys("i2")
    assert charting.inputs - before == 2
    assert [each.kind for each in charting.session.events] == [Happening.BLEEDING]


def test_what_has_no_chip_is_described(charting: Hand) -> None:
    charting.click(charting.button("Event"))
    describe(charting, "cold sweat")
    (event,) = charting.session.events
    assert (event.kind, event.note) == (Happening.OTHER, "cold sweat")
    charting.let_work()
    assert f"{clock(event)} \N{MIDDLE DOT} cold sweat" in said(charting)


def test_undo_takes_an_event_back_and_redo_brings_it_again(charting: Hand) -> None:
    charting.click(charting.button("Event"))
    say(charting, "pain")
    charted = charting.session
    charting.click(charting.workspace.undo)
    assert not charting.session.events
    charting.click(charting.workspace.redo)
    assert charting.session == charted


def test_a_bouncing_finger_asks_once_and_records_nothing(charting: Hand) -> None:
    charting.click(charting.button("Event"))
    charting.pause_ms = 50.0
    say(charting, "faint")
    assert not charting.session.events
    assert charting.screen.reasons.isVisible()
    charting.pause_ms = 1000.0
    say(charting, "faint")
    assert len(charting.session.events) == 1


def test_not_now_records_nothing(charting: Hand) -> None:
    before = charting.session
    charting.click(charting.button("Event"))
    charting.click(charting.button("Not now"))
    assert charting.session == before
    assert not charting.screen.reasons.isVisible()


def test_words_too_long_are_refused_and_stay_to_be_mended(charting: Hand) -> None:
    charting.click(charting.button("Event"))
    field = charting.screen.reasons._other
    describe(charting, "x" * 201)
    assert not charting.session.events
    assert "201" in charting.screen._refusal.text()
    assert charting.screen.reasons.isVisible()
    assert field.text() == "x" * 201
    describe(charting, "cold sweat")
    assert [each.note for each in charting.session.events] == ["cold sweat"]


def test_enter_answers_and_does_not_walk_on_with_the_ring(charting: Hand) -> None:
    charting.screen.hand.point_ring_at("TEM-1-L")
    charting.click(charting.button("Event"))
    describe(charting, "cold sweat")
    assert len(charting.session.events) == 1
    assert charting.screen.hand.cursor == "TEM-1-L"


@pytest.mark.parametrize(("reason", "is_cut"), [("pain here", False), ("sore " * 39, True)])
def test_a_site_with_a_long_story_leaves_the_buttons_on_the_screen(
    reason: str, *, is_cut: bool, charting: Hand
) -> None:
    charting.screen.hand.perform(acts.SetDose("CPS-1-L", Decimal("12.5"), reason))
    charting.screen.hand.point_ring_at("CPS-1-L")
    charting.screen.hand.give_target()
    charting.screen.hand.point_ring_at("CPS-1-L")
    charting.let_work()
    screen = charting.screen
    assert charting.window.width() == 1280
    for each in (screen.mirror, screen.why, screen.happened, screen.procedure, screen.show_history):
        assert each.isVisible()
        assert each.width() >= each.sizeHint().width(), each.text()
        right = each.mapTo(charting.window, each.rect().topRight()).x()
        assert right < screen.totals.mapTo(charting.window, QPoint()).x() < 1000
    assert screen.happened.x() > screen.why.geometry().right()
    shown = screen._site.fitting(screen._site.contentsRect())
    assert shown.startswith("Cervical paraspinal 1 left, given, 12.5 units instead of 5, ")
    assert shown.endswith(ELLIPSIS) is is_cut


def test_the_words_of_one_event_do_not_stand_in_the_next(charting: Hand) -> None:
    charting.click(charting.button("Event"))
    field = charting.screen.reasons._other
    describe(charting, "cold sweat")
    charting.click(charting.button("Event"))
    assert field.text() == ""


def test_what_was_typed_of_one_patient_is_gone_with_their_session(charting: Hand) -> None:
    charting.click(charting.button("Event"))
    enter(charting.screen.reasons._other, "cold sweat")
    charting.click(charting.button("Not now"))
    charting.workspace.close_session()
    charting.choose_patient(1)
    charting.start_session()
    charting.click(charting.button("Event"))
    assert charting.screen.reasons._other.text() == ""


def test_a_full_disk_loses_neither_the_event_nor_its_time(
    open_window: Callable[..., Hand], desk: Desk
) -> None:
    disk = {"full": False}

    def with_disk(services: Services) -> Services:
        keep = services.keeping.act

        def act(before: Session, each: Act, after: Session) -> None:
            if disk["full"]:
                raise DiskFullError(Path("clinic.glabella"))
            keep(before, each, after)

        return replace(services, keeping=replace(services.keeping, act=act))

    hand = open_window(desk, with_disk)
    hand.choose_patient(0)
    hand.start_session()
    asked = desk.now()
    hand.click(hand.button("Event"))
    disk["full"] = True
    say(hand, "faint")
    assert not hand.session.events
    assert hand.screen._refusal.text()
    disk["full"] = False
    say(hand, "faint")
    (event,) = hand.session.events
    assert timedelta(0) <= event.at - asked < timedelta(seconds=30)


def test_a_signed_session_asks_neither(charting: Hand) -> None:
    charting.click(charting.button("All given"))
    charting.discard_rest()
    charting.sign()
    assert not charting.screen.happened.isVisible()
    assert not charting.screen.procedure.isVisible()
    before = charting.session
    charting.press_keys("id")
    assert charting.session == before
    assert not charting.screen.reasons.isVisible()


# -- the procedure ---------------------------------------------------------------------------------


@pytest.fixture
def usual(desk: Desk, open_window: Callable[..., Hand]) -> Hand:
    """A new session in a clinic that always does it in one way."""
    desk.file.records.set_habits(Habits(usual_procedure=USUAL))
    hand = open_window(desk)
    hand.choose_patient(0)
    hand.start_session()
    return hand


def test_a_session_begins_as_the_clinic_does_it(usual: Hand) -> None:
    assert usual.session.procedure == USUAL


def test_what_differed_is_said_and_kept(usual: Hand, desk: Desk) -> None:
    def needle(form: ProcedureForm) -> None:
        form.parts["needle"].setEditText("27 G")  # type: ignore[union-attr]
        assert form.marks["needle"].text() == "usually: 30 G, 13 mm"
        usual.click(form.confirm)

    in_procedure(usual, needle)
    assert usual.session.procedure == replace(USUAL, needle="27 G")
    kept = desk.file.records.history(usual.session.id)
    assert kept.present.procedure == usual.session.procedure
    assert "27 G" in desk_note(desk, usual.session)
    usual.click(usual.workspace.undo)
    assert usual.session.procedure == USUAL


def desk_note(desk: Desk, session: Session) -> str:
    from tests.journeys.test_session import text_of

    return text_of(desk.note(session))


def test_nothing_changed_is_no_act(usual: Hand) -> None:
    assert usual.workspace.document is not None
    before = usual.workspace.document.undoable
    in_procedure(usual, lambda form: usual.click(form.confirm))
    assert usual.workspace.document.undoable == before


def test_a_session_from_before_takes_the_usual_way_in_one_press(usual: Hand) -> None:
    usual.screen.hand.perform(acts.SetProcedure(Procedure()))

    def as_usual(form: ProcedureForm) -> None:
        usual.click(form.as_usual)
        usual.click(form.confirm)

    in_procedure(usual, as_usual)
    assert usual.session.procedure == USUAL


def test_the_form_opens_by_a_key(usual: Hand) -> None:
    seen: list[Procedure] = []
    usual.in_form(
        lambda: usual.strike(ord("D"), "d"),
        ProcedureForm,
        lambda form: seen.append(form.procedure()),
    )
    assert seen == [USUAL]


def test_an_event_that_did_not_happen_is_taken_back_from_the_form(charting: Hand) -> None:
    for name in ("faint", "bleeding", "pain"):
        charting.click(charting.button("Event"))
        say(charting, name)
    kinds = [each.kind for each in charting.session.events]
    assert kinds == [Happening.FAINT, Happening.BLEEDING, Happening.PAIN]

    def take_back(form: ProcedureForm) -> None:
        for each in (form.happened[0], form.happened[2]):
            charting.click(each)
        charting.click(form.confirm)

    in_procedure(charting, take_back)
    assert [each.kind for each in charting.session.events] == [Happening.BLEEDING]
    for _act in range(2):
        charting.click(charting.workspace.undo)
    assert [each.kind for each in charting.session.events] == kinds


def test_of_two_events_alike_one_is_taken_back(charting: Hand, desk: Desk) -> None:
    event = Event(Happening.FAINT, desk.now())
    for _time in range(2):
        charting.screen.hand.perform(acts.AddEvent(event))

    def take_back(form: ProcedureForm) -> None:
        charting.click(form.happened[1])
        charting.click(form.confirm)

    in_procedure(charting, take_back)
    assert charting.session.events == (event,)


def test_giving_up_keeps_events_and_procedure(usual: Hand) -> None:
    usual.click(usual.button("Event"))
    say(usual, "faint")
    before = usual.session

    def give_up(form: ProcedureForm) -> None:
        usual.click(form.happened[0])
        form.parts["needle"].setEditText("27 G")  # type: ignore[union-attr]
        form.reject()

    in_procedure(usual, give_up)
    assert usual.session == before


def test_what_cannot_be_printed_keeps_the_form_open_and_the_record_as_it_was(usual: Hand) -> None:
    before = usual.session

    def fill(form: ProcedureForm) -> None:
        form.parts["needle"].setEditText("x" * 201)  # type: ignore[union-attr]
        usual.click(form.confirm)
        assert form.isVisible()
        assert "201" in form.refusal.text()

    in_procedure(usual, fill)
    assert usual.session == before


def test_the_clinics_way_is_said_once_and_begins_the_next_session(
    charting: Hand, desk: Desk
) -> None:
    def usual_way(form: UsualProcedureForm) -> None:
        form.show_procedure(USUAL)
        form.confirm.click()

    def choose(form: PreferencesForm) -> None:
        in_dialog(form.usual.click, usual_way)  # type: ignore[arg-type]
        form.confirm.click()

    in_dialog(charting.window.show_preferences, choose)  # type: ignore[arg-type]
    assert desk.file.records.habits() == Habits(usual_procedure=USUAL)
    charting.let_work()
    assert charting.session.procedure == Procedure()  # what was recorded stays as it was
    gap = charting.screen.gaps.buttons["procedure"]
    assert gap.accessibleName() == "Procedure: not recorded"
    charting.workspace.close_session()
    charting.choose_patient(1)
    charting.start_session()
    assert charting.session.procedure == USUAL


def test_the_time_of_an_event_is_when_somebody_began_to_say_it(
    open_window: Callable[..., Hand], desk: Desk
) -> None:
    now = {"at": desk.now()}

    def with_clock(services: Services) -> Services:
        def tell() -> datetime:
            return now["at"]

        return replace(services, now=tell)

    hand = open_window(desk, with_clock)
    hand.choose_patient(0)
    hand.start_session()
    began = now["at"]
    hand.click(hand.button("Event"))
    now["at"] = began + timedelta(minutes=4)
    say(hand, "faint")
    assert [each.at for each in hand.session.events] == [began]
