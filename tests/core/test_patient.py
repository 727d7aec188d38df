from dataclasses import replace
from datetime import date

import pytest

from desktop.core.errors import ExpectedError
from desktop.core.patient import (
    Identity,
    NotABirthDateError,
    Patient,
    PatientNameMissingError,
    Person,
    RecordNumberMissingError,
    Sex,
    TextTooLongError,
    UnprintableCharacterError,
    checked_line,
    checked_patient,
    checked_text,
    identity_of,
    read_name,
    read_person,
)

TODAY = date(2026, 11, 22)
PATIENT = Patient("p-1", "4711", "García López", "Ana María", date(1980, 2, 1), Sex.FEMALE)


@pytest.mark.parametrize(
    "good",
    [
        PATIENT,
        replace(PATIENT, given_name=""),
        replace(PATIENT, family_name=""),
        replace(PATIENT, birth_date=TODAY),
        replace(PATIENT, birth_date=date(1896, 1, 1)),
        replace(PATIENT, family_name="x" * 200, remarks="Needle: thin.\n\tSeated."),
        replace(PATIENT, family_name="Nguyễn", given_name="Đặng Thị"),
        replace(PATIENT, family_name="\u0639\u0628\u062f \u0627\u0644\u0644\u0647"),
        replace(PATIENT, family_name="\u0639\u0644\u06cc\u200c\u0632\u0627\u062f\u0647"),
    ],
)
def test_a_patient_has_a_name_a_number_and_a_birth_date(good: Patient) -> None:
    assert checked_patient(good, TODAY) is good


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (replace(PATIENT, family_name=" ", given_name=""), PatientNameMissingError),
        (replace(PATIENT, record_number=" "), RecordNumberMissingError),
        (replace(PATIENT, birth_date=date(2026, 11, 23)), NotABirthDateError),
        (replace(PATIENT, birth_date=date(1895, 12, 31)), NotABirthDateError),
        (replace(PATIENT, given_name="x" * 201), TextTooLongError),
        (replace(PATIENT, remarks="x" * 20_001), TextTooLongError),
        (replace(PATIENT, alerts="x" * 20_001), TextTooLongError),
        (replace(PATIENT, alerts="Latex\x1d allergy"), UnprintableCharacterError),
        (replace(PATIENT, family_name="Smith\n"), UnprintableCharacterError),
        (replace(PATIENT, record_number="47\x1d11"), UnprintableCharacterError),
        (replace(PATIENT, phone="+44\u202e12"), UnprintableCharacterError),
        (replace(PATIENT, given_name="\ud83d"), UnprintableCharacterError),
    ],
)
def test_any_other_patient_is_refused(bad: Patient, error: type[ExpectedError]) -> None:
    with pytest.raises(error):
        checked_patient(bad, TODAY)


def test_a_session_keeps_of_its_patient_what_a_later_correction_must_not_reach() -> None:
    assert identity_of(PATIENT) == Identity(
        "4711", "García López", "Ana María", date(1980, 2, 1), Sex.FEMALE
    )


def test_a_line_has_no_line_break_and_a_text_may() -> None:
    assert checked_text("Tolerated well.\nNo bruise.") == "Tolerated well.\nNo bruise."
    with pytest.raises(UnprintableCharacterError):
        checked_line("Tolerated well.\nNo bruise.")


@pytest.mark.parametrize(
    ("text", "given", "family"),
    [
        ("Test Patient", "Test", "Patient"),
        ("Mary Ann  Smith", "Mary Ann", "Smith"),
        ("Ana María / García López", "Ana María", "García López"),
        ("Madonna", "", "Madonna"),
        ("/ Suharto", "", "Suharto"),
        ("Suharto /", "Suharto", ""),
        ("Ann Smith/Jones", "Ann", "Smith/Jones"),
        ("", "", ""),
    ],
)
def test_the_last_word_is_the_family_name_unless_a_slash_parts_the_two(
    text: str, given: str, family: str
) -> None:
    assert read_name(text) == (given, family)


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Test Injector MD", Person("Test Injector", "MD")),
        ("Test Injector, MD, PhD", Person("Test Injector", "MD, PhD")),
        ("Test Injector M.D.", Person("Test Injector", "MD")),
        ("Test Injector FNP-BC", Person("Test Injector", "FNP-BC")),
        ("Test  Injector", Person("Test Injector")),
        ("Kim Do", Person("Kim Do")),
        ("Kim Do DO", Person("Kim Do", "DO")),
        ("MD", Person("MD")),
    ],
)
def test_credentials_are_told_from_the_name_they_follow(text: str, person: Person) -> None:
    assert read_person(text) == person


def test_a_patient_has_one_alert_a_line() -> None:
    alerts = replace(PATIENT, alerts="  Latex allergy\n\nFaints at needles \n")
    assert checked_patient(alerts, TODAY) is alerts
    assert alerts.alert_lines == ("Latex allergy", "Faints at needles")
    assert PATIENT.alert_lines == ()
