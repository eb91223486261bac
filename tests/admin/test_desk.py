"""The secretariat's desk: phase, links, seats and their cards; the command line's facts and links."""

import json
import re

import pytest
from flask import Flask
from sqlalchemy import select

from eventapp.admin.queries import edition_named, every_link, status
from eventapp.extensions import db
from eventapp.models import JournalLine, Link
from eventapp.refusals import CATALOGUE
from tests.page import PageClient


@pytest.fixture
def desk(app: Flask, client: PageClient) -> PageClient:
    client.enter(every_link("http://localhost")["secretariat"])
    return client


def test_the_phase_moves_once_and_is_journalled(desk: PageClient) -> None:
    assert desk.form_post("/desk", "/desk/phase", phase="live", **{"from": "programme"}).status_code == 303

    line = db.session.scalars(select(JournalLine).where(JournalLine.act == "phase.moved").order_by(JournalLine.seq.desc())).first()
    assert edition_named(None).phase == "live"
    assert line is not None
    assert json.loads(line.details) == {"before": "programme", "phase": "live"}


@pytest.mark.parametrize(("phase", "seen"), [("live", "call"), ("nothing", "programme"), ("archive", "programme"), ("", "")])
def test_a_phase_that_was_not_seen_or_is_not_next_is_refused(desk: PageClient, phase: str, seen: str) -> None:
    assert desk.form_post("/desk", "/desk/phase", phase=phase, **{"from": seen}).status_code == 409
    assert edition_named(None).phase == "programme"


def test_a_reissued_link_shuts_the_old_one_out(app: Flask, desk: PageClient) -> None:
    judge = every_link("http://localhost")["judges"][4]
    other = app.test_client()
    assert isinstance(other, PageClient)
    other.enter(judge["url"])
    link = db.session.scalars(select(Link).where(Link.id == int(re.findall(r"/link/(\d+)-", judge["url"])[0]))).one()

    assert desk.form_post("/desk/seats", f"/desk/people/{link.id}", back="seats").status_code == 303

    assert other.get("/live/judge").status_code == 401
    assert other.get(judge["url"].removeprefix("http://localhost")).status_code == 404
    assert every_link("http://localhost")["judges"][4]["code"] != judge["code"]


def test_a_link_of_nobody_is_not_found(desk: PageClient) -> None:
    assert desk.form_post("/desk/people", "/desk/people/999999").status_code == 404


def test_every_seat_has_a_card_with_its_code(desk: PageClient) -> None:
    page = desk.get("/desk/seats/cards").get_data(as_text=True)

    assert page.count('class="card"') == 85
    assert page.count('class="sheet"') == 11
    assert all(judge["code"] in page for judge in every_link("http://localhost")["judges"])


def test_one_card_can_be_printed_by_itself(desk: PageClient) -> None:
    assert desk.get("/desk/seats/cards?only=A-07").get_data(as_text=True).count('class="card"') == 1


def test_the_people_page_shows_every_personal_link(desk: PageClient) -> None:
    page = desk.get("/desk/people").get_data(as_text=True)

    found = every_link("http://127.0.0.1:8000")
    assert all(row["url"] in page for row in found["entrants"] + found["screeners"])


def test_links_are_what_programs_rely_on(app: Flask) -> None:
    found = every_link("http://localhost")

    assert len(found["judges"]) == 85
    assert set(found["judges"][0]) == {"seat", "name", "group", "bodies", "url", "code"}
    assert {"lower-third", "timer", "vote-progress", "award-reveal"} <= set(found["overlays"])
    office = ("base_url", "secretariat", "deputy", "chair", "director", "mc", "switcher", "reception", "auditor")
    assert [name for name in office if not str(found[name]).startswith("http://localhost")] == []


def test_status_tells_the_edition_and_its_polls(app: Flask) -> None:
    facts = status(app.config["EVENTAPP_SETTINGS"])

    assert (facts["edition"], facts["entries"], facts["seats"], facts["database"]) == ("connect-day-2025", 78, 85, "sqlite")
    assert set(facts["polls"].values()) == {"draft"}


def test_the_desk_leads_to_every_desk_and_nobody_reads_code_words(desk: PageClient) -> None:
    page = desk.get("/desk").get_data(as_text=True)
    for path in ("/director", "/director/reveal", "/mc", "/switcher", "/reception", "/desk/screening/cut", "/desk/result", "/handbook"):
        assert f'href="{path}"' in page
    assert 'action="/signout/secretariat"' in page
    people = desk.get("/desk/people").get_data(as_text=True)
    assert "<td>screener</td>" not in people
    assert "<td>一次審査</td>" in people


def test_signing_out_ends_the_role(desk: PageClient) -> None:
    assert desk.form_post("/desk", "/signout/secretariat").status_code == 303
    assert desk.get("/desk").status_code == 401


def test_the_handbook_lists_every_refusal_for_everybody(client: PageClient) -> None:
    page = client.get("/handbook").get_data(as_text=True)
    assert [code for code in CATALOGUE if f">{code}</th>" not in page] == []
    assert "{" not in page[page.index('id="refusals"') :]
