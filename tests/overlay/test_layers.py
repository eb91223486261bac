"""The section `layers`: a pure projection that gets on air what the other sections hold, and nothing else."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from eventapp import live
from eventapp.access import Role, system
from eventapp.extensions import db
from eventapp.overlay.operations import clear, show
from eventapp.overlay.queries import layers, project
from eventapp.programme.operations import go
from eventapp.programme.routes import view_of
from eventapp.rules.refusal import Refusal
from tests.awards.day import actor, close_day, seal_day, step
from tests.conftest import make_app
from tests.overlay import samples
from tests.programme.day import edition_at


def one(**sections: Any) -> dict[str, Any]:
    """The single layer that these sections make."""
    (layer,) = project(sections, samples.facts())
    return layer


def names(found: list[dict[str, Any]]) -> list[str]:
    return [layer["graphic"] for layer in found]


def test_nothing_on_stage_puts_nothing_on_air() -> None:
    assert project({}, samples.facts()) == []
    assert project({"now_next": {"now": None}, "timer": None, "polls": [], "reveal": {"step": "idle"}}, samples.facts()) == []


def test_the_lower_third_says_who_what_and_where() -> None:
    data = one(now_next=samples.now_next())["data"]

    assert (data["number"], data["of"], data["category"]) == (6, 10, "行政サービス部門")
    assert data["names"] == ["武蔵村山市", "東大和市", "東村山市"]
    assert data["kana"] == "むさしむらやまし・ひがしやまとし・ひがしむらやまし"
    assert data["title"] == samples.TITLES["S-025"]
    assert data["leaves_at"] == "2025-12-24T06:30:08.000Z"
    assert len(data["map"]) == 62
    assert len(data["tiles"]) == 3
    assert all(tile in data["map"] for tile in data["tiles"])


def test_a_person_is_announced_with_the_place_beside() -> None:
    data = one(now_next=samples.now_next(("132012",), owner="個人応募(八王子市)"))["data"]

    assert (data["names"], data["note"], data["kana"]) == (["個人応募"], "八王子市", "")
    assert len(data["tiles"]) == 1


def test_the_timer_belongs_to_the_talk_on_stage() -> None:
    found = project({"now_next": samples.now_next(), "timer": samples.timer()}, samples.facts())
    assert names(found) == ["lower-third", "timer"]
    assert found[1]["data"]["timer"] == samples.timer()

    other = project({"now_next": samples.now_next(), "timer": samples.timer(slot="opening")}, samples.facts())
    assert names(other) == ["lower-third"]


@pytest.mark.parametrize(("confirmed", "state", "shown"), [
    (4, "open", False), (5, "open", True), (85, "closing", True), (85, "closed", False), (0, "draft", False),
])  # fmt: skip
def test_progress_shows_from_five_confirmed_while_the_poll_runs(confirmed: int, state: str, shown: bool) -> None:
    found = project({"polls": [samples.poll(confirmed, 85, state)]}, samples.facts())

    assert names(found) == (["vote-progress"] if shown else [])


@pytest.mark.parametrize(("step_name", "number"), [("category", 0), ("nominees", 1), ("hold", 2), ("winner", 3)])
def test_each_step_of_the_reveal_has_its_own_and_the_winner_only_at_the_last(step_name: str, number: int) -> None:
    layer = one(reveal=samples.reveal(step_name))

    assert (layer["step"], layer["instance"]) == (number, "award-reveal-7")
    assert len(layer["data"]["nominees"]) == (0 if step_name == "category" else 10)
    assert (layer["data"]["winners"] is None) == (step_name != "winner")


def test_before_the_winner_the_layer_is_the_same_whoever_won() -> None:
    for name in ("category", "nominees", "hold"):
        assert one(reveal=samples.reveal(name, winners=("S-029",))) == one(reveal=samples.reveal(name, winners=("S-022",)))


def test_a_winner_that_slips_into_an_earlier_step_still_stays_off_the_air() -> None:
    leaky = samples.reveal("hold") | {"winner": samples.winner("S-022"), "winners": [samples.winner("S-022")]}

    assert one(reveal=leaky) == one(reveal=samples.reveal("hold"))


def test_a_prize_without_winner_is_told_as_an_empty_list() -> None:
    assert one(reveal=samples.reveal("winner", winners=()))["data"]["winners"] == []


def test_what_is_shown_by_hand_is_all_there_is() -> None:
    sections = {"now_next": samples.now_next(), "timer": samples.timer(), "polls": [samples.poll()]}

    assert names(project(sections, samples.facts(), ["timer"])) == ["timer"]
    (layer,) = project(sections, samples.facts(), ["lower-third"])
    assert layer["data"]["leaves_at"] is None
    assert project(sections, samples.facts(), ["award-reveal"]) == []


def test_go_puts_the_next_entry_on_air_and_panic_takes_everything_away(app: Flask) -> None:
    edition = edition_at("11:05:00")
    director = actor(Role.DIRECTOR)
    assert layers(view_of(director)) == []
    go(director, to="award-operations-1", op_id="first-go")
    assert names(layers(view_of(director))) == ["lower-third", "timer"]

    before = live.version(edition, "overlay")
    clear(director)
    assert live.version(edition, "overlay") > before
    assert layers(view_of(director)) == []
    assert live.document(edition, "overlay")["sections"]["air"] == {"shown": [], "cleared": True}

    show(director, layer="timer")
    assert names(layers(view_of(director))) == ["timer"]
    show(director, layer="auto")
    assert names(layers(view_of(director))) == ["lower-third", "timer"]


def test_graphics_of_one_zone_replace_each_other(app: Flask) -> None:
    director = actor(Role.DIRECTOR)
    shown = [show(director, layer=layer)["shown"] for layer in ("timer", "lower-third", "vote-progress", "award-reveal", "timer")]

    assert shown == [["timer"], ["timer", "lower-third"], ["timer", "vote-progress"], ["award-reveal"], ["timer"]]
    with pytest.raises(Refusal, match=r"^layer\.unknown$"):
        show(director, layer="winner")


def told(prepared: Path, data: Path, seed: int) -> list[dict[str, Any]]:
    """What is on air at each step of the first two prizes, in an installation of its own with the ballots of this seed."""
    shutil.copytree(prepared, data)
    with make_app(data).app_context():
        edition = close_day(seed=seed)
        seal_day()
        seen = []
        for _ in range(8):
            step()
            seen += layers(view_of(system(edition)))
        db.session.remove()
        db.engine.dispose()
    return seen


def test_two_installations_that_differ_in_ballots_differ_on_air_only_in_winners(prepared: Path, tmp_path: Path) -> None:
    first, second = told(prepared, tmp_path / "1", 1), told(prepared, tmp_path / "2", 2)

    assert [layer["step"] for layer in first] == [0, 1, 2, 3, 0, 1, 2, 3]
    differ = [index for index, (one, other) in enumerate(zip(first, second, strict=True)) if one != other]
    assert set(differ) <= {3, 7}
    for layer in first + second:
        assert (layer["data"]["winners"] is None) == (layer["step"] != 3)
        layer["data"].pop("winners")
    assert first == second
