"""What is complete and what is missing, with one tap to each gap."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from desktop.core.amounts import amount_text
from desktop.core.drawing import balances, unassigned_units
from desktop.core.guards import Guard, NoAssessment, NoConsent
from desktop.core.procedure import Procedure, differences
from desktop.core.session import Session, State
from desktop.gui.chairside import Chairside
from desktop.gui.theme import CHIP_MM, Measures
from desktop.gui.widgets import column, label, plain_tip, restyle
from desktop.language import _, ngettext
from desktop.wording import list_text, units_text
from desktop.words.safety import consent_words
from desktop.words.vials import gap_sentence, procedure_part


class Gap(NamedTuple):
    """One thing that a complete session has: whether it is there, and in short what is not."""

    is_closed: bool
    mark: str
    words: str


CLOSED = "\N{CHECK MARK}"
OPEN = "\N{EN DASH}"
# In the order of the work, row by row.
KEYS = ("safety", "consent", "vial", "procedure", "sites", "reasons", "waste", "sign")
COLUMNS = 4
SPACING_PX = 4


def gaps(hand: Chairside, unanswered: Sequence[Guard], usual: Procedure) -> dict[str, Gap]:
    """Every part of the session, by key, in the order of the work.

    Args:
        hand: The open session under the hand.
        unanswered: The checks that ask for a reason and have none yet.
        usual: How the clinic always does it.
    """
    session = hand.session
    return {
        "safety": _safety_gap(session, unanswered),
        "consent": _consent_gap(session),
        "vial": _vial_gap(session),
        "procedure": _procedure_gap(session.procedure, usual),
        "sites": _sites_gap(session),
        "reasons": _reasons_gap(hand),
        "waste": _waste_gap(session),
        "sign": Gap(
            session.is_signed,
            CLOSED if session.is_signed else OPEN,
            _("signed") if session.is_signed else _("not signed yet"),
        ),
    }


def _safety_gap(session: Session, unanswered: Sequence[Guard]) -> Gap:
    asked = session.assessment is not None
    said = [_("asked") if asked else _("not asked yet")]
    # That nothing was asked is said already, and consent has a button of its own.
    open_ = sum(not isinstance(each, NoAssessment | NoConsent) for each in unanswered)
    if open_:
        words = ngettext(
            "{number} check without a reason", "{number} checks without a reason", open_
        )
        said.append(words.format(number=open_))
        return Gap(False, str(open_), list_text(said))
    return Gap(asked, CLOSED if asked else OPEN, list_text(said))


def _consent_gap(session: Session) -> Gap:
    consent = session.assessment.consent if session.assessment else None
    if consent is None:
        return Gap(False, OPEN, _("not recorded"))
    return Gap(True, CLOSED, consent_words(consent))


def _vial_gap(session: Session) -> Gap:
    if not session.vials:
        return Gap(False, OPEN, _("No vial is recorded."))
    unmixed = [str(vial.number) for vial in session.vials if vial.diluent_ml is None]
    if unmixed:
        words = ngettext(
            "Vial {numbers}: the diluent is not recorded.",
            "Vials {numbers}: the diluent is not recorded.",
            len(unmixed),
        )
        return Gap(False, OPEN, words.format(numbers=list_text(unmixed)))
    return Gap(True, CLOSED, _("recorded"))


def _procedure_gap(procedure: Procedure, usual: Procedure) -> Gap:
    if procedure == Procedure():
        if usual == Procedure():
            return Gap(False, OPEN, _("not recorded; the clinic has no usual one"))
        return Gap(False, OPEN, _("not recorded"))
    if usual == Procedure():
        return Gap(True, CLOSED, _("recorded"))
    other = [procedure_part(name) for name in differences(procedure, usual)]
    if not other:
        return Gap(True, CLOSED, _("as usual"))
    return Gap(True, CLOSED, _("not as usual: {parts}").format(parts=list_text(other)))


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
    uneven = [each for each in balances(session) if each.gap_units]
    loose = unassigned_units(session)
    said = [gap_sentence(each) for each in uneven]
    if loose:
        said.append(
            _("{units} were given and no vial is recorded.").format(units=units_text(loose))
        )
    if said and session.gap_reason:
        why = _("Said why: {reason}").format(reason=session.gap_reason)
        return Gap(True, CLOSED, " ".join([*said, why]))
    if said:
        # Units of two vials may be of two toxins: one figure for both would add them.
        amounts = [each.gap_units for each in uneven] + ([loose] if loose else [])
        return Gap(False, _signed(amounts[0]) if len(amounts) == 1 else OPEN, " ".join(said))
    if not session.vials:
        return Gap(False, OPEN, _("no vial yet"))
    return Gap(True, CLOSED, _("every unit is accounted for"))


def _signed(units: Decimal) -> str:
    return f"\N{MINUS SIGN}{amount_text(-units)}" if units < 0 else amount_text(units)


def gap_name(key: str) -> str:
    """The name of a part, short enough for its place."""
    return {
        "safety": _("Safety"),
        "consent": _("Consent"),
        "vial": _("Vial"),
        "procedure": _("Procedure"),
        "sites": _("Sites"),
        "reasons": _("Reasons"),
        "waste": _("Waste"),
        "sign": _("Sign"),
    }[key]


class GapsStrip(QWidget):
    """A button for each part, in two rows of four; a tap goes to where it is filled in."""

    wanted = Signal(str)

    def __init__(self, measures: Measures) -> None:
        super().__init__()
        self.buttons: dict[str, QPushButton] = {}
        self._marks: dict[str, QLabel] = {}
        self._names: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(SPACING_PX)
        rows, high = len(KEYS) // COLUMNS, measures.px(CHIP_MM)
        self.setFixedHeight(rows * high + (rows - 1) * SPACING_PX)
        for place, key in enumerate(KEYS):
            grid.addWidget(self._made(key), place // COLUMNS, place % COLUMNS)

    def _made(self, key: str) -> QPushButton:
        made = QPushButton()
        made.setObjectName("gap")
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        mark, name = label("", "gapmark"), label(gap_name(key), "gapname")
        for each in (mark, name):
            each.setAlignment(Qt.AlignmentFlag.AlignCenter)
            each.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        made.setLayout(column(mark, name, spacing=0, margin=1))
        made.clicked.connect(lambda: self.wanted.emit(key))
        self.buttons[key], self._marks[key], self._names[key] = made, mark, name
        return made

    def show_hand(self, hand: Chairside, unanswered: Sequence[Guard], usual: Procedure) -> None:
        """Show what is complete; a mark and words say it, the colour only repeats it."""
        for key, gap in gaps(hand, unanswered, usual).items():
            each = self.buttons[key]
            self._marks[key].setText(gap.mark)
            each.setAccessibleName(f"{gap_name(key)}: {gap.words}")
            each.setToolTip(plain_tip(gap.words))
            for part in (each, self._marks[key], self._names[key]):
                restyle(part, part.objectName(), "good" if gap.is_closed else "open")
