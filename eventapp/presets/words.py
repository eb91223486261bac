"""How wide a Japanese text is, how it is read, and how a body is called. Pure."""

import re
import unicodedata
from collections.abc import Sequence

LINE_EM = 22.0
LINES = 2
SHORT_EM = 20.0
HALF_WIDTH_EM = 0.55
_RUBY = re.compile(r"\{([^{}|]+)\|([^{}|]+)\}")
_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_NOT_READ_ALOUD = str.maketrans("", "", "「」")


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


def joint_name(names: Sequence[str]) -> str:
    """How bodies are called in one line: A, A・B, and from three on Aほか2市 (団体 when their kinds differ)."""
    if len(names) <= 2:
        return "・".join(names)
    kinds = {name[-1] for name in names}
    return f"{names[0]}ほか{len(names) - 1}{kinds.pop() if len(kinds) == 1 else '団体'}"


def joint_name_en(names: Sequence[str]) -> str:
    """The same in English: A; A and B; A and 2 others."""
    if len(names) <= 2:
        return " and ".join(names)
    return f"{names[0]} and {len(names) - 1} others"
