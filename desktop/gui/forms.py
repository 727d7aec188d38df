"""The dialogs that take a patient, a vial, a signature or a reason."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from PySide6.QtCore import QSize, QTimer, SignalInstance
from PySide6.QtGui import QCloseEvent, QIcon, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.core.errors import ExpectedError
from desktop.core.patient import TextTooLongError, UnprintableCharacterError
from desktop.core.session import ReasonMissingError
from desktop.gui.document import BOUNCE_MS
from desktop.gui.widgets import StillCombo, button, label, restyle
from desktop.language import _

Explain = Callable[[ExpectedError], str]
Field = QLineEdit | QPlainTextEdit | QComboBox
# What a line of words is refused for.
OF_LINES = (ReasonMissingError, TextTooLongError, UnprintableCharacterError)

Read = TypeVar("Read")

AROUND_PX = QSize(120, 110)  # around a form: the window's frame, and a sentence at the foot
LOWEST_PX = 100  # of what scrolls, on however small a screen


class Form(QDialog):
    """Fields, a place for one clear sentence, and two buttons. Nothing typed is ever lost.

    `try_to_accept` is asked when the user confirms; if it raises an `ExpectedError` the form stays
    open with the sentence, and every field as it was. A field that it was `reading` is named in the
    sentence, has a line around it until it is edited, and gets the keyboard. Escape and
    "Cancel" ask before they leave what was typed.
    """

    def __init__(self, parent: QWidget | None, title: str, confirm: str, explain: Explain) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(460)
        self._explain = explain
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(BOUNCE_MS)
        self._first: QWidget | None = None
        self._untouched: list[object] | None = None
        self._warned_of: list[object] | None = None
        self._refused: Field | None = None
        self._marked: Field | None = None
        self.fields = QFormLayout()
        self.fields.setVerticalSpacing(10)
        self.fields.setHorizontalSpacing(14)
        self.refusal = label("", "refusal", wrap=True)
        self.refusal.hide()
        self.above = QVBoxLayout()
        self.above.addWidget(label(title, "title"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        # Qt speaks the languages that it was shipped with; this program its own.
        self._cancel = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        self._cancel.setText(_("Cancel"))
        self.confirm = button(confirm, "primary")
        buttons.addButton(self.confirm, QDialogButtonBox.ButtonRole.AcceptRole)
        self._wait.timeout.connect(lambda: self.confirm.setEnabled(True))
        buttons.accepted.connect(self._confirmed)
        buttons.rejected.connect(self._cancelled)
        for each in buttons.buttons():
            each.setIcon(QIcon())  # the style would bring a red cross of its own
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 20, 22, 18)
        layout.setSpacing(14)
        layout.addLayout(self.above)
        layout.addLayout(self.fields)
        layout.addWidget(self.refusal)
        layout.addWidget(buttons)
        self.confirm.setDefault(True)  # not before it is in the form: Qt would take "Cancel"

    def line(self, name: str, text: str = "", hint: str = "") -> QLineEdit:
        """A line of text. It is never cut: a text too long is refused in words."""
        field = QLineEdit(text)
        field.setPlaceholderText(hint)
        field.setMaxLength(2_000_000)
        self._add(name, field)
        return field

    def text(self, name: str, text: str = "", hint: str = "") -> QPlainTextEdit:
        """Several lines of text."""
        field = QPlainTextEdit(text)
        field.setPlaceholderText(hint)
        field.setFixedHeight(70)
        field.setTabChangesFocus(True)
        self._add(name, field)
        return field

    def choice(self, name: str, options: dict[str, str], chosen: str = "") -> QComboBox:
        """One of several options, by key."""
        field = StillCombo()
        for key, words in options.items():
            field.addItem(words, key)
        field.setCurrentIndex(max(field.findData(chosen), 0))
        self._add(name, field)
        return field

    def try_to_accept(self) -> None:
        """Do what the form is for; a subclass raises an `ExpectedError` when it cannot be done."""
        raise NotImplementedError

    @contextmanager
    def reading(self, field: Field, *errors: type[ExpectedError]) -> Iterator[None]:
        """Say which field a refusal is about.

        Args:
            errors: The refusals that are about this field; every one unless they are named.
        """
        try:
            yield
        except ExpectedError as error:
            if isinstance(error, errors or ExpectedError):
                self._refused = self._refused or field
            raise

    def read(self, field: QLineEdit | QPlainTextEdit, take: Callable[[str], Read]) -> Read:
        """What `take` makes of the text in a field, which is the refused one if it raises."""
        text = field.toPlainText() if isinstance(field, QPlainTextEdit) else field.text()
        with self.reading(field):
            return take(text.strip())

    def lead_to(self, field: QWidget) -> None:
        """Bring a field into sight and give it the keyboard."""
        for scroll in self.findChildren(QScrollArea):
            if scroll.isAncestorOf(field):
                scroll.ensureWidgetVisible(field)
        field.setFocus()

    def refuse(self, sentence: str) -> None:
        """Show why it cannot be done."""
        self._warned_of = None  # its sentence is no longer there to be read
        self.refusal.setText(sentence)
        self.refusal.setVisible(bool(sentence))
        self.adjustSize()

    def let_scroll(self, *scrolls: QScrollArea) -> None:
        """Give what scrolls all the room that it wants, or what the screen has beside the rest.

        Args:
            scrolls: In the form already, all of them in one place.
        """
        for each in self.findChildren(QWidget):
            each.ensurePolished()  # the theme's lines and letters make everything larger
        wanted = QSize()
        for content in (scroll.widget() for scroll in scrolls):
            wanted = wanted.expandedTo(content.sizeHint() if content else wanted)
        others = self.sizeHint().height() - max(scroll.sizeHint().height() for scroll in scrolls)
        screen = self.screen().availableGeometry().size() - AROUND_PX
        high = min(wanted.height(), max(screen.height() - others, LOWEST_PX))
        for scroll in scrolls:
            bar = scroll.verticalScrollBar().sizeHint().width()
            # Not the size alone: a sentence at the foot makes the form fit itself to its content.
            scroll.setMinimumSize(min(wanted.width() + bar, screen.width()), high)

    def showEvent(self, event: QShowEvent) -> None:
        """Typing begins in the first field: a scanner's Enter must not press the button."""
        super().showEvent(event)
        if self._untouched is None:
            self._untouched = self._contents()
        if self._first is not None:
            self._first.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves, the first time only if nothing was typed; a key held down counts once."""
        leaves = event.matches(QKeySequence.StandardKey.Cancel)
        if leaves and (event.isAutoRepeat() or not self._may_leave()):
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window's frame closes a form as Escape does."""
        if self.isVisible() and not self._may_leave():
            event.ignore()
            return
        super().closeEvent(event)

    def ask(self) -> bool:
        """Show the form until it is confirmed or given up; say which. Then it is gone."""
        accepted = self.exec() == QDialog.DialogCode.Accepted
        self.deleteLater()
        return accepted

    def _cancelled(self) -> None:
        if self._may_leave():
            self.reject()
            return
        # The second half of a double click has not read it.
        self._cancel.setEnabled(False)
        QTimer.singleShot(BOUNCE_MS, self._cancel, lambda: self._cancel.setEnabled(True))

    def _may_leave(self) -> bool:
        """Whether nothing was typed, or whoever typed it has been told that it will be lost."""
        contents = self._contents()
        if contents in (self._untouched, self._warned_of):
            return True
        self.refuse(_("Once more leaves without keeping what you typed."))
        self._warned_of = contents
        return False

    def _contents(self) -> list[object]:
        """What stands in the fields, whoever made them."""
        return [
            *(each.text() for each in self.findChildren(QLineEdit)),
            *(each.toPlainText() for each in self.findChildren(QPlainTextEdit)),
            *(each.currentText() for each in self.findChildren(QComboBox)),
            *(each.isChecked() for each in self.findChildren(QCheckBox)),
        ]

    def _add(self, name: str, field: QWidget) -> None:
        self._first = self._first or field
        field.setAccessibleName(name)
        self.fields.addRow(name, field)

    def _confirmed(self) -> None:
        self._unmark()
        self._refused = None
        try:
            self.try_to_accept()
        except ExpectedError as error:
            self._refuse_field(self._explain(error))
            return
        self.accept()

    def _refuse_field(self, sentence: str) -> None:
        field = self._refused
        if field is not None:
            words = _("{field}: {sentence}")
            sentence = words.format(field=field.accessibleName(), sentence=sentence)
        self.refuse(sentence)
        # The second half of a double click must not answer a question that nobody has read.
        self.confirm.setEnabled(False)
        self._wait.start()
        if field is not None:
            self._mark(field, sentence)
            self.lead_to(field)

    def _mark(self, field: Field, sentence: str) -> None:
        self._marked = field
        field.setAccessibleDescription(sentence)
        restyle(field, field.objectName(), "refused")
        _edited(field).connect(self._unmark)

    def _unmark(self, *_changed: object) -> None:
        field, self._marked = self._marked, None
        if field is not None:
            _edited(field).disconnect(self._unmark)
            field.setAccessibleDescription("")
            restyle(field, field.objectName())


def _edited(field: Field) -> SignalInstance:
    return field.currentIndexChanged if isinstance(field, QComboBox) else field.textChanged


class ReasonForm(Form):
    """A reason in words, where the record needs one."""

    def __init__(
        self, parent: QWidget | None, title: str, explain: Explain, use: Callable[[str], None]
    ) -> None:
        super().__init__(parent, title, _("Confirm"), explain)
        self._use = use
        self._reason = self.line(_("Reason"))

    def try_to_accept(self) -> None:
        """Hand over the reason."""
        with self.reading(self._reason, *OF_LINES):
            self._use(self._reason.text().strip())
