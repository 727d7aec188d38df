"""Words for whoever listens to the screen instead of looking at it."""

from collections.abc import Callable

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent
from PySide6.QtWidgets import QWidget

Tell = Callable[[QAccessibleEvent], None]


def announce(widget: QWidget, text: str, tell: Tell = QAccessible.updateAccessibility) -> None:
    """Have a screen reader say something about a widget; without one, do nothing.

    Args:
        widget: What it is about.
        text: The sentence; nothing is said for an empty one.
        tell: What hands the event to the system.
    """
    if text and QAccessible.isActive():
        tell(QAccessibleAnnouncementEvent(widget, text))
