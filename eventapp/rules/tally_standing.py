"""From the remaining marks to scores and ranks (tally/1, section 4, steps 6 to 10)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isqrt
from typing import Any

from eventapp.rules.tally_electorate import Electorate
from eventapp.rules.tally_grades import Majority, majority
from eventapp.rules.tally_marks import Poll
from eventapp.rules.tally_model import Contest
from eventapp.rules.tally_numbers import Number

Eligible = Mapping[str, Sequence[str]]
"""Entry to the judges eligible for it, E(e)."""


@dataclass(frozen=True, slots=True)
class Row:
    """An entry of the standing; in grade contests with the majority grade and the shares above and below it."""

    rank: int
    entry: str
    marks: int
    score: Fraction
    grade: str | None = None
    above: Fraction = Fraction()
    below: Fraction = Fraction()


@dataclass(frozen=True, slots=True)
class Standing:
    """A counted contest, with everything that the tie steps look at again."""

    contest: Contest
    poll: Poll
    electorate: Electorate
    eligible: Eligible
    rows: tuple[Row, ...]
    unranked: tuple[str, ...]

    @property
    def status(self) -> str:
        """`inquorate` when fewer judges than the quorum are present, else `ok`."""
        return "inquorate" if self.poll.present < self.contest.quorum else "ok"


def standing(contest: Contest, poll: Poll, *, field: Iterable[str], electorate: Electorate) -> Standing:
    """The standing of the entries in the field: highest first, equals share a rank, ids in order within it."""
    eligible = _eligible(contest, poll, field=frozenset(field), electorate=electorate)
    ranked = sorted(entry for entry, judges in eligible.items() if len(judges) >= contest.min_marks)
    keys: Mapping[str, Any]
    if contest.method == "grade":
        judged = {entry: majority(_shares(contest, poll, entry=entry, judges=eligible[entry], electorate=electorate)) for entry in ranked}
        plain = {entry: _graded_row(contest, entry, marks=len(eligible[entry]), judged=judged[entry]) for entry in ranked}
        keys = {entry: judged[entry].key for entry in ranked}
    else:
        keys = _scores(contest, poll, eligible={entry: eligible[entry] for entry in ranked}, electorate=electorate)
        plain = {entry: Row(0, entry, len(eligible[entry]), keys[entry]) for entry in ranked}
    rows: list[Row] = []
    for place, entry in enumerate(sorted(ranked, key=keys.__getitem__, reverse=True), start=1):
        level = rows and keys[rows[-1].entry] == keys[entry]
        rows.append(replace(plain[entry], rank=rows[-1].rank if level else place))
    return Standing(contest, poll, electorate, eligible, tuple(rows), tuple(sorted(eligible.keys() - set(ranked))))


def _graded_row(contest: Contest, entry: str, *, marks: int, judged: Majority) -> Row:
    """The row of a grade contest, not yet ranked."""
    return Row(0, entry, marks, Fraction(judged.grade), contest.grades[judged.grade], judged.above, judged.below)


def _eligible(contest: Contest, poll: Poll, *, field: frozenset[str], electorate: Electorate) -> Eligible:
    """Step 6: the counted judges not recused from the entry; in score and grade those with a mark on it."""
    if contest.method in ("choice", "points"):
        return {entry: [judge for judge in poll.marks if entry not in electorate.recused[judge]] for entry in field}
    eligible: dict[str, list[str]] = {entry: [] for entry in field}
    for judge, marks in poll.marks.items():
        for entry in marks:
            eligible[entry].append(judge)
    return eligible


def _scores(contest: Contest, poll: Poll, *, eligible: Eligible, electorate: Electorate) -> dict[str, Fraction]:
    """Step 8 for choice, points and score: agg over E(e) of the judge's value, trimmed if the contest says so."""
    worth = _worth(contest, poll)
    scores: dict[str, Fraction] = {}
    for entry, judges in eligible.items():
        groups = electorate.grouped((judge, worth[judge].get(entry, 0)) for judge in judges)
        trimmed = {group: _trimmed(values, contest.trim) for group, values in groups.items()}
        scores[entry] = electorate.combine(trimmed, total=contest.count == "total")
    return scores


def _worth(contest: Contest, poll: Poll) -> Mapping[str, Mapping[str, Number]]:
    """What each remaining mark is worth to its entry; an entry without a mark gets 0 (only in choice and points)."""
    if contest.method == "points":
        points: dict[Number, Number] = dict(enumerate(contest.points, start=1))
        return {judge: {entry: points.get(place, 0) for entry, place in marks.items()} for judge, marks in poll.marks.items()}
    if contest.normalise == "none":
        return poll.marks
    return {judge: _normalised(marks, z=contest.normalise == "z") for judge, marks in poll.marks.items()}


def _normalised(marks: Mapping[str, Number], *, z: bool) -> dict[str, Number]:
    """A judge's marks less their mean; with z divided by their deviation, a root rounded down to six decimals."""
    mean = Fraction(sum(marks.values()), len(marks))
    centred: dict[str, Number] = {entry: mark - mean for entry, mark in marks.items()}
    if not z:
        return centred
    variance = Fraction(sum(value * value for value in centred.values()), len(marks))
    deviation = Fraction(isqrt(int(variance * 10**12)), 10**6)
    return {entry: Fraction(value, deviation) if deviation else 0 for entry, value in centred.items()}


def _trimmed(values: Sequence[Number], trim: int) -> Sequence[Number]:
    """Without the `trim` highest and lowest, if any then remain."""
    if trim == 0 or len(values) <= 2 * trim:
        return values
    return sorted(values)[trim:-trim]


def _shares(contest: Contest, poll: Poll, *, entry: str, judges: Sequence[str], electorate: Electorate) -> list[Fraction]:
    """The shares of one whole by grade, worst first: each group's weight divided among its eligible judges."""
    groups = electorate.grouped((judge, poll.marks[judge][entry]) for judge in judges)
    heard = sum(electorate.weights[group] for group in groups)
    shares = [Fraction()] * len(contest.grades)
    for group, grades in groups.items():
        share = Fraction(electorate.weights[group], heard * len(grades))
        for grade, judges_there in Counter(grades).items():
            shares[int(grade)] += share * judges_there
    return shares
