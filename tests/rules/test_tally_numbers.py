from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import pytest

from eventapp.rules.tally_numbers import (
    decimal,
    decimal_number,
    instant,
    instant_of,
    is_id,
    listed,
    rational_number,
    shown,
)


@pytest.mark.parametrize("text", ["S1", "O-003", "審査員", 'a"b', "a;b", "\x1c", "\u200b"])
def test_is_id_without_white_space_and_commas(text: str) -> None:
    assert is_id(text)


@pytest.mark.parametrize("text", ["", " ", "a b", "a,b", "a\u3000b", "a\xa0", "a\u2009b", "\u2028", "a\tb", "a\x85"])
def test_is_id_refuses_white_space_and_commas(text: str) -> None:
    assert not is_id(text)


def test_listed_separates_by_any_unicode_white_space() -> None:
    assert listed(" a\u3000b\xa0c\n\td\u202fe\u205ff\u1680g ") == ["a", "b", "c", "d", "e", "f", "g"]


def test_listed_keeps_what_only_python_calls_space() -> None:
    assert listed("a\x1cb") == ["a\x1cb"]


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("-12", -12), ("007", 7), ("3.5", Fraction(7, 2)), ("-0.25", Fraction(-1, 4)), ("3.0", 3), ("-0", 0)],
)
def test_decimal_number(text: str, number: Fraction) -> None:
    assert decimal_number(text) == number


NOT_DECIMAL = [
    "",
    "+1",
    "1.",
    ".5",
    "1e3",
    "1/2",
    " 1",
    "1 ",
    "1\n",
    "١",
    "１",
    "1_000",
    "--1",
    "-",
    "nan",
    "0x1",
    "1,5",
]


@pytest.mark.parametrize("text", NOT_DECIMAL)
def test_decimal_number_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is not a number like 12 or 3\.5$"):
        decimal_number(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("1/5", Fraction(1, 5)), ("-2/4", Fraction(-1, 2)), ("6/3", 2), ("0/7", 0), ("0.5", Fraction(1, 2))],
)
def test_rational_number(text: str, number: Fraction) -> None:
    assert rational_number(text) == number


@pytest.mark.parametrize("text", ["1/-5", "1/", "/5", "0.5/2", "1 / 5", "1/5/2", "+1/5", "1/5\n"])
def test_rational_number_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        rational_number(text)


def test_rational_number_refuses_zero_below() -> None:
    with pytest.raises(ValueError, match="divides by zero"):
        rational_number("1/0")


def test_numbers_are_whole_where_they_can_be() -> None:
    assert [type(rational_number(text)) for text in ("4/2", "2.0", "2", "1/2")] == [int, int, int, Fraction]


@pytest.mark.parametrize(("number", "text"), [(7, "7"), (Fraction(-7, 2), "-7/2"), (Fraction(4, 2), "2"), (0, "0")])
def test_shown_in_lowest_terms(number: Fraction, text: str) -> None:
    assert shown(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(1, 3), "0.333"),
        (Fraction(-2, 3), "-0.667"),
        (2, "2.000"),
        (Fraction(1, 16), "0.062"),
        (Fraction(-1, 9999), "0.000"),
    ],
)
def test_decimal_rounds_half_to_even(number: Fraction, text: str) -> None:
    assert decimal(number, 3) == text


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01t00:00:00z", 0),
        ("1970-01-01T09:00:00+09:00", 0),
        ("1969-12-31T14:30:00-09:30", 0),
        ("1970-01-01T00:00:00.5Z", 500_000),
        ("1970-01-01T00:00:00.000001Z", 1),
        ("1970-01-01T00:00:00-00:00", 0),
        ("1969-12-31T23:59:59Z", -1_000_000),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000_000),
        ("0000-01-01T00:00:00Z", -62_167_219_200_000_000),
        ("9999-12-31T23:59:59-23:59", 253_402_387_139_000_000),
    ],
)
def test_instant(text: str, microseconds: int) -> None:
    assert instant(text) == microseconds


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-24T16:10:00",
        "2026-12-24 16:10:00Z",
        "2026-12-24T16:10Z",
        "2026-12-24T16:10:00.Z",
        "2026-12-24T16:10:00.1234567Z",
        "2026-12-24T16:10:00+0900",
        "2026-12-24T16:10:00+09",
        "2026-12-24",
        "20261224T161000Z",
        "2026-12-24T16:10:00Z\n",
        "2026-12-24T16:10:00,5Z",
        "２026-12-24T16:10:00Z",
        "",
    ],
)
def test_instant_refuses_other_forms(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date-time with an offset"):
        instant(text)


@pytest.mark.parametrize("text", ["24:00:00Z", "23:60:00Z", "23:59:60Z", "12:00:00+24:00", "12:00:00-09:60"])
def test_instant_refuses_times_no_clock_shows(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time of day"):
        instant(f"2026-12-24T{text}")


@pytest.mark.parametrize("day", ["2026-02-29", "2100-02-29", "2026-13-01", "2026-00-01", "2026-04-31", "2026-01-00"])
def test_instant_refuses_days_no_calendar_has(day: str) -> None:
    with pytest.raises(ValueError, match="is not a day of the calendar"):
        instant(f"{day}T00:00:00Z")


def test_instant_of_agrees_with_instant() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert instant_of(datetime(2026, 12, 24, 16, 10, 0, 7, tzinfo=tokyo)) == instant("2026-12-24T07:10:00.000007Z")
    assert instant_of(datetime(1, 1, 1, tzinfo=tokyo)) == instant("0000-12-31T15:00:00Z")
    assert instant_of(datetime(9999, 12, 31, tzinfo=UTC)) == instant("9999-12-31T00:00:00Z")


def test_instant_of_refuses_local_time() -> None:
    with pytest.raises(ValueError, match="needs an offset"):
        instant_of(datetime(2026, 12, 24))
