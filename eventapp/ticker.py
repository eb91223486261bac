"""The one loop that makes things happen in time; one holder among the workers by a row lease (real time)."""

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from eventapp import clock, outage
from eventapp.access import Actor, system
from eventapp.extensions import db, socketio
from eventapp.models import Edition, Installation, Lease
from eventapp.work import operation

LEASE_S = 10
TICK_S = 0.25


@dataclass(frozen=True, slots=True)
class Job:
    """Something done for every living edition, every so many real seconds."""

    name: str
    every_s: float
    run: Callable[[Actor], None]


jobs: list[Job] = []  # filled by create_app


def living_editions() -> list[Edition]:
    """The installation's current edition and every rehearsal: those whose time runs."""
    current = select(Installation.current_edition_id).scalar_subquery()
    return list(db.session.scalars(select(Edition).where((Edition.id == current) | (Edition.kind == "rehearsal"))))


@operation(None)
def take_lease(_actor: Actor, name: str, holder: str) -> bool:
    """True when `holder` has the task for the next seconds. Idempotent for the holder."""
    row = db.session.get(Lease, name)
    at = clock.real()
    if row is not None and row.holder != holder and at < row.until <= at + timedelta(seconds=LEASE_S):
        return False  # a lease that ends later than any can is of before the clock was set back
    row = row or Lease(name=name)
    row.holder, row.until = holder, at + timedelta(seconds=LEASE_S)
    db.session.add(row)
    return True


def run(app: Flask) -> None:
    """Tick for ever; a failing job is logged and tried again. Nothing here waits for a clock that may be set back."""
    holder, leased_until = secrets.token_hex(8), time.monotonic()
    last: dict[str, float] = {}
    while True:
        socketio.sleep(TICK_S)
        with app.app_context():
            try:
                if time.monotonic() >= leased_until - LEASE_S / 2:
                    editions = living_editions()
                    if not editions or not take_lease(system(editions[0], "ticker"), "ticker", holder):
                        continue
                    leased_until = time.monotonic() + LEASE_S
                tick(last)
            except Exception as error:
                _log(error, "the ticker stumbled")
                socketio.sleep(1)


def tick(last: dict[str, float]) -> None:
    """Run every job that is due, for every living edition; `last` is when each ran, by a clock that only goes on."""
    at = time.monotonic()
    due = [job for job in jobs if job.name not in last or at - last[job.name] >= job.every_s]
    for job in due:
        last[job.name] = at
    if due:
        for edition in living_editions():
            for job in due:
                _run_alone(job, edition)
    db.session.rollback()


def _run_alone(job: Job, edition: Edition) -> None:
    """A job that fails for one edition must not keep the polls of another open."""
    try:
        job.run(system(edition, "ticker"))
    except Exception as error:
        _log(error, f"the job {job.name} failed")
        db.session.rollback()


def _log(error: Exception, what: str) -> None:
    """An outage of the database is a line, not a traceback four times a second on a full disk."""
    if outage.is_outage(error):
        outage.note(error)
    else:
        logging.getLogger(__name__).exception(what)
