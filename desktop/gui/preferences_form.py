"""How the program looks and speaks on this computer, and what the clinic's window offers."""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QTabWidget,
    QWidget,
)

from desktop import language
from desktop.core.assessment import NotACountError, read_count
from desktop.core.clinic import (
    ExpiringDaysError,
    Habits,
    LowStockError,
    checked_habits,
    checked_reasons,
)
from desktop.core.patient import checked_line
from desktop.core.procedure import Procedure, checked_procedure
from desktop.core.scan import NotASubstituteError
from desktop.gui import theme
from desktop.gui.calibration import CalibrationForm
from desktop.gui.forms import Explain, Form
from desktop.gui.procedure_form import UsualProcedureForm
from desktop.gui.theme import CHIP_MM
from desktop.gui.widgets import align_text, button, column, frame, label, row
from desktop.language import _
from desktop.settings import Preferences
from desktop.wording import (
    Reason,
    change_reasons,
    default_change_reasons,
    default_stop_reasons,
    default_waste_reasons,
    dotted,
    stop_reasons,
    waste_reasons,
)
from desktop.words.vials import procedure_value

REASON_LINES = 6
REASON_EDGE_PX = 36
SHORT_WIDTH_PX = 84
LONGEST_SUMMARY = 240  # of the usual procedure; its form says it all

Use = Callable[[Preferences, Habits | None], None]


class PreferencesForm(Form):
    """Pages: this computer, and (while a record is open) the clinic and the reasons it offers.

    Args:
        preferences: As they are.
        habits: The clinic's, as they are; none before a record is open.
        use: Takes both; raises an `ExpectedError` if one cannot be kept.
    """

    def __init__(
        self,
        parent: QWidget | None,
        explain: Explain,
        preferences: Preferences,
        habits: Habits | None,
        use: Use,
    ) -> None:
        super().__init__(parent, _("Preferences"), _("Apply"), explain)
        self.setObjectName("touch")
        self._before = preferences
        self._measures = theme.measures_of(self.screen(), preferences)
        self._px_per_mm = dict(preferences.px_per_mm)
        self._habits = habits
        self._use = use
        self._scrolls: list[QScrollArea] = []
        self._pages = QTabWidget()
        self._pages.tabBar().setDrawBase(False)
        self.above.addWidget(self._pages)
        self._page(_("This computer"))
        self._build_computer()
        if habits is None:
            self._pages.tabBar().hide()
        else:
            self._page(_("The clinic"))
            self._build_clinic(habits)
            self._page(_("Reasons"))
            self._build_reasons(habits)
        self.let_scroll(*self._scrolls)
        # Tabs would give their pages less than that.
        tabs = QSize(0, self._pages.tabBar().sizeHint().height())
        self._pages.setMinimumSize(self._scrolls[0].minimumSize() + tabs)

    def _page(self, name: str) -> None:
        """A page on which the next fields are placed."""
        page = QWidget()
        self.fields = QFormLayout(page)
        self.fields.setContentsMargins(2, 14, 2, 2)
        self.fields.setVerticalSpacing(10)
        self.fields.setHorizontalSpacing(14)
        scroll = QScrollArea()
        scroll.setWidget(page)
        scroll.setWidgetResizable(True)
        self._scrolls.append(scroll)
        self._pages.addTab(scroll, name)

    def _build_computer(self) -> None:
        before = self._before
        languages = {each.tag: each.name for each in language.available()}
        self.language = self.choice(
            _("Language"), {"": _("as the system"), **languages}, before.language
        )
        self._unread = label(_("No clinician has read this translation yet."), "caution", wrap=True)
        self.fields.addRow("", self._unread)
        self.language.currentIndexChanged.connect(self._say_whether_reviewed)
        self._say_whether_reviewed()
        schemes = {
            "system": _("as the system"),
            "light": _("light"),
            "dark": _("dark"),
            "contrast": _("high contrast"),
        }
        self.scheme = self.choice(_("Colours"), schemes, before.scheme)
        self.measure = button(_("Measure this screen with a bank card\N{HORIZONTAL ELLIPSIS}"))
        self.measure.clicked.connect(self._measure)
        self._measured = label("", "quiet", wrap=True)
        self._say_whether_measured()
        self.fields.addRow(_("Sizes"), self.measure)
        self.fields.addRow("", self._measured)
        self.shows_past = self._switch(_("Show earlier sessions on the map"), on=before.shows_past)

    def _build_clinic(self, habits: Habits) -> None:
        self.offers_all_given = self._switch(
            _("Offer \u201cAll given\u201d"), on=habits.offers_all_given
        )
        self.shares_vials = self._switch(
            _("Vials are shared between patients"), on=habits.shares_vials
        )
        self._usual = habits.usual_procedure
        self.usual = button(_("The usual procedure\N{HORIZONTAL ELLIPSIS}"))
        self.usual.clicked.connect(self._ask_usual)
        self._usual_words = label("", "quiet", wrap=True)
        self._say_usual()
        self.fields.addRow(_("The procedure"), self.usual)
        self.fields.addRow("", self._usual_words)
        self.low_stock = self._short_line(
            _("Stock is low at"), habits.low_stock, _("unopened vials of a kind, or fewer")
        )
        self.expiring_days = self._short_line(
            _("Soon to expire within"), habits.expiring_days, _("days")
        )
        self.scan_substitute = self._short_line(
            _("The scanner's separator"),
            habits.scan_substitute,
            _("empty, unless the scanner sends another character in its place, such as ~"),
        )

    def _short_line(self, name: str, value: object, unit: str) -> QLineEdit:
        """A short line with what it counts behind it."""
        field = QLineEdit(str(value))
        field.setAccessibleName(dotted([name, unit]))
        field.setMaxLength(2_000_000)  # never cut: what is too long is refused in words
        field.setFixedSize(SHORT_WIDTH_PX, self._measures.px(CHIP_MM))
        beside = label(unit, "quiet", wrap=True)
        layout = row(field, beside)
        layout.setStretch(1, 1)
        self.fields.addRow(name, layout)
        return field

    def _build_reasons(self, habits: Habits) -> None:
        self.change_reasons = self._reasons(
            _("Reasons for a change"), _shown(change_reasons(habits)), default_change_reasons()
        )
        self.stop_reasons = self._reasons(
            _("Reasons for stopping"), _shown(stop_reasons(habits)), default_stop_reasons()
        )
        self.waste_reasons = self._reasons(
            _("Reasons for discarding"), _shown(waste_reasons(habits)), default_waste_reasons()
        )

    def _switch(self, words: str, *, on: bool) -> QCheckBox:
        made = QCheckBox(words)
        made.setChecked(on)
        self.fields.addRow("", made)
        return made

    def _reasons(
        self, name: str, reasons: Sequence[str], defaults: Sequence[str]
    ) -> QPlainTextEdit:
        field = QPlainTextEdit("\n".join(reasons))
        field.setAccessibleName(_("{what}, one a line").format(what=name))
        field.setTabChangesFocus(True)
        field.setFixedHeight(field.fontMetrics().lineSpacing() * REASON_LINES + REASON_EDGE_PX)
        align_text(field)
        back = button(_("Back to the defaults"))
        back.setAccessibleDescription(name)
        back.clicked.connect(lambda: field.setPlainText("\n".join(defaults)))
        named = label(field.accessibleName(), wrap=True)
        self.fields.addRow(frame("", column(named, back, None)), field)
        return field

    def try_to_accept(self) -> None:
        """Hand over what was chosen."""
        preferences = replace(
            self._before,
            language=self.language.currentData(),
            scheme=self.scheme.currentData(),
            px_per_mm=self._px_per_mm,
            shows_past=self.shows_past.isChecked(),
        )
        habits = None
        if self._habits is not None:
            habits = self._chosen_habits()
            with (
                self.reading(self.scan_substitute, NotASubstituteError),
                self.reading(self.low_stock, LowStockError),
                self.reading(self.expiring_days, ExpiringDaysError),
            ):
                checked_habits(habits)
        self._use(preferences, habits)

    def _chosen_habits(self) -> Habits:
        return Habits(
            change_reasons=self._own(self.change_reasons, default_change_reasons()),
            stop_reasons=self._own(self.stop_reasons, default_stop_reasons()),
            offers_all_given=self.offers_all_given.isChecked(),
            waste_reasons=self._own(self.waste_reasons, default_waste_reasons()),
            shares_vials=self.shares_vials.isChecked(),
            usual_procedure=self._usual,
            scan_substitute=self.scan_substitute.text().strip(" "),
            low_stock=self.read(self.low_stock, _count),
            expiring_days=self.read(self.expiring_days, _count),
        )

    def _own(self, field: QPlainTextEdit, defaults: Sequence[str]) -> tuple[str, ...] | None:
        """The reasons in a field; none if they are the program's own, which are translated."""
        lines = (line.strip() for line in field.toPlainText().splitlines())
        reasons = tuple(dict.fromkeys(line for line in lines if line))
        if reasons == tuple(defaults):
            return None
        with self.reading(field):
            return checked_reasons(reasons)

    def lead_to(self, field: QWidget) -> None:
        """Turn to the page of the field first."""
        for place, scroll in enumerate(self._scrolls):
            if scroll.isAncestorOf(field):
                self._pages.setCurrentIndex(place)
        super().lead_to(field)

    def _ask_usual(self) -> None:
        def keep(usual: Procedure) -> None:
            self._usual = checked_procedure(usual)

        UsualProcedureForm(self, self._explain, self._usual, self._measures, keep).ask()
        self._say_usual()

    def _say_usual(self) -> None:
        names = (each.name for each in fields(Procedure))
        said = [words for name in names if (words := procedure_value(name, self._usual))]
        words = dotted(said) or _("Nothing yet.")
        cut = "\N{HORIZONTAL ELLIPSIS}" if len(words) > LONGEST_SUMMARY else ""
        self._usual_words.setText(words[:LONGEST_SUMMARY] + cut)

    def _contents(self) -> list[object]:
        return [*super()._contents(), *([] if self._habits is None else [self._usual])]

    def _measure(self) -> None:
        def keep(px_per_mm: float) -> None:
            self._px_per_mm[theme.screen_key(self.screen())] = px_per_mm

        preferences = replace(self._before, px_per_mm=self._px_per_mm)
        measures = theme.measures_of(self.screen(), preferences)
        CalibrationForm(self, self._explain, measures, keep).ask()
        self._say_whether_measured()

    def _say_whether_measured(self) -> None:
        measured = theme.screen_key(self.screen()) in self._px_per_mm
        self._measured.setText(
            _("This screen was measured with a card.")
            if measured
            else _("Not measured yet: the screen's own figure is used.")
        )

    def _say_whether_reviewed(self) -> None:
        chosen = self.language.currentData()
        if chosen == self._before.language:
            chosen = language.current().tag  # the system's language has a name, too
        unread = {each.tag for each in language.available() if not each.is_reviewed}
        self._unread.setVisible(chosen in unread)


def _count(text: str) -> int:
    """The whole number that was typed."""
    count = read_count(checked_line(text))
    if count is None:
        raise NotACountError(text)
    return count


def _shown(reasons: Sequence[Reason]) -> list[str]:
    return [each.shown for each in reasons]
