from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QRawFont
from reportlab.pdfbase.ttfonts import TTFont

pytestmark = pytest.mark.usefixtures("qapp")

FONTS = Path(__file__).resolve().parents[2] / "resources" / "fonts"
STYLES = ["Regular", "SemiBold", "Bold"]
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


def test_licence_lies_beside_the_fonts() -> None:
    licence = (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    # A reserved name would have to be named in the line of the copyright.
    assert "Reserved Font Name" not in licence.splitlines()[0]
