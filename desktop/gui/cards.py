"""The row of cards: each close-up small, with its marks and what is still to do there."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.core.atlas import CloseUp
from desktop.core.handbook import Handbook
from desktop.core.session import Session
from desktop.gui.map_view import MapView
from desktop.gui.pages import OVERVIEW, TABLE, Progress, muscle_pages, progress
from desktop.gui.theme import Colours
from desktop.gui.widgets import button, label
from desktop.language import _

CARDS_HEIGHT_PX = 112


def close_up_name(key: str) -> str:
    """What a close-up shows, in words."""
    return {
        "forehead": _("Forehead"),
        "left_temple": _("Left temple"),
        "right_temple": _("Right temple"),
        "back_of_head": _("Back of head"),
        "shoulders": _("Shoulders"),
    }[key]


class Card(QPushButton):
    """One close-up as a small picture, its name and its count."""

    def __init__(self, frame: CloseUp, book: Handbook, colours: Colours) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.view = MapView(frame, book, colours, interactive=False, framed=False)
        self._name = close_up_name(frame.key)
        self._count = label("", "quiet")
        name = label(self._name)
        name.setStyleSheet("font-weight: 600; font-size: 8.5pt;")
        self._count.setStyleSheet("font-size: 8.5pt;")
        words = QHBoxLayout()
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(3)
        words.addWidget(name)
        words.addStretch(1)
        words.addWidget(self._count)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 5)
        layout.setSpacing(3)
        layout.addWidget(self.view, 1)
        layout.addLayout(words)

    def say_count(self, progress: Progress) -> None:
        """Show how many of the planned sites are given, and whether none is left open."""
        given, resolved, planned = progress
        count = f"{given}/{planned}" if planned else ""
        if planned and given == planned:
            count = f"\N{CHECK MARK} {count}"
        elif planned and resolved == planned:
            count = f"\N{BALLOT X} {count}"  # closed, but some were omitted: crossed, as on the map
        self._count.setText(count)
        self.setAccessibleName(
            _("{name}, {given} of {planned} given, {open} to go").format(
                name=self._name, given=given, planned=planned, open=planned - resolved
            )
        )


class Cards(QWidget):
    """All cards; exactly one is open."""

    chosen = Signal(str)

    def __init__(self, book: Handbook, colours: Colours) -> None:
        super().__init__()
        self._pages = muscle_pages(book)
        self.setFixedHeight(CARDS_HEIGHT_PX)
        self._buttons: dict[str, QPushButton] = {OVERVIEW: _plain_card(_("All four\nviews"))}
        self._cards: dict[str, Card] = {}
        for key, frame in book.atlas.close_ups.items():
            self._cards[key] = self._buttons[key] = Card(frame, book, colours)
        self._buttons[TABLE] = _plain_card(_("Table"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for key, each in self._buttons.items():
            layout.addWidget(each, 5 if key in self._cards else 2)
            each.clicked.connect(lambda _checked, key=key: self.chosen.emit(key))

    def card(self, key: str) -> QPushButton:
        """The card that opens a page."""
        return self._buttons[key]

    def show_open(self, key: str) -> None:
        """Mark the one that is open."""
        for name, each in self._buttons.items():
            each.setChecked(name == key)

    def show_session(self, session: Session, cursor: str) -> None:
        """Redraw every card from the session."""
        for key, card in self._cards.items():
            card.view.show_session(session, cursor)
            card.say_count(progress(session, self._pages, key))

    def show_colours(self, colours: Colours) -> None:
        """Take on another colour scheme."""
        for card in self._cards.values():
            card.view.show_colours(colours)


def _plain_card(text: str) -> QPushButton:
    made = button(text)
    made.setCheckable(True)
    made.setAccessibleName(text.replace("\n", " "))
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    return made
