"""What is kept between sessions, as the window lists it: a title, the rest, and who entered it."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import assert_never

from desktop.core.entries import Entry, EntryValue
from desktop.core.followup import (
    FollowUpBook,
    Outcomes,
    SideEffect,
    TreatedElsewhere,
    overuse_notes,
)
from desktop.core.response import TooEarly
from desktop.language import _, ngettext
from desktop.wording import date_text, moment_text, units_text
from desktop.words import followup as words


def entry_title(value: EntryValue) -> str:
    """What it is, in a few words: `12 headache days in 28 days observed, to 3 Mar 2026`."""
    match value:
        case Outcomes():
            return words.outcomes_words(value)
        case SideEffect():
            side = words.effect_side_name(value.side)
            name = words.kind_name(value.kind)
            what = _("{effect}, {side}").format(effect=name, side=side) if side else name
            if value.is_serious:
                return _("Serious: {effect}").format(effect=what)
            return what[:1].upper() + what[1:]
        case TreatedElsewhere():
            units = units_text(value.units)
            return _("{toxin}, {units}").format(toxin=value.toxin, units=units)
        case _ as never:
            assert_never(never)


def entry_details(value: EntryValue, book: FollowUpBook) -> tuple[str, ...]:
    """Everything else that was recorded, in the order in which it is asked for."""
    match value:
        case Outcomes():
            return tuple(_outcomes_details(value, book))
        case SideEffect():
            return tuple(_effect_details(value))
        case TreatedElsewhere():
            parts = (date_text(value.on), value.indication, value.where, value.note)
            return tuple(each for each in parts if each)
        case _ as never:
            assert_never(never)


def _outcomes_details(outcomes: Outcomes, book: FollowUpBook) -> Iterator[str]:
    if outcomes.days_4h is not None:
        yield days_4h_words(outcomes.days_4h)
    if outcomes.migraine_days is not None:
        yield ngettext(
            "{number} migraine day", "{number} migraine days", outcomes.migraine_days
        ).format(number=outcomes.migraine_days)
    for key, days in outcomes.acute_days.items():
        counted = ngettext("{medicine} on {number} day", "{medicine} on {number} days", days)
        yield counted.format(medicine=words.acute_name(key), number=days)
    if outcomes.hit6 is not None:
        yield _("HIT-6 {total}").format(total=outcomes.hit6)
    if outcomes.midas is not None:
        yield _("MIDAS {total}").format(total=words.midas_words(outcomes.midas, book))
    if outcomes.impression is not None:
        yield words.impression_name(outcomes.impression)
    if outcomes.wear_off_week is not None:
        yield _("wore off in week {number}").format(number=outcomes.wear_off_week)
    if outcomes.supplemental:
        yield _("also treated with {treatment}").format(treatment=outcomes.supplemental)
    if outcomes.note:
        yield outcomes.note


def days_4h_words(days: int) -> str:
    """`9 days of 4 hours or more`."""
    return ngettext(
        "{number} day of 4 hours or more", "{number} days of 4 hours or more", days
    ).format(number=days)


def _effect_details(effect: SideEffect) -> Iterator[str]:
    if effect.site_note:
        yield effect.site_note
    yield words.severity_name(effect.severity)
    yield _("since {date}").format(date=date_text(effect.onset))
    yield words.outcome_name(effect.outcome)
    yield _("reported {date}").format(date=date_text(effect.reported_on))
    if effect.note:
        yield effect.note


def early_words(sessions: Iterable[date], day: date, book: FollowUpBook) -> str:
    """That nothing is compared on a day before week 4 after a session is over; else nothing."""
    last = max((each for each in sessions if each <= day), default=None)
    if last is None:
        return ""
    earliest = last + timedelta(days=book.earliest_days)
    if day >= earliest:
        return ""
    return _("Session of {session}, {words}.").format(
        session=date_text(last), words=words.comparison_words(TooEarly(earliest))
    )


def overuse_lines(outcomes: Outcomes, book: FollowUpBook) -> tuple[str, ...]:
    """Each threshold of medication overuse that the counts reach, with its source; no verdict."""
    return tuple(
        _("{count} {rule} Source: {source}.").format(
            count=words.overuse_words(note),
            rule=words.overuse_rule_words(note),
            source=words.source_words(note.threshold),
        )
        for note in overuse_notes(outcomes, book)
    )


def entered_words(entry: Entry) -> str:
    """When it was entered, and by whom; and whether it stands in the place of an earlier one."""
    told = {"moment": moment_text(entry.entered_at), "person": entry.entered_by}
    if entry.replaces:
        return _("corrected {moment}, {person}").format(**told)
    return _("entered {moment}, {person}").format(**told)


def serious_lines(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Every serious side effect, as it is said above the chart of the sessions that follow."""
    return tuple(
        words.side_effect_words(each.value)
        for each in entries
        if isinstance(each.value, SideEffect) and each.value.is_serious
    )
