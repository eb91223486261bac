"""What a forger of evidence can do: open the zip, change anything, chain the journal anew and make fresh sums."""

import io
import json
import zipfile
from typing import Any

from eventapp import journal
from eventapp.awards import evidence

Contents = dict[str, bytes]
Line = dict[str, Any]


def contents_of(data: bytes) -> Contents:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def resealed(contents: Contents) -> bytes:
    """The zip of these files with fresh sums: a forger knows how to make sums."""
    rest = {name: data for name, data in contents.items() if name != evidence.SUMS}
    return evidence.packed(rest | {evidence.SUMS: evidence.sums(rest)})


def lines_of(contents: Contents, name: str = evidence.JOURNAL) -> list[Line]:
    return [json.loads(line) for line in contents[name].decode().split("\n")[:-1]]


def rechained(lines: list[Line]) -> bytes:
    """A journal of these lines whose numbers, hashes and named heads follow from each other again."""
    previous, hashes = journal.START, {}
    for number, line in enumerate(lines, 1):
        line |= {"seq": number, "previous": previous}
        if line["details"].get("head") in hashes:
            line["details"] = line["details"] | {"head": hashes[line["details"]["head"]]}
        before = line["hash"]
        line["hash"] = previous = journal.line_hash(previous, {key: line[key] for key in journal.BODY})
        hashes[before] = previous
    return evidence.as_lines(lines)
