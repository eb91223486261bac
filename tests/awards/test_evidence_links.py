"""Every ballot opens its commitment, every commitment has its ballot: whatever is forged is named by its row, and nothing raises."""

import json
import random
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventapp.access import Role
from eventapp.awards import evidence, evidence_findings
from eventapp.awards.evidence_findings import findings
from eventapp.awards.operations import decide
from eventapp.extensions import db
from eventapp.models import BallotVersion
from eventapp.voting.operations import commitment
from tests.awards.day import actor, close_day, sample_votes, seal_day
from tests.awards.forging import Contents, contents_of, lines_of, rechained, resealed

EDITS = 1000
_made: dict[str, bytes] = {}


@pytest.fixture
def small(request: pytest.FixtureRequest) -> Contents:
    """The evidence of a day with a few votes, made once: too few for a quorum, so that it is counted in no time."""
    if "small" not in _made:
        request.getfixturevalue("app")
        from eventapp.admin.queries import edition_named

        votes = sample_votes(edition_named(None), 1)
        edition = close_day([vote for contest in ("service", "operations", "dx-sprint") for vote in votes if vote[0] == contest][:30])
        seal_day()
        _made["small"] = evidence.bundle(edition)
    return contents_of(_made["small"])


def set_lines(contents: Contents, name: str, lines: list[dict[str, Any]]) -> None:
    contents[name] = evidence.as_lines(lines)


def test_the_small_evidence_is_right(small: Contents) -> None:
    assert findings(resealed(small)) == []
    assert len(lines_of(small, evidence.VERSIONS)) == 30


@pytest.mark.parametrize(("name", "value"), [
    ("salt", "0" * 32), ("contest", "idea"), ("seat", "A-02"), ("entry", "S-001"), ("body", '{"ranking":[]}'), ("salt", None),
])  # fmt: skip
def test_a_version_that_does_not_open_its_commitment_is_named(small: Contents, name: str, value: object) -> None:
    versions = lines_of(small, evidence.VERSIONS)
    versions[6][name] = value
    set_lines(small, evidence.VERSIONS, versions)

    line = next(line["seq"] for line in lines_of(small) if line["details"].get("seq") == versions[6]["seq"])
    assert f"versions.jsonl line 7 (ballot {versions[6]['seq']}): does not open the commitment of journal line {line}" in findings(
        resealed(small)
    )


@pytest.mark.parametrize(("name", "value"), [("receipt", "2222-2222"), ("delayed", True)])
def test_a_version_with_another_receipt_or_flag_is_named(small: Contents, name: str, value: object) -> None:
    versions = lines_of(small, evidence.VERSIONS)
    versions[6][name] = value
    set_lines(small, evidence.VERSIONS, versions)

    assert [line for line in findings(resealed(small)) if f"line 7 (ballot {versions[6]['seq']}): has another {name}" in line] != []


def test_a_missing_and_an_invented_version_are_named(small: Contents) -> None:
    versions = lines_of(small, evidence.VERSIONS)
    lost = versions.pop(3)
    versions.append(versions[0] | {"seq": 9999})
    versions.append(versions[0])
    set_lines(small, evidence.VERSIONS, versions)

    found = findings(resealed(small))

    assert [line for line in found if f"ballot {lost['seq']} is missing from versions.jsonl" in line] != []
    assert "versions.jsonl line 30 (ballot 9999): is not in the journal" in found
    assert f"versions.jsonl line 31 (ballot {versions[0]['seq']}): is there twice" in found


def test_a_row_of_ballots_without_its_version_is_named(small: Contents) -> None:
    rows = small["ballots.csv"].decode().splitlines(keepends=True)
    small["ballots.csv"] = "".join([*rows[:5], rows[5].replace(",service,", ",operations,"), *rows[6:]]).encode()

    found = findings(resealed(small))

    assert [line for line in found if line.startswith("ballots.csv row 6: ")] != []
    assert [line for line in found if line.startswith(f"ballots.csv: ballot {rows[5].split(',')[0]} lacks the row")] != []


def test_a_ballot_after_the_close_is_named(small: Contents) -> None:
    lines = lines_of(small)
    place = next(at for at, line in enumerate(lines) if line["act"] == "ballot.put")
    opened = lines[0] | {"act": "poll.opened", "details": {"contest": "service"}, "hash": "a"}
    closed = lines[0] | {"act": "poll.closed", "details": {"contest": "service"}, "hash": "b"}
    lines[place:place] = [opened, closed]
    small["journal.jsonl"] = rechained(lines)

    assert f"journal line {place + 3}: a ballot was accepted after its poll was closed" in findings(resealed(small))


@pytest.mark.parametrize(("number", "told"), [(0, True), (3, True), (-1, True), (3, False), (10_000, False)])
def test_an_anchor_says_whether_the_journal_passes_through_it(small: Contents, number: int, told: bool) -> None:
    lines = lines_of(small)
    number = len(lines) if number < 0 else number
    head = "0" * 64 if number in (0, 10_000) or not told else lines[number - 1]["hash"]

    found = findings(resealed(small), [(number, head)])

    assert (found == []) is told
    assert told or [line.startswith(f"anchor {number}: ") for line in found] == [True]


def test_a_dropped_tail_is_found_by_an_anchor_alone(small: Contents) -> None:
    lines = lines_of(small)
    extra = lines[-1] | {"act": "reveal.advanced", "details": {}, "hash": "x"}
    small["journal.jsonl"] = rechained([*lines, extra])
    head = lines_of(small)[-1]["hash"]
    cut = dict(small) | {"journal.jsonl": evidence.as_lines(lines_of(small)[:-1])}

    assert findings(resealed(cut)) == []
    assert findings(resealed(cut), [(len(lines) + 1, head)]) == [f"anchor {len(lines) + 1}: the journal ends at line {len(lines)}"]


def test_a_rewritten_history_with_fresh_hashes_is_found_by_an_anchor(small: Contents) -> None:
    lines = lines_of(small)
    head = (len(lines), lines[-1]["hash"])
    lines[1]["actor"] = "nobody"
    small["journal.jsonl"] = rechained(lines)

    assert findings(resealed(small)) == []
    assert findings(resealed(small), [head]) == [f"anchor {len(lines)}: journal line {len(lines)} has another hash"]


def test_a_guess_without_the_salt_cannot_be_checked(app: Flask) -> None:
    """Two equal ballots of a seat have unlike commitments, and knowing everything but the salt opens neither."""
    from tests.voting import factories as make

    make.select_finalists()
    make.opened()
    label = make.recused_seat()[0]
    judge = make.sit(label)
    ranking = make.free_for(judge)[:2]
    make.put(judge, ranking)
    make.put(judge, ranking[::-1])
    make.put(judge, ranking)
    versions = list(db.session.scalars(select(BallotVersion).order_by(BallotVersion.id)))

    told = [commitment(one.salt, make.CONTEST, label, "", one.body) for one in versions]

    assert len({one.salt for one in versions}) == 3
    assert min(len(one.salt) for one in versions) == 32
    assert versions[0].body == versions[2].body
    assert told[0] != told[2]
    assert told[0] not in [commitment(salt, make.CONTEST, label, "", versions[0].body) for salt in ("", versions[2].salt)]
    from eventapp import journal

    lines = [line for line in journal.lines(make.edition()) if line["act"] == "ballot.put"]
    assert [line["details"]["commitment"] for line in lines if isinstance(line["details"], dict)] == told
    assert "salt" not in json.dumps(lines)


# --- decisions -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def decided(request: pytest.FixtureRequest) -> Contents:
    if "decided" not in _made:
        request.getfixturevalue("app")
        from eventapp.admin.queries import edition_named
        from eventapp.awards import queries
        from tests.awards.day import tied_votes

        edition = close_day(tied_votes(edition_named(None)))
        disputed = queries.in_dispute(queries.tally_files(edition), prize="dx-sprint", step="chair")
        decide(actor(Role.CHAIR), prize="dx-sprint", step="chair", value=" ".join(disputed), reason="=理由")
        seal_day()
        _made["decided"] = evidence.bundle(edition_named(None))
    return contents_of(_made["decided"])


def test_a_decision_with_its_record_is_right(decided: Contents) -> None:
    assert findings(resealed(decided)) == []


def test_a_changed_lost_or_invented_decision_is_named(decided: Contents) -> None:
    head, row = decided["decisions.csv"].decode().splitlines()
    at = next(line["seq"] for line in lines_of(decided) if line["act"] == "decision.recorded")
    forged: dict[str, tuple[str, str]] = {
        "changed": (f"{head}\n{row.replace('理由', '別の理由')}\n", f"decisions.csv line 2: differs from journal line {at}"),
        "lost": (f"{head}\n", f"journal line {at}: the decision for dx-sprint is missing from decisions.csv"),
        "invented": (f"{head}\n{row}\ngrand-idea,lot,seed,,,\n", "decisions.csv line 3: is not in the journal"),
    }
    for text, finding in forged.values():
        assert finding in findings(resealed(decided | {"decisions.csv": text.encode()}))


# --- a thousand edits --------------------------------------------------------------------------------------------------------

Edit = Callable[[random.Random, list[str]], int]


def drop(dice: random.Random, rows: list[str]) -> int:
    at = dice.randrange(len(rows))
    del rows[at]
    return at


def double(dice: random.Random, rows: list[str]) -> int:
    at = dice.randrange(1, len(rows))
    rows.insert(at, rows[at])
    return at


def swap(dice: random.Random, rows: list[str]) -> int:
    at = dice.randrange(1, len(rows) - 1)
    rows[at], rows[at + 1] = rows[at + 1], rows[at]
    return at


def change(dice: random.Random, rows: list[str]) -> int:
    """One character becomes another of its kind, so that the row still reads well."""
    at = dice.randrange(1, len(rows))
    places = [place for place, letter in enumerate(rows[at]) if letter.isalnum()]
    place = dice.choice(places)
    letter = rows[at][place]
    other = dice.choice([one for one in ("0123456789" if letter.isdigit() else "abcdefXYZ") if one != letter])
    rows[at] = rows[at][:place] + other + rows[at][place + 1 :]
    return at


def place_of(name: str, at: int, rows: list[str]) -> str:
    """How findings name the row `at` (from 0), itself or its neighbour that moved: by its line, or by the ballot's number."""
    lines = "|".join(str(line) for line in (at + 1, at + 2))
    if name == evidence.JOURNAL:
        return rf"^journal line ({lines}): "
    seq = json.loads(rows[at])["seq"] if name == evidence.VERSIONS else rows[at].split(",")[0]
    return rf"^{name} (line|row) ({lines})\b|ballot {seq} "


def test_a_thousand_random_edits_are_each_found_and_named(small: Contents, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the exported files, with fresh sums: each gets a finding that names the line or ballot that was edited."""
    counts = lru_cache(evidence_findings.count_findings_of)
    monkeypatch.setattr(evidence_findings, "count_findings_of", counts)  # equal files are counted once
    dice, names = random.Random(62), (evidence.JOURNAL, evidence.VERSIONS, "ballots.csv")
    unnamed, edits = [], 0
    for number in range(EDITS + 200):
        name, edit = dice.choice(names), dice.choice((drop, double, swap, change, change))
        rows = small[name].decode().split("\n")[:-1]
        before = list(rows)
        at = edit(dice, rows)
        if rows == before or (name == evidence.JOURNAL and edit is drop and at == len(before) - 1):
            continue  # a tail is found by an anchor: its own test
        edits += 1
        found = findings(resealed(small | {name: "".join(f"{row}\n" for row in rows).encode()}))
        if not any(re.search(place_of(name, at, before), line) for line in found):
            unnamed.append((number, name, edit.__name__, at, found[:3]))
    assert unnamed == []
    assert edits >= EDITS


@pytest.mark.parametrize("poison", [
    b'{"seq":NaN}\n', b'{"act":["x"],"details":{"seq":[1]},"actor":{}}\n', b"[" * 5000 + b"\n", b'"\\ud800"\n', b"null\n", b"{}\n",
    b'{"act":"ballot.put","details":{"seq":true,"head":[]},"at":1,"actor":2,"seq":1,"previous":3,"hash":4}\n', b"\xff\n", b"{}",
])  # fmt: skip
@pytest.mark.parametrize("name", [evidence.JOURNAL, evidence.VERSIONS])
def test_no_poisoned_line_makes_the_check_fail(small: Contents, name: str, poison: bytes) -> None:
    for data in (poison, small[name] + poison, poison + small[name]):
        assert findings(resealed(small | {name: data})) != []


@pytest.fixture
def with_lot(request: pytest.FixtureRequest) -> Contents:
    """The evidence of a day whose tie was left to the lot, drawn in public."""
    if "lot" not in _made:
        request.getfixturevalue("app")
        from eventapp.admin.queries import edition_named
        from tests.awards.day import tied_votes
        from tests.awards.test_lot import drawn

        close_day(tied_votes(edition_named(None)))
        decide(actor(Role.CHAIR), prize="dx-sprint", step="chair", value="", reason="くじに委ねる")
        drawn()
        seal_day()
        _made["lot"] = evidence.bundle(edition_named(None))
    return contents_of(_made["lot"])


def test_a_lot_drawn_in_public_is_right(with_lot: Contents) -> None:
    assert findings(resealed(with_lot)) == []


@pytest.mark.parametrize(("act", "name", "value", "found"), [
    ("lot.committed", "commitment", "0" * 64, "the lot does not open its promise"),
    ("lot.drawn", "nonce", "0" * 64, "the lot does not open its promise"),
    ("lot.spoken", "words", "9 9 9", "the seed of the lot is not that of its words"),
    ("lot.drawn", "seed", "0" * 64, "the seed of the lot is not that of its words"),
])  # fmt: skip
def test_a_lot_that_was_turned_afterwards_is_named(with_lot: Contents, act: str, name: str, value: str, found: str) -> None:
    lines = lines_of(with_lot)
    drawn_at = next(line["seq"] for line in lines if line["act"] == "lot.drawn")
    next(line for line in lines if line["act"] == act)["details"][name] = value
    with_lot["journal.jsonl"] = rechained(lines)

    assert f"journal line {drawn_at}: {found}" in findings(resealed(with_lot))
