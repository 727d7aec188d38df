"""What has to be looked at in one session, from what the record knows of its patient."""

from collections.abc import Iterator, Mapping

from desktop.core.assessment import Checklist
from desktop.core.entries import Past
from desktop.core.guards import (
    Guard,
    Limit,
    OtherToxin,
    OverCumulative,
    SinceLast,
    TooEarly,
    Visit,
    WithinLimit,
    cumulative_units,
    guards,
)
from desktop.core.handbook import Handbook
from desktop.core.rules import units_by_toxin
from desktop.core.session import Session


def checks(session: Session, past: Past, book: Handbook, checklist: Checklist) -> list[Guard]:
    """Every guard of a session, the gravest kinds first, and the sums that stand behind them.

    Two toxins in the session itself are a finding (`rules.OtherToxinUsed`) and no guard.
    """
    visit = Visit(
        today=session.started_at.date(),
        birth_date=past.birth_date,
        profile=session.profile,
        assessment=session.assessment,
        past=past.doses,
        units=units_by_toxin(session, book),
        ingredients=_ingredients(session, book),
    )
    found = guards(visit, checklist, limits(book))
    told = [each for each in found if not _is_of_the_session(each, visit)]
    return [*told, *_sums(visit, told, limits(book))]


def _is_of_the_session(guard: Guard, visit: Visit) -> bool:
    """Whether it is about a toxin of this session that nobody gave before."""
    if not isinstance(guard, OtherToxin):
        return False
    name = guard.toxin.strip().casefold()
    before = {each.toxin.strip().casefold() for each in visit.past if each.on <= visit.today}
    return name in {toxin.casefold() for toxin in visit.units} and name not in before


def _sums(visit: Visit, told: list[Guard], limits: Mapping[str, Limit]) -> Iterator[Guard]:
    """Days and units that are within what the label allows; what is beyond is a guard already."""
    before = [each.on for each in visit.past if each.on <= visit.today]
    if before and not any(isinstance(each, TooEarly) for each in told):
        yield SinceLast((visit.today - max(before)).days)
    over = {each.toxin for each in told if isinstance(each, OverCumulative)}
    for toxin, units in visit.units.items():
        limit = limits.get(toxin)
        if limit is None or toxin in over:
            continue
        total = cumulative_units(visit.past, toxin, visit.today, limit.days, units)
        if total > units:  # with nothing before, it is this session's total
            yield WithinLimit(total, limit.units, limit.days, toxin)


def unanswered(found: list[Guard], session: Session) -> list[Guard]:
    """Those that ask for a reason and have none yet."""
    return [each for each in found if each.needs_reason and each.key not in session.overrides]


def _ingredients(session: Session, book: Handbook) -> frozenset[str]:
    """What the products of a session hold that can be an allergy."""
    used = [book.products[vial.product] for vial in session.vials] or [book.default_product]
    return frozenset(name for product in used for name in product.ingredients)


def limits(book: Handbook) -> Mapping[str, Limit]:
    """The most units within so many days, of each toxin for which a label names it."""
    return {
        product.toxin: Limit(product.cumulative_limit_units, product.cumulative_limit_days)
        for product in book.products.values()
        if product.cumulative_limit_units is not None and product.cumulative_limit_days is not None
    }
