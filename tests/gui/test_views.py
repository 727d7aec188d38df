"""The table, the cards, the totals, and the small widgets."""

import subprocess
import sys
from decimal import Decimal

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.acts import AddExtra, GiveAll, GiveReason, GiveRegion, Omit, PlanProtocol, SetDose
from desktop.core.handbook import Handbook
from desktop.core.protocol import Side
from desktop.gui import theme
from desktop.gui.banner import Banner
from desktop.gui.cards import Cards
from desktop.gui.dose_table import CODE, PLANNED, REASON, STATE, UNITS, DoseTable
from desktop.gui.hand import Hand
from desktop.gui.pages import homes, walk
from desktop.gui.theme import LIGHT
from desktop.gui.totals_panel import SAVE_TEXT_AFTER_MS, RemarkEdit, TotalsPanel
from desktop.gui.vial_form import VialForm
from desktop.gui.widgets import ActButton, label
from tests.gui.conftest import Chart

PLAN = PlanProtocol()
CHANGES = (
    PLAN,
    Omit("TRA-2-R", "tender"),
    SetDose("OCC-1-L", Decimal("7.5"), "pain here"),
    AddExtra("temporalis", Side.LEFT, Decimal(5), reason="pain here"),
)


@pytest.fixture
def table(book: Handbook, qtbot: QtBot) -> DoseTable:
    made = DoseTable(book, LIGHT)
    qtbot.addWidget(made)
    return made


def cells(table: DoseTable, code: str) -> list[str]:
    row, model = table.row_of(code), table.model()
    return [model.index(row, column).data() for column in (CODE, PLANNED, UNITS, STATE, REASON)]


def test_the_table_shows_every_site_with_plan_dose_state_and_reason(
    table: DoseTable, chart: Chart, book: Handbook
) -> None:
    table.show_session(chart(*CHANGES))
    QAbstractItemModelTester(table.model())  # its complaints are failures
    assert table.model().rowCount() == 32
    assert [cells(table, code) for code in ("FRO-1-L", "TRA-2-R", "OCC-1-L", "TEM-X1-L")] == [
        ["FRO-1-L", "5", "5", "planned", ""],
        ["TRA-2-R", "5", "\N{EN DASH}", "omitted", "tender"],
        ["OCC-1-L", "5", "7.5", "planned", "pain here"],
        ["TEM-X1-L", "", "5", "given", "pain here"],
    ]
    shown = [table.model().index(row, CODE).data() for row in range(32)]
    assert [code for code in shown if code != "TEM-X1-L"] == list(book.protocol.sites)


def test_the_table_keeps_its_row_while_a_dose_changes(
    table: DoseTable, chart: Chart, qtbot: QtBot
) -> None:
    table.show_session(chart(PLAN))
    table.selectRow(table.row_of("OCC-1-L"))
    with qtbot.waitSignal(table.model().dataChanged):
        table.show_session(chart(PLAN, SetDose("OCC-1-L", Decimal("7.5"))))
    assert table.currentIndex().row() == table.row_of("OCC-1-L")
    assert cells(table, "OCC-1-L")[2] == "7.5"


def test_only_doses_and_reasons_are_typed(table: DoseTable, chart: Chart) -> None:
    table.show_session(chart(PLAN))
    model = table.model()
    editable = {
        column
        for column in range(model.columnCount())
        if model.flags(model.index(0, column)) & Qt.ItemFlag.ItemIsEditable
    }
    assert editable == {UNITS, REASON}


def test_what_is_typed_goes_up_as_text_and_changes_nothing_here(
    table: DoseTable, chart: Chart, qtbot: QtBot
) -> None:
    table.show_session(chart(PLAN))
    index = table.model().index(table.row_of("OCC-1-L"), UNITS)
    with qtbot.waitSignal(table.dose_typed) as told:
        assert not table.model().setData(index, "7,5")
    assert told.args == ["OCC-1-L", "7,5"]
    assert index.data() == "5"


def test_leaving_a_cell_as_it_was_is_no_edit(table: DoseTable, chart: Chart, qtbot: QtBot) -> None:
    table.show_session(chart(PLAN))
    with qtbot.assertNotEmitted(table.dose_typed):
        table.model().setData(table.model().index(0, UNITS), "5")


def test_codes_are_written_in_their_regions_colour(
    table: DoseTable, chart: Chart, book: Handbook
) -> None:
    table.show_session(chart(PLAN))
    for code, site in book.protocol.sites.items():
        index = table.model().index(table.row_of(code), CODE)
        colour = index.data(Qt.ItemDataRole.ForegroundRole)
        assert isinstance(colour, QColor)
        assert colour == theme.region_colour(site.region, LIGHT)


def test_every_site_has_one_close_up_and_a_place_in_the_walk(book: Handbook) -> None:
    assert homes(book).keys() == set(book.protocol.sites)
    assert sorted(walk(book)) == sorted(book.protocol.sites)
    sizes = {key: list(homes(book).values()).count(key) for key in book.atlas.close_ups}
    assert sizes == {
        "forehead": 7,
        "left_temple": 4,
        "right_temple": 4,
        "back_of_head": 10,
        "shoulders": 6,
    }


def test_cards_count_what_is_given_of_the_plan_and_what_is_open(
    chart: Chart, book: Handbook, qtbot: QtBot
) -> None:
    cards = Cards(book, LIGHT)
    qtbot.addWidget(cards)
    session = chart(*CHANGES, GiveRegion("temporalis", Side.LEFT))
    cards.show_session(session, "")
    counts = [cards.card(key).accessibleName() for key in book.atlas.close_ups]
    assert counts == [
        "Forehead, 0 of 7 given, 7 to go",
        "Left temple, 4 of 4 given, 0 to go",
        "Right temple, 0 of 4 given, 4 to go",
        "Back of head, 0 of 10 given, 10 to go",
        "Shoulders, 0 of 6 given, 5 to go",
    ]


def test_totals_say_what_is_given_where_and_on_which_side(
    chart: Chart, book: Handbook, qtbot: QtBot
) -> None:
    panel = TotalsPanel(book, LIGHT)
    qtbot.addWidget(panel)
    panel.show_session(chart(*CHANGES, GiveAll()))
    assert panel._total.text() == "157.5"
    assert panel._sides.text() == "right 70 \N{MIDDLE DOT} midline 5 \N{MIDDLE DOT} left 82.5"
    said = panel._said.accessibleName().splitlines()
    assert any("7.5 units instead of 5" in line for line in said)
    assert any("omitted" in line and "tender" in line for line in said)
    assert any("157.5 units is above the US label's 155" in line for line in said)


def test_typed_text_is_told_within_a_second_of_the_last_key(qtbot: QtBot) -> None:
    assert SAVE_TEXT_AFTER_MS < 1000
    field = RemarkEdit()
    qtbot.addWidget(field)
    with qtbot.waitSignal(field.typed, timeout=1000) as told:
        QTest.keyClicks(field, "Tolerated")
    assert told.args == ["Tolerated"]


def test_a_session_shown_while_one_types_leaves_the_text_alone(qtbot: QtBot) -> None:
    field = RemarkEdit()
    qtbot.addWidget(field)
    QTest.keyClicks(field, "Toler")
    field.show_text("", editable=True)
    QTest.keyClicks(field, "ated")
    assert field.toPlainText() == "Tolerated"


@pytest.mark.parametrize("text", ["<b>x</b>", "&amp;", "<img src='file:x'>", "a\nb"])
def test_a_label_shows_markup_as_it_was_typed(text: str, qtbot: QtBot) -> None:
    made = label(text)
    qtbot.addWidget(made)
    assert (made.text(), made.textFormat()) == (text, Qt.TextFormat.PlainText)


def test_no_label_of_the_window_reads_markup(charting: Hand) -> None:
    charting.omit("TRA-2-R", "tender")
    rich = [
        each.text()
        for each in charting.window.findChildren(QLabel)
        if each.isVisible() and each.text() and each.textFormat() != Qt.TextFormat.PlainText
    ]
    assert rich == []


def test_a_reason_with_markup_is_shown_as_typed_everywhere(charting: Hand) -> None:
    charting.omit("TRA-2-R", "tender")
    document = charting.workspace.document
    assert document is not None
    document.perform(GiveReason("TRA-2-R", "<b>bold</b>"))
    charting.screen.settle()
    assert "<b>bold</b>" in charting.screen.totals._said.accessibleName()


def test_an_act_button_tells_a_screen_reader_both_of_its_lines(qtbot: QtBot) -> None:
    made = ActButton("Given")
    qtbot.addWidget(made)
    made.say("Given", "then on to the next")
    assert made.accessibleName() == "Given, then on to the next"


VOID_CALLS = """
import desktop.gui
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication([])
label = QLabel()
for number in range(20_000):
    label.setText("x")
    label.setEnabled(True)
    label.setVisible(False)
    label.isEnabled()
print("alive")
"""


def test_twenty_thousand_calls_into_qt_do_not_end_the_program() -> None:
    child = subprocess.run(
        [sys.executable, "-c", VOID_CALLS],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (child.returncode, child.stdout.strip()) == (0, "alive"), child.stderr


@pytest.mark.parametrize("width", [1180, 1280, 1920])
def test_nothing_in_the_bar_covers_anything_else(width: int, charting: Hand, qtbot: QtBot) -> None:
    charting.window.resize(width, 800)
    qtbot.waitUntil(lambda: charting.window.width() == width)
    bar = charting.workspace.undo.parentWidget()
    assert bar is not None
    plain = Qt.FindChildOption.FindDirectChildrenOnly
    boxes = [
        (each, each.geometry())
        for each in bar.findChildren(QWidget, options=plain)
        if each.isVisible()
    ]
    assert len(boxes) >= 6
    for number, (one, box) in enumerate(boxes):
        assert bar.rect().contains(box), one
        if isinstance(one, QLabel | Banner):
            assert box.width() >= one.minimumSizeHint().width(), one
        for other, its in boxes[number + 1 :]:
            assert not box.intersects(its), (one, other)


def test_a_form_is_gone_after_it_was_closed(charting: Hand) -> None:
    for _ in range(3):
        charting.in_form(
            charting.button("Vial\N{HORIZONTAL ELLIPSIS}"), VialForm, lambda form: form.reject()
        )
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert charting.window.findChildren(VialForm) == []
