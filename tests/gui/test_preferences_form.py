"""How the program looks and speaks, and what the clinic's window offers: one form."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop import app, language
from desktop.core.clinic import Habits, checked_habits
from desktop.core.procedure import Aspiration, Procedure
from desktop.gui import theme
from desktop.gui.calibration import LARGE_STEP, CalibrationForm
from desktop.gui.preferences_form import PreferencesForm
from desktop.gui.procedure_form import UsualProcedureForm
from desktop.gui.theme import CHIP_MM
from desktop.settings import DEFAULTS, Preferences
from tests.conftest import in_dialog

Kept = list[tuple[Preferences, Habits | None]]
Open = Callable[..., PreferencesForm]
OWN = Habits()
USUAL = Procedure(position="seated", needle="30 G, 13 mm", aspiration=Aspiration.NO)
REASONS = 2  # the page
UNREAD = "No clinician has read this translation yet."


@pytest.fixture
def kept() -> Kept:
    """What the form has handed over."""
    return []


@pytest.fixture
def preferring(qtbot: QtBot, kept: Kept) -> Open:
    """Opens the form; like the record, it takes no habits that cannot be offered."""

    def use(preferences: Preferences, habits: Habits | None) -> None:
        if habits is not None:
            checked_habits(habits)
        kept.append((preferences, habits))

    def opened(preferences: Preferences = DEFAULTS, habits: Habits | None = OWN) -> PreferencesForm:
        form = PreferencesForm(None, app.explain, preferences, habits, use)
        qtbot.addWidget(form)
        form.show()
        return form

    return opened


def choose(box: QComboBox, key: str) -> None:
    assert box.findData(key) >= 0
    box.setCurrentIndex(box.findData(key))


def test_what_is_applied_unchanged_stays_as_it_was(preferring: Open, kept: Kept) -> None:
    before = Preferences("es", "dark", {"HDMI-1": 5.0}, "AdnQyw", shows_past=False)
    habits = Habits(
        ("tender", "bruise"),
        (),
        offers_all_given=False,
        waste_reasons=("dropped",),
        shares_vials=True,
        usual_procedure=USUAL,
        scan_substitute="~",
        low_stock=0,
        expiring_days=14,
    )
    preferring(before, habits).confirm.click()
    assert kept == [(before, habits)]


def test_the_programs_own_reasons_stay_its_own(preferring: Open, kept: Kept) -> None:
    preferring().confirm.click()
    assert kept == [(DEFAULTS, Habits())]


def test_everything_on_both_pages_is_handed_over(preferring: Open, kept: Kept) -> None:
    form = preferring()
    choose(form.language, "ar")
    choose(form.scheme, "contrast")
    form.shows_past.click()
    form.offers_all_given.click()
    form.change_reasons.setPlainText("  bruise \n\ntender\nbruise\n")
    form.stop_reasons.setPlainText("")
    form.waste_reasons.setPlainText("dropped\n")
    form.shares_vials.click()
    form.low_stock.setText(" 5 ")
    form.expiring_days.setText("30")
    form.scan_substitute.setText(" ~ ")
    in_dialog(form.usual.click, say_usual)
    form.confirm.click()
    assert kept == [
        (
            replace(DEFAULTS, language="ar", scheme="contrast", shows_past=False),
            Habits(
                ("bruise", "tender"),
                (),
                offers_all_given=False,
                waste_reasons=("dropped",),
                shares_vials=True,
                usual_procedure=USUAL,
                scan_substitute="~",
                low_stock=5,
                expiring_days=30,
            ),
        )
    ]


def say_usual(form: QWidget) -> None:
    assert isinstance(form, UsualProcedureForm)
    form.show_procedure(USUAL)
    form.confirm.click()


def test_the_usual_procedure_is_told_in_short(preferring: Open) -> None:
    form = preferring()
    form._pages.setCurrentIndex(1)
    assert "Nothing yet." in words(form)
    in_dialog(form.usual.click, say_usual)
    assert "seated \N{MIDDLE DOT} 30 G, 13 mm \N{MIDDLE DOT} no" in words(form)
    long = preferring(habits=Habits(usual_procedure=Procedure(aftercare="stay up " * 1000)))
    long._pages.setCurrentIndex(1)
    assert max(len(each) for each in words(long)) < 300


def test_the_usual_procedure_that_was_given_up_stays_as_it_was(
    preferring: Open, kept: Kept
) -> None:
    form = preferring()

    def give_up(dialog: QWidget) -> None:
        assert isinstance(dialog, UsualProcedureForm)
        dialog.show_procedure(USUAL)
        dialog.reject()

    in_dialog(form.usual.click, give_up)
    form.confirm.click()
    assert kept == [(DEFAULTS, Habits())]


def test_escape_warns_before_it_leaves_another_usual_procedure(
    preferring: Open,
) -> None:
    form = preferring()
    in_dialog(form.usual.click, say_usual)
    # The other form is really gone, and with it the fields in which something was changed.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QTest.keyClick(form, Qt.Key.Key_Escape)
    assert form.isVisible()


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("low_stock", "", "whole number"),
        ("low_stock", "two", "\u201ctwo\u201d is not a whole number"),
        ("low_stock", "-1", "\u201c-1\u201d is not a whole number"),
        ("low_stock", "1000", "at 1000 vials: at most at 999."),
        ("expiring_days", "\u0663\u0660", "is not a whole number"),
        ("expiring_days", "3651", "3651 days before it expires is too early: at most 3650."),
        ("expiring_days", "9" * 5000, "5000"),
        ("scan_substitute", "~~", "one key that no lot is written with"),
        ("scan_substitute", "A", "one key that no lot is written with"),
    ],
)
def test_a_wrong_figure_is_one_sentence_and_nothing_is_lost(
    field: str, text: str, said: str, preferring: Open, kept: Kept
) -> None:
    form = preferring()
    form.shares_vials.click()
    line = getattr(form, field)
    line.setText(text)
    form.confirm.click()
    assert kept == []
    assert form.isVisible()
    assert said in form.refusal.text()
    assert line.text() == text
    assert form.shares_vials.isChecked()


def test_back_to_the_defaults_brings_back_the_programs_reasons(
    preferring: Open, kept: Kept
) -> None:
    form = preferring(habits=Habits(("bruise",), ("tired",), waste_reasons=("dropped",)))
    form._pages.setCurrentIndex(REASONS)
    assert form.change_reasons.toPlainText() == "bruise"
    backs = [
        each for each in form.findChildren(QPushButton) if each.text() == "Back to the defaults"
    ]
    assert len(backs) == 3
    for each in backs:
        each.click()
    assert form.change_reasons.toPlainText().splitlines()[:2] == ["pain here", "tender"]
    assert "faint" in form.stop_reasons.toPlainText()
    assert "spilled" in form.waste_reasons.toPlainText()
    form.confirm.click()
    assert kept == [(DEFAULTS, Habits())]


@pytest.mark.parametrize(
    ("reasons", "said"),
    [
        ("\n".join(str(number) for number in range(13)), "13"),
        ("x" * 201, "201"),
        ("tender\nwrong \u202e way", "U+202E"),
    ],
    ids=["too many", "too long", "cannot be printed"],
)
def test_reasons_that_cannot_be_offered_are_one_sentence_and_nothing_is_lost(
    reasons: str, said: str, preferring: Open, kept: Kept
) -> None:
    form = preferring()
    choose(form.scheme, "dark")
    form.change_reasons.setPlainText(reasons)
    form.confirm.click()
    assert kept == []
    assert form.isVisible()
    assert form.refusal.isVisible()
    assert said in form.refusal.text()
    assert form.change_reasons.toPlainText() == reasons
    assert form.scheme.currentData() == "dark"


def test_before_a_record_is_open_there_is_no_clinic_to_ask_for(
    preferring: Open, kept: Kept
) -> None:
    form = preferring(habits=None)
    assert form._pages.count() == 1
    assert not form._pages.tabBar().isVisible()
    choose(form.scheme, "light")
    form.confirm.click()
    assert kept == [(replace(DEFAULTS, scheme="light"), None)]


def test_every_shipped_language_is_offered_by_its_own_name(preferring: Open) -> None:
    box = preferring().language
    offered = {box.itemData(line): box.itemText(line) for line in range(box.count())}
    assert offered.pop("") == "as the system"
    assert offered == {each.tag: each.name for each in language.available()}


def warned(form: PreferencesForm) -> bool:
    return UNREAD in [each.text() for each in form.findChildren(QLabel) if each.isVisible()]


def test_a_translation_that_no_clinician_has_read_says_so_where_it_is_chosen(
    preferring: Open,
) -> None:
    form = preferring()
    assert len(language.available()) > 1
    for each in language.available():
        choose(form.language, each.tag)
        assert warned(form) is not each.is_reviewed, each.tag
    choose(form.language, "")
    assert not warned(form)


def test_a_screen_is_measured_from_here(preferring: Open, kept: Kept) -> None:
    form = preferring(Preferences(px_per_mm={"HDMI-1": 5.0}))
    assert "Not measured yet: the screen's own figure is used." in words(form)

    def cover_a_card(dialog: QWidget) -> None:
        assert isinstance(dialog, CalibrationForm)
        dialog.buttons[LARGE_STEP].click()
        dialog.confirm.click()

    in_dialog(form.measure.click, cover_a_card)
    assert "This screen was measured with a card." in words(form)
    form.confirm.click()
    measured = kept[0][0].px_per_mm
    assert measured == {
        "HDMI-1": 5.0,
        theme.screen_key(form.screen()): pytest.approx(theme.LOGICAL_PX_PER_MM * LARGE_STEP),
    }


def words(form: PreferencesForm) -> list[str]:
    return [each.text() for each in form.findChildren(QLabel) if each.isVisible()]


@pytest.mark.parametrize("page", [0, 1, REASONS])
def test_a_gloved_finger_works_the_form(page: int, preferring: Open) -> None:
    form = preferring()
    form._pages.setCurrentIndex(page)
    kinds = (QComboBox, QCheckBox, QPushButton, QTabBar)
    hit = [each for kind in kinds for each in form.findChildren(kind) if each.isVisible()]
    assert len(hit) >= 6
    hit += [each for each in form.findChildren(QLineEdit) if each.isVisible()]
    small = {
        each.accessibleName() or each.objectName(): each.height()
        for each in hit
        if each.height() < theme.LOGICAL.px(CHIP_MM)
    }
    assert small == {}


@pytest.mark.parametrize(
    "direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft]
)
def test_reasons_begin_where_the_language_does(
    direction: Qt.LayoutDirection, preferring: Open, qapp: QApplication
) -> None:
    qapp.setLayoutDirection(direction)
    try:
        form = preferring(habits=Habits(("x",), ()))
        form._pages.setCurrentIndex(REASONS)
        QApplication.processEvents()
        picture = form.change_reasons.viewport().grab().toImage()
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    columns = {
        column
        for column, row in product(range(picture.width()), range(picture.height()))
        if picture.pixelColor(column, row).lightness() < 128
    }
    assert columns
    middle = picture.width() / 2
    if direction is Qt.LayoutDirection.RightToLeft:
        assert min(columns) > middle
    else:
        assert max(columns) < middle


def test_the_form_fits_on_a_small_tablet(preferring: Open) -> None:
    form = preferring()
    assert form.sizeHint().height() <= 700
