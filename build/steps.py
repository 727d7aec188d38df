"""One step of a set-up: announced, run, and shown in full only if it fails."""

import os
import subprocess
import sys
from collections.abc import Sequence


class SetUpError(Exception):
    """The set-up cannot go on; the text says why and what to do."""


def step(what: str, command: Sequence[str], advice: str) -> None:
    """Run one step.

    Raises:
        SetUpError: It failed. What it printed has been shown; the text is the advice.
    """
    say(f"  {what} ...")
    # PIP_USER would send the packages to the user's home.
    surroundings = {**os.environ, "PIP_USER": "0", "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=surroundings,
        close_fds=False,  # the steps hold the lock of the set-up too
        check=False,
    )
    if done.returncode != 0:
        say(done.stdout.decode(errors="replace").rstrip())
        raise SetUpError(f"{what} failed. {advice}")


def say(text: str) -> None:
    """Tell the person who waits; standard output is left to the program."""
    print(text, file=sys.stderr, flush=True)
