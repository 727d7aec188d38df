from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from desktop.core.acts import GiveAll, Omit, PlanProtocol, SetRemark, StateGap
from desktop.core.charting import SitesUnresolvedError
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.history import History, NothingToRedoError, NothingToUndoError
from desktop.core.patient import Identity, Sex
from desktop.core.session import (
    Session,
    SessionSignedError,
    Signature,
    SiteNotInSessionError,
    State,
)
from desktop.gui.document import BOUNCE_MS, ChartDocument, Keeping
from tests.gui.conftest import INJECTOR

LONDON = ZoneInfo("Europe/London")
SIGNATURE = Signature(INJECTOR, datetime(2026, 11, 22, 11, 0, tzinfo=LONDON), "performed")
IDENTITY = Identity("4711", "Patient", "Test", date(1980, 2, 1), Sex.UNKNOWN)


class DiskRefusedError(ExpectedError):
    """The disk says no."""


class File:
    """What a file was told to keep, in order; it can refuse."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Session]] = []
        self.refuses = False

    def saving(self, kind: str) -> Callable[..., None]:
        def save(*values: object) -> None:
            if self.refuses:
                raise DiskRefusedError
            after = values[-1]
            assert isinstance(after, Session)
            self.told.append((kind, after))

        return save

    @property
    def keeping(self) -> Keeping:
        return Keeping(**{kind: self.saving(kind) for kind in ("act", "undo", "redo", "sign")})


class Clock:
    def __init__(self) -> None:
        self.ms = 0.0

    def __call__(self) -> float:
        return self.ms

    def now(self) -> datetime:
        return datetime(2026, 11, 22, 10, 30, tzinfo=LONDON) + timedelta(milliseconds=self.ms)


@pytest.fixture
def file() -> File:
    return File()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def document(empty: Session, book: Handbook, file: File, clock: Clock) -> ChartDocument:
    return ChartDocument(History(empty), book, file.keeping, clock, clock.now)


@pytest.fixture
def heard(document: ChartDocument) -> list[object]:
    """What the document told its views: a session, or a refusal."""
    said: list[object] = []
    document.changed.connect(lambda: said.append(document.session))
    document.refused.connect(said.append)
    return said


def test_an_act_is_saved_before_it_is_shown(document: ChartDocument, file: File) -> None:
    order: list[object] = []
    document.changed.connect(lambda: order.append((len(file.told), document.session)))
    assert document.perform(PlanProtocol())
    assert order == [(1, document.session)]
    assert file.told == [("act", document.session)]


def test_the_file_has_an_act_while_the_document_does_not_yet(
    empty: Session, book: Handbook, file: File, clock: Clock
) -> None:
    seen: list[Session] = []

    def save(before: Session, _act: object, _after: Session) -> None:
        seen.append(opened.session)
        assert before is opened.session

    keeping = Keeping(save, *(file.saving(kind) for kind in ("undo", "redo", "sign")))
    opened = ChartDocument(History(empty), book, keeping, clock, clock.now)
    opened.perform(PlanProtocol())
    assert seen == [empty]


@pytest.mark.parametrize("move", ["perform", "tap", "undo", "redo"])
def test_what_the_file_refuses_has_not_happened(
    move: str, document: ChartDocument, file: File, heard: list[object]
) -> None:
    document.perform(PlanProtocol())
    document.perform(Omit("TRA-2-R", "tender"))
    document.undo()
    before = (document.session, document.undoable, document.redoable, list(file.told))
    heard.clear()
    file.refuses = True
    moves = {
        "perform": lambda: document.perform(GiveAll()),
        "tap": lambda: document.tap("FRO-1-L"),
        "undo": document.undo,
        "redo": document.redo,
    }
    assert not moves[move]()
    assert [type(each) for each in heard] == [DiskRefusedError]
    assert (document.session, document.undoable, document.redoable, file.told) == before
    file.refuses = False
    assert moves[move]()


def test_what_cannot_be_done_never_reaches_the_file(
    document: ChartDocument, file: File, heard: list[object]
) -> None:
    assert not document.perform(Omit("FRO-9-L"))
    assert file.told == []
    assert [type(each) for each in heard] == [SiteNotInSessionError]


def test_undo_and_redo_are_saved_too(document: ChartDocument, file: File) -> None:
    document.perform(PlanProtocol())
    planned = document.session
    document.undo()
    document.redo()
    assert [kind for kind, _ in file.told] == ["act", "undo", "redo"]
    assert document.session == planned


def test_there_is_nothing_to_undo_or_redo_at_first(
    document: ChartDocument, heard: list[object]
) -> None:
    assert not document.undo()
    assert not document.redo()
    assert [type(each) for each in heard] == [NothingToUndoError, NothingToRedoError]


def test_a_bounce_is_no_second_tap_and_says_nothing(
    document: ChartDocument, clock: Clock, heard: list[object]
) -> None:
    document.perform(PlanProtocol())
    document.tap("FRO-1-L")
    heard.clear()
    clock.ms = BOUNCE_MS - 1
    assert not document.tap("FRO-1-L")
    assert heard == []
    assert document.tap("FRO-1-R")
    assert document.tap("FRO-1-L")
    assert document.session.injections["FRO-1-L"].state is State.OMITTED


def test_after_undo_the_next_tap_counts_at_once(document: ChartDocument) -> None:
    document.perform(PlanProtocol())
    document.tap("FRO-1-L")
    document.undo()
    assert document.tap("FRO-1-L")
    assert document.session.injections["FRO-1-L"].state is State.GIVEN


def test_a_signed_session_takes_no_act_and_has_nothing_to_undo(
    document: ChartDocument, file: File, heard: list[object]
) -> None:
    document.perform(PlanProtocol())
    document.perform(GiveAll())
    document.perform(StateGap("vial not recorded"))
    document.sign_or_raise(SIGNATURE, IDENTITY)
    signed, told = document.session, list(file.told)
    heard.clear()
    assert not document.perform(SetRemark("late"))
    assert not document.tap("FRO-1-L")
    assert not document.undo()
    assert not document.redo()
    assert {type(each) for each in heard} == {SessionSignedError}
    assert (document.session, file.told) == (signed, told)
    with pytest.raises(SessionSignedError):
        document.sign_or_raise(SIGNATURE, IDENTITY)


def test_a_session_with_planned_sites_is_not_signed(document: ChartDocument, file: File) -> None:
    document.perform(PlanProtocol())
    with pytest.raises(SitesUnresolvedError):
        document.sign_or_raise(SIGNATURE, IDENTITY)
    assert [kind for kind, _ in file.told] == ["act"]


def test_a_form_hears_of_a_refusal_and_the_screen_does_not(
    document: ChartDocument, file: File, heard: list[object]
) -> None:
    file.refuses = True
    with pytest.raises(DiskRefusedError):
        document.perform_or_raise(PlanProtocol())
    assert heard == []
    file.refuses = False
    document.perform_or_raise(PlanProtocol())
    assert heard == [document.session]
