"""A record of invented patients, the window on it, and a hand that works the window."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["LANGUAGE"] = "en"  # the tests look for buttons by their English names

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QInputMethodEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPlainTextEdit, QWidget

from desktop import app, resources, settings
from desktop.app import Desk
from desktop.core.handbook import Handbook
from desktop.gui import theme  # before anything makes a QApplication: see desktop/gui/__init__.py
from desktop.gui.forms import Form
from desktop.gui.hand import Hand
from desktop.gui.main_window import MainWindow
from desktop.gui.services import Services
from desktop.store import clinic_file
from desktop.store.clinic_file import ClinicFile
from desktop.store.keys import Cost

WORDS = "invented patients only"
CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
SIZE_PX = (1280, 800)


def pytest_configure(config: pytest.Config) -> None:
    # The offscreen platform says so of every window whose smallest size is set.
    config.addinivalue_line("qt_log_ignore", "does not support propagateSizeHints")


@dataclass
class Record:
    """A record on the disk, which can be opened again and again."""

    path: Path
    recovery_key: str
    opened: list[ClinicFile] = field(default_factory=list)

    def open(self) -> Desk:
        """Open it for writing, as its only user."""
        file = clinic_file.open_with_passphrase(self.path, WORDS, costs=(CHEAP,))
        self.opened.append(file)
        return app.desk(file)

    def open_with_paper(self) -> Desk:
        """Open it with nothing but the recovery key."""
        file = clinic_file.open_with_recovery_key(self.path, self.recovery_key, costs=(CHEAP,))
        self.opened.append(file)
        return app.desk(file)


def invented(path: Path) -> Record:
    """Make a record of invented patients, and close it."""
    clinic, injector, patients = resources.invented()
    file, key = clinic_file.create(path, clinic, injector, "injector", WORDS, cost=CHEAP)
    with file:
        for patient in reversed(patients):
            file.records.add_patient(patient)
    return Record(path, key)


def window_on(desk: Desk, change: Callable[[Services], Services] = lambda same: same) -> Hand:
    """The program's window on an open record, with a hand whose clock it goes by."""
    window = MainWindow(resources.handbook, app.explain, desk.file.close)
    window.resize(*SIZE_PX)
    window.show()
    hand = Hand(window)
    everything = replace(app.services(desk), milliseconds=hand.milliseconds)
    window.show_workspace(change(everything))
    return hand


def enter(field: QLineEdit | QPlainTextEdit, text: str) -> None:
    """Write over what stands in a field, with letters that QTest's keys do not have."""
    field.setFocus()
    field.selectAll()
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(field, event)


def double_click(widget: QWidget, at: QPoint | None = None) -> None:
    """All that a mouse sends when it is clicked twice."""
    place = widget.rect().center() if at is None else at
    left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(widget, left, plain, place)
    QTest.mouseDClick(widget, left, plain, place)
    QTest.mouseRelease(widget, left, plain, place)


def in_dialog(open_it: Callable[[], object], work: Callable[[QWidget], None]) -> None:
    """Work in the dialog that a call opens; whatever happens, it does not stay open."""
    failures: list[BaseException] = []

    def go() -> None:
        dialog = QApplication.activeModalWidget()
        try:
            assert dialog is not None
            work(dialog)
        except BaseException as error:  # noqa: BLE001  raised again outside Qt's event
            failures.append(error)
        finally:
            if isinstance(dialog, QDialog) and dialog.isVisible():
                dialog.reject()

    QTimer.singleShot(0, go)
    open_it()
    if failures:
        raise failures[0]


def confirm_again(hand: Hand, form: Form) -> None:
    """Press a form's button once more, when a refusal has been there long enough to be read."""
    click_again(hand, form.confirm)


def click_again(hand: Hand, button: QWidget) -> None:
    """Press a button that a bouncing finger cannot press, as soon as it can be pressed again."""
    patience = QDeadlineTimer(2000)
    while not button.isEnabled() and not patience.hasExpired():
        QTest.qWait(20)
    hand.click(button)


def press(hand: Hand, widget: QWidget, key: Qt.Key) -> None:
    """Press a key in a widget, a while after the last one, and let the program be sure of it."""
    hand.wait()
    QTest.keyClick(widget, key)
    hand.screen.gate.settle()
    hand.screen.settle()


def menu_entry(hand: Hand, name: str) -> QAction:
    """The entry of the menu at the bar's end whose words begin so."""
    return next(each for each in hand.workspace._menu.actions() if each.text().startswith(name))


def press_keys(hand: Hand, keys: QKeySequence.StandardKey) -> None:
    """Press a key with Control, wherever the keyboard is in the window."""
    hand.window.activateWindow()  # a window system does so when a form closes
    QTest.qWaitForWindowActive(hand.window)
    hand.wait()
    QTest.keySequence(QApplication.focusWidget() or hand.window, QKeySequence(keys))
    hand.screen.gate.settle()
    hand.screen.settle()


def throw_away(window: MainWindow) -> None:
    """Close a window and let Qt forget it."""
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    theme.register_fonts()
    theme.apply(qapp, theme.LIGHT)
    return qapp


@pytest.fixture(scope="session")
def book() -> Handbook:
    return resources.handbook()


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    """A record of invented patients; whoever opens it, it is closed at the end."""
    made = invented(tmp_path / "clinic" / settings.RECORD_NAME)
    yield made
    for file in made.opened:
        file.close()


@pytest.fixture
def desk(record: Record) -> Desk:
    """The record, open."""
    return record.open()


@pytest.fixture
def open_window(
    qapp: QApplication,  # noqa: ARG001  dressed first
    record: Record,  # noqa: ARG001  closed last: closing a window keeps what was typed
) -> Iterator[Callable[..., Hand]]:
    """Opens windows that are closed at the end."""
    windows: list[MainWindow] = []

    def opened(desk: Desk, change: Callable[[Services], Services] = lambda same: same) -> Hand:
        hand = window_on(desk, change)
        windows.append(hand.window)
        return hand

    yield opened
    for window in windows:
        throw_away(window)


@pytest.fixture
def hand(open_window: Callable[..., Hand], desk: Desk) -> Hand:
    """A hand on the window of an open record."""
    return open_window(desk)


@pytest.fixture
def charting(hand: Hand) -> Hand:
    """A hand on a new session of the first patient, with a vial and the protocol planned."""
    hand.choose_patient(0)
    hand.start_session()
    hand.enter_vial(lot="C1234C3", expiry="2027-10", diluent="4")
    hand.plan()
    return hand
