"""The heads to keep outside: which moments, printed by whom, recorded as events, and what a scanner reads verifies."""

import pytest
from flask import Flask

from eventapp import journal
from eventapp.access import Role
from eventapp.admin.queries import edition_named, every_link
from eventapp.audit import queries
from eventapp.audit.operations import anchor_journal
from eventapp.awards import evidence
from eventapp.awards.evidence_findings import findings
from eventapp.rules.refusal import Refusal
from tests.awards.day import actor, close_day, sample_votes, seal_day, step
from tests.page import PageClient


def enter(app: Flask, role: str) -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    client.enter(every_link("http://localhost")[role])
    return client


def few_votes() -> None:
    close_day(sample_votes(edition_named(None), 1)[:10])


def test_open_close_seal_and_reveal_are_moments(app: Flask) -> None:
    from tests.voting import factories as make

    make.select_finalists()
    make.opened()
    assert [one.text for one in queries.moments(make.edition())] == ["「業務改善部門」の投票を開始"]
    few_votes()
    seal_day()
    step(5)

    texts = [one.text for one in queries.moments(edition_named(None))]

    assert texts[1:3] == ["結果を確定", "表彰式の発表を開始"]
    assert len(texts) == 4
    assert texts[3].endswith("を発表")


def test_a_moment_reads_the_head_as_it_was(app: Flask) -> None:
    few_votes()
    seal_day()
    seal = queries.moments(edition_named(None))[-1]
    lines = journal.lines(edition_named(None))

    assert (lines[seal.line - 1]["act"], lines[seal.line - 1]["hash"]) == ("result.sealed", seal.head)


def test_an_anchor_is_a_line_that_names_a_head_before_itself(app: Flask) -> None:
    few_votes()
    seal_day()
    line = queries.moments(edition_named(None))[-1].line

    anchor_journal(actor(Role.AUDITOR), line=line)
    anchor_journal(actor(Role.SECRETARIAT), line=line)

    lines = journal.lines(edition_named(None))
    assert [one["act"] for one in lines[-2:]] == ["journal.anchored"] * 2
    assert lines[-1]["details"] == {"head": lines[line - 1]["hash"], "line": line, "moment": "結果を確定"}
    assert journal.findings(lines) + journal.head_findings(lines) == []
    assert queries.moments(edition_named(None))[-1].anchored == 2
    assert findings(evidence.bundle(edition_named(None)), [(line, str(lines[line - 1]["hash"]))]) == []


@pytest.mark.parametrize("line", [0, -1, 10**6, 2**40])
def test_a_line_that_is_not_there_cannot_be_anchored(app: Flask, line: int) -> None:
    before = journal.head(edition_named(None))

    with pytest.raises(Refusal, match="line.unknown"):
        anchor_journal(actor(Role.AUDITOR), line=line)
    assert journal.head(edition_named(None)) == before


@pytest.mark.parametrize("role", ["secretariat", "auditor", "chair", "deputy"])
def test_the_keepers_print_a_head_and_it_is_recorded(app: Flask, role: str) -> None:
    client = enter(app, role)
    line = len(journal.lines(edition_named(None)))

    page = client.get("/desk/journal").get_data(as_text=True)
    answer = client.form_post("/desk/journal", f"/desk/journal/{line}")
    sheet = client.get(answer.location).get_data(as_text=True)

    last = journal.lines(edition_named(None))[-1]
    assert ("記録のつながりに切れ目はありません" in page, answer.status_code) == (True, 303)
    assert (last["act"], str(last["actor"]).split(":")[0]) == ("journal.anchored", role)
    head = str(last["previous"])
    assert all(head[at : at + 8] in sheet for at in range(0, 64, 8))
    assert "<svg" in sheet


def test_looking_at_a_sheet_records_nothing(app: Flask) -> None:
    client, before = enter(app, "auditor"), journal.head(edition_named(None))

    assert [client.get(path).status_code for path in ("/desk/journal", "/desk/journal/1", "/desk/journal/99999")] == [200, 200, 404]
    assert journal.head(edition_named(None)) == before


@pytest.mark.parametrize("role", ["director", "mc", "switcher", "reception"])
def test_others_have_no_business_there(app: Flask, role: str) -> None:
    client = enter(app, role)

    assert (client.get("/desk/journal").status_code, client.get("/desk/journal/1").status_code) == (401, 401)


def test_a_broken_chain_is_said_on_the_page(app: Flask) -> None:
    from sqlalchemy import text

    from eventapp.extensions import db

    db.session.execute(text("DROP TRIGGER journal_line_update"))
    db.session.execute(text("UPDATE journal_line SET details = 'no json' WHERE seq = 2"))
    db.session.commit()
    client = enter(app, "auditor")

    for path in ("/desk/journal", "/auditor"):
        page = client.get(path).get_data(as_text=True)
        assert "journal line 2: content does not match its hash" in page
