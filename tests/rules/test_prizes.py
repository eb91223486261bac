"""Awarding, section 5: order, exclusion, scope, seats, ties and statuses."""

from typing import Any

import pytest

from tests.rules.sentences import sentence
from tests.rules.tally_case import chosen, first_prize, graded, ranked, run, scored

CHOICE = 'method = "choice"\nchoices = 9'
POINTS = 'method = "points"\npoints = [3, 2, 1]'
SCORE = 'method = "score"\ncriteria.x.max = 10'


def prizes(contest: str, ballots: list[str], **files: Any) -> dict[str, dict[str, Any]]:
    found = run(contest, ballots, **files)["prizes"]
    for prize in found:
        del prize["explain"]
    return {prize.pop("id"): prize for prize in found}


def prize(name: str, extra: str = "") -> str:
    return f'[[prizes]]\nid = "{name}"\ncontest = "c"\n{extra}\n'


def award(status: str, *winners: str, passed: tuple[str, ...] = (), tie: Any = None, needs: str | None = None) -> Any:
    return {"status": status, "winners": list(winners), "passed_over": list(passed), "tie": tie, "needs": needs}


@sentence("5.1a")
def test_inquorate_contest_awards_nothing_even_after_an_open_prize() -> None:
    second = '[[contests]]\nid = "d"\ncategories = ["k"]\nmethod = "choice"\nquorum = 1\n'
    more = f'{second}[[prizes]]\nid = "q"\ncontest = "d"\nexcludes = ["p"]'
    found = prizes(CHOICE, chosen(j1="S1 S2"), more=more)
    assert (found["p"]["status"], found["q"]) == ("tied", award("none"))


@sentence("5.1b", "5.1c")
@pytest.mark.parametrize(
    ("ties", "status", "decisions"),
    [("", "tied", None), ('ties = ["chair"]', "pending", None), ('ties = ["lot"]', "pending", [])],
)
def test_prize_waits_for_an_open_prize_it_excludes(ties: str, status: str, decisions: list[str] | None) -> None:
    more = prize("q", 'excludes = ["p"]') + prize("r", 'excludes = ["q"]') + prize("s", 'excludes = ["q", "p"]')
    found = prizes(f"{CHOICE}\n{ties}", chosen(j1="S1 S2"), more=more, decisions=decisions)
    assert found["p"]["status"] == status
    assert found["q"] == award("waiting", needs="p")
    assert found["r"] == award("waiting", needs="q")
    assert found["s"] == award("waiting", needs="q")


@sentence("5.1b")
def test_waiting_needs_the_first_open_prize_in_excludes_not_in_the_file() -> None:
    more = prize("q") + prize("r", "seats = 2") + prize("s", 'excludes = ["r", "q", "p"]')
    found = prizes(CHOICE, chosen(j1="S1 S2"), more=more)
    assert (found["r"]["status"], found["s"]) == ("awarded", award("waiting", needs="q"))


@sentence("5.2a")
def test_candidates_are_narrowed_by_category_and_tag() -> None:
    more = prize("q", 'categories = ["z"]') + prize("r", 'tag = "t"') + prize("s", 'categories = ["k"]\ntag = "t"')
    found = prizes(
        SCORE,
        scored(j1={"S1": 9, "S2": 8, "S3": 7}),
        entries=["S1,k,,,", "S2,k,,t,", "S3,k,,t u,"],
        more=more,
    )
    assert [found[name]["winners"] for name in "pqrs"] == [["S1"], [], ["S2"], ["S2"]]


def test_prize_over_two_categories_takes_one() -> None:
    rules = 'method = "choice"\n[[contests]]\nid = "both"\ncategories = ["k", "z"]\nmethod = "choice"'
    more = '[[prizes]]\nid = "q"\ncontest = "both"\ncategories = ["z"]'
    ballots = ["1,j1,both,S1,,1,", "2,j2,both,S1,,1,", "3,j3,both,S2,,1,"]
    assert prizes(rules, ballots, entries=["S1,k,,,", "S2,z,,,"], more=more)["q"] == award("awarded", "S2")


@sentence("5.2b")
def test_zero_votes_never_win() -> None:
    assert prizes(CHOICE, chosen(j1="S1"), prize="seats = 2")["p"] == award("partial", "S1")
    assert prizes('method = "points"\npoints = [0]', ranked(j1="S1"))["p"] == award("none")


@sentence("5.2b")
def test_zero_scores_may_win() -> None:
    assert first_prize(SCORE, scored(j1={"S1": 0}))["winners"] == ["S1"]
    assert first_prize('method = "grade"\ngrades = ["C", "A"]', graded(j1={"S1": "C"}))["winners"] == ["S1"]


@sentence("5.2c")
@pytest.mark.parametrize(
    ("least", "winners"), [('"1/2"', ["S1"]), ('"0.5"', ["S1"]), ('"501/1000"', []), ("-1", ["S1"])]
)
def test_min_score_is_inclusive(least: str, winners: list[str]) -> None:
    ballots = chosen(j1="S1", j2="S2")
    found = first_prize(CHOICE, ballots, prize=f'min_score = {least}\ntag = "t"', entries=["S1,k,,t,", "S2,k,,,"])
    assert found["winners"] == winners


@sentence("5.2d")
def test_winners_of_excluded_prizes_are_passed_over_however_low() -> None:
    ballots = scored(j1={"S1": 9, "S2": 8, "S3": 7, "S4": 6})
    more = (
        prize("low", 'tag = "t"')
        + prize("q", 'excludes = ["low", "p"]')
        + prize("r", 'excludes = ["p"]\nmin_score = 9')
    )
    found = prizes(SCORE, ballots, entries=["S1,k,,,", "S2,k,,,", "S3,k,,,", "S4,k,,t,"], more=more)
    assert found["q"] == award("awarded", "S2", passed=("S1", "S4"))
    assert found["r"] == award("none", passed=("S1",))


@sentence("5.2d")
def test_passed_over_leaves_out_those_outside_scope_or_too_low() -> None:
    more = prize("q", 'excludes = ["p"]\ntag = "t"') + prize("r", 'excludes = ["p"]\nmin_score = 10')
    found = prizes(SCORE, scored(j1={"S1": 9, "S2": 8}), entries=["S1,k,,,", "S2,k,,t,"], more=more)
    assert (found["q"], found["r"]) == (award("awarded", "S2"), award("none"))


@sentence("5.2d")
def test_passed_over_is_in_standing_order() -> None:
    more = prize("q", 'seats = 2\ncategories = ["k"]') + prize("r", 'excludes = ["q"]')
    found = prizes(SCORE, scored(j1={"S1": 1, "S2": 8, "S10": 9}), entries="S1 S2 S10", more=more)
    assert found["r"] == award("awarded", "S1", passed=("S10", "S2"))


def test_prizes_that_do_not_exclude_may_meet() -> None:
    found = prizes(SCORE, scored(j1={"S1": 9}), more=prize("q"))
    assert (found["p"], found["q"]) == (award("awarded", "S1"), award("awarded", "S1"))


@sentence("5.3a")
def test_equal_ranks_that_fit_are_no_tie() -> None:
    found = prizes(CHOICE, chosen(j1="S1 S2"), prize="seats = 2")
    assert found["p"] == award("awarded", "S1", "S2")


@sentence("5.3b")
def test_tie_only_at_the_rank_that_does_not_fit() -> None:
    found = prizes(SCORE, scored(j1={"S1": 9, "S2": 9, "S3": 8, "S10": 8}), entries="S1 S2 S3 S10", prize="seats = 3")
    assert found["p"] == award(
        "tied", "S1", "S2", tie={"entries": ["S10", "S3"], "seats": 1, "decided_by": None, "steps": []}
    )


def test_tie_below_filled_seats_is_none() -> None:
    assert prizes(SCORE, scored(j1={"S1": 9, "S2": 8, "S3": 8}))["p"] == award("awarded", "S1")


@sentence("5.3b")
def test_tie_among_candidates_only() -> None:
    entries = ["S1,k,,t,", "S2,k,,,", "S3,k,,,"]
    found = prizes(
        SCORE,
        scored(j1={"S1": 8, "S2": 8, "S3": 8}),
        prize='tag = "t"',
        entries=entries,
        more=prize("q", 'excludes = ["p"]'),
    )
    assert found["p"] == award("awarded", "S1")
    assert found["q"]["tie"] == {"entries": ["S2", "S3"], "seats": 1, "decided_by": None, "steps": []}


@sentence("5.4c")
def test_chain_goes_on_with_the_block_that_does_not_fit_and_never_restarts() -> None:
    # Two seats for four: firsts gives one to S1; S2 and S3 are level and go on to the chair, S4 is out.
    contest = 'method = "points"\npoints = [1, 1, 1, 1]\nties = ["firsts", "chair"]'
    ballots = ranked(j1="S1 S2 S3 S4", j2="S1 S3 S2 S4", j3="S2 S1 S3 S4", j4="S3 S1 S2 S4")
    found = prizes(
        contest, ballots, judges="j1 j2 j3 j4", entries="S1 S2 S3 S4", prize="seats = 2", decisions=["p,chair,S4 S3 S2"]
    )
    assert found["p"] == award(
        "awarded",
        "S1",
        "S3",
        tie={
            "entries": ["S1", "S2", "S3", "S4"],
            "seats": 2,
            "decided_by": "chair",
            "steps": [
                {"step": "firsts", "keys": {"S1": "1/2", "S2": "1/4", "S3": "1/4", "S4": "0"}},
                {"step": "chair", "keys": {"S2": "3", "S3": "2"}},
            ],
        },
    )


@sentence("5.6d")
def test_pending_holds_the_winners_already_certain() -> None:
    contest = 'method = "points"\npoints = [1, 1, 1]\nties = ["firsts", "chair"]'
    found = prizes(contest, ranked(j1="S3 S1 S2", j2="S3 S2 S1"), prize="seats = 2")
    assert found["p"] == award(
        "pending",
        "S3",
        needs="chair",
        tie={
            "entries": ["S1", "S2", "S3"],
            "seats": 2,
            "decided_by": None,
            "steps": [{"step": "firsts", "keys": {"S1": "0", "S2": "0", "S3": "1"}}],
        },
    )


@sentence("5.6d")
def test_tied_holds_the_winners_already_certain() -> None:
    contest = 'method = "points"\npoints = [1, 1, 1]\nties = ["firsts"]'
    found = prizes(contest, ranked(j1="S3 S1 S2", j2="S3 S2 S1"), prize="seats = 2")["p"]
    assert (found["status"], found["winners"], found["tie"]["decided_by"]) == ("tied", ["S3"], None)


@sentence("5.4d")
def test_later_steps_are_not_followed_once_decided() -> None:
    contest = 'method = "points"\npoints = [1, 1]\nties = ["firsts", "lot"]'
    found = prizes(contest, ranked(j1="S1 S2", j2="S1 S2"))["p"]
    assert (found["tie"]["decided_by"], [step["step"] for step in found["tie"]["steps"]]) == ("firsts", ["firsts"])


@sentence("5.4p")
def test_share_after_other_steps_goes_to_those_left_only() -> None:
    contest = 'method = "points"\npoints = [1, 1, 1]\nties = ["firsts", "share"]'
    found = prizes(contest, ranked(j1="S1 S2 S3", j2="S2 S1 S3"))["p"]
    assert (found["status"], found["winners"]) == ("awarded", ["S1", "S2"])


def test_prize_after_a_shared_one_passes_all_of_them_over() -> None:
    found = prizes(
        f'{CHOICE}\nties = ["share"]', chosen(j1="S1 S2", j2="S1 S2 S3"), more=prize("q", 'excludes = ["p"]')
    )
    assert found["q"] == award("awarded", "S3", passed=("S1", "S2"))


@sentence("6b")
def test_winners_stand_in_standing_order() -> None:
    found = prizes(SCORE, scored(j1={"S1": 7, "S2": 9, "S10": 9, "S3": 1}), entries="S1 S2 S3 S10", prize="seats = 3")
    assert found["p"] == award("awarded", "S10", "S2", "S1")


@sentence("5.5e")
def test_unused_decisions_change_nothing() -> None:
    plain = run(SCORE, scored(j1={"S1": 9}))
    assert run(SCORE, scored(j1={"S1": 9}), decisions=["p,chair,S2 S1", "p,lot,x", ",lot,y"]) == plain


@sentence("5.6c")
def test_more_seats_than_entries_is_partial() -> None:
    assert prizes(SCORE, scored(j1={"S1": 9, "S2": 8}), prize="seats = 3")["p"] == award("partial", "S1", "S2")


def test_no_ballots_award_none() -> None:
    assert prizes(SCORE, [])["p"] == award("none")
