"""Two workers behind one installation: what is given at one is seen at the other, through PostgreSQL and Redis."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
import requests
import socketio
from flask import Flask

from eventapp.access import Role
from eventapp.demo import create_demo
from eventapp.extensions import db
from tests.page import csrf_of
from tests.programme.day import link_to
from tests.serving import clean_environment, free_port, running

pytestmark = pytest.mark.engines


@pytest.fixture
def workers(pg_app: Flask, database_url: str, redis_url: str, tmp_path: Path) -> Iterator[tuple[list[str], str]]:
    """The addresses of two gunicorn workers of one demo, and the director's link."""
    link = link_to(create_demo(at="programme"), Role.DIRECTOR)
    db.session.remove()
    urls = []
    with ExitStack() as stack:
        for _ in range(2):
            port = free_port()
            url = f"http://127.0.0.1:{port}"
            env = clean_environment(
                EVENTAPP_DATA=str(tmp_path / "data"), EVENTAPP_DATABASE_URL=database_url, EVENTAPP_REDIS_URL=redis_url,
                EVENTAPP_PORT=str(port),
            )  # fmt: skip
            command = [sys.executable, "-m", "gunicorn", "-c", "python:eventapp.workers", "-b", f"127.0.0.1:{port}", "eventapp.wsgi:app"]
            stack.enter_context(running(command, url, tmp_path / f"{port}.log", env))
            urls.append(url)
        yield urls, link


def test_a_go_at_one_worker_is_seen_at_the_other(workers: tuple[list[str], str]) -> None:
    (here, there), link = workers
    seen: Queue[dict[str, Any]] = Queue()
    screen = socketio.Client(http_session=origin(there), handle_sigint=False)
    screen.on("document", seen.put, namespace="/public")
    screen.connect(there, namespaces=["/public"], transports=["websocket"])
    try:
        before = screen.call("sync", {"channel": "public"}, namespace="/public")["document"]
        director = origin(here)
        director.post(here + link, data={"csrf_token": csrf_of(director.get(here + link).text)})
        token = csrf_of(director.get(f"{here}/code").text)
        asked = {"name": "rundown.go", "args": {"from": None, "to": "opening"}}
        answer = director.post(f"{here}/commands/go-opening", json=asked, headers={"X-CSRF-Token": token})
        assert answer.json()["ok"], answer.text
        document = seen.get(timeout=60)
        director.close()
    finally:
        screen.disconnect()
        screen.shutdown()
    assert (document["epoch"], document["rev"]) > (before["epoch"], before["rev"])
    assert document["sections"]["now_next"]["now"]["slot"] == "opening"


def origin(url: str) -> requests.Session:
    """A program's session, which says where it comes from as a page does."""
    session = requests.Session()
    session.headers["Origin"] = url
    return session
