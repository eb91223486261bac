"""A rehearsal is a copy that owns everything it needs, and that leaves nothing behind."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventapp import clock, journal, links
from eventapp.access import Role, system
from eventapp.admin.queries import edition_named, every_link
from eventapp.attend.operations import record_visit
from eventapp.attend.queries import targets
from eventapp.extensions import db
from eventapp.models import Base, Edition, Entry, JournalLine, Link, Person, Poll, Seat, Slot
from eventapp.rehearsal import queries
from eventapp.rehearsal.operations import clone_edition, delete_rehearsal, new_slug
from eventapp.rules.refusal import Refusal


def clone(slug: str = "rehearsal-aaaaaa", *, quorum: int | None = None) -> Edition:
    return clone_edition(system(edition_named(None), "test"), slug, quorum=quorum)


def count(table: type[Base], edition: Edition) -> int:
    found: int = db.session.scalar(select(func.count()).select_from(table).where(table.edition_id == edition.id)) or 0  # type: ignore[attr-defined]
    return found


def everything() -> dict[str, int]:
    """How many rows there are in every table but the journal of the edition that stays."""
    tables = Base.metadata.tables.values()
    return {table.name: db.session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}


def test_a_clone_has_people_programme_and_finalists_of_its_own(app: Flask) -> None:
    source = edition_named(None)
    edition = clone()
    assert edition.kind == "rehearsal"
    assert {model: count(model, edition) for model in (Seat, Person, Link, Slot, Poll)} == {
        model: count(model, source) for model in (Seat, Person, Link, Slot, Poll)
    }
    assert count(Entry, edition) == 29
    assert {poll.state for poll in db.session.scalars(select(Poll).where(Poll.edition_id == edition.id))} == {"draft"}
    assert queries.chairs(edition) == queries.chairs(source)
    assert journal.lines(edition)[0]["act"] == "rehearsal.begun"


def test_the_links_of_a_clone_open_only_the_clone(app: Flask) -> None:
    source, edition = edition_named(None), clone()
    token = every_link("http://127.0.0.1:8000", edition.slug)["director"].rsplit("/", 1)[1]
    found = links.link_of(token, edition)
    assert found is not None
    assert found.role == Role.DIRECTOR
    assert links.link_of(token, source) is None


def test_the_clock_of_a_clone_stands_at_its_first_slot(app: Flask) -> None:
    edition = clone()
    assert clock.now(edition) == queries.plan(edition).parts[0].starts


def test_fewer_judges_lower_the_quorum_of_the_clone_alone(app: Flask) -> None:
    edition = clone(quorum=3)
    assert "quorum = 3\n" in edition.rules_toml
    assert "quorum = 43" in edition_named(None).rules_toml
    assert "quorum = 43" not in edition.rules_toml


def test_deleting_leaves_nothing_behind(app: Flask) -> None:
    source = edition_named(None)
    before = everything()
    edition = clone()
    record_visit(system(edition), targets(edition)[0], "a device")
    delete_rehearsal(system(source, "test"), edition.slug)
    after = everything()
    after["journal_line"] -= 2  # cloned, deleted: the story of the edition that stays
    assert after == before
    acts = list(db.session.scalars(select(JournalLine.act).where(JournalLine.edition_id == source.id).order_by(JournalLine.seq)))
    assert acts[-2:] == ["edition.cloned", "rehearsal.deleted"]
    assert journal.findings(journal.lines(source)) == []


def test_an_edition_that_is_not_a_rehearsal_is_kept(app: Flask) -> None:
    source = edition_named(None)
    with pytest.raises(Refusal, match="edition.kept"):
        delete_rehearsal(system(source), source.slug)


def test_a_deleted_link_never_opens_another_edition(app: Flask) -> None:
    source = edition_named(None)
    old = clone("rehearsal-bbbbbb")
    token = every_link("http://127.0.0.1:8000", old.slug)["director"].rsplit("/", 1)[1]
    delete_rehearsal(system(source), "rehearsal-bbbbbb")
    assert links.link_of(token, clone("rehearsal-cccccc")) is None


def test_names_are_letters_behind_a_word() -> None:
    assert len(new_slug()) == len("rehearsal-") + 6
