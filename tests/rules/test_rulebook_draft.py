"""The editor's draft: whatever is acceptable as rules.toml reads in and writes out as the same rules; buttons do one thing."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventapp.presets import PRESETS
from eventapp.rules.rulebook_draft import (
    ContestDraft,
    CriterionDraft,
    GroupDraft,
    PrizeDraft,
    RulesDraft,
    changed,
    in_reveal_order,
    read_draft,
    steps_for,
    twins,
    with_method,
    write_rules,
)
from eventapp.rules.tally_numbers import WHITE_SPACE
from eventapp.rules.tally_rules_file import parse_rules, review_rules
from tests.rules.elections import draft_rules
from tests.rules.test_tally_rules_file import RULES

FILES = [*PRESETS.glob("*/rules.toml"), *(PRESETS.parents[1] / "tests/editions").glob("*/rules.toml")]

TEXT = st.text(max_size=8)
ID = st.text(st.characters(codec="utf-8", exclude_characters=WHITE_SPACE + ","), min_size=1, max_size=6)
IDS = st.lists(ID, max_size=3, unique=True)
NUMBER = st.one_of(
    st.integers(0, 10**30).map(str),
    st.decimals(0, 1000, places=3).map(str),
    st.tuples(st.integers(0, 99), st.integers(1, 99)).map("{0[0]}/{0[1]}".format),
)
ABOVE_0 = st.tuples(st.integers(1, 999), st.integers(1, 99)).map("{0[0]}/{0[1]}".format)


@st.composite
def contests(draw: Any, name: str, weighted: bool) -> ContestDraft:
    method = draw(st.sampled_from(["choice", "points", "score", "grade"]))
    contest = ContestDraft(
        name, draw(TEXT), tuple(draw(IDS)), draw(st.just("") | ID), method,
        quorum=draw(st.just("") | st.integers(0, 99).map(str)), min_marks=draw(st.just("") | st.integers(1, 99).map(str)),
        closes_at=draw(st.sampled_from(["", "2026-12-24T16:10:00+09:00", "2026-12-24T07:10:00.5Z"])),
    )  # fmt: skip
    if not weighted and method != "grade":
        contest = replace(contest, count=draw(st.sampled_from(["mean", "total"])))
    if method == "choice":
        contest = replace(contest, choices=str(draw(st.integers(1, 9))))
    if method == "points":
        points = sorted(draw(st.lists(st.integers(0, 9), min_size=1, max_size=5)), reverse=True)
        contest = replace(contest, points="、".join(map(str, points)))
    if method == "score":
        rows = draw(st.lists(ID, min_size=1, max_size=3, unique=True))
        criteria = tuple(CriterionDraft(row, draw(TEXT), draw(ABOVE_0), "-1/2", draw(ABOVE_0)) for row in rows)
        contest = replace(contest, criteria=criteria, trim=draw(st.sampled_from(["", "0", "2"])))
        contest = replace(contest, normalise=draw(st.sampled_from(["none", "centre", "z"])))
    if method == "grade":
        contest = replace(contest, grades=tuple(draw(st.lists(st.text(min_size=1, max_size=5), min_size=2, max_size=4, unique=True))))
    return replace(contest, ties=tuple(draw(st.lists(st.sampled_from(steps_for(contest)), unique=True))))


@st.composite
def drafts(draw: Any) -> RulesDraft:
    """Any acceptable rulebook as a draft."""
    weighted = draw(st.booleans())
    groups = tuple(GroupDraft(name, draw(ABOVE_0)) for name in draw(st.lists(ID, min_size=1, max_size=3, unique=True))) if weighted else ()
    asked = tuple(draw(contests(name, weighted)) for name in draw(IDS))
    prizes: list[PrizeDraft] = []
    for name in draw(IDS) if asked else []:
        excludes = draw(st.lists(st.sampled_from([prize.id for prize in prizes]), max_size=3)) if prizes else []
        categories = draw(st.none() | IDS)
        prizes.append(PrizeDraft(
            name, draw(TEXT), draw(st.sampled_from(asked)).id, str(draw(st.integers(1, 5))), categories is not None,
            tuple(categories or ()),
            draw(st.just("") | ID), draw(st.just("") | NUMBER), tuple(excludes),
        ))  # fmt: skip
    return RulesDraft(draw(TEXT), draw(st.booleans()), weighted, groups, asked, tuple(prizes))


@pytest.mark.examples
@given(drafts())
@settings(max_examples=1000)
def test_what_is_written_reads_in_again_as_it_was(draft: RulesDraft) -> None:
    text = write_rules(draft)
    again = read_draft(text.encode())

    assert parse_rules(write_rules(again).encode()) == parse_rules(text.encode())
    assert write_rules(again) == text


@pytest.mark.examples
@given(st.integers(0, 2**32))
@settings(max_examples=1000)
def test_rules_of_any_election_survive_the_editor(seed: int) -> None:
    rules: dict[str, Any] = {"format": "tally/1"}
    draft_rules(Random(seed), rules)
    text = toml(rules)

    assert parse_rules(write_rules(read_draft(text.encode())).encode()) == parse_rules(text.encode())


def toml(rules: dict[str, Any]) -> str:
    """The rules of `elections` as TOML: inline tables, which any value can be written with."""
    return "".join(f"{key} = {inline(value)}\n" for key, value in rules.items())


def inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(key)} = {inline(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return quoted(value) if isinstance(value, str) else value.isoformat() if hasattr(value, "isoformat") else str(value)


def quoted(text: str) -> str:
    return '"' + "".join(f"\\U{ord(one):08x}" if one in '"\\' or one < " " else one for one in text) + '"'


@pytest.mark.parametrize("text", [*(path.read_text(encoding="utf-8") for path in FILES), RULES])
def test_rules_of_the_editions_survive_the_editor(text: str) -> None:
    written = write_rules(read_draft(text.encode()))

    assert parse_rules(written.encode()) == parse_rules(text.encode())
    assert write_rules(read_draft(written.encode())) == written


def test_numbers_are_read_as_people_type_them() -> None:
    contest = ContestDraft("c", categories=("x",), method="points", points="３，２ 1、１／２", quorum=" ４３ ", min_marks="007")
    [read] = parse_rules(write_rules(RulesDraft(contests=(contest,))).encode()).contests

    assert (str(read.points), read.quorum, read.min_marks) == ("(3, 2, 1, Fraction(1, 2))", 43, 7)


WRONG = [
    ("quorum", "many"), ("quorum", "9" * 5000), ("closes_at", "16:10"), ("tag", "a b"), ("method", "vote"), ("points", ""), ("id", ""),
]  # fmt: skip


@pytest.mark.parametrize(("field", "typed"), WRONG)
def test_what_is_wrong_stays_wrong_at_its_place(field: str, typed: str) -> None:
    contest = replace(with_method(ContestDraft("c", categories=("x",))), **{field: typed})
    _, found = review_rules(write_rules(RulesDraft(contests=(contest,))).encode())

    assert [problem.path for problem in found] == [("contests", 0, field)]


def test_twins_are_said_where_the_second_stands() -> None:
    criteria = (CriterionDraft("a"), CriterionDraft("b"), CriterionDraft(" a"))
    contest = ContestDraft("c", categories=("x",), method="score", criteria=criteria)
    draft = RulesDraft(weighted=True, groups=(GroupDraft("g"), GroupDraft("g")), contests=(contest,))

    assert [problem.path for problem in twins(draft)] == [("groups", 1, "id"), ("contests", 0, "criteria", 2, "id")]
    assert review_rules(write_rules(draft).encode())[1] == ()


def test_buttons_move_add_and_remove_rows() -> None:
    draft = RulesDraft(contests=tuple(with_method(ContestDraft(name)) for name in "abc"), reveal=("p", "q"))

    assert [one.id for one in changed(draft, ["contests", "2", "up"]).contests] == ["a", "c", "b"]
    assert [one.id for one in changed(draft, ["contests", "0", "down"]).contests] == ["b", "a", "c"]
    assert [one.id for one in changed(draft, ["contests", "1", "remove"]).contests] == ["a", "c"]
    assert [one.id for one in changed(draft, ["contests", "add"]).contests] == ["a", "b", "c", "contest-1"]
    assert changed(draft, ["contests", "0", "ties", "1", "up"]).contests[0].ties[:2] == ("countback", "firsts")
    assert changed(draft, ["contests", "0", "ties", "add"]).contests[0].ties[-1] == "share"
    assert changed(draft, ["reveal", "1", "up"]).reveal == ("q", "p")
    assert changed(draft, ["prizes", "add"]).prizes == (PrizeDraft("prize-1"),)
    assert changed(draft, ["groups", "add"]).groups == (*draft.groups, GroupDraft())


NOTHING = [
    "", "contests", "contests 9 up", "contests x up", "contests 0 up", "contests 2 down", "name 0 up", "contests 0 dance",
    "__class__ add", "contests 0 id 0 up", "contests ٣ up",
]  # fmt: skip


@pytest.mark.parametrize("words", NOTHING)
def test_a_button_that_fits_nothing_changes_nothing(words: str) -> None:
    draft = RulesDraft(contests=tuple(with_method(ContestDraft(name)) for name in "abc"))

    assert changed(draft, words.split()) == draft


def test_a_changed_method_brings_what_it_needs() -> None:
    contest = with_method(ContestDraft("c", categories=("x",)))
    for method in ("choice", "score", "grade", "points"):
        contest = with_method(replace(contest, method=method))
        assert review_rules(write_rules(RulesDraft(contests=(contest,))).encode())[1] == ()
    assert contest.points == "3, 2, 1"


def test_the_reveal_order_keeps_what_is_known_and_begins_with_what_is_new() -> None:
    assert in_reveal_order(["c", "gone", "a", "a"], ["a", "b", "c", "d"]) == ("d", "b", "c", "a")


def test_what_is_empty_is_written_as_empty() -> None:
    assert write_rules(RulesDraft()).splitlines() == ['format = "tally/1"', "recuse_own = true", "contests = []", "prizes = []"]
    bare = replace(with_method(ContestDraft("c", method="score")), criteria=())
    assert "criteria = {}" in write_rules(RulesDraft(contests=(bare,)))
    assert twins(RulesDraft(contests=(with_method(ContestDraft("c", method="choice")),))) == []
