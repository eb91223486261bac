"""The rundown: plan, actual and expected, by example and by property."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.rules.refusal import Refusal
from eventapp.rules.rundown import (
    Actual,
    Cue,
    NowNext,
    Slot,
    Timer,
    effective,
    fold,
    generate,
    may_cue,
    may_go,
    now_next,
    project,
    running_order,
    timer,
    undo,
)

START = datetime(2025, 12, 24, 2, 5, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """The instant so many seconds after the block's start."""
    return START + timedelta(seconds=seconds)


def talk(name: str, start: int, *, seconds: int = 360, **more: object) -> Slot:
    """A talk of the stage; the first of a block is fixed, the others follow."""
    fields = {"track": "stage", "block": "one", "position": start, "kind": "entry"} | more
    return Slot(id=name, planned_start=at(start), planned_s=seconds, **fields)


def cue(verb: str, slot: str, seconds: float, **more: object) -> Cue:
    """A cue whose op_id says what it is."""
    fields = {"op_id": f"{verb}-{slot}-{seconds}"} | more
    return Cue(at=at(seconds), slot=slot, verb=verb, **fields)


# a b c of six minutes each, ten minutes of gap, then a fixed session
BLOCK = [
    talk("a", 0, anchor="fixed", talk_s=300),
    talk("b", 360, talk_s=300),
    talk("c", 720, talk_s=300),
    talk("d", 1680, anchor="fixed", seconds=900, kind="session", block="two"),
]


def starts(cues: list[Cue], now: float, slots: list[Slot] = BLOCK) -> dict[str, float | None]:
    """Expected starts in seconds after the block's start."""
    return {
        one.slot: None if one.starts_at is None else (one.starts_at - START).total_seconds()
        for one in project(slots, cues, at(now)).values()
    }


def refused(call: Callable[[], object]) -> tuple[str, dict[str, object]]:
    """Code and details of the refusal that the call raises."""
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value.code, caught.value.details


# --- generate


def test_generate_leaves_the_rest_as_a_gap() -> None:
    # 65 min for 11 talks: 3900 // 11 = 354, and 3900 - 11 * 354 = 6 s are left at the end
    parts = generate(START, 3900, 11)
    assert [part.start for part in parts] == [at(354 * i) for i in range(11)]
    assert {(part.planned_s, part.talk_s) for part in parts} == {(354, 300)}


def test_generate_refuses_too_short_a_block() -> None:
    assert refused(lambda: generate(START, 3299, 11)) == (
        "block.overfilled",
        {"n": 11, "needed_s": 3300, "block_s": 3299},
    )
    assert refused(lambda: generate(START, 3300, 0)) == ("block.emptied", {"n": 0})


@given(st.integers(0, 20_000), st.integers(1, 40), st.integers(1, 300))
def test_generate_never_leaves_the_block(block_s: int, n: int, talk_s: int) -> None:
    if block_s // n < talk_s:
        assert refused(lambda: generate(START, block_s, n, talk_s=talk_s))[0] == "block.overfilled"
        return
    parts = generate(START, block_s, n, talk_s=talk_s)
    end = parts[-1].start + timedelta(seconds=parts[-1].planned_s)
    assert len(parts) == n
    assert 0 <= (at(block_s) - end).total_seconds() < n


# --- fold


def test_fold_without_cues_has_the_first_in_standby() -> None:
    assert [(a.slot, a.state) for a in fold(BLOCK, []).values()] == [
        ("a", "standby"),
        ("b", "upcoming"),
        ("c", "upcoming"),
        ("d", "upcoming"),
    ]


def test_start_ends_what_was_on_stage() -> None:
    actual = fold(BLOCK, [cue("start", "a", 2), cue("start", "b", 365)])
    assert actual["a"] == Actual("a", "done", at(2), at(365))
    assert actual["b"] == Actual("b", "on", at(365))
    assert actual["c"].state == "standby"


def test_end_closes_a_pause() -> None:
    actual = fold(BLOCK, [cue("start", "a", 0), cue("pause", "a", 10), cue("end", "a", 40)])
    assert actual["a"] == Actual("a", "done", at(0), at(40), paused=timedelta(seconds=30))


def test_end_before_the_start_is_clamped() -> None:
    assert fold(BLOCK, [cue("start", "a", 10), cue("end", "a", 4)])["a"].ended_at == at(10)


def test_skip_and_unskip_before_the_start() -> None:
    skip = cue("skip", "b", 5)
    assert fold(BLOCK, [skip])["b"].state == "skipped"
    assert fold(BLOCK, [skip, cue("unskip", "b", 9)])["b"] == Actual("b", "upcoming")


def test_skip_on_stage_frees_the_stage_and_unskip_brings_it_back() -> None:
    cues = [cue("start", "a", 0), cue("add", "a", 1, value=30), cue("skip", "a", 60)]
    assert fold(BLOCK, cues)["a"] == Actual("a", "skipped", at(0), at(60), 30)
    assert now_next(BLOCK, cues, "stage").now is None
    assert fold(BLOCK, [*cues, cue("unskip", "a", 70)])["a"] == Actual("a", "standby", added_s=30)


@pytest.mark.parametrize("verb", ["pause", "resume", "end", "unskip"])
def test_cue_without_sense_does_nothing(verb: str) -> None:
    assert fold(BLOCK, [cue(verb, "b", 5)]) == fold(BLOCK, [])


def test_resume_of_a_running_slot_does_nothing() -> None:
    start = cue("start", "a", 0)
    assert fold(BLOCK, [start, cue("resume", "a", 5)]) == fold(BLOCK, [start])
    assert fold(BLOCK, [start, cue("start", "a", 5)]) == fold(BLOCK, [start])


def test_pause_twice_counts_from_the_first() -> None:
    cues = [cue("start", "a", 0), cue("pause", "a", 10), cue("pause", "a", 20), cue("resume", "a", 30)]
    assert fold(BLOCK, cues)["a"].paused == timedelta(seconds=20)


def test_cue_of_an_unknown_slot_does_nothing() -> None:
    assert fold(BLOCK, [cue("start", "zzz", 0)]) == fold(BLOCK, [])


def test_op_id_counts_once() -> None:
    add = cue("add", "a", 5, value=30)
    assert fold(BLOCK, [add, add, replace(add, value=99)])["a"].added_s == 30


def test_undone_start_gives_the_stage_back() -> None:
    cues = [cue("start", "a", 0), cue("start", "b", 300)]
    back = undo(BLOCK, cues, "start-b-300", at=at(303), new_op_id="u1")
    assert back == Cue(at=at(303), slot="b", verb="start", op_id="u1", undoes="start-b-300")
    assert fold(BLOCK, [*cues, back]) == fold(BLOCK, cues[:1])


def test_undone_undo_is_done_again() -> None:
    add = cue("add", "a", 5, value=30)
    first = Cue(at=at(6), slot="a", verb="add", op_id="u1", undoes=add.op_id)
    second = Cue(at=at(7), slot="a", verb="add", op_id="u2", undoes="u1")
    assert effective([add, first]) == []
    assert effective([add, first, second]) == [add]


def test_undo_takes_the_newest_of_the_track_only() -> None:
    other = talk("x", 0, track="other")
    cues = [cue("start", "a", 0), cue("add", "a", 5, value=30), cue("start", "x", 9)]
    slots = [*BLOCK, other]
    assert refused(lambda: undo(slots, cues, "start-a-0", at=at(10), new_op_id="u")) == (
        "cue.superseded",
        {"current": "add-a-5"},
    )
    assert refused(lambda: undo(slots, cues, "nothing", at=at(10), new_op_id="u")) == (
        "cue.unknown",
        {"cue": "nothing"},
    )
    assert undo(slots, cues, "add-a-5", at=at(10), new_op_id="u").undoes == "add-a-5"


# --- order


def order(cues: list[Cue]) -> str:
    """The running order as one word."""
    return "".join(slot.id for slot in running_order(BLOCK, cues))


def test_move_behind_before_and_to_the_front() -> None:
    assert order([cue("move", "a", 0, after="c")]) == "bcad"
    assert order([cue("move", "c", 0, after="a")]) == "acbd"
    assert order([cue("move", "c", 0)]) == "cabd"
    assert order([cue("move", "a", 0)]) == "abcd"


def test_move_without_sense_changes_nothing() -> None:
    assert order([cue("move", "zzz", 0, after="a")]) == "abcd"
    assert order([cue("move", "a", 0, after="a")]) == "abcd"
    assert order([cue("move", "a", 0, after="zzz")]) == "abcd"
    slots = [*BLOCK, talk("x", 0, track="other")]
    moved = running_order(slots, [cue("move", "a", 0, after="x")])
    assert [slot.id for slot in moved] == ["x", "a", "b", "c", "d"]


def test_moved_slot_takes_the_place_of_the_plan() -> None:
    assert starts([cue("move", "c", -60)], -30) == {"c": 0, "a": 360, "b": 720, "d": 1680}
    # the delta is against the own plan of each: c planned at 720 now begins at 0
    expected = project(BLOCK, [cue("move", "c", -60)], at(-30))
    assert [(one.slot, one.delta_s) for one in expected.values()] == [("c", -720), ("a", 360), ("b", 360), ("d", 0)]


def test_inserted_slot_pushes_what_follows() -> None:
    cues = [cue("insert", "x", 5, after="a", value=120, title="Governor")]
    assert starts(cues, 0) == {"a": 0, "x": 360, "b": 480, "c": 840, "d": 1680}
    assert running_order(BLOCK, cues)[1] == talk("x", 360, seconds=120, kind="other", position=0, title="Governor")


def test_insert_without_sense_changes_nothing() -> None:
    assert order([cue("insert", "x", 5, after="zzz", value=120)]) == "abcd"
    assert order([cue("insert", "b", 5, after="a", value=120)]) == "abcd"


def test_inserted_slot_can_go_on_stage() -> None:
    cues = [cue("start", "a", 0), cue("insert", "x", 5, after="a", value=120)]
    assert may_go(BLOCK, cues, "a", "x") == ()
    assert starts([*cues, cue("start", "x", 300)], 310) == {"a": 0, "x": 300, "b": 420, "c": 780, "d": 1680}


# --- project


def test_expected_equals_plan_before_the_first_cue() -> None:
    expected = project(BLOCK, [], at(-600))
    assert [(e.starts_at, e.ends_at, e.delta_s) for e in expected.values()] == [(slot.planned_start, slot.planned_end, 0) for slot in BLOCK]


def test_delay_runs_through_the_block_and_dies_in_the_gap() -> None:
    cues = [cue("start", "a", 130)]
    assert starts(cues, 140) == {"a": 130, "b": 490, "c": 850, "d": 1680}
    assert [one.delta_s for one in project(BLOCK, cues, at(140)).values()] == [130, 130, 130, 0]


def test_delay_longer_than_the_gap_reaches_the_fixed_session() -> None:
    # c ends at 1080 + 700 = 1780, a hundred seconds behind the plan of d
    assert starts([cue("start", "a", 700)], 700)["d"] == 1780


def test_running_slot_overruns_with_now() -> None:
    cues = [cue("start", "a", 0)]
    assert starts(cues, 359)["b"] == 360
    assert starts(cues, 400)["b"] == 400


def test_early_block_pulls_the_followers_and_never_the_fixed() -> None:
    cues = [cue("start", "a", 0), cue("start", "b", 200)]
    assert starts(cues, 200) == {"a": 0, "b": 200, "c": 560, "d": 1680}


def test_planned_gap_before_a_follower_is_kept_when_early_and_eaten_when_late() -> None:
    slots = [talk("a", 0, anchor="fixed"), talk("b", 400)]
    assert starts([cue("start", "a", 0), cue("end", "a", 300)], 300, slots)["b"] == 340
    assert starts([cue("start", "a", 30)], 30, slots)["b"] == 400


def test_nothing_is_expected_in_the_past() -> None:
    assert starts([], 100) == {"a": 100, "b": 460, "c": 820, "d": 1680}


def test_added_and_paused_seconds_push() -> None:
    cues = [cue("start", "a", 0), cue("add", "a", 5, value=60), cue("pause", "a", 100)]
    assert starts(cues, 110)["b"] == 360 + 60 + 10
    assert starts([*cues, cue("resume", "a", 120)], 130)["b"] == 360 + 60 + 20


def test_taken_seconds_never_end_a_slot_before_its_start() -> None:
    cues = [cue("start", "a", 0), cue("add", "a", 5, value=-999)]
    assert starts(cues, 6)["b"] == 6


def test_what_if_is_the_same_projection() -> None:
    cues = [cue("start", "a", 130)]
    what_if = [cue("add", slot, 140, value=-20) for slot in "bc"]
    assert starts([*cues, *what_if], 140) == {"a": 130, "b": 490, "c": 830, "d": 1680}


def test_skipped_follower_lets_the_next_move_up() -> None:
    cues = [cue("start", "a", 0), cue("skip", "b", 10)]
    assert starts(cues, 20) == {"a": 0, "b": None, "c": 360, "d": 1680}
    assert project(BLOCK, cues, at(20))["b"].delta_s is None


def test_skipped_fixed_slot_leaves_its_start_to_the_next() -> None:
    assert starts([cue("skip", "a", -90)], -60) == {"a": None, "b": 0, "c": 360, "d": 1680}


def test_skipped_between_started_ones_keeps_its_place() -> None:
    cues = [cue("start", "a", 0), cue("skip", "b", 10), cue("start", "c", 360)]
    assert starts(cues, 370) == {"a": 0, "b": None, "c": 360, "d": 1680}


def test_overtaken_slot_comes_behind() -> None:
    cues = [cue("start", "a", 0), cue("start", "c", 360)]
    assert starts(cues, 370) == {"a": 0, "c": 360, "b": 720, "d": 1680}
    assert fold(BLOCK, cues)["b"].state == "standby"
    assert starts([*cues, cue("start", "b", 715)], 716) == {"a": 0, "c": 360, "b": 715, "d": 1680}


def lunch(**more: object) -> list[Slot]:
    """A talk, a lunch of ten minutes, a talk."""
    noon = {"kind": "break", "anchor": "fixed"} | more
    return [talk("a", 0, anchor="fixed"), talk("lunch", 360, seconds=600, **noon), talk("z", 960)]


def test_break_shrinks_to_its_minimum_and_no_further() -> None:
    assert starts([cue("start", "a", 200)], 200, lunch(minimum_s=300))["z"] == 960
    assert starts([cue("start", "a", 400)], 400, lunch(minimum_s=300))["z"] == 400 + 360 + 300


def test_break_without_minimum_keeps_its_length() -> None:
    assert starts([cue("start", "a", 200)], 200, lunch())["z"] == 200 + 360 + 600


def test_early_break_keeps_its_length() -> None:
    early = [cue("start", "a", 0), cue("end", "a", 100)]
    slots = lunch(minimum_s=300, anchor="follow")
    assert starts(early, 100, slots) == {"a": 0, "lunch": 100, "z": 700}


def test_hard_end_stays_whether_early_or_late() -> None:
    early = [cue("start", "a", 0), cue("end", "a", 100)]
    assert starts(early, 100, lunch(hard_end=True, anchor="follow"))["z"] == 960
    assert starts([cue("start", "a", 500)], 500, lunch(hard_end=True))["z"] == 960
    assert starts([cue("start", "a", 700)], 700, lunch(hard_end=True))["z"] == 1060
    assert starts([cue("start", "a", 500)], 500, lunch(hard_end=True, minimum_s=240))["z"] == 1100


def test_tracks_do_not_touch_each_other() -> None:
    slots = [*BLOCK, talk("x", 0, track="other", anchor="fixed")]
    assert starts([cue("start", "a", 130)], 130, slots)["x"] == 130
    assert fold(slots, [cue("start", "a", 0), cue("start", "x", 9)])["a"].state == "on"


# --- now, standby, next, timer


def test_now_only_after_the_start() -> None:
    a, b, c, d = BLOCK
    assert now_next(BLOCK, [], "stage") == NowNext(None, a, b)
    assert now_next(BLOCK, [cue("start", "a", 0)], "stage") == NowNext(a, b, c)
    assert now_next(BLOCK, [cue("start", "a", 0), cue("skip", "b", 1)], "stage") == NowNext(a, c, d)
    assert now_next(BLOCK, [cue("start", s, i) for i, s in enumerate("abcd")], "stage") == NowNext(d, None, None)
    assert now_next(BLOCK, [], "nowhere") == NowNext(None, None, None)


def test_timer_counts_the_talk_and_not_the_changeover() -> None:
    cues = [cue("start", "a", 0), cue("add", "a", 1, value=30), cue("pause", "a", 2), cue("resume", "a", 3.5)]
    assert timer(BLOCK, cues, "stage") == Timer("a", at(0), 300_000, 30_000, None, 1_500, 60, 0)
    assert timer(BLOCK, [*cues, cue("pause", "a", 9)], "stage") == Timer("a", at(0), 300_000, 30_000, at(9), 1_500, 60, 0)


def test_timer_of_a_late_break_counts_to_its_planned_end() -> None:
    cues = [cue("start", "a", 0), cue("start", "lunch", 460)]
    assert timer(lunch(minimum_s=300), cues, "stage") == Timer("lunch", at(460), 500_000, 0, None, 0, 60, 0)


def test_no_timer_on_an_empty_stage() -> None:
    assert timer(BLOCK, [], "stage") is None


# --- may_go, may_cue


def test_may_go_from_what_the_person_saw() -> None:
    cues = [cue("start", "a", 0)]
    assert may_go(BLOCK, [], None, "a") == ()
    assert may_go(BLOCK, cues, "a", "b") == ()
    assert may_go(BLOCK, cues, "a", None) == ()
    assert may_go(BLOCK, cues, "a", "d") == ("b", "c")


def test_second_operator_neither_skips_nor_doubles() -> None:
    cues = [cue("start", "a", 0), cue("start", "b", 300)]
    assert refused(lambda: may_go(BLOCK, cues, "a", "b")) == ("cue.superseded", {"current": "b"})
    assert refused(lambda: may_go(BLOCK, cues, "a", "c")) == ("cue.superseded", {"current": "b"})
    assert refused(lambda: may_go(BLOCK, cues, None, "c")) == ("cue.superseded", {"current": "b"})
    assert refused(lambda: may_go(BLOCK, [], "a", None)) == ("cue.superseded", {"current": None})


def test_may_go_refuses_what_cannot_start() -> None:
    cues = [cue("start", "a", 0), cue("start", "b", 300), cue("skip", "c", 310)]
    assert refused(lambda: may_go(BLOCK, cues, "b", "a")) == ("slot.finished", {"slot": "a"})
    assert refused(lambda: may_go(BLOCK, cues, "b", "b")) == ("slot.started", {"slot": "b"})
    assert refused(lambda: may_go(BLOCK, cues, "b", "c")) == ("slot.skipped", {"slot": "c"})
    assert refused(lambda: may_go(BLOCK, cues, "b", "zzz")) == ("slot.unknown", {"slot": "zzz"})
    assert refused(lambda: may_go(BLOCK, cues, "zzz", "d")) == ("slot.unknown", {"slot": "zzz"})
    assert refused(lambda: may_go(BLOCK, [], None, None)) == ("slot.unknown", {"slot": None})


ON = [cue("start", "a", 0)]


@pytest.mark.parametrize(
    ("verb", "slot", "cues", "code"),
    [
        ("pause", "zzz", ON, "slot.unknown"),
        ("pause", "b", ON, "slot.idled"),
        ("end", "b", ON, "slot.idled"),
        ("pause", "a", [*ON, cue("pause", "a", 5)], "slot.paused"),
        ("resume", "a", ON, "slot.resumed"),
        ("add", "a", [*ON, cue("end", "a", 5)], "slot.finished"),
        ("skip", "a", [*ON, cue("end", "a", 5)], "slot.finished"),
        ("skip", "b", [*ON, cue("skip", "b", 5)], "slot.skipped"),
        ("unskip", "b", ON, "slot.restored"),
        ("move", "a", ON, "slot.started"),
        ("start", "a", ON, "slot.started"),
    ],
)
def test_may_cue_refuses(verb: str, slot: str, cues: list[Cue], code: str) -> None:
    assert refused(lambda: may_cue(BLOCK, cues, verb, slot)) == (code, {"slot": slot})


@pytest.mark.parametrize(
    ("verb", "slot", "cues"),
    [
        ("pause", "a", ON),
        ("resume", "a", [*ON, cue("pause", "a", 5)]),
        ("add", "a", ON),
        ("add", "b", ON),
        ("skip", "b", ON),
        ("skip", "a", ON),
        ("end", "a", ON),
        ("unskip", "b", [*ON, cue("skip", "b", 5)]),
        ("move", "c", ON),
        ("start", "b", ON),
        ("insert", "a", [*ON, cue("end", "a", 5)]),
    ],
)
def test_may_cue_allows(verb: str, slot: str, cues: list[Cue]) -> None:
    may_cue(BLOCK, cues, verb, slot)


# --- properties


@st.composite
def plans(draw: st.DrawFn) -> list[Slot]:
    """A track without overlap: fixed and follow, breaks and hard ends, gaps anywhere."""
    slots: list[Slot] = []
    clock = 0
    for i in range(draw(st.integers(1, 12))):
        clock += draw(st.sampled_from([0, 0, 0, 60, 600]))
        seconds = draw(st.integers(1, 900))
        least = draw(st.none() | st.integers(0, seconds))
        slots.append(
            talk(
                f"s{i:02}",
                clock,
                seconds=seconds,
                kind=draw(st.sampled_from(["entry", "break", "session"])),
                anchor=draw(st.sampled_from(["fixed", "follow"])),
                hard_end=draw(st.sampled_from([False, False, True])),
                minimum_s=least,
            )
        )
        clock += seconds
    return slots


@st.composite
def days(draw: st.DrawFn) -> tuple[list[Slot], list[Cue], int]:
    """A plan, the cues of a day in the order of time (sense and nonsense), and a now not before the last of them."""
    slots = draw(plans())
    names = [slot.id for slot in slots]
    clock, cues = draw(st.integers(-900, 0)), []
    verbs = ["start"] * 4 + ["pause", "resume", "add", "end", "skip", "unskip", "move", "insert", "undo"]
    for i in range(draw(st.integers(0, 20))):
        clock += draw(st.integers(0, 400))
        verb = draw(st.sampled_from(verbs))
        one = Cue(at(clock), draw(st.sampled_from([*names, "new"])), "add" if verb == "undo" else verb, f"op{i}")
        if verb in ("add", "insert"):
            one = replace(one, value=draw(st.integers(-400, 400)))
        if verb in ("move", "insert"):
            one = replace(one, after=draw(st.sampled_from(["", *names])))
        if verb == "undo":
            one = replace(one, undoes=f"op{draw(st.integers(0, i))}")
        cues.append(one)
    return slots, cues, clock + draw(st.integers(0, 900))


@given(plans())
def test_expected_equals_plan_without_cues(slots: list[Slot]) -> None:
    assert [(e.starts_at, e.ends_at, e.delta_s) for e in project(slots, [], at(0)).values()] == [
        (slot.planned_start, slot.planned_end, 0) for slot in slots
    ]


def test_no_overlap_when_two_were_begun_at_one_instant() -> None:
    slots = [talk(name, position, seconds=1) for position, name in enumerate(("a", "b", "c"))]
    cues = [cue("start", "c", 0), cue("start", "a", 0), cue("start", "b", 1)]

    assert_no_overlap(slots, cues, 1)
    assert list(project(slots, cues, at(1))) == ["c", "a", "b"]


@given(days())
def test_no_overlap(day: tuple[list[Slot], list[Cue], int]) -> None:
    slots, cues, now = day
    assert_no_overlap(slots, cues, now)


def assert_no_overlap(slots: list[Slot], cues: list[Cue], now: int) -> None:
    """Every slot is expected once, none ends before it starts, none starts before the one before it ends."""
    expected = project(slots, cues, at(now))
    assert set(expected) == {slot.id for slot in running_order(slots, cues)}
    spans = [(one.starts_at, one.ends_at) for one in expected.values() if one.starts_at and one.ends_at]
    instants = [instant for span in spans for instant in span]
    assert instants == sorted(instants)


@given(days(), st.integers(0, 900))
def test_later_now_never_makes_anything_earlier(day: tuple[list[Slot], list[Cue], int], more: int) -> None:
    slots, cues, now = day
    before, after = project(slots, cues, at(now)), project(slots, cues, at(now + more))
    assert [name for name in before if (before[name].starts_at or START) > (after[name].starts_at or START)] == []
    assert [name for name in before if (before[name].ends_at or START) > (after[name].ends_at or START)] == []


@given(days(), st.data(), st.integers(1, 900))
def test_longer_slot_never_makes_a_later_one_earlier(day: tuple[list[Slot], list[Cue], int], data: st.DataObject, more: int) -> None:
    slots, cues, now = day
    name = data.draw(st.sampled_from([slot.id for slot in slots]))
    longer = [*cues, Cue(at(now), name, "add", "more", value=more)]
    before, after = project(slots, cues, at(now)), project(slots, longer, at(now))
    assert [n for n in before if (before[n].starts_at or START) > (after[n].starts_at or START)] == []


@given(days())
def test_duplicates_of_an_op_id_count_once(day: tuple[list[Slot], list[Cue], int]) -> None:
    slots, cues, now = day
    doubled = [again for one in cues for again in (one, replace(one, at=at(now)))]
    assert fold(slots, doubled) == fold(slots, cues)
    assert project(slots, doubled, at(now)) == project(slots, cues, at(now))


@given(days())
def test_fold_does_not_depend_on_the_order_of_the_plan(day: tuple[list[Slot], list[Cue], int]) -> None:
    slots, cues, _ = day
    assert fold(slots[::-1], cues) == fold(slots, cues)


@given(days())
def test_one_slot_on_stage_and_one_in_standby_at_most(day: tuple[list[Slot], list[Cue], int]) -> None:
    slots, cues, _ = day
    states = [one.state for one in fold(slots, cues).values()]
    assert states.count("on") <= 1
    assert states.count("standby") == (1 if {"standby", "upcoming"} & set(states) else 0)


@given(plans(), st.lists(st.floats(0, 500), min_size=3, max_size=3), st.integers(0, 900))
def test_pause_split_in_two_equals_one_pause(slots: list[Slot], instants: list[float], now: int) -> None:
    first, split, last = sorted(instants)
    whole = [cue("start", "s00", 0), cue("pause", "s00", first), cue("resume", "s00", last, op_id="end")]
    halves = [
        *whole[:2],
        cue("resume", "s00", split, op_id="split"),
        cue("pause", "s00", split, op_id="again"),
        whole[2],
    ]
    assert fold(slots, halves) == fold(slots, whole)
    assert project(slots, halves, at(now + 500)) == project(slots, whole, at(now + 500))
    assert timer(slots, halves, "stage") == timer(slots, whole, "stage")


@given(days(), st.data())
def test_refused_or_plain_steps_keep_the_order(day: tuple[list[Slot], list[Cue], int], data: st.DataObject) -> None:
    """Whoever only takes steps that are allowed and overtake nobody plays the running order."""
    slots, cues, now = day
    names = [None, *(slot.id for slot in running_order(slots, cues))]
    seen = now_next(slots, cues, "stage")
    current = seen.now.id if seen.now else None
    frm, to = data.draw(st.sampled_from(names)), data.draw(st.sampled_from(names))
    code, overtaken = None, None
    try:
        overtaken = may_go(slots, cues, frm, to)
    except Refusal as refusal:
        code = refusal.code
    assert (code == "cue.superseded") == (frm != current and (frm, to) != (None, None))
    if to is not None and overtaken == ():
        assert seen.standby is not None
        assert seen.standby.id == to
        after = now_next(slots, [*cues, Cue(at(now), to, "start", "go")], "stage")
        assert after.now is not None
        assert after.now.id == to


def calls_to_project(count: int) -> int:
    """How many Python calls the projection of a track of so many slots makes."""
    slots = [talk(f"s{i:04}", 360 * i, anchor="fixed" if i % 10 == 0 else "follow") for i in range(count)]
    cues = [cue("start", f"s{i:04}", 365 * i) for i in range(count // 2)]
    calls = 0

    def counting(_frame: object, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(counting)
    project(slots, cues, at(365 * count // 2))
    sys.setprofile(None)
    return calls


def test_projection_is_linear() -> None:
    assert calls_to_project(80) < 2.2 * calls_to_project(40)
