"""What is asked and recorded before the needle: answers, eligibility, diagnosis, consent."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from desktop.core.errors import ExpectedError
from desktop.core.patient import checked_line, checked_text

MOST_DAYS = 31  # of a month
MOST_MONTHS = 1200
_COUNT = re.compile("[0-9]{1,6}")

Plain = dict[str, Any]


class NotACountError(ExpectedError):
    """The text is not a whole number."""

    def __init__(self, text: str) -> None:
        """Keep the text as it was entered."""
        super().__init__(text)
        self.text = text


class HeadacheDaysError(ExpectedError):
    """No month has so many days with headache."""

    def __init__(self, days: int, most_days: int) -> None:
        """Keep the days as they were entered, and how many a month can have."""
        super().__init__(f"{days} > {most_days}")
        self.days = days
        self.most_days = most_days


class MigraineDaysError(ExpectedError):
    """No month has so many days with migraine."""

    def __init__(self, days: int, most_days: int) -> None:
        """Keep the days as they were entered, and how many a month can have."""
        super().__init__(f"{days} > {most_days}")
        self.days = days
        self.most_days = most_days


class MoreMigraineThanHeadacheError(ExpectedError):
    """A day with migraine is a day with headache too."""

    def __init__(self, migraine_days: int, headache_days: int) -> None:
        """Keep both counts of a month."""
        super().__init__(f"{migraine_days} > {headache_days}")
        self.migraine_days = migraine_days
        self.headache_days = headache_days


class MonthsError(ExpectedError):
    """Nobody has headache for so many months."""

    def __init__(self, months: int, most_months: int) -> None:
        """Keep the months as they were entered, and the most that can be."""
        super().__init__(f"{months} > {most_months}")
        self.months = months
        self.most_months = most_months


class MonthsOverAgeError(ExpectedError):
    """Nobody has headache for longer than they have lived."""

    def __init__(self, months: int, months_lived: int) -> None:
        """Keep the months as they were entered, and the patient's age in months."""
        super().__init__(f"{months} > {months_lived}")
        self.months = months
        self.months_lived = months_lived


class AgentMissingError(ExpectedError):
    """A preventive that was tried has a name."""


class DiagnosisNotConfirmedError(ExpectedError):
    """A diagnosis names the clinician who confirmed it."""


class DiagnosisIncompleteError(ExpectedError):
    """Some of the three questions are answered: they name a diagnosis together or not at all."""


class ConsentKindMissingError(ExpectedError):
    """Consent has a date or a version, and nobody said how it was given."""


class ConsentInFutureError(ExpectedError):
    """Consent was given on the day of the session or before it."""

    def __init__(self, on: date, today: date) -> None:
        """Keep the day as it was entered, and the day of the session."""
        super().__init__(f"{on} > {today}")
        self.on = on
        self.today = today


class ConsentBeforeBirthError(ExpectedError):
    """Nobody consents before they are born."""

    def __init__(self, on: date, birth_date: date) -> None:
        """Keep the day as it was entered, and the day of birth."""
        super().__init__(f"{on} < {birth_date}")
        self.on = on
        self.birth_date = birth_date


class Group(StrEnum):
    """How much weight a "yes" has."""

    CONTRAINDICATION = "contraindication"
    WARNING = "warning"
    INFORMATION = "information"


class Said(StrEnum):
    """The answer to a question; what nobody asked is never taken for a no."""

    NO = "no"
    YES = "yes"
    NOT_ASKED = "not asked"


class Criterion(StrEnum):
    """What a label asks of a patient with chronic migraine."""

    HEADACHE_DAYS = "headache_days"
    HOURS = "hours"
    MIGRAINE_DAYS = "migraine_days"
    MONTHS = "months"


class ConsentKind(StrEnum):
    """How consent was given."""

    SIGNED_COPY = "signed copy"
    ON_PAPER = "on paper, seen"


@dataclass(frozen=True)
class Question:
    """One question of the safety strip, in English: `desktop.words.safety` translates it.

    With an `ingredient` a yes is a contraindication where a product of the session holds it.
    """

    key: str
    group: Group
    name: str
    question: str
    ingredient: str = ""


@dataclass(frozen=True)
class Threshold:
    """The least figure that a criterion asks for, in the label profiles that have it."""

    criterion: Criterion
    least: int
    profiles: tuple[str, ...]


@dataclass(frozen=True)
class Checklist:
    """What ships to be looked at before the needle; `codes` by aura, intractable, status."""

    version: int
    questions: Mapping[str, Question]
    thresholds: tuple[Threshold, ...]
    codes: Mapping[tuple[bool, bool, bool], str]
    least_days_apart: int
    other_toxin_days: int
    least_age_years: int

    def code_of(self, diagnosis: "Diagnosis") -> str:
        """The ICD-10-CM code that the three answers name."""
        return self.codes[diagnosis.aura, diagnosis.intractable, diagnosis.status]


@dataclass(frozen=True)
class Answer:
    """What was said to a question, and whatever belongs to it."""

    value: Said = Said.NOT_ASKED
    note: str = ""


@dataclass(frozen=True)
class Preventive:
    """A preventive medicine that was tried: the dose reached, for how long, why it was stopped."""

    agent: str
    dose: str = ""
    duration: str = ""
    stopped: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """Three plain answers about a chronic migraine, and the clinician who confirmed them."""

    aura: bool
    intractable: bool
    status: bool
    confirmed_by: str


@dataclass(frozen=True)
class Consent:
    """The patient's consent: how, when, and to which version of the form."""

    kind: ConsentKind
    on: date
    version: str = ""


@dataclass(frozen=True)
class Assessment:
    """Everything said before a session; the figures are those before the first treatment.

    `headache_days` and `migraine_days` are of a month; `days_4h` says whether the headache lasts
    four hours a day or more; `months` is how long it has been so. None stands for what was not
    recorded. `unchanged_since` is the day on which it was first said, if nothing changed since.
    """

    answers: Mapping[str, Answer]
    headache_days: int | None
    days_4h: bool | None
    months: int | None
    migraine_days: int | None
    preventives: tuple[Preventive, ...]
    current_preventives: str
    acute_medicines: str
    lid_and_brow: str
    diagnosis: Diagnosis | None
    consent: Consent | None
    recorded_on: date
    unchanged_since: date | None

    def said(self, question: str) -> Said:
        """The answer to a question, by its key."""
        return self.answers.get(question, Answer()).value


def blank(questions: Iterable[str], today: date) -> Assessment:
    """An assessment in which nothing has been asked yet; questions by their keys."""
    return Assessment(
        answers={key: Answer() for key in questions},
        headache_days=None,
        days_4h=None,
        months=None,
        migraine_days=None,
        preventives=(),
        current_preventives="",
        acute_medicines="",
        lid_and_brow="",
        diagnosis=None,
        consent=None,
        recorded_on=today,
        unchanged_since=None,
    )


def unchanged(last: Assessment, today: date) -> Assessment:
    """No change since last time: everything as it was, with the day on which it was first said."""
    return replace(
        last, recorded_on=today, unchanged_since=last.unchanged_since or last.recorded_on
    )


def read_count(text: str) -> int | None:
    """Read a whole number such as `15`; nothing written is none.

    Raises:
        NotACountError: The text is anything else.
    """
    written = text.strip(" ")
    if not written:
        return None
    if not _COUNT.fullmatch(written):
        raise NotACountError(text)
    return int(written)


def checked_assessment(assessment: Assessment, birth_date: date, today: date) -> Assessment:
    """The assessment itself, if a record can hold it.

    Raises:
        HeadacheDaysError: The headache days are not 0 to 31.
        MigraineDaysError: The migraine days are not 0 to 31.
        MoreMigraineThanHeadacheError: There are more migraine days than headache days.
        MonthsError: The months are not 0 to 1200.
        MonthsOverAgeError: The months are more than the patient has lived.
        AgentMissingError: A preventive has no name.
        DiagnosisNotConfirmedError: Nobody confirmed the diagnosis.
        ConsentInFutureError: Consent is dated after `today`.
        ConsentBeforeBirthError: Consent is dated before `birth_date`.
        TextTooLongError: A line is over 200 characters, or a text over 20,000.
        UnprintableCharacterError: A line or a text holds a control character.
    """
    _check_figures(assessment, birth_date, today)
    for each in assessment.preventives:
        for line in (each.agent, each.dose, each.duration, each.stopped):
            checked_line(line)
        if not each.agent.strip():
            raise AgentMissingError
    for answer in assessment.answers.values():
        checked_line(answer.note)
    checked_text(assessment.current_preventives)
    checked_text(assessment.acute_medicines)
    checked_text(assessment.lid_and_brow)
    diagnosis, consent = assessment.diagnosis, assessment.consent
    if diagnosis and not checked_line(diagnosis.confirmed_by).strip():
        raise DiagnosisNotConfirmedError
    if consent:
        checked_line(consent.version)
        if consent.on > today:
            raise ConsentInFutureError(consent.on, today)
        if consent.on < birth_date:
            raise ConsentBeforeBirthError(consent.on, birth_date)
    return assessment


def _check_figures(assessment: Assessment, birth_date: date, today: date) -> None:
    headache, migraine = assessment.headache_days, assessment.migraine_days
    months = assessment.months
    if headache is not None and not 0 <= headache <= MOST_DAYS:
        raise HeadacheDaysError(headache, MOST_DAYS)
    if migraine is not None and not 0 <= migraine <= MOST_DAYS:
        raise MigraineDaysError(migraine, MOST_DAYS)
    if headache is not None and migraine is not None and migraine > headache:
        raise MoreMigraineThanHeadacheError(migraine, headache)
    if months is not None and not 0 <= months <= MOST_MONTHS:
        raise MonthsError(months, MOST_MONTHS)
    lived = _months_lived(birth_date, today)
    if months is not None and months > lived:
        raise MonthsOverAgeError(months, lived)


def _months_lived(birth_date: date, today: date) -> int:
    months = (today.year - birth_date.year) * 12 + today.month - birth_date.month
    return months - (today.day < birth_date.day)


def read_checklist(table: Mapping[str, Any]) -> Checklist:
    """Build the checklist from `assessment.toml` as read by `tomllib`."""
    return Checklist(
        version=table["version"],
        questions={
            key: Question(
                *(key, Group(each["group"]), each["name"], each["question"]),
                ingredient=each.get("ingredient", ""),
            )
            for key, each in table["questions"].items()
        },
        thresholds=tuple(
            _read_threshold(Criterion(key), each) for key, each in table["eligibility"].items()
        ),
        codes={
            (each["aura"], each["intractable"], each["status"]): each["code"]
            for each in table["diagnoses"]
        },
        least_days_apart=table["least_days_apart"]["value"],
        other_toxin_days=table["other_toxin_days"]["value"],
        least_age_years=table["least_age_years"]["value"],
    )


def _read_threshold(criterion: Criterion, table: Mapping[str, Any]) -> Threshold:
    # Of whole numbers, more than three is four at least.
    least = table["least"] if "least" in table else table["more_than"] + 1
    return Threshold(criterion, least, tuple(table["profiles"]))


def assessment_to_plain(assessment: Assessment) -> Plain:
    """An assessment as JSON values; dates as ISO text."""
    diagnosis, consent = assessment.diagnosis, assessment.consent
    return {
        "answers": {
            key: {"value": answer.value.value, "note": answer.note}
            for key, answer in sorted(assessment.answers.items())
        },
        "headache_days": assessment.headache_days,
        "days_4h": assessment.days_4h,
        "months": assessment.months,
        "migraine_days": assessment.migraine_days,
        "preventives": [_preventive_to_plain(each) for each in assessment.preventives],
        "current_preventives": assessment.current_preventives,
        "acute_medicines": assessment.acute_medicines,
        "lid_and_brow": assessment.lid_and_brow,
        "diagnosis": _diagnosis_to_plain(diagnosis) if diagnosis else None,
        "consent": _consent_to_plain(consent) if consent else None,
        "recorded_on": assessment.recorded_on.isoformat(),
        "unchanged_since": (
            assessment.unchanged_since.isoformat() if assessment.unchanged_since else None
        ),
    }


def assessment_from_plain(plain: Mapping[str, Any]) -> Assessment:
    """The assessment that `assessment_to_plain` wrote."""
    diagnosis, consent, since = plain["diagnosis"], plain["consent"], plain["unchanged_since"]
    return Assessment(
        answers={
            key: Answer(Said(each["value"]), each["note"]) for key, each in plain["answers"].items()
        },
        headache_days=plain["headache_days"],
        days_4h=plain["days_4h"],
        months=plain["months"],
        migraine_days=plain["migraine_days"],
        preventives=tuple(Preventive(**each) for each in plain["preventives"]),
        current_preventives=plain["current_preventives"],
        acute_medicines=plain["acute_medicines"],
        lid_and_brow=plain["lid_and_brow"],
        diagnosis=Diagnosis(**diagnosis) if diagnosis else None,
        consent=_consent_from_plain(consent) if consent else None,
        recorded_on=date.fromisoformat(plain["recorded_on"]),
        unchanged_since=date.fromisoformat(since) if since else None,
    )


def _preventive_to_plain(each: Preventive) -> Plain:
    return {
        "agent": each.agent,
        "dose": each.dose,
        "duration": each.duration,
        "stopped": each.stopped,
    }


def _diagnosis_to_plain(diagnosis: Diagnosis) -> Plain:
    return {
        "aura": diagnosis.aura,
        "intractable": diagnosis.intractable,
        "status": diagnosis.status,
        "confirmed_by": diagnosis.confirmed_by,
    }


def _consent_to_plain(consent: Consent) -> Plain:
    return {
        "kind": consent.kind.value,
        "on": consent.on.isoformat(),
        "version": consent.version,
    }


def _consent_from_plain(plain: Mapping[str, Any]) -> Consent:
    return Consent(
        kind=ConsentKind(plain["kind"]),
        on=date.fromisoformat(plain["on"]),
        version=plain["version"],
    )
