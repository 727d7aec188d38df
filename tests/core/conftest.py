"""Sessions as chart scripts, for tests that read like a visit."""

from collections.abc import Callable

import pytest

from desktop.core.handbook import Handbook
from desktop.core.history import History
from desktop.core.script import chart as chart_script
from desktop.core.script import read_script
from desktop.core.session import Session
from desktop.resources import handbook

HEADING = """
    patient  Test Patient, 1980-02-01, no 4711
    session  2026-11-22 10:30 Europe/London, injector Test Injector MD
"""


@pytest.fixture(scope="session")
def book() -> Handbook:
    return handbook()


@pytest.fixture(scope="session")
def history(book: Handbook) -> Callable[[str], History]:
    """The history that the lines of a script make; the heading is said already."""

    def perform(lines: str) -> History:
        return chart_script(read_script(HEADING + lines, book), "s-1", "p-1", book)

    return perform


@pytest.fixture(scope="session")
def chart(history: Callable[[str], History]) -> Callable[[str], Session]:
    """The session that the lines of a script chart; the heading is said already."""
    return lambda lines: history(lines).present
