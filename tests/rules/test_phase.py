"""Phases move one step at a time, from what the person saw."""

import pytest

from eventapp.rules.phase import phase_step
from eventapp.rules.refusal import Refusal

PHASES = ("call", "screening", "selection")


@pytest.mark.parametrize("to", ["call", "selection"])
def test_a_neighbour_is_reached(to: str) -> None:
    assert phase_step(PHASES, "screening", to, seen="screening") == to


@pytest.mark.parametrize(
    ("current", "to", "seen", "code"),
    [
        ("call", "selection", "call", "phase.skipped"),
        ("call", "call", "call", "phase.skipped"),
        ("call", "none", "call", "phase.skipped"),
        ("call", "screening", "screening", "phase.superseded"),
    ],
)
def test_anything_else_is_refused(current: str, to: str, seen: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        phase_step(PHASES, current, to, seen=seen)
