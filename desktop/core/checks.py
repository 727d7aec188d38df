"""What has to be looked at in one session, from what the record knows of its patient."""

from collections.abc import Mapping

from desktop.core.assessment import Checklist
from desktop.core.entries import Past
from desktop.core.guards import Guard, Limit, OtherToxin, Visit, guards
from desktop.core.handbook import Handbook
from desktop.core.rules import units_by_toxin
from desktop.core.session import Session


def checks(session: Session, past: Past, book: Handbook, checklist: Checklist) -> list[Guard]:
    """Every guard of a session, the gravest kinds first.

    Two toxins in the session itself are a finding (`rules.OtherToxinUsed`) and no guard.
    """
    visit = Visit(
        today=session.started_at.date(),
        birth_date=past.birth_date,
        profile=session.profile,
        assessment=session.assessment,
        past=past.doses,
        units=units_by_toxin(session, book),
    )
    found = guards(visit, checklist, limits(book))
    return [each for each in found if not (isinstance(each, OtherToxin) and each.on == visit.today)]


def unanswered(found: list[Guard], session: Session) -> list[Guard]:
    """Those that ask for a reason and have none yet."""
    return [each for each in found if each.needs_reason and each.key not in session.overrides]


def limits(book: Handbook) -> Mapping[str, Limit]:
    """The most units within so many days, of each toxin for which a label names it."""
    return {
        product.toxin: Limit(product.cumulative_limit_units, product.cumulative_limit_days)
        for product in book.products.values()
        if product.cumulative_limit_units is not None and product.cumulative_limit_days is not None
    }
