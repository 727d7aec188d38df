from datetime import date
from decimal import Decimal

import pytest

from desktop.core.amounts import NotAnAmountError
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.patient import UnprintableCharacterError
from desktop.core.vial import (
    DoseNotPositiveError,
    DoseOverProductLimitError,
    Expiry,
    LotTooLongError,
    NoLotError,
    NotAnExpiryError,
    Product,
    UnknownProductError,
    Vial,
    VialSizeError,
    checked_vial,
    read_expiry,
)

VIAL = Vial(1, "botox", Decimal(200), "C1234C3", Expiry(2027, 10), Decimal(4))


@pytest.fixture
def botox(book: Handbook) -> Product:
    return book.products["botox"]


@pytest.mark.parametrize("text", ["0.01", "5", "7,5 U", "399.99", "400", "400 units"])
def test_a_dose_is_more_than_zero_and_at_most_the_products_limit(text: str, botox: Product) -> None:
    assert 0 < botox.read_dose(text) <= 400


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("0", DoseNotPositiveError),
        ("0.00", DoseNotPositiveError),
        ("400.01", DoseOverProductLimitError),
        ("5000", DoseOverProductLimitError),
        ("-5", NotAnAmountError),
        ("5 mL", NotAnAmountError),
        ("1e9", NotAnAmountError),
        ("2.555", NotAnAmountError),
        ("\u0667", NotAnAmountError),
    ],
)
def test_any_other_dose_is_refused(text: str, error: type[ExpectedError], botox: Product) -> None:
    with pytest.raises(error):
        botox.read_dose(text)


@pytest.mark.parametrize(
    ("units", "error"),
    [
        ("0", DoseNotPositiveError),
        ("-0", DoseNotPositiveError),
        ("-5", DoseNotPositiveError),
        ("-Infinity", DoseNotPositiveError),
        ("400.01", DoseOverProductLimitError),
        ("Infinity", DoseOverProductLimitError),
        ("NaN", NotAnAmountError),
        ("sNaN", NotAnAmountError),
        ("2.555", NotAnAmountError),
    ],
)
def test_a_dose_that_was_never_typed_is_checked_alike(
    units: str, error: type[ExpectedError], botox: Product
) -> None:
    with pytest.raises(error):
        botox.checked_dose(Decimal(units))


def test_two_hundred_units_in_four_ml_are_five_units_in_a_tenth() -> None:
    assert VIAL.units_per_tenth_ml == Decimal(5)
    assert VIAL.volume_ml(Decimal("7.5")) == Decimal("0.15")


def test_without_a_diluent_there_is_no_volume() -> None:
    vial = Vial(1, "botox", Decimal(200), "C1234C3", Expiry(2027, 10))
    assert (vial.units_per_tenth_ml, vial.volume_ml(Decimal(5))) == (None, None)


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


@pytest.mark.parametrize("good", [vial(), vial("100"), vial(lot="X" * 20), vial(diluent_ml=None)])
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
        (vial(lot="C1234C3\x1d21"), UnprintableCharacterError),
        (vial(diluent_ml=Decimal(0)), DoseNotPositiveError),
        (vial(diluent_ml=Decimal(-1)), NotAnAmountError),
        (vial(diluent_ml=Decimal("NaN")), NotAnAmountError),
    ],
)
def test_any_other_vial_is_refused(bad: Vial, error: type[ExpectedError], botox: Product) -> None:
    with pytest.raises(error):
        checked_vial(bad, botox)


def test_a_product_is_found_by_its_name_in_any_case(book: Handbook, botox: Product) -> None:
    assert book.product_named("Botox") == botox
    with pytest.raises(UnknownProductError) as refused:
        book.product_named("Botax")
    assert refused.value.known == ("BOTOX",)
