"""One page of text, set to be read: a narrow column, air around headings and in tables."""

import re
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QImage,
    QPainter,
    QPalette,
    QPen,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextOption,
    QTextTable,
    QTextTableCellFormat,
)
from PySide6.QtWidgets import QTextBrowser, QTextEdit

from desktop import resources
from desktop.gui import theme

TEXT_WIDTH_PX = 620  # about eighty letters: longer lines are hard to come back from
MARGIN_PX = 36
LIST_INDENT_PX = 24
TEXT_POINTS = 10.5
SMALL_POINTS = 8.5
HEADING_POINTS = {1: 21.0, 2: 13.5}
LINE_HEIGHT = 140.0  # percent
LINE_HEIGHT_IN_TABLE = 115.0
FIRST_OF_TWO = 36.0  # percent: so that the tables of a page stand below each other
FIRST_OF_PICTURES = 22.0
AIR = "\N{THIN SPACE}"


class Reader(QTextBrowser):
    """Shows a page of Markdown. It follows no link by itself and loads only the help's pictures."""

    def __init__(self) -> None:
        super().__init__()
        # Not while the style is being changed: only when all of it is.
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._show_again)
        self._markdown = ""
        self._direction = Qt.LayoutDirection.LeftToRight
        self.setObjectName("reader")
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setStyleSheet("QTextBrowser#reader { border: none; padding: 0; }")
        self.document().setDefaultFont(theme.font(TEXT_POINTS))
        self.document().setIndentWidth(LIST_INDENT_PX)

    def show_page(self, markdown: str, direction: Qt.LayoutDirection) -> None:
        """Show a page from its beginning."""
        self._markdown, self._direction = markdown, direction
        option = QTextOption(self.document().defaultTextOption())
        option.setTextDirection(direction)
        self.document().setDefaultTextOption(option)
        from_right = direction == Qt.LayoutDirection.RightToLeft
        self.setMarkdown(_columns_turned(markdown) if from_right else markdown)
        set_to_be_read(self.document(), _palette())
        self._place_column()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.verticalScrollBar().setValue(0)

    def mark(self, words: list[str]) -> None:
        """Show where the words stand on the page."""
        found = []
        for word in words:
            at = self.document().find(word)
            while not at.isNull():
                each = QTextEdit.ExtraSelection()
                each.cursor = at
                each.format = _marked(_palette())
                found.append(each)
                at = self.document().find(word, at)
        self.setExtraSelections(found)

    def loadResource(self, kind: int, name: QUrl | str) -> object:  # noqa: N802  Qt's spelling
        """Give a picture of the help; nothing else is ever loaded, from anywhere."""
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return None
        file = resources.ROOT / "help" / Path(QUrl(name).path()).name
        edge = _palette().color(QPalette.ColorRole.Mid)
        return _picture(file, self.devicePixelRatioF(), edge) if file.is_file() else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the column narrow when the window is wide."""
        super().resizeEvent(event)
        self._place_column()

    def changeEvent(self, event: QEvent) -> None:
        """Take on other colours, at the same place of the page."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._again.start()

    def _show_again(self) -> None:
        place = self.verticalScrollBar().value()
        self.show_page(self._markdown, self._direction)
        self.verticalScrollBar().setValue(place)

    def _place_column(self) -> None:
        spare = max(self.viewport().width() - TEXT_WIDTH_PX - 2 * MARGIN_PX, 0)
        made = QTextFrameFormat(self.document().rootFrame().frameFormat())
        is_from_left = self._direction == Qt.LayoutDirection.LeftToRight
        made.setLeftMargin(MARGIN_PX + (0 if is_from_left else spare))
        made.setRightMargin(MARGIN_PX + (spare if is_from_left else 0))
        made.setTopMargin(6)
        made.setBottomMargin(MARGIN_PX)
        self.document().rootFrame().setFrameFormat(made)


def _columns_turned(markdown: str) -> str:
    """The cells of each table row the other way round: Qt lays columns from the left, always."""
    row = re.compile(r"^\|(.+)\|$", flags=re.MULTILINE)
    return row.sub(lambda found: "|" + "|".join(reversed(found[1].split("|"))) + "|", markdown)


def set_to_be_read(document: QTextDocument, palette: QPalette) -> None:
    """Give a document that came from Markdown its sizes, distances and colours."""
    for table in _tables(document):
        _set_table(table, palette)
    block = document.begin()
    while block.isValid():
        _set_block(block)
        _set_words(block, palette)
        block = block.next()


def _tables(document: QTextDocument) -> list[QTextTable]:
    return [each for each in document.rootFrame().childFrames() if isinstance(each, QTextTable)]


def _set_block(block: QTextBlock) -> None:
    made = QTextBlockFormat(block.blockFormat())
    level = made.headingLevel()
    in_table = QTextCursor(block).currentTable() is not None
    if level:
        made.setTopMargin(6 if level == 1 else 20)
        made.setBottomMargin(12 if level == 1 else 6)
    else:
        made.setTopMargin(0)
        made.setBottomMargin(0 if in_table else 5 if block.textList() is not None else 10)
        # A line would grow with its picture.
        if not any(had.isImageFormat() for _at, _length, had in _runs(block)):
            high = LINE_HEIGHT_IN_TABLE if in_table else LINE_HEIGHT
            made.setLineHeight(high, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    QTextCursor(block).setBlockFormat(made)


def _set_words(block: QTextBlock, palette: QPalette) -> None:
    level = block.blockFormat().headingLevel()
    # From the end, because a key cap makes the text longer.
    for start, length, had in reversed(_runs(block)):
        made = QTextCharFormat(had)
        if level:
            # The heading's own size is relative, and would win.
            made.clearProperty(QTextFormat.Property.FontSizeAdjustment.value)
            made.setFontPointSize(HEADING_POINTS.get(level, TEXT_POINTS))
            made.setFontWeight(QFont.Weight.Bold)
        if had.isAnchor():
            made.setForeground(palette.color(QPalette.ColorRole.Link))
            made.setFontWeight(QFont.Weight.DemiBold)
            made.setFontUnderline(False)
        cursor = QTextCursor(block)
        cursor.setPosition(start)
        cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
        if had.fontFixedPitch():
            cursor.insertText(f"{AIR}{cursor.selectedText()}{AIR}", _key_cap(palette))
        else:
            cursor.setCharFormat(made)


def _key_cap(palette: QPalette) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setFontWeight(QFont.Weight.DemiBold)
    ground, page = (
        palette.color(role) for role in (QPalette.ColorRole.Window, QPalette.ColorRole.Base)
    )
    # In high contrast both are white.
    made.setBackground(
        palette.color(QPalette.ColorRole.AlternateBase) if ground == page else ground
    )
    return made


def _runs(block: QTextBlock) -> list[tuple[int, int, QTextCharFormat]]:
    """The stretches of one look: where each begins, how long it is, how it looks."""
    found = []
    each = block.begin()
    while not each.atEnd():
        run = each.fragment()
        found.append((run.position(), run.length(), run.charFormat()))
        each += 1
    return found


def _set_table(table: QTextTable, palette: QPalette) -> None:
    whole = table.format()
    whole.setBorder(0)
    whole.setBorderCollapse(True)
    whole.setCellPadding(0)
    whole.setCellSpacing(0)
    whole.setTopMargin(4)
    whole.setBottomMargin(14)
    percent = QTextLength.Type.PercentageLength
    whole.setWidth(QTextLength(percent, 100))
    if table.columns() == 2:
        first = FIRST_OF_PICTURES if _has_pictures(table) else FIRST_OF_TWO
        widths = [QTextLength(percent, first), QTextLength(percent, 100 - first)]
        if _is_from_right(table):
            widths.reverse()
        whole.setColumnWidthConstraints(widths)
    table.setFormat(whole)
    for line in range(table.rows()):
        for place in range(table.columns()):
            cell = table.cellAt(line, place)
            made = QTextTableCellFormat(cell.format().toTableCellFormat())
            made.setPadding(7)
            if _is_from_right(table):
                made.setRightPadding(0 if place == table.columns() - 1 else 10)
            else:
                made.setLeftPadding(0 if place == 0 else 10)
            made.setBottomBorder(1)
            made.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
            made.setBottomBorderBrush(palette.color(QPalette.ColorRole.Mid))
            if line and _has_pictures(table):
                made.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
            cell.setFormat(made)
        if line == 0:
            _set_table_head(table, palette)


def _is_from_right(table: QTextTable) -> bool:
    option = table.document().defaultTextOption()
    return option.textDirection() == Qt.LayoutDirection.RightToLeft


def _has_pictures(table: QTextTable) -> bool:
    first = table.columns() - 1 if _is_from_right(table) else 0
    cell = table.cellAt(table.rows() - 1, first)
    return cell.firstCursorPosition().block().text().startswith("\N{OBJECT REPLACEMENT CHARACTER}")


def _set_table_head(table: QTextTable, palette: QPalette) -> None:
    made = QTextCharFormat()
    made.setFontPointSize(SMALL_POINTS)
    made.setFontWeight(QFont.Weight.DemiBold)
    made.setForeground(palette.color(QPalette.ColorRole.PlaceholderText))
    for place in range(table.columns()):
        cursor = table.cellAt(0, place).firstCursorPosition()
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(made)


def _palette() -> QPalette:
    """The program's colours as they are meant: a style sheet blurs those of a widget."""
    return QGuiApplication.palette()


def _marked(palette: QPalette) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setBackground(palette.color(QPalette.ColorRole.Highlight))
    made.setForeground(palette.color(QPalette.ColorRole.HighlightedText))
    return made


def _picture(file: Path, scale: float, edge: QColor) -> QImage:
    """A picture has two pixels for each that it takes, so that it is sharp on a fine screen."""
    image = QImage(str(file))
    wide = min(image.width() / 2, TEXT_WIDTH_PX)
    high = image.height() * wide / image.width()
    made = image.scaled(
        QSize(round(wide * scale), round(high * scale)),
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    # A light screen on a light page needs an edge.
    painter = QPainter(made)
    painter.setPen(QPen(edge, round(scale)))
    painter.drawRect(made.rect().adjusted(0, 0, -1, -1))
    painter.end()
    made.setDevicePixelRatio(scale)
    return made
