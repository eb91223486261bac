"""Every read about polls and ballots: contests of the rules, the state of every seat, rows of the export."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import func, select

from eventapp.extensions import db
from eventapp.models import Ballot, BallotVersion, Body, Category, Edition, Entry, EntryBody, Poll, RosterSeat, Seat, SeatBody, SeatRecusal
from eventapp.rules import ballot as rules
from eventapp.rules.tally_model import Contest, Rulebook
from eventapp.rules.tally_rules_file import parse_rules

SETTINGS = {"closing_s": rules.COUNTDOWN_S, "grace_s": rules.GRACE_S}
NUDGE_S = 30  # a nudge repeats only after these seconds


@dataclass(frozen=True, slots=True)
class Finalist:
    """An entry as ballots see it."""

    id: int
    number: str
    category: str
    tags: frozenset[str]
    withdrawn: bool
    bodies: frozenset[str]
    title: str
    owner: str
    owner_en: str
    order: tuple[int, str]


@lru_cache(maxsize=8)
def _rulebook(text: str) -> Rulebook:
    return parse_rules(text.encode())


def rulebook(edition: Edition) -> Rulebook:
    """The edition's rules, read once per text."""
    return _rulebook(edition.rules_toml)


def rules_sha256(edition: Edition) -> str:
    return hashlib.sha256(edition.rules_toml.encode()).hexdigest()


def contests(edition: Edition) -> dict[str, Contest]:
    return {contest.id: contest for contest in rulebook(edition).contests}


def find_poll(edition: Edition, contest: str) -> Poll | None:
    """The poll of a contest of the edition's rules; None when there is no such poll or contest."""
    found = db.session.scalars(select(Poll).where(Poll.edition_id == edition.id, Poll.contest == contest)).first()
    return found if found is not None and contest in contests(edition) else None


def ballot_contest(contest: Contest) -> rules.Contest:
    """A contest of the tally as the ballot's rules know it."""
    criteria = tuple(rules.Criterion(one.id, maximum=Fraction(one.max), minimum=Fraction(one.min)) for one in contest.criteria)
    method = cast(rules.Method, contest.method)
    return rules.Contest(contest.id, method, contest.choices, len(contest.points) or None, criteria, contest.grades)


def setting(edition: Edition, name: str) -> int:
    """A number of seconds of the edition's settings, or the house's default."""
    return int(edition.settings.get("settings", {}).get(name, SETTINGS[name]))


def rules_poll(edition: Edition, poll: Poll) -> rules.Poll:
    """A poll as the ballot's rules know it."""
    return rules.Poll(poll.state, poll.closes_at, setting(edition, "grace_s"))  # type: ignore[arg-type]  # the table's CHECK


def stream_delay_s(edition: Edition) -> int:
    """By how many seconds remote judges see the stage later than the hall."""
    return int(edition.settings.get("event", {}).get("stream_delay_s", 0))


def tags_of(edition: Edition, number: str, tags: Iterable[str]) -> frozenset[str]:
    """The tags of an entry as they count: from the first zero report on, what it froze."""
    return frozenset(edition.frozen.get("tags", {}).get(number, tags))


def electorate(edition: Edition) -> dict[str, object]:
    """What the first zero report freezes beside the rules: tags of the finalists, group and bodies of every seat."""
    bodies, _ = _seat_ties(edition)
    seats = db.session.scalars(select(Seat).where(Seat.edition_id == edition.id).order_by(Seat.position))
    return {
        "tags": {entry.number: sorted(entry.tags) for entry in finalists(edition)},
        "seats": {str(seat.id): {"group": seat.group.code, "bodies": sorted(bodies.get(seat.id, ()))} for seat in seats},
    }


def finalists(edition: Edition) -> list[Finalist]:
    """Every finalist of the edition, withdrawn ones too, by number; two queries."""
    bodies: dict[int, set[str]] = {}
    released = (Entry.edition_id == edition.id, Entry.outcome == "finalist", Entry.released_at.is_not(None))
    pairs = select(EntryBody.entry_id, Body.code).join(Body).join(Entry, Entry.id == EntryBody.entry_id)
    for entry_id, code in db.session.execute(pairs.where(*released)):
        bodies.setdefault(entry_id, set()).add(code)
    rows = (
        select(Entry, Category.code, Category.stage_order)
        .join(Category, Category.id == Entry.category_id)
        .where(*released)
        .order_by(Entry.number)
    )
    return [
        Finalist(
            entry.id, entry.number, category, tags_of(edition, entry.number, entry.tags), entry.state == "withdrawn",
            frozenset(bodies.get(entry.id, ())), entry.title, entry.owner, entry.owner_en, (order, entry.number),
        )
        for entry, category, order in db.session.execute(rows)
    ]  # fmt: skip


def in_contest(contest: Contest, entry: Finalist) -> bool:
    """Is the entry one of the contest's: of its categories, carrying its tag, not withdrawn?"""
    return not entry.withdrawn and entry.category in contest.categories and (contest.tag is None or contest.tag in entry.tags)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one seat stands in one poll; `held`: its tablet still holds something unsent, the newest of it saved at `saved_at`."""

    state: str  # confirmed local empty absent recused
    at: datetime | None = None
    delayed: bool = False
    held: bool = False
    saved_at: str | None = None


@dataclass(slots=True)
class Room:
    """Polls, seats and who has voted, read at one moment with a fixed number of queries; holds no choice."""

    edition: Edition
    polls: list[Poll]
    seats: list[Seat]
    entries: list[Finalist]
    bodies: dict[int, set[str]]
    recusals: dict[int, set[str]]
    roster: dict[int, set[int]]
    receipts: dict[tuple[int, int], tuple[datetime, bool]]  # when, and whether delayed

    def entries_of(self, contest: Contest) -> list[Finalist]:
        return [entry for entry in self.entries if in_contest(contest, entry)]

    def is_recused(self, seat_id: int, entry: Finalist) -> bool:
        own = self.bodies.get(seat_id, set()) if rulebook(self.edition).recuse_own else set()
        return rules.recused(own, self.recusals.get(seat_id, set()), rules.Candidate(entry.number, entry.bodies))

    def may_vote(self, seat_id: int, entries: Iterable[Finalist]) -> bool:
        return any(not self.is_recused(seat_id, entry) for entry in entries)

    def standings(self, poll: Poll) -> dict[int, Standing]:
        """The state of every seat of the poll's roster (before the zero report: of every seat), by seat id."""
        contest = contests(self.edition).get(poll.contest)
        entries = self.entries_of(contest) if contest else []
        frozen = self.roster.get(poll.id, set())
        return {
            seat.id: self._standing(poll, seat, entries) for seat in self.seats if poll.state == "draft" or seat.id in frozen
        }  # fmt: skip

    def _standing(self, poll: Poll, seat: Seat, entries: list[Finalist]) -> Standing:
        held = bool(seat.unsent.get(poll.contest))
        saved_at = seat.unsent_at.get(poll.contest) if held else None
        confirmed = self.receipts.get((poll.id, seat.id))
        if confirmed is not None:
            at, delayed = confirmed
            return Standing("confirmed", at, delayed, held, saved_at)
        if entries and not self.may_vote(seat.id, entries):
            return Standing("recused")
        if held:
            return Standing("local", held=True, saved_at=saved_at)
        return Standing("empty" if seat.lease else "absent")


def room(edition: Edition) -> Room:
    """Everything that boards need, in eight queries whatever the size."""
    polls = list(db.session.scalars(select(Poll).where(Poll.edition_id == edition.id).order_by(Poll.position)))
    seats = list(db.session.scalars(select(Seat).where(Seat.edition_id == edition.id).order_by(Seat.position)))
    in_edition = Poll.edition_id == edition.id
    roster: dict[int, set[int]] = {}
    for poll_id, seat_id in db.session.execute(
        select(RosterSeat.poll_id, RosterSeat.seat_id).join(Poll, Poll.id == RosterSeat.poll_id).where(in_edition)
    ):
        roster.setdefault(poll_id, set()).add(seat_id)
    confirmed = select(Ballot.poll_id, Ballot.seat_id, Ballot.received_at, Ballot.delayed)
    receipts: dict[tuple[int, int], tuple[datetime, bool]] = {}
    for poll_id, seat_id, at, delayed in db.session.execute(
        confirmed.join(Poll, Poll.id == Ballot.poll_id).where(in_edition).order_by(Ballot.seq)
    ):
        receipts[poll_id, seat_id] = (at, delayed)
    return Room(edition, polls, seats, finalists(edition), *_seat_ties(edition), roster, receipts)


def _seat_ties(edition: Edition, seat: Seat | None = None) -> tuple[dict[int, set[str]], dict[int, set[str]]]:
    """Bodies of every seat (or one), and the entries it is recused from beyond those."""
    bodies: dict[int, set[str]] = {}
    recusals: dict[int, set[str]] = {}
    of_bodies = select(SeatBody.seat_id, Body.code).join(Body, Body.id == SeatBody.body_id).join(Seat, Seat.id == SeatBody.seat_id)
    of_entries = select(SeatRecusal.seat_id, Entry.number).join(Entry, Entry.id == SeatRecusal.entry_id)
    only = [Seat.edition_id == edition.id, *([Seat.id == seat.id] if seat else [])]
    for seat_id, code in db.session.execute(of_bodies.where(*only)):
        bodies.setdefault(seat_id, set()).add(code)
    for seat_id, facts in edition.frozen.get("seats", {}).items():  # a body that is taken away later still recuses
        bodies.setdefault(int(seat_id), set()).update(facts["bodies"])
    for seat_id, number in db.session.execute(of_entries.join(Seat, Seat.id == SeatRecusal.seat_id).where(*only)):
        recusals.setdefault(seat_id, set()).add(number)
    return bodies, recusals


def kinds_of_seats(edition: Edition) -> dict[int, str]:
    """The kind of municipality that a seat stands for, in judge groups where every seat stands for exactly one and they are many."""
    query = (
        select(Seat.group_id, Seat.id, Body.kind)
        .join(SeatBody, SeatBody.seat_id == Seat.id)
        .join(Body, Body.id == SeatBody.body_id)
        .where(Seat.edition_id == edition.id)
    )
    groups: dict[int, list[tuple[int, str]]] = {}
    for group, seat, kind in db.session.execute(query):
        groups.setdefault(group, []).append((seat, kind))
    return {seat: kind for rows in groups.values() if len(rows) > MANY and len({kind for _, kind in rows}) > 1 for seat, kind in rows}


MANY = 26  # seats; more than two rows of the chair's wall are cut by the kind of municipality


def recusals_of(seat: Seat) -> dict[str, SeatRecusal]:
    """What the seat must not judge beyond the entries of its own bodies, by entry number."""
    query = select(Entry.number, SeatRecusal).join(Entry, Entry.id == SeatRecusal.entry_id).where(SeatRecusal.seat_id == seat.id)
    return {row[0]: row[1] for row in db.session.execute(query)}


def contest_words(edition: Edition, contest: str) -> dict[str, Any]:
    """How the edition words a contest's criteria and grades on the ballot; {} where it does not."""
    return next((dict(one) for one in edition.settings.get("contest_words", ()) if one["contest"] == contest), {})


def struck_from(edition: Edition, seat: Seat, entries: Iterable[Finalist]) -> set[str]:
    """The numbers of the entries that the seat must not judge."""
    bodies, recusals = _seat_ties(edition, seat)
    own = bodies.get(seat.id, set()) if rulebook(edition).recuse_own else set()
    named = recusals.get(seat.id, set())
    return {entry.number for entry in entries if rules.recused(own, named, rules.Candidate(entry.number, entry.bodies))}


# --- rows of the evidence -----------------------------------------------------------------------------------------------


def ballot_rows(edition: Edition) -> Iterator[dict[str, str]]:
    """The rows of ballots.csv: every accepted version, seq = its id; `received_at` is an extra column."""
    known = contests(edition)
    query = (
        select(BallotVersion, Poll.contest, Seat.label)
        .join(Poll, Poll.id == BallotVersion.poll_id)
        .join(Seat, Seat.id == BallotVersion.seat_id)
        .where(Poll.edition_id == edition.id)
        .order_by(BallotVersion.id)
    )
    for version, contest, label in db.session.execute(query):
        one = rules.Cast(version.id, label, json.loads(version.body), version.saved_at, version.unit or None)
        for row in rules.submissions(ballot_contest(known[contest]), [one]):
            yield {
                "seq": row.seq, "judge": row.judge, "contest": row.contest, "entry": row.entry, "criterion": row.criterion,
                "value": row.value, "cast_at": row.cast_at, "received_at": rules.instant_text(version.received_at),
            }  # fmt: skip


def entry_rows(edition: Edition) -> list[dict[str, str]]:
    """The rows of entries.csv: the finalists."""
    return [
        {
            "entry": entry.number, "category": entry.category, "orgs": " ".join(sorted(entry.bodies)),
            "tags": " ".join(sorted(entry.tags)), "withdrawn": "yes" if entry.withdrawn else "", "title": entry.title,
        }
        for entry in finalists(edition)
    ]  # fmt: skip


def judge_rows(edition: Edition) -> list[dict[str, str]]:
    """The rows of judges.csv: every seat with its group, bodies and recusals among the finalists."""
    bodies, recusals = _seat_ties(edition)
    known, frozen = {entry.number for entry in finalists(edition)}, edition.frozen.get("seats", {})
    seats = db.session.scalars(select(Seat).where(Seat.edition_id == edition.id).order_by(Seat.position))
    return [
        {
            "judge": seat.label, "group": frozen.get(str(seat.id), {}).get("group", seat.group.code),
            "orgs": " ".join(sorted(bodies.get(seat.id, ()))),
            "recused": " ".join(sorted(recusals.get(seat.id, set()) & known)), "name": seat.name,
        }
        for seat in seats
    ]  # fmt: skip


def progress(edition: Edition) -> tuple[object, ...]:
    """What boards count, small enough to compare four times a second; () while no poll takes ballots."""
    polls = select(Poll.id).where(Poll.edition_id == edition.id, Poll.state.in_(("open", "closing")))
    open_ids = list(db.session.scalars(polls))
    if not open_ids:
        return ()
    counts = select(Ballot.poll_id, func.count(), func.max(Ballot.seq)).where(Ballot.poll_id.in_(open_ids)).group_by(Ballot.poll_id)
    seats = select(Seat.id, Seat.lease, Seat.unsent, Seat.unsent_at).where(Seat.edition_id == edition.id).order_by(Seat.id)
    return (
        tuple(open_ids),
        tuple(tuple(row) for row in db.session.execute(counts.order_by(Ballot.poll_id))),
        tuple((seat, lease > 0, *sorted(unsent), *sorted(saved.items())) for seat, lease, unsent, saved in db.session.execute(seats)),
    )
