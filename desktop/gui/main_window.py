"""The window: the first screen, then the open record. Places and connects, and no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMainWindow, QMessageBox

from desktop import __version__
from desktop.core.errors import ExpectedError
from desktop.gui import theme
from desktop.gui.services import Doors, Services
from desktop.gui.theme import Colours
from desktop.gui.welcome import Welcome
from desktop.language import _

if TYPE_CHECKING:
    from desktop.core.handbook import Handbook
    from desktop.gui.workspace import Workspace

SMALLEST_PX = (1180, 700)
COMFORTABLE_PX = (1280, 800)
FRAME_PX = 40


class MainWindow(QMainWindow):
    """Shows the welcome screen until a record is open, then the workspace.

    Args:
        book: Reads what to chart by, when it is first needed.
        explain: The sentence of an error.
        closed: Called when the window is closed, after everything typed is kept.
    """

    def __init__(
        self,
        book: Callable[[], Handbook],
        explain: Callable[[ExpectedError], str],
        closed: Callable[[], None],
    ) -> None:
        super().__init__()
        self._book = book
        self._explain = explain
        self._closed = closed
        self._colours = theme.colours_of_system()
        self.workspace: Workspace | None = None
        self.setWindowTitle("Glabella")
        self.setMinimumSize(*SMALLEST_PX)
        QGuiApplication.styleHints().colorSchemeChanged.connect(
            lambda _scheme: self.show_colours(theme.colours_of_system())
        )

    def show_welcome(self, doors: Doors) -> Welcome:
        """Show the ways into a record."""
        welcome = Welcome(doors, self._book, self._explain)
        self.setCentralWidget(welcome)
        return welcome

    def show_workspace(self, services: Services) -> Workspace:
        """Show an open record, with the session that was open last."""
        # The map and the forms are imported once there is something to show in them.
        from desktop.gui.workspace import Workspace

        measures = theme.measures_of(self.screen())
        self.workspace = Workspace(services, self._colours, measures)
        self.workspace.about_wanted.connect(self._show_about)
        self.setCentralWidget(self.workspace)
        self.workspace.reopen()
        return self.workspace

    def fit_to_screen(self) -> None:
        """As large as is comfortable; on a small screen all of it, with the frame's edge."""
        room = self.screen().availableGeometry().size()
        if room.width() <= COMFORTABLE_PX[0] or room.height() <= COMFORTABLE_PX[1] + FRAME_PX:
            self.setMinimumSize(min(room.width(), SMALLEST_PX[0]), SMALLEST_PX[1])
            self.resize(room)
            self.setWindowState(Qt.WindowState.WindowMaximized)
        else:
            self.resize(*COMFORTABLE_PX)

    def show_colours(self, colours: Colours) -> None:
        """Take on another colour scheme, everywhere."""
        self._colours = colours
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application, colours)
        if self.workspace is not None:
            self.workspace.show_colours(colours)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep what was typed, then let go of the record."""
        if self.workspace is not None:
            self.workspace.leave()
        self._closed()
        super().closeEvent(event)

    def _show_about(self) -> None:
        QMessageBox.about(
            self,
            _("About Glabella"),
            _("Glabella {version}. It records what was done; it never decides a dose.").format(
                version=__version__
            )
            + "\n\n"
            + _("Licence: Apache-2.0. Parts of others:")
            + "\n"
            + _PARTS,
        )


_PARTS = """Qt and PySide6 (LGPL-3.0), SQLCipher (BSD-3-Clause), SQLite (public domain),
OpenSSL (Apache-2.0), sqlcipher3 (zlib), sqlite-utils (Apache-2.0), ReportLab (BSD-3-Clause),
rl_accel (BSD-3-Clause), argon2-cffi (MIT), click (BSD-3-Clause), platformdirs (MIT),
tzdata (Apache-2.0), Inter as Glabella Sans (OFL-1.1), MakeHuman base mesh (CC0)"""
