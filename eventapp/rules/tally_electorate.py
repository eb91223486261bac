"""Who judges with what weight, who is recused from what, and the one aggregate that every number of a tally is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from eventapp.rules.tally_model import Entry, Judge, Rulebook
from eventapp.rules.tally_numbers import Number

ALL = ""
"""The one group of a tally without groups: then a mean within groups is the mean over all judges."""


@dataclass(frozen=True, slots=True)
class Electorate:
    """The judges' groups, the groups' weights, and each judge's recusals."""

    group_of: Mapping[str, str]
    weights: Mapping[str, Number]
    recused: Mapping[str, frozenset[str]]

    def grouped(self, values: Iterable[tuple[str, Number]]) -> dict[str, list[Number]]:
        """The values of (judge, value), by the judges' groups; groups without a judge here are absent."""
        groups: dict[str, list[Number]] = defaultdict(list)
        for judge, value in values:
            groups[self.group_of[judge]].append(value)
        return groups

    def combine(self, groups: Mapping[str, Sequence[Number]], *, total: bool) -> Fraction:
        """Section 4.7 over values by group (at least one): their total, or the weighted mean of the groups' means."""
        if total:
            return Fraction(sum(sum(values) for values in groups.values()))
        if len(groups) == 1:
            [values] = groups.values()
            return Fraction(sum(values), len(values))
        means = {group: Fraction(sum(values), len(values)) for group, values in groups.items()}
        heard = sum(self.weights[group] for group in groups)
        return sum((mean * self.weights[group] for group, mean in means.items()), Fraction()) / heard

    def agg(self, values: Iterable[tuple[str, Number]], *, total: bool) -> Fraction:
        """Section 4.7: `agg(f)` of (judge, f of the judge), at least one."""
        return self.combine(self.grouped(values), total=total)


def electorate(rulebook: Rulebook, judges: Iterable[Judge], *, entries: Iterable[Entry]) -> Electorate:
    """Who judges what: a judge is recused from the entries listed and, with `recuse_own`, from those sharing an org."""
    by_org: dict[str, list[str]] = defaultdict(list)
    if rulebook.recuse_own:
        for entry in entries:
            for org in entry.orgs:
                by_org[org].append(entry.id)
    judges = tuple(judges)
    return Electorate(
        group_of={judge.id: ALL if rulebook.groups is None else judge.group for judge in judges},
        weights={ALL: 1} if rulebook.groups is None else rulebook.groups,
        recused={judge.id: judge.recused.union(*(by_org.get(org, ()) for org in judge.orgs)) for judge in judges},
    )
