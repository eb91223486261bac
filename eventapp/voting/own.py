"""The sections `seat` and `ballots` of a judge's own document: the only ones that show a choice, and only to its seat."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from eventapp import clock
from eventapp.extensions import db
from eventapp.live import View
from eventapp.models import Ballot, Nudge, Poll, SeatRecusal
from eventapp.programme import queries as programme
from eventapp.rules import marks
from eventapp.rules.tally_model import Contest
from eventapp.voting import queries
from eventapp.voting.operations import current_version
from eventapp.voting.queries import Finalist
from eventapp.voting.sections import Line, last_nudges, room

PER_ENTRY = ("score", "grade")  # one ballot per entry; choice and points: one per contest


@dataclass(frozen=True, slots=True)
class OnStage:
    """Where an entry is in the day: on, done, standby, upcoming or skipped; its place in its block."""

    state: str
    position: int
    of: int
    at: datetime | None


def stage(view: View) -> Mapping[str, OnStage]:
    """The finalists' places in the running order, by entry number; empty before the programme is made."""
    found: Mapping[str, OnStage] = view.once(f"voting.stage/{view.edition.id}", lambda: dict(_stage(view)))
    return found


def _stage(view: View) -> list[tuple[str, OnStage]]:
    day = programme.day(view)
    found = []
    for code, (position, of) in day.positions.items():
        number = day.plan(code).entry
        if number:
            found.append((number, OnStage(day.actual[code].state, position, of, day.expected[code].starts_at)))
    return found


def seat(view: View) -> Line:
    """Whose tablet this is; another lease than the device's own says that the seat was taken over."""
    own = view.seat
    if own is None:
        return {}
    names = {"label": own.label, "name": own.name, "name_en": own.name_en, "stand_in": own.stand_in}
    return names | {"lease": own.lease, "remote": own.remote}


@dataclass(frozen=True, slots=True)
class Own:
    """What one seat has on the server: its counting ballots by poll and unit, and what it must not judge beyond its own bodies."""

    seat_id: int
    cast: Mapping[tuple[int, str], Ballot]
    recusals: Mapping[str, SeatRecusal]

    def of(self, poll: Poll) -> dict[str, Ballot]:
        """The ballots of a poll, by unit."""
        return {unit: row for (poll_id, unit), row in self.cast.items() if poll_id == poll.id}


def ballots(view: View) -> list[Line]:
    """The seat's own ballots, a line per contest with the entries in the order of the tablet.

    For score and grade every entry carries its own `ballot`; the line's own version is empty then.
    """
    own = view.seat
    if own is None:
        return []
    query = select(Ballot).join(Poll, Poll.id == Ballot.poll_id).where(Poll.edition_id == view.edition.id, Ballot.seat_id == own.id)
    cast = {(row.poll_id, row.unit): row for row in db.session.scalars(query)}
    mine = Own(own.id, cast, queries.recusals_of(own))
    known = queries.contests(view.edition)
    nudges = view.once(f"voting.nudges/{view.edition.id}", lambda: last_nudges(view))
    return [_ballot(view, mine, poll, known[poll.contest], nudges.get(poll.id)) for poll in room(view).polls if poll.contest in known]


def _ballot(view: View, own: Own, poll: Poll, contest: Contest, nudged: Nudge | None) -> Line:
    rows = own.of(poll)
    whole = rows.get("") if contest.method not in PER_ENTRY else None
    called = nudged is not None and own.seat_id in nudged.seats and not rows and poll.state in ("open", "closing")
    entries = view.once(f"voting.entries/{poll.id}", lambda: in_tablet_order(view, contest))
    has_vote = poll.state == "draft" or own.seat_id in room(view).roster.get(poll.id, set())
    return {
        **version(whole, poll), "needs_review": any(row.needs_review for row in rows.values()),
        "method": contest.method, "places": len(contest.points) if contest.method == "points" else contest.choices,
        "points": [str(points) for points in contest.points], "counted": bool(rows), "has_vote": has_vote,
        "recused": not room(view).may_vote(own.seat_id, [entry for entry, _ in entries]),
        "nudged_at": clock.iso(nudged.at) if called and nudged else None, **_scale(view, contest),
        "entries": [
            _entry(view, own, entry, where) | _category(view, contest, entry) | _mark(contest, poll, rows.get(entry.number), entry)
            for entry, where in entries
        ],
    }  # fmt: skip


def version(row: Ballot | None, poll: Poll) -> Line:
    """A counting ballot as its own seat may see it, or the same fields empty."""
    blank = {"contest": poll.contest, "body": None, "lease": 0, "rev": 0, "receipt": None, "received_at": None, "saved_at": None}
    return {**blank, "delayed": False, "needs_review": False, **(current_version(row, poll.contest) if row else {})}


def _mark(contest: Contest, poll: Poll, row: Ballot | None, entry: Finalist) -> Line:
    """The entry's own ballot, where the method has one per entry."""
    if contest.method not in PER_ENTRY:
        return {}
    return {"ballot": version(row, poll) | {"entry": entry.number} if row else None}


def _scale(view: View, contest: Contest) -> Line:
    """Criteria and grades in the words of the edition; without words their ids stand for themselves."""
    words = queries.contest_words(view.edition, contest.id)
    if contest.method == "score":
        known = {one["code"]: one for one in words.get("criteria", ())}
        return {"criteria": [_criterion(one.id, known.get(one.id, {}), one) for one in contest.criteria]}
    if contest.method == "grade":
        known = {one["code"]: one for one in words.get("grades", ())}
        return {"grades": [_grade(code, known.get(code, {})) for code in contest.grades]}
    return {}


def _criterion(code: str, words: Mapping[str, Any], criterion: Any) -> Line:
    low, high = Fraction(criterion.min), Fraction(criterion.max)
    given = [
        {"value": marks.plain(Fraction(one["value"])), "word": one["word"], "word_en": one["word_en"]}
        for one in words.get("levels", ()) if low <= Fraction(one["value"]) <= high
    ]  # fmt: skip
    plain = [{"value": value, "word": "", "word_en": ""} for value in marks.levels(low, high)]
    return {
        "code": code, "name": words.get("name", code), "name_en": words.get("name_en", code), "weight": float(criterion.weight),
        "levels": given if len(given) > 1 else plain,
    }  # fmt: skip


def _grade(code: str, words: Mapping[str, Any]) -> Line:
    return {"code": code, "name_en": words.get("name_en", code), "word": words.get("word", ""), "word_en": words.get("word_en", "")}


ORDER = {"on": 0, "done": 1, "skipped": 1, "standby": 2, "upcoming": 2}


def in_tablet_order(view: View, contest: Contest) -> list[tuple[Finalist, OnStage | None]]:
    """The entry on stage, then those presented (newest first), then those to come in running order."""
    where = stage(view)
    entries = sorted(room(view).entries_of(contest), key=lambda entry: entry.order)

    def key(entry: Finalist) -> tuple[int, float]:
        found = where.get(entry.number)
        group = ORDER[found.state] if found else 2
        at = found.at.timestamp() if found and found.at else 0.0
        return group, -at if group == 1 else at

    return [(entry, where.get(entry.number)) for entry in sorted(entries, key=key)]


def _category(view: View, contest: Contest, entry: Finalist) -> Line:
    """The category's name where a contest spans several, because their presentation numbers collide."""
    if len(contest.categories) < 2:
        return {}
    found = next(category for category in view.edition.categories if category.code == entry.category)
    return {"category_name": found.name, "category_name_en": found.name_en}


def _entry(view: View, own: Own, entry: Finalist, where: OnStage | None) -> Line:
    struck = room(view).is_recused(own.seat_id, entry)
    return {
        "id": entry.number, "number": where.position if where else None, "of": where.of if where else None, "title": entry.title,
        "owner": entry.owner, "owner_en": entry.owner_en, "recused": struck, "reason": _reason(own, entry) if struck else None,
        "stage": {"on": "on", "done": "done", "skipped": "done"}.get(where.state, "upcoming") if where else "upcoming",
        "at": clock.iso(where.at) if where else None,
    }  # fmt: skip


def _reason(own: Own, entry: Finalist) -> str:
    """Why the seat must not judge the entry: declared by the judge, named by the office, or its own body's."""
    named = own.recusals.get(entry.number)
    if named is None:
        return "own"
    return "named" if named.declared_at is None else "declared"
