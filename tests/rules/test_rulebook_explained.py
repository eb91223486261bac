"""The rules in words, what a vote weighs, what to think about, and a trial: of 2025, of the fictional edition, and of odd cases."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from fractions import Fraction
from pathlib import Path

import pytest

from eventapp.presets import Edition as Preset
from eventapp.presets import load_edition, load_sample
from eventapp.rules.rulebook_english import in_english
from eventapp.rules.rulebook_japanese import Passage, in_japanese, step_label
from eventapp.rules.rulebook_notices import highest_score, notices
from eventapp.rules.rulebook_occasion import Occasion, votes_worth, weight_sentences
from eventapp.rules.rulebook_trial import Dice, PrizeSummary, random_ballots, run_trial, summary
from eventapp.rules.tally_model import Contest, Criterion, Entry, Judge, Prize, Rulebook
from eventapp.rules.tally_rules_file import parse_rules
from tests.rules.elections import election

EDITIONS = Path(__file__).parents[1] / "editions"


def rulebook(preset: Preset) -> Rulebook:
    return parse_rules(preset.rules_text.encode())


def occasion(preset: Preset) -> Occasion:
    """Eight judges of each group's size, two entries in each category: small enough to read."""
    names = {("category", one.code): (one.name, one.name_en) for one in preset.categories}
    names |= {("contest", one.contest): (one.name, one.name_en) for one in preset.polls}
    names |= {("prize", one.code): (one.name, one.name_en) for one in preset.prizes}
    names |= {("group", one.code): (one.name, one.name_en) for one in preset.judge_groups}
    judges = tuple(Judge(f"{group.code}-{n}", group.code) for group in preset.judge_groups for n in range(group.size))
    entries = tuple(
        Entry(f"{one.prefix}-{n}", one.code, tags=frozenset({"sprint", "ai", "play"})) for one in preset.categories for n in (1, 2)
    )
    return Occasion(judges, entries, tuple(one.code for one in preset.categories), names)


def words(passages: Sequence[Passage], title: str) -> str:
    return "".join(next(one for one in passages if one.title == title).sentences)


PRESETS = {"connect-day-2025": load_edition("connect-day-2025"), "fictional": load_edition("fictional", root=EDITIONS)}


def snapshot(preset: Preset) -> str:
    """Both languages, a line per passage."""
    book, here = rulebook(preset), occasion(preset)
    passages = [*in_japanese(book, here, reveal=preset.reveal_order), *in_english(book, here, reveal=preset.reveal_order)]
    return "".join(f"{one.title}: {' '.join(one.sentences)}\n" for one in passages)


@pytest.mark.parametrize("name", PRESETS)
def test_the_rules_of_an_edition_are_said_in_these_words(name: str) -> None:
    kept = Path(__file__).with_name(f"rulebook_{name}.txt")

    assert snapshot(PRESETS[name]) == kept.read_text(encoding="utf-8")


def test_a_contest_is_said_as_the_secretariat_would_say_it() -> None:
    preset = PRESETS["connect-day-2025"]
    said = words(in_japanese(rulebook(preset), occasion(preset)), "行政サービス部門")

    assert said.startswith("行政サービス部門は、順位点(1位3点・2位2点・3位1点)の平均で競います。")
    assert "自団体の取組は除斥となり" in said


def test_any_rules_can_be_said_in_both_languages() -> None:
    for seed in range(200):
        book = parse_rules(election(seed).rules)
        japanese, english = in_japanese(book, Occasion()), in_english(book, Occasion())

        assert [one.path for one in japanese] == [one.path for one in english]
        assert all(sentence.endswith("。") for one in japanese for sentence in one.sentences)
        assert all(sentence.endswith(".") for one in english for sentence in one.sentences)


def seats(**groups: int) -> Occasion:
    return Occasion(tuple(Judge(f"{group}{n}", group) for group, many in groups.items() for n in range(many)))


def test_a_vote_weighs_its_groups_weight_shared_by_the_seats() -> None:
    here = seats(cio=1, staff=18, city=62)

    assert votes_worth({"cio": Fraction(1, 5), "staff": 3, "none": 1}, here) == {"cio": Fraction(1, 5), "staff": Fraction(1, 6)}
    assert weight_sentences({"cio": 20, "city": 62, "staff": 9, "none": 1}, here) == {
        "cio": "cioの1票はstaffの40票と同じ重みです。",
        "city": "cityの1票はstaffの2票と同じ重みです。",
        "staff": "staffの1票はcioの1/40(約0.02)票と同じ重みです。",
        "none": "「none」には席がないので、この重みは使われません。",
    }
    english = weight_sentences({"cio": 31, "staff": 90}, here, lang="en")["cio"]
    assert english == "One vote of cio weighs as much as 31/5(6.20) votes of staff."
    assert weight_sentences({"cio": 1}, here)["cio"] == "ほかに席のあるグループがないので、重みは結果を変えません。"
    assert weight_sentences({"cio": 1, "none": 1}, here, lang="en") == {
        "cio": "No other group has seats, so the weight changes nothing.",
        "none": "none has no seat, so this weight is not used.",
    }


CONTEST = Contest("c", frozenset({"k"}), "points", points=(3, 2, 1), min_marks=5, ties=("firsts", "chair", "lot"))
PRIZE = Prize("p", "c")
HERE = Occasion(tuple(Judge(f"j{n}") for n in range(10)), (Entry("k1", "k"), Entry("k2", "k", tags=frozenset({"t"}))), ("k", "z"))


def codes(contest: Contest = CONTEST, prize: Prize = PRIZE, *, groups: dict[str, int] | None = None, here: Occasion = HERE) -> list[str]:
    return [one.code for one in notices(Rulebook((contest,), (prize,), groups), here)]


def test_rules_that_do_what_was_meant_have_no_notice() -> None:
    assert codes() == []
    assert [notices(rulebook(preset), occasion(preset)) for preset in PRESETS.values()][0] == []


NOTICES = [
    (codes(replace(CONTEST, min_marks=4)), ["min_marks.low"]),
    (codes(replace(CONTEST, min_marks=11)), ["min_marks.high"]),
    (codes(replace(CONTEST, quorum=11)), ["quorum.high"]),
    (codes(replace(CONTEST, ties=("firsts",))), ["ties.open"]),
    (codes(replace(CONTEST, ties=("lot", "firsts"))), ["ties.unreached"]),
    (codes(replace(CONTEST, categories=frozenset({"z"}))), ["contest.empty", "prize.unwinnable"]),
    (codes(replace(CONTEST, categories=frozenset())), ["contest.empty", "prize.unwinnable"]),
    (codes(replace(CONTEST, categories=frozenset({"k", "x"}))), ["category.unknown"]),
    (codes(replace(CONTEST, tag="gone")), ["contest.empty", "prize.unwinnable"]),
    (codes(replace(CONTEST, points=(0,))), ["prize.unwinnable"]),
    (codes(prize=replace(PRIZE, min_score=Fraction(7, 2))), ["prize.unwinnable"]),
    (codes(prize=replace(PRIZE, categories=frozenset({"z"}))), ["prize.unwinnable"]),
    (codes(prize=replace(PRIZE, categories=frozenset({"k", "x"}))), ["category.unknown"]),
    (codes(prize=replace(PRIZE, seats=3)), ["prize.roomy"]),
    (codes(prize=replace(PRIZE, tag="t")), []),
    (codes(groups={"g": 1}), ["group.unweighted", "group.empty"]),
    (codes(here=Occasion()), []),
]


@pytest.mark.parametrize(("found", "expected"), NOTICES)
def test_a_notice_says_what_nobody_may_have_meant(found: list[str], expected: list[str]) -> None:
    assert found == expected


def test_a_contest_without_a_prize_is_noticed() -> None:
    assert [one.code for one in notices(Rulebook((CONTEST,)), HERE)] == ["contest.unused"]


def test_the_highest_score_follows_the_method() -> None:
    score = Contest("s", frozenset(), "score", criteria=(Criterion("a", 5, weight=2), Criterion("b", Fraction(1, 2))))

    assert highest_score(replace(CONTEST, count="total"), seats=4) == 12
    assert highest_score(score, seats=4) == Fraction(21, 2)
    assert highest_score(replace(score, normalise="z"), seats=4) is None
    assert highest_score(Contest("g", frozenset(), "grade", grades=("C", "B", "A")), seats=4) == 2


# --- the trial -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PRESETS)
def test_a_trial_is_the_same_for_the_same_seed(name: str) -> None:
    book, here = rulebook(PRESETS[name]), occasion(PRESETS[name])
    first = [run_trial(book, here, seed="7", run=run) for run in range(3)]

    assert first == [run_trial(book, here, seed="7", run=run) for run in range(3)]
    assert first != [run_trial(book, here, seed="8", run=run) for run in range(3)]
    assert [sum(value for value in asdict(one).values() if isinstance(value, int)) for one in summary(first)] == [3] * len(book.prizes)


def test_random_ballots_obey_recusal_size_and_turnout() -> None:
    sample = load_sample("connect-day-2025")
    judges = tuple(Judge(seat.label, seat.group, frozenset(seat.bodies)) for seat in sample.seats)
    entries = tuple(Entry(one.number, one.category, frozenset(one.bodies), frozenset(one.tags)) for one in sample.entries if one.stage)
    book = rulebook(PRESETS["connect-day-2025"])
    orgs, own = {judge.id: judge.orgs for judge in judges}, {entry.id: entry.orgs for entry in entries}
    ballots = list(random_ballots(book, Occasion(judges, entries), dice=Dice("1"), voters=40))

    assert len({one.judge for one in ballots}) == 40
    assert [entry for one in ballots for entry, _ in one.marks if orgs[one.judge] & own[entry]] == []
    assert {len(one.marks) for one in ballots} == {1, 3}


def test_a_summary_counts_a_run_under_the_first_human_it_needed() -> None:
    twins = Occasion((Judge("a"), Judge("b")), (Entry("k1", "k"), Entry("k2", "k")), ("k",))
    choice = Contest("c", frozenset({"k"}), "choice", ties=("chair", "lot"))

    def counted(ties: tuple[str, ...], seats: int = 1) -> PrizeSummary:
        book = Rulebook((replace(choice, ties=ties),), (Prize("p", "c", seats),))
        return summary([run_trial(book, twins, seed="1", run=run) for run in range(40)])[0]

    level = counted(("chair", "lot")).chair
    assert 10 < level < 30
    assert counted(("chair", "lot")) == PrizeSummary("p", 40 - level, 0, level, 0, 0, 0, 0)
    assert counted(("lot",)) == PrizeSummary("p", 40 - level, 0, 0, level, 0, 0, 0)
    assert counted(("share",)) == PrizeSummary("p", 40 - level, 0, 0, 0, level, 0, 0)
    assert counted(()) == PrizeSummary("p", 40 - level, 0, 0, 0, 0, level, 0)


def test_dice_fall_the_same_way_everywhere() -> None:
    dice = Dice("seed")

    assert [dice.below(6) for _ in range(10)] == [dice.below(6) for dice in [Dice("seed")] for _ in range(10)]
    assert sorted(Dice("x").some(["a", "b", "c"], 9)) == ["a", "b", "c"]
    assert {Dice(str(seed)).below(3) for seed in range(50)} == {0, 1, 2}


def test_rules_without_prizes_are_said_too() -> None:
    book = Rulebook((CONTEST,))

    assert "賞は、" not in words_of(in_japanese(book, HERE))
    assert "Prizes are decided" not in words_of(in_english(book, HERE))


def words_of(passages: Sequence[Passage]) -> str:
    return "".join(sentence for one in passages for sentence in one.sentences)


@pytest.mark.parametrize(
    ("step", "said"), [("criterion:impact", "「効果」の点"), ("criterion:other", "「other」の点"), ("unknown", "unknown")]
)
def test_a_step_in_a_few_words(step: str, said: str) -> None:
    assert step_label(step, {"impact": "効果"}) == said


def test_a_judge_recused_from_everything_casts_nothing() -> None:
    here = Occasion((Judge("own", orgs=frozenset({"o"})), Judge("free")), (Entry("k1", "k", orgs=frozenset({"o"})),), ("k",))

    assert [one.judge for one in random_ballots(Rulebook((CONTEST,), (PRIZE,)), here, dice=Dice("1"))] == ["free"]


def test_of_a_scale_shorter_than_one_a_trial_takes_the_ends() -> None:
    contest = Contest("c", frozenset({"k"}), "score", criteria=(Criterion("x", min=0, max=Fraction(1, 2)),))
    cast = [one for seed in "123456" for one in random_ballots(Rulebook((contest,)), HERE, dice=Dice(seed))]
    found = {value for one in cast for value in one.marks.values()}

    assert found == {0, Fraction(1, 2)}
