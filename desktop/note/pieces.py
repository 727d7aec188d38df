"""The pieces that a note is made of: strings, rows and points."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from string import Formatter

from desktop.core.atlas import Place
from desktop.core.clinic import Paper

NOTHING = "–"


@dataclass(frozen=True)
class Run:
    """A piece of a line, in the strong face or the plain one."""

    text: str
    strong: bool = False


Words = tuple[Run, ...]
Lines = tuple[Words, ...]


@dataclass(frozen=True)
class Fact:
    """A small label and the lines under it."""

    label: str
    lines: Lines


class Shape(StrEnum):
    """How a mark is drawn: what became of a site, told without colour."""

    PLANNED = "planned"
    GIVEN = "given"
    OTHER_DOSE = "other dose"
    OMITTED = "omitted"
    MOVED = "moved"
    EXTRA = "extra"


@dataclass(frozen=True)
class Mark:
    """A numbered mark at a column and row of its view, in mm; `planned_at` when it was moved."""

    key: str
    shape: Shape
    at: Place
    planned_at: Place | None = None


@dataclass(frozen=True)
class Picture:
    """A part of one view with its marks: column, row, width and height in the view, mm.

    `edges` are the letters at the viewer's left and right. `badges` are the extras whose position
    was not recorded, and `badge_words` says so: they stand under the picture, at no point of it.
    """

    art: str
    frame_mm: tuple[float, float, float, float]
    caption: str
    edges: tuple[str, str] | None
    marks: tuple[Mark, ...]
    badges: tuple[str, ...]
    badge_words: str


@dataclass(frozen=True)
class Table:
    """Column heads and rows of cells, what is unusual being strong; and which rows end a group."""

    head: tuple[str, ...]
    rows: tuple[Words, ...]
    group_ends: frozenset[int] = frozenset()


@dataclass(frozen=True)
class RegionTable:
    """Region, place, right, midline, left and units; the last row is the sum.

    `heading` names the toxin where there are several: each has a table of its own.
    """

    heading: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...]


@dataclass(frozen=True)
class Item:
    """One entry of a list, with the key of its mark; the key is empty in a list without marks."""

    key: str
    text: str


@dataclass(frozen=True)
class Section:
    """A heading and its list."""

    heading: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class SignatureBlock:
    """Who signed, or, in a draft, the labels of the empty lines to sign on."""

    heading: str
    lines: tuple[Fact, ...]
    blanks: tuple[str, ...]


@dataclass(frozen=True)
class Detail:
    """A label and the lines beside it."""

    label: str
    lines: tuple[str, ...]
    strong: bool = False


@dataclass(frozen=True)
class Details:
    """A heading, its labelled lines, and a line in small print under them; none without rows."""

    heading: str
    rows: tuple[Detail, ...]
    small_print: str = ""


@dataclass(frozen=True)
class Grid:
    """A heading, column heads, and rows of cells that have any number of lines."""

    heading: str
    head: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], ...], ...]


@dataclass(frozen=True)
class About:
    """What the file says about itself; never the patient's name.

    `made_at` is when it was signed, or when a draft's session began: one note, one file.
    """

    made_at: datetime
    title: str
    author: str
    subject: str
    language: str


@dataclass(frozen=True)
class Note:
    """A whole note: strings, rows and points. The order of the fields is that of the page."""

    patient: str
    patient_lines: tuple[str, ...]
    clinic: str
    clinic_lines: tuple[str, ...]
    title: str
    performed: Words
    planned: Words
    facts: tuple[Fact, ...]
    pictures: tuple[Picture, ...]
    legend: tuple[tuple[Shape, str], ...]
    regions: tuple[RegionTable, ...]
    balance: Lines
    changes: Section
    findings: Section
    overrides: Section
    events: Section
    sites_heading: str
    sites: Table
    vials: Grid
    indication: Details
    preventives: Grid
    before: Details
    procedure: Details
    payer: Details
    remark_heading: str
    remark: tuple[str, ...]
    signature: SignatureBlock
    small_print: tuple[str, ...]
    draft: str
    visit: str
    footer: str
    signed: str
    page_words: str
    paper: Paper
    about: About


def rich(template: str, plain: Mapping[str, str] | None = None, **strong: str) -> Words:
    """The words of a sentence: what is filled in is strong, but for what `plain` fills in."""
    runs: list[Run] = []
    for literal, name, _spec, _conversion in Formatter().parse(template):
        runs.append(Run(literal))
        if name:
            filled = {**(plain or {}), **strong}[name]
            runs.append(Run(filled, strong=name in strong))
    return tuple(run for run in runs if run.text)
