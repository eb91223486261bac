"""The reveal: a cursor over the order in which prizes are made known, and what may be seen at it.

The cursor is (n, step): the n-th prize (from 0) of `reveal_order`, and how far it has been told. Before the ceremony
there is no cursor (None). Nothing here knows a winner: this module only says whose winner may be shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from eventapp.rules.refusal import Refusal

Step = Literal["category", "nominees", "hold", "winner"]
STEPS: tuple[Step, ...] = get_args(Step)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The n-th prize of the order, at a step."""

    n: int
    step: Step


@dataclass(frozen=True, slots=True)
class View:
    """What may be seen: the prizes whose winner may be shown, in order; the prize being told and its step."""

    shown: tuple[str, ...]
    prize: str | None
    step: Step | None
    finished: bool


def advance(cursor: Cursor | None, order: Sequence[str], from_: Cursor | None) -> Cursor:
    """The next cursor: category → nominees → hold → winner, then the next prize.

    Refuses `reveal.superseded` with the `current` cursor when the person saw another one, `reveal.finished` at the end.
    """
    _same(cursor, from_)
    if cursor is None:
        n, step = 0, 0
    else:
        n, step = divmod(cursor.n * len(STEPS) + STEPS.index(cursor.step) + 1, len(STEPS))
    if n >= len(order):
        raise Refusal("reveal.finished")
    return Cursor(n, STEPS[step])


def back(cursor: Cursor | None, from_: Cursor | None) -> Cursor:
    """One step back within the prize being told; what was revealed stays revealed.

    Refuses `reveal.superseded`; `reveal.revealed` at the winner; `reveal.started` at the first step of a prize.
    """
    _same(cursor, from_)
    if cursor is not None and cursor.step == "winner":
        raise Refusal("reveal.revealed")
    if cursor is None or cursor.step == STEPS[0]:
        raise Refusal("reveal.started")
    return Cursor(cursor.n, STEPS[STEPS.index(cursor.step) - 1])


def hold(cursor: Cursor | None, from_: Cursor | None) -> Cursor:
    """Straight to the hold of the prize being told (again: stays there); refusals as for `back`."""
    _same(cursor, from_)
    if cursor is None:
        raise Refusal("reveal.started")
    if cursor.step == "winner":
        raise Refusal("reveal.revealed")
    return Cursor(cursor.n, "hold")


def _same(cursor: Cursor | None, seen: Cursor | None) -> None:
    if cursor != seen:
        raise Refusal("reveal.superseded", current=None if cursor is None else [cursor.n, cursor.step])


def visible(cursor: Cursor | None, order: Sequence[str]) -> View:
    """What the cursor lets be seen; the winner of a prize only from its own step `winner` on."""
    if cursor is None:
        return View((), None, None, False)
    told = cursor.n + (cursor.step == "winner")
    return View(tuple(order[:told]), order[cursor.n], cursor.step, told == len(order))
