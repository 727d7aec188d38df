"""What earlier sessions gave in one picture: figures at its sites, and points beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from desktop.core.amounts import amount_text
from desktop.core.atlas import Point
from desktop.core.handbook import Handbook
from desktop.core.protocol import Side
from desktop.core.rules import other_toxins
from desktop.core.session import Injection, Session, State

MOST_SESSIONS = 3
NOT_GIVEN = "\N{EN DASH}"
ELSEWHERE = "\N{NORTH EAST ARROW}"
OTHER_TOXIN = "\N{ASTERISK}"  # given, but in units that must not stand beside the others


@dataclass(frozen=True)
class PastPoint:
    """An extra or a moved site where it was given; `age` is 0 in the newest session shown.

    `toxin` is empty for the protocol's.
    """

    point: Point
    injection: Injection
    age: int
    toxin: str = ""


@dataclass(frozen=True)
class Past:
    """What a picture shows of earlier sessions, newest first; `given` has none for not given.

    `toxins` has, session by session, what was not the protocol's toxin, by the code of the site.
    """

    days: tuple[date, ...] = ()
    toxins: tuple[Mapping[str, str], ...] = ()
    given: Mapping[str, tuple[Injection | None, ...]] = field(default_factory=dict)
    points: tuple[PastPoint, ...] = ()

    def figures(self, code: str) -> tuple[str, ...]:
        """The units given at a fixed site, session by session."""
        return tuple(figure_of(each, toxin) for _day, each, toxin in self.of_site(code))

    def of_site(self, code: str) -> list[tuple[date, Injection | None, str]]:
        """What a fixed site was given, each with its day, and the toxin if it was another."""
        toxins = [each.get(code, "") for each in self.toxins]
        return list(zip(self.days, self.given.get(code, ()), toxins, strict=False))


def past_of(
    sessions: Sequence[Session], muscles: frozenset[tuple[str, Side]], book: Handbook
) -> Past:
    """What these sessions gave in the muscles that are at home in one picture."""
    shown = sessions[:MOST_SESSIONS]
    toxins = tuple(other_toxins(session, book) for session in shown)
    return Past(
        days=tuple(session.started_at.date() for session in shown),
        toxins=toxins,
        given={
            code: tuple(_given(code, session) for session in shown)
            for code, place in book.atlas.places.items()
            if (place.region, place.side) in muscles
        },
        points=tuple(
            PastPoint(each.point, each, age, toxins[age].get(each.code, ""))
            for age, session in enumerate(shown)
            if session.atlas == book.atlas.edition  # in another drawing the point means nothing
            for each in session.given
            if each.point is not None and (each.region, each.side) in muscles
        ),
    )


def _given(code: str, session: Session) -> Injection | None:
    each = session.injections.get(code)
    return each if each is not None and each.state is State.GIVEN else None


def figure_of(each: Injection | None, toxin: str = "") -> str:
    """The units of a fixed site, and whether they were given elsewhere; of another toxin, none."""
    if each is None:
        return NOT_GIVEN
    # A point means that it was not given at its place in the atlas, whatever its plan was.
    figure = OTHER_TOXIN if toxin else amount_text(each.units)
    return figure + (ELSEWHERE if each.point is not None else "")
