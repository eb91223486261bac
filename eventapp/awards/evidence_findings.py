"""What is wrong with an evidence zip: its sums, both counts, the journal's chain, and how the journal and the files belong together."""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from eventapp import journal
from eventapp.awards import evidence_links
from eventapp.awards.evidence import JOURNAL, NAMES, RESULT, SUMS, VERSIONS, sums
from eventapp.awards.queries import FILES, counted
from eventapp.rules.canonical import canonical
from eventapp.rules.recount import canonical_bytes, recount
from eventapp.rules.tally_errors import NotAcceptable

MOST_BYTES = 500_000_000
Line = dict[str, Any]


def findings(data: bytes, anchors: Iterable[tuple[int, str]] = ()) -> list[str]:
    """What is wrong with the evidence, a sentence per line naming the row; [] when everything in it agrees.

    `anchors` are heads of the journal kept outside, as (number of the line, hash). Needs no database and never raises for
    what the zip holds.
    """
    contents, found = unpacked(data)
    if found:
        return found
    found += sum_findings(contents)
    found += count_findings(contents)
    chain, unread = json_lines(contents[JOURNAL], JOURNAL)
    versions, unread_too = json_lines(contents[VERSIONS], VERSIONS)
    if unread or unread_too:
        return found + unread + unread_too
    found += journal.findings(chain) + journal.head_findings(chain) + journal.anchor_findings(chain, anchors)
    found += evidence_links.seal_findings(contents, chain)
    found += evidence_links.ballot_findings(contents, versions, chain)
    return found + evidence_links.decision_findings(contents, chain)


def unpacked(data: bytes, names: tuple[str, ...] = NAMES) -> tuple[dict[str, bytes], list[str]]:
    """The files of the zip by name, and why they cannot be looked at."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            there = sorted(info.filename for info in infos)
            wrong = [f"{name}: is there twice" for name in sorted({one for one in there if there.count(one) > 1})]
            wrong += [f"{name}: is missing" for name in sorted(set(names) - set(there))]
            wrong += [f"{name!r}: does not belong here" for name in sorted(set(there) - set(names))]
            if sum(info.file_size for info in infos) > MOST_BYTES:
                wrong.append("the files are too large")
            return ({}, wrong) if wrong else ({name: archive.read(name) for name in names}, [])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        return {}, [f"this is not a readable zip: {error}"]


def sum_findings(contents: Mapping[str, bytes]) -> list[str]:
    """Where SHA256SUMS differs from the files."""
    expected = sums({name: data for name, data in contents.items() if name != SUMS}).decode().splitlines()
    try:
        lines = contents[SUMS].decode().splitlines()
    except UnicodeDecodeError:
        return [f"{SUMS}: not UTF-8"]
    found = [f"{SUMS}: {line.split('  ', 1)[1]} has another sum" for line in expected if line not in lines]
    return found + [f"{SUMS}: a line too many: {line!r}" for line in lines if line not in expected and not found]


def count_findings(contents: Mapping[str, bytes]) -> list[str]:
    """Both counts, written apart from each other, against the result of the evidence."""
    return count_findings_of(contents[RESULT], *(contents[name] for name in FILES))


def count_findings_of(result: bytes, *files: bytes) -> list[str]:
    """The same of the result and the counted files, in the order of FILES."""
    found: list[str] = []
    counts: dict[str, Callable[[], bytes]] = {
        "the count": lambda: canonical(counted(dict(zip(FILES, files, strict=True)))),
        "the second count": lambda: canonical_bytes(recount(*files)),
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


def json_lines(data: bytes, name: str) -> tuple[list[Line], list[str]]:
    """The lines of a file of canonical JSON objects, and those that are none."""
    lines: list[Line] = []
    label = "journal" if name == JOURNAL else name
    try:
        rows = data.decode().split("\n")  # never splitlines(): a text may hold U+2028
    except UnicodeDecodeError:
        return [], [f"{name}: not UTF-8"]
    if rows.pop():
        return [], [f"{label} line {len(rows) + 1}: is not ended"]
    found: list[str] = []
    for number, row in enumerate(rows, 1):
        try:
            line = json.loads(row)
            written = isinstance(line, dict) and journal.canonical(line) == row
        except (ValueError, RecursionError):
            written = False
        if written:
            lines.append(line)
        else:
            found.append(f"{label} line {number}: is not a canonical JSON object")
    return lines, found
