"""One visit's chart as a value that never changes: an edit (see `charting`) makes the next one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from desktop.core.assessment import Assessment
from desktop.core.atlas import Point
from desktop.core.errors import ExpectedError
from desktop.core.patient import Identity, Person
from desktop.core.procedure import Event, Procedure
from desktop.core.protocol import Edition, Side
from desktop.core.vial import Vial, VialUnknownError

NO_SITES = "empty"  # the name of the plan that holds nothing


class SessionSignedError(ExpectedError):
    """A signed session takes no edit."""


class SiteNotInSessionError(ExpectedError):
    """The session has no such site, nor does the protocol."""

    def __init__(self, code: str) -> None:
        """Keep the code that was asked for."""
        super().__init__(code)
        self.code = code


class ReasonMissingError(ExpectedError):
    """Ending a session early, or discarding, needs a reason."""


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
    """What was discarded, and why; of which vial, when and by whom where that was kept."""

    units: Decimal
    reason: str
    vial: int | None = None
    at: datetime | None = None
    initials: str = ""


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
    `drawing` is the vial that was chosen to draw from, `kept` what of a vial (by number) was kept
    for another patient, `gap_reason` why the vials do not balance, `overrides` why the work went on
    in spite of a check (by the check's key).
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
    wastes: tuple[Waste, ...] = ()
    remark: str = ""
    ended_early: str = ""
    extras_made: Mapping[str, int] = field(default_factory=dict)
    identity: Identity | None = None
    signature: Signature | None = None
    first_given_at: datetime | None = None
    last_given_at: datetime | None = None
    drawing: int | None = None
    kept: Mapping[int, Decimal] = field(default_factory=dict)
    gap_reason: str = ""
    assessment: Assessment | None = None
    procedure: Procedure = field(default_factory=Procedure)
    events: tuple[Event, ...] = ()
    overrides: Mapping[str, str] = field(default_factory=dict)

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
        """The units that all vials of this session held."""
        return sum((vial.opened_units for vial in self.vials), Decimal(0))

    @property
    def wasted_units(self) -> Decimal:
        """The units discarded, of all vials."""
        return sum((each.units for each in self.wastes), Decimal(0))

    @property
    def vial_in_use(self) -> Vial | None:
        """The vial that was chosen to draw from, or else the newest."""
        chosen = [vial for vial in self.vials if vial.number == self.drawing]
        return next(iter([*chosen, *self.vials[-1:]]), None)

    def vial_numbered(self, number: int) -> Vial:
        """One of the session's vials.

        Raises:
            VialUnknownError: The session has no such vial.
        """
        for vial in self.vials:
            if vial.number == number:
                return vial
        raise VialUnknownError(number)


def check_open(session: Session) -> None:
    """Let a draft through.

    Raises:
        SessionSignedError: The session is signed.
    """
    if session.is_signed:
        raise SessionSignedError


def total_units(injections: Iterable[Injection]) -> Decimal:
    """The exact sum of doses, in units."""
    return sum((each.units for each in injections), Decimal(0))


def is_extra_code(code: str) -> bool:
    """Whether a code such as TEM-X1-L names an extra."""
    return code.split("-")[1].startswith("X")
