"""Reasons as chips: one tap, no typing; free text when none of them fits."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QLayout, QLayoutItem, QLineEdit, QWidget

from desktop.gui.theme import CHIP_MM, Measures
from desktop.gui.widgets import button, label
from desktop.language import _
from desktop.wording import Reason

SPACING_PX = 6
MARGIN_PX = 6


class ReasonStrip(QFrame):
    """One question, its chips, and a line for other words, over the foot of the map.

    It lies over its neighbours and grows upwards: nothing below or beside it moves when it comes.
    """

    chosen = Signal(str)
    dismissed = Signal()

    def __init__(self, over: QWidget, measures: Measures) -> None:
        super().__init__(over)
        self.setObjectName("question")
        self._over = over
        self._foot = over
        self._high = measures.px(CHIP_MM)
        self._question = label("", "")
        self._question.setStyleSheet("font-weight: 600;")
        self._question.setFixedHeight(self._high)
        self._chips: list[QWidget] = []
        self._reasons: tuple[Reason, ...] = ()
        self._asked: tuple[str, tuple[Reason, ...], bool] = ("", (), False)
        self._other = QLineEdit()
        self._other.setPlaceholderText(_("other\N{HORIZONTAL ELLIPSIS}"))
        self._other.setAccessibleName(_("Other reason"))
        self._other.setFixedSize(112, self._high)
        self._other.returnPressed.connect(self._say_other)
        self._later = button("\N{MULTIPLICATION SIGN}", "chip", _("Not now"))
        self._later.setAccessibleName(_("Not now"))
        self._later.setFixedSize(self._high, self._high)
        self._later.clicked.connect(self.dismissed)
        self._flow = _Flow(self)
        self._flow.addWidget(self._question)
        over.installEventFilter(self)
        self.hide()

    def stand_on(self, foot: QWidget) -> None:
        """Keep the lower edge at that of this widget."""
        self._foot = foot
        foot.installEventFilter(self)

    def ask(self, question: str, reasons: Sequence[Reason], *, numbered: bool) -> None:
        """Show a question with its chips; with their numbers for somebody who works by keys."""
        asked = (question, tuple(reasons), numbered)
        if self._asked != asked:
            self._asked = asked
            self._reasons = tuple(reasons)
            self._question.setText(question)
            self._other.clear()
            self._lay_out(numbered=numbered)
        self.show()
        self._place()
        self.raise_()

    def choose(self, number: int) -> bool:
        """Choose a reason by its number, from 1; say whether there is one."""
        if not 1 <= number <= len(self._reasons):
            return False
        self.chosen.emit(self._reasons[number - 1].kept)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the place when what lies below changes its size."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _lay_out(self, *, numbered: bool) -> None:
        for chip in self._chips:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        for each in (self._other, self._later):
            self._flow.removeWidget(each)
        self._other.setFixedWidth(84 if numbered else 112)
        self._chips = []
        for number, reason in enumerate(self._reasons, start=1):
            words = reason.shown.replace("&", "&&")
            chip = button(f"{number}  {words}" if numbered and number <= 9 else words, "chip")
            chip.setAccessibleName(reason.shown)
            chip.setFixedHeight(self._high)
            chip.clicked.connect(lambda _checked, kept=reason.kept: self.chosen.emit(kept))
            self._chips.append(chip)
        shown: list[QWidget] = [*self._chips, self._other, self._later]
        for widget in shown:
            self._flow.addWidget(widget)
            widget.show()

    def _place(self) -> None:
        at = self._foot.mapTo(self._over, QPoint(0, 0))
        wide = self._foot.width()
        high = self._flow.heightForWidth(wide)
        self.setGeometry(at.x(), at.y() + self._foot.height() - high, wide, high)

    def _say_other(self) -> None:
        if self._other.text().strip():
            self.chosen.emit(self._other.text().strip())


class _Flow(QLayout):
    """Widgets side by side, on a new line where the line is full; mirrored with the language."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802  Qt calls it
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802  Qt calls it
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802  Qt calls it
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802  Qt calls it
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._lay(QRect(0, 0, width, 0), place=False)

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802  Qt calls it
        super().setGeometry(rect)
        self._lay(rect, place=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:  # noqa: N802  Qt calls it
        high = max((item.sizeHint().height() for item in self._items), default=0)
        return QSize(200, high + 2 * MARGIN_PX)

    def _lay(self, rect: QRect, *, place: bool) -> int:
        inner = rect.adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX)
        parent = self.parentWidget()
        mirrored = parent is not None and parent.isRightToLeft()
        x, y, line = 0, inner.y(), 0
        for item in self._items:
            size = item.sizeHint()
            if x and x + size.width() > inner.width():
                x, y, line = 0, y + line + SPACING_PX, 0
            if place:
                start = inner.right() + 1 - x - size.width() if mirrored else inner.x() + x
                item.setGeometry(QRect(QPoint(start, y), size))
            x += size.width() + SPACING_PX
            line = max(line, size.height())
        return y + line + MARGIN_PX - rect.y()
