"""From a number down to the ballots: after the seal, for the auditor and the sealers, and never unnoticed."""

import re
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import select

from eventapp import journal
from eventapp.access import Role
from eventapp.admin.queries import edition_named
from eventapp.awards import queries
from eventapp.awards.ballots.operations import open_ballots
from eventapp.extensions import db
from eventapp.models import BallotVersion
from eventapp.rules.refusal import Refusal
from tests.awards.day import actor, close_day, sample_votes, seal_day
from tests.awards.test_pages import enter, text_of

HOMES = {"auditor": "/auditor", "chair": "/chair", "deputy": "/deputy", "secretariat": "/desk"}


def refused(code: str) -> pytest.RaisesExc[Refusal]:
    return pytest.raises(Refusal, match=f"^{code}$")


def best(contest: str) -> dict[str, str]:
    row: dict[str, str] = next(one for one in queries.result(edition_named(None))["contests"] if one["id"] == contest)["standing"][0]
    return row


@pytest.mark.parametrize("role", HOMES)
def test_before_the_seal_no_ballot_opens(app: Flask, role: str) -> None:
    close_day()
    client = enter(app, role)
    head = journal.head(edition_named(None))

    assert client.get(f"{HOMES[role]}/ballots").status_code == 409
    answer = client.form_post("/code", f"{HOMES[role]}/ballots/open", contest="service", entry=best("service")["entry"])
    assert answer.status_code in (400, 409)
    with refused("ballots.sealed"):
        open_ballots(actor(Role(role)), contest="service", entry=best("service")["entry"])
    assert journal.head(edition_named(None)) == head


@pytest.mark.parametrize("role", HOMES)
def test_after_the_seal_each_opening_is_journalled(app: Flask, role: str) -> None:
    close_day()
    seal_day()
    client, entry, home = enter(app, role), best("service")["entry"], HOMES[role]
    before = journal.head(edition_named(None))
    listed = text_of(client, f"{home}/ballots")
    assert ("票を開く" in listed, "TEST" in listed, journal.head(edition_named(None))) == (True, False, before)

    page = client.form_post(f"{home}/ballots", f"{home}/ballots/open", contest="service", entry=entry)

    assert (page.status_code, "-TEST" in page.get_data(as_text=True), page.headers["Cache-Control"]) == (200, True, "private, no-store")
    line = journal.lines(edition_named(None))[-1]
    assert (line["act"], line["details"]["entry"], str(line["actor"]).split(":")[0]) == ("ballots.opened", entry, role)  # type: ignore[index]


def test_the_marks_add_up_to_the_score(app: Flask) -> None:
    close_day()
    seal_day()
    for contest in ("service", "dx-sprint"):
        row = best(contest)

        found = open_ballots(actor(Role.AUDITOR), contest=contest, entry=row["entry"])

        judged = [one for one in found["judges"] if one["eligible"]]
        assert len(judged) == int(row["marks"])
        assert Fraction(sum(one["worth"] for one in judged), len(judged)) == Fraction(row["score"])
        assert found["plain"]
        assert [group["mean"] for group in found["groups"]] == [row["score"]]


def test_every_version_of_a_ballot_is_there_with_what_became_of_it(app: Flask) -> None:
    edition = close_day()
    first = next(vote for vote in sample_votes(edition, 1) if vote[0] == "service")
    close_day([first])  # the same seat votes again
    entry = first[2]["ranking"][0]
    seal_day()

    found = open_ballots(actor(Role.CHAIR), contest="service", entry=entry)

    versions = next(one for one in found["judges"] if one["judge"] == first[1])["versions"]
    assert [version["state"] for version in versions] == ["superseded", "counts"]
    receipts = db.session.scalars(select(BallotVersion.receipt).where(BallotVersion.id.in_([one["seq"] for one in versions])))
    assert sorted(receipts) == sorted(one["receipt"] for one in versions)


def test_a_recused_judge_is_shown_as_such(app: Flask) -> None:
    close_day()
    seal_day()
    entry = next(one for one in queries.finalists(edition_named(None)) if one.category.code == "service")

    found = open_ballots(actor(Role.AUDITOR), contest="service", entry=entry.number)

    recused = [one["judge"] for one in found["judges"] if one["recused"]]
    assert (len(recused) >= 1, any(one["eligible"] for one in found["judges"] if one["recused"])) == (True, False)


@pytest.mark.parametrize(("contest", "entry"), [("service", "S-999"), ("no-contest", "S-001"), ("", "")])
def test_what_is_not_there_is_missing_and_not_journalled(app: Flask, contest: str, entry: str) -> None:
    close_day()
    seal_day()
    client = enter(app, "auditor")
    head = journal.head(edition_named(None))

    assert client.form_post("/auditor/ballots", "/auditor/ballots/open", contest=contest, entry=entry).status_code == 404
    assert journal.head(edition_named(None)) == head


@pytest.mark.parametrize("role", ["director", "mc", "switcher", "reception"])
def test_nobody_else_opens_ballots(app: Flask, role: str) -> None:
    close_day()
    seal_day()

    assert [enter(app, role).get(f"{home}/ballots").status_code for home in HOMES.values()] == [401] * 4


def test_a_member_of_the_office_who_was_not_named_opens_none(app: Flask) -> None:
    close_day()
    seal_day()
    person = actor(Role.SECRETARIAT).person
    assert person is not None
    person.is_sealer = False
    db.session.commit()

    assert enter(app, "secretariat").get("/desk/ballots").status_code == 403
    with refused("result.reserved"):
        open_ballots(actor(Role.SECRETARIAT), contest="service", entry=best("service")["entry"])


def test_the_page_opens_in_english(app: Flask) -> None:
    close_day()
    seal_day()
    client = enter(app, "auditor")

    page = client.form_post("/auditor/ballots", "/auditor/ballots/open?lang=en", contest="dx-sprint", entry=best("dx-sprint")["entry"])

    text = page.get_data(as_text=True)
    assert ("Marks by judge" in text, "counts" in text) == (True, True)
    assert set(re.findall(r'action="(/auditor[^"]*)"', text)) == {"/auditor/ballots/open?lang=en#opened"}
