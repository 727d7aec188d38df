"""One visit's chart as a value that never changes: an edit (see `charting`) makes the next one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from desktop.core.atlas import Point
from desktop.core.patient import Identity, Person
from desktop.core.protocol import Edition, Side
from desktop.core.vial import Vial

NO_SITES = "empty"  # the name of the plan that holds nothing


class State(StrEnum):
    """What became of a site. Nothing is ever deleted by a tap."""

    PLANNED = "planned"
    GIVEN = "given"
    OMITTED = "omitted"
    NOT_GIVEN = "not given"


@dataclass(frozen=True)
class Injection:
    """One site of a session, planned or charted.

    `planned_units` is none for what was not in the plan: an extra, or a fixed site charted
    without a plan. `point` is none for a fixed site at its place in the atlas, and for an extra
    whose position was not recorded. `planned_point` is kept when a site is moved.
    `planned_reason` came along with the plan: why the session that it copies gave this.
    """

    code: str
    region: str
    side: Side
    state: State
    units: Decimal
    planned_units: Decimal | None = None
    reason: str = ""
    point: Point | None = None
    planned_point: Point | None = None
    vial: int | None = None
    planned_reason: str = ""

    @property
    def is_extra(self) -> bool:
        """Whether this is a follow-the-pain extra and no fixed site."""
        return is_extra_code(self.code)

    @property
    def is_moved(self) -> bool:
        """Whether it was charted away from its planned place."""
        return self.planned_point is not None

    @property
    def has_other_dose(self) -> bool:
        """Whether the dose differs from the plan."""
        return self.planned_units is not None and self.units != self.planned_units

    @property
    def is_as_planned(self) -> bool:
        """Whether nothing became of it yet, and nothing of its plan was changed."""
        return self.state is State.PLANNED and not (self.has_other_dose or self.is_moved)

    @property
    def opposite(self) -> str:
        """The code of the same site, or of an extra of the same number, on the other side."""
        return self.code.removesuffix(self.side) + self.side.other


@dataclass(frozen=True)
class Waste:
    """What was discarded, and why."""

    units: Decimal
    reason: str


@dataclass(frozen=True)
class Signature:
    """Who signed, as what, and when (with the zone of the clinic)."""

    person: Person
    signed_at: datetime
    meaning: str


@dataclass(frozen=True)
class Session:
    """A draft until `signature` is there; then no edit takes it.

    `extras_made` counts the extras ever charted by region code and side (`TEM-L`), so that a code
    such as TEM-X1-L is never used twice, not even after undo. `plan` is the name of its plan (see
    `core.plan`). The times of the first and last injection are none where nobody kept them.
    """

    id: str
    patient_id: str
    started_at: datetime
    protocol: Edition
    atlas: Edition
    profile: str
    performed_by: Person
    charted_by: Person
    plan: str = ""
    injections: Mapping[str, Injection] = field(default_factory=dict)
    vials: tuple[Vial, ...] = ()
    waste: Waste | None = None
    remark: str = ""
    ended_early: str = ""
    extras_made: Mapping[str, int] = field(default_factory=dict)
    identity: Identity | None = None
    signature: Signature | None = None
    first_given_at: datetime | None = None
    last_given_at: datetime | None = None

    @property
    def has_plan(self) -> bool:
        """Whether there is a plan to depart from; the empty one is none."""
        return self.plan not in ("", NO_SITES)

    @property
    def is_signed(self) -> bool:
        """Whether the session is closed to every edit."""
        return self.signature is not None

    def of_state(self, state: State) -> list[Injection]:
        """The injections in one state, in the order of the chart."""
        return [each for each in self.injections.values() if each.state is state]

    @property
    def given(self) -> list[Injection]:
        """What was injected, in the order of the chart."""
        return self.of_state(State.GIVEN)

    @property
    def given_units(self) -> Decimal:
        """The units injected."""
        return total_units(self.given)

    @property
    def opened_units(self) -> Decimal:
        """The units in all vials opened for this session."""
        return sum((vial.size_units for vial in self.vials), Decimal(0))


def total_units(injections: Iterable[Injection]) -> Decimal:
    """The exact sum of doses, in units."""
    return sum((each.units for each in injections), Decimal(0))


def is_extra_code(code: str) -> bool:
    """Whether a code such as TEM-X1-L names an extra."""
    return code.split("-")[1].startswith("X")
