"""Before a record is open: set one up, unlock it, recover it, or try invented patients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, QTimeZone, Signal
from PySide6.QtGui import QFont, QTextDocument
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QLayout,
    QLineEdit,
    QWidget,
)

from desktop import language
from desktop.core.errors import ExpectedError
from desktop.gui import theme
from desktop.gui.services import Doors
from desktop.gui.theme import Colours
from desktop.gui.widgets import StillCombo, button, column, frame, label, row
from desktop.language import _

if TYPE_CHECKING:
    from desktop.core.handbook import Handbook
    from desktop.gui.map_view import MapView

CARD_WIDTH_PX = 560
FACE_PX = (330, 458)
FACE_AFTER_MS = 30
FIELD_WIDTH_PX = 330


@dataclass(frozen=True)
class _Retyped:
    """Two fields that must agree."""

    first: QLineEdit
    second: QLineEdit

    @property
    def agreed(self) -> bool:
        return self.first.text() == self.second.text()


class Welcome(QWidget):
    """The first screen. `entered` says that a record is open.

    Language, colours and help can be had before anything else: whoever cannot read the screen
    could not find them later.
    """

    entered = Signal()
    language_chosen = Signal(str)
    preferences_wanted = Signal()
    help_wanted = Signal()

    def __init__(
        self,
        doors: Doors,
        book: Callable[[], Handbook],
        explain: Callable[[ExpectedError], str],
        colours: Colours,
    ) -> None:
        super().__init__()
        self.setObjectName("screen")
        self._colours = colours
        self._doors = doors
        self._book = book
        self._explain = explain
        self._refusal = label("", "refusal", wrap=True)
        self._refusal.hide()
        self._key = ""
        self._pages: dict[str, QWidget] = {}
        self._build = {
            "unlock": self._build_unlock,
            "start": self._build_start,
            "set up": self._build_set_up,
            "key": self._build_key,
            "recover": self._build_recover,
        }
        brand = label("Glabella", "title")
        brand.setFont(theme.font(24, QFont.Weight.Bold))
        subtitle = label(
            _("Botulinum-toxin sessions for chronic migraine, charted on the map."), "quiet"
        )
        self._inside = column(self._refusal, spacing=12, margin=26)
        card = frame("panel", self._inside)
        card.setFixedWidth(CARD_WIDTH_PX)
        self._languages = row(spacing=4)
        self._at_foot = row(spacing=4)
        self._foot = frame("foot", self._at_foot)
        self._foot.setFixedWidth(CARD_WIDTH_PX)
        middle = column(
            None, _wrapped(row(brand, None)), subtitle, card, self._foot, None, spacing=10
        )
        self._drawing: MapView | None = None
        self._face = column(spacing=0)
        face = QWidget()
        face.setLayout(self._face)
        face.setFixedSize(*FACE_PX)
        outer = row(spacing=28)
        outer.addStretch(1)
        outer.addWidget(face)
        outer.addLayout(middle)
        outer.addStretch(1)
        self.setLayout(outer)
        # The drawing and the names come once the window stands: nobody waits for them.
        QTimer.singleShot(FACE_AFTER_MS, self, self._draw_face)
        QTimer.singleShot(FACE_AFTER_MS, self, self._name_languages)
        self.show_page("unlock" if doors.exists else "start")
        # After the page, so that the keyboard begins there.
        self._fill_foot()

    def _fill_foot(self) -> None:
        preferences = button(_("Preferences\N{HORIZONTAL ELLIPSIS}"), "plain")
        preferences.clicked.connect(self.preferences_wanted)
        help_ = button(_("Help"), "plain")
        help_.clicked.connect(self.help_wanted)
        self._at_foot.addLayout(self._languages)
        self._at_foot.addStretch(1)
        self._at_foot.addWidget(preferences)
        self._at_foot.addWidget(help_)

    def _draw_face(self) -> None:
        from desktop.core.atlas import CloseUp
        from desktop.gui.map_view import MapView

        book = self._book()
        view = book.atlas.views["front"]
        whole = CloseUp("front", "front", 0, 0, view.width_mm, view.height_mm)
        self._drawing = MapView(whole, book, self._colours, interactive=False, framed=False)
        self._face.addWidget(self._drawing)

    def show_colours(self, colours: Colours) -> None:
        """Take on another colour scheme."""
        self._colours = colours
        if self._drawing is not None:
            self._drawing.show_colours(colours)

    def _name_languages(self) -> None:
        """Each language by its own name, which its readers know on any screen."""
        for each in language.available():
            choice = button(each.name, "plain")
            choice.setCheckable(True)
            choice.setChecked(each == language.current())
            choice.clicked.connect(lambda _on, tag=each.tag: self.language_chosen.emit(tag))
            self._languages.addWidget(choice)

    # -- pages --------------------------------------------------------------------------------

    def show_page(self, name: str) -> None:
        """Show one of `unlock`, `start`, `set up`, `key`, `recover`."""
        self._say("")
        if name not in self._pages:
            self._build[name]()
        for each, page in self._pages.items():
            page.setVisible(each == name)
        # Later pages hold what was typed, and the recovery key: they are not made anew.
        self._foot.setVisible(name in ("start", "unlock"))
        if name == "unlock":
            self.passphrase.setFocus()

    def _build_unlock(self) -> None:
        self.passphrase = _secret(_("Passphrase"))
        self.unlock = button(_("Open"), "primary")
        self.unlock.clicked.connect(self._unlock)
        self.passphrase.returnPressed.connect(self._unlock)
        paper = button(_("Passphrase lost? Use the recovery key"), "plain")
        paper.clicked.connect(lambda: self.show_page("recover"))
        other = button(_("Other file\N{HORIZONTAL ELLIPSIS}"), "plain")
        other.clicked.connect(self._choose_file)
        trial = button(_("Try it with invented patients"), "plain")
        trial.clicked.connect(self._try_out)
        self._file_name = label(self._doors.path.name, "quiet")
        self._file_name.setToolTip(str(self._doors.path))
        self._page(
            "unlock",
            label(_("Open the clinic's record"), "name"),
            self._file_name,
            self.passphrase,
            _wrapped(row(self.unlock, None)),
            _wrapped(row(paper, None)),
            _wrapped(row(other, trial, None)),
        )

    def _build_start(self) -> None:
        self.set_up_choice = button(_("Set up this clinic"), "primary")
        self.trial_choice = button(_("Try it with invented patients"))
        other = button(_("Open a record that is elsewhere\N{HORIZONTAL ELLIPSIS}"), "plain")
        self.set_up_choice.clicked.connect(lambda: self.show_page("set up"))
        self.trial_choice.clicked.connect(self._try_out)
        other.clicked.connect(self._choose_file)
        self._page(
            "start",
            label(_("Welcome"), "name"),
            label(
                _(
                    "Everything stays on this computer, in one encrypted file. Nothing is ever"
                    " sent anywhere."
                ),
                "quiet",
                wrap=True,
            ),
            self.set_up_choice,
            self.trial_choice,
            label(_("Invented patients live in a file that is thrown away."), "quiet"),
            _wrapped(row(other, None)),
        )

    def _build_set_up(self) -> None:
        from zoneinfo import available_timezones

        from desktop.core.clinic import Paper
        from desktop.wording import profile_name

        book = self._book()
        form = QFormLayout()
        form.setVerticalSpacing(9)
        self.clinic_name = _field(form, _("Clinic"))
        self.address = _field(form, _("Address"))
        self.zone = StillCombo()
        self.zone.addItems(sorted(available_timezones()))
        self.zone.setCurrentText(bytes(QTimeZone.systemTimeZoneId().data()).decode())
        self.paper = StillCombo()
        self.paper.addItems([paper.value for paper in Paper])
        self.profile = StillCombo()
        for key in book.protocol.profiles:
            self.profile.addItem(profile_name(key, book), key)
        for name, box in (
            (_("Time zone"), self.zone),
            (_("Paper"), self.paper),
            (_("Compare totals with"), self.profile),
        ):
            box.setAccessibleName(name)
            form.addRow(name, box)
        self.injector = _field(form, _("Injector"))
        self.credentials = _field(form, _("Credentials"))
        self.credentials.setPlaceholderText("MD")
        new = _Retyped(_secret(_("Passphrase")), _secret(_("Passphrase again")))
        new.first.setPlaceholderText(_("at least 8 characters"))
        self.new_passphrase = new
        form.addRow(_("Passphrase"), new.first)
        form.addRow(_("Again"), new.second)
        self.create_record = button(_("Create the record"), "primary")
        self.create_record.clicked.connect(self._set_up)
        back = button(_("Back"), "plain")
        back.clicked.connect(lambda: self.show_page("start"))
        self._page(
            "set up",
            label(_("Set up this clinic"), "name"),
            _wrapped(form),
            _wrapped(row(back, None, self.create_record)),
        )

    def _build_key(self) -> None:
        self.key_shown = label("", "")
        self.key_shown.setFont(theme.font(13, QFont.Weight.Bold))
        self.key_shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.key_shown.setAccessibleName(_("Recovery key"))
        save = button(_("Save\N{HORIZONTAL ELLIPSIS}"))
        save.clicked.connect(self._save_key)
        print_ = button(_("Print\N{HORIZONTAL ELLIPSIS}"))
        print_.clicked.connect(self._print_key)
        self.key_kept = QCheckBox(_("I have it on paper, or on another drive."))
        self.go_on = button(_("Go on"), "primary")
        self.go_on.setEnabled(False)
        self.key_kept.toggled.connect(self.go_on.setEnabled)
        self.go_on.clicked.connect(self._key_kept)
        self._page(
            "key",
            label(_("The recovery key"), "name"),
            label(
                _(
                    "With this key and the file, the record opens on any computer, even when the"
                    " passphrase is lost. Without either, nobody can open it. Keep it away from"
                    " this computer."
                ),
                "quiet",
                wrap=True,
            ),
            self.key_shown,
            _wrapped(row(print_, save, None)),
            self.key_kept,
            _wrapped(row(None, self.go_on)),
        )

    def _build_recover(self) -> None:
        form = QFormLayout()
        self.typed_key = _field(form, _("Recovery key"))
        self.recovered = _Retyped(_secret(_("New passphrase")), _secret(_("Again")))
        form.addRow(_("New passphrase"), self.recovered.first)
        form.addRow(_("Again"), self.recovered.second)
        use = button(_("Open with the recovery key"), "primary")
        use.clicked.connect(self._recover)
        back = button(_("Back"), "plain")
        back.clicked.connect(lambda: self.show_page("unlock"))
        self._page(
            "recover",
            label(_("Open with the recovery key"), "name"),
            _wrapped(form),
            _wrapped(row(back, None, use)),
        )

    def _page(self, name: str, *widgets: QWidget) -> None:
        page = QWidget()
        page.setLayout(column(*widgets, spacing=12))
        self._pages[name] = page
        self._inside.insertWidget(0, page)

    # -- what the user does -------------------------------------------------------------------

    def _unlock(self) -> None:
        if self._try(lambda: self._doors.unlock(self.passphrase.text())):
            self._enter()

    def _try_out(self) -> None:
        if self._try(self._doors.try_out):
            self.entered.emit()

    def _set_up(self) -> None:
        if not self.new_passphrase.agreed:
            self._say(_("The two passphrases differ."))
            return
        from desktop.core.clinic import Clinic, Paper
        from desktop.core.patient import Person

        clinic = Clinic(
            name=self.clinic_name.text().strip(),
            address=self.address.text().strip(),
            zone=self.zone.currentText(),
            paper=Paper(self.paper.currentText()),
            profile=self.profile.currentData(),
        )
        person = Person(self.injector.text().strip(), self.credentials.text().strip())
        passphrase = self.new_passphrase.first.text()
        if self._try(lambda: self._doors.set_up(clinic, person, passphrase)):
            self._enter()

    def _enter(self) -> None:
        """Into the record; past the recovery key, until somebody has said that they keep it."""
        self._key = self._doors.key_to_keep()
        if not self._key:
            self.entered.emit()
            return
        self.show_page("key")
        groups = self._key.split("-")
        middle = (len(groups) + 1) // 2
        self.key_shown.setText("-".join(groups[:middle]) + "-\n" + "-".join(groups[middle:]))

    def _key_kept(self) -> None:
        if self._try(self._doors.key_kept):
            self.entered.emit()

    def _recover(self) -> None:
        if not self.recovered.agreed:
            self._say(_("The two passphrases differ."))
            return
        if self._try(
            lambda: self._doors.recover(self.typed_key.text(), self.recovered.first.text())
        ):
            self.entered.emit()

    def _choose_file(self) -> None:
        chosen, _filter = QFileDialog.getOpenFileName(
            self, _("Open a record"), "", _("Records (*.glabella)")
        )
        if chosen:
            self._doors.choose(Path(chosen))

    def _save_key(self) -> None:
        chosen, _filter = QFileDialog.getSaveFileName(
            self, _("Save the recovery key"), "recovery-key.txt", _("Text (*.txt)")
        )
        if chosen and self._try(lambda: self._doors.save_key(Path(chosen), self._key)):
            self._say("")

    def _print_key(self) -> None:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter()
        if QPrintDialog(printer, self).exec() == QPrintDialog.DialogCode.Accepted:
            text = QTextDocument()
            text.setDefaultFont(theme.font(13))
            text.setPlainText(_("Glabella: recovery key\n\n{key}\n").format(key=self._key))
            text.print_(printer)

    def _try(self, act: Callable[[], None]) -> bool:
        try:
            act()
        except ExpectedError as error:
            self._say(self._explain(error))
            return False
        self._say("")
        return True

    def _say(self, sentence: str) -> None:
        self._refusal.setText(sentence)
        self._refusal.setVisible(bool(sentence))


def _field(form: QFormLayout, name: str) -> QLineEdit:
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setMinimumWidth(FIELD_WIDTH_PX)
    form.addRow(name, made)
    return made


def _secret(name: str) -> QLineEdit:
    made = QLineEdit()
    made.setEchoMode(QLineEdit.EchoMode.Password)
    made.setAccessibleName(name)
    made.setPlaceholderText(name)
    return made


def _wrapped(layout: QLayout) -> QFrame:
    made = QFrame()
    made.setLayout(layout)
    layout.setContentsMargins(0, 0, 0, 0)
    return made
