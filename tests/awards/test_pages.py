"""The pages of the result: who opens them, what they carry at which moment, that every button works without JavaScript."""

import re

import pytest
from flask import Flask
from sqlalchemy import event, select

from eventapp.access import Role
from eventapp.admin.queries import edition_named, every_link
from eventapp.awards import queries
from eventapp.awards.evidence_findings import findings
from eventapp.awards.operations import decide
from eventapp.extensions import db
from eventapp.models import Poll
from tests.awards.day import actor, close_day, seal_day, sign_by, step, tied_votes
from tests.page import PageClient

RESULT_PAGES = {"chair": "/chair/result", "deputy": "/deputy/result", "secretariat": "/desk/result"}


def enter(app: Flask, *roles: str) -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    for role in roles:
        client.enter(every_link("http://localhost")[role])
    return client


def text_of(client: PageClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return str(response.get_data(as_text=True))


def winners() -> list[str]:
    seal = queries.sealed(edition_named(None))
    assert seal is not None
    return re.findall(r'"winners":\["([^"]+)"\]', seal.canonical)


@pytest.mark.parametrize("role", RESULT_PAGES)
def test_the_result_page_has_no_number_before_all_polls_are_closed(app: Flask, role: str) -> None:
    close_day()
    poll = db.session.scalars(select(Poll).where(Poll.contest == "idea")).one()
    poll.state, poll.closed_at, poll.closes_at = "open", None, None
    db.session.commit()

    page = text_of(enter(app, role), RESULT_PAGES[role])

    assert ("まだ集計は行われていません" in page, "得点" in page, "署名する" in page) == (True, False, False)


@pytest.mark.parametrize("role", RESULT_PAGES)
def test_the_result_page_shows_reasons_hash_and_button(app: Flask, role: str) -> None:
    close_day()

    page = text_of(enter(app, role), RESULT_PAGES[role])

    assert page.count("<summary>理由</summary>") == 8
    assert "この結果に署名する" in page
    assert "この画面を開ける人" in page


def test_opening_the_result_changes_nothing(app: Flask) -> None:
    edition = close_day()
    client = enter(app, "chair")
    from eventapp import journal

    head = journal.head(edition)
    text_of(client, "/chair/result")

    assert journal.head(edition_named(None)) == head


def test_a_member_of_the_office_who_was_not_named_sees_no_result(app: Flask) -> None:
    close_day()
    person = actor(Role.SECRETARIAT).person
    assert person is not None
    person.is_sealer = False
    db.session.commit()

    assert enter(app, "secretariat").get("/desk/result").status_code == 403


def test_two_persons_sign_by_plain_post(app: Flask) -> None:
    close_day()
    chair, deputy = enter(app, "chair"), enter(app, "deputy")
    hash_ = re.search(r'name="hash" value="([0-9a-f]{64})"', text_of(chair, "/chair/result"))
    assert hash_ is not None

    assert chair.form_post("/chair/result", "/chair/result/sign", hash=hash_[1]).status_code == 303
    assert chair.form_post("/chair/result", "/chair/result/sign", hash=hash_[1]).status_code == 409
    assert deputy.form_post("/deputy/result", "/deputy/result/sign", hash="0" * 64).status_code == 409
    assert queries.sealed(edition_named(None)) is None
    assert deputy.form_post("/deputy/result", "/deputy/result/sign", hash=hash_[1]).status_code == 303
    assert queries.sealed(edition_named(None)) is not None


def test_the_secretariat_signs_by_command(app: Flask) -> None:
    from tests.page import csrf_of

    edition = close_day()
    client = enter(app, "secretariat")
    from eventapp.rules.canonical import digest

    token = csrf_of(text_of(client, "/desk/result"))
    body = {"name": "result.sign", "args": {"hash": digest(queries.result(edition))}}
    db.session.rollback()
    answers = [client.post("/commands/sign-0001", json=body, headers={"X-CSRF-Token": token}).get_json() for _ in range(2)]

    assert answers == [{"ok": True, "sealed": False, "signatures": 1}] * 2


def test_the_chair_decides_a_tie_by_form_and_keeps_what_was_typed_when_refused(app: Flask) -> None:
    close_day(tied_votes(edition_named(None)))
    first, second = (one["number"] for one in queries.nominees(edition_named(None), "dx-sprint")[:2])
    client = enter(app, "chair")
    page = text_of(client, "/chair/result")
    assert ("決定待ち" in page, "この決定を記録する" in page, "この結果に署名する" in page) == (True, True, False)

    fields = {"prize": "dx-sprint", "step": "chair", f"rank-{first}": "1", f"rank-{second}": "1", "reason": "横展開のしやすさ"}
    refused = client.form_post("/chair/result", "/chair/result/decide", **fields)
    assert (refused.status_code, "横展開のしやすさ" in refused.get_data(as_text=True)) == (400, True)

    assert client.form_post("/chair/result", "/chair/result/decide", **(fields | {f"rank-{first}": "2"})).status_code == 303
    assert "この結果に署名する" in text_of(client, "/chair/result")


def test_the_chair_leaves_a_tie_to_the_lot_by_form(app: Flask) -> None:
    close_day(tied_votes(edition_named(None)))
    client = enter(app, "chair")

    client.form_post("/chair/result", "/chair/result/decide", prize="dx-sprint", step="chair", leave="yes", reason="くじで")
    assert "公開のくじを1回引きます" in text_of(client, "/chair/result")
    client.form_post("/chair/lot", "/chair/lot/promise")
    client.form_post("/chair/lot", "/chair/lot/words", words="3 5 1")
    client.form_post("/chair/lot", "/chair/lot/draw")

    assert "この結果に署名する" in text_of(client, "/chair/result")


def test_the_secretariat_reads_that_chair_or_deputy_decide(app: Flask) -> None:
    close_day(tied_votes(edition_named(None)))
    client = enter(app, "secretariat")

    page = text_of(client, "/desk/result")

    assert ("審査委員長または副委員長が決定します" in page, "この決定を記録する" in page) == (True, False)


def test_the_console_moves_by_plain_post_and_refuses_a_step_that_was_taken(app: Flask) -> None:
    close_day()
    client = enter(app, "director")
    assert "結果がまだ確定していません" in text_of(client, "/director/reveal")
    seal_day()

    first = {"n": "0", "step": "idle"}
    client.form_post("/director/reveal", "/director/reveal/next", **first)
    client.form_post("/director/reveal", "/director/reveal/next", **first)

    page = text_of(client, "/director/reveal")
    row = queries.reveal_row(edition_named(None))
    assert row is not None
    assert (row.n, row.step, "ほかの方が先に" in page) == (0, "category", True)


@pytest.mark.parametrize("name", ["hold", "back"])
def test_the_console_goes_back_and_holds(app: Flask, name: str) -> None:
    close_day()
    seal_day()
    step(2)
    client = enter(app, "director")

    client.form_post("/director/reveal", f"/director/reveal/{name}", n="0", step="nominees")

    row = queries.reveal_row(edition_named(None))
    assert row is not None
    assert row.step == {"hold": "hold", "back": "category"}[name]


def test_an_unknown_move_is_missing(app: Flask) -> None:
    assert enter(app, "director").form_post("/director/reveal", "/director/reveal/jump", n="0", step="idle").status_code == 404


def test_results_say_when_the_ceremony_is_until_a_prize_is_known(app: Flask, client: PageClient) -> None:
    close_day()
    seal_day()

    assert "令和7年12月24日(水) 16:45からの表彰式" in text_of(client, "/results")
    assert "24 December 2025 from 16:45" in text_of(client, "/results?lang=en")


def test_results_show_revealed_prizes_in_both_languages_and_no_other(app: Flask, client: PageClient) -> None:
    close_day()
    seal_day()
    step(8)

    japanese, english = text_of(client, "/results"), text_of(client, "/results?lang=en")

    shown = [one["winners"][0] for one in queries.revealed(edition_named(None))]
    assert re.findall(r'data-prize="([^"]+)"', japanese) == ["ai-innovation", "dx-sprint"]
    assert all(one["owner"] in japanese for one in shown)
    assert all(one["owner_en"] in english for one in shown)
    assert "AI Innovation Prize" in english


@pytest.mark.parametrize("path", ["/results", "/results?lang=en", "/archive", "/archive/connect-day-2024"])
def test_public_pages_set_no_cookie(app: Flask, client: PageClient, path: str) -> None:
    close_day()
    seal_day()
    step(4)

    response = client.get(path)

    assert (response.status_code, response.headers.get("Set-Cookie")) == (200, None)


def test_results_ask_a_fixed_number_of_questions(app: Flask, client: PageClient) -> None:
    close_day()
    seal_day()
    counts = []
    for times in (4, 8):
        step(times)
        asked: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *args, asked=asked: asked.append(args[2]))
        text_of(client, "/results")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_archive_has_the_winners_of_2024(app: Flask, client: PageClient) -> None:
    assert "Tokyo区市町村DXaward 2024" in text_of(client, "/archive")
    page = text_of(client, "/archive/connect-day-2024")
    assert ("調布市" in page, "調布ごみナビ" in page, page.count('class="prize"')) == (True, True, 4)
    assert "Chofu" in text_of(client, "/archive/connect-day-2024?lang=en")
    assert client.get("/archive/connect-day-1999").status_code == 404


def test_the_auditor_reads_the_journal_and_takes_the_evidence_after_the_seal(app: Flask) -> None:
    close_day()
    client = enter(app, "auditor")
    assert client.get("/auditor/evidence.zip").status_code == 409
    seal_day()

    page, answer = text_of(client, "/auditor"), client.get("/auditor/evidence.zip")

    assert ("切れ目はありません" in page, "result.sealed" in page) == (True, True)
    assert (answer.mimetype, findings(answer.data)) == ("application/zip", [])


def test_the_journal_tells_no_decision_before_the_seal(app: Flask) -> None:
    edition = edition_named(None)
    close_day(tied_votes(edition))
    first, second = (one["number"] for one in queries.nominees(edition, "dx-sprint")[:2])
    decide(actor(Role.CHAIR), prize="dx-sprint", step="chair", value=f"{second} {first}", reason="横展開のしやすさ")
    client = enter(app, "auditor")

    before = text_of(client, "/auditor")
    seal_day()

    assert ("decision.recorded" in before, f"{second} {first}" in before, "横展開のしやすさ" in before) == (True, False, False)
    assert f"{second} {first}" in text_of(client, "/auditor")


@pytest.mark.parametrize("before", ["", "0", "1", "5", "999999", "x", "-1", "9" * 30])
def test_any_page_of_the_journal_opens(app: Flask, before: str) -> None:
    text_of(enter(app, "auditor"), f"/auditor?before={before}")


@pytest.mark.parametrize("role", ["director", "mc", "switcher", "reception", "auditor"])
@pytest.mark.parametrize("path", ["/chair/result", "/deputy/result", "/desk/result"])
def test_nobody_else_opens_the_result(app: Flask, role: str, path: str) -> None:
    close_day()

    assert enter(app, role).get(path).status_code == 401


def test_a_voided_signature_is_told(app: Flask) -> None:
    close_day(tied_votes(edition_named(None)))
    first, second = (one["number"] for one in queries.nominees(edition_named(None), "dx-sprint")[:2])
    decide(actor(Role.CHAIR), prize="dx-sprint", step="chair", value=f"{first} {second}", reason="理由")
    sign_by(Role.CHAIR)
    decide(actor(Role.CHAIR), prize="dx-sprint", step="chair", value=f"{second} {first}", reason="理由")

    assert "前の署名は無効になりました" in text_of(enter(app, "chair"), "/chair/result")


@pytest.mark.parametrize(("role", "path"), [("chair", "/chair"), ("deputy", "/deputy")])
def test_a_board_leads_to_the_result_and_shows_no_hash(app: Flask, role: str, path: str) -> None:
    close_day()
    client = enter(app, role)

    before = text_of(client, path)
    hash_ = seal_day()
    after = text_of(client, path)

    assert ("結果を確かめて署名する" in before, f"{path}/result" in before) == (True, True)
    assert ("確定しました" in after, "結果を見る" in after, hash_[:8] in after) == (True, True, False)


def test_the_mc_reads_the_reveal_once_it_has_begun(app: Flask, client: PageClient) -> None:
    close_day()
    seal_day()
    client.enter(every_link("http://localhost")["mc"])
    assert "の発表です。" not in client.get("/mc").get_data(as_text=True)

    step(2)
    assert "ご覧の" in client.get("/mc").get_data(as_text=True)
