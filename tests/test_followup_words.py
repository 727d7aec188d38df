"""What comes after a session, in words: whole sentences, with the figures in them."""

import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from desktop.core import followup, response
from desktop.core.amounts import NotAnAmountError
from desktop.core.errors import ExpectedError
from desktop.core.followup import (
    EffectSide,
    Outcomes,
    Overuse,
    OveruseTogether,
    SideEffect,
    TreatedElsewhere,
    read_followup,
)
from desktop.core.response import Fall, Few, Gain, NotKnown, NotOver, RuleNote, Unknown
from desktop.resources import ROOT
from desktop.words import followup as words

BOOK = read_followup(tomllib.loads((ROOT / "followup.toml").read_text("utf-8")))
NICE_FALL, EHF_FALL, NICE_FEW, EHF_FEW, PAYER = BOOK.rules
DAY, BEFORE = date(2026, 11, 22), date(2026, 11, 21)

SENTENCES: list[tuple[ExpectedError, str]] = [
    (
        followup.FollowUpBeforeBirthError(BEFORE, DAY),
        "21 Nov 2026 is before the patient's birth on 22 Nov 2026. Check the date.",
    ),
    (
        followup.FollowUpInFutureError(DAY, BEFORE),
        "22 Nov 2026 is still to come: today is 21 Nov 2026. Check the date.",
    ),
    (
        followup.ReportBeforeOnsetError(BEFORE, DAY),
        "It was reported on 21 Nov 2026, before it began on 22 Nov 2026. Check both dates.",
    ),
    (
        followup.NotOnPickListError("hiccup", ("faint",)),
        "\u201chiccup\u201d is not on the list. Choose one that is.",
    ),
    (
        followup.SideEffectNotDescribedError(),
        "Another side effect: write in the remarks what it was.",
    ),
    (
        followup.NoFigureError(),
        "Nothing is entered yet: a count, a score, an impression, a treatment or a remark.",
    ),
    (followup.DaysObservedError(400, 366), "400 days observed cannot be: enter 1 to 366."),
    (
        followup.DaysOverObservedError(29, 28),
        "29 days cannot be counted in 28 days observed.",
    ),
    (followup.DaysOverObservedError(2, 1), "2 days cannot be counted in 1 day observed."),
    (
        followup.MigraineOverHeadacheError(13, 12),
        "A migraine day is a headache day too: 13 migraine days are more than 12 headache days.",
    ),
    (
        followup.LongDaysOverHeadacheError(13, 12),
        (
            "A day with 4 hours of headache or more is a headache day too: 13 are more than 12"
            " headache days."
        ),
    ),
    (followup.Hit6OutOfRangeError(79, 36, 78), "A HIT-6 total is 36 to 78; 79 cannot be."),
    (
        followup.Hit6ImpossibleError(37),
        "No six answers of the HIT-6 add up to 37. Check the total.",
    ),
    (followup.MidasOutOfRangeError(271, 270), "A MIDAS total is 0 to 270; 271 cannot be."),
    (
        followup.ImpressionOutOfRangeError(8),
        "The impression is one of 1 to 7; 8 is none of them.",
    ),
    (followup.WearOffWeekError(53, 52), "The week of wear-off is 1 to 52; 53 cannot be."),
    (followup.ToxinNotNamedError(), "Name the toxin: units mean nothing without it."),
    (
        followup.ElsewhereUnitsError(Decimal("10000.5"), Decimal(10000)),
        "10000.5 units cannot be: enter more than 0, and less than 10000.",
    ),
    (
        followup.ElsewhereUnlikelyError("onabotulinumtoxinA", Decimal(600), Decimal(400)),
        (
            "600 units of onabotulinumtoxinA is more than the largest dose, 400 units. Check it; if"
            " it was so, say so in the remarks."
        ),
    ),
]


@pytest.mark.parametrize(("error", "sentence"), SENTENCES)
def test_each_refusal_is_one_clear_sentence_with_its_figures(
    error: ExpectedError, sentence: str
) -> None:
    assert words.explain(error) == sentence


def test_every_refusal_of_the_followup_is_looked_at_and_no_other_is_explained() -> None:
    kinds = {
        kind for kind in ExpectedError.__subclasses__() if kind.__module__ == followup.__name__
    }
    assert {type(error) for error, _sentence in SENTENCES} == kinds
    assert words.explain(NotAnAmountError("x")) is None


def test_every_word_of_the_pick_lists_has_a_name_of_its_own() -> None:
    for keys, name in (
        (list(BOOK.kinds), words.kind_name),
        (list(BOOK.severities), words.severity_name),
        (list(BOOK.outcomes), words.outcome_name),
        (list(BOOK.acute), words.acute_name),
    ):
        names = [name(key) for key in keys]
        assert len(set(names)) == len(keys)
        assert [each for each in names if "_" in each or not each] == []
    assert words.kind_name("a_later_one") == "a later one"
    assert words.kind_name("brow_peaking") == "peaked brow"
    assert words.outcome_name("unknown") == "outcome not known"


def test_impressions_go_from_better_to_worse_through_the_same() -> None:
    assert [words.impression_name(number) for number in followup.IMPRESSIONS] == [
        "far better",
        "clearly better",
        "a little better",
        "the same",
        "a little worse",
        "clearly worse",
        "far worse",
    ]


EFFECT = SideEffect(
    *("eyelid_ptosis", EffectSide.LEFT, "", BEFORE, "mild", "resolving", DAY),
    is_serious=False,
    note="told by telephone",
)


def test_a_side_effect_is_told_in_one_line_and_a_serious_one_first_of_all() -> None:
    assert words.side_effect_words(EFFECT) == (
        "drooping eyelid, left, mild, since 21 Nov 2026, resolving"
    )
    swallowing = replace(EFFECT, kind="dysphagia", side=EffectSide.NOT_SAID, is_serious=True)
    assert words.side_effect_words(swallowing) == (
        "Serious: trouble swallowing, mild, since 21 Nov 2026, resolving"
    )
    other = replace(EFFECT, kind="other", side=EffectSide.BOTH, site_note="ear", note="ringing")
    assert words.side_effect_words(other) == (
        "other, both sides, ear, mild, since 21 Nov 2026, resolving, ringing"
    )


def test_toxin_given_elsewhere_is_told_with_its_name() -> None:
    treated = TreatedElsewhere(DAY, "abobotulinumtoxinA", Decimal(500), "spasticity", "hospital")
    assert words.elsewhere_words(treated) == (
        "abobotulinumtoxinA, 500 units, 22 Nov 2026, spasticity, hospital"
    )


@pytest.mark.parametrize(
    ("outcomes", "text"),
    [
        (Outcomes(DAY, 28, 12), "12 headache days in 28 days observed, to 22 Nov 2026"),
        (Outcomes(DAY, 1, 1), "1 headache day in 1 day observed, to 22 Nov 2026"),
        (Outcomes(DAY, 28, hit6=60), "28 days observed, to 22 Nov 2026"),
    ],
)
def test_counts_say_in_how_many_days_and_up_to_which(outcomes: Outcomes, text: str) -> None:
    assert words.outcomes_words(outcomes) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(12), "12"),
        (Fraction(100), "100"),
        (Fraction(25, 2), "12.5"),
        (Fraction(28, 3), "about 9.3"),
        (Fraction(1, 20), "about 0.1"),
        (Fraction(1999, 100), "about 20"),
        (Fraction(0), "0"),
    ],
)
def test_a_rounded_number_says_about_and_an_exact_one_does_not(value: Fraction, text: str) -> None:
    assert words.number_text(value) == text


@pytest.mark.parametrize(
    ("percent", "text"),
    [
        (Fraction(-45), "45 % fewer"),
        (Fraction(-160, 3), "about 53.3 % fewer"),
        (Fraction(25, 2), "12.5 % more"),
        (Fraction(0), "no change"),
    ],
)
def test_a_change_says_fewer_or_more(percent: Fraction, text: str) -> None:
    assert words.percent_text(percent) == text


def test_what_is_not_compared_says_why() -> None:
    ten = Fraction(10)
    assert [
        words.comparison_words(each)
        for each in (
            response.Compared(ten, Fraction(-50)),
            response.Compared(ten, None),
            response.TooEarly(DAY),
            response.NotCounted(),
            response.NoBaseline(ten),
            response.TooShort(1, 14, is_baseline=False),
            response.TooShort(13, 14, is_baseline=True),
        )
    ] == [
        "50 % fewer",
        "no percentage: the baseline is zero",
        "too early: no comparison before week 4, 22 Nov 2026",
        "not counted to week 4",
        "no baseline to compare with",
        "too short to compare: 1 day observed, and 14 are needed",
        "baseline too short to compare: 13 days observed, and 14 are needed",
    ]


def test_a_midas_grade_says_where_it_is_in_doubt() -> None:
    assert words.midas_words(12, BOOK) == "12, grade III"
    assert words.midas_words(41, BOOK) == "41, grade IV (IV-B, a division to be checked)"


def test_rules_are_told_with_their_source_and_a_recalled_one_says_so() -> None:
    assert [
        (words.rule_words(rule), words.source_words(words.source_of(rule))) for rule in BOOK.rules
    ] == [
        ("Stop if the fall is under 30 % after 2 cycles.", "NICE technology appraisal TA260"),
        (
            "Stop if the fall is under 30 % after 2\u20133 cycles.",
            "EHF, J Headache Pain 2018;19:91",
        ),
        ("Stop if under 15 days a month, 3 months running.", "NICE technology appraisal TA260"),
        ("Stop if under 10 days a month, 3 months running.", "EHF, J Headache Pain 2018;19:91"),
        (
            "Go on if 7 days a month fewer, or 100 hours.",
            "US payers; recalled, to be checked",
        ),
    ]
    second_hand = replace(words.source_of(PAYER), evidence="S")
    assert words.source_words(second_hand) == "US payers; second-hand"


assert isinstance(NICE_FALL, followup.FallRule)
assert isinstance(NICE_FEW, followup.FewRule)
assert isinstance(PAYER, followup.GainRule)
NOTES: list[tuple[RuleNote, str]] = [
    (NotKnown(PAYER, Unknown.NO_BASELINE), "Not known: there is no baseline."),
    (NotKnown(PAYER, Unknown.TOO_FEW_CYCLES), "Not known yet: too few cycles are over."),
    (NotKnown(PAYER, Unknown.NOT_COUNTED), "Not known: no cycle was counted to week 4."),
    (
        NotKnown(PAYER, Unknown.TOO_SHORT),
        "Not known: too few days were observed to compare.",
    ),
    (NotOver(NICE_FALL, 2), "Not known yet: cycle 2 is not over."),
    (Fall(NICE_FALL, 2, Fraction(20), is_less=True), "Cycle 2: 20 % more, not fewer."),
    (Fall(NICE_FALL, 2, Fraction(0), is_less=True), "Cycle 2: no change, not fewer."),
    (
        Fall(NICE_FALL, 2, Fraction(-20), is_less=True),
        "Cycle 2: 20 % fewer. That is a fall of under 30 %.",
    ),
    (
        Fall(NICE_FALL, 3, Fraction(-100, 3), is_less=False),
        "Cycle 3: about 33.3 % fewer. That is 30 % or more.",
    ),
    (
        Few(NICE_FEW, 84, 84, Fraction(14), is_below=True),
        "Under 15 in the last 84 days: 14 a month at most.",
    ),
    (
        Few(NICE_FEW, 28, 84, Fraction(14), is_below=True),
        "Under 15 in the last 28 days; not yet for 84 days.",
    ),
    (
        Few(NICE_FEW, 28, 84, Fraction(46, 3), is_below=False),
        "about 15.3 a month in the last 28 days counted: not under 15.",
    ),
    (
        Gain(PAYER, 2, Fraction(8), is_reached=True),
        "Cycle 2: 8 days fewer, 7 or over; hours not recorded.",
    ),
    (
        Gain(PAYER, 2, Fraction(1), is_reached=False),
        "Cycle 2: 1 day fewer, not 7; hours not recorded.",
    ),
    (
        Gain(PAYER, 2, Fraction(-3), is_reached=False),
        "Cycle 2: 3 days more, not 7; hours not recorded.",
    ),
]


@pytest.mark.parametrize(("note", "text"), NOTES)
def test_beside_a_rule_stand_the_figures_and_no_advice(note: RuleNote, text: str) -> None:
    assert words.note_words(note) == text


def test_overuse_says_the_threshold_and_the_days_counted() -> None:
    limit = BOOK.acute["triptan"]
    assert limit is not None
    single = Overuse("triptan", Fraction(31, 3), limit, 3)
    assert words.overuse_rule_words(single) == (
        "Overuse is triptans on 10 or more days a month, over 3 months."
    )
    assert words.overuse_words(single) == "about 10.3 days a month at the last count."
    together = OveruseTogether(Fraction(6), Fraction(12), BOOK.overuse_together, 3)
    assert words.overuse_rule_words(together) == (
        "Overuse is several classes on 10 or more days a month, over 3 months."
    )
    assert words.overuse_words(together) == (
        "6 to 12 days a month at the last count: some may be the same days."
    )
