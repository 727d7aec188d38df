"""How long the session has taken: quiet, and only while somebody works on it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel

from desktop.core.session import Session
from desktop.gui.widgets import label
from desktop.language import _
from desktop.wording import time_text

# A draft that was put away yesterday has no running time that anybody wants to read.
LONGEST = timedelta(hours=4)


class SessionClock:
    """A label with minutes and seconds since the first injection.

    Args:
        now: The present time, in the clinic's zone.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._session: Session | None = None
        self.label: QLabel = label("", "quiet")
        self._tick = QTimer(self.label)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self.show_time)

    def show_session(self, session: Session | None) -> None:
        """Count for this session."""
        self._session = session
        self.show_time()

    def show_time(self) -> None:
        """Show how long it is now; nothing before the first injection, or long after it."""
        session = self._session
        first = session.first_given_at if session else None
        since = self._now() - first if first else None
        runs = (
            since is not None
            and session is not None
            and not session.is_signed
            and timedelta(0) <= since < LONGEST
        )
        if not runs or since is None or first is None:
            self._tick.stop()
            self.label.clear()
            self.label.hide()
            return
        minutes, seconds = divmod(int(since.total_seconds()), 60)
        self.label.setText(f"{minutes:02}:{seconds:02}")
        told = _("First injection {time}").format(time=time_text(first))
        self.label.setToolTip(told)
        self.label.setAccessibleName(told)
        self.label.show()
        self._tick.start()
