"""The pictures of README and help are made from the real window."""

import struct
from pathlib import Path

import pytest
import screens
from environment import PROJECT

HELP = PROJECT / "resources" / "help"


def size_of(png: Path) -> tuple[int, int]:
    wide, high = struct.unpack(">II", png.read_bytes()[16:24])
    return wide, high


@pytest.mark.parametrize(
    ("name", "size_px"), [("1280x800", (1280, 800)), ("200-percent", (2560, 1600))]
)
def test_picture_has_the_size_that_the_screen_would_show(
    name: str, size_px: tuple[int, int], tmp_path: Path
) -> None:
    picture = next(each for each in screens.TO_LOOK_AT if each.name == name)
    screens.start_drawing(picture, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == [f"{name}.png"]
    assert size_of(tmp_path / f"{name}.png") == size_px


def test_every_scheme_and_language_can_be_looked_at() -> None:
    from desktop import language
    from desktop.gui import theme

    assert {each.scheme for each in screens.TO_LOOK_AT} == set(theme.SCHEMES)
    spoken = {each.tag for each in language.available()}
    assert {each.language for each in screens.TO_LOOK_AT} == spoken


def test_picture_of_the_help_is_of_a_session_on_an_ordinary_screen() -> None:
    assert size_of(HELP / "session.png") == screens.WIDE


def test_every_other_picture_of_the_help_is_made_by_the_same_command() -> None:
    made = {f"mark-{name}" for name in screens.MARKS}
    made |= {"session", "close-up", "mark-moved", "start"}
    assert {file.stem for file in HELP.glob("*.png")} == made
