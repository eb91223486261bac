"""Founding an installation and its editions from presets: bodies, edition, categories, programme, people, links."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from eventapp import clock
from eventapp.access import Actor, Role
from eventapp.accounts.operations import make_link
from eventapp.extensions import db
from eventapp.models import (
    Block,
    Body,
    Booth,
    Category,
    Edition,
    Installation,
    JudgeGroup,
    Person,
    Poll,
    Reveal,
    Seat,
    Slot,
)
from eventapp.work import note, operation

Preset = dict[str, Any]


@operation(None)
def found_installation(actor: Actor, municipalities: list[Preset]) -> None:
    """The one installation row and the 62 municipalities. Idempotent."""
    if db.session.get(Installation, 1) is None:
        db.session.add(Installation(id=1, epoch=clock.real()))
    known = set(db.session.scalars(select(Body.code)))
    for row in municipalities:
        if row["code"] not in known:
            column, line = row["tile"]
            db.session.add(Body(
                code=row["code"], name=row["name"], kana=row["kana"], name_en=row["name_en"], kind=row["kind"],
                position=row["order"], tile_column=column, tile_row=line,
            ))  # fmt: skip


@operation("edition.created")
def create_edition(actor: Actor, preset: Preset, *, rules: str, questions: Preset, screening: Preset) -> None:
    """Write the actor's (new) edition from a preset: categories, prizes, groups, programme without entries, polls, booths."""
    edition, event = actor.edition, preset["event"]
    edition.name, edition.name_en, edition.short_name = event["name"], event["name_en"], event["short"]
    edition.day, edition.rules_toml = event["date"], rules
    edition.settings = {
        **preset,
        "questions_steps": questions["steps"],
        "screening": {k: v for k, v in screening.items() if k != "criteria"},
    }
    db.session.add(edition)
    db.session.flush()
    add_categories(edition, preset, questions, screening)
    for position, group in enumerate(preset["judge_groups"]):
        db.session.add(JudgeGroup(edition_id=edition.id, code=group["code"], name=group["name"], position=position))
    for position, row in enumerate(preset["programme"]):
        add_block(edition, row, position)
    for position, booth in enumerate(preset["booths"]):
        db.session.add(Booth(
            edition_id=edition.id, code=booth["code"], title=booth["title"], title_en=booth["title_en"],
            note="、".join(booth.get("tools", [])), position=position,
        ))  # fmt: skip
    for position, poll in enumerate(preset["polls"]):
        db.session.add(Poll(
            edition_id=edition.id, contest=poll["contest"], name=poll["name"], name_en=poll["name_en"], position=position,
            planned_open=at_time(edition, poll["opens"]), planned_close=at_time(edition, poll["closes"]),
        ))  # fmt: skip
    db.session.add(Reveal(edition_id=edition.id))
    note(slug=edition.slug, kind=edition.kind)


def add_categories(edition: Edition, preset: Preset, questions: Preset, screening: Preset) -> None:
    """Categories with their own questions and screening criteria."""
    for row in preset["categories"]:
        own = [question for question in questions["questions"] if row["code"] in question["categories"]]
        edition.categories.append(Category(
            code=row["code"], letter=row["prefix"], name=row["name"], name_en=row["name_en"], unit=row["unit"],
            position=row["list_order"], stage_order=row["stage_order"], finalists=row["finalists"],
            deadline=datetime.fromisoformat(row["deadline"]), questions=own, criteria=screening["criteria"][row["kind"]],
        ))  # fmt: skip


def at_time(edition: Edition, text: str) -> datetime:
    """HH:MM of the edition's day in Tokyo as an instant."""
    hour, minute = text.split(":")
    day = date.fromisoformat(edition.day)
    return datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=clock.TOKYO)


def add_block(edition: Edition, row: Preset, position: int) -> None:
    """A block of the programme; outside award blocks it is one slot of its own."""
    starts = at_time(edition, row["from"])
    seconds = int((at_time(edition, row["to"]) - starts) / timedelta(seconds=1))
    block = Block(
        edition_id=edition.id, code=row["code"], track=row["track"], kind=row["kind"], title=row["title"], title_en=row["title_en"],
        speaker=row.get("speaker", ""), category_code=row.get("category"), planned_start=starts, planned_s=seconds, position=position,
    )  # fmt: skip
    db.session.add(block)
    if row["kind"] != "award":
        db.session.add(Slot(
            edition_id=edition.id, block=block, code=row["code"], track=row["track"], position=position * 100, kind=row["kind"],
            title=row["title"], title_en=row["title_en"], speaker=row.get("speaker", ""), planned_start=starts, planned_s=seconds,
            anchor=row["anchor"], hard_end=row["hard_end"], minimum_s=row["min_minutes"] * 60,
        ))  # fmt: skip


@operation("people.added")
def add_people(actor: Actor, sample: Preset) -> None:
    """The office, coordinators, screeners and seats of a sample or an import, each with a link; sealers are chair, deputy, secretariat."""
    edition = actor.edition
    bodies = {body.code: body for body in db.session.scalars(select(Body))}
    for position, row in enumerate(sample["office"]):
        sealer = row["role"] in ("chair", "deputy", "secretariat")
        person = Person(edition_id=edition.id, role=row["role"], name=row["name"], is_sealer=sealer, position=position)
        make_link(edition, Role(row["role"]), person=person, code=sealer)
    for role, key in ((Role.ENTRANT, "coordinators"), (Role.SCREENER, "screeners")):
        for position, row in enumerate(sample[key]):
            person = Person(
                edition_id=edition.id, role=role.value, name=row["name"], department=row["department"], body=bodies[row["body"]],
                is_coordinator=role is Role.ENTRANT, position=position,
            )  # fmt: skip
            make_link(edition, role, person=person)
    make_link(edition, Role.SCREEN)
    add_seats(edition, sample["seats"], bodies)
    note(seats=len(sample["seats"]), coordinators=len(sample["coordinators"]), screeners=len(sample["screeners"]))


def add_seats(edition: Edition, rows: list[Preset], bodies: dict[str, Body]) -> None:
    groups = {group.code: group for group in db.session.scalars(select(JudgeGroup).where(JudgeGroup.edition_id == edition.id))}
    for position, row in enumerate(rows):
        seat = Seat(
            edition_id=edition.id, label=row["label"], position=position, group=groups[row["group"]], name=row["name"],
            bodies=[bodies[code] for code in row["bodies"]],
        )  # fmt: skip
        make_link(edition, Role.JUDGE, seat=seat, code=True)
