"""One plain row: what is in the syringe, and what was discarded."""

from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QSizePolicy

from desktop import language
from desktop.core import rules
from desktop.core.amounts import amount_text
from desktop.core.handbook import Handbook
from desktop.core.session import Session, State
from desktop.core.vial import Vial
from desktop.gui.key_gate import CHARTS
from desktop.gui.theme import CHIP_MM, Measures
from desktop.gui.widgets import button, label, plain_tip, row
from desktop.language import _
from desktop.wording import dotted, expiry_text, moment_text, volume_text


class VialRow(QFrame):
    """Shows the vials and takes the discarded amount as text."""

    vial_wanted = Signal(int)
    waste_typed = Signal(str, str)

    def __init__(self, book: Handbook, measures: Measures) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._book = book
        self._shown: tuple[str, str] = ("", "")
        self._newest = 0
        self._vials = label("", "")
        # Never cut: half a lot number reads as another lot.
        self._vials.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        self._edit = button(_("Vial\N{HORIZONTAL ELLIPSIS}"), "", _("Enter or correct the vial"))
        self._edit.clicked.connect(lambda: self.vial_wanted.emit(self._newest))
        self._another = button("+", "", _("Open another vial"))
        self._another.setAccessibleName(_("Another vial"))
        self._another.setFixedWidth(40)
        self._another.clicked.connect(lambda: self.vial_wanted.emit(0))
        self._units = QLineEdit()
        self._units.setAccessibleName(_("Discarded units"))
        self._units.setPlaceholderText(_("units"))
        self._units.setFixedWidth(84)
        self._units.setProperty(CHARTS, True)
        self._reason = QComboBox()
        self._reason.setEditable(True)
        self._reason.setAccessibleName(_("Why discarded"))
        with language.speaking(language.on_paper()):  # it is printed
            self._reason.addItems(["", *waste_reasons()])
        self._reason.setMinimumWidth(140)
        self._left = button("", "chip", _("Everything that was not given was discarded"))
        self._left.clicked.connect(self.discard_rest)
        self._record = button(_("Record"))
        self._record.clicked.connect(self._tell)
        self._units.returnPressed.connect(self._tell)
        for each in (self._edit, self._another, self._left, self._record):
            each.setFixedHeight(measures.px(CHIP_MM))
        layout = row(
            self._edit,
            self._another,
            self._vials,
            self._left,
            label(_("Discarded"), "quiet"),
            self._units,
            self._reason,
            self._record,
        )
        layout.setStretch(2, 1)
        layout.setContentsMargins(8, 3, 8, 3)
        self.setLayout(layout)

    def show_session(self, session: Session) -> None:
        """Redraw from the session; what is being typed stays."""
        self._newest = len(session.vials)
        said = [vial_words(vial, self._book) for vial in session.vials]
        # One row: the newest vial in full, those before it counted.
        before = _("and {number} before it").format(number=len(said) - 1) if said[1:] else ""
        self._vials.setText(" ".join([*said[-1:], before]).rstrip() or _("No vial recorded"))
        self._vials.setToolTip(plain_tip("\n".join(said)))
        self._another.setVisible(bool(said))
        kept = (
            (amount_text(session.waste.units), session.waste.reason) if session.waste else ("", "")
        )
        if kept != self._shown:
            self._shown = kept
            self._units.setText(kept[0])
            self._reason.setCurrentText(kept[1])
        left = rules.left_over_units(session)
        open_draft = not session.is_signed
        accounted = session.waste is not None and session.waste.units == left
        self._left.setText(_("Discard the other {units}").format(units=amount_text(left)))
        self._left.setProperty("units", amount_text(left))
        # Only when nothing more is drawn: before that, the rest is not known.
        over = bool(session.given) and not session.of_state(State.PLANNED)
        self._left.setVisible(open_draft and over and left > Decimal(0) and not accounted)
        for each in (self._edit, self._another, self._units, self._reason, self._record):
            each.setEnabled(open_draft)
        self._record.setEnabled(open_draft and bool(session.vials))

    def ask_waste(self) -> None:
        """Bring the keyboard to what was discarded."""
        self._units.setFocus()
        self._units.selectAll()

    def discard_rest(self) -> None:
        """Record that everything that was not given was discarded, if that can be said now."""
        if self._left.isHidden():
            return
        self._units.setText(self._left.property("units"))
        if not self._reason.currentText():
            self._reason.setCurrentIndex(1)
        self._tell()

    def _tell(self) -> None:
        self.waste_typed.emit(self._units.text(), self._reason.currentText())


def waste_reasons() -> list[str]:
    """Why drug was discarded."""
    return [_("single-patient vial"), _("past its time"), _("spilled"), _("contaminated")]


def vial_words(vial: Vial, book: Handbook) -> str:
    """A vial in two lines: which one, and what is in it."""
    which = [
        f"{book.products[vial.product].name} {amount_text(vial.size_units)}",
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
