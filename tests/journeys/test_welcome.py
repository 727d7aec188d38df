"""The ways into a record: set up, unlock, recover, try out."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton, QWidget

from desktop import settings
from desktop.app import WindowProgram
from desktop.core.patient import Patient
from desktop.gui.hand import Hand
from desktop.gui.welcome import Welcome
from desktop.store import clinic_file
from desktop.store.database import RecordMissingError
from desktop.store.keys import new_recovery_key
from tests.conftest import Record, enter, throw_away

Start = Callable[[Path], WindowProgram]
WORDS = "correct horse battery"
OTHER_WORDS = "incorrect horse battery"


@pytest.fixture
def start(qapp: QApplication) -> Iterator[Start]:  # noqa: ARG001  dressed first
    """Starts the program on a record, with its real doors and key costs."""
    programs = []

    def started(path: Path) -> WindowProgram:
        program = WindowProgram(path)
        program.show()
        programs.append(program)
        return program

    yield started
    for program in programs:
        throw_away(program.window)
        program.close()


def welcome(program: WindowProgram) -> Welcome:
    QApplication.processEvents()
    screen = program.window.centralWidget()
    assert isinstance(screen, Welcome)
    return screen


def sentence(screen: Welcome) -> str:
    (said,) = [each for each in screen.findChildren(QLabel, "refusal") if each.isVisible()]
    return said.text()


def page(screen: Welcome) -> str:
    (name,) = [name for name, each in screen._pages.items() if each.isVisible()]
    return name


def unlock(program: WindowProgram, passphrase: str) -> None:
    screen = welcome(program)
    enter(screen.passphrase, passphrase)
    screen.unlock.click()


def set_up(program: WindowProgram, passphrase: str = WORDS) -> Welcome:
    screen = welcome(program)
    screen.set_up_choice.click()
    for field, text in (
        (screen.clinic_name, "Klinik Süd"),
        (screen.address, "Testweg 1"),
        (screen.injector, "Dr. Åsa Test"),
        (screen.credentials, "MD"),
        (screen.new_passphrase.first, passphrase),
        (screen.new_passphrase.second, passphrase),
    ):
        enter(field, text)
    screen.zone.setCurrentText("Europe/Berlin")
    screen.create_record.click()
    return screen


def keep_key(screen: Welcome) -> None:
    screen.key_kept.click()
    screen.go_on.click()


def work_begins(program: WindowProgram) -> bool:
    QApplication.processEvents()
    return program.window.workspace is not None and program.window.workspace.isVisible()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / settings.RECORD_NAME


def test_the_first_start_leads_from_set_up_over_the_recovery_key_to_work(
    start: Start, path: Path
) -> None:
    program = start(path)
    assert page(welcome(program)) == "start"
    screen = set_up(program)
    assert page(screen) == "key"
    key = screen.key_shown.text().replace("\n", "")
    assert not screen.go_on.isEnabled()
    keep_key(screen)
    assert work_begins(program)
    assert program.desk is not None
    assert program.desk.clinic.name == "Klinik Süd"
    assert program.desk.clinic.zone == "Europe/Berlin"
    assert program.desk.user.name == "Dr. Åsa Test"
    assert program.desk.file.recovery_key == key
    assert program.window.close()

    again = start(path)
    assert page(welcome(again)) == "unlock"
    unlock(again, WORDS)
    assert work_begins(again)


def test_the_file_alone_opens_with_the_paper_key_in_another_folder(
    start: Start, path: Path, tmp_path: Path
) -> None:
    program = start(path)
    screen = set_up(program)
    key = screen.key_shown.text()
    keep_key(screen)
    assert program.window.close()
    elsewhere = tmp_path / "another profile" / path.name
    elsewhere.parent.mkdir()
    shutil.copy(path, elsewhere)

    other = start(elsewhere)
    unlock(other, WORDS)
    assert "Open the record with the recovery key" in sentence(welcome(other))
    screen = welcome(other)
    screen.show_page("recover")
    recover(screen, key.replace("\n", " ").lower(), OTHER_WORDS)
    assert work_begins(other)
    assert other.window.close()

    again = start(elsewhere)
    unlock(again, WORDS)
    assert sentence(welcome(again)).startswith("This is not the passphrase.")
    unlock(again, OTHER_WORDS)
    assert work_begins(again)


def recover(screen: Welcome, key: str, passphrase: str) -> None:
    enter(screen.typed_key, key)
    enter(screen.recovered.first, passphrase)
    enter(screen.recovered.second, passphrase)
    press(screen, "Open with the recovery key")


def press(screen: QWidget, name: str) -> None:
    (button,) = [
        each
        for each in screen.findChildren(QPushButton)
        if each.isVisible() and each.text() == name
    ]
    button.click()


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "36 letters and digits"),
        ("NJNX-QJFF", "this one has 8"),
        ("AAAA-" * 8 + "AAAB", "mistyped"),
        (new_recovery_key(), "does not open"),
    ],
    ids=["none", "short", "mistyped", "of another record"],
)
def test_a_wrong_recovery_key_is_one_sentence_and_changes_nothing(
    key: str, said: str, start: Start, record: Record
) -> None:
    before = contents(record.path)
    program = start(record.path)
    screen = welcome(program)
    press(screen, "Passphrase lost? Use the recovery key")
    recover(screen, key, OTHER_WORDS)
    assert said in sentence(screen)
    assert page(screen) == "recover"
    assert screen.typed_key.text() == key
    assert contents(record.path) == before


def contents(path: Path) -> dict[str, bytes]:
    return {
        each.name: each.read_bytes() for each in path.parent.iterdir() if each.suffix != ".lock"
    }


def test_a_wrong_passphrase_is_one_sentence_and_the_next_try_counts(
    start: Start, path: Path
) -> None:
    program = start(path)
    keep_key(set_up(program))
    program.window.close()
    before = contents(path)
    again = start(path)
    unlock(again, "wrong passphrase")
    assert sentence(welcome(again)) == (
        "This is not the passphrase. Nothing was changed; try again."
    )
    assert contents(path) == before
    unlock(again, WORDS)
    assert work_begins(again)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Dear all, this is a letter. " * 300, "is not a record of this program"),
        (b"SQLite format 3\0" + bytes(8176), "is not a record of this program"),
        (b"", "is empty"),
        (bytes(range(256)) * 3, "The end of"),
    ],
    ids=["letter", "plain database", "empty", "cut off"],
)
def test_a_file_that_is_no_record_is_said_to_be_none_and_left_alone(
    content: bytes, said: str, start: Start, record: Record
) -> None:
    record.path.write_bytes(content)
    before = contents(record.path)
    program = start(record.path)
    screen = welcome(program)
    press(screen, "Passphrase lost? Use the recovery key")
    recover(screen, record.recovery_key, OTHER_WORDS)
    assert said in sentence(screen)
    screen.show_page("unlock")
    unlock(program, WORDS)
    assert sentence(screen) != ""
    assert contents(record.path) == before


def test_a_record_open_in_another_window_is_said_to_be(start: Start, record: Record) -> None:
    desk = record.open()
    program = start(record.path)
    unlock(program, WORDS)
    assert sentence(welcome(program)) == (
        "clinic.glabella is open in another window or command. Close it there first."
    )
    assert desk.file.records.find_patients("") != []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"first": "short"}, "at least 8 characters"),
        ({"second": "another passphrase"}, "The two passphrases differ."),
        ({"injector": " "}, "A signature needs a name."),
        ({"clinic_name": "x" * 300}, "300 characters, 200 at most"),
        ({"injector": "Dr. \u202eTest"}, "U+202E"),
    ],
)
def test_a_set_up_that_cannot_be_keeps_what_was_typed(
    fields: dict[str, str], said: str, start: Start, path: Path
) -> None:
    program = start(path)
    screen = welcome(program)
    screen.set_up_choice.click()
    typed = {
        "clinic_name": "Klinik Süd",
        "injector": "Dr. Test",
        "first": fields.get("first", WORDS),
        "second": fields.get("first", WORDS),
        **fields,
    }
    places = {"first": screen.new_passphrase.first, "second": screen.new_passphrase.second}
    for name, text in typed.items():
        enter(places.get(name) or getattr(screen, name), text)
    screen.create_record.click()
    assert said in sentence(screen)
    assert page(screen) == "set up"
    assert {n: (places.get(n) or getattr(screen, n)).text() for n in typed} == typed
    assert not path.exists()


def test_a_clinic_needs_a_name(start: Start, path: Path) -> None:
    program = start(path)
    screen = welcome(program)
    screen.set_up_choice.click()
    enter(screen.injector, "Dr. Test")
    enter(screen.new_passphrase.first, WORDS)
    enter(screen.new_passphrase.second, WORDS)
    screen.create_record.click()
    assert page(screen) == "set up"
    assert sentence(screen) != ""
    assert not path.exists()


def test_a_bounce_on_create_makes_one_record_and_keeps_its_key_in_sight(
    start: Start, path: Path
) -> None:
    program = start(path)
    screen = set_up(program)
    shown = screen.key_shown.text()
    screen.create_record.click()
    assert page(screen) == "key"
    assert screen.key_shown.text() == shown
    assert program.desk is not None
    assert program.desk.file.recovery_key == shown.replace("\n", "")


def test_the_recovery_key_is_shown_again_until_somebody_says_that_it_is_kept(
    start: Start, path: Path
) -> None:
    program = start(path)
    key = set_up(program).key_shown.text()
    assert program.window.close()
    again = start(path)
    unlock(again, WORDS)
    assert not work_begins(again)
    screen = welcome(again)
    assert (page(screen), screen.key_shown.text()) == ("key", key)
    keep_key(screen)
    assert work_begins(again)
    assert again.window.close()
    third = start(path)
    unlock(third, WORDS)
    assert work_begins(third)


def choosing(chosen: Path) -> Callable[..., tuple[str, str]]:
    return lambda *_arguments: (str(chosen), "")


def test_the_recovery_key_is_saved_anywhere_but_beside_the_record(
    start: Start, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = start(path)
    screen = set_up(program)
    key = screen.key_shown.text().replace("\n", "")
    beside = path.parent / "recovery-key.txt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", choosing(beside))
    press(screen, "Save\N{HORIZONTAL ELLIPSIS}")
    assert "must not lie beside the record" in sentence(screen)
    assert not beside.exists()
    winding = tmp_path / "data" / ".." / "data" / "key.txt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", choosing(winding))
    press(screen, "Save\N{HORIZONTAL ELLIPSIS}")
    assert not winding.exists()
    stick = tmp_path / "stick" / "recovery-key.txt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", choosing(stick))
    press(screen, "Save\N{HORIZONTAL ELLIPSIS}")
    assert "could not be saved" in sentence(screen)
    stick.parent.mkdir()
    press(screen, "Save\N{HORIZONTAL ELLIPSIS}")
    assert key in stick.read_text("utf-8")


def test_the_recovery_key_is_not_saved_anywhere_in_the_programs_data_folder(
    start: Start, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "program"
    (data / "keys").mkdir(parents=True)
    monkeypatch.setattr(settings, "data_folder", lambda: data)
    screen = set_up(start(path))
    for hidden in (data / "key.txt", data / "keys" / "key.txt"):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", choosing(hidden))
        press(screen, "Save\N{HORIZONTAL ELLIPSIS}")
        assert "must not lie beside the record" in sentence(screen)
        assert not hidden.exists()


def test_another_record_can_be_chosen(
    start: Start, path: Path, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = start(path)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", choosing(record.path))
    press(welcome(program), "Open a record that is elsewhere\N{HORIZONTAL ELLIPSIS}")
    assert page(welcome(program)) == "unlock"
    assert program.path == record.path


def test_trying_out_never_touches_the_clinics_record(start: Start, path: Path) -> None:
    program = start(path)
    welcome(program).trial_choice.click()
    assert work_begins(program)
    assert program.trial is not None
    thrown_away = program.trial
    hand = Hand(program.window)
    hand.choose_patient(0)
    hand.start_session()
    hand.plan()
    assert program.window.close()
    assert not thrown_away.exists()
    assert not path.parent.exists()


def test_a_record_made_here_opens_with_its_recovery_key_only_where_it_fits(
    record: Record, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere" / "copy.glabella"
    elsewhere.parent.mkdir()
    shutil.copy(record.path, elsewhere)
    copy = Record(elsewhere, record.recovery_key)
    with copy.open_with_paper() as desk:
        assert [each.record_number for each in desk.file.records.find_patients("")] == [
            each.record_number for each in patients_of(record)
        ]
    assert {each.name for each in elsewhere.parent.iterdir()} <= {
        elsewhere.name,
        f"{elsewhere.name}.lock",
    }


def patients_of(record: Record) -> list[Patient]:
    with record.open() as desk:
        return desk.file.records.find_patients("")


def test_a_record_that_is_not_there_is_not_made_by_opening(tmp_path: Path) -> None:
    with pytest.raises(RecordMissingError):
        clinic_file.open_with_passphrase(tmp_path / "none.glabella", WORDS)
