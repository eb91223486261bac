"""Reads ballots.csv: rows of one seq become one submission (tally/1, section 3). Linear in the rows."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from eventapp.rules.tally_model import Contest, Rulebook, Submission
from eventapp.rules.tally_numbers import Number, decimal_number, instant
from eventapp.rules.tally_table import Table, read_table

BALLOTS = "ballots.csv"
REQUIRED = ("seq", "judge", "contest", "entry", "value")
OPTIONAL = ("criterion", "cast_at")

Value = Callable[[str, str], Number | None]
"""Criterion and value of a row, as written, to the value; ValueError with what is wrong."""


@dataclass(slots=True)
class _Draft:
    """A submission of which not all rows have been read."""

    seq: int
    judge: str
    contest: str
    cast_at: int | None
    marks: dict[tuple[str, str], Number | None] = field(default_factory=dict)
    blank: bool = False


class _Reader:
    """What the rows are checked against, with what was read before: times and numbers repeat on every ballot."""

    def __init__(self, rulebook: Rulebook, judges: Collection[str], entries: Collection[str]) -> None:
        self.judges, self.entries = judges, entries
        self.contests = {contest.id: contest for contest in rulebook.contests}
        self.values = {contest.id: _value_of(contest) for contest in rulebook.contests}
        self.instants: dict[str, int | None] = {"": None}
        self.numbers: dict[tuple[str, str, str], Number | None] = {}

    def cast_at(self, text: str) -> int | None:
        if text not in self.instants:
            self.instants[text] = instant(text)
        return self.instants[text]

    def value(self, contest: str, criterion: str, text: str) -> Number | None:
        key = contest, criterion, text
        if key not in self.numbers:
            self.numbers[key] = self.values[contest](criterion, text)
        return self.numbers[key]


def read_ballots(data: bytes) -> Table:
    """The table of ballots.csv; NotAcceptable if it has not the form of one."""
    return read_table(data, BALLOTS, required=REQUIRED, optional=OPTIONAL)


def parse_ballots(table: Table, rulebook: Rulebook, *, judges: Collection[str], entries: Collection[str]) -> tuple[Submission, ...]:
    """The submissions in the table; errors are noted there."""
    reader = _Reader(rulebook, judges, entries)
    drafts: dict[int, _Draft] = {}
    for line, row in table.rows:
        try:
            _add(drafts, row, reader)
        except ValueError as error:
            table.error(line, str(error))
    return tuple(Submission(draft.seq, draft.judge, draft.contest, draft.cast_at, draft.marks) for draft in drafts.values())


def _add(drafts: dict[int, _Draft], row: list[str], reader: _Reader) -> None:
    """Add a row to its submission; ValueError with the first thing wrong in it."""
    seq_text, judge, contest, entry, text, criterion, cast_text = row
    if not (seq_text.isascii() and seq_text.isdigit()):
        raise ValueError(f"seq is not a non-negative integer: {seq_text!r}")
    seq = int(seq_text)
    if judge not in reader.judges:
        raise ValueError(f"unknown judge {judge!r}")
    if contest not in reader.contests:
        raise ValueError(f"unknown contest {contest!r}")
    cast_at = _cast_at(cast_text, reader, contest=reader.contests[contest])
    draft = drafts.get(seq)
    if draft is None:
        draft = drafts[seq] = _Draft(seq, judge, contest, cast_at)
    elif (draft.judge, draft.contest, draft.cast_at) != (judge, contest, cast_at):
        raise ValueError(f"seq {seq} has rows that differ in judge, contest or cast_at")
    _mark(draft, entry, criterion, text=text, reader=reader)


def _cast_at(text: str, reader: _Reader, *, contest: Contest) -> int | None:
    try:
        cast_at = reader.cast_at(text)
    except ValueError as error:
        raise ValueError(f"cast_at {error}: {text!r}") from None
    if cast_at is None and contest.closes_at is not None:
        raise ValueError(f"cast_at is empty, but contest {contest.id} has closes_at")
    return cast_at


def _mark(draft: _Draft, entry: str, criterion: str, *, text: str, reader: _Reader) -> None:
    if draft.blank:
        raise ValueError(f"seq {draft.seq} has another row than its blank one")
    if not entry and not text and not criterion and reader.contests[draft.contest].method in ("choice", "points"):
        if draft.marks:
            raise ValueError(f"seq {draft.seq} has another row than its blank one")
        draft.blank = True
        return
    if not entry:
        raise ValueError("the entry is empty")
    if entry not in reader.entries:
        raise ValueError(f"unknown entry {entry!r}")
    value = reader.value(draft.contest, criterion, text)
    if (entry, criterion) in draft.marks:
        raise ValueError(f"seq {draft.seq} has entry {entry!r} {f'and criterion {criterion!r} ' if criterion else ''}twice")
    draft.marks[entry, criterion] = value


def _value_of(contest: Contest) -> Value:
    """How the values of a contest are read."""
    if contest.method == "score":
        return _scores(contest)
    plain = {"choice": _choice, "points": _place}.get(contest.method) or _grades(contest)

    def value(criterion: str, text: str) -> Number | None:
        if criterion:
            raise ValueError(f"contest {contest.id} has no criteria, but the row has {criterion!r}")
        return plain(text)

    return value


def _scores(contest: Contest) -> Value:
    criteria = {criterion.id: criterion for criterion in contest.criteria}

    def value(criterion: str, text: str) -> Number | None:
        if criterion and criterion not in criteria:
            raise ValueError(f"unknown criterion {criterion!r}")
        if not text:
            return None
        if not criterion:
            raise ValueError(f"the criterion is empty, but the value is {text!r}")
        try:
            number = decimal_number(text)
        except ValueError as error:
            raise ValueError(f"value {error}: {text!r}") from None
        if not criteria[criterion].min <= number <= criteria[criterion].max:
            raise ValueError(f"value is out of the range of criterion {criterion}: {text!r}")
        return number

    return value


def _choice(text: str) -> Number | None:
    if text != "1":
        raise ValueError(f"value is not 1: {text!r}")
    return 1


def _place(text: str) -> Number | None:
    if not (text.isascii() and text.isdigit()) or text.startswith("0"):
        raise ValueError(f"value is not a place (1, 2, ...): {text!r}")
    return int(text)


def _grades(contest: Contest) -> Callable[[str], Number | None]:
    grades: Mapping[str, int | None] = {"": None, **{grade: index for index, grade in enumerate(contest.grades)}}

    def value(text: str) -> Number | None:
        if text not in grades:
            raise ValueError(f"unknown grade {text!r}")
        return grades[text]

    return value
