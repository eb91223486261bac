"""The reveal rehearsed on invented winners: the real edition stays as it was, row by row and file by file."""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from eventapp.access import Role, system
from eventapp.admin.queries import edition_named
from eventapp.awards import queries
from eventapp.awards.lot.operations import draw_lot, promise_lot, say_words
from eventapp.awards.operations import peek
from eventapp.awards.published.operations import confirm_correction, propose_correction, write_remark
from eventapp.extensions import db
from eventapp.models import Base, Edition, Entry
from eventapp.rehearsal.operations import clone_edition, delete_rehearsal
from tests.awards.day import actor, close_day, seal_day, step
from tests.page import PageClient

Rows = dict[str, set[tuple[str, ...]]]


def database() -> Rows:
    """Every row of every table, as text."""
    db.session.expire_all()
    return {
        name: {tuple(map(repr, row)) for row in db.session.execute(select(table))} for name, table in Base.metadata.tables.items()
    }  # fmt: skip


def files(app: Flask) -> dict[str, str]:
    """The other files of the data folder, by their hash."""
    folder = Path(app.config["EVENTAPP_SETTINGS"].data)
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file() and ".sqlite3" not in path.name
    }  # fmt: skip


def public(app: Flask) -> list[Any]:
    client = app.test_client()
    assert isinstance(client, PageClient)
    return [client.get(path).get_data() for path in ("/results", "/archive", "/lot", "/live/public")]


def rehearse_the_reveal(edition: Edition) -> list[str]:
    """Invented ballots, a lot, the seal, a comment, the whole reveal with a glance, and a correction; the winners told."""
    close_day(seed=7, edition=edition)
    chair = actor(Role.CHAIR, edition)
    promise_lot(chair)
    say_words(chair, words="6 6 6")
    draw_lot(chair)
    seal_day(edition)
    write_remark(chair, prize="ai-innovation", text="リハーサルの講評")
    peek(chair)
    step(32, edition=edition)
    told = queries.revealed(edition)
    entry = db.session.scalars(select(Entry).where(Entry.edition_id == edition.id, Entry.number == told[0]["winners"][0]["number"])).one()
    entry.title = "リハーサルの題名"
    db.session.commit()
    propose_correction(chair, prize=told[0]["prize"]["code"], reason="リハーサル")
    confirm_correction(actor(Role.DEPUTY, edition), prize=told[0]["prize"]["code"])
    return [one["winners"][0]["number"] for one in told]


def test_rehearsing_the_reveal_leaves_nothing_in_the_real_edition(app: Flask) -> None:
    close_day(seed=1)
    seal_day()
    source = edition_named(None)
    pages, kept, before = public(app), files(app), database()

    edition = clone_edition(system(source, "test"), "rehearsal-aaaaaa")
    told = rehearse_the_reveal(edition)

    during = database()
    gone = {name: before[name] - during[name] for name in before if before[name] - during[name]}
    assert (len(told), gone) == (8, {})
    assert (public(app), files(app)) == (pages, kept)
    assert queries.revealed(source) == []
    delete_rehearsal(system(source, "test"), edition.slug)
    after = database()
    new = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert (sorted(new), len(new["journal_line"])) == (["journal_line"], 2)  # cloned, deleted
    assert (public(app), files(app)) == (pages, kept)
