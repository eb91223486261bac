"""The occasion that rules are made for: who judges, what is judged, how everything is called; and what one vote weighs there."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from eventapp.rules.tally_model import Contest, Entry, Judge, Prize
from eventapp.rules.tally_numbers import Number, decimal

Kind = str
"""`contest`, `prize`, `category`, `group`, `tag` or `criterion` (then the id is `contest/criterion`)."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """One edition as its rules see it; `names` maps (kind, id) to Japanese and English."""

    judges: tuple[Judge, ...] = ()
    entries: tuple[Entry, ...] = ()
    categories: tuple[str, ...] = ()
    names: Mapping[tuple[Kind, str], tuple[str, str]] = field(default_factory=dict)

    def ja(self, kind: Kind, name: str) -> str:
        return self.names.get((kind, name), ("", ""))[0] or _bare(kind, name)

    def en(self, kind: Kind, name: str) -> str:
        japanese, english = self.names.get((kind, name), ("", ""))
        return english or japanese or _bare(kind, name)


def _bare(kind: Kind, name: str) -> str:
    return name.rpartition("/")[2] if kind == "criterion" else name


def seats_by_group(occasion: Occasion) -> Mapping[str, int]:
    """How many judges sit in each group."""
    return Counter(judge.group for judge in occasion.judges)


def in_order(categories: Iterable[str], occasion: Occasion) -> list[str]:
    """Categories in the edition's order, unknown ones last."""
    known = {category: place for place, category in enumerate(occasion.categories)}
    return sorted(categories, key=lambda category: (known.get(category, len(known)), category))


def field_of_contest(contest: Contest, occasion: Occasion) -> list[Entry]:
    """The entries that the contest is about."""
    return [
        entry for entry in occasion.entries
        if not entry.withdrawn and entry.category in contest.categories and (contest.tag is None or contest.tag in entry.tags)
    ]  # fmt: skip


def field_of_prize(prize: Prize, contest: Contest, occasion: Occasion) -> list[Entry]:
    """The entries of its contest that the prize is open to, whatever they score."""
    return [
        entry for entry in field_of_contest(contest, occasion)
        if (prize.categories is None or entry.category in prize.categories) and (prize.tag is None or prize.tag in entry.tags)
    ]  # fmt: skip


def votes_worth(groups: Mapping[str, Number], occasion: Occasion) -> dict[str, Fraction]:
    """What one vote weighs in each group that has seats, when everybody votes: the group's weight shared by its seats, exactly."""
    seats = seats_by_group(occasion)
    return {group: Fraction(weight) / seats[group] for group, weight in groups.items() if seats[group]}


def weight_sentences(groups: Mapping[str, Number], occasion: Occasion, *, lang: str = "ja") -> dict[str, str]:
    """For each group the sentence beside its weight: one vote of X weighs as much as n votes of Y (the lightest; for it, the heaviest)."""
    worth = votes_worth(groups, occasion)
    say = _sentence_en if lang == "en" else _sentence_ja
    return {group: say(group, worth, occasion) for group in groups}


def _against(group: str, worth: Mapping[str, Fraction]) -> str | None:
    others = [name for name in worth if name != group]
    if not others:
        return None
    lightest = min(worth, key=worth.__getitem__)
    return max(others, key=worth.__getitem__) if group == lightest else lightest


def _sentence_ja(group: str, worth: Mapping[str, Fraction], occasion: Occasion) -> str:
    if group not in worth:
        return f"「{occasion.ja('group', group)}」には席がないので、この重みは使われません。"
    other = _against(group, worth)
    if other is None:
        return "ほかに席のあるグループがないので、重みは結果を変えません。"
    votes = _votes(worth[group] / worth[other], about="約{}")
    return f"{occasion.ja('group', group)}の1票は{occasion.ja('group', other)}の{votes}票と同じ重みです。"


def _sentence_en(group: str, worth: Mapping[str, Fraction], occasion: Occasion) -> str:
    if group not in worth:
        return f"{occasion.en('group', group)} has no seat, so this weight is not used."
    other = _against(group, worth)
    if other is None:
        return "No other group has seats, so the weight changes nothing."
    ratio = worth[group] / worth[other]
    votes = f"{_votes(ratio, about='about {}')} {'vote' if ratio == 1 else 'votes'}"
    return f"One vote of {occasion.en('group', group)} weighs as much as {votes} of {occasion.en('group', other)}."


def _votes(ratio: Fraction, *, about: str) -> str:
    if ratio.denominator == 1:
        return str(ratio)
    rounded = decimal(ratio, 2 if ratio < 10 else 1)
    return f"{ratio}({rounded if Fraction(rounded) == ratio else about.format(rounded)})"
