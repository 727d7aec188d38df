"""The open session: its undo, and the one door for edits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from PySide6.QtCore import QObject, Signal

from desktop.core import acts, charting
from desktop.core.acts import Act
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.history import History, Step
from desktop.core.patient import Identity
from desktop.core.session import Session, SessionSignedError, Signature

BOUNCE_MS = 500


@dataclass(frozen=True)
class Keeping:
    """How the storage keeps each step; every function raises an `ExpectedError` or has saved."""

    act: Callable[[Session, Act, Session], None]
    undo: Callable[[Session, Session], None]
    redo: Callable[[Session, Session], None]
    sign: Callable[[Session, Session], None]


class ChartDocument(QObject):
    """One open session. Saved first, shown second: `changed` comes after the file has it.

    Args:
        history: The session as the file has it, with its undo.
        book: What to chart by.
        keeping: The storage, as functions.
        milliseconds: A clock that never goes back, for telling a bounce from a tap.
        now: The present time, in the clinic's zone, for the times of the injections.
    """

    changed = Signal()
    refused = Signal(object)

    def __init__(
        self,
        history: History,
        book: Handbook,
        keeping: Keeping,
        milliseconds: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        super().__init__()
        self.book = book
        self._history = history
        self._keeping = keeping
        self._milliseconds = milliseconds
        self._now = now
        self._last_tap: tuple[str, float] | None = None

    @property
    def session(self) -> Session:
        """The session as it is saved."""
        return self._history.present

    @property
    def undoable(self) -> Step | None:
        """What undo would take back."""
        return self._history.done[-1] if self._history.done else None

    @property
    def redoable(self) -> Step | None:
        """What redo would bring back."""
        return self._history.undone[0] if self._history.undone else None

    def tap(self, code: str, dose_units: Decimal | None = None) -> bool:
        """Move a site on, unless this is the same finger bouncing; say whether it did."""
        return self.perform_by_tap(code, acts.Tap(code, dose_units))

    def perform_by_tap(self, code: str, act: Act) -> bool:
        """Do what a tap on a site means, unless this is the same finger bouncing."""
        if self.is_bounce(code):
            return False
        done = self.perform(act)
        if done:
            self.remember_tap(code)
        return done

    def is_bounce(self, code: str) -> bool:
        """Whether a tap on this site now is the last one, seen twice."""
        if self._last_tap is None or self._last_tap[0] != code:
            return False
        return self._milliseconds() - self._last_tap[1] < BOUNCE_MS

    def remember_tap(self, code: str) -> None:
        """Take a further tap on this site, within the bounce, for the same finger."""
        self._last_tap = (code, self._milliseconds())

    def perform(self, act: Act) -> bool:
        """Do one act; say whether it was done and saved."""
        return self._become(lambda: self._performed(act))

    def perform_or_raise(self, act: Act) -> None:
        """Do one act for a form, which stays open with what was typed when this raises.

        Raises:
            ExpectedError: The act was not done, or not saved; nothing has changed.
        """
        self._show(self._performed(act))

    def undo(self) -> bool:
        """Take the last act back."""
        self._last_tap = None
        return self._step_along(History.undo, self._keeping.undo)

    def redo(self) -> bool:
        """Do again what was taken back."""
        return self._step_along(History.redo, self._keeping.redo)

    def sign_or_raise(self, signature: Signature, identity: Identity) -> None:
        """Close the session.

        Raises:
            ExpectedError: It cannot be signed, or was not saved; nothing has changed.
        """
        after = charting.sign(self.session, signature, identity)
        self._keeping.sign(self.session, after)
        # What led to a signed session is not for undo.
        self._show(History(after))

    def _performed(self, act: Act) -> History:
        after = acts.perform(act, self.session, self.book)
        after = charting.timed(self.session, after, self._now())
        self._keeping.act(self.session, act, after)
        return self._history.advanced(act, after)

    def _step_along(
        self, move: Callable[[History], History], keep: Callable[[Session, Session], None]
    ) -> bool:
        def step() -> History:
            if self.session.is_signed:
                raise SessionSignedError
            after = move(self._history)
            keep(self.session, after.present)
            return after

        return self._become(step)

    def _become(self, step: Callable[[], History]) -> bool:
        """The one door: nothing has changed, anywhere, unless `step` returned."""
        try:
            history = step()
        except ExpectedError as error:
            self.refused.emit(error)
            return False
        self._show(history)
        return True

    def _show(self, history: History) -> None:
        self._history = history
        self.changed.emit()
