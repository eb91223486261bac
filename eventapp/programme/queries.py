"""What is planned, what happened, what is expected: read once per document, and cut into the sections of the live channels.

Instants are RFC 3339 in UTC; `_s` are whole seconds, `_ms` milliseconds; `delta_s` is expected − planned: positive means late.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventapp import clock
from eventapp.extensions import db
from eventapp.live import View
from eventapp.models import Block, Booth, Cue, Edition, Entry, Slot, StageMessage
from eventapp.rules import rundown as rules

STAGE = "stage"  # the one track that is cued; booths are open all day
FINISHED = ("done", "skipped")
NOTICEABLE_S = 60  # less is not called late


@dataclass(frozen=True, slots=True)
class Day:
    """One edition's running order at one instant: plan, cues, and what follows from them."""

    edition: Edition
    now: datetime
    blocks: list[Block]
    slots: dict[str, Slot]
    cues: list[rules.Cue]
    order: list[rules.Slot]
    actual: dict[str, rules.Actual]
    expected: dict[str, rules.Expected]
    now_next: rules.NowNext
    timer: rules.Timer | None
    positions: dict[str, tuple[int, int]]  # slot code of an entry -> (3, 11) within its block
    missed: frozenset[str]  # skipped because nobody came

    def plan(self, code: str) -> rules.Slot:
        return next(slot for slot in self.order if slot.id == code)


def slots(edition: Edition) -> list[Slot]:
    """The planned slots in order, with their entries, bodies and categories."""
    entry = joinedload(Slot.entry)
    query = (
        select(Slot)
        .where(Slot.edition_id == edition.id)
        .options(joinedload(Slot.block), entry.joinedload(Entry.category), entry.selectinload(Entry.bodies))
        .order_by(Slot.track, Slot.position)
    )
    return list(db.session.scalars(query))


def cues(edition: Edition) -> list[Cue]:
    """Everything the director did, oldest first."""
    return list(db.session.scalars(select(Cue).where(Cue.edition_id == edition.id).order_by(Cue.id)))


def blocks(edition: Edition) -> list[Block]:
    """The programme as announced, in order."""
    return list(db.session.scalars(select(Block).where(Block.edition_id == edition.id).order_by(Block.track, Block.position)))


def booths(edition: Edition) -> list[Booth]:
    return list(db.session.scalars(select(Booth).where(Booth.edition_id == edition.id).order_by(Booth.position)))


def rule_slot(slot: Slot) -> rules.Slot:
    return rules.Slot(
        id=slot.code, track=slot.track, block=slot.block.code, position=slot.position, kind=slot.kind,
        planned_start=slot.planned_start, planned_s=slot.planned_s, entry=slot.entry.number if slot.entry else None,
        anchor="fixed" if slot.anchor == "fixed" else "follow", hard_end=slot.hard_end, minimum_s=slot.minimum_s,
        warn_s=slot.warn_s, danger_s=slot.danger_s, talk_s=slot.talk_s, title=slot.title,
    )  # fmt: skip


def rule_cue(cue: Cue) -> rules.Cue:
    verb: Any = cue.verb  # the table's CHECK keeps it one of the rule's verbs
    return rules.Cue(
        at=cue.at, slot=cue.slot, verb=verb, op_id=cue.op_id, value=cue.value, after=cue.after, title=cue.title, undoes=cue.undoes
    )


def rundown(edition: Edition) -> tuple[list[rules.Slot], list[rules.Cue]]:
    """Plan and cues of the stage as the rules take them."""
    return [rule_slot(slot) for slot in slots(edition) if slot.track == STAGE], [rule_cue(cue) for cue in cues(edition)]


def day(view: View) -> Day:
    """The running order at the view's instant, read once per round of documents."""
    found: Day = view.once(f"programme.day/{view.edition.id}", lambda: _day(view.edition, view.now))
    return found


def _day(edition: Edition, now: datetime) -> Day:
    planned = [slot for slot in slots(edition) if slot.track == STAGE]
    done = cues(edition)
    plan, given = [rule_slot(slot) for slot in planned], [rule_cue(cue) for cue in done]
    order = rules.running_order(plan, given)
    return Day(
        edition=edition, now=now, blocks=blocks(edition), slots={slot.code: slot for slot in planned}, cues=given, order=order,
        actual=rules.fold(plan, given), expected=rules.project(plan, given, _instant(edition, plan, given, now)),
        now_next=rules.now_next(plan, given, STAGE), timer=rules.timer(plan, given, STAGE), positions=dict(_positions(plan)),
        missed=frozenset(cue.slot for cue in done if cue.note == "no_show"),
    )  # fmt: skip


def expected_times(edition: Edition, now: datetime) -> dict[str, rules.Expected]:
    """When each slot is expected, seen from an instant."""
    plan, given = rundown(edition)
    return rules.project(plan, given, _instant(edition, plan, given, now))


def _instant(edition: Edition, plan: list[rules.Slot], given: list[rules.Cue], now: datetime) -> datetime:
    """The instant to project from: now on the day itself; on other days only what happened counts, no lateness grows."""
    if clock.local(now).date().isoformat() == edition.day or not plan:
        return now
    return max([cue.at for cue in given], default=plan[0].planned_start)


def _positions(plan: Iterable[rules.Slot]) -> Iterable[tuple[str, tuple[int, int]]]:
    """As planned, so that an entry keeps its number when the order of play changes."""
    by_block: dict[str, list[str]] = {}
    for slot in plan:
        if slot.kind == "entry":
            by_block.setdefault(slot.block, []).append(slot.id)
    for codes in by_block.values():
        for index, code in enumerate(codes):
            yield code, (index + 1, len(codes))


# --- items -----------------------------------------------------------------------------------------------------------


def entry_facts(entry: Entry) -> dict[str, Any]:
    """What everybody may know of an entry on stage; the presenter is not among it."""
    return {
        "number": entry.number,
        "title": entry.title,
        "short_title": entry.short_title or entry.title,
        "broadcast_title": list(entry.broadcast_title) or [entry.title],
        "category": entry.category.code,
        "category_name": entry.category.name,
        "category_name_en": entry.category.name_en,
        "owner": entry.owner,
        "owner_en": entry.owner_en,
        "person": entry.applicant_type == "person",
        "bodies": [{"code": body.code, "name": body.name, "name_en": body.name_en} for body in entry.bodies],
    }


def item(day: Day, code: str) -> dict[str, Any]:
    """One slot as documents carry it.

    slot, kind, block, title, title_en, short, who, who_en, entry (null unless it is one), position and of (3 and 11, else null),
    position_text ("3 / 11"), planned_at, planned_end, expected_at, expected_end, started_at, ended_at,
    delta_s (null for what was never planned), state (upcoming standby on done skipped), missed (skipped because nobody came).
    """
    plan, actual, expected = day.plan(code), day.actual[code], day.expected[code]
    slot = day.slots.get(code)
    entry = slot.entry if slot else None
    block = next((block for block in day.blocks if block.code == plan.block), None)
    position, of = day.positions.get(code, (None, None))
    return {
        "slot": code,
        "kind": plan.kind,
        "block": plan.block,
        "title": entry.title if entry else plan.title,
        "title_en": entry.title if entry else (slot.title_en if slot else plan.title),
        "short": (entry.short_title or entry.title) if entry else (block.short if block and slot else "") or plan.title,
        "who": entry.owner if entry else slot.speaker if slot else "",
        "who_en": entry.owner_en if entry else slot.speaker if slot else "",
        "entry": entry_facts(entry) if entry else None,
        "position": position,
        "of": of,
        "position_text": f"{position} / {of}" if position else "",
        "planned_at": clock.iso(plan.planned_start),
        "planned_end": clock.iso(plan.planned_end),
        "expected_at": clock.iso(expected.starts_at),
        "expected_end": clock.iso(expected.ends_at),
        "started_at": clock.iso(actual.started_at),
        "ended_at": clock.iso(actual.ended_at),
        "delta_s": expected.delta_s if slot else None,
        "state": actual.state,
        "missed": actual.state == "skipped" and code in day.missed,
    }


def read_aloud(view: View, given: dict[str, Any] | None) -> dict[str, Any] | None:
    """An item with what the MC needs to say it: readings of bodies and title, whether a person stands for it, kind of work."""
    entry = day(view).slots[given["slot"]].entry if given and given["slot"] in day(view).slots else None
    if given is None or entry is None:
        return given
    bodies = [{"name": body.name, "kana": body.kana} for body in entry.bodies]
    words = {"title_ruby": entry.words.get("formal_ruby", ""), "reading": entry.reading, "kind": entry.category.kind}
    return {**given, "entry": {**given["entry"], **words, "bodies": bodies, "person": entry.applicant_type == "person"}}


def script(view: View) -> dict[str, Any]:
    """`now_next` as the MC's script needs it: every item can be read aloud."""
    return {name: read_aloud(view, value) for name, value in now_next(view).items() if name != "then"}


def to_come(day: Day) -> list[str]:
    """The slots still to come, in the order of play."""
    return [code for code, one in day.expected.items() if one.state in ("standby", "upcoming")]


# --- sections --------------------------------------------------------------------------------------------------------


def now_next(view: View) -> dict[str, Any]:
    """進行中 (only after its start), 準備中 (goes on at the next GO), 次 (behind it), and up to three that follow, as items."""
    found = day(view)
    three = found.now_next

    def shown(slot: rules.Slot | None) -> dict[str, Any] | None:
        return item(found, slot.id) if slot else None

    return {
        "now": shown(three.now),
        "standby": shown(three.standby),
        "next": shown(three.next),
        "then": [item(found, code) for code in to_come(found)[2:4]],
    }


def timer(view: View) -> dict[str, Any] | None:
    """The described timer of what is on stage (`live.md` §3), null when nothing is."""
    found = day(view).timer
    if found is None:
        return None
    return {
        "slot": found.slot,
        "started_at": clock.iso(found.started_at),
        "duration_ms": found.duration_ms,
        "added_ms": found.added_ms,
        "paused_at": clock.iso(found.paused_at),
        "paused_ms": found.paused_ms,
        "warn_s": found.warn_s,
        "danger_s": found.danger_s,
    }


def schedule(view: View) -> list[dict[str, Any]]:
    """The blocks of the stage in order.

    code, kind, title, title_en, short, short_en, who, category, count (placed entries), unit and unit_en,
    planned_at, planned_end, expected_at, expected_end, delta_s (of its start), end_delta_s (of its end), state,
    fold ("first": stands for the finished morning; "rest": not shown by the phone; else "").
    """
    found = day(view)
    facts = [block_facts(found, block) for block in found.blocks if block.track == STAGE]
    return [{**one, "fold": fold} for one, fold in zip(facts, folds(facts, found.now), strict=True)]


def folds(facts: list[dict[str, Any]], now: datetime) -> list[str]:
    """After noon what is over makes room: the morning becomes one line (first, rest), a finished break none (rest)."""
    if clock.local(now).hour < 12:
        return [""] * len(facts)
    words, leading = [], True
    for index, one in enumerate(facts):
        leading = leading and one["state"] in FINISHED and one["kind"] != "award"
        word = ("first" if index == 0 else "rest") if leading else "rest" if one["kind"] == "break" and one["state"] in FINISHED else ""
        words.append(word)
    return words


def block_facts(found: Day, block: Block) -> dict[str, Any]:
    codes = [slot.id for slot in found.order if slot.block == block.code]
    category = next((one for one in found.edition.categories if one.code == block.category_code), None)
    placed = [code for code in codes if code in found.positions]
    return {
        "code": block.code,
        "kind": block.kind,
        "title": block.title,
        "title_en": block.title_en or block.title,
        "short": block.short or block.title,
        "short_en": category.name_en if category else block.title_en or block.title,
        "who": block.speaker,
        "category": block.category_code,
        "count": len(placed) or (category.finalists if category else None),
        "unit": category.unit if category else "",
        "unit_en": category.unit_en if category else "",
        **block_times(found, block, codes),
    }


def block_times(found: Day, block: Block, codes: list[str]) -> dict[str, Any]:
    """When a block was planned and is expected, from its slots; a block without slots (nothing placed yet) stays as planned."""
    end = block.planned_start + timedelta(seconds=block.planned_s)
    shown = [found.expected[code] for code in codes if found.expected[code].starts_at is not None]
    starts = min((one.starts_at for one in shown if one.starts_at), default=block.planned_start)
    last_planned = max((found.plan(code).planned_end for code in codes if code in found.slots), default=end)
    finishes = max((one.ends_at for one in shown if one.ends_at), default=end)
    return {
        "planned_at": clock.iso(block.planned_start),
        "planned_end": clock.iso(end),
        "expected_at": clock.iso(starts),
        "expected_end": clock.iso(finishes),
        "delta_s": int((starts - block.planned_start).total_seconds()),
        "end_delta_s": int((finishes - last_planned).total_seconds()) if shown else 0,
        "state": block_state([found.actual[code].state for code in codes]),
    }


def block_state(states: list[rules.State]) -> str:
    """upcoming, standby (its first slot is), on (begun and not finished), done, skipped (all of it)."""
    if not states:
        return "upcoming"
    if all(state == "skipped" for state in states):
        return "skipped"
    if all(state in FINISHED for state in states):
        return "done"
    if any(state in ("on", "done") for state in states):
        return "on"
    return "standby" if "standby" in states else "upcoming"


def delay(view: View) -> dict[str, Any]:
    """How the day stands, in one fact.

    state: before (nothing has begun), on_time, late, early, after; delta_s; holds: the next award block or ceremony that is expected
    as planned although the stage is late (code, short, short_en, at), else null.
    """
    found = day(view)
    begun = any(one.started_at for one in found.actual.values())
    coming = to_come(found)
    if not begun:
        first = min((block.planned_start for block in found.blocks), default=found.now)
        return {"state": "before", "delta_s": 0, "at": clock.iso(first), "holds": None}
    if not coming and found.now_next.now is None:
        return {"state": "after", "delta_s": 0, "at": None, "holds": None}
    delta = stage_delta(found, coming)
    state = "late" if delta >= NOTICEABLE_S else "early" if delta <= -NOTICEABLE_S else "on_time"
    return {"state": state, "delta_s": delta, "at": None, "holds": _holding(view) if state == "late" else None}


def stage_delta(found: Day, coming: list[str]) -> int:
    """How late the stage is: what comes next, or the end of what is on (a gap may still absorb that)."""
    planned = [code for code in coming if code in found.slots]
    deltas = [found.expected[planned[0]].delta_s or 0] if planned else []
    if found.now_next.now is not None:
        one = found.expected[found.now_next.now.id]
        if one.ends_at is not None:
            deltas.append(int((one.ends_at - found.plan(one.slot).planned_end).total_seconds()))
    return max(deltas, key=abs, default=0)


def _holding(view: View) -> dict[str, Any] | None:
    ahead = [block for block in schedule(view) if block["state"] in ("upcoming", "standby") and block["kind"] in ("award", "ceremony")]
    for block in ahead:
        if abs(block["delta_s"]) < NOTICEABLE_S:
            return {"code": block["code"], "short": block["short"], "short_en": block["short_en"], "at": block["planned_at"]}
    return None


def public_notices(view: View) -> list[dict[str, Any]]:
    """What the public should know about the time: one line (see `delay`)."""
    return [{"kind": "delay", **delay(view)}]


def stage_notices(view: View) -> list[dict[str, Any]]:
    """The words to the speaker, if any: kind "message", text, blink, at."""
    query = select(StageMessage).where(StageMessage.edition_id == view.edition.id).order_by(StageMessage.id.desc()).limit(1)
    newest = db.session.scalars(query).first()
    if newest is None or not newest.text:
        return []
    return [{"kind": "message", "text": newest.text, "blink": newest.blink, "at": clock.iso(newest.at)}]


def entries_by_block(view: View) -> dict[str, list[dict[str, Any]]]:
    """The placed entries of each block as items, in stage order."""
    found = day(view)
    placed: dict[str, list[dict[str, Any]]] = {}
    for code in found.positions:
        placed.setdefault(found.plan(code).block, []).append(item(found, code))
    return placed


def bar_place(view: View, at: str | None) -> float:
    """Where an instant stands on the day's bar, in per cent of the way from the first start to the last planned end."""
    found = day(view)
    starts = min((block.planned_start for block in found.blocks), default=found.now)
    ends = max((block.planned_start + timedelta(seconds=block.planned_s) for block in found.blocks), default=found.now)
    when, whole = clock.parse(at), (ends - starts).total_seconds()
    if when is None or not whole:
        return 0
    return round(min(100.0, max(0.0, (when - starts).total_seconds() / whole * 100)), 2)


def day_bar(view: View) -> dict[str, Any]:
    """The day as a bar: start, end, where now is, and a part per block (x and width in per cent, state, award or not)."""
    stage, now = schedule(view), clock.iso(view.now)
    parts = [
        {
            "code": one["code"], "state": one["state"], "award": one["kind"] in ("award", "ceremony"),
            "x": (x := bar_place(view, one["planned_at"])), "width": round(bar_place(view, one["planned_end"]) - x, 2),
        }
        for one in stage if one["kind"] != "break"
    ]  # fmt: skip
    return {
        "starts": stage[0]["planned_at"] if stage else now, "ends": stage[-1]["planned_end"] if stage else now,
        "now": bar_place(view, now), "parts": parts,
        "today": clock.local(view.now).date().isoformat() == view.edition.day,
    }  # fmt: skip
