"""What is drawn from which vial: taking vials up, and where every opened unit went.

For every vial, what was opened is what was injected, wasted and kept; the difference is a gap, and
stated with a reason or mended, never rounded away. Units of different toxins are never added: each
vial balances by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from desktop.core.amounts import amount_text, checked_amount
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.patient import checked_line
from desktop.core.session import (
    ReasonMissingError,
    Session,
    SiteNotInSessionError,
    State,
    Waste,
    check_open,
    total_units,
)
from desktop.core.vial import Vial, checked_vial

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Expired:
    """The vial is past the date on its label."""

    last_day: date


@dataclass(frozen=True)
class MixedTooLong:
    """It was mixed longer ago than the product allows."""

    hours: Decimal
    limit_hours: int


@dataclass(frozen=True)
class MixedLater:
    """It was mixed after the time of which it is said to be used."""

    mixed_at: datetime


@dataclass(frozen=True)
class Empty:
    """Nothing is in it any more."""


@dataclass(frozen=True)
class OtherToxin:
    """Another toxin than that of the vials before: their units cannot be compared."""

    toxin: str
    first_toxin: str


@dataclass(frozen=True)
class NotForMigraine:
    """The label of the product does not name chronic migraine."""

    product: str


@dataclass(frozen=True)
class DrawnBefore:
    """Something of it was drawn for another patient: the label has it for one."""

    held_units: Decimal
    size_units: Decimal


Objection = Expired | MixedTooLong | MixedLater | Empty | OtherToxin | NotForMigraine | DrawnBefore


class VialObjectionError(ExpectedError):
    """Something speaks against a vial: it is used with a reason, or not at all."""

    def __init__(self, vial: Vial, objections: tuple[Objection, ...]) -> None:
        """Keep the vial and what speaks against it."""
        super().__init__(", ".join(type(each).__name__ for each in objections))
        self.vial = vial
        self.objections = objections


class WasteOverOpenedError(ExpectedError):
    """More was discarded or kept than was opened and not injected."""

    def __init__(self, wasted_units: Decimal, left_units: Decimal) -> None:
        """Keep the amount entered and the most that can be true."""
        super().__init__(f"{wasted_units} > {left_units}")
        self.wasted_units = wasted_units
        self.left_units = left_units


class WhichVialError(ExpectedError):
    """Several vials have something left in them: from which was it discarded?"""

    def __init__(self, units: Decimal) -> None:
        """Keep the amount."""
        super().__init__(amount_text(units))
        self.units = units


class NothingToDiscardError(ExpectedError):
    """Every opened unit was given, discarded or kept already."""


@dataclass(frozen=True)
class Balance:
    """One vial's account, in units of its toxin; a negative gap is more than it held."""

    vial: Vial
    injected_units: Decimal
    wasted_units: Decimal
    kept_units: Decimal

    @property
    def gap_units(self) -> Decimal:
        """Opened, and neither injected, wasted nor kept."""
        return self.vial.opened_units - self.injected_units - self.wasted_units - self.kept_units

    @property
    def left_units(self) -> Decimal:
        """Opened and not injected: what can have been wasted or kept."""
        return self.vial.opened_units - self.injected_units


def balances(session: Session) -> list[Balance]:
    """Every vial's account, in the order of the vials."""
    return [_balance(session, vial) for vial in session.vials]


def gaps(session: Session) -> tuple[Decimal, ...]:
    """The gap of each vial, and what was given from none: what a stated reason is about."""
    return (*(each.gap_units for each in balances(session)), unassigned_units(session))


def is_balanced(session: Session) -> bool:
    """Whether every vial's account is even, and nothing was given from no vial."""
    accounts = balances(session)
    return not unassigned_units(session) and not any(each.gap_units for each in accounts)


def unassigned_units(session: Session) -> Decimal:
    """What was given while no vial was recorded."""
    known = {vial.number for vial in session.vials}
    return total_units(each for each in session.given if each.vial not in known)


def vial_for(session: Session, units: Decimal, before: int | None = None) -> int | None:
    """The number of the vial from which a dose is drawn; none before there is one.

    The one that it was drawn from `before`, the one that was chosen, or else the first of the same
    product: whichever still holds the dose. Where none does, it is the one in use: the account will
    say that it was overdrawn.
    """
    in_use = session.vial_in_use
    if in_use is None:
        return None
    same = [vial for vial in session.vials if vial.number == before]
    chosen = [in_use] if session.drawing is not None else []
    alike = [vial for vial in session.vials if vial.product == in_use.product]
    for vial in (*same, *chosen, *alike):
        # What was discarded or kept of a vial is no longer drawn from it.
        if _balance(session, vial).gap_units >= units:
            return vial.number
    return in_use.number


def next_vial(session: Session) -> Vial | None:
    """The vial of the next planned dose; with none planned, of another one like the last."""
    coming = [*session.of_state(State.PLANNED), *reversed(session.given)]
    units = coming[0].units if coming else NOTHING
    number = vial_for(session, units)
    return None if number is None else session.vial_numbered(number)


def objections(session: Session, vial: Vial, book: Handbook) -> tuple[Objection, ...]:
    """What speaks against using a vial in this session."""
    product = book.products[vial.product]
    found: list[Objection] = []
    if session.started_at.date() > vial.expiry.last_day:
        found.append(Expired(vial.expiry.last_day))
    if vial.mixed_at is not None:
        used_at = session.last_given_at or session.started_at
        hours, limit = hours_between(vial.mixed_at, used_at), product.hours_after_mixing
        if limit is not None and hours > limit:
            found.append(MixedTooLong(hours, limit))
        # While it is charted a vial may be mixed: only one that was used already is at odds.
        if _was_used_before(session, vial, vial.mixed_at):
            found.append(MixedLater(vial.mixed_at))
    if vial.opened_units <= 0:
        found.append(Empty())
    elif vial.opened_units < vial.size_units:
        found.append(DrawnBefore(vial.opened_units, vial.size_units))
    first = next((each for each in session.vials if each.number != vial.number), None)
    if first is not None and (vial.number == 0 or vial.number > first.number):
        first_toxin = book.products[first.product].usan
        if product.usan != first_toxin:
            found.append(OtherToxin(product.usan, first_toxin))
    if not product.for_chronic_migraine:
        found.append(NotForMigraine(product.name))
    return tuple(found)


def hours_between(earlier: datetime, later: datetime) -> Decimal:
    """Hours that really passed, whatever the clocks did; of a tenth that has begun, the whole."""
    return Decimal(-(-_passed(earlier, later) // timedelta(minutes=6))) / 10


def add_vial(session: Session, vial: Vial, book: Handbook, reason: str = "") -> Session:
    """Take up a vial for this session; what was given before the first one came out of it.

    Raises:
        VialObjectionError: Something speaks against it, and no reason was given.
        VialSizeError: The product has no such size.
        NoLotError: The lot is empty.
        LotTooLongError: The lot is over 20 characters.
    """
    check_open(session)
    numbered = replace(vial, number=len(session.vials) + 1)
    checked = checked_vial(numbered, book.products[vial.product])
    injections = session.injections
    if not session.vials:
        injections = {
            code: replace(each, vial=checked.number) if each.state is State.GIVEN else each
            for code, each in injections.items()
        }
    after = replace(session, vials=(*session.vials, checked), injections=injections)
    if session.vials and session.given:
        # Who takes up another one midway draws from it now.
        after = replace(after, drawing=checked.number)
    return _with_reason(after, checked, book, reason)


def change_vial(session: Session, vial: Vial, book: Handbook, reason: str = "") -> Session:
    """Correct what was entered for a vial, by its number.

    Raises:
        VialUnknownError: The session has no such vial.
        VialObjectionError: Something speaks against it now, and no reason was given.
    """
    check_open(session)
    session.vial_numbered(vial.number)
    checked = checked_vial(vial, book.products[vial.product])
    vials = tuple(checked if each.number == vial.number else each for each in session.vials)
    return _with_reason(replace(session, vials=vials), checked, book, reason)


def draw_from(session: Session, number: int) -> Session:
    """Draw the next injections from this vial.

    Raises:
        VialUnknownError: The session has no such vial.
    """
    check_open(session)
    return replace(session, drawing=session.vial_numbered(number).number)


def drawn_from(session: Session, code: str, number: int) -> Session:
    """Correct from which vial a site was given.

    Raises:
        SiteNotInSessionError: The session has no such site.
        VialUnknownError: The session has no such vial.
    """
    check_open(session)
    if code not in session.injections:
        raise SiteNotInSessionError(code)
    each = replace(session.injections[code], vial=session.vial_numbered(number).number)
    return replace(session, injections={**session.injections, code: each})


def set_waste(session: Session, waste: Waste) -> Session:
    """Record what was discarded of a vial; zero says that nothing was.

    Without the number of a vial it is the one that has something left.

    Raises:
        NotAnAmountError: The units are negative, no number, or have more than two decimals.
        WasteOverOpenedError: It is more than was opened and not injected or kept.
        WhichVialError: It could be of several vials.
        ReasonMissingError: Something was discarded and the reason is empty.
        VialUnknownError: The session has no such vial.
    """
    check_open(session)
    checked_amount(waste.units)
    if waste.units and not checked_line(waste.reason).strip():
        raise ReasonMissingError
    checked_line(waste.initials)
    left = {each.vial.number: each.left_units - each.kept_units for each in balances(session)}
    if waste.vial is not None:
        session.vial_numbered(waste.vial)
        most = max(left[waste.vial], NOTHING)
        if waste.units > most:
            raise WasteOverOpenedError(waste.units, most)
        # What was once said of all vials together is said anew, vial by vial.
        others = [each for each in session.wastes if each.vial not in (None, waste.vial)]
        return replace(session, wastes=_in_order([*others, waste]))
    return replace(session, wastes=_in_order(_shared_out(waste, left)))


def discard_rest(
    session: Session, reason: str, at: datetime | None = None, initials: str = ""
) -> Session:
    """Record that of every vial all that was not given or kept was discarded.

    Raises:
        ReasonMissingError: The reason is empty.
        NothingToDiscardError: Every unit is accounted for.
    """
    check_open(session)
    if not checked_line(reason).strip():
        raise ReasonMissingError
    accounts = balances(session)
    if not any(each.gap_units > 0 for each in accounts):
        raise NothingToDiscardError
    wastes = {each.vial: each for each in session.wastes if each.vial is not None}
    for each in accounts:
        if each.gap_units > 0:
            number, units = each.vial.number, each.wasted_units + each.gap_units
            wastes[number] = Waste(units, reason, number, at, checked_line(initials))
    return replace(session, wastes=_in_order(list(wastes.values())))


def keep(session: Session, number: int, units: Decimal) -> Session:
    """Record what of a vial is kept for another patient; zero says that nothing is.

    Raises:
        NotAnAmountError: The units are negative, no number, or have more than two decimals.
        WasteOverOpenedError: It is more than was opened and not injected or discarded.
        VialUnknownError: The session has no such vial.
    """
    check_open(session)
    account = _balance(session, session.vial_numbered(number))
    most = max(account.left_units - account.wasted_units, NOTHING)
    if checked_amount(units) > most:
        raise WasteOverOpenedError(units, most)
    kept = {key: value for key, value in session.kept.items() if key != number}
    return replace(session, kept={**kept, number: units} if units else kept)


def state_gap(session: Session, reason: str) -> Session:
    """Say why the vials do not balance; what nobody can mend can still be signed.

    Raises:
        ReasonMissingError: The reason is empty.
    """
    check_open(session)
    if not checked_line(reason).strip():
        raise ReasonMissingError
    return replace(session, gap_reason=reason)


def override_key(vial: Vial) -> str:
    """The key under which the reason for using a vial is kept."""
    return f"vial {vial.number}"


def _with_reason(session: Session, vial: Vial, book: Handbook, reason: str) -> Session:
    """The session, with why a vial is used in spite of what speaks against it.

    A corrected first vial can put another one at odds with it: that one needs the reason then.
    """
    overrides = dict(session.overrides)
    checked_line(reason)
    for each in session.vials:
        against, key = objections(session, each, book), override_key(each)
        asked = each.number == vial.number
        if not against:
            overrides.pop(key, None)
        elif asked or any(isinstance(found, OtherToxin) for found in against):
            said = overrides.get(key, "")
            overrides[key] = (asked and reason.strip()) or said or reason.strip()
            if not overrides[key]:
                raise VialObjectionError(each, against)
    return replace(session, overrides=overrides)


def _was_used_before(session: Session, vial: Vial, mixed_at: datetime) -> bool:
    """Whether all that came out of a vial was given before it was mixed.

    Where nobody knows when the last dose was given, it was on the day of the session.
    """
    if not any(each.vial == vial.number for each in session.given):
        return False
    last, start = session.last_given_at, session.started_at
    if last is None:
        return mixed_at.astimezone(start.tzinfo).date() > start.date()
    return _passed(mixed_at, last) < timedelta(0)


def _passed(earlier: datetime, later: datetime) -> timedelta:
    # Two times of one zone are subtracted by their clocks; UTC knows what really passed.
    return later.astimezone(UTC) - earlier.astimezone(UTC)


def _balance(session: Session, vial: Vial) -> Balance:
    of_all = len(session.vials) == 1  # an older record does not say of which vial
    wasted = [
        each.units
        for each in session.wastes
        if each.vial == vial.number or (of_all and each.vial is None)
    ]
    return Balance(
        vial,
        _injected(session).get(vial.number, NOTHING),
        sum(wasted, NOTHING),
        session.kept.get(vial.number, NOTHING),
    )


def _injected(session: Session) -> Mapping[int, Decimal]:
    """The units given out of each vial, by its number."""
    injected: dict[int, Decimal] = {}
    for each in session.given:
        if each.vial is not None:
            injected[each.vial] = injected.get(each.vial, NOTHING) + each.units
    return injected


def _shared_out(waste: Waste, left: Mapping[int, Decimal]) -> list[Waste]:
    """A waste of no vial in particular, as that of each vial that it can only have been of."""
    holding = {number: units for number, units in left.items() if units > 0}
    most = sum(holding.values(), NOTHING)
    if waste.units > most:
        raise WasteOverOpenedError(waste.units, most)
    if not waste.units:
        return [replace(waste, vial=number) for number in left]
    if waste.units == most:
        return [replace(waste, units=units, vial=number) for number, units in holding.items()]
    if len(holding) > 1:
        raise WhichVialError(waste.units)
    return [replace(waste, vial=number) for number in holding]


def _in_order(wastes: list[Waste]) -> tuple[Waste, ...]:
    return tuple(sorted(wastes, key=lambda each: each.vial or 0))
