"""The tie steps: each gives every entry of a block a key, of which the higher is better (tally/1, section 5.4)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import Any

from eventapp.rules.tally_model import Decision
from eventapp.rules.tally_numbers import Number, listed, shown
from eventapp.rules.tally_standing import Standing

ALLOWED = {
    "choice": frozenset({"head-to-head", "chair", "lot", "share"}),
    "points": frozenset({"firsts", "countback", "head-to-head", "chair", "lot", "share"}),
    "score": frozenset({"firsts", "criterion", "head-to-head", "chair", "lot", "share"}),
    "grade": frozenset({"firsts", "head-to-head", "chair", "lot", "share"}),
}
"""The steps that a method allows, `criterion:NAME` without its name."""
CRITERION = "criterion:"


@dataclass(frozen=True, slots=True)
class Key:
    """An entry's key in one step: `order` is comparable within the step, `text` is what the result shows."""

    order: Any
    text: str


Keys = Mapping[str, Key]


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decisions on record, by prize: the chair's orders, and the seeds of lots (prize "": the common seed)."""

    chairs: Mapping[str, Sequence[str]]
    seeds: Mapping[str, str]

    def lacks(self, step: str, *, prize: str) -> bool:
        """Whether the step needs a human for this prize and nothing is on record."""
        if step == "chair":
            return prize not in self.chairs
        return step == "lot" and self.seed(prize) is None

    def seed(self, prize: str) -> str | None:
        """The seed for the prize: its own, else the common one."""
        return self.seeds.get(prize, self.seeds.get(""))


def recorded(decisions: Iterable[Decision]) -> Decisions:
    """The decisions by prize; of each (prize, step) there is one at most."""
    decisions = tuple(decisions)
    return Decisions(
        chairs={decision.prize: listed(decision.value) for decision in decisions if decision.step == "chair"},
        seeds={decision.prize: decision.value for decision in decisions if decision.step == "lot"},
    )


def keys(step: str, block: Sequence[str], *, prize: str, standing: Standing, decisions: Decisions) -> Keys:
    """The keys of one step for the entries still in dispute; chair and lot must be on record."""
    if step == "chair":
        return _chair(block, decisions.chairs[prize])
    if step == "lot":
        return _lot(block, prize=prize, seed=decisions.seed(prize) or "")
    if step.startswith(CRITERION):
        return _criterion(block, standing, name=step.removeprefix(CRITERION))
    return _WITHOUT_RECORD[step](block, standing)


def lot_ticket(seed: str, prize: str, *, entry: str) -> str:
    """The SHA-256 that an entry draws in a lot, in hex: the lowest wins."""
    return sha256(f"{seed}\n{prize}\n{entry}".encode()).hexdigest()


def _agg(standing: Standing, values: Iterable[tuple[str, Number]]) -> Fraction:
    return standing.electorate.agg(values, total=standing.contest.count == "total")


def _firsts(block: Sequence[str], standing: Standing) -> Keys:
    """How many judges have the entry first: at place 1, or with no mark of theirs above it (equals all count)."""
    best = min if standing.contest.method == "points" else max
    first = {judge: best(marks.values()) for judge, marks in standing.poll.marks.items()}
    return {
        entry: _number(
            _agg(
                standing,
                ((judge, int(standing.poll.marks[judge].get(entry) == first[judge])) for judge in standing.eligible[entry]),
            )
        )
        for entry in block
    }


def _countback(block: Sequence[str], standing: Standing) -> Keys:
    """How many judges have the entry first, then second, ... as far as places bring points."""
    marks = standing.poll.marks
    lists: dict[str, list[Fraction]] = {
        entry: [
            _agg(standing, ((judge, int(marks[judge].get(entry) == place)) for judge in standing.eligible[entry]))
            for place in range(1, len(standing.contest.points) + 1)
        ]
        for entry in block
    }
    return {entry: Key(numbers, " ".join(map(shown, numbers))) for entry, numbers in lists.items()}


def _criterion(block: Sequence[str], standing: Standing, *, name: str) -> Keys:
    """The raw values of one criterion, neither normalised nor trimmed."""
    index = [criterion.id for criterion in standing.contest.criteria].index(name)
    values = standing.poll.values
    return {entry: _number(_agg(standing, ((judge, values[judge][entry][index]) for judge in standing.eligible[entry]))) for entry in block}


def _head_to_head(block: Sequence[str], standing: Standing) -> Keys:
    """Pairs won less pairs lost against the others of the block, among the judges eligible for both."""
    won = dict.fromkeys(block, 0)
    eligible = {entry: frozenset(standing.eligible[entry]) for entry in block}
    for index, one in enumerate(block):
        for other in block[index + 1 :]:
            both = eligible[one] & eligible[other]
            margin = _agg(standing, ((judge, _preference(standing, judge, one=one, other=other)) for judge in both)) if both else 0
            sign = (margin > 0) - (margin < 0)
            won[one], won[other] = won[one] + sign, won[other] - sign
    return {entry: Key(pairs, str(pairs)) for entry, pairs in won.items()}


def _preference(standing: Standing, judge: str, *, one: str, other: str) -> int:
    """1 if the judge marks `one` above `other`, -1 below, 0 equal; unplaced and not chosen come below everything."""
    marks = standing.poll.marks[judge]
    first, second = marks.get(one), marks.get(other)
    if first is None or second is None:
        return (first is not None) - (second is not None)
    sign = (first > second) - (first < second)
    return -sign if standing.contest.method == "points" else sign


def _share(block: Sequence[str], standing: Standing) -> Keys:
    return dict.fromkeys(block, Key(0, ""))


def _chair(block: Sequence[str], order: Sequence[str]) -> Keys:
    """The place in the chair's list; those not in it come last, equal."""
    places = {entry: place for place, entry in enumerate(order, start=1)}
    return {entry: Key(-places.get(entry, len(order) + 1), str(places.get(entry, ""))) for entry in block}


def _lot(block: Sequence[str], *, prize: str, seed: str) -> Keys:
    tickets = {entry: lot_ticket(seed, prize, entry=entry) for entry in block}
    return {entry: Key(-int(ticket, 16), ticket) for entry, ticket in tickets.items()}


def _number(number: Fraction) -> Key:
    return Key(number, shown(number))


_WITHOUT_RECORD: Mapping[str, Callable[[Sequence[str], Standing], Keys]] = {
    "firsts": _firsts,
    "countback": _countback,
    "head-to-head": _head_to_head,
    "share": _share,
}
