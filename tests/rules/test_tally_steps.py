"""The tie steps, section 5.4 and 5.5: each on a tie that nothing else decides."""

from hashlib import sha256
from typing import Any

import pytest

from eventapp.rules.tally_steps import lot_ticket
from tests.rules.sentences import sentence
from tests.rules.tally_case import chosen, first_prize, graded, ranked, scored


def steps(prize: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {step["step"]: step["keys"] for step in prize["tie"]["steps"]}


def ties(*names: str) -> str:
    return f"\nties = {list(names)}"


CHOICE = 'method = "choice"\nchoices = 2'
POINTS = 'method = "points"\npoints = [3, 2, 1]'
SCORE = 'method = "score"\ncriteria.x.max = 10'
PAIR = 'method = "score"\ncriteria.x.max = 10\ncriteria.y.max = 10'
GRADE = 'method = "grade"\ngrades = ["C", "B", "A"]'


@sentence("5.4e")
def test_firsts_of_points_count_place_one_after_closing_up() -> None:
    ballots = ranked(j1="S4 S1 S2", j2="S2 S1", j3="S1 S2", j4="S3 S2 S1")
    # S1: 3 + 2 + 3 + 1 = 9, S2: 2 + 3 + 2 + 2 = 9 of four judges; S4 is withdrawn.
    prize = first_prize(
        POINTS + ties("firsts"), ballots, judges="j1 j2 j3 j4", entries=["S1,k,,,", "S2,k,,,", "S3,k,,,", "S4,k,,,yes"]
    )
    assert prize == {
        "id": "p",
        "status": "awarded",
        "winners": ["S1"],
        "passed_over": [],
        "tie": {
            "entries": ["S1", "S2"],
            "seats": 1,
            "decided_by": "firsts",
            "steps": [{"step": "firsts", "keys": {"S1": "1/2", "S2": "1/4"}}],
        },
        "needs": None,
    }


@sentence("5.4f")
def test_firsts_of_scores_count_equals_all() -> None:
    prize = first_prize(SCORE + ties("firsts"), scored(j1={"S1": 5, "S2": 5, "S3": 1}, j2={"S1": 3, "S2": 3, "S3": 4}))
    assert (prize["status"], steps(prize)) == ("tied", {"firsts": {"S1": "1/2", "S2": "1/2"}})


@sentence("5.4f")
def test_firsts_look_at_marks_on_unranked_but_not_at_struck_ones() -> None:
    ballots = scored(j1={"S1": 5, "S2": 4, "S3": 9}, j2={"S1": 5, "S2": 6, "S4": 9}, j3={"S3": ""})
    prize = first_prize(
        SCORE + ties("firsts") + "\nmin_marks = 2", ballots, entries=["S1,k,,,", "S2,k,,,", "S3,k,,,", "S4,k,,,yes"]
    )
    assert (prize["winners"], steps(prize)) == (["S2"], {"firsts": {"S1": "0", "S2": "1/2"}})


@sentence("4.8l", "5.4f")
def test_firsts_use_the_raw_score_not_the_normalised_one() -> None:
    # Rounded to six decimals the deviation is 0, so every z is 0; the raw scores differ.
    ballots = scored(j1={"S1": "1", "S2": "1.000001"})
    prize = first_prize(SCORE + ties("firsts") + '\nnormalise = "z"', ballots)
    assert (prize["winners"], steps(prize)) == (["S2"], {"firsts": {"S1": "0", "S2": "1"}})


@sentence("5.4f")
def test_firsts_of_grades() -> None:
    ballots = graded(j1={"S1": "B", "S2": "B", "S3": "A"}, j2={"S1": "B", "S2": "B"}, j3={"S1": "B"})
    prize = first_prize(
        GRADE + ties("firsts"), ballots, prize='min_score = 0\ntag = "t"', entries=["S1,k,,t,", "S2,k,,t,", "S3,k,,,"]
    )
    assert (prize["winners"], steps(prize)) == (["S1"], {"firsts": {"S1": "2/3", "S2": "1/2"}})


def test_firsts_as_total() -> None:
    prize = first_prize(POINTS + '\ncount = "total"' + ties("firsts"), ranked(j1="S1 S3 S2", j2="S2", j3="S3 S1"))
    assert steps(prize)["firsts"] == {"S1": "1", "S3": "1"}


def test_firsts_as_weighted_mean_of_groups() -> None:
    prize = first_prize(
        SCORE + ties("firsts"),
        scored(j1={"S1": 5, "S2": 4}, j2={"S1": 4, "S2": 5}, j3={"S1": 4, "S2": "4.5"}, j4={"S1": "4.5", "S2": 4}),
        judges=["j1,g,,", "j2,g,,", "j3,h,,", "j4,h,,"],
        head="[groups]\ng = 3\nh = 1",
    )
    assert steps(prize) == {"firsts": {"S1": "1/2", "S2": "1/2"}}


@sentence("5.4g")
def test_countback_compares_places_from_the_first_as_far_as_points_go() -> None:
    ballots = ranked(j1="S1 S2", j2="S1 S2", j3="S2 S1", j4="S3 S4 S5 S1")
    # Every place in the list is worth the same, so the scores tell nothing; the fourth place is not looked at.
    prize = first_prize(
        'method = "points"\npoints = [1, 1, 1]' + ties("countback"),
        ballots,
        judges="j1 j2 j3 j4",
        entries="S1 S2 S3 S4 S5",
    )
    assert (prize["winners"], steps(prize)) == (["S1"], {"countback": {"S1": "1/2 1/4 0", "S2": "1/4 1/2 0"}})


@sentence("5.4h")
def test_criterion_takes_the_mean_of_the_raw_values() -> None:
    ballots = scored(
        j1={"S1": {"x": 5, "y": 4}, "S2": {"x": 4, "y": 5}}, j2={"S1": {"x": 4, "y": 4}, "S2": {"x": 4, "y": 4}}
    )
    prize = first_prize(PAIR + ties("criterion:y"), ballots)
    assert (prize["winners"], prize["tie"]["decided_by"]) == (["S2"], "criterion:y")
    assert steps(prize) == {"criterion:y": {"S1": "4", "S2": "9/2"}}


@sentence("4.8l", "5.4h")
def test_criterion_is_neither_weighted_nor_trimmed() -> None:
    contest = 'method = "score"\ntrim = 1\ncriteria.x = {max = 10, weight = 3}' + ties("criterion:x")
    ballots = scored(j1={"S1": 1, "S2": 0}, j2={"S1": 5, "S2": 5}, j3={"S1": 9, "S2": 8})
    assert steps(first_prize(contest, ballots)) == {"criterion:x": {"S1": "5", "S2": "13/3"}}


@sentence("5.4k")
def test_head_to_head_of_choices() -> None:
    # Of the judges eligible for both, one prefers S1 and none S2: j2 may not judge S1.
    prize = first_prize(
        CHOICE + ties("head-to-head"), chosen(j1="S1 S3", j2="S2", j3="S2 S1"), judges=["j1,,,S2", "j2,,,S1", "j3,,,"]
    )
    assert (prize["status"], steps(prize)) == ("tied", {"head-to-head": {"S1": "0", "S2": "0"}})


@sentence("5.4l")
def test_head_to_head_of_points_sees_places_beyond_the_list() -> None:
    contest = 'method = "points"\npoints = [1]' + ties("head-to-head")
    ballots = ranked(j1="S1 S3 S2", j2="S2 S4 S1", j3="S3 S1 S2", j4="S4 S1")
    prize = first_prize(contest, ballots, judges="j1 j2 j3 j4", entries="S1 S2 S3 S4")
    # S1 beats S2 and S3 by 3 : 1, S3 beats S2 by 2 : 1, S2 beats S4 by 3 : 1; S4 is level with S1 and S3.
    assert steps(prize)["head-to-head"] == {"S1": "2", "S2": "-1", "S3": "0", "S4": "-1"}
    assert prize["winners"] == ["S1"]


@sentence("5.4m")
def test_head_to_head_of_scores_is_of_raw_ones() -> None:
    ballots = scored(j1={"S1": 9, "S2": 1}, j2={"S1": 4, "S2": 5}, j3={"S1": 1, "S2": 8})
    prize = first_prize(SCORE + ties("head-to-head"), ballots)
    assert (prize["winners"], steps(prize)) == (["S2"], {"head-to-head": {"S1": "-1", "S2": "1"}})


@sentence("5.4j")
def test_head_to_head_without_common_judges_is_neither_won_nor_lost() -> None:
    prize = first_prize(SCORE + ties("head-to-head"), scored(j1={"S1": 5}, j2={"S2": 5}))
    assert (prize["status"], steps(prize)) == ("tied", {"head-to-head": {"S1": "0", "S2": "0"}})


@sentence("5.4m")
def test_head_to_head_of_grades() -> None:
    ballots = graded(
        j1={"S1": "A", "S2": "B"},
        j2={"S1": "B", "S2": "A"},
        j3={"S1": "B"},
        j4={"S2": "B"},
        j5={"S1": "A", "S3": "B"},
        j6={"S2": "A"},
    )
    prize = first_prize(GRADE + ties("head-to-head"), ballots, judges="j1 j2 j3 j4 j5 j6")
    assert steps(prize) == {"head-to-head": {"S1": "0", "S2": "0"}}


@sentence("5.4j")
def test_head_to_head_weighs_groups() -> None:
    prize = first_prize(
        SCORE + ties("head-to-head"),
        scored(j1={"S1": 6, "S2": 5}, j2={"S1": 5, "S2": 7}, j3={"S1": 5, "S2": 5}),
        judges=["j1,g,,", "j2,h,,", "j3,h,,"],
        head="[groups]\ng = 1\nh = 1",
    )
    assert (prize["winners"], steps(prize)) == (["S1"], {"head-to-head": {"S1": "1", "S2": "-1"}})


@sentence("5.4b", "5.4i")
def test_head_to_head_is_within_the_block_left() -> None:
    # S3 beats both others, but has won its seat at firsts.
    contest = 'method = "points"\npoints = [1, 1, 1]' + ties("firsts", "head-to-head")
    ballots = ranked(j1="S3 S1 S2", j2="S3 S1 S2", j3="S1 S2 S3", j4="S2 S1 S3", j5="S3 S2 S1")
    prize = first_prize(contest, ballots, judges="j1 j2 j3 j4 j5", prize="seats = 2")
    assert prize["winners"] == ["S1", "S3"]
    assert steps(prize) == {
        "firsts": {"S1": "1/5", "S2": "1/5", "S3": "3/5"},
        "head-to-head": {"S1": "1", "S2": "-1"},
    }


@sentence("5.4n")
def test_chair_takes_the_places_of_the_list_as_recorded() -> None:
    prize = first_prize(CHOICE + ties("chair"), chosen(j1="S1 S2"), decisions=["p,chair,S3 S2 S1"])
    assert (prize["winners"], steps(prize)) == (["S2"], {"chair": {"S1": "3", "S2": "2"}})


@sentence("5.4n")
def test_chair_puts_the_unlisted_last_and_equal() -> None:
    prize = first_prize(
        CHOICE.replace("2", "3") + ties("chair"), chosen(j1="S1 S2 S3"), prize="seats = 2", decisions=["p,chair,S3"]
    )
    assert (prize["status"], prize["winners"]) == ("tied", ["S3"])
    assert steps(prize) == {"chair": {"S1": "", "S2": "", "S3": "1"}}


@sentence("5.5b")
def test_chair_may_leave_it_to_the_next_step() -> None:
    prize = first_prize(CHOICE + ties("chair", "lot"), chosen(j1="S1 S2"), decisions=["p,chair,", "p,lot,example"])
    assert (prize["status"], steps(prize)["chair"]) == ("awarded", {"S1": "", "S2": ""})


@sentence("5.5f", "5.6a")
def test_chair_without_a_record_is_pending() -> None:
    prize = first_prize(CHOICE + ties("head-to-head", "chair", "lot"), chosen(j1="S1 S2"), decisions=[",lot,seed"])
    assert (prize["status"], prize["needs"], prize["winners"], list(steps(prize))) == (
        "pending",
        "chair",
        [],
        ["head-to-head"],
    )
    assert prize["tie"]["decided_by"] is None


@sentence("5.5d")
def test_chair_of_another_prize_is_no_record() -> None:
    more = '[[prizes]]\nid = "q"\ncontest = "c"'
    prize = first_prize(CHOICE + ties("chair"), chosen(j1="S1 S2"), decisions=["q,chair,S1"], more=more)
    assert (prize["status"], prize["needs"]) == ("pending", "chair")


@sentence("5.4q")
def test_lot_is_the_published_check_value() -> None:
    assert (
        lot_ticket("example", "grand", entry="S1") == "5a910d37bdfb8a43970d5663ccba6531115b8954012d3afc8ce82cfa8c30659d"
    )
    assert (
        lot_ticket("example", "grand", entry="S2") == "84dc6c58fe3f4238680d84205893d40eb5cf0863d1e218205a23ec4d622e64ff"
    )


@sentence("5.4o")
def test_lot_is_won_by_the_lowest() -> None:
    prize = first_prize(CHOICE + ties("lot"), chosen(j1="S1 S2"), decisions=["p,lot,くじ"])
    drawn = {entry: sha256(f"くじ\np\n{entry}".encode()).hexdigest() for entry in ("S1", "S2")}
    assert (steps(prize), prize["winners"]) == ({"lot": drawn}, [min(drawn, key=drawn.__getitem__)])


@sentence("5.5c")
@pytest.mark.parametrize("decisions", [["p,lot,own", ",lot,common"], [",lot,common", "p,lot,own"]])
def test_lot_prefers_the_seed_of_the_prize(decisions: list[str]) -> None:
    prize = first_prize(CHOICE + ties("lot"), chosen(j1="S1 S2"), decisions=decisions)
    assert steps(prize)["lot"]["S1"] == lot_ticket("own", "p", entry="S1")


@sentence("5.5c")
def test_lot_falls_back_on_the_common_seed() -> None:
    prize = first_prize(CHOICE + ties("lot"), chosen(j1="S1 S2"), decisions=[",lot,common"])
    assert steps(prize)["lot"]["S1"] == lot_ticket("common", "p", entry="S1")


@sentence("5.5f")
def test_lot_without_a_seed_is_pending() -> None:
    prize = first_prize(CHOICE + ties("lot"), chosen(j1="S1 S2"))
    assert (prize["status"], prize["needs"], prize["tie"]["steps"]) == ("pending", "lot", [])


@sentence("5.4p")
def test_share_lets_all_of_the_block_win() -> None:
    prize = first_prize(CHOICE.replace("2", "3") + ties("share"), chosen(j1="S1 S2 S3"), prize="seats = 2")
    assert (prize["status"], prize["winners"], prize["tie"]["decided_by"]) == ("awarded", ["S1", "S2", "S3"], "share")
    assert steps(prize) == {"share": {"S1": "", "S2": "", "S3": ""}}
