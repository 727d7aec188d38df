"""Where the units went: of every vial what was injected, wasted and kept, and what is missing."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop.core import acts, charting
from desktop.core.acts import Act, Keep, SetWaste, StateGap
from desktop.core.amounts import amount_text, read_units
from desktop.core.drawing import Balance, WasteOverOpenedError, balances, unassigned_units
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.session import Session
from desktop.gui.forms import Explain, Form
from desktop.gui.key_gate import CHARTS
from desktop.gui.reason_chips import ReasonChips
from desktop.gui.theme import CHIP_MM, Measures
from desktop.gui.widgets import button, column, frame, label, restyle, row
from desktop.language import _
from desktop.wording import Reason, moment_text, units_text
from desktop.words.stock import vial_text
from desktop.words.vials import balance_line, gap_reasons

WIDTH_PX = 720
HIGHEST_PX = 420  # of the vials' part: sentence and buttons are always in sight
AMOUNT_PX = 84

Use = Callable[[Sequence[Act]], None]
Read = Callable[[QLineEdit, Callable[[str], Decimal]], Decimal]


class UnitsForm(Form):
    """One block for every vial, live: opened = injected + wasted + kept; and why it is not even.

    Args:
        session: What is charted; its vials, and what was recorded of them so far.
        waste_reasons: The chips for discarding.
        keeps: Whether the clinic keeps what is over for another patient.
        must_be_even: Whether it is asked before signing: then a gap needs its reason.
        initials: Who discards.
        now: The time by the clinic's clock.
        use: Performs all of these acts, or raises an `ExpectedError` and has done none.
    """

    def __init__(
        self,
        parent: QWidget | None,
        book: Handbook,
        explain: Explain,
        measures: Measures,
        session: Session,
        waste_reasons: Sequence[Reason],
        *,
        keeps: bool,
        must_be_even: bool,
        initials: str,
        now: Callable[[], datetime],
        use: Use,
    ) -> None:
        super().__init__(parent, _("Where the units went"), _("Record"), explain)
        self.setMinimumWidth(WIDTH_PX)
        self._book = book
        self._session = session
        self._must_be_even = must_be_even
        self._initials = initials
        self._now = now
        self._use = use
        self.blocks = [
            VialBlock(each, session, book, waste_reasons, measures, keeps=keeps)
            for each in balances(session)
        ]
        self._place()
        missing = unassigned_units(session)
        if missing:
            words = _("{units} were given and no vial is recorded.")
            self.above.addWidget(
                label(words.format(units=units_text(missing)), "caution", wrap=True)
            )
        self._asks_why = label(_("Why it does not balance"), "act")
        self.why = ReasonChips(
            _("Why it does not balance"), gap_reasons(), measures, session.gap_reason
        )
        for each in (self._asks_why, self.why):
            self.above.addWidget(each)
        for block in self.blocks:
            block.changed.connect(self._look)
            self._first = self._first or block.wasted
        self._look()

    def _place(self) -> None:
        inside = QWidget()
        inside.setLayout(column(*self.blocks, None, spacing=10))
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        high = sum(block.sizeHint().height() + 10 for block in self.blocks)
        scroll.setFixedHeight(min(high, HIGHEST_PX))
        scroll.setVisible(bool(self.blocks))
        self.above.addWidget(scroll)

    def try_to_accept(self) -> None:
        """Record what was entered, all of it or nothing."""
        performed = list(self._acts())
        after = self._session
        for act in performed:
            field = self._field_of(act)
            with self.reading(field, WasteOverOpenedError) if field else nullcontext():
                after = acts.perform(act, after, self._book)
        if self._must_be_even:
            charting.check_signable(after)
        self._use(performed)

    def _acts(self) -> Iterator[Act]:
        """What differs from the record; what becomes less first, to make room for the rest."""
        wasted: list[tuple[Decimal, Act]] = []
        for block in self.blocks:
            wasted += block.acts(self._now(), self._initials, self.read)
        yield from (act for _more, act in sorted(wasted, key=lambda each: each[0]))
        why = self.why.reason
        if why and why != self._session.gap_reason and self._is_uneven():
            yield StateGap(why)

    def _field_of(self, act: Act) -> QLineEdit | None:
        """Where the amount of an act was typed."""
        for block in self.blocks:
            match act:
                case SetWaste(number=block.number):
                    return block.wasted
                case Keep(number=block.number):
                    return block.kept
        return None

    def _is_uneven(self) -> bool:
        gaps = [block.gap_units() for block in self.blocks]
        return bool(unassigned_units(self._session)) or any(gap != 0 for gap in gaps)

    def _look(self) -> None:
        """A reason is asked for only while something is missing."""
        uneven = self._is_uneven()
        self._asks_why.setVisible(uneven)
        self.why.setVisible(uneven)
        self.adjustSize()


class VialBlock(QFrame):
    """One vial: what was injected, and fields for what was wasted and kept."""

    changed = Signal()

    def __init__(
        self,
        account: Balance,
        session: Session,
        book: Handbook,
        waste_reasons: Sequence[Reason],
        measures: Measures,
        *,
        keeps: bool,
    ) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._account = account
        vial = account.vial
        self.number = vial.number
        of_all = len(session.vials) == 1  # an older record does not say of which vial
        numbers = {vial.number, *([None] if of_all else [])}
        self._waste = next((each for each in session.wastes if each.vial in numbers), None)
        name = _("Vial {number}").format(number=vial.number)
        self.wasted = _amount(_("{vial}: wasted units").format(vial=name), measures)
        self.kept = _amount(_("{vial}: kept units").format(vial=name), measures)
        self.rest = button("", "chip")
        self.rest.setFixedHeight(measures.px(CHIP_MM))
        self.rest.clicked.connect(self._discard_rest)
        self.keep_rest = button(_("Keep the rest"), "chip")
        self.keep_rest.setFixedHeight(measures.px(CHIP_MM))
        self.keep_rest.clicked.connect(self._keep_rest)
        reason = self._waste.reason if self._waste else ""
        self.reason = ReasonChips(_("Why discarded"), waste_reasons, measures, reason)
        self._line = label("", "", wrap=True)
        recorded = label(self._recorded_words(), "quiet")
        recorded.setVisible(self._waste is not None and self._waste.at is not None)
        self.wasted.setText(amount_text(account.wasted_units) if self._waste else "")
        self.kept.setText(amount_text(account.kept_units) if account.kept_units else "")
        kept = frame("", row(label(_("kept")), self.kept, self.keep_rest))
        kept.setVisible(keeps or bool(account.kept_units))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        title = label(f"{name}: {vial_text(vial, book)}", "act")
        layout.addLayout(row(title, None, recorded))
        layout.addWidget(self._line)
        layout.addLayout(row(label(_("wasted")), self.wasted, self.rest, None, kept))
        layout.addWidget(self.reason)
        for field in (self.wasted, self.kept):
            field.textChanged.connect(self._look)
        self._look()

    def gap_units(self) -> Decimal:
        """What is not accounted for by what is entered; by the record where that cannot be read."""
        return self._entered().gap_units

    def acts(self, now: datetime, initials: str, read: Read) -> Iterator[tuple[Decimal, Act]]:
        """What differs from the record, each with by how much it becomes more.

        Args:
            read: Reads a field, and says so to the form in which the block is.

        Raises:
            NotAnAmountError: A field holds no amount.
        """
        account, number = self._account, self.number
        wasted, kept = read(self.wasted, _units), read(self.kept, _units)
        reason = self.reason.reason if wasted else ""
        before = (account.wasted_units, self._waste.reason) if self._waste else (Decimal(0), "")
        says_none = self._waste is None and bool(self.wasted.text().strip())
        if (wasted, reason) != before or says_none:
            more = wasted - account.wasted_units
            yield more, SetWaste(wasted, reason, number, now, initials)
        if kept != account.kept_units:
            yield kept - account.kept_units, Keep(number, kept)

    def _entered(self) -> Balance:
        try:
            wasted, kept = _units(self.wasted.text()), _units(self.kept.text())
            return replace(self._account, wasted_units=wasted, kept_units=kept)
        except ExpectedError:
            return self._account

    def _look(self) -> None:
        account = self._entered()
        mark = "" if account.gap_units else "\N{CHECK MARK} "
        self._line.setText(mark + balance_line(account))
        restyle(self._line, "caution" if account.gap_units else "")
        rest = max(account.gap_units, Decimal(0))
        words = _("Discard the other {units}").format(units=units_text(rest))
        self.rest.setText(words)
        self.rest.setAccessibleName(words)
        self.rest.setEnabled(bool(rest))
        self.keep_rest.setEnabled(bool(rest))
        self.reason.setEnabled(bool(account.wasted_units))
        self.changed.emit()

    def _discard_rest(self) -> None:
        account = self._entered()
        self.wasted.setText(amount_text(account.wasted_units + account.gap_units))
        self.reason.choose_first()

    def _keep_rest(self) -> None:
        account = self._entered()
        self.kept.setText(amount_text(account.kept_units + account.gap_units))

    def _recorded_words(self) -> str:
        if self._waste is None or self._waste.at is None:
            return ""
        return _("recorded {moment} {initials}").format(
            moment=moment_text(self._waste.at), initials=self._waste.initials
        )


def _amount(name: str, measures: Measures) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setPlaceholderText(_("units"))
    field.setMaxLength(2_000_000)  # never cut: what is too long is refused in words
    field.setProperty(CHARTS, True)
    field.setFixedSize(AMOUNT_PX, measures.px(CHIP_MM))
    return field


def _units(text: str) -> Decimal:
    """The units that were typed; nothing is none."""
    return read_units(text) if text.strip() else Decimal(0)
