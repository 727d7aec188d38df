"""Entering or correcting the vials of a session."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QLayout, QLineEdit, QPushButton, QWidget

from desktop.core.amounts import amount_text, read_amount, read_ml
from desktop.core.drawing import VialObjectionError
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.patient import Person, checked_line
from desktop.core.product import DoseNotPositiveError, Product, VialSizeError
from desktop.core.scan import Scanned
from desktop.core.stock import StockVial
from desktop.core.taking import taken_up, vial_of
from desktop.core.times import read_time, time_to_edit
from desktop.core.vial import (
    Expiry,
    LotTooLongError,
    MixedInFutureError,
    NoLotError,
    SerialTooLongError,
    Supply,
    TooMuchDiluentError,
    Vial,
    checked_code,
    checked_vial,
    read_expiry,
)
from desktop.gui.chips import Chips
from desktop.gui.forms import Explain, Form
from desktop.gui.reason_chips import ReasonChips
from desktop.gui.theme import CHIP_MM, Measures
from desktop.gui.widgets import button, column, frame, label, restyle, row
from desktop.language import _
from desktop.wording import Reason, dotted, expiry_text, offered
from desktop.words.stock import dilution_words, kind_text, state_parts, vial_text
from desktop.words.vials import objection_reasons, supply_name

NEW = 0  # the number of a vial that the session does not have yet
WIDTH_PX = 700
SHORT_PX = 110

Use = Callable[[Vial, str], None]


class Shelf(NamedTuple):
    """What there is to choose from, and who asks when.

    Attributes:
        stock: The vials of the stock that the session has not taken up, the likeliest first.
        find: Which of them a scan can be of.
        soon_days: Within how many days a vial expires soon.
        user: Who mixes, most likely.
        now: The time by the clinic's clock.
        zone: The clinic's zone, in which times are written.
    """

    stock: Sequence[StockVial]
    find: Callable[[Scanned], list[StockVial]]
    soon_days: int
    user: Person
    now: Callable[[], datetime]
    zone: ZoneInfo


class VialForm(Form):
    """Product, size, lot, expiry, serial and supply; with what it was mixed, when and by whom.

    Args:
        vials: The vials of the session; each can be corrected.
        number: The one that is shown first; 0 for a new one.
        use: Takes a vial, and why it is used if something speaks against it; raises an
            `ExpectedError` if it cannot be kept.
        read: What a scanner typed, read; none where the user did not say what it is.
    """

    def __init__(
        self,
        parent: QWidget | None,
        book: Handbook,
        explain: Explain,
        measures: Measures,
        vials: Sequence[Vial],
        number: int,
        shelf: Shelf,
        use: Use,
        read: Callable[[str], Scanned | None],
    ) -> None:
        super().__init__(parent, _("Vial"), _("Keep vial"), explain)
        self.setMinimumWidth(WIDTH_PX)
        self._book = book
        self._measures = measures
        self._shelf = shelf
        self._use = use
        self._read = read
        self._vials = {vial.number: vial for vial in vials}
        self._stock = {each.id: each for each in shelf.stock}
        self._number = number
        self._gtin = ""
        self._filling = False
        numbers = {str(each): _("Vial {number}").format(number=each) for each in self._vials}
        self.which = Chips(_("Vial"), {**numbers, str(NEW): _("New vial")}, measures, str(number))
        self.which.chose.connect(lambda chosen: self._turn_to(int(chosen)))
        self.which.setVisible(bool(vials))
        self.above.addWidget(self.which)
        self._make_fields()
        self.why = ReasonChips(_("Used because"), objection_reasons(), measures)
        self._asks_why = frame("", column(label(_("Used because"), "act"), self.why))
        self._asks_why.hide()
        self.fields.addRow(self._asks_why)
        self._connect()
        self._blank = {each: self._texts_of(vial) for each, vial in self._vials.items()}
        self._blank[NEW] = self._texts_of(None)
        self._typed = dict(self._blank)
        self._show(self._typed[number])

    def _make_fields(self) -> None:
        words = {each.id: _stock_words(each, self._book, self._shelf) for each in self._shelf.stock}
        self.stock = self.choice(_("From stock"), {"": _("not from stock"), **words})
        # Its longest line is not to press the names of the fields together.
        self.stock.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.stock.setMinimumContentsLength(30)
        if not words:
            self.fields.setRowVisible(self.stock, False)
        self.vial_size = self.choice(_("Vial"), _kinds(self._book))
        self.notes = label("", "quiet", wrap=True)
        self.fields.addRow("", self.notes)
        hint = _("such as {example}")
        self.lot = _line(_("Lot"))
        self.expiry = _line(_("Expiry"), hint.format(example="2027-10"))
        self._row(_("Lot"), row(self.lot, label(_("Expiry")), self.expiry))
        self.serial = _line(_("Serial"), _("if it has one"))
        self._row(_("Serial"), row(self.serial))
        self.supply = self.choice(
            _("Supply"), {each.value: supply_name(each) for each in reversed(Supply)}
        )
        self.diluent_name = _line(_("Mixed with"), hint.format(example=_saline().shown))
        self.diluent = _line(_("Diluent, mL"), hint.format(example="4"))
        self.diluent.setFixedWidth(SHORT_PX)
        self.usual = self._chip("")
        self._row(
            _("Mixed with"),
            row(self.diluent_name, self.diluent, label(_("mL"), "quiet"), self.usual),
        )
        self.dilution = label("", "quiet", wrap=True)
        self.fields.addRow("", self.dilution)
        self.mixed = _line(_("Mixed"), hint.format(example="2026-11-22 08:15"))
        self.at_once = self._chip(_("Mixed now"))
        self.mixed_by = _line(_("Mixed by"))
        self._row(_("Mixed"), row(self.mixed, self.at_once, label(_("by"), "quiet"), self.mixed_by))

    def _chip(self, words: str) -> QPushButton:
        """A button that fills something in, for a gloved finger."""
        made = button(words, "chip")
        made.setFixedHeight(self._measures.px(CHIP_MM))
        made.setAutoDefault(False)  # Enter confirms the form
        return made

    def _row(self, name: str, fields: QLayout) -> None:
        self.fields.addRow(name, fields)

    def _connect(self) -> None:
        self.stock.currentIndexChanged.connect(self._take_from_stock)
        self.vial_size.currentIndexChanged.connect(self._look)
        for each in (self.lot, self.serial, self.diluent):
            each.textChanged.connect(self._look)
        self.usual.clicked.connect(self._take_usual)
        self.at_once.clicked.connect(self._take_now)

    def showEvent(self, event: QShowEvent) -> None:
        """A line that may wrap is given its height only when its width is known."""
        super().showEvent(event)
        self.adjustSize()
        self._fit_notes()

    # -- what is kept -------------------------------------------------------------------------

    def try_to_accept(self) -> None:
        """Hand over the vial that is shown, and every other that was changed here."""
        self._typed[self._number] = self._texts()
        # A new one comes last: when it is kept, nothing can keep the form open any more.
        wanted = [
            number
            for number, texts in self._typed.items()
            if texts != self._blank[number] or number == self._number
        ]
        for number in wanted:
            self._turn_to(number)
            try:
                vial = self._vial()
                with self.reading(self.mixed, MixedInFutureError):
                    self._use(vial, self.why.reason)
            except VialObjectionError:
                self._asks_why.show()
                self.why.other.setFocus()
                raise
            # Kept, whatever becomes of the others: it must not be kept twice.
            self._blank[number] = self._typed[number]

    def take_scan(self, text: str) -> None:
        """Fill the form in from a carton; what it does not say stays as it was."""
        try:
            scanned = self._read(text)
        except ExpectedError as error:
            self.refuse(self._explain(error))
            return
        if scanned is None:
            return
        self.refuse("")
        found = self._shelf.find(scanned) if self._number == NEW else []
        known = found[0] if len(found) == 1 else None
        if known is not None:
            self.stock.setCurrentIndex(max(self.stock.findData(known.id), 0))
        said = vial_of(scanned, known)
        self._gtin = said.gtin
        self._choose_kind(said)
        self.lot.setText(said.lot)
        self.expiry.setText(said.expiry.text)
        self.serial.setText(said.serial)
        self._look()

    def _vial(self) -> Vial:
        """What is entered, read field by field."""
        product, size = self.vial_size.currentData().split(" ")
        zone = self._shelf.zone
        before = self._vials.get(self._number)
        chosen = self._stock.get(self.stock.currentData())
        if chosen is not None:
            before = replace(taken_up(chosen), number=self._number)
        made = Vial(
            number=self._number,
            product=product,
            size_units=read_amount(size),
            lot=self.read(self.lot, checked_code),
            expiry=self.read(self.expiry, read_expiry),
            serial=self.read(self.serial, checked_code),
            diluent=self.read(self.diluent_name, checked_line),
            diluent_ml=self.read(self.diluent, lambda text: read_ml(text) if text else None),
            mixed_at=self.read(self.mixed, lambda text: read_time(text, zone) if text else None),
            mixed_by=self.read(self.mixed_by, checked_line),
            gtin=self._gtin,
            supply=Supply(self.supply.currentData()),
        )
        if before is not None:
            made = replace(made, stock_id=before.stock_id, held_units=before.held_units)
        with (
            self.reading(self.vial_size, VialSizeError),
            self.reading(self.lot, NoLotError, LotTooLongError),
            self.reading(self.serial, SerialTooLongError),
            self.reading(self.diluent, DoseNotPositiveError, TooMuchDiluentError),
        ):
            return checked_vial(made, self._book.products[product])

    # -- what is shown ------------------------------------------------------------------------

    def _turn_to(self, number: int) -> None:
        """Show another vial; what was typed for this one stays."""
        if number == self._number:
            return
        self._typed[self._number] = self._texts()
        self._number = number
        self.which.choose(str(number))
        self._show(self._typed[number])

    def _texts(self) -> Mapping[str, str]:
        """All that stands in the fields."""
        lines = {name: field.text() for name, field in self._lines().items()}
        choices = {
            "stock": self.stock.currentData(),
            "kind": self.vial_size.currentData(),
            "supply": self.supply.currentData(),
        }
        return {**lines, **choices, "why": self.why.reason, "gtin": self._gtin}

    def _texts_of(self, vial: Vial | None) -> Mapping[str, str]:
        """What stands in the fields of a vial that nobody corrected."""
        self._fill(vial)
        return self._texts()

    def _show(self, texts: Mapping[str, str]) -> None:
        self._filling = True
        for name, field in self._lines().items():
            field.setText(texts[name])
        for combo, name in ((self.stock, "stock"), (self.supply, "supply")):
            combo.setCurrentIndex(max(combo.findData(texts[name]), 0))
        self.vial_size.setCurrentIndex(max(self.vial_size.findData(texts["kind"]), 0))
        self.why.say(texts["why"])
        self._gtin = texts["gtin"]
        self._filling = False
        self._look()

    def _lines(self) -> Mapping[str, QLineEdit]:
        return {
            "lot": self.lot,
            "expiry": self.expiry,
            "serial": self.serial,
            "diluent name": self.diluent_name,
            "diluent": self.diluent,
            "mixed": self.mixed,
            "mixed by": self.mixed_by,
        }

    def _fill(self, vial: Vial | None) -> None:
        """Show what is known of a vial."""
        self._filling = True
        self._gtin = vial.gtin if vial else ""
        self._choose_kind(vial)
        self.lot.setText(vial.lot if vial else "")
        self.expiry.setText(vial.expiry.text if vial else "")
        self.serial.setText(vial.serial if vial else "")
        supply = vial.supply if vial else Supply.NOT_RECORDED
        self.supply.setCurrentIndex(self.supply.findData(supply.value))
        self.diluent_name.setText(vial.diluent if vial else "")
        self.diluent.setText(amount_text(vial.diluent_ml) if vial and vial.diluent_ml else "")
        self.mixed.setText(time_to_edit(vial.mixed_at) if vial and vial.mixed_at else "")
        self.mixed_by.setText(vial.mixed_by if vial else "")
        self._filling = False

    def _choose_kind(self, vial: Vial | None) -> None:
        key = f"{vial.product} {amount_text(vial.size_units)}" if vial else ""
        self.vial_size.setCurrentIndex(max(self.vial_size.findData(key), 0))

    def _take_from_stock(self) -> None:
        chosen = self._stock.get(self.stock.currentData())
        if chosen is not None and not self._filling:
            self._fill(chosen.vial)
            self._look()

    def _take_usual(self) -> None:
        usual = self._product().usual_diluent_ml.get(self._size())
        if usual is not None:
            self.diluent.setText(amount_text(usual))
            self.diluent_name.setText(self.diluent_name.text() or _saline().kept)

    def _take_now(self) -> None:
        """Only when it is pressed: a time that nobody gave would become the record."""
        self.mixed.setText(time_to_edit(self._shelf.now()))
        self.mixed_by.setText(self.mixed_by.text() or self._shelf.user.name)

    def _look(self) -> None:
        """What follows from the fields: the strength, the usual volume, whether it is that vial."""
        if self._filling:
            return
        chosen = self._stock.get(self.stock.currentData())
        if chosen is not None and not self._is_still(chosen.vial):
            self.stock.setCurrentIndex(0)
        self.notes.setText(" ".join(_(each) for each in self._product().notes))
        self._fit_notes()
        usual = self._product().usual_diluent_ml.get(self._size())
        if usual is not None:
            words = _("Usual: {number} mL").format(number=amount_text(usual))
            self.usual.setText(words)
            self.usual.setAccessibleName(words)
        self.usual.setVisible(usual is not None)
        words, is_odd = self._dilution()
        self.dilution.setText(words or _("Units in 0.1 mL are told when the volume is known."))
        restyle(self.dilution, "caution" if is_odd else "quiet")

    def _fit_notes(self) -> None:
        # A dialog that has the height of its form on a low screen would cut what may wrap.
        if self.isVisible():
            self.notes.setMinimumHeight(self.notes.heightForWidth(self.notes.width()))

    def _is_still(self, vial: Vial) -> bool:
        """Whether the fields name the vial that was chosen; another lot is another vial."""
        kind = f"{vial.product} {amount_text(vial.size_units)}"
        serial = self.serial.text().strip()
        return (
            self.vial_size.currentData() == kind
            and self.lot.text().strip() == vial.lot
            and (not vial.serial or serial == vial.serial)
        )

    def _dilution(self) -> tuple[str, bool]:
        """Units in 0.1 mL of what is typed, and whether that is unusual; nothing for bad input."""
        try:
            typed = read_ml(self.diluent.text())
            vial = Vial(0, self._product().key, self._size(), "-", Expiry(2000, 1), typed or None)
            return dilution_words(checked_vial(vial, self._product()), self._product())
        except ExpectedError:
            return "", False

    def _product(self) -> Product:
        return self._book.products[self.vial_size.currentData().split(" ")[0]]

    def _size(self) -> Decimal:
        return read_amount(self.vial_size.currentData().split(" ")[1])


def _kinds(book: Handbook) -> dict[str, str]:
    """Every product in every size, the clinic's usual one first."""
    return {
        f"{product.key} {amount_text(size)}": kind_text(product.key, size, book)
        for product in book.products.values()
        for size in reversed(product.vial_sizes)
    }


def _stock_words(each: StockVial, book: Handbook, shelf: Shelf) -> str:
    product = book.products[each.vial.product]
    parts = [vial_text(each.vial, book)]
    if each.vial.serial:
        parts.append(_("serial {serial}").format(serial=each.vial.serial))
    parts.append(_("exp {expiry}").format(expiry=expiry_text(each.vial.expiry)))
    if 0 < each.rest_units < each.vial.size_units:
        parts.append(_("{units} in it").format(units=amount_text(each.rest_units)))
    return dotted([*parts, *state_parts(each, product, shelf.now(), shelf.soon_days)])


def _saline() -> Reason:
    """What vials are usually mixed with, as it is shown and as it is kept."""
    return offered(lambda: [_("0.9 % saline")])[0]


def _line(name: str, hint: str = "") -> QLineEdit:
    """A line of text that is never cut: what is too long is refused in words."""
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setPlaceholderText(hint)
    field.setMaxLength(2_000_000)
    return field
