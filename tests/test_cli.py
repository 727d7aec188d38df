"""The command line: what it prints, what it leaves, how it refuses."""

import json
import os
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from desktop.cli import main
from desktop.core.handbook import Handbook
from desktop.store import clinic_file

PROJECT = Path(__file__).resolve().parents[1]
WORDS = "correct horse battery"
SCRIPT = """
patient  Test Patient, 1980-02-01, no 4711
session  2026-11-22 10:30 Europe/London, injector Test Injector MD
vial     BOTOX 200 U, lot C1234C3, exp 2027-10, diluent 4 mL, mixed 2026-11-22 08:15
plan     protocol
omit     TRA-2-R, tender
dose     OCC-1-L 7.5 U, pain here
extra    TEM L 5 U, pain here
extra    TRA R 5 U at -110 570, pain here
move     FRO-1-R up 10 mm, brow shape
give     all
waste    37.5 U, single-patient vial
note     Tolerated well.
"""
SCREEN = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def refusal(self) -> str:
        """The one line on stderr of a command that was refused."""
        assert (self.code, self.out) == (2, ""), self
        (line,) = self.err.splitlines()
        assert line.startswith("glabella: ")
        return line.removeprefix("glabella: ")


def here(*arguments: object) -> Said:
    """Run a command in this process: the fast way."""
    with (
        redirect_stdout(StringIO()) as out,
        redirect_stderr(StringIO()) as err,
        pytest.raises(SystemExit) as ended,
    ):
        main([str(each) for each in arguments])
    return Said(int(ended.value.code or 0), out.getvalue(), err.getvalue())


def glabella(*arguments: object, typed: str = "") -> Said:
    """Run the program as its user does, in a process of its own and with no screen."""
    clean = {name: value for name, value in os.environ.items() if name not in SCREEN}
    done = subprocess.run(
        [sys.executable, "-m", "desktop", *map(str, arguments)],
        cwd=PROJECT,
        env=clean,
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Said(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Clinic:
    """A record made by `init`, and the files beside it."""

    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / "clinic.glabella"

    @property
    def secret(self) -> Path:
        return self.folder / "passphrase.txt"

    @property
    def head(self) -> tuple[object, ...]:
        return ("--file", self.path, "--passphrase-file", self.secret)

    def run(self, *arguments: object) -> Said:
        return here(*self.head, *arguments)

    def chart(self, script: str) -> Said:
        file = self.folder / "script.txt"
        file.write_text(script, "utf-8")
        return self.run("chart", file)

    @property
    def sessions(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.run("sessions", "--json").json
        return rows


INIT = ("init", "--clinic", "Test Clinic", "--zone", "Europe/London", "--injector", "Test Injector")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clinic, Said]:
    """A record that `init` made, and what it said."""
    clinic = Clinic(tmp_path_factory.mktemp("made"))
    clinic.secret.write_text(f"{WORDS}\n", "utf-8")
    said = clinic.run("--user", "tester", *INIT, "--credentials", "MD")
    return clinic, said


@pytest.fixture
def clinic(made: tuple[Clinic, Said], tmp_path: Path) -> Clinic:
    """A copy of an empty record, to work on."""
    for file in made[0].folder.iterdir():
        if file.suffix != ".lock":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    return Clinic(tmp_path)


def text_of(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return text


def test_init_makes_a_record_and_prints_its_recovery_key_once(
    made: tuple[Clinic, Said], tmp_path: Path
) -> None:
    clinic, said = made
    assert (said.code, said.err) == (0, "")
    (key,) = re.findall(r"(?:[A-Z2-7]{4}-){8}[A-Z2-7]{4}", said.out)
    copy = tmp_path / "copy.glabella"
    copy.write_bytes(clinic.path.read_bytes())
    with clinic_file.open_with_recovery_key(copy, key) as file:
        kept = file.records.clinic()
        assert kept is not None
        assert (kept.name, kept.zone) == ("Test Clinic", "Europe/London")
        assert file.records.user_names() == ["tester"]


def test_init_leaves_a_record_that_is_there(clinic: Clinic) -> None:
    before = clinic.path.read_bytes()
    assert "There is already a file clinic.glabella" in clinic.run(*INIT).refusal
    assert clinic.path.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--zone", "Europe/Nowhere"), "no time zone Europe/Nowhere"),
        (("--label", "mars"), "no label mars"),
        (("--injector", " "), "A signature needs a name."),
        (("--injector", "x" * 201), "201 characters, 200 at most"),
        (("--paper", "A5"), "'A5' is not one of 'A4', 'Letter'"),
        (("--clinic", " "), "clinic"),
    ],
)
def test_init_refuses_what_no_record_can_hold(
    arguments: tuple[str, str], said: str, tmp_path: Path
) -> None:
    new = Clinic(tmp_path)
    new.secret.write_text(WORDS, "utf-8")
    assert said in new.run(*INIT, *arguments).refusal
    assert not new.path.exists()


def test_init_refuses_a_short_passphrase(tmp_path: Path) -> None:
    new = Clinic(tmp_path)
    new.secret.write_text("short\n", "utf-8")
    assert new.run(*INIT).refusal == "A passphrase has at least 8 characters."
    assert not new.path.exists()


def test_the_script_of_a_whole_session_is_recorded_as_a_draft(
    clinic: Clinic, book: Handbook
) -> None:
    printed = clinic.chart(SCRIPT).json
    sites = {each["code"]: each for each in printed["sites"]}
    assert len(sites) == 33
    assert sites.keys() == {*book.protocol.sites, "TEM-X1-L", "TRA-X1-R"}
    assert sites["OCC-1-L"]["units"] == "7.5"
    assert sites["TRA-2-R"]["state"] == "omitted"
    assert sites["TRA-2-R"]["reason"] == "tender"
    assert sum(each["state"] == "given" for each in printed["sites"]) == 32
    assert (printed["state"], printed["units"], printed["number"]) == ("draft", "162.5", 1)
    assert len(printed["changes"]) == 5
    assert printed["findings"] == [
        "Total 162.5 units is above the US label's 155, within the UK/EU label's 155\u2013195.",
        "Right and left differ: right 75, left 82.5 units.",
    ]
    (row,) = clinic.sessions
    assert row["id"] == printed["id"]
    assert (row["state"], row["units"], row["sites"], row["patient"]) == (
        "draft",
        "162.5",
        32,
        "PATIENT, Test",
    )


@pytest.mark.parametrize(
    ("line", "bad", "said"),
    [
        (6, "omit     TRA-9-R, tender", "TRA-9-R"),
        (7, "dose     OCC-1-L 0 U", "more than zero"),
        (7, "dose     OCC-1-L lots", "Expected"),
        (8, "extra    TEM X 5 U", "Expected"),
        (10, "move     FRO-1-R sideways 10 mm", "Expected"),
        (5, "dance    protocol", "Expected"),
        (4, "vial     BOTOX 150 U, lot C1, exp 2027-10", "no vial of 150 units"),
        (12, "waste    100 U, too much", "Too many: 100 units"),
        (3, "session  2026-11-22 10:30 Europe/Nowhere, injector T", "Europe/Nowhere"),
        (2, "patient  Test Patient, 1980-02-31, no 4711", "cannot be a birth date"),
        (3, "session  2999-11-22 10:30 Europe/London, injector T", "today is"),
    ],
)
def test_a_bad_line_is_named_with_what_was_expected_and_nothing_is_recorded(
    line: int, bad: str, said: str, clinic: Clinic
) -> None:
    lines = SCRIPT.splitlines()
    lines[line - 1] = bad
    refusal = clinic.chart("\n".join(lines)).refusal
    assert refusal.startswith(f"Line {line}: \u201c{' '.join(bad.split())}\u201d.")
    assert said in refusal
    assert "Expected: " in refusal
    assert clinic.sessions == []


def test_a_script_that_is_no_text_is_refused(clinic: Clinic) -> None:
    file = clinic.folder / "script.txt"
    file.write_bytes(b"\xff\xfe\x00patient")
    assert "UTF-8 text" in clinic.run("chart", file).refusal
    assert "none.txt" in clinic.run("chart", clinic.folder / "none.txt").refusal


def test_a_record_number_of_somebody_else_is_refused(clinic: Clinic) -> None:
    clinic.chart(SCRIPT)
    other = SCRIPT.replace("Test Patient, 1980-02-01", "Other Person, 1970-01-01")
    refusal = clinic.chart(other).refusal
    assert "belongs to PATIENT, Test" in refusal
    assert len(clinic.sessions) == 1


def test_a_draft_bears_its_mark_until_it_is_signed(clinic: Clinic, book: Handbook) -> None:
    clinic.chart(SCRIPT)
    draft, final = clinic.folder / "draft.pdf", clinic.folder / "final.pdf"
    assert clinic.run("note", "1", "-o", draft).code == 0
    assert "DRAFT" in text_of(draft)
    said = clinic.run("sign", "1")
    assert (said.code, said.out.strip()) == (0, "Session 1 signed by Test Injector MD.")
    assert clinic.run("note", "1", "-o", final).code == 0
    text = text_of(final)
    assert "DRAFT" not in text
    assert "injected 162.5" in text
    for code in book.protocol.sites:
        assert code in text
    assert [row["state"] for row in clinic.sessions] == ["signed"]
    assert clinic.run("sign", "1").refusal == (
        "This session is signed; a signed session takes no change."
    )


def test_a_session_with_planned_sites_is_not_signed(clinic: Clinic) -> None:
    clinic.chart(SCRIPT.replace("give     all", ""))
    assert "sites are still planned" in clinic.run("sign", "1").refusal
    assert [row["state"] for row in clinic.sessions] == ["draft"]


@pytest.mark.parametrize("verb", [("sign", "7"), ("note", "7", "-o", "x.pdf"), ("sign", "x")])
def test_a_session_that_nobody_knows_is_refused(verb: tuple[str, ...], clinic: Clinic) -> None:
    assert clinic.run(*verb).refusal == f"The record has no session {verb[1]}."


def test_a_note_that_cannot_be_saved_is_said_to_be(clinic: Clinic) -> None:
    clinic.chart(SCRIPT)
    nowhere = clinic.folder / "no folder" / "note.pdf"
    assert "note.pdf could not be saved" in clinic.run("note", "1", "-o", nowhere).refusal


def test_sessions_are_listed_for_people_and_for_programs(clinic: Clinic) -> None:
    assert clinic.run("sessions") == Said(0, "", "")
    clinic.chart(SCRIPT)
    said = clinic.run("sessions")
    assert said.out.strip().split("\t") == [
        "1",
        "2026-11-22T10:30:00+00:00",
        "draft",
        "162.5",
        "PATIENT, Test",
    ]


def test_a_wrong_passphrase_is_one_sentence(clinic: Clinic) -> None:
    clinic.secret.write_text("wrong passphrase", "utf-8")
    assert glabella(*clinic.head, "sessions").refusal == (
        "This is not the passphrase. Nothing was changed; try again."
    )


def test_a_passphrase_file_that_is_not_there_is_one_sentence(clinic: Clinic) -> None:
    clinic.secret.unlink()
    assert "passphrase.txt cannot be read" in clinic.run("sessions").refusal


def test_a_record_that_is_not_there_is_one_sentence_and_not_made(clinic: Clinic) -> None:
    clinic.path.unlink()
    for verb in (("sessions",), ("sign", "1"), ("note", "1", "-o", "x.pdf")):
        assert clinic.run(*verb).refusal == "There is no file clinic.glabella here."
    assert not clinic.path.exists()


def test_a_file_that_is_no_record_is_one_sentence(clinic: Clinic) -> None:
    clinic.path.write_text("Dear all, " * 1000, "utf-8")
    assert "clinic.glabella" in clinic.run("sessions").refusal


def test_an_unknown_user_is_one_sentence(clinic: Clinic) -> None:
    assert clinic.run("--user", "nobody", "sessions").refusal == (
        "The record knows no user nobody."
    )
    assert clinic.run("--user", "tester", "sessions").code == 0


def test_writing_while_another_has_the_file_is_one_sentence_and_reading_goes_on(
    clinic: Clinic,
) -> None:
    clinic.chart(SCRIPT)
    with clinic_file.open_with_passphrase(clinic.path, WORDS):
        for refused in (glabella(*clinic.head, "sign", "1"), clinic.chart(SCRIPT)):
            assert refused.refusal == (
                "clinic.glabella is open in another window or command. Close it there first."
            )
        assert len(clinic.sessions) == 1
        assert clinic.run("note", "1", "-o", clinic.folder / "n.pdf").code == 0


def test_no_passphrase_is_no_traceback(clinic: Clinic) -> None:
    said = glabella("--file", clinic.path, "sessions", typed="")
    assert said.code == 2
    assert said.err.strip().splitlines()[-1].startswith("glabella: ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("dance",),
        ("--dance",),
        ("sign",),
        ("note", "1"),
        ("chart",),
        ("demo",),
        ("sessions", "--xml"),
    ],
)
def test_a_command_that_does_not_exist_is_one_line(arguments: tuple[str, ...]) -> None:
    assert here(*arguments).refusal != ""


def test_help_and_version_need_no_record() -> None:
    assert glabella("--version").out.startswith("glabella, version ")
    text = glabella("--help").out
    for verb in ("init", "chart", "sign", "note", "sessions", "demo"):
        assert re.search(rf"^  {verb} ", text, re.MULTILINE)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="has a display always")
def test_without_a_display_the_window_says_so_and_names_the_demonstration(
    tmp_path: Path,
) -> None:
    refusal = glabella("--file", tmp_path / "clinic.glabella").refusal
    assert "no display" in refusal
    assert "demo" in refusal
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    folder = tmp_path_factory.mktemp("demo") / "out"
    return folder, glabella("demo", folder)


def test_the_demonstration_needs_no_screen_and_says_what_it_charted(
    demonstrated: tuple[Path, Said],
) -> None:
    folder, said = demonstrated
    printed = said.json
    assert printed.keys() >= {"inputs", "sites", "units", "pages", "seconds"}
    assert (printed["sites"], printed["units"], printed["pages"]) == (31, "157.5", 2)
    assert 31 < printed["inputs"] < 100
    for name in ("note.pdf", "window.png", "clinic.glabella"):
        assert (folder / name).stat().st_size > 1000
    assert (folder / "window.png").read_bytes().startswith(b"\x89PNG")


def test_the_demonstrations_note_agrees_with_what_it_printed(
    demonstrated: tuple[Path, Said], book: Handbook
) -> None:
    folder, said = demonstrated
    text = text_of(folder / "note.pdf")
    assert f"injected {said.json['units']}" in text
    assert f"{said.json['sites']} injections" in text
    assert f", {said.json['omitted']} omitted" in text
    assert f"page 1 of {said.json['pages']}" in text
    rows = {
        match[1]: match[0]
        for match in re.finditer(r"([A-Z]{3}-X?\d-[RLM]) .*", text.replace("\r", ""))
    }
    assert rows.keys() == {*book.protocol.sites, "TEM-X1-L"}
    assert "omitted" in rows["TRA-2-R"]
    assert "5 7.5 given" in rows["OCC-1-L"]
    others = set(book.protocol.sites) - {"TRA-2-R", "OCC-1-L"}
    assert all("5 5 given" in rows[code] for code in others)


def test_the_demonstration_overwrites_no_record(demonstrated: tuple[Path, Said]) -> None:
    folder, said = demonstrated
    assert said.code == 0
    before = (folder / "clinic.glabella").read_bytes()
    assert glabella("demo", folder).refusal != ""
    assert (folder / "clinic.glabella").read_bytes() == before


def test_the_script_in_the_readme_is_recorded_as_it_stands(clinic: Clinic) -> None:
    readme = (PROJECT / "README.md").read_text("utf-8")
    lines = [line[4:] for line in readme.splitlines() if line.startswith("    ")]
    start = next(i for i, line in enumerate(lines) if line.startswith("patient  "))
    end = next(i for i, line in enumerate(lines) if line.startswith("note     "))
    script = "\n".join(lines[start : end + 1])
    assert clinic.chart(script).json["units"] == "162.5"
