"""A demonstration that drives the real window by its own mouse and keys, and counts them."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from desktop import app, language, resources, settings
from desktop.core.amounts import amount_text
from desktop.core.session import State

PASSPHRASE = "invented patients only"  # noqa: S105  it guards nobody
SIZE_PX = (1280, 800)


def run(folder: Path) -> dict[str, Any]:
    """Chart, sign and print one invented session.

    Leaves `note.pdf`, `window.png` and `clinic.glabella` in the folder.

    Returns:
        Inputs (clicks, keys), sites given, units as text, pages, seconds.

    Raises:
        app.FolderTakenError: The folder holds a record already.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # The platform without a screen says at every window that it has none.
    os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.*=false;*.warning=false")
    started = time.monotonic()
    record = folder / settings.RECORD_NAME
    if record.exists():
        raise app.FolderTakenError(folder)
    app.make_application()
    language.use(["en"])  # the hand finds the buttons by their English names
    from desktop.gui.hand import Hand

    with app.desk(app.invented_record(record, PASSPHRASE)) as desk:
        window = _window()
        hand = Hand(window)
        everything = app.services(desk, is_trial=True)
        window.show_workspace(replace(everything, milliseconds=hand.milliseconds))
        try:
            _chart(hand)
            session = hand.session
            hand.let_work()
            window.grab().save(str(folder / "window.png"))
            pdf = desk.note(session)
        finally:
            window.close()
    app.save_file(folder / "note.pdf", pdf)
    return {
        "inputs": hand.inputs,
        "sites": len(session.given),
        "omitted": len(session.of_state(State.OMITTED)),
        "units": amount_text(session.given_units),
        "pages": _pages(pdf),
        "seconds": round(time.monotonic() - started, 2),
    }


def _window() -> Any:
    from desktop.gui.main_window import MainWindow

    window = MainWindow(resources.handbook, app.explain, lambda: None)
    window.resize(*SIZE_PX)
    window.show()
    return window


def _chart(hand: Any) -> None:
    """One session by mouse: the 31 sites with three changes, vial, waste and signature."""
    hand.choose_patient(0)
    hand.start_session()
    hand.enter_vial(lot="C1234C3", expiry="2027-10", diluent="4")
    hand.plan()
    changes: dict[str, Callable[[], None]] = {
        "OCC-1-L": lambda: hand.give_other_dose("OCC-1-L", "7.5", "pain here"),
        "TRA-2-R": lambda: hand.omit("TRA-2-R", "tender"),
    }
    for code in resources.handbook().protocol.sites:
        changes.get(code, lambda code=code: hand.tap(code))()
    hand.add_extra("temporalis", "L", "pain here")
    hand.discard_rest()
    hand.sign()


def _pages(pdf: bytes) -> int:
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice
    from PySide6.QtPdf import QPdfDocument

    buffer = QBuffer()
    buffer.setData(QByteArray(pdf))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    return int(document.pageCount())
