"""How the window looks and speaks is changed while it is open, and nothing of the work is lost."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton, QWidget

from desktop import app, language, resources, settings
from desktop.app import Desk, WindowProgram
from desktop.core.clinic import Habits
from desktop.gui import theme
from desktop.gui.about import AboutWindow
from desktop.gui.hand import Hand
from desktop.gui.help_window import HelpWindow
from desktop.gui.main_window import MainWindow
from desktop.gui.preferences_form import PreferencesForm
from desktop.gui.theme import CONTRAST, DARK, LIGHT
from desktop.gui.welcome import Welcome
from desktop.settings import DEFAULTS, Preferences, PreferencesNotSavedError
from tests.conftest import enter, in_dialog, menu_entry, throw_away

Start = Callable[..., WindowProgram]
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


@pytest.fixture(autouse=True)
def as_before(qapp: QApplication) -> Iterator[None]:
    """The application as the other tests know it."""
    yield
    language.use(["en"])
    theme.set_direction(qapp)
    theme.apply(qapp, LIGHT)


@pytest.fixture
def kept() -> list[Preferences]:
    """What the window has kept for the next start."""
    return []


@pytest.fixture
def work(desk: Desk, kept: list[Preferences]) -> Iterator[Hand]:
    """A hand on a session with its vial and its plan, in a window that keeps preferences."""
    window = MainWindow(resources.handbook, app.explain, desk.file.close, DEFAULTS, kept.append)
    window.resize(1280, 800)
    window.show()
    hand = Hand(window)
    window.show_workspace(replace(app.services(desk), milliseconds=hand.milliseconds))
    hand.choose_patient(0)
    hand.start_session()
    hand.enter_vial(lot="C1234C3", expiry="2027-10", diluent="4")
    hand.plan()
    yield hand
    throw_away(window)


@pytest.fixture
def start(qapp: QApplication, tmp_path: Path) -> Iterator[Start]:  # noqa: ARG001  dressed first
    """Starts the program where no record is yet."""
    programs = []

    def started(
        preferences: Preferences = DEFAULTS,
        keep: Callable[[Preferences], None] = lambda _preferences: None,
    ) -> WindowProgram:
        path = tmp_path / "clinic" / settings.RECORD_NAME
        program = WindowProgram(path, preferences, keep)
        program.show()
        programs.append(program)
        QTest.qWait(60)  # the names of the languages come once the window stands
        return program

    yield started
    for program in programs:
        throw_away(program.window)
        program.close()


def shown_words(widget: QWidget) -> set[str]:
    return {each.text() for each in widget.findChildren(QPushButton) if each.isVisible()}


def press(widget: QWidget, name: str) -> None:
    (found,) = [
        each
        for each in widget.findChildren(QPushButton)
        if each.isVisible() and each.text() == name
    ]
    found.click()
    QApplication.processEvents()


def in_preferences(
    open_it: Callable[[], object], choose: Callable[[PreferencesForm], None]
) -> None:
    """Open the form, choose, and apply; it has to close."""

    def go(dialog: QWidget) -> None:
        assert isinstance(dialog, PreferencesForm)
        choose(dialog)
        dialog.confirm.click()
        assert not dialog.isVisible(), dialog.refusal.text()

    in_dialog(open_it, go)
    QApplication.processEvents()


def choose_scheme(form: PreferencesForm, scheme: str) -> None:
    form.scheme.setCurrentIndex(form.scheme.findData(scheme))


def choose_language(form: PreferencesForm, tag: str) -> None:
    form.language.setCurrentIndex(form.language.findData(tag))


# -- while charting ------------------------------------------------------------------------------


def test_colours_change_at_once_and_are_kept(work: Hand, kept: list[Preferences]) -> None:
    in_preferences(
        menu_entry(work, "Preferences").trigger, lambda form: choose_scheme(form, "contrast")
    )
    assert kept == [Preferences(scheme="contrast")]
    assert work.window.preferences == kept[0]
    assert QApplication.palette().window().color().name() == CONTRAST.ground
    assert work.workspace.session_screen.isVisible()


def test_another_language_keeps_the_session_and_its_place(
    work: Hand, kept: list[Preferences]
) -> None:
    work.tap("FRO-1-R")
    before, place = work.session, work.screen.place
    in_preferences(work.window.show_preferences, lambda form: choose_language(form, "es"))
    assert language.current().tag == "es"
    assert kept == [Preferences(language="es")]
    assert work.session == before
    assert work.screen.place == place
    assert {"Nota", "Note"} & shown_words(work.window) == {language._("Note")} != {"Note"}
    work.tap("FRO-1-L")
    assert len(work.session.injections) == len(before.injections)
    assert work.session != before


def test_what_was_being_typed_is_in_the_record_in_the_new_language(work: Hand, desk: Desk) -> None:
    (remark,) = [
        each for each in work.screen.totals.findChildren(QPlainTextEdit) if each.isVisible()
    ]
    enter(remark, "Tolerated well.")
    session_id = work.session.id
    work.window.use(Preferences(language="es"))
    assert work.session.remark == "Tolerated well."
    assert desk.file.records.history(session_id).present.remark == "Tolerated well."


def test_undo_reaches_back_past_the_change_of_language(work: Hand) -> None:
    before = work.session
    work.tap("FRO-1-R")
    assert work.session != before
    work.window.use(Preferences(language="es"))
    work.click(work.workspace.undo)
    assert work.session == before


def test_a_right_to_left_language_turns_the_window_round_and_back(work: Hand) -> None:
    work.window.use(Preferences(language="ar"))
    assert work.window.layoutDirection() is Qt.LayoutDirection.RightToLeft
    bar = work.workspace
    assert x(bar.note) < x(bar.undo)
    work.window.use(Preferences(language="en"))
    assert work.window.layoutDirection() is Qt.LayoutDirection.LeftToRight
    assert x(work.workspace.undo) < x(work.workspace.note)


def x(widget: QWidget) -> int:
    QApplication.processEvents()
    return widget.mapTo(widget.window(), QPoint(0, 0)).x()


def test_between_two_sessions_no_session_is_opened_by_a_change(work: Hand) -> None:
    work.workspace.close_session()
    work.window.use(Preferences(language="es"))
    assert work.workspace.document is None


def test_the_clinics_habits_are_kept_in_its_record(work: Hand, desk: Desk) -> None:
    def choose(form: PreferencesForm) -> None:
        form.offers_all_given.click()
        form.change_reasons.setPlainText("bruise\ntender")

    in_preferences(work.window.show_preferences, choose)
    assert desk.file.records.habits() == Habits(("bruise", "tender"), None, offers_all_given=False)

    def look(form: PreferencesForm) -> None:
        assert form.change_reasons.toPlainText() == "bruise\ntender"
        assert not form.offers_all_given.isChecked()

    in_preferences(work.window.show_preferences, look)


def test_what_the_clinic_does_with_its_drug_is_kept_too(work: Hand, desk: Desk) -> None:
    def choose(form: PreferencesForm) -> None:
        form.waste_reasons.setPlainText("dropped\nbroken")
        form.shares_vials.click()
        form.low_stock.setText("4")
        form.expiring_days.setText("21")
        form.scan_substitute.setText("~")

    in_preferences(work.window.show_preferences, choose)
    assert desk.file.records.habits() == Habits(
        waste_reasons=("dropped", "broken"),
        shares_vials=True,
        low_stock=4,
        expiring_days=21,
        scan_substitute="~",
    )


@pytest.mark.parametrize(
    ("field", "text"), [("low_stock", "1000"), ("expiring_days", "x"), ("scan_substitute", "AB")]
)
def test_a_figure_that_the_record_refuses_changes_nothing_at_all(
    field: str, text: str, work: Hand, desk: Desk, kept: list[Preferences]
) -> None:
    def choose(dialog: QWidget) -> None:
        assert isinstance(dialog, PreferencesForm)
        choose_scheme(dialog, "dark")
        getattr(dialog, field).setText(text)
        dialog.confirm.click()
        assert dialog.isVisible()
        assert dialog.refusal.text()

    in_dialog(work.window.show_preferences, choose)
    assert desk.file.records.habits() == Habits()
    assert (work.window.preferences, kept) == (DEFAULTS, [])


def test_whether_earlier_sessions_are_on_the_map_is_changed_at_once(work: Hand, desk: Desk) -> None:
    draft = work.session.id
    work.click(work.button("Given"))
    shown = [work.screen._shows_past]
    for _time in range(2):
        in_preferences(work.window.show_preferences, lambda form: form.shows_past.click())
        shown.append(work.screen._shows_past)
    assert shown == [True, False, True]
    assert work.session.id == draft
    assert desk.file.records.history(draft).present == work.session


def test_giving_up_changes_nothing(work: Hand, kept: list[Preferences]) -> None:
    def give_up(dialog: QWidget) -> None:
        assert isinstance(dialog, PreferencesForm)
        choose_scheme(dialog, "dark")
        choose_language(dialog, "es")
        dialog.reject()

    workspace = work.workspace
    in_dialog(work.window.show_preferences, give_up)
    assert kept == []
    assert work.workspace is workspace
    assert language.current().tag == "en"


def test_reasons_that_the_record_refuses_change_nothing_at_all(
    work: Hand, desk: Desk, kept: list[Preferences]
) -> None:
    def choose(dialog: QWidget) -> None:
        assert isinstance(dialog, PreferencesForm)
        choose_scheme(dialog, "dark")
        dialog.change_reasons.setPlainText("x" * 201)
        dialog.confirm.click()
        assert dialog.isVisible()
        assert "201" in dialog.refusal.text()

    in_dialog(work.window.show_preferences, choose)
    assert desk.file.records.habits() == Habits()
    assert (work.window.preferences, kept) == (DEFAULTS, [])


def test_a_disk_that_refuses_is_said_and_keeps_nobody_from_working(start: Start) -> None:
    def full(_preferences: Preferences) -> None:
        raise PreferencesNotSavedError("No space left on device")

    program = start(DEFAULTS, full)

    def choose(dialog: QWidget) -> None:
        assert isinstance(dialog, PreferencesForm)
        choose_scheme(dialog, "dark")
        dialog.confirm.click()
        assert dialog.isVisible()
        assert dialog.refusal.text() == (
            "The preferences could not be saved: No space left on device. They hold until the"
            " program is closed."
        )

    in_dialog(program.window.show_preferences, choose)
    assert QApplication.palette().window().color().name() == DARK.ground
    press(program.window, "Español")
    assert language.current().tag == "es"
    assert program.window.close()


def test_the_system_is_followed_only_by_who_follows_it(start: Start) -> None:
    own = start(Preferences(scheme="dark")).window
    own.show_colours(theme.colours_of("dark"))
    hints = QApplication.styleHints()
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert QApplication.palette().window().color().name() == DARK.ground
    follows = start(DEFAULTS).window
    follows.show_colours(DARK)
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert QApplication.palette().window().color().name() == LIGHT.ground
    follows.show_colours(DARK)
    hints.accessibility().contrastPreferenceChanged.emit(Qt.ContrastPreference.NoPreference)
    assert QApplication.palette().window().color().name() == LIGHT.ground


# -- on the first screen -------------------------------------------------------------------------


def welcome(program: WindowProgram) -> Welcome:
    screen = program.window.centralWidget()
    assert isinstance(screen, Welcome)
    return screen


def test_whoever_reads_no_english_finds_their_language_first(start: Start) -> None:
    program = start()
    names = {each.name for each in language.available()}
    assert names <= shown_words(welcome(program))
    press(program.window, "العربية")
    assert language.current().tag == "ar"
    assert program.window.layoutDirection() is Qt.LayoutDirection.RightToLeft
    assert "Set up this clinic" not in shown_words(welcome(program))
    QTest.qWait(60)
    press(program.window, "English")
    assert "Set up this clinic" in shown_words(welcome(program))
    assert program.window.layoutDirection() is Qt.LayoutDirection.LeftToRight


def test_a_record_is_entered_after_the_language_was_changed(start: Start) -> None:
    program = start()
    press(program.window, "Español")
    welcome(program).trial_choice.click()
    QApplication.processEvents()
    assert program.window.workspace is not None
    assert program.window.workspace.isVisible()


def test_colours_can_be_chosen_before_anything_else(start: Start) -> None:
    program = start()
    in_preferences(
        lambda: press(program.window, "Preferences" + ELLIPSIS),
        lambda form: choose_scheme(form, "contrast"),
    )
    assert QApplication.palette().window().color().name() == CONTRAST.ground


def test_pages_that_hold_what_was_typed_are_not_made_anew(start: Start) -> None:
    program = start()
    screen = welcome(program)
    screen.set_up_choice.click()
    assert not {"Español", "Preferences" + ELLIPSIS} & shown_words(screen)
    screen.show_page("start")
    assert {"Español", "Preferences" + ELLIPSIS} <= shown_words(screen)


def test_typing_begins_in_the_passphrase(start: Start, tmp_path: Path) -> None:
    (tmp_path / "clinic").mkdir()
    (tmp_path / "clinic" / settings.RECORD_NAME).write_bytes(b"there")
    program = start()
    program.window.activateWindow()
    QTest.qWaitForWindowActive(program.window)
    assert program.window.focusWidget() is welcome(program).passphrase


# -- help and about ------------------------------------------------------------------------------


def helps(window: MainWindow) -> list[HelpWindow]:
    QApplication.processEvents()
    return [each for each in window.findChildren(HelpWindow) if each.isVisible()]


def test_f1_opens_the_help_once_and_the_work_goes_on(work: Hand) -> None:
    work.window.activateWindow()
    QTest.qWaitForWindowActive(work.window)
    for _time in range(2):
        QTest.keyClick(work.window, Qt.Key.Key_F1)
        work.screen.gate.settle()
    (opened,) = helps(work.window)
    assert not opened.isModal()
    work.tap("FRO-1-R")
    opened.close()


def test_the_first_screen_and_the_menu_open_the_help(start: Start, work: Hand) -> None:
    program = start()
    press(program.window, "Help")
    assert len(helps(program.window)) == 1
    menu_entry(work, "Keys").trigger()
    (opened,) = helps(work.window)
    assert opened.page == "keys"


def test_the_menu_tells_about_the_program(work: Hand) -> None:
    seen = []
    in_dialog(menu_entry(work, "About").trigger, lambda dialog: seen.append(type(dialog)))
    assert seen == [AboutWindow]


# -- from one start to the next ------------------------------------------------------------------


def test_the_window_comes_back_where_it_was(start: Start) -> None:
    kept: list[Preferences] = []
    window = start(DEFAULTS, kept.append).window
    window.setMinimumSize(300, 200)
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.setGeometry(QRect(40, 30, 700, 600))
    place = window.geometry()
    assert window.close()
    again = start(kept[-1]).window
    again.setMinimumSize(300, 200)
    assert again.geometry().topLeft() == place.topLeft()


def test_a_window_whose_screen_is_gone_comes_back_on_one_that_is_there(start: Start) -> None:
    kept: list[Preferences] = []
    window = start(DEFAULTS, kept.append).window
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.move(9000, 7000)
    assert window.close()
    again = start(kept[-1]).window
    assert again.screen().geometry().intersects(again.geometry())


@pytest.mark.parametrize("window", ["", "no geometry", "AdnQywADAAAA", "\u00e4"])
def test_a_place_that_is_damaged_is_as_good_as_none(window: str, start: Start) -> None:
    found = start(Preferences(window=window)).window
    assert found.screen().geometry().intersects(found.geometry())
    assert found.width() > 700


def test_the_program_starts_as_it_was_left(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    monkeypatch.setattr(settings, "data_folder", lambda: tmp_path / "data")
    program = start(settings.load(), settings.save)
    program.window.use(Preferences(language="ar", scheme="dark"))
    assert program.window.close()
    language.use(["en"])
    theme.set_direction(qapp)
    theme.apply(qapp, LIGHT)

    preferences = settings.load()
    app.make_application(preferences)
    assert language.current().tag == "ar"
    assert qapp.layoutDirection() is Qt.LayoutDirection.RightToLeft
    assert qapp.palette().window().color().name() == DARK.ground
    assert preferences.window != ""
