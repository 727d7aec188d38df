"""What the counted days say beside the sessions: exact figures and notes, and never a verdict.

A month is taken as four weeks. Counts of other lengths are brought to it as exact fractions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import dropwhile, takewhile

from desktop.core.followup import FallRule, FewRule, FollowUpBook, GainRule, Outcomes, Rule


@dataclass(frozen=True)
class Cycle:
    """A session that was given, and the units it gave: in all, and by the key of a region."""

    on: date
    units_by_region: Mapping[str, Decimal]
    units: Decimal


@dataclass(frozen=True)
class Compared:
    """Headache days a month against the baseline.

    `percent` is the change, below zero when there are fewer; none when the baseline is zero.
    """

    per_month: Fraction
    percent: Fraction | None


@dataclass(frozen=True)
class TooEarly:
    """Week 4 after the session is not over: nothing is compared before `earliest`."""

    earliest: date


@dataclass(frozen=True)
class NotCounted:
    """No headache days were counted in this cycle alone, to its fourth week or longer."""


@dataclass(frozen=True)
class NoBaseline:
    """No headache days were counted before the first session: there is nothing to compare with."""

    per_month: Fraction


@dataclass(frozen=True)
class TooShort:
    """A count of so few days is compared with nothing; of the baseline, or of the cycle."""

    days_observed: int
    least_days: int
    is_baseline: bool


Comparison = Compared | TooEarly | NotCounted | NoBaseline | TooShort


@dataclass(frozen=True)
class FourWeeks:
    """The four weeks before a session and the four after it, as far as they were counted.

    `percent` is the change from one to the other; none unless both are there and the first is
    more than zero.

    Source:
        European Headache Federation, J Headache Pain 2018;19:91.
    """

    before: Outcomes | None
    after: Outcomes | None
    percent: Fraction | None


@dataclass(frozen=True)
class CycleResponse:
    """One cycle: its number from 1, what was counted in it, and how that compares.

    `outcomes` are the last ones that lie in the cycle alone, before any that are too short to be
    compared. Those that also reach into the time
    before the session are in `FourWeeks.before` of a cycle, or nowhere.
    """

    number: int
    cycle: Cycle
    outcomes: Outcomes | None
    comparison: Comparison
    four_weeks: FourWeeks


class Unknown(StrEnum):
    """Why a rule says nothing."""

    NO_BASELINE = "no baseline"
    TOO_FEW_CYCLES = "too few cycles"
    NOT_COUNTED = "not counted"
    TOO_SHORT = "too short"


@dataclass(frozen=True)
class NotKnown:
    """A rule that the counts cannot answer, and why."""

    rule: Rule
    why: Unknown


@dataclass(frozen=True)
class NotOver:
    """A rule about whole cycles, and the cycle that is not over yet."""

    rule: FallRule
    number: int


@dataclass(frozen=True)
class Fall:
    """Whether headache days fell by less than a rule's percent, as of a cycle."""

    rule: FallRule
    number: int
    percent: Fraction
    is_less: bool


@dataclass(frozen=True)
class Few:
    """Whether headache days were below a rule's number in every count of the last `days` days.

    `highest` is the highest of these counts, as so many a month. `needed_days` are what the rule
    asks for: with fewer counted in a row it is not answered yet. Nothing is said of counts before
    week 4 of the first cycle, or of the newest one.
    """

    rule: FewRule
    days: int
    needed_days: int
    highest: Fraction
    is_below: bool


@dataclass(frozen=True)
class Gain:
    """How many headache days a month fewer than at the baseline, as of a cycle."""

    rule: GainRule
    number: int
    fewer_days: Fraction
    is_reached: bool


RuleNote = NotKnown | NotOver | Fall | Few | Gain


@dataclass(frozen=True)
class Response:
    """The baseline, the cycles in their order, and what each rule says of them."""

    baseline: Outcomes | None
    cycles: tuple[CycleResponse, ...]
    notes: tuple[RuleNote, ...]


def respond(
    outcomes: Iterable[Outcomes], cycles: Iterable[Cycle], book: FollowUpBook, today: date
) -> Response:
    """Put counts and sessions of one patient side by side.

    The baseline is the last count of headache days that ends on or before the day of the first
    session, and of enough days if there is one. A count belongs to the cycle in which it ends; what
    ends on the day of the next session was lived through before it.

    Args:
        outcomes: Any, in any order; of two that end on one day the later one counts.
        cycles: The sessions given, in any order.
        book: Limits and rules.
        today: Whether a fourth week is over, or a cycle.
    """
    counted = sorted(outcomes, key=lambda each: each.until)
    sessions = sorted(cycles, key=lambda each: each.on)
    baseline = _baseline(counted, sessions, book)
    ends = [*(each.on for each in sessions[1:]), date.max]
    answers = tuple(
        _response(number, cycle, end, counted, baseline, book, today)
        for number, (cycle, end) in enumerate(zip(sessions, ends, strict=False), start=1)
    )
    treated = _settled(counted, sessions, book)
    over = sum(
        1
        for cycle, end in zip(sessions, ends, strict=False)
        if end <= today or (today - cycle.on).days >= book.cycle_days
    )
    notes = tuple(_note(rule, baseline, answers, treated, over, book) for rule in book.rules)
    return Response(baseline, answers, notes)


def per_month(outcomes: Outcomes, book: FollowUpBook) -> Fraction | None:
    """Headache days in four weeks, exactly; none when they were not counted."""
    if outcomes.headache_days is None:
        return None
    return outcomes.per(book.month_days, outcomes.headache_days)


def percent_change(before: Fraction, after: Fraction) -> Fraction | None:
    """The change in percent, below zero for a fall; none of nothing."""
    return (after - before) * 100 / before if before else None


def is_long(outcomes: Outcomes, book: FollowUpBook) -> bool:
    """Whether so many days were observed that they can be compared."""
    return outcomes.days_observed >= book.least_days_observed


def _settled(
    counted: Sequence[Outcomes], sessions: Sequence[Cycle], book: FollowUpBook
) -> list[Outcomes]:
    """The counts under treatment, without those before week 4 at either end of them."""

    def is_early(each: Outcomes) -> bool:
        last = next(one for one in reversed(sessions) if one.on <= each.since)
        return (each.until - last.on).days < book.earliest_days

    treated = [
        each
        for each in counted
        if each.headache_days is not None and sessions and each.since >= sessions[0].on
    ]
    # Between others, an early count tells of the months running, and not of its session.
    late = list(dropwhile(is_early, treated))
    return list(dropwhile(is_early, reversed(late)))[::-1]


def _baseline(
    counted: Sequence[Outcomes], sessions: Sequence[Cycle], book: FollowUpBook
) -> Outcomes | None:
    before = [
        each
        for each in counted
        if each.headache_days is not None and (not sessions or each.until <= sessions[0].on)
    ]
    long = [each for each in before if is_long(each, book)]
    return next(reversed(long or before), None)


def _response(
    number: int,
    cycle: Cycle,
    end: date,
    counted: Sequence[Outcomes],
    baseline: Outcomes | None,
    book: FollowUpBook,
    today: date,
) -> CycleResponse:
    own = [each for each in counted if each.since >= cycle.on and cycle.on < each.until <= end]
    earliest = cycle.on + timedelta(days=book.earliest_days)
    late = [each for each in own if each.until >= earliest and each.headache_days is not None]
    late = [each for each in late if is_long(each, book)] or late
    shown = late or own
    return CycleResponse(
        number,
        cycle,
        shown[-1] if shown else None,
        _comparison(late, earliest, baseline, book, today),
        _four_weeks(cycle, counted, late, book),
    )


def _comparison(
    late: Sequence[Outcomes],
    earliest: date,
    baseline: Outcomes | None,
    book: FollowUpBook,
    today: date,
) -> Comparison:
    now = per_month(late[-1], book) if late else None
    if now is None:
        return TooEarly(earliest) if today < earliest else NotCounted()
    for each, is_baseline in ((late[-1], False), (baseline, True)):
        if each and not is_long(each, book):
            return TooShort(each.days_observed, book.least_days_observed, is_baseline)
    before = per_month(baseline, book) if baseline else None
    return NoBaseline(now) if before is None else Compared(now, percent_change(before, now))


def _four_weeks(
    cycle: Cycle, counted: Sequence[Outcomes], late: Sequence[Outcomes], book: FollowUpBook
) -> FourWeeks:
    month = timedelta(days=book.month_days)
    before = _nearest(counted, cycle.on - month, cycle.on, book)
    after = _nearest(late, cycle.on, cycle.on + month, book)
    first = per_month(before, book) if before else None
    second = per_month(after, book) if after else None
    if first is None or second is None:
        return FourWeeks(before, after, None)
    return FourWeeks(before, after, percent_change(first, second))


def _nearest(
    counted: Sequence[Outcomes], start: date, end: date, book: FollowUpBook
) -> Outcomes | None:
    """The count of headache days that is nearest to the days after `start`, up to `end`."""

    def off(each: Outcomes) -> int:
        first = each.since - timedelta(days=1)
        return max(abs((first - start).days), abs((each.until - end).days))

    near = [
        each for each in counted if each.headache_days is not None and off(each) <= book.slack_days
    ]
    return min(reversed(near), key=off, default=None)


def _note(
    rule: Rule,
    baseline: Outcomes | None,
    answers: Sequence[CycleResponse],
    treated: Sequence[Outcomes],
    over: int,
    book: FollowUpBook,
) -> RuleNote:
    if isinstance(rule, FewRule):
        return _few(rule, treated, book)
    before = per_month(baseline, book) if baseline else None
    if not (baseline and before):
        return NotKnown(rule, Unknown.NO_BASELINE)
    if not is_long(baseline, book):
        return NotKnown(rule, Unknown.TOO_SHORT)
    compared = [
        (each.number, each.comparison) for each in answers if isinstance(each.comparison, Compared)
    ]
    if not compared:
        is_short = any(isinstance(each.comparison, TooShort) for each in answers)
        return NotKnown(rule, Unknown.TOO_SHORT if is_short else Unknown.NOT_COUNTED)
    number, last = compared[-1]
    if isinstance(rule, GainRule):
        fewer = before - last.per_month
        return Gain(rule, number, fewer, fewer >= rule.fewer_days.value)
    if number < rule.first_cycle:
        return NotKnown(rule, Unknown.TOO_FEW_CYCLES)
    whole = [each for each in compared if rule.first_cycle <= each[0] <= over]
    if not whole:
        return NotOver(rule, number)
    number, last = whole[-1]
    percent = (last.per_month - before) * 100 / before
    return Fall(rule, number, percent, -percent < rule.percent.value)


def _few(rule: FewRule, treated: Sequence[Outcomes], book: FollowUpBook) -> RuleNote:
    counts = [(each, now) for each in treated if (now := per_month(each, book)) is not None]
    counts = [each for each in counts if is_long(each[0], book)]
    if not counts:
        return NotKnown(rule, Unknown.TOO_SHORT if treated else Unknown.NOT_COUNTED)
    needed = rule.months * book.month_days
    limit = rule.below_days.value
    (last, now), *_earlier = reversed(counts)
    if now >= limit:
        return Few(rule, last.days_observed, needed, now, is_below=False)
    run = list(takewhile(lambda each: each[1] < limit, _in_a_row(counts, book.slack_days)))
    start = min(each.since for each, _now in run)
    days = (last.until - start).days + 1
    return Few(rule, days, needed, max(now for _each, now in run), is_below=True)


def _in_a_row(
    counts: Sequence[tuple[Outcomes, Fraction]], slack_days: int
) -> list[tuple[Outcomes, Fraction]]:
    """The last count and those before it, back to the first gap that is longer than the slack."""
    row = [counts[-1]]
    start = counts[-1][0].since
    for each in reversed(counts[:-1]):
        if (start - each[0].until).days - 1 > slack_days:
            break
        row.append(each)
        start = min(start, each[0].since)
    return row
