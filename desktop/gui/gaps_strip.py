"""What is complete and what is missing, with one tap to each gap."""

from decimal import Decimal
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from desktop.core import rules
from desktop.core.amounts import amount_text
from desktop.core.session import Session, State
from desktop.gui.chairside import Chairside
from desktop.gui.theme import CHIP_MM, Measures
from desktop.gui.widgets import column, label, restyle
from desktop.language import _, ngettext


class Gap(NamedTuple):
    """One thing that a complete session has: whether it is there, and in short what is not."""

    is_closed: bool
    mark: str
    words: str


CLOSED = "\N{CHECK MARK}"
OPEN = "\N{EN DASH}"


def gaps(hand: Chairside) -> dict[str, Gap]:
    """Every part of the session, by key, in the order of the work."""
    session = hand.session
    return {
        "vial": _vial_gap(session),
        "sites": _sites_gap(session),
        "reasons": _reasons_gap(hand),
        "waste": _waste_gap(session),
        "sign": Gap(
            session.is_signed,
            CLOSED if session.is_signed else OPEN,
            _("signed") if session.is_signed else _("not signed yet"),
        ),
    }


def _vial_gap(session: Session) -> Gap:
    if session.vials:
        return Gap(True, CLOSED, _("recorded"))
    return Gap(False, OPEN, _("No vial is recorded."))


def _sites_gap(session: Session) -> Gap:
    planned = len(session.of_state(State.PLANNED))
    if planned:
        words = ngettext("{number} site to go", "{number} sites to go", planned)
        return Gap(False, str(planned), words.format(number=planned))
    if not session.injections:
        return Gap(False, OPEN, _("nothing charted yet"))
    return Gap(True, CLOSED, _("every planned site is resolved"))


def _reasons_gap(hand: Chairside) -> Gap:
    missing = sum(hand.lacks_reason(code) for code in hand.session.injections)
    if missing:
        words = ngettext("{number} reason missing", "{number} reasons missing", missing)
        return Gap(False, str(missing), words.format(number=missing))
    return Gap(True, CLOSED, _("no reason is missing"))


def _waste_gap(session: Session) -> Gap:
    if not session.vials:
        return Gap(False, OPEN, _("no vial yet"))
    wasted = session.waste.units if session.waste else Decimal(0)
    missing = rules.left_over_units(session) - wasted
    if missing > 0:
        units = amount_text(missing)
        return Gap(False, units, _("{units} units not accounted for").format(units=units))
    return Gap(True, CLOSED, _("every unit is accounted for"))


def gap_name(key: str) -> str:
    """The name of a part, short enough for its place."""
    return {
        "vial": _("Vial"),
        "sites": _("Sites"),
        "reasons": _("Reasons"),
        "waste": _("Waste"),
        "sign": _("Sign"),
    }[key]


class GapsStrip(QWidget):
    """A small button for each part; a tap goes to where it is filled in."""

    wanted = Signal(str)

    def __init__(self, measures: Measures) -> None:
        super().__init__()
        self.buttons: dict[str, QPushButton] = {}
        self._marks: dict[str, QLabel] = {}
        self._names: dict[str, QLabel] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self.setFixedHeight(measures.px(CHIP_MM))
        for key in ("vial", "sites", "reasons", "waste", "sign"):
            made = QPushButton()
            made.setObjectName("gap")
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
            mark, name = label("", "gapmark"), label(gap_name(key), "gapname")
            self._names[key] = name
            for each in (mark, name):
                each.setAlignment(Qt.AlignmentFlag.AlignCenter)
                each.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            made.setLayout(column(mark, name, spacing=0, margin=1))
            made.clicked.connect(lambda _checked, key=key: self.wanted.emit(key))
            self.buttons[key] = made
            self._marks[key] = mark
            layout.addWidget(made)

    def show_hand(self, hand: Chairside) -> None:
        """Show what is complete; a mark and words say it, the colour only repeats it."""
        for key, gap in gaps(hand).items():
            each = self.buttons[key]
            self._marks[key].setText(gap.mark)
            each.setAccessibleName(f"{gap_name(key)}: {gap.words}")
            each.setToolTip(gap.words)
            for part in (each, self._marks[key], self._names[key]):
                restyle(part, part.objectName(), "good" if gap.is_closed else "open")
