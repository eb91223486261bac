"""Awarding the prizes in file order; a tie is broken only where a prize has to cut through it (tally/1, section 5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from eventapp.rules.tally_model import Decision, Entry, Prize
from eventapp.rules.tally_standing import Row, Standing
from eventapp.rules.tally_steps import Decisions, Keys, keys, recorded

OPEN = frozenset({"pending", "tied", "waiting"})
"""The statuses of a prize whose winners are not all certain."""


@dataclass(frozen=True, slots=True)
class Step:
    """A tie step that was followed, with the keys of the entries then still in dispute."""

    step: str
    keys: Keys


@dataclass(frozen=True, slots=True)
class Tie:
    """The rank that did not fit into the seats left, and how it was cut; `decided_by` is None while it is open."""

    entries: tuple[str, ...]
    seats: int
    steps: tuple[Step, ...]
    decided_by: str | None


@dataclass(frozen=True, slots=True)
class Award:
    """A prize and its winners so far, in standing order; `needs` names a tie step (pending) or a prize (waiting)."""

    prize: Prize
    status: str
    winners: tuple[Row, ...] = ()
    passed_over: tuple[Row, ...] = ()
    tie: Tie | None = None
    needs: str | None = None


def award_all(
    prizes: Iterable[Prize],
    standings: Mapping[str, Standing],
    *,
    entries: Iterable[Entry],
    decisions: Iterable[Decision],
) -> tuple[Award, ...]:
    """Every prize awarded in order, from the standings by contest and the decisions on record."""
    by_id = {entry.id: entry for entry in entries}
    on_record = recorded(decisions)
    awards: dict[str, Award] = {}
    for prize in prizes:
        awards[prize.id] = _award(prize, standings[prize.contest], entries=by_id, earlier=awards, decisions=on_record)
    return tuple(awards.values())


def _award(
    prize: Prize,
    standing: Standing,
    *,
    entries: Mapping[str, Entry],
    earlier: Mapping[str, Award],
    decisions: Decisions,
) -> Award:
    if standing.status == "inquorate":
        return Award(prize, "none")
    for excluded in prize.excludes:
        if earlier[excluded].status in OPEN:
            return Award(prize, "waiting", needs=excluded)
    eligible = [row for row in standing.rows if _may_win(prize, row, entry=entries[row.entry], method=standing.contest.method)]
    decorated = {row.entry for excluded in prize.excludes for row in earlier[excluded].winners}
    candidates = [row for row in eligible if row.entry not in decorated]
    sure, disputed, seats = _fill(candidates, prize.seats)
    tie, needs = None, None
    if disputed:
        tie, won, needs = _cut(prize, sorted(row.entry for row in disputed), seats=seats, standing=standing, decisions=decisions)
        sure |= won
    return Award(
        prize=prize,
        status=_status(prize, tie, winners=len(sure), needs=needs),
        winners=tuple(row for row in candidates if row.entry in sure),
        passed_over=tuple(row for row in eligible if row.entry in decorated),
        tie=tie,
        needs=needs,
    )


def _may_win(prize: Prize, row: Row, *, entry: Entry, method: str) -> bool:
    """Whether a row of the standing is in the prize's scope and good enough: zero votes or points never win."""
    if prize.categories is not None and entry.category not in prize.categories:
        return False
    if prize.tag is not None and prize.tag not in entry.tags:
        return False
    if method in ("choice", "points") and row.score == 0:
        return False
    return prize.min_score is None or row.score >= prize.min_score


def _fill(candidates: Sequence[Row], seats: int) -> tuple[set[str], list[Row], int]:
    """Rank by rank as long as all of a rank fit: the winners so far, the rank that did not fit, and the seats left."""
    sure: set[str] = set()
    for _, ranked in groupby(candidates, key=lambda row: row.rank):
        level = list(ranked)
        left = seats - len(sure)
        if len(level) > left:
            return sure, level if left else [], left
        sure.update(row.entry for row in level)
    return sure, [], 0


def _cut(prize: Prize, block: list[str], *, seats: int, standing: Standing, decisions: Decisions) -> tuple[Tie, set[str], str | None]:
    """Follow the tie steps once, never restarting: the tie with its trace, who won a seat in it, and what is needed."""
    entries, left = tuple(block), seats
    won: set[str] = set()
    steps: list[Step] = []
    for step in standing.contest.ties:
        if decisions.lacks(step, prize=prize.id):
            return Tie(entries, seats, tuple(steps), None), won, step
        found = keys(step, block, prize=prize.id, standing=standing, decisions=decisions)
        steps.append(Step(step, found))
        winners, block = (block, []) if step == "share" else _best(block, found, seats=left)
        won.update(winners)
        left -= len(winners)
        if left <= 0:
            return Tie(entries, seats, tuple(steps), step), won, None
    return Tie(entries, seats, tuple(steps), None), won, None


def _best(block: Sequence[str], found: Keys, *, seats: int) -> tuple[list[str], list[str]]:
    """Those of the block with the best keys, while all of an equal key fit; and the first equals that do not."""
    ordered = sorted(block, key=lambda entry: found[entry].order, reverse=True)
    levels = [list(level) for _, level in groupby(ordered, key=lambda entry: found[entry].order)]
    best: list[str] = []
    # Ends before the levels do: a block that is disputed is larger than its seats.
    while len(best) + len(levels[0]) <= seats:
        best += levels.pop(0)
    return best, sorted(levels[0])


def _status(prize: Prize, tie: Tie | None, *, winners: int, needs: str | None) -> str:
    if needs is not None:
        return "pending"
    if tie is not None and tie.decided_by is None:
        return "tied"
    if winners >= prize.seats:
        return "awarded"
    return "partial" if winners else "none"
