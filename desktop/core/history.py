"""Undo and redo over the values of a session."""

from dataclasses import dataclass, replace

from desktop.core.acts import Act
from desktop.core.errors import ExpectedError
from desktop.core.session import Session, SessionSignedError


class NothingToUndoError(ExpectedError):
    """The session is as it was opened."""


class NothingToRedoError(ExpectedError):
    """Nothing was undone, or something else was done since."""


@dataclass(frozen=True)
class Step:
    """An act and the session before and after it."""

    act: Act
    before: Session
    after: Session


@dataclass(frozen=True)
class History:
    """The present session, the steps that led to it, and those undone (the last one first)."""

    present: Session
    done: tuple[Step, ...] = ()
    undone: tuple[Step, ...] = ()

    def advanced(self, act: Act, after: Session) -> "History":
        """The history one act later; what was undone can no longer be redone."""
        return History(after, (*self.done, Step(act, self.present, after)))

    def undo(self) -> "History":
        """The history one step back.

        Raises:
            SessionSignedError: The present session is signed.
            NothingToUndoError: There is no step to go back.
        """
        self._check_open()
        if not self.done:
            raise NothingToUndoError
        step = self.done[-1]
        return History(self._keeping_codes(step.before), self.done[:-1], (step, *self.undone))

    def redo(self) -> "History":
        """The history one step forward again.

        Raises:
            SessionSignedError: The present session is signed.
            NothingToRedoError: There is no step to go forward.
        """
        self._check_open()
        if not self.undone:
            raise NothingToRedoError
        step = self.undone[0]
        return History(self._keeping_codes(step.after), (*self.done, step), self.undone[1:])

    def _check_open(self) -> None:
        if self.present.is_signed:
            raise SessionSignedError

    def _keeping_codes(self, session: Session) -> Session:
        """The session, with the codes of undone extras still counted as used."""
        made = dict(session.extras_made)
        for place, number in self.present.extras_made.items():
            made[place] = max(number, made.get(place, 0))
        return replace(session, extras_made=made)
