"""The ballot's one door: what a tablet sends is stored, answered and journalled by its commitment, never by what it says."""

import hashlib
import json
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from eventapp import clock, journal
from eventapp.access import Actor
from eventapp.extensions import db
from eventapp.models import Ballot, BallotAnswer, BallotVersion, Poll, RosterSeat, Seat
from eventapp.rules import ballot as rules
from eventapp.rules.refusal import Refusal
from eventapp.voting import queries
from eventapp.voting.forms import Sent, read_sent
from eventapp.work import note, operation, touch

Answer = dict[str, Any]

def receive_ballot(actor: Actor, payload: object, op_id: str | None = None) -> Answer:
    """The answer to a ballot.put, whatever comes in: `{result, op_id, …}`; malformed payloads are `invalid`, nothing stored."""
    try:
        sent = read_sent(payload, op_id)
    except Refusal as refusal:
        given = payload.get("op_id") if isinstance(payload, dict) else None
        return _as_answer(refusal) | {"op_id": op_id or (given if isinstance(given, str) else None)}
    return put_ballot(actor, sent)


@operation(None)
def put_ballot(actor: Actor, sent: Sent) -> Answer:
    """Store one version of the seat's ballot when it is the newest; idempotent by op_id and by (lease, rev).

    Order (live.md §5): op_id → lease → roster → recused → poll state and saved_at → upsert → commit → ack. The same op_id
    again gets its answer again; an equal body raises the version only. Tells the seat's own tablets and nobody else.
    """
    seat = _seat(actor)
    try:
        asked = hashlib.sha256(journal.canonical([sent.contest, sent.entry, sent.body]).encode()).hexdigest()
    except (ValueError, RecursionError):  # NaN, half a surrogate pair, a thousand brackets
        return _as_answer(Refusal("ballot.invalid", field="body", text="cannot be read")) | {"op_id": sent.op_id}
    query = select(BallotAnswer).where(BallotAnswer.seat_id == seat.id, BallotAnswer.op_id == sent.op_id)
    known = db.session.scalars(query).first()
    if known is not None:
        answer = known.answer if known.asked == asked else {"result": "stale"}
        return _completed(answer, actor, sent)
    try:
        answer = _put(actor, sent)
    except Refusal as refusal:
        answer = _as_answer(refusal)
    if answer["result"] != "invalid":
        db.session.add(BallotAnswer(seat_id=seat.id, op_id=sent.op_id, asked=asked, answer=answer))
    return _completed(answer, actor, sent)


def _seat(actor: Actor) -> Seat:
    if actor.seat is None:
        raise Refusal("access.denied")
    return actor.seat


def _put(actor: Actor, sent: Sent) -> Answer:
    seat, now = _seat(actor), clock.now(actor.edition)
    if sent.lease != seat.lease or (actor.grant is not None and actor.grant.lease != seat.lease):
        raise Refusal("seat.taken_over")
    return _accept(actor, sent, now)


@operation(None)
def put_paper(actor: Actor, *, contest: str, entry: str | None, body: object, collected_at: datetime, received_at: datetime) -> Answer:
    """One unit of a seat's paper ballot, by the checks of every ballot: it was saved when it was collected.

    The actor is who typed it, on the seat that cast it. Raises the rules' refusals. No tablet replaces it afterwards.
    """
    seat = _seat(actor)
    newest = select(func.max(Ballot.rev)).join(Poll, Poll.id == Ballot.poll_id)
    rev = db.session.scalar(newest.where(Poll.contest == contest, Ballot.seat_id == seat.id, Ballot.lease == seat.lease)) or 0
    sent = Sent(contest, entry, body, seat.lease, rev + 1, secrets.token_hex(16), collected_at)
    return _accept(actor, sent, received_at, source="paper")


def _accept(actor: Actor, sent: Sent, now: datetime, source: str = "tablet") -> Answer:
    """Roster → recused → poll state and saved_at → upsert; `now` is when the ballot arrived."""
    seat, poll = _seat(actor), queries.find_poll(actor.edition, sent.contest)
    if poll is None:
        raise Refusal("ballot.invalid", field="contest", text="unknown contest")
    contest = queries.contests(actor.edition)[poll.contest]
    entries = [entry for entry in queries.finalists(actor.edition) if queries.in_contest(contest, entry)]
    body = rules.read_body(queries.ballot_contest(contest), sent.body, {entry.number for entry in entries}, entry=sent.entry)
    if poll.state != "draft" and db.session.get(RosterSeat, (poll.id, seat.id)) is None:
        raise Refusal("ballot.invalid", field="contest", text="this seat has no vote in this poll")
    rules.may_name(body, queries.struck_from(actor.edition, seat, entries), entry=sent.entry)
    verdict = rules.may_mark(queries.rules_poll(actor.edition, poll), sent.saved_at, now)
    row = _counting(poll, seat, sent.entry)
    if row is not None and row.source == "paper" and source != "paper":
        raise Refusal("ballot.superseded")  # who has handed in paper changes it on paper
    if not rules.newer(sent.lease, sent.rev, (row.lease, row.rev) if row else None):
        raise Refusal("ballot.superseded")
    text = journal.canonical(body)
    if row is None or row.body != text or row.source != source:
        row = _keep_version(actor, poll=poll, sent=sent, text=text, delayed=verdict == "delayed", received_at=now, source=source)
    row.lease, row.rev = sent.lease, sent.rev
    touch(actor, f"judge:{seat.id}")
    return {"result": "ok", "receipt": row.receipt, "rev": row.rev}


def _counting(poll: Poll, seat: Seat, entry: str | None) -> Ballot | None:
    query = select(Ballot).where(Ballot.poll_id == poll.id, Ballot.seat_id == seat.id, Ballot.unit == (entry or ""))
    return db.session.scalars(query).first()


@operation("ballot.put")
def _keep_version(actor: Actor, *, poll: Poll, sent: Sent, text: str, delayed: bool, received_at: datetime, source: str) -> Ballot:
    """Append the version, let it count, and journal a commitment to it: who and when, never what."""
    seat = _seat(actor)
    salt, receipt = _unused_receipt(poll)
    shared = {
        "poll_id": poll.id, "seat_id": seat.id, "unit": sent.entry or "", "body": text, "lease": sent.lease, "rev": sent.rev,
        "saved_at": rules.cast_at(sent.saved_at, received_at), "received_at": received_at, "delayed": delayed, "receipt": receipt,
        "source": source,
    }  # fmt: skip
    version = BallotVersion(**shared, salt=salt)
    db.session.add(version)
    db.session.flush()
    row = _counting(poll, seat, sent.entry) or Ballot(seq=0)
    for name, value in shared.items():
        setattr(row, name, value)
    row.seq, row.needs_review = version.id, False
    db.session.add(row)
    note(
        contest=poll.contest, receipt=receipt, seq=version.id, delayed=delayed, **_on_paper(source, seat),
        commitment=commitment(salt, poll.contest, seat.label, sent.entry or "", text),
    )  # fmt: skip
    return row


def _on_paper(source: str, seat: Seat) -> dict[str, str]:
    """What the journal says of a paper beside: the actor is who typed it, not the seat."""
    return {"source": source, "seat": seat.label} if source == "paper" else {}


def commitment(salt: str, contest: str, seat: str, entry: str, body: str) -> str:
    """SHA-256 that binds the journal to a ballot; only who knows the salt (kept with the ballot) can check a guess."""
    return hashlib.sha256(journal.canonical([salt, contest, seat, entry, body]).encode()).hexdigest()


def _unused_receipt(poll: Poll) -> tuple[str, str]:
    """A fresh salt and a receipt that nobody else in the poll was given (two judges with one receipt could both be satisfied by it)."""
    while True:
        salt, receipt = secrets.token_hex(16), rules.receipt(secrets.token_bytes(16))
        taken = select(BallotVersion.id).where(BallotVersion.poll_id == poll.id, BallotVersion.receipt == receipt).limit(1)
        if db.session.scalars(taken).first() is None:
            return salt, receipt


def _as_answer(refusal: Refusal) -> Answer:
    """A refusal of the rules in the words of live.md §5."""
    words = {"ballot.recused": "recused", "seat.taken_over": "taken_over", "ballot.superseded": "stale", "ballot.invalid": "invalid"}
    if refusal.code == "ballot.invalid":
        return {"result": "invalid", **refusal.details}
    if refusal.code in words:
        return {"result": words[refusal.code], **refusal.details}
    if refusal.code in ("poll.closed", "poll.not_open"):
        at = refusal.details.get("closes_at")
        return {"result": "closed", "at": clock.iso(at) if at else None}  # type: ignore[arg-type]  # the rules' instant
    raise refusal


def _completed(answer: Answer, actor: Actor, sent: Sent) -> Answer:
    """What is told beside a kept answer and must be fresh: the version that counts (stale), whether one does (closed)."""
    answer = {**answer, "op_id": sent.op_id}
    if answer["result"] not in ("stale", "closed"):
        return answer
    poll = queries.find_poll(actor.edition, sent.contest)
    row = _counting(poll, _seat(actor), sent.entry) if poll else None
    if answer["result"] == "closed":
        return answer | {"counted": row is not None}
    return answer | {"current": current_version(row, sent.contest) if row else None}


def current_version(row: Ballot, contest: str) -> Answer:
    """A counting ballot as its own seat may see it."""
    return {
        "contest": contest, **({"entry": row.unit} if row.unit else {}), "body": json.loads(row.body), "lease": row.lease,
        "rev": row.rev, "receipt": row.receipt, "received_at": clock.iso(row.received_at), "saved_at": clock.iso(row.saved_at),
        "delayed": row.delayed, "needs_review": row.needs_review, "paper": row.source == "paper",
    }  # fmt: skip


@operation(None)
def put_plain(actor: Actor, *, contest: str, body: object, entry: str | None = None) -> Answer:
    """A ballot without JavaScript: the server allots rev, op_id and saved_at. A double press is an equal body, nothing more."""
    seat = _seat(actor)
    query = select(func.max(Ballot.rev)).join(Poll, Poll.id == Ballot.poll_id)
    newest = db.session.scalar(query.where(Poll.contest == contest, Ballot.seat_id == seat.id, Ballot.lease == seat.lease)) or 0
    lease = actor.grant.lease if actor.grant else seat.lease
    return put_ballot(actor, Sent(contest, entry, body, lease, newest + 1, secrets.token_hex(16), clock.now(actor.edition)))


@operation("ballots.flagged")
def flag_ballots(actor: Actor, *, entry: str) -> int:
    """An entry was withdrawn: confirmed ballots that name it become 要確認 on their tablets. Idempotent; returns how many."""
    query = select(Ballot).join(Poll, Poll.id == Ballot.poll_id).where(Poll.edition_id == actor.edition.id, Poll.state != "closed")
    found = [row for row in db.session.scalars(query) if entry in ballot_names(row)]
    for row in found:
        row.needs_review = True
    touch(actor, *sorted({f"judge:{row.seat_id}" for row in found}), "chair", "crew", "judge")
    note(entry=entry)  # how many would be a number about a vote
    return len(found)


def ballot_names(row: Ballot) -> list[str]:
    """The entries that a ballot is about."""
    body = json.loads(row.body)
    return [row.unit, *body.get("entries", []), *body.get("ranking", [])]
