"""Reasons as chips: one tap, no typing; free text when none of them fits."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from desktop.gui.widgets import button, label
from desktop.language import _


def change_reasons() -> list[str]:
    """Why a site departs from the plan."""
    return [
        _("pain here"),
        _("tender"),
        _("ptosis last time"),
        _("cosmetic wish"),
        _("patient declined"),
        _("anatomy"),
    ]


def stop_reasons() -> list[str]:
    """Why a session ends before its plan does."""
    return [_("faint"), _("pain"), _("patient declined"), _("drug used up")]


class ReasonStrip(QWidget):
    """One question, its chips, and a line for other words."""

    chosen = Signal(str)
    dismissed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._question = label("", "")
        self._question.setStyleSheet("font-weight: 600;")
        self._chips = QHBoxLayout()
        self._chips.setSpacing(6)
        self._other = QLineEdit()
        self._other.setPlaceholderText(_("other\N{HORIZONTAL ELLIPSIS}"))
        self._other.setAccessibleName(_("Other reason"))
        self._other.setMaximumWidth(170)
        self._other.returnPressed.connect(self._say_other)
        later = button("\N{MULTIPLICATION SIGN}", "plain", _("Not now"))
        later.setAccessibleName(_("Not now"))
        later.clicked.connect(self.dismissed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 0, 2, 0)
        layout.setSpacing(6)
        layout.addWidget(self._question)
        layout.addLayout(self._chips)
        layout.addWidget(self._other, 1)
        layout.addWidget(later)
        self._asked: tuple[str, tuple[str, ...]] = ("", ())

    def ask(self, question: str, reasons: list[str]) -> None:
        """Show a question with its chips."""
        if self._asked == (question, tuple(reasons)):
            return
        self._asked = (question, tuple(reasons))
        self._question.setText(question)
        self._other.clear()
        while (item := self._chips.takeAt(0)) is not None:
            chip = item.widget()
            if chip is not None:
                chip.deleteLater()
        for reason in reasons:
            chip = button(reason, "chip")
            chip.clicked.connect(lambda _checked, reason=reason: self.chosen.emit(reason))
            self._chips.addWidget(chip)

    def _say_other(self) -> None:
        if self._other.text().strip():
            self.chosen.emit(self._other.text().strip())
