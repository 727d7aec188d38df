"""A table that is walked by keyboard line by line, with headings between its groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView

from desktop import language
from desktop.gui import theme
from desktop.gui.theme import ROW_MM, Measures
from desktop.gui.widgets import plain_tip
from desktop.wording import END, FIRST_STRONG

AROUND_PX = 20  # the space around a cell's text
WIDEST_PX = 330
MEASURED_LINES = 300  # as many as decide how wide the columns are

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


@dataclass(frozen=True)
class Line:
    """One line. `key` is handed on when it is chosen; `under` is the heading that it stands under.

    A heading has no key, and its words in the first cell.
    """

    cells: tuple[str, ...]
    key: str = ""
    under: str = ""


class ListTable(QTableView):
    """Shows lines and says which one was chosen, by a press or by Enter.

    Args:
        name: What a screen reader calls the table.
        columns: The columns' names; the first headings of what is said of a line.
        stretched: The column that takes the room which no other needs.
        opens_by_press: Whether a press chooses; else it only points.
    """

    chosen = Signal(str)
    pointed = Signal(str)

    def __init__(
        self,
        name: str,
        columns: Sequence[str],
        measures: Measures,
        *,
        stretched: int,
        opens_by_press: bool,
    ) -> None:
        super().__init__()
        self._model = _Lines(columns)
        self._stretched = stretched
        self._needed: dict[int, int] = {}
        self.setModel(self._model)
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)  # Tab goes on to the next control
        self.setWordWrap(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(measures.px(ROW_MM))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.activated.connect(self._choose)
        if opens_by_press:
            self.clicked.connect(self._choose)
        self.selectionModel().selectionChanged.connect(lambda *_both: self.pointed.emit(self.key))

    @property
    def key(self) -> str:
        """The key of the line that is selected; empty for none."""
        rows = self.selectionModel().selectedRows()
        return self._model.lines[rows[0].row()].key if rows else ""

    @property
    def lines(self) -> list[Line]:
        """What is shown, headings included."""
        return self._model.lines

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show other lines; the selected one stays selected, or else the first is."""
        before = self.key
        self.clearSpans()
        self._model.show_lines(lines)
        for place, line in enumerate(lines):
            if not line.key:
                self.setSpan(place, 0, 1, self._model.columnCount())
        self._fit()
        keys = [line.key for line in lines if line.key]
        if keys:  # the keyboard is never on a line that is not seen
            self.point_at(before if before in keys else keys[0])
        self.pointed.emit(self.key)

    def point_at(self, key: str) -> None:
        """Select the line with a key, if there is one."""
        for place, line in enumerate(self._model.lines):
            if line.key == key:
                self.selectRow(place)
                return

    def _choose(self, index: QModelIndex) -> None:
        key = self._model.lines[index.row()].key
        if key and self.isVisible():  # a press that also activates comes twice
            self.chosen.emit(key)

    def _fit(self) -> None:
        """Each column as wide as its texts, up to a limit: what is cut is told by its tip."""
        words = self.fontMetrics()
        shown = [line for line in self._model.lines[:MEASURED_LINES] if line.key]
        for place, title in enumerate(self._model.columns):
            texts = [title, *(line.cells[place] for line in shown)]
            wide = max(words.horizontalAdvance(text) for text in texts) + AROUND_PX
            self._needed[place] = min(wide, WIDEST_PX)
        self._share_out()

    def _share_out(self) -> None:
        """One column takes what is over; where there is too little, the table is scrolled."""
        over = max(self.viewport().width() - sum(self._needed.values()), 0)
        for place, needed in self._needed.items():
            self.setColumnWidth(place, needed + (over if place == self._stretched else 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room out anew."""
        super().resizeEvent(event)
        self._share_out()


class _Lines(QAbstractTableModel):
    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.lines: list[Line] = []

    def show_lines(self, lines: Sequence[Line]) -> None:
        self.beginResetModel()
        self.lines = list(lines)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, _parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> Any:
        if role != _Role.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return self.columns[section]

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        line, place = self.lines[index.row()], index.column()
        text = line.cells[place] if place < len(line.cells) else ""
        match role:
            case _Role.DisplayRole:
                return _apart(text) if line.key else text
            case _Role.ToolTipRole if line.key:
                return plain_tip(text)
            case _Role.AccessibleTextRole:
                return self._spoken(line) if place == 0 else text
            case _Role.FontRole if not line.key:
                return theme.font(10, QFont.Weight.Bold)
            case _Role.SizeHintRole if not line.key:
                return QSize(0, 0)  # its words go over all columns
            case _:
                return None

    def _spoken(self, line: Line) -> str:
        """The whole line, so that one need not walk through its cells."""
        if not line.key:
            return line.cells[0]
        named = [
            f"{name} {text}" for name, text in zip(self.columns, line.cells, strict=True) if text
        ]
        return ", ".join([line.under, *named] if line.under else named)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid() or not self.lines[index.row()].key:
            return Qt.ItemFlag.NoItemFlags  # the keyboard goes past headings
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


def _apart(text: str) -> str:
    """A text by itself: a phone number among Arabic words would be read from its end."""
    if not text or not language.current().is_right_to_left:
        return text
    return f"{FIRST_STRONG}{text}{END}"
