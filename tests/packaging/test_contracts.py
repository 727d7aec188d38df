"""Each import contract is seen to fail: one forbidden import breaks it, and no other contract."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from checks import LINT_IMPORTS

PROJECT = Path(__file__).resolve().parents[2]

FORBIDDEN = [
    ("Imports go one way", {"settings.py": "import desktop.resources"}),
    ("Imports go one way", {"settings.py": "import desktop.wording"}),
    ("Imports go one way", {"store/stray.py": "import desktop.note"}),
    ("Imports go one way", {"module_without_a_place.py": ""}),
    ("core is plain Python", {"core/stray.py": "import click"}),
    ("core is plain Python", {"core/stray.py": "import sqlite3"}),
    ("Qt stays in gui", {"settings.py": "import PySide6.QtCore"}),
    ("Qt stays in gui", {"cli.py": "import PySide6.QtCore"}),
    ("ReportLab stays in note", {"store/stray.py": "import reportlab.lib"}),
    ("the record stays in store", {"app.py": "import sqlite_utils"}),
    ("the record stays in store", {"cli.py": "import argon2"}),
    ("the window knows no storage", {"gui/welcome.py": "import desktop.store"}),
    ("the window knows no storage", {"gui/main_window.py": "import sqlite_utils"}),
    ("views do not know each other", {"gui/sign_form.py": "import desktop.gui.welcome"}),
    ("views do not know each other", {"gui/theme.py": "import desktop.gui.main_window"}),
    ("views do not know each other", {"gui/view_without_a_place.py": ""}),
    (
        "core has no cycles",
        {
            "core/stray.py": "import desktop.core.other",
            "core/other.py": "import desktop.core.stray",
        },
    ),
]


def broken_contracts(top: Path) -> list[str]:
    """Return the contracts that a copy of the project breaks."""
    done = subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS, "--no-logo", "--no-cache"],
        cwd=top,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Contracts: " in done.stdout, done.stdout + done.stderr
    return re.findall(r"^(.+) BROKEN\b", done.stdout, flags=re.MULTILINE)


def test_every_contract_is_seen_to_fail() -> None:
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]}
    assert {contract for contract, _ in FORBIDDEN} == contracts


@pytest.mark.parametrize(("contract", "lines"), FORBIDDEN)
def test_forbidden_import_breaks_its_contract_alone(
    tmp_path: Path, contract: str, lines: dict[str, str]
) -> None:
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    shutil.copytree(PROJECT / "desktop", tmp_path / "desktop")
    for name, line in lines.items():
        with (tmp_path / "desktop" / name).open("a", encoding="utf-8") as module:
            module.write(f"\n{line}\n")
    assert broken_contracts(tmp_path) == [contract]
