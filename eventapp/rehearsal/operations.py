"""Making a rehearsal of an edition, and deleting it whole."""

import re
import secrets
from typing import Any

from sqlalchemy import delete, inspect, select

from eventapp import clock
from eventapp.access import Actor, Role, system
from eventapp.accounts.operations import make_link
from eventapp.extensions import db
from eventapp.models import (
    BallotVersion,
    Block,
    Booth,
    Category,
    Edition,
    Entry,
    EntryBody,
    Grant,
    JournalLine,
    JudgeGroup,
    Link,
    Person,
    Poll,
    Reveal,
    Seat,
    SeatRecusal,
    Slot,
    Visit,
    WebSession,
)
from eventapp.rules.refusal import Refusal
from eventapp.work import note, operation

LETTERS = "abcdefghjkmnpqrstuvwxyz"
QUORUM = re.compile(r"^(quorum|min_marks) = (\d+)$", re.MULTILINE)


def new_slug() -> str:
    """A name that no other rehearsal has."""
    return "rehearsal-" + "".join(secrets.choice(LETTERS) for _ in range(6))


@operation("edition.cloned")
def clone_edition(actor: Actor, slug: str, *, quorum: int | None = None) -> Edition:
    """A rehearsal of the actor's edition: people, links (new), programme, finalists, polls in draft; no ballot, cue or visit.

    Its clock stands still at the day's first slot. `quorum` lowers the rules' quorums, for fewer judges than seats.
    """
    source = actor.edition
    edition: Edition = copy(
        source, slug=slug, kind="rehearsal", phase="live", parent_id=source.id, rules_frozen_at=None, rules_sha256=None, frozen={},
        rules_toml=source.rules_toml if quorum is None else with_quorum(source.rules_toml, quorum),
    )  # fmt: skip
    starts = min(slot.planned_start for slot in rows(source, Slot))
    clock.set_to(edition, starts, 0)
    db.session.add(edition)
    db.session.flush()
    db.session.add(Reveal(edition_id=edition.id))
    clone_people(source, edition)
    clone_programme(source, edition, clone_entries(source, edition))
    note(slug=slug)
    begin_rehearsal(system(edition, "rehearsal"), source.slug, quorum)
    return edition


@operation("rehearsal.begun")
def begin_rehearsal(_actor: Actor, source: str, quorum: int | None) -> None:
    """The first line of the rehearsal's own journal."""
    note(source=source, quorum=quorum)


def with_quorum(rules: str, quorum: int) -> str:
    """The text of the rules with no quorum above this one."""
    return QUORUM.sub(lambda match: f"{match[1]} = {min(int(match[2]), quorum)}", rules)


def rows(edition: Edition, model: Any) -> list[Any]:
    """The edition's rows of a table, oldest first."""
    return list(db.session.scalars(select(model).where(model.edition_id == edition.id).order_by(model.id)))


def copy(row: Any, **changes: Any) -> Any:
    """A new row with the same columns but its id; relations are the caller's."""
    columns = {attribute.key: getattr(row, attribute.key) for attribute in inspect(row).mapper.column_attrs if attribute.key != "id"}
    return type(row)(**{**columns, **changes})


def copy_all(source: Edition, edition: Edition, model: Any, **changes: Any) -> dict[int, Any]:
    """Copies of all the source's rows of a table, by the old id."""
    copies = {row.id: copy(row, edition_id=edition.id, **changes) for row in rows(source, model)}
    db.session.add_all(copies.values())
    db.session.flush()
    return copies


def clone_people(source: Edition, edition: Edition) -> None:
    """Judge groups, people and seats with fresh links; no device sits on a seat."""
    groups = copy_all(source, edition, JudgeGroup)
    people = copy_all(source, edition, Person)
    seats = {}
    for old in rows(source, Seat):
        seat = copy(old, edition_id=edition.id, group_id=groups[old.group_id].id, lease=0, seen_at=None, unsent={}, unsent_at={})
        seat.bodies = list(old.bodies)
        seats[old.id] = seat
        db.session.add(seat)
    db.session.flush()
    for link in rows(source, Link):
        if link.revoked_at is None:
            person = people[link.person_id] if link.person_id else None
            seat = seats[link.seat_id] if link.seat_id else None
            make_link(edition, Role(link.role), person=person, seat=seat, code=link.code_hash is not None)


def clone_entries(source: Edition, edition: Edition) -> dict[int, Entry]:
    """The categories and the finalists (every entry with a place on stage), by the old id, with the seats' own recusals."""
    categories = copy_all(source, edition, Category)
    staged = set(db.session.scalars(select(Slot.entry_id).where(Slot.edition_id == source.id, Slot.entry_id.is_not(None))))
    entries: dict[int, Entry] = {}
    for old in rows(source, Entry):
        if old.id in staged or old.outcome == "finalist":
            entries[old.id] = copy(
                old, edition_id=edition.id, category_id=categories[old.category_id].id, outcome="finalist",
                decided_at=old.decided_at or old.saved_at, released_at=old.released_at or old.saved_at,
            )  # fmt: skip
    db.session.add_all(entries.values())
    db.session.flush()
    for pair in db.session.scalars(select(EntryBody).where(EntryBody.entry_id.in_(entries))):
        db.session.add(EntryBody(entry_id=entries[pair.entry_id].id, body_id=pair.body_id, position=pair.position))
    clone_recusals(source, edition, entries)
    return entries


def clone_recusals(source: Edition, edition: Edition, entries: dict[int, Entry]) -> None:
    """Recusals beyond the seats' own bodies; a seat is found again by its label."""
    seats = {seat.label: seat.id for seat in rows(edition, Seat)}
    query = select(SeatRecusal, Seat.label).join(Seat, Seat.id == SeatRecusal.seat_id).where(Seat.edition_id == source.id)
    for recusal, label in db.session.execute(query):
        if recusal.entry_id in entries:
            db.session.add(SeatRecusal(seat_id=seats[label], entry_id=entries[recusal.entry_id].id, reason=recusal.reason))


def clone_programme(source: Edition, edition: Edition, entries: dict[int, Entry]) -> None:
    """Blocks, slots, booths, and the polls as drafts."""
    blocks = copy_all(source, edition, Block)
    for slot in rows(source, Slot):
        entry_id = entries[slot.entry_id].id if slot.entry_id else None
        db.session.add(copy(slot, edition_id=edition.id, block_id=blocks[slot.block_id].id, entry_id=entry_id))
    copy_all(source, edition, Booth)
    copy_all(
        source, edition, Poll, state="draft", zero_report={}, opened_at=None, closes_at=None, closed_at=None, reason=""
    )  # fmt: skip


@operation("rehearsal.deleted")
def delete_rehearsal(actor: Actor, slug: str) -> None:
    """Delete a rehearsal whole, its journal, ballots and browsers' sessions too; the line stands in the actor's edition.

    Refuses `edition.kept` for any edition that is not a rehearsal.
    """
    edition = db.session.scalars(select(Edition).where(Edition.slug == slug)).first()
    if edition is None or edition.kind != "rehearsal":
        raise Refusal("edition.kept")
    guests = select(Visit.device).where(Visit.edition_id == edition.id)
    signed_in = select(Grant.session_id).where(Grant.edition_id == edition.id)
    elsewhere = select(Grant.session_id).where(Grant.edition_id != edition.id)
    polls = select(Poll.id).where(Poll.edition_id == edition.id)
    gone = [WebSession.id.in_(guests) | WebSession.id.in_(signed_in), WebSession.id.not_in(elsewhere)]
    for statement in (
        delete(WebSession).where(*gone),
        delete(BallotVersion).where(BallotVersion.poll_id.in_(polls)),  # while its edition still says what it is
        delete(JournalLine).where(JournalLine.edition_id == edition.id),
        delete(Edition).where(Edition.id == edition.id),
    ):
        db.session.execute(statement, execution_options={"synchronize_session": False})
    db.session.expunge(edition)
    note(slug=slug)
