"""What is done about the time after a session: each act opens its form, and keeps what it takes."""

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QWidget

from desktop.core.entries import Entry, EntryValue
from desktop.core.errors import ExpectedError
from desktop.core.followup import Outcomes, SideEffect, TreatedElsewhere
from desktop.core.patient import Patient
from desktop.gui.followup_forms import ElsewhereForm, SideEffectForm, WithdrawForm
from desktop.gui.note_window import NoteWindow
from desktop.gui.outcomes_form import OutcomesForm
from desktop.gui.patient_panel import SIGNED
from desktop.gui.services import Services, SessionRow
from desktop.gui.theme import Measures
from desktop.language import _
from desktop.words.entries import early_words, entry_title


class FollowUpActs:
    """The acts on one patient's entries. Each says whether anything was kept."""

    def __init__(self, services: Services, measures: Measures, patient: Patient) -> None:
        self._services = services
        self._measures = measures
        self.patient = patient

    def add_outcomes(self, parent: QWidget) -> bool:
        """Ask for counted days."""
        # What ends on the day of a session was lived through before it.
        return self._ask_outcomes(
            parent, None, lambda value: self._add(value, self._session_before(value.until))
        )

    def add_side_effect(self, parent: QWidget) -> bool:
        """Ask for a side effect; it is about the last session on the day it began, or before."""
        return self._ask_side_effect(
            parent, None, lambda value: self._add(value, self._session_until(value.onset))
        )

    def add_elsewhere(self, parent: QWidget) -> bool:
        """Ask for a treatment elsewhere."""
        return self._ask_elsewhere(parent, None, lambda value: self._add(value, None))

    def correct(self, parent: QWidget, entry: Entry) -> bool:
        """Ask what it should have been; the new entry replaces the one before."""

        def replace(value: EntryValue) -> None:
            self._services.replace_entry(entry.id, value)

        match entry.value:
            case Outcomes():
                return self._ask_outcomes(parent, entry.value, replace)
            case SideEffect():
                return self._ask_side_effect(parent, entry.value, replace)
            case TreatedElsewhere():
                return self._ask_elsewhere(parent, entry.value, replace)

    def withdraw(self, parent: QWidget, entry: Entry) -> bool:
        """Ask why an entry no longer stands."""
        return WithdrawForm(
            parent,
            self._services.explain,
            entry_title(entry.value),
            self._measures,
            lambda reason: self._services.withdraw_entry(entry.id, reason),
        ).ask()

    def show_response(self, parent: QWidget) -> str:
        """Show the page about the response; return why there is none, or nothing."""
        try:
            pdf = self._services.response_page(self.patient.id)
        except ExpectedError as error:
            return self._services.explain(error)
        window = NoteWindow(
            parent,
            pdf,
            self._response_name(),
            self._services.save_file,
            self._services.explain,
            _("Response"),
        )
        window.exec()
        window.deleteLater()
        return ""

    def early_words(self) -> str:
        """That nothing is compared yet after the last session; nothing once week 4 is over."""
        last = next(iter(self._signed()), None)
        if last is None:
            return ""
        on = last.started_at.date()
        return early_words([on], self._today, self._services.followup)

    def _ask_outcomes(
        self, parent: QWidget, before: Outcomes | None, use: Callable[[Outcomes], None]
    ) -> bool:
        return OutcomesForm(
            parent,
            self._services.explain,
            self.patient,
            self._today,
            self._services.followup,
            [each.started_at.date() for each in self._signed()],
            self._measures,
            before,
            use,
        ).ask()

    def _ask_side_effect(
        self, parent: QWidget, before: SideEffect | None, use: Callable[[SideEffect], None]
    ) -> bool:
        return SideEffectForm(
            parent,
            self._services.explain,
            self.patient,
            self._today,
            self._services.followup,
            self._measures,
            before,
            use,
        ).ask()

    def _ask_elsewhere(
        self,
        parent: QWidget,
        before: TreatedElsewhere | None,
        use: Callable[[TreatedElsewhere], None],
    ) -> bool:
        products = list(self._services.book.products.values())
        return ElsewhereForm(
            parent,
            self._services.explain,
            self.patient,
            self._today,
            self._services.followup,
            products,
            self._measures,
            before,
            use,
        ).ask()

    def _add(self, value: EntryValue, about: SessionRow | None) -> None:
        self._services.add_entry(self.patient.id, value, about.id if about else None)

    @property
    def _today(self) -> date:
        return self._services.now().date()

    def _signed(self) -> list[SessionRow]:
        """The newest first."""
        sessions = self._services.sessions_of(self.patient.id)
        signed = [each for each in sessions if each.state == SIGNED]
        return sorted(signed, key=lambda each: each.started_at, reverse=True)

    def _session_until(self, day: date) -> SessionRow | None:
        return next((each for each in self._signed() if each.started_at.date() <= day), None)

    def _session_before(self, day: date) -> SessionRow | None:
        return next((each for each in self._signed() if each.started_at.date() < day), None)

    def _response_name(self) -> str:
        """From date and record number, never from the patient's name."""
        number = self.patient.record_number
        safe = "".join(c if c.isascii() and c.isalnum() else "-" for c in number)
        return f"{self._today.isoformat()}-{safe[:40]}-response.pdf"
