"""What the players of a rehearsal know beforehand: the printed programme, the seats, and who belongs to what."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from eventapp.attend.queries import targets
from eventapp.extensions import db
from eventapp.models import Edition, Entry, Poll, Seat, Slot, Visit
from eventapp.presets.shapes import Contest
from eventapp.rules.tally_rules_file import parse_rules


@dataclass(frozen=True, slots=True)
class Part:
    """A slot of the stage as planned."""

    code: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Hours:
    """When a contest's poll is planned to be open."""

    contest: str
    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class Runner:
    """A finalist as an invented ballot needs to know it."""

    number: str
    category: str
    tags: tuple[str, ...]
    bodies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chair:
    """A seat as an invented ballot needs to know it."""

    label: str
    bodies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole day on paper."""

    parts: tuple[Part, ...]
    polls: tuple[Hours, ...]
    finalists: tuple[Runner, ...]
    seats: tuple[Chair, ...]
    contests: tuple[Contest, ...]
    targets: tuple[str, ...]
    award_order: tuple[str, ...]


def plan(edition: Edition) -> Plan:
    """The day of an edition, as its programme was printed."""
    slots = db.session.scalars(select(Slot).where(Slot.edition_id == edition.id, Slot.track == "stage").order_by(Slot.planned_start))
    polls = db.session.scalars(select(Poll).where(Poll.edition_id == edition.id).order_by(Poll.position))
    return Plan(
        parts=tuple(Part(slot.code, slot.planned_start, slot.planned_start + timedelta(seconds=slot.planned_s)) for slot in slots),
        polls=tuple(Hours(poll.contest, poll.planned_open, poll.planned_close) for poll in polls),
        finalists=runners(edition), seats=chairs(edition), contests=contests(edition),
        targets=tuple(target.path for target in targets(edition)),
        award_order=tuple(edition.settings.get("award_order", ())),
    )  # fmt: skip


def runners(edition: Edition) -> tuple[Runner, ...]:
    """The finalists that stand."""
    query = select(Entry).where(Entry.edition_id == edition.id, Entry.outcome == "finalist", Entry.state == "submitted")
    return tuple(
        Runner(entry.number, entry.category.code, tuple(entry.tags), tuple(body.code for body in entry.bodies))
        for entry in db.session.scalars(query.options(selectinload(Entry.bodies)).order_by(Entry.number))
    )


def chairs(edition: Edition) -> tuple[Chair, ...]:
    """Every seat with its bodies."""
    query = select(Seat).where(Seat.edition_id == edition.id).options(selectinload(Seat.bodies)).order_by(Seat.position)
    return tuple(Chair(seat.label, tuple(body.code for body in seat.bodies)) for seat in db.session.scalars(query))


def contests(edition: Edition) -> tuple[Contest, ...]:
    """The questions of the edition's own rules, as far as a ballot needs them."""
    return tuple(
        Contest(
            one.id, tuple(sorted(one.categories)), one.tag, cast(Literal["choice", "points"], one.method), len(one.points) or one.choices
        )
        for one in parse_rules(edition.rules_toml.encode()).contests
    )


def visits(edition: Edition) -> int:
    """How many visits were counted."""
    return db.session.scalar(select(func.count()).select_from(Visit).where(Visit.edition_id == edition.id)) or 0
