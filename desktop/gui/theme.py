"""Colours, measures and fonts of the window, once.

Sizes on the glass are in millimetres; `Measures` turns them into pixels with a `px_per_mm` that is
handed in, because the offscreen platform and many screens report a wrong one.
"""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette, QScreen
from PySide6.QtWidgets import QApplication

from desktop import resources

FAMILY = "Glabella Sans"
LOGICAL_PX_PER_MM = 96 / 25.4
# A screen that claims less than 50 or more than 400 dots an inch is not telling the truth.
PLAUSIBLE_PX_PER_MM = (50 / 25.4, 400 / 25.4)

BUTTON_MM = 20.0  # the main buttons, for a gloved finger


@dataclass(frozen=True)
class Colours:
    """One colour scheme; every pair that carries text keeps WCAG AA."""

    name: str
    ground: str
    panel: str
    raised: str
    line: str
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


LIGHT = Colours(
    name="light",
    ground="#f4f0ed",
    panel="#ffffff",
    raised="#faf8f6",
    line="#ddd5cf",
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
    down_icon=(resources.ROOT / "icons" / "down-light.svg").as_posix(),
)
DARK = Colours(
    name="dark",
    ground="#161412",
    panel="#201d1b",
    raised="#2a2624",
    line="#403a36",
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
    down_icon=(resources.ROOT / "icons" / "down-dark.svg").as_posix(),
)

# The seven regions: told apart by colour-blind eyes (Okabe and Ito's palette, two hues deepened so
# that white figures on them keep 4.5 : 1). Shape and number always say the same.
REGION_COLOURS = {
    "corrugator": "#b84a00",
    "procerus": "#a83f7e",
    "frontalis": "#8f6400",
    "temporalis": "#6f56a8",
    "occipitalis": "#00775a",
    "cervical_paraspinal": "#1f75b5",
    "trapezius": "#005a94",
}
REGION_COLOURS_DARK = {
    "corrugator": "#ff9b5c",
    "procerus": "#f19ad0",
    "frontalis": "#f0bd45",
    "temporalis": "#c3b1f2",
    "occipitalis": "#4fd3ab",
    "cervical_paraspinal": "#7cc4f5",
    "trapezius": "#5aa9e6",
}


@dataclass(frozen=True)
class Measures:
    """Millimetres on the glass as pixels."""

    px_per_mm: float

    def px(self, millimetres: float) -> int:
        """The nearest whole number of pixels."""
        return round(millimetres * self.px_per_mm)


def measures_of(screen: QScreen) -> Measures:
    """The measures of a screen; an implausible one falls back to 96 dots an inch.

    Qt counts in device-independent pixels, so the scale factor is already in its figure.
    """
    reported = screen.physicalDotsPerInch() / 25.4
    low, high = PLAUSIBLE_PX_PER_MM
    plausible = low <= reported <= high and QGuiApplication.platformName() != "offscreen"
    return Measures(max(reported, LOGICAL_PX_PER_MM) if plausible else LOGICAL_PX_PER_MM)


def region_colour(region: str, colours: Colours) -> QColor:
    """The colour of a region's marks and outline."""
    return QColor((REGION_COLOURS_DARK if colours.name == "dark" else REGION_COLOURS)[region])


def colours_of_system() -> Colours:
    """Light or dark, as the system has it."""
    scheme = QGuiApplication.styleHints().colorScheme()
    return DARK if scheme == Qt.ColorScheme.Dark else LIGHT


def register_fonts() -> None:
    """Make the shipped fonts known: a machine without fonts would draw boxes."""
    for file in resources.font_files():
        QFontDatabase.addApplicationFont(str(file))


def font(points: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The program's font at a size in points."""
    made = QFont(FAMILY)
    made.setPointSizeF(points)
    made.setWeight(weight)
    return made


def apply(application: QApplication, colours: Colours) -> None:
    """Dress the whole application."""
    application.setStyle("Fusion")
    application.setFont(font(10))
    application.setPalette(_palette(colours))
    application.setStyleSheet(_STYLE.format(**vars(colours)))


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
QFrame#panel {{ background: {panel}; border: 1px solid {line}; border-radius: 10px; }}
QFrame#bar {{ background: {panel}; border: none; border-bottom: 1px solid {line}; }}
QFrame#side {{ background: {panel}; border: none; }}
QFrame#rule {{ background: {line}; border: none; max-height: 1px; }}
QLabel#title {{ font-size: 15pt; font-weight: 700; }}
QLabel#name {{ font-size: 13pt; font-weight: 700; }}
QLabel#quiet {{ color: {quiet}; }}
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
QPushButton {{ background: {panel}; border: 1px solid {line}; border-radius: 8px;
    padding: 7px 14px; }}
QPushButton:hover {{ background: {raised}; border-color: {quiet}; }}
QPushButton:pressed {{ background: {accent_soft}; }}
QPushButton:focus {{ border: 2px dashed {text}; }}
QPushButton:checked {{ background: {accent_soft}; border: 2px solid {accent}; }}
QPushButton:disabled {{ color: {quiet}; background: {ground}; }}
QPushButton#plain:disabled {{ color: {quiet}; background: transparent; }}
QPushButton#primary {{ background: {accent}; color: {on_accent}; border-color: {accent};
    font-weight: 600; }}
QPushButton#primary:hover {{ background: {accent}; border-color: {text}; }}
QPushButton#primary:focus {{ border: 2px dashed {text}; }}
QPushButton#primary:disabled {{ background: {ground}; color: {quiet}; border-color: {line}; }}
QLabel#act {{ font-weight: 600; font-size: 10.5pt; }}
QLabel#actdetail {{ font-size: 8.5pt; color: {quiet}; }}
QLabel#act[primary="true"], QLabel#actdetail[primary="true"] {{ color: {on_accent}; }}
QLabel#act:disabled, QLabel#actdetail:disabled {{ color: {quiet}; }}
QPushButton#chip {{ border-radius: 17px; padding: 4px 14px; min-height: 26px; }}
QFrame#bar QPushButton {{ min-height: 24px; }}
QPushButton#plain {{ border: none; background: transparent; padding: 4px 8px; color: {accent}; }}
QPushButton#plain:focus {{ border: 2px dashed {text}; }}
QLineEdit, QPlainTextEdit, QComboBox, QDateEdit {{ background: {panel}; border: 1px solid {line};
    border-radius: 7px; padding: 6px 9px; selection-background-color: {accent};
    selection-color: {on_accent}; }}
QLineEdit:disabled, QComboBox:disabled, QPlainTextEdit:read-only {{ background: {ground};
    color: {quiet}; }}
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QDateEdit:focus {{
    border: 2px solid {accent}; padding: 5px 8px; }}
QComboBox::drop-down {{ border: none; width: 24px; }}
QComboBox::down-arrow {{ image: url({down_icon}); width: 12px; height: 12px; }}
QComboBox QAbstractItemView {{ background: {panel}; border: 1px solid {line};
    selection-background-color: {accent_soft}; selection-color: {text}; }}
QPushButton::menu-indicator {{ image: none; width: 0; }}
QListView, QTableView {{ background: {panel}; border: none; outline: none;
    alternate-background-color: {raised}; gridline-color: {line}; }}
QListView::item {{ padding: 7px 10px; border-radius: 7px; }}
QListView::item:selected {{ background: {accent_soft}; color: {text}; }}
QListView::item:hover {{ background: {raised}; }}
QTableView::item {{ padding: 3px 6px; }}
QTableView::item:selected {{ background: {accent_soft}; color: {text}; }}
QTableView:focus, QListView:focus {{ border: 2px solid {accent}; border-radius: 7px; }}
QHeaderView::section {{ background: {panel}; color: {quiet}; border: none;
    border-bottom: 1px solid {line}; padding: 5px 6px; font-size: 8pt; font-weight: 600; }}
QTabWidget::pane {{ border: none; }}
QTabBar::tab {{ background: transparent; color: {quiet}; padding: 7px 12px; border: none;
    border-bottom: 2px solid transparent; font-weight: 600; }}
QTabBar::tab:selected {{ color: {text}; border-bottom-color: {accent}; }}
QTabBar::tab:focus {{ color: {accent}; }}
QScrollArea {{ border: none; background: transparent; }}
QScrollArea > QWidget > QWidget {{ background: transparent; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {line}; border-radius: 5px; min-height: 30px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle:horizontal {{ background: {line}; border-radius: 5px; min-width: 30px; }}
QToolTip {{ background: {panel}; color: {text}; border: 1px solid {line}; padding: 5px; }}
QMenu {{ background: {panel}; border: 1px solid {line}; padding: 4px; }}
QMenu::item {{ padding: 6px 22px; border-radius: 5px; }}
QMenu::item:selected {{ background: {accent_soft}; }}
QCheckBox {{ spacing: 8px; }}
"""
