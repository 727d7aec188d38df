"""What the driver and the operating system say when they refuse, as expected errors."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop.core.errors import ExpectedError
from desktop.store.driver import dbapi


class RecordFileError(ExpectedError):
    """Something about one file; `path` says which."""

    def __init__(self, path: Path) -> None:
        """Keep the file's path."""
        super().__init__(str(path))
        self.path = path


class FileInUseError(RecordFileError):
    """Another window or command has the record open for writing."""


class DiskFullError(RecordFileError):
    """There is no room left on the disk."""


class ReadOnlyError(RecordFileError):
    """The file or its folder cannot be written to."""


class RecordDamagedError(RecordFileError):
    """What the file holds contradicts its checksums or itself; `detail` is for the log."""

    def __init__(self, path: Path, detail: str) -> None:
        """Keep the file's path and what was found."""
        super().__init__(path)
        self.detail = detail


class StorageRefusedError(RecordFileError):
    """The disk refused for another reason; `detail` has the system's words.

    What was being saved may be in the file all the same: read it again before trying again.
    """

    def __init__(self, path: Path, detail: str) -> None:
        """Keep the file's path and what the system said."""
        super().__init__(path)
        self.detail = detail


# Source: SQLite result codes, https://sqlite.org/rescode.html (read 2026-11-22).
BUSY, LOCKED, READ_ONLY, IO_ERROR, CORRUPT = 5, 6, 8, 10, 11
FULL, CANNOT_OPEN, PROTOCOL, NOT_A_DATABASE = 13, 14, 15, 26  # 26 is also for a wrong key

_ROOM_TO_WORK = 1 << 20  # bytes


def sqlite_code(error: BaseException) -> int:
    """The primary result code of a driver's error; 0 if it has none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


@contextmanager
def refusals(path: Path) -> Iterator[None]:
    """Turn what the world refuses into expected errors; a bug stays what it is."""
    try:
        yield
    except dbapi.DatabaseError as error:
        refusal = _driver_refusal(path, error)
        if refusal is None:
            raise
        raise refusal from error


def system_refusal(path: Path, error: OSError) -> RecordFileError:
    """The expected error that an error of the operating system stands for."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(path)
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return ReadOnlyError(path)
    return StorageRefusedError(path, error.strerror or str(error))


def _driver_refusal(path: Path, error: BaseException) -> RecordFileError | None:
    code = sqlite_code(error)
    if code in (BUSY, LOCKED):
        return FileInUseError(path)
    if code == READ_ONLY:
        return ReadOnlyError(path)
    if code == FULL or (code == IO_ERROR and _has_no_room(path)):
        return DiskFullError(path)
    if code in (IO_ERROR, CANNOT_OPEN, PROTOCOL):
        return StorageRefusedError(path, str(error))
    if code in (CORRUPT, NOT_A_DATABASE):
        return RecordDamagedError(path, str(error))
    return None


def _has_no_room(path: Path) -> bool:
    """Whether the disk is full: a failed sync on a full disk is reported as an I/O error."""
    return path.parent.exists() and shutil.disk_usage(path.parent).free < _ROOM_TO_WORK
