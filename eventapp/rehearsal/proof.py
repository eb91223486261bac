"""What the day left behind, checked from the evidence alone: the second count, and every acknowledged vote."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from csv import DictReader
from typing import Any

from eventapp import journal
from eventapp.rehearsal.judges import Acknowledged
from eventapp.rules.recount import canonical_bytes, recount

FILES = ("rules.toml", "judges.csv", "entries.csv", "ballots.csv", "decisions.csv")


def unpacked(data: bytes) -> dict[str, bytes]:
    """The files of an evidence zip by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def recount_findings(files: Mapping[str, bytes]) -> list[str]:
    """Where the second count, the sums or the journal's chain differ from what the evidence says."""
    found = [] if canonical_bytes(recount(*(files[name] for name in FILES))) == files["result.json"] else ["recount: another result"]
    for line in files["SHA256SUMS"].decode().splitlines():
        digest, _, name = line.partition("  ")
        if hashlib.sha256(files[name]).hexdigest() != digest:
            found.append(f"{name}: another sum")
    return found + journal.findings(json.loads(line) for line in files["journal.jsonl"].decode().splitlines())


def vote_findings(files: Mapping[str, bytes], kept: Iterable[Acknowledged]) -> list[str]:
    """Every acknowledged ballot's newest version must count, once, and nothing else may."""
    told: dict[tuple[str, str], Acknowledged] = {}
    receipts: dict[tuple[str, str], set[str]] = {}
    for one in kept:
        key = (one.seat, one.contest)
        receipts.setdefault(key, set()).add(one.receipt)
        if key not in told or one.version > told[key].version:
            told[key] = one
    counted, versions = counted_ballots(files["ballots.csv"])
    found = [f"lost: {seat} in {contest}" for seat, contest in sorted(set(told) - set(counted))]
    found += [f"invented: {seat} in {contest}" for seat, contest in sorted(set(counted) - set(told))]
    for key in sorted(set(told) & set(counted)):
        ((kind, named),) = told[key].body.items()
        if (named if kind == "ranking" else sorted(named)) != counted[key]:
            found.append(f"{' in '.join(key)}: acknowledged {named}, counted {counted[key]}")
        if versions[key] != len(receipts[key]):
            found.append(f"{' in '.join(key)}: {len(receipts[key])} versions were acknowledged, {versions[key]} are kept")
    return found


def counted_ballots(ballots: bytes) -> tuple[dict[tuple[str, str], list[str]], dict[tuple[str, str], int]]:
    """By (seat, contest): the entries that the newest version names, best first; and how many versions there are."""
    rows: dict[tuple[str, str], dict[int, list[tuple[int, str]]]] = {}
    for row in DictReader(io.StringIO(ballots.decode())):
        version = rows.setdefault((row["judge"], row["contest"]), {}).setdefault(int(row["seq"]), [])
        if row["entry"]:
            version.append((int(row["value"]), row["entry"]))
    newest = {key: [name for _, name in sorted(versions[max(versions)])] for key, versions in rows.items()}
    return newest, {key: len(versions) for key, versions in rows.items()}


def prize_findings(files: Mapping[str, bytes]) -> list[str]:
    """Every prize goes to one entry, no entry gets two."""
    winners = winners_of(files)
    names = [name for _, names in winners for name in names]
    found = [f"{prize}: {len(names)} winners" for prize, names in winners if len(names) != 1]
    return found + ([] if len(names) == len(set(names)) else ["an entry has two prizes"])


def winners_of(files: Mapping[str, bytes]) -> list[tuple[str, list[str]]]:
    """(prize, winners) in the order of award."""
    result: dict[str, Any] = json.loads(files["result.json"])
    return [(prize["id"], list(prize["winners"])) for prize in result["prizes"]]
