"""What happens in a world: drawn from its seed, so that every sort of fault meets every other."""

from random import Random

from eventapp.rules.ballot import COUNTDOWN_S, GRACE_S
from tests.faults.model.world import CONTEST_NAMES, World

MARGIN_S = 50.0
"""A network that is back so long before the grace ends leaves no excuse: two refusals and two retries take less."""


def begin(world: World) -> None:
    """Fill the calendar of a world."""
    chance = world.chance
    last = polls(world, chance)
    network(world, chance, last)
    people(world, chance, last)
    if chance.random() < 0.3:
        straddle(world, chance)
    world.end = max(world.heal_at, last) + 60
    world.after(world.heal_at, lambda: heal(world))


def polls(world: World, chance: Random) -> float:
    """Each poll closes, some after a cancelled closing or once more after a re-opening. Returns when the last one is over."""
    over = 0.0
    for contest in CONTEST_NAMES:
        at = chance.uniform(10, 70)
        world.closings.append(at + COUNTDOWN_S)
        world.after(at, lambda contest=contest: world.step(contest, "close"))  # type: ignore[misc]
        if chance.random() < 0.15:
            world.after(at + chance.uniform(1, 28), lambda contest=contest: world.step(contest, "cancel_close"))  # type: ignore[misc]
            at += chance.uniform(30, 60)
            world.after(at, lambda contest=contest: world.step(contest, "close"))  # type: ignore[misc]
        at = finish(world, contest, at)
        if chance.random() < 0.1:
            world.after(at + chance.uniform(1, 10), lambda contest=contest: world.step(contest, "reopen"))  # type: ignore[misc]
            at += chance.uniform(20, 50)
            world.after(at, lambda contest=contest: world.step(contest, "close"))  # type: ignore[misc]
            at = finish(world, contest, at)
        over = max(over, at)
    return over


def finish(world: World, contest: str, closing: float) -> float:
    """The ticker closes the poll a moment after the grace."""
    at = closing + COUNTDOWN_S + GRACE_S + world.chance.uniform(0.05, 1)
    world.after(at, lambda: world.step(contest, "finish"))
    return at


def network(world: World, chance: Random, last: float) -> None:
    """How bad it is, and when it is good for the rest of the day: early, within the grace, or too late."""
    world.loss = chance.choice([0.0, 0.1, 0.3, 0.6])
    world.slow = chance.choice([0.0, 0.1, 0.4])
    world.doubled = chance.choice([0.0, 0.2, 0.5])
    world.deadly = chance.choice([0.0, 0.0, 0.05])
    world.heal_at = chance.choice([chance.uniform(5, 60), chance.uniform(40, 110), chance.uniform(60, last), last + 5])
    for device in world.devices:
        device.skew = chance.choice([0.0, 0.0, chance.uniform(-0.5, 0.5), chance.uniform(-5, 5)])
        at = chance.uniform(2, 40)
        while at < world.heal_at and chance.random() < 0.7:
            kind = chance.choice(["down", "hole", "portal"])
            until = at + chance.choice([chance.uniform(1, 15), chance.uniform(20, 120)])
            world.after(at, lambda device=device, kind=kind: world.cut(device, kind))  # type: ignore[misc]
            world.after(until, lambda device=device: world.mend(device))  # type: ignore[misc]
            at = until + chance.uniform(1, 30)
    for _ in range(chance.choice([0, 0, 1, 2])):
        world.after(chance.uniform(2, 120), lambda: world.kill("by kill -9") if world.up and world.now < world.heal_at else None)
    if chance.random() < 0.1:
        older(world, chance)


def straddle(world: World, chance: Random) -> None:
    """Without network over a close: choices before and after it, often on two pages, now and then on two devices."""
    first, second = world.devices
    close = chance.choice(world.closings)
    begins, ends = chance.uniform(2, close - 8), close + chance.uniform(5, 35)
    kind = chance.choice(["down", "hole"])
    world.heal_at = max(world.heal_at, ends) if chance.random() < 0.2 else ends
    for at in [begins - 1.5, begins - 1][: chance.choice([0, 1, 1, 2])]:
        world.after(at, lambda: world.open(first))
    world.after(begins, lambda: world.cut(first, kind))
    for _ in range(chance.randint(3, 9)):
        world.after(chance.uniform(begins, ends), world.tap)
    if chance.random() < 0.3:
        world.after(chance.uniform(begins + 3, ends), lambda: world.claim(second))
        world.after(ends + chance.uniform(1, 8), lambda: world.claim(first))
    if chance.random() < 0.4:
        world.after(chance.uniform(begins, ends), lambda: world.server.recuse("S-004"))
    world.after(ends, lambda: world.mend(first))


def older(world: World, chance: Random) -> None:
    """A backup, and a restore a little later, before any poll closes."""
    kept: list[object] = []
    at = chance.uniform(1, 20)
    world.after(at, lambda: kept.append(world.server.backup()))
    world.after(at + chance.uniform(1, 15), lambda: world.restore(kept[0]) if world.up else None)  # type: ignore[arg-type]


def people(world: World, chance: Random, last: float) -> None:
    """Taps, reloads, second tabs, take-overs."""
    first, second = world.devices
    world.after(0, lambda: world.claim(first))
    busy = min(last, chance.choice([60.0, 110.0, last]))
    for _ in range(chance.randint(2, 14)):
        world.after(chance.uniform(0.5, busy), world.tap)
    for _ in range(chance.choice([0, 1, 3])):
        world.after(chance.uniform(1, busy), lambda: reload(world))
    if chance.random() < 0.4:
        world.after(chance.uniform(1, busy), lambda: world.open(first))
    if chance.random() < 0.35:
        at = chance.uniform(3, busy)
        world.after(at, lambda: world.claim(second))
        if chance.random() < 0.5:
            world.after(at + chance.uniform(2, 60), lambda: world.claim(first))
    elif chance.random() < 0.2:
        world.after(chance.uniform(3, busy), lambda: world.claim(first))
    if chance.random() < 0.1:
        world.after(chance.uniform(1, busy), lambda: world.server.recuse("S-004"))


def reload(world: World) -> None:
    """A page is loaded anew: what it did not keep is gone."""
    pages = [tab for device in world.devices for tab in device.open_tabs]
    if pages:
        tab = world.chance.choice(pages)
        world.close(tab)
        world.open(tab.device)


def heal(world: World) -> None:
    """From here on everything works, and whoever holds the seat has a page open."""
    world.tell("the network is good from here on")
    for device in world.devices:
        world.mend(device)
    holder = world.holder()
    if holder and not holder.open_tabs:
        if world.up:
            world.open(holder)
        else:
            world.after(10, lambda: world.open(holder) if not holder.open_tabs else None)
