"""Make the locks from pyproject.toml: `python3 build/lock.py [--upgrade]`.

One for the program (`requirements.lock`) and one for each dependency group (`build/GROUP.lock`),
valid on Linux, Windows and macOS and every supported Python. Without --upgrade, what pyproject.toml
does not name keeps its version.
"""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

import environment
from environment import PROGRAM_LOCK, PROJECT
from steps import say

# Groups with an environment of their own; their locks are complete in themselves.
STANDALONE = {"fonts", "locks"}

HEADER = """\
# Exact versions and hashes of {what}.
# Made from pyproject.toml; `python3 build/lock.py` makes it anew.
"""


def main(arguments: Sequence[str]) -> None:
    """Write the program's lock, then each group's."""
    python = environment.ready_or_exit(["build/locks.lock"], PROJECT / ".venv-locks")
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    resolve(python, PROGRAM_LOCK, "what the program runs on", ["pyproject.toml", *arguments])
    for group in project["dependency-groups"]:
        source = ["--group", f"pyproject.toml:{group}", *arguments]
        if group not in STANDALONE:
            source += on_top_of(locked_names(PROGRAM_LOCK))
        resolve(python, f"build/{group}.lock", f"the dependency group `{group}`", source)


def resolve(python: Path, lock: str, what: str, source: Sequence[str]) -> None:
    """Write one lock."""
    say(f"  {lock}")
    command = [
        *(str(python), "-m", "uv", "pip", "compile", "--quiet", "--output-file", lock),
        *("--universal", "--python-version", "3.11", "--generate-hashes"),
        *("--no-annotate", "--no-header"),
        *source,
    ]
    subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
    path = PROJECT / lock
    path.write_text(HEADER.format(what=what) + path.read_text(encoding="utf-8"), encoding="utf-8")


def on_top_of(names: Iterable[str]) -> list[str]:
    """Return the options that keep the program's versions and leave out what it has already."""
    return ["--constraint", PROGRAM_LOCK, *(f"--no-emit-package={name}" for name in names)]


def locked_names(lock: str) -> list[str]:
    """Return the distributions that a lock names."""
    text = (PROJECT / lock).read_text(encoding="utf-8")
    return re.findall(r"^([a-z0-9-]+)==", text, flags=re.MULTILINE)


if __name__ == "__main__":
    main(sys.argv[1:])
