"""How the injections were done, and what happened meanwhile."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import given

from desktop.core.charting import add_event, go_on, remove_event, set_procedure
from desktop.core.clinic import Habits, checked_habits
from desktop.core.errors import ExpectedError
from desktop.core.patient import TextTooLongError, UnprintableCharacterError
from desktop.core.procedure import (
    TEXTS,
    Aspiration,
    Event,
    Happening,
    HappeningNotDescribedError,
    NoSuchEventError,
    Procedure,
    checked_event,
    checked_procedure,
    differences,
    procedure_from_plain,
    procedure_to_plain,
)
from desktop.core.session import ReasonMissingError, Session
from tests.core.strategies import EMPTY, procedures

Chart = Callable[[str], Session]

AT = EMPTY.started_at
USUAL = Procedure(
    "seated", "alcohol", "30 G", "landmarks", Aspiration.NO, "well", "upright", "", ""
)
NAMES = [each.name for each in fields(Procedure)]
LINES = [name for name in NAMES if name not in TEXTS and name != "aspiration"]


def test_what_nobody_recorded_is_not_recorded() -> None:
    assert set(procedure_to_plain(Procedure()).values()) == {"", "not recorded"}
    assert checked_procedure(Procedure()) == Procedure()


def test_only_what_differs_from_the_usual_is_told() -> None:
    assert differences(USUAL, USUAL) == {}
    today = replace(USUAL, aspiration=Aspiration.YES, tolerance="", follow_up="10 weeks")
    assert differences(today, USUAL) == {
        "aspiration": "yes",
        "tolerance": "",
        "follow_up": "10 weeks",
    }


@given(procedures)
def test_a_procedure_survives_the_file(procedure: Procedure) -> None:
    kept = json.loads(json.dumps(procedure_to_plain(procedure)))
    assert procedure_from_plain(kept) == procedure
    assert list(kept) == NAMES


def test_parts_that_an_edition_does_not_know_are_passed_over() -> None:
    assert procedure_from_plain({}) == Procedure()
    assert procedure_from_plain({"needle": "30 G", "syringe": "1 mL"}) == Procedure(needle="30 G")


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a\nb", UnprintableCharacterError),
        ("a\x1db", UnprintableCharacterError),
        ("\u202e", UnprintableCharacterError),
        ("x" * 201, TextTooLongError),
    ],
)
def test_a_part_of_the_procedure_is_a_printable_line(
    name: str, text: str, error: type[ExpectedError]
) -> None:
    wrong = procedure_from_plain({name: text})
    with pytest.raises(error):
        checked_procedure(wrong)
    with pytest.raises(error):
        set_procedure(EMPTY, wrong)
    with pytest.raises(error):
        checked_habits(Habits(usual_procedure=wrong))


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_what_the_patient_was_told_may_be_several_sentences(name: str) -> None:
    good = procedure_from_plain({name: "Stay upright.\nDo not rub. " * 50})
    assert checked_procedure(good) is good
    for text, error in [("a\x1db", UnprintableCharacterError), ("x" * 20_001, TextTooLongError)]:
        with pytest.raises(error):
            checked_procedure(procedure_from_plain({name: text}))


def test_a_session_keeps_how_it_was_done() -> None:
    session = set_procedure(EMPTY, USUAL)
    assert session == replace(EMPTY, procedure=USUAL)
    assert set_procedure(session, Procedure()) == EMPTY


FAINT = Event(Happening.FAINT, AT)
PAIN = Event(Happening.PAIN, AT + timedelta(minutes=1), "cold spray")
OTHER = Event(Happening.OTHER, AT, "hiccups")


def test_what_happened_is_kept_in_order_and_taken_back_by_its_number() -> None:
    session = add_event(add_event(add_event(EMPTY, FAINT), PAIN), OTHER)
    assert session == replace(EMPTY, events=(FAINT, PAIN, OTHER))
    assert remove_event(session, 2).events == (FAINT, OTHER)
    assert remove_event(session, 1).events == (PAIN, OTHER)
    assert remove_event(session, 3).events == (FAINT, PAIN)


@pytest.mark.parametrize("number", [0, -1, 2])
def test_an_event_that_is_not_there_is_not_taken_back(number: int) -> None:
    with pytest.raises(NoSuchEventError) as refused:
        remove_event(add_event(EMPTY, FAINT), number)
    assert refused.value.number == number


@pytest.mark.parametrize("note", ["", "  "])
def test_something_else_is_described_and_the_named_ones_need_not_be(note: str) -> None:
    for kind in Happening:
        event = Event(kind, AT, note)
        if kind is Happening.OTHER:
            with pytest.raises(HappeningNotDescribedError):
                add_event(EMPTY, event)
        else:
            assert checked_event(event) is event


@pytest.mark.parametrize("kind", Happening)
@pytest.mark.parametrize(
    ("note", "error"),
    [("a\nb", UnprintableCharacterError), ("x" * 201, TextTooLongError)],
)
def test_the_note_of_an_event_is_a_printable_line(
    kind: Happening, note: str, error: type[ExpectedError]
) -> None:
    with pytest.raises(error):
        checked_event(Event(kind, AT, note))


def test_why_the_work_goes_on_is_kept_by_the_guard() -> None:
    session = go_on(go_on(EMPTY, "too early", " asked for "), "no consent", "on paper")
    assert session.overrides == {"too early": "asked for", "no consent": "on paper"}
    assert go_on(session, "too early", "flare").overrides["too early"] == "flare"
    for reason, error in [
        ("", ReasonMissingError),
        ("  ", ReasonMissingError),
        ("a\nb", UnprintableCharacterError),
        ("x" * 201, TextTooLongError),
    ]:
        with pytest.raises(error):
            go_on(EMPTY, "too early", reason)
