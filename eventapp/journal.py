"""The append-only, hash-chained record of who did what. A chain proves something together with its head shown outside."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from eventapp import clock
from eventapp.extensions import db
from eventapp.models import Edition, JournalLine

START = "0" * 64
BODY = ("seq", "at", "actor", "act", "details")  # what a line's hash is made of, with the hash before
FIELDS = frozenset((*BODY, "previous", "hash"))


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
        content(row.seq, row.at, row.actor, row.act, _details(row.details)) | {"previous": row.previous, "hash": row.hash} for row in rows
    ]


def _details(text: str) -> object:
    """The details of a stored line; a text that `append` did not write stays text, so that the line's hash tells."""
    try:
        value = json.loads(text)
        return value if canonical(value) == text else text
    except (ValueError, RecursionError):
        return text


def findings(chain: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is wrong with a chain, a sentence per line; empty when every hash and number follows from the line before.

    Never raises for what the lines hold. After a gap it goes on from the number found, so that each finding names its place.
    """
    found, previous, expected = [], START, 1
    for line in chain:
        seq = line.get("seq")
        if type(seq) is not int or seq != expected:
            found.append(f"journal line {expected}: found number {seq}")
        if set(line) != FIELDS:
            found.append(f"journal line {seq}: has other fields than a line")
        if line.get("previous") != previous:
            found.append(f"journal line {seq}: does not follow the line before")
        if line.get("hash") != _hash_of(line):
            found.append(f"journal line {seq}: content does not match its hash")
        previous, expected = str(line.get("hash")), seq + 1 if type(seq) is int else expected + 1
    return found


def _hash_of(line: Mapping[str, Any]) -> str | None:
    """The hash that a line should have; None when its content cannot be written at all (NaN, half a surrogate pair)."""
    try:
        return line_hash(str(line.get("previous")), {key: line.get(key) for key in BODY})
    except (ValueError, RecursionError):
        return None


def head_findings(chain: Iterable[Mapping[str, Any]]) -> list[str]:
    """Lines that name as a head (details `head`, of `line` if given) what is no hash of the chain before them."""
    found: list[str] = []
    known = {START: 0}
    for number, line in enumerate(chain, 1):
        details = line.get("details")
        told = details if isinstance(details, dict) else {}
        head = told.get("head")
        if isinstance(head, str) and (head not in known or told.get("line", known[head]) != known[head]):
            found.append(f"journal line {number}: names a head that the chain before it never had")
        known[str(line.get("hash"))] = number
    return found


def anchor_findings(chain: Sequence[Mapping[str, Any]], anchors: Iterable[tuple[int, str]]) -> list[str]:
    """Where the chain does not pass through heads that were kept outside of it, as (number of the line, hash)."""
    found = []
    for number, head in anchors:
        if not 0 <= number <= len(chain):
            found.append(f"anchor {number}: the journal ends at line {len(chain)}")
        elif (chain[number - 1].get("hash") if number else START) != head:
            found.append(f"anchor {number}: journal line {number} has another hash")
    return found
