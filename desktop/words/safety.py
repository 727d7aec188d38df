"""What is asked, found and recorded before the needle, and what a payer asks for: in words."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import assert_never

from desktop import language
from desktop.core import assessment, guards
from desktop.core.amounts import amount_text
from desktop.core.assessment import (
    Answer,
    Assessment,
    Checklist,
    Consent,
    ConsentKind,
    Criterion,
    Diagnosis,
    Group,
    Preventive,
    Question,
    Said,
)
from desktop.core.billing import Bought, Discard, PayerFacts, Quantity
from desktop.core.errors import ExpectedError
from desktop.core.guards import Guard
from desktop.language import _, ngettext
from desktop.wording import Reason, date_text, dotted, list_text, moment_text, units_text
from desktop.words.drug import ingredient_name


def question_text(question: Question) -> str:
    """The question as it is asked."""
    return _(question.question)


def question_name(key: str, checklist: Checklist) -> str:
    """What is asked about, in a few words; of a question that is no longer asked, its key."""
    question = checklist.questions.get(key)
    return _(question.name) if question else key.replace("_", " ")


def said_name(said: Said) -> str:
    """The answer to a question."""
    match said:
        case Said.NO:
            return _("no")
        case Said.YES:
            return _("yes")
        case Said.NOT_ASKED:
            return _("not asked")
        case _ as never:
            assert_never(never)


def group_name(group: Group) -> str:
    """How much weight a "yes" has."""
    match group:
        case Group.CONTRAINDICATION:
            return _("contraindication")
        case Group.WARNING:
            return _("warning")
        case Group.INFORMATION:
            return _("information")
        case _ as never:
            assert_never(never)


def answer_words(key: str, answer: Answer, checklist: Checklist) -> str:
    """`pregnancy: yes (week 12)`."""
    words = {"question": question_name(key, checklist), "answer": said_name(answer.value)}
    if not answer.note.strip():
        return _("{question}: {answer}").format(**words)
    return _("{question}: {answer} ({note})").format(**words, note=answer.note.strip())


def unchanged_words(given: Assessment) -> str:
    """`no change since 1 Feb 2026`; nothing for what was said anew."""
    if given.unchanged_since is None:
        return ""
    return _("no change since {date}").format(date=date_text(given.unchanged_since))


def summary_words(given: Assessment, checklist: Checklist) -> list[str]:
    """What was said before the needle, in short: every "yes", or that there was none; consent."""
    noted = [
        answer_words(key, answer, checklist)
        for key, answer in given.answers.items()
        if answer.value is Said.YES
    ]
    open_ = sum(given.said(key) is Said.NOT_ASKED for key in checklist.questions)
    asked = len(checklist.questions) - open_
    words = noted or ([_("nothing to note")] if asked else [])
    if open_:
        words.append(
            ngettext("{number} question not asked", "{number} questions not asked", open_).format(
                number=open_
            )
        )
    consent = _("no consent recorded")
    if given.consent:
        consent = _("consent {words}").format(words=consent_words(given.consent))
    return [*words, consent]


def figures_words(given: Assessment) -> list[str]:
    """The recorded figures before the first treatment, a phrase each."""
    return [
        *(_headache_days(days) for days in _known(given.headache_days)),
        *_lasting(given.days_4h),
        *(_migraine_days(days) for days in _known(given.migraine_days)),
        *(_months(months) for months in _known(given.months)),
    ]


def _known(figure: int | None) -> list[int]:
    return [] if figure is None else [figure]


def _lasting(days_4h: bool | None) -> Iterator[str]:
    if days_4h is not None:
        yield (
            _("headache lasts 4 hours a day or more")
            if days_4h
            else _("headache lasts less than 4 hours a day")
        )


def _headache_days(days: int) -> str:
    text = ngettext("{number} headache day a month", "{number} headache days a month", days)
    return text.format(number=days)


def _migraine_days(days: int) -> str:
    text = ngettext("{number} migraine day a month", "{number} migraine days a month", days)
    return text.format(number=days)


def _months(months: int) -> str:
    text = ngettext(
        "for {number} month before treatment", "for {number} months before treatment", months
    )
    return text.format(number=months)


def criterion_name(criterion: Criterion) -> str:
    """What a label asks for, in a few words."""
    match criterion:
        case Criterion.HEADACHE_DAYS:
            return _("headache days")
        case Criterion.HOURS:
            return _("hours of headache a day")
        case Criterion.MIGRAINE_DAYS:
            return _("migraine days")
        case Criterion.MONTHS:
            return _("months with headache")
        case _ as never:
            assert_never(never)


def preventive_words(each: Preventive) -> str:
    """`topiramate · 100 mg · 3 months · stopped: tingling`."""
    stopped = _("stopped: {reason}").format(reason=each.stopped) if each.stopped else ""
    return dotted(part for part in (each.agent, each.dose, each.duration, stopped) if part)


def diagnosis_questions() -> tuple[str, str, str]:
    """The three plain questions: about aura, about treatment, about long attacks."""
    return (
        _("Does the migraine come with aura?"),
        _("Is it intractable: does it resist treatment?"),
        _("Is it with status migrainosus: an attack of more than 72 hours?"),
    )


def diagnosis_words(diagnosis: Diagnosis) -> str:
    """`chronic migraine without aura, not intractable, without status migrainosus`."""
    return _("{migraine}, {intractable}, {status}").format(
        migraine=(
            _("chronic migraine with aura")
            if diagnosis.aura
            else _("chronic migraine without aura")
        ),
        intractable=_("intractable") if diagnosis.intractable else _("not intractable"),
        status=(
            _("with status migrainosus") if diagnosis.status else _("without status migrainosus")
        ),
    )


def diagnosis_text(diagnosis: Diagnosis, checklist: Checklist) -> str:
    """The words, the ICD-10-CM code that they name, and who confirmed them."""
    return _("{diagnosis} (ICD-10-CM {code}), confirmed by {name}").format(
        diagnosis=diagnosis_words(diagnosis),
        code=checklist.code_of(diagnosis),
        name=diagnosis.confirmed_by,
    )


def consent_kind_name(kind: ConsentKind) -> str:
    """How consent was given."""
    match kind:
        case ConsentKind.SIGNED_COPY:
            return _("signed copy")
        case ConsentKind.ON_PAPER:
            return _("on paper, seen")
        case _ as never:
            assert_never(never)


def consent_words(consent: Consent) -> str:
    """`on paper, seen · 1 Feb 2026 · version 3`."""
    version = consent.version.strip()
    parts = [consent_kind_name(consent.kind), date_text(consent.on)]
    return dotted([*parts, _("version {version}").format(version=version)] if version else parts)


def guard_sentence(guard: Guard, checklist: Checklist) -> str:
    """What a guard found."""
    match guard:
        case guards.NoAssessment():
            return _("Nothing was asked before the needle.")
        case guards.Contraindicated(question, note, ingredient):
            sentence = _("Contraindicated by the label: {question}.").format(
                question=question_name(question, checklist)
            )
            if ingredient:
                sentence = _("{sentence} A product of this session holds {ingredient}.").format(
                    sentence=sentence, ingredient=ingredient_name(ingredient)
                )
            return _noted(sentence, note)
        case guards.OtherToxin(toxin, on):
            return _(
                "Another toxin, {toxin}, on {date}. Units of different toxins cannot be added or"
                " compared."
            ).format(toxin=toxin, date=date_text(on))
        case guards.ElsewhereOnRecord(on, toxin):
            return _(
                "The answer is that no toxin was given elsewhere, but the record has {toxin} on"
                " {date}."
            ).format(toxin=toxin, date=date_text(on))
        case guards.OverCumulative(units, limit_units, days, toxin):
            return _(
                "{units} of {toxin} in {days} days, this session included: over the limit of"
                " {limit}."
            ).format(units=units_text(units), toxin=toxin, days=days, limit=units_text(limit_units))
        case guards.TooEarly():
            return _too_early(guard)
        case guards.Warned(question, note):
            return _noted(
                _("Warning: {question}.").format(question=question_name(question, checklist)),
                note,
            )
        case guards.NotEligible():
            return _not_eligible(guard)
        case guards.Under18(age):
            return _(
                "The patient is {age}. Under {least} this is off-label, and insurance may not"
                " cover it."
            ).format(age=age, least=checklist.least_age_years)
        case guards.NoConsent():
            return _("No consent is recorded.")
        case guards.NotAsked(questions, criteria):
            gaps = [question_name(key, checklist) for key in questions]
            gaps += [criterion_name(each) for each in criteria]
            return _("Not asked or not recorded: {items}.").format(items=list_text(gaps))
        case guards.Noted(question, note):
            return _noted(
                _("To know: {question}.").format(question=question_name(question, checklist)), note
            )
        case guards.DoseChange(units, last_units):
            return _("{units} this time, {last} last time.").format(
                units=units_text(units), last=units_text(last_units)
            )
        case guards.SinceLast(days):
            return ngettext(
                "{number} day since the last treatment.",
                "{number} days since the last treatment.",
                days,
            ).format(number=days)
        case guards.WithinLimit(units, limit_units, days, toxin):
            return _(
                "{units} of {limit} units of {toxin} in {days} days, this session included."
            ).format(
                units=amount_text(units), limit=amount_text(limit_units), toxin=toxin, days=days
            )
        case guards.ClockSetBack(now, latest):
            return _clock(now, latest)
        case _ as never:
            assert_never(never)


def _noted(sentence: str, note: str) -> str:
    text = note.strip()
    return _("{sentence} Note: {note}").format(sentence=sentence, note=text) if text else sentence


def _too_early(guard: guards.TooEarly) -> str:
    if guard.where:
        said = ngettext(
            "The last treatment ({where}) was {number} day ago, {least} are usual; earliest"
            " {date}.",
            "The last treatment ({where}) was {number} days ago, {least} are usual; earliest"
            " {date}.",
            guard.days,
        )
    else:
        said = ngettext(
            "The last session was {number} day ago, {least} are usual; earliest {date}.",
            "The last session was {number} days ago, {least} are usual; earliest {date}.",
            guard.days,
        )
    return said.format(
        where=_("elsewhere") if guard.where == guards.ELSEWHERE else guard.where,
        number=guard.days,
        least=guard.least_days,
        date=date_text(guard.earliest),
    )


def _not_eligible(guard: guards.NotEligible) -> str:
    match guard:
        case guards.NotEligible(Criterion.HEADACHE_DAYS, int(days)):
            recorded = _headache_days(days)
        case guards.NotEligible(Criterion.MIGRAINE_DAYS, int(days)):
            recorded = _migraine_days(days)
        case guards.NotEligible(Criterion.MONTHS, int(months)):
            # Whole months: four at least is what the classification calls more than three.
            return _(
                "Recorded: {figure}; chronic migraine has lasted more than {below} months."
            ).format(figure=_months(months), below=guard.least - 1)
        case _:
            return _(
                "Recorded: headache of less than {least} hours a day; the label is for {least} or"
                " more."
            ).format(least=guard.least)
    return _("Recorded: {figure}; the label is for {least} or more.").format(
        figure=recorded, least=guard.least
    )


def _clock(now: datetime, latest: datetime) -> str:
    return _(
        "This computer's clock says {now}, but the record's newest entry is of {latest}. Check"
        " the clock."
    ).format(now=moment_text(now), latest=moment_text(latest.astimezone(now.tzinfo)))


def go_on_reasons() -> list[Reason]:
    """Why the work goes on in spite of a check: chips, kept in the language of paper."""
    with language.speaking(language.on_paper()):
        kept = _default_go_on_reasons()
    return [Reason(*each) for each in zip(_default_go_on_reasons(), kept, strict=True)]


def _default_go_on_reasons() -> list[str]:
    return [
        _("benefit outweighs the risk"),
        _("wears off early"),
        _("agreed with the patient"),
        _("agreed with the prescriber"),
        _("recorded elsewhere"),
    ]


def no_advice() -> str:
    """What stands beside every fact for a payer."""
    return _("This program records facts and gives no coding advice.")


def payer_lines(facts: PayerFacts) -> list[str]:
    """The facts for a payer, a line each; the last one says what they are not."""
    return [*_payer_facts(facts), no_advice()]


def _payer_facts(facts: PayerFacts) -> Iterator[str]:
    if facts.procedure_code is None:
        yield _("Nothing was injected: there is no procedure and no drug to state.")
        return
    yield _("Procedure: {code}").format(code=facts.procedure_code)
    yield _bought_line(facts.bought)
    if facts.drug is None:
        if facts.bought is not Bought.NO:
            yield _("Drug: this product has no code in this program.")
        return
    yield _("Injected: {quantity}").format(quantity=_quantity(facts.drug, ""))
    if facts.discarded is not None:
        yield _("Discarded: {quantity}").format(quantity=_quantity(facts.discarded, " JW"))
    elif facts.discard is Discard.JZ:
        yield _("Discarded: nothing, JZ")
    else:
        yield _("Discarded: not recorded, so neither JW nor JZ")


def _bought_line(bought: Bought) -> str:
    match bought:
        case Bought.YES:
            return _("Supply: bought by the practice")
        case Bought.NO:
            return _("Supply: not bought by the practice, so no line for the drug, JW or JZ")
        case Bought.NOT_RECORDED:
            return _("Supply: not recorded; JW and JZ are for drug that the practice bought")
        case _ as never:
            assert_never(never)


def _quantity(quantity: Quantity, modifier: str) -> str:
    """`155 units, J0585 × 155`; never a rounded number."""
    words = {"units": units_text(quantity.units), "code": f"{quantity.code}{modifier}"}
    if quantity.billing_units is None:
        return _("{units}, {code}: not whole units; not rounded here").format(**words)
    number = amount_text(Decimal(quantity.billing_units))
    return _("{units}, {code} × {number}").format(**words, number=number)


def explain(error: ExpectedError) -> str | None:
    """What is wrong with an entry before the needle; none for an error of another kind."""
    match error:
        case assessment.NotACountError(text=text):
            return _(
                "\u201c{text}\u201d is not a whole number. Write digits only, such as 15."
            ).format(text=text)
        case assessment.HeadacheDaysError(days=days, most_days=most):
            return _("{days} headache days cannot be: a month has 0 to {most} of them.").format(
                days=days, most=most
            )
        case assessment.MigraineDaysError(days=days, most_days=most):
            return _("{days} migraine days cannot be: a month has 0 to {most} of them.").format(
                days=days, most=most
            )
        case assessment.MoreMigraineThanHeadacheError(
            migraine_days=migraine, headache_days=headache
        ):
            return _(
                "{migraine} migraine days are more than {headache} headache days; each migraine"
                " day is one of those."
            ).format(migraine=migraine, headache=headache)
        case assessment.MonthsError(months=months, most_months=most):
            return _("{months} months cannot be: write 0 to {most}.").format(
                months=months, most=most
            )
        case assessment.MonthsOverAgeError(months=months, months_lived=lived):
            return _("{months} months cannot be: the patient is {lived} months old.").format(
                months=months, lived=lived
            )
        case assessment.AgentMissingError():
            return _("A preventive that was tried needs its name.")
        case assessment.DiagnosisNotConfirmedError():
            return _("Confirm the diagnosis, or choose \u201cnot asked\u201d in its questions.")
        case assessment.DiagnosisIncompleteError():
            return _("Answer all three questions of the diagnosis, or none.")
        case assessment.ConsentKindMissingError():
            return _("Say how consent was given, or clear its date and version.")
        case assessment.ConsentInFutureError(on=on, today=today):
            return _("Consent cannot be dated {date}: today is {today}.").format(
                date=date_text(on), today=date_text(today)
            )
        case assessment.ConsentBeforeBirthError(on=on, birth_date=birth_date):
            return _(
                "Consent cannot be dated {date}, before the patient's birth on {birth_date}."
            ).format(date=date_text(on), birth_date=date_text(birth_date))
        case _:
            return None
