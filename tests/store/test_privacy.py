from dataclasses import replace
from pathlib import Path

from desktop.core import acts
from tests.store.conftest import Kept
from tests.store.visits import CLINIC, INJECTOR, PATIENT, WORDS, start

PLANTED = "Zanzibarian-Marker"
SECRETS = (PLANTED, PATIENT.family_name, PATIENT.record_number, INJECTOR.name, CLINIC.name, WORDS)


def readable(folder: Path) -> set[str]:
    """The secrets that some file of a folder shows."""
    contents = [each.read_bytes() for each in folder.iterdir()]
    spellings = {text: (text.encode(), text.encode("utf-16-le")) for text in SECRETS}
    return {
        text
        for text, spelled in spellings.items()
        if any(each in content for each in spelled for content in contents)
    }


def test_no_file_shows_whom_or_what_it_is_about(kept: Kept) -> None:
    folder = kept.path.parent
    with kept.open() as file:
        start(file.records).do(acts.SetRemark(PLANTED))
        file.records.change_patient(replace(PATIENT, remarks=PLANTED, phone=PLANTED))
        file.records.remember("search", PLANTED)
        assert readable(folder) == set()
    assert readable(folder) == set()
    (folder / "export.txt").write_text(PLANTED)
    assert readable(folder) == {PLANTED}


def test_no_file_shows_a_key(kept: Kept) -> None:
    with kept.open() as file:
        key, paper = file._slot.key, kept.recovery_key
        start(file.records)
        contents = [each.read_bytes() for each in kept.path.parent.iterdir()]
    for secret in (key, key.hex().encode(), paper.encode(), paper.replace("-", "").encode()):
        assert not any(secret in content for content in contents)


def test_no_file_stays_beside_the_record(kept: Kept) -> None:
    with kept.open() as file:
        start(file.records).do(acts.SetRemark(PLANTED))
        names = {each.name.removeprefix("clinic.glabella") for each in kept.path.parent.iterdir()}
    assert names == {"", ".key", ".lock", "-wal", "-shm"}
