"""Wrong clients and wrong servers: each must be found by the checks, or the checks check nothing."""

from collections.abc import Mapping
from datetime import datetime

from eventapp.rules import ballot as rules
from eventapp.rules.refusal import Refusal
from tests.faults.model.server import Json, Row, Server
from tests.faults.model.tablets import QUEUE

LATE = "if (Date.parse(version.saved_at) > closes) return late;"
COUNTED = "return answer.counted ? unit.filter((one) => one.op_id === version.op_id) : upTo;"
NOT_NULL = "filter((version) => version !== null);"
CLIENTS: Mapping[str, tuple[str, str]] = {
    "a captive portal's 200 is an answer": (" && answer.op_id === op_id", ""),
    "a version is pruned when it is sent": (NOT_NULL, NOT_NULL[:-1] + ".map((one) => { void this.settle([one]); return one; });"),
    "the close drops what was saved in time": (LATE, "if (Date.parse(version.saved_at) > closes) return unit.slice();"),
    "the close drops nothing": (LATE, "if (Date.parse(version.saved_at) > closes) return [];"),
    "an answer that another tab took drops what was in time": (LATE, "if (late.includes(version)) return late;"),
    "a refusal after the grace drops the one that counts": (COUNTED, "return upTo;"),
    "an ack drops newer versions": ("const upTo = unit.filter((one) => !isNewer(one, version));", "const upTo = unit.slice();"),
    "a refused choice drops the one before": ("return unit.filter((one) => one.op_id === version.op_id);", "return upTo;"),
    "unsent versions are not shown": ("at(-1) ?? newestOf(this.of(unit));", "at(-1) ?? null;"),
    "a page counts its own revs": (
        "version.rev = await this.store.keep(version, floor);",
        "await this.store.keep(version, floor); version.rev = (this.floors.get(unit) ?? 0) + 1;",
    ),
    "a lost seat asks for no lost ack": ("next(): Version[] {", "next(): Version[] {\n    if (this.takenOver) return [];"),
    "a stale page of the same browser costs the seat": (
        "if (version.lease !== this.own.lease && !this.takenOver)",
        "if (version.lease > this.own.lease)",
    ),
    "a new lease carries the newest version only": ("of wanted ? inOrder : []", "of wanted ? inOrder.slice(-1) : []"),
    "a new lease carries what is older than another's vote": ("!mine && confirmedLease(", "!mine && 0 * confirmedLease("),
}
"""What is wrong, the text of queue.ts, and what stands there instead."""
RARE = {"a refusal after the grace drops the one that counts": 2172}
"""The world that 20,000 found: only there an ack is lost, then the grace passes without network, then a refusal comes."""


def client(name: str) -> str:
    """The text of a wrong queue.ts."""
    old, new = CLIENTS[name]
    text = QUEUE.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"queue.ts has changed, this mutant is none any more: {name}"
    return text.replace(old, new)


class LeaseFirst(Server):
    """The lease is checked before a known op_id."""

    def put(self, grant: int, sent: Json, now: datetime) -> Json:
        if grant != self.state.lease:
            return {"result": "taken_over", "op_id": sent["op_id"]}
        return super().put(grant, sent, now)


class PollFirst(Server):
    """The poll is looked at before a known op_id."""

    def put(self, grant: int, sent: Json, now: datetime) -> Json:
        try:
            self.check_poll(self.state.polls[sent["contest"]], sent, now)
        except Refusal as refusal:
            return self.completed(self.worded(refusal), sent)
        return super().put(grant, sent, now)


class NoMemory(Server):
    """No answer is kept."""

    def put(self, grant: int, sent: Json, now: datetime) -> Json:
        self.state.answers.clear()
        return super().put(grant, sent, now)


class LastArrivalCounts(Server):
    """Whatever comes last replaces what is there."""

    def newer(self, sent: Json, row: Row | None) -> bool:
        return True


class RevOnly(Server):
    """The order forgets the lease."""

    def newer(self, sent: Json, row: Row | None) -> bool:
        return row is None or sent["rev"] > row.rev


class NoLease(Server):
    """Any device that ever held the seat may vote."""

    def check_lease(self, grant: int, sent: Json) -> None:
        return


class NoGrace(Server):
    """What arrives after the close is late."""

    def check_poll(self, poll: rules.Poll, sent: Json, now: datetime) -> None:
        super().check_poll(poll, sent, now)
        if poll.closes_at is not None and now > poll.closes_at:
            raise Refusal("poll.closed", closes_at=poll.closes_at)


class AllDelayed(Server):
    """Within the grace everything counts, whenever it was saved."""

    def check_poll(self, poll: rules.Poll, sent: Json, now: datetime) -> None:
        super().check_poll(poll, sent | {"saved_at": rules.instant_text(min(poll.closes_at or now, now))}, now)


class AckFirst(Server):
    """Now and then the ack goes out and the commit does not happen."""

    def put(self, grant: int, sent: Json, now: datetime) -> Json:
        kept = self.backup()
        answer = super().put(grant, sent, now)
        if answer["result"] == "ok" and len(self.accepted) % 7 == 3:
            self.state = kept
        return answer


class EqualBodyKeepsVersion(Server):
    """An equal body leaves the version as it is."""

    def upsert(self, grant: int, sent: Json, now: datetime) -> Json:
        row = self.state.rows.get((sent["contest"], sent.get("entry")))
        before = (row.lease, row.rev, row.body) if row else None
        answer = super().upsert(grant, sent, now)
        if row is not None and before is not None and self.state.rows[sent["contest"], sent.get("entry")] is row:
            row.lease, row.rev = before[:2]
        return answer


class ClosedWithoutInstant(Server):
    """The refusal does not say when the poll closed."""

    def worded(self, refusal: Refusal) -> Json:
        answer = super().worded(refusal)
        return answer | {"at": None} if answer["result"] == "closed" else answer


SERVERS: Mapping[str, type[Server]] = {
    kind.__doc__ or kind.__name__: kind
    for kind in (
        LeaseFirst, PollFirst, NoMemory, LastArrivalCounts, RevOnly, NoLease, NoGrace, AllDelayed, AckFirst, EqualBodyKeepsVersion,
        ClosedWithoutInstant,
    )
}  # fmt: skip
