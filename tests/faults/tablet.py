"""A scripted judge's tablet: what it saves it keeps until the server has answered, and what was acknowledged it keeps too.

It behaves as design/live.md §5 says a tablet must, written from that page alone, and tells everything to a history.
"""

import random
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import gevent
import gevent.event

from tests.faults.bodies import bodies, share_of
from tests.faults.lines import Door, Line, NoAnswer

WORDS = frozenset({"ok", "stale", "closed", "recused", "taken_over", "invalid"})
MOST_HELD = 4  # versions of one ballot that a judge makes before an answer
Unit = tuple[str, str]  # contest, and entry where each entry has a ballot of its own
Tell = Callable[..., None]


@dataclass(slots=True)
class Version:
    """One saved version of one ballot; it stays in the outbox until a definitive answer covers it."""

    unit: Unit
    body: dict[str, Any]
    lease: int
    rev: int
    op: str
    saved_at: str

    @property
    def place(self) -> tuple[int, int]:
        return self.lease, self.rev


@dataclass(slots=True)
class Slot:
    """What the tablet knows of one ballot."""

    bodies: Iterator[dict[str, Any]]
    revs: int = 0
    held: list[Version] = field(default_factory=list)
    acked: Version | None = None  # the newest that was acknowledged: it is put again if the server goes back in time
    epoch: int = 0  # in which it was acknowledged
    over: bool = False


@dataclass(frozen=True, slots=True)
class Habits:
    """How a judge and the tablet behave; seconds are real ones."""

    think_s: float = 0.5  # mean time between two taps
    socket: bool = True
    repeat: float = 0.05  # how often an answered ballot is sent again, as after a lost ack
    twin: float = 0.03  # how often both doors are used at once
    first_s: float = 0.3  # back-off, from
    last_s: float = 3.0  # to
    look_s: float = 3.0  # how often a tablet without a socket asks


class Tablet:
    """One device on one seat. `run` is a greenlet for ever; `hush` ends the voting, `right` says whether all is well."""

    def __init__(self, card: dict[str, str], *, base: str, habits: Habits, dice: random.Random, tell: Tell) -> None:
        self.card, self.seat, self.habits, self.dice = card, card["seat"], habits, dice
        name = card.get("device", "a")
        self.door = Door(base, card.get("via", base))
        self.tell: Tell = lambda event, **facts: tell(event, seat=self.seat, device=name, **facts)
        self.slots: dict[Unit, Slot] = {}
        self.lease = 0
        self.document: dict[str, Any] = {}
        self.hushed = False
        self.read_only = False
        self.line: Line | None = None
        self._wake = gevent.event.Event()
        self._skew = timedelta()
        self._last_saved = datetime.fromtimestamp(0, UTC)
        self._unsettled: dict[int, set[str]] = {}  # epoch -> what was held when it was first seen

    # --- the day ----------------------------------------------------------------------------------------------------------

    def run(self, contests: dict[str, dict[str, Any]]) -> None:
        """Sign in, then vote, send and listen until the greenlets are ended."""
        self.enter()
        for line in self.document["sections"]["ballots"]:
            self._open(line, contests)
        gevent.joinall([gevent.spawn(loop) for loop in (self._vote, self._send, self._listen)])

    def enter(self) -> None:
        """Sign in with the seat card; what was held under an older lease goes out under the new one."""
        while True:
            try:
                self.door.enter(self.card["url"], self.card["code"])
                answer = self.door.insist("GET", "/live/judge")
            except NoAnswer:
                gevent.sleep(1)
                continue
            if answer.status == 200:
                break
            gevent.sleep(0.5)
        document = answer.json()
        self.lease, self.read_only = int(document["sections"]["seat"]["lease"]), False
        self.take(document, answer.headers.get("x-clock", ""))
        self.tell("entered", lease=self.lease)
        self._adopt()

    def _open(self, line: dict[str, Any], contests: dict[str, dict[str, Any]]) -> None:
        contest = contests.get(line["contest"])
        if contest is None or not line.get("has_vote", True):
            return
        mine = [entry["id"] for entry in line["entries"] if not entry["recused"]]
        units: list[Unit] = [(line["contest"], one) for one in mine] if contest["method"] in ("score", "grade") else [(line["contest"], "")]
        for unit in units:
            if unit not in self.slots:
                every = bodies(contest, mine, random.Random(self.dice.random()))
                self.slots[unit] = Slot(share_of(every, self.card.get("device", "a")))

    # --- voting --------------------------------------------------------------------------------------------------------------

    def _vote(self) -> None:
        while not self.hushed:
            gevent.sleep(self.dice.expovariate(1 / self.habits.think_s))
            if self.read_only and self.card.get("rival"):
                gevent.sleep(self.dice.uniform(2, 5))
                self.enter()  # the card is read again on this device: the seat comes back with a new lease
            living = [unit for unit, slot in self.slots.items() if not slot.over and len(slot.held) < MOST_HELD]
            if living and not self.hushed and not self.read_only:
                self.save(self.dice.choice(living))

    def save(self, unit: Unit, body: dict[str, Any] | None = None) -> None:
        """A tap: the next version, durable on the device before anything is sent."""
        slot = self.slots[unit]
        body = next(slot.bodies, None) if body is None else body
        if body is None:
            slot.over = True
            return
        slot.revs += 1
        version = Version(unit, body, self.lease, slot.revs, secrets.token_hex(12), self._instant())
        slot.held.append(version)
        self.tell("invoke", unit=unit, op=version.op, lease=version.lease, rev=version.rev, body=body, saved_at=version.saved_at)
        self._wake.set()

    def _instant(self) -> str:
        """The edition's time as well as the device knows it; strictly rising, so that it names a version."""
        at = datetime.now(UTC) + self._skew
        at = max(at, self._last_saved + timedelta(milliseconds=1))
        self._last_saved = at
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    # --- sending ----------------------------------------------------------------------------------------------------------

    def _send(self) -> None:
        pause = self.habits.first_s
        while True:
            if not any(slot.held for slot in self.slots.values()) or self.read_only:
                self._wake.wait(1)
                self._wake.clear()
                continue
            done = [self._put_newest(slot) for slot in list(self.slots.values()) if slot.held and not self.read_only]
            if all(done):
                pause = self.habits.first_s
            else:
                gevent.sleep(pause * self.dice.uniform(0.75, 1.25))
                pause = min(self.habits.last_s, pause * 2)

    def _put_newest(self, slot: Slot) -> bool:
        version = max(slot.held, key=lambda one: one.place)
        answer = self._deliver(version)
        if answer is None:
            return False
        self._settle(slot, version, answer)
        return True

    def _deliver(self, version: Version) -> dict[str, Any] | None:
        """By socket, then by POST; both at once now and then. None: no answer, and nothing is known."""
        twin = gevent.spawn(self._post, version) if self.dice.random() < self.habits.twin else None
        answer = self._call(version) or (twin.get() if twin else None) or self._post(version)
        if twin and answer:
            self._compare(version, answer, twin.get())
        if answer and answer["result"] == "ok" and self.dice.random() < self.habits.repeat:
            self._compare(version, answer, self._post(version))
        return answer

    def _compare(self, version: Version, answer: dict[str, Any], again: dict[str, Any] | None) -> None:
        if again is not None:
            alike = all(again.get(name) == answer.get(name) for name in ("result", "receipt"))
            self.tell("again", op=version.op, alike=alike, answers=[] if alike else [answer, again])

    def _payload(self, version: Version) -> dict[str, Any]:
        contest, entry = version.unit
        sent = {
            "contest": contest, "body": version.body, "lease": version.lease, "rev": version.rev, "op_id": version.op,
            "saved_at": version.saved_at,
        }  # fmt: skip
        return sent | ({"entry": entry} if entry else {})

    def _call(self, version: Version) -> dict[str, Any] | None:
        if self.line is None or not self.line.alive:
            return None
        try:
            answer = self.line.call("ballot.put", self._payload(version))
        except NoAnswer as silence:
            self.tell("unknown", op=version.op, why=f"socket: {silence}")
            return None
        if isinstance(answer, dict) and answer.get("result") in WORDS and answer.get("op_id") == version.op:
            return answer
        self.tell("unknown", op=version.op, why=f"socket: {answer}")
        return None

    def _post(self, version: Version) -> dict[str, Any] | None:
        try:
            answer = self.door.ask("POST", f"/judge/ballots/{version.op}", data=self._payload(version))
        except NoAnswer as silence:
            self.tell("unknown", op=version.op, why=f"post: {silence}")
            return None
        found = answer.json()
        if answer.status >= 500:
            self.tell("status", status=answer.status, retry_after=answer.headers.get("retry-after"), path="/judge/ballots")
        if answer.status == 401:
            gevent.spawn(self.enter).join()
        if isinstance(found, dict) and found.get("result") in WORDS and found.get("op_id") == version.op:
            return found
        self.tell("unknown", op=version.op, why=f"post: {answer.status}")
        return None

    def _settle(self, slot: Slot, version: Version, answer: dict[str, Any]) -> None:
        """Only what the answer covers leaves the device."""
        result = answer["result"]
        self.tell("ok" if result == "ok" else "fail", unit=version.unit, op=version.op, answer=answer)
        if result == "taken_over" and version.lease == self.lease:
            self.read_only = True
            return
        gone = [one for one in slot.held if one.place <= version.place]
        if result == "closed":
            closes = answer.get("at") or ""
            late = version.saved_at > closes
            gone = [one for one in slot.held if one.saved_at > closes] if late else gone
        for one in gone:
            slot.held.remove(one)
            if one is not version:
                self.tell("dropped", unit=one.unit, op=one.op)
        if result == "ok" and (slot.acked is None or version.place >= slot.acked.place):
            slot.acked, slot.epoch = version, int(self.document["epoch"])
        self._check_right()

    # --- listening --------------------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        pause = self.habits.first_s
        while True:
            if self.habits.socket:
                self._follow()
            self._look()
            gevent.sleep(self.habits.look_s if not self.habits.socket else pause)

    def _follow(self) -> None:
        """Keep one line until it dies; a silent one is dropped after twelve seconds."""
        heard = [time.monotonic()]

        def on_event(event: str, payload: Any) -> None:
            heard[0] = time.monotonic()
            if event == "document":
                self.take(payload)
            elif event == "beat" and payload["channels"].get("judge", [0, 0]) > self._version():
                gevent.spawn(self._sync)

        try:
            self.line = Line(self.door, "/judge", on_event)
        except NoAnswer:
            return
        self._sync()
        self._wake.set()
        while self.line.alive and time.monotonic() - heard[0] < 12:
            gevent.sleep(0.1)
        self.line.close()

    def _version(self) -> list[int]:
        return [int(self.document.get("epoch", -1)), int(self.document.get("rev", -1))]

    def _sync(self) -> None:
        epoch, rev = self._version()
        try:
            answer = self.line.call("sync", {"channel": "judge", "epoch": epoch, "rev": rev}) if self.line else None
        except NoAnswer:
            return
        if isinstance(answer, dict) and "document" in answer:
            self.take(answer["document"])

    def _look(self) -> None:
        epoch, rev = self._version()
        try:
            answer = self.door.ask("GET", "/live/judge", headers={"If-None-Match": f'"{epoch}.{rev}"'})
        except NoAnswer:
            return
        if answer.status >= 500:
            self.tell("status", status=answer.status, retry_after=answer.headers.get("retry-after"), path="/live/judge")
        elif answer.status == 401:
            self.enter()
        elif answer.status == 409:  # another device has the seat
            self.read_only = True
        elif answer.status == 200:
            self.take(answer.json(), answer.headers.get("x-clock", ""))

    def take(self, document: dict[str, Any] | None, told: str = "") -> None:
        """A document is applied forwards only; a new epoch shows whether the server still has what it acknowledged."""
        if told:
            at, _, _rate = told.partition(" ")
            self._skew = datetime.fromisoformat(at) - datetime.now(UTC)
        if document is None or [document["epoch"], document["rev"]] <= self._version():
            return
        fresh = document["epoch"] != self.document.get("epoch")
        self.document = document
        if self.lease and document["sections"]["seat"]["lease"] != self.lease:
            self.read_only = True
        if fresh:
            self.tell("document", epoch=document["epoch"], rev=document["rev"])
            self._put_again()
            self._unsettled[document["epoch"]] = {one.op for slot in self.slots.values() for one in slot.held}
            self._wake.set()
        self._check_right()

    def shown(self, unit: Unit) -> tuple[int, int] | None:
        """The version of a ballot that the document calls counted; None when it says nothing about this ballot."""
        for line in self.document["sections"]["ballots"]:
            if line["contest"] != unit[0]:
                continue
            if line.get("entry", "") == unit[1]:
                return int(line["lease"]), int(line["rev"])
            for one in line["entries"]:
                if one["id"] == unit[1] and "ballot" in one:
                    own = one["ballot"] or {"lease": 0, "rev": 0}
                    return int(own["lease"]), int(own["rev"])
        return None

    def shows_acknowledged(self) -> bool:
        """Has the document caught up with every ack of this lease? A ballot of which it does not speak is as it should be."""
        own = [(unit, slot.acked.place) for unit, slot in self.slots.items() if slot.acked and slot.acked.lease == self.lease]
        return all((self.shown(unit) or place) >= place for unit, place in own)

    def _put_again(self) -> None:
        """The server came back: what it acknowledged and does not show any more (an older backup) is sent once more, as it was."""
        for unit, slot in self.slots.items():
            version = slot.acked
            if version is None or slot.epoch >= self.document["epoch"] or version in slot.held:
                continue
            shown = self.shown(unit)
            if shown is None or shown < version.place:
                self.tell("put_again", unit=unit, op=version.op, shown=shown)
                if version.lease == self.lease:
                    slot.held.append(version)
                else:
                    slot.acked = None
                    self.save(unit, version.body)
            else:
                slot.epoch = self.document["epoch"]

    def _adopt(self) -> None:
        """The seat was claimed anew: the newest of what is held goes out under the new lease."""
        for unit, slot in self.slots.items():
            old = [one for one in slot.held if one.lease != self.lease]
            if not old:
                continue
            newest = max(old, key=lambda one: one.place)
            for one in old:
                slot.held.remove(one)
            shown = self.shown(unit)
            if shown is None or shown[0] <= newest.lease:
                self.save(unit, newest.body)

    def _check_right(self) -> None:
        """Tell, once for every epoch, when the tablet is right: it shows that epoch and all held at that time is answered."""
        held = {one.op for slot in self.slots.values() for one in slot.held}
        for epoch, ops in list(self._unsettled.items()):
            if not ops & held:
                del self._unsettled[epoch]
                self.tell("right", epoch=epoch)

    @property
    def pending(self) -> int:
        return sum(len(slot.held) for slot in self.slots.values()) if not self.read_only else 0

    def state(self) -> dict[str, Any]:
        """For the checker: what the tablet shows as confirmed at the end."""
        return {
            "read_only": self.read_only, "lease": self.lease, "version": self._version(),
            "pending": [one.op for slot in self.slots.values() for one in slot.held],
            "shown": [[*unit, self.shown(unit)] for unit in self.slots],
        }  # fmt: skip
