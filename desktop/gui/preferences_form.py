"""How the program looks and speaks on this computer, and what the clinic's window offers."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QPlainTextEdit,
    QTabWidget,
    QWidget,
)

from desktop import language
from desktop.core.clinic import Habits
from desktop.gui import theme
from desktop.gui.calibration import CalibrationForm
from desktop.gui.forms import Explain, Form
from desktop.gui.widgets import align_text, button, label
from desktop.language import _
from desktop.settings import Preferences
from desktop.wording import (
    Reason,
    change_reasons,
    default_change_reasons,
    default_stop_reasons,
    stop_reasons,
)

REASON_LINES = 6
REASON_EDGE_PX = 36

Use = Callable[[Preferences, Habits | None], None]


class PreferencesForm(Form):
    """Two pages: this computer, and (while a record is open) the clinic.

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
        self._px_per_mm = dict(preferences.px_per_mm)
        self._habits = habits
        self._use = use
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

    def _page(self, name: str) -> None:
        """A page on which the next fields are placed."""
        page = QWidget()
        self.fields = QFormLayout(page)
        self.fields.setContentsMargins(2, 14, 2, 2)
        self.fields.setVerticalSpacing(10)
        self.fields.setHorizontalSpacing(14)
        self._pages.addTab(page, name)

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
        self.change_reasons = self._reasons(
            _("Reasons for a change"), _shown(change_reasons(habits)), default_change_reasons()
        )
        self.stop_reasons = self._reasons(
            _("Reasons for stopping"), _shown(stop_reasons(habits)), default_stop_reasons()
        )

    def _switch(self, words: str, *, on: bool) -> QCheckBox:
        made = QCheckBox(words)
        made.setChecked(on)
        self.fields.addRow("", made)
        return made

    def _reasons(
        self, name: str, reasons: Sequence[str], defaults: Sequence[str]
    ) -> QPlainTextEdit:
        field = self.text(_("{what}, one a line").format(what=name), "\n".join(reasons))
        field.setFixedHeight(field.fontMetrics().lineSpacing() * REASON_LINES + REASON_EDGE_PX)
        align_text(field)
        back = button(_("Back to the defaults"))
        back.clicked.connect(lambda: field.setPlainText("\n".join(defaults)))
        self.fields.addRow("", back)
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
            habits = Habits(
                _own(self.change_reasons, default_change_reasons()),
                _own(self.stop_reasons, default_stop_reasons()),
                self.offers_all_given.isChecked(),
            )
        self._use(preferences, habits)

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


def _own(field: QPlainTextEdit, defaults: Sequence[str]) -> tuple[str, ...] | None:
    """The reasons in a field; none if they are the program's own, which are translated."""
    lines = (line.strip() for line in field.toPlainText().splitlines())
    reasons = tuple(dict.fromkeys(line for line in lines if line))
    return None if reasons == tuple(defaults) else reasons


def _shown(reasons: Sequence[Reason]) -> list[str]:
    return [each.shown for each in reasons]
