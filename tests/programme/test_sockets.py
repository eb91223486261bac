"""The crew's socket: a command's ack after commit, and the documents that everybody then gets."""

from typing import Any

import pytest
from flask import Flask

from eventapp import doors, live
from eventapp.access import Role, system
from eventapp.extensions import socketio
from eventapp.models import Edition
from eventapp.programme import operations
from tests.page import PageClient, csrf_of
from tests.programme.day import edition_at, link_to, tick


@pytest.fixture
def edition(app: Flask) -> Edition:
    edition = edition_at("11:05:00")
    operations.jump(system(edition), op_id="jump-there", block="award-operations")
    tick(edition, "11:05:20")
    return edition


def connected(app: Flask, client: PageClient, namespace: str, csrf: str = "") -> Any:
    return socketio.test_client(app, namespace=namespace, flask_test_client=client, auth={"csrf": csrf})


def documents(socket: Any, namespace: str) -> list[dict[str, Any]]:
    return [event["args"][0] for event in socket.get_received(namespace) if event["name"] == "document"]


def test_go_by_socket_is_acknowledged_and_moves_the_screens(app: Flask, client: PageClient, edition: Edition) -> None:
    client.enter(link_to(edition, Role.DIRECTOR))
    crew = connected(app, client, "/crew", csrf_of(client.get("/director").get_data(as_text=True)))
    public = connected(app, client, "/public")
    assert crew.emit("sync", {"channel": "crew", "epoch": 0, "rev": 0}, namespace="/crew", callback=True)["document"]["channel"] == "crew"
    public.emit("sync", {"channel": "public", "epoch": 0, "rev": 0}, namespace="/public", callback=True)
    asked = {"op_id": "go-by-socket", "name": "rundown.go", "args": {"to": "award-operations-1"}}
    assert crew.emit("command", asked, namespace="/crew", callback=True) == {"ok": True, "now": "award-operations-1", "overtaken": []}
    live.flush(app)
    for socket, namespace in ((crew, "/crew"), (public, "/public")):
        newest = documents(socket, namespace)[-1]
        assert newest["sections"]["now_next"]["now"]["slot"] == "award-operations-1"
        assert newest["sections"]["timer"]["slot"] == "award-operations-1"


def test_a_refused_command_by_socket_carries_its_words(app: Flask, client: PageClient, edition: Edition) -> None:
    client.enter(link_to(edition, Role.DIRECTOR))
    crew = connected(app, client, "/crew", csrf_of(client.get("/director").get_data(as_text=True)))
    asked = {"op_id": "go-by-socket", "name": "rundown.go", "args": {"from": "lunch", "to": "award-operations-1"}}
    answer = crew.emit("command", asked, namespace="/crew", callback=True)
    assert (answer["ok"], answer["code"], answer["current"]) == (False, "cue.superseded", None)
    assert answer["text"].startswith("ほかの方が先に進行を動かしました。")


@pytest.mark.parametrize(
    ("name", "args"), [("clock.set", {"at": "2025-12-24T02:00:00Z", "rate": float("nan")}), ("rundown.message", {"text": "\ud800"})]
)
def test_a_command_that_no_text_can_hold_is_answered(
    app: Flask, client: PageClient, edition: Edition, name: str, args: dict[str, Any]
) -> None:
    client.enter(link_to(edition, Role.DIRECTOR))
    crew = connected(app, client, "/crew", csrf_of(client.get("/director").get_data(as_text=True)))
    answer = crew.emit("command", {"op_id": "never-silent", "name": name, "args": args}, namespace="/crew", callback=True)
    assert (answer["ok"], answer["code"]) == (False, "request.malformed")


def test_a_handler_that_fails_still_answers(
    app: Flask, client: PageClient, edition: Edition, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    public = connected(app, client, "/public")
    monkeypatch.setattr(live, "answer", lambda *_: 1 // 0)
    answer = public.emit("sync", {"channel": "public", "epoch": 0, "rev": 0}, namespace="/public", callback=True)
    assert (answer["ok"], answer["code"]) == (False, "server.failed")


def test_a_connection_whose_grant_is_gone_hears_no_more(app: Flask, client: PageClient, edition: Edition) -> None:
    client.enter(link_to(edition, Role.DIRECTOR))
    crew = connected(app, client, "/crew", csrf_of(client.get("/director").get_data(as_text=True)))
    crew.emit("sync", {"channel": "crew", "epoch": 0, "rev": 0}, namespace="/crew", callback=True)
    doors.expel_strangers(app)
    assert crew.is_connected("/crew")
    client.form_post("/code", "/signout/director")
    doors.expel_strangers(app)
    assert not crew.is_connected("/crew")


def test_a_screen_connects_by_its_token_beside_the_directors_session(app: Flask, client: PageClient, edition: Edition) -> None:
    client.enter(link_to(edition, Role.DIRECTOR))
    token = link_to(edition, Role.SCREEN).rpartition("/")[2]
    screen = socketio.test_client(app, namespace="/screen", flask_test_client=client, auth={"token": token})
    assert screen.is_connected("/screen")


def test_the_mc_hears_the_crew_but_may_not_cue(app: Flask, client: PageClient, edition: Edition) -> None:
    client.enter(link_to(edition, Role.MC))
    crew = connected(app, client, "/crew", csrf_of(client.get("/mc").get_data(as_text=True)))
    assert crew.emit("sync", {"channel": "crew", "epoch": 0, "rev": 0}, namespace="/crew", callback=True)["document"]["channel"] == "crew"
    asked = {"op_id": "go-by-socket", "name": "rundown.go", "args": {"to": "award-operations-1"}}
    assert crew.emit("command", asked, namespace="/crew", callback=True)["code"] == "access.denied"
