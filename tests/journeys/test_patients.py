"""Patients: found as one types, made once, and never lost while being typed."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop import resources
from desktop.app import Desk
from desktop.core.patient import Sex
from desktop.gui.hand import Hand
from desktop.gui.patient_form import PatientForm
from desktop.wording import patient_name
from tests.conftest import SIZE_PX, confirm_again, enter, press, press_keys

ALL = [patient_name(each) for each in resources.invented()[2]]
FIELDS = {
    "family_name": "Neumann",
    "given_name": "Ida",
    "birth_date": "1990-01-31",
    "record_number": "N-1",
    "phone": "030 1234",
    "alerts": "Latex allergy",
    "remarks": "prefers mornings",
}


def listed(hand: Hand) -> list[str]:
    patients = hand.workspace.panel.patients
    return [patients.item(row).text() for row in range(patients.count())]


def typed(form: PatientForm) -> dict[str, str]:
    texts = {name: getattr(form, name).toPlainText() for name in ("alerts", "remarks")}
    lines = {name: getattr(form, name).text() for name in FIELDS if name not in texts}
    return {**lines, **texts}


def fill(form: PatientForm, **fields: str) -> dict[str, str]:
    for name, text in {**FIELDS, **fields}.items():
        enter(getattr(form, name), text)
    return typed(form)


def in_new_form(hand: Hand, work: Callable[[PatientForm], None]) -> None:
    hand.in_form(hand.button("New patient"), PatientForm, work)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ALL),
        ("nand", [ALL[1]]),
        ("lukasz", [ALL[1]]),
        ("NGUYEN hoa", [ALL[3]]),
        ("o'br", [ALL[2]]),
        ("4716", [ALL[5]]),
        ("1980-02-01", [ALL[0]]),
        ("\u03b5\u03bb\u03b5\u03bd", [ALL[4]]),
        ("nobody", []),
        ("%", []),
        ("<b>", []),
        ("x" * 5000, []),
    ],
)
def test_patients_are_found_as_one_types(
    text: str, found: list[str], hand: Hand, qtbot: QtBot
) -> None:
    assert listed(hand) == ALL
    enter(hand.workspace.panel.search, text)
    qtbot.waitUntil(lambda: listed(hand) == found, timeout=2000)
    assert hand.workspace.panel._empty.isVisible() == (found == [])


def test_enter_chooses_the_first_who_fits(hand: Hand) -> None:
    press_keys(hand, QKeySequence.StandardKey.Find)
    assert hand.workspace.panel.search.hasFocus()
    enter(hand.workspace.panel.search, "o'br")
    press(hand, hand.workspace.panel.search, Qt.Key.Key_Return)
    hand.start_session()
    assert hand.session.patient_id == "invented-3"


def test_a_likely_duplicate_is_shown_before_a_second_one_is_made(hand: Hand, desk: Desk) -> None:
    def work(form: PatientForm) -> None:
        fields = fill(form, family_name="Patient", given_name="Test", birth_date="1980-02-01")
        hand.click(form.confirm)
        assert form.isVisible()
        assert "4711" in form.refusal.text()
        assert typed(form) == fields
        assert desk.file.records.patient_by_number("N-1") is None
        confirm_again(hand, form)
        assert not form.isVisible()

    in_new_form(hand, work)
    made = desk.file.records.patient_by_number("N-1")
    assert made is not None
    assert (made.family_name, made.phone, made.sex) == ("Patient", "030 1234", Sex.UNKNOWN)


def test_a_double_click_on_create_is_no_answer_to_the_question_about_duplicates(
    hand: Hand, desk: Desk
) -> None:
    def work(form: PatientForm) -> None:
        fill(form, family_name="Patient", given_name="Test", birth_date="1980-02-01")
        hand.click(form.confirm)
        hand.pause_ms = 100
        hand.click(form.confirm)
        hand.pause_ms = 1000

    in_new_form(hand, work)
    assert desk.file.records.patient_by_number("N-1") is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"record_number": "4711"}, "Record number 4711 belongs to PATIENT, Test"),
        ({"record_number": " "}, "A patient needs a record number."),
        ({"family_name": " ", "given_name": " "}, "A patient needs a family name or a given name."),
        ({"birth_date": "31.01.1990"}, "cannot be a birth date"),
        ({"birth_date": "1990-02-30"}, "cannot be a birth date"),
        ({"birth_date": "2999-01-01"}, "cannot be a birth date"),
        ({"birth_date": "1790-01-01"}, "cannot be a birth date"),
        ({"family_name": "x" * 5000}, "5000 characters, 200 at most"),
        ({"given_name": "Ida\u202e"}, "U+202E"),
        ({"given_name": "Ida\x07"}, "U+0007"),
        ({"phone": "030\u20281234"}, "U+2028"),
        ({"alerts": "Latex\n" + "x" * 201}, "201 characters, 200 at most"),
        ({"alerts": "Latex\u202e"}, "U+202E"),
        ({"remarks": "x" * 20_001}, "20001 characters, 20000 at most"),
    ],
)
def test_a_patient_who_cannot_be_kept_is_explained_in_one_sentence_and_stays_typed(
    fields: dict[str, str], said: str, hand: Hand, desk: Desk
) -> None:
    known = desk.file.records.find_patients("")

    def work(form: PatientForm) -> None:
        before = fill(form, **fields)
        hand.click(form.confirm)
        assert form.isVisible()
        assert form.refusal.isVisible()
        assert said in form.refusal.text()
        assert typed(form) == before
        enter(form.record_number, "N-2")

    in_new_form(hand, work)
    assert desk.file.records.find_patients("") == known


@pytest.mark.parametrize(
    "name",
    ["<b>x</b>", "&amp; Söhne", "%s {name} {0}", "Ida \U0001f600", "Robert'); DROP TABLE", "\\n"],
)
def test_a_strange_name_is_kept_and_shown_as_typed(name: str, hand: Hand, desk: Desk) -> None:
    def work(form: PatientForm) -> None:
        fill(form, family_name=name)
        hand.click(form.confirm)

    in_new_form(hand, work)
    made = desk.file.records.patient_by_number("N-1")
    assert made is not None
    assert made.family_name == name
    assert f"{name.upper()}, Ida" in listed(hand)
    hand.start_session()
    hand.plan()


def test_a_patients_particulars_are_corrected(hand: Hand, desk: Desk) -> None:
    hand.choose_patient(0)

    def work(form: PatientForm) -> None:
        assert form.record_number.text() == "4711"
        enter(form.phone, "020 7946")
        hand.click(form.confirm)

    hand.in_form(hand.button("Edit"), PatientForm, work)
    kept = desk.file.records.patient_by_number("4711")
    assert kept is not None
    assert (kept.phone, kept.family_name) == ("020 7946", "Patient")


def test_closing_the_form_makes_nobody(hand: Hand, desk: Desk) -> None:
    def work(form: PatientForm) -> None:
        fill(form)
        form.reject()

    in_new_form(hand, work)
    assert desk.file.records.patient_by_number("N-1") is None


def test_choosing_another_patient_puts_the_open_session_away_as_it_is(
    charting: Hand, desk: Desk
) -> None:
    charting.tap("PRO-1-M")
    left = charting.session
    charting.workspace._show_patients.setChecked(True)
    charting.choose_patient(2)
    assert charting.workspace.document is None
    assert desk.file.records.session(left.id) == left


def alerts_shown(hand: Hand) -> list[str]:
    QApplication.processEvents()
    labels = hand.workspace.alerts.findChildren(QLabel)
    return [each.text() for each in labels if each.isVisible()]


def test_alerts_are_kept_a_line_each_and_stand_above_every_screen(hand: Hand, desk: Desk) -> None:
    hand.choose_patient(0)
    assert alerts_shown(hand) == []

    def work(form: PatientForm) -> None:
        enter(form.alerts, "  Latex allergy \n\n<b>Blood</b> thinner & more\n")
        hand.click(form.confirm)

    hand.in_form(hand.button("Edit"), PatientForm, work)
    kept = desk.file.records.patient_by_number("4711")
    assert kept is not None
    assert kept.alert_lines == ("Latex allergy", "<b>Blood</b> thinner & more")
    words = "\N{WARNING SIGN} Latex allergy \N{MIDDLE DOT} <b>Blood</b> thinner & more"
    assert alerts_shown(hand) == [words]
    hand.start_session()
    assert alerts_shown(hand) == [words]
    hand.workspace._show_patients.setChecked(True)
    hand.choose_patient(1)
    assert alerts_shown(hand) == []


def test_a_dozen_alerts_are_never_cut(hand: Hand, desk: Desk) -> None:
    patient = desk.file.records.patient("invented-1")
    alerts = "\n".join(f"alert number {number} of this patient" for number in range(12))
    desk.file.records.change_patient(replace(patient, alerts=alerts))
    hand.choose_patient(0)
    hand.start_session()
    (words,) = alerts_shown(hand)
    assert words.endswith("alert number 11 of this patient")
    label = hand.workspace.alerts._words
    all_of_it = label.fontMetrics().boundingRect(
        label.contentsRect(), Qt.TextFlag.TextWordWrap.value, words
    )
    assert label.contentsRect().contains(all_of_it)
    assert hand.window.width() == SIZE_PX[0]
    assert hand.window.rect().contains(QRect(label.mapTo(hand.window, QPoint()), label.size()))


def test_alerts_taken_away_are_gone(hand: Hand, desk: Desk) -> None:
    patient = desk.file.records.patient("invented-1")
    desk.file.records.change_patient(replace(patient, alerts="Latex allergy"))
    hand.choose_patient(0)
    assert len(alerts_shown(hand)) == 1

    def work(form: PatientForm) -> None:
        assert form.alerts.toPlainText() == "Latex allergy"
        form.alerts.clear()
        hand.click(form.confirm)

    hand.in_form(hand.button("Edit"), PatientForm, work)
    assert alerts_shown(hand) == []


def test_a_press_on_the_patient_of_a_signed_session_leads_back_to_their_page(
    charting: Hand,
) -> None:
    def press() -> bool:
        """Press on the patient in the list; say whether the session is still open."""
        charting.workspace._show_patients.setChecked(True)
        charting.choose_patient(0)
        return charting.workspace.document is not None

    assert press()  # a draft is not left by a stray press
    charting.click(charting.button("All given"))
    charting.discard_rest()
    charting.sign()
    assert not press()
    assert charting.workspace.start.isVisible()
