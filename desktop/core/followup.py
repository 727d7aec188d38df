"""What comes after a session: side effects, counted days and scores, toxin given elsewhere.

Counts keep the days that they were counted in; what is derived from them is an exact fraction.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from desktop.core.amounts import amount_text, checked_amount
from desktop.core.errors import ExpectedError
from desktop.core.patient import checked_line, checked_text
from desktop.core.product import Product, toxin_called

OTHER = "other"  # the side effect, or class of medicine, that is none of the listed ones
IMPRESSIONS = range(1, 8)  # 1 is the best, 4 no change

Plain = dict[str, Any]


class FollowUpBeforeBirthError(ExpectedError):
    """Something is dated before the patient's birth."""

    def __init__(self, day: date, birth_date: date) -> None:
        """Keep both days."""
        super().__init__(f"{day} < {birth_date}")
        self.day = day
        self.birth_date = birth_date


class FollowUpInFutureError(ExpectedError):
    """Something that has happened is dated after today."""

    def __init__(self, day: date, today: date) -> None:
        """Keep both days."""
        super().__init__(f"{day} > {today}")
        self.day = day
        self.today = today


class ReportBeforeOnsetError(ExpectedError):
    """A side effect was reported before it began."""

    def __init__(self, reported_on: date, onset: date) -> None:
        """Keep both days."""
        super().__init__(f"{reported_on} < {onset}")
        self.reported_on = reported_on
        self.onset = onset


class NotOnPickListError(ExpectedError):
    """A word is not one of those that `followup.toml` offers."""

    def __init__(self, key: str, known: tuple[str, ...]) -> None:
        """Keep the word and those that are offered."""
        super().__init__(key)
        self.key = key
        self.known = known


class SideEffectNotDescribedError(ExpectedError):
    """A side effect that is none of the listed ones needs words of its own."""


class NoFigureError(ExpectedError):
    """A follow-up says something: a count, a score, an impression, a treatment or a remark."""


class DaysObservedError(ExpectedError):
    """Days are observed for one day at least and a year at most."""

    def __init__(self, days: int, limit: int) -> None:
        """Keep the days and the most that are taken."""
        super().__init__(str(days))
        self.days = days
        self.limit = limit


class DaysOverObservedError(ExpectedError):
    """More days were counted than observed, or fewer than none."""

    def __init__(self, days: int, observed: int) -> None:
        """Keep both numbers of days."""
        super().__init__(f"{days} > {observed}")
        self.days = days
        self.observed = observed


class MigraineOverHeadacheError(ExpectedError):
    """A migraine day is a headache day too."""

    def __init__(self, days: int, headache_days: int) -> None:
        """Keep both numbers of days."""
        super().__init__(f"{days} > {headache_days}")
        self.days = days
        self.headache_days = headache_days


class LongDaysOverHeadacheError(ExpectedError):
    """A day with four hours of headache or more is a headache day too."""

    def __init__(self, days: int, headache_days: int) -> None:
        """Keep both numbers of days."""
        super().__init__(f"{days} > {headache_days}")
        self.days = days
        self.headache_days = headache_days


class Hit6OutOfRangeError(ExpectedError):
    """A HIT-6 total lies between 36 and 78."""

    def __init__(self, total: int, low: int, high: int) -> None:
        """Keep the total and its limits."""
        super().__init__(str(total))
        self.total = total
        self.low = low
        self.high = high


class Hit6ImpossibleError(ExpectedError):
    """No six answers of the HIT-6 add up to this total."""

    def __init__(self, total: int) -> None:
        """Keep the total."""
        super().__init__(str(total))
        self.total = total


class MidasOutOfRangeError(ExpectedError):
    """A MIDAS total lies between 0 and 270 days."""

    def __init__(self, total: int, high: int) -> None:
        """Keep the total and its upper limit."""
        super().__init__(str(total))
        self.total = total
        self.high = high


class ImpressionOutOfRangeError(ExpectedError):
    """A global impression is one of seven."""

    def __init__(self, number: int) -> None:
        """Keep the number."""
        super().__init__(str(number))
        self.number = number


class WearOffWeekError(ExpectedError):
    """The week in which the effect wore off is counted from 1, within a year."""

    def __init__(self, week: int, limit: int) -> None:
        """Keep the week and the last that is taken."""
        super().__init__(str(week))
        self.week = week
        self.limit = limit


class ToxinNotNamedError(ExpectedError):
    """A toxin given elsewhere has a name: its units mean nothing without it."""


class ElsewhereUnitsError(ExpectedError):
    """The units given elsewhere are none, or more than anybody is given."""

    def __init__(self, units: Decimal, limit_units: Decimal) -> None:
        """Keep the units and the most that are taken."""
        super().__init__(amount_text(units))
        self.units = units
        self.limit_units = limit_units


class ElsewhereUnlikelyError(ExpectedError):
    """More than the largest dose of this toxin, and no remark says that it was so."""

    def __init__(self, toxin: str, units: Decimal, limit_units: Decimal) -> None:
        """Keep the toxin, the units, and the largest dose of it."""
        super().__init__(f"{toxin}: {amount_text(units)}")
        self.toxin = toxin
        self.units = units
        self.limit_units = limit_units


class EffectSide(StrEnum):
    """The patient's side on which a side effect shows."""

    RIGHT = "R"
    LEFT = "L"
    BOTH = "B"
    NOT_SAID = ""


@dataclass(frozen=True)
class SideEffect:
    """Something unwanted after a session: words of the pick list, days, and whether it is serious.

    A serious one is shown when the next session begins.
    """

    kind: str
    side: EffectSide
    site_note: str
    onset: date
    severity: str
    outcome: str
    reported_on: date
    is_serious: bool
    note: str = ""


@dataclass(frozen=True)
class Outcomes:
    """What was counted in the days observed, the last of which is `until`; none is not recorded.

    `acute_days` are the days with any dose, by class of medicine. `midas` covers three months by
    itself, whatever was observed. `wear_off_week` counts from the session.
    """

    until: date
    days_observed: int
    headache_days: int | None = None
    migraine_days: int | None = None
    days_4h: int | None = None
    acute_days: Mapping[str, int] = field(default_factory=dict)
    hit6: int | None = None
    midas: int | None = None
    impression: int | None = None
    wear_off_week: int | None = None
    supplemental: str = ""
    note: str = ""

    @property
    def since(self) -> date:
        """The first day observed."""
        return self.until - timedelta(days=self.days_observed - 1)

    def per(self, days: int, count: int) -> Fraction:
        """A count of these outcomes as so many in `days` days, exactly."""
        return Fraction(count * days, self.days_observed)


@dataclass(frozen=True)
class TreatedElsewhere:
    """A botulinum toxin given by somebody else, for whatever indication; `toxin` is its USAN.

    Units of one toxin are never added to, or compared with, those of another.
    """

    on: date
    toxin: str
    units: Decimal
    indication: str = ""
    where: str = ""
    note: str = ""


@dataclass(frozen=True)
class Sourced:
    """A number with the title of its source and the evidence for it (V, S or R)."""

    value: int
    source: str
    evidence: str


@dataclass(frozen=True)
class EffectKind:
    """A side effect of the pick list: whether it asks for a side, and is flagged by default."""

    key: str
    is_sided: bool
    is_serious: bool


@dataclass(frozen=True)
class Grade:
    """A band of a score from `low` up, such as MIDAS grade IV."""

    name: str
    low: int
    evidence: str


@dataclass(frozen=True)
class FallRule:
    """Too small a fall of headache days, in percent of the baseline, after some cycles."""

    key: str
    percent: Sourced
    first_cycle: int
    last_cycle: int


@dataclass(frozen=True)
class FewRule:
    """Few headache days a month, for some months in a row."""

    key: str
    below_days: Sourced
    months: int


@dataclass(frozen=True)
class GainRule:
    """Days, or hours, of headache a month fewer than before treatment."""

    key: str
    fewer_days: Sourced
    fewer_hours: int


Rule = FallRule | FewRule | GainRule


@dataclass(frozen=True)
class FollowUpBook:
    """What `followup.toml` says: pick lists, limits, and rules with their sources."""

    kinds: Mapping[str, EffectKind]
    severities: tuple[str, ...]
    outcomes: tuple[str, ...]
    acute: Mapping[str, Sourced | None]
    overuse_together: Sourced
    overuse_months: int
    month_days: int
    earliest_days: int
    least_days_observed: int
    cycle_days: int
    slack_days: int
    most_days_observed: int
    most_units_elsewhere: Decimal
    last_wear_off_week: int
    hit6_low: int
    hit6_high: int
    hit6_impossible: frozenset[int]
    midas_high: int
    midas_grades: tuple[Grade, ...]
    midas_parts: tuple[Grade, ...]
    rules: tuple[Rule, ...]

    def midas_grade(self, total: int) -> Grade:
        """The grade of a MIDAS total."""
        return next(each for each in reversed(self.midas_grades) if each.low <= total)

    def midas_part(self, total: int) -> Grade | None:
        """The part of a grade that is parted: IV-A or IV-B; a default, to be checked."""
        return next((each for each in reversed(self.midas_parts) if each.low <= total), None)


@dataclass(frozen=True)
class Overuse:
    """A class of medicine on as many days a month as its threshold, or more."""

    medicine: str
    per_month: Fraction
    threshold: Sourced
    months: int


@dataclass(frozen=True)
class OveruseTogether:
    """Several classes, none overused, on as many days together as their threshold.

    Their days may be the same days: together they are `least` to `most` of a month's.
    """

    least: Fraction
    most: Fraction
    threshold: Sourced
    months: int


OveruseNote = Overuse | OveruseTogether


def checked_side_effect(
    effect: SideEffect, birth_date: date, today: date, book: FollowUpBook
) -> SideEffect:
    """The side effect itself, if it can be recorded.

    Raises:
        NotOnPickListError: Kind, severity or outcome is not offered.
        SideEffectNotDescribedError: It is another one, and neither line says which.
        FollowUpBeforeBirthError: It began before the patient's birth.
        FollowUpInFutureError: It began, or was reported, after today.
        ReportBeforeOnsetError: It was reported before it began.
        TextTooLongError: A line or the note is too long.
        UnprintableCharacterError: A text holds a control character.
    """
    _listed(effect.kind, book.kinds)
    _listed(effect.severity, book.severities)
    _listed(effect.outcome, book.outcomes)
    checked_line(effect.site_note)
    if effect.kind == OTHER and not checked_text(effect.note).strip():
        raise SideEffectNotDescribedError
    checked_text(effect.note)
    _past(effect.onset, birth_date, today)
    if effect.reported_on > today:
        raise FollowUpInFutureError(effect.reported_on, today)
    if effect.reported_on < effect.onset:
        raise ReportBeforeOnsetError(effect.reported_on, effect.onset)
    return effect


def checked_outcomes(
    outcomes: Outcomes, birth_date: date, today: date, book: FollowUpBook
) -> Outcomes:
    """The outcomes themselves, if they can be.

    Raises:
        DaysObservedError: Fewer than one day was observed, or more than 366.
        FollowUpBeforeBirthError: The first day observed is before the patient's birth.
        FollowUpInFutureError: The last day observed is after today.
        DaysOverObservedError: A count is below zero or above the days observed.
        MigraineOverHeadacheError: There are more migraine days than headache days.
        LongDaysOverHeadacheError: There are more days of four hours than headache days.
        NotOnPickListError: A class of medicine is not offered.
        Hit6OutOfRangeError: The HIT-6 total is below 36 or above 78.
        Hit6ImpossibleError: It is 37, 39 or 77.
        MidasOutOfRangeError: The MIDAS total is below 0 or above 270.
        ImpressionOutOfRangeError: The impression is none of 1 to 7.
        WearOffWeekError: The week is none of 1 to 52.
        NoFigureError: There is no figure at all, and no word either.
        TextTooLongError: The supplemental treatment or the note is too long.
        UnprintableCharacterError: A text holds a control character.
    """
    if not 1 <= outcomes.days_observed <= book.most_days_observed:
        raise DaysObservedError(outcomes.days_observed, book.most_days_observed)
    if outcomes.until > today:
        raise FollowUpInFutureError(outcomes.until, today)
    _past(_first_day(outcomes), birth_date, today)
    _check_days(outcomes, book)
    _check_scores(outcomes, book)
    figures = (
        *(outcomes.headache_days, outcomes.migraine_days, outcomes.days_4h, outcomes.hit6),
        *(outcomes.midas, outcomes.impression, outcomes.wear_off_week),
    )
    said = outcomes.supplemental.strip() or outcomes.note.strip()
    if not (said or outcomes.acute_days) and all(each is None for each in figures):
        raise NoFigureError
    checked_line(outcomes.supplemental)
    checked_text(outcomes.note)
    return outcomes


def checked_elsewhere(
    treated: TreatedElsewhere,
    birth_date: date,
    today: date,
    book: FollowUpBook,
    products: Collection[Product],
) -> TreatedElsewhere:
    """The treatment, if it can be recorded; a toxin called by a brand gets its USAN.

    Raises:
        FollowUpBeforeBirthError: It was given before the patient's birth.
        FollowUpInFutureError: It was given after today.
        ToxinNotNamedError: The toxin has no name.
        ElsewhereUnitsError: The units are zero, less, or 10,000 or more.
        ElsewhereUnlikelyError: They are more than a dose of this toxin, and nothing is remarked.
        NotAnAmountError: The units are no number, or have more than two decimals.
        TextTooLongError: A line or the note is too long.
        UnprintableCharacterError: A text holds a control character.
    """
    _past(treated.on, birth_date, today)
    if not checked_line(treated.toxin).strip():
        raise ToxinNotNamedError
    toxin, units = toxin_called(treated.toxin, products), treated.units
    if units.is_finite() and not 0 < units < book.most_units_elsewhere:
        raise ElsewhereUnitsError(units, book.most_units_elsewhere)
    checked_amount(units)
    largest = max(
        (each.largest_dose_units for each in products if each.usan == toxin), default=units
    )
    # What was given can be recorded, however much it was; a slip of the key is not remarked upon.
    if units > largest and not treated.note.strip():
        raise ElsewhereUnlikelyError(toxin, units, largest)
    checked_line(treated.indication)
    checked_line(treated.where)
    checked_text(treated.note)
    return treated if toxin == treated.toxin else replace(treated, toxin=toxin)


def overuse_notes(outcomes: Outcomes, book: FollowUpBook) -> tuple[OveruseNote, ...]:
    """Where the days with acute medicine reach a threshold of medication overuse.

    Information: overuse also has to go on for more than three months, which one count cannot say.

    Source:
        ICHD-3, 8.2; the numbers are expert opinion by its own account.
    """
    days = {key: outcomes.per(book.month_days, count) for key, count in outcomes.acute_days.items()}
    limits = {key: limit for key in days if (limit := book.acute.get(key)) is not None}
    single = tuple(
        Overuse(key, days[key], limit, book.overuse_months)
        for key, limit in limits.items()
        if days[key] >= limit.value
    )
    counted = [days[key] for key in limits if days[key]]
    if single or len(counted) < 2:
        return single
    most = min(sum(counted, Fraction()), Fraction(book.month_days))
    if most < book.overuse_together.value:
        return ()
    together = OveruseTogether(max(counted), most, book.overuse_together, book.overuse_months)
    return (together,)


def side_effect_to_plain(effect: SideEffect) -> Plain:
    """Everything about a side effect."""
    return {
        "kind": effect.kind,
        "side": effect.side.value,
        "site_note": effect.site_note,
        "onset": effect.onset.isoformat(),
        "severity": effect.severity,
        "outcome": effect.outcome,
        "reported_on": effect.reported_on.isoformat(),
        "is_serious": effect.is_serious,
        "note": effect.note,
    }


def side_effect_from_plain(plain: Mapping[str, Any]) -> SideEffect:
    """The side effect that `side_effect_to_plain` wrote."""
    return SideEffect(
        kind=plain["kind"],
        side=EffectSide(plain["side"]),
        site_note=plain["site_note"],
        onset=date.fromisoformat(plain["onset"]),
        severity=plain["severity"],
        outcome=plain["outcome"],
        reported_on=date.fromisoformat(plain["reported_on"]),
        is_serious=plain["is_serious"],
        note=plain["note"],
    )


def outcomes_to_plain(outcomes: Outcomes) -> Plain:
    """Everything about some outcomes; classes of medicine in the order of their keys."""
    return {
        "until": outcomes.until.isoformat(),
        "days_observed": outcomes.days_observed,
        "headache_days": outcomes.headache_days,
        "migraine_days": outcomes.migraine_days,
        "days_4h": outcomes.days_4h,
        "acute_days": dict(sorted(outcomes.acute_days.items())),
        "hit6": outcomes.hit6,
        "midas": outcomes.midas,
        "impression": outcomes.impression,
        "wear_off_week": outcomes.wear_off_week,
        "supplemental": outcomes.supplemental,
        "note": outcomes.note,
    }


def outcomes_from_plain(plain: Mapping[str, Any]) -> Outcomes:
    """The outcomes that `outcomes_to_plain` wrote."""
    return Outcomes(
        **{
            **plain,
            "until": date.fromisoformat(plain["until"]),
            "acute_days": dict(plain["acute_days"]),
        }
    )


def elsewhere_to_plain(treated: TreatedElsewhere) -> Plain:
    """Everything about a treatment elsewhere."""
    return {
        "on": treated.on.isoformat(),
        "toxin": treated.toxin,
        "units": amount_text(treated.units),
        "indication": treated.indication,
        "where": treated.where,
        "note": treated.note,
    }


def elsewhere_from_plain(plain: Mapping[str, Any]) -> TreatedElsewhere:
    """The treatment that `elsewhere_to_plain` wrote."""
    return TreatedElsewhere(
        **{
            **plain,
            "on": date.fromisoformat(plain["on"]),
            "units": Decimal(plain["units"]),
        }
    )


def read_followup(table: Mapping[str, Any]) -> FollowUpBook:
    """Build the book from `followup.toml` as read by `tomllib`."""
    sources, days, effects = table["sources"], table["days"], table["side_effects"]
    hit6, midas, overuse = table["hit6"], table["midas"], table["overuse"]
    return FollowUpBook(
        kinds={
            key: EffectKind(key, each.get("sided", False), each.get("serious", False))
            for key, each in effects["kinds"].items()
        },
        severities=tuple(effects["severities"]),
        outcomes=tuple(effects["outcomes"]),
        acute={
            key: _read_sourced(each, sources) if each else None
            for key, each in table["acute"].items()
        },
        overuse_together=_read_sourced(overuse["together"], sources),
        overuse_months=overuse["months"]["value"],
        month_days=days["month"]["value"],
        earliest_days=days["earliest"]["value"],
        least_days_observed=days["least_observed"]["value"],
        cycle_days=days["cycle"]["value"],
        slack_days=days["slack"]["value"],
        most_days_observed=days["most_observed"]["value"],
        most_units_elsewhere=Decimal(table["elsewhere"]["most_units"]["value"]),
        last_wear_off_week=table["wear_off"]["last_week"]["value"],
        hit6_low=hit6["low"]["value"],
        hit6_high=hit6["high"]["value"],
        hit6_impossible=frozenset(hit6["impossible"]["values"]),
        midas_high=midas["high"]["value"],
        midas_grades=tuple(_read_grade(each) for each in midas["grades"]),
        midas_parts=tuple(_read_grade(each) for each in midas["parts"]),
        rules=tuple(_read_rule(key, each, sources) for key, each in table["rules"].items()),
    )


def _read_sourced(table: Mapping[str, Any], sources: Mapping[str, str]) -> Sourced:
    return Sourced(table["value"], sources[table["source"]], table["evidence"])


def _read_grade(table: Mapping[str, Any]) -> Grade:
    return Grade(table["name"], table["low"], table["evidence"])


def _read_rule(key: str, table: Mapping[str, Any], sources: Mapping[str, str]) -> Rule:
    if "percent" in table:
        first, last = table["cycles"]["values"]
        return FallRule(key, _read_sourced(table["percent"], sources), first, last)
    if "below_days" in table:
        below = _read_sourced(table["below_days"], sources)
        return FewRule(key, below, table["months"]["value"])
    fewer = _read_sourced(table["fewer_days"], sources)
    return GainRule(key, fewer, table["fewer_hours"]["value"])


def _listed(key: str, known: Mapping[str, object] | tuple[str, ...]) -> None:
    if key not in known:
        raise NotOnPickListError(key, tuple(known))


def _past(day: date, birth_date: date, today: date) -> None:
    if day > today:
        raise FollowUpInFutureError(day, today)
    if day < birth_date:
        raise FollowUpBeforeBirthError(day, birth_date)


def _first_day(outcomes: Outcomes) -> date:
    """The first day observed, or the first of the calendar, before which nobody was born."""
    try:
        return outcomes.since
    except OverflowError:
        return date.min


def _check_days(outcomes: Outcomes, book: FollowUpBook) -> None:
    headache, migraine, long = outcomes.headache_days, outcomes.migraine_days, outcomes.days_4h
    for key in outcomes.acute_days:
        _listed(key, book.acute)
    for days in (headache, migraine, long, *outcomes.acute_days.values()):
        if days is not None and not 0 <= days <= outcomes.days_observed:
            raise DaysOverObservedError(days, outcomes.days_observed)
    if headache is not None and migraine is not None and migraine > headache:
        raise MigraineOverHeadacheError(migraine, headache)
    if headache is not None and long is not None and long > headache:
        raise LongDaysOverHeadacheError(long, headache)


def _check_scores(outcomes: Outcomes, book: FollowUpBook) -> None:
    hit6, midas = outcomes.hit6, outcomes.midas
    if hit6 is not None and not book.hit6_low <= hit6 <= book.hit6_high:
        raise Hit6OutOfRangeError(hit6, book.hit6_low, book.hit6_high)
    if hit6 in book.hit6_impossible:
        raise Hit6ImpossibleError(hit6)
    if midas is not None and not 0 <= midas <= book.midas_high:
        raise MidasOutOfRangeError(midas, book.midas_high)
    if outcomes.impression is not None and outcomes.impression not in IMPRESSIONS:
        raise ImpressionOutOfRangeError(outcomes.impression)
    week = outcomes.wear_off_week
    if week is not None and not 1 <= week <= book.last_wear_off_week:
        raise WearOffWeekError(week, book.last_wear_off_week)
