"""Reads rules.toml (tally/1, section 2): what is not exactly as allowed is an error, an unknown key above all."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from reprlib import Repr
from typing import TypeVar

from eventapp.rules.tally_errors import NotAcceptable, decoded
from eventapp.rules.tally_model import Contest, Criterion, Prize, Rulebook
from eventapp.rules.tally_numbers import Number, instant, instant_of, is_id, rational_number
from eventapp.rules.tally_steps import ALLOWED, CRITERION

RULES = "rules.toml"
# A value can be nested so deeply that `repr` gives up.
_brief = Repr()
_brief.maxstring = _brief.maxlong = _brief.maxother = 80

T = TypeVar("T")
D = TypeVar("D")

_METHOD_KEYS = {
    "choice": ("choices",),
    "points": ("points",),
    "score": ("criteria", "trim", "normalise"),
    "grade": ("grades",),
}
_STEPS = frozenset().union(*ALLOWED.values()) - {"criterion"}


Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at one place: `path` leads there (`("contests", 0, "quorum")`), `key` and `said` make up the error line."""

    path: Path
    where: str
    key: str
    said: str

    @property
    def line(self) -> str:
        return f"{self.where}: {self.key} {self.said}" if self.key else f"{self.where}: {self.said}"


def parse_rules(data: bytes) -> Rulebook:
    """The rulebook of a rules.toml; NotAcceptable with every error in it."""
    rulebook, problems = review_rules(data)
    if rulebook is None:
        raise NotAcceptable(problem.line for problem in problems)
    return rulebook


def review_rules(data: bytes) -> tuple[Rulebook | None, tuple[Problem, ...]]:
    """The rulebook, or None and everything that is wrong, each with its place; never raises."""
    problems: list[Problem] = []
    raw = _toml(data, problems)
    rulebook = None if raw is None else _rulebook(_Table(raw, RULES, problems))
    return (None if problems else rulebook), tuple(problems)


def _toml(data: bytes, problems: list[Problem]) -> dict[str, object] | None:
    try:
        return tomllib.loads(decoded(data, RULES))
    except NotAcceptable as error:
        said = error.errors[0].removeprefix(f"{RULES}: ")
    except RecursionError:
        said = "not TOML that can be read: nested too deeply"
    except ValueError as error:
        said = f"not TOML: {error}"
    problems.append(Problem((), RULES, "", said))
    return None


class _Table:
    """A TOML table being read: it collects what is wrong, and which keys nobody asked for."""

    def __init__(self, raw: Mapping[str, object], where: str, problems: list[Problem], path: Path = ()) -> None:
        self.raw, self.where, self.problems, self.path = raw, where, problems, path
        self.known: set[str] = set()

    def has(self, key: str) -> bool:
        return key in self.raw

    def error(self, said: str, *at: str | int, key: str = "") -> None:
        self.problems.append(Problem((*self.path, *at), self.where, key, said))

    def read(self, key: str, check: Callable[[object], T], default: D) -> T | D:
        """The value of an optional key, checked; the default if it is absent or wrong (which is noted)."""
        self.known.add(key)
        if key not in self.raw:
            return default
        try:
            return check(self.raw[key])
        except ValueError as error:
            self.error(str(error), key, key=key)
            return default

    def need(self, key: str, check: Callable[[object], T], default: D) -> T | D:
        """Like `read`, but the key is required."""
        if key not in self.raw:
            self.error("is missing", key, key=key)
        return self.read(key, check, default)

    def tables(self, key: str) -> list["_Table"]:
        """A required array of tables."""
        found: Sequence[object] = self.need(key, _a_list, ())
        tables = []
        for number, raw in enumerate(found, start=1):
            if isinstance(raw, dict):
                tables.append(_Table(raw, f"{self.where}: {key} {number}", self.problems, (*self.path, key, number - 1)))
            else:
                self.error("is not a table", key, number - 1, key=f"{key} {number}")
        return tables

    def close(self, *, unknown: str = "unknown key") -> None:
        """Note every key that was not asked for."""
        for key in self.raw:
            if key not in self.known:
                self.error(f"{unknown} {key!r}", key)


def _rulebook(table: _Table) -> Rulebook:
    table.need("format", _one_of("tally/1"), "")
    name = table.read("name", _text, "")
    recuse_own = table.read("recuse_own", _flag, True)
    groups = _groups(table)
    contests = [_contest(found, groups=groups) for found in table.tables("contests")]
    _no_twins(table, "contests", [contest.id for contest in contests])
    contest_ids = {contest.id for contest in contests}
    prizes: list[Prize] = []
    for found in table.tables("prizes"):
        prizes.append(_prize(found, contests=contest_ids, earlier={prize.id for prize in prizes}))
    _no_twins(table, "prizes", [prize.id for prize in prizes])
    table.close()
    return Rulebook(tuple(contests), tuple(prizes), groups, recuse_own, name)


def _groups(table: _Table) -> Mapping[str, Number] | None:
    if not table.has("groups"):
        table.known.add("groups")
        return None
    raw: Mapping[str, object] = table.read("groups", _a_table, {})
    groups = _Table(raw, f"{table.where}: groups", table.problems, (*table.path, "groups"))
    for group in raw:
        if not is_id(group):
            groups.error("is not an id", group, key=repr(group))
    return {group: groups.read(group, _positive, 1) for group in raw}


def _contest(table: _Table, *, groups: Mapping[str, Number] | None) -> Contest:
    name = table.need("id", _id, "")
    if name:
        table.where = f"{RULES}: contest {name}"
    table.known.add("name")
    method = table.need("method", _one_of(*_METHOD_KEYS), "")
    count = table.read("count", _one_of("mean", "total"), "mean")
    if count == "total" and (groups is not None or method == "grade"):
        table.error("cannot be total with groups or with method grade", "count", key="count")
    criteria = _criteria(table) if method == "score" else ()
    contest = Contest(
        id=name,
        categories=table.need("categories", _ids, frozenset()),
        method=method,
        tag=table.read("tag", _id, None),
        count=count,
        quorum=table.read("quorum", _whole(0), 0),
        min_marks=table.read("min_marks", _whole(1), 1),
        closes_at=table.read("closes_at", _instant, None),
        ties=table.read("ties", _ties(method, criteria), ()),
        choices=table.read("choices", _whole(1), 1) if method == "choice" else 1,
        points=table.need("points", _points, ()) if method == "points" else (),
        criteria=criteria,
        trim=table.read("trim", _whole(0), 0) if method == "score" else 0,
        normalise=table.read("normalise", _one_of("none", "centre", "z"), "none") if method == "score" else "none",
        grades=table.need("grades", _grades, ()) if method == "grade" else (),
    )
    if not method:
        table.known.update(*_METHOD_KEYS.values())
    table.close(unknown=f"unknown key with method {method}:" if method else "unknown key")
    return contest


def _criteria(table: _Table) -> tuple[Criterion, ...]:
    raw: Mapping[str, object] = table.need("criteria", _a_table, {})
    return tuple(_criterion(table, name, found) for name, found in raw.items())


def _criterion(table: _Table, name: str, raw: object) -> Criterion:
    where, path = f"{table.where}: criterion {name}", (*table.path, "criteria", name)
    if not is_id(name):
        table.error("is not an id", "criteria", name, key=f"criterion {name!r}")
    if not isinstance(raw, dict):
        table.error("is not a table", "criteria", name, key=f"criterion {name}")
        return Criterion(name, max=1)
    found = _Table(raw, where, table.problems, path)
    found.known.add("name")
    weight = found.read("weight", _positive, 1)
    low = found.read("min", _number, 0)
    high = found.need("max", _number, low + 1)
    if high <= low:
        found.error("is not above min", "max", key="max")
    found.close()
    return Criterion(name, max=high, min=low, weight=weight)


def _prize(table: _Table, *, contests: set[str], earlier: set[str]) -> Prize:
    name = table.need("id", _id, "")
    if name:
        table.where = f"{RULES}: prize {name}"
    table.known.add("name")
    prize = Prize(
        id=name,
        contest=table.need("contest", _id, ""),
        seats=table.read("seats", _whole(1), 1),
        categories=table.read("categories", _ids, None),
        tag=table.read("tag", _id, None),
        min_score=table.read("min_score", _number, None),
        excludes=table.read("excludes", _texts, ()),
    )
    if prize.contest and prize.contest not in contests:
        table.error(f"unknown contest {prize.contest!r}", "contest")
    for excluded in prize.excludes:
        if excluded not in earlier:
            table.error(f"{excluded!r}, which is no earlier prize", "excludes", key="excludes")
    table.close()
    return prize


def _no_twins(table: _Table, key: str, ids: Sequence[str]) -> None:
    for name in sorted({name for name in ids if name and ids.count(name) > 1}):
        again = ids.index(name, ids.index(name) + 1)
        table.error("is there twice", key, again, "id", key=f"{key.removesuffix('s')} {name!r}")


def _number(value: object) -> Number:
    if isinstance(value, float):
        raise ValueError('is a float, which is not exact; write it as a string, like "0.5" or "1/5"')
    if isinstance(value, str):
        return rational_number(value)
    return _integer(value)


def _integer(value: object) -> int:
    # In Python a boolean is an int; in TOML it is not.
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError(f"is not a whole number: {_brief.repr(value)}")


def _whole(least: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        number = _integer(value)
        if number < least:
            raise ValueError(f"is below {least}")
        return number

    return check


def _positive(value: object) -> Number:
    number = _number(value)
    if number <= 0:
        raise ValueError("is not above 0")
    return number


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError(f"is not a string: {_brief.repr(value)}")


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(f"is neither true nor false: {_brief.repr(value)}")


def _id(value: object) -> str:
    if isinstance(value, str) and is_id(value):
        return value
    raise ValueError(f"is not an id: {_brief.repr(value)}")


def _one_of(*allowed: str) -> Callable[[object], str]:
    def check(value: object) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        raise ValueError(f"is not {' or '.join(allowed)}: {_brief.repr(value)}")

    return check


def _a_list(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    raise ValueError(f"is not an array: {_brief.repr(value)}")


def _a_table(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"is not a table: {_brief.repr(value)}")
    if not value:
        raise ValueError("is empty")
    return value


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_text(item) for item in _a_list(value))


def _ids(value: object) -> frozenset[str]:
    return frozenset(_id(item) for item in _a_list(value))


def _points(value: object) -> tuple[Number, ...]:
    points = tuple(_number(item) for item in _a_list(value))
    if not points:
        raise ValueError("is empty")
    if points[-1] < 0 or any(later > sooner for sooner, later in zip(points, points[1:], strict=False)):
        raise ValueError("rises or goes below 0")
    return points


def _grades(value: object) -> tuple[str, ...]:
    grades = _texts(value)
    if len(grades) < 2 or "" in grades or len(set(grades)) < len(grades):
        raise ValueError("is not two or more different names")
    return grades


def _instant(value: object) -> int:
    if isinstance(value, datetime):
        return instant_of(value)
    if isinstance(value, date | time):
        raise ValueError("is not a date-time with an offset")
    return instant(_text(value))


def _ties(method: str, criteria: Sequence[Criterion]) -> Callable[[object], tuple[str, ...]]:
    def check(value: object) -> tuple[str, ...]:
        steps = _texts(value)
        for step in steps:
            kind, name = ("criterion", step.removeprefix(CRITERION)) if step.startswith(CRITERION) else (step, None)
            if kind not in _STEPS and name is None:
                raise ValueError(f"has an unknown step: {step!r}")
            if method and kind not in ALLOWED[method]:
                raise ValueError(f"has a step that method {method} does not allow: {step!r}")
            if method and name is not None and name not in {criterion.id for criterion in criteria}:
                raise ValueError(f"has a step for an unknown criterion: {step!r}")
        if len(set(steps)) < len(steps):
            raise ValueError("has a step twice")
        return steps

    return check
