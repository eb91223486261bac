"""Facts about the installation: how the edition stands, and everybody's link."""

import re
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from eventapp import __version__, backup, clock, journal, links, refusals
from eventapp.access import Role
from eventapp.config import Settings
from eventapp.extensions import db
from eventapp.models import Edition, Entry, Installation, Link, Person, Poll, Seat

SCENES = ("lower-third", "timer", "vote-progress", "award-reveal", "auto")
OFFICE = ("secretariat", "deputy", "chair", "director", "mc", "switcher", "reception", "auditor")


def edition_named(slug: str | None) -> Edition:
    """The edition of this slug, or the installation's current one; LookupError when there is none."""
    query: Select[Edition] = select(Edition).where(Edition.slug == slug) if slug else current_edition_query()
    found = db.session.scalars(query).first()
    if found is None:
        raise LookupError(f"there is no edition {slug or ''}")
    return found


def current_edition_query() -> Select[Edition]:
    return select(Edition).join(Installation, Installation.current_edition_id == Edition.id)


def status(settings: Settings) -> dict[str, Any]:
    """What `eventapp status` says, and what a test may rely on."""
    edition = edition_named(None)
    polls = select(Poll).where(Poll.edition_id == edition.id).order_by(Poll.position)
    return {
        "version": __version__,
        "edition": edition.slug,
        "kind": edition.kind,
        "phase": edition.phase,
        "clock": clock.iso(clock.now(edition)),
        "database": db.engine.dialect.name,
        "entries": db.session.scalar(select(func.count()).select_from(Entry).where(Entry.edition_id == edition.id)),
        "seats": db.session.scalar(select(func.count()).select_from(Seat).where(Seat.edition_id == edition.id)),
        "polls": {poll.contest: poll.state for poll in db.session.scalars(polls)},
        "journal_head": journal.head(edition),
        **backup_facts(settings),
        "workers": "several" if settings.redis_url else "one process",
    }  # fmt: skip


def backup_facts(settings: Settings) -> dict[str, Any]:
    """The newest backup, its age in seconds, how many there are; `backup_problem` only where none can be made."""
    found = backup.standing(settings)
    facts: dict[str, Any] = {"backup": found.newest and str(found.newest), "backup_age_s": found.age_s, "backups": found.count}
    return facts | ({"backup_problem": found.problem} if found.problem else {})


def every_link(base_url: str, slug: str | None = None) -> dict[str, Any]:
    """Every role's link of an edition, in the shape that `eventapp links --json` promises."""
    edition = edition_named(slug)
    current = db.session.scalars(current_edition_query()).first()
    base = base_url if current is edition else f"{base_url}/@{edition.slug}"
    rows = list(db.session.scalars(select(Link).where(Link.edition_id == edition.id, Link.revoked_at.is_(None)).order_by(Link.id)))

    def url(link: Link) -> str:
        return f"{base}/link/{links.token_of(link)}"

    def people(role: Role) -> list[dict[str, Any]]:
        return [
            {"name": link.person.name, "body": link.person.body.code if link.person.body else None, "url": url(link)}
            for link in rows if link.role == role and link.person
        ]  # fmt: skip

    judges = [
        {
            "seat": link.seat.label, "name": link.seat.name, "group": link.seat.group.code,
            "bodies": [body.code for body in link.seat.bodies], "url": url(link), "code": links.code_of(link),
        }
        for link in rows if link.role == Role.JUDGE and link.seat
    ]  # fmt: skip
    first = {role: url(link) for link in reversed(rows) for role in [link.role]}
    token = next((links.token_of(link) for link in rows if link.role == Role.SCREEN), "")
    return {
        "base_url": base,
        **{role: first.get(role) for role in OFFICE},
        "judges": judges,
        "entrants": people(Role.ENTRANT),
        "screeners": people(Role.SCREENER),
        "overlays": {scene: f"{base}/overlay/{scene}?token={token}" for scene in SCENES},
        "screens": {name: f"{base}/screen/{name}?token={token}" for name in ("confidence", "hall", "lot")},
    }


def facts(edition: Edition) -> dict[str, Any]:
    """The few numbers that the desk opens with."""

    return {
        "seats": db.session.scalar(select(func.count()).select_from(Seat).where(Seat.edition_id == edition.id)) or 0,
        "taken": db.session.scalar(select(func.count()).select_from(Seat).where(Seat.edition_id == edition.id, Seat.lease > 0)) or 0,
        "head": journal.head(edition),
    }


def personal_links(edition: Edition) -> list[Link]:
    """The living links of people, by role as in the office, then by position; screens' links last."""
    query = (
        select(Link)
        .outerjoin(Person, Person.id == Link.person_id)
        .where(Link.edition_id == edition.id, Link.seat_id.is_(None), Link.revoked_at.is_(None))
        .options(joinedload(Link.person).joinedload(Person.body))
        .order_by(Link.role, Person.position)
    )
    order = {role: position for position, role in enumerate((*OFFICE, "screener", "entrant"))}
    return sorted(db.session.scalars(query), key=lambda link: order.get(link.role, len(order)))


def refusal_rows() -> list[dict[str, Any]]:
    """Every refusal as the handbook lists it: its code, what the screen says (… for what differs each time) and its status."""
    rows = sorted(refusals.CATALOGUE.items())
    return [{"code": code, "text": re.sub(r"\{\w+\}", "…", said.ja), "status": said.status} for code, said in rows]
