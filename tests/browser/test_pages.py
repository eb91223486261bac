"""Every main page, at the widths of a telephone, a tablet and a desk: no finding of axe, nothing wider than the window."""

from typing import Any

import pytest

from tests.browser.watch import Visitors, enter, overflow, violations

pytestmark = pytest.mark.browser

PAGES = {
    "public": ("/", "/?lang=en", "/programme", "/results", "/archive", "/archive/connect-day-2024", "/code", "/s/opening", "/b/genai"),
    "judge": ("/judge", "/judge/dx-sprint", "/judge?lang=en"),
    "director": ("/director", "/director/polls", "/director/polls/operations/zero", "/director/reveal"),
    "mc": ("/mc",),
    "switcher": ("/switcher",),
    "chair": ("/chair", "/chair/result"),
    "deputy": ("/deputy", "/deputy/result"),
    "secretariat": (
        "/desk", "/desk/rules", "/desk/rules/text", "/desk/rules/trial?seed=1&runs=2", "/desk/rules/versions",
        "/desk/polls", "/desk/polls/operations/zero", "/desk/papers",
        "/desk/people", "/desk/seats", "/desk/screening", "/desk/screening/assign", "/desk/screening/cut",
    ),
    "reception": ("/reception",),
    "entrant": ("/entries",),
    "screener": ("/screening",),
    "auditor": ("/auditor",),
}
WIDTHS = (390, 1024, 1440)


def link_of(links: dict[str, Any], role: str) -> str:
    rows = {"judge": "judges", "entrant": "entrants", "screener": "screeners"}
    return str(links[rows[role]][2]["url"] if role in rows else links[role])


@pytest.mark.parametrize("role", list(PAGES))
def test_a_main_page_has_no_finding_at_any_width(visitors: Visitors, links: dict[str, Any], role: str) -> None:
    page = visitors.context().new_page()
    if role != "public":
        enter(page, link_of(links, role))
    found: list[str] = []
    for path in PAGES[role]:
        page.goto(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found += [f"{path} at {width}: {fault}" for fault in violations(page)]
        page.set_viewport_size({"width": 320, "height": 640})
        if overflow(page) > 0:
            found.append(f"{path} at 320: {overflow(page)} px too wide")
    assert found == [], "\n".join(found)
