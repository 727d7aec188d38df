"""The pages of the session screen: which close-up charts which site, and how far each is."""

from collections.abc import Mapping
from typing import NamedTuple

from desktop.core.handbook import Handbook
from desktop.core.protocol import Side
from desktop.core.session import Session, State
from desktop.gui.map_view import muscles_of

OVERVIEW = "overview"
TABLE = "table"

Muscle = tuple[str, Side]


class Progress(NamedTuple):
    """Planned sites of a close-up: given, resolved in any way, and all."""

    given: int
    resolved: int
    planned: int


def muscle_pages(book: Handbook) -> Mapping[Muscle, str]:
    """The close-up in which each muscle is charted."""
    return {
        muscle: key
        for key, frame in book.atlas.close_ups.items()
        for muscle in muscles_of(book, frame)
    }


def homes(book: Handbook) -> Mapping[str, str]:
    """The close-up in which each fixed site is charted."""
    pages = muscle_pages(book)
    return {code: pages[place.region, place.side] for code, place in book.atlas.places.items()}


def walk(book: Handbook) -> list[str]:
    """All fixed sites as a hand goes: one close-up after the other, in each a muscle's one side."""
    protocol, home = book.protocol, homes(book)
    close_ups, regions, sides = list(book.atlas.close_ups), list(protocol.regions), list(Side)

    def place(code: str) -> tuple[int, int, int, int]:
        site = protocol.sites[code]
        return (
            close_ups.index(home[code]),
            regions.index(site.region),
            sides.index(site.side),
            site.number,
        )

    return sorted(protocol.sites, key=place)


def progress(session: Session, pages: Mapping[Muscle, str], close_up: str) -> Progress:
    """How far a close-up is; `pages` as `muscle_pages` has them."""
    planned = [
        each
        for each in session.injections.values()
        if each.planned_units is not None and pages[each.region, each.side] == close_up
    ]
    return Progress(
        given=sum(each.state is State.GIVEN for each in planned),
        resolved=sum(each.state is not State.PLANNED for each in planned),
        planned=len(planned),
    )
