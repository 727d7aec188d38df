"""What `build/bench.py` measures: start, opening, lists, a click, a note, each against its floor.

Medians of several rounds. A floor does the least that could pass for the same: a bare window, the
key derivation alone, the same SELECT of the same rows unencrypted, one unencrypted row and one
repainted picture, typst drawing the same page.
"""

import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

PROJECT = Path(__file__).resolve().parents[1]
os.environ["LANGUAGE"] = "en"  # the hand finds the buttons by their English names
sys.path.insert(0, str(PROJECT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if TYPE_CHECKING:
    from desktop.app import Desk
    from desktop.core.acts import Act
    from desktop.core.session import Session

SESSIONS = 20_000
PER_LOT = 50  # sessions
ROUNDS = 7
PASSPHRASE = "a passphrase for measuring"  # noqa: S105 - it guards nobody

BARE_WINDOW = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.resize(1280, 800)
window.show()
QTimer.singleShot(0, application.quit)
application.exec()
"""
OUR_WINDOW = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from desktop import app
application = app.make_application()
program = app.WindowProgram(Path(sys.argv[2]))
program.show()
from PySide6.QtCore import QTimer
QTimer.singleShot(0, application.quit)
application.exec()
"""


TYPST_PAGE = """
#set page(paper: "a4", margin: 18mm, footer: [No {number}])
#set text(font: "Glabella Sans", size: 9pt)
= Session note of patient {number}
#grid(columns: 4, {pictures})
#table(columns: 4, ..({cells},).chunks(3).map(row => ([{number}], ..row)).flatten())
"""


class Row(NamedTuple):
    """One line of the table; `limit` is what the project promises, in words."""

    what: str
    measured: str
    floor: str
    ratio: str
    limit: str


@dataclass(frozen=True)
class Timed:
    """Seconds of several rounds."""

    seconds: list[float]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.seconds)

    @property
    def text(self) -> str:
        """The median and the range, in ms."""
        low, high = min(self.seconds) * 1000, max(self.seconds) * 1000
        return f"{self.median * 1000:.1f} ms [{low:.1f}-{high:.1f}]"


def main() -> None:
    """Measure everything and print one table."""
    sessions = int(sys.argv[1]) if len(sys.argv) > 1 else SESSIONS
    with tempfile.TemporaryDirectory(prefix="glabella-bench-") as name:
        folder = Path(name)
        rows = [start_row(folder), opening_row(folder, sessions)]
        rows += list_rows(folder, sessions)
        rows += click_rows(folder)
        rows += note_rows()
    widths = [max(len(row[place]) for row in (HEAD, *rows)) for place in range(len(HEAD))]
    for row in (HEAD, *rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))


HEAD = Row("what", "measured", "floor", "ratio", "promised")


def timed(act: Callable[[], object], rounds: int = ROUNDS) -> Timed:
    """How long an act takes, several times."""
    return Timed([once(act) for _round in range(rounds)])


def once(act: Callable[[], object]) -> float:
    """How long an act takes, in seconds."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def start_row(folder: Path) -> Row:
    """From nothing to the first window that takes input, as whole processes."""
    missing = folder / "none.glabella"

    def process(code: str) -> None:
        command = [sys.executable, "-I", "-c", code, str(PROJECT), str(missing)]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)

    process(OUR_WINDOW)  # so that both have their byte code
    pairs = [
        (once(lambda: process(BARE_WINDOW)), once(lambda: process(OUR_WINDOW)))
        for _round in range(ROUNDS)
    ]
    bare, ours = (Timed(list(each)) for each in zip(*pairs, strict=True))
    ratio = f"{ours.median / bare.median:.2f}"
    return Row("start to first window", ours.text, f"bare window {bare.text}", ratio, "ratio <= 2")


def opening_row(folder: Path, sessions: int) -> Row:
    """From the passphrase to the list of patients, with many sessions in the record."""
    from desktop.store import clinic_file
    from desktop.store.keys import COSTS, derived_key

    path = folder / "large.glabella"
    begun = time.perf_counter()
    make_record(path, sessions)
    print(
        f"made {sessions} sessions in {time.perf_counter() - begun:.0f} s,"
        f" {path.stat().st_size / 1e6:.0f} MB",
        flush=True,
    )

    def unlock() -> None:
        with clinic_file.open_with_passphrase(path, PASSPHRASE) as file:
            file.records.find_patients("")

    derivation = timed(lambda: derived_key(PASSPHRASE.encode(), bytes(16), COSTS[0]))
    opening = timed(unlock)
    beyond = opening.median - derivation.median
    return Row(
        f"passphrase to patients, {sessions} sessions",
        opening.text,
        f"key derivation {derivation.text}",
        f"{beyond * 1000:.0f} ms beyond",
        "<= 500 ms beyond",
    )


def list_rows(folder: Path, sessions: int) -> list[Row]:
    """Who had a lot, and who is due, in the record that `opening_row` made."""
    from desktop import app
    from desktop.store import clinic_file, lists

    lot = f"c{sessions // PER_LOT // 2:04}c3"
    with app.desk(clinic_file.open_with_passphrase(folder / "large.glabella", PASSPHRASE)) as desk:
        plain = plain_copy(desk, folder / "plain-large.db")
        first = once(lambda: desk.sessions_with_lot(lot))
        asked = {
            f"lot look-up, {len(desk.sessions_with_lot(lot))} of {sessions} sessions": (
                timed(lambda: desk.sessions_with_lot(lot)),
                timed(lambda: plain.execute(lists.WITH_LOT, (lot,)).fetchall()),
            ),
            f"due list, {len(desk.due())} patients": (
                timed(desk.due),
                timed(lambda: plain.execute(lists.DUE).fetchall()),
            ),
        }
        plain.close()
    print(f"first lot look-up after opening: {first * 1000:.1f} ms", flush=True)
    return [
        Row(
            what,
            ours.text,
            f"plain SELECT {bare.text}",
            f"{ours.median / bare.median:.1f}",
            "< 1 s",
        )
        for what, (ours, bare) in asked.items()
    ]


def plain_copy(desk: "Desk", path: Path) -> sqlite3.Connection:
    """The rows that the lists are made of, with their indexes, in an unencrypted file."""
    ours = desk.file._db.conn  # noqa: SLF001  nothing but a floor asks for the bare rows
    plain = sqlite3.connect(path)
    for table in ("patient", "session", "vial", "injection"):
        schema = "SELECT sql FROM sqlite_schema WHERE tbl_name = ? AND type <> 'trigger'"
        for (sql,) in ours.execute(f"{schema} AND sql IS NOT NULL ORDER BY type DESC", (table,)):
            plain.execute(sql)
        rows = ours.execute(f"SELECT * FROM {table}")  # noqa: S608  only constants
        places = ", ".join("?" * len(rows.description))
        plain.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608
    plain.commit()
    return plain


def make_record(path: Path, sessions: int) -> None:
    """Write a record of signed sessions, four a patient, each with the 31 sites given from a vial.

    Every `PER_LOT` of them share a lot.
    """
    from desktop import app
    from desktop.core import acts
    from desktop.core.patient import Patient
    from desktop.core.session import Waste
    from desktop.core.vial import Expiry, Vial

    vial = Vial(1, "botox", Decimal(200), "", Expiry(2099, 12), Decimal(4))
    rest = (Waste(Decimal(45), "rest of the vial", 1),)

    with app.desk(app.invented_record(path, PASSPHRASE)) as desk:
        records = desk.file.records
        somebody = records.find_patients("")[0]
        for block in range(0, sessions, 500):
            with records.together():
                for number in range(block, min(block + 500, sessions)):
                    each = replace(somebody, id=f"p{number // 4}", record_number=f"P{number // 4}")
                    if number % 4 == 0:
                        records.add_patient(Patient(**vars(each)))
                    vials = (replace(vial, lot=f"C{number // PER_LOT:04}C3"),)
                    done = (acts.PlanProtocol(), acts.GiveAll())
                    made = write_session(desk, each.id, number, *done, vials=vials, wastes=rest)
                    sign(desk, made)


def write_session(
    desk: "Desk", patient_id: str, number: int, *done: "Act", **parts: Any
) -> "Session":
    """One charted session of some day in the past; parts are there from the start."""
    from desktop.core.acts import perform

    session = desk.new_session(patient_id)
    began = session.started_at - timedelta(hours=number)
    session = replace(session, started_at=began, **parts)
    desk.file.records.start_session(session)
    for act in done:
        after = perform(act, session, desk.book)
        desk.file.records.record_act(session, act, after, desk.now())
        session = after
    return session


def sign(desk: "Desk", session: "Session") -> None:
    """Sign a session that was written."""
    from desktop.core import charting
    from desktop.core.patient import identity_of
    from desktop.core.session import Signature

    signature = Signature(desk.user, session.started_at, charting.MEANING)
    identity = identity_of(desk.file.records.patient(session.patient_id))
    desk.file.records.sign(session, charting.sign(session, signature, identity), session.started_at)


def write_past(desk: "Desk", patient_id: str) -> None:
    """Three signed sessions whose doses and places differ, to be shown as ghosts."""
    from desktop.core import acts
    from desktop.core.protocol import Side

    codes = list(desk.book.protocol.sites)
    for turn in range(3):
        place = desk.book.suggestions("temporalis", Side.LEFT)[turn % 2]
        extra = acts.AddExtra("temporalis", Side.LEFT, Decimal(5), place, "pain here")
        other = [acts.SetDose(code, Decimal("7.5"), "pain here") for code in codes[turn::3]]
        hours = 24 * 84 * (3 - turn)
        gap = acts.StateGap("no vial recorded")
        done: tuple[Act, ...] = (acts.PlanProtocol(), *other, acts.GiveAll(), extra, gap)
        sign(desk, write_session(desk, patient_id, hours, *done))


def click_rows(folder: Path) -> list[Row]:
    """From the press on a site to saved, encrypted, and painted; bare, and with the past shown."""
    from desktop import app

    app.make_application()
    floor = click_floor(folder)
    alone = taps(folder / "click.glabella", past=False)
    with_past = taps(folder / "past.glabella", past=True)
    all_of_it = taps(folder / "all.glabella", past=True, to_the_last=True)
    return [
        Row(
            "click to saved and painted",
            alone.text,
            f"one plain row and picture {floor.text}",
            f"{alone.median / floor.median:.1f}",
            "<= 16 ms median",
        ),
        Row(
            "the same with three sessions shown",
            with_past.text,
            f"without them {alone.text}",
            f"{with_past.median / alone.median:.2f}",
            "<= 16 ms median",
        ),
        Row(
            "the same until sums and cards are painted too",
            all_of_it.text,
            f"until the mark is {with_past.text}",
            f"{all_of_it.median / with_past.median:.2f}",
            "",
        ),
    ]


def taps(path: Path, *, past: bool, to_the_last: bool = False) -> Timed:
    """One tap on each of the protocol's sites, in the real window, until its mark is painted.

    Args:
        path: Where the record is made.
        past: Whether the patient has three earlier sessions, and they are shown.
        to_the_last: Until everything that follows the map is painted too.
    """
    from PySide6.QtCore import QEvent, Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from desktop import app, resources
    from desktop.gui.hand import Hand
    from desktop.gui.main_window import MainWindow

    with app.desk(app.invented_record(path, PASSPHRASE)) as desk:
        patient = desk.file.records.find_patients("")[0]
        if past:
            write_past(desk, patient.id)
        window = MainWindow(resources.handbook, app.explain, lambda: None)
        window.resize(1280, 800)
        window.show()
        hand = Hand(window)
        window.show_workspace(replace(app.services(desk), milliseconds=hand.milliseconds))
        hand.choose_patient(0)
        hand.start_session()
        hand.plan()
        seconds = []

        def laid_out_and_painted() -> None:
            # And no more: what waits for the paint is not part of it.
            for kind in (QEvent.Type.LayoutRequest, QEvent.Type.UpdateRequest):
                QApplication.sendPostedEvents(None, kind.value)

        for code in resources.handbook().protocol.sites:
            hand.open_close_up(code)
            view = hand.view_of(code)
            QApplication.processEvents()
            place = view.place_of(code)

            def tap_and_paint() -> None:
                hand.wait()
                QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)  # noqa: B023
                laid_out_and_painted()
                if to_the_last:
                    hand.screen.settle()
                    laid_out_and_painted()

            seconds.append(once(tap_and_paint))
        window.close()
    return Timed(seconds)


def click_floor(folder: Path) -> Timed:
    """One row saved by bare sqlite3 with full sync, and one picture of the size repainted."""
    from PySide6.QtGui import QPixmap
    from PySide6.QtWidgets import QApplication, QLabel

    picture = QPixmap(950, 424)
    picture.fill("white")
    shown = QLabel()
    shown.setPixmap(picture)
    shown.show()
    plain = sqlite3.connect(folder / "plain.db", isolation_level=None)
    plain.execute("PRAGMA journal_mode = WAL")
    plain.execute("PRAGMA synchronous = FULL")
    plain.execute("CREATE TABLE row (code TEXT, units INTEGER)")

    def save_and_paint() -> None:
        plain.execute("INSERT INTO row VALUES ('TEM-1-L', 500)")
        shown.repaint()
        QApplication.processEvents()

    measured = timed(save_and_paint, 31)
    plain.close()
    return measured


def note_rows() -> list[Row]:
    """One note, warm; typst drawing the same art and the same table is the floor."""
    from desktop import resources
    from desktop.core.patient import identity_of
    from desktop.note.content import compose
    from desktop.note.pdf import render

    clinic, _injector, patients = resources.invented()
    session, identity = charted_session(), identity_of(patients[0])

    def note() -> bytes:
        return render(compose(session, identity, clinic, resources.handbook()))

    weight = len(note())
    ours = timed(note, 21)
    drawn, theirs = typst_page(session)
    ratio = f"{ours.median / drawn.median:.2f}"
    return [
        Row("one note, warm", ours.text, f"typst {drawn.text}", ratio, "<= 20 ms"),
        Row(
            "one note, size",
            f"{weight / 1000:.0f} kB",
            f"typst {theirs / 1000:.0f} kB",
            f"{weight / theirs:.2f}",
            "<= 100 kB",
        ),
    ]


def charted_session() -> "Session":
    """The script of the README's kind of session, in memory."""
    from desktop import resources
    from desktop.core.script import chart, read_script

    script = """
        patient Test Patient, 1980-02-01, no 4711
        session 2026-11-22 10:30 Europe/London, injector Test Injector MD
        vial    BOTOX 200 U, lot C1234C3, exp 2027-10, diluent 4 mL
        plan    protocol
        omit    TRA-2-R, tender
        dose    OCC-1-L 7.5 U, pain here
        extra   TEM L 5 U, pain here
        give    all
    """
    book = resources.handbook()
    return chart(read_script(script, book), "bench", "bench", book).present


def typst_page(session: "Session") -> tuple[Timed, int]:
    """Typst's time and size for the four print views and a table of all sites."""
    import typst

    from desktop import resources

    atlas = resources.ROOT / "atlas"
    pictures = ", ".join(
        f'image("{view.print_art}", width: 42mm)' for view in resources.atlas().views.values()
    )
    cells = ", ".join(
        f'"{each.code}", "{each.state}", "{each.units}"' for each in session.injections.values()
    )
    with tempfile.TemporaryDirectory() as name:
        for view in resources.atlas().views.values():
            (Path(name) / view.print_art).write_bytes((atlas / view.print_art).read_bytes())
        source = Path(name) / "page.typ"
        numbers = count()

        def drawn() -> bytes:
            # Another patient each time: typst keeps what it has drawn, and would draw nothing.
            words = TYPST_PAGE.format(number=next(numbers), pictures=pictures, cells=cells)
            source.write_text(words, encoding="utf-8")
            page: bytes = typst.compile(str(source), font_paths=[str(resources.ROOT / "fonts")])
            return page

        size = len(drawn())
        return timed(drawn, 21), size


if __name__ == "__main__":
    main()
