from decimal import Decimal

import pytest

from desktop.core.amounts import NotAnAmountError
from desktop.core.errors import ExpectedError
from desktop.core.handbook import Handbook
from desktop.core.product import (
    DoseNotPositiveError,
    DoseOverProductLimitError,
    Hcpcs,
    Ndc,
    Product,
    UnknownProductError,
)


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


def test_a_product_is_found_by_its_name_in_any_case(book: Handbook, botox: Product) -> None:
    assert book.product_named("Botox") == botox
    with pytest.raises(UnknownProductError) as refused:
        book.product_named("Botax")
    assert refused.value.known == tuple(product.name for product in book.products.values())


def test_a_product_whose_name_begins_like_anothers_is_that_product(book: Handbook) -> None:
    assert book.product_named("botox cosmetic").key == "botox_cosmetic"


def test_botox_is_what_a_session_is_charted_by_until_there_is_a_vial(book: Handbook) -> None:
    assert [*book.products] == [
        *("botox", "botox_cosmetic", "dysport", "xeomin"),
        *("jeuveau", "daxxify", "myobloc", "letybo"),
    ]
    assert book.default_product.key == "botox"
    assert [each.key for each in book.products.values() if each.for_chronic_migraine] == ["botox"]


@pytest.mark.parametrize(
    ("text", "ten", "eleven", "twelve"),
    [
        ("0023-1145-01", "0023114501", "00023-1145-01", "000023-1145-01"),
        ("72960-112-01", "7296011201", "72960-0112-01", "072960-0112-01"),
        ("15054-0530-6", "1505405306", "15054-0530-06", "015054-0530-06"),
    ],
)
def test_a_code_is_filled_up_segment_by_segment(
    text: str, ten: str, eleven: str, twelve: str
) -> None:
    ndc = Ndc(text)
    assert (ndc.ten, ndc.eleven, ndc.twelve) == (ten, eleven, twelve)


def test_every_shipped_code_has_ten_digits_that_no_other_package_has(book: Handbook) -> None:
    packages = [each for product in book.products.values() for each in product.packages]
    shapes = {tuple(len(part) for part in each.ndc.text.split("-")) for each in packages}
    assert shapes <= {(4, 4, 2), (5, 3, 2), (5, 4, 1)}
    assert all(each.ndc.ten.isdecimal() for each in packages)
    assert len({each.ndc.ten for each in packages}) == len(packages) == 14


def test_every_package_holds_vials_of_a_size_that_its_product_has(book: Handbook) -> None:
    for product in book.products.values():
        assert {each.size_units for each in product.packages} <= set(product.vial_sizes)
        assert set(product.usual_diluent_ml) <= set(product.vial_sizes)


def test_the_packages_of_a_size_are_found(botox: Product) -> None:
    assert [each.ndc.text for each in botox.packages_of(Decimal(200))] == ["0023-3921-02"]
    assert [each.ndc.text for each in botox.packages_of(Decimal(100))] == [
        *("0023-1145-01", "85766-155-01", "85766-155-02"),
    ]
    assert botox.packages_of(Decimal(50)) == ()


def test_each_toxin_has_its_code_and_the_units_that_one_of_it_stands_for(book: Handbook) -> None:
    codes = {product.key: product.hcpcs for product in book.products.values()}
    assert codes == {
        "botox": Hcpcs("J0585", Decimal(1)),
        "botox_cosmetic": None,
        "dysport": Hcpcs("J0586", Decimal(5)),
        "xeomin": Hcpcs("J0588", Decimal(1)),
        "jeuveau": None,
        "daxxify": Hcpcs("J0589", Decimal(1)),
        "myobloc": Hcpcs("J0587", Decimal(100)),
        "letybo": None,
    }


def test_only_the_two_botoxes_hold_the_same_toxin(book: Handbook) -> None:
    toxins = [product.toxin for product in book.products.values()]
    assert toxins[0] == toxins[1] == "onabotulinumtoxinA"
    assert len({*toxins}) == len(toxins) - 1 == 7


def test_two_hundred_units_are_usually_mixed_as_strong_as_one_hundred(botox: Product) -> None:
    assert botox.usual_diluent_ml == {Decimal(100): Decimal(2), Decimal(200): Decimal(4)}
    strengths = {size / ml / 10 for size, ml in botox.usual_diluent_ml.items()}
    assert strengths == {botox.usual_units_per_tenth_ml}


def test_a_limit_that_no_source_gives_is_none(book: Handbook) -> None:
    xeomin = book.products["xeomin"]
    assert (xeomin.cumulative_limit_units, xeomin.cumulative_limit_days) == (None, None)
    assert (xeomin.hours_after_mixing, xeomin.usual_units_per_tenth_ml) == (None, None)
    assert xeomin.usual_diluent_ml == {}


def test_what_can_be_an_allergy_is_named(book: Handbook) -> None:
    named = {product.key: product.ingredients for product in book.products.values()}
    assert named["dysport"] == ("albumin", "cow's milk protein")
    assert named["daxxify"] == ()
    assert all(named[key] == ("albumin",) for key in named.keys() - {"dysport", "daxxify"})


def test_every_product_says_something_and_nothing_twice(book: Handbook) -> None:
    for product in book.products.values():
        assert len({*product.notes}) == len(product.notes) > 0
        assert all(note[-1] == "." and note.strip() == note for note in product.notes)
