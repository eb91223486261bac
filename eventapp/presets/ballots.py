"""Invented votes and scores for the demo: pure, and reproducible from a seed.

Two seeds differ in the choices on the ballots only. Which seats vote, when, who abstains and how many entries a ballot
names never depends on the seed, so two demo installations can be compared byte by byte until the reveal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

from eventapp.presets import load_edition
from eventapp.presets.shapes import Contest, Criterion

# The seats that stay empty all day, as on the drawing of the chair's board.
ABSENT = frozenset({"A-64", "A-66", "A-84"})
NOT_VOTING, BLANK, SHORT = 0.03, 0.03, 0.18
EARLY, EARLY_UNTIL, LATEST = 0.28, 185, 985
FALL = 0.72
SPECIAL_LIFT = (0.6, 1.6)
FINALIST_MEAN, OTHER_MEAN = (3.5, 5.0), (1.5, 3.4)

Body = dict[str, list[str]]


class Votable(Protocol):
    """What a ballot needs to know of an entry."""

    @property
    def number(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def tags(self) -> Sequence[str]: ...
    @property
    def bodies(self) -> Sequence[str]: ...


class Sitting(Protocol):
    """What a ballot needs to know of a seat."""

    @property
    def label(self) -> str: ...
    @property
    def bodies(self) -> Sequence[str]: ...


class Screened(Votable, Protocol):
    """What a score needs to know of an entry: `stage` tells the later finalists."""

    @property
    def stage(self) -> object | None: ...


@dataclass(frozen=True)
class SampleBallot:
    """A seat's ballot in a contest; `permille` is its moment between opening (0) and close (1000) of the poll."""

    contest: str
    seat: str
    body: Body
    permille: int


@dataclass(frozen=True)
class SampleScore:
    """A screener's marks of one entry, by criterion and by flag."""

    entry: str
    screener: str
    marks: Mapping[str, int]
    flags: Mapping[str, bool]


def sample_ballots(
    finalists: Sequence[Votable], seats: Sequence[Sitting], seed: int, *, contests: Sequence[Contest] | None = None
) -> tuple[SampleBallot, ...]:
    """Ballots by contest, then moment; bodies are `{"entries": […]}` or `{"ranking": […]}`, [] if blank.

    A ballot never names an entry of the seat's own bodies. Pass fewer finalists to vote while a block still runs.
    Methods other than choice and points give no ballots.
    """
    chosen = load_edition("connect-day-2025").contests if contests is None else contests
    ballots: list[SampleBallot] = []
    for contest in chosen:
        entries = [entry for entry in finalists if _stands(entry, contest)]
        strengths = _strengths(entries, contest, seed)
        cast = (_ballot(contest, seat, entries, strengths=strengths, seed=seed) for seat in seats)
        ballots += sorted((ballot for ballot in cast if ballot), key=lambda ballot: (ballot.permille, ballot.seat))
    return tuple(ballots)


def _dice(text: str) -> Random:
    return Random(text)  # noqa: S311 — repeatable on purpose, nothing here is a secret


def _stands(entry: Votable, contest: Contest) -> bool:
    return entry.category in contest.categories and (contest.tag is None or contest.tag in entry.tags)


def _strengths(entries: Sequence[Votable], contest: Contest, seed: int) -> dict[str, float]:
    """How much judges like each entry: a ladder in an order drawn from the seed, bent in the special contests."""
    strengths: dict[str, float] = {}
    for category in contest.categories:
        numbers = sorted(entry.number for entry in entries if entry.category == category)
        ranked = sorted(numbers, key=lambda number: _dice(f"liked {seed} {number}").random())
        strengths |= {number: FALL**step for step, number in enumerate(ranked)}
    if contest.tag is None:
        return strengths
    bend = {number: _dice(f"bend {seed} {contest.code} {number}").uniform(*SPECIAL_LIFT) for number in strengths}
    return {number: strengths[number] * bend[number] for number in strengths}


def _ballot(
    contest: Contest, seat: Sitting, entries: Sequence[Votable], *, strengths: Mapping[str, float], seed: int
) -> SampleBallot | None:
    key = {"choice": "entries", "points": "ranking"}.get(contest.method)
    habit = _dice(f"habit {contest.code} {seat.label}")
    votes, blank, short, early = (habit.random() for _ in range(4))
    eligible = {entry.number: strengths[entry.number] for entry in entries if not set(entry.bodies) & set(seat.bodies)}
    if key is None or not eligible or seat.label in ABSENT or votes < NOT_VOTING:
        return None
    permille = habit.randint(30, EARLY_UNTIL) if early < EARLY else habit.randint(EARLY_UNTIL + 1, LATEST)
    wanted = 0 if blank < BLANK else max(1, contest.size - (short < SHORT) - (short < SHORT / 3))
    named = _draw(eligible, wanted, _dice(f"choice {seed} {contest.code} {seat.label}"))
    return SampleBallot(contest.code, seat.label, {key: named}, permille)


def _draw(strengths: Mapping[str, float], wanted: int, random: Random) -> list[str]:
    """Up to `wanted` different numbers, the stronger the likelier and the earlier."""
    left = dict(sorted(strengths.items()))
    drawn: list[str] = []
    while left and len(drawn) < wanted:
        number = random.choices(list(left), weights=list(left.values()))[0]
        drawn.append(number)
        del left[number]
    return drawn


def sample_scores(
    entries: Sequence[Screened], screeners_of: Mapping[str, Sequence[str]], *, slug: str = "connect-day-2025"
) -> tuple[SampleScore, ...]:
    """Scores of the first round for the given assignment (entry number → screeners); later finalists come out ahead.

    The weighted mean of every single sheet is at least 3.5 for a finalist and at most 3.4 for the others.
    """
    edition = load_edition(slug)
    scores = []
    for entry in entries:
        criteria, kind = edition.criteria_for(entry.category), edition.category(entry.category).kind
        flags = [flag.code for flag in edition.screening.flags if kind in flag.kinds]
        for screener in screeners_of.get(entry.number, ()):
            marks = _marks(entry, screener, criteria)
            scores.append(SampleScore(entry.number, screener, marks, {flag: flag in entry.tags for flag in flags}))
    return tuple(scores)


def _marks(entry: Screened, screener: str, criteria: Sequence[Criterion]) -> dict[str, int]:
    low, high = OTHER_MEAN if entry.stage is None else FINALIST_MEAN
    random = _dice(f"score {entry.number} {screener}")
    worth, mood = _dice(f"worth {entry.number}").uniform(low, high), _dice(f"mood {screener}").uniform(-0.4, 0.4)
    aim = worth + mood + random.gauss(0, 0.6)
    marks = {criterion.code: min(5, max(1, round(random.gauss(aim, 0.9)))) for criterion in criteria}
    while _mean(marks, criteria) < low:
        marks[min(marks, key=marks.__getitem__)] += 1
    while _mean(marks, criteria) > high:
        marks[max(marks, key=marks.__getitem__)] -= 1
    return marks


def _mean(marks: Mapping[str, int], criteria: Sequence[Criterion]) -> float:
    total = sum(criterion.weight for criterion in criteria)
    return sum(marks[criterion.code] * criterion.weight for criterion in criteria) / total
