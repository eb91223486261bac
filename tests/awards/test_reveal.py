"""The reveal: step by step, never skipped nor doubled, and nothing of a winner before its step."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventapp import journal
from eventapp.access import Role
from eventapp.admin.queries import edition_named
from eventapp.awards import queries
from eventapp.awards.operations import reveal_back, reveal_hold, reveal_next
from eventapp.awards.sections import reveal_now
from eventapp.extensions import db
from eventapp.models import Published
from eventapp.rules.refusal import Refusal
from tests.awards.day import actor, close_day, seal_day, step


def refused(code: str) -> pytest.RaisesExc[Refusal]:
    return pytest.raises(Refusal, match=f"^{code}$")


def winner_of(prize: str) -> str:
    seal = queries.sealed(edition_named(None))
    assert seal is not None
    return str(next(one["winners"][0] for one in json.loads(seal.canonical)["prizes"] if one["id"] == prize))


def published() -> int:
    return db.session.scalar(select(func.count()).select_from(Published)) or 0


def test_nothing_is_revealed_before_the_seal(app: Flask) -> None:
    close_day()

    with refused("result.unsealed"):
        reveal_next(actor(Role.DIRECTOR))
    assert reveal_now(edition_named(None))["step"] == "idle"


def test_a_prize_is_told_in_four_steps(app: Flask) -> None:
    close_day()
    seal_day()
    seen = []
    for _ in range(4):
        step()
        told = reveal_now(edition_named(None))
        seen.append((told["n"], told["step"], told["held"], "nominees" in told, "winner" in told, published()))

    assert seen == [
        (0, "category", False, False, False, 0), (0, "nominees", False, True, False, 0), (0, "hold", True, True, False, 0),
        (0, "winner", False, True, True, 1),
    ]  # fmt: skip
    assert reveal_now(edition_named(None))["winner"]["number"] == winner_of("ai-innovation")


def test_the_section_before_the_winner_says_nothing_that_only_the_result_knows(app: Flask) -> None:
    close_day()
    seal_day()
    step(3)

    told = reveal_now(edition_named(None))

    assert sorted(told) == ["held", "n", "nominees", "of", "prize", "revealed", "step"]
    assert told["nominees"] == queries.nominees(edition_named(None), "ai-innovation")
    assert told["revealed"] == []


def test_one_prize_does_not_carry_the_next(app: Flask) -> None:
    close_day()
    seal_day()
    step(8)

    told = reveal_now(edition_named(None))

    assert [one["prize"]["code"] for one in told["revealed"]] == ["ai-innovation", "dx-sprint"]
    assert published() == 2


def test_all_eight_are_revealed_and_then_it_ends(app: Flask) -> None:
    edition = close_day()
    seal_day()
    step(32)

    with refused("reveal.finished"):
        step()
    told = {one["prize"]["code"]: one["winners"][0]["number"] for one in queries.revealed(edition)}
    assert told == {code: winner_of(code) for code in queries.reveal_order(edition)}


def test_two_operators_neither_skip_nor_double_a_step(app: Flask) -> None:
    close_day()
    seal_day()
    first = [0, "category"]
    step()

    reveal_next(actor(Role.DIRECTOR), from_=first)
    with refused("reveal.superseded"):
        reveal_next(actor(Role.SECRETARIAT), from_=first)
    assert reveal_now(edition_named(None))["step"] == "nominees"


@pytest.mark.parametrize("seen", [[0], [0, "winners"], ["0", "hold"], [0, "hold", 1], [0, None]])
def test_a_malformed_cursor_is_refused(app: Flask, seen: list[object]) -> None:
    close_day()
    seal_day()

    with refused("request.malformed"):
        reveal_next(actor(Role.DIRECTOR), from_=seen)


def test_hold_waits_and_back_goes_back_but_never_over_a_winner(app: Flask) -> None:
    close_day()
    seal_day()
    director = actor(Role.DIRECTOR)
    with refused("reveal.started"):
        reveal_hold(director)
    step()
    reveal_hold(director)
    reveal_hold(director)
    assert reveal_now(edition_named(None))["step"] == "hold"

    reveal_back(director, from_=[0, "hold"])
    assert reveal_now(edition_named(None))["step"] == "nominees"

    step(2)
    with refused("reveal.revealed"):
        reveal_back(director, from_=[0, "winner"])
    with refused("reveal.revealed"):
        reveal_hold(director)


def test_a_voided_seal_stops_the_reveal_where_it_is(app: Flask) -> None:
    close_day()
    seal_day()
    step(4)
    from eventapp.awards.operations import void_seal

    void_seal(actor(Role.CHAIR), reason="poll.reopened idea")

    with refused("result.unsealed"):
        step()
    assert reveal_now(edition_named(None))["winner"] is not None


def test_a_prize_without_a_winner_is_told_as_such(app: Flask) -> None:
    close_day([])
    seal_day()
    step(4)

    told = reveal_now(edition_named(None))

    assert (told["winner"], told["winners"], told["revealed"][0]["winners"]) == (None, [], [])
    assert queries.script_lines(told)[1] == "該当なしです。"


def test_every_step_leaves_a_line_with_the_head_before_it(app: Flask) -> None:
    edition = close_day()
    seal_day()
    step(4)

    lines: list[Any] = journal.lines(edition)[-4:]
    assert [(line["act"], line["details"]["step"]) for line in lines] == [
        ("reveal.advanced", name) for name in ("category", "nominees", "hold", "winner")
    ]
    assert [line["details"]["head"] for line in lines] == [line["previous"] for line in lines]
    assert ["winners" in line["details"] for line in lines] == [False, False, False, True]


def test_the_script_has_as_many_lines_at_every_step(app: Flask) -> None:
    edition = close_day()
    seal_day()
    scripts = [queries.script_lines(reveal_now(edition))]
    for _ in range(5):
        step()
        scripts.append(queries.script_lines(reveal_now(edition_named(None))))

    assert {len(lines) for lines in scripts} == {queries.SCRIPT_LINES}
    winner = reveal_now(edition_named(None))["revealed"][0]["winners"][0]
    assert [winner["owner"] in "".join(lines) for lines in scripts] == [False, False, False, False, True, False]
