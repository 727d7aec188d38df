import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.acts import ACTS, Act, AddVial, PlanFrom, PlanProtocol, SetWaste
from desktop.core.atlas import Point
from desktop.core.charting import sign, timed
from desktop.core.clinic import Habits
from desktop.core.patient import Identity, Person, Sex
from desktop.core.plain import (
    act_from_plain,
    act_to_plain,
    difference,
    event_from_plain,
    event_to_plain,
    habits_from_plain,
    habits_to_plain,
    injection_from_plain,
    patched,
    plan_from_plain,
    plan_to_plain,
    point_to_plain,
    session_from_plain,
    session_to_plain,
    time_from_plain,
    time_to_plain,
    vial_from_plain,
    vial_to_plain,
    waste_from_plain,
    waste_to_plain,
)
from desktop.core.plan import Plan
from desktop.core.procedure import Event
from desktop.core.script import Turn
from desktop.core.session import Session, Signature, Waste
from desktop.core.vial import Expiry, Vial
from tests.core.strategies import (
    EMPTY,
    WHOLE_VISIT,
    amounts,
    any_act,
    events,
    histories,
    plans,
    procedures,
    times,
    vials,
    visits,
)

Chart = Callable[[str], Session]

ZONES = ["Europe/London", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]


def through_text(plain: object) -> object:
    return json.loads(json.dumps(plain, allow_nan=False))


@given(visits)
def test_a_session_survives_the_file(visit: list[Act | Turn]) -> None:
    session = histories(visit)[-1].present
    kept = json.dumps(session_to_plain(session))
    assert session_from_plain(json.loads(kept)) == session
    assert json.dumps(session_to_plain(session_from_plain(json.loads(kept)))) == kept


@given(visits)
def test_equal_sessions_have_equal_text_however_they_were_put_together(
    visit: list[Act | Turn],
) -> None:
    session = histories(visit)[-1].present
    turned = replace(
        session,
        injections=dict(reversed(list(session.injections.items()))),
        extras_made=dict(reversed(list(session.extras_made.items()))),
    )
    assert json.dumps(session_to_plain(turned)) == json.dumps(session_to_plain(session))


@given(any_act)
def test_an_act_survives_the_file(act: Act) -> None:
    kept = through_text(act_to_plain(act))
    assert isinstance(kept, dict)
    assert act_from_plain(kept) == act


@given(visits)
def test_every_difference_survives_the_file(visit: list[Act | Turn]) -> None:
    passed = [history.present for history in histories(visit)]
    for before, after in zip(passed, passed[1:] + passed[:1], strict=True):
        change = through_text(difference(before, after))
        assert isinstance(change, dict)
        assert patched(before, change) == after
        assert (change == {}) == (before == after)


def test_a_signed_session_survives_the_file(chart: Chart) -> None:
    session = chart(
        "vial BOTOX 200 U, lot C1, exp 2027-10\nplan protocol\ngive all\nwaste 45, rest"
    )
    signature = Signature(Person("Test Injector", "MD"), session.started_at, "I injected this.")
    identity = Identity("4711", "García López", "Ana María", date(1980, 2, 1), Sex.FEMALE)
    signed = sign(session, signature, identity)
    kept = through_text(session_to_plain(signed))
    assert isinstance(kept, dict)
    assert session_from_plain(kept) == signed


def test_the_times_of_injection_survive_the_file(chart: Chart) -> None:
    at = datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Europe/London"), fold=1)
    session = timed(chart(""), chart("tap FRO-1-L"), at)
    kept = through_text(session_to_plain(session))
    assert isinstance(kept, dict)
    again = session_from_plain(kept)
    assert again == session
    assert again.first_given_at
    assert again.first_given_at.fold == 1


@given(plans)
def test_a_plan_survives_the_file(plan: Plan) -> None:
    kept = through_text(plan_to_plain(plan))
    assert isinstance(kept, dict)
    assert plan_from_plain(kept) == plan


_chips = st.none() | st.lists(st.sampled_from(["tender", "bruise"]), max_size=2).map(tuple)


@given(
    st.builds(
        Habits,
        _chips,
        _chips,
        st.booleans(),
        _chips,
        st.booleans(),
        procedures,
        st.sampled_from(["", "~"]),
        st.integers(0, 9),
        st.integers(0, 999),
    )
)
def test_habits_survive_the_file(habits: Habits) -> None:
    kept = through_text(habits_to_plain(habits))
    assert isinstance(kept, dict)
    assert habits_from_plain(kept) == habits


def test_habits_of_an_older_edition_are_read() -> None:
    text = '{"change_reasons":["tender"],"stop_reasons":null,"offers_all_given":false}'
    assert habits_from_plain(json.loads(text)) == Habits(
        change_reasons=("tender",), offers_all_given=False
    )


@given(vials)
def test_a_vial_survives_the_file(vial: Vial) -> None:
    kept = through_text(vial_to_plain(vial))
    assert isinstance(kept, dict)
    again = vial_from_plain(kept)
    assert again == vial
    assert vial_to_plain(again) == kept  # also which 01:30 it was mixed at


@given(events)
def test_an_event_survives_the_file(event: Event) -> None:
    kept = through_text(event_to_plain(event))
    assert isinstance(kept, dict)
    assert event_from_plain(kept) == event
    assert event_to_plain(event_from_plain(kept)) == kept


@given(
    st.builds(
        Waste, amounts, st.just("spilt"), st.none() | st.just(2), st.none() | times, st.just("TI")
    )
)
def test_a_waste_survives_the_file(waste: Waste) -> None:
    kept = through_text(waste_to_plain(waste))
    assert isinstance(kept, dict)
    assert waste_from_plain(kept) == waste
    assert waste_to_plain(waste_from_plain(kept)) == kept


def test_every_act_and_every_part_of_a_session_survives_the_file() -> None:
    """What is added to acts or sessions and not to this visit would not be tried for sure."""
    passed = histories(WHOLE_VISIT)
    assert [step.act for step in passed[-1].done] == list(WHOLE_VISIT)
    assert {type(act).__name__ for act in WHOLE_VISIT} == set(ACTS)
    filled: set[str] = set()
    for before, after in pairwise(passed):
        step = after.done[-1]
        kept = through_text(act_to_plain(step.act))
        assert isinstance(kept, dict)
        assert act_from_plain(kept) == step.act
        change = through_text(difference(before.present, after.present))
        assert isinstance(change, dict)
        assert change, step.act
        assert patched(before.present, change) == after.present
        assert session_from_plain(session_to_plain(after.present)) == after.present
        filled.update(change)
    by_others = {"first_given_at", "last_given_at", "identity", "signature"}
    fixed = {"id", "started_at", "protocol", "atlas", "charted_by"}
    assert set(session_to_plain(EMPTY)) - filled == fixed | by_others


def test_what_an_older_edition_wrote_is_read(chart: Chart) -> None:
    session = chart("plan protocol")
    plain = session_to_plain(session)
    del plain["first_given_at"], plain["last_given_at"]
    for site in plain["injections"].values():
        del site["planned_reason"]
    assert session_from_plain(plain) == session
    assert injection_from_plain(plain["injections"]["FRO-1-L"]) == session.injections["FRO-1-L"]
    assert patched(EMPTY, {"plan": "protocol", "injections": plain["injections"]}) == replace(
        EMPTY, plan="protocol", injections=session.injections
    )
    assert act_from_plain({"act": "PlanProtocol"}) == PlanProtocol()
    site = {"code": "PRO-1-M", "region": "procerus", "side": "M", "units": "5"}
    act = act_from_plain({"act": "PlanFrom", "plan": {"name": "template A", "sites": [site]}})
    assert isinstance(act, PlanFrom)
    assert (act.plan.sites[0].point, act.plan.sites[0].reason) == (None, "")


# As the second edition wrote them, to the letter.
OLD_VIAL = (
    '{"number":1,"product":"botox","size_units":"200","lot":"C1234C3","expiry":"2027-10",'
    '"diluent_ml":"4","mixed_at":null}'
)
OLD_WASTE = '{"act":"SetWaste","units":"45","reason":"rest of the vial"}'


def test_vials_and_wastes_of_an_older_edition_are_read(chart: Chart) -> None:
    vial = Vial(1, "botox", Decimal(200), "C1234C3", Expiry(2027, 10), Decimal(4))
    assert vial_from_plain(json.loads(OLD_VIAL)) == vial
    assert act_from_plain({"act": "AddVial", "vial": json.loads(OLD_VIAL)}) == AddVial(vial)
    assert act_from_plain(json.loads(OLD_WASTE)) == SetWaste(Decimal(45), "rest of the vial")
    session = chart("plan protocol")
    plain = session_to_plain(session)
    for key in NEW_KEYS:
        del plain[key]
    assert session_from_plain({**plain, "waste": None}) == session
    one = Waste(Decimal(45), "rest of the vial")
    wasted = {"waste": {"units": "45", "reason": "rest of the vial"}}
    assert session_from_plain({**plain, **wasted}) == replace(session, wastes=(one,))


def test_an_older_difference_says_again_what_was_discarded() -> None:
    first, second = ({"waste": {"units": units, "reason": "spilt"}} for units in ("40", "45"))
    once = patched(EMPTY, first)
    assert once.wastes == (Waste(Decimal(40), "spilt"),)
    twice = patched(once, second)
    assert twice.wastes == (Waste(Decimal(45), "spilt"),)
    of_vials = [waste_to_plain(Waste(Decimal(5), "spilt", number)) for number in (1, 2)]
    assert len(patched(twice, {"wastes": of_vials}).wastes) == 2
    assert patched(twice, {"wastes": []}).wastes == ()


NEW_KEYS = (
    *("wastes", "drawing", "kept", "gap_reason", "assessment", "procedure", "events", "overrides"),
)


def test_a_difference_names_only_what_changed(chart: Chart) -> None:
    before, after = chart("plan protocol"), chart("plan protocol\nomit FRO-1-L, bruise")
    change = difference(before, after)
    assert list(change) == ["injections"]
    assert list(change["injections"]) == ["FRO-1-L"]
    assert change["injections"]["FRO-1-L"]["state"] == "omitted"
    assert difference(after, chart(""))["injections"]["FRO-1-L"] is None


def test_extras_are_kept_in_one_order_whichever_came_first(chart: Chart) -> None:
    kept = session_to_plain(chart("extra TRA R 5\nextra TEM L 5"))
    assert list(kept["injections"]) == ["TEM-X1-L", "TRA-X1-R"]
    assert list(kept["extras_made"]) == ["TEM-L", "TRA-R"]


def test_a_point_has_one_text_whoever_wrote_15_for_15_0() -> None:
    assert json.dumps(point_to_plain(Point("front", 15, 788))) == '["front", 15.0, 788.0]'


def test_amounts_are_kept_as_text_and_never_as_floats(chart: Chart) -> None:
    kept = session_to_plain(chart("tap FRO-1-L 7.50"))["injections"]["FRO-1-L"]
    assert (kept["units"], kept["planned_units"], kept["point"]) == ("7.5", None, None)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),  # noqa: DTZ001  the zone comes next
    st.sampled_from(ZONES),
    st.sampled_from([0, 1]),
)
def test_a_time_keeps_its_instant_its_zone_and_its_offset(
    clock: datetime, zone: str, fold: int
) -> None:
    at = clock.replace(tzinfo=ZoneInfo(zone), fold=fold)
    kept = time_from_plain(time_to_plain(at))
    assert kept.timestamp() == pytest.approx(at.timestamp(), abs=1e-6)
    assert kept.tzinfo == ZoneInfo(zone)
    assert time_to_plain(kept)["utc"] == time_to_plain(at)["utc"]


def test_of_two_equal_clock_times_the_kept_one_comes_back() -> None:
    for fold, offset in [(0, 60), (1, 0)]:
        at = datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Europe/London"), fold=fold)
        kept = time_to_plain(at)
        assert kept["offset_minutes"] == offset
        assert time_from_plain(kept).fold == fold


def test_a_time_without_the_name_of_its_zone_is_not_kept() -> None:
    with pytest.raises(TypeError):
        time_to_plain(datetime.fromisoformat("2026-11-22T10:30:00+00:00"))
