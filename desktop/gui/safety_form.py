"""What is asked and seen before the needle: safety, eligibility, diagnosis, consent."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TypeVar

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.core.assessment import (
    AgentMissingError,
    Answer,
    Assessment,
    Checklist,
    Consent,
    ConsentBeforeBirthError,
    ConsentInFutureError,
    ConsentKind,
    ConsentKindMissingError,
    Diagnosis,
    DiagnosisIncompleteError,
    DiagnosisNotConfirmedError,
    HeadacheDaysError,
    MigraineDaysError,
    MonthsError,
    MonthsOverAgeError,
    MoreMigraineThanHeadacheError,
    Preventive,
    Said,
    blank,
    checked_assessment,
    read_count,
    unchanged,
)
from desktop.core.errors import ExpectedError
from desktop.core.patient import checked_line, checked_text
from desktop.core.times import read_day
from desktop.gui.chips import Chips, DayField
from desktop.gui.forms import Explain, Form
from desktop.gui.theme import Measures
from desktop.gui.widgets import align_text, button, label, row
from desktop.language import _
from desktop.wording import date_text
from desktop.words import safety as words

_ReadT = TypeVar("_ReadT")

NOTE_WIDTH_PX = 190
COUNT_WIDTH_PX = 72
SPARE_ROWS = 3  # empty lines for preventives, below those that are known
FORM_PX = QSize(940, 780)


class SafetyForm(Form):
    """Three pages; what is not asked stays "not asked", and is never taken for a no.

    Args:
        checklist: The questions and the codes.
        given: What is recorded in this session; none before.
        last: What was said in the session before, made on `last_on`; none if there was none.
        birth_date: Consent is not older than the patient.
        today: The day of the session.
        confirmer: Who confirms a diagnosis here.
        use: Keeps the assessment, or raises an `ExpectedError`.
    """

    def __init__(
        self,
        parent: QWidget | None,
        explain: Explain,
        checklist: Checklist,
        given: Assessment | None,
        last: tuple[Assessment, date] | None,
        birth_date: date,
        today: date,
        confirmer: str,
        measures: Measures,
        use: Callable[[Assessment], None],
    ) -> None:
        super().__init__(parent, _("Before the needle"), _("Keep"), explain)
        self._checklist = checklist
        self._birth_date = birth_date
        self._today = today
        self._confirmer = confirmer
        self._measures = measures
        self._use = use
        self._last = last
        self._begun = given or (last[0] if last else blank(checklist.questions, today))
        if given is None and last is not None:
            said = _("As on {date}. What is kept now is of today.").format(date=date_text(last[1]))
            self.above.addWidget(label(said, "quiet", wrap=True))
        self.answers: dict[str, Chips] = {}
        self.notes: dict[str, QLineEdit] = {}
        self.pages = QTabWidget()
        self.pages.tabBar().setDrawBase(False)
        for page, title in (
            (self._safety_page(), _("Safety")),
            (self._history_page(), _("Headache and medicines")),
            (self._consent_page(), _("Diagnosis and consent")),
        ):
            scroll = QScrollArea()
            scroll.setWidget(page)
            scroll.setWidgetResizable(True)
            self.pages.addTab(scroll, title)
        # Qt would make it two thirds of the screen at most, and the questions would scroll.
        room = self.screen().availableGeometry().size()
        self.setMinimumSize(
            min(FORM_PX.width(), room.width() - 40), min(FORM_PX.height(), room.height() - 60)
        )
        self.above.addWidget(self.pages, 1)
        self._say_diagnosis()

    # -- building -----------------------------------------------------------------------------

    def _safety_page(self) -> QWidget:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        options = {each.value: words.said_name(each) for each in Said}
        for place, (key, question) in enumerate(self._checklist.questions.items()):
            answer = self._begun.answers.get(key, Answer())
            text = words.question_text(question)
            chips = Chips(text, options, self._measures, answer.value.value)
            chips.setFixedWidth(chips.sizeHint().width())
            note = self._line(_("Note: {question}").format(question=text), answer.note)
            note.setPlaceholderText(_("note"))
            note.setFixedWidth(NOTE_WIDTH_PX)
            self.answers[key], self.notes[key] = chips, note
            for at, widget in enumerate((label(text, wrap=True), chips, note)):
                grid.addWidget(widget, place, at)
        rest = self.no_to_the_rest = button(_("No to all that is not asked"), "chip")
        rest.setAutoDefault(False)
        rest.setFixedHeight(self._measures.px(12))
        rest.clicked.connect(self._answer_the_rest)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.addLayout(grid)
        layout.addLayout(row(None, rest))
        layout.addStretch(1)
        return page

    def _history_page(self) -> QWidget:
        begun = self._begun
        page = QWidget()
        layout = QVBoxLayout(page)
        figures = QGridLayout()
        figures.setHorizontalSpacing(12)
        figures.setColumnMinimumWidth(0, 260)
        figures.setColumnStretch(2, 1)
        self.headache_days = self._count(_("Headache days a month"), begun.headache_days)
        self.migraine_days = self._count(_("Migraine days a month"), begun.migraine_days)
        self.months = self._count(_("Months so, before treatment"), begun.months)
        chosen = {None: "", True: "yes", False: "no"}[begun.days_4h]
        name = _("Headache of 4 hours a day or more")
        options = {"no": _("no"), "yes": _("yes"), "": _("not asked")}
        self.days_4h = Chips(name, options, self._measures, chosen)
        for place, field in enumerate(
            (self.headache_days, self.days_4h, self.migraine_days, self.months)
        ):
            figures.addWidget(label(field.accessibleName()), place, 0)
            figures.addWidget(field, place, 1)
        layout.addWidget(label(_("BEFORE THE FIRST TREATMENT"), "caps"))
        layout.addLayout(figures)
        layout.addWidget(label(_("PREVENTIVES TRIED"), "caps"))
        layout.addLayout(self._preventive_rows())
        self.current = self._area(_("Preventives now"), begun.current_preventives)
        self.acute = self._area(_("Acute medicines now"), begun.acute_medicines)
        self.lids = self._area(_("Lids and brows before treatment"), begun.lid_and_brow)
        for area in (self.current, self.acute, self.lids):
            layout.addWidget(label(area.accessibleName(), "caps"))
            layout.addWidget(area)
        layout.addStretch(1)
        return page

    def _preventive_rows(self) -> QGridLayout:
        grid = QGridLayout()
        titles = (_("Agent"), _("Dose reached"), _("For how long"), _("Why stopped"))
        for at, title in enumerate(titles):
            grid.addWidget(label(title, "quiet"), 0, at)
        self.preventives: list[tuple[QLineEdit, ...]] = []
        known = self._begun.preventives
        for place in range(len(known) + SPARE_ROWS):
            each = known[place] if place < len(known) else Preventive("")
            texts = (each.agent, each.dose, each.duration, each.stopped)
            lines = tuple(
                self._line(f"{title} {place + 1}", text)
                for title, text in zip(titles, texts, strict=True)
            )
            self.preventives.append(lines)
            for at, line in enumerate(lines):
                grid.addWidget(line, place + 1, at)
        return grid

    def _consent_page(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.addWidget(label(_("DIAGNOSIS"), "caps"))
        diagnosis = self._begun.diagnosis
        given = (
            (None, None, None)
            if diagnosis is None
            else (diagnosis.aura, diagnosis.intractable, diagnosis.status)
        )
        options = {"no": _("no"), "yes": _("yes"), "": _("not asked")}
        self.diagnosis: list[Chips] = []
        grid = QGridLayout()
        grid.setColumnMinimumWidth(0, 400)
        grid.setColumnStretch(2, 1)
        for place, (question, said) in enumerate(
            zip(words.diagnosis_questions(), given, strict=True)
        ):
            chosen = {None: "", True: "yes", False: "no"}[said]
            chips = Chips(question, options, self._measures, chosen)
            chips.chose.connect(self._say_diagnosis)
            self.diagnosis.append(chips)
            grid.addWidget(label(question, wrap=True), place, 0)
            grid.addWidget(chips, place, 1)
        layout.addLayout(grid)
        self.diagnosis_words = label("", "", wrap=True)
        layout.addWidget(self.diagnosis_words)
        confirmed = diagnosis.confirmed_by if diagnosis else ""
        self.confirmed = Chips(
            _("Diagnosis confirmed"),
            {"": _("not confirmed"), "yes": _("confirmed by {name}").format(name=self._confirmer)},
            self._measures,
            "yes" if confirmed else "",
        )
        layout.addWidget(self.confirmed)
        layout.addWidget(label(words.no_advice(), "quiet", wrap=True))
        layout.addWidget(label(_("CONSENT"), "caps"))
        consent = self._begun.consent
        kinds = {each.value: words.consent_kind_name(each) for each in ConsentKind}
        self.consent = Chips(
            _("Consent given"),
            {"": _("not recorded"), **kinds},
            self._measures,
            consent.kind.value if consent else "",
        )
        self.consent_on = DayField(
            _("Consent of"), self._today, (0,), self._measures, consent.on if consent else None
        )
        self.consent_version = self._line(_("Version"), consent.version if consent else "")
        self.consent_version.setFixedWidth(NOTE_WIDTH_PX)
        layout.addWidget(self.consent)
        layout.addWidget(self.consent_on)
        layout.addLayout(row(label(_("Version")), self.consent_version, None))
        layout.addStretch(1)
        return page

    def _line(self, name: str, text: str) -> QLineEdit:
        made = QLineEdit(text)
        made.setAccessibleName(name)
        made.setMaxLength(2_000_000)  # too long is refused in words, never cut
        return made

    def _count(self, name: str, count: int | None) -> QLineEdit:
        made = self._line(name, "" if count is None else str(count))
        made.setFixedWidth(COUNT_WIDTH_PX)
        return made

    def _area(self, name: str, text: str) -> QPlainTextEdit:
        made = QPlainTextEdit(text)
        made.setAccessibleName(name)
        made.setFixedHeight(52)
        made.setTabChangesFocus(True)
        align_text(made)
        return made

    # -- what the user does -------------------------------------------------------------------

    def _answer_the_rest(self) -> None:
        for chips in self.answers.values():
            if chips.chosen == Said.NOT_ASKED.value:
                chips.choose(Said.NO.value)

    def _say_diagnosis(self) -> None:
        """The answers in words, and beside them the code that they name."""
        diagnosis = self._diagnosis()
        self.diagnosis_words.setText(
            _("{words}: ICD-10-CM {code}").format(
                words=words.diagnosis_words(diagnosis), code=self._checklist.code_of(diagnosis)
            )
            if diagnosis
            else _("Answer all three, and the code that they name stands here.")
        )

    def _diagnosis(self) -> Diagnosis | None:
        said = [each.chosen for each in self.diagnosis]
        if not all(said):
            return None
        aura, intractable, status = (each == "yes" for each in said)
        return Diagnosis(aura, intractable, status, self._confirmer)

    def assessment(self) -> Assessment:
        """What stands in the form.

        Raises:
            ExpectedError: A field cannot be read, or the record cannot hold it.
        """
        made = Assessment(
            answers={
                key: Answer(
                    Said(chips.chosen or Said.NOT_ASKED), self._read(self.notes[key], 0, _line)
                )
                for key, chips in self.answers.items()
            },
            headache_days=self._read(self.headache_days, 1, read_count),
            days_4h={"yes": True, "no": False}.get(self.days_4h.chosen or ""),
            months=self._read(self.months, 1, read_count),
            migraine_days=self._read(self.migraine_days, 1, read_count),
            preventives=tuple(
                Preventive(*texts)
                for texts in (
                    [self._read(line, 1, _line) for line in lines] for lines in self.preventives
                )
                if any(texts)
            ),
            current_preventives=self._text(self.current),
            acute_medicines=self._text(self.acute),
            lid_and_brow=self._text(self.lids),
            diagnosis=self._confirmed_diagnosis(),
            consent=self._consent(),
            recorded_on=self._today,
            unchanged_since=None,
        )
        checked = self._checked(made)
        if self._last is None:
            return checked
        as_before = unchanged(self._last[0], self._today)
        return as_before if replace(as_before, unchanged_since=None) == checked else checked

    def _confirmed_diagnosis(self) -> Diagnosis | None:
        """The diagnosis, if somebody confirms it; what was answered is never dropped in silence."""
        diagnosis, before = self._diagnosis(), self._begun.diagnosis
        if diagnosis is None:
            if any(each.chosen for each in self.diagnosis):
                self._go_to(2, self.diagnosis[0])
                raise DiagnosisIncompleteError
            return None
        if self.confirmed.chosen != "yes":
            self._go_to(2, self.confirmed)
            raise DiagnosisNotConfirmedError
        if before and replace(diagnosis, confirmed_by=before.confirmed_by) == before:
            return before  # confirmed then, and the same
        return diagnosis

    def _consent(self) -> Consent | None:
        version = self._read(self.consent_version, 2, _line)
        if not self.consent.chosen:
            if version or self.consent_on.line.text().strip():
                self._go_to(2, self.consent)
                raise ConsentKindMissingError
            return None
        on = self._read(self.consent_on.line, 2, read_day)
        return Consent(ConsentKind(self.consent.chosen), on, version)

    def _checked(self, made: Assessment) -> Assessment:
        """What the record can hold; where it cannot, the keyboard goes to what is wrong."""
        try:
            return checked_assessment(made, self._birth_date, self._today)
        except (HeadacheDaysError, MoreMigraineThanHeadacheError):
            self._go_to(1, self.headache_days)
            raise
        except MigraineDaysError:
            self._go_to(1, self.migraine_days)
            raise
        except (MonthsError, MonthsOverAgeError):
            self._go_to(1, self.months)
            raise
        except AgentMissingError:
            nameless = next(
                lines[0]
                for lines in self.preventives
                if not lines[0].text().strip() and any(line.text().strip() for line in lines)
            )
            self._go_to(1, nameless)
            raise
        except (ConsentInFutureError, ConsentBeforeBirthError):
            self._go_to(2, self.consent_on.line)
            raise

    def show_page(self, page: int) -> None:
        """Open on the page of what is missing: 0 safety, 1 headache and medicines, 2 consent."""
        self.pages.setCurrentIndex(page)

    def _go_to(self, page: int, field: QWidget) -> None:
        self.pages.setCurrentIndex(page)
        field.setFocus()

    def _text(self, field: QPlainTextEdit) -> str:
        try:
            return checked_text(field.toPlainText().strip())
        except ExpectedError:
            self._go_to(1, field)
            raise

    def _read(self, line: QLineEdit, page: int, read: Callable[[str], _ReadT]) -> _ReadT:
        """What stands in a line; where it cannot be read, the keyboard goes there."""
        try:
            return read(line.text())
        except ExpectedError:
            self._go_to(page, line)
            raise

    def try_to_accept(self) -> None:
        """Hand over what was said."""
        self._use(self.assessment())

    def _contents(self) -> list[object]:
        return [*super()._contents(), *(each.chosen for each in self.findChildren(Chips))]


def _line(text: str) -> str:
    """A line of text without the spaces around it, if it can be printed."""
    return checked_line(text.strip())
