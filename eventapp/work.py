"""@operation: one write = one function = one transaction = one journal line; screens are told only after the commit."""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from threading import RLock
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import text

from eventapp import journal, live
from eventapp.access import Actor
from eventapp.extensions import db

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(slots=True)
class Work:
    """What a running operation has gathered: notes for its journal line, channels to tell."""

    notes: list[dict[str, Any]] = field(default_factory=lambda: [{}])
    channels: set[tuple[int, str]] = field(default_factory=set)


current: ContextVar[Work | None] = ContextVar("work", default=None)
acts: dict[str, str | None] = {}  # operation -> its act, for the house tests
_one_writer = RLock()
_PG_LOCK = 62_000_085  # any constant: the key of the advisory lock that makes PostgreSQL write one at a time as SQLite does


def note(**details: Any) -> None:
    """Put details into the journal line of the running operation (never a choice of a ballot)."""
    work = current.get()
    if work is None:
        raise RuntimeError("note() outside an operation")
    work.notes[-1].update(details)


def touch(actor: Actor, *channels: str) -> None:
    """Raise the version of these channels of the actor's edition in this transaction, and tell them after the commit."""
    work = current.get()
    if work is None:
        raise RuntimeError("touch() outside an operation")
    for name in channels:
        if (actor.edition.id, name) not in work.channels:
            work.channels.add((actor.edition.id, name))
            live.bump(actor.edition.id, name)


def operation(act: str | None) -> Callable[[Callable[Concatenate[Actor, P], R]], Callable[Concatenate[Actor, P], R]]:
    """Run the function as one transaction and journal it as `act` (None: drafts, scans, presence). Nested ones join in."""

    def decorate(function: Callable[Concatenate[Actor, P], R]) -> Callable[Concatenate[Actor, P], R]:
        acts[f"{function.__module__}.{function.__name__}"] = act

        @wraps(function)
        def run(actor: Actor, *args: P.args, **kwargs: P.kwargs) -> R:
            outer = current.get()
            if outer is not None:
                return _journalled(outer, actor, args, kwargs)
            with _one_writer:
                return _transaction(actor, args, kwargs)

        def _transaction(actor: Actor, args: Any, kwargs: Any) -> R:
            db.session.rollback()  # whatever was read before is read again under the lock
            work = Work()
            token = current.set(work)
            try:
                if db.engine.dialect.name == "postgresql":
                    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _PG_LOCK})
                result = _journalled(work, actor, args, kwargs)
                db.session.commit()
            except BaseException:
                db.session.rollback()
                raise
            finally:
                current.reset(token)
            try:
                live.tell(work.channels)
            except Exception:  # the write is kept; every screen heals by its beat
                logging.getLogger(__name__).exception("live screens were not told")
            return result

        def _journalled(work: Work, actor: Actor, args: Any, kwargs: Any) -> R:
            work.notes.append({})
            try:
                result = function(actor, *args, **kwargs)
                if act is not None:
                    journal.append(actor.edition, actor.name, act, work.notes[-1])
                return result
            finally:
                work.notes.pop()

        return run  # type: ignore[return-value]  # wraps() forgets that the actor is positional

    return decorate
