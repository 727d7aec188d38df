"""The form that takes counted days: the two core numbers in two taps, all the rest when asked."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from PySide6.QtWidgets import QLineEdit, QTabWidget, QWidget

from desktop.core.assessment import read_count
from desktop.core.errors import ExpectedError
from desktop.core.followup import IMPRESSIONS, FollowUpBook, Outcomes, checked_outcomes
from desktop.core.patient import Patient
from desktop.core.times import read_day
from desktop.gui.chips import Chips, CountField, DayField
from desktop.gui.entry_form import EntryForm, add_row, form_fields
from desktop.gui.flow import Flow
from desktop.gui.forms import Explain
from desktop.gui.theme import Measures
from desktop.gui.widgets import column, label, row
from desktop.language import _
from desktop.wording import list_text
from desktop.words import entries as entry_words
from desktop.words import followup as words

LONGEST_CHIP = 31  # days: no month has more
GAP_PX = 26
NUMBER_WIDTH_PX = 110


class OutcomesForm(EntryForm[Outcomes]):
    """Days with headache, and whatever else was counted or scored.

    Args:
        sessions: The days of the signed sessions: before week 4 after one, nothing is compared.
        before: The outcomes to correct; none for new ones.
    """

    note_lines = 2

    def __init__(
        self,
        parent: QWidget | None,
        explain: Explain,
        patient: Patient,
        today: date,
        book: FollowUpBook,
        sessions: Sequence[date],
        measures: Measures,
        before: Outcomes | None,
        use: Callable[[Outcomes], None],
    ) -> None:
        title = _("Headache days") if before is None else _("Correct the headache days")
        super().__init__(parent, title, explain, patient, today, use)
        self._book = book
        self._sessions = sessions
        shown = before or Outcomes(today, book.month_days)
        self._pages = QTabWidget()
        self._pages.tabBar().setDrawBase(False)
        self._days = self._days_page(shown, measures)
        self._pages.addTab(self._days, _("Days"))
        self._pages.addTab(self._more_page(shown), _("Medicines and scores"))
        self._first = self.headache.line
        self.observed.changed.connect(self._offer)
        self._place(self._pages)
        self._offer()

    def _days_page(self, shown: Outcomes, measures: Measures) -> QWidget:
        days = range(LONGEST_CHIP + 1)
        self.headache = CountField(_("Headache days"), days, measures, shown.headache_days)
        self.days_4h = CountField(_("Days of 4 hours or more"), days, measures, shown.days_4h)
        grids = QWidget()
        side_by_side = Flow(grids, margin=0, spacing=GAP_PX)
        for each in (self.headache, self.days_4h):
            side_by_side.addWidget(each)
        self.observed = CountField(
            _("Days observed"), (self._book.month_days, 30, 31), measures, shown.days_observed
        )
        self.until = DayField(_("Last day observed"), self._today, (0, 1, 7), measures, shown.until)
        impressions = {str(each): words.impression_name(each) for each in IMPRESSIONS}
        chosen = "" if shown.impression is None else str(shown.impression)
        self.impression = Chips(
            _("Global impression"), {"": _("not asked"), **impressions}, measures, chosen
        )
        fields = form_fields()
        for name, field in (
            (_("Days observed"), self.observed),
            (_("Last day observed"), self.until),
            (_("Global impression"), self.impression),
        ):
            add_row(fields, name, field, measures)
        page = QWidget()
        whole = column(grids)
        whole.addLayout(fields)
        whole.addStretch(1)
        whole.setContentsMargins(2, 12, 2, 2)
        page.setLayout(whole)
        return page

    def _more_page(self, shown: Outcomes) -> QWidget:
        page = QWidget()
        self.fields = form_fields()
        self.migraine = self._number(_("Migraine days"), shown.migraine_days)
        low, high = self._book.hit6_low, self._book.hit6_high
        self.hit6 = self._number(
            _("HIT-6 total, {low} to {high}").format(low=low, high=high), shown.hit6
        )
        self.midas = self._number(_("MIDAS total, 3 months"), shown.midas)
        self.wear_off = self._number(_("Wore off in week"), shown.wear_off_week)
        self.supplemental = self.line(_("Also treated with"), shown.supplemental)
        self.note = self._remarks(shown.note)
        left, self.fields = self.fields, form_fields()
        self.fields.addRow(label(_("DAYS WITH ANY DOSE"), "caps"))
        self.acute = {
            key: self._number(words.acute_name(key), shown.acute_days.get(key))
            for key in self._book.acute
        }
        both = row(spacing=GAP_PX)
        for fields, share in ((left, 3), (self.fields, 2)):
            beside = column()
            beside.addLayout(fields)
            beside.addStretch(1)
            both.addLayout(beside, share)
        both.setContentsMargins(2, 14, 2, 2)
        page.setLayout(both)
        return page

    def _number(self, name: str, number: int | None) -> QLineEdit:
        made = self.line(name, "" if number is None else str(number))
        made.setFixedWidth(NUMBER_WIDTH_PX)
        return made

    def _read(self) -> Outcomes:
        observed = self._from(self.observed.line, read_count)
        chosen = self.impression.chosen
        counted = {key: self._from(line, read_count) for key, line in self.acute.items()}
        return checked_outcomes(
            Outcomes(
                until=self._from(self.until.line, read_day),
                days_observed=observed or 0,
                headache_days=self._from(self.headache.line, read_count),
                migraine_days=self._from(self.migraine, read_count),
                days_4h=self._from(self.days_4h.line, read_count),
                acute_days={key: days for key, days in counted.items() if days is not None},
                hit6=self._from(self.hit6, read_count),
                midas=self._from(self.midas, read_count),
                impression=int(chosen) if chosen else None,
                wear_off_week=self._from(self.wear_off, read_count),
                supplemental=self.supplemental.text().strip(),
                note=self.note.toPlainText().strip(),
            ),
            self._patient.birth_date,
            self._today,
            self._book,
        )

    def _words_of(self, value: Outcomes) -> str:
        details = entry_words.entry_details(value, self._book)
        return list_text([entry_words.entry_title(value), *details])

    def _notes_on(self, value: Outcomes) -> Iterator[str]:
        early = entry_words.early_words(self._sessions, value.until, self._book)
        if early:
            yield early
        yield from entry_words.overuse_lines(value, self._book)

    def _bring_to(self, field: QWidget) -> None:
        self._pages.setCurrentIndex(0 if self._days.isAncestorOf(field) else 1)
        super()._bring_to(field)

    def _offer(self) -> None:
        """No chip for more days than were observed."""
        try:
            observed = self.observed.count()
        except ExpectedError:
            observed = None
        for each in (self.headache, self.days_4h):
            each.offer_up_to(min(observed or LONGEST_CHIP, LONGEST_CHIP))
