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
def set_time(actor: Actor, at: datetime) -> None:
    clock.set_to(actor.edition, at, 0)


def edition_at(wall: str, *, place: tuple[str, ...] = ("operations", "idea", "service")) -> Edition:
    """The demo's edition at HH:MM:SS, the finalists of these categories placed."""
    edition = edition_named(None)
    actor = system(edition, "test")
    sample = load_sample("connect-day-2025")
    for category in list(db.session.scalars(select(Category).where(Category.edition_id == edition.id))):
        placed = db.session.scalars(select(Slot).where(Slot.code == f"award-{category.code}-1")).first()
        if category.code in place and placed is None:
            place_finalists(actor, category, finalists(sample, category))
    tick(edition, wall)
    return edition


def tick(edition: Edition, wall: str) -> None:
    """Let the edition's clock show HH:MM:SS."""
    set_time(system(edition), at_time(edition, time.fromisoformat(wall)))


def link_to(edition: Edition, role: Role) -> str:
    """The address of the first personal link of a role."""
    link = db.session.scalars(select(Link).where(Link.edition_id == edition.id, Link.role == role.value).order_by(Link.id)).first()
    assert link is not None
    return f"/link/{links.token_of(link)}"


def screen_token(edition: Edition) -> str:
    return link_to(edition, Role.SCREEN).removeprefix("/link/")
