"""Patients at the left: drafts that wait, find as you type, and the sessions of who is chosen."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from desktop.core.patient import Patient
from desktop.gui import theme
from desktop.gui.services import Services, SessionRow
from desktop.gui.theme import ROW_MM, Colours, Measures
from desktop.gui.widgets import button, column, label, restyle, row
from desktop.language import _
from desktop.wording import date_text, dotted, moment_text, patient_name, time_text, units_text

PANEL_WIDTH_PX = 274
FIND_AFTER_MS = 60
LEAST_ROW_PX = 46  # two lines of text and the space around them
MOST_DRAFT_ROWS = 3
FOCUS_EDGE_PX = 2
DRAFT, SIGNED = "draft", "signed"  # of `SessionRow.state`

_ID = Qt.ItemDataRole.UserRole
_DETAIL = Qt.ItemDataRole.UserRole + 1
_MARK = Qt.ItemDataRole.UserRole + 2


class PatientPanel(QFrame):
    """Says who and which session was chosen; keeps nothing but what is typed."""

    patient_chosen = Signal(str)
    patient_pressed = Signal(str)
    session_chosen = Signal(str)
    new_patient_wanted = Signal()
    edit_patient_wanted = Signal(str)
    new_session_wanted = Signal(str)

    def __init__(self, services: Services, colours: Colours, measures: Measures) -> None:
        super().__init__()
        self.setObjectName("side")
        self.setFixedWidth(PANEL_WIDTH_PX)
        self._services = services
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("Find: name, number, 1980-02-01"))
        self.search.setAccessibleName(_("Find a patient"))
        self.search.setClearButtonEnabled(True)
        self._row_px = max(LEAST_ROW_PX, measures.px(ROW_MM))
        self.drafts = _list(_("Drafts"))
        self.patients = _list(_("Patients"))
        self.sessions = _list(_("Sessions"))
        self.show_colours(colours)
        self.sessions.setFixedHeight(190)
        self._drafts_heading = label("", "caps")
        self._heading = label(_("SESSIONS"), "caps")
        self._new_patient = button(_("New patient\N{HORIZONTAL ELLIPSIS}"))
        self._edit = button(_("Edit patient\N{HORIZONTAL ELLIPSIS}"), "plain")
        self._new_session = button(_("New session"), "primary")
        self._empty = label("", "quiet", wrap=True)
        self._patient_id = ""
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(FIND_AFTER_MS)
        layout = column(
            self.search,
            self._drafts_heading,
            self.drafts,
            self.patients,
            self._empty,
            self._new_patient,
            margin=12,
        )
        layout.setStretchFactor(self.patients, 1)
        layout.addLayout(row(self._heading, None, self._edit))
        layout.addWidget(self.sessions)
        layout.addWidget(self._new_session)
        self.setLayout(layout)
        self._connect()
        self.show_drafts("")
        self.list_found()

    def _connect(self) -> None:
        self.search.textChanged.connect(self._waiting.start)
        self._waiting.timeout.connect(self.list_found)
        self.search.returnPressed.connect(self._choose_first)
        self.patients.currentItemChanged.connect(self._patient_changed)
        self.patients.itemClicked.connect(lambda item: self.patient_pressed.emit(item.data(_ID)))
        for each in (self.drafts, self.sessions):
            each.itemClicked.connect(self._session_chosen)
            each.itemActivated.connect(self._session_chosen)
        self._new_patient.clicked.connect(self.new_patient_wanted)
        self._edit.clicked.connect(lambda: self.edit_patient_wanted.emit(self._patient_id))
        self._new_session.clicked.connect(lambda: self.new_session_wanted.emit(self._patient_id))

    def list_found(self) -> None:
        """List whom the search text fits; the chosen one stays chosen if still listed."""
        found = self._services.find_patients(self.search.text())
        self.patients.blockSignals(True)
        self.patients.clear()
        for patient in found:
            self.patients.addItem(_patient_item(patient))
            if patient.id == self._patient_id:
                self.patients.setCurrentRow(self.patients.count() - 1)
        self.patients.blockSignals(False)
        self._empty.setText(_nobody(self.search.text()))
        self._empty.setVisible(not found)
        self.show_sessions()

    def choose(self, patient_id: str) -> None:
        """Choose a patient, listing them if the search text hides them."""
        self._patient_id = patient_id
        ids = [self.patients.item(i).data(_ID) for i in range(self.patients.count())]
        if patient_id not in ids:
            self.search.clear()
            self._waiting.stop()
        self.list_found()

    def show_drafts(self, on_screen: str) -> None:
        """List every draft that waits, whoever it is about, but the one on the screen."""
        waiting = [each for each in self._services.drafts() if each.id != on_screen]
        self.drafts.clear()
        for draft in waiting:
            self.drafts.addItem(_draft_item(draft))
        rows = min(len(waiting), MOST_DRAFT_ROWS)
        self.drafts.setFixedHeight(rows * self._row_px + 2 * FOCUS_EDGE_PX)
        hidden = len(waiting) > rows
        self._drafts_heading.setText(
            _("DRAFTS ({number})").format(number=len(waiting)) if hidden else _("DRAFTS")
        )
        for each in (self._drafts_heading, self.drafts):
            each.setVisible(bool(waiting))

    def show_sessions(self) -> None:
        """List the sessions of the chosen patient again."""
        chosen = bool(self._patient_id)
        sessions = self._services.sessions_of(self._patient_id) if chosen else []
        self.sessions.clear()
        for session in sessions:
            self.sessions.addItem(_session_item(session))
        self._edit.setEnabled(chosen)
        self._new_session.setEnabled(chosen)
        # Where a draft waits, that is what is wanted, most likely.
        has_draft = any(each.state == DRAFT for each in sessions)
        restyle(self._new_session, "" if has_draft else "primary")

    def show_colours(self, colours: Colours) -> None:
        """Take on another colour scheme."""
        for each in (self.drafts, self.patients, self.sessions):
            each.setItemDelegate(_TwoLines(colours, self._row_px, each))

    def _patient_changed(self, item: QListWidgetItem | None, _before: object) -> None:
        if item is None:
            return
        self._patient_id = item.data(_ID)
        self.show_sessions()
        self.patient_chosen.emit(self._patient_id)

    def _session_chosen(self, item: QListWidgetItem) -> None:
        self.session_chosen.emit(item.data(_ID))

    def _choose_first(self) -> None:
        self.list_found()
        if self.patients.count():
            self.patients.setCurrentRow(0)
            self.patients.setFocus()


class _TwoLines(QStyledItemDelegate):
    """A strong line, a quiet one below, and a word at the right."""

    def __init__(self, colours: Colours, row_px: int, parent: QListWidget) -> None:
        super().__init__(parent)
        self._colours = colours
        self._row_px = row_px

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(100, self._row_px)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        box = QRect(option.rect).adjusted(4, 2, -4, -1)
        state = option.state
        ground = None
        if state & QStyle.StateFlag.State_Selected:
            ground = self._colours.accent_soft
        elif state & QStyle.StateFlag.State_MouseOver:
            ground = self._colours.raised
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if ground:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(ground))
            painter.drawRoundedRect(box, 7, 7)
        inner = box.adjusted(10, 5, -10, -5)
        mark = index.data(_MARK) or ""
        painter.setFont(theme.font(8.5, QFont.Weight.DemiBold))
        painter.setPen(QColor(self._colours.caution))
        painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, mark)
        room = inner.width() - painter.fontMetrics().horizontalAdvance(mark) - (8 if mark else 0)
        self._line(painter, inner, index.data(Qt.ItemDataRole.DisplayRole), room, strong=True)
        self._line(painter, inner, index.data(_DETAIL), inner.width(), strong=False)
        painter.restore()

    def _line(self, painter: QPainter, box: QRect, text: str, room: int, *, strong: bool) -> None:
        weight = QFont.Weight.DemiBold if strong else QFont.Weight.Normal
        painter.setFont(theme.font(10 if strong else 9, weight))
        painter.setPen(QColor(self._colours.text if strong else self._colours.quiet))
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
        edge = Qt.AlignmentFlag.AlignTop if strong else Qt.AlignmentFlag.AlignBottom
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | edge, elided)


def _list(name: str) -> QListWidget:
    made = QListWidget()
    made.setAccessibleName(name)
    made.setMouseTracking(True)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setUniformItemSizes(True)
    return made


def _item(which: str, title: str, detail: str, mark: str = "") -> QListWidgetItem:
    item = QListWidgetItem(title)
    item.setData(_ID, which)
    item.setData(_DETAIL, detail)
    item.setData(_MARK, mark)
    told = ", ".join(words for words in (title, mark, detail) if words)
    item.setData(Qt.ItemDataRole.AccessibleTextRole, told)
    return item


def _patient_item(patient: Patient) -> QListWidgetItem:
    number = _("No {number}").format(number=patient.record_number)
    born = date_text(patient.birth_date)
    return _item(patient.id, patient_name(patient), dotted([born, number]))


def given_words(session: SessionRow) -> str:
    """`157.5 units`; units of several products have no sum."""
    if session.given_products > 1:
        return _("several products")
    return units_text(session.given_units)


def _draft_item(draft: SessionRow) -> QListWidgetItem:
    detail = dotted([moment_text(draft.started_at), given_words(draft)])
    return _item(draft.id, patient_name(draft), detail, _state_mark(draft.state))


def _session_item(session: SessionRow) -> QListWidgetItem:
    at = session.started_at
    number = _("session {number}").format(number=session.number)
    detail = dotted([given_words(session), number])
    title = f"{date_text(at.date())}, {time_text(at)}"
    return _item(session.id, title, detail, _state_mark(session.state))


def _state_mark(state: str) -> str:
    return {DRAFT: _("DRAFT"), "discarded": _("discarded")}.get(state, "")


def _nobody(text: str) -> str:
    if text.strip():
        return _(
            "Nobody fits \N{LEFT DOUBLE QUOTATION MARK}{text}\N{RIGHT DOUBLE QUOTATION MARK}."
        ).format(text=text.strip())
    return _("No patients yet. Create the first one.")
