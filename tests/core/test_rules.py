from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from desktop.core.drawing import balances
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
    NotForMigraineUsed,
    NoVial,
    OddDilution,
    Omitted,
    OtherDose,
    OtherToxinUsed,
    RegionOverLimit,
    RegionOverSites,
    SidesDiffer,
    TotalOutsideLabel,
    VialExpired,
    VialMixedLater,
    VialMixedTooLong,
    VialOverdrawn,
    changes,
    findings,
    of_toxin,
    region_totals,
    side_units,
    units_by_toxin,
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
    anyway = "vial BOTOX 200 U, lot C1, exp {}, used because none other\n"
    assert findings(chart(anyway.format("2026-10")), book) == [VialExpired(1, "C1", "2026-10")]
    assert findings(chart(anyway.format("2026-11-21") + "plan protocol"), book) == [
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

    def missing(number: str, reason: str = "") -> list[Finding]:
        return [NotAccountedFor(1, "C1234C3", units(number), units("200"), reason)]

    assert findings(chart(lines), book) == missing("45")
    assert findings(chart(lines + "waste 37.5, rest"), book) == missing("7.5")
    assert findings(chart(lines + "waste 40, rest\nkeep vial 1 2.5"), book) == missing("2.5")
    assert findings(chart(lines + "gap vial dropped"), book) == missing("45", "vial dropped")
    assert findings(chart(lines + "waste 45, rest"), book) == []
    assert findings(chart(lines + "keep vial 1 45"), book) == []
    assert findings(chart(lines + "waste 40, rest\nkeep vial 1 5"), book) == []


def test_more_units_than_were_opened_are_found(chart: Chart, book: Handbook) -> None:
    hundred = "vial BOTOX 100 U, lot C1, exp 2027-10\n"
    assert findings(chart(hundred + "plan protocol\ngive all"), book) == [
        VialOverdrawn(1, "C1", units("55"))
    ]
    over = chart(VIAL + "plan protocol\nwaste 45, rest\ndose FRO-1-L 5.01, strong\ngive all")
    assert VialOverdrawn(1, "C1234C3", units("0.01")) in findings(over, book)
    two = chart(hundred * 2 + "plan protocol\nwaste vial 1 100, rest\ngive all")
    assert findings(two, book) == [VialOverdrawn(2, "C1", units("55"))]


def test_one_vials_gap_is_not_made_up_for_by_another(chart: Chart, book: Handbook) -> None:
    hundred = "vial BOTOX 100 U, lot {}, exp 2027-10\n"
    both = hundred.format("C1") + hundred.format("C2")
    session = chart(f"{both}plan protocol\ndraw from vial 2\ndose TRA-1-R 105, x\ngive all")
    told = findings(session, book)
    assert VialOverdrawn(2, "C2", units("105")) in told
    assert [each for each in told if isinstance(each, NotAccountedFor)] == [
        NotAccountedFor(1, "C1", units("50"), units("100"), "")
    ]


def test_a_vial_of_which_the_rest_is_still_to_be_given_is_no_gap(
    chart: Chart, book: Handbook
) -> None:
    lines = VIAL + "plan protocol\ngive FRO\n"
    assert findings(chart(lines), book) == []
    stopped = findings(chart(lines + "stop faint"), book)
    assert NotAccountedFor(1, "C1234C3", units("180"), units("200"), "") in stopped


@pytest.mark.parametrize(
    ("mixed", "found"),
    [
        ("2026-11-21 10:30", []),
        ("2026-11-21 10:29", [VialMixedTooLong(1, "C1", units("24.1"), 24)]),
        ("2026-11-21 10:24", [VialMixedTooLong(1, "C1", units("24.1"), 24)]),
        ("2026-11-20 10:00", [VialMixedTooLong(1, "C1", units("48.5"), 24)]),
    ],
)
def test_a_vial_mixed_too_long_before_is_found(
    mixed: str, found: list[Finding], chart: Chart, book: Handbook
) -> None:
    vial = f"vial BOTOX 200 U, lot C1, exp 2027-10, mixed {mixed}, used because none other"
    assert findings(chart(vial), book) == found


def test_a_vial_that_was_mixed_after_the_injections_is_found(chart: Chart, book: Handbook) -> None:
    charted = chart(ALL_GIVEN)

    def mixed(at: datetime, last: datetime | None = None) -> list[Finding]:
        (vial,) = charted.vials
        vials = (replace(vial, mixed_at=at),)
        return findings(replace(charted, vials=vials, last_given_at=last), book)

    start = charted.started_at
    later = start + timedelta(days=1)
    assert mixed(later) == [VialMixedLater(1, "C1234C3", later)]
    assert mixed(start + timedelta(hours=1)) == []
    assert mixed(start + timedelta(hours=1), start) == [
        VialMixedLater(1, "C1234C3", start + timedelta(hours=1))
    ]


def test_an_odd_dilution_is_pointed_out_where_one_is_usual(chart: Chart, book: Handbook) -> None:
    def of(vial: str, diluent: str) -> list[Finding]:
        lines = f"vial {vial}, lot C1, exp 2027-10, diluent {diluent} mL"
        return findings(chart(lines), book)

    assert of("BOTOX 200 U", "4") == of("BOTOX 100 U", "2") == []
    assert of("BOTOX 200 U", "2") == [OddDilution(1, units("10"), units("5"))]
    assert of("BOTOX 100 U", "2.01") == [
        OddDilution(1, units("100") / units("2.01") / 10, units("5"))
    ]
    xeomin = chart("vial Xeomin 100 U, lot C1, exp 2027-10, diluent 1 mL, used because x")
    assert findings(xeomin, book) == [NotForMigraineUsed(1, "Xeomin")]


DYSPORT = "vial Dysport 300 U, lot D1, exp 2027-10, used because asked for\n"


def test_another_toxin_is_found_and_its_units_are_not_added(chart: Chart, book: Handbook) -> None:
    lines = f"{VIAL}plan protocol\ngive all\nwaste 45, rest\n{DYSPORT}keep vial 2 300\n"
    other = OtherToxinUsed(2, "abobotulinumtoxinA", "onabotulinumtoxinA")
    off_label = NotForMigraineUsed(2, "Dysport")
    assert findings(chart(lines), book) == [other, off_label]
    extras = "extra TEM L 50, pain here\nextra FRO R 25, brow\n"
    with_extras = findings(chart(lines.replace("keep vial 2 300\n", extras)), book)
    # 155 of 155, and right and left alike: 75 units of another toxin change nothing in that.
    assert with_extras == [
        RegionOverSites("frontalis", 5, 4),
        ExtraOutsideFollowThePain("FRO-X1-R"),
        other,
        off_label,
        NotAccountedFor(2, "D1", units("225"), units("300"), ""),
    ]


def test_another_toxin_alone_is_held_against_no_label(chart: Chart, book: Handbook) -> None:
    lines = DYSPORT.replace("300", "500") + "plan protocol\n"
    doses = "".join(f"dose {code} 15, asked for\n" for code in book.protocol.sites)
    told = findings(chart(f"{lines}{doses}give all\nwaste 35, rest"), book)
    assert told == [NotForMigraineUsed(1, "Dysport")]


def test_the_protocols_toxin_after_another_is_held_against_the_label(
    chart: Chart, book: Handbook
) -> None:
    botox = VIAL.replace("2027-10", "2027-10, used because asked for")
    session = chart(f"{DYSPORT}tap FRO-1-L 60\n{botox}tap COR-1-L 15")
    told = findings(session, book)
    assert TotalOutsideLabel(units("15"), "us", units("155"), units("155"), ()) in told
    assert [each for each in told if isinstance(each, RegionOverLimit)] == [
        RegionOverLimit("corrugator", units("15"), units("10"))
    ]


def test_a_product_of_the_same_toxin_whose_label_names_no_migraine_is_found(
    chart: Chart, book: Handbook
) -> None:
    cosmetic = "vial BOTOX Cosmetic 100 U, lot B1, exp 2027-10, used because asked for\n"
    told = findings(chart(f"{cosmetic}tap COR-1-L 15"), book)
    assert NotForMigraineUsed(1, "BOTOX Cosmetic") in told
    assert RegionOverLimit("corrugator", units("15"), units("10")) in told


def test_what_lacks_of_the_first_toxin_is_not_made_up_for_by_another(
    chart: Chart, book: Handbook
) -> None:
    given = "plan protocol\nomit TRA-1-R, sore\ngive all\n"
    told = findings(chart(f"{VIAL}{given}{DYSPORT}extra TRA R 5, sore"), book)
    assert [each for each in told if isinstance(each, TotalOutsideLabel | SidesDiffer)] == [
        TotalOutsideLabel(units("150"), "us", units("155"), units("155"), ()),
        SidesDiffer(units("70"), units("75")),
    ]


def test_each_toxin_has_its_own_units_the_first_vials_first(chart: Chart, book: Handbook) -> None:
    ona, abo = "onabotulinumtoxinA", "abobotulinumtoxinA"

    def told(lines: str) -> list[tuple[str, Decimal]]:
        return list(units_by_toxin(chart(lines), book).items())

    assert told("") == [(ona, units("0"))]
    assert told("tap FRO-1-L") == [(ona, units("5"))]
    assert told(VIAL + "plan protocol\ngive FRO\nomit PRO-1-M, x") == [(ona, units("150"))]
    assert told(f"{DYSPORT}tap FRO-1-L") == [(abo, units("5"))]
    cosmetic = "vial BOTOX Cosmetic 50 U, lot B1, exp 2027-10, used because x\ntap FRO-1-L"
    assert told(f"{VIAL}tap FRO-1-R\n{cosmetic}") == [(ona, units("10"))]
    two = f"{VIAL}plan protocol\ngive FRO\n{DYSPORT}"
    # What is still planned is drawn from the newest vial, until the other is chosen again.
    assert told(two) == [(ona, units("20")), (abo, units("135"))]
    assert told(two + "draw from vial 1") == [(ona, units("155")), (abo, units("0"))]
    assert told(two + "draw from vial 1\ngive all") == [(ona, units("155")), (abo, units("0"))]
    assert told(f"tap FRO-1-R 2.5\n{VIAL}{DYSPORT}tap FRO-1-L 7.5") == [
        (ona, units("2.5")),
        (abo, units("7.5")),
    ]


def test_a_session_is_told_apart_by_toxin(chart: Chart, book: Handbook) -> None:
    session = chart(f"{VIAL}tap FRO-1-R\ntap FRO-2-R\n{DYSPORT}tap FRO-1-L 20")
    ona, abo = (of_toxin(session, toxin, book) for toxin in units_by_toxin(session, book))
    assert [side_units(each, side) for each in (ona, abo) for side in (Side.RIGHT, Side.LEFT)] == [
        *(units("10"), units("0")),
        *(units("0"), units("20")),
    ]
    assert {**ona.injections, **abo.injections} == session.injections
    assert sum(row.units for row in region_totals(abo, book)) == 20
    assert of_toxin(session, "incobotulinumtoxinA", book) == replace(session, injections={})


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
    second = "draw from vial 2\ntap FRO-1-R"
    assert volume_ml(chart(f"{VIAL}tap FRO-1-L\n{stronger}{second}")) == units("0.15")
    unknown = "vial BOTOX 100 U, lot C9, exp 2027-10\n"
    assert volume_ml(chart(f"{VIAL}tap FRO-1-L\n{unknown}{second}")) is None


def test_what_is_over_or_missing_is_told_of_each_vial(chart: Chart) -> None:
    def gaps(lines: str) -> list[Decimal]:
        return [each.gap_units for each in balances(chart(lines))]

    assert gaps(VIAL + "plan protocol\ngive all") == [45]
    assert gaps(ALL_GIVEN) == [0]
    assert gaps("tap FRO-1-L") == []
    hundred = "vial BOTOX 100 U, lot C1, exp 2027-10\n"
    assert gaps(hundred + "tap FRO-1-L 101") == [-1]
    assert gaps(hundred * 2 + "tap FRO-1-L 101\nkeep vial 1 40") == [60, -1]


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
