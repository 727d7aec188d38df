from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.billing import Bought, Discard, PayerFacts, Quantity, payer_facts

ONE = Decimal(1)


def units(text: str) -> Decimal:
    return Decimal(text)


def test_155_of_200_units_leave_45_on_a_line_of_their_own() -> None:
    assert payer_facts(units("155"), units("45"), "J0585", ONE, bought=True) == PayerFacts(
        "64615",
        Bought.YES,
        Quantity(units("155"), "J0585", 155),
        Discard.JW,
        Quantity(units("45"), "J0585", 45),
    )


@pytest.mark.parametrize("nothing", ["0", "0.00"])
def test_200_of_200_units_discard_nothing(nothing: str) -> None:
    assert payer_facts(units("200"), units(nothing), "J0585", ONE, bought=True) == PayerFacts(
        "64615", Bought.YES, Quantity(units("200"), "J0585", 200), Discard.JZ, None
    )


@pytest.mark.parametrize(
    ("injected", "wasted", "code", "billing_unit", "drug", "discarded"),
    [
        ("157.5", "42.5", "J0585", "1", None, None),
        ("157.5", "42", "J0585", "1", None, 42),
        ("155.0", "45.00", "J0585", "1", 155, 45),
        ("125", "175", "J0586", "5", 25, 35),
        ("123", "177", "J0586", "5", None, None),
        ("2500", "1250", "J0587", "100", 25, None),
        ("100", "0.01", "J0587", "100", 1, None),
    ],
)
def test_what_is_not_a_whole_number_of_billing_units_has_no_number(
    injected: str,
    wasted: str,
    code: str,
    billing_unit: str,
    drug: int | None,
    discarded: int | None,
) -> None:
    facts = payer_facts(units(injected), units(wasted), code, units(billing_unit), bought=True)
    assert facts.drug == Quantity(units(injected), code, drug)
    assert facts.discarded == Quantity(units(wasted), code, discarded)


def test_drug_that_the_practice_did_not_buy_has_no_line() -> None:
    assert payer_facts(units("155"), units("45"), "J0585", ONE, bought=False) == PayerFacts(
        "64615", Bought.NO, None, None, None
    )


def test_amounts_stand_when_nobody_said_who_bought_the_drug() -> None:
    told = payer_facts(units("155"), units("45"), "J0585", ONE, bought=None)
    sure = payer_facts(units("155"), units("45"), "J0585", ONE, bought=True)
    assert told.bought is Bought.NOT_RECORDED
    assert (told.drug, told.discard, told.discarded) == (sure.drug, sure.discard, sure.discarded)


def test_waste_that_was_not_recorded_is_not_taken_for_none() -> None:
    assert payer_facts(units("155"), None, "J0585", ONE, bought=True) == PayerFacts(
        "64615",
        Bought.YES,
        Quantity(units("155"), "J0585", 155),
        Discard.NOT_RECORDED,
        None,
    )


def test_where_nothing_was_injected_there_is_nothing_to_state() -> None:
    assert payer_facts(units("0"), units("200"), "J0585", ONE, bought=True) == PayerFacts(
        None, Bought.YES, None, None, None
    )


def test_a_product_without_a_code_has_no_line() -> None:
    assert payer_facts(units("50"), units("50"), "", ONE, bought=True) == PayerFacts(
        "64615", Bought.YES, None, None, None
    )


hundredths = st.integers(1, 1_000_000).map(lambda number: Decimal(number).scaleb(-2))


@given(hundredths, hundredths, st.sampled_from([ONE, Decimal(5), Decimal(100)]))
def test_a_number_is_exact_or_it_is_not_there(
    injected: Decimal, wasted: Decimal, billing_unit: Decimal
) -> None:
    facts = payer_facts(injected, wasted, "J0585", billing_unit, bought=True)
    for amount, quantity in ((injected, facts.drug), (wasted, facts.discarded)):
        assert quantity is not None
        exact = Fraction(amount) / Fraction(billing_unit)
        whole = exact.numerator if exact.denominator == 1 else None
        assert (quantity.units, quantity.billing_units) == (amount, whole)
        assert type(quantity.billing_units) in (int, type(None))
