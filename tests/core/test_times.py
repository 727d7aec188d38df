from datetime import date
from zoneinfo import ZoneInfo

import pytest

from desktop.core.times import (
    NoSuchTimeError,
    NotADayError,
    UnknownZoneError,
    read_day,
    read_time,
    read_zone,
    time_to_edit,
)

LONDON = ZoneInfo("Europe/London")


def test_a_zone_is_found_in_any_case_and_keeps_its_own_spelling() -> None:
    assert read_zone("europe/LONDON").key == "Europe/London"


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("Europe/Londn", "Europe/London"),
        ("London", "Europe/London"),
        ("Europe", None),
        ("../etc/passwd", None),
        ("", None),
    ],
)
def test_an_unknown_zone_is_refused_with_the_nearest_names(name: str, nearest: str | None) -> None:
    with pytest.raises(UnknownZoneError) as refused:
        read_zone(name)
    assert nearest is None or nearest in refused.value.nearest


def test_a_time_is_read_on_the_clocks_of_its_zone() -> None:
    at = read_time(" 2026-07-01  10:30", LONDON)
    assert (at.isoformat(), at.tzinfo) == ("2026-07-01T10:30:00+01:00", LONDON)


def test_a_time_that_the_clocks_skip_is_refused() -> None:
    with pytest.raises(NoSuchTimeError) as refused:
        read_time("2026-03-29 01:30", LONDON)
    assert (refused.value.text, refused.value.zone) == ("2026-03-29 01:30", "Europe/London")


def test_of_two_equal_clock_times_the_first_is_meant_unless_the_offset_says_otherwise() -> None:
    written = ["2026-10-25 01:30", "2026-10-25 01:30 +01:00", "2026-10-25 01:30+00:00"]
    assert [read_time(text, LONDON).isoformat() for text in written] == [
        "2026-10-25T01:30:00+01:00",
        "2026-10-25T01:30:00+01:00",
        "2026-10-25T01:30:00+00:00",
    ]


@pytest.mark.parametrize("text", ["2026-07-01 10:30", "2026-10-25 01:30", "2026-10-25 01:30+00:00"])
def test_a_time_to_edit_reads_back_as_the_same_time(text: str) -> None:
    assert time_to_edit(read_time(text, LONDON)) == text


@pytest.mark.parametrize(
    "text",
    [
        *("2026-02-30 10:30", "2026-13-01 10:30", "2026-07-01 25:30", "2026-07-01 24:00", ""),
        *("2026-07-01", "10:30", "2026-07-01 9:30", "2026-07-01T10:30", "01.07.2026 10:30"),
        *("2026-07-01 10:30 +00:00", "2026-10-25 01:30 +02:00", "2026-07-01 10:30 BST"),
        *("0000-01-01 10:30", "\u0662026-07-01 10:30"),
    ],
)
def test_a_time_that_never_was_is_refused(text: str) -> None:
    for zone in (LONDON, ZoneInfo("Asia/Tokyo"), ZoneInfo("Pacific/Pago_Pago")):
        with pytest.raises(NoSuchTimeError):
            read_time(text, zone)


@pytest.mark.parametrize(
    ("text", "zone"),
    [("0001-01-01 00:00", "Asia/Tokyo"), ("9999-12-31 23:00", "Pacific/Pago_Pago")],
)
def test_a_time_at_the_end_of_the_calendar_is_refused(text: str, zone: str) -> None:
    with pytest.raises(NoSuchTimeError):
        read_time(text, ZoneInfo(zone))


def test_a_day_is_read_in_one_way_of_writing_only() -> None:
    assert read_day(" 2024-02-29 ") == date(2024, 2, 29)


@pytest.mark.parametrize(
    "text",
    ["", "2023-02-29", "20231122", "2023-W47-3", "22.11.2023", "\u0662\u0660-01-01", "today"],
)
def test_what_is_no_day_is_refused_as_it_was_written(text: str) -> None:
    with pytest.raises(NotADayError) as refused:
        read_day(text)
    assert refused.value.text == text
