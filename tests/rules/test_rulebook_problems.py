"""Every error that rules.toml can be refused for has its place and its Japanese sentence."""

import pytest

from eventapp.rules.rulebook_problems import FALLBACK, sentence
from eventapp.rules.tally_rules_file import Problem, review_rules
from tests.rules import test_tally_rules_file as corpus

CONTEST = '[[contests]]\nid = "c"\ncategories = ["x"]\n'
HEAD = 'format = "tally/1"\n'
ONE = HEAD + "prizes = []\n" + CONTEST
PRIZE = '[[prizes]]\nid = "p"\ncontest = "c"\n'


def problems(text: str) -> list[tuple[object, str]]:
    rulebook, found = review_rules(text.encode())
    assert (rulebook is None) == bool(found)
    return [(problem.path, sentence(problem)) for problem in found]


SAID = [
    (ONE + 'method = "choice"\nquorum = -1\n', ("contests", 0, "quorum"),
     "0以上の数を入力してください。"),
    (ONE + 'method = "choice"\nquorum = "many"\n', ("contests", 0, "quorum"),
     "整数を入力してください。"),
    (ONE + 'method = "points"\npoints = [1, 2]\n', ("contests", 0, "points"),
     "点数は、1位から順に同じか小さくなるように、0以上で入力してください。"),
    (ONE + 'method = "points"\n', ("contests", 0, "points"),
     "入力してください。"),
    (ONE + 'method = "choice"\nties = ["firsts"]\n', ("contests", 0, "ties"),
     "「firsts」は、選択の投票では使えない手順です。"),
    (ONE + 'method = "choice"\nqourum = 1\n', ("contests", 0, "qourum"),
     "「qourum」は、選択の投票にはない項目です。綴りと方法を確かめてください。"),
    (ONE + 'method = "score"\n[contests.criteria.impact]\nmin = 5\nmax = 5\n', ("contests", 0, "criteria", "impact", "max"),
     "最高点は、最低点より大きくしてください。"),
    (ONE + 'method = "choice"\n' + CONTEST + 'method = "choice"\n', ("contests", 1, "id"),
     "同じ記号がほかにもあります。別の記号にしてください。"),
    (HEAD + "contests = []\nprizes = []\n[groups]\ncio = 0\n", ("groups", "cio"),
     "0より大きい数を入力してください。"),
    (HEAD + "contests = []\nprizes = []\n[groups]\ncio = 0.5\n", ("groups", "cio"),
     '小数は、"0.5" や "1/5" のように引用符で囲んでください。'),
    (HEAD + "contests = []\n" + PRIZE, ("prizes", 0, "contest"),
     "「c」という投票はありません。"),
    (HEAD + CONTEST + 'method = "choice"\n' + PRIZE + 'excludes = ["q"]\n', ("prizes", 0, "excludes"),
     "「q」は、この賞より先に決める賞ではありません。順番を確かめてください。"),
    (HEAD + "contests = []\nprizes = [\n", (),
     "TOMLの書き方に誤りがあります。"),
    (HEAD + "contests = [}\n", (),
     "TOMLの書き方に誤りがあります(2行目、13文字目)。"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "path", "words"), SAID)
def test_an_error_has_its_place_and_its_sentence(text: str, path: object, words: str) -> None:
    assert problems(text) == [(path, words)]


TEXTS = [corpus.RULES.replace(old, new).encode() for _, old, new, _ in corpus.CASES]
TEXTS += [rules for rules, _ in corpus.WHOLE] + [rules.encode() for rules in corpus.NOT_TOML.values()] + [b"\xff"]


@pytest.mark.parametrize("data", TEXTS)
def test_every_refused_file_of_the_corpus_is_told_in_japanese(data: bytes) -> None:
    rulebook, found = review_rules(data)

    assert rulebook is None
    assert [problem.line for problem in found if sentence(problem) == FALLBACK] == []


def test_an_error_that_nobody_has_words_for_is_still_told() -> None:
    assert sentence(Problem((), "rules", "", "something never said before")) == FALLBACK
