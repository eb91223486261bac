"""A trial of rules: the real count on invented ballots, drawn from a seed; never real ballots, and nothing is kept.

The draws come from SHA-256, so that a seed gives the same trial everywhere.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256

from eventapp.rules.prizes import Award, award_all
from eventapp.rules.rulebook_occasion import Occasion, field_of_contest
from eventapp.rules.tally import count
from eventapp.rules.tally_model import Contest, Decision, Entry, Judge, Rulebook, Submission
from eventapp.rules.tally_numbers import Number, shown

MOST_RUNS = 200


@dataclass(frozen=True, slots=True)
class PrizeTrial:
    """What became of one prize in one run; `steps`: the tie steps that were followed, in order."""

    prize: str
    status: str
    winners: tuple[tuple[str, str], ...]
    """Entries with their scores, as the result writes them."""
    tied: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    decided_by: str | None = None


@dataclass(frozen=True, slots=True)
class PrizeSummary:
    """How one prize fared over all runs; a run counts under the last step that it needed."""

    prize: str
    clear: int
    by_ballots: int
    chair: int
    lot: int
    shared: int
    open: int
    unawarded: int


class Dice:
    """A stream of draws from a seed."""

    def __init__(self, seed: str) -> None:
        self.seed, self.drawn = seed, 0

    def below(self, most: int) -> int:
        """A whole number from 0 to most − 1."""
        self.drawn += 1
        return int.from_bytes(sha256(f"{self.seed}\n{self.drawn}".encode()).digest()[:8]) % most

    def some(self, items: Sequence[str], many: int) -> list[str]:
        """So many different items in random order (all of them if there are fewer)."""
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in range(min(many, len(left)))]


def run_trial(rulebook: Rulebook, occasion: Occasion, *, seed: str, run: int = 0, voters: int | None = None) -> list[PrizeTrial]:
    """One run: every prize on random ballots of so many judges. The chair leaves every tie to the next step, a lot draws from the seed."""
    submissions = list(random_ballots(rulebook, occasion, dice=Dice(f"{seed}\n{run}"), voters=voters))
    standings = count(rulebook, occasion.judges, occasion.entries, submissions)
    decisions = [Decision("", "lot", f"{seed}\n{run}"), *(Decision(prize.id, "chair", "") for prize in rulebook.prizes)]
    return [_told(award) for award in award_all(rulebook.prizes, standings, entries=occasion.entries, decisions=decisions)]


def _told(award: Award) -> PrizeTrial:
    winners = tuple((row.entry, shown(row.score)) for row in award.winners)
    if award.tie is None:
        return PrizeTrial(award.prize.id, award.status, winners)
    steps = tuple(step.step for step in award.tie.steps)
    return PrizeTrial(award.prize.id, award.status, winners, tuple(award.tie.entries), steps, award.tie.decided_by)


def summary(runs: Sequence[Sequence[PrizeTrial]]) -> list[PrizeSummary]:
    """The runs counted by prize, in the order of award."""
    found: dict[str, Counter[str]] = {}
    for one in (prize for run in runs for prize in run):
        found.setdefault(one.prize, Counter())[_outcome(one)] += 1
    return [PrizeSummary(prize, **{kind: counts[kind] for kind in _OUTCOMES}) for prize, counts in found.items()]


_OUTCOMES = ("clear", "by_ballots", "chair", "lot", "shared", "open", "unawarded")


def _outcome(one: PrizeTrial) -> str:
    if one.decided_by == "share":
        return "shared"
    for human in ("chair", "lot"):  # who is asked first: in the trial the chair decides nothing
        if human in one.steps:
            return human
    if one.status == "tied":
        return "open"
    if one.status == "none":
        return "unawarded"
    return "by_ballots" if one.tied else "clear"


def random_ballots(rulebook: Rulebook, occasion: Occasion, *, dice: Dice, voters: int | None = None) -> Iterator[Submission]:
    """A full ballot in every contest from so many judges (all, if not said), each entry as likely as any other."""
    judges = {judge.id: judge for judge in occasion.judges}
    sitting = dice.some(list(judges), len(judges) if voters is None else voters)
    seq = 0
    for contest in rulebook.contests:
        field = field_of_contest(contest, occasion)
        for name in sorted(sitting):
            entries = [entry.id for entry in field if not _recused(judges[name], entry, rulebook)]
            seq += 1
            if entries:
                yield Submission(seq, name, contest.id, contest.closes_at, _marks(contest, entries, dice))


def _recused(judge: Judge, entry: Entry, rulebook: Rulebook) -> bool:
    return entry.id in judge.recused or (rulebook.recuse_own and bool(judge.orgs & entry.orgs))


def _marks(contest: Contest, entries: Sequence[str], dice: Dice) -> dict[tuple[str, str], Number | None]:
    if contest.method == "choice":
        return {(entry, ""): 1 for entry in dice.some(entries, contest.choices)}
    if contest.method == "points":
        return {(entry, ""): place for place, entry in enumerate(dice.some(entries, len(contest.points)), 1)}
    if contest.method == "grade":
        return {(entry, ""): dice.below(len(contest.grades)) for entry in entries}
    return {(entry, one.id): _mark(one.min, one.max, dice) for entry in entries for one in contest.criteria}


def _mark(low: Number, high: Number, dice: Dice) -> Number:
    """One of the whole steps of the scale; of a scale shorter than 1, one of its ends."""
    steps = int(Fraction(high) - Fraction(low))
    if steps == 0:
        return low if dice.below(2) == 0 else high
    return low + dice.below(min(steps, 1000) + 1)
