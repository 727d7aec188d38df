"""Sessions for the views, charted in memory."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from desktop.core.acts import Act, perform
from desktop.core.handbook import Handbook
from desktop.core.patient import Person
from desktop.core.session import Session

Chart = Callable[..., Session]
INJECTOR = Person("Test Injector", "MD")


@pytest.fixture
def empty(book: Handbook) -> Session:
    return Session(
        id="s-1",
        patient_id="p-1",
        started_at=datetime(2026, 11, 22, 10, 30, tzinfo=ZoneInfo("Europe/London")),
        protocol=book.protocol.edition,
        atlas=book.atlas.edition,
        profile="us",
        performed_by=INJECTOR,
        charted_by=INJECTOR,
    )


@pytest.fixture
def chart(empty: Session, book: Handbook) -> Chart:
    """The session that some acts make."""

    def charted(*acts: Act) -> Session:
        session = empty
        for act in acts:
            session = perform(act, session, book)
        return session

    return charted
