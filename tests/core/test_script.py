from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core import acts
from desktop.core.amounts import NotAnAmountError
from desktop.core.atlas import Point, PointOutsideViewError
from desktop.core.charting import RegionSideError
from desktop.core.drawing import VialObjectionError, WasteOverOpenedError, WhichVialError
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.history import NothingToUndoError
from desktop.core.patient import Identity, NotABirthDateError, Person, Sex
from desktop.core.product import (
    DoseNotPositiveError,
    DoseOverProductLimitError,
    UnknownProductError,
    VialSizeError,
)
from desktop.core.protocol import Side
from desktop.core.rules import SidesDiffer, TotalOutsideLabel, changes, findings
from desktop.core.script import (
    ChartScript,
    DirectionNotShownError,
    Expected,
    MixedAfterSessionError,
    NoPlannedPlaceError,
    ScriptError,
    SessionBeforeBirthError,
    SessionInFutureError,
    Turn,
    UnknownCodeError,
    chart,
    read_script,
)
from desktop.core.session import (
    Injection,
    ReasonMissingError,
    Session,
    SiteNotInSessionError,
    State,
    Waste,
)
from desktop.core.times import NoSuchTimeError, UnknownZoneError
from desktop.core.vial import (
    Expiry,
    MixedInFutureError,
    NotACodeError,
    NotAnExpiryError,
    Vial,
    VialUnknownError,
)
from desktop.resources import handbook

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=LONDON)

HEADING = """\
patient Test Patient, 1980-02-01, no 4711
session 2026-11-22 10:30 Europe/London, injector Test Injector MD
"""

VISIT = """
    patient  Test Patient, 1980-02-01, no 4711
    session  2026-11-22 10:30 Europe/London, injector Test Injector MD
    vial     BOTOX 200 U, lot C1234C3, exp 2027-10, diluent 4 mL, mixed 2026-11-22 08:15
    plan     protocol
    omit     TRA-2-R, tender
    dose     OCC-1-L 7.5 U, pain here
    extra    TEM L 5 U, pain here
    extra    TRA R 5 U at -110 570, pain here
    move     FRO-1-R up 10 mm, brow shape
    give     all
    waste    37.5 U, single-patient vial
    note     Tolerated well.
"""


def units(text: str) -> Decimal:
    return Decimal(text)


@pytest.fixture(scope="module")
def read(book: Handbook) -> Callable[[str], ChartScript]:
    return lambda text: read_script(text, book)


@pytest.fixture(scope="module")
def act(book: Handbook) -> Callable[[str], acts.Act | Turn]:
    """The act that one line asks for."""

    def only(line: str) -> acts.Act | Turn:
        (read,) = read_script(HEADING + line, book).acts
        return read.act

    return only


@pytest.fixture(scope="module")
def refused(book: Handbook) -> Callable[[str], ScriptError]:
    """Why the lines after the heading are refused."""

    def reason(lines: str) -> ScriptError:
        with pytest.raises(ScriptError) as caught:
            chart(read_script(HEADING + lines, book), "s-1", "p-1", book)
        return caught.value

    return reason


def test_a_visit_is_charted_as_it_was_told(read: Callable[[str], ChartScript]) -> None:
    book = handbook()
    session = chart(read(VISIT), "s-1", "p-1", book).present
    left_out = session.of_state(State.OMITTED)
    extras = [each for each in session.given if each.is_extra]
    assert (len(session.given), session.given_units) == (32, units("162.5"))
    assert [(each.code, each.reason) for each in left_out] == [("TRA-2-R", "tender")]
    assert extras == [
        Injection(
            *("TEM-X1-L", "temporalis", Side.LEFT, State.GIVEN, units("5")),
            reason="pain here",
            vial=1,
        ),
        Injection(
            *("TRA-X1-R", "trapezius", Side.RIGHT, State.GIVEN, units("5")),
            reason="pain here",
            point=Point("back", -110.0, 570.0),
            vial=1,
        ),
    ]
    assert len(changes(session, book)) == 5
    assert findings(session, book) == [
        TotalOutsideLabel(units("162.5"), "us", units("155"), units("155"), ("uk_eu",)),
        SidesDiffer(units("75"), units("82.5")),
    ]
    assert session == Session(
        id="s-1",
        patient_id="p-1",
        started_at=datetime(2026, 11, 22, 10, 30, tzinfo=LONDON),
        protocol=book.protocol.edition,
        atlas=book.atlas.edition,
        profile="us",
        performed_by=Person("Test Injector", "MD"),
        charted_by=Person("Test Injector", "MD"),
        plan="protocol",
        injections=session.injections,
        vials=(
            Vial(
                *(1, "botox", units("200"), "C1234C3", Expiry(2027, 10), units("4")),
                mixed_at=datetime(2026, 11, 22, 8, 15, tzinfo=LONDON),
            ),
        ),
        wastes=(Waste(units("37.5"), "single-patient vial", 1),),
        remark="Tolerated well.",
        extras_made={"TEM-L": 1, "TRA-R": 1},
    )


def test_the_heading_says_who_when_and_by_whom(read: Callable[[str], ChartScript]) -> None:
    assert read("""
        # a comment
        label   uk_eu
        SESSION 2026-11-22   10:30 europe/london, injector  Test Injector MD
        patient Ana María / García López , 1980-02-01 , no  A 4711, B

        charted by Test Scribe RN
    """) == ChartScript(
        patient=Identity("A 4711, B", "García López", "Ana María", date(1980, 2, 1), Sex.UNKNOWN),
        started_at=datetime(2026, 11, 22, 10, 30, tzinfo=LONDON),
        injector=Person("Test Injector", "MD"),
        charted_by=Person("Test Scribe", "RN"),
        profile="uk_eu",
        acts=(),
    )


def test_whoever_injects_charts_unless_it_is_said(read: Callable[[str], ChartScript]) -> None:
    assert read(HEADING).charted_by == Person("Test Injector", "MD")


def test_who_injected_and_who_charted_are_both_kept(
    read: Callable[[str], ChartScript], book: Handbook
) -> None:
    session = chart(read(HEADING + "charted by Test Scribe RN"), "s-1", "p-1", book).present
    assert session.performed_by == Person("Test Injector", "MD")
    assert session.charted_by == Person("Test Scribe", "RN")


def test_a_script_from_another_system_reads_the_same(read: Callable[[str], ChartScript]) -> None:
    assert read("\ufeff" + VISIT.replace("\n", "\r\n")) == read(VISIT)
    assert read(VISIT.replace(" ", "\t")).acts[0].act == read(VISIT).acts[0].act


def test_each_act_knows_the_line_that_asked_for_it(read: Callable[[str], ChartScript]) -> None:
    script = read(VISIT)
    assert [line.number for line in script.acts] == list(range(4, 14))
    assert script.acts[1].text == "plan     protocol"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("plan protocol", acts.PlanProtocol()),
        ("PLAN   Protocol", acts.PlanProtocol()),
        ("give all", acts.GiveAll()),
        ("give TEM", acts.GiveRegion("temporalis")),
        ("give tem l", acts.GiveRegion("temporalis", Side.LEFT)),
        ("give PRO M", acts.GiveRegion("procerus", Side.MIDLINE)),
        ("give fro-1-l", acts.Give("FRO-1-L")),
        ("give FRO-1-L 7,5 U", acts.Give("FRO-1-L", units("7.5"))),
        ("tap TEM-X1-L", acts.Tap("TEM-X1-L")),
        ("tap FRO-1-L 5", acts.Tap("FRO-1-L", units("5"))),
        ("omit TRA-2-R", acts.Omit("TRA-2-R")),
        ("omit TRA-2-R,", acts.Omit("TRA-2-R")),
        ("omit TRA-2-R,5 bruises", acts.Omit("TRA-2-R", "5 bruises")),
        ("omit TRA-2-R, tender, sore, # 3", acts.Omit("TRA-2-R", "tender, sore, # 3")),
        ("dose OCC-1-L 7.5 U, pain", acts.SetDose("OCC-1-L", units("7.5"), "pain")),
        ("dose OCC-1-L 7,5 units, pain", acts.SetDose("OCC-1-L", units("7.5"), "pain")),
        ("dose OCC-1-L 7,5, 2 days", acts.SetDose("OCC-1-L", units("7.5"), "2 days")),
        ("dose OCC-1-L 7.5", acts.SetDose("OCC-1-L", units("7.5"))),
        ("extra TEM L 5", acts.AddExtra("temporalis", Side.LEFT, units("5"))),
        (
            "extra TRA R 2,5 at -110,5 570, pain, here",
            acts.AddExtra(
                *("trapezius", Side.RIGHT, units("2.5"), Point("back", -110.5, 570.0)),
                reason="pain, here",
            ),
        ),
        (
            "extra PRO M 5 U at -0 757",
            acts.AddExtra("procerus", Side.MIDLINE, units("5"), Point("front", 0.0, 757.0)),
        ),
        ("move FRO-1-R up 10 mm", acts.Move("FRO-1-R", Point("front", -15.0, 798.0))),
        ("move FRO-1-R down 10", acts.Move("FRO-1-R", Point("front", -15.0, 778.0))),
        # The patient's left and right: the same way on the front as on the back.
        ("move FRO-1-R left 2.5 mm", acts.Move("FRO-1-R", Point("front", -12.5, 788.0))),
        ("move FRO-1-R right 2,5mm", acts.Move("FRO-1-R", Point("front", -17.5, 788.0))),
        ("move OCC-1-R left 5 mm", acts.Move("OCC-1-R", Point("back", -25.0, 717.0))),
        ("move OCC-1-R Right 5 mm", acts.Move("OCC-1-R", Point("back", -35.0, 717.0))),
        # Forward is to the face on both sides.
        ("move TEM-1-R forward 5 mm", acts.Move("TEM-1-R", Point("right", 58.0, 746.0))),
        ("move TEM-1-L forward 5 mm", acts.Move("TEM-1-L", Point("left", 58.0, 746.0))),
        ("move TEM-1-L back 5 mm, low", acts.Move("TEM-1-L", Point("left", 48.0, 746.0), "low")),
        ("move TEM-X1-L to 60 775", acts.Move("TEM-X1-L", Point("left", 60.0, 775.0))),
        ("move FRO-1-L TO 15 +798, a", acts.Move("FRO-1-L", Point("front", 15.0, 798.0), "a")),
        ("reason FRO-1-L, a, b", acts.GiveReason("FRO-1-L", "a, b")),
        ("waste 37,5 U, single-patient vial", acts.SetWaste(units("37.5"), "single-patient vial")),
        ("waste 0", acts.SetWaste(units("0"), "")),
        ("waste vial 2 5 U, spilt", acts.SetWaste(units("5"), "spilt", 2)),
        ("WASTE  Vial 12  7,5, spilt, all", acts.SetWaste(units("7.5"), "spilt, all", 12)),
        ("waste vial 1 0", acts.SetWaste(units("0"), "", 1)),
        ("keep vial 2 45 U", acts.Keep(2, units("45"))),
        ("keep  vial 1 0", acts.Keep(1, units("0"))),
        ("gap vial dropped, then binned", acts.StateGap("vial dropped, then binned")),
        ("draw from vial 2", acts.DrawFrom(2)),
        ("Draw  From  Vial  1", acts.DrawFrom(1)),
        ("note  Tolerated, well. #1", acts.SetRemark("Tolerated, well. #1")),
        ("stop faint, twice", acts.Stop("faint, twice")),
        ("clear", acts.Clear()),
        ("Undo", Turn.UNDO),
        ("redo", Turn.REDO),
        (
            "vial botox 100, lot C 9, exp 2027-10-31",
            acts.AddVial(Vial(1, "botox", units("100"), "C 9", Expiry(2027, 10, 31))),
        ),
        (
            "vial BOTOX 100 units,lot C9,exp 2027-10,diluent 2,5 mL",
            acts.AddVial(Vial(1, "botox", units("100"), "C9", Expiry(2027, 10), units("2.5"))),
        ),
        (
            "vial BOTOX 100 U, lot C9, exp 2026-10, used because none other, and urgent",
            acts.AddVial(
                Vial(1, "botox", units("100"), "C9", Expiry(2026, 10)), "none other, and urgent"
            ),
        ),
        (
            (
                "vial BOTOX 100 U, lot C9, exp 2027-10, diluent 2 mL, mixed 2026-11-20 08:15,"
                "  Used \t because  the only one"
            ),
            acts.AddVial(
                Vial(
                    *(1, "botox", units("100"), "C9", Expiry(2027, 10), units("2")),
                    mixed_at=datetime(2026, 11, 20, 8, 15, tzinfo=LONDON),
                ),
                "the only one",
            ),
        ),
        (
            "vial BOTOX 100 U, lot C9, exp 2027-10, mixed 2026-10-25 01:30 +00:00",
            acts.AddVial(
                Vial(
                    *(1, "botox", units("100"), "C9", Expiry(2027, 10)),
                    mixed_at=datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=1),
                )
            ),
        ),
    ],
)
def test_a_line_asks_for_an_act(
    line: str, expected: acts.Act | Turn, act: Callable[[str], acts.Act | Turn]
) -> None:
    assert act(line) == expected


def test_the_label_is_chosen_before_the_first_act_and_changed_after_it(
    read: Callable[[str], ChartScript],
) -> None:
    script = read(HEADING + "label us\nlabel UK_EU\nplan protocol\nlabel us")
    assert script.profile == "us"
    assert [line.act for line in script.acts] == [
        acts.SetProfile("uk_eu"),
        acts.PlanProtocol(),
        acts.SetProfile("us"),
    ]


def test_without_a_label_the_first_of_the_protocol_is_compared_with(
    read: Callable[[str], ChartScript], book: Handbook
) -> None:
    assert read(HEADING).profile is None
    assert chart(read(HEADING), "s-1", "p-1", book).present.profile == "us"


def test_every_label_of_the_protocol_can_be_named(book: Handbook) -> None:
    assert " | ".join(f"label {key}" for key in book.protocol.profiles) == Expected.LABEL


def test_undo_and_redo_are_kept_in_the_history(
    read: Callable[[str], ChartScript], book: Handbook
) -> None:
    lines = HEADING + "plan protocol\ngive all\nundo"
    undone = chart(read(lines), "s-1", "p-1", book)
    redone = chart(read(lines + "\nredo"), "s-1", "p-1", book)
    assert [step.act for step in undone.done] == [acts.PlanProtocol()]
    assert [step.act for step in undone.undone] == [acts.GiveAll()]
    assert [step.act for step in redone.done] == [acts.PlanProtocol(), acts.GiveAll()]
    assert redone.undone == ()


@pytest.mark.parametrize(
    ("session", "at"),
    [
        ("2026-07-01 10:30 Europe/London", "2026-07-01T10:30:00+01:00"),
        ("2026-10-25 01:30 Europe/London", "2026-10-25T01:30:00+01:00"),
        ("2026-10-25 01:30 +00:00 Europe/London", "2026-10-25T01:30:00+00:00"),
        ("2026-10-25 01:30+00:00 Europe/London", "2026-10-25T01:30:00+00:00"),
        ("2026-11-01 01:30 -05:00 America/New_York", "2026-11-01T01:30:00-05:00"),
    ],
)
def test_a_session_has_the_time_of_its_zone(
    session: str, at: str, read: Callable[[str], ChartScript]
) -> None:
    text = f"patient Test Patient, 1980-02-01, no 4711\nsession {session}, injector Test Injector"
    assert read(text).started_at.isoformat() == at


@pytest.mark.parametrize(
    ("text", "line_number", "expected", "cause"),
    [
        ("", 1, Expected.PATIENT, None),
        ("# nothing\n", 2, Expected.PATIENT, None),
        ("plan protocol\n\n", 1, Expected.PATIENT, None),
        ("patient Test Patient, 1980-02-01, no 1\nplan protocol\n\n", 2, Expected.SESSION, None),
        ("patient Test Patient, 01.02.1980, no 1", 1, Expected.PATIENT, None),
        ("patient Test Patient, 1980-02-01", 1, Expected.PATIENT, None),
        ("patient Test Patient, 1980-02-30, no 1", 1, Expected.PATIENT, NotABirthDateError),
        (HEADING.replace("1980", "2027"), 2, Expected.SESSION, SessionBeforeBirthError),
        (HEADING.replace("1980", "1880"), 1, Expected.PATIENT, NotABirthDateError),
        (HEADING.replace("11-22 ", "11-31 "), 2, Expected.SESSION, NoSuchTimeError),
        (HEADING.replace("2026-11-22", "22 Nov"), 2, Expected.SESSION, None),
        (HEADING.replace("10:30", "25:30"), 2, Expected.SESSION, NoSuchTimeError),
        (HEADING.replace("11-22 10", "03-29 01"), 2, Expected.SESSION, NoSuchTimeError),
        (HEADING.replace("30 E", "30 +01:00 E"), 2, Expected.SESSION, NoSuchTimeError),
        (HEADING.replace("London", "Londn"), 2, Expected.SESSION, UnknownZoneError),
        (HEADING.replace(" Europe/London", ""), 2, Expected.SESSION, None),
        (HEADING.replace(", injector Test Injector MD", ""), 2, Expected.SESSION, None),
        (HEADING + HEADING, 3, Expected.ONCE, None),
        (HEADING + "charted by A\ncharted by B", 4, Expected.ONCE, None),
        (HEADING + "charted A", 3, Expected.CHARTED_BY, None),
    ],
)
def test_a_heading_that_cannot_be_read_is_refused_with_its_line(
    text: str,
    line_number: int,
    expected: Expected,
    cause: type[ExpectedError] | None,
    read: Callable[[str], ChartScript],
) -> None:
    with pytest.raises(ScriptError) as caught:
        read(text)
    error = caught.value
    assert (error.line_number, error.expected) == (line_number, expected)
    assert (type(error.cause) if error.cause else None) == cause


@pytest.mark.parametrize(
    ("day", "line_number", "cause"),
    [
        ("2026-11-23", 2, SessionInFutureError),
        ("2027-11-20", 2, SessionInFutureError),
        ("2999-01-01", 2, SessionInFutureError),
        ("1979-01-01", 2, SessionBeforeBirthError),
    ],
)
def test_a_session_on_a_day_that_cannot_be_is_refused_with_that_day(
    day: str, line_number: int, cause: type[ExpectedError], book: Handbook
) -> None:
    with pytest.raises(ScriptError) as caught:
        read_script(HEADING.replace("2026-11-22", day), book, NOW)
    error = caught.value
    assert (error.line_number, error.expected) == (line_number, Expected.SESSION)
    assert type(error.cause) is cause


def test_today_is_the_day_at_the_place_of_the_session(book: Handbook) -> None:
    there = HEADING.replace("2026-11-22 10:30 Europe/London", "{day} 09:30 Pacific/Auckland")
    assert read_script(there.format(day="2026-11-23"), book, NOW).acts == ()
    with pytest.raises(ScriptError):
        read_script(there.format(day="2026-11-24"), book, NOW)


@pytest.mark.parametrize(
    ("mixed", "now", "cause"),
    [
        ("2026-11-23 00:00", None, MixedAfterSessionError),
        ("2026-11-22 12:01", NOW, MixedInFutureError),
        ("2999-01-01 10:00", NOW, MixedInFutureError),
    ],
)
def test_a_vial_that_was_mixed_after_the_session_is_refused(
    mixed: str, now: datetime | None, cause: type[ExpectedError], book: Handbook
) -> None:
    vial = "vial BOTOX 200 U, lot C1, exp 2027-10, mixed {}"
    with pytest.raises(ScriptError) as caught:
        read_script(HEADING + vial.format(mixed), book, now)
    assert (caught.value.line_number, caught.value.expected) == (3, Expected.VIAL)
    assert type(caught.value.cause) is cause
    assert len(read_script(HEADING + vial.format("2026-11-22 12:00"), book, NOW).acts) == 1


@pytest.mark.parametrize(
    ("line", "expected", "cause"),
    [
        ("inject FRO-1-L", Expected.KEYWORD, None),
        ("sign", Expected.KEYWORD, None),
        ("Test Patient", Expected.KEYWORD, None),
        ("plan", Expected.PLAN, None),
        ("plan protocol # as usual", Expected.PLAN, None),
        ("give", Expected.GIVE, None),
        ("give TEM X", Expected.GIVE, None),
        ("give TEMP", Expected.GIVE, UnknownCodeError),
        ("give FRO-1-L 5 mL", Expected.GIVE, NotAnAmountError),
        ("tap TEM", Expected.TAP, UnknownCodeError),
        ("tap FRO-3-L", Expected.TAP, UnknownCodeError),
        ("tap FRO-X0-L", Expected.TAP, UnknownCodeError),
        ("tap ABC-X1-L", Expected.TAP, UnknownCodeError),
        ("tap TEM-X1-L", Expected.TAP, SiteNotInSessionError),
        ("omit TRA-2-R", Expected.OMIT, SiteNotInSessionError),
        ("omit TRA-2-R tender", Expected.OMIT, None),
        ("dose OCC-1-L", Expected.DOSE, None),
        ("dose OCC-1-L 0", Expected.DOSE, DoseNotPositiveError),
        ("dose OCC-1-L 0.00 U, pain", Expected.DOSE, DoseNotPositiveError),
        ("dose OCC-1-L 400.01", Expected.DOSE, DoseOverProductLimitError),
        ("dose OCC-1-L 7.555", Expected.DOSE, NotAnAmountError),
        ("dose OCC-1-L -5", Expected.DOSE, NotAnAmountError),
        ("dose OCC-1-L 1e9", Expected.DOSE, NotAnAmountError),
        ("dose OCC-1-L NaN", Expected.DOSE, NotAnAmountError),
        ("dose OCC-1-L five", Expected.DOSE, NotAnAmountError),
        ("dose OCC-1-L \u0667", Expected.DOSE, NotAnAmountError),
        ("dose OCC-1-L 1_0", Expected.DOSE, NotAnAmountError),
        ("dose OCC-1-L 5 mL, pain", Expected.DOSE, NotAnAmountError),
        # Never 7 units and "5 headaches": between two digits a comma is a decimal sign.
        ("dose OCC-1-L 7,5 headaches", Expected.DOSE, NotAnAmountError),
        ("extra TEM 5", Expected.EXTRA, None),
        ("extra TEM X 5", Expected.EXTRA, None),
        ("extra HEAD L 5", Expected.EXTRA, UnknownCodeError),
        ("extra PRO L 5", Expected.EXTRA, RegionSideError),
        ("extra PRO L 5 at 0 757", Expected.EXTRA, RegionSideError),
        ("extra TEM L 5 at 1000 775", Expected.EXTRA, PointOutsideViewError),
        ("extra TEM L 5 at 60", Expected.EXTRA, NotAnAmountError),
        ("extra TEM L 0", Expected.EXTRA, DoseNotPositiveError),
        ("move FRO-1-R up", Expected.MOVE, None),
        ("move FRO-1-R up -10 mm", Expected.MOVE, None),
        ("move FRO-1-R sideways 10 mm", Expected.MOVE, None),
        ("move FRO-1-R up 10 cm", Expected.MOVE, None),
        ("move FRO-1-R up 200 mm", Expected.MOVE, PointOutsideViewError),
        ("move FRO-1-R forward 5 mm", Expected.MOVE, DirectionNotShownError),
        ("move TRA-1-R back 5 mm", Expected.MOVE, DirectionNotShownError),
        ("move TEM-1-L left 5 mm", Expected.MOVE, DirectionNotShownError),
        ("move TEM-X1-L up 5 mm", Expected.MOVE, NoPlannedPlaceError),
        ("move PRO-X1-L to 0 757", Expected.MOVE, RegionSideError),
        ("reason FRO-1-L", Expected.REASON, None),
        ("reason FRO-1-L, bruise", Expected.REASON, SiteNotInSessionError),
        ("waste 5, rest", Expected.WASTE, WasteOverOpenedError),
        ("waste some", Expected.WASTE, NotAnAmountError),
        ("waste vial 1", Expected.WASTE, NotAnAmountError),
        ("waste vial 1 5, rest", Expected.WASTE, VialUnknownError),
        ("waste vial 123 5, rest", Expected.WASTE, NotAnAmountError),
        ("keep 5", Expected.KEEP, None),
        ("keep vial 1", Expected.KEEP, None),
        ("keep vial 1 some", Expected.KEEP, NotAnAmountError),
        ("keep vial 1 5 U", Expected.KEEP, VialUnknownError),
        ("gap", Expected.GAP, None),
        ("draw", Expected.DRAW, None),
        ("draw vial 1", Expected.DRAW, None),
        ("draw from vial one", Expected.DRAW, None),
        ("draw from vial 1", Expected.DRAW, VialUnknownError),
        ("vial BOTOX 200 U, lot C1, exp 2026-10", Expected.VIAL, VialObjectionError),
        ("vial BOTOX 200 U, lot C1, exp 2026-10, used because", Expected.VIAL, None),
        (
            "vial BOTOX 200 U, lot C1, exp 2027-10, mixed 2026-11-21 10:29",
            *(Expected.VIAL, VialObjectionError),
        ),
        ("note", Expected.NOTE, None),
        ("stop", Expected.STOP, None),
        ("clear all", Expected.CLEAR, None),
        ("undo", Expected.UNDO, NothingToUndoError),
        ("label eu", Expected.LABEL, None),
        ("vial BOTOX 200 U", Expected.VIAL, None),
        ("vial Botax 200 U, lot C1, exp 2027-10", Expected.VIAL, UnknownProductError),
        ("vial BOTOX 150 U, lot C1, exp 2027-10", Expected.VIAL, VialSizeError),
        ("vial BOTOX 200 U, lot C1, exp 10/2027", Expected.VIAL, NotAnExpiryError),
        ("vial BOTOX 200 U, lot C1, exp 2027-10, diluent 0", Expected.VIAL, DoseNotPositiveError),
        ("vial BOTOX 200 U, lot C1, exp 2027-10, diluent 4 U", Expected.VIAL, NotAnAmountError),
        ("vial BOTOX 200 U, lot C1\N{SYRINGE}, exp 2027-10", Expected.VIAL, NotACodeError),
        (
            "vial BOTOX 200 U, lot C1, exp 2027-10, mixed 2026-03-29 01:30",
            *(Expected.VIAL, NoSuchTimeError),
        ),
    ],
)
def test_a_line_that_cannot_be_done_is_refused_with_its_form(
    line: str,
    expected: Expected,
    cause: type[ExpectedError] | None,
    refused: Callable[[str], ScriptError],
) -> None:
    error = refused(f"\n  {line}\nclear")
    assert (error.line_number, error.line, error.expected) == (4, line, expected)
    assert (type(error.cause) if error.cause else None) == cause


def test_a_second_note_is_refused_because_it_would_replace_the_first(
    refused: Callable[[str], ScriptError],
) -> None:
    assert refused("note Seated.\nnote Tolerated well.").expected == Expected.ONCE


def test_what_the_vials_do_not_hold_is_refused_with_its_line(
    refused: Callable[[str], ScriptError],
) -> None:
    vial = "vial BOTOX 100 U, lot C1, exp 2027-10\n"
    for lines, error in [
        (vial + "keep vial 1 100.01", WasteOverOpenedError),
        (vial + "waste vial 1 100.01, spilt", WasteOverOpenedError),
        (vial * 2 + "waste 5, spilt", WhichVialError),
        (vial + "vial Dysport 300 U, lot C2, exp 2027-10", VialObjectionError),
    ]:
        assert isinstance(refused(lines).cause, error)


def test_the_reason_for_using_a_vial_is_kept(
    read: Callable[[str], ChartScript], book: Handbook
) -> None:
    lines = "vial BOTOX 200 U, lot C1, exp 2026-10, used because none other"
    session = chart(read(HEADING + lines), "s-1", "p-1", book).present
    assert session.overrides == {"vial 1": "none other"}
    assert session.vials == (Vial(1, "botox", units("200"), "C1", Expiry(2026, 10)),)


def test_discarding_needs_a_reason(refused: Callable[[str], ScriptError]) -> None:
    vial = "vial BOTOX 200 U, lot C1, exp 2027-10\n"
    assert isinstance(refused(vial + "waste 5").cause, ReasonMissingError)


@pytest.mark.parametrize(
    ("code", "nearest"),
    [("FRO-3-L", "FRO-1-L"), ("TEM1L", "TEM-1-L"), ("OCC-1", "OCC-1-L"), ("TRAP", "TRA")],
)
def test_an_unknown_code_is_refused_with_the_nearest_known_ones(
    code: str, nearest: str, refused: Callable[[str], ScriptError]
) -> None:
    cause = refused(f"tap {code}").cause
    assert isinstance(cause, UnknownCodeError)
    assert cause.code == code
    assert nearest in cause.nearest


def test_every_kind_of_line_is_named_where_one_is_expected() -> None:
    kinds = [form for form in Expected if form not in (Expected.KEYWORD, Expected.ONCE)]
    words = ["charted by" if form is Expected.CHARTED_BY else form.split()[0] for form in kinds]
    assert " | ".join(words) == Expected.KEYWORD


WORDS = (
    "patient session charted by vial plan give tap omit dose extra move to at waste keep gap draw"
    " from 1 , 5 -5 # / \n"
)


@given(st.lists(st.sampled_from([*WORDS.split(" "), "TEM", "L", "TEM-1-L"]) | st.text(max_size=3)))
def test_any_words_are_a_script_or_refused(words: list[str]) -> None:
    try:
        read_script(HEADING + " ".join(words), handbook())
    except ScriptError:
        return


@given(st.text(max_size=80))
def test_any_reason_is_kept_to_the_letter_or_refused(reason: str) -> None:
    book = handbook()
    try:
        script = read_script(f"{HEADING}plan protocol\nomit FRO-1-L, {reason}", book)
        session = chart(script, "s-1", "p-1", book).present
    except ScriptError:
        return
    assert session.injections["FRO-1-L"].reason == reason.strip()
