"""Finalists' words: confirmed by their bodies, a change takes the confirmation back, missing ones block the programme and nothing else."""

import pytest
from flask import Flask
from sqlalchemy import select

from eventapp.access import Actor, Role
from eventapp.admin.operations import move_phase
from eventapp.admin.queries import edition_named, every_link
from eventapp.ceremony import queries
from eventapp.ceremony.operations import confirm_wording
from eventapp.extensions import db
from eventapp.models import Entry, JournalLine, Person, WordingProof
from eventapp.programme.operations import go
from eventapp.rules.refusal import Refusal
from tests.awards.day import actor
from tests.page import PageClient

WORDS = {"first": "一行目", "second": "二行目", "short": "かな", "title_ruby": "かな", "short_ruby": "かな", "body_reading": "かな"}


def take_back() -> queries.Proof:
    """The first finalist, its confirmation gone."""
    proof = queries.proofs(edition_named(None))[0]
    db.session.delete(db.session.get_one(WordingProof, proof.entry.id))
    db.session.commit()
    return queries.proofs(edition_named(None))[0]


def coordinator_of(entry: Entry) -> Person:
    query = select(Person).where(Person.role == "entrant", Person.body_id == entry.bodies[0].id, Person.is_coordinator)
    return db.session.scalars(query).first() or pytest.fail("no coordinator")


def phase(name: str) -> None:
    edition_named(None).phase = name
    db.session.commit()


def test_the_demos_finalists_are_all_confirmed(app: Flask) -> None:
    found = queries.proofs(edition_named(None))

    assert (len(found), {one.state for one in found}, queries.unconfirmed(edition_named(None))) == (29, {"confirmed"}, [])


def test_an_unconfirmed_finalist_blocks_the_programme(app: Flask) -> None:
    proof = take_back()
    phase("selection")

    with pytest.raises(Refusal, match="wording.unconfirmed") as refused:
        move_phase(actor(Role.SECRETARIAT), phase="programme", from_="selection")

    assert refused.value.details == {"n": 1, "entries": [proof.entry.number]}
    assert edition_named(None).phase == "selection"
    confirm_wording(actor(Role.SECRETARIAT), proof.entry, sha256=proof.sha256)
    move_phase(actor(Role.SECRETARIAT), phase="programme", from_="selection")
    assert edition_named(None).phase == "programme"


def test_it_blocks_neither_a_step_back_nor_the_day_nor_the_air(app: Flask) -> None:
    take_back()
    phase("live")
    move_phase(actor(Role.SECRETARIAT), phase="programme", from_="live")
    move_phase(actor(Role.SECRETARIAT), phase="live", from_="programme")

    go(actor(Role.DIRECTOR), op_id="a" * 8, from_=None, to="opening")
    assert db.session.scalars(select(JournalLine.act).order_by(JournalLine.id.desc())).first() == "rundown.gone"


def test_a_withdrawn_finalist_needs_no_words(app: Flask) -> None:
    entry = take_back().entry
    entry.state, entry.withdrawn_at = "withdrawn", entry.submitted_at
    db.session.commit()

    assert queries.unconfirmed(edition_named(None)) == []


def test_other_words_are_not_confirmed_by_it(app: Flask) -> None:
    proof = queries.proofs(edition_named(None))[0]
    proof.entry.short_title = "別の短題"
    db.session.commit()

    found = queries.proofs(edition_named(None))[0]

    assert (found.state, found.faults, found.confirmed_at) == ("missing", ("short_ruby",), None)


@pytest.mark.parametrize(("sha256", "code"), [("0" * 64, "wording.superseded"), ("", "wording.superseded")])
def test_words_that_were_not_seen_are_not_confirmed(app: Flask, sha256: str, code: str) -> None:
    proof = take_back()

    with pytest.raises(Refusal, match=code):
        confirm_wording(actor(Role.SECRETARIAT), proof.entry, sha256=sha256)
    assert queries.proofs(edition_named(None))[0].state == "open"


def test_incomplete_words_are_not_confirmed(app: Flask) -> None:
    entry = take_back().entry
    entry.broadcast_title = []
    db.session.commit()

    with pytest.raises(Refusal, match="wording.incomplete"):
        confirm_wording(actor(Role.SECRETARIAT), entry, sha256=queries.proofs(edition_named(None))[0].sha256)


def entered(app: Flask, person: Person) -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    rows = every_link("http://localhost")["entrants"]
    client.enter(next(row["url"] for row in rows if row["name"] == person.name))
    return client


def test_the_coordinator_confirms_on_the_page(app: Flask) -> None:
    proof = take_back()
    number = proof.entry.number
    client = entered(app, coordinator_of(proof.entry))

    assert 'href="/wording"' in client.get("/entries").get_data(as_text=True)
    assert number in client.get("/wording").get_data(as_text=True)
    page = client.get(f"/wording/{number}?lang=en").get_data(as_text=True)
    answer = client.form_post(f"/wording/{number}", sha256=proof.sha256)

    assert "Confirm this wording" in page
    assert answer.status_code == 303
    found = queries.proof_named(edition_named(None), number)
    assert (found.state if found else "", (found.confirmed_by if found else "").split(":")[0]) == ("confirmed", "entrant")


def test_another_bodys_wording_is_not_there(app: Flask) -> None:
    proofs = queries.proofs(edition_named(None))
    mine = coordinator_of(proofs[0].entry)
    own = {body.id for body in proofs[0].entry.bodies}
    foreign = next(one.entry.number for one in proofs if not own & {body.id for body in one.entry.bodies})
    client = entered(app, mine)

    assert client.get(f"/wording/{foreign}").status_code == 404
    assert client.form_post("/wording", f"/wording/{foreign}", sha256="x").status_code == 404


def test_the_office_corrects_and_the_confirmation_is_gone(app: Flask, client: PageClient) -> None:
    client.enter(every_link("http://localhost")["secretariat"])
    number = queries.proofs(edition_named(None))[0].entry.number
    path = f"/desk/wording/{number}"

    assert "確認済み 29 / 29件" in client.get("/desk/wording").get_data(as_text=True)
    assert client.form_post(path, **WORDS).status_code == 303

    page = client.get(path).get_data(as_text=True)
    assert "正式題名の読みが、題名と合っていない" in page
    assert "一行目<br>二行目" in page
    entry = db.session.scalars(select(Entry).where(Entry.number == number)).one()
    assert (entry.broadcast_title, entry.words["short_reading"], entry.reading) == (["一行目", "二行目"], "かな", "かな")
    acts = list(db.session.scalars(select(JournalLine.act).order_by(JournalLine.id.desc()).limit(1)))
    assert acts == ["wording.changed"]


@pytest.mark.parametrize("bad", ["い" * 301, "\u202e", "a\nb", "\x07"])
def test_what_is_no_line_of_text_changes_nothing(app: Flask, client: PageClient, bad: str) -> None:
    client.enter(every_link("http://localhost")["secretariat"])
    proof = queries.proofs(edition_named(None))[0]

    answer = client.form_post(f"/desk/wording/{proof.entry.number}", **(WORDS | {"short": bad}))

    assert (answer.status_code, queries.proofs(edition_named(None))[0].sha256) == (422, proof.sha256)
    assert "一行目" in answer.get_data(as_text=True)


def test_confirming_twice_is_once(app: Flask) -> None:
    proof = take_back()
    who = Actor(Role.ENTRANT, edition_named(None), "entrant:1")
    for _ in range(2):
        confirm_wording(who, proof.entry, sha256=proof.sha256)

    assert len(db.session.scalars(select(WordingProof).where(WordingProof.entry_id == proof.entry.id)).all()) == 1
