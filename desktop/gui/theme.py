"""Colours, measures and fonts of the window, once.

Sizes on the glass are in millimetres; `Measures` turns them into pixels with a `px_per_mm` that is
handed in, because the offscreen platform and many screens report a wrong one. Pixels are Qt's
device-independent ones everywhere: at a scale of 200 % each is two by two on the glass, and the
millimetres stay what they are.
"""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette, QScreen
from PySide6.QtWidgets import QApplication

from desktop import language, resources
from desktop.settings import DEFAULTS, Preferences

FAMILY = "Glabella Sans"
LOGICAL_PX_PER_MM = 96 / 25.4
# A screen that claims less than 50 or more than 400 dots an inch is not telling the truth.
PLAUSIBLE_PX_PER_MM = (50 / 25.4, 400 / 25.4)

BUTTON_MM = 20.0  # the main buttons, for a gloved finger
CHIP_MM = 12.0  # chips, the buttons of the top bar and of forms
ROW_MM = 9.0  # what is chosen from a list, ticked or opened
SCROLL_MM = 4.3
CHECK_MM = 5.0
FIELD_PADDING_PX = 6


@dataclass(frozen=True)
class Colours:
    """One colour scheme; every pair that carries text keeps WCAG AA."""

    name: str
    ground: str
    panel: str
    raised: str
    line: str
    track: str
    text: str
    quiet: str
    accent: str
    on_accent: str
    accent_soft: str
    good: str
    good_soft: str
    caution: str
    caution_soft: str
    bad: str
    bad_soft: str
    mark_paper: str
    mark_text: str
    art: str
    down_icon: str
    check_icon: str
    line_px: int = 1
    """How wide the lines around panels and controls are."""


def _icon(name: str) -> str:
    return (resources.ROOT / "icons" / f"{name}.svg").as_posix()


LIGHT = Colours(
    name="light",
    ground="#f4f0ed",
    panel="#ffffff",
    raised="#faf8f6",
    line="#ddd5cf",
    track="#ddd5cf",
    text="#211c19",
    quiet="#6b625c",
    accent="#1d4ed8",
    on_accent="#ffffff",
    accent_soft="#e8eefc",
    good="#1b6b38",
    good_soft="#e3f3e8",
    caution="#8a5200",
    caution_soft="#fdf0d7",
    bad="#b3261e",
    bad_soft="#fbe6e4",
    mark_paper="#ffffff",
    mark_text="#211c19",
    art="light",
    down_icon=_icon("down-light"),
    check_icon=_icon("check-light"),
)
DARK = Colours(
    name="dark",
    ground="#161412",
    panel="#201d1b",
    raised="#2a2624",
    line="#403a36",
    track="#403a36",
    text="#f3eeea",
    quiet="#b3a9a2",
    accent="#8fb0ff",
    on_accent="#101a33",
    accent_soft="#26314d",
    good="#86d6a0",
    good_soft="#1d3526",
    caution="#f1c06a",
    caution_soft="#3d2f17",
    bad="#ffaaa3",
    bad_soft="#43211f",
    mark_paper="#161412",
    mark_text="#f3eeea",
    art="dark",
    down_icon=_icon("down-dark"),
    check_icon=_icon("check-dark"),
)
# For eyes that see little: black on white, because a treatment room is bright and a black screen
# mirrors it. Lines are black and two pixels wide, and what is chosen stands on a strong blue that
# is seen as an area.
CONTRAST = Colours(
    name="contrast",
    ground="#ffffff",
    panel="#ffffff",
    raised="#f0f0f0",
    line="#000000",
    track="#d8d8d8",
    text="#000000",
    quiet="#1a1a1a",
    accent="#001287",
    on_accent="#ffffff",
    accent_soft="#5b93f5",
    good="#00340f",
    good_soft="#d6f5df",
    caution="#3f2200",
    caution_soft="#ffe9b8",
    bad="#7a0008",
    bad_soft="#ffe0de",
    mark_paper="#ffffff",
    mark_text="#000000",
    art="light",
    down_icon=_icon("down-contrast"),
    check_icon=_icon("check-light"),
    line_px=2,
)
SCHEMES = {each.name: each for each in (LIGHT, DARK, CONTRAST)}

# The seven regions, in the hues of Okabe and Ito's palette: white figures on them keep 4.5 : 1, and
# colour-blind eyes tell those of one picture apart. Shape and number always say the same.
REGION_COLOURS = {
    "light": {
        "corrugator": "#8f2900",
        "procerus": "#a83f7e",
        "frontalis": "#936700",
        "temporalis": "#6f56a8",
        "occipitalis": "#00825e",
        "cervical_paraspinal": "#2261aa",
        "trapezius": "#004276",
    },
    "dark": {
        "corrugator": "#ff9b5c",
        "procerus": "#f19ad0",
        "frontalis": "#f4c047",
        "temporalis": "#c3b1f2",
        "occipitalis": "#4ed3ab",
        "cervical_paraspinal": "#8ccafa",
        "trapezius": "#529fdb",
    },
    "contrast": {
        "corrugator": "#a83200",
        "procerus": "#9b3373",
        "frontalis": "#4e3100",
        "temporalis": "#53379a",
        "occipitalis": "#006949",
        "cervical_paraspinal": "#0259b4",
        "trapezius": "#004074",
    },
}


@dataclass(frozen=True)
class Measures:
    """Millimetres on the glass as pixels."""

    px_per_mm: float

    def px(self, millimetres: float) -> int:
        """The nearest whole number of pixels."""
        return round(millimetres * self.px_per_mm)


LOGICAL = Measures(LOGICAL_PX_PER_MM)


def measures_of(screen: QScreen, preferences: Preferences = DEFAULTS) -> Measures:
    """The measures of a screen: as somebody measured it, else as it reports itself.

    An implausible figure counts as 96 dots an inch.
    """
    measured = preferences.px_per_mm.get(screen_key(screen), 0.0)
    if is_plausible(measured):
        return Measures(measured)
    reported = screen.physicalDotsPerInch() / 25.4
    truthful = is_plausible(reported) and QGuiApplication.platformName() != "offscreen"
    return Measures(max(reported, LOGICAL_PX_PER_MM)) if truthful else LOGICAL


def is_plausible(px_per_mm: float) -> bool:
    """Whether a screen can have pixels of this size."""
    low, high = PLAUSIBLE_PX_PER_MM
    return low <= px_per_mm <= high


def screen_key(screen: QScreen) -> str:
    """A screen as it is set now: at another resolution or scale its pixels have another size."""
    size = screen.geometry().size()
    return f"{screen.name()} {size.width()}x{size.height()} @{screen.devicePixelRatio():g}"


def region_colour(region: str, colours: Colours) -> QColor:
    """The colour of a region's marks and outline."""
    return QColor(REGION_COLOURS[colours.name][region])


def colours_of(scheme: str) -> Colours:
    """The colour scheme of this name; any other name means the system's."""
    return SCHEMES.get(scheme) or colours_of_system()


def colours_of_system() -> Colours:
    """Light, dark or high contrast, as the system has it."""
    hints = QGuiApplication.styleHints()
    if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
        return CONTRAST
    return DARK if hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT


def set_direction(application: QApplication) -> None:
    """Lay every window out as the language in use is read."""
    right_to_left = language.current().is_right_to_left
    application.setLayoutDirection(
        Qt.LayoutDirection.RightToLeft if right_to_left else Qt.LayoutDirection.LeftToRight
    )


def register_fonts() -> None:
    """Make the shipped fonts known: a machine without fonts would draw boxes."""
    for file in resources.font_files():
        QFontDatabase.addApplicationFont(str(file))
    QFont.insertSubstitution(FAMILY, f"{FAMILY} Arabic")


def font(points: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The program's font at a size in points."""
    made = QFont(FAMILY)
    made.setPointSizeF(points)
    made.setWeight(weight)
    return made


def apply(application: QApplication, colours: Colours, measures: Measures = LOGICAL) -> None:
    """Dress the whole application in these colours, with controls of these sizes."""
    application.setStyle("Fusion")
    application.setFont(font(10))
    application.setPalette(_palette(colours))
    application.setStyleSheet(_STYLE.format(**vars(colours), **_sizes(colours, measures)))


def _sizes(colours: Colours, measures: Measures) -> dict[str, int]:
    """What the style sheet needs in pixels; its heights are of the inside, without the lines."""
    chip, row = measures.px(CHIP_MM), measures.px(ROW_MM)
    around = 2 * colours.line_px
    return {
        "focus_px": colours.line_px + 1,
        "chip_px": chip - around,
        "touch_px": chip,
        "touch_field_px": chip - around - 2 * FIELD_PADDING_PX,
        "chip_round_px": chip // 2 - 1,
        "row_px": row,
        "field_px": row - around - 2 * FIELD_PADDING_PX,
        "field_padding_px": FIELD_PADDING_PX,
        "focused_padding_px": FIELD_PADDING_PX - 1,
        "scroll_px": measures.px(SCROLL_MM),
        "scroll_round_px": measures.px(SCROLL_MM) // 2 - 1,
        "check_px": measures.px(CHECK_MM),
    }


def _palette(colours: Colours) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for each, colour in (
        (role.Window, colours.ground),
        (role.WindowText, colours.text),
        (role.Base, colours.panel),
        (role.AlternateBase, colours.raised),
        (role.Text, colours.text),
        (role.PlaceholderText, colours.quiet),
        (role.Button, colours.panel),
        (role.ButtonText, colours.text),
        (role.Highlight, colours.accent),
        (role.HighlightedText, colours.on_accent),
        (role.ToolTipBase, colours.panel),
        (role.ToolTipText, colours.text),
        (role.Link, colours.accent),
        (role.Mid, colours.line),
        (role.Midlight, colours.line),
        (role.Dark, colours.line),
    ):
        palette.setColor(each, QColor(colour))
    for each in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, QColor(colours.quiet))
    return palette


_STYLE = """
QWidget {{ color: {text}; }}
QMainWindow, QDialog, QWidget#screen {{ background: {ground}; }}
QFrame#panel {{ background: {panel}; border: {line_px}px solid {line}; border-radius: 10px; }}
QFrame#bar {{ background: {panel}; border: none; border-bottom: 1px solid {line}; }}
QFrame#question {{ background: {panel}; border: {line_px}px solid {line}; border-radius: 10px; }}
QFrame#ribbon {{ background: {caution_soft}; border: none; border-bottom: 1px solid {line}; }}
QLabel#ribbonwords {{ color: {caution}; font-weight: 600; }}
QPushButton#gap {{ padding: 0; background: {panel}; }}
QPushButton#gap[kind="good"] {{ background: {good_soft}; border-color: {good_soft}; }}
QPushButton#gap[kind="open"] {{ background: {caution_soft}; border-color: {caution_soft}; }}
QPushButton#gap:focus {{ border: {focus_px}px dashed {text}; }}
QLabel#gapname {{ font-size: 8pt; }}
QLabel#gapmark {{ font-size: 9pt; font-weight: 700; }}
QLabel#gapmark[kind="good"], QLabel#gapname[kind="good"] {{ color: {good}; }}
QLabel#gapmark[kind="open"], QLabel#gapname[kind="open"] {{ color: {caution}; }}
QFrame#side {{ background: {panel}; border: none; }}
QFrame#rule {{ background: {line}; border: none; max-height: 1px; }}
QLabel#title {{ font-size: 15pt; font-weight: 700; }}
QLabel#name {{ font-size: 13pt; font-weight: 700; }}
QLabel#quiet {{ color: {quiet}; }}
QLabel#caution {{ color: {caution}; font-weight: 600; }}
QLabel#caps {{ color: {quiet}; font-size: 8pt; font-weight: 600; letter-spacing: 1px; }}
QLabel#total {{ font-size: 30pt; font-weight: 700; }}
QLabel#flag {{ background: {caution_soft}; color: {caution}; border-radius: 12px;
    padding: 0 10px; font-weight: 600; font-size: 9pt; min-height: 24px; max-height: 24px; }}
QLabel#flag[kind="good"] {{ background: {good_soft}; color: {good}; }}
QLabel#flag[kind="accent"] {{ background: {accent_soft}; color: {accent}; }}
QLabel#refusal {{ background: {bad_soft}; color: {bad}; border-radius: 8px; padding: 8px 12px; }}
QLabel#site {{ background: {accent}; color: {on_accent}; border-radius: 14px;
    padding: 4px 14px; font-weight: 600; }}
QLabel#change, QLabel#finding {{ padding: 1px 0 1px 8px; border: none;
    border-left: 3px solid {accent}; }}
QLabel#change {{ border-left: 3px solid {caution}; }}
QPushButton {{ background: {panel}; border: {line_px}px solid {line}; border-radius: 8px;
    padding: 7px 14px; }}
QPushButton:hover {{ background: {raised}; border-color: {quiet}; }}
QPushButton:pressed {{ background: {accent_soft}; }}
QPushButton:focus {{ border: {focus_px}px dashed {text}; padding: 6px 13px; }}
QPushButton:checked {{ background: {accent_soft}; border: 2px solid {accent}; }}
QPushButton:checked:focus {{ border: {focus_px}px dashed {text}; }}
QPushButton:disabled {{ color: {quiet}; background: {ground}; border-color: {raised}; }}
QPushButton#plain:disabled {{ color: {quiet}; background: transparent; }}
QPushButton#primary {{ background: {accent}; color: {on_accent}; border-color: {accent};
    font-weight: 600; }}
QPushButton#primary:hover {{ background: {accent}; border-color: {text}; }}
QPushButton#primary:focus {{ border: {focus_px}px dashed {text}; }}
QPushButton#primary:disabled {{ background: {ground}; color: {quiet};
    border-color: {raised}; }}
QLabel#act {{ font-weight: 600; font-size: 10.5pt; }}
QLabel#actdetail {{ font-size: 8.5pt; color: {quiet}; }}
QLabel#act[primary="true"], QLabel#actdetail[primary="true"] {{ color: {on_accent}; }}
QLabel#act:disabled, QLabel#actdetail:disabled {{ color: {quiet}; }}
QPushButton#chip {{ border-radius: {chip_round_px}px; padding: 0 11px; min-height: {chip_px}px; }}
QPushButton#chip[kind="number"] {{ padding: 0; }}
QFrame#bar QPushButton, QDialogButtonBox QPushButton {{ padding: 0 14px;
    min-height: {chip_px}px; }}
QPushButton#plain {{ border: {focus_px}px solid transparent; background: transparent;
    padding: 2px 6px; color: {accent}; }}
QPushButton#plain:checked {{ background: {accent_soft}; }}
QFrame#foot QPushButton {{ min-height: {row_px}px; }}
QPushButton#plain:focus {{ border: {focus_px}px dashed {text}; }}
QLineEdit, QPlainTextEdit, QComboBox, QDateEdit {{ background: {panel};
    border: {line_px}px solid {line}; border-radius: 7px; padding: {field_padding_px}px 9px;
    selection-background-color: {accent}; selection-color: {on_accent};
    placeholder-text-color: {quiet}; }}
QLineEdit:disabled, QComboBox:disabled, QPlainTextEdit:read-only {{ background: {ground};
    color: {quiet}; }}
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QDateEdit:focus {{
    border: {focus_px}px solid {accent}; padding: {focused_padding_px}px 8px; }}
QLineEdit[kind="refused"], QPlainTextEdit[kind="refused"], QComboBox[kind="refused"] {{
    border: {focus_px}px solid {caution}; padding: {focused_padding_px}px 8px; }}
QLineEdit[kind="refused"]:focus, QPlainTextEdit[kind="refused"]:focus,
QComboBox[kind="refused"]:focus {{ border: {focus_px}px dashed {caution}; }}
QComboBox, QDateEdit {{ min-height: {field_px}px; }}
QComboBox {{ combobox-popup: 0; }}
QComboBox::drop-down {{ border: none; width: 24px; }}
QComboBox::down-arrow {{ image: url({down_icon}); width: 12px; height: 12px; }}
QComboBox QAbstractItemView {{ background: {panel}; border: {line_px}px solid {line};
    selection-background-color: {accent_soft}; selection-color: {text}; }}
QComboBox QAbstractItemView::item {{ min-height: {row_px}px; padding: 0 10px; }}
QPushButton::menu-indicator {{ image: none; width: 0; }}
QListView, QTableView {{ background: {panel}; border: none; outline: none;
    alternate-background-color: {raised}; gridline-color: {line}; }}
QListView::item {{ padding: 0 10px; border-radius: 7px; min-height: {row_px}px; }}
QListView::item:selected {{ background: {accent_soft}; color: {text}; }}
QListView::item:hover {{ background: {raised}; }}
QTableView::item {{ padding: 3px 6px; }}
QTableView::item:selected {{ background: {accent_soft}; color: {text}; }}
QTableView:focus, QListView:focus {{ border: 2px solid {accent}; border-radius: 7px; }}
QHeaderView::section {{ background: {panel}; color: {quiet}; border: none;
    border-bottom: 1px solid {line}; padding: 5px 6px; font-size: 8pt; font-weight: 600; }}
QTabWidget::pane {{ border: none; }}
QTabBar::tab {{ background: transparent; color: {quiet}; padding: 0 12px; border: none;
    border-bottom: 3px solid transparent; font-weight: 600; min-height: {row_px}px; }}
QTabBar::tab:selected {{ color: {text}; border-bottom-color: {accent}; }}
QTabBar::tab:focus {{ color: {accent}; }}
QScrollArea {{ border: none; background: transparent; }}
QScrollArea > QWidget > QWidget {{ background: transparent; }}
QScrollBar:vertical {{ background: transparent; width: {scroll_px}px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {line}; border-radius: {scroll_round_px}px;
    min-height: 40px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
QScrollBar:horizontal {{ background: transparent; height: {scroll_px}px; margin: 0; }}
QScrollBar::handle:horizontal {{ background: {line}; border-radius: {scroll_round_px}px;
    min-width: 40px; }}
QToolTip {{ background: {panel}; color: {text}; border: {line_px}px solid {line}; padding: 5px; }}
QMenu {{ background: {panel}; border: {line_px}px solid {line}; padding: 4px; }}
QMenu::item {{ padding: 0 22px; border-radius: 5px; min-height: {row_px}px; }}
QMenu::item:selected {{ background: {accent_soft}; }}
QCheckBox {{ spacing: 10px; min-height: {row_px}px; }}
QDialog#touch QComboBox {{ min-height: {touch_field_px}px; }}
QDialog#touch QCheckBox {{ min-height: {touch_px}px; }}
QDialog#touch QPushButton {{ padding: 0 14px; min-height: {chip_px}px; }}
QDialog#touch QTabBar::tab {{ min-height: {touch_px}px; }}
QCheckBox::indicator {{ width: {check_px}px; height: {check_px}px; border-radius: 5px;
    background: {panel}; border: {line_px}px solid {quiet}; }}
QCheckBox::indicator:checked {{ background: {accent}; border-color: {accent};
    image: url({check_icon}); }}
QCheckBox::indicator:focus {{ border: {focus_px}px dashed {text}; }}
QCheckBox::indicator:disabled {{ border-color: {line}; }}
"""
