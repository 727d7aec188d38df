"""An open record: patients at the left, the session in the middle, one bar above."""

import uuid
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from desktop.core import acts, charting
from desktop.core.entries import Entry
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.history import Step
from desktop.core.patient import Patient, Person, identity_of
from desktop.core.plan import Plan, plan_as_charted
from desktop.core.session import Session, Signature, State
from desktop.gui.banner import Banner
from desktop.gui.clock import SessionClock
from desktop.gui.document import BOUNCE_MS, ChartDocument
from desktop.gui.drawer import Drawer
from desktop.gui.followup_acts import FollowUpActs
from desktop.gui.followup_row import FollowUpRow
from desktop.gui.followup_window import FollowUpWindow
from desktop.gui.forms import ReasonForm
from desktop.gui.lists_window import Lists, ListsWindow
from desktop.gui.note_window import NoteWindow
from desktop.gui.patient_form import PatientForm
from desktop.gui.patient_panel import DRAFT, SIGNED, PatientPanel, given_words
from desktop.gui.ribbon import Ribbon
from desktop.gui.services import Services, SessionRow
from desktop.gui.session_forms import MoveToPatientForm, PerformerForm, TemplateForm
from desktop.gui.session_screen import SessionScreen
from desktop.gui.sign_form import SignForm
from desktop.gui.start_row import StartRow
from desktop.gui.theme import CHIP_MM, Colours, Measures
from desktop.gui.widgets import Notice, button, column, frame, label, plain_tip, restyle, row
from desktop.language import _, ngettext
from desktop.wording import (
    age_text,
    date_text,
    dotted,
    moment_text,
    patient_name,
    plan_text,
    sex_name,
    step_label,
)
from desktop.words.entries import serious_lines

# Below this width the list of patients makes room for the map while a session is open.
ROOMY_WIDTH_MM = 391.0
UNDO_WIDTH_PX = 216
SIGN_WIDTH_PX = 140
OPEN_SESSION = "open session"
OPEN_PLACE = "open place"


class Workspace(QWidget):
    """Places the panels of an open record and connects them; keeps no chart of its own."""

    about_wanted = Signal()
    help_wanted = Signal(str)
    preferences_wanted = Signal()

    def __init__(self, services: Services, colours: Colours, measures: Measures) -> None:
        super().__init__()
        self.setObjectName("screen")
        self._services = services
        self._measures = measures
        self._roomy_px = measures.px(ROOMY_WIDTH_MM)
        self.document: ChartDocument | None = None
        self._patient: Patient | None = None
        self._entries: list[Entry] = []
        self._opened_until_ms = 0.0
        self.panel = PatientPanel(services, colours, measures)
        self.session_screen = SessionScreen(services, colours, measures)
        self.clock = SessionClock(services.now)
        self.alerts = Ribbon(measures)
        self.other_draft = Ribbon(measures, "caution")
        self._show_patients = button("\N{IDENTICAL TO} " + _("Patients"))
        self._show_patients.setCheckable(True)
        self.banner = Banner(colours)
        self._flag = label("", "flag")
        self._flag.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.undo = button("")
        self.redo = button("\N{CLOCKWISE OPEN CIRCLE ARROW}", "", _("Nothing to redo"))
        self.note = button(_("Note"))
        self.sign = button(_("Sign"), "primary")
        self._more = button("\N{VERTICAL ELLIPSIS}")
        self._build(measures)
        self._connect()
        self._show_nothing()
        self.panel.search.setFocus()

    def _build(self, measures: Measures) -> None:
        self._more.setAccessibleName(_("More"))
        self._more.setFixedWidth(measures.px(CHIP_MM))
        self.redo.setFixedWidth(measures.px(CHIP_MM))
        # Their words change with every act; their places must not.
        self.undo.setFixedWidth(UNDO_WIDTH_PX)
        self.sign.setFixedWidth(SIGN_WIDTH_PX)
        for each in (
            self._show_patients,
            self.undo,
            self.redo,
            self.note,
            self.sign,
            self._more,
        ):
            each.setFixedHeight(measures.px(CHIP_MM))
        self._menu = self._make_menu()
        self._more.setMenu(self._menu)
        trial = label(_("INVENTED"), "flag")
        trial.setProperty("kind", "accent")
        trial.setVisible(self._services.is_trial)
        layout = row(
            self._show_patients,
            self.banner,
            self._flag,
            trial,
            self.clock.label,
            self.undo,
            self.redo,
            self.note,
            self.sign,
            self._more,
        )
        layout.setContentsMargins(12, 5, 12, 5)
        bar = frame("bar", layout)
        bar.setFixedHeight(measures.px(CHIP_MM) + 11)
        self._pages = QStackedWidget()
        self._greeting = label("", "title")
        self._greeting_words = label("", "quiet", wrap=True)
        self.continue_draft = button("", "primary")
        self._greeting_draft = ""
        self._greeting_start = button(_("New session"))
        for each in (self.continue_draft, self._greeting_start):
            each.setFixedHeight(measures.px(CHIP_MM))
        start = row(self.continue_draft, self._greeting_start, None)
        greeting = QWidget()
        self.start = StartRow(self._services.book, measures)
        inside = column(None, self._greeting, self._greeting_words, spacing=8, margin=60)
        inside.addSpacing(8)
        inside.addWidget(self.start)
        inside.addLayout(start)
        self.after = FollowUpRow(measures)
        inside.addSpacing(8)
        inside.addWidget(self.after)
        inside.addStretch(1)
        greeting.setLayout(inside)
        self._pages.addWidget(greeting)
        self._pages.addWidget(self.session_screen)
        self._drawer = Drawer(self.panel, self._pages)
        self._notice = Notice(self._drawer, at_top=True)
        layout_ = QVBoxLayout(self)
        layout_.setContentsMargins(0, 0, 0, 0)
        layout_.setSpacing(0)
        for line in (bar, self.alerts, self.other_draft):
            layout_.addWidget(line)
        layout_.addWidget(self._drawer, 1)

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        dots = "\N{HORIZONTAL ELLIPSIS}"
        self._draft_actions = [
            menu.addAction(_("Performed by") + dots, self._choose_performer),
            menu.addAction(_("Save as a template") + dots, self._save_template),
            menu.addAction(_("Move to another patient") + dots, self._move_to_patient),
            menu.addAction(_("Discard this draft") + dots, self._discard),
            menu.addAction(_("Clear the chart"), self._clear),
        ]
        menu.addSeparator()
        menu.addAction(_("Due") + dots, lambda: self.show_lists(Lists.DUE))
        menu.addAction(_("Lot look-up") + dots, lambda: self.show_lists(Lists.LOT))
        menu.addAction(_("Stock") + dots, lambda: self.show_lists(Lists.STOCK))
        menu.addSeparator()
        self._after_action = menu.addAction(_("After treatment") + dots, self.show_follow_up)
        self._templates = menu.addMenu(_("Remove a template"))
        self._templates.aboutToShow.connect(self._list_templates)
        menu.addAction(_("Preferences") + dots, self.preferences_wanted.emit)
        menu.addAction(_("Help"), lambda: self.help_wanted.emit(""))
        menu.addAction(_("Keys"), lambda: self.help_wanted.emit("keys"))
        menu.addAction(_("About Glabella"), self.about_wanted.emit)
        return menu

    def _connect(self) -> None:
        self._show_patients.toggled.connect(lambda _shown: self._place_panel())
        self._show_patients.setChecked(True)
        self.panel.patient_chosen.connect(self._choose_patient)
        self.panel.patient_pressed.connect(self._leave_signed)
        self.panel.session_chosen.connect(
            lambda session_id: self._once(lambda: self.open_session(session_id))
        )
        self.panel.new_patient_wanted.connect(self.create_patient)
        self.panel.edit_patient_wanted.connect(self._edit_patient)
        self.panel.new_session_wanted.connect(
            lambda patient_id: self._once(lambda: self.start_session(patient_id))
        )
        self._greeting_start.clicked.connect(lambda: self._once(self._start_for_chosen))
        self.panel.patients.itemActivated.connect(lambda _item: self._go_to_start())
        self.start.start_wanted.connect(lambda plan: self._once(lambda: self._start_from(plan)))
        self.continue_draft.clicked.connect(
            lambda: self._once(lambda: self.open_session(self._greeting_draft))
        )
        self.after.window_wanted.connect(self.show_follow_up)
        self.after.outcomes_wanted.connect(lambda: self._follow_up(FollowUpActs.add_outcomes))
        self.after.side_effect_wanted.connect(lambda: self._follow_up(FollowUpActs.add_side_effect))
        self.undo.clicked.connect(self.session_screen.hand.undo)
        self.redo.clicked.connect(self.session_screen.hand.redo)
        self.note.clicked.connect(self.show_note)
        self.sign.clicked.connect(self.ask_to_sign)
        self.session_screen.sign_wanted.connect(self.ask_to_sign)
        self.session_screen.help_wanted.connect(self.help_wanted)
        self.session_screen.gate.install()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys with Control work from everywhere, unless a field wants them for its text.

        They are no shortcuts of Qt: those act before anybody can tell a person from a scanner.
        """
        control = Qt.KeyboardModifier.ControlModifier
        enters = (Qt.Key.Key_Return.value, Qt.Key.Key_Enter.value)
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo.click()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.redo.click()
        elif event.matches(QKeySequence.StandardKey.Print):
            self.note.click()
        elif event.matches(QKeySequence.StandardKey.Find):
            self._find()
        elif event.key() in enters and event.modifiers() & control:
            self.sign.click()
        else:
            super().keyPressEvent(event)

    # -- opening and closing ------------------------------------------------------------------

    def reopen(self) -> None:
        """Bring back the session that was open when the window was last closed."""
        session_id = self._services.recall(OPEN_SESSION)
        if session_id:
            self.open_session(session_id)
            self.session_screen.show_place(self._services.recall(OPEN_PLACE) or "")

    def leave(self) -> None:
        """Before the window closes: keep what was typed, and where the user was."""
        self.session_screen.gate.remove()
        place = self.session_screen.place
        self.close_session()
        self._remember(OPEN_PLACE, place)

    def _once(self, open_it: Callable[[], object]) -> None:
        """Open a session once for a bouncing finger, whatever it would open next."""
        if self._services.milliseconds() >= self._opened_until_ms:
            open_it()
            self._opened_until_ms = self._services.milliseconds() + BOUNCE_MS

    def open_session(self, session_id: str) -> None:
        """Chart in a session, or read it when it is signed."""
        # What was typed may belong to this very session: first kept, then read.
        self.session_screen.flush()
        try:
            history = self._services.open_session(session_id)
            patient = self._services.patient(history.present.patient_id)
        except ExpectedError as error:
            self._say(self._services.explain(error))
            return
        self._say("")
        self.close_session()
        self._patient = patient
        self._read_entries()
        self.document = ChartDocument(
            history,
            self._services.book,
            self._services.keeping,
            self._services.milliseconds,
            self._services.now,
        )
        self.document.changed.connect(self._chart_changed)
        self._remember(OPEN_SESSION, session_id)
        self.panel.choose(patient.id)
        self._pages.setCurrentWidget(self.session_screen)
        self.session_screen.show_document(self.document)
        self._show_patients.setChecked(self.width() >= self._roomy_px)
        self._place_panel()
        self._redraw()
        self._say_drafts()

    def _remember(self, what: str, value: str) -> None:
        """For the next start. A disk that refuses this must not keep anybody from reading."""
        try:
            self._services.remember(what, value)
        except ExpectedError as error:
            self._say(self._services.explain(error))

    def close_session(self) -> None:
        """Let go of the session; what was typed is kept first."""
        self.session_screen.close_document()
        self.document = None
        self.clock.show_session(None)
        self.other_draft.say("")

    def start_session(self, patient_id: str) -> None:
        """Open a new session for a patient."""
        try:
            session_id = self._services.start_session(patient_id)
        except ExpectedError as error:
            self._say(self._services.explain(error))
            return
        self.open_session(session_id)

    def _go_to_start(self) -> None:
        """From the list of patients, Enter brings the keyboard to what can be started."""
        if self.continue_draft.isVisible():
            self.continue_draft.setFocus()
        elif self.start.isVisible():
            self.start.focus_likeliest()

    def _start_from(self, plan: Plan) -> None:
        """With the patient chosen, one press opens a session and plans it."""
        if self._patient is None:
            return
        before = self.document
        self.start_session(self._patient.id)
        if self.document is not None and self.document is not before:
            self.session_screen.hand.start_from(plan)

    def _start_for_chosen(self) -> None:
        if self._patient is not None:
            self.start_session(self._patient.id)

    def create_patient(self) -> None:
        """Ask for a new patient, and choose them."""
        new = Patient(
            id=str(uuid.uuid4()),
            record_number="",
            family_name="",
            given_name="",
            birth_date=date(1900, 1, 1),
        )
        form = PatientForm(
            self.window(),
            self._services.explain,
            new,
            self._services.now().date(),
            self._services.likely_duplicates,
            self._services.add_patient,
        )
        if form.ask():
            self._go_to_patient(form.patient.id)

    def show_colours(self, colours: Colours) -> None:
        """Take on another colour scheme."""
        self.banner.show_colours(colours)
        self.panel.show_colours(colours)
        self.session_screen.show_colours(colours)

    # -- the bar ------------------------------------------------------------------------------

    def ask_to_sign(self) -> None:
        """Confirm who signs, then close the session; or say what is missing."""
        if self.document is None or self._patient is None:
            return
        self.session_screen.flush()
        try:
            charting.check_signable(self.document.session)
        except charting.GapNotStatedError as error:
            if not self.session_screen.drug.account(self._services.explain(error)):
                return
        except ExpectedError as error:
            self._say(self._services.explain(error))
            return
        form = SignForm(
            self.window(),
            self._services.explain,
            self._services.book,
            self.document.session,
            self._patient,
            self.sign_as,
        )
        form.ask()

    def sign_as(self, person: Person) -> None:
        """Sign as this person; what cannot be signed is raised, so that the form stays open."""
        if self.document is None or self._patient is None:
            return
        charting.check_signer(person)
        signature = Signature(person, self._services.now(), charting.MEANING)
        self.document.sign_or_raise(signature, identity_of(self._patient))
        self.panel.show_sessions()

    def show_note(self) -> None:
        """Show the note from memory."""
        if self.document is None:
            return
        self.session_screen.flush()
        session = self.document.session
        try:
            pdf = self._services.note(session)
        except ExpectedError as error:
            self._say(self._services.explain(error))
            return
        window = NoteWindow(
            self.window(),
            pdf,
            self._services.note_name(session),
            self._services.save_file,
            self._services.explain,
        )
        window.exec()
        window.deleteLater()

    def show_lists(self, page: Lists) -> None:
        """Show who is due, a lot or the stock, until it is closed or something in it is chosen."""
        self.session_screen.flush()
        window = ListsWindow(self.window(), self._services, self._measures, page)
        window.patient_chosen.connect(self._go_to_patient)
        window.session_chosen.connect(
            lambda session_id: self._once(lambda: self.open_session(session_id))
        )
        self.session_screen.gate.burst.connect(window.take_scan)
        window.exec()
        window.deleteLater()

    def _go_to_patient(self, patient_id: str) -> None:
        self.panel.choose(patient_id)
        self._choose_patient(patient_id)

    def show_follow_up(self) -> None:
        """Show what came after the patient's sessions."""
        if self._patient is None:
            return
        self.session_screen.flush()
        window = FollowUpWindow(self.window(), self._services, self._measures, self._patient)
        window.exec()
        window.deleteLater()
        self._entries_changed()

    def _follow_up(self, act: Callable[[FollowUpActs, QWidget], bool]) -> None:
        if self._patient is None:
            return
        acts_ = FollowUpActs(self._services, self._measures, self._patient)
        if act(acts_, self.window()):
            self._entries_changed()

    def _read_entries(self) -> None:
        """Once for each patient, not for every tap: what came after their sessions."""
        self._entries = self._services.entries(self._patient.id) if self._patient else []

    def _entries_changed(self) -> None:
        self._read_entries()
        if self.document is not None:
            self.session_screen.refresh()  # a dose given elsewhere counts in the checks
        self._redraw()

    def _discard(self) -> None:
        if self.document is None or self.document.session.is_signed:
            return
        self.session_screen.flush()
        session_id = self.document.session.id

        def discard(reason: str) -> None:
            self._services.discard_session(session_id, reason)

        form = ReasonForm(self.window(), _("Discard this draft"), self._services.explain, discard)
        if form.ask():
            self._remember(OPEN_SESSION, "")
            self._put_away()
            self.panel.show_sessions()

    def _clear(self) -> None:
        if self.document is not None:
            self.document.perform(acts.Clear())

    def _choose_performer(self) -> None:
        document = self.document
        if document is None:
            return
        PerformerForm(
            self.window(),
            self._services.explain,
            self._services.people(),
            document.session.performed_by,
            lambda person: document.perform_or_raise(acts.SetPerformer(person)),
        ).ask()

    def _save_template(self) -> None:
        document = self.document
        if document is None:
            return

        def save(name: str) -> None:
            plan = plan_as_charted(document.session, name, self._services.book)
            self._services.save_template(plan)

        known = self._services.templates()
        if TemplateForm(self.window(), self._services.explain, known, save).ask():
            self.session_screen.refresh()

    def _list_templates(self) -> None:
        self._templates.clear()
        for plan in self._services.templates():
            words = plan_text(plan.name).replace("&", "&&")
            self._templates.addAction(words, partial(self._remove_template, plan.name))
        if self._templates.isEmpty():
            self._templates.addAction(_("None is saved.")).setEnabled(False)

    def _remove_template(self, name: str) -> None:
        try:
            self._services.remove_template(name)
        except ExpectedError as error:
            self._say(self._services.explain(error))
            return
        self.session_screen.refresh()

    def _move_to_patient(self) -> None:
        document, patient = self.document, self._patient
        if document is None or patient is None:
            return

        def move(to: Patient, reason: str) -> None:
            self.session_screen.flush()
            document.perform_or_raise(acts.MoveToPatient(to.id, reason))

        form = MoveToPatientForm(
            self.window(), self._services.explain, self._services.find_patients, patient, move
        )
        form.ask()

    def _edit_patient(self, patient_id: str) -> None:
        patient = self._services.patient(patient_id)
        form = PatientForm(
            self.window(),
            self._services.explain,
            patient,
            self._services.now().date(),
            lambda _patient: [],
            self._services.change_patient,
        )
        if form.ask():
            if self._patient is not None and self._patient.id == patient_id:
                self._patient = form.patient
            self.panel.list_found()
            self._redraw()
            self._say_drafts()

    def _choose_patient(self, patient_id: str) -> None:
        """Show a patient; an open session of somebody else is put away, kept as it is."""
        if self._patient is not None and self._patient.id == patient_id and self.document:
            return
        self.close_session()  # with what was typed, while the patient is still whose it is
        self._patient = self._services.patient(patient_id)
        self._read_entries()
        self._put_away()

    def _leave_signed(self, patient_id: str) -> None:
        """From a signed session, a press on its own patient leads back to their page."""
        document, patient = self.document, self._patient
        if document and patient and patient.id == patient_id and document.session.is_signed:
            self._put_away()

    def _put_away(self) -> None:
        """Let go of the session that is open, and greet whom the next one is for."""
        self.close_session()
        self._pages.setCurrentIndex(0)
        self._show_patients.setChecked(True)
        self._place_panel()
        self._redraw()
        self._say_drafts()

    def _find(self) -> None:
        self._show_patients.setChecked(True)
        self.panel.search.setFocus()
        self.panel.search.selectAll()

    # -- what the user sees -------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The list of patients lies beside the map, or over it where that is narrow."""
        super().resizeEvent(event)
        self._place_panel()

    def _place_panel(self) -> None:
        roomy = self.width() >= self._roomy_px or self._pages.currentIndex() == 0
        shown = self._show_patients.isChecked()
        if shown and self.panel.isHidden():
            self.panel.show_sessions()
        self._drawer.show_panel(shown=shown, docked=roomy)

    def _show_nothing(self) -> None:
        self._patient = None
        self._read_entries()
        self._pages.setCurrentIndex(0)
        self._show_patients.setChecked(True)
        self._place_panel()
        self._redraw()

    def _chart_changed(self) -> None:
        self._say("")
        document = self.document
        # Moved to the right patient, or back by undo: the banner must never name the other one.
        if document and self._patient and document.session.patient_id != self._patient.id:
            self.open_session(document.session.id)
            if self._patient.id != document.session.patient_id:
                # Whose session it is now could not be read: show nobody's.
                self.close_session()
                self._show_nothing()
            return
        self._redraw()
        if document and document.session.is_signed:
            self._say_drafts()

    def _say_drafts(self) -> None:
        """Every draft that waits, beside the patients; above the chart, one of the same patient."""
        self.panel.show_drafts(self.document.session.id if self.document else "")
        self._say_other_draft()

    def _say_other_draft(self) -> None:
        """Two drafts for one patient: nobody should have to find out from the note."""
        document = self.document
        others: list[SessionRow] = []
        if document is not None and not document.session.is_signed:
            session = document.session
            others = [
                each
                for each in self._services.drafts()
                if each.patient_id == session.patient_id and each.id != session.id
            ]
        if not others:
            self.other_draft.say("")
            return
        other = others[0]
        self.other_draft.say(
            _("This patient has another draft, of {moment}: {units} given.").format(
                moment=moment_text(other.started_at), units=given_words(other)
            ),
            _("Open it"),
            lambda: self._once(lambda: self.open_session(other.id)),
        )

    def _redraw(self) -> None:
        self._say_patient()
        document = self.document
        session = document.session if document else None
        book = self._services.book
        open_draft = session is not None and not session.is_signed
        undoable = document.undoable if document and open_draft else None
        redoable = document.redoable if document and open_draft else None
        undo, redo = _("Undo"), _("Nothing to redo")
        if undoable:
            undo = _("Undo {act}").format(act=step_label(undoable, book))
        if redoable:
            redo = _("Redo {act}").format(act=step_label(redoable, book))
        self.undo.setText(self._undo_words(undoable, book))
        self.undo.setToolTip(plain_tip(undo))
        self.undo.setAccessibleName(undo)
        self.redo.setToolTip(plain_tip(redo))
        self.redo.setAccessibleName(redo)
        self.undo.setEnabled(undoable is not None)
        self.redo.setEnabled(redoable is not None)
        self.note.setEnabled(session is not None)
        self.sign.setEnabled(open_draft)
        for action in self._draft_actions:
            action.setEnabled(open_draft)
        self._after_action.setEnabled(self._patient is not None)
        self._say_sign(session)
        self.clock.show_session(session)
        if document is not None and self.panel.isVisible():
            self.panel.show_sessions()

    def _undo_words(self, undoable: Step | None, book: Handbook) -> str:
        """What it is, and below it what will be undone: on one line the side would be cut off."""
        title = "\N{ANTICLOCKWISE OPEN CIRCLE ARROW} " + _("Undo")
        if undoable is None:
            return title
        told = self.undo.fontMetrics().elidedText(
            step_label(undoable, book), Qt.TextElideMode.ElideRight, UNDO_WIDTH_PX - 22
        )
        return "\n".join([title, told.replace("&", "&&")])

    def _say_patient(self) -> None:
        who = self._patient
        facts: list[str] = []
        if who is not None:
            today = self._services.now().date()
            facts = [
                date_text(who.birth_date),
                age_text(who.birth_date, today),
                sex_name(who.sex),
                _("No {number}").format(number=who.record_number),
            ]
        alerts = (*(who.alert_lines if who else ()), *serious_lines(self._entries))
        self.alerts.say("\N{WARNING SIGN} " + dotted(alerts) if alerts else "")
        self.banner.show_person(patient_name(who) if who else self._services.clinic.name, facts)
        if self._pages.currentIndex() == 0:
            self._greet(who)

    def _greet(self, who: Patient | None) -> None:
        """Between two sessions: whom the next one is for, and what of theirs was begun."""
        sessions = self._services.sessions_of(who.id) if who else []
        draft = next((each for each in sessions if each.state == DRAFT), None)
        if who is None:
            self._greeting.setText(_("Choose a patient, then start a session."))
            words = _("Or create a new patient. Everything you chart is saved at once.")
        else:
            self._greeting.setText(patient_name(who))
            words = _last_signed_words(sessions, self._services.now().date())
        self._greeting_words.setText(words)
        self._greeting_draft = draft.id if draft else ""
        if draft is not None:
            moment = moment_text(draft.started_at)
            title = _("Continue the draft of {moment}").format(moment=moment)
            self.continue_draft.setText(title)
            self.continue_draft.setAccessibleName(title)
        self.continue_draft.setVisible(draft is not None)
        self._greeting_start.setVisible(draft is not None)
        self.start.setVisible(who is not None and draft is None)
        self.after.setVisible(who is not None)
        self.after.show_entries(self._entries)
        if who is not None:
            self.start.offer(self._services.past_sessions(who.id), self._services.templates())

    def _say_sign(self, session: Session | None) -> None:
        planned = len(session.of_state(State.PLANNED)) if session else 0
        self.sign.setText(
            ngettext("Sign: {number} planned", "Sign: {number} planned", planned).format(
                number=planned
            )
            if planned
            else _("Sign")
        )
        ready = session is not None and bool(session.injections) and not planned
        restyle(self.sign, "primary" if ready else "")
        self._flag.setVisible(session is not None)
        if session is not None and session.signature is not None:
            signed = date_text(session.signature.signed_at.date())
            restyle(self._flag, "flag", "good")
            self._flag.setText(_("Signed {day}").format(day=signed))
        elif session is not None:
            started = date_text(session.started_at.date())
            restyle(self._flag, "flag")
            self._flag.setText(_("Draft {day}").format(day=started))

    def _say(self, sentence: str) -> None:
        self._notice.say(sentence)


def _last_signed_words(sessions: Sequence[SessionRow], today: date) -> str:
    """How long ago the newest signed session was."""
    signed = next((each.started_at.date() for each in sessions if each.state == SIGNED), None)
    if signed is None:
        return _("No signed session yet.")
    days = (today - signed).days
    if days <= 0:  # below zero, one of two clocks was wrong: the day alone is certain
        return _("Last signed session: {day}").format(day=date_text(signed))
    return ngettext(
        "{number} day since the last signed session, of {day}",
        "{number} days since the last signed session, of {day}",
        days,
    ).format(number=days, day=date_text(signed))
