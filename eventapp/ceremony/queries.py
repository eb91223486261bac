"""Every read about the ceremony: whose words are confirmed, who may open the pack, who opened what, and what is in it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from eventapp.access import Actor, Role
from eventapp.awards import queries as awards
from eventapp.extensions import db
from eventapp.models import Edition, Entry, JournalLine, PackPerson, Person, Seal, Seat, SeatBody, WordingProof
from eventapp.rules import wording as rules

MOST = 3  # persons who may know before the reveal, beside the sealers
NAMEABLE = (Role.SECRETARIAT, Role.CHAIR, Role.DEPUTY, Role.DIRECTOR, Role.MC)
OPENED = "pack.opened"
DOCUMENTS = {"walking": "登壇の順", "cards": "封筒とカード", "certificates": "賞状"}
LOOKED_AT = {"console": "発表の操作画面"}  # opened there, not here


# --- words -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proof:
    """A finalist's words and how far they are."""

    entry: Entry
    words: rules.Wording
    faults: tuple[str, ...]
    sha256: str
    confirmed_by: str
    confirmed_at: datetime | None

    @property
    def state(self) -> str:
        """missing · open · confirmed"""
        return "missing" if self.faults else "open" if self.confirmed_at is None else "confirmed"


def wording_of(entry: Entry) -> rules.Wording:
    """The words of an entry as they are now."""
    kept = entry.words
    return rules.Wording(
        entry.title, tuple(entry.broadcast_title), entry.short_title, str(kept.get("formal_ruby", "")), str(kept.get("short_ruby", "")),
        str(kept.get("body_reading", "")),
    )  # fmt: skip


def proof_of(entry: Entry, kept: WordingProof | None) -> Proof:
    words = wording_of(entry)
    sha256 = rules.fingerprint(words)
    holds = kept is not None and kept.sha256 == sha256
    return Proof(
        entry, words, rules.faults(words), sha256, kept.actor if kept and holds else "", kept.at if kept and holds else None
    )  # fmt: skip


def proofs(edition: Edition) -> list[Proof]:
    """Every finalist's words in stage order; withdrawn ones need none."""
    kept = {row.entry_id: row for row in db.session.scalars(select(WordingProof).join(Entry).where(Entry.edition_id == edition.id))}
    return [proof_of(entry, kept.get(entry.id)) for entry in awards.finalists(edition) if entry.state != "withdrawn"]


def unconfirmed(edition: Edition) -> list[str]:
    """The numbers of the finalists whose words are missing or not confirmed: they block the phase `programme`, never the air."""
    return [one.entry.number for one in proofs(edition) if one.state != "confirmed"]


def proof_named(edition: Edition, number: str) -> Proof | None:
    return next((one for one in proofs(edition) if one.entry.number == number), None)


# --- the gate ----------------------------------------------------------------------------------------------------------------


def pack_people(edition: Edition) -> list[PackPerson]:
    """The persons named, in the order of naming."""
    query = select(PackPerson).where(PackPerson.edition_id == edition.id).order_by(PackPerson.at, PackPerson.person_id)
    return list(db.session.scalars(query))


def nameable(edition: Edition) -> list[Person]:
    """Whom the sealers may name."""
    roles = [role.value for role in NAMEABLE]
    query = select(Person).where(Person.edition_id == edition.id, Person.role.in_(roles)).order_by(Person.position, Person.id)
    return list(db.session.scalars(query))


def is_in_pack(actor: Actor) -> bool:
    """Is this one of the named persons?"""
    return actor.person is not None and db.session.get(PackPerson, actor.person.id) is not None


@dataclass(frozen=True, slots=True)
class Opening:
    """That somebody opened something of the pack, out of the journal."""

    person: int
    name: str
    document: str
    at: datetime


def openings(edition: Edition) -> list[Opening]:
    """Who opened what of the pack and when, newest first."""
    query = select(JournalLine).where(JournalLine.edition_id == edition.id, JournalLine.act == OPENED).order_by(JournalLine.seq.desc())
    names = {person.id: person.name for person in nameable(edition)}
    told = [(row.at, json.loads(row.details)) for row in db.session.scalars(query)]
    documents = DOCUMENTS | LOOKED_AT
    return [
        Opening(one["person"], names.get(one["person"], ""), documents.get(one["document"], one["document"]), at) for at, one in told
    ]  # fmt: skip


def knowing(edition: Edition) -> set[int]:
    """Who counts against the three: everybody named now, and whoever has opened something since the result was last sealed."""
    query = select(JournalLine.act, JournalLine.details).where(JournalLine.edition_id == edition.id)
    found: set[int] = set()
    for act, details in db.session.execute(query.where(JournalLine.act.in_((OPENED, "result.sealed"))).order_by(JournalLine.seq)):
        found = set() if act == "result.sealed" else found | {json.loads(details)["person"]}
    return found | {one.person_id for one in pack_people(edition)}


# --- what is in it -------------------------------------------------------------------------------------------------------------


def walking_order(edition: Edition, seal: Seal) -> list[dict[str, Any]]:
    """Prize by prize in the order of the reveal: who walks, how the name is read, and where the body's judges sit.

    Read from the sealed record; for the pack's readers only.
    """
    given = {prize["id"]: prize["winners"] for prize in json.loads(seal.canonical)["prizes"]}
    entries = {entry.number: entry for entry in awards.finalists(edition)}
    return [
        {
            "position": position, "prize": awards.prize_facts(edition, code),
            "winners": [_walker(edition, entries[number]) for number in given.get(code, ()) if number in entries],
        }
        for position, code in enumerate(awards.reveal_order(edition), 1)
    ]  # fmt: skip


def _walker(edition: Edition, entry: Entry) -> dict[str, Any]:
    bodies = [body.id for body in entry.bodies]
    query = select(Seat.label).join(SeatBody, SeatBody.seat_id == Seat.id).where(Seat.edition_id == edition.id)
    return {
        **awards.entry_facts(entry), "presenter": entry.presenter, "department": entry.department,
        "short_reading": str(entry.words.get("short_reading", "")),
        "seats": list(db.session.scalars(query.where(SeatBody.body_id.in_(bodies)).distinct().order_by(Seat.label))),
    }  # fmt: skip
