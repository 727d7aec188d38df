"""The help: pages that are shipped with the program, in a window of their own beside the work."""

import re
import unicodedata
from pathlib import PurePosixPath

from PySide6.QtCore import QLocale, Qt, QUrl
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from desktop import language, resources
from desktop.gui.reader import MARGIN_PX, Reader
from desktop.gui.widgets import button, column, frame, label, row
from desktop.language import _

INDEX = "index"
SIZE_PX = (980, 720)
LIST_WIDTH_PX = 268

_NAME = Qt.ItemDataRole.UserRole


class HelpWindow(QDialog):
    """Shows the help without keeping anybody from working; nothing is ever fetched.

    Args:
        parent: The window that the help belongs to.
        topic: The page to open, by its file name without `.md`; an unknown one opens the first.
    """

    def __init__(self, parent: QWidget | None, topic: str = "") -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle(_("Help"))
        self.resize(*SIZE_PX)
        pages = resources.help_pages(language.current().tag)
        self._texts = {name: file.read_text("utf-8") for name, file in pages.items()}
        # A page that is not translated yet is read from the left, whatever the window's direction.
        self._languages = {name: file.parent.name for name, file in pages.items()}
        self._behind: list[str] = []
        self.page = ""
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("Find in the help"))
        self.search.setAccessibleName(_("Find in the help"))
        self.search.setClearButtonEnabled(True)
        self.pages = QListWidget()
        self.pages.setAccessibleName(_("Pages"))
        self.pages.setWordWrap(True)
        self.pages.setStyleSheet("QListWidget:!focus { background: transparent; }")
        self._nothing = label(_("No page has these words."), "quiet", wrap=True)
        self._nothing.hide()
        self.back = button(_("Back"), "plain", _("To the page before"))
        self.back.setAutoDefault(False)  # Enter in the search opens what was found
        self.browser = Reader()
        self._build()
        self._connect()
        self.show_topic(topic)

    def _build(self) -> None:
        for name in _in_reading_order(self._texts):
            item = QListWidgetItem(title_of(self._texts[name]))
            item.setData(_NAME, name)
            self.pages.addItem(item)
        contents = column(self.search, self.pages, self._nothing, spacing=10, margin=14)
        contents.setStretch(1, 1)
        side = QWidget()
        side.setLayout(contents)
        side.setFixedWidth(LIST_WIDTH_PX)
        above = row(self.back, None)
        above.setContentsMargins(MARGIN_PX - 8, 10, MARGIN_PX, 0)
        reading = column(spacing=0)
        reading.addLayout(above)
        reading.addWidget(self.browser, 1)
        whole = row(side, frame("side", reading), spacing=0)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._open_first_found)
        self.pages.currentItemChanged.connect(self._choose)
        self.browser.anchorClicked.connect(self.follow)
        self.back.clicked.connect(self.go_back)
        QShortcut(QKeySequence.StandardKey.Back, self, self.go_back)
        QShortcut(QKeySequence.StandardKey.Find, self, self.search.setFocus)

    def show_topic(self, topic: str) -> None:
        """Show a page, and remember the one before it."""
        name = topic if topic in self._texts else INDEX
        if name == self.page:
            return
        if self.page:
            self._behind.append(self.page)
        self._show(name)

    def go_back(self) -> None:
        """Show the page before this one."""
        if self._behind:
            self._show(self._behind.pop())

    def follow(self, url: QUrl) -> None:
        """Go where a link leads, if that is a page of the help; no other address is ever opened."""
        name = _page_of(url)
        if name in self._texts:
            self.show_topic(name)

    def _show(self, name: str) -> None:
        self.page = name
        direction = QLocale(self._languages[name]).textDirection()
        self.browser.setAccessibleName(title_of(self._texts[name]))
        self.browser.show_page(self._texts[name], direction)
        self._mark_found()
        self.back.setEnabled(bool(self._behind))
        for item in self._items():
            if item.data(_NAME) == name:
                self.pages.setCurrentItem(item)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.show_topic(item.data(_NAME))

    def _filter(self, words: str) -> None:
        """Keep the pages that have all the words."""
        for item in self._items():
            item.setHidden(not has_words(self._texts[item.data(_NAME)], words))
        self._nothing.setVisible(all(item.isHidden() for item in self._items()))
        self._mark_found()

    def _open_first_found(self) -> None:
        found = [item for item in self._items() if not item.isHidden()]
        if found:
            self.show_topic(found[0].data(_NAME))

    def _mark_found(self) -> None:
        self.browser.mark(self.search.text().split())

    def _items(self) -> list[QListWidgetItem]:
        return [self.pages.item(line) for line in range(self.pages.count())]


def title_of(markdown: str) -> str:
    """The first heading of a page."""
    return next(line[2:].strip() for line in markdown.splitlines() if line.startswith("# "))


def links_of(markdown: str) -> list[str]:
    """The pages that a page links to, in its order; `index` for `index.md`."""
    return re.findall(r"(?<!!)\[[^\]]*\]\(([^)]+?)\.md\)", markdown)


def has_words(markdown: str, words: str) -> bool:
    """Whether a page has all of these words or parts of them, whatever their accents."""
    text = _plain(re.sub(r"\]\([^)]*\)", "]", markdown))  # where a link leads is not read
    return all(_plain(word) in text for word in words.split())


def _plain(text: str) -> str:
    """Without accents and capitals."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))


def _in_reading_order(texts: dict[str, str]) -> list[str]:
    """The first page, then the others as it lists them."""
    listed = [name for name in links_of(texts[INDEX]) if name in texts]
    return list(dict.fromkeys([INDEX, *listed, *texts]))


def _page_of(url: QUrl) -> str:
    """The page that a link names; nothing for any other address."""
    path = PurePosixPath(url.path())
    return path.stem if url.isRelative() and path.suffix == ".md" else ""
