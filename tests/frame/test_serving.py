"""`eventapp demo` and `serve` as a newcomer meets them: a second server, a taken port, a folder of somebody else."""

import socket
import subprocess
import sys
from pathlib import Path

from tests.serving import ROOT, clean_environment


def eventapp(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "eventapp", *words]
    return subprocess.run(command, cwd=ROOT, env=clean_environment(), capture_output=True, text=True, timeout=120, check=False)


def copy_of(prepared: Path, data: Path) -> Path:
    data.mkdir()
    for name in ("eventapp.sqlite3", "secret"):
        (data / name).write_bytes((prepared / name).read_bytes())
    return data


def test_a_taken_port_is_said_in_one_line(prepared: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = eventapp("serve", "--data", str(copy_of(prepared, tmp_path / "data")), "--port", port)

    assert (done.returncode, done.stderr.strip()) == (1, f"127.0.0.1:{port} is taken: choose another port with --port")


def test_a_folder_that_is_not_a_demo_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")

    done = eventapp("demo", "--data", str(tmp_path), "--no-serve")

    assert done.returncode == 1
    assert "choose another folder" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_demo_is_created_once_and_goes_on(prepared: Path, tmp_path: Path) -> None:
    data = copy_of(prepared, tmp_path / "data")
    before = eventapp("status", "--data", str(data)).stdout

    assert eventapp("demo", "--data", str(data), "--no-serve").returncode == 0

    after = eventapp("status", "--data", str(data)).stdout
    kept = ("edition: ", "entries: ", "seats: ", "phase: ")
    assert [line for line in after.splitlines() if line.startswith(kept)] == [line for line in before.splitlines() if line.startswith(kept)]
