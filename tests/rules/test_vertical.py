"""Words from top to bottom: numerals, dates, abbreviations, readings."""

from datetime import date

import pytest

from eventapp.rules.vertical import Piece, kanji_date, kanji_number, pieces


@pytest.mark.parametrize(("number", "said"), [(1, "一"), (7, "七"), (10, "十"), (12, "十二"), (20, "二十"), (24, "二十四"), (99, "九十九")])
def test_numbers_are_written_as_certificates_write_them(number: int, said: str) -> None:
    assert kanji_number(number) == said


@pytest.mark.parametrize("number", [0, -1, 100])
def test_other_numbers_are_no_part_of_a_date(number: int) -> None:
    with pytest.raises(ValueError, match="is not a day"):
        kanji_number(number)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2025, 12, 24), "令和七年十二月二十四日"), (date(2019, 5, 1), "令和元年五月一日"),
        (date(2019, 4, 30), "平成三十一年四月三十日"), (date(2028, 10, 10), "令和十年十月十日"),
    ],
)  # fmt: skip
def test_dates(day: date, said: str) -> None:
    assert kanji_date(day) == said


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("DXとAIの活用", (Piece("ＤＸとＡＩの活用"),)),
        ("Tokyo区市町村DX Connect Day", (Piece("Tokyo区市町村ＤＸ Connect Day"),)),
        ("約24時間", (Piece("約"), Piece("24", level=True), Piece("時間"))),
        ("24時間", (Piece("24", level=True), Piece("時間"))),
        ("第3回2025年", (Piece("第３回２０２５年"),)),
        ("{調布|ちょうふ}市", (Piece("調布", "ちょうふ"), Piece("市"))),
        ("LGWAN", (Piece("LGWAN"),)),
        ("", ()),
    ],
)
def test_a_vertical_line(text: str, found: tuple[Piece, ...]) -> None:
    assert pieces(text) == found


def test_readings_can_be_left_out() -> None:
    assert pieces("{調布|ちょうふ}市", ruby=False) == (Piece("調布市"),)
