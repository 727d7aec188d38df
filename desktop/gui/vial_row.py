"""One plain row: which vial is drawn from, and where its units went."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QWidget

from desktop.core.amounts import amount_text
from desktop.core.drawing import Balance, balances, next_vial
from desktop.core.handbook import Handbook
from desktop.core.session import Session, State
from desktop.core.stock import StockVial
from desktop.core.taking import is_past
from desktop.core.vial import Vial
from desktop.gui.theme import CHIP_MM, Measures
from desktop.gui.widgets import button, label, plain_tip, row
from desktop.language import _
from desktop.wording import (
    dotted,
    expiry_text,
    list_text,
    moment_text,
    time_text,
    units_text,
    volume_text,
)

MOST_OFFERED = 2  # of the open vials in stock: the form has them all
MOST_NAMED = 2  # with their lots; of more vials the chips have no room for them
MOST_CHIPS = 5
IN_USE = "\N{BLACK CIRCLE}"


class _Offer(NamedTuple):
    stock_id: str
    lines: tuple[str, ...]
    tip: str


class VialRow(QFrame):
    """Shows the vials as chips: one tap chooses one of the stock, or draws from another."""

    vial_wanted = Signal(int)  # its form; 0 for a new one
    stock_chosen = Signal(str)
    vial_chosen = Signal(int)
    discard_wanted = Signal()
    units_wanted = Signal()

    def __init__(self, book: Handbook, measures: Measures) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._book = book
        self._high = measures.px(CHIP_MM)
        self._number = 0  # what is corrected
        self._drawn = 0  # what is drawn from
        self._offered: tuple[_Offer, ...] = ()
        self._shown: object = None
        self._vials = label("", "")
        # Never cut: half a lot number reads as another lot.
        self._vials.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        self.edit = button(_("Vial\N{HORIZONTAL ELLIPSIS}"), "", _("Enter or correct the vial"))
        self.edit.clicked.connect(lambda: self.vial_wanted.emit(self._number))
        self.another = button("+", "", _("Open another vial"))
        self.another.setAccessibleName(_("Another vial"))
        self.another.setFixedWidth(self._high)
        self.another.clicked.connect(lambda: self.vial_wanted.emit(0))
        self.chips: list[QPushButton] = []
        self._places = row()
        holder = self._holder = QWidget()
        holder.setLayout(self._places)
        self.dilution = button(
            _("Dilution not\nrecorded"), "chip", _("Say with what the vial was mixed, and when")
        )
        self.dilution.setAccessibleName(_("Dilution not recorded"))
        self.dilution.clicked.connect(lambda: self.vial_wanted.emit(self._number))
        self.discard = button("", "chip", _("Everything that was not given was discarded"))
        self.discard.clicked.connect(self.discard_wanted)
        self.units = button("", "", _("Where the units of each vial went"))
        self.units.clicked.connect(self.units_wanted)
        for each in (self.edit, self.another, self.dilution, self.discard, self.units):
            each.setFixedHeight(self._high)
        layout = row(
            self.edit,
            self.another,
            self._vials,
            holder,
            self.dilution,
            None,
            self.discard,
            self.units,
        )
        layout.setContentsMargins(8, 3, 8, 3)
        self.setLayout(layout)

    def offer(self, stock: Sequence[StockVial], now: datetime) -> None:
        """What a session without a vial can take up in one tap: the open vials, the first first."""
        offered = [each for each in stock if each.is_open][:MOST_OFFERED]
        self._offered = tuple(
            _Offer(
                each.id,
                tuple(offer_lines(each, self._book, now)),
                vial_words(each.vial, self._book),
            )
            for each in offered
        )

    def show_session(self, session: Session) -> None:
        """Redraw from the session."""
        in_use, following = session.vial_in_use, next_vial(session)
        self._number = in_use.number if in_use else 0
        self._drawn = following.number if following else 0
        open_draft = not session.is_signed
        accounts = balances(session)
        self._show_chips(session, accounts)
        self._vials.setText(self._words(session))
        said = [vial_words(vial, self._book) for vial in session.vials]
        self._vials.setToolTip(plain_tip("\n".join(said)))
        self.another.setVisible(bool(session.vials))
        self.dilution.setVisible(in_use is not None and in_use.diluent_ml is None)
        self._say_discard(one_press_rests(session), is_open=open_draft)
        self._say_units(session, accounts)
        for each in (self.edit, self.another, self.dilution, self.units, *self.chips):
            each.setEnabled(open_draft)

    def _words(self, session: Session) -> str:
        """The only vial in full; beside chips nothing but what they do not say."""
        if len(session.vials) == 1:
            return vial_words(session.vials[0], self._book)
        if session.vials:
            return ""
        return _("Open\nin stock") if self._offers(session) else _("No vial recorded")

    def _offers(self, session: Session) -> tuple[_Offer, ...]:
        return () if session.vials or session.is_signed else self._offered

    def _say_discard(self, rests: Sequence[Balance], *, is_open: bool) -> None:
        """Offer to discard what is over; units of several toxins have no sum."""
        self.discard.setVisible(is_open and bool(rests))
        if self._is_one_toxin(rests):
            rest = sum((each.gap_units for each in rests), Decimal(0))
            words = _("Discard the other\n{units}").format(units=units_text(rest))
            said = words.replace("\n", " ")
        else:
            words = _("Discard the rest\nof each vial")
            amounts = [_of_vial(each, units_text(each.gap_units)) for each in rests]
            said = list_text([words.replace("\n", " "), *amounts])
        self.discard.setText(words)
        self.discard.setAccessibleName(said)

    def _say_units(self, session: Session, accounts: Sequence[Balance]) -> None:
        """What became of the units, in short; in full for whoever points or listens."""
        self.units.setVisible(bool(session.vials or session.given))
        if self._is_one_toxin(accounts):
            went = _went(accounts)
        else:
            went = [_of_vial(each, words) for each in accounts for words in _went([each])]
        short = dotted(went) if len(went) <= MOST_NAMED else _("of each vial")
        lines = [_("Units\N{HORIZONTAL ELLIPSIS}"), *([short] if went else [])]
        self.units.setText("\n".join(lines))
        self.units.setAccessibleName(list_text([_("Where the units went"), *went]))

    def _is_one_toxin(self, accounts: Sequence[Balance]) -> bool:
        return len({self._book.products[each.vial.product].toxin for each in accounts}) <= 1

    # -- chips --------------------------------------------------------------------------------

    def _show_chips(self, session: Session, accounts: Sequence[Balance]) -> None:
        """New ones only when they would say something else: a finger may be over them."""
        offers = self._offers(session)
        several = accounts if len(accounts) > 1 else ()
        shown = (offers, tuple(several), self._drawn, session.is_signed)
        if shown == self._shown:
            return
        self._shown = shown
        for chip in self.chips:
            chip.hide()
            chip.deleteLater()
        self.chips = [self._offer_chip(each) for each in offers]
        self.chips += [self._vial_chip(each, len(several)) for each in self._in_reach(several)]
        for chip in self.chips:
            chip.setFixedHeight(self._high)
            self._places.addWidget(chip)
        self._holder.setVisible(bool(self.chips))

    def _in_reach(self, accounts: Sequence[Balance]) -> list[Balance]:
        """The newest, and the one in use; the form has every vial."""
        newest = {each.vial.number for each in accounts[-MOST_CHIPS:]}
        return [each for each in accounts if each.vial.number in {*newest, self._drawn}]

    def _offer_chip(self, offer: _Offer) -> QPushButton:
        chip = _chip(offer.lines)
        chip.setAccessibleName(_("Take {vial}").format(vial=list_text(offer.lines)))
        chip.setToolTip(plain_tip(offer.tip))
        chip.clicked.connect(lambda: self.stock_chosen.emit(offer.stock_id))
        return chip

    def _vial_chip(self, account: Balance, number: int) -> QPushButton:
        """A vial of the session; the one in use has a dot, a word and a line around it."""
        vial, in_use = account.vial, account.vial.number == self._drawn
        name = _("Vial {number}").format(number=vial.number)
        inside = in_it(account)
        lot = _("lot {lot}").format(lot=vial.lot)
        lines = [
            _("{mark} {vial}, in use").format(mark=IN_USE, vial=name) if in_use else name,
            dotted([lot, inside]) if number <= MOST_NAMED else inside,
        ]
        chip = _chip(lines)
        chip.setCheckable(True)
        chip.setChecked(in_use)
        said = [_("{vial}, in use").format(vial=name) if in_use else name, lot, inside]
        chip.setAccessibleName(list_text(said))
        chip.setToolTip(plain_tip(vial_words(vial, self._book)))
        # A press on the one in use must not take its mark away.
        chip.clicked.connect(lambda _checked, chip=chip: chip.setChecked(in_use))
        chip.clicked.connect(lambda _checked, number=vial.number: self.vial_chosen.emit(number))
        return chip


def one_press_rests(session: Session) -> list[Balance]:
    """The vials whose rest one press may say was discarded; none before that is known.

    While sites are still planned more is drawn. Of several vials each has to have been used: nobody
    throws a full one away with one press.
    """
    accounts = balances(session)
    is_over = bool(session.injections) and not session.of_state(State.PLANNED)
    is_each_used = len(accounts) == 1 or all(each.injected_units for each in accounts)
    if not is_over or not is_each_used:
        return []
    return [each for each in accounts if each.gap_units > 0]


def vial_words(vial: Vial, book: Handbook) -> str:
    """A vial in two lines: which one, and what is in it."""
    which = [
        _name(vial, book),
        _("lot {lot}").format(lot=vial.lot),
        _("exp {expiry}").format(expiry=expiry_text(vial.expiry)),
    ]
    mixed = []
    per_tenth = vial.units_per_tenth_ml
    if vial.diluent_ml is not None and per_tenth is not None:
        mixed = [volume_text(vial.diluent_ml), per_tenth_text(per_tenth)]
    if vial.mixed_at is not None:
        mixed.append(_("mixed {moment}").format(moment=moment_text(vial.mixed_at)))
    return "\n".join(dotted(line) for line in (which, mixed) if line)


def per_tenth_text(units: Decimal) -> str:
    """`5 units / 0.1 mL`; a figure that is not exact says so."""
    rounded = units.quantize(Decimal("0.01"))
    number = amount_text(rounded)
    text = _("{number} units / 0.1 mL").format(number=number)
    return text if rounded == units else _("about {amount}").format(amount=text)


def offer_lines(each: StockVial, book: Handbook, now: datetime) -> list[str]:
    """A vial of the stock in two short lines: which one, and what of it is still good."""
    vial = each.vial
    which = dotted([_name(vial, book), _("lot {lot}").format(lot=vial.lot)])
    return [which, dotted([rest_words(each), *_mixed_words(each, book, now)])]


def _mixed_words(each: StockVial, book: Handbook, now: datetime) -> list[str]:
    mixed_at = each.vial.mixed_at
    if is_past(each, book, now):
        return [_("past its time")]
    if mixed_at is None:
        return []
    today = mixed_at.date() == now.date()
    moment = time_text(mixed_at) if today else moment_text(mixed_at)
    return [_("mixed {moment}").format(moment=moment)]


def rest_words(each: StockVial) -> str:
    """`45 of 200 units`, or `200 units` of a full one."""
    size = units_text(each.vial.size_units)
    if each.rest_units == each.vial.size_units:
        return size
    return _("{rest} of {size}").format(rest=amount_text(each.rest_units), size=size)


def in_it(account: Balance) -> str:
    """What a vial of the session still holds; never below zero without saying so."""
    if account.gap_units < 0:
        return _("{units} too many").format(units=units_text(-account.gap_units))
    return _("{units} in it").format(units=units_text(account.gap_units))


def _of_vial(account: Balance, words: str) -> str:
    return _("Vial {number}: {words}").format(number=account.vial.number, words=words)


def _went(accounts: Sequence[Balance]) -> list[str]:
    """What became of the units of vials of one toxin, in one line; nothing while nothing did."""
    over = sum((-each.gap_units for each in accounts if each.gap_units < 0), Decimal(0))
    if over:
        return [_("{units} too many").format(units=units_text(over))]
    kept = sum((each.kept_units for each in accounts), Decimal(0))
    wasted = sum((each.wasted_units for each in accounts), Decimal(0))
    said = []
    if wasted:
        said.append(_("{units} discarded").format(units=amount_text(wasted)))
    if kept:
        said.append(_("{units} kept").format(units=amount_text(kept)))
    return [dotted(said)] if said else []


def _name(vial: Vial, book: Handbook) -> str:
    return f"{book.products[vial.product].name} {amount_text(vial.size_units)}"


def _chip(lines: Sequence[str]) -> QPushButton:
    return button("\n".join(lines).replace("&", "&&"), "chip")
