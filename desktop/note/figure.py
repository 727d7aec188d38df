"""The map with its marks: the atlas's print art as PDF forms, and numbered marks on top of it."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, hypot, pi, sin
from xml.etree import ElementTree as ET

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFStream
from reportlab.pdfgen.canvas import Canvas

from desktop import resources
from desktop.core.atlas import Place, path_segments
from desktop.note.fonts import width_of, write
from desktop.note.pieces import Mark, Picture, Shape

PER_ROW = 3
BETWEEN = 2.8 * mm
BELOW_ROW = 2.2 * mm
CAPTION = 4.6 * mm
CAPTION_SIZE = 7.2
EDGE_SIZE = 8.5
EDGE_INSET = 1.2 * mm

RADIUS = 1.95 * mm
DIAMOND = 2.75 * mm
NUMBER_SIZE = 6.6
EXTRA_SIZE = 6.2
THIN = 0.7
THICK = 1.9
APART = 0.35 * mm
DOT = 0.5 * mm
BADGE_ROW = 6.2 * mm
BADGE_GAP = 0.8 * mm

MOVED_GAP = 1.3
CROSS, CROSS_LINE = 0.52 * RADIUS, 1.15  # from the middle of an omitted site's ring, across and up
CAPITAL = 0.73  # the height of a number, in font sizes
NUMBER_GAP = 0.3 * mm
CLEAR = 0.9 * mm  # a number so far from the next mark belongs to its own
# Where a number may stand beside its mark, the best place first, in eighths of a turn.
DIRECTIONS = (0, 4, 2, 6, 1, 3, 5, 7)

INK, PAPER = 0.0, 1.0

TENTHS = 10  # the forms count in tenths of a millimetre
OPERATORS = {"M": "m", "L": "l", "C": "c", "Z": "h"}  # SVG's and PDF's


@dataclass(frozen=True)
class Spot:
    """A picture on paper: its left and top edge and its scale, in points."""

    picture: Picture
    left: float
    top: float
    scale: float

    @property
    def width(self) -> float:
        """The width on paper, in points."""
        return self.picture.frame_mm[2] * self.scale

    @property
    def height(self) -> float:
        """The height on paper, in points."""
        return self.picture.frame_mm[3] * self.scale

    @property
    def transform(self) -> tuple[float, float, float, float, float, float]:
        """From columns and rows of the view to points of the paper, whose y axis points up."""
        column, row, _width, _height = self.picture.frame_mm
        across, down = self.left - column * self.scale, self.top + row * self.scale
        return self.scale, 0.0, 0.0, -self.scale, across, down

    def on_paper(self, place: Place) -> tuple[float, float]:
        """Where a place of the view is on the paper."""
        a, b, c, d, e, f = self.transform
        return a * place[0] + c * place[1] + e, b * place[0] + d * place[1] + f


def figure_height(pictures: Sequence[Picture], width: float) -> float:
    """The height of all rows of pictures, in points."""
    return sum(_row_height(row, width) for row in _rows(pictures))


def draw_figure(
    canvas: Canvas, pictures: Sequence[Picture], left: float, top: float, width: float
) -> None:
    """Draw the pictures in rows of full width, from `top` down."""
    for spot in spots(pictures, left, top, width):
        _draw_picture(canvas, spot)


def spots(pictures: Sequence[Picture], left: float, top: float, width: float) -> Iterator[Spot]:
    """Where each picture is drawn: in rows of full width, from `top` down."""
    for row in _rows(pictures):
        across = left
        for picture, scale in zip(row, _scales(row, width), strict=True):
            spot = Spot(picture, across, top, scale)
            yield spot
            across += spot.width + BETWEEN
        top -= _row_height(row, width)


def _rows(pictures: Sequence[Picture]) -> list[Sequence[Picture]]:
    return [pictures[at : at + PER_ROW] for at in range(0, len(pictures), PER_ROW)]


def _scales(row: Sequence[Picture], width: float) -> list[float]:
    """Points a millimetre of each picture: all of one height, and together as wide as the page."""
    shapes = sum(each.frame_mm[2] / each.frame_mm[3] for each in row)
    height = (width - BETWEEN * (len(row) - 1)) / shapes
    return [height / each.frame_mm[3] for each in row]


def _row_height(row: Sequence[Picture], width: float) -> float:
    scales = _scales(row, width)
    spots = [Spot(each, 0.0, 0.0, scale) for each, scale in zip(row, scales, strict=True)]
    badges = max(
        (badge_places(spot)[-1][1] + 1 for spot in spots if spot.picture.badges), default=0
    )
    return spots[0].height + CAPTION + badges * BADGE_ROW + BELOW_ROW


def badge_places(spot: Spot) -> list[tuple[float, int]]:
    """How far in and in which row under the caption each badge stands, behind the words."""
    across, row = width_of(spot.picture.badge_words, CAPTION_SIZE) + BADGE_GAP, 0
    places = []
    for _badge in spot.picture.badges:
        if across + 2 * DIAMOND > spot.width:
            across, row = 0.0, row + 1
        places.append((across + DIAMOND, row))
        across += 2 * DIAMOND + BADGE_GAP
    return places


def _draw_picture(canvas: Canvas, spot: Spot) -> None:
    canvas.saveState()
    clip = canvas.beginPath()
    clip.rect(spot.left, spot.top - spot.height, spot.width, spot.height)
    canvas.clipPath(clip, stroke=0)
    canvas.transform(*spot.transform)
    place_art(canvas, spot.picture.art)
    canvas.restoreState()
    _draw_edges(canvas, spot)
    marks = placed(spot)
    numbers = numbers_placed(spot, marks)
    for mark, at in marks:
        _draw_lines(canvas, spot, mark, at)
    # On top of every line, so that none crosses a number.
    for mark, at in marks:
        draw_symbol(canvas, mark.shape, *at)
    for mark, _at in marks:
        _draw_number(canvas, mark.shape, mark.key, *numbers[mark.key])
    _draw_caption(canvas, spot)


def _draw_edges(canvas: Canvas, spot: Spot) -> None:
    if spot.picture.edges is None:
        return
    left, right = spot.picture.edges
    y = spot.top - EDGE_INSET - EDGE_SIZE * 0.73
    right_end = spot.left + spot.width - EDGE_INSET
    write(canvas, left, spot.left + EDGE_INSET, y, EDGE_SIZE, strong=True)
    write(
        canvas,
        right,
        right_end - width_of(right, EDGE_SIZE, strong=True),
        y,
        EDGE_SIZE,
        strong=True,
    )


def _draw_caption(canvas: Canvas, spot: Spot) -> None:
    caption = spot.picture.caption
    x = spot.left + (spot.width - width_of(caption, CAPTION_SIZE)) / 2
    y = spot.top - spot.height - CAPTION + 1.4 * mm
    write(canvas, caption, x, y, CAPTION_SIZE)
    if not spot.picture.badges:
        return
    y -= BADGE_ROW / 2 + 0.6 * mm
    write(canvas, spot.picture.badge_words, spot.left, y - CAPTION_SIZE * 0.36, CAPTION_SIZE)
    for badge, (across, row) in zip(spot.picture.badges, badge_places(spot), strict=True):
        x, middle = spot.left + across, y - row * BADGE_ROW
        draw_symbol(canvas, Shape.EXTRA, x, middle)
        _draw_number(canvas, Shape.EXTRA, badge, x, middle)


def placed(spot: Spot) -> list[tuple[Mark, tuple[float, float]]]:
    """Where each mark is drawn: at its point, or beside it where another mark has that place.

    What was given where it was planned keeps its point; moved sites and extras give way to it.
    """
    taken: list[tuple[float, float, float]] = []
    found: dict[str, tuple[float, float]] = {}
    for mark in sorted(spot.picture.marks, key=_gives_way):
        reach = _reach(mark)
        at = _free(spot, spot.on_paper(mark.at), reach, taken)
        taken.append((*at, reach))
        found[mark.key] = at
    return [(mark, found[mark.key]) for mark in spot.picture.marks]


def _reach(mark: Mark) -> float:
    return DIAMOND if mark.shape is Shape.EXTRA else RADIUS


def _gives_way(mark: Mark) -> bool:
    return mark.shape is Shape.EXTRA or mark.planned_at is not None


def _free(
    spot: Spot,
    at: tuple[float, float],
    reach: float,
    taken: Sequence[tuple[float, float, float]],
) -> tuple[float, float]:
    """The place nearest to `at` at which a mark touches no other and stays in its picture."""
    for x, y in _spiral(at):
        inside = (
            spot.left + reach <= x <= spot.left + spot.width - reach
            and spot.top - spot.height + reach <= y <= spot.top - reach
        )
        if inside and all(hypot(x - a, y - b) >= reach + other + APART for a, b, other in taken):
            return x, y
    return at


def _spiral(at: tuple[float, float]) -> Iterator[tuple[float, float]]:
    yield at
    for ring in range(1, 24):
        for step in range(16):
            angle = pi * (step / 8 + 1 / 16)
            yield at[0] + cos(angle) * ring * 0.6 * mm, at[1] + sin(angle) * ring * 0.6 * mm


def numbers_placed(
    spot: Spot, marks: Sequence[tuple[Mark, tuple[float, float]]]
) -> dict[str, tuple[float, float]]:
    """The middle of each number: in its mark, or beside the cross of an omitted site."""
    taken = [(*at, _reach(mark)) for mark, at in marks]
    found = {}
    for mark, at in marks:
        found[mark.key] = at
        if mark.shape is Shape.OMITTED:
            half = number_box(mark.key)
            found[mark.key] = _beside(spot, at, half, taken)
            taken.append((*found[mark.key], half[0]))
    return found


def number_box(key: str) -> tuple[float, float]:
    """Half the width and half the height of a number."""
    return width_of(key, NUMBER_SIZE, strong=True) / 2, NUMBER_SIZE * CAPITAL / 2


def _beside(
    spot: Spot,
    at: tuple[float, float],
    half: tuple[float, float],
    taken: Sequence[tuple[float, float, float]],
) -> tuple[float, float]:
    """The first place beside a mark that is clear of all others; the clearest if there is none."""
    places = []
    for eighth in DIRECTIONS:
        across, up = cos(eighth * pi / 4), sin(eighth * pi / 4)
        away = RADIUS + NUMBER_GAP + half[0] * abs(across) + half[1] * abs(up)
        places.append((at[0] + across * away, at[1] + up * away))
    others = [each for each in taken if each[:2] != at]
    return max(places, key=lambda place: min(_room_about(spot, place, half, others), CLEAR))


def _room_about(
    spot: Spot,
    place: tuple[float, float],
    half: tuple[float, float],
    taken: Iterable[tuple[float, float, float]],
) -> float:
    """How far a number is from the nearest mark or edge of its picture; below zero, it is cut."""
    (x, y), (wide, high) = place, half
    edges = (
        min(x - spot.left, spot.left + spot.width - x) - wide,
        min(spot.top - y, y - spot.top + spot.height) - high,
    )
    gaps = (hypot(max(abs(x - a) - wide, 0), max(abs(y - b) - high, 0)) - r for a, b, r in taken)
    return min(*edges, *gaps)


def _draw_lines(canvas: Canvas, spot: Spot, mark: Mark, at: tuple[float, float]) -> None:
    """The line from a planned point to the actual one, and from a point to a mark beside it."""
    point = spot.on_paper(mark.at)
    canvas.setStrokeGray(INK)
    canvas.setLineWidth(THIN)
    if mark.planned_at is not None:
        planned = spot.on_paper(mark.planned_at)
        canvas.line(*planned, *point)
        canvas.setFillGray(PAPER)
        canvas.circle(*planned, 1.6 * DOT, stroke=1, fill=1)
    if hypot(at[0] - point[0], at[1] - point[1]) > RADIUS:
        canvas.line(*point, *at)
        canvas.setFillGray(INK)
        canvas.circle(*point, DOT, stroke=0, fill=1)


def draw_symbol(canvas: Canvas, shape: Shape, x: float, y: float, scale: float = 1.0) -> None:
    """Draw a mark round a point of the paper; the legend draws it smaller."""
    canvas.addLiteral(f"q {scale} 0 0 {scale} {x:.2f} {y:.2f} cm {_symbol(shape)} Q")


def _draw_number(canvas: Canvas, shape: Shape, key: str, x: float, y: float) -> None:
    """Write a key round a point of the paper; beside a mark it has a ground of its own."""
    size = NUMBER_SIZE
    if shape is Shape.EXTRA:
        size = EXTRA_SIZE if len(key) <= len("X9") else EXTRA_SIZE - 1.2
    if shape is Shape.OMITTED:
        wide, high = (length + NUMBER_GAP / 2 for length in number_box(key))
        canvas.setFillGray(PAPER)
        canvas.rect(x - wide, y - high, 2 * wide, 2 * high, stroke=0, fill=1)
    middle = width_of(key, size, strong=True) / 2
    write(canvas, key, x - middle, y - size * 0.36, size, strong=True)


@cache
def _symbol(shape: Shape) -> str:
    """PDF operators for a mark round the origin: shape and line tell the state, never colour."""
    pen = f"{PAPER:g} g {INK:g} G {THIN} w"
    match shape:
        case Shape.EXTRA:
            d = DIAMOND
            return f"{pen} 0 {d:.2f} m {d:.2f} 0 l 0 {-d:.2f} l {-d:.2f} 0 l b"
        case Shape.OTHER_DOSE:
            return f"{pen} {THICK} w {_circle(RADIUS + (THICK - THIN) / 2)} b"
        case Shape.OMITTED:
            return f"{pen} {_circle(RADIUS)} b {CROSS_LINE} w {_cross()}"
        case Shape.PLANNED:
            return f"{pen} [2.2 1.6] 0 d {_circle(RADIUS)} b"
        case Shape.MOVED:
            return f"{pen} {_circle(RADIUS + MOVED_GAP)} b {_circle(RADIUS - 0.1)} s"
        case Shape.GIVEN:
            return f"{pen} {_circle(RADIUS)} b"


def _cross() -> str:
    return " ".join(f"{-CROSS:.2f} {y:.2f} m {CROSS:.2f} {-y:.2f} l S" for y in (-CROSS, CROSS))


def _circle(radius: float) -> str:
    """A circle round the origin as four curves."""
    r, k = radius, radius * 0.5523
    quarters = [
        (r, k, k, r, 0, r),
        (-k, r, -r, k, -r, 0),
        (-r, -k, -k, -r, 0, -r),
        (k, -r, r, -k, r, 0),
    ]
    curves = (" ".join(f"{number:.2f}" for number in quarter) + " c" for quarter in quarters)
    return f"{r:.2f} 0 m {' '.join(curves)}"


def place_art(canvas: Canvas, name: str) -> None:
    """Draw a view's art, whose own columns and rows the canvas's transform has to flip."""
    key = name.removesuffix(".svg")
    if not canvas.hasForm(key):
        form = PDFStream(_form_dictionary(name), art_form(name)[0])
        # The one way to add a form that was made earlier.
        canvas._doc.addForm(key, form)  # type: ignore[attr-defined]  # noqa: SLF001
    canvas.doForm(key)


def _form_dictionary(name: str) -> PDFDictionary:
    _content, width, height = art_form(name)
    scale = 1 / TENTHS
    return PDFDictionary(
        {
            "Type": PDFName("XObject"),
            "Subtype": PDFName("Form"),
            "FormType": 1,
            "BBox": PDFArray([0, 0, round(width * TENTHS), round(height * TENTHS)]),
            "Matrix": PDFArray([scale, 0, 0, scale, 0, 0]),
            "Resources": PDFDictionary({}),
            "Filter": PDFArray([PDFName("FlateDecode")]),
        }
    )


@cache
def art_form(name: str) -> tuple[bytes, float, float]:
    """A view's art as a compressed PDF content stream, with its width and height in mm.

    Turned once: every note of a run shares it, as there is one edition of the atlas in a run.
    """
    # Our own maker wrote it, and nobody else's file is ever read here.
    root = ET.fromstring(resources.atlas_art(name))  # noqa: S314
    _left, _top, width, height = (float(number) for number in root.attrib["viewBox"].split())
    operators = "\n".join(_path_operators(path.attrib) for path in root)
    return zlib.compress(operators.encode("ascii"), 9), width, height


def _path_operators(attributes: Mapping[str, str]) -> str:
    """A path with its fill and stroke as PDF operators."""
    fill, stroke = attributes.get("fill", "#000000"), attributes.get("stroke", "none")
    operators = []
    if fill != "none":
        operators.append(f"{_grey(fill)} g")
    if stroke != "none":
        width = float(attributes.get("stroke-width", "1")) * TENTHS
        operators.append(f"{_grey(stroke)} G {width:g} w 1 j 1 J")
    operators += _segments(attributes["d"])
    paint = {(True, False): "f*", (False, True): "S", (True, True): "B*"}
    operators.append(paint[fill != "none", stroke != "none"])
    return "\n".join(operators)


def _grey(colour: str) -> str:
    """`#d8d8d8` as a grey level; a colour gives its luminance."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"{(0.299 * red + 0.587 * green + 0.114 * blue) / 255:.3g}"


def _segments(path: str) -> Iterator[str]:
    """The M, L, C and Z of a path, in tenths of a millimetre."""
    for letter, at in path_segments(path):
        yield " ".join([*(str(round(number * TENTHS)) for number in at), OPERATORS[letter]])
