"""Side effects, counts and scores, toxin elsewhere: what is taken, what is refused, and kept."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core import followup
from desktop.core.amounts import NotAnAmountError
from desktop.core.errors import ExpectedError
from desktop.core.followup import (
    EffectSide,
    Outcomes,
    Overuse,
    OveruseTogether,
    SideEffect,
    TreatedElsewhere,
    checked_elsewhere,
    checked_outcomes,
    checked_side_effect,
    overuse_notes,
    read_followup,
)
from desktop.core.patient import LONGEST_NAME, TextTooLongError, UnprintableCharacterError
from desktop.resources import ROOT, handbook
from tests.resources.test_protocol import unsourced

TABLE = tomllib.loads((ROOT / "followup.toml").read_text("utf-8"))
BOOK = read_followup(TABLE)
PRODUCTS = list(handbook().products.values())
BORN, TODAY = date(1980, 2, 1), date(2026, 11, 22)
EFFECT = SideEffect(
    kind="eyelid_ptosis",
    side=EffectSide.LEFT,
    site_note="over the pupil",
    onset=date(2026, 9, 8),
    severity="mild",
    outcome="resolved",
    reported_on=date(2026, 11, 22),
    is_serious=False,
    note="Four weeks.",
)
OUTCOMES = Outcomes(
    until=date(2026, 11, 21),
    days_observed=28,
    headache_days=12,
    migraine_days=8,
    days_4h=12,
    acute_days={"triptan": 7, "simple": 0},
    hit6=60,
    midas=21,
    impression=2,
    wear_off_week=10,
    supplemental="bridging tablets in week 11",
    note="From the diary.",
)
ELSEWHERE = TreatedElsewhere(
    on=date(2026, 10, 1),
    toxin="onabotulinumtoxinA",
    units=Decimal("100.5"),
    indication="bladder",
    where="another clinic",
    note="As told.",
)


def test_every_number_has_a_source_and_what_is_recalled_says_so() -> None:
    assert unsourced(TABLE) == []
    assert {rule.key: followup_evidence(rule) for rule in BOOK.rules} == {
        "nice_fall": "V",
        "ehf_fall": "V",
        "nice_few": "V",
        "ehf_few": "V",
        "payer": "R",
    }
    assert {each.evidence for each in BOOK.midas_parts} == {"R"}


def followup_evidence(rule: followup.Rule) -> str:
    match rule:
        case followup.FallRule(percent=number) | followup.FewRule(below_days=number):
            return number.evidence
        case followup.GainRule(fewer_days=number):
            return number.evidence


def test_trouble_swallowing_breathing_and_allergy_are_flagged_by_default() -> None:
    serious = {key for key, kind in BOOK.kinds.items() if kind.is_serious}
    assert serious == {"dysphagia", "breathing", "allergy"}


def test_what_can_be_is_taken_as_it_is() -> None:
    assert checked_side_effect(EFFECT, BORN, TODAY, BOOK) is EFFECT
    assert checked_outcomes(OUTCOMES, BORN, TODAY, BOOK) is OUTCOMES
    assert checked_elsewhere(ELSEWHERE, BORN, TODAY, BOOK, PRODUCTS) is ELSEWHERE


@pytest.mark.parametrize(
    ("change", "error", "figures"),
    [
        ({"kind": "hiccup"}, followup.NotOnPickListError, {"key": "hiccup"}),
        ({"severity": "awful"}, followup.NotOnPickListError, {"key": "awful"}),
        ({"outcome": "gone"}, followup.NotOnPickListError, {"key": "gone"}),
        (
            {"onset": date(1980, 1, 31)},
            followup.FollowUpBeforeBirthError,
            {"day": date(1980, 1, 31), "birth_date": BORN},
        ),
        (
            {"onset": date(2026, 11, 23), "reported_on": date(2026, 11, 22)},
            followup.FollowUpInFutureError,
            {"day": date(2026, 11, 23), "today": TODAY},
        ),
        (
            {"reported_on": date(2026, 11, 23)},
            followup.FollowUpInFutureError,
            {"day": date(2026, 11, 23), "today": TODAY},
        ),
        (
            {"reported_on": date(2026, 9, 7)},
            followup.ReportBeforeOnsetError,
            {"reported_on": date(2026, 9, 7), "onset": date(2026, 9, 8)},
        ),
        ({"kind": "other", "note": " "}, followup.SideEffectNotDescribedError, {}),
        ({"site_note": "x" * 201}, TextTooLongError, {"length": 201, "limit": LONGEST_NAME}),
        ({"note": "\u202e"}, UnprintableCharacterError, {"character": "\u202e"}),
    ],
)
def test_a_side_effect_that_cannot_be_is_refused_with_its_figures(
    change: Mapping[str, Any], error: type[ExpectedError], figures: Mapping[str, Any]
) -> None:
    with pytest.raises(error) as caught:
        checked_side_effect(replace(EFFECT, **change), BORN, TODAY, BOOK)
    assert {name: getattr(caught.value, name) for name in figures} == figures


def test_a_side_effect_may_begin_at_birth_and_be_told_the_same_day() -> None:
    early = replace(EFFECT, onset=BORN, reported_on=BORN)
    assert checked_side_effect(early, BORN, BORN, BOOK) is early


@pytest.mark.parametrize(
    ("change", "error", "figures"),
    [
        ({"days_observed": 0}, followup.DaysObservedError, {"days": 0, "limit": 366}),
        ({"days_observed": 367}, followup.DaysObservedError, {"days": 367, "limit": 366}),
        (
            {"until": date(2026, 11, 23)},
            followup.FollowUpInFutureError,
            {"day": date(2026, 11, 23), "today": TODAY},
        ),
        (
            {"until": date(1980, 2, 27)},
            followup.FollowUpBeforeBirthError,
            {"day": date(1980, 1, 31), "birth_date": BORN},
        ),
        ({"until": date.min}, followup.FollowUpBeforeBirthError, {"day": date.min}),
        ({"headache_days": 29}, followup.DaysOverObservedError, {"days": 29, "observed": 28}),
        ({"headache_days": -1}, followup.DaysOverObservedError, {"days": -1, "observed": 28}),
        (
            {"headache_days": None, "migraine_days": 29},
            followup.DaysOverObservedError,
            {"days": 29, "observed": 28},
        ),
        ({"acute_days": {"triptan": 29}}, followup.DaysOverObservedError, {"days": 29}),
        ({"acute_days": {"tea": 3}}, followup.NotOnPickListError, {"key": "tea"}),
        (
            {"migraine_days": 13},
            followup.MigraineOverHeadacheError,
            {"days": 13, "headache_days": 12},
        ),
        ({"days_4h": 13}, followup.LongDaysOverHeadacheError, {"days": 13, "headache_days": 12}),
        ({"hit6": 35}, followup.Hit6OutOfRangeError, {"total": 35, "low": 36, "high": 78}),
        ({"hit6": 79}, followup.Hit6OutOfRangeError, {"total": 79, "low": 36, "high": 78}),
        ({"midas": -1}, followup.MidasOutOfRangeError, {"total": -1, "high": 270}),
        ({"midas": 271}, followup.MidasOutOfRangeError, {"total": 271, "high": 270}),
        ({"impression": 0}, followup.ImpressionOutOfRangeError, {"number": 0}),
        ({"impression": 8}, followup.ImpressionOutOfRangeError, {"number": 8}),
        ({"wear_off_week": 0}, followup.WearOffWeekError, {"week": 0, "limit": 52}),
        ({"wear_off_week": 53}, followup.WearOffWeekError, {"week": 53, "limit": 52}),
        ({"supplemental": "a\nb"}, UnprintableCharacterError, {"character": "\n"}),
        ({"note": "\x1d"}, UnprintableCharacterError, {"character": "\x1d"}),
    ],
)
def test_outcomes_that_cannot_be_are_refused_with_their_figures(
    change: Mapping[str, Any], error: type[ExpectedError], figures: Mapping[str, Any]
) -> None:
    with pytest.raises(error) as caught:
        checked_outcomes(replace(OUTCOMES, **change), BORN, TODAY, BOOK)
    assert {name: getattr(caught.value, name) for name in figures} == figures


def test_a_hit6_total_is_taken_exactly_when_six_answers_add_up_to_it() -> None:
    answers = (6, 8, 10, 11, 13)
    sums = {0}
    for _ in range(6):
        sums = {total + answer for total in sums for answer in answers}
    taken = set()
    for total in range(120):
        try:
            checked_outcomes(replace(OUTCOMES, hit6=total), BORN, TODAY, BOOK)
        except (followup.Hit6OutOfRangeError, followup.Hit6ImpossibleError):
            continue
        taken.add(total)
    assert taken == sums


def test_one_figure_or_word_is_enough_and_nothing_is_not() -> None:
    nothing = Outcomes(OUTCOMES.until, 28, supplemental=" ", note="\n")
    with pytest.raises(followup.NoFigureError):
        checked_outcomes(nothing, BORN, TODAY, BOOK)
    figures: list[dict[str, Any]] = [
        *({name: 1} for name in ("headache_days", "migraine_days", "days_4h", "midas")),
        *({"hit6": 36}, {"impression": 7}, {"wear_off_week": 1}, {"acute_days": {"opioid": 0}}),
        *({"supplemental": "tablets"}, {"note": "no diary"}),
    ]
    for figure in figures:
        some = replace(nothing, **figure)
        assert checked_outcomes(some, BORN, TODAY, BOOK) is some


@pytest.mark.parametrize(
    ("change", "error", "figures"),
    [
        ({"on": date(1980, 1, 31)}, followup.FollowUpBeforeBirthError, {"birth_date": BORN}),
        ({"on": date(2026, 11, 23)}, followup.FollowUpInFutureError, {"today": TODAY}),
        ({"toxin": " "}, followup.ToxinNotNamedError, {}),
        (
            {"units": Decimal(0)},
            followup.ElsewhereUnitsError,
            {"units": Decimal(0), "limit_units": Decimal(10000)},
        ),
        ({"units": Decimal(-5)}, followup.ElsewhereUnitsError, {"units": Decimal(-5)}),
        (
            {"units": Decimal(10000), "toxin": "a new toxin"},
            followup.ElsewhereUnitsError,
            {"units": Decimal(10000)},
        ),
        (
            {"units": Decimal("400.01"), "toxin": "botox", "note": " "},
            followup.ElsewhereUnlikelyError,
            {"toxin": "onabotulinumtoxinA", "limit_units": Decimal(400)},
        ),
        ({"units": Decimal("2.555")}, NotAnAmountError, {"text": "2.555"}),
        ({"units": Decimal("NaN")}, NotAnAmountError, {}),
        ({"where": "x" * 5000}, TextTooLongError, {"length": 5000}),
    ],
)
def test_a_treatment_elsewhere_that_cannot_be_is_refused_with_its_figures(
    change: Mapping[str, Any], error: type[ExpectedError], figures: Mapping[str, Any]
) -> None:
    with pytest.raises(error) as caught:
        checked_elsewhere(replace(ELSEWHERE, **change), BORN, TODAY, BOOK, PRODUCTS)
    assert {name: getattr(caught.value, name) for name in figures} == figures


def test_a_large_amount_elsewhere_is_recorded_where_it_is_remarked_upon() -> None:
    much = replace(ELSEWHERE, units=Decimal(600), note="600 units, by letter.")
    assert checked_elsewhere(much, BORN, TODAY, BOOK, PRODUCTS) is much
    for known in (replace(much, units=Decimal(400), note=""), replace(much, toxin="new", note="")):
        assert checked_elsewhere(known, BORN, TODAY, BOOK, PRODUCTS) is known


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("BOTOX", "onabotulinumtoxinA"),
        (" Botox A", "onabotulinumtoxinA"),
        ("botox  cosmetic", "onabotulinumtoxinA"),
        ("OnabotulinumtoxinA", "onabotulinumtoxinA"),
        ("dysport", "abobotulinumtoxinA"),
        ("daxibotulinumtoxinA", "daxibotulinumtoxinA-lanm"),
        ("Botox or Dysport", "Botox or Dysport"),
        ("not Botox", "not Botox"),
        ("Botoxin", "Botoxin"),
        ("another one", "another one"),
    ],
)
def test_a_toxin_elsewhere_is_kept_by_its_own_name(said: str, kept: str) -> None:
    treated = replace(ELSEWHERE, toxin=said)
    assert checked_elsewhere(treated, BORN, TODAY, BOOK, PRODUCTS).toxin == kept


def test_everything_comes_back_from_the_text_that_keeps_it() -> None:
    effect = json.loads(json.dumps(followup.side_effect_to_plain(EFFECT)))
    outcomes = json.loads(json.dumps(followup.outcomes_to_plain(OUTCOMES)))
    elsewhere = json.loads(json.dumps(followup.elsewhere_to_plain(ELSEWHERE)))
    assert followup.side_effect_from_plain(effect) == EFFECT
    assert followup.outcomes_from_plain(outcomes) == OUTCOMES
    assert followup.elsewhere_from_plain(elsewhere) == ELSEWHERE
    assert (effect["side"], effect["onset"]) == ("L", "2026-09-08")
    assert (outcomes["until"], list(outcomes["acute_days"])) == (
        "2026-11-21",
        ["simple", "triptan"],
    )
    assert elsewhere["units"] == "100.5"


def test_days_are_brought_to_four_weeks_exactly() -> None:
    assert OUTCOMES.since == date(2026, 10, 25)
    assert replace(OUTCOMES, days_observed=31).per(28, 12) == Fraction(336, 31)


@given(st.integers(1, 366), st.data())
def test_a_month_never_has_more_headache_days_than_days(observed: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, observed))
    share = Outcomes(TODAY, observed, count).per(28, count)
    assert isinstance(share, Fraction)
    assert share * observed == count * 28
    assert 0 <= share <= 28


@pytest.mark.parametrize(
    ("total", "grade", "part"),
    [
        (0, "I", None),
        (5, "I", None),
        (6, "II", None),
        (10, "II", None),
        (11, "III", None),
        (20, "III", None),
        (21, "IV", "IV-A"),
        (40, "IV", "IV-A"),
        (41, "IV", "IV-B"),
        (270, "IV", "IV-B"),
    ],
)
def test_a_midas_total_has_a_grade(total: int, grade: str, part: str | None) -> None:
    parts = BOOK.midas_part(total)
    assert (BOOK.midas_grade(total).name, parts and parts.name) == (grade, part)


def counted(observed: int = 28, **days: int) -> tuple[followup.OveruseNote, ...]:
    return overuse_notes(Outcomes(TODAY, observed, acute_days=days), BOOK)


@pytest.mark.parametrize(
    ("medicine", "threshold"),
    [("simple", 15), ("triptan", 10), ("ergot", 10), ("opioid", 10), ("combination", 10)],
)
def test_overuse_begins_at_the_threshold_of_a_class(medicine: str, threshold: int) -> None:
    limit = BOOK.acute[medicine]
    assert limit is not None
    assert limit.value == threshold
    assert counted(**{medicine: threshold - 1}) == ()
    assert counted(**{medicine: threshold}) == (
        Overuse(medicine, Fraction(threshold), limit, months=3),
    )


def test_overuse_is_judged_by_the_month_whatever_was_observed() -> None:
    assert counted(observed=84, triptan=29) == ()
    (note,) = counted(observed=84, triptan=30)
    assert isinstance(note, Overuse)
    assert note.per_month == 10


def test_classes_are_taken_together_only_where_none_is_overused() -> None:
    together = OveruseTogether(Fraction(6), Fraction(10), BOOK.overuse_together, months=3)
    assert counted(simple=6, triptan=4) == (together,)
    assert counted(simple=6, triptan=3) == ()
    assert counted(simple=14) == ()
    assert [type(note) for note in counted(simple=6, triptan=10)] == [Overuse]
    (most,) = counted(simple=14, triptan=9, opioid=9)
    assert isinstance(most, OveruseTogether)
    assert most.least == 14
    assert most.most == 28


def test_medicines_without_a_threshold_are_no_overuse() -> None:
    assert counted(gepant=28, other=28) == ()
    assert counted(gepant=28, triptan=9) == ()
