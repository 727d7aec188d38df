import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from desktop.store import clinic_file, database, migrations, slot
from desktop.store.clinic_file import (
    FileExistsRefusedError,
    SlotOfAnotherFileError,
    WrongRecoveryKeyError,
)
from desktop.store.database import (
    FolderInsteadOfFileError,
    NotARecordError,
    RecordCutOffError,
    RecordEmptyError,
    RecordMissingError,
)
from desktop.store.driver import Database
from desktop.store.keys import (
    Cost,
    PassphraseTooShortError,
    derived_key,
    new_recovery_key,
    passphrase_secret,
)
from desktop.store.migrations import STEPS, NewerFileError, OlderFileError
from desktop.store.refusal import (
    FileInUseError,
    ReadOnlyError,
    RecordDamagedError,
    RecordFileError,
)
from desktop.store.slot import SlotDamagedError, SlotMissingError, WrongPassphraseError, slot_path
from tests.store.conftest import Kept
from tests.store.visits import (
    CHEAP,
    CLINIC,
    INJECTOR,
    OTHER_WORDS,
    PATIENT,
    WHOLE_PROTOCOL,
    WORDS,
    start,
)

ROOT = Path(__file__).resolve().parents[2]


def replace_content(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def test_a_new_record_holds_its_clinic_and_whoever_made_it(kept: Kept) -> None:
    with kept.open() as file:
        assert file.records.clinic() == CLINIC
        assert file.records.people() == [INJECTOR]
        assert (file.user_name, file.user) == ("injector", INJECTOR)
        assert file.recovery_key == kept.recovery_key


def test_only_the_user_can_read_a_record(kept: Kept) -> None:
    if os.name != "posix":
        pytest.skip("Windows has no modes")
    with kept.open() as file:
        start(file.records)
        modes = {
            each.name: stat.S_IMODE(each.stat().st_mode) for each in kept.path.parent.iterdir()
        }
    assert stat.S_IMODE(kept.path.parent.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}, modes


def test_a_closed_record_is_one_file_a_slot_and_a_lock(kept: Kept) -> None:
    names = {each.name for each in kept.path.parent.iterdir()}
    assert names == {"clinic.glabella", "clinic.glabella.key", "clinic.glabella.lock"}


def test_a_record_is_never_made_over_a_file(kept: Kept) -> None:
    with pytest.raises(FileExistsRefusedError):
        clinic_file.create(kept.path, CLINIC, INJECTOR, "other", WORDS, cost=CHEAP)
    with kept.open() as file:
        assert file.user_name == "injector"


def test_a_record_is_never_made_over_the_unwritten_rest_of_another(tmp_path: Path) -> None:
    path = tmp_path / "clinic.glabella"
    rest = tmp_path / "clinic.glabella-wal"
    rest.write_bytes(b"newest sessions")
    with pytest.raises(FileExistsRefusedError) as refused:
        clinic_file.create(path, CLINIC, INJECTOR, "injector", WORDS, cost=CHEAP)
    assert refused.value.path == rest
    assert rest.read_bytes() == b"newest sessions"


def test_a_short_passphrase_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(PassphraseTooShortError):
        clinic_file.create(tmp_path / "a" / "c", CLINIC, INJECTOR, "injector", "short", cost=CHEAP)
    assert list(tmp_path.iterdir()) == []


def test_without_its_slot_no_record_is_made(tmp_path: Path) -> None:
    path = tmp_path / "clinic.glabella"
    in_the_way = tmp_path / "clinic.glabella.key.tmp"
    in_the_way.mkdir()
    with pytest.raises(RecordFileError):
        clinic_file.create(path, CLINIC, INJECTOR, "injector", WORDS, cost=CHEAP)
    assert not path.exists()
    in_the_way.rmdir()
    clinic_file.create(path, CLINIC, INJECTOR, "injector", WORDS, cost=CHEAP)[0].close()


def test_the_file_and_the_paper_open_anywhere_without_the_slot(kept: Kept, tmp_path: Path) -> None:
    with kept.open() as file:
        chart = start(file.records).do(*WHOLE_PROTOCOL).session
    elsewhere = Kept(tmp_path / "stick" / "renamed.glabella", kept.recovery_key)
    elsewhere.path.parent.mkdir()
    shutil.copy(kept.path, elsewhere.path)
    with elsewhere.open_with_paper() as file:
        assert file.records.session("s-1") == chart
        assert file.user is None


def test_the_paper_sets_a_new_passphrase(kept: Kept) -> None:
    slot_path(kept.path).unlink()
    clinic_file.reset_passphrase(kept.path, kept.recovery_key, OTHER_WORDS, costs=(CHEAP,))
    with kept.open(words=OTHER_WORDS) as file:
        assert file.user == INJECTOR


def test_a_changed_passphrase_opens_and_the_old_one_no_longer(kept: Kept) -> None:
    clinic_file.change_passphrase(kept.path, WORDS, OTHER_WORDS, costs=(CHEAP,))
    with pytest.raises(WrongPassphraseError):
        kept.open()
    kept.open(words=OTHER_WORDS).close()


def test_what_a_killed_change_of_the_passphrase_left_does_not_block_the_next(kept: Kept) -> None:
    path = slot_path(kept.path)
    path.with_name(path.name + ".tmp").write_bytes(b"half a slot")
    clinic_file.change_passphrase(kept.path, WORDS, OTHER_WORDS, costs=(CHEAP,))
    kept.open(words=OTHER_WORDS).close()


def test_a_passphrase_can_be_changed_while_the_record_is_open(kept: Kept) -> None:
    with kept.open() as file:
        clinic_file.change_passphrase(kept.path, WORDS, OTHER_WORDS, costs=(CHEAP,))
        file.records.add_patient(PATIENT)
    with kept.open(words=OTHER_WORDS) as file:
        assert file.records.patient("p-1") == PATIENT


def test_a_wrong_passphrase_opens_nothing(kept: Kept) -> None:
    with pytest.raises(WrongPassphraseError):
        kept.open(words=OTHER_WORDS)


def test_a_wrong_old_passphrase_changes_nothing(kept: Kept) -> None:
    with pytest.raises(WrongPassphraseError):
        clinic_file.change_passphrase(kept.path, OTHER_WORDS, WORDS, costs=(CHEAP,))
    kept.open().close()


def test_a_slot_of_an_older_cost_opens_and_is_made_again_at_the_newest(kept: Kept) -> None:
    newer = Cost(memory_kib=128, passes=1, lanes=1)
    clinic_file.open_with_passphrase(kept.path, WORDS, costs=(newer, CHEAP)).close()
    _, cost = slot.read_slot(kept.path, WORDS, (newer,))
    assert cost == newer


def test_a_record_made_at_an_older_cost_opens_with_its_paper(kept: Kept) -> None:
    newer = Cost(memory_kib=128, passes=1, lanes=1)
    costs = (newer, CHEAP)
    clinic_file.open_with_recovery_key(kept.path, kept.recovery_key, costs=costs).close()


def test_the_recovery_key_of_another_record_is_refused(kept: Kept) -> None:
    with pytest.raises(WrongRecoveryKeyError):
        clinic_file.open_with_recovery_key(kept.path, new_recovery_key(), costs=(CHEAP,))


def test_a_missing_slot_is_told_apart(kept: Kept) -> None:
    slot_path(kept.path).unlink()
    with pytest.raises(SlotMissingError):
        kept.open()


@pytest.mark.parametrize("place", [0, 20, 5000, -1])
def test_one_flipped_bit_in_the_slot_is_no_wrong_passphrase(kept: Kept, place: int) -> None:
    flip(slot_path(kept.path), place)
    with pytest.raises(SlotDamagedError):
        kept.open()


def test_an_empty_slot_is_damaged(kept: Kept) -> None:
    replace_content(slot_path(kept.path), b"")
    with pytest.raises(SlotDamagedError):
        kept.open()


def test_the_slot_of_another_record_is_told_apart(make: Callable[[str], Kept]) -> None:
    one, other = make("one"), make("other")
    shutil.copy(slot_path(other.path), slot_path(one.path))
    with pytest.raises(SlotOfAnotherFileError):
        one.open()


def test_a_slot_from_a_newer_program_is_told_apart(kept: Kept) -> None:
    path = slot_path(kept.path)
    body = path.read_bytes()[: -slot.CHECKSUM_BYTES]
    path.write_bytes(body)
    key = derived_key(passphrase_secret(WORDS), body[: database.SALT_BYTES], CHEAP)
    with database.opened(path, "mode=rw", key) as db, closing(db.conn):
        db.conn.execute("PRAGMA user_version = 2")
    path.write_bytes(path.read_bytes() + sha256(path.read_bytes()).digest())
    with pytest.raises(NewerFileError) as refused:
        kept.open()
    assert (refused.value.found, refused.value.known) == (2, 1)


def test_a_missing_record_is_not_made_by_opening(kept: Kept) -> None:
    kept.path.unlink()
    for open_it in (kept.open, kept.open_with_paper):
        with pytest.raises(RecordMissingError):
            open_it()
    assert not kept.path.exists()


def test_a_folder_in_place_of_the_record_is_told_apart(kept: Kept) -> None:
    kept.path.unlink()
    kept.path.mkdir()
    with pytest.raises(FolderInsteadOfFileError):
        kept.open()


def test_an_empty_record_does_not_open_as_a_new_clinic(kept: Kept) -> None:
    replace_content(kept.path, b"")
    for open_it in (kept.open, kept.open_with_paper):
        with pytest.raises(RecordEmptyError):
            open_it()
    assert kept.path.stat().st_size == 0


@pytest.mark.parametrize("size", [1, 4095, 4097, 20000])
def test_a_record_that_is_cut_off_is_told_apart(kept: Kept, size: int) -> None:
    replace_content(kept.path, kept.path.read_bytes()[:size])
    with pytest.raises(RecordCutOffError):
        kept.open()


def test_a_record_cut_off_between_pages_is_damaged(kept: Kept) -> None:
    replace_content(kept.path, kept.path.read_bytes()[:8192])
    with pytest.raises(RecordDamagedError):
        kept.open()


def test_a_record_whose_first_page_is_broken_is_damaged(kept: Kept) -> None:
    flip(kept.path, 2000)
    with pytest.raises(RecordDamagedError):
        kept.open()


def test_any_broken_page_is_found_by_the_health_check(kept: Kept) -> None:
    flip(kept.path, kept.path.stat().st_size - 2000)
    with kept.open() as file, pytest.raises(RecordDamagedError):
        file.check_health()


def test_a_page_that_belongs_to_nothing_is_found_by_the_health_check(kept: Kept) -> None:
    replace_content(kept.path, kept.path.read_bytes() + os.urandom(4096))
    with kept.open() as file:
        assert file.records.clinic() == CLINIC
        with pytest.raises(RecordDamagedError):
            file.check_health()


def test_a_sound_record_passes_the_health_check(kept: Kept) -> None:
    with kept.open() as file:
        start(file.records).do(*WHOLE_PROTOCOL)
        file.check_health()


@pytest.mark.parametrize(
    "content",
    [b"Dear colleague,\n" * 1000, bytes(8192), b"\xff" * 5000, b"SQLite format 3\0" + bytes(8176)],
    ids=["text", "zeros", "ones", "plain SQLite"],
)
def test_a_file_that_is_something_else_is_told_apart(kept: Kept, content: bytes) -> None:
    replace_content(kept.path, content)
    for open_it in (kept.open, kept.open_with_paper):
        with pytest.raises(NotARecordError):
            open_it()
    assert kept.path.read_bytes() == content


def test_random_bytes_are_no_record(kept: Kept) -> None:
    replace_content(kept.path, os.urandom(8192))
    with pytest.raises(SlotOfAnotherFileError):
        kept.open()
    with pytest.raises(WrongRecoveryKeyError):
        kept.open_with_paper()


def set_version(kept: Kept, setting: str, value: int) -> None:
    with kept.open() as file:
        file._db.conn.execute(f"PRAGMA {setting} = {value}")


def test_a_file_from_a_newer_program_is_refused_unchanged(kept: Kept) -> None:
    set_version(kept, "user_version", 99)
    before = kept.path.read_bytes()
    for reading in (False, True):
        with pytest.raises(NewerFileError) as refused:
            kept.open(reading=reading)
        assert (refused.value.found, refused.value.known) == (99, len(STEPS))
    assert kept.path.read_bytes() == before


def test_a_file_of_another_program_is_no_record(kept: Kept) -> None:
    set_version(kept, "application_id", 1)
    with pytest.raises(NotARecordError):
        kept.open()


def add_diary(db: Database) -> None:
    db.execute("CREATE TABLE diary (day TEXT) STRICT")


def stumble(db: Database) -> None:
    add_diary(db)
    raise KeyboardInterrupt


def test_an_older_file_is_brought_up_to_date_by_a_writer_only(kept: Kept) -> None:
    with kept.open(reading=True) as file, pytest.raises(OlderFileError):
        migrations.check_up_to_date(file._db, (*STEPS, add_diary))
    with kept.open() as file:
        migrations.bring_up_to_date(file._db, (*STEPS, add_diary))
        assert file._db.table("diary").exists()
        migrations.check_up_to_date(file._db, (*STEPS, add_diary))


def test_a_step_that_fails_leaves_the_older_file(kept: Kept) -> None:
    with kept.open() as file:
        with pytest.raises(KeyboardInterrupt):
            migrations.bring_up_to_date(file._db, (*STEPS, stumble))
        assert not file._db.table("diary").exists()
        migrations.check_up_to_date(file._db)


def test_a_second_window_is_refused_at_once_and_may_read(kept: Kept) -> None:
    with kept.open() as first:
        with pytest.raises(FileInUseError):
            kept.open()
        first.records.add_patient(PATIENT)
        with kept.open(reading=True) as second:
            assert second.records.patient("p-1") == PATIENT
    kept.open().close()


def test_another_process_is_refused_and_may_read(kept: Kept) -> None:
    code = f"""
from pathlib import Path
from desktop.core.errors import ExpectedError
from desktop.store.clinic_file import open_with_passphrase
from desktop.store.keys import Cost
for reading in (False, True):
    try:
        file = open_with_passphrase(
            Path({str(kept.path)!r}), {WORDS!r}, reading=reading, costs=(Cost(64, 1, 1),)
        )
        print(file.records.patient("p-1").given_name)
    except ExpectedError as error:
        print(type(error).__name__)
"""
    with kept.open() as file:
        file.records.add_patient(PATIENT)
        said = subprocess.run(
            [sys.executable, "-X", "utf8", "-c", code],
            cwd=ROOT,
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout
        assert said.split() == ["FileInUseError", "Zoë"]
        file.records.change_patient(PATIENT)
    with kept.open() as file:
        assert file.records.patient("p-1") == PATIENT


def test_a_reader_changes_nothing(kept: Kept) -> None:
    with kept.open(reading=True) as file, pytest.raises(ReadOnlyError):
        file.records.add_patient(PATIENT)
    with kept.open() as file:
        assert file.records.find_patients("") == []


def test_a_reader_sees_what_is_saved_after_it_opened(kept: Kept) -> None:
    with kept.open() as writer, kept.open(reading=True) as reader:
        writer.records.add_patient(PATIENT)
        assert reader.records.find_patients("") == [PATIENT]


def test_closing_twice_does_no_harm(kept: Kept) -> None:
    file = kept.open()
    file.close()
    file.close()
    kept.open().close()
