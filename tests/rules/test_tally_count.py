"""Section 4 of the tally/1 format, sentence by sentence; majority judgment has a file of its own."""

import pytest

from tests.rules.sentences import sentence
from tests.rules.tally_case import chosen, first_contest, graded, marks, ranked, ranks, run, scored, scores

CHOICE = 'method = "choice"'
TWO = 'method = "choice"\nchoices = 2'
POINTS = 'method = "points"\npoints = [3, 2, 1]'
SCORE = 'method = "score"\ncriteria.x.max = 10'
PAIR = 'method = "score"\ncriteria.x.max = 10\ncriteria.y = {max = 5, weight = "1/2"}'
GRADE = 'method = "grade"\ngrades = ["C", "B", "A"]'
CLOSES = "\ncloses_at = 2026-12-24T16:10:00+09:00"


def test_smallest_example() -> None:
    result = run(
        CHOICE,
        chosen(j1="S2", j2="S1", j3="S1"),
        judges=["j1,,chofu,", "j2,,,", "j3,,,"],
        entries=["S1,k,chofu,,", "S2,k,nerima,,"],
    )
    assert [(row["entry"], row["marks"], row["score"]) for row in result["contests"][0]["standing"]] == [
        ("S1", 2, "1"),
        ("S2", 3, "1/3"),
    ]
    assert result["prizes"][0]["winners"] == ["S1"]
    assert result["prizes"][0]["tie"] is None


# 1. Late


@sentence("4.1a")
def test_late_is_after_closing_not_at_it() -> None:
    contest = first_contest(
        CHOICE + CLOSES,
        [
            "1,j1,c,S1,,1,2026-12-24T16:10:00+09:00",
            "2,j2,c,S1,,1,2026-12-24T07:10:00.000001Z",
            "3,j3,c,S2,,1,2026-12-24T07:09:59.999999z",
        ],
    )
    assert (contest["late"], contest["present"], contest["counted"]) == ([2], 2, 2)


@sentence("4.1a")
def test_late_submission_does_not_supersede() -> None:
    contest = first_contest(CHOICE + CLOSES, ["1,j1,c,S1,,1,2026-12-24T07:00:00Z", "2,j1,c,S2,,1,2026-12-24T08:00:00Z"])
    assert scores(contest) == {"S1": "1", "S2": "0", "S3": "0"}


@sentence("4.1a")
def test_late_counts_the_clock_not_the_order() -> None:
    contest = first_contest(CHOICE + CLOSES, ["2,j1,c,S1,,1,2026-12-24T07:00:00Z", "1,j1,c,S2,,1,2026-12-24T08:00:00Z"])
    assert (contest["late"], scores(contest)["S1"]) == ([1], "1")


@sentence("6c")
def test_late_seqs_ascend_as_numbers() -> None:
    rows = [f"{seq},j1,c,S1,,1,2026-12-24T08:00:00Z" for seq in (10, 9, 100)]
    assert first_contest(CHOICE + CLOSES, rows)["late"] == [9, 10, 100]


@sentence("4.1b")
def test_present_counts_judges_with_blank_and_invalid_ballots() -> None:
    contest = first_contest(CHOICE, ["1,j1,c,,,,", "2,j2,c,S1,,1,", "2,j2,c,S2,,1,", "3,j3,c,S1,,1,"])
    assert (contest["present"], contest["counted"], contest["invalid"]) == (3, 1, [2])


def test_cast_at_is_not_looked_at_without_closes_at() -> None:
    assert first_contest(CHOICE, ["1,j1,c,S1,,1,2999-01-01T00:00:00Z"])["late"] == []


# 2. Superseding


@sentence("4.2a")
def test_choice_superseded_by_the_larger_seq_whole() -> None:
    contest = first_contest(TWO, ["2,j1,c,S3,,1,", "1,j1,c,S1,,1,", "1,j1,c,S2,,1,"])
    assert scores(contest) == {"S3": "1", "S1": "0", "S2": "0"}


@sentence("3.6d")
def test_seq_is_compared_as_a_number() -> None:
    assert scores(first_contest(CHOICE, ["10,j1,c,S1,,1,", "9,j1,c,S2,,1,"]))["S1"] == "1"


@sentence("4.2a")
def test_blank_ballot_takes_the_choice_back() -> None:
    contest = first_contest(CHOICE, ["1,j1,c,S1,,1,", "2,j1,c,,,,", "3,j2,c,S2,,1,"])
    assert (contest["present"], contest["counted"], scores(contest)["S1"]) == (2, 1, "0")


@sentence("4.2b")
def test_score_supersedes_per_entry() -> None:
    contest = first_contest(SCORE, ["1,j1,c,S1,x,1,", "1,j1,c,S2,x,2,", "2,j1,c,S1,x,9,"])
    assert scores(contest) == {"S1": "9", "S2": "2"}


@sentence("4.2b")
def test_score_supersedes_the_whole_entry_not_one_criterion() -> None:
    contest = first_contest(PAIR, ["1,j1,c,S1,x,1,", "1,j1,c,S1,y,1,", "2,j1,c,S1,x,9,"])
    assert (contest["standing"], contest["unranked"], contest["present"]) == ([], ["S1", "S2", "S3"], 1)


@sentence("4.2c")
def test_empty_score_takes_the_mark_back() -> None:
    assert marks(first_contest(SCORE, ["1,j1,c,S1,x,5,", "2,j1,c,S1,x,,", "3,j2,c,S1,x,4,"])) == {"S1": 1}


@sentence("4.2c")
def test_row_without_criterion_takes_the_mark_back() -> None:
    assert scores(first_contest(SCORE, ["1,j1,c,S1,x,5,", "2,j1,c,S1,,,"])) == {}


@sentence("4.3g")
def test_row_without_criterion_does_not_undo_its_own_submission() -> None:
    assert scores(first_contest(SCORE, ["1,j1,c,S1,,,", "1,j1,c,S1,x,5,"])) == {"S1": "5"}


@sentence("4.2c")
def test_empty_grade_takes_the_grade_back() -> None:
    contest = first_contest(GRADE, ["1,j1,c,S1,,A,", "2,j1,c,S1,,,", "3,j2,c,S1,,B,"])
    assert scores(contest) == {"S1": "1"}


@sentence("4.2a")
def test_superseding_is_within_the_contest() -> None:
    second = '[[contests]]\nid = "d"\ncategories = ["k"]\nmethod = "choice"'
    result = run(CHOICE, ["1,j1,c,S1,,1,", "2,j1,d,S2,,1,"], more=second)
    assert [scores(contest) for contest in result["contests"]] == [
        {"S1": "1", "S2": "0", "S3": "0"},
        {"S2": "1", "S1": "0", "S3": "0"},
    ]


# 3. Invalid


@sentence("4.3a", "4.3d")
def test_invalid_choice_has_too_many_and_revives_nothing() -> None:
    contest = first_contest(CHOICE, ["1,j1,c,S1,,1,", "2,j1,c,S1,,1,", "2,j1,c,S2,,1,", "3,j2,c,S3,,1,"])
    assert (contest["invalid"], contest["counted"], scores(contest)["S1"]) == ([2], 1, "0")


@sentence("4.3c")
def test_invalid_is_judged_before_striking() -> None:
    contest = first_contest(CHOICE, ["1,j1,c,S1,,1,", "1,j1,c,S2,,1,"], entries=["S1,k,,,", "S2,k,,,yes"])
    assert (contest["invalid"], contest["struck"], contest["counted"]) == ([1], [], 0)


@sentence("4.3b")
def test_invalid_points_give_a_place_twice() -> None:
    contest = first_contest(POINTS, ["1,j1,c,S1,,2,", "1,j1,c,S2,,2,", "2,j2,c,S1,,7,"])
    assert (contest["invalid"], contest["counted"], scores(contest)["S1"]) == ([1], 1, "3")


@sentence("6c")
def test_invalid_is_not_reported_when_superseded_or_late() -> None:
    contest = first_contest(
        CHOICE + CLOSES,
        [
            *(f"1,j1,c,S{entry},,1,2026-12-24T07:00:00Z" for entry in (1, 2)),
            "2,j1,c,S1,,1,2026-12-24T07:00:00Z",
            *(f"3,j2,c,S{entry},,1,2026-12-24T08:00:00Z" for entry in (1, 2)),
        ],
    )
    assert (contest["invalid"], contest["late"], contest["counted"]) == ([], [3], 1)


def test_invalid_seqs_ascend() -> None:
    rows = [f"{seq},{judge},c,{entry},,1," for seq, judge in ((10, "j1"), (9, "j2")) for entry in ("S1", "S2")]
    assert first_contest(CHOICE, rows)["invalid"] == [9, 10]


@sentence("4.4f")
def test_points_may_skip_places_and_name_more_than_there_are_points() -> None:
    contest = first_contest(POINTS, ranked(j1="S1 S2 S3 S4 S5"), entries="S1 S2 S3 S4 S5")
    assert scores(contest) == {"S1": "3", "S2": "2", "S3": "1", "S4": "0", "S5": "0"}


@sentence("4.3e", "4.3f")
def test_score_lacking_a_criterion_is_no_mark_and_not_struck() -> None:
    contest = first_contest(
        PAIR, scored(j1={"S1": {"x": 5}, "S2": {"x": 4, "y": ""}}), entries=["S1,k,,,", "S2,k,,,yes"]
    )
    assert (contest["unranked"], contest["struck"], contest["counted"], contest["present"]) == (["S1"], [], 0, 1)


@sentence("4.3f")
def test_empty_grade_is_not_struck() -> None:
    contest = first_contest(GRADE, graded(j1={"S1": ""}), entries=["S1,k,,,yes"])
    assert (contest["struck"], contest["present"], contest["counted"]) == ([], 1, 0)


# 4. Striking


@sentence("4.4e")
def test_struck_for_the_first_reason_that_applies() -> None:
    contest = first_contest(
        TWO + '\ntag = "t"',
        chosen(j1="S1 S2", j2="S3 S4"),
        judges=["j1,,o,", "j2,,,S3 S1"],
        entries=["S1,z,o,,yes", "S2,z,o,t,", "S3,k,,t,", "S4,k,o,,"],
    )
    assert contest["struck"] == [
        {"judge": "j1", "entry": "S1", "reason": "withdrawn"},
        {"judge": "j1", "entry": "S2", "reason": "scope"},
        {"judge": "j2", "entry": "S3", "reason": "recused"},
        {"judge": "j2", "entry": "S4", "reason": "scope"},
    ]


@sentence("6d")
def test_struck_is_sorted_by_judge_then_entry() -> None:
    contest = first_contest(
        TWO,
        ["1,j10,c,S2,,1,", "1,j10,c,S10,,1,", "2,j1,c,S2,,1,"],
        judges="j10 j1",
        entries=["S2,k,,,yes", "S10,k,,,yes"],
    )
    assert [(mark["judge"], mark["entry"]) for mark in contest["struck"]] == [
        ("j1", "S2"),
        ("j10", "S10"),
        ("j10", "S2"),
    ]


@sentence("6d")
def test_score_is_struck_once_per_judge_and_entry() -> None:
    contest = first_contest(PAIR, scored(j1={"S1": {"x": 5, "y": 5}}), entries=["S1,k,,,yes"])
    assert contest["struck"] == [{"judge": "j1", "entry": "S1", "reason": "withdrawn"}]


@sentence("4.4d")
@pytest.mark.parametrize(("recuse_own", "score"), [("true", "1"), ("false", "2/3")])
def test_recuse_own_strikes_common_orgs(recuse_own: str, score: str) -> None:
    contest = first_contest(
        CHOICE,
        chosen(j1="S2", j2="S1", j3="S1"),
        judges=["j1,,a b,", "j2,,c,", "j3,,,"],
        entries=["S1,k,b d,,", "S2,k,,,"],
        head=f"recuse_own = {recuse_own}",
    )
    assert scores(contest)["S1"] == score


@sentence("4.4c")
def test_listed_recusal_holds_without_recuse_own() -> None:
    contest = first_contest(
        CHOICE, chosen(j1="S1", j2="S1"), judges=["j1,,,S1\u3000S2", "j2,,,"], head="recuse_own = false"
    )
    assert (marks(contest), contest["struck"]) == (
        {"S1": 1, "S2": 1, "S3": 1},
        [{"judge": "j1", "entry": "S1", "reason": "recused"}],
    )


@sentence("4.4f")
def test_places_close_up_over_struck_entries() -> None:
    contest = first_contest(POINTS, ranked(j1="S1 S2 S3"), entries=["S1,k,,,yes", "S2,k,,,", "S3,k,,,"])
    assert scores(contest) == {"S2": "3", "S3": "2"}


@sentence("4.4f")
def test_places_close_up_over_gaps() -> None:
    contest = first_contest(POINTS, ["1,j1,c,S1,,10,", "1,j1,c,S2,,2,", "1,j1,c,S3,,30,"])
    assert scores(contest) == {"S2": "3", "S1": "2", "S3": "1"}


# 5. Counted


@sentence("4.5a")
def test_all_struck_ballot_is_present_but_not_counted() -> None:
    contest = first_contest(CHOICE, chosen(j1="S1", j2="S2"), entries=["S1,k,,,yes", "S2,k,,,"])
    assert (contest["present"], contest["counted"], scores(contest)) == (2, 1, {"S2": "1"})


@sentence("4.5b")
def test_counted_in_score_is_judges_with_a_mark_left() -> None:
    contest = first_contest(SCORE, scored(j1={"S1": 5}, j2={"S2": 5}, j3={"S1": ""}), entries=["S1,k,,,", "S2,k,,,yes"])
    assert (contest["present"], contest["counted"]) == (3, 1)


# 6. Entries and eligible judges


@sentence("4.6a")
def test_entries_are_those_of_the_categories_with_the_tag() -> None:
    entries = ["S1,k,,t u,", "S2,k,,u,", "S3,z,,t,", "S4,k,,t,yes"]
    assert scores(first_contest(CHOICE + '\ntag = "t"', chosen(j1="S1"), entries=entries)) == {"S1": "1"}


@sentence("4.6b")
def test_eligible_in_choice_are_the_counted_judges_not_recused() -> None:
    contest = first_contest(CHOICE, chosen(j1="S2", j2="S1", j3=""), judges=["j1,,,S1", "j2,,,", "j3,,,"])
    assert marks(contest) == {"S1": 1, "S2": 2, "S3": 2}


@sentence("4.6c")
def test_eligible_in_score_are_the_judges_with_a_mark() -> None:
    assert marks(first_contest(SCORE, scored(j1={"S1": 5, "S2": 1}, j2={"S1": 0}))) == {"S1": 2, "S2": 1}


@sentence("4.6e", "6e")
def test_unranked_below_min_marks_sorted() -> None:
    contest = first_contest(SCORE + "\nmin_marks = 2", scored(j1={"S1": 5, "S2": 1}, j2={"S1": 0}), entries="S1 S2 S10")
    assert (ranks(contest), contest["unranked"]) == ({"S1": 1}, ["S10", "S2"])


def test_no_ballots_leave_everything_unranked() -> None:
    contest = first_contest(CHOICE, [])
    assert (contest["present"], contest["standing"], contest["unranked"]) == (0, [], ["S1", "S2", "S3"])


def test_contest_without_categories_has_no_entries() -> None:
    contest = run(CHOICE, [], more='[[contests]]\nid = "d"\ncategories = []\nmethod = "choice"')["contests"][1]
    assert (contest["standing"], contest["unranked"]) == ([], [])


# 7. agg

WEIGHTS = '[groups]\ng = "20/100"\nh = "30/100"\ni = "50/100"'
GROUPED = ["j1,g,,", "j2,h,,", "j3,h,,"]


@sentence("4.7b")
def test_mean_over_eligible_judges() -> None:
    assert scores(first_contest(SCORE, scored(j1={"S1": 5}, j2={"S1": 6}))) == {"S1": "11/2"}


@sentence("4.7a")
def test_total_adds_up() -> None:
    assert scores(first_contest(SCORE + '\ncount = "total"', scored(j1={"S1": 5}, j2={"S1": 6}))) == {"S1": "11"}


@sentence("4.7c", "4.7d")
def test_groups_weigh_their_means_and_absent_ones_hand_on_their_share() -> None:
    contest = first_contest(SCORE, scored(j1={"S1": 10}, j2={"S1": 1}, j3={"S1": 2}), judges=GROUPED, head=WEIGHTS)
    assert scores(contest) == {"S1": "49/10"}  # (20 x 10 + 30 x 3/2) / 50


@sentence("4.7d")
def test_group_with_every_judge_recused_hands_on_its_share() -> None:
    contest = first_contest(
        CHOICE, chosen(j1="S2", j2="S1", j3="S2"), judges=["j1,g,,S1", "j2,h,,", "j3,h,,"], head=WEIGHTS
    )
    assert scores(contest) == {"S1": "1/2", "S2": "7/10", "S3": "0"}


@sentence("3.1c")
def test_group_column_is_ignored_without_groups() -> None:
    assert scores(first_contest(CHOICE, chosen(j1="S1"), judges=["j1,not an id,,"]))["S1"] == "1"


# 8. Scores


@sentence("4.8b")
def test_choice_gives_one_to_each_chosen() -> None:
    assert scores(first_contest(TWO, chosen(j1="S1 S2", j2="S1"))) == {"S1": "1", "S2": "1/2", "S3": "0"}


def test_points_may_be_fractions_and_equal() -> None:
    contest = first_contest('method = "points"\npoints = ["5/2", "0.5", "0.5"]', ranked(j1="S1 S2 S3"))
    assert (scores(contest), ranks(contest)) == ({"S1": "5/2", "S2": "1/2", "S3": "1/2"}, {"S1": 1, "S2": 2, "S3": 2})


@sentence("4.8d")
def test_score_weighs_its_criteria() -> None:
    assert scores(first_contest(PAIR, scored(j1={"S1": {"x": "3.5", "y": 3}}))) == {"S1": "5"}


def test_score_may_be_negative() -> None:
    contest = first_contest('method = "score"\ncriteria.x = {min = -5, max = "-1/2"}', scored(j1={"S1": "-3.5"}))
    assert scores(contest) == {"S1": "-7/2"}


@sentence("4.8f")
def test_centre_takes_the_judges_mean_off() -> None:
    contest = first_contest(
        SCORE + '\nnormalise = "centre"', scored(j1={"S1": 9, "S2": 8}, j2={"S2": 3, "S3": 1}, j3={"S3": 7})
    )
    assert scores(contest) == {"S1": "1/2", "S2": "1/4", "S3": "-1/2"}


@sentence("4.8e")
def test_centre_counts_marks_on_unranked_but_not_on_struck_entries() -> None:
    contest = first_contest(
        SCORE + '\nnormalise = "centre"\nmin_marks = 2',
        scored(j1={"S1": 9, "S2": 6, "S3": 0}, j2={"S1": 5}),
        entries=["S1,k,,,", "S2,k,,,", "S3,k,,,yes"],
    )
    assert scores(contest) == {"S1": "3/4"}


@sentence("4.8g", "4.8h")
def test_z_divides_by_the_exact_deviation() -> None:
    contest = first_contest(SCORE + '\nnormalise = "z"', scored(j1={"S1": 1, "S2": 2, "S3": 3}))
    assert scores(contest) == {"S3": "62500/51031", "S2": "0", "S1": "-62500/51031"}  # 1000000/816496


@sentence("4.8g")
def test_z_of_a_judge_who_gives_all_the_same_is_zero() -> None:
    contest = first_contest(SCORE + '\nnormalise = "z"', scored(j1={"S1": 4, "S2": 4}, j2={"S1": 1}))
    assert scores(contest) == {"S1": "0", "S2": "0"}


@sentence("4.8h")
def test_z_rounds_a_tiny_deviation_down_to_zero() -> None:
    contest = first_contest(SCORE + '\nnormalise = "z"', scored(j1={"S1": "1.000001", "S2": "1"}))
    assert scores(contest) == {"S1": "0", "S2": "0"}


@sentence("4.8i")
def test_trim_leaves_out_highest_and_lowest() -> None:
    contest = first_contest(
        SCORE + "\ntrim = 1", scored(j1={"S1": 0}, j2={"S1": 5}, j3={"S1": 10}, j4={"S1": 6}), judges="j1 j2 j3 j4"
    )
    assert (scores(contest), marks(contest)) == ({"S1": "11/2"}, {"S1": 4})


@sentence("4.8j")
def test_trim_leaves_two_or_fewer_alone() -> None:
    assert scores(first_contest(SCORE + "\ntrim = 1", scored(j1={"S1": 0}, j2={"S1": 5}))) == {"S1": "5/2"}


@sentence("4.8i")
def test_trim_is_within_groups() -> None:
    ballots = scored(j1={"S1": 0}, j2={"S1": 10}, j3={"S1": 4}, j4={"S1": 1})
    judges = ["j1,h,,", "j2,h,,", "j3,h,,", "j4,g,,"]
    contest = first_contest(SCORE + "\ntrim = 1", ballots, judges=judges, head=WEIGHTS)
    assert scores(contest) == {"S1": "14/5"}  # (20 x 1 + 30 x 4) / 50


def test_trim_of_a_total() -> None:
    ballots = scored(j1={"S1": 2}, j2={"S1": 5}, j3={"S1": 10})
    assert scores(first_contest(SCORE + '\ntrim = 1\ncount = "total"', ballots)) == {"S1": "5"}


@sentence("4.8k")
def test_trim_follows_normalise() -> None:
    # By their own raw marks j3 is the highest on S1; centred, j1 is.
    ballots = scored(j1={"S1": 5, "S2": 1}, j2={"S1": 4, "S2": 4}, j3={"S1": 9, "S2": 9})
    contest = first_contest(SCORE + '\ntrim = 1\nnormalise = "centre"', ballots)
    assert scores(contest) == {"S1": "0", "S2": "0"}


# 9. Standing, 10. status


@sentence("4.9a")
def test_equals_share_a_rank_and_the_next_counts_all_before() -> None:
    contest = first_contest(TWO, chosen(j1="S2 S10", j2="S1"), entries="S1 S2 S10")
    assert list(ranks(contest).items()) == [("S1", 1), ("S10", 1), ("S2", 1)]
    contest = first_contest(TWO, chosen(j1="S2 S1", j2="S1 S2", j3="S3"), entries="S1 S2 S3 S4")
    assert ranks(contest) == {"S1": 1, "S2": 1, "S3": 3, "S4": 4}


@sentence("4.10")
@pytest.mark.parametrize(("quorum", "status"), [(0, "ok"), (2, "ok"), (3, "inquorate")])
def test_status_compares_present_with_quorum(quorum: int, status: str) -> None:
    contest = first_contest(f"{CHOICE}\nquorum = {quorum}", chosen(j1="S1", j2=""))
    assert (contest["status"], scores(contest)["S1"]) == (status, "1")
