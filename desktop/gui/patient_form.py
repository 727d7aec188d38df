"""Entering or correcting a patient; likely duplicates are shown before a second one is made."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from PySide6.QtWidgets import QWidget

from desktop.core.patient import (
    LikelyDuplicateError,
    NotABirthDateError,
    Patient,
    PatientNameMissingError,
    RecordNumberMissingError,
    Sex,
    checked_line,
    checked_patient,
    checked_text,
)
from desktop.gui.forms import Explain, Form
from desktop.language import _
from desktop.wording import sex_name


class PatientForm(Form):
    """Name parts, birth date, record number, sex, alerts, phone, remarks.

    Args:
        patient: The patient to correct, or a new one with its id and nothing else.
        today: The day after which nobody is born.
        duplicates: Who else this may be; empty for a patient who is corrected.
        keep: Keeps the patient, or raises an `ExpectedError`.
    """

    def __init__(
        self,
        parent: QWidget | None,
        explain: Explain,
        patient: Patient,
        today: date,
        duplicates: Callable[[Patient], list[Patient]],
        keep: Callable[[Patient], None],
    ) -> None:
        new = not patient.record_number
        super().__init__(
            parent,
            _("New patient") if new else _("Patient"),
            _("Create patient") if new else _("Keep changes"),
            explain,
        )
        self.patient = patient
        self._today = today
        self._duplicates = duplicates
        self._keep = keep
        self._shown: list[Patient] = []
        self.family_name = self.line(_("Family name"), patient.family_name)
        self.given_name = self.line(_("Given name"), patient.given_name)
        born = "" if new else patient.birth_date.isoformat()
        self.birth_date = self.line(_("Birth date"), born, "1980-02-01")
        self.record_number = self.line(_("Record number"), patient.record_number)
        sexes = {sex.value: sex_name(sex) or _("not recorded") for sex in reversed(Sex)}
        self.sex = self.choice(_("Sex"), sexes, patient.sex.value)
        self.alerts = self.text(
            _("Alerts"), patient.alerts, _("one a line, such as: Latex allergy")
        )
        self.phone = self.line(_("Phone"), patient.phone)
        self.remarks = self.text(_("Remarks"), patient.remarks)

    def try_to_accept(self) -> None:
        """Read and check every field; ask once more if this may be somebody known."""
        with (
            self.reading(self.family_name, PatientNameMissingError),
            self.reading(self.record_number, RecordNumberMissingError),
            self.reading(self.birth_date, NotABirthDateError),
        ):
            read = checked_patient(self._fields(), self._today)
        likely = self._duplicates(read)
        if likely and likely != self._shown:
            self._shown = likely
            self.confirm.setText(_("Create all the same"))
            raise LikelyDuplicateError(tuple(likely))
        self._keep(read)
        self.patient = read

    def _fields(self) -> Patient:
        return replace(
            self.patient,
            family_name=self.read(self.family_name, checked_line),
            given_name=self.read(self.given_name, checked_line),
            birth_date=self.read(self.birth_date, _read_birth_date),
            record_number=self.read(self.record_number, checked_line),
            sex=Sex(self.sex.currentData()),
            alerts=self.read(self.alerts, _read_alerts),
            phone=self.read(self.phone, checked_line),
            remarks=self.read(self.remarks, checked_text),
        )


def _read_alerts(text: str) -> str:
    """One alert a line, each short enough to stand whole above every screen."""
    lines = (line.strip() for line in text.splitlines())
    return checked_text("\n".join(checked_line(line) for line in lines if line))


def _read_birth_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotABirthDateError(text) from error
