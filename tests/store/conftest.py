"""A clinic's record in a temporary folder."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.store import clinic_file
from desktop.store.clinic_file import ClinicFile
from desktop.store.records import Records
from tests.store.visits import CHEAP, CLINIC, INJECTOR, WORDS


@dataclass
class Kept:
    """A record on disk, which can be opened again and again."""

    path: Path
    recovery_key: str

    def open(self, *, reading: bool = False, words: str = WORDS) -> ClinicFile:
        return clinic_file.open_with_passphrase(self.path, words, reading=reading, costs=(CHEAP,))

    def open_with_paper(self) -> ClinicFile:
        return clinic_file.open_with_recovery_key(self.path, self.recovery_key, costs=(CHEAP,))


@pytest.fixture
def make(tmp_path: Path) -> Callable[[str], Kept]:
    """Makes a record in a folder of its own, and closes it."""

    def made(folder: str) -> Kept:
        path = tmp_path / folder / "clinic.glabella"
        file, recovery_key = clinic_file.create(
            path, CLINIC, INJECTOR, "injector", WORDS, cost=CHEAP
        )
        file.close()
        return Kept(path, recovery_key)

    return made


@pytest.fixture
def kept(make: Callable[[str], Kept]) -> Kept:
    """A record that is closed."""
    return make("clinic")


@pytest.fixture
def file(kept: Kept) -> Iterator[ClinicFile]:
    """A record that is open for writing."""
    with kept.open() as opened:
        yield opened


@pytest.fixture
def records(file: ClinicFile) -> Records:
    """What an open record holds."""
    return file.records
