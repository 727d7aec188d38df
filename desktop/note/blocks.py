"""What a note says round the injections: why, what was asked before, how it was done, for a payer.

Each block is a heading with labelled lines. What is empty is left out; what a payer asks for is
said to be not recorded instead.
"""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import datetime
from decimal import Decimal

from desktop.core import drawing
from desktop.core.assessment import Answer, Assessment, Checklist, Criterion, Said
from desktop.core.billing import PROCEDURE_CODE, payer_facts
from desktop.core.handbook import Handbook
from desktop.core.procedure import Event, Procedure
from desktop.core.product import Ndc
from desktop.core.session import Session
from desktop.core.vial import Supply, Vial
from desktop.language import _
from desktop.note.pieces import Detail, Details, Grid
from desktop.wording import date_text, dotted, list_text, moment_text, time_text, units_text
from desktop.words import safety, vials


def not_recorded() -> str:
    """What stands where a payer asks for something that nobody recorded."""
    return _("not recorded")


def capitalised(words: str) -> str:
    """The words as the beginning of a line; their other letters stay."""
    return words[:1].upper() + words[1:]


def clock_text(at: datetime, session: Session) -> str:
    """A time of the session's day, or the whole moment of another day."""
    same_day = at.date() == session.started_at.date()
    return time_text(at) if same_day else moment_text(at)


def diagnosis_lines(session: Session, checklist: Checklist) -> tuple[str, str]:
    """The diagnosis in words, and its code; no code where none was recorded."""
    diagnosis = session.assessment.diagnosis if session.assessment else None
    if diagnosis is None:
        return not_recorded(), ""
    return capitalised(safety.diagnosis_words(diagnosis)), checklist.code_of(diagnosis)


def indication(session: Session, checklist: Checklist) -> Details:
    """Why it was done: the diagnosis, the headache before treatment, the medicines."""
    given = session.assessment
    if given is None:  # then what a payer asks for says so
        return Details(_("Indication"), ())
    rows = [
        Detail(_("Diagnosis"), (_diagnosis(given, checklist),)),
        Detail(_("Before treatment"), (_figures(given),)),
        *([] if given.preventives else [Detail(_("Preventives tried"), (not_recorded(),))]),
        *_text(_("Preventives now"), given.current_preventives),
        *_text(_("Acute medicines"), given.acute_medicines),
    ]
    return Details(_("Indication"), tuple(rows))


def preventives(session: Session) -> Grid:
    """Every preventive that was tried, with the four things that a payer asks of each."""
    tried = session.assessment.preventives if session.assessment else ()
    return Grid(
        _("Preventives tried"),
        (_("Medicine"), _("Dose reached"), _("How long"), _("Why stopped")),
        tuple(
            tuple((part or not_recorded(),) for part in (p.agent, p.dose, p.duration, p.stopped))
            for p in tried
        ),
    )


def before_the_needle(session: Session, checklist: Checklist) -> Details:
    """What was asked and seen before the needle, and the consent."""
    given = session.assessment
    if given is None:
        return Details(_("Before the needle"), ())
    consent = (safety.consent_words(given.consent),) if given.consent else ()
    rows = [
        Detail(_("Asked"), (_asked_on(given),)),
        *_answers(given, checklist),
        *_text(_("Lid and brow"), given.lid_and_brow),
        *([Detail(_("Consent given"), consent)] if consent else []),
    ]
    return Details(_("Before the needle"), tuple(rows))


def procedure(session: Session) -> Details:
    """How the injections were done, what the patient was told, and the plan."""
    done = session.procedure
    rows = [] if done == Procedure() else list(_procedure(done))
    return Details(_("How it was given"), tuple(rows))


def event_text(event: Event, session: Session) -> str:
    """`10:40: faint, lay down for ten minutes`."""
    said = [vials.happening_name(event.kind), *([event.note] if event.note else [])]
    return _("{time}: {event}").format(time=clock_text(event.at, session), event=list_text(said))


def override_text(key: str, session: Session, book: Handbook, checklist: Checklist) -> str:
    """What spoke against going on, by the key of its check, and why the work went on."""
    return _("{check} Reason: {reason}").format(
        check=_check(key, session, book, checklist), reason=session.overrides[key]
    )


def waste_words(session: Session, number: int | None) -> str:
    """Why, when and by whom something of a vial was discarded; empty for nothing recorded."""
    parts: list[str] = []
    for each in session.wastes:
        if each.vial != number:
            continue
        parts += [each.reason] if each.reason else []
        if each.at is not None:
            parts.append(moment_text(each.at))
        elif each.units:
            parts.append(_("time not recorded"))
        if each.initials:
            parts.append(_("initials {initials}").format(initials=each.initials))
    return list_text(parts)


def ndc_of(vial: Vial, book: Handbook) -> Ndc | None:
    """The vial's National Drug Code, where the code on its package holds one that is known."""
    # The GTIN of a US drug: level of packing, 03, the ten digits of its NDC, check digit.
    ten = vial.gtin[3:13] if vial.gtin[1:3] == "03" else ""
    packages = book.products[vial.product].packages_of(vial.size_units)
    return next((each.ndc for each in packages if each.ndc.ten == ten), None)


def payer(session: Session, book: Handbook, checklist: Checklist) -> Details:
    """The facts that a payer asks for; nothing before something was injected."""
    heading, advice = _("Facts for a payer"), safety.no_advice()
    if not session.given:
        return Details(heading, ())
    codes = [_("procedure {code}").format(code=PROCEDURE_CODE)]
    if session.assessment is None:
        missing = [_("diagnosis"), _("headache before treatment"), _("preventives tried")]
        codes.append(_("not recorded: {items}").format(items=list_text(missing)))
    else:
        _words, code = diagnosis_lines(session, checklist)
        codes.append(_("diagnosis {code}").format(code=code or not_recorded()))
    rows = (Detail(_("Codes"), (dotted(codes),)), *_drug_rows(session, book))
    return Details(heading, rows, advice)


def _text(label: str, text: str) -> Iterator[Detail]:
    if text.strip():
        yield Detail(label, tuple(text.splitlines()))


def _diagnosis(given: Assessment, checklist: Checklist) -> str:
    if given.diagnosis is None:
        return not_recorded()
    return safety.diagnosis_text(given.diagnosis, checklist)


def _figures(given: Assessment) -> str:
    """The figures, and which of them nobody recorded."""
    recorded = {
        Criterion.HEADACHE_DAYS: given.headache_days,
        Criterion.HOURS: given.days_4h,
        Criterion.MIGRAINE_DAYS: given.migraine_days,
        Criterion.MONTHS: given.months,
    }
    missing = [safety.criterion_name(key) for key, each in recorded.items() if each is None]
    said = safety.figures_words(given)
    if not said:
        return not_recorded()
    if missing:
        said.append(_("not recorded: {items}").format(items=list_text(missing)))
    return dotted(said)


def _asked_on(given: Assessment) -> str:
    on, unchanged = date_text(given.recorded_on), safety.unchanged_words(given)
    return _("{date}, {unchanged}").format(date=on, unchanged=unchanged) if unchanged else on


def _answers(given: Assessment, checklist: Checklist) -> Iterator[Detail]:
    """Every yes with what belongs to it; the rest by its names."""
    for value, label in (
        (Said.YES, _("Answered yes")),
        (Said.NO, _("Answered no")),
        (Said.NOT_ASKED, _("Not asked")),
    ):
        answers = _of_value(given, value, checklist)
        plain = [safety.question_name(key, checklist) for key, each in answers if not each.note]
        noted = [
            _("{question}: {note}").format(
                question=safety.question_name(key, checklist), note=each.note
            )
            for key, each in answers
            if each.note
        ]
        lines = [*plain, *noted] if value is Said.YES else [*_listed(plain), *noted]
        if lines:
            yield Detail(label, tuple(lines), strong=value is Said.YES)


def _listed(names: list[str]) -> list[str]:
    return [list_text(names)] if names else []


def _of_value(given: Assessment, value: Said, checklist: Checklist) -> list[tuple[str, Answer]]:
    """The answers of one kind, in the order of the checklist; what it does not know comes last."""
    places = {key: at for at, key in enumerate(checklist.questions)}
    asked = dict.fromkeys(checklist.questions, Answer()) | dict(given.answers)
    keys = sorted(asked, key=lambda key: places.get(key, len(places)))
    return [(key, asked[key]) for key in keys if asked[key].value is value]


def _procedure(done: Procedure) -> Iterator[Detail]:
    for each in fields(done):
        label = vials.procedure_part(each.name)
        if each.name == "aspiration":
            yield Detail(label, (vials.aspiration_name(done.aspiration),))
        else:
            yield from _text(label, getattr(done, each.name))


def _check(key: str, session: Session, book: Handbook, checklist: Checklist) -> str:
    for vial in session.vials:
        if key == drawing.override_key(vial):
            against = drawing.objections(session, vial, book)
            said = " ".join(vials.objection_sentence(each) for each in against)
            name = _("Vial {number}, lot {lot}").format(number=vial.number, lot=vial.lot)
            return _("{vial}, was used. {sentences}").format(vial=name, sentences=said)
    whole = {
        "no assessment": _("Nothing was asked before the needle."),
        "too early": _("Less time after the last treatment than usual."),
        "under 18": _("Under {least} years, which is off-label.").format(
            least=checklist.least_age_years
        ),
        "no consent": _("No consent was recorded."),
    }
    if key in whole:
        return whole[key]
    kinds = {
        "contraindicated ": _("Contraindicated by the label: {what}."),
        "warned ": _("Warning: {what}."),
        "other toxin ": _("Another toxin lately, or in this session: {what}."),
        "over cumulative ": _("Over the limit of units in so many days: {what}."),
        "not eligible ": _("Less than the label asks for: {what}."),
    }
    for start, words in kinds.items():
        if key.startswith(start):
            return words.format(what=_subject(start, key.removeprefix(start), book, checklist))
    return key


def _subject(kind: str, what: str, book: Handbook, checklist: Checklist) -> str:
    if kind in ("contraindicated ", "warned "):
        return safety.question_name(what, checklist)
    if kind == "not eligible " and what in set(Criterion):
        return safety.criterion_name(Criterion(what))
    # A key may hold a toxin's name in small letters.
    toxins = {product.toxin.casefold(): product.toxin for product in book.products.values()}
    return toxins.get(what, what)


BOUGHT = {
    Supply.BOUGHT: True,
    Supply.SPECIALTY_PHARMACY: False,
    Supply.SAMPLE: False,
    Supply.NOT_RECORDED: None,
}


def _drug_rows(session: Session, book: Handbook) -> Iterator[Detail]:
    """The drug by code and by who bought it: a row each, and never one for two toxins."""
    groups: dict[tuple[str, bool | None], list[drawing.Balance]] = {}
    for account in drawing.balances(session):
        kind = account.vial.product, BOUGHT[account.vial.supply]
        groups.setdefault(kind, []).append(account)
    for (product, bought), accounts in groups.items():
        injected = sum((each.injected_units for each in accounts), Decimal(0))
        if not injected:
            yield from _thrown_away(product, accounts, session, book)
            continue
        hcpcs = book.products[product].hcpcs
        facts = payer_facts(
            injected,
            _wasted(accounts),
            hcpcs.code if hcpcs else "",
            hcpcs.units if hcpcs else Decimal(1),
            bought=bought,
        )
        _procedure_line, *lines, _advice = safety.payer_lines(facts)
        if facts.discard is not None:  # then the last line says what was discarded
            lines[-1] = dotted([lines[-1], *_unaccounted(accounts, session)])
        yield Detail(
            _drug_name(product, accounts, session, book),
            (*lines, *_ndc_lines(accounts, book)),
        )
    unassigned = drawing.unassigned_units(session)
    if unassigned:
        words = _("{units} injected, and no vial is recorded.").format(units=units_text(unassigned))
        yield Detail(_("No vial"), (words,))


def _drug_name(
    product: str, accounts: Iterable[drawing.Balance], session: Session, book: Handbook
) -> str:
    name = book.products[product].name
    if len(session.vials) == 1:
        return name
    numbers = list_text(str(each.vial.number) for each in accounts)
    return _("{product}, vial {numbers}").format(product=name, numbers=numbers)


def _ndc_lines(accounts: Iterable[drawing.Balance], book: Handbook) -> Iterator[str]:
    codes = [ndc_of(each.vial, book) for each in accounts]
    texts = dict.fromkeys(code.eleven for code in codes if code is not None)
    if texts:
        yield _("NDC {codes}").format(codes=list_text(texts))


def _thrown_away(
    product: str, accounts: list[drawing.Balance], session: Session, book: Handbook
) -> Iterator[Detail]:
    """What was discarded of vials from which nothing was injected; no code stands for it here."""
    wasted = sum((each.wasted_units for each in accounts), Decimal(0))
    if wasted:
        words = _("nothing injected, {units} discarded").format(units=units_text(wasted))
        line = dotted([words, *_unaccounted(accounts, session)])
        yield Detail(_drug_name(product, accounts, session, book), (line,))


def _unaccounted(accounts: Iterable[drawing.Balance], session: Session) -> Iterator[str]:
    """What was opened, and nobody says where it went."""
    units = sum((each.gap_units for each in accounts if each.gap_units > 0), Decimal(0))
    if units:
        missing = (
            _("{units} not accounted for")
            if session.signature
            else _("{units} not yet accounted for")
        )
        yield missing.format(units=units_text(units))


def _wasted(accounts: Iterable[drawing.Balance]) -> Decimal | None:
    """What was discarded; none where it was not recorded of a vial that is not used up."""
    total = Decimal(0)
    for each in accounts:
        # A waste of nothing does not say where the rest went, even with a reason for the gap.
        if each.gap_units and not each.wasted_units:
            return None
        total += each.wasted_units
    return total
