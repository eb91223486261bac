"""One tap on a rank: what the ballot says afterwards, and what is announced."""

import pytest

from eventapp.rules.ranking import Tapped, choose, tap


@pytest.mark.parametrize(
    ("ranking", "entry", "place", "after"),
    [
        ((), "A", 1, Tapped(("A",))),
        ((), "A", 3, Tapped(("A",), closed_up=True)),  # nobody is first yet, so A closes up to first
        (("A", "B"), "C", 3, Tapped(("A", "B", "C"))),
        (("A", "B"), "C", 1, Tapped(("C", "B"), out="A")),  # C takes A's place; A leaves the ranking
        (("A", "B"), "B", 1, Tapped(("B", "A"), swapped="A")),
        (("A", "B"), "A", 3, Tapped(("B", "A"), closed_up=True)),
        (("A", "B"), "A", 1, Tapped(("B",), closed_up=True)),  # its own place again takes it off
        (("A", "B"), "B", 2, Tapped(("A",))),
    ],
)
def test_a_tap_leaves_no_gap_and_names_who_moved(ranking: tuple[str, ...], entry: str, place: int, after: Tapped) -> None:
    assert tap(ranking, entry, place) == after


@pytest.mark.parametrize(
    ("entries", "most", "after"),
    [
        ((), 1, Tapped(("C",))),
        (("A",), 1, Tapped(("C",), out="A")),
        (("A",), 2, Tapped(("A", "C"))),
        (("A", "B"), 2, Tapped(("B", "C"), out="A")),
        (("C",), 1, Tapped(())),
    ],
)
def test_a_choice_too_many_moves_the_oldest_out(entries: tuple[str, ...], most: int, after: Tapped) -> None:
    assert choose(entries, "C", most) == after
