"""The fast set: two halls of judges and every kind of fault; all invariants are checked after each. `make faults` has the long one."""

import time
from pathlib import Path

import pytest

from tests.faults.hall import CONTESTS, Hall
from tests.faults.proxy import Proxy

pytestmark = pytest.mark.faults


def test_acknowledged_votes_survive_kills_and_a_lost_machine(empty_hall: Path, tmp_path: Path) -> None:
    """kill -9 at any instant, between commit and answer, and before the commit; then an older backup takes the server's place.

    What was acknowledged after the backup is put again by the tablets.
    """
    with Hall(tmp_path, empty_hall, judges=8, seed=3) as hall:
        hall.open_polls()
        hall.seat_judges()
        for when in ("now", "after_commit", "before_commit"):
            hall.await_votes(10)
            hall.kill(when)
            hall.start()
        older = hall.eventapp("backup").stdout.strip()
        hall.await_votes(15)
        hall.restore(older)
        hall.await_votes(5)
        verdict = hall.finish()
    assert verdict.findings == []
    assert (verdict.lost, verdict.doubled) == (0, 0)
    assert verdict.acknowledged > 50
    assert verdict.put_again > 0


def test_acknowledged_votes_survive_everything_else(empty_hall: Path, tmp_path: Path) -> None:
    """Stopped, disk full, network cut, silent and slow, a deploy, two tablets on one seat; the polls close, re-open and close."""
    with Hall(tmp_path, empty_hall, judges=8, seed=5) as hall, Proxy(hall.server.port) as network:
        hall.open_polls()
        hall.seat_judges(via=network.url, second=1)
        hall.await_votes(10)
        hall.pause(5)
        hall.await_votes(5)
        with hall.server.full_disk():
            before = hall.stored()
            time.sleep(3)
            assert hall.stored() == before
        hall.await_votes(5)
        network.set("rst")
        time.sleep(1)
        network.set("blackhole", way="down")
        time.sleep(5)
        network.set("rst")
        network.set("delay", delay_s=0.2, jitter_s=0.1)
        hall.await_votes(5)
        hall.deploy("another-build")
        network.set("pass")
        hall.await_votes(5)
        hall.close_polls()
        for contest in CONTESTS:
            hall.chair.command("poll.reopen", contest=contest, reason="fault test")
        hall.await_votes(5)
        hall.close_polls()
        verdict = hall.finish()
    assert verdict.findings == []
    assert (verdict.lost, verdict.doubled) == (0, 0)
    assert verdict.outages > 0
