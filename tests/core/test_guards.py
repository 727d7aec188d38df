from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.assessment import (
    Answer,
    Assessment,
    Consent,
    ConsentKind,
    Criterion,
    Said,
    blank,
)
from desktop.core.guards import (
    ELSEWHERE,
    ClockSetBack,
    Contraindicated,
    DoseChange,
    ElsewhereOnRecord,
    Guard,
    Limit,
    NoAssessment,
    NoConsent,
    NotAsked,
    Noted,
    NotEligible,
    OtherToxin,
    OverCumulative,
    PastDose,
    TooEarly,
    Under18,
    Visit,
    Warned,
    age_years,
    clock_set_back,
    cumulative_units,
    days_between,
    dose_elsewhere,
    earliest_day,
    guards,
)
from desktop.resources import checklist

LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
CHECKLIST = checklist()
ONA, ABO = "onabotulinumtoxinA", "abobotulinumtoxinA"
TODAY, BORN = date(2026, 11, 22), date(1980, 2, 1)
LIMITS = {ONA: Limit(Decimal(400), 84), ABO: Limit(Decimal(1000), 84)}
CLEAR = Assessment(
    answers={key: Answer(Said.NO) for key in CHECKLIST.questions},
    headache_days=22,
    days_4h=True,
    months=30,
    migraine_days=12,
    preventives=(),
    current_preventives="",
    acute_medicines="",
    lid_and_brow="",
    diagnosis=None,
    consent=Consent(ConsentKind.SIGNED_COPY, TODAY, "3"),
    recorded_on=TODAY,
    unchanged_since=None,
)
FIRST = Visit(TODAY, BORN, "us", CLEAR, past=(), units={ONA: Decimal(155)})


def dose(days_ago: int, units: str = "155", toxin: str = ONA, where: str = "") -> PastDose:
    return PastDose(TODAY - timedelta(days=days_ago), toxin, Decimal(units), where)


def found(visit: Visit) -> list[Guard]:
    return guards(visit, CHECKLIST, LIMITS)


def after(*past: PastDose, units: str = "155") -> list[Guard]:
    """With every dose elsewhere asked for by a question of its own, which is not looked at here."""
    unasked = {**CLEAR.answers, "other_toxin": Answer()}
    given_ = replace(CLEAR, answers=unasked)
    looked = found(replace(FIRST, assessment=given_, past=past, units={ONA: Decimal(units)}))
    return [each for each in looked if each != NotAsked(("other_toxin",), ())]


@pytest.mark.parametrize(
    ("past", "on_record"),
    [
        ((dose(119, where="another clinic"),), [ElsewhereOnRecord(date(2026, 7, 26), ONA)]),
        ((dose(120, where="another clinic"),), []),
        ((dose(90),), []),
        (
            (dose(100, "20", ABO, ELSEWHERE), dose(95, where=ELSEWHERE)),
            [ElsewhereOnRecord(date(2026, 8, 19), ONA)],
        ),
    ],
)
def test_a_no_that_the_record_knows_better_is_said(
    past: tuple[PastDose, ...], on_record: list[Guard]
) -> None:
    def told(answer: Said) -> list[Guard]:
        given_ = replace(CLEAR, answers={**CLEAR.answers, "other_toxin": Answer(answer)})
        looked = found(replace(FIRST, assessment=given_, past=past))
        return [each for each in looked if isinstance(each, ElsewhereOnRecord)]

    assert told(Said.NO) == on_record
    assert told(Said.YES) == told(Said.NOT_ASKED) == []


def assessed(profile: str = "us", **changes: object) -> list[Guard]:
    return found(replace(FIRST, profile=profile, assessment=replace(CLEAR, **changes)))  # type: ignore[arg-type]


def said(key: str, note: str = "") -> list[Guard]:
    return assessed(answers={**CLEAR.answers, key: Answer(Said.YES, note)})


# -- the interval --------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["us", "uk_eu"])
def test_a_first_visit_with_everything_asked_has_nothing_to_look_at(profile: str) -> None:
    assert found(replace(FIRST, profile=profile)) == []


@pytest.mark.parametrize(
    ("days_ago", "guard"),
    [
        (83, [TooEarly(83, 84, date(2026, 11, 23))]),
        (84, []),
        (85, []),
        (1, [TooEarly(1, 84, date(2027, 2, 13))]),
        (0, [TooEarly(0, 84, date(2027, 2, 14))]),
    ],
)
def test_the_84th_day_is_the_first_that_is_not_too_early(days_ago: int, guard: list[Guard]) -> None:
    assert after(dose(days_ago)) == guard


def test_the_newest_treatment_counts_wherever_it_was() -> None:
    elsewhere = dose(40, "25", where="another clinic")
    early = TooEarly(40, 84, date(2027, 1, 5), "another clinic")
    assert after(elsewhere, dose(90)) == [early]
    assert after(dose(90), elsewhere) == [early]


def test_of_two_treatments_on_one_day_that_of_this_clinic_is_named() -> None:
    both = (dose(40, "25", where="another clinic"), dose(40, "155"))
    for past in (both, both[::-1]):
        assert TooEarly(40, 84, date(2027, 1, 5)) in after(*past)


def test_what_came_after_the_day_of_the_session_is_not_the_past() -> None:
    assert after(dose(-1)) == []
    assert after(dose(-1), dose(90)) == []


@pytest.mark.parametrize(
    ("last", "earliest"),
    [
        (date(2027, 10, 9), date(2028, 1, 1)),
        (date(2026, 12, 31), date(2027, 3, 25)),
        (date(2028, 1, 1), date(2028, 3, 25)),
        (date(2027, 1, 1), date(2027, 3, 26)),
        (date(2028, 2, 29), date(2028, 5, 23)),
        (date(2027, 12, 7), date(2028, 2, 29)),
        (date(2100, 2, 28), date(2100, 5, 23)),
    ],
)
def test_the_next_day_is_right_across_year_ends_and_leap_days(last: date, earliest: date) -> None:
    assert earliest_day(last, CHECKLIST) == earliest
    before, on = (
        found(replace(FIRST, today=day, past=(PastDose(last, ONA, Decimal(155)),)))
        for day in (earliest - timedelta(days=1), earliest)
    )
    assert before == [TooEarly(83, 84, earliest)]
    assert on == []


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 400))
def test_the_interval_is_exact_on_every_day(last: date, days: int) -> None:
    today = last + timedelta(days=days)
    early = [
        each
        for each in found(replace(FIRST, today=today, past=(PastDose(last, ONA, Decimal(5)),)))
        if isinstance(each, TooEarly)
    ]
    # Counted by ordinals, without the arithmetic of dates that the guard uses.
    told = [(each.days, each.earliest.toordinal()) for each in early]
    assert told == ([(days, last.toordinal() + 84)] if days < 84 else [])


@pytest.mark.parametrize(
    ("zone", "earlier", "later", "days"),
    [
        # A day of 23 hours, and one of 25.
        (LONDON, (2027, 3, 27, 23, 30), (2027, 3, 28, 0, 30), 1),
        (LONDON, (2027, 3, 28, 0, 30), (2027, 3, 28, 23, 30), 0),
        (LONDON, (2027, 3, 28, 23, 30), (2027, 3, 29, 0, 30), 1),
        (LONDON, (2026, 10, 25, 0, 30), (2026, 10, 25, 23, 30), 0),
        (LONDON, (2026, 10, 24, 23, 30), (2026, 10, 26, 0, 30), 2),
        (NEW_YORK, (2027, 3, 13, 23, 30), (2027, 3, 14, 23, 30), 1),
        (NEW_YORK, (2027, 3, 14, 0, 30), (2027, 3, 14, 23, 30), 0),
        (NEW_YORK, (2026, 11, 1, 0, 30), (2026, 11, 1, 23, 30), 0),
        (NEW_YORK, (2026, 10, 31, 23, 30), (2026, 11, 2, 0, 30), 2),
        # Twelve weeks over a change of the clocks, late to early and early to late.
        (LONDON, (2027, 1, 11, 23, 30), (2027, 4, 5, 0, 30), 84),
        (LONDON, (2027, 1, 11, 0, 30), (2027, 4, 4, 23, 30), 83),
        (LONDON, (2026, 9, 1, 23, 30), (2026, 11, 24, 0, 30), 84),
        (NEW_YORK, (2026, 9, 1, 23, 30), (2026, 11, 24, 0, 30), 84),
        (NEW_YORK, (2026, 9, 1, 0, 30), (2026, 11, 23, 23, 30), 83),
        (NEW_YORK, (2026, 9, 1, 0, 30), (2026, 11, 25, 0, 30), 85),
    ],
)
def test_days_are_those_of_the_clinics_calendar_when_the_clocks_change(
    zone: ZoneInfo,
    earlier: tuple[int, int, int, int, int],
    later: tuple[int, int, int, int, int],
    days: int,
) -> None:
    one, other = datetime(*earlier, tzinfo=zone), datetime(*later, tzinfo=zone)
    assert days_between(one, other, zone) == days
    # The record keeps the same moments, whatever zone they come back in.
    assert days_between(one.astimezone(UTC), other.astimezone(UTC), zone) == days


def test_a_day_is_the_clinics_and_not_the_travellers() -> None:
    late = datetime(2026, 11, 21, 23, 30, tzinfo=NEW_YORK)
    early = datetime(2026, 11, 22, 0, 30, tzinfo=NEW_YORK)
    assert days_between(late, early, NEW_YORK) == 1
    assert days_between(late, early, LONDON) == 0


# -- units ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("past", "units", "total"),
    [
        ((dose(83, "245"),), "155", None),
        ((dose(83, "245.01"),), "155", "400.01"),
        ((dose(84, "245.01"),), "155", None),
        ((dose(20, "200", where="another clinic"), dose(60, "100")), "155", "455"),
        ((dose(0, "300"),), "155", "455"),
        ((dose(-1, "300"),), "155", None),
        ((), "400", None),
        ((), "402.5", "402.5"),
        ((dose(30, "401"),), "0", "401"),
    ],
)
def test_units_of_84_days_are_held_against_the_limit_today_being_the_last_of_them(
    past: tuple[PastDose, ...], units: str, total: str | None
) -> None:
    over = [each for each in after(*past, units=units) if isinstance(each, OverCumulative)]
    assert over == ([OverCumulative(Decimal(total), Decimal(400), 84, ONA)] if total else [])


def test_units_of_another_toxin_are_neither_added_nor_compared() -> None:
    past = (dose(30, "900", ABO), dose(30, "200"))
    assert after(*past) == [
        OtherToxin(ABO, date(2026, 10, 23)),
        TooEarly(30, 84, date(2027, 1, 15)),
        DoseChange(Decimal(155), Decimal(200)),
    ]
    both = found(replace(FIRST, past=past, units={ONA: Decimal(201), ABO: Decimal(101)}))
    assert [each for each in both if isinstance(each, OverCumulative)] == [
        OverCumulative(Decimal(401), Decimal(400), 84, ONA),
        OverCumulative(Decimal(1001), Decimal(1000), 84, ABO),
    ]


def test_a_toxin_typed_by_hand_is_the_same_in_any_case() -> None:
    past = (dose(30, "200", " OnabotulinumtoxinA ", "another clinic"),)
    assert after(*past, units="201") == [
        OverCumulative(Decimal(401), Decimal(400), 84, ONA),
        TooEarly(30, 84, date(2027, 1, 15), "another clinic"),
    ]
    here = (dose(90, "155", ONA.upper()),)
    assert after(*here, units="160") == [DoseChange(Decimal(160), Decimal(155))]
    twice = (dose(90, "5", " Abobotulinumtoxina"), dose(100, "5", ABO))
    assert after(*twice) == [OtherToxin("Abobotulinumtoxina", date(2026, 8, 24))]
    assert [each.key for each in after(*twice)] == [OtherToxin(ABO, TODAY).key]


@pytest.mark.parametrize(
    ("where", "named"), [("another clinic", "another clinic"), (" ", ELSEWHERE), ("", ELSEWHERE)]
)
def test_a_treatment_elsewhere_is_not_this_clinics_even_without_a_place(
    where: str, named: str
) -> None:
    past = dose_elsewhere(TODAY - timedelta(days=40), ONA, Decimal(25), where)
    assert after(past) == [TooEarly(40, 84, date(2027, 1, 5), named)]


def test_a_toxin_without_a_known_limit_has_none() -> None:
    visit = replace(FIRST, units={"rimabotulinumtoxinB": Decimal(9000)})
    assert found(visit) == []


doses = st.builds(
    PastDose,
    on=st.dates(TODAY - timedelta(days=100), TODAY + timedelta(days=3)),
    toxin=st.sampled_from([ONA, ABO]),
    units=st.integers(0, 40_000).map(lambda hundredths: Decimal(hundredths).scaleb(-2)),
    where=st.sampled_from(["", "another clinic"]),
)


@given(st.lists(doses, max_size=5), st.integers(1, 100), st.integers(0, 40_000))
def test_the_sum_is_the_naive_one_of_every_subset(
    past: list[PastDose], days: int, hundredths_today: int
) -> None:
    today = Decimal(hundredths_today).scaleb(-2)
    first = TODAY.toordinal() - days + 1
    for size in range(len(past) + 1):
        for some in combinations(past, size):
            naive = Fraction(hundredths_today, 100)
            for each in some:
                if each.toxin == ONA and first <= each.on.toordinal() <= TODAY.toordinal():
                    naive += Fraction(each.units)
            summed = cumulative_units(some, ONA, TODAY, days, today)
            assert isinstance(summed, Decimal)
            assert Fraction(summed) == naive


def test_a_sum_of_tenths_is_exact() -> None:
    assert cumulative_units([dose(1, "0.1")] * 3, ONA, TODAY, 84, Decimal(0)) == Decimal("0.3")


@pytest.mark.parametrize(
    ("past", "guard"),
    [
        ((dose(90, "500", ABO),), [OtherToxin(ABO, date(2026, 8, 24))]),
        ((dose(119, "500", ABO),), [OtherToxin(ABO, date(2026, 7, 26))]),
        ((dose(120, "500", ABO),), []),
        (
            (dose(100, "500", ABO), dose(90, "50", ABO), dose(110, "50", ABO)),
            [OtherToxin(ABO, date(2026, 8, 24))],
        ),
    ],
)
def test_another_toxin_lately_is_named_with_its_newest_day(
    past: tuple[PastDose, ...], guard: list[Guard]
) -> None:
    assert after(*past) == guard


def test_another_toxin_in_this_session_is_named_with_its_day() -> None:
    visit = replace(FIRST, units={ONA: Decimal(100), ABO: Decimal(50)})
    assert found(visit) == [OtherToxin(ABO, TODAY)]
    assert found(replace(visit, past=(dose(90, "100"), dose(91, "50", ABO)))) == [
        OtherToxin(ABO, TODAY)
    ]


def test_before_a_toxin_is_in_use_none_is_another() -> None:
    assert found(replace(FIRST, past=(dose(90, "500", ABO),), units={})) == []


def test_only_the_toxin_in_use_is_held_beside_that_of_the_last_session() -> None:
    visit = replace(FIRST, units={ONA: Decimal(100), ABO: Decimal(50)})
    past = (dose(200, "100"), dose(200, "60", ABO))
    assert found(replace(visit, past=past)) == [OtherToxin(ABO, TODAY)]


@pytest.mark.parametrize(
    ("past", "units", "guard"),
    [
        ((dose(90, "155"),), "157.5", [DoseChange(Decimal("157.5"), Decimal(155))]),
        ((dose(90, "155.0"),), "155", []),
        ((dose(180, "195"), dose(90, "155")), "155", []),
        ((dose(90, "155"), dose(180, "195")), "195", [DoseChange(Decimal(195), Decimal(155))]),
        ((dose(90, "100"), dose(90, "55")), "155", []),
        ((dose(90, "25", where="another clinic"), dose(180, "155")), "155", []),
        ((dose(-5, "25"), dose(180, "155")), "155", []),
        ((dose(200, "500", ABO),), "155", []),
        ((dose(90, "155"),), "0", []),
    ],
)
def test_the_total_is_held_beside_that_of_the_last_session_here(
    past: tuple[PastDose, ...], units: str, guard: list[Guard]
) -> None:
    assert after(*past, units=units) == guard


# -- the answers ---------------------------------------------------------------------------------


def test_without_an_assessment_nothing_was_asked_and_nobody_consented() -> None:
    assert found(replace(FIRST, assessment=None)) == [NoAssessment(), NoConsent()]
    empty = blank(CHECKLIST.questions, TODAY)
    assert found(replace(FIRST, assessment=empty)) == [NoAssessment(), NoConsent()]


@pytest.mark.parametrize(
    "changes",
    [
        {"headache_days": 22},
        {"days_4h": True},
        {"days_4h": False},
        {"months": 30},
        {"migraine_days": 9},
    ],
)
def test_one_figure_makes_an_assessment(changes: dict[str, object]) -> None:
    begun = replace(blank(CHECKLIST.questions, TODAY), **changes)  # type: ignore[arg-type]
    kinds = {type(each) for each in found(replace(FIRST, assessment=begun))}
    assert NoAssessment not in kinds
    assert NotAsked in kinds


def test_a_yes_weighs_as_the_label_says() -> None:
    assert said("allergy", "albumin") == [Contraindicated("allergy", "albumin")]
    assert said("infection") == [Contraindicated("infection", "")]
    assert said("neuromuscular") == [Warned("neuromuscular", "")]
    assert said("pregnancy", "week 12") == [Warned("pregnancy", "week 12")]
    assert said("blood_thinner") == [Noted("blood_thinner", "")]


def test_the_note_of_a_no_is_nothing_to_look_at() -> None:
    assert assessed(answers={**CLEAR.answers, "allergy": Answer(Said.NO, "asked twice")}) == []


def test_a_yes_to_a_question_of_another_edition_is_not_passed_over() -> None:
    assert said("asked_in_another_edition", "x") == [Warned("asked_in_another_edition", "x")]


@pytest.mark.parametrize(
    ("profile", "changes", "guard"),
    [
        ("us", {"headache_days": 14}, [NotEligible(Criterion.HEADACHE_DAYS, 14, 15)]),
        ("us", {"headache_days": 15}, []),
        ("us", {"days_4h": False}, [NotEligible(Criterion.HOURS, None, 4)]),
        ("uk_eu", {"days_4h": False}, []),
        ("us", {"months": 3}, [NotEligible(Criterion.MONTHS, 3, 4)]),
        ("us", {"months": 4}, []),
        ("us", {"months": 0}, [NotEligible(Criterion.MONTHS, 0, 4)]),
        ("uk_eu", {"migraine_days": 7}, [NotEligible(Criterion.MIGRAINE_DAYS, 7, 8)]),
        ("uk_eu", {"migraine_days": 8}, []),
        ("us", {"migraine_days": 7}, []),
        (
            "uk_eu",
            {"headache_days": 3, "migraine_days": 2},
            [
                NotEligible(Criterion.HEADACHE_DAYS, 3, 15),
                NotEligible(Criterion.MIGRAINE_DAYS, 2, 8),
            ],
        ),
    ],
)
def test_figures_are_held_against_the_label_in_use(
    profile: str, changes: dict[str, object], guard: list[Guard]
) -> None:
    assert assessed(profile, **changes) == guard


def test_what_was_not_asked_is_said_and_asks_for_no_reason() -> None:
    answers = {key: each for key, each in CLEAR.answers.items() if key != "pregnancy"}
    answers["swallowing"] = Answer(Said.NOT_ASKED)
    assert assessed(answers=answers, months=None, days_4h=None, migraine_days=None) == [
        NotAsked(("swallowing", "pregnancy"), (Criterion.HOURS, Criterion.MONTHS))
    ]
    assert assessed("uk_eu", days_4h=None, migraine_days=None) == [
        NotAsked((), (Criterion.MIGRAINE_DAYS,))
    ]
    assert not NotAsked.needs_reason


def test_consent_that_is_not_recorded_is_missed() -> None:
    assert assessed(consent=None) == [NoConsent()]


@pytest.mark.parametrize(
    ("born", "today", "age"),
    [
        (date(2008, 11, 22), date(2026, 11, 22), 18),
        (date(2008, 11, 23), date(2026, 11, 22), 17),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (date(2026, 11, 22), date(2026, 11, 22), 0),
    ],
)
def test_the_label_is_for_adults_from_their_birthday_on(born: date, today: date, age: int) -> None:
    assert age_years(born, today) == age
    visit = replace(FIRST, birth_date=born, today=today)
    assert found(visit) == ([Under18(age)] if age < 18 else [])


# -- the clock -----------------------------------------------------------------------------------

AT = datetime(2026, 11, 22, 10, 30, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("back", "noticed"),
    [
        (timedelta(minutes=5), False),
        (timedelta(minutes=5, microseconds=1), True),
        (timedelta(days=400), True),
        (timedelta(0), False),
        (timedelta(hours=-1), False),
    ],
)
def test_a_clock_over_five_minutes_behind_the_record_is_noticed(
    back: timedelta, noticed: bool
) -> None:
    guard = clock_set_back(AT - back, AT)
    assert guard == (ClockSetBack(AT - back, AT) if noticed else None)


def test_the_hour_that_comes_twice_in_autumn_is_no_clock_set_back() -> None:
    before = datetime(2026, 10, 25, 1, 50, tzinfo=LONDON)
    after_it = datetime(2026, 10, 25, 1, 10, fold=1, tzinfo=LONDON)
    assert clock_set_back(after_it, before) is None
    assert clock_set_back(before, after_it) == ClockSetBack(before, after_it)


# -- all of them ---------------------------------------------------------------------------------


def test_the_gravest_come_first_and_each_has_a_key_of_its_own() -> None:
    answers = {key: Answer(Said.YES) for key in CHECKLIST.questions}
    answers["swallowing"] = Answer()
    bad = replace(
        CLEAR,
        answers=answers,
        headache_days=3,
        days_4h=False,
        months=1,
        migraine_days=None,
        consent=None,
    )
    past = (dose(10, "399"), dose(20, "500", ABO), dose(21, "500", "rimabotulinumtoxinB"))
    everything = found(replace(FIRST, birth_date=date(2010, 1, 1), assessment=bad, past=past))
    kinds = list(dict.fromkeys(type(each) for each in everything))
    assert kinds == [
        Contraindicated,
        OtherToxin,
        OverCumulative,
        TooEarly,
        Warned,
        NotEligible,
        Under18,
        NoConsent,
        NotAsked,
        Noted,
        DoseChange,
    ]
    keys = [each.key for each in everything]
    assert len(set(keys)) == len(keys) == 21
    informing = [type(each) for each in everything if not each.needs_reason]
    assert informing == [NotAsked, Noted, Noted, DoseChange]


def test_a_key_stays_when_only_the_figures_change() -> None:
    assert {each.key for each in after(dose(40, "300"))} == {
        each.key for each in after(dose(41, "280"))
    }


def test_one_other_dose_asks_for_no_new_reason_about_another_toxin() -> None:
    assert OtherToxin(ABO, TODAY).key == OtherToxin(ABO, date(2026, 8, 24)).key
    assert OtherToxin(ABO, TODAY).key != OtherToxin(ONA, TODAY).key
