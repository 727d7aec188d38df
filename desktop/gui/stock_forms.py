"""The forms of the stock: a vial that came, one that is mixed, one that is done with."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.core.amounts import NotAnAmountError, amount_text, read_amount, read_ml
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.patient import checked_line
from desktop.core.product import DoseNotPositiveError
from desktop.core.scan import Scanned
from desktop.core.session import ReasonMissingError
from desktop.core.stock import (
    MixingTimeMissingError,
    ProductNotChosenError,
    StockVial,
    read_quantity,
    read_received,
)
from desktop.core.times import read_time, time_to_edit
from desktop.core.vial import (
    Expiry,
    LotTooLongError,
    MixedInFutureError,
    NoLotError,
    NotAnExpiryError,
    SerialTooLongError,
    Supply,
    TooMuchDiluentError,
    Vial,
    checked_code,
    checked_vial,
    read_expiry,
)
from desktop.gui.forms import OF_LINES, Explain, Form
from desktop.gui.widgets import button, label, restyle, row
from desktop.language import _, ngettext
from desktop.wording import date_text, dotted, expiry_text, units_text
from desktop.words.stock import (
    closing_reasons,
    dilution_words,
    kind_text,
    likely_closing,
    rest_text,
    state_parts,
)
from desktop.words.vials import supply_name

OTHER = "other"

Read = Callable[[str], Scanned | None]


class StockVialForm(Form):
    """A vial that was received, or several equal ones; a scan fills it in.

    Args:
        alike: The vials to correct, which nothing tells apart; none for a new one.
        like: The one added before: its supply and its day are offered again.
        now: The time by the clinic's clock.
        read: What a scanner typed, read; none where the user did not say what it is.
        keep: Keeps one vial, a new one under an id of its own, or raises an `ExpectedError`.
    """

    def __init__(
        self,
        parent: QWidget | None,
        book: Handbook,
        explain: Explain,
        alike: Sequence[StockVial],
        like: StockVial | None,
        now: datetime,
        read: Read,
        keep: Callable[[StockVial], None],
    ) -> None:
        before = alike[0] if alike else None
        title, confirm = _("Add a vial"), _("Add to stock")
        if before is not None:
            title, confirm = _("Correct a vial"), _("Keep changes")
        super().__init__(parent, title, confirm, explain)
        self._book = book
        self._before = before
        self._now = now
        self._read = read
        self._keep = keep
        self._gtin = before.vial.gtin if before else ""
        self._kept = 0
        self.added: StockVial | None = None
        if len(alike) > 1:
            words = ngettext(
                "{number} equal vial is corrected.",
                "{number} equal vials are corrected together. A serial number goes to one of them.",
                len(alike),
            ).format(number=len(alike))
            self.above.addWidget(label(words, "quiet", wrap=True))
        shown = before or like
        vial = before.vial if before else None
        self.kind = self.choice(
            _("Vial"), kinds(book), f"{vial.product} {amount_text(vial.size_units)}" if vial else ""
        )
        self.lot = self.line(_("Lot"), vial.lot if vial else "")
        hint = _("such as {example}")
        self.expiry = self.line(
            _("Expiry"), vial.expiry.text if vial else "", hint.format(example="2027-10")
        )
        self.said_of_expiry = label("", "caution", wrap=True)
        self.fields.addRow("", self.said_of_expiry)
        self.serial = self.line(_("Serial"), vial.serial if vial else "", _("if it has one"))
        self.supply = self.choice(
            _("Supply"),
            {each.value: supply_name(each) for each in reversed(Supply)},
            (shown.vial.supply if shown else Supply.NOT_RECORDED).value,
        )
        received = shown.received_on if shown else None
        self.received = self.line(
            _("Received on"),
            received.isoformat() if received else "",
            hint.format(example="2026-11-22"),
        )
        # Never filled in by itself: a day that nobody gave would become the record.
        _offer(self, _("Received today"), self.received, now.date().isoformat())
        self.quantity = self.line(_("How many equal ones"), "1")
        if before is not None:
            self.fields.setRowVisible(self.quantity, False)
        self.expiry.textChanged.connect(lambda _text: self._look_at_expiry())
        self.serial.textChanged.connect(lambda _text: self._look_at_serial())
        self._look_at_expiry()
        self._look_at_serial()

    def take_scan(self, text: str) -> None:
        """Fill the form in from a carton; what was typed of supply and day stays."""
        try:
            scanned = self._read(text)
        except ExpectedError as error:
            self.refuse(self._explain(error))
            return
        if scanned is not None:
            self.refuse("")
            self.fill(scanned)

    def fill(self, scanned: Scanned) -> None:
        """Show what a carton says."""
        size = amount_text(scanned.size_units) if scanned.size_units is not None else ""
        self.kind.setCurrentIndex(max(self.kind.findData(f"{scanned.product} {size}"), 0))
        self.lot.setText(scanned.lot)
        self.expiry.setText(scanned.expiry.text)
        self.serial.setText(scanned.serial)
        self._gtin = scanned.gtin
        self.confirm.setFocus()

    def try_to_accept(self) -> None:
        """Read and check every field, then keep each vial."""
        read = self._vial()
        is_one = bool(read.vial.serial or self._before)
        quantity = 1 if is_one else self.read(self.quantity, read_quantity)
        # Where the disk refuses half-way, the next press adds the others only.
        while self._kept < quantity:
            self._keep(read)
            self._kept += 1
        self.added = read

    def _vial(self) -> StockVial:
        chosen = self.kind.currentData()
        with self.reading(self.kind):
            if not chosen:
                raise ProductNotChosenError
        key, size = chosen.split(" ")
        vial = replace(
            self._before.vial if self._before else _BLANK,
            product=key,
            size_units=read_amount(size),
            lot=self.read(self.lot, checked_code),
            expiry=self.read(self.expiry, read_expiry),
            serial=self.read(self.serial, checked_code),
            supply=Supply(self.supply.currentData()),
            gtin=self._gtin,
        )
        with (
            self.reading(self.lot, NoLotError, LotTooLongError),
            self.reading(self.serial, SerialTooLongError),
        ):
            checked_vial(vial, self._book.products[key])
        received = self.read(self.received, read_received)
        return replace(self._before or StockVial(vial), vial=vial, received_on=received)

    def _look_at_expiry(self) -> None:
        """An expired vial can be in stock: it is said, not asked."""
        try:
            last = read_expiry(self.expiry.text()).last_day
        except NotAnExpiryError:
            self.say_of_expiry("")
            return
        gone = last < self._now.date()
        self.say_of_expiry(
            _("This vial expired on {date}.").format(date=date_text(last)) if gone else ""
        )

    def say_of_expiry(self, words: str) -> None:
        """Show what is to be known of the date, below it."""
        self.said_of_expiry.setText(words)
        self.fields.setRowVisible(self.said_of_expiry, bool(words))
        self.adjustSize()

    def _look_at_serial(self) -> None:
        """A serial number is that of one vial."""
        has_serial = bool(self.serial.text().strip())
        self.quantity.setEnabled(not has_serial)
        if has_serial:
            self.quantity.setText("1")


class PackageForm(Form):
    """Asks once what the number on a carton stands for; nothing is chosen beforehand."""

    def __init__(
        self,
        parent: QWidget | None,
        book: Handbook,
        explain: Explain,
        gtin: str,
        learn: Callable[[str, str, Decimal], None],
    ) -> None:
        super().__init__(parent, _("A carton that is not known yet"), _("Remember it"), explain)
        self._gtin = gtin
        self._learn = learn
        words = _(
            "Its product number is {gtin}. Say once what stands on the carton; from then on the"
            " program knows it."
        ).format(gtin=gtin)
        self.above.addWidget(label(words, "", wrap=True))
        self.kind = self.choice(_("Vial"), kinds(book))

    def try_to_accept(self) -> None:
        """Learn what was chosen."""
        chosen = self.kind.currentData()
        with self.reading(self.kind):
            if not chosen:
                raise ProductNotChosenError
        product, size = chosen.split(" ")
        self._learn(self._gtin, product, read_amount(size))


class MixForm(Form):
    """Opening a vial: what was put in, how much, when and by whom; or correcting that.

    Args:
        each: The vial.
        diluent: What was put into the last one, offered again; empty for none.
        by: Who mixes, most likely.
        now: The time by the clinic's clock.
        zone: The clinic's zone, in which times are written.
        soon_days: Within how many days a vial expires soon.
        keep: Keeps the vial, or raises an `ExpectedError`.
    """

    def __init__(
        self,
        parent: QWidget | None,
        book: Handbook,
        explain: Explain,
        each: StockVial,
        diluent: str,
        by: str,
        now: datetime,
        zone: ZoneInfo,
        soon_days: int,
        keep: Callable[[StockVial], None],
    ) -> None:
        vial = each.vial
        title = _("Open and mix") if vial.mixed_at is None else _("Correct the mixing")
        super().__init__(parent, title, _("Keep"), explain)
        self._each = each
        self._product = book.products[vial.product]
        self._zone = zone
        self._keep = keep
        _say_vial(self, each, book, state_parts(each, self._product, now, soon_days))
        self.diluent = self.line(_("Diluent"), vial.diluent)
        if diluent and diluent != vial.diluent:
            _offer(self, diluent, self.diluent, diluent)
        hint = _("such as {example}")
        amount = amount_text(vial.diluent_ml) if vial.diluent_ml else ""
        self.diluent_ml = self.line(_("Diluent, mL"), amount, hint.format(example="4"))
        usual = self._product.usual_diluent_ml.get(vial.size_units)
        if usual is not None:
            words = _("Usual: {number} mL").format(number=amount_text(usual))
            _offer(self, words, self.diluent_ml, amount_text(usual))
        self.dilution = label("", "quiet", wrap=True)
        # Room for the longest sentence, so that nothing moves while a volume is typed.
        self.dilution.setMinimumHeight(2 * self.dilution.fontMetrics().lineSpacing() + 2)
        self.fields.addRow("", self.dilution)
        mixed = time_to_edit(vial.mixed_at) if vial.mixed_at else ""
        self.mixed = self.line(_("Mixed"), mixed, hint.format(example="2026-11-22 08:15"))
        # Never filled in by itself: a time that nobody gave would become the record.
        _offer(self, _("Mixed now"), self.mixed, time_to_edit(now))
        self.by = self.line(_("Mixed by"), vial.mixed_by or by)
        self.diluent_ml.textChanged.connect(lambda _text: self._say_dilution())
        self._say_dilution()

    def try_to_accept(self) -> None:
        """Read every field, then keep the vial as mixed."""
        vial = replace(
            self._each.vial,
            diluent=self.read(self.diluent, checked_line),
            diluent_ml=self.read(self.diluent_ml, lambda text: read_ml(text) if text else None),
            mixed_at=self.read(self.mixed, self._mixed_at),
            mixed_by=self.read(self.by, checked_line),
        )
        with self.reading(self.diluent_ml, DoseNotPositiveError, TooMuchDiluentError):
            checked_vial(vial, self._product)
        with self.reading(self.mixed, MixedInFutureError):
            self._keep(replace(self._each, vial=vial))

    def _mixed_at(self, text: str) -> datetime:
        if not text:
            raise MixingTimeMissingError
        return read_time(text, self._zone)

    def _say_dilution(self) -> None:
        """What the volume makes of a unit, as it is typed."""
        try:
            amount = read_ml(self.diluent_ml.text())
            vial = replace(self._each.vial, diluent_ml=amount or None)
            words, is_odd = dilution_words(checked_vial(vial, self._product), self._product)
        except (NotAnAmountError, TooMuchDiluentError):
            words, is_odd = "", False
        self.dilution.setText(words or _("Units in 0.1 mL are told when the volume is known."))
        restyle(self.dilution, "caution" if is_odd else "quiet")


class CloseForm(Form):
    """Why a vial is no longer used."""

    def __init__(
        self,
        parent: QWidget | None,
        book: Handbook,
        explain: Explain,
        each: StockVial,
        now: datetime,
        equal: int,
        close: Callable[[str], None],
    ) -> None:
        super().__init__(parent, _("Close a vial"), _("Close this vial"), explain)
        self._close = close
        product = book.products[each.vial.product]
        _say_vial(self, each, book, [])
        known = []
        if equal > 1:
            known.append(
                ngettext(
                    "One of {number} equal vials is closed; the others stay.",
                    "One of {number} equal vials is closed; the others stay.",
                    equal,
                ).format(number=equal)
            )
        if each.rest_units:
            known.append(
                _("{units} are still in it. Closing it records no waste of any session.").format(
                    units=units_text(each.rest_units)
                )
            )
        self.above.addWidget(label(" ".join(known), "quiet", wrap=True))
        reasons = {"": _("choose"), **closing_reasons(), OTHER: _("other")}
        self.reason = self.choice(_("Reason"), reasons, likely_closing(each, product, now))
        self.words = self.line(_("In words"))

    def try_to_accept(self) -> None:
        """Hand over the reason; an empty one is refused where it is kept."""
        chosen, words = self.reason.currentData(), self.words.text().strip()
        parts = ("" if chosen == OTHER else chosen, words)
        lacking = self.words if chosen == OTHER else self.reason
        with self.reading(self.words, *OF_LINES), self.reading(lacking, ReasonMissingError):
            self._close(": ".join(each for each in parts if each))


def kinds(book: Handbook) -> dict[str, str]:
    """Every product in every size, after "choose": a wrong one is not to be had by Enter."""
    return {"": _("choose")} | {
        f"{product.key} {amount_text(size)}": kind_text(product.key, size, book)
        for product in book.products.values()
        for size in reversed(product.vial_sizes)
    }


_BLANK = Vial(0, "", Decimal(0), "", Expiry(1, 1))


def _offer(form: Form, words: str, field: QLineEdit, text: str) -> None:
    """A button below a field that writes into it."""
    offer = button(words, "plain")
    offer.clicked.connect(lambda: field.setText(text))
    form.fields.addRow("", row(offer, None))


def _say_vial(form: Form, each: StockVial, book: Handbook, known: Sequence[str]) -> None:
    """Which vial a form is about, and what is to be known of it."""
    vial = each.vial
    parts = [
        kind_text(vial.product, vial.size_units, book),
        _("lot {lot}").format(lot=vial.lot),
        _("expires {date}").format(date=expiry_text(vial.expiry)),
    ]
    if vial.serial:
        parts.append(_("serial {serial}").format(serial=vial.serial))
    if each.rest_units < vial.size_units:
        parts.append(rest_text(each))
    form.above.addWidget(label(dotted(parts), "", wrap=True))
    if known:
        form.above.addWidget(label(dotted(known), "caution", wrap=True))
