"""What a note says of the drug: each vial, and where every unit of it went."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from desktop.core import drawing, rules
from desktop.core.amounts import amount_text
from desktop.core.handbook import Handbook
from desktop.core.session import Session
from desktop.core.vial import Vial
from desktop.language import _, ngettext
from desktop.note import blocks
from desktop.note.blocks import clock_text
from desktop.note.pieces import NOTHING, Grid, Lines, Run, Words, rich
from desktop.wording import expiry_text, list_text, moment_text, units_text, volume_text
from desktop.words.vials import supply_name

MOST_FACT_VIALS = 3  # more of them are counted on page 1 and listed on page 2


def by_toxin(session: Session, book: Handbook) -> Mapping[str, Session]:
    """The session with the sites of one toxin only, by its name, where several were given.

    Otherwise it is the session itself, under no name.
    """
    parts = {
        name: rules.of_toxin(session, name, book) for name in rules.units_by_toxin(session, book)
    }
    given = {name: part for name, part in parts.items() if part.given}
    return given if len(given) > 1 else {"": session}


def toxins(session: Session, book: Handbook) -> str:
    """The toxins of the session's vials."""
    names = dict.fromkeys(book.products[vial.product].toxin for vial in session.vials)
    return list_text(names) or _("botulinum toxin")


def vial_facts(session: Session, book: Handbook) -> tuple[Lines, Lines]:
    """For the first page, product and dilution: lines of the only vial, or one each of some."""
    if not session.vials:
        none = ((Run(blocks.not_recorded()),),)
        return none, none
    if len(session.vials) == 1:
        return _onlyvial_facts(session, book)
    shown = session.vials[:MOST_FACT_VIALS]
    rest = len(session.vials) - len(shown)
    more = ngettext("and {number} more vial", "and {number} more vials", rest).format(number=rest)
    products = [
        rich(
            _("{number}: {name}, lot {lot}"),
            {"lot": vial.lot},
            number=str(vial.number),
            name=_vial(vial, book),
        )
        for vial in shown
    ]
    dilutions = [(Run(f"{vial.number}: ", strong=True), *_dilution(vial)) for vial in shown]
    return ((*products, (Run(more),)) if rest else tuple(products)), tuple(dilutions)


def _onlyvial_facts(session: Session, book: Handbook) -> tuple[Lines, Lines]:
    vial = session.vials[0]
    mixed = vial.mixed_at
    when = [rich(_("mixed {time}"), {"time": clock_text(mixed, session)})] if mixed else []
    return (
        (
            (Run(_vial(vial, book), strong=True),),
            (Run(book.products[vial.product].usan),),
            rich(_("lot {lot} · exp {expiry}"), {"expiry": expiry_text(vial.expiry)}, lot=vial.lot),
        ),
        (*_only_dilution(vial), *when),
    )


def _only_dilution(vial: Vial) -> Lines:
    strength = vial.units_per_tenth_ml
    if vial.diluent_ml is None or strength is None:
        return (_dilution(vial),)
    liquid = [Run(f" {vial.diluent}")] if vial.diluent else []
    volume = Run(volume_text(vial.diluent_ml), strong=True)
    return (volume, *liquid), (Run(_tenth(strength)),)


def _vial(vial: Vial, book: Handbook) -> str:
    return f"{book.products[vial.product].name} {units_text(vial.size_units)}"


def _dilution(vial: Vial) -> Words:
    strength = vial.units_per_tenth_ml
    if vial.diluent_ml is None or strength is None:
        return (Run(_("dilution not recorded")),)
    return rich(
        _("{volume} · {strength}"),
        {"strength": _tenth(strength)},
        volume=volume_text(vial.diluent_ml),
    )


def _tenth(units: Decimal) -> str:
    rounded = units.quantize(Decimal("0.01"))
    text = _("{units} / 0.1 mL").format(units=units_text(rounded))
    return text if rounded == units else _("about {units}").format(units=text)


def balance(session: Session, book: Handbook) -> Lines:
    """Where every opened unit went: a line a vial, and one a toxin that came from several."""
    accounts = drawing.balances(session)
    if not accounts:
        injected = units_text(session.given_units)
        lines = [rich(_("Injected {injected}; no vial is recorded."), injected=injected)]
        return _with_gap(lines, session)
    lines = [
        *_toxin_totals(accounts, session, book),
        *(_account(each, session, book) for each in accounts),
        *_of_no_vial(session),
    ]
    return _with_gap(lines, session)


def _toxin_totals(
    accounts: Iterable[drawing.Balance], session: Session, book: Handbook
) -> Iterator[Words]:
    of_toxin: dict[str, list[drawing.Balance]] = {}
    for each in accounts:
        of_toxin.setdefault(book.products[each.vial.product].toxin, []).append(each)
    for toxin, own in of_toxin.items():
        if len(own) == 1:
            continue
        wasted = sum((each.wasted_units for each in own), Decimal(0))
        if len(of_toxin) == 1:  # then it was of this toxin, too, where the vial is not recorded
            wasted = session.wasted_units
        yield rich(
            _("{toxin}: opened {opened}, injected {injected}, discarded {wasted}."),
            {"toxin": toxin},
            opened=units_text(sum((each.vial.opened_units for each in own), Decimal(0))),
            injected=amount_text(sum((each.injected_units for each in own), Decimal(0))),
            wasted=amount_text(wasted) if session.wastes else blocks.not_recorded(),
        )


def _account(account: drawing.Balance, session: Session, book: Handbook) -> Words:
    """`Opened 200 units = injected 155 + discarded 45 (rest of the vial, 22 Nov 2026 10:44).`."""
    vial, gap = account.vial, account.gap_units
    parts = [rich(_("injected {units}"), units=amount_text(account.injected_units))]
    parts += _discarded(account, session)
    if account.kept_units:
        kept = amount_text(account.kept_units)
        parts.append(rich(_("kept for another patient {units}"), units=kept))
    if gap > 0:
        missing = (
            _("{units} not accounted for")
            if session.signature
            else _("{units} not yet accounted for")
        )
        parts.append(rich(missing, units=units_text(gap)))
    sums = [run for part in parts for run in (Run(" + "), *part)][1:]
    if gap >= 0:
        return (*_opened(vial, session, book), Run(" = "), *sums, Run("."))
    over = rich(_(": {units} more than it held."), units=units_text(-gap))
    return (*_opened(vial, session, book), Run("; "), *sums, *over)


def _opened(vial: Vial, session: Session, book: Handbook) -> Words:
    units = units_text(vial.opened_units)
    if len(session.vials) == 1:
        words = rich(_("Opened {units}"), units=units)
    else:
        name = {"lot": vial.lot, "number": str(vial.number), "product": _vial(vial, book)}
        words = rich(_("Vial {number}, {product}, lot {lot}: opened {units}"), name, units=units)
    if vial.opened_units == vial.size_units:
        return words
    rest = _(" (what was still in the vial of {size})").format(size=units_text(vial.size_units))
    return (*words, Run(rest))


def _discarded(account: drawing.Balance, session: Session) -> Iterator[Words]:
    """What was discarded, with why, when and by whom; nothing where nobody recorded it."""
    numbers = (account.vial.number, *([None] if len(session.vials) == 1 else []))
    if not any(each.vial in numbers for each in session.wastes):
        return
    why = list_text(filter(None, (blocks.waste_words(session, each) for each in numbers)))
    words = rich(_("discarded {units}"), units=amount_text(account.wasted_units))
    yield (*words, Run(f" ({why})")) if why else words


def _of_no_vial(session: Session) -> Iterator[Words]:
    """What an older record does not say the vial of."""
    injected = drawing.unassigned_units(session)
    if injected:
        yield rich(_("Injected, of no recorded vial: {units}."), units=units_text(injected))
    wasted = sum((each.units for each in session.wastes if each.vial is None), Decimal(0))
    if wasted and len(session.vials) > 1:
        yield rich(
            _("Discarded, of which vial is not recorded: {units} ({why})."),
            {"why": blocks.waste_words(session, None)},
            units=units_text(wasted),
        )


def _with_gap(lines: list[Words], session: Session) -> Lines:
    """The lines with what was said about units that are missing."""
    if not session.gap_reason:
        return tuple(lines)
    stated = _("Stated: {reason}").format(reason=session.gap_reason)
    if len(lines) > 1:
        return (*lines, (Run(stated),))
    return ((*lines[0], Run(f" {stated}")),)


def vials(session: Session, book: Handbook) -> Grid:
    """Every vial with what stood on it, and how, when and by whom it was mixed."""
    head = (
        _("Vial"), _("Product"), _("Lot"), _("Expiry"), _("Diluent"), _("Strength"),
        _("Mixed"), _("Supply"),
    )  # fmt: skip
    return Grid(_("Product"), head, tuple(_vial_row(vial, book) for vial in session.vials))


def _vial_row(vial: Vial, book: Handbook) -> tuple[tuple[str, ...], ...]:
    ndc, strength = blocks.ndc_of(vial, book), vial.units_per_tenth_ml
    cells = (
        (
            _vial(vial, book),
            book.products[vial.product].usan,
            _("NDC {codes}").format(codes=ndc.text) if ndc else "",
        ),
        (
            vial.lot,
            _("serial {number}").format(number=vial.serial) if vial.serial else "",
            _("GTIN {number}").format(number=vial.gtin) if vial.gtin else "",
        ),
        (expiry_text(vial.expiry),),
        ("" if vial.diluent_ml is None else volume_text(vial.diluent_ml), vial.diluent),
        ("" if strength is None else _tenth(strength),),
        (
            moment_text(vial.mixed_at) if vial.mixed_at else "",
            _("by {person}").format(person=vial.mixed_by) if vial.mixed_by else "",
        ),
        (supply_name(vial.supply),),
    )
    filled = (tuple(line for line in cell if line) or (NOTHING,) for cell in cells)
    return ((str(vial.number),), *filled)
