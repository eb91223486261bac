"""Every write of voting: the ballot's one door, the life of a poll, seats and nudges."""

import hashlib
import json
import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from eventapp import clock, journal
from eventapp.access import Actor
from eventapp.awards import queries as awards_queries
from eventapp.awards.operations import void_seal
from eventapp.extensions import db
from eventapp.models import Ballot, BallotAnswer, BallotVersion, Entry, Nudge, Poll, Reveal, RosterSeat, Seat, SeatRecusal
from eventapp.rules import ballot as rules
from eventapp.rules.refusal import Refusal
from eventapp.voting import queries
from eventapp.voting.forms import Sent, read_sent
from eventapp.work import note, operation, touch

EVERYBODY = ("chair", "crew", "overlay", "stage", "judge", "public")
Answer = dict[str, Any]

# --- the ballot -----------------------------------------------------------------------------------------------------------


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
    poll = _poll(actor, sent.contest, unknown=Refusal("ballot.invalid", field="contest", text="unknown contest"))
    contest = queries.contests(actor.edition)[poll.contest]
    entries = [entry for entry in queries.finalists(actor.edition) if queries.in_contest(contest, entry)]
    body = rules.read_body(queries.ballot_contest(contest), sent.body, {entry.number for entry in entries}, entry=sent.entry)
    if poll.state != "draft" and db.session.get(RosterSeat, (poll.id, seat.id)) is None:
        raise Refusal("ballot.invalid", field="contest", text="this seat has no vote in this poll")
    rules.may_name(body, queries.struck_from(actor.edition, seat, entries), entry=sent.entry)
    verdict = rules.may_mark(_rules_poll(actor, poll), sent.saved_at, now)
    row = _counting(poll, seat, sent.entry)
    if not rules.newer(sent.lease, sent.rev, (row.lease, row.rev) if row else None):
        raise Refusal("ballot.superseded")
    text = journal.canonical(body)
    if row is None or row.body != text:
        row = _keep_version(actor, poll=poll, sent=sent, text=text, delayed=verdict == "delayed")
    row.lease, row.rev = sent.lease, sent.rev
    touch(actor, f"judge:{seat.id}")
    return {"result": "ok", "receipt": row.receipt, "rev": row.rev}


def _rules_poll(actor: Actor, poll: Poll) -> rules.Poll:
    return rules.Poll(poll.state, poll.closes_at, queries.setting(actor.edition, "grace_s"))  # type: ignore[arg-type]  # CHECK


def _counting(poll: Poll, seat: Seat, entry: str | None) -> Ballot | None:
    query = select(Ballot).where(Ballot.poll_id == poll.id, Ballot.seat_id == seat.id, Ballot.unit == (entry or ""))
    return db.session.scalars(query).first()


@operation("ballot.put")
def _keep_version(actor: Actor, *, poll: Poll, sent: Sent, text: str, delayed: bool) -> Ballot:
    """Append the version, let it count, and journal a commitment to it: who and when, never what."""
    seat, now = _seat(actor), clock.now(actor.edition)
    salt, receipt = _unused_receipt(poll)
    shared = {
        "poll_id": poll.id, "seat_id": seat.id, "unit": sent.entry or "", "body": text, "lease": sent.lease, "rev": sent.rev,
        "saved_at": rules.cast_at(sent.saved_at, now), "received_at": now, "delayed": delayed, "receipt": receipt,
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
        contest=poll.contest, receipt=receipt, seq=version.id, delayed=delayed,
        commitment=commitment(salt, poll.contest, seat.label, sent.entry or "", text),
    )  # fmt: skip
    return row


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
    poll = db.session.scalars(select(Poll).where(Poll.edition_id == actor.edition.id, Poll.contest == sent.contest)).first()
    row = _counting(poll, _seat(actor), sent.entry) if poll else None
    if answer["result"] == "closed":
        return answer | {"counted": row is not None}
    return answer | {"current": current_version(row, sent.contest) if row else None}


def current_version(row: Ballot, contest: str) -> Answer:
    """A counting ballot as its own seat may see it."""
    return {
        "contest": contest, **({"entry": row.unit} if row.unit else {}), "body": json.loads(row.body), "lease": row.lease,
        "rev": row.rev, "receipt": row.receipt, "received_at": clock.iso(row.received_at), "saved_at": clock.iso(row.saved_at),
        "delayed": row.delayed, "needs_review": row.needs_review,
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


# --- the life of a poll -----------------------------------------------------------------------------------------------------


def _poll(actor: Actor, contest: str, *, unknown: Refusal | None = None) -> Poll:
    poll = db.session.scalars(select(Poll).where(Poll.edition_id == actor.edition.id, Poll.contest == contest)).first()
    if poll is None or contest not in queries.contests(actor.edition):
        raise unknown or Refusal("poll.unknown")
    return poll


@operation("poll.opened")
def open_poll(actor: Actor, *, contest: str, from_: str) -> Answer:
    """Zero report (refused over existing counts; freezes rules and seats), then open. `from_`: the state that the person saw."""
    poll = _poll(actor, contest)
    rules.poll_step(poll.state, "open" if poll.state == "zero" else "report", seen=from_)  # type: ignore[arg-type]
    report_zero(actor, contest=contest)
    poll.state = rules.poll_step("zero", "open", counts=_counts(poll))
    poll.opened_at = clock.now(actor.edition)
    note(contest=contest)
    touch(actor, *EVERYBODY)
    return {"state": poll.state}


@operation("poll.reported")
def report_zero(actor: Actor, *, contest: str) -> Answer:
    """The zero report: no ballot is there; rules and seats are frozen from now on. Repeatable until the poll opens."""
    poll, edition = _poll(actor, contest), actor.edition
    state = rules.poll_step(poll.state, "report", counts=_counts(poll))  # type: ignore[arg-type]
    freeze_rules(actor)
    seats = list(db.session.scalars(select(Seat).where(Seat.edition_id == edition.id).order_by(Seat.position)))
    for seat in seats:
        if db.session.get(RosterSeat, (poll.id, seat.id)) is None:
            db.session.add(RosterSeat(poll_id=poll.id, seat_id=seat.id))
    known = queries.contests(edition)[contest]
    entries = [entry.number for entry in queries.finalists(edition) if queries.in_contest(known, entry)]
    if not entries:
        raise Refusal("poll.empty")
    report = {"at": clock.iso(clock.now(edition)), "ballots": 0, "seats": len(seats), "entries": entries, "rules": edition.rules_sha256}
    poll.state, poll.zero_report = state, report
    note(contest=contest, **report)
    return report


def freeze_rules(actor: Actor) -> None:
    """The first zero report of the day fixes the text of the rules; another text is refused from then on."""
    edition, sha = actor.edition, queries.rules_sha256(actor.edition)
    if edition.rules_sha256 not in (None, sha):
        raise Refusal("rules.changed")
    if edition.rules_sha256 is None:
        edition.rules_sha256, edition.rules_frozen_at = sha, clock.now(edition)


def _counts(poll: Poll) -> int:
    return db.session.scalar(select(func.count()).select_from(BallotVersion).where(BallotVersion.poll_id == poll.id)) or 0


@operation("poll.closing")
def close_poll(actor: Actor, *, contest: str, from_: str) -> Answer:
    """Announce the closing: it closes after the countdown (a setting, 30 s); what tablets saved by then is accepted later too."""
    poll = _poll(actor, contest)
    poll.state = rules.poll_step(poll.state, "close", seen=from_)  # type: ignore[arg-type]
    poll.closes_at = rules.closes_at(clock.now(actor.edition), countdown_s=queries.setting(actor.edition, "closing_s"))
    note(contest=contest, closes_at=clock.iso(poll.closes_at))
    touch(actor, *EVERYBODY)
    return {"state": poll.state, "closes_at": clock.iso(poll.closes_at)}


@operation("poll.close_cancelled")
def cancel_close(actor: Actor, *, contest: str, reason: str) -> Answer:
    """Take the closing back while its countdown runs. After closes_at only a re-opening helps."""
    poll = _poll(actor, contest)
    state = rules.poll_step(poll.state, "cancel_close", reason=reason)  # type: ignore[arg-type]
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
    state = rules.poll_step(poll.state, "reopen", reason=reason)  # type: ignore[arg-type]
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
    """Ticker: a closing poll is closed once nothing delayed is accepted any more. Idempotent."""
    now, grace = clock.now(actor.edition), timedelta(seconds=queries.setting(actor.edition, "grace_s"))
    query = select(Poll.contest, Poll.closes_at).where(Poll.edition_id == actor.edition.id, Poll.state == "closing")
    for contest in [contest for contest, closes_at in db.session.execute(query) if closes_at and now > closes_at + grace]:
        finish_poll(actor, contest=contest)


@operation("poll.closed")
def finish_poll(actor: Actor, *, contest: str) -> None:
    """The grace is over: the poll is closed."""
    poll = _poll(actor, contest)
    poll.state = rules.poll_step(poll.state, "finish")  # type: ignore[arg-type]
    poll.closed_at = clock.now(actor.edition)
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


# --- seats ------------------------------------------------------------------------------------------------------------------


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
