"""The session by keys alone: a ring that walks, codes that jump, digits that become a dose.

A letter that begins a site's code starts one; every other key of the table is a command. Digits and
codes collect where everybody sees them, and do nothing before Enter or before the code is whole.
"""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from desktop.core.errors import ExpectedError
from desktop.core.product import Product
from desktop.gui.chairside import Chairside
from desktop.gui.forms import Explain
from desktop.gui.pages import OVERVIEW
from desktop.language import _

LONGEST = 6  # `temx1l` and `187.5` both fit

ENTERS = (Qt.Key.Key_Return.value, Qt.Key.Key_Enter.value)
STARTS = ("1", "2", "3", "4")

_Act = Callable[[], object]


class SiteKeys(QObject):
    """Turns keys into what the hand does.

    Args:
        hand: The open session under the hand.
        explain: The sentence of an error.
        choose_reason: Chooses a reason by its number; says whether there is one.
    """

    typed_changed = Signal()
    wanted = Signal(str)  # "vial", "discard", "event", "procedure", "history", "keys"
    start_chosen = Signal(int)  # from 1 in the row of starts; 0 for the likeliest

    def __init__(
        self, hand: Chairside, explain: Explain, choose_reason: Callable[[int], bool]
    ) -> None:
        super().__init__()
        self._hand = hand
        self._explain = explain
        self._choose_reason = choose_reason
        self.typed = ""
        self.in_use = False
        self._offers_all = False
        self._first_letters = frozenset(
            region.code[0] for region in hand.book.protocol.regions.values()
        )
        self._moves = self._make_moves()
        self._letters = self._make_letters()

    def _make_moves(self) -> Mapping[int, _Act]:
        hand, key = self._hand, Qt.Key
        return {
            key.Key_Right.value: lambda: hand.walk_on(1),
            key.Key_Down.value: lambda: hand.walk_on(1),
            key.Key_Left.value: lambda: hand.walk_on(-1),
            key.Key_Up.value: lambda: hand.walk_on(-1),
            key.Key_PageDown.value: lambda: hand.turn_page(1),
            key.Key_PageUp.value: lambda: hand.turn_page(-1),
        }

    def _make_letters(self) -> Mapping[str, _Act]:
        hand = self._hand
        return {
            " ": hand.give_target,
            "x": hand.omit_cursor,
            "e": hand.extra_at_cursor,
            "m": hand.mirror_cursor,
            "r": self._give_region,
            "a": self._give_all,
            "s": hand.ask_stop,
            "l": lambda: hand.choose_page(OVERVIEW),
            "n": lambda: self.wanted.emit("safety"),  # before the needle
            "v": lambda: self.wanted.emit("vial"),
            "w": lambda: self.wanted.emit("discard"),
            "i": lambda: self.wanted.emit("event"),  # an incident
            "d": lambda: self.wanted.emit("procedure"),  # how it was done
            "h": lambda: self.wanted.emit("history"),
            "?": lambda: self.wanted.emit("keys"),
        }

    def press(self, event: QKeyEvent, *, offers_all: bool) -> bool:
        """Do what a key means; say whether it means anything here."""
        hand = self._hand
        control = event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        if hand.document is None or control:
            return False
        self._offers_all = offers_all
        key, text = event.key(), event.text().lower()
        known = True
        if key == Qt.Key.Key_Escape.value:
            known = self._escape()
        elif key in self._moves:
            self._clear()
            self._moves[key]()
        elif hand.session.is_signed and text != "?":
            known = False
        elif key in ENTERS:
            self._enter()
        elif key == Qt.Key.Key_Backspace.value:
            self._back()
        elif hand.question is not None and hand.question_is_fresh and _is_digit(text):
            known = self._choose_reason(int(text))
        elif hand.wants_start and not self.typed and text in STARTS:
            self.start_chosen.emit(int(text))
        elif self.typed or self._begins_something(text):
            known = self._collect(text)
        elif text in self._letters:
            self._letters[text]()
        else:
            known = False
        self._used(known=known)
        return known

    def forget(self) -> None:
        """Nothing was typed: another session is opened."""
        self.typed = ""

    def _begins_something(self, text: str) -> bool:
        return text.isascii() and (text.isdigit() or text.upper() in self._first_letters)

    def _used(self, *, known: bool) -> None:
        if known and not self.in_use:
            self.in_use = True
            self.typed_changed.emit()

    def _escape(self) -> bool:
        if self.typed:
            self._clear()
            return True
        return self._hand.escape()

    def _enter(self) -> None:
        typed = self.typed
        self._clear()
        if not typed and self._hand.wants_start:
            self.start_chosen.emit(0)
        elif not typed:
            self._hand.walk_on(1)
        elif typed[0].isdigit():
            self._set_dose(typed)
        else:
            self._jump(typed, whole=True)

    def _back(self) -> None:
        if self.typed:
            self.typed = self.typed[:-1]
            self.typed_changed.emit()
        else:
            self._hand.walk_on(-1)

    def _collect(self, text: str) -> bool:
        if len(text) != 1 or not (text.isascii() and (text.isalnum() or text in ".,")):
            return False
        if len(self.typed) >= LONGEST:
            self._hand.said.emit(_("That is neither a dose nor a site. Type it again."))
            return True
        self.typed += "." if text == "," else text
        if not self.typed[0].isdigit():
            self._jump(self.typed, whole=False)
        self.typed_changed.emit()
        return True

    def _jump(self, typed: str, *, whole: bool) -> None:
        codes = {**self._hand.book.protocol.sites, **self._hand.session.injections}
        wanted = typed.upper()
        named = {code.replace("-", ""): code for code in codes}
        if whole:  # a muscle's only site needs no number: `pro`, Enter
            named |= {code[:3]: code for code in codes if code.endswith("-M")}
        if wanted in named:
            self._clear()
            self._hand.point_ring_at(named[wanted])
        elif whole or not any(name.startswith(wanted) for name in named):
            # What was typed stays until Enter: its next letters must not become commands.
            self._hand.said.emit(
                _("There is no site {code}. A code is such as TEM 2 L.").format(code=wanted)
            )

    def _set_dose(self, typed: str) -> None:
        try:
            units = self._product().read_dose(typed)
        except ExpectedError as error:
            self._hand.said.emit(self._explain(error))
            return
        self._hand.set_dose_at_cursor(units)

    def _product(self) -> Product:
        return self._hand.book.product_of(self._hand.session)

    def _give_region(self) -> None:
        region = self._hand.region_in_hand()
        if region:
            self._hand.give_region(region)

    def _give_all(self) -> None:
        if self._offers_all:
            self._hand.give_all()

    def _clear(self) -> None:
        if self.typed:
            self.typed = ""
            self.typed_changed.emit()


def _is_digit(text: str) -> bool:
    return text.isascii() and text.isdigit()
