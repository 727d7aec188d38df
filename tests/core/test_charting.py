from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from desktop.core import acts, charting
from desktop.core.acts import ACTS, Act, ChangeVial, perform
from desktop.core.amounts import NotAnAmountError
from desktop.core.assessment import blank
from desktop.core.atlas import Point, PointOutsideViewError
from desktop.core.charting import (
    GapNotStatedError,
    NothingToMirrorError,
    OtherSideChartedError,
    RegionSideError,
    SessionEmptyError,
    SignerMissingError,
    SitesUnresolvedError,
    WrongViewError,
    add_extra,
    check_signable,
    check_signer,
    give,
    mirror,
    move,
    move_to_patient,
    set_performer,
    sign,
    stop,
    tap,
    timed,
)
from desktop.core.drawing import balances
from desktop.core.handbook import Handbook
from desktop.core.patient import Identity, Person, Sex, TextTooLongError, UnprintableCharacterError
from desktop.core.plan import Plan, plan_as_given
from desktop.core.procedure import Event, Happening, Procedure
from desktop.core.product import DoseNotPositiveError, DoseOverProductLimitError
from desktop.core.protocol import Side
from desktop.core.session import (
    Injection,
    ReasonMissingError,
    Session,
    SessionSignedError,
    Signature,
    SiteNotInSessionError,
    State,
)
from desktop.core.vial import Expiry, Vial
from tests.core.strategies import BOOK

Chart = Callable[[str], Session]

FIVE = Decimal(5)
SIGNATURE = Signature(
    Person("Test Injector", "MD"),
    datetime(2026, 11, 22, 11, 0, tzinfo=ZoneInfo("Europe/London")),
    "I injected what is charted.",
)
IDENTITY = Identity("4711", "Patient", "Test", date(1980, 2, 1), Sex.UNKNOWN)
SITE = Injection("FRO-1-L", "frontalis", Side.LEFT, State.PLANNED, FIVE, FIVE)
VIAL = "vial BOTOX 200 U, lot C1234C3, exp 2027-10, diluent 4 mL\n"
HUNDRED_EACH = "vial BOTOX 100 U, lot C1, exp 2027-10\nvial BOTOX 100 U, lot C2, exp 2027-10\n"


def states(session: Session, code: str) -> str:
    return session.injections[code].state.value


def test_the_protocol_plans_every_site_as_it_says(chart: Chart, book: Handbook) -> None:
    session = chart("plan protocol")
    assert list(session.injections) == list(book.protocol.sites)
    assert session.injections["FRO-1-L"] == SITE
    assert session.of_state(State.PLANNED) == list(session.injections.values())
    assert (session.plan, len(session.injections), session.given) == ("protocol", 31, [])


def test_planning_leaves_what_is_charted_and_plans_what_was_taken_back(chart: Chart) -> None:
    session = chart("""
        tap   FRO-1-L 7.5
        tap   FRO-1-R
        tap   FRO-1-R
        extra TEM L 5
        plan  protocol
    """)
    assert session.injections["FRO-1-L"] == replace(SITE, state=State.GIVEN, units=Decimal("7.5"))
    assert session.injections["FRO-1-R"] == replace(SITE, code="FRO-1-R", side=Side.RIGHT)
    assert states(session, "TEM-X1-L") == "given"
    with pytest.raises(SitesUnresolvedError):
        check_signable(session)


def test_planning_twice_changes_nothing(chart: Chart) -> None:
    lines = "plan protocol\ndose FRO-1-L 7.5\nomit FRO-1-R, bruise\n"
    assert chart(lines + "plan protocol") == chart(lines)


def test_taps_go_from_planned_to_given_to_omitted_and_round(chart: Chart) -> None:
    lines, seen = "plan protocol\n", []
    for _ in range(4):
        seen.append(states(chart(lines), "FRO-1-L"))
        lines += "tap FRO-1-L\n"
    assert seen == ["planned", "given", "omitted", "planned"]


def test_taps_on_an_extra_go_from_given_to_not_given_and_back(chart: Chart) -> None:
    lines, seen = "extra TEM L 10 U at 60 775, pain here\n", []
    for _ in range(3):
        seen.append(chart(lines).injections["TEM-X1-L"])
        lines += "tap TEM-X1-L 5\n"
    extra = Injection(
        *("TEM-X1-L", "temporalis", Side.LEFT, State.GIVEN, Decimal(10)),
        reason="pain here",
        point=Point("left", 60.0, 775.0),
    )
    assert seen == [extra, replace(extra, state=State.NOT_GIVEN), extra]


def test_taps_without_a_plan_go_from_given_to_not_given_and_back(chart: Chart) -> None:
    lines, seen = "", []
    for _ in range(3):
        lines += "tap FRO-1-L 7.5\n"
        seen.append(chart(lines).injections["FRO-1-L"])
    given = replace(SITE, state=State.GIVEN, units=Decimal("7.5"), planned_units=None)
    assert seen == [given, replace(given, state=State.NOT_GIVEN), given]


def test_dose_reason_and_place_stay_through_a_round_of_taps(chart: Chart) -> None:
    lines = "plan protocol\ndose FRO-1-L 7.5, pain here\nmove FRO-1-L up 10 mm\n"
    rounds = lines + "tap FRO-1-L 5\ntap FRO-1-L 5\ntap FRO-1-L 5\n"
    assert chart(rounds) == chart(lines)


def test_the_dose_in_hand_is_given_where_the_plan_has_another(chart: Chart) -> None:
    session = chart("plan protocol\ntap FRO-1-L 7.5\ngive FRO-2-L 2.5\ntap FRO-1-R")
    assert [each.units for each in session.given] == [FIVE, Decimal("7.5"), Decimal("2.5")]


def test_a_dose_set_on_its_own_is_given_whatever_is_in_hand(chart: Chart) -> None:
    session = chart("plan protocol\ndose FRO-1-L 10\ntap FRO-1-L 5")
    assert session.injections["FRO-1-L"].units == 10


def test_a_dose_set_before_any_plan_is_given_whatever_is_in_hand(chart: Chart) -> None:
    session = chart("dose FRO-1-L 10\ntap FRO-1-L 5")
    assert session.injections["FRO-1-L"] == replace(
        SITE, state=State.GIVEN, units=Decimal(10), planned_units=None
    )


@pytest.mark.parametrize(
    ("dose", "error"),
    [
        ("0", DoseNotPositiveError),
        ("-5", DoseNotPositiveError),
        ("400.01", DoseOverProductLimitError),
        ("1e9", DoseOverProductLimitError),
        ("NaN", NotAnAmountError),
        ("2.555", NotAnAmountError),
    ],
)
def test_an_impossible_dose_is_refused_by_every_act_that_takes_one(
    dose: str, error: type[Exception], chart: Chart, book: Handbook
) -> None:
    session, units = chart("plan protocol"), Decimal(dose)
    with pytest.raises(error):
        tap(session, "FRO-1-L", book, units)
    with pytest.raises(error):
        give(session, "FRO-1-L", book, units)
    with pytest.raises(error):
        charting.set_dose(session, "FRO-1-L", units, book)
    with pytest.raises(error):
        add_extra(session, "temporalis", Side.LEFT, units, book)
    assert session == chart("plan protocol")


def test_a_dose_over_the_protocols_limit_is_charted(chart: Chart) -> None:
    assert chart("plan protocol\ndose FRO-1-L 399.99").injections["FRO-1-L"] == replace(
        SITE, units=Decimal("399.99")
    )


def test_an_omitted_site_keeps_its_reason_until_another_is_given(chart: Chart) -> None:
    lines = "plan protocol\nreason FRO-1-L, bruise\nomit FRO-1-L"
    assert chart(lines).injections["FRO-1-L"].reason == "bruise"
    assert chart(lines + ", tender").injections["FRO-1-L"].reason == "tender"


def test_an_omitted_extra_was_not_given(chart: Chart) -> None:
    assert states(chart("extra TEM L 5\nomit TEM-X1-L"), "TEM-X1-L") == "not given"


def test_a_site_that_nobody_knows_is_refused(chart: Chart, book: Handbook) -> None:
    session = chart("plan protocol")
    for act in (tap, give):
        with pytest.raises(SiteNotInSessionError) as refused:
            act(session, "TEM-X1-L", book)
        assert refused.value.code == "TEM-X1-L"
    with pytest.raises(SiteNotInSessionError):
        charting.give_reason(session, "FRO-9-L", "bruise")
    with pytest.raises(SiteNotInSessionError):
        move(session, "FRO-9-L", Point("front", 15, 798), book)


def test_extras_have_codes_of_their_own_by_muscle_and_side(chart: Chart) -> None:
    session = chart("extra TEM L 5\nextra TEM R 5\nextra TEM L 5\nextra OCC L 5\nextra PRO M 5")
    assert list(session.injections) == ["TEM-X1-L", "TEM-X1-R", "TEM-X2-L", "OCC-X1-L", "PRO-X1-M"]
    assert session.extras_made == {"TEM-L": 2, "TEM-R": 1, "OCC-L": 1, "PRO-M": 1}


@pytest.mark.parametrize("taken_back", ["undo", "clear", "tap TEM-X1-L"])
def test_the_code_of_an_extra_is_never_used_again(taken_back: str, chart: Chart) -> None:
    session = chart(f"extra TEM L 5\n{taken_back}\nextra TEM L 5")
    assert states(session, "TEM-X2-L") == "given"
    assert session.injections.get("TEM-X1-L") == (
        replace(session.injections["TEM-X2-L"], code="TEM-X1-L", state=State.NOT_GIVEN)
        if taken_back.startswith("tap")
        else None
    )


def test_an_extra_without_a_point_has_none(chart: Chart, book: Handbook) -> None:
    extra = chart("extra TEM L 5").injections["TEM-X1-L"]
    assert (extra.point, extra.planned_point, book.point_of(extra)) == (None, None, None)


def test_a_muscle_takes_an_extra_on_its_own_sides_only(chart: Chart, book: Handbook) -> None:
    for region, side in [("procerus", Side.LEFT), ("temporalis", Side.MIDLINE)]:
        with pytest.raises(RegionSideError) as refused:
            add_extra(chart(""), region, side, FIVE, book)
        assert (refused.value.region, refused.value.side) == (region, side)


@pytest.mark.parametrize("view", ["front", "left", "right", "back"])
@pytest.mark.parametrize("code", ["COR-1-R", "PRO-1-M", "TEM-1-L", "TEM-1-R", "OCC-1-L", "TRA-1-R"])
def test_each_muscle_takes_points_in_its_home_view_only(
    code: str, view: str, chart: Chart, book: Handbook
) -> None:
    site, session = book.protocol.sites[code], chart("plan protocol")
    point = replace(book.atlas.home_point(code), view=view)
    if view == book.atlas.home_view(site.region, site.side):
        extra = add_extra(session, site.region, site.side, FIVE, book, point=point)
        assert [each.point for each in extra.given] == [point]
        assert move(session, code, point, book) == session
        return
    with pytest.raises(WrongViewError):
        add_extra(session, site.region, site.side, FIVE, book, point=point)
    with pytest.raises(WrongViewError):
        move(session, code, point, book)


@pytest.mark.parametrize("across", [1000.0, float("nan"), float("inf")])
def test_a_point_outside_the_drawing_is_refused(
    across: float, chart: Chart, book: Handbook
) -> None:
    with pytest.raises(PointOutsideViewError):
        move(chart("plan protocol"), "FRO-1-L", Point("front", across, 788), book)


def test_a_moved_site_keeps_its_planned_and_its_actual_place(chart: Chart) -> None:
    session = chart("plan protocol\nmove FRO-1-L up 10 mm, brow shape")
    assert session.injections["FRO-1-L"] == replace(
        SITE,
        reason="brow shape",
        point=Point("front", 15.0, 798.0),
        planned_point=Point("front", 15.0, 788.0),
    )


def test_a_site_moved_back_to_its_place_is_not_moved(chart: Chart) -> None:
    session = chart("plan protocol\nmove FRO-1-L up 10 mm\nmove FRO-1-L to 15 788")
    assert session == chart("plan protocol")


def test_a_moved_extra_is_where_it_was_last_put(chart: Chart) -> None:
    extra = chart("extra TEM L 5 at 60 775\nmove TEM-X1-L to 62.5 770").injections["TEM-X1-L"]
    assert (extra.point, extra.planned_point) == (Point("left", 62.5, 770.0), None)


def test_an_extra_is_mirrored_as_an_extra_of_the_other_side(chart: Chart, book: Handbook) -> None:
    session = mirror(chart(VIAL + "extra TEM L 10 at 60 775, pain here"), "TEM-X1-L", book)
    left = session.injections["TEM-X1-L"]
    right = Point("right", 60.0, 775.0)
    assert session.injections["TEM-X1-R"] == replace(
        left, code="TEM-X1-R", side=Side.RIGHT, point=right
    )
    again = mirror(session, "TEM-X1-R", book)
    assert again.injections["TEM-X2-L"] == replace(left, code="TEM-X2-L")


def test_an_extra_of_the_back_is_mirrored_across_the_midline(chart: Chart, book: Handbook) -> None:
    session = mirror(chart("extra TRA R 5 at -110 570, tight band"), "TRA-X1-R", book)
    assert session.injections["TRA-X1-L"].point == Point("back", 110.0, 570.0)


def test_an_extra_without_a_point_is_mirrored_without_one(chart: Chart, book: Handbook) -> None:
    session = mirror(chart("extra OCC L 5"), "OCC-X1-L", book)
    assert session.injections["OCC-X1-R"].point is None


@pytest.mark.parametrize(
    "lines",
    [
        "tap FRO-1-L",
        "dose FRO-1-L 7.5, strong\ntap FRO-1-L",
        "omit FRO-1-L, bruise",
        "move FRO-1-L up 10 mm, brow shape\ntap FRO-1-L",
        "move FRO-1-L left 3 mm, brow shape\nomit FRO-1-L, bruise",
    ],
)
def test_a_fixed_site_is_mirrored_onto_the_one_opposite(
    lines: str, chart: Chart, book: Handbook
) -> None:
    lines = VIAL + "plan protocol\n" + lines
    session = chart(lines)
    left, right = session.injections["FRO-1-L"], book.atlas.mirrored
    mirrored = mirror(session, "FRO-1-L", book)
    assert mirrored.injections["FRO-1-R"] == replace(
        left,
        code="FRO-1-R",
        side=Side.RIGHT,
        point=left.point and right(left.point),
        planned_point=left.planned_point and right(left.planned_point),
    )
    assert {**mirrored.injections, "FRO-1-R": None} == {**session.injections, "FRO-1-R": None}


def test_a_mirrored_site_has_a_state_that_its_plan_allows(chart: Chart, book: Handbook) -> None:
    def state(lines: str) -> str:
        return states(mirror(chart(lines), "FRO-1-L", book), "FRO-1-R")

    assert state("tap FRO-1-L") == "given"
    assert state("tap FRO-1-L\ntap FRO-1-L") == "not given"
    last = plan_as_given(chart("tap FRO-1-L"), BOOK)
    session = charting.plan_from(chart("dose FRO-1-R 5\n"), last, book)
    omitted = mirror(charting.omit(session, "FRO-1-L"), "FRO-1-L", book)
    assert states(omitted, "FRO-1-R") == "not given"
    planned = mirror(chart("plan protocol\ndose FRO-1-L 7.5"), "FRO-1-L", book)
    assert states(planned, "FRO-1-R") == "planned"
    assert planned.injections["FRO-1-R"].units == Decimal("7.5")


def test_a_site_that_is_as_planned_has_nothing_to_mirror(chart: Chart, book: Handbook) -> None:
    for lines in (
        "plan protocol",
        "plan protocol\ntap FRO-1-R",
        "plan protocol\nomit FRO-1-R, sore",
    ):
        with pytest.raises(NothingToMirrorError):
            mirror(chart(lines), "FRO-1-L", book)


@pytest.mark.parametrize(
    "lines", ["tap FRO-1-L\nomit FRO-1-R, tender", "omit FRO-1-L, sore\ntap FRO-1-R"]
)
def test_a_mirror_undoes_nothing_that_is_charted_opposite(
    lines: str, chart: Chart, book: Handbook
) -> None:
    with pytest.raises(OtherSideChartedError):
        mirror(chart("plan protocol\n" + lines), "FRO-1-L", book)


@pytest.mark.parametrize("code", ["PRO-1-M", "PRO-X1-M"])
def test_the_midline_has_no_other_side(code: str, chart: Chart, book: Handbook) -> None:
    with pytest.raises(RegionSideError) as refused:
        mirror(chart("plan protocol\nextra PRO M 5"), code, book)
    assert (refused.value.region, refused.value.side) == ("procerus", Side.MIDLINE)


def test_only_what_is_charted_is_mirrored(chart: Chart, book: Handbook) -> None:
    with pytest.raises(SiteNotInSessionError):
        mirror(chart(""), "FRO-1-L", book)


def test_every_site_is_the_mirror_of_the_one_opposite(book: Handbook) -> None:
    for code, place in book.atlas.places.items():
        mirrored = book.atlas.mirrored(book.atlas.home_point(code))
        assert mirrored == book.atlas.home_point(code.removesuffix(place.side) + place.side.other)
        assert book.atlas.mirrored(mirrored) == book.atlas.home_point(code)
        assert "-0.0" not in str(mirrored)


def test_a_region_is_given_on_one_side_or_on_both(chart: Chart) -> None:
    one = chart("plan protocol\nomit TEM-1-L\ngive TEM L")
    both = chart("plan protocol\nomit TEM-1-L\ngive TEM")
    assert [each.code for each in one.given] == ["TEM-2-L", "TEM-3-L", "TEM-4-L"]
    assert len(both.given) == 7
    assert states(both, "TEM-1-L") == "omitted"


def test_all_that_is_planned_is_given_at_its_dose(chart: Chart) -> None:
    session = chart("plan protocol\nomit TEM-1-L\ndose FRO-1-L 7.5\ngive all")
    assert (len(session.given), session.given_units) == (30, Decimal("152.5"))
    assert session.of_state(State.PLANNED) == []


def test_a_session_ended_early_leaves_the_rest_out_for_one_reason(chart: Chart) -> None:
    session = chart("plan protocol\ngive FRO\nomit TEM-1-L, bruise\nstop faint, twice")
    assert session.ended_early == "faint, twice"
    assert len(session.given) == 4
    reasons = {each.code: each.reason for each in session.of_state(State.OMITTED)}
    assert len(reasons) == 27
    assert reasons.pop("TEM-1-L") == "bruise"
    assert set(reasons.values()) == {"faint, twice"}
    check_signable(replace(session, gap_reason="no vial was recorded"))


@pytest.mark.parametrize(
    ("reason", "error"),
    [
        ("", ReasonMissingError),
        ("  ", ReasonMissingError),
        ("faint\x00", UnprintableCharacterError),
        ("x" * 201, TextTooLongError),
    ],
)
@pytest.mark.parametrize("lines", ["plan protocol", "plan protocol\ngive all"])
def test_a_session_ends_early_for_a_reason_that_a_note_can_print(
    lines: str, reason: str, error: type[Exception], chart: Chart
) -> None:
    with pytest.raises(error):
        stop(chart(lines), reason)


def test_clearing_takes_plan_and_sites_off_and_nothing_else(chart: Chart) -> None:
    keep = VIAL + "waste 10 U, spilt\nnote Seated.\n"
    session = chart(keep + "plan protocol\nextra TEM L 5\nstop faint\nclear")
    assert session == replace(chart(keep), extras_made={"TEM-L": 1})


def test_what_is_given_comes_out_of_the_vial_that_was_taken_up_last_or_chosen(chart: Chart) -> None:
    session = chart(f"""
        plan protocol
        give COR
        {VIAL}
        give PRO
        vial BOTOX 100 U, lot C9, exp 2027-11
        give FRO-1-L
        draw from vial 1
        give FRO-1-R
        extra TEM L 5
    """)
    assert {each.code: each.vial for each in session.given} == {
        "COR-1-R": 1,
        "COR-1-L": 1,
        "PRO-1-M": 1,
        "FRO-1-L": 2,
        "FRO-1-R": 1,
        "TEM-X1-L": 1,
    }
    assert [vial.number for vial in session.vials] == [1, 2]
    assert session.opened_units == 300


def test_a_corrected_vial_stays_the_same_vial(chart: Chart, book: Handbook) -> None:
    session = chart(VIAL + "tap FRO-1-L")
    corrected = replace(session.vials[0], lot="C9999C9")
    changed = perform(ChangeVial(corrected), session, book)
    assert changed == replace(session, vials=(corrected,))


def test_a_site_given_again_comes_out_of_its_vial_while_that_holds_it(chart: Chart) -> None:
    lines = HUNDRED_EACH + "plan protocol\ntap FRO-1-L\n"
    again = "tap FRO-1-L\ntap FRO-1-L\ntap FRO-1-L\n"
    kept = chart(lines + "draw from vial 2\n" + again)
    assert kept.injections["FRO-1-L"].vial == 1
    used_up = chart(lines + "tap FRO-1-L\ndose TRA-1-L 100\ngive TRA-1-L\ngive FRO-1-L")
    assert used_up.injections["FRO-1-L"].vial == 2
    assert [each.gap_units for each in balances(used_up)] == [0, 95]
    given_twice = chart(HUNDRED_EACH + "tap FRO-1-L 100\ngive FRO-1-L")
    assert given_twice.injections["FRO-1-L"].vial == 1


def test_a_mirrored_site_that_was_given_stays_with_its_vial(chart: Chart, book: Handbook) -> None:
    hundred = "vial BOTOX 100 U, lot C1, exp 2027-10\n"
    lines = f"{hundred * 2}plan protocol\ngive FRO\ndraw from vial 2\ndose FRO-1-L 7.5\n"
    assert mirror(chart(lines), "FRO-1-L", book).injections["FRO-1-R"].vial == 1
    omitted = chart(f"{hundred * 2}plan protocol\ndraw from vial 2\ntap FRO-1-L")
    assert mirror(omitted, "FRO-1-L", book).injections["FRO-1-R"].vial == 2


def test_a_session_with_planned_sites_cannot_be_signed(chart: Chart) -> None:
    with pytest.raises(SitesUnresolvedError) as refused:
        sign(chart("plan protocol\ngive all\nundo\ngive COR\ngive TEM"), SIGNATURE, IDENTITY)
    assert len(refused.value.codes) == 21


@pytest.mark.parametrize("lines", ["", "note Seated.", "tap FRO-1-L\ntap FRO-1-L", VIAL])
def test_a_session_in_which_nothing_happened_cannot_be_signed(lines: str, chart: Chart) -> None:
    with pytest.raises(SessionEmptyError):
        sign(chart(lines), SIGNATURE, IDENTITY)


@pytest.mark.parametrize(
    "lines",
    [
        "plan protocol\nstop declined",
        VIAL + "tap FRO-1-L\nwaste 195, single-patient vial",
        VIAL + "tap FRO-1-L\nkeep vial 1 195",
        VIAL + "tap FRO-1-L\ngap vial dropped",
        "tap FRO-1-L\ngap vial thrown away, nobody had read its lot",
    ],
)
def test_a_session_in_which_all_is_resolved_is_signed(lines: str, chart: Chart) -> None:
    session = chart(lines)
    signed = sign(session, SIGNATURE, IDENTITY)
    assert signed == replace(session, signature=SIGNATURE, identity=IDENTITY)
    assert (session.is_signed, signed.is_signed) == (False, True)


@pytest.mark.parametrize(
    ("lines", "gaps", "unassigned"),
    [
        (VIAL + "tap FRO-1-L", [195], 0),
        (VIAL + "tap FRO-1-L\nwaste 194.99, spilt", [Decimal("0.01")], 0),
        (VIAL + "plan protocol\nstop declined", [200], 0),
        (VIAL + "tap FRO-1-L 200\ntap FRO-1-R 0.01", [Decimal("-0.01")], 0),
        (VIAL * 2 + "tap FRO-1-L\nwaste vial 1 195, spilt", [0, 200], 0),
        ("tap FRO-1-L", [], 5),
    ],
)
def test_vials_that_do_not_balance_are_signed_with_a_stated_gap_only(
    lines: str, gaps: list[Decimal], unassigned: int, chart: Chart
) -> None:
    with pytest.raises(GapNotStatedError) as refused:
        sign(chart(lines), SIGNATURE, IDENTITY)
    assert [each.gap_units for each in refused.value.balances] == gaps
    assert refused.value.unassigned_units == unassigned
    stated = chart(lines + "\ngap nobody knows")
    assert sign(stated, SIGNATURE, IDENTITY).gap_reason == "nobody knows"


def test_a_signature_names_somebody() -> None:
    assert check_signer(SIGNATURE.person) is SIGNATURE.person
    with pytest.raises(SignerMissingError):
        check_signer(Person(" ", "MD"))
    with pytest.raises(UnprintableCharacterError):
        check_signer(Person("Test Injector", "M\nD"))


def test_whoever_injects_has_a_name(chart: Chart) -> None:
    supervisor = Person("Test Supervisor", "MD")
    session = set_performer(chart(""), supervisor)
    assert session == replace(chart(""), performed_by=supervisor)
    with pytest.raises(SignerMissingError):
        set_performer(session, Person(" "))


def test_a_draft_goes_to_another_patient_for_a_reason(chart: Chart) -> None:
    session = chart("plan protocol\ngive COR")
    assert move_to_patient(session, "p-2", "charted on the wrong one") == replace(
        session, patient_id="p-2"
    )
    for empty in ("", "  "):
        with pytest.raises(ReasonMissingError):
            move_to_patient(session, "p-2", empty)


def test_a_plan_copied_from_one_patient_is_not_called_anothers_own(
    chart: Chart, book: Handbook
) -> None:
    session = charting.plan_from(chart(""), plan_as_given(chart("tap FRO-1-L"), BOOK), book)
    assert move_to_patient(session, "p-2", "mixed up").plan == "last of another patient"
    template = replace(session, plan="template Usual")
    assert move_to_patient(template, "p-2", "mixed up").plan == "template Usual"


AT = SIGNATURE.signed_at
LATER = AT + timedelta(minutes=4)


def test_the_first_and_the_last_injection_have_their_times(chart: Chart) -> None:
    planned, one, two = (chart(f"plan protocol\n{more}") for more in ("", "give COR", "give all"))
    first = timed(planned, one, AT)
    assert first == replace(one, first_given_at=AT, last_given_at=AT)
    second = timed(first, replace(two, first_given_at=AT, last_given_at=AT), LATER)
    assert (second.first_given_at, second.last_given_at) == (AT, LATER)


def test_only_an_injection_changes_the_times(chart: Chart) -> None:
    planned, given = chart("plan protocol"), chart("plan protocol\ngive COR")
    before = timed(planned, given, AT)
    for lines in ("note Seated.", "omit FRO-1-L", "tap COR-1-R"):
        after = replace(
            chart(f"plan protocol\ngive COR\n{lines}"), first_given_at=AT, last_given_at=AT
        )
        assert timed(before, after, LATER) == after


def test_where_nothing_is_given_any_more_there_are_no_times(chart: Chart) -> None:
    before = timed(chart(""), chart("tap FRO-1-L"), AT)
    taken_back = tap(before, "FRO-1-L", BOOK)
    assert timed(before, taken_back, LATER) == replace(
        taken_back, first_given_at=None, last_given_at=None
    )


def test_a_first_injection_that_nobody_timed_has_no_time(chart: Chart) -> None:
    after = timed(chart("tap FRO-1-L"), chart("tap FRO-1-L\ntap FRO-1-R"), LATER)
    assert (after.first_given_at, after.last_given_at) == (None, LATER)


ONE_OF_EACH: list[Act] = [
    acts.PlanProtocol(),
    acts.PlanFrom(Plan("empty", ())),
    acts.Tap("FRO-1-L"),
    acts.Give("FRO-1-L"),
    acts.Omit("FRO-1-L"),
    acts.SetDose("FRO-1-L", FIVE),
    acts.AddExtra("temporalis", Side.LEFT, FIVE),
    acts.Mirror("FRO-1-L"),
    acts.Move("FRO-1-L", Point("front", 15, 798)),
    acts.GiveReason("FRO-1-L", "bruise"),
    acts.GiveRegion("frontalis"),
    acts.GiveAll(),
    acts.Stop("faint"),
    acts.Clear(),
    acts.AddVial(Vial(1, "botox", Decimal(100), "C9", Expiry(2027, 10))),
    acts.ChangeVial(Vial(1, "botox", Decimal(100), "C9", Expiry(2027, 10))),
    acts.DrawFrom(1),
    acts.DrawnFrom("FRO-1-L", 1),
    acts.SetWaste(Decimal(0), ""),
    acts.DiscardRest("rest"),
    acts.Keep(1, Decimal(0)),
    acts.StateGap("vial dropped"),
    acts.SetAssessment(blank(["allergy"], SIGNATURE.signed_at.date())),
    acts.SetProcedure(Procedure()),
    acts.AddEvent(Event(Happening.FAINT, SIGNATURE.signed_at)),
    acts.RemoveEvent(1),
    acts.GoOn("too early", "asked for"),
    acts.SetRemark("Seated."),
    acts.SetProfile("uk_eu"),
    acts.SetPerformer(Person("Test Supervisor")),
    acts.MoveToPatient("p-2", "wrong patient"),
]


@pytest.mark.parametrize("act", ONE_OF_EACH, ids=lambda act: type(act).__name__)
def test_a_signed_session_takes_no_act(act: Act, chart: Chart, book: Handbook) -> None:
    signed = sign(chart(VIAL + "plan protocol\ngive all\nwaste 45, rest"), SIGNATURE, IDENTITY)
    with pytest.raises(SessionSignedError):
        perform(act, signed, book)


def test_a_signed_session_is_not_signed_again(chart: Chart) -> None:
    with pytest.raises(SessionSignedError):
        sign(sign(chart("tap FRO-1-L\ngap no vial"), SIGNATURE, IDENTITY), SIGNATURE, IDENTITY)


def test_every_act_is_known_by_its_name() -> None:
    assert [type(act).__name__ for act in ONE_OF_EACH] == list(ACTS)
