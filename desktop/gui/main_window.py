"""The window: the first screen, then the open record. Places and connects, and no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow

from desktop import language
from desktop.core.errors import ExpectedError
from desktop.gui import theme
from desktop.gui.services import Doors, Services
from desktop.gui.theme import Colours
from desktop.gui.welcome import Welcome
from desktop.settings import DEFAULTS, Preferences, PreferencesNotSavedError

if TYPE_CHECKING:
    from desktop.core.clinic import Habits
    from desktop.core.handbook import Handbook
    from desktop.gui.workspace import Workspace

SMALLEST_PX = (1180, 700)
COMFORTABLE_PX = (1280, 800)
FRAME_PX = 40


class MainWindow(QMainWindow):
    """Shows the welcome screen until a record is open, then the workspace.

    `entered` says that a record was opened on the welcome screen.

    Args:
        book: Reads what to chart by, when it is first needed.
        explain: The sentence of an error.
        closed: Called when the window is closed, after everything typed is kept.
        preferences: How the window looks and speaks.
        keep: Keeps other preferences for the next start.
        engines: The versions of what works inside the record's driver, by name.
    """

    entered = Signal()

    def __init__(
        self,
        book: Callable[[], Handbook],
        explain: Callable[[ExpectedError], str],
        closed: Callable[[], None],
        preferences: Preferences = DEFAULTS,
        keep: Callable[[Preferences], None] = lambda _preferences: None,
        engines: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        super().__init__()
        self._book = book
        self._explain = explain
        self._closed = closed
        self._keep = keep
        self._engines = engines
        self.preferences = preferences
        self._colours = theme.colours_of(preferences.scheme)
        self._doors: Doors | None = None
        self._services: Services | None = None
        self.workspace: Workspace | None = None
        self.setWindowTitle("Glabella")
        self.setMinimumSize(*SMALLEST_PX)
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._follow_system)
        hints.accessibility().contrastPreferenceChanged.connect(self._follow_system)
        QShortcut(QKeySequence(Qt.Key.Key_F1), self, self.show_help)

    def show_welcome(self, doors: Doors) -> Welcome:
        """Show the ways into a record."""
        self._doors = doors
        welcome = Welcome(doors, self._book, self._explain, self._colours)
        welcome.entered.connect(self.entered)
        welcome.language_chosen.connect(self._use_language)
        welcome.preferences_wanted.connect(self.show_preferences)
        welcome.help_wanted.connect(self.show_help)
        self.setCentralWidget(welcome)
        return welcome

    def show_workspace(self, services: Services, *, reopen: bool = True) -> Workspace:
        """Show an open record, by default with the session that was open last."""
        # The map and the forms are imported once there is something to show in them.
        from desktop.gui.workspace import Workspace

        self._services = services
        measures = theme.measures_of(self.screen(), self.preferences)
        self.workspace = Workspace(services, self._colours, measures)
        self.workspace.about_wanted.connect(self._show_about)
        self.workspace.preferences_wanted.connect(self.show_preferences)
        self.workspace.help_wanted.connect(self.show_help)
        self.workspace.session_screen.show_ghosts(shown=self.preferences.shows_past)
        self.setCentralWidget(self.workspace)
        if reopen:
            self.workspace.reopen()
        return self.workspace

    def fit_to_screen(self) -> None:
        """As it was left; else as large as is comfortable, on a small screen all of it."""
        room = self.screen().availableGeometry().size()
        small = room.width() <= COMFORTABLE_PX[0] or room.height() <= COMFORTABLE_PX[1] + FRAME_PX
        if small:
            self.setMinimumSize(min(room.width(), SMALLEST_PX[0]), SMALLEST_PX[1])
        # Qt moves a window whose screen is gone onto one that is there.
        kept = QByteArray.fromBase64(self.preferences.window.encode("ascii", "ignore"))
        if self.restoreGeometry(kept):
            return
        if small:
            self.resize(room)
            self.setWindowState(Qt.WindowState.WindowMaximized)
        else:
            self.resize(*COMFORTABLE_PX)

    # -- how it looks and speaks --------------------------------------------------------------

    def show_preferences(self) -> None:
        """Ask how the program is to look and speak, and what the clinic's window offers."""
        from desktop.gui.preferences_form import PreferencesForm

        habits = self._services.habits() if self._services is not None else None
        PreferencesForm(self, self._explain, self.preferences, habits, self.use).ask()

    def use(self, preferences: Preferences, habits: Habits | None = None) -> None:
        """Look, speak and offer like this from now on.

        Raises:
            ExpectedError: It cannot be kept; preferences that the disk refuses hold until the end.
        """
        offers_otherwise = self._offer(habits)
        before, self.preferences = self.preferences, preferences
        if preferences.language != before.language:
            language.use([preferences.language] if preferences.language else None)
            theme.set_direction(_application())
        self.show_colours(theme.colours_of(preferences.scheme))
        # Colours alone are taken on by what is there.
        if offers_otherwise or replace(preferences, scheme=before.scheme) != before:
            self._rebuild()
        self._keep(preferences)

    def _offer(self, habits: Habits | None) -> bool:
        """Keep other habits of the clinic; say whether they are others."""
        if self._services is None or habits is None or habits == self._services.habits():
            return False
        self._services.set_habits(habits)
        return True

    def show_colours(self, colours: Colours) -> None:
        """Take on another colour scheme, everywhere."""
        self._colours = colours
        measures = theme.measures_of(self.screen(), self.preferences)
        theme.apply(_application(), colours, measures)
        shown = self.centralWidget()
        if isinstance(shown, Welcome):
            shown.show_colours(colours)
        elif self.workspace is not None:
            self.workspace.show_colours(colours)

    def _follow_system(self) -> None:
        if self.preferences.scheme == "system":
            self.show_colours(theme.colours_of_system())

    def _use_language(self, tag: str) -> None:
        """Speak another language at once, whether or not the disk keeps the choice."""
        with suppress(PreferencesNotSavedError):
            self.use(replace(self.preferences, language=tag))

    def _rebuild(self) -> None:
        """Make what is shown anew, in another language or size; an open session stays open."""
        if self._services is not None and self.workspace is not None:
            was_charting = self.workspace.document is not None
            self.workspace.leave()
            self.show_workspace(self._services, reopen=was_charting)
        elif self._doors is not None:
            self.show_welcome(self._doors)

    # -- the help, and the end ----------------------------------------------------------------

    def show_help(self, topic: str = "") -> None:
        """Show the help beside the work; only one help at a time."""
        from desktop.gui.help_window import HelpWindow

        for each in self.findChildren(HelpWindow):
            each.close()
        help_window = HelpWindow(self, topic)
        help_window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        help_window.show()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep what was typed and where the window was, then let go of the record."""
        if self.workspace is not None:
            self.workspace.leave()
        place = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        self.preferences = replace(self.preferences, window=place)
        # A disk that refuses this must not keep anybody from going home.
        with suppress(PreferencesNotSavedError):
            self._keep(self.preferences)
        self._closed()
        super().closeEvent(event)

    def _show_about(self) -> None:
        from desktop.gui.about import AboutWindow

        about = AboutWindow(self, self._engines())
        about.exec()
        about.deleteLater()


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)  # noqa: S101  a window stands in one
    return application
