"""The evidence of a sealed result: one zip that anybody recounts offline, and what is wrong with such a zip."""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from eventapp import journal
from eventapp.awards.queries import FILES, counted, sealed, sha256
from eventapp.models import Edition
from eventapp.rules.canonical import canonical
from eventapp.rules.recount import canonical_bytes, recount
from eventapp.rules.refusal import Refusal
from eventapp.rules.tally_errors import NotAcceptable

RESULT, JOURNAL, SUMS = "result.json", "journal.jsonl", "SHA256SUMS"
NAMES = (*FILES, RESULT, JOURNAL, SUMS)
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can say: equal contents give equal bytes
MOST_BYTES = 500_000_000


# --- made ------------------------------------------------------------------------------------------------------------------


def bundle(edition: Edition) -> bytes:
    """The zip of a sealed result: the counted files, canonical result, journal, sums. Equal state, equal bytes.

    Refuses `result.unsealed`.
    """
    seal = sealed(edition)
    if seal is None:
        raise Refusal("result.unsealed")
    contents = {name: str(seal.files[name]).encode() for name in FILES}
    contents[RESULT] = seal.canonical.encode()
    contents[JOURNAL] = "".join(f"{journal.canonical(line)}\n" for line in journal.lines(edition)).encode()
    return packed(contents | {SUMS: sums(contents)})


def sums(contents: Mapping[str, bytes]) -> bytes:
    """The lines that `sha256sum --check` reads."""
    return "".join(f"{sha256(contents[name])}  {name}\n" for name in sorted(contents)).encode()


def packed(contents: Mapping[str, bytes]) -> bytes:
    """A zip with these files in order of their names, stored, with a fixed date."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(contents):
            info = zipfile.ZipInfo(name, EPOCH)
            info.external_attr = 0o644 << 16
            archive.writestr(info, contents[name])
    return out.getvalue()


# --- checked -----------------------------------------------------------------------------------------------------------------


def findings(data: bytes) -> list[str]:
    """What is wrong with the evidence, a sentence per line; [] when both counts, the sums, the chain and the seal agree.

    Needs no database and never raises for what the zip holds.
    """
    contents, found = unpacked(data)
    if found:
        return found
    found += _sum_findings(contents)
    found += _count_findings(contents)
    chain, broken = _chain(contents[JOURNAL])
    found += broken or journal.findings(chain)
    if not broken:
        found += _seal_findings(contents, chain)
    return found


def unpacked(data: bytes) -> tuple[dict[str, bytes], list[str]]:
    """The files of the zip by name, and why they cannot be looked at."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            names = sorted(info.filename for info in infos)
            wrong = [f"{name}: is there twice" for name in sorted({one for one in names if names.count(one) > 1})]
            wrong += [f"{name}: is missing" for name in sorted(set(NAMES) - set(names))]
            wrong += [f"{name!r}: does not belong here" for name in sorted(set(names) - set(NAMES))]
            if sum(info.file_size for info in infos) > MOST_BYTES:
                wrong.append("the files are too large")
            return ({}, wrong) if wrong else ({name: archive.read(name) for name in NAMES}, [])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        return {}, [f"this is not a readable zip: {error}"]


def _sum_findings(contents: Mapping[str, bytes]) -> list[str]:
    expected = sums({name: contents[name] for name in NAMES if name != SUMS}).decode().splitlines()
    try:
        lines = contents[SUMS].decode().splitlines()
    except UnicodeDecodeError:
        return [f"{SUMS}: not UTF-8"]
    found = [f"{SUMS}: {line.split('  ', 1)[1]} has another sum" for line in expected if line not in lines]
    return found + [f"{SUMS}: a line too many: {line!r}" for line in lines if line not in expected and not found]


def _count_findings(contents: Mapping[str, bytes]) -> list[str]:
    """Both counts, written apart from each other, against the result of the evidence."""
    result = contents[RESULT]
    found: list[str] = []
    counts: dict[str, Callable[[], bytes]] = {
        "the count": lambda: canonical(counted(dict(contents))),
        "the second count": lambda: canonical_bytes(recount(*(contents[name] for name in FILES))),
    }
    for name, run in counts.items():
        try:
            made = run()
        except NotAcceptable as error:
            found += [f"{name}: {line}" for line in error.errors]
        except ValueError as error:
            found.append(f"{name}: {error}")
        else:
            found += [] if made == result else [f"{RESULT}: {name} gives another result{_difference(made, result)}"]
    return found


def _difference(made: bytes, result: bytes) -> str:
    """Where the two results part: the contests and prizes that differ."""
    try:
        mine, theirs = json.loads(made), json.loads(result)
        names = [
            one["id"] for kind in ("contests", "prizes") for one, other in zip(mine[kind], theirs[kind], strict=True) if one != other
        ]  # fmt: skip
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return f" for {', '.join(map(str, names))}" if names else ""


def _chain(data: bytes) -> tuple[list[dict[str, Any]], list[str]]:
    """The lines of the journal, and those that cannot be read."""
    lines: list[dict[str, Any]] = []
    try:
        rows = data.decode().splitlines()
    except UnicodeDecodeError:
        return [], [f"{JOURNAL}: not UTF-8"]
    for number, row in enumerate(rows, 1):
        try:
            line = json.loads(row)
        except (ValueError, RecursionError):
            line = None
        if not isinstance(line, dict):
            return [], [f"{JOURNAL}: line {number} is not a JSON object"]
        lines.append(line)
    return lines, []


def _seal_findings(contents: Mapping[str, bytes], chain: Iterable[Mapping[str, Any]]) -> list[str]:
    """The seal as the journal knows it: this hash, these files, two persons, and nothing that took it back."""
    acts: list[tuple[str, str, dict[str, Any]]] = [
        (str(line.get("act")), str(line.get("actor")), line["details"]) for line in chain if isinstance(line.get("details"), dict)
    ]
    hash_ = sha256(contents[RESULT])
    places = [place for place, (act, _, _) in enumerate(acts) if act == "result.sealed"]
    if not places:
        return [f"{JOURNAL}: no result was sealed"]
    seal = acts[places[-1]][2]
    if seal.get("hash") != hash_:
        return [f"{JOURNAL}: the sealed hash is not that of {RESULT}"]
    found = []
    kept = seal["files"] if isinstance(seal.get("files"), dict) else {}
    found += [f"{name}: is not the file that was sealed" for name in FILES if kept.get(name) != sha256(contents[name])]
    signers = {actor for act, actor, details in acts if act == "result.signed" and details.get("hash") == hash_}
    if len(signers) < 2:
        found.append(f"{JOURNAL}: fewer than two persons signed the sealed hash")
    if any(act in ("result.voided", "poll.reopened", "decision.recorded") for act, _, _ in acts[places[-1] :]):
        found.append(f"{JOURNAL}: the seal was voided afterwards")
    return found
