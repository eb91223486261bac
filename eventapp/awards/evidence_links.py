"""How the journal and the files of an evidence zip belong together: seal and signatures, every ballot, every decision."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eventapp import clock
from eventapp.awards.evidence import JOURNAL, RESULT, VERSIONS
from eventapp.awards.queries import BALLOT_COLUMNS, FILES, sha256, spreadsheet_safe
from eventapp.rules import ballot as rules
from eventapp.rules import lot as lots
from eventapp.rules.tally_errors import NotAcceptable
from eventapp.rules.tally_rules_file import parse_rules
from eventapp.voting.operations import commitment
from eventapp.voting.queries import ballot_contest

BALLOTS, DECISIONS = "ballots.csv", "decisions.csv"
UNDOING = ("result.voided", "poll.reopened", "decision.recorded")
LEAST_SIGNERS = 2
VERSION_FIELDS = frozenset(("seq", "contest", "seat", "entry", "body", "salt", "receipt", "delayed", "saved_at", "received_at"))
Line = Mapping[str, Any]


def details_of(line: Line) -> dict[str, Any]:
    found = line.get("details")
    return found if isinstance(found, dict) else {}


# --- the seal --------------------------------------------------------------------------------------------------------------


def seal_findings(contents: Mapping[str, bytes], chain: Sequence[Line]) -> list[str]:
    """The seal as the journal knows it: this hash, these files, exactly the persons who signed it, nothing that took it back."""
    places = [place for place, line in enumerate(chain) if line.get("act") == "result.sealed"]
    if not places:
        return [f"{JOURNAL}: no result was sealed"]
    place, seal = places[-1], details_of(chain[places[-1]])
    if seal.get("hash") != sha256(contents[RESULT]):
        return [f"journal line {place + 1}: the sealed hash is not that of {RESULT}"]
    files = seal.get("files")
    kept = files if isinstance(files, dict) else {}
    found = [f"{name}: is not the file that was sealed" for name in FILES if kept.get(name) != sha256(contents[name])]
    found += _signer_findings(chain, place, seal)
    found += [
        f"journal line {number}: the seal was taken back afterwards"
        for number, line in enumerate(chain[place:], place + 1) if line.get("act") in UNDOING
    ]  # fmt: skip
    return found


def _signer_findings(chain: Sequence[Line], place: int, seal: Line) -> list[str]:
    """The signatures since the result was last taken back are those that the seal names, each of another person, and enough."""
    since = max((at for at, line in enumerate(chain[:place]) if line.get("act") == "result.voided"), default=-1)
    # the last signature seals, so its own line follows the line of the seal
    signed = [
        str(line.get("actor")) for line in chain[since + 1 : place + 2]
        if line.get("act") == "result.signed" and details_of(line).get("hash") == seal.get("hash")
    ]  # fmt: skip
    named = seal.get("signers")
    signers = [str(one) for one in named] if isinstance(named, list) else []
    needed = seal.get("needed", LEAST_SIGNERS)
    found = [f"journal line {place + 1}: {actor} signed twice" for actor in sorted({one for one in signed if signed.count(one) > 1})]
    if sorted(actor.partition(":")[2] for actor in signed) != sorted(signers):
        found.append(f"journal line {place + 1}: the seal names other signers ({len(signers)}) than those who signed ({len(signed)})")
    if not isinstance(needed, int) or len(set(signed)) < max(needed, LEAST_SIGNERS):
        found.append(f"journal line {place + 1}: {len(set(signed))} persons signed the sealed hash, {needed} are needed")
    return found


# --- ballots ---------------------------------------------------------------------------------------------------------------


def ballot_findings(contents: Mapping[str, bytes], versions: Sequence[Line], chain: Sequence[Line]) -> list[str]:
    """Every version opens its commitment in the journal, every commitment has its version, and ballots.csv says the same."""
    puts: dict[int, tuple[int, Line]] = {}
    found: list[str] = []
    for number, line in enumerate(chain, 1):
        if line.get("act") == "ballot.put":
            seq = details_of(line).get("seq")
            if type(seq) is not int or seq in puts:
                found.append(f"journal line {number}: ballot {seq} has no number of its own")
            else:
                puts[seq] = (number, line)
    return found + _version_findings(versions, puts) + [*_hours_findings(chain)] + _row_findings(contents, versions)


def _version_findings(versions: Sequence[Line], puts: Mapping[int, tuple[int, Line]]) -> list[str]:
    found: list[str] = []
    seen: set[int] = set()
    last = -1
    for number, version in enumerate(versions, 1):
        seq = version.get("seq")
        where = f"{VERSIONS} line {number} (ballot {seq})"
        if type(seq) is not int or seq in seen:
            found.append(f"{where}: is there twice" if type(seq) is int else f"{where}: has no number")
            continue
        if seq < last:
            found.append(f"{where}: stands after ballot {last}")
        seen.add(last := seq)
        found += [f"{where}: {why}" for why in _opening_findings(version, puts.get(seq))]
    lost = [(number, seq) for seq, (number, _) in puts.items() if seq not in seen]
    return found + [f"journal line {number}: ballot {seq} is missing from {VERSIONS}" for number, seq in lost]


def _opening_findings(version: Line, put: tuple[int, Line] | None) -> Iterator[str]:
    """Whether a version is what the journal committed itself to."""
    if put is None:
        yield "is not in the journal"
        return
    number, line = put
    told = details_of(line)
    opened = [version.get(name) for name in ("salt", "contest", "seat", "entry", "body")]
    if not all(isinstance(one, str) for one in opened) or commitment(*map(str, opened)) != told.get("commitment"):
        yield f"does not open the commitment of journal line {number}"
    for name in ("contest", "receipt", "delayed"):
        if version.get(name) != told.get(name):
            yield f"has another {name} than journal line {number}"


def _hours_findings(chain: Sequence[Line]) -> Iterator[str]:
    """Ballots that the journal accepted outside of their poll's hours; polls that it never saw open are left alone."""
    opens = {"poll.opened": True, "poll.reopened": True, "poll.closed": False}
    is_open: dict[str, bool] = {}
    for number, line in enumerate(chain, 1):
        act, contest = str(line.get("act")), str(details_of(line).get("contest"))
        if act in opens:
            is_open[contest] = opens[act]
        elif act == "ballot.put" and not is_open.get(contest, True):
            yield f"journal line {number}: a ballot was accepted after its poll was closed"


def _row_findings(contents: Mapping[str, bytes], versions: Sequence[Line]) -> list[str]:
    """ballots.csv holds exactly the rows of the versions, in their order."""
    try:
        contests = {one.id: ballot_contest(one) for one in parse_rules(contents["rules.toml"]).contests}
        rows = [tuple(row) for row in csv.reader(io.StringIO(contents[BALLOTS].decode(), newline=""), strict=True)]
    except (ValueError, csv.Error, NotAcceptable):
        return [f"{BALLOTS}: cannot be compared with {VERSIONS}"]
    expected: list[tuple[str, ...]] = [BALLOT_COLUMNS]
    found: list[str] = []
    for number, version in enumerate(versions, 1):
        try:
            expected += _rows(contests, version)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            found.append(f"{VERSIONS} line {number}: cannot be written as rows of {BALLOTS}")
    return found if found or rows == expected else _unequal(rows, expected)


def _unequal(rows: list[tuple[str, ...]], expected: list[tuple[str, ...]]) -> list[str]:
    there, wanted = set(rows), set(expected)
    found = [f"{BALLOTS} row {number}: {','.join(row)} is not in {VERSIONS}" for number, row in enumerate(rows, 1) if row not in wanted]
    found += [f"{BALLOTS}: ballot {row[0]} lacks the row {','.join(row)}" for row in expected if row not in there]
    if found:
        return found
    at = next((number for number, (one, other) in enumerate(zip(rows, expected, strict=False), 1) if one != other), len(expected) + 1)
    return [f"{BALLOTS} row {at}: is there twice, or in another order than {VERSIONS}"]


def _rows(contests: Mapping[str, rules.Contest], version: Line) -> Iterator[tuple[str, ...]]:
    saved, received = clock.parse(version["saved_at"]), clock.parse(version["received_at"])
    written = saved and received and [rules.instant_text(at) for at in (saved, received)] == [version["saved_at"], version["received_at"]]
    if saved is None or not written or set(version) != VERSION_FIELDS:
        raise ValueError("not as written")
    cast = rules.Cast(version["seq"], version["seat"], json.loads(version["body"]), saved, version["entry"] or None)
    for row in rules.submissions(contests[version["contest"]], [cast]):
        yield row.seq, row.judge, row.contest, row.entry, row.criterion, row.value, row.cast_at, version["received_at"]


# --- decisions -------------------------------------------------------------------------------------------------------------


def decision_findings(contents: Mapping[str, bytes], chain: Sequence[Line]) -> list[str]:
    """Every row of decisions.csv is the newest record of the journal for its prize and step, and no record lacks its row."""
    try:
        rows = list(csv.DictReader(io.StringIO(contents[DECISIONS].decode(), newline=""), strict=True))
    except (ValueError, csv.Error):
        return [f"{DECISIONS}: cannot be read"]
    recorded = _recorded(chain)
    found = [*_lot_findings(chain)]
    for number, row in enumerate(rows, 2):
        known = recorded.pop((str(row.get("prize")), str(row.get("step"))), None)
        if known is None:
            found.append(f"{DECISIONS} line {number}: is not in the journal")
            continue
        at, line, told = known
        mine = (row.get("value"), row.get("reason"), row.get("actor"))
        if mine != (told.get("value"), spreadsheet_safe(str(told.get("reason", ""))), line.get("actor")):
            found.append(f"{DECISIONS} line {number}: differs from journal line {at}")
    return found + [f"journal line {at}: the decision for {key[0]} is missing from {DECISIONS}" for key, (at, _, _) in recorded.items()]


def _recorded(chain: Sequence[Line]) -> dict[tuple[str, str], tuple[int, Line, Line]]:
    """By (prize, step): the newest line that recorded a decision, and what it recorded; a lot drawn is the seed of every prize."""
    found: dict[tuple[str, str], tuple[int, Line, Line]] = {}
    for number, line in enumerate(chain, 1):
        told = details_of(line)
        if line.get("act") == "lot.drawn":
            reason = f"lot {told.get('number')}: nonce {told.get('nonce')}, words {told.get('words')}"
            found["", "lot"] = (number, line, {"value": told.get("seed"), "reason": reason})
        elif line.get("act") == "decision.recorded":
            found[str(told.get("prize")), str(told.get("step"))] = (number, line, told)
    return found


def _lot_findings(chain: Sequence[Line]) -> Iterator[str]:
    """Every lot drawn opens the promise made before it, with the words said after it, and gives just this seed."""
    promised: dict[str, object] = {}
    said: dict[str, object] = {}
    for at, line in enumerate(chain, 1):
        act, told = str(line.get("act")), details_of(line)
        number, nonce, words = str(told.get("number")), str(told.get("nonce")), str(told.get("words"))
        if act == "lot.committed":
            promised[number] = told.get("commitment")
        elif act == "lot.spoken":
            said[number] = told.get("words")
        elif act == "lot.drawn" and lots.commitment(nonce) != promised.get(number):
            yield f"journal line {at}: the lot does not open its promise"
        elif act == "lot.drawn" and (words != said.get(number) or lots.seed(nonce, words) != told.get("seed")):
            yield f"journal line {at}: the seed of the lot is not that of its words"
