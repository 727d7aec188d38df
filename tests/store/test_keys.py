import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.store.keys import (
    ALPHABET,
    PassphraseTooShortError,
    RecoveryKeyLengthError,
    RecoveryKeyMistypedError,
    checked_passphrase,
    new_recovery_key,
    passphrase_secret,
    read_recovery_key,
    recovery_key_text,
)

SECRET = bytes(range(20))
KEY = recovery_key_text(SECRET)
secrets = st.binary(min_size=20, max_size=20)


def with_letter(key: str, group: int, letter: int, change_to: str) -> str:
    groups = key.split("-")
    at = groups[group - 1]
    groups[group - 1] = at[: letter - 1] + change_to + at[letter:]
    return "-".join(groups)


@given(secrets)
def test_a_recovery_key_is_nine_groups_of_four_and_reads_back(secret: bytes) -> None:
    key = recovery_key_text(secret)
    assert [len(group) for group in key.split("-")] == [4] * 9
    assert set(key) <= set(ALPHABET + "-")
    assert read_recovery_key(key) == secret


def test_no_recovery_key_is_given_out_twice() -> None:
    assert len({new_recovery_key() for _ in range(100)}) == 100


@given(secrets)
def test_case_spaces_and_dashes_do_not_matter(secret: bytes) -> None:
    key = recovery_key_text(secret)
    for typed in (key.lower(), key.replace("-", ""), f"  {key.replace('-', ' – ')}\n"):
        assert read_recovery_key(typed) == secret


@given(secrets)
def test_digits_that_look_like_letters_are_read_as_those_letters(secret: bytes) -> None:
    key = recovery_key_text(secret)
    assert read_recovery_key(key.replace("O", "0").replace("B", "8")) == secret
    for letter in "IL":
        assert read_recovery_key(key.replace(letter, "1", 3)) == secret


@settings(max_examples=20)
@given(secrets, st.integers(0, 35), st.sampled_from(ALPHABET))
def test_one_wrong_letter_is_refused_and_its_group_is_named(
    secret: bytes, place: int, letter: str
) -> None:
    letters = recovery_key_text(secret).replace("-", "")
    if letters[place] == letter:
        return
    with pytest.raises(RecoveryKeyMistypedError) as refused:
        read_recovery_key(letters[:place] + letter + letters[place + 1 :])
    # Rarely, a letter of another group would also do: then no group is named.
    assert refused.value.group in (place // 4 + 1, None)


def test_the_group_of_a_wrong_letter_is_named() -> None:
    with pytest.raises(RecoveryKeyMistypedError) as refused:
        read_recovery_key(with_letter(KEY, group=5, letter=2, change_to="X"))
    assert refused.value.group == 5


def test_a_character_that_no_key_has_names_its_group() -> None:
    with pytest.raises(RecoveryKeyMistypedError) as refused:
        read_recovery_key(with_letter(KEY, group=3, letter=4, change_to="9"))
    assert refused.value.group == 3


def test_two_strange_characters_in_one_group_name_it() -> None:
    with pytest.raises(RecoveryKeyMistypedError) as refused:
        read_recovery_key(with_letter(with_letter(KEY, 3, 1, "9"), 3, 4, "9"))
    assert refused.value.group == 3


def test_two_wrong_groups_are_refused_without_guessing() -> None:
    twice = with_letter(with_letter(KEY, 2, 1, "X"), 8, 1, "X")
    with pytest.raises(RecoveryKeyMistypedError) as refused:
        read_recovery_key(twice)
    assert refused.value.group is None


def test_a_key_with_a_letter_missing_says_how_many_there_are() -> None:
    with pytest.raises(RecoveryKeyLengthError) as refused:
        read_recovery_key(KEY[:-1])
    assert (refused.value.length, refused.value.expected) == (35, 36)


def test_a_passphrase_is_the_same_from_every_keyboard() -> None:
    assert passphrase_secret("Zo\N{LATIN SMALL LETTER E WITH DIAERESIS}") == passphrase_secret(
        "Zoe\N{COMBINING DIAERESIS}"
    )


def test_a_passphrase_has_at_least_eight_characters() -> None:
    with pytest.raises(PassphraseTooShortError) as refused:
        checked_passphrase("sevense")
    assert (refused.value.length, refused.value.least) == (7, 8)
    assert checked_passphrase("eightsev") == "eightsev"
