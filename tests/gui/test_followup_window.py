"""What came after a session: taken by a few taps, listed in words, and never lost."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop import app, language, resources
from desktop.app import Desk
from desktop.core.entries import EntryValue
from desktop.core.followup import EffectSide, Outcomes, SideEffect, TreatedElsewhere
from desktop.core.patient import Patient
from desktop.gui import theme
from desktop.gui.chips import Chips
from desktop.gui.entry_form import EntryForm
from desktop.gui.followup_forms import ElsewhereForm, SideEffectForm, WithdrawForm
from desktop.gui.followup_window import EntryList, FollowUpWindow
from desktop.gui.forms import Form
from desktop.gui.note_window import NoteWindow
from desktop.gui.outcomes_form import OutcomesForm
from desktop.gui.services import Services
from desktop.gui.theme import CHIP_MM, LOGICAL
from desktop.language import Language
from desktop.words import followup as words
from tests.conftest import enter, in_dialog

TODAY = date(2026, 11, 22)
BORN = date(1980, 2, 1)
PATIENT = Patient("p-1", "4711", "Patient", "Test", BORN)
BOOK = resources.followup()
PRODUCTS = list(resources.handbook().products.values())
TOXINS = tuple(dict.fromkeys(each.usan for each in PRODUCTS))  # each once
OUTCOMES = Outcomes(
    until=date(2026, 11, 20),
    days_observed=30,
    headache_days=12,
    migraine_days=6,
    days_4h=9,
    acute_days={"triptan": 11, "simple": 0},
    hit6=62,
    midas=25,
    impression=2,
    wear_off_week=10,
    supplemental="a nerve block",
    note="Counted in a diary \U0001f600.\nSeen.",
)
EFFECT = SideEffect(
    kind="eyelid_ptosis",
    side=EffectSide.LEFT,
    site_note="outer part",
    onset=date(2026, 11, 1),
    severity="moderate",
    outcome="resolving",
    reported_on=date(2026, 11, 3),
    is_serious=True,
    note="By phone.",
)
ELSEWHERE = TreatedElsewhere(
    date(2026, 8, 3), "onabotulinumtoxinA", Decimal("100.5"), "bladder", "another clinic", "Told."
)
MARK = "\u202e"
LONG = "x" * 5000

Kept = list[EntryValue]
Open = Callable[..., Form]


@pytest.fixture
def kept() -> Kept:
    """What the forms have handed over."""
    return []


@pytest.fixture
def counting(qtbot: QtBot, kept: Kept) -> Callable[..., OutcomesForm]:
    """Opens the form for counted days."""

    def opened(before: Outcomes | None = None, sessions: tuple[date, ...] = ()) -> OutcomesForm:
        form = OutcomesForm(
            None, app.explain, PATIENT, TODAY, BOOK, sessions, LOGICAL, before, kept.append
        )
        qtbot.addWidget(form)
        form.show()
        return form

    return opened


@pytest.fixture
def reporting(qtbot: QtBot, kept: Kept) -> Callable[..., SideEffectForm]:
    """Opens the form for a side effect."""

    def opened(before: SideEffect | None = None) -> SideEffectForm:
        form = SideEffectForm(None, app.explain, PATIENT, TODAY, BOOK, LOGICAL, before, kept.append)
        qtbot.addWidget(form)
        form.show()
        return form

    return opened


@pytest.fixture
def treated(qtbot: QtBot, kept: Kept) -> Callable[..., ElsewhereForm]:
    """Opens the form for a treatment elsewhere."""

    def opened(before: TreatedElsewhere | None = None) -> ElsewhereForm:
        form = ElsewhereForm(
            None, app.explain, PATIENT, TODAY, BOOK, PRODUCTS, LOGICAL, before, kept.append
        )
        qtbot.addWidget(form)
        form.show()
        return form

    return opened


def kind_chip(form: SideEffectForm, key: str) -> QPushButton:
    return next(each.chips[key] for each in form.kinds if key in each.chips)


def write(form: Form, field: str, text: str) -> None:
    """Write over what stands in a field of a form, by its name."""
    acute = form.acute if isinstance(form, OutcomesForm) else {}
    place = acute.get(field) or getattr(form, field)
    line = getattr(place, "line", place)
    line.clear()
    enter(line, text)


def contents(form: Form) -> list[object]:
    return form._contents()


# -- counted days --------------------------------------------------------------------------------


def test_the_two_core_numbers_are_two_taps_and_the_rest_is_not_recorded(
    counting: Callable[..., OutcomesForm], kept: Kept
) -> None:
    form = counting()
    form.headache.chips[12].click()
    form.days_4h.chips[7].click()
    form.confirm.click()
    assert kept == [Outcomes(TODAY, 28, headache_days=12, days_4h=7)]
    assert not form.isVisible()


def test_a_number_is_typed_as_well_and_its_chip_shows_it(
    counting: Callable[..., OutcomesForm], kept: Kept
) -> None:
    form = counting()
    enter(form.headache.line, " 12 ")
    assert [number for number, chip in form.headache.chips.items() if chip.isChecked()] == [12]
    form.headache.chips[3].click()
    assert form.headache.line.text() == "3"
    assert not form.headache.chips[12].isChecked()
    form.confirm.click()
    assert kept == [Outcomes(TODAY, 28, headache_days=3)]


@pytest.mark.parametrize(
    "value", [OUTCOMES, EFFECT, ELSEWHERE], ids=lambda each: type(each).__name__
)
def test_what_is_corrected_in_nothing_stays_what_it_was(
    value: EntryValue,
    counting: Open,
    reporting: Open,
    treated: Open,
    kept: Kept,
) -> None:
    forms = {Outcomes: counting, SideEffect: reporting, TreatedElsewhere: treated}
    forms[type(value)](value).confirm.click()
    assert kept == [value]


def test_no_chip_offers_more_days_than_were_observed(
    counting: Callable[..., OutcomesForm],
) -> None:
    form = counting()

    def offered() -> list[int]:
        return [number for number, chip in form.days_4h.chips.items() if chip.isVisible()]

    places = {number: chip.geometry() for number, chip in form.days_4h.chips.items()}
    assert offered() == list(range(29))
    form.observed.chips[30].click()
    assert offered() == list(range(31))
    enter(form.observed.line, "90")
    assert offered() == list(range(32))
    QApplication.processEvents()
    assert {number: chip.geometry() for number, chip in form.days_4h.chips.items()} == places


def test_a_threshold_of_overuse_is_said_with_its_source_before_it_is_kept(
    counting: Callable[..., OutcomesForm],
) -> None:
    form = counting()
    form.headache.chips[12].click()
    assert form.information.text() == ""
    enter(form.acute["triptan"], "10")
    assert "Overuse is triptans on 10" in form.information.text()
    assert "ICHD-3" in form.information.text()
    enter(form.acute["triptan"], "9")
    assert form.information.text() == ""


@pytest.mark.parametrize(("days_ago", "is_early"), [(27, True), (28, False), (0, True)])
def test_before_week_4_the_form_says_that_nothing_is_compared(
    days_ago: int,
    is_early: bool,
    counting: Callable[..., OutcomesForm],
) -> None:
    form = counting(None, (TODAY - timedelta(days=days_ago), date(2025, 1, 1)))
    form.headache.chips[12].click()
    assert ("no comparison before week 4" in form.information.text()) is is_early


def test_what_will_be_kept_is_said_in_words_with_the_month_in_letters(
    counting: Callable[..., OutcomesForm],
) -> None:
    form = counting()
    form.headache.chips[1].click()
    form.until.chips.chips["7"].click()
    said = form.summary.text()
    assert said == "Will be kept: 1 headache day in 28 days observed, to 15 Nov 2026"
    form.impression.chips["4"].click()
    assert form.summary.text().endswith("the same")


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("headache", "", "Nothing is entered yet"),
        ("headache", "29", "29 days cannot be counted in 28 days observed"),
        ("headache", "-1", "not a whole number"),
        ("headache", "1.5", "not a whole number"),
        ("headache", "\u0661\u0662", "not a whole number"),
        ("headache", "12\U0001f600", "not a whole number"),
        ("headache", f"12{MARK}", "U+202E"),
        ("headache", "1" * 5000, "5000 characters, 200 at most"),
        ("days_4h", "13", "13 are more than 12 headache days"),
        ("migraine", "13", "13 migraine days are more than 12 headache days"),
        ("observed", "0", "0 days observed cannot be"),
        ("observed", "367", "367 days observed cannot be"),
        ("observed", "", "0 days observed cannot be"),
        ("until", "", "Say on which day"),
        ("until", "22.11.2026", "is no date"),
        ("until", "2026-02-30", "is no date"),
        ("until", "2026-11-23", "is still to come"),
        ("until", "1980-02-20", "before the patient's birth"),
        ("until", "0001-01-01", "before the patient's birth"),
        ("hit6", "35", "36 to 78"),
        ("hit6", "77", "No six answers"),
        ("midas", "271", "0 to 270"),
        ("wear_off", "0", "1 to 52"),
        ("triptan", "29", "29 days cannot be counted"),
        ("supplemental", LONG, "5000 characters, 200 at most"),
        ("supplemental", f"block{MARK}", "U+202E"),
        ("note", f"seen{MARK}", "U+202E"),
        ("note", "x" * 20_001, "20001 characters, 20000 at most"),
    ],
)
def test_outcomes_that_cannot_be_are_one_sentence_and_nothing_is_lost(
    field: str, text: str, said: str, counting: Callable[..., OutcomesForm], kept: Kept
) -> None:
    form = counting()
    form.headache.chips[12].click()
    write(form, field, text)
    refused(form, said)
    assert kept == []


def refused(form: Form, said: str) -> None:
    """Press the button; the form stays as it was, and says why."""
    before = contents(form)
    form.confirm.click()
    assert form.isVisible()
    assert form.refusal.isVisible()
    assert said in form.refusal.text()
    assert "\n" not in form.refusal.text()
    assert contents(form) == before


def test_a_number_that_cannot_be_read_gets_the_keyboard_on_whichever_page_it_stands(
    counting: Callable[..., OutcomesForm],
) -> None:
    form = counting()
    form.headache.chips[12].click()
    form._pages.setCurrentIndex(1)
    enter(form.hit6, "sixty")
    form._pages.setCurrentIndex(0)
    form.confirm.click()
    assert form._pages.currentIndex() == 1
    assert form.focusWidget() is form.hit6


def test_a_refusal_goes_with_what_it_was_about(counting: Callable[..., OutcomesForm]) -> None:
    form = counting()
    form.confirm.click()
    assert not form.summary.isVisible()
    form.headache.chips[12].click()
    assert not form.refusal.isVisible()
    assert form.summary.isVisible()


def test_escape_asks_before_it_leaves_what_was_tapped(
    reporting: Callable[..., SideEffectForm],
) -> None:
    form = reporting()
    kind_chip(form, "bruising").click()
    QTest.keyClick(form, Qt.Key.Key_Escape)
    assert form.isVisible()
    assert form.refusal.text() == "Once more leaves without keeping what you typed."
    QTest.keyClick(form, Qt.Key.Key_Escape)
    assert not form.isVisible()


# -- side effects --------------------------------------------------------------------------------


def test_a_side_effect_is_two_taps_and_what_nobody_said_is_recorded_as_not_said(
    reporting: Callable[..., SideEffectForm], kept: Kept
) -> None:
    form = reporting()
    kind_chip(form, "neck_pain").click()
    form.onset.chips.chips["7"].click()
    form.confirm.click()
    assert kept == [
        SideEffect(
            kind="neck_pain",
            side=EffectSide.NOT_SAID,
            site_note="",
            onset=TODAY - timedelta(days=7),
            severity="not_recorded",
            outcome="unknown",
            reported_on=TODAY,
            is_serious=False,
        )
    ]


def test_every_side_effect_of_the_list_has_one_chip(
    reporting: Callable[..., SideEffectForm],
) -> None:
    chips = [key for each in reporting().kinds for key in each.chips]
    assert sorted(chips) == sorted(BOOK.kinds)


def test_one_side_effect_is_chosen_whichever_group_it_is_in(
    reporting: Callable[..., SideEffectForm],
) -> None:
    form = reporting()
    for key in BOOK.kinds:
        kind_chip(form, key).click()
        assert form.kind == key
        assert sum(chip.isChecked() for each in form.kinds for chip in each.chips.values()) == 1


def test_what_is_serious_by_itself_is_flagged_until_somebody_says_otherwise(
    reporting: Callable[..., SideEffectForm],
) -> None:
    form = reporting()
    kind_chip(form, "dysphagia").click()
    assert form.is_serious.isChecked()
    kind_chip(form, "bruising").click()
    assert not form.is_serious.isChecked()
    form.is_serious.click()
    kind_chip(form, "neck_pain").click()
    assert form.is_serious.isChecked()
    form.is_serious.click()
    kind_chip(form, "allergy").click()
    assert not form.is_serious.isChecked()


def test_a_corrected_side_effect_keeps_its_own_flag(
    reporting: Callable[..., SideEffectForm],
) -> None:
    form = reporting(replace(EFFECT, is_serious=False))
    kind_chip(form, "dysphagia").click()
    assert not form.is_serious.isChecked()


@pytest.mark.parametrize(
    ("kind", "field", "text", "said"),
    [
        ("", "onset", "2026-11-01", "Choose what it was"),
        ("bruising", "onset", "", "Say on which day"),
        ("bruising", "onset", "2026-11-23", "is still to come"),
        ("bruising", "onset", "1980-01-31", "before the patient's birth"),
        ("bruising", "onset", f"2026-11-01{MARK}", "U+202E"),
        ("bruising", "onset", LONG, "5000 characters, 200 at most"),
        ("bruising", "reported", "2026-10-31", "before it began"),
        ("bruising", "reported", "2026-11-23", "is still to come"),
        ("bruising", "reported", "soon", "is no date"),
        ("bruising", "where", LONG, "5000 characters, 200 at most"),
        ("bruising", "where", f"brow{MARK}", "U+202E"),
        ("other", "where", "brow", "write in the remarks"),
    ],
)
def test_a_side_effect_that_cannot_be_is_one_sentence_and_nothing_is_lost(
    kind: str,
    field: str,
    text: str,
    said: str,
    reporting: Callable[..., SideEffectForm],
    kept: Kept,
) -> None:
    form = reporting()
    if kind:
        kind_chip(form, kind).click()
    enter(form.onset.line, "2026-11-01")
    write(form, field, text)
    refused(form, said)
    assert kept == []


# -- treated elsewhere ---------------------------------------------------------------------------


def test_a_toxin_is_chosen_by_its_chip_or_typed(
    treated: Callable[..., ElsewhereForm], kept: Kept
) -> None:
    form = treated()
    assert tuple(form.toxins.chips) == TOXINS
    form.on.chips.chips["28"].click()
    form.toxins.chips["abobotulinumtoxinA"].click()
    enter(form.units, "500 U")
    enter(form.toxin, "another toxin")
    assert not form.toxins.chips["abobotulinumtoxinA"].isChecked()
    enter(form.toxin, "dysport")
    assert form.toxins.chips["abobotulinumtoxinA"].isChecked()
    form.confirm.click()
    on = TODAY - timedelta(days=28)
    assert kept == [TreatedElsewhere(on, "abobotulinumtoxinA", Decimal(500))]


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("on", "", "Say on which day"),
        ("on", "2026-11-23", "is still to come"),
        ("on", "1979-12-31", "before the patient's birth"),
        ("toxin", "  ", "Name the toxin"),
        ("toxin", LONG, "5000 characters, 200 at most"),
        ("toxin", f"toxin{MARK}", "U+202E"),
        ("units", "", "is not an amount"),
        ("units", "0", "more than 0"),
        ("units", "10000", "less than 10000"),
        ("units", "10,000", "is not an amount"),
        ("units", "-5", "is not an amount"),
        ("units", "\u0661\u0660\u0660", "is not an amount"),
        ("units", LONG, "5000 characters, 200 at most"),
        ("indication", LONG, "5000 characters, 200 at most"),
        ("where", f"clinic{MARK}", "U+202E"),
    ],
)
def test_a_treatment_that_cannot_be_is_one_sentence_and_nothing_is_lost(
    field: str, text: str, said: str, treated: Callable[..., ElsewhereForm], kept: Kept
) -> None:
    form = treated(ELSEWHERE)
    write(form, field, text)
    refused(form, said)
    assert kept == []


def test_more_than_a_dose_is_taken_when_the_remarks_say_so(
    treated: Callable[..., ElsewhereForm], kept: Kept, qtbot: QtBot
) -> None:
    form = treated(replace(ELSEWHERE, note=""))
    write(form, "toxin", "botox")
    write(form, "units", "600")
    refused(form, "more than the largest dose, 400 units")
    write(form, "note", "By letter.")
    qtbot.waitUntil(form.confirm.isEnabled)
    form.confirm.click()
    assert kept == [replace(ELSEWHERE, units=Decimal(600), note="By letter.")]


# -- the window ----------------------------------------------------------------------------------


@pytest.fixture
def desk_services(desk: Desk) -> Services:
    """A real record, with three entries of its first patient."""
    made = app.services(desk)
    for value in (OUTCOMES, EFFECT, ELSEWHERE):
        made.add_entry("invented-1", _in_time(value, made.now().date()), None)
    return made


def _in_time(value: EntryValue, today: date) -> EntryValue:
    """The same, before the day on which the tests run."""
    match value:
        case Outcomes():
            return replace(value, until=today - timedelta(days=2))
        case SideEffect():
            return replace(value, onset=today - timedelta(days=21), reported_on=today)
        case TreatedElsewhere():
            return replace(value, on=today - timedelta(days=90))


@pytest.fixture
def window(qtbot: QtBot, desk_services: Services) -> FollowUpWindow:
    made = FollowUpWindow(None, desk_services, LOGICAL, desk_services.patient("invented-1"))
    qtbot.addWidget(made)
    made.show()
    return made


def titles(shown: EntryList) -> list[str]:
    return [each.findChildren(QLabel)[0].text() for each in shown.lines]


def values(services: Services) -> list[EntryValue]:
    return [each.value for each in services.entries("invented-1")]


def test_every_entry_stands_in_its_list_in_words(window: FollowUpWindow) -> None:
    assert titles(window.elsewhere) == ["onabotulinumtoxinA, 100.5 units"]
    assert titles(window.effects) == ["Serious: drooping eyelid, left"]
    assert titles(window.outcomes)[0].startswith("12 headache days in 30 days observed, to ")
    told = "\n".join(each.text() for each in window.outcomes.findChildren(QLabel))
    for words_ in ("HIT-6 62", "MIDAS 25, grade IV", "clearly better", "a nerve block", "ICHD-3"):
        assert words_ in told
    assert "Test Injector" in told


def test_an_added_count_stands_first(window: FollowUpWindow, desk_services: Services) -> None:
    def work(form: QWidget) -> None:
        assert isinstance(form, OutcomesForm)
        form.headache.chips[5].click()
        form.confirm.click()

    in_dialog(window.outcomes.add.click, work)
    assert [each.split(" in ")[0] for each in titles(window.outcomes)] == [
        "5 headache days",
        "12 headache days",
    ]
    assert len(values(desk_services)) == 4


def test_a_corrected_line_replaces_the_one_before(
    window: FollowUpWindow, desk_services: Services
) -> None:
    def work(form: QWidget) -> None:
        assert isinstance(form, ElsewhereForm)
        enter(form.units, "200")
        form.confirm.click()

    in_dialog(window.elsewhere.lines[0].correct.click, work)
    assert titles(window.elsewhere) == ["onabotulinumtoxinA, 200 units"]
    assert "corrected" in window.elsewhere.lines[0].findChildren(QLabel)[-1].text()
    assert len(values(desk_services)) == 3


def test_a_line_is_withdrawn_with_a_reason_and_not_without(
    window: FollowUpWindow, desk_services: Services
) -> None:
    def work(form: QWidget) -> None:
        assert isinstance(form, WithdrawForm)
        form.confirm.click()
        assert "needs a reason" in form.refusal.text()
        assert len(values(desk_services)) == 3
        form.chips.chips["entered twice"].click()
        assert form.reason.text() == "entered twice"
        form.try_to_accept()
        form.accept()

    in_dialog(window.effects.lines[0].withdraw.click, work)
    assert titles(window.effects) == []
    assert window.effects._nothing.isVisible()
    assert [type(each) for each in values(desk_services)] == [Outcomes, TreatedElsewhere]


def test_giving_up_keeps_everything_as_it_was(
    window: FollowUpWindow, desk_services: Services
) -> None:
    def give_up(form: QWidget) -> None:
        assert form.close()

    before = values(desk_services)
    for press in (
        window.effects.add,
        window.effects.lines[0].correct,
        window.effects.lines[0].withdraw,
    ):
        in_dialog(press.click, give_up)
    assert values(desk_services) == before


def test_the_response_is_a_page_that_can_be_saved(window: FollowUpWindow) -> None:
    said: list[str] = []

    def work(page: QWidget) -> None:
        assert isinstance(page, NoteWindow)
        assert page.windowTitle() == "Response"
        said.append(page.document.getAllText(0).text())
        assert page._suggested.endswith("-4711-response.pdf")

    in_dialog(window.response.click, work)
    assert "Response to onabotulinumtoxinA" in said[0]
    assert "12 headache days in 30 days" in said[0]


def test_a_page_that_cannot_be_printed_is_one_sentence(
    qtbot: QtBot, desk_services: Services
) -> None:
    patient = desk_services.patient("invented-1")
    desk_services.change_patient(replace(patient, given_name="Ida \U0001f600"))
    window = FollowUpWindow(None, desk_services, LOGICAL, desk_services.patient("invented-1"))
    qtbot.addWidget(window)
    window.show()
    window.response.click()
    assert window._said.isVisible()
    assert "cannot be printed" in window._said.text()


# -- sizes, keys, languages ----------------------------------------------------------------------

CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit)


def controls(window: QWidget) -> list[QWidget]:
    return [
        each
        for each in window.findChildren(QWidget)
        if isinstance(each, CONTROLS) and each.isVisible() and each.isEnabled()
    ]


def forms_and_window(
    counting: Open, reporting: Open, treated: Open, window: QWidget
) -> Iterator[QWidget]:
    counting_form = counting(OUTCOMES)
    yield counting_form
    assert isinstance(counting_form, OutcomesForm)
    counting_form._pages.setCurrentIndex(1)
    yield counting_form
    yield from (reporting(EFFECT), treated(ELSEWHERE), window)


def test_every_control_has_a_name_and_is_reached_by_tab(
    counting: Open, reporting: Open, treated: Open, window: FollowUpWindow
) -> None:
    for each in forms_and_window(counting, reporting, treated, window):
        reached = set(_tabbed_through(each))
        for control in controls(each):
            words_on_it = control.text() if isinstance(control, QAbstractButton) else ""
            name = control.accessibleName() or words_on_it
            assert name, type(control).__name__
            # A number is typed beside its chips; of several words the arrow keys choose.
            is_number = control.property("kind") == "number"
            group = control.group() if isinstance(control, QAbstractButton) else None
            of_a_group = group is not None and any(one in reached for one in group.buttons())
            assert is_number or of_a_group or control in reached, name


def _tabbed_through(window: QWidget) -> list[QWidget]:
    seen: list[QWidget] = []
    for _step in range(300):
        window.focusNextChild()
        now = window.focusWidget()
        if now in seen:
            break
        seen.append(now)
    return seen


def test_the_arrow_keys_choose_another_word(counting: Callable[..., OutcomesForm]) -> None:
    form = counting()
    form.activateWindow()
    QTest.qWaitForWindowActive(form)
    form.impression.chips[""].setFocus()
    QTest.keyClick(form.impression.chips[""], Qt.Key.Key_Right)
    assert form.impression.chosen == "1"
    assert form.focusWidget() is form.impression.chips["1"]


def test_a_count_is_kept_by_keys_alone(counting: Callable[..., OutcomesForm], kept: Kept) -> None:
    form = counting()
    assert form.focusWidget() is form.headache.line
    QTest.keyClicks(form.headache.line, "12")
    QTest.keyClick(form.headache.line, Qt.Key.Key_Return)
    assert kept == [Outcomes(TODAY, 28, headache_days=12)]


def test_one_sees_where_the_keyboard_is(
    counting: Open, reporting: Open, treated: Open, window: FollowUpWindow
) -> None:
    looks_same = []
    for each in forms_and_window(counting, reporting, treated, window):
        each.activateWindow()
        for control in controls(each):
            if control.focusPolicy() is Qt.FocusPolicy.NoFocus:
                continue
            each.setFocus()
            before = _picture(control)
            control.setFocus(Qt.FocusReason.TabFocusReason)
            if control.hasFocus() and _picture(control) == before:
                looks_same.append((type(control).__name__, control.accessibleName()))
    assert looks_same == []


def _picture(widget: QWidget) -> QImage:
    QApplication.processEvents()
    return widget.grab().toImage()


def test_what_is_tapped_is_12_mm_high(
    counting: Open, reporting: Open, treated: Open, window: FollowUpWindow
) -> None:
    least = LOGICAL.px(CHIP_MM)
    for each in forms_and_window(counting, reporting, treated, window):
        QApplication.processEvents()
        for button in each.findChildren(QPushButton):
            if button.isVisible() and button.focusPolicy() is not Qt.FocusPolicy.NoFocus:
                assert button.height() >= least - 1, button.text()
        for chips in each.findChildren(Chips):
            for chip in chips.chips.values():
                if chip.isVisible():
                    assert min(chip.width(), chip.height()) >= least - 1, chip.text()


def test_the_forms_fit_a_screen_of_1280_by_800(
    counting: Open, reporting: Open, treated: Open
) -> None:
    for form in (counting(OUTCOMES), reporting(EFFECT), treated(ELSEWHERE)):
        assert isinstance(form, EntryForm)
        inside = form._scroll.widget()
        assert inside is not None
        wide = 1280 - 2 * 22
        assert inside.minimumSizeHint().width() <= wide
        around = form.sizeHint().height() - form._scroll.minimumHeight()
        assert inside.heightForWidth(wide) + around <= 780


@pytest.fixture(params=[each.tag for each in language.available()])
def spoken(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Language]:
    """A language with its direction, for one test."""
    with language.speaking(request.param):
        theme.set_direction(qapp)
        yield language.current()
    theme.set_direction(qapp)


def test_everything_opens_in_every_language(
    spoken: Language, counting: Open, reporting: Open, treated: Open, window: FollowUpWindow
) -> None:
    for each in forms_and_window(counting, reporting, treated, window):
        assert each.isRightToLeft() == spoken.is_right_to_left
        assert not each.grab().isNull()
        for label in each.findChildren(QLabel):
            assert {one for one in label.text() if one.isdigit()} <= set("0123456789")


def test_an_impression_has_a_chip_for_each_of_seven_words(
    counting: Callable[..., OutcomesForm],
) -> None:
    shown = [chip.text() for chip in counting().impression.chips.values()]
    assert shown == ["not asked", *(words.impression_name(each) for each in range(1, 8))]
