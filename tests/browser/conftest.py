"""Fixtures: a demo served by a process of its own, and a headless Chromium; a missing browser fails, it never skips."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import launch_options
from tests.browser.watch import Visitors
from tests.serving import demo_server, every_link


@dataclass(frozen=True)
class Server:
    """A running demo: its address, its folder, everybody's link."""

    url: str
    data: Path
    links: dict[str, Any]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo at 11:18 of its day on a free port, for one module of tests."""
    data = tmp_path_factory.mktemp("demo") / "data"
    with demo_server(data) as url:
        yield Server(url, data, every_link(data))


@pytest.fixture(scope="module")
def links(server: Server) -> dict[str, Any]:
    """Every role's link."""
    return server.links


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**launch_options())
        yield chromium
        chromium.close()


@pytest.fixture
def visitors(browser: Browser, server: Server) -> Iterator[Visitors]:
    """Opens pages; after the test none of them may have printed an error or asked another origin."""
    found = Visitors(browser, server.url)
    yield found
    found.close()
