"""An older and a newer evidence: nothing vanishes, the journal only grows, what is new is listed; also on the command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from eventapp.access import Role
from eventapp.admin.queries import edition_named
from eventapp.awards import evidence
from eventapp.awards.evidence_diff import differences
from eventapp.awards.operations import void_seal
from eventapp.cli import cli
from tests.awards.day import actor, close_day, sample_votes, seal_day, step
from tests.awards.forging import contents_of, lines_of, rechained, resealed

_made: list[bytes] = []


@pytest.fixture
def pair(request: pytest.FixtureRequest) -> tuple[bytes, bytes]:
    """Sealed with few votes; then re-opened, more votes, sealed anew and one step revealed."""
    if not _made:
        request.getfixturevalue("app")
        votes = sample_votes(edition_named(None), 1)
        edition = close_day(votes[:20])
        seal_day()
        _made.append(evidence.bundle(edition))
        void_seal(actor(Role.CHAIR), reason="poll.reopened service")
        close_day(votes[20:150])
        seal_day()
        step(1)
        _made.append(evidence.bundle(edition_named(None)))
    return _made[0], _made[1]


def test_a_grown_evidence_has_lost_nothing_and_tells_what_is_new(pair: tuple[bytes, bytes]) -> None:
    found, news = differences(*pair)

    assert found == []
    assert [line for line in news if "result.sealed" in line] != []
    assert [line for line in news if line.startswith("ballots.csv line ")] != []
    assert len([line for line in news if "ballot.put" in line]) == 130
    assert differences(pair[0], pair[0]) == ([], [])


def test_the_other_way_round_everything_new_has_vanished(pair: tuple[bytes, bytes]) -> None:
    found, news = differences(pair[1], pair[0])

    assert (len([line for line in found if line.startswith("versions.jsonl")]), news) == (130, [])
    assert [line for line in found if line.startswith("journal line") and line.endswith("has vanished")] != []


def test_a_lost_ballot_and_a_rewritten_line_are_named(pair: tuple[bytes, bytes]) -> None:
    contents = contents_of(pair[1])
    rows = contents["ballots.csv"].decode().splitlines(keepends=True)
    contents["ballots.csv"] = "".join(rows[:1] + rows[2:]).encode()
    lines = lines_of(contents)
    lines[4]["actor"] = "nobody"
    contents["journal.jsonl"] = rechained(lines)

    found, _ = differences(pair[0], resealed(contents))

    assert found[0] == "journal line 5: is another than before"
    assert f"ballots.csv line 2: {rows[1].strip()} has vanished" in found


def test_other_rules_or_a_result_without_a_new_seal_are_wrong(pair: tuple[bytes, bytes]) -> None:
    contents = contents_of(pair[0])
    contents["rules.toml"] += b"\n"
    contents["result.json"] = contents_of(pair[1])["result.json"]

    assert differences(pair[0], resealed(contents))[0] == ["rules.toml: is another than before", "result.json: is another than before"]


@pytest.mark.parametrize("broken", [0, 1])
def test_an_unreadable_file_is_said_so(pair: tuple[bytes, bytes], broken: int) -> None:
    given = [*pair]
    given[broken] = b"PK"

    assert [line.split(":")[0] for line in differences(*given)[0]] == [f"the {('old', 'new')[broken]} file"]


def test_the_command_tells_and_exits(pair: tuple[bytes, bytes], tmp_path: Path) -> None:
    old, new = tmp_path / "old.zip", tmp_path / "new.zip"
    old.write_bytes(pair[0])
    new.write_bytes(pair[1])
    run = CliRunner()

    grown, lost = (run.invoke(cli, ["verify", "--diff", str(a), str(b)]) for a, b in ((old, new), (new, old)))

    assert (grown.exit_code, grown.output.splitlines()[0]) == (0, "nothing vanished")
    assert [line for line in grown.output.splitlines() if line.startswith("new: journal line")] != []
    assert (lost.exit_code, "has vanished" in lost.output) == (1, True)
    assert run.invoke(cli, ["verify", str(old), str(new)]).exit_code == 2
    assert run.invoke(cli, ["verify", "--diff", str(old)]).exit_code == 2


def test_the_command_takes_anchors_as_printed_or_from_a_file(pair: tuple[bytes, bytes], tmp_path: Path, app: Flask) -> None:
    old, kept = tmp_path / "old.zip", tmp_path / "anchors.txt"
    old.write_bytes(pair[0])
    lines = lines_of(contents_of(pair[0]))
    head = lines[-1]["hash"]
    kept.write_text(f"開始 3:{lines[2]['hash']}\n確定 {len(lines)}: {' '.join(head[at : at + 8] for at in range(0, 64, 8))}\n")
    run = CliRunner()

    right = run.invoke(cli, ["verify", str(old), "--anchor", str(kept)])
    wrong = run.invoke(cli, ["verify", str(old), "--anchor", f"3:{head}", "--anchor", f"9999:{head}"])

    assert (right.exit_code, right.output.splitlines()[1:]) == (
        0, ["anchor 3: the journal passes through it", f"anchor {len(lines)}: the journal passes through it"],
    )  # fmt: skip
    assert (wrong.exit_code, wrong.output.splitlines()) == (
        1, ["anchor 3: journal line 3 has another hash", f"anchor 9999: the journal ends at line {len(lines)}"],
    )  # fmt: skip
    assert run.invoke(cli, ["verify", str(old), "--anchor", "3:abc"]).exit_code == 2
