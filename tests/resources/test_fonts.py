from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QRawFont, QTextLayout
from reportlab.pdfbase.ttfonts import TTFont

from desktop import language
from desktop.gui import theme
from desktop.note.fonts import PLAIN, STRONG, known_characters

pytestmark = pytest.mark.usefixtures("qapp")

FONTS = Path(__file__).resolve().parents[2] / "resources" / "fonts"
STYLES = ["Regular", "SemiBold", "Bold"]
ARABIC_STYLES = ["Regular", "Bold"]
NAMES = [
    "Łukasz Ñandú <&> O'Brien",
    "Nguyễn Thị Hằng, Đặng Ữ",
    "Γιώργος Παπαδόπουλος",
    "Наталія Щербак, Ђорђе Љубић",
    "Şəhrizadə Öğüt, İpek ßẞ Ægir Þórður Œ",
]
SIGNS = "0123456789 .,:;!?()[]/%&@#+-*=<>'\" ≥ ≤ × − ± ✓ ✗ → ← ↑ ↓ • … ‘’ “” « » – — ° µ ½ € £ §"


def reportlab_font(style: str) -> TTFont:
    return TTFont(f"Glabella Sans {style}", str(FONTS / f"GlabellaSans-{style}.ttf"))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("text", [*NAMES, SIGNS])
def test_paper_and_screen_have_a_glyph_for_every_character(style: str, text: str) -> None:
    on_paper = reportlab_font(style).face.charToGlyph
    on_screen = QRawFont(str(FONTS / f"GlabellaSans-{style}.ttf"), 16)
    assert [c for c in text if not on_paper.get(ord(c))] == []
    assert [c for c in text if not on_screen.supportsCharacter(ord(c))] == []


@pytest.mark.parametrize("style", STYLES)
def test_digits_have_one_width(style: str) -> None:
    font = reportlab_font(style)
    assert len({font.stringWidth(digit, 10) for digit in "0123456789"}) == 1


@pytest.mark.parametrize("style", STYLES)
def test_doses_stand_in_straight_columns_on_screen_too(style: str) -> None:
    QFontDatabase.addApplicationFont(str(FONTS / f"GlabellaSans-{style}.ttf"))
    metrics = QFontMetricsF(QFontDatabase.font("Glabella Sans", style, 12))
    # Kerning, which paper does not have, must not pull a digit to its neighbour.
    assert len({metrics.horizontalAdvance(f"1{digit}.{digit} U") for digit in "0123456789"}) == 1


def test_qt_knows_the_styles_under_the_programs_own_name() -> None:
    for style in STYLES:
        number = QFontDatabase.addApplicationFont(str(FONTS / f"GlabellaSans-{style}.ttf"))
        assert QFontDatabase.applicationFontFamilies(number)[0] == "Glabella Sans"
    assert set(QFontDatabase.styles("Glabella Sans")) >= set(STYLES)
    assert QFontDatabase.weight("Glabella Sans", "SemiBold") == QFont.Weight.DemiBold


def arabic_sentences() -> str:
    compiled = FONTS.parent / "translations" / "ar" / "LC_MESSAGES" / "glabella.mo"
    return compiled.read_bytes().decode(errors="ignore")


@pytest.mark.parametrize("style", ARABIC_STYLES)
def test_screen_has_a_glyph_for_every_letter_of_the_arabic_catalogue(style: str) -> None:
    font = QRawFont(str(FONTS / f"GlabellaSansArabic-{style}.ttf"), 16)
    letters = {c for c in arabic_sentences() if "\u0600" <= c <= "\u06ff"}
    assert len(letters) > 30
    assert {c for c in letters if not font.supportsCharacter(ord(c))} == set()


@pytest.mark.parametrize("style", ARABIC_STYLES)
def test_arabic_letters_fit_into_the_line(style: str) -> None:
    font = QRawFont(str(FONTS / f"GlabellaSansArabic-{style}.ttf"), 1000)
    letters = "".join(sorted({c for c in arabic_sentences() if "\u0621" <= c <= "\u064a"}))
    boxes = [font.boundingRect(glyph) for glyph in font.glyphIndexesForString(letters)]
    assert max(-box.top() for box in boxes) <= font.ascent()
    assert max(box.bottom() for box in boxes) <= font.descent()


@pytest.mark.parametrize("style", ARABIC_STYLES)
def test_doses_lots_and_latin_names_are_never_written_by_the_arabic_font(style: str) -> None:
    font = QRawFont(str(FONTS / f"GlabellaSansArabic-{style}.ttf"), 16)
    assert [c for c in "0123456789 TEM.,:-/" if font.supportsCharacter(ord(c))] == []


def test_window_falls_back_to_the_shipped_arabic_letters() -> None:
    theme.register_fonts()
    layout = QTextLayout("\u0627\u0644\u0639\u0636\u0644\u0629 5 TEM", theme.font(10))
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    families = {run.rawFont().familyName() for run in layout.glyphRuns()}
    assert families == {"Glabella Sans", "Glabella Sans Arabic"}


def test_paper_gets_no_arabic_letters() -> None:
    assert {PLAIN, STRONG} == {"GlabellaSans-Regular", "GlabellaSans-SemiBold"}
    assert not known_characters() & set(range(0x0600, 0x0700))
    with language.speaking("ar"):
        assert language.on_paper() == "en"


@pytest.mark.parametrize("file", ["OFL.txt", "OFL-Arabic.txt"])
def test_licence_lies_beside_the_fonts(file: str) -> None:
    licence = (FONTS / file).read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    # A reserved name would have to be named in the line of the copyright.
    assert "Reserved Font Name" not in licence.splitlines()[0]
