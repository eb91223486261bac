"""Sample votes and scores: repeatable, never for the own body, and the seed moves nothing but the choices."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

from eventapp.presets import Sample, load_edition, load_sample
from eventapp.presets.ballots import SampleBallot, sample_ballots, sample_scores
from eventapp.presets.shapes import SampleEntry

EDITION = load_edition("connect-day-2025")
SEEDS = range(1, 21)


@pytest.fixture(scope="module")
def sample() -> Sample:
    return load_sample("connect-day-2025")


def named(ballot: SampleBallot) -> list[str]:
    """The entries on a ballot, best first."""
    (entries,) = ballot.body.values()
    return entries


def shape(ballots: Sequence[SampleBallot]) -> list[tuple[str, str, int, str, int]]:
    """All of the ballots but the choices."""
    return [(b.contest, b.seat, b.permille, next(iter(b.body)), len(named(b))) for b in ballots]


def test_the_same_seed_gives_the_same_ballots(sample: Sample) -> None:
    assert sample_ballots(sample.finalists, sample.seats, 3) == sample_ballots(sample.finalists, sample.seats, 3)


def test_another_seed_changes_nothing_but_the_choices(sample: Sample) -> None:
    first = sample_ballots(sample.finalists, sample.seats, 1)
    for seed in SEEDS[1:]:
        other = sample_ballots(sample.finalists, sample.seats, seed)
        assert shape(other) == shape(first)
        assert [named(ballot) for ballot in other] != [named(ballot) for ballot in first]


def test_the_order_of_seats_and_entries_does_not_matter(sample: Sample) -> None:
    backwards = sample_ballots(sample.finalists[::-1], sample.seats[::-1], 5)
    assert backwards == sample_ballots(sample.finalists, sample.seats, 5)


def test_ballots_are_valid_and_never_for_the_own_body(sample: Sample) -> None:
    entries = {entry.number: entry for entry in sample.finalists}
    bodies = {seat.label: set(seat.bodies) for seat in sample.seats}
    contests = {contest.code: contest for contest in EDITION.contests}
    for ballot in sample_ballots(sample.finalists, sample.seats, 2):
        contest = contests[ballot.contest]
        assert set(ballot.body) == {"ranking" if contest.method == "points" else "entries"}
        assert len(set(named(ballot))) == len(named(ballot)) <= contest.size
        assert 0 < ballot.permille < 1000
        for number in named(ballot):
            assert entries[number].category in contest.categories
            assert contest.tag is None or contest.tag in entries[number].tags
            assert not bodies[ballot.seat] & set(entries[number].bodies)


def test_enough_seats_vote_and_a_few_abstain_or_stay_away(sample: Sample) -> None:
    ballots = sample_ballots(sample.finalists, sample.seats, 1)
    for contest in EDITION.contests:
        cast = [ballot for ballot in ballots if ballot.contest == contest.code]
        assert 70 <= len(cast) <= 82
        assert 1 <= sum(not named(ballot) for ballot in cast) <= 6
        assert not {ballot.seat for ballot in cast} & {"A-64", "A-66", "A-84"}
    early = [b for b in ballots if b.contest == "operations" and b.permille <= 185]
    assert 15 <= len(early) <= 40


def test_a_running_block_votes_for_what_has_been_shown(sample: Sample) -> None:
    ballots = sample_ballots(sample.finalists[:3], sample.seats, 1)
    assert {number for ballot in ballots for number in named(ballot)} == {"O-010", "O-022", "O-012"}
    assert {ballot.contest for ballot in ballots} == {"operations", "dx-sprint", "ai-innovation"}


def means(ballots: Sequence[SampleBallot], contest: str, sample: Sample) -> list[tuple[float, str]]:
    """Scores of a contest by the rule of the tally, worked out the slow way, best first."""
    plan = next(c for c in EDITION.contests if c.code == contest)
    bodies = {seat.label: set(seat.bodies) for seat in sample.seats}
    counted = [ballot for ballot in ballots if ballot.contest == contest and named(ballot)]
    found = []
    for entry in sample.finalists:
        if entry.category in plan.categories and (plan.tag is None or plan.tag in entry.tags):
            eligible = [named(ballot) for ballot in counted if not bodies[ballot.seat] & set(entry.bodies)]
            assert len(eligible) >= 43
            found.append((sum(value(plan.method, marks, entry) for marks in eligible) / len(eligible), entry.number))
    return sorted(found, reverse=True)


def value(method: str, marks: list[str], entry: SampleEntry) -> int:
    """What one ballot gives an entry."""
    if entry.number not in marks:
        return 0
    return 3 - marks.index(entry.number) if method == "points" else 1


def winners(ballots: Sequence[SampleBallot], sample: Sample) -> tuple[dict[str, str], bool]:
    """The eight winners, and whether every one of them won without a tie."""
    won: dict[str, str] = {}
    clear = True
    excludes = {prize["id"]: prize.get("excludes", []) for prize in EDITION.rules["prizes"]}
    for prize in EDITION.rules["prizes"]:
        taken = {won[earlier] for earlier in excludes[prize["id"]]}
        best, second = [row for row in means(ballots, prize["contest"], sample) if row[1] not in taken][:2]
        clear &= best[0] > second[0]
        won[prize["id"]] = best[1]
    return won, clear


def test_winners_vary_with_the_seed_and_are_mostly_clear(sample: Sample) -> None:
    seen: defaultdict[str, set[str]] = defaultdict(set)
    clear = []
    for seed in SEEDS:
        won, without_tie = winners(sample_ballots(sample.finalists, sample.seats, seed), sample)
        assert len(set(won.values())) == 8
        clear.append(without_tie)
        for prize, number in won.items():
            seen[prize].add(number)
    assert min(len(numbers) for numbers in seen.values()) >= 5
    assert clear[:2] == [True, True]
    assert sum(clear) >= 16


def test_another_method_is_left_to_others() -> None:
    fictional = load_edition("fictional", root=Path(__file__).parents[1] / "editions")
    entries, seats = load_sample("connect-day-2025").finalists, load_sample("connect-day-2025").seats
    assert sample_ballots(entries, seats, 1, contests=fictional.contests) == ()


def test_scores_put_the_later_finalists_ahead_and_still_spread(sample: Sample) -> None:
    three = {e.number: [s.code for s in sample.screeners if s.body not in e.bodies][:3] for e in sample.entries}
    scores = sample_scores(sample.entries, three)
    assert len(scores) == 78 * 3
    assert scores == sample_scores(sample.entries, three)
    finalists = {entry.number for entry in sample.finalists}
    sheets: defaultdict[str, list[float]] = defaultdict(list)
    for score in scores:
        criteria = EDITION.criteria_for({"O": "operations", "I": "idea", "S": "service"}[score.entry[0]])
        assert set(score.marks) == {criterion.code for criterion in criteria}
        assert set(score.marks.values()) <= {1, 2, 3, 4, 5}
        sheets[score.entry].append(sum(score.marks[c.code] * c.weight for c in criteria) / 6)
    assert min(min(sheets[number]) for number in finalists) >= 3.5
    assert max(max(sheets[number]) for number in set(sheets) - finalists) <= 3.4
    assert sum(max(marks) - min(marks) >= 1.5 for marks in sheets.values()) >= 3
    flagged = Counter(flag for score in scores for flag, holds in score.flags.items() if holds)
    assert flagged == {"sprint": 33, "ai": 27}
