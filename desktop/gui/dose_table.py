"""The session as a table: every site with its plan, its dose, its state and its reason."""

from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop.core.amounts import amount_text
from desktop.core.handbook import Handbook
from desktop.core.session import Injection, Session, State
from desktop.core.vial import Vial
from desktop.gui import theme
from desktop.gui.theme import Colours
from desktop.language import _
from desktop.wording import site_name, state_name

NOTHING = "\N{EN DASH}"
CODE, SITE, PLANNED, UNITS, STATE, VIAL, REASON = range(7)

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class DoseTable(QTableView):
    """Doses and reasons can be typed; what was typed goes up as text, to be read in one place.

    With several vials a column says from which each site was given, and it can be corrected there.
    """

    dose_typed = Signal(str, str)
    reason_typed = Signal(str, str)
    vial_chosen = Signal(str, int)
    site_chosen = Signal(str)

    def __init__(self, book: Handbook, colours: Colours) -> None:
        super().__init__()
        self._model = _DoseModel(book, colours)
        self.setModel(self._model)
        self._model.typed.connect(self._typed)
        self.setAccessibleName(_("Doses by site"))
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(27)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(True)
        widths = ((CODE, 92), (SITE, 220), (PLANNED, 80), (UNITS, 80), (STATE, 90), (VIAL, 170))
        for place, width in widths:
            self.setColumnWidth(place, width)
        self.setColumnHidden(VIAL, True)
        self.setItemDelegateForColumn(VIAL, _VialDelegate(self))
        self.selectionModel().currentRowChanged.connect(
            lambda now, _before: self.site_chosen.emit(self._model.code_of(now.row()))
        )

    def show_session(self, session: Session) -> None:
        """Redraw from the session; the selected row stays."""
        self._model.show_session(session)
        self.setColumnHidden(VIAL, len(session.vials) < 2)

    def show_colours(self, colours: Colours) -> None:
        """Take on another colour scheme."""
        self._model.show_colours(colours)

    def row_of(self, code: str) -> int:
        """The row that shows a site."""
        return self._model.codes().index(code)

    def _typed(self, code: str, place: int, text: str) -> None:
        if place == VIAL:
            self.vial_chosen.emit(code, int(text))
        else:
            (self.dose_typed if place == UNITS else self.reason_typed).emit(code, text)


class _VialDelegate(QStyledItemDelegate):
    """Offers the session's vials: a number that is none cannot be chosen."""

    def createEditor(
        self, parent: QWidget, _option: QStyleOptionViewItem, index: _Index
    ) -> QWidget:
        editor = QComboBox(parent)
        model = index.model()
        if isinstance(model, _DoseModel):
            for vial in model.vials:
                editor.addItem(_vial_words(vial), str(vial.number))
        return editor

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(index.data(_Role.EditRole)))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        if isinstance(editor, QComboBox) and editor.currentData() is not None:
            model.setData(index, editor.currentData())


def _vial_words(vial: Vial) -> str:
    return _("{number}: lot {lot}").format(number=vial.number, lot=vial.lot)


class _DoseModel(QAbstractTableModel):
    typed = Signal(str, int, str)

    def __init__(self, book: Handbook, colours: Colours) -> None:
        super().__init__()
        self._book = book
        self._colours = colours
        self._rows: list[Injection] = []
        self.vials: tuple[Vial, ...] = ()
        self._editable = False

    def show_session(self, session: Session) -> None:
        rows = self._book.in_order(session)
        editable = not session.is_signed
        same_sites = [each.code for each in rows] == self.codes() and session.vials == self.vials
        if same_sites and editable == self._editable:
            changed = [i for i, each in enumerate(rows) if each != self._rows[i]]
            self._rows = rows
            for i in changed:
                self.dataChanged.emit(self.index(i, 0), self.index(i, REASON))
            return
        self.beginResetModel()
        self._rows, self._editable, self.vials = rows, editable, session.vials
        self.endResetModel()

    def show_colours(self, colours: Colours) -> None:
        self.beginResetModel()
        self._colours = colours
        self.endResetModel()

    def codes(self) -> list[str]:
        return [each.code for each in self._rows]

    def code_of(self, row: int) -> str:
        return self._rows[row].code if 0 <= row < len(self._rows) else ""

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, _parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return REASON + 1

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> Any:
        if role != _Role.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return (
            _("Code"),
            _("Site"),
            _("Planned"),
            _("Units"),
            _("State"),
            _("Vial"),
            _("Reason"),
        )[section]

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        each = self._rows[index.row()]
        place = index.column()
        if role in (_Role.DisplayRole, _Role.EditRole):
            return self._text(each, place, role)
        if role == _Role.FontRole and place == UNITS and each.state is State.GIVEN:
            return theme.font(10, QFont.Weight.Bold)
        if role == _Role.ForegroundRole and place == UNITS and each.state is State.PLANNED:
            return QColor(self._colours.quiet)
        if role == _Role.ForegroundRole and place == CODE:
            return theme.region_colour(each.region, self._colours)
        if role == _Role.ForegroundRole and place == PLANNED:
            return QColor(self._colours.quiet)
        return None

    def _text(self, each: Injection, place: int, role: int = _Role.EditRole) -> str:
        match place:
            case 0:
                return each.code
            case 1:
                return site_name(each.code, self._book)
            case 2:
                return "" if each.planned_units is None else amount_text(each.planned_units)
            case 3:
                omitted = each.state in (State.OMITTED, State.NOT_GIVEN)
                return NOTHING if omitted and role == _Role.DisplayRole else amount_text(each.units)
            case 4:
                return state_name(each.state)
            case 5:
                return self._vial_text(each, role)
            case _:
                return each.reason

    def _vial_text(self, each: Injection, role: int) -> str:
        drawn = next((vial for vial in self.vials if vial.number == each.vial), None)
        if drawn is None:
            return ""
        return str(drawn.number) if role == _Role.EditRole else _vial_words(drawn)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        is_given = self._rows[index.row()].state is State.GIVEN
        several = len(self.vials) > 1 and is_given
        places = (UNITS, REASON, VIAL) if several else (UNITS, REASON)
        if self._editable and index.column() in places:
            return base | Qt.ItemFlag.ItemIsEditable
        return base

    def setData(self, index: _Index, value: Any, role: int = _Role.EditRole) -> bool:
        each = self._rows[index.row()]
        if role != _Role.EditRole or value == self._text(each, index.column()):
            return False
        self.typed.emit(each.code, index.column(), value)
        return False
