"""The shipped numbers: what the protocol says, and that each says where it comes from."""

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from math import hypot
from pathlib import Path
from typing import Any

import pytest

from desktop.core.atlas import Point
from desktop.core.protocol import LabelProfile, Side
from desktop.resources import ROOT, handbook

FILES = [*sorted((ROOT / "protocols").glob("*.toml")), ROOT / "products.toml"]
EVIDENCE = {"V", "S", "R"}


def unsourced(table: dict[str, Any]) -> list[str]:
    """Where a TOML table has a number without a listed source and an evidence tag."""
    return list(_unsourced(table, "", set(table["sources"]), in_sourced=False))


def _unsourced(value: object, path: str, sources: set[str], *, in_sourced: bool) -> Iterator[str]:
    match value:
        case dict():
            if "source" in value or "evidence" in value:
                in_sourced = value.get("source") in sources and value.get("evidence") in EVIDENCE
                if not in_sourced:
                    yield path
            for key, inner in value.items():
                yield from _unsourced(inner, f"{path}/{key}", sources, in_sourced=in_sourced)
        case list():
            for place, inner in enumerate(value):
                yield from _unsourced(inner, f"{path}/{place}", sources, in_sourced=in_sourced)
        case bool():
            return
        case int() | float():
            if not in_sourced and path != "/version":
                yield path


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_number_has_a_listed_source_and_an_evidence_tag(path: Path) -> None:
    assert unsourced(tomllib.loads(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        ("units = 5", "/units"),
        ("units = 2.5", "/units"),
        ("[units]\nvalue = 5\nevidence = 'V'", "/units"),
        ("[units]\nvalue = 5\nsource = 'SMPC'", "/units"),
        ("[units]\nvalue = 5\nsource = 'HEARSAY'\nevidence = 'V'", "/units"),
        ("[units]\nvalue = 5\nsource = 'SMPC'\nevidence = 'X'", "/units"),
        ("[units]\nversion = 5", "/units/version"),
        ("[units]\nvalues = [5]", "/units/values/0"),
        ("[[sites]]\nnumber = 5", "/sites/0/number"),
    ],
)
def test_a_number_without_them_is_found(broken: str, where: str) -> None:
    table = tomllib.loads("version = 1\n" + broken)
    table["sources"] = {"SMPC": "Summary of product characteristics"}
    assert where in unsourced(table)


def test_the_shipped_protocol_with_one_source_taken_away_is_refused() -> None:
    text = (ROOT / "protocols" / "preempt.toml").read_text("utf-8")
    broken = text.replace(
        'limit_units = { value = 50, source = "SMPC", evidence = "V" }',
        "limit_units = { value = 50 }",
        1,
    )
    assert unsourced(tomllib.loads(broken)) == ["/regions/temporalis/limit_units/value"]


def test_protocol_and_atlas_have_the_same_sites_in_the_same_order() -> None:
    book = handbook()
    assert [(site.code, site.region, site.side) for site in book.protocol.sites.values()] == [
        (place.code, place.region, place.side) for place in book.atlas.places.values()
    ]


def test_thirty_one_sites_make_a_hundred_and_fifty_five_units() -> None:
    protocol = handbook().protocol
    assert (len(protocol.sites), protocol.units) == (31, Decimal(155))


def test_each_muscle_has_its_sites_its_units_and_its_cap() -> None:
    protocol = handbook().protocol
    rows: dict[str, tuple[object, ...]] = {
        region.code: (
            sum(site.region == key for site in protocol.sites.values()),
            sum(site.units for site in protocol.sites.values() if site.region == key),
            region.limit_sites,
            region.limit_units,
            region.follow_the_pain,
        )
        for key, region in protocol.regions.items()
    }
    assert rows == {
        "COR": (2, 10, 2, 10, False),
        "PRO": (1, 5, 1, 5, False),
        "FRO": (4, 20, 4, 20, False),
        "TEM": (8, 40, 10, 50, True),
        "OCC": (6, 30, 8, 40, True),
        "CPS": (4, 20, 4, 20, False),
        "TRA": (6, 30, 10, 50, True),
    }
    assert sum(region.limit_sites for region in protocol.regions.values()) == 39
    assert sum(region.limit_units for region in protocol.regions.values()) == 195


FOLLOWED = [
    (region, side)
    for region in ("temporalis", "occipitalis", "trapezius")
    for side in (Side.RIGHT, Side.LEFT)
]
APART_MM = 12.0


@pytest.mark.parametrize(("region", "side"), FOLLOWED)
def test_suggested_places_lie_in_their_muscle_and_clear_of_every_site_and_each_other(
    region: str, side: Side
) -> None:
    book = handbook()
    home = book.atlas.home_view(region, side)
    outline, view = book.atlas.outlines[region][side][home], book.atlas.views[home]
    sites = [book.atlas.home_point(code) for code in book.atlas.places]
    points = book.suggestions(region, side)
    assert len(points) == 2
    for at, point in enumerate(points):
        assert outline.covers(view.to_drawing(point))
        for other in (*sites, *points[:at]):
            if other.view == point.view:
                assert apart_mm(point, other) >= APART_MM


def apart_mm(one: Point, other: Point) -> float:
    return hypot(one.across_mm - other.across_mm, one.up_mm - other.up_mm)


@pytest.mark.parametrize("region", ["temporalis", "occipitalis", "trapezius"])
def test_suggested_places_of_the_right_mirror_those_of_the_left(region: str) -> None:
    book = handbook()
    left = book.suggestions(region, Side.LEFT)
    assert [book.atlas.mirrored(point) for point in left] == list(
        book.suggestions(region, Side.RIGHT)
    )


def test_places_are_suggested_only_where_the_pain_may_be_followed() -> None:
    book = handbook()
    suggesting = {
        (region.key, side)
        for region in book.protocol.regions.values()
        for side in Side
        if book.suggestions(region.key, side)
    }
    assert suggesting == set(FOLLOWED)
    assert {key for key, each in book.protocol.regions.items() if each.follow_the_pain} == {
        region for region, _side in FOLLOWED
    }


def test_the_labels_differ_in_what_they_allow() -> None:
    assert handbook().protocol.profiles == {
        "us": LabelProfile("us", "US label", Decimal(155), Decimal(155)),
        "uk_eu": LabelProfile("uk_eu", "UK/EU label", Decimal(155), Decimal(195)),
    }


def test_botox_comes_in_two_sizes_and_has_a_limit_for_three_months() -> None:
    botox = handbook().products["botox"]
    assert botox.vial_sizes == (Decimal(100), Decimal(200))
    assert (botox.largest_dose_units, botox.dose_step_units) == (Decimal(400), Decimal("2.5"))
    assert (botox.cumulative_limit_units, botox.cumulative_limit_days) == (Decimal(400), 84)
    assert (botox.hours_after_mixing, botox.usual_units_per_tenth_ml) == (24, Decimal(5))
