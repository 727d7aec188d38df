"""A layout that puts widgets side by side, and on a new line where the line is full."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

SPACING_PX = 6
MARGIN_PX = 6


class Flow(QLayout):
    """Widgets side by side, on a new line where the line is full; mirrored with the language."""

    def __init__(self, parent: QWidget, margin: int = MARGIN_PX, spacing: int = SPACING_PX) -> None:
        super().__init__(parent)
        self._apart = spacing
        self._items: list[QLayoutItem] = []
        self._margin = margin
        self.setContentsMargins(margin, margin, margin, margin)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802  Qt calls it
        """Take another widget, last."""
        self._items.append(item)

    def count(self) -> int:
        """How many there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802  Qt calls it
        """The one at a place; none beyond the last."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802  Qt calls it
        """Let go of the one at a place."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802  Qt calls it
        """It takes no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """The narrower it is, the more lines it has."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of all its lines at a width."""
        return self._lay(QRect(0, 0, width, 0), place=False)

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802  Qt calls it
        """Place every widget."""
        super().setGeometry(rect)
        self._lay(rect, place=True)

    def sizeHint(self) -> QSize:
        """All of its widgets in one line."""
        wide = sum(item.sizeHint().width() + self._apart for item in self._items) - self._apart
        least = self.minimumSize()
        return QSize(max(least.width(), wide + 2 * self._margin), least.height())

    def minimumSize(self) -> QSize:  # noqa: N802  Qt calls it
        """One line of its highest widget."""
        high = max((item.sizeHint().height() for item in self._items), default=0)
        return QSize(200, high + 2 * self._margin)

    def _lay(self, rect: QRect, *, place: bool) -> int:
        inner = rect.adjusted(self._margin, self._margin, -self._margin, -self._margin)
        parent = self.parentWidget()
        mirrored = parent is not None and parent.isRightToLeft()
        x, y, line = 0, inner.y(), 0
        for item in self._items:
            size = item.sizeHint()
            if x and x + size.width() > inner.width():
                x, y, line = 0, y + line + self._apart, 0
            if place:
                start = inner.right() + 1 - x - size.width() if mirrored else inner.x() + x
                item.setGeometry(QRect(QPoint(start, y), size))
            x += size.width() + self._apart
            line = max(line, size.height())
        return y + line + self._margin - rect.y()
