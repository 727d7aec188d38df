"""The vial at the chair: chosen, scanned or typed, drawn from, and accounted for."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import zxingcpp
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from desktop.app import Desk
from desktop.core.acts import AddVial
from desktop.core.clinic import Habits
from desktop.core.session import State
from desktop.core.stock import StockVial
from desktop.core.vial import Expiry, Supply, Vial
from desktop.gui.dose_table import VIAL as VIAL_COLUMN
from desktop.gui.hand import Hand
from desktop.gui.pages import TABLE
from desktop.gui.sign_form import SignForm
from desktop.gui.stock_forms import PackageForm
from desktop.gui.units_form import UnitsForm
from desktop.gui.vial_form import VialForm
from tests.conftest import confirm_again
from tests.journeys.test_refusals import sentences

BOTOX_100, BOTOX_200, UNKNOWN = "00300231145014", "00300233921029", "04012345678901"
SIZE = Decimal(200)


def seen(gtin: str, lot: str, serial: str = "", expiry: str = "271031") -> str:
    """What a scanner sends of the square code on a carton: printed, looked at, read."""
    elements = f"(01){gtin}(17){expiry}(10){lot}" + (f"(21){serial}" if serial else "")
    symbol = zxingcpp.create_barcode(elements, zxingcpp.BarcodeFormat.DataMatrix, gs1=True)
    read = zxingcpp.read_barcode(symbol.to_image(scale=4))
    assert read is not None
    typed: str = read.symbology_identifier + read.bytes.decode("ascii")
    return typed


def stock_up(desk: Desk, lot: str, hours: int | None = None, **facts: object) -> Vial:
    """Put a vial into the stock; mixed so many hours ago."""
    mixed_at = None if hours is None else desk.now().replace(microsecond=0) - timedelta(hours=hours)
    vial = Vial(0, "botox", SIZE, lot, Expiry(2027, 10), mixed_at=mixed_at, stock_id=lot)
    if mixed_at is not None:
        vial = replace(vial, diluent_ml=Decimal(4), mixed_by="Test Nurse", diluent="saline")
    vial = replace(vial, **facts)  # type: ignore[arg-type]
    desk.add_stock(StockVial(vial))
    return vial


def in_stock(desk: Desk, stock_id: str) -> StockVial:
    return next(each for each in desk.file.stock.vials() if each.id == stock_id)


def begun(hand: Hand) -> Hand:
    """A new session with the protocol planned and no vial."""
    hand.choose_patient(0)
    hand.start_session()
    hand.plan()
    return hand


def refresh(hand: Hand) -> None:
    """The stock has changed under the window."""
    hand.screen.refresh()
    hand.screen.settle()


def asked(hand: Hand) -> str:
    question = hand.screen.hand.question
    return question.words if question is not None and not question.code else ""


def then_in(kind: type[QWidget], work: Callable[[QWidget], object]) -> None:
    """Work in the form of this kind as soon as it is there, and close it."""
    timer = QTimer(QApplication.instance())

    def look() -> None:
        form = QApplication.activeModalWidget()
        if isinstance(form, kind):
            timer.stop()
            work(form)
            form.close()

    timer.timeout.connect(look)
    timer.start(10)


# -- choosing -------------------------------------------------------------------------------------


def test_one_tap_takes_an_open_vial_with_all_that_is_known_of_it(hand: Hand, desk: Desk) -> None:
    vial = stock_up(desk, "C1", 2, serial="SN1", supply=Supply.SAMPLE)
    begun(hand)
    hand.inputs = 0
    hand.choose_vial()
    assert hand.inputs == 1
    assert hand.session.vials == (replace(vial, number=1),)
    assert hand.screen.vials.chips == []


def test_a_vial_that_another_session_drew_from_is_taken_with_its_rest(
    hand: Hand, desk: Desk
) -> None:
    stock_up(desk, "C1", 2)
    begun(hand)
    hand.choose_vial()
    for code in ("PRO-1-M", "COR-1-R"):
        hand.tap(code)
    hand.choose_patient(1)
    hand.start_session()
    hand.plan()
    assert hand.screen.vials.chips[0].text().startswith("BOTOX 200 \N{MIDDLE DOT} lot C1\n190 of")
    hand.choose_vial()
    question = hand.screen.hand.question
    assert question is not None
    assert question.words.startswith("190 of 200 units are in it: the rest was drawn for another")
    hand.click(hand.button("agreed with the prescriber"))
    assert hand.session.vials[0].held_units == Decimal(190)
    assert hand.session.overrides == {"vial 1": "agreed with the prescriber"}


def test_a_clinic_that_shares_its_vials_is_not_asked_why(hand: Hand, desk: Desk) -> None:
    desk.file.records.set_habits(Habits(shares_vials=True))
    stock_up(desk, "C1", 2)
    begun(hand)
    hand.choose_vial()
    hand.tap("PRO-1-M")
    hand.choose_patient(1)
    hand.start_session()
    hand.plan()
    hand.choose_vial()
    assert hand.session.vials[0].held_units == Decimal(195)
    assert hand.session.overrides == {"vial 1": "the clinic shares its vials"}


def test_a_vial_past_its_time_is_used_with_a_reason_or_not_at_all(hand: Hand, desk: Desk) -> None:
    stock_up(desk, "C1", 30)
    before = begun(hand).session
    hand.choose_vial()
    words = "It was mixed 30 hours ago; the label allows 24. Why is it used?"
    assert asked(hand).replace("30.1", "30") == words
    hand.click(hand.button("Not now"))
    assert hand.session == before
    hand.choose_vial()
    hand.click(hand.button("no other vial at hand"))
    assert [vial.lot for vial in hand.session.vials] == ["C1"]
    assert hand.session.overrides == {"vial 1": "no other vial at hand"}


def test_v_and_a_digit_choose_an_open_vial(hand: Hand, desk: Desk) -> None:
    stock_up(desk, "C1", 2)
    stock_up(desk, "C2", 3)
    begun(hand).screen.setFocus()
    hand.press_keys("v2")
    assert [vial.lot for vial in hand.session.vials] == ["C1"]  # the second to run out of time


def test_v_leads_to_the_form_where_no_vial_is_open_or_another_is_wanted(
    hand: Hand, desk: Desk
) -> None:
    begun(hand).screen.setFocus()
    forms: list[VialForm] = []
    hand.in_form(lambda: hand.strike(ord("V"), "v"), VialForm, forms.append)
    stock_up(desk, "C1", 2)
    refresh(hand)
    hand.press_keys("v")
    hand.in_form(lambda: hand.strike(ord("2"), "2"), VialForm, forms.append)
    assert len(forms) == 2
    assert hand.session.vials == ()


def test_a_tap_on_another_vial_draws_the_next_injection_from_it(charting: Hand) -> None:
    charting.tap("PRO-1-M")
    charting.scan(seen(BOTOX_100, "C9", "SN9"))
    charting.tap("COR-1-R")
    charting.click(charting.screen.vials.chips[0])
    charting.tap("COR-1-L")
    drawn = {code: each.vial for code, each in charting.session.injections.items() if each.vial}
    assert drawn == {"PRO-1-M": 1, "COR-1-R": 2, "COR-1-L": 1}
    charting.click(charting.screen.vials.chips[1])
    charting.tap("FRO-1-L")
    assert charting.session.injections["FRO-1-L"].vial == 2


def test_the_vial_of_an_injection_is_corrected_in_the_table(charting: Hand) -> None:
    table = charting.screen.table
    assert table.isColumnHidden(VIAL_COLUMN)
    charting.tap("PRO-1-M")
    charting.scan(seen(BOTOX_100, "C9", "SN9"))
    charting.click(charting.screen.cards.card(TABLE))
    assert not table.isColumnHidden(VIAL_COLUMN)
    place = table.model().index(table.row_of("PRO-1-M"), VIAL_COLUMN)
    assert place.data() == "1: lot C1234C3"
    table.edit(place)
    (editor,) = table.viewport().findChildren(QComboBox)
    editor.setCurrentIndex(1)
    table.commitData(editor)
    assert charting.session.injections["PRO-1-M"].vial == 2
    charting.let_work()
    assert place.data() == "2: lot C9"


# -- scanning -------------------------------------------------------------------------------------


def test_a_scan_takes_up_the_vial_of_the_stock_with_what_is_known(hand: Hand, desk: Desk) -> None:
    stock_up(desk, "C1", 2)
    named = stock_up(desk, "C1", 3, stock_id="named", serial="SN1")
    begun(hand).scan(seen(BOTOX_200, "C1", "SN1"))
    expected = replace(named, number=1, gtin=BOTOX_200, expiry=Expiry(2027, 10, 31))
    assert hand.session.vials == (expected,)


def test_a_scan_of_what_no_stock_has_is_a_vial_of_unknown_dilution(hand: Hand, desk: Desk) -> None:
    begun(hand).scan(seen(BOTOX_200, "C1", "SN1", "271000"))
    vial = Vial(1, "botox", SIZE, "C1", Expiry(2027, 10), serial="SN1", gtin=BOTOX_200)
    assert hand.session.vials == (vial,)
    assert desk.file.stock.vials() == []

    def mix(form: VialForm) -> None:
        hand.click(form.usual)
        hand.click(form.at_once)
        hand.click(form.confirm)

    hand.in_form(hand.button("Dilution not recorded"), VialForm, mix)
    (mixed,) = hand.session.vials
    assert (mixed.diluent_ml, mixed.diluent, mixed.mixed_by) == (
        Decimal(4),
        "0.9 % saline",
        "Test Injector",
    )
    assert mixed.mixed_at is not None
    assert hand.screen.vials.dilution.isHidden()


def test_a_vial_cannot_be_mixed_in_the_future(hand: Hand) -> None:
    begun(hand).scan(seen(BOTOX_200, "C1"))
    before = hand.session

    def mix(form: VialForm) -> None:
        hand.type_into(form.mixed, "2999-01-01 10:00")
        hand.click(form.confirm)
        assert "It cannot have been mixed at 1 Jan 2999 10:00" in " ".join(sentences(hand))
        form.reject()

    hand.in_form(hand.button("Dilution not recorded"), VialForm, mix)
    assert hand.session == before


def test_a_vial_of_the_stock_that_is_mixed_here_is_open_in_the_stock(
    hand: Hand, desk: Desk
) -> None:
    stock_up(desk, "C1")
    begun(hand).scan(seen(BOTOX_200, "C1"))

    def mix(form: VialForm) -> None:
        hand.type_into(form.diluent, "4")
        hand.click(form.at_once)
        hand.click(form.confirm)

    assert not in_stock(desk, "C1").is_open
    hand.in_form(hand.button("Dilution not recorded"), VialForm, mix)
    kept = in_stock(desk, "C1")
    assert kept.is_open
    assert kept.vial.mixed_at == hand.session.vials[0].mixed_at


def test_what_an_unknown_carton_is_gets_asked_once(hand: Hand, desk: Desk) -> None:
    def say(form: PackageForm) -> None:
        form.kind.setCurrentIndex(form.kind.findData("botox 100"))
        hand.click(form.confirm)

    begun(hand)
    hand.in_form(lambda: hand.scan(seen(UNKNOWN, "X1", "SN1")), PackageForm, say)
    hand.scan(seen(UNKNOWN, "X2", "SN2"))
    kinds = [(each.product, each.size_units, each.lot) for each in hand.session.vials]
    assert kinds == [("botox", Decimal(100), "X1"), ("botox", Decimal(100), "X2")]
    assert list(desk.file.stock.packages()) == [UNKNOWN]


def test_whoever_does_not_say_what_an_unknown_carton_is_adds_nothing(hand: Hand) -> None:
    before = begun(hand).session
    hand.in_form(
        lambda: hand.scan(seen(UNKNOWN, "X1", "SN1")), PackageForm, lambda form: form.reject()
    )
    assert hand.session == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"01{BOTOX_200}1727103110C123421SN0001", "cannot be told"),
        ("01003002339210281727103110C1234", "wrong check digit"),
        (f"01{BOTOX_200}1727023010C1234", "which is no date"),
        (f"01{BOTOX_200}17271031", "names no lot"),
        ("1727103110C1234ABCDEF", "names no product"),
        ("hello, this is no code", "not the code on a carton"),
    ],
)
def test_a_scan_that_cannot_be_read_is_refused_and_nothing_is_kept(
    text: str, said: str, charting: Hand
) -> None:
    before = charting.session
    charting.scan(text)
    (sentence,) = sentences(charting)
    assert said in sentence
    assert charting.session == before


def test_a_vial_scanned_twice_is_said_to_be_there(charting: Hand) -> None:
    charting.scan(seen(BOTOX_100, "C9", "SN9"))
    before = charting.session
    charting.scan(seen(BOTOX_100, "C9", "SN9"))
    assert charting.session == before
    assert sentences(charting) == [
        "This session has the vial with the serial number SN9 already: it is vial 2."
    ]
    charting.scan(seen(BOTOX_100, "C9", "SN10"))
    assert len(charting.session.vials) == 3


def test_another_vial_of_a_lot_without_serial_numbers_is_asked_about(charting: Hand) -> None:
    charting.scan(seen(BOTOX_200, "C1234C3"))
    assert len(charting.session.vials) == 1
    assert asked(charting).startswith("Lot C1234C3 is in this session already, as vial 1.")
    charting.click(charting.button("another vial of this lot"))
    assert [each.lot for each in charting.session.vials] == ["C1234C3", "C1234C3"]


def test_of_two_open_vials_of_a_lot_the_user_says_which(hand: Hand, desk: Desk) -> None:
    stock_up(desk, "C1", 2, stock_id="first")
    stock_up(desk, "C1", 5, stock_id="second")
    begun(hand).scan(seen(BOTOX_200, "C1"))
    assert asked(hand) == "Which vial of lot C1?"
    assert not hand.session.vials
    hand.press_keys("2")
    assert [each.stock_id for each in hand.session.vials] == ["first"]


def test_a_scan_into_the_open_form_fills_it_in_and_keeps_nothing(hand: Hand) -> None:
    begun(hand)

    def scan(form: VialForm) -> None:
        form.lot.setFocus()
        hand.scan(seen(BOTOX_100, "C9", "SN9"))
        assert form.vial_size.currentData() == "botox 100"
        lines = [each.text() for each in (form.lot, form.expiry, form.serial)]
        assert lines == ["C9", "2027-10-31", "SN9"]
        hand.scan("01003002311450101727103110C8")
        assert "check digit" in form.refusal.text()
        assert form.lot.text() == "C9"
        assert hand.session.vials == ()
        hand.wait()
        confirm_again(hand, form)

    hand.in_form(hand.screen.vials.edit, VialForm, scan)
    assert [(each.lot, each.gtin) for each in hand.session.vials] == [("C9", BOTOX_100)]


def test_a_scan_while_something_else_is_asked_takes_nothing(charting: Hand) -> None:
    charting.click(charting.button("All given"))
    charting.discard_rest()
    before = charting.session
    charting.in_form(
        charting.workspace.sign,
        SignForm,
        lambda _form: charting.scan(seen(BOTOX_100, "C9", "SN9")),
    )
    assert charting.session == before


# -- the form -------------------------------------------------------------------------------------


def test_an_unopened_vial_is_chosen_in_the_form(hand: Hand, desk: Desk) -> None:
    stock_up(desk, "C1", supply=Supply.BOUGHT, serial="SN1")
    begun(hand)

    def choose(form: VialForm) -> None:
        form.stock.setCurrentIndex(form.stock.findData("C1"))
        assert (form.lot.text(), form.serial.text(), form.mixed.text()) == ("C1", "SN1", "")
        hand.click(form.confirm)

    hand.in_form(hand.screen.vials.edit, VialForm, choose)
    (vial,) = hand.session.vials
    assert (vial.stock_id, vial.supply) == ("C1", Supply.BOUGHT)


def test_another_lot_is_another_vial(hand: Hand, desk: Desk) -> None:
    stock_up(desk, "C1")
    begun(hand)

    def choose(form: VialForm) -> None:
        form.stock.setCurrentIndex(form.stock.findData("C1"))
        hand.type_into(form.lot, "C2")
        assert form.stock.currentText() == "not from stock"
        hand.click(form.confirm)

    hand.in_form(hand.screen.vials.edit, VialForm, choose)
    assert [(each.lot, each.stock_id) for each in hand.session.vials] == [("C2", "")]


def test_the_strength_is_told_while_the_volume_is_typed(hand: Hand) -> None:
    begun(hand)
    said: list[str] = []

    def look(form: VialForm) -> None:
        for typed in ("4", "8", "3", "0", "x"):
            hand.type_into(form.diluent, typed)
            said.append(form.dilution.text().partition(" in 0.1")[0])
        assert form.dilution.objectName() == "quiet"
        hand.type_into(form.diluent, "8")
        assert form.dilution.objectName() == "caution"

    hand.in_form(hand.screen.vials.edit, VialForm, look)
    assert said[:3] == ["5 units", "2.5 units", "about 6.67 units"]
    assert said[3] == said[4] == "Units"


@pytest.mark.parametrize(
    ("lot", "expiry", "diluent", "said"),
    [
        ("", "2027-10", "4", "lot number"),
        ("C1", "2027-13", "4", "expiry date"),
        ("C1", "", "4", "expiry date"),
        ("C1", "2027-10", "0", "more than zero"),
        ("C1", "2027-10", "10,000 U", "not an amount"),
        ("C1", "2027-10", "10000", "no vial takes more than 20 mL"),
        ("C" * 5000, "2027-10", "4", "at most 20 characters"),
        ("C1\N{GRINNING FACE}", "2027-10", "4", "another character"),
        ("C1\u200f", "2027-10", "4", "another character"),
    ],
)
def test_what_cannot_be_a_vial_is_refused_in_a_sentence_and_stays_typed(
    lot: str, expiry: str, diluent: str, said: str, hand: Hand
) -> None:
    before = begun(hand).session

    def fill(form: VialForm) -> None:
        form.lot.setText(lot)
        form.expiry.setText(expiry)
        form.diluent.setText(diluent)
        hand.click(form.confirm)
        assert said in form.refusal.text()
        assert [each.text() for each in (form.lot, form.expiry, form.diluent)] == [
            lot,
            expiry,
            diluent,
        ]

    hand.in_form(hand.screen.vials.edit, VialForm, fill)
    assert hand.session == before


def test_an_expired_vial_is_kept_with_the_reason_that_the_form_asks_for(hand: Hand) -> None:
    begun(hand)

    def fill(form: VialForm) -> None:
        hand.type_into(form.lot, "C1")
        hand.type_into(form.expiry, "2020-01")
        assert not form.why.isVisible()
        hand.click(form.confirm)
        assert form.refusal.text() == (
            "This vial expired on 31 Jan 2020. Say why it is used, or take another."
        )
        assert form.focusWidget() is form.why.other
        hand.click(form.why.chips.chips["label checked again"])
        confirm_again(hand, form)

    hand.in_form(hand.screen.vials.edit, VialForm, fill)
    assert [each.lot for each in hand.session.vials] == ["C1"]
    assert hand.session.overrides == {"vial 1": "label checked again"}


def test_the_form_corrects_every_vial_of_the_session(charting: Hand) -> None:
    charting.scan(seen(BOTOX_100, "C9", "SN9"))
    charting.click(charting.screen.vials.chips[1])

    def correct(form: VialForm) -> None:
        assert form.lot.text() == "C9"
        charting.type_into(form.diluent, "2")
        charting.click(form.which.chips["1"])
        assert form.lot.text() == "C1234C3"
        charting.type_into(form.lot, "C1235C3")
        charting.click(form.which.chips["2"])
        assert form.diluent.text() == "2"
        charting.click(form.confirm)

    charting.in_form(charting.screen.vials.edit, VialForm, correct)
    facts = [(each.lot, each.diluent_ml) for each in charting.session.vials]
    assert facts == [("C1235C3", Decimal(4)), ("C9", Decimal(2))]
    assert len(charting.session.vials) == 2


def test_of_two_vials_of_which_one_is_refused_none_is_kept_twice(
    charting: Hand, desk: Desk
) -> None:
    charting.scan(seen(BOTOX_100, "C9", "SN9"))
    charting.click(charting.screen.vials.chips[1])

    def fill(form: VialForm) -> None:
        charting.type_into(form.diluent, "0")
        charting.click(form.which.chips["1"])
        charting.type_into(form.lot, "C1235C3")
        charting.click(form.confirm)
        assert (form.which.chosen, form.diluent.text()) == ("2", "0")
        assert charting.session.vials[0].lot == "C1235C3"
        charting.type_into(form.diluent, "2")
        confirm_again(charting, form)

    charting.in_form(charting.screen.vials.edit, VialForm, fill)
    facts = [(each.lot, each.diluent_ml) for each in charting.session.vials]
    assert facts == [("C1235C3", Decimal(4)), ("C9", Decimal(2))]
    done = desk.file.records.history(charting.session.id).done
    assert [type(step.act).__name__ for step in done[-2:]] == ["ChangeVial", "ChangeVial"]
    assert isinstance(done[-4].act, AddVial)


def test_the_form_tells_what_the_label_of_the_chosen_product_says(charting: Hand) -> None:
    def look(form: VialForm) -> None:
        assert "A vial is for one use: discard the rest." in form.notes.text()
        QApplication.processEvents()
        assert form.notes.height() >= form.notes.heightForWidth(form.notes.width())
        form.vial_size.setCurrentIndex(form.vial_size.findData("dysport 300"))
        assert form.notes.text() == " ".join(charting.screen._book.products["dysport"].notes)
        assert form.notes.text().startswith("Its label does not name chronic migraine.")
        form.reject()

    charting.in_form(charting.screen.vials.edit, VialForm, look)


def test_another_toxin_is_taken_with_a_reason_only(charting: Hand) -> None:
    def fill(form: VialForm) -> None:
        form.vial_size.setCurrentIndex(form.vial_size.findData("dysport 300"))
        charting.type_into(form.lot, "D1")
        charting.type_into(form.expiry, "2027-10")
        charting.click(form.confirm)
        assert "units cannot be compared" in form.refusal.text()
        charting.type_into(form.why.other, "agreed by telephone")
        confirm_again(charting, form)

    charting.in_form(charting.screen.vials.another, VialForm, fill)
    assert charting.session.overrides == {"vial 2": "agreed by telephone"}


# -- where the units went -------------------------------------------------------------------------


def test_the_rest_is_discarded_in_one_press_with_reason_time_and_initials(
    charting: Hand,
) -> None:
    charting.click(charting.button("All given"))
    charting.inputs = 0
    charting.discard_rest()
    assert charting.inputs == 1
    (waste,) = charting.session.wastes
    assert (waste.units, waste.reason, waste.vial) == (Decimal(45), "single-patient vial", 1)
    assert waste.initials == "TI"
    assert waste.at is not None


def test_the_usual_reason_is_the_clinics_own(charting: Hand, desk: Desk) -> None:
    records = desk.file.records
    records.set_habits(replace(records.habits(), waste_reasons=("rest of the vial", "broken")))
    refresh(charting)
    charting.click(charting.button("All given"))
    charting.discard_rest()
    assert [each.reason for each in charting.session.wastes] == ["rest of the vial"]


def test_of_two_vials_each_is_accounted_for_by_itself(charting: Hand) -> None:
    charting.click(charting.button("All given"))
    charting.scan(seen(BOTOX_100, "C9", "SN9"))
    charting.wait()

    def account(form: UnitsForm) -> None:
        first, second = form.blocks
        assert not first.kept.isVisible()  # this clinic does not share its vials
        charting.type_into(first.wasted, "40")
        charting.click(first.reason.chips.chips["spilled"])
        assert "5 not accounted for" in first._line.text()
        charting.click(second.rest)
        assert second._line.text().startswith("\N{CHECK MARK} 100 opened = 0 injected + 100 wasted")
        charting.click(form.why.chips.chips["lost in needle and syringe"])
        charting.click(form.confirm)

    charting.in_form(charting.button("Where the units went"), UnitsForm, account)
    wastes = [(each.vial, each.units, each.reason) for each in charting.session.wastes]
    assert wastes == [(1, Decimal(40), "spilled"), (2, Decimal(100), "single-patient vial")]
    assert charting.session.gap_reason == "lost in needle and syringe"


def test_a_clinic_that_shares_its_vials_keeps_the_rest(charting: Hand, desk: Desk) -> None:
    records = desk.file.records
    records.set_habits(replace(records.habits(), shares_vials=True))
    refresh(charting)
    charting.click(charting.button("All given"))
    charting.discard_rest()

    def keep(form: UnitsForm) -> None:
        (block,) = form.blocks
        charting.type_into(block.wasted, "0")
        charting.click(block.keep_rest)
        assert not form.why.isVisible()
        charting.click(form.confirm)

    charting.in_form(charting.button("Where the units went"), UnitsForm, keep)
    assert charting.session.kept == {1: Decimal(45)}
    assert charting.session.wasted_units == 0


@pytest.mark.parametrize(("typed", "said"), [("46", "46 units"), ("4 mL", "not an amount")])
def test_waste_that_cannot_be_is_refused_and_nothing_is_recorded(
    typed: str, said: str, charting: Hand
) -> None:
    charting.click(charting.button("All given"))
    before = charting.session

    def fill(form: UnitsForm) -> None:
        (block,) = form.blocks
        block.wasted.setText(typed)
        block.reason.choose_first()
        charting.click(form.confirm)
        assert said in form.refusal.text()
        assert block.wasted.text() == typed

    charting.in_form(charting.button("Where the units went"), UnitsForm, fill)
    assert charting.session == before


def test_signing_with_a_gap_asks_for_it_and_goes_on(charting: Hand) -> None:
    charting.click(charting.button("All given"))
    said: list[str] = []

    def state(form: UnitsForm) -> None:
        said.append(form.refusal.text())
        charting.click(form.confirm)  # without a reason
        assert form.isVisible()
        said.append(form.refusal.text())
        charting.click(form.why.chips.chips["cannot be found out"])
        then_in(SignForm, lambda sign: charting.click(sign.confirm))  # type: ignore[attr-defined]
        confirm_again(charting, form)

    charting.in_form(charting.workspace.sign, UnitsForm, state)
    assert said[0] == said[1]
    assert said[0].startswith("Vial 1, lot C1234C3: 45 units")
    assert charting.session.is_signed
    assert charting.session.gap_reason == "cannot be found out"


def test_whoever_leaves_the_question_of_the_gap_does_not_sign(charting: Hand) -> None:
    charting.click(charting.button("All given"))
    before = charting.session
    charting.in_form(charting.workspace.sign, UnitsForm, lambda form: form.reject())
    assert charting.session == before


def test_units_from_no_vial_are_signed_with_their_reason(hand: Hand) -> None:
    begun(hand).click(hand.button("All given"))
    hand.state_gap("cannot be found out")
    hand.sign()
    assert hand.session.is_signed


def test_w_leads_to_the_form_where_one_press_cannot_say_it(charting: Hand) -> None:
    charting.click(charting.button("All given"))
    charting.scan(seen(BOTOX_100, "C9", "SN9"))
    charting.screen.setFocus()
    forms: list[UnitsForm] = []
    charting.in_form(lambda: charting.strike(ord("W"), "w"), UnitsForm, forms.append)
    assert len(forms) == 1
    assert charting.session.wastes == ()


def test_nothing_of_the_vials_changes_a_signed_session(charting: Hand) -> None:
    charting.click(charting.button("All given"))
    charting.discard_rest()
    charting.sign()
    signed = charting.session
    charting.scan(seen(BOTOX_100, "C9", "SN9"))
    assert sentences(charting) == ["Signed: this session takes no change."]
    row = charting.screen.vials
    pressed: Sequence[QWidget] = (row.edit, row.another, row.units)
    assert not any(each.isEnabled() for each in pressed)
    assert charting.session == signed
    assert {each.state for each in signed.injections.values()} == {State.GIVEN}
