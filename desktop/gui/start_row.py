"""What a session starts from: one input, in the place where the row of acts will be."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from desktop.core.amounts import amount_text
from desktop.core.handbook import Handbook
from desktop.core.plan import EMPTY_PLAN, Plan, plan_as_given, protocol_plan
from desktop.core.rules import other_toxins
from desktop.core.session import Session
from desktop.gui.theme import BUTTON_MM, Measures
from desktop.gui.widgets import ActButton
from desktop.language import _, ngettext
from desktop.wording import dotted, list_text, plan_text


class StartRow(QWidget):
    """Last session, protocol, a template, or nothing: the likeliest first, and widest."""

    start_wanted = Signal(Plan)

    def __init__(self, book: Handbook, measures: Measures) -> None:
        super().__init__()
        self._book = book
        self._protocol = protocol = protocol_plan(book)
        self._last: Plan | None = None
        self._as_last = ActButton("", "primary")
        self._by_protocol = ActButton(_("Start from the protocol"))
        self._template = ActButton(_("Template"))
        self._empty = ActButton(_("Start empty"))
        self._empty.say(_("Start empty"), _("a tap on a site gives it"))
        self._by_protocol.say(_("Start from the protocol"), plan_size(protocol))
        self.setFixedHeight(measures.px(BUTTON_MM))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for each, stretch in (
            (self._as_last, 12),
            (self._by_protocol, 11),
            (self._template, 9),
            (self._empty, 8),
        ):
            layout.addWidget(each, stretch)
        self._as_last.clicked.connect(self._start_as_last)
        self._by_protocol.clicked.connect(lambda: self.start_wanted.emit(self._protocol))
        self._template.clicked.connect(self._choose_template)
        self._empty.clicked.connect(lambda: self.start_wanted.emit(EMPTY_PLAN))
        self._templates: Sequence[Plan] = ()

    def offer(self, past: Sequence[Session], templates: Sequence[Plan]) -> None:
        """Show what there is to start from: the newest of the earlier sessions, the templates."""
        self._last = last = plan_as_given(past[0], self._book) if past else None
        self._templates = templates
        self._as_last.setEnabled(last is not None)
        self._by_protocol.setDefault(last is None)
        if last is None:
            self._as_last.say(_("As last time"), _("no signed session yet"))
        else:
            # Reasons of that day come along and are accepted with the start: the button says so.
            self._as_last.say(
                _("Start as last time"),
                dotted([plan_text(last.name), plan_size(last), *self._only_places(past[0])]),
            )
        self._template.setEnabled(bool(templates))
        if len(templates) == 1:
            self._template.say(plan_text(templates[0].name), plan_size(templates[0]))
        elif templates:
            number = len(templates)
            self._template.say(
                _("Template\N{HORIZONTAL ELLIPSIS}"),
                ngettext("{number} saved", "{number} saved", number).format(number=number),
            )
        else:
            self._template.say(_("Template"), _("none saved yet"))

    def _only_places(self, last: Session) -> list[str]:
        """Where the doses of a session do not come along; nothing if all of them do."""
        others = other_toxins(last, self._book)
        toxins = dict.fromkeys(others[each.code] for each in last.given if each.code in others)
        if not toxins:
            return []
        return [_("sites only where it was {toxins}").format(toxins=list_text(tuple(toxins)))]

    def choose(self, number: int) -> None:
        """Press the button of this number, from 1; 0 presses the likeliest that there is."""
        row = (self._as_last, self._by_protocol, self._template, self._empty)
        (row[number - 1] if number else self._likeliest()).click()

    def focus_likeliest(self) -> None:
        """Bring the keyboard to the likeliest start that there is."""
        self._likeliest().setFocus(Qt.FocusReason.TabFocusReason)

    def _likeliest(self) -> ActButton:
        return self._as_last if self._last is not None else self._by_protocol

    def _start_as_last(self) -> None:
        if self._last is not None:
            self.start_wanted.emit(self._last)

    def _choose_template(self) -> None:
        if len(self._templates) == 1:
            self.start_wanted.emit(self._templates[0])
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for each in self._templates:
            words = dotted([plan_text(each.name), plan_size(each)])
            menu.addAction(words.replace("&", "&&"), partial(self.start_wanted.emit, each))
        menu.popup(self._template.mapToGlobal(self._template.rect().topLeft()))


def plan_size(plan: Plan) -> str:
    """`31 sites · 155 units`."""
    sites = ngettext("{number} site", "{number} sites", len(plan.sites)).format(
        number=len(plan.sites)
    )
    units = amount_text(sum((each.units for each in plan.sites), Decimal(0)))
    return dotted([sites, _("{number} units").format(number=units)])
