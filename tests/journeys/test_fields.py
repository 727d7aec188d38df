"""What cannot be read in a form: its field is named, marked, and has the keyboard."""

import pytest
from PySide6.QtWidgets import QWidget

from desktop.core.patient import LONGEST_NAME
from desktop.gui.forms import Form
from desktop.gui.hand import Hand
from desktop.gui.patient_form import PatientForm
from desktop.gui.preferences_form import PreferencesForm
from desktop.gui.units_form import UnitsForm
from desktop.gui.vial_form import VialForm
from tests.conftest import confirm_again

TOO_LONG = "x" * (LONGEST_NAME + 1)
OF_VIAL = {"lot": "C1", "expiry": "2027-10", "diluent": "4"}
OF_PATIENT = {"family_name": "Patient", "record_number": "900", "birth_date": "1980-02-01"}


def marked(form: Form) -> list[QWidget]:
    """The fields with a line around them."""
    return [each for each in form.findChildren(QWidget) if each.property("kind") == "refused"]


def check_led_to(form: Form, field: QWidget, said: str) -> None:
    """That one field, and no other, is what the form complains about."""
    assert form.refusal.text().startswith(f"{field.accessibleName()}: ")
    assert said in form.refusal.text()
    assert form.focusWidget() is field
    assert marked(form) == [field]
    assert field.accessibleDescription() == form.refusal.text()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("lot", "", "lot"),
        ("lot", "C" * 21, "20"),
        ("lot", "C\u00d1", "U+00D1"),
        ("expiry", "soon", "soon"),
        ("serial", "S" * 21, "20"),
        ("diluent", "0", "more than zero"),
        ("diluent", "much", "much"),
        ("diluent", "21", "20"),
        ("diluent_name", TOO_LONG, "200"),
        ("mixed", "noon", "noon"),
        ("mixed", "2999-01-01 08:15", "2999"),
        ("mixed_by", TOO_LONG, "200"),
    ],
)
def test_the_form_of_a_vial_leads_to_what_it_cannot_read(
    name: str, text: str, said: str, charting: Hand
) -> None:
    def fill(form: VialForm) -> None:
        for each, right in {**OF_VIAL, name: text}.items():
            getattr(form, each).setText(right)
        charting.click(form.confirm)
        field = getattr(form, name)
        check_led_to(form, field, said)
        field.setText(OF_VIAL.get(name, ""))
        assert (marked(form), field.accessibleDescription()) == ([], "")
        confirm_again(charting, form)
        assert not form.isVisible()

    charting.in_form(charting.screen.vials.another, VialForm, fill)
    assert len(charting.session.vials) == 2


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("family_name", "", "name"),
        ("given_name", TOO_LONG, "200"),
        ("birth_date", "soon", "soon"),
        ("birth_date", "2999-01-01", "2999"),
        ("record_number", "", "record number"),
        ("phone", TOO_LONG, "200"),
    ],
)
def test_the_form_of_a_patient_leads_to_what_it_cannot_read(
    name: str, text: str, said: str, hand: Hand
) -> None:
    def fill(form: PatientForm) -> None:
        for each, right in {**OF_PATIENT, name: text}.items():
            getattr(form, each).setText(right)
        hand.click(form.confirm)
        check_led_to(form, getattr(form, name), said)

    hand.in_form(hand.button("New patient"), PatientForm, fill)


def test_a_second_wrong_field_takes_the_mark_from_the_first(hand: Hand) -> None:
    def fill(form: PatientForm) -> None:
        for each, right in {**OF_PATIENT, "phone": TOO_LONG, "birth_date": "soon"}.items():
            getattr(form, each).setText(right)
        form.remarks.setPlainText("x" * 20_001)
        hand.click(form.confirm)
        check_led_to(form, form.birth_date, "soon")
        form.birth_date.setText("1980-02-01")
        confirm_again(hand, form)
        check_led_to(form, form.phone, "200")
        form.phone.clear()
        confirm_again(hand, form)
        check_led_to(form, form.remarks, "20000")

    hand.in_form(hand.button("New patient"), PatientForm, fill)


def test_where_units_went_leads_to_the_amount_that_cannot_be(charting: Hand) -> None:
    charting.click(charting.button("All given"))

    def fill(form: UnitsForm) -> None:
        (block,) = form.blocks
        block.reason.choose_first()
        for typed in ("46", "4 mL"):
            block.wasted.setText(typed)
            confirm_again(charting, form)
            check_led_to(form, block.wasted, typed)

    charting.in_form(charting.button("Where the units went"), UnitsForm, fill)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("low_stock", "1000"),
        ("expiring_days", "x"),
        ("scan_substitute", "AB"),
    ],
)
def test_the_preferences_turn_to_the_page_of_what_they_cannot_read(
    name: str, text: str, hand: Hand
) -> None:
    def fill(form: PreferencesForm) -> None:
        getattr(form, name).setText(text)
        form.stop_reasons.setPlainText("faint")
        hand.click(form.confirm)
        check_led_to(form, getattr(form, name), "")
        assert getattr(form, name).isVisible()
        getattr(form, name).setText("")
        form.stop_reasons.setPlainText(TOO_LONG)
        confirm_again(hand, form)
        check_led_to(form, form.stop_reasons, "200")
        assert form.stop_reasons.isVisible()

    hand.in_form(hand.window.show_preferences, PreferencesForm, fill)


def test_a_mark_moves_nothing(hand: Hand) -> None:
    def fill(form: PatientForm) -> None:
        before = form.birth_date.sizeHint()
        form.birth_date.setText("soon")
        form.family_name.setText("Patient")
        hand.click(form.confirm)
        assert form.birth_date.sizeHint() == before
        with_keyboard = form.birth_date.grab().toImage()
        form.family_name.setFocus()
        assert form.birth_date.sizeHint() == before
        assert form.birth_date.grab().toImage() != with_keyboard
        marked_one = form.birth_date.grab().toImage()
        form.birth_date.setText("soo")
        form.birth_date.setText("soon")
        assert form.birth_date.grab().toImage() != marked_one

    hand.in_form(hand.button("New patient"), PatientForm, fill)
