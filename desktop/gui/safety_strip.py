"""A line above the map: what was said before the needle last time, and what asks for a reason."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from desktop.core.assessment import Checklist
from desktop.core.entries import Past
from desktop.core.guards import Guard
from desktop.core.session import Session
from desktop.gui.theme import CHIP_MM, Measures
from desktop.gui.widgets import button, label, row
from desktop.language import _, ngettext
from desktop.wording import date_text, dotted
from desktop.words.safety import guard_sentence, summary_words


class SafetyStrip(QFrame):
    """Shown while something before the needle is open; gone when everything is answered."""

    unchanged_wanted = Signal()
    form_wanted = Signal()
    reason_wanted = Signal(str)

    def __init__(self, checklist: Checklist, measures: Measures) -> None:
        super().__init__()
        self.setObjectName("ribbon")
        self.setProperty("kind", "caution")
        self._checklist = checklist
        self._key = ""
        self._words = label("", "ribbonwords", wrap=True)
        self.unchanged = button(_("No change"), "primary", _("Everything is as it was then"))
        self.why = button(_("Why go on\N{HORIZONTAL ELLIPSIS}"), "primary")
        self.look = button("")
        self.unchanged.clicked.connect(self.unchanged_wanted)
        self.why.clicked.connect(lambda: self.reason_wanted.emit(self._key))
        self.look.clicked.connect(self.form_wanted)
        for each in (self.unchanged, self.why, self.look):
            each.setFixedHeight(measures.px(CHIP_MM))
        layout = row(self._words, self.unchanged, self.why, self.look)
        layout.setStretch(0, 1)
        layout.setContentsMargins(12, 2, 4, 2)
        self.setLayout(layout)
        self.hide()

    def show_checks(self, session: Session, past: Past, unanswered: list[Guard]) -> None:
        """Say what is open, with the one press that closes it."""
        asked = session.assessment is not None
        self._key = unanswered[0].key if unanswered and asked else ""
        known = past.assessment if not asked else None
        self.unchanged.setVisible(known is not None)
        self.why.setVisible(bool(self._key))
        title = _("Record\N{HORIZONTAL ELLIPSIS}")
        if known is not None or asked:
            title = _("Look\N{HORIZONTAL ELLIPSIS}")
        if self.look.text() != title:
            self.look.setText(title)
            self.look.setAccessibleName(_("Before the needle: {act}").format(act=title))
        words = self._said(past, asked=asked, unanswered=unanswered)
        self._words.setText(words)
        self._words.setAccessibleName(words)
        self.setVisible(not session.is_signed and bool(words))

    def _said(self, past: Past, *, asked: bool, unanswered: list[Guard]) -> str:
        if asked and not unanswered:
            return ""
        if asked:
            sentence = guard_sentence(unanswered[0], self._checklist)
            more = len(unanswered) - 1
            if not more:
                return sentence
            others = ngettext("And {number} more.", "And {number} more.", more)
            return f"{sentence} {others.format(number=more)}"
        if past.assessment is None or past.assessed_on is None:
            return _("Before the needle: nothing is recorded yet.")
        return _("Before the needle, as on {date}: {words}").format(
            date=date_text(past.assessed_on),
            words=dotted(summary_words(past.assessment, self._checklist)),
        )
