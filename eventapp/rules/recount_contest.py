"""The second count's counting of one contest: section 4 of the tally/1 document, whose numbers stand at each function.

Promise: shares no code with the main count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import isqrt
from typing import Any

from eventapp.rules.recount_files import Contest, Election, Entry, Row

# Of one judge, by entry: 1 (choice), the place (points), the values by criterion (score), the index (grade).
Mark = int | dict[str, Fraction]
Marks = dict[tuple[str, str], Mark]


class Counted:
    """One contest, counted by section 4."""

    def __init__(self, election: Election, contest: Contest) -> None:
        self.election = election
        self.contest = contest
        self.invalid: list[int] = []
        rows = [row for row in election.rows if row.contest == contest.id]
        self.late = sorted({row.seq for row in rows if self.is_late(row)})  # 4.1
        rows = [row for row in rows if not self.is_late(row)]
        self.present = {row.judge for row in rows}
        cast = self.whole_ballots(rows) if contest.method in ("choice", "points") else self.single_marks(rows)
        reasons = {(judge, entry): self.why_struck(judge, entry) for judge, entry in cast}  # 4.4
        self.struck = sorted((judge, entry, reason) for (judge, entry), reason in reasons.items() if reason)
        self.marks: Marks = {key: mark for key, mark in cast.items() if not reasons[key]}
        if contest.method == "points":
            self.close_up()
        self.counted = {judge for judge, _ in self.marks}  # 4.5
        in_scope = [name for name, entry in election.entries.items() if not entry.withdrawn and self.covers(entry)]
        self.eligible = {entry: self.judges_of(entry) for entry in in_scope}  # 4.6
        self.ranked = sorted(entry for entry in in_scope if len(self.eligible[entry]) >= contest.min_marks)
        self.unranked = sorted(set(in_scope) - set(self.ranked))
        self.normal = self.normalised() if contest.method == "score" else {}
        self.cuts = {entry: self.cuts_of(entry) for entry in self.ranked} if contest.method == "grade" else {}
        self.score = {entry: self.score_of(entry) for entry in self.ranked}
        self.rank = {entry: 1 + sum(self.compare(other, entry) > 0 for other in self.ranked) for entry in self.ranked}
        self.standing = sorted(self.ranked, key=lambda entry: (self.rank[entry], entry))  # 4.9
        self.inquorate = len(self.present) < contest.quorum  # 4.10

    # -- which marks there are -----------------------------------------------------------------------------------------

    def is_late(self, row: Row) -> bool:
        """4.1; a missing cast_at where it is required is a damaged file."""
        closes_at = self.contest.closes_at
        if closes_at is None:
            return False
        if row.cast_at is None:
            raise ValueError("cast_at is required where the contest has closes_at")
        return row.cast_at > closes_at

    def whole_ballots(self, rows: list[Row]) -> Marks:
        """4.2 and 4.3 for choice and points: a judge's ballot of the largest seq, unless it is invalid."""
        marks: Marks = {}
        for judge in self.present:
            last = max(row.seq for row in rows if row.judge == judge)
            chosen = [row for row in rows if row.judge == judge and row.seq == last and row.entry]
            places = [int(row.value) for row in chosen]
            too_many = self.contest.method == "choice" and len(chosen) > self.contest.choices
            repeated = self.contest.method == "points" and len(set(places)) < len(places)
            if too_many or repeated:
                self.invalid.append(last)
            else:
                marks |= {(judge, row.entry): int(row.value) for row in chosen}
        self.invalid.sort()
        return marks

    def single_marks(self, rows: list[Row]) -> Marks:
        """4.2 and 4.3 for score and grade: per judge and entry the rows of the largest seq that mentions the entry."""
        mentions: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            mentions.setdefault((row.judge, row.entry), []).append(row)
        marks: Marks = {}
        for key, mentioned in mentions.items():
            last = max(row.seq for row in mentioned)
            given = {row.criterion: row.value for row in mentioned if row.seq == last and row.value}
            if self.contest.method == "grade" and given:
                marks[key] = self.contest.grades.index(given[""])
            if self.contest.method == "score" and set(given) == set(self.contest.criteria):
                marks[key] = {criterion: Fraction(value) for criterion, value in given.items()}
        return marks

    def why_struck(self, judge: str, name: str) -> str | None:
        """4.4: the first reason that applies, or None for a mark that remains."""
        entry = self.election.entries[name]
        if entry.withdrawn:
            return "withdrawn"
        if not self.covers(entry):
            return "scope"
        return "recused" if self.is_recused(judge, name) else None

    def covers(self, entry: Entry) -> bool:
        """Whether the contest asks about entries of this category and these tags."""
        return entry.category in self.contest.categories and (
            self.contest.tag is None or self.contest.tag in entry.tags
        )

    def is_recused(self, judge: str, entry: str) -> bool:
        """Whether the judge must not mark the entry."""
        person, work = self.election.judges[judge], self.election.entries[entry]
        return entry in person.recused or (self.election.recuse_own and bool(person.orgs & work.orgs))

    def close_up(self) -> None:
        """4.4: the best remaining place of every ballot becomes 1, the next 2, and so on."""
        for judge in self.present:
            placed = {entry: mark for (voter, entry), mark in self.marks.items() if voter == judge}
            for place, entry in enumerate(sorted(placed, key=lambda name: as_number(placed[name])), start=1):
                self.marks[judge, entry] = place

    def judges_of(self, entry: str) -> frozenset[str]:
        """4.6: E(e)."""
        if self.contest.method in ("choice", "points"):
            return frozenset(judge for judge in self.counted if not self.is_recused(judge, entry))
        return frozenset(judge for judge, marked in self.marks if marked == entry)

    # -- numbers -------------------------------------------------------------------------------------------------------

    def by_group(self, values: Mapping[str, Fraction]) -> dict[str, dict[str, Fraction]]:
        """The judges' values by group; without groups all judges are one."""
        groups: dict[str, dict[str, Fraction]] = {}
        for judge, value in values.items():
            group = "" if self.election.weights is None else self.election.judges[judge].group
            groups.setdefault(group, {})[judge] = value
        return groups

    def agg(self, values: Mapping[str, Fraction]) -> Fraction:
        """4.7, of the value of each judge of a set that is not empty."""
        if self.contest.total:
            return sum(values.values(), Fraction(0))
        groups = self.by_group(values)
        weights = {group: self.election.weights[group] if self.election.weights else Fraction(1) for group in groups}
        weighted = [weights[group] * sum(members.values()) / len(members) for group, members in groups.items()]
        return sum(weighted, Fraction(0)) / sum(weights.values())

    def over(self, entry: str, number: Callable[[str], Fraction | int]) -> Fraction:
        """agg over E(e) of what each of its judges says."""
        return self.agg({judge: Fraction(number(judge)) for judge in self.eligible[entry]})

    def trimmed(self, values: Mapping[str, Fraction]) -> dict[str, Fraction]:
        """4.8, trim: within each group, without the highest and lowest."""
        kept: dict[str, Fraction] = {}
        for members in self.by_group(values).values():
            order = sorted(members, key=lambda judge: members[judge])
            t = self.contest.trim
            kept |= {judge: members[judge] for judge in (order[t:-t] if t and len(order) > 2 * t else order)}
        return kept

    def x(self, judge: str, entry: str) -> Fraction:
        """4.8, score: the weighted sum of a mark's values, before normalising."""
        values = self.values(judge, entry)
        return sum((self.contest.criteria[name] * value for name, value in values.items()), Fraction(0))

    def values(self, judge: str, entry: str) -> dict[str, Fraction]:
        """A mark of a score contest, by criterion."""
        mark = self.marks[judge, entry]
        if isinstance(mark, int):
            raise TypeError("this mark has no criteria")
        return mark

    def normalised(self) -> dict[tuple[str, str], Fraction]:
        """4.8, normalise: the value of every remaining mark."""
        values: dict[tuple[str, str], Fraction] = {}
        for judge in self.counted:
            own = {entry: self.x(judge, entry) for voter, entry in self.marks if voter == judge}
            mean = sum(own.values()) / Fraction(len(own))
            variance = sum((value - mean) ** 2 for value in own.values()) / Fraction(len(own))
            deviation = Fraction(isqrt(variance * 10**12 // 1), 10**6)
            for entry, value in own.items():
                if self.contest.normalise == "centre":
                    value -= mean
                elif self.contest.normalise == "z":
                    value = (value - mean) / deviation if deviation else Fraction(0)
                values[judge, entry] = value
        return values

    def score_of(self, entry: str) -> Fraction:
        """4.8."""
        if self.contest.method == "choice":
            return self.over(entry, lambda judge: (judge, entry) in self.marks)
        if self.contest.method == "points":
            return self.over(entry, lambda judge: self.points_for(self.place(judge, entry)))
        if self.contest.method == "score":
            return self.agg(self.trimmed({judge: self.normal[judge, entry] for judge in self.eligible[entry]}))
        return Fraction(self.majority_grade(entry))

    def place(self, judge: str, entry: str) -> int | None:
        """The judge's place for the entry after closing up; None if unplaced."""
        return as_number(self.marks[judge, entry]) if (judge, entry) in self.marks else None

    def points_for(self, place: int | None) -> Fraction:
        """points[place-1], or nothing if unplaced or beyond the list."""
        return Fraction(0) if place is None or place > len(self.contest.points) else self.contest.points[place - 1]

    # -- majority judgment ---------------------------------------------------------------------------------------------

    def shares(self, entry: str) -> dict[int, Fraction]:
        """The share of the whole that each grade has."""
        groups = self.by_group({judge: Fraction(0) for judge in self.eligible[entry]})
        weights = {group: self.election.weights[group] if self.election.weights else Fraction(1) for group in groups}
        shares = dict.fromkeys(range(len(self.contest.grades)), Fraction(0))
        for group, members in groups.items():
            for judge in members:
                shares[as_number(self.marks[judge, entry])] += weights[group] / sum(weights.values()) / len(members)
        return shares

    def cuts_of(self, entry: str) -> list[Fraction]:
        """Where each grade ends on the line from 0 to 1, worst first."""
        shares = self.shares(entry)
        return [sum((shares[worse] for worse in range(grade + 1)), Fraction(0)) for grade in shares]

    def majority_grade(self, entry: str) -> int:
        """The grade just below one half: the first that reaches it."""
        return min(grade for grade, end in enumerate(self.cuts[entry]) if end >= Fraction(1, 2))

    def compare(self, one: str, other: str) -> int:
        """Above 0 if `one` is strictly better than `other` in the standing, below 0 if worse."""
        if self.contest.method != "grade":
            return (self.score[one] > self.score[other]) - (self.score[one] < self.score[other])
        half = Fraction(1, 2)
        ends = {name: self.cuts[name] for name in (one, other)}
        # Between two neighbouring distances nothing changes, so any point between them stands for all.
        distances = sorted({abs(half - cut) for cuts in ends.values() for cut in cuts} | {Fraction(0), half})
        for near, far in zip(distances, distances[1:], strict=False):
            t = (near + far) / 2
            for point in (half - t, half + t):
                mine, theirs = (min(i for i, end in enumerate(ends[name]) if end > point) for name in (one, other))
                if mine != theirs:
                    return 1 if mine > theirs else -1
        return 0

    # -- section 6 -----------------------------------------------------------------------------------------------------

    def report(self) -> dict[str, Any]:
        """The contest's part of the result."""
        return {
            "id": self.contest.id,
            "status": "inquorate" if self.inquorate else "ok",
            "present": len(self.present),
            "counted": len(self.counted),
            "late": self.late,
            "invalid": self.invalid,
            "struck": [{"judge": judge, "entry": entry, "reason": reason} for judge, entry, reason in self.struck],
            "standing": [self.report_row(entry) for entry in self.standing],
            "unranked": self.unranked,
        }

    def report_row(self, entry: str) -> dict[str, Any]:
        """One row of the standing."""
        row = {
            "rank": self.rank[entry],
            "entry": entry,
            "marks": len(self.eligible[entry]),
            "score": str(self.score[entry]),
        }
        if self.contest.method == "grade":
            shares, majority = self.shares(entry), self.majority_grade(entry)
            row |= {
                "grade": self.contest.grades[majority],
                "above": str(sum((share for grade, share in shares.items() if grade > majority), Fraction(0))),
                "below": str(sum((share for grade, share in shares.items() if grade < majority), Fraction(0))),
            }
        return row


def as_number(mark: Mark) -> int:
    """A mark of choice, points or grade."""
    if isinstance(mark, dict):
        raise TypeError("a mark by criteria is not one number")
    return mark
