from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.amounts import (
    NotAnAmountError,
    amount_text,
    checked_amount,
    from_hundredths,
    read_amount,
    read_ml,
    read_units,
    to_hundredths,
)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("5", "5"),
        ("05", "5"),
        ("10", "10"),
        ("7.5", "7.5"),
        ("7,5", "7.5"),
        ("7,50", "7.5"),
        ("0.01", "0.01"),
        ("0", "0"),
        (" 5 ", "5"),
        ("5U", "5"),
        ("5 u", "5"),
        ("5\u00a0U", "5"),
        ("5\tU", "5"),
        ("5 units", "5"),
        ("1 Unit", "1"),
        ("4 mL", "4"),
        ("9999999.99", "9999999.99"),
    ],
)
def test_an_amount_has_at_most_two_decimals_after_a_point_or_a_comma(
    text: str, amount: str
) -> None:
    assert str(read_amount(text)) == amount


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "U",
            "x",
            "five",
            "-5",
            "+5",
            "\u22125",
            "1e9",
            "5e0",
            "NaN",
            "nan",
            "inf",
            "Infinity",
        ),
        *("2.555", "5.", ".5", ",5", "1,000.5", "1.000,5", "1 000", "1_0", "0x5", "5/2", "5 5"),
        *(
            "\u0667",
            "\u0667.\u0665",
            "\uff15",
            "\u2164",
            "\u00bd",
            "5\n",
            "\t5",
            "5\nU",
            "12345678",
            "5 UU",
            "5 mg",
        ),
    ],
)
def test_anything_else_is_no_amount(text: str) -> None:
    with pytest.raises(NotAnAmountError) as refused:
        read_amount(text)
    assert refused.value.text == text


def test_millilitres_are_never_taken_for_units_nor_units_for_millilitres() -> None:
    assert (read_units("5 U"), read_ml("4 mL")) == (Decimal(5), Decimal(4))
    with pytest.raises(NotAnAmountError):
        read_units("5 mL")
    with pytest.raises(NotAnAmountError):
        read_ml("4 U")


@pytest.mark.parametrize(
    ("amount", "text"),
    [("5.0", "5"), ("5.00", "5"), ("0.50", "0.5"), ("100", "100"), ("1E+2", "100"), ("0", "0")],
)
def test_an_amount_is_written_without_trailing_zeros_and_with_a_leading_one(
    amount: str, text: str
) -> None:
    assert amount_text(Decimal(amount)) == text


@pytest.mark.parametrize(
    "amount", ["NaN", "sNaN", "Infinity", "-Infinity", "-0.01", "0.005", "1E+9"]
)
def test_a_number_that_could_not_have_been_entered_is_not_stored(amount: str) -> None:
    with pytest.raises(NotAnAmountError):
        to_hundredths(Decimal(amount))


def test_an_amount_from_arithmetic_is_the_same_amount() -> None:
    assert checked_amount(Decimal("2.500") * 2) == Decimal(5)


@given(st.integers(0, 999_999_999))
def test_every_amount_survives_the_file_and_the_keyboard(hundredths: int) -> None:
    amount = from_hundredths(hundredths)
    assert to_hundredths(amount) == hundredths
    assert read_amount(amount_text(amount)) == amount
    assert amount_text(read_amount(amount_text(amount))) == amount_text(amount)


@given(st.text())
def test_a_text_is_an_amount_of_at_most_two_decimals_or_refused(text: str) -> None:
    try:
        amount = read_amount(text)
    except NotAnAmountError:
        return
    assert amount >= 0
    assert from_hundredths(to_hundredths(amount)) == amount
