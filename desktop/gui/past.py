"""What earlier sessions gave in one picture: figures at its sites, and points beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from desktop.core.amounts import amount_text
from desktop.core.atlas import Point
from desktop.core.handbook import Handbook
from desktop.core.protocol import Side
from desktop.core.session import Injection, Session, State

MOST_SESSIONS = 3
NOT_GIVEN = "\N{EN DASH}"
ELSEWHERE = "\N{NORTH EAST ARROW}"


@dataclass(frozen=True)
class PastPoint:
    """An extra or a moved site where it was given; `age` is 0 in the newest session shown."""

    point: Point
    injection: Injection
    age: int


@dataclass(frozen=True)
class Past:
    """What a picture shows of earlier sessions, newest first; `given` has none for not given."""

    days: tuple[date, ...] = ()
    given: Mapping[str, tuple[Injection | None, ...]] = field(default_factory=dict)
    points: tuple[PastPoint, ...] = ()

    def figures(self, code: str) -> tuple[str, ...]:
        """The units given at a fixed site, session by session."""
        return tuple(figure_of(each) for each in self.given.get(code, ()))

    def of_site(self, code: str) -> list[tuple[date, Injection | None]]:
        """What a fixed site was given, each with its day."""
        return list(zip(self.days, self.given.get(code, ()), strict=False))


def past_of(
    sessions: Sequence[Session], muscles: frozenset[tuple[str, Side]], book: Handbook
) -> Past:
    """What these sessions gave in the muscles that are at home in one picture."""
    shown = sessions[:MOST_SESSIONS]
    return Past(
        days=tuple(session.started_at.date() for session in shown),
        given={
            code: tuple(_given(code, session) for session in shown)
            for code, place in book.atlas.places.items()
            if (place.region, place.side) in muscles
        },
        points=tuple(
            PastPoint(each.point, each, age)
            for age, session in enumerate(shown)
            if session.atlas == book.atlas.edition  # in another drawing the point means nothing
            for each in session.given
            if each.point is not None and (each.region, each.side) in muscles
        ),
    )


def _given(code: str, session: Session) -> Injection | None:
    each = session.injections.get(code)
    return each if each is not None and each.state is State.GIVEN else None


def figure_of(each: Injection | None) -> str:
    """The units of a fixed site, and whether they were given elsewhere."""
    if each is None:
        return NOT_GIVEN
    # A point means that it was not given at its place in the atlas, whatever its plan was.
    return amount_text(each.units) + (ELSEWHERE if each.point is not None else "")
