from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.amounts import NotAnAmountError
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.patient import TextTooLongError, UnprintableCharacterError
from desktop.core.product import DoseNotPositiveError, Product, VialSizeError
from desktop.core.vial import (
    Expiry,
    HeldOverSizeError,
    LotTooLongError,
    NoLotError,
    NotACodeError,
    NotAnExpiryError,
    SerialTooLongError,
    TooMuchDiluentError,
    Vial,
    checked_vial,
    read_expiry,
)
from desktop.resources import handbook

VIAL = Vial(1, "botox", Decimal(200), "C1234C3", Expiry(2027, 10), Decimal(4))


@pytest.fixture
def botox(book: Handbook) -> Product:
    return book.products["botox"]


def test_two_hundred_units_in_four_ml_are_five_units_in_a_tenth() -> None:
    assert VIAL.units_per_tenth_ml == Decimal(5)
    assert VIAL.volume_ml(Decimal("7.5")) == Decimal("0.15")


def test_without_a_diluent_there_is_no_volume() -> None:
    vial = Vial(1, "botox", Decimal(200), "C1234C3", Expiry(2027, 10))
    assert (vial.units_per_tenth_ml, vial.volume_ml(Decimal(5))) == (None, None)


_hundredths = st.integers(1, 2000).map(lambda number: Decimal(number) / 100)
_any_size = st.sampled_from(
    [(product, size) for product in handbook().products.values() for size in product.vial_sizes]
)


@given(_any_size, _hundredths, _hundredths)
def test_a_dose_becomes_an_exact_volume_at_every_dilution(
    kind: tuple[Product, Decimal], diluent_ml: Decimal, dose: Decimal
) -> None:
    product, size = kind
    vial = Vial(0, product.key, size, "C1", Expiry(2027, 10), diluent_ml)
    strength, volume = vial.units_per_tenth_ml, vial.volume_ml(dose)
    assert isinstance(strength, Decimal)
    assert isinstance(volume, Decimal)
    exact = Fraction(dose) * Fraction(diluent_ml) / Fraction(size)
    # A vial of 300 units makes volumes that no decimal can write; the last of 28 digits is rounded.
    if size % 3:
        assert Fraction(volume) == exact
    assert abs(Fraction(volume) - exact) <= exact / 10**27
    assert abs(Fraction(strength) * Fraction(diluent_ml) * 10 - Fraction(size)) <= size / 10**27
    assert abs(Fraction(strength) * Fraction(volume) * 10 - Fraction(dose)) <= dose / Decimal(
        10**26
    )
    assert vial.volume_ml(size) == diluent_ml


@pytest.mark.parametrize(
    ("size", "diluent_ml", "strength", "of_five"),
    [
        ("100", "2", "5", "0.1"),
        ("200", "4", "5", "0.1"),
        ("100", "1", "10", "0.05"),
        ("100", "4", "2.5", "0.2"),
        ("200", "2.5", "8", "0.0625"),
        ("50", "1.25", "4", "0.125"),
    ],
)
def test_strengths_are_those_that_one_works_out_by_hand(
    size: str, diluent_ml: str, strength: str, of_five: str
) -> None:
    mixed = Vial(0, "botox", Decimal(size), "C1", Expiry(2027, 10), Decimal(diluent_ml))
    assert mixed.units_per_tenth_ml == Decimal(strength)
    assert mixed.volume_ml(Decimal(5)) == Decimal(of_five)


def test_a_vial_of_which_some_was_drawn_before_is_as_strong_and_holds_the_rest() -> None:
    rest = replace(VIAL, held_units=Decimal(45))
    assert (rest.units_per_tenth_ml, rest.volume_ml(Decimal(5))) == (Decimal(5), Decimal("0.1"))
    assert [VIAL.opened_units, rest.opened_units] == [200, 45]
    assert replace(VIAL, held_units=Decimal(0)).opened_units == 0


@pytest.mark.parametrize(
    ("text", "expiry", "last_day"),
    [
        ("2027-10", Expiry(2027, 10), date(2027, 10, 31)),
        ("2028-02", Expiry(2028, 2), date(2028, 2, 29)),
        ("2027-10-15", Expiry(2027, 10, 15), date(2027, 10, 15)),
    ],
)
def test_a_vial_that_names_only_the_month_lasts_until_its_end(
    text: str, expiry: Expiry, last_day: date
) -> None:
    assert read_expiry(text) == expiry
    assert (expiry.text, expiry.last_day) == (text, last_day)


@pytest.mark.parametrize(
    "text",
    [
        *("", "2027", "10-2027", "2027-13", "2027-00", "2027-02-29", "2027-10-00", "2027-10-32"),
        *(
            "0000-10",
            "2027-1",
            "2027-010",
            "2027-10-1",
            "27-10",
            "2027/10",
            "\u0662\u0660\u0662\u0667-\u0661\u0660",
            "2027-10\n",
        ),
        *("2027-10-31-1", "2027--10", "-2027-10"),
    ],
)
def test_any_other_expiry_is_refused(text: str) -> None:
    with pytest.raises(NotAnExpiryError):
        read_expiry(text)


def vial(size: str = "200", lot: str = "C1234C3", diluent_ml: Decimal | None = Decimal(4)) -> Vial:
    return Vial(1, "botox", Decimal(size), lot, Expiry(2027, 10), diluent_ml)


@pytest.mark.parametrize(
    "good",
    [
        vial(),
        vial("100"),
        vial(lot="X" * 20),
        vial(diluent_ml=None),
        vial(diluent_ml=Decimal(20)),
        replace(VIAL, serial="X" * 20, gtin="00300233921026", diluent="saline 0.9 %"),
        replace(VIAL, held_units=Decimal(200)),
        replace(VIAL, held_units=Decimal(0)),
    ],
)
def test_a_vial_has_a_size_of_its_product_and_a_lot(good: Vial, botox: Product) -> None:
    assert checked_vial(good, botox) is good


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (vial("150"), VialSizeError),
        (vial("NaN"), VialSizeError),
        (vial(lot=""), NoLotError),
        (vial(lot="  "), NoLotError),
        (vial(lot="X" * 21), LotTooLongError),
        # What a scanner sends between lot and serial: kept, the two would be one wrong lot.
        (vial(lot="C1234C3\x1d21"), NotACodeError),
        (vial(lot="C1234C3\N{SYRINGE}"), NotACodeError),
        (replace(VIAL, serial="SN\N{SYRINGE}"), NotACodeError),
        (vial(diluent_ml=Decimal(0)), DoseNotPositiveError),
        (vial(diluent_ml=Decimal(-1)), NotAnAmountError),
        (vial(diluent_ml=Decimal("NaN")), NotAnAmountError),
        (vial(diluent_ml=Decimal("0.005")), NotAnAmountError),
        (vial(diluent_ml=Decimal("20.01")), TooMuchDiluentError),
        (replace(VIAL, serial="X" * 21), SerialTooLongError),
        (replace(VIAL, serial="123\x1d10"), NotACodeError),
        (replace(VIAL, diluent="saline\n"), UnprintableCharacterError),
        (replace(VIAL, mixed_by="x" * 201), TextTooLongError),
        (replace(VIAL, gtin="0030\x1d"), UnprintableCharacterError),
        (replace(VIAL, held_units=Decimal("200.01")), HeldOverSizeError),
        (replace(VIAL, held_units=Decimal(-1)), NotAnAmountError),
        (replace(VIAL, held_units=Decimal("NaN")), NotAnAmountError),
    ],
)
def test_any_other_vial_is_refused(bad: Vial, error: type[ExpectedError], botox: Product) -> None:
    with pytest.raises(error):
        checked_vial(bad, botox)
