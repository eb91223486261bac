"""Majority judgment, section 4.8."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.rules.tally_grades import majority
from tests.rules.sentences import sentence
from tests.rules.tally_case import first_contest, graded

GRADE = 'method = "grade"\ngrades = ["D", "C", "B", "A"]'


def shares(*numbers: int) -> list[Fraction]:
    return [Fraction(number, sum(numbers)) for number in numbers]


def sign(one: list[Fraction], other: list[Fraction]) -> int:
    mine, theirs = majority(one).key, majority(other).key
    return (mine > theirs) - (mine < theirs)


@sentence("4.8n")
@pytest.mark.parametrize(
    ("numbers", "grade", "above", "below"),
    [
        ((0, 0, 0, 1), 3, "0", "0"),
        ((1, 0, 0, 1), 0, "1/2", "0"),
        ((1, 1, 1, 0), 1, "1/3", "1/3"),
        ((1, 1, 1, 1), 1, "1/2", "1/4"),
        ((2, 0, 1, 2), 2, "2/5", "2/5"),
        ((3, 0, 0, 2), 0, "2/5", "0"),
    ],
)
def test_majority_is_the_lower_median(numbers: tuple[int, ...], grade: int, above: str, below: str) -> None:
    found = majority(shares(*numbers))
    assert (found.grade, found.above, found.below) == (grade, Fraction(above), Fraction(below))


@sentence("4.8o", "4.8p")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((0, 0, 1, 0), (0, 1, 0, 0)),  # a higher majority grade
        ((0, 1, 1, 1), (1, 0, 1, 1)),  # the same middle, a better lower side
        ((1, 0, 1, 1), (1, 0, 2, 0)),  # the upper side decides where the lower ones are equal
        ((0, 2, 1, 2), (2, 0, 1, 2)),
        ((1, 1, 0, 1), (1, 1, 1, 0)),
        ((10, 0, 1, 10), (10, 1, 0, 10)),
        ((0, 0, 50, 49), (0, 1, 50, 49)),
    ],
)
def test_majority_key_is_greater_for_the_better(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    assert sign(shares(*one), shares(*other)) == 1
    assert sign(shares(*other), shares(*one)) == -1


@sentence("4.8o")
def test_majority_key_looks_below_before_above() -> None:
    # Leaving the middle, the first loses at the lower side at t = 1/10, where it also wins at the upper side.
    assert sign(shares(4, 0, 2, 4), shares(0, 4, 3, 3)) == -1


@sentence("4.8m")
def test_majority_of_proportional_shares_is_equal() -> None:
    assert sign(shares(1, 2, 0, 1), shares(3, 6, 0, 3)) == 0


def majority_value(grades: list[int]) -> list[int]:
    """Balinski and Laraki: take the lower median away again and again."""
    rest, value = sorted(grades), []
    while rest:
        value.append(rest.pop((len(rest) - 1) // 2))
    return value


@sentence("4.8r")
@given(st.integers(1, 7).flatmap(lambda n: st.tuples(*[st.lists(st.integers(0, 3), min_size=n, max_size=n)] * 2)))
def test_majority_agrees_with_balinski_and_laraki(profiles: tuple[list[int], list[int]]) -> None:
    one, other = profiles
    first, second = majority_value(one), majority_value(other)
    histograms = [shares(*(grades.count(grade) for grade in range(4))) for grades in profiles]
    assert sign(*histograms) == (first > second) - (first < second)


@sentence("4.8o", "4.8p", "4.8q")
@given(st.tuples(*[st.lists(st.integers(0, 6), min_size=4, max_size=4).filter(any)] * 2))
def test_majority_agrees_with_its_definition(numbers: tuple[list[int], list[int]]) -> None:
    one, other = (shares(*counts) for counts in numbers)

    def at(profile: list[Fraction], p: Fraction) -> int:
        return next(grade for grade in range(4) if sum(profile[: grade + 1]) > p)

    cuts = {abs(sum(profile[:grade]) - Fraction(1, 2)) for profile in (one, other) for grade in range(5)}
    edges = sorted(cuts | {Fraction(0), Fraction(1, 2)})
    expected = 0
    for low, high in zip(edges, edges[1:], strict=False):
        t = (low + high) / 2
        mine, theirs = ((at(profile, Fraction(1, 2) - t), at(profile, Fraction(1, 2) + t)) for profile in (one, other))
        if mine != theirs:
            expected = 1 if mine > theirs else -1
            break
    assert sign(one, other) == expected


@sentence("6f")
def test_grade_rows_add_grade_above_and_below() -> None:
    contest = first_contest(GRADE, graded(j1={"S1": "A", "S2": "D"}, j2={"S1": "B"}, j3={"S1": "C"}))
    assert contest["standing"] == [
        {"rank": 1, "entry": "S1", "marks": 3, "score": "2", "grade": "B", "above": "1/3", "below": "1/3"},
        {"rank": 2, "entry": "S2", "marks": 1, "score": "0", "grade": "D", "above": "0", "below": "0"},
    ]


def test_grade_equals_share_a_rank_and_score_does_not_tell() -> None:
    contest = first_contest(GRADE, graded(j1={"S1": "A", "S2": "B", "S3": "A"}, j2={"S1": "B", "S2": "B", "S3": "B"}))
    assert [(row["rank"], row["entry"], row["score"]) for row in contest["standing"]] == [
        (1, "S1", "2"),
        (1, "S3", "2"),
        (3, "S2", "2"),
    ]


@sentence("4.8m")
def test_grade_shares_follow_the_groups_present() -> None:
    contest = first_contest(
        GRADE,
        graded(j1={"S1": "A"}, j2={"S1": "D"}, j3={"S1": "C"}),
        judges=["j1,g,,", "j2,h,,", "j3,h,,"],
        head="[groups]\ng = 2\nh = 3\nnobody = 100",
    )
    assert contest["standing"] == [
        {"rank": 1, "entry": "S1", "marks": 3, "score": "1", "grade": "C", "above": "2/5", "below": "3/10"}
    ]
