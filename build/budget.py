"""What `build/inputs.py` does: charts one session in five ways, and counts what that takes.

The task is 31 sites with three changes: one omitted, one extra, one with another dose. It begins
with the patient chosen and ends with the signed note as a PDF on the screen. An input
is one click, tap or key, and a key with Control is one. The seconds are the program's own: those in
which it took the inputs and painted, without the moment that it waits for a scanner after a key.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

import screens  # noqa: E402  only now can they be found

from desktop.core.session import State  # noqa: E402

if TYPE_CHECKING:
    from desktop.app import Desk
    from desktop.core.handbook import Handbook
    from desktop.core.vial import Vial
    from desktop.gui.hand import Hand

OMITTED, TENDER = "OCC-3-R", "tender"
OTHER_DOSE, UNITS, PAIN = "OCC-1-L", "7.5", "pain here"
EXTRA_REGION, EXTRA_SIDE, EXTRA = "occipitalis", "L", "OCC-X1-L"
BACK_OF_HEAD = "back_of_head"

# What the program cannot do yet is left out or done in another way, and counted at the number that
# it may take. Whoever builds one of these takes it out here and has the ways below do it.
NOT_YET: Mapping[str, int] = {"PIN and signature": 5}


@dataclass(frozen=True)
class Way:
    """One way through the task.

    Args:
        name: As the table has it.
        budget: How many inputs it may take.
        chart: From the start to the waste.
        by_keys: Whether it is signed and read by keys too.
    """

    name: str
    budget: int
    chart: "Callable[[Hand], None]"
    by_keys: bool = False


class Count(NamedTuple):
    """What one way took; `inputs` are all, with those `not_yet` in the program."""

    way: str
    inputs: int
    not_yet: int
    budget: int
    program_seconds: float


def main() -> None:
    """Go every way, print the table, and end with 1 if one takes more than it may."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # The platform without a screen says at every window that it has none.
    os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.*=false;*.warning=false")
    from desktop import app, language

    app.make_application()
    language.use(["en"])  # the hand finds the buttons by their English names
    counts = []
    for way in WAYS:
        with tempfile.TemporaryDirectory(prefix="glabella-inputs-") as name, opened(name) as hand:
            counts.append(count(way, hand))
    excess = over(counts)
    print(*table(counts), *excess, sep="\n")
    sys.exit(1 if excess else 0)


@contextmanager
def opened(folder: str) -> "Iterator[Hand]":
    """The window on a new record of invented patients, with the task before it."""
    from PySide6.QtCore import QCoreApplication, QEvent

    from desktop import app, resources, settings
    from desktop.gui.hand import Hand
    from desktop.gui.main_window import MainWindow

    with app.desk(app.invented_record(Path(folder) / settings.RECORD_NAME)) as desk:
        sign_earlier(desk)
        open_vial(desk)
        window = MainWindow(resources.handbook, app.explain, lambda: None)
        window.resize(*screens.WIDE)
        window.show()
        hand = Hand(window)
        window.show_workspace(replace(app.services(desk), milliseconds=hand.milliseconds))
        begin(hand)
        yield hand
        window.close()
        # Forgotten at once: its gate would hold the keys that are meant for the next window.
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def sign_earlier(desk: "Desk") -> None:
    """Twelve weeks ago the first patient was given what the protocol says."""
    from desktop.core import acts

    patient = desk.file.records.find_patients("")[0]
    draft = desk.new_session(patient.id)
    draft = replace(draft, started_at=draft.started_at - timedelta(weeks=12))
    rest = acts.DiscardRest("single-patient vial")
    asked = acts.SetAssessment(screens.assessment(draft.started_at.date()))
    given = (acts.PlanProtocol(), acts.AddVial(vial(desk.book)), acts.GiveAll(), rest)
    for act in (asked, *given):
        draft = acts.perform(act, draft, desk.book)
    desk.file.records.start_session(draft)
    screens.sign(desk, draft.id)


def begin(hand: "Hand") -> None:
    """Choose the first patient."""
    from desktop.gui.hand import Pointer

    hand.choose_patient(0)
    hand.pointer = Pointer.MOUSE


def open_vial(desk: "Desk") -> None:
    """Within this hour a vial was mixed, which is open in the stock."""
    from desktop.core.stock import StockVial

    mixed = replace(vial(desk.book), mixed_at=desk.now() - timedelta(minutes=20))
    desk.add_stock(StockVial(mixed))


def start(hand: "Hand", name: str) -> None:
    """Start on the patient's page, say that nothing changed, choose the vial that is open."""
    hand.click(hand.button(name))
    hand.click(hand.screen.safety.unchanged)
    hand.choose_vial()


def vial(book: "Handbook") -> "Vial":
    """What the sessions are given from."""
    from desktop.core.vial import Vial, read_expiry

    product = next(iter(book.products))
    return Vial(0, product, Decimal(200), "C1234C3", read_expiry("2027-10"), Decimal(4))


def count(way: Way, hand: "Hand") -> Count:
    """Go one way from the open session to the note that is shown, and say what it took."""
    hand.inputs, hand.program_seconds = 0, 0.0
    way.chart(hand)
    charted = hand.inputs
    (hand.sign_by_keys if way.by_keys else hand.sign)()
    # Signing without a PIN is not what the budget means: its inputs are among those not yet there.
    hand.inputs = charted
    note = (hand.read_note_by_keys if way.by_keys else hand.read_note)()
    if not hand.session.is_signed or EXTRA not in note:
        message = f"{way.name} did not end with the signed note"
        raise RuntimeError(message)
    hand.let_work()
    not_yet = sum(NOT_YET.values())
    return Count(way.name, hand.inputs + not_yet, not_yet, way.budget, hand.program_seconds)


# -- the five ways -------------------------------------------------------------------------------


def repeat_whole(hand: "Hand") -> None:
    """As last time but for three changes; the rest is given at once."""
    _repeat_with_changes(hand)
    hand.click(hand.button("All given"))
    hand.discard_rest()


def repeat_by_region(hand: "Hand") -> None:
    """As last time but for three changes; the rest is given region by region."""
    _repeat_with_changes(hand)
    for _region in hand.screen.hand.book.protocol.regions:
        hand.click(hand.button("Region given"))
    hand.discard_rest()


def _repeat_with_changes(hand: "Hand") -> None:
    start(hand, "Start as last time")
    hand.click(hand.screen.cards.card(BACK_OF_HEAD))
    hand.omit(OMITTED, TENDER)
    hand.add_suggested_extra(EXTRA_REGION, EXTRA_SIDE)
    hand.give_and_keep_dose(OTHER_DOSE, UNITS, PAIN)


def every_site(hand: "Hand") -> None:
    """By the protocol, with a tap on every site; the program turns to the next close-up."""
    from desktop.gui.pages import walk

    start(hand, "Start from the protocol")
    for code in walk(hand.screen.hand.book):
        if code == OMITTED:
            hand.omit(OMITTED, TENDER)
        elif code == OTHER_DOSE:
            hand.add_suggested_extra(EXTRA_REGION, EXTRA_SIDE)
            hand.give_other_dose(OTHER_DOSE, UNITS, PAIN)
        else:
            hand.tap(code)
    hand.discard_rest()


def repeat_by_keys(hand: "Hand") -> None:
    """As last time but for three changes; codes jump, `e` follows the pain, `a` gives the rest."""
    _press_by_keys(hand, "Start as last time")
    hand.press_keys("occ3rx2")
    hand.press_keys("occ1l7.5\r1")
    hand.press_keys("eaw")


def every_site_by_keys(hand: "Hand") -> None:
    """By the protocol; Space gives a site and goes on to the next."""
    _press_by_keys(hand, "Start from the protocol")
    _give_by_keys(hand, up_to=OMITTED)
    hand.press_keys("x2")
    hand.press_keys("7.5\r1")
    _give_by_keys(hand, up_to="CPS-1-R")
    hand.press_keys("\be")
    _give_by_keys(hand, up_to="")
    hand.press_keys("w")


def _press_by_keys(hand: "Hand", name: str) -> None:
    """From the list of patients to the starts with Enter, on to a button with Tab; press it."""
    from PySide6.QtCore import Qt

    wanted = hand.button(name)
    hand.press_keys("\r")
    for _step in range(MOST_STEPS):
        if hand.keyboard() is wanted:
            hand.press_keys(" nv1")
            return
        hand.press_key(Qt.Key.Key_Tab.value, "\t")
    message = f"Tab does not come to {name!r}"
    raise LookupError(message)


def _give_by_keys(hand: "Hand", up_to: str) -> None:
    """Space for every site until the ring is on this one; for every one without."""
    for _step in range(MOST_STEPS):
        is_over = not hand.session.of_state(State.PLANNED)
        if is_over or hand.screen.hand.cursor == up_to:
            return
        hand.press_keys(" ")
    message = "Space does not go on"
    raise LookupError(message)


MOST_STEPS = 40

WAYS = (
    Way("repeat session, whole session given", 20, repeat_whole),
    Way("repeat session, region by region", 26, repeat_by_region),
    Way("every site by hand", 48, every_site),
    Way("keys only, repeat session", 40, repeat_by_keys, by_keys=True),
    Way("keys only, every site by hand", 64, every_site_by_keys, by_keys=True),
)


# -- the table -----------------------------------------------------------------------------------


def table(counts: Sequence[Count]) -> list[str]:
    """One line for each way, and below what is counted that the program does not have."""
    head = ("way", "inputs", "not in the program yet", "budget", "program s")
    rows = [head, *(_cells(each) for each in counts)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    missing = ", ".join(f"{name} {number}" for name, number in NOT_YET.items())
    return [*lines, f"Not in the program yet, counted at what it may take: {missing}."]


def _cells(each: Count) -> tuple[str, ...]:
    numbers = map(str, (each.inputs, each.not_yet, each.budget))
    return each.way, *numbers, f"{each.program_seconds:.2f}"


def over(counts: Sequence[Count]) -> list[str]:
    """A sentence for each way that takes more inputs than it may."""
    return [
        f"{each.way}: {each.inputs} inputs, {each.budget} allowed"
        for each in counts
        if each.inputs > each.budget
    ]


if __name__ == "__main__":
    main()
