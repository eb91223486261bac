"""Channels: small whole documents with a version (epoch, rev), for classes of people. The only module that emits."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from flask import Flask, current_app
from socketio.packet import Packet
from sqlalchemy import func, select

from eventapp import clock
from eventapp.extensions import db, socketio
from eventapp.models import ChannelRev, Edition, Installation, Seat


class TextPacket(Packet):
    """Documents hold no bytes, so that no packet need be searched for them: a third of the cost of a broadcast."""

    uses_binary_events = False


NAMESPACES = {"public": "/public", "stage": "/screen", "overlay": "/screen", "crew": "/crew", "chair": "/crew", "judge": "/judge"}
FIRST = ("chair", "crew", "overlay", "stage", "judge", "public")  # who hears first
BEAT_S = 5
PAUSE_S = 0.04  # at most 25 documents a second on one channel: broadcasts are coalesced


@dataclass(frozen=True, slots=True)
class View:
    """For whom and when a section is projected; `memo` is shared by the documents of one round."""

    edition: Edition
    now: datetime
    seat: Seat | None = None
    memo: dict[str, Any] = field(default_factory=dict)

    def once(self, key: str, make: Callable[[], Any]) -> Any:
        if key not in self.memo:
            self.memo[key] = make()
        return self.memo[key]


Section = Callable[[View], Any]
projections: dict[str, dict[str, Section]] = {}  # channel -> section -> function; filled from channels.py by create_app
_waiting: dict[tuple[int, str], None] = {}
_flushing: set[int] = set()


def bump(edition_id: int, name: str) -> None:
    """Raise a channel's rev inside the running transaction."""
    row = db.session.get(ChannelRev, (edition_id, name))
    if row is None:
        row = ChannelRev(edition_id=edition_id, name=name, rev=0)
        db.session.add(row)
    row.rev += 1


def version(edition: Edition, channel: str, seat: Seat | None = None) -> list[int]:
    """[epoch, rev] in one statement. A judge's rev adds what all judges share and what is the seat's own: both only grow."""
    names = [channel] if seat is None else [channel, f"{channel}:{seat.id}"]
    revs = select(func.coalesce(func.sum(ChannelRev.rev), 0)).where(ChannelRev.edition_id == edition.id, ChannelRev.name.in_(names))
    epoch, rev = db.session.execute(select(Installation.epoch, revs.scalar_subquery())).one()
    return [round(epoch.timestamp() * 1000), int(rev)]


def document(edition: Edition, channel: str, seat: Seat | None = None, memo: dict[str, Any] | None = None) -> dict[str, Any]:
    """The whole document of a channel: version first, then the sections, so that it is never older than it says."""
    epoch, rev = version(edition, channel, seat)
    kept = current_app.extensions.setdefault("eventapp.documents", {})  # the newest of each channel without a seat
    key = (edition.id, edition.slug, channel)  # the slug too: a deleted rehearsal's id is given again
    if seat is None and key in kept and (kept[key]["epoch"], kept[key]["rev"]) == (epoch, rev):
        return dict(kept[key])
    view = View(edition, clock.now(edition), seat, {} if memo is None else memo)
    made = {
        "channel": channel, "epoch": epoch, "rev": rev, "at": clock.iso(view.now), "build": build(),
        "sections": {name: section(view) for name, section in projections[channel].items()},
    }  # fmt: skip
    if seat is None:
        kept[key] = made
    return made


def etag(edition: Edition, channel: str, seat: Seat | None = None) -> str:
    epoch, rev = version(edition, channel, seat)
    return f"{epoch}.{rev}"


def build() -> str:
    """The id of the front end in use: a client of another one hands over."""
    return str(current_app.config["EVENTAPP_BUILD"])


def room(edition_id: int, name: str) -> str:
    return f"{edition_id}/{name}"


def tablet(seat: Seat) -> str:
    """The room of the device that holds the seat: one that was taken over stays behind in the room of its old lease."""
    return f"judge:{seat.id}.{seat.lease}"


def tell(channels: set[tuple[int, str]]) -> None:
    """Send the documents of these channels soon; called after the commit. What is told in the meantime is told once."""
    app: Flask = cast(Any, current_app)._get_current_object()
    for key in sorted(channels):
        _waiting[key] = None
    if _waiting and app.config["EVENTAPP_LIVE"] and not _flushing:
        _flushing.add(1)
        socketio.start_background_task(_flush_all, app)


def _flush_all(app: Flask) -> None:
    try:
        while _waiting:
            socketio.sleep(0)  # whoever caused this gets the ack first
            try:
                flush(app)
            except Exception:  # every screen heals by its beat
                logging.getLogger(__name__).exception("documents were not sent")
            socketio.sleep(PAUSE_S)
    finally:
        _flushing.clear()


def flush(app: Flask) -> None:
    """Send the newest document of every waiting channel: chair, crew and overlay first, then judges, then the public."""
    keys = sorted(_waiting, key=lambda key: (FIRST.index(key[1].partition(":")[0]), key))
    _waiting.clear()
    with app.app_context():
        if db.engine.dialect.name == "postgresql":  # what `memo` shares and each version are of one moment, as SQLite's snapshot is
            db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        memo: dict[str, Any] = {}
        for edition_id, name in keys:
            edition = db.session.get(Edition, edition_id)
            if edition is not None:
                _send(edition, name, memo)


def _send(edition: Edition, name: str, memo: dict[str, Any]) -> None:
    channel, _, seat_id = name.partition(":")
    if channel != "judge":
        _emit("document", document(edition, channel, memo=memo), channel, edition.id, name)
        return
    query = select(Seat).where(Seat.edition_id == edition.id, Seat.lease > 0).order_by(Seat.id)
    for seat in db.session.scalars(query.where(Seat.id == int(seat_id)) if seat_id else query).all():
        if seat_id:
            _wake_former(edition, seat)
        if _may_listen(edition.id, seat):
            _emit("document", document(edition, channel, seat, memo), channel, edition.id, tablet(seat))
            socketio.sleep(0)  # 85 documents take a moment: votes and cues go on in between


def _may_listen(edition_id: int, seat: Seat) -> bool:
    """Whether a tablet may follow the seat here; with a message queue it may be another process's."""
    if current_app.config["EVENTAPP_SETTINGS"].redis_url:
        return True
    return room(edition_id, tablet(seat)) in socketio.server.manager.rooms.get("/judge", {})


def _wake_former(edition: Edition, seat: Seat) -> None:
    """Let a device that lost the seat ask for a document, so that it is told at once; the version that it hears says nothing."""
    own, any_of_seat = room(edition.id, tablet(seat)), room(edition.id, f"judge:{seat.id}.")
    rooms = list(socketio.server.manager.rooms.get("/judge", {}))
    for name in [name for name in rooms if name and name.startswith(any_of_seat) and name != own]:
        payload = {"at": clock.iso(clock.now(edition)), "build": build(), "channels": {"judge": [version(edition, "judge")[0] + 1, 0]}}
        socketio.emit("beat", payload, namespace="/judge", to=name)


def _emit(event: str, payload: dict[str, Any], channel: str, edition_id: int, name: str) -> None:
    socketio.emit(event, payload, namespace=NAMESPACES[channel], to=room(edition_id, name))


def beat(app: Flask) -> None:
    """Tell every connected screen the version of its channel; one that differs asks by `sync`."""
    with app.app_context():
        for namespace, rooms in list(socketio.server.manager.rooms.items()):
            for name in [name for name in list(rooms) if name and "/" in name]:
                edition_id, channel = name.split("/", 1)
                edition = db.session.get(Edition, int(edition_id))
                if edition is None:
                    continue
                kind, _, device = channel.partition(":")
                seat = db.session.get(Seat, int(device.partition(".")[0])) if device else None
                if device and (seat is None or tablet(seat) != channel):
                    continue  # taken over: it is shown out at once
                payload = {"at": clock.iso(clock.now(edition)), "build": build(), "channels": {kind: version(edition, kind, seat)}}
                socketio.emit("beat", payload, namespace=namespace, to=name)
                socketio.sleep(0)


def beat_forever(app: Flask) -> None:
    while True:
        socketio.sleep(BEAT_S)
        try:
            beat(app)
        except Exception:  # without its beat no screen would heal any more
            logging.getLogger(__name__).exception("a beat was lost")


def answer(edition: Edition, channel: str, seat: Seat | None, epoch: object, rev: object) -> dict[str, Any]:
    """The ack of `sync`: the edition's time and rate, and the document only when the server's is newer."""
    reply: dict[str, Any] = {"now": clock.iso(clock.now(edition)), "rate": edition.clock_rate if edition.clock_real else 1}
    known = [epoch, rev] if isinstance(epoch, int) and isinstance(rev, int) else [-1, -1]
    if version(edition, channel, seat) > known:
        reply["document"] = document(edition, channel, seat)
    return reply
