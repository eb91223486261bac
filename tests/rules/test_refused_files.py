"""Files that the tally/1 document calls an error: exit 2, nothing on standard output, lines beginning `error: `."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.rules.counts import Files, run_command
from tests.rules.sentences import sentence

RULES = """
format = "tally/1"
[[contests]]
id = "c"
categories = ["service"]
method = "choice"
[[contests]]
id = "r"
categories = ["service"]
method = "points"
points = [2, 1]
[[contests]]
id = "s"
categories = ["service"]
method = "score"
[contests.criteria.q]
max = 5
[[contests]]
id = "g"
categories = ["service"]
method = "grade"
grades = ["B", "A"]
[[contests]]
id = "t"
categories = ["service"]
method = "choice"
closes_at = 2026-12-24T16:10:00+09:00
[[prizes]]
id = "p"
contest = "c"
"""
GOOD = Files(
    rules=RULES.encode(),
    judges=b"judge,orgs\nj1,chofu\nj2,\n",
    entries=b"entry,category\nS1,service\nS2,service\n",
    ballots=b"seq,judge,contest,entry,criterion,value,cast_at\n1,j1,c,S1,,1,\n",
    decisions=b"prize,step,value\np,chair,S1 S2\n",
)


def under(cases: dict[str, list[str]] | dict[str, list[bytes]]) -> list[object]:
    """The cases as parameters, each marked with the sentence that it stands under (none: section 1, 2 or 7)."""
    return [pytest.param(case, marks=[sentence(name)] if name else []) for name, found in cases.items() for case in found]


def refused(files: Files) -> None:
    """See that the files are refused as the document says."""
    status, out, err = run_command(files)
    assert (status, out) == (2, b"")
    assert err
    assert all(line.startswith("error: ") for line in err.splitlines())


def test_unchanged_files_are_accepted() -> None:
    assert run_command(GOOD)[0] == 0


CONTEST = '[[contests]]\nid = "x"\ncategories = ["service"]\n'
PRIZE = '[[prizes]]\nid = "x"\ncontest = "c"\n'
CRITERION = CONTEST + 'method = "score"\ncriteria.q = '


BAD_RULES: dict[str, list[str]] = {
    "5.4z": [
        CONTEST + 'method = "choice"\nties = ["coin"]',
        CONTEST + 'method = "choice"\nties = ["firsts"]',
        CONTEST + 'method = "choice"\nties = ["countback"]',
        CONTEST + 'method = "choice"\nties = ["chair", "chair"]',
        CONTEST + 'method = "points"\npoints = [1]\nties = ["criterion:q"]',
        CRITERION + '{max = 5}\nties = ["criterion:z"]',
        CRITERION + '{max = 5}\nties = ["criterion:q", "criterion:q"]',
        CRITERION + '{max = 5}\nties = ["countback"]',
    ],
    "": [
        CONTEST,  # no method
        CONTEST + 'method = "approval"',
        CONTEST + 'method = "choice"\nquorom = 3',
        CONTEST + 'method = "choice"\nquorum = "3"',
        CONTEST + 'method = "choice"\nquorum = -1',
        CONTEST + 'method = "choice"\nquorum = true',
        CONTEST + 'method = "choice"\nmin_marks = 0',
        CONTEST + 'method = "choice"\nchoices = 0',
        CONTEST + 'method = "choice"\nchoices = 1.0',
        CONTEST + 'method = "choice"\ntrim = 1',
        CONTEST + 'method = "choice"\npoints = [1]',
        CONTEST + 'method = "choice"\ncount = "sum"',
        CONTEST + 'method = "choice"\ntag = "a b"',
        CONTEST + 'method = "choice"\ntag = ""',
        CONTEST + 'method = "choice"\nties = "chair"',
        CONTEST + 'method = "choice"\ncloses_at = 2026-12-24T16:10:00',
        CONTEST + 'method = "choice"\ncloses_at = 2026-12-24',
        CONTEST + 'method = "choice"\ncloses_at = "2026-12-24T16:10:00"',
        CONTEST + 'method = "choice"\ncloses_at = "2026-12-24 16:10:00Z"',
        CONTEST + 'method = "choice"\ncloses_at = "2026-12-24T16:10:60Z"',
        CONTEST + 'method = "choice"\ncloses_at = "2026-12-24T16:10:00.1234567Z"',
        CONTEST + 'method = "choice"\ncloses_at = "2026-02-29T16:10:00Z"',
        CONTEST + 'method = "choice"\ncloses_at = 1',
        '[[contests]]\nid = "x"\nmethod = "choice"',  # no categories
        '[[contests]]\nid = "x y"\ncategories = ["service"]\nmethod = "choice"',
        '[[contests]]\nid = "x"\ncategories = ["a,b"]\nmethod = "choice"',
        '[[contests]]\nid = "x"\ncategories = "service"\nmethod = "choice"',
        '[[contests]]\nid = "c"\ncategories = ["service"]\nmethod = "choice"',  # c is there already
        '[[contests]]\ncategories = ["service"]\nmethod = "choice"',
        CONTEST + 'method = "points"',
        CONTEST + 'method = "points"\npoints = []',
        CONTEST + 'method = "points"\npoints = [1, 2]',
        CONTEST + 'method = "points"\npoints = [1, -1]',
        CONTEST + 'method = "points"\npoints = [1.5]',
        CONTEST + 'method = "points"\npoints = ["1e3"]',
        CONTEST + 'method = "points"\npoints = ["+1"]',
        CONTEST + 'method = "points"\npoints = [" 1"]',
        CONTEST + 'method = "points"\npoints = ["1/0"]',
        CONTEST + 'method = "points"\npoints = [".5"]',
        CONTEST + 'method = "points"\npoints = ["５"]',
        CONTEST + 'method = "score"',
        CONTEST + 'method = "score"\ncriteria = {}',
        CRITERION + "{}",
        CRITERION + "{max = 0}",
        CRITERION + "{max = 5, min = 5}",
        CRITERION + "{max = 5, weight = 0}",
        CRITERION + "{max = 5, weight = 0.5}",
        CRITERION + "{max = 5, wait = 1}",
        CRITERION + "{max = nan}",
        CRITERION + "{max = 5}\ntrim = -1",
        CRITERION + '{max = 5}\nnormalise = "Z"',
        CONTEST + 'method = "score"\ncriteria."a b" = {max = 5}',
        CONTEST + 'method = "grade"',
        CONTEST + 'method = "grade"\ngrades = ["A"]',
        CONTEST + 'method = "grade"\ngrades = ["A", "A"]',
        CONTEST + 'method = "grade"\ngrades = ["", "A"]',
        CONTEST + 'method = "grade"\ngrades = ["B", "A"]\ncount = "total"',
        CONTEST + 'method = "grade"\ngrades = ["B", "A"]\nnormalise = "none"',
        '[[prizes]]\nid = "x"',
        '[[prizes]]\nid = "x"\ncontest = "unknown"',
        '[[prizes]]\nid = "p"\ncontest = "c"',
        PRIZE + "seats = 0",
        PRIZE + "seats = true",
        PRIZE + 'excludes = ["x"]',
        PRIZE + 'excludes = ["y"]\n[[prizes]]\nid = "y"\ncontest = "c"',
        PRIZE + 'excludes = "p"',
        PRIZE + "min_score = 0.5",
        PRIZE + 'min_score = "half"',
        PRIZE + 'tags = "a"',
        PRIZE + 'tag = "a b"',
        "[groups]",
        "[groups]\na = 0",
        '[groups]\na = "-1"',
        '[groups]\n"a b" = 1\nb = 1',
        "[extra]",
        'id = "one line that is no TOML',
    ],
}


@pytest.mark.parametrize("lines", under(BAD_RULES))
def test_refused_rules(lines: str) -> None:
    refused(replace(GOOD, rules=f"{RULES}{lines}\n".encode()))


@pytest.mark.parametrize(
    "rules",
    [
        b"",
        b'format = "tally/2"\ncontests = []\nprizes = []',
        b"contests = []\nprizes = []",
        b'format = "tally/1"\nprizes = []',
        b'format = "tally/1"\ncontests = []',
        b'format = "tally/1"\nrecuse_own = "yes"\ncontests = []\nprizes = []',
        b'format = "tally/1"\nname = 3\ncontests = []\nprizes = []',
        b'format = "tally/1"\ncontests = {}\nprizes = []',
        b'format = "tally/1"\ncontests = [1]\nprizes = []',
        '# 審査\nformat = "tally/1"\ncontests = []\nprizes = []'.encode("shift_jis"),
    ],
)
def test_refused_whole_rules(rules: bytes) -> None:
    ballots, decisions = b"seq,judge,contest,entry,value\n", None
    refused(replace(GOOD, rules=rules, ballots=ballots, decisions=decisions))


def test_total_is_refused_with_groups() -> None:
    head = RULES.replace('"tally/1"', '"tally/1"\n[groups]\na = 1')
    judges = b"judge,group\nj1,a\nj2,a\n"
    assert run_command(replace(GOOD, rules=head.encode(), judges=judges))[0] == 0
    total = head.replace('method = "choice"', 'method = "choice"\ncount = "total"', 1)
    refused(replace(GOOD, rules=total.encode(), judges=judges))


BAD_JUDGES: dict[str, list[bytes]] = {
    "3.1a": [
        b"judge\nj1\nj1\n",
        b"judge\nj1\nj 2\n",
        b'judge\nj1\n"j,2"\n',
        b'judge\nj1\n""\n',
    ],
    "3.1e": [
        b"judge,recused\nj1,S9\n",
    ],
    "3.3": [
        b"",
        b"name\nj1\n",
    ],
    "": [
        b"judge,judge\nj1,j1\n",
        b"judge,note,note\nj1,,\n",
        b"judge,orgs\nj1\n",
        b"judge,orgs\nj1,a,b\n",
        b'judge,orgs\nj1,"a,b"\n',
        b'judge\n"j1\n',
        b'judge,note\nj1,a"b\n',
        b'judge,note\nj1,"a"b\n',
        b"judge,note\nj1,a\rj2,b\n",
        b"judge\nj1\n \n",
        b"judge\nj1\n\xff\n",
        "judge\nj1\nj\u30002\n".encode(),
    ],
}


@pytest.mark.parametrize("judges", under(BAD_JUDGES))
def test_refused_judges(judges: bytes) -> None:
    refused(replace(GOOD, judges=judges))


BAD_ENTRIES: dict[str, list[bytes]] = {
    "3.2a": [
        b"entry,category\nS1,service\nS2,service\nS1,service\n",
        b"entry,category\nS1,service\nS2,\n",
        b"entry,category\nS1,service\nS2,a b\n",
    ],
    "3.2c": [
        b"entry,category,withdrawn\nS1,service,\nS2,service,no\n",
        b"entry,category,withdrawn\nS1,service,\nS2,service,YES\n",
    ],
    "3.3": [
        b"entry\nS1\nS2\n",
    ],
    "": [
        b'entry,category,tags\nS1,service,\nS2,service,"a,b"\n',
        b"entry,category\nS1,service\n",  # the decisions name S2
    ],
}


@pytest.mark.parametrize("entries", under(BAD_ENTRIES))
def test_refused_entries(entries: bytes) -> None:
    refused(replace(GOOD, entries=entries))


BAD_BALLOTS: dict[str, list[str]] = {
    "3.6b": [
        "1,j1,c,S1,,1,\n1,j2,c,S2,,1,",
        "1,j1,c,S1,,1,\n01,j1,r,S2,,1,",
        "1,j1,c,S1,,1,2026-12-24T07:00:00Z\n1,j1,c,S2,,1,2026-12-24T07:00:01Z",
        "1,j1,c,S1,,1,2026-12-24T07:00:00Z\n1,j1,c,S2,,1,",
    ],
    "3.6c": [
        "x,j1,c,S1,,1,",
        "-1,j1,c,S1,,1,",
        "1.0,j1,c,S1,,1,",
        "１,j1,c,S1,,1,",
        ",j1,c,S1,,1,",
    ],
    "3.7": [
        "1,j1,c,S1,,1,\n1,j1,c,S1,,1,",
        "1,j1,c,,,,\n1,j1,c,,,,",
        "1,j1,s,S1,q,1,\n1,j1,s,S1,q,,",
        "1,j1,s,S1,,,\n1,j1,s,S1,,,",
        "1,j1,g,S1,,A,\n1,j1,g,S1,,,",
    ],
    "3.8a": [
        "1,j1,t,S1,,1,",
    ],
    "3.8b": [
        "1,j1,c,S1,,1,yesterday",
        "1,j1,c,S1,,1,2026-12-24T07:00:00",
        "1,j1,c,S1,,1,2026-12-24T07:00Z",
        "1,j1,c,S1,,1,20261224T070000Z",
        "1,j1,c,S1,,1,2026-12-24T24:00:00Z",
        "1,j1,c,S1,,1,2026-12-24T07:00:00.Z",
        "1,j1,c,S1,,1,2026-12-24T07:00:00+0900",
        "1,j1,c,S1,,1,2026-12-24T07:00:00+24:00",
    ],
    "3.8c": [
        "1,j1,c,S1,,7,\n2,j1,c,S1,,1,",
        "1,j1,t,S9,,1,2026-12-25T07:00:00Z",
    ],
    "3.9e": [
        "1,j1,c,S1,,2,",
        "1,j1,r,S1,,0,",
        "1,j1,r,S1,,01,",
        "1,j1,r,S1,,-1,",
        "1,j1,r,S1,,1.0,",
        "1,j1,s,S1,q,6,",
        "1,j1,s,S1,q,-0.1,",
        "1,j1,s,S1,q,1/2,",
        "1,j1,s,S1,q,1e0,",
        "1,j1,s,S1,q,+1,",
        "1,j1,s,S1,q,.5,",
        "1,j1,s,S1,q,5.,",
        "1,j1,s,S1,q, 1,",
    ],
    "3.10a": [
        "1,j1,c,S1,q,1,",
        "1,j1,s,S1,,1,",
        "1,j1,g,S1,q,A,",
    ],
    "3.11b": [
        "1,j1,c,S1,,,",
        "1,j1,c,,,1,",
        "1,j1,c,S1,,1,\n1,j1,c,,,,",
        "1,j1,c,,,,\n1,j1,c,S1,,1,",
        "1,j1,r,S1,,,",
        "1,j1,r,,,1,",
        "1,j1,s,,q,1,",
        "1,j1,s,,,,",
        "1,j1,g,,,A,",
        "1,j1,g,,,,",
    ],
    "3.12": [
        "1,j9,c,S1,,1,",
        "1,j1,z,S1,,1,",
        "1,j1,c,S9,,1,",
        "1,j1,s,S1,z,1,",
        "1,j1,s,S1,z,,",
        "1,j1,g,S1,,C,",
    ],
    "": [
        "1,j1,c,S1,,1",
        "1,j1,c,S1,,1,,",
    ],
}


@pytest.mark.parametrize("rows", under(BAD_BALLOTS))
def test_refused_ballots(rows: str) -> None:
    header = "seq,judge,contest,entry,criterion,value,cast_at\n"
    refused(replace(GOOD, ballots=f"{header}{rows}\n".encode()))


@sentence("3.3")
@pytest.mark.parametrize("column", ["seq", "judge", "contest", "entry", "value"])
def test_ballots_need_their_columns(column: str) -> None:
    header = GOOD.ballots.splitlines()[0].replace(column.encode(), b"other")
    refused(replace(GOOD, ballots=header + b"\n"))


BAD_DECISIONS: dict[str, list[str]] = {
    "5.5h": [
        "p,lot,",
        ",lot,",
    ],
    "5.5i": [
        "x,chair,S1",
        ",chair,S1",
        "p,toss,S1",
        "p,,S1",
        "p,chair,S9",
        "p,chair,S1 S1",
        "p,chair,S1\np,chair,S2",
        ",lot,1\n,lot,2",
        "x,lot,1",
    ],
    "": [
        'p,chair,"S1,S2"',
    ],
}


@pytest.mark.parametrize("rows", under(BAD_DECISIONS))
def test_refused_decisions(rows: str) -> None:
    refused(replace(GOOD, decisions=f"prize,step,value\n{rows}\n".encode()))


@sentence("3.3")
@pytest.mark.parametrize("header", ["prize,step", "step,value", "prize,value"])
def test_decisions_need_their_columns(header: str) -> None:
    refused(replace(GOOD, decisions=f"{header}\n".encode()))


@sentence("3.1b")
@pytest.mark.parametrize("group", ["", "staff"])
def test_refused_group_of_a_judge(group: str) -> None:
    head = RULES.replace('"tally/1"', '"tally/1"\n[groups]\ncio = 1')
    assert run_command(replace(GOOD, rules=head.encode(), judges=b"judge,group\nj1,cio\nj2,cio\n"))[0] == 0
    refused(replace(GOOD, rules=head.encode(), judges=f"judge,group\nj1,cio\nj2,{group}\n".encode()))
