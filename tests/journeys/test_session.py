"""The main job from end to end: real window, real file, real note."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pypdfium2
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from desktop.app import Desk
from desktop.core.handbook import Handbook
from desktop.core.patient import Patient, Sex
from desktop.core.rules import changes
from desktop.core.session import Session, State
from desktop.gui.dose_table import UNITS
from desktop.gui.hand import Hand
from desktop.gui.pages import OVERVIEW, TABLE
from desktop.gui.patient_form import PatientForm
from tests.conftest import Record, enter, press_keys

LARGER = "Larger dose"
TOTAL = Decimal("157.5")


def create_patient(hand: Hand) -> None:
    def fill(form: PatientForm) -> None:
        enter(form.family_name, "García López")
        enter(form.given_name, "Ana María")
        hand.type_into(form.birth_date, "1979-05-17")
        hand.type_into(form.record_number, "K-88")
        form.sex.setCurrentIndex(form.sex.findData(Sex.FEMALE.value))
        hand.type_into(form.phone, "+44 20 7946 0000")
        hand.click(form.confirm)

    hand.in_form(hand.button("New patient"), PatientForm, fill)


def chart_the_protocol_with_three_changes(hand: Hand, book: Handbook) -> None:
    exceptions: dict[str, Callable[[], None]] = {
        "OCC-1-L": lambda: hand.give_other_dose("OCC-1-L", "7.5", "pain here"),
        "TRA-2-R": lambda: hand.omit("TRA-2-R", "tender"),
    }
    for code in book.protocol.sites:
        exceptions.get(code, lambda code=code: hand.tap(code))()
    hand.add_extra("temporalis", "L", "pain here")


def undo_everything(hand: Hand) -> list[Session]:
    """The sessions seen on the way back, the present one first."""
    seen = [hand.session]
    while hand.workspace.undo.isEnabled():
        hand.click(hand.workspace.undo)
        seen.append(hand.session)
    return seen


def redo_everything(hand: Hand) -> list[Session]:
    seen = [hand.session]
    while hand.workspace.redo.isEnabled():
        hand.click(hand.workspace.redo)
        seen.append(hand.session)
    return seen


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return text.replace("\r\n", "\n")


def charted(session: Session) -> dict[str, tuple[State, Decimal, str]]:
    return {
        code: (each.state, each.units, each.reason) for code, each in session.injections.items()
    }


def expected_chart(book: Handbook) -> dict[str, tuple[State, Decimal, str]]:
    chart = {code: (State.GIVEN, site.units, "") for code, site in book.protocol.sites.items()}
    chart["OCC-1-L"] = (State.GIVEN, Decimal("7.5"), "pain here")
    chart["TRA-2-R"] = (State.OMITTED, Decimal(5), "tender")
    chart["TEM-X1-L"] = (State.GIVEN, Decimal(5), "pain here")
    return chart


def test_a_session_is_charted_undone_redone_signed_reopened_and_printed(
    record: Record, open_window: Callable[[Desk], Hand], book: Handbook
) -> None:
    hand = open_window(record.open())
    create_patient(hand)
    hand.start_session()
    empty = hand.session
    hand.enter_vial(lot="C1234C3", expiry="2027-10", diluent="4")
    hand.plan()
    chart_the_protocol_with_three_changes(hand, book)
    hand.discard_rest()
    full = hand.session
    assert charted(full) == expected_chart(book)
    assert (full.given_units, len(changes(full, book))) == (TOTAL, 3)

    back = undo_everything(hand)
    assert len(back) > 33
    assert (hand.session.injections, hand.session.vials, hand.session.wastes) == ({}, (), ())
    assert hand.session.plan == empty.plan == ""
    forth = redo_everything(hand)
    assert hand.session == full
    assert [charted(each) for each in reversed(back)] == [charted(each) for each in forth]

    hand.sign()
    signed = hand.session
    assert signed.signature is not None
    assert signed.signature.person.name == "Test Injector"
    assert hand.window.close()

    desk = record.open()
    again = open_window(desk)
    assert again.session == signed
    assert desk.file.records.session(signed.id) == signed
    takes_no_edit(again, signed)
    found_in_note(text_of(desk.note(again.session)), signed, book)


def takes_no_edit(hand: Hand, signed: Session) -> None:
    for code in ("PRO-1-M", "TRA-2-R"):
        hand.tap(code)
        hand.double_click(hand.view_of(code), hand.view_of(code).place_of(code))
    for each in (hand.workspace.undo, hand.workspace.redo, hand.workspace.sign):
        assert not each.isEnabled()
    hand.click(hand.screen.cards.card(TABLE))
    index = hand.screen.table.model().index(0, UNITS)
    assert not hand.screen.table.model().flags(index) & Qt.ItemFlag.ItemIsEditable
    press_keys(hand, QKeySequence.StandardKey.Undo)
    for name in ("Given", LARGER, "Extra", "Stop here", "Vial\N{HORIZONTAL ELLIPSIS}"):
        assert not hand.button(name).isEnabled(), name
    assert hand.session == signed


def found_in_note(text: str, session: Session, book: Handbook) -> None:
    lines = [line for line in text.splitlines() if re.search(r"\b[A-Z]{3}-X?\d-[RLM]\b", line)]
    rows = {match[0]: line for line in lines if (match := re.search(r"[A-Z]{3}-X?\d-[RLM]", line))}
    assert rows.keys() == {*book.protocol.sites, "TEM-X1-L"}
    for code, each in session.injections.items():
        if each.state is State.OMITTED:
            assert rows[code].endswith("5 \N{EN DASH} omitted \N{EN DASH} tender")
        elif code == "TEM-X1-L":
            assert "\N{EN DASH} 5 given, extra 1 pain here" in rows[code]
        elif each.has_other_dose:
            assert "5 7.5 given, other dose 1 pain here" in rows[code]
        else:
            assert rows[code].endswith("5 5 given 1"), rows[code]
    assert "Opened 200 units = injected 157.5 + discarded 42.5" in text
    assert text.count("GARCÍA LÓPEZ, Ana María") >= 2
    assert "17 May 1979" in text
    assert "No K-88" in text
    assert "DRAFT" not in text.upper().replace("GLABELLA", "")
    assert re.search(r"\d\s?U\b", text) is None


def test_a_new_patient_is_kept_as_typed(hand: Hand, desk: Desk) -> None:
    create_patient(hand)
    kept = desk.file.records.patient_by_number("K-88")
    assert kept is not None
    assert kept == Patient(
        kept.id,
        "K-88",
        "García López",
        "Ana María",
        date(1979, 5, 17),
        Sex.FEMALE,
        "+44 20 7946 0000",
    )


def test_every_site_is_given_by_a_click_in_the_overview(charting: Hand, book: Handbook) -> None:
    charting.click(charting.screen.cards.card(OVERVIEW))
    for code, place in book.atlas.places.items():
        view = charting.screen.overview[place.home_view]
        assert view.isVisible()
        charting.click(view, view.place_of(code))
        assert charting.session.injections[code].state is State.GIVEN, code
        assert charting.screen.page == OVERVIEW
    assert len(charting.session.given) == 31
    assert charting.session.given_units == 155


def test_the_protocol_is_charted_with_a_click_a_site(charting: Hand, book: Handbook) -> None:
    for code in book.protocol.sites:
        before = charting.session
        charting.tap(code)
        after = charting.session
        changed = {c for c, each in after.injections.items() if each != before.injections[c]}
        assert changed == {code}
    assert charting.session.of_state(State.PLANNED) == []


def test_more_than_fifty_acts_are_undone_one_by_one_and_done_again(
    charting: Hand, desk: Desk
) -> None:
    start = charting.session
    codes = ["FRO-1-R", "FRO-1-L"]
    charting.open_close_up("FRO-1-R")
    for number in range(52):
        charting.tap(codes[number % 2])
    there = charting.session
    for _ in range(52):
        charting.workspace.undo.click()
    assert charting.session == start == desk.file.records.session(start.id)
    for _ in range(52):
        charting.workspace.redo.click()
    assert charting.session == there == desk.file.records.session(start.id)
    assert not charting.workspace.redo.isEnabled()


def test_an_open_draft_comes_back_with_its_undo_and_redo(
    record: Record, open_window: Callable[[Desk], Hand]
) -> None:
    hand = open_window(record.open())
    hand.choose_patient(1)
    hand.start_session()
    hand.plan()
    hand.tap("PRO-1-M")
    hand.tap("FRO-1-R")
    left = hand.session
    hand.tap("FRO-1-L")
    undone = hand.session
    hand.click(hand.workspace.undo)
    assert hand.window.close()

    again = open_window(record.open())
    assert again.session == left
    again.click(again.workspace.redo)
    assert again.session == undone
    for _ in range(4):
        again.click(again.workspace.undo)
    assert not again.workspace.undo.isEnabled()
    assert again.session.injections == {}


def test_undo_and_redo_go_by_keys_too(charting: Hand) -> None:
    before = charting.session
    charting.tap("PRO-1-M")
    after = charting.session
    press_keys(charting, QKeySequence.StandardKey.Undo)
    assert charting.session == before
    press_keys(charting, QKeySequence.StandardKey.Redo)
    assert charting.session == after


def test_the_window_comes_back_to_the_page_and_the_site_where_it_was_closed(
    record: Record, open_window: Callable[[Desk], Hand]
) -> None:
    hand = open_window(record.open())
    hand.choose_patient(0)
    hand.start_session()
    hand.plan()
    hand.tap("OCC-2-R")
    before = (hand.session, hand.screen.page, hand.screen.place)
    hand.window.close()
    again = open_window(record.open())
    assert (again.session, again.screen.page, again.screen.place) == before
    assert before[1:] == ("back_of_head", "back_of_head OCC-2-R")
