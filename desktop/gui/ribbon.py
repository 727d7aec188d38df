"""A line across the window: what must be seen, whole, and at most one thing to do about it."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame

from desktop.gui.theme import CHIP_MM, Measures
from desktop.gui.widgets import button, label, row


class Ribbon(QFrame):
    """Words that are never cut, with a button where there is something to do."""

    def __init__(self, measures: Measures, kind: str = "alert") -> None:
        super().__init__()
        self.setObjectName("ribbon")
        self.setProperty("kind", kind)
        self._words = label("", "ribbonwords", wrap=True)
        self._button = button("")
        self._button.setFixedHeight(measures.px(CHIP_MM))
        self._act: Callable[[], object] = lambda: None
        self._button.clicked.connect(self._do)
        layout = row(self._words, self._button)
        layout.setStretch(0, 1)
        layout.setContentsMargins(14, 4, 12, 4)
        self.setLayout(layout)
        self.say("")

    def say(self, words: str, title: str = "", act: Callable[[], object] | None = None) -> None:
        """Show words and what can be done, or nothing."""
        self._words.setText(words)
        self._words.setAccessibleName(words)
        self._button.setText(title)
        self._button.setAccessibleName(title)
        self._button.setVisible(bool(title) and act is not None)
        self._act = act or (lambda: None)
        self.setVisible(bool(words))

    def _do(self) -> None:
        self._act()
