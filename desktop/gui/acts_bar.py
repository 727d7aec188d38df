"""The row of acts below the map: the dose in hand, and what the next tap or this button does."""

from decimal import Decimal
from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.core.amounts import amount_text
from desktop.core.handbook import Handbook
from desktop.core.session import Injection, Session, State
from desktop.gui.theme import BUTTON_MM, Measures
from desktop.gui.widgets import ActButton
from desktop.language import _
from desktop.wording import region_name, site_short


class Mode(StrEnum):
    """What the next tap on the map does."""

    GIVE = "give"
    OMIT = "omit"
    EXTRA = "extra"
    MOVE = "move"


class ActsBar(QWidget):
    """Large buttons; the likeliest is the widest. It keeps the dose in hand and the mode."""

    plan_wanted = Signal()
    given = Signal()
    mode_changed = Signal()
    region_given = Signal(str)
    all_given = Signal()
    stop_wanted = Signal()

    def __init__(self, book: Handbook, measures: Measures) -> None:
        super().__init__()
        self._book = book
        self._has_plan = False
        self._region = ""
        self.mode = Mode.GIVE
        self.dose_units: Decimal | None = None
        self._step = book.default_product.dose_step_units
        self._less = ActButton("\N{MINUS SIGN}")
        self.dose_button = ActButton("")
        self._more = ActButton("+")
        self._given = ActButton("", "primary")
        self._omit = ActButton(_("Omit\N{HORIZONTAL ELLIPSIS}"))
        self._extra = ActButton(_("Extra"))
        self._move = ActButton(_("Move"))
        self._rest = ActButton("")
        self._stop = ActButton(_("Stop here"))
        self.setFixedHeight(measures.px(BUTTON_MM))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for widget, stretch in (
            (self._less, 5),
            (self.dose_button, 7),
            (self._more, 5),
            (self._given, 11),
            (self._omit, 7),
            (self._extra, 8),
            (self._move, 7),
            (self._rest, 9),
            (self._stop, 7),
        ):
            layout.addWidget(widget, stretch)
        self._connect()

    def _connect(self) -> None:
        self._less.setAccessibleName(_("Smaller dose"))
        self._more.setAccessibleName(_("Larger dose"))
        self.dose_button.setToolTip(
            _("The dose that the next tap gives. Press for the planned dose.")
        )
        self._less.clicked.connect(lambda: self._change_dose(-self._step))
        self._more.clicked.connect(lambda: self._change_dose(self._step))
        self.dose_button.setCheckable(True)
        self.dose_button.clicked.connect(lambda: self._set_dose(None))
        self._given.clicked.connect(
            lambda: self.given.emit() if self._has_plan else self.plan_wanted.emit()
        )
        for each, mode in (
            (self._omit, Mode.OMIT),
            (self._extra, Mode.EXTRA),
            (self._move, Mode.MOVE),
        ):
            each.setCheckable(True)
            each.clicked.connect(
                lambda checked, mode=mode: self.set_mode(mode if checked else Mode.GIVE)
            )
        self._rest.clicked.connect(
            lambda: self.region_given.emit(self._region) if self._region else self.all_given.emit()
        )
        self._stop.clicked.connect(self.stop_wanted)

    def set_mode(self, mode: Mode) -> None:
        """Choose what the next tap does; the buttons show it."""
        self.mode = mode
        for each, its in (
            (self._omit, Mode.OMIT),
            (self._extra, Mode.EXTRA),
            (self._move, Mode.MOVE),
        ):
            each.setChecked(its is mode)
        self.mode_changed.emit()

    def extra_units(self) -> Decimal:
        """The dose of an extra: the one in hand, or what a fixed site has."""
        return self.dose_units or next(iter(self._book.protocol.sites.values())).units

    @property
    def dose_words(self) -> str:
        """The dose in hand as the button shows it."""
        return amount_text(self.dose_units or self.extra_units())

    def show_session(
        self, session: Session, cursor: str, target: str, region: str, *, in_sight: bool
    ) -> None:
        """Say what each button means now.

        Args:
            session: The open session.
            cursor: The site with the ring, if any.
            target: The site that "given" gives, if any: the one with the ring, or the next planned.
            in_sight: Whether the target is on the page that is open.
            region: The region whose rest can be given at once; empty for the whole session.
        """
        self._region = region
        self._has_plan = bool(session.plan)
        open_draft = not session.is_signed
        planned = session.of_state(State.PLANNED)
        self._say_given(session, cursor, target, in_sight=in_sight)
        self._say_dose(session, cursor)
        here = [each for each in planned if region in ("", each.region)]
        self._say_rest(region, here)
        self._extra.say(_("Extra"), _("follow the pain"))
        self._omit.say(_("Omit\N{HORIZONTAL ELLIPSIS}"), _("then a site"))
        self._move.say(_("Move"), _("then a site"))
        for each in (self._less, self.dose_button, self._more, self._extra):
            each.setEnabled(open_draft)
        self._omit.setEnabled(open_draft and bool(session.injections))
        self._move.setEnabled(open_draft and bool(session.injections))
        self._rest.setEnabled(open_draft and bool(here))
        self._stop.setEnabled(open_draft and bool(planned))

    def _say_rest(self, region: str, here: list[Injection]) -> None:
        # "To go", never "left": left is a side of the head.
        to_go = _("{number} to go").format(number=len(here))
        if not region:
            self._rest.say(_("All given"), to_go)
            return
        both = len({each.side for each in here}) > 1
        where = {"region": self._book.protocol.regions[region].code, "sites": to_go}
        words = _("{region}: {sites}, both sides") if both else _("{region}: {sites}")
        self._rest.say(_("Region given"), words.format(**where))
        self._rest.setToolTip(region_name(self._book.protocol.regions[region]))

    def _say_given(self, session: Session, cursor: str, target: str, *, in_sight: bool) -> None:
        if not session.plan:
            sites = _("{sites} sites \N{MIDDLE DOT} {units} units").format(
                sites=len(self._book.protocol.sites),
                units=amount_text(self._book.protocol.units),
            )
            self._given.say(_("Start from the protocol"), sites)
            self._given.setEnabled(not session.is_signed)
            return
        detail = ""
        if target:
            detail = _("then on to the next") if target == cursor else site_short(target)
        self._given.say(_("Given") if in_sight or not target else _("Go on to"), detail)
        self._given.setEnabled(bool(target) and not session.is_signed)

    def _say_dose(self, session: Session, cursor: str) -> None:
        each = session.injections.get(cursor)
        units = self.dose_units or (each.units if each else self.extra_units())
        self.dose_button.setChecked(self.dose_units is not None)
        if self.dose_units is not None:
            detail = _("units, each tap")
        else:
            detail = _("as planned") if session.plan else _("units")
        self.dose_button.say(amount_text(units), detail)

    def _change_dose(self, by: Decimal) -> None:
        units = self.extra_units() + by
        product = self._book.default_product
        if 0 < units <= product.largest_dose_units:
            self._set_dose(units)

    def _set_dose(self, units: Decimal | None) -> None:
        self.dose_units = units
        self.mode_changed.emit()
