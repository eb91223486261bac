"""The evidence: made of what was sealed, equal bytes for an equal state, and every tampering found and named."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from eventapp.access import Role
from eventapp.admin.queries import edition_named
from eventapp.awards import evidence, queries
from eventapp.awards.evidence_findings import findings
from eventapp.awards.operations import void_seal
from eventapp.cli import cli
from eventapp.extensions import db
from eventapp.rules.refusal import Refusal
from tests.awards.day import actor, close_day, seal_day, sign_by, step
from tests.awards.forging import Contents, contents_of, lines_of, rechained, resealed


def test_there_is_no_evidence_before_the_seal(app: Flask) -> None:
    edition = close_day()
    sign_by(Role.CHAIR)

    with pytest.raises(Refusal, match="result.unsealed"):
        evidence.bundle(edition)


def test_the_evidence_of_a_sealed_day_is_found_right(app: Flask) -> None:
    edition = close_day()
    seal_day()
    step(5)

    data = evidence.bundle(edition)

    assert sorted(contents_of(data)) == sorted(evidence.NAMES)
    assert findings(data) == []


def test_equal_state_gives_equal_bytes(app: Flask) -> None:
    edition = close_day()
    seal_day()

    first = evidence.bundle(edition)
    db.session.expire_all()

    assert evidence.bundle(edition_named(None)) == first


def test_the_evidence_stays_what_was_sealed(app: Flask) -> None:
    edition = close_day()
    seal_day()
    files = {name: contents_of(evidence.bundle(edition))[name] for name in queries.FILES}
    queries.finalists(edition)[0].title = "あとから直した題名"
    db.session.commit()

    data = evidence.bundle(edition_named(None))

    assert {name: contents_of(data)[name] for name in queries.FILES} == files
    assert findings(data) == []


def drop_a_ballot(contents: Contents) -> None:
    rows = contents["ballots.csv"].decode().splitlines(keepends=True)
    contents["ballots.csv"] = "".join(rows[:-1]).encode()


def change_a_ballot(contents: Contents) -> None:
    rows = contents["ballots.csv"].decode().splitlines(keepends=True)
    other = next(row for row in rows if ",service,S-" in row and ",service," + rows[1].split(",service,")[-1][:5] not in row)
    place = rows.index(other)
    numbers = sorted({row.split(",")[3] for row in rows if ",service,S-" in row})
    mine = other.split(",")
    mine[3] = next(number for number in numbers if all(f"{mine[0]},{mine[1]},service,{number}," not in row for row in rows))
    rows[place] = ",".join(mine)
    contents["ballots.csv"] = "".join(rows).encode()


def change_the_rules(contents: Contents) -> None:
    contents["rules.toml"] = contents["rules.toml"].replace(b"points = [3, 2, 1]", b"points = [5, 2, 1]")


def change_a_judge(contents: Contents) -> None:
    rows = contents["judges.csv"].decode().splitlines(keepends=True)
    contents["judges.csv"] = "".join([rows[0], *rows[2:], rows[1].replace("A-01", "A-99")]).encode()


def withdraw_an_entry(contents: Contents) -> None:
    contents["entries.csv"] = contents["entries.csv"].replace(b",,", b",yes,", 1)


def add_a_decision(contents: Contents) -> None:
    contents["decisions.csv"] += b"grand-idea,lot,seed,,,\n"


def change_the_result(contents: Contents) -> None:
    result = json.loads(contents["result.json"])
    prizes = result["prizes"]
    prizes[0]["winners"], prizes[3]["winners"] = prizes[3]["winners"], prizes[0]["winners"]
    contents["result.json"] = (json.dumps(result, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()


def change_a_journal_line(contents: Contents) -> None:
    lines = lines_of(contents)
    lines[2]["actor"] = "somebody"
    contents["journal.jsonl"] = evidence.as_lines(lines)


def drop_a_journal_line(contents: Contents) -> None:
    lines = lines_of(contents)
    contents["journal.jsonl"] = evidence.as_lines(lines[:2] + lines[3:])


def drop_the_seal(contents: Contents) -> None:
    lines = lines_of(contents)
    contents["journal.jsonl"] = evidence.as_lines(lines[:-2])


def break_the_journal(contents: Contents) -> None:
    contents["journal.jsonl"] += b"{"


TAMPERINGS: list[tuple[Callable[[Contents], None], str]] = [
    (drop_a_ballot, "ballots.csv: is not the file that was sealed"),
    (change_a_ballot, "ballots.csv: is not the file that was sealed"),
    (change_the_rules, "rules.toml: is not the file that was sealed"),
    (change_a_judge, "the count: ballots.csv"),
    (withdraw_an_entry, "entries.csv: is not the file that was sealed"),
    (add_a_decision, "decisions.csv: is not the file that was sealed"),
    (change_the_result, "result.json: the count gives another result for grand-service, excellence-service"),
    (change_the_result, "result.json: the second count gives another result"),
    (change_the_result, "the sealed hash is not that of result.json"),
    (change_a_journal_line, "journal line 3: content does not match its hash"),
    (drop_a_journal_line, "journal line 3: found number 4"),
    (drop_the_seal, "journal.jsonl: no result was sealed"),
    (break_the_journal, "is not ended"),
]


@pytest.fixture
def good(app: Flask) -> bytes:
    edition = close_day()
    seal_day()
    return evidence.bundle(edition)


@pytest.mark.parametrize(("tamper", "finding"), TAMPERINGS)
def test_a_tampering_with_fresh_sums_is_found(good: bytes, tamper: Callable[[Contents], None], finding: str) -> None:
    contents = contents_of(good)
    tamper(contents)

    found = findings(resealed(contents))

    assert [line for line in found if finding in line] != [], found


@pytest.mark.parametrize("name", evidence.NAMES)
def test_any_changed_byte_is_found(good: bytes, name: str) -> None:
    contents = contents_of(good)
    contents[name] = contents[name].replace(b"1", b"2", 1) if name != "decisions.csv" else contents[name] + b"\n"

    assert findings(evidence.packed(contents)) != []


def test_a_rechained_journal_does_not_hide_a_forged_ballot(good: bytes) -> None:
    contents = contents_of(good)
    change_a_ballot(contents)
    assert any("is not the file that was sealed" in line or "another result" in line for line in findings(resealed(contents)))


def test_one_signer_in_the_chain_is_too_few(good: bytes) -> None:
    contents = contents_of(good)
    lines = [line for line in lines_of(contents) if line["act"] != "result.signed" or "chair" in str(line["actor"])]
    contents["journal.jsonl"] = rechained(lines)
    place = len(lines)

    assert findings(resealed(contents)) == [
        f"journal line {place}: the seal names other signers (2) than those who signed (1)",
        f"journal line {place}: 1 persons signed the sealed hash, 2 are needed",
    ]


def test_a_seal_names_exactly_who_signed(good: bytes) -> None:
    contents = contents_of(good)
    lines = lines_of(contents)
    seal = next(line for line in lines if line["act"] == "result.sealed")
    seal["details"]["signers"][0] += 100
    contents["journal.jsonl"] = rechained(lines)

    assert findings(resealed(contents)) == [f"journal line {seal['seq']}: the seal names other signers (2) than those who signed (2)"]


def test_one_person_cannot_be_two_signers(good: bytes) -> None:
    contents = contents_of(good)
    lines = lines_of(contents)
    signed = [line for line in lines if line["act"] == "result.signed"]
    signed[1]["actor"] = signed[0]["actor"]
    contents["journal.jsonl"] = rechained(lines)

    found = findings(resealed(contents))

    assert [line.split(": ", 1)[1] for line in found][0] == f"{signed[0]['actor']} signed twice"


def test_a_signature_from_before_a_voiding_does_not_count(app: Flask) -> None:
    edition = close_day()
    sign_by(Role.CHAIR)
    void_seal(actor(Role.CHAIR), reason="test")
    seal_day()
    contents = contents_of(evidence.bundle(edition))
    assert findings(resealed(contents)) == []
    lines = lines_of(contents)
    last = max(place for place, line in enumerate(lines) if line["act"] == "result.signed" and line["actor"] == actor(Role.CHAIR).name)
    del lines[last]
    contents["journal.jsonl"] = rechained(lines)

    assert [line for line in findings(resealed(contents)) if "1 persons signed" in line] != []


def test_three_signatures_are_needed_where_the_edition_says_so(app: Flask) -> None:
    edition = close_day()
    edition.settings = edition.settings | {"settings": {**edition.settings.get("settings", {}), "signatures": 3}}
    db.session.commit()
    sign_by(Role.CHAIR, Role.DEPUTY, Role.SECRETARIAT)
    contents = contents_of(evidence.bundle(edition_named(None)))
    assert findings(resealed(contents)) == []

    contents["journal.jsonl"] = rechained([line for line in lines_of(contents) if line["details"].get("signature") != 1])
    assert [line for line in findings(resealed(contents)) if "2 persons signed the sealed hash, 3 are needed" in line] != []


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip", b"\x00" * 1000])
def test_what_is_no_zip_is_said_so(data: bytes) -> None:
    assert [line.split(":")[0] for line in findings(data)] == ["this is not a readable zip"]


def test_a_missing_and_a_foreign_file_are_named(good: bytes) -> None:
    contents = contents_of(good)
    del contents["judges.csv"]
    contents["../evil"] = b""

    assert findings(evidence.packed(contents)) == ["judges.csv: is missing", "'../evil': does not belong here"]


def test_a_voided_seal_gives_no_evidence(app: Flask) -> None:
    edition = close_day()
    seal_day()
    void_seal(actor(Role.CHAIR), reason="poll.reopened idea")

    with pytest.raises(Refusal, match="result.unsealed"):
        evidence.bundle(edition)


def test_verify_says_identical_or_a_line_per_finding(good: bytes, tmp_path: Path) -> None:
    right, wrong = tmp_path / "right.zip", tmp_path / "wrong.zip"
    right.write_bytes(good)
    contents = contents_of(good)
    change_the_result(contents)
    wrong.write_bytes(resealed(contents))

    said = [CliRunner().invoke(cli, ["verify", str(path)]) for path in (right, wrong)]

    assert [one.exit_code for one in said] == [0, 1]
    assert said[0].output.startswith("identical")
    assert said[1].output.splitlines() == findings(resealed(contents))
