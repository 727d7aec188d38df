"""Answers that a gloved finger gives: one of several words, a count, or a day; each in one tap.

What a tap gives stands in a line of text beside the chips, where it can be typed as well.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLineEdit, QPushButton, QWidget

from desktop.core.assessment import read_count
from desktop.core.errors import ExpectedError
from desktop.core.patient import checked_line
from desktop.core.times import read_day
from desktop.gui.flow import SPACING_PX, Flow
from desktop.gui.theme import CHIP_MM, Measures
from desktop.gui.widgets import button, column, label, row
from desktop.language import _, ngettext
from desktop.wording import date_text

NUMBERS_IN_A_ROW = 10
COUNT_WIDTH_PX = 72
DAY_WIDTH_PX = 130


class Chips(QWidget):
    """One of several words; the arrow keys go from one to the next.

    Args:
        name: What is asked, for whoever hears the window.
        options: The words of each answer, by its key.
        chosen: The key of the answer that stands from the beginning; none if it is not among them.
    """

    chose = Signal(str)

    def __init__(
        self, name: str, options: Mapping[str, str], measures: Measures, chosen: str | None = None
    ) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.chips: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        flow = Flow(self, margin=0)
        for key, words in options.items():
            chip = _chip(words, f"{name}: {words}", measures)
            # Qt would shrink a chip to its letters: a finger needs its width too.
            chip.setMinimumWidth(measures.px(CHIP_MM))
            chip.clicked.connect(lambda _checked, key=key: self.chose.emit(key))
            self.chips[key] = chip
            self._group.addButton(chip)
            flow.addWidget(chip)
        self.choose(chosen)

    @property
    def chosen(self) -> str | None:
        """The key of what is chosen; none if nothing is."""
        return next((key for key, chip in self.chips.items() if chip.isChecked()), None)

    def choose(self, chosen: str | None) -> None:
        """Show what is chosen; nothing, if it is not among the answers."""
        # A group that allows one only would not let go of it.
        self._group.setExclusive(False)
        for key, chip in self.chips.items():
            chip.setChecked(key == chosen)
        self._group.setExclusive(True)


class CountField(QWidget):
    """A whole number: tapped on a chip, or typed.

    Args:
        name: What is counted.
        numbers: Those that have a chip.
        count: The number that stands from the beginning.
        in_a_row: How many chips a row has; their places are the same whatever is chosen.
    """

    changed = Signal()

    def __init__(
        self,
        name: str,
        numbers: Sequence[int],
        measures: Measures,
        count: int | None = None,
        in_a_row: int = NUMBERS_IN_A_ROW,
    ) -> None:
        super().__init__()
        self.line = _line(name, COUNT_WIDTH_PX)
        self.chips: dict[int, QPushButton] = {}
        side = measures.px(CHIP_MM)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(SPACING_PX - 2)
        for place, number in enumerate(numbers):
            chip = _chip(str(number), f"{name}: {number}", measures)
            chip.setFixedSize(side, side)
            chip.setProperty("kind", "number")
            # Whoever works by keys types the number: thirty stops of Tab would be in their way.
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.clicked.connect(lambda _checked, number=number: self.line.setText(str(number)))
            self.chips[number] = chip
            grid.addWidget(chip, place // in_a_row, place % in_a_row)
        self.heading = label(name, "act")
        self.line.textChanged.connect(self._show)
        if len(numbers) > in_a_row:
            layout = column(spacing=SPACING_PX)
            layout.addLayout(row(self.heading, None, self.line))
            layout.addLayout(grid)
            layout.addStretch(1)
            self.setLayout(layout)
        else:
            beside = row()
            beside.addLayout(grid)
            beside.addWidget(self.line)
            beside.addStretch(1)
            self.setLayout(beside)
        self.line.setText("" if count is None else str(count))

    def count(self) -> int | None:
        """The number; none where nothing stands.

        Raises:
            NotACountError: It is no whole number.
            TextTooLongError: It is longer than a line.
            UnprintableCharacterError: It holds a control character.
        """
        return read_count(checked_line(self.line.text()))

    def offer_up_to(self, most: int) -> None:
        """Hide the chips that cannot be; the others stay where they are."""
        for number, chip in self.chips.items():
            policy = chip.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            chip.setSizePolicy(policy)
            chip.setVisible(number <= most)

    def _show(self) -> None:
        written = self.line.text().strip()
        for number, chip in self.chips.items():
            chip.setChecked(written == str(number))
        self.changed.emit()


class DayField(QWidget):
    """A day: tapped as so many days ago, or typed; and said in words, with its month in letters.

    Args:
        name: What was on that day.
        today: The day from which is counted back.
        back: How many days ago each chip is.
        day: The day that stands from the beginning.
        is_stacked: Whether the line stands below the chips, where there is little room.
    """

    def __init__(
        self,
        name: str,
        today: date,
        back: Sequence[int],
        measures: Measures,
        day: date | None = None,
        *,
        is_stacked: bool = False,
    ) -> None:
        super().__init__()
        self._today = today
        self.line = _line(name, DAY_WIDTH_PX)
        self.line.setPlaceholderText(_("such as {example}").format(example=today.isoformat()))
        self._words = label("", "quiet")
        self.chips = Chips(name, {str(days): ago_words(days) for days in back}, measures)
        self.chips.chose.connect(self._take)
        self.line.textChanged.connect(self._show)
        if is_stacked:
            below = column(self.chips, spacing=SPACING_PX)
            below.addLayout(row(self.line, self._words, None))
            self.setLayout(below)
        else:
            self.setLayout(row(self.chips, self.line, self._words, None))
        self.line.setText(day.isoformat() if day else "")

    def day(self) -> date:
        """The day.

        Raises:
            NotADayError: It is none.
            TextTooLongError: It is longer than a line.
            UnprintableCharacterError: It holds a control character.
        """
        return read_day(checked_line(self.line.text()))

    def _take(self, days: str) -> None:
        self.line.setText((self._today - timedelta(days=int(days))).isoformat())

    def _show(self) -> None:
        try:
            day = self.day()
        except ExpectedError:
            self._words.setText("")
            self.chips.choose(None)
        else:
            self._words.setText(date_text(day))
            self.chips.choose(str((self._today - day).days))


def ago_words(days: int) -> str:
    """`today`, `3 days ago`, `2 weeks ago`."""
    if days == 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    if days % 7:
        return ngettext("{number} day ago", "{number} days ago", days).format(number=days)
    weeks = days // 7
    return ngettext("{number} week ago", "{number} weeks ago", weeks).format(number=weeks)


def _chip(words: str, name: str, measures: Measures) -> QPushButton:
    made = button(words.replace("&", "&&"), "chip")
    made.setAccessibleName(name)
    made.setCheckable(True)
    made.setAutoDefault(False)  # Enter confirms the form
    made.setFixedHeight(measures.px(CHIP_MM))
    return made


def _line(name: str, width_px: int) -> QLineEdit:
    """A line of text that is never cut: what is too long is refused in words."""
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setMaxLength(2_000_000)
    made.setFixedWidth(width_px)
    return made
