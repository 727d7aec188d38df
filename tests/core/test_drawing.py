"""From which vial a dose is drawn, and where every opened unit went."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core import acts
from desktop.core.acts import Act, perform
from desktop.core.amounts import NotAnAmountError
from desktop.core.charting import timed
from desktop.core.drawing import (
    Balance,
    DrawnBefore,
    Empty,
    Expired,
    MixedLater,
    MixedTooLong,
    NotForMigraine,
    NothingToDiscardError,
    OtherToxin,
    VialObjectionError,
    WasteOverOpenedError,
    WhichVialError,
    add_vial,
    balances,
    change_vial,
    discard_rest,
    drawn_from,
    hours_between,
    is_balanced,
    keep,
    next_vial,
    objections,
    override_key,
    set_waste,
    state_gap,
    unassigned_units,
    vial_for,
)
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.patient import TextTooLongError, UnprintableCharacterError
from desktop.core.product import VialSizeError
from desktop.core.session import (
    ReasonMissingError,
    Session,
    SiteNotInSessionError,
    Waste,
)
from desktop.core.vial import Expiry, NoLotError, Vial, VialUnknownError
from tests.core.strategies import BOOK, EMPTY

Chart = Callable[[str], Session]

HUNDRED = "vial BOTOX 100 U, lot C1, exp 2027-10\n"
TWO_HUNDRED = "vial BOTOX 200 U, lot C1234C3, exp 2027-10\n"
DYSPORT = "vial Dysport 300 U, lot D1, exp 2027-10, used because asked for\n"
AT = EMPTY.started_at
GOOD = Vial(1, "botox", Decimal(200), "C1234C3", Expiry(2027, 10))


def units(text: str) -> Decimal:
    return Decimal(text)


def vials_of(session: Session) -> list[int | None]:
    """From which vial each site was given, in the order of the chart."""
    return [each.vial for each in session.given]


def gaps(session: Session) -> list[Decimal]:
    return [each.gap_units for each in balances(session)]


# Which vial a dose is drawn from.


def test_before_there_is_a_vial_a_dose_comes_from_none(chart: Chart) -> None:
    assert vial_for(chart("plan protocol"), units("5")) is None


def test_two_vials_of_100_units_are_used_up_one_after_the_other(chart: Chart) -> None:
    session = chart(HUNDRED * 2 + "plan protocol\ngive all\n")
    assert vials_of(session) == [1] * 20 + [2] * 11
    assert [each.injected_units for each in balances(session)] == [100, 55]
    assert gaps(session) == [0, 45]


def test_a_dose_that_the_first_vial_no_longer_holds_comes_out_of_the_next(chart: Chart) -> None:
    lines = HUNDRED * 2 + "tap FRO-1-L 95\n"
    assert vial_for(chart(lines), units("5")) == 1
    assert vial_for(chart(lines), units("5.01")) == 2
    # A smaller one still comes out of the first.
    assert vials_of(chart(lines + "tap FRO-1-R 7.5\ntap FRO-2-R 5")) == [1, 2, 1]


def test_the_chosen_vial_is_drawn_from_until_it_no_longer_holds_the_dose(chart: Chart) -> None:
    session = chart(HUNDRED * 2 + "draw from vial 2\ntap FRO-1-L 95\ntap FRO-1-R 10\ntap FRO-2-R 5")
    assert vials_of(session) == [2, 1, 2]


def test_what_no_vial_holds_is_drawn_from_the_one_in_use_and_overdraws_it(chart: Chart) -> None:
    session = chart(HUNDRED * 2 + "tap FRO-1-L 120")
    assert vials_of(session) == [2]
    assert gaps(session) == [100, -20]
    assert vials_of(chart(HUNDRED * 2 + "draw from vial 1\ntap FRO-1-L 120")) == [1]


def test_another_product_is_never_drawn_from_by_itself(chart: Chart) -> None:
    first = TWO_HUNDRED + DYSPORT + "draw from vial 1\ntap FRO-1-L 200\ntap FRO-1-R 5"
    assert vials_of(chart(first)) == [1, 1]
    newest = TWO_HUNDRED + DYSPORT + "tap FRO-1-L 300\ntap FRO-1-R 5"
    assert vials_of(chart(newest)) == [2, 2]
    # The same toxin under another brand is another product.
    cosmetic = HUNDRED + "vial BOTOX Cosmetic 50 U, lot B1, exp 2027-10, used because x\n"
    assert vials_of(chart(cosmetic + "tap FRO-1-L 50\ntap FRO-1-R 5")) == [2, 2]


def test_a_vial_whose_rest_was_discarded_or_kept_is_not_drawn_from(chart: Chart) -> None:
    lines = HUNDRED * 2 + "tap FRO-1-L 60\n"
    assert vial_for(chart(lines), units("40")) == 1
    assert vial_for(chart(lines + "waste vial 1 40, dropped"), units("5")) == 2
    assert vial_for(chart(lines + "keep vial 1 37.5"), units("5")) == 2
    assert vial_for(chart(lines + "keep vial 1 35"), units("5")) == 1


def test_a_vial_of_which_another_session_had_some_holds_the_rest(book: Handbook) -> None:
    drawn_before = replace(GOOD, held_units=units("45"))
    with pytest.raises(VialObjectionError) as refused:
        add_vial(EMPTY, drawn_before, book)
    assert refused.value.objections == (DrawnBefore(units("45"), GOOD.size_units),)
    session = add_vial(EMPTY, drawn_before, book, "the clinic shares its vials")
    session = add_vial(session, replace(GOOD, lot="C2"), book)
    assert [session.vials[0].opened_units, session.opened_units] == [45, 245]
    assert vial_for(session, units("45")) == 1
    assert vial_for(session, units("45.01")) == 2


# What speaks against a vial.


def at(text: str, zone: str = "Europe/London", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


@pytest.mark.parametrize(
    ("expiry", "started_at", "found"),
    [
        (Expiry(2026, 11, 22), at("2026-11-22T23:59:59"), ()),
        (Expiry(2026, 11, 22), at("2026-11-23T00:00"), (Expired(date(2026, 11, 22)),)),
        # Still the day before in London, and that is not where the clinic is.
        (
            Expiry(2026, 11, 22),
            at("2026-11-23T00:00", "Asia/Kathmandu"),
            (Expired(date(2026, 11, 22)),),
        ),
        (Expiry(2026, 11), at("2026-11-30T23:59:59"), ()),
        (Expiry(2026, 11), at("2026-12-01T00:00"), (Expired(date(2026, 11, 30)),)),
        (Expiry(2028, 2), at("2028-02-29T12:00"), ()),
        (Expiry(2026, 12), at("2027-01-01T00:00"), (Expired(date(2026, 12, 31)),)),
    ],
)
def test_a_vial_can_be_used_until_the_end_of_its_last_day(
    expiry: Expiry, started_at: datetime, found: tuple[Expired, ...], book: Handbook
) -> None:
    session = replace(EMPTY, started_at=started_at)
    assert objections(session, replace(GOOD, number=0, expiry=expiry), book) == found


@pytest.mark.parametrize(
    ("passed", "found"),
    [
        (timedelta(hours=24), ()),
        (timedelta(hours=23, minutes=59), ()),
        (timedelta(hours=24, seconds=1), (MixedTooLong(units("24.1"), 24),)),
        (timedelta(hours=24, minutes=6), (MixedTooLong(units("24.1"), 24),)),
        (timedelta(hours=24, minutes=7), (MixedTooLong(units("24.2"), 24),)),
        (timedelta(days=10), (MixedTooLong(units("240"), 24),)),
        (timedelta(minutes=-1), ()),
    ],
)
def test_a_vial_can_be_used_for_24_hours_after_mixing(
    passed: timedelta, found: tuple[MixedTooLong, ...], book: Handbook
) -> None:
    assert objections(EMPTY, replace(GOOD, number=0, mixed_at=AT - passed), book) == found


@pytest.mark.parametrize(
    ("mixed", "used", "hours"),
    [
        # The day of 25 hours, and that of 23, in London; the clocks show 24 hours both times.
        (at("2026-10-24T10:30"), at("2026-10-25T10:30"), "25"),
        (at("2026-03-28T10:30"), at("2026-03-29T10:30"), "23"),
        (at("2026-10-25T01:30", fold=0), at("2026-10-25T01:30", fold=1), "1"),
        (at("2026-10-25T01:50", fold=0), at("2026-10-25T01:10", fold=1), "0.4"),
        (at("2026-11-22T10:30"), at("2026-11-22T10:30", "America/New_York"), "5"),
        (at("2026-11-22T10:30"), at("2026-11-22T10:30:01"), "0.1"),
        (at("2026-11-22T10:30"), at("2026-11-22T10:30"), "0"),
        (at("2027-12-31T23:00"), at("2028-01-01T23:30"), "24.5"),
    ],
)
def test_hours_are_those_that_passed_whatever_the_clocks_did(
    mixed: datetime, used: datetime, hours: str
) -> None:
    assert hours_between(mixed, used) == units(hours)


def test_a_vial_is_too_old_on_the_day_of_25_hours_an_hour_earlier(book: Handbook) -> None:
    session = replace(EMPTY, started_at=at("2026-10-25T10:30"))
    mixed = replace(GOOD, number=0, mixed_at=at("2026-10-24T10:30"))
    assert objections(session, mixed, book) == (MixedTooLong(units("25"), 24),)
    later = replace(mixed, mixed_at=at("2026-10-24T11:30"))
    assert objections(session, later, book) == ()


def test_a_vial_gets_too_old_while_one_injects(book: Handbook) -> None:
    session = add_vial(EMPTY, replace(GOOD, mixed_at=AT - timedelta(hours=23, minutes=50)), book)
    assert objections(session, session.vials[0], book) == ()
    later = timed(session, perform(acts.Tap("FRO-1-L"), session, book), AT + timedelta(minutes=20))
    assert objections(later, later.vials[0], book) == (MixedTooLong(units("24.2"), 24),)


def test_where_no_source_gives_a_limit_no_vial_is_too_old(book: Handbook) -> None:
    for product, size in (("dysport", "300"), ("myobloc", "2500")):
        vial = Vial(0, product, units(size), "D1", Expiry(2027, 10), None, AT - timedelta(days=9))
        found = objections(EMPTY, vial, book)
        assert found == (NotForMigraine(book.products[product].name),)


def test_a_vial_mixed_after_the_injections_is_at_odds_with_them(book: Handbook) -> None:
    given_at = AT + timedelta(minutes=10)
    session = timed(EMPTY, perform(acts.Tap("FRO-1-L"), EMPTY, book), given_at)
    mixed = replace(GOOD, mixed_at=given_at + timedelta(minutes=1))
    with pytest.raises(VialObjectionError) as refused:
        add_vial(session, mixed, book)
    assert refused.value.objections == (MixedLater(given_at + timedelta(minutes=1)),)
    assert add_vial(session, replace(mixed, mixed_at=given_at), book).overrides == {}


def test_a_second_vial_may_be_mixed_after_the_first_injections(book: Handbook) -> None:
    session = add_vial(EMPTY, GOOD, book)
    given = timed(session, perform(acts.Tap("FRO-1-L"), session, book), AT + timedelta(minutes=5))
    second = replace(GOOD, lot="C2", mixed_at=AT + timedelta(minutes=9))
    assert len(add_vial(given, second, book).vials) == 2


def test_which_of_two_equal_clock_times_came_first_is_known(book: Handbook) -> None:
    started = replace(EMPTY, started_at=at("2026-10-25T01:00", fold=1))
    given_at = at("2026-10-25T01:10", fold=1)
    session = timed(started, perform(acts.Tap("FRO-1-L"), started, book), given_at)
    before = replace(GOOD, mixed_at=at("2026-10-25T01:50", fold=0))
    assert add_vial(session, before, book).overrides == {}
    with pytest.raises(VialObjectionError):
        add_vial(session, replace(before, mixed_at=at("2026-10-25T01:50", fold=1)), book)


def test_an_empty_vial_and_another_toxin_are_objected_to(book: Handbook) -> None:
    empty = replace(GOOD, number=0, held_units=units("0"))
    assert objections(EMPTY, empty, book) == (Empty(),)
    session = add_vial(EMPTY, GOOD, book)
    dysport = Vial(0, "dysport", units("300"), "D1", Expiry(2027, 10))
    other = OtherToxin("abobotulinumtoxinA", "onabotulinumtoxinA")
    off_label = NotForMigraine("Dysport")
    assert objections(session, dysport, book) == (other, off_label)
    assert objections(EMPTY, dysport, book) == (off_label,)
    cosmetic = Vial(0, "botox_cosmetic", units("100"), "B1", Expiry(2027, 10))
    assert objections(session, cosmetic, book) == (NotForMigraine("BOTOX Cosmetic"),)
    all_at_once = replace(
        dysport, expiry=Expiry(2026, 10), mixed_at=AT - timedelta(days=2), held_units=units("0")
    )
    assert objections(session, all_at_once, book) == (
        *(Expired(date(2026, 10, 31)), Empty()),
        *(other, off_label),
    )


def test_a_first_vial_of_a_product_for_something_else_asks_why(book: Handbook) -> None:
    dysport = Vial(0, "dysport", units("300"), "D1", Expiry(2027, 10))
    with pytest.raises(VialObjectionError) as refused:
        add_vial(EMPTY, dysport, book)
    assert refused.value.objections == (NotForMigraine("Dysport"),)
    assert add_vial(EMPTY, dysport, book, "asked for").overrides == {"vial 1": "asked for"}


# Taking up vials.

EXPIRED = replace(GOOD, expiry=Expiry(2026, 10))


def test_a_vial_that_is_objected_to_is_used_with_a_reason_only(book: Handbook) -> None:
    for nothing in ("", "  "):
        with pytest.raises(VialObjectionError) as refused:
            add_vial(EMPTY, EXPIRED, book, nothing)
        assert refused.value.vial == EXPIRED
        assert refused.value.objections == (Expired(date(2026, 10, 31)),)
    session = add_vial(EMPTY, EXPIRED, book, " the only one ")
    assert session == replace(EMPTY, vials=(EXPIRED,), overrides={"vial 1": "the only one"})
    assert override_key(EXPIRED) == "vial 1"


def test_a_reason_that_nobody_asked_for_is_not_kept(book: Handbook) -> None:
    assert add_vial(EMPTY, GOOD, book, "why not").overrides == {}


@pytest.mark.parametrize(
    ("reason", "error"),
    [("why\x00", UnprintableCharacterError), ("x" * 201, TextTooLongError)],
)
def test_a_reason_for_a_vial_can_be_printed(
    reason: str, error: type[ExpectedError], book: Handbook
) -> None:
    with pytest.raises(error):
        add_vial(EMPTY, EXPIRED, book, reason)


def test_the_reason_goes_with_the_objection_and_others_stay(book: Handbook) -> None:
    session = add_vial(EMPTY, EXPIRED, book, "the only one")
    session = add_vial(session, replace(EXPIRED, lot="C2"), book, "the other one")
    session = perform(acts.GoOn("too early", "asked for"), session, book)
    assert session.overrides == {
        "vial 1": "the only one",
        "vial 2": "the other one",
        "too early": "asked for",
    }
    kept = change_vial(session, replace(EXPIRED, lot="C9"), book)
    assert kept.overrides == session.overrides
    anew = change_vial(session, replace(EXPIRED, lot="C9"), book, "found no other")
    assert anew.overrides == {**session.overrides, "vial 1": "found no other"}
    gone = change_vial(session, GOOD, book)
    assert gone.overrides == {"vial 2": "the other one", "too early": "asked for"}
    with pytest.raises(VialObjectionError):
        change_vial(gone, EXPIRED, book)


def test_a_first_vial_of_another_toxin_puts_the_second_at_odds_with_it(book: Handbook) -> None:
    session = add_vial(add_vial(EMPTY, GOOD, book), replace(GOOD, lot="C2"), book)
    dysport = Vial(1, "dysport", units("300"), "D1", Expiry(2027, 10))
    with pytest.raises(VialObjectionError) as refused:
        change_vial(session, dysport, book)
    assert refused.value.vial.number == 1
    changed = change_vial(session, dysport, book, "misread")
    other = OtherToxin("onabotulinumtoxinA", "abobotulinumtoxinA")
    assert objections(changed, changed.vials[1], book) == (other,)
    assert changed.overrides == {"vial 1": "misread", "vial 2": "misread"}
    assert change_vial(changed, GOOD, book).overrides == {}


def test_a_vial_that_got_too_old_stops_no_work_on_another(book: Handbook) -> None:
    session = add_vial(EMPTY, replace(GOOD, mixed_at=AT - timedelta(hours=24)), book)
    late = replace(session, last_given_at=AT + timedelta(hours=1))
    assert len(add_vial(late, replace(GOOD, lot="C2"), book).vials) == 2


def test_vials_are_numbered_in_their_order_whatever_they_say(book: Handbook) -> None:
    session = add_vial(EMPTY, replace(GOOD, number=9), book)
    session = add_vial(session, replace(GOOD, number=0, lot="C2"), book)
    assert [(vial.number, vial.lot) for vial in session.vials] == [(1, "C1234C3"), (2, "C2")]


def test_what_was_given_before_the_first_vial_came_out_of_it(chart: Chart) -> None:
    lines = "plan protocol\ngive COR\nomit PRO-1-M, sore\n"
    assert unassigned_units(chart(lines)) == 10
    session = chart(lines + TWO_HUNDRED)
    assert {each.vial for each in session.injections.values()} == {None, 1}
    assert vials_of(session) == [1, 1]
    assert unassigned_units(session) == 0
    assert session.injections["PRO-1-M"].vial is None


def test_an_impossible_vial_is_refused_also_as_a_correction(book: Handbook) -> None:
    session = add_vial(EMPTY, GOOD, book)
    for wrong, error in [
        (replace(GOOD, size_units=units("150")), VialSizeError),
        (replace(GOOD, lot=" "), NoLotError),
        (replace(GOOD, number=2), VialUnknownError),
    ]:
        with pytest.raises(error):
            change_vial(session, wrong, book, "anyway")
    with pytest.raises(NoLotError):
        add_vial(EMPTY, replace(GOOD, lot=""), book, "anyway")


@pytest.mark.parametrize("number", [0, 3, -1])
def test_only_a_vial_of_the_session_is_drawn_from(number: int, chart: Chart) -> None:
    session = chart(HUNDRED * 2 + "tap FRO-1-L")
    work: tuple[Act, ...] = (
        acts.DrawFrom(number),
        acts.DrawnFrom("FRO-1-L", number),
        acts.Keep(number, units("5")),
        acts.SetWaste(units("5"), "spilt", number),
    )
    for act in work:
        with pytest.raises(VialUnknownError) as refused:
            perform(act, session, BOOK)
        assert refused.value.number == number


def test_from_which_vial_a_site_was_given_is_corrected(chart: Chart) -> None:
    session = chart(HUNDRED * 2 + "tap FRO-1-L\ntap FRO-1-R")
    corrected = drawn_from(session, "FRO-1-R", 2)
    assert vials_of(corrected) == [1, 2]
    assert gaps(corrected) == [95, 95]
    with pytest.raises(SiteNotInSessionError):
        drawn_from(session, "FRO-2-L", 2)


# Where every unit went.


def test_155_of_200_units_are_45_to_discard(chart: Chart) -> None:
    session = chart(TWO_HUNDRED + "plan protocol\ngive all")
    assert balances(session) == [Balance(session.vials[0], units("155"), units("0"), units("0"))]
    assert gaps(session) == [45]
    assert not is_balanced(session)
    done = discard_rest(session, "single use", AT, "TI")
    assert done == replace(session, wastes=(Waste(units("45"), "single use", 1, AT, "TI"),))
    assert gaps(done) == [0]
    assert is_balanced(done)
    assert done.wasted_units == 45


def test_a_session_with_no_vial_and_nothing_given_balances(chart: Chart) -> None:
    assert is_balanced(chart("plan protocol\nstop declined"))
    assert not is_balanced(chart("tap FRO-1-L"))


def test_vials_balance_each_by_itself(chart: Chart) -> None:
    session = chart(HUNDRED * 2 + "tap FRO-1-L 60\ndraw from vial 2\ntap FRO-1-R 140")
    assert gaps(session) == [40, -40]
    assert not is_balanced(session)


def test_at_most_what_was_opened_and_not_injected_or_kept_is_discarded(chart: Chart) -> None:
    session = chart(TWO_HUNDRED + "plan protocol\ngive all\nkeep vial 1 5")
    assert set_waste(session, Waste(units("40"), "rest")).wastes == (Waste(units("40"), "rest", 1),)
    for number in (None, 1):
        with pytest.raises(WasteOverOpenedError) as refused:
            set_waste(session, Waste(units("40.01"), "rest", number))
        assert [refused.value.wasted_units, refused.value.left_units] == [units("40.01"), 40]
    with pytest.raises(WasteOverOpenedError):
        set_waste(chart("tap FRO-1-L"), Waste(units("1"), "rest"))
    overdrawn = chart(HUNDRED + "tap FRO-1-L 120")
    for number in (None, 1):
        with pytest.raises(WasteOverOpenedError) as refused:
            set_waste(overdrawn, Waste(units("1"), "rest", number))
        assert refused.value.left_units == 0


def test_discarding_again_replaces_what_was_said_of_the_vial(chart: Chart) -> None:
    lines = HUNDRED * 2 + "waste vial 2 7.5, spilt\nwaste vial 1 40, dropped\nwaste vial 2 5, spilt"
    assert chart(lines).wastes == (
        Waste(units("40"), "dropped", 1),
        Waste(units("5"), "spilt", 2),
    )


def test_that_nothing_was_discarded_is_said_of_every_vial(chart: Chart) -> None:
    session = set_waste(chart(HUNDRED * 2), Waste(units("0"), ""))
    assert session.wastes == (Waste(units("0"), "", 1), Waste(units("0"), "", 2))
    assert set_waste(session, Waste(units("0"), "", 2)).wastes == session.wastes
    one_empty = chart(HUNDRED * 2 + "tap FRO-1-L 100\nwaste 0")
    assert one_empty.wastes == session.wastes


def test_what_all_vials_had_left_is_shared_out_among_them(chart: Chart) -> None:
    session = chart(HUNDRED * 3 + "tap FRO-1-L 100\ntap FRO-1-R 60\nwaste 140, single use")
    assert session.wastes == (
        Waste(units("40"), "single use", 2),
        Waste(units("100"), "single use", 3),
    )
    assert is_balanced(session)


def test_a_waste_that_could_be_of_several_vials_says_of_which(chart: Chart) -> None:
    session = chart(HUNDRED * 2 + "tap FRO-1-L 60")
    with pytest.raises(WhichVialError) as refused:
        set_waste(session, Waste(units("40"), "dropped"))
    assert refused.value.units == 40
    used_up = chart(HUNDRED * 2 + "tap FRO-1-L 100\nwaste 5, spilt")
    assert used_up.wastes == (Waste(units("5"), "spilt", 2),)


@pytest.mark.parametrize("number", [None, 1])
@pytest.mark.parametrize(
    ("amount", "reason", "initials", "error"),
    [
        ("-1", "rest", "", NotAnAmountError),
        ("NaN", "rest", "", NotAnAmountError),
        ("Infinity", "rest", "", NotAnAmountError),
        ("0.005", "rest", "", NotAnAmountError),
        ("5", "", "", ReasonMissingError),
        ("5", "  ", "", ReasonMissingError),
        ("5", "re\nst", "", UnprintableCharacterError),
        ("5", "x" * 201, "", TextTooLongError),
        ("5", "rest", "T\x00", UnprintableCharacterError),
    ],
)
def test_a_waste_is_an_amount_with_a_reason_that_can_be_printed(
    amount: str,
    reason: str,
    initials: str,
    error: type[ExpectedError],
    number: int | None,
    chart: Chart,
) -> None:
    with pytest.raises(error):
        set_waste(chart(TWO_HUNDRED), Waste(units(amount), reason, number, AT, initials))


def test_the_rest_of_every_vial_is_discarded_at_once(chart: Chart) -> None:
    lines = HUNDRED * 3 + "waste vial 1 2.5, spilt\nkeep vial 2 30\n"
    session = chart(lines + "draw from vial 3\ntap FRO-1-L 120\ntap FRO-1-R 60")
    assert gaps(session) == [units("37.5"), 70, -20]
    done = discard_rest(session, "single use")
    assert done.wastes == (
        Waste(units("40"), "single use", 1),
        Waste(units("70"), "single use", 2),
    )
    assert gaps(done) == [0, 0, -20]


@pytest.mark.parametrize(
    "lines", ["", HUNDRED + "keep vial 1 100", HUNDRED + "tap FRO-1-L 120", "tap FRO-1-L"]
)
def test_where_every_unit_is_accounted_for_nothing_is_discarded(lines: str, chart: Chart) -> None:
    with pytest.raises(NothingToDiscardError):
        discard_rest(chart(lines), "single use")


@pytest.mark.parametrize(
    ("reason", "initials", "error"),
    [
        ("", "", ReasonMissingError),
        (" ", "", ReasonMissingError),
        ("re\nst", "", UnprintableCharacterError),
        ("rest", "x" * 201, TextTooLongError),
    ],
)
def test_the_rest_is_discarded_for_a_reason(
    reason: str, initials: str, error: type[ExpectedError], chart: Chart
) -> None:
    with pytest.raises(error):
        discard_rest(chart(HUNDRED), reason, AT, initials)


def test_the_rest_of_a_vial_is_kept_for_another_patient(chart: Chart) -> None:
    session = chart(TWO_HUNDRED + "plan protocol\ngive all\nwaste 5, spilt")
    kept = keep(session, 1, units("40"))
    assert kept.kept == {1: units("40")}
    assert gaps(kept) == [0]
    assert is_balanced(kept)
    assert keep(kept, 1, units("12.5")).kept == {1: units("12.5")}
    assert keep(kept, 1, units("0")) == session
    with pytest.raises(WasteOverOpenedError) as refused:
        keep(session, 1, units("40.01"))
    assert [refused.value.wasted_units, refused.value.left_units] == [units("40.01"), 40]
    for wrong in ("-1", "NaN", "0.005"):
        with pytest.raises(NotAnAmountError):
            keep(session, 1, units(wrong))
    with pytest.raises(WasteOverOpenedError):
        keep(chart(HUNDRED + "tap FRO-1-L 120"), 1, units("0.01"))


def test_a_gap_is_stated_with_a_reason(chart: Chart) -> None:
    session = chart(TWO_HUNDRED + "plan protocol\ngive all")
    assert state_gap(session, "vial dropped") == replace(session, gap_reason="vial dropped")
    assert gaps(state_gap(session, "vial dropped")) == [45]
    for reason, error in [
        ("", ReasonMissingError),
        ("  ", ReasonMissingError),
        ("a\nb", UnprintableCharacterError),
        ("x" * 201, TextTooLongError),
    ]:
        with pytest.raises(error):
            state_gap(session, reason)


# A waste of an older edition, which does not say of which vial it was.

OLD = Waste(Decimal(40), "rest of the vial")


def test_an_old_waste_is_that_of_the_only_vial(chart: Chart) -> None:
    session = replace(chart(TWO_HUNDRED + "plan protocol\ngive all"), wastes=(OLD,))
    assert gaps(session) == [5]
    assert gaps(replace(session, wastes=(replace(OLD, units=units("45")),))) == [0]


def test_an_old_waste_is_not_counted_twice(chart: Chart) -> None:
    session = replace(chart(TWO_HUNDRED + "plan protocol\ngive all"), wastes=(OLD,))
    assert discard_rest(session, "single use").wastes == (Waste(units("45"), "single use", 1),)
    said = set_waste(session, Waste(units("45"), "spilt", 1))
    assert said.wastes == (Waste(units("45"), "spilt", 1),)
    assert gaps(said) == [0]
    two = replace(chart(HUNDRED * 2 + "plan protocol\ngive all"), wastes=(OLD,))
    assert gaps(two) == [0, 45]
    assert discard_rest(two, "single use").wastes == (Waste(units("45"), "single use", 2),)


# Whatever happens, every unit is somewhere.

_amounts = st.integers(1, 12000).map(lambda hundredths: Decimal(hundredths) / 100)
_vials = st.builds(
    Vial,
    number=st.just(0),
    product=st.sampled_from(["botox", "botox", "dysport"]),
    size_units=st.sampled_from([Decimal(100), Decimal(200)]),
    lot=st.just("C1"),
    expiry=st.just(Expiry(2027, 10)),
    held_units=st.none() | st.integers(0, 10000).map(lambda hundredths: Decimal(hundredths) / 100),
).map(lambda vial: replace(vial, size_units=Decimal(300)) if vial.product == "dysport" else vial)
_codes = st.sampled_from(list(BOOK.protocol.sites)[:8])
_numbers = st.integers(1, 3)
_work: st.SearchStrategy[Act] = st.one_of(
    st.builds(acts.Give, _codes, _amounts),
    st.builds(acts.Tap, _codes, _amounts),
    st.builds(acts.SetDose, _codes, _amounts),
    st.builds(acts.DrawFrom, _numbers),
    st.builds(acts.DrawnFrom, _codes, _numbers),
    st.builds(acts.SetWaste, _amounts, st.just("spilt"), st.none() | _numbers),
    st.builds(acts.Keep, _numbers, _amounts),
    st.builds(acts.DiscardRest, st.just("rest")),
)


@st.composite
def _worked(draw: st.DrawFn) -> Session:
    """A session with one to three vials and anything done with them."""
    session = EMPTY
    for vial in draw(st.lists(_vials, min_size=1, max_size=3)):
        session = add_vial(session, vial, BOOK, "asked for")
    for act in draw(st.lists(_work, max_size=20)):
        try:
            session = perform(act, session, BOOK)
        except ExpectedError:
            continue
    return session


@given(_worked())
def test_every_opened_unit_was_injected_wasted_kept_or_is_a_gap(session: Session) -> None:
    for each in balances(session):
        number = each.vial.number
        given = sum((one.units for one in session.given if one.vial == number), Decimal(0))
        wasted = sum((one.units for one in session.wastes if one.vial == number), Decimal(0))
        assert (each.injected_units, each.wasted_units) == (given, wasted)
        assert each.kept_units == session.kept.get(number, 0)
        opened = given + wasted + each.kept_units + each.gap_units
        assert opened == each.vial.opened_units
        assert each.left_units == each.vial.opened_units - given
    everywhere = sum((each.injected_units for each in balances(session)), Decimal(0))
    assert everywhere == session.given_units
    assert session.wasted_units == sum((each.units for each in session.wastes), Decimal(0))
    assert unassigned_units(session) == 0
    assert is_balanced(session) == (not any(gaps(session)))


@given(_worked())
def test_discarding_the_rest_closes_every_gap_and_changes_nothing_injected(
    session: Session,
) -> None:
    before = gaps(session)
    if not any(gap > 0 for gap in before):
        with pytest.raises(NothingToDiscardError):
            discard_rest(session, "rest")
        return
    after = discard_rest(session, "rest")
    assert gaps(after) == [min(gap, Decimal(0)) for gap in before]
    assert after == replace(session, wastes=after.wastes)
    assert len({each.vial for each in after.wastes}) == len(after.wastes)


@given(_worked(), _amounts)
def test_a_dose_is_drawn_from_a_vial_of_one_product_that_holds_it_if_any_does(
    session: Session, dose: Decimal
) -> None:
    in_use = session.vial_in_use
    assert in_use
    number = vial_for(session, dose)
    assert number is not None
    assert session.vial_numbered(number).product == in_use.product
    holding = [
        each.vial.number
        for each in balances(session)
        if each.vial.product == in_use.product and each.gap_units >= dose
    ]
    assert (number in holding) if holding else (number == in_use.number)
    if holding and session.drawing is None:
        assert number == holding[0]


def test_a_reason_for_one_gap_does_not_stand_for_another(chart: Chart) -> None:
    stated = "vial BOTOX 200 U, lot A1, exp 2027-10\nplan protocol\ngive all\ngap spilled\n"
    assert chart(stated).gap_reason == "spilled"
    assert chart(stated + "note Tolerated well.").gap_reason == "spilled"
    assert chart(stated + "waste 5 U, spilled").gap_reason == ""
    assert chart(stated + "dose OCC-1-L 7.5 U, pain here").gap_reason == ""
    assert chart(stated + "waste 5 U, spilled\ngap the rest is unknown").gap_reason == (
        "the rest is unknown"
    )


def test_the_next_vial_is_the_one_that_the_next_dose_comes_out_of(chart: Chart) -> None:
    two = """
        vial BOTOX 100 U, lot C1, exp 2027-10
        vial BOTOX 100 U, lot C2, exp 2027-10
        plan protocol
    """
    given = "".join(f"give {code}\n" for code in ("COR", "PRO", "FRO", "TEM", "OCC R"))

    def following(lines: str) -> int | None:
        vial = next_vial(chart(lines))
        return vial.number if vial else None

    assert following("plan protocol") is None
    assert following(two) == 1
    assert chart(two + given).given_units == 90
    assert following(two + given) == 1
    assert following(two + given + "give CPS-1-R\ngive CPS-1-L") == 2
    assert following(two + given + "draw from vial 2") == 2
    assert following("vial BOTOX 100 U, lot C1, exp 2027-10\ngive PRO-1-M\n" + two) == 3
