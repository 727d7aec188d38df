"""The places of a picture as a screen reader finds them: a name, a place and a press each."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget


@dataclass(frozen=True)
class Spot:
    """Where something is drawn, what decides its words, and what makes them of it."""

    at: QPoint
    told: object
    words: Callable[[], str]


class SiteButton(QAbstractButton):
    """One place, with nothing to see: the map paints the mark and takes mouse, finger and key."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget, key: Hashable) -> None:
        super().__init__(parent)
        self._key = key
        self._told: object = None
        self._place: tuple[QPoint, int] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setUpdatesEnabled(False)  # so that Qt does not even ask what to paint
        # "Pressed" comes at once, "clicked" a tenth of a second later.
        self.pressed.connect(self._choose)

    def tell(self, told: object, words: Callable[[], str]) -> None:
        """Bear these words; a name that stays the same is not told twice."""
        if told != self._told or not self.accessibleName():
            self._told = told
            self.setAccessibleName(words())

    def put(self, at: QPoint, radius: int) -> None:
        """Lie where the mark is drawn."""
        if self._place != (at, radius):
            self._place = (at, radius)
            corner = at - QPoint(radius, radius)
            self.setGeometry(QRect(corner, QSize(2 * radius + 1, 2 * radius + 1)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Nothing: Qt wants every button to know how it is painted."""

    def _choose(self) -> None:
        self.chosen.emit(self._key)


class SiteButtons:
    """Keeps one button a place in a picture.

    Args:
        picture: The widget in which they are drawn.
        choose: Hears the key of a place that was pressed.
    """

    def __init__(self, picture: QWidget, choose: Callable[[Hashable], None]) -> None:
        self._picture = picture
        self._choose = choose
        self._buttons: dict[Hashable, SiteButton] = {}
        self._shown: set[Hashable] = set()

    def show(self, spots: Mapping[Hashable, Spot], radius: int) -> None:
        """Have exactly these places, each as large as its mark."""
        for key in self._shown - spots.keys():
            # Kept for when the picture comes back: a hidden one is no part of what is read.
            self._buttons[key].hide()
        for key, spot in spots.items():
            button = self._buttons.get(key) or self._made(key)
            button.tell(spot.told, spot.words)
            button.put(spot.at, radius)
            if key not in self._shown:
                button.show()
        self._shown = set(spots)

    def _made(self, key: Hashable) -> SiteButton:
        button = self._buttons[key] = SiteButton(self._picture, key)
        button.chosen.connect(self._choose)
        return button
