from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given

from desktop.core.acts import Act, Tap
from desktop.core.charting import sign
from desktop.core.history import History, NothingToRedoError, NothingToUndoError
from desktop.core.patient import Identity, Sex
from desktop.core.plain import difference, patched
from desktop.core.protocol import Side
from desktop.core.rules import changes, findings, region_totals, side_units
from desktop.core.script import Turn
from desktop.core.session import Session, SessionSignedError, Signature, State
from tests.core.strategies import BOOK, EMPTY, WHOLE_VISIT, histories, visits

Perform = Callable[[str], History]


def test_undo_goes_back_to_the_value_before_and_redo_forward_again(history: Perform) -> None:
    lines = "plan protocol\ngive all\n"
    assert history(lines + "undo").present == history("plan protocol").present
    assert history(lines + "undo\nundo\nredo\nredo").present == history(lines).present


def test_what_was_undone_cannot_be_redone_after_another_act(history: Perform) -> None:
    with pytest.raises(NothingToRedoError):
        history("plan protocol\nundo\ntap FRO-1-L").redo()


def test_there_is_nothing_to_undo_in_a_session_as_it_was_opened(history: Perform) -> None:
    with pytest.raises(NothingToUndoError):
        history("plan protocol\nundo").undo()
    with pytest.raises(NothingToRedoError):
        history("plan protocol").redo()


def test_fifty_acts_are_undone_one_by_one(history: Perform) -> None:
    done = history("tap FRO-1-L\n" * 50)
    for _ in range(50):
        done = done.undo()
    assert done == replace(History(EMPTY), present=done.present, undone=done.undone)
    assert done.present.injections == {}
    assert len(done.undone) == 50


def test_a_redone_extra_keeps_its_code_and_the_next_one_gets_a_new_one(history: Perform) -> None:
    session = history("extra TEM L 5\nundo\nredo\nextra TEM L 5").present
    assert list(session.injections) == ["TEM-X1-L", "TEM-X2-L"]


def test_a_signed_session_takes_no_undo_and_no_redo(history: Perform) -> None:
    draft = history("tap FRO-1-L\ngap no vial is recorded\ntap FRO-1-R\nundo")
    signature = Signature(draft.present.performed_by, draft.present.started_at, "")
    identity = Identity("4711", "Patient", "Test", date(1980, 2, 1), Sex.UNKNOWN)
    signed = replace(draft, present=sign(draft.present, signature, identity))
    with pytest.raises(SessionSignedError):
        signed.undo()
    with pytest.raises(SessionSignedError):
        signed.redo()


def test_every_kind_of_act_is_undone_and_done_again() -> None:
    passed = histories(WHOLE_VISIT)
    history, made = passed[-1], passed[-1].present.extras_made
    for before in reversed(passed[:-1]):
        history = history.undo()
        assert history.present == replace(before.present, extras_made=made)
    for after in passed[1:]:
        history = history.redo()
        assert history.present == replace(after.present, extras_made=made)


@given(visits)
def test_undoing_every_act_gives_the_empty_chart_back(visit: list[Act | Turn]) -> None:
    passed = histories(visit)
    last = passed[-1]
    while last.done:
        last = last.undo()
    assert last.present == replace(EMPTY, extras_made=passed[-1].present.extras_made)


@given(visits)
def test_the_differences_played_again_give_the_present(visit: list[Act | Turn]) -> None:
    passed = [each.present for each in histories(visit)]
    replayed = EMPTY
    for before, after in pairwise(passed):
        replayed = patched(replayed, difference(before, after))
    assert replayed == passed[-1]
    assert BOOK.in_order(replayed) == BOOK.in_order(passed[-1])


@given(visits)
def test_regions_and_sides_both_add_up_to_the_session(visit: list[Act | Turn]) -> None:
    session = histories(visit)[-1].present
    rows = region_totals(session, BOOK)
    assert sum(row.units for row in rows) == session.given_units
    assert sum(side_units(session, side) for side in Side) == session.given_units
    assert sum(row.sites for row in rows) == len(session.given)


@given(visits)
def test_no_tap_deletes_an_injection(visit: list[Act | Turn]) -> None:
    for history in histories(visit):
        for step in history.done[-1:]:
            if isinstance(step.act, Tap):
                assert step.before.injections.keys() <= step.after.injections.keys()
                before = step.before.injections.get(step.act.code)
                after = step.after.injections[step.act.code]
                assert (
                    before is None
                    or replace(before, state=after.state, units=after.units, vial=after.vial)
                    == after
                )


@given(visits)
def test_the_code_of_an_extra_is_given_once_in_a_session(visit: list[Act | Turn]) -> None:
    # By the step that made it: redo brings the same extra back, and that is no second one.
    made = {
        (id(step.act), code)
        for history in histories(visit)
        for step in history.done[-1:]
        for code in step.after.injections.keys() - step.before.injections.keys()
        if step.after.injections[code].is_extra
    }
    codes = [code for _, code in made]
    assert len(codes) == len(set(codes))


@given(visits)
def test_every_chart_can_be_read_and_has_no_planned_site_that_is_neither_given_nor_left_out(
    visit: list[Act | Turn],
) -> None:
    session: Session = histories(visit)[-1].present
    assert findings(session, BOOK) is not None
    assert changes(session, BOOK) is not None
    for each in session.injections.values():
        in_plan = each.planned_units is not None
        assert (each.state is State.NOT_GIVEN) <= (not in_plan)
        assert (each.state in (State.PLANNED, State.OMITTED)) <= in_plan
        assert 0 < each.units <= 400
