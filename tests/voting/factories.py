"""Finalists, seats and tablets for the tests of voting, made from the demo edition."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import delete, select

from eventapp import clock
from eventapp.access import Actor, Role, system
from eventapp.extensions import db
from eventapp.models import Edition, Entry, Installation, Poll, Seat, Slot
from eventapp.voting.operations import receive_ballot
from eventapp.voting.polls import open_poll

CONTEST = "operations"
NOON = datetime.fromisoformat("2025-12-24T11:18:00+09:00")
_numbers = count(1)


def edition() -> Edition:
    return db.session.scalars(select(Edition).join(Installation, Installation.current_edition_id == Edition.id)).one()


def office() -> Actor:
    return system(edition(), "office")


def select_finalists() -> None:
    """The sample's finalists, decided and with no slot on stage that a closing would wait for; the clock stands at 11:18 of the day."""
    db.session.execute(delete(Slot).where(Slot.edition_id == edition().id, Slot.entry_id.is_not(None)))
    for entry in db.session.scalars(select(Entry).where(Entry.edition_id == edition().id)):
        if entry.broadcast_title and not entry.outcome:
            entry.outcome, entry.decided_at, entry.decided_by = "finalist", clock.now(edition()), "office"
    stand_at(NOON)


def stand_at(at: datetime) -> None:
    """Let the edition's clock stand still at an instant."""
    clock.set_to(edition(), at, 0)
    db.session.commit()


def later(seconds: float) -> None:
    stand_at(clock.now(edition()) + timedelta(seconds=seconds))


def seat(label: str) -> Seat:
    return db.session.scalars(select(Seat).where(Seat.edition_id == edition().id, Seat.label == label)).one()


def sit(label: str) -> Actor:
    """A judge on a seat, with the lease of a first device."""
    found = seat(label)
    found.lease = found.lease or 1
    db.session.commit()
    return Actor(Role.JUDGE, edition(), f"seat:{label}", seat=found)


def poll(contest: str = CONTEST) -> Poll:
    return db.session.scalars(select(Poll).where(Poll.edition_id == edition().id, Poll.contest == contest)).one()


def opened(contest: str = CONTEST) -> Poll:
    open_poll(office(), contest=contest, from_="draft")
    return poll(contest)


def entries(category: str = CONTEST) -> list[str]:
    """Numbers of a category's finalists."""
    query = select(Entry).where(Entry.edition_id == edition().id, Entry.outcome == "finalist").order_by(Entry.number)
    return [entry.number for entry in db.session.scalars(query) if entry.category.code == category]


def free_for(actor: Actor, category: str = CONTEST) -> list[str]:
    """Entries that the seat may judge."""
    own = {body.code for body in actor.seat.bodies} if actor.seat else set()
    rows = db.session.scalars(select(Entry).where(Entry.edition_id == edition().id, Entry.outcome == "finalist").order_by(Entry.number))
    return [row.number for row in rows if row.category.code == category and not own & {body.code for body in row.bodies}]


def recused_seat(category: str = CONTEST, joint: bool = False) -> tuple[str, str]:
    """A seat label and an entry of its own body in the category; `joint`: the body is not the first of the entry."""
    for entry in db.session.scalars(select(Entry).where(Entry.edition_id == edition().id, Entry.outcome == "finalist")):
        if entry.category.code == category and (len(entry.bodies) > 1 or not joint):
            body = entry.bodies[-1] if joint else entry.bodies[0]
            for row in db.session.scalars(select(Seat).where(Seat.edition_id == edition().id)):
                if body in row.bodies:
                    return row.label, entry.number
    raise LookupError


def payload(ranking: list[str] | None = None, **changes: Any) -> dict[str, Any]:
    """A ballot.put of a device with lease 1, saved now, with a fresh op_id and rev."""
    number = next(_numbers)
    made = {
        "contest": CONTEST, "body": {"ranking": ranking if ranking is not None else entries()[:2]}, "lease": 1, "rev": number,
        "op_id": f"op-{number:08d}", "saved_at": clock.iso(clock.now(edition())),
    }  # fmt: skip
    return made | changes


def put(actor: Actor, ranking: list[str] | None = None, **changes: Any) -> dict[str, Any]:
    return receive_ballot(actor, payload(ranking, **changes))
