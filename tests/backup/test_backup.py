"""Backups and the way back, drilled: whole copies while votes go on, and nothing replaced that was not verified."""

import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import gevent
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from eventapp import backup, clock, journal
from eventapp.access import system
from eventapp.admin.queries import edition_named, every_link, status
from eventapp.cli import cli
from eventapp.config import Settings, read_settings
from eventapp.extensions import db
from eventapp.models import BallotVersion, Installation, JournalLine, Poll
from eventapp.restore import Refused, restore
from eventapp.serving import lock
from tests.conftest import make_app
from tests.page import PageClient
from tests.voting.factories import CONTEST, opened, put, select_finalists, sit


@pytest.fixture
def settings(app: Flask) -> Settings:
    select_finalists()
    found: Settings = app.config["EVENTAPP_SETTINGS"]
    return found


def leave() -> None:
    """As a server that ends."""
    db.session.remove()
    db.engine.dispose()


def contents(settings: Settings) -> dict[str, Any]:
    """What a data folder holds, read by a new application."""
    app = make_app(settings.data)
    with app.app_context():
        edition = edition_named(None)
        found = {
            "receipts": list(db.session.scalars(select(BallotVersion.receipt).order_by(BallotVersion.id))),
            "epoch": db.session.scalars(select(Installation.epoch)).one(),
            "last": db.session.scalars(select(JournalLine).order_by(JournalLine.id.desc()).limit(1)).one(),
            "chain": journal.findings(journal.lines(edition)),
        }  # fmt: skip
        leave()
    return found


def test_a_backup_is_a_whole_database_in_one_file(settings: Settings) -> None:
    opened()
    receipt = put(sit("A-01"))["receipt"]

    made = backup.take(settings)

    assert made.parent == settings.data / "backups"
    assert made.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(made)) as found:
        assert found.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert found.execute("SELECT receipt FROM ballot_version").fetchall() == [(receipt,)]
    assert [path.name for path in made.parent.iterdir() if path.name != ".lock"] == [made.name]


def test_a_backup_is_of_one_moment_while_ballots_come_in(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copied in many small steps, with a ballot between them: neither side waits, and no half of a transaction is copied."""
    monkeypatch.setattr(backup, "PAGES", 5)
    opened()
    judge = sit("A-01")
    copying = gevent.spawn(backup.take, settings)
    accepted = 0
    while not copying.ready():
        accepted += put(judge)["result"] == "ok"
        gevent.sleep(0)
    made = copying.get()

    assert accepted > 0
    with closing(sqlite3.connect(made)) as found:
        (versions,) = found.execute("SELECT count(*) FROM ballot_version").fetchone()
        (lines,) = found.execute("SELECT count(*) FROM journal_line WHERE act = 'ballot.put'").fetchone()
        (counting,) = found.execute("SELECT max(seq) FROM ballot").fetchone()
    assert versions == lines
    assert counting in (None, versions)


def test_only_the_newest_are_kept_and_numbers_order_them(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    few = replace(settings, backups_kept=2)
    made = [backup.take(few)]
    at = clock.real()
    monkeypatch.setattr(clock, "real", lambda: at - timedelta(hours=3))  # the machine's clock is set back
    made += [backup.take(few), backup.take(few)]

    assert backup.all_of(few) == made[1:]


def test_a_backup_that_fails_leaves_the_ones_before(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    made = backup.take(settings)

    def full(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_to_disk", full)
    with pytest.raises(backup.Failed, match="No space left"):
        backup.take(settings)

    assert backup.all_of(settings) == [made]
    assert "No space left" in backup.standing(settings).problem

    monkeypatch.undo()
    backup.take(settings)

    assert backup.standing(settings).problem == ""
    assert sorted(path.suffix for path in made.parent.iterdir()) == ["", ".sqlite3", ".sqlite3"]


def test_two_backups_at_once_are_made_one_after_the_other(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    backup.take(settings)
    with backup._alone(backup.folder(settings)):
        second = gevent.spawn(backup.take, settings)
        gevent.sleep(0.2)
        assert not second.ready()
    assert second.get() == backup.all_of(settings)[-1]

    monkeypatch.setattr(backup, "WAIT_S", 0)
    with backup._alone(backup.folder(settings)), pytest.raises(backup.Failed, match="another backup is being made"):
        backup.take(settings)


def test_while_a_poll_is_open_a_backup_is_made_every_minute_and_one_more_when_it_closed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup.socketio, "start_background_task", lambda run, *given: run(*given))
    keeping, now = backup.Keeping(), [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    made = []

    def minute(seconds: float) -> None:
        now[0] += seconds
        keeping(system(edition_named(None)))
        made.append(len(backup.all_of(settings)))

    minute(0)
    opened()
    for seconds in (2, 2, backup.EVERY_S, 2):
        minute(seconds)
    db.session.scalars(select(Poll).where(Poll.contest == CONTEST)).one().state = "draft"
    db.session.commit()
    minute(2)
    minute(backup.EVERY_S)

    assert made == [0, 1, 1, 2, 2, 3, 3]


def test_status_and_desk_say_how_old_the_newest_is(settings: Settings, client: PageClient) -> None:
    assert (status(settings)["backup"], status(settings)["backup_age_s"]) == (None, None)
    client.enter(every_link("http://localhost")["secretariat"])
    assert "まだありません" in client.get("/desk").get_data(as_text=True)

    made = backup.take(settings)

    assert (status(settings)["backup"], status(settings)["backup_age_s"]) == (str(made), 0)
    assert "秒前(<span" in client.get("/desk").get_data(as_text=True)


def test_without_pg_dump_it_is_said(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = replace(settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none")
    monkeypatch.setattr(shutil, "which", lambda _name: None)

    assert backup.standing(elsewhere).problem == "pg_dump is not installed"
    with pytest.raises(backup.Failed, match="pg_dump is not installed"):
        backup.take(elsewhere)


# --- the way back -----------------------------------------------------------------------------------------------------------


def test_a_restored_backup_has_a_newer_epoch_and_says_what_is_not_in_it(settings: Settings) -> None:
    opened()
    kept = put(sit("A-01"))["receipt"]
    made = backup.take(settings)
    lost = put(sit("A-02"))["receipt"]
    leave()
    before = contents(settings)
    assert before["receipts"] == [kept, lost]

    with pytest.raises(Refused, match=r"holds 1 accepted ballots and 1 journal lines"):
        restore(settings, made)
    assert contents(settings)["receipts"] == [kept, lost]
    done = restore(settings, made, force=True)

    after = contents(settings)
    assert (done.lost_ballots, done.lost_lines) == (1, 1)
    assert after["receipts"] == [kept]
    assert after["epoch"] > before["epoch"]
    assert (after["last"].act, after["chain"]) == ("backup.restored", [])
    assert done.replaced is not None
    with closing(sqlite3.connect(done.replaced)) as aside:
        assert [row[0] for row in aside.execute("SELECT receipt FROM ballot_version ORDER BY id")] == [kept, lost]


def test_the_epoch_rises_above_one_that_is_ahead_of_the_clock(settings: Settings) -> None:
    made = backup.take(settings)
    ahead = clock.real() + timedelta(days=400)
    db.session.scalars(select(Installation)).one().epoch = ahead
    db.session.commit()
    leave()

    restore(settings, made)

    assert contents(settings)["epoch"] > ahead


def test_nothing_is_restored_while_a_server_runs(settings: Settings) -> None:
    made = backup.take(settings)
    held = lock(settings)
    try:
        with pytest.raises(SystemExit, match="another server already uses"):
            restore(settings, made)
    finally:
        held.close()


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("UPDATE journal_line SET actor = 'nobody' WHERE seq = 2", "journal line 2: content does not match its hash"),
        ("DELETE FROM journal_line WHERE act = 'ballot.put'", "journal"),
        ("UPDATE ballot SET body = '{}'", "1 counting ballots have no version"),
        ("DELETE FROM seat WHERE id = (SELECT seat_id FROM ballot)", "points to nothing"),
    ],
)
def test_a_backup_that_does_not_verify_is_refused(settings: Settings, sql: str, word: str) -> None:
    opened()
    put(sit("A-01"))
    made = backup.take(settings)
    with closing(sqlite3.connect(made, isolation_level=None)) as forged:
        for trigger in [row[0] for row in forged.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]:
            forged.execute(f"DROP TRIGGER {trigger}")
        forged.execute(sql)
    leave()

    with pytest.raises(Refused, match=word):
        restore(settings, made, force=True)
    assert len(contents(settings)["receipts"]) == 1


@pytest.mark.parametrize("damage", ["cut", "torn", "other"])
def test_a_damaged_file_is_refused(settings: Settings, damage: str) -> None:
    made = backup.take(settings)
    whole = made.read_bytes()
    made.write_bytes({"cut": whole[: len(whole) // 2], "torn": whole[:8192] + b"\xff" * 4096 + whole[12288:], "other": b"a letter"}[damage])
    leave()

    with pytest.raises(Refused, match="damaged|no database"):
        restore(settings, made, force=True)


def test_another_laptop_needs_the_secret(settings: Settings, tmp_path: Path) -> None:
    made = backup.take(settings)
    leave()
    spare = replace(settings, data=tmp_path / "spare")
    with pytest.raises(Refused, match="secret is missing"):
        restore(spare, made)
    (spare.data / "secret").write_text("00" * 32)
    with pytest.raises(Refused, match="is not the one of this backup"):
        restore(spare, made)

    shutil.copy(settings.data / "secret", spare.data / "secret")
    done = restore(spare, made)

    assert done.replaced is None
    assert contents(spare)["chain"] == []


def test_a_database_that_cannot_be_read_is_replaced_and_kept(settings: Settings) -> None:
    made = backup.take(settings)
    leave()
    broken = settings.data / "eventapp.sqlite3"
    broken.write_bytes(b"\0" * 5000)

    done = restore(settings, made)

    assert done.replaced is not None
    assert done.replaced.read_bytes() == b"\0" * 5000
    assert contents(settings)["chain"] == []


def test_the_commands_answer_in_a_line(settings: Settings) -> None:
    leave()
    run = CliRunner().invoke
    made = run(cli, ["backup", "--data", str(settings.data)])
    assert made.exit_code == 0, made.output
    assert run(cli, ["prepare", "--data", str(settings.data)]).exit_code == 0
    restored = run(cli, ["restore", made.output.strip(), "--data", str(settings.data)])
    again = run(cli, ["restore", __file__, "--data", str(settings.data)])

    assert (restored.exit_code, again.exit_code) == (0, 1)
    assert "not in it: 0 accepted ballots" in restored.output
    assert "is no database" in again.output


def test_postgresql_is_not_restored_by_us(tmp_path: Path) -> None:
    there = read_settings({}, data=tmp_path, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none")

    with pytest.raises(Refused, match="pg_restore"):
        restore(there, tmp_path / "any")


