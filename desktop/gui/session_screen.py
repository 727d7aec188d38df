"""The session in the middle of the window: cards, map, site and reasons, acts, vial, totals."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from desktop.core import acts
from desktop.core.assessment import Assessment, unchanged
from desktop.core.atlas import CloseUp
from desktop.core.checks import checks, unanswered
from desktop.core.clinic import Habits
from desktop.core.entries import Past
from desktop.core.errors import ExpectedError
from desktop.core.guards import ClockSetBack, Guard
from desktop.core.handbook import Handbook
from desktop.core.procedure import Event, Procedure
from desktop.core.protocol import Side
from desktop.core.session import Session
from desktop.gui.acts_bar import ActsBar
from desktop.gui.announce import announce
from desktop.gui.cards import Cards
from desktop.gui.chairside import Chairside, Mode
from desktop.gui.document import ChartDocument
from desktop.gui.dose_table import DoseTable
from desktop.gui.gaps_strip import GapsStrip
from desktop.gui.key_gate import KeyGate
from desktop.gui.map_view import Hit, MapView
from desktop.gui.pages import OVERVIEW, TABLE
from desktop.gui.past_panel import PastPanel
from desktop.gui.procedure_form import ProcedureForm
from desktop.gui.reasons import ReasonStrip
from desktop.gui.safety_form import SafetyForm
from desktop.gui.safety_strip import SafetyStrip
from desktop.gui.services import Services
from desktop.gui.site_keys import SiteKeys
from desktop.gui.start_row import StartRow
from desktop.gui.theme import CHIP_MM, Colours, Measures
from desktop.gui.totals_panel import TotalsPanel
from desktop.gui.vial_acts import VialActs
from desktop.gui.vial_row import VialRow
from desktop.gui.widgets import Notice, Pill, button, column, frame, label, row
from desktop.language import _
from desktop.wording import (
    change_reasons,
    dotted,
    person_name,
    region_name,
    side_name,
    site_short,
    site_words,
    stop_reasons,
    units_text,
)
from desktop.words.safety import go_on_reasons, guard_sentence
from desktop.words.vials import event_reasons, named_event

PANEL_WIDTH_PX = 306
HIT_AREA_MM = 12.0
OVERVIEW_REACH_PX = 11.0
OVERVIEW_MARGIN_MM = 62.0
MOST_GHOSTS = 3
CONSENT_PAGE = 2  # of the form that asks before the needle


class SessionScreen(QWidget):
    """Shows one document at a time. Taps, buttons and keys go to the hand, and come back drawn.

    Args:
        services: The open record, as functions.
        colours: The colour scheme.
        measures: Millimetres on the glass as pixels.
    """

    help_wanted = Signal(str)
    sign_wanted = Signal()

    def __init__(self, services: Services, colours: Colours, measures: Measures) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._services = services
        self._measures = measures
        book = self._book = services.book
        self._past: list[Session] = []
        self._habits = Habits()
        self._shows_past = True
        self._announced = ""
        self._known: Past | None = None
        self._clock: ClockSetBack | None = None
        self._pointed: Hit | None = None
        self._later = QTimer(self, singleShot=True, interval=0)
        self._suggested = {
            (region, side): book.suggestions(region, side)
            for region, sides in book.atlas.outlines.items()
            for side in sides
        }
        self.hand = Chairside(book, services.explain, services.milliseconds, self.flush)
        self.gate = KeyGate(services.milliseconds, self)
        self.safety = SafetyStrip(services.checklist, measures)
        self.cards = Cards(book, colours)
        self.overview = {
            key: MapView(_overview_frame(book, key), book, colours, reach_px=OVERVIEW_REACH_PX)
            for key in book.atlas.views
        }
        first = next(iter(book.atlas.close_ups.values()))
        self.close_up = MapView(
            first, book, colours, reach_px=measures.px(HIT_AREA_MM) / 2, labelled=True
        )
        self.table = DoseTable(book, colours)
        self.bar = ActsBar(measures)
        self.start = StartRow(book, measures)
        self.vials = VialRow(book, measures)
        self.drug = VialActs(services, self.hand, self.vials, measures, self)
        self.totals = TotalsPanel(book, colours)
        self.gaps = GapsStrip(measures)
        self.past = PastPanel(book, measures)
        self.reasons = ReasonStrip(self, measures)
        self.keys = SiteKeys(self.hand, services.explain, self.reasons.choose)
        self._site = Pill("site")
        self._hint = label("", "quiet", wrap=True)
        self.mirror = button(_("Mirror"), "chip", _("Chart the same on the other side"))
        self.why = button(_("Why\N{HORIZONTAL ELLIPSIS}"), "chip", _("Give another reason"))
        self.show_history = button(_("History"), "chip", _("Doses of earlier sessions"))
        self.show_history.setCheckable(True)
        self.procedure = button(
            _("Procedure\N{HORIZONTAL ELLIPSIS}"), "chip", _("How the injections were done")
        )
        self.happened = button(_("Event\N{HORIZONTAL ELLIPSIS}"), "chip", _("Record what happened"))
        self._build(measures)
        self._connect()

    # -- building -----------------------------------------------------------------------------

    def _build(self, measures: Measures) -> None:
        table = frame("panel", column(self.table, margin=6))
        self._pages = QStackedWidget()
        for page in (self._four_views(), self.close_up, table):
            self._pages.addWidget(page)
        self._refusal = Notice(self._pages, at_top=False)
        middle = QVBoxLayout()
        middle.setContentsMargins(12, 8, 12, 8)
        middle.setSpacing(6)
        middle.addWidget(self.safety)
        middle.addWidget(self.cards)
        middle.addWidget(self._pages, 1)
        middle.addWidget(self._strip(measures))
        self._row = QStackedWidget()
        self._row.setFixedHeight(self.bar.height())
        for each in (self.start, self.bar):
            self._row.addWidget(each)
        middle.addWidget(self._row)
        middle.addWidget(self.vials)
        self._side = QStackedWidget()
        self._side.addWidget(self.totals)
        self._side.addWidget(self.past)
        foot = row(self.gaps)
        foot.setContentsMargins(14, 0, 14, 10)
        inner = column(self._side, spacing=0)
        inner.addLayout(foot)
        side = frame("side", inner)
        side.setFixedWidth(PANEL_WIDTH_PX)
        layout = row(spacing=0)
        layout.addLayout(middle, 1)
        layout.addWidget(side)
        self.setLayout(layout)

    def _four_views(self) -> QWidget:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        grid.addWidget(self.overview["front"], 0, 0, 1, 2)
        grid.addWidget(self.overview["left"], 1, 0)
        grid.addWidget(self.overview["right"], 1, 1)
        grid.addWidget(self.overview["back"], 0, 2, 2, 1)
        for place, stretch in ((0, 10), (1, 10), (2, 25)):
            grid.setColumnStretch(place, stretch)
        grid.setRowStretch(0, 11)
        grid.setRowStretch(1, 10)
        four = QWidget()
        # The patient does not turn round with the reader's language.
        four.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        four.setLayout(grid)
        return four

    def _strip(self, measures: Measures) -> QFrame:
        """Which site, and what can be done with it; the question lies over it when there is one."""
        high = measures.px(CHIP_MM)
        self._site.setFixedHeight(high)
        self._own: tuple[QPushButton, ...] = (self.mirror, self.why)
        about_all = (self.happened, self.procedure, self.show_history)
        for each in (*self._own, *about_all):
            each.setFixedHeight(high)
        layout = row(self._site, *self._own, self._hint, *about_all)
        layout.setStretchFactor(self._hint, 1)
        self._hint.setMinimumWidth(40)
        made = frame("", layout)
        made.setFixedHeight(high)
        self.reasons.stand_on(made)
        return made

    def _connect(self) -> None:
        hand = self.hand
        for view in (*self.overview.values(), self.close_up):
            view.clicked.connect(self._clicked)
            view.site_pressed.connect(hand.tap_site)
            view.suggestion_pressed.connect(hand.extra_at)
            view.pointed_at.connect(self._pointed_at)
        self._later.timeout.connect(self._redraw_around)
        hand.changed.connect(self._redraw)
        hand.page_opened.connect(self._show_page)
        hand.said.connect(self._say)
        self.safety.unchanged_wanted.connect(lambda: hand.press(self._keep_unchanged))
        self.safety.form_wanted.connect(self.edit_safety)
        self.safety.reason_wanted.connect(self.ask_why_go_on)
        self.cards.chosen.connect(hand.choose_page)
        self.table.dose_typed.connect(self._dose_typed)
        self.table.reason_typed.connect(
            lambda code, text: hand.perform(acts.GiveReason(code, text.strip()))
        )
        self.table.vial_chosen.connect(
            lambda code, number: hand.perform(acts.DrawnFrom(code, number))
        )
        self.table.site_chosen.connect(self._choose)
        self.start.start_wanted.connect(lambda plan: hand.press(lambda: hand.start_from(plan)))
        # Qt would hand the keyboard to the first button of the next row, and Space would press it.
        self.start.start_wanted.connect(lambda _plan: self.setFocus())
        self.bar.given.connect(lambda: hand.press(hand.give_target))
        self.bar.mode_wanted.connect(hand.choose_mode)
        self.bar.dose_steps.connect(hand.change_dose)
        self.bar.planned_dose_wanted.connect(lambda: hand.set_dose(None))
        self.bar.region_given.connect(
            lambda region: hand.press(lambda: hand.give_region(region) if region else None)
        )
        self.bar.all_given.connect(lambda: hand.press(hand.give_all))
        self.bar.stop_wanted.connect(hand.ask_stop)
        self.mirror.clicked.connect(lambda: hand.press(hand.mirror_cursor))
        self.why.clicked.connect(hand.ask_again)
        self.show_history.toggled.connect(lambda _shown: self._redraw())
        self.procedure.clicked.connect(self.edit_procedure)
        self.happened.clicked.connect(lambda: hand.press(self.ask_event))
        self.past.closed.connect(lambda: self.show_history.setChecked(False))
        self.totals.profile_chosen.connect(lambda key: hand.perform(acts.SetProfile(key)))
        self.totals.remark_typed.connect(lambda text: hand.perform(acts.SetRemark(text)))
        self.reasons.chosen.connect(lambda reason: hand.press(lambda: hand.answer(reason)))
        self.reasons.dismissed.connect(hand.dismiss)
        self.gaps.wanted.connect(self._go_to_gap)
        self.keys.typed_changed.connect(self._redraw)
        self.keys.wanted.connect(self._key_wanted)
        self.keys.start_chosen.connect(self.start.choose)
        self.gate.burst.connect(self.drug.scan)
        self.gate.burst_dropped.connect(
            lambda: self._say(_("Keys came as fast as from a scanner: nothing was charted."))
        )

    # -- the document -------------------------------------------------------------------------

    def show_document(self, document: ChartDocument) -> None:
        """Chart in this document from now on."""
        self.close_document()
        session = document.session
        self._past = self._services.past_sessions(session.patient_id, session)
        self._known = self._services.past_of(session)
        self._clock = None if session.is_signed else self._services.clock_set_back()
        self._offer_starts()
        self.keys.forget()
        self.reasons.forget()
        self.show_history.setChecked(False)
        self._announced = ""
        self.setFocus()
        self.hand.open(document)

    def _offer_starts(self) -> None:
        """What a session can start from; also after the clinic changed its habits."""
        self._habits = self._services.habits()
        self.drug.refresh(self._habits)
        self.start.offer(self._past, self._services.templates())

    def refresh(self) -> None:
        """Take on what may have been changed in another window: habits, templates, entries."""
        if self.hand.document is not None:
            self._known = self._services.past_of(self.hand.session)
        self._offer_starts()
        self._redraw()

    def close_document(self) -> None:
        """Let go of the document; what was typed is kept first."""
        if self.hand.document is not None:
            self.totals.flush()
            self.totals.forget()
            self._later.stop()
            self.hand.close()

    def flush(self) -> None:
        """Keep at once what was typed."""
        self.totals.flush()

    @property
    def page(self) -> str:
        """Which page is open."""
        return self.hand.page

    @property
    def place(self) -> str:
        """Which page is open and which site the cursor is on, to come back to."""
        return f"{self.hand.page} {self.hand.cursor}"

    def show_place(self, place: str) -> None:
        """Come back to a `place`; one that this edition does not know is passed over."""
        page, _space, cursor = place.partition(" ")
        if page in (OVERVIEW, TABLE, *self._book.atlas.close_ups):
            self.hand.open_page(page)
        if self.hand.document is not None and cursor in self.hand.session.injections:
            self.hand.point_ring_at(cursor)

    def view_of(self, code: str) -> MapView:
        """The drawing that takes a site's taps on the page that is open."""
        if self.hand.is_close_up:
            return self.close_up
        each = self.hand.session.injections.get(code)
        if each is not None:
            return self.overview[self._book.atlas.home_view(each.region, each.side)]
        return self.overview[self._book.atlas.places[code].home_view]

    def home_of(self, code: str) -> str:
        """The close-up in which a site is charted."""
        return self.hand.home_of(code)

    def first_site_of(self, region: str, side: Side) -> str:
        """The first fixed site of a muscle on one side."""
        return next(
            code
            for code, place in self._book.atlas.places.items()
            if place.region == region and place.side == side
        )

    def show_colours(self, colours: Colours) -> None:
        """Take on another colour scheme."""
        for view in (*self.overview.values(), self.close_up):
            view.show_colours(colours)
        self.cards.show_colours(colours)
        self.table.show_colours(colours)
        self.totals.show_colours(colours)

    def show_ghosts(self, *, shown: bool) -> None:
        """Show earlier sessions on the map, or only while the history is open."""
        self._shows_past = shown
        self._redraw()

    # -- before the needle --------------------------------------------------------------------

    def checks(self) -> list[Guard]:
        """What has to be looked at in the open session, the gravest first."""
        if self.hand.document is None or self._known is None:
            return []
        checklist = self._services.checklist
        found = checks(self.hand.session, self._known, self._book, checklist)
        return [*([self._clock] if self._clock else []), *found]

    def edit_safety(self, page: int = 0) -> None:
        """Ask what is to be asked before the needle; what was said last time stands there."""
        known, document = self._known, self.hand.document
        if document is None or known is None or document.session.is_signed:
            return
        last = None
        if known.assessment is not None and known.assessed_on is not None:
            last = (known.assessment, known.assessed_on)

        def keep(assessment: Assessment) -> None:
            document.perform_or_raise(acts.SetAssessment(assessment))

        form = SafetyForm(
            self.window(),
            self._services.explain,
            self._services.checklist,
            document.session.assessment,
            last,
            known.birth_date,
            document.session.started_at.date(),
            person_name(document.session.performed_by),
            self._measures,
            keep,
        )
        form.show_page(page)
        form.ask()

    def _keep_unchanged(self) -> None:
        known = self._known
        if known is not None and known.assessment is not None:
            today = self.hand.session.started_at.date()
            self.hand.perform(acts.SetAssessment(unchanged(known.assessment, today)))

    def safety_by_key(self) -> None:
        """What is open before the needle: no change, why to go on, or else the questions."""
        self.settle()  # the strip says what is open
        strip = self.safety
        shown = (strip.unchanged, strip.why, strip.look)
        open_ = [each for each in shown if strip.isVisible() and not each.isHidden()]
        if open_:
            open_[0].click()
        else:
            self.edit_safety()

    def ask_why_go_on(self, key: str) -> None:
        """Ask why the work goes on in spite of a check."""
        guard = next((each for each in self.checks() if each.key == key), None)
        if guard is not None:
            self.hand.ask(
                _("Why go on?"),
                go_on_reasons(),
                lambda reason: self.hand.perform(acts.GoOn(key, reason)),
            )

    # -- how it was done, and what happened ---------------------------------------------------

    def edit_procedure(self) -> None:
        """Say how the injections were done where that was not as usual; take back an event."""
        document = self.hand.document
        if document is None or document.session.is_signed:
            return
        ProcedureForm(
            self.window(),
            self._services.explain,
            document.session,
            self._habits.usual_procedure,
            self._measures,
            self._keep_procedure,
        ).ask()

    def _keep_procedure(self, procedure: Procedure, not_happened: Sequence[Event]) -> None:
        """Keep what differs; what cannot be kept is raised, so that the form stays open."""
        document = self.hand.document
        if document is None:
            return
        for event in not_happened:
            # Not by the number that it had: those before it may be gone.
            if event in document.session.events:
                number = document.session.events.index(event) + 1
                document.perform_or_raise(acts.RemoveEvent(number))
        if procedure != document.session.procedure:
            document.perform_or_raise(acts.SetProcedure(procedure))

    def ask_event(self) -> None:
        """Ask what happened; it is recorded with the time at which somebody began to say it."""
        hand = self.hand
        if hand.document is None or hand.session.is_signed:
            return
        at = self._services.now()

        def answer(words: str) -> None:
            if not hand.perform(acts.AddEvent(named_event(words, at))):
                hand.ask(_("What happened?"), event_reasons(), answer)  # with what was typed

        hand.ask(_("What happened?"), event_reasons(), answer)

    # -- what the user does -------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys mean something wherever nothing else on the screen wants them."""
        if not self.keys.press(event, offers_all=self._habits.offers_all_given):
            if event.key() == Qt.Key.Key_Escape and not self.hasFocus():
                self.setFocus()
                return
            super().keyPressEvent(event)

    def _key_wanted(self, what: str) -> None:
        wanted: dict[str, Callable[[], object]] = {
            "safety": self.safety_by_key,
            "vial": self.drug.choose_by_key,
            "discard": self.drug.discard_by_key,
            "event": self.ask_event,
            "procedure": self.edit_procedure,
            "history": self.show_history.toggle,
            "keys": lambda: self.help_wanted.emit("keys"),
        }
        wanted[what]()

    def _go_to_gap(self, key: str) -> None:
        """One tap from what is missing to where it is filled in."""
        hand = self.hand
        if hand.document is None:
            return
        wanted: dict[str, Callable[[], object]] = {
            "safety": self.edit_safety,
            "consent": lambda: self.edit_safety(CONSENT_PAGE),
            "vial": self.drug.edit_in_use,
            "procedure": self.edit_procedure,
            "sites": lambda: hand.point_ring_at(hand.next_planned()),
            "reasons": lambda: hand.ask_for(hand.next_without_reason()),
            "waste": self.drug.account,
            "sign": self.sign_wanted.emit,
        }
        if key == "sign" or not hand.session.is_signed:
            wanted[key]()

    def _clicked(self, hit: Hit) -> None:
        self.setFocus()  # keys work on the site that was just tapped
        self.keys.in_use = False
        self.hand.tap(hit)

    def _choose(self, code: str) -> None:
        if code and self.hand.document is not None:
            self.hand.point_ring_at(code)

    def _dose_typed(self, code: str, text: str) -> None:
        try:
            units = self._book.product_of(self.hand.session).read_dose(text)
        except ExpectedError as error:
            self._say(self._services.explain(error))
            self._redraw()
            return
        self.hand.cursor = code
        self.hand.perform(acts.SetDose(code, units))

    # -- what the user sees -------------------------------------------------------------------

    def _show_page(self, key: str) -> None:
        self._pointed = None  # what lies under the pointer now is not known until it moves
        if key == OVERVIEW:
            self._pages.setCurrentIndex(0)
        elif key == TABLE:
            self._pages.setCurrentIndex(2)
        else:
            self.close_up.show_frame(self._book.atlas.close_ups[key])
            self._pages.setCurrentIndex(1)
        self.cards.show_open(key)

    def _redraw(self) -> None:
        hand = self.hand
        if hand.document is None:
            return
        session = hand.session
        shows_history = self.show_history.isChecked()
        ghosts = self._past[:MOST_GHOSTS] if self._shows_past or shows_history else []
        suggested = self._suggested if hand.mode is Mode.EXTRA else {}
        for view in (*self.overview.values(), self.close_up):
            view.show_session(session, hand.cursor)
            view.show_past(ghosts, all_figures=shows_history)
            view.show_suggestions(suggested)
        self._row.setCurrentWidget(self.start if hand.wants_start else self.bar)
        self.bar.show_hand(hand, self.keys.typed, offers_all=self._habits.offers_all_given)
        self._side.setCurrentWidget(self.past if shows_history else self.totals)
        self._say_site(session)
        self._say_question(session)
        self._announce(self._site.text())
        self._later.start()

    def settle(self) -> None:
        """Draw at once what follows the map: sums, gaps, cards."""
        if self._later.isActive():
            self._later.stop()
            self._redraw_around()

    def _redraw_around(self) -> None:
        """What stands around the map follows it: the finger waits for the mark, not for sums."""
        hand = self.hand
        if hand.document is None:
            return
        session = hand.session
        self.cards.show_session(session, hand.cursor)
        self.table.show_session(session)
        found = self.checks()
        open_ = unanswered(found, session)
        if self._known is not None:
            self.safety.show_checks(session, self._known, open_)
        self.totals.show_session(session, self._check_lines(found, session))
        self.drug.show_session(session)
        self.gaps.show_hand(hand, open_, self._habits.usual_procedure)
        if self.show_history.isChecked():
            self.past.show_past(session, self._past, hand.cursor)

    def _check_lines(self, found: list[Guard], session: Session) -> list[tuple[str, str]]:
        """Each check in words, and why the work went on."""
        checklist = self._services.checklist
        lines = []
        for guard in found:
            why = session.overrides.get(guard.key, "")
            sentence = guard_sentence(guard, checklist)
            lines.append(
                (
                    "change" if why else "finding",
                    dotted([sentence.removesuffix("."), why]) if why else sentence,
                )
            )
        return lines

    def _announce(self, words: str) -> None:
        """A screen reader hears what became of the site with the ring."""
        if words and words != self._announced:
            announce(self, words)
        self._announced = words

    def _words(self, session: Session, code: str) -> str:
        return site_words(code, session.injections.get(code), self._book, session)

    def _say_site(self, session: Session) -> None:
        """The site with the ring, on which buttons and keys work; never the one under the mouse."""
        code = self.hand.cursor
        self._site.say(self._words(session, code) if code else "")
        self._site.setVisible(bool(code))
        other = self.hand.mirrored
        self.mirror.setVisible(bool(other))
        if other:
            words = _("Mirror: {site}").format(site=site_short(other))
            self.mirror.setText(words)
            self.mirror.setAccessibleName(words)
        open_draft = not session.is_signed
        self.why.setVisible(open_draft and self.hand.has_change(code))
        for each in (self.happened, self.procedure):
            each.setVisible(open_draft)
        self._hint.setText(self._hint_words(session))

    def _hint_words(self, session: Session) -> str:
        hand = self.hand
        if hand.mode is Mode.OMIT:
            return _("Tap the site that is left out.")
        if hand.mode is Mode.EXTRA:
            return _("Tap where {units} are given beyond the plan.").format(
                units=units_text(hand.extra_units())
            )
        if hand.mode is Mode.MOVE:
            if not hand.moving:
                return _("Tap the site that was given elsewhere.")
            return _("Tap where {site} was really given.").format(site=site_short(hand.moving))
        if session.is_signed:
            return _("Signed: this session takes no change.")
        if hand.wants_start:
            return _("What does this session start from?")
        if not session.injections:
            return _("Tap the sites that are given.")
        if self._pointed and self._pointed.site and self._pointed.site != hand.cursor:
            return self._words(session, self._pointed.site)
        if self._pointed and self._pointed.region and not self._pointed.site:
            region, side = self._pointed.region
            name = region_name(self._book.protocol.regions[region])
            return f"{name} {side_name(side)}"
        return ""

    def _say_question(self, session: Session) -> None:
        question = self.hand.question
        numbered = self.keys.in_use and self.hand.question_is_fresh
        if question is None or session.is_signed:
            self.reasons.hide()
        elif question.words:
            self.reasons.ask(question.words, question.reasons, numbered=numbered)
        elif not question.code:
            self.reasons.ask(
                _("Why stop here?"),
                stop_reasons(self._habits),
                numbered=numbered,
            )
        else:
            self.reasons.ask(
                _("Why? {site}").format(site=site_short(question.code)),
                change_reasons(self._habits),
                numbered=numbered,
            )

    def _pointed_at(self, hit: Hit | None) -> None:
        before = (self._pointed.site, self._pointed.region) if self._pointed else None
        now = (hit.site, hit.region) if hit else None
        self._pointed = hit
        if self.hand.document is not None and before != now:
            self._say_site(self.hand.session)

    def _say(self, sentence: str) -> None:
        self._refusal.say(sentence)


def _overview_frame(book: Handbook, key: str) -> CloseUp:
    """What of a view the overview shows: its home sites, with the head around them."""
    view = book.atlas.views[key]
    places = [place.drawn_mm[key] for place in book.atlas.places.values() if place.home_view == key]
    columns, rows = [at[0] for at in places], [at[1] for at in places]
    margin = OVERVIEW_MARGIN_MM
    left, right = max(min(columns) - margin, 0), min(max(columns) + margin, view.width_mm)
    top, bottom = max(min(rows) - margin, 0), min(max(rows) + margin, view.height_mm)
    return CloseUp(key, key, left, top, right - left, bottom - top)
