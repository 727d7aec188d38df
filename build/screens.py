"""What `build/pictures.py` does: opens the window once for each picture, and saves what it shows.

Scale factor and language are one per process, so each picture has a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from desktop import app, language, resources, settings  # noqa: E402  only now can it be found
from desktop.app import Desk  # noqa: E402

if TYPE_CHECKING:
    from datetime import date, datetime

    from PySide6.QtCore import QPoint, QRect
    from PySide6.QtWidgets import QWidget

    from desktop.core.assessment import Assessment

HELP = PROJECT / "resources" / "help"
DRAW = "--draw"  # of the processes that this one starts
PASSPHRASE = "invented patients only"  # noqa: S105  it guards nobody
WIDE = (1280, 800)

HEAD = """
patient  Test Patient, 1980-02-01, no 4711
session  {day} 10:30 Europe/London, injector Test Injector MD
vial     BOTOX 200 U, lot C1234C3, exp 2027-10, diluent 4 mL, mixed {day} 08:15
"""
EARLIER = (
    HEAD.format(day="2026-08-30")
    + """
plan     protocol
dose     OCC-1-L 7.5 U, pain here
extra    OCC R 5 U at -17 742, pain here
give     all
waste    37.5 U, single-patient vial
"""
)
TODAY = HEAD.format(day="2026-11-22")
CHARTED = (
    TODAY
    + """
plan     protocol
give     COR
give     PRO
give     FRO
give     TEM
give     OCC-2-L
give     OCC-3-L
dose     OCC-1-L 7.5 U, pain here
give     OCC-1-L
give     CPS L
omit     OCC-3-R, tender
give     OCC-1-R
"""
)
SESSION = CHARTED + "extra OCC R 5 U at -53 717, pain here\n"
MOVED = CHARTED + "move OCC-1-R right 12 mm, tender\n"


@dataclass(frozen=True)
class Picture:
    """One opening of the window.

    Args:
        name: Of the file, without its ending.
        place: The page and the site with the ring, as the window remembers them.
        script: The session that is shown.
        earlier: The patient's signed session before it, if any.
    """

    name: str
    script: str = SESSION
    earlier: str = ""
    place: str = "back_of_head OCC-2-R"
    size_px: tuple[int, int] = WIDE
    scale: int = 1
    scheme: str = "light"
    language: str = "en"


TO_LOOK_AT = (
    Picture("1280x800"),
    Picture("1920x1080", size_px=(1920, 1080)),
    Picture("200-percent", scale=2),
    Picture("dark", scheme="dark"),
    Picture("contrast", scheme="contrast"),
    Picture("arabic", language="ar"),
    Picture("spanish", language="es"),
    Picture("all-views", place="overview OCC-2-R"),
    Picture("start", script=TODAY, earlier=EARLIER, place="overview "),
    Picture("earlier", earlier=EARLIER),
)
# What is cut out is taken at twice the size: it is shown at half of it, sharp on any screen.
OF_HELP = (
    Picture("session"),
    Picture("marks", scale=2),
    Picture("mark-moved", script=MOVED, place="back_of_head OCC-2-L", scale=2),
    Picture("start", script=TODAY, earlier=EARLIER, place="overview ", scale=2),
)
# Each mark of the help: its site, and a square as small as leaves its name and neighbours out.
MARKS = {
    "given": ("OCC-2-L", 54),
    "planned": ("CPS-1-R", 54),
    "omitted": ("OCC-3-R", 54),
    "extra": ("OCC-X1-R", 64),
    "dose": ("OCC-1-L", 58),
    "cursor": ("OCC-2-R", 70),
}
MOVE_PX = (116, 54)


def main() -> None:
    """Make the pictures that were asked for, or be the process that makes one."""
    arguments = sys.argv[1:]
    if arguments[:1] == [DRAW]:
        name, target = arguments[1:]
        every = OF_HELP if Path(target) == HELP else TO_LOOK_AT
        draw(next(each for each in every if each.name == name), Path(target))
        return
    folder = Path(arguments[0]).resolve() if arguments else HELP
    folder.mkdir(parents=True, exist_ok=True)
    for each in TO_LOOK_AT if arguments else OF_HELP:
        start_drawing(each, folder)
    for file in sorted(folder.glob("*.png")):
        print(f"{file.name} {file.stat().st_size // 1024} KB")


def start_drawing(picture: Picture, folder: Path) -> None:
    """Make one picture in a process of its own."""
    surroundings = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        # The platform without a screen says at every window that it has none.
        "QT_LOGGING_RULES": "qt.qpa.*=false;*.warning=false",
        "QT_SCALE_FACTOR": str(picture.scale),
    }
    command = [sys.executable, __file__, DRAW, picture.name, str(folder)]
    subprocess.run(command, env=surroundings, check=True)


def draw(picture: Picture, folder: Path) -> None:
    """Open the window on the picture's session, and save what it shows."""
    preferences = settings.Preferences(language=picture.language, scheme=picture.scheme)
    app.make_application(preferences)
    if language.current().tag != picture.language:
        sys.exit(f"{picture.language} is not shipped")
    from desktop.gui.main_window import MainWindow

    with tempfile.TemporaryDirectory() as place:
        file = app.invented_record(Path(place) / settings.RECORD_NAME, PASSPHRASE)
        with _DeskOfThatDay(**vars(app.desk(file))) as desk:
            remember(desk, picture)
            window = MainWindow(resources.handbook, app.explain, lambda: None, preferences)
            window.resize(*picture.size_px)
            window.show()
            window.show_workspace(app.services(desk))
            shoot(window, picture, folder)
            window.close()


class _DeskOfThatDay(Desk):
    """The same day in every picture, so that a picture changes only when the window does."""

    def now(self) -> datetime:
        from datetime import datetime
        from zoneinfo import ZoneInfo

        return datetime(2026, 11, 22, 10, 42, tzinfo=ZoneInfo(self.clinic.zone))


def remember(desk: Desk, picture: Picture) -> None:
    """Chart the picture's sessions, and have the window open the last one when it opens."""
    from desktop.gui.workspace import OPEN_PLACE, OPEN_SESSION

    if picture.earlier:
        sign(desk, keep(desk, picture.earlier))
    desk.file.records.remember(OPEN_SESSION, keep(desk, picture.script))
    desk.file.records.remember(OPEN_PLACE, picture.place)


def keep(desk: Desk, script: str) -> str:
    """Chart a script for its patient, and return the session's id."""
    from desktop.core import acts
    from desktop.core.script import chart, read_script

    read = replace(read_script(script, desk.book), profile=desk.clinic.profile)
    history = chart(read, app.new_id(), desk.patient_of(read.patient).id, desk.book)
    asked = acts.SetAssessment(assessment(read.started_at.date()))
    history = history.advanced(asked, acts.perform(asked, history.present, desk.book))
    desk.keep_charted(desk.patient_of(read.patient), history)
    return history.present.id


def assessment(day: date) -> Assessment:
    """Everything was asked, nothing spoke against it, and consent was seen on paper."""
    from desktop import resources
    from desktop.core.assessment import Answer, Consent, ConsentKind, Said, blank

    questions = resources.checklist().questions
    return replace(
        blank(questions, day),
        answers={key: Answer(Said.NO) for key in questions},
        headache_days=18,
        days_4h=True,
        months=12,
        migraine_days=10,
        consent=Consent(ConsentKind.ON_PAPER, day),
    )


def sign(desk: Desk, session_id: str) -> None:
    """Sign a session at the end of it."""
    from desktop.core import charting
    from desktop.core.session import Signature

    draft = desk.file.records.session(session_id)
    signature = Signature(desk.user, draft.started_at, charting.MEANING)
    signed = charting.sign(draft, signature, desk.identity(draft))
    desk.file.records.sign(draft, signed, draft.started_at)


def shoot(window: Any, picture: Picture, folder: Path) -> None:
    """Save the window, or for the help what is to be seen of it."""
    from PySide6.QtCore import QRect
    from PySide6.QtWidgets import QApplication

    # Once for the map, once for the sums that follow it, once for the room that they want then.
    for _turn in range(3):
        QApplication.processEvents()
    if folder != HELP or picture.name == "session":
        save(window, window.rect(), folder / f"{picture.name}.png")
        return
    screen = window.workspace.session_screen
    view = screen.close_up
    if picture.name == "marks":
        save(view, view.rect(), folder / "close-up.png")
        for name, (code, wide) in MARKS.items():
            save(view, around(view.place_of(code), wide, wide), folder / f"mark-{name}.png")
    elif picture.name == "mark-moved":
        planned = view.pixel_of(resources.atlas().home_point("OCC-1-R"))
        middle = (planned + view.place_of("OCC-1-R")) / 2
        save(view, around(middle, *MOVE_PX), folder / "mark-moved.png")
    elif picture.name == "start":
        row = QRect(screen.start.mapTo(screen, screen.start.rect().topLeft()), screen.start.size())
        save(screen, row.adjusted(-8, -8, 8, 8), folder / "start.png")


def around(place: QPoint, wide: int, high: int) -> QRect:
    """The rectangle with a place in its middle."""
    from PySide6.QtCore import QPoint, QRect, QSize

    return QRect(place - QPoint(wide // 2, high // 2), QSize(wide, high))


def save(widget: QWidget, part: QRect, file: Path) -> None:
    """Write a part of a widget as PNG."""
    if not widget.grab(part).save(str(file)):
        sys.exit(f"{file} could not be written")


if __name__ == "__main__":
    main()
