"""The sites of a picture as a screen reader finds them: a name, a place and a press each."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from desktop.core.handbook import Handbook
from desktop.core.session import Injection
from desktop.wording import site_words


@dataclass(frozen=True)
class Spot:
    """Where a site is drawn, and what is charted there; none for one that is not in the plan."""

    at: QPoint
    injection: Injection | None


class SiteButton(QAbstractButton):
    """One site, with nothing to see: the map paints the mark and takes mouse, finger and key."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget, code: str) -> None:
        super().__init__(parent)
        self._code = code
        self._told: Injection | None = None
        self._place: tuple[QPoint, int] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setUpdatesEnabled(False)  # so that Qt does not even ask what to paint
        # "Pressed" comes at once, "clicked" a tenth of a second later.
        self.pressed.connect(self._choose)

    def tell(self, injection: Injection | None, book: Handbook) -> None:
        """Bear the site's words; a name that stays the same is not told twice."""
        if injection != self._told or not self.accessibleName():
            self._told = injection
            self.setAccessibleName(site_words(self._code, injection, book))

    def put(self, at: QPoint, radius: int) -> None:
        """Lie where the mark is drawn."""
        if self._place != (at, radius):
            self._place = (at, radius)
            corner = at - QPoint(radius, radius)
            self.setGeometry(QRect(corner, QSize(2 * radius + 1, 2 * radius + 1)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Nothing: Qt wants every button to know how it is painted."""

    def _choose(self) -> None:
        self.chosen.emit(self._code)


class SiteButtons:
    """Keeps one button a site in a picture.

    Args:
        picture: The widget in which the sites are drawn.
        book: What the sites are called.
        chosen: The signal that tells the code of a site that was pressed.
    """

    def __init__(self, picture: QWidget, book: Handbook, chosen: SignalInstance) -> None:
        self._picture = picture
        self._book = book
        self._chosen = chosen
        self._buttons: dict[str, SiteButton] = {}
        self._shown: set[str] = set()

    def show(self, spots: Mapping[str, Spot], radius: int) -> None:
        """Have exactly these sites, each as large as its mark."""
        for code in self._shown - spots.keys():
            # Kept for when the picture comes back: a hidden one is no part of what is read.
            self._buttons[code].hide()
        for code, spot in spots.items():
            button = self._buttons.get(code) or self._made(code)
            button.tell(spot.injection, self._book)
            button.put(spot.at, radius)
            if code not in self._shown:
                button.show()
        self._shown = set(spots)

    def _made(self, code: str) -> SiteButton:
        button = self._buttons[code] = SiteButton(self._picture, code)
        button.chosen.connect(self._chosen)
        return button
