"""Keys: from a passphrase or from the recovery key on paper to the 32 bytes that open a file."""

import base64
import binascii
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from unicodedata import normalize

from argon2.low_level import Type, hash_secret_raw

from desktop.core.errors import ExpectedError


@dataclass(frozen=True)
class Cost:
    """What deriving a key takes, of us and of whoever guesses."""

    memory_kib: int
    passes: int
    lanes: int


# Newest first. The old ones stay: files were made with them.
# Source: RFC 9106, section 4, second recommended option (read 2026-11-22).
COSTS = (Cost(memory_kib=64 * 1024, passes=3, lanes=4),)

KEY_BYTES = 32
SHORTEST_PASSPHRASE = 8

SECRET_BYTES = 20
CHECK_BYTES = 2
GROUP = 4  # letters
LETTERS = 36
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

# What the alphabet lacks, a hand or an eye puts in all the same.
_MEANT = {"0": "O", "8": "B"}
_MOST_GUESSES = 6


class PassphraseTooShortError(ExpectedError):
    """A passphrase has at least eight characters."""

    def __init__(self, length: int, least: int) -> None:
        """Keep both lengths, in characters."""
        super().__init__(f"{length} < {least}")
        self.length = length
        self.least = least


class RecoveryKeyLengthError(ExpectedError):
    """A recovery key has 36 letters and digits; this has more or fewer."""

    def __init__(self, length: int, expected: int) -> None:
        """Keep both lengths, without spaces and dashes."""
        super().__init__(f"{length} of {expected}")
        self.length = length
        self.expected = expected


class RecoveryKeyMistypedError(ExpectedError):
    """The recovery key contradicts its own check letters."""

    def __init__(self, group: int | None) -> None:
        """Keep which group of four (from 1) is wrong, if that can be told."""
        super().__init__(str(group))
        self.group = group


def derived_key(secret: bytes, salt: bytes, cost: Cost) -> bytes:
    """The 32 bytes that a secret stands for in the file with this salt (Argon2id)."""
    return hash_secret_raw(
        secret, salt, cost.passes, cost.memory_kib, cost.lanes, KEY_BYTES, Type.ID
    )


def passphrase_secret(passphrase: str) -> bytes:
    """A passphrase as bytes, the same from every keyboard."""
    return normalize("NFC", passphrase).encode("utf-8", "surrogatepass")


def checked_passphrase(passphrase: str) -> str:
    """The passphrase itself, if it is long enough.

    Raises:
        PassphraseTooShortError: It has fewer than eight characters.
    """
    length = len(normalize("NFC", passphrase))
    if length < SHORTEST_PASSPHRASE:
        raise PassphraseTooShortError(length, SHORTEST_PASSPHRASE)
    return passphrase


def new_recovery_key() -> str:
    """A new recovery key to print: 160 random bits and 16 to check them, in nine groups of four."""
    return recovery_key_text(secrets.token_bytes(SECRET_BYTES))


def recovery_key_text(secret: bytes) -> str:
    """A recovery key as it is printed: NJNX-QJFF-YP2H-K3XV-6MIF-OSTY-JA4F-LI2G-MRPQ."""
    letters = base64.b32encode(secret + _check(secret)).decode().rstrip("=")
    return "-".join(letters[at : at + GROUP] for at in range(0, LETTERS, GROUP))


def read_recovery_key(text: str) -> bytes:
    """The secret of a recovery key as it was typed: any case, any spaces and dashes.

    0 is read as O, 8 as B, and 1 as I or L, whichever makes the key right.

    Raises:
        RecoveryKeyLengthError: It has not 36 letters and digits.
        RecoveryKeyMistypedError: It contradicts itself.
    """
    typed = "".join(_MEANT.get(each, each) for each in text.upper() if each.isalnum())
    if len(typed) != LETTERS:
        raise RecoveryKeyLengthError(len(typed), LETTERS)
    if typed.count("1") <= _MOST_GUESSES:
        found = {secret for letters in _ones_read(typed) if (secret := _secret(letters))}
        if len(found) == 1:
            return found.pop()
    raise RecoveryKeyMistypedError(_slipped_group(typed.replace("1", "I")))


def _check(secret: bytes) -> bytes:
    return sha256(b"Glabella recovery key" + secret).digest()[:CHECK_BYTES]


def _secret(letters: str) -> bytes | None:
    """The secret of 36 letters, if their check is right."""
    try:
        decoded = base64.b32decode(letters + "====")
    except (binascii.Error, ValueError):
        return None
    secret, check = decoded[:SECRET_BYTES], decoded[SECRET_BYTES:]
    # The last letter has four bits to spare, which the decoder overlooks.
    whole = base64.b32encode(decoded).decode().rstrip("=") == letters
    return secret if whole and check == _check(secret) else None


def _ones_read(typed: str) -> Iterator[str]:
    """The key with each 1 read as I or as L."""
    pieces = typed.split("1")
    for guesses in product("IL", repeat=len(pieces) - 1):
        yield pieces[0] + "".join(g + piece for g, piece in zip(guesses, pieces[1:], strict=True))


def _slipped_group(letters: str) -> int | None:
    """The group in which one other letter, or two swapped, would make the key right."""
    strange = {at for at, each in enumerate(letters) if each not in ALPHABET}
    groups = {at // GROUP + 1 for at in strange or _slips(letters)}
    return groups.pop() if len(groups) == 1 else None


def _slips(letters: str) -> Iterator[int]:
    for at in range(LETTERS):
        before, after = letters[:at], letters[at + 1 :]
        if any(_secret(before + each + after) for each in ALPHABET):
            yield at
        if after and _secret(before + after[0] + letters[at] + after[1:]):
            yield at
