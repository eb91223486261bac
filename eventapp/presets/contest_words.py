"""The words on ballots of score and grade contests: criteria, levels and grades as judges read them (rules.toml only counts)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from eventapp.presets.reading import check

DECIMAL = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?", re.ASCII)


@dataclass(frozen=True)
class Level:
    """One button of a score: its value (a decimal string, so it stays exact) and the words for it."""

    value: str
    word: str
    word_en: str


@dataclass(frozen=True)
class CriterionWords:
    """How a criterion of a score contest is shown to judges; without levels every whole number is offered."""

    code: str
    name: str
    name_en: str
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True)
class GradeWords:
    """How a grade is shown to judges: `code` is the grade as rules.toml writes it."""

    code: str
    name_en: str
    word: str
    word_en: str


@dataclass(frozen=True)
class ContestWords:
    """The words on the ballot of a score or grade contest; rules.toml holds nothing but the count."""

    contest: str
    criteria: tuple[CriterionWords, ...] = ()
    grades: tuple[GradeWords, ...] = ()


def check_contest_words(found: Iterable[ContestWords], rules: Mapping[str, Any]) -> None:
    """ValueError with a sentence where words and rules.toml do not agree."""
    contests = {contest["id"]: contest for contest in rules["contests"]}
    for words in found:
        contest = contests.get(words.contest, {})
        check(contest.get("method") in ("score", "grade"), f"Words are given for {words.contest}, which is no score or grade contest.")
        for criterion in words.criteria:
            check(criterion.code in contest.get("criteria", {}), f"{words.contest} has no criterion {criterion.code}.")
            _check_levels(criterion, contest["criteria"][criterion.code])
        for grade in words.grades:
            check(grade.code in contest.get("grades", ()), f"{words.contest} has no grade {grade.code}.")


def _check_levels(criterion: CriterionWords, range_: Mapping[str, Any]) -> None:
    check(all(DECIMAL.fullmatch(level.value) for level in criterion.levels), f"The levels of {criterion.code} must be decimal numbers.")
    values = [Fraction(level.value) for level in criterion.levels]
    inside = all(Fraction(str(range_.get("min", 0))) <= value <= Fraction(str(range_["max"])) for value in values)
    check(inside, f"A level of {criterion.code} is outside the range of rules.toml.")
    check(values == sorted(set(values)), f"The levels of {criterion.code} must rise.")
