"""What a site and its region were given before, beside the map by one input."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from desktop.app import Desk
from desktop.core import acts
from desktop.core.acts import Act
from desktop.core.protocol import Side
from desktop.core.session import Session
from desktop.core.vial import Expiry, Vial
from desktop.gui.hand import Hand
from desktop.wording import date_text
from tests.journeys.test_starts import begun, treated

NONE = "\N{EN DASH}"


def session(units: str, *others: Act) -> tuple[Act, ...]:
    return (acts.PlanProtocol(), acts.SetDose("TEM-1-L", Decimal(units)), *others, acts.GiveAll())


def extra(side: Side, units: str) -> Act:
    return acts.AddExtra("temporalis", side, Decimal(units), reason="pain here")


@pytest.fixture
def past(desk: Desk) -> list[Session]:
    """Three signed sessions, the newest first; what was given behind the temples differs."""
    oldest = treated(desk, 270, *session("5"))
    middle = treated(desk, 180, *session("7.5", extra(Side.LEFT, "10")))
    newest = treated(desk, 90, *session("5", acts.Omit("TEM-1-L"), extra(Side.RIGHT, "2.5")))
    return [newest, middle, oldest]


def tables(hand: Hand) -> list[list[str]]:
    """The tables of the panel, as a screen reader says them."""
    QApplication.processEvents()
    names = [
        each.accessibleName()
        for each in hand.screen.past.findChildren(QWidget)
        if each.isVisible() and "\n" in each.accessibleName()
    ]
    return [name.split("\n") for name in names]


def days(past: list[Session]) -> list[str]:
    return [date_text(each.started_at.date()) for each in past]


def test_doses_of_a_site_and_its_region_over_three_sessions_take_one_input(
    open_window: Callable[..., Hand], desk: Desk, past: list[Session]
) -> None:
    hand = begun(open_window, desk)
    hand.plan()
    hand.screen.hand.point_ring_at("TEM-1-L")
    hand.inputs = 0
    hand.click(hand.button("History"))
    assert hand.inputs == 1
    assert hand.screen.past._heading.text() == "Temporalis 1 left"
    of_site, of_regions = tables(hand)
    newest, middle, oldest = days(past)
    # The day, the site, then its region at the right and at the left.
    assert of_site[-4:] == [
        f"now, {NONE}, {NONE}, {NONE}",
        f"{newest}, {NONE}, 22.5, 15",
        f"{middle}, 7.5, 20, 32.5",
        f"{oldest}, 5, 20, 20",
    ]
    assert of_site[0].startswith("TEM 1 left and Temporalis")
    assert "Temporalis, 0, 37.5, 52.5, 40" in of_regions
    assert of_regions[-1] == "Total, 0, 152.5, 167.5, 155"


def test_the_history_goes_with_the_ring_and_with_what_is_charted(
    open_window: Callable[..., Hand], desk: Desk, past: list[Session]
) -> None:
    hand = begun(open_window, desk)
    hand.plan()
    hand.click(hand.button("History"))
    hand.tap("OCC-1-L")
    assert hand.screen.past._heading.text() == "Occipitalis 1 left"
    of_site, _of_regions = tables(hand)
    assert of_site[-4] == f"now, 5, {NONE}, 5"
    assert of_site[-3] == f"{days(past)[0]}, 5, 15, 15"


def test_history_is_left_by_its_own_button_or_by_the_one_that_opened_it(
    open_window: Callable[..., Hand], desk: Desk, past: list[Session]
) -> None:
    assert past
    hand = begun(open_window, desk)
    hand.plan()
    opener = hand.screen.show_history
    for closer in (opener, closing(hand)):
        hand.click(opener)
        assert hand.screen.past.isVisible()
        assert not hand.screen.totals.isVisible()
        hand.click(closer)
        assert not hand.screen.past.isVisible()
        assert hand.screen.totals.isVisible()


def test_units_of_another_toxin_stand_by_themselves_under_its_name(
    open_window: Callable[..., Hand], desk: Desk
) -> None:
    vials = (
        acts.AddVial(Vial(1, "botox", Decimal(200), "A1", Expiry(2099, 10))),
        acts.AddVial(Vial(2, "dysport", Decimal(300), "B1", Expiry(2099, 10)), "asked for"),
    )
    of_both = (
        acts.DrawFrom(1),
        acts.Give("TEM-1-L"),
        acts.DrawFrom(2),
        acts.SetDose("TEM-2-L", Decimal(20), "asked for"),
        acts.Give("TEM-2-L"),
    )
    other = acts.AddVial(Vial(1, "dysport", Decimal(300), "B1", Expiry(2099, 10)), "asked for")
    older = treated(desk, 180, other, acts.SetDose("TEM-1-L", Decimal(15)), acts.Give("TEM-1-L"))
    newer = treated(desk, 90, *vials, *of_both)
    hand = begun(open_window, desk)
    hand.plan()
    hand.screen.hand.point_ring_at("TEM-2-L")
    hand.click(hand.button("History"))
    of_site, of_regions = tables(hand)
    days_ = days([newer, older])
    assert of_site[-3:] == [
        f"{days_[0]}, {NONE}, {NONE}, 5",
        f"{days_[0]} \N{MIDDLE DOT} Dysport, 20, {NONE}, 20",
        f"{days_[1]} \N{MIDDLE DOT} Dysport, {NONE}, {NONE}, 15",
    ]
    head = " ".join(of_regions[1 : of_regions.index("Corrugator, 0, 0, 0")])
    assert head.count("Dysport") == 1
    assert head.endswith("Dysport")
    assert of_regions[-1] == "Total, 0, 5, 15"


def closing(hand: Hand) -> QPushButton:
    (button,) = hand.screen.past.findChildren(QPushButton)
    return button


def test_without_earlier_sessions_the_panel_says_so(charting: Hand) -> None:
    charting.click(charting.button("History"))
    texts = [each.text() for each in charting.screen.past.findChildren(QLabel)]
    assert "No earlier session of this patient is signed." in texts


def test_another_patients_sessions_are_not_shown(
    open_window: Callable[..., Hand], desk: Desk
) -> None:
    treated(desk, 90, *session("5"), patient_id="invented-2")
    hand = begun(open_window, desk)
    hand.click(hand.screen.show_history)
    assert tables(hand) == []
