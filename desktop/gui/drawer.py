"""A panel beside a page where there is room, and over it where there is not."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget


class Drawer(QWidget):
    """Places a panel of fixed width at the reading edge of a page.

    Docked, the page makes room for the panel; otherwise the panel lies over the page, which keeps
    its width: a map that changed its size under the hand would be a wrong tap.
    """

    def __init__(self, panel: QWidget, page: QWidget) -> None:
        super().__init__()
        self._panel = panel
        self._page = page
        self._docked = True
        for each in (page, panel):
            each.setParent(self)
        panel.raise_()

    def show_panel(self, *, shown: bool, docked: bool) -> None:
        """Show or hide the panel, beside the page or over it."""
        self._docked = docked
        self._panel.setVisible(shown)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place both anew."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        wide = self._panel.minimumWidth()
        beside = wide + 1 if self._docked and not self._panel.isHidden() else 0
        mirrored = self.isRightToLeft()
        room = self.width() - beside
        self._page.setGeometry(0 if mirrored else beside, 0, room, self.height())
        self._panel.setGeometry(self.width() - wide if mirrored else 0, 0, wide, self.height())
