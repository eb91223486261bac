"""One simulated hour of one seat: a person with up to two devices and three tabs, a bad network, a server that dies, polls that close.

Everything follows from the seed. Times are seconds; nothing waits.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any

from tests.faults.model.server import CONTESTS, ENTRIES, UNITS, Json, Server, State, instant, iso, seconds
from tests.faults.model.tablets import Ask

SOCKET_S, POST_S, SYNC_S = 4.0, 8.0, 5.0
"""The time-outs of command.ts and the beat that heals a lost document."""
FIRST_S, LAST_S = 1.0, 15.0
JUNK: list[object] = [
    None,
    "<html>Sign in to the Wi-Fi</html>",
    {"ok": True},
    {"result": "ok", "receipt": "R-0000", "rev": 1},
    {"result": "ok", "receipt": "R-0000", "rev": 1, "op_id": "another-op"},
    {"code": "session.ended"},
    ["ok"],
]
"""What captive portals, proxies and ended sessions say: 200, 401, 429, 5xx, none of them an answer."""


@dataclass
class Save:
    """A version that the person made: what the end is compared with."""

    unit: tuple[str, str | None]
    body: Json
    device: str
    lease: int
    rev: int
    op: str
    saved_at: float
    at: float


@dataclass
class Device:
    """A browser: its session's lease on the seat, and the newest document that its pages saw."""

    name: str
    grant: int = 0
    page: Json = field(default_factory=dict)
    cut: str = ""
    """'' when connected, else down, hole or portal."""
    skew: float = 0.0
    tabs: list["Tab"] = field(default_factory=list)

    @property
    def open_tabs(self) -> list["Tab"]:
        return [tab for tab in self.tabs if tab.alive]


@dataclass
class Tab:
    """A page of the tablet: what outbox.ts remembers, and what the page showed."""

    name: str
    device: Device
    lease: int
    page: Json
    view: Json = field(default_factory=dict)
    alive: bool = True
    sending: int = 0
    again: bool = False
    wait: float = FIRST_S
    turn: int = 0
    """Counts flushes and reloads: whatever belongs to an older turn is nobody's any more."""
    notes: dict[str, str] = field(default_factory=dict)
    acks: dict[str, Json] = field(default_factory=dict)


class World:
    """A run. `checks` looks at every view and at the end; what it finds wrong ends the run."""

    def __init__(self, seed: int, server: Server, ask: Ask, checks: Any, *, trace: bool = False) -> None:
        self.seed, self.server, self.ask_node, self.checks = seed, server, ask, checks
        self.chance = Random(seed)
        self.now, self.heal_at, self.end = 0.0, 0.0, 0.0
        self.up = True
        self.told: list[str] | None = [] if trace else None
        self.devices = [Device("A"), Device("B")]
        self.saves: list[Save] = []
        self.answered: dict[str, str] = {}
        """By op_id: the word of the answer that a tab has taken."""
        self.restored = False
        self.told_closed: list[tuple[tuple[str, str | None], float, float]] = []
        """Unit, close and instant of every 'too late' that a page took."""
        self.claims: dict[int, float] = {}
        """When each lease was claimed."""
        self.closings: list[float] = []
        self.reopened: set[str] = set()
        self.numbers, self.order = count(1), count()
        self.heap: list[tuple[float, int, Callable[[], None]]] = []

    # --- time ---

    def after(self, delay: float, do: Callable[[], None]) -> None:
        heappush(self.heap, (self.now + delay, next(self.order), do))

    def tell(self, words: str) -> None:
        if self.told is not None:
            self.told.append(f"{self.now:8.3f}  {words}")

    def play(self) -> None:
        """From the opening to the end, then the checks of the end."""
        while self.heap and self.heap[0][0] <= self.end:
            self.now, events, do = heappop(self.heap)
            self.checks.at_event(self, events)
            do()
        self.checks.at_end(self)
        self.ask_node({"op": "end", "run": str(self.seed)})

    # --- the seat ---

    def holder(self) -> Device | None:
        """The device that holds the seat."""
        return next((one for one in self.devices if one.grant and one.grant == self.server.state.lease), None)

    def claim(self, device: Device) -> None:
        """The person uses the seat card on a device and opens a page there; pages of the same browser keep their old lease."""
        if not self.up or device.cut:
            return
        device.grant = self.server.claim()
        self.claims[device.grant] = self.now
        self.tell(f"{device.name} claims the seat: lease {device.grant}")
        self.open(device)
        self.touched()

    def open(self, device: Device) -> None:
        """A page: from the server, or without network from what the browser kept."""
        reached = self.up and not device.cut
        if reached and device.grant != self.server.state.lease:
            return
        page = self.server.page() if reached else device.page
        if not page:
            return
        device.page = page
        tab = Tab(f"{device.name}{next(self.numbers)}", device, page["lease"], page)
        device.tabs.append(tab)
        self.tell(f"{tab.name} opens with lease {tab.lease}{'' if reached else ' without network'}")
        self.ask(tab, "open", lease=tab.lease, page=told(page))
        self.elsewhere(tab)
        self.wake(tab)
        self.after(self.chance.random() * SYNC_S, lambda: self.sync(tab))

    def close(self, tab: Tab) -> None:
        """The page is gone: its answers are nobody's, what it kept stays in the browser."""
        tab.alive, tab.turn = False, tab.turn + 1
        self.tell(f"{tab.name} is closed")

    # --- what a page does ---

    def ask(self, tab: Tab, op: str, **more: Any) -> Any:
        """One call of the queue, then the look at what the page now paints."""
        now = round((instant(self.now).timestamp() + tab.device.skew) * 1000)
        command = {"op": op, "run": str(self.seed), "device": tab.device.name, "tab": tab.name, "now": now}
        reply = self.ask_node(command | {"units": UNITS} | more)
        tab.view = reply["view"]
        self.checks.at_view(self, tab)
        return reply["said"]

    def elsewhere(self, tab: Tab) -> None:
        """The other pages of the browser hear that something changed."""
        for other in tab.device.open_tabs:
            if other is not tab:
                self.after(self.chance.random(), lambda other=other: self.load(other))  # type: ignore[misc]

    def load(self, tab: Tab) -> None:
        if tab.alive:
            self.ask(tab, "load")

    def may_tap(self, tab: Tab, contest: str) -> bool:
        """As the page knows it: open or closing, and not taken over."""
        state, closes_at = tab.page["polls"][contest]
        in_time = closes_at is None or instant(self.now + tab.device.skew) <= closes_at
        return tab.alive and not tab.view["taken"] and (state == "open" or (state == "closing" and in_time))

    def tap(self) -> None:
        """The person changes a ballot on one of the open pages."""
        pages = [tab for device in self.devices for tab in device.open_tabs]
        contest, entry = self.chance.choice(UNITS)
        names = self.chance.sample(ENTRIES, self.chance.randint(0, 3))
        body: Json = {"ranking": names} if entry is None else {"marks": {"impact": self.chance.randint(0, 5)}}
        usable = [tab for tab in pages if self.may_tap(tab, contest)]
        if not usable:
            return
        tab = self.chance.choice(usable)
        more = {"entry": entry} if entry else {}
        said = self.ask(tab, "save", contest=contest, body=body, **more)
        where = (contest, entry)
        save = Save(where, body, tab.device.name, said["lease"], said["rev"], said["op_id"], seconds(said["saved_at"]), self.now)
        self.saves.append(save)
        self.tell(f"{tab.name} saves {contest} {entry or ''} {list(body.values())[0]} as {save.op} ({save.lease}, {save.rev})")
        self.elsewhere(tab)
        self.wake(tab)

    def wake(self, tab: Tab, *, fresh: bool = False) -> None:
        tab.wait = FIRST_S
        if fresh and tab.sending:
            tab.turn, tab.sending = tab.turn + 1, 0
        self.flush(tab)

    def flush(self, tab: Tab) -> None:
        if not tab.alive:
            return
        if tab.sending:
            tab.again = True
            return
        versions = tab.view["next"]
        if not versions:
            return
        tab.turn += 1
        tab.sending = len(versions)
        for version in versions:
            self.send(tab, version, tab.turn, socket=not tab.device.cut or tab.device.cut == "hole")

    def answered_one(self, tab: Tab) -> None:
        """One unit of the flush is through, with or without an answer."""
        tab.sending -= 1
        if tab.sending:
            return
        if tab.again:
            tab.again = False
            self.flush(tab)
            return
        turn = tab.turn
        self.after(tab.wait * (0.75 + self.chance.random() / 2), lambda: self.flush(tab) if tab.turn == turn else None)
        tab.wait = min(LAST_S, tab.wait * 2)

    # --- the network ---

    def delay(self) -> float:
        """Mostly short; before the network heals sometimes very long, so that requests overtake each other."""
        if self.now < self.heal_at and self.chance.random() < self.slow:
            return self.chance.uniform(0.2, 25.0)
        return self.chance.uniform(0.005, 0.12)

    def dropped(self) -> bool:
        return self.now < self.heal_at and self.chance.random() < self.loss

    def send(self, tab: Tab, version: Json, turn: int, *, socket: bool) -> None:
        """One door: the request, its copies, and the time-out after which the other door is tried."""
        door = {"open": True}

        def through(value: object, *, answered: bool) -> None:
            if not door["open"] or not tab.alive or tab.turn != turn:
                return
            if answered and self.take(tab, version, value):
                door["open"] = False
                self.answered_one(tab)
            elif socket:
                door["open"] = False
                self.send(tab, version, turn, socket=False)
            else:
                door["open"] = False
                self.answered_one(tab)

        self.after(SOCKET_S if socket else POST_S, lambda: through(None, answered=False))
        if tab.device.cut == "down":
            self.after(0.01, lambda: through(None, answered=False))
        elif tab.device.cut == "portal":
            junk = self.chance.choice(JUNK)
            self.after(0.05, lambda: through(junk, answered=True))
        elif not tab.device.cut:
            sent = {key: value for key, value in version.items() if key != "seat"}
            for _ in range(1 + (self.chance.random() < self.doubled)):
                if not self.dropped():
                    self.after(self.delay(), lambda: self.arrive(tab, sent, lambda value: through(value, answered=True)))

    def arrive(self, tab: Tab, sent: Json, back: Callable[[object], None]) -> None:
        """A request reaches the server, if it is up; the answer goes back, if nothing dies in between."""
        if not self.up:
            return
        before = self.server.state.doc
        answer = self.server.put(tab.device.grant, sent, instant(self.now))
        self.tell(f"server answers {sent['op_id']}: {answer}")
        self.checks.at_server(self, tab.device, sent, answer)
        if self.server.state.doc != before:
            self.touched()
        if self.now < self.heal_at and self.chance.random() < self.deadly:
            self.kill("between commit and ack")
        elif not self.dropped():
            self.after(self.delay(), lambda: None if tab.device.cut else back(answer))

    def take(self, tab: Tab, version: Json, value: object) -> bool:
        """The queue hears an answer, or what is none."""
        said = self.ask(tab, "take", version=version, value=value)
        if not said["answered"]:
            return False
        word = value["result"] if isinstance(value, dict) else ""
        self.answered[version["op_id"]] = word
        if word == "closed" and isinstance(value, dict) and value["at"]:
            self.told_closed.append(((version["contest"], version.get("entry")), seconds(value["at"]), self.now))
        self.checks.at_answer(self, tab, version, value)
        self.tell(f"{tab.name} takes {word} for {version['op_id']}")
        tab.again = tab.again or said["again"]
        self.elsewhere(tab)
        return True

    # --- documents ---

    def touched(self) -> None:
        """The seat's document is pushed to the pages of the device that holds the seat."""
        page = self.server.page()
        for device in self.devices:
            if device.grant == page["lease"] and not device.cut:
                for tab in device.open_tabs:
                    if not self.dropped():
                        self.after(self.delay(), lambda tab=tab: self.show(tab, page))  # type: ignore[misc]

    def sync(self, tab: Tab) -> None:
        """Every few seconds a page asks whether it has the newest document; one that lost the seat is told so."""
        if not tab.alive:
            return
        if self.up and not tab.device.cut and not self.dropped():
            page = self.server.page()
            if tab.device.grant == page["lease"]:
                self.after(self.delay(), lambda: self.show(tab, page))
            else:
                self.after(self.delay(), lambda: self.lose(tab))
        self.after(SYNC_S, lambda: self.sync(tab))

    def show(self, tab: Tab, page: Json) -> None:
        """A document that is newer than the page's."""
        if not tab.alive or tab.device.cut or (page["epoch"], page["rev"]) <= (tab.page["epoch"], tab.page["rev"]):
            return
        tab.page = page
        if (page["epoch"], page["rev"]) > (tab.device.page["epoch"], tab.device.page["rev"]):
            tab.device.page = page
        if page["lease"] != tab.lease:
            self.lose(tab)
            return
        before = len(tab.view["unsent"])
        self.ask(tab, "document", page=told(page))
        if len(tab.view["unsent"]) > before:
            self.elsewhere(tab)
            self.wake(tab)

    def lose(self, tab: Tab) -> None:
        """The page hears that another device, or another page of this one, holds the seat."""
        if tab.alive and not tab.view["taken"]:
            self.tell(f"{tab.name} hears that it was taken over")
            self.ask(tab, "lost")
            self.wake(tab)

    # --- faults ---

    def cut(self, device: Device, kind: str) -> None:
        if self.now < self.heal_at:
            device.cut = kind
            self.tell(f"{device.name}: network {kind}")

    def mend(self, device: Device) -> None:
        device.cut = ""
        self.tell(f"{device.name}: network back")
        for tab in device.open_tabs:
            if self.chance.random() < 0.7 or self.now >= self.heal_at:
                self.wake(tab, fresh=True)

    def kill(self, why: str) -> None:
        """The server dies and comes back: what it had not answered is silence."""
        self.up = False
        self.tell(f"server dies {why}")
        self.after(self.chance.uniform(0.5, 8.0), self.start)

    def start(self) -> None:
        self.up = True
        self.server.state.epoch += 1
        self.touched()

    def restore(self, older: State | None) -> None:
        """An older database: only while nobody has changed seats since."""
        if older is not None and older.lease == self.server.state.lease:
            self.restored = True
            self.server.restore(older)
            self.tell("an older database is restored")
            self.touched()

    def step(self, contest: str, action: str) -> None:
        if self.server.step(contest, action, instant(self.now)):
            if action == "reopen":
                self.reopened.add(contest)
            closes_at = self.server.state.polls[contest].closes_at
            self.tell(f"poll {contest}: {action}{f', closes at {seconds(iso(closes_at)):.3f}' if closes_at else ''}")
            self.touched()

    loss, slow, doubled, deadly = 0.0, 0.0, 0.0, 0.0


def told(page: Json) -> Json:
    """What the queue reads of a document."""
    return {key: page[key] for key in ("epoch", "lease", "ballots")}


CONTEST_NAMES = tuple(CONTESTS)
