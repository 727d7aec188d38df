"""Which Python the program runs on.

This file, `run.py` and the other commands must parse on every Python 3 from 3.6 on, so that an
unsupported one is refused with a sentence and not with a traceback.
"""

import sys

OLDEST = (3, 11)
NEWEST = (3, 14)


def refusal(major: int, minor: int) -> str:
    """Say why this Python cannot be used; empty if it can."""
    if OLDEST <= (major, minor) <= NEWEST:
        return ""
    return (
        "Glabella needs Python {}.{} to {}.{}, and this is {}.{}: "
        "start it again with one of those, for instance `python{}.{}`."
    ).format(*OLDEST, *NEWEST, major, minor, *OLDEST)


def require_supported_python() -> None:
    """Stop with exit code 2 and one sentence on a Python that cannot be used."""
    reason = refusal(*sys.version_info[:2])
    if reason:
        sys.stderr.write(reason + "\n")
        sys.exit(2)
