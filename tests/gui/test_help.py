"""The help: every page is found and can be read, every link leads somewhere, nothing is fetched."""

import re

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor, QFontInfo, QTextCursor, QTextDocument, QTextTable
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop import resources
from desktop.gui import theme
from desktop.gui.hand import Hand
from desktop.gui.help_window import HelpWindow, has_words, links_of, title_of
from desktop.gui.reader import Reader

PAGES = {name: file.read_text("utf-8") for name, file in resources.help_pages("en").items()}
EACH_PAGE = pytest.mark.parametrize("name", sorted(PAGES))
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)]+)\)")


@pytest.fixture
def window(qtbot: QtBot) -> HelpWindow:
    made = HelpWindow(None)
    qtbot.addWidget(made)
    made.show()
    return made


def titles_in(window: HelpWindow) -> list[str]:
    items = (window.pages.item(line) for line in range(window.pages.count()))
    return [item.text() for item in items if not item.isHidden()]


def click_link(window: HelpWindow, to: str) -> None:
    """Click on the first link of the page that leads there."""
    document = window.browser.document()
    at = next(
        place
        for place in range(document.characterCount())
        if to == _link_at(document, place) == _link_at(document, place + 1)
    )
    cursor = QTextCursor(document)
    cursor.setPosition(at + 1)
    window.browser.setTextCursor(cursor)
    window.browser.ensureCursorVisible()
    place = window.browser.cursorRect(cursor).center()
    left = Qt.MouseButton.LeftButton
    QTest.mouseClick(window.browser.viewport(), left, Qt.KeyboardModifier.NoModifier, place)


def _link_at(document: QTextDocument, place: int) -> str:
    cursor = QTextCursor(document)
    cursor.setPosition(min(place + 1, document.characterCount() - 1))
    return cursor.charFormat().anchorHref()


# -- the pages -----------------------------------------------------------------------------------


@EACH_PAGE
def test_every_link_leads_to_a_page(name: str) -> None:
    targets = LINK.findall(PAGES[name])
    assert [to for to in targets if to.removesuffix(".md") not in PAGES] == []
    assert [f"{page}.md" for page in links_of(PAGES[name])] == targets


def test_every_page_is_reached_from_the_first() -> None:
    reached, due = set(), ["index"]
    while due:
        name = due.pop()
        if name not in reached:
            reached.add(name)
            due += links_of(PAGES[name])
    assert reached == set(PAGES)


@EACH_PAGE
def test_every_picture_is_shipped_and_described(name: str) -> None:
    for words, file in PICTURE.findall(PAGES[name]):
        assert words
        assert (resources.ROOT / "help" / "en" / file).is_file(), file


def test_no_picture_of_the_help_is_left_over() -> None:
    shipped = {file.name for file in (resources.ROOT / "help").glob("*.png")}
    shown = {
        file.rpartition("/")[2] for text in PAGES.values() for _, file in PICTURE.findall(text)
    }
    assert shipped == shown


@EACH_PAGE
def test_every_page_has_one_title_and_no_address_in_the_world(name: str) -> None:
    assert PAGES[name].startswith("# ")
    assert len(re.findall(r"^# ", PAGES[name], flags=re.MULTILINE)) == 1
    assert "://" not in PAGES[name]


def test_a_page_that_is_not_translated_is_shown_in_english() -> None:
    assert resources.help_pages("xx") == resources.help_pages("en")


def test_keys_page_names_the_keys_that_mean_something(hand: Hand) -> None:
    named = set(re.findall(r"^\| `([A-Z?]|Space)` \|", PAGES["keys"], flags=re.MULTILINE))
    known = {"Space" if key == " " else key.upper() for key in hand.screen.keys._letters}
    assert named == known


# -- the window ----------------------------------------------------------------------------------


def test_help_opens_on_its_first_page_and_lists_the_others_as_that_names_them(
    window: HelpWindow,
) -> None:
    listed = ["index", *dict.fromkeys(links_of(PAGES["index"]))]
    assert window.page == "index"
    assert titles_in(window) == [title_of(PAGES[name]) for name in listed]


def test_help_opens_on_a_topic(qtbot: QtBot) -> None:
    made = HelpWindow(None, "keys")
    qtbot.addWidget(made)
    assert made.page == "keys"
    assert made.browser.toPlainText().startswith("Keys\n")
    assert made.pages.currentItem().text() == "Keys"


def test_an_unknown_topic_opens_the_first_page(qtbot: QtBot) -> None:
    made = HelpWindow(None, "no such page")
    qtbot.addWidget(made)
    assert made.page == "index"


def test_a_click_on_a_link_opens_its_page_and_back_returns(window: HelpWindow) -> None:
    assert not window.back.isEnabled()
    click_link(window, "keys.md")
    assert window.page == "keys"
    QTest.mouseClick(window.back, Qt.MouseButton.LeftButton)
    assert window.page == "index"
    assert not window.back.isEnabled()


def test_choosing_in_the_list_opens_the_page(window: HelpWindow) -> None:
    window.pages.setFocus()
    QTest.keyClick(window.pages, Qt.Key.Key_Down)
    assert window.page == links_of(PAGES["index"])[0]


def test_an_address_in_the_world_is_not_followed(
    window: HelpWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr("PySide6.QtGui.QDesktopServices.openUrl", opened.append)
    window.browser.show_page(
        "# Stray\n\n[out](https://example.org/keys.md)", Qt.LayoutDirection.LeftToRight
    )
    click_link(window, "https://example.org/keys.md")
    assert not window.browser.openExternalLinks()
    assert not window.browser.openLinks()
    assert opened == []
    assert window.page == "index"
    assert window.browser.toPlainText().startswith("Stray")


def test_no_picture_from_elsewhere_is_loaded(qtbot: QtBot) -> None:
    reader = Reader()
    qtbot.addWidget(reader)
    kind = QTextDocument.ResourceType
    assert reader.loadResource(kind.ImageResource.value, QUrl("../session.png")) is not None
    assert reader.loadResource(kind.ImageResource.value, QUrl("https://example.org/a.png")) is None
    assert reader.loadResource(kind.StyleSheetResource.value, QUrl("../session.png")) is None


def test_words_filter_the_pages(window: HelpWindow) -> None:
    window.search.setText("recovery KEY usb")
    assert titles_in(window) == ["Where the data lies"]
    QTest.keyClick(window.search, Qt.Key.Key_Return)
    assert window.page == "data"
    assert len(window.browser.extraSelections()) > 1
    window.search.setText("zzz session")
    assert titles_in(window) == []
    window.search.clear()
    assert len(titles_in(window)) == len(PAGES)
    assert window.browser.extraSelections() == []


def test_accents_and_capitals_need_not_be_typed() -> None:
    assert has_words("# La región", "REGION")
    assert has_words("Press **Sign** now", "now SIGN")
    assert not has_words("Press **Sign** now", "sign twice")


def test_only_what_is_read_is_searched() -> None:
    assert has_words("See [the note](paper.md)", "note")
    assert not has_words("See [the note](paper.md)", "paper")


def test_escape_closes_and_the_work_goes_on(window: HelpWindow) -> None:
    assert not window.isModal()
    QTest.keyClick(window.search, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_every_part_is_reached_by_the_keyboard_and_has_a_name(window: HelpWindow) -> None:
    window.show_topic("keys")
    for each in (window.search, window.pages, window.back, window.browser):
        assert each.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert each.accessibleName()


# -- the typography ------------------------------------------------------------------------------


def test_text_is_in_the_programs_letters_and_headings_are_larger(window: HelpWindow) -> None:
    window.show_topic("keys")
    sizes: dict[int, float] = {}
    block = window.browser.document().begin()
    while block.isValid():
        if block.text():
            look = block.begin().fragment().charFormat().font()
            font = look.resolve(window.browser.document().defaultFont())
            assert QFontInfo(font).family() == theme.FAMILY
            sizes.setdefault(block.blockFormat().headingLevel(), font.pointSizeF())
        block = block.next()
    assert sizes[1] > sizes[2] > sizes[0] > QApplication.font().pointSizeF()


def test_tables_have_air(window: HelpWindow) -> None:
    window.show_topic("keys")
    frames = window.browser.document().rootFrame().childFrames()
    tables = [each for each in frames if isinstance(each, QTextTable)]
    assert tables
    assert all(t.cellAt(1, 0).format().toTableCellFormat().topPadding() >= 5 for t in tables)


def test_links_and_key_caps_take_on_the_colours_of_the_window(
    window: HelpWindow, qapp: QApplication
) -> None:
    theme.apply(qapp, theme.DARK)
    try:
        assert link_colour(window) == QColor(theme.DARK.accent)
    finally:
        theme.apply(qapp, theme.LIGHT)
    assert link_colour(window) == QColor(theme.LIGHT.accent)


def link_colour(window: HelpWindow) -> QColor:
    QApplication.processEvents()
    document = window.browser.document()
    cursor = QTextCursor(document)
    while not cursor.charFormat().isAnchor():
        assert cursor.movePosition(QTextCursor.MoveOperation.NextCharacter)
    return cursor.charFormat().foreground().color()


def test_text_from_the_right_is_set_from_the_right(qtbot: QtBot) -> None:
    reader = Reader()
    qtbot.addWidget(reader)
    reader.resize(1400, 600)
    reader.show()
    # A line may begin with a name in Latin letters.
    reader.show_page("# عنوان\n\n- BOTOX نص 5", Qt.LayoutDirection.RightToLeft)
    direction = Qt.LayoutDirection.RightToLeft
    block = reader.document().begin()
    while block.isValid():
        assert block.textDirection() == direction
        block = block.next()
    margins = reader.document().rootFrame().frameFormat()
    assert margins.leftMargin() > margins.rightMargin()


def test_page_in_english_reads_from_the_left_in_a_window_from_the_right(
    qapp: QApplication, qtbot: QtBot
) -> None:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        made = HelpWindow(None, "keys")
        qtbot.addWidget(made)
        made.show()
        first = made.browser.document().begin()
        assert first.textDirection() == Qt.LayoutDirection.LeftToRight
        assert made.pages.mapTo(made, made.pages.rect().center()).x() > made.width() / 2
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
