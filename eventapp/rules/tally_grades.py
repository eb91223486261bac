"""Majority judgment over shares of one whole, exact for any numbers and weights of judges (tally/1, section 4.8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key
from itertools import accumulate
from typing import Any

HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Majority:
    """The majority grade (an index, 0 is worst), the shares above and below it, and a key, greater for better."""

    grade: int
    above: Fraction
    below: Fraction
    key: Any


@dataclass(frozen=True, slots=True)
class _Stretch:
    """For t up to `end` (from the end of the stretch before): the grades at 1/2 - t and at 1/2 + t."""

    end: Fraction
    grades: tuple[int, int]


def majority(shares: Sequence[Fraction]) -> Majority:
    """The majority judgment of shares by grade, worst first, that sum to 1."""
    tops = list(accumulate(shares))
    grade = next(index for index, top in enumerate(tops) if top >= HALF)
    return Majority(
        grade=grade,
        above=1 - tops[grade],
        below=tops[grade] - shares[grade],
        key=cmp_to_key(_compare)(_stretches(shares, tops)),
    )


def _stretches(shares: Sequence[Fraction], tops: Sequence[Fraction]) -> list[_Stretch]:
    """The two sides seen from the middle outwards, cut where either changes; the last stretch ends at 1/2."""
    lower = [
        (HALF - top + share, grade) for grade, (share, top) in enumerate(zip(shares, tops, strict=True)) if share and top - share < HALF
    ]
    upper = [(top - HALF, grade) for grade, (share, top) in enumerate(zip(shares, tops, strict=True)) if share and top > HALF]
    lower.reverse()
    stretches: list[_Stretch] = []
    low = up = 0
    while low < len(lower):
        end = min(lower[low][0], upper[up][0])
        stretches.append(_Stretch(end, (lower[low][1], upper[up][1])))
        low, up = low + (lower[low][0] == end), up + (upper[up][0] == end)
    return stretches


def _compare(one: Sequence[_Stretch], other: Sequence[_Stretch]) -> int:
    """Positive if `one` is better: at the smallest t where they differ the lower side decides, then the upper side."""
    i = j = 0
    while i < len(one):
        mine, theirs = one[i], other[j]
        if mine.grades != theirs.grades:
            return 1 if mine.grades > theirs.grades else -1
        end = min(mine.end, theirs.end)
        i, j = i + (mine.end == end), j + (theirs.end == end)
    return 0
