"""kill -9 in the middle of a burst of votes, at any instant and between commit and answer: nothing is lost, doubled or guessed."""

from pathlib import Path

import pytest

from tests.faults.hall import Hall

pytestmark = pytest.mark.faults


def test_acknowledged_votes_survive_kills(empty_hall: Path, tmp_path: Path) -> None:
    with Hall(tmp_path, empty_hall, judges=10, seed=3) as hall:
        hall.open_polls()
        hall.seat_judges()
        for when in ("now", "after_commit", "before_commit"):
            hall.await_votes(15)
            hall.kill(when)
            hall.start()
        verdict = hall.finish()
    assert verdict.findings == []
    assert (verdict.lost, verdict.doubled) == (0, 0)
    assert verdict.acknowledged > 45
