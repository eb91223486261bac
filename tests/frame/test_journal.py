"""The journal kept in the database: a thousand edits behind its triggers' back are each found and named; a cut tail by an anchor."""

import random

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from eventapp import journal
from eventapp.admin.queries import edition_named
from eventapp.extensions import db
from eventapp.models import Edition

EDITS = 1000


def chain_of(length: int) -> Edition:
    """The demo's edition with a journal of at least so many lines."""
    edition = edition_named(None)
    for number in range(length - len(journal.lines(edition))):
        journal.append(edition, f"office:{number % 5}", "test.done", {"number": number, "words": "記録"})
    db.session.commit()
    return edition


def drop_triggers() -> None:
    for table in ("journal_line", "ballot_version"):
        for act in ("update", "delete"):
            db.session.execute(text(f"DROP TRIGGER {table}_{act}"))


def edit(dice: random.Random, edition: Edition, rows: list[tuple[int, int]]) -> int:
    """One random edit of a line before the last; returns the number of the line."""
    row, seq = dice.choice(rows[:-1])
    where = {"id": row, "edition": edition.id}
    kind = dice.choice(("actor", "act", "details", "words", "at", "seq", "previous", "hash", "delete", "insert", "swap"))
    statements = {
        "actor": "UPDATE journal_line SET actor = actor || 'x' WHERE id = :id",
        "act": "UPDATE journal_line SET act = 'test.undone' WHERE id = :id",
        "details": "UPDATE journal_line SET details = '{\"number\":-1}' WHERE id = :id",
        "words": "UPDATE journal_line SET details = details || ' ' WHERE id = :id",
        "at": "UPDATE journal_line SET at = at + 1 WHERE id = :id",
        "seq": "UPDATE journal_line SET seq = seq + 100000 WHERE id = :id",
        "previous": "UPDATE journal_line SET previous = replace(previous, substr(previous, 7, 1), 'z') WHERE id = :id",
        "hash": "UPDATE journal_line SET hash = replace(hash, substr(hash, 9, 1), 'z') WHERE id = :id",
        "delete": "DELETE FROM journal_line WHERE id = :id",
        "insert": (
            "INSERT INTO journal_line (edition_id, seq, at, actor, act, details, previous, hash) "
            "SELECT edition_id, seq + 100000, at, actor, act, details, previous, hash FROM journal_line WHERE id = :id"
        ),
    }
    if kind == "swap":
        for target, by in ((row, 200_000), (row + 1, -1), (row, -199_999)):
            db.session.execute(text("UPDATE journal_line SET seq = seq + :by WHERE id = :id"), {"id": target, "by": by})
    else:
        db.session.execute(text(statements[kind]), where)
    return -1 if kind in ("insert", "seq") else seq


def test_a_thousand_edits_behind_the_triggers_are_found_and_named(app: Flask) -> None:
    edition = chain_of(80)
    drop_triggers()
    db.session.commit()
    query = text("SELECT id, seq FROM journal_line WHERE edition_id = :edition ORDER BY seq")
    rows = [(row, seq) for row, seq in db.session.execute(query, {"edition": edition.id})][-80:]
    dice, unnamed = random.Random(85), []
    for number in range(EDITS):
        seq = edit(dice, edition, rows)
        db.session.expire_all()
        found = journal.findings(journal.lines(edition))
        named = [line for line in found if seq < 0 or f"journal line {seq}:" in line or f"journal line {seq + 1}:" in line]
        if not named:
            unnamed.append((number, seq, found))
        db.session.rollback()
    assert unnamed == []
    assert journal.findings(journal.lines(edition)) == []


def test_a_cut_tail_is_found_by_an_anchor_and_by_nothing_else(app: Flask) -> None:
    edition = chain_of(60)
    drop_triggers()
    lines = journal.lines(edition)
    anchors = [(len(lines), str(lines[-1]["hash"])), (10, str(lines[9]["hash"]))]
    db.session.execute(text("DELETE FROM journal_line WHERE edition_id = :edition AND seq > :seq"), {"edition": edition.id, "seq": 50})
    cut = journal.lines(edition)

    assert journal.findings(cut) == []
    assert journal.anchor_findings(cut, anchors) == [f"anchor {len(lines)}: the journal ends at line 50"]


def test_a_journal_that_was_chained_anew_is_found_by_an_anchor(app: Flask) -> None:
    edition = chain_of(60)
    lines = journal.lines(edition)
    anchor = (60, str(lines[59]["hash"]))
    previous = journal.START
    for line in lines:
        line["actor"] = "nobody" if line["seq"] == 20 else line["actor"]
        line["previous"] = previous
        line["hash"] = previous = journal.line_hash(previous, {name: line[name] for name in journal.BODY})

    assert journal.findings(lines) == []
    assert journal.anchor_findings(lines, [anchor]) == ["anchor 60: journal line 60 has another hash"]


@pytest.mark.parametrize("table", ["journal_line", "ballot_version"])
@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_triggers_are_there(app: Flask, table: str, act: str) -> None:
    names = set(db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))

    assert f"{table}_{act}" in names


def test_a_kept_ballot_cannot_be_changed(app: Flask) -> None:
    from tests.awards.day import close_day, sample_votes

    close_day(sample_votes(edition_named(None), 1)[:2])
    for change in ("UPDATE ballot_version SET body = '{}'", "DELETE FROM ballot_version"):
        with pytest.raises(IntegrityError, match="append-only"):
            db.session.execute(text(change))
        db.session.rollback()


def test_heads_named_in_lines_must_be_of_the_chain_before(app: Flask) -> None:
    lines = [
        {"seq": 1, "hash": "a", "details": {"head": journal.START}}, {"seq": 2, "hash": "b", "details": {"head": "a", "line": 1}},
        {"seq": 3, "hash": "c", "details": {"head": "c"}}, {"seq": 4, "hash": "d", "details": {"head": "a", "line": 2}},
    ]  # fmt: skip

    assert journal.head_findings(lines) == [
        f"journal line {line}: names a head that the chain before it never had" for line in (3, 4)
    ]
