"""Where the program keeps its things on this computer; nothing about patients."""

from pathlib import Path

import platformdirs

RECORD_NAME = "clinic.glabella"


def data_folder() -> Path:
    """The folder of the record and the log, unless another file is named."""
    return Path(platformdirs.user_data_dir("Glabella", appauthor=False))


def default_record() -> Path:
    """The record that the program opens by itself."""
    return data_folder() / RECORD_NAME


def log_file() -> Path:
    """What went wrong, with ids and never with names."""
    return data_folder() / "glabella.log"
