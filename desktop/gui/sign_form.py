"""Signing: who the patient is and who signs, once more before the session is closed."""

from collections.abc import Callable

from PySide6.QtWidgets import QScrollArea, QWidget

from desktop.core.handbook import Handbook
from desktop.core.patient import Patient, Person
from desktop.core.rules import ChangeWithoutReason, changes, findings
from desktop.core.session import Session, State
from desktop.gui.forms import Explain, Form
from desktop.gui.widgets import column, label
from desktop.language import _, ngettext
from desktop.wording import (
    date_text,
    dotted,
    finding_sentence,
    given_text,
    list_text,
    moment_text,
    patient_name,
    person_name,
    site_short,
)

FINDINGS_PX = 190
EDGES_PX = 64  # what stands left and right of the findings


class SignForm(Form):
    """Name and credentials are confirmed, and what is signed is said in words.

    Whoever performed the session signs it, unless somebody else is typed.
    """

    def __init__(
        self,
        parent: QWidget | None,
        explain: Explain,
        book: Handbook,
        session: Session,
        patient: Patient,
        use: Callable[[Person], None],
    ) -> None:
        super().__init__(parent, _("Sign the session"), _("Sign"), explain)
        self._use = use
        self._performer = session.performed_by
        who = f"{patient_name(patient)}, {date_text(patient.birth_date)}"
        number = _("No {number}").format(number=patient.record_number)
        name = label(dotted([who, number]), "", wrap=True)
        name.setStyleSheet("font-size: 12pt; font-weight: 600;")
        self.above.addWidget(name)
        self.above.addWidget(label(moment_text(session.started_at), "quiet"))
        self.above.addWidget(label(_given_words(session, book), "", wrap=True))
        self._add_findings(_finding_lines(session, book))
        if session.charted_by != self._performer:
            charted = _("Charted by {person}").format(person=person_name(session.charted_by))
            self.above.addWidget(label(charted, "quiet", wrap=True))
        self.name = self.line(_("Signed by"), self._performer.name)
        self.credentials = self.line(_("Credentials"), self._performer.credentials)
        self.whose = label("", "caution", wrap=True)
        self.fields.addRow("", self.whose)
        for each in (self.name, self.credentials):
            each.textChanged.connect(self._say_whose)
        after = _("After signing, the session takes no change.")
        self.above.addWidget(label(after, "quiet", wrap=True))
        self._say_whose()  # last: it fits the form to all that stands in it

    def _add_findings(self, lines: list[str]) -> None:
        """All of them, in little room: name and button must be seen together."""
        if not lines:
            return
        inside = QWidget()
        inside.setLayout(column(*(label(each, "finding", wrap=True) for each in lines)))
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(_("Findings"))
        wide = self.minimumWidth() - EDGES_PX
        scroll.setFixedHeight(min(inside.heightForWidth(wide) + 4, FINDINGS_PX))
        self.above.addWidget(scroll)

    def try_to_accept(self) -> None:
        """Hand over who signs."""
        self._use(self._signer())

    def _signer(self) -> Person:
        return Person(self.name.text().strip(), self.credentials.text().strip())

    def _say_whose(self) -> None:
        """Say it when somebody else signs than who injected."""
        signer = self._signer()
        words = _("Performed by {performer}, signed by {signer}.").format(
            performer=person_name(self._performer), signer=person_name(signer)
        )
        self.whose.setText(words)
        self.fields.setRowVisible(self.whose, bool(signer.name) and signer != self._performer)
        self.adjustSize()


def _finding_lines(session: Session, book: Handbook) -> list[str]:
    """Every finding in a line; sites that lack a reason share one."""
    found = findings(session, book)
    missing = [each.code for each in found if isinstance(each, ChangeWithoutReason)]
    others = [each for each in found if not isinstance(each, ChangeWithoutReason)]
    lines = [finding_sentence(each, book) for each in others]
    if missing:
        sites = list_text([site_short(code) for code in missing])
        lines.append(_("No reason recorded: {sites}.").format(sites=sites))
    return lines


def _given_words(session: Session, book: Handbook) -> str:
    given = ngettext("{number} site", "{number} sites", len(session.given)).format(
        number=len(session.given)
    )
    parts = [f"{given_text(session, book)}, {given}"]
    omitted = len(session.of_state(State.OMITTED))
    if omitted:
        parts.append(_("{number} omitted").format(number=omitted))
    departures = len(changes(session, book))
    parts.append(
        ngettext("{number} change", "{number} changes", departures).format(number=departures)
    )
    return f" {chr(0xB7)} ".join(parts)
