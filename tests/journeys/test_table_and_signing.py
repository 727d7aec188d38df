"""Doses typed in the table, and the signature."""

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from desktop.app import Desk
from desktop.core.session import State
from desktop.gui.dose_table import REASON, UNITS
from desktop.gui.forms import ReasonForm
from desktop.gui.hand import Hand
from desktop.gui.pages import TABLE
from desktop.gui.sign_form import SignForm
from tests.conftest import confirm_again, double_click, enter, in_dialog, menu_entry, press
from tests.journeys.test_refusals import sentences


def type_into_table(hand: Hand, code: str, column: int, text: str) -> None:
    hand.click(hand.screen.cards.card(TABLE))
    table = hand.screen.table
    index = table.model().index(table.row_of(code), column)
    table.scrollTo(index)
    at = table.visualRect(index).center()
    double_click(table.viewport(), at)
    editors = table.viewport().findChildren(QLineEdit)
    assert editors, "the cell takes no text"
    enter(editors[-1], text)
    press(hand, editors[-1], Qt.Key.Key_Return)
    QApplication.processEvents()  # Qt closes the cell's editor by an event of its own


@pytest.mark.parametrize(
    ("typed", "units"),
    [("7.5", "7.5"), ("7,5", "7.5"), ("10", "10"), ("12.75 U", "12.75"), ("2.5 units", "2.5")],
)
def test_a_dose_typed_in_the_table_is_charted(typed: str, units: str, charting: Hand) -> None:
    type_into_table(charting, "OCC-1-L", UNITS, typed)
    assert charting.session.injections["OCC-1-L"].units == Decimal(units)
    assert sentences(charting) == []


@pytest.mark.parametrize(
    "typed",
    [
        "0",
        "-1",
        "7.125",
        "1e9",
        "NaN",
        "\u0667",
        "seven",
        "  ",
        "5 mL",
        "1_0",
        "400.01",
        "Infinity",
    ],
)
def test_a_dose_that_is_none_is_refused_in_a_sentence(typed: str, charting: Hand) -> None:
    before = charting.session
    type_into_table(charting, "OCC-1-L", UNITS, typed)
    assert charting.session == before
    (sentence,) = sentences(charting)
    assert sentence.endswith(".")
    model = charting.screen.table.model()
    assert model.index(charting.screen.table.row_of("OCC-1-L"), UNITS).data() == "5"
    type_into_table(charting, "OCC-1-L", UNITS, "7.5")
    assert sentences(charting) == []


def test_a_reason_typed_in_the_table_is_charted(charting: Hand) -> None:
    charting.omit("TRA-2-R", "tender")
    type_into_table(charting, "TRA-2-R", REASON, "tender, as in May")
    assert charting.session.injections["TRA-2-R"].reason == "tender, as in May"


def test_a_session_with_planned_sites_is_not_signed_and_says_how_many(charting: Hand) -> None:
    charting.tap("PRO-1-M")
    charting.click(charting.workspace.sign)
    assert sentences(charting) == [
        "30 sites are still planned. Give them, omit them, or stop here, then sign."
    ]
    assert not charting.session.is_signed


def test_an_empty_session_is_not_signed(hand: Hand) -> None:
    hand.choose_patient(0)
    hand.start_session()
    hand.click(hand.workspace.sign)
    assert sentences(hand) == ["Nothing is charted yet: there is nothing to sign."]


def finish(hand: Hand) -> None:
    """Give one site, end the session there, and discard the rest."""
    hand.tap("PRO-1-M")
    hand.click(hand.button("Stop here"))
    hand.click(hand.button("faint"))
    hand.discard_rest()


def signatures(desk: Desk) -> int:
    rows = desk.file.records._rows("SELECT count(*) AS n FROM act WHERE kind = 'sign'")
    return int(rows[0]["n"])


def test_the_form_says_who_is_signed_for_and_by_whom(charting: Hand) -> None:
    finish(charting)

    def look(form: SignForm) -> None:
        assert (form.name.text(), form.credentials.text()) == ("Test Injector", "MD")
        form.reject()

    charting.in_form(charting.workspace.sign, SignForm, look)
    assert not charting.session.is_signed


def test_signing_with_a_double_click_signs_once(charting: Hand, desk: Desk) -> None:
    finish(charting)

    def confirm(form: SignForm) -> None:
        double_click(form.confirm)

    charting.in_form(charting.workspace.sign, SignForm, confirm)
    assert charting.session.is_signed
    assert signatures(desk) == 1
    assert sentences(charting) == []


def test_signing_with_enter_and_a_click_signs_once(charting: Hand, desk: Desk) -> None:
    finish(charting)

    def confirm(form: SignForm) -> None:
        QTest.keyClick(form.name, Qt.Key.Key_Return)
        form.confirm.click()

    charting.in_form(charting.workspace.sign, SignForm, confirm)
    assert charting.session.is_signed
    assert signatures(desk) == 1
    assert sentences(charting) == []


def test_a_double_click_on_sign_signs_once(charting: Hand, desk: Desk) -> None:
    finish(charting)
    sign = charting.workspace.sign
    charting.in_form(sign, SignForm, lambda form: charting.click(form.confirm))
    double_click(sign)
    assert signatures(desk) == 1


def test_nobody_signs_without_a_name(charting: Hand) -> None:
    finish(charting)

    def erase(form: SignForm) -> None:
        enter(form.name, " ")
        charting.click(form.confirm)
        assert form.refusal.text() == "A signature needs a name."
        assert form.isVisible()

    charting.in_form(charting.workspace.sign, SignForm, erase)
    assert not charting.session.is_signed


def test_a_draft_is_discarded_for_a_reason_and_kept_in_the_file(charting: Hand, desk: Desk) -> None:
    session_id = charting.session.id
    said = []

    def fill(form: QWidget) -> None:
        assert isinstance(form, ReasonForm)
        charting.click(form.confirm)
        said.append(form.refusal.text())
        enter(form._reason, "wrong patient")
        confirm_again(charting, form)

    in_dialog(menu_entry(charting, "Discard this draft").trigger, fill)
    assert said == ["Reason: This needs a reason."]
    assert charting.workspace.document is None
    (kept,) = desk.file.records.sessions()
    assert (kept.id, kept.state) == (session_id, "discarded")


def test_a_signed_session_is_marked_and_the_totals_stay(charting: Hand) -> None:
    finish(charting)
    charting.sign()
    session = charting.session
    assert (len(session.given), len(session.of_state(State.OMITTED))) == (1, 30)
    assert charting.workspace._flag.text().startswith("Signed ")
    assert charting.screen.totals._total.text() == "5"
