"""The count of the award, as the tally/1 format says: one function for the desk, the seal and the command line."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from eventapp.rules.prizes import Award, Tie, award_all
from eventapp.rules.tally_electorate import electorate
from eventapp.rules.tally_explain import explain
from eventapp.rules.tally_marks import field_of, remaining
from eventapp.rules.tally_model import Case, Contest, Criterion, Decision, Entry, Judge, Prize, Rulebook, Submission
from eventapp.rules.tally_numbers import shown
from eventapp.rules.tally_standing import Row, Standing, standing

__all__ = [
    "Award",
    "Case",
    "Contest",
    "Criterion",
    "Decision",
    "Entry",
    "Judge",
    "Prize",
    "Row",
    "Rulebook",
    "Standing",
    "Submission",
    "count",
    "tally",
]

FORMAT = "tally/1"


def count(rulebook: Rulebook, judges: Iterable[Judge], entries: Iterable[Entry], submissions: Iterable[Submission]) -> dict[str, Standing]:
    """The standing of every contest, by id in the order of the rules; no other order matters."""
    entries = tuple(entries)
    voters = electorate(rulebook, judges, entries=entries)
    by_contest: dict[str, list[Submission]] = defaultdict(list)
    for submission in submissions:
        by_contest[submission.contest].append(submission)
    standings = {}
    for contest in rulebook.contests:
        poll = remaining(contest, by_contest[contest.id], entries=entries, electorate=voters)
        standings[contest.id] = standing(contest, poll, field=field_of(contest, entries), electorate=voters)
    return standings


def tally(
    rulebook: Rulebook,
    judges: Iterable[Judge],
    entries: Iterable[Entry],
    submissions: Iterable[Submission],
    decisions: Iterable[Decision] = (),
) -> dict[str, Any]:
    """The whole result of section 6 as a dict ready for JSON: contests counted, prizes awarded and explained."""
    entries = tuple(entries)
    standings = count(rulebook, judges, entries, submissions)
    awards = {award.prize.id: award for award in award_all(rulebook.prizes, standings, entries=entries, decisions=decisions)}
    return {
        "format": FORMAT,
        "contests": [_contest_result(standings[contest.id]) for contest in rulebook.contests],
        "prizes": [_prize_result(award, standings[award.prize.contest], awards=awards) for award in awards.values()],
    }


def _contest_result(counted: Standing) -> dict[str, Any]:
    poll = counted.poll
    return {
        "id": counted.contest.id,
        "status": counted.status,
        "present": poll.present,
        "counted": len(poll.marks),
        "late": list(poll.late),
        "invalid": list(poll.invalid),
        "struck": [{"judge": mark.judge, "entry": mark.entry, "reason": mark.reason} for mark in poll.struck],
        "standing": [_row_result(row) for row in counted.rows],
        "unranked": list(counted.unranked),
    }


def _row_result(row: Row) -> dict[str, Any]:
    result = {"rank": row.rank, "entry": row.entry, "marks": row.marks, "score": shown(row.score)}
    if row.grade is not None:
        result |= {"grade": row.grade, "above": shown(row.above), "below": shown(row.below)}
    return result


def _prize_result(award: Award, counted: Standing, *, awards: Mapping[str, Award]) -> dict[str, Any]:
    return {
        "id": award.prize.id,
        "status": award.status,
        "winners": [row.entry for row in award.winners],
        "passed_over": [row.entry for row in award.passed_over],
        "tie": None if award.tie is None else _tie_result(award.tie),
        "needs": award.needs,
        "explain": explain(award, counted, earlier=awards),
    }


def _tie_result(tie: Tie) -> dict[str, Any]:
    return {
        "entries": list(tie.entries),
        "seats": tie.seats,
        "decided_by": tie.decided_by,
        "steps": [{"step": step.step, "keys": {entry: step.keys[entry].text for entry in sorted(step.keys)}} for step in tie.steps],
    }
