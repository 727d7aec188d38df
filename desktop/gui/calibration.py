"""Measuring a screen with a bank card, because many screens do not know their own size."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.gui import theme
from desktop.gui.forms import Explain, Form
from desktop.gui.theme import BUTTON_MM, Measures
from desktop.gui.widgets import ActButton, label, row
from desktop.language import _

# Source: ISO/IEC 7810:2019, size ID-1: bank cards, identity cards, most driving licences.
CARD_MM = (85.60, 53.98)
CORNER_MM = 3.18

STEP = 1.005  # half a millimetre of a card's width
LARGE_STEP = 1.05
SHARE_OF_SCREEN = 0.9
AROUND_PX = 60
CONTROLS_PX = 330


class CalibrationForm(Form):
    """A card's outline that is made larger and smaller until a real card covers it.

    The outline's corner and the buttons stay where they are: the card does not have to be moved,
    and the next press hits the same button.

    Args:
        measures: The screen's measures as far as they are known.
        use: Takes the pixels of a millimetre.
    """

    def __init__(
        self,
        parent: QWidget | None,
        explain: Explain,
        measures: Measures,
        use: Callable[[float], None],
    ) -> None:
        super().__init__(parent, _("Measure this screen"), _("The card fits"), explain)
        self._use = use
        self.card = _Card(measures.px_per_mm)
        self.buttons = {
            factor: ActButton(title)
            for factor, title in (
                (1 / LARGE_STEP, _("Much smaller")),
                (1 / STEP, _("Smaller")),
                (STEP, _("Larger")),
                (LARGE_STEP, _("Much larger")),
            )
        }
        height = max(measures.px(BUTTON_MM), theme.LOGICAL.px(BUTTON_MM))
        for factor, each in self.buttons.items():
            each.setFixedHeight(height)
            each.setAutoRepeat(True)
            each.clicked.connect(lambda _checked, factor=factor: self.resize_by(factor))
        words = label(
            _(
                "Hold a bank card into the corner of the outline. Press until the outline is as"
                " large as the card. Every size on this screen then is what it says."
            ),
            "quiet",
            wrap=True,
        )
        self.above.addWidget(words)
        self.above.addWidget(self.card, 1)
        self.above.addLayout(row(*self.buttons.values()))
        self._take_most_of_the_screen()

    def resize_by(self, factor: float) -> None:
        """Make the outline larger or smaller, as long as there can be such a screen."""
        self.card.show_density(min(max(self.card.px_per_mm * factor, self._least), self._most))

    def try_to_accept(self) -> None:
        """Hand over the pixels of a millimetre."""
        self._use(self.card.px_per_mm)

    def _take_most_of_the_screen(self) -> None:
        room = self.screen().availableGeometry().size() * SHARE_OF_SCREEN
        width, height = CARD_MM
        fits = min((room.width() - AROUND_PX) / width, (room.height() - CONTROLS_PX) / height)
        least, most = theme.PLAUSIBLE_PX_PER_MM
        self._least, self._most = least, max(min(most, fits), theme.LOGICAL_PX_PER_MM)
        self.resize(room)
        self.resize_by(1.0)


class _Card(QWidget):
    """The outline of a card, at its upper left."""

    def __init__(self, px_per_mm: float) -> None:
        super().__init__()
        self.px_per_mm = px_per_mm
        self.setAccessibleName(_("Outline of a bank card"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_density(self, px_per_mm: float) -> None:
        """Draw the card as large as it is where a millimetre has this many pixels."""
        self.px_per_mm = px_per_mm
        self.update()

    def outline(self) -> QRectF:
        """Where the card is drawn. Its place is the same in every language."""
        width, height = (mm * self.px_per_mm for mm in CARD_MM)
        return QRectF(1, 1, width, height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it; its lines lie inside, so that the outer edge is the card's."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Text), 2))
        painter.setBrush(palette.color(QPalette.ColorRole.Base))
        corner = CORNER_MM * self.px_per_mm
        painter.drawRoundedRect(self.outline().adjusted(1, 1, -1, -1), corner, corner)
        millimetres = _("{width} \N{MULTIPLICATION SIGN} {height} mm").format(
            width=f"{CARD_MM[0]:.2f}", height=f"{CARD_MM[1]:.2f}"
        )
        painter.drawText(self.outline(), Qt.AlignmentFlag.AlignCenter, millimetres)
        painter.end()
