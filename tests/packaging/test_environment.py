"""Setting up, with real environments and a package made here: no network is needed."""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import environment
import pytest
from environment import due, ready_or_exit, stale, still_works
from set_up import add_program

NEW = {"requirements.lock": "a", "build/test.lock": "b"}
LOCKS = list(NEW)


WHEEL = "ampoule-1.0-py3-none-any.whl"
WHEEL_FILES = {
    "ampoule.py": "print('1.0')\n",
    "ampoule-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: ampoule\nVersion: 1.0\n",
    "ampoule-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nTag: py3-none-any\n",
    "ampoule-1.0.dist-info/RECORD": "",
}


def lock_of_one_package(folder: Path) -> str:
    """Write a package, and a lock that installs it from here."""
    with zipfile.ZipFile(folder / WHEEL, "w") as archive:
        for name, text in WHEEL_FILES.items():
            archive.writestr(name, text)
    digest = hashlib.sha256((folder / WHEEL).read_bytes()).hexdigest()
    lock = folder / "ampoule.lock"
    lock.write_text(f"--no-index\n--find-links {folder}\nampoule==1.0 --hash=sha256:{digest}\n")
    return str(lock)


def test_environment_is_kept_as_long_as_its_own_python_is_there(tmp_path: Path) -> None:
    python = tmp_path / "python3.11"
    python.touch()
    (tmp_path / "pyvenv.cfg").write_text(f"version = 3.11.7\nexecutable = {python}\n")
    assert still_works(tmp_path)
    python.unlink()
    assert not still_works(tmp_path)


def ampoule_in(python: Path) -> str:
    return subprocess.check_output([python, "-m", "ampoule"], text=True).strip()


def test_nothing_is_stale_when_the_stamp_holds_every_lock() -> None:
    assert stale(LOCKS, NEW, NEW) == []


def test_only_the_tools_are_stale_when_their_lock_changed() -> None:
    assert stale(LOCKS, {**NEW, "build/test.lock": "older"}, NEW) == ["build/test.lock"]


def test_all_is_stale_when_the_programs_lock_changed() -> None:
    assert stale(LOCKS, {**NEW, "requirements.lock": "older"}, NEW) == LOCKS


def test_all_is_stale_without_a_stamp() -> None:
    assert stale(LOCKS, {}, NEW) == LOCKS


def test_two_starts_at_once_set_up_once_and_later_ones_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "env"
    lock = lock_of_one_package(tmp_path)
    script = (
        "import environment, pathlib, sys;"
        "environment.ready_or_exit([sys.argv[1]], pathlib.Path(sys.argv[2]))"
    )
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", script, lock, folder],
            cwd=Path(environment.__file__).parent,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    told = [start.communicate()[1] for start in starts]
    assert [start.returncode for start in starts] == [0, 0]
    assert sum("Setting up" in text for text in told) == 1

    # With its package gone, only a start that installs nothing can succeed.
    (tmp_path / WHEEL).unlink()
    assert ampoule_in(ready_or_exit([lock], folder)) == "1.0"


def test_failed_set_up_says_what_to_do_and_the_next_start_makes_it_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "env"
    lock = lock_of_one_package(tmp_path)
    right = (tmp_path / WHEEL).read_bytes()
    (tmp_path / WHEEL).write_bytes(b"not what was locked")
    with pytest.raises(SystemExit, match="2"):
        ready_or_exit([lock], folder)
    said = capsys.readouterr().err
    assert "DO NOT MATCH THE HASHES" in said
    assert "See that the network is there and the disk has 1 GB of room, then start again." in said
    assert due([lock], folder) == [lock]

    (tmp_path / WHEEL).write_bytes(right)
    assert ampoule_in(ready_or_exit([lock], folder)) == "1.0"


@pytest.mark.skipif(environment.WINDOWS, reason="the command is a shell script here")
def test_command_works_from_any_folder_and_after_the_checkout_moved(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    (checkout / "desktop").mkdir(parents=True)
    (checkout / "desktop/__main__.py").write_text("import sys; print(sys.argv[1:])\n")
    folder = checkout / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    add_program(folder)
    moved = checkout.rename(tmp_path / "moved")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    # What lies in the caller's folder must not be taken for a module of the program.
    (elsewhere / "desktop.py").write_text("raise SystemExit('the wrong one')\n")
    said = subprocess.check_output(
        [moved / ".venv/bin/glabella", "a b", "*"], cwd=elsewhere, text=True
    )
    assert said == "['a b', '*']\n"
