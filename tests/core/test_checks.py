"""A session's checks, from what the record knows of its patient."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from desktop import resources
from desktop.core import acts
from desktop.core.assessment import Answer, Consent, ConsentKind, Said, blank
from desktop.core.checks import checks, limits, unanswered
from desktop.core.entries import Past
from desktop.core.guards import (
    Contraindicated,
    DoseChange,
    Guard,
    NoConsent,
    Noted,
    OtherToxin,
    OverCumulative,
    PastDose,
    SinceLast,
    TooEarly,
    WithinLimit,
)
from desktop.core.handbook import Handbook
from desktop.core.session import Session
from desktop.core.vial import Expiry, Vial
from tests.store.visits import EMPTY

CHECKLIST = resources.checklist()
BORN = date(1980, 2, 1)
TODAY = EMPTY.started_at.date()
NOTHING = Past(BORN)


def asked(session: Session) -> Session:
    """The session after everything was asked, and nothing speaks against it."""
    given = blank(CHECKLIST.questions, TODAY)
    return replace(
        session,
        assessment=replace(
            given,
            answers={key: Answer(Said.NO) for key in CHECKLIST.questions},
            headache_days=18,
            days_4h=True,
            months=12,
            migraine_days=10,
            consent=Consent(ConsentKind.ON_PAPER, TODAY),
        ),
    )


def planned(book: Handbook) -> Session:
    return asked(acts.perform(acts.PlanProtocol(), EMPTY, book))


def test_a_session_in_which_everything_was_asked_has_nothing_open(book: Handbook) -> None:
    assert checks(planned(book), NOTHING, book, CHECKLIST) == []


@pytest.mark.parametrize(("days", "is_early"), [(83, True), (84, False)])
def test_the_interval_counts_the_treatments_of_the_record(
    days: int, is_early: bool, book: Handbook
) -> None:
    on = date.fromordinal(TODAY.toordinal() - days)
    past = replace(NOTHING, doses=(PastDose(on, "onabotulinumtoxinA", Decimal(155)),))
    found = [type(each) for each in checks(planned(book), past, book, CHECKLIST)]
    assert (TooEarly in found) is is_early


def test_the_units_of_this_session_count_towards_the_limit(book: Handbook) -> None:
    on = date.fromordinal(TODAY.toordinal() - 20)
    past = replace(NOTHING, doses=(PastDose(on, "onabotulinumtoxinA", Decimal(250)),))
    found = checks(planned(book), past, book, CHECKLIST)
    over = [each for each in found if isinstance(each, OverCumulative)]
    assert [(each.units, each.limit_units) for each in over] == [(Decimal(405), Decimal(400))]


def test_a_second_toxin_in_the_session_is_a_finding_and_no_check(book: Handbook) -> None:
    vials = (
        Vial(1, "botox", Decimal(200), "A1", Expiry(2027, 10)),
        Vial(2, "dysport", Decimal(300), "B1", Expiry(2027, 10)),
    )
    session = replace(planned(book), vials=vials)
    assert not [e for e in checks(session, NOTHING, book, CHECKLIST) if isinstance(e, OtherToxin)]


def test_another_toxin_given_elsewhere_today_is_a_check(book: Handbook) -> None:
    past = replace(NOTHING, doses=(PastDose(TODAY, "abobotulinumtoxinA", Decimal(500), "there"),))
    vials = (
        Vial(1, "botox", Decimal(200), "A1", Expiry(2027, 10)),
        Vial(2, "dysport", Decimal(300), "B1", Expiry(2027, 10)),
    )
    for session in (planned(book), replace(planned(book), vials=vials)):
        found = checks(session, past, book, CHECKLIST)
        assert [e.on for e in found if isinstance(e, OtherToxin)] == [TODAY]


@pytest.mark.parametrize(
    ("products", "expected"),
    [
        ((), Noted("milk_allergy", "hives")),
        (("botox",), Noted("milk_allergy", "hives")),
        (("dysport",), Contraindicated("milk_allergy", "hives", "cow's milk protein")),
        (("botox", "dysport"), Contraindicated("milk_allergy", "hives", "cow's milk protein")),
    ],
)
def test_milk_protein_matters_where_a_product_of_the_session_holds_it(
    products: tuple[str, ...], expected: Guard, book: Handbook
) -> None:
    session = planned(book)
    assert session.assessment is not None
    answers = {**session.assessment.answers, "milk_allergy": Answer(Said.YES, "hives")}
    vials = tuple(
        Vial(number, product, Decimal(300), "A1", Expiry(2027, 10))
        for number, product in enumerate(products, start=1)
    )
    session = replace(session, assessment=replace(session.assessment, answers=answers), vials=vials)
    found = checks(session, NOTHING, book, CHECKLIST)
    assert [each for each in found if "milk_allergy" in each.key] == [expected]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (90, [SinceLast(90)]),
        (84, [SinceLast(84)]),
        (83, [WithinLimit(Decimal(355), Decimal(400), 84, "onabotulinumtoxinA")]),
    ],
)
def test_days_and_units_within_the_limits_are_told(
    days: int, expected: list[Guard], book: Handbook
) -> None:
    on = date.fromordinal(TODAY.toordinal() - days)
    past = replace(NOTHING, doses=(PastDose(on, "onabotulinumtoxinA", Decimal(200)),))
    found = checks(planned(book), past, book, CHECKLIST)
    assert [each for each in found if isinstance(each, SinceLast | WithinLimit)] == expected
    assert all(isinstance(each, TooEarly) for each in unanswered(found, planned(book)))


def test_what_was_said_why_to_go_on_is_no_longer_open(book: Handbook) -> None:
    session = replace(planned(book), assessment=None)
    found = checks(session, NOTHING, book, CHECKLIST)
    session = replace(session, overrides={each.key: "said" for each in found})
    assert [
        type(each) for each in unanswered(found, planned(book)) if each.key == "no consent"
    ] == [NoConsent]
    assert unanswered(found, session) == []


def test_what_only_informs_is_never_open(book: Handbook) -> None:
    past = replace(NOTHING, doses=(PastDose(date(2026, 1, 5), "onabotulinumtoxinA", Decimal(160)),))
    found = checks(planned(book), past, book, CHECKLIST)
    assert [type(each) for each in found] == [DoseChange, SinceLast]
    assert unanswered(found, planned(book)) == []


def test_a_toxin_without_a_limit_on_its_label_has_none(book: Handbook) -> None:
    assert limits(book)["onabotulinumtoxinA"].units == 400
    assert "abobotulinumtoxinA" not in limits(book)
