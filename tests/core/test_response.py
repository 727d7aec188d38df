"""Counts beside sessions: sums made by hand, and what is not compared."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.followup import FallRule, FewRule, GainRule, Outcomes, read_followup
from desktop.core.response import (
    Compared,
    Comparison,
    Cycle,
    Fall,
    Few,
    FourWeeks,
    Gain,
    NoBaseline,
    NotCounted,
    NotKnown,
    NotOver,
    Response,
    TooEarly,
    TooShort,
    Unknown,
    percent_change,
    respond,
)
from desktop.resources import ROOT

BOOK = read_followup(tomllib.loads((ROOT / "followup.toml").read_text("utf-8")))
RULES = {rule.key: rule for rule in BOOK.rules}
START = date(2025, 2, 3)
LATE = date(2027, 1, 1)


def after(days: int) -> date:
    """A day counted from the first session."""
    return START + timedelta(days=days)


def session(days: int) -> Cycle:
    return Cycle(after(days), {"frontalis": Decimal(20)}, Decimal(20))


def count(until: int, headache: int | None, observed: int = 28) -> Outcomes:
    """Headache days in the days observed, which end so many days after the first session."""
    return Outcomes(after(until), observed, headache, hit6=60)


def response(outcomes: Sequence[Outcomes], *sessions: int, today: date = LATE) -> Response:
    return respond(outcomes, [session(days) for days in sessions], BOOK, today)


def comparisons(answer: Response) -> list[Comparison]:
    return [each.comparison for each in answer.cycles]


def fall_rule(key: str) -> FallRule:
    rule = RULES[key]
    assert isinstance(rule, FallRule)
    return rule


def few_rule(key: str) -> FewRule:
    rule = RULES[key]
    assert isinstance(rule, FewRule)
    return rule


def gain_rule() -> GainRule:
    rule = RULES["payer"]
    assert isinstance(rule, GainRule)
    return rule


def test_six_cycles_are_what_a_hand_makes_of_them() -> None:
    baseline = count(0, 20)
    at_the_end = [
        count(84, 18),
        count(168, 15),
        count(252, 12),
        count(336, 13, observed=26),
        count(420, 9, observed=27),
        count(504, 8),
    ]
    week_4 = count(28, 16)
    answer = response([baseline, week_4, *at_the_end], 0, 84, 168, 252, 336, 420)
    assert answer.baseline is baseline
    assert [each.outcomes for each in answer.cycles] == at_the_end
    # By hand, of a baseline of 20 days in 28:
    #   18 in 28               18 - 20 = -2          -2 / 20 = -10 %
    #   15 in 28               15 - 20 = -5          -5 / 20 = -25 %
    #   12 in 28               12 - 20 = -8          -8 / 20 = -40 %
    #   13 in 26 = 14 in 28    14 - 20 = -6          -6 / 20 = -30 %
    #   9 in 27 = 28/3 in 28   28/3 - 60/3 = -32/3   -32/3 / 20 = -160/3 %
    #   8 in 28                8 - 20 = -12         -12 / 20 = -60 %
    assert comparisons(answer) == [
        Compared(Fraction(18), Fraction(-10)),
        Compared(Fraction(15), Fraction(-25)),
        Compared(Fraction(12), Fraction(-40)),
        Compared(Fraction(14), Fraction(-30)),
        Compared(Fraction(28, 3), Fraction(-160, 3)),
        Compared(Fraction(8), Fraction(-60)),
    ]
    # Four weeks before the first session 20, after it 16: -4 / 20 = -20 %.
    first, second, *_rest = (each.four_weeks for each in answer.cycles)
    assert first == FourWeeks(baseline, week_4, Fraction(-20))
    assert second == FourWeeks(at_the_end[0], None, None)
    # Only the last 28 days lie together; 20 - 8 = 12 days fewer.
    assert answer.notes == (
        Fall(fall_rule("nice_fall"), 6, Fraction(-60), is_less=False),
        Fall(fall_rule("ehf_fall"), 6, Fraction(-60), is_less=False),
        Few(few_rule("nice_few"), 28, 84, Fraction(8), is_below=True),
        Few(few_rule("ehf_few"), 28, 84, Fraction(8), is_below=True),
        Gain(gain_rule(), 6, Fraction(12), is_reached=True),
    )


def test_the_order_of_counts_and_sessions_says_nothing() -> None:
    counts = [count(0, 20), count(84, 10), count(168, 5)]
    assert response(counts[::-1], 84, 0) == response(counts, 0, 84)


def test_the_baseline_is_the_last_count_of_headache_days_up_to_the_first_session() -> None:
    counts = [count(-60, 25), count(-1, 20), count(0, None), count(1, 9), count(84, 10)]
    assert response(counts, 0).baseline is counts[1]
    assert response([*counts, count(0, 21)], 0).baseline == count(0, 21)
    assert response(counts[3:], 0).baseline is None
    assert response([count(-60, 25), count(84, 10)]).baseline == count(84, 10)


def test_of_two_counts_that_end_on_one_day_the_later_one_counts() -> None:
    answer = response([count(0, 20), count(84, 10), count(84, 12)], 0)
    assert comparisons(answer) == [Compared(Fraction(12), Fraction(-40))]


@pytest.mark.parametrize(
    ("until", "today", "comparison"),
    [
        (27, 27, TooEarly(after(28))),
        (27, 28, NotCounted()),
        (28, 28, Compared(Fraction(10), Fraction(-50))),
    ],
)
def test_nothing_is_compared_before_week_4(until: int, today: int, comparison: Comparison) -> None:
    early = count(until, 10)
    answer = response([count(0, 20), early], 0, today=after(today))
    assert comparisons(answer) == [comparison]
    assert answer.cycles[0].outcomes is early
    assert answer.cycles[0].four_weeks.after is (early if until == 28 else None)


def test_a_cycle_has_the_counts_that_lie_in_it_alone() -> None:
    reaches_back = count(120, 10, observed=40)
    own = count(168, 8)
    answer = response([count(0, 20), count(84, 12), reaches_back, own, count(170, 6)], 0, 84, 168)
    assert [each.outcomes for each in answer.cycles] == [count(84, 12), own, None]
    assert response([count(0, 20), reaches_back], 0, 84).cycles[1].outcomes is None
    on_the_day = count(111, 10, observed=28)
    assert response([count(0, 20), on_the_day], 0, 84).cycles[1].outcomes is on_the_day


def test_a_count_on_the_day_of_a_session_belongs_to_the_cycle_before_it() -> None:
    answer = response([count(0, 20), count(84, 10)], 0, 84)
    assert comparisons(answer) == [Compared(Fraction(10), Fraction(-50)), NotCounted()]


def test_a_score_without_headache_days_is_shown_and_not_compared() -> None:
    answer = response([count(0, 20), count(84, None)], 0)
    assert comparisons(answer) == [NotCounted()]
    assert answer.cycles[0].outcomes == count(84, None)
    counted = response([count(0, 20), count(56, 10), count(84, None)], 0)
    assert comparisons(counted) == [Compared(Fraction(10), Fraction(-50))]


def test_without_a_baseline_or_with_one_of_zero_there_is_no_percentage() -> None:
    without = response([count(84, 10)], 0)
    assert comparisons(without) == [NoBaseline(Fraction(10))]
    zero = response([count(0, 0), count(84, 10)], 0)
    assert comparisons(zero) == [Compared(Fraction(10), None)]
    for answer in (without, zero):
        assert [note for note in answer.notes if isinstance(note, NotKnown)] == [
            NotKnown(RULES[key], Unknown.NO_BASELINE) for key in ("nice_fall", "ehf_fall", "payer")
        ]


def test_without_a_session_there_is_nothing_but_the_baseline() -> None:
    answer = response([count(0, 20)])
    assert (answer.baseline, answer.cycles) == (count(0, 20), ())
    assert {note.why for note in answer.notes if isinstance(note, NotKnown)} == {
        Unknown.NOT_COUNTED
    }


@pytest.mark.parametrize(
    ("days", "percent", "is_less"),
    [(7, Fraction(-30), False), (8, Fraction(-20), True), (11, Fraction(10), True)],
)
def test_a_fall_of_exactly_the_rules_percent_is_not_less(
    days: int, percent: Fraction, is_less: bool
) -> None:
    answer = response([count(0, 10), count(84, 10), count(168, days)], 0, 84)
    assert answer.notes[0] == Fall(fall_rule("nice_fall"), 2, percent, is_less)


def test_a_fall_is_looked_at_after_the_second_cycle() -> None:
    answer = response([count(0, 20), count(84, 19)], 0, 84)
    assert answer.notes[0] == NotKnown(RULES["nice_fall"], Unknown.TOO_FEW_CYCLES)


@pytest.mark.parametrize(
    ("today", "is_over"), [(84 + 28, False), (84 + 83, False), (84 + 84, True)]
)
def test_a_cycle_is_over_after_twelve_weeks(today: int, is_over: bool) -> None:
    answer = response([count(0, 20), count(112, 15)], 0, 84, today=after(today))
    fall = Fall(fall_rule("nice_fall"), 2, Fraction(-25), is_less=True)
    assert answer.notes[0] == (fall if is_over else NotOver(fall_rule("nice_fall"), 2))


def test_a_cycle_is_over_at_the_next_session_and_the_last_such_is_told() -> None:
    counts = [count(0, 20), count(98, 15), count(128, 5)]
    answer = response(counts, 0, 70, 100, today=after(128))
    assert answer.cycles[2].comparison == Compared(Fraction(5), Fraction(-75))
    assert answer.notes[0] == Fall(fall_rule("nice_fall"), 2, Fraction(-25), is_less=True)


def test_a_count_of_few_days_is_compared_with_nothing() -> None:
    one_day = response([count(0, 20), count(28, 1, observed=1)], 0)
    assert comparisons(one_day) == [TooShort(1, 14, is_baseline=False)]
    assert one_day.cycles[0].outcomes == count(28, 1, observed=1)
    assert {each.why for each in one_day.notes if isinstance(each, NotKnown)} == {Unknown.TOO_SHORT}
    assert len(one_day.notes) == len([n for n in one_day.notes if isinstance(n, NotKnown)])
    long = count(70, 7, observed=14)
    assert comparisons(response([count(0, 20), long, count(84, 9, observed=13)], 0)) == [
        Compared(Fraction(14), Fraction(-30))
    ]


def test_a_baseline_of_few_days_is_compared_with_nothing() -> None:
    short = count(0, 3, observed=13)
    answer = response([short, count(84, 10)], 0)
    assert (answer.baseline, comparisons(answer)) == (short, [TooShort(13, 14, is_baseline=True)])
    assert answer.notes[0] == NotKnown(RULES["nice_fall"], Unknown.TOO_SHORT)
    assert response([count(-30, 20), short], 0).baseline == count(-30, 20)


def test_nothing_is_said_of_few_headache_days_before_week_4() -> None:
    early = count(27, 27, observed=27)
    before, months = count(0, 20), [count(28, 14), count(56, 14), count(84, 14)]
    assert response([before, early], 0).notes[2] == NotKnown(RULES["nice_few"], Unknown.NOT_COUNTED)
    later = [count(27, 9, observed=27), count(55, 14), count(83, 14)]
    assert response([before, *later], 0).notes[2] == Few(
        few_rule("nice_few"), 56, 84, Fraction(14), is_below=True
    )
    few = Few(few_rule("nice_few"), 84, 84, Fraction(14), is_below=True)
    of_the_next = count(105, 20, observed=20)
    assert response([before, *months, of_the_next], 0, 84).notes[2] == few
    reaches_back = count(100, 20, observed=20)
    assert response([before, *months, reaches_back], 0, 84).notes[2] == Few(
        few_rule("nice_few"), 20, 84, Fraction(28), is_below=False
    )


@pytest.mark.parametrize(
    ("counts", "days", "highest", "is_below"),
    [
        ([(28, 14), (56, 10), (84, 12)], 84, 14, True),
        ([(28, 14), (55, 10), (84, 12)], 84, 14, True),  # a day without a count
        ([(21, 14), (56, 10), (84, 12)], 84 + 7, 14, True),  # a week without one
        ([(20, 14), (56, 10), (84, 12)], 56, 12, True),  # longer: no row
        ([(28, 15), (56, 10), (84, 12)], 56, 12, True),
        ([(28, 14), (56, 10), (84, 15)], 28, 15, False),
    ],
)
def test_few_headache_days_are_those_of_the_last_counts_in_a_row(
    counts: list[tuple[int, int]], days: int, highest: int, is_below: bool
) -> None:
    outcomes = [count(-40, 20), *(count(until, number) for until, number in counts)]
    answer = respond(outcomes, [session(-40)], BOOK, LATE)
    assert answer.notes[2] == Few(few_rule("nice_few"), days, 84, Fraction(highest), is_below)


def test_counts_before_the_first_session_are_not_taken_for_a_response() -> None:
    answer = response([count(-28, 9), count(0, 9)], 0)
    assert answer.notes[2] == NotKnown(RULES["nice_few"], Unknown.NOT_COUNTED)


@pytest.mark.parametrize(("days", "is_reached"), [(13, True), (14, False)])
def test_a_gain_of_exactly_seven_days_reaches_the_payers_rule(days: int, is_reached: bool) -> None:
    answer = response([count(0, 20), count(84, days)], 0)
    assert answer.notes[4] == Gain(gain_rule(), 1, Fraction(20 - days), is_reached)


@pytest.mark.parametrize(
    ("before", "after_it", "percent"),
    [
        (count(0, 20), count(28, 15), Fraction(-25)),
        (count(-7, 20), count(35, 15), Fraction(-25)),
        (count(-8, 20), count(28, 15), None),
        (count(0, 20), count(36, 15), None),
        (count(0, 20), count(28, 12, observed=21), Fraction(-20)),
        (count(0, 20), count(28, 12, observed=20), None),
        (count(0, 20), count(84, 15), None),
        (count(0, 0), count(28, 15), None),
    ],
)
def test_four_weeks_are_four_weeks_give_or_take_one(
    before: Outcomes, after_it: Outcomes, percent: Fraction | None
) -> None:
    assert response([before, after_it], 0).cycles[0].four_weeks.percent == percent


def test_of_several_counts_the_one_nearest_to_the_four_weeks_is_taken() -> None:
    near = replace(count(28, 15), note="near")
    answer = response([count(0, 20), near, count(31, 9)], 0)
    assert answer.cycles[0].four_weeks == FourWeeks(count(0, 20), near, Fraction(-25))


@given(
    before=st.fractions(Fraction(1, 366), 28, max_denominator=366),
    now=st.fractions(0, 28, max_denominator=366),
)
def test_a_percent_change_is_exact(before: Fraction, now: Fraction) -> None:
    change = percent_change(before, now)
    assert isinstance(change, Fraction)
    assert before + before * change / 100 == now
