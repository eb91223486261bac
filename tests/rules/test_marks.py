"""Levels that are offered, one press, and what a mark lacks."""

from fractions import Fraction

import pytest

from eventapp.rules.marks import levels, missing, press
from eventapp.rules.ranking import Tapped, shift


@pytest.mark.parametrize(("low", "high", "found"), [
    ("0", "5", (0, 1, 2, 3, 4, 5)), ("-2", "2", (-2, -1, 0, 1, 2)), ("0", "10", tuple(range(11))),
    ("0", "100", (0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100)), ("1/2", "3/2", (0.5, 1, 1.5)), ("0", "1/2", (0, 0.5)),
    ("1/5", "2/5", (0.2, 0.3, 0.4)), ("0", "1", (0, 1)), ("0", "1/10000", (0,)),
])  # fmt: skip
def test_levels_lie_in_the_range_and_are_few(low: str, high: str, found: tuple[int | float, ...]) -> None:
    assert levels(Fraction(low), Fraction(high)) == found


def test_a_wide_range_is_thinned_evenly_with_both_ends() -> None:
    found = levels(Fraction(0), Fraction(10**9))

    assert (len(found), found[0], found[-1]) == (11, 0, 10**9)


def test_the_same_level_again_takes_it_off() -> None:
    assert press({"a": 1}, "b", 2) == {"a": 1, "b": 2}
    assert press({"a": 1, "b": 2}, "b", 3) == {"a": 1, "b": 3}
    assert press({"a": 1, "b": 2}, "b", 2) == {"a": 1}


def test_nought_is_a_mark_and_silence_is_none() -> None:
    assert missing({"a": 0}, ["a", "b"]) == ("b",)
    assert missing({"a": 0, "b": 0}, ["a", "b"]) == ()


def test_a_rank_moves_by_one_place_and_never_beyond_the_list() -> None:
    assert shift(("a", "b", "c"), "c", -1) == Tapped(("a", "c", "b"), swapped="b")
    assert shift(("a", "b", "c"), "a", 1) == Tapped(("b", "a", "c"), swapped="b")
    assert shift(("a", "b"), "a", -1) == Tapped(("a", "b"))
    assert shift(("a", "b"), "z", 1) == Tapped(("a", "b"))
