"""Every write about the ceremony: words changed and confirmed, persons named, and each opening of the pack."""

from collections.abc import Sequence

from eventapp import clock
from eventapp.access import Actor
from eventapp.awards import queries as awards
from eventapp.ceremony import queries
from eventapp.extensions import db
from eventapp.models import Entry, PackPerson, Person, Seal, WordingProof
from eventapp.rules import wording as rules
from eventapp.rules.refusal import Refusal
from eventapp.work import note, operation, touch

MOST_LETTERS = 300
ON_SCREEN = ("public", "stage", "crew", "overlay", "judge")


# --- words -----------------------------------------------------------------------------------------------------------------


@operation("wording.changed")
def change_wording(
    actor: Actor, entry: Entry, *, broadcast: Sequence[str], short: str, title_ruby: str, short_ruby: str, body_reading: str
) -> None:
    """Write a finalist's words; whatever they are, they are kept: only confirming asks whether they fit.

    A confirmation of other words does not hold any more. Refuses `wording.malformed` for what is no text of a line.
    """
    lines = [line for line in (_line(one) for one in broadcast) if line]
    texts = [_line(one) for one in (short, title_ruby, short_ruby, body_reading)]
    entry.broadcast_title, entry.short_title = lines, texts[0]
    entry.words = entry.words | {
        "formal_ruby": texts[1], "short_ruby": texts[2], "short_reading": rules.reading(texts[2]), "body_reading": texts[3],
    }  # fmt: skip
    entry.reading = rules.reading(texts[1])
    note(entry=entry.number, sha256=rules.fingerprint(queries.wording_of(entry)))
    touch(actor, *ON_SCREEN)


def _line(text: str) -> str:
    """One line without blanks around it."""
    line = " ".join(text.split(" ")).strip()
    if len(line) > MOST_LETTERS or not all(letter.isprintable() for letter in line if letter != "\u3000"):
        raise Refusal("wording.malformed")
    return line


@operation("wording.confirmed")
def confirm_wording(actor: Actor, entry: Entry, *, sha256: str) -> None:
    """Confirm the words that the person saw. Idempotent; refuses `wording.superseded` for others, `wording.incomplete`."""
    words = queries.wording_of(entry)
    if rules.fingerprint(words) != sha256:
        raise Refusal("wording.superseded")
    if rules.faults(words):
        raise Refusal("wording.incomplete")
    kept = db.session.get(WordingProof, entry.id) or WordingProof(entry_id=entry.id)
    kept.sha256, kept.actor, kept.at = sha256, actor.name, clock.now(actor.edition)
    db.session.add(kept)
    note(entry=entry.number, sha256=sha256)


# --- the pack ----------------------------------------------------------------------------------------------------------------


@operation("pack.named")
def name_person(actor: Actor, *, person: int) -> None:
    """Let one more person open the pack. Idempotent; refuses `result.reserved`, `pack.unknown`, `pack.full` from the fourth on.

    Whoever has opened something since the seal counts as one of the three, even when the name was taken back.
    """
    found = _nameable(actor, person)
    knowing = queries.knowing(actor.edition)
    if found.id not in knowing and len(knowing) >= queries.MOST:
        raise Refusal("pack.full", most=queries.MOST)
    if db.session.get(PackPerson, found.id) is None:
        row = PackPerson(person_id=found.id, edition_id=actor.edition.id, named_by=actor.name, at=clock.now(actor.edition))
        db.session.add(row)
    note(person=found.id)
    touch(actor, "chair")


@operation("pack.unnamed")
def unname_person(actor: Actor, *, person: int) -> None:
    """Take a name back. Idempotent; refuses `result.reserved`, `pack.unknown`."""
    row = db.session.get(PackPerson, _nameable(actor, person).id)
    if row is not None:
        db.session.delete(row)
    note(person=person)
    touch(actor, "chair")


def _nameable(actor: Actor, person: int) -> Person:
    if not awards.is_sealer(actor):
        raise Refusal("result.reserved")
    found = next((one for one in queries.nameable(actor.edition) if one.id == person), None)
    if found is None:
        raise Refusal("pack.unknown")
    return found


@operation("pack.opened")
def open_pack(actor: Actor, *, document: str) -> Seal:
    """The one gate to everything that knows a winner before the reveal: the sealed result, for a named person.

    Each call is an opening: a line of the journal, and told on the chair's board. `document` is one of `queries.DOCUMENTS`.
    Refuses `pack.reserved` for others, `result.unsealed`, `page.missing` for an unknown document.
    """
    if actor.person is None or not queries.is_in_pack(actor):
        raise Refusal("pack.reserved")
    if document not in queries.DOCUMENTS:
        raise Refusal("page.missing")
    seal = awards.sealed(actor.edition)
    if seal is None:
        raise Refusal("result.unsealed")
    note(document=document, person=actor.person.id, hash=seal.hash)
    touch(actor, "chair")
    return seal
