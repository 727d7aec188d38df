"""Due, lots and stock from the menu: a list leads to the patient or the session."""

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from desktop.app import Desk
from desktop.core import acts
from desktop.core.vial import Vial, read_expiry
from desktop.gui.hand import Hand
from desktop.gui.lists_table import ListTable
from desktop.gui.lists_window import Lists, ListsWindow
from desktop.gui.stock_forms import MixForm, StockVialForm
from desktop.wording import date_text
from tests.conftest import in_dialog, menu_entry
from tests.journeys.test_starts import treated

LOT = "C1234C3"


def in_lists(hand: Hand, entry: str, work: Callable[[ListsWindow], None]) -> None:
    """Open one of the lists from the menu and work in it."""

    def go(window: QWidget) -> None:
        assert isinstance(window, ListsWindow)
        work(window)

    hand.let_work()
    in_dialog(menu_entry(hand, entry).trigger, go)


def press(hand: Hand, table: ListTable, key: str) -> None:
    row = next(at for at, line in enumerate(table.lines) if line.key == key)
    hand.click(table.viewport(), table.visualRect(table.model().index(row, 1)).center())


def given(desk: Desk, days_ago: int) -> str:
    """The id of a signed session with a vial of the lot."""
    vial = Vial(1, "botox", desk.book.default_product.vial_sizes[-1], LOT, read_expiry("2099-10"))
    return treated(desk, days_ago, acts.PlanProtocol(), acts.AddVial(vial), acts.GiveAll()).id


def test_each_entry_of_the_menu_opens_its_page(hand: Hand) -> None:
    pages: list[int] = []
    for entry in ("Due", "Lot look-up", "Stock"):
        in_lists(hand, entry, lambda window: pages.append(window.pages.currentIndex()))
    assert pages == [Lists.DUE, Lists.LOT, Lists.STOCK]


def test_whoever_is_due_is_reached_by_one_press(hand: Hand, desk: Desk) -> None:
    given(desk, 90)
    hand.choose_patient(3)

    def work(window: ListsWindow) -> None:
        (_heading, line) = window.due.table.lines
        assert line.cells[5] == "6 days overdue"
        assert line.cells[0] == date_text(desk.now().date() - timedelta(days=6))
        press(hand, window.due.table, "invented-1")
        assert not window.isVisible()

    in_lists(hand, "Due", work)
    assert hand.workspace.banner.accessibleName().startswith("PATIENT, Test")
    hand.start_session()
    assert hand.session.patient_id == "invented-1"


def test_whoever_is_due_is_reached_without_a_mouse(hand: Hand, desk: Desk) -> None:
    given(desk, 90)

    def work(window: ListsWindow) -> None:
        hand.press_key(Qt.Key.Key_Return.value, "\r")
        assert not window.isVisible()

    in_lists(hand, "Due", work)
    hand.start_session()
    assert hand.session.patient_id == "invented-1"


def test_a_session_with_a_lot_is_opened_and_an_open_draft_kept(hand: Hand, desk: Desk) -> None:
    session_id = given(desk, 90)
    hand.choose_patient(3)
    hand.start_session()
    hand.plan()
    draft = hand.session

    def work(window: ListsWindow) -> None:
        hand.type_into(window.lot.lot, LOT.lower())
        hand.click(window.lot.look_up)
        press(hand, window.lot.table, session_id)

    in_lists(hand, "Lot look-up", work)
    assert hand.session.id == session_id
    assert hand.session.is_signed
    assert desk.file.records.session(draft.id) == draft


def test_a_vial_comes_is_mixed_and_stands_in_the_record(hand: Hand, desk: Desk) -> None:
    year = desk.now().year + 1

    def add(form: StockVialForm) -> None:
        form.kind.setCurrentIndex(form.kind.findData("botox 200"))
        hand.type_into(form.lot, LOT)
        hand.type_into(form.expiry, f"{year}-10")
        hand.type_into(form.quantity, "2")
        hand.click(form.confirm)

    def mix(form: MixForm) -> None:
        hand.type_into(form.diluent_ml, "4")
        assert form.dilution.text() == "5 units in 0.1 mL"
        hand.click(
            next(each for each in form.findChildren(QPushButton) if each.text() == "Mixed now")
        )
        hand.click(form.confirm)
        assert not form.isVisible()

    def work(window: ListsWindow) -> None:
        hand.in_form(window.stock.add, StockVialForm, add)
        hand.in_form(window.stock.mix, MixForm, mix)
        assert window.stock.summary.text() == "1 unopened \N{MIDDLE DOT} 1 open"
        hand.press_key(Qt.Key.Key_Escape.value)
        assert not window.isVisible()

    in_lists(hand, "Stock", work)
    mixed = [each.vial.mixed_by for each in desk.file.stock.vials() if each.vial.mixed_at]
    assert len(mixed) == 1
    assert mixed[0].startswith(desk.user.name)


def test_a_carton_scanned_in_the_stock_is_added_and_nothing_is_charted(
    hand: Hand, desk: Desk
) -> None:
    hand.choose_patient(0)
    hand.start_session()
    before = hand.session
    code = f"]d20100300233921029172{str(desk.now().year + 1)[-1]}1000\x1d21SN1\x1d10{LOT}"

    def confirm_when_it_is_open(tries: int = 100) -> None:
        form = QApplication.activeModalWidget()
        if isinstance(form, StockVialForm):
            hand.click(form.confirm)
        elif tries:
            QTimer.singleShot(20, lambda: confirm_when_it_is_open(tries - 1))

    def work(window: ListsWindow) -> None:
        QTimer.singleShot(0, confirm_when_it_is_open)
        hand.scan(code)  # some of it is processed before the form opens
        assert window.stock.summary.text() == "1 unopened \N{MIDDLE DOT} 0 open"

    in_lists(hand, "Stock", work)
    (each,) = desk.file.stock.vials()
    assert (each.vial.lot, each.vial.serial) == (LOT, "SN1")
    assert hand.session == before


def test_a_carton_scanned_into_the_field_of_a_lot_looks_it_up(hand: Hand, desk: Desk) -> None:
    given(desk, 90)

    def work(window: ListsWindow) -> None:
        assert window.focusWidget() is window.lot.lot
        hand.scan(f"01003002339210291799103110{LOT}\x1d21SN1")
        assert window.lot.lot.text() == LOT
        assert len(window.lot.table.lines) == 1

    in_lists(hand, "Lot look-up", work)
