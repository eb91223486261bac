"""The checker: a history of scripted judges against what the server exported, and the invariants I1 to I7 of the study.

A body names a version (no tablet makes the same one twice for one ballot), so that every stored row has one origin.
"""

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

Unit = tuple[str, str, str]  # seat, contest, entry or ""
Event = dict[str, Any]
Stored = Mapping[Unit, list[tuple[int, str]]]  # every stored version of every ballot: (seq, canonical body), oldest first


def read_history(path: Path) -> list[Event]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def canonical(body: Mapping[str, Any]) -> str:
    return json.dumps(body, sort_keys=True)


def stored_versions(ballots: bytes, methods: Mapping[str, str]) -> Stored:
    """What ballots.csv holds."""
    rows: dict[int, list[dict[str, str]]] = defaultdict(list)
    for row in csv.DictReader(io.StringIO(ballots.decode(), newline="")):
        rows[int(row["seq"])].append(row)
    found: dict[Unit, list[tuple[int, str]]] = defaultdict(list)
    for seq, lines in sorted(rows.items()):
        first = lines[0]
        method = methods[first["contest"]]
        unit = (first["judge"], first["contest"], first["entry"] if method in ("score", "grade") else "")
        found[unit].append((seq, canonical(body_of(method, lines))))
    return found


def body_of(method: str, lines: list[dict[str, str]]) -> dict[str, Any]:
    if method == "score":
        return {"marks": {line["criterion"]: int(line["value"]) for line in lines if line["criterion"]}}
    if method == "grade":
        return {"grade": lines[0]["value"] or None}
    named = [line for line in lines if line["entry"]]
    if method == "choice":
        return {"entries": sorted(line["entry"] for line in named)}
    return {"ranking": [line["entry"] for line in sorted(named, key=lambda line: int(line["value"]))]}


@dataclass
class Version:
    """What happened to one version that a tablet saved."""

    op: str
    unit: Unit
    place: tuple[int, int]
    body: str
    receipts: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # definitive answers that were not ok, in order; "ok" among them
    safe: bool = False  # acknowledged since the server last went back in time

    @property
    def acknowledged(self) -> bool:
        return bool(self.receipts)


@dataclass
class Verdict:
    """What a run showed; `findings` is empty when every invariant held."""

    acknowledged: int = 0
    saved: int = 0
    unknown: int = 0
    lost: int = 0
    doubled: int = 0
    put_again: int = 0
    repeats: int = 0
    outages: int = 0  # answers 503 with Retry-After
    right_after_s: list[float] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    def say(self, finding: str) -> None:
        if len(self.findings) < 40:
            self.findings.append(finding)


def versions_of(history: Iterable[Event]) -> dict[str, Version]:
    found: dict[str, Version] = {}
    for event in history:
        if event["e"] == "invoke":
            contest, entry = event["unit"]
            place = (event["lease"], event["rev"])
            found[event["op"]] = Version(event["op"], (event["seat"], contest, entry), place, canonical(event["body"]))
        elif event["e"] == "ok":
            found[event["op"]].receipts.append(event["answer"]["receipt"])
            found[event["op"]].refused.append("ok")
            found[event["op"]].safe = True
        elif event["e"] == "restored":
            for version in found.values():
                version.safe = False
        elif event["e"] == "fail":
            found[event["op"]].refused.append(event["answer"]["result"])
    return found


def check(history: list[Event], files: Mapping[str, bytes], methods: Mapping[str, str]) -> Verdict:
    """All invariants that the exported files and the history can show.

    After a restore of an older backup (`restored` in the history) what was acknowledged before it must be there where it was
    the newest; an older version may be gone, and a receipt may be a new one.
    """
    restored = any(event["e"] == "restored" for event in history)
    versions = versions_of(history)
    verdict = Verdict(
        acknowledged=sum(version.acknowledged for version in versions.values()),
        saved=len(versions), unknown=sum(event["e"] == "unknown" for event in history),
        put_again=sum(event["e"] == "put_again" for event in history), repeats=sum(event["e"] == "again" for event in history),
        outages=sum(event["e"] == "status" for event in history),
    )  # fmt: skip
    stored = stored_versions(files["ballots.csv"], methods)
    journal = [json.loads(line) for line in files["journal.jsonl"].decode().splitlines()]
    by_unit: dict[Unit, list[Version]] = defaultdict(list)
    for version in versions.values():
        by_unit[version.unit].append(version)
    for unit in sorted(set(by_unit) | set(stored)):
        check_unit(verdict, unit, by_unit.get(unit, []), stored.get(unit, []))
    check_receipts(verdict, versions, stored, journal, restored=restored)
    check_journal(verdict, stored, journal)
    check_tablets(verdict, history, versions, stored)
    check_answers(verdict, history, restored=restored)
    return verdict


def check_unit(verdict: Verdict, unit: Unit, versions: list[Version], stored: list[tuple[int, str]]) -> None:
    """I1, I2: acknowledged exactly once, the newest acknowledged one or a newer counts, nothing is invented."""
    name, known = "/".join(unit), {version.body for version in versions}
    kept = Counter(body for _, body in stored)
    for body, count in kept.items():
        if count > 1:
            verdict.doubled += count - 1
            verdict.say(f"I1 doubled: {name} {body} is stored {count} times")
        if body not in known:
            verdict.say(f"I1 invented: {name} {body}")
    newest = max((version.place for version in versions if version.acknowledged), default=None)
    for version in versions:
        if (version.safe or version.place == newest) and not kept[version.body]:
            verdict.lost += 1
            verdict.say(f"I1 lost: {name} {version.place} {version.body}")
    if newest and stored:
        counting = max((version.place for version in versions if version.body == stored[-1][1]), default=(0, 0))
        if counting < newest:
            verdict.lost += 1
            verdict.say(f"I1 superseded by an older one: {name} counts {counting}, acknowledged {newest}")
    for version in versions:
        elsewhere = any(other.body == version.body and other is not version for other in versions)
        if version.refused and "ok" not in version.refused and version.refused[-1] != "stale" and kept[version.body] and not elsewhere:
            verdict.say(f"I5 counted though answered {version.refused[-1]}: {name} {version.place}")


def check_receipts(
    verdict: Verdict, versions: Mapping[str, Version], stored: Stored, journal: list[Event], *, restored: bool
) -> None:
    """A receipt names one journal line of the same seat, and that line's seq is the ballot that was acknowledged."""
    lines: dict[str, list[Event]] = defaultdict(list)
    for line in journal:
        if line["act"] == "ballot.put":
            lines[f"{line['details']['contest']} {line['details']['receipt']}"].append(line)
    bodies = {seq: (unit, body) for unit, rows in stored.items() for seq, body in rows}
    for version in versions.values():
        for receipt in () if not version.safe else version.receipts[-1:] if restored else version.receipts:
            found = lines[f"{version.unit[1]} {receipt}"]
            said = [bodies.get(line["details"]["seq"]) for line in found if line["actor"] == f"seat:{version.unit[0]}"]
            if said != [(version.unit, version.body)]:
                verdict.say(f"I1 receipt {receipt} of {'/'.join(version.unit)} {version.place}: found {said}")


def check_journal(verdict: Verdict, stored: Stored, journal: list[Event]) -> None:
    """I4, I5: as many lines as versions, in one order; none while its poll does not take ballots."""
    seqs = sorted(seq for rows in stored.values() for seq, _ in rows)
    told = [line["details"]["seq"] for line in journal if line["act"] == "ballot.put"]
    if told != seqs:
        verdict.say(f"I4 the journal tells {len(told)} ballots, {len(seqs)} are stored")
    taking: dict[str, bool] = {}
    for line in journal:
        contest = line["details"].get("contest") if isinstance(line["details"], dict) else None
        if line["act"] in ("poll.opened", "poll.reopened"):
            taking[contest] = True
        elif line["act"] == "poll.closed":
            taking[contest] = False
        elif line["act"] == "ballot.put" and not taking.get(contest):
            verdict.say(f"I5 journal line {line['seq']}: a ballot in {contest}, which is not open")


def check_tablets(verdict: Verdict, history: list[Event], versions: Mapping[str, Version], stored: Stored) -> None:
    """In the end no tablet holds anything unsent, and what it shows as counted is what counts."""
    for event in history:
        if event["e"] != "end" or event["read_only"]:
            continue
        if event["pending"]:
            verdict.say(f"I2 {event['seat']} still holds {len(event['pending'])} versions")
        for contest, entry, shown in event["shown"]:
            unit = (event["seat"], contest, entry)
            rows = stored.get(unit, [])
            if shown is None:  # the document does not speak of this ballot
                continue
            places = [v.place for v in versions.values() if v.unit == unit and rows and v.body == rows[-1][1]]
            if bool(rows) != (tuple(shown) != (0, 0)) or (rows and tuple(shown) not in places):
                verdict.say(f"I7 {'/'.join(unit)} shows {shown}, what counts is {places}")


def check_answers(verdict: Verdict, history: list[Event], *, restored: bool) -> None:
    """I6: no 5xx but 503 with Retry-After; the same op_id again gets the same answer; no document goes backwards."""
    for event in history:
        if event["e"] == "status" and (event["status"] != 503 or not event["retry_after"]):
            verdict.say(f"I6 {event['path']} was answered {event['status']}, Retry-After {event['retry_after']}")
        if event["e"] == "again" and not event["alike"] and not restored:
            verdict.say(f"I1 the same op_id was answered {event['answers']}")
        if event["e"] == "fail" and event["answer"]["result"] in ("invalid", "recused"):
            verdict.say(f"a good ballot was answered {event['answer']}")
    shown: dict[tuple[str, str], list[list[int]]] = defaultdict(list)
    for event in history:
        if event["e"] == "document":
            shown[event["seat"], event["device"]].append([event["epoch"], event["rev"]])
    for seat, found in shown.items():
        if any(after <= before for before, after in pairwise(found)):
            verdict.say(f"I7 {seat} went backwards: {found}")


def measure_healing(verdict: Verdict, history: list[Event], backs: Iterable[tuple[float, int, float]], devices: int) -> None:
    """I7: how long after the server was back (t, epoch, until it went again) the last tablet was right, where all were."""
    right: dict[tuple[str, str], list[tuple[float, int]]] = defaultdict(list)
    for event in history:
        if event["e"] == "right":
            right[event["seat"], event["device"]].append((event["t"], event["epoch"]))
    for at, epoch, until in backs:
        firsts = [min((t for t, of in found if of >= epoch and t >= at - 1), default=until + 1) for found in right.values()]
        if len(firsts) == devices and max(firsts) <= until:
            verdict.right_after_s.append(round(max(0.0, max(firsts) - at), 2))
