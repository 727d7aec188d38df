import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = {
    "requirements.lock": PYPROJECT["project"]["dependencies"],
    **{f"build/{name}.lock": wanted for name, wanted in PYPROJECT["dependency-groups"].items()},
}
ENTRY = re.compile(
    r"([a-z0-9-]+)==([^\s;]+)(?: ; [^\\\n]+)? \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+"
)


def text_of(lock: str) -> str:
    return (PROJECT / lock).read_text(encoding="utf-8")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_holds_pinned_and_hashed_distributions_and_nothing_else(lock: str) -> None:
    rest = ENTRY.sub("", text_of(lock)).splitlines()
    assert all(line.startswith("#") for line in rest)
    assert any("python3 build/lock.py" in line for line in rest)


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_has_every_wanted_distribution_at_its_version(lock: str) -> None:
    locked = dict(ENTRY.findall(text_of(lock)))
    wanted = dict(requirement.split("==") for requirement in LOCKS[lock])
    assert {canonical(name): version for name, version in wanted.items()}.items() <= locked.items()


def test_tools_do_not_change_what_the_program_runs_on() -> None:
    program = {name for name, _ in ENTRY.findall(text_of("requirements.lock"))}
    assert program.isdisjoint(name for name, _ in ENTRY.findall(text_of("build/test.lock")))


def test_readme_names_every_distribution_of_the_program() -> None:
    readme = canonical((PROJECT / "README.md").read_text(encoding="utf-8"))
    names = [name for name, _version in ENTRY.findall(text_of("requirements.lock"))]
    assert names
    assert [name for name in names if name not in readme] == []
