from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from math import cos, hypot, pi, sin
from xml.etree import ElementTree as ET

import pypdfium2
import pytest
from reportlab.pdfgen.canvas import Canvas

from desktop.core.acts import AddExtra, Omit, PlanProtocol
from desktop.core.clinic import Paper
from desktop.core.protocol import Side
from desktop.note.figure import (
    DIAMOND,
    RADIUS,
    Spot,
    art_form,
    badge_places,
    draw_symbol,
    figure_height,
    number_box,
    numbers_placed,
    placed,
    spots,
)
from desktop.note.pdf import SHEETS, SIDE
from desktop.note.pieces import Mark, Picture, Shape
from desktop.resources import atlas_art
from tests.note.visits import ALL_GIVEN, BOOK, beside, chart, note_of

PICTURE = Picture("front-print.svg", (20.0, 30.0, 100.0, 50.0), "", None, (), (), "")
SPOT = Spot(PICTURE, left=200.0, top=700.0, scale=2.0)


def test_a_place_further_down_the_drawing_is_lower_on_the_paper() -> None:
    assert SPOT.on_paper((20.0, 30.0)) == (200.0, 700.0)
    assert SPOT.on_paper((120.0, 80.0)) == (400.0, 600.0)


def test_a_mark_alone_stands_exactly_at_its_point() -> None:
    mark = Mark("1", Shape.GIVEN, (70.0, 50.0))
    (found,) = placed(replace(SPOT, picture=replace(PICTURE, marks=(mark,))))
    assert found == (mark, (300.0, 660.0))


def crowd() -> list[Spot]:
    extras = [
        AddExtra(region, side, Decimal(5), beside(code, across, 1), "pain here")
        for region, side, code in (
            ("temporalis", Side.LEFT, "TEM-1-L"),
            ("occipitalis", Side.RIGHT, "OCC-2-R"),
            ("trapezius", Side.RIGHT, "TRA-3-R"),
        )
        for across in (0, 2, 4)
    ]
    pictures = note_of(chart(*ALL_GIVEN, *extras)).pictures
    return [Spot(picture, 0.0, 0.0, 0.9) for picture in pictures]


def test_no_mark_covers_another_however_close_the_points_are() -> None:
    for spot in crowd():
        at = [
            (x, y, DIAMOND if mark.shape is Shape.EXTRA else RADIUS)
            for mark, (x, y) in placed(spot)
        ]
        for number, (x, y, reach) in enumerate(at):
            for a, b, other in at[number + 1 :]:
                assert hypot(x - a, y - b) >= reach + other


def test_fixed_sites_keep_their_points_and_extras_give_way() -> None:
    moved = {
        mark.shape for spot in crowd() for mark, at in placed(spot) if at != spot.on_paper(mark.at)
    }
    assert moved == {Shape.EXTRA}


@pytest.mark.parametrize("paper", list(Paper))
def test_every_fixed_site_keeps_its_point_on_either_paper(paper: Paper) -> None:
    width = SHEETS[paper][0] - 2 * SIDE
    for spot in spots(note_of(chart(*ALL_GIVEN)).pictures, SIDE, 700.0, width):
        assert [at for _mark, at in placed(spot)] == [
            spot.on_paper(mark.at) for mark in spot.picture.marks
        ]


@pytest.mark.parametrize(
    "omitted",
    [["OCC-3-R"], ["COR-1-R", "FRO-2-L", "TEM-4-R", "CPS-1-L"], list(BOOK.protocol.sites)],
    ids=["one", "some", "all"],
)
def test_the_number_of_an_omitted_site_stands_clear_beside_its_mark(omitted: list[str]) -> None:
    pictures = note_of(chart(PlanProtocol(), *(Omit(code) for code in omitted))).pictures
    width = SHEETS[Paper.A4][0] - 2 * SIDE
    found = 0
    for spot in spots(pictures, SIDE, 700.0, width):
        marks = placed(spot)
        numbers = numbers_placed(spot, marks)
        for mark, _at in marks:
            x, y = numbers[mark.key]
            if mark.shape is Shape.OMITTED:
                found += 1
                wide, high = number_box(mark.key)
                for _other, (a, b) in marks:
                    assert hypot(max(abs(x - a) - wide, 0), max(abs(y - b) - high, 0)) > RADIUS
    assert found == len(omitted)


def test_numbers_beside_their_marks_do_not_touch_each_other() -> None:
    pictures = note_of(chart(PlanProtocol(), *map(Omit, BOOK.protocol.sites))).pictures
    for spot in spots(pictures, SIDE, 700.0, SHEETS[Paper.A4][0] - 2 * SIDE):
        boxes = [(*at, *number_box(key)) for key, at in numbers_placed(spot, placed(spot)).items()]
        for number, (x, y, wide, high) in enumerate(boxes):
            for a, b, other_wide, other_high in boxes[number + 1 :]:
                assert abs(x - a) > wide + other_wide or abs(y - b) > high + other_high


def photocopied(shape: Shape) -> set[tuple[int, int]]:
    """The black pixels of a mark at the middle of 40 by 40 points, after a bad photocopy."""
    file = BytesIO()
    canvas = Canvas(file, pagesize=(40, 40))
    draw_symbol(canvas, shape, 20, 20)
    canvas.save()
    document = pypdfium2.PdfDocument(file.getvalue())
    bitmap = document[0].render(scale=150 / 72, grayscale=True)
    grey = bytes(bitmap.buffer)
    black = {
        (x, y)
        for y in range(bitmap.height)
        for x in range(bitmap.width)
        if grey[y * bitmap.stride + x] < 0.6 * 255
    }
    document.close()
    return black


def near(black: set[tuple[int, int]], x: float, y: float) -> bool:
    column, row = round(x * 150 / 72), round((40 - y) * 150 / 72)
    around = [(column + i, row + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    return any(pixel in black for pixel in around)


def test_on_a_bad_photocopy_an_omitted_site_is_a_whole_ring_with_a_cross() -> None:
    omitted, given = photocopied(Shape.OMITTED), photocopied(Shape.GIVEN)
    for step in range(64):
        x, y = cos(step * pi / 32), sin(step * pi / 32)
        assert near(omitted, 20 + RADIUS * x, 20 + RADIUS * y)
        assert near(given, 20 + RADIUS * x, 20 + RADIUS * y)
    for across, up in ((0, 0), (2, 2), (2, -2), (-2, 2), (-2, -2)):
        assert near(omitted, 20 + across, 20 + up)
        assert not near(given, 20 + across, 20 + up)
    assert not any(near(omitted, 20 + x, 20 + y) for x, y in ((3, 0), (-3, 0), (0, 3), (0, -3)))


@pytest.mark.parametrize("view", list(BOOK.atlas.views.values()), ids=lambda view: view.key)
def test_the_print_art_is_paths_of_the_four_letters_that_are_read(view: object) -> None:
    art = BOOK.atlas.views[getattr(view, "key")].print_art  # noqa: B009  a view by its key
    root = ET.fromstring(atlas_art(art))  # noqa: S314  our own file
    assert {path.tag.rpartition("}")[2] for path in root} == {"path"}
    letters = {letter for path in root for letter in path.attrib["d"] if letter.isalpha()}
    assert letters <= set("MLCZ")


def test_the_art_of_all_views_leaves_room_for_the_fonts() -> None:
    sizes = [len(art_form(view.print_art)[0]) for view in BOOK.atlas.views.values()]
    assert sum(sizes) < 60_000


def test_badges_make_the_figure_taller_and_take_no_room_from_the_pictures() -> None:
    width = min(width for width, _height in SHEETS.values()) - 2 * SIDE
    plain = note_of(chart(*ALL_GIVEN)).pictures
    many = [AddExtra("temporalis", Side.LEFT, Decimal(5))] * 12
    badged = note_of(chart(*ALL_GIVEN, *many)).pictures
    assert [picture.frame_mm for picture in badged] == [picture.frame_mm for picture in plain]
    assert figure_height(badged, width) > figure_height(plain, width)


def test_badges_stay_as_narrow_as_their_picture() -> None:
    badges = tuple(f"X{number}" for number in range(1, 41))
    spot = replace(SPOT, picture=replace(PICTURE, badges=badges, badge_words="not recorded"))
    places = badge_places(spot)
    assert len(set(places)) == 40
    assert all(DIAMOND <= across <= spot.width - DIAMOND for across, _row in places)
