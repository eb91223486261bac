"""The whole schema, the journal's triggers and a piece of the day on PostgreSQL."""

from typing import Any

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from eventapp import clock, journal, schema
from eventapp.access import Role, system
from eventapp.admin.queries import edition_named, every_link
from eventapp.demo import create_demo
from eventapp.extensions import db
from eventapp.models import BallotVersion, Base, Cue, Poll
from eventapp.rehearsal.operations import clone_edition, delete_rehearsal
from tests.page import PageClient, csrf_of
from tests.programme.day import link_to

pytestmark = pytest.mark.engines


def test_the_schema_goes_up_equals_the_models_and_goes_down(pg_app: Flask) -> None:
    command.check(schema.config())
    command.downgrade(schema.config(), "base")
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    assert db.session.execute(text(tables)).scalar() == 0
    functions = "SELECT count(*) FROM pg_proc WHERE proname LIKE '%_is_append_only'"
    assert db.session.execute(text(functions)).scalar() == 0


@pytest.mark.parametrize("change", ["UPDATE journal_line SET actor = 'nobody'", "DELETE FROM journal_line"])
def test_the_journal_refuses_change(pg_app: Flask, change: str) -> None:
    create_demo(at="call")
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(change))
    db.session.rollback()


def give(client: PageClient, page: str, name: str, **args: Any) -> dict[str, Any]:
    """A command by the POST door, from a signed-in page."""
    token = csrf_of(client.get(page).get_data(as_text=True))
    asked = {"name": name, "args": args}
    op_id = f"test-{name.replace('.', '-')}"
    answer: dict[str, Any] = client.post(f"/commands/{op_id}", json=asked, headers={"X-CSRF-Token": token}).get_json()
    return answer


def test_a_ballot_and_a_go_are_kept(pg_app: Flask) -> None:
    edition = create_demo(at="programme")
    director = pg_app.test_client()
    director.enter(link_to(edition, Role.DIRECTOR))
    gone = give(director, "/code", "rundown.go", **{"from": None, "to": "opening"})
    assert gone["ok"], gone
    opened = give(director, "/code", "poll.open", contest="operations", **{"from": "draft"})
    assert opened["ok"], opened
    judge = pg_app.test_client()
    seat = every_link("http://127.0.0.1:8000")["judges"][0]
    judge.enter(seat["url"])
    document = judge.get("/live/judge").get_json()
    ballot = next(one for one in document["sections"]["ballots"] if one["contest"] == "operations")
    entry = next(one["id"] for one in ballot["entries"] if not one["recused"])
    db.session.rollback()
    payload = {
        "contest": "operations", "body": {"ranking": [entry]}, "lease": document["sections"]["seat"]["lease"], "rev": 1,
        "op_id": "one-ballot", "saved_at": clock.iso(clock.now(edition_named(None))),
    }  # fmt: skip
    db.session.rollback()
    token = csrf_of(judge.get("/code").get_data(as_text=True))
    answer = judge.post("/judge/ballots/one-ballot", json=payload, headers={"X-CSRF-Token": token}).get_json()
    assert answer["result"] == "ok", answer
    assert [cue.slot for cue in db.session.scalars(select(Cue))] == ["opening"]
    version = db.session.scalars(select(BallotVersion)).one()
    assert version.receipt == answer["receipt"]
    assert db.session.get_one(Poll, version.poll_id).contest == "operations"
    assert journal.findings(journal.lines(edition_named(None))) == []


def test_a_rehearsal_is_made_and_deleted_whole(pg_app: Flask) -> None:
    source = create_demo(at="live")
    before = rows()
    clone_edition(system(source), "rehearsal-aaaaaa")
    delete_rehearsal(system(source), "rehearsal-aaaaaa")
    after = rows()
    after["journal_line"] -= 2  # cloned, deleted: the story of the edition that stays
    assert after == before


def rows() -> dict[str, int]:
    tables = Base.metadata.tables.values()
    return {table.name: db.session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}
