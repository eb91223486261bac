"""Every write about the public lot: promise, words, draw; and taking a promise back before it is opened."""

from sqlalchemy import select

from eventapp import clock, journal
from eventapp.access import Actor
from eventapp.awards.lot import queries
from eventapp.awards.operations import void_seal
from eventapp.awards.queries import may_count, seal, sealed
from eventapp.extensions import db
from eventapp.models import Decision, Lot
from eventapp.rules import lot as rules
from eventapp.rules.refusal import Refusal
from eventapp.work import note, operation, touch

SCREENS = ("public", "stage", "chair", "crew")
MOST_REASON = 400


@operation(None)
def promise_lot(actor: Actor) -> Lot:
    """The lot that stands, promised now if there is none: its commitment is journalled as `lot.committed`. Idempotent."""
    return queries.living(actor.edition) or commit_lot(actor)


def promise_in_time(actor: Actor) -> None:
    """Ticker: on the day a lot is promised before the last poll is closed, whether anybody thinks of it or not. Idempotent."""
    if actor.edition.phase == "live" and queries.living(actor.edition) is None and not may_count(actor.edition):
        promise_lot(actor)


@operation("lot.committed")
def commit_lot(actor: Actor) -> Lot:
    """Promise the next nonce by its hash (part of `promise_lot`)."""
    number = len(queries.lots(actor.edition)) + 1
    row = Lot(
        edition_id=actor.edition.id, number=number, commitment=rules.commitment(queries.nonce_of(actor.edition, number)),
        committed_at=clock.now(actor.edition),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    note(number=number, commitment=row.commitment, head=journal.head(actor.edition))
    touch(actor, *SCREENS)
    return row


@operation("lot.spoken")
def say_words(actor: Actor, *, words: str) -> Lot:
    """Fix the words that the hall gave. Said once: other words need the lot to be taken back with a reason.

    Refuses `lot.uncommitted`, `lot.early` before all polls are closed, `lot.worded`, `lot.wordless`.
    """
    row = _living(actor)
    if not may_count(actor.edition):
        raise Refusal("lot.early")
    if row.spoken_at is not None:
        raise Refusal("lot.worded")
    row.words, row.spoken_at = rules.spoken(words), clock.now(actor.edition)
    note(number=row.number, words=row.words)
    touch(actor, *SCREENS)
    return row


@operation("lot.drawn")
def draw_lot(actor: Actor) -> Lot:
    """Open the nonce: with the words it makes the seed of every prize's lot, recorded as a decision. There is one draw.

    Refuses `lot.uncommitted`, `lot.unworded`, `lot.drawn`, `lot.broken` when the secret no longer opens the promise,
    `result.sealed`. Whatever was put up for signing is void.
    """
    row, edition = _living(actor), actor.edition
    if row.drawn_at is not None:
        raise Refusal("lot.drawn")
    if row.spoken_at is None:
        raise Refusal("lot.unworded")
    if sealed(edition) is not None:
        raise Refusal("result.sealed")
    nonce = queries.nonce_of(edition, row.number)
    if rules.commitment(nonce) != row.commitment:
        raise Refusal("lot.broken")
    row.nonce, row.seed, row.drawn_at = nonce, rules.seed(nonce, row.words), clock.now(edition)
    _record(actor, row)
    if seal(edition) is not None:
        void_seal(actor, reason="lot.drawn")
    note(number=row.number, nonce=nonce, words=row.words, seed=row.seed, head=journal.head(edition))
    touch(actor, *SCREENS)
    return row


def _record(actor: Actor, row: Lot) -> None:
    """The seed as decisions.csv has it: no prize, so that it is the seed of each."""
    query = select(Decision).where(Decision.edition_id == actor.edition.id, Decision.prize == "", Decision.step == "lot")
    decision = db.session.scalars(query).first() or Decision(edition_id=actor.edition.id, prize="", step="lot")
    decision.value, decision.reason = row.seed, f"lot {row.number}: nonce {row.nonce}, words {row.words}"
    decision.actor, decision.at = actor.name, clock.now(actor.edition)
    db.session.add(decision)


@operation("lot.voided")
def void_lot(actor: Actor, *, reason: str) -> Lot:
    """Take back a promise that was not opened (words misheard, secret changed) and promise the next; everybody sees it with the reason.

    Refuses `lot.uncommitted`, `lot.drawn`: what was opened stays, `reason.omitted`, `lot.wordless` for a reason too long.
    """
    row = _living(actor)
    if row.drawn_at is not None:
        raise Refusal("lot.drawn")
    said = " ".join(reason.split())
    if not said:
        raise Refusal("reason.omitted")
    if len(said) > MOST_REASON:
        raise Refusal("reason.overlong", most=MOST_REASON)
    row.voided_at, row.void_reason = clock.now(actor.edition), said
    db.session.flush()
    note(number=row.number, reason=said, words=row.words)
    return commit_lot(actor)


def _living(actor: Actor) -> Lot:
    row = queries.living(actor.edition)
    if row is None:
        raise Refusal("lot.uncommitted")
    return row
