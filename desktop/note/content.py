"""What a session note says: every decision about it, as strings, rows and points.

`desktop.note.pdf` prints what this composes; nothing here knows about paper but its name.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from desktop import resources
from desktop.core import rules
from desktop.core.amounts import amount_text
from desktop.core.assessment import Checklist
from desktop.core.atlas import CloseUp, Place, View
from desktop.core.clinic import Clinic
from desktop.core.handbook import Handbook
from desktop.core.patient import Identity
from desktop.core.protocol import Region, Side
from desktop.core.session import Injection, Session, Signature, State
from desktop.language import _, current, ngettext
from desktop.note import blocks, drug
from desktop.note.blocks import clock_text
from desktop.note.pieces import (
    NOTHING,
    About,
    Fact,
    Item,
    Lines,
    Mark,
    Note,
    Picture,
    RegionTable,
    Run,
    Section,
    Shape,
    SignatureBlock,
    Table,
    Words,
    rich,
)
from desktop.note.silhouette import columns_drawn
from desktop.wording import (
    carried_reason,
    change_words,
    date_text,
    finding_sentence,
    list_text,
    moment_text,
    patient_name,
    person_name,
    plan_text,
    profile_name,
    region_name,
    region_place,
    sex_name,
    side_name,
    site_name,
    state_name,
    time_text,
    volume_text,
)

FRAME_MARGIN_MM = 10.0  # round a mark that lies outside its close-up
ROWS_ABOVE_MM, ROWS_BELOW_MM = 52.0, 38.0  # of a close-up, about its sites: the rest is empty
# The protocol puts the lowest site above the ear 3 cm over the tragus; the lobe ends as far below.
EAR_LOBE_MM = 60.0
EDGE_MM = 2.0  # beside the head's outline


def compose(session: Session, identity: Identity, clinic: Clinic, book: Handbook) -> Note:
    """Say everything that the note says.

    Args:
        session: Signed, or a draft.
        identity: The patient as the record has them now; a signed session keeps its own.
        clinic: The letterhead and the paper.
        book: The protocol, atlas and products that the session was charted by.
    """
    who = session.identity or identity
    keys = mark_keys(session, book)
    checklist, toxins = resources.checklist(), drug.toxins(session, book)
    day = date_text(session.started_at.date())
    born = date_text(who.birth_date)
    record = _("No {number}").format(number=who.record_number)
    visit = _("session of {date}").format(date=day)
    return Note(
        patient=patient_name(who),
        patient_lines=(" · ".join(each for each in (born, sex_name(who.sex), record) if each),),
        clinic=clinic.name,
        clinic_lines=(list_text(clinic.address.splitlines()),),
        title=_("Session note: {toxin} for chronic migraine").format(
            toxin=drug.toxins(session, book)
        ),
        performed=_performed(session),
        planned=_planned(session),
        facts=_facts(session, book, checklist),
        pictures=_pictures(session, book, keys),
        legend=_legend(session),
        regions=_regions(session, book),
        balance=drug.balance(session, book),
        changes=_changes(session, book, keys),
        findings=_findings(session, book),
        overrides=Section(
            _("Reasons for going on"),
            tuple(
                Item("", blocks.override_text(key, session, book, checklist))
                for key in session.overrides
            ),
        ),
        events=Section(
            _("During the session"),
            tuple(Item("", blocks.event_text(each, session)) for each in session.events),
        ),
        sites_heading=_("Sites"),
        sites=_sites(session, book, keys),
        vials=drug.vials(session, book),
        indication=blocks.indication(session, checklist),
        preventives=blocks.preventives(session),
        before=blocks.before_the_needle(session, checklist),
        procedure=blocks.procedure(session),
        payer=blocks.payer(session, book, checklist),
        remark_heading=_("Remark"),
        remark=tuple(session.remark.splitlines()),
        signature=_signature(session),
        small_print=_small_print(session, book),
        draft="" if session.signature else _("DRAFT, not signed"),
        visit=visit,
        footer=" · ".join((patient_name(who), born, record, visit)),
        signed=_signed(session.signature),
        page_words=_("page {page} of {pages}"),
        paper=clinic.paper,
        about=_about(session, record, day, clinic, toxins),
    )


def mark_keys(session: Session, book: Handbook) -> Mapping[str, str]:
    """The number of each site: its place in the protocol, so 17 is the same site on every note.

    Extras are X1, X2 and so on, in the order of the protocol: their codes are too long for a mark,
    and stand beside these keys in the lists.
    """
    numbers = {code: str(n) for n, code in enumerate(book.protocol.sites, start=1)}
    extras = [each.code for each in book.in_order(session) if each.is_extra]
    return {
        **{code: numbers[code] for code in session.injections if code in numbers},
        **{code: f"X{n}" for n, code in enumerate(extras, start=1)},
    }


def continued(heading: str) -> str:
    """The heading of what goes on on another page."""
    return _("{heading} (continued)").format(heading=heading)


def _about(session: Session, record: str, day: str, clinic: Clinic, toxins: str) -> About:
    return About(
        made_at=session.signature.signed_at if session.signature else session.started_at,
        title=_("Session note, {record}, {date}").format(record=record, date=day),
        author=clinic.name,
        subject=_("{toxin} for chronic migraine").format(toxin=blocks.capitalised(toxins)),
        language=current().tag,
    )


def _performed(session: Session) -> Words:
    at = session.started_at
    words = rich(
        _("{date}, {time} ({zone}) · performed by {person}"),
        {"zone": _zone(at)},
        date=date_text(at.date()),
        time=time_text(at),
        person=person_name(session.performed_by),
    )
    if session.charted_by == session.performed_by:
        return words
    charted = _(" · charted by {person}").format(person=person_name(session.charted_by))
    return (*words, Run(charted))


def _planned(session: Session) -> Words:
    """What the session was planned by, and when it was given, as far as that is known."""
    words = (
        rich(_("Plan: {plan}"), plan=plan_text(session.plan))
        if session.has_plan
        else rich("{none}", none=_("No plan"))
    )
    first, last = (
        "" if at is None else clock_text(at, session)
        for at in (session.first_given_at, session.last_given_at)
    )
    if first:
        given = _(" · first injection {first}, last {last}").format(first=first, last=last)
        return (*words, Run(given))
    return (*words, Run(_(" · last injection {last}").format(last=last))) if last else words


def _zone(at: datetime) -> str:
    return str(at.tzinfo)


def _facts(session: Session, book: Handbook, checklist: Checklist) -> tuple[Fact, ...]:
    words, code = blocks.diagnosis_lines(session, checklist)
    diagnosis = ((Run(words, strong=bool(code)),), *([(Run(code, strong=True),)] if code else []))
    products, dilutions = drug.vial_facts(session, book)
    return (
        Fact(_("Diagnosis"), diagnosis),
        Fact(_("Headache before treatment"), _headache(session)),
        Fact(_("Product"), products),
        Fact(_("Dilution"), dilutions),
    )


def _headache(session: Session) -> Lines:
    """What a payer looks for first: how often, how long, and since when."""
    given = session.assessment
    if given is None:
        return ((Run(blocks.not_recorded()),),)
    days, migraine, months = given.headache_days, given.migraine_days, given.months
    hours = {
        None: (),
        True: rich(_("{hours} a day or more"), hours=_("4 hours")),
        False: rich(_("less than {hours} a day"), hours=_("4 hours")),
    }[given.days_4h]
    lines = (
        () if days is None else rich(_days(days), number=str(days)),
        () if migraine is None else rich(_migraine_days(migraine), number=str(migraine)),
        hours,
        () if months is None else rich(_months(months), number=str(months)),
    )
    return tuple(filter(None, lines)) or ((Run(blocks.not_recorded()),),)


def _days(number: int) -> str:
    return ngettext("{number} headache day a month", "{number} headache days a month", number)


def _migraine_days(number: int) -> str:
    return ngettext("{number} migraine day a month", "{number} migraine days a month", number)


def _months(number: int) -> str:
    return ngettext("for {number} month", "for {number} months", number)


def _pictures(session: Session, book: Handbook, keys: Mapping[str, str]) -> tuple[Picture, ...]:
    marks: dict[str, list[Mark]] = {key: [] for key in book.atlas.close_ups}
    badges: dict[str, list[str]] = {key: [] for key in book.atlas.close_ups}
    for each in _marked(session, book):
        close_up, mark = _mark(each, book, keys)
        if mark is None:
            badges[close_up].append(keys[each.code])
        else:
            marks[close_up].append(mark)
    return tuple(
        _picture(close_up, book, marks[key], badges[key])
        for key, close_up in book.atlas.close_ups.items()
    )


def _marked(session: Session, book: Handbook) -> list[Injection]:
    """What has a mark: all but what was charted by mistake and taken back."""
    return [each for each in book.in_order(session) if each.state is not State.NOT_GIVEN]


def _mark(each: Injection, book: Handbook, keys: Mapping[str, str]) -> tuple[str, Mark | None]:
    """The close-up that shows an injection, and its mark; no mark where no point is known."""
    # What was not injected stands at its planned place, wherever it was moved before.
    moved = each.planned_point if each.state is not State.OMITTED else None
    point = book.point_of(each) if moved or each.planned_point is None else each.planned_point
    if point is None:
        return _region_close_up(each.region, each.side, book), None
    view = book.atlas.views[point.view]
    at = view.to_drawing(point)
    planned = view.to_drawing(moved) if moved else None
    mark = Mark(keys[each.code], shape_of(each), at, planned)
    return _close_up_at(point.view, at, book), mark


def shape_of(each: Injection) -> Shape:
    """The shape that tells what became of a site."""
    if each.state is State.OMITTED:
        return Shape.OMITTED
    if each.state is State.PLANNED:
        return Shape.PLANNED
    if each.is_extra:
        return Shape.EXTRA
    if each.has_other_dose:
        return Shape.OTHER_DOSE
    return Shape.MOVED if each.is_moved else Shape.GIVEN


def _region_close_up(region: str, side: Side, book: Handbook) -> str:
    places = (p for p in book.atlas.places.values() if (p.region, p.side) == (region, side))
    place = next(places)
    return _close_up_at(place.home_view, place.drawn_mm[place.home_view], book)


def _close_up_at(view: str, at: Place, book: Handbook) -> str:
    """The close-up of a view that holds a place best: with the most room round it."""
    candidates = [each for each in book.atlas.close_ups.values() if each.view == view]
    return max(candidates, key=lambda each: _room(each, at)).key


def _room(part: CloseUp, at: Place) -> float:
    """How far a place lies inside a close-up, as a share of its size; below zero outside."""
    across = min(at[0] - part.column_mm, part.column_mm + part.width_mm - at[0]) / part.width_mm
    down = min(at[1] - part.row_mm, part.row_mm + part.height_mm - at[1]) / part.height_mm
    return min(across, down)


def _picture(close_up: CloseUp, book: Handbook, marks: list[Mark], badges: list[str]) -> Picture:
    view = book.atlas.views[close_up.view]
    caption = view.caption or ""
    name = _close_up_name(close_up) if view.edges else _(caption)
    edges = f" · {view.edges[0]} | {view.edges[1]}" if view.edges else ""
    return Picture(
        art=view.print_art,
        frame_mm=_frame(close_up, marks, book),
        caption=name + edges,
        edges=view.edges,
        marks=tuple(marks),
        badges=tuple(badges),
        badge_words=_("position not recorded"),
    )


def _close_up_name(close_up: CloseUp) -> str:
    names = {"forehead": _("Front"), "back_of_head": _("Back"), "shoulders": _("Shoulders")}
    return names.get(close_up.key, close_up.key)


def _frame(part: CloseUp, marks: list[Mark], book: Handbook) -> tuple[float, float, float, float]:
    """The close-up without its empty rows, as wide as the head and with every mark in it."""
    view = book.atlas.views[part.view]
    places = [place for m in marks for place in (m.at, m.planned_at) if place is not None]
    columns, rows = [place[0] for place in places], [place[1] for place in places]
    first, last = _rows_in_use(part, book)
    drawn = columns_drawn(view.print_art, first, last)
    begin = min(part.column_mm, drawn[0] - EDGE_MM)
    end = max(part.column_mm + part.width_mm, drawn[1] + EDGE_MM)
    left = max(min([begin, *(c - FRAME_MARGIN_MM for c in columns)]), 0.0)
    top = max(min([first, *(r - FRAME_MARGIN_MM for r in rows)]), 0.0)
    right = max([end, *(c + FRAME_MARGIN_MM for c in columns)])
    bottom = max([last, *(r + FRAME_MARGIN_MM for r in rows)])
    return left, top, min(right, view.width_mm) - left, min(bottom, view.height_mm) - top


def _rows_in_use(part: CloseUp, book: Handbook) -> tuple[float, float]:
    """From a little above the highest fixed site to a little below the lowest; an ear is whole."""
    rows = [
        place.drawn_mm[part.view][1]
        for place in book.atlas.places.values()
        if place.home_view == part.view
        and _close_up_at(part.view, place.drawn_mm[part.view], book) == part.key
    ]
    top = max(part.row_mm, min(rows) - ROWS_ABOVE_MM)
    bottom = min(part.row_mm + part.height_mm, max(rows) + ROWS_BELOW_MM)
    lobe = _ear_lobe_row(book.atlas.views[part.view], book)
    return top, max(bottom, lobe) if top < lobe else bottom


def _ear_lobe_row(view: View, book: Handbook) -> float:
    """The row of a view at which the ears end: so far below the lowest site that a side shows."""
    sides = [key for key, each in book.atlas.views.items() if each.edges is None]
    lowest = min(p.at_mm[1] for p in book.atlas.places.values() if p.home_view in sides)
    return view.top_mm - (lowest - EAR_LOBE_MM)


def _legend(session: Session) -> tuple[tuple[Shape, str], ...]:
    words = {
        Shape.GIVEN: _("given as planned"),
        Shape.PLANNED: _("planned, not yet given"),
        Shape.OTHER_DOSE: _("given, other dose"),
        Shape.OMITTED: _("omitted"),
        Shape.MOVED: _("given, moved from the planned point"),
        Shape.EXTRA: _("extra"),
    }
    used = {
        shape_of(each) for each in session.injections.values() if each.state is not State.NOT_GIVEN
    }
    return tuple((shape, text) for shape, text in words.items() if shape in used)


SIDES = (Side.RIGHT, Side.MIDLINE, Side.LEFT)


def _regions(session: Session, book: Handbook) -> tuple[RegionTable, ...]:
    """One table, or one a toxin: units of different toxins are never added."""
    parts = drug.by_toxin(session, book)
    if len(parts) == 1:
        return (_region_table("", session, book.protocol.regions.values()),)
    return tuple(
        _region_table(
            name,
            part,
            _regions_of(part, book),
        )
        for name, part in parts.items()
    )


def _regions_of(session: Session, book: Handbook) -> list[Region]:
    """The regions in which something was given."""
    used = {each.region for each in session.given}
    return [region for region in book.protocol.regions.values() if region.key in used]


def _region_table(heading: str, session: Session, regions: Iterable[Region]) -> RegionTable:
    given, volume = len(session.given), rules.volume_ml(session)
    others = [
        f"{len(session.of_state(state))} {state_name(state)}"
        for state in (State.OMITTED, State.PLANNED)
        if session.of_state(state)
    ]
    return RegionTable(
        heading,
        head=(_("Region"), "", _("Right"), _("Midline"), _("Left"), _("Units")),
        rows=tuple(_region_row(region, session) for region in regions),
        total=(
            ngettext("{number} injection", "{number} injections", given).format(number=given),
            list_text([*([] if volume is None else [volume_text(volume)]), *others]),
            *(amount_text(rules.side_units(session, side)) for side in SIDES),
            amount_text(session.given_units),
        ),
    )


def _region_row(region: Region, session: Session) -> tuple[str, ...]:
    given = [each for each in session.given if each.region == region.key]
    return (
        region_name(region),
        region_place(region),
        *(doses_text([each for each in given if each.side is side]) for side in SIDES),
        amount_text(sum((each.units for each in given), Decimal(0))),
    )


def doses_text(given: Iterable[Injection]) -> str:
    """`2 × 5 + 7.5 + extra 5`: the doses of one side of a region; empty for none."""
    given = list(given)
    fixed = Counter(each.units for each in given if not each.is_extra)
    extra = Counter(each.units for each in given if each.is_extra)
    parts = [_times(units, count) for units, count in _most_first(fixed)]
    if fixed:
        units, count = _most_first(fixed)[0]
        parts[0] = f"{count} × {amount_text(units)}"
    parts += [
        _("extra {doses}").format(doses=_times(units, count)) for units, count in _most_first(extra)
    ]
    return " + ".join(parts)


def _most_first(doses: Mapping[Decimal, int]) -> list[tuple[Decimal, int]]:
    return sorted(doses.items(), key=lambda dose: (-dose[1], dose[0]))


def _times(units: Decimal, count: int) -> str:
    return amount_text(units) if count == 1 else f"{count} × {amount_text(units)}"


def _changes(session: Session, book: Handbook, keys: Mapping[str, str]) -> Section:
    items = [
        Item(keys[change.code], _change(change, session, book))
        for change in rules.changes(session, book)
    ]
    if session.ended_early:
        ended = _("The session was ended early: {reason}").format(reason=session.ended_early)
        items.append(Item("", ended))
    if not session.has_plan:
        items.append(Item("", _("Charted without a plan.")))
    planned = session.of_state(State.PLANNED)
    none = Item("", _("None so far.") if planned else _("None: given as planned."))
    return Section(_("Changes from the plan"), tuple(items) or (none,))


def _change(change: rules.Change, session: Session, book: Handbook) -> str:
    each = session.injections[change.code]
    said = [change_words(change, book), change.reason or _("no reason recorded")]
    if isinstance(change, rules.Extra) and book.point_of(each) is None:
        said.append(_("position not recorded"))
    site = site_name(change.code, book)
    # Extras have no number of the protocol: the window and the file know them by their code.
    known = f"{change.code}, {site}" if each.is_extra else site
    return f"{known}: {', '.join(said)}"


def _findings(session: Session, book: Handbook) -> Section:
    heading = _("Findings that stood at signing") if session.signature else _("Findings so far")
    found = rules.findings(session, book)
    items = tuple(Item("", finding_sentence(finding, book)) for finding in found)
    none = Item("", _("None: within the protocol and the label."))
    return Section(heading, items or (none,))


def _sites(session: Session, book: Handbook, keys: Mapping[str, str]) -> Table:
    head = (
        _("No"), _("Code"), _("Site"), _("Side"), _("Planned"), _("Given"), _("State"), _("Vial"),
        _("Reason"),
    )  # fmt: skip
    listed = book.in_order(session)
    regions = [each.region for each in listed]
    ends = frozenset(at for at, pair in enumerate(pairwise(regions)) if pair[0] != pair[1])
    return Table(head, tuple(_site_row(each, session, book, keys) for each in listed), ends)


def _site_row(each: Injection, session: Session, book: Handbook, keys: Mapping[str, str]) -> Words:
    given = each.state is State.GIVEN
    usual = shape_of(each) in (Shape.GIVEN, Shape.PLANNED)
    return (
        Run(keys[each.code], strong=True),
        Run(each.code),
        Run(_site_words(each.code, book)),
        Run(side_name(each.side)),
        Run(NOTHING if each.planned_units is None else amount_text(each.planned_units)),
        Run(amount_text(each.units) if given else NOTHING, strong=not usual),
        Run(_state(each, book), strong=not usual),
        Run(str(each.vial) if given and each.vial is not None else NOTHING),
        Run("; ".join(why for why in (each.reason, carried_reason(each, session)) if why)),
    )


def _site_words(code: str, book: Handbook) -> str:
    """The site without its side, which has a column of its own."""
    side = side_name(Side(code.split("-")[2]))
    return site_name(code, book).removesuffix(f" {side}")


def _state(each: Injection, book: Handbook) -> str:
    said = [state_name(each.state)]
    if each.state is State.GIVEN:
        said += [_("extra")] if each.is_extra else []
        said += [_("other dose")] if each.has_other_dose else []
        said += [_("moved")] if each.is_moved else []
        said += [_("no position")] if book.point_of(each) is None else []
    return ", ".join(said)


def _signed(signature: Signature | None) -> str:
    if signature is None:
        return _("DRAFT, not signed")
    at = signature.signed_at
    return _("signed {moment} ({zone})").format(moment=moment_text(at), zone=_zone(at))


def _signature(session: Session) -> SignatureBlock:
    signature = session.signature
    if signature is None:
        blanks = (_("Signature"), _("Name and credentials"), _("Date and time"))
        return SignatureBlock(_("Signature"), (), blanks)
    at = signature.signed_at
    return SignatureBlock(
        _("Signature"),
        (
            Fact(_("Signed by"), ((Run(person_name(signature.person), strong=True),),)),
            Fact(_("Date and time"), ((Run(f"{moment_text(at)} ({_zone(at)})"),),)),
            Fact(_("Meaning"), ((Run(_(signature.meaning)),),)),
        ),
        (),
    )


def _small_print(session: Session, book: Handbook) -> tuple[str, ...]:
    made = _(
        "Signed electronically in Glabella by confirming name and credentials on the computer where"
        " the record lies, opened with the clinic's passphrase. From then on the program and the"
        " file take no change to this session."
    )
    charted = _(
        "Charted by {person} against the protocol “{title}” ({protocol}, version {version})"
        " on the map {atlas}, version {edition}; totals compared with the {label}. Session {id}."
    ).format(
        person=person_name(session.charted_by),
        title=_(book.protocol.title),
        protocol=session.protocol.id,
        version=session.protocol.version,
        atlas=session.atlas.id,
        edition=session.atlas.version,
        label=profile_name(session.profile, book),
        id=session.id,
    )
    return (made, charted) if session.signature else (charted,)
