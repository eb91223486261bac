"""The files of a tally/1 election as plain values, for the recount alone.

Promise: shares no code with the main count; an unacceptable file may raise ValueError, an acceptable one never does.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAYS_OF_400_YEARS = 146_097
# The characters with the Unicode property White_Space; str.split() knows four more.
WHITE_SPACE = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")


@dataclass(frozen=True)
class Judge:
    """A person entitled to mark."""

    group: str
    orgs: frozenset[str]
    recused: frozenset[str]


@dataclass(frozen=True)
class Entry:
    """What is marked."""

    category: str
    orgs: frozenset[str]
    tags: frozenset[str]
    withdrawn: bool


@dataclass(frozen=True)
class Row:
    """One line of ballots.csv."""

    seq: int
    judge: str
    contest: str
    entry: str
    criterion: str
    value: str
    cast_at: int | None


@dataclass(frozen=True)
class Contest:
    """One question put to the judges."""

    id: str
    method: str
    categories: frozenset[str]
    tag: str | None
    total: bool
    quorum: int
    min_marks: int
    closes_at: int | None
    ties: tuple[str, ...]
    choices: int
    points: tuple[Fraction, ...]
    criteria: dict[str, Fraction]  # their weights
    trim: int
    normalise: str
    grades: tuple[str, ...]


@dataclass(frozen=True)
class Prize:
    """What is taken from a contest's standing."""

    id: str
    contest: str
    seats: int
    excludes: tuple[str, ...]
    categories: frozenset[str] | None
    tag: str | None
    min_score: Fraction | None


@dataclass(frozen=True)
class Election:
    """All five files."""

    weights: dict[str, Fraction] | None
    recuse_own: bool
    contests: tuple[Contest, ...]
    prizes: tuple[Prize, ...]
    judges: dict[str, Judge]
    entries: dict[str, Entry]
    rows: tuple[Row, ...]
    chairs: dict[str, list[str]]
    seeds: dict[str, str]


def read_election(rules: bytes, judges: bytes, entries: bytes, ballots: bytes, decisions: bytes | None) -> Election:
    """Read the five files; an absent decisions file is one without rows."""
    book = tomllib.loads(rules.decode("utf-8-sig"))
    if book.get("format") != "tally/1":
        raise ValueError("rules: the format is not tally/1")
    recorded = [] if decisions is None else read_table(decisions)
    return Election(
        weights={name: exact(weight) for name, weight in book["groups"].items()} if "groups" in book else None,
        recuse_own=book.get("recuse_own", True),
        contests=tuple(read_contest(table) for table in book["contests"]),
        prizes=tuple(read_prize(table) for table in book["prizes"]),
        judges={row["judge"]: read_judge(row) for row in read_table(judges)},
        entries={row["entry"]: read_entry(row) for row in read_table(entries)},
        rows=tuple(read_row(row) for row in read_table(ballots)),
        chairs={row["prize"]: in_order(row["value"]) for row in recorded if row["step"] == "chair"},
        seeds={row["prize"]: row["value"] for row in recorded if row["step"] == "lot"},
    )


def read_table(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file by column name."""
    limit = csv.field_size_limit(len(content) + 1)  # a note may be of any length
    try:
        lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        header, *rows = [line for line in lines if line]
    except csv.Error as error:
        raise ValueError(f"not CSV: {error}") from error
    finally:
        csv.field_size_limit(limit)
    if any(len(row) != len(header) for row in rows):
        raise ValueError("a row with too few or too many fields")
    return [dict(zip(header, row, strict=True)) for row in rows]


def read_contest(table: dict[str, Any]) -> Contest:
    """One [[contests]] table with the defaults of the document filled in."""
    return Contest(
        id=table["id"],
        method=table["method"],
        categories=frozenset(table["categories"]),
        tag=table.get("tag"),
        total=table.get("count", "mean") == "total",
        quorum=table.get("quorum", 0),
        min_marks=table.get("min_marks", 1),
        closes_at=instant(table["closes_at"]) if "closes_at" in table else None,
        ties=tuple(table.get("ties", [])),
        choices=table.get("choices", 1),
        points=tuple(exact(number) for number in table.get("points", [])),
        criteria={name: exact(criterion.get("weight", 1)) for name, criterion in table.get("criteria", {}).items()},
        trim=table.get("trim", 0),
        normalise=table.get("normalise", "none"),
        grades=tuple(table.get("grades", [])),
    )


def read_prize(table: dict[str, Any]) -> Prize:
    """One [[prizes]] table with the defaults of the document filled in."""
    return Prize(
        id=table["id"],
        contest=table["contest"],
        seats=table.get("seats", 1),
        excludes=tuple(table.get("excludes", [])),
        categories=frozenset(table["categories"]) if "categories" in table else None,
        tag=table.get("tag"),
        min_score=exact(table["min_score"]) if "min_score" in table else None,
    )


def read_judge(row: dict[str, str]) -> Judge:
    """One line of judges.csv; absent columns are empty."""
    return Judge(
        group=row.get("group", ""),
        orgs=frozenset(in_order(row.get("orgs", ""))),
        recused=frozenset(in_order(row.get("recused", ""))),
    )


def read_entry(row: dict[str, str]) -> Entry:
    """One line of entries.csv; absent columns are empty."""
    return Entry(
        category=row["category"],
        orgs=frozenset(in_order(row.get("orgs", ""))),
        tags=frozenset(in_order(row.get("tags", ""))),
        withdrawn=row.get("withdrawn", "") == "yes",
    )


def read_row(row: dict[str, str]) -> Row:
    """One line of ballots.csv; absent columns are empty."""
    cast_at = row.get("cast_at", "")
    return Row(
        seq=int(row["seq"]),
        judge=row["judge"],
        contest=row["contest"],
        entry=row["entry"],
        criterion=row.get("criterion", ""),
        value=row["value"],
        cast_at=instant(cast_at) if cast_at else None,
    )


def exact(value: int | str) -> Fraction:
    """An exact number of rules.toml."""
    if isinstance(value, float):
        raise ValueError("a float is not exact")
    return Fraction(value)


def instant(value: str | datetime) -> int:
    """The microseconds since 1970 of a date-time with an offset, given as TOML's own or as text."""
    days_later = 0
    if isinstance(value, str):
        # RFC 3339 has a year 0000, datetime has not; 2000 is as long and begins so many days later.
        days_later = 5 * DAYS_OF_400_YEARS if value.startswith("0000") else 0
        value = datetime.fromisoformat("2000" + value[4:].upper() if days_later else value.upper())
    if value.tzinfo is None:
        raise ValueError("a date-time without an offset")
    return (value - EPOCH - timedelta(days=days_later)) // timedelta(microseconds=1)


def in_order(field: str) -> list[str]:
    """The ids of a list field."""
    return [word for word in WHITE_SPACE.split(field) if word]
