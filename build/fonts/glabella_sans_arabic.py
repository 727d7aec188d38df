"""Turns the variable font Noto Sans Arabic into the letters that the window falls back to."""

import sys
from importlib.resources import files
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from glabella_sans import describe, rename

FAMILY = "Glabella Sans Arabic"
WEIGHTS = {"Regular": 400, "Bold": 700}
NORMAL_WIDTH = 100

# The script's main block with its punctuation, and the letters of its other languages. No space, no
# Latin and no Western digit: those are Inter's on every line.
LETTERS = [*range(0x0600, 0x0700), *range(0x0750, 0x0780)]
# What joins letters and sets marks on them.
FEATURES = ["ccmp", "fina", "init", "isol", "kern", "liga", "locl", "mark", "medi", "mkmk", "rlig"]
# In thousandths of the size: what letters without vowel signs reach. The source's own line is half
# as high again, and would make every row and button of the window taller.
ASCENT, DESCENT = 980, 470


def main(target: Path) -> None:
    """Write one font a weight, and the licence."""
    package = files("fontpkg_noto_sans_arabic")
    source = Path(str(package / "files" / "NotoSansArabic[wdth,wght].ttf"))
    for style, weight in WEIGHTS.items():
        path = target / f"GlabellaSansArabic-{style}.ttf"
        make(source, style, weight).save(path)
        print(f"{path.name} {path.stat().st_size // 1024} KB")
    (target / "OFL-Arabic.txt").write_text((package / "LICENSE").read_text("utf-8"), "utf-8")


def make(source: Path, style: str, weight: int) -> TTFont:
    """Return one weight, small and under its own name."""
    # The source's time stays: the same source gives the same bytes.
    font = instantiateVariableFont(
        TTFont(source, recalcTimestamp=False), {"wght": weight, "wdth": NORMAL_WIDTH}
    )
    shrink(font)
    lower_lines(font)
    rename(font, FAMILY, style, weight)
    describe(font, "2.012", "Noto Sans Arabic for the program Glabella: no Latin, lower lines")
    return font


def shrink(font: TTFont) -> None:
    """Keep the Arabic letters and what joins them."""
    options = Options()
    options.hinting = False
    options.layout_features = FEATURES
    options.glyph_names = False
    options.notdef_outline = True
    options.name_IDs = [0, 13, 14]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=LETTERS)
    del font["STAT"]
    subsetter.subset(font)


def lower_lines(font: TTFont) -> None:
    """Let a line be as high as its letters need."""
    scale = font["head"].unitsPerEm / 1000
    ascent, descent = round(ASCENT * scale), round(DESCENT * scale)
    for table, above, below, gap in (
        (font["hhea"], "ascent", "descent", "lineGap"),
        (font["OS/2"], "sTypoAscender", "sTypoDescender", "sTypoLineGap"),
    ):
        setattr(table, above, ascent)
        setattr(table, below, -descent)
        setattr(table, gap, 0)
    font["OS/2"].usWinAscent, font["OS/2"].usWinDescent = ascent, descent


if __name__ == "__main__":
    main(Path(sys.argv[1]))
