"""Fixtures: a demo served by a process of its own, and a headless Chromium."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, sync_playwright

START_S = 120
NAMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Server:
    """A running demo: its address, its folder, everybody's link."""

    url: str
    data: Path
    links: dict[str, Any]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`eventapp demo` on a free port."""
    data = tmp_path_factory.mktemp("demo") / "data"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (data.parent / "log.txt").open("w")
    command = [sys.executable, "-m", "eventapp", "demo", "--data", str(data), "--port", str(port)]
    process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(url, process, data.parent / "log.txt")
        printed = subprocess.run(
            [sys.executable, "-m", "eventapp", "links", "--data", str(data), "--json"], capture_output=True, text=True, check=True
        )
        yield Server(url, data, json.loads(printed.stdout))
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(START_S * 5):
        if process.poll() is not None:
            break
        try:
            with urlopen(f"{url}/healthz", timeout=2):  # noqa: S310 - our own loopback server
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the demo did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: the one named by CHROMIUM, else Debian's."""
    path = os.environ.get("CHROMIUM") or next((found for name in NAMES if (found := shutil.which(name))), None)
    assert path, "no Chromium: run `make browser`"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield chromium
        chromium.close()
