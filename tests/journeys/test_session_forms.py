"""The forms about a whole session: who injects and signs, whose session it is, how one leaves."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLabel, QWidget

from desktop.app import Desk
from desktop.core import acts
from desktop.core.patient import Person
from desktop.core.session import Session
from desktop.gui.forms import Form, ReasonForm
from desktop.gui.hand import Hand
from desktop.gui.patient_form import PatientForm
from desktop.gui.services import Services
from desktop.gui.session_forms import MoveToPatientForm, PerformerForm
from desktop.gui.sign_form import SignForm
from desktop.store.refusal import DiskFullError
from desktop.wording import date_text, dotted, known_words
from tests.conftest import click_again, confirm_again, enter, menu_entry
from tests.journeys.test_drafts import discard, draft, listed, on_the_day, ribbon
from tests.journeys.test_session import text_of
from tests.journeys.test_starts import EARLIER, choose, treated

SURGEON = Person("Test Surgeon", "MD PhD")
LEAVE = "Once more leaves without keeping what you typed."


def words_of(form: Form) -> list[str]:
    return [each.text() for each in form.findChildren(QLabel) if each.isVisibleTo(form)]


def perform_as(hand: Hand, name: str, credentials: str) -> None:
    def fill(form: PerformerForm) -> None:
        enter(form.name, name)
        enter(form.credentials, credentials)
        hand.click(form.confirm)

    hand.in_form(menu_entry(hand, "Performed by").trigger, PerformerForm, fill)


# -- who injects, who signs -----------------------------------------------------------------------


def test_somebody_else_injects_than_who_charts(charting: Hand, desk: Desk) -> None:
    perform_as(charting, "Test Surgeon", "MD PhD")
    session = charting.session
    assert (session.performed_by, session.charted_by) == (SURGEON, desk.user)
    note = text_of(desk.note(session))
    assert "Test Surgeon MD PhD \N{MIDDLE DOT} charted by Test Injector MD" in note
    charting.click(charting.workspace.undo)
    assert charting.session.performed_by == desk.user


def test_a_known_person_is_chosen_without_typing(charting: Hand, desk: Desk) -> None:
    perform_as(charting, "Test Surgeon", "MD PhD")

    def choose_known(form: PerformerForm) -> None:
        assert (form.name.text(), form.credentials.text()) == ("Test Surgeon", "MD PhD")
        form.known.setCurrentIndex(1)
        form.known.activated.emit(1)
        assert (form.name.text(), form.credentials.text()) == ("Test Injector", "MD")
        charting.click(form.confirm)

    charting.in_form(menu_entry(charting, "Performed by").trigger, PerformerForm, choose_known)
    assert charting.session.performed_by == desk.user


def test_nobody_injects_without_a_name(charting: Hand, desk: Desk) -> None:
    def fill(form: PerformerForm) -> None:
        enter(form.name, " ")
        charting.click(form.confirm)
        assert form.isVisible()
        assert form.refusal.text()

    charting.in_form(menu_entry(charting, "Performed by").trigger, PerformerForm, fill)
    assert charting.session.performed_by == desk.user


def test_who_performed_it_signs_and_the_form_says_who_charted(charting: Hand, desk: Desk) -> None:
    perform_as(charting, "Test Surgeon", "MD PhD")
    charting.click(charting.button("All given"))
    charting.discard_rest()

    def look(form: SignForm) -> None:
        assert (form.name.text(), form.credentials.text()) == ("Test Surgeon", "MD PhD")
        words = words_of(form)
        assert "Charted by Test Injector MD" in words
        assert not any(each.startswith("Performed by") for each in words)
        charting.click(form.confirm)

    charting.in_form(charting.workspace.sign, SignForm, look)
    signature = desk.file.records.session(charting.session.id).signature
    assert signature is not None
    assert signature.person == SURGEON


def test_where_one_person_does_it_all_the_form_names_nobody_else(charting: Hand) -> None:
    charting.click(charting.button("All given"))
    charting.discard_rest()

    def look(form: SignForm) -> None:
        assert not any("harted by" in each or "erformed by" in each for each in words_of(form))

    charting.in_form(charting.workspace.sign, SignForm, look)


def test_somebody_else_may_sign_and_the_form_says_so(charting: Hand, desk: Desk) -> None:
    charting.click(charting.button("All given"))
    charting.discard_rest()

    def sign(form: SignForm) -> None:
        enter(form.name, "Test Surgeon")
        enter(form.credentials, "MD PhD")
        assert form.whose.isVisible()
        assert form.whose.text() == (
            "Performed by Test Injector MD, signed by Test Surgeon MD PhD."
        )
        charting.click(form.confirm)

    charting.in_form(charting.workspace.sign, SignForm, sign)
    session = charting.session
    assert session.signature is not None
    assert (session.performed_by, session.signature.person) == (desk.user, SURGEON)


# -- whose session it is --------------------------------------------------------------------------


def move(hand: Hand, patient_id: str, reason: str) -> None:
    def fill(form: MoveToPatientForm) -> None:
        wanted = [each.id for each in patients(form)].index(patient_id)
        form.found.setCurrentRow(wanted)
        enter(form.reason, reason)
        hand.click(form.confirm)

    hand.in_form(menu_entry(hand, "Move to another patient").trigger, MoveToPatientForm, fill)


def patients(form: MoveToPatientForm) -> list[Any]:
    of_row = Qt.ItemDataRole.UserRole
    return [form.found.item(row).data(of_row) for row in range(form.found.count())]


@dataclass(frozen=True)
class Shown:
    """Whose things are on the screen."""

    banner: str
    alerts: str
    panel: str
    sessions: int
    past: tuple[str, ...]
    start: str
    other_draft: str


def shown(hand: Hand) -> Shown:
    """All that the window says of the patient."""
    workspace, screen = hand.workspace, hand.screen
    rows = workspace.panel.patients
    return Shown(
        banner=workspace.banner.accessibleName(),
        alerts=workspace.alerts._words.text(),
        panel=rows.item(rows.currentRow()).text(),
        sessions=workspace.panel.sessions.count(),
        past=tuple(each.id for each in screen._past),
        start=screen.start._as_last.accessibleName(),
        other_draft=ribbon(hand),
    )


@pytest.fixture
def mistaken(open_window: Callable[..., Hand], desk: Desk) -> tuple[Hand, Shown, Shown]:
    """A session charted on the wrong patient, and what is to be seen of each of the two."""
    records = desk.file.records
    for number, alerts in ((1, "Latex allergy"), (2, "Myasthenia\nBlood thinner")):
        patient = records.patient(f"invented-{number}")
        records.change_patient(replace(patient, alerts=alerts))
    wrong = treated(desk, 84, *EARLIER)
    given = (*EARLIER[:3], acts.GiveAll())
    right = [treated(desk, days, *given, patient_id="invented-2") for days in (91, 182)]
    draft(desk, 2, 9)
    hand = open_window(desk, on_the_day)
    choose(hand)
    hand.start_session()
    as_last = "Start as last time, as given on {} \N{MIDDLE DOT} {}"
    begun = shown(hand)
    assert begun == Shown(
        banner="PATIENT, Test, " + dotted(["1 Feb 1980", "46 y", "female", "No 4711"]),
        alerts="\N{WARNING SIGN} Latex allergy",
        panel="PATIENT, Test",
        sessions=2,
        past=(wrong.id,),
        start=as_last.format(
            date_text(wrong.started_at.date()), "31 sites \N{MIDDLE DOT} 157.5 units"
        ),
        other_draft="",
    )
    of_right = Shown(
        banner="\u00d1AND\u00da, \u0141ukasz, "
        + dotted(["30 Nov 1974", "51 y", "male", "No 4712"]),
        alerts="\N{WARNING SIGN} Myasthenia \N{MIDDLE DOT} Blood thinner",
        panel="\u00d1AND\u00da, \u0141ukasz",
        sessions=4,
        past=tuple(each.id for each in right),
        start=as_last.format(
            date_text(right[0].started_at.date()), "31 sites \N{MIDDLE DOT} 157.5 units"
        ),
        other_draft="This patient has another draft, of 22 Nov 2026 09:30: 0 units given.",
    )
    return hand, begun, of_right


def test_a_session_moved_to_the_right_patient_shows_nothing_of_the_wrong_one(
    mistaken: tuple[Hand, Shown, Shown], desk: Desk
) -> None:
    hand, of_wrong, of_right = mistaken
    assert "PATIENT" in of_wrong.banner
    hand.click(hand.button("Start as last time"))
    enter(hand.screen.totals._remark, "Tolerated well.")
    hand.click(hand.screen.show_history)
    move(hand, "invented-2", "taken for a namesake")
    assert shown(hand) == of_right
    session = hand.session
    assert (session.patient_id, session.remark) == ("invented-2", "Tolerated well.")
    assert session.plan == "last of another patient"
    assert desk.file.records.session(session.id) == session
    told = [each.accessibleName() for each in hand.window.findChildren(QWidget)]
    told += [each.text() for each in hand.window.findChildren(QLabel) if each.isVisible()]
    assert not [each for each in told if "PATIENT, Test" in each or "Latex" in each]
    note = text_of(desk.note(session))
    assert "\u00d1AND\u00da, \u0141ukasz" in note
    assert "PATIENT, Test" not in note


def test_taking_the_move_back_brings_back_the_first_patient(
    mistaken: tuple[Hand, Shown, Shown],
) -> None:
    hand, of_wrong, of_right = mistaken
    move(hand, "invented-2", "taken for a namesake")
    assert shown(hand) == of_right
    hand.click(hand.workspace.undo)
    # The list of patients begins with whom the program last had to do with: only that changes.
    assert shown(hand) == of_wrong
    hand.click(hand.workspace.redo)
    assert shown(hand) == of_right


def test_a_move_needs_a_patient_and_a_reason_and_never_offers_the_present_one(
    charting: Hand,
) -> None:
    before = charting.session

    def fill(form: MoveToPatientForm) -> None:
        assert known_words_of(charting) in " ".join(words_of(form))
        assert "invented-1" not in [each.id for each in patients(form)]
        assert form.found.count() == 5
        enter(form.reason, "taken for a namesake")
        charting.click(form.confirm)
        assert form.refusal.isVisible()
        enter(form.search, "PATIENT")
        assert form.found.count() == 0
        enter(form.search, "example")
        assert form.found.count() == 1
        form.found.setCurrentRow(0)
        enter(form.reason, " ")
        confirm_again(charting, form)
        assert form.isVisible()
        assert "reason" in form.refusal.text()

    charting.in_form(
        menu_entry(charting, "Move to another patient").trigger, MoveToPatientForm, fill
    )
    assert charting.session == before


def known_words_of(hand: Hand) -> str:
    assert hand.workspace._patient is not None
    return known_words(hand.workspace._patient)


def test_if_the_moved_session_cannot_be_read_nobody_is_named(
    open_window: Callable[..., Hand], desk: Desk
) -> None:
    refuses = False

    def change(services: Services) -> Services:
        def opened(session_id: str) -> Any:
            if refuses:
                raise DiskFullError(desk.file.path)
            return services.open_session(session_id)

        return replace(services, open_session=opened)

    hand = open_window(desk, change)
    choose(hand)
    hand.start_session()
    hand.plan()
    session = hand.session
    refuses = True
    move(hand, "invented-2", "taken for a namesake")
    assert hand.workspace.document is None
    assert hand.workspace.banner.accessibleName() == desk.clinic.name
    assert desk.file.records.session(session.id).patient_id == "invented-2"


def test_a_discarded_draft_is_listed_no_more(charting: Hand) -> None:
    session: Session = charting.session
    choose(charting, "invented-2")
    drafts = charting.workspace.panel.drafts
    assert len(listed(drafts)) == 1
    charting.workspace.open_session(session.id)
    discard(charting)
    assert listed(drafts) == []


# -- leaving a form -------------------------------------------------------------------------------


def escape(hand: Hand) -> None:
    """Press Escape where the keyboard is."""
    hand.strike(Qt.Key.Key_Escape.value)


def cancel(form: Form) -> QWidget:
    (box,) = form.findChildren(QDialogButtonBox)
    return box.button(QDialogButtonBox.StandardButton.Cancel)


def in_new_patient(hand: Hand, work: Callable[[PatientForm], None]) -> None:
    hand.in_form(hand.button("New patient"), PatientForm, work)


@pytest.mark.parametrize("field", ["family_name", "alerts"])
@pytest.mark.parametrize("by_key", [True, False], ids=["Escape", "frame"])
def test_what_was_typed_is_left_only_the_second_time(
    field: str, by_key: bool, hand: Hand, desk: Desk
) -> None:
    def leave(form: PatientForm) -> None:
        if by_key:
            escape(hand)
        else:
            form.close()

    def work(form: PatientForm) -> None:
        enter(getattr(form, field), "Neumann")
        leave(form)
        assert form.isVisible()
        assert form.refusal.isVisible()
        assert form.refusal.text() == LEAVE
        assert "Neumann" in (form.family_name.text(), form.alerts.toPlainText())
        leave(form)
        assert not form.isVisible()

    in_new_patient(hand, work)
    assert len(desk.file.records.find_patients("")) == 6


def test_a_form_in_which_nothing_was_typed_is_left_at_once(hand: Hand) -> None:
    def work(form: PatientForm) -> None:
        enter(form.family_name, "N")
        form.family_name.clear()
        escape(hand)
        assert not form.isVisible()

    in_new_patient(hand, work)


def test_a_choice_counts_as_typed(hand: Hand) -> None:
    def work(form: PatientForm) -> None:
        form.sex.setCurrentIndex(1)
        escape(hand)
        assert form.isVisible()

    in_new_patient(hand, work)


def test_cancel_leaves_at_once_where_nothing_was_typed(hand: Hand) -> None:
    def work(form: PatientForm) -> None:
        hand.click(cancel(form))
        assert not form.isVisible()

    in_new_patient(hand, work)


def test_cancel_leaves_what_was_typed_only_the_second_time_and_not_by_a_bounce(hand: Hand) -> None:
    def work(form: PatientForm) -> None:
        enter(form.family_name, "Neumann")
        hand.click(cancel(form))
        hand.click(cancel(form))
        assert form.isVisible()
        assert (form.refusal.text(), form.family_name.text()) == (LEAVE, "Neumann")
        click_again(hand, cancel(form))
        assert not form.isVisible()

    in_new_patient(hand, work)


def test_escape_held_down_counts_once(hand: Hand) -> None:
    def work(form: PatientForm) -> None:
        enter(form.family_name, "Neumann")
        escape(hand)
        key, plain = Qt.Key.Key_Escape.value, Qt.KeyboardModifier.NoModifier
        hand.screen.gate.remove()  # before a record is open, nothing else stops such keys
        for _repeat in range(5):
            held = QKeyEvent(QEvent.Type.KeyPress, key, plain, "", autorep=True)
            QApplication.sendEvent(hand.keyboard(), held)
        assert form.isVisible()
        hand.screen.gate.install()

    in_new_patient(hand, work)


def test_whoever_types_on_or_reads_a_refusal_is_asked_again(hand: Hand) -> None:
    def work(form: PatientForm) -> None:
        enter(form.family_name, "Neumann")
        escape(hand)
        enter(form.given_name, "Ida")
        escape(hand)
        assert form.isVisible()
        hand.click(form.confirm)
        assert form.refusal.text() != LEAVE
        escape(hand)
        assert form.isVisible()
        escape(hand)
        assert not form.isVisible()

    in_new_patient(hand, work)


def test_an_escape_that_was_meant_for_the_form_keeps_the_session_as_it_was(
    charting: Hand, desk: Desk
) -> None:
    before = charting.session

    def work(form: ReasonForm) -> None:
        enter(form._reason, "started twice")
        escape(charting)
        escape(charting)
        assert not form.isVisible()

    charting.in_form(menu_entry(charting, "Discard this draft").trigger, ReasonForm, work)
    assert charting.session == before
    assert [each.state for each in desk.file.records.sessions()] == ["draft"]
