"""What speaks against a vial, and where its units went, in words."""

from collections.abc import Iterable
from datetime import datetime

from desktop.core import charting, drawing, procedure, script, taking, vial
from desktop.core.amounts import amount_text
from desktop.core.drawing import Balance, Objection
from desktop.core.errors import ExpectedError
from desktop.core.patient import Person
from desktop.core.procedure import (
    Aspiration,
    Event,
    Happening,
    Procedure,
)
from desktop.core.session import Session
from desktop.core.vial import Supply
from desktop.language import _
from desktop.wording import (
    Reason,
    date_text,
    dotted,
    moment_text,
    offered,
    time_text,
    units_text,
)


def explain(error: ExpectedError) -> str | None:
    """What happened and what to do; none for an error of something else."""
    match error:
        case drawing.VialObjectionError(objections=objections):
            said = " ".join(objection_sentence(each) for each in objections)
            return _("{sentences} Say why it is used, or take another.").format(sentences=said)
        case drawing.WasteOverOpenedError(wasted_units=wasted, left_units=most):
            return _("Too many: {wasted}. Remaining at most: {most}.").format(
                wasted=units_text(wasted), most=units_text(most)
            )
        case drawing.WhichVialError():
            return _("Several vials have something in them. Say for each what was discarded.")
        case drawing.NothingToDiscardError():
            return _("Every opened unit is accounted for: there is nothing to discard.")
        case charting.GapNotStatedError(balances=balances, unassigned_units=unassigned):
            gaps = [gap_sentence(each) for each in balances if each.gap_units]
            if unassigned:
                gaps.append(
                    _("Given from no recorded vial: {units}.").format(units=units_text(unassigned))
                )
            return _("{sentences} Record it, or say why it cannot be.").format(
                sentences=" ".join(gaps)
            )
        case taking.VialInSessionError(vial=known):
            return _(
                "This session has the vial with the serial number {serial} already: it is vial"
                " {number}."
            ).format(serial=known.serial, number=known.number)
        case vial.VialUnknownError(number=number):
            return _("This session has no vial {number}.").format(number=number)
        case vial.SerialTooLongError(serial=serial):
            return _(
                "A serial number has at most {limit} characters; this one has {length}. Nothing was"
                " cut."
            ).format(limit=vial.LONGEST_SERIAL, length=len(serial))
        case vial.NotACodeError(character=character):
            return _(
                "Lots and serial numbers have plain letters, digits and signs. This one holds"
                " another character (U+{number:04X}). Type it again."
            ).format(number=ord(character))
        case vial.MixedInFutureError(mixed_at=mixed_at, now=now):
            return _("It cannot have been mixed at {moment}: it is {now} now.").format(
                moment=moment_text(mixed_at), now=moment_text(now)
            )
        case script.MixedAfterSessionError(mixed_at=mixed_at, on=on):
            return _("It cannot have been mixed at {moment}: the session was on {date}.").format(
                moment=moment_text(mixed_at), date=date_text(on)
            )
        case vial.TooMuchDiluentError(diluent_ml=diluent, limit_ml=limit):
            return _("{diluent} mL cannot be: no vial takes more than {limit} mL.").format(
                diluent=amount_text(diluent), limit=amount_text(limit)
            )
        case vial.HeldOverSizeError(held_units=held, size_units=size):
            return _("A vial of {size} cannot have held {held}.").format(
                size=units_text(size), held=units_text(held)
            )
        case procedure.HappeningNotDescribedError():
            return _("Say in a few words what happened.")
        case procedure.NoSuchEventError(number=number):
            return _("This session has no event {number}.").format(number=number)
        case _:
            return None


def objection_sentence(objection: Objection) -> str:
    """What speaks against using a vial."""
    match objection:
        case drawing.Expired(last_day):
            return _("This vial expired on {date}.").format(date=date_text(last_day))
        case drawing.MixedTooLong(hours, limit):
            return _("It was mixed {hours} hours ago; the label allows {limit}.").format(
                hours=amount_text(hours), limit=limit
            )
        case drawing.MixedLater(mixed_at):
            return _("It was mixed after the injections: {moment}.").format(
                moment=moment_text(mixed_at)
            )
        case drawing.DrawnBefore(held, size):
            return _(
                "{held} of {size} are in it: the rest was drawn for another patient, and the label"
                " has a vial for one."
            ).format(held=amount_text(held), size=units_text(size))
        case drawing.Empty():
            return _("Nothing is in it any more.")
        case drawing.OtherToxin(toxin, first):
            return _(
                "It holds {toxin}, the session's first vial {first}: their units cannot be"
                " compared."
            ).format(toxin=toxin, first=first)
        case drawing.NotForMigraine(product):
            return _("The label of {product} does not name chronic migraine.").format(
                product=product
            )


def objection_words(objections: Iterable[Objection]) -> str:
    """What speaks against a vial, as a question."""
    said = " ".join(objection_sentence(each) for each in objections)
    return _("{sentences} Why is it used?").format(sentences=said)


def objection_reasons() -> list[Reason]:
    """Why a vial is used that something speaks against."""
    return offered(
        lambda: [
            _("label checked again"),
            _("no other vial at hand"),
            _("agreed with the prescriber"),
        ]
    )


def gap_reasons() -> list[Reason]:
    """Why a vial's account is not even."""
    return offered(
        lambda: [
            _("lost in needle and syringe"),
            _("spilled, amount not known"),
            _("cannot be found out"),
        ]
    )


def initials_of(person: Person) -> str:
    """`TI`, of each word of a name its first letter."""
    return "".join(word[0] for word in person.name.split()).upper()


def gap_sentence(account: Balance) -> str:
    """How far a vial's account is from even."""
    words = {
        "number": account.vial.number,
        "lot": account.vial.lot,
        "units": units_text(abs(account.gap_units)),
    }
    if account.gap_units < 0:
        return _("Vial {number}, lot {lot}: {units} more than it held.").format(**words)
    return _("Vial {number}, lot {lot}: {units} not accounted for.").format(**words)


def balance_line(account: Balance) -> str:
    """`200 opened = 155 injected + 45 wasted`, and what is kept or missing; an even sum."""
    parts = [
        _("{units} injected").format(units=amount_text(account.injected_units)),
        _("{units} wasted").format(units=amount_text(account.wasted_units)),
    ]
    if account.kept_units:
        parts.append(_("{units} kept").format(units=amount_text(account.kept_units)))
    if account.gap_units > 0:
        parts.append(_("{units} not accounted for").format(units=amount_text(account.gap_units)))
    opened = _("{units} opened").format(units=amount_text(account.vial.opened_units))
    line = f"{opened} = {' + '.join(parts)}"
    if account.gap_units >= 0:
        return line
    over = _("{units} too many").format(units=amount_text(-account.gap_units))
    return f"{line} \N{MINUS SIGN} {over}"


def supply_name(supply: Supply) -> str:
    """Who bought the drug."""
    return {
        Supply.BOUGHT: _("bought by the practice"),
        Supply.SPECIALTY_PHARMACY: _("specialty pharmacy"),
        Supply.SAMPLE: _("sample"),
        Supply.NOT_RECORDED: _("not recorded"),
    }[supply]


def happening_name(happening: Happening) -> str:
    """What happened during the session."""
    return {
        Happening.FAINT: _("faint"),
        Happening.BLEEDING: _("bleeding"),
        Happening.PAIN: _("pain"),
        Happening.OTHER: _("other"),
    }[happening]


def event_reasons() -> list[Reason]:
    """What can have happened, each with its chip; anything else is described."""
    return [
        Reason(happening_name(each), each.value)
        for each in Happening
        if each is not Happening.OTHER
    ]


def named_event(words: str, at: datetime) -> Event:
    """The event that a chip or these words name; words of one's own describe another."""
    said = words.strip()
    for each in event_reasons():
        if said.casefold() in (each.kept, each.shown.casefold()):
            return Event(Happening(each.kept), at)
    return Event(Happening.OTHER, at, said)


def event_words(event: Event, session: Session) -> str:
    """`10:40 \u00b7 faint`, by the clock of the session; what has no name is only described."""
    at = event.at.astimezone(session.started_at.tzinfo)
    clock = time_text(at) if at.date() == session.started_at.date() else moment_text(at)
    name = [] if event.kind is Happening.OTHER else [happening_name(event.kind)]
    return dotted([clock, *name, *([event.note] if event.note else [])])


def aspiration_name(aspiration: Aspiration) -> str:
    """Whether the needle was drawn back."""
    return {
        Aspiration.YES: _("yes"),
        Aspiration.NO: _("no"),
        Aspiration.NOT_RECORDED: _("not recorded"),
    }[aspiration]


def procedure_value(name: str, procedure: Procedure) -> str:
    """What was recorded of a part of the procedure; empty for nothing."""
    if name == "aspiration":
        not_said = procedure.aspiration is Aspiration.NOT_RECORDED
        return "" if not_said else aspiration_name(procedure.aspiration)
    return str(getattr(procedure, name)).strip()


def procedure_part(name: str) -> str:
    """The name of a part of the procedure."""
    return {
        "position": _("Position"),
        "skin": _("Skin preparation"),
        "needle": _("Needle"),
        "guidance": _("Guidance"),
        "aspiration": _("Aspiration"),
        "tolerance": _("Tolerance"),
        "aftercare": _("Aftercare given"),
        "warnings": _("Warning signs told"),
        "follow_up": _("Plan"),
    }[name]
