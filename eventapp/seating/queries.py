"""Every read of the seats worth a name: seats with their links, as rows of the list, and which seats have no device yet."""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventapp import journal
from eventapp.access import Actor
from eventapp.extensions import db
from eventapp.models import Ballot, Body, Edition, Entry, Grant, JudgeGroup, Link, RosterSeat, Seat, SeatRecusal
from eventapp.seating.sheet import Known, SeatRow, as_text

LISTED = "list"  # the reason of a recusal that came with the list of seats; those added by a judge or at the desk are not the list's


def seats_with_links(edition: Edition) -> list[tuple[Seat, Link]]:
    """Seats in order with their living link, in two statements."""
    query = (
        select(Link)
        .join(Seat, Seat.id == Link.seat_id)
        .where(Link.edition_id == edition.id, Link.revoked_at.is_(None))
        .options(joinedload(Link.seat).joinedload(Seat.group), joinedload(Link.seat).selectinload(Seat.bodies))
        .order_by(Seat.position)
    )
    return [(link.seat, link) for link in db.session.scalars(query) if link.seat is not None]


def one_seat(actor: Actor, label: str) -> Seat | None:
    return db.session.scalars(select(Seat).where(Seat.edition_id == actor.edition.id, Seat.label == label)).first()


def seats(edition: Edition) -> list[Seat]:
    query = select(Seat).where(Seat.edition_id == edition.id).options(joinedload(Seat.group)).order_by(Seat.position)
    return list(db.session.scalars(query))


def taken(edition: Edition) -> set[int]:
    """The seats on which a device sits now: one that holds the seat's newest lease."""
    query = select(Seat.id).join(Grant, Grant.seat_id == Seat.id).where(
        Seat.edition_id == edition.id, Grant.lease == Seat.lease, Seat.lease > 0, Grant.revoked_at.is_(None)
    )  # fmt: skip
    return set(db.session.scalars(query))


def rows(edition: Edition) -> list[SeatRow]:
    """The seats as the list says them, in order."""
    return [row_of(seat) for seat in seats(edition)]


def row_of(seat: Seat) -> SeatRow:
    query = select(Entry.number).join(SeatRecusal, SeatRecusal.entry_id == Entry.id)
    listed = db.session.scalars(query.where(SeatRecusal.seat_id == seat.id, SeatRecusal.reason == LISTED).order_by(Entry.number))
    return SeatRow(
        label=seat.label, group=seat.group.code, name=seat.name, kana=seat.kana, name_en=seat.name_en, short=seat.short,
        bodies=tuple(body.code for body in seat.bodies), recused=tuple(listed), phone=seat.phone, mail=seat.mail,
    )  # fmt: skip


def fingerprint(edition: Edition) -> str:
    """Changes whenever a seat does: an import is applied to the seats that were shown, or refused."""
    return hashlib.sha256(journal.canonical([as_text(row) for row in rows(edition)]).encode()).hexdigest()[:32]


def known(edition: Edition) -> Known:
    """What the cells of the list may name."""
    groups = {word: group.code for group in groups_of(edition) for word in (group.code, group.name)}
    places = {word: body.code for body in db.session.scalars(select(Body).order_by(Body.position)) for word in (body.code, body.name)}
    return Known(groups, places, frozenset(db.session.scalars(select(Entry.number).where(Entry.edition_id == edition.id))))


def groups_of(edition: Edition) -> list[JudgeGroup]:
    return list(db.session.scalars(select(JudgeGroup).where(JudgeGroup.edition_id == edition.id).order_by(JudgeGroup.position)))


def body_names() -> dict[str, str]:
    return {body.code: body.name for body in db.session.scalars(select(Body))}


def recusals(seat: Seat) -> list[tuple[str, str, str]]:
    """What the seat must not judge beyond its own bodies' entries: number, title, reason."""
    query = select(Entry.number, Entry.title, SeatRecusal.reason).join(SeatRecusal, SeatRecusal.entry_id == Entry.id)
    found = db.session.execute(query.where(SeatRecusal.seat_id == seat.id).order_by(Entry.number))
    return [(number, title, reason) for number, title, reason in found]


def has_voted(seat: Seat) -> bool:
    """Whether the seat stands in a frozen roster or has a ballot: then it stays."""
    found = (select(RosterSeat.seat_id).where(RosterSeat.seat_id == seat.id), select(Ballot.id).where(Ballot.seat_id == seat.id))
    return any(db.session.scalars(query.limit(1)).first() is not None for query in found)
