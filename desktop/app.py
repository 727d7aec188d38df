"""Builds every part once and connects the layers: record, window, note."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from desktop import language, resources, settings
from desktop.core.errors import ExpectedError
from desktop.language import _
from desktop.settings import DEFAULTS, Preferences, PreferencesNotSavedError

# What the first screen does not need is imported where it is needed: half of the start would go
# into it.
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime
    from decimal import Decimal
    from zoneinfo import ZoneInfo

    from PySide6.QtWidgets import QApplication

    from desktop.core.acts import Act
    from desktop.core.clinic import Clinic
    from desktop.core.entries import DueRow, Entry, EntryValue, LotRow, Past
    from desktop.core.guards import ClockSetBack, PastDose
    from desktop.core.handbook import Handbook
    from desktop.core.history import History
    from desktop.core.patient import Identity, Patient, Person
    from desktop.core.product import Product
    from desktop.core.response import Cycle
    from desktop.core.scan import Scanned
    from desktop.core.session import Session
    from desktop.core.stock import StockVial
    from desktop.gui.services import Doors, Services
    from desktop.store.clinic_file import ClinicFile


KEY_KEPT = "recovery key kept"


class NoDisplayError(ExpectedError):
    """There is no screen to open a window on."""


class KeyInDataFolderError(ExpectedError):
    """The recovery key was to be saved beside the record that it opens."""


class AnotherPatientError(ExpectedError):
    """A record number was given that belongs to somebody else."""

    def __init__(self, known: Patient) -> None:
        """Keep whose number it is."""
        super().__init__(known.record_number)
        self.known = known


class UnknownUserError(ExpectedError):
    """The record does not know this user."""

    def __init__(self, name: str) -> None:
        """Keep the name that was given."""
        super().__init__(name)
        self.name = name


class FolderTakenError(ExpectedError):
    """The folder already holds a record, which the demonstration would overwrite."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder."""
        super().__init__(str(folder))
        self.folder = folder


class FileNotSavedError(ExpectedError):
    """The disk refused a file that the user asked for."""

    def __init__(self, path: Path, detail: str) -> None:
        """Keep the file and what the system said."""
        super().__init__(f"{path}: {detail}")
        self.path = path
        self.detail = detail


def explain(error: ExpectedError) -> str:
    """The sentence of any expected error, whichever layer raised it."""
    from desktop import wording
    from desktop.core.script import ScriptError

    if isinstance(error, NoDisplayError):
        return _("There is no display to open a window on. `glabella demo FOLDER` needs none.")
    if isinstance(error, KeyInDataFolderError):
        return _(
            "The recovery key must not lie beside the record that it opens. Choose another"
            " folder or drive."
        )
    if isinstance(error, AnotherPatientError):
        return _("That record number belongs to {patient}. Nothing was recorded.").format(
            patient=wording.known_words(error.known)
        )
    if isinstance(error, FolderTakenError):
        return _("{folder} already holds a record. Choose another folder.").format(
            folder=error.folder
        )
    if isinstance(error, UnknownUserError):
        return _("The record knows no user {name}.").format(name=error.name)
    if isinstance(error, PreferencesNotSavedError):
        return _(
            "The preferences could not be saved: {detail}. They hold until the program is closed."
        ).format(detail=error.detail)
    if isinstance(error, FileNotSavedError):
        return _("{name} could not be saved: {detail}. Choose another folder or drive.").format(
            name=error.path.name, detail=error.detail
        )
    if isinstance(error, ScriptError):
        return wording.script_sentence(error, explain(error.cause) if error.cause else "")
    sentence = wording.explain(error, resources.handbook())
    if sentence is None:
        from desktop.words import explain as explain_words

        sentence = explain_words(error)
    if sentence is None:
        from desktop.note import sentences as note_sentences
        from desktop.store import sentences as store_sentences

        sentence = store_sentences.explain(error) or note_sentences.explain(error)
    if sentence is None:
        message = f"no sentence for {type(error).__name__}"
        raise LookupError(message) from error
    return sentence


# -- what the window and the commands do to an open record ---------------------------------------


@dataclass(frozen=True)
class Desk:
    """An open record with the clinic's clock: what the window and the commands work at."""

    file: ClinicFile
    user: Person
    clinic: Clinic
    book: Handbook

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's time zone: its calendar says on which day something was."""
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.clinic.zone)

    def now(self) -> datetime:
        """The present time on the clinic's clocks."""
        from datetime import datetime

        return datetime.now(self.zone)

    def new_session(self, patient_id: str) -> Session:
        """An empty draft for a patient, by the user, starting now, done as the clinic does it."""
        from desktop.core.session import Session

        return Session(
            id=new_id(),
            patient_id=patient_id,
            started_at=self.now(),
            protocol=self.book.protocol.edition,
            atlas=self.book.atlas.edition,
            profile=self.clinic.profile,
            performed_by=self.user,
            charted_by=self.user,
            procedure=self.file.records.habits().usual_procedure,
        )

    def start_session(self, patient_id: str) -> str:
        """Keep a new draft and return its id."""
        session = self.new_session(patient_id)
        self.file.records.start_session(session)
        return session.id

    def identity(self, session: Session) -> Identity:
        """Who the patient is: as signed, or as known today."""
        if session.identity is not None:
            return session.identity
        from desktop.core.patient import identity_of

        return identity_of(self.file.records.patient(session.patient_id))

    def patient_of(self, identity: Identity) -> Patient:
        """The patient with this record number; a new one, not yet kept, if there is none.

        Raises:
            AnotherPatientError: The record number belongs to somebody else.
        """
        from desktop.core.patient import Patient, is_same_person

        known = self.file.records.patient_by_number(identity.record_number)
        if known is None:
            return Patient(new_id(), **vars(identity))
        if not is_same_person(known, identity):
            raise AnotherPatientError(known)
        return known

    def keep_charted(self, patient: Patient, history: History) -> int:
        """Keep a whole session with every act that led to it, and return its number."""
        records = self.file.records
        with records.together():
            if records.patient_by_number(patient.record_number) is None:
                records.add_patient(patient)
            first = history.done[0].before if history.done else history.present
            number = records.start_session(first)
            for step in history.done:
                records.record_act(step.before, step.act, step.after, self.now())
        return number

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.file.close()

    def note(self, session: Session) -> bytes:
        """The session's note as a PDF."""
        from desktop.note.content import compose
        from desktop.note.pdf import render

        with language.speaking(language.on_paper()):
            return render(compose(session, self.identity(session), self.clinic, self.book))

    def note_name(self, session: Session) -> str:
        """A file name from date and record number, never from the patient's name."""
        number = self.identity(session).record_number
        safe = "".join(c if c.isascii() and c.isalnum() else "-" for c in number)
        return f"{session.started_at:%Y-%m-%d}-{safe[:40]}.pdf"

    def past_of(self, session: Session) -> Past:
        """What is known of a patient before a session: doses, entries, the last assessment."""
        from desktop.core.entries import Past

        patient_id = session.patient_id
        entries = self.file.entries.of_patient(patient_id)
        doses = [*self._given_here(patient_id, session.id), *self._given_elsewhere(entries)]
        last = next(iter(self.file.records.past_sessions(patient_id, session, limit=1)), None)
        return Past(
            birth_date=self.identity(session).birth_date,
            doses=tuple(sorted(doses, key=lambda each: each.on, reverse=True)),
            assessment=last.assessment if last else None,
            assessed_on=self._day(last.started_at) if last and last.assessment else None,
            entries=tuple(entries),
        )

    def clock_set_back(self) -> ClockSetBack | None:
        """Whether the clock is before the newest act or entry of the record."""
        from desktop.core.guards import clock_set_back

        newest = self.file.lists.newest_change()
        if newest is None:
            return None
        return clock_set_back(self.now(), newest.astimezone(self.zone))

    def add_stock(self, each: StockVial) -> None:
        """Take a vial into the stock; one without an id of its own gets one."""
        if not each.id:
            each = replace(each, vial=replace(each.vial, stock_id=new_id()))
        self.file.stock.add(each, self.book.products, self.now())

    def change_stock(self, each: StockVial) -> None:
        """Correct a vial of the stock, or say that it was mixed."""
        self.file.stock.change(each, self.book.products, self.now())

    def close_stock(self, stock_id: str, reason: str) -> None:
        """Say that nobody takes a vial up any more, and why."""
        self.file.stock.close(stock_id, reason, self.now())

    def read_scan(self, text: str) -> Scanned:
        """What a scan says, with the packages that were learned and the clinic's separator."""
        from desktop.core.scan import read_scan

        substitute = self.file.records.habits().scan_substitute
        learned = self.file.stock.packages()
        return read_scan(text, self.book.products, learned, substitute=substitute)

    def learn_package(self, gtin: str, product: str, size_units: Decimal) -> None:
        """Keep which product and size a package has that nobody knew."""
        self.file.stock.learn(gtin, product, size_units, self.book.products)

    def add_entry(self, patient_id: str, value: EntryValue, session_id: str | None) -> None:
        """Keep a side effect, a count or a treatment elsewhere, by the user, now."""
        self.file.entries.add(self._entry(patient_id, value, session_id))

    def replace_entry(self, entry_id: str, value: EntryValue) -> None:
        """Correct an entry: a new one takes its place."""
        with self.file.records.together():
            old = self.file.entries.standing(entry_id)
            corrected = self._entry(old.patient_id, value, old.session_id, replaces=entry_id)
            self.file.entries.add(corrected)

    def withdraw_entry(self, entry_id: str, reason: str) -> None:
        """Say that an entry does not hold, and why."""
        self.file.entries.withdraw(entry_id, reason, (new_id(), self.now(), self.user.name))

    def due(self) -> list[DueRow]:
        """Every patient's next session, the soonest first."""
        return self.file.lists.due(self.zone, resources.checklist())

    def sessions_with_lot(self, lot: str) -> list[LotRow]:
        """Every session in which a vial of a lot was used, the newest first."""
        return self.file.lists.with_lot(lot, self.zone)

    def response_page(self, patient_id: str) -> bytes:
        """A patient's counts beside their sessions, as a PDF."""
        from desktop.core.followup import Outcomes
        from desktop.core.patient import identity_of
        from desktop.core.response import respond
        from desktop.note.response import compose, render

        patient, now = self.file.records.patient(patient_id), self.now()
        values = [each.value for each in self.file.entries.of_patient(patient_id)]
        outcomes = [each for each in values if isinstance(each, Outcomes)]
        followup = resources.followup()
        response = respond(outcomes, self._cycles(patient_id), followup, now.date())
        with language.speaking(language.on_paper()):
            return render(
                compose(response, identity_of(patient), self.clinic, self.book, followup, now)
            )

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def _product(self, key: str) -> Product:
        """A product by its key; the one that a session without a vial is charted by."""
        return self.book.products[key] if key else self.book.default_product

    def _given_here(self, patient_id: str, but_session_id: str) -> Iterator[PastDose]:
        """One dose for each signed session and toxin: units of two toxins are never added."""
        from desktop.core.guards import PastDose

        doses: dict[tuple[str, str], PastDose] = {}
        for each in self.file.lists.given(patient_id, but_session_id):
            toxin = self._product(each.product).toxin
            before = doses.get((each.session_id, toxin))
            units = each.units + (before.units if before else 0)
            doses[each.session_id, toxin] = PastDose(self._day(each.at), toxin, units)
        yield from doses.values()

    def _given_elsewhere(self, entries: list[Entry]) -> Iterator[PastDose]:
        from desktop.core.followup import TreatedElsewhere
        from desktop.core.guards import PastDose

        for value in (each.value for each in entries):
            if isinstance(value, TreatedElsewhere):
                # An empty place would say that it was given here.
                where = value.where.strip() or _("elsewhere")
                yield PastDose(value.on, self._toxin(value.toxin), value.units, where)

    def _toxin(self, name: str) -> str:
        """The USAN of a toxin that is named by it, or by a brand, in any case; else the name."""
        from desktop.core.product import toxin_called

        return toxin_called(name, self.book.products.values())

    def _cycles(self, patient_id: str) -> list[Cycle]:
        """The days on which the protocol's toxin was given, with its units by region.

        What was given of another toxin is no part of them: its units are others.
        """
        from decimal import Decimal

        from desktop.core.response import Cycle

        days: dict[date, dict[str, Decimal]] = {}
        for session in self.file.records.past_sessions(patient_id, limit=-1):
            used = {each.number: each.product for each in session.vials}
            for each in session.given:
                product = self._product(used.get(each.vial, "") if each.vial else "")
                if product.toxin == self.book.default_product.toxin:
                    units = days.setdefault(self._day(session.started_at), {})
                    units[each.region] = units.get(each.region, 0) + each.units
        return [Cycle(on, units, sum(units.values(), Decimal(0))) for on, units in days.items()]

    def _entry(
        self, patient_id: str, value: EntryValue, session_id: str | None, replaces: str = ""
    ) -> Entry:
        from desktop.core.entries import Entry

        now = self.now()
        birth_date = self.file.records.patient(patient_id).birth_date
        checked = _checked_entry(value, birth_date, now.date(), self.book)
        return Entry(new_id(), patient_id, session_id, checked, now, self.user.name, replaces)


def _checked_entry(
    value: EntryValue, birth_date: date, today: date, handbook: Handbook
) -> EntryValue:
    from desktop.core import followup

    products = list(handbook.products.values())
    book = resources.followup()
    match value:
        case followup.SideEffect():
            return followup.checked_side_effect(value, birth_date, today, book)
        case followup.Outcomes():
            return followup.checked_outcomes(value, birth_date, today, book)
        case followup.TreatedElsewhere():
            return followup.checked_elsewhere(value, birth_date, today, book, products)


def desk(file: ClinicFile, user: str | None = None) -> Desk:
    """An open record, at which a user works: by default whoever opened it.

    Raises:
        UnknownUserError: The record does not know the user.
    """
    clinic = file.records.clinic()
    people = file.records.people()
    if clinic is None or not people:
        message = "a record always has its clinic and one person"
        raise LookupError(message)
    person = file.user or people[0] if user is None else file.records.person(user)
    if person is None:
        file.close()
        raise UnknownUserError(user or "")
    return Desk(file, person, clinic, resources.handbook())


def new_id() -> str:
    """The program's own name for a patient or a session."""
    import uuid

    return str(uuid.uuid4())


def user_name() -> str:
    """The name by which the system knows who is logged in."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may have no name for its user
        return "injector"


def save_file(path: Path, content: bytes) -> None:
    """Write a file that the user asked for: whole, or not at all.

    Raises:
        FileNotSavedError: The disk refused.
    """
    import tempfile

    try:
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".glabella-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(path)
        except OSError:
            Path(draft).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise FileNotSavedError(path, error.strerror or str(error)) from error


def engines() -> dict[str, str]:
    """The versions of what works inside the record's driver, by name."""
    from desktop.store import driver

    return driver.engines()


# -- the window ----------------------------------------------------------------------------------


class WindowProgram:
    """The running program: at most one open record, and the window that shows it."""

    def __init__(
        self,
        path: Path,
        preferences: Preferences = DEFAULTS,
        keep: Callable[[Preferences], None] = lambda _preferences: None,
    ) -> None:
        from desktop.gui.main_window import MainWindow

        self.path = path
        self.desk: Desk | None = None
        self.trial: Path | None = None
        self.window = MainWindow(
            resources.handbook, explain, self.close, preferences, keep, engines
        )
        self.window.entered.connect(self._enter)

    def show(self) -> None:
        """Show the window with the ways into a record."""
        self.show_doors(self.path)
        self.window.fit_to_screen()
        self.window.show()

    def show_doors(self, path: Path) -> None:
        """Show the ways into the record at a path."""
        self.path = path
        self.window.show_welcome(self._doors())

    def close(self) -> None:
        """Let go of the record, and throw invented patients away."""
        if self.desk is not None:
            self.desk.file.close()
            self.desk = None
        if self.trial is not None:
            import shutil

            shutil.rmtree(self.trial, ignore_errors=True)
            self.trial = None

    def _doors(self) -> Doors:
        from desktop.gui.services import Doors

        return Doors(
            path=self.path,
            exists=self.path.exists(),
            set_up=self._set_up,
            unlock=self._unlock,
            recover=self._recover,
            try_out=self._try_out,
            key_to_keep=self._key_to_keep,
            key_kept=self._key_kept,
            choose=self.show_doors,
            save_key=self._save_key,
        )

    def _set_up(self, clinic: Clinic, person: Person, passphrase: str) -> None:
        from desktop.core.charting import check_signer
        from desktop.core.clinic import checked_clinic
        from desktop.store import clinic_file

        check_signer(person)
        checked_clinic(clinic)
        file, _key = clinic_file.create(self.path, clinic, person, user_name(), passphrase)
        self.desk = desk(file)

    def _unlock(self, passphrase: str) -> None:
        from desktop.store import clinic_file

        self.desk = desk(clinic_file.open_with_passphrase(self.path, passphrase))

    def _recover(self, key: str, passphrase: str) -> None:
        from desktop.store import clinic_file

        clinic_file.reset_passphrase(self.path, key, passphrase)
        self._unlock(passphrase)

    def _key_to_keep(self) -> str:
        if self.desk is None or self.desk.file.records.recall(KEY_KEPT):
            return ""
        return self.desk.file.recovery_key

    def _key_kept(self) -> None:
        if self.desk is not None:
            self.desk.file.records.remember(KEY_KEPT, "yes")

    def _try_out(self) -> None:
        import tempfile

        self.trial = Path(tempfile.mkdtemp(prefix="glabella-trial-"))
        self.desk = desk(invented_record(self.trial / settings.RECORD_NAME))

    def _save_key(self, path: Path, key: str) -> None:
        folder, data = path.resolve().parent, settings.data_folder().resolve()
        if folder == self.path.resolve().parent or data in (folder, *folder.parents):
            raise KeyInDataFolderError
        save_file(path, _("Glabella: recovery key\n\n{key}\n").format(key=key).encode())

    def _enter(self) -> None:
        if self.desk is not None:
            self.window.show_workspace(services(self.desk, is_trial=self.trial is not None))


def services(at: Desk, *, is_trial: bool = False) -> Services:
    """An open record as the functions that the window works with."""
    from desktop.gui.document import Keeping
    from desktop.gui.services import Services

    records = at.file.records

    def keep_act(before: Session, act: Act, after: Session) -> None:
        records.record_act(before, act, after, at.now())

    return Services(
        clinic=at.clinic,
        user=at.user,
        book=at.book,
        is_trial=is_trial,
        explain=explain,
        now=at.now,
        milliseconds=lambda: time.monotonic() * 1000,
        find_patients=records.find_patients,
        likely_duplicates=records.likely_duplicates,
        add_patient=records.add_patient,
        change_patient=records.change_patient,
        patient=records.patient,
        sessions_of=lambda patient_id: list(records.sessions(patient_id)),
        past_sessions=records.past_sessions,
        drafts=lambda: list(records.drafts()),
        start_session=at.start_session,
        open_session=records.history,
        discard_session=lambda session_id, reason: records.discard(session_id, reason, at.now()),
        keeping=Keeping(
            act=keep_act,
            undo=lambda before, after: records.record_undo(before, after, at.now()),
            redo=lambda before, after: records.record_redo(before, after, at.now()),
            sign=lambda before, after: records.sign(before, after, at.now()),
        ),
        note=at.note,
        save_file=save_file,
        note_name=at.note_name,
        remember=records.remember,
        recall=records.recall,
        templates=records.templates,
        save_template=records.save_template,
        remove_template=records.remove_template,
        habits=records.habits,
        set_habits=records.set_habits,
        people=records.people,
        checklist=resources.checklist(),
        followup=resources.followup(),
        past_of=at.past_of,
        clock_set_back=at.clock_set_back,
        stock=at.file.stock.vials,
        stock_kinds=at.file.stock.kinds,
        add_stock=at.add_stock,
        change_stock=at.change_stock,
        close_stock=at.close_stock,
        read_scan=at.read_scan,
        learn_package=at.learn_package,
        entries=at.file.entries.of_patient,
        add_entry=at.add_entry,
        replace_entry=at.replace_entry,
        withdraw_entry=at.withdraw_entry,
        due=at.due,
        sessions_with_lot=at.sessions_with_lot,
        response_page=at.response_page,
    )


def invented_record(path: Path, passphrase: str | None = None) -> ClinicFile:
    """Make a record of invented patients; without a passphrase nobody will open it again."""
    import secrets

    from desktop.store import clinic_file

    clinic, injector, patients = resources.invented()
    secret = passphrase or secrets.token_urlsafe(24)
    file, _key = clinic_file.create(path, clinic, injector, "demo", secret)
    for patient in reversed(patients):
        file.records.add_patient(patient)
    file.records.remember(KEY_KEPT, "yes")
    return file


def make_application(preferences: Preferences = DEFAULTS) -> QApplication:
    """The Qt application, with the program's fonts, and in the user's language and colours.

    Without a language of the user's own it speaks the one in use.

    Raises:
        NoDisplayError: This is a Unix without a display.
    """
    unix = sys.platform not in ("win32", "darwin")
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if unix and not any(os.environ.get(name) for name in named):
        raise NoDisplayError
    from PySide6.QtWidgets import QApplication

    from desktop.gui import theme

    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(sys.argv[:1])
    application.setApplicationName("Glabella")
    application.setDesktopFileName("glabella")
    theme.register_fonts()
    if preferences.language:
        language.use([preferences.language])
    theme.set_direction(application)
    measures = theme.measures_of(application.primaryScreen(), preferences)
    theme.apply(application, theme.colours_of(preferences.scheme), measures)
    return application


def open_window(path: Path) -> int:
    """Open the program's window and stay until it is closed."""
    import signal

    from PySide6.QtCore import QTimer

    preferences = settings.load()
    application = make_application(preferences)
    _report_bugs()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    program = WindowProgram(path, preferences, settings.save)
    program.show()
    # While the user types the passphrase: what the next screen needs.
    QTimer.singleShot(50, _warm_up)
    code: int = application.exec()
    program.close()
    return code


def _warm_up() -> None:
    import desktop.gui.workspace
    import desktop.store.clinic_file  # noqa: F401  both are wanted for being imported


def _report_bugs() -> None:
    """A bug is written to the log and said in one dialog; the chart is already on disk."""
    import logging
    from types import TracebackType

    from PySide6.QtWidgets import QMessageBox

    log = settings.log_file()
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    logging.basicConfig(filename=log, format="%(asctime)s %(message)s")
    said: list[str] = []

    def report(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        logging.getLogger("glabella").error("bug", exc_info=(kind, error, trace))
        if not said:
            said.append(kind.__name__)
            QMessageBox.critical(
                None,
                "Glabella",
                _(
                    "Something went wrong inside the program. What is charted is saved. Please"
                    " close the program and start it again.\n\nDetails: {log}"
                ).format(log=log),
            )

    sys.excepthook = report
