"""The project names no machine it was made on and no place that packages come from."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
# Written so that they do not find themselves.
MACHINE = re.compile(r"/(work|root|home)/|[.]pyenv")
REGISTRY = re.compile(r"pypi[.]org|python[h]osted|deb[.]debian[.]org|npm[j]s|ind[e]x-url")
ADDRESS = re.compile(r"https?:/[/]")


def texts() -> Iterator[tuple[str, str]]:
    """Yield the name and text of each file that belongs to the project."""
    for top in (".ci", "build", "desktop", "resources", "tests", "."):
        for path in (PROJECT / top).glob("**/*" if top != "." else "*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield str(path.relative_to(PROJECT)), path.read_text("utf-8", errors="ignore")


@pytest.mark.parametrize("pattern", [MACHINE, REGISTRY], ids=["machine", "registry"])
def test_no_file_names_a_machine_or_a_registry(pattern: re.Pattern[str]) -> None:
    assert [name for name, text in texts() if pattern.search(text)] == []


def test_nothing_is_fetched_from_an_address() -> None:
    frame = re.compile(r"build/[^/]+|pyproject[.]toml|requirements[.]lock|[.]ci/run")
    found = [name for name, text in texts() if frame.fullmatch(name) and ADDRESS.search(text)]
    assert found == []
