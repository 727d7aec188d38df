from dataclasses import replace
from decimal import Decimal
from math import hypot
from xml.etree import ElementTree as ET

import pytest

from desktop.core.acts import AddExtra
from desktop.core.protocol import Side
from desktop.note.content import Mark, Picture, Shape
from desktop.note.figure import DIAMOND, RADIUS, Spot, art_form, badge_places, figure_height, placed
from desktop.note.pdf import SHEETS, SIDE
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
