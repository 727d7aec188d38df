"""On a patient's page: what was counted last, and the ways to what comes after a session."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.core.entries import Entry
from desktop.core.followup import Outcomes
from desktop.gui.theme import CHIP_MM, Measures
from desktop.gui.widgets import button, column, label, row
from desktop.language import _
from desktop.words.entries import entry_title


class FollowUpRow(QWidget):
    """Three buttons: everything, and by one press each what is added most often."""

    window_wanted = Signal()
    outcomes_wanted = Signal()
    side_effect_wanted = Signal()

    def __init__(self, measures: Measures) -> None:
        super().__init__()
        dots = "\N{HORIZONTAL ELLIPSIS}"
        self._last = label("", "quiet", wrap=True)
        self.window_button = button(_("After treatment") + dots)
        self.outcomes = button(_("Add headache days") + dots)
        self.side_effect = button(_("Add a side effect") + dots)
        for each, wanted in (
            (self.window_button, self.window_wanted),
            (self.outcomes, self.outcomes_wanted),
            (self.side_effect, self.side_effect_wanted),
        ):
            each.setFixedHeight(measures.px(CHIP_MM))
            each.clicked.connect(wanted)
        layout = column(self._last)
        layout.addLayout(row(self.window_button, self.outcomes, self.side_effect, None))
        self.setLayout(layout)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Say what was counted last."""
        counted = next((each.value for each in entries if isinstance(each.value, Outcomes)), None)
        title = entry_title(counted) if counted else _("No headache days recorded yet.")
        self._last.setText(title)
