import re
from dataclasses import fields, replace
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, cast
from unicodedata import normalize

import pypdf
import pypdfium2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reportlab.lib.units import mm

from desktop.core.acts import (
    Act,
    AddExtra,
    AddVial,
    ChangeVial,
    GiveAll,
    Omit,
    PlanProtocol,
    SetRemark,
    SetWaste,
    Stop,
    Tap,
)
from desktop.core.clinic import Clinic, Paper
from desktop.core.patient import LONGEST_TEXT, Person
from desktop.core.protocol import Side
from desktop.note.fonts import can_print, texts
from desktop.note.pdf import render
from desktop.note.pieces import Details, Grid, Note, Section
from tests.note.visits import (
    ALL_GIVEN,
    BOOK,
    CLINIC,
    EVERYTHING,
    FOUR_CHANGES,
    IDENTITY,
    LONDON,
    NEW_YORK_SIGNATURE,
    SIGNATURE,
    TWO_TOXINS,
    TWO_VIALS,
    VIAL,
    chart,
    note_of,
    pages_of,
    repeat_of,
    signed,
    signed_in_new_york,
    standard_note,
)

A4_POINTS, LETTER_POINTS = (595, 842), (612, 792)


def letter_note() -> Note:
    return note_of(signed(chart(*FOUR_CHANGES)), clinic=replace(CLINIC, paper=Paper.LETTER))


def fonts_of(pdf: bytes) -> dict[str, bool]:
    """Each font by name, and whether its outlines are in the file."""
    found = {}
    for page in pypdf.PdfReader(BytesIO(pdf)).pages:
        resources = cast("dict[str, Any]", page["/Resources"].get_object())
        for reference in resources["/Font"].values():
            font = reference.get_object()
            found[font["/BaseFont"]] = "/FontFile2" in font["/FontDescriptor"]
    return found


@pytest.mark.parametrize(
    ("note", "points"),
    [(standard_note(), A4_POINTS), (letter_note(), LETTER_POINTS)],
    ids=["A4", "Letter"],
)
def test_a_standard_session_fills_two_pages(note: Note, points: tuple[int, int]) -> None:
    document = pypdfium2.PdfDocument(render(note))
    sizes = [tuple(round(length) for length in page.get_size()) for page in document]
    document.close()
    assert sizes == [points, points]


@pytest.mark.parametrize("paper", Paper)
def test_a_timed_session_planned_by_the_last_one_fills_two_pages_too(paper: Paper) -> None:
    day = datetime(2027, 2, 14, 9, 0, tzinfo=LONDON)
    omitted = Omit("FRO-1-R", "bruise")
    session = repeat_of(chart(*FOUR_CHANGES), day, omitted, GiveAll())
    timed = replace(
        session, first_given_at=day, last_given_at=day, charted_by=Person("Test Scribe")
    )
    note = note_of(signed(timed), clinic=replace(CLINIC, paper=paper))
    first, second = pages_of(render(note))
    assert "Plan: as given on 22 Nov 2026 · first injection 09:00, last 09:00" in first
    assert "performed by Test Injector MD · charted by Test Scribe" in first
    assert "pain behind ear, as on 22 Nov 2026" in second


@pytest.mark.parametrize("note", [standard_note(), letter_note()], ids=["A4", "Letter"])
def test_the_first_page_says_who_when_what_how_much_and_what_was_unusual(note: Note) -> None:
    first, second = pages_of(render(note))
    in_order = [
        note.clinic,
        note.patient,
        note.title,
        "22 Nov 2026, 10:30 (Europe/London)",
        "C1234C3",
        "Occipitalis",
        "Opened 200 units = injected 162.5 + discarded 37.5",
        "Changes from the plan",
        *(item.text for item in note.changes.items),
        "Findings that stood at signing",
        *(item.text for item in note.findings.items),
        "page 1 of 2",
    ]
    places = [first.index(text) for text in in_order]
    assert places == sorted(places)
    assert [second.index(text) for text in ("Sites", "Product", "Signature", "page 2 of 2")]


@pytest.mark.parametrize("acts", [FOUR_CHANGES, EVERYTHING, TWO_VIALS, TWO_TOXINS])
def test_every_word_of_the_note_can_be_read_back(acts: tuple[Act, ...]) -> None:
    note = note_of(signed(chart(*acts, SetRemark("Went well."))))
    read = " ".join(pages_of(render(note))).replace(" ", "").casefold()
    unsaid = [note.paper, note.page_words, *texts(note.about)]
    blocks = [getattr(note, each.name) for each in fields(note) if each.name != "pictures"]
    for text in texts(tuple(each for each in blocks if not is_empty(each))):
        if text not in unsaid:
            assert text.replace(" ", "").casefold() in read, text


def is_empty(block: object) -> bool:
    """Whether a block has nothing under its heading, and is left out with it."""
    match block:
        case Section(items=()) | Details(rows=()) | Grid(rows=()):
            return True
        case _:
            return False


def test_every_row_of_the_site_list_is_read_back_as_one_line() -> None:
    note = standard_note()
    second = pages_of(render(note))[1]
    for cells in note.sites.rows:
        assert " ".join(run.text for run in cells if run.text) in second


def test_each_picture_shows_its_marks_before_its_caption() -> None:
    note = standard_note()
    rest = pages_of(render(note))[0].partition("mixed 08:15")[2]
    for picture in note.pictures:
        before, caption, rest = rest.partition(picture.caption)
        assert caption
        assert {mark.key for mark in picture.marks} <= set(before.split())


def test_every_page_names_patient_birth_date_session_and_page() -> None:
    extras = [AddExtra("trapezius", Side.LEFT, Decimal(5))] * 60
    pages = pages_of(render(note_of(signed(chart(*FOUR_CHANGES, *extras)))))
    assert len(pages) > 3
    for number, text in enumerate(pages, start=1):
        assert "PATIENT, Test · 1 Feb 1980 · No 4711 · session of 22 Nov 2026" in text
        assert f"page {number} of {len(pages)}" in text


def test_the_same_note_gives_the_same_bytes() -> None:
    assert render(standard_note()) == render(standard_note())


def test_a_note_weighs_less_than_a_hundred_kilobytes() -> None:
    assert len(render(standard_note())) < 100_000


def test_the_fonts_are_embedded_and_helvetica_is_not_used() -> None:
    pdf = render(standard_note())
    fonts = fonts_of(pdf)
    assert len(fonts) == 2
    assert all("GlabellaSans" in name and inside for name, inside in fonts.items())
    assert b"Helvetica" not in pdf


@pytest.mark.parametrize(
    "name",
    [
        "Łukasz Ñandú <&> O'Brien",
        "<b>bold</b>",
        "Smith <b",
        '<img src="/etc/hostname"/>',
        "O<unknown>X",
        "&amp; &lt; %s {0} {page}",
        "back\\slash (paren) [x]",
        "<para><onDraw name='x'/></para>",
    ],
)
def test_a_name_is_printed_as_it_is_typed(name: str) -> None:
    for page in pages_of(render(note_of(chart(*ALL_GIVEN), replace(IDENTITY, given_name=name)))):
        assert page.count(f"PATIENT, {name}") >= 1


PRINTABLE = "".join(
    chr(code) for code in range(0x21, 0x500) if chr(code).isprintable() and can_print(chr(code))
)


@given(st.text(st.sampled_from(PRINTABLE), min_size=1, max_size=30))
@example("\N{GREEK QUESTION MARK}")
@settings(max_examples=30, deadline=None)
def test_any_printable_name_is_read_back_exactly(name: str) -> None:
    note = note_of(chart(*ALL_GIVEN[:1]), replace(IDENTITY, given_name=name))
    for page in pages_of(render(note)):
        same = normalize("NFC", name)
        assert f"PATIENT, {same} · 1 Feb 1980".replace(" ", "") in page.replace(" ", "")


def test_a_draft_is_crossed_by_its_watermark_and_stays_readable() -> None:
    draft = pages_of(render(note_of(chart(*FOUR_CHANGES))))
    for page in draft:
        assert page.count("DRAFT, not signed") >= 2
    assert "Occipitalis 3 right: omitted, tender" in draft[0]
    assert not any("DRAFT" in page for page in pages_of(render(standard_note())))


def test_a_remark_of_the_greatest_length_flows_over_pages_and_loses_nothing() -> None:
    words = [f"word{number}" for number in range(2200)]
    remark = " ".join(words)[:LONGEST_TEXT]
    pages = pages_of(render(note_of(signed(chart(*ALL_GIVEN, SetRemark(remark))))))
    read = " ".join(pages)
    assert len(pages) >= 4
    assert all(word in read for word in remark.split())
    assert "Signed electronically" in pages[-1]


def test_forty_changes_and_long_names_flow_over_pages() -> None:
    omitted = [Omit(code, f"reason {'long ' * 30}{code}") for code in BOOK.protocol.sites]
    extras = [AddExtra("trapezius", Side.LEFT, Decimal(5))] * 12
    who = replace(IDENTITY, family_name="Wide" * 50, given_name="Name " * 39)
    clinic = replace(CLINIC, name="Clinic " * 28, address="Street " * 28)
    for paper in Paper:
        session = signed(chart(PlanProtocol(), *omitted, *extras), who)
        pages = pages_of(render(note_of(session, who, replace(clinic, paper=paper))))
        read = " ".join(pages)
        assert all(f"long {code}" in read for code in BOOK.protocol.sites)
        assert all("1 Feb 1980" in page for page in pages)


def test_nothing_is_printed_outside_the_margins_or_over_the_footer() -> None:
    extras = [AddExtra("trapezius", Side.LEFT, Decimal(5), None, "reason " * 25)] * 40
    note = note_of(signed(chart(*FOUR_CHANGES, *extras, SetRemark("line\n" * 200))))
    document = pypdfium2.PdfDocument(render(note))
    for number, page in enumerate(document, start=1):
        text = page.get_textpage()
        width, height = page.get_size()
        at, _length = text.search(f"page {number} of").get_next()
        _left, footer, _right, footer_top = text.get_charbox(at, loose=True)
        for box in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(box)
            assert left > 40
            assert right < width - 40
            assert top < height - 25
            assert bottom > footer_top + 2 or footer - 1 < bottom < top < footer_top + 1
    document.close()


def test_the_head_of_the_site_list_is_repeated_where_it_goes_on() -> None:
    extras = [AddExtra("trapezius", Side.LEFT, Decimal(5))] * 60
    pages = pages_of(render(note_of(signed(chart(*ALL_GIVEN, *extras)))))
    listed = [page for page in pages if re.search(r"TRA-X\d+-L Trapezius", page)]
    assert len(listed) >= 2
    assert all("CODE SITE SIDE PLANNED GIVEN" in page for page in listed)


FIVE_CHANGES = (
    *FOUR_CHANGES,
    Omit("TRA-2-L", "muscle tender today"),
    SetWaste(Decimal("42.5"), "single-patient vial"),
)
THREE_FINDINGS = (*FIVE_CHANGES, ChangeVial(replace(VIAL, diluent_ml=Decimal(2))))


def on(paper: Paper) -> Clinic:
    return replace(CLINIC, paper=paper)


@pytest.mark.parametrize("paper", list(Paper))
def test_five_changes_and_their_findings_stand_on_the_first_page(paper: Paper) -> None:
    note = note_of(signed(chart(*THREE_FINDINGS)), clinic=on(paper))
    assert (len(note.changes.items), len(note.findings.items)) == (5, 3)
    first, _second = pages_of(render(note))
    assert all(item.text in first for item in note.findings.items)


@pytest.mark.parametrize("paper", list(Paper))
def test_no_list_goes_on_without_its_heading_or_leaves_a_line_alone(paper: Paper) -> None:
    for number in range(len(BOOK.protocol.sites)):
        omitted = [Omit(code, "tender") for code in list(BOOK.protocol.sites)[:number]]
        note = note_of(signed(chart(*ALL_GIVEN, *omitted)), clinic=on(paper))
        pages = pages_of(render(note))
        for page in pages[1:]:
            begins = page.partition(f"{note.visit} ")[2]
            assert begins.startswith(
                (
                    "Changes from the plan (continued)",
                    "Findings that",
                    "Sites",
                    "Product",
                    "Signat",
                    "Facts for a payer",
                )
            ), begins[:80]
        together = [note.findings.heading, *(item.text for item in note.findings.items[:2])]
        assert [all(text in page for text in together) for page in pages].count(True) == 1


@pytest.mark.parametrize("paper", list(Paper))
def test_where_the_units_of_two_toxins_went_stands_on_the_first_page(paper: Paper) -> None:
    note = note_of(signed(chart(*TWO_TOXINS)), clinic=on(paper))
    first = pages_of(render(note))[0]
    for line in note.balance:
        assert "".join(run.text for run in line) in first


def test_the_balance_of_many_vials_flows_and_loses_none() -> None:
    vials = [AddVial(replace(VIAL, lot=f"LOT{number}")) for number in range(60)]
    read = " ".join(pages_of(render(note_of(signed(chart(PlanProtocol(), *vials, GiveAll()))))))
    for number in range(60):
        assert f"lot LOT{number}: opened 200 units" in read


def test_what_goes_on_on_another_page_says_its_heading_again() -> None:
    extras = [AddExtra("trapezius", Side.LEFT, Decimal(5), None, "reason " * 20)] * 60
    remark = SetRemark("line\n" * 200)
    pages = pages_of(render(note_of(signed(chart(*ALL_GIVEN, *extras, remark)))))
    for heading in ("Changes from the plan", "Sites", "Remark"):
        begins = [page for page in pages if f"{heading} (continued)" in page]
        assert begins
        assert all(f"22 Nov 2026 {heading} (continued)" in page for page in begins)
    assert "Sites (continued) NO CODE SITE" in " ".join(pages)


def test_a_session_that_was_ended_early_fits_on_two_pages() -> None:
    session = chart(PlanProtocol(), AddVial(VIAL), Tap("COR-1-R"), Stop("felt faint"))
    assert len(pages_of(render(note_of(signed(session))))) == 2


def test_what_the_signature_means_stands_on_the_page_of_the_signature() -> None:
    for lines in range(60):
        session = signed(chart(*FOUR_CHANGES, SetRemark("line\n" * lines)))
        last = pages_of(render(note_of(session)))[-1]
        assert "SIGNED BY" in last
        assert "Signed electronically" in last


def box_of(pdf: bytes, words: str) -> tuple[float, float, float, float]:
    """The left, bottom, right and top of words where the first page has them last, in points."""
    document = pypdfium2.PdfDocument(pdf)
    text = document[0].get_textpage()
    search = text.search(words, match_case=True)
    at, count = list(iter(search.get_next, None))[-1]
    boxes = [text.get_charbox(at + number) for number in range(count)]
    document.close()
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


def test_more_than_four_changes_stand_in_two_columns() -> None:
    four, five = render(standard_note()), render(note_of(signed(chart(*FIVE_CHANGES))))
    left, right = "Occipitalis 1 left: 7.5", "Occipitalis 3 right: omitted"
    assert box_of(four, left)[0] == pytest.approx(box_of(four, right)[0], abs=1)
    assert box_of(five, right)[0] - box_of(five, left)[0] > 200
    assert box_of(five, left)[3] == pytest.approx(box_of(five, right)[3], abs=1)


@pytest.mark.parametrize("note", [standard_note(), letter_note()], ids=["A4", "Letter"])
def test_the_columns_of_the_sides_are_evenly_spaced_and_clear_of_the_lay_words(note: Note) -> None:
    pdf = render(note)
    right, middle, left = (box_of(pdf, head)[0] for head in ("RIGHT", "MIDLINE", "LEFT"))
    assert middle - right == pytest.approx(left - middle, abs=0.5)
    for _name, place, *_doses in note.regions[0].rows:
        assert right - box_of(pdf, place)[2] > 4 * mm
    assert box_of(pdf, "MIDLINE")[2] < left - 4 * mm


def test_doses_break_into_lines_before_a_plus_only() -> None:
    extras = [AddExtra("temporalis", Side.LEFT, Decimal(5), None, "pain")] * 2
    pdf = render(note_of(signed(chart(*ALL_GIVEN, *extras))))
    _left, bottom, _right, top = box_of(pdf, "+ extra 2 × 5")
    assert top - bottom < 10


def test_every_word_is_dark_enough_for_a_bad_photocopy() -> None:
    for page in pypdf.PdfReader(BytesIO(render(standard_note()))).pages:
        contents = page.get_contents()
        assert contents is not None
        greys = re.findall(rb"BT ([\d.]+) g", contents.get_data())
        assert len(greys) > 100
        assert all(float(grey) <= 0.15 for grey in greys)


def test_the_file_was_made_when_the_note_was_signed() -> None:
    session = chart(*FOUR_CHANGES)
    for each, at in (
        (signed(session), SIGNATURE.signed_at),
        (signed_in_new_york(session), NEW_YORK_SIGNATURE.signed_at),
        (session, session.started_at),
    ):
        information = pypdf.PdfReader(BytesIO(render(note_of(each)))).metadata
        assert information is not None
        assert information.creation_date == at
        assert information.modification_date == at
        assert at.utcoffset() == information.creation_date.utcoffset()


def test_the_file_describes_itself_without_the_patients_name() -> None:
    reader = pypdf.PdfReader(BytesIO(render(standard_note())))
    information = reader.metadata
    assert information is not None
    assert information.title == "Session note, No 4711, 22 Nov 2026"
    assert information.author == "Test Clinic"
    assert information.subject == "OnabotulinumtoxinA for chronic migraine"
    assert str(reader.root_object["/Lang"]) == "en"
    assert "Patient" not in str(information)
