"""Who may: roles, the mark that every route and socket event carries, and the check that none lacks it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any

from flask import Flask, Request, abort, g, request
from flask_login import UserMixin, current_user
from flask_socketio import SocketIO
from sqlalchemy import select

from eventapp import clock, links
from eventapp.extensions import db, login
from eventapp.models import Edition, Grant, Installation, Link, Person, Seat, WebSession
from eventapp.rules.refusal import Refusal

COOKIE = "eventapp"


class Role(StrEnum):
    """Each member says who that is in the room."""

    PUBLIC = "public"  # anyone, stream viewers included
    ENTRANT = "entrant"  # a clerk of a municipality, or an individual, preparing an entry
    SCREENER = "screener"  # scores entries in the first round
    JUDGE = "judge"  # whoever sits on a seat with a tablet
    DIRECTOR = "director"  # stage manager: GO, time, polls
    MC = "mc"  # reads the script
    SWITCHER = "switcher"  # operates the live stream
    SCREEN = "screen"  # overlay, hall and stage screens: a read-only token, no commands
    RECEPTION = "reception"  # checks people in at the door
    CHAIR = "chair"  # decides ties, signs the seal
    DEPUTY = "deputy"  # signs the seal, stands in for the chair
    SECRETARIAT = "secretariat"  # the bureau's staff
    AUDITOR = "auditor"  # reads the journal and recounts


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, in which edition. Operations take it as their first argument and know no request."""

    role: Role
    edition: Edition
    name: str = "public"  # as the journal writes it
    person: Person | None = None
    seat: Seat | None = None
    grant: Grant | None = None


def system(edition: Edition, name: str = "system") -> Actor:
    """The actor of the ticker and the command line."""
    return Actor(Role.SECRETARIAT, edition, name)


def session_key(cookie: str) -> str:
    """The primary key of a browser's session: the hash of its cookie, so that the database holds no cookie."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def current_edition() -> Edition:
    """The edition of this address (`/@slug/…`), of this socket's handshake, or the installation's current one."""
    if "edition" not in g:
        slug = request.environ.get("eventapp.edition", "")
        if slug:
            found = db.session.scalars(select(Edition).where(Edition.slug == slug)).first()
        else:
            found = db.session.scalars(select(Edition).join(Installation, Installation.current_edition_id == Edition.id)).first()
        g.edition = found or abort(404)
    edition: Edition = g.edition
    return edition


class Visitor(UserMixin):
    """A browser as Flask-Login knows it: what it may be in the edition of this address, newest grant first."""

    def __init__(self, key: str, held: list[Grant]) -> None:
        self.id, self.grants = key, held


@login.request_loader
def visitor(request: Request) -> Visitor | None:
    """The browser's living grants, asked for at every request and event; a revoked or re-issued link takes its grants along."""
    cookie = request.cookies.get(COOKIE, "")
    if not cookie:
        return None
    query = (
        select(Grant)
        .join(WebSession, WebSession.id == Grant.session_id)
        .join(Link, Link.id == Grant.link_id)
        .where(
            Grant.session_id == session_key(cookie),
            Grant.edition_id == current_edition().id,
            Grant.revoked_at.is_(None),
            WebSession.revoked_at.is_(None),
            WebSession.expires_at > clock.real(),
            Link.revoked_at.is_(None),
            Link.generation == Grant.generation,
        )
        .order_by(Grant.id.desc())
    )
    return Visitor(session_key(cookie), list(db.session.scalars(query)))


def grants(*roles: Role) -> list[Grant]:
    """The grants of these roles that this browser holds in the edition of this address."""
    return [grant for grant in getattr(current_user, "grants", []) if Role(grant.role) in roles]


def actor_of(grant: Grant, edition: Edition) -> Actor:
    seat, person = grant.seat, grant.person
    name = f"seat:{seat.label}" if seat else f"{grant.role}:{person.id}" if person else grant.role
    return Actor(Role(grant.role), edition, name, person, seat, grant)


def screen_token() -> str:
    """The read-only token of a screen: in its address, or kept from its socket's handshake."""
    return str(request.environ.get("eventapp.screen_token") or request.args.get("token", ""))


def asked_seat() -> str:
    """The seat that a tablet's tab says it holds, in its address or kept from its socket's handshake: a browser may hold several."""
    return str(request.environ.get("eventapp.seat") or request.args.get("seat", ""))


def holds_seat(actor: Actor) -> bool:
    """False once another device has claimed the seat or the desk has released it: its ballots are none of this device's any more."""
    return actor.seat is not None and (actor.grant is None or actor.grant.lease == actor.seat.lease)


def _lost(grant: Grant) -> bool:
    return grant.seat is not None and grant.lease != grant.seat.lease


def find_actor(roles: tuple[Role, ...]) -> Actor:
    """The actor that this request or event is made by, or a refusal `access.denied`."""
    edition = current_edition()
    if Role.PUBLIC in roles:
        return Actor(Role.PUBLIC, edition)
    if Role.SCREEN in roles and (link := links.link_of(screen_token(), edition)) and link.role == Role.SCREEN:
        return Actor(Role.SCREEN, edition, f"screen:{link.id}")  # also in a browser that holds the director's grant
    seat = asked_seat()
    held = [grant for grant in grants(*roles) if not seat or grant.seat is None or grant.seat.label == seat]
    if not held:
        raise Refusal("access.denied", roles=[role.value for role in roles])
    first = min(held, key=lambda grant: (roles.index(Role(grant.role)), _lost(grant), -grant.id))
    return actor_of(first, edition)


Loader = Callable[[Actor, str], Any]


def access(*roles: Role, **loaders: Loader) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a route or socket event: who may use it, and how its ids become objects loaded within their parent (else 404)."""

    def mark(door: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(door)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            actor = g.actor = find_actor(roles)
            for name, load in loaders.items():
                kwargs[name] = load(actor, kwargs[name]) or abort(404)
            return door(actor, *args, **kwargs)

        guarded.__dict__["access_roles"] = roles
        return guarded

    return mark


def assert_every_door_is_guarded(app: Flask, socketio: SocketIO) -> None:
    """Refuse to start when a route or socket event does not say who may use it (Arlo's check, widened to sockets)."""
    doors = {f"route {name}": view for name, view in app.view_functions.items() if name != "static"}
    for namespace, events in socketio.server.handlers.items():
        for event, handler in events.items():
            doors[f"event {event} in {namespace}"] = handler
    open_doors = [name for name, door in doors.items() if not hasattr(door, "access_roles")]
    if open_doors:
        raise RuntimeError(f"no @access on: {', '.join(sorted(open_doors))}")
