"""The frame by itself: settings, clock, journal, operations, links, sessions, commands."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from eventapp import clock, journal, links, live, ticker, work
from eventapp.access import Actor, system
from eventapp.admin.queries import edition_named, every_link
from eventapp.config import read_settings
from eventapp.extensions import db
from eventapp.models import JournalLine, Link
from eventapp.rules.refusal import Refusal
from eventapp.work import note, operation, touch
from tests.page import PageClient


@operation("test.done")
def do_something(actor: Actor, *, fail: bool = False) -> None:
    """Touch a channel and note a word."""
    note(word="done")
    touch(actor, "crew")
    if fail:
        raise Refusal("request.malformed")


@operation("test.nested")
def do_both(actor: Actor, *, fail: bool) -> None:
    """Two operations in one transaction."""
    do_something(actor)
    do_something(actor, fail=fail)


def acts() -> list[str]:
    return list(db.session.scalars(select(JournalLine.act).order_by(JournalLine.seq)))


def test_settings_refuse_an_unknown_name() -> None:
    with pytest.raises(ValueError, match=r"unknown setting EVENTAPP_PROT \(did you mean EVENTAPP_PORT\?\)"):
        read_settings({"EVENTAPP_PROT": "1"})


def test_settings_refuse_a_word_for_a_number() -> None:
    with pytest.raises(ValueError, match="EVENTAPP_PORT must be int"):
        read_settings({"EVENTAPP_PORT": "eighty"})


def test_settings_default_to_one_process_on_sqlite() -> None:
    settings = read_settings({})

    assert (settings.is_sqlite, settings.redis_url, settings.base_url) == (True, "", "http://127.0.0.1:8000")


def test_an_operation_leaves_one_line_and_raises_the_channel(app: Flask) -> None:
    edition = edition_named(None)
    before, version = len(acts()), live.version(edition, "crew")

    do_something(system(edition))

    assert len(acts()) == before + 1
    assert live.version(edition, "crew") == [version[0], version[1] + 1]


def test_a_refused_operation_leaves_nothing(app: Flask) -> None:
    edition = edition_named(None)
    before, version = acts(), live.version(edition, "crew")

    with pytest.raises(Refusal):
        do_both(system(edition), fail=True)

    assert (acts(), live.version(edition_named(None), "crew")) == (before, version)


def test_nested_operations_are_one_transaction_with_a_line_each(app: Flask) -> None:
    before = len(acts())

    do_both(system(edition_named(None)), fail=False)

    assert acts()[before:] == ["test.done", "test.done", "test.nested"]


def test_a_failing_broadcast_undoes_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_channels: object) -> None:
        raise OSError("no queue")

    monkeypatch.setattr(work.live, "tell", broken)
    before = len(acts())

    do_something(system(edition_named(None)))

    assert len(acts()) == before + 1
    assert "live screens were not told" in caplog.text


def test_an_error_of_the_database_does_not_write_a_ballot_into_the_log(app: Flask) -> None:
    with pytest.raises(OperationalError) as error:
        db.session.execute(text("SELECT :body FROM nowhere"), {"body": "the choice"})

    assert "the choice" not in str(error.value)


def test_note_belongs_into_an_operation(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="outside"):
        note(word="lost")


def test_the_journal_is_a_chain(app: Flask) -> None:
    lines = journal.lines(edition_named(None))

    assert journal.findings(lines) == []
    assert lines[-1]["hash"] == journal.head(edition_named(None))


@pytest.mark.parametrize("field", ["seq", "at", "actor", "act", "details", "previous", "hash"])
def test_a_changed_line_is_found_and_named(app: Flask, field: str) -> None:
    lines = journal.lines(edition_named(None))
    lines[1][field] = 99 if field == "seq" else "x"

    assert any("journal line" in finding for finding in journal.findings(lines))


def test_a_dropped_line_is_found(app: Flask) -> None:
    lines = journal.lines(edition_named(None))
    del lines[1]

    assert journal.findings(lines) != []


def test_a_demo_clock_runs_at_its_rate(app: Flask) -> None:
    edition = edition_named(None)
    at = datetime(2025, 12, 24, 2, 18, tzinfo=UTC)

    clock.set_to(edition, at, 0)

    assert clock.now(edition) == at


@pytest.mark.parametrize("wrong", ["", "1", "1-" + "A" * 26, "999999-" + "A" * 26, "1-%00", "x" * 10_000, "１-" + "A" * 26])
def test_a_forged_token_opens_nothing(app: Flask, wrong: str) -> None:
    assert links.link_of(wrong, edition_named(None)) is None


def test_a_reissued_link_kills_the_old_token(app: Flask) -> None:
    edition = edition_named(None)
    link = db.session.scalars(select(Link).where(Link.role == "director")).one()
    token = links.token_of(link)

    link.generation += 1

    assert links.link_of(token, edition) is None
    assert links.link_of(links.token_of(link), edition) is link


def test_a_link_does_not_sign_in_by_being_looked_at(app: Flask, client: PageClient) -> None:
    link = every_link("http://localhost")["director"]

    client.get(link.removeprefix("http://localhost"))

    assert client.get("/live/crew").status_code == 401


def test_two_roles_live_side_by_side_in_one_browser(app: Flask, client: PageClient) -> None:
    found = every_link("http://localhost")

    client.enter(found["director"])
    client.enter(found["chair"])

    assert [client.get(f"/live/{channel}").status_code for channel in ("crew", "chair", "judge")] == [200, 200, 401]


def test_signing_out_of_one_role_keeps_the_other(app: Flask, client: PageClient) -> None:
    found = every_link("http://localhost")
    client.enter(found["judges"][0]["url"])
    client.enter(found["chair"])

    client.form_post("/code", "/signout/chair")

    assert [client.get(f"/live/{channel}").status_code for channel in ("judge", "chair")] == [200, 401]


def test_an_old_cookie_after_signing_out_is_nobody(app: Flask, client: PageClient) -> None:
    client.enter(every_link("http://localhost")["chair"])
    cookie = client.get_cookie("eventapp")
    client.form_post("/code", "/signout/chair")

    assert cookie is not None
    client.set_cookie("eventapp", cookie.value)

    assert client.get("/live/chair").status_code == 401


def test_an_occupied_seat_needs_its_code(app: Flask) -> None:
    judge = every_link("http://localhost")["judges"][0]
    first, second = app.test_client(), app.test_client()
    assert isinstance(first, PageClient)
    assert isinstance(second, PageClient)
    first.enter(judge["url"])

    assert second.enter(judge["url"]).status_code == 409
    assert second.enter(judge["url"], code="WRNG-CODE").status_code == 400
    assert second.enter(judge["url"], code=judge["code"].lower()).status_code == 303


def test_five_wrong_codes_lock_their_beginning_and_no_other(app: Flask, client: PageClient) -> None:
    good = every_link("http://localhost")["judges"][0]["code"]
    for _ in range(5):
        assert client.form_post("/code", code=good[:4] + "-ZZZZ").status_code == 400

    assert client.form_post("/code", code=good).status_code == 429
    assert client.form_post("/code", code=every_link("http://localhost")["judges"][1]["code"]).status_code == 303


def test_another_spelling_of_a_wrong_code_is_no_new_try(app: Flask, client: PageClient) -> None:
    good = every_link("http://localhost")["judges"][0]["code"]
    first, rest = good[0], good[1:4]
    for beginning in (good[:4], good[:4].lower(), f"{first} {rest}", f"{first}-{rest}", f" {good[:4]}"):
        assert client.form_post("/code", code=beginning + "-ZZZZ").status_code == 400

    assert client.form_post("/code", code=good).status_code == 429


def test_five_wrong_codes_at_a_link_lock_the_right_one_too(app: Flask, client: PageClient) -> None:
    judge = every_link("http://localhost")["judges"][0]
    for _ in range(5):
        assert client.enter(judge["url"], code="WRNG-CODE").status_code == 400

    assert client.enter(judge["url"], code=judge["code"]).status_code == 429


def test_a_session_planted_before_signing_in_opens_nothing(app: Flask, client: PageClient) -> None:
    client.get("/code")
    planted = client.get_cookie("eventapp")
    client.enter(every_link("http://localhost")["director"])
    assert client.get("/live/crew").status_code == 200

    thief = app.test_client()
    assert planted is not None
    thief.set_cookie("eventapp", planted.value)
    assert thief.get("/live/crew").status_code == 401


def test_shared_caches_keep_one_public_document_for_every_cookie(app: Flask, client: PageClient) -> None:
    client.get("/code")

    assert [client.get(path).headers.get("Vary") for path in ("/live/public", "/", "/code")] == [None, None, "Cookie"]


def test_a_post_without_token_changes_nothing(app: Flask, client: PageClient) -> None:
    link = every_link("http://localhost")["director"].removeprefix("http://localhost")

    assert client.post(link).status_code == 400
    assert client.get("/live/crew").status_code == 401


def test_an_etag_answers_304_until_the_channel_changes(app: Flask, client: PageClient) -> None:
    tag = client.get("/live/public").headers["ETag"]

    assert client.get("/live/public", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/live/public", headers={"If-None-Match": f"W/{tag}"}).status_code == 304
    live_edition = edition_named(None)

    @operation(None)
    def change(actor: Actor) -> None:
        touch(actor, "public")

    change(system(live_edition))
    assert client.get("/live/public", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("channel", ["crew", "chair", "judge", "stage", "overlay"])
def test_a_stranger_reads_only_the_public_channel(app: Flask, client: PageClient, channel: str) -> None:
    assert client.get(f"/live/{channel}").status_code == 401


def test_a_command_is_obeyed_once(app: Flask, client: PageClient) -> None:
    client.enter(every_link("http://localhost")["director"])
    page = client.get("/code").get_data(as_text=True)
    from tests.page import csrf_of

    headers = {"X-CSRF-Token": csrf_of(page)}
    order = {"name": "clock.set", "args": {"at": "2025-12-24T02:00:00Z", "rate": 0}}

    first = client.post("/commands/op-00000001", json=order, headers=headers)
    lines = len(acts())
    second = client.post("/commands/op-00000001", json=order, headers=headers)
    other = client.post("/commands/op-00000001", json={**order, "args": {"at": "2025-12-24T03:00:00Z", "rate": 0}}, headers=headers)

    assert (first.json, second.json, len(acts())) == ({"ok": True}, {"ok": True}, lines)
    assert (other.status_code, other.json["code"]) == (409, "command.reused")


@pytest.mark.parametrize(
    "order",
    [
        {"name": "clock.set"}, {"name": "clock.set", "args": {"at": "x", "rate": 1}}, {"name": "clock.set", "args": {"at": 1, "rate": 1}},
        {"name": "clock.set", "args": {"at": "2025-12-24T02:00:00Z", "rate": True}}, {"name": "nothing", "args": {}},
        {"name": "clock.set", "args": {"at": "2025-12-24T02:00:00Z", "rate": 1, "more": 1}}, {"name": ["clock.set"], "args": {}}, [], {},
    ],
)  # fmt: skip
def test_a_malformed_command_is_refused_and_changes_nothing(app: Flask, client: PageClient, order: object) -> None:
    client.enter(every_link("http://localhost")["director"])
    from tests.page import csrf_of

    headers = {"X-CSRF-Token": csrf_of(client.get("/code").get_data(as_text=True))}
    before = acts()

    answer = client.post("/commands/op-00000002", json=order, headers=headers)

    assert (answer.status_code, answer.json["ok"], acts()) == (409, False, before)


def test_the_database_is_durable(app: Flask) -> None:
    found = [db.session.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous", "foreign_keys")]

    assert found == ["wal", 2, 1]


def test_the_secret_is_readable_by_its_owner_only(app: Flask) -> None:
    path: Path = app.config["EVENTAPP_SETTINGS"].data / "secret"

    assert path.stat().st_mode & 0o777 == 0o600


def test_a_job_that_fails_does_not_stop_the_others(app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    ran: list[str] = []
    jobs = [ticker.Job("broken", 1, lambda actor: ran.append(str(1 // 0))), ticker.Job("polls", 1, lambda actor: ran.append("polls"))]
    monkeypatch.setattr(ticker, "jobs", jobs)

    ticker.tick({})

    assert ran == ["polls"]
    assert "the job broken failed" in caplog.text
