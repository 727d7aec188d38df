"""The help: every page is found and can be read, every link leads somewhere, nothing is fetched."""

import re

import pytest
from babel.messages.pofile import read_po
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor, QFontInfo, QTextCursor, QTextDocument, QTextTable
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop import language, resources
from desktop.gui import theme
from desktop.gui.hand import Hand
from desktop.gui.help_window import HelpWindow, has_words, links_of, title_of
from desktop.gui.reader import Reader
from desktop.language import Language, _

PAGES = {name: file.read_text("utf-8") for name, file in resources.help_pages("en").items()}
EACH_PAGE = pytest.mark.parametrize("name", sorted(PAGES))
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)]+)\)")
TRANSLATED = [each for each in language.available() if each != language.ENGLISH]
EACH_LANGUAGE = pytest.mark.parametrize("spoken", TRANSLATED, ids=lambda each: each.tag)


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


# -- the translations ----------------------------------------------------------------------------


def translated(name: str, spoken: Language) -> str:
    """A page in a language, and in no other."""
    return (resources.ROOT / "help" / spoken.tag / f"{name}.md").read_text("utf-8")


def outline_of(markdown: str) -> list[str]:
    """How each heading, table row and list item begins."""
    return re.findall(r"^(?:#+ |\||- |\d+\. )", markdown, flags=re.MULTILINE)


def codes_in_tables(markdown: str) -> list[list[str]]:
    """Keys and folders, row by row."""
    rows = (line for line in markdown.splitlines() if line.startswith("|"))
    return [re.findall(r"`([^`]+)`", row) for row in rows]


def numbers_of(markdown: str) -> list[str]:
    return sorted(re.findall(r"[0-9]+(?:\.[0-9]+)?", markdown))


def strong_words(markdown: str) -> set[str]:
    return {" ".join(words.split()) for words in re.findall(r"\*\*([^*]+)\*\*", markdown)}


def names_in_the_window(spoken: Language) -> dict[str, str]:
    """What the window says, by its English words; a menu adds the dots of what opens a form."""
    file = resources.translations() / spoken.tag / "LC_MESSAGES" / "glabella.po"
    with file.open("rb") as opened:
        said = {
            " ".join(each.id.split()): " ".join(each.string.split())
            for each in read_po(opened)
            if isinstance(each.id, str) and isinstance(each.string, str) and each.string
        }
    dots = "\N{HORIZONTAL ELLIPSIS}"
    return {f"{words}{dots}": f"{other}{dots}" for words, other in said.items()} | said


def test_every_page_is_there_in_every_shipped_language() -> None:
    shipped = {
        f"{file.parent.name}/{file.stem}" for file in (resources.ROOT / "help").glob("*/*.md")
    }
    tags = [each.tag for each in language.available()]
    assert shipped == {f"{tag}/{name}" for tag in tags for name in PAGES}


@EACH_LANGUAGE
@EACH_PAGE
def test_translation_has_the_same_links_and_pictures(name: str, spoken: Language) -> None:
    text = translated(name, spoken)
    assert LINK.findall(text) == LINK.findall(PAGES[name])
    pictures = PICTURE.findall(text)
    assert [file for _words, file in pictures] == [f for _words, f in PICTURE.findall(PAGES[name])]
    assert all(words for words, _file in pictures)
    assert "://" not in text


@EACH_LANGUAGE
@EACH_PAGE
def test_translation_has_the_same_headings_tables_and_lists(name: str, spoken: Language) -> None:
    assert outline_of(translated(name, spoken)) == outline_of(PAGES[name])


@EACH_LANGUAGE
@EACH_PAGE
def test_translation_has_the_same_keys_and_folders(name: str, spoken: Language) -> None:
    assert codes_in_tables(translated(name, spoken)) == codes_in_tables(PAGES[name])


@EACH_LANGUAGE
@EACH_PAGE
def test_translation_has_the_same_numbers_in_western_digits(name: str, spoken: Language) -> None:
    text = translated(name, spoken)
    assert {each for each in text if each.isdigit()} <= set("0123456789")
    assert numbers_of(text) == numbers_of(PAGES[name])


@EACH_LANGUAGE
@EACH_PAGE
def test_translation_calls_a_button_what_the_window_calls_it(name: str, spoken: Language) -> None:
    names = names_in_the_window(spoken)
    buttons = {names[words] for words in strong_words(PAGES[name]) if words in names}
    assert buttons - strong_words(translated(name, spoken)) == set()


@EACH_LANGUAGE
def test_first_page_says_that_no_clinician_has_read_the_translation(spoken: Language) -> None:
    with language.speaking(spoken.tag):
        unread = _("No clinician has read this translation yet.")
    says_so = translated("index", spoken).rstrip().endswith(f"\n\n{unread}")
    assert says_so != spoken.is_reviewed


@EACH_LANGUAGE
def test_help_is_shown_in_the_language_in_use_and_in_its_direction(
    spoken: Language, qtbot: QtBot
) -> None:
    with language.speaking(spoken.tag):
        made = HelpWindow(None, "keys")
    qtbot.addWidget(made)
    assert titles_in(made)[0] == title_of(translated("index", spoken))
    assert made.browser.toPlainText().startswith(title_of(translated("keys", spoken)) + "\n")
    direction = made.browser.document().begin().textDirection()
    assert (direction == Qt.LayoutDirection.RightToLeft) == spoken.is_right_to_left


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


@pytest.mark.parametrize(
    ("direction", "cells"),
    [(Qt.LayoutDirection.LeftToRight, ["1", "2"]), (Qt.LayoutDirection.RightToLeft, ["2", "1"])],
)
def test_a_table_begins_at_the_edge_where_one_begins_to_read(
    direction: Qt.LayoutDirection, cells: list[str], qtbot: QtBot
) -> None:
    reader = Reader()
    qtbot.addWidget(reader)
    reader.show_page("|a|b|\n|-|-|\n|1|2|\n", direction)
    table = next(
        each for each in reader.document().rootFrame().childFrames() if isinstance(each, QTextTable)
    )
    row = [table.cellAt(1, place).firstCursorPosition().block().text() for place in range(2)]
    assert row == cells
