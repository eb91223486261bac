"""A whole day through the real doors, an hour in a second: eight prizes, no vote lost or doubled, the recount identical."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import ROOT, clean_environment

pytestmark = pytest.mark.days


def eventapp(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "eventapp", *words, "--data", str(data)]
    return subprocess.run(command, cwd=ROOT, env=clean_environment(), capture_output=True, text=True, check=False)


def test_a_rehearsal_proves_the_day_and_leaves_nothing(prepared: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for name in ("eventapp.sqlite3", "secret"):
        (data / name).write_bytes((prepared / name).read_bytes())
    done = eventapp(data, "rehearse", "--judges", "6", "--attendees", "8", "--speed", "3600", "--json")
    assert done.returncode == 0, done.stderr + done.stdout
    report = json.loads(done.stdout)
    assert report["recount"] == "identical"
    assert len(report["prizes"]) == 8
    assert len({entry for winners in report["prizes"].values() for entry in winners}) == 8
    assert report["acknowledged_votes"] >= report["counted_ballots"] > 6
    assert report["visits"] > 8
    left = json.loads(eventapp(data, "status", "--json").stdout)
    assert left["edition"] == "connect-day-2025"
    assert set(left["polls"].values()) == {"draft"}
