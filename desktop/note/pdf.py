"""A note as a PDF: every millimetre of it.

Everything is text drawn at a point, measured beforehand: no markup is ever read, so that a name
such as `<b>` stays a name. The same note gives the same bytes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO

from reportlab import rl_config
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from desktop.core.clinic import Paper
from desktop.note.content import continued
from desktop.note.figure import draw_figure, draw_symbol, figure_height
from desktop.note.fonts import (
    PLAIN,
    check_printable,
    printed,
    width_of,
    wrapped,
    write,
)
from desktop.note.pieces import (
    Details,
    Fact,
    Grid,
    Item,
    Lines,
    Note,
    RegionTable,
    Run,
    Section,
    Table,
    Words,
)

rl_config.useA85 = 0  # pages as text would be a quarter larger

SHEETS = {Paper.A4: (210 * mm, 297 * mm), Paper.LETTER: (215.9 * mm, 279.4 * mm)}
SIDE = 16 * mm
TOP = 12 * mm
BOTTOM = 9 * mm
GUTTER = 6 * mm

TITLE, NAME, HEADING, BODY = 15.0, 10.5, 9.2, 8.5
CELL, SMALL, PLACE, LABEL = 7.8, 7.2, 6.8, 6.5
LEADING = 1.36
MIDDLE = 0.36  # from the middle of a capital to its base line, in font sizes
LABEL_SPACING = 0.35
INK, FADED, HAIR, FAINT, FILL, WATERMARK = 0.0, 0.12, 0.55, 0.8, 0.945, 0.925
HAIRLINE, RULE, BAR = 0.45, 0.9, 2.2
WATERMARK_SIZE = 62.0
WATERMARK_TILT = 52.0

AFTER_HEADER = 4.4 * mm
AFTER_TITLE = 1.2 * mm
AFTER_PERFORMED = 2.6 * mm
FACT_PADDING = 1.9 * mm
AFTER_FACTS = 3.2 * mm
LEGEND_ROW = 4.4 * mm
LEGEND_SYMBOL = 3.3 * mm
LEGEND_SCALE = 0.75
AFTER_LEGEND = 2.2 * mm
REGION_PADDING = 0.6 * mm
SITE_PADDING = 0.2 * mm
DETAIL_PADDING = 0.4 * mm
BALANCE_PADDING = 1.7 * mm
BALANCE_INSET = 4 * mm
BEFORE_SECTION = 3.0 * mm
AFTER_HEADING = 0.5 * mm
KEY_COLUMN = 7.5 * mm
SIGN_LINE = 11 * mm
SIGN_LABELS = 34 * mm
FOOTER_GAP = 2.2 * mm

# The widths of columns, in millimetres of an A4 sheet or nearly so: they share what there is.
REGION_SHARES = (30.9, 66.3, 23.2, 23.2, 23.2, 11.2)
SITE_SHARES = (9, 20, 34, 15, 15, 13, 26, 9, 37)
VIAL_SHARES = (8.2, 29.3, 34.6, 19.1, 16.9, 22.7, 28.3, 18.9)  # a code or a time is one line
PREVENTIVE_SHARES = (44, 38, 38, 58)
DETAIL_SHARES = (34, 144)
FACT_SHARES = (44, 45, 47, 42)
FACT_GAP = 3.6 * mm
CELL_GAP = 2 * mm
ROW_LINES = 12  # of a row that are never parted
MOST_IN_ONE_COLUMN = 4  # entries of a list with keys; more are set in two columns
PAIRED_LINES = 3  # the longest entry of such a list
RIGHT_ALIGNED_REGION = frozenset({5})
NONE_ALIGNED: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Block:
    """A strip of the page: its height, what draws it below a given y, and what it keeps to.

    `head` is drawn again when the block comes first on a page, and a gap there is left out.
    """

    height: float
    draw: Callable[[Canvas, float], None]
    with_next: bool = False
    head: "Block | None" = None
    is_gap: bool = False


@dataclass(frozen=True)
class Sheet:
    """The paper, and the column of text on it, in points."""

    width: float
    height: float

    @property
    def left(self) -> float:
        """The left edge of the text."""
        return SIDE

    @property
    def right(self) -> float:
        """The right edge of the text."""
        return self.width - SIDE

    @property
    def column(self) -> float:
        """The width of the text."""
        return self.width - 2 * SIDE


def render(note: Note) -> bytes:
    """Print a note.

    Raises:
        MissingGlyphsError: A text has a character that no shipped font prints as it should be.
    """
    check_printable(note)
    sheet = Sheet(*SHEETS[note.paper])
    first, later = _header(note, sheet), _running_head(note, sheet)
    footer_height = _footer_height(note, sheet)
    room = sheet.height - TOP - BOTTOM - footer_height
    pages = list(_paged(list(_blocks(note, sheet)), room - first.height, room - later.height))
    file = BytesIO()
    canvas = _canvas(note, sheet, file)
    for number, page in enumerate(pages, start=1):
        _draw_page(canvas, note, sheet, [first if number == 1 else later, *page])
        _draw_footer(canvas, note, sheet, number, len(pages))
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _canvas(note: Note, sheet: Sheet, file: BytesIO) -> Canvas:
    canvas = Canvas(
        file,
        pagesize=(sheet.width, sheet.height),
        invariant=True,
        pageCompression=True,
        initialFontName=PLAIN,  # type: ignore[arg-type]  # the stubs say float
        lang=note.about.language,
    )
    canvas.setTitle(note.about.title)
    canvas.setAuthor(note.about.author)
    canvas.setSubject(note.about.subject)
    canvas.setCreator("Glabella")
    made = _pdf_time(note.about.made_at)
    canvas.setDateFormatter(lambda *_now: made)
    return canvas


def _pdf_time(at: datetime) -> str:
    """A time with its zone as a PDF writes it, `D:20261122104600+00'00'`."""
    offset = f"{at:%z}"
    return f"D:{at:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:5]}'"


def _paged(blocks: Sequence[Block], first: float, later: float) -> Iterator[list[Block]]:
    """Blocks page by page. What is to stay together does, unless it is longer than a page."""
    page: list[Block] = []
    room = first
    for chain in _chains(blocks):
        height = sum(block.height for block in chain)
        if page and height > room and height <= later:
            yield page
            page, room = [], later
        for block in chain:
            if page and block.height > room:
                yield page
                page, room = [], later
            if not page and block.head is not None:
                page, room = [block.head], room - block.head.height
            if page or not block.is_gap:
                page.append(block)
                room -= block.height
    yield page


def _chains(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    chain: list[Block] = []
    for block in blocks:
        chain.append(block)
        if not block.with_next:
            yield chain
            chain = []
    if chain:
        yield chain


def _draw_page(canvas: Canvas, note: Note, sheet: Sheet, blocks: Iterable[Block]) -> None:
    if note.draft:
        _draw_watermark(canvas, note.draft, sheet)
    y = sheet.height - TOP
    for block in blocks:
        block.draw(canvas, y)
        y -= block.height


def _draw_watermark(canvas: Canvas, text: str, sheet: Sheet) -> None:
    canvas.saveState()
    canvas.translate(sheet.width / 2, sheet.height / 2)
    canvas.rotate(WATERMARK_TILT)
    middle = width_of(text, WATERMARK_SIZE, strong=True) / 2
    y = -WATERMARK_SIZE * MIDDLE
    write(canvas, text, -middle, y, WATERMARK_SIZE, strong=True, grey=WATERMARK)
    canvas.restoreState()


def _blocks(note: Note, sheet: Sheet) -> Iterator[Block]:
    yield from _lines(note.title, TITLE, sheet, strong=True)
    yield _gap(AFTER_TITLE)
    yield from _lines(note.performed, BODY, sheet)
    yield from _lines(note.planned, BODY, sheet)
    yield _gap(AFTER_PERFORMED)
    yield _facts(note.facts, FACT_SHARES, sheet)
    yield _gap(AFTER_FACTS)
    yield _figure(note, sheet)
    yield _legend(note, sheet)
    yield _gap(AFTER_LEGEND)
    regions = [block for table in note.regions for block in _regions(table, sheet)]
    # The tables of several toxins do not fit on the first page; where the units went does.
    first, then = _balance(note, sheet), regions
    if len(note.regions) == 1:
        first, then = then, first
    yield from first
    yield _gap(BALANCE_PADDING)
    yield from then
    yield from _section(note.changes, sheet)
    yield from _section(note.findings, sheet)
    yield from _section(note.overrides, sheet)
    yield from _section(note.events, sheet)
    yield from _table(note.sites_heading, note.sites, SITE_SHARES, sheet)
    yield from _grid(note.vials, VIAL_SHARES, sheet)
    yield from _details(note.indication, sheet)
    yield from _grid(note.preventives, PREVENTIVE_SHARES, sheet)
    yield from _details(note.before, sheet)
    yield from _details(note.procedure, sheet)
    yield from _details(note.payer, sheet)
    yield from _remark(note, sheet)
    *before, last = _signature(note, sheet)
    for block in before:
        yield replace(block, with_next=True)  # what a signature means stands on its page
    yield last


def _gap(height: float) -> Block:
    return Block(height, lambda _canvas, _top: None, is_gap=True)


def _header(note: Note, sheet: Sheet) -> Block:
    """Clinic at the left, patient at the right, and a rule under both."""
    half = (sheet.column - GUTTER) / 2
    left = _letters(note.clinic, note.clinic_lines, half)
    right = _letters(note.patient, note.patient_lines, half)
    depth = max(_depth(left), _depth(right)) + FOOTER_GAP

    def draw(canvas: Canvas, top: float) -> None:
        _draw_letters(canvas, left, sheet.left, top, right=False)
        _draw_letters(canvas, right, sheet.right, top, right=True)
        _draw_rule(canvas, sheet, top - depth, RULE, INK)

    return Block(depth + AFTER_HEADER, draw)


@dataclass(frozen=True)
class Line:
    """A line of words with its size and grey."""

    words: Words
    size: float
    grey: float = INK


def _letters(name: str, details: Sequence[str], width: float) -> list[Line]:
    return [
        *(Line(words, NAME) for words in wrapped(name, NAME, width, strong=True)),
        *(Line(words, BODY, FADED) for detail in details for words in wrapped(detail, BODY, width)),
    ]


def _depth(lines: Iterable[Line]) -> float:
    return sum(line.size * LEADING for line in lines)


def _draw_letters(
    canvas: Canvas, lines: Iterable[Line], x: float, top: float, *, right: bool
) -> None:
    for line in lines:
        draw_words(canvas, line.words, x, top, line.size, grey=line.grey, right=right)
        top -= line.size * LEADING


def _running_head(note: Note, sheet: Sheet) -> Block:
    """On every page but the first: whose note this is."""
    text = (Run(note.patient, strong=True), Run("".join(f" · {x}" for x in note.patient_lines)))
    lines = wrapped(text, BODY, sheet.column - width_of(note.visit, BODY) - GUTTER)
    depth = len(lines) * BODY * LEADING + FOOTER_GAP

    def draw(canvas: Canvas, top: float) -> None:
        for at, words in enumerate(lines):
            draw_words(canvas, words, sheet.left, top - at * BODY * LEADING, BODY)
        draw_words(canvas, (Run(note.visit),), sheet.right, top, BODY, right=True)
        _draw_rule(canvas, sheet, top - depth, RULE, INK)

    return Block(depth + AFTER_HEADER, draw)


def _lines(
    words: Words | str, size: float, sheet: Sheet, *, strong: bool = False, grey: float = INK
) -> Iterator[Block]:
    """A paragraph, as one block a line, so that it can flow from page to page."""
    for line in wrapped(words, size, sheet.column, strong=strong):
        yield _line(line, size, sheet.left, grey)


def _line(line: Words, size: float, x: float, grey: float = INK) -> Block:
    def draw(canvas: Canvas, top: float) -> None:
        draw_words(canvas, line, x, top, size, grey=grey)

    return Block(size * LEADING, draw)


def _facts(facts: Sequence[Fact], shares: Sequence[float], sheet: Sheet) -> Block:
    """Small labels with their lines in columns, between two hairlines."""
    places = _columns(shares, sheet)
    columns = [
        (fact.label, x, _wrapped(fact.lines, BODY, width - FACT_GAP))
        for fact, (x, width) in zip(facts, places, strict=True)
    ]
    deepest = max(len(lines) for _label, _x, lines in columns)
    depth = 2 * FACT_PADDING + LABEL * LEADING + deepest * BODY * LEADING

    def draw(canvas: Canvas, top: float) -> None:
        _draw_rule(canvas, sheet, top, HAIRLINE, HAIR)
        for label, x, lines in columns:
            y = top - FACT_PADDING
            draw_label(canvas, label, x, y)
            for row, words in enumerate(lines):
                draw_words(canvas, words, x, y - LABEL * LEADING - row * BODY * LEADING, BODY)
        _draw_rule(canvas, sheet, top - depth, HAIRLINE, HAIR)

    return Block(depth, draw)


def _figure(note: Note, sheet: Sheet) -> Block:
    def draw(canvas: Canvas, top: float) -> None:
        draw_figure(canvas, note.pictures, sheet.left, top, sheet.column)

    return Block(figure_height(note.pictures, sheet.column), draw, with_next=True)


def _legend(note: Note, sheet: Sheet) -> Block:
    def draw(canvas: Canvas, top: float) -> None:
        x, y = sheet.left + LEGEND_SYMBOL / 2, top - LEGEND_ROW / 2
        for shape, text in note.legend:
            draw_symbol(canvas, shape, x, y, LEGEND_SCALE)
            x += LEGEND_SYMBOL
            write(canvas, text, x, y - SMALL * MIDDLE, SMALL, grey=FADED)
            x += width_of(text, SMALL) + LEGEND_SYMBOL + 3 * mm

    return Block(LEGEND_ROW, draw)


def _regions(table: RegionTable, sheet: Sheet) -> Iterator[Block]:
    columns = _columns(REGION_SHARES, sheet)
    head = _head(table.head, columns, sheet, RIGHT_ALIGNED_REGION)
    if table.heading:
        yield from _heading(table.heading, sheet)
    yield head
    for name, place, *doses, units in table.rows:
        cells = (
            Run(name, strong=True),
            Run(place),
            *(Run(_breaking_at_plus(dose)) for dose in doses),
            Run(units, strong=True),
        )
        row = Row(_cells(cells), (BODY, PLACE, BODY, BODY, BODY, BODY), (INK,) * 6)
        for block in _row(row, columns, sheet, REGION_PADDING, head, RIGHT_ALIGNED_REGION):
            yield replace(block, with_next=True)  # up to the sum
    name, rest, *sums = table.total
    total = (Run(name, strong=True), Run(rest), *(Run(text, strong=True) for text in sums))
    sizes = (HEADING, PLACE, HEADING, HEADING, HEADING, HEADING)
    yield from _row(
        Row(_cells(total), sizes, (INK,) * 6, line=None),
        columns,
        sheet,
        REGION_PADDING,
        head,
        RIGHT_ALIGNED_REGION,
    )


def _breaking_at_plus(doses: str) -> str:
    """Doses that break into lines before a plus only, so that `2 × 5` stays in one piece."""
    return doses.replace(" ", "\N{NO-BREAK SPACE}").replace("\N{NO-BREAK SPACE}+", " +")


Columns = tuple[tuple[float, float], ...]  # the left edge and width of each, in points


def _columns(shares: Sequence[float], sheet: Sheet) -> Columns:
    one = sheet.column / sum(shares)
    edges = [sheet.left + one * sum(shares[:at]) for at in range(len(shares))]
    return tuple((edge, one * share) for edge, share in zip(edges, shares, strict=True))


@dataclass(frozen=True)
class Row:
    """Cells with a size and a grey each, and the grey of the line under them; none has no line."""

    cells: tuple[Lines, ...]
    sizes: tuple[float, ...]
    greys: tuple[float, ...]
    line: float | None = HAIR


def _cells(runs: Iterable[Run]) -> tuple[Lines, ...]:
    """Each as a cell of one line; an empty one has none."""
    return tuple(((run,),) if run.text else () for run in runs)


def _wrapped(lines: Lines, size: float, width: float) -> list[Words]:
    return [line for words in lines for line in wrapped(words, size, width)]


def _head(
    labels: Sequence[str], columns: Columns, sheet: Sheet, right: frozenset[int] = NONE_ALIGNED
) -> Block:
    height = LABEL * LEADING + 1.6 * mm

    def draw(canvas: Canvas, top: float) -> None:
        for at, (label, (x, width)) in enumerate(zip(labels, columns, strict=True)):
            draw_label(canvas, label, x + width if at in right else x, top, right=at in right)
        _draw_rule(canvas, sheet, top - height, RULE, INK)

    return Block(height, draw, with_next=True)


def _row(
    row: Row,
    columns: Columns,
    sheet: Sheet,
    padding: float,
    head: Block | None = None,
    right: frozenset[int] = NONE_ALIGNED,
) -> Iterator[Block]:
    """A row as one block, or, when it has many lines, as some that follow each other."""
    wide = [
        _wrapped(lines, size, width - (0 if at in right else CELL_GAP))
        for at, (lines, size, (_x, width)) in enumerate(
            zip(row.cells, row.sizes, columns, strict=True)
        )
    ]
    depth = max(len(lines) for lines in wide)
    leading = max(row.sizes) * LEADING
    for start in range(0, depth, ROW_LINES):
        end = min(start + ROW_LINES, depth)
        above, below = padding * (start == 0), padding * (end == depth)
        height = (end - start) * leading + above + below

        def draw(
            canvas: Canvas,
            top: float,
            start: int = start,
            end: int = end,
            above: float = above,
            height: float = height,
        ) -> None:
            # Cell by cell, so that a cell of two lines is read back in one piece.
            for column, lines in enumerate(wide):
                x, width = columns[column]
                for at, line in enumerate(lines[start:end]):
                    draw_words(
                        canvas,
                        line,
                        x + width if column in right else x,
                        top - above - at * leading,
                        row.sizes[column],
                        grey=row.greys[column],
                        right=column in right,
                        leading=leading,
                    )
            if end == depth and row.line is not None:
                _draw_rule(canvas, sheet, top - height, HAIRLINE, row.line)

        yield Block(height, draw, with_next=end < depth, head=head if start == 0 else None)


def _balance(note: Note, sheet: Sheet) -> list[Block]:
    """The lines that a payer looks for, on a grey ground with a bar."""
    lines = _wrapped(note.balance, HEADING, sheet.column - 2 * BALANCE_INSET)
    blocks: list[Block] = []
    for start in range(0, len(lines), ROW_LINES):
        part = lines[start : start + ROW_LINES]
        above = BALANCE_PADDING * (start == 0)
        below = BALANCE_PADDING * (start + len(part) == len(lines))
        depth = len(part) * HEADING * LEADING + above + below

        def draw(
            canvas: Canvas,
            top: float,
            part: Sequence[Words] = part,
            above: float = above,
            depth: float = depth,
        ) -> None:
            canvas.setFillGray(FILL)
            canvas.rect(sheet.left, top - depth, sheet.column, depth, stroke=0, fill=1)
            canvas.setFillGray(INK)
            canvas.rect(sheet.left, top - depth, BAR, depth, stroke=0, fill=1)
            for at, words in enumerate(part):
                y = top - above - at * HEADING * LEADING
                draw_words(canvas, words, sheet.left + BALANCE_INSET, y, HEADING)

        blocks.append(Block(depth, draw))
    return blocks


def _heading(text: str, sheet: Sheet) -> Iterator[Block]:
    yield replace(_gap(BEFORE_SECTION), with_next=True)
    for block in _lines(text, HEADING, sheet, strong=True):
        yield replace(block, with_next=True)
    yield replace(_gap(AFTER_HEADING), with_next=True)


def _headed(
    heading: str, blocks: Sequence[Block], sheet: Sheet, head: Block | None = None
) -> Iterator[Block]:
    """Blocks under a heading that is said again, with the head, on each page they go on to.

    No block stands alone, neither under the heading nor on top of the last page.
    """
    _gap_above, *again = _heading(continued(heading), sheet)
    heads = [] if head is None else [head]
    yield from _heading(heading, sheet)
    yield from heads
    for at, block in enumerate(blocks):
        kept = at < len(blocks) - 1 and at in (0, len(blocks) - 2)
        kept = kept or block.with_next
        yield replace(block, with_next=kept, head=_stacked([*again, *heads]))


def _stacked(blocks: Sequence[Block]) -> Block:
    """Blocks as one."""

    def draw(canvas: Canvas, top: float) -> None:
        for block in blocks:
            block.draw(canvas, top)
            top -= block.height

    return Block(sum(block.height for block in blocks), draw)


def _section(section: Section, sheet: Sheet) -> Iterator[Block]:
    if not section.items:
        return
    yield from _headed(section.heading, list(_entries(section.items, sheet)), sheet)


def _entries(items: Sequence[Item], sheet: Sheet) -> Iterator[Block]:
    """The entries of a list: a line a block, or two entries side by side where there are many."""
    inset = KEY_COLUMN if any(item.key for item in items) else 0.0
    half = (sheet.column - GUTTER) / 2
    pairs = [_entry(item, half, inset) for item in items]
    if len(items) % 2:
        pairs[-1] = _entry(items[-1], sheet.column, inset)
    if inset and len(items) > MOST_IN_ONE_COLUMN and max(map(len, pairs)) <= PAIRED_LINES:
        for at in range(0, len(pairs), 2):
            yield _side_by_side(pairs[at : at + 2], half + GUTTER, inset, sheet)
        return
    for item in items:
        lines = _entry(item, sheet.column, inset)
        for at, line in enumerate(lines):
            block = _side_by_side([[line]], 0.0, inset, sheet)
            yield replace(block, with_next=at < len(lines) - 1)


Entry = list[tuple[str, Words]]  # the lines of an entry, the first one with its key


def _entry(item: Item, width: float, inset: float) -> Entry:
    lines = wrapped(item.text, BODY, width - inset)
    return [(item.key if at == 0 else "", words) for at, words in enumerate(lines)]


def _side_by_side(entries: Sequence[Entry], apart: float, inset: float, sheet: Sheet) -> Block:
    def draw(canvas: Canvas, top: float) -> None:
        for column, entry in enumerate(entries):
            x = sheet.left + column * apart
            for at, (key, words) in enumerate(entry):
                y = top - at * BODY * LEADING
                draw_words(canvas, (Run(key, strong=True),) if key else (), x, y, BODY)
                draw_words(canvas, words, x + inset, y, BODY)

    return Block(max(map(len, entries)) * BODY * LEADING, draw)


def _table(heading: str, table: Table, shares: Sequence[float], sheet: Sheet) -> Iterator[Block]:
    """A table that stays on one page if it can."""
    if not table.rows:
        return
    columns = _columns(shares, sheet)
    head = _head(table.head, columns, sheet)
    blocks: list[Block] = []
    for at, cells in enumerate(table.rows):
        line = HAIR if at in table.group_ends else FAINT
        row = Row(_cells(cells), (CELL,) * len(cells), (INK,) * len(cells), line)
        blocks += _row(row, columns, sheet, SITE_PADDING)
    together = [replace(block, with_next=True) for block in blocks[:-1]]
    yield from _headed(heading, [*together, blocks[-1]], sheet, head)


def _grid(grid: Grid, shares: Sequence[float], sheet: Sheet) -> Iterator[Block]:
    """A table whose cells have lines of their own; the first column stands out."""
    if not grid.rows:
        return
    columns = _columns(shares, sheet)
    head = _head(grid.head, columns, sheet)
    blocks: list[Block] = []
    for row in grid.rows:
        cells = tuple(
            tuple((Run(line, strong=at == 0),) for line in lines) for at, lines in enumerate(row)
        )
        size, ink = (CELL,) * len(cells), (INK,) * len(cells)
        blocks += _row(Row(cells, size, ink, FAINT), columns, sheet, SITE_PADDING)
    yield from _headed(grid.heading, blocks, sheet, head)


def _details(details: Details, sheet: Sheet) -> Iterator[Block]:
    """Labels with their lines beside them."""
    if not details.rows:
        return
    columns = _columns(DETAIL_SHARES, sheet)
    blocks: list[Block] = []
    for each in details.rows:
        lines = tuple((Run(line, strong=each.strong),) for line in each.lines)
        row = Row((((Run(each.label),),), lines), (CELL, CELL), (FADED, INK), FAINT)
        blocks += _row(row, columns, sheet, DETAIL_PADDING)
    blocks += _lines(details.small_print, SMALL, sheet, grey=FADED) if details.small_print else []
    yield from _headed(details.heading, blocks, sheet)


def _remark(note: Note, sheet: Sheet) -> Iterator[Block]:
    if not note.remark:
        return
    lines = [line for text in note.remark for line in _lines(text, BODY, sheet)]
    yield from _headed(note.remark_heading, lines, sheet)


def _signature(note: Note, sheet: Sheet) -> Iterator[Block]:
    yield from _heading(note.signature.heading, sheet)
    if note.draft:
        yield from _lines(note.draft, BODY, sheet, strong=True)
    for label in note.signature.blanks:
        yield _blank(label, sheet)
    facts = note.signature.lines
    if facts:
        yield _facts(facts, (1,) * len(facts), sheet)
    yield _gap(BEFORE_SECTION)
    for text in note.small_print:
        yield from _lines(text, SMALL, sheet, grey=FADED)


def _blank(label: str, sheet: Sheet) -> Block:
    def draw(canvas: Canvas, top: float) -> None:
        y = top - SIGN_LINE
        draw_label(canvas, label, sheet.left, y + LABEL * LEADING)
        canvas.setStrokeGray(INK)
        canvas.setLineWidth(HAIRLINE)
        canvas.line(sheet.left + SIGN_LABELS, y, sheet.left + sheet.column * 0.62, y)

    return Block(SIGN_LINE, draw)


def _footer_lines(note: Note, sheet: Sheet) -> list[Words]:
    rest = width_of(printed(note.signed), SMALL) + width_of("page 888 of 888", SMALL) + 2 * GUTTER
    return wrapped(note.footer, SMALL, sheet.column - rest)


def _footer_height(note: Note, sheet: Sheet) -> float:
    return 2 * FOOTER_GAP + len(_footer_lines(note, sheet)) * SMALL * LEADING


def _draw_footer(canvas: Canvas, note: Note, sheet: Sheet, number: int, pages: int) -> None:
    top = BOTTOM + _footer_height(note, sheet) - FOOTER_GAP
    _draw_rule(canvas, sheet, top, HAIRLINE, HAIR)
    lines = _footer_lines(note, sheet)
    for at, words in enumerate(lines):
        y = top - FOOTER_GAP - at * SMALL * LEADING
        draw_words(canvas, words, sheet.left, y, SMALL, grey=FADED)
    y = top - FOOTER_GAP
    page = (Run(note.page_words.format(page=number, pages=pages)),)
    signed = sheet.right - width_of(page[0].text, SMALL) - GUTTER
    draw_words(canvas, (Run(note.signed),), signed, y, SMALL, grey=FADED, right=True)
    draw_words(canvas, page, sheet.right, y, SMALL, grey=FADED, right=True)


def _draw_rule(canvas: Canvas, sheet: Sheet, y: float, width: float, grey: float) -> None:
    canvas.setStrokeGray(grey)
    canvas.setLineWidth(width)
    canvas.line(sheet.left, y, sheet.right, y)


def draw_label(canvas: Canvas, text: str, x: float, top: float, *, right: bool = False) -> None:
    """A column's or a fact's small label, in capitals."""
    capitals = printed(text).upper()
    length = width_of(capitals, LABEL, strong=True) + LABEL_SPACING * len(capitals)
    x -= length if right else 0.0
    y = top - LABEL * LEADING / 2 - LABEL * MIDDLE
    write(canvas, capitals, x, y, LABEL, strong=True, spacing=LABEL_SPACING)


def draw_words(
    canvas: Canvas,
    words: Words,
    x: float,
    top: float,
    size: float,
    *,
    grey: float = INK,
    right: bool = False,
    leading: float | None = None,
) -> None:
    """One line of text whose upper edge is `top`; `x` is its left end, or its right end."""
    y = top - (leading or size * LEADING) / 2 - size * MIDDLE
    if right:
        x -= sum(width_of(printed(run.text), size, strong=run.strong) for run in words)
    for run in words:
        write(canvas, run.text, x, y, size, grey=grey, strong=run.strong)
        x += width_of(printed(run.text), size, strong=run.strong)
