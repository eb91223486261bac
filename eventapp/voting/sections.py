"""The sections `polls`, `receipts`, `ballots` and `seat` of the live documents. No function here reads a choice but the seat's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from eventapp import clock
from eventapp.extensions import db
from eventapp.live import View
from eventapp.models import Ballot, Nudge, Poll, Seat
from eventapp.programme import queries as programme
from eventapp.rules.tally_model import Contest
from eventapp.voting import queries
from eventapp.voting.operations import current_version
from eventapp.voting.queries import Finalist, Room, Standing

Line = dict[str, Any]
STATES = ("confirmed", "local", "empty", "absent", "recused")
NAMES = {"local": "on_tablets"}


def room(view: View) -> Room:
    found: Room = view.once(f"voting.room/{view.edition.id}", lambda: queries.room(view.edition))
    return found


def standings(view: View, poll: Poll) -> dict[int, Standing]:
    found: dict[int, Standing] = view.once(f"voting.standings/{poll.id}", lambda: room(view).standings(poll))
    return found


# --- polls ------------------------------------------------------------------------------------------------------------------


def public_polls(view: View) -> list[Line]:
    """Which polls there are and how far they are; no count."""
    return [_times(view, poll) for poll in room(view).polls]


def overlay_polls(view: View) -> list[Line]:
    """With the one pair that goes on air: 審査中 41/80."""
    pairs = (_times(view, poll) | _counts(view, poll) for poll in room(view).polls)
    return [{name: value for name, value in line.items() if name not in HIDDEN_ON_AIR} for line in pairs]


HIDDEN_ON_AIR = ("on_tablets", "absent", "recused", "empty", "held", "seats", "quorum", "nudged_at", "nudged", "zero_at", "reason")


def polls(view: View) -> list[Line]:
    """With counts of seats, never of entries: the five states add up to `seats`; `eligible` leaves out absent and recused."""
    return [_times(view, poll) | _counts(view, poll) | _desk(view, poll) for poll in room(view).polls]


def _times(view: View, poll: Poll) -> Line:
    grace = timedelta(seconds=queries.setting(view.edition, "grace_s"))
    return {
        "contest": poll.contest, "name": poll.name, "name_en": poll.name_en, "state": poll.state,
        "planned_open": clock.iso(poll.planned_open), "planned_close": clock.iso(poll.planned_close),
        "opened_at": clock.iso(poll.opened_at), "closes_at": clock.iso(poll.closes_at),
        "delayed_until": clock.iso(poll.closes_at + grace if poll.closes_at else None), "closed_at": clock.iso(poll.closed_at),
    }  # fmt: skip


def _counts(view: View, poll: Poll) -> Line:
    found = list(standings(view, poll).values())
    counts = {NAMES.get(state, state): sum(one.state == state for one in found) for state in STATES}
    present = len(found) - counts["absent"] - counts["recused"]
    return counts | {"held": sum(one.held for one in found), "seats": len(found), "eligible": present}


def _desk(view: View, poll: Poll) -> Line:
    contest = queries.contests(view.edition).get(poll.contest)
    last = view.once(f"voting.nudges/{view.edition.id}", lambda: last_nudges(view)).get(poll.id)
    return {
        "quorum": contest.quorum if contest else 0, "zero_at": poll.zero_report.get("at"), "reason": poll.reason,
        "nudged_at": clock.iso(last.at) if last else None, "nudged": len(last.seats) if last else 0,
    }  # fmt: skip


def last_nudges(view: View) -> dict[int, Nudge]:
    """The newest nudge of every poll."""
    query = select(Nudge).join(Poll, Poll.id == Nudge.poll_id).where(Poll.edition_id == view.edition.id).order_by(Nudge.id)
    return {nudge.poll_id: nudge for nudge in db.session.scalars(query)}


def phase(poll: Line, now: datetime) -> str:
    """A poll's state as its judge feels it: draft, open, closing (countdown), grace (sending only) or closed."""
    closes_at = clock.parse(poll["closes_at"])
    if poll["state"] == "closing" and closes_at is not None and now > closes_at:
        return "grace"
    return "draft" if poll["state"] == "zero" else str(poll["state"])


# --- receipts -----------------------------------------------------------------------------------------------------------------


def receipts(view: View) -> list[Line]:
    """Who stands how in every poll that was opened, and when; never what, and not the receipt's code, which is the judge's own.

    要確認 is missing on purpose: it would say whose ballot named the entry that was withdrawn.
    """
    lines = []
    for poll in room(view).polls:
        if poll.state in ("draft", "zero"):
            continue
        found = standings(view, poll)
        lines += [_receipt(poll, seat, found[seat.id]) for seat in room(view).seats if seat.id in found]
    return lines


def _receipt(poll: Poll, seat: Seat, one: Standing) -> Line:
    line: Line = {"contest": poll.contest, "seat": seat.label, "state": one.state, "at": clock.iso(one.at)}
    flags = {"delayed": one.delayed, "held": one.held}
    line |= {name: True for name, on in flags.items() if on} | {"seen_at": clock.iso(seat.seen_at)}
    return line | ({"saved_at": one.saved_at} if one.saved_at else {})


ROW = 13  # seats in a row of the wall
KINDS = {"ward": ("区部", "special wards"), "city": ("市部", "cities"), "town": ("町村部", "towns and villages")}


def wall(view: View, contest: str) -> list[Line]:
    """The seats of a poll in the order of the room, each with its state: the chair's board, which never sorts by state.

    A group of several rows whose seats stand for one municipality each is cut by its kind; small neighbours share a row.
    """
    poll = next((poll for poll in room(view).polls if poll.contest == contest), None)
    found = standings(view, poll) if poll else {}
    groups: list[Line] = []
    for one in room(view).seats:
        if one.id in found:
            _place(view, groups, one, _tile(one, found[one.id]))
    return _shared(groups)


def _place(view: View, groups: list[Line], seat: Seat, tile: Line) -> None:
    names = (seat.group.name, seat.group.name_en)
    kinds: dict[int, str] = view.once(f"voting.kinds/{view.edition.id}", lambda: queries.kinds_of_seats(view.edition))
    kind = kinds.get(seat.id, "")
    if kind:
        japanese, english = KINDS.get(kind.replace("village", "town"), ("", ""))
        names = (f"{names[0]}・{japanese}", f"{names[1]}, {english}") if japanese else names
    if not groups or groups[-1]["name"] != names[0]:
        groups.append({"name": names[0], "name_en": names[1], "seats": []})
    groups[-1]["seats"].append(tile)


def _shared(groups: list[Line]) -> list[Line]:
    """Neighbouring groups that fit into half a row stand in one."""
    found: list[Line] = []
    for group in groups:
        last = found[-1] if found else None
        if last and len(last["seats"]) + len(group["seats"]) <= ROW // 2:
            last["name"], last["name_en"] = f"{last['name']}・{group['name']}", f"{last['name_en']}, {group['name_en']}"
            last["seats"] = [*last["seats"], *group["seats"]]
        else:
            found.append(group)
    return found


def _tile(seat: Seat, one: Standing) -> Line:
    name = seat.stand_in and f"{seat.short or seat.name}(代)"
    return {
        "label": seat.label, "name": name or seat.short or seat.name, "full": seat.name, "state": one.state,
        "held": one.held, "seen_at": clock.iso(seat.seen_at), "saved_at": one.saved_at,
    }  # fmt: skip


# --- the judge's own ------------------------------------------------------------------------------------------------------------


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
    return {"label": own.label, "name": own.name, "name_en": own.name_en, "stand_in": own.stand_in, "lease": own.lease}


def ballots(view: View) -> list[Line]:
    """The seat's own ballots: one per contest for choice and points, with the entries in the order of the tablet."""
    own = view.seat
    if own is None:
        return []
    cast = {
        row.poll_id: row
        for row in db.session.scalars(
            select(Ballot).join(Poll, Poll.id == Ballot.poll_id).where(
                Poll.edition_id == view.edition.id, Ballot.seat_id == own.id, Ballot.unit == ""
            )
        )
    }  # fmt: skip
    known = queries.contests(view.edition)
    nudges = view.once(f"voting.nudges/{view.edition.id}", lambda: last_nudges(view))
    return [
        _ballot(view, poll, known[poll.contest], cast.get(poll.id), nudges.get(poll.id))
        for poll in room(view).polls
        if poll.contest in known and known[poll.contest].method in ("choice", "points")
    ]


def _ballot(view: View, poll: Poll, contest: Contest, row: Ballot | None, nudged: Nudge | None) -> Line:
    own = view.seat
    seat_id = own.id if own else 0
    called = nudged is not None and seat_id in nudged.seats and row is None and poll.state in ("open", "closing")
    blank = {"contest": poll.contest, "body": None, "lease": 0, "rev": 0, "receipt": None, "received_at": None, "saved_at": None}
    entries = view.once(f"voting.entries/{poll.id}", lambda: in_tablet_order(view, contest))
    has_vote = poll.state == "draft" or seat_id in room(view).roster.get(poll.id, set())
    return {
        **blank, "delayed": False, "needs_review": False, **(current_version(row, poll.contest) if row else {}),
        "method": contest.method, "places": len(contest.points) if contest.method == "points" else contest.choices,
        "points": [str(points) for points in contest.points], "counted": row is not None, "has_vote": has_vote,
        "recused": not room(view).may_vote(seat_id, [entry for entry, _ in entries]),
        "nudged_at": clock.iso(nudged.at) if called and nudged else None,
        "entries": [_entry(view, seat_id, entry, where) | _category(view, contest, entry) for entry, where in entries],
    }  # fmt: skip


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


def _entry(view: View, seat_id: int, entry: Finalist, where: OnStage | None) -> Line:
    struck = room(view).is_recused(seat_id, entry)
    return {
        "id": entry.number, "number": where.position if where else None, "of": where.of if where else None, "title": entry.title,
        "owner": entry.owner, "owner_en": entry.owner_en, "recused": struck, "reason": "own" if struck else None,
        "stage": {"on": "on", "done": "done", "skipped": "done"}.get(where.state, "upcoming") if where else "upcoming",
        "at": clock.iso(where.at) if where else None,
    }  # fmt: skip
