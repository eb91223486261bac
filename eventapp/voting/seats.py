"""Who sits on a seat: releasing it for another device, stand-ins."""

from typing import Any

from sqlalchemy import select

from eventapp.access import Actor
from eventapp.extensions import db
from eventapp.models import Entry, Seat, SeatRecusal
from eventapp.rules.refusal import Refusal
from eventapp.work import note, operation, touch

Answer = dict[str, Any]


def _seat_named(actor: Actor, label: str) -> Seat:
    seat = db.session.scalars(select(Seat).where(Seat.edition_id == actor.edition.id, Seat.label == label)).first()
    if seat is None:
        raise Refusal("seat.unknown")
    return seat


@operation("seat.released")
def release_seat(actor: Actor, *, seat: str) -> Answer:
    """Let the seat's next device in without the code; the present one becomes read-only."""
    found = _seat_named(actor, seat)
    found.lease += 1
    note(seat=seat, lease=found.lease)
    touch(actor, f"judge:{found.id}", "chair", "crew")
    return {"seat": seat}


@operation("seat.stood_in")
def stand_in(actor: Actor, *, seat: str, name: str, recused: list[Any] | None = None) -> Answer:
    """Put a stand-in (代理) on the seat, an empty name takes it back; own recusals are added, never taken away. Idempotent."""
    found, person = _seat_named(actor, seat), name.strip()
    if len(person) > 60 or not all(isinstance(number, str) for number in recused or []):
        raise Refusal("request.malformed")
    found.stand_in = person
    for number in recused or []:
        entry = db.session.scalars(select(Entry).where(Entry.edition_id == actor.edition.id, Entry.number == number)).first()
        if entry is None:
            raise Refusal("request.malformed", fields=["recused"])
        if db.session.get(SeatRecusal, (found.id, entry.id)) is None:
            db.session.add(SeatRecusal(seat_id=found.id, entry_id=entry.id, reason="stand-in"))
    note(seat=seat, present=bool(person), recused=recused or [])  # the name can be erased, the journal cannot
    touch(actor, f"judge:{found.id}", "chair", "crew")
    return {"seat": seat}


@operation("seat.placed")
def set_remote(actor: Actor, *, seat: str, remote: bool) -> Answer:
    """The seat judges from afar (its polls wait for the stream's delay) or in the hall. Idempotent."""
    found = _seat_named(actor, seat)
    found.remote = remote
    note(seat=seat, remote=remote)
    touch(actor, f"judge:{found.id}", "chair", "crew")
    return {"seat": seat}
