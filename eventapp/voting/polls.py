"""The life of a poll: zero report, open, closing, closed, open again with a reason; and the call to who has not voted."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import func, select

from eventapp import clock, journal
from eventapp.access import Actor
from eventapp.awards import queries as awards_queries
from eventapp.awards.operations import void_seal
from eventapp.extensions import db
from eventapp.models import BallotVersion, Nudge, Poll, Reveal, RosterSeat, Seat
from eventapp.paperballots.queries import in_hand as papers_in_hand
from eventapp.rulebook.operations import refuse_unweighted
from eventapp.rules import ballot as rules
from eventapp.rules.refusal import Refusal
from eventapp.voting import queries, timing
from eventapp.work import note, operation, touch

EVERYBODY = ("chair", "crew", "overlay", "stage", "judge", "public")
Answer = dict[str, Any]


def _poll(actor: Actor, contest: str) -> Poll:
    poll = queries.find_poll(actor.edition, contest)
    if poll is None:
        raise Refusal("poll.unknown")
    return poll


def _step(
    poll: Poll, action: rules.PollAction, *, seen: str | None = None, reason: str = "", counts: int = 0
) -> rules.PollState:
    """The poll's next state by the rules; a CHECK keeps the column to their words, and what a person saw is compared as it is."""
    state, said = cast(rules.PollState, poll.state), cast("rules.PollState | None", seen)
    return rules.poll_step(state, action, seen=said, reason=reason, counts=counts)


@operation("poll.opened")
def open_poll(actor: Actor, *, contest: str, from_: str) -> Answer:
    """Open, with its zero report if nobody has made it. `from_`: the state that the person saw. Refuses `poll.counted`."""
    poll = _poll(actor, contest)
    _step(poll, "open" if poll.state == "zero" else "report", seen=from_)
    if poll.state == "draft":
        report_zero(actor, contest=contest)
    freeze(actor)
    poll.state = rules.poll_step("zero", "open", counts=_counts(poll))
    poll.opened_at = clock.now(actor.edition)
    note(contest=contest)
    touch(actor, *EVERYBODY)
    return {"state": poll.state}


@operation("poll.reported")
def report_zero(actor: Actor, *, contest: str) -> Answer:
    """The zero report: no ballot is there; rules, tags and seats are frozen from now on. Repeatable until the poll opens."""
    poll, edition = _poll(actor, contest), actor.edition
    state = _step(poll, "report", counts=_counts(poll))
    freeze(actor)
    seats = list(db.session.scalars(select(Seat).where(Seat.edition_id == edition.id).order_by(Seat.position)))
    for seat in seats:
        if db.session.get(RosterSeat, (poll.id, seat.id)) is None:
            db.session.add(RosterSeat(poll_id=poll.id, seat_id=seat.id))
    known = queries.contests(edition)[contest]
    entries = [entry for entry in queries.finalists(edition) if queries.in_contest(known, entry)]
    if not entries:
        raise Refusal("poll.empty")
    report = {
        "at": clock.iso(clock.now(edition)), "ballots": 0, "seats": len(seats), "entries": [entry.number for entry in entries],
        "rules": edition.rules_sha256, "electorate": journal.sha256(edition.frozen),
        "tags": {entry.number: sorted(entry.tags) for entry in entries if entry.tags},
    }  # fmt: skip
    poll.state, poll.zero_report = state, report | {"by": actor.name}
    note(contest=contest, **report)
    touch(actor, *EVERYBODY)
    return report


def freeze(actor: Actor) -> None:
    """The first zero report of the day fixes rules, tags, groups and bodies; another text of the rules is refused from then on."""
    edition, sha = actor.edition, queries.rules_sha256(actor.edition)
    if edition.rules_sha256 not in (None, sha):
        raise Refusal("rules.changed")
    refuse_unweighted(edition)
    if edition.rules_sha256 is None:
        edition.rules_sha256, edition.rules_frozen_at = sha, clock.now(edition)
    if not edition.frozen:
        edition.frozen = queries.electorate(edition)


def _counts(poll: Poll) -> int:
    return db.session.scalar(select(func.count()).select_from(BallotVersion).where(BallotVersion.poll_id == poll.id)) or 0


@operation("poll.closing")
def close_poll(actor: Actor, *, contest: str, from_: str) -> Answer:
    """Announce the closing: after the countdown (a setting, 30 s), and no earlier than the end of the last slot + stream delay.

    What tablets saved by then is accepted later too.
    """
    poll = _poll(actor, contest)
    state = _step(poll, "close", seen=from_)
    found = timing.closing(actor.edition, poll, clock.now(actor.edition))
    poll.state, poll.closes_at = state, found.closes_at
    note(contest=contest, closes_at=clock.iso(poll.closes_at), last_end=clock.iso(found.last_end), delay_s=found.delay_s)
    touch(actor, *EVERYBODY)
    return {"state": poll.state, "closes_at": clock.iso(poll.closes_at)}


@operation("poll.close_cancelled")
def cancel_close(actor: Actor, *, contest: str, reason: str) -> Answer:
    """Take the closing back while its countdown runs. After closes_at only a re-opening helps."""
    poll = _poll(actor, contest)
    state = _step(poll, "cancel_close", reason=reason)
    if poll.closes_at is None or clock.now(actor.edition) > poll.closes_at:
        raise Refusal("poll.superseded", current="closed")
    poll.state, poll.closes_at, poll.reason = state, None, reason.strip()
    note(contest=contest, reason=poll.reason)
    touch(actor, *EVERYBODY)
    return {"state": poll.state}


@operation("poll.reopened")
def reopen_poll(actor: Actor, *, contest: str, reason: str) -> Answer:
    """Open a closed poll again; ballots stay. Voids a result put up for signing; refused once the reveal has begun."""
    poll = _poll(actor, contest)
    state = _step(poll, "reopen", reason=reason)
    reveal = db.session.get(Reveal, actor.edition.id)
    if reveal is not None and (reveal.step != "idle" or reveal.n > 0):
        raise Refusal("poll.revealed")
    poll.state, poll.closes_at, poll.closed_at, poll.reason = state, None, None, reason.strip()
    if awards_queries.seal(actor.edition) is not None:
        void_seal(actor, reason=f"poll.reopened {contest}")
    note(contest=contest, reason=poll.reason)
    touch(actor, *EVERYBODY)
    return {"state": poll.state}


def close_due_polls(actor: Actor) -> None:
    """Ticker: a closing poll is closed once nothing delayed is accepted any more, and moves on with its last slot. Idempotent."""
    now = clock.now(actor.edition)
    polls = list(db.session.scalars(select(Poll).where(Poll.edition_id == actor.edition.id, Poll.state == "closing")))
    due = [poll.contest for poll in polls if _is_over(actor, poll, now)]
    overrun = [poll.contest for poll in polls if _must_wait(actor, poll, now)]
    for contest in due:
        with suppress(Refusal):  # somebody took the closing back in between
            finish_poll(actor, contest=contest)
    for contest in overrun:
        with suppress(Refusal):
            postpone_close(actor, contest=contest)


def _is_over(actor: Actor, poll: Poll, now: datetime) -> bool:
    """Is the grace of a closing poll over, and is no collected sheet of paper still to be typed?"""
    if poll.closes_at is None or now <= rules.final_at(poll.closes_at, grace_s=queries.setting(actor.edition, "grace_s")):
        return False
    return not papers_in_hand(poll)


def _must_wait(actor: Actor, poll: Poll, now: datetime) -> bool:
    """Was the last slot given more time than the announced instant leaves it, while that has not passed?

    Overtime alone does not count: who closes while the last slot overruns has seen it end.
    """
    if poll.closes_at is None or now > poll.closes_at:
        return False
    found = timing.closing(actor.edition, poll, now)
    return found.last_end is not None and found.last_end > now and timing.seen_by(found) > poll.closes_at


@operation("poll.postponed")
def postpone_close(actor: Actor, *, contest: str) -> None:
    """The last slot was given more time: the closing instant moves on, never back. Refuses `poll.superseded`."""
    poll, now = _poll(actor, contest), clock.now(actor.edition)
    if poll.state != "closing" or not _must_wait(actor, poll, now):
        raise Refusal("poll.superseded", current=poll.state)
    poll.closes_at = timing.closing(actor.edition, poll, now).closes_at
    note(contest=contest, closes_at=clock.iso(poll.closes_at))
    touch(actor, *EVERYBODY)


@operation("poll.closed")
def finish_poll(actor: Actor, *, contest: str) -> None:
    """The grace is over: the poll is closed. Refuses `poll.superseded` while it is not, looked at under the lock."""
    poll, now = _poll(actor, contest), clock.now(actor.edition)
    state = _step(poll, "finish")
    if not _is_over(actor, poll, now):
        raise Refusal("poll.superseded", current=poll.state)
    poll.state, poll.closed_at = state, now
    note(contest=contest)
    touch(actor, *EVERYBODY)


class Progress:
    """Ticker: tells chair, crew and overlay when who has voted changed, at most as often as the job runs; remembers what was told."""

    def __init__(self) -> None:
        self.told: dict[int, int] = {}

    def __call__(self, actor: Actor) -> None:
        seen = hash(queries.progress(actor.edition))
        if self.told.get(actor.edition.id) != seen:
            tell_progress(actor)
            self.told[actor.edition.id] = seen


@operation(None)
def tell_progress(actor: Actor) -> None:
    """New counts for the boards."""
    touch(actor, "chair", "crew", "overlay")


@operation("judges.nudged")
def nudge(actor: Actor, *, contest: str) -> Answer:
    """Show a call on exactly the tablets that have not voted in the poll; not again within 30 s."""
    poll, now = _poll(actor, contest), clock.now(actor.edition)
    if poll.state not in ("open", "closing"):
        raise Refusal("poll.superseded", current=poll.state)
    last = db.session.scalars(select(Nudge).where(Nudge.poll_id == poll.id).order_by(Nudge.id.desc()).limit(1)).first()
    if last is not None and now < last.at + timedelta(seconds=queries.NUDGE_S):
        raise Refusal("nudge.repeated", seconds=queries.NUDGE_S)
    waiting = [seat_id for seat_id, one in queries.room(actor.edition).standings(poll).items() if one.state in ("empty", "local")]
    db.session.add(Nudge(poll_id=poll.id, at=now, seats=waiting))
    note(contest=contest, seats=len(waiting))
    touch(actor, *(f"judge:{seat_id}" for seat_id in waiting), "chair", "crew")
    return {"seats": len(waiting)}
