"""Colours that can be read, and sizes that a finger can hit."""

import re
from dataclasses import replace
from itertools import product

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QPushButton

from desktop import resources
from desktop.gui import theme
from desktop.gui.hand import Hand
from desktop.gui.theme import BUTTON_MM, DARK, LIGHT, Colours, Measures

BOTH = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
READABLE = 4.5  # WCAG 2.1, success criterion 1.4.3 (AA)
TELLING = 3.0  # WCAG 2.1, success criterion 1.4.11 (AA): what is not text

# Which colours the theme writes with, and on what.
TEXT = [
    *product(("text",), ("ground", "panel", "raised", "accent_soft")),
    *product(("quiet",), ("ground", "panel", "raised")),
    *product(("accent",), ("panel", "accent_soft")),
    ("on_accent", "accent"),
    ("caution", "caution_soft"),
    ("caution", "panel"),
    ("good", "good_soft"),
    ("bad", "bad_soft"),
    ("mark_text", "mark_paper"),
    ("mark_text", "panel"),
]


def luminance(colour: QColor) -> float:
    """Relative luminance (WCAG 2.1)."""

    def linear(share: float) -> float:
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(c) for c in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str | QColor, other: str | QColor) -> float:
    lights = sorted((luminance(QColor(one)), luminance(QColor(other))), reverse=True)
    return (lights[0] + 0.05) / (lights[1] + 0.05)


def test_contrast_is_measured_as_the_guideline_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@BOTH
@pytest.mark.parametrize(("ink", "paper"), TEXT)
def test_every_text_can_be_read(ink: str, paper: str, colours: Colours) -> None:
    assert contrast(getattr(colours, ink), getattr(colours, paper)) >= READABLE


def rules_of_the_style_sheet() -> list[tuple[str, str, str]]:
    """Every selector that sets both ink and paper, with the names of both."""
    found = []
    for selector, body in re.findall(r"([^{}]+?)\s*\{\{(.*?)\}\}", theme._STYLE, re.DOTALL):
        ink = re.search(r"(?<![\w-])color: \{(\w+)\}", body)
        paper = re.search(r"background(?:-color)?: \{(\w+)\}", body)
        if ink and paper:
            found.append((" ".join(selector.split()), ink[1], paper[1]))
    return found


@BOTH
def test_every_rule_of_the_style_sheet_writes_what_can_be_read(colours: Colours) -> None:
    assert len(rules_of_the_style_sheet()) > 8
    faint = [
        (selector, round(contrast(getattr(colours, ink), getattr(colours, paper)), 2))
        for selector, ink, paper in rules_of_the_style_sheet()
        if contrast(getattr(colours, ink), getattr(colours, paper)) < READABLE
    ]
    assert faint == []


@BOTH
@pytest.mark.parametrize("region", resources.handbook().protocol.regions)
def test_figures_on_marks_can_be_read_given_or_planned(region: str, colours: Colours) -> None:
    colour = theme.region_colour(region, colours)
    assert contrast(colour, colours.mark_paper) >= READABLE


@BOTH
@pytest.mark.parametrize("region", resources.handbook().protocol.regions)
def test_codes_in_the_table_can_be_read_on_either_row(region: str, colours: Colours) -> None:
    colour = theme.region_colour(region, colours)
    for paper in (colours.panel, colours.raised):
        assert contrast(colour, paper) >= READABLE


@BOTH
def test_the_ring_around_a_button_in_use_stands_out(colours: Colours) -> None:
    for ground in (colours.panel, colours.ground):
        assert contrast(colours.accent, ground) >= TELLING


@BOTH
def test_every_region_has_a_colour_of_its_own(colours: Colours) -> None:
    regions = resources.handbook().protocol.regions
    assert len({theme.region_colour(region, colours).name() for region in regions}) == 7


@BOTH
def test_the_palette_of_qt_can_be_read(colours: Colours) -> None:
    palette = theme._palette(colours)
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    for each, (ink, paper) in product(
        (group.Active, group.Inactive, group.Disabled),
        (
            (role.WindowText, role.Window),
            (role.Text, role.Base),
            (role.Text, role.AlternateBase),
            (role.ButtonText, role.Button),
            (role.HighlightedText, role.Highlight),
            (role.ToolTipText, role.ToolTipBase),
            (role.PlaceholderText, role.Base),
            (role.Link, role.Base),
        ),
    ):
        found = contrast(palette.color(each, ink), palette.color(each, paper))
        assert found >= READABLE, (each, ink, paper)


def test_millimetres_are_pixels_at_the_screens_density() -> None:
    assert [Measures(96 / 25.4).px(mm) for mm in (0, 1, 20, 25.4)] == [0, 4, 76, 96]
    assert Measures(192 / 25.4).px(20) == 151


def test_an_implausible_screen_counts_as_96_dots_an_inch(qapp: QApplication) -> None:
    assert theme.measures_of(qapp.primaryScreen()) == Measures(theme.LOGICAL_PX_PER_MM)


def test_the_main_buttons_are_as_high_as_a_gloved_finger_needs(charting: Hand) -> None:
    measures = theme.measures_of(charting.window.screen())
    for name in ("Given", "Omit", "Extra", "Move", "Stop here", "Larger dose", "Smaller dose"):
        assert charting.button(name).height() >= measures.px(BUTTON_MM), name


def test_the_shipped_font_is_the_one_on_the_screen(qapp: QApplication) -> None:
    assert theme.FAMILY in QFontDatabase.families()
    assert QFontInfo(qapp.font()).family() == theme.FAMILY


def test_light_and_dark_have_the_same_parts() -> None:
    assert vars(LIGHT).keys() == vars(DARK).keys()
    assert replace(LIGHT, **vars(DARK)) == DARK
    for colours in (LIGHT, DARK):
        assert contrast(colours.text, colours.panel) > 10


def test_the_window_takes_on_the_dark_colours_while_it_is_open(charting: Hand) -> None:
    charting.tap("FRO-1-R")
    try:
        charting.window.show_colours(DARK)
        QApplication.processEvents()
        picture = charting.window.grab().toImage()
        pixels = [picture.pixelColor(x, y) for x in range(5, 1280, 40) for y in range(5, 800, 40)]
        dark = sum(luminance(each) < 0.1 for each in pixels)
        assert dark / len(pixels) > 0.5
    finally:
        charting.window.show_colours(LIGHT)


def test_whoever_cannot_see_hears_what_each_button_is(charting: Hand) -> None:
    silent = [
        each
        for each in charting.window.findChildren(QPushButton)
        if each.isVisible() and not any(c.isalpha() for c in each.accessibleName() or each.text())
    ]
    assert silent == []


def test_every_button_can_be_reached_by_keys(charting: Hand) -> None:
    out_of_reach = [
        each.accessibleName()
        for each in charting.window.findChildren(QPushButton)
        if each.isVisible() and not each.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert out_of_reach == []
