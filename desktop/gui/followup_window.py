"""What came after a patient's sessions: counted days, side effects, treatment elsewhere."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.core.entries import Entry
from desktop.core.followup import FollowUpBook, Outcomes, SideEffect, TreatedElsewhere
from desktop.core.patient import Patient
from desktop.gui.followup_acts import FollowUpActs
from desktop.gui.services import Services
from desktop.gui.theme import CHIP_MM, Measures
from desktop.gui.widgets import button, column, label, row, rule
from desktop.language import _
from desktop.wording import date_text, dotted, patient_name
from desktop.words.entries import entered_words, entry_details, entry_title, overuse_lines

SIZE_PX = (1180, 740)
EDGE_PX = 6


class FollowUpWindow(QDialog):
    """Three lists of one patient, each the newest first; every line can be corrected or withdrawn.

    It reads the record anew after every act, and keeps no entry itself.
    """

    def __init__(
        self, parent: QWidget | None, services: Services, measures: Measures, patient: Patient
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("After treatment"))
        self.resize(*SIZE_PX)
        self.acts = FollowUpActs(services, measures, patient)
        self._services = services
        self._patient = patient
        self._high = measures.px(CHIP_MM)
        self.outcomes = EntryList(_("Headache days"), _("Add headache days"), self._high)
        self.effects = EntryList(_("Side effects"), _("Add a side effect"), self._high)
        self.elsewhere = EntryList(
            _("Treated elsewhere"), _("Add a treatment elsewhere"), self._high
        )
        self.response = self._button(_("Response"), "primary")
        self.close_it = self._button(_("Close"))
        self._said = label("", "refusal", wrap=True)
        self._said.hide()
        self._build()
        self._connect()
        self.refresh()
        self.outcomes.add.setFocus()

    def _build(self) -> None:
        who = self._patient
        number = _("No {number}").format(number=who.record_number)
        title = column(
            label(_("After treatment"), "caps"),
            label(patient_name(who), "title", wrap=True),
            label(dotted([date_text(who.birth_date), number]), "quiet"),
            spacing=2,
        )
        above = row(None, self.response, self.close_it)
        above.insertLayout(0, title, 1)
        lists = row(self.outcomes, self.effects, self.elsewhere, spacing=12)
        for place in range(3):
            lists.setStretch(place, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(22, 18, 22, 18)
        whole.setSpacing(14)
        whole.addLayout(above)
        whole.addWidget(self._said)
        whole.addLayout(lists, 1)

    def _button(self, text: str, kind: str = "") -> QPushButton:
        made = button(text, kind)
        made.setAutoDefault(False)
        made.setFixedHeight(self._high)
        return made

    def _connect(self) -> None:
        acts = self.acts
        self.outcomes.add.clicked.connect(lambda: self._do(acts.add_outcomes))
        self.effects.add.clicked.connect(lambda: self._do(acts.add_side_effect))
        self.elsewhere.add.clicked.connect(lambda: self._do(acts.add_elsewhere))
        self.response.clicked.connect(self._show_response)
        self.close_it.clicked.connect(self.accept)

    def refresh(self) -> None:
        """Show the entries as they stand now."""
        entries = self._services.entries(self._patient.id)
        book = self._services.followup
        for shown, kind in (
            (self.outcomes, Outcomes),
            (self.effects, SideEffect),
            (self.elsewhere, TreatedElsewhere),
        ):
            of_kind = [each for each in entries if isinstance(each.value, kind)]
            shown.show_entries(of_kind, book, self._correct, self._withdraw)

        early = self.acts.early_words()
        self.outcomes.said.setText(early)
        self.outcomes.said.setVisible(bool(early))

    def _do(self, act: Callable[[QWidget], bool]) -> None:
        self._say("")
        if act(self):
            self.refresh()

    def _correct(self, entry: Entry) -> None:
        self._do(partial(self.acts.correct, entry=entry))

    def _withdraw(self, entry: Entry) -> None:
        self._do(partial(self.acts.withdraw, entry=entry))

    def _show_response(self) -> None:
        self._say(self.acts.show_response(self))

    def _say(self, sentence: str) -> None:
        self._said.setText(sentence)
        self._said.setVisible(bool(sentence))


class EntryList(QFrame):
    """Entries of one kind below each other, and a button that adds one."""

    def __init__(self, name: str, add: str, high_px: int) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._name = name
        self._high = high_px
        self.add = button(_("Add\N{HORIZONTAL ELLIPSIS}"))
        self.add.setAccessibleName(add)
        self.add.setAutoDefault(False)
        self.add.setFixedHeight(high_px)
        self.lines: list[EntryLine] = []
        self.said = label("", "caution", wrap=True)
        self.said.hide()
        self._nothing = label(_("Nothing recorded."), "quiet")
        self._column = column(self._nothing, None, spacing=10)
        self._column.setContentsMargins(0, 0, 6, 0)
        inside = QWidget()
        inside.setLayout(self._column)
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName(name)
        layout = column(spacing=10)
        layout.addLayout(row(label(name, "name"), None, self.add))
        layout.addWidget(self.said)
        layout.addWidget(scroll, 1)
        layout.setContentsMargins(14, 12, 8, 10)
        self.setLayout(layout)

    def show_entries(
        self,
        entries: Sequence[Entry],
        book: FollowUpBook,
        correct: Callable[[Entry], None],
        withdraw: Callable[[Entry], None],
    ) -> None:
        """Show these instead of what was shown."""
        for each in self.lines:
            self._column.removeWidget(each)
            each.hide()
            each.deleteLater()
        self.lines = [EntryLine(each, book, self._high) for each in entries]
        for place, line in enumerate(self.lines):
            line.correct.clicked.connect(lambda _checked, line=line: correct(line.entry))
            line.withdraw.clicked.connect(lambda _checked, line=line: withdraw(line.entry))
            self._column.insertWidget(place, line)
        self._nothing.setVisible(not entries)


class EntryLine(QWidget):
    """One entry in words, who entered it, and what can be done about it."""

    def __init__(self, entry: Entry, book: FollowUpBook, high_px: int) -> None:
        super().__init__()
        self.entry = entry
        title = entry_title(entry.value)
        is_serious = isinstance(entry.value, SideEffect) and entry.value.is_serious
        heading = label(title, "caution" if is_serious else "act", wrap=True)
        details = label(dotted(entry_details(entry.value, book)), "", wrap=True)
        details.setVisible(bool(details.text()))
        if self.isRightToLeft():
            # Qt lets a line end with its space there, and so reach over the label's edge.
            details.setContentsMargins(EDGE_PX, 0, 0, 0)
        self.correct = button(_("Correct"), "plain")
        self.withdraw = button(_("Withdraw"), "plain")
        for each in (self.correct, self.withdraw):
            each.setAccessibleName(f"{each.text()}: {title}")
            each.setAutoDefault(False)
            each.setFixedHeight(high_px)
        shown = column(heading, details, spacing=2)
        if isinstance(entry.value, Outcomes):
            for line in overuse_lines(entry.value, book):
                shown.addWidget(label(line, "finding", wrap=True))
        shown.addWidget(label(entered_words(entry), "quiet", wrap=True))
        shown.addLayout(row(self.correct, self.withdraw, None))
        shown.addWidget(rule())
        self.setLayout(shown)
