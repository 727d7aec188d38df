"""Every error, finding, change and act has its words, and they are words for people."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from inspect import isfunction, signature
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

import desktop
from desktop import app, language, wording
from desktop.core import acts, charting, rules
from desktop.core.acts import ACTS, Act, perform
from desktop.core.amounts import NotAnAmountError
from desktop.core.assessment import blank
from desktop.core.atlas import Point
from desktop.core.drawing import Balance, Empty, Expired
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.history import Step
from desktop.core.patient import Patient, Person, Sex
from desktop.core.plan import ANOTHERS, EMPTY_PLAN, Plan, protocol_plan
from desktop.core.procedure import Event, Happening, Procedure
from desktop.core.protocol import Side
from desktop.core.script import Expected
from desktop.core.session import Injection, Session, State
from desktop.core.vial import Expiry, Vial
from tests.gui.conftest import INJECTOR

LONDON = ZoneInfo("Europe/London")
AT = datetime(2026, 11, 22, 8, 15, tzinfo=LONDON)
PATIENT = Patient("p-1", "4711", "Patient", "Test", date(1980, 2, 1))
VIAL = Vial(1, "botox", Decimal(200), "C1234C3", Expiry(2027, 10), Decimal(4), AT)
UNIT_AS_A_LETTER = re.compile(r"\d\s?U\b|\bIU\b")
PLACEHOLDER = re.compile(r"[{}]|%[sd(]")


def all_modules() -> Iterator[str]:
    for found in pkgutil.walk_packages(desktop.__path__, "desktop."):
        if found.name != "desktop.__main__":
            yield found.name


def kinds_of(parent: type[ExpectedError]) -> set[type[ExpectedError]]:
    below = set(parent.__subclasses__())
    return below.union(*(kinds_of(kind) for kind in below))


def raised_kinds() -> list[type[ExpectedError]]:
    """Every error of the program that something can raise."""
    for name in all_modules():
        importlib.import_module(name)
    ours = {kind for kind in kinds_of(ExpectedError) if kind.__module__.startswith("desktop.")}
    return sorted(ours - {_base()}, key=lambda kind: kind.__qualname__)


def _base() -> type[ExpectedError]:
    from desktop.store.refusal import RecordFileError

    return RecordFileError  # a family, raised by no line itself


# What an error can be made of, by the name of its argument, and else by its type.
NAMED: dict[str, Any] = {
    "region": "procerus",
    "side": Side.LEFT,
    "character": "\u202e",
    "known": (PATIENT,),
    "expected": Expected.PLAN,
    "cause": None,
    "sizes": (Decimal(100), Decimal(200)),
    "codes": ("FRO-1-R", "FRO-1-L"),
    "nearest": ("FRO-1-R",),
    "home_view": "front",
    "view": "left",
    "point": Point("front", 0, 0),
    "group": 3,
    "holder": PATIENT,
    "path": Path("folder/clinic.glabella"),
    "folder": Path("folder"),
    "detail": "I/O error {name}",
    "vial": VIAL,
    "objections": (Expired(date(2026, 10, 31)), Empty()),
    "balances": (Balance(VIAL, Decimal(155), Decimal(40), Decimal(0)),),
}
TYPED: dict[str, Any] = {
    "str": "FRO-1-R",
    "int": 9,
    "Decimal": Decimal("7.5"),
    "Path": Path("folder/clinic.glabella"),
    "Patient": PATIENT,
    "Person": INJECTOR,
    "tuple[str, ...]": ("FRO-1-R", "FRO-1-L"),
    "date": date(2026, 11, 22),
    "datetime": AT,
    "Expiry": Expiry(2026, 10),
}


def example(kind: type[ExpectedError]) -> ExpectedError:
    """An error of a kind, with values such as it carries."""
    if not isfunction(kind.__init__):
        return kind()
    values = {}
    for name, argument in signature(kind).parameters.items():
        hint = argument.annotation
        # As text, because not every annotation can be looked up while the program runs.
        words = hint if isinstance(hint, str) else getattr(hint, "__name__", str(hint))
        if words == "tuple":
            words = str(hint)
        values[name] = TYPED[words] if words in _SURE else NAMED.get(name, TYPED.get(words))
    return kind(**values)


_SURE = ("Patient", "Person", "tuple[str, ...]")  # whatever their argument is called


KINDS = raised_kinds()


def test_the_errors_of_every_layer_are_looked_at() -> None:
    layers = {kind.__module__.split(".")[1] for kind in KINDS}
    assert {"core", "store", "note", "app"} <= layers
    assert len(KINDS) > 55


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__qualname__)
def test_every_error_is_explained_in_a_whole_sentence(kind: type[ExpectedError]) -> None:
    sentence = app.explain(example(kind))
    assert_is_for_people(sentence)
    # A script's error ends with the form that was expected.
    assert sentence[-1] in ".?" or " Expected: " in sentence, sentence


def assert_is_for_people(sentence: str) -> None:
    assert sentence.strip() == sentence != ""
    assert "\n" not in sentence
    assert not UNIT_AS_A_LETTER.search(sentence), sentence
    assert not PLACEHOLDER.search(sentence.replace("I/O error {name}", "")), sentence
    for inner in ("None", "Decimal", "Error", "<", "PosixPath", "Side."):
        assert inner not in sentence, sentence


def test_an_error_without_a_sentence_is_a_bug() -> None:
    class NewError(ExpectedError):
        """Nobody has thought of it."""

    with pytest.raises(LookupError, match="NewError"):
        app.explain(NewError())


def test_no_error_is_raised_that_is_not_of_the_family() -> None:
    """A class of the program that ends in Error is an expected error, or it is named here."""
    root = Path(desktop.__file__).parent
    strangers = {
        node.name
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and node.name.endswith("Error")
    } - {kind.__name__ for kind in KINDS}
    assert strangers == {"ExpectedError", "RecordFileError"}


FINDINGS: list[rules.Finding] = [
    rules.TotalOutsideLabel(Decimal("157.5"), "us", Decimal(155), Decimal(155), ("uk_eu",)),
    rules.TotalOutsideLabel(Decimal(5), "uk_eu", Decimal(155), Decimal(195), ()),
    rules.RegionOverLimit("frontalis", Decimal("27.5"), Decimal(20)),
    rules.RegionOverSites("temporalis", 11, 10),
    rules.ExtraOutsideFollowThePain("FRO-X1-L"),
    rules.MovedBelowLowest("CPS-1-L", 4.5),
    rules.MovedIntoAnother("COR-1-R", "frontalis", Side.LEFT),
    rules.ChangeWithoutReason("TRA-2-R"),
    rules.SidesDiffer(Decimal(70), Decimal("82.5")),
    rules.VialOverdrawn(1, "C1234C3", Decimal(60)),
    rules.NotAccountedFor(1, "C1234C3", Decimal(40), Decimal(200), ""),
    rules.NotAccountedFor(2, "C1234C3", Decimal(40), Decimal(200), "vial dropped"),
    rules.VialMixedTooLong(1, "C1234C3", Decimal("25.5"), 24),
    rules.VialMixedLater(1, "C1234C3", datetime(2999, 1, 1, 10, tzinfo=UTC)),
    rules.OtherToxinUsed(2, "abobotulinumtoxinA", "onabotulinumtoxinA"),
    rules.NotForMigraineUsed(2, "Dysport"),
    rules.OddDilution(1, Decimal(100) / 3, Decimal(5)),
    rules.NoVial(),
    rules.VialExpired(1, "C1234C3", "2026-10"),
]
CHANGES: list[tuple[rules.Change, str]] = [
    (rules.Omitted("TRA-2-R", "tender"), "omitted"),
    (rules.OtherDose("OCC-1-L", Decimal(5), Decimal("7.5"), ""), "7.5 units instead of 5"),
    (rules.Moved("FRO-1-R", "front", 10.0, 0.0, ""), "moved 10 mm up"),
    (rules.Moved("FRO-1-R", "front", -2.5, 3.0, ""), "moved 2.5 mm down, 3 mm to the left"),
    (rules.Moved("TEM-1-L", "left", 0.0, -4.0, ""), "moved 4 mm backward"),
    (rules.Extra("TEM-X1-L", Decimal(5), ""), "extra 5 units"),
]


def test_every_kind_of_finding_and_change_is_looked_at() -> None:
    assert {type(each) for each in FINDINGS} == set(get_args(rules.Finding))
    assert {type(change) for change, _ in CHANGES} == set(get_args(rules.Change))


@pytest.mark.parametrize("finding", FINDINGS)
def test_every_finding_is_a_whole_sentence(finding: rules.Finding, book: Handbook) -> None:
    sentence = wording.finding_sentence(finding, book)
    assert_is_for_people(sentence)
    assert sentence.endswith(".")


# What is said of the drug, to the letter: a payer reads it.
ABOUT_VIALS: list[tuple[rules.Finding, str]] = [
    (
        rules.VialOverdrawn(1, "C1234C3", Decimal("7.5")),
        "Vial 1, lot C1234C3: 7.5 units more than it held.",
    ),
    (
        rules.NotAccountedFor(2, "C1234C3", Decimal(45), Decimal(200), ""),
        "Vial 2, lot C1234C3: 45 units of the 200 units opened not accounted for.",
    ),
    (
        rules.NotAccountedFor(2, "C1234C3", Decimal(1), Decimal(200), "vial dropped"),
        (
            "Vial 2, lot C1234C3: 1 unit of the 200 units opened not accounted for."
            " Stated: vial dropped."
        ),
    ),
    (rules.NoVial(), "No vial is recorded."),
    (
        rules.VialExpired(1, "C1234C3", "2026-10-31"),
        "The vial of lot C1234C3 had expired (31 Oct 2026).",
    ),
    (
        rules.VialMixedTooLong(1, "C1234C3", Decimal("24.1"), 24),
        "Vial 1, lot C1234C3, was mixed 24.1 hours before; the label allows 24.",
    ),
    (
        rules.VialMixedLater(1, "C1234C3", datetime(2999, 1, 1, 10, tzinfo=UTC)),
        "Vial 1, lot C1234C3, is recorded as mixed after the injections: 1 Jan 2999 10:00.",
    ),
    (
        rules.OtherToxinUsed(2, "abobotulinumtoxinA", "onabotulinumtoxinA"),
        (
            "Vial 2 holds abobotulinumtoxinA, not onabotulinumtoxinA: their units cannot be"
            " compared or added."
        ),
    ),
    (
        rules.NotForMigraineUsed(2, "Dysport"),
        "Vial 2 holds Dysport: its label does not name chronic migraine.",
    ),
    (
        rules.OddDilution(1, Decimal(10), Decimal(5)),
        "Vial 1: 10 units in 0.1 mL, where 5 are usual.",
    ),
    (
        rules.OddDilution(1, Decimal(100) / 3 / 10, Decimal(5)),
        "Vial 1: about 3.33 units in 0.1 mL, where 5 are usual.",
    ),
]


@pytest.mark.parametrize(("finding", "sentence"), ABOUT_VIALS)
def test_what_is_found_of_a_vial_is_said_with_its_figures(
    finding: rules.Finding, sentence: str, book: Handbook
) -> None:
    assert wording.finding_sentence(finding, book) == sentence


@pytest.mark.parametrize(("change", "words"), CHANGES)
def test_every_change_has_words(change: rules.Change, words: str, book: Handbook) -> None:
    assert wording.change_words(change, book) == words


ALL_ACTS: dict[str, Act] = {
    "plan the protocol": acts.PlanProtocol(),
    "plan as on 30 Aug 2026": acts.PlanFrom(Plan("last 2026-08-30", ())),
    "tap FRO 1 right": acts.Tap("FRO-1-R"),
    "tap FRO 2 right": acts.Give("FRO-2-R"),
    "omit TRA 2 right": acts.Omit("TRA-2-R", "tender"),
    "7.5 units at OCC 1 left": acts.SetDose("OCC-1-L", Decimal("7.5")),
    "extra Temporalis left": acts.AddExtra("temporalis", Side.LEFT, Decimal(5)),
    "mirror TEM X1 left": acts.Mirror("TEM-X1-L"),
    "move FRO 1 right": acts.Move("FRO-1-R", Point("front", -15.0, 798.0)),
    "reason TRA 2 right": acts.GiveReason("TRA-2-R", "tender"),
    "give Corrugator": acts.GiveRegion("corrugator"),
    "give Trapezius left": acts.GiveRegion("trapezius", Side.LEFT),
    "give all": acts.GiveAll(),
    "stop here": acts.Stop("faint"),
    "clear the chart": acts.Clear(),
    "vial": acts.AddVial(VIAL),
    "draw from vial 2": acts.DrawFrom(2),
    "vial of FRO 1 right": acts.DrawnFrom("FRO-1-R", 2),
    "discarded units": acts.SetWaste(Decimal(10), "spilled"),
    "kept units": acts.Keep(1, Decimal(10)),
    "why units are missing": acts.StateGap("vial dropped"),
    "safety": acts.SetAssessment(blank(["allergy"], AT.date())),
    "procedure": acts.SetProcedure(Procedure()),
    "event": acts.AddEvent(Event(Happening.FAINT, AT)),
    "why it goes on": acts.GoOn("too early", "asked for"),
    "remark": acts.SetRemark("Tolerated well."),
    "label": acts.SetProfile("uk_eu"),
    "performed by Test Supervisor MD": acts.SetPerformer(Person("Test Supervisor", "MD")),
    "moved to another patient": acts.MoveToPatient("p-2", "mixed up"),
}


def test_every_act_has_a_few_words(book: Handbook) -> None:
    assert {wording.act_label(act, book): act for act in ALL_ACTS.values()} == ALL_ACTS
    alike: dict[Act, Act] = {
        acts.ChangeVial(VIAL): acts.AddVial(VIAL),
        acts.DiscardRest("single use"): acts.SetWaste(Decimal(10), "spilled"),
        acts.RemoveEvent(1): acts.AddEvent(Event(Happening.FAINT, AT)),
    }
    for act, other in alike.items():
        assert wording.act_label(act, book) == wording.act_label(other, book)
    assert {type(act) for act in (*ALL_ACTS.values(), *alike)} == set(ACTS.values())


def test_a_plan_is_called_by_where_it_came_from(book: Handbook) -> None:
    plans = (protocol_plan(book), Plan("template Usual", ()), EMPTY_PLAN)
    assert [wording.act_label(acts.PlanFrom(plan), book) for plan in plans] == [
        "plan the protocol",
        "plan template Usual",
        "plan nothing",
    ]
    names = ("protocol", "last 2026-08-30", "template Usual", ANOTHERS, "empty", "")
    assert [wording.plan_text(name) for name in names] == [
        "the protocol",
        "as given on 30 Aug 2026",
        "template Usual",
        "as given to another patient",
        "no plan",
        "no plan",
    ]


@pytest.mark.parametrize(
    ("plan", "text"),
    [
        ("last 2026-08-30", "pain here, as on 30 Aug 2026"),
        ("template Usual", "pain here, as planned"),
        (ANOTHERS, "pain here, of another patient"),
    ],
)
def test_a_reason_that_came_along_says_from_where(plan: str, text: str, book: Handbook) -> None:
    session = Session(
        *("s-1", "p-1", AT, book.protocol.edition, book.atlas.edition, "us", INJECTOR, INJECTOR),
        plan=plan,
    )
    site = Injection("FRO-1-L", "frontalis", Side.LEFT, State.PLANNED, Decimal(5), Decimal(5))
    assert wording.carried_reason(site, session) == ""
    assert wording.carried_reason(replace(site, planned_reason="pain here"), session) == text


def test_the_midline_is_told_from_a_side_that_a_muscle_lacks() -> None:
    assert app.explain(charting.RegionSideError("procerus", Side.MIDLINE)) == (
        "Procerus lies in the midline and has no other side."
    )
    assert app.explain(charting.RegionSideError("procerus", Side.LEFT)) == (
        "Procerus has no left side."
    )


def test_a_tap_is_called_by_what_came_of_it(book: Handbook) -> None:
    empty = Session(
        *("s-1", "p-1", AT, book.protocol.edition, book.atlas.edition, "us", INJECTOR, INJECTOR)
    )
    session, labels = perform(acts.PlanProtocol(), empty, book), []
    for _ in range(3):
        after = perform(acts.Tap("OCC-3-R"), session, book)
        labels.append(wording.step_label(Step(acts.Tap("OCC-3-R"), session, after), book))
        session = after
    assert labels == ["given OCC 3 right", "omitted OCC 3 right", "planned OCC 3 right"]


@pytest.mark.parametrize(
    ("units", "text"),
    [
        ("5", "5 units"),
        ("5.0", "5 units"),
        ("0.5", "0.5 units"),
        ("1", "1 unit"),
        ("1.00", "1 unit"),
        ("155", "155 units"),
        ("100", "100 units"),
        ("1E+1", "10 units"),
        ("0", "0 units"),
        ("12.75", "12.75 units"),
    ],
)
def test_a_dose_is_written_as_on_a_prescription(units: str, text: str) -> None:
    assert wording.units_text(Decimal(units)) == text


@pytest.mark.parametrize(
    ("volume", "text"),
    [("2.25", "2.25 mL"), ("4", "4 mL"), ("0.1", "0.1 mL"), ("0.333", "about 0.33 mL")],
)
def test_a_volume_says_when_it_is_not_exact(volume: str, text: str) -> None:
    assert wording.volume_text(Decimal(volume)) == text


def test_dates_show_the_month_in_letters() -> None:
    assert wording.date_text(date(1980, 2, 1)) == "1 Feb 1980"
    assert wording.moment_text(AT) == "22 Nov 2026 08:15"
    assert wording.expiry_text(Expiry(2027, 10)) == "Oct 2027"
    assert wording.expiry_text(Expiry(2027, 10, 31)) == "31 Oct 2027"
    assert len({wording.month_name(month) for month in range(1, 13)}) == 12


@pytest.mark.parametrize(
    ("born", "age"),
    [
        (date(1980, 11, 22), "46 y"),
        (date(1980, 11, 23), "45 y"),
        (date(2024, 11, 23), "23 months"),
        (date(2024, 11, 22), "2 y"),
        (date(2026, 11, 22), "0 months"),
        (date(2004, 2, 29), "22 y"),
    ],
)
def test_ages_are_told_in_years_from_two_years_on(born: date, age: str) -> None:
    assert wording.age_text(born, date(2026, 11, 22)) == age


def test_sites_have_a_long_and_a_short_name(book: Handbook) -> None:
    names = {
        "TEM-2-L": ("Temporalis 2 left", "TEM 2 left"),
        "TEM-X1-L": ("Temporalis extra 1 left", "TEM X1 left"),
        "PRO-1-M": ("Procerus", "PRO 1"),
    }
    for code, both in names.items():
        assert (wording.site_name(code, book), wording.site_short(code)) == both
    every = [wording.site_name(code, book) for code in book.protocol.sites]
    assert len(set(every)) == 31


def test_states_and_sexes_have_words_of_their_own() -> None:
    assert [wording.state_name(each) for each in State] == [
        "planned",
        "given",
        "omitted",
        "not given",
    ]
    assert [wording.sex_name(each) for each in Sex] == ["female", "male", "other sex", ""]


def test_an_error_shows_what_was_typed_and_nothing_of_python() -> None:
    assert app.explain(NotAnAmountError("\u0667")).startswith(
        "\u201c\u0667\u201d is not an amount."
    )


def test_no_text_of_the_program_calls_units_u() -> None:
    """Sentences are the literals given to gettext; chart scripts may say U, sentences never."""
    root = Path(desktop.__file__).parent
    said = [
        (path.name, literal.value)
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("_", "ngettext")
        for literal in node.args
        if isinstance(literal, ast.Constant) and isinstance(literal.value, str)
    ]
    assert len(said) > 250
    assert [each for each in said if re.search(r"[\d}] ?U\b|\bIU\b", each[1])] == []


def test_facts_of_one_line_keep_their_order_in_a_right_to_left_language() -> None:
    facts = ["4 mL", "mixed 22 Nov 2026"]
    assert wording.dotted(facts) == "4 mL \N{MIDDLE DOT} mixed 22 Nov 2026"
    with language.speaking("ar"):
        line = wording.dotted(facts)
    assert line.startswith("\u200f")  # the line runs from the right, whatever it begins with
    assert line.count("\u2068") == line.count("\u2069") == len(facts)
    assert re.sub("[\u200f\u2068\u2069]", "", line) == wording.dotted(facts)
