"""What came after a session, in words: side effects, counts, scores, rules, and what was refused.

An exact number stands as it is; one that had to be rounded says "about".
"""

from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from desktop.core import followup, response
from desktop.core.amounts import amount_text
from desktop.core.errors import ExpectedError
from desktop.core.followup import (
    EffectSide,
    FallRule,
    FewRule,
    FollowUpBook,
    GainRule,
    Outcomes,
    OveruseNote,
    Rule,
    SideEffect,
    Sourced,
    TreatedElsewhere,
)
from desktop.core.response import Comparison, RuleNote, Unknown
from desktop.language import _, ngettext
from desktop.wording import date_text, list_text, units_text

TENTHS = 10


def kind_name(key: str) -> str:
    """A side effect of the pick list; a word of a later edition as it stands in the record."""
    names = {
        "neck_pain": _("neck pain"),
        "weakness": _("weakness of neck or shoulder"),
        "neck_stiffness": _("neck stiffness"),
        "eyelid_ptosis": _("drooping eyelid"),
        "brow_ptosis": _("drooping brow"),
        "brow_peaking": _("peaked brow"),
        "facial_asymmetry": _("uneven face"),
        "site_pain": _("pain at the site"),
        "bruising": _("bruise"),
        "headache_flare": _("flare of headache or migraine"),
        "faint": _("faint"),
        "site_swelling": _("swelling at the site"),
        "site_redness": _("redness at the site"),
        "dysphagia": _("trouble swallowing"),
        "breathing": _("trouble breathing"),
        "dysphonia": _("hoarse or weak voice"),
        "diplopia": _("double vision"),
        "dry_eye": _("dry eye"),
        "shoulder_drop": _("dropped shoulder"),
        "allergy": _("rash or allergy"),
        "flu_like": _("chills, as in flu"),
        "dry_mouth": _("dry mouth"),
        "fatigue": _("tiredness"),
        "other": _("other"),
    }
    return names.get(key, _as_recorded(key))


def severity_name(key: str) -> str:
    """How bad a side effect is."""
    names = {
        "mild": _("mild"),
        "moderate": _("moderate"),
        "severe": _("severe"),
        "not_recorded": _("severity not recorded"),
    }
    return names.get(key, _as_recorded(key))


def outcome_name(key: str) -> str:
    """What became of a side effect."""
    names = {
        "resolved": _("resolved"),
        "resolving": _("resolving"),
        "persisting": _("persisting"),
        "unknown": _("outcome not known"),
    }
    return names.get(key, _as_recorded(key))


def acute_name(key: str) -> str:
    """A class of medicine against an attack."""
    names = {
        "simple": _("simple painkillers"),
        "triptan": _("triptans"),
        "ergot": _("ergots"),
        "opioid": _("opioids"),
        "combination": _("combined painkillers"),
        "gepant": _("gepants"),
        "other": _("other medicines"),
    }
    return names.get(key, _as_recorded(key))


def impression_name(number: int) -> str:
    """The patient's impression since the session, from 1, the best, to 7."""
    return (
        _("far better"),
        _("clearly better"),
        _("a little better"),
        _("the same"),
        _("a little worse"),
        _("clearly worse"),
        _("far worse"),
    )[number - 1]


def effect_side_name(side: EffectSide) -> str:
    """The patient's side; nothing where it was not said."""
    match side:
        case EffectSide.RIGHT:
            return _("right")
        case EffectSide.LEFT:
            return _("left")
        case EffectSide.BOTH:
            return _("both sides")
        case EffectSide.NOT_SAID:
            return ""
        case _ as never:
            assert_never(never)


def _as_recorded(key: str) -> str:
    return key.replace("_", " ")


def side_effect_words(effect: SideEffect) -> str:
    """`Serious: trouble swallowing, mild, since 3 Mar 2026, resolving`, in one line."""
    parts = (
        kind_name(effect.kind),
        effect_side_name(effect.side),
        effect.site_note,
        severity_name(effect.severity),
        _("since {date}").format(date=date_text(effect.onset)),
        outcome_name(effect.outcome),
        effect.note if effect.kind == followup.OTHER else "",
    )
    words = list_text(part for part in parts if part)
    return _("Serious: {effect}").format(effect=words) if effect.is_serious else words


def elsewhere_words(treated: TreatedElsewhere) -> str:
    """`onabotulinumtoxinA, 100 units, 3 Mar 2026, bladder`, in one line."""
    parts = (
        treated.toxin,
        units_text(treated.units),
        date_text(treated.on),
        treated.indication,
        treated.where,
    )
    return list_text(part for part in parts if part)


def outcomes_words(outcomes: Outcomes) -> str:
    """`12 headache days in 28 days observed, to 3 Mar 2026`."""
    observed = ngettext("{number} day observed", "{number} days observed", outcomes.days_observed)
    window = {
        "observed": observed.format(number=outcomes.days_observed),
        "date": date_text(outcomes.until),
    }
    if outcomes.headache_days is None:
        return _("{observed}, to {date}").format(**window)
    headache = ngettext("{number} headache day", "{number} headache days", outcomes.headache_days)
    return _("{headache} in {observed}, to {date}").format(
        headache=headache.format(number=outcomes.headache_days), **window
    )


def rounded(value: Fraction) -> tuple[str, bool]:
    """The size of a number to a tenth, halves rounded up, and whether that is exact."""
    tenths = int(abs(value) * TENTHS + Fraction(1, 2))
    return amount_text(Decimal(tenths).scaleb(-1)), abs(value) * TENTHS == tenths


def number_text(value: Fraction) -> str:
    """The size of a number: `12`, `12.5`, or `about 12.9` of one that does not end there."""
    text, is_exact = rounded(value)
    return text if is_exact else _("about {number}").format(number=text)


def days_text(days: Fraction) -> str:
    """`1 day`, `about 12.9 days`."""
    one = _("{number} day") if days == 1 else _("{number} days")
    return one.format(number=number_text(days))


def percent_text(percent: Fraction) -> str:
    """A change in words: `about 45.5 % fewer`, `10 % more`, `no change`."""
    if not percent:
        return _("no change")
    number = number_text(percent)
    words = _("{number} % fewer") if percent < 0 else _("{number} % more")
    return words.format(number=number)


def comparison_words(comparison: Comparison) -> str:
    """How a cycle compares with the baseline, or why nothing is compared."""
    match comparison:
        case response.Compared(percent=percent):
            unknown = _("no percentage: the baseline is zero")
            return unknown if percent is None else percent_text(percent)
        case response.TooEarly(earliest=earliest):
            return _("too early: no comparison before week 4, {date}").format(
                date=date_text(earliest)
            )
        case response.NotCounted():
            return _("not counted to week 4")
        case response.NoBaseline():
            return _("no baseline to compare with")
        case response.TooShort(days_observed=days, least_days=least, is_baseline=is_baseline):
            words = (
                _("baseline too short to compare: {days} observed, and {least} are needed")
                if is_baseline
                else _("too short to compare: {days} observed, and {least} are needed")
            )
            return words.format(days=days_text(Fraction(days)), least=least)
        case _ as never:
            assert_never(never)


def midas_words(total: int, book: FollowUpBook) -> str:
    """`25, grade IV (IV-A, a division to be checked)`."""
    grade, part = book.midas_grade(total), book.midas_part(total)
    words = _("{total}, grade {grade}").format(total=total, grade=grade.name)
    if part is None:
        return words
    doubt = _("{part}, a division to be checked").format(part=part.name)
    return f"{words} ({doubt})"


def source_words(sourced: Sourced) -> str:
    """Where a number comes from, and whether somebody should look it up again."""
    match sourced.evidence:
        case "V":
            return sourced.source
        case "S":
            return _("{source}; second-hand").format(source=sourced.source)
        case _:
            return _("{source}; recalled, to be checked").format(source=sourced.source)


def source_of(rule: Rule) -> Sourced:
    """The number of a rule that its source and evidence stand with."""
    match rule:
        case FallRule(percent=sourced) | FewRule(below_days=sourced) | GainRule(fewer_days=sourced):
            return sourced
        case _ as never:
            assert_never(never)


def rule_words(rule: Rule) -> str:
    """What a rule says, whoever is treated."""
    match rule:
        case FallRule():
            return _("Stop if the fall is under {percent} % after {cycles} cycles.").format(
                percent=rule.percent.value, cycles=_span(rule.first_cycle, rule.last_cycle)
            )
        case FewRule():
            return _("Stop if under {days} days a month, {months} months running.").format(
                days=rule.below_days.value, months=rule.months
            )
        case GainRule():
            return _("Go on if {days} days a month fewer, or {hours} hours.").format(
                days=rule.fewer_days.value, hours=rule.fewer_hours
            )
        case _ as never:
            assert_never(never)


def _span(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}\N{EN DASH}{high}"


def note_words(note: RuleNote) -> str:
    """What the counts are, beside a rule: the figures, and never what to do."""
    match note:
        case response.NotKnown(why=why):
            return _unknown_words(why)
        case response.NotOver(number=number):
            return _("Not known yet: cycle {number} is not over.").format(number=number)
        case response.Fall(number=number, percent=percent) if percent >= 0:
            return _("Cycle {number}: {change}, not fewer.").format(
                number=number, change=percent_text(percent)
            )
        case response.Fall(rule=rule, number=number, percent=percent, is_less=is_less):
            words = (
                _("Cycle {number}: {change}. That is a fall of under {limit} %.")
                if is_less
                else _("Cycle {number}: {change}. That is {limit} % or more.")
            )
            return words.format(
                number=number, change=percent_text(percent), limit=rule.percent.value
            )
        case response.Few():
            return _few_words(note)
        case response.Gain():
            return _gain_words(note)
        case _ as never:
            assert_never(never)


def _few_words(note: response.Few) -> str:
    limit = note.rule.below_days.value
    window = ngettext("the last {number} day", "the last {number} days", note.days)
    words = {
        "window": window.format(number=note.days),
        "highest": number_text(note.highest),
        "limit": limit,
    }
    if not note.is_below:
        return _("{highest} a month in {window} counted: not under {limit}.").format(**words)
    if note.days < note.needed_days:
        return _("Under {limit} in {window}; not yet for {needed} days.").format(
            needed=note.needed_days, **words
        )
    return _("Under {limit} in {window}: {highest} a month at most.").format(**words)


def _gain_words(note: response.Gain) -> str:
    fewer, limit = note.fewer_days, note.rule.fewer_days.value
    change = (
        _("{days} fewer").format(days=days_text(fewer))
        if fewer >= 0
        else _("{days} more").format(days=days_text(fewer))
    )
    words = (
        _("Cycle {number}: {change}, {limit} or over; hours not recorded.")
        if note.is_reached
        else _("Cycle {number}: {change}, not {limit}; hours not recorded.")
    )
    return words.format(number=note.number, change=change, limit=limit)


def _unknown_words(why: Unknown) -> str:
    match why:
        case Unknown.NO_BASELINE:
            return _("Not known: there is no baseline.")
        case Unknown.TOO_FEW_CYCLES:
            return _("Not known yet: too few cycles are over.")
        case Unknown.NOT_COUNTED:
            return _("Not known: no cycle was counted to week 4.")
        case Unknown.TOO_SHORT:
            return _("Not known: too few days were observed to compare.")
        case _ as never:
            assert_never(never)


def overuse_rule_words(note: OveruseNote) -> str:
    """The threshold of medication overuse that a count has reached."""
    limits = {"days": note.threshold.value, "months": note.months}
    match note:
        case followup.Overuse(medicine=medicine):
            return _(
                "Overuse is {medicine} on {days} or more days a month, over {months} months."
            ).format(medicine=acute_name(medicine), **limits)
        case followup.OveruseTogether():
            return _(
                "Overuse is several classes on {days} or more days a month, over {months} months."
            ).format(**limits)
        case _ as never:
            assert_never(never)


def overuse_words(note: OveruseNote) -> str:
    """How many days a month were counted."""
    match note:
        case followup.Overuse(per_month=days):
            return _("{days} a month at the last count.").format(days=days_text(days))
        case followup.OveruseTogether(least=least, most=most):
            return _(
                "{least} to {most} a month at the last count: some may be the same days."
            ).format(least=number_text(least), most=days_text(most))
        case _ as never:
            assert_never(never)


def explain(error: ExpectedError) -> str | None:
    """The sentence of an error of the follow-up; none for one of another part."""
    match error:
        case followup.FollowUpBeforeBirthError(day=day, birth_date=born):
            return _("{date} is before the patient's birth on {born}. Check the date.").format(
                date=date_text(day), born=date_text(born)
            )
        case followup.FollowUpInFutureError(day=day, today=today):
            return _("{date} is still to come: today is {today}. Check the date.").format(
                date=date_text(day), today=date_text(today)
            )
        case followup.ReportBeforeOnsetError(reported_on=reported, onset=onset):
            return _(
                "It was reported on {reported}, before it began on {onset}. Check both dates."
            ).format(reported=date_text(reported), onset=date_text(onset))
        case followup.NotOnPickListError(key=""):
            return _("Choose what it was.")
        case followup.NotOnPickListError(key=key):
            return _("\u201c{word}\u201d is not on the list. Choose one that is.").format(word=key)
        case followup.SideEffectNotDescribedError():
            return _("Another side effect: write in the remarks what it was.")
        case followup.NoFigureError():
            return _(
                "Nothing is entered yet: a count, a score, an impression, a treatment or a remark."
            )
        case followup.DaysObservedError(days=days, limit=limit):
            return _("{days} days observed cannot be: enter 1 to {limit}.").format(
                days=days, limit=limit
            )
        case followup.DaysOverObservedError(days=days, observed=observed):
            return ngettext(
                "{days} days cannot be counted in {observed} day observed.",
                "{days} days cannot be counted in {observed} days observed.",
                observed,
            ).format(days=days, observed=observed)
        case followup.MigraineOverHeadacheError(days=days, headache_days=headache):
            return _(
                "A migraine day is a headache day too: {days} migraine days are more than"
                " {headache} headache days."
            ).format(days=days, headache=headache)
        case followup.LongDaysOverHeadacheError(days=days, headache_days=headache):
            return _(
                "A day with 4 hours of headache or more is a headache day too: {days} are more than"
                " {headache} headache days."
            ).format(days=days, headache=headache)
        case followup.Hit6OutOfRangeError(total=total, low=low, high=high):
            return _("A HIT-6 total is {low} to {high}; {total} cannot be.").format(
                low=low, high=high, total=total
            )
        case followup.Hit6ImpossibleError(total=total):
            return _("No six answers of the HIT-6 add up to {total}. Check the total.").format(
                total=total
            )
        case followup.MidasOutOfRangeError(total=total, high=high):
            return _("A MIDAS total is 0 to {high}; {total} cannot be.").format(
                high=high, total=total
            )
        case followup.ImpressionOutOfRangeError(number=number):
            return _("The impression is one of 1 to 7; {number} is none of them.").format(
                number=number
            )
        case followup.WearOffWeekError(week=week, limit=limit):
            return _("The week of wear-off is 1 to {limit}; {week} cannot be.").format(
                limit=limit, week=week
            )
        case followup.ToxinNotNamedError():
            return _("Name the toxin: units mean nothing without it.")
        case followup.ElsewhereUnitsError(units=units, limit_units=limit):
            return _("{units} cannot be: enter more than 0, and less than {limit}.").format(
                units=units_text(units), limit=amount_text(limit)
            )
        case followup.ElsewhereUnlikelyError(toxin=toxin, units=units, limit_units=limit):
            return _(
                "{units} of {toxin} is more than the largest dose, {limit}. Check it; if it was"
                " so, say so in the remarks."
            ).format(units=units_text(units), toxin=toxin, limit=units_text(limit))
        case _:
            return None
