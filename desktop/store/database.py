"""The one way into the encrypted file: create it, open it, change it, check it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISDIR
from typing import Any

from desktop.store.driver import Database, dbapi
from desktop.store.refusal import (
    CORRUPT,
    NOT_A_DATABASE,
    RecordDamagedError,
    RecordFileError,
    refusals,
    sqlite_code,
    system_refusal,
)

PAGE_BYTES = 4096
SALT_BYTES = 16


class RecordMissingError(RecordFileError):
    """There is no file at this path; opening never makes one."""


class FolderInsteadOfFileError(RecordFileError):
    """A folder is where the record file should be."""


class RecordEmptyError(RecordFileError):
    """The file has no content at all. SQLite would show it as a new, empty clinic."""


class RecordCutOffError(RecordFileError):
    """The end of the file is missing, as after a copy that was interrupted."""


class NotARecordError(RecordFileError):
    """The file is something else: a text, a plain database, a database of another program."""


class KeyRefusedError(RecordFileError):
    """The key does not open the file."""


class NotDurableError(RecordFileError):
    """The place of the file (a network drive?) cannot promise that what is saved stays saved."""


_PLAIN_SQLITE = b"SQLite format 3\0"
_NO_KEY = bytes(32)

# FULL: with NORMAL, 73 % of simulated power cuts lost an acknowledged save; with FULL none did.
_WRITING = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "fullfsync = ON",  # only macOS knows the difference
    "checkpoint_fullfsync = ON",
    "secure_delete = ON",
)
_ALWAYS = (
    "foreign_keys = ON",
    "recursive_triggers = ON",  # or UPDATE OR REPLACE would delete without asking a trigger
    "trusted_schema = OFF",
    "cell_size_check = ON",
)


def create(path: Path, key: bytes, salt: bytes) -> Database:
    """Make an empty encrypted file that only this user may read, and open it for writing.

    Args:
        path: Where; nothing may be there.
        key: 32 bytes.
        salt: 16 bytes; they become the first of the file, readable without the key.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise system_refusal(path, error) from error
    return _for_writing(path, key + salt)


def open_for_writing(path: Path, key: bytes) -> Database:
    """Open a record. The caller is its `only_writer`.

    Raises:
        RecordMissingError: There is no such file (nor is there one after this).
        FolderInsteadOfFileError: It is a folder.
        RecordEmptyError: The file is empty.
        RecordCutOffError: The end of the file is missing.
        NotARecordError: The file is something else.
        KeyRefusedError: It may be a record, but not one of this key.
        RecordDamagedError: It is a record of this key, and broken.
        ReadOnlyError: File or folder cannot be written to.
        NotDurableError: Its disk cannot promise to keep what is saved.
    """
    check_file(path)
    return _for_writing(path, key)


def open_for_reading(path: Path, key: bytes) -> Database:
    """Open a record that others may be writing; no statement can change it.

    Raises:
        RecordFileError: As for `open_for_writing`.
    """
    check_file(path)
    with opened(path, _reading_mode(path), key) as db:
        _set(db, (*_ALWAYS, "query_only = ON"))
    return db


@contextmanager
def opened(path: Path, mode: str, key: bytes) -> Iterator[Database]:
    """A database that the key opens, to set up; if that fails, it is closed.

    Raises:
        RecordFileError: As for `open_for_writing`.
    """
    with refusals(path):
        conn = _connection(path, mode, key)
        try:
            _prove_key(conn, path)
            yield Database(conn, execute_plugins=False)
        except BaseException:
            conn.close()
            raise


def check_file(path: Path) -> None:
    """Raise what can be said about a file without opening it."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise RecordMissingError(path) from error
    except OSError as error:
        raise system_refusal(path, error) from error
    if S_ISDIR(found.st_mode):
        raise FolderInsteadOfFileError(path)
    if found.st_size == 0:
        raise RecordEmptyError(path)
    if found.st_size < PAGE_BYTES:
        raise RecordCutOffError(path)


def salt_of(path: Path) -> bytes:
    """The first 16 bytes of a file.

    The driver reads them: closing a file of one's own would, on POSIX, drop every lock that
    this process has on the record.
    """
    with refusals(path):
        conn = _connection(path, "mode=ro", _NO_KEY)
        try:
            found = conn.execute("PRAGMA cipher_salt").fetchone()
        finally:
            conn.close()
    return bytes.fromhex(found[0])


def path_of(db: Database) -> Path:
    """The file of an open database."""
    return Path(db.conn.execute("PRAGMA database_list").fetchone()[2])


@contextmanager
def unit(db: Database) -> Iterator[None]:
    """One action of the user: all of it is saved when the block ends, or nothing is.

    The only door to a transaction that writes; a unit inside a unit is a part of it.

    Raises:
        DiskFullError: There is no room.
        ReadOnlyError: The file cannot be written to.
        FileInUseError: Another program has it.
        StorageRefusedError: The disk refused; read again before trying again.
        RecordDamagedError: The file is broken.
    """
    if db.conn.in_transaction:
        with db.atomic():
            yield
        return
    with refusals(path_of(db)), _transaction(db, "BEGIN IMMEDIATE"):
        yield


@contextmanager
def one_view(db: Database) -> Iterator[None]:
    """Let all queries of the block see the same moment."""
    if db.conn.in_transaction:
        yield
        return
    with refusals(path_of(db)), _transaction(db, "BEGIN"):
        yield


def check_health(db: Database) -> None:
    """Check every page, every checksum and every reference (1.3 s for 137 MB).

    Raises:
        RecordDamagedError: Something is wrong.
    """
    path = path_of(db)
    with refusals(path):
        found = [row[0] for row in db.conn.execute("PRAGMA quick_check") if row[0] != "ok"]
        # Without this, healthy files fail the next check after a power cut: it skips the WAL.
        db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        found += [row[0] for row in db.conn.execute("PRAGMA cipher_integrity_check")]
        found += [f"reference: {row}" for row in db.conn.execute("PRAGMA foreign_key_check")]
    if found:
        raise RecordDamagedError(path, "; ".join(found[:3]))


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder survive a power cut; Windows does so by itself."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _for_writing(path: Path, key: bytes) -> Database:
    with opened(path, "mode=rw", key) as db:
        _set(db, (*_WRITING, *_ALWAYS))
        journal = db.conn.execute("PRAGMA journal_mode").fetchone()[0]
        if (journal, db.conn.execute("PRAGMA synchronous").fetchone()[0]) != ("wal", 2):
            raise NotDurableError(path)
        with _transaction(db, "BEGIN IMMEDIATE"):
            pass  # only now does a file without write permission say so
    return db


def _connection(path: Path, mode: str, key: bytes) -> Any:
    conn = dbapi.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, isolation_level=None)
    conn.execute("PRAGMA cipher_log_level = NONE")  # it would write to stderr
    conn.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    return conn


def _prove_key(conn: Any, path: Path) -> None:
    try:
        conn.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except dbapi.DatabaseError as error:
        code = sqlite_code(error)
        if code == CORRUPT and path.stat().st_size % PAGE_BYTES:
            raise RecordCutOffError(path) from error
        if code != NOT_A_DATABASE:
            raise
        raise _not_opened(path) from error


def _not_opened(path: Path) -> RecordFileError:
    """Why a file does not open, as far as its first bytes tell: in a record they are random."""
    start = salt_of(path)
    is_text = all(32 <= byte < 127 or byte in b"\t\r\n" for byte in start)
    if is_text or start == _PLAIN_SQLITE or len(set(start)) == 1:
        return NotARecordError(path)
    return KeyRefusedError(path)


def _set(db: Database, settings: tuple[str, ...]) -> None:
    for setting in settings:
        db.conn.execute(f"PRAGMA {setting}").fetchall()


def _reading_mode(path: Path) -> str:
    """How to open for reading; from a medium without writing, SQLite must be told so."""
    log = path.with_name(path.name + "-wal")
    unwritten = log.exists() and log.stat().st_size > 0
    return "mode=rw" if os.access(path.parent, os.W_OK) or unwritten else "mode=ro&immutable=1"


@contextmanager
def _transaction(db: Database, begin: str) -> Iterator[None]:
    db.conn.execute(begin)
    try:
        yield
        db.conn.execute("COMMIT")
    except BaseException:
        if db.conn.in_transaction:
            db.conn.execute("ROLLBACK")
        raise
