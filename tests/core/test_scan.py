"""What a scanner typed is read exactly as it is on the carton, or refused; never nearly."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import permutations

import pytest
import zxingcpp
from hypothesis import event, example, given
from hypothesis import strategies as st

from desktop.core.errors import ExpectedError
from desktop.core.product import Product
from desktop.core.scan import (
    LONGEST_SCAN,
    SEPARATOR,
    AmbiguousScanError,
    LearnedPackage,
    NotADateError,
    NotAScanError,
    NotASubstituteError,
    ProductsDisagreeError,
    Scanned,
    ScanWithoutExpiryError,
    ScanWithoutGtinError,
    ScanWithoutLotError,
    TwoScansError,
    UnknownSeparatorError,
    WrongCheckDigitError,
    checked_substitute,
    read_scan,
)
from desktop.core.vial import Expiry
from desktop.resources import handbook

PRODUCTS: Mapping[str, Product] = handbook().products
NOTHING_LEARNED: Mapping[str, LearnedPackage] = {}

BOTOX_100, BOTOX_200, UNKNOWN = "00300231145014", "00300233921029", "04012345678901"
HEAD = f"01{BOTOX_100}17271031"
CARTON = {"01": BOTOX_100, "17": "271031", "10": "C1234C3", "21": "SN0001"}
SCANNED = Scanned(
    gtin=BOTOX_100,
    product="botox",
    size_units=Decimal(100),
    lot="C1234C3",
    expiry=Expiry(2027, 10, 31),
    serial="SN0001",
    ndc="0023-1145-01",
)
# Lots and serials have no length of their own; nor has the number of a national register.
OPEN = {"10", "21", *(f"71{number}" for number in range(8))}


def read(text: str, *, substitute: str = "") -> Scanned:
    return read_scan(text, PRODUCTS, NOTHING_LEARNED, substitute=substitute)


def message(elements: Sequence[tuple[str, str]], separator: str) -> str:
    """The elements in a row, with a separator after each that has no fixed length but the last."""
    last = len(elements) - 1
    return "".join(
        ai + value + (separator if ai in OPEN and place < last else "")
        for place, (ai, value) in enumerate(elements)
    )


# -- real symbols ---------------------------------------------------------------------------------


def typed_by_scanner(elements: Iterable[tuple[str, str]]) -> str:
    """Print a GS1 DataMatrix, look at the picture, and say what a scanner sends of it."""
    readable = "".join(f"({ai}){value}" for ai, value in elements)
    symbol = zxingcpp.create_barcode(readable, zxingcpp.BarcodeFormat.DataMatrix, gs1=True)
    seen = zxingcpp.read_barcode(symbol.to_image(scale=4))
    assert seen is not None
    assert seen.content_type is zxingcpp.ContentType.GS1
    return seen.symbology_identifier + seen.bytes.decode("ascii")


ORDERS = list(permutations(CARTON.items()))


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: "-".join(ai for ai, _ in order))
def test_a_symbol_is_read_whatever_the_order_and_refused_without_its_separator(
    order: tuple[tuple[str, str], ...],
) -> None:
    typed = typed_by_scanner(order)
    assert typed.count(SEPARATOR) >= 1
    assert read(typed) == read(typed.removeprefix("]d2")) == SCANNED
    assert read(typed.replace(SEPARATOR, "~"), substitute="~") == SCANNED
    for lost in (typed.replace(SEPARATOR, ""), typed.removeprefix("]d2").replace(SEPARATOR, "")):
        with pytest.raises((AmbiguousScanError, ScanWithoutLotError)):
            read(lost)


@pytest.mark.parametrize("gtin", [BOTOX_100, BOTOX_200])
def test_a_symbol_whose_lot_comes_last_needs_no_separator(gtin: str) -> None:
    typed = typed_by_scanner([("01", gtin), ("17", "271000"), ("10", "C1234C3")])
    assert SEPARATOR not in typed
    known = {BOTOX_100: (100, "0023-1145-01"), BOTOX_200: (200, "0023-3921-02")}
    size, ndc = known[gtin]
    assert read(typed) == Scanned(
        gtin, "botox", Decimal(size), "C1234C3", Expiry(2027, 10), serial="", ndc=ndc
    )


def test_a_symbol_that_is_no_gs1_symbol_is_refused() -> None:
    plain = zxingcpp.create_barcode(HEAD + "10C1234C3", zxingcpp.BarcodeFormat.DataMatrix)
    seen = zxingcpp.read_barcode(plain.to_image(scale=4))
    assert seen is not None
    assert seen.symbology_identifier == "]d1"
    with pytest.raises(NotAScanError):
        read(seen.symbology_identifier + seen.text)


# -- what scanners and keyboards make of it -------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        f"{HEAD}10C1234C3\x1d21SN0001",
        f"]d2{HEAD}10C1234C3\x1d21SN0001\r\n",
        f"\t ]d2\x1d{HEAD}10C1234C3\x1d21SN0001\x1d\r",
        f"]C1{HEAD}10C1234C3\x1d21SN0001",
        # A separator is also allowed where none is needed.
        f"01{BOTOX_100}\x1d17271031\x1d21SN0001\x1d\x1d10C1234C3\x1d",
        f"\x1d{HEAD}10C1234C3~21SN0001~",
    ],
)
def test_what_stands_around_a_message_does_not_count(typed: str) -> None:
    assert read(typed, substitute="~") == SCANNED


def test_between_separators_a_lot_may_look_like_anything() -> None:
    lot = "C21X17271031"
    assert read(f"{HEAD}10{lot}\x1d21SN0001").lot == lot
    assert read(f"{HEAD}21SN0001\x1d10{lot}").lot == lot
    assert read(f"{HEAD}10{lot}\x1d").lot == lot
    # What stands before the message is no sign that separators are sent inside it.
    with pytest.raises(AmbiguousScanError):
        read(f"\x1d{HEAD}10{lot}")


@pytest.mark.parametrize(
    ("tail", "ai", "value"),
    [
        ("10C1234AB21SN0001", "10", "C1234AB21SN0001"),
        ("10C1234C3-21SN0001", "10", "C1234C3-21SN0001"),  # separator sent as part of a lot
        ("10C2103", "10", "C2103"),
        ("10AB17271031", "10", "AB17271031"),
        ("10AB11261100", "10", "AB11261100"),
        (f"10A01{BOTOX_100}", "10", f"A01{BOTOX_100}"),
        ("10A7150023114501", "10", "A7150023114501"),
        ("10" + "X" * 21, "10", "X" * 20),
        ("10C1234C3" + HEAD, "10", ("C1234C3" + HEAD)[:20]),
        ("21SN10C1234", "21", "SN10C1234"),
        ("21SN17271031", "21", "SN17271031"),
        ("7150023114501" + "10C1", "715", "002311450110C1"),
        ("305" + "10C1234C3", "30", "510"),
    ],
)
def test_what_may_be_more_than_one_element_is_refused(tail: str, ai: str, value: str) -> None:
    with pytest.raises(AmbiguousScanError) as refused:
        read(HEAD + tail)
    assert (refused.value.ai, refused.value.text) == (ai, value)


@pytest.mark.parametrize(
    "lot", ["C1234C3", "C1021", "21C3", "1", "C17271331", "C17AB1031", "A0100300231", "X71500"]
)
def test_a_lot_that_hides_nothing_is_taken_without_a_separator(lot: str) -> None:
    assert read(f"{HEAD}10{lot}").lot == lot


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        *((text, NotAScanError) for text in ("", " ", "\x1d", "]d2", "]d2\x1d", "hello", "tem2l")),
        *((text, NotAScanError) for text in ("]d1" + HEAD, "]D2" + HEAD, BOTOX_100[:-3])),
        # A vial's own linear barcode.
        *((text, ScanWithoutLotError) for text in ("300231145014", "]E0" + BOTOX_100[1:])),
        (HEAD + "1", NotAScanError),
        (HEAD + "10", NotAScanError),
        (HEAD + "10\x1d21SN0001", NotAScanError),
        ("01" + BOTOX_100[:-1], NotAScanError),
        ("01\u0660" + BOTOX_100[1:], NotAScanError),
        (HEAD + "10C1234\u202eC3", NotAScanError),
        (HEAD + "10C12\n34C3", NotAScanError),
        (f"(01){BOTOX_100}(17)271031(10)C1234C3", NotAScanError),
        ("9" * (LONGEST_SCAN + 1), NotAScanError),
        ("17271031" + "10C1234C3", ScanWithoutGtinError),
        ("01" + BOTOX_100, ScanWithoutLotError),
        (HEAD, ScanWithoutLotError),
        (HEAD + "21SN0001", ScanWithoutLotError),
        (f"01{BOTOX_100}10C1234C3", ScanWithoutExpiryError),
        (f"01{BOTOX_100}10C1234C3\x1d21SN0001", ScanWithoutExpiryError),
        (f"01{BOTOX_100}17270229" + "10C1", NotADateError),
        (f"01{BOTOX_100}17271301" + "10C1", NotADateError),
        (f"01{BOTOX_100}17270001" + "10C1", NotADateError),
        (f"01{BOTOX_100}17270000" + "10C1", NotADateError),
        (f"01{BOTOX_100}17271032" + "10C1", NotADateError),
        (HEAD + f"01{BOTOX_200}10C1234C3", TwoScansError),
        (HEAD + "1727113010C1234C3", TwoScansError),
        (HEAD + "10C1234C3\x1d10C1234C4", TwoScansError),
    ],
)
def test_what_is_no_whole_scan_is_refused_by_name(typed: str, error: type[ExpectedError]) -> None:
    with pytest.raises(ExpectedError) as refused:
        read(typed)
    assert type(refused.value) is error


def test_only_the_expiry_has_to_be_a_day() -> None:
    assert read(f"{HEAD}1100000010C1234C3\x1d21SN0001") == SCANNED


def test_an_impossible_expiry_is_named_with_its_digits() -> None:
    for digits in ("270229", "271301"):
        with pytest.raises(NotADateError) as refused:
            read(f"01{BOTOX_100}17{digits}10C1")
        assert refused.value.digits == digits


@pytest.mark.parametrize("place", range(14))
@pytest.mark.parametrize("gtin", [BOTOX_100, BOTOX_200])
def test_one_wrong_digit_in_the_gtin_is_noticed(gtin: str, place: int) -> None:
    for digit in set("0123456789") - {gtin[place]}:
        wrong = gtin[:place] + digit + gtin[place + 1 :]
        with pytest.raises(WrongCheckDigitError) as refused:
            read(f"01{wrong}1727103110C1234C3")
        assert refused.value.gtin == wrong


@pytest.mark.parametrize("character", list("#$@[\\]^`{|}~"))
def test_the_separator_may_be_any_key_that_no_lot_is_written_with(character: str) -> None:
    typed = f"{HEAD}10C1234C3{character}21SN0001"
    assert read(typed, substitute=checked_substitute(character)) == SCANNED
    # Nobody has said yet what this scanner sends.
    with pytest.raises(UnknownSeparatorError) as refused:
        read(typed)
    assert refused.value.character == character


@pytest.mark.parametrize("text", ["-", "/", "%", "A", "0", " ", "~~", "\x1d", "\t", "é", "\u202e"])
def test_nothing_else_can_stand_for_the_separator(text: str) -> None:
    with pytest.raises(NotASubstituteError):
        read(HEAD + "10C1234C3", substitute=text)


def test_a_character_that_is_none_of_a_code_and_parts_nothing_is_not_a_separator() -> None:
    for typed in (f"01{BOTOX_100[:5]}~{BOTOX_100[5:]}", f"{HEAD}10C1~21S|N", "~", "a~b"):
        with pytest.raises(NotAScanError):
            read(typed)


# -- dates and products ---------------------------------------------------------------------------


def test_two_digits_are_a_year_from_49_before_to_50_after_this_one() -> None:
    years = [read(f"01{BOTOX_100}17{year:02}063010C1").expiry.year for year in range(100)]
    now = datetime.now(UTC).year
    assert sorted(years) == list(range(now - 49, now + 51))
    assert [year % 100 for year in years] == list(range(100))


@pytest.mark.parametrize(
    ("digits", "expiry", "last_day"),
    [
        ("271000", Expiry(2027, 10), date(2027, 10, 31)),
        ("280200", Expiry(2028, 2), date(2028, 2, 29)),
        ("271001", Expiry(2027, 10, 1), date(2027, 10, 1)),
        ("280229", Expiry(2028, 2, 29), date(2028, 2, 29)),
    ],
)
def test_day_00_is_the_month_alone(digits: str, expiry: Expiry, last_day: date) -> None:
    found = read(f"01{BOTOX_100}17{digits}10C1234C3").expiry
    assert (found, found.last_day) == (expiry, last_day)


def check_digit(digits: str) -> str:
    """The last digit of a GTIN: weights 3 and 1 from the right (GS1 General Specifications 7.9)."""
    weighed = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(digits[::-1]))
    return str(-weighed % 10)


def gtin_of(ndc: str, level: str = "0") -> str:
    digits = level + "03" + ndc.replace("-", "")
    return digits + check_digit(digits)


PACKAGES = [
    (product.key, package.size_units, package.ndc.text)
    for product in PRODUCTS.values()
    for package in product.packages
]


@pytest.mark.parametrize("level", ["0", "3"])
@pytest.mark.parametrize(("key", "size", "ndc"), PACKAGES, ids=[ndc for _, _, ndc in PACKAGES])
def test_every_package_is_known_by_the_code_in_its_gtin(
    key: str, size: Decimal, ndc: str, level: str
) -> None:
    found = read(f"01{gtin_of(ndc, level)}1727103110C1234C3")
    assert (found.product, found.size_units, found.ndc) == (key, size, ndc)


def test_the_two_cartons_of_botox_have_the_gtins_that_are_printed_on_them() -> None:
    assert (gtin_of("0023-1145-01"), gtin_of("0023-3921-02")) == (BOTOX_100, BOTOX_200)


def test_what_an_unknown_gtin_is_has_to_be_said_once() -> None:
    typed = f"01{UNKNOWN}1727103110C1234C3"
    first = read(typed)
    assert (first.gtin, first.product, first.size_units, first.ndc) == (UNKNOWN, "", None, "")
    learned = {UNKNOWN: LearnedPackage("botox", Decimal(50))}
    then = read_scan(typed, PRODUCTS, learned)
    assert (then.product, then.size_units, then.lot) == ("botox", Decimal(50), first.lot)


def test_what_was_learned_never_changes_a_package_that_is_known() -> None:
    learned = {BOTOX_100: LearnedPackage("xeomin", Decimal(200))}
    assert read_scan(f"{HEAD}10C1234C3\x1d21SN0001", PRODUCTS, learned) == SCANNED


def test_what_was_learned_of_a_product_that_is_gone_is_not_known() -> None:
    learned = {UNKNOWN: LearnedPackage("withdrawn", Decimal(50))}
    found = read_scan(f"01{UNKNOWN}1727103110C1234C3", PRODUCTS, learned)
    assert (found.product, found.size_units) == ("", None)


def test_the_digits_of_an_unknown_us_code_are_kept_without_hyphens() -> None:
    found = read(f"01{gtin_of('9999-8888-77')}1727103110C1234C3")
    assert (found.product, found.ndc) == ("", "9999888877")


@pytest.mark.parametrize("number", ["0023392102", "0023-3921-02", "00023392102", "000023392102"])
def test_a_national_number_says_what_an_unknown_gtin_is(number: str) -> None:
    typed = f"01{UNKNOWN}17271031715{number}\x1d10C1234C3"
    found = read(typed)
    assert (found.product, found.size_units) == ("botox", Decimal(200))
    assert (found.gtin, found.ndc) == (UNKNOWN, "0023-3921-02")


def test_a_national_number_adds_the_code_to_what_was_learned() -> None:
    learned = {UNKNOWN: LearnedPackage("botox", Decimal(200))}
    found = read_scan(f"01{UNKNOWN}172710317150023392102\x1d10C1", PRODUCTS, learned)
    assert (found.product, found.size_units, found.ndc) == (
        *("botox", Decimal(200)),
        "0023-3921-02",
    )


def test_a_national_number_that_is_not_known_is_kept_as_it_stands() -> None:
    found = read(f"01{UNKNOWN}17271031715123\x1d10C1234C3")
    assert (found.product, found.ndc) == ("", "123")
    assert read(f"{HEAD}715123\x1d10C1234C3").ndc == "0023-1145-01"


@pytest.mark.parametrize(
    ("gtin", "learned"),
    [
        (BOTOX_100, NOTHING_LEARNED),
        (UNKNOWN, {UNKNOWN: LearnedPackage("botox", Decimal(100))}),
        (UNKNOWN, {UNKNOWN: LearnedPackage("xeomin", Decimal(200))}),
    ],
)
def test_two_numbers_of_different_packages_are_refused(
    gtin: str, learned: Mapping[str, LearnedPackage]
) -> None:
    with pytest.raises(ProductsDisagreeError) as refused:
        read_scan(f"01{gtin}172710317150023392102\x1d10C1234C3", PRODUCTS, learned)
    assert (refused.value.gtin, refused.value.ndc) == (gtin, "0023-3921-02")


# -- whatever comes -------------------------------------------------------------------------------

SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
# Mostly the digits that application identifiers are made of, so that lots look like elements.
TRAP = st.sampled_from(["0", "1", "2", "7", "10", "17", "21", "A", "171231", "01", "715", "C3"])
VALUES = st.one_of(
    st.text(SET_82, min_size=1, max_size=20),
    st.lists(TRAP, min_size=1, max_size=9).map(lambda parts: "".join(parts)[:20]),
)
GTINS = st.one_of(
    st.sampled_from([gtin_of(ndc) for _, _, ndc in PACKAGES]),
    st.text("123456789", min_size=13, max_size=13).map(lambda text: text + check_digit(text)),
)
DAYS = st.builds(
    lambda day, whole: f"{day:%y%m%d}" if whole else f"{day:%y%m}00",
    st.dates(date(2020, 1, 1), date(2060, 12, 31)),
    st.booleans(),
)


@st.composite
def cartons(draw: st.DrawFn) -> list[tuple[str, str]]:
    """The elements of a carton, in any order."""
    elements = [("01", draw(GTINS)), ("17", draw(DAYS)), ("10", draw(VALUES))]
    if draw(st.booleans()):
        elements.append(("21", draw(VALUES)))
    if draw(st.booleans()):
        elements.append((draw(st.sampled_from(["11", "13", "15", "16"])), draw(DAYS)))
    if draw(st.booleans()):
        # The national number of another country, or one that no package has.
        ai = draw(st.sampled_from(["710", "712", "715", "717"]))
        elements.append((ai, draw(st.text("9", min_size=6, max_size=13))))
    return draw(st.permutations(elements))


def is_exactly(found: Scanned, elements: Sequence[tuple[str, str]]) -> bool:
    value = dict(elements)
    digits = f"{found.expiry.year % 100:02}{found.expiry.month:02}{found.expiry.day or 0:02}"
    return (found.gtin, digits, found.lot, found.serial) == (
        *(value["01"], value["17"], value["10"]),
        value.get("21", ""),
    )


@given(cartons(), st.sampled_from(["", "]d2"]), st.sampled_from(["", "\r", "\r\n", "\t"]))
def test_with_its_separators_any_carton_is_read_exactly(
    elements: list[tuple[str, str]], prefix: str, suffix: str
) -> None:
    kept = prefix + message(elements, SEPARATOR) + suffix
    # Where no element needs a separator there is none to see: that case is the next test's.
    if SEPARATOR in kept:
        event("read")
        assert is_exactly(read(kept), elements)
        replaced = kept.replace(SEPARATOR, "|")
        assert is_exactly(read(replaced, substitute="|"), elements)


@given(cartons(), st.sampled_from([SEPARATOR, "", "~", "|", "-", "A", "?", " ", "\n"]))
@example([("01", BOTOX_100), ("17", "271031"), ("10", "C1234C3")], "")
@example([("01", BOTOX_100), ("17", "271031"), ("10", "C1234AB"), ("21", "SN0001")], "")
@example([("17", "271031"), ("10", "2"), ("01", BOTOX_100)], "")
def test_whatever_became_of_its_separators_a_carton_is_read_exactly_or_refused(
    elements: list[tuple[str, str]], separator: str
) -> None:
    try:
        found = read(message(elements, separator), substitute="~")
    except ExpectedError as error:
        event(type(error).__name__)
    else:
        event("read")
        assert is_exactly(found, elements)


GARBAGE = st.one_of(
    st.text(),
    st.text("0123456789", max_size=60),
    st.text(SET_82 + SEPARATOR + "]~\r\n", max_size=60),
    st.lists(
        st.one_of(TRAP, DAYS, GTINS, VALUES, st.sampled_from([SEPARATOR, "]d2", "30", "3100"]))
    ).map("".join),
)


@given(GARBAGE, st.sampled_from(["", "~", "-", "\x1d", "||"]))
def test_garbage_is_refused_in_words(text: str, substitute: str) -> None:
    try:
        found = read(text, substitute=substitute)
    except ExpectedError:
        return
    assert 1 <= len(found.lot) <= 20
    assert found.lot in text


@given(cartons(), st.data())
def test_a_message_with_a_slip_in_it_is_read_or_refused_and_never_breaks(
    elements: list[tuple[str, str]], data: st.DataObject
) -> None:
    whole = message(elements, SEPARATOR)
    place = data.draw(st.integers(0, len(whole)))
    slip = data.draw(st.sampled_from(["", "0", "9", "X", SEPARATOR, "\u0660", "~"]))
    try:
        found = read(whole[:place] + slip + whole[place + data.draw(st.integers(0, 3)) :])
    except ExpectedError:
        return
    assert 1 <= len(found.lot) <= 20
