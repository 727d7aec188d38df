"""What connects the layers: the desk, files that are whole or not there, the window's doors."""

import io
import os
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pypdf
import pytest

from desktop import app, resources, settings
from desktop.app import AnotherPatientError, Desk, FileNotSavedError, UnknownUserError
from desktop.core.acts import GiveAll, PlanProtocol, SetRemark, StateGap, perform
from desktop.core.assessment import blank
from desktop.core.charting import sign
from desktop.core.clinic import Habits
from desktop.core.errors import ExpectedError
from desktop.core.followup import EffectSide, Outcomes, SideEffect, TreatedElsewhere
from desktop.core.guards import PastDose
from desktop.core.history import History
from desktop.core.patient import Identity, Patient, Person, Sex, identity_of
from desktop.core.plan import plan_as_charted
from desktop.core.procedure import Procedure
from desktop.core.protocol import Side
from desktop.core.scan import AmbiguousScanError, Scanned, UnknownSeparatorError
from desktop.core.session import Injection, Session, Signature, State
from desktop.core.stock import StockVial
from desktop.core.vial import Expiry, Vial
from desktop.store.clinic_file import ClinicFile
from desktop.store.stock import ExpiredOnArrivalError
from tests.conftest import Record

IDENTITY = Identity("4711", "Patient", "Test", date(1980, 2, 1), Sex.FEMALE)


def charted(session: Session) -> History:
    history = History(session)
    for act in (PlanProtocol(), GiveAll(), StateGap("no vial recorded")):
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
    template = plan_as_charted(signed, "Usual", desk.book)
    given.save_template(template)
    assert given.templates() == [template]
    given.remove_template(template.name)
    assert given.templates() == []
    habits = Habits(("tender",), None, offers_all_given=False)
    assert given.habits() == Habits()
    given.set_habits(habits)
    assert given.habits() == habits


BOTOX = Vial(1, "botox", Decimal(200), "C1234C3", Expiry(2099, 10))
DYSPORT = replace(BOTOX, number=2, product="dysport", size_units=Decimal(300))
COSMETIC = replace(BOTOX, number=3, product="botox_cosmetic", size_units=Decimal(100))
GTIN = "09506000134352"  # of no toxin
CARTON = f"]d201{GTIN}17401031" + "10C1234C3"


def dose(number: int, units: str, vial: int | None = 1, region: str = "frontalis") -> Injection:
    code = f"FRO-{number}-L"
    return Injection(code, region, Side.LEFT, State.GIVEN, Decimal(units), vial=vial)


def signed(desk: Desk, at: datetime, *doses: Injection, **parts: object) -> Session:
    """Keep a signed session of the first invented patient."""
    patient = desk.file.records.patient("invented-1")
    injections = {each.code: each for each in doses}
    draft = replace(desk.new_session(patient.id), started_at=at, injections=injections, **parts)  # type: ignore[arg-type]
    desk.file.records.start_session(draft)
    made = replace(draft, signature=Signature(desk.user, at, "x"), identity=identity_of(patient))
    desk.file.records.sign(draft, made, desk.now())
    return made


def here(day: str, clock: str = "10:30") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo("Europe/London"))


def test_a_new_session_is_done_as_the_clinic_always_does_it(desk: Desk) -> None:
    usual = Procedure(position="sitting", needle="30 gauge")
    desk.file.records.set_habits(Habits(usual_procedure=usual))
    assert desk.new_session("invented-1").procedure == usual


def test_the_past_of_a_session_adds_no_units_of_different_toxins(desk: Desk) -> None:
    mixed = (dose(1, "7.5"), dose(2, "50", 2), dose(3, "2.5", 3), dose(4, "0.01", None))
    signed(desk, here("2026-08-30"), *mixed, vials=(BOTOX, DYSPORT, COSMETIC))
    this = signed(desk, here("2026-11-22"), dose(1, "100"), vials=(BOTOX,))
    later = signed(desk, here("2026-12-01"), dose(1, "5"), vials=(BOTOX,))
    given = app.services(desk)
    for where in ("Example Hospital", " "):
        value = TreatedElsewhere(date(2026, 10, 1), " Xeomin", Decimal(40), where=where)
        given.add_entry(this.patient_id, value, None)
    assert set(given.past_of(this).doses) == {
        PastDose(date(2026, 12, 1), "onabotulinumtoxinA", Decimal(5)),
        PastDose(date(2026, 10, 1), "incobotulinumtoxinA", Decimal(40), "elsewhere"),
        PastDose(date(2026, 10, 1), "incobotulinumtoxinA", Decimal(40), "Example Hospital"),
        PastDose(date(2026, 8, 30), "onabotulinumtoxinA", Decimal("10.01")),
        PastDose(date(2026, 8, 30), "abobotulinumtoxinA", Decimal(50)),
    }
    days = [each.on for each in given.past_of(desk.new_session(this.patient_id)).doses]
    assert len(days) == 6
    assert days == sorted(days, reverse=True)
    assert given.past_of(later).birth_date == date(1980, 2, 1)


def test_two_signed_sessions_of_one_moment_are_two_doses(desk: Desk) -> None:
    for units in ("5", "6"):
        signed(desk, here("2026-08-30"), dose(1, units, None))
    doses = app.services(desk).past_of(desk.new_session("invented-1")).doses
    assert sorted(each.units for each in doses) == [Decimal(5), Decimal(6)]


def test_the_day_of_a_past_dose_is_that_of_the_clinics_zone(desk: Desk) -> None:
    abroad = datetime(2026, 8, 30, 19, 15, tzinfo=ZoneInfo("America/New_York"))
    signed(desk, abroad, dose(1, "5", None))
    past = app.services(desk).past_of(desk.new_session("invented-1"))
    assert [each.on for each in past.doses] == [date(2026, 8, 31)]
    assert [each.last_on for each in app.services(desk).due()] == [date(2026, 8, 31)]


def test_the_assessment_before_a_session_is_that_of_the_last_signed_one(desk: Desk) -> None:
    first, second = (blank(["ptosis"], date(2026, month, 1)) for month in (5, 8))
    signed(desk, here("2026-05-01"), assessment=first)
    last = signed(desk, here("2026-08-01"), assessment=second)
    past_of = app.services(desk).past_of
    past = past_of(replace(last, id="new", started_at=here("2026-11-22")))
    assert (past.assessment, past.assessed_on) == (second, date(2026, 8, 1))
    assert past_of(last).assessment == first
    signed(desk, here("2026-11-20"))
    past = past_of(replace(last, id="new", started_at=here("2026-11-22")))
    assert (past.assessment, past.assessed_on) == (None, None)


BORN = date(1980, 2, 1)
EFFECT = SideEffect(
    kind="neck_pain",
    side=EffectSide.NOT_SAID,
    site_note="",
    onset=date(2026, 9, 1),
    severity="mild",
    outcome="resolved",
    reported_on=date(2026, 9, 2),
    is_serious=False,
)
COUNTED = Outcomes(date(2026, 9, 28), 28, headache_days=12)
ELSEWHERE = TreatedElsewhere(date(2026, 9, 1), "onabotulinumtoxinA", Decimal(100))


def test_entries_are_kept_corrected_and_withdrawn_by_the_user_now(desk: Desk) -> None:
    session = signed(desk, here("2026-08-30"))
    given = app.services(desk)
    before = desk.now()
    given.add_entry("invented-1", COUNTED, session.id)
    (entry,) = given.entries("invented-1")
    assert (entry.value, entry.session_id, entry.entered_by) == (
        *(COUNTED, session.id, "Test Injector"),
    )
    assert before <= entry.entered_at <= desk.now()
    fewer = replace(COUNTED, headache_days=11)
    given.replace_entry(entry.id, fewer)
    (corrected,) = given.entries("invented-1")
    assert (corrected.value, corrected.session_id, corrected.replaces) == (
        *(fewer, session.id, entry.id),
    )
    given.add_entry("invented-1", EFFECT, None)
    given.withdraw_entry(corrected.id, "another patient's")
    assert [each.value for each in given.entries("invented-1")] == [EFFECT]
    assert given.past_of(session).entries == tuple(given.entries("invented-1"))


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (replace(EFFECT, onset=BORN - timedelta(days=1)), "31 Jan 1980 is before the patient's"),
        (replace(EFFECT, onset=date(2999, 1, 1)), "1 Jan 2999 is still to come"),
        (replace(EFFECT, note="\u200f"), "The text holds a character that cannot be printed"),
        (replace(EFFECT, kind="bad luck"), "“bad luck” is not on the list."),
        (replace(COUNTED, headache_days=29), "29 days cannot be counted in 28 days observed."),
        (replace(COUNTED, hit6=37), "No six answers of the HIT-6 add up to 37."),
        (replace(COUNTED, until=date(2999, 1, 1)), "1 Jan 2999 is still to come"),
        (replace(ELSEWHERE, units=Decimal(0)), "0 units cannot be"),
        (replace(ELSEWHERE, units=Decimal(10001)), "10001 units cannot be"),
        (replace(ELSEWHERE, on=BORN - timedelta(days=1)), "31 Jan 1980 is before the patient's"),
    ],
)
def test_an_entry_that_cannot_be_is_refused_in_words_and_not_saved(
    value: SideEffect | Outcomes | TreatedElsewhere, sentence: str, desk: Desk
) -> None:
    given = app.services(desk)
    with pytest.raises(ExpectedError) as refused:
        given.add_entry("invented-1", value, None)
    assert given.explain(refused.value).startswith(sentence)
    assert given.entries("invented-1") == []
    given.add_entry("invented-1", EFFECT, None)
    (entry,) = given.entries("invented-1")
    with pytest.raises(type(refused.value)):
        given.replace_entry(entry.id, value)
    assert given.entries("invented-1") == [entry]


def test_a_vial_of_the_stock_gets_an_id_of_its_own(desk: Desk) -> None:
    given = app.services(desk)
    for lot in ("C1", "C2"):
        given.add_stock(StockVial(replace(BOTOX, number=0, lot=lot)))
    first, second = given.stock()
    assert first.id
    assert first.id != second.id
    opened = replace(first, vial=replace(first.vial, mixed_at=desk.now(), diluent_ml=Decimal(4)))
    given.change_stock(opened)
    given.close_stock(second.id, "broken")
    assert given.stock() == [opened]
    with pytest.raises(ExpiredOnArrivalError) as refused:
        given.add_stock(StockVial(replace(BOTOX, expiry=Expiry(2026, 1))))
    assert given.explain(refused.value).startswith("This vial expired on 31 Jan 2026.")


def test_a_scan_is_read_with_what_was_learned_and_the_clinics_separator(desk: Desk) -> None:
    given = app.services(desk)
    unknown = Scanned(GTIN, "", None, "C1234C3", Expiry(2040, 10, 31))
    assert given.read_scan(CARTON) == unknown
    given.learn_package(GTIN, "botox", Decimal(200))
    assert given.read_scan(CARTON) == replace(unknown, product="botox", size_units=Decimal(200))
    with pytest.raises(AmbiguousScanError):
        given.read_scan(CARTON + "21SN0001")
    with pytest.raises(UnknownSeparatorError):
        given.read_scan(CARTON + "~21SN0001")
    given.set_habits(Habits(scan_substitute="~"))
    assert given.read_scan(CARTON + "~21SN0001").serial == "SN0001"


def test_a_clock_that_was_set_back_is_noticed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    given = app.services(desk)
    assert given.clock_set_back() is None
    session = given.open_session(given.start_session("invented-1")).present
    after = perform(SetRemark("x"), session, desk.book)
    given.keeping.act(session, SetRemark("x"), after)
    assert given.clock_set_back() is None
    now = desk.now()
    monkeypatch.setattr(Desk, "now", lambda _desk: now - timedelta(days=1))
    found = given.clock_set_back()
    assert found
    assert found.now == now - timedelta(days=1)
    assert abs(found.latest - now) < timedelta(minutes=1)
    assert found.latest.tzinfo == now.tzinfo


def test_the_lists_of_who_is_due_and_who_had_a_lot(desk: Desk) -> None:
    session = signed(desk, here("2026-08-30"), dose(1, "5"), vials=(BOTOX,))
    given = app.services(desk)
    assert [(each.patient_id, each.due_on) for each in given.due()] == [
        ("invented-1", date(2026, 11, 22))
    ]
    (row,) = given.sessions_with_lot(" c1234c3")
    assert (row.session_id, row.on, row.lot) == (session.id, date(2026, 8, 30), "C1234C3")


def page_text(page: bytes) -> str:
    return " ".join(
        "".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(page)).pages).split()
    )


def test_the_page_about_a_response_has_counts_and_doses_of_its_toxin_only(desk: Desk) -> None:
    given = app.services(desk)
    assert "No session so far" in page_text(given.response_page("invented-1"))
    doses = (dose(1, "7.5"), dose(2, "155", region="temporalis"), dose(3, "290", 2))
    signed(desk, here("2026-05-31"), *doses, vials=(BOTOX, DYSPORT))
    signed(desk, here("2026-08-30"), dose(1, "291", 2), vials=(BOTOX, DYSPORT))
    signed(desk, here("2026-08-31"), dose(1, "5.25"), vials=(BOTOX,))
    signed(desk, here("2026-08-31", "15:00"), dose(1, "6.5"), vials=(BOTOX,))
    for until, days in ((date(2026, 5, 31), 20), (date(2026, 8, 30), 13)):
        given.add_entry("invented-1", Outcomes(until, 28, headache_days=days), None)
    text = page_text(given.response_page("invented-1"))
    for figure in ("162.5", "7.5", "155", "11.75", "20 in 28", "13 in 28", "2 sessions"):
        assert figure in text
    for figure in ("290", "291", "452.5"):
        assert figure not in text
    assert "−35 %" in text
