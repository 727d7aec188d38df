"""The lists on a real record: who is due, who had a lot, and what is in stock."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QDeadlineTimer, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop import app
from desktop.app import Desk
from desktop.core import charting
from desktop.core.clinic import Habits
from desktop.core.entries import DueRow
from desktop.core.errors import ExpectedError
from desktop.core.script import chart, read_script
from desktop.core.session import Signature
from desktop.core.stock import Level, StockVial, low_levels, read_quantity
from desktop.core.vial import Supply, Vial, read_expiry
from desktop.gui.due_page import by_week, group_name
from desktop.gui.forms import Form
from desktop.gui.lists_table import Line, ListTable
from desktop.gui.lists_window import DILUENT, Lists, ListsWindow
from desktop.gui.services import Services
from desktop.gui.stock_forms import CloseForm, MixForm, PackageForm, StockVialForm
from desktop.gui.theme import LOGICAL
from desktop.wording import END, FIRST_STRONG
from tests.conftest import SIZE_PX, Record, in_dialog

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 25, 10, 42, tzinfo=LONDON)  # a Wednesday
BOTOX_200 = "00300233921029"
UNKNOWN = "04012345678901"
GS = "\x1d"
SESSION = """
patient  {who}, 1980-02-01, no {number}
session  {day} 10:30 Europe/London, injector Test Injector MD
vial     BOTOX 200 U, lot {lot}, exp 2027-10, diluent 4 mL, mixed {day} 08:15
plan     protocol
give     all
waste    45 U, single-patient vial
"""


class DeskOfThatDay(Desk):
    """The clinic's clock stands still."""

    def now(self) -> datetime:
        return NOW


def sign_session(desk: Desk, day: str, number: str = "4711", lot: str = "C1234C3") -> str:
    """Chart and sign a session; every number is another patient."""
    who = "Test Patient" if number == "4711" else f"Other{number} Patient{number}"
    script = SESSION.format(day=day, number=number, lot=lot, who=who)
    read = replace(read_script(script, desk.book), profile=desk.clinic.profile)
    patient = desk.patient_of(read.patient)
    history = chart(read, app.new_id(), patient.id, desk.book)
    desk.keep_charted(patient, history)
    draft = desk.file.records.session(history.present.id)
    signature = Signature(desk.user, draft.started_at, charting.MEANING)
    signed = charting.sign(draft, signature, desk.identity(draft))
    desk.file.records.sign(draft, signed, draft.started_at)
    return draft.id


def vial(lot: str = "C1234C3", expiry: str = "2027-10", **facts: Any) -> Vial:
    plain = Vial(0, "botox", Decimal(200), lot, read_expiry(expiry))
    return replace(plain, **facts)


@pytest.fixture
def desk(record: Record) -> Desk:
    return DeskOfThatDay(**vars(record.open()))


Open = Callable[..., ListsWindow]


@pytest.fixture
def lists(qapp: QApplication, desk: Desk) -> Iterator[Open]:  # noqa: ARG001  dressed first
    """Opens the window on the record."""
    opened: list[ListsWindow] = []

    def show(
        page: Lists, change: Callable[[Services], Services] = lambda same: same
    ) -> ListsWindow:
        window = ListsWindow(None, change(app.services(desk)), LOGICAL, page)
        opened.append(window)
        window.show()
        window.activateWindow()
        QTest.qWaitForWindowActive(window)
        return window

    yield show
    for window in opened:
        window.close()
        window.deleteLater()


def shown(table: ListTable) -> list[tuple[str, ...]]:
    return [line.cells for line in table.lines]


def press(table: ListTable, key: str) -> None:
    row = next(at for at, line in enumerate(table.lines) if line.key == key)
    place = table.visualRect(table.model().index(row, 1)).center()
    left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(table.viewport(), left, plain, place)


def be_patient(form: Form) -> None:
    """Wait until a refusal has been there long enough to be read."""
    patience = QDeadlineTimer(2000)
    while not form.confirm.isEnabled() and not patience.hasExpired():
        QTest.qWait(20)


def in_form(opener: Callable[[], object], kind: type[QWidget], work: Callable[..., None]) -> None:
    def go(form: QWidget) -> None:
        assert isinstance(form, kind)
        work(form)

    in_dialog(opener, go)


# -- who is due ----------------------------------------------------------------------------------


def due(day: date, who: str = "p", **facts: Any) -> DueRow:
    row = DueRow(who, "4711", "Patient", "Test", "", day - timedelta(days=84), day, has_draft=False)
    return replace(row, **facts)


DAYS = st.dates(date(1, 1, 1) + timedelta(days=84), date.max)


@given(st.lists(DAYS, max_size=20), DAYS)
def test_everybody_is_in_the_week_of_their_day_or_overdue(days: list[date], today: date) -> None:
    rows = [due(day, f"p-{at}") for at, day in enumerate(days)]
    groups = by_week(rows, today)
    listed = [row for group in groups for row in group.rows]
    assert sorted(row.patient_id for row in listed) == sorted(row.patient_id for row in rows)
    assert [row.due_on for row in listed] == sorted(days)
    for group in groups:
        assert group_name(group, today)
        for row in group.rows:
            if group.monday is None:
                assert row.due_on < today
            else:
                assert group.monday.isocalendar()[:2] == row.due_on.isocalendar()[:2]
                assert group.monday.weekday() == 0


def test_the_days_around_new_year_are_in_one_week_53() -> None:
    days = [date(2026, 12, 27), date(2026, 12, 28), date(2027, 1, 1), date(2027, 1, 4)]
    groups = by_week([due(day) for day in days], date(2026, 12, 1))
    assert [(group_name(each, date(2026, 12, 1)), len(each.rows)) for each in groups] == [
        ("Week of 21 Dec 2026 \N{MIDDLE DOT} week 52", 1),
        ("Week of 28 Dec 2026 \N{MIDDLE DOT} week 53", 2),
        ("Week of 4 Jan 2027 \N{MIDDLE DOT} week 1", 1),
    ]


def test_whoever_is_due_today_is_not_overdue() -> None:
    groups = by_week([due(NOW.date()), due(NOW.date() - timedelta(days=1))], NOW.date())
    assert [group_name(each, NOW.date()) for each in groups] == [
        "Overdue",
        "Week of 23 Nov 2026 \N{MIDDLE DOT} week 48 \N{MIDDLE DOT} this week",
    ]


def test_a_line_says_that_the_patient_was_treated_elsewhere_since(lists: Open) -> None:
    row = due(NOW.date() - timedelta(days=1), elsewhere_on=date(2026, 9, 1), has_draft=True)
    window = lists(Lists.DUE, lambda all_: replace(all_, due=lambda: [row]))
    assert shown(window.due.table)[1][-1] == (
        "1 day overdue \N{MIDDLE DOT} treated elsewhere on 1 Sep 2026 \N{MIDDLE DOT}"
        " a draft is open"
    )


def test_due_is_listed_by_week_with_the_overdue_first(lists: Open, desk: Desk) -> None:
    sign_session(desk, "2026-10-09", "9001")
    sign_session(desk, "2026-08-26")
    desk.start_session("invented-1")
    window = lists(Lists.DUE)
    QAbstractItemModelTester(window.due.table.model())  # its complaints are failures
    patient = desk.file.records.patient("invented-1")
    assert (
        window.due.summary.text()
        == "1 overdue \N{MIDDLE DOT} 0 due this week \N{MIDDLE DOT} 1 later"
    )
    assert shown(window.due.table) == [
        ("Overdue \N{MIDDLE DOT} 1 patient",),
        (
            "18 Nov 2026",
            "PATIENT, Test",
            "4711",
            patient.phone or "none recorded",
            "26 Aug 2026",
            "7 days overdue \N{MIDDLE DOT} a draft is open",
        ),
        ("Week of 28 Dec 2026 \N{MIDDLE DOT} week 53 \N{MIDDLE DOT} 1 patient",),
        ("1 Jan 2027", "PATIENT9001, Other9001", "9001", "none recorded", "9 Oct 2026", ""),
    ]


def test_nobody_due_is_said_in_words(lists: Open) -> None:
    window = lists(Lists.DUE)
    assert window.due.summary.text() == "Nobody is due: no session has been signed yet."
    assert not window.due.table.isVisible()


def weeks_of(window: ListsWindow) -> list[str]:
    """The headings that are listed, without their counts."""
    lines = window.due.table.lines
    return [line.cells[0].rpartition(" \N{MIDDLE DOT} ")[0] for line in lines if not line.key]


def test_a_range_of_weeks_is_listed_and_never_turned_round(lists: Open) -> None:
    rows = [due(NOW.date() + timedelta(days=7 * at), f"p-{at}") for at in range(-1, 4)]
    window = lists(Lists.DUE, lambda all_: replace(all_, due=lambda: rows))
    page = window.due
    every = [page.first.itemText(at) for at in range(page.first.count())]
    assert weeks_of(window) == every
    page.first.setCurrentIndex(2)
    page.first.activated.emit(2)
    assert weeks_of(window) == every[2:]
    page.last.setCurrentIndex(3)
    page.last.activated.emit(3)
    assert weeks_of(window) == every[2:4]
    page.last.setCurrentIndex(0)
    page.last.activated.emit(0)
    assert weeks_of(window) == ["Overdue"]
    assert page.first.currentText() == "Overdue"


def test_a_press_on_a_line_closes_the_window_and_says_whom(
    lists: Open, desk: Desk, qtbot: QtBot
) -> None:
    sign_session(desk, "2026-08-26")
    window = lists(Lists.DUE)
    with qtbot.waitSignal(window.patient_chosen) as told:
        press(window.due.table, "invented-1")
    assert told.args == ["invented-1"]
    assert not window.isVisible()


def test_the_keyboard_walks_the_lines_past_the_headings(lists: Open, qtbot: QtBot) -> None:
    rows = [due(NOW.date() + timedelta(days=7 * at), f"p-{at}") for at in range(-1, 2)]
    window = lists(Lists.DUE, lambda all_: replace(all_, due=lambda: rows))
    table = window.due.table
    assert table.hasFocus()
    walked = [table.key]
    for _step in range(3):
        QTest.keyClick(table, Qt.Key.Key_Down)
        walked.append(table.key)
    assert walked == ["p--1", "p-0", "p-1", "p-1"]
    with qtbot.waitSignal(window.patient_chosen) as told:
        QTest.keyClick(table, Qt.Key.Key_Return)
    assert told.args == ["p-1"]


def test_a_line_is_heard_whole_with_its_heading(lists: Open) -> None:
    rows = [due(date(2026, 11, 18), phone="030 1234")]
    window = lists(Lists.DUE, lambda all_: replace(all_, due=lambda: rows))
    index = window.due.table.model().index(1, 0)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == (
        "Overdue, Due 18 Nov 2026, Patient PATIENT, Test, Number 4711, Phone 030 1234,"
        " Last session 26 Aug 2026, To know 7 days overdue"
    )


def test_markup_in_a_name_is_no_markup_in_its_tip(lists: Open) -> None:
    rows = [due(NOW.date(), family_name="<b>Bold</b>")]
    window = lists(Lists.DUE, lambda all_: replace(all_, due=lambda: rows))
    tip = window.due.table.model().index(1, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;B&gt;" in tip
    assert "<b>" not in tip.lower()


def test_a_phone_number_keeps_its_order_in_a_window_from_the_right(
    lists: Open, qapp: QApplication
) -> None:
    from desktop import language

    rows = [due(NOW.date(), phone="+44 20 7946 0100")]
    with language.speaking("ar"):
        qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        try:
            window = lists(Lists.DUE, lambda all_: replace(all_, due=lambda: rows))
            table = window.due.table
            first, phone = table.model().index(1, 0), table.model().index(1, 3)
            assert phone.data() == f"{FIRST_STRONG}+44 20 7946 0100{END}"
            assert table.visualRect(first).x() > table.visualRect(phone).x()
        finally:
            qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_a_record_that_refuses_is_said_and_keeps_the_window(lists: Open) -> None:
    def refuse() -> list[DueRow]:
        raise RefusedError

    window = lists(
        Lists.DUE, lambda all_: replace(all_, due=refuse, explain=lambda _error: "It refused.")
    )
    assert window.refusal.text() == "It refused."
    assert window.refusal.isVisible()
    window.pages.setCurrentIndex(Lists.STOCK)
    assert not window.refusal.isVisible()


class RefusedError(ExpectedError):
    """What a full disk says."""


# -- a lot ---------------------------------------------------------------------------------------


def look_up(window: ListsWindow, lot: str) -> None:
    window.lot.lot.setText(lot)
    QTest.keyClick(window.lot.lot, Qt.Key.Key_Return)


def test_a_lot_finds_every_session_and_whom_to_call(lists: Open, desk: Desk) -> None:
    first = sign_session(desk, "2026-02-01", lot="A1")
    second = sign_session(desk, "2026-08-26", lot="A1")
    other = sign_session(desk, "2026-08-27", "9001", lot="a1")
    sign_session(desk, "2026-08-28", "9002", lot="A12")
    desk.add_stock(StockVial(vial("A1")))
    window = lists(Lists.LOT)
    look_up(window, " a1 ")
    dot = "\N{MIDDLE DOT}"
    assert window.lot.summary.text().endswith(
        f": 3 sessions {dot} 2 patients {dot} 1 vial in stock"
    )
    assert [line.key for line in window.lot.table.lines] == [other, second, first]
    phone = desk.file.records.patient("invented-1").phone or "none recorded"
    assert shown(window.lot.table)[1] == (
        "26 Aug 2026",
        "PATIENT, Test",
        "4711",
        "1 Feb 1980",
        phone,
        "BOTOX",
        f"No 2 {dot} signed",
    )


def test_a_press_opens_the_session(lists: Open, desk: Desk, qtbot: QtBot) -> None:
    session_id = sign_session(desk, "2026-08-26")
    window = lists(Lists.LOT)
    look_up(window, "C1234C3")
    with qtbot.waitSignal(window.session_chosen) as told:
        press(window.lot.table, session_id)
    assert told.args == [session_id]
    assert not window.isVisible()


def test_a_lot_that_nobody_had_is_said_in_words(lists: Open) -> None:
    window = lists(Lists.LOT)
    look_up(window, "Z9")
    assert window.lot.summary.text().startswith("No session has lot Z9 ")
    assert "O and 0" in window.lot.about.text()
    assert not window.lot.table.isVisible()


@pytest.mark.parametrize(
    ("lot", "said"),
    [
        ("x" * 5000, "A lot has at most 20 characters; this one has 5000."),
        ("A\u200f1", "The text holds a character that cannot be printed (U+200F)."),
        ("01" + "9" * 40, "The product number 99999999999999 has a wrong check digit"),
    ],
)
def test_what_is_no_lot_is_refused_and_stays_in_the_field(
    lot: str, said: str, lists: Open, desk: Desk
) -> None:
    sign_session(desk, "2026-08-26")
    window = lists(Lists.LOT)
    look_up(window, "C1234C3")
    look_up(window, lot)
    assert window.lot.refusal.text().startswith(said)
    assert window.lot.lot.text() == lot
    assert not window.lot.table.isVisible()
    look_up(window, "C1234C3")
    assert not window.lot.refusal.isVisible()
    assert window.lot.table.isVisible()


def test_a_carton_is_looked_up_by_its_lot(lists: Open, desk: Desk) -> None:
    sign_session(desk, "2026-08-26")
    window = lists(Lists.LOT)
    window.take_scan(f"]d201{BOTOX_200}1727103110C1234C3{GS}21SN1")
    assert window.lot.lot.text() == "C1234C3"
    assert len(window.lot.table.lines) == 1
    look_up(window, f"01{BOTOX_200}1727103110C1234C3")
    assert window.lot.lot.text() == "C1234C3"
    assert len(window.lot.table.lines) == 1
    window.take_scan("nothing")
    assert window.lot.refusal.text().startswith("This is not the code on a carton.")


# -- the stock -----------------------------------------------------------------------------------

TYPED = {"lot": "C1234C3", "expiry": "2027-10", "serial": "", "received": "2026-11-20"}


def fill(form: StockVialForm, **fields: str) -> dict[str, str]:
    form.kind.setCurrentIndex(form.kind.findData("botox 200"))
    for name, text in {**TYPED, **fields}.items():
        getattr(form, name).setText(text)
    return typed(form)


def typed(form: QWidget) -> dict[str, str]:
    return {each.accessibleName(): each.text() for each in form.findChildren(QLineEdit)}


def add(window: ListsWindow, work: Callable[[StockVialForm], None]) -> None:
    in_form(window.stock.add.click, StockVialForm, work)


def test_vials_are_added_and_equal_ones_are_one_line(lists: Open, desk: Desk) -> None:
    window = lists(Lists.STOCK)
    assert window.stock.summary.text() == "No vial is in stock"

    def work(form: StockVialForm) -> None:
        fill(form, quantity="3")
        form.supply.setCurrentIndex(form.supply.findData("sample"))
        form.confirm.click()

    add(window, work)
    (first, *others) = desk.file.stock.vials()
    assert len(others) == 2
    assert (first.vial.supply, first.received_on) == (Supply.SAMPLE, date(2026, 11, 20))
    assert shown(window.stock.table) == [
        ("Unopened \N{MIDDLE DOT} 3 vials",),
        (
            "3 \N{MULTIPLICATION SIGN} BOTOX 200 units",
            "C1234C3",
            "Oct 2027",
            "full",
            "",
            "",
            "sample",
            "20 Nov 2026",
        ),
    ]


def test_supply_and_day_are_offered_again_for_the_next_carton(lists: Open) -> None:
    window = lists(Lists.STOCK)

    def first(form: StockVialForm) -> None:
        fill(form)
        form.supply.setCurrentIndex(form.supply.findData("bought"))
        form.confirm.click()

    def second(form: StockVialForm) -> None:
        assert form.supply.currentData() == "bought"
        assert form.received.text() == "2026-11-20"
        assert form.lot.text() == form.expiry.text() == form.kind.currentData() == ""

    add(window, first)
    add(window, second)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"lot": ""}, "A vial needs its lot number."),
        ({"lot": "x" * 5000}, "A lot has at most 20 characters; this one has 5000."),
        ({"lot": "A\u200f1"}, "Lots and serial numbers have plain letters"),
        ({"lot": "\N{GRINNING FACE}"}, "Lots and serial numbers have plain letters"),
        ({"serial": "\N{GRINNING FACE}"}, "Lots and serial numbers have plain letters"),
        ({"serial": "9" * 21}, "A serial number has at most 20 characters; this one has 21."),
        ({"expiry": "31.10.2027"}, "\u201c31.10.2027\u201d is not an expiry date."),
        ({"expiry": ""}, "\u201c\u201d is not an expiry date."),
        ({"received": "yesterday"}, "\u201cyesterday\u201d is not a day."),
        ({"received": "2026-11-26"}, ""),
        ({"quantity": "0"}, "\u201c0\u201d is not a number of vials."),
        ({"quantity": "10000"}, "\u201c10000\u201d is not a number of vials."),
        ({"quantity": "\u0663"}, "\u201c\u0663\u201d is not a number of vials."),
    ],
)
def test_what_cannot_be_a_vial_is_said_and_nothing_is_lost(
    fields: dict[str, str], said: str, lists: Open, desk: Desk
) -> None:
    def work(form: StockVialForm) -> None:
        before = fill(form, **fields)
        form.confirm.click()
        assert form.isVisible()
        assert said in form.refusal.text()
        assert form.refusal.text()
        assert typed(form) == before

    add(lists(Lists.STOCK), work)
    assert desk.file.stock.vials() == []


def test_no_product_is_taken_for_granted(lists: Open, desk: Desk) -> None:
    def work(form: StockVialForm) -> None:
        fill(form)
        form.kind.setCurrentIndex(0)
        form.confirm.click()
        assert form.refusal.text().startswith("Vial: Choose the product and its size")

    add(lists(Lists.STOCK), work)
    assert desk.file.stock.vials() == []


def test_an_expiry_in_the_past_is_said_while_it_is_typed(lists: Open) -> None:
    def work(form: StockVialForm) -> None:
        fill(form, expiry="2026-10")
        assert form.said_of_expiry.text() == "This vial expired on 31 Oct 2026."
        assert form.said_of_expiry.isVisible()
        form.expiry.setText("2027-10")
        assert not form.said_of_expiry.isVisible()

    add(lists(Lists.STOCK), work)


def test_a_serial_number_is_that_of_one_vial(lists: Open, desk: Desk) -> None:
    def work(form: StockVialForm) -> None:
        fill(form, quantity="3")
        form.serial.setText("SN1")
        assert (form.quantity.text(), form.quantity.isEnabled()) == ("1", False)
        form.confirm.click()

    add(lists(Lists.STOCK), work)
    assert [each.vial.serial for each in desk.file.stock.vials()] == ["SN1"]


def test_where_the_disk_refuses_half_way_the_next_press_adds_the_others(
    lists: Open, desk: Desk
) -> None:
    calls: list[StockVial] = []

    def full_at_the_second(each: StockVial) -> None:
        calls.append(each)
        if len(calls) == 2:
            raise RefusedError
        desk.add_stock(each)

    def change(everything: Services) -> Services:
        return replace(everything, add_stock=full_at_the_second, explain=lambda _error: "Full.")

    def work(form: StockVialForm) -> None:
        fill(form, quantity="3")
        form.confirm.click()
        assert form.refusal.text() == "Full."
        be_patient(form)
        form.confirm.click()

    add(lists(Lists.STOCK, change), work)
    assert len(desk.file.stock.vials()) == 3


def only(desk: Desk) -> StockVial:
    (each,) = desk.file.stock.vials()
    return each


def mix(window: ListsWindow, work: Callable[[MixForm], None]) -> None:
    in_form(window.stock.mix.click, MixForm, work)


def offered(form: QWidget, words: str) -> QPushButton:
    return next(each for each in form.findChildren(QPushButton) if each.text() == words)


def test_opening_a_vial_records_diluent_volume_time_and_who(lists: Open, desk: Desk) -> None:
    desk.add_stock(StockVial(vial()))
    window = lists(Lists.STOCK)

    def work(form: MixForm) -> None:
        assert (form.mixed.text(), form.diluent_ml.text()) == ("", "")
        form.diluent.setText("sodium chloride 0.9 %")
        offered(form, "Usual: 4 mL").click()
        assert form.dilution.text() == "5 units in 0.1 mL"
        assert form.dilution.objectName() == "quiet"
        offered(form, "Mixed now").click()
        form.confirm.click()

    mix(window, work)
    mixed = only(desk).vial
    assert (mixed.diluent, mixed.diluent_ml) == ("sodium chloride 0.9 %", Decimal(4))
    assert mixed.mixed_at == datetime(2026, 11, 25, 10, 42, tzinfo=LONDON)
    assert mixed.mixed_by.startswith(desk.user.name)
    assert desk.file.records.recall(DILUENT) == "sodium chloride 0.9 %"
    assert shown(window.stock.table)[0] == ("Opened \N{MIDDLE DOT} 1 vial",)
    assert shown(window.stock.table)[1][3:5] == ("200 of 200 units", "mixed 25 Nov 2026 10:42")


@pytest.mark.parametrize(
    ("typed_ml", "said"),
    [
        ("2", "10 units in 0.1 mL, where 5 are usual. Is the volume correct?"),
        ("3", "about 6.67 units in 0.1 mL, where 5 are usual. Is the volume correct?"),
    ],
)
def test_an_odd_dilution_is_pointed_out_and_can_be_recorded(
    typed_ml: str, said: str, lists: Open, desk: Desk
) -> None:
    desk.add_stock(StockVial(vial()))

    def work(form: MixForm) -> None:
        form.diluent_ml.setText(typed_ml)
        assert form.dilution.text() == said
        assert form.dilution.objectName() == "caution"
        offered(form, "Mixed now").click()
        form.confirm.click()

    mix(lists(Lists.STOCK), work)
    assert only(desk).vial.diluent_ml == Decimal(typed_ml)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"diluent_ml": "0"}, "An amount must be more than zero."),
        ({"diluent_ml": "10000"}, "10000 mL cannot be"),
        ({"diluent_ml": "4 U"}, "\u201c4 U\u201d is not an amount."),
        ({"diluent_ml": "\u0664"}, "\u201c\u0664\u201d is not an amount."),
        ({"mixed": ""}, "Say when it was mixed"),
        ({"mixed": "today"}, "The clocks of Europe/London never show \u201ctoday\u201d."),
        ({"mixed": "2026-11-26 08:15"}, ""),
        ({"diluent": "x" * 5000}, "The text has 5000 characters"),
        ({"by": "A\u202eB"}, "The text holds a character that cannot be printed"),
    ],
)
def test_what_cannot_be_mixed_is_said_and_nothing_is_lost(
    fields: dict[str, str], said: str, lists: Open, desk: Desk
) -> None:
    desk.add_stock(StockVial(vial()))

    def work(form: MixForm) -> None:
        for name, text in {"diluent_ml": "4", "mixed": "2026-11-25 08:15", **fields}.items():
            getattr(form, name).setText(text)
        before = typed(form)
        form.confirm.click()
        assert form.isVisible()
        assert said in form.refusal.text()
        assert form.refusal.text()
        assert typed(form) == before

    mix(lists(Lists.STOCK), work)
    assert only(desk).vial == replace(vial(), stock_id=only(desk).id)


def test_a_mixing_can_be_corrected(lists: Open, desk: Desk) -> None:
    early = datetime(2026, 11, 25, 8, 15, tzinfo=LONDON)
    desk.add_stock(StockVial(vial(diluent_ml=Decimal(2), mixed_at=early, mixed_by="Test Scribe")))
    window = lists(Lists.STOCK)
    assert window.stock.mix.text().startswith("Correct the mixing")

    def work(form: MixForm) -> None:
        assert typed(form)["Mixed by"] == "Test Scribe"
        form.diluent_ml.setText("4")
        form.confirm.click()

    mix(window, work)
    assert (only(desk).vial.diluent_ml, only(desk).vial.mixed_at) == (Decimal(4), early)


def test_equal_vials_are_corrected_together_and_a_serial_goes_to_one(
    lists: Open, desk: Desk
) -> None:
    for _each in range(2):
        desk.add_stock(StockVial(vial("C1234C8")))
    window = lists(Lists.STOCK)

    def lot(form: StockVialForm) -> None:
        assert not form.quantity.isVisible()
        form.lot.setText("C1234C3")
        form.confirm.click()

    def serial(form: StockVialForm) -> None:
        form.serial.setText("SN1")
        form.confirm.click()

    in_form(window.stock.correct.click, StockVialForm, lot)
    assert [each.vial.lot for each in desk.file.stock.vials()] == ["C1234C3", "C1234C3"]
    in_form(window.stock.correct.click, StockVialForm, serial)
    assert sorted(each.vial.serial for each in desk.file.stock.vials()) == ["", "SN1"]


def close(window: ListsWindow, work: Callable[[CloseForm], None]) -> None:
    in_form(window.stock.close_vial.click, CloseForm, work)


@pytest.mark.parametrize(
    ("reason", "words", "kept"),
    [
        ("broken", "", "broken"),
        ("broken", "dropped", "broken: dropped"),
        ("other", "given back", "given back"),
    ],
)
def test_a_vial_is_closed_with_a_reason(
    reason: str, words: str, kept: str, lists: Open, desk: Desk
) -> None:
    for _each in range(2):
        desk.add_stock(StockVial(vial()))
    reasons: list[str] = []

    def keep(stock_id: str, said: str) -> None:
        reasons.append(said)
        desk.close_stock(stock_id, said)

    window = lists(Lists.STOCK, lambda all_: replace(all_, close_stock=keep))

    def work(form: CloseForm) -> None:
        form.reason.setCurrentIndex(form.reason.findData(reason))
        form.words.setText(words)
        form.confirm.click()

    close(window, work)
    assert reasons == [kept]
    assert len(desk.file.stock.vials()) == 1


@pytest.mark.parametrize("reason", ["", "other"])
def test_without_a_reason_a_vial_stays(reason: str, lists: Open, desk: Desk) -> None:
    desk.add_stock(StockVial(vial()))

    def work(form: CloseForm) -> None:
        assert form.reason.currentData() == ""
        form.reason.setCurrentIndex(form.reason.findData(reason))
        form.confirm.click()
        lacking = form.words if reason else form.reason
        assert form.refusal.text() == f"{lacking.accessibleName()}: This needs a reason."
        assert form.focusWidget() is lacking

    close(lists(Lists.STOCK), work)
    assert len(desk.file.stock.vials()) == 1


def test_low_stock_and_expiry_are_said_at_the_top_and_in_the_line(lists: Open, desk: Desk) -> None:
    mixed = NOW - timedelta(hours=26, minutes=30)
    held = [
        StockVial(vial("A1", "2026-10-31", stock_id="v1")),
        StockVial(vial("A2", "2026-12-03", stock_id="v2")),
        StockVial(vial("A2", "2026-12-03", stock_id="v3")),
        StockVial(
            vial("A3", mixed_at=mixed, diluent_ml=Decimal(4), stock_id="v4"),
            drawn_units=Decimal(155),
        ),
    ]
    habits = Habits(low_stock=2, expiring_days=10)
    window = lists(
        Lists.STOCK, lambda all_: replace(all_, stock=lambda: held, habits=lambda: habits)
    )
    assert desk.file.stock.vials() == []
    assert window.stock.alerts.text().split("\n") == [
        "Low stock: BOTOX 200 units (2 unopened).",
        "Expired: BOTOX 200 units, lot A1 (31 Oct 2026).",
        "Expires soon: 2 \N{MULTIPLICATION SIGN} BOTOX 200 units, lot A2 (3 Dec 2026, in 8 days).",
    ]
    known = {line.cells[1]: line.cells[3:5] for line in window.stock.table.lines if line.key}
    assert known == {
        "A1": ("full", "EXPIRED"),
        "A2": ("full", "expires in 8 days"),
        "A3": ("45 of 200 units", "TOO OLD: mixed 26.5 hours ago, 24 allowed"),
    }


def test_a_vial_with_a_serial_number_and_an_open_one_have_lines_of_their_own(
    lists: Open, desk: Desk
) -> None:
    mixed = vial(mixed_at=NOW - timedelta(hours=2))
    for each in (vial(serial="SN1"), vial(serial="SN2"), vial(), vial(), mixed, mixed):
        desk.add_stock(StockVial(each))
    kinds = [line.cells[0] for line in lists(Lists.STOCK).stock.table.lines if line.key]
    assert sorted(kinds) == ["2 \N{MULTIPLICATION SIGN} BOTOX 200 units", *["BOTOX 200 units"] * 4]


def test_a_kind_of_which_nothing_is_left_runs_low(lists: Open, desk: Desk) -> None:
    desk.add_stock(StockVial(vial("A1", stock_id="v1")))
    desk.close_stock("v1", "used up")
    assert lists(Lists.STOCK).stock.alerts.text() == "Low stock: BOTOX 200 units (0 unopened)."


def test_an_expired_vial_is_none_that_can_be_opened() -> None:
    old, fresh = StockVial(vial("A1", "2026-10")), StockVial(vial("A2"))
    kind = ("botox", Decimal(200))
    assert low_levels([old], NOW.date(), 2) == [Level(*kind, 0)]
    assert low_levels([old, fresh, fresh, fresh], NOW.date(), 2) == []


@given(st.text(max_size=6))
def test_a_quantity_is_a_whole_number_of_western_digits(text: str) -> None:
    try:
        number = read_quantity(text)
    except ExpectedError:
        assert text.strip() not in {str(each) for each in range(1, 100)}
        return
    assert 1 <= number <= 99
    assert text.strip().lstrip("0") == str(number)


# -- a scanner -----------------------------------------------------------------------------------


def scan(window: ListsWindow, text: str) -> Callable[[], None]:
    return lambda: window.take_scan(text)


def test_a_scanned_carton_fills_the_form_and_is_added(lists: Open, desk: Desk) -> None:
    window = lists(Lists.STOCK)

    def work(form: StockVialForm) -> None:
        form.confirm.click()

    in_form(scan(window, f"]d201{BOTOX_200}17271000{GS}21SN1{GS}10C1234C3"), StockVialForm, work)
    assert only(desk).vial == replace(vial(serial="SN1", gtin=BOTOX_200), stock_id=only(desk).id)


def test_a_scan_while_the_form_is_open_goes_into_it(lists: Open) -> None:
    window = lists(Lists.STOCK)
    text = f"01{BOTOX_200}1727103110C1234C3{GS}21SN1"

    def work(form: StockVialForm) -> None:
        form.received.setText("2026-11-20")
        window.take_scan(text)
        assert (form.kind.currentData(), form.lot.text()) == ("botox 200", "C1234C3")
        assert (form.expiry.text(), form.serial.text()) == ("2027-10-31", "SN1")
        assert form.received.text() == "2026-11-20"
        window.take_scan("rubbish")
        assert form.refusal.text().startswith("This is not the code on a carton.")
        assert form.lot.text() == "C1234C3"

    add(window, work)


def test_an_unknown_carton_is_asked_about_once(lists: Open, desk: Desk) -> None:
    window = lists(Lists.STOCK)
    text = f"01{UNKNOWN}1727103110C1234C3{GS}21SN"
    filled: list[str] = []

    def look(form: QWidget) -> None:
        assert isinstance(form, StockVialForm)
        filled.append(form.kind.currentData())

    def learn(form: QWidget) -> None:
        assert isinstance(form, PackageForm)
        form.confirm.click()
        assert form.refusal.text().startswith("Vial: Choose the product and its size")
        form.kind.setCurrentIndex(form.kind.findData("xeomin 100"))
        be_patient(form)
        in_dialog(form.confirm.click, lambda _form: None)

    in_dialog(scan(window, text + "1"), learn)
    assert desk.file.stock.packages().keys() == {UNKNOWN}
    in_dialog(scan(window, text + "2"), look)
    assert filled == ["xeomin 100"]


def test_a_scan_opens_no_form_over_one_that_asks_something_else(lists: Open, desk: Desk) -> None:
    desk.add_stock(StockVial(vial()))
    window = lists(Lists.STOCK)

    def work(form: MixForm) -> None:
        in_dialog(scan(window, f"01{BOTOX_200}1727103110C1234C3{GS}21SN1"), looked.append)
        QApplication.processEvents()  # where nothing was opened, it has not looked yet
        assert looked == [form]

    looked: list[QWidget] = []
    mix(window, work)
    assert len(desk.file.stock.vials()) == 1


def test_nothing_is_learned_or_added_where_nobody_says_what_it_is(lists: Open, desk: Desk) -> None:
    window = lists(Lists.STOCK)
    in_form(
        scan(window, f"01{UNKNOWN}1727103110C1234C3{GS}21SN"),
        PackageForm,
        lambda form: form.reject(),
    )
    assert desk.file.stock.packages() == {}
    assert desk.file.stock.vials() == []


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (Lists.STOCK, "Where \u201cC1234C321SN00012\u201d ends cannot be told"),
        (Lists.DUE, "A carton was scanned."),
    ],
)
def test_a_scan_that_cannot_be_used_is_said(
    page: Lists, said: str, lists: Open, desk: Desk
) -> None:
    window = lists(page)
    window.take_scan(f"01{BOTOX_200}1727103110C1234C321SN00012")
    assert window.refusal.text().startswith(said)
    assert window.refusal.isVisible()
    assert desk.file.stock.vials() == []


# -- the window ----------------------------------------------------------------------------------


@pytest.mark.parametrize("page", list(Lists))
def test_every_control_of_a_page_has_a_name_and_is_reached_by_tab(
    page: Lists, lists: Open, desk: Desk
) -> None:
    from tests.journeys.test_sizes_and_focus import controls, tabbed_through

    sign_session(desk, "2026-08-26")
    sign_session(desk, "2026-10-09", "9001")
    desk.add_stock(StockVial(vial()))
    window = lists(page)
    found = controls(window)
    assert found
    assert [
        each for each in found if not (each.accessibleName() or getattr(each, "text", str)())
    ] == []
    reached = tabbed_through(window)
    assert [each.accessibleName() for each in found if each not in reached] == []


@pytest.mark.parametrize("page", list(Lists))
def test_every_page_fits_a_small_screen(page: Lists, lists: Open, desk: Desk) -> None:
    desk.add_stock(StockVial(vial()))
    window = lists(page)
    assert window.width() <= SIZE_PX[0]
    assert window.height() <= SIZE_PX[1]
    assert window.minimumSizeHint().width() <= SIZE_PX[0] / 2
    assert window.minimumSizeHint().height() <= SIZE_PX[1] / 2


def test_all_columns_of_the_stock_are_seen_at_once(lists: Open) -> None:
    early = NOW - timedelta(hours=2)
    bought = vial(mixed_at=early, diluent_ml=Decimal(4), supply=Supply.BOUGHT, serial="10045510")
    held = [StockVial(replace(bought, stock_id="v1"), date(2026, 11, 20), Decimal(155))]
    window = lists(Lists.STOCK, lambda all_: replace(all_, stock=lambda: held))
    window.resize(*SIZE_PX)
    QApplication.processEvents()
    table = window.stock.table
    assert not table.horizontalScrollBar().isVisible()
    assert table.columnWidth(4) > table.fontMetrics().horizontalAdvance("mixed 25 Nov 2026 08:42")


def test_a_heading_has_no_key_and_is_not_chosen(qtbot: QtBot) -> None:
    table = ListTable("Names", ("Name", "Number"), LOGICAL, stretched=0, opens_by_press=True)
    qtbot.addWidget(table)
    table.show()
    table.show_lines([Line(("Group",)), Line(("One", "1"), "1", "Group")])
    left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    with qtbot.assertNotEmitted(table.chosen):
        QTest.mouseClick(
            table.viewport(), left, plain, table.visualRect(table.model().index(0, 0)).center()
        )
    table.point_at("1")
    table.show_lines([Line(("Other",)), Line(("Zero", "0"), "0"), Line(("One", "1"), "1", "Other")])
    assert table.key == "1"
