"""The public lot's pure part: every hash is what `sha256sum` prints, and words are made plain before they enter the seed."""

import pytest

from eventapp.rules.lot import MOST_WORDS, commitment, seed, spoken
from eventapp.rules.refusal import Refusal


def test_the_promise_and_the_seed_are_what_sha256sum_prints() -> None:
    assert commitment("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert seed("abc", "3 7") == "dccb33ec19413ad7066d328c15bfde7d314385731b2e20d215fbdfab85b42214"


@pytest.mark.parametrize(("said", "words"), [("３　７", "3 7"), ("  にわか\tあめ ", "にわか あめ"), ("x" * MOST_WORDS, "x" * MOST_WORDS)])
def test_words_are_made_plain(said: str, words: str) -> None:
    assert spoken(said) == words


@pytest.mark.parametrize("said", ["", " 　", "x" * (MOST_WORDS + 1), "a\u200bb", "\x07"])
def test_what_nobody_can_say_is_refused(said: str) -> None:
    with pytest.raises(Refusal) as refused:
        spoken(said)
    assert refused.value.code == "lot.wordless"
