"""Turns the variable font Inter into the static fonts that the program ships."""

import sys
from importlib.resources import files
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FAMILY = "Glabella Sans"
WEIGHTS = {"Regular": 400, "SemiBold": 600, "Bold": 700}
# Inter's cut for small sizes; the program sets little that is larger than 32 points.
OPTICAL_SIZE = 14

# Kerning and what letters need to be letters. Not `calt`: it draws "2x4" and "->" as other signs.
FEATURES = ["ccmp", "kern", "locl", "mark", "mkmk"]
PRIVATE_USE = range(0xE000, 0xF900)

REGULAR, BOLD, USE_TYPO_METRICS = 1 << 6, 1 << 5, 1 << 7


def main(target: Path) -> None:
    """Write one font a weight, and the licence."""
    package = files("fontpkg_inter")
    source = Path(str(package / "files" / "Inter[opsz,wght].ttf"))
    for style, weight in WEIGHTS.items():
        path = target / f"GlabellaSans-{style}.ttf"
        make(source, style, weight).save(path)
        print(f"{path.name} {path.stat().st_size // 1024} KB")
    (target / "OFL.txt").write_text((package / "LICENSE").read_text("utf-8"), "utf-8")


def make(source: Path, style: str, weight: int) -> TTFont:
    """Return one weight, small and under its own name."""
    # The source's time stays: the same source gives the same bytes.
    font = instantiateVariableFont(
        TTFont(source, recalcTimestamp=False), {"wght": weight, "opsz": OPTICAL_SIZE}
    )
    use_tabular_digits(font)
    shrink(font)
    rename(font, FAMILY, style, weight)
    describe(font, "4.001", "Inter for the program Glabella: one optical size, tabular digits")
    return font


def use_tabular_digits(font: TTFont) -> None:
    """Let the digits be those that the feature `tnum` puts in their place."""
    gsub = font["GSUB"].table
    tabular: dict[str, str] = {}
    for record in gsub.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for subtable in gsub.LookupList.Lookup[index].SubTable:
                    tabular |= getattr(subtable, "ExtSubTable", subtable).mapping
    glyph_of = font.getBestCmap()
    digits = {code: tabular[glyph_of[code]] for code in map(ord, "0123456789")}
    for table in font["cmap"].tables:
        table.cmap.update(digits)


def shrink(font: TTFont) -> None:
    """Leave out hints, alternates, glyph names and Inter's private icons."""
    options = Options()
    options.hinting = False
    options.layout_features = FEATURES
    options.glyph_names = False
    options.notdef_outline = True
    options.name_IDs = [0, 13, 14]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for code in font.getBestCmap() if code not in PRIVATE_USE])
    del font["STAT"]
    subsetter.subset(font)


def rename(font: TTFont, family: str, style: str, weight: int) -> None:
    """Give the font a name that no installed one can be taken for."""
    linked = style in ("Regular", "Bold")
    names = {
        1: family if linked else f"{family} {style}",
        2: style if linked else "Regular",
        4: f"{family} {style}",
        6: f"{family.replace(' ', '')}-{style}",
        16: family,
        17: style,
    }
    for name_id, text in names.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = USE_TYPO_METRICS | (BOLD if style == "Bold" else REGULAR)
    font["head"].macStyle = int(style == "Bold")


def describe(font: TTFont, version: str, source: str) -> None:
    """Say in a renamed font what it was made from."""
    names = {
        3: f"{version};Glabella;{font['name'].getDebugName(6)}",
        5: f"Version {version}",
        10: f"Made from {source}",
    }
    for name_id, text in names.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
