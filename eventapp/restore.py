"""The way back from a backup: proved on a copy first, the present database kept aside, a newer epoch, and a line in the journal."""

import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import InstrumentedAttribute

from eventapp import clock, journal, links, schema
from eventapp.access import Actor, system
from eventapp.app import create_app
from eventapp.backup import _to_disk
from eventapp.config import Settings
from eventapp.extensions import db
from eventapp.models import Ballot, BallotVersion, Edition, Installation, JournalLine, Link, Poll
from eventapp.serving import lock
from eventapp.work import note, operation

NAME = "eventapp.sqlite3"
BESIDE = ("-wal", "-shm", "-journal")  # what SQLite keeps next to a database


class Refused(RuntimeError):
    """Why nothing was restored; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Present:
    """What the database to be replaced holds; unreadable ones hold nothing that could be compared."""

    epoch_ms: int = 0
    lines: frozenset[str] = frozenset()  # hashes of the journal
    ballots: frozenset[str] = frozenset()  # salts of the versions: each is one, and says nothing


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done: where the replaced database is, and how much of it the backup does not hold."""

    replaced: Path | None
    lost_ballots: int
    lost_lines: int
    epoch: datetime


def restore(settings: Settings, file: Path, *, force: bool = False) -> Restored:
    """Put a backup in the place of the installation's database, or refuse.

    Refuses while a server runs, when the file is damaged or its journal's chain is broken, and without `force` when the
    present database holds what the backup does not, or the `secret` here is not the one that its links were made with.
    """
    if not settings.is_sqlite:
        raise Refused("PostgreSQL is restored by pg_restore while no server runs; the next start raises the epoch (see the README)")
    settings.data.mkdir(parents=True, exist_ok=True)
    held = lock(settings)
    try:
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.data) as work:
            aside = replace(settings, data=Path(work))
            _fetch(file, aside.data / NAME)
            if (settings.data / "secret").exists():
                shutil.copy(settings.data / "secret", aside.data / "secret")
            elif not force:
                raise Refused(f"{settings.data / 'secret'} is missing: copy it here, or every card and link must be made anew (--force)")
            done = _prove(aside, read_present(settings.data / NAME), file, force=force)
            return replace(done, replaced=_swap(settings, aside))
    finally:
        held.close()


def _fetch(file: Path, target: Path) -> None:
    """A copy of the backup that is whole by SQLite's own word."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            found = [row[0] for row in copy.execute("PRAGMA integrity_check(3)")] + [
                f"a row of {row[0]} points to nothing" for row in copy.execute("PRAGMA foreign_key_check").fetchmany(3)
            ]
    except sqlite3.Error as error:
        raise Refused(f"{file} is no database: {error}") from None
    if found != ["ok"]:
        raise Refused(f"{file} is damaged: {'; '.join(found)}")


def read_present(path: Path) -> Present:
    """The database that is there, as far as it can be read."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as found:
            return Present(
                int(found.execute("SELECT max(epoch) FROM installation").fetchone()[0] or 0),
                frozenset(row[0] for row in found.execute("SELECT hash FROM journal_line")),
                frozenset(row[0] for row in found.execute("SELECT salt FROM ballot_version")),
            )
    except sqlite3.Error:
        return Present()


def _prove(aside: Settings, present: Present, file: Path, *, force: bool) -> Restored:
    """Migrate the copy, verify it, compare it with what is there, and give it its epoch and its line in the journal."""
    app = create_app(aside)
    try:
        schema.upgrade(app)
    except Exception as error:  # a backup of a newer program, or of another one
        raise Refused(f"{file} cannot be brought to this program's schema: {error}") from None
    with app.app_context():
        try:
            found = findings()
            if found:
                raise Refused(f"{file} does not verify: {'; '.join(found[:5])}")
            lines, ballots = present.lines - _column(JournalLine.hash), present.ballots - _column(BallotVersion.salt)
            if (lines or ballots) and not force:
                raise Refused(
                    f"the present database holds {len(ballots)} accepted ballots and {len(lines)} journal lines that this backup does not: "
                    "--force keeps it aside and restores all the same"
                )
            if not force and not _secret_fits():
                raise Refused("the secret here is not the one of this backup: no card and no link would open (--force)")
            current = db.session.scalars(select(Edition).join(Installation, Installation.current_edition_id == Edition.id)).one()
            epoch = note_restored(system(current, "restore"), file.name, len(ballots), len(lines), present.epoch_ms)
            db.session.rollback()
            db.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            db.session.rollback()
        finally:
            db.session.remove()
            db.engine.dispose()
    return Restored(None, len(ballots), len(lines), epoch)


def _column(column: InstrumentedAttribute[str]) -> set[str]:
    return set(db.session.scalars(select(column)))


def findings() -> list[str]:
    """What is wrong inside: chains of the journals, ballots without their version, journal and ballots that disagree."""
    found = []
    for edition in db.session.scalars(select(Edition).order_by(Edition.id)):
        chain = journal.lines(edition)
        found += [f"{edition.slug}: {one}" for one in journal.findings(chain)]
        told = sum(line["act"] == "ballot.put" for line in chain)
        mine = select(func.count()).select_from(BallotVersion).join(Poll, Poll.id == BallotVersion.poll_id)
        kept = db.session.scalar(mine.where(Poll.edition_id == edition.id))
        if told != kept:
            found.append(f"{edition.slug}: the journal tells {told} ballots, {kept} are kept")
    same = (BallotVersion.id == Ballot.seq) & (BallotVersion.body == Ballot.body) & (BallotVersion.receipt == Ballot.receipt)
    orphans = select(func.count()).select_from(Ballot).outerjoin(BallotVersion, same).where(BallotVersion.id.is_(None))
    if missing := db.session.scalar(orphans):
        found.append(f"{missing} counting ballots have no version")
    return found


@operation("backup.restored")
def note_restored(_actor: Actor, name: str, lost_ballots: int, lost_lines: int, epoch_ms: int) -> datetime:
    """The restored database says so itself, with how much was lost; its epoch is above both databases' and the clock."""
    installation = db.session.scalars(select(Installation)).one()
    old = max(installation.epoch, datetime.fromtimestamp(epoch_ms / 1000, UTC))
    installation.epoch = max(old + timedelta(milliseconds=1), clock.real())
    note(file=name, lost_ballots=lost_ballots, lost_lines=lost_lines)
    return installation.epoch


def _secret_fits() -> bool:
    """Do the cards' codes derive from the secret that lies here?"""
    link = db.session.scalars(select(Link).where(Link.code_hash.is_not(None)).limit(1)).first()
    return link is None or links.code_hash(links.code_of(link)) == link.code_hash


def _swap(settings: Settings, aside: Settings) -> Path | None:
    """Move the present database aside and the proved one into its place; returns where the replaced one is."""
    place, made = settings.data / NAME, aside.data / NAME
    _to_disk(made)
    kept = None
    if place.exists():
        kept = _kept_aside(settings)
        for beside in ("", *BESIDE):
            path = place.with_name(place.name + beside)
            if path.exists():
                path.rename(kept / path.name)
    if not (settings.data / "secret").exists():
        (aside.data / "secret").rename(settings.data / "secret")
    made.rename(place)
    _to_disk(settings.data)
    return kept and kept / NAME


def _kept_aside(settings: Settings) -> Path:
    home = settings.data / "replaced"
    home.mkdir(mode=0o700, exist_ok=True)
    number = max((int(path.name.split("-")[0]) for path in home.glob("[0-9]*")), default=0) + 1
    made = home / f"{number:03}-{clock.real():%Y%m%dT%H%M%SZ}"
    made.mkdir(mode=0o700)
    return made
