"""Standings worked out by hand from the tally/1 document, for both counts: methods, groups, recusal, superseding.

Every expected figure is written as the arithmetic that gives it; a comment says who gave what.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.rules.counts import (
    COUNTS,
    SCORED,
    TIMED,
    Count,
    Files,
    Result,
    award,
    contest,
    files,
    prize,
    rules,
    scores,
    standing,
    struck,
    table,
    turnout,
)
from tests.rules.sentences import sentence

pytestmark = pytest.mark.parametrize("count", COUNTS)

CHOICE = 'method = "choice"'
TWO_CHOICES = 'method = "choice"\nchoices = 2'
POINTS = 'method = "points"\npoints = [3, 2, 1]'
SCORE = 'method = "score"\ncriteria.q = {max = 10}'
TWO_CRITERIA = 'method = "score"\ncriteria.a = {max = 10, weight = 2}\ncriteria.b = {max = 10}'
GRADE = 'method = "grade"\ngrades = ["C", "B", "A"]'
GROUPS = '[groups]\ncio = "20/100"\nmunicipal = "50/100"\nstaff = "30/100"'
SIX_JUDGES = table("judge,group", "c1,cio m1,municipal m2,municipal s1,staff s2,staff s3,staff")
JOINT = table("entry,category,orgs", "S1,service,chofu S2,service,nerima S3,service,")

# -- choice ------------------------------------------------------------------------------------------------------------


@sentence("3.4", "3.9a", "4.6d", "4.7b", "4.8a", "4.8b", "5.6c", "6h")
def test_choice_is_the_share_of_the_judges(count: Count) -> None:
    result = count(files(rules(CHOICE), "1,j1,c,S1,1 2,j2,c,S1,1 3,j3,c,S2,1"))
    assert turnout(result) == (3, 3)
    # j1, j2: S1; j3: S2; nobody: S3. All three judges are eligible for all three entries.
    assert standing(result) == [
        (1, "S1", 3, Fraction(1 + 1 + 0, 3)),
        (2, "S2", 3, Fraction(0 + 0 + 1, 3)),
        (3, "S3", 3, Fraction(0, 3)),
    ]
    assert award(result) == ("awarded", ["S1"])
    assert prize(result)["tie"] is None
    assert prize(result)["needs"] is None
    assert prize(result)["passed_over"] == []


@sentence("4.7a")
def test_choice_total_is_the_number_of_votes(count: Count) -> None:
    result = count(files(rules(CHOICE + '\ncount = "total"'), "1,j1,c,S1,1 2,j2,c,S1,1 3,j3,c,S2,1"))
    assert standing(result) == [(1, "S1", 3, 1 + 1), (2, "S2", 3, 1), (3, "S3", 3, 0)]


@sentence("4.4d", "4.6b", "4.7b")
def test_smallest_example_of_the_document(count: Count) -> None:
    judges = table("judge,orgs", "j1,chofu j2, j3,")
    entries = table("entry,category,orgs", "S1,service,chofu S2,service,nerima")
    result = count(files(rules(CHOICE), "1,j1,c,S2,1 2,j2,c,S1,1 3,j3,c,S1,1", judges=judges, entries=entries))
    # S1: j1 is recused, j2 and j3 chose it. S2: j1 chose it, j2 and j3 did not.
    assert standing(result) == [(1, "S1", 2, Fraction(1 + 1, 2)), (2, "S2", 3, Fraction(1 + 0 + 0, 3))]
    assert award(result) == ("awarded", ["S1"])


@sentence("4.4d")
def test_without_recuse_own_a_common_body_does_not_matter(count: Count) -> None:
    judges = table("judge,orgs", "j1,chofu j2, j3,")
    election = files(rules(CHOICE, head="recuse_own = false"), "1,j1,c,S1,1 2,j2,c,S1,1 3,j3,c,S2,1", judges=judges, entries=JOINT)
    result = count(election)
    assert struck(result) == []
    assert scores(result)["S1"] == Fraction(1 + 1 + 0, 3)


@sentence("4.4c", "4.5a", "4.9a", "4.9b")
def test_listed_recusal_holds_without_recuse_own(count: Count) -> None:
    judges = table("judge,recused", "j1,S1 j2, j3,")
    result = count(files(rules(CHOICE, head="recuse_own = false"), "1,j1,c,S1,1 2,j2,c,S1,1 3,j3,c,S2,1", judges=judges))
    # j1's vote for S1 is struck and leaves the ballot empty: j1 is present, not counted, and counts for nobody.
    assert struck(result) == [("j1", "S1", "recused")]
    assert turnout(result) == (3, 2)
    assert standing(result) == [
        (1, "S1", 2, Fraction(1 + 0, 2)),
        (1, "S2", 2, Fraction(0 + 1, 2)),
        (3, "S3", 2, Fraction(0)),
    ]


@sentence("3.2b", "4.4d")
def test_joint_entry_recuses_the_judges_of_all_its_bodies(count: Count) -> None:
    judges = table("judge,orgs", "j1,chofu j2,nerima j3,mitaka")
    entries = "entry,category,orgs\nS1,service,chofu nerima\nS2,service,\n"
    result = count(files(rules(CHOICE), "1,j1,c,S2,1 2,j2,c,S1,1 3,j3,c,S1,1", judges=judges, entries=entries))
    # S1: only j3 is eligible. j2's vote for S1 is struck, so j2 is not counted. S2: j1 for, j3 against.
    assert struck(result) == [("j2", "S1", "recused")]
    assert standing(result) == [(1, "S1", 1, Fraction(1, 1)), (2, "S2", 2, Fraction(1 + 0, 2))]


@sentence("3.1d", "6d")
def test_judge_of_several_bodies_is_recused_from_each(count: Count) -> None:
    judges = "judge,orgs\nj1,chofu\u3000nerima\nj2,\n"  # an ideographic space separates too
    result = count(files(rules(TWO_CHOICES), "1,j1,c,S1,1 1,j1,c,S2,1 2,j2,c,S1,1", judges=judges, entries=JOINT))
    assert struck(result) == [("j1", "S1", "recused"), ("j1", "S2", "recused")]
    assert turnout(result) == (2, 1)
    assert scores(result) == {"S1": Fraction(1, 1), "S2": Fraction(0, 1), "S3": Fraction(0, 1)}


@sentence("3.6a", "4.8b", "4.9a")
def test_several_choices(count: Count) -> None:
    result = count(files(rules(TWO_CHOICES), "1,j1,c,S1,1 1,j1,c,S2,1 2,j2,c,S1,1 2,j2,c,S3,1 3,j3,c,S2,1"))
    # S1: j1, j2. S2: j1, j3. S3: j2.
    assert standing(result) == [
        (1, "S1", 3, Fraction(2, 3)),
        (1, "S2", 3, Fraction(2, 3)),
        (3, "S3", 3, Fraction(1, 3)),
    ]


@sentence("4.1b", "4.3a")
def test_too_many_choices_are_invalid_but_present(count: Count) -> None:
    result = count(files(rules(CHOICE), "4,j1,c,S1,1 4,j1,c,S2,1 5,j2,c,S2,1"))
    assert contest(result)["invalid"] == [4]
    assert turnout(result) == (2, 1)
    assert scores(result) == {"S1": 0, "S2": Fraction(1, 1), "S3": 0}


@sentence("4.3c")
def test_ballot_is_judged_as_cast_even_if_one_choice_would_be_struck(count: Count) -> None:
    judges = table("judge,recused", "j1,S1 j2,")
    result = count(files(rules(CHOICE), "4,j1,c,S1,1 4,j1,c,S2,1 5,j2,c,S3,1", judges=judges))
    assert contest(result)["invalid"] == [4]
    assert struck(result) == []
    assert scores(result) == {"S1": 0, "S2": 0, "S3": Fraction(1, 1)}


@sentence("4.4c", "4.5b", "4.6b")
def test_remaining_choices_of_a_partly_struck_ballot_count(count: Count) -> None:
    judges = table("judge,recused", "j1,S1 j2,")
    result = count(files(rules(TWO_CHOICES), "4,j1,c,S1,1 4,j1,c,S2,1 5,j2,c,S3,1", judges=judges))
    assert struck(result) == [("j1", "S1", "recused")]
    # S1: only j2 is eligible and chose S3. S2: j1 yes, j2 no. S3: j1 no, j2 yes.
    assert standing(result) == [
        (1, "S2", 2, Fraction(1 + 0, 2)),
        (1, "S3", 2, Fraction(0 + 1, 2)),
        (3, "S1", 1, Fraction(0, 1)),
    ]


# -- late, superseded, invalid, blank ----------------------------------------------------------------------------------


@sentence("3.6d", "4.2a")
def test_larger_seq_supersedes_whatever_the_order_of_rows(count: Count) -> None:
    result = count(files(rules(CHOICE), "12,j1,c,S2,1 3,j2,c,S1,1 9,j1,c,S1,1"))
    # j1's 12 (S2) supersedes 9 (S1), as numbers and not as texts.
    assert standing(result)[:2] == [(1, "S1", 2, Fraction(1, 2)), (1, "S2", 2, Fraction(1, 2))]


@sentence("3.6a")
def test_seq_with_leading_zeros_is_the_same_number(count: Count) -> None:
    result = count(files(rules(TWO_CHOICES), "007,j1,c,S1,1 7,j1,c,S2,1 06,j1,c,S3,1"))
    assert scores(result) == {"S1": 1, "S2": 1, "S3": 0}


@sentence("4.3d")
def test_invalid_later_ballot_does_not_revive_the_earlier(count: Count) -> None:
    result = count(files(rules(CHOICE), "1,j1,c,S1,1 3,j1,c,S1,1 3,j1,c,S2,1 2,j2,c,S2,1"))
    assert contest(result)["invalid"] == [3]
    assert turnout(result) == (2, 1)
    assert scores(result) == {"S1": Fraction(0, 1), "S2": Fraction(1, 1), "S3": Fraction(0, 1)}


@sentence("6c")
def test_superseded_invalid_ballot_is_not_listed(count: Count) -> None:
    result = count(files(rules(CHOICE), "1,j1,c,S1,1 1,j1,c,S2,1 2,j1,c,S3,1"))
    assert contest(result)["invalid"] == []
    assert scores(result) == {"S1": 0, "S2": 0, "S3": 1}


@sentence("3.11a", "4.2a", "4.5a")
def test_blank_ballot_takes_the_vote_back(count: Count) -> None:
    result = count(files(rules(CHOICE), "1,j1,c,S1,1 3,j1,c,, 2,j2,c,S2,1"))
    assert turnout(result) == (2, 1)
    assert contest(result)["invalid"] == []
    assert standing(result) == [(1, "S2", 1, Fraction(1, 1)), (2, "S1", 1, 0), (2, "S3", 1, 0)]


CLOSED = CHOICE + "\ncloses_at = 2026-12-24T16:10:00+09:00"


@sentence("4.1a")
def test_closing_instant_is_still_in_time(count: Count) -> None:
    rows = "1,j1,c,S1,1,2026-12-24T07:10:00Z 2,j2,c,S2,1,2026-12-24T16:10:00.000001+09:00"
    result = count(files(rules(CLOSED), rows, columns=TIMED))
    assert contest(result)["late"] == [2]
    assert turnout(result) == (1, 1)
    assert scores(result) == {"S1": 1, "S2": 0, "S3": 0}


@sentence("4.1a", "4.2a")
def test_late_ballot_supersedes_nothing(count: Count) -> None:
    rows = "1,j1,c,S1,1,2026-12-24t16:00:00+09:00 2,j1,c,S2,1,2026-12-24T03:10:01-04:00"
    result = count(files(rules(CLOSED), rows, columns=TIMED))
    # 03:10:01 at -04:00 is 16:10:01 at +09:00: one second late.
    assert contest(result)["late"] == [2]
    assert scores(result) == {"S1": 1, "S2": 0, "S3": 0}


@sentence("6c")
def test_invalid_late_ballot_is_only_late(count: Count) -> None:
    rows = "1,j1,c,S1,1,2026-12-24T08:00:00z 1,j1,c,S2,1,2026-12-24T17:00:00+09:00 2,j2,c,S3,1,2026-12-24T07:00:00z"
    result = count(files(rules(CLOSED), rows, columns=TIMED))
    assert contest(result)["late"] == [1]
    assert contest(result)["invalid"] == []
    assert turnout(result) == (1, 1)


@sentence("6c")
def test_late_and_invalid_seqs_ascend_as_numbers(count: Count) -> None:
    late = "10,j1,c,S1,1,2026-12-25T00:00:00Z 9,j2,c,S1,1,2026-12-25T00:00:00Z 2,j1,c,S1,1,2026-12-25T00:00:00Z "
    invalid = (
        "11,j1,c,S1,1,2026-12-24T07:00:00Z 11,j1,c,S2,1,2026-12-24T07:00:00Z "
        "8,j2,c,S1,1,2026-12-24T07:00:00Z 8,j2,c,S2,1,2026-12-24T07:00:00Z"
    )
    result = count(files(rules(CLOSED), late + invalid, columns=TIMED))
    assert contest(result)["late"] == [2, 9, 10]
    assert contest(result)["invalid"] == [8, 11]
    assert turnout(result) == (2, 0)


@sentence("3.6d")
def test_seq_decides_even_when_the_clock_went_backwards(count: Count) -> None:
    rows = "1,j1,c,S1,1,2026-12-24T07:00:00Z 2,j1,c,S2,1,2026-12-24T06:59:00Z"
    assert scores(count(files(rules(CLOSED), rows, columns=TIMED)))["S2"] == 1


def test_closing_time_as_text_is_the_same(count: Count) -> None:
    rulebook = rules(CHOICE + '\ncloses_at = "2026-12-24T16:10:00.5+09:00"')
    rows = "1,j1,c,S1,1,2026-12-24T07:10:00.50Z 2,j2,c,S2,1,2026-12-24T07:10:00.6Z"
    assert contest(count(files(rulebook, rows, columns=TIMED)))["late"] == [2]


@sentence("4.2a", "6a")
def test_two_contests_do_not_disturb_each_other(count: Count) -> None:
    more = '[[contests]]\nid = "d"\ncategories = ["service"]\nmethod = "choice"'
    result = count(files(rules(CHOICE, more=more), "1,j1,c,S1,1 2,j1,d,S2,1 3,j2,d,S2,1"))
    assert [item["id"] for item in result["contests"]] == ["c", "d"]
    assert turnout(result, "c") == (1, 1)
    assert turnout(result, "d") == (2, 2)
    assert scores(result, "c") == {"S1": 1, "S2": 0, "S3": 0}
    assert scores(result, "d") == {"S1": 0, "S2": Fraction(2, 2), "S3": 0}


# -- striking ----------------------------------------------------------------------------------------------------------


@sentence("4.4a", "4.6a")
def test_withdrawn_entry_vanishes_and_its_votes_are_struck(count: Count) -> None:
    entries = table("entry,category,withdrawn", "S1,service,yes S2,service, S3,service,")
    result = count(files(rules(CHOICE), "1,j1,c,S1,1 2,j2,c,S2,1", entries=entries))
    assert struck(result) == [("j1", "S1", "withdrawn")]
    assert turnout(result) == (2, 1)
    assert standing(result) == [(1, "S2", 1, Fraction(1, 1)), (2, "S3", 1, 0)]
    assert contest(result)["unranked"] == []


@sentence("4.4b", "4.6a")
def test_vote_outside_the_categories_is_out_of_scope(count: Count) -> None:
    entries = table("entry,category", "S1,service O1,operations")
    result = count(files(rules(CHOICE), "1,j1,c,O1,1 2,j2,c,S1,1", entries=entries))
    assert struck(result) == [("j1", "O1", "scope")]
    assert standing(result) == [(1, "S1", 1, Fraction(1, 1))]


@sentence("3.2d", "4.4b", "4.6a")
def test_revoked_tag_strikes_the_vote(count: Count) -> None:
    entries = "entry,category,tags\nS1,service,ai sprint\nS2,service,ai\nS3,service,sprint\n"
    result = count(files(rules(CHOICE + '\ntag = "sprint"'), "1,j1,c,S2,1 2,j2,c,S1,1 3,j3,c,S3,1", entries=entries))
    assert struck(result) == [("j1", "S2", "scope")]
    assert standing(result) == [(1, "S1", 2, Fraction(1, 2)), (1, "S3", 2, Fraction(1, 2))]


@sentence("4.4e", "6d")
def test_first_reason_that_applies_is_given(count: Count) -> None:
    judges = "judge,recused\nj1,S1 O1 S2\n"
    entries = table("entry,category,withdrawn", "S1,service, S2,operations,yes O1,operations, S3,service,")
    rows = "1,j1,c,S1,1 1,j1,c,S2,1 1,j1,c,O1,1 1,j1,c,S3,1"
    result = count(files(rules(CHOICE + "\nchoices = 4"), rows, judges=judges, entries=entries))
    assert struck(result) == [("j1", "O1", "scope"), ("j1", "S1", "recused"), ("j1", "S2", "withdrawn")]
    # S1's only counted judge is recused from it: no eligible judge, so it is not ranked.
    assert standing(result) == [(1, "S3", 1, Fraction(1, 1))]
    assert contest(result)["unranked"] == ["S1"]


# -- quorum and min_marks ----------------------------------------------------------------------------------------------


@sentence("4.1b", "4.10")
def test_quorum_counts_blank_and_invalid_ballots_as_present(count: Count) -> None:
    rows = "1,j1,c,S1,1 2,j2,c,, 3,j3,c,S1,1 3,j3,c,S2,1"
    result = count(files(rules(CHOICE + "\nquorum = 3"), rows))
    assert contest(result)["status"] == "ok"
    assert turnout(result) == (3, 1)
    assert award(result) == ("awarded", ["S1"])


@sentence("4.1b", "4.10", "5.1a", "5.1d")
def test_inquorate_contest_is_shown_but_awards_nothing(count: Count) -> None:
    rulebook = rules(CHOICE + "\nquorum = 2\ncloses_at = 2026-12-24T07:10:00Z")
    rows = "1,j1,c,S1,1,2026-12-24T07:00:00Z 2,j2,c,S1,1,2026-12-24T07:11:00Z"
    result = count(files(rulebook, rows, columns=TIMED))
    assert contest(result)["status"] == "inquorate"  # j2 is late and so not present
    assert scores(result) == {"S1": 1, "S2": 0, "S3": 0}
    assert award(result) == ("none", [])
    assert prize(result)["tie"] is None
    assert prize(result)["needs"] is None


@sentence("4.6e", "5.6c", "6e")
def test_no_ballots_at_all(count: Count) -> None:
    result = count(files(rules(CHOICE), ""))
    assert contest(result)["status"] == "ok"
    assert turnout(result) == (0, 0)
    assert standing(result) == []
    assert contest(result)["unranked"] == ["S1", "S2", "S3"]
    assert award(result) == ("none", [])


@sentence("4.6d", "4.6e", "6e")
def test_entry_with_too_few_marks_is_unranked(count: Count) -> None:
    rows = "1,j1,c,S1,q,10 1,j1,c,S2,q,4 2,j2,c,S2,q,5"
    result = count(files(rules(SCORE + "\nmin_marks = 2"), rows, columns=SCORED))
    assert contest(result)["unranked"] == ["S1", "S3"]
    assert standing(result) == [(1, "S2", 2, Fraction(4 + 5, 2))]
    assert award(result) == ("awarded", ["S2"])


@sentence("4.6b", "4.6e")
def test_min_marks_counts_eligible_judges_in_choice(count: Count) -> None:
    judges = table("judge,recused", "j1,S1 j2,S1 j3,")
    result = count(files(rules(CHOICE + "\nmin_marks = 2"), "1,j1,c,S2,1 2,j2,c,S2,1 3,j3,c,S1,1", judges=judges))
    # S1: only j3 is eligible. S2, S3: all three.
    assert contest(result)["unranked"] == ["S1"]
    assert standing(result) == [(1, "S2", 3, Fraction(2, 3)), (2, "S3", 3, 0)]


# -- groups ------------------------------------------------------------------------------------------------------------


@sentence("4.7c")
def test_groups_weigh_their_means(count: Count) -> None:
    rows = "1,c1,c,S1,1 2,m1,c,S1,1 3,m2,c,S2,1 4,s1,c,S2,1 5,s2,c,S2,1 6,s3,c,S1,1"
    result = count(files(rules(CHOICE, head=GROUPS), rows, judges=SIX_JUDGES, entries=2))
    # S1: c1 of one, m1 of two, s3 of three. S2: none of one, m2 of two, s1 and s2 of three.
    assert scores(result) == {
        "S1": Fraction(20, 100) * 1 + Fraction(50, 100) * Fraction(1, 2) + Fraction(30, 100) * Fraction(1, 3),
        "S2": Fraction(20, 100) * 0 + Fraction(50, 100) * Fraction(1, 2) + Fraction(30, 100) * Fraction(2, 3),
    }


@sentence("4.7c")
def test_only_the_proportions_of_weights_matter(count: Count) -> None:
    rows = "1,c1,c,S1,1 2,m1,c,S1,1 3,m2,c,S2,1 4,s1,c,S2,1 5,s2,c,S2,1 6,s3,c,S1,1"
    head = '[groups]\ncio = 2\nmunicipal = "5"\nstaff = "3.0"'
    result = count(files(rules(CHOICE, head=head), rows, judges=SIX_JUDGES, entries=2))
    assert scores(result) == {"S1": Fraction(11, 20), "S2": Fraction(9, 20)}


@sentence("4.7d")
def test_absent_group_hands_its_share_on(count: Count) -> None:
    rows = "2,m1,c,S1,1 3,m2,c,S2,1 4,s1,c,S2,1 5,s2,c,S2,1 6,s3,c,S1,1"
    result = count(files(rules(CHOICE, head=GROUPS), rows, judges=SIX_JUDGES, entries=2))
    # Without c1 the weights 50 and 30 share the whole.
    assert scores(result) == {
        "S1": (50 * Fraction(1, 2) + 30 * Fraction(1, 3)) / (50 + 30),
        "S2": (50 * Fraction(1, 2) + 30 * Fraction(2, 3)) / (50 + 30),
    }


@sentence("4.7d")
def test_recused_group_hands_its_share_on_for_that_entry_only(count: Count) -> None:
    judges = table("judge,group,recused", "c1,cio,S1 m1,municipal, m2,municipal, s1,staff, s2,staff, s3,staff,")
    rows = "1,c1,c,S2,1 2,m1,c,S1,1 3,m2,c,S2,1 4,s1,c,S2,1 5,s2,c,S2,1 6,s3,c,S1,1"
    result = count(files(rules(CHOICE, head=GROUPS), rows, judges=judges, entries=2))
    assert standing(result) == [
        (1, "S2", 6, (20 * Fraction(1) + 50 * Fraction(1, 2) + 30 * Fraction(2, 3)) / 100),
        (2, "S1", 5, (50 * Fraction(1, 2) + 30 * Fraction(1, 3)) / 80),
    ]


@sentence("4.7c", "4.8a")
def test_score_with_groups(count: Count) -> None:
    judges = table("judge,group", "j1,a j2,a j3,b")
    head = "[groups]\na = 1\nb = 3"
    result = count(files(rules(SCORE, head=head), "1,j1,c,S1,q,4 2,j2,c,S1,q,2 3,j3,c,S1,q,1", judges=judges, columns=SCORED))
    # a: j1 4, j2 2, mean 3; b: j3 1.
    assert standing(result) == [(1, "S1", 3, (1 * Fraction(4 + 2, 2) + 3 * Fraction(1, 1)) / (1 + 3))]


@sentence("3.1c")
def test_group_column_is_ignored_without_groups(count: Count) -> None:
    result = count(files(rules(CHOICE), "1,c1,c,S1,1 2,m1,c,S2,1 3,m2,c,S2,1", judges=SIX_JUDGES, entries=2))
    assert scores(result) == {"S1": Fraction(1, 3), "S2": Fraction(2, 3)}


# -- points ------------------------------------------------------------------------------------------------------------


@sentence("3.9b", "4.8c")
def test_points_by_place(count: Count) -> None:
    result = count(files(rules(POINTS), "1,j1,c,S1,1 1,j1,c,S2,2 1,j1,c,S3,3 2,j2,c,S2,1 2,j2,c,S1,2"))
    # j1: S1 3, S2 2, S3 1. j2: S2 3, S1 2, S3 unplaced.
    assert standing(result) == [
        (1, "S1", 2, Fraction(3 + 2, 2)),
        (1, "S2", 2, Fraction(2 + 3, 2)),
        (3, "S3", 2, Fraction(1 + 0, 2)),
    ]


@sentence("4.7a", "4.8c")
def test_points_total(count: Count) -> None:
    rulebook = rules(POINTS + '\ncount = "total"')
    result = count(files(rulebook, "1,j1,c,S1,1 1,j1,c,S2,2 1,j1,c,S3,3 2,j2,c,S2,1 2,j2,c,S1,2 3,j3,c,S1,1"))
    assert scores(result) == {"S1": 3 + 2 + 3, "S2": 2 + 3 + 0, "S3": 1 + 0 + 0}


@sentence("4.4f")
def test_places_left_out_close_up(count: Count) -> None:
    result = count(files(rules(POINTS), "1,j1,c,S3,7 1,j1,c,S2,2 1,j1,c,S1,40"))
    # Order S2 (2), S3 (7), S1 (40) becomes places 1, 2, 3.
    assert scores(result) == {"S2": 3, "S3": 2, "S1": 1}


@sentence("4.4f")
def test_struck_place_closes_up(count: Count) -> None:
    judges = table("judge,orgs", "j1,chofu j2,")
    result = count(
        files(
            rules(POINTS),
            "1,j1,c,S1,1 1,j1,c,S2,2 1,j1,c,S3,3 2,j2,c,S1,1 2,j2,c,S2,2",
            judges=judges,
            entries=JOINT,
        )
    )
    # j1's own S1 is struck: S2 becomes place 1, S3 place 2. S1 has j2 alone.
    assert struck(result) == [("j1", "S1", "recused")]
    assert standing(result) == [
        (1, "S1", 1, Fraction(3, 1)),
        (2, "S2", 2, Fraction(3 + 2, 2)),
        (3, "S3", 2, Fraction(2 + 0, 2)),
    ]


@sentence("4.8c")
def test_place_beyond_the_list_is_worth_nothing(count: Count) -> None:
    result = count(files(rules('method = "points"\npoints = ["5"]'), "1,j1,c,S1,1 1,j1,c,S2,2 2,j2,c,S2,1"))
    assert scores(result) == {"S1": Fraction(5 + 0, 2), "S2": Fraction(0 + 5, 2), "S3": 0}


@sentence("4.4f")
def test_struck_place_can_lift_one_from_beyond_the_list(count: Count) -> None:
    entries = table("entry,category,withdrawn", "S1,service,yes S2,service,")
    result = count(files(rules('method = "points"\npoints = [5]'), "1,j1,c,S1,1 1,j1,c,S2,2", entries=entries))
    assert struck(result) == [("j1", "S1", "withdrawn")]
    assert scores(result) == {"S2": 5}


@sentence("4.3b")
def test_same_place_twice_is_invalid(count: Count) -> None:
    result = count(files(rules(POINTS), "1,j1,c,S1,1 1,j1,c,S2,1 2,j2,c,S3,1"))
    assert contest(result)["invalid"] == [1]
    assert turnout(result) == (2, 1)
    assert scores(result) == {"S1": 0, "S2": 0, "S3": Fraction(3, 1)}


@sentence("4.3b", "4.3c")
def test_same_place_twice_is_invalid_even_if_one_is_withdrawn(count: Count) -> None:
    entries = table("entry,category,withdrawn", "S1,service,yes S2,service, S3,service,")
    result = count(files(rules(POINTS), "1,j1,c,S1,1 1,j1,c,S2,1 2,j2,c,S3,1", entries=entries))
    assert contest(result)["invalid"] == [1]
    assert struck(result) == []
    assert scores(result) == {"S2": 0, "S3": 3}


@sentence("3.11a", "4.5a")
def test_blank_points_ballot(count: Count) -> None:
    result = count(files(rules(POINTS), "1,j1,c,S1,1 2,j1,c,, 3,j2,c,S2,1"))
    assert turnout(result) == (2, 1)
    assert scores(result) == {"S1": 0, "S2": Fraction(3, 1), "S3": 0}


def test_points_may_be_fractions_and_decimals(count: Count) -> None:
    rulebook = rules('method = "points"\npoints = ["1/2", "0.3"]')
    result = count(files(rulebook, "1,j1,c,S1,1 1,j1,c,S2,2 2,j2,c,S2,1 3,j3,c,S3,1"))
    assert scores(result) == {
        "S1": Fraction(1, 2) / 3,
        "S2": (Fraction(3, 10) + Fraction(1, 2)) / 3,
        "S3": Fraction(1, 2) / 3,
    }


@sentence("4.7c")
def test_points_with_groups(count: Count) -> None:
    judges = table("judge,group", "j1,a j2,a j3,b")
    head = "[groups]\na = 1\nb = 2"
    rows = "1,j1,c,S1,1 1,j1,c,S2,2 2,j2,c,S2,1 3,j3,c,S2,1 3,j3,c,S1,2"
    result = count(files(rules(POINTS, head=head), rows, judges=judges, entries=2))
    # S1: a has 3 and 0, b 2. S2: a has 2 and 3, b 3.
    assert scores(result) == {
        "S1": (1 * Fraction(3 + 0, 2) + 2 * Fraction(2)) / 3,
        "S2": (1 * Fraction(2 + 3, 2) + 2 * Fraction(3)) / 3,
    }


# -- score -------------------------------------------------------------------------------------------------------------


@sentence("3.9c", "4.6c", "4.7b")
def test_score_is_the_mean_of_the_marks_given(count: Count) -> None:
    result = count(files(rules(SCORE), "1,j1,c,S1,q,3 2,j2,c,S1,q,2 3,j3,c,S1,q,2 1,j1,c,S2,q,5 1,j1,c,S3,q,0", columns=SCORED))
    # S1: j1 3, j2 2, j3 2. S2: j1 5. S3: j1 0, which is a mark.
    assert standing(result) == [
        (1, "S2", 1, Fraction(5, 1)),
        (2, "S1", 3, Fraction(3 + 2 + 2, 3)),
        (3, "S3", 1, Fraction(0, 1)),
    ]


@sentence("4.7a")
def test_score_total(count: Count) -> None:
    rulebook = rules(SCORE + '\ncount = "total"')
    result = count(files(rulebook, "1,j1,c,S1,q,3 2,j2,c,S1,q,2 3,j3,c,S1,q,2 1,j1,c,S2,q,5", columns=SCORED))
    assert standing(result) == [(1, "S1", 3, 3 + 2 + 2), (2, "S2", 1, 5)]


@sentence("4.8d")
def test_criteria_are_weighted(count: Count) -> None:
    rows = "1,j1,c,S1,a,3 1,j1,c,S1,b,4 2,j2,c,S1,a,5 2,j2,c,S1,b,1"
    result = count(files(rules(TWO_CRITERIA), rows, columns=SCORED))
    # j1: 2*3 + 1*4; j2: 2*5 + 1*1.
    assert scores(result) == {"S1": Fraction((2 * 3 + 4) + (2 * 5 + 1), 2)}


@sentence("3.9c", "4.8d")
def test_negative_and_decimal_marks(count: Count) -> None:
    rulebook = rules('method = "score"\ncriteria.q = {min = -5, max = "2.5", weight = "1/2"}')
    result = count(files(rulebook, "1,j1,c,S1,q,-2.5 2,j2,c,S1,q,2.50 1,j1,c,S2,q,-05", columns=SCORED))
    assert scores(result) == {
        "S1": Fraction(1, 2) * (Fraction(-5, 2) + Fraction(5, 2)) / 2,
        "S2": Fraction(1, 2) * -5,
    }
    assert contest(result)["standing"][1]["score"] == "-5/2"


@sentence("4.3e", "4.5b")
def test_mark_lacking_a_criterion_is_no_mark(count: Count) -> None:
    rows = "1,j1,c,S1,a,3 1,j1,c,S1,b,4 2,j2,c,S1,a,5 2,j2,c,S1,b, 3,j3,c,S1,b,9"
    result = count(files(rules(TWO_CRITERIA), rows, columns=SCORED))
    assert turnout(result) == (3, 1)
    assert standing(result) == [(1, "S1", 1, 2 * 3 + 4)]
    assert contest(result)["unranked"] == ["S2", "S3"]


@sentence("4.2b")
def test_scores_supersede_entry_by_entry(count: Count) -> None:
    result = count(files(rules(SCORE), "1,j1,c,S1,q,3 1,j1,c,S2,q,4 2,j1,c,S1,q,9", columns=SCORED))
    # Submission 2 mentions S1 only: S2 keeps the 4 of submission 1.
    assert scores(result) == {"S1": 9, "S2": 4}


@sentence("4.2b", "4.3e")
def test_later_incomplete_mark_takes_the_earlier_back(count: Count) -> None:
    rows = "1,j1,c,S1,a,3 1,j1,c,S1,b,4 2,j1,c,S1,a,5 3,j2,c,S1,a,1 3,j2,c,S1,b,1"
    result = count(files(rules(TWO_CRITERIA), rows, columns=SCORED))
    # Submission 2 has no b, and a and b of different submissions are not put together.
    assert standing(result) == [(1, "S1", 1, 2 * 1 + 1)]


@sentence("3.9c", "4.2c")
def test_empty_mention_takes_a_score_back(count: Count) -> None:
    result = count(files(rules(SCORE), "1,j1,c,S1,q,3 1,j1,c,S2,q,4 2,j1,c,S1,, 3,j1,c,S2,q,", columns=SCORED))
    assert turnout(result) == (1, 0)
    assert standing(result) == []
    assert contest(result)["unranked"] == ["S1", "S2", "S3"]


@sentence("4.3g")
def test_empty_mention_does_not_undo_values_of_its_own_submission(count: Count) -> None:
    result = count(files(rules(SCORE), "1,j1,c,S1,, 1,j1,c,S1,q,3", columns=SCORED))
    assert scores(result) == {"S1": 3}


@sentence("4.1a", "4.2c")
def test_late_score_does_not_take_back(count: Count) -> None:
    rulebook = rules(SCORE + "\ncloses_at = 2026-12-24T07:10:00Z")
    rows = "1,j1,c,S1,q,3,2026-12-24T07:10:00Z 2,j1,c,S1,q,,2026-12-24T07:10:01Z"
    result = count(files(rulebook, rows, columns=SCORED + ",cast_at"))
    assert contest(result)["late"] == [2]
    assert scores(result) == {"S1": 3}


@sentence("4.3f", "6d")
def test_struck_score_is_one_item_and_incomplete_marks_are_none(count: Count) -> None:
    judges = table("judge,recused", "j1,S1 j2,S1 j3,")
    rows = "1,j1,c,S1,a,3 1,j1,c,S1,b,4 2,j2,c,S1,a,5 3,j3,c,S1,a,1 3,j3,c,S1,b,0 4,j2,c,S2,a,1 4,j2,c,S2,b,1"
    result = count(files(rules(TWO_CRITERIA), rows, judges=judges, columns=SCORED))
    assert struck(result) == [("j1", "S1", "recused")]
    assert turnout(result) == (3, 2)
    assert standing(result) == [(1, "S2", 1, 2 * 1 + 1), (2, "S1", 1, 2 * 1 + 0)]


@sentence("4.3f", "6d")
def test_superseded_score_of_a_withdrawn_entry_is_not_struck(count: Count) -> None:
    entries = table("entry,category,withdrawn", "S1,service,yes S2,service,")
    result = count(files(rules(SCORE), "1,j1,c,S1,q,3 2,j1,c,S1,q, 3,j2,c,S1,q,1", entries=entries, columns=SCORED))
    assert struck(result) == [("j2", "S1", "withdrawn")]


# -- trim --------------------------------------------------------------------------------------------------------------


@sentence("4.6d", "4.8i")
def test_trim_leaves_out_highest_and_lowest(count: Count) -> None:
    rows = "1,j1,c,S1,q,1 2,j2,c,S1,q,5 3,j3,c,S1,q,6 4,j4,c,S1,q,10"
    result = count(files(rules(SCORE + "\ntrim = 1"), rows, judges=4, columns=SCORED))
    assert standing(result) == [(1, "S1", 4, Fraction(5 + 6, 2))]  # marks stays 4


@sentence("4.8i")
def test_trim_leaves_out_no_more_than_needed_of_equal_values(count: Count) -> None:
    rows = "1,j1,c,S1,q,7 2,j2,c,S1,q,7 3,j3,c,S1,q,7 4,j4,c,S1,q,1 5,j5,c,S1,q,1"
    result = count(files(rules(SCORE + "\ntrim = 1"), rows, judges=5, columns=SCORED))
    assert scores(result) == {"S1": Fraction(7 + 7 + 1, 3)}


@sentence("4.8j")
def test_trim_needs_more_than_twice_its_number(count: Count) -> None:
    rows = "1,j1,c,S1,q,1 2,j2,c,S1,q,2 1,j1,c,S2,q,1 2,j2,c,S2,q,2 3,j3,c,S2,q,9"
    result = count(files(rules(SCORE + "\ntrim = 1"), rows, columns=SCORED))
    # S1 has exactly two values: none is left out. S2 has three: only 2 remains.
    assert standing(result) == [(1, "S2", 3, Fraction(2, 1)), (2, "S1", 2, Fraction(1 + 2, 2))]


@sentence("4.8i")
def test_trim_two(count: Count) -> None:
    rows = "1,j1,c,S1,q,0 2,j2,c,S1,q,1 3,j3,c,S1,q,4 4,j4,c,S1,q,8 5,j5,c,S1,q,9"
    result = count(files(rules(SCORE + "\ntrim = 2"), rows, judges=5, columns=SCORED))
    assert scores(result) == {"S1": 4}


@sentence("4.8i", "4.8j")
def test_trim_works_within_each_group(count: Count) -> None:
    judges = table("judge,group", "j1,a j2,a j3,a j4,b j5,b")
    rows = "1,j1,c,S1,q,0 2,j2,c,S1,q,4 3,j3,c,S1,q,5 4,j4,c,S1,q,0 5,j5,c,S1,q,9"
    head = "[groups]\na = 2\nb = 1"
    result = count(files(rules(SCORE + "\ntrim = 1", head=head), rows, judges=judges, columns=SCORED))
    # a: 0 and 5 left out, 4 remains; b has only two values, both remain.
    assert scores(result) == {"S1": (2 * Fraction(4, 1) + 1 * Fraction(0 + 9, 2)) / 3}


@sentence("4.8i")
def test_trim_with_total(count: Count) -> None:
    rows = "1,j1,c,S1,q,1 2,j2,c,S1,q,5 3,j3,c,S1,q,6 4,j4,c,S1,q,10"
    result = count(files(rules(SCORE + '\ntrim = 1\ncount = "total"'), rows, judges=4, columns=SCORED))
    assert scores(result) == {"S1": 5 + 6}


# -- normalise ---------------------------------------------------------------------------------------------------------

CENTRE = SCORE + '\nnormalise = "centre"'
Z = SCORE + '\nnormalise = "z"'


@sentence("4.8f")
def test_centre_takes_each_judges_mean_away(count: Count) -> None:
    rows = "1,j1,c,S1,q,5 1,j1,c,S2,q,3 2,j2,c,S1,q,2 2,j2,c,S2,q,2"
    result = count(files(rules(CENTRE), rows, columns=SCORED))
    # j1's mean is 4: +1, -1. j2's mean is 2: 0, 0.
    assert scores(result) == {"S1": Fraction(1 + 0, 2), "S2": Fraction(-1 + 0, 2)}


@sentence("4.8e")
def test_centre_includes_marks_on_unranked_entries(count: Count) -> None:
    rows = "1,j1,c,S1,q,5 1,j1,c,S2,q,2 1,j1,c,S3,q,2 2,j2,c,S1,q,4 2,j2,c,S2,q,6"
    result = count(files(rules(CENTRE + "\nmin_marks = 2"), rows, columns=SCORED))
    # j1's mean is (5+2+2)/3 = 3, unranked S3 included: +2, -1. j2's mean is 5: -1, +1.
    assert contest(result)["unranked"] == ["S3"]
    assert scores(result) == {"S1": Fraction(2 - 1, 2), "S2": Fraction(-1 + 1, 2)}


@sentence("4.8e")
def test_centre_leaves_struck_marks_out(count: Count) -> None:
    judges = table("judge,recused", "j1,S3 j2,")
    rows = "1,j1,c,S1,q,6 1,j1,c,S2,q,2 1,j1,c,S3,q,10 2,j2,c,S3,q,1"
    result = count(files(rules(CENTRE), rows, judges=judges, columns=SCORED))
    # j1's mean is (6+2)/2 = 4, the struck 10 left out. j2's only mark is its own mean.
    assert scores(result) == {"S1": 6 - 4, "S2": 2 - 4, "S3": 0}


@sentence("4.8g", "4.8h")
def test_z_divides_by_the_exactly_defined_deviation(count: Count) -> None:
    rows = "1,j1,c,S1,q,3 1,j1,c,S2,q,2 1,j1,c,S3,q,1 2,j2,c,S1,q,7 2,j2,c,S2,q,7"
    result = count(files(rules(Z), rows, columns=SCORED))
    # j1: mean 2, v = 2/3, s = 816496/1000000 as in the document. j2 never differs: s = 0, so 0.
    s = Fraction(816496, 1000000)
    assert scores(result) == {"S1": (1 / s + 0) / 2, "S2": Fraction(0 + 0, 2), "S3": -1 / s}


@sentence("4.8g")
def test_z_with_a_whole_deviation(count: Count) -> None:
    rows = "1,j1,c,S1,q,1 1,j1,c,S2,q,3 2,j2,c,S1,q,9 2,j2,c,S2,q,3"
    result = count(files(rules(Z), rows, columns=SCORED))
    # j1: mean 2, s = 1: -1, +1. j2: mean 6, s = 3: +1, -1.
    assert scores(result) == {"S1": Fraction(-1 + 1, 2), "S2": Fraction(1 - 1, 2)}


@sentence("4.8g", "4.8h")
def test_deviation_of_fractional_marks_is_rounded_down(count: Count) -> None:
    rows = "1,j1,c,S1,q,0 1,j1,c,S2,q,0.000001"
    result = count(files(rules(Z), rows, columns=SCORED))
    # v = (1/2000000)^2, floor(v * 10^12) = floor(1/4) = 0, so s = 0 and both count 0.
    assert scores(result) == {"S1": 0, "S2": 0}


@sentence("4.8k")
def test_trim_applies_after_centre(count: Count) -> None:
    rows = "1,j1,c,S1,q,10 1,j1,c,S2,q,10 2,j2,c,S1,q,4 2,j2,c,S2,q,2 3,j3,c,S1,q,1 3,j3,c,S2,q,0"
    result = count(files(rules(CENTRE + "\ntrim = 1"), rows, columns=SCORED))
    # j1: 0, 0. j2 (mean 3): +1, -1. j3 (mean 1/2): +1/2, -1/2. The middle values remain.
    assert scores(result) == {"S1": Fraction(1, 2), "S2": Fraction(-1, 2)}


# -- grade -------------------------------------------------------------------------------------------------------------


def grades(result: Result, name: str = "c") -> list[tuple[int, str, str, str, str, str]]:
    """(rank, entry, grade, score, below, above) of every row."""
    return [
        (row["rank"], row["entry"], row["grade"], row["score"], row["below"], row["above"]) for row in contest(result, name)["standing"]
    ]


@sentence("3.9d", "4.8n", "6f")
def test_majority_grade_is_the_median(count: Count) -> None:
    result = count(files(rules(GRADE), "1,j1,c,S1,A 2,j2,c,S1,B 3,j3,c,S1,C", entries=1))
    assert grades(result) == [(1, "S1", "B", "1", str(Fraction(1, 3)), str(Fraction(1, 3)))]
    assert turnout(result) == (3, 3)


@sentence("4.8n")
def test_majority_grade_of_an_even_number_is_the_lower_median(count: Count) -> None:
    result = count(files(rules(GRADE), "1,j1,c,S1,A 2,j2,c,S1,B", entries=1))
    # B covers 0..1/2, A covers 1/2..1: just below 1/2 is B.
    assert grades(result) == [(1, "S1", "B", "1", "0", "1/2")]


@sentence("4.8o")
def test_equal_majority_grades_lower_side_decides_first(count: Count) -> None:
    rows = "1,j1,c,S1,B 1,j1,c,S2,C 2,j2,c,S1,B 2,j2,c,S2,B 3,j3,c,S1,B 3,j3,c,S2,A"
    result = count(files(rules(GRADE), rows, entries=2))
    # S1 = B B B, S2 = C B A: beyond t = 1/6 the lower sides are B and C: S1, although S2 has the better upper side.
    assert grades(result) == [(1, "S1", "B", "1", "0", "0"), (2, "S2", "B", "1", "1/3", "1/3")]


@sentence("4.8p")
def test_equal_majority_grades_upper_side_decides_then(count: Count) -> None:
    rows = "1,j1,c,S1,B 1,j1,c,S2,B 2,j2,c,S1,B 2,j2,c,S2,B 3,j3,c,S1,B 3,j3,c,S2,A"
    result = count(files(rules(GRADE), rows, entries=2))
    # S1 = B B B, S2 = B B A: beyond t = 1/6 the lower sides are equal, the upper sides B and A.
    assert grades(result) == [(1, "S2", "B", "1", "0", "1/3"), (2, "S1", "B", "1", "0", "0")]


@sentence("4.8o")
def test_the_smallest_difference_decides_not_the_largest(count: Count) -> None:
    rows = "1,j1,c,S1,C 1,j1,c,S2,B 2,j2,c,S1,B 2,j2,c,S2,B 3,j3,c,S1,B 3,j3,c,S2,B 4,j4,c,S1,A 4,j4,c,S2,B 5,j5,c,S1,A 5,j5,c,S2,A"
    result = count(files(rules(GRADE), rows, judges=5, entries=2))
    # S1 = C B B A A, S2 = B B B B A: from t = 1/10 the upper sides are A and B, the lower sides differ from 3/10.
    assert grades(result) == [(1, "S1", "B", "1", "1/5", "2/5"), (2, "S2", "B", "1", "0", "1/5")]


@sentence("4.8o", "4.8p")
@pytest.mark.parametrize(
    ("first", "second", "better"),
    [
        # Upper sides: both C to t = 1/10, then first B and second A up to 3/10.
        ("CCCBA", "CCCAA", "S2"),
        # Lower sides: both A to t = 1/10, then first B and second C up to 3/10.
        ("CBAAA", "CCAAA", "S1"),
        # Equal up to t = 3/10; then the upper sides A and B, then the lower sides B and C.
        ("CCCBA", "CCCBB", "S1"),
        ("BBAAA", "CBAAA", "S1"),
        # Both sides differ at once from t = 1/10: the lower side decides, B against C.
        ("CBBBB", "CCBAA", "S1"),
    ],
)
def test_grades_are_compared_stretch_by_stretch(count: Count, first: str, second: str, better: str) -> None:
    rows = " ".join(f"{n},j{n},c,S1,{one} {n},j{n},c,S2,{other}" for n, (one, other) in enumerate(zip(first, second, strict=True), 1))
    result = count(files(rules(GRADE), rows, judges=5, entries=2))
    worse = {"S1": "S2", "S2": "S1"}[better]
    assert [row[:2] for row in grades(result)] == [(1, better), (2, worse)]


@sentence("4.8m")
def test_same_grades_from_different_numbers_of_judges_are_equal(count: Count) -> None:
    rows = "1,j1,c,S1,A 2,j2,c,S1,B 1,j1,c,S2,B 2,j2,c,S2,B 3,j3,c,S2,A 4,j4,c,S2,A"
    result = count(files(rules(GRADE), rows, judges=4, entries=2))
    # S1: B to 1/2, A to 1 from two judges; S2 the same from four.
    assert grades(result) == [(1, "S1", "B", "1", "0", "1/2"), (1, "S2", "B", "1", "0", "1/2")]


@sentence("4.8m", "4.8p")
def test_unequal_numbers_are_compared_by_shares(count: Count) -> None:
    rows = "1,j1,c,S1,B 2,j2,c,S1,B 3,j3,c,S1,A 1,j1,c,S2,B 2,j2,c,S2,A"
    result = count(files(rules(GRADE), rows, entries=2))
    # S1: B to 2/3, then A. S2: B to 1/2, then A. Just above 1/2 S1 has B, S2 has A.
    assert grades(result) == [(1, "S2", "B", "1", "0", "1/2"), (2, "S1", "B", "1", "0", "1/3")]


@sentence("4.8n", "6f")
def test_better_majority_grade_is_above_any_shares(count: Count) -> None:
    rows = "1,j1,c,S1,A 2,j2,c,S1,A 3,j3,c,S1,C 1,j1,c,S2,B 2,j2,c,S2,B 3,j3,c,S2,A"
    result = count(files(rules(GRADE), rows, entries=2))
    assert grades(result) == [(1, "S1", "A", "2", "1/3", "0"), (2, "S2", "B", "1", "0", "1/3")]


@sentence("4.8m")
def test_group_shares_of_grades(count: Count) -> None:
    judges = table("judge,group", "c1,cio m1,municipal m2,municipal s1,staff")
    rows = "1,c1,c,S1,A 2,m1,c,S1,B 3,m2,c,S1,C 4,s1,c,S1,C"
    result = count(files(rules(GRADE, head=GROUPS), rows, judges=judges, entries=1))
    # Shares: c1 20, m1 and m2 25 each, s1 30 of 100. C: 25 + 30 = 55, more than half.
    assert grades(result) == [(1, "S1", "C", "0", "0", str(Fraction(20 + 25, 100)))]


@sentence("4.8m")
def test_recused_group_hands_its_share_of_grades_on(count: Count) -> None:
    judges = table("judge,group,recused", "c1,cio,S1 m1,municipal, m2,municipal, s1,staff,")
    rows = "1,c1,c,S1,C 2,m1,c,S1,B 3,m2,c,S1,C 4,s1,c,S1,B"
    result = count(files(rules(GRADE, head=GROUPS), rows, judges=judges, entries=1))
    # Shares: m1, m2 (50/80)/2 = 5/16 each, s1 30/80 = 6/16. C: 5/16, B: 11/16.
    assert struck(result) == [("c1", "S1", "recused")]
    assert grades(result) == [(1, "S1", "B", "1", "5/16", "0")]


@sentence("4.8n", "4.8q")
def test_majority_grade_when_the_cut_falls_on_the_half(count: Count) -> None:
    judges = table("judge,group", "j1,a j2,b j3,b")
    rows = "1,j1,c,S1,C 2,j2,c,S1,A 3,j3,c,S1,A"
    head = "[groups]\na = 1\nb = 1"
    result = count(files(rules(GRADE, head=head), rows, judges=judges, entries=1))
    # a's one judge holds half the line with C; b's two share the other half with A.
    assert grades(result) == [(1, "S1", "C", "0", "0", str(Fraction(1, 4) + Fraction(1, 4)))]


@sentence("3.9d", "4.2c")
def test_empty_grade_takes_the_grade_back(count: Count) -> None:
    rows = "1,j1,c,S1,A 1,j1,c,S2,B 2,j1,c,S1, 3,j2,c,S2,A"
    result = count(files(rules(GRADE), rows, entries=2))
    assert contest(result)["unranked"] == ["S1"]
    assert grades(result) == [(1, "S2", "B", "1", "0", "1/2")]


@sentence("4.3f")
def test_empty_grade_of_a_withdrawn_entry_is_not_struck(count: Count) -> None:
    entries = table("entry,category,withdrawn", "S1,service,yes S2,service,")
    result = count(files(rules(GRADE), "1,j1,c,S1, 2,j2,c,S1,A 3,j3,c,S2,B", entries=entries))
    assert struck(result) == [("j2", "S1", "withdrawn")]
    assert turnout(result) == (3, 1)


# -- the form of the files ---------------------------------------------------------------------------------------------


def test_mark_order_form_and_unknown_columns_do_not_matter(count: Count) -> None:
    plain = files(rules(CHOICE), "1,j1,c,S1,1 2,j2,c,S1,1 3,j3,c,S2,1")
    odd = files(
        "\ufeff" + rules(CHOICE).replace("\n", "\r\n"),
        "",
        judges='\ufeffnote,judge\r\n\r\n"a, ""b""\nc",j3\r\n,j2\r\n,j1\r\n',
        entries='category,title,entry\nservice,"日本, 語",S3\nservice,,S2\n\nservice,,"S1"',
    )
    odd_ballots = "value,entry,contest,judge,seq\r\n1,S2,c,j3,3\r\n1,S1,c,j2,2\r\n1,S1,c,j1,1\r\n"
    shuffled = count(Files(odd.rules, odd.judges, odd.entries, odd_ballots.encode()))
    assert shuffled["contests"] == count(plain)["contests"]
    assert award(shuffled) == ("awarded", ["S1"])


@sentence("4.9b")
def test_ids_sort_by_code_point(count: Count) -> None:
    entries = table("entry,category", "b,service B,service い,service a10,service a9,service")
    result = count(files(rules(CHOICE + "\nchoices = 9"), "1,j1,c,い,1", entries=entries))
    assert [row[1] for row in standing(result)] == ["い", "B", "a10", "a9", "b"]


@sentence("6a")
def test_rules_without_contests(count: Count) -> None:
    result = count(files('format = "tally/1"\ncontests = []\nprizes = []\n', ""))
    assert result == {"format": "tally/1", "contests": [], "prizes": []}


@sentence("6a")
def test_result_of_one_contest_in_full(count: Count) -> None:
    result = count(files(rules(CHOICE), "1,j1,c,S1,1", judges=1, entries=1))
    found = {key: contest(result)[key] for key in contest(result) if key in FULL}
    assert found == FULL


FULL = {
    "id": "c",
    "status": "ok",
    "present": 1,
    "counted": 1,
    "late": [],
    "invalid": [],
    "struck": [],
    "standing": [{"rank": 1, "entry": "S1", "marks": 1, "score": "1"}],
    "unranked": [],
}


def test_year_0000_is_a_year(count: Count) -> None:
    rulebook = rules(CHOICE + '\ncloses_at = "0000-12-31T23:59:59Z"')
    rows = "1,j1,c,S1,1,0000-02-29T00:00:00-12:00 2,j2,c,S2,1,0001-01-01T00:00:00+00:01 3,j3,c,S3,1,0001-01-01T00:00:00Z"
    result = count(files(rulebook, rows, columns=TIMED))
    # 0001-01-01 at +00:01 is 0000-12-31T23:59:00Z, in time; at Z it is one second late.
    assert contest(result)["late"] == [3]


def test_numbers_and_notes_of_any_length(count: Count) -> None:
    many = "9" * 5000
    rulebook = rules(f'method = "score"\ncriteria.q = {{max = "{many}"}}')
    columns = f"seq,judge,contest,entry,criterion,value,{'n' * 200_000}"
    rows = f"{many},j1,c,S1,q,{many}, 1,j1,c,S1,q,1, 2,j2,c,S1,q,0.{'0' * 5000}1,"
    result = count(files(rulebook, rows, columns=columns))
    # j1's later submission counts: 5000 nines; j2 gave 1 over 10 to the 5001st.
    assert len(contest(result)["standing"][0]["score"]) > 5000
    assert turnout(result) == (2, 2)
