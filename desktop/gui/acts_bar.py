"""The row of acts below the map: the dose in hand, and what the next tap or this button does."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.core.amounts import amount_text
from desktop.core.session import Injection, State
from desktop.gui.chairside import Chairside, Mode
from desktop.gui.theme import BUTTON_MM, Measures
from desktop.gui.widgets import ActButton
from desktop.language import _
from desktop.wording import region_name, site_short


class ActsBar(QWidget):
    """Large buttons; the likeliest is the widest. Places never change, only words do."""

    given = Signal()
    mode_wanted = Signal(Mode)
    dose_steps = Signal(int)
    planned_dose_wanted = Signal()
    region_given = Signal(str)
    all_given = Signal()
    stop_wanted = Signal()

    def __init__(self, measures: Measures) -> None:
        super().__init__()
        self._region = ""
        self._less = ActButton("\N{MINUS SIGN}")
        self.dose_button = ActButton("")
        self._more = ActButton("+")
        self._given = ActButton(_("Given"), "primary")
        self._omit = ActButton(_("Omit\N{HORIZONTAL ELLIPSIS}"))
        self._extra = ActButton(_("Extra"))
        self._move = ActButton(_("Move"))
        self._rest = ActButton(_("Region given"))
        self._all = ActButton(_("All given"))
        self._stop = ActButton(_("Stop here"))
        self._modes = {Mode.OMIT: self._omit, Mode.EXTRA: self._extra, Mode.MOVE: self._move}
        self.setFixedHeight(measures.px(BUTTON_MM))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for widget, stretch in (
            # So that even the narrowest is 20 mm wide at 1280 x 800 and 96 dots an inch.
            (self._less, 9),
            (self.dose_button, 10),
            (self._more, 9),
            (self._given, 14),
            (self._omit, 9),
            (self._extra, 10),
            (self._move, 9),
            (self._rest, 12),
            (self._all, 10),
            (self._stop, 10),
        ):
            layout.addWidget(widget, stretch)
        self._connect()

    def _connect(self) -> None:
        self._less.setAccessibleName(_("Smaller dose"))
        self._more.setAccessibleName(_("Larger dose"))
        self.dose_button.setToolTip(
            _("The dose that the next tap gives. Press for the planned dose.")
        )
        self._less.clicked.connect(lambda: self.dose_steps.emit(-1))
        self._more.clicked.connect(lambda: self.dose_steps.emit(1))
        self.dose_button.setCheckable(True)
        self.dose_button.clicked.connect(self.planned_dose_wanted)
        self._given.clicked.connect(self.given)
        for mode, each in self._modes.items():
            each.setCheckable(True)
            each.clicked.connect(
                lambda checked, mode=mode: self.mode_wanted.emit(mode if checked else Mode.GIVE)
            )
        self._rest.clicked.connect(lambda: self.region_given.emit(self._region))
        self._all.clicked.connect(self.all_given)
        self._stop.clicked.connect(self.stop_wanted)

    @property
    def dose_words(self) -> str:
        """The dose in hand as the button shows it."""
        return self.dose_button.title

    def show_hand(self, hand: Chairside, typed: str, *, offers_all: bool) -> None:
        """Say what each button means now.

        Args:
            hand: The open session and what is done to it.
            typed: What was typed and has not taken effect.
            offers_all: Whether the clinic lets the whole session be given at once.
        """
        session = hand.session
        open_draft = not session.is_signed
        planned = session.of_state(State.PLANNED)
        self._say_given(hand)
        self._say_dose(hand, typed)
        self._say_region(hand, planned)
        self._all.say(_("All given"), _to_go(planned))
        self._extra.say(_("Extra"), _("follow the pain"))
        self._omit.say(_("Omit\N{HORIZONTAL ELLIPSIS}"), _("then a site"))
        self._move.say(_("Move"), _("then a site"))
        for mode, each in self._modes.items():
            each.setChecked(hand.mode is mode)
        for each in (self._less, self.dose_button, self._more, self._extra):
            each.setEnabled(open_draft)
        self._omit.setEnabled(open_draft and bool(session.injections))
        self._move.setEnabled(open_draft and bool(session.injections))
        self._rest.setEnabled(open_draft and bool(self._region))
        self._all.setVisible(offers_all)
        self._all.setEnabled(open_draft and bool(planned))
        self._stop.setEnabled(open_draft and bool(planned))

    def _say_region(self, hand: Chairside, planned: list[Injection]) -> None:
        self._region = hand.region_in_hand()
        here = [each for each in planned if each.region == self._region]
        if not here:
            self._rest.say(_("Region given"))
            return
        region = hand.book.protocol.regions[self._region]
        both = len({each.side for each in here}) > 1
        words = _("{region}: {sites}, both sides") if both else _("{region}: {sites}")
        self._rest.say(_("Region given"), words.format(region=region.code, sites=_to_go(here)))
        self._rest.setToolTip(region_name(region))

    def _say_given(self, hand: Chairside) -> None:
        target = hand.target()
        detail = ""
        if target:
            detail = _("then on to the next") if target == hand.cursor else site_short(target)
            if hand.dose_units is not None:
                detail = f"{site_short(target)}, {amount_text(hand.dose_units)}"
        in_sight = not target or hand.is_in_sight(target)
        self._given.say(_("Given") if in_sight else _("Go on to"), detail)
        self._given.setEnabled(bool(target) and not hand.session.is_signed)

    def _say_dose(self, hand: Chairside, typed: str) -> None:
        self.dose_button.setChecked(bool(typed) or hand.dose_units is not None)
        if typed:
            self.dose_button.say(typed, _("then Enter"))
            return
        each = hand.session.injections.get(hand.cursor)
        units = hand.dose_units or (each.units if each else hand.extra_units())
        if hand.dose_units is not None:
            detail = _("units, each tap")
        else:
            detail = _("as planned") if hand.session.has_plan else _("units")
        self.dose_button.say(amount_text(units), detail)


def _to_go(planned: list[Injection]) -> str:
    # "To go", never "left": left is a side of the head.
    return _("{number} to go").format(number=len(planned))
