from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.core.amounts import NotAnAmountError
from desktop.core.drawing import balances
from desktop.core.errors import ExpectedError
from desktop.core.patient import TextTooLongError, UnprintableCharacterError
from desktop.core.product import DoseNotPositiveError, UnknownProductError, VialSizeError
from desktop.core.scan import LearnedPackage, WrongCheckDigitError
from desktop.core.session import ReasonMissingError, Session, State, Waste
from desktop.core.stock import StockVial
from desktop.core.vial import (
    Expiry,
    LotTooLongError,
    MixedInFutureError,
    NoLotError,
    NotACodeError,
    SerialTooLongError,
    Supply,
    TooMuchDiluentError,
    Vial,
)
from desktop.store.clinic_file import ClinicFile
from desktop.store.records import Records
from desktop.store.refusal import ReadOnlyError
from desktop.store.sentences import explain
from desktop.store.stock import (
    ExpiredOnArrivalError,
    NotInStockError,
    ReceivedInFutureError,
    SerialKnownError,
    Stock,
)
from tests.store.charted import keep, session, sign, site
from tests.store.conftest import Kept
from tests.store.visits import BOOK, LONDON, PATIENT, START

NOW = START
GTIN_200, GTIN_100 = "00300233921029", "00300231145014"
FULL = Vial(
    number=0,
    product="botox",
    size_units=Decimal(200),
    lot="C1234C3",
    expiry=Expiry(2027, 10),
    serial="SN0001",
    gtin=GTIN_200,
    supply=Supply.SPECIALTY_PHARMACY,
    stock_id="v-1",
)
ARRIVED = StockVial(FULL, date(2026, 11, 20))


@pytest.fixture
def stock(file: ClinicFile) -> Stock:
    return file.stock


def add(stock: Stock, each: StockVial) -> StockVial:
    stock.add(each, BOOK.products, NOW)
    return each


def vial(**changes: object) -> StockVial:
    """A vial of the stock that differs so from the first, and is another package."""
    new = {"stock_id": "v-2", "serial": "SN0002", **changes}
    return replace(ARRIVED, vial=replace(FULL, **new))  # type: ignore[arg-type]


def drawn(stock: Stock, stock_id: str = "v-1") -> tuple[Decimal, Decimal]:
    """What was drawn and wasted of a vial."""
    (found,) = (each for each in stock.vials() if each.id == stock_id)
    return found.drawn_units, found.wasted_units


def taken(*, number: int = 1, stock_id: str = "v-1") -> Vial:
    """The vial, as a session took it up."""
    return replace(FULL, number=number, stock_id=stock_id)


def test_a_vial_is_kept_as_it_was_taken_in(kept: Kept) -> None:
    bare = StockVial(Vial(0, "botox", Decimal(100), "C9", Expiry(2027, 1, 31), stock_id="v-2"))
    with kept.open() as file:
        add(file.stock, ARRIVED)
        add(file.stock, bare)
    with kept.open() as file:
        assert file.stock.vials() == [bare, ARRIVED]


def test_what_expires_first_comes_first_also_where_the_label_has_no_day(stock: Stock) -> None:
    for name, expiry in (("c", (2027, 10)), ("b", (2027, 10, 30)), ("a", (2027, 11, 1))):
        add(stock, vial(stock_id=name, serial=name, expiry=Expiry(*expiry)))
    assert [each.id for each in stock.vials()] == ["b", "c", "a"]


def test_adding_a_vial_again_does_no_harm(stock: Stock) -> None:
    add(stock, ARRIVED)
    add(stock, ARRIVED)
    assert stock.vials() == [ARRIVED]


@pytest.mark.parametrize("fold", [0, 1])
def test_opening_a_vial_keeps_with_what_when_and_by_whom(stock: Stock, fold: int) -> None:
    add(stock, ARRIVED)
    mixed_at = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=fold)
    opened = replace(
        FULL, diluent="saline", diluent_ml=Decimal(4), mixed_at=mixed_at, mixed_by="Test Scribe"
    )
    stock.change(replace(ARRIVED, vial=opened), BOOK.products, NOW)
    (found,) = stock.vials()
    assert found == replace(ARRIVED, vial=opened)
    assert found.vial.mixed_at
    assert found.vial.mixed_at.utcoffset() == timedelta(hours=1 - fold)
    assert found.is_open


def test_a_vial_that_nobody_has_cannot_be_changed(stock: Stock) -> None:
    with pytest.raises(NotInStockError):
        stock.change(ARRIVED, BOOK.products, NOW)
    assert stock.vials() == []


TWO = (taken(), taken(number=2, stock_id="v-2"))
USES: dict[str, tuple[Session, tuple[str, str]]] = {
    "155 given and 45 discarded": (
        replace(
            session("s", *(site(n) for n in range(31)), vials=(taken(),)),
            wastes=(Waste(Decimal(45), "rest", 1),),
        ),
        ("155", "45"),
    ),
    "doses and wastes in hundredths": (
        replace(
            session("s", site(1, "0.01"), site(2, "7.5"), site(3, "0.1"), vials=(taken(),)),
            wastes=(Waste(Decimal("0.07"), "a", 1), Waste(Decimal("2.5"), "b", 1)),
        ),
        ("7.61", "2.57"),
    ),
    "what is only planned, omitted or not given stays in it": (
        session(
            "s",
            site(1),
            *(site(2 + n, state=each) for n, each in enumerate(State) if each is not State.GIVEN),
            vials=(taken(),),
        ),
        ("5", "0"),
    ),
    "what is kept is not drawn": (
        replace(session("s", site(1), vials=(taken(),)), kept={1: Decimal(45)}),
        ("5", "0"),
    ),
    "each of two vials has its own": (
        replace(
            session("s", site(1, "5", 1), site(2, "7", 2), vials=TWO),
            wastes=(Waste(Decimal(3), "a", 1), Waste(Decimal(4), "b", 2)),
        ),
        ("5", "3"),
    ),
    "a waste of no vial is that of the only one": (
        replace(session("s", site(1), vials=(taken(),)), wastes=(Waste(Decimal(45), "rest"),)),
        ("5", "45"),
    ),
    "a waste of no vial is of neither of two": (
        replace(session("s", site(1), vials=TWO), wastes=(Waste(Decimal(45), "rest"),)),
        ("5", "0"),
    ),
    "what was given of no vial": (session("s", site(1, vial=None), vials=(taken(),)), ("0", "0")),
    "a vial of the same lot that is not from the stock": (
        session("s", site(1), vials=(taken(stock_id=""),)),
        ("0", "0"),
    ),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES.keys())
@pytest.mark.parametrize("store", [keep, sign])
def test_what_sessions_used_of_a_vial(
    use: tuple[Session, tuple[str, str]],
    store: Callable[[Records, Session], Session],
    stock: Stock,
    records: Records,
) -> None:
    used, (given_units, wasted_units) = use
    add(stock, ARRIVED)
    store(records, used)
    assert drawn(stock) == (Decimal(given_units), Decimal(wasted_units))


def test_the_uses_of_several_sessions_add_up_but_for_a_discarded_one(
    stock: Stock, records: Records
) -> None:
    add(stock, ARRIVED)
    sign(records, session("s-1", site(1, "50"), vials=(taken(),)))
    rest = replace(taken(), held_units=Decimal(150))
    keep(records, session("s-2", site(1, "7.5"), vials=(rest,)))
    wasted = replace(session("s-3", site(1, "100"), vials=(rest,)), wastes=(Waste(Decimal(9), ""),))
    keep(records, wasted)
    assert drawn(stock) == (Decimal("157.5"), Decimal(9))
    records.discard("s-3", "wrong patient", NOW)
    assert drawn(stock) == (Decimal("57.5"), Decimal(0))
    assert stock.vials()[0].rest_units == Decimal("142.5")


HUNDREDTHS = st.integers(1, 40_000).map(lambda number: Decimal(number) / 100)
NAMES = count()


@st.composite
def used_sessions(draw: st.DrawFn, stock_ids: tuple[str, ...]) -> Session:
    """A session with up to three vials, some from the stock, and doses and wastes of any."""
    names = draw(st.lists(st.sampled_from([*stock_ids, ""]), max_size=3))
    vials = tuple(taken(number=n, stock_id=name) for n, name in enumerate(names, 1))
    numbers = st.none() | st.integers(1, 4)
    doses = draw(st.lists(st.tuples(HUNDREDTHS, numbers, st.sampled_from(State)), max_size=6))
    sites = (site(n, str(units), vial, state) for n, (units, vial, state) in enumerate(doses, 1))
    wastes = draw(st.lists(st.builds(Waste, HUNDREDTHS, st.just("rest"), numbers), max_size=3))
    known = {None, *range(1, len(vials) + 1)}
    made = session(f"s {next(NAMES)}", *(each for each in sites if each.vial in known), vials=vials)
    return replace(made, wastes=tuple(each for each in wastes if each.vial in known))


@given(data=st.data())
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_stock_and_the_accounts_of_the_sessions_agree_to_the_hundredth(
    data: st.DataObject, stock: Stock, records: Records
) -> None:
    ids = tuple(f"v {next(NAMES)}" for _vial in range(2))
    for each in ids:
        add(stock, vial(stock_id=each, serial=""))
    kept = [keep(records, each) for each in data.draw(st.lists(used_sessions(ids), max_size=4))]
    for stock_id in ids:
        accounts = [
            each for made in kept for each in balances(made) if each.vial.stock_id == stock_id
        ]
        assert drawn(stock, stock_id) == (
            sum((each.injected_units for each in accounts), Decimal(0)),
            sum((each.wasted_units for each in accounts), Decimal(0)),
        )


def test_a_package_is_not_counted_twice(stock: Stock) -> None:
    add(stock, ARRIVED)
    with pytest.raises(SerialKnownError) as refused:
        add(stock, vial(serial="SN0001", lot="C9"))
    assert explain(refused.value) == ("Serial number SN0001, lot C1234C3, is in the stock already.")
    add(stock, vial())
    with pytest.raises(SerialKnownError):
        stock.change(vial(serial="SN0001"), BOOK.products, NOW)
    assert [each.vial.serial for each in stock.vials()] == ["SN0001", "SN0002"]
    stock.close("v-1", "used up", NOW)
    with pytest.raises(SerialKnownError) as refused:
        stock.change(vial(serial="SN0001"), BOOK.products, NOW)
    assert explain(refused.value) == (
        "Serial number SN0001, lot C1234C3, was in the stock and is no longer used: used up."
    )


@pytest.mark.parametrize(
    ("other", "is_taken"),
    [
        ({"gtin": ""}, False),
        ({"gtin": "", "size_units": Decimal(100)}, True),
        ({"gtin": "", "product": "xeomin"}, True),
        ({"gtin": GTIN_100, "size_units": Decimal(100)}, True),
        ({"gtin": "10300233921026"}, True),
        ({"serial": "sn0001"}, True),
    ],
)
def test_a_serial_number_is_of_one_gtin_or_of_one_product_and_size_where_it_was_typed(
    other: dict[str, object], is_taken: bool, stock: Stock
) -> None:
    add(stock, ARRIVED)
    second = vial(**{"serial": "SN0001", **other})
    if is_taken:
        add(stock, second)
    else:
        with pytest.raises(SerialKnownError):
            add(stock, second)
    assert len(stock.vials()) == 1 + is_taken


def test_vials_without_a_serial_number_are_not_told_apart_by_it(stock: Stock) -> None:
    add(stock, vial(stock_id="v-1", serial=""))
    add(stock, vial(stock_id="v-2", serial=""))
    assert len(stock.vials()) == 2


WRONG: list[tuple[StockVial, type[ExpectedError]]] = [
    (vial(lot=""), NoLotError),
    (vial(lot="  "), NoLotError),
    (vial(lot="C" * 5000), LotTooLongError),
    (vial(lot="C1234\u200fC3"), NotACodeError),
    (vial(lot="C1234\x1dC3"), NotACodeError),
    (vial(lot="Ç12😀"), NotACodeError),
    (vial(serial="9" * 21), SerialTooLongError),
    (vial(diluent="saline\n"), UnprintableCharacterError),
    (vial(mixed_by="x" * 201), TextTooLongError),
    (vial(diluent_ml=Decimal(0)), DoseNotPositiveError),
    (vial(diluent_ml=Decimal(21)), TooMuchDiluentError),
    (vial(diluent_ml=Decimal("NaN")), NotAnAmountError),
    (vial(size_units=Decimal(10000)), VialSizeError),
    (vial(product="water"), UnknownProductError),
    (vial(mixed_at=NOW + timedelta(minutes=1)), MixedInFutureError),
    (replace(vial(), received_on=date(2026, 11, 23)), ReceivedInFutureError),
]


@pytest.mark.parametrize(("wrong", "refusal"), WRONG)
def test_what_cannot_be_a_vial_is_refused_and_nothing_is_saved(
    wrong: StockVial, refusal: type[ExpectedError], stock: Stock
) -> None:
    with pytest.raises(refusal):
        add(stock, wrong)
    assert stock.vials() == []
    add(stock, vial())
    with pytest.raises(refusal):
        stock.change(wrong, BOOK.products, NOW)
    assert stock.vials() == [vial()]


def test_a_vial_that_has_expired_is_not_taken_in_but_can_be_corrected_later(stock: Stock) -> None:
    with pytest.raises(ExpiredOnArrivalError) as refused:
        add(stock, vial(expiry=Expiry(2026, 11, 21)))
    assert explain(refused.value) == (
        "This vial expired on 21 Nov 2026. It was not added to the stock."
    )
    last_day = add(stock, vial(expiry=Expiry(2026, 11, 22)))
    corrected = replace(last_day, vial=replace(last_day.vial, expiry=Expiry(2026, 10)))
    stock.change(corrected, BOOK.products, NOW)
    assert stock.vials() == [corrected]


def test_what_nobody_changed_is_not_refused_when_the_clock_was_set_back(stock: Stock) -> None:
    opened = add(stock, replace(vial(mixed_at=NOW), received_on=NOW.date()))
    corrected = replace(opened, vial=replace(opened.vial, lot="C9"))
    stock.change(corrected, BOOK.products, NOW - timedelta(days=1))
    assert stock.vials() == [corrected]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (NotInStockError("v-9"), "This vial is not in the stock, or no longer used."),
        (
            ReceivedInFutureError(date(2026, 11, 23), date(2026, 11, 22)),
            "It cannot have been received on 23 Nov 2026: today is 22 Nov 2026.",
        ),
    ],
)
def test_a_refusal_says_why(error: ExpectedError, sentence: str) -> None:
    assert (explain(error) or "").startswith(sentence)


def test_a_closed_vial_is_off_the_shelf_for_good_and_stays_in_the_file(
    file: ClinicFile, stock: Stock
) -> None:
    add(stock, ARRIVED)
    stock.close("v-1", "broken", NOW)
    assert stock.vials() == []
    attempts: tuple[Callable[[], None], ...] = (
        lambda: stock.close("v-1", "used up", NOW),
        lambda: stock.change(ARRIVED, BOOK.products, NOW),
        lambda: stock.add(ARRIVED, BOOK.products, NOW),
    )
    for again in attempts:
        with pytest.raises(NotInStockError):
            again()
    rows = list(file._db.query("SELECT id, closed_reason, closed_utc FROM stock"))
    assert rows == [
        {"id": "v-1", "closed_reason": "broken", "closed_utc": "2026-11-22T10:30:00.000000Z"}
    ]


@pytest.mark.parametrize(
    ("reason", "refusal"),
    [
        ("", ReasonMissingError),
        (" ", ReasonMissingError),
        ("x" * 201, TextTooLongError),
        ("broken\n", UnprintableCharacterError),
    ],
)
def test_a_vial_is_closed_with_a_reason_that_can_be_printed(
    reason: str, refusal: type[ExpectedError], stock: Stock
) -> None:
    add(stock, ARRIVED)
    with pytest.raises(refusal):
        stock.close("v-1", reason, NOW)
    assert stock.vials() == [ARRIVED]


def test_an_unknown_package_is_learned_once_and_can_be_said_anew(kept: Kept) -> None:
    with kept.open() as file:
        file.stock.learn("09506000134352", "xeomin", Decimal(100), BOOK.products)
        file.stock.learn("09506000134352", "botox", Decimal(200), BOOK.products)
        file.stock.learn(GTIN_100, "botox", Decimal(100), BOOK.products)
    with kept.open() as file:
        assert file.stock.packages() == {
            "09506000134352": LearnedPackage("botox", Decimal(200)),
            GTIN_100: LearnedPackage("botox", Decimal(100)),
        }


@pytest.mark.parametrize(
    ("gtin", "product", "size", "refusal"),
    [
        ("09506000134353", "botox", 100, WrongCheckDigitError),
        ("9506000134352", "botox", 100, WrongCheckDigitError),
        ("", "botox", 100, WrongCheckDigitError),
        ("٠٩٥٠٦٠٠٠١٣٤٣٥٢", "botox", 100, WrongCheckDigitError),
        ("09506000134352", "water", 100, UnknownProductError),
        ("09506000134352", "botox", 50, VialSizeError),
    ],
)
def test_a_package_that_cannot_be_is_not_learned(
    gtin: str, product: str, size: int, refusal: type[ExpectedError], stock: Stock
) -> None:
    with pytest.raises(refusal):
        stock.learn(gtin, product, Decimal(size), BOOK.products)
    assert stock.packages() == {}


def test_a_reader_changes_nothing(kept: Kept) -> None:
    with kept.open() as file:
        add(file.stock, ARRIVED)
    with kept.open(reading=True) as file:
        changes: tuple[Callable[[], None], ...] = (
            lambda: file.stock.add(vial(), BOOK.products, NOW),
            lambda: file.stock.change(ARRIVED, BOOK.products, NOW),
            lambda: file.stock.close("v-1", "used up", NOW),
            lambda: file.stock.learn(GTIN_100, "botox", Decimal(100), BOOK.products),
        )
        for change in changes:
            with pytest.raises(ReadOnlyError):
                change()
        assert (file.stock.vials(), file.stock.packages()) == ([ARRIVED], {})


def test_the_sums_are_read_by_the_indexes(file: ClinicFile) -> None:
    from desktop.store import stock

    sign(file.records, session("s-1", site(1), vials=(taken(),)), PATIENT)
    plan = [row["detail"] for row in file._db.query(f"EXPLAIN QUERY PLAN {stock._USED}")]
    assert any("vial_by_stock" in each for each in plan)
    assert [each for each in plan if each.startswith("SCAN") and "stock" not in each] == []
