"""What the hand at the chair is doing: the page, the ring, the dose in hand, the question asked.

No widget: taps, buttons and keys all come here, and the screen draws what this holds.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from desktop import language
from desktop.core import acts, rules
from desktop.core.atlas import Point
from desktop.core.drawing import VialObjectionError
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.plan import Plan
from desktop.core.protocol import Side
from desktop.core.session import Injection, Session, State
from desktop.core.vial import Vial
from desktop.gui.document import BOUNCE_MS, ChartDocument
from desktop.gui.forms import Explain
from desktop.gui.map_view import Hit
from desktop.gui.pages import OVERVIEW, homes, muscle_pages, progress, walk
from desktop.language import _
from desktop.wording import Reason
from desktop.words.vials import objection_reasons, objection_words


class Mode(StrEnum):
    """What the next tap on the map does."""

    GIVE = "give"
    OMIT = "omit"
    EXTRA = "extra"
    MOVE = "move"


class Question(NamedTuple):
    """What is asked now: why a site departs from the plan, or (no code) why to stop here.

    With words it is about something else, and brings its own chips.
    """

    code: str
    words: str = ""
    reasons: tuple[Reason, ...] = ()


class _Asked(NamedTuple):
    question: Question
    answer: Callable[[str], object]


class Chairside(QObject):
    """One session under the hand. Every intent ends in the document, or in one sentence.

    Args:
        book: What to chart by.
        explain: The sentence of an error.
        milliseconds: A clock that never goes back, for telling a bounce from a tap.
        keep_typed: Keeps at once what was typed elsewhere, so that acts stay in their order.
    """

    changed = Signal()
    said = Signal(str)
    page_opened = Signal(str)

    def __init__(
        self,
        book: Handbook,
        explain: Explain,
        milliseconds: Callable[[], float],
        keep_typed: Callable[[], None],
    ) -> None:
        super().__init__()
        self.book = book
        self.document: ChartDocument | None = None
        self.page = OVERVIEW
        self.cursor = ""
        self.moving = ""
        self.mode = Mode.GIVE
        self.dose_units: Decimal | None = None
        self._explain = explain
        self._milliseconds = milliseconds
        self._keep_typed = keep_typed
        self._homes = homes(book)
        self._pages = muscle_pages(book)
        self._muscles = _muscles(book)
        self._asks_stop = False
        self._asks_again = ""
        self._asked: _Asked | None = None
        self.question_is_fresh = False
        self._goes_on = False
        self._dismissed: set[str] = set()
        self._deaf_until_ms = 0.0
        self._pressed_until_ms = 0.0
        self._began_until_ms = 0.0

    # -- the document -------------------------------------------------------------------------

    @property
    def session(self) -> Session:
        """The open session."""
        assert self.document is not None  # noqa: S101  callers have looked
        return self.document.session

    def open(self, document: ChartDocument) -> None:
        """Chart in this document from now on."""
        self.close()
        self.document = document
        document.changed.connect(self._document_changed)
        document.refused.connect(self._refused)
        self.cursor = self.moving = ""
        self.mode = Mode.GIVE
        self.dose_units = None
        self._dismissed.clear()
        self._asks_again = ""
        self._asked = None
        self._asks_stop = self._goes_on = False
        if document.session.plan:
            self.cursor = self.next_planned()
        self.open_page(OVERVIEW)
        # The finger that opened the session bounces on whatever lies below it now.
        self._deaf_until_ms = self._pressed_until_ms = self._milliseconds() + BOUNCE_MS
        self._began_until_ms = self._deaf_until_ms

    def close(self) -> None:
        """Let go of the document."""
        if self.document is not None:
            self.document.changed.disconnect(self._document_changed)
            self.document.refused.disconnect(self._refused)
            self.document = None

    @property
    def wants_start(self) -> bool:
        """Whether it is still to be said what this session starts from."""
        if self.document is None:
            return False
        session = self.document.session
        return not (session.plan or session.injections or session.is_signed)

    def start_from(self, plan: Plan) -> None:
        """Plan these sites, and go to the first; an empty plan leaves all to the hand."""
        # The finger that bounces on "start" would press whatever stands there now.
        self._pressed_until_ms = self._began_until_ms = self._milliseconds() + BOUNCE_MS
        if self.perform(acts.PlanFrom(plan)):
            self.cursor = self.next_planned()
            if self.page == OVERVIEW and self.cursor:
                self.open_page(self.home_of(self.cursor))
            self.changed.emit()

    def undo(self) -> None:
        """Take the last act back; the ring goes to where it was done."""
        self._step(ChartDocument.undo)

    def redo(self) -> None:
        """Do it again; the ring goes to where it is done."""
        self._step(ChartDocument.redo)

    def _step(self, move: Callable[[ChartDocument], bool]) -> None:
        self._keep_typed()
        document = self.document
        if document is None:
            return
        step = document.undoable if move is ChartDocument.undo else document.redoable
        code = getattr(step.act, "code", "") if step else ""
        self._goes_on = self._asks_stop = False
        self._asked = None
        if code in self._homes:
            self.cursor = code
            self._follow(code)
        move(document)

    def perform(self, act: acts.Act) -> bool:
        """Do one act, after what was typed before it; say whether it was done."""
        if not isinstance(act, acts.SetRemark):
            self._leave_question()
        self.said.emit("")
        return self.document is not None and self.document.perform(act)

    def take_vial(self, vial: Vial, reason: str = "") -> None:
        """Take up a vial; where something speaks against it, ask first why it is used."""
        if self.document is None:
            return
        self._leave_question()
        self.said.emit("")
        try:
            self.document.perform_or_raise(acts.AddVial(vial, reason))
        except VialObjectionError as error:
            words = objection_words(error.objections)
            self.ask(words, objection_reasons(), lambda said: self.take_vial(vial, said))
        except ExpectedError as error:
            self._refused(error)

    def _leave_question(self) -> None:
        """A question about one thing is not answered for another; what was typed comes first."""
        self._keep_typed()
        self._asks_stop = False
        self._asked = None
        self.question_is_fresh = True

    # -- pages and ring -----------------------------------------------------------------------

    @property
    def is_close_up(self) -> bool:
        """Whether a close-up is open."""
        return self.page in self.book.atlas.close_ups

    def open_page(self, key: str) -> None:
        """Show the overview, a close-up or the table."""
        if key != self.page:
            self._deaf_until_ms = self._milliseconds() + BOUNCE_MS
        self.page = key
        if self.is_close_up:
            self._step_into(key)
        self.page_opened.emit(key)
        self.changed.emit()

    def choose_page(self, key: str) -> None:
        """A page that the user chose is aimed at from the first moment: no tap on it is lost."""
        if self.moving and key in self.book.atlas.close_ups and self.home_of(self.moving) != key:
            self.moving = ""  # it cannot end there
        self.open_page(key)
        self._deaf_until_ms = self._began_until_ms

    def turn_page(self, by: int) -> None:
        """The close-up after this one, or before it."""
        keys = list(self.book.atlas.close_ups)
        at = keys.index(self.page) + by if self.is_close_up else (0 if by > 0 else -1)
        self.choose_page(keys[at % len(keys)])

    def home_of(self, code: str) -> str:
        """The close-up in which a site is charted."""
        if code in self._homes:
            return self._homes[code]
        each = self.session.injections[code]
        return self._pages[each.region, each.side]

    def is_in_sight(self, code: str) -> bool:
        """Whether the page that is open shows this site at home."""
        return not self.is_close_up or (bool(code) and self.home_of(code) == self.page)

    def point_ring_at(self, code: str) -> None:
        """Put the ring around a site, on the page where it is charted."""
        if code:
            self.cursor = code
            self._asks_again = ""
            self._asked = None
            self._asks_stop = self._goes_on = self.question_is_fresh = False
            self._follow(code)
            self.changed.emit()

    def walk_on(self, by: int) -> None:
        """The next site as a hand goes, or the one before; across the close-ups."""
        order = self._order()
        if self.cursor in order:
            self.point_ring_at(order[(order.index(self.cursor) + by) % len(order)])
        else:
            self.point_ring_at(order[0 if by > 0 else -1])

    def next_planned(self) -> str:
        """The first site still planned after the ring, as a hand goes; then from the start."""
        order = self._order()
        start = order.index(self.cursor) + 1 if self.cursor in order else 0
        for code in order[start:] + order[:start]:
            each = self.session.injections.get(code)
            if each is not None and each.state is State.PLANNED:
                return code
        return ""

    def next_without_reason(self) -> str:
        """The first site whose change has no reason yet."""
        return next((code for code in self._order() if self.lacks_reason(code)), "")

    def _order(self) -> list[str]:
        """The sites as a hand goes, a muscle's extras after its fixed sites.

        Without a plan every fixed site is on the way: any of them may be the next that is given.
        """
        injections = self.session.injections
        extras: dict[tuple[str, Side], list[str]] = {}
        for each in injections.values():
            if each.is_extra:
                extras.setdefault((each.region, each.side), []).append(each.code)
        order: list[str] = []
        for muscle, codes in self._muscles.items():
            order += [code for code in codes if code in injections or not self.session.has_plan]
            order += sorted(extras.get(muscle, []))
        return order

    def _follow(self, code: str) -> None:
        """In the close-ups the page goes with the ring; the overview and the table show it all."""
        known = code in self._homes or code in self.session.injections
        if known and self.is_close_up and self.home_of(code) != self.page:
            self.open_page(self.home_of(code))
            self.cursor = code

    def _step_into(self, close_up: str) -> None:
        """On opening a close-up, the ring goes to its first site that is still planned."""
        if self.document is None:
            return
        injections = self.session.injections
        if self.cursor in injections and self.home_of(self.cursor) == close_up:
            return
        planned = [
            code
            for code in self._order()
            if self.home_of(code) == close_up
            and code in injections
            and injections[code].state is State.PLANNED
        ]
        self.cursor = planned[0] if planned else ""

    # -- taps ---------------------------------------------------------------------------------

    def tap(self, hit: Hit) -> None:
        """A tap on the map."""
        # When the program changed the page, a bouncing finger would tap whatever lies there now,
        # and nobody can have aimed at it yet.
        if self.document is None or self._milliseconds() < self._deaf_until_ms:
            return
        self._keep_typed()
        self.said.emit("")
        if self.mode is Mode.EXTRA:
            self._extra_by_tap(hit)
        elif self.mode is Mode.MOVE:
            self._move_by_tap(hit)
        elif hit.site is not None:
            self.tap_site(hit.site)
        elif hit.region is not None:
            self._open_region(*hit.region)

    def tap_site(self, code: str) -> None:
        """A tap on a site: given, omitted, planned; or what the mode says."""
        document = self.document
        if document is None:
            return
        self.cursor = code
        self._asks_stop = self._goes_on = False
        self._dismissed.discard(code)
        each = document.session.injections.get(code)
        self._doubt_reason(code, omits=self.mode is Mode.OMIT or _is_given_as_planned(each))
        if document.session.is_signed:
            self.changed.emit()
        elif self.mode is Mode.OMIT:
            if document.perform_by_tap(code, acts.Omit(code)):
                self.set_mode(Mode.GIVE)
        elif not document.tap(code, self.dose_units):
            self.changed.emit()

    def _doubt_reason(self, code: str, *, omits: bool) -> None:
        """Why another dose was planned is seldom why nothing is given: ask once more."""
        each = self.session.injections.get(code)
        self._asks_again = code if omits and each is not None and each.reason else ""

    def _open_region(self, region: str, side: Side) -> None:
        """A tap on a region opens its close-up; an echo opens the home view's."""
        home = self._pages[region, side]
        if home != self.page:
            self.open_page(home)

    def extra_at(self, point: Point) -> None:
        """An extra at a suggested place."""
        muscle = self.book.atlas.region_at(point)
        if muscle is not None and self.document is not None:
            self._add_extra(*muscle, point)

    def _extra_by_tap(self, hit: Hit) -> None:
        if hit.suggested is not None:
            self.extra_at(hit.suggested)
        elif hit.region is None:
            self.said.emit(_("An extra lies in a muscle: tap inside one of the outlines."))
        elif not hit.is_home:
            self._open_region(*hit.region)
        else:
            self._add_extra(*hit.region, hit.point)

    def _add_extra(self, region: str, side: Side, point: Point | None) -> None:
        before = set(self.session.injections)
        # In the three muscles an extra follows the pain: that is its reason unless another is said.
        follows = self.book.protocol.regions[region].follow_the_pain
        with language.speaking(language.on_paper()):
            reason = _("pain here") if follows else ""
        if self.perform(acts.AddExtra(region, side, self.extra_units(), point, reason)):
            self._ring_new(before)
            self.set_mode(Mode.GIVE)

    def _ring_new(self, before: set[str]) -> None:
        new = [code for code in self.session.injections if code not in before]
        if new:
            self.cursor = new[0]
            self._remember_tap(self.cursor)

    def _move_by_tap(self, hit: Hit) -> None:
        """The first tap says which site was moved, the second where it was given."""
        if self.moving and hit.site not in (None, self.moving):
            self.said.emit(_("Another site is there. Tap a free place."))
        elif self.moving:
            self._place_moved(hit.point)
        elif hit.site is not None and hit.site in self.session.injections:
            self.moving = self.cursor = hit.site
            self._remember_tap(hit.site)
            self.changed.emit()
        elif hit.region is not None and not hit.is_home:
            self._open_region(*hit.region)

    def _place_moved(self, point: Point) -> None:
        if self.document is None or self.document.is_bounce(self.moving):
            return
        self._dismissed.discard(self.moving)
        self.cursor = self.moving  # of which the reason is asked
        if self.perform(acts.Move(self.moving, point)):
            self._remember_tap(self.moving)
            self.set_mode(Mode.GIVE)

    def _remember_tap(self, code: str) -> None:
        if self.document is not None:
            self.document.remember_tap(code)

    # -- buttons and keys ---------------------------------------------------------------------

    def press(self, act: Callable[[], object]) -> None:
        """A button that charts counts once for a bouncing finger, whatever it means next."""
        now = self._milliseconds()
        if now >= self._pressed_until_ms:
            self._pressed_until_ms = now + BOUNCE_MS
            act()

    def choose_mode(self, mode: Mode) -> None:
        """A mode that the user chose; where a start button was a moment ago, a finger bounces."""
        bounced = self._milliseconds() < self._began_until_ms
        self.set_mode(self.mode if bounced else mode)

    def set_mode(self, mode: Mode) -> None:
        """Choose what the next tap does."""
        self.mode = mode
        self.moving = ""
        self._asks_stop = False
        self.changed.emit()

    def target(self) -> str:
        """What "given" gives: the site with the ring, or the next one that is still planned."""
        each = self.session.injections.get(self.cursor)
        is_ghost = each is None and self.cursor in self._homes
        if is_ghost or (each is not None and each.state is State.PLANNED):
            return self.cursor
        return self.next_planned()

    def give_target(self) -> None:
        """Give the target and go on; one that is out of sight is only gone to."""
        target = self.target()
        if not target:
            return
        self.cursor = target
        if not self.is_in_sight(target):
            # Nobody gives what they do not see: this press only goes there.
            self._follow(target)
            return
        self._end_mode()
        if self.perform(acts.Give(target, self.dose_units)):
            self._goes_on = self.lacks_reason(target)
            if not self._goes_on:
                self._go_on()

    def region_in_hand(self) -> str:
        """The region whose rest "region given" gives: that of the ring, or of the next planned."""
        for code in (self.cursor, self.next_planned()):
            each = self.session.injections.get(code)
            if each is not None and self._has_planned(each.region):
                return each.region
        return ""

    def _has_planned(self, region: str) -> bool:
        return any(each.region == region for each in self.session.of_state(State.PLANNED))

    def give_region(self, region: str) -> None:
        """Give the rest of a region, both sides, and go on."""
        self._end_mode()
        if self.perform(acts.GiveRegion(region)):
            self._go_on()

    def give_all(self) -> None:
        """Give the rest of the plan."""
        self._end_mode()
        if self.perform(acts.GiveAll()):
            self.changed.emit()

    def _end_mode(self) -> None:
        """A button that charts is not what the mode waited for: the next tap gives again."""
        self.mode, self.moving = Mode.GIVE, ""

    def omit_cursor(self) -> None:
        """Leave out the site with the ring."""
        self._doubt_reason(self.cursor, omits=True)
        if self._act_on_cursor(acts.Omit(self.cursor)):
            self._goes_on = self.question is not None

    def mirror_cursor(self) -> None:
        """Chart on the other side what was charted at the ring."""
        self._end_mode()
        before = set(self.session.injections)
        opposite = self.mirrored
        if self.cursor and self.perform(acts.Mirror(self.cursor)):
            self.cursor = opposite
            self._ring_new(before)
            self.point_ring_at(self.cursor)

    def extra_at_cursor(self) -> None:
        """An extra in the muscle of the ring, at the first suggested place that is free."""
        each = self.session.injections.get(self.cursor)
        if each is None:
            self.set_mode(Mode.EXTRA)
            return
        taken = {other.point for other in self.session.injections.values()}
        places = self.book.suggestions(each.region, each.side)
        free = [place for place in places if place not in taken]
        if free:
            self._add_extra(each.region, each.side, free[0])
        else:
            self.set_mode(Mode.EXTRA)

    @property
    def mirrored(self) -> str:
        """The site that "mirror" charts, or that it is an extra's; empty where it cannot."""
        each = self.session.injections.get(self.cursor)
        if each is None or each.side is Side.MIDLINE or self.session.is_signed:
            return ""
        return "" if each.is_as_planned else each.opposite

    def set_dose_at_cursor(self, units: Decimal) -> None:
        """Plan or correct the dose of the site with the ring."""
        if self._act_on_cursor(acts.SetDose(self.cursor, units)):
            self._goes_on = False

    def _act_on_cursor(self, act: acts.Act) -> bool:
        if not self.cursor:
            self.said.emit(_("Choose a site first."))
            return False
        self._dismissed.discard(self.cursor)
        return self.perform(act)

    def extra_units(self) -> Decimal:
        """The dose of an extra: the one in hand, or what a fixed site has."""
        return self.dose_units or next(iter(self.book.protocol.sites.values())).units

    def change_dose(self, steps: int) -> None:
        """Make the dose in hand larger or smaller by steps of the product."""
        product = self.book.product_of(self.session)
        units = self.extra_units() + steps * product.dose_step_units
        if 0 < units <= product.largest_dose_units:
            self.set_dose(units)

    def set_dose(self, units: Decimal | None) -> None:
        """Take a dose in hand; none gives each site what is planned."""
        self.dose_units = units
        self.changed.emit()

    # -- questions ----------------------------------------------------------------------------

    @property
    def question(self) -> Question | None:
        """What is asked now."""
        if self.document is None or self.session.is_signed:
            return None
        if self._asked is not None:
            return self._asked.question
        if self._asks_stop and self.session.of_state(State.PLANNED):
            return Question("")
        asks_again = self.cursor == self._asks_again and self.has_change(self.cursor)
        is_due = self.cursor not in self._dismissed and self.lacks_reason(self.cursor)
        return Question(self.cursor) if asks_again or is_due else None

    def lacks_reason(self, code: str) -> bool:
        """Whether a site departs from the plan and nobody said why."""
        each = self.session.injections.get(code)
        return each is not None and any(
            not change.reason for change in rules.changes_of(each, self.session)
        )

    def has_change(self, code: str) -> bool:
        """Whether a site departs from the plan."""
        each = self.session.injections.get(code)
        return each is not None and any(True for _change in rules.changes_of(each, self.session))

    def ask(self, words: str, reasons: Sequence[Reason], answer: Callable[[str], object]) -> None:
        """Ask about something that is no site: why to go on in spite of a check, what happened.

        Args:
            words: The question.
            reasons: Its chips.
            answer: Takes the reason that was chosen or typed.
        """
        self._asks_stop = False
        self._asked = _Asked(Question("", words, tuple(reasons)), answer)
        self.question_is_fresh = True
        self.changed.emit()

    def ask_stop(self) -> None:
        """Ask why the session ends here."""
        self._asked = None
        self._asks_stop = bool(self.session.of_state(State.PLANNED))
        self.question_is_fresh = True
        self.changed.emit()

    def ask_again(self) -> None:
        """Ask once more why the site with the ring departs from the plan."""
        self.ask_for(self.cursor)

    def ask_for(self, code: str) -> None:
        """Go to a site that departs from the plan, and ask why."""
        if code:
            self._dismissed.discard(code)
            self.point_ring_at(code)
            self._asks_again = code
            self.question_is_fresh = True
            self.changed.emit()

    def answer(self, reason: str) -> None:
        """A reason for what is asked, or for the site with the ring."""
        self._asks_again = ""
        if self._asked is not None:
            asked, self._asked = self._asked, None
            asked.answer(reason)
            self.changed.emit()
        elif self._asks_stop:
            self._asks_stop = False
            self.perform(acts.Stop(reason))
        elif self.cursor and self.perform(acts.GiveReason(self.cursor, reason)):
            self._go_on_if_due()

    def dismiss(self) -> None:
        """Not now."""
        if self._asked is not None:
            self._asked = None
            self.changed.emit()
            return
        self._asks_stop = False
        self._asks_again = ""
        self._dismissed.add(self.cursor)
        self.changed.emit()
        self._go_on_if_due()

    def escape(self) -> bool:
        """Out of a question or a mode; say whether there was one."""
        if self.question is not None:
            self.dismiss()
        elif self.mode is not Mode.GIVE:
            self.set_mode(Mode.GIVE)
        else:
            return False
        return True

    def _go_on_if_due(self) -> None:
        """After an act that promised to go on asked for a reason: on to the next."""
        if self._goes_on:
            self._goes_on = False
            self._go_on()

    def _go_on(self) -> None:
        """On to the next planned site, in the order of injection and across the views."""
        following = self.target()  # the ring may have gone on already, with its close-up
        if following:
            self.cursor = following
            self._follow(following)
        self.changed.emit()

    # -- what came back -----------------------------------------------------------------------

    def _document_changed(self) -> None:
        self.said.emit("")
        if self.cursor not in self.session.injections and self.cursor not in self._homes:
            self.cursor = ""  # an extra that was undone
        if self.moving and self.moving not in self.session.injections:
            self._end_mode()
        if self.is_close_up and self._is_complete_now():
            following = self.next_planned()
            if following:
                self._follow(following)
        self.changed.emit()

    def _is_complete_now(self) -> bool:
        """Whether the site just charted was the last of this close-up, and asks no question."""
        if self.cursor not in self.session.injections:
            return False
        count = progress(self.session, self._pages, self.page)
        return (
            self.home_of(self.cursor) == self.page
            and count.planned > 0
            and count.resolved == count.planned
            and self.question is None
        )

    def _refused(self, error: ExpectedError) -> None:
        self.said.emit(self._explain(error))
        self.changed.emit()


def _is_given_as_planned(each: Injection | None) -> bool:
    """Whether the next tap omits it."""
    return each is not None and each.state is State.GIVEN and each.planned_units is not None


def _muscles(book: Handbook) -> dict[tuple[str, Side], list[str]]:
    """The fixed sites of each muscle and side, in the order in which a hand goes."""
    muscles: dict[tuple[str, Side], list[str]] = {}
    for code in walk(book):
        site = book.protocol.sites[code]
        muscles.setdefault((site.region, site.side), []).append(code)
    return muscles
