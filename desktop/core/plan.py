"""What a session can be planned by: the protocol, what was given before, a template, or nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from desktop.core.atlas import Point
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.patient import checked_line
from desktop.core.protocol import Side
from desktop.core.rules import other_toxins
from desktop.core.session import NO_SITES, Injection, Session, State

PROTOCOL = "protocol"
ANOTHERS = "last of another patient"
_LAST = "last "
_TEMPLATE = "template "


class TemplateNameMissingError(ExpectedError):
    """A template is chosen by its name."""


@dataclass(frozen=True)
class PlannedSite:
    """One site of a plan; `point` is none for a fixed site at its place in the atlas."""

    code: str
    region: str
    side: Side
    units: Decimal
    point: Point | None = None
    reason: str = ""


@dataclass(frozen=True)
class Plan:
    """Sites to give, under the name that the session keeps of its plan.

    `protocol`, `last 2026-08-30` (the day of the session that it copies), `template NAME`, `empty`.
    """

    name: str
    sites: tuple[PlannedSite, ...]


EMPTY_PLAN = Plan(NO_SITES, ())


def protocol_plan(book: Handbook) -> Plan:
    """Every fixed site, as the protocol says."""
    return Plan(
        PROTOCOL,
        tuple(
            PlannedSite(site.code, site.region, site.side, site.units)
            for site in book.protocol.sites.values()
        ),
    )


def plan_as_given(session: Session, book: Handbook) -> Plan:
    """A true copy of what was given: sites, units, actual points and reasons.

    Never a lot, a time or a signature; what was omitted is not in it. Where it was another toxin
    than the protocol's, only the place is copied: its units and their reason say nothing here.
    """
    name = f"{_LAST}{session.started_at:%Y-%m-%d}"
    return Plan(name, tuple(_copied(session.given, session, book)))


def plan_as_charted(session: Session, name: str, book: Handbook) -> Plan:
    """What is given or planned, as a template. Reasons stay behind: they are one patient's.

    Units of another toxin than the protocol's stay behind, too.

    Raises:
        TemplateNameMissingError: The name is empty.
    """
    title = checked_line(name).strip()
    if not title:
        raise TemplateNameMissingError
    charted = (
        each for each in session.injections.values() if each.state in (State.GIVEN, State.PLANNED)
    )
    sites = tuple(replace(each, reason="") for each in _copied(charted, session, book))
    return Plan(f"{_TEMPLATE}{title}", sites)


def day_copied(plan: str) -> date | None:
    """The day of the session that a plan copies, by the plan's name; none for another plan."""
    if plan == ANOTHERS or not plan.startswith(_LAST):
        return None
    return date.fromisoformat(plan.removeprefix(_LAST))


def template_title(plan: str) -> str:
    """What the user calls a template, by the plan's name; empty for another plan."""
    return plan.removeprefix(_TEMPLATE) if plan.startswith(_TEMPLATE) else ""


def _copied(
    charted: Iterable[Injection], session: Session, book: Handbook
) -> Iterator[PlannedSite]:
    others = other_toxins(session, book)
    for each in charted:
        # A reason that came along already goes on: it is still why the site is in the plan.
        units, reason = each.units, each.reason or each.planned_reason
        if each.code in others:
            units, reason = book.fixed_units(each.code), ""
        yield PlannedSite(each.code, each.region, each.side, units, each.point, reason)
