"""What the program is, what it is made of, and under which licences; shown without a network."""

import os
import platform
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, Qt, qVersion
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QPlainTextEdit,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from desktop import __version__, resources
from desktop.gui import theme
from desktop.gui.widgets import button, column, frame, label, row
from desktop.language import _

SIZE_PX = (1080, 720)
PARTS_WIDTH_PX = 440
LICENCE_POINTS = 9.0
_LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice|authors)[^/]*", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """Something that the program is made of.

    Args:
        name: What it is called.
        version: The one in use; empty if it has none.
        licence: Its licence, as SPDX has it.
        texts: Reads the licence's text; empty if none came with it.
    """

    name: str
    version: str
    licence: str
    texts: Callable[[], str]


class AboutWindow(QDialog):
    """Shows the version, every part with its own, and the licence of the part that is chosen.

    Args:
        parent: The window that it belongs to.
        engines: The versions of what works inside the record's driver, by name: `SQLCipher`,
            `SQLite`, `OpenSSL`. The window itself knows no storage.
    """

    def __init__(self, parent: QWidget | None, engines: Mapping[str, str] | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("About Glabella"))
        self.resize(*SIZE_PX)
        self._parts = parts(engines or {})
        self.table = QTableWidget(len(self._parts), 3)
        self.table.setAccessibleName(_("Parts"))
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(_("Licence"))
        self.text.setReadOnly(True)
        self._chosen = label("", "name")
        self._close = button(_("Close"))
        self._close.clicked.connect(self.accept)
        self._fill()
        self._build()
        self.table.currentCellChanged.connect(lambda line, *_others: self._show(line))
        self.table.setCurrentCell(0, 0, _ROW)

    def _fill(self) -> None:
        self.table.setHorizontalHeaderLabels([_("Part"), _("Version"), _("Licence")])
        for line, part in enumerate(self._parts):
            for place, words in enumerate((part.name, part.version, part.licence)):
                self.table.setItem(line, place, QTableWidgetItem(words))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setStyleSheet(_MARKED)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def _build(self) -> None:
        name = label("Glabella", "title")
        name.setFont(theme.font(24, QFont.Weight.Bold))
        version = label(_("Version {version}").format(version=__version__), "quiet")
        what = label(
            _(
                "Glabella charts a botulinum-toxin session for chronic migraine on a map of head"
                " and neck, keeps it in one encrypted file on this computer, and prints its note."
                " It records what a qualified injector decided and did; it never decides a dose."
            ),
            wrap=True,
        )
        listed = frame("panel", column(self.table, margin=8))
        listed.setFixedWidth(PARTS_WIDTH_PX)
        read = frame("panel", column(self._chosen, self.text, spacing=10, margin=16))
        # It lies in a panel already; read only, it would be grey on grey.
        self.text.setStyleSheet(_OPEN)
        self.text.setFont(theme.font(LICENCE_POINTS))
        beside = row(listed, read, spacing=12)
        beside.setStretch(1, 1)
        whole = column(spacing=12, margin=22)
        whole.addLayout(row(name, version, None, spacing=12))
        whole.addWidget(what)
        whole.addLayout(beside, 1)
        whole.addLayout(row(None, self._close))
        self.setLayout(whole)

    def _show(self, line: int) -> None:
        part = self._parts[line]
        self._chosen.setText(f"{part.name} {part.version}".strip())
        text = part.texts().strip("\n")
        none = _("It is under {licence}; no other text came with it.").format(licence=part.licence)
        self.text.setPlainText(text or none)


_OPEN = """QPlainTextEdit:read-only { background: transparent; color: palette(window-text);
    border: none; padding: 0; }"""
_MARKED = """QTableView:focus { border: none; }
QTableView::item:selected:focus { border-left: 3px solid palette(highlight); }"""
_ROW = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows


def parts(engines: Mapping[str, str]) -> list[Part]:
    """Everything that the program is made of, with the versions that run now."""
    inside = _("in sqlcipher3")
    return [
        Part("Glabella", __version__, "Apache-2.0", resources.licence),
        Part("Python", platform.python_version(), "PSF-2.0", _python_licence),
        Part("Qt", qVersion(), "LGPL-3.0", _lgpl),
        *(
            Part(name, _version(name), "LGPL-3.0", _lgpl)
            for name in ("PySide6-Essentials", "PySide6_Pdf", "shiboken6")
        ),
        _installed("sqlcipher3", "Zlib"),
        Part(
            "SQLCipher",
            engines.get("SQLCipher", inside),
            "BSD-3-Clause",
            lambda: _shipped("licences/SQLCipher.txt"),
        ),
        Part("SQLite", engines.get("SQLite", inside), _("public domain"), str),
        # Both are under the Apache License 2.0, word for word.
        Part("OpenSSL", engines.get("OpenSSL", inside), "Apache-2.0", resources.licence),
        *(_installed(name, licence) for name, licence in _DISTRIBUTIONS.items()),
        Part("Inter (Glabella Sans)", "4.001", "OFL-1.1", lambda: _shipped("fonts/OFL.txt")),
        Part(
            "Noto Sans Arabic (Glabella Sans Arabic)",
            "2.012",
            "OFL-1.1",
            lambda: _shipped("fonts/OFL-Arabic.txt"),
        ),
        Part("MakeHuman base mesh", "", "CC0-1.0", str),
    ]


# The installed distributions that are not named above, each with its licence.
_DISTRIBUTIONS = {
    "sqlite-utils": "Apache-2.0",
    "sqlite-fts4": "Apache-2.0",
    "tabulate": "MIT",
    "pluggy": "MIT",
    "python-dateutil": "BSD-3-Clause",
    "click-default-group": "BSD-3-Clause",
    "pip": "MIT",
    "argon2-cffi": "MIT",
    "argon2-cffi-bindings": "MIT",
    "cffi": "MIT-0",
    "pycparser": "BSD-3-Clause",
    "reportlab": "BSD-3-Clause",
    "rl_accel": "BSD-3-Clause",
    "pillow": "MIT-CMU",
    "charset-normalizer": "MIT",
    "click": "BSD-3-Clause",
    "biip": "Apache-2.0",
    "platformdirs": "MIT",
    "tzdata": "Apache-2.0",
}


def _installed(name: str, licence: str) -> Part:
    return Part(name, _version(name), licence, lambda: _licences_of(name))


def _version(name: str) -> str:
    """The version that is installed; a bundle may have left out what says it."""
    try:
        return distribution(name).version
    except PackageNotFoundError:
        return ""


def _licences_of(name: str) -> str:
    """Every licence that a distribution brought along, one below the other."""
    try:
        files = distribution(name).files or []
    except PackageNotFoundError:
        return ""
    return "\n\n\n".join(
        file.read_text("utf-8").strip("\n")
        for file in files
        if ".dist-info" in file.parts[0] and _LICENCE_FILE.fullmatch(file.name)
    )


def _lgpl() -> str:
    return "\n\n\n".join(_shipped(f"licences/{name}-3.0.txt") for name in ("LGPL", "GPL"))


def _shipped(name: str) -> str:
    return (resources.ROOT / name).read_text("utf-8")


def _python_licence() -> str:
    """Python's own, where its installation has it."""
    for folder in (Path(os.__file__).parent, Path(sys.base_prefix)):
        for file in (folder / "LICENSE.txt", folder / "LICENSE"):
            if file.is_file():
                return file.read_text("utf-8")
    return ""
