"""Prizes worked out by hand from the tally/1 document, for both counts: cuts, tie steps, exclusion, narrowing.

Every expected figure is written as the arithmetic that gives it; a comment says who gave what.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.rules.counts import (
    COUNTS,
    SCORED,
    Count,
    Files,
    award,
    files,
    prize,
    rules,
    scores,
    standing,
    steps,
    table,
)
from tests.rules.sentences import sentence

pytestmark = pytest.mark.parametrize("count", COUNTS)

CHOICE = 'method = "choice"'
POINTS = 'method = "points"\npoints = [3, 2, 1]'
SCORE = 'method = "score"\ncriteria.q = {max = 10}'
TWO_CRITERIA = 'method = "score"\ncriteria.a = {max = 10}\ncriteria.b = {max = 10}'
GRADE = 'method = "grade"\ngrades = ["C", "B", "A"]'

# S1 and S2 have one vote each of two judges, S3 none.
EVEN = "1,j1,c,S1,1 2,j2,c,S2,1"


def even(ties: str, *, decisions: str | None = None, prize: str = "", more: str = "") -> Files:
    """A choice in which S1 and S2 share the first rank."""
    rulebook = rules(f"{CHOICE}\nties = {ties}", prize=prize, more=more)
    return files(rulebook, EVEN, judges=2, decisions=decisions)


def frac(numerator: int, denominator: int = 1) -> str:
    """An exact number as the result writes it."""
    return str(Fraction(numerator, denominator))


# -- cutting a rank ----------------------------------------------------------------------------------------------------


@sentence("5.3a", "6g")
def test_tie_that_fits_is_no_tie(count: Count) -> None:
    result = count(even("[]", prize="seats = 2"))
    assert award(result) == ("awarded", ["S1", "S2"])
    assert prize(result)["tie"] is None


@sentence("5.2b")
def test_zero_votes_never_win(count: Count) -> None:
    result = count(even("[]", prize="seats = 3"))
    assert award(result) == ("partial", ["S1", "S2"])
    assert prize(result)["tie"] is None


@sentence("5.2b")
def test_zero_points_never_win(count: Count) -> None:
    rulebook = rules('method = "points"\npoints = [1, 0]', prize="seats = 3")
    result = count(files(rulebook, "1,j1,c,S1,1 1,j1,c,S2,2"))
    assert scores(result) == {"S1": 1, "S2": 0, "S3": 0}
    assert award(result) == ("partial", ["S1"])


@sentence("5.2b")
def test_zero_score_can_win(count: Count) -> None:
    result = count(files(rules(SCORE, prize="seats = 2"), "1,j1,c,S1,q,0 1,j1,c,S2,q,1", columns=SCORED))
    assert award(result) == ("awarded", ["S2", "S1"])


@sentence("5.3b", "5.6b", "6h")
def test_cut_without_steps_is_tied(count: Count) -> None:
    result = count(even("[]"))
    assert award(result) == ("tied", [])
    assert prize(result)["tie"] == {"entries": ["S1", "S2"], "seats": 1, "decided_by": None, "steps": []}
    assert prize(result)["needs"] is None


@sentence("5.3b", "5.6d")
def test_certain_winners_are_shown_while_tied(count: Count) -> None:
    rows = "1,j1,c,S3,1 2,j2,c,S3,1 3,j3,c,S2,1 4,j4,c,S1,1"
    result = count(files(rules(CHOICE, prize="seats = 2"), rows, judges=4))
    assert award(result) == ("tied", ["S3"])
    assert prize(result)["tie"]["entries"] == ["S1", "S2"]
    assert prize(result)["tie"]["seats"] == 2 - 1


@sentence("5.3a", "5.3b", "5.4p")
def test_only_the_rank_that_does_not_fit_is_disputed(count: Count) -> None:
    rows = "1,j1,c,S1,1 2,j2,c,S2,1 3,j3,c,S3,1 1,j1,c,S2,1 2,j2,c,S1,1 3,j3,c,S4,1"
    rulebook = rules(CHOICE + '\nchoices = 2\nties = ["share"]', prize="seats = 3")
    result = count(files(rulebook, rows, entries=4))
    # S1, S2: 2/3; S3, S4: 1/3. One seat is left for S3 and S4; both win.
    assert award(result) == ("awarded", ["S1", "S2", "S3", "S4"])
    assert prize(result)["tie"] == {
        "entries": ["S3", "S4"],
        "seats": 3 - 2,
        "decided_by": "share",
        "steps": [{"step": "share", "keys": {"S3": "", "S4": ""}}],
    }


@sentence("6b")
def test_winners_are_in_standing_order_whoever_was_settled_first(count: Count) -> None:
    decisions = table("prize,step,value", "p,chair,S2")
    result = count(even('["chair"]', prize="seats = 2", decisions=decisions))
    assert award(result) == ("awarded", ["S1", "S2"])
    assert prize(result)["tie"] is None


# -- firsts ------------------------------------------------------------------------------------------------------------


@sentence("5.4c", "5.4e", "6h")
def test_firsts_in_points_leaves_the_next_step_a_smaller_block(count: Count) -> None:
    rows = "1,j1,c,S1,1 1,j1,c,S2,2 1,j1,c,S3,3 2,j2,c,S3,1 2,j2,c,S2,2 2,j2,c,S1,3"
    result = count(files(rules(POINTS + '\nties = ["firsts", "chair"]'), rows, decisions="prize,step,value\n"))
    # S1: 3+1, S2: 2+2, S3: 1+3: all 2. Firsts: S1 j1, S3 j2, S2 none: S1 and S3 remain for the chair.
    assert {score for _, _, _, score in standing(result)} == {Fraction(4, 2)}
    assert award(result) == ("pending", [])
    assert prize(result)["needs"] == "chair"
    assert steps(result) == [("firsts", {"S1": frac(1, 2), "S2": "0", "S3": frac(1, 2)})]
    assert prize(result)["tie"]["decided_by"] is None


@sentence("5.4a", "5.4d")
def test_firsts_takes_a_block_that_fits(count: Count) -> None:
    rows = "1,j1,c,S1,1 1,j1,c,S2,2 1,j1,c,S3,3 2,j2,c,S3,1 2,j2,c,S2,2 2,j2,c,S1,3"
    result = count(files(rules(POINTS + '\nties = ["firsts", "chair"]', prize="seats = 2"), rows))
    assert award(result) == ("awarded", ["S1", "S3"])
    assert prize(result)["tie"]["decided_by"] == "firsts"
    assert prize(result)["tie"]["seats"] == 2


@sentence("5.4e")
def test_firsts_counts_places_after_closing_up(count: Count) -> None:
    entries = table("entry,category,withdrawn", "S1,service, S2,service, S9,service,yes")
    rows = "1,j1,c,S9,1 1,j1,c,S1,2 1,j1,c,S2,3 2,j2,c,S2,1 3,j3,c,S1,2"
    rulebook = rules('method = "points"\npoints = [2, 2]\nties = ["firsts"]')
    result = count(files(rulebook, rows, entries=entries))
    # j1: S1 1st, S2 2nd. j2: S2 1st. j3: S1 1st. Points 2 each: S1 2+0+2, S2 2+2+0. Firsts: S1 j1, j3; S2 j2.
    assert scores(result) == {"S1": Fraction(4, 3), "S2": Fraction(4, 3)}
    assert steps(result) == [("firsts", {"S1": frac(2, 3), "S2": frac(1, 3)})]
    assert award(result) == ("awarded", ["S1"])


@sentence("5.4f")
def test_firsts_in_score_counts_equal_highest_marks_for_all(count: Count) -> None:
    rows = (
        "1,j1,c,S1,q,5 1,j1,c,S2,q,5 1,j1,c,S3,q,1 "
        "2,j2,c,S1,q,6 2,j2,c,S2,q,2 2,j2,c,S3,q,8 "
        "3,j3,c,S1,q,1 3,j3,c,S2,q,5"
    )
    result = count(files(rules(SCORE + '\nties = ["firsts"]'), rows, columns=SCORED))
    # S1: 5+6+1 = 12, S2: 5+2+5 = 12, over three; S3: 1+8 over two.
    # Firsts: j1 S1 and S2, j2 S3, j3 S2. S1 has 1 of 3, S2 2 of 3.
    assert scores(result) == {"S1": Fraction(12, 3), "S2": Fraction(12, 3), "S3": Fraction(9, 2)}
    assert award(result) == ("awarded", ["S3"])
    second = count(files(rules(SCORE + '\nties = ["firsts"]', prize="seats = 2"), rows, columns=SCORED))
    assert steps(second) == [("firsts", {"S1": frac(1, 3), "S2": frac(2, 3)})]
    assert award(second) == ("awarded", ["S3", "S2"])


@sentence("5.4f")
def test_firsts_in_score_sees_unranked_but_not_struck_entries(count: Count) -> None:
    judges = table("judge,recused", "j1,S9 j2,")
    rows = "1,j1,c,S1,q,6 1,j1,c,S2,q,5 1,j1,c,S9,q,10 2,j2,c,S1,q,5 2,j2,c,S2,q,6 2,j2,c,S8,q,9"
    entries = table("entry,category", "S1,service S2,service S8,service S9,service")
    rulebook = rules(SCORE + '\nmin_marks = 2\nties = ["firsts"]')
    result = count(files(rulebook, rows, judges=judges, entries=entries, columns=SCORED))
    # Both 11/2. j1's 10 for S9 is struck, so S1 is j1's first; j2's first is S8, unranked with one mark.
    assert steps(result) == [("firsts", {"S1": frac(1, 2), "S2": frac(0, 2)})]
    assert award(result) == ("awarded", ["S1"])


@sentence("5.4f", "5.6b")
def test_firsts_in_grade(count: Count) -> None:
    rows = "1,j1,c,S1,B 1,j1,c,S2,B 1,j1,c,S3,A 2,j2,c,S1,B 2,j2,c,S2,A 3,j3,c,S1,A 3,j3,c,S2,B 3,j3,c,S3,C"
    result = count(files(rules(GRADE + '\nties = ["firsts"]'), rows))
    # S1 = B B A, S2 = B A B: equal. Firsts: j1 S3, j2 S2 (S1 has B), j3 S1.
    assert steps(result) == [("firsts", {"S1": frac(1, 3), "S2": frac(1, 3)})]
    assert award(result) == ("tied", [])


def test_firsts_with_total_is_a_number_of_judges(count: Count) -> None:
    rulebook = rules(SCORE + '\ncount = "total"\nties = ["firsts"]')
    rows = "1,j1,c,S1,q,3 1,j1,c,S2,q,2 2,j2,c,S1,q,3 2,j2,c,S2,q,2 3,j3,c,S2,q,2"
    result = count(files(rulebook, rows, columns=SCORED))
    # S1: 3+3 = 6, S2: 2+2+2 = 6. Firsts: j1, j2 S1; j3 S2.
    assert steps(result) == [("firsts", {"S1": frac(2), "S2": frac(1)})]
    assert award(result) == ("awarded", ["S1"])


@sentence("4.7c", "5.4e")
def test_firsts_with_groups(count: Count) -> None:
    judges = table("judge,group", "j1,a j2,b j3,b")
    head = "[groups]\na = 1\nb = 2"
    rows = "1,j1,c,S1,1 1,j1,c,S2,2 2,j2,c,S2,1 2,j2,c,S1,2 3,j3,c,S1,2 3,j3,c,S2,3"
    rulebook = rules('method = "points"\npoints = [1, 1]\nties = ["firsts"]', head=head)
    result = count(files(rulebook, rows, judges=judges, entries=2))
    # S1: first for j1 (a) and, closed up, j3 (b): (1*1 + 2*1/2)/3. S2: first for j2: (1*0 + 2*1/2)/3.
    assert steps(result) == [
        ("firsts", {"S1": str((1 + 2 * Fraction(1, 2)) / 3), "S2": str((0 + 2 * Fraction(1, 2)) / 3)})
    ]


# -- countback ---------------------------------------------------------------------------------------------------------


@sentence("5.4g")
def test_countback_compares_place_by_place(count: Count) -> None:
    rows = "1,j1,c,S1,1 1,j1,c,S3,2 1,j1,c,S2,3 2,j2,c,S2,1 2,j2,c,S1,3 2,j2,c,S4,2 3,j3,c,S2,2 3,j3,c,S1,3 3,j3,c,S4,1"
    rulebook = rules('method = "points"\npoints = [3, 2, 2]\nties = ["countback"]')
    result = count(files(rulebook, rows, entries=4))
    # S1: 1st, 3rd, 3rd = 3+2+2 = 7; S2: 3rd, 1st, 2nd = 2+3+2 = 7. One first each; seconds: S1 none, S2 one.
    assert scores(result)["S1"] == scores(result)["S2"] == Fraction(7, 3)
    assert steps(result) == [("countback", {"S1": "1/3 0 2/3", "S2": "1/3 1/3 1/3"})]
    assert award(result) == ("awarded", ["S2"])


@sentence("5.4g")
def test_countback_uses_each_entrys_own_eligible_judges(count: Count) -> None:
    judges = table("judge,recused", "j1,S1 j2, j3,")
    rows = "1,j1,c,S2,1 2,j2,c,S1,1 2,j2,c,S2,2 3,j3,c,S1,2 3,j3,c,S3,1"
    rulebook = rules('method = "points"\npoints = [2, 1]\nties = ["countback"]')
    result = count(files(rulebook, rows, judges=judges))
    # S1: j2 2, j3 1, of 2 = 3/2. S2: j1 2, j2 1, j3 0, of 3 = 1. S3: j3 2, of 3 = 2/3.
    assert scores(result) == {"S1": Fraction(2 + 1, 2), "S2": Fraction(2 + 1 + 0, 3), "S3": Fraction(2, 3)}
    rows = "1,j1,c,S2,1 2,j2,c,S1,2 2,j2,c,S2,1 3,j3,c,S1,1 3,j3,c,S3,2"
    rulebook = rules('method = "points"\npoints = [2, 2]\nties = ["countback"]')
    again = count(files(rulebook, rows + " 3,j3,c,S2,3", judges=judges))
    # S1: 2+2 of 2 = 2. S2: 2, 2, 0 of 3 = 4/3: S1 alone is first, nothing to cut.
    assert scores(again)["S1"] == Fraction(4, 2)
    assert prize(again)["tie"] is None
    rows = "1,j1,c,S2,1 2,j2,c,S1,2 2,j2,c,S2,1 3,j3,c,S1,1 3,j3,c,S2,2"
    last = count(files(rulebook, rows, judges=judges))
    # S1: 2+2 of 2; S2: 2+2+2 of 3: both 2. Firsts S1 1 of 2, S2 2 of 3.
    assert steps(last) == [("countback", {"S1": "1/2 1/2", "S2": "2/3 1/3"})]
    assert award(last) == ("awarded", ["S2"])


# -- criterion ---------------------------------------------------------------------------------------------------------


@sentence("5.4h")
def test_criterion_step_is_the_mean_of_the_raw_values(count: Count) -> None:
    rows = (
        "1,j1,c,S1,a,4 1,j1,c,S1,b,2 2,j2,c,S1,a,3 2,j2,c,S1,b,5 "
        "1,j1,c,S2,a,5 1,j1,c,S2,b,2 2,j2,c,S2,a,5 2,j2,c,S2,b,2"
    )
    result = count(files(rules(TWO_CRITERIA + '\nties = ["criterion:a"]'), rows, columns=SCORED))
    # S1: (4+2) + (3+5) = 14, S2: (5+2) + (5+2) = 14. a: S1 (4+3)/2, S2 (5+5)/2.
    assert scores(result) == {"S1": Fraction(14, 2), "S2": Fraction(14, 2)}
    assert steps(result) == [("criterion:a", {"S1": frac(4 + 3, 2), "S2": frac(5 + 5, 2)})]
    assert award(result) == ("awarded", ["S2"])


@sentence("4.8l", "5.4h")
def test_criterion_step_ignores_weight_trim_and_normalise(count: Count) -> None:
    contest = (
        'method = "score"\ntrim = 1\nnormalise = "centre"\nties = ["criterion:a"]\n'
        "criteria.a = {max = 10, weight = 5}\ncriteria.b = {max = 50}"
    )
    rows = (
        "1,j1,c,S1,a,1 1,j1,c,S1,b,5 1,j1,c,S2,a,2 1,j1,c,S2,b,0 "
        "2,j2,c,S1,a,3 2,j2,c,S1,b,5 2,j2,c,S2,a,4 2,j2,c,S2,b,0 "
        "3,j3,c,S1,a,9 3,j3,c,S1,b,0 3,j3,c,S2,a,9 3,j3,c,S2,b,0"
    )
    result = count(files(rules(contest), rows, columns=SCORED))
    # x is 10, 10; 20, 20; 45, 45: every centred value is 0. a raw, untrimmed: S1 1+3+9, S2 2+4+9.
    assert scores(result) == {"S1": 0, "S2": 0}
    assert steps(result) == [("criterion:a", {"S1": frac(1 + 3 + 9, 3), "S2": frac(2 + 4 + 9, 3)})]


@sentence("5.4b", "5.4c", "5.4d", "6g")
def test_steps_follow_one_another(count: Count) -> None:
    rows = "1,j1,c,S1,a,4 1,j1,c,S1,b,2 1,j1,c,S2,a,2 1,j1,c,S2,b,4 1,j1,c,S3,a,4 1,j1,c,S3,b,2"
    rulebook = rules(TWO_CRITERIA + '\nties = ["criterion:a", "criterion:b", "lot"]', prize="seats = 1")
    decisions = table("prize,step,value", ",lot,example")
    result = count(files(rulebook, rows, columns=SCORED, decisions=decisions))
    # All 6. a: S1, S3 4, S2 2. b among S1, S3: equal, 2. Then the lot between S1 and S3 only.
    assert steps(result)[:2] == [
        ("criterion:a", {"S1": "4", "S2": "2", "S3": "4"}),
        ("criterion:b", {"S1": "2", "S3": "2"}),
    ]
    assert sorted(steps(result)[2][1]) == ["S1", "S3"]
    assert prize(result)["tie"]["decided_by"] == "lot"


@sentence("5.4a", "5.4b", "5.4n", "5.5a", "6g")
def test_step_can_seat_some_and_pass_the_rest_on(count: Count) -> None:
    rows = (
        "1,j1,c,S1,a,5 1,j1,c,S1,b,1 1,j1,c,S2,a,4 1,j1,c,S2,b,2 "
        "1,j1,c,S3,a,4 1,j1,c,S3,b,2 1,j1,c,S4,a,3 1,j1,c,S4,b,3"
    )
    rulebook = rules(TWO_CRITERIA + '\nties = ["criterion:a", "chair"]', prize="seats = 2")
    decisions = "prize,step,value\np,chair,S4 S3 S2\n"
    result = count(files(rulebook, rows, entries=4, columns=SCORED, decisions=decisions))
    # All 6, two seats. a: S1 5 is seated; S2 and S3 (4) do not fit in the last one; S4 (3) is out.
    # The chair's list names S4 first: it keeps place 1 although it is outside the block. S3 is second, S2 third.
    assert steps(result) == [
        ("criterion:a", {"S1": "5", "S2": "4", "S3": "4", "S4": "3"}),
        ("chair", {"S2": "3", "S3": "2"}),
    ]
    assert award(result) == ("awarded", ["S1", "S3"])
    assert prize(result)["tie"]["decided_by"] == "chair"
    assert prize(result)["tie"]["entries"] == ["S1", "S2", "S3", "S4"]
    assert prize(result)["tie"]["seats"] == 2


@sentence("5.4a")
def test_blocks_are_taken_from_the_best_down(count: Count) -> None:
    rows = (
        "1,j1,c,S1,a,4 1,j1,c,S1,b,2 1,j1,c,S2,a,4 1,j1,c,S2,b,2 "
        "1,j1,c,S3,a,2 1,j1,c,S3,b,4 1,j1,c,S4,a,1 1,j1,c,S4,b,5"
    )
    rulebook = rules(TWO_CRITERIA + '\nties = ["criterion:a"]', prize="seats = 3")
    result = count(files(rulebook, rows, entries=4, columns=SCORED))
    # All 6, three seats. a: S1, S2 (4) fit, S3 (2) fits the last: no block is too large.
    assert award(result) == ("awarded", ["S1", "S2", "S3"])
    assert prize(result)["tie"]["decided_by"] == "criterion:a"


@sentence("5.4c", "5.4i")
def test_steps_are_never_restarted(count: Count) -> None:
    rows = (
        "1,j1,c,S1,a,1 1,j1,c,S1,b,2 1,j1,c,S2,a,1 1,j1,c,S2,b,1 1,j1,c,S3,a,0 1,j1,c,S3,b,1 "
        "2,j2,c,S1,a,1 2,j2,c,S1,b,0 2,j2,c,S2,a,1 2,j2,c,S2,b,2 2,j2,c,S3,a,0 2,j2,c,S3,b,2 "
        "3,j3,c,S1,a,1 3,j3,c,S1,b,1 3,j3,c,S2,a,1 3,j3,c,S2,b,0 3,j3,c,S3,a,0 3,j3,c,S3,b,3"
    )
    rulebook = rules(TWO_CRITERIA + '\nties = ["head-to-head", "criterion:a"]')
    result = count(files(rulebook, rows, columns=SCORED))
    # j1: S1 3, S2 2, S3 1. j2: S2 3, S3 2, S1 1. j3: S3 3, S1 2, S2 1. S1 beats S2, S2 beats S3, S3 beats S1.
    # a leaves S1 and S2. Of these two alone S1 would win head to head, but that step is over.
    assert steps(result) == [
        ("head-to-head", {"S1": frac(1 - 1), "S2": frac(1 - 1), "S3": frac(1 - 1)}),
        ("criterion:a", {"S1": frac(3, 3), "S2": frac(3, 3), "S3": frac(0, 3)}),
    ]
    assert award(result) == ("tied", [])


# -- head-to-head ------------------------------------------------------------------------------------------------------

PAIRS = 'ties = ["head-to-head"]'


@sentence("5.4k")
def test_head_to_head_in_choice(count: Count) -> None:
    rows = "1,j1,c,S1,1 1,j1,c,S3,1 2,j2,c,S2,1 2,j2,c,S3,1 3,j3,c,S1,1 3,j3,c,S2,1"
    result = count(files(rules(CHOICE + "\nchoices = 2\n" + PAIRS), rows))
    # Everyone 2/3; each pair: one judge for either, one for both: a circle of draws.
    assert steps(result) == [("head-to-head", {"S1": "0", "S2": "0", "S3": "0"})]
    assert award(result) == ("tied", [])


@sentence("5.4j", "5.4k")
def test_head_to_head_in_choice_over_judges_eligible_for_both(count: Count) -> None:
    judges = table("judge,recused", "j1,S2 j2,S1 j3, j4,")
    rows = "1,j1,c,S1,1 2,j2,c,S2,1 3,j3,c,S1,1 4,j4,c,S3,1"
    result = count(files(rules(CHOICE + "\n" + PAIRS), rows, judges=judges))
    # S1: j1, j3 of j1, j3, j4 = 2/3. S2: j2 of j2, j3, j4 = 1/3.
    assert scores(result) == {"S1": Fraction(2, 3), "S2": Fraction(1, 3), "S3": Fraction(1, 4)}
    rows = "1,j1,c,S3,1 2,j2,c,S2,1 3,j3,c,S1,1 4,j4,c,S3,1"
    again = count(files(rules(CHOICE + "\n" + PAIRS), rows, judges=judges))
    # S1: j3 of j1, j3, j4. S2: j2 of j2, j3, j4. S3: j1, j4 of all four wins.
    assert award(again) == ("awarded", ["S3"])
    second = count(files(rules(CHOICE + "\n" + PAIRS, prize="seats = 2"), rows, judges=judges))
    # j3 and j4 may judge both: j3 prefers S1, j4 neither.
    assert steps(second) == [("head-to-head", {"S1": frac(1 - 0), "S2": frac(0 - 1)})]
    assert award(second) == ("awarded", ["S3", "S1"])


@sentence("5.4i", "5.4l")
def test_head_to_head_in_points_counts_unplaced_and_beyond_the_list(count: Count) -> None:
    rulebook = rules('method = "points"\npoints = [1]\n' + PAIRS)
    rows = "1,j1,c,S1,1 1,j1,c,S3,2 2,j2,c,S2,1 2,j2,c,S1,2 3,j3,c,S3,1 3,j3,c,S1,2 3,j3,c,S2,3"
    result = count(files(rulebook, rows))
    # One point each: all 1/3.
    # S1-S2: j1 S1, j2 S2, j3 S1: S1 wins. S1-S3: j1 S1, j2 S1 (placed), j3 S3: S1 wins.
    # S2-S3: j1 S3 (placed), j2 S2, j3 S3: S3 wins.
    assert steps(result) == [("head-to-head", {"S1": frac(2 - 0), "S2": frac(0 - 2), "S3": frac(1 - 1)})]
    assert award(result) == ("awarded", ["S1"])


@sentence("5.4l")
def test_two_unplaced_are_equal(count: Count) -> None:
    rulebook = rules(POINTS + "\n" + PAIRS)
    rows = "1,j1,c,S1,1 2,j2,c,S2,1 3,j3,c,S3,1"
    result = count(files(rulebook, rows, entries=4))
    # j3 placed neither S1 nor S2; j1 and j2 cancel out; likewise for every pair.
    assert steps(result) == [("head-to-head", {"S1": "0", "S2": "0", "S3": "0"})]


@sentence("5.4b", "5.4i")
def test_head_to_head_is_only_within_the_block(count: Count) -> None:
    rows = (
        "1,j1,c,S1,q,5 1,j1,c,S2,q,3 1,j1,c,S3,q,9 "
        "2,j2,c,S1,q,3 2,j2,c,S2,q,4 2,j2,c,S3,q,9 "
        "3,j3,c,S1,q,3 3,j3,c,S2,q,4 3,j3,c,S3,q,1"
    )
    rulebook = rules(SCORE + "\n" + PAIRS, prize="seats = 2")
    result = count(files(rulebook, rows, columns=SCORED))
    # S1 5+3+3 = 11, S2 3+4+4 = 11, S3 19. S2 beats S1 by two judges to one; S3 is not in the block.
    assert steps(result) == [("head-to-head", {"S1": frac(-1), "S2": frac(1)})]
    assert award(result) == ("awarded", ["S3", "S2"])


@sentence("5.4j")
def test_head_to_head_with_no_common_judge_is_neither(count: Count) -> None:
    judges = table("judge,recused", "j1,S1 j2,S2")
    rows = "1,j1,c,S2,q,5 2,j2,c,S1,q,5"
    result = count(files(rules(SCORE + "\n" + PAIRS), rows, judges=judges, columns=SCORED))
    assert steps(result) == [("head-to-head", {"S1": "0", "S2": "0"})]
    assert award(result) == ("tied", [])


@sentence("5.4j")
def test_head_to_head_with_no_common_judge_in_choice(count: Count) -> None:
    judges = table("judge,recused", "j1,S1 j2,S2")
    result = count(files(rules(CHOICE + "\n" + PAIRS), "1,j1,c,S2,1 2,j2,c,S1,1", judges=judges))
    # S1: j2 alone, 1. S2: j1 alone, 1.
    assert scores(result) == {"S1": 1, "S2": 1, "S3": 0}
    assert steps(result) == [("head-to-head", {"S1": "0", "S2": "0"})]


@sentence("5.4j")
def test_head_to_head_with_groups_weighs_the_judges(count: Count) -> None:
    judges = table("judge,group", "j1,a j2,b j3,b")
    head = "[groups]\na = 3\nb = 1"
    rows = "1,j1,c,S1,q,5 1,j1,c,S2,q,4 2,j2,c,S1,q,0 2,j2,c,S2,q,4 3,j3,c,S1,q,3 3,j3,c,S2,q,5"
    result = count(files(rules(SCORE + "\n" + PAIRS, head=head), rows, judges=judges, columns=SCORED))
    # S1: (3*5 + 1*(0+3)/2)/4 = 33/8; S2: (3*4 + 1*(4+5)/2)/4 = 33/8.
    assert scores(result) == {
        "S1": (3 * 5 + Fraction(0 + 3, 2)) / 4,
        "S2": (3 * 4 + Fraction(4 + 5, 2)) / 4,
    }
    # Signs for S1: a +1, b -1, -1: (3*1 + 1*(-1))/4 > 0, so the one judge of a outweighs two of b.
    assert steps(result) == [("head-to-head", {"S1": "1", "S2": "-1"})]


@sentence("5.4m")
def test_head_to_head_in_score_is_not_normalised(count: Count) -> None:
    rulebook = rules(SCORE + '\nnormalise = "z"\n' + PAIRS)
    rows = "1,j1,c,S1,q,1 1,j1,c,S2,q,1.000001 2,j2,c,S1,q,3 2,j2,c,S2,q,3"
    result = count(files(rulebook, rows, columns=SCORED))
    # s of j1 is 0 in millionths, so both score 0; but j1's raw mark of S2 is higher.
    assert scores(result) == {"S1": 0, "S2": 0}
    assert steps(result) == [("head-to-head", {"S1": "-1", "S2": "1"})]
    assert award(result) == ("awarded", ["S2"])


@sentence("5.4j", "5.4m")
def test_head_to_head_in_grade_over_judges_who_graded_both(count: Count) -> None:
    rows = "1,j1,c,S1,A 1,j1,c,S2,B 2,j2,c,S1,B 3,j3,c,S2,A"
    result = count(files(rules(GRADE + "\n" + PAIRS), rows))
    # Both one A and one B. Only j1 graded both: A over B.
    assert steps(result) == [("head-to-head", {"S1": "1", "S2": "-1"})]
    assert award(result) == ("awarded", ["S1"])


# -- chair -------------------------------------------------------------------------------------------------------------


@sentence("5.4d", "5.4n")
def test_chair_decides(count: Count) -> None:
    result = count(even('["chair"]', decisions="prize,step,value\np,chair,S2 S1\n"))
    assert award(result) == ("awarded", ["S2"])
    assert prize(result)["tie"] == {
        "entries": ["S1", "S2"],
        "seats": 1,
        "decided_by": "chair",
        "steps": [{"step": "chair", "keys": {"S1": "2", "S2": "1"}}],
    }


@sentence("5.5f", "5.6a", "6h")
def test_chair_not_yet_asked_is_pending(count: Count) -> None:
    result = count(even('["chair", "share"]'))
    assert award(result) == ("pending", [])
    assert prize(result)["needs"] == "chair"
    assert prize(result)["tie"] == {"entries": ["S1", "S2"], "seats": 1, "decided_by": None, "steps": []}


@sentence("5.5d")
def test_chair_of_another_prize_does_not_count(count: Count) -> None:
    more = '[[prizes]]\nid = "q"\ncontest = "c"'
    result = count(even('["chair"]', decisions="prize,step,value\nq,chair,S2\n", more=more))
    assert award(result, "p") == ("pending", [])
    assert award(result, "q") == ("awarded", ["S2"])


@sentence("5.4n")
def test_partial_list_leaves_the_unlisted_equal_and_last(count: Count) -> None:
    result = count(even('["chair"]', decisions="prize,step,value\np,chair,S2\n"))
    assert steps(result) == [("chair", {"S1": "", "S2": "1"})]
    assert award(result) == ("awarded", ["S2"])


@sentence("5.4c", "5.4n")
def test_unlisted_entries_go_on_to_the_next_step(count: Count) -> None:
    rows = "1,j1,c,S1,1 2,j2,c,S2,1 3,j3,c,S3,1"
    rulebook = rules(CHOICE + '\nties = ["chair", "share"]', prize="seats = 2")
    result = count(files(rulebook, rows, decisions="prize,step,value\np,chair,S3\n"))
    # S3 takes one of the two seats; S1 and S2 share the other.
    assert steps(result) == [("chair", {"S1": "", "S2": "", "S3": "1"}), ("share", {"S1": "", "S2": ""})]
    assert award(result) == ("awarded", ["S1", "S2", "S3"])
    assert prize(result)["tie"]["decided_by"] == "share"


@sentence("5.4n", "5.5a")
def test_ids_outside_the_block_keep_their_places_and_win_nothing(count: Count) -> None:
    result = count(even('["chair"]', decisions="prize,step,value\np,chair,S3 S2\n"))
    assert steps(result) == [("chair", {"S1": "", "S2": "2"})]
    assert award(result) == ("awarded", ["S2"])


@sentence("5.5b")
def test_chair_may_leave_it_to_the_next_step(count: Count) -> None:
    result = count(even('["chair", "share"]', decisions="prize,step,value\np,chair,\n"))
    assert steps(result) == [("chair", {"S1": "", "S2": ""}), ("share", {"S1": "", "S2": ""})]
    assert award(result) == ("awarded", ["S1", "S2"])


@sentence("5.5b", "5.6b")
def test_empty_chair_at_the_end_of_the_chain_is_tied(count: Count) -> None:
    result = count(even('["chair"]', decisions="prize,step,value\np,chair,\n"))
    assert award(result) == ("tied", [])
    assert prize(result)["needs"] is None
    assert steps(result) == [("chair", {"S1": "", "S2": ""})]


@sentence("5.5e", "6g")
def test_chair_is_not_asked_without_a_tie(count: Count) -> None:
    rulebook = rules(CHOICE + '\nties = ["chair"]')
    result = count(files(rulebook, "1,j1,c,S1,1", decisions="prize,step,value\np,chair,S2\n"))
    assert award(result) == ("awarded", ["S1"])
    assert prize(result)["tie"] is None


# -- lot ---------------------------------------------------------------------------------------------------------------

# The check values of the document: seed `example`, prize `grand`.
S1_LOT = "5a910d37bdfb8a43970d5663ccba6531115b8954012d3afc8ce82cfa8c30659d"
S2_LOT = "84dc6c58fe3f4238680d84205893d40eb5cf0863d1e218205a23ec4d622e64ff"


def grand(decisions: str | None) -> Files:
    """S1 and S2 tie for the prize `grand`, decided by lot."""
    rulebook = rules(CHOICE + '\nties = ["lot"]').replace('id = "p"', 'id = "grand"')
    return files(rulebook, EVEN, judges=2, decisions=decisions)


@sentence("5.4o", "5.4q")
def test_lot_gives_the_check_value_of_the_document(count: Count) -> None:
    result = count(grand("prize,step,value\ngrand,lot,example\n"))
    assert steps(result, "grand") == [("lot", {"S1": S1_LOT, "S2": S2_LOT})]
    assert award(result, "grand") == ("awarded", ["S1"])  # 5a... is lower than 84...
    assert prize(result, "grand")["tie"]["decided_by"] == "lot"


@sentence("3.5", "5.5f", "5.6a")
def test_lot_without_a_seed_is_pending(count: Count) -> None:
    result = count(grand(None))
    assert award(result, "grand") == ("pending", [])
    assert prize(result, "grand")["needs"] == "lot"
    assert prize(result, "grand")["tie"]["steps"] == []


@sentence("5.5c")
def test_one_seed_serves_all_prizes(count: Count) -> None:
    result = count(grand("prize,step,value\n,lot,example\n"))
    assert steps(result, "grand") == [("lot", {"S1": S1_LOT, "S2": S2_LOT})]


@sentence("5.5c")
def test_the_prizes_own_seed_comes_first(count: Count) -> None:
    result = count(grand("value,step,prize\nother,lot,\nexample,lot,grand\n"))
    assert steps(result, "grand") == [("lot", {"S1": S1_LOT, "S2": S2_LOT})]


@sentence("5.6d")
def test_certain_winners_are_shown_while_pending(count: Count) -> None:
    rows = "1,j1,c,S3,1 2,j2,c,S3,1 3,j3,c,S2,1 4,j4,c,S1,1"
    result = count(files(rules(CHOICE + '\nties = ["lot"]', prize="seats = 2"), rows, judges=4))
    assert award(result) == ("pending", ["S3"])
    assert prize(result)["needs"] == "lot"


# -- several prizes ----------------------------------------------------------------------------------------------------

SECOND = '[[prizes]]\nid = "q"\ncontest = "c"\n'
THREE_TWO_ONE = "1,j1,c,S1,1 2,j2,c,S1,1 3,j3,c,S1,1 4,j4,c,S2,1 5,j5,c,S2,1 6,j6,c,S3,1"


@sentence("6a")
def test_two_prizes_on_one_contest_without_exclusion(count: Count) -> None:
    result = count(files(rules(CHOICE, more=SECOND + "seats = 2"), THREE_TWO_ONE, judges=6))
    assert [item["id"] for item in result["prizes"]] == ["p", "q"]
    assert award(result, "p") == ("awarded", ["S1"])
    assert award(result, "q") == ("awarded", ["S1", "S2"])


@sentence("5.0", "5.2d", "5.2e")
def test_excluded_winner_is_passed_over(count: Count) -> None:
    result = count(files(rules(CHOICE, more=SECOND + 'excludes = ["p"]'), THREE_TWO_ONE, judges=6))
    assert award(result, "q") == ("awarded", ["S2"])
    assert prize(result, "q")["passed_over"] == ["S1"]


@sentence("5.2d")
def test_passed_over_lists_those_too_low_as_well(count: Count) -> None:
    more = (
        '[[contests]]\nid = "d"\ncategories = ["service"]\nmethod = "choice"\n'
        '[[prizes]]\nid = "q"\ncontest = "d"\nexcludes = ["p"]'
    )
    rows = "1,j1,c,S3,1 2,j1,d,S1,1 3,j2,d,S1,1 4,j3,d,S2,1 5,j4,d,S3,1"
    result = count(files(rules(CHOICE, more=more), rows, judges=4))
    # In d: S1 2/4, S2 and S3 1/4. S3 won p; it would not have won q, and is listed all the same.
    assert award(result, "q") == ("awarded", ["S1"])
    assert prize(result, "q")["passed_over"] == ["S3"]


@sentence("5.2c", "5.2d")
def test_those_below_min_score_are_not_passed_over(count: Count) -> None:
    more = (
        '[[contests]]\nid = "d"\ncategories = ["service"]\nmethod = "choice"\n'
        '[[prizes]]\nid = "q"\ncontest = "d"\nexcludes = ["p"]\nmin_score = "1/2"'
    )
    rows = "1,j1,c,S3,1 2,j1,d,S1,1 3,j2,d,S1,1 4,j3,d,S2,1 5,j4,d,S3,1"
    result = count(files(rules(CHOICE, more=more), rows, judges=4))
    assert award(result, "q") == ("awarded", ["S1"])
    assert prize(result, "q")["passed_over"] == []


@sentence("5.2d", "5.2e")
def test_passed_over_is_in_standing_order(count: Count) -> None:
    rulebook = rules(CHOICE, prize="seats = 3", more=SECOND + 'excludes = ["p"]\nseats = 2')
    rows = "1,j1,c,S3,1 2,j2,c,S3,1 3,j3,c,S1,1"
    result = count(files(rulebook, rows))
    # S3 2/3, S1 1/3, S2 0.
    assert award(result, "p") == ("partial", ["S3", "S1"])
    assert prize(result, "q")["passed_over"] == ["S3", "S1"]
    assert award(result, "q") == ("none", [])


@sentence("5.0", "5.2e", "5.3a")
def test_exclusion_can_dissolve_a_tie(count: Count) -> None:
    decisions = "prize,step,value\np,chair,S2\n"
    result = count(even('["chair"]', decisions=decisions, more=SECOND + 'excludes = ["p"]'))
    assert award(result, "p") == ("awarded", ["S2"])
    assert award(result, "q") == ("awarded", ["S1"])
    assert prize(result, "q")["tie"] is None
    assert prize(result, "q")["passed_over"] == ["S2"]


@sentence("5.1b", "5.1c")
@pytest.mark.parametrize(("ties", "status"), [("[]", "tied"), ('["lot"]', "pending")])
def test_prize_waits_for_an_unsettled_one(count: Count, ties: str, status: str) -> None:
    more = SECOND + 'excludes = ["p"]\n[[prizes]]\nid = "r"\ncontest = "c"\nexcludes = ["q"]'
    result = count(even(ties, more=more))
    assert award(result, "p") == (status, [])
    assert award(result, "q") == ("waiting", [])
    assert prize(result, "q")["needs"] == "p"
    assert prize(result, "q")["passed_over"] == []
    assert prize(result, "q")["tie"] is None
    assert award(result, "r") == ("waiting", [])
    assert prize(result, "r")["needs"] == "q"


@sentence("5.1b")
def test_waiting_names_the_first_in_its_own_list(count: Count) -> None:
    more = SECOND + '[[prizes]]\nid = "r"\ncontest = "c"\nexcludes = ["q", "p"]'
    result = count(even("[]", more=more))
    assert prize(result, "r")["needs"] == "q"


@sentence("5.1b")
def test_waiting_skips_the_settled_in_its_list(count: Count) -> None:
    more = SECOND + 'seats = 2\n[[prizes]]\nid = "r"\ncontest = "c"\nexcludes = ["q", "p"]'
    result = count(even("[]", more=more))
    assert award(result, "q") == ("awarded", ["S1", "S2"])
    assert prize(result, "r")["needs"] == "p"


@sentence("5.1b", "5.6c")
def test_partial_and_none_are_settled(count: Count) -> None:
    more = SECOND + 'min_score = 2\n[[prizes]]\nid = "r"\ncontest = "c"\nexcludes = ["p", "q"]'
    result = count(files(rules(CHOICE, prize="seats = 9", more=more), "1,j1,c,S1,1"))
    assert award(result, "p") == ("partial", ["S1"])
    assert award(result, "q") == ("none", [])
    assert award(result, "r") == ("none", [])
    assert prize(result, "r")["passed_over"] == ["S1"]


@sentence("5.1a")
def test_inquorate_prize_is_none_even_if_it_would_wait(count: Count) -> None:
    more = (
        '[[contests]]\nid = "d"\ncategories = ["service"]\nmethod = "choice"\nquorum = 2\n'
        '[[prizes]]\nid = "q"\ncontest = "d"\nexcludes = ["p"]\n'
        '[[prizes]]\nid = "r"\ncontest = "c"\nexcludes = ["q"]\nseats = 2'
    )
    result = count(files(rules(CHOICE, more=more), EVEN + " 3,j1,d,S1,1", judges=2))
    assert award(result, "p") == ("tied", [])
    assert award(result, "q") == ("none", [])
    assert prize(result, "q")["needs"] is None
    assert award(result, "r") == ("awarded", ["S1", "S2"])  # a prize of `none` keeps nobody waiting


# -- narrowing ---------------------------------------------------------------------------------------------------------

WIDE = 'id = "c"\ncategories = ["service", "operations"]'


def wide(prize_lines: str, rows: str, *, judges: int = 6) -> Files:
    """A contest over two categories with sprint and other entries."""
    entries = "entry,category,tags\nS1,service,\nS2,service,sprint\nO1,operations,sprint\nO2,operations,\n"
    rulebook = rules(CHOICE + '\nties = ["share"]', prize=prize_lines)
    rulebook = rulebook.replace('id = "c"\ncategories = ["service"]', WIDE)
    return files(rulebook, rows, judges=judges, entries=entries)


# O2 3/6; S1 2/6; O1 1/6; S2 0.
WIDE_ROWS = "1,j1,c,O2,1 2,j2,c,O2,1 3,j3,c,O2,1 4,j4,c,S1,1 5,j5,c,S1,1 6,j6,c,O1,1"


@sentence("5.2a")
def test_prize_narrowed_to_a_category(count: Count) -> None:
    result = count(wide('categories = ["service"]', WIDE_ROWS))
    assert [row[:2] for row in standing(result)] == [(1, "O2"), (2, "S1"), (3, "O1"), (4, "S2")]
    assert award(result) == ("awarded", ["S1"])
    assert prize(result)["passed_over"] == []


@sentence("5.2a")
def test_prize_narrowed_to_a_tag(count: Count) -> None:
    result = count(wide('tag = "sprint"\nseats = 2', WIDE_ROWS))
    assert award(result) == ("partial", ["O1"])  # S2 has the tag and no vote


@sentence("5.2a")
def test_prize_narrowed_to_category_and_tag(count: Count) -> None:
    assert award(count(wide('categories = ["service"]\ntag = "sprint"', WIDE_ROWS))) == ("none", [])


@sentence("5.2a", "5.3b")
def test_narrowing_makes_a_tie_of_what_remains(count: Count) -> None:
    rows = "1,j1,c,O2,1 2,j2,c,S2,1 3,j3,c,O1,1 4,j4,c,S1,1"
    result = count(wide('tag = "sprint"', rows, judges=4))
    # All 1/4; among those with the tag O1 and S2 contest one seat.
    assert prize(result)["tie"]["entries"] == ["O1", "S2"]
    assert award(result) == ("awarded", ["O1", "S2"])


@sentence("5.2c")
def test_min_score_includes_its_bound(count: Count) -> None:
    result = count(wide('min_score = "1/6"\nseats = 4', WIDE_ROWS))
    assert award(result) == ("partial", ["O2", "S1", "O1"])
    above = count(wide('min_score = "0.17"\nseats = 4', WIDE_ROWS))
    assert award(above) == ("partial", ["O2", "S1"])


@sentence("5.2c")
def test_negative_min_score_lets_negative_scores_win(count: Count) -> None:
    rulebook = rules(SCORE + '\nnormalise = "centre"', prize='seats = 2\nmin_score = "-1"')
    result = count(files(rulebook, "1,j1,c,S1,q,5 1,j1,c,S2,q,3", columns=SCORED))
    # Mean 4: +1 and -1.
    assert award(result) == ("awarded", ["S1", "S2"])


@sentence("4.8n", "5.2c")
def test_min_score_of_grades_is_an_index(count: Count) -> None:
    rulebook = rules(GRADE, prize="seats = 3\nmin_score = 1")
    result = count(files(rulebook, "1,j1,c,S1,A 1,j1,c,S2,B 1,j1,c,S3,C"))
    assert award(result) == ("partial", ["S1", "S2"])
