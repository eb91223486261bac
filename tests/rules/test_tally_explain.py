"""The paragraphs tell winners with score and rank, who is passed over and why, each step and what is needed."""

import re
from typing import Any

import pytest

from tests.rules.sentences import sentence
from tests.rules.tally_case import chosen, graded, ranked, run, scored

CHOICE = 'method = "choice"\nchoices = 9'
SCORE = 'method = "score"\ncriteria.x.max = 10'
ONES = 'method = "points"\npoints = [1, 1, 1]\nties = ["firsts", "chair"]'


def told(contest: str, ballots: list[str], *, prize_id: str = "p", **files: Any) -> tuple[str, str]:
    [prize] = [prize for prize in run(contest, ballots, **files)["prizes"] if prize["id"] == prize_id]
    return prize["explain"]["ja"], prize["explain"]["en"]


def prize(name: str, extra: str = "") -> str:
    return f'[[prizes]]\nid = "{name}"\ncontest = "c"\n{extra}\n'


@sentence("6i")
def test_explain_a_plain_winner() -> None:
    assert told(SCORE, scored(j1={"S1": 9, "S2": 1}, j2={"S1": 8})) == (
        "賞「p」（1席）は、審査「c」の順位によって決める。受賞はS1（1位、得点17/2 = 8.500）。",
        "Prize p (1 seat) follows the standing of contest c. Awarded: S1 (rank 1, score 17/2 = 8.500).",
    )


@sentence("6i")
def test_explain_several_winners_and_seats_left_empty() -> None:
    assert told(CHOICE, chosen(j1="S1 S2", j2="S1", j3="S1"), prize="seats = 4") == (
        "賞「p」（4席）は、審査「c」の順位によって決める。受賞はS1（1位、得点1）、S2（2位、得点1/3 ≒ 0.333）。"
        "対象となるものが席の数に足りず、2席は空席とする。",
        "Prize p (4 seats) follows the standing of contest c. "
        "Awarded: S1 (rank 1, score 1) and S2 (rank 2, score 1/3 ≈ 0.333). Nothing else qualifies: 2 seats stay empty.",
    )


@sentence("6i")
def test_explain_who_is_passed_over_and_why() -> None:
    more = prize("o") + prize("q", 'excludes = ["o", "p"]')
    assert told(SCORE, scored(j1={"S1": 9, "S2": 1}), more=more, prize_id="q") == (
        "賞「q」（1席）は、審査「c」の順位によって決める。S1（1位、得点9）は、すでに「o」、「p」を受賞しているため対象としない。"
        "受賞はS2（2位、得点1）。",
        "Prize q (1 seat) follows the standing of contest c. S1 (rank 1, score 9) is passed over, having won o and p. "
        "Awarded: S2 (rank 2, score 1).",
    )


@sentence("6i")
def test_explain_each_step_of_a_tie_with_its_keys_best_first() -> None:
    ballots = ranked(j1="S3 S1 S2", j2="S3 S2 S1", j3="S2 S3 S1", j4="S1 S3 S2")
    assert told(ONES, ballots, judges="j1 j2 j3 j4", prize="seats = 2", decisions=["p,chair,S2"]) == (
        "賞「p」（2席）は、審査「c」の順位によって決める。S1、S2、S3は同順位（1位）で、残る2席に収まらない。"
        "1位とした審査員の多さ（firsts）で比べると、S3 1/2 = 0.500、S1 1/4 = 0.250、S2 1/4 = 0.250。"
        "審査委員長の決定（chair）で比べると、S2 1、S1 記載なし。chairによって決着した。"
        "受賞はS2（1位、得点1）、S3（1位、得点1）。",
        "Prize p (2 seats) follows the standing of contest c. S1, S2 and S3 are level at rank 1 with 2 seats left. "
        "By firsts (judges who put it first): S3 1/2 = 0.500, S1 1/4 = 0.250, S2 1/4 = 0.250. "
        "By chair (the chair's order): S2 1, S1 not listed. That is decided by chair. "
        "Awarded: S2 (rank 1, score 1) and S3 (rank 1, score 1).",
    )


def test_explain_a_criterion_by_its_name() -> None:
    contest = f'{SCORE}\ncriteria.impact.max = 10\nties = ["criterion:impact"]'
    ballots = scored(j1={"S1": {"x": 5, "impact": 4}, "S2": {"x": 4, "impact": 5}})
    ja, en = told(contest, ballots)
    assert "評価項目「impact」の評点（criterion:impact）で比べると、S2 5、S1 4。" in ja
    assert "By criterion:impact (marks for impact): S2 5, S1 4." in en


@sentence("6i")
def test_explain_what_is_certain_and_what_is_needed_from_the_chair() -> None:
    ja, en = told(ONES, ranked(j1="S3 S1 S2", j2="S3 S2 S1"), prize="seats = 2")
    assert ja.endswith(
        "現時点で確定した受賞はS3（1位、得点1）。残る席は、審査委員長の決定の記録（chair）を待っている。"
    )
    assert en.endswith(
        "Certain so far: S3 (rank 1, score 1). What is left waits for the chair's decision to be recorded (chair)."
    )


@sentence("6i")
def test_explain_that_a_seed_is_needed() -> None:
    ja, en = told(f'{CHOICE}\nties = ["lot"]', chosen(j1="S1 S2"))
    assert ja.endswith("まだ受賞は確定していない。残る席は、くじの種の記録（lot）を待っている。")
    assert en.endswith("No winner is certain yet. What is left waits for the seed of the lot to be recorded (lot).")


@sentence("6i")
def test_explain_a_tie_that_stays() -> None:
    ja, en = told(f'{CHOICE}\nties = ["head-to-head"]', chosen(j1="S1 S2"))
    assert ja.endswith(
        "直接比較の勝ち越し（head-to-head）で比べると、S1 0、S2 0。まだ受賞は確定していない。"
        "定めた手順をすべて経ても決着せず、残る席は同順位のままである。"
    )
    assert en.endswith(
        "By head-to-head (pairs won less pairs lost): S1 0, S2 0. No winner is certain yet. "
        "All the steps agreed beforehand leave the rest level."
    )


@sentence("6i")
def test_explain_waiting() -> None:
    assert told(CHOICE, chosen(j1="S1 S2"), more=prize("q", 'excludes = ["p"]'), prize_id="q") == (
        "賞「q」（1席）は、審査「c」の順位によって決める。"
        "対象から除くべき受賞者を定める賞「p」がまだ確定していないため、その確定を待っている。",
        "Prize q (1 seat) follows the standing of contest c. "
        "It waits for prize p, whose winners are passed over here and are not settled yet.",
    )


def test_explain_inquorate() -> None:
    assert told(f"{CHOICE}\nquorum = 2", chosen(j1="S1")) == (
        "賞「p」（1席）は、審査「c」の順位によって決める。出席した審査員は1人で定足数2人に満たないため、該当なしとする。",
        "Prize p (1 seat) follows the standing of contest c. "
        "It is not awarded: 1 judges were present and the quorum is 2.",
    )


def test_explain_that_nothing_qualifies() -> None:
    ja, en = told(SCORE, [])
    assert ja.endswith("条件を満たすものがなく、該当なしとする。")
    assert en.endswith("Nothing qualifies, so it is not awarded.")


@sentence("6i")
def test_explain_grades_by_name() -> None:
    ja, en = told('method = "grade"\ngrades = ["良", "優"]', graded(j1={"S1": "優"}))
    assert ja.endswith("受賞はS1（1位、評語「優」、得点1）。")
    assert en.endswith("Awarded: S1 (rank 1, grade 優, score 1).")


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ("9.5", "9.25", ["9.500", "9.250"]),
        ("9.9999", "9.9996", ["9.9999", "9.9996"]),
        (f"9.{'9' * 40}", f"9.{'9' * 39}8", [f"10.{'0' * 30}"] * 2),
    ],
)
def test_explain_shows_as_many_digits_as_tell_scores_apart(one: str, other: str, shown: list[str]) -> None:
    _, en = told(SCORE, scored(j1={"S1": one, "S2": other}), prize="seats = 2")
    assert re.findall(r" (\S+)\)", en.split("Awarded")[1]) == shown


@sentence("6i")
def test_explain_is_one_paragraph_each() -> None:
    ja, en = told(ONES, ranked(j1="S3 S1 S2", j2="S3 S2 S1"), prize="seats = 2")
    assert ("\n" in ja, "\n" in en) == (False, False)
