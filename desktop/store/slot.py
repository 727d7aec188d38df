"""The slot: a small file beside the record in which the passphrase keeps the record's key.

The slot can be lost: the record and its recovery key on paper need nothing else.
"""

import os
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes

from desktop.store import database
from desktop.store.keys import COSTS, Cost, checked_passphrase, derived_key, passphrase_secret
from desktop.store.migrations import NewerFileError
from desktop.store.refusal import RecordFileError, refusals, system_refusal

VERSION = 1
CHECKSUM_BYTES = 32


class SlotMissingError(RecordFileError):
    """The record's slot is not beside it: only the recovery key opens the record."""


class SlotDamagedError(RecordFileError):
    """The slot is broken: only the recovery key opens the record."""


class WrongPassphraseError(RecordFileError):
    """The passphrase does not open the slot."""


@dataclass(frozen=True)
class Slot:
    """What a passphrase opens: the key and the salt of one record, for one user."""

    key: bytes
    salt: bytes
    user_name: str


def slot_path(path: Path) -> Path:
    """The slot of a record."""
    return path.with_name(path.name + ".key")


def write_slot(path: Path, slot: Slot, passphrase: str, cost: Cost = COSTS[0]) -> None:
    """Put a slot beside a record, in the place of the one there was, whole or not at all.

    Raises:
        PassphraseTooShortError: The passphrase has fewer than eight characters.
        RecordFileError: The disk refused; the slot there was is untouched.
    """
    checked_passphrase(passphrase)
    target = slot_path(path)
    draft = target.with_name(target.name + ".tmp")
    with refusals(target):
        try:
            draft.unlink(missing_ok=True)
            _write(draft, slot, passphrase, cost)
            _close_with_checksum(draft)
            draft.replace(target)
            database.sync_folder(target.parent)
        except OSError as error:
            raise system_refusal(target, error) from error


def read_slot(path: Path, passphrase: str, costs: tuple[Cost, ...] = COSTS) -> tuple[Slot, Cost]:
    """Open the slot of a record: what it holds, and at which cost it was made.

    Raises:
        SlotMissingError: There is none.
        SlotDamagedError: It is broken.
        WrongPassphraseError: The passphrase is not the one it was made with.
        NewerFileError: A newer version of the program made it.
    """
    target = slot_path(path)
    salt = _checked_salt(target)
    for cost in costs:
        try:
            return _read(target, derived_key(passphrase_secret(passphrase), salt, cost)), cost
        except database.KeyRefusedError:
            continue
    raise WrongPassphraseError(target)


def _write(draft: Path, slot: Slot, passphrase: str, cost: Cost) -> None:
    salt = token_bytes(database.SALT_BYTES)
    key = derived_key(passphrase_secret(passphrase), salt, cost)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with database.opened(draft, "mode=rw", key + salt) as db, closing(db.conn):
        db.conn.execute("PRAGMA journal_mode = MEMORY")
        db.conn.execute(_TABLE)
        db.conn.execute("INSERT INTO slot VALUES (?, ?, ?)", (slot.key, slot.salt, slot.user_name))
        db.conn.execute(f"PRAGMA user_version = {VERSION}")


def _close_with_checksum(draft: Path) -> None:
    """Append the SHA-256 of the file: a broken slot must not look like a wrong passphrase."""
    with draft.open("r+b") as file:
        checksum = sha256(file.read()).digest()
        file.write(checksum)
        file.flush()
        os.fsync(file.fileno())


def _checked_salt(target: Path) -> bytes:
    try:
        content = target.read_bytes()
    except FileNotFoundError as error:
        raise SlotMissingError(target) from error
    except OSError as error:
        raise system_refusal(target, error) from error
    body, checksum = content[:-CHECKSUM_BYTES], content[-CHECKSUM_BYTES:]
    if sha256(body).digest() != checksum or len(body) < database.PAGE_BYTES:
        raise SlotDamagedError(target)
    return body[: database.SALT_BYTES]


def _read(target: Path, key: bytes) -> Slot:
    with database.opened(target, "mode=ro&immutable=1", key) as db, closing(db.conn):
        version = db.conn.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise NewerFileError(target, version, VERSION)
        return Slot(*db.conn.execute("SELECT key, salt, user_name FROM slot").fetchone())


_TABLE = "CREATE TABLE slot (key BLOB NOT NULL, salt BLOB NOT NULL, user_name TEXT NOT NULL) STRICT"
