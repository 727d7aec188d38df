"""Names, numbers and dates as they are searched and compared."""

import re
from datetime import date
from unicodedata import category, normalize

# Letters that Unicode does not take apart.
_PLAIN = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ŧ": "t",
        "ħ": "h",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "’": "'",
        "\N{MODIFIER LETTER APOSTROPHE}": "'",
        "\N{HYPHEN}": "-",
        "\N{NON-BREAKING HYPHEN}": "-",
    }
)
_BETWEEN_PARTS = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """The text in small letters without accents: `Łukasz Żółć` is `lukasz zolc`."""
    letters = normalize("NFKD", text.casefold())
    bare = "".join(each for each in letters if category(each) != "Mn")
    return normalize("NFC", bare.translate(_PLAIN))


def words(text: str) -> list[str]:
    """The folded words of what someone typed."""
    return folded(text).split()


def folded_name(*names: str) -> str:
    """A name to compare: its folded words in one order, whatever they were written in."""
    return " ".join(sorted(words(" ".join(names))))


def index_words(*texts: str) -> set[str]:
    """The words under which something is found: each whole, in its parts, and without marks.

    `O'Brien-Smith` is found as that, as `o`, `brien` and `smith`, and as `obriensmith`.
    """
    whole = words(" ".join(texts))
    parts = [_BETWEEN_PARTS.split(word) for word in whole]
    joined = ["".join(each) for each in parts]
    return {*whole, *joined, *(part for each in parts for part in each)} - {""}


def digits(phone: str) -> str:
    """A phone number to compare, however it is spaced."""
    return "".join(each for each in phone if each.isdigit())


def one_slip_apart(one: date, other: date) -> bool:
    """Whether two dates are equal, or differ by one digit, two swapped digits, or day for month."""
    first, second = f"{one:%Y%m%d}", f"{other:%Y%m%d}"
    differs = [at for at in range(8) if first[at] != second[at]]
    swapped = len(differs) == 2 and [first[at] for at in differs] == [
        second[at] for at in reversed(differs)
    ]
    day_for_month = first == second[:4] + second[6:] + second[4:6]
    return len(differs) <= 1 or swapped or day_for_month
