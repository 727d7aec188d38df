"""The disk refuses: screen, memory and file stay as they were, and the next save works."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from desktop.app import Desk
from desktop.core.patient import LONGEST_TEXT
from desktop.core.session import State
from desktop.gui.document import Keeping
from desktop.gui.hand import Hand
from desktop.gui.services import Services
from desktop.gui.sign_form import SignForm
from desktop.gui.vial_form import VialForm
from desktop.store.refusal import DiskFullError
from tests.conftest import confirm_again, enter

FULL = "The disk is full. Nothing that was saved is lost. Free some space, then do it again."


@dataclass
class Disk:
    """A disk that can be full."""

    desk: Desk
    is_full: bool = False

    def refusing(self, save: Callable[..., Any]) -> Callable[..., Any]:
        def try_to_save(*values: Any) -> Any:
            if self.is_full:
                raise DiskFullError(self.desk.file.path)
            return save(*values)

        return try_to_save

    def services(self, everything: Services) -> Services:
        """Every function that writes, refusing while the disk is full."""
        keeping = Keeping(
            **{name: self.refusing(save) for name, save in vars(everything.keeping).items()}
        )
        names = ("add_patient", "change_patient", "start_session", "discard_session", "remember")
        writing: dict[str, Any] = {name: self.refusing(getattr(everything, name)) for name in names}
        return replace(everything, keeping=keeping, **writing)


@pytest.fixture
def disk(desk: Desk) -> Disk:
    return Disk(desk)


@pytest.fixture
def charting(open_window: Callable[..., Hand], desk: Desk, disk: Disk) -> Hand:
    """A hand on a planned session, on a disk that can be full."""
    hand = open_window(desk, disk.services)
    hand.choose_patient(0)
    hand.start_session()
    hand.enter_vial(lot="C1234C3", expiry="2027-10", diluent="4")
    hand.plan()
    return hand


def sentences(hand: Hand) -> list[str]:
    """What the window says was refused."""
    labels = hand.window.findChildren(QLabel, "refusal")
    return [each.text() for each in labels if each.isVisible()]


def shown(hand: Hand) -> tuple[str, list[str], list[list[str]]]:
    """What the window shows of the chart: the total, the cards' counts, the table."""
    model = hand.screen.table.model()
    rows = [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]
    cards = [hand.screen.cards.card(key) for key in hand.screen._book.atlas.close_ups]
    counts = [card.accessibleName() for card in cards]
    return hand.screen.totals._total.text(), counts, rows


@pytest.mark.parametrize(
    "do",
    [
        lambda hand: hand.tap("FRO-1-L"),
        lambda hand: hand.click(hand.workspace.undo),
        lambda hand: hand.click(hand.button("Given")),
        lambda hand: hand.click(hand.screen.bar._rest),
    ],
    ids=["tap", "undo", "given", "region"],
)
def test_on_a_full_disk_nothing_changes_and_a_sentence_says_why(
    do: Callable[[Hand], None], charting: Hand, desk: Desk, disk: Disk
) -> None:
    before = charting.session, shown(charting)
    disk.is_full = True
    do(charting)
    assert (charting.session, shown(charting)) == before
    assert desk.file.records.session(charting.session.id) == charting.session
    assert sentences(charting) == [FULL]
    disk.is_full = False
    charting.pause_ms = 2000
    do(charting)
    assert sentences(charting) == []
    assert charting.session != before[0]
    assert desk.file.records.session(charting.session.id) == charting.session


def test_waste_that_cannot_be_kept_is_recorded_with_the_next_press(
    charting: Hand, disk: Disk
) -> None:
    charting.tap("PRO-1-M")
    charting.click(charting.button("Stop here"))
    charting.click(charting.button("faint"))
    disk.is_full = True
    charting.discard_rest()
    assert (charting.session.wastes, sentences(charting)) == ((), [FULL])
    disk.is_full = False
    charting.discard_rest()
    (waste,) = charting.session.wastes
    assert (waste.units, waste.reason) == (Decimal(195), "single-patient vial")


def test_redo_on_a_full_disk_can_be_done_again(charting: Hand, disk: Disk) -> None:
    charting.tap("FRO-1-R")
    there = charting.session
    charting.click(charting.workspace.undo)
    back = charting.session
    disk.is_full = True
    charting.click(charting.workspace.redo)
    assert (charting.session, sentences(charting)) == (back, [FULL])
    disk.is_full = False
    charting.click(charting.workspace.redo)
    assert charting.session == there


def test_a_refused_tap_is_no_tap_that_a_second_could_bounce_from(
    charting: Hand, disk: Disk
) -> None:
    disk.is_full = True
    charting.tap("FRO-1-L")
    disk.is_full = False
    charting.pause_ms = 100
    charting.tap("FRO-1-L")
    assert charting.session.injections["FRO-1-L"].state is State.GIVEN


def test_a_vial_that_cannot_be_kept_stays_in_its_form(charting: Hand, disk: Disk) -> None:
    before = charting.session
    disk.is_full = True

    def fill(form: VialForm) -> None:
        enter(form.lot, "D9999")
        charting.click(form.confirm)
        assert form.isVisible()
        assert (form.refusal.text(), form.lot.text()) == (FULL, "D9999")
        disk.is_full = False
        confirm_again(charting, form)
        assert not form.isVisible()

    charting.in_form(charting.button("Vial\N{HORIZONTAL ELLIPSIS}"), VialForm, fill)
    assert charting.session == replace(before, vials=(replace(before.vials[0], lot="D9999"),))


def test_a_signature_that_cannot_be_kept_leaves_a_draft_in_its_form(
    charting: Hand, desk: Desk, disk: Disk
) -> None:
    charting.click(charting.button("Stop here"))
    charting.click(charting.button("faint"))
    charting.discard_rest()
    before = charting.session
    disk.is_full = True

    def confirm(form: SignForm) -> None:
        charting.click(form.confirm)
        assert form.isVisible()
        assert form.refusal.text() == FULL
        assert charting.session == before == desk.file.records.session(before.id)
        disk.is_full = False
        confirm_again(charting, form)

    charting.in_form(charting.workspace.sign, SignForm, confirm)
    assert charting.session.is_signed
    assert desk.file.records.session(before.id) == charting.session


def type_remark(hand: Hand, text: str) -> None:
    enter(hand.screen.totals._remark, text)
    hand.screen.totals.flush()


def test_a_remark_that_cannot_be_kept_is_not_lost(charting: Hand, disk: Disk) -> None:
    disk.is_full = True
    type_remark(charting, "Tolerated well.")
    assert sentences(charting) == [FULL]
    assert charting.screen.totals._remark.toPlainText() == "Tolerated well."
    assert charting.session.remark == ""
    disk.is_full = False
    charting.tap("FRO-1-L")
    assert charting.screen.totals._remark.toPlainText() == "Tolerated well."
    type_remark(charting, "Tolerated well. ")
    assert charting.session.remark == "Tolerated well. "


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Seen \u202eright to left.", "U+202E"),
        ("x" * (LONGEST_TEXT + 1), "20001 characters, 20000 at most"),
    ],
    ids=["bidi mark", "too long"],
)
def test_a_remark_that_no_note_can_print_stays_where_it_was_typed(
    text: str, sentence: str, charting: Hand
) -> None:
    type_remark(charting, text)
    assert sentence in sentences(charting)[0]
    assert charting.screen.totals._remark.toPlainText() == text
    assert charting.session.remark == ""


def test_typing_goes_on_where_it_was_after_the_remark_is_kept(charting: Hand) -> None:
    field = charting.screen.totals._remark
    field.setFocus()
    QTest.keyClicks(field, "Tolerated")
    charting.screen.totals.flush()
    assert charting.session.remark == "Tolerated"
    QTest.keyClicks(field, " well.")
    charting.screen.totals.flush()
    assert charting.session.remark == "Tolerated well."
    charting.click(charting.workspace.undo)
    assert field.toPlainText() == charting.session.remark == "Tolerated"


def test_a_refused_remark_never_reaches_another_session(charting: Hand, disk: Disk) -> None:
    disk.is_full = True
    type_remark(charting, "About the first patient.")
    disk.is_full = False
    charting.choose_patient(1)
    charting.start_session()
    assert charting.screen.totals._remark.toPlainText() == ""
    assert charting.session.remark == ""


def test_a_session_cannot_be_started_on_a_full_disk(
    open_window: Callable[..., Hand], desk: Desk, disk: Disk
) -> None:
    hand = open_window(desk, disk.services)
    hand.choose_patient(0)
    disk.is_full = True
    hand.start_session()
    assert sentences(hand) == [FULL]
    assert desk.file.records.sessions() == []
    disk.is_full = False
    hand.start_session()
    assert sentences(hand) == []
    assert len(desk.file.records.sessions()) == 1


def test_a_session_opens_on_a_full_disk_to_be_read(charting: Hand, disk: Disk) -> None:
    before = charting.session
    charting.workspace.close_session()
    disk.is_full = True
    charting.workspace.open_session(before.id)
    assert charting.session == before


def test_a_record_that_changed_elsewhere_is_said_to_have(charting: Hand, desk: Desk) -> None:
    before = charting.session
    other = type(desk.file.records)(desk.file.records._db)
    history = other.history(before.id)
    undone = history.undo()
    other.record_undo(before, undone.present, desk.now())
    charting.tap("FRO-1-L")
    assert charting.session == before
    assert "changed elsewhere" in sentences(charting)[0]


def test_keys_in_the_remark_chart_nothing(charting: Hand) -> None:
    before = charting.session
    field = charting.screen.totals._remark
    field.setFocus()
    QTest.keyClicks(field, "5 +-\t ")
    QTest.keyClick(charting.window, Qt.Key.Key_Space)
    assert charting.session.injections == before.injections
