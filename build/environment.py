"""Knows where the environment is and whether it holds what the locks say.

This is all that a start does once the environment is made, so it imports little; `set_up` makes it.
"""

import hashlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
WINDOWS = sys.platform == "win32"

# What each command needs, as paths from the top of the project. Later locks stand on the first.
PROGRAM_LOCK = "requirements.lock"
RUN = (PROGRAM_LOCK,)
TEST = (PROGRAM_LOCK, "build/test.lock")
BENCH = (PROGRAM_LOCK, "build/bench.lock")

# Change this when environments have to be made anew although no lock changed.
RECIPE = b"1\n"


def ready_or_exit(locks: Sequence[str], folder: Path = PROJECT / ".venv") -> Path:
    """Return the Python of an environment that holds the locks, or stop with a sentence."""
    if due(locks, folder):
        import set_up

        set_up.complete_or_exit(locks, folder)
    return python_of(folder)


def become_program(python: Path, arguments: Sequence[str]) -> None:
    """Replace this process by the program, or on Windows wait for it and pass its code on."""
    # -I: neither the caller's folder nor a PYTHON... variable decides what is imported.
    command = [str(python), "-I", "-m", "desktop", *arguments]
    if sys.platform == "win32":
        import subprocess

        sys.exit(subprocess.call(command))
    os.execv(command[0], command)  # noqa: S606 - a shell would read the arguments


def run_script(script: str, locks: Sequence[str], folder: Path = PROJECT / ".venv") -> None:
    """Run a script of `build/` with the caller's arguments, where the locks are installed; exit."""
    import subprocess

    command = [str(ready_or_exit(locks, folder)), str(PROJECT / "build" / script), *sys.argv[1:]]
    sys.exit(subprocess.call(command, cwd=str(PROJECT)))


def python_of(folder: Path) -> Path:
    """Return where an environment has its Python."""
    return folder / ("Scripts/python.exe" if WINDOWS else "bin/python")


def due(locks: Sequence[str], folder: Path) -> list[str]:
    """Name the locks that are still to be installed."""
    return stale(locks, read_stamp(folder) if still_works(folder) else {}, digests(locks))


def stale(locks: Sequence[str], stamp: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
    """Name the locks that the stamp lacks; all if the first changed, for the rest stands on it."""
    if stamp.get(locks[0]) != wanted[locks[0]]:
        return list(locks)
    return [lock for lock in locks if stamp.get(lock) != wanted[lock]]


def digests(locks: Sequence[str]) -> dict[str, str]:
    """Return what each lock comes to."""
    return {
        lock: hashlib.sha256(RECIPE + (PROJECT / lock).read_bytes()).hexdigest() for lock in locks
    }


def still_works(folder: Path) -> bool:
    """Tell whether the Python that the environment was made with is still installed.

    It need not be the one that runs this: a working environment is kept, whatever `python3` means
    today, because there may be no network to make another.
    """
    try:
        lines = (folder / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return False
    settings = dict(line.split(" = ", 1) for line in lines if " = " in line)
    return Path(settings.get("executable", "")).is_file()


def read_stamp(folder: Path) -> dict[str, str]:
    """Return the digest of each lock that is installed; nothing if the set-up did not end."""
    try:
        lines = (folder / "stamp").read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split(" ", 1) for line in lines)
