"""The note on screen, from memory: a file is made by Save or Print only."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QVBoxLayout, QWidget

from desktop.core.errors import ExpectedError
from desktop.gui.forms import Explain
from desktop.gui.widgets import button, label, row
from desktop.language import _

PRINT_DPI = 300


class NoteWindow(QDialog):
    """Shows the pages of a PDF.

    Args:
        pdf: The note's bytes.
        suggested: The file name that Save offers.
        save: Writes bytes to a path, or raises an `ExpectedError`.
        title: What the pages are; none for a session's note.
    """

    def __init__(
        self,
        parent: QWidget | None,
        pdf: bytes,
        suggested: str,
        save: Callable[[Path, bytes], None],
        explain: Explain,
        title: str = "",
    ) -> None:
        super().__init__(parent)
        self._title = title
        self.setWindowTitle(title or _("Session note"))
        self.resize(860, 780)
        self._pdf = pdf
        self._suggested = suggested
        self._save = save
        self._explain = explain
        self._bytes = QBuffer()
        self._bytes.setData(QByteArray(pdf))
        self._bytes.open(QIODevice.OpenModeFlag.ReadOnly)
        self.document = QPdfDocument(self)
        self.document.load(self._bytes)
        self._view = QPdfView(self)
        self._view.setDocument(self.document)
        self._view.setPageMode(QPdfView.PageMode.MultiPage)
        self._view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self._view.setAccessibleName(title or _("Session note"))
        self._said = label("", "quiet", wrap=True)
        save_button = button(_("Save\N{HORIZONTAL ELLIPSIS}"))
        print_button = button(_("Print\N{HORIZONTAL ELLIPSIS}"), "primary")
        close_button = button(_("Close"))
        save_button.clicked.connect(self._choose_file)
        print_button.clicked.connect(self._choose_printer)
        close_button.clicked.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 12)
        layout.addWidget(self._view, 1)
        buttons = row(self._said, None, save_button, print_button, close_button)
        buttons.setContentsMargins(14, 2, 14, 0)
        layout.addLayout(buttons)

    def save_to(self, path: Path) -> None:
        """Write the note to a file and say so, or say why not."""
        try:
            self._save(path, self._pdf)
        except ExpectedError as error:
            self._said.setText(self._explain(error))
            return
        self._said.setText(_("Saved as {name}.").format(name=path.name))

    def _choose_file(self) -> None:
        chosen, _filter = QFileDialog.getSaveFileName(
            self, self._title or _("Save the note"), self._suggested, "PDF (*.pdf)"
        )
        if chosen:
            self.save_to(Path(chosen))

    def _choose_printer(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        # Sharp on paper; at the full resolution of a printer a page would be megabytes of white.
        printer.setResolution(PRINT_DPI)
        printer.setDocName(self._suggested)
        printer.setPageSize(_page_size(self.document))
        dialog = QPrintDialog(printer, self)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            print_pages(self.document, printer)
            self._said.setText(_("Sent to the printer."))


def print_pages(document: QPdfDocument, printer: QPrinter) -> None:
    """Print every page, in its own size, at the printer's resolution."""
    printer.setFullPage(True)
    printer.setPageOrientation(QPageLayout.Orientation.Portrait)
    painter = QPainter(printer)
    for page in range(document.pageCount()):
        if page:
            printer.newPage()
        sheet = printer.pageLayout().fullRectPixels(printer.resolution())
        picture = document.render(page, QSize(sheet.width(), sheet.height()))
        painter.drawImage(QRectF(0, 0, sheet.width(), sheet.height()), picture)
    painter.end()


def _page_size(document: QPdfDocument) -> QPageSize:
    size = document.pagePointSize(0)
    return QPageSize(size, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.FuzzyMatch)
