"""The injection protocol as shipped: regions, fixed sites, and the label profiles."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Side(StrEnum):
    """The patient's side, never the viewer's."""

    RIGHT = "R"
    LEFT = "L"
    MIDLINE = "M"

    @property
    def other(self) -> "Side":
        """The mirrored side; the midline is its own mirror."""
        return {"R": Side.LEFT, "L": Side.RIGHT, "M": Side.MIDLINE}[self.value]


@dataclass(frozen=True)
class Edition:
    """Which published state of a shipped file something refers to."""

    id: str
    version: int


@dataclass(frozen=True)
class Suggestion:
    """A place for an extra to choose from: millimetres, as the home view of the left shows it."""

    view: str
    across_mm: float
    up_mm: float


@dataclass(frozen=True)
class Region:
    """One of the seven areas: its muscle, the words that patients know it by, and its limits."""

    key: str
    code: str
    name: str
    place: str
    follow_the_pain: bool
    limit_sites: int
    limit_units: Decimal
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True)
class Site:
    """One fixed site of the protocol."""

    code: str
    region: str
    side: Side
    number: int
    units: Decimal
    landmark: str
    confidence: str


@dataclass(frozen=True)
class LabelProfile:
    """The total dose range that one jurisdiction's label names."""

    key: str
    name: str
    low_units: Decimal
    high_units: Decimal

    def allows(self, units: Decimal) -> bool:
        """Whether a total lies within the label's range."""
        return self.low_units <= units <= self.high_units


@dataclass(frozen=True)
class Protocol:
    """A versioned protocol. The order of `regions` and `sites` is the order of injection."""

    edition: Edition
    title: str
    regions: Mapping[str, Region]
    sites: Mapping[str, Site]
    profiles: Mapping[str, LabelProfile]

    @property
    def units(self) -> Decimal:
        """The fixed total, without any extra."""
        return sum((site.units for site in self.sites.values()), Decimal(0))

    def region_of_code(self, code: str) -> Region | None:
        """The region that a three-letter code such as TEM names."""
        return next((r for r in self.regions.values() if r.code == code.upper()), None)


def read_protocol(table: Mapping[str, Any]) -> Protocol:
    """Build a protocol from its TOML table.

    A number stands beside its source: `{ value = 5, source = "SMPC", evidence = "V" }`.
    """
    regions = {key: _read_region(key, region) for key, region in table["regions"].items()}
    return Protocol(
        edition=Edition(table["id"], table["version"]),
        title=table["title"],
        regions=regions,
        sites={
            site.code: site
            for key, region in table["regions"].items()
            for site in _read_sites(regions[key], region)
        },
        profiles={
            key: LabelProfile(
                key,
                profile["name"],
                _number(profile["low_units"]),
                _number(profile["high_units"]),
            )
            for key, profile in table["profiles"].items()
        },
    )


def _number(field: Mapping[str, Any]) -> Decimal:
    return Decimal(str(field["value"]))


def _read_region(key: str, table: Mapping[str, Any]) -> Region:
    return Region(
        key=key,
        code=table["code"],
        name=table["name"],
        place=table["place"],
        follow_the_pain=table["follow_the_pain"],
        limit_sites=int(_number(table["limit_sites"])),
        limit_units=_number(table["limit_units"]),
        suggestions=tuple(
            Suggestion(place["view"], place["across_mm"], place["up_mm"])
            for place in table.get("suggestions", ())
        ),
    )


def _read_sites(region: Region, table: Mapping[str, Any]) -> Iterator[Site]:
    units = _number(table["units_per_site"])
    for number, site in enumerate(table["sites"], start=1):
        for side in table["sides"]:
            yield Site(
                code=f"{region.code}-{number}-{side}",
                region=region.key,
                side=Side(side),
                number=number,
                units=units,
                landmark=site["landmark"],
                confidence=site["confidence"],
            )
