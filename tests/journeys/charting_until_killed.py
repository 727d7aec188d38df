"""Charts in the real window, says what it shows after each input, and waits to be killed.

    python -m tests.journeys.charting_until_killed RECORD INPUTS

Every line on stdout is one JSON value: what the window showed after one more input.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.gui import theme  # before anything makes a QApplication: see desktop/gui/__init__.py
from desktop.gui.hand import Hand
from tests.conftest import Record, window_on

REMARK = "Tolerated well; press hard."


def shown(hand: Hand) -> dict[str, Any]:
    """What the window shows of the chart."""
    QApplication.processEvents()
    screen = hand.screen
    model = screen.table.model()
    columns = range(model.columnCount())
    return {
        "units": screen.totals._total.text(),
        "vials": re.split(r"\s*[\n\u00b7]\s*", screen.vials._vials.text()),
        "waste": screen.vials.units.accessibleName(),
        "cards": [screen.cards.card(key).accessibleName() for key in screen._book.atlas.close_ups],
        "rows": [
            [model.index(row, column).data() for column in columns]
            for row in range(model.rowCount())
        ],
        "undo": hand.workspace.undo.accessibleName(),
        "redo": hand.workspace.redo.accessibleName(),
        "remark": screen.totals._remark.toPlainText(),
    }


def inputs(hand: Hand) -> Iterator[Callable[[], object]]:
    """A session, input by input."""
    yield hand.start_session
    yield hand.plan
    yield lambda: hand.tap("FRO-1-R")
    yield lambda: hand.tap("FRO-1-L")
    yield lambda: hand.enter_vial(lot="C1234C3", expiry="2027-10", diluent="4")
    yield lambda: hand.tap("FRO-1-L")
    yield lambda: hand.click(hand.button("tender"))
    yield lambda: hand.give_other_dose("OCC-1-L", "7.5", "pain here")
    yield lambda: hand.add_extra("temporalis", "L", "pain here")
    yield lambda: hand.click(hand.workspace.undo)
    yield lambda: hand.click(hand.workspace.redo)
    yield lambda: hand.click(hand.screen.bar._rest)
    yield lambda: hand.type_into(hand.screen.totals._remark, REMARK)
    yield lambda: QTest.qWait(1000)  # what the program may take to keep typed text
    yield lambda: hand.click(hand.button("Stop here"))
    yield lambda: hand.click(hand.button("faint"))
    yield hand.discard_rest


def main() -> None:
    """Open the record, work, and wait."""
    application = QApplication(sys.argv[:1])
    theme.register_fonts()
    theme.apply(application, theme.LIGHT)
    hand = window_on(Record(Path(sys.argv[1]), "").open())
    hand.choose_patient(0)
    steps = inputs(hand)
    for _ in range(int(sys.argv[2])):
        next(steps)()
        sys.stdout.write(json.dumps(shown(hand)) + "\n")
        sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
