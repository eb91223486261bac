"""The long fault run, with figures: `python -m tests.faults.campaign --kills 40 --seeds 20`.

Halls of judges whose server is killed again and again, then one hall for each seed with faults drawn from it. The seeds of failing
runs are printed, and their folders stay.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.checker import Verdict
from tests.faults.hall import CONTESTS, Hall, prepare
from tests.faults.proxy import Proxy

KILLS_A_HALL = 50


@dataclass
class Figures:
    """Added up over all runs."""

    votes: int = 0
    kills: int = 0
    lost: int = 0
    doubled: int = 0
    put_again: int = 0
    recounts: int = 0
    runs: int = 0
    worst_s: float = 0.0
    failed: list[str] = field(default_factory=list)

    def add(self, name: str, verdict: Verdict, kills: int) -> None:
        self.votes += verdict.acknowledged
        self.kills += kills
        self.lost += verdict.lost
        self.doubled += verdict.doubled
        self.put_again += verdict.put_again
        self.runs += 1
        self.recounts += not any(finding.startswith("I3") for finding in verdict.findings)
        self.worst_s = max([self.worst_s, *verdict.right_after_s])
        if verdict.findings:
            self.failed.append(name)
        say(f"{name}: {verdict.acknowledged} votes, {kills} kills, lost {verdict.lost}, doubled {verdict.doubled}, "
            f"right after {max(verdict.right_after_s, default=0):.1f} s")  # fmt: skip
        for finding in verdict.findings:
            say(f"  {finding}")

    def text(self) -> str:
        lines = {
            "votes acknowledged": self.votes, "kills": self.kills, "lost": self.lost, "doubled": self.doubled,
            "recount identical": f"{self.recounts} of {self.runs} runs", "put again after a restore": self.put_again,
            "worst time until all tablets are right": f"{self.worst_s:.1f} s", "failing runs": ", ".join(self.failed) or "none",
        }  # fmt: skip
        return "\n".join(f"{name:<40} {value}" for name, value in lines.items())


def say(line: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')}  {line}\n")
    sys.stdout.flush()


def kill_run(folder: Path, prepared: Path, *, kills: int, judges: int, votes: int, seed: int) -> Verdict:
    """So many kills in one hall, with at least so many votes between two; every fifth time all tablets may become right first."""
    dice = random.Random(seed)
    with Hall(folder, prepared, judges=judges, seed=seed) as hall:
        hall.open_polls()
        hall.seat_judges()
        for number in range(kills):
            hall.await_votes(dice.randint(votes // 2, votes * 3 // 2))
            hall.kill(dice.choice(["now", "now", "after_commit", "before_commit"]))
            hall.start()
            if number % 5 == 4:
                hall.await_right()
        return hall.finish()


def seed_run(folder: Path, prepared: Path, seed: int) -> tuple[Verdict, int]:
    """Six faults drawn by the seed, with votes in between; then the polls close while everybody votes."""
    dice = random.Random(seed)
    with Hall(folder, prepared, judges=8, seed=seed) as hall, Proxy(hall.server.port, seed=seed) as network:
        hall.open_polls()
        second = dice.randint(0, 2)  # a tablet that was taken over has forgotten its votes: none can put them again after a restore
        hall.seat_judges(via=network.url, second=second)
        backups: list[str] | None = None if second else []
        for _ in range(6):
            hall.await_votes(6)
            dice.choice(faults(hall, network, dice, backups))()
        hall.await_votes(6)
        hall.close_polls()
        return hall.finish(), hall.server.kills


def faults(hall: Hall, network: Proxy, dice: random.Random, backups: list[str] | None) -> list[Callable[[], None]]:
    """What may happen next."""

    def killed() -> None:
        hall.kill(dice.choice(["now", "after_commit", "before_commit"]))
        hall.start()

    def full() -> None:
        with hall.server.full_disk():
            before = hall.stored()
            time.sleep(dice.uniform(1, 4))
            assert hall.stored() == before

    def cut() -> None:
        network.set(dice.choice(["rst", "drop"]))
        time.sleep(dice.uniform(1, 6))
        network.set("pass")

    def silent() -> None:
        network.set("blackhole", way=dice.choice(["up", "down", "both"]))
        time.sleep(dice.uniform(2, 15))
        network.set("rst")
        network.set("pass")

    def slow() -> None:
        network.set("delay", delay_s=0.3, jitter_s=0.2)
        time.sleep(dice.uniform(2, 6))
        network.set("pass")

    def reopened() -> None:
        hall.close_polls()
        for contest in CONTESTS:
            hall.chair.command("poll.reopen", contest=contest, reason="fault run")

    def backed_up() -> None:
        made = hall.eventapp("backup").stdout.strip()
        if backups is not None:
            backups.append(made)

    def restored() -> None:
        if backups:
            hall.restore(backups.pop())
            backups.clear()

    return [
        killed, killed, full, cut, silent, slow, reopened, backed_up, restored, lambda: hall.pause(dice.uniform(1, 12)),
        lambda: hall.deploy(f"build-{dice.randint(0, 9)}"),
    ]  # fmt: skip


def main() -> int:
    given = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    given.add_argument("--kills", type=int, default=40)
    given.add_argument("--seeds", type=int, default=20)
    given.add_argument("--judges", type=int, default=30)
    given.add_argument("--votes", type=int, default=40, help="between two kills, on average")
    given.add_argument("--first", type=int, default=1, help="the first seed")
    asked = given.parse_args()
    home, figures = Path(tempfile.mkdtemp(prefix="faults-")), Figures()
    prepare(home / "prepared")
    runs: list[tuple[str, Callable[[Path], tuple[Verdict, int]]]] = []
    for number, left in enumerate(range(asked.kills, 0, -KILLS_A_HALL)):
        kills, seed = min(KILLS_A_HALL, left), asked.first + 1000 + number
        runs.append((f"kills seed {seed}", lambda folder, kills=kills, seed=seed: (
            kill_run(folder, home / "prepared", kills=kills, judges=asked.judges, votes=asked.votes, seed=seed), kills)))  # fmt: skip
    seeds = range(asked.first, asked.first + asked.seeds)
    runs += [(f"faults seed {seed}", lambda folder, seed=seed: seed_run(folder, home / "prepared", seed)) for seed in seeds]
    for name, run in runs:
        folder = home / name.replace(" ", "-")
        folder.mkdir()
        try:
            figures.add(name, *run(folder))
        except Exception as error:
            figures.failed.append(name)
            say(f"{name}: {type(error).__name__}: {str(error)[:2000]}")
        if name not in figures.failed:
            shutil.rmtree(folder)
    sys.stdout.write(f"\n{figures.text()}\n")
    if figures.failed:
        sys.stdout.write(f"kept: {home}\n")
        return 1
    shutil.rmtree(home)
    return 0


if __name__ == "__main__":
    sys.exit(main())
