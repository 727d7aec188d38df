"""A screen is measured with a card that everybody carries."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop import app
from desktop.core.errors import ExpectedError
from desktop.gui import theme
from desktop.gui.calibration import CARD_MM, LARGE_STEP, STEP, CalibrationForm
from desktop.gui.theme import BUTTON_MM, Measures
from desktop.settings import PreferencesNotSavedError

Open = Callable[..., CalibrationForm]


@pytest.fixture
def kept() -> list[float]:
    """What the form has handed over."""
    return []


@pytest.fixture
def measuring(qtbot: QtBot, kept: list[float]) -> Open:
    """Opens the form on a screen of some density."""

    def opened(
        px_per_mm: float = theme.LOGICAL_PX_PER_MM, use: Callable[[float], None] = kept.append
    ) -> CalibrationForm:
        form = CalibrationForm(None, app.explain, Measures(px_per_mm), use)
        qtbot.addWidget(form)
        form.show()
        return form

    return opened


def test_the_outline_is_a_cards_by_the_measures_that_are_known(measuring: Open) -> None:
    assert CARD_MM == (85.60, 53.98)  # ISO/IEC 7810, ID-1
    outline = measuring(5.0).card.outline()
    assert (outline.width(), outline.height()) == pytest.approx((428.0, 269.9))


def test_what_covers_a_real_card_is_handed_over(measuring: Open, kept: list[float]) -> None:
    form = measuring()
    for _press in range(3):
        form.buttons[LARGE_STEP].click()
    form.buttons[1 / STEP].click()
    width = form.card.outline().width()
    assert width == pytest.approx(85.60 * 96 / 25.4 * LARGE_STEP**3 / STEP)
    form.confirm.click()
    assert kept == [pytest.approx(width / 85.60)]
    assert not form.isVisible()


def test_a_press_moves_the_edge_by_less_than_half_a_millimetre(measuring: Open) -> None:
    form = measuring()
    before = form.card.outline()
    form.buttons[STEP].click()
    after = form.card.outline()
    assert 0 < (after.width() - before.width()) / form.card.px_per_mm <= 0.5
    assert after.topLeft() == before.topLeft()


@pytest.mark.parametrize("factor", [LARGE_STEP, STEP, 1 / STEP, 1 / LARGE_STEP])
def test_no_press_leads_to_a_screen_that_cannot_be(factor: float, measuring: Open) -> None:
    form = measuring()
    for _press in range(600):
        form.buttons[factor].click()
    assert theme.is_plausible(form.card.px_per_mm)
    assert form.card.rect().contains(form.card.outline().toRect())


def test_the_buttons_stay_under_the_finger_while_the_card_grows(measuring: Open) -> None:
    form = measuring()
    places = {factor: each.geometry() for factor, each in form.buttons.items()}
    for _press in range(5):
        form.buttons[LARGE_STEP].click()
    form.buttons[1 / LARGE_STEP].click()
    assert {factor: each.geometry() for factor, each in form.buttons.items()} == places


@pytest.mark.parametrize("px_per_mm", [2.0, theme.LOGICAL_PX_PER_MM, 6.0])
def test_the_buttons_are_large_whatever_the_screen_says_of_itself(
    px_per_mm: float, measuring: Open
) -> None:
    form = measuring(px_per_mm)
    least = max(theme.LOGICAL.px(BUTTON_MM), Measures(px_per_mm).px(BUTTON_MM))
    for each in form.buttons.values():
        assert each.height() >= least
        assert each.accessibleName()
        assert each.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_giving_up_hands_over_nothing(measuring: Open, kept: list[float]) -> None:
    form = measuring()
    form.buttons[LARGE_STEP].click()
    form.reject()
    assert kept == []


def test_what_cannot_be_kept_is_one_sentence_and_the_outline_stays(measuring: Open) -> None:
    def refuse(_px_per_mm: float) -> None:
        error: ExpectedError = PreferencesNotSavedError("disk full")
        raise error

    form = measuring(use=refuse)
    form.buttons[STEP].click()
    before = form.card.outline()
    form.confirm.click()
    assert form.isVisible()
    assert "disk full" in form.refusal.text()
    assert form.card.outline() == before
