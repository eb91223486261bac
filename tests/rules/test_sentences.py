"""Sentences of the tally/1 format that no other file holds for both counts: whole results, the canonical form, medians."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.rules.canonical import canonical
from eventapp.rules.recount import canonical_bytes
from tests.rules.counts import (
    COUNTS,
    SCORED,
    TIMED,
    Count,
    Files,
    award,
    by_command,
    by_recount,
    contest,
    files,
    rules,
    scores,
    steps,
    table,
)
from tests.rules.sentences import sentence
from tests.rules.tally_case import tally_files
from tests.rules.test_tally_grades import majority_value


def whole() -> Files:
    """A choice of two with a late, an invalid, a recused and a withdrawn mark, a tie cut by the chair, and a second prize."""
    rulebook = rules(
        'method = "choice"\nchoices = 2\nmin_marks = 4\ncloses_at = 2026-12-24T07:10:00Z\nties = ["head-to-head", "chair"]',
        more='[[prizes]]\nid = "q"\ncontest = "c"\nexcludes = ["p"]',
    )
    on, late = "2026-12-24T07:00:00Z", "2026-12-24T07:11:00Z"
    rows = (
        f"1,j1,c,S1,1,{on} 1,j1,c,S2,1,{on} 2,j2,c,S1,1,{on} 3,j3,c,S1,1,{on} 3,j3,c,S2,1,{on} 3,j3,c,S3,1,{on} "
        f"4,j4,c,S2,1,{on} 4,j4,c,S3,1,{on} 5,j5,c,S3,1,{on} 5,j5,c,W,1,{on} 6,j2,c,S2,1,{late}"
    )
    return files(
        rulebook,
        rows,
        judges=table("judge,recused", "j1, j2, j3, j4,S3 j5,"),
        entries=table("entry,category,withdrawn", "S1,service, S2,service, S3,service, W,service,yes"),
        columns=TIMED,
        decisions="prize,step,value\np,chair,S2\n",
    )


# Present j1 to j5; j3's three choices are invalid. Counted j1, j2, j4, j5.
# S1: j1, j2 of four; S2: j1, j4 of four; S3 has the three that are not recused, one too few.
# Head to head: j1 chose both, j5 neither, j2 S1, j4 S2: even. The chair names S2; q then passes S2 over.
WHOLE = (
    b'{"contests":[{"counted":4,"id":"c","invalid":[3],"late":[6],"present":5,'
    b'"standing":[{"entry":"S1","marks":4,"rank":1,"score":"1/2"},{"entry":"S2","marks":4,"rank":1,"score":"1/2"}],'
    b'"status":"ok","struck":[{"entry":"S3","judge":"j4","reason":"recused"},{"entry":"W","judge":"j5","reason":"withdrawn"}],'
    b'"unranked":["S3"]}],"format":"tally/1","prizes":[{"id":"p","needs":null,"passed_over":[],"status":"awarded",'
    b'"tie":{"decided_by":"chair","entries":["S1","S2"],"seats":1,"steps":[{"keys":{"S1":"0","S2":"0"},"step":"head-to-head"},'
    b'{"keys":{"S1":"","S2":"1"},"step":"chair"}]},"winners":["S2"]},'
    b'{"id":"q","needs":null,"passed_over":["S2"],"status":"awarded","tie":null,"winners":["S1"]}]}\n'
)


@sentence("5.2e", "6a", "6c", "6d", "6g", "6h", "6l")
@pytest.mark.parametrize("count", COUNTS)
def test_a_whole_result_byte_by_byte(count: Count) -> None:
    assert canonical(count(whole())) == WHOLE


@sentence("6l")
def test_both_counts_write_the_canonical_form_themselves() -> None:
    assert canonical_bytes(by_recount(whole())) == canonical(by_command(whole())) == WHOLE


@sentence("6j", "6k")
@pytest.mark.parametrize("count", COUNTS)
def test_keys_added_anywhere_are_ignored(count: Count) -> None:
    def added(value: object) -> object:
        if isinstance(value, list):
            return [added(one) for one in value]
        if isinstance(value, dict):
            # The keys of a step are entries, so nothing can be added there.
            return {key: deepcopy(one) if key == "keys" else added(one) for key, one in value.items()} | {"more": ["1"]}
        return value

    more = added(count(whole()))
    assert isinstance(more, dict)
    more["prizes"][0]["explain"] = "other words"
    assert canonical(more) == WHOLE


@sentence("4.8l", "5.4f", "5.4i")
@pytest.mark.parametrize("count", COUNTS)
def test_steps_see_the_marks_that_trim_leaves_out(count: Count) -> None:
    contest = 'method = "score"\ncriteria.q = {max = 10}\ntrim = 1\n'
    rows = "1,j1,c,S1,q,5 1,j1,c,S2,q,4 2,j2,c,S1,q,6 2,j2,c,S2,q,5 3,j3,c,S1,q,1 3,j3,c,S2,q,9"
    result = count(files(rules(contest + 'ties = ["firsts"]'), rows, entries=2, columns=SCORED))
    # 5, 6, 1 and 4, 5, 9: the middle is 5 each. j1 and j2 have S1 first, j3 has S2.
    assert scores(result) == {"S1": 5, "S2": 5}
    assert steps(result) == [("firsts", {"S1": "2/3", "S2": "1/3"})]
    pairs = count(files(rules(contest + 'ties = ["head-to-head"]'), rows, entries=2, columns=SCORED))
    assert steps(pairs) == [("head-to-head", {"S1": "1", "S2": "-1"})]


@sentence("4.7a", "5.4e")
@pytest.mark.parametrize("count", COUNTS)
def test_head_to_head_as_total_is_by_number_of_judges(count: Count) -> None:
    rulebook = rules('method = "points"\npoints = [1, 1]\ncount = "total"\nties = ["firsts", "head-to-head"]')
    rows = "1,j1,c,S1,1 1,j1,c,S2,2 2,j2,c,S2,1 2,j2,c,S1,2 3,j3,c,S3,1"
    result = count(files(rulebook, rows))
    # S1 and S2 have 2 each and one first each; j1 and j2 cancel out, j3 placed neither.
    assert scores(result) == {"S1": 2, "S2": 2, "S3": 1}
    assert steps(result) == [("firsts", {"S1": "1", "S2": "1"}), ("head-to-head", {"S1": "0", "S2": "0"})]
    assert award(result) == ("tied", [])


@sentence("4.8r")
@pytest.mark.parametrize("count", COUNTS)
def test_majority_value_worked_out_by_hand(count: Count) -> None:
    # Lower medians taken away one by one: S1 = C B B A: B, B, C, A. S2 = C B A A: B, A, C, A. S3 = B B B B: B, B, B, B.
    profiles = {"S1": "CBBA", "S2": "CBAA", "S3": "BBBB"}
    rows = " ".join(f"{n},j{n},c,{entry},{grades[n - 1]}" for n in range(1, 5) for entry, grades in profiles.items())
    result = count(files(rules('method = "grade"\ngrades = ["C", "B", "A"]'), rows, judges=4))
    assert [(row["rank"], row["entry"]) for row in contest(result)["standing"]] == [(1, "S2"), (2, "S3"), (3, "S1")]


@sentence("4.8r")
@given(st.integers(1, 6).flatmap(lambda judges: st.tuples(*[st.lists(st.integers(0, 2), min_size=judges, max_size=judges)] * 2)))
def test_both_counts_order_by_majority_value(profiles: tuple[list[int], list[int]]) -> None:
    judges = range(1, len(profiles[0]) + 1)
    rows = " ".join(f"{n},j{n},c,S{s},{'CBA'[grades[n - 1]]}" for n in judges for s, grades in enumerate(profiles, 1))
    election = files(rules('method = "grade"\ngrades = ["C", "B", "A"]'), rows, judges=len(judges), entries=2)
    one, other = map(majority_value, profiles)
    expected = {"S1": 1 + (other > one), "S2": 1 + (one > other)}
    for result in (by_recount(election), tally_files(asdict(election))):
        assert {row["entry"]: row["rank"] for row in contest(result)["standing"]} == expected
