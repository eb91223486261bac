"""The day in a real browser: a judge votes, GO moves every screen, director and chair share one browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.watch import Visitors, enter

pytestmark = pytest.mark.browser

PANEL = '[data-panel="operations"]'
PAPER = '[data-paper="operations"]'
SILENT = "A-64"  # a seat of the sample that stays empty: nobody voted from it


def seat_card(links: dict[str, Any], label: str) -> str:
    return str(next(row["url"] for row in links["judges"] if row["seat"] == label))


def test_a_seat_card_signs_in_three_entries_are_ranked_and_stay(visitors: Visitors, links: dict[str, Any]) -> None:
    page = visitors.enter(seat_card(links, SILENT))
    expect(page.locator(f'{PANEL} .rail3__state[data-state="empty"]')).to_have_attribute("aria-current", "true")
    entries = [row.get_attribute("data-entry") for row in page.locator(f"{PAPER} li.vote:not([data-recused])").all()[:3]]
    for place, entry in enumerate(entries, 1):
        row = page.locator(f'{PAPER} li.vote[data-entry="{entry}"]')
        if row.locator("details.vote__act").get_attribute("open") is None:
            row.locator("details.vote__act > summary").click()
        row.locator(f'button[value="{place} {entry}"]').click()
        expect(row.locator(f'button[value="{place} {entry}"]')).to_have_attribute("aria-pressed", "true")
    confirmed(page)
    receipt = page.locator(f"{PANEL} .receipt__code").inner_text()

    page.reload()
    confirmed(page)
    assert page.locator(f"{PANEL} .receipt__code").inner_text() == receipt
    pressed = [button.get_attribute("value") for button in page.locator(f'{PAPER} button[aria-pressed="true"]').all()]
    assert sorted(filter(None, pressed)) == [f"{place} {entry}" for place, entry in enumerate(entries, 1)]


def confirmed(page: Page) -> None:
    """The rail says 確定, all three places are filled, and there is a receipt."""
    expect(page.locator(f'{PANEL} .rail3__state[data-state="confirmed"]')).to_have_attribute("aria-current", "true")
    expect(page.locator(f"{PANEL} [data-slot]:not([data-empty])")).to_have_count(3)
    expect(page.locator(f"{PANEL} .receipt__code")).to_have_text(re.compile(r"^\w{4}-\w{4}$"))


def test_go_moves_tablet_public_page_confidence_monitor_and_overlay(visitors: Visitors, links: dict[str, Any]) -> None:
    director = visitors.enter(links["director"], width=1440, height=900)
    tablet = visitors.enter(seat_card(links, "A-66"))
    phone = visitors.open("/", width=390, height=844)
    monitor = visitors.open(links["screens"]["confidence"], width=1920, height=1080)
    overlay = visitors.open(links["overlays"]["lower-third"], width=1920, height=1080)
    document = director.evaluate("fetch('/live/crew').then((answer) => answer.json())")
    item = document["sections"]["now_next"]["standby"]
    press_go(director)
    expect(director.locator(".air__who")).to_have_text(item["who"])
    expect(tablet.locator(f'{PAPER} [data-list="on"] li.vote')).to_have_attribute("data-entry", item["entry"]["number"])
    expect(phone.locator("main")).to_contain_text(item["who"])
    expect(phone.locator("main")).to_contain_text(item["position_text"])
    expect(monitor.locator("h1")).to_contain_text(item["who"])
    expect(overlay.locator(".lower-third")).to_contain_text(item["who"])


def press_go(page: Page) -> None:
    """The director holds GO for a second, as on air."""
    page.wait_for_function("document.querySelector('[data-link]')?.dataset.link === 'ok'")
    page.locator("button.go").hover()
    page.mouse.down()
    page.wait_for_timeout(1300)
    page.mouse.up()


def test_director_and_chair_are_signed_in_side_by_side(visitors: Visitors, links: dict[str, Any], server: Server) -> None:
    context = visitors.context(width=1440, height=900)
    director, chair = context.new_page(), context.new_page()
    enter(director, links["director"])
    enter(chair, links["chair"])
    for page, path in ((director, "/director"), (chair, "/chair"), (director, "/director")):
        page.goto(path)
        expect(page).to_have_url(f"{server.url}{path}")
        expect(page.locator("h1")).to_be_visible()
    assert director.evaluate("fetch('/live/crew').then((answer) => answer.status)") == 200
    assert chair.evaluate("fetch('/live/chair').then((answer) => answer.status)") == 200
