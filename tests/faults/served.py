"""The server with fail points, for tests only: `python -m tests.faults.served serve …`. The product itself has none.

SIGUSR1             kill -9 itself when the next ballot is committed, before anybody is told
SIGUSR2             … when the next ballot is about to be committed
FAULTS_BUILD=other  say that the front end is of another build, as after a deploy
"""

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402
import signal  # noqa: E402
from typing import Any  # noqa: E402

from sqlalchemy import event  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402

from eventapp import live, text, work  # noqa: E402
from eventapp.cli import cli  # noqa: E402

armed: set[int] = set()


def die_of_a_ballot(number: int, channels: set[tuple[int, str]]) -> None:
    """A ballot tells its own seat and nobody else."""
    if number in armed and len(channels) == 1 and next(iter(channels))[1].startswith("judge:"):
        os.kill(os.getpid(), signal.SIGKILL)


def arm() -> None:
    for number in (signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, lambda got, _frame: armed.add(got))
    tell = live.tell

    def told(channels: set[tuple[int, str]]) -> None:
        die_of_a_ballot(signal.SIGUSR1, channels)
        tell(channels)

    live.tell = told

    @event.listens_for(Session, "before_commit")
    def about_to_commit(_session: Any) -> None:
        running = work.current.get()
        if running is not None:
            die_of_a_ballot(signal.SIGUSR2, running.channels)


def main() -> None:
    arm()
    build = os.environ.pop("FAULTS_BUILD", "")
    if build:
        text.build_id = lambda: build
    cli(prog_name="eventapp")


if __name__ == "__main__":
    main()
