"""What the note refused, in one or two sentences: what happened, and what to do."""

from desktop.core.errors import ExpectedError
from desktop.language import _
from desktop.note.fonts import MissingGlyphsError


def explain(error: ExpectedError) -> str | None:
    """The sentence of an error of the note; none for one of another layer."""
    match error:
        case MissingGlyphsError(characters=characters):
            return _(
                "No note was made: these characters cannot be printed as they should be:"
                " {characters}. Write them in other letters, then print again."
            ).format(characters=" ".join(characters))
        case _:
            return None
