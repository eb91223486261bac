"""A judge declares a conflict of interest: the seat is recused from one entry, and what it has said about it is flagged."""

from sqlalchemy import select

from eventapp import clock
from eventapp.access import Actor
from eventapp.extensions import db
from eventapp.models import Ballot, Poll, Seat, SeatRecusal
from eventapp.rules.refusal import Refusal
from eventapp.voting import queries
from eventapp.voting.operations import ballot_names
from eventapp.work import note, operation, touch

REASONS = ("family", "involved", "interest", "other")
NOTE_LENGTH = 200


@operation("recusal.declared")
def declare_recusal(actor: Actor, *, entry: str, reason: str, note_: str = "") -> int:
    """Recuse the actor's own seat from an entry of this edition; returns how many of its ballots name it. Idempotent.

    `reason` is one of REASONS, `other` needs words. Refused on a device that was taken over, for no finalist, and when every
    poll that asks about the entry is closed. The words lie with the recusal, which can be erased, and not in the journal.
    """
    seat, now = _seat(actor), clock.now(actor.edition)
    if reason not in REASONS:
        raise Refusal("recusal.unexplained")
    if len(note_) > NOTE_LENGTH or (reason == "other" and not note_):
        raise Refusal("recusal.unexplained")
    found = next((one for one in queries.finalists(actor.edition) if one.number == entry and not one.withdrawn), None)
    if found is None:
        raise Refusal("recusal.unknown")
    asking = _asking(actor, found)
    if asking and all(poll.state == "closed" for poll in asking):
        raise Refusal("recusal.late")
    if entry in queries.struck_from(actor.edition, seat, [found]):
        return 0
    db.session.add(SeatRecusal(seat_id=seat.id, entry_id=found.id, reason=reason, note=note_, declared_at=now))
    flagged = _flag(actor, seat, entry)
    note(seat=seat.label, entry=entry, reason=reason)
    touch(actor, f"judge:{seat.id}", "chair", "crew")
    return flagged


def _seat(actor: Actor) -> Seat:
    if actor.seat is None:
        raise Refusal("access.denied")
    if actor.grant is not None and actor.grant.lease != actor.seat.lease:
        raise Refusal("seat.taken_over")
    return actor.seat


def _asking(actor: Actor, entry: queries.Finalist) -> list[Poll]:
    """The polls whose contests the entry stands in."""
    known = queries.contests(actor.edition)
    polls = db.session.scalars(select(Poll).where(Poll.edition_id == actor.edition.id))
    return [poll for poll in polls if poll.contest in known and queries.in_contest(known[poll.contest], entry)]


def _flag(actor: Actor, seat: Seat, entry: str) -> int:
    query = select(Ballot).join(Poll, Poll.id == Ballot.poll_id).where(Poll.edition_id == actor.edition.id, Ballot.seat_id == seat.id)
    named = [row for row in db.session.scalars(query) if entry in ballot_names(row)]
    for row in named:
        row.needs_review = True
    return len(named)
