"""The page about a response: what it says, and that it says it on paper."""

import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from io import BytesIO

import pypdf
import pypdfium2
import pytest

from desktop.core.clinic import Clinic, Paper
from desktop.core.followup import Outcomes, read_followup
from desktop.core.patient import Identity
from desktop.core.response import Cycle, respond
from desktop.note.fonts import MissingGlyphsError, texts
from desktop.note.response import MOST_CYCLES, Figures, Level, ResponsePage, compose, render
from desktop.note.response_page import DOT, LABEL_APART
from desktop.resources import ROOT
from tests.note.visits import BOOK, CLINIC, IDENTITY, LONDON, pages_of

FOLLOWUP = read_followup(tomllib.loads((ROOT / "followup.toml").read_text("utf-8")))
START = date(2025, 2, 3)
SCALE = 4  # pixels a point
MADE_AT = datetime(2026, 5, 1, 9, 0, tzinfo=LONDON)
UNITS = {
    "corrugator": 10,
    "procerus": 5,
    "frontalis": 20,
    "temporalis": 40,
    "occipitalis": 30,
    "cervical_paraspinal": 20,
    "trapezius": 30,
}


def after(days: int) -> date:
    return START + timedelta(days=days)


def cycle(number: int, **other_units: int) -> Cycle:
    """A session, every 84 days, of 155 units or with other doses."""
    units = {key: Decimal(each) for key, each in {**UNITS, **other_units}.items()}
    return Cycle(after(84 * (number - 1)), units, sum(units.values(), Decimal(0)))


# Cycle 4 was not counted, and cycle 6 not to week 4.
OUTCOMES = [
    Outcomes(after(0), 28, 20, 12, 15, {"triptan": 11}, hit6=68, midas=92),
    Outcomes(after(28), 28, 16),
    Outcomes(after(84), 28, 18, 11, 14, {"triptan": 11}, hit6=66, midas=80, wear_off_week=9),
    Outcomes(after(168), 26, 15, 8, 11, {"triptan": 10}, hit6=62, midas=20, impression=3),
    Outcomes(after(252), 28, 13, 7),
    Outcomes(after(418), 27, 9, 6, 8, {"triptan": 10}, hit6=58, midas=8, impression=2),
    Outcomes(after(440), 20, 6, 3),
]
CYCLES = [
    cycle(1),
    cycle(2, occipitalis=40),
    *(cycle(number, occipitalis=40, temporalis=50) for number in (3, 4, 5, 6)),
]


def page(
    outcomes: list[Outcomes] = OUTCOMES,
    cycles: list[Cycle] = CYCLES,
    clinic: Clinic = CLINIC,
    identity: Identity = IDENTITY,
    today: date = date(2026, 5, 1),
) -> ResponsePage:
    response = respond(outcomes, cycles, FOLLOWUP, today)
    return compose(response, identity, clinic, BOOK, FOLLOWUP, MADE_AT)


def row(shown: ResponsePage, label: str) -> tuple[str, ...]:
    rows = (*shown.counts, shown.sessions, shown.total, *(each.figures for each in shown.doses))
    return next(each.cells for each in rows if each.label == label)


def test_figures_stand_in_the_column_of_their_cycle() -> None:
    shown = page()
    assert shown.heads == ("Baseline", *(f"Cycle {number}" for number in range(1, 7)))
    assert {each.label: each.cells for each in shown.counts} == {
        "Headache days, as counted": (
            *("20 in 28", "18 in 28", "15 in 26", "13 in 28", "–", "9 in 27", "6 in 20"),
        ),
        "Last day counted": (
            *("3 Feb 2025", "28 Apr 2025", "21 Jul 2025", "13 Oct 2025", "–"),
            *("28 Mar 2026", "19 Apr 2026"),
        ),
        # 15 × 28 / 26 = 16.15; 9 × 28 / 27 = 9.33; 6 × 28 / 20 = 8.4
        "Headache days a month": ("20", "18", "≈ 16.2", "13", "–", "≈ 9.3", "8.4"),
        # -2 / 20; -3.846 / 20; -7 / 20; -10.667 / 20
        "Change from baseline": ("–", "−10 %", "≈ −19.2 %", "−35 %", "–", "≈ −53.3 %", "–"),
        "Migraine days a month": ("12", "11", "≈ 8.6", "7", "–", "≈ 6.2", "4.2"),
        "Days of 4 hours or more": ("15", "14", "≈ 11.8", "–", "–", "≈ 8.3", "–"),
        "Days with triptans": ("11", "11", "≈ 10.8", "–", "–", "≈ 10.4", "–"),
        "HIT-6 total": ("68", "66", "62", "–", "–", "58", "–"),
        "MIDAS total and grade": ("92 · IV", "80 · IV", "20 · III", "–", "–", "8 · II", "–"),
        "Impression, 1 best, 7 worst": ("–", "–", "3", "–", "–", "2", "–"),
        "Wore off in week": ("–", "9", "–", "–", "–", "–", "–"),
        "4 weeks before → after": ("–", "20 → 16", "–", "–", "–", "–", "–"),
        "Change across the session": ("–", "−20 %", "–", "–", "–", "–", "–"),
    }
    assert row(shown, "Units, in all") == ("–", "155", "165", "175", "175", "175", "175")
    assert row(shown, "Temporalis") == ("–", "40", "40", "50", "50", "50", "50")
    assert row(shown, "Session")[:3] == ("–", "3 Feb 2025", "28 Apr 2025")


def test_a_dose_that_differs_from_the_session_before_stands_out() -> None:
    assert {
        each.figures.label: each.figures.strong_cells
        for each in page().doses
        if each.figures.strong_cells
    } == {"Temporalis": {3}, "Occipitalis": {2}}


def test_the_chart_has_the_exact_values_and_the_levels_of_the_rules() -> None:
    chart = page().chart
    assert chart.headache == (
        *(Fraction(20), Fraction(18), Fraction(210, 13), Fraction(13), None),
        *(Fraction(28, 3), Fraction(42, 5)),
    )
    assert chart.early == {6}
    assert chart.levels == (
        Level(Fraction(20), "baseline 20"),
        Level(Fraction(14), "30 % fewer: 14"),
    )


def test_what_nobody_counted_has_no_row() -> None:
    shown = page([Outcomes(after(0), 28, 20), Outcomes(after(84), 28, 10)])
    assert [each.label for each in shown.counts] == [
        *("Headache days, as counted", "Last day counted", "Headache days a month"),
        "Change from baseline",
    ]


def test_the_last_count_and_the_last_known_change_are_told_apart() -> None:
    facts = {each.label: [line[0].text for line in each.lines] for each in page().facts}
    assert facts == {
        "Baseline": ["20 headache days in 28 days observed, to 3 Feb 2025"],
        "Last count": ["Cycle 6: 6 headache days in 20 days observed, to 19 Apr 2026"],
        "Change": ["Cycle 5: about 53.3 % fewer", "Cycle 6: not counted to week 4"],
    }
    early = page(today=after(441))
    assert row(early, "Change from baseline")[-1] == "too early"


def test_overuse_is_told_of_the_last_count_of_medicines_with_its_source() -> None:
    # Cycle 5: 10 × 28 / 27 = 10.37; nobody asked in cycle 6.
    last = page().guidance[-1]
    assert last.says == "Overuse is triptans on 10 or more days a month, over 3 months."
    assert last.here == "about 10.4 days a month at the last count."
    assert last.source == "ICHD-3, 8.2"
    fewer = [*OUTCOMES[:-1], replace(OUTCOMES[-1], acute_days={"triptan": 7})]
    assert len(page(fewer).guidance) == len(FOLLOWUP.rules)


def test_of_many_cycles_the_last_ones_are_shown_and_the_rest_counted() -> None:
    cycles = [cycle(number) for number in range(1, 13)]
    shown = page(cycles=cycles)
    assert len(shown.heads) == 1 + MOST_CYCLES
    assert shown.heads[-1] == "Cycle 12"
    assert shown.small_print[0] == "The last 8 of 12 cycles are shown."
    assert (shown.chart.is_cut, page().chart.is_cut) == (True, False)


@pytest.mark.parametrize(
    ("paper", "points"), [(Paper.A4, (595, 842)), (Paper.LETTER, (612, 792))], ids=["A4", "Letter"]
)
def test_six_cycles_fill_one_page_of_the_clinics_paper(
    paper: Paper, points: tuple[int, int]
) -> None:
    document = pypdfium2.PdfDocument(render(page(clinic=replace(CLINIC, paper=paper))))
    assert [tuple(round(side) for side in each.get_size()) for each in document] == [points]
    document.close()


@pytest.mark.parametrize("paper", Paper)
def test_every_word_can_be_read_back(paper: Paper) -> None:
    shown = page(clinic=replace(CLINIC, paper=paper))
    (text,) = pages_of(render(shown))
    read = text.replace(" ", "").casefold()
    unsaid = [shown.paper, shown.page_words, *texts(shown.about)]
    for said in texts(shown):
        if said not in unsaid:
            assert said.replace(" ", "").casefold() in read, said
    assert "This page informs; it decides nothing." in text
    assert "PATIENT, Test · 1 Feb 1980 · No 4711 · response as of 1 May 2026" in text
    assert text.endswith("page 1 of 1")


def test_every_row_is_read_back_as_one_line() -> None:
    shown = page()
    (text,) = pages_of(render(shown))
    rows: list[Figures] = [*shown.counts, *(each.figures for each in shown.doses)]
    for each in rows:
        assert " ".join((each.label, *each.cells)) in text


def test_a_point_is_as_high_as_its_value_and_its_number_stands_over_it() -> None:
    document = pypdfium2.PdfDocument(render(page()))
    read = document[0].get_textpage()
    # The numbers of the chart come before those of the table.
    (middle, high), (_x, between), (_x, low) = (
        place_of(read, text) for text in ("≈ 16.2", "≈ 9.3", "8.4")
    )
    picture = document[0].render(scale=SCALE).to_pil().convert("L")
    document.close()
    values = Fraction(210, 13), Fraction(28, 3), Fraction(42, 5)
    expected = (values[0] - values[1]) / (values[1] - values[2])
    assert (high - between) / (between - low) == pytest.approx(float(expected), rel=0.01)

    def darkness(under: float) -> int:
        spot = round(middle * SCALE), picture.height - round((high - under) * SCALE)
        grey: int = picture.getpixel(spot)
        return 255 - grey

    assert darkness(LABEL_APART + DOT / 2 - 1) > 200
    assert darkness(LABEL_APART + DOT / 2 + 2) == 0


def place_of(read: pypdfium2.PdfTextPage, text: str) -> tuple[float, float]:
    """The middle and the base line of a number where it first stands, in points of the paper."""
    start, length = read.search(text, match_case=True).get_next()
    places = [read.get_charbox(at) for at in range(start, start + length)]
    boxes = [box for box in places if box[3] > box[1]]  # a space has none
    digits = [box[1] for box in boxes if box[3] - box[1] > 4]
    return (boxes[0][0] + boxes[-1][2]) / 2, min(digits)


def test_the_line_is_broken_where_a_cycle_was_not_counted() -> None:
    whole = [Outcomes(after(84 * number), 28, 20 - number) for number in range(7)]
    gap = [each for each in whole if each.until != after(336)]
    assert curves_of(whole) == 1
    assert curves_of(gap) == 2


def curves_of(outcomes: list[Outcomes]) -> int:
    """How many strokes of the headache curve's width the page has."""
    shown = page(outcomes)
    content = pypdf.PdfReader(BytesIO(render(shown))).pages[0].get_contents()
    assert content is not None
    return len(re.findall(rb"\b1\.6 w\b", content.get_data()))


def test_the_same_page_gives_the_same_bytes() -> None:
    assert render(page()) == render(page())


@pytest.mark.parametrize("paper", Paper)
def test_too_much_for_one_page_goes_on_to_a_second_with_the_patients_name(paper: Paper) -> None:
    days = dict.fromkeys(FOLLOWUP.acute, 20)
    counted = [
        Outcomes(after(84 * number), 28, 20, 20, 20, days, 60, 30, 3, 9) for number in range(7)
    ]
    clinic = replace(CLINIC, paper=paper, name="Clinic " * 28)
    pages = pages_of(render(page(counted, clinic=clinic)))
    assert len(pages) == 2
    for number, text in enumerate(pages, start=1):
        assert "PATIENT, Test · 1 Feb 1980 · No 4711" in text
        assert text.endswith(f"page {number} of 2")
    assert "This page informs; it decides nothing." in pages[1]


@pytest.mark.parametrize(
    ("outcomes", "cycles"),
    [([], []), (OUTCOMES[:1], []), ([], CYCLES[:1]), (OUTCOMES[1:3], CYCLES[:1])],
    ids=["nothing", "baseline only", "a session only", "no baseline"],
)
def test_a_page_with_little_on_it_can_be_printed_too(
    outcomes: list[Outcomes], cycles: list[Cycle]
) -> None:
    (text,) = pages_of(render(page(outcomes, cycles)))
    assert "What guidance says".upper() in text
    assert "Not known" in text


def test_a_name_that_no_font_prints_is_refused_before_a_page_is_made() -> None:
    with pytest.raises(MissingGlyphsError) as caught:
        render(page(identity=replace(IDENTITY, given_name="Test 雪")))
    assert (caught.value.field, caught.value.characters) == ("patient", "雪")


def test_the_renderer_is_not_loaded_before_a_page_is_printed() -> None:
    script = "import sys, desktop.note.response; print('reportlab' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, timeout=60, cwd=ROOT.parent
    )
    assert found.stdout.strip() == b"False"


def test_a_count_of_few_days_is_not_drawn_and_says_why_it_is_not_compared() -> None:
    shown = page([Outcomes(after(0), 28, 20), Outcomes(after(84), 1, 1)], [cycle(1)])
    assert shown.chart.headache == (Fraction(20), None)
    assert row(shown, "Change from baseline") == ("–", "too short")
    (change,) = shown.facts[2].lines
    assert change[0].text == ("Cycle 1: too short to compare: 1 day observed, and 14 are needed")
