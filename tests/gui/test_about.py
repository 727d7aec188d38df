"""What the program says about itself and its parts."""

import re
import tomllib
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, qVersion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop import __version__, resources
from desktop.gui.about import AboutWindow, Part, parts

PROJECT = Path(__file__).resolve().parents[2]
PARTS = {part.name: part for part in parts({})}


def shown_name(name: str) -> str:
    """The name of a distribution, however it is written."""
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture
def window(qtbot: QtBot) -> AboutWindow:
    made = AboutWindow(None, {"SQLCipher": "4.19.0 community"})
    qtbot.addWidget(made)
    made.show()
    return made


def test_every_locked_distribution_is_named_with_the_version_that_is_locked() -> None:
    lock = (PROJECT / "requirements.lock").read_text("utf-8")
    locked = dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^ ]+)", lock, flags=re.MULTILINE))
    versions = {shown_name(part.name): part.version for part in PARTS.values()}
    assert locked
    assert {name: versions.get(shown_name(name)) for name in locked} == locked


def test_readme_names_the_same_licences() -> None:
    said = licences_in_readme()
    of_parts = {shown_name(part.name): part.licence for part in PARTS.values()}
    both = said.keys() & of_parts.keys()
    assert len(both) >= 20
    assert {name: said[name] for name in both} == {name: of_parts[name] for name in both}


def licences_in_readme() -> dict[str, str]:
    """From the table of dependencies: one licence for each name of a row, or one for all."""
    readme = (PROJECT / "README.md").read_text("utf-8")
    rows = re.findall(
        r"^\| ([^|(]+?)(?: \([^|]+)? \| ([^|(]+?)(?: \([^|]+)? \|", readme, flags=re.MULTILINE
    )
    found: dict[str, str] = {}
    for names, licences in rows:
        each, theirs = names.split(", "), licences.split(", ")
        theirs = theirs * len(each) if len(theirs) == 1 else theirs
        found |= zip(map(shown_name, each), theirs, strict=True)
    return found


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Glabella", "Apache License"),
        ("Qt", "GNU LESSER GENERAL PUBLIC LICENSE"),
        ("PySide6-Essentials", "GNU GENERAL PUBLIC LICENSE"),
        ("sqlcipher3", "Gerhard H"),
        ("SQLCipher", "ZETETIC LLC"),
        ("OpenSSL", "Apache License"),
        ("argon2-cffi", "Hynek Schlawack"),
        ("reportlab", "ReportLab"),
        ("click-default-group", "Heungsub Lee"),
        ("tzdata", "Apache License"),
        ("Inter (Glabella Sans)", "SIL OPEN FONT LICENSE"),
    ],
)
def test_licence_is_the_parts_own(name: str, words: str) -> None:
    assert words in PARTS[name].texts()


def test_every_licence_that_is_shipped_is_shown() -> None:
    shipped = [*(resources.ROOT / "licences").glob("*.txt"), *resources.ROOT.glob("fonts/OFL*.txt")]
    shown = "".join(part.texts() for part in PARTS.values())
    assert len(shipped) >= 4
    assert [file.name for file in shipped if file.read_text("utf-8").strip() not in shown] == []


def test_every_installed_distribution_brought_its_licence() -> None:
    without_text = {part.name for part in PARTS.values() if not part.texts()}
    # What is in the public domain has none; Python's own is not on every machine.
    assert without_text - {"Python"} == {"SQLite", "MakeHuman base mesh"}


def test_a_distribution_that_left_no_trace_is_shown_without_version_and_text() -> None:
    from desktop.gui import about

    assert about._installed("no-such-distribution", "MIT").texts() == ""
    assert about._installed("no-such-distribution", "MIT").version == ""


def test_versions_are_those_that_run() -> None:
    assert PARTS["Glabella"].version == __version__
    assert PARTS["Qt"].version == qVersion()
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
    assert settings["project"]["version"] == __version__


def test_window_says_what_it_is_and_never_decides(window: AboutWindow) -> None:
    said = " ".join(each.text() for each in window.findChildren(QLabel))
    assert f"Version {__version__}" in said
    assert "never decides a dose" in said


def test_window_shows_every_part_and_the_licence_of_the_chosen_one(window: AboutWindow) -> None:
    def row(line: int) -> tuple[str, ...]:
        items = (window.table.item(line, place) for place in range(3))
        return tuple(item.text() for item in items if item is not None)

    def facts(part: Part) -> tuple[str, ...]:
        version = "4.19.0 community" if part.name == "SQLCipher" else part.version
        return (part.name, version, part.licence)

    rows = [row(line) for line in range(window.table.rowCount())]
    assert rows == [facts(part) for part in PARTS.values()]
    assert "Apache License" in window.text.toPlainText()
    window.table.setFocus()
    for _press in range(2):
        QTest.keyClick(window.table, Qt.Key.Key_Down)
    assert "GNU LESSER" in window.text.toPlainText()
    window.table.selectRow(list(PARTS).index("SQLite"))
    assert "public domain" in window.text.toPlainText()


def test_licence_of_the_program_is_the_projects() -> None:
    assert resources.licence() == (PROJECT / "LICENSE").read_text("utf-8")


def test_escape_closes(window: AboutWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()
