"""The ballot: what a body may say, when it is accepted, which version counts, and how it becomes rows of ballots.csv.

Bodies and results are the contract of `live.md` §5, rows that of `tally-format.md` §3.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NoReturn

from eventapp.rules.refusal import Refusal

Method = Literal["choice", "points", "score", "grade"]
PollState = Literal["draft", "zero", "open", "closing", "closed"]
PollAction = Literal["report", "open", "close", "cancel_close", "finish", "reopen"]
Body = dict[str, object]

# Read aloud and typed in a dim hall: no 0 O 1 I L.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
GRACE_S = 90
COUNTDOWN_S = 30


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion of a score contest and the range of its marks, both ends allowed."""

    id: str
    maximum: Fraction
    minimum: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Contest:
    """One question put to the judges: `choices` limits a choice, `places` a ranking, criteria and grades the marks."""

    id: str
    method: Method
    choices: int = 1
    places: int | None = None
    criteria: tuple[Criterion, ...] = ()
    grades: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry as a ballot sees it: its id and the bodies behind it (a joint entry has several)."""

    id: str
    bodies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll's state; `closes_at` is set while closing and stays afterwards."""

    state: PollState
    closes_at: datetime | None = None
    grace_s: int = GRACE_S


@dataclass(frozen=True, slots=True)
class Cast:
    """A confirmed ballot: its place in the export, who, about what, and the accepted instant."""

    seq: int
    judge: str
    body: Body
    cast_at: datetime
    entry: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of ballots.csv; every field as it is written."""

    seq: str
    judge: str
    contest: str
    entry: str
    criterion: str
    value: str
    cast_at: str


def read_body(contest: Contest, body: object, entries: Collection[str], *, entry: str | None = None) -> Body:
    """The canonical form of a body that a tablet sent, or `ballot.invalid` with `field` and `text`; nothing is guessed.

    `entries` are the contest's entries. Score and grade are about one `entry`, choice and points about none. Empty
    entries or ranking: abstain; no marks, grade null: the mark is taken back. Equal votes have equal canonical bodies.
    """
    _check_entry(contest, entry, entries)
    key = {"choice": "entries", "points": "ranking", "score": "marks", "grade": "grade"}[contest.method]
    if not isinstance(body, dict):
        _invalid("body", "must be an object")
    if set(body) != {key}:
        _invalid("body", f"must have the one key {key}")
    if contest.method == "choice":
        return {key: sorted(_names(key, body[key], entries, contest.choices))}
    if contest.method == "points":
        return {key: _names(key, body[key], entries, contest.places)}
    if contest.method == "score":
        return {key: _marks(body[key], contest.criteria)}
    return {key: _grade(body[key], contest.grades)}


def _invalid(field: str, text: str) -> NoReturn:
    raise Refusal("ballot.invalid", field=field, text=text)


def _check_entry(contest: Contest, entry: str | None, entries: Collection[str]) -> None:
    if contest.method in ("choice", "points"):
        if entry is not None:
            _invalid("entry", "this ballot is about the whole contest")
    elif not isinstance(entry, str) or entry not in entries:
        _invalid("entry", "unknown entry")


def _names(key: str, value: object, entries: Collection[str], most: int | None) -> list[str]:
    if not isinstance(value, list):
        _invalid(key, "must be a list")
    for one in value:
        if not isinstance(one, str) or one not in entries:
            _invalid(key, "unknown entry")
    if len(set(value)) < len(value):
        _invalid(key, "an entry is named twice")
    if most is not None and len(value) > most:
        _invalid(key, f"at most {most}")
    return list(value)


def _marks(value: object, criteria: tuple[Criterion, ...]) -> dict[str, int | float]:
    if not isinstance(value, dict):
        _invalid("marks", "must be an object")
    if set(value) - {criterion.id for criterion in criteria}:
        _invalid("marks", "unknown criterion")
    return {one.id: _mark(value[one.id], one) for one in criteria if one.id in value}


def _mark(value: object, criterion: Criterion) -> int | float:
    field = f"marks.{criterion.id}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        _invalid(field, "must be a number")
    # NaN and the infinities are equal to no finite difference: x - x is NaN for them.
    if value - value != 0:
        _invalid(field, "must be a number")
    if not criterion.minimum <= _exact(value) <= criterion.maximum:
        _invalid(field, f"must be from {criterion.minimum} to {criterion.maximum}")
    return int(value) if value == int(value) else value


def _exact(value: int | float) -> Fraction:
    """The number as it was written: 0.1 means one tenth, not its nearest binary fraction."""
    return Fraction(value) if isinstance(value, int) else Fraction(Decimal(repr(value)))


def _grade(value: object, grades: tuple[str, ...]) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or value not in grades:
        _invalid("grade", "unknown grade")
    return value


def recused(seat_bodies: Collection[str], seat_recusals: Collection[str], entry: Candidate) -> bool:
    """A seat is recused from entries of its own bodies (joint ones too) and from those named for it."""
    return entry.id in seat_recusals or not entry.bodies.isdisjoint(seat_bodies)


def may_name(body: Body, recused_from: Collection[str], *, entry: str | None = None) -> None:
    """Refuses `ballot.recused` with the `entries` when a canonical body is about an entry the seat is recused from."""
    named = [entry] if entry is not None else [*_listed(body, "entries"), *_listed(body, "ranking")]
    struck = [one for one in named if one in recused_from]
    if struck:
        raise Refusal("ballot.recused", entries=struck)


def _listed(body: Mapping[str, object], key: str) -> list[str]:
    value = body.get(key, [])
    return value if isinstance(value, list) else []


def may_mark(poll: Poll, saved_at: datetime, now: datetime) -> Literal["ok", "delayed"]:
    """May a ballot saved at `saved_at` be accepted now? `delayed` (遅着): saved in time, arrived within the grace.

    Computed from `closes_at`, never from when somebody got round to closing. What has arrived was saved by now,
    whatever the tablet's clock says. Refuses `poll.not_open` and `poll.closed` with `closes_at`.
    """
    if poll.state in ("draft", "zero"):
        raise Refusal("poll.not_open")
    if poll.state == "open":
        return "ok"
    if poll.state == "closed" or poll.closes_at is None:
        raise Refusal("poll.closed", closes_at=poll.closes_at)
    if now <= poll.closes_at:
        return "ok"
    if saved_at > poll.closes_at or now > final_at(poll.closes_at, grace_s=poll.grace_s):
        raise Refusal("poll.closed", closes_at=poll.closes_at)
    return "delayed"


def cast_at(saved_at: datetime, now: datetime) -> datetime:
    """The instant that an accepted ballot carries in the export: when it was saved, and never after it arrived."""
    return min(saved_at, now)


def closes_at(
    now: datetime, *, countdown_s: int = COUNTDOWN_S, last_end: datetime | None = None, delay_s: int = 0
) -> datetime:
    """When a poll that is being closed now closes: after the countdown, and not before its last slot was seen to end.

    `last_end` is the end of the contest's last slot, `delay_s` the delay of the stream when judges are remote.
    """
    earliest = now + timedelta(seconds=countdown_s)
    return earliest if last_end is None else max(earliest, last_end + timedelta(seconds=delay_s))


def final_at(closing: datetime, *, grace_s: int = GRACE_S) -> datetime:
    """The last instant at which a delayed ballot is accepted; the step `finish` comes after it."""
    return closing + timedelta(seconds=grace_s)


def newer(lease: int, rev: int, than: tuple[int, int] | None) -> bool:
    """Does version (lease, rev) replace the stored one (None: nothing stored)? Equal versions do not."""
    return than is None or (lease, rev) > than


STEPS: dict[tuple[PollState, PollAction], PollState] = {
    ("draft", "report"): "zero",
    ("zero", "report"): "zero",
    ("zero", "open"): "open",
    ("open", "close"): "closing",
    ("closing", "cancel_close"): "open",
    ("closing", "finish"): "closed",
    ("closed", "reopen"): "open",
}


def poll_step(
    state: PollState, action: PollAction, *, seen: PollState | None = None, reason: str = "", counts: int = 0
) -> PollState:
    """The poll's next state: draft → zero → open → closing → closed, back to open only with a reason.

    Refuses `poll.superseded` with the `current` state when the person saw another one or the step does not exist,
    `poll.counted` when a zero report or a first opening finds ballots, `reason.omitted`.
    """
    after = STEPS.get((state, action))
    if after is None or (seen is not None and seen != state):
        raise Refusal("poll.superseded", current=state)
    if counts and (state == "draft" or state == "zero"):
        raise Refusal("poll.counted", counts=counts)
    if action in ("cancel_close", "reopen") and not reason.strip():
        raise Refusal("reason.omitted")
    return after


def receipt(data: bytes) -> str:
    """The code XXXX-XXXX of a receipt: a pure function of the bytes; who needs unique codes draws other bytes."""
    number = int.from_bytes(hashlib.sha256(data).digest())
    letters = ""
    for _ in range(8):
        number, rest = divmod(number, len(ALPHABET))
        letters += ALPHABET[rest]
    return f"{letters[:4]}-{letters[4:]}"


def submissions(contest: Contest, ballots: Iterable[Cast]) -> Iterator[Row]:
    """The rows of ballots.csv of confirmed ballots (canonical bodies), by seq: the export and the desk count the same.

    Choice: one row with 1 per entry; points: places from 1; nothing chosen: the one blank row. Score: one row per mark
    given, grade: one row; taken back: a row with an empty value.
    """
    for ballot in sorted(ballots, key=lambda b: b.seq):
        for entry, criterion, value in _fields(contest.method, ballot):
            yield Row(str(ballot.seq), ballot.judge, contest.id, entry, criterion, value, instant_text(ballot.cast_at))


def _fields(method: Method, ballot: Cast) -> list[tuple[str, str, str]]:
    """(entry, criterion, value) of each row of one ballot."""
    entry = ballot.entry or ""
    if method == "choice":
        return [(name, "", "1") for name in _listed(ballot.body, "entries")] or [("", "", "")]
    if method == "points":
        ranking = _listed(ballot.body, "ranking")
        return [(name, "", str(place)) for place, name in enumerate(ranking, 1)] or [("", "", "")]
    if method == "grade":
        return [(entry, "", str(ballot.body["grade"] or ""))]
    marks = ballot.body["marks"]
    given = marks.items() if isinstance(marks, dict) else ()
    return [(entry, criterion, number_text(value)) for criterion, value in given] or [(entry, "", "")]


def number_text(value: int | float) -> str:
    """A number as the tally reads it: `4` or `3.5`, never an exponent."""
    return format(Decimal(repr(value)), "f")


def instant_text(instant: datetime) -> str:
    """An aware instant in RFC 3339, UTC with Z and milliseconds (rounded down, as the closing instant is)."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
