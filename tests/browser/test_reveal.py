"""The reveal on the overlay: prize after prize, each over a transparent background."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.watch import Visitors
from tests.serving import demo_server, every_link

pytestmark = pytest.mark.browser

GIVE = """async ([name, args]) => {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": token };
  const id = "test-" + crypto.getRandomValues(new Uint32Array(4)).join("-");
  const answer = await fetch("/commands/" + id, { method: "POST", headers, body: JSON.stringify({ name, args }) });
  return await answer.json();
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo in which everything is voted, tallied and sealed, and nothing is revealed."""
    data = tmp_path_factory.mktemp("results") / "data"
    with demo_server(data, "--at", "results") as url:
        yield Server(url, data, every_link(data))


def picture(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot(omit_background=True))).convert("RGBA")


def test_prize_after_prize_over_a_transparent_background(visitors: Visitors, links: dict[str, Any]) -> None:
    director = visitors.enter(links["director"], width=1440, height=900)
    overlay = visitors.open(links["overlays"]["award-reveal"], width=1920, height=1080)
    expect(overlay.locator("body[data-idle]")).to_have_count(1)
    assert picture(overlay).getextrema()[3] == (0, 0)
    cursor, shown = [0, "idle"], []
    while len(shown) < 8:
        answer = director.evaluate(GIVE, ["reveal.next", {"from": cursor}])
        assert answer["ok"], answer
        cursor = [answer["n"], answer["step"]]
        if answer["step"] == "winner":
            shown.append(revealed(director, overlay))
    assert len(set(shown)) == 8


def revealed(director: Page, overlay: Page) -> str:
    """The number of the entry whose plate the overlay shows now."""
    reveal = director.evaluate("fetch('/live/crew').then((answer) => answer.json())")["sections"]["reveal"]
    (winner,) = reveal["winners"]
    for line in winner["broadcast_title"]:
        expect(overlay.locator("#air")).to_contain_text(line.removeprefix("【サンプル】"), timeout=20_000)
    expect(overlay.locator(".winner__body")).not_to_be_empty()
    overlay.wait_for_timeout(1500)  # the plate is moving in
    image = picture(overlay)
    assert image.getextrema()[3] == (0, 255)
    assert [image.getpixel((x, y))[3] for x, y in ((4, 4), (1915, 4), (4, 1075), (1915, 1075))] == [0, 0, 0, 0]  # type: ignore[index]
    return str(winner["number"])
