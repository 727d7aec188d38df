"""The edits of a session: each a function from a session to the next one."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from desktop.core.amounts import checked_amount
from desktop.core.atlas import Point, PointOutsideViewError
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.patient import Identity, Person, checked_line, checked_text
from desktop.core.protocol import Side
from desktop.core.session import Injection, Session, Signature, State, Waste
from desktop.core.vial import Vial, checked_vial

# What a signature stands for; the note prints it in the reader's language.
MEANING = "performed and recorded"


class SignerMissingError(ExpectedError):
    """A signature needs a name."""


class SessionSignedError(ExpectedError):
    """A signed session takes no edit."""


class SiteNotInSessionError(ExpectedError):
    """The session has no such site, nor does the protocol."""

    def __init__(self, code: str) -> None:
        """Keep the code that was asked for."""
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


class ReasonMissingError(ExpectedError):
    """Ending a session early, or discarding, needs a reason."""


class WasteOverOpenedError(ExpectedError):
    """More was discarded than was opened and not injected."""

    def __init__(self, wasted_units: Decimal, left_units: Decimal) -> None:
        """Keep the amount entered and the most that can be true."""
        super().__init__(f"{wasted_units} > {left_units}")
        self.wasted_units = wasted_units
        self.left_units = left_units


def plan_protocol(session: Session, book: Handbook) -> Session:
    """Plan every fixed site of the protocol; what is charted already stays.

    A fixed site that was tapped on and off again before is planned like the rest: nothing that
    the plan holds may be left unresolved.
    """
    _open(session)
    planned = {
        site.code: Injection(
            site.code, site.region, site.side, State.PLANNED, site.units, site.units
        )
        for site in book.protocol.sites.values()
    }
    for code, charted in session.injections.items():
        site = planned.get(code)
        if site is None or charted.planned_units is not None:
            planned[code] = charted
        else:
            state = State.GIVEN if charted.state is State.GIVEN else State.PLANNED
            planned[code] = replace(charted, state=state, planned_units=site.units)
    return replace(session, plan="protocol", injections=planned)


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
    vial = charted.vial or (session.vials[-1].number if session.vials else None)
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
    _open(session)
    known_sides = book.atlas.outlines[region]
    if side not in known_sides:
        raise RegionSideError(region, side)
    if point is not None:
        _check_point(point, region, side, book)
    units = book.product_of(session).checked_dose(dose_units)
    place = f"{book.protocol.regions[region].code}-{side}"
    number = session.extras_made.get(place, 0) + 1
    extra = Injection(
        code=f"{book.protocol.regions[region].code}-X{number}-{side}",
        region=region,
        side=side,
        state=State.GIVEN,
        units=units,
        reason=checked_line(reason),
        point=point,
        vial=session.vials[-1].number if session.vials else None,
    )
    made = {**session.extras_made, place: number}
    return _changed(replace(session, extras_made=made), extra)


def move(session: Session, code: str, point: Point, book: Handbook, reason: str = "") -> Session:
    """Chart a site away from its place; planned and actual point are both kept.

    Raises:
        WrongViewError: The point lies in a view that is not the site's home.
        PointOutsideViewError: The point lies outside the drawing.
    """
    charted = session.injections.get(code) or _unplanned(code, book)
    _check_point(point, charted.region, charted.side, book)
    planned = None if charted.is_extra else book.atlas.home_point(code)
    at_home = point == planned
    return _changed(
        session,
        replace(
            charted,
            point=None if at_home else point,
            planned_point=None if at_home else planned,
            reason=checked_line(reason) or charted.reason,
        ),
    )


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
    _open(session)
    if not checked_line(reason).strip():
        raise ReasonMissingError
    rest = {
        each.code: replace(each, state=State.OMITTED, reason=reason)
        for each in session.of_state(State.PLANNED)
    }
    return replace(session, injections={**session.injections, **rest}, ended_early=reason)


def clear(session: Session) -> Session:
    """Take plan and sites off the chart; vials, waste and remark stay."""
    _open(session)
    return replace(session, plan="", injections={}, ended_early="")


def add_vial(session: Session, vial: Vial, book: Handbook) -> Session:
    """Open a vial for this session; what was given before the first one came out of it.

    Raises:
        VialSizeError: The product has no such size.
        NoLotError: The lot is empty.
        LotTooLongError: The lot is over 20 characters.
    """
    _open(session)
    numbered = replace(vial, number=len(session.vials) + 1)
    checked = checked_vial(numbered, book.products[vial.product])
    injections = session.injections
    if not session.vials:
        injections = {
            code: replace(each, vial=checked.number) if each.state is State.GIVEN else each
            for code, each in injections.items()
        }
    return replace(session, vials=(*session.vials, checked), injections=injections)


def change_vial(session: Session, vial: Vial, book: Handbook) -> Session:
    """Correct what was entered for a vial, by its number."""
    _open(session)
    checked = checked_vial(vial, book.products[vial.product])
    vials = tuple(checked if each.number == vial.number else each for each in session.vials)
    return replace(session, vials=vials)


def set_waste(session: Session, units: Decimal, reason: str) -> Session:
    """Record what was discarded; zero says that nothing was.

    Raises:
        NotAnAmountError: The units are negative, no number, or have more than two decimals.
        WasteOverOpenedError: It is more than was opened and not injected.
        ReasonMissingError: Something was discarded and the reason is empty.
    """
    _open(session)
    checked_amount(units)
    left = max(session.opened_units - session.given_units, Decimal(0))
    if units > left:
        raise WasteOverOpenedError(units, left)
    if units and not reason.strip():
        raise ReasonMissingError
    return replace(session, waste=Waste(units, checked_line(reason)))


def set_remark(session: Session, text: str) -> Session:
    """Keep the free text of the session."""
    _open(session)
    return replace(session, remark=checked_text(text))


def set_profile(session: Session, profile: str) -> Session:
    """Choose the label that totals are compared with."""
    _open(session)
    return replace(session, profile=profile)


def sign(session: Session, signature: Signature, identity: Identity) -> Session:
    """Close the session: copy in who the patient is, and who signed.

    Raises:
        SessionSignedError: It is signed already.
        SitesUnresolvedError: Sites are still planned.
        SessionEmptyError: Nothing was charted.
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
    _open(session)
    planned = session.of_state(State.PLANNED)
    if planned:
        raise SitesUnresolvedError(tuple(each.code for each in planned))
    if not session.given and not session.of_state(State.OMITTED):
        raise SessionEmptyError


def _open(session: Session) -> None:
    if session.is_signed:
        raise SessionSignedError


def _changed(session: Session, injection: Injection) -> Session:
    _open(session)
    return replace(session, injections={**session.injections, injection.code: injection})


def _given(session: Session, book: Handbook, codes: Iterable[str]) -> Session:
    _open(session)
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


def _check_point(point: Point, region: str, side: Side, book: Handbook) -> None:
    home = book.atlas.home_view(region, side)
    if point.view != home:
        raise WrongViewError(region, side, point.view, home)
    if not book.atlas.views[point.view].holds(point):
        raise PointOutsideViewError(point)
