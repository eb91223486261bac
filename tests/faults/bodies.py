"""What scripted judges put on their ballots: no two alike for one ballot, so that every stored body names one version."""

import itertools
import json
import random
import zlib
from collections.abc import Iterator
from typing import Any


def bodies(contest: dict[str, Any], entries: list[str], dice: random.Random) -> Iterator[dict[str, Any]]:
    """Ballots for one unit, no two alike, so that every stored body names one version."""
    if contest["method"] == "score":
        every = itertools.product(*[range(contest["min"], contest["max"] + 1) for _ in contest["criteria"]])
        for marks in shuffled(every, dice):
            yield {"marks": dict(zip(contest["criteria"], marks, strict=True))}
    elif contest["method"] == "grade":
        for grade in shuffled(contest["grades"], dice):
            yield {"grade": grade}
    elif contest["method"] == "choice":
        sizes = range(min(contest["places"], len(entries)) + 1)
        for chosen in shuffled(itertools.chain.from_iterable(itertools.combinations(entries, size) for size in sizes), dice):
            yield {"entries": sorted(chosen)}
    else:
        sizes = range(1, min(contest["places"], len(entries)) + 1)
        for ranking in shuffled(itertools.chain.from_iterable(itertools.permutations(entries, size) for size in sizes), dice):
            yield {"ranking": list(ranking)}


def shuffled(every: Any, dice: random.Random) -> list[Any]:
    found = list(every)
    dice.shuffle(found)
    return found


def share_of(every: Iterator[dict[str, Any]], device: str) -> Iterator[dict[str, Any]]:
    """Two devices of one seat never make the same body either."""
    odd = device != "a"
    return (body for body in every if zlib.crc32(json.dumps(body, sort_keys=True).encode()) % 2 == odd)
