"""Words as a certificate writes them from top to bottom: numerals in kanji, abbreviations upright, readings beside the kanji."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from eventapp.rules.wording import ruby_pairs

DIGITS = "〇一二三四五六七八九"
ERAS = ((date(2019, 5, 1), "令和"), (date(1989, 1, 8), "平成"))
_RUN = re.compile(r"[A-Z]{1,3}(?![A-Za-z])|[0-9]+|[A-Za-z][A-Za-z ]*[A-Za-z]|.", re.S)
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a vertical line: `level` is two digits side by side, `ruby` its reading or nothing."""

    text: str
    ruby: str = ""
    level: bool = False


def kanji_number(number: int) -> str:
    """1 to 99 as certificates write them: 十二 for 12, never 一二."""
    if not 1 <= number <= 99:
        raise ValueError(f"{number} is not a day, month or year of an era")
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十") + (DIGITS[ones] if ones else "")


def kanji_date(day: date) -> str:
    """令和七年十二月二十四日; the first year is 元年."""
    start, era = next((start, era) for start, era in ERAS if day >= start)
    year = day.year - start.year + 1
    return f"{era}{'元' if year == 1 else kanji_number(year)}年{kanji_number(day.month)}月{kanji_number(day.day)}日"


def pieces(marked: str, *, ruby: bool = True) -> tuple[Piece, ...]:
    """Text with `{漢字|かな}` markup as pieces of a vertical line.

    Abbreviations of up to three capitals stand upright (ＤＸ), words in Latin letters lie on their side, one digit and three or
    more stand upright each, two digits lie side by side.
    """
    return tuple(_joined(piece for text, read in ruby_pairs(marked) for piece in _upright(text, read if ruby else "")))


def _upright(text: str, read: str) -> Iterator[Piece]:
    if read:
        yield Piece(text, read)
        return
    for run in _RUN.findall(text):
        if run.isascii() and run.isdigit() and len(run) == 2:
            yield Piece(run, level=True)
        elif run.isascii() and (run.isdigit() or re.fullmatch(r"[A-Z]{1,3}", run)):
            yield Piece(run.translate(_WIDE))
        else:
            yield Piece(run)


def _joined(given: Iterator[Piece]) -> Iterator[Piece]:
    """Plain neighbours as one piece."""
    kept = ""
    for piece in given:
        if piece.ruby or piece.level:
            if kept:
                yield Piece(kept)
            kept = ""
            yield piece
        else:
            kept += piece.text
    if kept:
        yield Piece(kept)
