"""Backups: whole copies of the database while it is in use, each under its final name only when it is whole and on the disk."""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gevent
from flask import current_app
from sqlalchemy import make_url, select

from eventapp import clock
from eventapp.access import Actor
from eventapp.config import Settings
from eventapp.extensions import db, socketio
from eventapp.models import Poll

EVERY_S = 55  # while a poll takes ballots: none is older than a minute
PAGES = 200  # copied at a time; writers go on in between
PAUSE_S = 0.005
WAIT_S = 30  # for another backup to end
PROBLEM = "problem.txt"  # why there is no newer one


class Failed(RuntimeError):
    """Why there is no backup, in a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the backups stand: the newest one, its age in seconds, how many there are, and why there are no newer ones."""

    newest: Path | None
    age_s: int | None
    count: int
    problem: str = ""


def folder(settings: Settings) -> Path:
    return Path(settings.backups) if settings.backups else settings.data / "backups"


def all_of(settings: Settings) -> list[Path]:
    """The backups, oldest first; their numbers order them, whatever the clock said."""
    return sorted(path for path in folder(settings).glob("[0-9]*.*") if path.suffix in (".sqlite3", ".dump"))


def standing(settings: Settings) -> Standing:
    """What `eventapp status` and the desk show."""
    found, said = all_of(settings), folder(settings) / PROBLEM
    problem = said.read_text(encoding="utf-8") if said.exists() else ""
    if not settings.is_sqlite and shutil.which("pg_dump") is None:
        problem = "pg_dump is not installed"
    if not found:
        return Standing(None, None, 0, problem)
    written = datetime.fromtimestamp(found[-1].stat().st_mtime, UTC)
    return Standing(found[-1], max(0, int((clock.real() - written).total_seconds())), len(found), problem)


def take(settings: Settings) -> Path:
    """Make one backup now and forget the oldest beyond `backups_kept`. `Failed` leaves every backup as it was, and says why."""
    try:
        made = _take(settings)
    except (OSError, sqlite3.Error, Failed) as error:
        with suppress(OSError):
            (folder(settings) / PROBLEM).write_text(str(error), encoding="utf-8")
        raise Failed(str(error)) from None
    (folder(settings) / PROBLEM).unlink(missing_ok=True)
    return made


def _take(settings: Settings) -> Path:
    home = folder(settings)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(home):
        made = _named(home, settings)
        temporary = made.with_name(f".{made.name}.part")
        try:
            _copy(settings, temporary)
            temporary.rename(made)
            _to_disk(home)
        finally:
            temporary.unlink(missing_ok=True)
        for old in all_of(settings)[: -max(1, settings.backups_kept)]:
            old.unlink()
    return made


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One backup at a time, whoever makes it; a second one waits for the first."""
    deadline = time.monotonic() + WAIT_S
    with (home / ".lock").open("w") as held:
        while True:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() >= deadline:
                    raise Failed("another backup is being made") from None
                gevent.sleep(0.1)
        for left in home.glob(".*.part*"):  # of a process that was killed
            left.unlink()
        yield


def _named(home: Path, settings: Settings) -> Path:
    number = max((int(path.name.split("-")[0]) for path in all_of(settings)), default=0) + 1
    return home / f"{number:06}-{clock.real():%Y%m%dT%H%M%SZ}.{'sqlite3' if settings.is_sqlite else 'dump'}"


def _copy(settings: Settings, target: Path) -> None:
    target.touch(mode=0o600)
    if settings.is_sqlite:
        source = settings.data.resolve() / "eventapp.sqlite3"
        gevent.get_hub().threadpool.apply(_copy_sqlite, (source, target))  # a real thread: no greenlet waits for the disk
    else:
        _copy_postgresql(settings.sqlalchemy_url, target)
    _to_disk(target)


def _copy_sqlite(source: Path, target: Path) -> None:
    """One snapshot, page by page from a connection of its own: in WAL mode readers never hold the writer up."""
    with closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the snapshot begins: no write makes the copy begin anew
        with closing(sqlite3.connect(target, isolation_level=None)) as copy:
            reader.backup(copy, pages=PAGES, sleep=PAUSE_S)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file that stands by itself
            found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise Failed(f"the copy is damaged: {found}")


def _copy_postgresql(url: str, target: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise Failed("pg_dump is not installed here; back PostgreSQL up where it runs")
    address = make_url(url).set(drivername="postgresql")
    env = {**os.environ, "PGPASSWORD": address.password or ""}
    named = address.set(password=None).render_as_string(hide_password=False)
    done = subprocess.run(
        [program, "--format=custom", "--file", str(target), "--dbname", named], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failed(f"pg_dump: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}")


def _to_disk(path: Path) -> None:
    """A file's bytes, or a folder's names, survive a power cut from now on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Keeping:
    """Ticker: a backup when a poll opens, every minute while one takes ballots, and one when the last has closed."""

    def __init__(self) -> None:
        self._at, self._were_open, self._problem = float("-inf"), False, ""

    def __call__(self, _actor: Actor) -> None:
        """Once for all editions: the database is one."""
        taking = select(Poll.id).where(Poll.state.in_(("open", "closing"))).limit(1)
        are_open = db.session.scalars(taking).first() is not None
        ended = self._were_open and not are_open
        if ended or (are_open and time.monotonic() - self._at >= EVERY_S):
            self._at = time.monotonic()
            app: Any = current_app
            socketio.start_background_task(self._take, app._get_current_object())
        self._were_open = are_open

    def _take(self, app: Any) -> None:
        """Beside the ticker, which has polls to close; the same failure is logged once."""
        problem = ""
        try:
            take(app.config["EVENTAPP_SETTINGS"])
        except Failed as failed:
            problem = str(failed)
            if problem != self._problem:
                app.logger.error("no backup: %s", problem)
        self._problem = problem
