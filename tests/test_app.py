"""What connects the layers: the desk, files that are whole or not there, the window's doors."""

import os
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from desktop import app, resources, settings
from desktop.app import AnotherPatientError, Desk, FileNotSavedError, UnknownUserError
from desktop.core.acts import GiveAll, PlanProtocol, perform
from desktop.core.charting import sign
from desktop.core.clinic import Habits
from desktop.core.history import History
from desktop.core.patient import Identity, Patient, Person, Sex, identity_of
from desktop.core.plan import plan_as_charted
from desktop.core.session import Session, Signature
from desktop.store.clinic_file import ClinicFile
from tests.conftest import Record

IDENTITY = Identity("4711", "Patient", "Test", date(1980, 2, 1), Sex.FEMALE)


def charted(session: Session) -> History:
    history = History(session)
    for act in (PlanProtocol(), GiveAll()):
        after = perform(act, history.present, resources.handbook())
        history = history.advanced(act, after)
    return history


def test_whoever_opened_the_record_works_at_the_desk(desk: Desk) -> None:
    assert desk.user == Person("Test Injector", "MD")
    assert desk.clinic.name == "Example Headache Clinic"


def test_a_user_whom_the_record_does_not_know_gets_no_desk(record: Record) -> None:
    file = record.open().file
    with pytest.raises(UnknownUserError):
        app.desk(file, "nobody")
    again = record.open()  # the lock was let go
    assert again.user.name == "Test Injector"


def test_the_desks_clock_is_the_clinics(desk: Desk) -> None:
    assert str(desk.now().tzinfo) == "Europe/London"


def test_a_new_session_is_an_empty_draft_by_the_user(desk: Desk) -> None:
    session_id = desk.start_session("invented-1")
    session = desk.file.records.session(session_id)
    assert (session.injections, session.performed_by, session.profile) == ({}, desk.user, "us")
    assert not session.is_signed


def test_a_known_patient_is_found_by_number_and_a_new_one_is_made(desk: Desk) -> None:
    assert desk.patient_of(IDENTITY).id == "invented-1"
    new = desk.patient_of(replace(IDENTITY, record_number="N-1"))
    assert (new.record_number, new.family_name) == ("N-1", "Patient")
    assert desk.file.records.patient_by_number("N-1") is None


@pytest.mark.parametrize(
    "other",
    [{"family_name": "Other"}, {"given_name": "Tess"}, {"birth_date": date(1980, 2, 2)}],
)
def test_a_record_number_with_another_name_or_birth_date_is_refused(
    other: dict[str, object], desk: Desk
) -> None:
    with pytest.raises(AnotherPatientError):
        desk.patient_of(replace(IDENTITY, **other))  # type: ignore[arg-type]


def test_a_charted_session_is_kept_with_every_act(desk: Desk) -> None:
    patient = desk.patient_of(replace(IDENTITY, record_number="N-1"))
    history = charted(desk.new_session(patient.id))
    assert desk.keep_charted(patient, history) == 1
    assert desk.file.records.history(history.present.id) == history


def test_a_charted_session_that_cannot_be_kept_leaves_no_patient_either(desk: Desk) -> None:
    patient = desk.patient_of(replace(IDENTITY, record_number="N-1"))
    history = charted(desk.new_session("somebody else"))
    with pytest.raises(Exception, match="somebody else"):
        desk.keep_charted(patient, history)
    assert desk.file.records.patient_by_number("N-1") is None
    assert desk.file.records.sessions() == []


def test_a_signed_session_keeps_the_name_that_was_signed(desk: Desk) -> None:
    patient = desk.file.records.patient("invented-1")
    session = desk.new_session(patient.id)
    signed = replace(session, identity=identity_of(patient))
    desk.file.records.change_patient(replace(patient, family_name="Married"))
    assert desk.identity(signed).family_name == "Patient"
    assert desk.identity(session).family_name == "Married"


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("4711", "4711"),
        ("../../etc/passwd", "------etc-passwd"),
        ("K 88/b", "K-88-b"),
        ("\u0394-1", "--1"),
        ("x" * 200, "x" * 40),
        ("CON:", "CON-"),
    ],
)
def test_a_notes_file_name_holds_date_and_number_and_no_patients_name(
    number: str, name: str, desk: Desk
) -> None:
    patient = Patient("p-9", number, "Secret", "Name", date(1980, 2, 1))
    session = replace(desk.new_session(patient.id), identity=identity_of(patient))
    assert desk.note_name(session) == f"{session.started_at:%Y-%m-%d}-{name}.pdf"


def test_a_file_is_saved_whole_and_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "note.pdf"
    path.write_bytes(b"old")
    app.save_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_saved_leaves_the_old_one_and_no_scraps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "note.pdf"
    path.write_bytes(b"old")

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileNotSavedError) as refused:
        app.save_file(path, b"new")
    assert app.explain(refused.value) == (
        "note.pdf could not be saved: No space left on device. Choose another folder or drive."
    )
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("where", ["missing/note.pdf", "folder"])
def test_a_file_is_not_saved_where_it_cannot_be(where: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileNotSavedError):
        app.save_file(tmp_path / where, b"new")
    assert [each.name for each in tmp_path.iterdir()] == ["folder"]


def test_invented_patients_are_never_of_somebody_real(tmp_path: Path) -> None:
    path = tmp_path / settings.RECORD_NAME
    file: ClinicFile = app.invented_record(path)
    with file:
        assert len(file.records.find_patients("")) == len(resources.invented()[2])
        clinic = file.records.clinic()
        assert clinic is not None
        assert "Example" in clinic.name


def test_a_user_without_a_name_on_the_system_is_called_injector(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 1000")

    monkeypatch.setattr("getpass.getuser", nameless)
    assert app.user_name() == "injector"


def test_a_window_needs_a_display_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(app.NoDisplayError):
        app.make_application()


def test_the_windows_functions_are_those_of_the_open_record(desk: Desk) -> None:
    given = app.services(desk)
    assert [each.id for each in given.find_patients("")] == [
        each.id for each in desk.file.records.find_patients("")
    ]
    session_id = given.start_session("invented-1")
    (row,) = given.sessions_of("invented-1")
    assert (row.id, row.state, row.given_units) == (session_id, "draft", Decimal(0))
    (draft,) = given.drafts()
    assert (draft.patient_id, draft.family_name, draft.given_name, draft.record_number) == (
        *("invented-1", "Patient", "Test", "4711"),
    )
    assert given.people() == [desk.user]
    given.remember("open session", session_id)
    assert given.recall("open session") == session_id


def test_the_window_plans_by_past_sessions_and_templates(desk: Desk) -> None:
    given = app.services(desk)
    patient = desk.file.records.patient("invented-1")
    earlier = desk.new_session(patient.id)
    earlier = replace(earlier, started_at=earlier.started_at - timedelta(days=84))
    history = charted(earlier)
    desk.keep_charted(patient, history)
    signature = Signature(desk.user, desk.now(), "performed and recorded")
    signed = sign(history.present, signature, identity_of(patient))
    given.keeping.sign(history.present, signed)
    session = given.open_session(given.start_session(patient.id)).present
    assert given.past_sessions(session.patient_id, session) == [signed]
    assert given.past_sessions(signed.patient_id, signed) == []
    assert given.past_sessions(signed.patient_id) == [signed]
    template = plan_as_charted(signed, "Usual")
    given.save_template(template)
    assert given.templates() == [template]
    given.remove_template(template.name)
    assert given.templates() == []
    habits = Habits(("tender",), None, offers_all_given=False)
    assert given.habits() == Habits()
    given.set_habits(habits)
    assert given.habits() == habits
