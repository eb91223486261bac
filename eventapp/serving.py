"""`eventapp serve`: one process on gevent's WSGI server; the parent raises the epoch, starts the ticker and the beat."""

import fcntl
import json
import logging
import signal
from datetime import timedelta
from pathlib import Path
from typing import IO

import gevent
import gevent.event
from flask import Flask
from gevent.pywsgi import WSGIServer
from sqlalchemy import select

from eventapp import clock, doors, live, reports, ticker
from eventapp.access import Actor, system
from eventapp.accesslog import SafeHandler
from eventapp.config import Settings
from eventapp.extensions import db
from eventapp.models import Edition, Installation
from eventapp.work import operation


@operation(None)
def raise_epoch(_actor: Actor) -> None:
    """A new epoch, above the old one and the clock: a restored older database still looks newer to every screen."""
    installation = db.session.scalars(select(Installation)).one()
    installation.epoch = max(installation.epoch + timedelta(milliseconds=1), clock.real())


def lock(settings: Settings, *, shared: bool = False) -> IO[str]:
    """Hold the data folder: two servers on one SQLite file would be two writers and two tickers. Workers share it."""
    held = (settings.data / "serve.lock").open("w")
    try:
        fcntl.flock(held, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise SystemExit(f"another server already uses {settings.data}") from None
    return held


def address_file(settings: Settings) -> Path:
    """Where a running server writes its address, for `eventapp links` and `rehearse`."""
    return settings.data / "serve.json"


def base_url(settings: Settings) -> str:
    path = address_file(settings)
    if settings.public_url or not path.exists():
        return settings.base_url
    return str(json.loads(path.read_text())["base_url"])


def start_loops(app: Flask) -> list[gevent.Greenlet]:
    """What every serving process does beside answering: ticker (one holder among all), beat, end of revoked connections, reports."""
    return [gevent.spawn(loop, app) for loop in (ticker.run, live.beat_forever, doors.expel_forever, reports.write_forever)]


def prepare(app: Flask) -> None:
    """What is done once before anything serves, never by a worker that is started again: the epoch is raised."""
    with app.app_context():
        edition = db.session.scalars(select(Edition).limit(1)).first()
        if edition is None:
            raise SystemExit("there is no edition yet: run `eventapp demo` or `eventapp import`")
        raise_epoch(system(edition))
        db.session.remove()


def serve(app: Flask, settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C; requests under way are finished."""
    held = lock(settings)
    prepare(app)
    log = logging.getLogger("eventapp.access") if settings.log_level in ("INFO", "DEBUG") else None
    server = WSGIServer(
        (settings.host, settings.port), app, log=log, error_log=logging.getLogger("eventapp.server"), handler_class=SafeHandler
    )
    try:
        server.start()
    except OSError:
        raise SystemExit(f"{settings.host}:{settings.port} is taken: choose another port with --port") from None
    address_file(settings).write_text(json.dumps({"base_url": settings.base_url}))
    workers = start_loops(app)
    stop = gevent.event.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, stop.set)
    try:
        stop.wait()
    finally:
        gevent.killall(workers)
        server.stop(timeout=5)
        held.close()
