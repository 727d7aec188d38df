"""What `build/messages.py` does: template, catalogues, compiled catalogues."""

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PROJECT = Path(__file__).resolve().parents[1]
FOLDER = PROJECT / "resources" / "translations"
TEMPLATE = FOLDER / "glabella.pot"
# Of a catalogue's header: what changes with every run, and what Babel makes up when nobody says.
LEFT_OUT = (
    '"POT-Creation-Date',
    '"PO-Revision-Date',
    '"Generated-By',
    '"Project-Id-Version: PROJECT VERSION',
    '"Report-Msgid-Bugs-To: EMAIL@ADDRESS',
    '"Last-Translator: FULL NAME',
    '"Language-Team: LANGUAGE',
)
# The compiled form has to bear a date; one that stays, so that it changes only with a sentence.
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)

sys.path.insert(0, str(PROJECT))


def main() -> None:
    """Refresh the template and every catalogue, and start the languages that are named."""
    template = collected()
    TEMPLATE.write_bytes(written(template))
    for language in sys.argv[1:]:
        catalogue_of(language).parent.mkdir(parents=True, exist_ok=True)
        if not catalogue_of(language).exists():
            catalogue_of(language).write_bytes(written(started(language)))
    for path in shipped():
        catalogue = updated(path, template)
        path.write_bytes(written(catalogue))
        path.with_suffix(".mo").write_bytes(compiled(catalogue))


def collected() -> Catalog:
    """Every sentence in the code, and every name in the protocol and the atlas."""
    # Without a date or a line number, so that it changes only when a sentence does.
    catalogue = Catalog(charset="utf-8", fuzzy=False, header_comment="# Glabella: every sentence.")
    found = extract_from_dir(
        PROJECT / "desktop",
        method_map=[("**.py", "python")],
        keywords={"_": None, "ngettext": (1, 2)},
    )
    for file, _line, message, _comments, _context in sorted(found, key=lambda each: each[:2]):
        catalogue.add(message, locations=[(f"desktop/{file}", 0)])
    for message, file in sentences_of_data():
        catalogue.add(message, locations=[(file, 0)])
    return catalogue


def sentences_of_data() -> list[tuple[str, str]]:
    """The words in data and record that the program shows, each with the file they come from."""
    from desktop import resources
    from desktop.core.charting import MEANING

    book = resources.handbook()
    protocol = "resources/protocols/preempt.toml"
    words = [book.protocol.title, *(each.name for each in book.protocol.profiles.values())]
    for region in book.protocol.regions.values():
        words += [region.name, region.place]
    words += [site.landmark for site in book.protocol.sites.values()]
    asked = [(each.name, each.question) for each in resources.checklist().questions.values()]
    notes = [note for product in book.products.values() for note in product.notes]
    captions = [view.caption for view in book.atlas.views.values() if view.caption]
    return [
        (MEANING, "desktop/core/charting.py"),
        *((each, protocol) for each in dict.fromkeys(words)),
        *((each, "resources/atlas/atlas.json") for each in captions),
        *((each, "resources/assessment.toml") for both in asked for each in both),
        *((each, "resources/products.toml") for each in dict.fromkeys(notes)),
    ]


def written(catalogue: Catalog) -> bytes:
    """A catalogue as it stands in a file."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, include_lineno=False, ignore_obsolete=True)
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(LEFT_OUT)).encode()


def started(language: str) -> Catalog:
    """A language without a sentence, but with its plural forms."""
    comment = f"# Glabella: every sentence in the language {language}."
    return Catalog(locale=language, charset="utf-8", fuzzy=False, header_comment=comment)


def updated(path: Path, template: Catalog) -> Catalog:
    """One language brought up to the template: what is gone leaves, what is new is empty."""
    with path.open("rb") as file:
        catalogue = read_po(file, charset="utf-8")
    # No guesses: "left" is near enough to "right" for a machine.
    catalogue.update(template, no_fuzzy_matching=True)
    return catalogue


def compiled(catalogue: Catalog) -> bytes:
    """A catalogue as the program reads it."""
    catalogue.creation_date = catalogue.revision_date = UNDATED
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def shipped() -> list[Path]:
    """The catalogue of every language."""
    return sorted(FOLDER.glob("*/LC_MESSAGES/glabella.po"))


def catalogue_of(language: str) -> Path:
    """Where a language's catalogue lies."""
    return FOLDER / language / "LC_MESSAGES" / "glabella.po"


if __name__ == "__main__":
    main()
