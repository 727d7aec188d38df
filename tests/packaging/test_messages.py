"""The sentences for translators, and what they made of them."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from desktop import language

PROJECT = Path(__file__).resolve().parents[2]
TRANSLATIONS = PROJECT / "resources" / "translations"
TAGS = [each.tag for each in language.available() if each != language.ENGLISH]
RIGHT_TO_LEFT = [each.tag for each in language.available() if each.is_right_to_left]
LEFT_TO_RIGHT = [tag for tag in TAGS if tag not in RIGHT_TO_LEFT]

COLLECT = """
import sys
sys.path.insert(0, sys.argv[1])
import catalogues
sys.stdout.buffer.write(catalogues.written(catalogues.collected()))
"""

OUT_OF_DATE = """
import sys
sys.path.insert(0, sys.argv[1])
import catalogues
template = catalogues.collected()
for path in catalogues.shipped():
    catalogue = catalogues.updated(path, template)
    if path.read_bytes() != catalogues.written(catalogue):
        print(path.parts[-3], "source")
    if path.with_suffix(".mo").read_bytes() != catalogues.compiled(catalogue):
        print(path.parts[-3], "compiled")
"""


def run(script: str) -> bytes:
    """What a script says that imports the maker of catalogues."""
    command = [sys.executable, "-c", script, str(PROJECT / "build")]
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


def test_template_for_translators_has_every_sentence_of_the_program() -> None:
    collected = run(COLLECT)
    template = TRANSLATIONS / "glabella.pot"
    assert b"Start from the protocol" in collected
    assert template.read_bytes() == collected, "run python3 build/messages.py"


def test_no_sentence_hides_in_a_formatted_string() -> None:
    # Before Python 3.12 the collector does not look into one, and no translator would see it.
    hidden = re.compile(r"""f(?:"[^"\n]*\{_\(|'[^'\n]*\{_\()""")
    files = sorted((PROJECT / "desktop").rglob("*.py"))
    assert files
    assert [file.name for file in files if hidden.search(file.read_text("utf-8"))] == []


def test_catalogues_are_refreshed_and_compiled() -> None:
    assert TAGS
    assert run(OUT_OF_DATE) == b"", "run python3 build/messages.py"


@pytest.mark.parametrize("tag", TAGS)
def test_every_sentence_is_translated_and_none_is_out_of_use(tag: str) -> None:
    catalogue, template = catalogue_of(tag), read(TRANSLATIONS / "glabella.pot")
    assert [each.id for each in catalogue] == [each.id for each in template]
    # A plural that lacks a form of the language has an empty one here.
    assert [each.id for each in messages(tag) if not all(forms(each)) or each.fuzzy] == []
    assert not catalogue.obsolete


@pytest.mark.parametrize("tag", TAGS)
def test_translations_fill_in_what_the_sentence_fills_in(tag: str) -> None:
    wrong = [
        each.id
        for each in messages(tag)
        if any(fill_ins(form) != fill_ins(sentence(each)) for form in forms(each))
    ]
    assert wrong == []


@pytest.mark.parametrize("tag", TAGS)
def test_translations_keep_western_digits_and_write_units_out(tag: str) -> None:
    other_digits = re.compile(r"(?![0-9])\d")
    unit_sign = re.compile(r"(?<![\w+.])U(?![\w+.])")
    said = [form for each in messages(tag) for form in forms(each)]
    assert [form for form in said if other_digits.search(form) or unit_sign.search(form)] == []
    numbers = re.compile(r"[0-9]+(?:[.:-][0-9]+)*")
    assert [
        each.id
        for each in messages(tag)
        if any(
            sorted(numbers.findall(form)) != sorted(numbers.findall(sentence(each)))
            for form in forms(each)
        )
    ] == []


# How a language names the sides of the patient, in every gender.
SIDES = {"es": (r"izquierd[ao]", r"derech[ao]"), "ar": (r"يسار|[أا]يسر", r"يمين|[أا]يمن")}
# "Left" that is no side: as it was, over, or out.
NO_SIDE = re.compile(r"left (?:as|the file|out|of what)|(?:is|are) left|\{[a-z]+\}")


@pytest.mark.parametrize("tag", TAGS)
def test_left_stays_left_and_right_stays_right(tag: str) -> None:
    said = {
        sentence(each): [sides(form, *SIDES[tag]) for form in forms(each)] for each in messages(tag)
    }
    meant = {text: sides(NO_SIDE.sub("", text), r"\bleft\b", r"\bright\b") for text in said}
    assert sum(map(len, meant.values())) >= 12
    assert [text for text, of_forms in said.items() if set(of_forms) != {meant[text]}] == []


@pytest.mark.parametrize("tag", LEFT_TO_RIGHT)
def test_a_site_is_named_with_its_side_last(tag: str) -> None:
    # The table of the note has a column for the side, and cuts it off the name.
    for text in ("{name} {number} {side}", "{name} extra {number} {side}"):
        assert str(catalogue_of(tag)[text].string).endswith(" {side}")


@pytest.mark.parametrize("tag", RIGHT_TO_LEFT)
def test_what_is_filled_in_keeps_its_own_order_among_words_from_right_to_left(tag: str) -> None:
    # Without isolates a lot "12-34" would stand as "34-12" behind an Arabic word. The recovery
    # key is saved as text, to be pasted: there a sign that nobody sees would spoil it.
    isolated = re.compile("\u2068\\{[^}]*\\}\u2069|\u2066[^\u2069]*\u2069")
    joined = re.compile(r"\{[^}]*\}|[0-9]-[0-9]")
    bare = {
        sentence(each)
        for each in messages(tag)
        if any(joined.search(isolated.sub("", form)) for form in forms(each))
    }
    assert bare == {"Glabella: recovery key\n\n{key}\n"}


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, charset="utf-8")


def catalogue_of(tag: str) -> Catalog:
    return read(TRANSLATIONS / tag / "LC_MESSAGES" / "glabella.po")


def messages(tag: str) -> Iterator[Message]:
    """Every sentence of a catalogue, without its header."""
    return (each for each in catalogue_of(tag) if each.id)


def forms(message: Message) -> tuple[str, ...]:
    """What a translator wrote: one form, or one for each plural."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def sentence(message: Message) -> str:
    """The English sentence; of two, the plural."""
    return message.id if isinstance(message.id, str) else message.id[-1]


def fill_ins(text: str) -> list[tuple[str, str]]:
    """The names between braces with their formats."""
    return sorted((name, spec or "") for _text, name, spec, _as in Formatter().parse(text) if name)


def sides(text: str, left: str, right: str) -> str:
    """The sides that a text names, in its order: `LR`."""
    found = re.finditer(rf"(?P<left>{left})|(?P<right>{right})", text, re.IGNORECASE)
    return "".join("L" if each["left"] else "R" for each in found)
