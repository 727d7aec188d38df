"""The input budget: one session in five ways, by mouse, by a gloved finger, by keys."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from math import cos, sin, sqrt, tau
from random import Random

import budget
import pytest
from budget import WAYS, Count, Way
from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication, QPushButton

from desktop.app import Desk
from desktop.core.handbook import Handbook
from desktop.core.protocol import Side
from desktop.core.rules import changes
from desktop.core.session import Session, State, Waste
from desktop.gui import theme
from desktop.gui.hand import Hand, Pointer

MISS_MM = 5.0
POINTED = [way for way in WAYS if not way.by_keys]
BY_KEYS = [way for way in WAYS if way.by_keys]
SIGNING = 2  # a press on "Sign" and one in the form, counted as the PIN that is to come
MEANT = {
    budget.OMITTED: (State.OMITTED, Decimal(5), "tender"),
    budget.OTHER_DOSE: (State.GIVEN, Decimal("7.5"), "pain here"),
    budget.EXTRA: (State.GIVEN, Decimal(5), "pain here"),
}


class Seen(QObject):
    """Counts what the system hands to the windows, and every key wherever it goes."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: Counter[QEvent.Type] = Counter()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress or isinstance(watched, QWindow):
            self.kinds[event.type()] += 1
        return False


@pytest.fixture
def seen(qapp: QApplication) -> Iterator[Seen]:
    made = Seen()
    qapp.installEventFilter(made)
    yield made
    qapp.removeEventFilter(made)


@pytest.fixture
def task(desk: Desk, open_window: Callable[[Desk], Hand]) -> Hand:
    """A hand on the new session of a patient who was treated before."""
    budget.sign_earlier(desk)
    budget.open_vial(desk)
    hand = open_window(desk)
    budget.begin(hand)
    return hand


def gloved(hand: Hand, seed: int) -> Callable[[], QPoint]:
    """How far off a gloved finger taps: anywhere within 5 mm, the same every time."""
    random = Random(seed)  # noqa: S311  a test's own
    reach_px = MISS_MM * theme.measures_of(hand.window.screen()).px_per_mm

    def miss() -> QPoint:
        angle, far = tau * random.random(), reach_px * sqrt(random.random())
        return QPoint(int(far * cos(angle)), int(far * sin(angle)))

    return miss


def is_what_was_meant(session: Session, way: Way, book: Handbook) -> None:
    expected = {code: (State.GIVEN, Decimal(5), "") for code in book.protocol.sites} | MEANT
    charted = {
        code: (each.state, each.units, each.reason) for code, each in session.injections.items()
    }
    assert charted == expected
    assert session.injections[budget.EXTRA].point in book.suggestions("occipitalis", Side.LEFT)
    assert session.given_units == Decimal("157.5")
    assert len(changes(session, book)) == 3
    (vial,) = session.vials
    assert (vial.lot, vial.diluent_ml, bool(vial.stock_id)) == ("C1234C3", Decimal(4), True)
    (waste,) = session.wastes
    assert replace(waste, at=None) == Waste(
        Decimal("42.5"), "single-patient vial", vial.number, None, "TI"
    )
    assert waste.at is not None
    assert session.plan.startswith("last " if "repeat" in way.name else "protocol")
    assert session.is_signed


@pytest.mark.parametrize("way", POINTED, ids=lambda way: way.name)
def test_by_mouse_within_the_budget_and_no_key(
    way: Way, task: Hand, seen: Seen, desk: Desk, book: Handbook
) -> None:
    count = budget.count(way, task)
    assert count.inputs <= way.budget
    is_what_was_meant(desk.file.records.session(task.session.id), way, book)
    assert seen.kinds[QEvent.Type.MouseButtonPress] == count.inputs - count.not_yet + SIGNING
    assert seen.kinds[QEvent.Type.KeyPress] == seen.kinds[QEvent.Type.TouchBegin] == 0


@pytest.mark.parametrize("seed", [4711, 4712, 4713])
@pytest.mark.parametrize("way", POINTED, ids=lambda way: way.name)
def test_by_a_gloved_finger_that_misses_by_up_to_five_millimetres(
    way: Way, seed: int, task: Hand, seen: Seen, desk: Desk, book: Handbook
) -> None:
    task.pointer, task.miss = Pointer.FINGER, gloved(task, seed)
    taps: list[object] = []
    task.screen.close_up.clicked.connect(taps.append)
    count = budget.count(way, task)
    assert count.inputs <= way.budget
    is_what_was_meant(desk.file.records.session(task.session.id), way, book)
    touches = count.inputs - count.not_yet + SIGNING
    assert seen.kinds[QEvent.Type.TouchBegin] == seen.kinds[QEvent.Type.TouchEnd] == touches
    assert seen.kinds[QEvent.Type.KeyPress] == 0
    # Each touch of the map arrives there once, though Qt makes a mouse of it.
    assert len(taps) == (32 if way.name == "every site by hand" else 3)


@pytest.mark.parametrize("way", BY_KEYS, ids=lambda way: way.name)
def test_by_keys_within_the_budget_and_no_mouse(
    way: Way, task: Hand, seen: Seen, desk: Desk, book: Handbook
) -> None:
    count = budget.count(way, task)
    assert count.inputs <= way.budget
    is_what_was_meant(desk.file.records.session(task.session.id), way, book)
    pressed = [QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin]
    assert [seen.kinds[kind] for kind in pressed] == [0, 0]


def test_a_finger_finds_what_lies_on_top(task: Hand, qapp: QApplication) -> None:
    task.pointer = Pointer.FINGER
    task.plan()
    cover = QPushButton(task.screen.close_up)
    cover.resize(task.screen.close_up.size())
    cover.show()
    task.tap("COR-1-R")
    assert task.session.given == []
    cover.hide()
    qapp.processEvents()
    task.tap("COR-1-R")
    assert [each.code for each in task.session.given] == ["COR-1-R"]


def counted(inputs: int, allowed: int) -> Count:
    return Count("a way", inputs, 6, allowed, 0.5)


@pytest.mark.parametrize(("inputs", "allowed"), [(0, 20), (19, 20), (20, 20)])
def test_a_way_within_its_budget_is_not_over(inputs: int, allowed: int) -> None:
    assert budget.over([counted(inputs, allowed)]) == []


def test_a_way_over_its_budget_is_named_among_those_within() -> None:
    counts = [counted(20, 20), counted(27, 26), counted(1, 64)]
    assert budget.over(counts) == ["a way: 27 inputs, 26 allowed"]


def test_the_table_has_every_figure_and_says_what_the_program_lacks() -> None:
    head, line, below = budget.table([counted(20, 26)])
    assert head.split("  ")[0] == "way"
    assert line.split() == ["a", "way", "20", "6", "26", "0.50"]
    assert all(f"{name} {number}" in below for name, number in budget.NOT_YET.items())
    assert sum(budget.NOT_YET.values()) == 5


def test_the_budget_is_the_projects() -> None:
    assert [way.budget for way in WAYS] == [20, 26, 48, 40, 64]
