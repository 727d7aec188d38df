import pytest

from desktop.core.clinic import (
    EmptyReasonError,
    Habits,
    TooManyReasonsError,
    checked_habits,
)
from desktop.core.patient import TextTooLongError, UnprintableCharacterError

TWELVE = tuple(f"reason {number}" for number in range(12))


@pytest.mark.parametrize(
    "habits", [Habits(), Habits((), ()), Habits(TWELVE, ("faint",), offers_all_given=False)]
)
def test_habits_that_can_be_offered_are_taken(habits: Habits) -> None:
    assert checked_habits(habits) is habits


@pytest.mark.parametrize(
    ("reasons", "error"),
    [
        ((*TWELVE, "one more"), TooManyReasonsError),
        (("tender", " "), EmptyReasonError),
        (("tender\nand sore",), UnprintableCharacterError),
        (("x" * 201,), TextTooLongError),
    ],
)
def test_reasons_that_cannot_be_offered_are_refused(
    reasons: tuple[str, ...], error: type[Exception]
) -> None:
    for habits in (Habits(change_reasons=reasons), Habits(stop_reasons=reasons)):
        with pytest.raises(error):
            checked_habits(habits)
