"""Every write about paper ballots. The journal says who printed, collected, typed and counted a sheet, never what stands on it."""

import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from eventapp import clock, journal
from eventapp.access import Actor
from eventapp.extensions import db
from eventapp.models import PaperBallot, PaperKeying, Person, Poll, Seat
from eventapp.paperballots import queries
from eventapp.paperballots.forms import Bodies
from eventapp.rules import ballot as rules
from eventapp.rules.refusal import Refusal
from eventapp.voting import queries as voting
from eventapp.voting.operations import put_paper
from eventapp.work import note, operation, touch

MOST_REASON = 200


@operation("papers.printed")
def print_papers(actor: Actor, *, contest: str, seats: Iterable[Seat]) -> list[str]:
    """A sheet with its own code for each of these seats; one that is still out is printed again. Returns the seats' labels."""
    poll, wanted = _poll(actor, contest), list(seats)
    if poll.state == "closed":
        raise Refusal("poll.closed")
    if not wanted:
        raise Refusal("paper.seatless")
    for seat in wanted:
        if queries.unused(poll, seat) is None:
            db.session.add(PaperBallot(
                edition_id=actor.edition.id, poll_id=poll.id, seat_id=seat.id, code=_unused_code(actor),
                printed_at=clock.now(actor.edition),
            ))  # fmt: skip
            db.session.flush()
    labels = [seat.label for seat in wanted]
    note(contest=contest, seats=labels)
    return labels


def _poll(actor: Actor, contest: str) -> Poll:
    poll = voting.find_poll(actor.edition, contest)
    if poll is None:
        raise Refusal("poll.unknown")
    return poll


def _unused_code(actor: Actor) -> str:
    while True:
        code = rules.receipt(secrets.token_bytes(16))
        query = select(PaperBallot.id).where(PaperBallot.edition_id == actor.edition.id, PaperBallot.code == code)
        if db.session.scalars(query).first() is None:
            return code


def _paper(actor: Actor, code: str, *states: str) -> PaperBallot:
    paper = queries.find_paper(actor.edition, code)
    if paper is None:
        raise Refusal("paper.unknown")
    if paper.state not in states:
        raise Refusal("paper.superseded")
    return paper


@operation("paper.collected")
def collect_paper(actor: Actor, *, code: str, at: datetime | None = None) -> None:
    """The judge has handed the sheet over, now or at a time since the opening: from here on the poll's result waits for it.

    Refuses what a ballot saved then would be refused: `poll.not_open`, `poll.closed`; `paper.untimely`.
    """
    paper, now = _paper(actor, code, "printed"), clock.now(actor.edition)
    handed, poll = at or now, paper.poll
    if handed > now or (poll.opened_at is not None and handed < poll.opened_at):
        raise Refusal("paper.untimely")
    rules.may_mark(voting.rules_poll(actor.edition, poll), handed, now)
    paper.state, paper.collected_at, paper.registered_at = "collected", handed, now
    note(paper=paper.code, contest=poll.contest, seat=paper.seat.label, collected_at=clock.iso(handed))
    touch(actor, "chair", "crew")


@operation("paper.keyed")
def key_paper(actor: Actor, *, code: str, bodies: Bodies) -> str:
    """One person's copy of a sheet; typed again, it replaces the own one. Two equal copies of two people are the seat's ballot.

    Returns `waiting` (for another person), `differs`, `agreed` (another ballot of the seat counts: replace it with a reason)
    or `counted`. Refuses what the ballot would be refused, `ballot.invalid` and `ballot.recused`.
    """
    paper, person = _paper(actor, code, "collected"), _person(actor)
    text = journal.canonical(_checked(actor, paper, bodies))
    mine = next((one for one in paper.keyings if one.person_id == person.id), None)
    if mine is None:
        mine = PaperKeying(person_id=person.id)
        paper.keyings.append(mine)
    mine.at, mine.body = clock.now(actor.edition), text
    others = [one for one in paper.keyings if one.person_id != person.id]
    outcome = "waiting" if not others else "differs"
    if any(one.body == text for one in others):
        outcome = "agreed" if queries.units(paper.poll, paper.seat) else "counted"
        paper.state = "agreed"
        if outcome == "counted":
            _count(actor, paper, bodies)
    note(paper=paper.code, contest=paper.poll.contest, seat=paper.seat.label, copies=len(paper.keyings), outcome=outcome)
    touch(actor, "chair", "crew")
    return outcome


def _person(actor: Actor) -> Person:
    """Two copies must be two people's, so a copy needs a person."""
    if actor.person is None:
        raise Refusal("access.denied")
    return actor.person


def _checked(actor: Actor, paper: PaperBallot, bodies: Bodies) -> dict[str, Any]:
    """The canonical bodies of a copy, refused as the ballot itself would be."""
    contest = queries.contest_of(actor.edition, paper.poll)
    entries = queries.stage_order(actor.edition, contest)
    numbers, struck = {entry.number for entry in entries}, voting.struck_from(actor.edition, paper.seat, entries)
    found = {}
    for unit, body in bodies.items():
        found[unit] = rules.read_body(voting.ballot_contest(contest), body, numbers, entry=unit or None)
        rules.may_name(found[unit], struck, entry=unit or None)
    return found


def _count(actor: Actor, paper: PaperBallot, bodies: Bodies) -> None:
    """The agreed sheet becomes the seat's ballot through the door of every ballot, with a receipt of its own."""
    if paper.collected_at is None or paper.registered_at is None:
        raise Refusal("paper.superseded")
    voter = replace(actor, seat=paper.seat, grant=None)
    for unit, body in _whole(actor, paper, bodies).items():
        answer = put_paper(
            voter, contest=paper.poll.contest, entry=unit or None, body=body, collected_at=paper.collected_at,
            received_at=paper.registered_at,
        )  # fmt: skip
        paper.receipt = answer["receipt"]
    paper.state, paper.counted_at = "counted", clock.now(actor.edition)


def _whole(actor: Actor, paper: PaperBallot, bodies: Bodies) -> Bodies:
    """With the marks taken back that the seat had given and the sheet does not say: a sheet is a whole ballot."""
    blank: object = {"grade": None} if queries.contest_of(actor.edition, paper.poll).method == "grade" else {"marks": {}}
    return {unit: blank for unit in queries.units(paper.poll, paper.seat) if unit} | bodies


@operation("paper.replaced")
def replace_by_paper(actor: Actor, *, code: str, reason: str) -> None:
    """Let an agreed sheet count instead of the ballot that the seat has already cast. Refuses `reason.omitted`."""
    paper = _paper(actor, code, "agreed")
    if not reason.strip():
        raise Refusal("reason.omitted")
    paper.reason = reason.strip()[:MOST_REASON]
    _count(actor, paper, queries.agreed_bodies(paper))
    note(paper=paper.code, contest=paper.poll.contest, seat=paper.seat.label, reason=paper.reason)
    touch(actor, "chair", "crew")


@operation("paper.cancelled")
def cancel_paper(actor: Actor, *, code: str, reason: str) -> None:
    """The sheet will not count (spoilt, lost, illegible, handed in by mistake). Refuses `reason.omitted`; a counted one stays."""
    paper = _paper(actor, code, "printed", "collected", "agreed")
    if not reason.strip():
        raise Refusal("reason.omitted")
    paper.state, paper.reason = "cancelled", reason.strip()[:MOST_REASON]
    note(paper=paper.code, contest=paper.poll.contest, seat=paper.seat.label, reason=paper.reason)
    touch(actor, "chair", "crew")
