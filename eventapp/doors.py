"""The doors that every screen uses: /healthz, /live/<channel>, /commands/<op_id>, and sync, seen and command by socket."""

import logging
from typing import Any

from flask import Blueprint, Flask, Response, g, jsonify, request
from flask_socketio import ConnectionRefusedError, join_room
from flask_wtf.csrf import ValidationError, validate_csrf
from sqlalchemy import func, select
from werkzeug.exceptions import NotFound

from eventapp import __version__, clock, commands, live, reports
from eventapp.access import Actor, Role, access, current_edition, find_actor, holds_seat
from eventapp.extensions import db, socketio
from eventapp.models import Grant, Link, Seat
from eventapp.refusals import acknowledged
from eventapp.rules.refusal import Refusal

blueprint = Blueprint("doors", __name__)

CREW = (Role.DIRECTOR, Role.CHAIR, Role.DEPUTY, Role.MC, Role.SECRETARIAT)
EXPEL_S = 2  # how long a revoked session may still hear
SWEEP_ROUNDS = 30  # every minute all connections, for sessions whose time has run out
READERS: dict[str, tuple[Role, ...]] = {
    "public": (Role.PUBLIC,),
    "stage": (Role.SCREEN, *CREW, Role.SWITCHER),
    "overlay": (Role.SCREEN, Role.SWITCHER, Role.DIRECTOR, Role.SECRETARIAT),
    "crew": CREW,
    "chair": (Role.CHAIR, Role.DEPUTY, Role.SECRETARIAT),
    "judge": (Role.JUDGE,),
}


@blueprint.get("/healthz")
@access(Role.PUBLIC)
def healthz(_actor: Actor) -> Response:
    return jsonify(ok=True, version=__version__, build=live.build())


@blueprint.get("/live/<channel>")
@access(Role.PUBLIC)
def channel_document(_actor: Actor, channel: str) -> Response:
    """The same document as by socket, with an ETag: for proxies that block WebSocket, for a CDN, for stream desks."""
    actor, seat = reader(channel)
    tag = live.etag(actor.edition, channel, seat)
    if seat is not None:
        reports.hear_poll(seat)
    fresh = request.if_none_match.contains_weak(tag)  # a proxy that compresses makes our tag a weak one
    response = Response(status=304) if fresh else jsonify(live.document(actor.edition, channel, seat))
    response.set_etag(tag)
    response.headers["X-Clock"] = f"{clock.iso(clock.now(actor.edition))} {actor.edition.clock_rate}"
    response.headers["Cache-Control"] = "public, max-age=1" if channel == "public" else "private, no-cache"
    return response


def reader(channel: object) -> tuple[Actor, Seat | None]:
    """Who reads the channel in this request, and the seat whose document it is; a device that lost its seat reads nothing of it."""
    if not isinstance(channel, str) or channel not in READERS:
        raise Refusal("page.missing")
    actor = find_actor(READERS[channel])
    if channel == "judge" and not holds_seat(actor):
        raise Refusal("seat.taken_over")
    return actor, actor.seat if channel == "judge" else None


@blueprint.post("/commands/<op_id>")
@access(Role.PUBLIC)  # the command itself says who may give it
def command_by_post(_actor: Actor, op_id: str) -> tuple[Response, int]:
    asked = request.get_json(silent=True)
    asked = asked if isinstance(asked, dict) else {}
    answer = commands.give(op_id, asked.get("name"), asked.get("args", {}), asked.get("role"))
    status = 200 if answer["ok"] else 401 if answer["code"] == "access.denied" else 409
    return jsonify(answer), status


# --- sockets ---------------------------------------------------------------------------------------------------------


def socket_connect(namespace: str, *roles: Role) -> Any:
    """The handshake of a namespace: edition and token are kept with the connection; a session's socket needs its CSRF token."""

    @access(Role.PUBLIC)
    def connect(_public: Actor, auth: object = None) -> None:
        given = auth if isinstance(auth, dict) else {}
        request.environ["eventapp.edition"] = _word(given.get("edition"))
        request.environ["eventapp.screen_token"] = _word(given.get("token"))
        request.environ["eventapp.seat"] = _word(given.get("seat"))
        g.pop("edition", None)
        if Role.PUBLIC in roles:
            current_edition()
            return
        try:
            actor = find_actor(roles)
            if actor.role is not Role.SCREEN:
                validate_csrf(given.get("csrf"))
        except (Refusal, ValidationError):
            raise ConnectionRefusedError("access.denied") from None
        if actor.role is Role.JUDGE and not holds_seat(actor):
            raise ConnectionRefusedError("seat.taken_over")

    socketio.on_event("connect", connect, namespace=namespace)
    return connect


def _word(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= 64 and value.isprintable() else ""


def on_sync(_actor: Actor, asked: object = None, *_rest: object) -> dict[str, Any]:
    """Send {channel, epoch, rev} to follow a channel; the ack has the time, and the document if yours is older."""
    data = asked if isinstance(asked, dict) else {}
    actor, seat = reader(data.get("channel"))
    channel = str(data["channel"])
    if live.NAMESPACES[channel] != getattr(request, "namespace", None):
        raise Refusal("page.missing")
    join_room(live.room(actor.edition.id, channel if seat is None else live.tablet(seat)))
    return live.answer(actor.edition, channel, seat, data.get("epoch"), data.get("rev"))


def on_seen(_actor: Actor, report: object = None, *_rest: object) -> dict[str, Any]:
    """Send every 5 s what you have really painted: {screen, scene, channel, epoch, rev, fps, visible, unsent, saved_at?}."""
    data = report if isinstance(report, dict) else {}
    actor, seat = reader(data.get("channel"))
    if seat is not None:
        reports.hear_tablet(seat, data)
    elif _word(data.get("screen")):
        reports.hear_screen(actor, _word(data.get("screen")), data)
    return {"ok": True}


def on_command(_actor: Actor, asked: object = None, *_rest: object) -> dict[str, Any]:
    """Send {op_id, name, args}; the ack is {ok: true, …} after commit or {ok: false, code, text}."""
    data = asked if isinstance(asked, dict) else {}
    return commands.give(data.get("op_id"), data.get("name"), data.get("args", {}), data.get("role"))


def expel_strangers(app: Flask) -> None:
    """End the connections whose session, grant or link is gone: events are refused at once, rooms would be heard for ever."""
    for namespace in sorted({*live.NAMESPACES.values()} - {"/public"}):
        for name in [name for name in list(socketio.server.manager.rooms.get(namespace, {})) if name and "/" in name]:
            for sid, _ in list(socketio.server.manager.get_participants(namespace, name)):
                environ = socketio.server.get_environ(sid, namespace)
                if environ and not _hears(app, environ, name):
                    socketio.server.disconnect(sid, namespace, ignore_queue=True)
                socketio.sleep(0)


def _hears(app: Flask, environ: dict[str, Any], name: str) -> bool:
    """May the connection of this handshake still be in the room?"""
    with app.app_context(), app.request_context(environ):
        try:
            actor, seat = reader(name.partition("/")[2].partition(":")[0])
        except (Refusal, NotFound):
            return False
        return name == live.room(actor.edition.id, live.tablet(seat) if seat else name.partition("/")[2])


def _revocations() -> tuple[object, ...]:
    """Changes whenever a grant, link, session or seat is taken back: cheap sums instead of a look at every connection."""
    ended = select(func.count()).select_from(Grant).where(Grant.revoked_at.is_not(None)).scalar_subquery()
    links = select(func.sum(Link.generation)).scalar_subquery()
    seats = select(func.sum(Seat.lease)).where(Seat.lease > 1).scalar_subquery()  # the first claim of a seat takes nothing back
    return tuple(db.session.execute(select(ended, links, seats)).one())


def expel_forever(app: Flask) -> None:
    """Look through the connections when something was taken back, and now and then for what has run out by itself."""
    known: tuple[object, ...] = ()
    rounds = 0
    while True:
        socketio.sleep(EXPEL_S)
        rounds += 1
        try:
            with app.app_context():
                found = _revocations()
            if found != known or rounds % SWEEP_ROUNDS == 0:
                expel_strangers(app)
                known = found
        except Exception:
            logging.getLogger(__name__).exception("connections were not looked through")


def _on(event: str, handler: Any, *namespaces: str) -> None:
    for namespace in namespaces:
        socketio.on_event(event, acknowledged(access(Role.PUBLIC)(handler)), namespace=namespace)


socket_connect("/public", Role.PUBLIC)
socket_connect("/screen", Role.SCREEN, *CREW, Role.SWITCHER)
socket_connect("/crew", *CREW)
socket_connect("/judge", Role.JUDGE)
_on("sync", on_sync, "/public", "/screen", "/crew", "/judge")
_on("seen", on_seen, "/screen", "/crew", "/judge")
_on("command", on_command, "/crew")
