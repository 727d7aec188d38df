"""What is left after kill -9, on a full disk, and on a disk that takes nothing."""

import errno
import os
import random
import shutil
import signal
import subprocess
import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from desktop.core import acts
from desktop.store import clinic_file
from desktop.store.refusal import (
    DiskFullError,
    ReadOnlyError,
    RecordFileError,
    StorageRefusedError,
    system_refusal,
)
from tests.store.conftest import Kept
from tests.store.visits import (
    CHEAP,
    CLINIC,
    INJECTOR,
    OTHER_WORDS,
    PATIENT,
    WHOLE_PROTOCOL,
    WORDS,
    Visit,
    start,
)

resource = pytest.importorskip("resource", reason="needs fork, signals and mounts")
KILLS = 20


def in_child(work: Callable[[], object]) -> int:
    """Start some work in a process of its own, which knows what this one has imported."""
    with warnings.catch_warnings():
        # The threads of a parallel test run hold nothing that the child needs.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return child


def kill_soon(child: int) -> None:
    time.sleep(random.uniform(0, 0.03))  # noqa: S311  no secret
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def chart_until_killed(kept: Kept, acknowledge: int) -> None:
    """In a child process: chart one remark after the other, and say when each is saved."""
    with kept.open() as file:
        visit = Visit(file.records, file.records.history("s-1"))
        number = int(visit.session.remark)
        while True:
            number += 1
            visit.do(acts.SetRemark(str(number)))
            os.write(acknowledge, f"{number}\n".encode())


def killed_while_charting(kept: Kept) -> int:
    """The last remark that a charting process said to be saved before it was killed."""
    reading, writing = os.pipe()
    child = in_child(lambda: chart_until_killed(kept, writing))
    os.close(writing)
    said = os.read(reading, 10)  # it is charting now
    kill_soon(child)
    while more := os.read(reading, 4096):
        said += more
    os.close(reading)
    return int(said.split()[-1])


def test_no_act_that_was_saved_is_lost_when_the_program_is_killed(kept: Kept) -> None:
    with kept.open() as file:
        start(file.records).do(acts.SetRemark("0"))
    for _ in range(KILLS):
        saved = killed_while_charting(kept)
        with kept.open() as file:
            found = int(file.records.history("s-1").present.remark)
            # One more may be there: killed between saving and saying so.
            assert saved <= found <= saved + 1
            file.check_health()


def make(path: Path) -> None:
    clinic_file.create(path, CLINIC, INJECTOR, "injector", WORDS, cost=CHEAP)[0].close()


def test_a_creation_that_is_killed_leaves_a_whole_record_or_none(tmp_path: Path) -> None:
    for attempt in range(KILLS):
        path = tmp_path / str(attempt) / "clinic.glabella"
        kill_soon(in_child(partial(make, path)))
        if not path.exists():
            make(path)
        with clinic_file.open_with_passphrase(path, WORDS, costs=(CHEAP,)) as file:
            assert file.records.clinic() == CLINIC
            recovery_key = file.recovery_key
        Kept(path, recovery_key).open_with_paper().close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if os.geteuid() or not mount or subprocess.run(command, check=False).returncode:
        pytest.skip("only root can mount a small disk")
    yield disk
    subprocess.run([umount or "umount", "-l", str(disk)], check=True)  # also when a test failed


def kept_on(disk: Path) -> Kept:
    path = disk / "clinic.glabella"
    file, recovery_key = clinic_file.create(path, CLINIC, INJECTOR, "injector", WORDS, cost=CHEAP)
    with file:
        start(file.records).do(*WHOLE_PROTOCOL)
    return Kept(path, recovery_key)


def chart_without_end(visit: Visit) -> None:
    for number in range(1000):
        visit.do(acts.SetRemark(f"{number} " * 1000))


def test_a_full_disk_refuses_and_loses_nothing(small_disk: Path) -> None:
    kept = kept_on(small_disk)
    ballast = small_disk / "ballast"
    with kept.open() as file:
        visit = Visit(file.records, file.records.history("s-1"))
        ballast.write_bytes(bytes(shutil.disk_usage(small_disk).free))
        with pytest.raises(DiskFullError):
            chart_without_end(visit)
        assert file.records.history("s-1") == visit.history
        ballast.unlink()
        visit = Visit(file.records, file.records.history("s-1"))
        visit.do(acts.SetRemark("work goes on"))
    with kept.open() as file:
        assert file.records.history("s-1") == visit.history
        file.check_health()


def test_a_record_is_not_made_on_a_full_disk(small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(bytes(shutil.disk_usage(small_disk).free - 8192))
    with pytest.raises(DiskFullError):
        kept_on(small_disk)
    left = {each.name for each in small_disk.iterdir()} - {"ballast", "clinic.glabella.lock"}
    assert left == set()
    (small_disk / "ballast").unlink()
    kept_on(small_disk).open().close()


def test_a_passphrase_is_not_changed_on_a_full_disk(small_disk: Path) -> None:
    kept = kept_on(small_disk)
    (small_disk / "ballast").write_bytes(bytes(shutil.disk_usage(small_disk).free))
    with pytest.raises(DiskFullError):
        clinic_file.change_passphrase(kept.path, WORDS, OTHER_WORDS, costs=(CHEAP,))
    (small_disk / "ballast").unlink()
    kept.open().close()


def test_a_disk_without_writing_can_be_read_only(small_disk: Path) -> None:
    kept = kept_on(small_disk)
    mount = shutil.which("mount") or "mount"
    subprocess.run([mount, "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(ReadOnlyError):
        kept.open()
    with pytest.raises(ReadOnlyError):
        clinic_file.change_passphrase(kept.path, WORDS, OTHER_WORDS, costs=(CHEAP,))
    with kept.open(reading=True) as file:
        assert file.records.patient("p-1") == PATIENT
    with pytest.raises(ReadOnlyError):
        kept_on(small_disk / "new folder")


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        (errno.ENOSPC, DiskFullError),
        (errno.EDQUOT, DiskFullError),
        (errno.EROFS, ReadOnlyError),
        (errno.EACCES, ReadOnlyError),
        (errno.EIO, StorageRefusedError),
    ],
)
def test_what_the_system_says_is_told_apart(code: int, refusal: type[RecordFileError]) -> None:
    path = Path("clinic.glabella")
    said = system_refusal(path, OSError(code, os.strerror(code)))
    assert (type(said), said.path) == (refusal, path)


def test_a_limit_on_file_sizes_refuses_and_loses_nothing(kept: Kept) -> None:
    with kept.open() as file:
        visit = start(file.records).do(*WHOLE_PROTOCOL)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, limits[1]))
        try:
            with pytest.raises(StorageRefusedError):
                chart_without_end(visit)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        again = Visit(file.records, file.records.history("s-1"))
        assert again.history == visit.history
        again.do(acts.SetRemark("work goes on"))
