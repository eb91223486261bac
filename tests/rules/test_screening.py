"""The first round: assignment against brute force, scores by hand, cuts under every method."""

from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventapp.rules.refusal import Refusal
from eventapp.rules.screening import (
    Assignments,
    Cut,
    Review,
    Score,
    Screener,
    Shortage,
    Subject,
    assign,
    conflicted,
    cut,
    cuts,
    eligible,
    explained,
    may_screen,
    scores,
    wavering,
)

WEIGHTS = {"problem": 1, "effect": 2}


def entry(name: str, *bodies: str, category: str = "service") -> Subject:
    """An entry of some bodies."""
    return Subject(name, category, frozenset(bodies))


def person(
    name: str, *bodies: str, categories: tuple[str, ...] | None = None, recused: tuple[str, ...] = ()
) -> Screener:
    """A screener of some bodies."""
    return Screener(name, frozenset(bodies), None if categories is None else frozenset(categories), frozenset(recused))


# --- who may


def test_conflict_by_body_joint_body_or_declaration() -> None:
    joint = entry("S-001", "chofu", "nerima")
    assert conflicted(person("r", "nerima"), joint) is True
    assert conflicted(person("r", "koto"), joint) is False
    assert conflicted(person("r", recused=("S-001",)), joint) is True
    assert conflicted(person("r"), entry("S-002")) is False


def test_pool_of_categories() -> None:
    assert may_screen(person("r", categories=("idea",)), entry("S-001")) is False
    assert may_screen(person("r", categories=("service",)), entry("S-001")) is True
    assert may_screen(person("r"), entry("S-001")) is True
    assert may_screen(person("r", "chofu"), entry("S-001", "chofu")) is False


# --- assignment


def test_assign_is_balanced_and_free_of_conflicts() -> None:
    entries = [entry(f"S-{i:03}", f"body{i % 7}") for i in range(26)]
    people = [person(f"R-{i:02}", f"body{i}") for i in range(9)]
    result = assign(entries, people, 3, "seed")
    assert result.shortages == ()
    assert len(result.pairs) == 26 * 3
    # 78 places for 9 screeners: 8 or 9 each
    assert sorted(set(result.loads.values())) == [8, 9]
    bodies = {one.id: one.bodies for one in entries}
    assert [pair for pair in result.pairs if f"body{int(pair[1][2:])}" in bodies[pair[0]]] == []


def test_assign_exchanges_to_balance() -> None:
    # b may screen S-1 only: a must give S-1 up although it was free first
    entries = [entry("S-1"), entry("S-2", "b-town")]
    assert assign(entries, [person("a"), person("b", "b-town")], 1, "x").loads == {"a": 1, "b": 1}


def test_assign_says_who_lacks_whom_and_why() -> None:
    people = [person("a", "chofu"), person("b", categories=("idea",)), person("c")]
    assert assign([entry("S-1", "chofu"), entry("S-2")], people, 2, "x") == Assignments(
        (("S-1", "c"), ("S-2", "a"), ("S-2", "c")), {"a": 1, "b": 0, "c": 2}, (Shortage("S-1", 1, 1, ("a",)),)
    )


def test_assign_keeps_begun_reviews_unless_in_conflict() -> None:
    entries = [entry("S-1"), entry("S-2", "b-town")]
    people = [person("a"), person("b", "b-town")]
    kept = [("S-1", "a"), ("S-2", "b"), ("S-9", "a"), ("S-2", "zzz")]
    assert assign(entries, people, 1, "x", kept=kept).pairs == (("S-1", "a"), ("S-2", "a"))
    more = assign(entries[:1], people, 1, "x", kept=[("S-1", "a"), ("S-1", "b")])
    assert (more.pairs, more.shortages) == ((("S-1", "a"), ("S-1", "b")), ())


def test_assign_stops_at_the_most() -> None:
    result = assign([entry("S-1"), entry("S-2")], [person("a")], 1, "x", most=1)
    assert len(result.pairs) == 1
    assert [(one.missing, one.eligible, one.recused) for one in result.shortages] == [(1, 1, ())]


def test_assign_without_anybody() -> None:
    assert assign([], [], 3, "x") == Assignments((), {}, ())
    assert assign([entry("S-1")], [], 1, "x").shortages == (Shortage("S-1", 1, 0, ()),)


SMALL = st.tuples(
    st.lists(st.frozensets(st.sampled_from("abc"), max_size=2), min_size=1, max_size=4),
    st.lists(st.frozensets(st.sampled_from("abc"), max_size=2), min_size=1, max_size=4),
    st.integers(1, 2),
)


def best_squares(fit: list[list[int]], people: int, k: int) -> int:
    """The least sum of squared loads over all distributions that give every entry all it can have."""
    ways = [list(combinations(one, min(k, len(one)))) for one in fit]
    return min(sum(sum(i in who for who in way) ** 2 for i in range(people)) for way in product(*ways))


def most_pairs(fit: list[list[int]], people: int, k: int, most: int) -> int:
    """The most places that any distribution can fill."""
    ways = [[c for n in range(min(k, len(one)) + 1) for c in combinations(one, n)] for one in fit]
    fair = (way for way in product(*ways) if all(sum(i in who for who in way) <= most for i in range(people)))
    return max(sum(len(who) for who in way) for way in fair)


@settings(max_examples=60)
@given(SMALL, st.sampled_from(["1", "2"]))
def test_assign_is_as_good_as_the_best_of_all(
    case: tuple[list[frozenset[str]], list[frozenset[str]], int], seed: str
) -> None:
    bodies, staff, k = case
    entries = [Subject(f"e{i}", "service", of) for i, of in enumerate(bodies)]
    people = [Screener(f"p{i}", of) for i, of in enumerate(staff)]
    fit = [[i for i, p in enumerate(people) if not p.bodies & e.bodies] for e in entries]
    result = assign(entries, people, k, seed)
    assert sum(load * load for load in result.loads.values()) == best_squares(fit, len(people), k)
    assert {s.entry: s.missing for s in result.shortages} == {
        f"e{i}": k - len(f) for i, f in enumerate(fit) if len(f) < k
    }
    limited = assign(entries, people, k, seed, most=1)
    assert len(limited.pairs) == most_pairs(fit, len(people), k, 1)
    assert max(limited.loads.values()) <= 1


CASES = st.tuples(
    st.lists(st.frozensets(st.sampled_from("abcdef"), max_size=3), max_size=12),
    st.lists(st.frozensets(st.sampled_from("abcdef"), max_size=2), max_size=8),
    st.integers(1, 4),
    st.text(max_size=3),
)


@given(CASES, st.randoms(use_true_random=False))
def test_assign_keeps_its_promises(
    case: tuple[list[frozenset[str]], list[frozenset[str]], int, str], random: object
) -> None:
    bodies, staff, k, seed = case
    entries = [Subject(f"e{i:02}", "service", of) for i, of in enumerate(bodies)]
    people = [Screener(f"p{i}", of) for i, of in enumerate(staff)]
    result = assign(entries, people, k, seed)
    subject, screener = {e.id: e for e in entries}, {p.id: p for p in people}
    assert [pair for pair in result.pairs if conflicted(screener[pair[1]], subject[pair[0]])] == []
    assert len(set(result.pairs)) == len(result.pairs)
    assert result.loads == {p.id: sum(who == p.id for _, who in result.pairs) for p in people}
    if not any(p.bodies & e.bodies for p in people for e in entries) and people:
        assert max(result.loads.values()) - min(result.loads.values()) <= 1
    random.shuffle(entries)
    random.shuffle(people)
    assert assign(entries, people, k, seed) == result
    assert assign(entries, people, k, seed, kept=result.pairs) == result


# --- scores


def review(name: str, screener: str, problem: int, effect: int) -> Review:
    """A complete review."""
    return Review(name, screener, {"problem": problem, "effect": effect})


def test_scores_by_hand() -> None:
    reviews = [
        review("S-1", "a", 5, 5),  # (5 + 2*5) / 3 = 5
        review("S-1", "b", 3, 2),  # (3 + 2*2) / 3 = 7/3
        review("S-2", "a", 4, 4),  # 4
        review("S-2", "c", 4, 4),  # 4
        Review("S-2", "b", {"problem": 1, "effect": 1}, abstained="former post"),
        Review("S-3", "a", {"problem": 5}),
        Review("S-3", "b", {}, abstained="vendor"),
    ]
    # own means: a (5 + 4)/2 = 9/2, b 7/3, c 4; all four (5 + 7/3 + 4 + 4)/4 = 23/6
    # S-1 adjusted: mean of 5 - 9/2 + 23/6 = 13/3 and 7/3 - 7/3 + 23/6 = 23/6 -> 49/12
    # S-2 adjusted: mean of 4 - 9/2 + 23/6 = 10/3 and 4 - 4 + 23/6 = 23/6 -> 43/12
    third = Fraction(1, 3)
    assert scores(["S-1", "S-2", "S-3"], reviews, WEIGHTS) == (
        Score("S-1", 2, 0, 11 * third, 11 * third, Fraction(49, 12), 8 * third, discuss=True),
        Score("S-2", 2, 1, Fraction(4), Fraction(4), Fraction(43, 12), Fraction(0), discuss=False),
        Score("S-3", 0, 1, None, None, None, None, discuss=False),
    )


def test_spread_of_one_and_a_half_is_discussed() -> None:
    one = scores(["S-1"], [review("S-1", "a", 5, 4), review("S-1", "b", 3, 3)], {"problem": 1, "effect": 1})
    assert (one[0].spread, one[0].discuss) == (Fraction(3, 2), True)


def test_scores_without_reviews() -> None:
    assert scores(["S-1"], [], WEIGHTS)[0].mean is None


REVIEWS = st.lists(
    st.builds(review, st.sampled_from(["x", "y", "z"]), st.sampled_from("abcd"), st.integers(1, 5), st.integers(1, 5)),
    unique_by=lambda r: (r.entry, r.screener),
)


@given(REVIEWS, st.integers(1, 9))
def test_scores_do_not_depend_on_order_or_scale_of_weights(reviews: list[Review], factor: int) -> None:
    plain = scores("xyz", reviews, WEIGHTS)
    assert scores("xyz", reviews[::-1], WEIGHTS) == plain
    assert scores("xyz", reviews, {name: factor * weight for name, weight in WEIGHTS.items()}) == plain


@given(REVIEWS)
def test_abstention_changes_no_figure(reviews: list[Review]) -> None:
    before = scores("xyz", reviews, WEIGHTS)
    after = scores("xyz", [*reviews, Review("x", "new", {"problem": 1, "effect": 1}, abstained="r")], WEIGHTS)
    assert [(s.mean, s.median, s.adjusted, s.spread) for s in after] == [
        (s.mean, s.median, s.adjusted, s.spread) for s in before
    ]
    assert after[0].abstentions == 1


@given(st.lists(st.lists(st.integers(1, 4), min_size=3, max_size=3), min_size=1, max_size=4))
def test_strict_screener_of_all_entries_changes_no_adjusted_difference(marks: list[list[int]]) -> None:
    """Where everybody has screened everything, the adjusted mean is the mean."""
    reviews = [review(e, f"p{i}", m, m) for i, of in enumerate(marks) for e, m in zip("xyz", of, strict=True)]
    assert [s.adjusted for s in scores("xyz", reviews, WEIGHTS)] == [s.mean for s in scores("xyz", reviews, WEIGHTS)]


# --- the cut


def scored(name: str, mean: int | None, median: int | None = None, adjusted: int | None = None) -> Score:
    """A score with these figures; one figure given counts for all."""
    figures = [None if mean is None else Fraction(mean if one is None else one) for one in (mean, median, adjusted)]
    return Score(name, 3, 0, *figures, Fraction(0), discuss=False)


def test_cut_at_a_clear_line() -> None:
    ranking = [scored("c", 3), scored("a", 5), scored("b", 4), scored("d", None)]
    assert cut(ranking, 2) == Cut(("a", "b"), (), 0, ("c",), ("d",))
    assert cut(ranking, 0) == Cut((), (), 0, ("a", "b", "c"), ("d",))
    assert cut(ranking, 9) == Cut(("a", "b", "c"), (), 6, (), ("d",))


def test_tie_across_the_line_is_the_bubble() -> None:
    ranking = [scored("a", 5), scored("c", 4), scored("b", 4), scored("d", 3)]
    assert cut(ranking, 2) == Cut(("a",), ("b", "c"), 1, ("d",), ())
    assert cut(ranking, 3) == Cut(("a", "b", "c"), (), 0, ("d",), ())


def test_cuts_side_by_side_show_who_wavers() -> None:
    ranking = [scored("a", 5, 5, 5), scored("b", 4, 3, 4), scored("c", 3, 4, 3), scored("d", 1, 1, 1)]
    lines = cuts(ranking, 2)
    assert {method: line.passed for method, line in lines.items()} == {
        "mean": ("a", "b"),
        "median": ("a", "c"),
        "adjusted": ("a", "b"),
    }
    assert wavering(lines) == ("b", "c")
    assert wavering({}) == ()


@given(st.lists(st.none() | st.integers(1, 5), max_size=9), st.integers(0, 10))
def test_cut_loses_nobody_and_fills_the_seats(means: list[int | None], seats: int) -> None:
    ranking = [scored(f"e{i}", mean) for i, mean in enumerate(means)]
    line = cut(ranking, seats)
    named = [*line.passed, *line.bubble, *line.below, *line.unscored]
    assert sorted(named) == sorted(score.entry for score in ranking)
    assert line.open_seats == seats - len(line.passed)
    assert line.bubble == () or len(line.bubble) > line.open_seats > 0


def test_the_spread_to_discuss_from_is_a_setting() -> None:
    reviews = [Review("S-001", "R-01", {"all": 4}), Review("S-001", "R-02", {"all": 3})]

    assert [scores(["S-001"], reviews, {"all": 1}, discuss_from=Fraction(limit))[0].discuss for limit in (1, 2)] == [True, False]


def test_a_prize_is_open_to_whoever_asked_and_convinced_more_than_half() -> None:
    # two of three flags are more than half, one of two is not; without any review nothing is confirmed
    assert eligible(["ai", "sprint"], [{"ai"}, {"ai", "sprint"}, set()]) == ("ai",)
    assert eligible(["ai"], [{"ai"}, set()]) == ()
    assert eligible([], [{"ai"}]) == ()
    assert eligible(["ai"], []) == ()


def test_what_the_line_does_not_say_needs_a_reason() -> None:
    line = Cut(("a", "b"), (), 0, ("c",), ())

    explained(["b", "a"], line, unfinished=0, reason="")
    explained(["a", "c"], line, unfinished=0, reason="合議")
    for passed, unfinished in ((["a", "c"], 0), (["a", "b"], 1)):
        with pytest.raises(Refusal, match="selection.unexplained"):
            explained(passed, line, unfinished=unfinished, reason=" ")
