"""The vials under the hand: choosing, scanning, entering, and where their units went."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from desktop import language
from desktop.core import acts, drawing
from desktop.core.acts import Act
from desktop.core.clinic import Habits
from desktop.core.errors import ExpectedError
from desktop.core.scan import Scanned
from desktop.core.session import Session, State
from desktop.core.stock import StockVial
from desktop.core.taking import (
    checked_new,
    found_in_stock,
    on_offer,
    perhaps_in_session,
    taken_up,
    vial_of,
)
from desktop.core.vial import Vial, check_mixed
from desktop.gui.chairside import Chairside
from desktop.gui.services import Services
from desktop.gui.stock_forms import PackageForm
from desktop.gui.theme import Measures
from desktop.gui.units_form import UnitsForm
from desktop.gui.vial_form import NEW, Shelf, VialForm
from desktop.gui.vial_row import VialRow, offer_lines, one_press_rests
from desktop.language import _
from desktop.wording import Reason, dotted, waste_reasons
from desktop.words.vials import initials_of

ANOTHER = "another"  # the answers that name no vial of the stock


class VialActs(QObject):
    """What the row of vials, a scanner and two keys mean for the open session.

    Args:
        services: The open record, as functions.
        hand: The session under the hand.
        view: The row of vials.
        over: The widget in whose window the forms open.
    """

    def __init__(
        self,
        services: Services,
        hand: Chairside,
        view: VialRow,
        measures: Measures,
        over: QWidget,
    ) -> None:
        super().__init__(over)
        self._services = services
        self._hand = hand
        self._view = view
        self._measures = measures
        self._over = over
        self._habits = Habits()
        self._stock: list[StockVial] | None = None
        view.vial_wanted.connect(lambda number: hand.press(lambda: self.edit(number)))
        view.stock_chosen.connect(lambda stock_id: hand.press(lambda: self.choose(stock_id)))
        view.vial_chosen.connect(
            lambda number: hand.press(lambda: hand.perform(acts.DrawFrom(number)))
        )
        view.discard_wanted.connect(lambda: hand.press(self.discard_rest))
        view.units_wanted.connect(lambda: hand.press(self.account))

    def refresh(self, habits: Habits) -> None:
        """Take on what may have been changed elsewhere: the habits, the stock."""
        self._habits = habits
        self._stock = None

    def show_session(self, session: Session) -> None:
        """Redraw the row."""
        if not session.vials and not session.is_signed:
            self._view.offer(self._on_offer(session), self._services.now())
        self._view.show_session(session)

    # -- choosing and entering ----------------------------------------------------------------

    def choose(self, stock_id: str) -> None:
        """Take up a vial of the stock."""
        for each in self._on_offer(self._hand.session):
            if each.id == stock_id:
                self._take(taken_up(each))

    def choose_by_key(self) -> None:
        """The vials that are open in stock, by their numbers; without one, the form."""
        session = self._hand.session
        offers = [each for each in self._on_offer(session) if each.is_open]
        if session.vials or not offers:
            self.edit(self._number())
            return
        self._ask_which(_("Which vial?"), offers, lambda: self.edit(NEW))

    def edit_in_use(self) -> None:
        """Correct the vial in use, or enter the first."""
        self.edit(self._number())

    def edit(self, number: int) -> None:
        """Correct a vial of the session, or enter a new one (0)."""
        document = self._hand.document
        if document is None or document.session.is_signed:
            return
        session = document.session
        services = self._services
        shelf = Shelf(
            self._on_offer(session, fresh=True),
            lambda scanned: found_in_stock(scanned, self._on_offer(session), session),
            self._habits.expiring_days,
            services.user,
            services.now,
            ZoneInfo(services.clinic.zone),
        )
        form = VialForm(
            self._over.window(),
            services.book,
            services.explain,
            self._measures,
            session.vials,
            number,
            shelf,
            self._keep,
            self._read,
        )
        form.ask()

    def _keep(self, vial: Vial, reason: str) -> None:
        """Keep a vial; what cannot be kept is raised, so that the form stays open."""
        document = self._hand.document
        if document is None:
            return
        checked_new(vial, document.session)
        self._check_mixed(vial, document.session)
        act = acts.ChangeVial(vial, reason) if vial.number else acts.AddVial(vial, reason)
        acts.perform(act, document.session, self._services.book)
        self._keep_mixed(vial)
        document.perform_or_raise(act)

    def _check_mixed(self, vial: Vial, session: Session) -> None:
        """Refuse a mixing still to come; what stays as it was is not looked at again."""
        before = next((each for each in session.vials if each.number == vial.number), None)
        is_new = before is None or before.mixed_at != vial.mixed_at
        if vial.mixed_at is not None and is_new:
            check_mixed(vial.mixed_at, self._services.now())

    def _keep_mixed(self, vial: Vial) -> None:
        """The stock learns with what one of its vials was mixed, and when: it is open from then."""
        known = next((each for each in self._services.stock() if each.id == vial.stock_id), None)
        if known is None or vial.mixed_at is None:
            return
        mixed = replace(
            known.vial,
            diluent=vial.diluent,
            diluent_ml=vial.diluent_ml,
            mixed_at=vial.mixed_at,
            mixed_by=vial.mixed_by,
        )
        if mixed != known.vial:
            self._services.change_stock(replace(known, vial=mixed))
            self._stock = None

    def _take(self, vial: Vial) -> None:
        try:
            checked_new(vial, self._hand.session)
        except ExpectedError as error:
            self._say(error)
            return
        self._hand.take_vial(vial, self._why_shared(vial))

    def _why_shared(self, vial: Vial) -> str:
        """Where the clinic shares its vials, that is why one is used that was drawn from before."""
        found = drawing.objections(self._hand.session, vial, self._services.book)
        only_shared = {type(each) for each in found} == {drawing.DrawnBefore}
        if not (self._habits.shares_vials and only_shared):
            return ""
        with language.speaking(language.on_paper()):
            return _("the clinic shares its vials")

    def _number(self) -> int:
        in_use = self._hand.session.vial_in_use
        return in_use.number if in_use else NEW

    def _on_offer(self, session: Session, *, fresh: bool = False) -> list[StockVial]:
        if self._stock is None or fresh:
            self._stock = self._services.stock()
        return on_offer(self._stock, session, self._services.book, self._services.now())

    # -- a scanner ----------------------------------------------------------------------------

    def scan(self, text: str) -> None:
        """Take up what was scanned, or fill in the vial's form if it is open."""
        form = QApplication.activeModalWidget()
        if isinstance(form, VialForm):
            form.take_scan(text)
            return
        # A form about something else takes no vial, nor does a screen that nobody sees.
        if form is not None or self._hand.document is None or not self._over.isVisible():
            return
        if self._hand.session.is_signed:
            self._hand.said.emit(_("Signed: this session takes no change."))
            return
        try:
            scanned = self._read(text)
        except ExpectedError as error:
            self._say(error)
            return
        if scanned is not None:
            self._take_scanned(scanned)

    def _read(self, text: str) -> Scanned | None:
        """What a scan says; of an unknown package the user says once what it is.

        Raises:
            ExpectedError: It cannot be read without guessing.
        """
        scanned = self._services.read_scan(text)
        if scanned.product:
            return scanned
        form = PackageForm(
            QApplication.activeModalWidget() or self._over.window(),
            self._services.book,
            self._services.explain,
            scanned.gtin,
            self._services.learn_package,
        )
        return self._services.read_scan(text) if form.ask() else None

    def _take_scanned(self, scanned: Scanned) -> None:
        session = self._hand.session
        try:
            checked_new(vial_of(scanned), session)
        except ExpectedError as error:
            self._say(error)
            return
        found = found_in_stock(scanned, self._on_offer(session, fresh=True), session)
        of_lot = perhaps_in_session(scanned, session)
        if of_lot is not None:
            words = _("Lot {lot} is in this session already, as vial {number}. Another vial of it?")
            self._hand.ask(
                words.format(lot=of_lot.lot, number=of_lot.number),
                [Reason(_("another vial of this lot"), ANOTHER)],
                lambda _said: self._take_one(scanned, found),
            )
            return
        self._take_one(scanned, found)

    def _take_one(self, scanned: Scanned, found: Sequence[StockVial]) -> None:
        """Where the stock has one such vial it is that; of several the user says which."""
        if len(found) > 1:
            words = _("Which vial of lot {lot}?").format(lot=scanned.lot)
            self._ask_which(words, found, lambda: self._take(vial_of(scanned)), scanned)
        else:
            self._take(vial_of(scanned, found[0] if found else None))

    def _ask_which(
        self,
        words: str,
        offers: Sequence[StockVial],
        otherwise: Callable[[], object],
        scanned: Scanned | None = None,
    ) -> None:
        by_id = {each.id: each for each in offers}

        def take(said: str) -> None:
            each = by_id.get(said)
            if each is None:
                otherwise()
            else:
                self._take(vial_of(scanned, each) if scanned else taken_up(each))

        book, now = self._services.book, self._services.now()
        chips = [Reason(dotted(offer_lines(each, book, now)), each.id) for each in offers]
        self._hand.ask(words, [*chips, Reason(_("another vial"), ANOTHER)], take)

    # -- where the units went -----------------------------------------------------------------

    def discard_by_key(self) -> None:
        """What the chip does; where it cannot be said in one press, the form."""
        session = self._hand.session
        if one_press_rests(session):
            self.discard_rest()
        elif not session.of_state(State.PLANNED) and not drawing.is_balanced(session):
            self.account()

    def discard_rest(self) -> None:
        """Record that everything that was not given was discarded, if that can be said now."""
        reasons = waste_reasons(self._habits)
        if not reasons:  # the clinic has none to take for the usual one
            self.account()
        elif one_press_rests(self._hand.session):
            usual, initials = reasons[0].kept, initials_of(self._services.user)
            self._hand.perform(acts.DiscardRest(usual, self._services.now(), initials))

    def account(self, sentence: str = "") -> bool:
        """Ask where the units of each vial went; say whether it was recorded.

        Args:
            sentence: Why it is asked before signing, and not of the user's own accord.
        """
        document = self._hand.document
        if document is None or document.session.is_signed:
            return False

        def use(performed: Sequence[Act]) -> None:
            for act in performed:
                document.perform_or_raise(act)

        form = UnitsForm(
            self._over.window(),
            self._services.book,
            self._services.explain,
            self._measures,
            document.session,
            waste_reasons(self._habits),
            keeps=self._habits.shares_vials,
            must_be_even=bool(sentence),
            initials=initials_of(self._services.user),
            now=self._services.now,
            use=use,
        )
        form.refuse(sentence)
        return form.ask()

    def _say(self, error: ExpectedError) -> None:
        self._hand.said.emit(self._services.explain(error))
