"""Two toxins in one session: each keeps its own units, and nothing adds them up."""

from decimal import Decimal

from PySide6.QtWidgets import QApplication, QWidget

from desktop.core import acts
from desktop.core.session import State
from desktop.core.vial import Expiry, Vial
from desktop.gui.hand import Hand
from desktop.gui.patient_panel import given_words

OTHER = Vial(0, "dysport", Decimal(500), "B1", Expiry(2099, 10), Decimal("2.5"))
SIX = ("FRO-1-R", "FRO-1-L", "FRO-2-R", "FRO-2-L", "COR-1-R", "COR-1-L")


def charted(hand: Hand) -> None:
    """Six sites of one toxin, then one of another, for which somebody gave a reason."""
    document = hand.workspace.document
    assert document is not None
    for code in SIX:
        assert document.perform(acts.Give(code))
    assert document.perform(acts.AddVial(OTHER, "no other vial at hand"))
    for act in (
        acts.DrawFrom(len(hand.session.vials)),
        acts.SetDose("TRA-1-R", Decimal(20), "agreed"),
        acts.Give("TRA-1-R"),
    ):
        assert document.perform(act)
    hand.screen.settle()


def test_the_sums_are_those_of_the_first_toxin_and_the_other_stands_beside_them(
    charting: Hand,
) -> None:
    charted(charting)
    totals = charting.screen.totals
    assert totals._total.text() == "30"
    assert totals._volume.text() == (
        "Given: 30 units of onabotulinumtoxinA, 20 units of abobotulinumtoxinA"
    )
    assert totals._sides.text().startswith("right 15 ")
    assert totals._regions["trapezius"].units.text() == "0"


def test_lists_of_sessions_show_no_sum_of_two_products(charting: Hand) -> None:
    charted(charting)
    session_id = charting.session.id
    [row] = [each for each in charting.workspace._services.drafts() if each.id == session_id]
    assert row.given_products == 2
    assert given_words(row) == "several products"


def test_the_history_sums_one_toxin_only(charting: Hand) -> None:
    charted(charting)
    charting.screen.past.show_past(charting.session, [charting.session], "")
    named = (each.accessibleName() for each in charting.screen.past.findChildren(QWidget))
    [table] = [each for each in named if each.startswith("Units by region")]
    assert "Total, 30, 30" in table.split("\n")


def test_the_row_of_vials_tells_each_vial_by_itself(charting: Hand) -> None:
    charted(charting)
    document = charting.workspace.document
    assert document is not None
    for code in [each.code for each in charting.session.of_state(State.PLANNED)]:
        assert document.perform(acts.Omit(code, "asked not to"))
    charting.screen.settle()
    row = charting.screen.vials
    assert row.discard.text() == "Discard the rest\nof each vial"
    assert row.discard.accessibleName() == (
        "Discard the rest of each vial, Vial 1: 170 units, Vial 2: 480 units"
    )
    assert row.units.text() == "Units\N{HORIZONTAL ELLIPSIS}"
    charting.click(row.discard)
    assert [each.units for each in charting.session.wastes] == [170, 480]
    assert row.units.text() == (
        "Units\N{HORIZONTAL ELLIPSIS}\nVial 1: 170 discarded \N{MIDDLE DOT} Vial 2: 480 discarded"
    )
    assert row.units.accessibleName() == (
        "Where the units went, Vial 1: 170 discarded, Vial 2: 480 discarded"
    )
    QApplication.processEvents()
    assert row.units.width() >= row.units.sizeHint().width()


def test_units_too_many_are_those_of_one_vial(charting: Hand) -> None:
    charted(charting)
    document = charting.workspace.document
    assert document is not None
    assert document.perform(acts.SetDose("TRA-1-R", Decimal(510), "agreed"))
    charting.screen.settle()
    row = charting.screen.vials
    assert row.units.accessibleName() == "Where the units went, Vial 2: 10 units too many"
