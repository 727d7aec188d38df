"""The forms for a side effect, for toxin given elsewhere, and for taking an entry back."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date

from PySide6.QtWidgets import QCheckBox, QFormLayout, QWidget

from desktop.core.amounts import amount_text, read_units
from desktop.core.followup import (
    EffectSide,
    FollowUpBook,
    NotOnPickListError,
    SideEffect,
    TreatedElsewhere,
    checked_elsewhere,
    checked_side_effect,
)
from desktop.core.patient import Patient
from desktop.core.product import Product, toxin_called
from desktop.core.times import read_day
from desktop.gui.chips import Chips, DayField
from desktop.gui.entry_form import EntryForm, add_row, form_fields
from desktop.gui.forms import Explain, Form
from desktop.gui.theme import CHIP_MM, Measures
from desktop.gui.widgets import column, label, row
from desktop.language import _
from desktop.words import followup as words

DAYS_BACK = (0, 1, 3, 7, 14)
GAP_PX = 26
NOT_RECORDED, UNKNOWN = "not_recorded", "unknown"  # of the pick lists: nobody said
EYES_AND_FACE = (
    "eyelid_ptosis",
    "brow_ptosis",
    "brow_peaking",
    "facial_asymmetry",
    "diplopia",
    "dry_eye",
)


class SideEffectForm(EntryForm[SideEffect]):
    """What it was and since when; the rest is recorded as not said until somebody says it.

    Args:
        before: The side effect to correct; none for a new one.
    """

    def __init__(
        self,
        parent: QWidget | None,
        explain: Explain,
        patient: Patient,
        today: date,
        book: FollowUpBook,
        measures: Measures,
        before: SideEffect | None,
        use: Callable[[SideEffect], None],
    ) -> None:
        title = _("Side effect") if before is None else _("Correct the side effect")
        super().__init__(parent, title, explain, patient, today, use)
        self._book = book
        self._measures = measures
        self._is_flagged_by_hand = before is not None
        shown = before or SideEffect(
            kind="",
            side=EffectSide.NOT_SAID,
            site_note="",
            onset=today,
            severity=NOT_RECORDED,
            outcome=UNKNOWN,
            reported_on=today,
            is_serious=False,
        )
        content = QWidget()
        self.kinds = [
            Chips(name, {key: words.kind_name(key) for key in keys}, measures, shown.kind)
            for name, keys in kind_groups(book.kinds)
        ]
        for chips in self.kinds:
            chips.chose.connect(self._choose_kind)
        left = column(spacing=4)
        for chips in self.kinds:
            left.addWidget(label(chips.accessibleName(), "quiet"))
            left.addWidget(chips)
            left.addSpacing(6)
        left.addStretch(1)
        both = row(spacing=GAP_PX)
        both.addLayout(left, 1)
        both.addLayout(self._about(shown, is_new=before is None), 1)
        both.setContentsMargins(2, 2, 2, 2)
        content.setLayout(both)
        self._first = next(iter(self.kinds[0].chips.values()))
        self._place(content)

    def _about(self, shown: SideEffect, *, is_new: bool) -> QFormLayout:
        measures, book = self._measures, self._book
        onset = None if is_new else shown.onset
        self.fields = form_fields()
        self.onset = DayField(_("Since"), self._today, DAYS_BACK, measures, onset, is_stacked=True)
        add_row(self.fields, _("Since"), self.onset, measures)
        sides = {each.value: words.effect_side_name(each) for each in EffectSide}
        self.side = self._chips(
            _("Side"), {**sides, EffectSide.NOT_SAID.value: _("not recorded")}, shown.side.value
        )
        self.severity = self._chips(
            _("Severity"), _named(book.severities, words.severity_name), shown.severity
        )
        self.outcome = self._chips(
            _("Outcome"), _named(book.outcomes, words.outcome_name), shown.outcome
        )
        self.is_serious = QCheckBox(_("Serious"))
        self.is_serious.setMinimumHeight(measures.px(CHIP_MM))
        self.is_serious.setChecked(shown.is_serious)
        self.is_serious.clicked.connect(self._flag_by_hand)
        self.is_serious.toggled.connect(lambda _on: self.say())
        flag = column(self.is_serious, label(serious_words(), "quiet", wrap=True), spacing=0)
        self.fields.addRow("", flag)
        self.where = self.line(_("Where"), shown.site_note)
        self.reported = self.line(_("Reported on"), shown.reported_on.isoformat())
        self.note = self._remarks(shown.note)
        return self.fields

    def _chips(self, name: str, options: Mapping[str, str], chosen: str) -> Chips:
        made = Chips(name, options, self._measures, chosen)
        add_row(self.fields, name, made, self._measures)
        return made

    @property
    def kind(self) -> str:
        """The key of what was chosen; empty for nothing yet."""
        return next((each.chosen for each in self.kinds if each.chosen), "")

    def _choose_kind(self, kind: str) -> None:
        for each in self.kinds:
            each.choose(kind)
        if not self._is_flagged_by_hand:
            self.is_serious.setChecked(self._book.kinds[kind].is_serious)
        self.say()

    def _flag_by_hand(self) -> None:
        self._is_flagged_by_hand = True

    def _read(self) -> SideEffect:
        if not self.kind:  # asked for first: it stands first
            raise NotOnPickListError("", tuple(self._book.kinds))
        effect = SideEffect(
            kind=self.kind,
            side=EffectSide(self.side.chosen or ""),
            site_note=self.where.text().strip(),
            onset=self._from(self.onset.line, read_day),
            severity=self.severity.chosen or NOT_RECORDED,
            outcome=self.outcome.chosen or UNKNOWN,
            reported_on=self._from(self.reported, read_day),
            is_serious=self.is_serious.isChecked(),
            note=self.note.toPlainText().strip(),
        )
        return checked_side_effect(effect, self._patient.birth_date, self._today, self._book)

    def _words_of(self, value: SideEffect) -> str:
        return words.side_effect_words(value)


class ElsewhereForm(EntryForm[TreatedElsewhere]):
    """A toxin that somebody else gave: when, which, how many units, what for, and where.

    Args:
        products: Those whose toxins have a chip; any other is typed.
        before: The treatment to correct; none for a new one.
    """

    def __init__(
        self,
        parent: QWidget | None,
        explain: Explain,
        patient: Patient,
        today: date,
        book: FollowUpBook,
        products: Collection[Product],
        measures: Measures,
        before: TreatedElsewhere | None,
        use: Callable[[TreatedElsewhere], None],
    ) -> None:
        title = _("Treated elsewhere") if before is None else _("Correct the treatment elsewhere")
        super().__init__(parent, title, explain, patient, today, use)
        self._book = book
        self._products = products
        content = QWidget()
        self.fields = form_fields()
        self.fields.setContentsMargins(2, 2, 2, 2)
        on = before.on if before else None
        self.on = DayField(_("Given on"), today, (0, 7, 28, 56, 84), measures, on)
        add_row(self.fields, _("Given on"), self.on, measures)
        self.toxins = Chips(_("Toxin"), {each.usan: each.usan for each in products}, measures)
        add_row(self.fields, _("Toxin"), self.toxins, measures)
        self.toxin = self.line("", before.toxin if before else "", _("or another one"))
        self.toxin.setAccessibleName(_("Toxin"))
        self.toxins.chose.connect(self.toxin.setText)
        self.toxin.textChanged.connect(self._show_toxin)
        self.units = self.line(_("Units"), amount_text(before.units) if before else "")
        self.indication = self.line(_("What for"), before.indication if before else "")
        self.where = self.line(_("Where, by whom"), before.where if before else "")
        self.note = self._remarks(before.note if before else "")
        content.setLayout(self.fields)
        self._first = self.on.line
        self._show_toxin()
        self._place(content)

    def _show_toxin(self) -> None:
        self.toxins.choose(toxin_called(self.toxin.text(), self._products))

    def _read(self) -> TreatedElsewhere:
        treated = TreatedElsewhere(
            on=self._from(self.on.line, read_day),
            toxin=self.toxin.text().strip(),
            units=self._from(self.units, read_units),
            indication=self.indication.text().strip(),
            where=self.where.text().strip(),
            note=self.note.toPlainText().strip(),
        )
        return checked_elsewhere(
            treated, self._patient.birth_date, self._today, self._book, self._products
        )

    def _words_of(self, value: TreatedElsewhere) -> str:
        return words.elsewhere_words(value)


class WithdrawForm(Form):
    """Why an entry no longer stands; it stays in the record, and is shown no more.

    Args:
        told: The entry in words.
        use: Takes the reason, or raises an `ExpectedError`.
    """

    def __init__(
        self,
        parent: QWidget | None,
        explain: Explain,
        told: str,
        measures: Measures,
        use: Callable[[str], None],
    ) -> None:
        super().__init__(parent, _("Withdraw this entry"), _("Withdraw"), explain)
        self._use = use
        self.above.addWidget(label(told, "", wrap=True))
        after = _("It stays in the record with your reason, and is counted and shown no more.")
        self.above.addWidget(label(after, "quiet", wrap=True))
        reasons = (_("entered by mistake"), _("another patient's"), _("entered twice"))
        self.chips = Chips(_("Reason"), {each: each for each in reasons}, measures)
        self.above.addWidget(self.chips)
        self.reason = self.line(_("Reason"))
        self.chips.chose.connect(self.reason.setText)
        self.reason.textChanged.connect(lambda text: self.chips.choose(text.strip()))

    def try_to_accept(self) -> None:
        """Hand over the reason."""
        self._use(self.reason.text().strip())


def kind_groups(kinds: Iterable[str]) -> list[tuple[str, list[str]]]:
    """The pick list in groups that are found at a glance; what has no group stands in the last."""
    grouped = (
        (
            _("Swallowing, breathing, whole body"),
            ("dysphagia", "breathing", "dysphonia", "allergy"),
        ),
        (_("Eyes and face"), EYES_AND_FACE),
        (_("Neck and shoulder"), ("neck_pain", "weakness", "neck_stiffness", "shoulder_drop")),
        (_("At the site"), ("site_pain", "bruising", "site_swelling", "site_redness")),
    )
    known = list(kinds)
    made = [(name, [key for key in keys if key in known]) for name, keys in grouped]
    rest = [key for key in known if not any(key in keys for _name, keys in made)]
    return [*made, (_("Other"), rest)]


def serious_words() -> str:
    """What the flag does."""
    return _("Said above the chart whenever a session of this patient is open.")


def _named(keys: Iterable[str], name: Callable[[str], str]) -> dict[str, str]:
    return {key: name(key) for key in keys}
