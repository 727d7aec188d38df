"""What speaks against a vial, where its units went and what was done have their words."""

import re
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop import app, language
from desktop.core import charting, drawing, procedure, script, vial
from desktop.core.drawing import Balance, Objection
from desktop.core.errors import ExpectedError
from desktop.core.patient import NobodyChosenError
from desktop.core.procedure import Aspiration, Happening, Procedure
from desktop.core.session import ReasonMissingError
from desktop.core.vial import Expiry, Supply, Vial
from desktop.words import vials

VIAL = Vial(1, "botox", Decimal(200), "C1234C3", Expiry(2027, 10))
SECOND = Vial(2, "botox", Decimal(100), "C2", Expiry(2027, 10))
MIXED_AT = datetime(2026, 11, 22, 11, 5, tzinfo=ZoneInfo("Europe/London"))

OBJECTIONS: list[tuple[Objection, str]] = [
    (drawing.Expired(date(2026, 10, 31)), "This vial expired on 31 Oct 2026."),
    (
        drawing.MixedTooLong(Decimal("24.1"), 24),
        "It was mixed 24.1 hours ago; the label allows 24.",
    ),
    (
        drawing.MixedLater(MIXED_AT),
        "It was mixed after the injections: 22 Nov 2026 11:05.",
    ),
    (drawing.Empty(), "Nothing is in it any more."),
    (
        drawing.OtherToxin("abobotulinumtoxinA", "onabotulinumtoxinA"),
        (
            "It holds abobotulinumtoxinA, the session's first vial onabotulinumtoxinA: their units"
            " cannot be compared."
        ),
    ),
    (
        drawing.DrawnBefore(Decimal(180), Decimal(200)),
        (
            "180 of 200 units are in it: the rest was drawn for another patient, and the label has"
            " a vial for one."
        ),
    ),
    (
        drawing.NotForMigraine("BOTOX Cosmetic"),
        "The label of BOTOX Cosmetic does not name chronic migraine.",
    ),
]


def account(injected: str, wasted: str, kept: str = "0", of: Vial = VIAL) -> Balance:
    return Balance(of, Decimal(injected), Decimal(wasted), Decimal(kept))


EVEN = account("155", "45")
SHORT = account("155", "37.5")
OVER = account("199", "0", "2")

ERRORS: list[tuple[ExpectedError, str]] = [
    (
        drawing.VialObjectionError(VIAL, (drawing.Expired(date(2026, 10, 31)), drawing.Empty())),
        (
            "This vial expired on 31 Oct 2026. Nothing is in it any more. Say why it is used, or"
            " take another."
        ),
    ),
    (
        drawing.WasteOverOpenedError(Decimal("45.5"), Decimal(45)),
        "Too many: 45.5 units. Remaining at most: 45 units.",
    ),
    (
        drawing.WasteOverOpenedError(Decimal(1), Decimal(0)),
        "Too many: 1 unit. Remaining at most: 0 units.",
    ),
    (
        drawing.WhichVialError(Decimal(40)),
        "Several vials have something in them. Say for each what was discarded.",
    ),
    (
        drawing.NothingToDiscardError(),
        "Every opened unit is accounted for: there is nothing to discard.",
    ),
    (
        charting.GapNotStatedError((SHORT, account("60", "40", of=SECOND)), Decimal(0)),
        ("Vial 1, lot C1234C3: 7.5 units not accounted for. Record it, or say why it cannot be."),
    ),
    (
        charting.GapNotStatedError((OVER,), Decimal("2.5")),
        (
            "Vial 1, lot C1234C3: 1 unit more than it held. Given from no recorded vial: 2.5 units."
            " Record it, or say why it cannot be."
        ),
    ),
    (
        charting.GapNotStatedError((), Decimal(5)),
        "Given from no recorded vial: 5 units. Record it, or say why it cannot be.",
    ),
    (vial.VialUnknownError(3), "This session has no vial 3."),
    (
        vial.SerialTooLongError("X" * 21),
        "A serial number has at most 20 characters; this one has 21. Nothing was cut.",
    ),
    (
        vial.NotACodeError("A\u00e9", "\u00e9"),
        (
            "Lots and serial numbers have plain letters, digits and signs. This one holds another"
            " character (U+00E9). Type it again."
        ),
    ),
    (
        vial.MixedInFutureError(MIXED_AT, MIXED_AT.replace(hour=10)),
        "It cannot have been mixed at 22 Nov 2026 11:05: it is 22 Nov 2026 10:05 now.",
    ),
    (
        script.MixedAfterSessionError(MIXED_AT, date(2026, 11, 21)),
        "It cannot have been mixed at 22 Nov 2026 11:05: the session was on 21 Nov 2026.",
    ),
    (
        vial.TooMuchDiluentError(Decimal("40.5"), Decimal(20)),
        "40.5 mL cannot be: no vial takes more than 20 mL.",
    ),
    (
        vial.HeldOverSizeError(Decimal("200.5"), Decimal(200)),
        "A vial of 200 units cannot have held 200.5 units.",
    ),
    (procedure.HappeningNotDescribedError(), "Say in a few words what happened."),
    (procedure.NoSuchEventError(2), "This session has no event 2."),
]


def test_every_objection_is_looked_at() -> None:
    assert {type(objection) for objection, _ in OBJECTIONS} == set(get_args(Objection))


@pytest.mark.parametrize(("objection", "sentence"), OBJECTIONS)
def test_what_speaks_against_a_vial_is_said(objection: Objection, sentence: str) -> None:
    assert vials.objection_sentence(objection) == sentence


@pytest.mark.parametrize(("error", "sentence"), ERRORS)
def test_every_error_about_vials_has_its_sentence(error: ExpectedError, sentence: str) -> None:
    assert vials.explain(error) == app.explain(error) == sentence


def test_every_error_of_vials_and_events_is_looked_at() -> None:
    ours = {
        each
        for module in (drawing, procedure, vial)
        for each in vars(module).values()
        if isinstance(each, type)
        and issubclass(each, ExpectedError)
        and each.__module__ == module.__name__
    }
    # These two were there before, and `wording` explains them.
    known = {vial.NotAnExpiryError, vial.NoLotError, vial.LotTooLongError}
    assert {type(error) for error, _ in ERRORS} == ours - known | {
        charting.GapNotStatedError,
        script.MixedAfterSessionError,
    }


def test_an_error_of_something_else_is_left_to_others() -> None:
    assert vials.explain(ReasonMissingError()) is None
    assert vials.explain(NobodyChosenError()) is None


def test_how_far_an_account_is_from_even_is_said() -> None:
    assert vials.gap_sentence(SHORT) == "Vial 1, lot C1234C3: 7.5 units not accounted for."
    assert vials.gap_sentence(OVER) == "Vial 1, lot C1234C3: 1 unit more than it held."


@given(
    st.integers(0, 30000),
    st.integers(0, 30000),
    st.integers(0, 30000),
)
def test_both_sides_of_an_account_are_equal(injected: int, wasted: int, kept: int) -> None:
    balance = Balance(VIAL, *(Decimal(each) / 100 for each in (injected, wasted, kept)))
    left, right = vials.balance_line(balance).replace("\N{MINUS SIGN} ", "+ -").split(" = ")
    figures = [Decimal(part.split()[0]) for part in right.split("+ ")]
    assert sum(figures) == Decimal(left.split()[0])
    assert 0 not in figures[2:]


@pytest.mark.parametrize(
    ("balance", "line"),
    [
        (EVEN, "200 opened = 155 injected + 45 wasted"),
        (account("155", "0", "45"), "200 opened = 155 injected + 0 wasted + 45 kept"),
        (SHORT, "200 opened = 155 injected + 37.5 wasted + 7.5 not accounted for"),
        (OVER, "200 opened = 199 injected + 0 wasted + 2 kept \N{MINUS SIGN} 1 too many"),
        (
            account("60", "7.5", "30", of=SECOND),
            "100 opened = 60 injected + 7.5 wasted + 30 kept + 2.5 not accounted for",
        ),
    ],
)
def test_an_account_is_one_line(balance: Balance, line: str) -> None:
    assert vials.balance_line(balance) == line


def test_supply_happenings_and_aspiration_have_words_of_their_own() -> None:
    assert [vials.supply_name(each) for each in Supply] == [
        "bought by the practice",
        "specialty pharmacy",
        "sample",
        "not recorded",
    ]
    assert [vials.happening_name(each) for each in Happening] == [
        "faint",
        "bleeding",
        "pain",
        "other",
    ]
    assert [vials.aspiration_name(each) for each in Aspiration] == ["yes", "no", "not recorded"]


def test_every_part_of_the_procedure_has_a_name_of_its_own() -> None:
    names = [vials.procedure_part(each.name) for each in fields(Procedure)]
    assert len(set(names)) == len(names) == 9
    assert all(name[0].isupper() for name in names)


@pytest.mark.parametrize("tag", ["es", "ar"])
def test_figures_keep_western_digits_in_every_language(tag: str) -> None:
    with language.speaking(tag):
        said = [
            *(vials.objection_sentence(objection) for objection, _ in OBJECTIONS),
            *(str(vials.explain(error)) for error, _ in ERRORS),
            *(vials.balance_line(each) for each in (EVEN, SHORT, OVER)),
        ]
    assert all(re.search(r"[{}]", each) is None for each in said)
    for figure in ("24.1", "37.5", "200.5", "45.5"):
        assert any(figure in each for each in said)
