"""Who is due when, week by week: whom to call first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from desktop.core.entries import DueRow
from desktop.gui.lists_table import Line, ListTable
from desktop.gui.theme import CHIP_MM, Measures
from desktop.gui.widgets import StillCombo, column, label, row
from desktop.language import _, ngettext
from desktop.wording import date_text, dotted, patient_name


@dataclass(frozen=True)
class Group:
    """Those who are due in the week that begins on a Monday; without one, the overdue."""

    monday: date | None
    rows: tuple[DueRow, ...]


class DuePage(QWidget):
    """Next sessions by ISO week, the overdue ones before them.

    Args:
        due: Every patient's next session.
        today: The day by the clinic's clock.
    """

    patient_chosen = Signal(str)

    def __init__(
        self, due: Callable[[], list[DueRow]], today: Callable[[], date], measures: Measures
    ) -> None:
        super().__init__()
        self._due = due
        self._today = today
        self._groups: list[Group] = []
        self.summary = label("", "name", wrap=True)
        about = label(
            _(
                "Due is the first day on which the next session is not too early. Press a line to"
                " go to the patient."
            ),
            "quiet",
            wrap=True,
        )
        self.first = _weeks(_("From"), measures)
        self.last = _weeks(_("To"), measures)
        names = (_("Due"), _("Patient"), _("Number"), _("Phone"), _("Last session"), _("To know"))
        self.table = ListTable(_("Due"), names, measures, stretched=1, opens_by_press=True)
        self._range = QWidget()
        self._range.setLayout(
            row(label(_("From")), self.first, label(_("to")), self.last, None, spacing=10)
        )
        layout = column(self.summary, about, self._range, self.table, spacing=10, margin=14)
        layout.setStretchFactor(self.table, 1)
        self.setLayout(layout)
        self.first.activated.connect(lambda _at: self._range_changed(self.first, self.last))
        self.last.activated.connect(lambda _at: self._range_changed(self.last, self.first))
        self.table.chosen.connect(self.patient_chosen)

    def refresh(self) -> None:
        """Read the list again, and show all of it.

        Raises:
            ExpectedError: The record refuses.
        """
        rows, today = self._due(), self._today()
        self._groups = by_week(rows, today)
        names = [group_name(each, today) for each in self._groups]
        for choice in (self.first, self.last):
            choice.clear()
            choice.addItems(names)
        self.last.setCurrentIndex(len(names) - 1)
        self._range.setVisible(len(names) > 1)
        self.summary.setText(_summary(self._groups, today))
        self.table.setVisible(bool(rows))
        self._show()

    def _range_changed(self, moved: QComboBox, other: QComboBox) -> None:
        """The range is never turned round: the other end comes along."""
        if self.first.currentIndex() > self.last.currentIndex():
            other.setCurrentIndex(moved.currentIndex())
        self._show()

    def _show(self) -> None:
        today = self._today()
        shown = self._groups[self.first.currentIndex() : self.last.currentIndex() + 1]
        lines: list[Line] = []
        for group in shown:
            name = group_name(group, today)
            count = ngettext("{number} patient", "{number} patients", len(group.rows))
            lines.append(Line((dotted([name, count.format(number=len(group.rows))]),)))
            lines += [_line(each, name, today) for each in group.rows]
        self.table.show_lines(lines)


def by_week(rows: Sequence[DueRow], today: date) -> list[Group]:
    """The overdue ones, then each ISO week that has somebody; within each, the soonest first."""
    weeks: dict[date | None, list[DueRow]] = {}
    for each in sorted(rows, key=_order):
        week = None if each.due_on < today else _monday(each.due_on)
        weeks.setdefault(week, []).append(each)
    return [Group(monday, tuple(members)) for monday, members in weeks.items()]


def group_name(group: Group, today: date) -> str:
    """`Overdue`, `Week of 23 Nov 2026`, with its number as calendars have it."""
    if group.monday is None:
        return _("Overdue")
    parts = [
        _("Week of {date}").format(date=date_text(group.monday)),
        _("week {number}").format(number=group.monday.isocalendar().week),
    ]
    if group.monday == _monday(today):
        parts.append(_("this week"))
    return dotted(parts)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _order(each: DueRow) -> tuple[date, str, str, str]:
    return each.due_on, each.family_name.casefold(), each.given_name.casefold(), each.patient_id


def _line(each: DueRow, under: str, today: date) -> Line:
    days = (today - each.due_on).days
    known = []
    if days > 0:
        words = ngettext("{number} day overdue", "{number} days overdue", days)
        known.append(words.format(number=days))
    if each.elsewhere_on is not None:
        known.append(_("treated elsewhere on {date}").format(date=date_text(each.elsewhere_on)))
    if each.has_draft:
        known.append(_("a draft is open"))
    cells = (
        date_text(each.due_on),
        patient_name(each),
        each.record_number,
        each.phone or _("none recorded"),
        date_text(each.last_on),
        dotted(known) if known else "",
    )
    return Line(cells, each.patient_id, under)


def _summary(groups: Sequence[Group], today: date) -> str:
    """How many are overdue, due this week, and later."""
    if not groups:
        return _("Nobody is due: no session has been signed yet.")
    overdue = sum(len(each.rows) for each in groups if each.monday is None)
    this_week = sum(len(each.rows) for each in groups if each.monday == _monday(today))
    later = sum(len(each.rows) for each in groups) - overdue - this_week
    return dotted(
        [
            _("{number} overdue").format(number=overdue),
            _("{number} due this week").format(number=this_week),
            _("{number} later").format(number=later),
        ]
    )


def _weeks(name: str, measures: Measures) -> QComboBox:
    made = StillCombo()
    made.setAccessibleName(name)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    made.setFixedHeight(measures.px(CHIP_MM))
    return made
