"""Real servers as subprocesses for tests: on a free loopback port, ended by their own process id."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parent.parent
PATIENCE_S = 120  # real seconds that a start may take on a busy machine


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment(**given: str) -> dict[str, str]:
    """This process's environment without its EVENTAPP_ settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("EVENTAPP_")} | given


def answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/healthz", timeout=2) as response:  # noqa: S310 — our own loopback address
            return bool(json.load(response)["ok"])
    except (URLError, OSError, ValueError, KeyError):
        return False


@contextlib.contextmanager
def running(command: Sequence[str], url: str, log: Path, env: dict[str, str]) -> Iterator[int]:
    """The process of a command that serves `url`, once it answers; its output goes to a file that a failure shows."""
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not answers(url):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{' '.join(command)} does not serve {url}:\n{log.read_text()}")
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def demo_server(data: Path, *options: str, port: int = 0, **settings: str) -> Iterator[str]:
    """The address of a demo in `data` that a process of its own serves; `settings` as EVENTAPP_PUBLIC_URL=…."""
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "eventapp", "demo", "--data", str(data), "--port", str(port), *options]
    with running(command, url, data.with_suffix(".log"), clean_environment(**settings)):
        yield url


def every_link(data: Path) -> dict[str, Any]:
    """What `eventapp links --json` says of a data folder."""
    command = [sys.executable, "-m", "eventapp", "links", "--data", str(data), "--json"]
    done = subprocess.run(command, cwd=ROOT, env=clean_environment(), capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
