"""The drawn head as it is shipped: what the map promises to whoever clicks on it or prints it."""

import json
import re
from collections.abc import Iterator
from itertools import combinations
from math import cos, hypot, pi, sin
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from desktop.core.atlas import Atlas, Outline, Place, nearest_site, path_segments, read_atlas
from desktop.core.protocol import Side

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "atlas"
SVG = "{http://www.w3.org/2000/svg}"
VIEWS = ["front", "left", "right", "back"]
SIDE_VIEWS = {"left": "right", "right": "left"}
LARGEST_BYTES = {"art": 100_000, "print_art": 40_000}

SITES_A_SIDE = {"COR": 1, "PRO": 1, "FRO": 2, "TEM": 4, "OCC": 3, "CPS": 2, "TRA": 3}
SITES_IN_ORDER = [
    f"{muscle}-{number}-{side}"
    for muscle, count in SITES_A_SIDE.items()
    for number in range(1, count + 1)
    for side in ("M" if muscle == "PRO" else "RL")
]
HOME_VIEWS = {
    "corrugator": ("front", "front"),
    "procerus": ("front", "front"),
    "frontalis": ("front", "front"),
    "temporalis": ("right", "left"),
    "occipitalis": ("back", "back"),
    "cervical_paraspinal": ("back", "back"),
    "trapezius": ("back", "back"),
}
CLOSE_UP_MUSCLES = {
    "forehead": {("COR", "R"), ("COR", "L"), ("PRO", "M"), ("FRO", "R"), ("FRO", "L")},
    "left_temple": {("TEM", "L")},
    "right_temple": {("TEM", "R")},
    "back_of_head": {("OCC", "R"), ("OCC", "L"), ("CPS", "R"), ("CPS", "L")},
    "shoulders": {("TRA", "R"), ("TRA", "L")},
}
# The wide canvas that shows a close-up, in pixels; a mark there is 42 pixels across.
CANVAS_PX = (888, 478)
CLEAR_PX = 56
# The inion of this head lies at y 712; 45 mm below it an injection weakens the neck.
NUCHAL_LINE_MM, LOWEST_PARASPINAL_MM = 710.5, 664.0


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return read_atlas(json.loads((FOLDER / "atlas.json").read_text(encoding="utf-8")))


def outlines_of(atlas: Atlas, view: str) -> Iterator[tuple[str, Side, Outline]]:
    for region, sides in atlas.outlines.items():
        for side, views in sides.items():
            if view in views:
                yield region, side, views[view]


def mirrored(atlas: Atlas, view: str, places: list[Place]) -> tuple[str, list[Place]]:
    """Where the other half shows places: in the same drawing, or in that of the other side."""
    width = atlas.views[view].width_mm
    return SIDE_VIEWS.get(view, view), [(round(width - col, 2), row) for col, row in places]


def twin_of(code: str) -> str:
    return code[:-1] + Side(code[-1]).other


def numbers_in(path: str) -> list[Place]:
    coordinates = [number for _, numbers in path_segments(path) for number in numbers]
    return list(zip(coordinates[::2], coordinates[1::2], strict=True))


def paths_of(file: str) -> list[ET.Element]:
    return list(ET.fromstring((FOLDER / file).read_text(encoding="utf-8")))  # noqa: S314 - ours


def test_there_are_the_31_fixed_sites_in_the_order_of_the_protocol(atlas: Atlas) -> None:
    assert list(atlas.places) == SITES_IN_ORDER
    assert len(SITES_IN_ORDER) == 31


@pytest.mark.parametrize("code", SITES_IN_ORDER)
def test_each_site_lies_in_its_region_in_every_view_that_shows_it(atlas: Atlas, code: str) -> None:
    site = atlas.places[code]
    shapes = atlas.outlines[site.region][site.side]
    inside = {view: shapes[view].covers(place) for view, place in site.drawn_mm.items()}
    assert inside == dict.fromkeys(site.drawn_mm, True)


def test_each_view_draws_a_site_where_its_point_of_the_head_lands(atlas: Atlas) -> None:
    for site in atlas.places.values():
        x, y, z = site.at_mm
        for view, (col, row) in site.drawn_mm.items():
            drawing = atlas.views[view]
            across = x if drawing.axis == "x" else z
            assert (col, row) == pytest.approx(
                (drawing.sign * across - drawing.left_mm, drawing.top_mm - y), abs=0.06
            )


def test_each_muscle_takes_taps_in_one_view(atlas: Atlas) -> None:
    for site in atlas.places.values():
        on_the_right, on_the_left = HOME_VIEWS[site.region]
        assert site.home_view == (on_the_right if site.side == Side.RIGHT else on_the_left)
        assert site.home_view in site.drawn_mm


def test_right_sites_mirror_left_sites_on_the_head(atlas: Atlas) -> None:
    for code in SITES_IN_ORDER:
        x, y, z = atlas.places[code].at_mm
        assert atlas.places[twin_of(code)].at_mm == (-x, y, z)
        assert (x < 0) == code.endswith("R")


def test_right_sites_mirror_left_sites_in_every_view(atlas: Atlas) -> None:
    for code in SITES_IN_ORDER:
        twin = atlas.places[twin_of(code)]
        images = [
            mirrored(atlas, view, [place]) for view, place in atlas.places[code].drawn_mm.items()
        ]
        assert {view: places[0] for view, places in images} == dict(twin.drawn_mm)


def test_right_regions_mirror_left_regions_in_every_view(atlas: Atlas) -> None:
    for sides in atlas.outlines.values():
        for side, views in sides.items():
            for view, outline in views.items():
                for ring in outline.rings:
                    other_view, image = mirrored(atlas, view, list(ring))
                    twin = sides[side.other][other_view]
                    if side is not Side.MIDLINE:
                        assert set(image) in [set(ring) for ring in twin.rings]
                other_view, image = mirrored(atlas, view, numbers_in(outline.path))
                assert set(image) == set(numbers_in(sides[side.other][other_view].path))


@pytest.mark.parametrize("kind", ["art", "print_art"])
@pytest.mark.parametrize("view", VIEWS)
def test_one_half_of_the_art_mirrors_the_other(atlas: Atlas, view: str, kind: str) -> None:
    other = atlas.views[SIDE_VIEWS.get(view, view)]
    here = paths_of(getattr(atlas.views[view], kind))
    there = paths_of(getattr(other, kind))
    for path, twin in zip(here, there, strict=True):
        _, image = mirrored(atlas, view, numbers_in(path.attrib["d"]))
        assert set(image) == set(numbers_in(twin.attrib["d"]))


def test_a_click_nearer_to_a_site_than_half_way_to_the_next_finds_it(atlas: Atlas) -> None:
    homes = {code: atlas.home_point(code) for code in atlas.places}
    for code, site in atlas.places.items():
        view = atlas.views[site.home_view]
        col, row = site.drawn_mm[site.home_view]
        reach = 0.49 * min(
            hypot(col - other_col, row - other_row)
            for other, (other_col, other_row) in home_places(atlas, site.home_view).items()
            if other != code
        )
        for step in range(24):
            angle = step * pi / 12
            click = view.from_drawing(col + reach * cos(angle), row + reach * sin(angle))
            assert nearest_site(click, homes, reach_mm=reach + 0.2) == code


def home_places(atlas: Atlas, view: str) -> dict[str, Place]:
    return {c: s.drawn_mm[view] for c, s in atlas.places.items() if s.home_view == view}


def test_regions_that_take_taps_in_a_view_do_not_overlap(atlas: Atlas) -> None:
    for view in VIEWS:
        takes_taps = {(s.region, s.side) for s in atlas.places.values() if s.home_view == view}
        shapes = [(r, s, o) for r, s, o in outlines_of(atlas, view) if (r, s) in takes_taps]
        for (one, _, first), (two, _, second) in combinations(shapes, 2):
            corners = [p for ring in first.rings for p in ring if second.covers(p)]
            corners += [p for ring in second.rings for p in ring if first.covers(p)]
            assert not corners, f"{one} and {two} overlap in the {view} view"


def test_every_region_lies_within_its_drawing(atlas: Atlas) -> None:
    for view in VIEWS:
        drawing = atlas.views[view]
        for region, _, outline in outlines_of(atlas, view):
            for col, row in [*numbers_in(outline.path), *(p for r in outline.rings for p in r)]:
                assert 0 <= col <= drawing.width_mm, region
                assert 0 <= row <= drawing.height_mm, region


def test_outlines_to_hit_follow_the_curves_that_are_drawn(atlas: Atlas) -> None:
    for view in VIEWS:
        for _, _, outline in outlines_of(atlas, view):
            ends = [numbers[-2:] for letter, numbers in path_segments(outline.path) if numbers]
            for ring in outline.rings:
                assert len(ring) <= 60
            for col, row in ends:
                assert min(distance_to_ring((col, row), ring) for ring in outline.rings) < 0.4


def distance_to_ring(place: Place, ring: tuple[Place, ...]) -> float:
    return min(
        distance_to_edge(place, start, end)
        for start, end in zip(ring, ring[1:] + ring[:1], strict=True)
    )


def distance_to_edge(place: Place, start: Place, end: Place) -> float:
    run, rise = end[0] - start[0], end[1] - start[1]
    share = ((place[0] - start[0]) * run + (place[1] - start[1]) * rise) / (run**2 + rise**2)
    share = min(max(share, 0.0), 1.0)
    return hypot(place[0] - start[0] - share * run, place[1] - start[1] - share * rise)


def test_no_region_invites_an_injection_low_in_the_neck(atlas: Atlas) -> None:
    for region, lowest in (
        ("occipitalis", NUCHAL_LINE_MM),
        ("cervical_paraspinal", LOWEST_PARASPINAL_MM),
    ):
        for views in atlas.outlines[region].values():
            for view, outline in views.items():
                rows = [row for ring in outline.rings for _, row in ring]
                rows += [row for _, row in numbers_in(outline.path)]
                assert atlas.views[view].top_mm - max(rows) >= lowest


def test_front_and_back_name_their_edges_and_the_sides_their_captions(atlas: Atlas) -> None:
    assert {view: (v.edges, v.caption) for view, v in atlas.views.items()} == {
        "front": (("R", "L"), None),
        "left": (None, "Patient's LEFT"),
        "right": (None, "Patient's RIGHT"),
        "back": (("L", "R"), None),
    }


@pytest.mark.parametrize("view", ["front", "back"])
def test_the_edges_name_the_side_that_is_drawn_there(atlas: Atlas, view: str) -> None:
    drawing = atlas.views[view]
    for code, (col, _) in home_places(atlas, view).items():
        if not code.endswith("M"):
            assert drawing.edges is not None
            assert drawing.edges[col > drawing.width_mm / 2] == code[-1]


def test_the_face_looks_left_in_the_left_view_and_right_in_the_right_view(atlas: Atlas) -> None:
    assert atlas.places["FRO-2-L"].drawn_mm["left"][0] < atlas.views["left"].width_mm / 2
    assert atlas.places["FRO-2-R"].drawn_mm["right"][0] > atlas.views["right"].width_mm / 2


@pytest.mark.parametrize("name", CLOSE_UP_MUSCLES)
def test_each_close_up_holds_its_regions_with_room_to_spare(atlas: Atlas, name: str) -> None:
    part = atlas.close_ups[name]
    assert part.width_mm / part.height_mm == pytest.approx(CANVAS_PX[0] / CANVAS_PX[1], rel=0.01)
    muscles = CLOSE_UP_MUSCLES[name]
    shown = {
        (site.region, site.side)
        for code, site in atlas.places.items()
        if (code[:3], code[-1]) in muscles and site.home_view == part.view
    }
    assert len(shown) == len(muscles)
    for region, side in shown:
        for ring in atlas.outlines[region][side][part.view].rings:
            for col, row in ring:
                assert 7.5 <= col - part.column_mm <= part.width_mm - 7.5
                assert 7.5 <= row - part.row_mm <= part.height_mm - 7.5


@pytest.mark.parametrize("name", CLOSE_UP_MUSCLES)
def test_marks_in_a_close_up_stand_clear_of_each_other(atlas: Atlas, name: str) -> None:
    part = atlas.close_ups[name]
    places = [
        place
        for code, place in home_places(atlas, part.view).items()
        if (code[:3], code[-1]) in CLOSE_UP_MUSCLES[name]
    ]
    px_per_mm = CANVAS_PX[0] / part.width_mm
    assert (
        min(
            px_per_mm * hypot(one[0] - two[0], one[1] - two[1])
            for one, two in combinations(places, 2)
        )
        >= CLEAR_PX
    )


@pytest.mark.parametrize("kind", ["art", "print_art"])
@pytest.mark.parametrize("view", VIEWS)
def test_art_is_plain_filled_paths_that_qt_and_reportlab_both_draw(
    atlas: Atlas, view: str, kind: str
) -> None:
    text = (FOLDER / getattr(atlas.views[view], kind)).read_text(encoding="utf-8")
    root = ET.fromstring(text)  # noqa: S314 - ours
    drawing = atlas.views[view]
    assert root.tag == SVG + "svg"
    assert root.attrib == {"viewBox": f"0 0 {drawing.width_mm:g} {drawing.height_mm:g}"}
    assert {path.tag for path in root} == {SVG + "path"}
    assert {name for path in root for name in path.attrib} == {"fill", "d"}
    for path in root:
        assert re.fullmatch(r"(M[\d. -]+(C[\d. -]+)+Z)+", path.attrib["d"])


@pytest.mark.parametrize("kind", ["art", "print_art"])
@pytest.mark.parametrize("view", VIEWS)
def test_art_keeps_to_its_budget(atlas: Atlas, view: str, kind: str) -> None:
    assert (FOLDER / getattr(atlas.views[view], kind)).stat().st_size < LARGEST_BYTES[kind]


def test_screen_art_uses_the_light_palette_only(atlas: Atlas) -> None:
    for view in atlas.views.values():
        used = {path.attrib["fill"] for path in paths_of(view.art)}
        assert used <= set(atlas.palettes["light"])


def test_printed_art_is_grey_and_its_skin_stays_light(atlas: Atlas) -> None:
    for view in atlas.views.values():
        fills = [path.attrib["fill"] for path in paths_of(view.print_art)]
        assert all(re.fullmatch(r"#([0-9a-f]{2})\1\1", fill) for fill in fills)
        # The ground of the head: a number in 5 points must be readable on the deepest tone.
        assert int(fills[0][1:3], 16) >= 0xC0


def test_palettes_recolour_index_by_index(atlas: Atlas) -> None:
    light, dark = atlas.palettes["light"], atlas.palettes["dark"]
    assert len(light) == len(dark) <= 24
    assert len(set(light)) == len(light)
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for colour in (*light, *dark))
