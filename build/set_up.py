"""Makes an environment once, exactly as the locks say.

Its file `stamp` says which locks it holds. It is taken away before anything changes and written
last, so an environment without one was left half made and is made anew. Nothing in an environment
names the folder it lies in: a checkout can be moved.
"""

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from environment import PROGRAM_LOCK, PROJECT, WINDOWS, digests, due, python_of, read_stamp
from steps import SetUpError, say, step


def complete_or_exit(locks: Sequence[str], folder: Path) -> None:
    """Install what is due, or stop with a sentence that says what to do."""
    try:
        with alone(folder):
            complete(locks, folder)
    except SetUpError as error:
        say(str(error))
        sys.exit(2)
    except OSError as error:
        say(f"The set-up failed: {error}. See that this folder may be written to and start again.")
        sys.exit(2)
    except KeyboardInterrupt:
        say("Stopped. The next start begins the set-up anew.")
        sys.exit(130)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let one start at a time change an environment; a second one waits.

    The lock is the operating system's, so a power cut leaves none behind; and the steps inherit it,
    so a pip that outlives a killed start still keeps others out.
    """
    with folder.with_name(folder.name + ".lock").open("ab") as lock:
        os.set_inheritable(lock.fileno(), True)
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another start is setting Glabella up; this one waits for it.")
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def complete(locks: Sequence[str], folder: Path) -> None:
    """Install what is due, in a new environment if the first lock is."""
    missing = due(locks, folder)
    if not missing:
        return  # another start did the work while this one waited
    say("Setting up Glabella. This happens once and needs the network.")
    stamp = read_stamp(folder)
    if locks[0] in missing:
        stamp = {}
        make_environment(folder, has_program=locks[0] == PROGRAM_LOCK)
    (folder / "stamp").unlink(missing_ok=True)
    for lock in missing:
        install(lock, folder)
    write_stamp(folder, {**stamp, **digests(missing)})
    say("The set-up is complete.")


def make_environment(folder: Path, *, has_program: bool) -> None:
    """Make an empty environment, with the program in it or for a tool."""
    if has_program:
        import system_packages

        system_packages.require()
    (folder / "stamp").unlink(missing_ok=True)
    # The base interpreter: this one may be the very environment that is cleared.
    interpreter = getattr(sys, "_base_executable", sys.executable)
    step(
        f"Making {folder.name}",
        [interpreter, "-I", "-m", "venv", "--clear", str(folder)],
        "Close Glabella where it is running, see that the disk has room, then start again.",
    )
    if has_program:
        add_program(folder)


def add_program(folder: Path) -> None:
    """Let the environment find the program in this checkout, and give it the command `glabella`."""
    packages = next(folder.glob("Lib/site-packages" if WINDOWS else "lib/python*/site-packages"))
    (packages / "glabella.pth").write_text(os.path.relpath(folder.parent, packages) + "\n", "utf-8")
    if WINDOWS:
        text = '@"%~dp0python.exe" -I -m desktop %*\n'
        python_of(folder).with_name("glabella.cmd").write_text(text, "ascii")
        return
    command = python_of(folder).with_name("glabella")
    here = '"$(dirname "$(readlink -f "$0")")"'
    command.write_text(f'#!/bin/sh\nexec {here}/python -I -m desktop "$@"\n', "ascii")
    command.chmod(0o755)


def install(lock: str, folder: Path) -> None:
    """Install a lock's packages, each checked against its hash."""
    step(
        f"Installing what {lock} names",
        [
            *(str(python_of(folder)), "-I", "-m", "pip", "install", "--quiet", "--no-input"),
            *("--disable-pip-version-check", "--no-warn-script-location"),
            *("--require-hashes", "--only-binary=:all:", "-r", str(PROJECT / lock)),
        ],
        "What pip said is above. See that the network is there and the disk has 1 GB of room, "
        "then start again.",
    )


def write_stamp(folder: Path, stamp: Mapping[str, str]) -> None:
    """Say what is installed, once all of it is on the disk."""
    if sys.platform != "win32":
        os.sync()  # a power cut must not leave a stamp beside empty files
    new = folder / "stamp.new"
    new.write_text("".join(f"{lock} {digest}\n" for lock, digest in stamp.items()), "ascii")
    new.replace(folder / "stamp")
