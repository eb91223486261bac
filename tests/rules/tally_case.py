"""Small tallies from files, in few words: plain functions that write the files and read the result."""

from itertools import count
from typing import Any

from eventapp.rules.tally import tally
from eventapp.rules.tally_files import parse_files

JUDGE_COLUMNS = "judge,group,orgs,recused"
ENTRY_COLUMNS = "entry,category,orgs,tags,withdrawn"
BALLOT_COLUMNS = "seq,judge,contest,entry,criterion,value,cast_at"
DECISION_COLUMNS = "prize,step,value"

Files = dict[str, bytes]


def csv(header: str, *rows: str) -> bytes:
    return "".join(f"{row}\n" for row in (header, *rows)).encode()


def case_files(
    contest: str,
    ballots: list[str],
    *,
    judges: str | list[str] = "j1 j2 j3",
    entries: str | list[str] = "S1 S2 S3",
    decisions: list[str] | None = None,
    prize: str = "",
    more: str = "",
    head: str = "",
) -> Files:
    """The files of one contest `c` and one prize `p`; judges and entries as ids, or as whole rows."""
    rules = (
        f'format = "tally/1"\n{head}\n[[contests]]\nid = "c"\ncategories = ["k"]\n{contest}\n'
        f'[[prizes]]\nid = "p"\ncontest = "c"\n{prize}\n{more}\n'
    )
    judge_rows = [f"{name},,," for name in judges.split()] if isinstance(judges, str) else judges
    entry_rows = [f"{name},k,,," for name in entries.split()] if isinstance(entries, str) else entries
    files = {
        "rules": rules.encode(),
        "judges": csv(JUDGE_COLUMNS, *judge_rows),
        "entries": csv(ENTRY_COLUMNS, *entry_rows),
        "ballots": csv(BALLOT_COLUMNS, *ballots),
    }
    if decisions is not None:
        files["decisions"] = csv(DECISION_COLUMNS, *decisions)
    return files


def tally_files(files: Files) -> dict[str, Any]:
    case = parse_files(**files)
    return tally(case.rulebook, case.judges, case.entries, case.submissions, case.decisions)


def run(contest: str, ballots: list[str], **files: Any) -> dict[str, Any]:
    return tally_files(case_files(contest, ballots, **files))


def first_contest(contest: str, ballots: list[str], **files: Any) -> dict[str, Any]:
    return run(contest, ballots, **files)["contests"][0]


def first_prize(contest: str, ballots: list[str], **files: Any) -> dict[str, Any]:
    prize = run(contest, ballots, **files)["prizes"][0]
    del prize["explain"]
    return prize


def chosen(**ballots: str) -> list[str]:
    """Choice ballots by judge, in order of seq: `j1="S1 S2"`; nothing chosen is a blank ballot."""
    return [
        f"{seq},{judge},c,{entry},,{'1' if entry else ''},"
        for seq, (judge, entries) in enumerate(ballots.items(), start=1)
        for entry in entries.split() or [""]
    ]


def ranked(**ballots: str) -> list[str]:
    """Points ballots by judge, best first, in order of seq: `j1="S2 S1"`."""
    return [
        f"{seq},{judge},c,{entry},,{place if entry else ''},"
        for seq, (judge, entries) in enumerate(ballots.items(), start=1)
        for place, entry in enumerate(entries.split() or [""], start=1)
    ]


def scored(**ballots: dict[str, Any]) -> list[str]:
    """Marks by judge and entry: a number or grade, or a dict of them by criterion (`x` is meant without one)."""
    seqs = count(1)
    rows = []
    for judge, marks in ballots.items():
        for entry, mark in marks.items():
            seq = next(seqs)
            values = mark if isinstance(mark, dict) else {"x": mark}
            rows += [f"{seq},{judge},c,{entry},{criterion},{value}," for criterion, value in values.items()]
    return rows


def graded(**ballots: dict[str, str]) -> list[str]:
    """Grades by judge and entry: `j1={"S1": "A"}`."""
    seqs = count(1)
    return [
        f"{next(seqs)},{judge},c,{entry},,{grade},"
        for judge, marks in ballots.items()
        for entry, grade in marks.items()
    ]


def scores(contest: dict[str, Any]) -> dict[str, str]:
    """The scores of a contest's standing, in its order."""
    return {row["entry"]: row["score"] for row in contest["standing"]}


def ranks(contest: dict[str, Any]) -> dict[str, int]:
    return {row["entry"]: row["rank"] for row in contest["standing"]}


def marks(contest: dict[str, Any]) -> dict[str, int]:
    return {row["entry"]: row["marks"] for row in contest["standing"]}
