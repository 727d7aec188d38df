"""One patient over six cycles, in the window: seventeen months on a clock that the test turns."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from PySide6.QtCore import Qt

from desktop import resources
from desktop.core.assessment import (
    Answer,
    Assessment,
    Consent,
    ConsentKind,
    Diagnosis,
    Preventive,
    Said,
)
from desktop.core.drawing import balances
from desktop.core.followup import EffectSide, Outcomes, SideEffect, TreatedElsewhere
from desktop.core.scan import SEPARATOR
from desktop.core.session import Session
from desktop.core.vial import Expiry, Supply
from desktop.gui.followup_forms import ElsewhereForm
from desktop.gui.followup_window import FollowUpWindow
from desktop.gui.hand import Hand
from desktop.gui.lists_table import Line
from desktop.gui.lists_window import ListsWindow
from desktop.gui.outcomes_form import OutcomesForm
from desktop.gui.safety_form import SafetyForm
from desktop.gui.units_form import UnitsForm
from desktop.gui.vial_form import VialForm
from tests.conftest import Record, confirm_again
from tests.journeys.course import (
    BOTOX_100,
    BOTOX_200,
    PATIENT,
    SOMEBODY_ELSE,
    Calendar,
    Course,
    assert_says,
    carton,
    in_one_line,
    mixed,
    opened,
    seen,
    type_by_wedge,
)
from tests.journeys.test_followup import above_the_chart, kept, report
from tests.journeys.test_lists import in_lists, press
from tests.journeys.test_safety import lines
from tests.journeys.test_starts import choose

# 84 days apart, but for the fourth session, a day early, and the fifth, a week late. The clocks go
# back after the first and the fifth, and forward after the third.
FIRST, SECOND, THIRD = date(2026, 10, 8), date(2026, 12, 31), date(2027, 3, 25)
FOURTH, FIFTH, SIXTH = date(2027, 6, 16), date(2027, 9, 15), date(2027, 12, 8)

LOT_A, LOT_B, LOT_C, LOT_D = "C1234C3", "B0000X1", "D5678D1", "E9012E5"
TOPIRAMATE = ("topiramate", "100 mg", "3 months", "tingling")


# -- the first session ----------------------------------------------------------------------------


def count_the_baseline(course: Course) -> None:
    hand = course.hand

    def fill(form: OutcomesForm) -> None:
        hand.click(form.observed.chips[30])
        hand.click(form.headache.chips[21])
        hand.click(form.days_4h.chips[15])
        hand.click(form.confirm)

    course.visit(FIRST, "10:20")
    hand.in_form(hand.workspace.after.outcomes, OutcomesForm, fill)
    assert kept(course.desk) == [Outcomes(FIRST, 30, headache_days=21, days_4h=15)]


def ask_everything(course: Course) -> None:
    hand = course.hand

    def fill(form: SafetyForm) -> None:
        hand.click(form.no_to_the_rest)
        form.pages.setCurrentIndex(1)
        hand.type_into(form.headache_days, "21")
        hand.click(form.days_4h.chips["yes"])
        hand.type_into(form.migraine_days, "12")
        hand.type_into(form.months, "30")
        for line, text in zip(form.preventives[0], TOPIRAMATE, strict=True):
            hand.type_into(line, text)
        form.pages.setCurrentIndex(2)
        for chips, answer in zip(form.diagnosis, ("no", "yes", "no"), strict=True):
            hand.click(chips.chips[answer])
        hand.click(form.confirmed.chips["yes"])
        hand.click(form.consent.chips["on paper, seen"])
        hand.click(form.consent_on.chips.chips["0"])
        hand.type_into(form.consent_version, "3")
        hand.click(form.confirm)

    assert hand.screen.safety._words.text() == "Before the needle: nothing is recorded yet."
    hand.in_form(hand.screen.safety.look, SafetyForm, fill)
    assert course.session.assessment == Assessment(
        answers={key: Answer(Said.NO) for key in resources.checklist().questions},
        headache_days=21,
        days_4h=True,
        months=30,
        migraine_days=12,
        preventives=(Preventive(*TOPIRAMATE),),
        current_preventives="",
        acute_medicines="",
        lid_and_brow="",
        diagnosis=Diagnosis(
            aura=False, intractable=True, status=False, confirmed_by="Test Injector MD"
        ),
        consent=Consent(ConsentKind.ON_PAPER, FIRST, "3"),
        recorded_on=FIRST,
        unchanged_since=None,
    )


def first_session(course: Course) -> None:
    """The protocol as it stands, out of a carton whose code was printed and seen."""
    course.turn_to(FIRST, "10:30")
    course.hand.click(course.hand.button("Start from the protocol"))
    ask_everything(course)
    course.nothing_asks()
    course.hand.scan(seen(BOTOX_200, "271000", LOT_A, "SN0001"))
    vial = carton(1, BOTOX_200, LOT_A, Expiry(2027, 10), "SN0001")
    assert course.session.vials == (vial,)
    course.turn_to(FIRST, "10:34")
    course.mix(Supply.BOUGHT)
    assert course.session.vials == (mixed(vial, course.now, Supply.BOUGHT),)
    course.give_all("155")
    course.turn_to(FIRST, "10:44")
    course.discard_rest(1, "45")
    course.turn_to(FIRST, "10:46")
    assert_says(
        course.sign(),
        "8 Oct 2026, 10:30 (Europe/London)",
        "DIAGNOSIS Chronic migraine without aura, intractable, without status migrainosus G43.719",
        "21 headache days a month 12 migraine days a month 4 hours a day or more for 30 months",
        "lot C1234C3 · exp Oct 2027",
        "4 mL 0.9 % saline 5 units / 0.1 mL mixed 10:34",
        "31 injections 3.1 mL 75 5 75 155",
        "Opened 200 units = injected 155 + discarded 45 (single-patient vial, 8 Oct 2026 10:44,"
        " initials TI).",
        "Changes from the plan None: given as planned.",
        "C1234C3 serial SN0001 GTIN 00300233921029 Oct 2027",
        "topiramate 100 mg 3 months tingling",
        "on paper, seen · 8 Oct 2026 · version 3",
        "Codes procedure 64615 · diagnosis G43.719",
        "Supply: bought by the practice Injected: 155 units, J0585 × 155"
        " Discarded: 45 units, J0585 JW × 45 NDC 00023-3921-02",
        "signed 8 Oct 2026 10:46 (Europe/London)",
    )


def treat_somebody_else(course: Course) -> str:
    """Another patient on that day, out of the same delivery; the session's id."""
    hand = course.hand
    course.turn_to(FIRST, "11:30")
    choose(hand, SOMEBODY_ELSE)
    hand.click(hand.button("Start from the protocol"))
    hand.scan(f"01{BOTOX_200}1727100010{LOT_A}{SEPARATOR}21SN0003")
    course.give_all("155")
    course.discard_rest(1, "45")
    hand.sign()
    assert course.session.is_signed
    return course.session.id


# -- the sessions after it ------------------------------------------------------------------------


def second_session(course: Course) -> None:
    """On New Year's Eve: another dose, an omission, and a wedge that types what is on the box."""
    hand = course.hand
    course.visit(date(2026, 10, 22), "16:00")
    hand.inputs = 0
    report(hand, "neck_pain", "7")
    assert hand.inputs == 4
    course.visit(SECOND, "09:00")
    course.count(18, 12)
    course.start_as_last_time("as given on 8 Oct 2026 · 31 sites · 155 units")
    assert above_the_chart(hand) == ""  # neck pain is not serious
    course.say_no_change()
    course.nothing_asks()  # it is the eighty-fourth day
    type_by_wedge(hand, f"01{BOTOX_200}21SN0002{SEPARATOR}1727103110{LOT_A}")
    vial = carton(1, BOTOX_200, LOT_A, Expiry(2027, 10, 31), "SN0002")
    assert course.session.vials == (vial,)
    course.mix(Supply.BOUGHT)
    hand.give_other_dose("OCC-1-L", "7.5", "pain here")
    hand.omit("TRA-2-R", "tender")
    course.give_all("152.5")
    course.discard_rest(1, "47.5")
    assert_says(
        course.sign(),
        "Occipitalis 1 left: 7.5 units instead of 5, pain here",
        "Trapezius 2 right: omitted, tender",
        "Opened 200 units = injected 152.5 + discarded 47.5",
        "Asked 31 Dec 2026, no change since 8 Oct 2026",
        "Injected: 152.5 units, J0585: not whole units; not rounded here"
        " Discarded: 47.5 units, J0585 JW: not whole units; not rounded here",
    )


def report_a_serious_side_effect(course: Course) -> None:
    course.visit(date(2027, 1, 14), "12:00")
    report(course.hand, "dysphagia", "7")
    entry = course.desk.file.entries.of_patient(PATIENT)[0]
    assert entry.session_id == course.signed[1].id
    assert entry.value == SideEffect(
        kind="dysphagia",
        side=EffectSide.NOT_SAID,
        site_note="",
        onset=date(2027, 1, 7),
        severity="not_recorded",
        outcome="unknown",
        reported_on=date(2027, 1, 14),
        is_serious=True,
    )


def take_an_expired_vial(course: Course) -> None:
    """Typed, not scanned: the form asks why."""
    hand = course.hand

    def fill(form: VialForm) -> None:
        hand.type_into(form.lot, LOT_B)
        hand.type_into(form.expiry, "2027-02")
        hand.click(form.usual)
        hand.click(form.confirm)
        assert form.refusal.text() == (
            "This vial expired on 28 Feb 2027. Say why it is used, or take another."
        )
        assert course.session.vials == ()
        hand.click(form.why.chips.chips["no other vial at hand"])
        confirm_again(hand, form)

    hand.in_form(hand.button("Vial…"), VialForm, fill)
    (vial,) = course.session.vials
    assert (vial.lot, vial.expiry, vial.diluent_ml) == (LOT_B, Expiry(2027, 2), Decimal(4))
    assert course.session.overrides == {"vial 1": "no other vial at hand"}


def third_session(course: Course) -> None:
    """After a serious side effect, with an extra, out of a vial that had expired."""
    hand = course.hand
    report_a_serious_side_effect(course)
    course.visit(THIRD, "14:00")
    course.count(14, 9)
    # 5.6 of 19.6 days fewer are 28.57 %.
    assert_says(
        in_one_line(course.response_page()),
        "Cycle 2: about 28.6 % fewer. That is a fall of under 30 %. NICE",
    )
    course.start_as_last_time("as given on 31 Dec 2026 · 30 sites · 152.5 units")
    assert above_the_chart(hand) == (
        "⚠ Serious: trouble swallowing, severity not recorded, since 7 Jan 2027, outcome not known"
    )
    course.say_no_change()
    course.nothing_asks()
    take_an_expired_vial(course)
    hand.add_extra("temporalis", "L", "pain here")
    course.give_all("157.5")
    course.discard_rest(1, "42.5")
    assert_says(
        course.sign(),
        "lot B0000X1 · exp Feb 2027",
        "Vial 1, lot B0000X1, was used. This vial expired on 28 Feb 2027."
        " Reason: no other vial at hand",
        "TEM-X1-L, Temporalis extra 1 left: extra 5 units, pain here",
        "Opened 200 units = injected 157.5 + discarded 42.5",
        "Supply: not recorded; JW and JZ are for drug that the practice bought",
    )


def fourth_session(course: Course) -> None:
    """A day too early; of drug that the practice did not buy."""
    course.visit(FOURTH, "10:00")
    course.count(13, 8)
    course.start_as_last_time("as given on 25 Mar 2027 · 31 sites · 157.5 units")
    course.say_no_change()
    course.go_on(
        "The last session was 83 days ago, 84 are usual; earliest 17 Jun 2027.", "wears off early"
    )
    assert course.session.overrides == {"too early": "wears off early"}
    course.nothing_asks()
    course.hand.scan(f"]d201{BOTOX_200}1728063010{LOT_C}{SEPARATOR}21SN0004")
    vial = carton(1, BOTOX_200, LOT_C, Expiry(2028, 6, 30), "SN0004")
    assert course.session.vials == (vial,)
    course.mix(Supply.SPECIALTY_PHARMACY)
    course.give_all("157.5")
    course.discard_rest(1, "42.5")
    note = course.sign()
    assert_says(
        note,
        "Less time after the last treatment than usual. Reason: wears off early",
        "Changes from the plan None: given as planned.",
        "lot D5678D1 · exp 30 Jun 2028",
        "Supply: not bought by the practice, so no line for the drug, JW or JZ",
    )
    assert "J0585" not in note


def tell_of_a_treatment_elsewhere(course: Course) -> None:
    hand = course.hand

    def fill(form: ElsewhereForm) -> None:
        hand.click(form.on.chips.chips["56"])
        hand.click(form.toxins.chips["onabotulinumtoxinA"])
        hand.type_into(form.units, "250")
        hand.type_into(form.indication, "bladder")
        hand.type_into(form.where, "Example Hospital")
        hand.click(form.confirm)

    def work(window: FollowUpWindow) -> None:
        hand.in_form(window.elsewhere.add, ElsewhereForm, fill)
        window.accept()

    hand.in_form(hand.workspace.after.window_button, FollowUpWindow, work)
    treated = date(2027, 7, 21), "onabotulinumtoxinA", Decimal(250), "bladder", "Example Hospital"
    assert kept(course.desk)[1] == TreatedElsewhere(*treated)  # the count of today is newer


def state_the_gap(course: Course) -> None:
    """It is not signed while ten units are missing and nobody has said why."""
    hand = course.hand
    asked: list[str] = []

    def give_up(form: UnitsForm) -> None:
        asked.append(form.refusal.text())
        form.reject()

    def say(form: UnitsForm) -> None:
        (block,) = form.blocks
        hand.type_into(block.wasted, "30")
        hand.click(block.reason.chips.chips["single-patient vial"])
        hand.click(form.why.chips.chips["spilled, amount not known"])
        hand.click(form.confirm)

    hand.in_form(hand.workspace.sign, UnitsForm, give_up)
    assert asked == [
        "Vial 1, lot D5678D1: 40 units not accounted for. Record it, or say why it cannot be."
    ]
    assert not course.session.is_signed
    hand.in_form(hand.button("Where the units went"), UnitsForm, say)
    assert course.session.wasted_units == 30
    assert course.session.gap_reason == "spilled, amount not known"


def fifth_session(course: Course) -> None:
    """Over 400 units with what was given elsewhere; ten units that nobody can account for."""
    course.visit(FIFTH, "10:00")
    course.count(10, 6)
    tell_of_a_treatment_elsewhere(course)
    course.start_as_last_time("as given on 16 Jun 2027 · 31 sites · 157.5 units")
    course.say_no_change()
    # 250 and 157.5: the session before this one was 91 days ago, and no longer counts.
    course.go_on(
        "407.5 units of onabotulinumtoxinA in 84 days, this session included: over the limit of"
        " 400 units. And 1 more.",
        "agreed with the prescriber",
    )
    course.go_on(
        "The last treatment (Example Hospital) was 56 days ago, 84 are usual; earliest"
        " 13 Oct 2027.",
        "benefit outweighs the risk",
    )
    course.nothing_asks()
    course.hand.scan(seen(BOTOX_200, "280630", LOT_C, "SN0005"))
    course.mix(Supply.BOUGHT)
    course.hand.give_other_dose("OCC-1-R", "7.5", "pain here")
    course.give_all("160")
    assert lines(course.hand)[0] == (
        "410 units of onabotulinumtoxinA in 84 days, this session included: over the limit of"
        " 400 units · agreed with the prescriber"
    )
    state_the_gap(course)
    assert_says(
        course.sign(),
        "Opened 200 units = injected 160 + discarded 30 (single-patient vial, 15 Sep 2027 10:00,"
        " initials TI) + 10 units not accounted for.",
        "spilled, amount not known",
        "Injected: 160 units, J0585 × 160 Discarded: 30 units, J0585 JW × 30",
        "Over the limit of units in so many days: onabotulinumtoxinA."
        " Reason: agreed with the prescriber",
        "Less time after the last treatment than usual. Reason: benefit outweighs the risk",
    )


def sixth_session(course: Course) -> None:
    """Out of two vials; what was given elsewhere is 140 days ago."""
    course.visit(SIXTH, "10:00")
    course.count(9, 5)
    course.start_as_last_time("as given on 15 Sep 2027 · 31 sites · 160 units")
    course.say_no_change()
    course.nothing_asks()
    for serial in ("SN0006", "SN0007"):
        course.hand.scan(seen(BOTOX_100, "290100", LOT_D, serial))
        course.mix(Supply.BOUGHT)
    assert course.session.vials == tuple(
        mixed(carton(number, BOTOX_100, LOT_D, Expiry(2029, 1), serial), course.now, Supply.BOUGHT)
        for number, serial in ((1, "SN0006"), (2, "SN0007"))
    )
    course.give_all("160")
    assert [each.injected_units for each in balances(course.session)] == [100, 60]
    course.discard_rest(2, "40")
    assert_says(
        course.sign(),
        "opened 200 units, injected 160, discarded 40.",
        "Vial 1, BOTOX 100 units, lot E9012E5: opened 100 units = injected 100.",
        "Vial 2, BOTOX 100 units, lot E9012E5: opened 100 units = injected 60 + discarded 40",
        "Injected: 160 units, J0585 × 160 Discarded: 40 units, J0585 JW × 40 NDC 00023-1145-01",
    )


# -- what became of it ----------------------------------------------------------------------------


def count_too_early(course: Course) -> None:
    """Three weeks after the last session: it is kept, and compared with nothing."""
    hand = course.hand

    def fill(form: OutcomesForm) -> None:
        hand.type_into(form.observed.line, "21")
        hand.click(form.headache.chips[6])
        assert form.information.text() == (
            "Session of 8 Dec 2027, too early: no comparison before week 4, 5 Jan 2028."
        )
        hand.click(form.confirm)

    course.visit(date(2027, 12, 29), "11:00")
    hand.in_form(hand.workspace.after.outcomes, OutcomesForm, fill)
    page = in_one_line(course.response_page())
    assert_says(
        page,
        "Cycle 6: 6 headache days in 21 days observed, to 29 Dec 2027",
        "CHANGE Cycle 5: about 54.1 % fewer Cycle 6: too early: no comparison before week 4,"
        " 5 Jan 2028",
    )


# A month is 28 days. The baseline is 21 × 28 / 30 = 19.6 a month, and 15 × 28 / 30 = 14 days of
# four hours. Against 19.6, the counts are
#     18: −1.6 / 19.6 = −8.16 %       14: −5.6 / 19.6 = −28.57 %     13: −6.6 / 19.6 = −33.67 %
#     10: −9.6 / 19.6 = −48.98 %       9: −10.6 / 19.6 = −54.08 %     7: −12.6 / 19.6 = −64.29 %
# and from 9 to 7 it is −2 / 9 = −22.22 %. The doses are
#     155;  155 − 5 + 2.5 = 152.5;  152.5 + 5 = 157.5, twice;  157.5 + 2.5 = 160, twice.
TABLE = (
    "Baseline Cycle 1 Cycle 2 Cycle 3 Cycle 4 Cycle 5 Cycle 6",
    "Session – 8 Oct 2026 31 Dec 2026 25 Mar 2027 16 Jun 2027 15 Sep 2027 8 Dec 2027",
    "Headache days, as counted 21 in 30 18 in 28 14 in 28 13 in 28 10 in 28 9 in 28 7 in 28",
    (
        "Last day counted 8 Oct 2026 31 Dec 2026 25 Mar 2027 16 Jun 2027 15 Sep 2027 8 Dec 2027"
        " 5 Jan 2028"
    ),
    "Headache days a month 19.6 18 14 13 10 9 7",
    "Change from baseline – ≈ −8.2 % ≈ −28.6 % ≈ −33.7 % ≈ −49 % ≈ −54.1 % ≈ −64.3 %",
    "Days of 4 hours or more 14 12 9 8 6 5 4",
    "4 weeks before → after – – – – – – 9 → 7",
    "Change across the session – – – – – – ≈ −22.2 %",
    "Units, in all – 155 152.5 157.5 157.5 160 160",
    "Corrugator – 10 10 10 10 10 10",
    "Procerus – 5 5 5 5 5 5",
    "Frontalis – 20 20 20 20 20 20",
    "Temporalis – 40 40 45 45 45 45",
    "Occipitalis – 30 32.5 32.5 32.5 35 35",
    "Cervical paraspinal – 20 20 20 20 20 20",
    "Trapezius – 30 25 25 25 25 25",
)


def read_the_response(course: Course) -> str:
    """The page four weeks after the last session."""
    course.visit(date(2028, 1, 5), "11:00")
    course.count(7, 4)
    page = course.response_page()
    shown = page.splitlines()
    assert [each for each in TABLE if each not in shown] == []
    assert_says(
        in_one_line(page),
        "6 sessions, 8 Oct 2026 to 8 Dec 2027 · as of 5 Jan 2028",
        "BASELINE 21 headache days in 30 days observed, to 8 Oct 2026",
        "LAST COUNT Cycle 6: 7 headache days in 28 days observed, to 5 Jan 2028",
        "CHANGE Cycle 6: about 64.3 % fewer Headache days a month",
        "30 % fewer: ≈ 13.7",  # 19.6 × 0.7 = 13.72
        # The sixth cycle runs until somebody is treated again, or for 84 days.
        "Cycle 5: about 54.1 % fewer. That is 30 % or more. NICE",
        # The last two counts follow one another: 56 days, and three months would be 84.
        "Under 15 in the last 56 days; not yet for 84 days. NICE",
        "Under 10 in the last 56 days; not yet for 84 days. EHF",
        "Cycle 6: 12.6 days fewer, 7 or over; hours not recorded.",
    )
    return page


def see_who_is_due(course: Course) -> None:
    """84 days after 8 Dec 2027, over a year's end and a leap day, it is 1 Mar 2028."""
    late, week = "Overdue", "Week of 28 Feb 2028 · week 9 · this week"
    # 365 days to the last of 2027, and 59 to 28 Feb.
    other = ("31 Dec 2026", "ÑANDÚ, Łukasz", "4712", "none recorded", "8 Oct 2026")
    due = ("1 Mar 2028", "PATIENT, Test", "4711", "none recorded", "8 Dec 2027")
    course.turn_to(date(2028, 2, 28), "09:00")
    assert course.due() == [
        Line((f"{late} · 1 patient",)),
        Line((*other, "424 days overdue"), SOMEBODY_ELSE, late),
        Line((f"{week} · 1 patient",)),
        Line((*due, ""), PATIENT, week),
    ]
    course.turn_to(date(2028, 3, 2), "09:00")
    assert course.due()[-1] == Line((*due, "1 day overdue"), PATIENT, late)


def look_up_the_lots(course: Course, somebody_else: str) -> None:
    """The newest first, whoever had it; one press opens the session."""
    hand, ids = course.hand, [each.id for each in course.signed]
    found: dict[str, list[str]] = {}

    def work(window: ListsWindow) -> None:
        for lot in (LOT_A, LOT_B, LOT_C, LOT_D, LOT_A[:-1]):
            hand.type_into(window.lot.lot, lot.lower())
            hand.click(window.lot.look_up)
            found[lot] = [each.key for each in window.lot.table.lines]
        hand.scan(seen(BOTOX_200, "270200", LOT_B, "SN9999"))
        press(hand, window.lot.table, ids[2])

    in_lists(hand, "Lot look-up", work)
    assert found == {
        LOT_A: [ids[1], somebody_else, ids[0]],
        LOT_B: [ids[2]],
        LOT_C: [ids[4], ids[3]],
        LOT_D: [ids[5]],
        LOT_A[:-1]: [],
    }
    assert course.session == course.signed[2]


def open_past(hand: Hand, session: Session) -> None:
    """Click on a session in the patient's list."""
    hand.workspace._show_patients.setChecked(True)
    rows = hand.workspace.panel.sessions
    items = [rows.item(row) for row in range(rows.count())]
    item = next(each for each in items if each.data(Qt.ItemDataRole.UserRole) == session.id)
    rows.scrollToItem(item)
    hand.click(rows.viewport(), rows.visualItemRect(item).center())


def assert_same_again(again: Course, course: Course) -> None:
    """What was signed and printed is what the reopened file holds and prints."""
    for session, note in zip(course.signed, course.notes, strict=True):
        open_past(again.hand, session)
        assert again.session == session
        assert in_one_line(again.hand.read_note()) == note


def test_six_cycles_of_one_patient(record: Record, open_window: Callable[..., Hand]) -> None:
    calendar = Calendar()
    course = opened(record, open_window, calendar)
    count_the_baseline(course)
    first_session(course)
    somebody_else = treat_somebody_else(course)
    second_session(course)
    third_session(course)
    fourth_session(course)
    fifth_session(course)
    sixth_session(course)
    count_too_early(course)
    page = read_the_response(course)
    see_who_is_due(course)
    look_up_the_lots(course, somebody_else)
    entries, due = kept(course.desk), course.due()
    course.hand.window.close()

    again = opened(record, open_window, calendar)
    assert again.hand.session == course.signed[2]  # where it was closed
    assert_same_again(again, course)
    assert (kept(again.desk), again.due()) == (entries, due)
    again.visit(date(2028, 1, 5), "11:00")
    assert again.response_page() == page
