"""Which marks count: late, superseded, invalid and struck ones are set aside (tally/1, section 4, steps 1 to 5)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from eventapp.rules.tally_electorate import Electorate
from eventapp.rules.tally_model import Contest, Entry, Submission
from eventapp.rules.tally_numbers import Number

Marks = Mapping[str, Mapping[str, Number]]
"""Judge to entry to mark: 1 for a choice, the place, the weighted sum of the criteria, or the index of the grade."""
Values = Mapping[str, Mapping[str, tuple[Number, ...]]]
"""Judge to entry to the raw values in the order of the contest's criteria."""


@dataclass(frozen=True, slots=True)
class Struck:
    """A counting mark that is left out, and why: withdrawn, scope or recused."""

    judge: str
    entry: str
    reason: str


@dataclass(frozen=True, slots=True)
class Poll:
    """What the submissions of one contest leave: the remaining marks, and what was set aside."""

    present: int
    late: tuple[int, ...]
    invalid: tuple[int, ...]
    struck: tuple[Struck, ...]
    marks: Marks
    """Only judges with at least one remaining mark: the counted judges."""
    values: Values
    """Empty unless the method is score; may hold struck marks too."""


def field_of(contest: Contest, entries: Iterable[Entry]) -> frozenset[str]:
    """The contest's entries (step 6): not withdrawn, of its categories and carrying its tag."""
    return frozenset(entry.id for entry in entries if _obstacle(contest, entry) is None)


def remaining(contest: Contest, submissions: Iterable[Submission], *, entries: Iterable[Entry], electorate: Electorate) -> Poll:
    """The marks that count in a contest, of its submissions in any order."""
    late: list[int] = []
    in_time: list[Submission] = []
    for submission in submissions:
        if _is_late(contest, submission):
            late.append(submission.seq)
        else:
            in_time.append(submission)
    invalid: list[int] = []
    values: Values = {}
    if contest.method in ("choice", "points"):
        cast = _ballots(contest, in_time, invalid=invalid)
    else:
        rows = _latest_rows(contest, in_time)
        cast, values = _weighed(contest, rows) if contest.method == "score" else (_graded(rows), {})
    obstacles = {entry.id: _obstacle(contest, entry) for entry in entries}
    marks, struck = _strike(cast, lambda judge, entry: obstacles[entry] or _recusal(electorate, judge, entry))
    return Poll(
        present=len({submission.judge for submission in in_time}),
        late=tuple(sorted(late)),
        invalid=tuple(sorted(invalid)),
        struck=tuple(sorted(struck, key=lambda mark: (mark.judge, mark.entry))),
        marks={judge: _close_up(kept) for judge, kept in marks.items()} if contest.method == "points" else marks,
        values=values,
    )


def _is_late(contest: Contest, submission: Submission) -> bool:
    """Step 1; the closing instant itself is in time."""
    return contest.closes_at is not None and submission.cast_at is not None and submission.cast_at > contest.closes_at


def _ballots(contest: Contest, in_time: Iterable[Submission], *, invalid: list[int]) -> Marks:
    """Steps 2 and 3 for choice and points: each judge's last ballot, unless invalid; an earlier one does not revive."""
    last: dict[str, Submission] = {}
    for submission in in_time:
        if submission.judge not in last or last[submission.judge].seq < submission.seq:
            last[submission.judge] = submission
    cast: dict[str, dict[str, Number]] = {}
    for judge, ballot in last.items():
        marks = {entry: value for (entry, _), value in ballot.marks.items() if value is not None}
        allowed = contest.choices if contest.method == "choice" else len(set(marks.values()))
        if len(marks) > allowed:
            invalid.append(ballot.seq)
        else:
            cast[judge] = marks
    return cast


def _latest_rows(contest: Contest, in_time: Iterable[Submission]) -> dict[str, dict[str, tuple[Number | None, ...]]]:
    """Step 2 for score and grade: per judge and entry, what the last submission mentioning it gives, by criterion."""
    last: dict[tuple[str, str], Submission] = {}
    for submission in in_time:
        for entry, _ in submission.marks:
            before = last.get((submission.judge, entry))
            if before is None or before.seq < submission.seq:
                last[submission.judge, entry] = submission
    criteria = [criterion.id for criterion in contest.criteria] or [""]
    rows: dict[str, dict[str, tuple[Number | None, ...]]] = defaultdict(dict)
    for (judge, entry), submission in last.items():
        rows[judge][entry] = tuple(submission.marks.get((entry, criterion)) for criterion in criteria)
    return rows


def _weighed(contest: Contest, rows: Mapping[str, Mapping[str, tuple[Number | None, ...]]]) -> tuple[Marks, Values]:
    """Step 3 for score: the weighted sums and raw values; a mark lacking any criterion is no mark at all."""
    # Whole weights over one denominator: one fraction a mark instead of one a criterion.
    common = lcm(*(criterion.weight.denominator for criterion in contest.criteria))
    weights = [int(criterion.weight * common) for criterion in contest.criteria]
    marks: dict[str, dict[str, Number]] = defaultdict(dict)
    values: dict[str, dict[str, tuple[Number, ...]]] = defaultdict(dict)
    for judge, given in rows.items():
        for entry, row in given.items():
            full = tuple(value for value in row if value is not None)
            if len(full) == len(weights):
                weighed = sum(weight * value for weight, value in zip(weights, full, strict=True))
                marks[judge][entry] = weighed if common == 1 else Fraction(weighed, common)
                values[judge][entry] = full
    return marks, values


def _graded(rows: Mapping[str, Mapping[str, tuple[Number | None, ...]]]) -> Marks:
    """Step 3 for grade: the grades given; an empty one takes a mark back."""
    return {judge: {entry: grade for entry, (grade,) in given.items() if grade is not None} for judge, given in rows.items()}


def _strike(cast: Marks, reason: Callable[[str, str], str | None]) -> tuple[dict[str, dict[str, Number]], list[Struck]]:
    """Steps 4 and 5: the marks without a reason against them, of judges that have one left; and those struck."""
    kept: dict[str, dict[str, Number]] = defaultdict(dict)
    struck: list[Struck] = []
    for judge, marks in cast.items():
        for entry, mark in marks.items():
            why = reason(judge, entry)
            if why is None:
                kept[judge][entry] = mark
            else:
                struck.append(Struck(judge, entry, why))
    return kept, struck


def _obstacle(contest: Contest, entry: Entry) -> str | None:
    """Why nobody's mark on the entry counts in this contest, or None."""
    if entry.withdrawn:
        return "withdrawn"
    if entry.category not in contest.categories or (contest.tag is not None and contest.tag not in entry.tags):
        return "scope"
    return None


def _recusal(electorate: Electorate, judge: str, entry: str) -> str | None:
    return "recused" if entry in electorate.recused[judge] else None


def _close_up(places: Mapping[str, Number]) -> dict[str, Number]:
    """Step 4 for points: only the order of the remaining places counts; the best becomes 1, the next 2, ..."""
    return {entry: place for place, entry in enumerate(sorted(places, key=places.__getitem__), start=1)}
