"""What has to be looked at before the needle.

A guard says what it found; most ask for a reason to go on, which the session keeps under the
guard's key. None is a dead end, and what was done can always be recorded. Days are calendar days
in the clinic's zone, so that a change of the clocks never makes one more or one less.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar
from zoneinfo import ZoneInfo

from desktop.core.assessment import Assessment, Checklist, Criterion, Group, Said

CLOCK_TOLERANCE = timedelta(minutes=5)  # two computers of one clinic may differ so much
ELSEWHERE_QUESTION = "other_toxin"
ELSEWHERE = "elsewhere"  # where a treatment was, when the record names no place


@dataclass(frozen=True)
class NoAssessment:
    """Nothing was asked before the needle."""

    key: ClassVar[str] = "no assessment"
    needs_reason: ClassVar[bool] = True


@dataclass(frozen=True)
class Contraindicated:
    """The label names this as a contraindication; the question by its key.

    `ingredient` is what a product of this session holds, where the question is about that alone.
    """

    question: str
    note: str
    ingredient: str = ""

    needs_reason: ClassVar[bool] = True

    @property
    def key(self) -> str:
        """The same for every answer to the question."""
        return f"contraindicated {self.question}"


@dataclass(frozen=True)
class OtherToxin:
    """Another toxin was given lately, or is in this session; the newest day of each."""

    toxin: str
    on: date

    needs_reason: ClassVar[bool] = True

    @property
    def key(self) -> str:
        """The same for every day of the toxin."""
        return f"other toxin {_usan(self.toxin)}"


@dataclass(frozen=True)
class ElsewhereOnRecord:
    """No toxin elsewhere, says the answer; the record has one. Information; the newest day."""

    on: date
    toxin: str

    key: ClassVar[str] = "elsewhere on record"
    needs_reason: ClassVar[bool] = False


@dataclass(frozen=True)
class OverCumulative:
    """One toxin's units of the last days, with this session's, are over the label's limit."""

    units: Decimal
    limit_units: Decimal
    days: int
    toxin: str

    needs_reason: ClassVar[bool] = True

    @property
    def key(self) -> str:
        """The same for every sum of the toxin."""
        return f"over cumulative {self.toxin}"


@dataclass(frozen=True)
class TooEarly:
    """The last treatment was not long enough ago; `where` is empty for this clinic."""

    days: int
    least_days: int
    earliest: date
    where: str = ""

    key: ClassVar[str] = "too early"
    needs_reason: ClassVar[bool] = True


@dataclass(frozen=True)
class Warned:
    """The label warns of this; the question by its key."""

    question: str
    note: str

    needs_reason: ClassVar[bool] = True

    @property
    def key(self) -> str:
        """The same for every answer to the question."""
        return f"warned {self.question}"


@dataclass(frozen=True)
class NotEligible:
    """A figure is below what the label asks for; none where the answer was no."""

    criterion: Criterion
    figure: int | None
    least: int

    needs_reason: ClassVar[bool] = True

    @property
    def key(self) -> str:
        """The same for every figure of the criterion."""
        return f"not eligible {self.criterion.value}"


@dataclass(frozen=True)
class Under18:
    """The label is for adults."""

    age_years: int

    key: ClassVar[str] = "under 18"
    needs_reason: ClassVar[bool] = True


@dataclass(frozen=True)
class NoConsent:
    """No consent is recorded."""

    key: ClassVar[str] = "no consent"
    needs_reason: ClassVar[bool] = True


@dataclass(frozen=True)
class NotAsked:
    """Questions that nobody asked, and figures that nobody recorded. Information."""

    questions: tuple[str, ...]
    criteria: tuple[Criterion, ...]

    key: ClassVar[str] = "not asked"
    needs_reason: ClassVar[bool] = False


@dataclass(frozen=True)
class Noted:
    """Something to know of; the question by its key. Information."""

    question: str
    note: str

    needs_reason: ClassVar[bool] = False

    @property
    def key(self) -> str:
        """The same for every answer to the question."""
        return f"noted {self.question}"


@dataclass(frozen=True)
class DoseChange:
    """Another total than last time, of the same toxin. Information."""

    units: Decimal
    last_units: Decimal

    key: ClassVar[str] = "dose change"
    needs_reason: ClassVar[bool] = False


@dataclass(frozen=True)
class SinceLast:
    """Days since the last treatment, where they are enough. Information."""

    days: int

    key: ClassVar[str] = "since last"
    needs_reason: ClassVar[bool] = False


@dataclass(frozen=True)
class WithinLimit:
    """One toxin's units of the last days, with this session's, under the limit. Information."""

    units: Decimal
    limit_units: Decimal
    days: int
    toxin: str

    needs_reason: ClassVar[bool] = False

    @property
    def key(self) -> str:
        """The same for every sum of the toxin."""
        return f"within limit {self.toxin}"


@dataclass(frozen=True)
class ClockSetBack:
    """The computer's clock is before the newest entry of the record. Information."""

    now: datetime
    latest: datetime

    key: ClassVar[str] = "clock set back"
    needs_reason: ClassVar[bool] = False


Guard = (
    NoAssessment
    | Contraindicated
    | OtherToxin
    | ElsewhereOnRecord
    | OverCumulative
    | TooEarly
    | Warned
    | NotEligible
    | Under18
    | NoConsent
    | NotAsked
    | Noted
    | DoseChange
    | SinceLast
    | WithinLimit
    | ClockSetBack
)


@dataclass(frozen=True)
class PastDose:
    """What was given at one treatment; `toxin` is the USAN, in whichever case it was typed.

    `where` is empty for this clinic; `dose_elsewhere` makes one of another place.
    """

    on: date
    toxin: str
    units: Decimal
    where: str = ""


@dataclass(frozen=True)
class Limit:
    """The most units of a toxin, for all indications together, within so many days."""

    units: Decimal
    days: int


@dataclass(frozen=True)
class Visit:
    """What is known before the needle.

    `today` is the day of the session in the clinic's zone, `profile` the label in use. `units` are
    this session's, planned and given, by toxin, the toxin in use first; with nothing charted yet
    it stands there with zero. `past` holds every treatment but this one. `ingredients` are those
    of the session's products, by their keys.
    """

    today: date
    birth_date: date
    profile: str
    assessment: Assessment | None
    past: tuple[PastDose, ...]
    units: Mapping[str, Decimal]
    ingredients: frozenset[str] = frozenset()


def guards(visit: Visit, checklist: Checklist, limits: Mapping[str, Limit]) -> list[Guard]:
    """What has to be looked at, the gravest kinds first; limits by toxin."""
    return [
        *_missing_assessment(visit),
        *_answer_guards(visit, checklist, Group.CONTRAINDICATION),
        *_other_toxins(visit, checklist),
        *_over_cumulative(visit, limits),
        *_too_early(visit, checklist),
        *_answer_guards(visit, checklist, Group.WARNING),
        *_not_eligible(visit, checklist),
        *_under_age(visit, checklist),
        *_missing_consent(visit),
        *_not_asked(visit, checklist),
        *_against_the_record(visit, checklist),
        *_answer_guards(visit, checklist, Group.INFORMATION),
        *_dose_change(visit),
    ]


def dose_elsewhere(on: date, toxin: str, units: Decimal, where: str) -> PastDose:
    """What somebody else gave; a place that nobody named is not this clinic."""
    return PastDose(on, toxin, units, where.strip() or ELSEWHERE)


def days_between(earlier: datetime, later: datetime, zone: ZoneInfo) -> int:
    """Calendar days from one time to another, as the clinic's calendar counts them."""
    return (later.astimezone(zone).date() - earlier.astimezone(zone).date()).days


def earliest_day(last: date, checklist: Checklist) -> date:
    """The first day on which the next treatment is not too early."""
    return last + timedelta(days=checklist.least_days_apart)


def cumulative_units(
    past: Iterable[PastDose], toxin: str, today: date, days: int, units_today: Decimal
) -> Decimal:
    """Units of one toxin in the last days, today being the last of them, with this session's.

    With 84 days, a dose of 83 days ago counts, and one of 84 days ago does not.
    """
    doses = (
        each.units
        for each in past
        if _usan(each.toxin) == _usan(toxin) and _is_within(each.on, today, days)
    )
    return sum(doses, units_today)


def age_years(birth_date: date, on: date) -> int:
    """Age in whole years; who is born on 29 February has a birthday on 1 March in other years."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def clock_set_back(now: datetime, latest: datetime) -> ClockSetBack | None:
    """Whether the clock is over five minutes before the newest entry of the record."""
    # Times of one zone would be compared by what the clocks showed, which repeats in autumn.
    back = latest.astimezone(UTC) - now.astimezone(UTC)
    return ClockSetBack(now, latest) if back > CLOCK_TOLERANCE else None


def _is_within(on: date, today: date, days: int) -> bool:
    return 0 <= (today - on).days < days


def _usan(toxin: str) -> str:
    """A toxin's name to be compared by: what was given elsewhere is typed by hand."""
    return toxin.strip().casefold()


def _is_blank(assessment: Assessment) -> bool:
    figures = (assessment.headache_days, assessment.migraine_days, assessment.months)
    return (
        all(answer.value is Said.NOT_ASKED for answer in assessment.answers.values())
        and all(figure is None for figure in figures)
        and assessment.days_4h is None
    )


def _missing_assessment(visit: Visit) -> Iterator[Guard]:
    if visit.assessment is None or _is_blank(visit.assessment):
        yield NoAssessment()


def _missing_consent(visit: Visit) -> Iterator[Guard]:
    if visit.assessment is None or visit.assessment.consent is None:
        yield NoConsent()


def _answer_guards(visit: Visit, checklist: Checklist, group: Group) -> Iterator[Guard]:
    answers = visit.assessment.answers if visit.assessment else {}
    known = [key for key in checklist.questions if key in answers]
    # A question of another edition is no reason to pass over its yes.
    for key in [*known, *(key for key in answers if key not in checklist.questions)]:
        question = checklist.questions.get(key)
        held = question.ingredient if question else ""
        held = held if held in visit.ingredients else ""
        its_group = question.group if question else Group.WARNING
        its_group = Group.CONTRAINDICATION if held else its_group
        if its_group is not group or answers[key].value is not Said.YES:
            continue
        match group:
            case Group.CONTRAINDICATION:
                yield Contraindicated(key, answers[key].note, held)
            case Group.WARNING:
                yield Warned(key, answers[key].note)
            case Group.INFORMATION:
                yield Noted(key, answers[key].note)


def _other_toxins(visit: Visit, checklist: Checklist) -> Iterator[Guard]:
    in_use = next(iter(visit.units), None)
    if in_use is None:
        return
    newest = {_usan(toxin): OtherToxin(toxin, visit.today) for toxin in visit.units}
    for each in sorted(visit.past, key=lambda dose: dose.on, reverse=True):
        if _is_within(each.on, visit.today, checklist.other_toxin_days):
            newest.setdefault(_usan(each.toxin), OtherToxin(each.toxin.strip(), each.on))
    yield from (guard for usan, guard in newest.items() if usan != _usan(in_use))


def _against_the_record(visit: Visit, checklist: Checklist) -> Iterator[Guard]:
    """An answer that came along may have been overtaken by what was entered since."""
    if visit.assessment is None or visit.assessment.said(ELSEWHERE_QUESTION) is not Said.NO:
        return
    days = checklist.other_toxin_days
    found = [each for each in visit.past if each.where and _is_within(each.on, visit.today, days)]
    if found:
        newest = max(found, key=lambda each: each.on)
        yield ElsewhereOnRecord(newest.on, newest.toxin)


def _over_cumulative(visit: Visit, limits: Mapping[str, Limit]) -> Iterator[Guard]:
    for toxin, units_today in visit.units.items():
        limit = limits.get(toxin)
        if limit is None:
            continue
        units = cumulative_units(visit.past, toxin, visit.today, limit.days, units_today)
        if units > limit.units:
            yield OverCumulative(units, limit.units, limit.days, toxin)


def _too_early(visit: Visit, checklist: Checklist) -> Iterator[Guard]:
    before = [each for each in visit.past if each.on <= visit.today]
    if not before:
        return
    # Of two treatments on one day, that of this clinic is the one that its staff will remember.
    last = max(before, key=lambda dose: (dose.on, not dose.where))
    earliest = earliest_day(last.on, checklist)
    if visit.today < earliest:
        days = (visit.today - last.on).days
        yield TooEarly(days, checklist.least_days_apart, earliest, last.where)


def _not_eligible(visit: Visit, checklist: Checklist) -> Iterator[Guard]:
    if visit.assessment is None:
        return
    figures = _figures(visit.assessment)
    for each in checklist.thresholds:
        if visit.profile not in each.profiles:
            continue
        if each.criterion is Criterion.HOURS:
            if visit.assessment.days_4h is False:
                yield NotEligible(each.criterion, None, each.least)
            continue
        figure = figures[each.criterion]
        if figure is not None and figure < each.least:
            yield NotEligible(each.criterion, figure, each.least)


def _figures(assessment: Assessment) -> dict[Criterion, int | None]:
    return {
        Criterion.HEADACHE_DAYS: assessment.headache_days,
        Criterion.MIGRAINE_DAYS: assessment.migraine_days,
        Criterion.MONTHS: assessment.months,
    }


def _under_age(visit: Visit, checklist: Checklist) -> Iterator[Guard]:
    age = age_years(visit.birth_date, visit.today)
    if age < checklist.least_age_years:
        yield Under18(age)


def _not_asked(visit: Visit, checklist: Checklist) -> Iterator[Guard]:
    assessment = visit.assessment
    if assessment is None or _is_blank(assessment):
        return
    questions = [key for key in checklist.questions if assessment.said(key) is Said.NOT_ASKED]
    recorded = {**_figures(assessment), Criterion.HOURS: assessment.days_4h}
    criteria = [
        each.criterion
        for each in checklist.thresholds
        if visit.profile in each.profiles and recorded[each.criterion] is None
    ]
    if questions or criteria:
        yield NotAsked(tuple(questions), tuple(criteria))


def _dose_change(visit: Visit) -> Iterator[Guard]:
    """Against the last treatment of this clinic with the toxin in use, and with no other."""
    for toxin, units in list(visit.units.items())[:1]:
        here = [
            each
            for each in visit.past
            if _usan(each.toxin) == _usan(toxin) and not each.where and each.on <= visit.today
        ]
        last_day = max((each.on for each in here), default=None)
        last_units = sum((each.units for each in here if each.on == last_day), Decimal(0))
        if last_day is not None and units > 0 and units != last_units:
            yield DoseChange(units, last_units)
