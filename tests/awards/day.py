"""The end of the day as tests need it: finalists placed, ballots cast, polls closed, people who sign, prizes revealed."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from eventapp import clock, journal
from eventapp.access import Actor, Role, system
from eventapp.admin.queries import edition_named
from eventapp.awards import queries
from eventapp.awards.operations import reveal_next, sign_result
from eventapp.demo import finalists
from eventapp.extensions import db
from eventapp.models import BallotVersion, Edition, Entry, Person, Poll, Seat, Slot
from eventapp.presets import load_sample
from eventapp.presets.ballots import sample_ballots
from eventapp.programme.operations import place_finalists
from eventapp.rules.canonical import digest
from eventapp.voting.operations import commitment

EVENING = datetime(2025, 12, 24, 7, 22, tzinfo=UTC)
Vote = tuple[str, str, dict[str, list[str]]]


def choose_finalists(edition: Edition) -> None:
    """The sample's finalists, placed in stage order, unless they are."""
    sample = load_sample(edition.slug)
    for category in edition.categories:
        chosen = finalists(sample, category)
        for entry in chosen:
            entry.outcome, entry.decided_at = "finalist", entry.decided_at or EVENING - timedelta(days=40)
        if not db.session.scalars(select(Slot).where(Slot.entry_id.in_([entry.id for entry in chosen]))).first():
            db.session.commit()
            place_finalists(system(edition), category, chosen)


def sample_votes(edition: Edition, seed: int) -> list[Vote]:
    sample = load_sample("connect-day-2025" if edition.kind == "rehearsal" else edition.slug)
    named = [row for row in sample.entries if row.stage]
    return [(one.contest, one.seat, one.body) for one in sample_ballots(named, sample.seats, seed)]


def close_day(votes: list[Vote] | None = None, *, seed: int = 1, edition: Edition | None = None) -> Edition:
    """Everything presented and voted, all polls closed at 16:22; the sample's votes of the seed, or the given ones.

    Again: newer versions of the ballots.
    """
    edition = edition or edition_named(None)
    if edition.kind != "rehearsal":  # a rehearsal has its finalists from the edition it was made of
        choose_finalists(edition)
    clock.set_to(edition, EVENING, 0)
    edition.phase = "live"
    polls = {poll.contest: poll for poll in db.session.scalars(select(Poll).where(Poll.edition_id == edition.id))}
    seats = {seat.label: seat for seat in db.session.scalars(select(Seat).where(Seat.edition_id == edition.id))}
    for poll in polls.values():
        poll.state, poll.opened_at = "closed", poll.planned_open
        poll.closes_at = poll.planned_close
        poll.closed_at = poll.planned_close + timedelta(seconds=90)
    last = db.session.scalar(select(func.max(BallotVersion.id))) or 0
    for number, (contest, seat, body) in enumerate(sample_votes(edition, seed) if votes is None else votes, last + 1):
        at, text = polls[contest].planned_open + timedelta(seconds=number), journal.canonical(body)
        salt, receipt = f"{number:032x}", f"{number:04}-TEST"
        db.session.add(BallotVersion(
            id=number, poll_id=polls[contest].id, seat_id=seats[seat].id, body=text, lease=1, rev=1, saved_at=at,
            received_at=at, delayed=False, receipt=receipt, salt=salt,
        ))  # fmt: skip
        told = {"contest": contest, "receipt": receipt, "seq": number, "delayed": False}
        journal.append(edition, f"seat:{seat}", "ballot.put", told | {"commitment": commitment(salt, contest, seat, "", text)})
    db.session.commit()
    return edition


def tied_votes(edition: Edition) -> list[Vote]:
    """The sample's votes, but in DX Sprint the first two nominees level and far ahead: 20 seats that are free to vote each."""
    votes = [vote for vote in sample_votes(edition, 1) if vote[0] != "dx-sprint"]
    choose_finalists(edition)
    first, second = (one["number"] for one in queries.nominees(edition, "dx-sprint")[:2])
    bodies = {entry.number: {body.code for body in entry.bodies} for entry in db.session.scalars(select(Entry))}
    seats = list(db.session.scalars(select(Seat).where(Seat.edition_id == edition.id).order_by(Seat.position)))
    free = [seat.label for seat in seats if not {body.code for body in seat.bodies} & (bodies[first] | bodies[second])]
    return votes + [("dx-sprint", label, {"entries": [first if place % 2 else second]}) for place, label in enumerate(free[:60])]


def actor(role: Role, edition: Edition | None = None) -> Actor:
    edition = edition or edition_named(None)
    person = db.session.scalars(select(Person).where(Person.edition_id == edition.id, Person.role == role.value)).first()
    assert person is not None
    return Actor(role, edition, f"{role.value}:{person.id}", person)


def sign_by(*roles: Role, edition: Edition | None = None) -> str:
    """These persons sign what is counted; its hash."""
    hash_ = digest(queries.result(edition or edition_named(None)))
    for role in roles:
        sign_result(actor(role, edition), hash=hash_)
    return hash_


def seal_day(edition: Edition | None = None) -> str:
    return sign_by(Role.CHAIR, Role.DEPUTY, edition=edition)


def step(times: int = 1, *, edition: Edition | None = None) -> None:
    """The director goes on so many times."""
    for _ in range(times):
        row = queries.reveal_row(edition or edition_named(None))
        reveal_next(actor(Role.DIRECTOR, edition), from_=[row.n, row.step] if row else None)
