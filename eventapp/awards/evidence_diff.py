"""Two evidence zips of one edition, an older and a newer: did anything vanish, does the journal only grow, what is new."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from eventapp.awards.evidence import JOURNAL, RESULT, VERSIONS
from eventapp.awards.evidence_findings import json_lines, unpacked
from eventapp.awards.evidence_links import BALLOTS, DECISIONS, details_of

LISTS = ("judges.csv", "entries.csv")  # names may be corrected and entries withdrawn while a poll is open again
Contents = Mapping[str, bytes]


def differences(old: bytes, new: bytes) -> tuple[list[str], list[str]]:
    """(what vanished or changed that must not, what is new), a sentence per row. The new zip is not verified in itself.

    Every ballot version, journal line and decision of the old one must be in the new one with the same bytes; a decision
    may also have been recorded again, a result sealed again, if the new lines of the journal say so.
    """
    before, unread = unpacked(old)
    after, unread_too = unpacked(new)
    found = [f"the old file: {line}" for line in unread] + [f"the new file: {line}" for line in unread_too]
    if found:
        return found, []
    chain, unread = json_lines(after[JOURNAL], JOURNAL)
    if unread:
        return [f"the new file: {line}" for line in unread], []
    added = chain[len(rows(before, JOURNAL)) :]
    news: list[str] = []
    for compare in (_journal, _ballots, _decisions, _rest):
        wrong, fresh = compare(before, after, added)
        found += wrong
        news += fresh
    return found, news


def rows(contents: Contents, name: str) -> list[bytes]:
    """The lines of a file as they are, without their ends."""
    return contents[name].split(b"\n")[:-1] if contents[name].endswith(b"\n") else contents[name].split(b"\n")


def shown(row: bytes) -> str:
    return row.decode(errors="replace")[:160]


Compared = tuple[list[str], list[str]]
Compare = Callable[[Contents, Contents, Sequence[Mapping[str, Any]]], Compared]


def _journal(old: Contents, new: Contents, added: Sequence[Mapping[str, Any]]) -> Compared:
    """The old journal, line by line, is how the new one begins."""
    before, after = rows(old, JOURNAL), rows(new, JOURNAL)
    pairs = enumerate(zip(before, after, strict=False), 1)
    wrong = [f"journal line {at}: is another than before" for at, (one, other) in pairs if one != other]
    wrong += [f"journal line {at}: has vanished" for at in range(len(after) + 1, len(before) + 1)]
    return wrong, [f"journal line {line.get('seq')}: {line.get('act')} by {line.get('actor')}" for line in added]


def _ballots(old: Contents, new: Contents, _added: Sequence[Mapping[str, Any]]) -> Compared:
    """Every version of a ballot is there with the same bytes, with and without its salt."""
    wrong: list[str] = []
    news: list[str] = []
    for name in (VERSIONS, BALLOTS):
        before, after = rows(old, name), rows(new, name)
        kept, known = set(after), set(before)
        wrong += [f"{name} line {at}: {shown(row)} has vanished" for at, row in enumerate(before, 1) if row not in kept]
        news += [f"{name} line {at}: {shown(row)}" for at, row in enumerate(after, 1) if row not in known and name == BALLOTS]
    return wrong, news


def _decisions(old: Contents, new: Contents, added: Sequence[Mapping[str, Any]]) -> Compared:
    """Every decision is there with the same bytes, unless the new lines of the journal record it again."""
    told = [details_of(line) for line in added if line.get("act") == "decision.recorded"]
    again = {f"{one.get('prize')},{one.get('step')},".encode() for one in told}
    before, after = rows(old, DECISIONS), rows(new, DECISIONS)
    wrong = [
        f"{DECISIONS} line {at}: {shown(row)} has vanished"
        for at, row in enumerate(before, 1) if row not in after and not any(row.startswith(key) for key in again)
    ]  # fmt: skip
    return wrong, [f"{DECISIONS} line {at}: {shown(row)}" for at, row in enumerate(after, 1) if row not in before]


def _rest(old: Contents, new: Contents, added: Sequence[Mapping[str, Any]]) -> Compared:
    """The rules never change; the result only by a new seal; changed lines of judges and entries are told."""
    wrong = [] if old["rules.toml"] == new["rules.toml"] else ["rules.toml: is another than before"]
    news = [f"{name} line {at}: {shown(row)}" for name in LISTS for at, row in enumerate(rows(new, name), 1) if row not in rows(old, name)]
    if old[RESULT] != new[RESULT]:
        sealed = any(line.get("act") == "result.sealed" for line in added)
        (news if sealed else wrong).append(f"{RESULT}: is another than before")
    return wrong, news
