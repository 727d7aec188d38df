"""Why, in a form: one tap on a chip, or other words in the line beside them."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.gui.chips import Chips
from desktop.gui.theme import CHIP_MM, Measures
from desktop.gui.widgets import row
from desktop.language import _
from desktop.wording import Reason

OTHER_WIDTH_PX = 130


class ReasonChips(QWidget):
    """One reason of several, kept in the language of the note; a chip takes the line's words away.

    Args:
        name: What the reason is for.
        reasons: The chips.
        reason: What was said before, as it is kept.
    """

    changed = Signal()

    def __init__(
        self, name: str, reasons: Sequence[Reason], measures: Measures, reason: str = ""
    ) -> None:
        super().__init__()
        self.chips = Chips(name, {each.kept: each.shown for each in reasons}, measures, reason)
        self.other = QLineEdit()
        self.other.setPlaceholderText(_("other\N{HORIZONTAL ELLIPSIS}"))
        self.other.setAccessibleName(_("{name}: other").format(name=name))
        self.other.setMaxLength(2_000_000)  # never cut: what is too long is refused in words
        self.other.setFixedSize(OTHER_WIDTH_PX, measures.px(CHIP_MM))
        self.chips.chose.connect(lambda _kept: self._chip_chosen())
        self.other.textChanged.connect(self._typed)
        layout = row(self.chips, self.other)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.say(reason)

    @property
    def reason(self) -> str:
        """What is said now, as it is kept; empty for nothing."""
        return self.other.text().strip() or self.chips.chosen or ""

    def say(self, reason: str) -> None:
        """Show a reason that was said: its chip, or its words."""
        is_chip = reason in self.chips.chips
        self.other.setText("" if is_chip else reason)
        self.chips.choose(reason if is_chip else None)

    def choose_first(self) -> None:
        """The usual reason, unless one is said."""
        if not self.reason:
            self.chips.choose(next(iter(self.chips.chips), None))
            self.changed.emit()

    def _chip_chosen(self) -> None:
        self.other.clear()
        self.changed.emit()

    def _typed(self, text: str) -> None:
        if text.strip():
            self.chips.choose(None)
        self.changed.emit()
