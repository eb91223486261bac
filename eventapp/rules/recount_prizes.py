"""The second count's awarding of prizes: section 5 of the tally/1 document.

Promise: shares no code with the main count; a step without its record stops, nothing is guessed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from eventapp.rules.recount_contest import Counted
from eventapp.rules.recount_files import Election, Prize

# What sorts an entry within its block (smaller is better), and how it is shown.
Key = tuple[tuple[Fraction | str, ...], str]


def award_prizes(election: Election, counts: dict[str, Counted]) -> list[dict[str, Any]]:
    """All prizes in file order."""
    done: dict[str, dict[str, Any]] = {}
    for prize in election.prizes:
        done[prize.id] = award(election, counts[prize.contest], prize, done)
    return list(done.values())


def award(election: Election, count: Counted, prize: Prize, done: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """One prize, given the earlier ones."""
    if count.inquorate:
        return outcome(count, prize, status="none")
    for earlier in prize.excludes:
        if done[earlier]["status"] in ("pending", "tied", "waiting"):
            return outcome(count, prize, status="waiting", needs=earlier)
    suitable = [entry for entry in count.standing if may_win(election, count, prize, entry)]
    honoured = {entry for earlier in prize.excludes for entry in done[earlier]["winners"]}
    passed_over = [entry for entry in suitable if entry in honoured]
    candidates = [entry for entry in suitable if entry not in honoured]

    winners: list[str] = []
    for rank in sorted({count.rank[entry] for entry in candidates}):
        block = [entry for entry in candidates if count.rank[entry] == rank]
        seats = prize.seats - len(winners)
        if len(block) <= seats:
            winners += block
        elif seats > 0:
            cut, tie, needs = follow_chain(election, count, prize, block, seats)
            winners += cut
            status = None if tie["decided_by"] else "pending" if needs else "tied"
            return outcome(count, prize, status=status, winners=winners, passed_over=passed_over, tie=tie, needs=needs)
    return outcome(count, prize, winners=winners, passed_over=passed_over)


def outcome(
    count: Counted,
    prize: Prize,
    *,
    status: str | None = None,
    winners: Iterable[str] = (),
    passed_over: Iterable[str] = (),
    tie: dict[str, Any] | None = None,
    needs: str | None = None,
) -> dict[str, Any]:
    """The prize's part of the result; a status that is not given follows from the number of winners."""
    won = set(winners)
    reached = "awarded" if len(won) >= prize.seats else "partial" if won else "none"
    return {
        "id": prize.id,
        "status": status or reached,
        "winners": [entry for entry in count.standing if entry in won],
        "passed_over": list(passed_over),
        "tie": tie,
        "needs": needs,
    }


def may_win(election: Election, count: Counted, prize: Prize, name: str) -> bool:
    """5.2, before looking at earlier prizes."""
    entry, score = election.entries[name], count.score[name]
    if prize.categories is not None and entry.category not in prize.categories:
        return False
    if prize.tag is not None and prize.tag not in entry.tags:
        return False
    if count.contest.method in ("choice", "points") and score == 0:
        return False
    return prize.min_score is None or score >= prize.min_score


def follow_chain(
    election: Election, count: Counted, prize: Prize, block: list[str], seats: int
) -> tuple[list[str], dict[str, Any], str | None]:
    """5.4: the winners of the tie, the tie as reported, and what is still needed."""
    tie: dict[str, Any] = {"entries": sorted(block), "seats": seats, "decided_by": None, "steps": []}
    winners: list[str] = []
    for step in count.contest.ties:
        keys = keys_of(election, count, prize, block, step)
        if keys is None:
            return winners, tie, step
        tie["steps"].append({"step": step, "keys": {entry: keys[entry][1] for entry in sorted(block)}})
        if step == "share":
            tie["decided_by"] = step
            return winners + block, tie, None
        still_disputed: list[str] = []
        for value in sorted({keys[entry][0] for entry in block}):
            equals = [entry for entry in block if keys[entry][0] == value]
            left = seats - len(winners)
            if len(equals) <= left:
                winners += equals
            elif left > 0:
                still_disputed = equals
                break
        if len(winners) == seats:
            tie["decided_by"] = step
            return winners, tie, None
        block = still_disputed
    return winners, tie, None


def keys_of(election: Election, count: Counted, prize: Prize, block: list[str], step: str) -> dict[str, Key] | None:
    """The key of every entry of the block; None if the step needs a record that is not there."""
    if step == "chair":
        chosen = election.chairs.get(prize.id)
        return None if chosen is None else {entry: chair_key(chosen, entry) for entry in block}
    if step == "lot":
        seed = election.seeds.get(prize.id, election.seeds.get(""))
        return None if seed is None else {entry: lot_key(seed, prize.id, entry) for entry in block}
    if step == "share":
        return dict.fromkeys(block, ((), ""))
    if step == "firsts":
        return {entry: highest(firsts(count, entry)) for entry in block}
    if step == "countback":
        return {entry: highest(*places(count, entry)) for entry in block}
    if step == "head-to-head":
        return {entry: highest(Fraction(sum(duel(count, entry, other) for other in block))) for entry in block}
    criterion = step.removeprefix("criterion:")
    return {entry: highest(mean_of(count, entry, criterion)) for entry in block}


def highest(*numbers: Fraction) -> Key:
    """Numbers of which the higher is better, compared from the left."""
    return tuple(-number for number in numbers), " ".join(str(number) for number in numbers)


def chair_key(chosen: list[str], entry: str) -> Key:
    """The place in the chair's list; the unlisted are equal and last."""
    if entry not in chosen:
        return (Fraction(len(chosen) + 1),), ""
    place = chosen.index(entry) + 1
    return (Fraction(place),), str(place)


def lot_key(seed: str, prize: str, entry: str) -> Key:
    """The entry's lot; the lowest wins."""
    digest = hashlib.sha256(f"{seed}\n{prize}\n{entry}".encode()).hexdigest()
    return (digest,), digest


def firsts(count: Counted, entry: str) -> Fraction:
    """How much of the judges put the entry first."""
    return count.over(entry, lambda judge: is_first(count, judge, entry))


def is_first(count: Counted, judge: str, entry: str) -> bool:
    """Whether the judge put nothing before this entry."""
    if count.contest.method == "points":
        return count.place(judge, entry) == 1
    others = [marked for voter, marked in count.marks if voter == judge]
    return all(strength(count, judge, other) <= strength(count, judge, entry) for other in others)


def places(count: Counted, entry: str) -> list[Fraction]:
    """For each place with points, how much of the judges gave it."""
    return [placed_at(count, entry, place) for place in range(1, len(count.contest.points) + 1)]


def placed_at(count: Counted, entry: str, place: int) -> Fraction:
    """How much of the judges gave the entry this place."""
    return count.over(entry, lambda judge: count.place(judge, entry) == place)


def mean_of(count: Counted, entry: str, criterion: str) -> Fraction:
    """agg over E(e) of the raw value of one criterion."""
    return count.over(entry, lambda judge: count.values(judge, entry)[criterion])


def strength(count: Counted, judge: str, entry: str) -> Fraction:
    """How strongly the judge marked the entry, higher is better, as head-to-head sees it."""
    method = count.contest.method
    if method == "score":
        return count.x(judge, entry)
    place = count.place(judge, entry)
    if method == "points":
        # Any placed entry is above every unplaced one.
        return Fraction(0) if place is None else Fraction(1, place)
    return Fraction(-1 if place is None else place)


def duel(count: Counted, one: str, other: str) -> int:
    """1 if `one` wins the pair, -1 if it loses, 0 if neither (also against itself)."""
    common = count.eligible[one] & count.eligible[other]
    if not common:
        return 0
    differences = {judge: strength(count, judge, one) - strength(count, judge, other) for judge in common}
    margin = count.agg({judge: Fraction((gap > 0) - (gap < 0)) for judge, gap in differences.items()})
    return (margin > 0) - (margin < 0)
