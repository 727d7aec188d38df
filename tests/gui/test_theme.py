"""Colours that can be read, and sizes that a finger can hit."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import combinations, product
from math import dist

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontDatabase, QFontInfo, QGuiApplication, QPalette
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QLineEdit,
    QListWidget,
    QPushButton,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop import resources, settings
from desktop.gui import theme
from desktop.gui.hand import Hand
from desktop.gui.theme import BUTTON_MM, CONTRAST, DARK, LIGHT, Colours, Measures
from desktop.gui.widgets import button, column, frame, row
from desktop.settings import Preferences

EVERY = pytest.mark.parametrize("colours", theme.SCHEMES.values(), ids=theme.SCHEMES)
READABLE = 4.5  # WCAG 2.1, success criterion 1.4.3 (AA)
TELLING = 3.0  # WCAG 2.1, success criterion 1.4.11 (AA): what is not text

# Which colours the theme writes with, and on what.
TEXT = [
    *product(("text",), ("ground", "panel", "raised", "accent_soft")),
    *product(("quiet",), ("ground", "panel", "raised", "accent_soft")),
    *product(("accent",), ("panel", "accent_soft")),
    ("on_accent", "accent"),
    ("caution", "caution_soft"),
    *product(("caution",), ("ground", "panel", "raised", "accent_soft")),
    ("good", "good_soft"),
    ("bad", "bad_soft"),
    ("mark_text", "mark_paper"),
    ("mark_text", "panel"),
]


def linear(share: float) -> float:
    """The light of one channel of sRGB."""
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def luminance(colour: QColor) -> float:
    """Relative luminance (WCAG 2.1)."""

    red, green, blue = (linear(c) for c in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str | QColor, other: str | QColor) -> float:
    lights = sorted((luminance(QColor(one)), luminance(QColor(other))), reverse=True)
    return (lights[0] + 0.05) / (lights[1] + 0.05)


def test_contrast_is_measured_as_the_guideline_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@EVERY
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


@EVERY
def test_every_rule_of_the_style_sheet_writes_what_can_be_read(colours: Colours) -> None:
    assert len(rules_of_the_style_sheet()) > 8
    faint = [
        (selector, round(contrast(getattr(colours, ink), getattr(colours, paper)), 2))
        for selector, ink, paper in rules_of_the_style_sheet()
        if contrast(getattr(colours, ink), getattr(colours, paper)) < READABLE
    ]
    assert faint == []


@EVERY
@pytest.mark.parametrize("region", resources.handbook().protocol.regions)
def test_figures_on_marks_can_be_read_given_or_planned(region: str, colours: Colours) -> None:
    colour = theme.region_colour(region, colours)
    assert contrast(colour, colours.mark_paper) >= READABLE


@EVERY
@pytest.mark.parametrize("region", resources.handbook().protocol.regions)
def test_codes_in_the_table_can_be_read_on_either_row(region: str, colours: Colours) -> None:
    colour = theme.region_colour(region, colours)
    for paper in (colours.panel, colours.raised):
        assert contrast(colour, paper) >= READABLE


@EVERY
@pytest.mark.parametrize(
    ("drawn", "ground"),
    [
        *product(("accent", "text"), ("panel", "ground")),  # the ring of the keyboard
        ("accent", "mark_paper"),  # the ring around the site in hand
        ("quiet", "panel"),  # the box of a switch, the ring of an omitted site
        ("on_accent", "accent"),  # its tick
    ],
)
def test_rings_and_boxes_stand_out(drawn: str, ground: str, colours: Colours) -> None:
    assert contrast(getattr(colours, drawn), getattr(colours, ground)) >= TELLING


@EVERY
@pytest.mark.parametrize("region", resources.handbook().protocol.regions)
def test_outlines_and_bars_of_regions_stand_out(region: str, colours: Colours) -> None:
    colour = theme.region_colour(region, colours)
    assert contrast(colour, colours.panel) >= TELLING
    assert contrast(colour, colours.track) >= TELLING


@pytest.mark.parametrize("ground", ["panel", "ground", "raised"])
def test_high_contrast_has_strong_lines_and_shows_what_is_chosen(ground: str) -> None:
    assert contrast(CONTRAST.line, getattr(CONTRAST, ground)) >= TELLING
    assert CONTRAST.line_px > LIGHT.line_px
    assert contrast(CONTRAST.accent_soft, CONTRAST.panel) >= TELLING
    for ink in ("text", "quiet", "accent"):
        assert contrast(getattr(CONTRAST, ink), getattr(CONTRAST, ground)) >= 7  # AAA


@EVERY
def test_a_hint_in_an_empty_field_can_be_read(
    colours: Colours, qtbot: QtBot, qapp: QApplication
) -> None:
    field = QLineEdit()
    field.setPlaceholderText("units")
    qtbot.addWidget(field)
    with dressed(qapp, colours):
        field.ensurePolished()
        ink = field.palette().color(QPalette.ColorRole.PlaceholderText)
    assert ink.alpha() == 255
    assert contrast(ink, colours.panel) >= READABLE


# -- what colour-blind eyes see ------------------------------------------------------------------

# Source: Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color
# Vision Deficiency", IEEE TVCG 15(6), 2009, table of matrices at severity 1.0, on linear RGB.
SEEN_BY = {
    "everybody": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
# Linear sRGB to CIE XYZ at D65 (IEC 61966-2-1), and its white.
XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
WHITE = (0.95047, 1.0, 1.08883)
# CIE76: 2.3 is just noticeable side by side; the palette keeps well over six times that.
APART = 15.0

Matrix = tuple[tuple[float, float, float], ...]


def times(matrix: Matrix, vector: Sequence[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def lab(colour: QColor, seen: Matrix) -> list[float]:
    """CIE Lab of a colour as some eyes see it."""
    light = [linear(each) for each in (colour.redF(), colour.greenF(), colour.blueF())]
    kept = [min(max(each, 0.0), 1.0) for each in times(seen, light)]

    def root(share: float) -> float:
        return share ** (1 / 3) if share > 216 / 24389 else (24389 / 27 * share + 16) / 116

    x, y, z = (root(each / white) for each, white in zip(times(XYZ, kept), WHITE, strict=True))
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]


def difference(one: QColor, other: QColor, seen: Matrix) -> float:
    """CIE76: the distance of two colours in Lab."""
    return dist(lab(one, seen), lab(other, seen))


def test_colours_are_measured_as_the_standard_says() -> None:
    everybody = SEEN_BY["everybody"]
    assert lab(QColor("#ffffff"), everybody) == pytest.approx([100, 0, 0], abs=0.01)
    assert lab(QColor("#ff0000"), everybody) == pytest.approx([53.24, 80.09, 67.20], abs=0.02)
    red, green = QColor("#ff0000"), QColor("#00ff00")
    assert difference(red, green, everybody) == pytest.approx(170.6, abs=0.1)
    grey = QColor("#808080")
    for eyes, seen in SEEN_BY.items():  # grey is grey to all
        assert difference(grey, grey, everybody) == 0
        assert dist(lab(grey, seen), lab(grey, everybody)) < 0.1, eyes


def neighbours() -> list[tuple[str, str]]:
    """Regions that are charted in the same view, so that they are seen side by side."""
    atlas = resources.atlas()
    views: dict[str, set[str]] = {}
    for place in atlas.places.values():
        views.setdefault(place.home_view, set()).add(place.region)
    return [pair for view in sorted(views) for pair in combinations(sorted(views[view]), 2)]


def test_neighbours_are_those_of_the_forehead_and_of_the_back() -> None:
    assert neighbours() == [
        ("cervical_paraspinal", "occipitalis"),
        ("cervical_paraspinal", "trapezius"),
        ("occipitalis", "trapezius"),
        ("corrugator", "frontalis"),
        ("corrugator", "procerus"),
        ("frontalis", "procerus"),
    ]


@EVERY
@pytest.mark.parametrize("eyes", SEEN_BY)
@pytest.mark.parametrize(("one", "other"), neighbours())
def test_colour_blind_eyes_tell_neighbouring_regions_apart(
    one: str, other: str, eyes: str, colours: Colours
) -> None:
    first, second = theme.region_colour(one, colours), theme.region_colour(other, colours)
    assert difference(first, second, SEEN_BY[eyes]) >= APART


# -- what the system asks for --------------------------------------------------------------------


def test_a_scheme_is_chosen_by_name_and_any_other_name_is_the_systems(qapp: QApplication) -> None:
    assert {"system", *theme.SCHEMES} == set(settings.SCHEMES)
    for name, colours in theme.SCHEMES.items():
        assert theme.colours_of(name) is colours
    assert qapp.styleHints().accessibility().contrastPreference() == (
        Qt.ContrastPreference.NoPreference
    )
    assert theme.colours_of("system") is theme.colours_of("sepia") is theme.colours_of_system()
    assert theme.colours_of_system() is LIGHT


def test_high_contrast_is_taken_on_when_the_system_asks_for_it(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Asking:
        """What Qt says on a system with high contrast; the offscreen platform never does."""

        def accessibility(self) -> "Asking":
            return self

        def contrastPreference(self) -> Qt.ContrastPreference:  # noqa: N802  Qt's name
            return Qt.ContrastPreference.HighContrast

        def colorScheme(self) -> Qt.ColorScheme:  # noqa: N802  Qt's name
            return Qt.ColorScheme.Dark

    assert {"accessibility", "colorScheme"} <= set(dir(qapp.styleHints()))
    monkeypatch.setattr(QGuiApplication, "styleHints", Asking)
    assert theme.colours_of_system() is CONTRAST


@EVERY
def test_every_region_has_a_colour_of_its_own(colours: Colours) -> None:
    regions = resources.handbook().protocol.regions
    assert len({theme.region_colour(region, colours).name() for region in regions}) == 7


@EVERY
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


# -- sizes ---------------------------------------------------------------------------------------


@contextmanager
def dressed(
    qapp: QApplication, colours: Colours, measures: Measures = theme.LOGICAL
) -> Iterator[None]:
    """The application in other colours or sizes, for a while."""
    theme.apply(qapp, colours, measures)
    try:
        yield
    finally:
        theme.apply(qapp, LIGHT)


def test_millimetres_are_pixels_at_the_screens_density() -> None:
    assert [Measures(96 / 25.4).px(mm) for mm in (0, 1, 20, 25.4)] == [0, 4, 76, 96]
    assert Measures(192 / 25.4).px(20) == 151


def test_an_implausible_screen_counts_as_96_dots_an_inch(qapp: QApplication) -> None:
    assert theme.measures_of(qapp.primaryScreen()) == Measures(theme.LOGICAL_PX_PER_MM)


@pytest.mark.parametrize("measured", [2.0, 5.5, 15.7])
def test_a_screen_that_was_measured_is_taken_at_that(measured: float, qapp: QApplication) -> None:
    screen = qapp.primaryScreen()
    preferences = Preferences(px_per_mm={theme.screen_key(screen): measured})
    assert theme.measures_of(screen, preferences) == Measures(measured)


@pytest.mark.parametrize("measured", [0.0, -5.0, 1.9, 15.8, float("nan"), float("inf"), 10**400])
def test_a_measure_that_no_screen_has_is_not_believed(measured: float, qapp: QApplication) -> None:
    screen = qapp.primaryScreen()
    preferences = Preferences(px_per_mm={theme.screen_key(screen): measured})
    assert theme.measures_of(screen, preferences) == theme.LOGICAL


def test_the_measure_of_another_screen_says_nothing_about_this_one(qapp: QApplication) -> None:
    preferences = Preferences(px_per_mm={"HDMI-1 1920x1080 @1": 5.0})
    assert theme.measures_of(qapp.primaryScreen(), preferences) == theme.LOGICAL


DENSITIES = pytest.mark.parametrize("dots_per_inch", [96, 144, 192])


class Controls(QWidget):
    """One of each control that a finger has to hit."""

    def __init__(self) -> None:
        super().__init__()
        self.chip = button("pain here", "chip")
        self.in_bar = button("Undo")
        self.in_form = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.tick = QCheckBox("Wiped")
        self.combo = QComboBox()
        self.combo.addItems(["200", "100"])
        self.list = QListWidget()
        self.list.addItems([str(number) for number in range(60)])
        self.tabs = QTabWidget()
        self.tabs.addTab(QWidget(), "Totals")
        bar = frame("bar", row(self.in_bar))
        self.setLayout(
            column(self.chip, bar, self.in_form, self.tick, self.combo, self.list, self.tabs)
        )

    def heights(self) -> dict[str, int]:
        """How high each is; of a scroll bar, how wide."""
        (cancel,) = self.in_form.buttons()
        return {
            "chip": self.chip.height(),
            "button in the bar": self.in_bar.height(),
            "button of a form": cancel.height(),
            "tick": self.tick.height(),
            "combo": self.combo.height(),
            "entry of a combo": self.combo.view().sizeHintForRow(0),
            "row": self.list.sizeHintForRow(0),
            "tab": self.tabs.tabBar().height(),
            "scroll bar": self.list.verticalScrollBar().width(),
        }


SMALLEST_MM = {
    "chip": 12,
    "button in the bar": 12,
    "button of a form": 12,
    "tick": 9,
    "combo": 9,
    "entry of a combo": 9,
    "row": 9,
    "tab": 9,
    "scroll bar": 4.2,
}


@EVERY
@DENSITIES
def test_a_gloved_finger_hits_every_control(
    dots_per_inch: int, colours: Colours, qtbot: QtBot, qapp: QApplication
) -> None:
    px_per_mm = dots_per_inch / 25.4
    with dressed(qapp, colours, Measures(px_per_mm)):
        controls = Controls()
        qtbot.addWidget(controls)
        controls.show()
        QApplication.processEvents()
        found = controls.heights()
    assert found.keys() == SMALLEST_MM.keys()
    # To the nearest pixel: none is smaller than half a pixel below its millimetres.
    small = {
        each: found[each] for each, mm in SMALLEST_MM.items() if found[each] < mm * px_per_mm - 0.5
    }
    assert small == {}
    assert found["scroll bar"] >= 16


def test_a_button_of_the_bar_is_as_high_as_the_bar_has_room(
    qtbot: QtBot, qapp: QApplication
) -> None:
    with dressed(qapp, CONTRAST):
        controls = Controls()
        qtbot.addWidget(controls)
        controls.show()
        QApplication.processEvents()
        assert controls.in_bar.height() == 45


SCALED = """
from PySide6.QtWidgets import QPushButton
from desktop import app
from desktop.gui import theme
from desktop.gui.theme import CHIP_MM, BUTTON_MM
application = app.make_application()
chip = QPushButton("pain here")
chip.setObjectName("chip")
chip.show()
measures = theme.measures_of(chip.screen())
print(measures.px(BUTTON_MM), measures.px(CHIP_MM), chip.height(), chip.grab().height())
"""


@pytest.mark.parametrize(("scale", "on_the_glass"), [("1", 45), ("2", 90)])
def test_a_scale_of_200_percent_doubles_what_is_on_the_glass(scale: str, on_the_glass: int) -> None:
    # Pixels here are device-independent: at 200 % each is two by two of the screen's own, so the
    # numbers in the program stay the same and the millimetres grow with the scale, as asked.
    done = subprocess.run(
        [sys.executable, "-c", SCALED],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert [int(each) for each in done.stdout.split()] == [76, 45, 45, on_the_glass]


def test_the_main_buttons_are_as_high_as_a_gloved_finger_needs(charting: Hand) -> None:
    measures = theme.measures_of(charting.window.screen())
    for name in ("Given", "Omit", "Extra", "Move", "Stop here", "Larger dose", "Smaller dose"):
        assert charting.button(name).height() >= measures.px(BUTTON_MM), name


def test_the_shipped_font_is_the_one_on_the_screen(qapp: QApplication) -> None:
    assert theme.FAMILY in QFontDatabase.families()
    assert QFontInfo(qapp.font()).family() == theme.FAMILY


@EVERY
def test_ordinary_text_is_far_from_its_ground(colours: Colours) -> None:
    assert contrast(colours.text, colours.panel) > 10


@EVERY
def test_every_picture_of_a_scheme_is_shipped(colours: Colours) -> None:
    for icon in (colours.down_icon, colours.check_icon):
        assert QSvgRenderer(icon).isValid(), icon
    assert colours.art in resources.atlas().palettes


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
