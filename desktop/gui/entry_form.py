"""What the forms have in common that take what came after a session."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Generic, TypeVar

from PySide6.QtCore import QMargins, QSize
from PySide6.QtWidgets import (
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from desktop.core.errors import ExpectedError
from desktop.core.followup import Outcomes, SideEffect, TreatedElsewhere
from desktop.core.patient import Patient, checked_line
from desktop.gui.chips import Chips
from desktop.gui.forms import Explain, Form
from desktop.gui.theme import CHIP_MM, Measures
from desktop.gui.widgets import align_text, label, restyle
from desktop.language import _
from desktop.wording import known_words

AROUND_PX = QSize(80, 300)  # what stands around the answers: title, summary, buttons, the frame
NOTE_HEIGHT_PX = 58
LEAST_HEIGHT_PX = 180

_ReadT = TypeVar("_ReadT")
_ValueT = TypeVar("_ValueT", Outcomes, SideEffect, TreatedElsewhere)


class EntryForm(Form, Generic[_ValueT]):
    """Answers that may scroll; below them, in words, what will be kept.

    Args:
        patient: Whose it is, named above the answers.
        today: The last day on which anything can have happened.
        use: Keeps what was entered, or raises an `ExpectedError`.
    """

    note_lines = 0

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        explain: Explain,
        patient: Patient,
        today: date,
        use: Callable[[_ValueT], None],
    ) -> None:
        super().__init__(parent, title, _("Keep"), explain)
        self._patient = patient
        self._today = today
        self._use: Callable[[_ValueT], None] = use
        self._unread: QWidget | None = None
        self.above.addWidget(label(known_words(patient), "quiet", wrap=True))
        self.summary = label("", "", wrap=True)
        self.information = label("", "finding", wrap=True)

    def try_to_accept(self) -> None:
        """Hand over what was entered; where a field cannot be read, the keyboard goes there."""
        self._unread = None
        try:
            value = self._read()
        except ExpectedError:
            if self._unread is not None:
                self._bring_to(self._unread)
            raise
        self._use(value)

    def _read(self) -> _ValueT:
        raise NotImplementedError

    def _notes_on(self, _value: _ValueT) -> Iterator[str]:
        """What to know about it before it is kept."""
        return iter(())

    def _words_of(self, value: _ValueT) -> str:
        raise NotImplementedError

    def _from(self, field: QLineEdit, read: Callable[[str], _ReadT]) -> _ReadT:
        """What stands in a line; if it cannot be read, the line is remembered."""
        try:
            return read(checked_line(field.text().strip()))
        except ExpectedError:
            self._unread = field
            raise

    def _bring_to(self, field: QWidget) -> None:
        self._scroll.ensureWidgetVisible(field)
        field.setFocus()

    def _place(self, content: QWidget) -> None:
        """Put the answers in their place, as large as the screen allows, and listen to them."""
        self._scroll = QScrollArea()
        self._scroll.setWidget(content)
        self._scroll.setWidgetResizable(True)
        self.above.addWidget(self._scroll, 1)
        self.above.addWidget(self.summary)
        self.above.addWidget(self.information)
        # Room for them before they are there: what is said must not move the button under a finger.
        lines = self.fontMetrics().lineSpacing() * self.note_lines
        self.information.setMinimumHeight(lines)
        self.information.setVisible(lines > 0)
        wanted = content.sizeHint()
        room = self.screen().availableGeometry().size() - AROUND_PX
        wide = min(wanted.width(), room.width())
        high = max(wanted.height(), content.heightForWidth(wide))
        bar = self._scroll.verticalScrollBar().sizeHint().width() if high > room.height() else 0
        # Not the size alone: a sentence at the foot makes the form fit itself to what is in it.
        high = min(high, max(room.height(), LEAST_HEIGHT_PX))
        self._scroll.setMinimumSize(min(wide + bar, room.width()), high)
        layout = self.layout()
        edges = QMargins() if layout is None else layout.contentsMargins()
        self.setMinimumWidth(self._scroll.minimumWidth() + edges.left() + edges.right())
        for chips in self.findChildren(Chips):
            chips.chose.connect(self.say)
        for line in self.findChildren(QLineEdit):
            line.textChanged.connect(self.say)
        for text in self.findChildren(QPlainTextEdit):
            text.textChanged.connect(self.say)
        self.say()

    def refuse(self, sentence: str) -> None:
        """Show why it cannot be kept, in the place of what would be."""
        self.summary.setVisible(not sentence)
        super().refuse(sentence)

    def say(self) -> None:
        """Say what would be kept now, or what is still missing."""
        if self.refusal.text():
            self.refuse("")  # it was about what stood there before
        try:
            value = self._read()
        except ExpectedError as error:
            restyle(self.summary, "quiet")
            self.summary.setText(self._explain(error))
            self.information.setText("")
        else:
            restyle(self.summary, "")
            self.summary.setText(_("Will be kept: {words}").format(words=self._words_of(value)))
            self.information.setText("\n".join(self._notes_on(value)))
        restyle(self.information, "finding" if self.information.text() else "")

    def _contents(self) -> list[object]:
        return [*super()._contents(), *(each.chosen for each in self.findChildren(Chips))]

    def _remarks(self, text: str) -> QPlainTextEdit:
        made = self.text(_("Remarks"), text)
        made.setFixedHeight(NOTE_HEIGHT_PX)
        align_text(made)
        return made


def add_row(fields: QFormLayout, name: str, field: QWidget, measures: Measures) -> None:
    """A name and its chips; the name stands beside their first line."""
    said = label(name)
    said.setMinimumHeight(measures.px(CHIP_MM))
    said.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    fields.addRow(said, field)


def form_fields() -> QFormLayout:
    """Rows of a name and a field, as far apart as in every form."""
    made = QFormLayout()
    made.setVerticalSpacing(10)
    made.setHorizontalSpacing(14)
    made.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return made
