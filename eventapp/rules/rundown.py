"""The rundown: what was planned, what happened (a fold of cues), what is expected (one forward pass per track).

Running the day never changes the plan. Instants are aware UTC datetimes, durations whole seconds, and `delta_s` is
expected − planned everywhere: positive means late.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from eventapp.rules.refusal import Refusal

Verb = Literal["start", "pause", "resume", "add", "end", "skip", "unskip", "move", "insert"]
Anchor = Literal["fixed", "follow"]
State = Literal["upcoming", "standby", "on", "done", "skipped"]

ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class Slot:
    """One planned item of a track.

    `planned_s` includes the changeover, `talk_s` is what the speaker's timer counts (None: all of it).
    `minimum_s` is how far a break (or a hard end) may shrink; None: a break not at all, a hard end to nothing.
    """

    id: str
    track: str
    block: str
    position: int
    kind: str
    planned_start: datetime
    planned_s: int
    entry: str | None = None
    anchor: Anchor = "follow"
    hard_end: bool = False
    minimum_s: int | None = None
    warn_s: int = 60
    danger_s: int = 0
    talk_s: int | None = None
    title: str = ""

    @property
    def planned_end(self) -> datetime:
        """Planned start plus planned duration."""
        return self.planned_start + timedelta(seconds=self.planned_s)


@dataclass(frozen=True, slots=True)
class Cue:
    """One thing that was done to the rundown; append-only, counted once per `op_id`, in the order of the list.

    `value`: seconds of add (may be negative) and insert. `after`: the slot behind which move and insert put this one
    (move: empty = to the front of its track). `undoes`: the op_id that this cue compensates; its own verb then says
    what is taken back and has no effect.
    """

    at: datetime
    slot: str
    verb: Verb
    op_id: str
    value: int = 0
    after: str = ""
    title: str = ""
    undoes: str | None = None


@dataclass(frozen=True, slots=True)
class Actual:
    """What has happened to a slot so far; `paused` is the sum of the finished pauses."""

    slot: str
    state: State = "upcoming"
    started_at: datetime | None = None
    ended_at: datetime | None = None
    added_s: int = 0
    paused_at: datetime | None = None
    paused: timedelta = ZERO


@dataclass(frozen=True, slots=True)
class Expected:
    """When a slot is expected to start and end, and how late that is; nothing of it for a skipped slot."""

    slot: str
    state: State
    starts_at: datetime | None
    ends_at: datetime | None
    delta_s: int | None


@dataclass(frozen=True, slots=True)
class NowNext:
    """進行中 (only after its start), 準備中 (goes on stage at the next GO) and 次 (the one behind it)."""

    now: Slot | None
    standby: Slot | None
    next: Slot | None


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer described, never ticked: clients draw it from these and the server's clock."""

    slot: str
    started_at: datetime
    duration_ms: int
    added_ms: int
    paused_at: datetime | None
    paused_ms: int
    warn_s: int
    danger_s: int


@dataclass(frozen=True, slots=True)
class Place:
    """A planned place of a track: who moves takes the place's anchor and start, so a swap leaves the block in time."""

    anchor: Anchor
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the forward pass: a slot, what happened to it, and the place it takes in the order of play."""

    slot: Slot
    actual: Actual
    place: Place


@dataclass(frozen=True, slots=True)
class Part:
    """One of the equal parts of a block: start, whole length, and the seconds that are for speaking."""

    start: datetime
    planned_s: int
    talk_s: int


def generate(block_start: datetime, block_seconds: int, n: int, *, talk_s: int = 300) -> tuple[Part, ...]:
    """Cut a block into n equal parts of whole seconds, talk and changeover; what is left over is a gap at its end.

    Refuses `block.overfilled` when the parts would be shorter than the talk, `block.emptied` when n < 1.
    """
    if n < 1:
        raise Refusal("block.emptied", n=n)
    each = block_seconds // n
    if each < talk_s:
        raise Refusal("block.overfilled", n=n, needed_s=n * talk_s, block_s=block_seconds)
    return tuple(Part(block_start + timedelta(seconds=i * each), each, talk_s) for i in range(n))


def effective(cues: Iterable[Cue]) -> list[Cue]:
    """The cues that count: the first of each op_id, without those undone and without the undoing itself."""
    first: dict[str, Cue] = {}
    for cue in cues:
        first.setdefault(cue.op_id, cue)
    undone: set[str] = set()
    for cue in reversed(first.values()):
        if cue.undoes is not None and cue.op_id not in undone:
            undone.add(cue.undoes)
    return [cue for cue in first.values() if cue.undoes is None and cue.op_id not in undone]


def running_order(slots: Iterable[Slot], cues: Iterable[Cue]) -> list[Slot]:
    """The plan by track and time, with what cues have moved and inserted; cues that name unknown slots do nothing."""
    order = sorted(slots, key=lambda s: (s.track, s.planned_start, s.position, s.id))
    for cue in effective(cues):
        if cue.verb == "insert":
            _insert(order, cue)
        elif cue.verb == "move":
            _move(order, cue)
    return order


def _insert(order: list[Slot], cue: Cue) -> None:
    at = _index(order, cue.after)
    if at is None or _index(order, cue.slot) is not None:
        return
    before = order[at]
    order.insert(
        at + 1,
        Slot(
            id=cue.slot,
            track=before.track,
            block=before.block,
            position=before.position,
            kind="other",
            planned_start=before.planned_end,
            planned_s=max(0, cue.value),
            title=cue.title,
        ),
    )


def _move(order: list[Slot], cue: Cue) -> None:
    at = _index(order, cue.slot)
    if at is None or cue.after == cue.slot:
        return
    slot = order[at]
    front = next(i for i, s in enumerate(order) if s.track == slot.track)
    behind = _index(order, cue.after) if cue.after else front - 1
    if behind is None or (cue.after and order[behind].track != slot.track):
        return
    order.remove(slot)
    order.insert(behind + 1 if behind < at else behind, slot)


def _index(order: Sequence[Slot], slot: str) -> int | None:
    return next((i for i, s in enumerate(order) if s.id == slot), None)


def fold(slots: Iterable[Slot], cues: Iterable[Cue]) -> dict[str, Actual]:
    """What happened, per slot id, in the running order; never fails: a cue that makes no sense does nothing.

    A start ends what was on the same track's stage. The first slot to come on each track is `standby`.
    """
    counted = effective(cues)
    order = running_order(slots, counted)
    actual = {slot.id: Actual(slot.id) for slot in order}
    track = {slot.id: slot.track for slot in order}
    on: dict[str, str] = {}
    for cue in counted:
        if cue.slot not in actual:
            continue
        if cue.verb == "start" and actual[cue.slot].state == "upcoming":
            current = on.get(track[cue.slot])
            if current is not None:
                actual[current] = _ended(actual[current], cue.at)
            on[track[cue.slot]] = cue.slot
        actual[cue.slot] = _applied(actual[cue.slot], cue)
        if on.get(track[cue.slot]) == cue.slot and actual[cue.slot].state != "on":
            del on[track[cue.slot]]
    for first in _first_to_come(order, actual):
        actual[first] = replace(actual[first], state="standby")
    return actual


def _applied(actual: Actual, cue: Cue) -> Actual:
    """The slot after one cue."""
    match cue.verb, actual.state:
        case "start", "upcoming":
            return replace(actual, state="on", started_at=cue.at)
        case "pause", "on" if actual.paused_at is None:
            return replace(actual, paused_at=cue.at)
        case "resume", "on":
            return _resumed(actual, cue.at)
        case "add", "upcoming" | "on":
            return replace(actual, added_s=actual.added_s + cue.value)
        case "end", "on":
            return _ended(actual, cue.at)
        case "skip", "upcoming":
            return replace(actual, state="skipped")
        case "skip", "on":
            return replace(_ended(actual, cue.at), state="skipped")
        case "unskip", "skipped":
            return Actual(actual.slot, added_s=actual.added_s)
    return actual


def _resumed(actual: Actual, at: datetime) -> Actual:
    if actual.paused_at is None:
        return actual
    return replace(actual, paused_at=None, paused=actual.paused + max(ZERO, at - actual.paused_at))


def _ended(actual: Actual, at: datetime) -> Actual:
    ended_at = at if actual.started_at is None else max(actual.started_at, at)
    return replace(_resumed(actual, at), state="done", ended_at=ended_at)


def _first_to_come(order: Sequence[Slot], actual: dict[str, Actual]) -> Iterator[str]:
    for track in _tracks(order):
        yield from [s.id for s in _play(track, actual) if actual[s.id].state == "upcoming"][:1]


def _tracks(order: Sequence[Slot]) -> list[list[Slot]]:
    tracks: dict[str, list[Slot]] = {}
    for slot in order:
        tracks.setdefault(slot.track, []).append(slot)
    return list(tracks.values())


def _play(track: Sequence[Slot], actual: dict[str, Actual]) -> list[Slot]:
    """The order in which a track is really played: an overtaken slot comes behind the one that overtook it."""
    started = [s for s in track if actual[s.id].state in ("on", "done")]
    if not started:
        return list(track)
    cut = track.index(started[-1]) + 1
    by_time = iter(sorted(started, key=lambda s: _time_on_stage(actual[s.id])))
    head = [s if actual[s.id].state == "skipped" else next(by_time) for s in track[:cut] if actual[s.id].state in ("on", "done", "skipped")]
    overtaken = [s for s in track[:cut] if actual[s.id].state in ("upcoming", "standby")]
    return [*head, *overtaken, *track[cut:]]


def _time_on_stage(actual: Actual) -> tuple[datetime | None, bool, datetime | None]:
    """Sorts by when it was played; of those begun at one instant the one that ended first was first, the one still on is last."""
    return actual.started_at, actual.state == "on", actual.ended_at or actual.started_at


def _lay(slots: Sequence[Slot], cues: Iterable[Cue]) -> list[list[Step]]:
    """Every track's slots in the order of play, each on the place it takes."""
    counted = effective(cues)
    actual = fold(slots, counted)
    planned = {slot.id: slot for slot in slots}
    tracks = _tracks(running_order(slots, counted))
    plans = {track[0].track: track for track in _tracks(running_order(slots, []))}
    return [list(_placed(_play(track, actual), plans[track[0].track], actual, planned)) for track in tracks]


def _placed(play: Sequence[Slot], plan: Sequence[Slot], actual: dict[str, Actual], planned: dict[str, Slot]) -> Iterator[Step]:
    places = iter(plan)
    end = plan[0].planned_start
    for slot in play:
        if slot.id in planned:
            spot = next(places)
            place = Place(spot.anchor, spot.planned_start, spot.planned_end)
        else:
            place = Place("follow", end, end)
        end = place.end
        yield Step(slot, actual[slot.id], place)


def project(slots: Sequence[Slot], cues: Iterable[Cue], now: datetime) -> dict[str, Expected]:
    """Expected start, end and delta of every slot, in the order of play; one pass per track.

    Fixed never starts early; follow starts when the one before ends (a planned gap is kept, a delay eats it); what has
    not started is never expected before `now`, so leave tracks that nobody cues (booths) out. What-if: add cues.
    """
    expected: dict[str, Expected] = {}
    for track in _lay(slots, cues):
        expected.update((one.slot, one) for one in _pass(track, now))
    return expected


def _pass(track: Sequence[Step], now: datetime) -> Iterator[Expected]:
    free: datetime | None = None
    before = track[0].place.start
    for step in track:
        actual = step.actual
        earliest = _earliest(step.place, free, before)
        before = step.place.end
        if actual.state == "skipped":
            free = earliest
            yield Expected(actual.slot, "skipped", None, None, None)
            continue
        start = actual.started_at or max(earliest, now)
        free = actual.ended_at or max(_ends(step, start, now), now)
        late = int((start - step.slot.planned_start).total_seconds())
        yield Expected(actual.slot, actual.state, start, free, late)


def _earliest(place: Place, free: datetime | None, before: datetime) -> datetime:
    """When a place can begin, if the stage is free at `free` and the place before it was planned to end at `before`."""
    if free is None:
        return place.start
    early = ZERO if place.anchor == "fixed" else min(ZERO, free - before)
    return max(free, place.start + early)


def _ends(step: Step, start: datetime, now: datetime) -> datetime:
    """When a slot that begins at `start` ends, pauses and added time counted, if nobody overruns."""
    paused = step.actual.paused
    if step.actual.paused_at is not None:
        paused += max(ZERO, now - step.actual.paused_at)
    return max(start, _natural_end(step.slot, step.place, start + paused) + timedelta(seconds=step.actual.added_s))


def _natural_end(slot: Slot, place: Place, start: datetime) -> datetime:
    full = timedelta(seconds=slot.planned_s)
    if slot.hard_end:
        return max(start + timedelta(seconds=slot.minimum_s or 0), place.start + full)
    if slot.kind == "break" and slot.minimum_s is not None:
        return min(start + full, max(start + timedelta(seconds=slot.minimum_s), place.start + full))
    return start + full


def now_next(slots: Sequence[Slot], cues: Iterable[Cue], track: str) -> NowNext:
    """Who is on a track's stage, who is in standby, who is next; None where there is nobody."""
    steps = _track(slots, cues, track)
    now = next((s.slot for s in steps if s.actual.state == "on"), None)
    coming = [s.slot for s in steps if s.actual.state in ("standby", "upcoming")]
    return NowNext(now, *([*coming, None, None][:2]))


def timer(slots: Sequence[Slot], cues: Iterable[Cue], track: str) -> Timer | None:
    """The described timer of what is on a track's stage; None when nothing is."""
    for step in _track(slots, cues, track):
        slot, actual = step.slot, step.actual
        if actual.state == "on" and actual.started_at is not None:
            whole = _natural_end(slot, step.place, actual.started_at) - actual.started_at
            length = whole if slot.talk_s is None else timedelta(seconds=slot.talk_s)
            return Timer(
                slot=slot.id,
                started_at=actual.started_at,
                duration_ms=_ms(length),
                added_ms=actual.added_s * 1000,
                paused_at=actual.paused_at,
                paused_ms=_ms(actual.paused),
                warn_s=slot.warn_s,
                danger_s=slot.danger_s,
            )
    return None


def _ms(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)


def _track(slots: Sequence[Slot], cues: Iterable[Cue], track: str) -> list[Step]:
    return [step for steps in _lay(slots, cues) for step in steps if step.slot.track == track]


def may_go(slots: Sequence[Slot], cues: Iterable[Cue], frm: str | None, to: str | None) -> tuple[str, ...]:
    """May the stage go from the slot that the person saw on it (None: empty) to another (None: leave it empty)?

    Refuses `cue.superseded` with the `current` slot when it is another by now, so two operators neither skip nor
    double a step; `slot.unknown`, `slot.started`, `slot.finished`, `slot.skipped` when `to` cannot be started.
    Returns the slots that this step would overtake: empty for the plain next step.
    """
    counted = effective(cues)
    states = {a.slot: a.state for a in fold(slots, counted).values()}
    for slot in (frm, to):
        if slot is not None and slot not in states:
            raise Refusal("slot.unknown", slot=slot)
    if frm is None and to is None:
        raise Refusal("slot.unknown", slot=None)
    track = next(s.track for s in running_order(slots, counted) if s.id == (frm if to is None else to))
    steps = _track(slots, counted, track)
    current = next((s.slot.id for s in steps if s.actual.state == "on"), None)
    if frm != current:
        raise Refusal("cue.superseded", current=current)
    if to is None:
        return ()
    _startable(to, states[to])
    coming = [s.slot.id for s in steps if s.actual.state in ("standby", "upcoming")]
    return tuple(coming[: coming.index(to)])


def _startable(slot: str, state: State) -> None:
    codes = {"on": "slot.started", "done": "slot.finished", "skipped": "slot.skipped"}
    if state in codes:
        raise Refusal(codes[state], slot=slot)


def may_cue(slots: Sequence[Slot], cues: Iterable[Cue], verb: Verb, slot: str) -> None:
    """May this cue be given to the slot now? (`start` is `may_go`; for insert, `slot` is the one it goes behind.)

    Refuses `slot.unknown`, `slot.finished`, `slot.skipped`, `slot.idled` (not on stage), `slot.paused`,
    `slot.resumed` (is not paused), `slot.restored` (is not skipped), `slot.started` (cannot be moved any more).
    """
    actual = fold(slots, cues).get(slot)
    if actual is None:
        raise Refusal("slot.unknown", slot=slot)
    code = _hindrance(verb, actual)
    if code is not None:
        raise Refusal(code, slot=slot)


def _hindrance(verb: Verb, actual: Actual) -> str | None:
    if verb == "insert":
        return None
    if verb == "unskip":
        return None if actual.state == "skipped" else "slot.restored"
    if actual.state in ("done", "skipped"):
        return "slot.finished" if actual.state == "done" else "slot.skipped"
    if verb in ("start", "move"):
        return "slot.started" if actual.state == "on" else None
    if verb in ("pause", "resume", "end") and actual.state != "on":
        return "slot.idled"
    if verb == "pause" and actual.paused_at is not None:
        return "slot.paused"
    return "slot.resumed" if verb == "resume" and actual.paused_at is None else None


def undo(slots: Sequence[Slot], cues: Iterable[Cue], op_id: str, *, at: datetime, new_op_id: str) -> Cue:
    """The cue that takes back the cue `op_id`: the newest one of its track only, so what is seen is what returns.

    Refuses `cue.unknown` (no such cue, or already undone) and `cue.superseded` with the newest as `current`.
    """
    counted = effective(cues)
    cue = next((c for c in counted if c.op_id == op_id), None)
    if cue is None:
        raise Refusal("cue.unknown", cue=op_id)
    tracks = {s.id: s.track for s in running_order(slots, counted)}
    newest = [c.op_id for c in counted if tracks.get(c.slot) == tracks.get(cue.slot)][-1]
    if newest != op_id:
        raise Refusal("cue.superseded", current=newest)
    return Cue(at=at, slot=cue.slot, verb=cue.verb, op_id=new_op_id, undoes=op_id)
