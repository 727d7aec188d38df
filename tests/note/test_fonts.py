from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.core.acts import SetRemark
from desktop.note import fonts, pdf
from desktop.note.fonts import MissingGlyphsError, check_printable, width_of, wrapped
from desktop.note.pieces import Run
from tests.note.visits import ALL_GIVEN, CLINIC, IDENTITY, chart, note_of

LATIN = st.text(st.sampled_from("ab cdé W-i,  "), max_size=120)


@given(st.lists(st.tuples(LATIN, st.booleans()), max_size=4), st.floats(20, 200))
@settings(deadline=None)
def test_wrapping_loses_no_letter_and_keeps_to_the_width(
    parts: list[tuple[str, bool]], width: float
) -> None:
    words = tuple(Run(text, strong) for text, strong in parts)
    lines = wrapped(words, 8.5, width)
    shown = "".join(run.text for line in lines for run in line)
    assert shown.replace(" ", "") == "".join(text for text, _strong in parts).replace(" ", "")
    for line in lines:
        length = sum(width_of(run.text.rstrip(" "), 8.5, strong=run.strong) for run in line[-1:])
        length += sum(width_of(run.text, 8.5, strong=run.strong) for run in line[:-1])
        assert length <= width + 0.01


def test_lines_break_at_spaces_and_never_where_only_the_face_changes() -> None:
    words = (Run("aaaa bbbb", strong=True), Run(", cccc"))
    lines = wrapped(words, 10, width_of("aaaa bbbb", 10, strong=True) + 1)
    assert ["".join(run.text for run in line) for line in lines] == ["aaaa", "bbbb,", "cccc"]


def test_a_word_longer_than_a_line_is_broken() -> None:
    lines = wrapped("W" * 500, 10, 100)
    assert "".join(run.text for line in lines for run in line) == "W" * 500
    assert len(lines) > 10


@pytest.mark.parametrize(
    ("name", "characters"),
    [
        ("محمد", "محد"),
        ("สมชาย", "สมชาย"),
        ("田中", "田中"),
        ("שלום", "שלום"),
        ("\N{GRINNING FACE}", "\N{GRINNING FACE}"),
        ("q\N{COMBINING ACUTE ACCENT}", "\N{COMBINING ACUTE ACCENT}"),
    ],
    ids=["arabic", "thai", "han", "hebrew", "emoji", "mark without a letter of its own"],
)
def test_a_name_that_cannot_be_printed_is_refused_before_any_byte(
    name: str, characters: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_canvas(*_arguments: object) -> None:
        pytest.fail("the note was begun")

    monkeypatch.setattr(pdf, "_canvas", no_canvas)
    note = note_of(chart(*ALL_GIVEN), replace(IDENTITY, given_name=name))
    with pytest.raises(MissingGlyphsError) as refused:
        pdf.render(note)
    assert refused.value.field == "patient"
    assert set(refused.value.characters) == set(characters)


def test_right_to_left_is_refused_even_where_a_font_has_the_letters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fonts, "known_characters", lambda: frozenset(map(ord, "aמم")))
    can_print = fonts.can_print.__wrapped__
    assert [can_print(one) for one in "aמم"] == [True, False, False]


def test_the_refusal_names_the_field() -> None:
    with pytest.raises(MissingGlyphsError) as refused:
        check_printable(note_of(chart(*ALL_GIVEN, SetRemark("fine\nnot ไ"))))
    assert (refused.value.field, refused.value.characters) == ("remark", "ไ")
    with pytest.raises(MissingGlyphsError) as refused:
        check_printable(note_of(chart(*ALL_GIVEN), clinic=replace(CLINIC, name="診療所")))
    assert refused.value.field == "clinic"


def test_european_names_can_be_printed() -> None:
    for name in ("Łukasz", "Ñandú", "Đặng Thị Ánh", "Ζωή", "Юлия", "Øystein", "İpek", "Zoe\u0308"):
        check_printable(note_of(chart(*ALL_GIVEN), replace(IDENTITY, given_name=name)))
