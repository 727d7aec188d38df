"""The edits of a session: each a function from a session to the next one."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from desktop.core.amounts import amount_text
from desktop.core.assessment import Assessment
from desktop.core.atlas import Point, PointOutsideViewError
from desktop.core.drawing import Balance, balances, is_balanced, unassigned_units, vial_for
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.patient import Identity, Person, checked_line, checked_text
from desktop.core.plan import ANOTHERS, Plan, PlannedSite, day_copied, protocol_plan
from desktop.core.procedure import (
    Event,
    NoSuchEventError,
    Procedure,
    checked_event,
    checked_procedure,
)
from desktop.core.protocol import Side
from desktop.core.session import (
    Injection,
    ReasonMissingError,
    Session,
    Signature,
    SiteNotInSessionError,
    State,
    check_open,
    is_extra_code,
)

# What a signature stands for; the note prints it in the reader's language.
MEANING = "performed and recorded"


class SignerMissingError(ExpectedError):
    """A signature needs a name."""


class PlannedSiteUnknownError(ExpectedError):
    """A plan holds a site that this protocol does not have."""

    def __init__(self, code: str) -> None:
        """Keep the site's code."""
        super().__init__(code)
        self.code = code


class SessionEmptyError(ExpectedError):
    """A session in which nothing was given or omitted cannot be signed."""


class SitesUnresolvedError(ExpectedError):
    """A session with sites still planned cannot be signed."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        """Keep the codes of the sites that are still planned."""
        super().__init__(", ".join(codes))
        self.codes = codes


class GapNotStatedError(ExpectedError):
    """Opened is not injected, wasted and kept, and nobody said why."""

    def __init__(self, balances: tuple[Balance, ...], unassigned_units: Decimal) -> None:
        """Keep every vial's account, and what was given while no vial was recorded."""
        super().__init__(", ".join(amount_text(each.gap_units) for each in balances))
        self.balances = balances
        self.unassigned_units = unassigned_units


class RegionSideError(ExpectedError):
    """The region has no such side: the procerus lies in the midline, every other has two."""

    def __init__(self, region: str, side: Side) -> None:
        """Keep the region's key and the side that was asked for."""
        super().__init__(f"{region} {side}")
        self.region = region
        self.side = side


class WrongViewError(ExpectedError):
    """A muscle takes points in its home view only."""

    def __init__(self, region: str, side: Side, view: str, home_view: str) -> None:
        """Keep the view that was used and the one that takes taps."""
        super().__init__(f"{region} {side} {view}")
        self.region = region
        self.side = side
        self.view = view
        self.home_view = home_view


class NothingToMirrorError(ExpectedError):
    """The site is as it was planned: there is nothing to chart on the other side."""

    def __init__(self, code: str) -> None:
        """Keep the code of the site."""
        super().__init__(code)
        self.code = code


class OtherSideChartedError(ExpectedError):
    """What is charted on the other side is not undone by a mirror."""

    def __init__(self, code: str) -> None:
        """Keep the code of the site opposite."""
        super().__init__(code)
        self.code = code


def plan_protocol(session: Session, book: Handbook) -> Session:
    """Plan every fixed site of the protocol; what is charted already stays.

    A fixed site that was tapped on and off again before is planned like the rest: nothing that
    the plan holds may be left unresolved.
    """
    return plan_from(session, protocol_plan(book), book)


def plan_from(session: Session, plan: Plan, book: Handbook) -> Session:
    """Plan what a plan holds; what is charted already stays, and is held against this plan now.

    It takes the place of the plan before: sites that only that one had planned go off the chart.
    An extra of the plan gets a new code if its own was used in this session, even if undone.

    Raises:
        PlannedSiteUnknownError: The plan has a site that this protocol does not have.
        DoseOverProductLimitError: A dose is over the limit of the product in use.
        WrongViewError: A point lies in a view that is not its muscle's home.
    """
    check_open(session)
    for site in plan.sites:
        _check_planned(site, session, book)
    sites, made = _with_new_codes(plan, session)
    planned = {site.code: _planned(site, session.injections.get(site.code), book) for site in sites}
    for code, charted in session.injections.items():
        if code not in planned and (rest := _out_of_plan(charted, book)):
            planned[code] = rest
    return replace(session, plan=plan.name, injections=planned, extras_made=made)


def tap(session: Session, code: str, book: Handbook, dose_units: Decimal | None = None) -> Session:
    """Move a site on: planned, given, omitted, planned; without a plan: given, not given.

    Dose and reason stay through the round: a tap deletes nothing.

    Args:
        session: The session to change.
        code: A site of the session or of the protocol.
        dose_units: The dose in hand; none gives what is planned.
    """
    charted = session.injections.get(code)
    if charted is None or charted.state in (State.PLANNED, State.NOT_GIVEN):
        return give(session, code, book, dose_units)
    if charted.planned_units is None:
        return _changed(session, replace(charted, state=State.NOT_GIVEN))
    if charted.state is State.GIVEN:
        return omit(session, code)
    return _changed(session, replace(charted, state=State.PLANNED))


def give(session: Session, code: str, book: Handbook, dose_units: Decimal | None = None) -> Session:
    """Chart a site as injected, at the dose in hand or else at its own.

    A site whose dose was set on its own keeps that dose, and so does one given before.
    """
    charted = session.injections.get(code) or _unplanned(code, book)
    units = charted.units
    # Without a plan, a dose on the chart is one that somebody chose.
    untouched = code not in session.injections or charted.units == charted.planned_units
    if dose_units is not None and untouched:
        units = book.product_of(session).checked_dose(dose_units)
    vial = _drawn(charted, units, session)
    return _changed(session, replace(charted, state=State.GIVEN, units=units, vial=vial))


def omit(session: Session, code: str, reason: str = "") -> Session:
    """Chart that a planned site was not injected, or that an extra was not given after all."""
    charted = _charted(session, code)
    unplanned = charted.planned_units is None
    return _changed(
        session,
        replace(
            charted,
            state=State.NOT_GIVEN if unplanned else State.OMITTED,
            reason=checked_line(reason) or charted.reason,
        ),
    )


def set_dose(
    session: Session, code: str, dose_units: Decimal, book: Handbook, reason: str = ""
) -> Session:
    """Set the dose of a site, whatever its state; it stays planned or given.

    A dose above the protocol's limits is recorded, not refused: the chart says what was given,
    and `rules.findings` says what the protocol thinks of it.

    Args:
        session: The session to change.
        code: A site of the session or of the protocol.
        dose_units: The dose in units (U), not millilitres: more than zero, at most what the
            product allows for one site.
        book: Protocol and products.
        reason: Why it differs from the plan; empty keeps the reason there was.

    Raises:
        DoseNotPositiveError: `dose_units` is zero or less.
        DoseOverProductLimitError: `dose_units` is over the product's limit.
        SessionSignedError: The session is signed.
    """
    charted = session.injections.get(code) or _unplanned(code, book)
    units = book.product_of(session).checked_dose(dose_units)
    return _changed(
        session, replace(charted, units=units, reason=checked_line(reason) or charted.reason)
    )


def add_extra(
    session: Session,
    region: str,
    side: Side,
    dose_units: Decimal,
    book: Handbook,
    *,
    point: Point | None = None,
    reason: str = "",
) -> Session:
    """Chart an injection beyond the fixed sites, as given.

    Args:
        session: The session to change.
        region: A key of `Protocol.regions`. Outside the three follow-the-pain muscles it is
            recorded all the same, and found by `rules.findings`.
        side: The patient's side.
        dose_units: The dose in units (U).
        book: Protocol, atlas and products.
        point: Where, in the muscle's home view; none says "position not recorded".
        reason: Why.

    Raises:
        RegionSideError: The region has no such side.
        WrongViewError: The point lies in another view.
        PointOutsideViewError: The point lies outside the drawing.
    """
    check_open(session)
    known_sides = book.atlas.outlines[region]
    if side not in known_sides:
        raise RegionSideError(region, side)
    if point is not None:
        _check_point(point, region, side, book)
    units = book.product_of(session).checked_dose(dose_units)
    place = f"{book.protocol.regions[region].code}-{side}"
    number = session.extras_made.get(place, 0) + 1
    extra = Injection(
        code=_extra_code(place, number),
        region=region,
        side=side,
        state=State.GIVEN,
        units=units,
        reason=checked_line(reason),
        point=point,
        vial=vial_for(session, units),
    )
    made = {**session.extras_made, place: number}
    return _changed(replace(session, extras_made=made), extra)


def mirror(session: Session, code: str, book: Handbook) -> Session:
    """Chart a site on the other side too.

    An extra makes another extra, given; of a fixed site, the one opposite takes state, units and
    reason, and the mirrored place if it was not given at its place in the atlas.

    Raises:
        SiteNotInSessionError: The session has no such site.
        RegionSideError: The site lies in the midline.
        NothingToMirrorError: The site is as it was planned, and nothing became of it yet.
        OtherSideChartedError: The fixed site opposite is charted already, and otherwise.
    """
    check_open(session)
    each = _charted(session, code)
    if each.side is Side.MIDLINE:
        raise RegionSideError(each.region, each.side)
    if each.is_as_planned:
        raise NothingToMirrorError(code)
    point = None if each.point is None else book.atlas.mirrored(each.point)
    if each.is_extra:
        reason = each.reason or each.planned_reason
        return add_extra(
            session, each.region, each.side.other, each.units, book, point=point, reason=reason
        )
    opposite = each.opposite
    other = session.injections.get(opposite) or _unplanned(opposite, book)
    is_charted = other.state in (State.GIVEN, State.OMITTED)
    state = other.state if each.state is State.PLANNED else _state_like(each.state, other)
    if is_charted and state is not other.state:
        raise OtherSideChartedError(opposite)
    vial = _drawn(other, each.units, session) if state is State.GIVEN else other.vial
    session = _changed(
        session, replace(other, state=state, units=each.units, reason=each.reason, vial=vial)
    )
    return session if point is None else move(session, opposite, point, book)


def move(session: Session, code: str, point: Point, book: Handbook, reason: str = "") -> Session:
    """Chart a site away from its place; planned and actual point are both kept.

    Where a plan has a point, that is where the site was planned; otherwise a fixed site was
    planned at its place in the atlas, and an extra nowhere.

    Raises:
        WrongViewError: The point lies in a view that is not the site's home.
        PointOutsideViewError: The point lies outside the drawing.
    """
    charted = session.injections.get(code) or _unplanned(code, book)
    _check_point(point, charted.region, charted.side, book)
    moved = _standing(charted, point, _planned_place(charted), book)
    return _changed(session, replace(moved, reason=checked_line(reason) or charted.reason))


def give_reason(session: Session, code: str, reason: str) -> Session:
    """Say why a site departs from the plan."""
    return _changed(session, replace(_charted(session, code), reason=checked_line(reason)))


def give_region(session: Session, region: str, book: Handbook, side: Side | None = None) -> Session:
    """Give what is still planned in a region, on one side or on both."""
    return _given(
        session,
        book,
        [
            each.code
            for each in session.of_state(State.PLANNED)
            if each.region == region and side in (None, each.side)
        ],
    )


def give_all(session: Session, book: Handbook) -> Session:
    """Give everything that is still planned."""
    return _given(session, book, [each.code for each in session.of_state(State.PLANNED)])


def stop(session: Session, reason: str) -> Session:
    """End the session early: the rest was not given, for one reason.

    Raises:
        ReasonMissingError: The reason is empty.
    """
    check_open(session)
    if not checked_line(reason).strip():
        raise ReasonMissingError
    rest = {
        each.code: replace(each, state=State.OMITTED, reason=reason)
        for each in session.of_state(State.PLANNED)
    }
    return replace(session, injections={**session.injections, **rest}, ended_early=reason)


def clear(session: Session) -> Session:
    """Take plan and sites off the chart; vials, waste and remark stay."""
    check_open(session)
    return replace(session, plan="", injections={}, ended_early="")


def set_remark(session: Session, text: str) -> Session:
    """Keep the free text of the session."""
    check_open(session)
    return replace(session, remark=checked_text(text))


def set_assessment(session: Session, assessment: Assessment) -> Session:
    """Keep what was asked and seen before the needle."""
    check_open(session)
    return replace(session, assessment=assessment)


def set_procedure(session: Session, procedure: Procedure) -> Session:
    """Keep how the injections were done."""
    check_open(session)
    return replace(session, procedure=checked_procedure(procedure))


def add_event(session: Session, event: Event) -> Session:
    """Keep what happened during the session.

    Raises:
        HappeningNotDescribedError: It is none of the named ones, and not described.
    """
    check_open(session)
    return replace(session, events=(*session.events, checked_event(event)))


def remove_event(session: Session, number: int) -> Session:
    """Take back an event that did not happen, by its number from 1.

    Raises:
        NoSuchEventError: The session has no such event.
    """
    check_open(session)
    if not 1 <= number <= len(session.events):
        raise NoSuchEventError(number)
    return replace(session, events=session.events[: number - 1] + session.events[number:])


def go_on(session: Session, key: str, reason: str) -> Session:
    """Keep why the work goes on in spite of a check.

    Raises:
        ReasonMissingError: The reason is empty.
    """
    check_open(session)
    if not checked_line(reason).strip():
        raise ReasonMissingError
    return replace(session, overrides={**session.overrides, key: reason.strip()})


def set_profile(session: Session, profile: str) -> Session:
    """Choose the label that totals are compared with."""
    check_open(session)
    return replace(session, profile=profile)


def set_performer(session: Session, person: Person) -> Session:
    """Say who injects.

    Raises:
        SignerMissingError: The name is empty.
    """
    check_open(session)
    return replace(session, performed_by=check_signer(person))


def move_to_patient(session: Session, patient_id: str, reason: str) -> Session:
    """Take a draft to the patient whom it is about: it was charted on another.

    A plan that copied the other patient's last session says so from now on.

    Raises:
        ReasonMissingError: The reason is empty.
    """
    check_open(session)
    if not checked_line(reason).strip():
        raise ReasonMissingError
    plan = ANOTHERS if day_copied(session.plan) else session.plan
    return replace(session, patient_id=patient_id, plan=plan)


def timed(before: Session, after: Session, at: datetime) -> Session:
    """The session after an act, with the times of its first and last injection.

    Where something was given before times were kept, nobody knows the first one: it stays none.
    """
    if not after.given:
        return replace(after, first_given_at=None, last_given_at=None)
    given_before = {each.code for each in before.given}
    if all(each.code in given_before for each in after.given):
        return after
    first = after.first_given_at or (None if given_before else at)
    return replace(after, first_given_at=first, last_given_at=at)


def sign(session: Session, signature: Signature, identity: Identity) -> Session:
    """Close the session: copy in who the patient is, and who signed.

    Raises:
        SessionSignedError: It is signed already.
        SitesUnresolvedError: Sites are still planned.
        SessionEmptyError: Nothing was charted.
        GapNotStatedError: A vial does not balance, and nobody said why.
    """
    check_signable(session)
    return replace(session, signature=signature, identity=identity)


def check_signer(person: Person) -> Person:
    """The person themself, if a signature can name them.

    Raises:
        SignerMissingError: The name is empty.
    """
    checked_line(person.credentials)
    if not checked_line(person.name).strip():
        raise SignerMissingError
    return person


def check_signable(session: Session) -> None:
    """Raise what `sign` would raise; return nothing when the session can be signed."""
    check_open(session)
    planned = session.of_state(State.PLANNED)
    if planned:
        raise SitesUnresolvedError(tuple(each.code for each in planned))
    if not session.given and not session.of_state(State.OMITTED):
        raise SessionEmptyError
    if not session.gap_reason and not is_balanced(session):
        raise GapNotStatedError(tuple(balances(session)), unassigned_units(session))


def _changed(session: Session, injection: Injection) -> Session:
    check_open(session)
    return replace(session, injections={**session.injections, injection.code: injection})


def _given(session: Session, book: Handbook, codes: Iterable[str]) -> Session:
    check_open(session)
    for code in codes:
        session = give(session, code, book)
    return session


def _charted(session: Session, code: str) -> Injection:
    charted: Mapping[str, Injection] = session.injections
    if code not in charted:
        raise SiteNotInSessionError(code)
    return charted[code]


def _unplanned(code: str, book: Handbook) -> Injection:
    """A fixed site of the protocol that the session's plan does not hold."""
    if code not in book.protocol.sites:
        raise SiteNotInSessionError(code)
    site = book.protocol.sites[code]
    return Injection(site.code, site.region, site.side, State.NOT_GIVEN, site.units)


def _drawn(each: Injection, units: Decimal, session: Session) -> int | None:
    """The vial of a site that is given now, or was already: then it came out of the one it has."""
    if each.state is State.GIVEN and each.vial is not None:
        return each.vial
    return vial_for(session, units, before=each.vial)


def _planned_place(each: Injection) -> Point | None:
    """The point at which an injection was planned; none is the atlas's place, or none at all."""
    in_plan = each.planned_units is not None
    return each.planned_point or (each.point if in_plan else None)


def _standing(
    each: Injection, actual: Point | None, planned: Point | None, book: Handbook
) -> Injection:
    """The injection at one point and planned at another; none is its place in the atlas."""
    home = None if each.is_extra else book.atlas.home_point(each.code)
    actual, planned = actual or home, planned or home
    if planned is None or actual == planned:
        return replace(each, point=None if actual == home else actual, planned_point=None)
    return replace(each, point=actual, planned_point=planned)


def _state_like(state: State, other: Injection) -> State:
    """The state of one site as another can have it: only what is in the plan can be omitted."""
    if state is State.GIVEN:
        return state
    if other.planned_units is None:
        return State.NOT_GIVEN
    return State.PLANNED if state is State.PLANNED else State.OMITTED


def _check_planned(site: PlannedSite, session: Session, book: Handbook) -> None:
    region = book.protocol.regions.get(site.region)
    fixed = book.protocol.sites.get(site.code)
    is_fixed = fixed is not None and (fixed.region, fixed.side) == (site.region, site.side)
    is_extra = (
        region is not None
        and site.side in book.atlas.outlines[region.key]
        and re.fullmatch(rf"{region.code}-X[1-9][0-9]*-{site.side}", site.code) is not None
    )
    if not (is_fixed or is_extra):
        raise PlannedSiteUnknownError(site.code)
    if site.point is not None:
        _check_point(site.point, site.region, site.side, book)
    book.product_of(session).checked_dose(site.units)


def _with_new_codes(plan: Plan, session: Session) -> tuple[list[PlannedSite], dict[str, int]]:
    """The sites of a plan with codes that are free in the session, and the extras made by then.

    An extra that the session has planned just so already keeps its code: it is not planned twice.
    """
    made, sites = dict(session.extras_made), list[PlannedSite]()
    for place, number in (_extra_place(s.code) for s in plan.sites if is_extra_code(s.code)):
        made[place] = max(number, made.get(place, 0))
    known = [
        each
        for each in session.injections.values()
        if each.is_extra and each.planned_units is not None
    ]
    for site in plan.sites:
        code = site.code
        if is_extra_code(code):
            place, number = _extra_place(code)
            same = next((each for each in known if _is_planned_so(each, site)), None)
            if same is not None:
                known.remove(same)
                code = same.code
            elif number <= session.extras_made.get(place, 0):
                made[place] += 1
                code = _extra_code(place, made[place])
        sites.append(replace(site, code=code))
    return sites, made


def _extra_place(code: str) -> tuple[str, int]:
    """The muscle and side of an extra as `extras_made` counts it, and its number."""
    muscle, number, side = code.split("-")
    return f"{muscle}-{side}", int(number.removeprefix("X"))


def _extra_code(place: str, number: int) -> str:
    muscle, side = place.split("-")
    return f"{muscle}-X{number}-{side}"


def _is_planned_so(each: Injection, site: PlannedSite) -> bool:
    return (each.region, each.side, each.planned_units, _planned_place(each)) == (
        site.region,
        site.side,
        site.units,
        site.point,
    )


def _planned(site: PlannedSite, charted: Injection | None, book: Handbook) -> Injection:
    """A site as a plan has it; what was charted there already, by choice or given, stays."""
    planned = Injection(
        site.code,
        site.region,
        site.side,
        State.PLANNED,
        site.units,
        site.units,
        planned_reason=site.reason,
    )
    if charted is None:
        return _standing(planned, site.point, site.point, book)
    given, omitted = charted.state is State.GIVEN, charted.state is State.OMITTED
    # Without a plan, a dose on the chart is one that somebody chose.
    own_dose = given or charted.has_other_dose or charted.planned_units is None
    own_place = given or charted.is_moved
    kept = replace(
        charted,
        state=charted.state if given or omitted else State.PLANNED,
        units=charted.units if own_dose else site.units,
        planned_units=site.units,
        planned_reason=site.reason,
    )
    return _standing(kept, charted.point if own_place else site.point, site.point, book)


def _out_of_plan(charted: Injection, book: Handbook) -> Injection | None:
    """What stays of a site that a new plan does not hold; none of one that was only planned."""
    if charted.planned_units is None:
        return charted
    if charted.state is State.PLANNED:
        return None
    state = State.GIVEN if charted.state is State.GIVEN else State.NOT_GIVEN
    unplanned = replace(charted, state=state, planned_units=None, planned_reason="")
    return _standing(unplanned, charted.point, None, book)


def _check_point(point: Point, region: str, side: Side, book: Handbook) -> None:
    home = book.atlas.home_view(region, side)
    if point.view != home:
        raise WrongViewError(region, side, point.view, home)
    if not book.atlas.views[point.view].holds(point):
        raise PointOutsideViewError(point)
