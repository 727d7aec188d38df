"""The note's two faces: writing with them, the breaking of lines, and what they cannot print."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from desktop import resources
from desktop.core.errors import ExpectedError
from desktop.note.pieces import Note, Run, Words

PLAIN = "GlabellaSans-Regular"
STRONG = "GlabellaSans-SemiBold"
RIGHT_TO_LEFT = {"R", "AL", "AN"}


class MissingGlyphsError(ExpectedError):
    """A text has characters that no shipped font prints as they should be."""

    def __init__(self, field: str, characters: str) -> None:
        """Keep the field of the note and the characters, each once."""
        super().__init__(f"{field}: {characters!r}")
        self.field = field
        self.characters = characters


@cache
def face(name: str) -> TTFont:
    """A shipped font by the name of its file, known to ReportLab."""
    path = next(path for path in resources.font_files() if path.stem == name)
    # Not asciiReadable: that would embed every ASCII letter in every note.
    font = TTFont(name, path, asciiReadable=False)
    pdfmetrics.registerFont(font)
    return font


@cache
def known_characters() -> frozenset[int]:
    """The characters that both faces have."""
    return frozenset(face(PLAIN).face.charToGlyph) & frozenset(face(STRONG).face.charToGlyph)


def check_printable(note: Note) -> None:
    """See that every character of a note can be printed, before a byte of it is made.

    Raises:
        MissingGlyphsError: One cannot: no font has it, it runs from right to left, or it is a mark
            that would have to be placed over another letter.
    """
    for each in fields(note):
        said = printed("".join(texts(getattr(note, each.name))))
        missing = [one for one in dict.fromkeys(said) if not can_print(one)]
        if missing:
            raise MissingGlyphsError(each.name, "".join(missing))


@cache
def can_print(character: str) -> bool:
    """Whether a character stands as it should when it is printed by itself."""
    return (
        ord(character) in known_characters()
        and unicodedata.bidirectional(character) not in RIGHT_TO_LEFT
        and not unicodedata.category(character).startswith("M")
    )


def texts(value: object) -> list[str]:
    """Every string in a value of dataclasses and tuples."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Run):
        return [value.text]
    if isinstance(value, tuple):
        return [text for part in value for text in texts(part)]
    if is_dataclass(value):
        return [text for each in fields(value) for text in texts(getattr(value, each.name))]
    return []


def printed(text: str) -> str:
    """The text as it is printed: accents joined to their letters."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def width_of(text: str, size: float, *, strong: bool = False) -> float:
    """The width of a text in points."""
    width: float = face(STRONG if strong else PLAIN).stringWidth(text, size)
    return width


def write(
    canvas: Canvas,
    text: str,
    x: float,
    y: float,
    size: float,
    *,
    strong: bool = False,
    grey: float = 0.0,
    spacing: float = 0.0,
) -> None:
    """Put words on paper: the one place that does. `x` and `y` are where the base line begins."""
    font = face(STRONG if strong else PLAIN)
    document = canvas._doc  # type: ignore[attr-defined]  # noqa: SLF001  TTFont asks for it
    spaced, unspaced = (f"{spacing} Tc ", " 0 Tc") if spacing else ("", "")
    shown = " ".join(
        # Hexadecimal needs no escapes, and a canvas's own drawString takes four times as long.
        f"{font.getSubsetInternalName(subset, document)} {size} Tf <{codes.hex()}> Tj"
        for subset, codes in font.splitString(printed(text), document)
    )
    canvas.addLiteral(f"BT {grey} g {spaced}1 0 0 1 {x:.2f} {y:.2f} Tm {shown}{unspaced} ET")


def wrapped(words: Words | str, size: float, width: float, *, strong: bool = False) -> list[Words]:
    """Break a text into lines of at most `width` points; a word that is longer is broken too."""
    runs = (Run(words, strong),) if isinstance(words, str) else words
    if sum(width_of(run.text, size, strong=run.strong) for run in runs) <= width:
        return [tuple(runs)] if isinstance(words, str) else [words]
    lines: list[list[Run]] = [[]]
    used = 0.0
    for part in _unbroken(runs, size, width):
        if lines[-1] and used + _visible_width(part, size) > width:
            lines.append([])
            used = 0.0
        lines[-1] += part
        used += sum(width_of(run.text, size, strong=run.strong) for run in part)
    return [_joined(line) for line in lines]


def _visible_width(part: list[Run], size: float) -> float:
    """The width of a part without the space behind it."""
    *before, last = part
    return sum(width_of(run.text, size, strong=run.strong) for run in before) + width_of(
        last.text.rstrip(" "), size, strong=last.strong
    )


def _unbroken(runs: Iterable[Run], size: float, width: float) -> Iterator[list[Run]]:
    """What stays on one line: a word with the space behind it, even where the face changes."""
    part: list[Run] = []
    for run in runs:
        for word in _words(printed(run.text)):
            for piece in _fitting(word, size, width, strong=run.strong):
                if part and _visible_width([*part, Run(piece, run.strong)], size) > width:
                    yield part
                    part = []
                part.append(Run(piece, run.strong))
            if word.endswith(" "):
                yield part
                part = []
    if part:
        yield part


def _words(text: str) -> Iterator[str]:
    start = 0
    for at, character in enumerate(text):
        if character != " " and at and text[at - 1] == " ":
            yield text[start:at]
            start = at
    if text:
        yield text[start:]


def _fitting(word: str, size: float, width: float, *, strong: bool) -> Iterator[str]:
    """A word, or its parts if it is longer than a line."""
    while width_of(word.rstrip(" "), size, strong=strong) > width and len(word) > 1:
        low, high = 1, len(word)
        while low < high - 1:
            middle = (low + high) // 2
            fits = width_of(word[:middle], size, strong=strong) <= width
            low, high = (middle, high) if fits else (low, middle)
        yield word[:low]
        word = word[low:]
    yield word


def _joined(line: list[Run]) -> Words:
    """A line with neighbouring runs of one face made one, and no space at its end."""
    joined: list[Run] = []
    for run in line:
        if joined and joined[-1].strong == run.strong:
            joined[-1] = Run(joined[-1].text + run.text, run.strong)
        else:
            joined.append(run)
    if joined:
        joined[-1] = Run(joined[-1].text.rstrip(" "), joined[-1].strong)
    return tuple(joined)
