"""Factories: a day with its finalists placed, at an instant of the edition's clock that stands still."""

from datetime import datetime, time

from sqlalchemy import select

from eventapp import clock, links
from eventapp.access import Actor, Role, system
from eventapp.admin.operations import at_time
from eventapp.admin.queries import edition_named
from eventapp.demo import finalists
from eventapp.extensions import db
from eventapp.models import Category, Edition, Link, Slot
from eventapp.presets import load_sample
from eventapp.programme.operations import place_finalists
from eventapp.work import operation


@operation(None)
def set_time(actor: Actor, at: datetime, rate: float) -> None:
    clock.set_to(actor.edition, at, rate)


def edition_at(wall: str, *, place: tuple[str, ...] = ("operations", "idea", "service")) -> Edition:
    """The demo's edition at HH:MM:SS, the finalists of these categories placed."""
    edition = edition_named(None)
    placed = set(db.session.scalars(select(Slot.code).where(Slot.edition_id == edition.id)))
    missing = [code for code in place if f"award-{code}-1" not in placed]
    sample = load_sample("connect-day-2025") if missing else None
    for category in list(db.session.scalars(select(Category).where(Category.edition_id == edition.id, Category.code.in_(missing)))):
        if sample is not None:
            place_finalists(system(edition, "test"), category, finalists(sample, category))
    tick(edition, wall)
    return edition


def tick(edition: Edition, wall: str, *, rate: float = 0) -> None:
    """Let the edition's clock show HH:MM:SS, standing still unless a rate is given."""
    set_time(system(edition), at_time(edition, time.fromisoformat(wall)), rate)


def link_to(edition: Edition, role: Role) -> str:
    """The address of the first personal link of a role."""
    link = db.session.scalars(select(Link).where(Link.edition_id == edition.id, Link.role == role.value).order_by(Link.id)).first()
    assert link is not None
    return f"/link/{links.token_of(link)}"


def screen_token(edition: Edition) -> str:
    return link_to(edition, Role.SCREEN).removeprefix("/link/")
