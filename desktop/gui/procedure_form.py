"""How the injections were done: the clinic's usual way, and what differed this time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields

from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop import language
from desktop.core.procedure import TEXTS, Aspiration, Event, Procedure, differences
from desktop.core.session import Session
from desktop.gui.chips import Chips
from desktop.gui.forms import Explain, Form
from desktop.gui.theme import CHIP_MM, Measures
from desktop.gui.widgets import align_text, button, label, plain_tip, row
from desktop.language import _
from desktop.wording import list_text
from desktop.words.vials import aspiration_name, event_words, procedure_part, procedure_value

FIELD_WIDTH_PX = 420
MARK_WIDTH_PX = 210
TEXT_HEIGHT_PX = 50
LONGEST_SHOWN = 60  # of what is usual, beside the field; the tip says it all
ASPIRATION = "aspiration"

Use = Callable[[Procedure, Sequence[Event]], None]


class PartsForm(Form):
    """A field for each part of the procedure; what is likely is chosen without typing.

    Args:
        procedure: What stands in the fields from the beginning.
    """

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        confirm: str,
        explain: Explain,
        procedure: Procedure,
        measures: Measures,
    ) -> None:
        super().__init__(parent, title, confirm, explain)
        self.setObjectName("touch")
        self._measures = measures
        self.parts: dict[str, Choice | QPlainTextEdit] = {}
        self.grid = QGridLayout()
        self.grid.setContentsMargins(2, 2, 2, 2)
        self.grid.setVerticalSpacing(6)
        self.grid.setHorizontalSpacing(14)
        self.grid.setColumnStretch(1, 1)
        for line, name in enumerate(each.name for each in fields(Procedure)):
            field = self._field(name, procedure)
            field.setMinimumWidth(FIELD_WIDTH_PX)
            self.grid.addWidget(label(procedure_part(name)), line, 0)
            self.grid.addWidget(field, line, 1)
        self._first = self.parts["position"]

    def procedure(self) -> Procedure:
        """What stands in the fields."""
        texts = {name: _text_of(field).strip() for name, field in self.parts.items()}
        chosen = self.aspiration.chosen or Aspiration.NOT_RECORDED.value
        return Procedure(**texts, aspiration=Aspiration(chosen))

    def show_procedure(self, procedure: Procedure) -> None:
        """Write this procedure into the fields."""
        for name, field in self.parts.items():
            _write(field, getattr(procedure, name))
        self.aspiration.choose(procedure.aspiration.value)

    def _field(self, name: str, procedure: Procedure) -> QWidget:
        if name == ASPIRATION:
            options = {each.value: aspiration_name(each) for each in Aspiration}
            self.aspiration = Chips(
                procedure_part(name), options, self._measures, procedure.aspiration.value
            )
            return self.aspiration
        field = _text_field() if name in TEXTS else Choice(likely(name))
        field.setAccessibleName(procedure_part(name))
        _write(field, getattr(procedure, name))
        self.parts[name] = field
        return field

    def _place(self) -> None:
        """Put the parts in their place, as large as the screen allows."""
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self.grid)
        layout.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(content)
        scroll.setWidgetResizable(True)
        self.above.insertWidget(1, scroll, 1)
        self.let_scroll(scroll)

    def _contents(self) -> list[object]:
        return [*super()._contents(), self.aspiration.chosen]


class ProcedureForm(PartsForm):
    """One session's procedure, beside what is usual here; and what happened, to take back.

    Args:
        session: The draft that it is about.
        usual: How the clinic always does it.
        use: Takes the procedure and the events that did not happen; raises an `ExpectedError`
            if they cannot be kept.
    """

    def __init__(
        self,
        parent: QWidget | None,
        explain: Explain,
        session: Session,
        usual: Procedure,
        measures: Measures,
        use: Use,
    ) -> None:
        super().__init__(
            parent, _("The procedure"), _("Keep"), explain, session.procedure, measures
        )
        self._usual = usual
        self._use = use
        self._session = session
        self.marks: dict[str, QLabel] = {}
        for line, name in enumerate(each.name for each in fields(Procedure)):
            mark = self.marks[name] = label("", "caution", wrap=True)
            mark.setFixedWidth(MARK_WIDTH_PX)
            self.grid.addWidget(mark, line, 2)
        self.happened = [self._taken_back(event) for event in session.events]
        self.summary = label("", "quiet", wrap=True)
        self.as_usual = button(_("As usual"), "", _("What the clinic always does"))
        self.as_usual.setAutoDefault(False)
        self.as_usual.clicked.connect(lambda: self.show_procedure(usual))
        self.as_usual.clicked.connect(self.say)
        heading = self.above.takeAt(0)
        top = row(None if heading is None else heading.widget(), None, self.as_usual)
        self.above.addLayout(top)
        self.above.addWidget(self.summary)
        self._place()
        self.aspiration.chose.connect(self.say)
        for field in self.parts.values():
            _when_written(field, self.say)
        self.say()

    def _taken_back(self, event: Event) -> QPushButton:
        """A line that says what happened, with the chip that takes it back."""
        line = self.grid.rowCount()
        if event is self._session.events[0]:
            self.grid.addWidget(label(_("What happened")), line, 0)
        words = event_words(event, self._session)
        self.grid.addWidget(label(words, wrap=True), line, 1)
        chip = button(_("Did not happen"), "chip")
        chip.setAccessibleName(_("Did not happen: {event}").format(event=words))
        chip.setCheckable(True)
        chip.setAutoDefault(False)
        chip.setFixedHeight(self._measures.px(CHIP_MM))
        chip.toggled.connect(self.say)
        self.grid.addWidget(chip, line, 2)
        return chip

    def not_happened(self) -> list[Event]:
        """The events that were said not to have happened."""
        marked = zip(self._session.events, self.happened, strict=True)
        return [event for event, chip in marked if chip.isChecked()]

    def say(self) -> None:
        """Say beside each part what is usual, and below them all what differs."""
        procedure, usual = self.procedure(), self._usual
        has_usual = usual != Procedure()
        other = differences(procedure, usual) if has_usual else {}
        for name, mark in self.marks.items():
            words = _usual_words(name, usual) if name in other else ""
            mark.setText(words)
            mark.setToolTip(plain_tip(procedure_value(name, usual)) if words else "")
            self._field_of(name).setAccessibleDescription(words)
        self.as_usual.setVisible(has_usual)
        self.as_usual.setEnabled(bool(other))
        self.summary.setText(self._summary(other, has_usual=has_usual))

    def _summary(self, other: Mapping[str, str], *, has_usual: bool) -> str:
        said = []
        if not has_usual:
            said.append(_("The preferences say how the clinic always does it: nothing yet."))
        elif other:
            parts = list_text(procedure_part(name) for name in other)
            said.append(_("Not as usual: {parts}.").format(parts=parts))
        else:
            said.append(_("Everything is as usual."))
        if self.not_happened():
            said.append(_("What did not happen is taken back."))
        return " ".join(said)

    def _field_of(self, name: str) -> QWidget:
        return self.aspiration if name == ASPIRATION else self.parts[name]

    def try_to_accept(self) -> None:
        """Hand over what stands there."""
        self._use(self.procedure(), self.not_happened())

    def _contents(self) -> list[object]:
        return [*super()._contents(), *(each.isChecked() for each in self.happened)]


class UsualProcedureForm(PartsForm):
    """How the clinic always does it: what every new session begins with.

    Args:
        use: Takes the procedure; raises an `ExpectedError` if it cannot be kept.
    """

    def __init__(
        self,
        parent: QWidget | None,
        explain: Explain,
        usual: Procedure,
        measures: Measures,
        use: Callable[[Procedure], None],
    ) -> None:
        super().__init__(parent, _("The usual procedure"), _("Keep"), explain, usual, measures)
        self._use = use
        self.above.addWidget(
            label(_("Every new session begins with it; what differs is said there."), "quiet")
        )
        self._place()

    def try_to_accept(self) -> None:
        """Hand over what stands there."""
        self._use(self.procedure())


class Choice(QComboBox):
    """A line that can be typed, with what is likely in a list."""

    def __init__(self, options: Sequence[str]) -> None:
        super().__init__()
        self.setEditable(True)
        # What was typed stays as it was typed: a completer would finish it to another word.
        self.setCompleter(None)  # type: ignore[arg-type]
        self.addItems(["", *options])
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        line = self.lineEdit()
        if line is not None:
            line.setMaxLength(2_000_000)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Whoever scrolls the form must not choose something else on the way."""
        event.ignore()


def likely(name: str) -> list[str]:
    """What a part of the procedure is likely to be, in the language in which it is printed."""
    with language.speaking(language.on_paper()):
        return {
            "position": [_("lying down"), _("seated"), _("lying down, then seated")],
            "skin": [_("alcohol"), _("chlorhexidine")],
            "needle": [_("30 G, 13 mm"), _("30 G, 25 mm")],
            "guidance": [_("landmarks"), _("electromyography"), _("ultrasound")],
            "tolerance": [_("well tolerated"), _("some discomfort"), _("badly tolerated")],
        }[name]


def _usual_words(name: str, usual: Procedure) -> str:
    words = procedure_value(name, usual)
    if not words:
        return _("usually not recorded")
    if name in TEXTS or len(words) > LONGEST_SHOWN:
        return _("not as usual")
    return _("usually: {words}").format(words=words)


def _text_field() -> QPlainTextEdit:
    made = QPlainTextEdit()
    made.setFixedHeight(TEXT_HEIGHT_PX)
    made.setTabChangesFocus(True)
    align_text(made)
    return made


def _text_of(field: Choice | QPlainTextEdit) -> str:
    return field.toPlainText() if isinstance(field, QPlainTextEdit) else field.currentText()


def _write(field: Choice | QPlainTextEdit, text: str) -> None:
    if isinstance(field, QPlainTextEdit):
        field.setPlainText(text)
    else:
        field.setEditText(text)


def _when_written(field: Choice | QPlainTextEdit, do: Callable[[], None]) -> None:
    if isinstance(field, QPlainTextEdit):
        field.textChanged.connect(do)
    else:
        field.editTextChanged.connect(do)
