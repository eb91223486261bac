"""Every write about what is published of a prize beyond its winner step: comments, corrections, and unsealing for one."""

import hashlib

from sqlalchemy import delete

from eventapp import clock, journal
from eventapp.access import Actor
from eventapp.awards import queries as awards
from eventapp.awards.operations import EVERYBODY, void_seal
from eventapp.awards.published import queries
from eventapp.extensions import db
from eventapp.models import Correction, Published, Remark
from eventapp.rules.refusal import Refusal
from eventapp.work import note, operation, touch

MOST_REMARK = 1000
MOST_REASON = 400


@operation("remark.written")
def write_remark(actor: Actor, *, prize: str, text: str) -> None:
    """Keep the comment on a prize; empty takes it back. A revealed prize shows it at once, another one with its winner step.

    Before the reveal of the prize only a named sealer writes it; the journal keeps its hash, never its words.
    Refuses `prize.unknown`, `result.reserved`, `remark.overlong`.
    """
    edition = actor.edition
    if prize not in awards.prize_codes(edition):
        raise Refusal("prize.unknown")
    rows = queries.rows(edition, prize)
    if not rows and not awards.is_sealer(actor):
        raise Refusal("result.reserved")
    said = "\n".join(line.strip() for line in text.strip().splitlines())
    if len(said) > MOST_REMARK:
        raise Refusal("remark.overlong", most=MOST_REMARK)
    db.session.execute(delete(Remark).where(Remark.edition_id == edition.id, Remark.prize == prize))
    if said:
        db.session.add(Remark(edition_id=edition.id, prize=prize, text=said, actor=actor.name, at=clock.now(edition)))
    for row in rows:
        row.comment = said
    note(prize=prize, published=bool(rows), sha256=hashlib.sha256(said.encode()).hexdigest())
    if rows:
        touch(actor, *EVERYBODY)


@operation("result.unsealed")
def unseal_result(actor: Actor, *, reason: str) -> None:
    """Take the sealed result back so that it can be decided and signed anew; what was revealed stays told until it is corrected.

    Refuses `result.reserved`, `result.unsealed` when none is sealed, `reason.omitted`, `reason.overlong`.
    """
    _sealer(actor)
    said = _reason(reason)
    if awards.sealed(actor.edition) is None:
        raise Refusal("result.unsealed")
    note(reason=said)
    void_seal(actor, reason=said)


@operation("correction.proposed")
def propose_correction(actor: Actor, *, prize: str, reason: str) -> Correction:
    """Put up for a second sealer what the sealed record says of a revealed prize; replaces an earlier proposal.

    Refuses `result.reserved`, `result.unsealed`, `correction.unneeded` when record and publication agree, `reason.omitted`.
    """
    _sealer(actor)
    said = _reason(reason)
    if awards.sealed(actor.edition) is None:
        raise Refusal("result.unsealed")
    pair = queries.due(actor.edition).get(prize)
    if pair is None or actor.person is None:
        raise Refusal("correction.unneeded")
    old = queries.proposals(actor.edition).get(prize)
    if old is not None:
        db.session.delete(old)
    row = Correction(
        edition_id=actor.edition.id, prize=prize, reason=said, before=pair[0], after=pair[1], proposed_by_id=actor.person.id,
        proposed_at=clock.now(actor.edition),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    note(prize=prize, reason=said, correction=row.id)
    touch(actor, "chair")
    return row


@operation("correction.made")
def confirm_correction(actor: Actor, *, prize: str) -> None:
    """Another sealer makes the proposal so: the published rows of the prize are replaced, the cursor stays, everybody is told.

    A comment on other winners goes with them. Refuses `result.reserved`, `correction.unneeded`, `correction.alone`, and
    `correction.superseded` when the record or the publication has changed since.
    """
    _sealer(actor)
    row = queries.proposals(actor.edition).get(prize)
    if row is None or actor.person is None:
        raise Refusal("correction.unneeded")
    if row.proposed_by_id == actor.person.id:
        raise Refusal("correction.alone")
    if queries.due(actor.edition).get(prize) != (row.before, row.after):
        raise Refusal("correction.superseded")
    _replace(actor, row)
    row.confirmed_by_id, row.confirmed_at = actor.person.id, clock.now(actor.edition)
    note(
        prize=prize, reason=row.reason, correction=row.id, before=[one["entry_number"] for one in row.before],
        after=[one["entry_number"] for one in row.after], head=journal.head(actor.edition),
    )  # fmt: skip
    touch(actor, *EVERYBODY)


def _replace(actor: Actor, row: Correction) -> None:
    """The rows of the prize as the record has them, at their old place in the reveal."""
    edition = actor.edition
    old = queries.rows(edition, row.prize)[0]
    same = [one["entry_number"] for one in row.before] == [one["entry_number"] for one in row.after]
    kept = {"prize": old.prize, "prize_name": old.prize_name, "category_name": old.category_name, "position": old.position, "at": old.at}
    comment = old.comment if same else ""
    if not same:
        db.session.execute(delete(Remark).where(Remark.edition_id == edition.id, Remark.prize == row.prize))
    db.session.execute(delete(Published).where(Published.edition_id == edition.id, Published.prize == row.prize))
    db.session.add_all(Published(edition_id=edition.id, comment=comment, **kept, **facts) for facts in row.after)


def _sealer(actor: Actor) -> None:
    if not awards.is_sealer(actor):
        raise Refusal("result.reserved")


def _reason(reason: str) -> str:
    said = " ".join(reason.split())
    if not said:
        raise Refusal("reason.omitted")
    if len(said) > MOST_REASON:
        raise Refusal("reason.overlong", most=MOST_REASON)
    return said
