"""One demo server and one Chromium for all browser tests; a missing browser fails, it never skips."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import launch_options
from tests.browser.watch import Visitors
from tests.serving import demo_server, every_link


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("browser") / "data"


@pytest.fixture(scope="module")
def served(data: Path) -> Iterator[str]:
    """The address of a demo at 11:18 of its day, served by a process of its own for one module of tests."""
    with demo_server(data) as url:
        yield url


@pytest.fixture(scope="module")
def links(served: str, data: Path) -> dict[str, Any]:
    """Every role's link."""
    return every_link(data)


@pytest.fixture
def visitors(browser: Browser, served: str) -> Iterator[Visitors]:
    """Opens pages; after the test none of them may have printed an error or asked another origin."""
    found = Visitors(browser, served)
    yield found
    found.close()
