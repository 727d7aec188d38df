import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.atlas import Point, nearest_site, path_segments
from desktop.core.handbook import Handbook
from desktop.core.protocol import Side
from desktop.resources import handbook

HOME_VIEWS = {
    ("corrugator", Side.RIGHT): "front",
    ("corrugator", Side.LEFT): "front",
    ("procerus", Side.MIDLINE): "front",
    ("frontalis", Side.RIGHT): "front",
    ("frontalis", Side.LEFT): "front",
    ("temporalis", Side.RIGHT): "right",
    ("temporalis", Side.LEFT): "left",
    ("occipitalis", Side.RIGHT): "back",
    ("occipitalis", Side.LEFT): "back",
    ("cervical_paraspinal", Side.RIGHT): "back",
    ("cervical_paraspinal", Side.LEFT): "back",
    ("trapezius", Side.RIGHT): "back",
    ("trapezius", Side.LEFT): "back",
}


@pytest.mark.parametrize(("muscle", "view"), HOME_VIEWS.items())
def test_each_muscle_has_one_home_view(muscle: tuple[str, Side], view: str, book: Handbook) -> None:
    assert book.atlas.home_view(*muscle) == view


def test_each_site_lies_in_its_own_muscle_and_side_of_its_home_view(book: Handbook) -> None:
    found = {code: book.atlas.region_at(book.atlas.home_point(code)) for code in book.atlas.places}
    assert found == {code: (p.region, p.side) for code, p in book.atlas.places.items()}


def test_each_site_lies_within_every_drawing_that_shows_it(book: Handbook) -> None:
    shown = [
        book.atlas.views[view].holds(book.atlas.views[view].from_drawing(*place))
        for site in book.atlas.places.values()
        for view, place in site.drawn_mm.items()
    ]
    assert shown
    assert all(shown)


def test_right_is_on_the_viewers_left_in_front_and_on_the_right_behind(book: Handbook) -> None:
    def column(code: str) -> float:
        view = book.atlas.places[code].home_view
        return book.atlas.views[view].to_drawing(book.atlas.home_point(code))[0]

    assert column("FRO-1-R") < column("FRO-1-L")
    assert column("OCC-1-L") < column("OCC-1-R")
    # The face looks to the viewer's left in the left view, to the right in the right one.
    assert column("TEM-3-L") < column("TEM-4-L")
    assert column("TEM-4-R") < column("TEM-3-R")


def test_mirrored_sites_lie_mirrored(book: Handbook) -> None:
    for code, place in book.atlas.places.items():
        x, y, z = place.at_mm
        mirrored = book.atlas.places[f"{code[:-1]}{place.side.other}"]
        assert mirrored.at_mm == (-x, y, z)


def test_a_point_of_no_muscle_has_no_region(book: Handbook) -> None:
    assert book.atlas.region_at(Point("front", 0, 700)) is None


@given(st.sampled_from(list(handbook().atlas.views)), st.integers(0, 2900), st.integers(0, 2900))
def test_a_point_survives_the_drawing_to_a_tenth_of_a_millimetre(
    view: str, column: int, row: int
) -> None:
    drawing = handbook().atlas.views[view]
    point = drawing.from_drawing(column / 10, row / 10)
    assert drawing.from_drawing(*drawing.to_drawing(point)) == point
    assert drawing.to_drawing(point) == pytest.approx((column / 10, row / 10))


def test_a_click_takes_the_nearest_site_within_reach_of_the_same_view() -> None:
    sites = {
        "FRO-1-L": Point("front", 15, 788),
        "FRO-2-L": Point("front", 31, 788),
        "TEM-1-L": Point("left", 23, 788),
    }
    assert nearest_site(Point("front", 22, 788), sites, reach_mm=10) == "FRO-1-L"
    assert nearest_site(Point("front", 24, 788), sites, reach_mm=10) == "FRO-2-L"
    assert nearest_site(Point("front", 41, 788), sites, reach_mm=10) == "FRO-2-L"
    assert nearest_site(Point("front", 41.1, 788), sites, reach_mm=10) is None
    assert nearest_site(Point("back", 15, 788), sites, reach_mm=10) is None
    assert nearest_site(Point("front", 15, 788), {}, reach_mm=10) is None


def test_a_path_with_a_letter_that_the_maker_never_writes_is_refused() -> None:
    with pytest.raises(KeyError):
        path_segments("M0 0Q1 1 2 2Z")
