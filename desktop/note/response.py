"""What the page about a response says, and its PDF: figures and their sources, and no verdict.

`desktop.note.response_page` draws it, and is imported when a page is first made.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from desktop.core.amounts import amount_text
from desktop.core.clinic import Clinic, Paper
from desktop.core.followup import (
    FallRule,
    FollowUpBook,
    Outcomes,
    overuse_notes,
)
from desktop.core.handbook import Handbook
from desktop.core.patient import Identity
from desktop.core.response import (
    Compared,
    CycleResponse,
    NotCounted,
    Response,
    TooEarly,
    TooShort,
    is_long,
    per_month,
)
from desktop.language import _, current
from desktop.note.pieces import NOTHING, About, Fact, Run, Words
from desktop.wording import date_text, patient_name, region_name, sex_name
from desktop.words import followup as words

MOST_CYCLES = 8  # the last ones; more columns would be too narrow for a date
MINUS, ABOUT = "−", "≈"


@dataclass(frozen=True)
class Level:
    """A line across the chart, at so many headache days a month."""

    at: Fraction
    label: str


@dataclass(frozen=True)
class Chart:
    """Headache and migraine days a month, a value for each column of the table under it.

    `early` are the columns whose count ended before week 4: they are compared with nothing. A
    count of too few days is not drawn.
    `top` is the highest value there can be. `is_cut` says that cycles are left out behind the
    baseline: no line leads over them.
    """

    heading: str
    headache: tuple[Fraction | None, ...]
    migraine: tuple[Fraction | None, ...]
    labels: tuple[str, ...]
    early: frozenset[int]
    levels: tuple[Level, ...]
    legend: tuple[str, str, str]
    top: int
    is_cut: bool


@dataclass(frozen=True)
class Figures:
    """A row of the table: its label, and a text for each column; which of these stand out."""

    label: str
    cells: tuple[str, ...]
    is_strong: bool = False
    strong_cells: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Doses:
    """Units of a region for each column; none where there was no session."""

    units: tuple[Decimal | None, ...]
    figures: Figures


@dataclass(frozen=True)
class Guidance:
    """What guidance says, what the counts are beside it, and where the guidance stands."""

    says: str
    here: str
    source: str


@dataclass(frozen=True)
class ResponsePage:
    """The whole page: strings, rows and points. The order of the fields is that of the page."""

    patient: str
    patient_lines: tuple[str, ...]
    clinic: str
    clinic_lines: tuple[str, ...]
    title: str
    scope: str
    facts: tuple[Fact, ...]
    chart: Chart
    heads: tuple[str, ...]
    sessions: Figures
    counts_heading: str
    counts: tuple[Figures, ...]
    doses_heading: str
    total: Figures
    doses: tuple[Doses, ...]
    guidance_head: tuple[str, str, str]
    guidance: tuple[Guidance, ...]
    caution: Words
    small_print: tuple[str, ...]
    footer: str
    page_words: str
    paper: Paper
    about: About


def compose(
    response: Response,
    identity: Identity,
    clinic: Clinic,
    book: Handbook,
    followup: FollowUpBook,
    made_at: datetime,
) -> ResponsePage:
    """Say everything that the page says.

    Args:
        response: Counts and sessions side by side.
        identity: The patient as the record has them now.
        clinic: The letterhead and the paper.
        book: The names of the regions.
        followup: The rules that the response was made with.
        made_at: With its zone; the page says its day, and the same time gives the same bytes.
    """
    shown = response.cycles[-MOST_CYCLES:]
    born = date_text(identity.birth_date)
    record = _("No {number}").format(number=identity.record_number)
    as_of = _("response as of {date}").format(date=date_text(made_at.date()))
    sex = sex_name(identity.sex)
    return ResponsePage(
        patient=patient_name(identity),
        patient_lines=(" · ".join(each for each in (born, sex, record) if each),),
        clinic=clinic.name,
        clinic_lines=(" · ".join(clinic.address.splitlines()),),
        title=_("Response to onabotulinumtoxinA for chronic migraine"),
        scope=_scope(response, made_at),
        facts=_facts(response),
        chart=_chart(response, shown, followup),
        heads=(_("Baseline"), *(_head(each) for each in shown)),
        sessions=Figures(_("Session"), (NOTHING, *(date_text(each.cycle.on) for each in shown))),
        counts_heading=_("Counted in each cycle, for a month"),
        counts=tuple(_counts(response, shown, followup)),
        doses_heading=_("Given at its session"),
        total=Figures(
            _("Units, in all"),
            (NOTHING, *(amount_text(each.cycle.units) for each in shown)),
            is_strong=True,
        ),
        doses=tuple(_doses(shown, book)),
        guidance_head=(_("What guidance says"), _("The counts beside it"), _("Source")),
        guidance=tuple(_guidance(response, followup)),
        caution=(Run(_("This page informs; it decides nothing."), strong=True),),
        small_print=tuple(_small_print(response, followup)),
        footer=" · ".join((patient_name(identity), born, record, as_of)),
        page_words=_("page {page} of {pages}"),
        paper=clinic.paper,
        about=About(
            made_at=made_at,
            title=f"{record} · {as_of}",
            author=clinic.name,
            subject=_("Response to onabotulinumtoxinA for chronic migraine"),
            language=current().tag,
        ),
    )


def render(page: ResponsePage) -> bytes:
    """Print the page; the same page gives the same bytes.

    Raises:
        MissingGlyphsError: A text has a character that no shipped font prints as it should be.
    """
    from desktop.note.fonts import MissingGlyphsError, can_print, printed, texts
    from desktop.note.response_page import drawn

    for each in fields(page):
        said = printed("".join(texts(getattr(page, each.name))))
        missing = [one for one in dict.fromkeys(said) if not can_print(one)]
        if missing:
            raise MissingGlyphsError(each.name, "".join(missing))
    return drawn(page)


def _scope(response: Response, made_at: datetime) -> str:
    day = date_text(made_at.date())
    if not response.cycles:
        return _("No session so far · as of {date}").format(date=day)
    first, last = response.cycles[0], response.cycles[-1]
    if first is last:
        return _("One session, on {first} · as of {date}").format(
            first=date_text(first.cycle.on), date=day
        )
    return _("{number} sessions, {first} to {last} · as of {date}").format(
        number=len(response.cycles),
        first=date_text(first.cycle.on),
        last=date_text(last.cycle.on),
        date=day,
    )


def _head(each: CycleResponse) -> str:
    return _("Cycle {number}").format(number=each.number)


def _facts(response: Response) -> tuple[Fact, ...]:
    """The baseline, the last count and the change between them."""
    last = next((each for each in reversed(response.cycles) if each.outcomes), None)
    nothing: Words = (Run(_("not recorded")),)
    baseline = response.baseline
    return (
        Fact(_("Baseline"), (_line(words.outcomes_words(baseline)) if baseline else nothing,)),
        Fact(_("Last count"), tuple(_last_lines(last)) if last else (nothing,)),
        Fact(_("Change"), tuple(_change_lines(response, last)) or (nothing,)),
    )


def _last_lines(last: CycleResponse) -> Iterator[Words]:
    if last.outcomes:
        yield _in_cycle(last, words.outcomes_words(last.outcomes))
        if last.outcomes.impression is not None:
            impression = words.impression_name(last.outcomes.impression)
            yield _line(_("Patient's impression: {words}").format(words=impression))


def _change_lines(response: Response, last: CycleResponse | None) -> Iterator[Words]:
    """The last change that is known; and why there is none of the last count, if there is not."""
    known = [each for each in response.cycles if isinstance(each.comparison, Compared)]
    if known:
        text = _in_cycle(known[-1], words.comparison_words(known[-1].comparison))[0].text
        yield (Run(text, strong=True),)
    if last and last not in known:
        yield _in_cycle(last, words.comparison_words(last.comparison))


def _in_cycle(each: CycleResponse, text: str) -> Words:
    return _line(_("Cycle {number}: {words}").format(number=each.number, words=text))


def _line(text: str) -> Words:
    return (Run(text),)


def _chart(response: Response, shown: tuple[CycleResponse, ...], followup: FollowUpBook) -> Chart:
    columns = [_drawn(each, followup) for each in _columns(response, shown)]
    headache = tuple(per_month(each, followup) if each else None for each in columns)
    return Chart(
        heading=_("Headache days a month"),
        headache=headache,
        migraine=tuple(_share(each, "migraine_days", followup) for each in columns),
        labels=tuple("" if value is None else _number(value) for value in headache),
        early=frozenset(
            at
            for at, each in enumerate(shown, start=1)
            if isinstance(each.comparison, TooEarly | NotCounted) and headache[at] is not None
        ),
        levels=tuple(_levels(headache[0], followup)),
        legend=(_("headache days"), _("migraine days"), _("before week 4")),
        top=followup.month_days,
        is_cut=len(shown) < len(response.cycles),
    )


def _drawn(each: Outcomes | None, followup: FollowUpBook) -> Outcomes | None:
    """What the chart shows: a point beside others compares, and few days are not compared."""
    return each if each and is_long(each, followup) else None


def _columns(response: Response, shown: tuple[CycleResponse, ...]) -> list[Outcomes | None]:
    return [response.baseline, *(each.outcomes for each in shown)]


def _levels(baseline: Fraction | None, followup: FollowUpBook) -> Iterator[Level]:
    """The baseline, and as much below it as the rules of falling ask for."""
    if not baseline:
        return
    yield Level(baseline, _("baseline {number}").format(number=_number(baseline)))
    percents = {each.percent.value for each in followup.rules if isinstance(each, FallRule)}
    for percent in sorted(percents):
        at = baseline * (100 - percent) / 100
        label = _("{percent} % fewer: {number}").format(percent=percent, number=_number(at))
        yield Level(at, label)


def _share(each: Outcomes | None, name: str, followup: FollowUpBook) -> Fraction | None:
    count = getattr(each, name) if each else None
    return None if each is None or count is None else each.per(followup.month_days, count)


def _number(value: Fraction) -> str:
    """`12`, or `≈ 12.9` of a number that was rounded."""
    text, is_exact = words.rounded(value)
    return text if is_exact else f"{ABOUT} {text}"


def _signed(percent: Fraction | None) -> str:
    """`−45.5 %`, `+10 %`, `0 %`."""
    if percent is None:
        return NOTHING
    text, is_exact = words.rounded(percent)
    sign = MINUS if percent < 0 else "+" if percent else ""
    return f"{'' if is_exact else ABOUT + ' '}{sign}{text} %"


def _counts(
    response: Response, shown: tuple[CycleResponse, ...], followup: FollowUpBook
) -> Iterator[Figures]:
    """The rows of what was counted; what nobody counted has no row."""
    columns = _columns(response, shown)

    def row(label: str, say: Callable[[Outcomes], str | None]) -> Iterator[Figures]:
        cells = tuple((say(each) if each else None) or NOTHING for each in columns)
        if any(cell != NOTHING for cell in cells):
            yield Figures(label, cells)

    def share(name: str) -> Callable[[Outcomes], str | None]:
        def say(each: Outcomes) -> str | None:
            value = _share(each, name, followup)
            return None if value is None else _number(value)

        return say

    def plain(name: str) -> Callable[[Outcomes], str | None]:
        def say(each: Outcomes) -> str | None:
            value = getattr(each, name)
            return None if value is None else str(value)

        return say

    def medicine(key: str) -> Callable[[Outcomes], str | None]:
        def say(each: Outcomes) -> str | None:
            count = each.acute_days.get(key)
            return None if count is None else _number(each.per(followup.month_days, count))

        return say

    yield from row(_("Headache days, as counted"), _as_counted)
    yield from row(_("Last day counted"), lambda each: date_text(each.until))
    yield Figures(
        _("Headache days a month"),
        tuple(share("headache_days")(each) or NOTHING if each else NOTHING for each in columns),
        is_strong=True,
    )
    yield Figures(
        _("Change from baseline"), (NOTHING, *(_change(each) for each in shown)), is_strong=True
    )
    yield from row(_("Migraine days a month"), share("migraine_days"))
    yield from row(_("Days of 4 hours or more"), share("days_4h"))
    for key in _medicines(columns):
        label = _("Days with {medicine}").format(medicine=words.acute_name(key))
        yield from row(label, medicine(key))
    yield from row(_("HIT-6 total"), plain("hit6"))
    yield from row(_("MIDAS total and grade"), lambda each: _midas(each, followup))
    yield from row(_("Impression, 1 best, 7 worst"), plain("impression"))
    yield from row(_("Wore off in week"), plain("wear_off_week"))
    yield from _four_weeks(shown, followup)


def _as_counted(each: Outcomes) -> str | None:
    if each.headache_days is None:
        return None
    return _("{count} in {days}").format(count=each.headache_days, days=each.days_observed)


def _change(each: CycleResponse) -> str:
    if isinstance(each.comparison, Compared):
        return _signed(each.comparison.percent)
    if isinstance(each.comparison, TooShort):
        return _("too short")
    return _("too early") if isinstance(each.comparison, TooEarly) else NOTHING


def _midas(each: Outcomes, followup: FollowUpBook) -> str | None:
    if each.midas is None:
        return None
    return f"{each.midas} · {followup.midas_grade(each.midas).name}"


def _medicines(columns: Iterable[Outcomes | None]) -> list[str]:
    """The classes of medicine that were counted anywhere, each once."""
    return list(dict.fromkeys(key for each in columns if each for key in each.acute_days))


def _four_weeks(shown: tuple[CycleResponse, ...], followup: FollowUpBook) -> Iterator[Figures]:
    """Four weeks before a session and after it, if both were counted for any."""
    if all(each.four_weeks.percent is None for each in shown):
        return

    def counted(each: Outcomes | None) -> str:
        value = per_month(each, followup) if each else None
        return NOTHING if value is None else _number(value)

    pairs = ((counted(each.four_weeks.before), counted(each.four_weeks.after)) for each in shown)
    yield Figures(
        _("4 weeks before → after"),
        (NOTHING, *(NOTHING if NOTHING in pair else " → ".join(pair) for pair in pairs)),
    )
    yield Figures(
        _("Change across the session"),
        (NOTHING, *(_signed(each.four_weeks.percent) for each in shown)),
    )


def _doses(shown: tuple[CycleResponse, ...], book: Handbook) -> Iterator[Doses]:
    """The regions of the protocol in its order, then any other that was injected."""
    regions = book.protocol.regions
    given = dict.fromkeys(key for each in shown for key in each.cycle.units_by_region)
    for key in (*regions, *(each for each in given if each not in regions)):
        units = tuple(each.cycle.units_by_region.get(key, Decimal(0)) for each in shown)
        cells = (NOTHING, *(amount_text(each) if each else NOTHING for each in units))
        changed = frozenset(at for at in range(2, len(cells)) if units[at - 1] != units[at - 2])
        name = region_name(regions[key]) if key in regions else key
        yield Doses((None, *units), Figures(name, cells, strong_cells=changed))


def _guidance(response: Response, followup: FollowUpBook) -> Iterator[Guidance]:
    for note in response.notes:
        source = words.source_words(words.source_of(note.rule))
        yield Guidance(words.rule_words(note.rule), words.note_words(note), source)
    counted = [response.baseline, *(each.outcomes for each in response.cycles)]
    last = next((each for each in reversed(counted) if each and each.acute_days), None)
    for overuse in overuse_notes(last, followup) if last else ():
        source = words.source_words(overuse.threshold)
        yield Guidance(words.overuse_rule_words(overuse), words.overuse_words(overuse), source)


def _small_print(response: Response, followup: FollowUpBook) -> Iterator[str]:
    if len(response.cycles) > MOST_CYCLES:
        yield _("The last {shown} of {number} cycles are shown.").format(
            shown=MOST_CYCLES, number=len(response.cycles)
        )
    yield _(
        "A month is {days} days; other counts are brought to it, and {about} means rounded. A"
        " cycle's count is the last that lies in it alone, compared from week 4 on. A dose in bold"
        " differs from the session before. Guidance may mean calendar months."
    ).format(days=followup.month_days, about=ABOUT)
