"""The watch itself: a page is reached, and nothing of it goes elsewhere."""

from typing import Any

import pytest

from tests.browser.watch import Visitors, overflow, violations

pytestmark = pytest.mark.browser


def test_the_programme_is_served(visitors: Visitors, links: dict[str, Any]) -> None:
    page = visitors.open("/", width=390)
    assert "DX Connect Day" in page.title()
    assert overflow(page) <= 0
    assert violations(page) == []


def test_a_link_signs_in(visitors: Visitors, links: dict[str, Any]) -> None:
    page = visitors.enter(links["director"])
    assert page.url.endswith("/director")
