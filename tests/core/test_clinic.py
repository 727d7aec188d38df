import pytest

from desktop.core.clinic import (
    EmptyReasonError,
    ExpiringDaysError,
    Habits,
    LowStockError,
    TooManyReasonsError,
    checked_habits,
)
from desktop.core.patient import TextTooLongError, UnprintableCharacterError
from desktop.core.scan import NotASubstituteError

TWELVE = tuple(f"reason {number}" for number in range(12))


@pytest.mark.parametrize(
    "habits",
    [
        Habits(),
        Habits((), ()),
        Habits(TWELVE, ("faint",), offers_all_given=False),
        Habits(low_stock=0, expiring_days=0, scan_substitute="~"),
        Habits(low_stock=999, expiring_days=3650),
    ],
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
    for habits in (
        Habits(change_reasons=reasons),
        Habits(stop_reasons=reasons),
        Habits(waste_reasons=reasons),
    ):
        with pytest.raises(error):
            checked_habits(habits)


@pytest.mark.parametrize("number", [-1, 1000])
def test_stock_is_low_at_a_number_of_vials_that_a_clinic_can_have(number: int) -> None:
    with pytest.raises(LowStockError) as refused:
        checked_habits(Habits(low_stock=number))
    assert (refused.value.number, refused.value.limit) == (number, 999)


@pytest.mark.parametrize("days", [-1, 3651, 10**9])
def test_soon_to_expire_is_a_time_that_a_vial_can_last(days: int) -> None:
    with pytest.raises(ExpiringDaysError) as refused:
        checked_habits(Habits(expiring_days=days))
    assert (refused.value.days, refused.value.limit) == (days, 3650)


@pytest.mark.parametrize("text", ["~~", "A", " ", "5"])
def test_what_a_lot_may_be_written_with_does_not_stand_for_the_separator(text: str) -> None:
    with pytest.raises(NotASubstituteError):
        checked_habits(Habits(scan_substitute=text))
