"""The reveal: no step is doubled, no winner is early."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.rules.refusal import Refusal
from eventapp.rules.reveal import STEPS, Cursor, View, advance, back, hold, visible

ORDER = ["ai-innovation", "grand-service"]


def refused(call: Callable[[], object]) -> tuple[str, dict[str, object]]:
    """Code and details of the refusal that the call raises."""
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value.code, caught.value.details


def test_advance_tells_prize_after_prize() -> None:
    cursor, seen = None, []
    for _ in range(8):
        cursor = advance(cursor, ORDER, cursor)
        seen.append((cursor.n, cursor.step))
    assert seen == [(n, step) for n in (0, 1) for step in ("category", "nominees", "hold", "winner")]
    assert refused(lambda: advance(cursor, ORDER, cursor)) == ("reveal.finished", {})


def test_advance_of_an_empty_order_is_finished() -> None:
    assert refused(lambda: advance(None, [], None)) == ("reveal.finished", {})


def test_advance_from_another_cursor_is_superseded() -> None:
    now = Cursor(0, "hold")
    for seen in (None, Cursor(0, "nominees"), Cursor(1, "hold")):
        assert refused(lambda seen=seen: advance(now, ORDER, seen)) == ("reveal.superseded", {"current": [0, "hold"]})
    assert refused(lambda: advance(None, ORDER, now)) == ("reveal.superseded", {"current": None})


def test_back_before_the_winner_only() -> None:
    assert back(Cursor(1, "hold"), Cursor(1, "hold")) == Cursor(1, "nominees")
    assert back(Cursor(1, "nominees"), Cursor(1, "nominees")) == Cursor(1, "category")
    assert refused(lambda: back(Cursor(0, "winner"), Cursor(0, "winner"))) == ("reveal.revealed", {})
    assert refused(lambda: back(Cursor(1, "category"), Cursor(1, "category"))) == ("reveal.started", {})
    assert refused(lambda: back(None, None)) == ("reveal.started", {})
    assert refused(lambda: back(Cursor(0, "winner"), Cursor(0, "hold")))[0] == "reveal.superseded"


@pytest.mark.parametrize("step", ["category", "nominees", "hold"])
def test_hold_at_any_step_before_the_winner(step: str) -> None:
    assert hold(Cursor(1, step), Cursor(1, step)) == Cursor(1, "hold")


def test_hold_refuses_without_a_prize_and_after_the_winner() -> None:
    assert refused(lambda: hold(None, None)) == ("reveal.started", {})
    assert refused(lambda: hold(Cursor(0, "winner"), Cursor(0, "winner"))) == ("reveal.revealed", {})
    assert refused(lambda: hold(Cursor(0, "hold"), None))[0] == "reveal.superseded"


def test_visible_shows_a_winner_from_its_step_on() -> None:
    assert visible(None, ORDER) == View((), None, None, False)
    assert visible(Cursor(0, "hold"), ORDER) == View((), "ai-innovation", "hold", False)
    assert visible(Cursor(0, "winner"), ORDER) == View(("ai-innovation",), "ai-innovation", "winner", False)
    assert visible(Cursor(1, "hold"), ORDER) == View(("ai-innovation",), "grand-service", "hold", False)
    assert visible(Cursor(1, "winner"), ORDER) == View(tuple(ORDER), "grand-service", "winner", True)


@given(st.lists(st.text(min_size=1), unique=True, max_size=8), st.lists(st.sampled_from(["next", "back", "hold"])))
def test_what_was_shown_stays_shown(order: list[str], acts: list[str]) -> None:
    cursor: Cursor | None = None
    shown: tuple[str, ...] = ()
    for act in acts:
        try:
            calls = {"next": lambda c: advance(c, order, c), "back": lambda c: back(c, c), "hold": lambda c: hold(c, c)}
            cursor = calls[act](cursor)
        except Refusal:
            continue
        view = visible(cursor, order)
        assert view.shown[: len(shown)] == shown
        assert len(view.shown) - len(shown) <= 1
        assert (view.prize in view.shown) == (view.step == STEPS[-1])
        shown = view.shown
