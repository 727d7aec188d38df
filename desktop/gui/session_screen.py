"""The session in the middle of the window: cards, map, reasons, acts, vial."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.core import acts, rules
from desktop.core.amounts import amount_text, read_amount
from desktop.core.atlas import CloseUp, Point
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.protocol import Side
from desktop.core.session import Injection, Session, State
from desktop.core.vial import Vial
from desktop.gui.acts_bar import ActsBar, Mode
from desktop.gui.cards import OVERVIEW, TABLE, Cards, homes, progress, walk
from desktop.gui.document import BOUNCE_MS, ChartDocument
from desktop.gui.dose_table import DoseTable
from desktop.gui.forms import Explain
from desktop.gui.map_view import Hit, MapView
from desktop.gui.reasons import ReasonStrip, change_reasons, stop_reasons
from desktop.gui.theme import Colours, Measures
from desktop.gui.totals_panel import TotalsPanel
from desktop.gui.vial_form import VialForm
from desktop.gui.vial_row import VialRow
from desktop.gui.widgets import Notice, label
from desktop.language import _
from desktop.wording import region_name, side_name, site_name, site_short, state_name, units_text

PANEL_WIDTH_PX = 306
HIT_AREA_MM = 12.0
OVERVIEW_REACH_PX = 11.0
OVERVIEW_MARGIN_MM = 62.0


class SessionScreen(QWidget):
    """Shows one document at a time. Every tap and key goes to the document, and comes back drawn.

    Args:
        book: What to chart by.
        colours: The colour scheme.
        measures: Millimetres on the glass as pixels.
        explain: The sentence of an error.
        now: The present time, in the clinic's zone.
        milliseconds: A clock that never goes back, for telling a bounce from a tap.
        zone: The clinic's zone.
    """

    def __init__(
        self,
        book: Handbook,
        colours: Colours,
        measures: Measures,
        explain: Explain,
        now: Callable[[], datetime],
        milliseconds: Callable[[], float],
        zone: ZoneInfo,
    ) -> None:
        super().__init__()
        self._milliseconds = milliseconds
        self._deaf_until_ms = 0.0
        self._pressed_until_ms = 0.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._zone = zone
        self._book = book
        self._explain = explain
        self._now = now
        self._document: ChartDocument | None = None
        self._homes = homes(book)
        self._walk = walk(book)
        self._open = OVERVIEW
        self._cursor = ""
        self._moving = ""
        self._asks_stop = False
        self._goes_on = False
        self._dismissed: set[str] = set()
        self._pointed: Hit | None = None
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
        self.bar = ActsBar(book, measures)
        self.vials = VialRow(book)
        self.totals = TotalsPanel(book, colours)
        self.reasons = ReasonStrip()
        self._site = label("", "site")
        self._hint = label("", "quiet")
        self._build()
        self._connect()

    # -- building -----------------------------------------------------------------------------

    def _build(self) -> None:
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
        four.setLayout(grid)
        table = QFrame()
        table.setObjectName("panel")
        inside = QVBoxLayout(table)
        inside.setContentsMargins(6, 6, 6, 6)
        inside.addWidget(self.table)
        self._pages = QStackedWidget()
        for page in (four, self.close_up, table):
            self._pages.addWidget(page)
        self._refusal = Notice(self._pages, at_top=False)
        strip = QHBoxLayout()
        strip.setSpacing(8)
        strip.addWidget(self._site)
        strip.addWidget(self._hint)
        strip.addWidget(self.reasons)
        strip.addStretch(1)
        self._strip_height(strip)
        middle = QVBoxLayout()
        middle.setContentsMargins(12, 10, 12, 10)
        middle.setSpacing(8)
        middle.addWidget(self.cards)
        middle.addWidget(self._pages, 1)
        middle.addLayout(strip)
        middle.addWidget(self.bar)
        middle.addWidget(self.vials)
        side = QFrame()
        side.setObjectName("side")
        side.setFixedWidth(PANEL_WIDTH_PX)
        inner = QVBoxLayout(side)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.totals)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(middle, 1)
        layout.addWidget(side)

    def _strip_height(self, strip: QHBoxLayout) -> None:
        """The map must not jump when a question appears below it."""
        spacer = QWidget()
        spacer.setFixedSize(0, 38)
        strip.addWidget(spacer)
        self._site.setFixedHeight(30)
        self.reasons.hide()

    def _connect(self) -> None:
        for view in (*self.overview.values(), self.close_up):
            view.clicked.connect(self._clicked)
            view.pointed_at.connect(self._pointed_at)
        self.cards.chosen.connect(self._choose_page)
        self.table.dose_typed.connect(self._dose_typed)
        self.table.reason_typed.connect(
            lambda code, text: self._perform(acts.GiveReason(code, text.strip()))
        )
        self.table.site_chosen.connect(self._choose)
        self.bar.plan_wanted.connect(lambda: self._press(self._plan))
        self.bar.given.connect(lambda: self._press(self._give_cursor))
        self.bar.mode_changed.connect(self._mode_changed)
        self.bar.region_given.connect(lambda region: self._press(lambda: self._give_region(region)))
        self.bar.all_given.connect(lambda: self._press(lambda: self._perform(acts.GiveAll())))
        self.bar.stop_wanted.connect(self._ask_stop)
        self.vials.vial_wanted.connect(self.edit_vial)
        self.vials.waste_typed.connect(self._waste_typed)
        self.totals.profile_chosen.connect(lambda key: self._perform(acts.SetProfile(key)))
        self.totals.remark_typed.connect(lambda text: self._perform(acts.SetRemark(text)))
        self.reasons.chosen.connect(self._reason_chosen)
        self.reasons.dismissed.connect(self._dismiss)

    # -- the document -------------------------------------------------------------------------

    def show_document(self, document: ChartDocument) -> None:
        """Chart in this document from now on."""
        self.close_document()
        self._document = document
        document.changed.connect(self._changed)
        document.refused.connect(self._refused)
        self._cursor = ""
        self._dismissed.clear()
        self._asks_stop = False
        self.setFocus()
        self.bar.dose_units = None
        self.bar.set_mode(Mode.GIVE)
        if document.session.plan:
            self._cursor = self._next_planned(document.session)
        self.open_page(OVERVIEW)

    def close_document(self) -> None:
        """Let go of the document; what was typed is kept first."""
        if self._document is None:
            return
        self.totals.flush()
        self.totals.forget()
        self._document.changed.disconnect(self._changed)
        self._document.refused.disconnect(self._refused)
        self._document = None

    def flush(self) -> None:
        """Keep at once what was typed."""
        self.totals.flush()

    def undo(self) -> None:
        """Take the last act back; the cursor goes to where it was done."""
        self._step(ChartDocument.undo)

    def redo(self) -> None:
        """Do it again; the cursor goes to where it is done."""
        self._step(ChartDocument.redo)

    def _step(self, move: Callable[[ChartDocument], bool]) -> None:
        self.flush()
        document = self._document
        if document is None:
            return
        step = document.undoable if move is ChartDocument.undo else document.redoable
        code = getattr(step.act, "code", "") if step else ""
        self._goes_on = self._asks_stop = False
        if code in self._homes:
            self._cursor = code
            if self._open in self._book.atlas.close_ups:
                self._follow(code)
        move(document)

    def open_page(self, key: str) -> None:
        """Show the overview, a close-up or the table."""
        self._pointed = None  # what lies under the pointer now is not known until it moves
        if key != self._open:
            self._deaf_until_ms = self._milliseconds() + BOUNCE_MS
        self._open = key
        if key == OVERVIEW:
            self._pages.setCurrentIndex(0)
        elif key == TABLE:
            self._pages.setCurrentIndex(2)
        else:
            self.close_up.show_frame(self._book.atlas.close_ups[key])
            self._pages.setCurrentIndex(1)
            self._step_into(key)
        self.cards.show_open(key)
        self._redraw()

    @property
    def page(self) -> str:
        """Which page is open."""
        return self._open

    @property
    def place(self) -> str:
        """Which page is open and which site the cursor is on, to come back to."""
        return f"{self._open} {self._cursor}"

    def show_place(self, place: str) -> None:
        """Come back to a `place`; one that this edition does not know is passed over."""
        page, _space, cursor = place.partition(" ")
        if page in (OVERVIEW, TABLE, *self._book.atlas.close_ups):
            self.open_page(page)
        if self._document is not None and cursor in self._document.session.injections:
            self._cursor = cursor
            self._redraw()

    def view_of(self, code: str) -> MapView:
        """The drawing that takes a site's taps on the page that is open."""
        if self._open in self._book.atlas.close_ups:
            return self.close_up
        return self.overview[self._book.atlas.places[code].home_view]

    def home_of(self, code: str) -> str:
        """The close-up in which a fixed site is charted."""
        return self._homes[code]

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

    def edit_vial(self, number: int) -> None:
        """Correct a vial of the session, or enter a new one (0)."""
        if self._document is None:
            return
        vials = {vial.number: vial for vial in self._document.session.vials}
        form = VialForm(
            self.window(),
            self._book,
            self._explain,
            vials.get(number),
            self._now(),
            self._zone,
            self._keep_vial,
        )
        form.ask()

    def _keep_vial(self, vial: Vial) -> None:
        """Keep a vial; what cannot be kept is raised, so that the form stays open."""
        document = self._document
        if document is None:
            return
        act = acts.ChangeVial(vial) if vial.number else acts.AddVial(vial)
        document.perform_or_raise(act)

    # -- what the user does -------------------------------------------------------------------

    def _choose_page(self, key: str) -> None:
        """A page that the user chose is aimed at from the first moment: no tap on it is lost."""
        self.open_page(key)
        self._deaf_until_ms = 0.0

    def _press(self, act: Callable[[], object]) -> None:
        """A button that charts counts once for a bouncing finger, whatever it means next."""
        now = self._milliseconds()
        if now >= self._pressed_until_ms:
            self._pressed_until_ms = now + BOUNCE_MS
            act()

    def _clicked(self, hit: Hit) -> None:
        # When the program changed the page, a bouncing finger would tap whatever lies there now,
        # and nobody can have aimed at it yet.
        if self._document is None or self._milliseconds() < self._deaf_until_ms:
            return
        self.flush()
        self._say_refusal("")
        if self.bar.mode is Mode.EXTRA:
            self._place_extra(hit)
        elif self.bar.mode is Mode.MOVE:
            self._move_by_tap(hit)
        elif hit.site is not None:
            self._tap_site(hit.site)
        elif hit.region is not None:
            self._open_region(*hit.region)

    def _mode_changed(self) -> None:
        self._moving = ""
        self._redraw()

    def _tap_site(self, code: str) -> None:
        document = self._document
        if document is None:
            return
        self._cursor = code
        self._asks_stop = self._goes_on = False
        self._dismissed.discard(code)
        if document.session.is_signed:
            self._redraw()
        elif self.bar.mode is Mode.OMIT:
            if document.perform_by_tap(code, acts.Omit(code)):
                self.bar.set_mode(Mode.GIVE)
        elif not document.tap(code, self.bar.dose_units):
            self._redraw()

    def _place_extra(self, hit: Hit) -> None:
        if hit.region is None:
            self._say_refusal(_("An extra lies in a muscle: tap inside one of the outlines."))
            return
        if not hit.is_home:
            self._open_region(*hit.region)
            return
        region, side = hit.region
        before = set(self._session().injections)
        if self._perform(acts.AddExtra(region, side, self.bar.extra_units(), hit.point)):
            new = [code for code in self._session().injections if code not in before]
            self._cursor = new[0]
            self._remember_tap(self._cursor)
            self.bar.set_mode(Mode.GIVE)

    def _move_by_tap(self, hit: Hit) -> None:
        """The first tap says which site was moved, the second where it was given."""
        if self._moving:
            self._place_moved(hit.point)
        elif hit.site is not None and hit.site in self._session().injections:
            self._moving = self._cursor = hit.site
            self._remember_tap(hit.site)
            self._redraw()
        elif hit.region is not None and not hit.is_home:
            self._open_region(*hit.region)

    def _place_moved(self, point: Point) -> None:
        if self._document is None or self._document.is_bounce(self._moving):
            return
        self._dismissed.discard(self._moving)
        if self._perform(acts.Move(self._moving, point)):
            self._remember_tap(self._moving)
            self.bar.set_mode(Mode.GIVE)

    def _remember_tap(self, code: str) -> None:
        if self._document is not None:
            self._document.remember_tap(code)

    def _open_region(self, region: str, side: Side) -> None:
        """A tap on a region opens its close-up; an echo opens the home view's."""
        home = self._homes[self.first_site_of(region, side)]
        if home != self._open:
            self.open_page(home)

    def _plan(self) -> None:
        if self._perform(acts.PlanProtocol()):
            self._cursor = self._next_planned(self._session())
            if self._open == OVERVIEW:
                self.open_page(self._homes[self._cursor])
            self._redraw()

    def _target(self, session: Session) -> str:
        """What "given" gives: the site with the ring, or the next one that is still planned."""
        each = session.injections.get(self._cursor)
        if each is not None and each.state is State.PLANNED:
            return self._cursor
        return self._next_planned(session)

    def _is_in_sight(self, code: str) -> bool:
        return self._open not in self._book.atlas.close_ups or self._homes.get(code) == self._open

    def _give_cursor(self) -> None:
        target = self._target(self._session())
        self._cursor = target
        if not self._is_in_sight(target):
            # Nobody gives what they do not see: this press only goes there.
            self._follow(target)
            return
        if self._perform(acts.Give(self._cursor, self.bar.dose_units)):
            self._goes_on = self._lacks_reason(self._session(), self._cursor)
            if not self._goes_on:
                self._go_on()

    def _give_region(self, region: str) -> None:
        if self._perform(acts.GiveRegion(region)):
            self._go_on()

    def _go_on(self) -> None:
        """On to the next planned site, in the order of injection and across the views."""
        following = self._next_planned(self._session())
        if not following:
            self._redraw()
            return
        self._cursor = following
        if self._open in self._book.atlas.close_ups:
            self._follow(following)
        self._redraw()

    def _follow(self, code: str) -> None:
        if self._homes[code] != self._open:
            self.open_page(self._homes[code])
            self._cursor = code

    def _choose(self, code: str) -> None:
        if code:
            self._cursor = code
            self._redraw()

    def _dose_typed(self, code: str, text: str) -> None:
        try:
            units = self._book.product_of(self._session()).read_dose(text)
        except ExpectedError as error:
            self._refused(error)
            return
        self._cursor = code
        self._perform(acts.SetDose(code, units))

    def _waste_typed(self, units: str, reason: str) -> None:
        try:
            read = read_amount(units)
        except ExpectedError as error:
            self._refused(error)
            return
        self._perform(acts.SetWaste(read, reason.strip()))

    def _ask_stop(self) -> None:
        self._asks_stop = True
        self._redraw()

    def _reason_chosen(self, reason: str) -> None:
        if self._asks_stop:
            self._asks_stop = False
            self._perform(acts.Stop(reason))
        elif self._cursor and self._perform(acts.GiveReason(self._cursor, reason)):
            self._go_on_if_due()

    def _dismiss(self) -> None:
        self._asks_stop = False
        self._dismissed.add(self._cursor)
        self._redraw()
        self._go_on_if_due()

    def _go_on_if_due(self) -> None:
        """After "given" asked for a reason: on to the next, as it promised."""
        if self._goes_on:
            self._goes_on = False
            self._go_on()

    def _perform(self, act: acts.Act) -> bool:
        if not isinstance(act, acts.SetRemark):
            self.flush()  # in the order in which it was done
        self._say_refusal("")
        return self._document is not None and self._document.perform(act)

    # -- what the user sees -------------------------------------------------------------------

    def _changed(self) -> None:
        self._say_refusal("")
        session = self._session()
        if self._open in self._book.atlas.close_ups and self._is_complete_now(session):
            self._advance(session)
        self._redraw()

    def _is_complete_now(self, session: Session) -> bool:
        """Whether the site just charted was the last of this close-up, and asks no question."""
        each = session.injections.get(self._cursor)
        _given, resolved, planned = progress(session, self._homes, self._open)
        return (
            each is not None
            and self._homes.get(self._cursor) == self._open
            and planned > 0
            and resolved == planned
            and not self._lacks_reason(session, self._cursor)
        )

    def _advance(self, session: Session) -> None:
        following = self._next_planned(session)
        if following:
            self._follow(following)

    def _redraw(self) -> None:
        if self._document is None:
            return
        session = self._document.session
        self.cards.show_session(session, self._cursor)
        for view in self.overview.values():
            view.show_session(session, self._cursor)
        self.close_up.show_session(session, self._cursor)
        self.table.show_session(session)
        self.totals.show_session(session)
        self.vials.show_session(session)
        target = self._target(session)
        in_sight = self._is_in_sight(target)
        region = self._region_in_hand(session)
        self.bar.show_session(session, self._cursor, target, region, in_sight=in_sight)
        self._say_site(session)
        self._say_question(session)

    def _say_site(self, session: Session) -> None:
        code = self._pointed.site if self._pointed and self._pointed.site else self._cursor
        self._site.setText(self._site_words(session, code) if code else "")
        self._site.setVisible(bool(code))
        self._hint.setText(self._hint_words(session))

    def _site_words(self, session: Session, code: str) -> str:
        each = session.injections.get(code)
        name = site_name(code, self._book)
        if each is None:
            return _("{site} \N{MIDDLE DOT} not in the plan").format(site=name)
        return _describe(name, each)

    def _hint_words(self, session: Session) -> str:
        if self.bar.mode is Mode.OMIT:
            return _("Tap the site that is left out.")
        if self.bar.mode is Mode.EXTRA:
            return _("Tap where {units} are given beyond the plan.").format(
                units=units_text(self.bar.extra_units())
            )
        if self.bar.mode is Mode.MOVE:
            if not self._moving:
                return _("Tap the site that was given elsewhere.")
            return _("Tap where {site} was really given.").format(site=site_short(self._moving))
        if session.is_signed:
            return _("Signed: this session takes no change.")
        if not session.injections:
            return _("Start from the protocol, or tap the sites that are given.")
        if self._pointed and self._pointed.region and not self._pointed.site:
            region, side = self._pointed.region
            name = region_name(self._book.protocol.regions[region])
            return f"{name} {side_name(side)}"
        return ""

    def _say_question(self, session: Session) -> None:
        asks = not session.is_signed
        if asks and self._asks_stop:
            self.reasons.ask(_("Why stop here?"), stop_reasons())
        elif (
            asks
            and self._cursor not in self._dismissed
            and self._lacks_reason(session, self._cursor)
        ):
            self.reasons.ask(
                _("Why? {site}").format(site=site_short(self._cursor)), change_reasons()
            )
        else:
            asks = False
        self.reasons.setVisible(asks)
        self._site.setVisible(not asks and bool(self._site.text()))
        self._hint.setVisible(not asks)

    def _lacks_reason(self, session: Session, code: str) -> bool:
        each = session.injections.get(code)
        return each is not None and any(
            not change.reason for change in rules.changes_of(each, session)
        )

    def _pointed_at(self, hit: Hit | None) -> None:
        before = (self._pointed.site, self._pointed.region) if self._pointed else None
        now = (hit.site, hit.region) if hit else None
        self._pointed = hit
        if self._document is not None and before != now:
            self._say_site(self._session())
            self._say_question(self._session())

    def _refused(self, error: ExpectedError) -> None:
        self._say_refusal(self._explain(error))
        self._redraw()

    def _say_refusal(self, sentence: str) -> None:
        self._refusal.say(sentence)

    def _session(self) -> Session:
        assert self._document is not None  # noqa: S101  callers have looked
        return self._document.session

    def _step_into(self, close_up: str) -> None:
        """On opening a close-up, the cursor goes to its first site that is still planned."""
        if self._document is None:
            return
        session = self._document.session
        if self._homes.get(self._cursor) == close_up:
            return
        planned = [
            code
            for code in self._walk
            if self._homes[code] == close_up
            and code in session.injections
            and session.injections[code].state is State.PLANNED
        ]
        self._cursor = planned[0] if planned else ""

    def _next_planned(self, session: Session) -> str:
        """The first site still planned after the cursor, as a hand goes; then from the start."""
        order = self._walk
        start = order.index(self._cursor) + 1 if self._cursor in order else 0
        for code in order[start:] + order[:start]:
            each = session.injections.get(code)
            if each is not None and each.state is State.PLANNED:
                return code
        return ""

    def _region_in_hand(self, session: Session) -> str:
        if self._open not in self._book.atlas.close_ups:
            return ""
        each: Injection | None = session.injections.get(self._cursor)
        return each.region if each else ""


def _describe(name: str, each: Injection) -> str:
    dot = " \N{MIDDLE DOT} "
    parts = [name, state_name(each.state), units_text(each.units)]
    if each.has_other_dose:
        planned = each.planned_units or Decimal(0)
        parts.append(_("planned {units}").format(units=amount_text(planned)))
    if each.is_extra and each.point is None:
        parts.append(_("position not recorded"))
    if each.reason:
        parts.append(each.reason)
    return dot.join(parts)


def _overview_frame(book: Handbook, key: str) -> CloseUp:
    """What of a view the overview shows: its home sites, with the head around them."""
    view = book.atlas.views[key]
    places = [place.drawn_mm[key] for place in book.atlas.places.values() if place.home_view == key]
    columns, rows = [at[0] for at in places], [at[1] for at in places]
    margin = OVERVIEW_MARGIN_MM
    left, right = max(min(columns) - margin, 0), min(max(columns) + margin, view.width_mm)
    top, bottom = max(min(rows) - margin, 0), min(max(rows) + margin, view.height_mm)
    return CloseUp(key, key, left, top, right - left, bottom - top)
