"""All scripted judges in one process of their own: `python -m tests.faults.judges CONFIG.json`; told what to do by stdin.

`hush` ends the voting, `wait` is answered by a line of JSON when every tablet is right, `quit` by their last states.
"""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import random  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from gevent.fileobject import FileObjectThread  # noqa: E402

from tests.faults.tablet import Habits, Tablet  # noqa: E402


class Judges:
    """The room: one or two tablets for each seat card of the configuration."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.history = Path(config["history"]).open("a", buffering=1)  # noqa: SIM115 — open as long as the process lives
        dice = random.Random(config["seed"])
        self.tablets = [self._tablet(card, number, dice) for number, card in enumerate(config["cards"])]
        self.greenlets = [gevent.spawn(tablet.run, config["contests"]) for tablet in self.tablets]

    def _tablet(self, card: dict[str, Any], number: int, dice: random.Random) -> Tablet:
        given = self.config["habits"]
        habits = Habits(**given | {"socket": number % 4 != 3 and given.get("socket", True)})
        return Tablet(card, base=self.config["base"], habits=habits, dice=random.Random(dice.random()), tell=self.tell)

    def tell(self, event: str, **facts: Any) -> None:
        self.history.write(json.dumps({"t": round(time.time(), 3), "e": event, **facts}, ensure_ascii=False) + "\n")

    def hush(self) -> None:
        for tablet in self.tablets:
            tablet.hushed = True

    def right(self, epoch: int) -> bool:
        """Is everybody signed in, at this epoch or later, with nothing unsent?"""
        return all(tablet.read_only or not (tablet.pending or self.behind(tablet, epoch)) for tablet in self.tablets)

    @staticmethod
    def behind(tablet: Tablet, epoch: int) -> bool:
        """Does it show an older installation, or less than what was acknowledged to it (the document follows the ack)?"""
        return not tablet.document or tablet.document["epoch"] < epoch or not tablet.shows_acknowledged()

    def wait(self, epoch: int, within_s: float) -> bool:
        deadline = time.monotonic() + within_s
        while not self.right(epoch):
            if time.monotonic() > deadline:
                return False
            gevent.sleep(0.05)
        return True

    def answer(self, words: list[str]) -> dict[str, Any]:
        """What a line of stdin asks for."""
        if words[0] == "hush":
            self.hush()
        elif words[0] == "wait":
            right = self.wait(int(words[1]), float(words[2]))
            late = [t for t in self.tablets if not t.read_only and (t.pending or self.behind(t, int(words[1])))]
            waiting = {f"{t.seat} {t.card.get('device', 'a')}": [t.pending, *t._version()] for t in late}
            return {"ok": right, "waiting": waiting}
        elif words[0] == "quit":
            for tablet in self.tablets:
                tablet.tell("end", **(tablet.state() if tablet.document else {"pending": [], "shown": [], "read_only": True, "lease": 0}))
            self.history.flush()
        return {"ok": True}


def main() -> None:
    judges = Judges(json.loads(Path(sys.argv[1]).read_text()))
    for line in FileObjectThread(sys.stdin, "r"):
        words = line.split()
        sys.stdout.write(json.dumps(judges.answer(words)) + "\n")
        sys.stdout.flush()
        if words[0] == "quit":
            break


if __name__ == "__main__":
    main()
