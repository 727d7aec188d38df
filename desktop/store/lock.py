"""One writer at a time: a lock file beside the record, held for as long as the record is open."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop.store.refusal import FileInUseError, system_refusal

if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def lock_path(path: Path) -> Path:
    """The lock file of a record."""
    return path.with_name(path.name + ".lock")


@contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Be the one who writes this record, until the end of the block or of the process.

    The empty lock file stays: two programs could each hold a lock on it if it were deleted.

    Raises:
        FileInUseError: Another window or command is.
        ReadOnlyError: The folder takes no file.
    """
    try:
        file = os.open(lock_path(path), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise system_refusal(path, error) from error
    try:
        _take(file, path)
        yield
    finally:
        os.close(file)


def _take(file: int, path: Path) -> None:
    try:
        _lock(file)
    except (BlockingIOError, PermissionError) as error:  # Windows says PermissionError
        raise FileInUseError(path) from error
    except OSError as error:
        raise system_refusal(path, error) from error
