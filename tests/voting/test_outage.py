"""While the database cannot be written or read every door says 503 and when to come back; nothing is changed, and then it goes on."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event, func, select, text

from eventapp.admin.queries import every_link
from eventapp.extensions import db, socketio
from eventapp.models import BallotVersion
from tests.page import PageClient, csrf_of
from tests.voting.factories import opened, payload


@pytest.fixture
def tablet(app: Flask, client: PageClient) -> PageClient:
    """A browser signed in by the card of seat A-01, the poll open."""
    opened()
    assert client.enter(every_link("http://localhost")["judges"][0]["url"]).status_code == 303
    return client


@contextmanager
def unwritable() -> Iterator[None]:
    """Every transaction is refused its first write, as on a full disk."""

    def forbid(connection: sqlite3.Connection, *_rest: object) -> None:
        connection.execute("PRAGMA query_only=ON")

    db.session.rollback()
    event.listen(db.engine, "checkout", forbid)
    try:
        yield
    finally:
        event.remove(db.engine, "checkout", forbid)
        db.session.rollback()
        db.engine.dispose()


def versions() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(BallotVersion)) or 0


def test_a_ballot_is_answered_503_and_taken_afterwards(tablet: PageClient) -> None:
    sent = payload()
    token = csrf_of(tablet.get("/code").get_data(as_text=True))
    with unwritable():
        refused = tablet.post(f"/judge/ballots/{sent['op_id']}", json=sent, headers={"X-CSRF-Token": token})
    assert (refused.status_code, refused.headers["Retry-After"], refused.get_json()["code"]) == (503, "5", "server.busy")
    assert versions() == 0

    taken = tablet.post(f"/judge/ballots/{sent['op_id']}", json=sent, headers={"X-CSRF-Token": token})

    assert taken.get_json()["result"] == "ok"
    assert versions() == 1


def test_a_form_is_answered_by_a_page_that_needs_no_database(tablet: PageClient) -> None:
    page = tablet.get("/judge")
    token = csrf_of(page.get_data(as_text=True))
    with unwritable():
        refused = tablet.post("/judge/operations/ballot", data={"csrf_token": token})

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert "内容は変わっていません" in refused.get_data(as_text=True)


def test_a_session_that_cannot_be_read_is_no_sign_out(app: Flask, tablet: PageClient) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False  # as in a server
    db.session.execute(text("ALTER TABLE web_session RENAME TO elsewhere"))
    db.session.commit()

    page, live = tablet.get("/judge"), tablet.get("/live/judge")

    assert [answer.status_code for answer in (page, live)] == [503, 503]
    assert live.get_json()["code"] == "server.busy"


def test_a_socket_is_answered_too(app: Flask, tablet: PageClient) -> None:
    token = csrf_of(tablet.get("/code").get_data(as_text=True))
    socket = socketio.test_client(app, namespace="/judge", auth={"csrf": token}, flask_test_client=tablet)
    sent = payload()
    with unwritable():
        answer = socket.emit("ballot.put", sent, namespace="/judge", callback=True)
    assert (answer["ok"], answer["code"]) == (False, "server.busy")

    assert socket.emit("ballot.put", sent, namespace="/judge", callback=True)["result"] == "ok"


def test_the_log_says_what_failed_without_a_choice(tablet: PageClient, caplog: pytest.LogCaptureFixture) -> None:
    sent = payload()
    token = csrf_of(tablet.get("/code").get_data(as_text=True))
    with unwritable():
        tablet.post(f"/judge/ballots/{sent['op_id']}", json=sent, headers={"X-CSRF-Token": token})

    assert "the database failed: attempt to write a readonly database" in caplog.text
    assert sent["body"]["ranking"][0] not in caplog.text
