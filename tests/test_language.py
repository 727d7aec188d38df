from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from desktop import language, resources, wording
from desktop.app import Desk
from desktop.core.handbook import Handbook
from desktop.core.patient import Patient
from desktop.core.protocol import Side
from desktop.core.session import State
from desktop.core.vial import read_expiry
from desktop.language import ENGLISH, Language, _

SPANISH = Language("es", "Español", is_right_to_left=False, is_reviewed=False)
ARABIC = Language("ar", "العربية", is_right_to_left=True, is_reviewed=False)
TAGS = [each.tag for each in language.available()]


@pytest.fixture(autouse=True)
def spoken_before() -> Iterator[None]:
    """Whatever a test speaks, the next one hears what was spoken before."""
    with language.speaking(language.current().tag):
        yield


def test_english_is_offered_first_then_every_shipped_catalogue() -> None:
    assert language.available() == [ENGLISH, SPANISH, ARABIC]
    shipped = {path.parts[-3] for path in resources.translations().glob("*/*/*.mo")}
    assert {each.tag for each in language.available()} == {"en", *shipped}


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        (["es"], SPANISH),
        (["de", "ar", "es"], ARABIC),
        (["en", "es"], ENGLISH),
        (["de"], ENGLISH),
        (["es_MX"], ENGLISH),
        (["../es"], ENGLISH),
        ([], ENGLISH),
    ],
)
def test_first_shipped_tag_is_spoken_and_only_exact_ones_are(
    asked: list[str], spoken: Language
) -> None:
    language.use(["es"])
    language.use(asked)
    assert language.current() == spoken


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ({"LANG": "es_MX.UTF-8"}, SPANISH),
        ({"LANG": "ar_EG.UTF-8@latin"}, ARABIC),
        ({"LANG": "en_GB.UTF-8"}, ENGLISH),
        ({"LANG": "C.UTF-8"}, ENGLISH),
        ({"LANGUAGE": "C:es"}, ENGLISH),
        ({"LANGUAGE": "POSIX:es"}, ENGLISH),
        ({"LANGUAGE": "en_GB:es", "LANG": "es_ES.UTF-8"}, ENGLISH),
        ({"LANGUAGE": "de:es", "LANG": "de_DE.UTF-8"}, SPANISH),
        ({"LC_ALL": "POSIX", "LANG": "es_ES.UTF-8"}, ENGLISH),
        ({}, ENGLISH),
    ],
)
def test_without_a_choice_the_system_is_followed(
    asked: dict[str, str], spoken: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in asked.items():
        monkeypatch.setenv(name, value)
    language.use()
    assert language.current() == spoken


def test_another_language_is_spoken_for_a_while_only() -> None:
    language.use(["es"])
    with language.speaking("en"):
        assert (language.current(), _("left")) == (ENGLISH, "left")
    assert (language.current(), _("left")) == (SPANISH, "izquierdo")


def speak_and_fail() -> None:
    with language.speaking("es"):
        raise LookupError


def test_what_was_spoken_comes_back_after_a_failure_too() -> None:
    with pytest.raises(LookupError):
        speak_and_fail()
    assert language.current() == ENGLISH


@pytest.mark.parametrize("tag", TAGS)
def test_nothing_to_say_stays_nothing(tag: str) -> None:
    with language.speaking(tag):
        assert _("") == ""


@pytest.mark.parametrize("tag", TAGS)
def test_amounts_lots_and_dates_keep_western_digits(tag: str) -> None:
    moment = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
    with language.speaking(tag):
        said = [
            wording.units_text(Decimal("7.5")),
            wording.volume_text(Decimal("2.25")),
            wording.date_text(date(1980, 2, 1)),
            wording.moment_text(moment),
            wording.expiry_text(read_expiry("2027-10-31")),
            wording.age_text(date(1980, 2, 1), moment.date()),
            wording.site_short("TEM-2-L"),
        ]
    figures = ["".join(c for c in each if c.isdigit() or c in ".:") for each in said]
    assert figures == ["7.5", "2.25", "11980", "22202610:30", "312027", "46", "2"]


def test_numbers_of_patients_and_lots_keep_their_order_among_arabic_words() -> None:
    isolated = "\u2068{}\u2069".format
    with language.speaking("ar"):
        erika = Patient("p-1", "47-11", "Muster", "Erika", date(1980, 2, 1))
        assert isolated("47-11") in wording.known_words(erika)
        assert isolated("12-34") in _("lot {lot}").format(lot="12-34")


@pytest.mark.parametrize("tag", TAGS)
def test_months_sides_and_states_cannot_be_taken_for_each_other(tag: str) -> None:
    with language.speaking(tag):
        assert len({wording.month_name(month) for month in range(1, 13)}) == 12
        assert len({wording.side_name(side) for side in Side}) == len(Side)
        assert len({wording.state_name(state) for state in State}) == len(State)


@pytest.mark.parametrize("tag", TAGS)
def test_every_site_has_its_own_name(tag: str, book: Handbook) -> None:
    with language.speaking(tag):
        names = [wording.site_name(code, book) for code in book.protocol.sites]
    assert len(set(names)) == len(book.protocol.sites) == 31


def test_note_is_printed_in_the_language_of_the_window(desk: Desk) -> None:
    with language.speaking("es"):
        note = PdfReader(BytesIO(a_note(desk)))
    words = note.pages[0].extract_text()
    assert str(note.root_object["/Lang"]) == "es"
    assert "Nota de la sesión" in words
    assert "IZQUIERDA del paciente" in words
    assert "Patient" not in words


def test_note_is_english_where_the_window_runs_from_right_to_left(desk: Desk) -> None:
    in_english = a_note(desk)
    with language.speaking("ar"):
        assert a_note(desk) == in_english
        assert language.current() == ARABIC
    assert str(PdfReader(BytesIO(in_english)).root_object["/Lang"]) == "en"


def a_note(desk: Desk) -> bytes:
    patient = desk.file.records.find_patients("")[0]
    session = desk.new_session(patient.id)
    fixed = {"id": "s-1", "started_at": datetime(2026, 11, 22, 10, 30, tzinfo=UTC)}
    return desk.note(type(session)(**{**vars(session), **fixed}))
