from dataclasses import replace
from datetime import date

import pytest

from desktop.core.clinic import Clinic, EmptyReasonError, Habits, Paper
from desktop.core.patient import Patient, Person, Sex
from desktop.store.records import (
    PatientUnknownError,
    RecordNumberTakenError,
    Records,
    UserNameTakenError,
)
from tests.store.conftest import Kept
from tests.store.visits import INJECTOR, PATIENT, start

OBRIEN = Patient("p-2", "AB 123", "O’Brien-Smith", "Mary Ann", date(1975, 12, 3), Sex.FEMALE)
DAHL = Patient(
    *("p-3", "0815", "Dahl", "Bjørn", date(1990, 6, 30), Sex.MALE),
    remarks="line\nline",
    alerts="Latex allergy\nFaints",
)


@pytest.fixture
def clinic(records: Records) -> Records:
    for patient in (PATIENT, OBRIEN, DAHL):
        records.add_patient(patient)
    return records


def found(records: Records, text: str) -> set[str]:
    return {patient.id for patient in records.find_patients(text)}


def test_a_patient_is_kept_whole(kept: Kept) -> None:
    with kept.open() as file:
        file.records.add_patient(DAHL)
    with kept.open() as file:
        assert file.records.patient("p-3") == DAHL


def test_a_corrected_patient_replaces_the_old_one(clinic: Records) -> None:
    corrected = replace(OBRIEN, family_name="Smith", record_number="124")
    clinic.change_patient(corrected)
    assert clinic.patient("p-2") == corrected
    assert found(clinic, "smith") == {"p-2"}
    assert found(clinic, "o'brien") == set()


def test_an_unknown_patient_is_refused(records: Records) -> None:
    with pytest.raises(PatientUnknownError):
        records.patient("p-1")
    with pytest.raises(PatientUnknownError):
        records.change_patient(PATIENT)


def test_no_two_patients_have_one_record_number(clinic: Records) -> None:
    for taken in ("AB 123", "ab 123"):
        with pytest.raises(RecordNumberTakenError) as refused:
            clinic.change_patient(replace(DAHL, record_number=taken))
        assert refused.value.holder == OBRIEN
    with pytest.raises(RecordNumberTakenError):
        clinic.add_patient(replace(DAHL, id="p-9", record_number="4711"))
    assert clinic.patient("p-3") == DAHL


def test_a_patient_may_keep_their_own_record_number(clinic: Records) -> None:
    clinic.change_patient(replace(DAHL, phone="1"))
    assert clinic.patient_by_number("0815") == replace(DAHL, phone="1")


def test_adding_a_patient_again_after_a_refusal_keeps_one(clinic: Records) -> None:
    clinic.add_patient(DAHL)
    assert clinic.find_patients("dahl") == [DAHL]


def test_a_patient_is_found_by_record_number_in_any_case(clinic: Records) -> None:
    assert clinic.patient_by_number("ab 123") == OBRIEN
    assert clinic.patient_by_number("ab") is None


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("lukasz", {"p-1"}),
        ("ŁUKASZ", {"p-1"}),
        ("zoe luk", {"p-1"}),
        ("luk zoe", {"p-1"}),
        ("zoë", {"p-1"}),
        ("Zoe\N{COMBINING DIAERESIS}", {"p-1"}),
        ("bjorn", {"p-3"}),
        ("o'brien", {"p-2"}),
        ("o’b", {"p-2"}),
        ("obrien", {"p-2"}),
        ("smi", {"p-2"}),
        ("ann o'brien-smith", {"p-2"}),
        ("123", {"p-2"}),
        ("ab 123", {"p-2"}),
        ("47", {"p-1"}),
        ("1980-02-01", {"p-1"}),
        ("1980", {"p-1"}),
        ("zoe 1990", set()),
        ("rien", set()),
        ("", {"p-1", "p-2", "p-3"}),
        ("  ", {"p-1", "p-2", "p-3"}),
        ("%", set()),
        ('"; DROP TABLE patient', set()),
    ],
)
def test_patients_are_found_by_the_beginnings_of_words(
    clinic: Records, text: str, who: set[str]
) -> None:
    assert found(clinic, text) == who


def test_whom_we_last_had_to_do_with_comes_first(clinic: Records) -> None:
    def order() -> list[str]:
        return [patient.id for patient in clinic.find_patients("")]

    assert order() == ["p-3", "p-2", "p-1"]
    clinic.change_patient(OBRIEN)
    assert order() == ["p-2", "p-3", "p-1"]
    start(clinic)
    assert order() == ["p-1", "p-2", "p-3"]
    assert len(clinic.find_patients("", limit=2)) == 2


@pytest.mark.parametrize(
    ("family_name", "given_name", "birth_date"),
    [
        ("Lukaszewska", "zoe", date(1980, 2, 1)),
        ("Zoë", "Łukaszewska", date(1980, 2, 1)),
        ("Łukaszewska", "Zoë", date(1980, 2, 11)),
        ("Łukaszewska", "Zoë", date(1980, 1, 2)),
        ("Łukaszewska", "Zoë", date(1980, 2, 10)),
        ("Łukaszewska", "Zoë", date(1955, 7, 30)),
    ],
)
def test_somebody_of_the_same_name_may_be_the_same(
    clinic: Records, family_name: str, given_name: str, birth_date: date
) -> None:
    new = Patient("p-9", "9", family_name, given_name, birth_date)
    assert clinic.likely_duplicates(new) == [PATIENT]


def test_a_near_birth_date_comes_before_a_distant_one(clinic: Records) -> None:
    distant = replace(PATIENT, id="p-4", record_number="4", birth_date=date(1955, 7, 30))
    clinic.add_patient(distant)
    for birth_date, first in ((date(1980, 2, 2), PATIENT), (date(1955, 7, 31), distant)):
        new = replace(PATIENT, id="p-9", record_number="9", birth_date=birth_date)
        assert clinic.likely_duplicates(new)[0] == first


def test_somebody_of_the_same_phone_and_birth_date_may_be_the_same(clinic: Records) -> None:
    new = Patient("p-9", "9", "Married", "Z.", date(1980, 2, 1), phone="+44 (20) 79460000")
    assert clinic.likely_duplicates(new) == [PATIENT]
    assert clinic.likely_duplicates(replace(new, phone="")) == []
    assert clinic.likely_duplicates(replace(new, phone="", birth_date=OBRIEN.birth_date)) == []
    assert clinic.likely_duplicates(replace(new, birth_date=date(1980, 2, 3))) == []


def test_nobody_is_their_own_duplicate(clinic: Records) -> None:
    assert clinic.likely_duplicates(PATIENT) == []


def test_two_spellings_of_one_name_are_stored_as_one(records: Records) -> None:
    records.add_patient(replace(PATIENT, given_name="Zoe\N{COMBINING DIAERESIS}"))
    assert records.patient("p-1") == PATIENT


def test_the_clinic_can_be_changed(records: Records) -> None:
    moved = Clinic("Test Clinic", "2 Test Street", "America/New_York", Paper.LETTER, "us")
    records.set_clinic(moved)
    assert records.clinic() == moved


def test_people_are_known_by_their_user_names(records: Records) -> None:
    scribe = Person("Test Scribe", "RN")
    records.add_person(scribe, "scribe")
    assert records.people() == [INJECTOR, scribe]
    assert records.user_names() == ["injector", "scribe"]
    assert records.person("Scribe") == scribe
    with pytest.raises(UserNameTakenError) as refused:
        records.add_person(Person("Other"), "SCRIBE")
    assert refused.value.holder == scribe


def test_habits_are_the_programs_own_until_somebody_chooses(kept: Kept) -> None:
    chosen = Habits(("tender", "Zoe\N{COMBINING DIAERESIS}"), (), offers_all_given=False)
    with kept.open() as file:
        assert file.records.habits() == Habits()
        file.records.set_habits(chosen)
    with kept.open() as file:
        assert file.records.habits() == replace(chosen, change_reasons=("tender", "Zoë"))


def test_habits_that_cannot_be_offered_leave_the_old_ones(records: Records) -> None:
    records.set_habits(Habits(("tender",)))
    with pytest.raises(EmptyReasonError):
        records.set_habits(Habits((" ",)))
    assert records.habits() == Habits(("tender",))


def test_what_is_remembered_is_recalled_after_reopening(kept: Kept) -> None:
    with kept.open() as file:
        file.records.remember("open session", "s-1")
        file.records.remember("open session", "s-2")
    with kept.open() as file:
        assert file.records.recall("open session") == "s-2"
        assert file.records.recall("anything else") is None
