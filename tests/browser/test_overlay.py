"""The stream's graphics in a real Chromium: what they show at the end of each action, over which background."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, WebSocketRoute, expect

from eventapp.overlay.queries import SCENES, project
from tests.browser.conftest import Server
from tests.overlay import samples

pytestmark = pytest.mark.browser

MAKE = """async ([layer, still]) => {
  const node = document.createElement("graphic-" + layer.graphic);
  window.graphic = node;
  node.clock = () => Date.parse("2025-12-24T06:32:14.000Z");
  document.querySelector("#air").append(node);
  const loaded = await node.load({ data: layer.data });
  const hidden = node.hidden;
  const played = await node.playAction({ goto: layer.step, skipAnimation: still });
  return [loaded.statusCode, hidden, played.statusCode, played.currentStep, node.hidden];
}"""
UPDATE = "async (data) => (await window.graphic.updateAction({ data })).statusCode"
PLAY = "async (step) => (await window.graphic.playAction({ goto: step, skipAnimation: true })).statusCode"
STOP = "async () => [(await window.graphic.stopAction({})).statusCode, window.graphic.hidden]"
FAULTS = """() => [...document.querySelectorAll("#air :not(svg, rect)")].flatMap((node) => {
  const box = node.getBoundingClientRect(), style = getComputedStyle(node), found = [];
  if (!box.width || node.closest("[hidden]")) return [];
  const name = `${node.tagName} ${node.className}`;
  if (node.scrollWidth > node.clientWidth + 1 && style.display !== "inline") found.push(name + " overflows");
  if (box.left < 95 || box.right > 1825 || box.top < 53 || box.bottom > 1027) found.push(name + " leaves the title-safe area");
  if ([...node.childNodes].some((one) => one.nodeType === 3) && parseFloat(style.fontSize) < 28) found.push(name + " is too small");
  return found;
})"""


class Air:
    """A page of 1920 × 1080 that gathers what the console complains about."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text) if message.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, url: str) -> Page:
        self.page.goto(url)
        self.page.wait_for_selector("body:not([data-waiting])")
        return self.page

    def picture(self) -> Image.Image:
        return Image.open(io.BytesIO(self.page.screenshot(omit_background=True))).convert("RGBA")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    yield context
    context.close()


@pytest.fixture
def air(context: BrowserContext) -> Air:
    return Air(context)


def layer(**sections: Any) -> dict[str, Any]:
    return project(sections, samples.facts())[0]


def bench(server: Server, air: Air) -> Page:
    """The real page of a scene that has nothing on air, for graphics made by hand."""
    return air.open(server.links["overlays"]["award-reveal"])


def test_the_lower_third_plays_changes_its_words_and_stops(server: Server, air: Air) -> None:
    page = bench(server, air)

    assert page.evaluate(MAKE, [layer(now_next=samples.now_next()), False]) == [200, True, 200, 0, False]
    expect(page.locator(".who")).to_have_text("武蔵村山市・東大和市・ 東村山市")
    expect(page.locator(".lower-third .plate-navy .label")).to_have_text(re.compile("6 / 10.*行政サービス部門"))
    assert page.locator(".locator rect").count() == 62
    assert page.locator(".locator rect[data-on]").count() == 3
    assert page.evaluate(FAULTS) == []

    changed = layer(now_next=samples.now_next(("132187",), owner="福生市", broadcast_title=samples.TITLES["S-022"]))["data"]
    assert page.evaluate(UPDATE, changed) == 200
    expect(page.locator(".words")).to_have_count(2)
    expect(page.locator(".who")).to_have_text("福生市")

    assert page.evaluate(UPDATE, {"title": None}) == 400
    expect(page.locator(".who")).to_have_text("福生市")
    assert page.evaluate(STOP) == [200, True]
    assert air.complaints == []


def test_the_timer_counts_down_and_never_over(server: Server, air: Air) -> None:
    page = bench(server, air)
    _, shown = project({"now_next": samples.now_next(), "timer": samples.timer()}, samples.facts())

    assert page.evaluate(MAKE, [shown, True]) == [200, True, 200, 0, False]
    expect(page.locator(".timer__digits")).to_have_text("2:46")
    assert "scaleX(0.55" in str(page.locator(".timer__bar > i").get_attribute("style"))
    page.evaluate(UPDATE, {"timer": samples.timer(duration_ms=60_000)})
    expect(page.locator(".timer__digits")).to_have_text("0:00")
    assert page.evaluate(FAULTS) == []
    assert page.evaluate(STOP) == [200, True]
    assert air.complaints == []


def test_progress_fills_squares_in_the_order_of_counting(server: Server, air: Air) -> None:
    page = bench(server, air)

    page.evaluate(MAKE, [layer(polls=[samples.poll(41, 85)]), False])
    expect(page.locator(".progress__figure")).to_have_text("41 / 85席")
    page.evaluate(UPDATE, layer(polls=[samples.poll(42, 84)])["data"])
    assert page.locator(".squares > i").count() == 84
    assert page.locator(".squares > i[data-on]").count() == 42
    assert page.locator(".squares > i[data-on] ~ i:not([data-on])").count() == 42
    assert page.evaluate(FAULTS) == []
    assert page.evaluate(STOP) == [200, True]
    assert air.complaints == []


def test_the_reveal_goes_through_its_steps_and_waits_for_its_winner(server: Server, air: Air) -> None:
    page = bench(server, air)

    assert page.evaluate(MAKE, [layer(reveal=samples.reveal("category")), False]) == [200, True, 200, 0, False]
    expect(page.locator(".award-category .winner__prize")).to_have_text("大賞")
    page.evaluate(UPDATE, layer(reveal=samples.reveal("nominees"))["data"])
    assert page.evaluate(PLAY, 1) == 200
    assert page.locator(".nominee").count() == 10
    held = page.inner_html("#air")
    page.evaluate(UPDATE, layer(reveal=samples.reveal("hold"))["data"])
    assert page.evaluate(PLAY, 2) == 200
    assert page.inner_html("#air") == held
    assert page.evaluate(PLAY, 3) == 400
    assert page.inner_html("#air") == held
    assert "定期船" not in page.content()

    page.evaluate(UPDATE, layer(reveal=samples.reveal("winner"))["data"])
    assert page.evaluate(PLAY, 3) == 200
    expect(page.locator(".winner__body")).to_have_text("神津島村")
    expect(page.locator(".winner__reading")).to_have_text("こうづしまむら")
    assert page.locator(".locator rect[data-on]").count() == 1
    assert page.evaluate(STOP) == [200, True]
    assert air.complaints == []


LONG = ["ー々" * 22]
SPOKEN: list[dict[str, Any]] = [
    {"owner": "個人応募(八王子市)", "codes": ("132012",), "broadcast_title": ["Latin only, forty-four characters of a title!"]},
    {"owner": "", "codes": ("132233", "132209", "132136", "131105"), "broadcast_title": LONG},
    {"owner": "", "codes": ("131121", "132047"), "broadcast_title": ["【サンプル】檜と瀨と髙の字を", "ふくむ題名"]},
]


def test_long_and_rare_words_stay_inside_their_plates(server: Server, air: Air) -> None:
    """The proof of stage.md §4: every municipality, the longest titles, Latin and rare letters through every graphic."""
    page = bench(server, air)
    layers = [layer(now_next=samples.now_next(one.pop("codes"), **one)) for one in map(dict, SPOKEN)]
    layers += [layer(now_next=samples.now_next((place.code,), owner=place.name)) for place in list(samples.PLACES.values())[::7]]
    for prize in samples.PRIZES:
        layers += [layer(reveal=samples.reveal(step, prize)) for step in ("category", "nominees")]
        for winners in (("S-025",), ("O-025",), (), ("S-025", "S-022")):
            layers.append(layer(reveal=samples.reveal("winner", prize, winners)))
    for shown in layers:
        page.evaluate("document.querySelector('#air').replaceChildren()")
        assert page.evaluate(MAKE, [shown, True])[2] == 200
        assert page.evaluate(FAULTS) == [], shown["data"]
    assert air.complaints == []


def test_the_page_is_transparent_outside_its_graphics(server: Server, air: Air) -> None:
    page = bench(server, air)
    assert air.picture().getextrema()[3] == (0, 0)

    page.evaluate(MAKE, [layer(reveal=samples.reveal("winner")), True])
    picture = air.picture()
    assert picture.size == (1920, 1080)
    assert picture.getpixel((960, 300)) == (0, 0, 0, 0)
    assert picture.getpixel((110, 590)) == (255, 212, 61, 255)
    red, green, blue, alpha = picture.getpixel((1000, 590))  # type: ignore[misc]
    assert (red, green) == (0, 0)
    assert 90 <= blue <= 100
    assert 240 <= alpha <= 248


def test_in_key_mode_nothing_is_half_transparent(server: Server, air: Air) -> None:
    page = air.open(f"{server.links['overlays']['award-reveal']}&key=00ff00")
    page.evaluate(MAKE, [layer(reveal=samples.reveal("winner")), False])

    picture = air.picture()
    assert picture.getextrema()[3] == (255, 255)
    assert picture.getpixel((960, 300)) == (0, 255, 0, 255)
    assert picture.getpixel((1000, 590)) == (0, 0, 96, 255)


@pytest.fixture
def director(browser: Browser, server: Server) -> Iterator[Page]:
    """The director, signed in."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.links["director"])
    page.locator("main form button[type=submit]").first.click()
    page.goto(f"{server.url}/switcher")
    yield page
    context.close()


GIVE = """async ([name, args]) => {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": token };
  const id = "test-" + Math.random().toString(36).slice(2) + "00000000";
  const answer = await fetch("/commands/" + id, { method: "POST", headers, body: JSON.stringify({ name, args }) });
  return await answer.json();
}"""


def give(page: Page, name: str, **args: Any) -> None:
    answer = page.evaluate(GIVE, [name, args])
    assert answer["ok"], answer


def go_to_next_entry(page: Page) -> dict[str, Any]:
    """GO until an entry is on stage that was not there before; its item."""
    now = page.evaluate("fetch('/live/crew').then((answer) => answer.json())")["sections"]["now_next"]
    on = now["now"]["slot"] if now["now"] else None
    schedule = [one for one in ("award-operations-1", "award-operations-2", "award-operations-3", "award-operations-4") if one != on]
    target = now["standby"]["slot"] if now["standby"] and now["standby"]["kind"] == "entry" else schedule[0]
    give(page, "rundown.go", **{"from": on, "to": target})
    found: dict[str, Any] = page.evaluate("fetch('/live/crew').then((answer) => answer.json())")["sections"]["now_next"]["now"]
    return found


def test_go_moves_the_overlay_a_refresh_restores_it_and_panic_clears_it(server: Server, air: Air, director: Page) -> None:
    page = air.open(server.links["overlays"]["lower-third"])
    give(director, "overlay.show", layer="auto")
    item = go_to_next_entry(director)
    title = page.locator(".lower-third .words:not([data-leaving]) .title")
    expect(title).to_have_text(" ".join(item["entry"]["broadcast_title"]))
    expect(page.locator(".tag")).to_have_text("サンプル")

    page.reload()
    expect(title).to_be_visible()
    assert page.locator("[data-play]").count() == 0

    give(director, "overlay.clear")
    expect(title).to_have_count(0)
    expect(page.locator("body[data-idle]")).to_have_count(1)
    assert air.picture().getextrema()[3] == (0, 0)
    give(director, "overlay.show", layer="auto")
    expect(title).to_be_visible()
    assert air.complaints == []


def test_the_stream_desk_copies_shows_and_clears(server: Server, director: Page) -> None:
    assert director.locator("[id^=address-]").count() == len(SCENES)
    expect(director.locator("[data-copy]:not([hidden])")).to_have_count(len(SCENES))
    assert [fault["id"] for fault in Axe().run(director).response["violations"]] == []
    director.get_by_role("button", name="すべて消す").click()
    expect(director.get_by_text("すべて消してあります")).to_be_visible()
    director.get_by_role("button", name="進行に合わせる").click()
    expect(director.get_by_text("進行に合わせて自動")).to_be_visible()


def test_a_document_with_a_hole_leaves_the_last_good_state_on_air(server: Server, air: Air) -> None:
    """By the polling fallback: sockets are blocked, documents come from here."""
    told: list[dict[str, Any]] = [layer(reveal=samples.reveal("winner", "excellence-service", ("S-022",)))]
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        document = {"channel": "overlay", "epoch": 1, "rev": len(told), "at": "2025-12-24T08:00:00.000Z", "build": "", "sections": {
            "layers": [told[-1]], "air": {"shown": [], "cleared": False},
        }}  # fmt: skip
        headers = {"Content-Type": "application/json", "X-Clock": "2025-12-24T08:00:00.000Z 1"}
        route.fulfill(status=200, headers=headers, body=json.dumps(document))

    def refuse(socket: WebSocketRoute) -> None:
        socket.close()

    page = air.page
    page.route("**/socket.io/**", lambda route: route.abort())
    page.route_web_socket("**/socket.io/**", refuse)
    page.route("**/live/overlay*", answer)
    page.goto(server.links["overlays"]["award-reveal"])
    expect(page.locator(".winner__body")).to_have_text("福生市", timeout=30_000)
    assert page.locator("[data-play]").count() == 0
    assert "token=" in asked[0]

    broken = json.loads(json.dumps(told[0]))
    broken["data"]["winners"][0]["title"] = [None]
    told.append(broken)
    before = len(asked)
    while len(asked) < before + 2:
        page.wait_for_timeout(200)
    expect(page.locator(".winner__body")).to_have_text("福生市")
    assert not re.search("undefined|null|NaN|Error", page.inner_text("body"))
