"""The second count is no validator, but it never guesses: what cannot be counted is a ValueError."""

import pytest

from eventapp.rules.recount import recount
from eventapp.rules.recount_contest import Counted, as_number
from eventapp.rules.recount_files import read_election

RULES = b'format = "tally/1"\nprizes = []\n[[contests]]\nid = "c"\ncategories = ["s"]\nmethod = "choice"\n'
CLOSING = RULES + b"closes_at = 2026-12-24T16:10:00+09:00\n"
JUDGES, ENTRIES = b"judge\nj1\n", b"entry,category\nS1,s\n"
BALLOTS = b"seq,judge,contest,entry,value\n1,j1,c,S1,1\n"


@pytest.mark.parametrize(
    ("rules", "ballots", "sentence"),
    [
        (RULES.replace(b"tally/1", b"tally/2"), BALLOTS, "the format is not tally/1"),
        (RULES, b'seq,judge\n1,"j1\n', "not CSV"),
        (RULES, BALLOTS + b"2,j1,c\n", "a row with too few or too many fields"),
        (RULES.replace(b"[[contests]]", b"[groups]\na = 0.5\n[[contests]]"), BALLOTS, "a float is not exact"),
        (RULES + b"closes_at = 2026-12-24T16:10:00\n", BALLOTS, "a date-time without an offset"),
        (CLOSING, BALLOTS, "cast_at is required"),
        (RULES, BALLOTS.replace(b"j1", b"j2"), "the files cannot be counted"),
    ],
)
def test_what_cannot_be_counted_is_refused(rules: bytes, ballots: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        recount(rules, JUDGES, ENTRIES, ballots)


def test_a_mark_by_criteria_is_not_one_number() -> None:
    with pytest.raises(TypeError, match="not one number"):
        as_number({})


def test_one_number_is_not_a_mark_by_criteria() -> None:
    election = read_election(RULES, JUDGES, ENTRIES, BALLOTS, None)
    counted = Counted(election, election.contests[0])

    with pytest.raises(TypeError, match="no criteria"):
        counted.values("j1", "S1")
