"""Runs of worlds by seed: the outcome of each, and the trace of one."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tests.faults.model.checks import Checks, WrongEnd
from tests.faults.model.server import Server
from tests.faults.model.story import begin
from tests.faults.model.tablets import AT_ONCE, Ask, Tablets
from tests.faults.model.world import World


@dataclass
class Outcome:
    """What came of a seed: `wrong` is empty when everything held."""

    seed: int
    wrong: str
    saves: int
    accepted: int
    words: set[str]
    trace: list[str]


def outcome(seed: int, ask: Ask, server: Server, *, trace: bool = False) -> Outcome:
    """Play one world."""
    world = World(seed, server, ask, Checks(), trace=trace)
    wrong = ""
    try:
        begin(world)
        world.play()
    except WrongEnd as found:
        wrong = str(found)
        ask({"op": "end", "run": str(seed)})
    return Outcome(seed, wrong, len(world.saves), len(server.accepted), set(world.answered.values()), world.told or [])


def outcomes(
    tablets: Tablets, seeds: Iterable[int], server: Callable[[], Server] = Server, *, trace: bool = False, at_once: int = AT_ONCE
) -> Iterator[Outcome]:
    """Play the worlds of these seeds, many at a time."""
    worlds = (lambda ask, seed=seed: outcome(seed, ask, server(), trace=trace) for seed in seeds)
    return tablets.play(worlds, at_once)


def first_wrong(tablets: Tablets, seeds: Iterable[int], server: Callable[[], Server] = Server) -> Outcome | None:
    """The first run that goes wrong: how a mutant is found."""
    return next((one for one in outcomes(tablets, seeds, server, at_once=20) if one.wrong), None)


def trace_of(tablets: Tablets, seed: int, server: Callable[[], Server] = Server) -> str:
    """The failing run once more, told line by line."""
    [found] = outcomes(tablets, [seed], server, trace=True)
    return "\n".join([f"seed {seed}:", *found.trace, f"          {found.wrong or 'nothing wrong'}"])
