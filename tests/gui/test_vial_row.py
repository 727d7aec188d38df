"""The row of vials: what it offers, what is in use, and what one press may discard."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtWidgets import QApplication

from desktop.core import acts
from desktop.core.handbook import Handbook
from desktop.core.session import Session
from desktop.core.stock import StockVial
from desktop.core.vial import Expiry, Vial
from desktop.gui.theme import CHIP_MM, LOGICAL
from desktop.gui.vial_row import IN_USE, VialRow, one_press_rests
from tests.gui.conftest import Chart

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=ZoneInfo("Europe/London"))
VIAL = Vial(0, "botox", Decimal(200), "C1234C3", Expiry(2027, 10), Decimal(4))
OTHER = replace(VIAL, size_units=Decimal(100), lot="C5555C3", diluent_ml=Decimal(2))


def opened(stock_id: str, lot: str, hours: int = 2, drawn: str = "0") -> StockVial:
    mixed = replace(VIAL, lot=lot, stock_id=stock_id, mixed_at=NOW - timedelta(hours=hours))
    return StockVial(mixed, drawn_units=Decimal(drawn))


@pytest.fixture
def vials(qapp: QApplication, book: Handbook) -> Iterator[VialRow]:  # noqa: ARG001  dressed first
    """The row on a screen of its own."""
    made = VialRow(book, LOGICAL)
    made.resize(960, 54)
    made.show()
    yield made
    made.close()


def shown(row: VialRow, session: Session) -> VialRow:
    row.show_session(session)
    QApplication.processEvents()
    return row


def rests(session: Session) -> list[Decimal]:
    """What one press would discard of each vial."""
    return [each.gap_units for each in one_press_rests(session)]


def chips(row: VialRow) -> list[str]:
    return [each.text() for each in row.chips if each.isVisible()]


def test_two_open_vials_of_the_stock_are_offered_in_full(vials: VialRow, empty: Session) -> None:
    unopened = StockVial(replace(VIAL, stock_id="d"))
    stock = [opened("a", "C1"), opened("b", "C2", 25, "155"), unopened, opened("c", "C3")]
    vials.offer(stock, NOW)
    assert chips(shown(vials, empty)) == [
        "BOTOX 200 \N{MIDDLE DOT} lot C1\n200 units \N{MIDDLE DOT} mixed 08:30",
        "BOTOX 200 \N{MIDDLE DOT} lot C2\n45 of 200 units \N{MIDDLE DOT} past its time",
    ]
    chosen: list[str] = []
    vials.stock_chosen.connect(chosen.append)
    vials.chips[1].click()
    assert chosen == ["b"]


def test_what_was_offered_goes_when_a_vial_is_there(
    vials: VialRow, empty: Session, chart: Chart
) -> None:
    vials.offer([opened("a", "C1")], NOW)
    shown(vials, empty)
    shown(vials, chart(acts.AddVial(VIAL)))
    assert chips(vials) == []
    assert vials._vials.text() == (
        "BOTOX 200 \N{MIDDLE DOT} lot C1234C3 \N{MIDDLE DOT} exp Oct 2027\n"
        "4 mL \N{MIDDLE DOT} 5 units / 0.1 mL"
    )
    assert vials.dilution.isHidden()


def test_a_chip_stays_the_same_while_nothing_else_is_to_be_said(
    vials: VialRow, empty: Session
) -> None:
    vials.offer([opened("a", "C1")], NOW)
    (before,) = shown(vials, empty).chips
    vials.offer([opened("a", "C1")], NOW + timedelta(minutes=1))
    assert shown(vials, empty).chips == [before]


def test_of_two_vials_the_one_in_use_is_marked_by_a_shape_and_a_word(
    vials: VialRow, chart: Chart
) -> None:
    session = chart(acts.PlanProtocol(), acts.AddVial(VIAL), acts.Give("PRO-1-M"))
    session = acts.perform(acts.AddVial(OTHER), session, vials._book)
    assert [each.split("\n") for each in chips(shown(vials, session))] == [
        ["Vial 1", "lot C1234C3 \N{MIDDLE DOT} 195 units in it"],
        [f"{IN_USE} Vial 2, in use", "lot C5555C3 \N{MIDDLE DOT} 100 units in it"],
    ]
    assert [each.isChecked() for each in vials.chips] == [False, True]
    drawn: list[int] = []
    vials.vial_chosen.connect(drawn.append)
    for chip in vials.chips:
        chip.click()
    assert drawn == [1, 2]
    assert [each.isChecked() for each in vials.chips] == [False, True]
    shown(vials, acts.perform(acts.DrawFrom(1), session, vials._book))
    assert [each.isChecked() for each in vials.chips] == [True, False]


def test_many_vials_keep_the_one_in_use_in_reach(vials: VialRow, chart: Chart) -> None:
    many = [acts.AddVial(replace(VIAL, lot=f"C{number}")) for number in range(1, 8)]
    session = chart(*many, acts.DrawFrom(1))
    assert [each.split("\n")[0] for each in chips(shown(vials, session))] == [
        f"{IN_USE} Vial 1, in use",
        *(f"Vial {number}" for number in range(3, 8)),
    ]


def test_a_dilution_that_nobody_recorded_is_said_and_one_tap_leads_to_it(
    vials: VialRow, chart: Chart
) -> None:
    shown(vials, chart(acts.AddVial(replace(VIAL, diluent_ml=None))))
    assert vials.dilution.isVisible()
    wanted: list[int] = []
    vials.vial_wanted.connect(wanted.append)
    vials.dilution.click()
    assert wanted == [1]


def test_every_chip_is_high_enough_for_a_glove(vials: VialRow, chart: Chart) -> None:
    session = chart(acts.AddVial(VIAL), acts.AddVial(replace(OTHER, diluent_ml=None)))
    shown(vials, session)
    pressed = [*vials.chips, vials.edit, vials.another, vials.dilution, vials.units]
    assert {each.height() for each in pressed} == {LOGICAL.px(CHIP_MM)}
    assert min(each.width() for each in pressed) >= LOGICAL.px(CHIP_MM)


def test_one_press_discards_nothing_before_the_plan_is_done(
    vials: VialRow, chart: Chart, book: Handbook
) -> None:
    begun = chart(acts.PlanProtocol(), acts.AddVial(VIAL), acts.Give("PRO-1-M"))
    assert rests(begun) == []
    done = acts.perform(acts.GiveAll(), begun, book)
    assert rests(done) == [45]
    assert shown(vials, done).discard.text() == "Discard the other\n45 units"
    assert vials.discard.isVisible()
    rest = acts.perform(acts.DiscardRest("spilled"), done, book)
    assert shown(vials, rest).discard.isHidden()
    assert vials.units.text() == "Units\N{HORIZONTAL ELLIPSIS}\n45 discarded"


def test_an_opened_vial_is_discarded_whole_when_nothing_could_be_given(chart: Chart) -> None:
    session = chart(acts.PlanProtocol(), acts.AddVial(VIAL), acts.Stop("faint"))
    assert rests(session) == [200]


def test_a_vial_that_was_not_drawn_from_is_not_thrown_away_by_one_press(
    chart: Chart, book: Handbook
) -> None:
    session = chart(acts.PlanProtocol(), acts.AddVial(VIAL), acts.GiveAll(), acts.AddVial(OTHER))
    assert rests(session) == []
    drawn = acts.perform(acts.DrawnFrom("PRO-1-M", 2), session, book)
    assert rests(drawn) == [50, 95]


def test_units_that_a_vial_never_held_are_told(vials: VialRow, chart: Chart) -> None:
    shown(vials, chart(acts.PlanProtocol(), acts.AddVial(OTHER), acts.GiveAll()))
    assert vials.units.text() == "Units\N{HORIZONTAL ELLIPSIS}\n55 units too many"
