"""What a session starts from, and what is done by one input afterwards."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QMenu, QPushButton

from desktop import app
from desktop.app import Desk
from desktop.core import acts, charting
from desktop.core.acts import Act
from desktop.core.atlas import Point
from desktop.core.clinic import MOST_REASONS, Habits
from desktop.core.drawing import is_balanced
from desktop.core.handbook import Handbook
from desktop.core.history import History
from desktop.core.patient import identity_of
from desktop.core.plan import Plan
from desktop.core.procedure import Procedure
from desktop.core.protocol import Side
from desktop.core.session import Injection, Session, Signature, State
from desktop.core.vial import Expiry, Vial
from desktop.gui.gaps_strip import gaps
from desktop.gui.hand import Hand
from desktop.gui.session_forms import TemplateForm
from desktop.wording import date_text
from tests.conftest import Record, menu_entry
from tests.journeys.test_session import text_of

VIAL = Vial(1, "botox", Decimal(200), "C1234C3", Expiry(2027, 10), Decimal(4))
EXTRA_AT = Point("left", 60.0, 775.0)
MOVED_TO = Point("back", 5.0, 740.0)
SEVEN = Decimal("7.5")
EARLIER: tuple[Act, ...] = (
    acts.AddVial(VIAL),
    acts.PlanProtocol(),
    acts.SetDose("OCC-1-L", SEVEN, "pain here"),
    acts.Move("OCC-1-R", MOVED_TO, "anatomy"),
    acts.Omit("TRA-2-R", "tender"),
    acts.AddExtra("temporalis", Side.LEFT, Decimal(5), EXTRA_AT, "pain here"),
    acts.GiveAll(),
    acts.SetWaste(Decimal("42.5"), "single-patient vial"),
    acts.SetRemark("Tolerated well."),
)


def treated(desk: Desk, days_ago: int, *done: Act, patient_id: str = "invented-1") -> Session:
    """A session of so many days ago, kept and signed."""
    at = desk.now() - timedelta(days=days_ago)
    return signed_at(desk, at, *done, patient_id=patient_id)


def signed_at(desk: Desk, at: datetime, *done: Act, patient_id: str = "invented-1") -> Session:
    """A session that was charted and signed at a moment."""
    patient = desk.file.records.patient(patient_id)
    history = History(replace(desk.new_session(patient_id), started_at=at))
    for act in done:
        after = acts.perform(act, history.present, desk.book)
        history = history.advanced(act, charting.timed(history.present, after, at))
    if not is_balanced(history.present):
        gap = acts.StateGap("vial not recorded")
        history = history.advanced(gap, acts.perform(gap, history.present, desk.book))
    desk.keep_charted(patient, history)
    signature = Signature(desk.user, at, charting.MEANING)
    signed = charting.sign(history.present, signature, identity_of(patient))
    desk.file.records.sign(history.present, signed, at)
    return signed


def choose(hand: Hand, patient_id: str = "invented-1") -> None:
    """Click on a patient, wherever in the list."""
    hand.workspace._show_patients.setChecked(True)
    rows = hand.workspace.panel.patients
    of_id = Qt.ItemDataRole.UserRole
    ids = [rows.item(row).data(of_id) for row in range(rows.count())]
    hand.choose_patient(ids.index(patient_id))


def begun(open_window: Callable[..., Hand], desk: Desk) -> Hand:
    """A hand on a session that has still to be started from something."""
    hand = open_window(desk)
    choose(hand)
    hand.start_session()
    return hand


def doses(session: Session) -> dict[str, tuple[Decimal, Point | None]]:
    return {code: (each.units, each.point) for code, each in session.injections.items()}


def given(session: Session) -> dict[str, tuple[Decimal, Point | None]]:
    return {each.code: (each.units, each.point) for each in session.given}


def templates(desk: Desk) -> list[Plan]:
    return desk.file.records.templates()


def save_template(hand: Hand, name: str) -> None:
    def fill(form: TemplateForm) -> None:
        hand.type_into(form.name, name)
        hand.click(form.confirm)

    hand.in_form(menu_entry(hand, "Save as a template").trigger, TemplateForm, fill)


# -- as last time ---------------------------------------------------------------------------------


def test_a_start_as_last_time_plans_in_one_input_what_was_given_and_nothing_else(
    open_window: Callable[..., Hand], desk: Desk
) -> None:
    treated(desk, 170, acts.PlanProtocol(), acts.GiveAll())
    last = treated(desk, 84, *EARLIER)
    hand = begun(open_window, desk)
    day = date_text(last.started_at.date())
    start = hand.button("Start as last time")
    assert start.accessibleName().endswith(
        f"as given on {day} \N{MIDDLE DOT} 31 sites \N{MIDDLE DOT} 157.5 units"
    )
    hand.inputs = 0
    hand.click(start)
    assert hand.inputs == 1
    session = hand.session
    assert session.plan == f"last {last.started_at:%Y-%m-%d}"
    assert doses(session) == given(last)
    assert session.injections["OCC-1-R"].point == MOVED_TO
    assert session.injections["TEM-X1-L"].point == EXTRA_AT
    assert "TRA-2-R" not in session.injections
    assert {each.state for each in session.injections.values()} == {State.PLANNED}
    assert (session.vials, session.wastes, session.remark) == ((), (), "")
    assert (session.signature, session.first_given_at, session.last_given_at) == (None, None, None)
    assert desk.file.records.session(session.id) == session


def test_a_start_as_last_time_says_where_another_toxin_leaves_only_the_places(
    open_window: Callable[..., Hand], desk: Desk
) -> None:
    dysport = Vial(2, "dysport", Decimal(300), "D1", Expiry(2027, 10), Decimal("1.5"))
    other = (
        acts.AddVial(dysport, "asked for"),
        acts.DrawFrom(2),
        acts.SetDose("TRA-3-L", Decimal(20), "tight band"),
        acts.Give("TRA-3-L"),
    )
    rest = (acts.DrawFrom(1), acts.GiveAll())
    treated(desk, 84, acts.AddVial(VIAL), acts.PlanProtocol(), *other, *rest)
    hand = begun(open_window, desk)
    start = hand.button("Start as last time")
    assert start.accessibleName().endswith(
        "31 sites \N{MIDDLE DOT} 155 units \N{MIDDLE DOT} sites only where it was"
        " abobotulinumtoxinA"
    )
    hand.click(start)
    assert hand.session.injections["TRA-3-L"].units == 5
    assert hand.session.injections["TRA-3-L"].planned_reason == ""


def test_reasons_come_along_and_are_accepted_with_the_start(
    open_window: Callable[..., Hand], desk: Desk
) -> None:
    last = treated(desk, 84, *EARLIER)
    hand = begun(open_window, desk)
    hand.click(hand.button("Start as last time"))
    hand.tap("OCC-1-L")
    day = date_text(last.started_at.date())
    assert hand.screen._site.text() == (
        f"Occipitalis 1 left, given, 7.5 units, pain here, as on {day}"
    )
    hand.click(hand.button("All given"))
    assert hand.screen.hand.question is None
    assert gaps(hand.screen.hand, (), Procedure())["reasons"].is_closed
    carried = {c: e.planned_reason for c, e in hand.session.injections.items() if e.planned_reason}
    assert carried == {"OCC-1-L": "pain here", "OCC-1-R": "anatomy", "TEM-X1-L": "pain here"}
    note = " ".join(text_of(desk.note(hand.session)).split())
    day = date_text(last.started_at.date())
    assert note.count(f"pain here, as on {day}") >= 2
    assert f"anatomy, as on {day}" in note
    hand.state_gap("cannot be found out")
    hand.sign()
    assert hand.session.is_signed


def test_without_a_signed_session_there_is_no_last_time(
    open_window: Callable[..., Hand], desk: Desk
) -> None:
    treated(desk, 84, *EARLIER, patient_id="invented-2")
    desk.start_session("invented-1")
    hand = begun(open_window, desk)
    start = hand.button("As last time, no signed session yet")
    assert not start.isEnabled()
    assert hand.button("Start from the protocol").isDefault()


def test_what_it_starts_from_is_asked_again_after_the_start_was_undone(
    open_window: Callable[..., Hand], desk: Desk
) -> None:
    treated(desk, 84, *EARLIER)
    hand = begun(open_window, desk)
    for name, plan in (
        ("Start as last time", "last "),
        ("Start from the protocol", "protocol"),
        ("Start empty", "empty"),
    ):
        hand.click(hand.button(name))
        assert hand.session.plan.startswith(plan)
        assert not hand.screen.start.isVisible()
        hand.click(hand.workspace.undo)
        assert (hand.session.plan, hand.session.injections) == ("", {})
        assert hand.screen.start.isVisible()


def test_the_finger_that_bounces_on_a_start_gives_nothing(charting: Hand) -> None:
    save_template(charting, "All of it")
    charting.click(charting.workspace.undo)
    start = charting.button("template All of it")
    place = QRect(start.mapTo(charting.screen, QPoint()), start.size())
    charting.click(start)
    below = charting.button("Region given")
    assert place.intersects(QRect(below.mapTo(charting.screen, QPoint()), below.size()))
    charting.pause_ms = 120
    charting.click(below)
    assert charting.session.given == []
    charting.pause_ms = 1000
    charting.click(below)
    assert charting.session.given != []


# -- a template, and nothing ----------------------------------------------------------------------


def test_a_template_is_saved_started_from_replaced_and_removed(charting: Hand, desk: Desk) -> None:
    charting.give_other_dose("OCC-1-L", "7.5", "pain here")
    charting.omit("TRA-2-R", "tender")
    save_template(charting, "Dr A & B")
    assert [each.name for each in templates(desk)] == ["template Dr A & B"]

    choose(charting, "invented-2")
    charting.start_session()
    charting.click(charting.button("template Dr A & B"))
    session = charting.session
    assert (session.patient_id, session.plan) == ("invented-2", "template Dr A & B")
    assert (len(session.injections), session.injections["OCC-1-L"].units) == (30, SEVEN)
    reasons = [each.reason + each.planned_reason for each in session.injections.values()]
    assert set(reasons) == {""}
    assert session.vials == ()

    charting.omit("OCC-1-L", "tender")
    save_template(charting, "Dr A & B")
    (replaced,) = templates(desk)
    assert "OCC-1-L" not in [each.code for each in replaced.sites]

    menu = charting.workspace._templates
    menu.aboutToShow.emit()
    (entry,) = menu.actions()
    assert entry.text() == "template Dr A && B"
    entry.trigger()
    assert templates(desk) == []
    for _act in range(4):
        charting.click(charting.workspace.undo)
    assert not charting.button("Template, none saved yet").isEnabled()


@pytest.mark.qt_log_ignore("does not support", extend=True)
def test_one_of_several_templates_is_chosen_from_a_list(charting: Hand) -> None:
    save_template(charting, "All & sundry")
    charting.omit("TRA-2-R", "tender")
    save_template(charting, "Thirty")
    while charting.workspace.undo.isEnabled():
        charting.click(charting.workspace.undo)
    charting.click(charting.button("Template\N{HORIZONTAL ELLIPSIS}, 2 saved"))
    (menu,) = charting.screen.start.findChildren(QMenu)
    entries = {each.text(): each for each in menu.actions()}
    assert list(entries) == [
        "template All && sundry \N{MIDDLE DOT} 31 sites \N{MIDDLE DOT} 155 units",
        "template Thirty \N{MIDDLE DOT} 30 sites \N{MIDDLE DOT} 150 units",
    ]
    entries["template Thirty \N{MIDDLE DOT} 30 sites \N{MIDDLE DOT} 150 units"].trigger()
    menu.close()
    assert (charting.session.plan, len(charting.session.injections)) == ("template Thirty", 30)


def test_a_template_without_a_name_is_refused_in_words(charting: Hand, desk: Desk) -> None:
    def fill(form: TemplateForm) -> None:
        charting.click(form.confirm)
        assert form.isVisible()
        assert form.refusal.text()

    charting.in_form(menu_entry(charting, "Save as a template").trigger, TemplateForm, fill)
    assert templates(desk) == []


def test_started_empty_a_tap_gives_a_site_and_asks_for_no_reason(
    open_window: Callable[..., Hand], desk: Desk
) -> None:
    hand = begun(open_window, desk)
    hand.click(hand.button("Start empty"))
    assert (hand.session.plan, hand.session.injections) == ("empty", {})
    hand.tap("OCC-1-L")
    assert given(hand.session) == {"OCC-1-L": (Decimal(5), None)}
    assert hand.screen.hand.question is None
    assert "No plan" in text_of(desk.note(hand.session))


# -- mirror, reasons, stopping --------------------------------------------------------------------


def ring(hand: Hand, code: str) -> Injection:
    hand.screen.hand.point_ring_at(code)
    return hand.session.injections[code]


def test_an_extra_is_charted_on_the_other_side_in_one_input(charting: Hand, book: Handbook) -> None:
    charting.add_extra("temporalis", "L", "pain here")
    extra = ring(charting, "TEM-X1-L")
    assert extra.point is not None
    charting.inputs = 0
    charting.click(charting.button("Mirror"))
    assert charting.inputs == 1
    other = charting.session.injections["TEM-X1-R"]
    assert other == replace(
        extra, code="TEM-X1-R", side=Side.RIGHT, point=book.atlas.mirrored(extra.point)
    )
    assert charting.screen.hand.cursor == "TEM-X1-R"


def test_a_fixed_sites_dose_is_charted_on_the_other_side_in_one_input(charting: Hand) -> None:
    charting.give_other_dose("OCC-1-L", "7.5", "pain here")
    left = ring(charting, "OCC-1-L")
    charting.inputs = 0
    charting.click(charting.button("Mirror"))
    assert charting.inputs == 1
    right = charting.session.injections["OCC-1-R"]
    assert right == replace(left, code="OCC-1-R", side=Side.RIGHT)
    assert (right.units, right.reason, right.state) == (SEVEN, "pain here", State.GIVEN)
    charting.click(charting.workspace.undo)
    assert charting.session.injections["OCC-1-R"].state is State.PLANNED


def test_a_site_in_the_midline_has_no_other_side(charting: Hand) -> None:
    ring(charting, "PRO-1-M")
    assert not charting.screen.mirror.isVisible()


def test_a_clinic_can_do_without_all_given(
    open_window: Callable[..., Hand], desk: Desk, record: Record
) -> None:
    hand = begun(open_window, desk)
    hand.plan()
    assert hand.button("All given").isEnabled()
    app.services(desk).set_habits(Habits(offers_all_given=False))
    hand.window.close()
    again = open_window(record.open())
    assert again.session.plan == "protocol"
    with pytest.raises(LookupError):
        again.button("All given")
    again.press_keys("a")
    assert again.session.given == []


OWN = ("pain & tenderness", *(f"reason number {number}" for number in range(2, MOST_REASONS + 1)))


def chips(hand: Hand) -> list[QPushButton]:
    strip = hand.screen.reasons
    assert strip.isVisible()
    return [each for each in strip.findChildren(QPushButton, "chip") if each.isVisible()]


def test_the_clinics_own_reasons_are_all_in_sight_and_kept_as_written(
    open_window: Callable[..., Hand], desk: Desk
) -> None:
    assert len(OWN) == MOST_REASONS
    app.services(desk).set_habits(Habits(change_reasons=OWN, stop_reasons=("power & light",)))
    hand = begun(open_window, desk)
    hand.plan()
    hand.open_close_up("TRA-2-R")
    hand.click(hand.button("Omit"))
    hand.tap("TRA-2-R")
    shown = chips(hand)
    assert [each.accessibleName() for each in shown] == [*OWN, "Not now"]
    assert shown[0].text() == "pain && tenderness"
    window = hand.window.rect()
    for each in shown:
        assert window.contains(QRect(each.mapTo(hand.window, each.rect().topLeft()), each.size()))
    hand.click(shown[0])
    assert hand.session.injections["TRA-2-R"].reason == "pain & tenderness"
    hand.click(hand.button("Stop here"))
    hand.click(hand.button("power & light"))
    assert hand.session.ended_early == "power & light"


def test_another_reason_is_given_by_asking_why_again(charting: Hand) -> None:
    charting.omit("TRA-2-R", "tender")
    ring(charting, "TRA-2-R")
    assert not charting.screen.reasons.isVisible()
    charting.click(charting.button("Why\N{HORIZONTAL ELLIPSIS}"))
    charting.click(charting.button("anatomy"))
    assert charting.session.injections["TRA-2-R"].reason == "anatomy"
    assert not charting.screen.reasons.isVisible()


def test_stopping_resolves_the_rest_in_two_inputs(charting: Hand) -> None:
    charting.tap("PRO-1-M")
    charting.inputs = 0
    charting.click(charting.button("Stop here"))
    charting.click(charting.button("faint"))
    assert charting.inputs == 2
    session = charting.session
    assert session.of_state(State.PLANNED) == []
    assert {each.reason for each in session.of_state(State.OMITTED)} == {"faint"}
    assert len(session.of_state(State.OMITTED)) == 30
