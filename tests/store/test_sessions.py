from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.core import acts
from desktop.core.acts import ACTS, Act
from desktop.core.assessment import blank
from desktop.core.clinic import Habits
from desktop.core.errors import ExpectedError
from desktop.core.patient import Person
from desktop.core.plain import session_to_plain
from desktop.core.plan import plan_as_charted, plan_as_given
from desktop.core.procedure import Aspiration, Event, Happening, Procedure
from desktop.core.protocol import Side
from desktop.core.script import Turn
from desktop.core.session import ReasonMissingError, Session, SessionSignedError
from desktop.store import clinic_file
from desktop.store.records import (
    ChartChangedElsewhereError,
    PatientUnknownError,
    Records,
    SessionDiscardedError,
    SessionState,
    SessionSummary,
    SessionUnknownError,
)
from desktop.store.refusal import RecordDamagedError
from tests.core.strategies import WHOLE_VISIT, visits
from tests.store.conftest import Kept
from tests.store.visits import (
    BOOK,
    CHEAP,
    CLINIC,
    EMPTY,
    INJECTOR,
    LONDON,
    PATIENT,
    START,
    VIAL,
    WHOLE_PROTOCOL,
    WORDS,
    Visit,
    start,
)

OTHER = replace(PATIENT, id="p-2", record_number="2", family_name="Other")
AT = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
BUSY_VISIT: tuple[Act, ...] = (
    *WHOLE_PROTOCOL,
    acts.SetDose("FRO-1-L", Decimal("7.5"), "heavy brow"),
    acts.Omit("PRO-1-M", "refused"),
    acts.AddExtra("temporalis", Side.LEFT, Decimal(5), reason="pain here"),
    acts.SetWaste(Decimal("42.5"), "rest of the vial", 1, START, "TI"),
    acts.SetRemark(" two\nlines, and Ünïcödé\n"),
)


def test_a_session_is_kept_whole(kept: Kept) -> None:
    with kept.open() as file:
        session = start(file.records).do(*BUSY_VISIT).sign().session
    with kept.open() as file:
        assert session_to_plain(file.records.session("s-1")) == session_to_plain(session)
        assert list(file.records.session("s-1").injections) == list(session.injections)


def test_the_stored_hundredths_add_up_to_the_chart(records: Records) -> None:
    session = start(records).do(*BUSY_VISIT).session
    stored = records._row("SELECT sum(units) AS total FROM injection WHERE state = 'given'")
    assert stored == {"total": session.given_units * 100}
    assert records.sessions()[0].given_units == session.given_units == Decimal("157.5")


def test_undo_and_redo_go_on_where_one_left_off(kept: Kept) -> None:
    with kept.open() as file:
        visit = start(file.records).do(*BUSY_VISIT).undo().undo().redo().undo()
    with kept.open() as file:
        again = Visit(file.records, file.records.history("s-1"))
        assert again.history == visit.history
        again.redo().undo().undo().do(acts.SetRemark("new")).undo().redo()
        assert file.records.history("s-1") == again.history


def test_what_is_undone_is_off_the_chart(records: Records) -> None:
    visit = start(records).do(*WHOLE_PROTOCOL).undo().undo().undo().undo()
    assert records.history("s-1") == visit.history
    assert records.session("s-1") == EMPTY
    visit.redo().redo().redo().redo()
    assert records.session("s-1") == visit.session


def test_every_kind_of_act_goes_through_the_file_and_back(kept: Kept) -> None:
    with kept.open() as file:
        visit = start(file.records)
        file.records.add_patient(OTHER)
        visit.do(*WHOLE_VISIT)
        assert {type(step.act).__name__ for step in visit.history.done} == set(ACTS)
        assert_kept(visit)
    with kept.open() as file:
        again = Visit(file.records, file.records.history("s-1"))
        assert session_to_plain(again.session) == session_to_plain(visit.session)
        for _ in WHOLE_VISIT:
            again.undo()
        assert file.records.session("s-1") == replace(EMPTY, extras_made=visit.session.extras_made)
        for _ in WHOLE_VISIT:
            again.redo()
        assert again.session == visit.session
        assert_kept(again)


def test_what_a_clinic_always_does_is_kept(kept: Kept) -> None:
    habits = Habits(
        waste_reasons=("single use", "dropped"),
        shares_vials=True,
        usual_procedure=Procedure(
            aspiration=Aspiration.NO, aftercare="a\n\N{COMBINING ACUTE ACCENT}"
        ),
        scan_substitute="~",
        low_stock=0,
        expiring_days=90,
    )
    with kept.open() as file:
        file.records.set_habits(habits)
    with kept.open() as file:
        assert file.records.habits() == habits


def test_habits_of_an_older_edition_are_read(records: Records) -> None:
    old = '{"change_reasons":["tender"],"stop_reasons":null,"offers_all_given":false}'
    records.remember("habits", old)
    assert records.habits() == Habits(change_reasons=("tender",), offers_all_given=False)


def test_the_code_of_an_undone_extra_is_not_used_again_after_reopening(kept: Kept) -> None:
    extra = acts.AddExtra("temporalis", Side.LEFT, Decimal(5))
    with kept.open() as file:
        start(file.records).do(extra).undo()
    with kept.open() as file:
        session = Visit(file.records, file.records.history("s-1")).do(extra).session
        assert list(session.injections) == ["TEM-X2-L"]


def test_a_signed_session_keeps_its_history(records: Records) -> None:
    visit = start(records).do(*BUSY_VISIT).sign()
    assert records.history("s-1") == visit.history


def test_an_accent_after_a_line_break_is_kept(records: Records) -> None:
    text = "first line\n\N{COMBINING ACUTE ACCENT}"
    visit = start(records).do(
        acts.SetRemark(text),
        acts.SetProcedure(Procedure(aftercare=text)),
        acts.SetAssessment(replace(blank([], START.date()), lid_and_brow=text)),
    )
    assert records.history("s-1") == visit.history
    assert records.session("s-1") == visit.session
    copy = replace(visit.session, id="s-2")
    records.start_session(copy)
    assert records.session("s-2") == records.history("s-2").present == copy


def test_what_is_kept_as_json_is_stored_in_one_spelling(records: Records) -> None:
    typed = "Zoe\N{COMBINING DIAERESIS}"
    start(records).do(
        acts.SetProcedure(Procedure(position=typed)),
        acts.AddEvent(Event(Happening.OTHER, START, typed)),
        acts.GoOn("too early", typed),
        acts.AddVial(VIAL),
        acts.SetWaste(Decimal(5), typed),
        acts.StateGap(typed),
    )
    session = records.session("s-1")
    assert records.history("s-1").present == session
    assert session.procedure.position == session.events[0].note == "Zoë"
    assert session.overrides["too early"] == session.wastes[0].reason == session.gap_reason == "Zoë"


def test_a_remark_is_stored_in_one_spelling(records: Records) -> None:
    start(records).do(acts.SetRemark("Zoe\N{COMBINING DIAERESIS}"))
    assert records.session("s-1").remark == records.history("s-1").present.remark == "Zoë"


def test_the_hour_that_comes_twice_is_kept_apart(records: Records) -> None:
    for fold in (0, 1):
        at = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=fold)
        visit = start(records, replace(EMPTY, id=f"s-{fold}", started_at=at))
        visit.do(acts.AddVial(replace(VIAL, mixed_at=at)))
    first, second = (records.history(f"s-{fold}").present for fold in (0, 1))
    for one, other in (
        (first.started_at, second.started_at),
        (first.vials[0].mixed_at, second.vials[0].mixed_at),
    ):
        assert one
        assert other
        assert (other.astimezone(UTC) - one.astimezone(UTC)).total_seconds() == 3600
        assert (one.fold, other.fold) == (0, 1)
    assert [each.id for each in records.sessions()] == ["s-1", "s-0"]


def test_a_vial_corrected_from_the_first_to_the_second_0130_is_saved(records: Records) -> None:
    first, second = (
        replace(VIAL, mixed_at=datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=fold))
        for fold in (0, 1)
    )
    start(records).do(acts.AddVial(first, "the only one"), acts.ChangeVial(second))
    mixed_at = records.history("s-1").present.vials[0].mixed_at
    assert mixed_at
    assert mixed_at.fold == 1


def test_a_session_needs_its_patient(records: Records) -> None:
    with pytest.raises(PatientUnknownError):
        records.start_session(EMPTY)
    assert records.sessions() == []


def test_an_unknown_session_is_refused(records: Records) -> None:
    with pytest.raises(SessionUnknownError):
        records.session("s-1")
    with pytest.raises(SessionUnknownError):
        records.history("s-1")
    with pytest.raises(SessionUnknownError):
        records.discard("s-1", "by mistake", AT)


def test_a_session_is_started_once(records: Records) -> None:
    start(records)
    with pytest.raises(ChartChangedElsewhereError):
        records.start_session(EMPTY)
    assert len(records.sessions()) == 1


def test_sessions_are_numbered_and_found_by_number_or_id(records: Records) -> None:
    for number in (1, 2, 3):
        start(records, replace(EMPTY, id=f"s-{number}"))
    assert [each.number for each in records.sessions()] == [3, 2, 1]
    assert records.session_id_of("2") == records.session_id_of("s-2") == "s-2"
    for unknown in ("4", "0", "-1", "s-4", "", "٢", "9" * 30):
        with pytest.raises(SessionUnknownError):
            records.session_id_of(unknown)


def test_a_list_says_of_each_session_what_was_given(records: Records) -> None:
    start(records).do(*BUSY_VISIT).sign()
    assert records.sessions() == [
        SessionSummary(
            id="s-1",
            number=1,
            patient_id="p-1",
            record_number="4711",
            family_name="Łukaszewska",
            given_name="Zoë",
            started_at=EMPTY.started_at,
            state=SessionState.SIGNED,
            given_units=Decimal("157.5"),
            given_sites=31,
            given_products=1,
        )
    ]


def test_sessions_are_listed_newest_first_and_by_patient(records: Records) -> None:
    records.add_patient(replace(PATIENT, id="p-2", record_number="2"))
    for day, patient in ((3, "p-1"), (5, "p-2"), (4, "p-1")):
        at = datetime(2026, 11, day, 9, 0, tzinfo=LONDON)
        start(records, replace(EMPTY, id=f"s-{day}", patient_id=patient, started_at=at))
    assert [each.id for each in records.sessions()] == ["s-5", "s-4", "s-3"]
    assert [each.id for each in records.sessions("p-1")] == ["s-4", "s-3"]
    assert [each.id for each in records.sessions(limit=1)] == ["s-5"]


def test_only_open_sessions_are_drafts(records: Records) -> None:
    start(records, replace(EMPTY, id="signed")).do(*WHOLE_PROTOCOL).sign()
    start(records, replace(EMPTY, id="discarded"))
    records.discard("discarded", "wrong patient", AT)
    start(records, replace(EMPTY, id="open"))
    assert [each.id for each in records.drafts()] == ["open"]
    assert [each.id for each in records.drafts("p-1")] == ["open"]
    assert records.drafts("p-2") == []


def test_a_discarded_session_stays_and_takes_no_edit(records: Records) -> None:
    visit = start(records).do(*WHOLE_PROTOCOL)
    records.discard("s-1", "wrong patient", AT)
    assert records.sessions()[0].state is SessionState.DISCARDED
    assert records.history("s-1") == visit.history
    with pytest.raises(SessionDiscardedError):
        visit.undo()
    with pytest.raises(SessionDiscardedError):
        visit.sign()
    with pytest.raises(SessionDiscardedError):
        records.discard("s-1", "again", AT)


def test_discarding_needs_a_reason(records: Records) -> None:
    visit = start(records)
    with pytest.raises(ReasonMissingError):
        records.discard("s-1", " ", AT)
    visit.do(*WHOLE_PROTOCOL)


def on(day: int, session_id: str) -> Session:
    return replace(EMPTY, id=session_id, started_at=datetime(2026, 11, day, 9, tzinfo=LONDON))


def test_past_sessions_are_signed_ones_of_the_same_patient_newest_first(records: Records) -> None:
    records.add_patient(OTHER)
    signed = {
        day: start(records, on(day, f"s-{day}")).do(*BUSY_VISIT).sign().session
        for day in (3, 1, 5, 4, 9)
    }
    start(records, on(6, "draft")).do(*WHOLE_PROTOCOL)
    start(records, on(7, "discarded"))
    records.discard("discarded", "by mistake", AT)
    start(records, replace(on(7, "theirs"), patient_id="p-2")).do(*WHOLE_PROTOCOL).sign()
    now = on(8, "now")
    assert records.past_sessions("p-1", now) == [signed[5], signed[4], signed[3]]
    assert records.past_sessions("p-1", now, limit=9) == [signed[day] for day in (5, 4, 3, 1)]
    assert records.past_sessions("p-1", signed[4]) == [signed[3], signed[1]]
    assert records.past_sessions("p-1", signed[1]) == records.past_sessions("p-3", now) == []


def moved_to(patient_id: str) -> acts.MoveToPatient:
    return acts.MoveToPatient(patient_id, "charted on the wrong one")


def owner(records: Records) -> list[str]:
    return [
        patient.id
        for patient in records.find_patients("")
        for session in records.sessions(patient.id)
    ]


def test_a_draft_moved_to_another_patient_is_theirs_and_comes_back_by_undo(kept: Kept) -> None:
    with kept.open() as file:
        visit = start(file.records).do(*WHOLE_PROTOCOL)
        file.records.add_patient(OTHER)
        file.records.change_patient(PATIENT)
        visit.do(moved_to("p-2"))
        assert owner(file.records) == ["p-2"]
        assert file.records.session("s-1").patient_id == "p-2"
        assert file.records.find_patients("")[0].id == "p-2"
        visit.undo()
        assert owner(file.records) == ["p-1"]
        visit.redo()
    with kept.open() as file:
        assert owner(file.records) == ["p-2"]
        assert file.records.history("s-1") == visit.history


def test_a_draft_is_not_moved_to_a_patient_whom_nobody_knows(records: Records) -> None:
    visit = start(records).do(*WHOLE_PROTOCOL)
    before = records.history("s-1")
    with pytest.raises(PatientUnknownError):
        visit.do(moved_to("p-9"))
    assert records.history("s-1") == before
    visit.do(acts.SetRemark("and work goes on"))


def test_whoever_performed_is_kept(records: Records) -> None:
    supervisor = Person("Test Supervisor", "MD")
    visit = start(records).do(acts.SetPerformer(supervisor))
    assert records.session("s-1").performed_by == supervisor
    assert records.history("s-1") == visit.history


def test_the_times_of_injection_are_kept_and_taken_back_with_it(kept: Kept) -> None:
    with kept.open() as file:
        visit = start(file.records).do(acts.Tap("FRO-1-L"))
        first = visit.session.first_given_at
        assert first
        assert file.records.session("s-1").first_given_at == first
        visit.undo()
        assert file.records.session("s-1").first_given_at is None
        visit.redo()
    with kept.open() as file:
        session = file.records.session("s-1")
        assert (session.first_given_at, session.last_given_at) == (first, first)
        assert file.records.history("s-1") == visit.history


def test_a_session_planned_by_the_last_one_is_kept_whole(kept: Kept) -> None:
    with kept.open() as file:
        last = plan_as_given(start(file.records).do(*BUSY_VISIT).sign().session, BOOK)
        visit = start(file.records, on(23, "s-2")).do(
            acts.PlanFrom(last), acts.GiveAll(), acts.Mirror("TEM-X1-L")
        )
    with kept.open() as file:
        kept_session = file.records.session("s-2")
        assert kept_session == visit.session
        assert kept_session.injections["FRO-1-L"].planned_reason == "heavy brow"
        assert file.records.history("s-2") == visit.history


def test_templates_are_kept_by_name_and_replaced_and_removed(kept: Kept) -> None:
    with kept.open() as file:
        session = start(file.records).do(*BUSY_VISIT).session
        one, two = (
            plan_as_charted(session, "Usual", BOOK),
            plan_as_charted(EMPTY, "Zoe\u0308's", BOOK),
        )
        file.records.save_template(two)
        file.records.save_template(one)
        file.records.save_template(replace(one, sites=one.sites[:3]))
    with kept.open() as file:
        shorter = replace(one, sites=one.sites[:3])
        assert file.records.templates() == [shorter, replace(two, name="template Zoë's")]
        file.records.remove_template(two.name)
        file.records.remove_template("template that nobody made")
        assert file.records.templates() == [shorter]


def test_a_signed_session_takes_no_edit(records: Records) -> None:
    visit = start(records).do(*WHOLE_PROTOCOL)
    draft = visit.session
    signed = visit.sign().session
    with pytest.raises(SessionSignedError):
        records.record_act(draft, acts.SetRemark("late"), draft, AT)
    with pytest.raises(SessionSignedError):
        records.record_undo(signed, draft, AT)
    with pytest.raises(SessionSignedError):
        records.record_redo(signed, draft, AT)
    with pytest.raises(SessionSignedError):
        records.sign(draft, signed, AT)
    with pytest.raises(SessionSignedError):
        records.discard("s-1", "regret", AT)
    assert records.session("s-1") == signed


def test_a_chart_that_changed_elsewhere_is_not_overwritten(records: Records) -> None:
    stale = start(records)
    other_window = Records(records._db)
    Visit(other_window, other_window.history("s-1")).do(acts.SetRemark("theirs"))
    with pytest.raises(ChartChangedElsewhereError):
        stale.do(acts.SetRemark("ours"))
    assert records.session("s-1").remark == "theirs"
    Visit(records, records.history("s-1")).do(acts.SetRemark("ours, after reading"))


def test_a_chart_that_was_not_read_is_not_overwritten(records: Records) -> None:
    session = start(records).session
    with pytest.raises(ChartChangedElsewhereError):
        Visit(Records(records._db), records.history("s-1")).do(acts.SetRemark("blind"))
    assert records.session("s-1") == session


def test_rows_that_contradict_the_acts_are_found(records: Records) -> None:
    start(records).do(*WHOLE_PROTOCOL)
    records._db.execute("UPDATE injection SET units = 600 WHERE code = 'FRO-1-L'")
    with pytest.raises(RecordDamagedError):
        records.history("s-1")


def test_an_act_that_was_refused_leaves_nothing_half_done(records: Records) -> None:
    visit = start(records).do(*WHOLE_PROTOCOL)
    site = visit.session.injections["FRO-1-L"]
    impossible = replace(
        visit.session, injections={**visit.session.injections, "X": replace(site, vial=7)}
    )
    before = records.history("s-1")
    with pytest.raises(Exception, match="FOREIGN KEY"):
        records.record_act(visit.session, acts.SetRemark("x"), impossible, AT)
    assert records.history("s-1") == before
    visit.do(acts.SetRemark("and work goes on"))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    """One record for all examples of a property; each has a session of its own."""
    path: Path = tmp_path_factory.mktemp("shared") / "clinic.glabella"
    file, _ = clinic_file.create(path, CLINIC, INJECTOR, "injector", WORDS, cost=CHEAP)
    with file:
        file.records.add_patient(PATIENT)
        file.records.add_patient(OTHER)
        yield file.records


numbers = count()


def started(records: Records, started_at: datetime = EMPTY.started_at) -> Visit:
    return start(records, replace(EMPTY, id=f"visit-{next(numbers)}", started_at=started_at))


def assert_kept(visit: Visit) -> None:
    fresh = Records(visit.records._db)
    assert fresh.history(visit.session.id) == visit.history
    kept: Session = fresh.session(visit.session.id)
    assert session_to_plain(kept) == session_to_plain(visit.session)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(visits)
def test_any_visit_goes_through_the_file_unchanged(
    shared: Records, visit: list[Act | Turn]
) -> None:
    charted = started(shared)
    for step in visit:
        try:
            if isinstance(step, Turn):
                charted = charted.undo() if step is Turn.UNDO else charted.redo()
            else:
                charted = charted.do(step)
        except ExpectedError:
            continue
    assert_kept(charted)


@settings(max_examples=60, deadline=None)
@given(
    st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001  the zone follows
    st.sampled_from([0, 1]),
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"], include_characters=" \n")),
)
def test_any_time_and_text_go_through_the_file(
    shared: Records, clock: datetime, fold: int, text: str
) -> None:
    visit = started(shared, clock.replace(tzinfo=LONDON, fold=fold))
    visit.do(acts.SetRemark(text))
    kept = shared.history(visit.session.id).present
    assert kept.started_at.astimezone(UTC) == visit.session.started_at.astimezone(UTC)
    assert kept == shared.session(visit.session.id)
