"""What `build/test.py` runs, one step after the other."""

import os
import subprocess
import time
from collections.abc import Sequence

import environment

# Not its console script: that names the folder it was installed in, and checkouts move.
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"

CHECKS = {
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "ruff check": ["-m", "ruff", "check", "."],
    "mypy": ["-m", "mypy"],
    "lint-imports": ["-c", LINT_IMPORTS, "--no-logo"],
}


def run(pytest_arguments: Sequence[str]) -> int:
    """Run the steps, even after one fails; return the exit code."""
    python = environment.ready_or_exit(environment.TEST)
    # pytest comes last: its closing line is what a reader of the log looks for.
    steps = {} if pytest_arguments else dict(CHECKS)
    steps["pytest"] = ["-m", "pytest", *with_workers(pytest_arguments)]
    failed = [name for name, command in steps.items() if not passes(name, [str(python), *command])]
    if failed:
        print(f"\nFailed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


def with_workers(arguments: Sequence[str]) -> list[str]:
    """Use both cores of a small machine, unless the caller chose."""
    chosen = any(
        argument.startswith(("-n", "--numprocesses")) or argument.endswith("no:xdist")
        for argument in arguments
    )
    return list(arguments) if chosen else ["-n", "2", *arguments]


def passes(name: str, command: Sequence[str]) -> bool:
    """Run one step at the top of the project, and say how it went and how long it took."""
    print(f"\n== {name}", flush=True)
    begun = time.monotonic()
    # A screen is not needed: a caller who wants to see the windows sets this to xcb.
    surroundings = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    code = subprocess.call(command, cwd=environment.PROJECT, env=surroundings)
    word = "passed" if code == 0 else f"FAILED with exit code {code}"
    print(f"== {name} {word} in {time.monotonic() - begun:.1f} s", flush=True)
    return code == 0
