"""What must hold for every tally, found by chance: properties that follow from the document alone."""

import json
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventapp.rules.canonical import canonical
from eventapp.rules.tally import tally
from eventapp.rules.tally_files import NotAcceptable, parse_files
from eventapp.rules.tally_model import Case, Submission
from eventapp.rules.tally_numbers import rational_number
from tests.rules.sentences import sentence
from tests.rules.tally_case import BALLOT_COLUMNS, ENTRY_COLUMNS, JUDGE_COLUMNS, Files, csv, tally_files

many = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])

STEPS = {
    "choice": ["head-to-head", "chair", "lot", "share"],
    "points": ["firsts", "countback", "head-to-head", "chair", "lot", "share"],
    "score": ["firsts", "criterion:x", "criterion:y", "head-to-head", "chair", "lot", "share"],
    "grade": ["firsts", "head-to-head", "chair", "lot", "share"],
}
BODIES = {
    "choice": 'method = "choice"\nchoices = 2',
    "points": 'method = "points"\npoints = [3, 2, "1/2"]',
    "score": 'method = "score"\ncriteria.x.max = 3\ncriteria.y = {max = 2, weight = "1/3"}',
    "grade": 'method = "grade"\ngrades = ["C", "B", "A"]',
}
JUDGES = [f"j{number}" for number in range(1, 7)]
ENTRIES = [f"S{number}" for number in range(1, 6)]
CATEGORIES, ORGS, TAGS = ["k", "z"], ["a", "b", "c"], ["t", "u"]


def some(chance: random.Random, values: list[str], *, at_most: int = 2) -> str:
    return " ".join(chance.sample(values, chance.randint(0, at_most)))


def elections(*, steps: bool = True, methods: tuple[str, ...] = tuple(BODIES)) -> st.SearchStrategy[Files]:
    """Drawn as one seed: hypothesis drawing every field itself takes ten times as long."""
    return st.integers(0, 2**64).map(lambda seed: election(random.Random(seed), steps=steps, methods=methods))


def election(chance: random.Random, *, steps: bool, methods: tuple[str, ...]) -> Files:
    """Files of one contest and three prizes with few judges, few entries and narrow marks, so that ties are common."""
    method = chance.choice(methods)
    files = {
        "rules": "\n".join(rules(chance, method, steps=steps)).encode(),
        "judges": csv(
            JUDGE_COLUMNS,
            *(
                f"{name},{chance.choice('ghi')},{some(chance, ORGS)},{some(chance, ENTRIES, at_most=1)}"
                for name in JUDGES
            ),
        ),
        "entries": csv(
            ENTRY_COLUMNS,
            *(
                f"{name},{chance.choice('kkkz')},{some(chance, ORGS, at_most=1)},{some(chance, TAGS)},"
                f"{chance.choice(['', '', '', 'yes'])}"
                for name in ENTRIES
            ),
        ),
        "ballots": csv(
            BALLOT_COLUMNS, *(row for seq in range(chance.randint(0, 14)) for row in ballot(chance, seq, method))
        ),
    }
    if steps:
        decisions = ["p,chair,S2 S1", "q,chair,", ",lot,seed", "p,lot,own"]
        files["decisions"] = csv("prize,step,value", *chance.sample(decisions, chance.randint(0, 4)))
    return files


def rules(chance: random.Random, method: str, *, steps: bool) -> list[str]:
    grouped = chance.random() < 0.5
    lines = ['format = "tally/1"', f"recuse_own = {chance.choice(['true', 'false'])}"]
    if grouped:
        lines += ["[groups]", 'g = "1/5"', "h = 3", 'i = "1.5"']
    lines += ["[[contests]]", 'id = "c"', 'categories = ["k"]', BODIES[method]]
    lines += [f"min_marks = {chance.randint(1, 2)}", f"quorum = {chance.choice([0, 0, 0, 3])}"]
    if method == "score":
        lines += [f"trim = {chance.randint(0, 1)}", f'normalise = "{chance.choice(["none", "none", "centre", "z"])}"']
    if not grouped and method != "grade":
        lines.append(f'count = "{chance.choice(["mean", "total"])}"')
    if chance.random() < 0.5:
        lines.append("closes_at = 2026-12-24T16:10:00+09:00")
    if steps:
        lines.append(f"ties = {chance.sample(STEPS[method], chance.randint(0, 3))}")
    for prize, excludes in (("p", []), ("q", ["p"]), ("r", ["q"])):
        lines += ["[[prizes]]", f'id = "{prize}"', 'contest = "c"', f"seats = {chance.randint(1, 2)}"]
        lines += [f"excludes = {excludes}", *(['tag = "t"'] if chance.random() < 0.3 else [])]
    return lines


def ballot(chance: random.Random, seq: int, method: str) -> list[str]:
    head = f"{seq},{chance.choice(JUDGES)},c"
    cast_at = f"2026-12-24T07:{chance.choice(['09', '10', '10', '11'])}:00Z"
    entries = chance.sample(ENTRIES, chance.randint(0, 4 if method != "choice" else 3))
    if method == "choice":
        rows = [f"{entry},,1" for entry in entries] or [",,"]
    elif method == "points":
        rows = [f"{entry},,{chance.choice([place, place, 9])}" for place, entry in enumerate(entries, 1)] or [",,"]
    elif method == "grade":
        rows = [f"{entry},,{chance.choice(['', 'A', 'B', 'C'])}" for entry in entries]
    else:
        values = (("x", ["", "0", "1", "1", "1", "2.5"]), ("y", ["0", "1", "2"]))
        rows = [f"{entry},{name},{chance.choice(allowed)}" for entry in entries for name, allowed in values]
    return [f"{head},{row},{cast_at}" for row in rows]


def rows_changed(data: bytes, change: Callable[[list[str]], None]) -> bytes:
    header, *rows = data.decode().splitlines()
    change(rows)
    return csv(header, *rows)


def stdout(files: Files) -> bytes:
    return json.dumps(tally_files(files), ensure_ascii=False).encode()


def outcome(case: Case) -> dict[str, Any]:
    return tally(case.rulebook, case.judges, case.entries, case.submissions, case.decisions)


def contest(result: dict[str, Any]) -> dict[str, Any]:
    return result["contests"][0]


def score_of(result: dict[str, Any], entry: str) -> Fraction:
    return Fraction({row["entry"]: row["score"] for row in contest(result)["standing"]}[entry])


@many
@given(elections(), st.randoms(use_true_random=False))
def test_row_order_changes_no_byte(files: Files, chance: random.Random) -> None:
    shuffled = {name: data if name == "rules" else rows_changed(data, chance.shuffle) for name, data in files.items()}
    assert stdout(shuffled) == stdout(files)


@many
@given(elections(), st.randoms(use_true_random=False))
def test_column_order_changes_no_byte(files: Files, chance: random.Random) -> None:
    def turned(data: bytes) -> bytes:
        rows = [line.split(",") for line in data.decode().splitlines()]
        order = list(range(len(rows[0])))
        chance.shuffle(order)
        return "".join(",".join(row[at] for at in order) + "\r\n" for row in rows).encode()

    changed = {name: data if name == "rules" else turned(data) for name, data in files.items()}
    assert stdout(changed) == stdout(files)


@many
@given(elections())
def test_renaming_judges_and_orgs_only_renames(files: Files) -> None:
    # No name occurs in the rules, and new names sort like the old ones.
    renamed = dict(files)
    for name in ("judges", "ballots"):
        renamed[name] = renamed[name].replace(b"\nj", b"\nx-j").replace(b",j", b",x-j").replace(b"x-judge", b"judge")
    assert stdout(renamed) == stdout(files).replace(b'"judge": "j', b'"judge": "x-j')


@many
@given(elections(), st.permutations(ENTRIES))
def test_renaming_entries_only_permutes(files: Files, names: list[str]) -> None:
    lots = {line for line in files["rules"].decode().splitlines() if line.startswith("ties")}
    if any("lot" in line for line in lots):
        return
    new = dict(zip(ENTRIES, names, strict=True))

    def renamed(data: bytes) -> bytes:
        text = data.decode()
        for old in ENTRIES:
            text = text.replace(old, f"<{old}>")
        for old, name in new.items():
            text = text.replace(f"<{old}>", name)
        return text.encode()

    changed = tally_files({name: data if name == "rules" else renamed(data) for name, data in files.items()})
    plain = tally_files(files)
    assert {(row["rank"], row["entry"], row["score"]) for row in contest(changed)["standing"]} == {
        (row["rank"], new[row["entry"]], row["score"]) for row in contest(plain)["standing"]
    }
    for before, after in zip(plain["prizes"], changed["prizes"], strict=True):
        assert (before["status"], before["needs"]) == (after["status"], after["needs"])
        assert {new[entry] for entry in before["winners"]} == set(after["winners"])
        assert {new[entry] for entry in before["passed_over"]} == set(after["passed_over"])


@many
@given(elections(), st.fractions(min_value="1/100", max_value=100).filter(bool))
def test_scaling_group_weights_changes_no_byte(files: Files, factor: Fraction) -> None:
    case = parse_files(**files)
    groups = case.rulebook.groups
    scaled = None if groups is None else {group: weight * factor for group, weight in groups.items()}
    changed = replace(case, rulebook=replace(case.rulebook, groups=scaled))
    assert canonical(outcome(changed)) == canonical(outcome(case))


@many
@given(elections(steps=False))
def test_equal_group_weights_of_one_group_are_no_groups(files: Files) -> None:
    case = parse_files(**files)
    if case.rulebook.contests[0].count == "total":
        return
    alone = replace(case, judges=tuple(replace(judge, group="g") for judge in case.judges))
    without = replace(alone, rulebook=replace(case.rulebook, groups=None))
    within = replace(alone, rulebook=replace(case.rulebook, groups={"g": 7, "h": 1}))
    assert canonical(outcome(within)) == canonical(outcome(without))


@sentence("4.7b")
@many
@given(st.lists(st.integers(0, 5), min_size=2, max_size=8))
def test_recusal_of_a_judge_who_gave_the_mean_changes_nothing(given_marks: list[int]) -> None:
    mean = Fraction(sum(given_marks), len(given_marks))
    judges = [f"j{number}" for number in range(len(given_marks))] + ["mean"]
    contests = b'contests = [{id = "c", categories = ["k"], method = "score", criteria = {x = {max = 5}}}]'
    files = {
        "rules": b'format = "tally/1"\nprizes = []\n' + contests,
        "judges": csv(JUDGE_COLUMNS, *(f"{judge},,," for judge in judges)),
        "entries": csv(ENTRY_COLUMNS, "S1,k,,,"),
        "ballots": csv(BALLOT_COLUMNS, *(f"{seq},{judge},c,S1,x,0," for seq, judge in enumerate(judges))),
    }
    case = parse_files(**files)
    marked = replace(
        case,
        submissions=tuple(
            replace(submission, marks={("S1", "x"): mark})
            for submission, mark in zip(case.submissions, [*given_marks, mean], strict=True)
        ),
    )
    recused = replace(
        marked,
        judges=tuple(
            replace(judge, recused=frozenset({"S1"})) if judge.id == "mean" else judge for judge in case.judges
        ),
    )
    assert score_of(outcome(recused), "S1") == score_of(outcome(marked), "S1") == mean


@many
@given(elections(methods=("choice", "points", "score"), steps=False), st.sampled_from(JUDGES))
def test_a_better_mark_never_lowers_an_entry(files: Files, judge: str) -> None:
    """The last ballot of a judge is made better for S1: chosen as well, placed first, or given the highest marks."""
    case = parse_files(**files)
    [rules] = case.rulebook.contests
    if rules.normalise != "none":
        return
    plain = outcome(case)
    mine = [
        submission
        for submission in case.submissions
        if submission.judge == judge and submission.seq not in contest(plain)["late"] + contest(plain)["invalid"]
    ]
    if not mine or "S1" not in {row["entry"] for row in contest(plain)["standing"]}:
        return
    last = max(mine, key=lambda submission: submission.seq)
    if rules.method == "choice":
        if len(last.marks) + 1 > rules.choices or not last.marks:
            return
        better = replace(last, marks={**last.marks, ("S1", ""): 1})
    elif rules.method == "points":
        if ("S1", "") not in last.marks:
            return
        places = {key: place + 1 for key, place in last.marks.items() if place is not None}
        better = replace(last, marks=places | {("S1", ""): 1})
    else:
        if None in last.marks.values() or ("S1", "x") not in last.marks:
            return
        better = replace(last, marks={**last.marks, ("S1", "x"): 3, ("S1", "y"): 2})
    changed = replace(case, submissions=tuple(better if item is last else item for item in case.submissions))
    improved = outcome(changed)
    assert score_of(improved, "S1") >= score_of(plain, "S1")
    ranks = [{row["entry"]: row["rank"] for row in contest(result)["standing"]} for result in (plain, improved)]
    assert ranks[1]["S1"] <= ranks[0]["S1"]


@sentence("4.4f")
@many
@given(elections(methods=("points",), steps=False), st.sets(st.integers(1, 99), min_size=9, max_size=9).map(sorted))
def test_places_close_up(files: Files, places: list[int]) -> None:
    """Only the order of the places counts: any other numbers in the same order give the same result."""
    case = parse_files(**files)

    def spread(submission: Submission) -> Submission:
        return replace(
            submission,
            marks={key: None if place is None else places[int(place) - 1] for key, place in submission.marks.items()},
        )

    changed = replace(case, submissions=tuple(map(spread, case.submissions)))
    assert canonical(outcome(changed)) == canonical(outcome(case))


@sentence("4.2a")
@many
@given(elections())
def test_superseded_ballots_leave_no_trace(files: Files) -> None:
    """In choice and points the result without a judge's earlier ballots in time is the same."""
    case = parse_files(**files)
    [rules] = case.rulebook.contests
    if rules.method not in ("choice", "points"):
        return
    late = set(contest(outcome(case))["late"])
    in_time = sorted((item.seq, item.judge) for item in case.submissions if item.seq not in late)
    last = {judge: seq for seq, judge in in_time}
    kept = tuple(item for item in case.submissions if item.seq in late or item.seq == last[item.judge])
    assert canonical(outcome(replace(case, submissions=kept))) == canonical(outcome(case))


@sentence("4.1a")
@many
@given(elections())
def test_late_ballots_leave_no_trace_but_their_seq(files: Files) -> None:
    case = parse_files(**files)
    result = outcome(case)
    late = set(contest(result)["late"])
    changed = outcome(replace(case, submissions=tuple(item for item in case.submissions if item.seq not in late)))
    contest(changed)["late"] = sorted(late)
    assert canonical(changed) == canonical(result)


@sentence("5.4b", "5.4c", "5.4d", "5.6a")
@many
@given(elections())
def test_the_chain_never_restarts_and_seats_are_kept(files: Files) -> None:
    rulebook = parse_files(**files).rulebook
    result = tally_files(files)
    [standing], ties = result["contests"], list(rulebook.contests[0].ties)
    place = {row["entry"]: at for at, row in enumerate(standing["standing"])}
    for prize, rules in zip(result["prizes"], rulebook.prizes, strict=True):
        assert prize["winners"] == sorted(prize["winners"], key=place.__getitem__)
        tie = prize["tie"]
        shared = tie is not None and tie["decided_by"] == "share"
        assert len(prize["winners"]) <= rules.seats or shared
        if tie is None:
            continue
        followed = [step["step"] for step in tie["steps"]]
        assert followed == ties[: len(followed)]
        blocks = [set(tie["entries"]), *(set(step["keys"]) for step in tie["steps"])]
        assert [later <= sooner for sooner, later in zip(blocks, blocks[1:], strict=False)] == [True] * len(followed)
        assert (prize["status"] == "pending") == (prize["needs"] is not None)
        if prize["needs"] is not None:
            assert prize["needs"] == ties[len(followed)]
        if prize["status"] == "awarded":
            assert tie["decided_by"] == followed[-1]


@sentence("6i")
@many
@given(elections())
def test_every_paragraph_names_winners_and_those_passed_over(files: Files) -> None:
    for prize in tally_files(files)["prizes"]:
        for paragraph in prize["explain"].values():
            assert [entry for entry in prize["winners"] + prize["passed_over"] if entry not in paragraph] == []
            assert "\n" not in paragraph


@many
@given(elections())
def test_a_prize_never_goes_twice_where_one_excludes_the_other(files: Files) -> None:
    first, second, _ = tally_files(files)["prizes"]
    assert set(first["winners"]) & set(second["winners"]) == set()


@many
@given(
    st.text(alphabet='ab,"\r\n 1', max_size=40), st.sampled_from(["rules", "judges", "entries", "ballots", "decisions"])
)
def test_any_text_is_read_or_refused(text: str, name: str) -> None:
    files = {
        "rules": b'format = "tally/1"\ncontests = []\nprizes = []\n',
        "judges": b"judge\n",
        "entries": b"entry,category\n",
        "ballots": b"seq,judge,contest,entry,value\n",
        "decisions": b"prize,step,value\n",
    }
    with suppress(NotAcceptable):
        parse_files(**files | {name: files[name] + text.encode()})


def test_numbers_survive_their_writing() -> None:
    assert rational_number(str(Fraction(-7, 2))) == Fraction(-7, 2)
