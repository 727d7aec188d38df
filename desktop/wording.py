"""Every sentence about a domain value, in the user's language.

Amounts, lots and dates keep Western digits in every language; a printed dose says "units".
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, Protocol, assert_never

from desktop import language
from desktop.core import (
    acts,
    charting,
    clinic,
    history,
    patient,
    product,
    rules,
    script,
    times,
    vial,
)
from desktop.core import plan as plans
from desktop.core import session as sessions
from desktop.core.acts import Act
from desktop.core.amounts import NotAnAmountError, amount_text
from desktop.core.atlas import PointOutsideViewError
from desktop.core.clinic import Habits
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.history import Step
from desktop.core.patient import Patient, Person, Sex
from desktop.core.protocol import Region, Side
from desktop.core.rules import Change, Finding
from desktop.core.session import NO_SITES, Injection, Session, State
from desktop.core.vial import Expiry
from desktop.language import _, ngettext

# Invisible marks of direction (Unicode Standard Annex 9).
RIGHT_TO_LEFT, FIRST_STRONG, END = "\u200f", "\u2068", "\u2069"


def units_text(units: Decimal) -> str:
    """`7.5 units`, `1 unit`."""
    number = amount_text(units)
    return (_("{number} unit") if units == 1 else _("{number} units")).format(number=number)


def given_text(session: Session, book: Handbook) -> str:
    """`155 units`; of several toxins each by itself, with its name: they have no sum."""
    given = {toxin: each for toxin, each in rules.given_by_toxin(session, book).items() if each}
    if len(given) < 2:
        return units_text(session.given_units)
    return list_text(
        _("{units} of {toxin}").format(units=units_text(units), toxin=toxin)
        for toxin, units in given.items()
    )


def volume_text(volume_ml: Decimal) -> str:
    """`2.25 mL`, exact to a hundredth; a longer one says that it is about."""
    rounded = volume_ml.quantize(Decimal("0.01"))
    text = _("{number} mL").format(number=amount_text(rounded))
    return text if rounded == volume_ml else _("about {volume}").format(volume=text)


def dotted(parts: Iterable[str]) -> str:
    """Facts in one line with dots between them, in the order in which one reads.

    In a right-to-left language each stands by itself: else a date that follows a volume would be
    read as its number.
    """
    if not language.current().is_right_to_left:
        return " \N{MIDDLE DOT} ".join(parts)
    isolated = (f"{FIRST_STRONG}{part}{END}" for part in parts)
    return RIGHT_TO_LEFT + " \N{MIDDLE DOT} ".join(isolated)


def month_name(month: int) -> str:
    """The short name of a month, so that a date can be read in one way only."""
    return (
        _("Jan"),
        _("Feb"),
        _("Mar"),
        _("Apr"),
        _("May"),
        _("Jun"),
        _("Jul"),
        _("Aug"),
        _("Sep"),
        _("Oct"),
        _("Nov"),
        _("Dec"),
    )[month - 1]


def date_text(day: date) -> str:
    """`1 Feb 1980`."""
    return f"{day.day} {month_name(day.month)} {day.year}"


def time_text(at: datetime) -> str:
    """`10:30`."""
    return f"{at.hour:02}:{at.minute:02}"


def moment_text(at: datetime) -> str:
    """`22 Nov 2026 10:30`."""
    return f"{date_text(at.date())} {time_text(at)}"


def expiry_text(expiry: Expiry) -> str:
    """`Oct 2027`, or `31 Oct 2027` where the label has a day."""
    month = f"{month_name(expiry.month)} {expiry.year}"
    return month if expiry.day is None else f"{expiry.day} {month}"


def age_text(birth_date: date, on: date) -> str:
    """Age in years, or in months below two."""
    months = (on.year - birth_date.year) * 12 + on.month - birth_date.month
    months -= on.day < birth_date.day
    if months < 24:
        return _("{months} months").format(months=max(months, 0))
    return _("{years} y").format(years=months // 12)


def sex_name(sex: Sex) -> str:
    """The sex as the record has it; nothing for unknown."""
    match sex:
        case Sex.FEMALE:
            return _("female")
        case Sex.MALE:
            return _("male")
        case Sex.OTHER:
            return _("other sex")
        case Sex.UNKNOWN:
            return ""
        case _ as never:
            assert_never(never)


def plan_text(plan: str) -> str:
    """What a session was planned by: `as given on 30 Aug 2026`."""
    day, title = plans.day_copied(plan), plans.template_title(plan)
    if day:
        return _("as given on {date}").format(date=date_text(day))
    if title:
        return _("template {name}").format(name=title)
    if plan == plans.ANOTHERS:
        return _("as given to another patient")
    if plan in ("", NO_SITES):
        return _("no plan")
    return _("the protocol") if plan == plans.PROTOCOL else plan


def carried_reason(each: Injection, session: Session) -> str:
    """The reason that came along with the plan: `pain here, as on 30 Aug 2026`; empty for none."""
    if not each.planned_reason:
        return ""
    day = plans.day_copied(session.plan)
    if day:
        return _("{reason}, as on {date}").format(reason=each.planned_reason, date=date_text(day))
    if session.plan == plans.ANOTHERS:
        return _("{reason}, of another patient").format(reason=each.planned_reason)
    return _("{reason}, as planned").format(reason=each.planned_reason)


class Named(Protocol):
    """Whoever has the two parts of a name."""

    @property
    def family_name(self) -> str:
        """The family name."""

    @property
    def given_name(self) -> str:
        """The given names."""


def patient_name(who: Named) -> str:
    """`PATIENT, Test`: in capitals, a family name cannot be taken for a given one."""
    family, given = who.family_name.strip(), who.given_name.strip()
    return ", ".join(part for part in (family.upper(), given) if part)


def known_words(who: Patient) -> str:
    """A patient in one line, to be told from another."""
    # A sentence to fill in, so that a number such as "47-11" keeps its order among Arabic words.
    return _("{name}, {birth_date}, {number}").format(
        name=patient_name(who), birth_date=date_text(who.birth_date), number=who.record_number
    )


def person_name(person: Person) -> str:
    """`Test Injector MD`."""
    return f"{person.name} {person.credentials}".strip()


def side_name(side: Side) -> str:
    """The patient's side."""
    match side:
        case Side.RIGHT:
            return _("right")
        case Side.LEFT:
            return _("left")
        case Side.MIDLINE:
            return _("midline")
        case _ as never:
            assert_never(never)


def region_name(region: Region) -> str:
    """The muscle."""
    return _(region.name)


def region_place(region: Region) -> str:
    """The area in the words that patients know."""
    return _(region.place)


def profile_name(profile: str, book: Handbook) -> str:
    """The label that totals are compared with."""
    return _(book.protocol.profiles[profile].name)


def state_name(state: State) -> str:
    """What became of a site."""
    match state:
        case State.PLANNED:
            return _("planned")
        case State.GIVEN:
            return _("given")
        case State.OMITTED:
            return _("omitted")
        case State.NOT_GIVEN:
            return _("not given")
        case _ as never:
            assert_never(never)


class Reason(NamedTuple):
    """A reason as it is shown, and as it is kept: in the language that the note is printed in."""

    shown: str
    kept: str


def change_reasons(habits: Habits) -> list[Reason]:
    """Why a site departs from the plan: the clinic's own chips, or the program's."""
    return _reasons(habits.change_reasons, default_change_reasons)


def stop_reasons(habits: Habits) -> list[Reason]:
    """Why a session ends before its plan does: the clinic's own chips, or the program's."""
    return _reasons(habits.stop_reasons, default_stop_reasons)


def waste_reasons(habits: Habits) -> list[Reason]:
    """Why drug was discarded: the clinic's own chips, or the program's; the first is the usual."""
    return _reasons(habits.waste_reasons, default_waste_reasons)


def offered(reasons: Callable[[], list[str]]) -> list[Reason]:
    """The program's own chips for something, as shown and as kept."""
    return _reasons(None, reasons)


def default_change_reasons() -> list[str]:
    """The program's own chips for a change, in the language in use."""
    return [
        _("pain here"),
        _("tender"),
        _("ptosis last time"),
        _("cosmetic wish"),
        _("patient declined"),
        _("anatomy"),
    ]


def default_stop_reasons() -> list[str]:
    """The program's own chips for stopping, in the language in use."""
    return [_("faint"), _("pain"), _("patient declined"), _("drug used up")]


def default_waste_reasons() -> list[str]:
    """The program's own chips for discarding, in the language in use."""
    return [_("single-patient vial"), _("past its time"), _("spilled"), _("contaminated")]


def _reasons(own: Sequence[str] | None, default: Callable[[], list[str]]) -> list[Reason]:
    if own is not None:
        return [Reason(each, each) for each in own]
    with language.speaking(language.on_paper()):
        kept = default()
    return [Reason(*each) for each in zip(default(), kept, strict=True)]


def site_name(code: str, book: Handbook) -> str:
    """`Temporalis 2 left`, `Temporalis extra 1 left`, `Procerus`."""
    region_code, number, side = code.split("-")
    region = book.protocol.region_of_code(region_code)
    name = region_name(region) if region else region_code
    return _site(name, number, Side(side))


def site_short(code: str) -> str:
    """`TEM 2 left`, `TEM X1 left`, `PRO 1`."""
    region_code, number, side = code.split("-")
    if Side(side) is Side.MIDLINE:
        return f"{region_code} {number}"
    return f"{region_code} {number} {side_name(Side(side))}"


def site_words(
    code: str, each: Injection | None, book: Handbook, session: Session | None = None
) -> str:
    """A site as a screen reader says it: `Temporalis 2 left, planned, 5 units`.

    With its session, a reason that came along says from which day it is.
    """
    name = site_name(code, book)
    if each is None:
        return _("{site}, not in the plan").format(site=name)
    return list_text([name, state_name(each.state), *_site_details(each, session)])


def _site_details(each: Injection, session: Session | None) -> Iterator[str]:
    given_or_planned = each.state in (State.GIVEN, State.PLANNED)
    if given_or_planned and each.planned_units is not None and each.has_other_dose:
        yield _("{units} instead of {planned}").format(
            units=units_text(each.units), planned=amount_text(each.planned_units)
        )
    elif given_or_planned:  # the units of an omitted site would sound as if they had been given
        yield units_text(each.units)
    elif each.planned_units is not None:
        yield _("planned {units}").format(units=units_text(each.planned_units))
    if each.is_moved:
        yield _("moved")
    if each.is_extra and each.point is None:
        yield _("position not recorded")
    if each.reason:
        yield each.reason
    elif each.planned_reason and given_or_planned:
        as_planned = _("{reason}, as planned").format(reason=each.planned_reason)
        yield carried_reason(each, session) if session else as_planned


def _site(name: str, number: str, side: Side) -> str:
    where = {"name": name, "number": number.lstrip("X"), "side": side_name(side)}
    if number.startswith("X"):
        return _("{name} extra {number} {side}").format(**where)
    if side is Side.MIDLINE:
        return name
    return _("{name} {number} {side}").format(**where)


def change_words(change: Change, book: Handbook) -> str:
    """What differs from the plan, without the site and the reason."""
    match change:
        case rules.Omitted():
            return _("omitted")
        case rules.OtherDose(planned_units=planned, units=units):
            return _("{units} instead of {planned}").format(
                units=units_text(units), planned=amount_text(planned)
            )
        case rules.Moved():
            return _("moved {distance}").format(distance=_distance(change, book))
        case rules.Extra(units=units):
            return _("extra {units}").format(units=units_text(units))
        case _ as never:
            assert_never(never)


def _distance(moved: rules.Moved, book: Handbook) -> str:
    axis = book.atlas.views[moved.view].axis
    along = (_("to the left"), _("to the right")) if axis == "x" else (_("forward"), _("backward"))
    steps = [(moved.up_mm, (_("up"), _("down"))), (moved.across_mm, along)]
    return ", ".join(
        _("{mm} mm {direction}").format(
            mm=amount_text(Decimal(str(abs(mm)))), direction=words[0 if mm > 0 else 1]
        )
        for mm, words in steps
        if mm
    )


def finding_sentence(finding: Finding, book: Handbook) -> str:
    """What the protocol or the label says, with its numbers."""
    match finding:
        case rules.TotalOutsideLabel():
            return _total_sentence(finding, book)
        case rules.RegionOverLimit(region, units, limit):
            return _("{region}: {units}, above the protocol's {limit}.").format(
                region=_named(region, book), units=units_text(units), limit=amount_text(limit)
            )
        case rules.RegionOverSites(region, sites, limit_sites):
            return _("{region}: {sites} injections, above the protocol's {limit}.").format(
                region=_named(region, book), sites=sites, limit=limit_sites
            )
        case rules.ExtraOutsideFollowThePain(code):
            return _("{site}: an extra outside the follow-the-pain muscles.").format(
                site=site_name(code, book)
            )
        case rules.MovedBelowLowest(code, below):
            return _("{site}: {mm} mm below the lowest paraspinal site.").format(
                site=site_name(code, book), mm=amount_text(Decimal(str(below)))
            )
        case rules.MovedIntoAnother(code, region, side):
            return _("{site} was given in another muscle: {region} {side}.").format(
                site=site_name(code, book), region=_named(region, book), side=side_name(side)
            )
        case rules.ChangeWithoutReason(code):
            return _("{site}: no reason recorded.").format(site=site_name(code, book))
        case rules.SidesDiffer(right, left):
            return _("Right and left differ: right {right}, left {left}.").format(
                right=amount_text(right), left=units_text(left)
            )
        case rules.VialOverdrawn(number, lot, over):
            return _("Vial {number}, lot {lot}: {units} more than it held.").format(
                number=number, lot=lot, units=units_text(over)
            )
        case rules.NotAccountedFor(number, lot, units, opened, reason):
            sentence = _(
                "Vial {number}, lot {lot}: {units} of the {opened} opened not accounted for."
            ).format(number=number, lot=lot, units=units_text(units), opened=units_text(opened))
            return (
                _("{sentence} Stated: {reason}.").format(sentence=sentence, reason=reason)
                if reason
                else sentence
            )
        case rules.VialMixedTooLong(number, lot, hours, limit):
            return _(
                "Vial {number}, lot {lot}, was mixed {hours} hours before; the label allows"
                " {limit}."
            ).format(number=number, lot=lot, hours=amount_text(hours), limit=limit)
        case rules.VialMixedLater(number, lot, mixed_at):
            return _(
                "Vial {number}, lot {lot}, is recorded as mixed after the injections: {moment}."
            ).format(number=number, lot=lot, moment=moment_text(mixed_at))
        case rules.OtherToxinUsed(number, toxin, first):
            return _(
                "Vial {number} holds {toxin}, not {first}: their units cannot be compared or added."
            ).format(number=number, toxin=toxin, first=first)
        case rules.NotForMigraineUsed(number, product):
            return _(
                "Vial {number} holds {product}: its label does not name chronic migraine."
            ).format(number=number, product=product)
        case rules.OddDilution(number, mixed, usual):
            rounded = mixed.quantize(Decimal("0.01"))
            figure = amount_text(rounded)
            return _("Vial {number}: {mixed} units in 0.1 mL, where {usual} are usual.").format(
                number=number,
                mixed=figure if rounded == mixed else _("about {amount}").format(amount=figure),
                usual=amount_text(usual),
            )
        case rules.NoVial():
            return _("No vial is recorded.")
        case rules.VialExpired(lot=lot, expiry=expiry):
            return _("The vial of lot {lot} had expired ({expiry}).").format(
                lot=lot, expiry=expiry_text(vial.read_expiry(expiry))
            )
        case _ as never:
            assert_never(never)


def _total_sentence(finding: rules.TotalOutsideLabel, book: Handbook) -> str:
    total = {
        "units": units_text(finding.units),
        "label": profile_name(finding.profile, book),
        "range": _range(finding.low_units, finding.high_units),
    }
    above = finding.units > finding.high_units
    sentence = (
        _("Total {units} is above the {label}'s {range}")
        if above
        else _("Total {units} is below the {label}'s {range}")
    ).format(**total)
    within = [_within(key, book) for key in finding.within]
    return ", ".join([sentence, *within]) + "."


def _within(profile: str, book: Handbook) -> str:
    label = book.protocol.profiles[profile]
    return _("within the {label}'s {range}").format(
        label=profile_name(profile, book), range=_range(label.low_units, label.high_units)
    )


def _range(low: Decimal, high: Decimal) -> str:
    return amount_text(low) if low == high else f"{amount_text(low)}\u2013{amount_text(high)}"


def _named(region: str, book: Handbook) -> str:
    return region_name(book.protocol.regions[region])


def step_label(step: Step, book: Handbook) -> str:
    """What undo takes back, in a few words: `omitted OCC 3 right`; of a tap, what came of it."""
    act = step.act
    if isinstance(act, acts.Tap | acts.Give):
        state = step.after.injections[act.code].state
        return f"{state_name(state)} {site_short(act.code)}"
    return act_label(act, book)


def act_label(act: Act, book: Handbook) -> str:
    """An act in a few words, for the undo button: `omit OCC 3 right`."""
    match act:
        case acts.PlanProtocol():
            return _("plan the protocol")
        case acts.PlanFrom(plan):
            return _plan_label(plan.name)
        case acts.Tap(code) | acts.Give(code):
            return _("tap {site}").format(site=site_short(code))
        case acts.Omit(code):
            return _("omit {site}").format(site=site_short(code))
        case acts.SetDose(code, units):
            return _("{units} at {site}").format(units=units_text(units), site=site_short(code))
        case acts.AddExtra(region, side):
            return _("extra {region} {side}").format(
                region=_named(region, book), side=side_name(side)
            )
        case acts.Mirror(code):
            return _("mirror {site}").format(site=site_short(code))
        case acts.Move(code):
            return _("move {site}").format(site=site_short(code))
        case acts.GiveReason(code):
            return _("reason {site}").format(site=site_short(code))
        case acts.GiveRegion(region, side):
            parts = [_("give {region}").format(region=_named(region, book))]
            return " ".join([*parts, side_name(side)] if side else parts)
        case acts.GiveAll():
            return _("give all")
        case acts.Stop():
            return _("stop here")
        case acts.Clear():
            return _("clear the chart")
        case acts.AddVial() | acts.ChangeVial():
            return _("vial")
        case acts.DrawFrom(number):
            return _("draw from vial {number}").format(number=number)
        case acts.DrawnFrom(code):
            return _("vial of {site}").format(site=site_short(code))
        case acts.SetWaste() | acts.DiscardRest():
            return _("discarded units")
        case acts.Keep():
            return _("kept units")
        case acts.StateGap():
            return _("why units are missing")
        case acts.SetAssessment():
            return _("safety")
        case acts.SetProcedure():
            return _("procedure")
        case acts.AddEvent() | acts.RemoveEvent():
            return _("event")
        case acts.GoOn():
            return _("why it goes on")
        case acts.SetRemark():
            return _("remark")
        case acts.SetProfile():
            return _("label")
        case acts.SetPerformer(person):
            return _("performed by {name}").format(name=person_name(person))
        case acts.MoveToPatient():
            return _("moved to another patient")
        case _ as never:
            assert_never(never)


def _plan_label(plan: str) -> str:
    day, title = plans.day_copied(plan), plans.template_title(plan)
    if day:
        return _("plan as on {date}").format(date=date_text(day))
    if title:
        return _("plan template {name}").format(name=title)
    return _("plan the protocol") if plan == plans.PROTOCOL else _("plan nothing")


def script_sentence(error: script.ScriptError, cause: str) -> str:
    """Where a chart script went wrong, what was expected there, and why, if that is known."""
    where = _("Line {number}: \u201c{line}\u201d.").format(
        number=error.line_number, line=error.line
    )
    expected = _("Expected: {form}").format(form=error.expected.value)
    return " ".join(part for part in (where, cause, expected) if part)


def _with_nearest(sentence: str, nearest: tuple[str, ...]) -> str:
    if not nearest:
        return sentence
    question = _("Did you mean {names}?").format(names=list_text(nearest))
    return f"{sentence} {question}"


def list_text(items: Iterable[str]) -> str:
    """Items with commas."""
    return ", ".join(items)


def explain(error: ExpectedError, book: Handbook) -> str | None:
    """What happened and what to do, for an error of the domain; none for one of another layer."""
    match error:
        case NotAnAmountError(text=text):
            return _(
                "\u201c{text}\u201d is not an amount. Write digits with at most two decimals,"
                " such as 5 or 7.5."
            ).format(text=text)
        case product.DoseNotPositiveError():
            return _("An amount must be more than zero.")
        case product.DoseOverProductLimitError(units=units, limit_units=limit):
            return _("{units} is more than one site can be given ({limit} at most).").format(
                units=units_text(units), limit=units_text(limit)
            )
        case product.UnknownProductError(name=name, known=known):
            return _("No product is called \u201c{name}\u201d. Known: {known}.").format(
                name=name, known=list_text(known)
            )
        case product.VialSizeError(units=units, sizes=sizes):
            return _("There is no vial of {units}. Sizes: {sizes} units.").format(
                units=units_text(units), sizes=list_text(amount_text(size) for size in sizes)
            )
        case vial.NotAnExpiryError(text=text):
            return _(
                "\u201c{text}\u201d is not an expiry date. Write 2027-10, or 2027-10-31."
            ).format(text=text)
        case vial.NoLotError():
            return _("A vial needs its lot number.")
        case vial.LotTooLongError(lot=lot):
            return _(
                "A lot has at most {limit} characters; this one has {length}. Nothing was cut."
            ).format(limit=vial.LONGEST_LOT, length=len(lot))
        case patient.PatientNameMissingError():
            return _("A patient needs a family name or a given name.")
        case patient.RecordNumberMissingError():
            return _("A patient needs a record number.")
        case patient.NotABirthDateError(text=text):
            return _(
                "\u201c{text}\u201d cannot be a birth date. Write year, month and day, such as"
                " 1980-02-01."
            ).format(text=text)
        case patient.TextTooLongError(length=length, limit=limit):
            return _(
                "The text has {length} characters, {limit} at most. Nothing was cut; shorten it."
            ).format(length=length, limit=limit)
        case patient.UnprintableCharacterError(character=character):
            return _(
                "The text holds a character that cannot be printed (U+{number:04X}). Type it again."
            ).format(number=ord(character))
        case patient.LikelyDuplicateError(known=known):
            return _("Is this one of these? {known}. If not, press the button once more.").format(
                known="; ".join(known_words(each) for each in known[:3])
            )
        case patient.NobodyChosenError():
            return _("Choose a patient in the list.")
        case sessions.SessionSignedError():
            return _("This session is signed; a signed session takes no change.")
        case sessions.SiteNotInSessionError(code=code):
            return _("There is no site {code}.").format(code=code)
        case charting.PlannedSiteUnknownError(code=code):
            return _(
                "The plan holds {code}, a site that this protocol does not have. Nothing was"
                " planned."
            ).format(code=code)
        case plans.TemplateNameMissingError():
            return _("A template needs a name.")
        case clinic.EmptyReasonError():
            return _("A reason to choose from cannot be empty.")
        case clinic.TooManyReasonsError(number=number, limit=limit):
            return _("There are {number} reasons to choose from, {limit} at most.").format(
                number=number, limit=limit
            )
        case clinic.LowStockError(number=number, limit=limit):
            return _("Stock cannot be low at {number} vials: at most at {limit}.").format(
                number=number, limit=limit
            )
        case clinic.ExpiringDaysError(days=days, limit=limit):
            return _("{days} days before it expires is too early: at most {limit}.").format(
                days=days, limit=limit
            )
        case clinic.ClinicNameMissingError():
            return _("A clinic needs a name: it stands on every note.")
        case charting.SignerMissingError():
            return _("A signature needs a name.")
        case charting.SessionEmptyError():
            return _("Nothing is charted yet: there is nothing to sign.")
        case charting.SitesUnresolvedError(codes=codes):
            return ngettext(
                "{number} site is still planned. Give it, omit it, or stop here, then sign.",
                "{number} sites are still planned. Give them, omit them, or stop here, then sign.",
                len(codes),
            ).format(number=len(codes))
        case charting.RegionSideError(region=region, side=side) if (
            side in book.atlas.outlines[region]
        ):
            return _("{region} lies in the midline and has no other side.").format(
                region=_named(region, book)
            )
        case charting.RegionSideError(region=region, side=side):
            return _("{region} has no {side} side.").format(
                region=_named(region, book), side=side_name(side)
            )
        case charting.WrongViewError(region=region):
            return _("{region} takes points in its home view only.").format(
                region=_named(region, book)
            )
        case charting.NothingToMirrorError(code=code):
            return _("{site} is as planned: there is nothing to mirror yet.").format(
                site=site_name(code, book)
            )
        case charting.OtherSideChartedError(code=code):
            return _("{site} is charted already. Change it there.").format(
                site=site_name(code, book)
            )
        case sessions.ReasonMissingError():
            return _("This needs a reason.")
        case PointOutsideViewError():
            return _("That point lies outside the drawing.")
        case script.UnknownCodeError(code=code, nearest=nearest):
            sentence = _("No site or region has the code {code}.").format(code=code)
            return _with_nearest(sentence, nearest)
        case times.UnknownZoneError(name=name, nearest=nearest):
            sentence = _("There is no time zone {name}.").format(name=name)
            return _with_nearest(sentence, nearest)
        case script.DirectionNotShownError(direction=direction):
            return _("The site's view does not show the direction \u201c{direction}\u201d.").format(
                direction=direction
            )
        case script.SessionInFutureError(on=on, today=today):
            return _("The session cannot have been on {date}: today is {today}.").format(
                date=date_text(on), today=date_text(today)
            )
        case script.SessionBeforeBirthError(on=on, birth_date=born):
            return _(
                "The session on {date} is before the patient's birth on {birth}. Check both dates."
            ).format(date=date_text(on), birth=date_text(born))
        case script.NoPlannedPlaceError(code=code):
            return _("{code} has no planned place to move from: say where it is.").format(code=code)
        case times.NotADayError(text=""):
            return _("Say on which day: write year, month and day, such as 2026-11-22.")
        case times.NotADayError(text=text):
            return _(
                "\u201c{text}\u201d is no date. Write year, month and day, such as 2026-11-22."
            ).format(text=text)
        case times.NoSuchTimeError(text=text, zone=zone):
            return _(
                "The clocks of {zone} never show \u201c{text}\u201d. Write a time such as"
                " 2026-11-22 08:15."
            ).format(text=text, zone=zone)
        case history.NothingToUndoError():
            return _("There is nothing to undo.")
        case history.NothingToRedoError():
            return _("There is nothing to redo.")
        case _:
            return None
