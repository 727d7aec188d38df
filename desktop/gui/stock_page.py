"""The clinic's vials: what is open, what is on the shelf, and what is to be watched."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from desktop.core.clinic import Habits
from desktop.core.handbook import Handbook
from desktop.core.stock import Kind, StockVial, expiring, low_levels
from desktop.core.vial import Supply
from desktop.gui.lists_table import Line, ListTable
from desktop.gui.theme import CHIP_MM, Measures
from desktop.gui.widgets import button, column, label, row
from desktop.language import _, ngettext
from desktop.wording import date_text, dotted, expiry_text
from desktop.words.stock import (
    expiry_words,
    kind_text,
    low_words,
    rest_text,
    some_text,
    state_parts,
)
from desktop.words.vials import supply_name


@dataclass(frozen=True)
class Lot:
    """Unopened vials that nothing tells apart, or one vial by itself."""

    vials: tuple[StockVial, ...]

    @property
    def first(self) -> StockVial:
        """The one that is opened or closed next."""
        return self.vials[0]


class StockPage(QWidget):
    """Shows the stock, and asks for forms; what it knows it reads anew each time.

    Args:
        stock: Every vial that is not closed.
        kinds: Every product and size that there ever was.
        habits: When stock is low, and what expires soon.
        now: The time by the clinic's clock.
    """

    add_wanted = Signal()
    mix_wanted = Signal(str)
    correct_wanted = Signal(str)
    close_wanted = Signal(str)

    def __init__(
        self,
        stock: Callable[[], list[StockVial]],
        kinds: Callable[[], list[Kind]],
        habits: Callable[[], Habits],
        now: Callable[[], datetime],
        book: Handbook,
        measures: Measures,
    ) -> None:
        super().__init__()
        self._stock = stock
        self._kinds = kinds
        self._habits = habits
        self._now = now
        self._book = book
        self._lots: dict[str, Lot] = {}
        self.summary = label("", "name", wrap=True)
        self.alerts = label("", "caution", wrap=True)
        self.about = label("", "quiet", wrap=True)
        dots = "\N{HORIZONTAL ELLIPSIS}"
        self.add = button(_("Add a vial") + dots, "primary")
        self.mix = button(_("Open and mix") + dots)
        self.correct = button(_("Correct") + dots)
        self.close_vial = button(_("Close it") + dots)
        for each in self._buttons:
            each.setFixedHeight(measures.px(CHIP_MM))
        names = (
            _("Product"),
            _("Lot"),
            _("Expiry"),
            _("In it"),
            _("To know"),
            _("Serial"),
            _("Supply"),
            _("Received"),
        )
        self.table = ListTable(
            _("Vials in stock"), names, measures, stretched=4, opens_by_press=False
        )
        layout = column(self.summary, self.alerts, self.about, spacing=8, margin=14)
        layout.addLayout(row(self.add, None, self.mix, self.correct, self.close_vial))
        layout.addWidget(self.table, 1)
        layout.addStretch(0)
        self.setLayout(layout)
        self._connect()

    @property
    def _buttons(self) -> tuple[QPushButton, ...]:
        return self.add, self.mix, self.correct, self.close_vial

    def _connect(self) -> None:
        self.add.clicked.connect(self.add_wanted)
        self.mix.clicked.connect(lambda: self.mix_wanted.emit(self.table.key))
        self.correct.clicked.connect(lambda: self.correct_wanted.emit(self.table.key))
        self.close_vial.clicked.connect(lambda: self.close_wanted.emit(self.table.key))
        self.table.chosen.connect(self.mix_wanted)
        self.table.pointed.connect(self._pointed)

    def refresh(self) -> None:
        """Read the stock again; the line that was pointed at stays so.

        Raises:
            ExpectedError: The record refuses.
        """
        held, habits, now = self._stock(), self._habits(), self._now()
        today = now.date()
        lots = lots_of(held)
        self._lots = {lot.first.id: lot for lot in lots}
        opened = [lot for lot in lots if is_opened(lot.first)]
        whole = [lot for lot in lots if not is_opened(lot.first)]
        said = [
            low_words(low_levels(held, today, habits.low_stock, self._kinds()), self._book),
            *expiry_words(expiring(held, today, habits.expiring_days), today, self._book),
        ]
        self.alerts.setText("\n".join(each for each in said if each))
        self.alerts.setVisible(any(said))
        self.summary.setText(_summary(held, sum(map(is_opened, held))))
        self.about.setText(_about(has_vials=bool(held)))
        lines: list[Line] = []
        for name, group in ((_("Opened"), opened), (_("Unopened"), whole)):
            if group:
                number = sum(len(lot.vials) for lot in group)
                lines.append(Line((dotted([name, _vials_text(number)]),)))
                lines += [self._line(lot, name, now, habits.expiring_days) for lot in group]
        self.table.show_lines(lines)
        self.table.setVisible(bool(held))
        for each in self._buttons[1:]:
            each.setVisible(bool(held))

    def lot_of(self, key: str) -> Lot:
        """The vials of a line, by its key."""
        return self._lots[key]

    def _pointed(self, key: str) -> None:
        lot = self._lots.get(key)
        opened = lot is not None and is_opened(lot.first)
        words = _("Correct the mixing") if opened else _("Open and mix")
        self.mix.setText(words + "\N{HORIZONTAL ELLIPSIS}")
        self.mix.setAccessibleName(words)
        for each in self._buttons[1:]:
            each.setEnabled(lot is not None)

    def _line(self, lot: Lot, under: str, now: datetime, soon_days: int) -> Line:
        each = lot.first
        vial = each.vial
        product = self._book.products[vial.product]
        known = state_parts(each, product, now, soon_days)
        cells = (
            some_text(len(lot.vials), kind_text(vial.product, vial.size_units, self._book)),
            vial.lot,
            expiry_text(vial.expiry),
            rest_text(each) if is_opened(each) else _("full"),
            dotted(known) if known else "",
            vial.serial,
            "" if vial.supply is Supply.NOT_RECORDED else supply_name(vial.supply),
            date_text(each.received_on) if each.received_on else "",
        )
        return Line(cells, each.id, under)


def is_opened(each: StockVial) -> bool:
    """Whether something was put into a vial or drawn out of it."""
    return each.vial.mixed_at is not None or each.rest_units < each.vial.size_units


def lots_of(held: Sequence[StockVial]) -> list[Lot]:
    """The vials as lines, the one that expires first at the top of each kind."""
    alike: dict[object, list[StockVial]] = {}
    for each in sorted(held, key=_order):
        alike.setdefault(_likeness(each), []).append(each)
    return [Lot(tuple(vials)) for vials in alike.values()]


def _likeness(each: StockVial) -> object:
    vial = each.vial
    if vial.serial or is_opened(each):
        return each.id
    kind = (vial.product, vial.size_units, vial.lot, vial.expiry, vial.supply, vial.gtin)
    return kind, each.received_on


def _order(each: StockVial) -> tuple[date, str, Decimal, str, str, str]:
    vial = each.vial
    return vial.expiry.last_day, vial.product, vial.size_units, vial.lot, vial.serial, each.id


def _vials_text(number: int) -> str:
    return ngettext("{number} vial", "{number} vials", number).format(number=number)


def _summary(held: Sequence[StockVial], opened: int) -> str:
    if not held:
        return _("No vial is in stock")
    parts = [
        _("{number} unopened").format(number=len(held) - opened),
        _("{number} open").format(number=opened),
    ]
    return dotted(parts)


def _about(*, has_vials: bool) -> str:
    if has_vials:
        return _("Scan a carton to add its vial.")
    return _("Scan a carton to add its vial, or press \u201cAdd a vial\u201d.")
