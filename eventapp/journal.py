"""The append-only, hash-chained record of who did what. A chain proves something together with its head shown outside."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from eventapp import clock
from eventapp.extensions import db
from eventapp.models import Edition, JournalLine

START = "0" * 64


def canonical(value: object) -> str:
    """JSON with sorted keys and no spaces: equal values give equal text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256(value: object) -> str:
    """SHA-256 of the canonical JSON of a value."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def line_hash(previous: str, line: Mapping[str, object]) -> str:
    """SHA-256 over the previous hash and the canonical line (seq, at, actor, act, details)."""
    return hashlib.sha256((previous + canonical(line)).encode()).hexdigest()


def content(seq: int, at: datetime, actor: str, act: str, details: object) -> dict[str, object]:
    return {"seq": seq, "at": clock.iso(at), "actor": actor, "act": act, "details": details}


def append(edition: Edition, actor: str, act: str, details: Mapping[str, Any]) -> JournalLine:
    """Add one line to the edition's chain, inside the transaction of the operation that it records."""
    last = db.session.scalars(
        select(JournalLine).where(JournalLine.edition_id == edition.id).order_by(JournalLine.seq.desc()).limit(1)
    ).first()
    seq, previous = (last.seq + 1, last.hash) if last else (1, START)
    at = clock.now(edition)
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    line = JournalLine(
        edition_id=edition.id, seq=seq, at=at, actor=actor, act=act, details=canonical(details), previous=previous,
        hash=line_hash(previous, content(seq, at, actor, act, dict(details))),
    )  # fmt: skip
    db.session.add(line)
    return line


def head(edition: Edition) -> str:
    """The newest hash of the edition's chain: what is shown and printed outside."""
    query = select(JournalLine.hash).where(JournalLine.edition_id == edition.id).order_by(JournalLine.seq.desc()).limit(1)
    return db.session.scalars(query).first() or START


def lines(edition: Edition) -> list[dict[str, object]]:
    """The chain as plain lines with their hashes, oldest first: the journal.jsonl of an evidence bundle."""
    rows = db.session.scalars(select(JournalLine).where(JournalLine.edition_id == edition.id).order_by(JournalLine.seq))
    return [
        content(row.seq, row.at, row.actor, row.act, json.loads(row.details)) | {"previous": row.previous, "hash": row.hash} for row in rows
    ]


def findings(chain: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is wrong with a chain, a sentence per line; empty when every hash and number follows from the line before."""
    found, previous, expected = [], START, 1
    for line in chain:
        seq = line.get("seq")
        body = {key: line.get(key) for key in ("seq", "at", "actor", "act", "details")}
        if seq != expected:
            found.append(f"journal line {expected}: found number {seq}")
        if line.get("previous") != previous:
            found.append(f"journal line {seq}: does not follow the line before")
        if line.get("hash") != line_hash(str(line.get("previous")), body):
            found.append(f"journal line {seq}: content does not match its hash")
        previous, expected = str(line.get("hash")), expected + 1
    return found
