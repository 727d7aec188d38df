"""Acts at random: what a visit holds, and what the domain refuses."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from desktop.core import acts
from desktop.core.acts import Act, perform
from desktop.core.atlas import Point
from desktop.core.errors import ExpectedError
from desktop.core.history import History
from desktop.core.patient import Person
from desktop.core.plan import Plan, PlannedSite
from desktop.core.protocol import Side
from desktop.core.script import Turn
from desktop.core.session import Session
from desktop.core.vial import Expiry, Vial
from desktop.resources import handbook

BOOK = handbook()
LONDON = ZoneInfo("Europe/London")
EMPTY = Session(
    id="s-1",
    patient_id="p-1",
    started_at=datetime(2026, 11, 22, 10, 30, tzinfo=LONDON),
    protocol=BOOK.protocol.edition,
    atlas=BOOK.atlas.edition,
    profile="us",
    performed_by=Person("Test Injector", "MD"),
    charted_by=Person("Test Scribe"),
)

amounts = st.decimals("0.01", "400", places=2) | st.sampled_from([Decimal(5), Decimal("7.5")])
_fixed = st.sampled_from(list(BOOK.protocol.sites))
_extra = st.sampled_from(["TEM-X1-L", "TEM-X1-R", "TEM-X2-L", "TRA-X1-R", "OCC-X1-L", "PRO-X1-M"])
_codes = _fixed | _extra
_regions = st.sampled_from(list(BOOK.protocol.regions))
_sides = st.sampled_from(Side)
_reasons = st.sampled_from(["", "pain here", "brow shape", "tender, and sore"])
_points = st.builds(
    Point,
    st.sampled_from(list(BOOK.atlas.views)),
    st.integers(-2000, 2000).map(lambda tenths: tenths / 10),
    st.integers(4800, 8500).map(lambda tenths: tenths / 10),
)
_vials = st.builds(
    Vial,
    number=st.integers(1, 3),
    product=st.just("botox"),
    size_units=st.sampled_from([Decimal(50), Decimal(100), Decimal(200)]),
    lot=st.sampled_from(["C1234C3", "C9", ""]),
    expiry=st.sampled_from([Expiry(2027, 10), Expiry(2026, 11, 21)]),
    diluent_ml=st.none() | st.decimals("0", "10", places=2),
    mixed_at=st.none() | st.just(EMPTY.started_at),
)


@st.composite
def _planned_sites(draw: st.DrawFn) -> PlannedSite:
    code = draw(_codes)
    place = BOOK.atlas.places[code.replace("X", "")]
    home = BOOK.atlas.home_point(place.code)
    tenths = st.integers(-80, 80)
    beside = Point(
        home.view,
        round(home.across_mm + draw(tenths) / 10, 1),
        round(home.up_mm + draw(tenths) / 10, 1),
    )
    point = draw(st.sampled_from([None, home, beside]))
    return PlannedSite(code, place.region, place.side, draw(amounts), point, draw(_reasons))


plans = st.builds(
    Plan,
    st.sampled_from(["protocol", "last 2026-08-30", "template Usual", "empty"]),
    st.lists(_planned_sites(), max_size=6, unique_by=lambda site: site.code).map(tuple),
)
any_act: st.SearchStrategy[Act] = st.one_of(
    st.builds(acts.PlanProtocol),
    st.builds(acts.PlanFrom, plans),
    st.builds(acts.Tap, _codes, st.none() | amounts),
    st.builds(acts.Give, _codes, st.none() | amounts),
    st.builds(acts.Omit, _codes, _reasons),
    st.builds(acts.SetDose, _codes, amounts, _reasons),
    st.builds(acts.AddExtra, _regions, _sides, amounts, st.none() | _points, _reasons),
    st.builds(acts.Mirror, _codes),
    st.builds(acts.Move, _codes, _points, _reasons),
    st.builds(acts.GiveReason, _codes, _reasons),
    st.builds(acts.GiveRegion, _regions, st.none() | _sides),
    st.builds(acts.GiveAll),
    st.builds(acts.Stop, _reasons),
    st.builds(acts.Clear),
    st.builds(acts.AddVial, _vials),
    st.builds(acts.ChangeVial, _vials),
    st.builds(acts.SetWaste, amounts, _reasons),
    st.builds(acts.SetRemark, st.text("aé\n", max_size=3)),
    st.builds(acts.SetProfile, st.sampled_from(["us", "uk_eu"])),
    st.builds(acts.SetPerformer, st.builds(Person, st.sampled_from(["", "Test Supervisor"]))),
    st.builds(acts.MoveToPatient, st.sampled_from(["p-1", "p-2", "nobody"]), _reasons),
)
visits: st.SearchStrategy[list[Act | Turn]] = st.lists(
    any_act | any_act | st.sampled_from(Turn), max_size=25
)


def histories(visit: Iterable[Act | Turn]) -> list[History]:
    """Every state of a visit, the empty one first; what the domain refuses is passed over."""
    passed = [History(EMPTY)]
    for step in visit:
        try:
            passed.append(_after(passed[-1], step))
        except ExpectedError:
            continue
    return passed


def _after(history: History, step: Act | Turn) -> History:
    if isinstance(step, Turn):
        return history.undo() if step is Turn.UNDO else history.redo()
    return history.advanced(step, perform(step, history.present, BOOK))
