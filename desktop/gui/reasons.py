"""Reasons as chips: one tap, no typing; free text when none of them fits."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from desktop.gui.flow import Flow
from desktop.gui.theme import CHIP_MM, Measures
from desktop.gui.widgets import button, label
from desktop.language import _
from desktop.wording import Reason


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
        self._flow = Flow(self)
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

    def forget(self) -> None:
        """Let go of what was typed: the next question is about somebody else."""
        self._other.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in the line of other words has answered: it is not Enter on the map as well."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

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
        # Each chip that is shown laid the line out without those after it.
        self._flow.invalidate()

    def _place(self) -> None:
        at = self._foot.mapTo(self._over, QPoint(0, 0))
        wide = self._foot.width()
        high = self._flow.heightForWidth(wide)
        self.setGeometry(at.x(), at.y() + self._foot.height() - high, wide, high)
        self._flow.activate()

    def _say_other(self) -> None:
        if self._other.text().strip():
            self.chosen.emit(self._other.text().strip())
            if self.isHidden():  # what was refused stands there still, to be mended
                self._other.clear()
