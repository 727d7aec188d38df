"""A clinic's record: made, opened with a passphrase or with the recovery key, closed."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from secrets import token_bytes
from types import TracebackType
from typing import Self

from desktop.core.clinic import Clinic
from desktop.core.patient import Person
from desktop.store import database, migrations
from desktop.store.database import KeyRefusedError
from desktop.store.driver import Database
from desktop.store.entries import Entries
from desktop.store.keys import (
    COSTS,
    Cost,
    checked_passphrase,
    derived_key,
    new_recovery_key,
    read_recovery_key,
)
from desktop.store.lists import Lists
from desktop.store.lock import only_writer
from desktop.store.records import Records
from desktop.store.refusal import RecordDamagedError, RecordFileError, refusals, system_refusal
from desktop.store.slot import Slot, read_slot, slot_path, write_slot
from desktop.store.stock import Stock

_RECOVERY_KEY = "recovery key"


class FileExistsRefusedError(RecordFileError):
    """A new record would take the place of a file."""


class WrongRecoveryKeyError(RecordFileError):
    """The recovery key is well typed, and not that of this file; or the file is no record."""


class SlotOfAnotherFileError(RecordFileError):
    """The slot beside the record belongs to another record."""


class ClinicFile:
    """An open record. Only one at a time is open for writing; it is saved at every act."""

    def __init__(self, path: Path, db: Database, slot: Slot, open_things: ExitStack) -> None:
        self.path = path
        self.records = Records(db)
        self.stock = Stock(db)
        self.entries = Entries(db)
        self.lists = Lists(db)
        self._db = db
        self._slot = slot
        self._open_things = open_things

    @property
    def user_name(self) -> str:
        """Whose passphrase opened the record; empty if the recovery key did."""
        return self._slot.user_name

    @property
    def user(self) -> Person | None:
        """Who opened the record; none if the recovery key did."""
        return self.records.person(self.user_name)

    @property
    def recovery_key(self) -> str:
        """The key to print: whoever has the record open may print it again."""
        return self.records.recall(_RECOVERY_KEY) or ""

    def check_health(self) -> None:
        """Check every page and every reference; takes seconds for a large record.

        Raises:
            RecordDamagedError: Something is wrong.
        """
        database.check_health(self._db)

    def set_passphrase(self, passphrase: str, user_name: str, cost: Cost = COSTS[0]) -> None:
        """Let a passphrase open the record from now on, and no passphrase there was before.

        Raises:
            PassphraseTooShortError: It has fewer than eight characters.
        """
        self._slot = Slot(self._slot.key, self._slot.salt, user_name)
        write_slot(self.path, self._slot, passphrase, cost)

    def close(self) -> None:
        """Close the record and let others write it. Once is enough, twice does no harm."""
        self._open_things.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def create(
    path: Path,
    clinic: Clinic,
    person: Person,
    user_name: str,
    passphrase: str,
    *,
    cost: Cost = COSTS[0],
) -> tuple[ClinicFile, str]:
    """Make a clinic's record, and its recovery key to print.

    The record appears under its name when all of it is on the disk. What an interrupted attempt
    left is overwritten by the next.

    Raises:
        PassphraseTooShortError: The passphrase has fewer than eight characters.
        FileExistsRefusedError: There is a file at this path, or what is left of one.
        RecordFileError: The disk refused; there is no record.
    """
    checked_passphrase(passphrase)
    _make_folder(path)
    with ExitStack() as open_things:
        open_things.enter_context(only_writer(path))
        for taken in (path, path.with_name(path.name + "-wal")):
            if taken.exists():
                raise FileExistsRefusedError(taken)
        recovery_key, salt = new_recovery_key(), token_bytes(database.SALT_BYTES)
        slot = Slot(derived_key(read_recovery_key(recovery_key), salt, cost), salt, user_name)
        with _system_refusals(path), _draft_of(path) as draft:
            _fill(draft, slot, clinic, person, recovery_key)
            write_slot(path, slot, passphrase, cost)
            draft.replace(path)
            database.sync_folder(path.parent)
        return _opened(path, slot, open_things), recovery_key


def open_with_passphrase(
    path: Path, passphrase: str, *, reading: bool = False, costs: tuple[Cost, ...] = COSTS
) -> ClinicFile:
    """Open a record with the passphrase whose slot lies beside it.

    Args:
        path: The record.
        passphrase: As it was typed.
        reading: Only read, while another window or command may be writing.
        costs: The costs that slots were ever made at, newest first.

    Raises:
        FileInUseError: Another window or command has it open for writing.
        SlotMissingError: Only the recovery key can open it.
        SlotDamagedError: Only the recovery key can open it.
        WrongPassphraseError: The passphrase is another.
        SlotOfAnotherFileError: The slot is that of another record.
        RecordFileError: As for `database.open_for_writing` and `migrations`.
    """

    def slot() -> Slot:
        found, cost = read_slot(path, passphrase, costs)
        if cost != costs[0] and not reading:
            write_slot(path, found, passphrase, costs[0])
        return found

    return _open(path, slot, reading=reading)


def open_with_recovery_key(
    path: Path, recovery_key: str, *, reading: bool = False, costs: tuple[Cost, ...] = COSTS
) -> ClinicFile:
    """Open a record with nothing but the key on paper.

    Raises:
        RecoveryKeyLengthError: It has not 36 letters and digits.
        RecoveryKeyMistypedError: It contradicts itself.
        WrongRecoveryKeyError: It is that of another record.
        FileInUseError: Another window or command has the record open for writing.
        RecordFileError: As for `database.open_for_writing` and `migrations`.
    """
    secret = read_recovery_key(recovery_key)

    def slot() -> Slot:
        salt = database.salt_of(path)
        for cost in costs:
            found = Slot(derived_key(secret, salt, cost), salt, "")
            with suppress(KeyRefusedError):
                database.open_for_reading(path, found.key).conn.close()
                return found
        raise WrongRecoveryKeyError(path)

    return _open(path, slot, reading=reading)


def reset_passphrase(
    path: Path, recovery_key: str, passphrase: str, *, costs: tuple[Cost, ...] = COSTS
) -> None:
    """Let the key on paper set a new passphrase, for whoever was entered first.

    Raises:
        PassphraseTooShortError: The passphrase has fewer than eight characters.
        RecordFileError: As for `open_with_recovery_key`.
    """
    checked_passphrase(passphrase)
    with open_with_recovery_key(path, recovery_key, costs=costs) as file:
        file.set_passphrase(passphrase, file.records.user_names()[0], costs[0])


def change_passphrase(path: Path, old: str, new: str, *, costs: tuple[Cost, ...] = COSTS) -> None:
    """Replace the passphrase by another; the record may be open meanwhile.

    Raises:
        PassphraseTooShortError: The new one has fewer than eight characters.
        WrongPassphraseError: The old one is another.
        RecordFileError: As for `slot.read_slot`.
    """
    slot, _ = read_slot(path, old, costs)
    write_slot(path, slot, new, costs[0])


def _open(path: Path, find_slot: Callable[[], Slot], *, reading: bool) -> ClinicFile:
    database.check_file(path)
    with ExitStack() as open_things:
        if not reading:
            open_things.enter_context(only_writer(path))
        return _opened(path, find_slot(), open_things, reading=reading)


def _opened(path: Path, slot: Slot, open_things: ExitStack, *, reading: bool = False) -> ClinicFile:
    """The record behind a slot; it takes over what has to be closed with it."""
    open_it = database.open_for_reading if reading else database.open_for_writing
    try:
        db = open_it(path, slot.key)
    except KeyRefusedError as error:
        raise _other_or_damaged(path, slot) from error
    open_things.enter_context(closing(db.conn))
    with refusals(path):
        (migrations.check_up_to_date if reading else migrations.bring_up_to_date)(db)
    return ClinicFile(path, db, slot, open_things.pop_all())


def _other_or_damaged(path: Path, slot: Slot) -> RecordFileError:
    """Why a record does not open although the passphrase is right."""
    if database.salt_of(path) == slot.salt:
        return RecordDamagedError(path, "the first page")
    return SlotOfAnotherFileError(slot_path(path))


def _fill(draft: Path, slot: Slot, clinic: Clinic, person: Person, recovery_key: str) -> None:
    db = database.create(draft, slot.key, slot.salt)
    with closing(db.conn):  # closing moves everything from the WAL into the file
        migrations.create_tables(db)
        records = Records(db)
        records.set_clinic(clinic)
        records.add_person(person, slot.user_name)
        records.remember(_RECOVERY_KEY, recovery_key)


@contextmanager
def _draft_of(path: Path) -> Iterator[Path]:
    """Where a record is made before it gets its name; nothing is left there."""
    draft = path.with_name(path.name + ".new")
    endings = ("", "-wal", "-shm", "-journal")
    parts = [draft.with_name(draft.name + ending) for ending in endings]
    try:
        for part in parts:
            part.unlink(missing_ok=True)  # of an attempt that was killed
        yield draft
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def _make_folder(path: Path) -> None:
    with _system_refusals(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextmanager
def _system_refusals(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise system_refusal(path, error) from error
