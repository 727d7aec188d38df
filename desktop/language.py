"""The language of window, note and command line: gettext, with English in the source."""

import gettext
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from desktop import resources

DOMAIN = "glabella"


@dataclass(frozen=True)
class Language:
    """A language to speak, by its name in itself; reviewed is what a clinician has read whole."""

    tag: str
    name: str
    is_right_to_left: bool
    is_reviewed: bool


ENGLISH = Language("en", "English", is_right_to_left=False, is_reviewed=True)

_language = ENGLISH
_catalogue = gettext.NullTranslations()


def available() -> list[Language]:
    """English, then the languages whose catalogues are shipped."""
    import tomllib

    table = tomllib.loads((resources.translations() / "languages.toml").read_text("utf-8"))
    return [ENGLISH, *(Language(tag, **facts) for tag, facts in table.items())]


def current() -> Language:
    """The language in use."""
    return _language


def use(languages: Sequence[str] | None = None) -> None:
    """Speak the first of these languages that is shipped, or of the system's; else English.

    Args:
        languages: Tags exactly as they are shipped; of the system's, the country may be left out.
    """
    _speak(_first_shipped(_tags_of_system() if languages is None else languages))


@contextmanager
def speaking(tag: str) -> Iterator[None]:
    """Speak a shipped language for a while."""
    before = _language, _catalogue
    use([tag])
    try:
        yield
    finally:
        _restore(*before)


def on_paper() -> str:
    """The tag of the language to print in: the one in use, if paper has its letters."""
    # ReportLab neither joins Arabic letters nor turns a line round.
    return ENGLISH.tag if _language.is_right_to_left else _language.tag


def _(message: str) -> str:
    """The sentence in the language in use; nothing stays nothing."""
    # An empty key is where a catalogue keeps its header.
    return _catalogue.gettext(message) if message else ""


def ngettext(singular: str, plural: str, number: int) -> str:
    """The sentence for a number, in the language in use."""
    return _catalogue.ngettext(singular, plural, number)


def _first_shipped(tags: Sequence[str]) -> Language:
    for tag in tags:
        if tag == ENGLISH.tag:
            break  # before the file is read: most starts are in English
        for each in available():
            if each.tag == tag:
                return each
    return ENGLISH


def _tags_of_system() -> list[str]:
    """What the system asks for, each language also without its country: `es_MX.UTF-8`, `es`."""
    names = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    asked = next((value for name in names if (value := os.environ.get(name))), "")
    tags = []
    for each in asked.split(":"):
        tag = each.partition(".")[0].partition("@")[0]
        # "C" is how a system asks for none: the words of the source.
        tags += [ENGLISH.tag] if tag in ("C", "POSIX") else [tag, tag.partition("_")[0]]
    return tags


def _speak(language: Language) -> None:
    if language == ENGLISH:
        _restore(ENGLISH, gettext.NullTranslations())
        return
    folder = resources.translations()
    _restore(language, gettext.translation(DOMAIN, folder, languages=[language.tag]))


def _restore(language: Language, catalogue: gettext.NullTranslations) -> None:
    # One per process, like the locale.
    global _language, _catalogue
    _language, _catalogue = language, catalogue
