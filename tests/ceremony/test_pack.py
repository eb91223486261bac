"""The pack: only after the seal, only for three named persons, each opening journalled and on the chair's board."""

import json
import re

import pytest
from flask import Flask
from sqlalchemy import select

from eventapp import live
from eventapp.access import Actor, Role
from eventapp.admin.queries import edition_named, every_link
from eventapp.awards import queries as awards
from eventapp.awards.operations import void_seal
from eventapp.ceremony import queries
from eventapp.ceremony.operations import name_person, open_pack, unname_person
from eventapp.extensions import db
from eventapp.models import JournalLine, Person
from eventapp.rules.refusal import Refusal
from tests.awards.day import actor, close_day, seal_day
from tests.page import PageClient, csrf_of

NAMEABLE = [role.value for role in queries.NAMEABLE]


def person(role: Role) -> int:
    found = actor(role).person
    assert found is not None
    return found.id


def named(*roles: Role) -> None:
    for role in roles:
        name_person(actor(Role.CHAIR), person=person(role))


def entered(app: Flask, role: str) -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    client.enter(every_link("http://localhost")[role])
    return client


def winners() -> list[str]:
    seal = awards.sealed(edition_named(None))
    assert seal is not None
    return [number for prize in json.loads(seal.canonical)["prizes"] for number in prize["winners"]]


def lines(act: str) -> list[dict[str, object]]:
    rows = db.session.scalars(select(JournalLine).where(JournalLine.act == act).order_by(JournalLine.id))
    return [{"actor": row.actor, **json.loads(row.details)} for row in rows]


def test_nobody_opens_anything_before_the_seal(app: Flask) -> None:
    close_day()
    named(Role.MC)

    with pytest.raises(Refusal, match="result.unsealed"):
        open_pack(actor(Role.MC), document="walking")
    assert lines("pack.opened") == []


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.CHAIR, Role.DIRECTOR, Role.MC, Role.AUDITOR])
def test_after_the_seal_only_named_persons_open(app: Flask, role: Role) -> None:
    close_day()
    seal_day()

    with pytest.raises(Refusal, match="pack.reserved"):
        open_pack(actor(role), document="walking")
    assert lines("pack.opened") == []


def test_an_opening_is_journalled_and_raises_the_chairs_board(app: Flask) -> None:
    close_day()
    seal = seal_day()
    named(Role.MC)
    before = live.version(edition_named(None), "chair")

    open_pack(actor(Role.MC), document="walking")
    open_pack(actor(Role.MC), document="cards")

    assert [(one["document"], one["person"], one["hash"]) for one in lines("pack.opened")] == [
        ("walking", person(Role.MC), seal), ("cards", person(Role.MC), seal),
    ]  # fmt: skip
    assert live.version(edition_named(None), "chair") > before
    assert [one.document for one in queries.openings(edition_named(None))] == ["封筒とカード", "登壇の順"]


def test_an_unknown_document_is_refused(app: Flask) -> None:
    close_day()
    seal_day()
    named(Role.MC)

    with pytest.raises(Refusal, match="page.missing"):
        open_pack(actor(Role.MC), document="winners")


def test_at_most_three_are_named_and_whoever_knows_counts(app: Flask) -> None:
    close_day()
    seal_day()
    named(Role.MC, Role.DIRECTOR, Role.SECRETARIAT)
    named(Role.MC)
    with pytest.raises(Refusal, match="pack.full"):
        named(Role.DEPUTY)

    unname_person(actor(Role.CHAIR), person=person(Role.DIRECTOR))
    named(Role.DEPUTY)
    assert len(queries.pack_people(edition_named(None))) == 3

    open_pack(actor(Role.MC), document="walking")
    unname_person(actor(Role.CHAIR), person=person(Role.MC))
    with pytest.raises(Refusal, match="pack.full"):
        named(Role.DIRECTOR)
    with pytest.raises(Refusal, match="pack.reserved"):
        open_pack(actor(Role.MC), document="walking")
    named(Role.MC)
    assert queries.is_in_pack(actor(Role.MC))


def test_a_voided_seal_shuts_the_pack_and_a_new_one_starts_afresh(app: Flask) -> None:
    close_day()
    seal_day()
    named(Role.MC)
    open_pack(actor(Role.MC), document="walking")
    void_seal(actor(Role.CHAIR), reason="poll.reopened idea")
    with pytest.raises(Refusal, match="result.unsealed"):
        open_pack(actor(Role.MC), document="walking")
    unname_person(actor(Role.CHAIR), person=person(Role.MC))

    seal_day()

    assert queries.knowing(edition_named(None)) == set()


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.MC, Role.AUDITOR])
def test_only_sealers_name(app: Flask, role: Role) -> None:
    for write in (name_person, unname_person):
        with pytest.raises(Refusal, match="result.reserved"):
            write(actor(role), person=person(Role.MC))


@pytest.mark.parametrize("role", ["entrant", "judge", "auditor", "reception"])
def test_only_the_office_and_the_stage_can_be_named(app: Flask, role: str) -> None:
    found = db.session.scalars(select(Person.id).where(Person.role == role)).first() or 10**9

    with pytest.raises(Refusal, match="pack.unknown"):
        name_person(actor(Role.CHAIR), person=found)


def test_the_gate_knows_no_winner_and_a_get_opens_nothing(app: Flask) -> None:
    close_day()
    seal_day()
    named(Role.MC)
    client = entered(app, "mc")

    page = client.get("/ceremony").get_data(as_text=True)

    assert [number for number in winners() if number in page] == []
    assert [client.get(f"/ceremony/{document}").status_code for document in queries.DOCUMENTS] == [405, 405, 405]
    assert lines("pack.opened") == []


@pytest.mark.parametrize("document", ["walking", "cards"])
def test_a_named_person_opens_by_a_plain_form(app: Flask, document: str) -> None:
    close_day()
    seal_day()
    named(Role.MC)
    client = entered(app, "mc")

    answer = client.form_post("/ceremony", f"/ceremony/{document}")
    page = answer.get_data(as_text=True)

    entries = {entry.number: entry for entry in awards.finalists(edition_named(None))}
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert [number for number in winners() if entries[number].short_title not in page] == []
    assert ("サンプル" in page, len(lines("pack.opened"))) == (True, 1)


def test_the_walking_order_is_that_of_the_reveal_with_the_bodys_seats(app: Flask) -> None:
    edition = close_day()
    seal_day()
    seal = awards.sealed(edition)
    assert seal is not None

    found = queries.walking_order(edition, seal)

    assert [one["prize"]["code"] for one in found] == list(awards.reveal_order(edition))
    assert sorted(winner["number"] for one in found for winner in one["winners"]) == sorted(winners())
    assert [one for one in found for winner in one["winners"] if not winner["seats"]] == []


def test_labels_of_envelopes_name_no_winner(app: Flask) -> None:
    close_day()
    seal_day()
    named(Role.MC)
    page = entered(app, "mc").form_post("/ceremony", "/ceremony/cards").get_data(as_text=True)

    labels = page[page.index('aria-label="封筒の札') : page.index('aria-label="カード')]
    owners = [entry.owner for entry in awards.finalists(edition_named(None))]
    assert [owner for owner in owners if owner in labels] == []
    assert labels.count("発表まで開封しない") == 8


@pytest.mark.parametrize("role", NAMEABLE)
def test_whoever_is_not_named_is_told_so_without_a_line(app: Flask, role: str) -> None:
    close_day()
    seal_day()
    client = entered(app, role)
    home = client.get({"secretariat": "/desk"}.get(role, f"/{role}"))

    answer = client.post("/ceremony/walking", data={"csrf_token": csrf_of(home.get_data(as_text=True))})

    assert answer.status_code == 403
    assert lines("pack.opened") == []


def test_the_chairs_board_names_who_opened_what(app: Flask) -> None:
    close_day()
    seal_day()
    named(Role.MC)
    open_pack(actor(Role.MC), document="walking")

    for role in ("chair", "deputy"):
        page = entered(app, role).get(f"/{role}").get_data(as_text=True)
        box = re.sub(r"<[^>]*>", "", page[page.index('id="pack-title"') :])
        assert "司会 登壇の順を開きました" in " ".join(box.split())
        assert [number for number in winners() if number in page] == []


def test_a_sealer_names_on_the_page_and_a_fourth_is_refused_in_words(app: Flask) -> None:
    close_day()
    client = entered(app, "chair")

    answers = [client.form_post("/ceremony", "/ceremony/people/add", person=str(person(role))) for role in queries.NAMEABLE[:4]]

    assert [one.status_code for one in answers] == [303, 303, 303, 409]
    assert "資料を開けるのは3名まで" in answers[3].get_data(as_text=True)
    assert client.form_post("/ceremony", "/ceremony/people/remove", person=str(person(queries.NAMEABLE[0]))).status_code == 303
    assert client.form_post("/ceremony", "/ceremony/people/other", person="1").status_code == 404
    assert [client.form_post("/ceremony", "/ceremony/people/add", person=bad).status_code for bad in ("", "x", "-1", "9" * 30)] == [404] * 4


def test_a_member_of_the_office_who_is_neither_sealer_nor_named_sees_no_gate(app: Flask) -> None:
    who = actor(Role.SECRETARIAT)
    assert who.person is not None
    who.person.is_sealer = False
    db.session.commit()

    assert entered(app, "secretariat").get("/ceremony").status_code == 403
    again = Actor(Role.SECRETARIAT, edition_named(None), "secretariat", db.session.get(Person, who.person.id))
    with pytest.raises(Refusal, match="result.reserved"):
        name_person(again, person=person(Role.MC))
