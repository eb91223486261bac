"""The first round: who screens what, what the scores say, and where the cut falls."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Literal, get_args

from eventapp.rules.refusal import Refusal

Method = Literal["mean", "median", "adjusted"]
METHODS: tuple[Method, ...] = get_args(Method)

DISCUSS_FROM = Fraction(3, 2)


@dataclass(frozen=True, slots=True)
class Subject:
    """An entry to be screened: its category and the bodies behind it (a joint entry has several)."""

    id: str
    category: str
    bodies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Screener:
    """Who screens: the bodies the person belongs to, the pool (None: every category), and declared recusals."""

    id: str
    bodies: frozenset[str] = frozenset()
    categories: frozenset[str] | None = None
    recused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shortage:
    """An entry that lacks screeners: how many, how many could screen it at all, and whom a conflict keeps away."""

    entry: str
    missing: int
    eligible: int
    recused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assignments:
    """The dry run: (entry, screener) pairs sorted, the load of every screener, and the entries that lack somebody."""

    pairs: tuple[tuple[str, str], ...]
    loads: dict[str, int]
    shortages: tuple[Shortage, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """One screener's marks of one entry by criterion; with a reason to abstain, the marks do not count."""

    entry: str
    screener: str
    marks: Mapping[str, int]
    abstained: str | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """What the reviews of an entry say, exactly; None where nobody has given a complete review."""

    entry: str
    reviews: int
    abstentions: int
    mean: Fraction | None
    median: Fraction | None
    adjusted: Fraction | None
    spread: Fraction | None
    discuss: bool

    def by(self, method: Method) -> Fraction | None:
        """The figure that a method ranks by."""
        return {"mean": self.mean, "median": self.median, "adjusted": self.adjusted}[method]


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the line falls: surely in, tied across the line for `open_seats`, out; and without any score."""

    passed: tuple[str, ...]
    bubble: tuple[str, ...]
    open_seats: int
    below: tuple[str, ...]
    unscored: tuple[str, ...]


def conflicted(screener: Screener, entry: Subject) -> bool:
    """Own body (one of a joint entry is enough) or declared: may neither see, score nor count."""
    return entry.id in screener.recused or not screener.bodies.isdisjoint(entry.bodies)


def may_screen(screener: Screener, entry: Subject) -> bool:
    """In the category's pool, and no conflict."""
    return (screener.categories is None or entry.category in screener.categories) and not conflicted(screener, entry)


def assign(
    entries: Iterable[Subject],
    screeners: Iterable[Screener],
    k: int,
    seed: str,
    *,
    most: int | None = None,
    kept: Collection[tuple[str, str]] = (),
) -> Assignments:
    """k screeners per entry, none in conflict, at most `most` entries each; loads as equal as that lets them be.

    Every place is filled along a chain of exchanges that ends at the least loaded screener it can reach (successive
    shortest paths with rising cost), so an entry lacks somebody only where no other distribution helps, and the sum of
    squared loads is the least there is. `kept` pairs (a review has begun) stay, unless they are in conflict.
    Deterministic: the lot drawn from `seed` decides among equals, the order of the arguments does not matter.
    """
    people = sorted(screeners, key=lambda one: one.id)
    subjects = sorted(entries, key=lambda one: _lot(seed, one.id))
    fit = {one.id: _fit(one, people, seed) for one in subjects}
    draft = _Draft(fit, {p.id: 0 for p in people}, most)
    draft.keep(kept)
    scarce = sorted(fit, key=lambda entry: len(fit[entry]))
    for _ in range(k):
        for entry in scarce:
            if len(draft.chosen[entry]) < k:
                draft.place(entry)
    pairs = sorted((entry, person) for entry, chosen in draft.chosen.items() for person in chosen)
    lacking = [_shortage(one, people, k - len(draft.chosen[one.id]), len(fit[one.id])) for one in subjects]
    short = sorted((one for one in lacking if one.missing > 0), key=lambda one: one.entry)
    return Assignments(tuple(pairs), draft.loads, tuple(short))


def _lot(seed: str, *ids: str) -> bytes:
    """A lot that everybody can draw again."""
    return hashlib.sha256("\n".join((seed, *ids)).encode()).digest()


def _fit(entry: Subject, people: Sequence[Screener], seed: str) -> list[str]:
    """Who may screen the entry, in an order of its own: so that not always the same three meet."""
    return sorted((p.id for p in people if may_screen(p, entry)), key=lambda person: _lot(seed, entry.id, person))


def _shortage(entry: Subject, people: Sequence[Screener], missing: int, eligible: int) -> Shortage:
    return Shortage(entry.id, missing, eligible, tuple(p.id for p in people if conflicted(p, entry)))


class _Draft:
    """A distribution in the making: who fits whom, who has whom, and how many each has."""

    def __init__(self, fit: dict[str, list[str]], loads: dict[str, int], most: int | None) -> None:
        self.fit = fit
        self.loads = loads
        self.most = most
        self.chosen: dict[str, set[str]] = {entry: set() for entry in fit}
        self.has: dict[str, set[str]] = {person: set() for person in loads}
        self.fixed: set[tuple[str, str]] = set()

    def keep(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Take over the pairs that are not in conflict; exchanges leave them alone."""
        for entry, person in sorted(set(pairs)):
            if person in self.fit.get(entry, ()):
                self.fixed.add((entry, person))
                self._give(entry, person)
                self.loads[person] += 1

    def place(self, entry: str) -> None:
        """Give the entry one more screener, through exchanges where that balances better; or nobody."""
        via = self._reachable(entry)
        free = [person for person in via if self.most is None or self.loads[person] < self.most]
        if not free:
            return
        person = min(free, key=lambda one: self.loads[one])
        self.loads[person] += 1
        taken, giver = via[person]
        while giver is not None:
            self.chosen[taken].remove(giver)
            self.has[giver].remove(taken)
            self._give(taken, person)
            person = giver
            taken, giver = via[person]
        self._give(taken, person)

    def _give(self, entry: str, person: str) -> None:
        self.chosen[entry].add(person)
        self.has[person].add(entry)

    def _reachable(self, entry: str) -> dict[str, tuple[str, str | None]]:
        """Whom the entry could reach, nearest first: person → (entry the person would take, who would give it up)."""
        via: dict[str, tuple[str, str | None]] = {
            p: (entry, None) for p in self.fit[entry] if p not in self.chosen[entry]
        }
        queue = list(via)
        for giver in queue:
            for taken in sorted(self.has[giver]):
                if (taken, giver) in self.fixed:
                    continue
                for person in self.fit[taken]:
                    if person not in via and person not in self.chosen[taken]:
                        via[person] = (taken, giver)
                        queue.append(person)
        return via


def scores(
    entries: Iterable[str], reviews: Iterable[Review], weights: Mapping[str, int | Fraction], *, discuss_from: Fraction = DISCUSS_FROM
) -> tuple[Score, ...]:
    """Exact figures per entry, in the order of `entries`; give the entries and reviews of one category.

    A review is the weighted mean of its criteria; one that lacks a criterion or abstains counts nowhere (never zero).
    Adjusted: each review less its screener's own mean, plus the mean of all reviews. A spread of `discuss_from` or more: discuss.
    """
    given = list(reviews)
    values = {(r.entry, r.screener): v for r in given if (v := _value(r, weights)) is not None}
    by_screener: dict[str, list[Fraction]] = defaultdict(list)
    for (_, screener), value in values.items():
        by_screener[screener].append(value)
    own = {screener: _mean(of) for screener, of in by_screener.items()}
    overall = _mean(list(values.values())) if values else Fraction(0)
    marks: dict[str, list[tuple[Fraction, Fraction]]] = defaultdict(list)
    for (entry, screener), value in values.items():
        marks[entry].append((value, value - own[screener] + overall))
    abstained = {(r.entry, r.screener) for r in given if r.abstained is not None}
    return tuple(
        _score(entry, marks[entry], sum(e == entry for e, _ in abstained), discuss_from=discuss_from) for entry in entries
    )


def _value(review: Review, weights: Mapping[str, int | Fraction]) -> Fraction | None:
    if review.abstained is not None or not all(criterion in review.marks for criterion in weights):
        return None
    total = sum(Fraction(weight) * review.marks[criterion] for criterion, weight in weights.items())
    return Fraction(total) / sum(Fraction(weight) for weight in weights.values())


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _score(entry: str, marks: Sequence[tuple[Fraction, Fraction]], abstentions: int, *, discuss_from: Fraction) -> Score:
    if not marks:
        return Score(entry, 0, abstentions, None, None, None, None, discuss=False)
    raw = [value for value, _ in marks]
    spread = max(raw) - min(raw)
    adjusted = _mean([value for _, value in marks])
    return Score(
        entry, len(raw), abstentions, _mean(raw), median(raw), adjusted, spread, discuss=spread >= discuss_from
    )


def cut(ranking: Iterable[Score], seats: int, *, by: Method = "mean") -> Cut:
    """The line behind `seats` entries, best first (equals by id); a tie across it is never broken here: `bubble`."""
    scored: dict[Fraction, list[str]] = defaultdict(list)
    unscored: list[str] = []
    for score in ranking:
        value = score.by(by)
        (unscored if value is None else scored[value]).append(score.entry)
    passed: list[str] = []
    bubble: list[str] = []
    below: list[str] = []
    for value in sorted(scored, reverse=True):
        level = sorted(scored[value])
        if bubble or len(passed) == seats:
            below += level
        elif len(passed) + len(level) <= seats:
            passed += level
        else:
            bubble = level
    left = seats - len(passed)
    return Cut(tuple(passed), tuple(bubble), left, tuple(below), tuple(sorted(unscored)))


def cuts(ranking: Sequence[Score], seats: int) -> dict[Method, Cut]:
    """The line under every method, side by side."""
    return {method: cut(ranking, seats, by=method) for method in METHODS}


def wavering(lines: Mapping[Method, Cut]) -> tuple[str, ...]:
    """The entries whose fate depends on the method or on a tie: neither in under all methods nor out under all."""
    named = {entry for line in lines.values() for entry in (*line.passed, *line.bubble)}
    return tuple(sorted(e for e in named if not all(e in line.passed for line in lines.values())))


def explained(passed: Collection[str], line: Cut, *, unfinished: int, reason: str) -> None:
    """May these pass? What the line alone does not say (a tie, another choice, sheets still open) needs a reason.

    Refuses `selection.unexplained`.
    """
    if not reason.strip() and (unfinished or set(passed) != set(line.passed)):
        raise Refusal("selection.unexplained")


def eligible(asked: Collection[str], flags: Iterable[Collection[str]]) -> tuple[str, ...]:
    """The special prizes that an entry may win: it asked for them, and more than half of its reviews say so."""
    given = [set(one) for one in flags]
    return tuple(sorted(tag for tag in set(asked) if 2 * sum(tag in one for one in given) > len(given)))
