"""Every read about what is published of a prize, what should be, and what was corrected."""

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventapp.awards import queries
from eventapp.extensions import db
from eventapp.models import Correction, Edition, Published, Remark, Seal

Facts = list[dict[str, str]]
KEPT = ("entry_number", "title", "body_names", "body_codes")


def rows(edition: Edition, prize: str) -> list[Published]:
    """The published rows of a prize; [] before its winner step."""
    query = select(Published).where(Published.edition_id == edition.id, Published.prize == prize).order_by(Published.id)
    return list(db.session.scalars(query))


def told(edition: Edition, prize: str) -> Facts:
    """What everybody was told of a prize."""
    return [{name: getattr(row, name) for name in KEPT} for row in rows(edition, prize)]


def sealed_facts(edition: Edition, sealed: Seal, prize: str) -> Facts:
    """What the sealed record says of a prize, with today's titles and names; one empty row for 該当なし."""
    winners = next(one["winners"] for one in json.loads(sealed.canonical)["prizes"] if one["id"] == prize)
    entries = {entry.number: entry for entry in queries.finalists(edition)}
    return [
        {
            "entry_number": number, "title": entries[number].title if number else "", "body_names": entries[number].owner if number else "",
            "body_codes": " ".join(body.code for body in entries[number].bodies) if number else "",
        }
        for number in winners or [""]
    ]  # fmt: skip


def due(edition: Edition) -> dict[str, tuple[Facts, Facts]]:
    """The revealed prizes of which the sealed record now says something else: what was told, and what it says. {} without a seal."""
    sealed = queries.sealed(edition)
    if sealed is None:
        return {}
    revealed = db.session.scalars(select(Published.prize).where(Published.edition_id == edition.id).distinct())
    pairs = {prize: (told(edition, prize), sealed_facts(edition, sealed, prize)) for prize in revealed}
    return {prize: pair for prize, pair in sorted(pairs.items()) if pair[0] != pair[1]}


def proposals(edition: Edition) -> dict[str, Correction]:
    """The corrections that wait for a second sealer, by prize."""
    query = select(Correction).where(Correction.edition_id == edition.id, Correction.confirmed_at.is_(None)).order_by(Correction.id)
    return {row.prize: row for row in db.session.scalars(query.options(joinedload(Correction.proposed_by)))}


def corrections(edition: Edition) -> dict[str, list[Correction]]:
    """The corrections that were made, by prize, oldest first: everybody may read them."""
    query = select(Correction).where(Correction.edition_id == edition.id, Correction.confirmed_at.is_not(None))
    found: dict[str, list[Correction]] = {}
    for row in db.session.scalars(query.order_by(Correction.confirmed_at, Correction.id)):
        found.setdefault(row.prize, []).append(row)
    return found


def remarks(edition: Edition) -> dict[str, str]:
    """The comments as they were written, revealed or not: for the sealers."""
    return {row.prize: row.text for row in db.session.scalars(select(Remark).where(Remark.edition_id == edition.id))}


def remark(edition: Edition, prize: str) -> str:
    row = db.session.get(Remark, (edition.id, prize))
    return row.text if row else ""


def beside(edition: Edition, revealed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The revealed prizes with their comment and corrections, as pages show them."""
    made = corrections(edition)
    query = select(Published.prize, Published.comment).where(Published.edition_id == edition.id)
    comments = {row.prize: row.comment for row in db.session.execute(query)}
    return [
        one | {"comment": comments.get(one["prize"]["code"], ""), "corrections": made.get(one["prize"]["code"], [])} for one in revealed
    ]  # fmt: skip
