"""Entering or correcting a vial."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from desktop.core.amounts import amount_text, read_amount
from desktop.core.handbook import Handbook
from desktop.core.times import read_time, time_to_edit
from desktop.core.vial import Vial, read_expiry
from desktop.gui.forms import Explain, Form
from desktop.gui.widgets import button
from desktop.language import _


class VialForm(Form):
    """Product, size, lot, expiry, diluent and time of mixing.

    Args:
        vial: The vial to correct; none for a new one.
        now: The time of day, offered as the time of mixing.
        zone: The clinic's zone, in which times are written.
        use: Takes the vial; raises an `ExpectedError` if it cannot be kept.
    """

    def __init__(
        self,
        parent: QWidget | None,
        book: Handbook,
        explain: Explain,
        vial: Vial | None,
        now: datetime,
        zone: ZoneInfo,
        use: Callable[[Vial], None],
    ) -> None:
        super().__init__(parent, _("Vial"), _("Keep vial"), explain)
        self._number = vial.number if vial else 0
        self._zone = zone
        self._use = use
        sizes = {
            f"{product.key} {amount_text(size)}": _("{product} {size} units").format(
                product=product.name, size=amount_text(size)
            )
            for product in book.products.values()
            for size in reversed(product.vial_sizes)
        }
        chosen = f"{vial.product} {amount_text(vial.size_units)}" if vial else ""
        self.vial_size = self.choice(_("Vial"), sizes, chosen)
        self.lot = self.line(_("Lot"), vial.lot if vial else "")
        self.expiry = self.line(
            _("Expiry"),
            vial.expiry.text if vial else "",
            _("such as {example}").format(example="2027-10"),
        )
        diluent = amount_text(vial.diluent_ml) if vial and vial.diluent_ml else ""
        self.diluent = self.line(
            _("Diluent, mL"), diluent, _("such as {example}").format(example="4")
        )
        mixed = vial.mixed_at if vial else None
        hint = _("such as {example}").format(example="2026-11-22 08:15")
        self.mixed = self.line(_("Mixed"), time_to_edit(mixed) if mixed else "", hint)
        # Never filled in by itself: a time that nobody gave would become the record.
        at_once = button(_("Mixed now"), "plain")
        at_once.clicked.connect(lambda: self.mixed.setText(time_to_edit(now)))
        self.fields.addRow("", at_once)

    def try_to_accept(self) -> None:
        """Read every field, then hand the vial over."""
        product, size = self.vial_size.currentData().split(" ")
        diluent, mixed = self.diluent.text().strip(), self.mixed.text().strip()
        self._use(
            Vial(
                number=self._number,
                product=product,
                size_units=read_amount(size),
                lot=self.lot.text().strip(),
                expiry=read_expiry(self.expiry.text()),
                diluent_ml=read_amount(diluent) if diluent else None,
                mixed_at=read_time(mixed, self._zone) if mixed else None,
            )
        )
