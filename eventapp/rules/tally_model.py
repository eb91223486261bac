"""What goes into a tally: rules, judges, entries, submissions and recorded decisions (tally/1, sections 2 and 3).

The classes hold values that are already valid; `tally_files` makes them from files and says what is wrong there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from eventapp.rules.tally_numbers import Number


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of a score contest."""

    id: str
    max: Number
    min: Number = 0
    weight: Number = 1


@dataclass(frozen=True, slots=True)
class Contest:
    """One question put to the judges; the last block of fields belongs to one method each."""

    id: str
    categories: frozenset[str]
    method: str
    tag: str | None = None
    count: str = "mean"
    quorum: int = 0
    min_marks: int = 1
    closes_at: int | None = None
    """Microseconds since 1970 UTC, see `tally_numbers.instant_of`."""
    ties: tuple[str, ...] = ()

    choices: int = 1
    points: tuple[Number, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    trim: int = 0
    normalise: str = "none"
    grades: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prize:
    """A prize takes its winners from one contest's standing."""

    id: str
    contest: str
    seats: int = 1
    categories: frozenset[str] | None = None
    tag: str | None = None
    min_score: Number | None = None
    excludes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The whole rules.toml: contests in the order of the result, prizes in the order of award."""

    contests: tuple[Contest, ...] = ()
    prizes: tuple[Prize, ...] = ()
    groups: Mapping[str, Number] | None = None
    recuse_own: bool = True
    name: str = ""


@dataclass(frozen=True, slots=True)
class Judge:
    """A judge, the group whose weight is shared, and what the judge must not judge."""

    id: str
    group: str = ""
    orgs: frozenset[str] = frozenset()
    recused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry; a joint entry has several orgs."""

    id: str
    category: str
    orgs: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Submission:
    """All rows of one seq; a larger seq is later.

    `marks` maps (entry, criterion) to the value: 1 for a choice, a place, a number, or the index of the grade;
    None is a value not given. The criterion is empty except for scores. A blank ballot has no marks.
    """

    seq: int
    judge: str
    contest: str
    cast_at: int | None = None
    """Microseconds since 1970 UTC."""
    marks: Mapping[tuple[str, str], Number | None] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Decision:
    """One recorded decision, as written: the chair's order (a list field) or the seed of a lot (prize may be empty)."""

    prize: str
    step: str
    value: str


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that one tally is counted from."""

    rulebook: Rulebook
    judges: tuple[Judge, ...]
    entries: tuple[Entry, ...]
    submissions: tuple[Submission, ...]
    decisions: tuple[Decision, ...] = ()
