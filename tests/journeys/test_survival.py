"""The window is killed after any input: what was shown is there after reopening."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.app import Desk
from desktop.gui.hand import Hand
from desktop.store import database
from tests.conftest import Record
from tests.journeys.charting_until_killed import REMARK, shown

PROJECT = Path(__file__).resolve().parents[2]
ALL_INPUTS = 17

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")


def killed(record: Record, inputs: int, *, lines: int) -> list[dict[str, Any]]:
    """What the window showed after each input, until it was killed after so many lines."""
    command = [
        *(sys.executable, "-m", "tests.journeys.charting_until_killed"),
        *(str(record.path), str(inputs)),
    ]
    with subprocess.Popen(
        command,
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        said = [line for _, line in zip(range(lines), child.stdout, strict=False)]
        child.send_signal(signal.SIGKILL)
        rest, errors = child.communicate(timeout=60)
    assert len(said) == lines, errors
    assert child.returncode == -signal.SIGKILL
    whole = [line for line in rest.splitlines(keepends=True) if line.endswith("\n")]
    return [json.loads(line) for line in (*said, *whole)]


# After which input: the plan, a tap, the vial, a reason, an undo, a region, all of them.
@pytest.mark.parametrize("inputs", [2, 4, 5, 7, 10, 12, ALL_INPUTS])
def test_what_was_shown_is_there_after_the_window_was_killed(
    inputs: int, record: Record, open_window: Callable[[Desk], Hand]
) -> None:
    before = killed(record, inputs, lines=inputs)
    desk = record.open()
    assert shown(open_window(desk)) == before[-1]
    database.check_health(desk.file._db)


def test_a_remark_is_on_the_disk_a_second_after_the_last_key(record: Record) -> None:
    before = killed(record, 14, lines=14)
    assert before[-1]["remark"] == REMARK
    with record.open() as desk:
        (session,) = desk.file.records.sessions()
        assert desk.file.records.session(session.id).remark == REMARK


def test_a_window_killed_while_it_works_has_lost_nothing_that_it_showed(
    record: Record, open_window: Callable[[Desk], Hand]
) -> None:
    before = killed(record, ALL_INPUTS, lines=6)
    hand = open_window(record.open())
    after = shown(hand)
    # One more act may be there: killed between saving and showing.
    if after != before[-1]:
        hand.click(hand.workspace.undo)
        assert shown(hand)["rows"] == before[-1]["rows"]


def test_work_goes_on_after_the_window_was_killed(
    record: Record, open_window: Callable[[Desk], Hand]
) -> None:
    killed(record, ALL_INPUTS, lines=ALL_INPUTS)
    hand = open_window(record.open())
    while hand.workspace.undo.isEnabled():
        hand.click(hand.workspace.undo)
    assert hand.session.injections == {}
    while hand.workspace.redo.isEnabled():
        hand.click(hand.workspace.redo)
    hand.sign()
    assert hand.session.is_signed
