"""What is given so far against the plan, what departs from it, and the free text."""

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.core import rules
from desktop.core.amounts import amount_text
from desktop.core.handbook import Handbook
from desktop.core.protocol import Side
from desktop.core.session import Session, State
from desktop.gui import theme
from desktop.gui.theme import Colours
from desktop.gui.widgets import StillCombo, align_text, column, label, row, rule
from desktop.language import _
from desktop.wording import (
    change_words,
    dotted,
    finding_sentence,
    given_text,
    list_text,
    profile_name,
    region_name,
    side_name,
    site_short,
    volume_text,
)
from desktop.words.vials import event_words

# Typed text is on disk at most 1 s after the last key.
SAVE_TEXT_AFTER_MS = 600
SAID_BAR_PX = 3
SAID_GAP_PX = 9


class TotalsPanel(QWidget):
    """The right edge of the session screen."""

    profile_chosen = Signal(str)
    remark_typed = Signal(str)

    def __init__(self, book: Handbook, colours: Colours) -> None:
        super().__init__()
        self._book = book
        self._total = label("0", "total")
        self._of = label("", "quiet", wrap=True)
        self._volume = label("", "quiet", wrap=True)
        self._profile = StillCombo()
        self._profile.setAccessibleName(_("Label to compare with"))
        for key in book.protocol.profiles:
            self._profile.addItem(profile_name(key, book), key)
        self._profile.activated.connect(
            lambda index: self.profile_chosen.emit(self._profile.itemData(index))
        )
        self._regions = {key: _RegionRow(key, book, colours) for key in book.protocol.regions}
        self._sides = label("", "quiet")
        self._said_heading = label("", "caps")
        self._said = SaidList(colours)
        self._remark = RemarkEdit()
        self._remark.typed.connect(self.remark_typed)
        self._build()

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(2, 1)
        for number, each in enumerate(self._regions.values()):
            for place, widget in enumerate((each.dot, each.name, each.bar, each.units)):
                grid.addWidget(widget, number, place)
        scroll = QScrollArea()
        scroll.setWidget(self._said)
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(_("Changes and findings"))
        beside = column(None, self._of, self._volume, None, spacing=0)
        top = row(self._total, spacing=10)
        top.addLayout(beside, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 14, 12)
        layout.setSpacing(8)
        layout.addLayout(row(label(_("GIVEN"), "caps"), None, self._profile))
        layout.addLayout(top)
        layout.addLayout(grid)
        layout.addWidget(self._sides)
        layout.addWidget(rule())
        layout.addWidget(self._said_heading)
        layout.addWidget(scroll, 1)
        layout.addWidget(label(_("REMARK"), "caps"))
        layout.addWidget(self._remark)

    def show_session(self, session: Session, checks: Sequence[tuple[str, str]] = ()) -> None:
        """Redraw everything from the session; checks as lines, each a kind and its words."""
        book = self._book
        first, *others = rules.units_by_toxin(session, book)
        # The sums are those of the first toxin: units of different ones have none.
        summed = rules.of_toxin(session, first, book) if others else session
        totals = rules.region_totals(summed, book)
        planned = sum((total.planned_units for total in totals), Decimal(0))
        self._total.setText(amount_text(summed.given_units))
        self._total.setAccessibleName(
            _("{units} units given").format(units=amount_text(summed.given_units))
        )
        self._of.setText(
            _("of {units} units planned").format(units=amount_text(planned))
            if planned
            else _("units")
        )
        self._volume.setText(
            _("Given: {units}").format(units=given_text(session, book))
            if others
            else _volume_words(session)
        )
        self._profile.setCurrentIndex(self._profile.findData(session.profile))
        self._profile.setEnabled(not session.is_signed)
        for total in totals:
            self._regions[total.region.key].show(total)
        self._sides.setText(
            dotted(
                f"{side_name(side)} {amount_text(rules.side_units(summed, side))}"
                for side in (Side.RIGHT, Side.MIDLINE, Side.LEFT)
            )
        )
        self._say(session, checks)
        self._remark.show_text(session.remark, editable=not session.is_signed)

    def show_colours(self, colours: Colours) -> None:
        """Take on another colour scheme."""
        self._said.show_colours(colours)
        for each in self._regions.values():
            each.show_colours(colours)

    def flush(self) -> None:
        """Hand over what was typed and not yet kept."""
        self._remark.flush()

    def forget(self) -> None:
        """Let go of what was typed, when another session is opened."""
        self._remark.forget()

    def _say(self, session: Session, checks: Sequence[tuple[str, str]]) -> None:
        self._said_heading.setText(
            _("CHANGES; FINDINGS IF THE REST IS GIVEN")
            if session.of_state(State.PLANNED)
            else _("CHANGES AND FINDINGS")
        )
        said: list[tuple[str, str]] = list(checks)
        said.extend(("change", words) for words in change_lines(session, self._book))
        said.extend(("change", event_words(each, session)) for each in session.events)
        said.extend(
            ("finding", finding_sentence(finding, self._book))
            for finding in rules.findings(session, self._book)
        )
        self._said.show_lines(said or [("quiet", _("None so far."))])


def change_lines(session: Session, book: Handbook) -> list[str]:
    """Each change in a line; sites omitted for one reason share theirs."""
    sites: dict[str, list[str]] = {}
    for change in rules.changes(session, book):
        words = change_words(change, book)
        said = dotted([words, change.reason]) if change.reason else words
        sites.setdefault(said, []).append(site_short(change.code))
    return [f"{list_text(codes)}: {said}" for said, codes in sites.items()]


class SaidList(QWidget):
    """Changes and findings in words, each with the colour of its kind at the left."""

    def __init__(self, colours: Colours) -> None:
        super().__init__()
        self._colours = colours
        self._lines: list[tuple[str, str]] = []

    def show_lines(self, lines: list[tuple[str, str]]) -> None:
        """Show these lines, each a kind (`change`, `finding`, `quiet`) and its words."""
        if lines == self._lines:
            return
        self._lines = lines
        self.setAccessibleName("\n".join(words for _kind, words in lines))
        self._fit()

    def show_colours(self, colours: Colours) -> None:
        """Take on another colour scheme."""
        self._colours = colours
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words wrap anew at another width."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint every line with its bar."""
        painter = QPainter(self)
        painter.setFont(theme.font(9.5))
        bars = {"change": self._colours.caution, "finding": self._colours.accent}
        for (kind, words), box in zip(self._lines, self._boxes(), strict=True):
            if kind in bars:
                edge = self.width() - SAID_BAR_PX if self.isRightToLeft() else 0
                bar = QRect(edge, box.top(), SAID_BAR_PX, box.height())
                painter.fillRect(bar, QColor(bars[kind]))
            painter.setPen(QColor(self._colours.text if kind in bars else self._colours.quiet))
            painter.drawText(box, Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeading, words)

    def _fit(self) -> None:
        boxes = self._boxes()
        self.setMinimumHeight(boxes[-1].bottom() + 1 if boxes else 0)
        self.update()

    def _boxes(self) -> list[QRect]:
        metrics = QFontMetrics(theme.font(9.5))
        made: list[QRect] = []
        top = 0
        for kind, words in self._lines:
            indent = 0 if kind == "quiet" else SAID_BAR_PX + 8
            wide = max(self.width() - indent - 6, 40)
            start = self.width() - indent - wide if self.isRightToLeft() else indent
            room = QRect(start, top, wide, 100_000)
            box = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, words)
            made.append(QRect(start, top, wide, box.height()))
            top = made[-1].bottom() + SAID_GAP_PX
        return made


class RemarkEdit(QPlainTextEdit):
    """The free text of the session; tells what was typed, a little after the last key."""

    typed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(_("Remark"))
        self.setPlaceholderText(_("Free text for the note"))
        self.setFixedHeight(64)
        self.setTabChangesFocus(True)
        align_text(self)
        self._shown = ""
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(SAVE_TEXT_AFTER_MS)
        self._waiting.timeout.connect(lambda: self.typed.emit(self.toPlainText()))
        self.textChanged.connect(self._waiting.start)

    def show_text(self, text: str, *, editable: bool) -> None:
        """Show what is kept; what is being typed, or was refused, stays for the user to mend."""
        self.setReadOnly(not editable)
        if self._waiting.isActive() or text == self._shown:
            return
        self._shown = text
        if text == self.toPlainText():
            return
        self.blockSignals(True)
        self.setPlainText(text)
        self.blockSignals(False)

    def forget(self) -> None:
        """Empty the field: the next session is somebody else's."""
        self._waiting.stop()
        self._shown = ""
        self.blockSignals(True)
        self.clear()
        self.blockSignals(False)

    def flush(self) -> None:
        """Tell at once what has been typed."""
        if self._waiting.isActive():
            self._waiting.stop()
            self.typed.emit(self.toPlainText())


class _RegionRow:
    """One region: a dot of its colour, its name, how much of it is done, its units."""

    def __init__(self, key: str, book: Handbook, colours: Colours) -> None:
        self._key = key
        self.dot = _Bar(round_=True)
        self.name = label(region_name(book.protocol.regions[key]), wrap=True)
        self.name.setToolTip(_(book.protocol.regions[key].place))
        self.bar = _Bar(round_=False)
        self.units = label("")
        self.show_colours(colours)

    def show(self, total: rules.RegionTotal) -> None:
        planned = total.planned_units
        self.bar.set_share(total.units / planned if planned else Decimal(0))
        given = amount_text(total.units)
        self.units.setText(f"{given} / {amount_text(planned)}" if planned else given)

    def show_colours(self, colours: Colours) -> None:
        colour = theme.region_colour(self._key, colours)
        self.dot.set_colours(colour, QColor(colours.line))
        self.bar.set_colours(colour, QColor(colours.track))


class _Bar(QWidget):
    """A dot, or a bar filled to a share."""

    def __init__(self, *, round_: bool) -> None:
        super().__init__()
        self._round = round_
        self._share = Decimal(1) if round_ else Decimal(0)
        self._colour = self._ground = QColor("black")
        self.setFixedHeight(12)
        if round_:
            self.setFixedWidth(12)
        else:
            self.setMinimumWidth(40)

    def set_share(self, share: Decimal) -> None:
        if self._share != min(share, Decimal(1)):
            self._share = min(share, Decimal(1))
            self.update()

    def set_colours(self, colour: QColor, ground: QColor) -> None:
        self._colour, self._ground = colour, ground
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        thick = 10.0 if self._round else 6.0
        box = QRectF(0, (self.height() - thick) / 2, self.width(), thick)
        if self._round:
            box.setWidth(thick)
        painter.setBrush(self._ground)
        painter.drawRoundedRect(box, thick / 2, thick / 2)
        box.setWidth(box.width() * float(self._share))
        painter.setBrush(self._colour)
        painter.drawRoundedRect(box, thick / 2, thick / 2)


def _volume_words(session: Session) -> str:
    volume = rules.volume_ml(session)
    mixed = [vial.diluent_ml for vial in session.vials]
    if volume is None or None in mixed:
        return ""
    drawn = sum((each for each in mixed if each is not None), Decimal(0))
    return _("{volume} of {mixed}").format(volume=volume_text(volume), mixed=volume_text(drawn))
