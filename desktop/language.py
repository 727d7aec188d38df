"""The language of window, note and command line: gettext, with English in the source."""

import gettext
from collections.abc import Sequence

from desktop import resources

DOMAIN = "glabella"

_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def use(languages: Sequence[str] | None = None) -> None:
    """Speak the first of these languages that is shipped, or of the system's; else English."""
    global _catalogue  # noqa: PLW0603  the language is one per process, like the locale
    _catalogue = gettext.translation(
        DOMAIN, resources.translations(), languages=languages, fallback=True
    )


def _(message: str) -> str:
    """The sentence in the language in use."""
    return _catalogue.gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """The sentence for a number, in the language in use."""
    return _catalogue.ngettext(singular, plural, number)
