"""The checker and the recount are no use unless they find what is wrong: each invariant is broken here on purpose."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.faults.checker import Verdict, check, measure_healing

METHODS = {"service": "points", "idea": "score"}
RULES = """[[contests]]
id = "service"
method = "points"
points = [3, 2, 1]
"""
RECOUNT = Path(__file__).parent / "recount.py"


def saved(op: str, rev: int, *ranking: str, seat: str = "A-01") -> dict[str, Any]:
    return {"e": "invoke", "seat": seat, "unit": ["service", ""], "op": op, "lease": 1, "rev": rev, "body": {"ranking": list(ranking)}}


def answered(op: str, result: str = "ok", **facts: Any) -> dict[str, Any]:
    kind = "ok" if result == "ok" else "fail"
    return {"e": kind, "seat": "A-01", "unit": ["service", ""], "op": op, "answer": {"result": result, **facts}}


def line(number: int, act: str, actor: str = "chair", **details: Any) -> dict[str, Any]:
    return {"seq": number, "act": act, "actor": actor, "details": {"contest": "service", **details}}


HISTORY = [
    saved("op-1", 1, "S-1"), answered("op-1", receipt="AAAA"), saved("op-2", 2, "S-2", "S-1"), {"e": "unknown", "op": "op-2"},
    {"e": "end", "seat": "A-01", "read_only": False, "pending": [], "shown": [["service", "", [1, 2]]]},
]  # fmt: skip
ROWS = [(1, "S-1", "1"), (2, "S-2", "1"), (2, "S-1", "2")]
JOURNAL = [
    line(1, "poll.opened"), line(2, "ballot.put", "seat:A-01", receipt="AAAA", seq=1),
    line(3, "ballot.put", "seat:A-01", receipt="BBBB", seq=2), line(4, "poll.closed"),
]  # fmt: skip


def exported(rows: list[tuple[int, str, str]], journal: list[dict[str, Any]]) -> dict[str, bytes]:
    text = "seq,judge,contest,entry,criterion,value,cast_at\n"
    text += "".join(f"{seq},A-01,service,{entry},,{value},2026-01-01T00:00:00Z\n" for seq, entry, value in rows)
    return {"ballots.csv": text.encode(), "journal.jsonl": "".join(json.dumps(one) + "\n" for one in journal).encode()}


def findings(*, history: Any = HISTORY, rows: Any = ROWS, journal: Any = JOURNAL) -> str:
    return "\n".join(check(history, exported(rows, journal), METHODS).findings)


def test_a_good_run_has_no_finding() -> None:
    assert findings() == ""


@pytest.mark.parametrize(
    ("broken", "word"),
    [
        ({"rows": ROWS[1:]}, "I1 lost"),
        ({"rows": [*ROWS[1:], (3, "S-1", "1")]}, "I1 receipt"),
        ({"rows": [*ROWS, (3, "S-1", "1")]}, "I1 doubled"),
        ({"rows": [*ROWS, (3, "S-9", "1")]}, "I1 invented"),
        ({"rows": ROWS[:1]}, "I4"),
        ({"journal": JOURNAL[:-2]}, "I4"),
        ({"journal": [*JOURNAL[:2], JOURNAL[3], JOURNAL[2]]}, "I5 journal line 3"),
        ({"journal": [JOURNAL[0], line(2, "ballot.put", "seat:B-01", receipt="AAAA", seq=1), *JOURNAL[2:]]}, "I1 receipt AAAA"),
        ({"history": [*HISTORY[:3], answered("op-2", "closed", at=None), HISTORY[4]]}, "I5 counted though answered closed"),
        ({"history": [*HISTORY[:4], HISTORY[4] | {"pending": ["op-2"]}]}, "I2 A-01 still holds"),
        ({"history": [*HISTORY[:4], HISTORY[4] | {"shown": [["service", "", [1, 1]]]}]}, "I7 A-01/service/ shows"),
        ({"history": [*HISTORY, {"e": "status", "status": 500, "retry_after": None, "path": "/x"}]}, "I6 /x was answered 500"),
        ({"history": [*HISTORY, {"e": "status", "status": 503, "retry_after": None, "path": "/x"}]}, "I6 /x was answered 503"),
        ({"history": [*HISTORY, {"e": "again", "seat": "A-01", "alike": False, "answers": []}]}, "I1 the same op_id"),
    ],
)
def test_what_is_broken_is_found(broken: dict[str, Any], word: str) -> None:
    assert word in findings(**broken)


def test_an_older_version_that_counts_is_found() -> None:
    history = [*HISTORY[:3], answered("op-2", receipt="BBBB")]
    rows = [(1, "S-2", "1"), (1, "S-1", "2"), (2, "S-1", "1")]

    assert "superseded by an older one" in findings(history=history, rows=rows)


def test_the_time_to_heal_is_that_of_the_last_tablet_and_only_where_all_healed() -> None:
    verdict = Verdict()
    history = [{"e": "right", "seat": seat, "device": "a", "t": t, "epoch": 2} for seat, t in (("A-01", 20.0), ("A-02", 4.0))]

    measure_healing(verdict, history, [(1.0, 2, 60.0), (1.0, 2, 10.0), (1.0, 3, 60.0)], 2)

    assert verdict.right_after_s == [19.0]


@pytest.mark.parametrize(
    ("rows", "score", "identical"),
    [(ROWS, "3", True), (ROWS, "2", False), (ROWS[1:], "3", False), ([*ROWS, (3, "S-1", "1")], "3", False)],
)
def test_the_recount_sees_lost_doubled_and_miscounted_votes(tmp_path: Path, rows: Any, score: str, identical: bool) -> None:
    files = exported(rows, JOURNAL)
    (tmp_path / "ballots.csv").write_bytes(files["ballots.csv"])
    (tmp_path / "judges.csv").write_text("judge,orgs,recused\nA-01,,\n")
    (tmp_path / "entries.csv").write_text("entry,category,orgs\nS-1,service,\nS-2,service,\n")
    (tmp_path / "rules.toml").write_text(RULES)
    (tmp_path / "history.jsonl").write_text("".join(json.dumps(event) + "\n" for event in HISTORY))
    standing = [{"entry": "S-2", "marks": 1, "score": score}]
    (tmp_path / "result.json").write_text(json.dumps({"contests": [{"id": "service", "standing": standing}]}))

    done = subprocess.run([sys.executable, str(RECOUNT), str(tmp_path)], capture_output=True, text=True, check=True)

    assert json.loads(done.stdout)["identical"] is identical
