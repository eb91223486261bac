"""The two counts under one signature, and short ways to write the files of an election and to read a result."""

from __future__ import annotations

import importlib
import io
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

Result = dict[str, Any]


@dataclass(frozen=True)
class Files:
    """The five files of one election, as bytes."""

    rules: bytes
    judges: bytes
    entries: bytes
    ballots: bytes
    decisions: bytes | None = None


Count = Callable[[Files], Result]


def by_recount(election: Files) -> Result:
    """Count with the second implementation."""
    recount = importlib.import_module("eventapp.rules.recount").recount
    result: Result = recount(election.rules, election.judges, election.entries, election.ballots, election.decisions)
    return result


def run_command(election: Files) -> tuple[int, bytes, str]:
    """Run `eventapp tally` over the files in a folder of its own: exit status, standard output, standard error."""
    main: Callable[[list[str]], int] = importlib.import_module("eventapp.tally_command").main
    written = io.BytesIO(), io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        argv = ["--format", "json"]
        for name in ("rules", "judges", "entries", "ballots", "decisions"):
            content: bytes | None = getattr(election, name)
            if content is not None:
                path = Path(folder) / (name + (".toml" if name == "rules" else ".csv"))
                path.write_bytes(content)
                argv += [f"--{name}", str(path)]
        streams = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = (io.TextIOWrapper(target, encoding="utf-8", newline="\n") for target in written)
        try:
            status = main(argv)
            sys.stdout.flush()
            sys.stderr.flush()
            return status, written[0].getvalue(), written[1].getvalue().decode()
        finally:
            sys.stdout, sys.stderr = streams


def by_command(election: Files) -> Result:
    """Count with the main implementation, through its command."""
    status, out, err = run_command(election)
    assert (status, err) == (0, ""), err
    result: Result = json.loads(out)
    return result


COUNTS = [pytest.param(by_recount, id="recount"), pytest.param(by_command, id="command")]


# -- writing the files -------------------------------------------------------------------------------------------------


def rules(contest: str, *, prize: str = "", head: str = "", more: str = "") -> str:
    """One contest `c` over the category `service` and one prize `p` on it; `more` holds further tables."""
    return f"""
format = "tally/1"
{head}
[[contests]]
id = "c"
categories = ["service"]
{contest}
[[prizes]]
id = "p"
contest = "c"
{prize}
{more}
"""


def table(header: str, rows: str) -> str:
    """A CSV file: `rows` are separated by white space, so `1,j1,c,S1,1  2,j2,c,S1,1` is two rows."""
    return "\n".join([header, *rows.split()]) + "\n"


PLAIN = "seq,judge,contest,entry,value"
TIMED = "seq,judge,contest,entry,value,cast_at"
SCORED = "seq,judge,contest,entry,criterion,value"


def files(
    rulebook: str,
    ballots: str,
    *,
    judges: int | str = 3,
    entries: int | str = 3,
    columns: str = PLAIN,
    decisions: str | None = None,
) -> Files:
    """`judges=3` are j1 to j3 without group or body, `entries=3` are S1 to S3 in the category `service`."""
    if isinstance(judges, int):
        judges = table("judge", " ".join(f"j{n}" for n in range(1, judges + 1)))
    if isinstance(entries, int):
        entries = table("entry,category", " ".join(f"S{n},service" for n in range(1, entries + 1)))
    return Files(
        rules=rulebook.encode(),
        judges=judges.encode(),
        entries=entries.encode(),
        ballots=table(columns, ballots).encode(),
        decisions=None if decisions is None else decisions.encode(),
    )


# -- reading the result ------------------------------------------------------------------------------------------------


def contest(result: Result, name: str = "c") -> Result:
    """The contest of that id."""
    (found,) = [item for item in result["contests"] if item["id"] == name]
    return dict(found)


def prize(result: Result, name: str = "p") -> Result:
    """The prize of that id."""
    (found,) = [item for item in result["prizes"] if item["id"] == name]
    return dict(found)


def standing(result: Result, name: str = "c") -> list[tuple[int, str, int, Fraction | int]]:
    """(rank, entry, marks, score) of every row, having seen that the score is written in lowest terms."""
    rows = contest(result, name)["standing"]
    assert all(row["score"] == str(Fraction(row["score"])) for row in rows)
    return [(row["rank"], row["entry"], row["marks"], Fraction(row["score"])) for row in rows]


def scores(result: Result, name: str = "c") -> dict[str, Fraction | int]:
    """The score of every entry in the standing."""
    return {entry: score for _, entry, _, score in standing(result, name)}


def turnout(result: Result, name: str = "c") -> tuple[int, int]:
    """(present, counted)."""
    found = contest(result, name)
    return found["present"], found["counted"]


def struck(result: Result, name: str = "c") -> list[tuple[str, str, str]]:
    """(judge, entry, reason) of every struck mark."""
    return [(item["judge"], item["entry"], item["reason"]) for item in contest(result, name)["struck"]]


def award(result: Result, name: str = "p") -> tuple[str, list[str]]:
    """(status, winners)."""
    found = prize(result, name)
    return found["status"], found["winners"]


def steps(result: Result, name: str = "p") -> list[tuple[str, dict[str, str]]]:
    """(step, keys) of every step followed."""
    return [(item["step"], item["keys"]) for item in prize(result, name)["tie"]["steps"]]
