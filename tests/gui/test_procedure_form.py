"""What differs from the usual way is said in words; what nobody changed stays as it was."""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QPlainTextEdit, QPushButton, QScrollArea
from pytestqt.qtbot import QtBot

from desktop import app
from desktop.core.procedure import (
    Aspiration,
    Event,
    Happening,
    Procedure,
    checked_procedure,
)
from desktop.core.session import Session
from desktop.gui import theme
from desktop.gui.procedure_form import PartsForm, ProcedureForm, UsualProcedureForm, likely
from desktop.gui.theme import CHIP_MM, Measures
from desktop.words.vials import event_words, named_event

USUAL = Procedure(
    position="seated",
    skin="alcohol",
    needle="30 G, 13 mm",
    guidance="landmarks",
    aspiration=Aspiration.NO,
    tolerance="well tolerated",
    aftercare="Do not rub.\nStay upright.",
    warnings="Trouble swallowing: call us.",
    follow_up="Twelve weeks.",
)
Kept = list[tuple[Procedure, list[Event]]]
Open = Callable[..., ProcedureForm]


@pytest.fixture
def kept() -> Kept:
    """What the form has handed over."""
    return []


@pytest.fixture
def opened(qtbot: QtBot, empty: Session, kept: Kept) -> Open:
    """Opens the form of a session; like the record, it takes nothing that cannot be printed."""

    def use(procedure: Procedure, not_happened: Sequence[Event]) -> None:
        kept.append((checked_procedure(procedure), list(not_happened)))

    def made(
        procedure: Procedure = USUAL, usual: Procedure = USUAL, events: tuple[Event, ...] = ()
    ) -> ProcedureForm:
        session = replace(empty, procedure=procedure, events=events)
        form = ProcedureForm(None, app.explain, session, usual, theme.LOGICAL, use)
        qtbot.addWidget(form)
        form.show()
        return form

    return made


def marks(form: ProcedureForm) -> dict[str, str]:
    return {name: mark.text() for name, mark in form.marks.items() if mark.text()}


@pytest.mark.parametrize("procedure", [USUAL, Procedure(), replace(USUAL, needle="")])
def test_what_is_kept_unchanged_is_as_it_was(
    procedure: Procedure, opened: Open, kept: Kept
) -> None:
    opened(procedure).confirm.click()
    assert kept == [(procedure, [])]


def test_where_all_is_as_usual_nothing_is_marked(opened: Open) -> None:
    form = opened()
    assert marks(form) == {}
    assert form.summary.text() == "Everything is as usual."
    assert not form.as_usual.isEnabled()


def test_what_differs_is_marked_with_what_is_usual(opened: Open, kept: Kept) -> None:
    form = opened(usual=replace(USUAL, tolerance=""))
    form.parts["needle"].setEditText("27 G, 25 mm")  # type: ignore[union-attr]
    form.parts["aftercare"].setPlainText("None.")  # type: ignore[union-attr]
    form.aspiration.chips["yes"].click()
    assert marks(form) == {
        "needle": "usually: 30 G, 13 mm",
        "aspiration": "usually: no",
        "tolerance": "usually not recorded",
        "aftercare": "not as usual",
    }
    assert form.summary.text() == ("Not as usual: Needle, Aspiration, Tolerance, Aftercare given.")
    assert form.parts["needle"].accessibleDescription() == "usually: 30 G, 13 mm"
    form.confirm.click()
    other = replace(USUAL, needle="27 G, 25 mm", aspiration=Aspiration.YES, aftercare="None.")
    assert kept == [(other, [])]


def test_a_long_way_is_told_in_the_tip(opened: Open) -> None:
    long = "the fine needle " * 8
    form = opened(usual=replace(USUAL, needle=long))
    assert marks(form) == {"needle": "not as usual"}
    assert long.strip() in form.marks["needle"].toolTip()


def test_markup_in_what_is_usual_stays_words(opened: Open) -> None:
    form = opened(usual=replace(USUAL, needle="<b>30 G</b>"))
    assert form.marks["needle"].text() == "usually: <b>30 G</b>"
    assert form.marks["needle"].textFormat() is Qt.TextFormat.PlainText
    assert "&lt;b&gt;" in form.marks["needle"].toolTip()


def test_as_usual_puts_every_part_back(opened: Open, kept: Kept) -> None:
    form = opened(Procedure())
    assert len(marks(form)) == len(fields(Procedure))
    form.as_usual.click()
    assert marks(form) == {}
    form.confirm.click()
    assert kept == [(USUAL, [])]


def test_a_clinic_without_a_usual_way_is_told_where_to_say_it(opened: Open) -> None:
    form = opened(usual=Procedure())
    assert marks(form) == {}
    assert form.as_usual.isHidden()
    assert "preferences" in form.summary.text()


# -- what happened ---------------------------------------------------------------------------------


@pytest.fixture
def events(empty: Session) -> tuple[Event, ...]:
    at = empty.started_at + timedelta(minutes=12)
    return (
        Event(Happening.FAINT, at),
        Event(Happening.OTHER, at + timedelta(minutes=3), "cold <sweat>"),
    )


def test_what_happened_is_listed_and_what_did_not_is_handed_over(
    opened: Open, kept: Kept, events: tuple[Event, ...]
) -> None:
    form = opened(events=events)
    assert [each.accessibleName() for each in form.happened] == [
        "Did not happen: 10:42 \N{MIDDLE DOT} faint",
        "Did not happen: 10:45 \N{MIDDLE DOT} cold <sweat>",
    ]
    form.happened[1].click()
    assert form.summary.text().endswith("What did not happen is taken back.")
    form.confirm.click()
    assert kept == [(USUAL, [events[1]])]


def test_a_change_of_mind_takes_nothing_back(
    opened: Open, kept: Kept, events: tuple[Event, ...]
) -> None:
    form = opened(events=events)
    for _time in range(2):
        form.happened[0].click()
    form.confirm.click()
    assert kept == [(USUAL, [])]


def test_an_event_is_told_by_the_clock_of_the_session(empty: Session) -> None:
    at = (empty.started_at + timedelta(minutes=12)).astimezone(ZoneInfo("Asia/Tokyo"))
    assert event_words(Event(Happening.PAIN, at), empty) == "10:42 \N{MIDDLE DOT} pain"
    late = Event(Happening.BLEEDING, empty.started_at + timedelta(hours=14), "gauze")
    assert event_words(late, empty) == (
        "23 Nov 2026 00:30 \N{MIDDLE DOT} bleeding \N{MIDDLE DOT} gauze"
    )


@pytest.mark.parametrize(
    ("words", "kind", "note"),
    [
        ("faint", Happening.FAINT, ""),
        (" Bleeding ", Happening.BLEEDING, ""),
        ("pain", Happening.PAIN, ""),
        ("other", Happening.OTHER, "other"),
        ("felt faint", Happening.OTHER, "felt faint"),
    ],
)
def test_words_name_an_event_or_describe_one(
    words: str, kind: Happening, note: str, empty: Session
) -> None:
    assert named_event(words, empty.started_at) == Event(kind, empty.started_at, note)


# -- nothing typed is lost -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("needle", "x" * 201, "201"),
        ("position", "wrong \u202e way", "U+202E"),
        ("aftercare", "x" * 20_001, "20001"),
    ],
)
def test_what_cannot_be_printed_is_one_sentence_and_nothing_is_lost(
    name: str, text: str, said: str, opened: Open, kept: Kept
) -> None:
    form = opened()
    write(form, name, text)
    form.confirm.click()
    assert kept == []
    assert form.isVisible()
    assert said in form.refusal.text().replace(",", "").replace(" ", "")
    assert getattr(form.procedure(), name) == text


def write(form: PartsForm, name: str, text: str) -> None:
    field = form.parts[name]
    if isinstance(field, QPlainTextEdit):
        field.setPlainText(text)
    else:
        field.setEditText(text)


@pytest.mark.parametrize("touch", ["needle", "aftercare", "aspiration", "event"])
def test_escape_warns_before_it_leaves_what_was_changed(
    touch: str, opened: Open, events: tuple[Event, ...]
) -> None:
    form = opened(events=events)
    if touch == "aspiration":
        form.aspiration.chips["yes"].click()
    elif touch == "event":
        form.happened[0].click()
    else:
        write(form, touch, "other")
    QTest.keyClick(form, Qt.Key.Key_Escape)
    assert form.isVisible()
    QTest.keyClick(form, Qt.Key.Key_Escape)
    assert not form.isVisible()


def test_what_is_typed_is_not_finished_to_other_words(opened: Open) -> None:
    form = opened()
    form.activateWindow()
    QTest.qWaitForWindowActive(form)
    field = form.parts["tolerance"]
    assert isinstance(field, QComboBox)
    assert "well tolerated" in [field.itemText(at) for at in range(field.count())]
    field.setEditText("")
    line = field.lineEdit()
    assert line is not None
    line.setFocus()
    QTest.keyClicks(line, "well")
    assert field.currentText() == "well"


def test_the_wheel_scrolls_and_chooses_nothing(opened: Open) -> None:
    form = opened()
    field = form.parts["position"]
    centre = QPointF(field.rect().center())
    wheel = QWheelEvent(
        centre,
        QPointF(field.mapToGlobal(QPoint(0, 0))),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(field, wheel)
    assert form.procedure() == USUAL


def test_a_gloved_finger_works_the_form(opened: Open, events: tuple[Event, ...]) -> None:
    form = opened(events=events)
    hit = [
        each
        for kind in (QComboBox, QPushButton, QPlainTextEdit)
        for each in form.findChildren(kind)
        if each.isVisibleTo(form)
    ]
    assert len(hit) > 14
    low = theme.LOGICAL.px(CHIP_MM)
    small = {each.accessibleName(): each.height() for each in hit if each.height() < low}
    assert small == {}


def test_on_a_small_dense_screen_the_parts_scroll_and_the_buttons_stay(
    qtbot: QtBot, empty: Session, events: tuple[Event, ...]
) -> None:
    session = replace(empty, procedure=USUAL, events=events * 5)
    dense = Measures(theme.LOGICAL_PX_PER_MM * 2)
    form = ProcedureForm(None, app.explain, session, Procedure(), dense, lambda *_kept: None)
    qtbot.addWidget(form)
    form.show()
    assert form.height() <= form.screen().availableGeometry().height()
    scroll = form.findChild(QScrollArea)
    assert isinstance(scroll, QScrollArea)
    assert scroll.verticalScrollBar().maximum() > 0
    assert not scroll.isAncestorOf(form.confirm)


# -- the clinic's way ------------------------------------------------------------------------------


def test_the_usual_way_is_said_in_the_same_fields(qtbot: QtBot) -> None:
    said: list[Procedure] = []
    form = UsualProcedureForm(None, app.explain, USUAL, theme.LOGICAL, said.append)
    qtbot.addWidget(form)
    form.show()
    write(form, "needle", "  27 G ")
    form.aspiration.chips["not recorded"].click()
    form.confirm.click()
    assert said == [replace(USUAL, needle="27 G", aspiration=Aspiration.NOT_RECORDED)]


def test_what_is_likely_is_written_in_the_language_of_the_paper() -> None:
    assert likely("position")[0] == "lying down"
    assert all(likely(name) for name in ("position", "skin", "needle", "guidance", "tolerance"))
