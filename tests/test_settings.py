"""What the user prefers: kept on this computer, and never in anybody's way."""

import json
import os
import stat
from pathlib import Path

import pytest

from desktop import settings
from desktop.settings import DEFAULTS, Preferences, PreferencesNotSavedError

CHOSEN = Preferences(
    language="es",
    scheme="contrast",
    px_per_mm={"eDP-1 1920x1080 @1": 5.53, "Bildschirm \u201eä\u201c": 3.78},
    window="AdnQywAD",
    shows_past=False,
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own, which is not there yet."""
    made = tmp_path / "data"
    monkeypatch.setattr(settings, "data_folder", lambda: made)
    return made


def test_what_is_kept_is_there_at_the_next_start() -> None:
    settings.save(CHOSEN)
    assert settings.load() == CHOSEN
    settings.save(DEFAULTS)
    assert settings.load() == DEFAULTS == Preferences("", "system", {}, "", shows_past=True)


def test_at_the_first_start_nothing_is_preferred_and_nothing_is_written(folder: Path) -> None:
    assert settings.load() == DEFAULTS
    assert not folder.exists()


def test_nobody_else_reads_them_and_no_draft_stays_behind(folder: Path) -> None:
    settings.save(CHOSEN)
    settings.save(CHOSEN)
    (file,) = folder.iterdir()
    assert file == settings.preferences_file() == folder / "preferences.json"
    if os.name != "posix":
        pytest.skip("Windows has no modes")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe damaged",
        b'{"language": "es", "scheme": "dark"',
        b'["language", "es"]',
        b"null",
        b'"es"',
        b"[" * 100_000,
        b'{"language": 7, "scheme": "sepia", "px_per_mm": [5.5], "window": null, "shows_past": 0}',
        b'{"language": ["es"], "scheme": {}, "px_per_mm": "5", "window": 3, "shows_past": "no"}',
    ],
    ids=["empty", "bytes", "cut off", "list", "null", "text", "deep", "wrong kinds", "wrong too"],
)
def test_a_damaged_file_counts_as_nothing_said(content: bytes, folder: Path) -> None:
    folder.mkdir()
    settings.preferences_file().write_bytes(content)
    assert settings.load() == DEFAULTS


def test_what_makes_sense_in_a_damaged_file_is_kept(folder: Path) -> None:
    folder.mkdir()
    said = {
        "language": "ar",
        "scheme": "purple",
        "px_per_mm": {"eDP-1": 5.5, "HDMI-1": "wide", "DP-1": True, "DP-2": None},
        "shows_past": False,
        "of_a_later_version": [1, 2],
    }
    settings.preferences_file().write_text(json.dumps(said), "utf-8")
    assert settings.load() == Preferences("ar", "system", {"eDP-1": 5.5}, "", shows_past=False)


def test_a_folder_in_place_of_the_file_counts_as_nothing_said() -> None:
    settings.preferences_file().mkdir(parents=True)
    assert settings.load() == DEFAULTS


def test_a_disk_that_refuses_is_an_error_to_explain_and_loses_nothing(folder: Path) -> None:
    settings.preferences_file().mkdir(parents=True)  # a folder cannot be replaced by a file
    with pytest.raises(PreferencesNotSavedError) as refused:
        settings.save(CHOSEN)
    assert refused.value.detail != ""
    assert [each.name for each in folder.iterdir()] == ["preferences.json"]


def test_a_data_folder_that_is_a_file_is_an_error_to_explain(folder: Path) -> None:
    folder.write_text("not a folder")
    with pytest.raises(PreferencesNotSavedError):
        settings.save(CHOSEN)
    assert settings.load() == DEFAULTS


def test_what_was_kept_before_stays_when_the_disk_is_full(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.save(CHOSEN)

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PreferencesNotSavedError, match="No space"):
        settings.save(DEFAULTS)
    assert settings.load() == CHOSEN
    assert [each.name for each in folder.iterdir()] == ["preferences.json"]
