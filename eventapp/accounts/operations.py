"""Every write of signing in and out: browsers' sessions, grants, seats taken by a device, wrong codes."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from eventapp import clock, links
from eventapp.access import Actor, Role
from eventapp.extensions import db
from eventapp.models import Attempt, Edition, Grant, Link, Person, Seat, WebSession
from eventapp.rules.refusal import Refusal
from eventapp.work import note, operation, touch

TRIES, LOCK = 5, timedelta(minutes=15)


@operation(None)
def keep_session(_actor: Actor, key: str, data: dict[str, Any], hours: int) -> None:
    """Write a browser's session; it ends `hours` after it began. Idempotent."""
    row = db.session.get(WebSession, key)
    if row is None:
        at = clock.real()
        row = WebSession(id=key, created_at=at, expires_at=at + timedelta(hours=hours))
        db.session.add(row)
    row.data = data


@operation("link.opened")
def open_link(actor: Actor, link_id: int, session_id: str, *, code_given: bool) -> Grant:
    """Grant the link's role to this browser. A seat is claimed with a new lease; an occupied one needs its code. Idempotent."""
    link = db.session.get_one(Link, link_id)
    known = db.session.scalars(
        select(Grant).where(
            Grant.session_id == session_id, Grant.link_id == link.id, Grant.generation == link.generation, Grant.revoked_at.is_(None)
        )
    ).first()  # fmt: skip
    if known is not None and (known.seat is None or known.lease == known.seat.lease):
        note(link=link.id, role=link.role, again=True)
        return known
    lease = claim_seat(actor, link.seat, code_given=code_given) if link.seat else 0
    grant = Grant(
        session_id=session_id, edition_id=link.edition_id, link_id=link.id, generation=link.generation, role=link.role,
        person_id=link.person_id, seat_id=link.seat_id, lease=lease, created_at=clock.real(),
    )  # fmt: skip
    db.session.add(grant)
    db.session.flush()
    note(link=link.id, role=link.role, lease=lease)
    return grant


def claim_seat(actor: Actor, seat: Seat, *, code_given: bool) -> int:
    """A new lease on the seat. The old device becomes read-only: its ballots are answered `taken_over`."""
    occupied = db.session.scalar(
        select(func.count()).select_from(Grant).where(
            Grant.seat_id == seat.id, Grant.lease == seat.lease, Grant.lease > 0, Grant.revoked_at.is_(None)
        )
    )  # fmt: skip
    if occupied and not code_given:
        raise Refusal("seat.occupied")
    seat.lease += 1
    touch(actor, f"judge:{seat.id}", "chair", "crew")
    return seat.lease


@operation("session.ended")
def sign_out(actor: Actor, session_id: str, role: str) -> None:
    """End this browser's grants of one role in the edition. Idempotent."""
    db.session.execute(
        update(Grant)
        .where(Grant.session_id == session_id, Grant.edition_id == actor.edition.id, Grant.role == role, Grant.revoked_at.is_(None))
        .values(revoked_at=clock.real())
    )
    note(role=role)


@operation(None)
def count_attempt(_actor: Actor, bucket: str) -> None:
    """Remember a wrong code, and forget the old ones."""
    db.session.execute(delete(Attempt).where(Attempt.at < clock.real() - LOCK))
    db.session.add(Attempt(bucket=bucket, at=clock.real()))


def is_locked(bucket: str) -> bool:
    query = select(func.count()).select_from(Attempt).where(Attempt.bucket == bucket, Attempt.at > clock.real() - LOCK)
    return (db.session.scalar(query) or 0) >= TRIES


def make_link(edition: Edition, role: Role, *, person: Person | None = None, seat: Seat | None = None, code: bool = False) -> Link:
    """A new link of a role, for a person or a seat; with a short code when people type it (part of a larger operation)."""
    link = Link(edition_id=edition.id, role=role.value, person=person, seat=seat, generation=1)
    db.session.add(link)
    db.session.flush()
    if code:
        link.code_hash = links.code_hash(links.code_of(link))
    return link
