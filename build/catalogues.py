"""What `build/messages.py` does: template, catalogues, compiled catalogues."""

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PROJECT = Path(__file__).resolve().parents[1]
FOLDER = PROJECT / "resources" / "translations"
TEMPLATE = FOLDER / "glabella.pot"

sys.path.insert(0, str(PROJECT))


def main() -> None:
    """Refresh the template and every catalogue, and start the languages that are named."""
    template = collected()
    TEMPLATE.write_bytes(written(template))
    for language in sys.argv[1:]:
        catalogue_of(language).parent.mkdir(parents=True, exist_ok=True)
        if not catalogue_of(language).exists():
            catalogue_of(language).write_bytes(written(Catalog(locale=language)))
    for path in sorted(FOLDER.glob("*/LC_MESSAGES/glabella.po")):
        refresh(path, template)


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
    """The words in the data files that the program shows, each with its file."""
    from desktop import resources

    book = resources.handbook()
    protocol = "resources/protocols/preempt.toml"
    words = [each.name for each in book.protocol.profiles.values()]
    for region in book.protocol.regions.values():
        words += [region.name, region.place]
    words += [site.landmark for site in book.protocol.sites.values()]
    captions = [view.caption for view in book.atlas.views.values() if view.caption]
    return [(each, protocol) for each in dict.fromkeys(words)] + [
        (each, "resources/atlas/atlas.json") for each in captions
    ]


def written(catalogue: Catalog) -> bytes:
    """A catalogue as it stands in a file."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, omit_header=False, sort_output=False, include_lineno=False)
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    moving = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By')
    return "".join(line for line in lines if not line.startswith(moving)).encode()


def refresh(path: Path, template: Catalog) -> None:
    """Bring one language up to the template, and compile it."""
    with path.open("rb") as file:
        catalogue = read_po(file)
    catalogue.update(template)
    path.write_bytes(written(catalogue))
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)


def catalogue_of(language: str) -> Path:
    """Where a language's catalogue lies."""
    return FOLDER / language / "LC_MESSAGES" / "glabella.po"


if __name__ == "__main__":
    main()
