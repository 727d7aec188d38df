"""What the protocol and the label say about a chart.

*Changes* are differences from the plan of this session, each with its reason. *Findings* are what
the protocol or the label says about what was charted. Neither stops anybody: a record must be able
to say what was done. While sites are still planned, findings look at the chart as it would be if
the rest were given as planned.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from desktop.core.drawing import (
    Expired,
    MixedLater,
    MixedTooLong,
    NotForMigraine,
    OtherToxin,
    balances,
    objections,
)
from desktop.core.handbook import Handbook
from desktop.core.protocol import Region, Side
from desktop.core.session import Injection, Session, State, total_units
from desktop.core.vial import Vial


@dataclass(frozen=True)
class Omitted:
    """A planned site was not injected."""

    code: str
    reason: str


@dataclass(frozen=True)
class OtherDose:
    """A site was, or will be, given another dose than planned."""

    code: str
    planned_units: Decimal
    units: Decimal
    reason: str


@dataclass(frozen=True)
class Moved:
    """A site was injected away from its planned place; mm up and mm towards the patient's left.

    In the side views `across_mm` counts towards the face instead.
    """

    code: str
    view: str
    up_mm: float
    across_mm: float
    reason: str


@dataclass(frozen=True)
class Extra:
    """An injection that was not in the plan."""

    code: str
    units: Decimal
    reason: str


Change = Omitted | OtherDose | Moved | Extra


@dataclass(frozen=True)
class TotalOutsideLabel:
    """The total lies outside the range of the label in use; `within` names labels that hold it."""

    units: Decimal
    profile: str
    low_units: Decimal
    high_units: Decimal
    within: tuple[str, ...]


@dataclass(frozen=True)
class RegionOverLimit:
    """A region got more units than the protocol's cap."""

    region: str
    units: Decimal
    limit_units: Decimal


@dataclass(frozen=True)
class RegionOverSites:
    """A region got more injections than the protocol's cap."""

    region: str
    sites: int
    limit_sites: int


@dataclass(frozen=True)
class ExtraOutsideFollowThePain:
    """An extra lies outside the three muscles in which pain may be followed."""

    code: str


@dataclass(frozen=True)
class MovedBelowLowest:
    """A site of the back of the head or neck lies below the lowest paraspinal site."""

    code: str
    below_mm: float


@dataclass(frozen=True)
class MovedIntoAnother:
    """A site was moved into another muscle, or to the other side."""

    code: str
    region: str
    side: Side


@dataclass(frozen=True)
class ChangeWithoutReason:
    """A change has no reason."""

    code: str


@dataclass(frozen=True)
class SidesDiffer:
    """Right and left got different totals. Information, and nothing to mend."""

    right_units: Decimal
    left_units: Decimal


@dataclass(frozen=True)
class VialOverdrawn:
    """More was injected, wasted and kept of one vial than it held."""

    number: int
    lot: str
    over_units: Decimal


@dataclass(frozen=True)
class NotAccountedFor:
    """Units of one vial neither injected, discarded nor kept; with why, if it was said."""

    number: int
    lot: str
    units: Decimal
    opened_units: Decimal
    reason: str


@dataclass(frozen=True)
class NoVial:
    """Something was given, and no vial is recorded."""


@dataclass(frozen=True)
class VialExpired:
    """A vial was past its expiry on the day of the session."""

    number: int
    lot: str
    expiry: str


@dataclass(frozen=True)
class VialMixedTooLong:
    """A vial was mixed longer before the injections than the product allows."""

    number: int
    lot: str
    hours: Decimal
    limit_hours: int


@dataclass(frozen=True)
class VialMixedLater:
    """A vial is to have been mixed after all that came out of it was given."""

    number: int
    lot: str
    mixed_at: datetime


@dataclass(frozen=True)
class OtherToxinUsed:
    """A vial holds another toxin than the first one: their units cannot be compared."""

    number: int
    toxin: str
    first_toxin: str


@dataclass(frozen=True)
class NotForMigraineUsed:
    """A vial is of a product whose label does not name chronic migraine."""

    number: int
    product: str


@dataclass(frozen=True)
class OddDilution:
    """The dilution is another than the product's usual one."""

    number: int
    units_per_tenth_ml: Decimal
    usual_units_per_tenth_ml: Decimal


Finding = (
    TotalOutsideLabel
    | RegionOverLimit
    | RegionOverSites
    | ExtraOutsideFollowThePain
    | MovedBelowLowest
    | MovedIntoAnother
    | ChangeWithoutReason
    | SidesDiffer
    | VialOverdrawn
    | NotAccountedFor
    | NoVial
    | VialExpired
    | VialMixedTooLong
    | VialMixedLater
    | OtherToxinUsed
    | NotForMigraineUsed
    | OddDilution
)


@dataclass(frozen=True)
class RegionTotal:
    """One region's row of the totals: sites and units given, and the units of the plan."""

    region: Region
    given_units: Mapping[Side, Decimal]
    given_sites: Mapping[Side, int]
    planned_units: Decimal

    @property
    def units(self) -> Decimal:
        """Units given in the region, both sides."""
        return sum(self.given_units.values(), Decimal(0))

    @property
    def sites(self) -> int:
        """Injections given in the region, both sides."""
        return sum(self.given_sites.values())


def changes(session: Session, book: Handbook) -> list[Change]:
    """Every difference from the plan, in the order of the protocol."""
    return [change for each in book.in_order(session) for change in changes_of(each, session)]


def changes_of(each: Injection, session: Session) -> Iterator[Change]:
    """What one site of a session adds to its `changes`."""
    if each.state is State.NOT_GIVEN:
        return
    if each.state is State.OMITTED:
        yield Omitted(each.code, each.reason)
        return
    if each.planned_units is None and (each.is_extra or session.has_plan):
        yield Extra(each.code, each.units, each.reason)
    if each.planned_units is not None and each.has_other_dose:
        yield OtherDose(each.code, each.planned_units, each.units, each.reason)
    if each.point is not None and each.planned_point is not None:
        yield Moved(
            each.code,
            each.point.view,
            round(each.point.up_mm - each.planned_point.up_mm, 1),
            round(each.point.across_mm - each.planned_point.across_mm, 1),
            each.reason,
        )


def findings(session: Session, book: Handbook) -> list[Finding]:
    """What the protocol and the label say about the chart, the gravest kinds first.

    Units are held against the label and the protocol for the protocol's toxin only: those of
    another can be neither added to them nor compared.
    """
    if not session.injections:
        return [*_drug_findings(session, book)]
    first = of_toxin(session, next(iter(units_by_toxin(session, book))), book)
    labelled = of_toxin(session, book.default_product.toxin, book)
    return [
        *(_total_findings(labelled, book) if labelled.injections else ()),
        *_region_findings(session, labelled, book),
        *_site_findings(session, book),
        *_drug_findings(session, book),
        *_vial_findings(session),
        *_reason_findings(session, book),
        *_side_findings(first),
    ]


def units_by_toxin(session: Session, book: Handbook) -> Mapping[str, Decimal]:
    """The units given and still planned, by the toxin's name; that of the first vial first.

    It stands there also when nothing of it is charted, and so does that of every other vial. Before
    there is a vial it is the toxin of the product that one charts by.
    """
    names = [book.products[vial.product].toxin for vial in session.vials]
    units = dict.fromkeys(names or [book.default_product.toxin], Decimal(0))
    toxins = _toxins(session, book)
    for each in _expected(session):
        units[toxins[each.code]] += each.units
    return units


def given_by_toxin(session: Session, book: Handbook) -> Mapping[str, Decimal]:
    """The units given, by the toxin's name; that of the first vial first."""
    return {
        toxin: of_toxin(session, toxin, book).given_units for toxin in units_by_toxin(session, book)
    }


def of_toxin(session: Session, toxin: str, book: Handbook) -> Session:
    """The session with the sites of one toxin only: units of different ones have no total."""
    toxins = _toxins(session, book)
    of_it = {code: each for code, each in session.injections.items() if toxins[code] == toxin}
    return replace(session, injections=of_it)


def other_toxins(session: Session, book: Handbook) -> Mapping[str, str]:
    """The toxin of each site that has another than the protocol's: its units say nothing there."""
    own = book.default_product.toxin
    return {code: toxin for code, toxin in _toxins(session, book).items() if toxin != own}


def region_totals(session: Session, book: Handbook) -> list[RegionTotal]:
    """One row a region, in the order of the protocol; with several toxins, see `of_toxin`."""
    return [_region_total(region, session, book) for region in book.protocol.regions.values()]


def side_units(session: Session, side: Side) -> Decimal:
    """The units given on one side; with several toxins, see `of_toxin`."""
    return total_units(each for each in session.given if each.side is side)


def volume_ml(session: Session) -> Decimal | None:
    """The volume of everything given, in mL; none while a dilution or a vial is unknown."""
    vials: Mapping[int, Vial] = {vial.number: vial for vial in session.vials}
    total = Decimal(0)
    for each in session.given:
        vial = vials.get(each.vial) if each.vial is not None else None
        volume = vial.volume_ml(each.units) if vial else None
        if volume is None:
            return None
        total += volume
    return total if session.given else None


def _expected(session: Session) -> list[Injection]:
    """What was given or is still to be given."""
    return [
        each for each in session.injections.values() if each.state in (State.GIVEN, State.PLANNED)
    ]


def _toxins(session: Session, book: Handbook) -> Mapping[str, str]:
    """What each site was given, or would be: that of its vial, or else of the one drawn from."""
    of_vials = {vial.number: book.products[vial.product].toxin for vial in session.vials}
    in_use = book.product_of(session).toxin
    return {code: of_vials.get(each.vial or 0, in_use) for code, each in session.injections.items()}


def _total_findings(session: Session, book: Handbook) -> Iterator[Finding]:
    profile = book.protocol.profiles[session.profile]
    units = total_units(_expected(session))
    if not profile.allows(units):
        within = tuple(key for key, each in book.protocol.profiles.items() if each.allows(units))
        yield TotalOutsideLabel(units, profile.key, profile.low_units, profile.high_units, within)


def _region_findings(session: Session, labelled: Session, book: Handbook) -> Iterator[Finding]:
    for region in book.protocol.regions.values():
        units = total_units(each for each in _expected(labelled) if each.region == region.key)
        sites = sum(each.region == region.key for each in _expected(session))
        if units > region.limit_units:
            yield RegionOverLimit(region.key, units, region.limit_units)
        if sites > region.limit_sites:
            yield RegionOverSites(region.key, sites, region.limit_sites)


def _site_findings(session: Session, book: Handbook) -> Iterator[Finding]:
    lowest = min(
        book.atlas.home_point(code).up_mm
        for code, place in book.atlas.places.items()
        if place.region == "cervical_paraspinal"
    )
    for each in book.in_order(session):
        if each.state not in (State.GIVEN, State.PLANNED):
            continue
        if each.is_extra and not book.protocol.regions[each.region].follow_the_pain:
            yield ExtraOutsideFollowThePain(each.code)
        # The trapezius lies below by nature; the rest must not, for the strength of the neck.
        if each.point and each.point.view == "back" and each.region != "trapezius":
            below = round(lowest - each.point.up_mm, 1)
            if below > 0:
                yield MovedBelowLowest(each.code, below)
        muscle = book.atlas.region_at(each.point) if each.point and each.is_moved else None
        if muscle is not None and muscle != (each.region, each.side):
            yield MovedIntoAnother(each.code, *muscle)


def _drug_findings(session: Session, book: Handbook) -> Iterator[Finding]:
    for vial in session.vials:
        for each in objections(session, vial, book):
            match each:
                case Expired():
                    yield VialExpired(vial.number, vial.lot, vial.expiry.text)
                case MixedTooLong(hours, limit):
                    yield VialMixedTooLong(vial.number, vial.lot, hours, limit)
                case MixedLater(mixed_at):
                    yield VialMixedLater(vial.number, vial.lot, mixed_at)
                case OtherToxin(toxin, first):
                    yield OtherToxinUsed(vial.number, toxin, first)
                case NotForMigraine(name):
                    yield NotForMigraineUsed(vial.number, name)
        usual = book.products[vial.product].usual_units_per_tenth_ml
        mixed = vial.units_per_tenth_ml
        if mixed is not None and usual is not None and mixed != usual:
            yield OddDilution(vial.number, mixed, usual)


def _vial_findings(session: Session) -> Iterator[Finding]:
    if session.given and not session.vials:
        yield NoVial()
    if _is_even_as_a_whole(session):
        return
    for account in balances(session):
        if account.gap_units < 0:
            yield VialOverdrawn(account.vial.number, account.vial.lot, -account.gap_units)
        # What is still in the vial while sites are planned is no gap yet.
        if account.gap_units > 0 and not session.of_state(State.PLANNED):
            yield NotAccountedFor(
                account.vial.number,
                account.vial.lot,
                account.gap_units,
                account.vial.opened_units,
                session.gap_reason,
            )


def _is_even_as_a_whole(session: Session) -> bool:
    """Whether a session of several vials was signed when only the whole had to be even.

    Older editions kept one waste for all vials, and had every dose come out of the newest one. No
    session of this edition is signed like that.
    """
    used = session.given_units + session.wasted_units + sum(session.kept.values(), Decimal(0))
    return session.is_signed and not session.gap_reason and session.opened_units == used


def _reason_findings(session: Session, book: Handbook) -> Iterator[Finding]:
    codes = [change.code for change in changes(session, book) if not change.reason]
    yield from (ChangeWithoutReason(code) for code in dict.fromkeys(codes))


def _side_findings(session: Session) -> Iterator[Finding]:
    expected = _expected(session)
    right = total_units(each for each in expected if each.side is Side.RIGHT)
    left = total_units(each for each in expected if each.side is Side.LEFT)
    if right != left:
        yield SidesDiffer(right, left)


def _region_total(region: Region, session: Session, book: Handbook) -> RegionTotal:
    given = [each for each in session.given if each.region == region.key]
    sides = [side for side in Side if side in book.atlas.outlines[region.key]]
    return RegionTotal(
        region=region,
        given_units={
            side: total_units(each for each in given if each.side is side) for side in sides
        },
        given_sites={side: sum(each.side is side for each in given) for side in sides},
        planned_units=sum(
            (
                each.planned_units
                for each in session.injections.values()
                if each.region == region.key and each.planned_units is not None
            ),
            Decimal(0),
        ),
    )
