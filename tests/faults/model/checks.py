"""What must hold, in every view and at the end; written from live.md §5, not from the code of either side."""

from datetime import timedelta
from typing import Any

from eventapp.rules.ballot import GRACE_S, read_body
from eventapp.rules.refusal import Refusal
from tests.faults.model.server import CONTESTS, ENTRIES, UNITS, Json, Row, instant
from tests.faults.model.story import MARGIN_S
from tests.faults.model.world import Device, Save, Tab, World

Unit = tuple[str, str | None]


RESTLESS = 6_000
"""Events in one world: the busiest seen has a fifth of it."""


class WrongEnd(Exception):
    """What was found wrong in a run."""


def canonical(unit: Unit, body: Any) -> Json | None:
    """The body as the rules read it, None when they refuse it."""
    try:
        return read_body(CONTESTS[unit[0]], body, ENTRIES, entry=unit[1])
    except Refusal:
        return None


def shown(tab: Tab, unit: Unit) -> tuple[str, Json | None]:
    """What the page paints for a unit: ◐ with the unsent version, ● with what counts as far as it knows, or ○."""
    newest, confirmed = tab.view["units"][UNITS.index(unit)]
    if newest is not None:
        return "local", newest
    told = next((one for one in tab.page["ballots"] if (one["contest"], one.get("entry")) == unit), None)
    known = [one for one in (confirmed, told) if one is not None]
    return ("confirmed", max(known, key=lambda one: (one["lease"], one["rev"]))) if known else ("empty", None)


class Checks:
    """The invariants. Each says what a person would have suffered."""

    def __init__(self) -> None:
        self.known: set[str] = set()

    def at_event(self, world: World, events: int) -> None:
        """A tablet that asks the same thing again and again, whatever it is told, never comes to rest."""
        if events > RESTLESS:
            raise WrongEnd("the tablets never come to rest")

    def at_view(self, world: World, tab: Tab) -> None:
        """Nothing shows ● before the server has stored it, and nothing it has stored shows ○."""
        alone = len(tab.device.open_tabs) == 1 and tab.device.grant == world.server.state.lease and not world.restored
        for unit in UNITS:
            sign, version = shown(tab, unit)
            row = world.server.state.rows.get(unit)
            if sign == "confirmed" and version is not None:
                self.confirmed(world, tab, unit, version, row if alone else None)
            if sign == "empty" and row is not None and alone and not tab.view["taken"]:
                raise WrongEnd(f"{tab.name} shows ○ for {unit}, and {row.op} counts")

    def confirmed(self, world: World, tab: Tab, unit: Unit, version: Json, row: Row | None) -> None:
        """● carries a receipt that the server gave for this very choice; alone on its seat, the tablet shows what counts."""
        issued = world.server.issued.get(version["receipt"])
        if issued is None or issued != (unit, canonical(unit, version["body"])):
            raise WrongEnd(f"{tab.name} shows ● for {unit} {version['body']}, receipt {version['receipt']} was given for {issued}")
        if row is not None and row.body != canonical(unit, version["body"]):
            raise WrongEnd(f"{tab.name} shows ● for {unit} {version['body']}, and {row.body} counts")

    def at_server(self, world: World, device: Device, sent: Json, answer: Json) -> None:
        """Only the device that holds the seat votes; it asks for older answers whenever it likes."""
        if answer["result"] == "ok" and sent["op_id"] not in self.known and device.grant != world.server.state.lease:
            raise WrongEnd(f"{device.name} has lost the seat and voted with {sent['op_id']}")
        if answer["result"] == "closed" and sent["op_id"] not in self.known:
            self.too_late(world, sent)
        self.known.add(sent["op_id"])

    def too_late(self, world: World, sent: Json) -> None:
        """Refused as too late is only what was saved after the close, or came after the grace."""
        poll, now = world.server.state.polls[sent["contest"]], instant(world.now)
        over = poll.closes_at is not None and now > poll.closes_at + timedelta(seconds=GRACE_S)
        after = poll.closes_at is not None and now > poll.closes_at and sent["saved_at"] > instant_text(poll.closes_at)
        if not over and not after and poll.state != "closed":
            raise WrongEnd(f"{sent['op_id']}, saved at {sent['saved_at']}, was refused before the grace was over")

    def at_answer(self, world: World, tab: Tab, version: Json, value: Any) -> None:
        """A tablet is told 'not counted' only of what was never accepted."""
        if value["result"] in ("closed", "recused", "invalid"):
            tab.notes[version["op_id"]] = value["result"]
        if value["result"] == "ok":
            tab.acks[version["op_id"]] = version

    def at_end(self, world: World) -> None:
        """All polls are closed and the network has been good for a minute."""
        for unit in UNITS:
            self.counts_right(world, unit)
        for device in world.devices:
            for tab in device.tabs:
                self.told_right(world, tab)
        holder = world.holder()
        for tab in holder.open_tabs if holder else []:
            self.shows_right(world, tab)

    # --- what counts ---

    def counts_right(self, world: World, unit: Unit) -> None:
        """Nothing acknowledged is lost, nothing counts that nobody chose or that came after the close, and the last choice counts."""
        row = world.server.state.rows.get(unit)
        made = [save for save in world.saves if save.unit == unit]
        if row is not None:
            self.is_somebodys(world, unit, row, made)
        if not world.restored:
            self.nothing_lost(world, unit, row)
        self.last_choice(world, unit, row, made)

    def is_somebodys(self, world: World, unit: Unit, row: Row, made: list[Save]) -> None:
        closes_at = world.server.state.polls[unit[0]].closes_at
        if row.body not in [canonical(unit, save.body) for save in made]:
            raise WrongEnd(f"{unit} counts {row.body}, which nobody chose")
        if closes_at is not None and row.saved_at > instant_text(closes_at):
            raise WrongEnd(f"{unit} counts {row.op}, saved at {row.saved_at} after the close {closes_at}")
        if closes_at is not None and row.accepted > closes_at + timedelta(seconds=GRACE_S):
            raise WrongEnd(f"{unit} counts {row.op}, accepted after the grace")

    def nothing_lost(self, world: World, unit: Unit, row: Row | None) -> None:
        acked = [one for device in world.devices for tab in device.tabs for one in tab.acks.values()]
        mine = [(one["lease"], one["rev"]) for one in acked if (one["contest"], one.get("entry")) == unit]
        if mine and (row is None or (row.lease, row.rev) < max(mine)):
            raise WrongEnd(f"{unit}: version {max(mine)} was acknowledged, {row and (row.lease, row.rev)} counts")
        made = [save for save in world.saves if save.unit == unit]
        latest = max((save.at for save in made if save.op in {one["op_id"] for one in acked}), default=0.0)
        if row is not None and row.body not in [canonical(unit, save.body) for save in made if save.at >= latest]:
            raise WrongEnd(f"{unit} counts {row.body}, chosen before the one of {latest:.3f} that was acknowledged")

    def last_choice(self, world: World, unit: Unit, row: Row | None, made: list[Save]) -> None:
        """The last choice that was saved in time on the device that holds the seat, if it had time to arrive."""
        holder, poll = world.holder(), world.server.state.polls[unit[0]]
        if holder is None or poll.closes_at is None or not holder.open_tabs:
            return
        if instant(world.heal_at + MARGIN_S) > poll.closes_at + timedelta(seconds=GRACE_S):
            return
        own = [save for save in made if save.device == holder.name]
        mine = [save for save in own if instant(save.saved_at) <= poll.closes_at or save.op in world.server.accepted]
        mine = [save for save in mine if not self.rightly_refused(world, save, mine) and not self.was_stale(world, save)]
        if not mine:
            return
        last = max(mine, key=lambda save: (save.lease, save.rev))
        if last.lease < holder.grant and self.overtaken(world, holder, last, row):
            return
        if last.lease == holder.grant:
            fits = row is not None and (row.lease, row.rev) >= (last.lease, last.rev)
        else:  # its copy under the new lease, or that of a later choice, accepted before one of its entries was recused
            since = [canonical(unit, save.body) for save in own if (save.lease, save.rev) >= (last.lease, last.rev)]
            fits = row is not None and row.body in since
        if not fits:
            raise WrongEnd(f"{unit}: {last.op} {last.body} was the last choice in time, {row} counts")

    def rightly_refused(self, world: World, save: Save, mine: list[Save]) -> bool:
        """Recused; or refused when the poll, as it was then, was over, which goes for what is older as well."""
        if canonical(save.unit, save.body) is None or (self.names_recused(world, save) and save.op not in world.server.accepted):
            return True
        if any(unit == save.unit and save.saved_at > at and save.at <= told for unit, at, told in world.told_closed):
            return True  # before a re-opening: the page knew that it was too late
        newer = [one for one in mine if (one.lease, one.rev) >= (save.lease, save.rev)]
        return any(world.answered.get(one.op) == "closed" for one in newer)

    def names_recused(self, world: World, save: Save) -> bool:
        named = [save.unit[1], *save.body.get("ranking", [])]
        return any(one in world.server.state.recused for one in named)

    def was_stale(self, world: World, save: Save) -> bool:
        """Chosen on a page that had lost the seat and did not know it yet: it is told, and lists what was not sent."""
        return save.at > world.claims.get(save.lease + 1, world.end)

    def overtaken(self, world: World, holder: Device, last: Save, row: Row | None) -> bool:
        """Another device has voted since; or its copy was rightly refused before a re-opening."""
        others = row is not None and not row.op.startswith(f"{world.seed}-{holder.name}-")
        return others or last.unit[0] in world.reopened

    # --- what is told ---

    def told_right(self, world: World, tab: Tab) -> None:
        """Neither the note 'does not count' nor the list 'was not sent' names what was accepted."""
        for op, word in tab.notes.items():
            if op in world.server.accepted:
                raise WrongEnd(f"{tab.name} says of {op} that it does not count ({word}), and it was accepted")
        healed = world.end - world.heal_at > MARGIN_S
        if tab.alive and tab.view["taken"] and healed and not world.restored:
            wrong = [op for op in tab.view["unsent"] if op in world.server.accepted]
            if wrong:
                raise WrongEnd(f"{tab.name} was taken over and lists {wrong} as not sent, which was accepted")

    def shows_right(self, world: World, tab: Tab) -> None:
        """On the device that holds the seat every page shows exactly what counts."""
        if tab.view["taken"]:
            if tab.lease == world.server.state.lease:
                raise WrongEnd(f"{tab.name} holds the seat and says that it was taken over")
            return
        for unit in UNITS:
            sign, version = shown(tab, unit)
            row = world.server.state.rows.get(unit)
            if sign == "local":
                raise WrongEnd(f"{tab.name} still shows ◐ for {unit}")
            if (sign == "confirmed") != (row is not None):
                raise WrongEnd(f"{tab.name} shows {sign} for {unit}, and {row} counts")
            if row is not None and version is not None and canonical(unit, version["body"]) != row.body:
                raise WrongEnd(f"{tab.name} shows ● for {unit} {version['body']}, and {row.body} counts")


def instant_text(at: Any) -> str:
    """In the form of the rows, comparable as text."""
    return str(at.astimezone(at.tzinfo).isoformat(timespec="milliseconds").replace("+00:00", "Z"))
