"""Due and recall, a lot looked up, and the stock: three lists in a window of their own."""

from collections.abc import Callable
from dataclasses import replace
from enum import IntEnum
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QTabWidget, QWidget

from desktop.core.errors import ExpectedError
from desktop.core.scan import Scanned
from desktop.core.stock import StockVial
from desktop.gui.due_page import DuePage
from desktop.gui.lot_page import LotPage
from desktop.gui.services import Services
from desktop.gui.stock_forms import CloseForm, MixForm, PackageForm, StockVialForm
from desktop.gui.stock_page import Lot, StockPage
from desktop.gui.theme import Measures
from desktop.gui.widgets import button, column, label, row
from desktop.language import _
from desktop.wording import person_name

SIZE_PX = (1240, 720)
FRAME_PX = 40
DILUENT = "diluent"  # the last one that was used, among what the record remembers


class Lists(IntEnum):
    """The pages, in their order."""

    DUE = 0
    LOT = 1
    STOCK = 2


class ListsWindow(QDialog):
    """Places the three lists, opens their forms, and says whom or which session was chosen."""

    patient_chosen = Signal(str)
    session_chosen = Signal(str)

    def __init__(
        self, parent: QWidget | None, services: Services, measures: Measures, page: Lists
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle(_("Lists"))
        self._services = services
        self._form: StockVialForm | None = None
        self._last_added: StockVial | None = None
        self.due = DuePage(services.due, lambda: services.now().date(), measures)
        self.lot = LotPage(
            services.sessions_with_lot,
            services.stock,
            services.read_scan,
            services.book,
            services.explain,
            measures,
        )
        self.stock = StockPage(
            services.stock,
            services.stock_kinds,
            services.habits,
            services.now,
            services.book,
            measures,
        )
        self.refusal = label("", "refusal", wrap=True)
        self.refusal.hide()
        self.pages = QTabWidget()
        self.pages.setDocumentMode(True)
        self.pages.tabBar().setDrawBase(False)
        self.pages.tabBar().setAccessibleName(_("Lists"))
        for view, name in (
            (self.due, _("Due and recall")),
            (self.lot, _("Lot look-up")),
            (self.stock, _("Stock")),
        ):
            self.pages.addTab(view, name)
        leave = button(_("Close"))
        leave.clicked.connect(self.reject)
        foot = row(None, leave)
        foot.setContentsMargins(14, 0, 14, 0)
        layout = column(self.refusal, self.pages, spacing=8)
        layout.setContentsMargins(0, 6, 0, 12)
        layout.setStretchFactor(self.pages, 1)
        layout.addLayout(foot)
        self.setLayout(layout)
        for each in self.findChildren(QPushButton):
            each.setAutoDefault(False)  # Enter in a list or a field is for that alone
        self._connect()
        self.pages.setCurrentIndex(page)
        self._fit()

    def _connect(self) -> None:
        self.pages.currentChanged.connect(lambda _page: self.refresh())
        self.due.patient_chosen.connect(lambda chosen: self._leave_for(self.patient_chosen, chosen))
        self.lot.session_chosen.connect(lambda chosen: self._leave_for(self.session_chosen, chosen))
        self.stock.add_wanted.connect(self._add)
        self.stock.mix_wanted.connect(self._mix)
        self.stock.correct_wanted.connect(self._correct)
        self.stock.close_wanted.connect(self._close)

    def _fit(self) -> None:
        room = self.screen().availableGeometry().size()
        wide, high = SIZE_PX
        self.resize(min(wide, room.width()), min(high, room.height() - FRAME_PX))

    def showEvent(self, event: QShowEvent) -> None:
        """The list that was asked for is read when it is seen."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Read the page that is shown again, or say why it cannot be read."""
        self._say("")
        if self.pages.currentIndex() == Lists.DUE:
            self._try(self.due.refresh)
            self.due.table.setFocus()
        elif self.pages.currentIndex() == Lists.STOCK:
            self._try(self.stock.refresh)
            self.stock.table.setFocus()
        else:
            self.lot.lot.setFocus()

    def take_scan(self, text: str) -> None:
        """Take what a scanner typed: a vial for the stock, or a lot to look up.

        A form that asks for something else is not the place for it.
        """
        if not self.isVisible() or QApplication.activeModalWidget() not in (None, self, self._form):
            return
        if self._form is not None:
            self._form.take_scan(text)
        elif self.pages.currentIndex() == Lists.LOT:
            self.lot.take_scan(text)
        elif self.pages.currentIndex() == Lists.STOCK:
            self._add_scanned(text)
        else:
            self._say(
                _(
                    "A carton was scanned. Go to \u201cStock\u201d to add it, or to"
                    " \u201cLot look-up\u201d to see who had its lot."
                )
            )

    # -- the stock ----------------------------------------------------------------------------

    def _add_scanned(self, text: str) -> None:
        try:
            scanned = self._read(text)
        except ExpectedError as error:
            self._say(self._services.explain(error))
            return
        if scanned is not None:
            self._add(scanned)

    def _read(self, text: str) -> Scanned | None:
        """What a scan says; what its number stands for is asked once, none if nobody says it."""
        scanned = self._services.read_scan(text)
        if scanned.product:
            return scanned
        form = PackageForm(
            self._form or self,
            self._services.book,
            self._services.explain,
            scanned.gtin,
            self._services.learn_package,
        )
        return self._services.read_scan(text) if form.ask() else None

    def _add(self, scanned: Scanned | None = None) -> None:
        form = self._vial_form(None, self._services.add_stock)
        if scanned is not None:
            form.fill(scanned)
        self._ask(form)

    def _correct(self, key: str) -> None:
        lot = self.stock.lot_of(key)

        def keep(corrected: StockVial) -> None:
            # Nothing tells them apart, so they are corrected together; a serial number does.
            alike = lot.vials[:1] if corrected.vial.serial else lot.vials
            for each in alike:
                vial = replace(corrected.vial, stock_id=each.id)
                self._services.change_stock(replace(corrected, vial=vial))

        self._ask(self._vial_form(lot, keep))

    def _mix(self, key: str) -> None:
        services = self._services
        each = self.stock.lot_of(key).first
        try:
            form = MixForm(
                self,
                services.book,
                services.explain,
                each,
                services.recall(DILUENT) or "",
                person_name(services.user),
                services.now(),
                ZoneInfo(services.clinic.zone),
                services.habits().expiring_days,
                services.change_stock,
            )
        except ExpectedError as error:
            self._say(services.explain(error))
            return
        used = form.diluent
        if form.ask():
            self.refresh()
            self._try(lambda: services.remember(DILUENT, used.text().strip()))

    def _close(self, key: str) -> None:
        lot = self.stock.lot_of(key)
        form = CloseForm(
            self,
            self._services.book,
            self._services.explain,
            lot.first,
            self._services.now(),
            len(lot.vials),
            lambda reason: self._services.close_stock(lot.first.id, reason),
        )
        if form.ask():
            self.refresh()

    def _vial_form(self, lot: Lot | None, keep: Callable[[StockVial], None]) -> StockVialForm:
        return StockVialForm(
            self,
            self._services.book,
            self._services.explain,
            lot.vials if lot else (),
            self._last_added,
            self._services.now(),
            self._read,
            keep,
        )

    def _ask(self, form: StockVialForm) -> None:
        """Show the form; a scan goes into it meanwhile. Some may be kept even if it is given up."""
        self._form = form
        form.ask()
        self._form = None
        self._last_added = form.added or self._last_added
        self.refresh()

    # -- leaving, and what cannot be done ----------------------------------------------------------

    def _leave_for(self, signal: SignalInstance, chosen: str) -> None:
        """Close first: what is opened then stands above."""
        self.accept()
        signal.emit(chosen)

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except ExpectedError as error:
            self._say(self._services.explain(error))

    def _say(self, sentence: str) -> None:
        self.refusal.setText(sentence)
        self.refusal.setVisible(bool(sentence))
