"""Founding an installation and its editions from presets: bodies, edition, categories, programme, people, links."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from eventapp import clock, links
from eventapp.access import Actor, Role
from eventapp.accounts.operations import make_link
from eventapp.ceremony.queries import unconfirmed
from eventapp.extensions import db
from eventapp.models import (
    Block,
    Body,
    Booth,
    Category,
    Edition,
    Entry,
    EntryBody,
    Installation,
    JudgeGroup,
    Link,
    Person,
    Reveal,
    Seat,
    Slot,
)
from eventapp.models.event import PHASES
from eventapp.presets import Edition as Preset
from eventapp.presets import Municipality, Sample
from eventapp.presets.shapes import ProgrammeSlot, SampleEntry, SampleSeat
from eventapp.rulebook.operations import lay_out
from eventapp.rulebook.queries import PRIZE_KEYS, with_beside
from eventapp.rules.phase import phase_step
from eventapp.rules.refusal import Refusal
from eventapp.rules.rulebook_draft import RulesDraft, read_draft
from eventapp.work import note, operation, touch

# what of a preset is kept as the edition's settings; the rest becomes rows
KEPT = (
    "event", "announced", "phases", "prizes", "award_order", "reveal_order", "tracks", "slot", "settings", "steps", "screening",
    "contest_words",
)  # fmt: skip


@operation(None)
def found_installation(actor: Actor, municipalities: Iterable[Municipality]) -> None:
    """The one installation row and the municipalities. Idempotent."""
    if db.session.get(Installation, 1) is None:
        db.session.add(Installation(id=1, epoch=clock.real()))
    known = set(db.session.scalars(select(Body.code)))
    for place in municipalities:
        if place.code not in known:
            column, row = place.tile
            db.session.add(Body(
                code=place.code, name=place.name, kana=place.kana, name_en=place.name_en, kind=place.kind,
                position=place.order, tile_column=column, tile_row=row,
            ))  # fmt: skip


@operation("phase.moved")
def move_phase(actor: Actor, *, phase: str, from_: str) -> None:
    """Move the edition to the phase next to the one that the person saw. Refuses `phase.superseded`, `phase.skipped`.

    On to the programme only with every finalist's words confirmed (`wording.unconfirmed`); what is on air is never blocked.
    """
    after = phase_step(PHASES, actor.edition.phase, phase, seen=from_)
    if (from_, after) == ("selection", "programme") and (missing := unconfirmed(actor.edition)):
        raise Refusal("wording.unconfirmed", n=len(missing), entries=missing)
    actor.edition.phase = after
    note(phase=phase, before=from_)
    touch(actor, "public", "stage", "crew", "overlay", "judge", "chair")


@operation("link.reissued")
def reissue_link(actor: Actor, link_id: int) -> None:
    """A new link and code for the same person or seat: the old ones die at once, and with them every device signed in by them."""
    link = db.session.scalars(select(Link).where(Link.id == link_id, Link.edition_id == actor.edition.id)).one()
    link.generation += 1
    if link.code_hash is not None:
        link.code_hash = links.code_hash(links.code_of(link))
    note(link=link.id, role=link.role)


@operation("edition.created")
def create_edition(actor: Actor, preset: Preset) -> None:
    """Write the actor's (new) edition from a preset: categories, groups, programme without entries, polls, booths."""
    edition, event = actor.edition, preset.event
    edition.name, edition.name_en, edition.short_name = event.name, event.name_en, event.short
    edition.day, edition.rules_toml, edition.settings = (
        event.date.isoformat(),
        preset.rules_text,
        plain({name: getattr(preset, name) for name in KEPT}),
    )
    db.session.add(edition)
    db.session.flush()
    for category in preset.categories:
        edition.categories.append(Category(
            code=category.code, letter=category.prefix, name=category.name, name_en=category.name_en, kind=category.kind,
            unit=category.unit, unit_en=category.unit_en, position=category.list_order, stage_order=category.stage_order,
            finalists=category.finalists, deadline=category.deadline,
            questions=plain(preset.questions_for(category.code)), criteria=plain(preset.criteria_for(category.code)),
        ))  # fmt: skip
    for position, group in enumerate(preset.judge_groups):
        db.session.add(JudgeGroup(edition_id=edition.id, code=group.code, name=group.name, name_en=group.name_en, position=position))
    for position, row in enumerate(preset.programme):
        add_block(edition, row, position)
    for position, booth in enumerate(preset.booths):
        db.session.add(Booth(
            edition_id=edition.id, code=booth.code, title=booth.title, title_en=booth.title_en,
            note="、".join(booth.tools), position=position,
        ))  # fmt: skip
    lay_out(edition, draft_of_preset(preset))
    db.session.add(Reveal(edition_id=edition.id))
    note(slug=edition.slug, kind=edition.kind)


def draft_of_preset(preset: Preset) -> RulesDraft:
    """The preset's rules with what stands beside them: names and hours of its polls, names and texts of its prizes."""
    polls = {
        poll.contest: {"name": poll.name, "name_en": poll.name_en, "opens": f"{poll.opens:%H:%M}", "closes": f"{poll.closes:%H:%M}"}
        for poll in preset.polls
    }  # fmt: skip
    prizes = {prize.code: {key: getattr(prize, key) for key in PRIZE_KEYS} for prize in preset.prizes}
    kept = {"contests": polls, "prizes": prizes, "reveal": list(preset.reveal_order)}
    return with_beside(read_draft(preset.rules_text.encode()), kept)


def plain(value: Any) -> Any:
    """Dataclasses, dates and tuples as the JSON that a column keeps."""
    return json.loads(json.dumps(value, default=_plain_one))


def _plain_one(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | time) else asdict(value) if hasattr(value, "__dataclass_fields__") else dict(value)


def at_time(edition: Edition, wall: time) -> datetime:
    """A wall-clock time of the edition's day in Tokyo as an instant."""
    return datetime.combine(date.fromisoformat(edition.day), wall, tzinfo=clock.TOKYO)


def add_block(edition: Edition, row: ProgrammeSlot, position: int) -> None:
    """A block of the programme; outside award blocks it is one slot of its own. Positions leave room for a block's entries."""
    starts = at_time(edition, row.starts)
    seconds = (at_time(edition, row.ends) - starts) // timedelta(seconds=1)
    block = Block(
        edition_id=edition.id, code=row.code, track=row.track, kind=row.kind, title=row.title, title_en=row.title_en,
        short=row.short, speaker=row.speaker or "", category_code=row.category, planned_start=starts, planned_s=seconds, position=position,
    )  # fmt: skip
    db.session.add(block)
    if row.kind != "award":
        db.session.add(Slot(
            edition_id=edition.id, block=block, code=row.code, track=row.track, position=position * 100, kind=row.kind,
            title=row.title, title_en=row.title_en, speaker=row.speaker or "", planned_start=starts, planned_s=seconds,
            anchor=row.anchor, hard_end=row.hard_end, minimum_s=row.min_minutes * 60,
        ))  # fmt: skip


@operation("people.added")
def add_people(actor: Actor, sample: Sample) -> None:
    """The office, coordinators, screeners and seats, each with a link; chair, deputy and the first of the secretariat are the sealers."""
    edition = actor.edition
    bodies = {body.code: body for body in db.session.scalars(select(Body))}
    roles = [office.role for office in sample.office]
    for position, office in enumerate(sample.office):
        sealer = office.role in ("chair", "deputy", "secretariat") and roles.index(office.role) == position
        person = Person(edition_id=edition.id, role=office.role, name=office.name, is_sealer=sealer, position=position)
        make_link(edition, Role(office.role), person=person, code=sealer)
    for position, coordinator in enumerate(sample.coordinators):
        person = Person(
            edition_id=edition.id, role=Role.ENTRANT.value, name=coordinator.name, department=coordinator.department,
            body=bodies[coordinator.body], is_coordinator=True, position=position,
        )  # fmt: skip
        make_link(edition, Role.ENTRANT, person=person)
    for position, screener in enumerate(sample.screeners):
        person = Person(
            edition_id=edition.id, role=Role.SCREENER.value, name=screener.name, department=screener.department,
            body=bodies[screener.body] if screener.body else None, position=position,
        )  # fmt: skip
        make_link(edition, Role.SCREENER, person=person)
    make_link(edition, Role.SCREEN)
    add_seats(edition, sample.seats, bodies)
    note(seats=len(sample.seats), coordinators=len(sample.coordinators), screeners=len(sample.screeners))


def add_seats(edition: Edition, rows: Iterable[SampleSeat], bodies: dict[str, Body]) -> None:
    groups = {group.code: group for group in db.session.scalars(select(JudgeGroup).where(JudgeGroup.edition_id == edition.id))}
    for position, row in enumerate(rows):
        seat = Seat(
            edition_id=edition.id, label=row.label, position=position, group=groups[row.group], name=row.name, name_en=row.name_en,
            short=row.short, kana=row.kana, bodies=[bodies[code] for code in row.bodies],
        )  # fmt: skip
        make_link(edition, Role.JUDGE, seat=seat, code=True)


@operation("entries.added")
def add_entries(actor: Actor, entries: Iterable[SampleEntry], *, at: datetime, submitted: bool) -> None:
    """The entries of a sample or an import, as drafts or as submitted at an instant."""
    edition = actor.edition
    bodies = {body.code: body for body in db.session.scalars(select(Body))}
    categories = {category.code: category for category in edition.categories}
    count = 0
    for row in entries:
        entry = Entry(
            edition_id=edition.id, category=categories[row.category], number=row.number, applicant_type=row.applicant,
            owner=row.owner, owner_en=row.owner_en, department=row.department, title=row.title, answers=plain(row.answers),
            tags=sorted(row.tags), state="submitted" if submitted else "draft", submitted_at=at if submitted else None,
            created_at=at, saved_at=at,
        )  # fmt: skip
        db.session.add(entry)
        db.session.flush()
        db.session.add_all(EntryBody(entry_id=entry.id, body_id=bodies[code].id, position=n) for n, code in enumerate(row.bodies))
        if row.stage is not None:
            stage = asdict(row.stage)
            entry.broadcast_title, entry.short_title = list(row.stage.broadcast), row.stage.short
            entry.reading, entry.presenter = row.stage.reading, row.stage.presenter
            entry.words = {name: stage[name] for name in ("formal_ruby", "short_ruby", "short_reading", "body_reading")}
        count += 1
    note(entries=count)
