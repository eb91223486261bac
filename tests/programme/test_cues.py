"""The director's operations through the one door of commands: what they do, what they refuse, once per op_id."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventapp import clock, commands, journal
from eventapp.access import Role, system
from eventapp.demo import finalists
from eventapp.extensions import db
from eventapp.live import View
from eventapp.models import Category, ChannelRev, Cue, Edition, Entry, Slot
from eventapp.presets import load_sample
from eventapp.programme import operations, queries
from eventapp.rules.refusal import Refusal
from tests.page import PageClient, csrf_of
from tests.programme.day import edition_at, link_to, tick


def post(client: PageClient, op_id: str, name: str, **args: Any) -> Any:
    """The command as a program gives it, from a signed-in browser."""
    answer = client.post(
        f"/commands/{op_id}", json={"name": name, "args": {k.rstrip("_"): v for k, v in args.items()}}, headers=token(client)
    )
    return answer.get_json()


def token(client: PageClient) -> dict[str, str]:
    """The browser's CSRF token, fetched once."""
    if "token" not in client.__dict__:
        client.__dict__["token"] = csrf_of(client.get("/code").get_data(as_text=True))
    return {"X-CSRF-Token": client.__dict__["token"]}


@pytest.fixture
def edition(app: Flask) -> Edition:
    """11:05:20 of the day, the first talk about to start."""
    edition = edition_at("11:05:00")
    operations.jump(system(edition), op_id="jump-there", block="award-operations")
    tick(edition, "11:05:20")
    return edition


@pytest.fixture
def director(client: PageClient, edition: Edition) -> PageClient:
    client.enter(link_to(edition, Role.DIRECTOR))
    return client


def three(edition: Edition) -> list[str | None]:
    found = queries.now_next(View(edition, edition_now(edition)))
    return [found[name] and found[name]["slot"] for name in ("now", "standby", "next")]


def edition_now(edition: Edition) -> Any:
    return clock.now(edition)


def test_place_finalists_cuts_the_block_into_equal_whole_seconds(edition: Edition) -> None:
    slots = [slot for slot in queries.slots(edition) if slot.block.code == "award-operations"]
    assert [slot.code for slot in slots] == [f"award-operations-{n}" for n in range(1, 12)]
    # 65 minutes = 3900 s; 3900 // 11 = 354 s each, 6 s are left over as a gap
    assert {slot.planned_s for slot in slots} == {354}
    assert (slots[-1].planned_start - slots[0].planned_start).total_seconds() == 354 * 10
    assert {(slot.talk_s, slot.warn_s, slot.danger_s) for slot in slots} == {(300, 60, 0)}
    assert [slot.anchor for slot in slots] == ["fixed"] + ["follow"] * 10
    assert slots[0].position == slots[0].block.position * 100 + 1


def test_place_finalists_again_replaces_them_until_the_block_has_begun(edition: Edition) -> None:
    idea = db.session.scalars(select(Category).where(Category.code == "idea")).one()
    entries = list(reversed(finalists(load_sample("connect-day-2025"), idea)))
    operations.place_finalists(system(edition), idea, entries)
    slots = db.session.scalars(select(Slot).where(Slot.code.startswith("award-idea-")).order_by(Slot.position))
    assert [slot.entry_id for slot in slots] == [entry.id for entry in entries]
    operations.jump(system(edition), op_id="to-idea", block="award-idea")
    operations.go(system(edition), op_id="go-idea-1", to="award-idea-1")
    with pytest.raises(Refusal, match="block.started"):
        operations.place_finalists(system(edition), idea, entries)


def test_place_finalists_refuses_more_than_the_block_holds(edition: Edition) -> None:
    idea = db.session.scalars(select(Category).where(Category.code == "idea")).one()
    entries = list(db.session.scalars(select(Entry).limit(11)))
    with pytest.raises(Refusal, match="block.overfilled"):  # 50 min / 11 = 272 s < 300 s
        operations.place_finalists(system(edition), idea, entries)
    with pytest.raises(Refusal, match="block.emptied"):
        operations.place_finalists(system(edition), idea, [])


def test_go_starts_the_next_one_and_moves_every_channel(director: PageClient, edition: Edition) -> None:
    before = dict(db.session.execute(select(ChannelRev.name, ChannelRev.rev)).all())
    assert post(director, "go-000001", "rundown.go", to="award-operations-1")["ok"]
    assert three(edition) == ["award-operations-1", "award-operations-2", "award-operations-3"]
    after = dict(db.session.execute(select(ChannelRev.name, ChannelRev.rev)).all())
    assert {name for name in after if after[name] > before.get(name, 0)} == {"public", "stage", "crew", "overlay", "judge", "chair"}


def test_go_by_two_operators_moves_one_step(director: PageClient, edition: Edition) -> None:
    assert post(director, "go-000001", "rundown.go", to="award-operations-1")["ok"]
    second = post(director, "go-000002", "rundown.go", to="award-operations-1")
    assert (second["ok"], second["code"], second["current"]) == (False, "cue.superseded", "award-operations-1")
    assert three(edition)[0] == "award-operations-1"


def test_the_same_op_id_gives_the_same_answer_and_one_cue(director: PageClient, edition: Edition) -> None:
    first = post(director, "go-000001", "rundown.go", to="award-operations-1")
    assert post(director, "go-000001", "rundown.go", to="award-operations-1") == first
    assert db.session.scalar(select(func.count()).select_from(Cue).where(Cue.op_id == "go-000001")) == 1
    assert post(director, "go-000001", "rundown.go", to="award-operations-2")["code"] == "command.reused"


@pytest.mark.parametrize(
    ("name", "args", "code"),
    [
        ("rundown.go", {"from_": "award-operations-3", "to": "award-operations-4"}, "cue.superseded"),
        ("rundown.go", {"from_": "award-operations-1", "to": "no-such"}, "slot.unknown"),
        ("rundown.go", {"from_": "award-operations-1", "to": "award-operations-1"}, "slot.started"),
        ("rundown.go", {"from_": "award-operations-1", "to": "opening"}, "slot.finished"),
        ("rundown.go", {"to": 7}, "request.malformed"),
        ("rundown.add", {"seconds": 30.5}, "request.malformed"),
        ("rundown.add", {"seconds": True}, "request.malformed"),
        ("rundown.add", {"seconds": 0}, "request.malformed"),
        ("rundown.add", {"seconds": 3601}, "request.malformed"),
        ("rundown.resume", {}, "slot.resumed"),
        ("rundown.skip", {"slot": "opening"}, "slot.finished"),
        ("rundown.skip", {"slot": "no-such"}, "slot.unknown"),
        ("rundown.no_show", {"slot": ""}, "slot.unknown"),
        ("rundown.insert", {"after": "no-such", "title": "追加", "seconds": 60}, "slot.unknown"),
        ("rundown.insert", {"after": "lunch", "title": " ", "seconds": 60}, "request.malformed"),
        ("rundown.insert", {"after": "lunch", "title": "追加", "seconds": -1}, "request.malformed"),
        ("rundown.undo", {"cue": "no-such-cue"}, "cue.unknown"),
        ("rundown.undo", {"cue": "jump-there-1"}, "cue.superseded"),
        ("rundown.message", {"text": "あ" * 61}, "message.overlong"),
        ("rundown.message", {"text": None}, "request.malformed"),
        ("clock.jump", {"block": "no-such"}, "block.missing"),
        ("clock.jump", {"block": "award-operations"}, "block.passed"),
        ("rundown.apply", {"what_if": 1}, "command.unknown"),
    ],
)
def test_refused_commands_leave_the_stage_alone(director: PageClient, edition: Edition, name: str, args: Any, code: str) -> None:
    assert post(director, "go-000001", "rundown.go", to="award-operations-1")["ok"]
    cues = db.session.scalar(select(func.count()).select_from(Cue))
    answer = post(director, "bad-000001", name, **args)
    assert (answer["ok"], answer["code"]) == (False, code)
    assert answer["text"]
    assert db.session.scalar(select(func.count()).select_from(Cue)) == cues


def test_add_refuses_not_a_number(director: PageClient, edition: Edition) -> None:
    body = '{"name": "rundown.add", "args": {"seconds": NaN}}'
    answer = director.post("/commands/bad-000002", data=body, content_type="application/json", headers=token(director))
    assert (answer.get_json()["ok"], answer.get_json()["code"]) == (False, "request.malformed")


@pytest.mark.parametrize("name", ["rundown.pause", "rundown.resume", "rundown.add"])
def test_nothing_on_stage_cannot_be_timed(director: PageClient, edition: Edition, name: str) -> None:
    args = {"seconds": 30} if name == "rundown.add" else {}
    assert post(director, "bad-000003", name, **args)["code"] == "slot.idled"


def test_pause_resume_and_add_make_the_timer_of_the_contract(director: PageClient, edition: Edition) -> None:
    post(director, "go-000001", "rundown.go", to="award-operations-1")
    tick(edition, "11:06:20")
    post(director, "pause-0001", "rundown.pause")
    tick(edition, "11:06:50")
    post(director, "resume-001", "rundown.resume")
    post(director, "add-000001", "rundown.add", seconds=-30)
    assert queries.timer(View(edition, edition_now(edition))) == {
        "slot": "award-operations-1", "started_at": "2025-12-24T02:05:20.000Z", "duration_ms": 300_000, "added_ms": -30_000,
        "paused_at": None, "paused_ms": 30_000, "warn_s": 60, "danger_s": 0,
    }  # fmt: skip


def test_minus_below_zero_does_not_end_the_talk(director: PageClient, edition: Edition) -> None:
    post(director, "go-000001", "rundown.go", to="award-operations-1")
    post(director, "add-000001", "rundown.add", seconds=-600)
    assert three(edition)[0] == "award-operations-1"


def test_skip_and_no_show_leave_a_slot_out_and_undo_brings_it_back(director: PageClient, edition: Edition) -> None:
    post(director, "go-000001", "rundown.go", to="award-operations-1")
    post(director, "skip-00001", "rundown.skip", slot="award-operations-2")
    post(director, "skip-00002", "rundown.no_show", slot="award-operations-3")
    assert three(edition) == ["award-operations-1", "award-operations-4", "award-operations-5"]
    day = queries.day(View(edition, edition_now(edition)))
    assert [queries.item(day, f"award-operations-{n}")["missed"] for n in (2, 3)] == [False, True]
    assert post(director, "undo-00001", "rundown.undo", cue="skip-00002")["ok"]
    assert three(edition)[1] == "award-operations-3"
    assert post(director, "undo-00002", "rundown.undo", cue="skip-00001")["ok"]
    assert three(edition)[1] == "award-operations-2"


def test_an_inserted_item_comes_next_and_was_never_planned(director: PageClient, edition: Edition) -> None:
    post(director, "go-000001", "rundown.go", to="award-operations-1")
    answer = post(director, "insert-001", "rundown.insert", after="award-operations-1", title="機材の\n確認", seconds=120)
    assert answer == {"ok": True, "slot": "inserted-1"}
    shown = queries.now_next(View(edition, edition_now(edition)))["standby"]
    assert (shown["slot"], shown["title"], shown["kind"], shown["delta_s"], shown["entry"]) == (
        "inserted-1",
        "機材の 確認",
        "other",
        None,
        None,
    )
    post(director, "go-000002", "rundown.go", from_="award-operations-1", to="inserted-1")
    assert queries.now_next(View(edition, edition_now(edition)))["now"]["slot"] == "inserted-1"


def test_message_is_for_the_stage_and_an_empty_one_clears_it(director: PageClient, edition: Edition) -> None:
    assert post(director, "words-0001", "rundown.message", text="あと1分です", blink=True)["ok"]
    view = View(edition, edition_now(edition))
    assert queries.stage_notices(view) == [{"kind": "message", "text": "あと1分です", "blink": True, "at": clock.iso(view.now)}]
    assert "あと1分" not in director.get("/live/public").get_data(as_text=True)
    assert post(director, "words-0002", "rundown.message", text="")["ok"]
    assert queries.stage_notices(view) == []


def test_jump_lets_the_time_between_happen_as_planned(edition: Edition) -> None:
    operations.go(system(edition), op_id="go-1", to="award-operations-1")
    operations.jump(system(edition), op_id="jump-2", block="award-idea")
    assert clock.iso(edition_now(edition)) == "2025-12-24T04:40:00.000Z"
    assert three(edition) == [None, "award-idea-1", "award-idea-2"]
    blocks = {block["code"]: (block["state"], block["end_delta_s"]) for block in queries.schedule(View(edition, edition_now(edition)))}
    assert blocks["award-operations"] == ("done", 6)  # until the break begins: 3900 − 11 · 354 s are left over
    assert blocks["lunch"] == ("done", 0)


def test_a_real_edition_cannot_jump(edition: Edition) -> None:
    edition.kind = "real"
    db.session.commit()
    with pytest.raises(Refusal, match="clock.refused"):
        operations.jump(system(edition), op_id="jump-2", block="award-idea")


@pytest.mark.parametrize("role", [Role.MC, Role.CHAIR, Role.SWITCHER, Role.RECEPTION])
def test_only_the_desk_may_cue(client: PageClient, edition: Edition, role: Role) -> None:
    client.enter(link_to(edition, role))
    with client.application.test_request_context():
        names = [name for name in commands.COMMANDS if name.startswith(("rundown.", "clock."))]
    for name in names:
        answer = client.post("/commands/bad-role-1", json={"name": name, "args": {}}, headers=token(client))
        assert (answer.status_code, answer.get_json()["code"]) == (401, "access.denied")


def test_every_cue_stands_in_the_journal(director: PageClient, edition: Edition) -> None:
    post(director, "go-000001", "rundown.go", to="award-operations-1")
    post(director, "skip-00001", "rundown.no_show", slot="award-operations-2")
    lines = journal.lines(edition)[-2:]
    assert [line["act"] for line in lines] == ["rundown.gone", "slot.missed"]
    assert lines[0]["details"] == {"slot": "award-operations-1", "verb": "start", "seen": None, "overtaken": []}
    assert journal.findings(journal.lines(edition)) == []


def test_expected_times_are_told_while_a_talk_runs_over(edition: Edition) -> None:
    def revs() -> tuple[int | None, int | None]:
        names = dict(db.session.execute(select(ChannelRev.name, ChannelRev.rev)).all())
        return names.get("public"), names.get("overlay")

    operations.go(system(edition), op_id="go-1", to="award-operations-1")
    tick(edition, "11:08:00", rate=1)
    calm = revs()
    operations.show_expected_times(system(edition, "ticker"))
    assert revs() == calm  # within its time nothing moves
    tick(edition, "11:13:00", rate=1)  # planned until 11:11:14
    operations.show_expected_times(system(edition, "ticker"))
    assert revs() == ((calm[0] or 0) + 1, calm[1])
