"""Every read about paper ballots. What was typed is read here only, for the person who typed it and after the seal."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from eventapp.extensions import db
from eventapp.models import Ballot, Edition, PaperBallot, PaperKeying, Person, Poll, Seat
from eventapp.programme import queries as programme
from eventapp.rules.tally_model import Contest
from eventapp.voting import queries as voting
from eventapp.voting.queries import Finalist

UNFINISHED = ("collected", "agreed")


@dataclass(frozen=True, slots=True)
class Line:
    """An entry on a sheet: its place in the order of the stage, and whether the seat is recused from it."""

    place: int
    entry: Finalist
    struck: bool


def papers(edition: Edition) -> list[PaperBallot]:
    """Every sheet, newest first, with poll, seat and who has typed it."""
    query = (
        select(PaperBallot)
        .where(PaperBallot.edition_id == edition.id)
        .options(joinedload(PaperBallot.poll), joinedload(PaperBallot.seat))
        .options(selectinload(PaperBallot.keyings).joinedload(PaperKeying.person))
        .order_by(PaperBallot.id.desc())
    )
    return list(db.session.scalars(query))


def find_paper(edition: Edition, code: str) -> PaperBallot | None:
    """The sheet of a code, however it was typed."""
    wanted = code.strip().upper()
    wanted = wanted if "-" in wanted else f"{wanted[:4]}-{wanted[4:]}"
    return db.session.scalars(select(PaperBallot).where(PaperBallot.edition_id == edition.id, PaperBallot.code == wanted)).first()


def in_hand(poll: Poll) -> int:
    """How many collected sheets of the poll are still to be counted or cancelled: its result waits for them."""
    query = select(func.count()).select_from(PaperBallot).where(PaperBallot.poll_id == poll.id, PaperBallot.state.in_(UNFINISHED))
    return db.session.scalar(query) or 0


def unused(poll: Poll, seat: Seat) -> PaperBallot | None:
    """The seat's sheet that was printed and not collected yet."""
    query = select(PaperBallot).where(PaperBallot.poll_id == poll.id, PaperBallot.seat_id == seat.id, PaperBallot.state == "printed")
    return db.session.scalars(query).first()


def units(poll: Poll, seat: Seat) -> list[str]:
    """What ballots of the seat count in the poll already: "" or numbers of entries; [] when it has none."""
    return list(db.session.scalars(select(Ballot.unit).where(Ballot.poll_id == poll.id, Ballot.seat_id == seat.id).order_by(Ballot.unit)))


def contest_of(edition: Edition, poll: Poll) -> Contest:
    return voting.contests(edition)[poll.contest]


def stage_order(edition: Edition, contest: Contest) -> list[Finalist]:
    """The contest's entries as they go on stage; those without a slot last."""
    order = {slot.entry.number: place for place, slot in enumerate(programme.slots(edition)) if slot.entry is not None}
    found = [entry for entry in voting.finalists(edition) if voting.in_contest(contest, entry)]
    return sorted(found, key=lambda entry: (order.get(entry.number, len(order)), entry.order))


def lines(edition: Edition, contest: Contest, seat: Seat) -> list[Line]:
    """The rows of a seat's sheet."""
    entries = stage_order(edition, contest)
    struck = voting.struck_from(edition, seat, entries)
    return [Line(place, entry, entry.number in struck) for place, entry in enumerate(entries, 1)]


def unconfirmed(edition: Edition, poll: Poll) -> list[Seat]:
    """The seats of the poll that may vote and have not."""
    room = voting.room(edition)
    states = room.standings(poll)
    return [seat for seat in room.seats if seat.id in states and states[seat.id].state in ("local", "empty", "absent")]


def seats_named(edition: Edition, labels: Iterable[str]) -> list[Seat]:
    """The seats of these labels, in order of the room."""
    query = select(Seat).where(Seat.edition_id == edition.id, Seat.label.in_(list(labels))).order_by(Seat.position)
    return list(db.session.scalars(query))


def own_keying(paper: PaperBallot, person: Person | None) -> dict[str, object]:
    """What this person typed from a sheet that is not agreed yet; {} for everybody else."""
    mine = [one for one in paper.keyings if person is not None and one.person_id == person.id]
    return dict(json.loads(mine[0].body)) if mine and paper.state == "collected" else {}


def agreed_bodies(paper: PaperBallot) -> dict[str, object]:
    """The copy that two people typed alike."""
    copies = [one.body for one in paper.keyings]
    agreed = next((body for body in copies if copies.count(body) > 1), "{}")
    return dict(json.loads(agreed))
