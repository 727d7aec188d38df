"""Before the needle: asked once, unchanged in one press, and never a dead end."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit

from desktop import resources
from desktop.app import Desk
from desktop.core import acts
from desktop.core.assessment import Answer, Assessment, Consent, ConsentKind, Said, blank
from desktop.core.session import State
from desktop.gui.hand import Hand
from desktop.gui.safety_form import SafetyForm
from desktop.wording import date_text
from tests.journeys.test_starts import EARLIER, begun, treated

CHECKLIST = resources.checklist()


def said(desk: Desk, **changed: Any) -> Assessment:
    """Everything asked, and nothing that speaks against it."""
    day = desk.now().date() - timedelta(days=300)
    given = replace(
        blank(CHECKLIST.questions, day),
        answers={key: Answer(Said.NO) for key in CHECKLIST.questions},
        headache_days=18,
        days_4h=True,
        months=12,
        migraine_days=10,
        consent=Consent(ConsentKind.ON_PAPER, day, "2"),
    )
    return replace(given, **changed)


def repeat(open_window: Callable[..., Hand], desk: Desk, days: int, **changed: Any) -> Hand:
    """A hand on the session that follows one of so many days ago."""
    treated(desk, days, *EARLIER, acts.SetAssessment(said(desk, **changed)))
    return begun(open_window, desk)


def lines(hand: Hand) -> list[str]:
    return hand.screen.totals._said.accessibleName().split("\n")


def test_what_is_asked_the_first_time_is_kept_and_closes_the_strip(charting: Hand) -> None:
    strip = charting.screen.safety
    assert strip._words.text() == "Before the needle: nothing is recorded yet."
    assert "Nothing was asked before the needle." in lines(charting)

    def fill(form: SafetyForm) -> None:
        charting.click(form.answers["blood_thinner"].chips["yes"])
        charting.type_into(form.notes["blood_thinner"], "aspirin 100 mg")
        charting.click(form.no_to_the_rest)
        form.pages.setCurrentIndex(1)
        charting.type_into(form.headache_days, "18")
        charting.click(form.days_4h.chips["yes"])
        charting.type_into(form.migraine_days, "10")
        charting.type_into(form.months, "12")
        for line, text in zip(
            form.preventives[0], ("topiramate", "100 mg", "3 months", "tingling"), strict=True
        ):
            charting.type_into(line, text)
        form.pages.setCurrentIndex(2)
        for chips, answer in zip(form.diagnosis, ("no", "yes", "no"), strict=True):
            charting.click(chips.chips[answer])
        assert form.diagnosis_words.text() == (
            "chronic migraine without aura, intractable, without status migrainosus:"
            " ICD-10-CM G43.719"
        )
        charting.click(form.confirmed.chips["yes"])
        charting.click(form.consent.chips["on paper, seen"])
        charting.click(form.consent_on.chips.chips["0"])
        charting.click(form.confirm)

    charting.in_form(strip.look, SafetyForm, fill)
    charting.screen.settle()
    given = charting.session.assessment
    assert given is not None
    assert given.answers["blood_thinner"] == Answer(Said.YES, "aspirin 100 mg")
    assert [key for key in CHECKLIST.questions if given.said(key) is not Said.NO] == [
        "blood_thinner"
    ]
    assert (given.headache_days, given.days_4h, given.migraine_days, given.months) == (
        18,
        True,
        10,
        12,
    )
    assert [each.agent for each in given.preventives] == ["topiramate"]
    assert given.diagnosis is not None
    assert given.diagnosis.confirmed_by == "Test Injector MD"
    assert given.consent == Consent(ConsentKind.ON_PAPER, charting.session.started_at.date())
    assert strip.isHidden()
    assert "To know: blood thinner. Note: aspirin 100 mg" in lines(charting)


def test_no_change_is_one_press_and_shows_what_there_was(
    open_window: Callable[..., Hand], desk: Desk
) -> None:
    hand = repeat(open_window, desk, 90)
    before = hand.screen._past[0]
    strip, day = hand.screen.safety, date_text(before.started_at.date())
    assert strip._words.text().startswith(f"Before the needle, as on {day}: nothing to note")
    assert "consent on paper, seen" in strip._words.text()
    hand.inputs = 0
    hand.click(strip.unchanged)
    assert hand.inputs == 1
    given, last = hand.session.assessment, before.assessment
    assert given is not None
    assert last is not None
    assert given.unchanged_since == last.recorded_on
    assert replace(given, recorded_on=last.recorded_on, unchanged_since=None) == last
    assert strip.isHidden()
    hand.click(hand.workspace.undo)
    assert hand.session.assessment is None
    assert strip.isVisible()


@pytest.mark.parametrize(("days", "asks"), [(83, True), (84, False)])
def test_a_session_too_early_asks_for_a_reason_and_goes_on(
    days: int, asks: bool, open_window: Callable[..., Hand], desk: Desk
) -> None:
    hand = repeat(open_window, desk, days)
    hand.click(hand.button("Start as last time"))
    hand.click(hand.screen.safety.unchanged)
    strip = hand.screen.safety
    assert strip.isVisible() is asks
    if asks:
        assert strip._words.text().startswith("The last session was 83 days ago, 84 are usual")
        hand.click(strip.why)
        hand.click(hand.button("wears off early"))
        assert hand.session.overrides == {"too early": "wears off early"}
        assert strip.isHidden()
        assert any(line.endswith("wears off early") for line in lines(hand))
    hand.tap("FRO-1-R")
    assert hand.session.injections["FRO-1-R"].state is State.GIVEN


def test_charting_goes_on_while_nothing_was_asked(charting: Hand) -> None:
    charting.tap("FRO-1-R")
    assert charting.session.injections["FRO-1-R"].state is State.GIVEN


def test_a_contraindication_asks_why_to_go_on(open_window: Callable[..., Hand], desk: Desk) -> None:
    answers = {**said(desk).answers, "infection": Answer(Said.YES, "left temple")}
    hand = repeat(open_window, desk, 90, answers=answers)
    hand.click(hand.screen.safety.unchanged)
    assert hand.screen.safety._words.text() == (
        "Contraindicated by the label: infection at a site. Note: left temple"
    )
    hand.click(hand.screen.safety.why)
    hand.click(hand.button("agreed with the prescriber"))
    assert hand.session.overrides == {"contraindicated infection": "agreed with the prescriber"}


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("headache_days", "40", "40 headache days cannot be"),
        ("headache_days", "often", "is not a whole number"),
        ("months", "5000", "5000 months cannot be"),
        ("consent", "2999-01-01", "Consent cannot be dated 1 Jan 2999"),
        ("consent", "1900-01-01", "before the patient's birth"),
        ("consent", "yesterday", "yesterday"),
        ("note", "x" * 5000, "The text has 5000 characters"),
        ("note", "a\u202eb", "cannot be printed (U+202E)"),
    ],
)
def test_bad_input_is_told_in_one_sentence_and_nothing_is_lost(
    field: str, text: str, sentence: str, charting: Hand
) -> None:
    seen: list[tuple[str, str]] = []

    def fill(form: SafetyForm) -> None:
        line = {
            "headache_days": form.headache_days,
            "months": form.months,
            "consent": form.consent_on.line,
            "note": form.notes["allergy"],
        }[field]
        form.consent.choose("signed copy" if field == "consent" else "")
        line.setText(text)
        charting.click(form.confirm)
        seen.append((form.refusal.text(), line.text()))

    charting.in_form(charting.screen.safety.look, SafetyForm, fill)
    assert sentence in seen[0][0]
    assert seen[0][1] == text
    assert charting.session.assessment is None


@pytest.mark.parametrize(
    ("answers", "confirmed", "consent", "sentence"),
    [
        (("no", "yes", ""), "", ("", "", ""), "Answer all three questions of the diagnosis"),
        (("no", "yes", "no"), "", ("", "", ""), "Confirm the diagnosis"),
        (("", "", ""), "", ("", "2026-01-02", ""), "Say how consent was given"),
        (("", "", ""), "", ("", "", "3"), "Say how consent was given"),
    ],
)
def test_what_was_answered_is_never_dropped_in_silence(
    answers: tuple[str, ...],
    confirmed: str,
    consent: tuple[str, str, str],
    sentence: str,
    charting: Hand,
) -> None:
    seen: list[tuple[str, int]] = []

    def fill(form: SafetyForm) -> None:
        for chips, answer in zip(form.diagnosis, answers, strict=True):
            chips.choose(answer)
        form.confirmed.choose(confirmed)
        form.consent.choose(consent[0])
        form.consent_on.line.setText(consent[1])
        form.consent_version.setText(consent[2])
        charting.click(form.confirm)
        seen.append((form.refusal.text(), form.pages.currentIndex()))

    charting.in_form(charting.screen.safety.look, SafetyForm, fill)
    assert seen[0][0].startswith(sentence)
    assert seen[0][1] == 2
    assert charting.session.assessment is None


def test_a_press_on_the_missing_consent_opens_where_it_is_said(charting: Hand) -> None:
    seen: list[int] = []
    charting.in_form(
        charting.screen.gaps.buttons["consent"],
        SafetyForm,
        lambda form: seen.append(form.pages.currentIndex()),
    )
    assert seen == [2]


@pytest.mark.parametrize(
    ("field", "text", "page"),
    [
        ("migraine_days", "12", 1),
        ("months", "5000", 1),
        ("current", "x" * 20_001, 1),
        ("note", "x" * 201, 0),
    ],
)
def test_the_keyboard_goes_to_what_is_wrong(
    field: str, text: str, page: int, charting: Hand
) -> None:
    seen: list[tuple[int, bool]] = []

    def fill(form: SafetyForm) -> None:
        wrong = form.notes["allergy"] if field == "note" else getattr(form, field)
        form.headache_days.setText("10")
        form.pages.setCurrentIndex(2)
        if isinstance(wrong, QPlainTextEdit):
            wrong.setPlainText(text)
        else:
            wrong.setText(text)
        charting.click(form.confirm)
        at = form.headache_days if field == "migraine_days" else wrong
        seen.append((form.pages.currentIndex(), form.focusWidget() is at))

    charting.in_form(charting.screen.safety.look, SafetyForm, fill)
    assert seen == [(page, True)]


def test_one_key_says_no_change_then_asks_why_then_shows_the_questions(
    open_window: Callable[..., Hand], desk: Desk
) -> None:
    hand = repeat(open_window, desk, 83)
    hand.press_keys("n")
    assert hand.session.assessment is not None
    assert hand.session.assessment.unchanged_since is not None
    hand.press_keys("n")
    assert hand.screen.hand.question is not None
    assert hand.screen.hand.question.words == "Why go on?"
    hand.press_keys("2")
    assert hand.session.overrides == {"too early": "wears off early"}
    seen: list[str] = []
    key = Qt.Key.Key_N.value
    hand.in_form(
        lambda: hand.strike(key, "n"), SafetyForm, lambda form: seen.append(form.windowTitle())
    )
    assert seen == ["Before the needle"]
