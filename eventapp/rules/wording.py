"""The confirmed words of a finalist: formal, broadcast and short title with their readings, and what is still missing.

Widths are counted in ems as the font gives them, not in characters (`screens/stage.md` §4).
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass

LINE_EM = 22.0
LINES = 2
SHORT_EM = 20.0
HALF_WIDTH_EM = 0.55
MARK = "【サンプル】"  # stands before an invented title and is neither read aloud nor part of a short one
_RUBY = re.compile(r"\{([^{}|]+)\|([^{}|]+)\}")
_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_NOT_READ_ALOUD = str.maketrans("", "", "「」")
_KANJI = re.compile(r"[㐀-鿿豈-﫿々〆]")


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one finalist; ruby is `{漢字|かな}` markup, `broadcast` its lines as broken on air."""

    title: str
    broadcast: tuple[str, ...]
    short: str
    title_ruby: str
    short_ruby: str
    body_reading: str


def faults(words: Wording) -> tuple[str, ...]:
    """What is missing or does not fit, as codes in a fixed order; () when the words can be confirmed.

    `title`, `broadcast` (one or two lines of at most 22 em), `short` (at most 20 em), `title_ruby` and `short_ruby` (the
    title's own words, every kanji with a reading), `body_reading` (kana).
    """
    checks = {
        "title": bool(words.title.removeprefix(MARK)),
        "broadcast": fits_broadcast(words.broadcast),
        "short": bool(words.short) and ems(words.short) <= SHORT_EM,
        "title_ruby": _reads(words.title_ruby, words.title.removeprefix(MARK)),
        "short_ruby": _reads(words.short_ruby, words.short),
        "body_reading": bool(words.body_reading) and not _KANJI.search(words.body_reading),
    }
    return tuple(name for name, right in checks.items() if not right)


def _reads(marked: str, text: str) -> bool:
    """Is the markup that of this text, with kana over every kanji?"""
    rest = _RUBY.sub("", marked)
    readings = "".join(read for _, read in ruby_pairs(marked))
    return bool(text) and without_ruby(marked) == text and not _KANJI.search(rest) and not _KANJI.search(readings)


def fingerprint(words: Wording) -> str:
    """SHA-256 of the words: a confirmation holds for these and for no others."""
    return hashlib.sha256(json.dumps(asdict(words), ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def ems(text: str) -> float:
    """Width of a line in ems: 1 for a full-width character, 0.55 for a half-width one, 0 for a combining mark."""
    return round(sum(_em(character) for character in text), 2)


def _em(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(character) in "WFA" else HALF_WIDTH_EM


def fits_broadcast(lines: Sequence[str]) -> bool:
    """True if the stored lines fit a lower third: one or two lines of at most 22 em."""
    return 1 <= len(lines) <= LINES and all(line and ems(line) <= LINE_EM for line in lines)


def without_ruby(marked: str) -> str:
    """The plain text of `{漢字|かな}` markup."""
    return _RUBY.sub(r"\1", marked)


def ruby_pairs(marked: str) -> tuple[tuple[str, str], ...]:
    """The pieces of `{漢字|かな}` markup in order, each with its reading ("" where none is needed)."""
    pairs: list[tuple[str, str]] = []
    end = 0
    for match in _RUBY.finditer(marked):
        if match.start() > end:
            pairs.append((marked[end : match.start()], ""))
        pairs.append((match[1], match[2]))
        end = match.end()
    return (*pairs, (marked[end:], "")) if end < len(marked) else tuple(pairs)


def reading(marked: str) -> str:
    """The hiragana of `{漢字|かな}` markup, katakana included; brackets are not read aloud."""
    kana = "".join(read or written for written, read in ruby_pairs(marked))
    return kana.translate(_KATAKANA_TO_HIRAGANA).translate(_NOT_READ_ALOUD)
