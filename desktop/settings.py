"""Where the program keeps its things on this computer, and what its user prefers.

Nothing about patients.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import platformdirs

from desktop.core.errors import ExpectedError

RECORD_NAME = "clinic.glabella"
SCHEMES = ("system", "light", "dark", "contrast")


class PreferencesNotSavedError(ExpectedError):
    """The disk refused what the user prefers."""

    def __init__(self, detail: str) -> None:
        """Keep what the system said."""
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True)
class Preferences:
    """How the program looks and speaks on this computer.

    `language` is a tag, or empty for the system's. `px_per_mm` has the measured screens, `window`
    the window's place as Qt writes it, in base 64.
    """

    language: str = ""
    scheme: str = "system"
    px_per_mm: Mapping[str, float] = field(default_factory=dict)
    window: str = ""
    shows_past: bool = True


DEFAULTS = Preferences()


def data_folder() -> Path:
    """The folder of the record and the log, unless another file is named."""
    return Path(platformdirs.user_data_dir("Glabella", appauthor=False))


def default_record() -> Path:
    """The record that the program opens by itself."""
    return data_folder() / RECORD_NAME


def log_file() -> Path:
    """What went wrong, with ids and never with names."""
    return data_folder() / "glabella.log"


def preferences_file() -> Path:
    """What the user prefers."""
    return data_folder() / "preferences.json"


def load() -> Preferences:
    """What the user prefers. What is missing or damaged counts as not said."""
    try:
        content = preferences_file().read_bytes()
    except OSError:
        return DEFAULTS
    import json

    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return DEFAULTS
    return _read(said) if isinstance(said, dict) else DEFAULTS


def save(preferences: Preferences) -> None:
    """Keep what the user prefers: whole, or not at all; for nobody else to read.

    Raises:
        PreferencesNotSavedError: The disk refused.
    """
    import json
    import tempfile

    file = preferences_file()
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=file.parent, prefix=".preferences-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as opened:
                json.dump(asdict(preferences), opened, indent=1)
                opened.flush()
                os.fsync(opened.fileno())
            Path(draft).replace(file)
        except OSError:
            Path(draft).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise PreferencesNotSavedError(error.strerror or str(error)) from error


def _read(said: dict[str, object]) -> Preferences:
    language, scheme, window = said.get("language"), said.get("scheme"), said.get("window")
    shows_past, screens = said.get("shows_past"), said.get("px_per_mm")
    return Preferences(
        language=language if isinstance(language, str) else DEFAULTS.language,
        scheme=scheme if isinstance(scheme, str) and scheme in SCHEMES else DEFAULTS.scheme,
        px_per_mm=_numbers(screens) if isinstance(screens, dict) else DEFAULTS.px_per_mm,
        window=window if isinstance(window, str) else DEFAULTS.window,
        shows_past=shows_past if isinstance(shows_past, bool) else DEFAULTS.shows_past,
    )


def _numbers(said: Mapping[str, object]) -> dict[str, float]:
    """The plain numbers; whether a screen can be like that is the window's to know."""
    return {
        name: each
        for name, each in said.items()
        if isinstance(each, int | float) and not isinstance(each, bool)
    }
