"""What was given here before: a site's and a region's doses, session by session."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from desktop.core import rules
from desktop.core.amounts import amount_text
from desktop.core.handbook import Handbook
from desktop.core.protocol import Side
from desktop.core.session import Session, State
from desktop.gui.theme import CHIP_MM, Measures
from desktop.gui.widgets import button, label, row, rule
from desktop.language import _
from desktop.wording import (
    date_text,
    dotted,
    list_text,
    region_name,
    side_name,
    site_name,
    site_short,
)

NOTHING = "\N{EN DASH}"


class PastPanel(QWidget):
    """The doses of the ringed site and of its region over time, then every region's."""

    closed = Signal()

    def __init__(self, book: Handbook, measures: Measures) -> None:
        super().__init__()
        self._book = book
        self._heading = label("", "name", wrap=True)
        close = button(_("Close"))
        close.setMinimumHeight(measures.px(CHIP_MM))
        close.clicked.connect(self.closed)
        self._tables = QVBoxLayout()
        self._tables.setSpacing(10)
        self._shown: tuple[object, ...] = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 14, 12)
        layout.setSpacing(10)
        layout.addLayout(row(label(_("EARLIER SESSIONS"), "caps"), None, close))
        layout.addWidget(self._heading)
        layout.addLayout(self._tables)
        layout.addStretch(1)

    def show_past(self, session: Session, past: Sequence[Session], code: str) -> None:
        """Show this session and those before it, for the ringed site."""
        shown = (session, tuple(each.id for each in past), code)
        if shown == self._shown:
            return
        self._shown = shown
        while (item := self._tables.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._heading.setText(site_name(code, self._book) if code else "")
        self._heading.setVisible(bool(code))
        if not past:
            words = _("No earlier session of this patient is signed.")
            self._tables.addWidget(label(words, "quiet", wrap=True))
            return
        sessions = [session, *past]
        if code:
            self._tables.addWidget(self._site_table(sessions, code))
            self._tables.addWidget(rule())
        self._tables.addWidget(self._region_table(sessions))

    def _site_table(self, sessions: Sequence[Session], code: str) -> QWidget:
        region = self._region_of(sessions, code)
        sides = [side for side in Side if side in self._book.atlas.outlines[region]]
        name = region_name(self._book.protocol.regions[region])
        here = ["\n".join([_("region"), side_name(side)]) for side in sides]
        head = ["", "\n".join(site_short(code).rsplit(" ", 1)), *here]
        rows = [
            [
                dotted([_day(each, sessions[0]), *named]),
                _dose(part, code),
                *(_units(part, region, side) for side in sides),
            ]
            for each in sessions
            for named, part in self._parts(each, region)
        ]
        words = _("{site} and {region}").format(site=site_short(code), region=name)
        return _table(words, head, rows)

    def _parts(self, session: Session, region: str) -> Iterator[tuple[list[str], Session]]:
        """What a session gave of its first toxin, and here of another; named if not the usual."""
        for place, toxin in enumerate(rules.units_by_toxin(session, self._book)):
            part = rules.of_toxin(session, toxin, self._book)
            if not place or any(each.region == region for each in part.given):
                yield self._other_products(session, toxin), part

    def _other_products(self, session: Session, toxin: str) -> list[str]:
        """By what name a toxin was given, if it is another than the protocol's."""
        if toxin == self._book.default_product.toxin:
            return []
        used = (self._book.products[vial.product] for vial in session.vials)
        return [list_text(dict.fromkeys(each.name for each in used if each.toxin == toxin))]

    def _region_of(self, sessions: Sequence[Session], code: str) -> str:
        for each in sessions:
            if code in each.injections:
                return each.injections[code].region
        return self._book.protocol.sites[code].region

    def _region_table(self, sessions: Sequence[Session]) -> QWidget:
        shown = sessions[:4]
        # Of the first toxin of each: units of different ones have no sum.
        firsts = [next(iter(rules.units_by_toxin(each, self._book))) for each in shown]
        columns = list(zip(shown, firsts, strict=True))
        heads = [
            "\n".join([_short_day(each, sessions[0]), *self._other_products(each, toxin)])
            for each, toxin in columns
        ]
        head = [_("Region"), *heads]
        summed = [rules.of_toxin(each, toxin, self._book) for each, toxin in columns]
        totals = [rules.region_totals(each, self._book) for each in summed]
        rows = [
            [region_name(each.region), *(amount_text(column[at].units) for column in totals)]
            for at, each in enumerate(totals[0])
        ]
        rows.append([_("Total"), *(amount_text(each.given_units) for each in summed)])
        return _table(_("Units by region"), head, rows)


def _day(session: Session, present: Session) -> str:
    return _("now") if session is present else date_text(session.started_at.date())


def _short_day(session: Session, present: Session) -> str:
    if session is present:
        return _("now")
    words = date_text(session.started_at.date()).split()
    return "\n".join([" ".join(words[:2]), *words[2:]])


def _dose(session: Session, code: str) -> str:
    each = session.injections.get(code)
    return amount_text(each.units) if each and each.state is State.GIVEN else NOTHING


def _units(session: Session, region: str, side: Side) -> str:
    given = [each for each in session.given if (each.region, each.side) == (region, side)]
    return amount_text(sum((each.units for each in given), Decimal(0))) if given else NOTHING


def _table(name: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> QWidget:
    """Words at the reading edge, figures at the other; a screen reader hears it row by row."""
    made = QWidget()
    made.setAccessibleName("\n".join([name, *(", ".join(each) for each in (head, *rows))]))
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(5)
    grid.setColumnStretch(0, 1)
    for line, cells in enumerate((head, *rows)):
        for place, cell in enumerate(cells):
            kind = "quiet" if line == 0 or place == 0 else ""
            shown: QLabel = label(cell, kind)
            shown.setWordWrap(place == 0 and line > 0)
            if place:
                shown.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(shown, line, place)
    return made
