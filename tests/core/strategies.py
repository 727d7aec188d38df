"""Acts at random: what a visit holds, and what the domain refuses."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from desktop.core import acts
from desktop.core.acts import Act, perform
from desktop.core.assessment import (
    Answer,
    Assessment,
    Consent,
    ConsentKind,
    Diagnosis,
    Preventive,
    Said,
)
from desktop.core.atlas import Point
from desktop.core.errors import ExpectedError
from desktop.core.history import History
from desktop.core.patient import Person
from desktop.core.plan import Plan, PlannedSite
from desktop.core.procedure import Aspiration, Event, Happening, Procedure
from desktop.core.protocol import Side
from desktop.core.script import Turn
from desktop.core.session import Session
from desktop.core.vial import Expiry, Supply, Vial
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
# Fold and zone: 01:30 came twice on that night.
times = st.sampled_from(
    [
        EMPTY.started_at,
        EMPTY.started_at - timedelta(hours=25),
        datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=0),
        datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=1),
        datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"), fold=1),
    ]
)
# With what a file must not mistake: quotes, a line break before an accent, right to left.
_lines = st.sampled_from(["", "supine", "30 G, 0.5 in", "“é” \\", "\u05e9\u05dc\u05d5\u05dd"])
_texts = _lines | st.sampled_from(["two\nlines", "a line\n\N{COMBINING ACUTE ACCENT}and"])
vials = st.builds(
    Vial,
    number=st.integers(1, 3),
    product=st.sampled_from(["botox", "botox", "dysport"]),
    size_units=st.sampled_from([Decimal(50), Decimal(100), Decimal(200), Decimal(300)]),
    lot=st.sampled_from(["C1234C3", "C9", ""]),
    expiry=st.sampled_from([Expiry(2027, 10), Expiry(2026, 11, 21)]),
    diluent_ml=st.none() | st.decimals("0", "10", places=2),
    mixed_at=st.none() | times,
    diluent=_lines,
    mixed_by=st.sampled_from(["", "Test Scribe"]),
    serial=st.sampled_from(["", "10000000123", "X" * 20]),
    gtin=st.sampled_from(["", "00300233921026"]),
    supply=st.sampled_from(Supply),
    stock_id=st.sampled_from(["", "v-1"]),
    held_units=st.none() | st.decimals("0", "200", places=2),
)
_sound_vials = st.builds(
    Vial,
    number=st.integers(1, 3),
    product=st.just("botox"),
    size_units=st.sampled_from([Decimal(100), Decimal(200)]),
    lot=st.just("C1234C3"),
    expiry=st.just(Expiry(2027, 10)),
    held_units=st.none() | st.just(Decimal("62.5")),
)
_numbers = st.integers(0, 4)
_maybe_times = st.none() | times
_initials = st.sampled_from(["", "TI"])
procedures = st.builds(
    Procedure,
    position=_lines,
    skin=_lines,
    needle=_lines,
    guidance=_lines,
    aspiration=st.sampled_from(Aspiration),
    tolerance=_lines,
    aftercare=_texts,
    warnings=_texts,
    follow_up=_texts,
)
events = st.builds(Event, st.sampled_from(Happening), times, _lines)
assessments = st.builds(
    Assessment,
    answers=st.dictionaries(
        st.sampled_from(["allergy", "pregnancy", "asked elsewhere"]),
        st.builds(Answer, st.sampled_from(Said), _lines),
    ),
    headache_days=st.none() | st.integers(0, 31),
    days_4h=st.none() | st.booleans(),
    months=st.none() | st.integers(0, 600),
    migraine_days=st.none() | st.integers(0, 31),
    preventives=st.lists(
        st.builds(Preventive, st.just("topiramate"), _lines, _lines, _lines), max_size=2
    ).map(tuple),
    current_preventives=_texts,
    acute_medicines=_texts,
    lid_and_brow=_texts,
    diagnosis=st.none()
    | st.builds(Diagnosis, st.booleans(), st.booleans(), st.booleans(), st.just("Test Injector")),
    consent=st.none()
    | st.builds(Consent, st.sampled_from(ConsentKind), st.just(date(2026, 11, 22)), _lines),
    recorded_on=st.just(date(2026, 11, 22)),
    unchanged_since=st.none() | st.just(date(2026, 8, 30)),
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
    st.builds(acts.AddVial, vials | _sound_vials, _reasons),
    st.builds(acts.AddVial, _sound_vials),
    st.builds(acts.ChangeVial, vials | _sound_vials, _reasons),
    st.builds(acts.DrawFrom, _numbers),
    st.builds(acts.DrawnFrom, _codes, _numbers),
    st.builds(acts.SetWaste, amounts, _reasons, st.none() | _numbers, _maybe_times, _initials),
    st.builds(acts.DiscardRest, _reasons, _maybe_times, _initials),
    st.builds(acts.Keep, _numbers, amounts | st.just(Decimal(0))),
    st.builds(acts.StateGap, _reasons),
    st.builds(acts.SetAssessment, assessments),
    st.builds(acts.SetProcedure, procedures),
    st.builds(acts.AddEvent, events),
    st.builds(acts.RemoveEvent, _numbers),
    st.builds(acts.GoOn, st.sampled_from(["too early", "no consent"]), _reasons),
    st.builds(acts.SetRemark, st.text("aé\n", max_size=3)),
    st.builds(acts.SetProfile, st.sampled_from(["us", "uk_eu"])),
    st.builds(acts.SetPerformer, st.builds(Person, st.sampled_from(["", "Test Supervisor"]))),
    st.builds(acts.MoveToPatient, st.sampled_from(["p-1", "p-2", "nobody"]), _reasons),
)
visits: st.SearchStrategy[list[Act | Turn]] = st.lists(
    any_act | any_act | st.sampled_from(Turn), max_size=25
)


# Every act there is, each with all it can hold, and none of them refused.
WHOLE_VISIT: tuple[Act, ...] = (
    acts.PlanFrom(
        Plan(
            "template Usual",
            (
                PlannedSite(
                    *("TEM-X1-L", "temporalis", Side.LEFT, Decimal("7.5")),
                    Point("left", 60.0, 775.0),
                    "pain here",
                ),
            ),
        )
    ),
    acts.Clear(),
    acts.PlanProtocol(),
    acts.Tap("FRO-1-L", Decimal("2.5")),
    acts.AddVial(
        Vial(
            *(1, "botox", Decimal(200), "C1234C3", Expiry(2026, 11, 21), Decimal("4.25")),
            mixed_at=datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=1),
            diluent="saline 0.9 %",
            mixed_by="Test Scribe",
            serial="10000000123",
            gtin="00300233921026",
            supply=Supply.SPECIALTY_PHARMACY,
            stock_id="v-1",
            held_units=Decimal("162.5"),
        ),
        "the only one",
    ),
    acts.AddVial(Vial(2, "dysport", Decimal(300), "D1", Expiry(2027, 10)), "asked for"),
    acts.ChangeVial(Vial(2, "dysport", Decimal(300), "D2", Expiry(2027, 10)), "asked for twice"),
    acts.DrawFrom(1),
    acts.Give("FRO-1-R", Decimal(5)),
    acts.DrawnFrom("FRO-1-R", 2),
    acts.Omit("PRO-1-M", "tender"),
    acts.GiveReason("PRO-1-M", "sore"),
    acts.SetDose("TEM-1-L", Decimal("7.5"), "pain here"),
    acts.AddExtra("temporalis", Side.LEFT, Decimal(5), Point("left", 60.0, 775.0), "pain here"),
    acts.Mirror("TEM-X2-L"),
    acts.Move("OCC-1-L", Point("back", 25.0, 717.0), "scar"),
    acts.GiveRegion("frontalis", Side.RIGHT),
    acts.GiveAll(),
    acts.SetDose("TEM-2-L", Decimal(10), "pain here"),
    acts.Omit("TRA-1-L", "tender"),
    acts.Tap("TRA-1-L"),
    acts.Stop("faint"),
    acts.SetWaste(Decimal("2.5"), "spilt", 1, EMPTY.started_at, "TI"),
    acts.Keep(2, Decimal("200.5")),
    acts.DiscardRest("single use", datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=1), "TI"),
    acts.StateGap("nobody knows"),
    acts.SetAssessment(
        Assessment(
            answers={"allergy": Answer(Said.NO), "pregnancy": Answer(Said.YES, "week 12")},
            headache_days=22,
            days_4h=True,
            months=9,
            migraine_days=15,
            preventives=(Preventive("topiramate", "100 mg", "3 months", "paraesthesia"),),
            current_preventives="candesartan 8 mg",
            acute_medicines="sumatriptan\nnaproxen",
            lid_and_brow="level",
            diagnosis=Diagnosis(
                aura=False, intractable=True, status=False, confirmed_by="Test Injector"
            ),
            consent=Consent(ConsentKind.ON_PAPER, date(2026, 11, 22), "3"),
            recorded_on=date(2026, 11, 22),
            unchanged_since=date(2026, 8, 30),
        )
    ),
    acts.SetProcedure(
        Procedure(
            *("seated", "alcohol", "30 G", "landmarks", Aspiration.NO, "well"),
            aftercare="upright for 4 hours\n\N{COMBINING ACUTE ACCENT}",
            warnings="swallowing,\nbreathing",
            follow_up="12 weeks",
        )
    ),
    acts.AddEvent(
        Event(Happening.BLEEDING, datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=1), "pressure")
    ),
    acts.AddEvent(Event(Happening.PAIN, EMPTY.started_at)),
    acts.RemoveEvent(2),
    acts.GoOn("too early", "asked for"),
    acts.SetRemark("two\nlines"),
    acts.SetProfile("uk_eu"),
    acts.SetPerformer(Person("Test Supervisor", "MD")),
    acts.MoveToPatient("p-2", "mixed up"),
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
