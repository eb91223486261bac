"""What the director's desk reads: the rundown's rows, what an undo takes back, the connected screens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from eventapp import clock
from eventapp.extensions import db
from eventapp.live import View
from eventapp.models import ScreenReport
from eventapp.programme.queries import FINISHED, NOTICEABLE_S, Day, day, item, schedule
from eventapp.rules import rundown as rules


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the desk's rundown: a slot, the head of an award block, or a gap between two slots."""

    kind: str  # slot block gap
    block: str
    item: dict[str, Any]
    planned_s: int = 0  # of a gap
    expected_s: int = 0  # what delays leave of it


def desk_rows(view: View) -> list[Row]:
    """The rundown in the order of play: heads before the entries of a block, gaps as rows of their own."""
    found, rows = day(view), []
    heads = {one["code"]: one for one in schedule(view)}
    before: rules.Slot | None = None  # the planned one before, skipped or not
    ended: datetime | None = None  # when what is not skipped is expected to have ended
    headed: set[str] = set()
    for code, expected in found.expected.items():
        plan = found.plan(code)
        if code in found.slots:
            rows += _gap(found, before, plan, ended)
            before = plan
        ended = expected.ends_at or ended
        if found.slots.get(code) is not None and plan.kind == "entry" and plan.block not in headed:
            headed.add(plan.block)
            rows.append(Row("block", plan.block, heads[plan.block]))
        rows.append(Row("slot", plan.block, item(found, code)))
    return rows


def rows_in_view(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """The rows that the desk shows, and the finished ones before them that it folds away.

    Open are the last block that is over, the one that is running (or next), and one line for each later block.
    """
    order = list(dict.fromkeys(row.block for row in rows))
    states = {block: {row.item["state"] for row in rows if row.block == block and row.kind == "slot"} for block in order}
    over = [block for block in order if states[block] <= set(FINISHED)]
    running = next((block for block in order if block not in over), order[-1] if order else "")
    last_over = [block for block in over if order.index(block) < order.index(running)][-1:]
    folded = [row for row in rows if row.block in over and row.block not in last_over]
    shown = [row for row in rows if row.block not in over or row.block in last_over]
    heads = {row.block for row in rows if row.kind == "block"}
    closed = {block for block in heads if block != running}
    return [row for row in shown if not (row.kind == "slot" and row.block in closed and row.item["state"] not in ("standby", "on"))], folded


def _gap(found: Day, before: rules.Slot | None, plan: rules.Slot, ended: datetime | None) -> list[Row]:
    """The gap that the plan leaves before a slot, and what is expected of it."""
    starts = found.expected[plan.id].starts_at
    if before is None or ended is None or starts is None:
        return []
    planned_s = int((plan.planned_start - before.planned_end).total_seconds())
    if planned_s < NOTICEABLE_S:
        return []
    left = max(0, int((starts - ended).total_seconds()))
    facts = {"planned_at": clock.iso(before.planned_end), "state": found.actual[plan.id].state}
    return [Row("gap", before.block, facts, planned_s, left)]


def last_cue(view: View) -> dict[str, Any] | None:
    """The cue that 取り消す would take back: op_id, verb, value, at, and its slot as an item."""
    found = day(view)
    counted = [cue for cue in rules.effective(found.cues) if cue.slot in found.actual]
    if not counted:
        return None
    cue = counted[-1]
    return {"op_id": cue.op_id, "verb": cue.verb, "value": cue.value, "at": cue.at, "item": item(found, cue.slot)}


def ceremony_facts(view: View) -> dict[str, Any] | None:
    """The last fixed block of the day: what every delay is measured against."""
    ceremonies = [one for one in schedule(view) if one["kind"] == "ceremony"]
    return ceremonies[-1] if ceremonies else None


def screens(view: View) -> list[ScreenReport]:
    """What connected screens last said they painted, by name."""
    query = select(ScreenReport).where(ScreenReport.edition_id == view.edition.id).order_by(ScreenReport.screen)
    return list(db.session.scalars(query))
