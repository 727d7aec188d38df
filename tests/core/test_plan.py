from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from desktop.core.acts import Act, GiveAll, Move, PlanFrom, Tap, perform
from desktop.core.atlas import Point
from desktop.core.charting import PlannedSiteUnknownError, WrongViewError, plan_from
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.patient import TextTooLongError
from desktop.core.plan import (
    ANOTHERS,
    EMPTY_PLAN,
    Plan,
    PlannedSite,
    TemplateNameMissingError,
    day_copied,
    plan_as_charted,
    plan_as_given,
    protocol_plan,
    template_title,
)
from desktop.core.product import DoseOverProductLimitError
from desktop.core.protocol import Side
from desktop.core.rules import (
    ChangeWithoutReason,
    Extra,
    ExtraOutsideFollowThePain,
    Moved,
    Omitted,
    OtherDose,
    RegionOverSites,
    changes,
    findings,
    other_toxins,
    region_totals,
)
from desktop.core.script import Turn
from desktop.core.session import Injection, Session, State
from tests.core.strategies import BOOK, EMPTY, histories, plans, visits

Chart = Callable[[str], Session]

FIVE = Decimal(5)
UP = Point("front", 15.0, 798.0)  # 10 mm above FRO-1-L
LAST_TIME = """
    vial  BOTOX 200 U, lot C1234C3, exp 2027-10
    plan  protocol
    omit  PRO-1-M, bruise
    dose  OCC-1-L 7.5, pain here
    move  FRO-1-L up 10 mm, brow shape
    extra TEM L 5 at 60 775, tender
    extra TEM L 5 at 20 760
    tap   TEM-X2-L
    extra TRA R 2.5, tight band
    give  all
    note  Seated.
"""


def planned(session: Session, plan: Plan) -> Session:
    return perform(PlanFrom(plan), session, BOOK)


def where(each: Injection) -> Point | None:
    return BOOK.point_of(each)


def test_a_copy_holds_what_was_given_and_nothing_else(chart: Chart) -> None:
    session = chart(LAST_TIME)
    plan = plan_as_given(session, BOOK)
    sites = {site.code: site for site in plan.sites}
    assert plan.name == "last 2026-11-22"
    assert len(sites) == 32
    assert sites["FRO-1-R"] == PlannedSite("FRO-1-R", "frontalis", Side.RIGHT, FIVE)
    assert sites["OCC-1-L"] == PlannedSite(
        "OCC-1-L", "occipitalis", Side.LEFT, Decimal("7.5"), None, "pain here"
    )
    assert sites["FRO-1-L"] == PlannedSite(
        "FRO-1-L", "frontalis", Side.LEFT, FIVE, UP, "brow shape"
    )
    assert sites["TEM-X1-L"] == PlannedSite(
        "TEM-X1-L", "temporalis", Side.LEFT, FIVE, Point("left", 60.0, 775.0), "tender"
    )
    assert sites["TRA-X1-R"].point is None
    assert sites.keys().isdisjoint({"PRO-1-M", "TEM-X2-L"})


DYSPORT = "vial Dysport 300 U, lot D1, exp 2027-10, used because asked for\n"
TWO_TOXINS = f"""
    vial  BOTOX 200 U, lot C1234C3, exp 2027-10
    dose  OCC-1-L 7.5, pain here
    tap   OCC-1-L
    {DYSPORT}
    dose  TRA-3-L 20, tight band
    tap   TRA-3-L
    extra TEM L 15 at 60 775, tender
    move  FRO-1-L up 10 mm, brow shape
    tap   FRO-1-L 15
"""


def test_of_another_toxin_a_copy_has_the_place_and_neither_units_nor_reason(chart: Chart) -> None:
    copied = Plan(
        "last 2026-11-22",
        (
            PlannedSite(
                "OCC-1-L", "occipitalis", Side.LEFT, Decimal("7.5"), None, reason="pain here"
            ),
            PlannedSite("TRA-3-L", "trapezius", Side.LEFT, FIVE),
            PlannedSite("TEM-X1-L", "temporalis", Side.LEFT, FIVE, Point("left", 60.0, 775.0)),
            PlannedSite("FRO-1-L", "frontalis", Side.LEFT, FIVE, UP),
        ),
    )
    session = chart(TWO_TOXINS)
    assert plan_as_given(session, BOOK) == copied
    template = plan_as_charted(session, "Usual", BOOK)
    assert template.sites == tuple(replace(each, reason="") for each in copied.sites)


def test_a_session_of_another_toxin_alone_is_copied_as_places(chart: Chart) -> None:
    given_ = chart(DYSPORT + "".join(f"tap {code} 15\n" for code in BOOK.protocol.sites))
    assert given_.given_units == 465
    assert plan_as_given(given_, BOOK).sites == protocol_plan(BOOK).sites


def test_a_session_planned_by_a_copy_has_no_lot_no_remark_and_nothing_given(chart: Chart) -> None:
    session = planned(EMPTY, plan_as_given(chart(LAST_TIME), BOOK))
    assert session == replace(
        EMPTY,
        plan="last 2026-11-22",
        injections=session.injections,
        extras_made={"TEM-L": 1, "TRA-R": 1},
    )
    assert {each.state for each in session.injections.values()} == {State.PLANNED}
    assert session.injections["FRO-1-L"] == Injection(
        *("FRO-1-L", "frontalis", Side.LEFT, State.PLANNED, FIVE, FIVE),
        point=UP,
        planned_reason="brow shape",
    )


@given(visits)
def test_what_is_planned_by_a_copy_and_given_is_what_was_given(visit: list[Act | Turn]) -> None:
    before = histories(visit)[-1].present
    after = perform(GiveAll(), planned(EMPTY, plan_as_given(before, BOOK)), BOOK)
    others = other_toxins(before, BOOK)
    units = {
        each.code: BOOK.fixed_units(each.code) if each.code in others else each.units
        for each in before.given
    }
    assert {each.code: (each.units, where(each)) for each in after.given} == {
        each.code: (units[each.code], where(each)) for each in before.given
    }
    assert changes(after, BOOK) == []


@given(visits, plans)
def test_planning_by_the_same_plan_again_changes_nothing(
    visit: list[Act | Turn], plan: Plan
) -> None:
    session = planned(histories(visit)[-1].present, plan)
    assert planned(session, plan) == session


@given(visits, plans)
def test_what_was_given_stays_given_whatever_is_planned(
    visit: list[Act | Turn], plan: Plan
) -> None:
    before = histories(visit)[-1].present
    after = planned(before, plan)
    assert {(each.code, each.units, where(each), each.vial) for each in after.given} == {
        (each.code, each.units, where(each), each.vial) for each in before.given
    }


@given(visits, plans)
def test_the_planned_units_are_those_of_the_plan(visit: list[Act | Turn], plan: Plan) -> None:
    session = planned(histories(visit)[-1].present, plan)
    rows = {row.region.key: row.planned_units for row in region_totals(session, BOOK)}
    for region, units in rows.items():
        assert units == sum(site.units for site in plan.sites if site.region == region)


@given(visits, plans)
def test_a_plan_never_takes_the_code_of_another_extra(visit: list[Act | Turn], plan: Plan) -> None:
    before = histories(visit)[-1].present
    after = planned(before, plan)
    new = {code for code in after.injections if code not in before.injections}
    for code in new:
        if after.injections[code].is_extra:
            muscle, number, side = code.split("-")
            assert int(number[1:]) > before.extras_made.get(f"{muscle}-{side}", 0)
            assert int(number[1:]) <= after.extras_made[f"{muscle}-{side}"]


def test_an_extra_of_the_plan_gets_a_new_code_where_its_own_was_used(chart: Chart) -> None:
    plan = plan_as_given(chart("extra TEM L 5 at 60 775\nextra TEM L 2.5 at 20 760"), BOOK)
    session = planned(chart("extra TEM L 10 at 50 780"), plan)
    assert {code: each.units for code, each in session.injections.items()} == {
        "TEM-X1-L": Decimal(10),
        "TEM-X2-L": Decimal("2.5"),
        "TEM-X3-L": FIVE,
    }
    assert session.extras_made == {"TEM-L": 3}
    assert session.injections["TEM-X1-L"].planned_units is None


def test_a_copy_keeps_the_codes_of_its_extras_in_whatever_order_they_stand(chart: Chart) -> None:
    plan = plan_as_given(chart("extra TEM L 5\nextra TEM L 2.5"), BOOK)
    turned = planned(EMPTY, replace(plan, sites=plan.sites[::-1]))
    assert {code: each.units for code, each in turned.injections.items()} == {
        "TEM-X1-L": FIVE,
        "TEM-X2-L": Decimal("2.5"),
    }


def test_the_next_extra_after_a_plan_has_a_code_of_its_own(chart: Chart) -> None:
    session = planned(
        EMPTY, plan_as_given(chart("extra TEM L 5\nextra TEM L 5\ntap TEM-X1-L"), BOOK)
    )
    assert list(session.injections) == ["TEM-X2-L"]
    assert session.extras_made == {"TEM-L": 2}


def test_a_plan_takes_the_place_of_the_one_before(chart: Chart) -> None:
    last = plan_as_given(chart(LAST_TIME), BOOK)
    lines = "plan protocol\ntap PRO-1-M\nomit FRO-1-L, bruise\ndose FRO-1-R 10, strong\n"
    session = planned(chart(lines + "extra TRA R 5, here\ngive TRA R"), last)
    assert session.plan == "last 2026-11-22"
    assert len(session.injections) == 34
    assert session.injections["OCC-1-L"].units == Decimal("7.5")
    assert changes(session, BOOK) == [
        Extra("PRO-1-M", FIVE, ""),
        OtherDose("FRO-1-R", FIVE, Decimal(10), "strong"),
        Omitted("FRO-1-L", "bruise"),
        Extra("TRA-X1-R", FIVE, "here"),
    ]
    assert session.injections["FRO-1-L"].state is State.OMITTED
    empty = planned(chart(lines), EMPTY_PLAN)
    assert {code: each.state for code, each in empty.injections.items()} == {
        "PRO-1-M": State.GIVEN,
        "FRO-1-L": State.NOT_GIVEN,
    }


def test_planning_by_the_empty_plan_leaves_nothing_to_depart_from(chart: Chart) -> None:
    session = planned(chart("tap FRO-1-L"), EMPTY_PLAN)
    assert (session.plan, session.has_plan) == ("empty", False)
    assert changes(session, BOOK) == []
    assert (EMPTY.has_plan, chart("plan protocol").has_plan) == (False, True)


def test_a_site_given_in_its_usual_place_was_moved_if_the_plan_has_another(chart: Chart) -> None:
    session = planned(chart("tap FRO-1-L"), plan_as_given(chart(LAST_TIME), BOOK))
    assert changes(session, BOOK) == [Moved("FRO-1-L", "front", -10.0, 0.0, "")]


STRANGERS = [
    PlannedSite("FRO-9-L", "frontalis", Side.LEFT, FIVE),
    PlannedSite("FRO-1-L", "corrugator", Side.LEFT, FIVE),
    PlannedSite("FRO-1-L", "frontalis", Side.RIGHT, FIVE),
    PlannedSite("MAS-1-L", "masseter", Side.LEFT, FIVE),
    PlannedSite("MAS-X1-L", "masseter", Side.LEFT, FIVE),
    PlannedSite("TEM-X0-L", "temporalis", Side.LEFT, FIVE),
    PlannedSite("TEM-X1-L", "occipitalis", Side.LEFT, FIVE),
    PlannedSite("PRO-X1-L", "procerus", Side.LEFT, FIVE),
]


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda site: f"{site.code}-{site.region}")
def test_a_site_that_this_protocol_does_not_have_is_refused_by_its_name(
    stranger: PlannedSite, chart: Chart, book: Handbook
) -> None:
    with pytest.raises(PlannedSiteUnknownError) as refused:
        plan_from(chart(""), Plan("template Old", (stranger,)), book)
    assert refused.value.code == stranger.code


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"point": Point("back", 15.0, 798.0)}, WrongViewError),
        ({"units": Decimal(401)}, DoseOverProductLimitError),
    ],
)
def test_a_plan_holds_only_what_could_be_charted(
    changed: dict[str, object], error: type[ExpectedError], chart: Chart, book: Handbook
) -> None:
    site = PlannedSite("FRO-1-L", "frontalis", Side.LEFT, FIVE)
    with pytest.raises(error):
        plan_from(chart(""), Plan("empty", (replace(site, **changed),)), book)  # type: ignore[arg-type]


def test_a_planned_extra_goes_round_like_any_planned_site(chart: Chart) -> None:
    session = planned(EMPTY, plan_as_given(chart("extra TEM L 5 at 60 775, pain here"), BOOK))
    seen = [session.injections["TEM-X1-L"]]
    for _ in range(3):
        session = perform(Tap("TEM-X1-L"), session, BOOK)
        seen.append(session.injections["TEM-X1-L"])
    assert [each.state.value for each in seen] == ["planned", "given", "omitted", "planned"]
    assert seen[3] == seen[0]


def test_what_came_with_the_plan_stays_a_finding_and_is_no_change(chart: Chart) -> None:
    last = plan_as_given(
        chart("extra FRO L 5, here\nextra TEM L 5, here\n" + "tap FRO-1-R\n"), BOOK
    )
    session = planned(EMPTY, replace(last, sites=(*protocol_plan(BOOK).sites, *last.sites[:2])))
    assert changes(session, BOOK) == []
    found = findings(session, BOOK)
    assert RegionOverSites("frontalis", 5, 4) in found
    assert ExtraOutsideFollowThePain("FRO-X1-L") in found
    omitted = perform(Tap("FRO-X1-L"), perform(Tap("FRO-X1-L"), session, BOOK), BOOK)
    assert ChangeWithoutReason("FRO-X1-L") in findings(omitted, BOOK)


@pytest.mark.parametrize("code", ["FRO-1-L", "TEM-X1-L"])
def test_a_site_is_moved_away_from_where_it_was_planned_and_back(code: str, chart: Chart) -> None:
    session = planned(EMPTY, plan_as_given(chart(LAST_TIME), BOOK))
    place = session.injections[code].point
    assert place is not None
    beside, further = replace(place, up_mm=place.up_mm + 3), replace(place, up_mm=place.up_mm + 5)
    for actual in (beside, further):
        session = perform(Move(code, actual, "scar"), session, BOOK)
        moved = session.injections[code]
        assert (moved.point, moved.planned_point) == (actual, place)
    assert changes(session, BOOK) == [Moved(code, place.view, 5.0, 0.0, "scar")]
    back = perform(Move(code, place), session, BOOK)
    assert (back.injections[code].point, back.injections[code].planned_point) == (place, None)
    assert changes(back, BOOK) == []


def test_a_site_planned_elsewhere_that_goes_to_its_usual_place_was_moved(chart: Chart) -> None:
    session = planned(EMPTY, plan_as_given(chart(LAST_TIME), BOOK))
    home = BOOK.atlas.home_point("FRO-1-L")
    moved = perform(Move("FRO-1-L", home, "brow shape"), session, BOOK).injections["FRO-1-L"]
    assert (moved.point, moved.planned_point) == (home, UP)


def test_a_reason_that_came_along_goes_on_to_the_next_session(chart: Chart) -> None:
    second = perform(GiveAll(), planned(EMPTY, plan_as_given(chart(LAST_TIME), BOOK)), BOOK)
    reasons = {site.code: site.reason for site in plan_as_given(second, BOOK).sites if site.reason}
    assert reasons == {
        "OCC-1-L": "pain here",
        "FRO-1-L": "brow shape",
        "TEM-X1-L": "tender",
        "TRA-X1-R": "tight band",
    }


def test_a_template_holds_what_is_given_or_planned_and_no_reasons(chart: Chart) -> None:
    session = chart("plan protocol\nomit PRO-1-M, bruise\ngive COR\nextra TEM L 5 at 60 775, here")
    plan = plan_as_charted(session, "  Usual, and one ", BOOK)
    assert plan.name == "template Usual, and one"
    assert [site.code for site in plan.sites] == [
        *(code for code in BOOK.protocol.sites if code != "PRO-1-M"),
        "TEM-X1-L",
    ]
    assert plan.sites[-1].point == Point("left", 60.0, 775.0)
    assert {site.reason for site in plan.sites} == {""}


def test_a_template_needs_a_name_that_a_note_can_print(chart: Chart) -> None:
    with pytest.raises(TemplateNameMissingError):
        plan_as_charted(chart(""), "  ", BOOK)
    with pytest.raises(TextTooLongError):
        plan_as_charted(chart(""), "x" * 201, BOOK)


def test_the_name_of_a_plan_says_what_it_is() -> None:
    assert day_copied("last 2026-08-30") == date(2026, 8, 30)
    for other in ("", "protocol", "empty", "template last 2026-08-30", ANOTHERS):
        assert day_copied(other) is None
    assert template_title("template last 2026-08-30") == "last 2026-08-30"
    assert template_title("last 2026-08-30") == template_title("protocol") == ""
