"""The desk of the polls by keyboard alone and without JavaScript: a whole life of a poll, and a sheet of paper."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.test_reveal import GIVE
from tests.browser.watch import Visitors, overflow, violations
from tests.serving import demo_server, every_link

pytestmark = pytest.mark.browser
MOST_TABS = 300


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo of its own: its clock is moved."""
    data = tmp_path_factory.mktemp("desk") / "data"
    with demo_server(data) as url:
        yield Server(url, data, every_link(data))


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, as somebody without a mouse does."""
    wanted = page.locator(f"{selector}:focus")
    for _ in range(MOST_TABS):
        if wanted.count():
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


def press(page: Page, act: str) -> None:
    """The button of a form, found by where it leads."""
    tab_to(page, f"form[action$='{act}'] button")
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def jump(visitors: Visitors, links: dict[str, Any], name: str, **args: Any) -> None:
    """Move the demo's day from the director's desk."""
    director = visitors.enter(links["director"])
    answer = director.evaluate(GIVE, [name, args])
    assert answer["ok"], answer


def test_a_polls_whole_life_by_keyboard_without_javascript(visitors: Visitors, links: dict[str, Any]) -> None:
    page = visitors.enter(links["secretariat"], java_script_enabled=False)
    page.goto("/desk/polls")
    press(page, "/desk/polls/idea/report")
    expect(page.locator("h1")).to_contain_text("零票報告")
    expect(page.locator(".zero__figure")).to_contain_text("0")
    press(page, "/desk/polls/idea/open")
    chip = page.locator("#poll-idea .chip")
    expect(chip).to_have_text("受付中")
    press(page, "/desk/polls/idea/nudge")
    expect(page.locator("#poll-idea")).to_contain_text("台へ知らせました")
    press(page, "/desk/polls/idea/close")
    expect(chip).to_have_text("締切の案内中")
    tab_to(page, "#poll-idea details:has(form[action$='cancel_close']) summary")
    page.keyboard.press("Enter")
    tab_to(page, "#cancel_close-idea")
    page.keyboard.type("発表が続いている")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    expect(chip).to_have_text("受付中")

    jump(visitors, links, "clock.jump", block="award-service")
    page.goto("/desk/polls")
    press(page, "/desk/polls/idea/close")
    expect(chip).to_have_text("締切の案内中")
    jump(visitors, links, "clock.set", at="2025-12-24T15:30:00+09:00", rate=1)
    page.wait_for_timeout(3000)
    page.goto("/desk/polls")
    expect(chip).to_have_text("締切済")
    tab_to(page, "#poll-idea details summary")
    page.keyboard.press("Enter")
    tab_to(page, "#reopen-idea")
    page.keyboard.type("機器の故障")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    expect(chip).to_have_text("受付中")


def test_a_sheet_of_paper_by_keyboard_without_javascript(visitors: Visitors, links: dict[str, Any]) -> None:
    page = visitors.enter(links["secretariat"], java_script_enabled=False)
    page.goto("/desk/papers")
    page.locator("#contest").select_option("idea")
    tab_to(page, "#seats")
    page.keyboard.type("A-01")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    code = page.locator(".paper__code").inner_text()
    page.goto(f"/desk/papers/{code}")
    press(page, f"/desk/papers/{code}/collect")
    tab_to(page, "input[name^='rank-']")
    page.keyboard.type("1")
    press(page, f"/desk/papers/{code}/key")
    expect(page.locator("main")).to_contain_text("もう1人の入力を待っています")

    seen = visitors.enter(links["secretariat"])
    found = []
    for path in (f"/desk/papers/{code}", "/desk/papers", "/desk/polls", "/desk/polls/idea/zero"):
        for width in (390, 1024, 1440):
            seen.set_viewport_size({"width": width, "height": 900})
            seen.goto(path)
            found += [f"{path} at {width}: {fault}" for fault in violations(seen)]
            found += [f"{path} at {width}: too wide"] if overflow(seen) > 0 else []
    assert found == []
