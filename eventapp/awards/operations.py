"""Every write about results: the chair's decisions, the seal and its two signatures, the steps of the reveal."""

from typing import Any

from sqlalchemy import select

from eventapp import clock, journal
from eventapp.access import Actor
from eventapp.awards import queries
from eventapp.awards.published import queries as published
from eventapp.awards.sealers import queries as room
from eventapp.extensions import db
from eventapp.models import Decision, PersonRecusal, Published, Reveal, Seal, Signature
from eventapp.rules import reveal as rules
from eventapp.rules.canonical import canonical, digest
from eventapp.rules.refusal import Refusal
from eventapp.work import note, operation, touch

EVERYBODY = ("public", "stage", "crew", "overlay", "chair", "judge")
MOST_WORDS = 400
Answer = dict[str, Any]


# --- decisions -----------------------------------------------------------------------------------------------------------


@operation("decision.recorded")
def decide(actor: Actor, *, prize: str, step: str, value: str, reason: str) -> None:
    """Record the chair's decision on a prize: entry ids, best first; empty leaves it to the next step.

    A prize that does not come to this step takes none; a lot is drawn (`lot.operations`), never decided. Deciding again
    replaces the record as long as no revealed result is sealed; either way the result put up for signing is void.
    Refuses `decision.recused` for whoever is not free on an entry in dispute. When nobody is free, any sealer may leave it
    to the next step, and nobody may do more; otherwise `decision.reserved`.
    """
    edition = actor.edition
    leaves = not value.strip()
    if not queries.is_sealer(actor) or (actor.role not in room.DECIDING and not leaves):
        raise Refusal("result.reserved")
    if not reason.strip():
        raise Refusal("reason.omitted")
    _not_begun(actor)
    files = queries.tally_files(edition)
    disputed = queries.in_dispute(files, prize=prize, step=step) if step == "chair" else []
    if not disputed:
        raise Refusal("decision.unneeded")
    if len(reason) > MOST_WORDS:
        raise Refusal("reason.overlong", most=MOST_WORDS)
    _may_decide(actor, disputed, leaves=leaves)
    value = _order(value, disputed)
    row = db.session.scalars(
        select(Decision).where(Decision.edition_id == edition.id, Decision.prize == prize, Decision.step == step)
    ).first() or Decision(edition_id=edition.id, prize=prize, step=step)  # fmt: skip
    row.value, row.reason, row.actor, row.at = value, " ".join(reason.split()), actor.name, clock.now(edition)
    db.session.add(row)
    void_seal(actor, reason=f"decision.recorded {prize}")
    note(prize=prize, step=step, value=value, reason=row.reason)
    touch(actor, "chair")


def _order(value: str, disputed: list[str]) -> str:
    """The chair's order as a list field: every entry in dispute once, or nothing at all."""
    order = value.split()
    if order and sorted(order) != sorted(disputed):
        raise Refusal("decision.malformed")
    return " ".join(order)


def _may_decide(actor: Actor, disputed: list[str], *, leaves: bool) -> None:
    """The chair is bound by recusal as every judge is; then the deputy decides, and when nobody is free, the next step."""
    if leaves and not room.somebody_is_free(actor.edition, disputed):
        return
    if actor.role not in room.DECIDING:
        raise Refusal("decision.reserved")
    if any(one["bound"] for one in room.deciders(actor.edition, disputed) if actor.person and one["person"].id == actor.person.id):
        raise Refusal("decision.recused")


@operation("decider.recused")
def declare_recusal(actor: Actor, *, entry: str, reason: str) -> None:
    """Chair or deputy says not to be free on an entry, with the reason; it stays. Idempotent (the newest reason stands).

    Refuses `result.reserved`, `reason.omitted`, `reason.overlong`, and `decider.unnamed` for what is no finalist.
    """
    if actor.role not in room.DECIDING or not queries.is_sealer(actor) or actor.person is None:
        raise Refusal("result.reserved")
    said = " ".join(reason.split())
    if not said:
        raise Refusal("reason.omitted")
    if len(said) > MOST_WORDS:
        raise Refusal("reason.overlong", most=MOST_WORDS)
    found = next((one for one in queries.finalists(actor.edition) if one.number == entry), None)
    if found is None:
        raise Refusal("decider.unnamed")
    row = db.session.get(PersonRecusal, (actor.person.id, found.id)) or PersonRecusal(person_id=actor.person.id, entry_id=found.id)
    row.reason, row.at = said, clock.now(actor.edition)
    db.session.add(row)
    note(person=actor.person.id, entry=entry, reason=said)
    touch(actor, "chair")


def _not_begun(actor: Actor) -> None:
    """Once the reveal has begun, a sealed result is changed only by an explicit correction, which unseals it first."""
    if _reveal(actor).step != "idle" and queries.sealed(actor.edition) is not None:
        raise Refusal("result.revealed")


# --- seal ----------------------------------------------------------------------------------------------------------------


@operation("result.voided")
def void_seal(actor: Actor, *, reason: str) -> None:
    """Take back the result put up for signing, sealed or not, with its signatures. Idempotent."""
    row = queries.seal(actor.edition)
    if row is not None:
        row.voided_at, row.void_reason = clock.now(actor.edition), reason
        touch(actor, "chair", "crew")
    note(reason=reason, hash=row.hash if row else "")


@operation("result.proposed")
def propose_result(actor: Actor) -> Seal:
    """Put the counted result up for signing, with its reasons and the files it was counted from. Idempotent for an equal result.

    Refuses `result.withheld` before all polls are closed and `result.unsettled` while a prize is pending, tied or waiting.
    """
    edition = actor.edition
    files = queries.tally_files(edition)
    found = queries.counted(files)
    if queries.unsettled(found):
        raise Refusal("result.unsettled", prizes=queries.unsettled(found))
    row = queries.seal(edition)
    if row is not None and row.hash != digest(found):
        void_seal(actor, reason="result.proposed")
        row = None
    if row is None:
        row = Seal(
            edition_id=edition.id, canonical=canonical(found).decode(), hash=digest(found), created_at=clock.now(edition),
            explain=journal.canonical({prize["id"]: prize["explain"] for prize in found["prizes"]}),
            files={name: data.decode() for name, data in files.items()},
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
    note(hash=row.hash)
    return row


@operation("result.signed")
def sign_result(actor: Actor, *, hash: str) -> Answer:
    """Sign the canonical result of this hash; the second of two different sealers seals it.

    Refuses `result.reserved` for others, `result.superseded` when the count gives another hash, `signature.repeated`,
    `result.sealed`, and what `propose_result` refuses.
    """
    if not queries.is_sealer(actor) or actor.person is None:
        raise Refusal("result.reserved")
    if queries.sealed(actor.edition) is not None:
        raise Refusal("result.sealed")
    counted = digest(queries.result(actor.edition))
    if counted != hash:
        raise Refusal("result.superseded", hash=counted)
    row = queries.seal(actor.edition)
    if row is None or row.hash != hash:
        row = propose_result(actor)
    if any(one.person_id == actor.person.id for one in row.signatures):
        raise Refusal("signature.repeated")
    row.signatures.append(Signature(person_id=actor.person.id, at=clock.now(actor.edition)))
    db.session.flush()
    note(hash=row.hash, person=actor.person.id, signature=len(row.signatures), head=journal.head(actor.edition))
    touch(actor, "chair")
    if len(row.signatures) >= queries.signatures_needed(actor.edition):
        seal_result(actor, row)
    return {"signatures": len(row.signatures), "sealed": row.sealed_at is not None}


@operation("result.sealed")
def seal_result(actor: Actor, row: Seal) -> None:
    """Enough persons have signed: the result is sealed; the journal keeps the hashes of the files it was counted from."""
    row.sealed_at = clock.now(actor.edition)
    note(
        hash=row.hash, signers=[one.person_id for one in row.signatures], needed=queries.signatures_needed(actor.edition),
        head=journal.head(actor.edition),
        files={name: queries.sha256(text.encode()) for name, text in sorted(row.files.items())},
    )  # fmt: skip
    touch(actor, "crew", "chair")


# --- reveal --------------------------------------------------------------------------------------------------------------


def _reveal(actor: Actor) -> Reveal:
    """The row of the cursor."""
    row = db.session.get(Reveal, actor.edition.id)
    if row is None:
        row = Reveal(edition_id=actor.edition.id, n=0, step="idle", held=False)
        db.session.add(row)
    return row


def _seen(from_: object) -> rules.Cursor | None:
    """The cursor that the person saw: [n, step]; None or [0, "idle"] before the first step."""
    if from_ is None or from_ == [0, "idle"]:
        return None
    match from_:
        case [int(n), "category" | "nominees" | "hold" | "winner" as step]:
            return rules.Cursor(n, step)
    raise Refusal("request.malformed")


def _moved(actor: Actor, row: Reveal, cursor: rules.Cursor) -> Answer:
    order = queries.reveal_order(actor.edition)
    row.n, row.step, row.held = cursor.n, cursor.step, cursor.step == "hold"
    note(n=cursor.n, step=cursor.step, prize=order[cursor.n], head=journal.head(actor.edition))
    touch(actor, *EVERYBODY)
    return {"n": cursor.n, "step": cursor.step}


@operation("reveal.advanced")
def reveal_next(actor: Actor, *, from_: list[Any] | None = None) -> Answer:
    """One step on: category → nominees → hold → winner, then the next prize; the winner step publishes the prize.

    Refuses `result.unsealed`, `reveal.superseded` when the cursor is not where the person saw it, `reveal.finished`.
    """
    sealed = queries.sealed(actor.edition)
    if sealed is None:
        raise Refusal("result.unsealed")
    row, order = _reveal(actor), queries.reveal_order(actor.edition)
    after = rules.advance(queries.cursor(row), order, _seen(from_))
    if after.step == "winner":
        publish(actor, sealed, prize=order[after.n], position=after.n)
    return _moved(actor, row, after)


@operation("reveal.held")
def reveal_hold(actor: Actor) -> Answer:
    """Straight to the hold of the prize being told. Idempotent; refuses `reveal.started`, `reveal.revealed`."""
    row = _reveal(actor)
    cursor = queries.cursor(row)
    return _moved(actor, row, rules.hold(cursor, cursor))


@operation("reveal.returned")
def reveal_back(actor: Actor, *, from_: list[Any] | None = None) -> Answer:
    """One step back within the prize being told; refuses `reveal.superseded`, `reveal.started`, `reveal.revealed`."""
    row = _reveal(actor)
    return _moved(actor, row, rules.back(queries.cursor(row), _seen(from_)))


def publish(actor: Actor, sealed: Seal, *, prize: str, position: int) -> None:
    """Write what everybody may know of a prize from now on, out of the sealed record and nothing else (part of the winner step)."""
    edition, facts = actor.edition, queries.prize_facts(actor.edition, prize)
    comment, told = published.remark(edition, prize), published.sealed_facts(edition, sealed, prize)
    db.session.add_all(
        Published(
            edition_id=edition.id, prize=prize, prize_name=facts["name"], category_name=facts["category"], comment=comment,
            position=position, at=clock.now(edition), **row,
        )
        for row in told
    )  # fmt: skip
    note(winners=[row["entry_number"] for row in told if row["entry_number"]])


@operation("reveal.peeked")
def peek(actor: Actor) -> Answer:
    """The winners of the prize that is told next, for a sealer or a person of the pack at the console; journalled, without the names.

    For a person of the pack it is an opening of the pack like any other.

    Refuses `peek.reserved`, `result.unsealed`, `reveal.finished`.
    """
    if actor.person is None or not queries.may_peek(actor.person):
        raise Refusal("peek.reserved")
    sealed = queries.sealed(actor.edition)
    if sealed is None:
        raise Refusal("result.unsealed")
    cursor, order = queries.cursor(_reveal(actor)), queries.reveal_order(actor.edition)
    n = 0 if cursor is None else cursor.n + (cursor.step == "winner")
    if n >= len(order):
        raise Refusal("reveal.finished")
    if not actor.person.is_sealer:
        _open_at_console(actor, actor.person.id)
    note(prize=order[n], head=journal.head(actor.edition))
    return {"prize": queries.prize_facts(actor.edition, order[n]), "winners": published.sealed_facts(actor.edition, sealed, order[n])}


@operation("pack.opened")
def _open_at_console(actor: Actor, person: int) -> None:
    note(person=person, document="console")
    touch(actor, "chair")
