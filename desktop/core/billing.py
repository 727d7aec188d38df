"""What a payer asks for, as exact facts: the program gives no coding advice."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

# One injection procedure a session, whatever the number of sites: the code without its wording,
# which belongs to the American Medical Association.
PROCEDURE_CODE = "64615"


class Bought(StrEnum):
    """Whether the practice bought the drug: what it did not buy it does not bill."""

    YES = "yes"
    NO = "no"
    NOT_RECORDED = "not recorded"


class Discard(StrEnum):
    """What is said about discarded drug, by its modifier; none where nothing may be said."""

    JW = "JW"
    JZ = "JZ"
    NOT_RECORDED = "not recorded"


@dataclass(frozen=True)
class Quantity:
    """An amount in the units of a code; no number where that would be a rounded one."""

    units: Decimal
    code: str
    billing_units: int | None


@dataclass(frozen=True)
class PayerFacts:
    """The facts of one product in one session; none where there is nothing to state.

    `drug` is what was injected. `discarded` is what was discarded, with `discard` `JW`; with `JZ`
    nothing was. Drug that the practice did not buy has none of the three.
    """

    procedure_code: str | None
    bought: Bought
    drug: Quantity | None
    discard: Discard | None
    discarded: Quantity | None


def payer_facts(
    injected_units: Decimal,
    wasted_units: Decimal | None,
    hcpcs_code: str,
    billing_unit: Decimal,
    *,
    bought: bool | None,
) -> PayerFacts:
    """Put the amounts of a session as a payer asks for them.

    Args:
        injected_units: Units given; with zero there is no procedure and no drug to state.
        wasted_units: Units discarded; none where that was not recorded, which is not zero.
        hcpcs_code: The product's code; empty for a product without one.
        billing_unit: How many units of the product one unit of the code stands for.
        bought: Whether the practice bought the drug; false for a specialty pharmacy or a sample,
            none where that was not recorded.

    Source: HCPCS descriptors J0585 to J0589, and the modifiers JW (discarded) and JZ (nothing
        discarded, from 1 July 2023) as public Medicare contractors' pages give them, read in
        November 2026.
    """
    source = Bought.NOT_RECORDED if bought is None else Bought.YES if bought else Bought.NO
    if injected_units == 0:
        return PayerFacts(None, source, None, None, None)
    if source is Bought.NO or not hcpcs_code:
        return PayerFacts(PROCEDURE_CODE, source, None, None, None)
    drug = _quantity(injected_units, hcpcs_code, billing_unit)
    if wasted_units is None:
        return PayerFacts(PROCEDURE_CODE, source, drug, Discard.NOT_RECORDED, None)
    if wasted_units == 0:
        return PayerFacts(PROCEDURE_CODE, source, drug, Discard.JZ, None)
    discarded = _quantity(wasted_units, hcpcs_code, billing_unit)
    return PayerFacts(PROCEDURE_CODE, source, drug, Discard.JW, discarded)


def _quantity(units: Decimal, code: str, billing_unit: Decimal) -> Quantity:
    whole = units % billing_unit == 0
    return Quantity(units, code, int(units // billing_unit) if whole else None)
