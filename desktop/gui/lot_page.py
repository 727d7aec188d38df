"""A lot looked up: every session and patient with it, to be called."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.core.entries import LotRow
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.patient import checked_line
from desktop.core.scan import Scanned
from desktop.core.stock import StockVial
from desktop.core.vial import LONGEST_LOT, LotTooLongError
from desktop.gui.lists_table import Line, ListTable
from desktop.gui.theme import CHIP_MM, Measures
from desktop.gui.widgets import button, column, label, row
from desktop.language import _, ngettext
from desktop.wording import date_text, dotted, patient_name

LONGEST_PX = 420


class LotPage(QWidget):
    """Looks a lot up when it is typed or scanned; keeps nothing.

    Args:
        sessions: Every session with a lot, the newest first.
        stock: Every vial that is not closed.
        read: What a scanner typed, read.
        explain: The sentence of an error.
    """

    session_chosen = Signal(str)

    def __init__(
        self,
        sessions: Callable[[str], list[LotRow]],
        stock: Callable[[], list[StockVial]],
        read: Callable[[str], Scanned],
        book: Handbook,
        explain: Callable[[ExpectedError], str],
        measures: Measures,
    ) -> None:
        super().__init__()
        self._sessions = sessions
        self._stock = stock
        self._read = read
        self._book = book
        self._explain = explain
        self.lot = QLineEdit()
        self.lot.setMaxLength(2_000_000)  # a text too long is refused in words, never cut
        self.lot.setPlaceholderText(_("Type a lot, or scan a carton"))
        self.lot.setAccessibleName(_("Lot"))
        self.lot.setClearButtonEnabled(True)
        self.lot.setMaximumWidth(LONGEST_PX)
        self.lot.setFixedHeight(measures.px(CHIP_MM))
        self.look_up = button(_("Look up"), "primary")
        self.look_up.setFixedHeight(measures.px(CHIP_MM))
        self.summary = label("", "name", wrap=True)
        self.about = label("", "quiet", wrap=True)
        self.refusal = label("", "refusal", wrap=True)
        names = (
            _("Date"),
            _("Patient"),
            _("Number"),
            _("Birth date"),
            _("Phone"),
            _("Product"),
            _("Session"),
        )
        self.table = ListTable(
            _("Sessions with this lot"), names, measures, stretched=1, opens_by_press=True
        )
        search = row(self.lot, self.look_up, None)
        search.setStretch(0, 1)
        layout = column(spacing=10, margin=14)
        layout.addLayout(search)
        for each in (self.refusal, self.summary, self.about):
            layout.addWidget(each)
        layout.addWidget(self.table, 1)
        layout.addStretch(0)
        self.setLayout(layout)
        self.lot.returnPressed.connect(self.search)
        self.look_up.clicked.connect(self.search)
        self.table.chosen.connect(self.session_chosen)
        self._show("", [])

    def search(self) -> None:
        """Look up what stands in the field; a scanner may have typed it there."""
        text = self.lot.text().strip()
        try:
            lot = self._lot_of(text)
            found = self._sessions(lot) if lot else []
            waiting = [each for each in self._stock() if _same(each.vial.lot, lot)]
        except ExpectedError as error:
            self._refuse(self._explain(error))
            return
        self._refuse("")
        if lot != text:
            self.lot.setText(lot)
        self._show(lot, found, len(waiting))
        self.lot.selectAll()

    def take_scan(self, text: str) -> None:
        """Look up the lot of the carton that was scanned, or say why it cannot be."""
        try:
            lot = self._read(text).lot
        except ExpectedError as error:
            self._refuse(self._explain(error))
            return
        self.lot.setText(lot)
        self.search()

    def _lot_of(self, text: str) -> str:
        checked_text = text if len(text) > LONGEST_LOT else checked_line(text)
        if len(checked_text) <= LONGEST_LOT:
            return checked_text
        if not looks_scanned(text):
            raise LotTooLongError(text)
        return self._read(text).lot

    def _refuse(self, sentence: str) -> None:
        self.refusal.setText(sentence)
        self.refusal.setVisible(bool(sentence))
        if sentence:  # an older answer would be taken for that of this lot
            self._show("", [])
            self.about.hide()

    def _show(self, lot: str, found: Sequence[LotRow], in_stock: int = 0) -> None:
        rows = list(dict.fromkeys(found))
        self.table.show_lines([self._line(each) for each in rows])
        self.table.setVisible(bool(rows))
        self.summary.setText(_summary(rows[0].lot if rows else lot, rows, in_stock))
        self.summary.setVisible(bool(lot))
        self.about.setText(_about(lot, rows))
        self.about.show()
        self.refusal.setVisible(bool(self.refusal.text()))

    def _line(self, each: LotRow) -> Line:
        product = self._book.products.get(each.product)
        number = _("No {number}").format(number=each.number)
        cells = (
            date_text(each.on),
            patient_name(each),
            each.record_number,
            date_text(each.birth_date),
            each.phone or _("none recorded"),
            product.name if product else each.product,
            dotted([number, _state_words(each.state)]),
        )
        return Line(cells, each.session_id)


def looks_scanned(text: str) -> bool:
    """Whether a text can only be what a scanner typed: longer than a lot, and begun as a code."""
    plain = text.strip()
    begins = plain.startswith(("]", "01", "10", "11", "17", "21")) or not plain[:1].isprintable()
    return len(plain) > LONGEST_LOT and begins


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold() != ""


def _summary(lot: str, rows: Sequence[LotRow], in_stock: int) -> str:
    """How many sessions, whose, and what of the lot nobody has had yet."""
    waiting = ngettext("{number} vial in stock", "{number} vials in stock", in_stock).format(
        number=in_stock
    )
    if not rows:
        return dotted([_("No session has lot {lot}").format(lot=lot), waiting])
    sessions = len({each.session_id for each in rows})
    patients = len({each.patient_id for each in rows})
    parts = [
        ngettext("{number} session", "{number} sessions", sessions).format(number=sessions),
        ngettext("{number} patient", "{number} patients", patients).format(number=patients),
        waiting,
    ]
    return _("Lot {lot}: {counts}").format(lot=lot, counts=dotted(parts))


def _about(lot: str, rows: Sequence[LotRow]) -> str:
    if rows:
        return _("Press a line to open the session.")
    if lot:
        return _("Compare it with the carton: O and 0, I and 1, B and 8 look alike.")
    return _("Every session with a vial of the lot is listed, with whom to call.")


def _state_words(state: str) -> str:
    names = {"draft": _("draft"), "signed": _("signed")}
    return names.get(state, state)
