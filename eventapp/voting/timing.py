"""When a poll may close: after its countdown, and not before its last slot has ended and remote judges have seen it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import Edition, Poll, RosterSeat, Seat
from eventapp.programme import queries as programme
from eventapp.rules import ballot as rules
from eventapp.voting import queries


@dataclass(frozen=True, slots=True)
class Closing:
    """What pressing "close" would mean at one instant; `last_end`: of the last slot, expected or real."""

    closes_at: datetime
    last_end: datetime | None
    delay_s: int  # of the stream; 0 without remote judges
    waits: bool  # longer than the countdown


def closing(edition: Edition, poll: Poll, now: datetime) -> Closing:
    """When the poll would close if somebody pressed now (live.md §5); reads plan and cues."""
    last_end = last_slot_end(edition, poll, now)
    delay_s = queries.stream_delay_s(edition) if has_remote(poll) else 0
    countdown_s = queries.setting(edition, "closing_s")
    at = rules.closes_at(now, countdown_s=countdown_s, last_end=last_end, delay_s=delay_s)
    return Closing(at, last_end, delay_s, at > now + timedelta(seconds=countdown_s))


def seen_by(closing: Closing) -> datetime:
    """When everybody, remote judges too, has seen the last slot end (without a slot: any time)."""
    return closing.closes_at if closing.last_end is None else closing.last_end + timedelta(seconds=closing.delay_s)


def last_slot_end(edition: Edition, poll: Poll, now: datetime) -> datetime | None:
    """When the last slot of the poll's entries has ended or is expected to; None without one."""
    contest = queries.contests(edition)[poll.contest]
    numbers = {entry.number for entry in queries.finalists(edition) if queries.in_contest(contest, entry)}
    plan = {slot.code: slot.entry.number for slot in programme.slots(edition) if slot.entry is not None}
    expected = programme.expected_times(edition, now).values()
    return max((one.ends_at for one in expected if plan.get(one.slot) in numbers and one.ends_at is not None), default=None)


def has_remote(poll: Poll) -> bool:
    """Is one of the seats of the poll's roster (before the zero report: of the edition) a remote one?"""
    remote = select(Seat.id).where(Seat.edition_id == poll.edition_id, Seat.remote)
    if poll.state != "draft":
        remote = remote.join(RosterSeat, RosterSeat.seat_id == Seat.id).where(RosterSeat.poll_id == poll.id)
    return db.session.scalars(remote.limit(1)).first() is not None
