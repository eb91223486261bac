"""Every write of the day's running order: placing finalists, and the director's cues. A cue never changes the plan."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from eventapp import clock
from eventapp.access import Actor
from eventapp.extensions import db
from eventapp.models import Block, Category, Cue, Entry, Slot, StageMessage
from eventapp.programme.queries import STAGE, blocks, cues, expected_times, rundown
from eventapp.rules import rundown as rules
from eventapp.rules.refusal import Refusal
from eventapp.work import note, operation, touch

CHANNELS = ("public", "stage", "crew", "overlay", "judge", "chair")
TELL_S = 10  # how often the screens hear of expected times that move by themselves, in real seconds
MOST_SECONDS = 3600  # of one addition or insertion: more is a slip of the hand
MOST_TEXT = 60  # characters that a speaker can read from the stage


@operation("finalists.placed")
def place_finalists(actor: Actor, category: Category, entries: Sequence[Entry]) -> list[Slot]:
    """Cut the category's block into equal slots of whole seconds for these entries, in this order. Again replaces them.

    Refuses `block.missing`, `block.started` once something of it was cued, and what `rules.rundown.generate` refuses.
    """
    block = db.session.scalars(
        select(Block).where(Block.edition_id == actor.edition.id, Block.category_code == category.code, Block.kind == "award")
    ).first()
    if block is None:
        raise Refusal("block.missing", category=category.code)
    if {cue.slot for cue in cues(actor.edition)} & set(db.session.scalars(select(Slot.code).where(Slot.block_id == block.id))):
        raise Refusal("block.started", block=block.code)
    times = actor.edition.settings["slot"]
    parts = rules.generate(block.planned_start, block.planned_s, len(entries), talk_s=times["talk_s"])
    db.session.execute(delete(Slot).where(Slot.block_id == block.id))
    placed = [
        Slot(
            edition_id=actor.edition.id, block=block, code=f"{block.code}-{number}", track=block.track,
            position=block.position * 100 + number, kind="entry", title="", entry=entry, planned_start=part.start,
            planned_s=part.planned_s, anchor="fixed" if number == 1 else "follow", talk_s=part.talk_s,
            warn_s=times["warn_s"], danger_s=times["danger_s"],
        )
        for number, (entry, part) in enumerate(zip(entries, parts, strict=True), 1)
    ]  # fmt: skip
    db.session.add_all(placed)
    note(block=block.code, entries=[entry.number for entry in entries])
    touch(actor, *CHANNELS)
    return placed


def give_cue(actor: Actor, cue: rules.Cue, *, words: str = "") -> None:
    """Append a cue (part of an operation), note it, and tell every screen."""
    if db.session.scalar(select(Cue.id).where(Cue.edition_id == actor.edition.id, Cue.op_id == cue.op_id)) is not None:
        raise Refusal("command.reused")
    db.session.add(Cue(
        edition_id=actor.edition.id, at=cue.at, slot=cue.slot, verb=cue.verb, value=cue.value, after=cue.after, title=cue.title,
        note=words, actor=actor.name, op_id=cue.op_id, undoes=cue.undoes,
    ))  # fmt: skip
    db.session.flush()
    details = {"slot": cue.slot, "verb": cue.verb, "value": cue.value, "title": cue.title, "undoes": cue.undoes, "note": words}
    note(**{name: value for name, value in details.items() if value})
    touch(actor, *CHANNELS)


def on_stage(actor: Actor) -> str:
    """The code of what is on stage; refuses `slot.idled` when the stage is empty."""
    on = rules.now_next(*rundown(actor.edition), STAGE).now
    if on is None:
        raise Refusal("slot.idled")
    return on.id


@operation("rundown.gone")
def go(actor: Actor, *, op_id: str, from_: str | None = None, to: str | None = None) -> dict[str, Any]:
    """Go from the slot that the director saw on stage to another; `to` absent clears the stage. Once per op_id.

    Refuses `cue.superseded` when another one is on stage by now, and what `rules.rundown.may_go` refuses.
    """
    plan, given = rundown(actor.edition)
    overtaken = rules.may_go(plan, given, from_, to)
    at = clock.now(actor.edition)
    if to is None:
        give_cue(actor, rules.Cue(at=at, slot=str(from_), verb="end", op_id=op_id))
    else:
        give_cue(actor, rules.Cue(at=at, slot=to, verb="start", op_id=op_id))
    note(seen=from_, overtaken=list(overtaken))
    return {"now": to, "overtaken": list(overtaken)}


def _cue_current(actor: Actor, verb: rules.Verb, op_id: str, value: int = 0) -> dict[str, Any]:
    slot = on_stage(actor)
    rules.may_cue(*rundown(actor.edition), verb, slot)
    give_cue(actor, rules.Cue(at=clock.now(actor.edition), slot=slot, verb=verb, op_id=op_id, value=value))
    return {"slot": slot}


@operation("rundown.paused")
def pause(actor: Actor, *, op_id: str) -> dict[str, Any]:
    """Stop the clock of what is on stage. Once per op_id; refuses `slot.idled`, `slot.paused`."""
    return _cue_current(actor, "pause", op_id)


@operation("rundown.resumed")
def resume(actor: Actor, *, op_id: str) -> dict[str, Any]:
    """Let the clock of what is on stage run on. Once per op_id; refuses `slot.idled`, `slot.resumed`."""
    return _cue_current(actor, "resume", op_id)


@operation("rundown.added")
def add(actor: Actor, *, op_id: str, seconds: int) -> dict[str, Any]:
    """Give what is on stage more (or, negative, less) seconds; below zero it runs over, it never ends. Once per op_id."""
    if seconds == 0 or abs(seconds) > MOST_SECONDS:
        raise Refusal("request.malformed", fields=["seconds"])
    return _cue_current(actor, "add", op_id, seconds)


@operation("slot.skipped")
def skip(actor: Actor, *, op_id: str, slot: str) -> None:
    """Leave a slot out, also the one on stage; ballots are not touched. Once per op_id."""
    _skip(actor, slot, op_id)


@operation("slot.missed")
def no_show(actor: Actor, *, op_id: str, slot: str) -> None:
    """Leave a slot out because nobody came (不在); ballots are not touched. Once per op_id."""
    _skip(actor, slot, op_id, words="no_show")


def _skip(actor: Actor, slot: str, op_id: str, *, words: str = "") -> None:
    rules.may_cue(*rundown(actor.edition), "skip", slot)
    give_cue(actor, rules.Cue(at=clock.now(actor.edition), slot=slot, verb="skip", op_id=op_id), words=words)


@operation("slot.inserted")
def insert(actor: Actor, *, op_id: str, after: str, title: str, seconds: int) -> dict[str, Any]:
    """Put an unplanned item behind a slot. Once per op_id; refuses `slot.unknown`."""
    title = plain_line(title)
    if not title or not 0 < seconds <= MOST_SECONDS:
        raise Refusal("request.malformed", fields=["title", "seconds"])
    plan, given = rundown(actor.edition)
    rules.may_cue(plan, given, "insert", after)
    code = f"inserted-{sum(cue.verb == 'insert' and cue.undoes is None for cue in given) + 1}"
    give_cue(actor, rules.Cue(at=clock.now(actor.edition), slot=code, verb="insert", op_id=op_id, value=seconds, after=after, title=title))
    return {"slot": code}


@operation("cue.undone")
def undo(actor: Actor, *, op_id: str, cue: str) -> dict[str, Any]:
    """Take back the newest cue by a compensating one. Once per op_id; refuses `cue.unknown`, `cue.superseded`."""
    plan, given = rundown(actor.edition)
    back = rules.undo(plan, given, cue, at=clock.now(actor.edition), new_op_id=op_id)
    give_cue(actor, back)
    return {"slot": back.slot}


@operation("message.sent")
def message(actor: Actor, *, text: str, blink: bool | None = False) -> None:
    """Words to the speaker on the confidence monitor; an empty text clears them. Idempotent."""
    line = plain_line(text)
    if line:
        note(text=line)
    db.session.add(StageMessage(edition_id=actor.edition.id, at=clock.now(actor.edition), text=line, blink=bool(blink), actor=actor.name))
    touch(actor, "stage", "crew")


def plain_line(text: str) -> str:
    """One line of printable text; refused when it is too long for a screen."""
    line = "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
    if len(line) > MOST_TEXT:
        raise Refusal("message.overlong", most=MOST_TEXT)
    return line


@operation("clock.jumped")
def jump(actor: Actor, *, op_id: str, block: str) -> None:
    """In a demo or rehearsal: let everything before a block happen as planned, and set the clock to its start.

    Refuses `clock.refused` in a real edition, `block.missing`, and `block.passed` when something of it, or behind it, was on stage.
    """
    edition = actor.edition
    if edition.kind == "real":
        raise Refusal("clock.refused")
    target = next((one for one in blocks(edition) if one.code == block and one.track == STAGE), None)
    if target is None:
        raise Refusal("block.missing", category=block)
    plan, given = rundown(edition)
    actual = rules.fold(plan, given)
    before = [slot for slot in rules.running_order(plan, given) if slot.planned_start < target.planned_start]
    if any(actual[slot.id].started_at for slot in rules.running_order(plan, given) if slot not in before):
        raise Refusal("block.passed", block=block)
    last = max([cue.at for cue in given], default=plan[0].planned_start)
    number = 0
    for slot in before:
        if actual[slot.id].state in ("upcoming", "standby"):
            number += 1
            last = max(last, slot.planned_start)
            give_cue(actor, rules.Cue(at=last, slot=slot.id, verb="start", op_id=f"{op_id}-{number}"))
    on = rules.now_next(*rundown(edition), STAGE).now
    if on is not None:
        end = min(max(last, on.planned_end), max(last, target.planned_start))
        give_cue(actor, rules.Cue(at=end, slot=on.id, verb="end", op_id=f"{op_id}-end"))
    clock.set_to(edition, target.planned_start, edition.clock_rate)
    note(block=block)
    touch(actor, *CHANNELS)


def show_expected_times(actor: Actor) -> None:
    """The ticker's job: while what is on stage runs over, or what is due has not begun, tell the screens the new expected times."""
    now = clock.now(actor.edition)
    earlier = now - timedelta(seconds=TELL_S * (actor.edition.clock_rate if actor.edition.clock_real else 1))
    if expected_times(actor.edition, now) != expected_times(actor.edition, earlier):
        tell_expected_times(actor)


@operation(None)
def tell_expected_times(actor: Actor) -> None:
    """Raise the version of what shows expected times. Idempotent."""
    touch(actor, "public", "stage", "crew")
