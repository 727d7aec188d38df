"""The page about a response on paper: a chart, and under it its figures, column by column.

It looks like the session's note, and is read without colour: by shapes, lengths and numbers.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from itertools import groupby

from reportlab.graphics import renderPDF
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.shapes import Drawing, Line, Rect
from reportlab.graphics.widgets.markers import Marker, makeMarker
from reportlab.lib.colors import Color, white
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from desktop.note.fonts import PLAIN, printed, width_of, wrapped, write
from desktop.note.pdf import (
    BALANCE_INSET,
    BALANCE_PADDING,
    BAR,
    BODY,
    BOTTOM,
    CELL,
    FACT_PADDING,
    FADED,
    FAINT,
    FILL,
    FOOTER_GAP,
    GUTTER,
    HAIR,
    HAIRLINE,
    HEADING,
    INK,
    LABEL,
    LEADING,
    MIDDLE,
    NAME,
    RULE,
    SHEETS,
    SMALL,
    TITLE,
    TOP,
    Sheet,
    draw_label,
    draw_words,
)
from desktop.note.pieces import NOTHING, Run, Words
from desktop.note.response import Chart, Doses, Figures, Guidance, ResponsePage

LABELS = 40 * mm  # the column of labels, left of the chart and its figures
FEWEST_COLUMNS = 6  # fewer would stand too far apart
CELL_INSET = 1.1 * mm
HIGHEST_ROW, LOWEST_ROW = 4.4 * mm, 3.3 * mm
HEAD_ROW = 5.4 * mm
GROUP_ROW = 6.0 * mm
GUIDANCE_SHARES = (0.36, 0.385, 0.255)
GUIDANCE_PADDING = 0.7 * mm
AFTER = 3.0 * mm
HIGHEST_CHART, GOOD_CHART, LOWEST_CHART = 78 * mm, 52 * mm, 30 * mm
LEGEND = 6.0 * mm
SMALLEST = 5.0  # the size of a text that would not fit its cell otherwise
AXIS_STEP = 7  # days: a week
DOT, DIAMOND = 6.4, 5.2
PAPER = 1.0
LABEL_APART = 5.5  # from a point to its number
CAPITAL = 0.73  # the height of a number, in font sizes
LEVEL_SIZE = 6.8
DATA_BAR = 0.87  # the grey of a dose's bar


Runs = list[list[float | None]]  # curves without gaps, each over all columns


@dataclass(frozen=True)
class Grid:
    """The columns under the chart: where the first begins, and how wide each is."""

    left: float
    width: float

    def middle(self, column: int) -> float:
        """The middle of a column."""
        return self.left + (column + 0.5) * self.width


def drawn(page: ResponsePage) -> bytes:
    """The PDF of a page whose every character can be printed."""
    sheet = Sheet(*SHEETS[page.paper])
    file = BytesIO()
    canvas = _canvas(page, sheet, file)
    columns = max(len(page.heads), FEWEST_COLUMNS)
    grid = Grid(sheet.left + LABELS, (sheet.column - LABELS) / columns)
    floor = BOTTOM + _footer_height(page, sheet)

    y = _draw_header(canvas, page, sheet, sheet.height - TOP)
    y = _draw_title(canvas, page, sheet, y)
    y = _draw_facts(canvas, page, sheet, y)
    below = _guidance_height(page.guidance, sheet) + _end_height(page, sheet)
    rows = len(page.counts) + len(page.doses) + 2
    spare = y - floor - HEAD_ROW - 2 * GROUP_ROW - LEGEND - AFTER
    fits = spare - below - rows * LOWEST_ROW >= LOWEST_CHART
    spare -= below if fits else 0
    row = max(LOWEST_ROW, min(HIGHEST_ROW, (spare - GOOD_CHART) / rows))
    height = max(LOWEST_CHART, min(HIGHEST_CHART, spare - rows * row))
    pages = 1 if fits else 2
    y = _draw_chart(canvas, page.chart, grid, columns, y, height)
    y = _draw_heads(canvas, page, sheet, grid, y, row)
    y = _draw_group(canvas, page.counts_heading, sheet, y)
    for figures in page.counts:
        y = _draw_figures(canvas, figures, sheet, grid, y, row)
    y = _draw_group(canvas, page.doses_heading, sheet, y)
    y = _draw_figures(canvas, page.total, sheet, grid, y, row)
    y = _draw_doses(canvas, page.doses, sheet, grid, y, row)
    if not fits:  # so many rows that the guidance has to stand on a page of its own
        _draw_footer(canvas, page, sheet, 1, pages)
        canvas.showPage()
        y = _draw_header(canvas, page, sheet, sheet.height - TOP)
    y = _draw_guidance(canvas, page, sheet, y - AFTER)
    _draw_end(canvas, page, sheet, y)
    _draw_footer(canvas, page, sheet, pages, pages)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _canvas(page: ResponsePage, sheet: Sheet, file: BytesIO) -> Canvas:
    canvas = Canvas(
        file,
        pagesize=(sheet.width, sheet.height),
        invariant=True,
        pageCompression=True,
        initialFontName=PLAIN,  # type: ignore[arg-type]  # the stubs say float
        lang=page.about.language,
    )
    canvas.setTitle(page.about.title)
    canvas.setAuthor(page.about.author)
    canvas.setSubject(page.about.subject)
    canvas.setCreator("Glabella")
    offset = f"{page.about.made_at:%z}"
    made = f"D:{page.about.made_at:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:5]}'"
    canvas.setDateFormatter(lambda *_now: made)
    return canvas


def _draw_header(canvas: Canvas, page: ResponsePage, sheet: Sheet, top: float) -> float:
    """Clinic at the left, patient at the right, and a rule under both; where the rest begins."""
    half = (sheet.column - GUTTER) / 2
    lowest = top
    for name, details, x, right in (
        (page.clinic, page.clinic_lines, sheet.left, False),
        (page.patient, page.patient_lines, sheet.right, True),
    ):
        y = top
        for words in wrapped(name, NAME, half, strong=True):
            draw_words(canvas, words, x, y, NAME, right=right)
            y -= NAME * LEADING
        for detail in details:
            for words in wrapped(detail, BODY, half):
                draw_words(canvas, words, x, y, BODY, grey=FADED, right=right)
                y -= BODY * LEADING
        lowest = min(lowest, y)
    _draw_rule(canvas, sheet, lowest - FOOTER_GAP, RULE, INK)
    return lowest - FOOTER_GAP - AFTER


def _draw_title(canvas: Canvas, page: ResponsePage, sheet: Sheet, y: float) -> float:
    y = _draw_lines(canvas, wrapped(page.title, TITLE, sheet.column, strong=True), sheet, y, TITLE)
    y = _draw_lines(canvas, wrapped(page.scope, BODY, sheet.column), sheet, y, BODY)
    return y - 2 * mm


def _draw_lines(
    canvas: Canvas,
    lines: Iterable[Words],
    sheet: Sheet,
    y: float,
    size: float,
    grey: float = INK,
) -> float:
    for line in lines:
        draw_words(canvas, line, sheet.left, y, size, grey=grey)
        y -= size * LEADING
    return y


def _draw_facts(canvas: Canvas, page: ResponsePage, sheet: Sheet, top: float) -> float:
    """Small labels with their lines in columns of one width, between two hairlines."""
    width = (sheet.column - GUTTER * (len(page.facts) - 1)) / len(page.facts)
    _draw_rule(canvas, sheet, top, HAIRLINE, HAIR)
    lowest = top
    for at, fact in enumerate(page.facts):
        x, y = sheet.left + at * (width + GUTTER), top - FACT_PADDING
        draw_label(canvas, fact.label, x, y)
        y -= LABEL * LEADING
        for words in fact.lines:
            for line in wrapped(words, BODY, width):
                draw_words(canvas, line, x, y, BODY)
                y -= BODY * LEADING
        lowest = min(lowest, y)
    _draw_rule(canvas, sheet, lowest - FACT_PADDING, HAIRLINE, HAIR)
    return lowest - FACT_PADDING - AFTER


def _draw_chart(
    canvas: Canvas, chart: Chart, grid: Grid, columns: int, top: float, height: float
) -> float:
    """Lines of days a month, a point over each column; where the table begins."""
    _draw_legend(canvas, chart, grid, top)
    bottom = top - LEGEND - height
    plot = height - 4 * mm  # room for the number over the highest point
    width = columns * grid.width
    drawing = Drawing(width, plot)
    # Grid, levels, the ground of the numbers, curves: no line runs through a number.
    drawing.add(_axes(chart, columns, width, plot))
    for level in chart.levels:
        y = float(level.at) * plot / chart.top
        dashes = [4, 2.5] if level is chart.levels[0] else [1, 2]
        drawing.add(Line(0, y, width, y, strokeWidth=0.8, strokeDashArray=dashes))
    numbers = list(_numbers(chart, grid, plot))
    for number in numbers:
        left, depth = number.left - grid.left - 1.5, HEADING * CAPITAL + 3
        drawing.add(_filled(left, number.base - 1.5, number.width + 3, depth, white))
    runs = _runs(chart, chart.migraine, columns), _runs(chart, chart.headache, columns)
    if any(runs):
        drawing.add(_curves(chart, columns, width, plot, *runs))
    for point in _points(chart, grid, plot):
        drawing.add(point)
    renderPDF.draw(drawing, canvas, grid.left, bottom)
    for number in numbers:
        write(canvas, number.text, number.left, bottom + number.base, HEADING, strong=True)
    _write_levels(canvas, chart, grid, bottom, plot)
    return bottom


@dataclass(frozen=True)
class Number:
    """The number of a point: its left end on the page, and its base line over the chart's floor."""

    text: str
    left: float
    base: float
    width: float


def _numbers(chart: Chart, grid: Grid, plot: float) -> Iterator[Number]:
    """Numbers over their points, clear of the headache curve."""
    tall = HEADING * CAPITAL
    heights = [None if each is None else float(each) * plot / chart.top for each in chart.headache]
    for at, (text, y) in enumerate(zip(chart.labels, heights, strict=True)):
        if y is None:
            continue
        width = width_of(text, HEADING, strong=True)
        left, base = grid.middle(at) - width / 2, y + LABEL_APART
        before = heights[at - 1] if at > int(chart.is_cut) else None
        from_left = _is_steep(before, y, width, grid)
        from_right = _is_steep(heights[at + 1] if at + 1 < len(heights) else None, y, width, grid)
        if from_left and from_right:  # the bottom of a valley
            base = y - LABEL_APART - tall
        elif from_left or from_right:
            left += width / 2 + 1.5 if from_left else -width / 2 - 1.5
        yield Number(text, left, max(base, 2), width)


def _is_steep(beside: float | None, y: float, width: float, grid: Grid) -> bool:
    """Whether the curve from a neighbour comes down through a number over the point."""
    return beside is not None and (beside - y) / grid.width * (width / 2 + 1) > LABEL_APART - 2


def _axes(chart: Chart, columns: int, width: float, height: float) -> HorizontalLineChart:
    """The chart without its curves."""
    axes = _empty_chart(chart, columns, width, height)
    axes.data, axes.joinedLines = [[None] * columns], 0
    axes.categoryAxis.strokeWidth = RULE
    axes.valueAxis.visibleGrid = 1
    axes.valueAxis.gridStrokeWidth = HAIRLINE
    axes.valueAxis.gridStrokeColor = _grey(FAINT)
    axes.valueAxis.labels.fontName = PLAIN
    axes.valueAxis.labels.fontSize = LEVEL_SIZE
    axes.valueAxis.labels.dx = -2
    return axes


def _curves(
    chart: Chart,
    columns: int,
    width: float,
    height: float,
    migraine: Runs,
    headache: Runs,
) -> HorizontalLineChart:
    """The two curves, broken where a cycle was not counted."""
    curves = _empty_chart(chart, columns, width, height)
    curves.categoryAxis.visible = 0
    curves.valueAxis.visible = 0
    curves.data = [*migraine, *headache]
    for row in range(len(curves.data)):
        curves.lines[row].strokeColor = _grey(INK)
        curves.lines[row].strokeWidth = 0.7 if row < len(migraine) else 1.6
    return curves


def _points(chart: Chart, grid: Grid, plot: float) -> Iterator[Marker]:
    """A mark for each value: a diamond for migraine, a disc for headache, hollow when early."""
    for at, (migraine, headache) in enumerate(zip(chart.migraine, chart.headache, strict=True)):
        x = grid.middle(at) - grid.left
        if migraine is not None:
            y = float(migraine) * plot / chart.top
            yield _marker("FilledDiamond", DIAMOND, white, x, y)
        if headache is not None:
            y = float(headache) * plot / chart.top
            yield _marker("FilledCircle", DOT, white if at in chart.early else _grey(INK), x, y)


def _empty_chart(chart: Chart, columns: int, width: float, height: float) -> HorizontalLineChart:
    lines = HorizontalLineChart()
    lines.x, lines.y = 0, 0
    lines.width, lines.height = width, height  # type: ignore[assignment]  # the stubs say int
    lines.joinedLines = 1
    lines.categoryAxis.categoryNames = [""] * columns
    lines.categoryAxis.visibleTicks = 0
    lines.valueAxis.valueMin, lines.valueAxis.valueMax = 0, chart.top
    lines.valueAxis.valueSteps = list(range(0, chart.top + 1, AXIS_STEP))
    lines.valueAxis.visibleAxis = 0
    lines.valueAxis.visibleTicks = 0
    return lines


def _runs(chart: Chart, values: Sequence[Fraction | None], columns: int) -> Runs:
    """Each run of two values or more without a gap, as one curve over all columns."""
    runs = []
    joined = list(enumerate(values))[int(chart.is_cut) :]
    for is_known, run in groupby(joined, key=lambda each: each[1] is not None):
        points = {at: float(value) for at, value in run if value is not None}
        if is_known and len(points) > 1:  # one point makes no line
            runs.append([points.get(at) for at in range(columns)])
    return runs


def _marker(name: str, size: float, fill: Color, x: float, y: float) -> Marker:
    marker: Marker = makeMarker(name)  # type: ignore[no-untyped-call]
    marker.x, marker.y, marker.size = x, y, size
    marker.fillColor = fill
    marker.strokeColor = _grey(INK)
    marker.strokeWidth = 0.9
    return marker


def _grey(level: float) -> Color:
    return Color(level, level, level)


def _filled(x: float, y: float, width: float, height: float, fill: Color) -> Rect:
    rect = Rect(x, y, width, height)
    rect.fillColor, rect.strokeColor = fill, None
    return rect


def _draw_legend(canvas: Canvas, chart: Chart, grid: Grid, top: float) -> None:
    y = top - LEGEND / 2
    left = grid.left - LABELS
    write(canvas, chart.heading, left, y - HEADING * MIDDLE, HEADING, strong=True)
    x = max(grid.left, left + width_of(printed(chart.heading), HEADING, strong=True) + GUTTER)
    symbols = [("FilledCircle", DOT, INK), ("FilledDiamond", DIAMOND, PAPER)]
    if chart.early:
        symbols.append(("FilledCircle", DOT, PAPER))
    for (name, size, fill), text in zip(symbols, chart.legend, strict=False):
        drawing = Drawing(8, 8)
        drawing.add(_marker(name, size, _grey(fill), 4, 4))
        renderPDF.draw(drawing, canvas, x, y - 4)
        write(canvas, text, x + 3.4 * mm, y - SMALL * MIDDLE, SMALL, grey=FADED)
        x += 3.4 * mm + width_of(printed(text), SMALL) + 5 * mm


def _write_levels(canvas: Canvas, chart: Chart, grid: Grid, bottom: float, plot: float) -> None:
    """The names of the lines across the chart, left of its axis, one clear of the other."""
    last = bottom + plot + 2 * LEVEL_SIZE
    room = LABELS - 6 * mm
    for level in chart.levels:
        y = bottom + float(level.at) * plot / chart.top - LEVEL_SIZE * MIDDLE
        y = min(y, last - LEVEL_SIZE * 1.25)
        size = _fitting(level.label, LEVEL_SIZE, room)
        x = grid.left - 5.5 * mm - width_of(printed(level.label), size)
        write(canvas, level.label, x, y, size, grey=FADED)
        last = y


def _draw_heads(
    canvas: Canvas, page: ResponsePage, sheet: Sheet, grid: Grid, top: float, row: float
) -> float:
    y = top - HEAD_ROW / 2 - CELL * MIDDLE
    for at, head in enumerate(page.heads):
        size = _fitting(head, CELL, grid.width - 1, strong=True)
        _write_middle(canvas, head, grid.middle(at), y, size, strong=True)
    return _draw_figures(canvas, page.sessions, sheet, grid, top - HEAD_ROW, row)


def _draw_group(canvas: Canvas, heading: str, sheet: Sheet, top: float) -> float:
    draw_label(canvas, heading, sheet.left, top - GROUP_ROW + LABEL * LEADING + 0.8 * mm)
    _draw_rule(canvas, sheet, top - GROUP_ROW, RULE, INK)
    return top - GROUP_ROW


def _draw_figures(
    canvas: Canvas, figures: Figures, sheet: Sheet, grid: Grid, top: float, row: float
) -> float:
    base = top - row / 2 - CELL * MIDDLE
    size = _fitting(figures.label, CELL, LABELS - CELL_INSET, strong=figures.is_strong)
    write(canvas, figures.label, sheet.left, base, size, strong=figures.is_strong)
    # A row is of one size: the strong face is the wider one.
    room = grid.width - CELL_INSET
    size = min(_fitting(text, CELL, room, strong=True) for text in figures.cells)
    for at, text in enumerate(figures.cells):
        strong = figures.is_strong or at in figures.strong_cells
        grey = HAIR if text == NOTHING else INK
        _write_middle(canvas, text, grid.middle(at), base, size, strong=strong, grey=grey)
    _draw_rule(canvas, sheet, top - row, HAIRLINE, FAINT)
    return top - row


def _draw_doses(
    canvas: Canvas, doses: Sequence[Doses], sheet: Sheet, grid: Grid, top: float, row: float
) -> float:
    """Units by region: a bar as long as the dose behind each number, one scale for all."""
    most = max((units for each in doses for units in each.units if units), default=None)
    drawing = Drawing(sheet.column, row * len(doses))
    for line, each in enumerate(doses):
        for at, units in enumerate(each.units):
            if units and most:
                width = float(units / most) * (grid.width - 2 * CELL_INSET)
                x = grid.middle(at) - sheet.left - width / 2
                y = row * (len(doses) - line - 1) + 0.45 * mm
                drawing.add(_filled(x, y, width, row - 0.9 * mm, _grey(DATA_BAR)))
    renderPDF.draw(drawing, canvas, sheet.left, top - row * len(doses))
    for each in doses:
        top = _draw_figures(canvas, each.figures, sheet, grid, top, row)
    return top


def _guidance_widths(sheet: Sheet) -> list[float]:
    return [share * sheet.column for share in GUIDANCE_SHARES]


def _guidance_lines(each: Guidance, sheet: Sheet) -> list[list[Words]]:
    cells = (each.says, each.here, each.source)
    return [
        wrapped(text, SMALL, width - 2 * CELL_INSET)
        for text, width in zip(cells, _guidance_widths(sheet), strict=True)
    ]


def _guidance_height(guidance: Iterable[Guidance], sheet: Sheet) -> float:
    rows = (
        max(map(len, _guidance_lines(each, sheet))) * SMALL * LEADING + 2 * GUIDANCE_PADDING
        for each in guidance
    )
    return GROUP_ROW + sum(rows)


def _draw_guidance(canvas: Canvas, page: ResponsePage, sheet: Sheet, top: float) -> float:
    widths = _guidance_widths(sheet)
    edges = [sheet.left + sum(widths[:at]) for at in range(len(widths))]
    for head, x in zip(page.guidance_head, edges, strict=True):
        draw_label(canvas, head, x, top - GROUP_ROW + LABEL * LEADING + 0.8 * mm)
    y = top - GROUP_ROW
    _draw_rule(canvas, sheet, y, RULE, INK)
    for each in page.guidance:
        cells = _guidance_lines(each, sheet)
        for column, (lines, x) in enumerate(zip(cells, edges, strict=True)):
            for at, line in enumerate(lines):
                line_top = y - GUIDANCE_PADDING - at * SMALL * LEADING
                grey = FADED if column == len(cells) - 1 else INK
                draw_words(canvas, line, x, line_top, SMALL, grey=grey)
        y -= max(map(len, cells)) * SMALL * LEADING + 2 * GUIDANCE_PADDING
        _draw_rule(canvas, sheet, y, HAIRLINE, FAINT)
    return y


def _end_height(page: ResponsePage, sheet: Sheet) -> float:
    small = sum(len(wrapped(text, SMALL, sheet.column)) for text in page.small_print)
    return 2 * AFTER + HEADING * LEADING + 2 * BALANCE_PADDING + small * SMALL * LEADING


def _draw_end(canvas: Canvas, page: ResponsePage, sheet: Sheet, top: float) -> None:
    """The caution on a grey ground with a bar, and the small print."""
    top -= AFTER
    depth = HEADING * LEADING + 2 * BALANCE_PADDING
    canvas.setFillGray(FILL)
    canvas.rect(sheet.left, top - depth, sheet.column, depth, stroke=0, fill=1)
    canvas.setFillGray(INK)
    canvas.rect(sheet.left, top - depth, BAR, depth, stroke=0, fill=1)
    draw_words(canvas, page.caution, sheet.left + BALANCE_INSET, top - BALANCE_PADDING, HEADING)
    y = top - depth - AFTER / 2
    for text in page.small_print:
        y = _draw_lines(canvas, wrapped(text, SMALL, sheet.column), sheet, y, SMALL, FADED)


def _footer_lines(page: ResponsePage, sheet: Sheet) -> list[Words]:
    return wrapped(page.footer, SMALL, sheet.column - width_of("page 8 of 8", SMALL) - 2 * GUTTER)


def _footer_height(page: ResponsePage, sheet: Sheet) -> float:
    return 2 * FOOTER_GAP + len(_footer_lines(page, sheet)) * SMALL * LEADING


def _draw_footer(canvas: Canvas, page: ResponsePage, sheet: Sheet, number: int, pages: int) -> None:
    top = BOTTOM + _footer_height(page, sheet) - FOOTER_GAP
    _draw_rule(canvas, sheet, top, HAIRLINE, HAIR)
    _draw_lines(canvas, _footer_lines(page, sheet), sheet, top - FOOTER_GAP, SMALL, FADED)
    text = (Run(page.page_words.format(page=number, pages=pages)),)
    draw_words(canvas, text, sheet.right, top - FOOTER_GAP, SMALL, grey=FADED, right=True)


def _draw_rule(canvas: Canvas, sheet: Sheet, y: float, width: float, grey: float) -> None:
    canvas.setStrokeGray(grey)
    canvas.setLineWidth(width)
    canvas.line(sheet.left, y, sheet.right, y)


def _fitting(text: str, size: float, width: float, *, strong: bool = False) -> float:
    """The size at which a text is no wider than its cell, down to the smallest one can read."""
    wide = width_of(printed(text), size, strong=strong)
    return size if wide <= width else max(SMALLEST, size * width / wide)


def _write_middle(
    canvas: Canvas,
    text: str,
    middle: float,
    y: float,
    size: float,
    *,
    strong: bool = False,
    grey: float = INK,
) -> None:
    x = middle - width_of(printed(text), size, strong=strong) / 2
    write(canvas, text, x, y, size, strong=strong, grey=grey)
