from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from desktop.core.handbook import Handbook
from desktop.core.protocol import Side
from desktop.core.rules import (
    ChangeWithoutReason,
    Extra,
    ExtraOutsideFollowThePain,
    Finding,
    Moved,
    MovedBelowLowest,
    MovedIntoAnother,
    NotAccountedFor,
    NoVial,
    Omitted,
    OtherDose,
    RegionOverLimit,
    RegionOverSites,
    SidesDiffer,
    TotalOutsideLabel,
    UsedOverOpened,
    VialExpired,
    changes,
    findings,
    left_over_units,
    region_totals,
    side_units,
    volume_ml,
)
from desktop.core.session import Session

Chart = Callable[[str], Session]

VIAL = "vial BOTOX 200 U, lot C1234C3, exp 2027-10, diluent 4 mL\n"
# Every unit of the vial is accounted for, so that each test sees its own finding only.
ALL_GIVEN = VIAL + "plan protocol\ngive all\nwaste 45 U, single-patient vial\n"


def units(text: str) -> Decimal:
    return Decimal(text)


@pytest.mark.parametrize("label", ["us", "uk_eu"])
def test_the_protocol_given_as_it_stands_has_neither_changes_nor_findings(
    label: str, chart: Chart, book: Handbook
) -> None:
    session = chart(f"label {label}\n{ALL_GIVEN}")
    assert changes(session, book) == []
    assert findings(session, book) == []


def test_an_empty_session_has_no_findings(chart: Chart, book: Handbook) -> None:
    assert findings(chart(""), book) == []
    assert findings(chart(VIAL), book) == []


def test_what_is_still_planned_counts_as_if_it_were_given(chart: Chart, book: Handbook) -> None:
    assert findings(chart(VIAL + "plan protocol\ngive FRO"), book) == []


@pytest.mark.parametrize(
    ("label", "extras", "finding"),
    [
        ("us", 0, None),
        ("us", 1, TotalOutsideLabel(units("160"), "us", units("155"), units("155"), ("uk_eu",))),
        ("us", 9, TotalOutsideLabel(units("200"), "us", units("155"), units("155"), ())),
        ("uk_eu", 0, None),
        ("uk_eu", 8, None),
        ("uk_eu", 9, TotalOutsideLabel(units("200"), "uk_eu", units("155"), units("195"), ())),
    ],
)
def test_the_total_is_held_against_the_label_in_use(
    label: str, extras: int, finding: Finding | None, chart: Chart, book: Handbook
) -> None:
    session = chart(f"label {label}\nplan protocol\n" + "extra TRA R 5, pain here\n" * extras)
    found = [each for each in findings(session, book) if isinstance(each, TotalOutsideLabel)]
    assert found == ([finding] if finding else [])


def test_a_total_below_the_label_is_found(chart: Chart, book: Handbook) -> None:
    session = chart("label uk_eu\nplan protocol\nomit TRA-2-R, tender\nomit TRA-2-L, tender")
    assert findings(session, book) == [
        TotalOutsideLabel(units("145"), "uk_eu", units("155"), units("195"), ())
    ]


def test_a_region_takes_its_follow_the_pain_extras_and_no_more(
    chart: Chart, book: Handbook
) -> None:
    lines = f"label uk_eu\n{VIAL}plan protocol\nextra OCC L 5, here\nextra OCC R 5, here\n"
    assert findings(chart(lines), book) == []
    assert findings(chart(lines + "extra OCC R 2.5, pain here\nextra OCC L 2.5, pain"), book) == [
        RegionOverLimit("occipitalis", units("45"), units("40")),
        RegionOverSites("occipitalis", 10, 8),
    ]


def test_a_region_is_over_its_units_without_one_site_more(chart: Chart, book: Handbook) -> None:
    lines = "label uk_eu\nplan protocol\ndose FRO-1-R 7.5, strong\ndose FRO-1-L 7.5, strong"
    assert findings(chart(lines), book) == [RegionOverLimit("frontalis", units("25"), units("20"))]


def test_a_region_is_over_its_sites_without_one_unit_more(chart: Chart, book: Handbook) -> None:
    lines = """
        plan protocol
        dose  TEM-1-R 2.5, split
        extra TEM R 2.5, split
        extra TEM R 0.01, split
        extra TEM R 0.01, split
    """
    assert RegionOverSites("temporalis", 11, 10) in findings(chart(lines), book)
    assert not any(isinstance(each, RegionOverLimit) for each in findings(chart(lines), book))


@pytest.mark.parametrize("region", ["TEM", "OCC", "TRA", "COR", "FRO", "CPS"])
def test_pain_is_followed_in_three_muscles_only(region: str, chart: Chart, book: Handbook) -> None:
    found = findings(chart(f"plan protocol\nextra {region} L 5, pain here"), book)
    outside = ExtraOutsideFollowThePain(f"{region}-X1-L") in found
    assert outside == (region not in ("TEM", "OCC", "TRA"))


def test_an_extra_that_was_not_given_is_neither_change_nor_finding(
    chart: Chart, book: Handbook
) -> None:
    session = chart("plan protocol\nextra FRO L 5\ntap FRO-X1-L")
    assert (changes(session, book), findings(session, book)) == ([], [])


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("move CPS-1-R down 10 mm, pain here", [MovedBelowLowest("CPS-1-R", 10.0)]),
        ("move CPS-1-R down 0.1 mm, pain here", [MovedBelowLowest("CPS-1-R", 0.1)]),
        ("move CPS-1-R right 5 mm, pain here", []),
        ("move CPS-2-R down 11 mm, pain here", []),
        ("move CPS-2-R down 12 mm, pain here", [MovedBelowLowest("CPS-2-R", 1.0)]),
        ("move OCC-1-R down 36 mm, pain here", [MovedBelowLowest("OCC-1-R", 1.0)]),
        ("move TRA-1-R down 10 mm, pain here", []),
        ("move FRO-1-R down 10 mm, brow shape", []),
    ],
)
def test_a_site_moved_below_the_lowest_paraspinal_one_is_found(
    line: str, found: list[Finding], chart: Chart, book: Handbook
) -> None:
    assert findings(chart(f"plan protocol\n{line}"), book) == found


def test_changes_are_in_the_order_of_the_protocol_each_with_its_reason(
    chart: Chart, book: Handbook
) -> None:
    session = chart("""
        extra TRA R 5, pain here
        plan  protocol
        extra TEM L 10, pain here
        extra TEM R 5
        omit  TRA-2-R, tender
        dose  OCC-1-L 7.5, pain here
        move  OCC-1-L left 3 mm
        move  TEM-3-L forward 2.5 mm, hairline
        move  FRO-1-R up 10 mm, brow shape
    """)
    assert changes(session, book) == [
        Moved("FRO-1-R", "front", 10.0, 0.0, "brow shape"),
        Moved("TEM-3-L", "left", 0.0, 2.5, "hairline"),
        Extra("TEM-X1-R", units("5"), ""),
        Extra("TEM-X1-L", units("10"), "pain here"),
        OtherDose("OCC-1-L", units("5"), units("7.5"), "pain here"),
        Moved("OCC-1-L", "back", 0.0, 3.0, "pain here"),
        Omitted("TRA-2-R", "tender"),
        Extra("TRA-X1-R", units("5"), "pain here"),
    ]


def test_a_change_without_a_reason_is_found_once_a_site(chart: Chart, book: Handbook) -> None:
    lines = """
        plan protocol
        omit TRA-2-R
        omit TRA-2-L, tender
        dose FRO-1-L 7.5
        move FRO-1-L up 10 mm
        dose FRO-1-R 2.5, weak
    """
    found = [each for each in findings(chart(lines), book) if isinstance(each, ChangeWithoutReason)]
    assert found == [ChangeWithoutReason("FRO-1-L"), ChangeWithoutReason("TRA-2-R")]
    assert ChangeWithoutReason("FRO-1-L") not in findings(
        chart(lines + "reason FRO-1-L, strong"), book
    )


def test_right_and_left_are_told_when_they_differ(chart: Chart, book: Handbook) -> None:
    session = chart(f"label uk_eu\n{VIAL}plan protocol\nextra TRA R 5, pain here")
    assert findings(session, book) == [SidesDiffer(units("80"), units("75"))]


def test_a_session_charted_without_a_plan_has_no_changes_but_its_extras(
    chart: Chart, book: Handbook
) -> None:
    session = chart("tap FRO-1-L\nextra TEM L 5, pain here")
    assert changes(session, book) == [Extra("TEM-X1-L", units("5"), "pain here")]


def test_a_vial_past_its_expiry_is_found_before_anything_is_given(
    chart: Chart, book: Handbook
) -> None:
    lines = "vial BOTOX 200 U, lot {}, exp {}\n"
    assert findings(chart(lines.format("C1", "2026-10")), book) == [VialExpired(1, "C1", "2026-10")]
    assert findings(chart(lines.format("C1", "2026-11-21") + "plan protocol"), book) == [
        VialExpired(1, "C1", "2026-11-21")
    ]
    assert findings(chart(lines.format("C1", "2026-11-22")), book) == []
    assert findings(chart(lines.format("C1", "2026-11")), book) == []


def test_a_dose_out_of_no_vial_is_found(chart: Chart, book: Handbook) -> None:
    assert NoVial() in findings(chart("tap FRO-1-L"), book)


def test_units_that_went_nowhere_are_found_when_the_session_is_resolved(
    chart: Chart, book: Handbook
) -> None:
    lines = VIAL + "plan protocol\ngive all\n"
    assert findings(chart(lines), book) == [NotAccountedFor(units("45"), units("200"))]
    assert findings(chart(lines + "waste 37.5, rest"), book) == [
        NotAccountedFor(units("7.5"), units("200"))
    ]
    assert findings(chart(lines + "waste 45, rest"), book) == []


def test_more_units_than_were_opened_are_found(chart: Chart, book: Handbook) -> None:
    hundred = "vial BOTOX 100 U, lot C1, exp 2027-10\n"
    assert findings(chart(hundred + "plan protocol\ngive all"), book) == [
        UsedOverOpened(units("155"), units("0"), units("100"))
    ]
    over = chart(VIAL + "plan protocol\nwaste 45, rest\ndose FRO-1-L 5.01, strong\ngive all")
    assert UsedOverOpened(units("155.01"), units("45"), units("200")) in findings(over, book)
    two = chart(hundred * 2 + "plan protocol\nwaste 100, rest\ngive all")
    assert findings(two, book) == [UsedOverOpened(units("155"), units("100"), units("200"))]


def test_each_region_has_a_row_by_side_right_first(chart: Chart, book: Handbook) -> None:
    session = chart("plan protocol\nextra TRA R 7.5\ngive TRA R\ngive TRA-1-L\ngive PRO")
    rows = {row.region.code: row for row in region_totals(session, book)}
    assert list(rows) == ["COR", "PRO", "FRO", "TEM", "OCC", "CPS", "TRA"]
    assert list(rows["TRA"].given_units.items()) == [
        (Side.RIGHT, units("22.5")),
        (Side.LEFT, units("5")),
    ]
    assert rows["TRA"].given_sites == {Side.RIGHT: 4, Side.LEFT: 1}
    assert (rows["TRA"].units, rows["TRA"].sites) == (units("27.5"), 5)
    assert rows["TRA"].planned_units == units("30")
    assert rows["PRO"].given_units == {Side.MIDLINE: units("5")}
    assert all(
        [*row.given_units] == sorted(row.given_units, key=[*Side].index) for row in rows.values()
    )
    assert [side_units(session, side) for side in Side] == [units("22.5"), units("5"), units("5")]


def test_the_volume_is_known_when_every_dilution_is(chart: Chart) -> None:
    assert volume_ml(chart(VIAL)) is None
    assert volume_ml(chart("plan protocol\ngive all")) is None
    assert volume_ml(chart(ALL_GIVEN)) == units("3.1")
    stronger = "vial BOTOX 100 U, lot C9, exp 2027-10, diluent 1 mL\n"
    assert volume_ml(chart(f"{VIAL}tap FRO-1-L\n{stronger}tap FRO-1-R")) == units("0.15")
    unknown = "vial BOTOX 100 U, lot C9, exp 2027-10\n"
    assert volume_ml(chart(f"{VIAL}tap FRO-1-L\n{unknown}tap FRO-1-R")) is None


def test_what_is_left_over_is_never_below_zero(chart: Chart) -> None:
    assert left_over_units(chart(ALL_GIVEN)) == 45
    assert left_over_units(chart("tap FRO-1-L")) == 0


def test_extras_are_in_one_order_however_the_session_was_put_together(
    chart: Chart, book: Handbook
) -> None:
    session = chart("extra TEM L 5\nextra TEM R 5\n" + "extra TEM L 5\n" * 10)
    codes = ["TEM-X1-R", *(f"TEM-X{number}-L" for number in range(1, 12))]
    turned = replace(session, injections=dict(sorted(session.injections.items(), reverse=True)))
    assert [each.code for each in book.in_order(session)] == codes
    assert [each.code for each in book.in_order(turned)] == codes


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("move COR-1-R up 25 mm, brow", [MovedIntoAnother("COR-1-R", "frontalis", Side.RIGHT)]),
        ("move FRO-1-R left 40 mm, brow", [MovedIntoAnother("FRO-1-R", "frontalis", Side.LEFT)]),
        ("move FRO-1-R up 5 mm, brow", []),
        ("extra FRO L 5 U, pain here", []),
    ],
)
def test_a_site_moved_into_another_muscle_is_found(
    line: str, found: list[Finding], chart: Chart, book: Handbook
) -> None:
    told = findings(chart(f"plan protocol\n{line}"), book)
    assert [each for each in told if isinstance(each, MovedIntoAnother)] == found
