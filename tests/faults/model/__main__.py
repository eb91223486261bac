"""`python -m tests.faults.model [RUNS] [--seed FIRST]`: run so many worlds, or tell the story of one with `--trace SEED`."""

import argparse
import sys
import time
from collections import Counter

from tests.faults.model.run import outcomes, trace_of
from tests.faults.model.tablets import tablets


def main() -> int:
    """Print the figures; 1 and the first failing run's trace when something was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.model", description=__doc__)
    parser.add_argument("runs", type=int, nargs="?", default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--trace", type=int)
    chosen = parser.parse_args()
    say, started = sys.stdout.write, time.monotonic()
    with tablets() as node:
        if chosen.trace is not None:
            say(trace_of(node, chosen.trace) + "\n")
            return 0
        counted: Counter[str] = Counter()
        wrong = {}
        for one in outcomes(node, range(chosen.seed, chosen.seed + chosen.runs)):
            counted.update({"saves": one.saves, "accepted": one.accepted})
            counted.update(one.words)
            if one.wrong:
                wrong[one.seed] = one.wrong
        words = ", ".join(f"{word} {counted[word]}" for word in ("ok", "stale", "closed", "recused", "taken_over", "invalid"))
        say(f"{chosen.runs} runs, {counted['saves']} choices, {counted['accepted']} accepted, runs with each answer: {words}\n")
        say(f"{len(wrong)} wrong end states, {time.monotonic() - started:.0f} s\n")
        if wrong:
            say("".join(f"  seed {seed}: {text}\n" for seed, text in sorted(wrong.items())[:20]))
            say(trace_of(node, min(wrong)) + "\n")
        return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
