"""The tablet offline by construction (live.md §5), in a real browser behind a network that is cut, reset or silent."""

import contextlib
import itertools
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, expect

from tests.browser.watch import Visitors, enter
from tests.faults.proxy import Proxy
from tests.serving import demo_server, every_link, free_port

pytestmark = pytest.mark.browser

RECEIPT = re.compile(r"^\w{4}-\w{4}$")
LATER_MS = 30_000  # a link that comes back is noticed within seconds; a busy machine takes longer
CLOSE_MS = 60_000  # the countdown of 30 s, and patience
_numbers = itertools.count(1)


class Travellers(Visitors):
    """Browsers that may print that the network is gone, and nothing else."""

    def _console(self, line: ConsoleMessage) -> None:
        if not re.search(r"ERR_|Failed to load resource|WebSocket", line.text):
            super()._console(line)


@dataclass
class Hall:
    """A demo at 11:18 of its day behind a network that a test may spoil, and browsers that may print that it is gone."""

    data: Path
    network: Proxy
    links: dict[str, Any]
    visitors: Visitors

    def card(self, label: str) -> dict[str, Any]:
        return next(row for row in self.links["judges"] if row["seat"] == label)

    def tablet(self, label: str) -> Page:
        page = self.visitors.enter(self.card(label)["url"])
        linked(page)
        until(page, "navigator.serviceWorker.controller !== null")
        until(page, f"(async () => (await ({CACHED})()).includes('/judge'))()")
        return page


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Proxy, dict[str, Any]]]:
    data = tmp_path_factory.mktemp("hall") / "data"
    port = free_port()
    with Proxy(port) as network, demo_server(data, port=port, EVENTAPP_PUBLIC_URL=network.url):
        yield data, network, every_link(data)


@pytest.fixture
def hall(served: tuple[Path, Proxy, dict[str, Any]], browser: Browser) -> Iterator[Hall]:
    data, network, links = served
    network.set("pass")
    visitors = Travellers(browser, network.url)
    yield Hall(data, network, links, visitors)
    network.set("pass")
    visitors.close()


def until(page: Page, script: str) -> None:
    """Wait for a script to become true; wait_for_function would need 'unsafe-eval'."""
    for _ in range(LATER_MS // 100):
        if page.evaluate(script):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never true: {script}")


# --- what a judge and a chair do --------------------------------------------------------------------------------------------


def linked(page: Page, state: str = "ok") -> None:
    expect(page.locator(f'.link-state[data-link="{state}"]')).to_be_visible(timeout=LATER_MS)


def entries(page: Page, contest: str) -> list[str]:
    """Those that this seat may rank and has not ranked yet."""
    rows = page.locator(f'[data-paper="{contest}"] li.vote:not([data-recused]):not(:has([aria-pressed="true"]))').all()
    return [row.get_attribute("data-entry") or "" for row in rows]


def mark(page: Page, contest: str, place: int, entry: str) -> None:
    """Tap a rank; one that is not presented yet is opened first."""
    tab = page.locator(f'.ballot-tab[data-contest="{contest}"]')
    if tab.get_attribute("aria-current") is None:
        tab.click()
    row = page.locator(f'[data-paper="{contest}"] li.vote[data-entry="{entry}"]')
    rest = page.locator(f'[data-paper="{contest}"] details.paper__rest', has=page.locator(f'li[data-entry="{entry}"]'))
    for details in (rest, row.locator("details.vote__act")):
        if details.count() and details.get_attribute("open") is None:
            details.locator("summary").first.click()
    row.locator(f'button[value="{place} {entry}"]').click()
    pressed(page, contest, place, entry)


def pressed(page: Page, contest: str, place: int, entry: str) -> None:
    button = page.locator(f'[data-paper="{contest}"] li.vote[data-entry="{entry}"] button[value="{place} {entry}"]')
    expect(button).to_have_attribute("aria-pressed", "true")


def is_local(page: Page, contest: str) -> None:
    """◐: saved on the tablet, no receipt."""
    state(page, contest, "local")
    expect(page.locator(f'[data-panel="{contest}"] .receipt__code')).to_have_count(0)


def is_confirmed(page: Page, contest: str) -> str:
    """●, with its receipt."""
    state(page, contest, "confirmed")
    code = page.locator(f'[data-panel="{contest}"] .receipt__code')
    expect(code).to_have_text(RECEIPT)
    return str(code.text_content())


def state(page: Page, contest: str, word: str) -> None:
    expect(page.locator(f'.ballot-tab[data-contest="{contest}"] .state')).to_have_attribute("data-state", word, timeout=LATER_MS)
    rail = page.locator(f'[data-panel="{contest}"] .rail3__state[data-state="{word}"]')
    expect(rail).to_have_attribute("aria-current", "true")


def command(page: Page, name: str, **args: Any) -> dict[str, Any]:
    """Give a command as a crew page does."""
    answer: dict[str, Any] = page.evaluate(
        """async ([op_id, name, args]) => (await fetch(`/commands/${op_id}`, {
             method: "POST", body: JSON.stringify({ name, args }),
             headers: { "Content-Type": "application/json", "X-CSRF-Token": document.querySelector('meta[name=csrf-token]').content },
           })).json()""",
        [f"offline-{next(_numbers):06d}", name, args],
    )
    assert answer["ok"], answer
    return answer


def skip_talks(hall: Hall, category: str) -> None:
    """The talks of a category fall out: its poll may close, which otherwise waits for the last of them."""
    director = hall.visitors.enter(hall.links["director"])
    query = """SELECT slot.code FROM slot JOIN entry ON entry.id = slot.entry_id
               JOIN category ON category.id = entry.category_id WHERE category.code = ?"""
    with contextlib.closing(sqlite3.connect(hall.data / "eventapp.sqlite3")) as base:
        codes = [code for (code,) in base.execute(query, (category,))]
    for code in codes:
        command(director, "rundown.skip", slot=code)


def receipt_line(chair: Page, contest: str, seat: str) -> dict[str, Any]:
    """What the chair's document says of one seat: who and when, never what."""
    document = chair.evaluate("fetch('/live/chair').then((answer) => answer.json())")
    return next(line for line in document["sections"]["receipts"] if (line["contest"], line["seat"]) == (contest, seat))


# --- the acceptance ----------------------------------------------------------------------------------------------------------


def test_five_entries_marked_offline_survive_a_reload_and_are_confirmed_when_the_network_is_back(hall: Hall) -> None:
    chair = hall.visitors.enter(hall.links["chair"])
    command(chair, "poll.open", contest="idea", **{"from": "draft"})
    tablet = hall.tablet("A-64")
    ops, idea = entries(tablet, "operations")[:3], entries(tablet, "idea")[:2]
    hall.network.set("rst")
    for contest, names in (("operations", ops), ("idea", idea)):
        for place, entry in enumerate(names, 1):
            mark(tablet, contest, place, entry)
    linked(tablet, "down")
    expect(tablet.locator(".link-state")).to_contain_text("オフライン・再接続中")

    tablet.reload()
    for contest, names in (("operations", ops), ("idea", idea)):
        is_local(tablet, contest)
        for place, entry in enumerate(names, 1):
            pressed(tablet, contest, place, entry)
    expect(tablet.locator("[data-banners]")).to_contain_text("2枚の投票用紙が、この端末で送信を待っています")
    linked(tablet, "down")

    hall.network.set("pass")
    receipts = [is_confirmed(tablet, contest) for contest in ("operations", "idea")]
    linked(tablet)
    tablet.reload()
    assert [is_confirmed(tablet, contest) for contest in ("operations", "idea")] == receipts
    lines = [receipt_line(chair, contest, "A-64") for contest in ("operations", "idea")]
    assert [(line["state"], line.get("delayed")) for line in lines] == [("confirmed", None)] * 2

    hall.network.set("rst")
    tablet.reload()
    assert [is_confirmed(tablet, contest) for contest in ("operations", "idea")] == receipts, "● stays ● without network"


def test_a_silent_network_is_noticed_and_healed(hall: Hall) -> None:
    """Half-open: connected, and nothing comes; the page says so by itself and goes on."""
    tablet = hall.tablet("A-50")
    first, second = entries(tablet, "operations")[-2:]
    hall.network.set("blackhole")
    mark(tablet, "operations", 1, first)
    is_local(tablet, "operations")
    linked(tablet, "down")
    mark(tablet, "operations", 1, second)
    hall.network.set("pass")
    is_confirmed(tablet, "operations")
    pressed(tablet, "operations", 1, second)
    linked(tablet)


def test_a_seat_taken_over_leaves_the_old_tablet_with_a_list_and_nothing_else(hall: Hall) -> None:
    old = hall.tablet("A-66")
    names = entries(old, "operations")
    mark(old, "operations", 1, names[0])
    is_confirmed(old, "operations")
    hall.network.set("drop")
    mark(old, "operations", 1, names[1])
    is_local(old, "operations")
    hall.network.set("pass", way="both")
    old.context.set_offline(True)  # the old tablet alone stays away
    card = hall.card("A-66")
    new = hall.visitors.open(card["url"])
    new.locator("main form button[type=submit]").first.click()
    new.locator("#code").fill(card["code"])
    new.locator("main form button[type=submit]").first.click()
    new.wait_for_url(lambda url: "/judge" in url)
    linked(new)
    pressed(new, "operations", 1, names[0])
    mark(new, "operations", 1, names[2])
    receipt = is_confirmed(new, "operations")

    old.context.set_offline(False)
    expect(old.locator("h1")).to_contain_text("席 A-66 は、別の端末に引き継がれました", timeout=LATER_MS)
    expect(old.locator("[data-unsent] li")).to_have_count(1)
    expect(old.locator("[data-unsent]")).to_contain_text("業務改善部門")
    assert old.evaluate("caches.keys()") == []
    assert receipt not in old.content()
    assert is_confirmed(new, "operations") == receipt
    pressed(new, "operations", 1, names[2])


def test_a_connected_tablet_learns_at_once_that_it_lost_its_seat(hall: Hall) -> None:
    old = hall.tablet("A-51")
    office = hall.visitors.enter(hall.links["secretariat"])
    command(office, "seat.release", seat="A-51")
    expect(old.locator("h1")).to_contain_text("別の端末に引き継がれました", timeout=LATER_MS)
    expect(old.locator("[data-none]")).to_be_visible()


def test_of_edits_before_and_after_the_close_the_one_before_counts_as_delayed(hall: Hall) -> None:
    chair = hall.visitors.enter(hall.links["chair"], width=1440, height=900)
    command(chair, "poll.open", contest="service", **{"from": "draft"})
    skip_talks(hall, "service")
    tablet = hall.tablet("A-84")
    before, after = entries(tablet, "service")[:2]
    hall.network.set("rst")
    mark(tablet, "service", 1, before)
    is_local(tablet, "service")
    tablet.context.set_offline(True)
    hall.network.set("pass")
    command(chair, "poll.close", contest="service", **{"from": "open"})
    chair.goto("/chair?poll=service")
    expect(chair.locator('[aria-current="step"]')).to_contain_text("遅着の受付", timeout=CLOSE_MS)
    assert receipt_line(chair, "service", "A-84")["state"] != "confirmed"
    chair.wait_for_timeout(3_000)  # two browsers' estimates of the server's clock may differ a little on a busy machine
    mark(tablet, "service", 1, after)
    is_local(tablet, "service")

    tablet.context.set_offline(False)
    is_confirmed(tablet, "service")
    pressed(tablet, "service", 1, before)
    expect(tablet.locator('[data-panel="service"]')).to_contain_text("締切のあとに選んだ内容は数えられません")
    expect(chair.locator('[data-part="counts"]')).to_contain_text("うち遅着 1", timeout=LATER_MS)
    line = receipt_line(chair, "service", "A-84")
    assert (line["state"], line["delayed"]) == ("confirmed", True)


def test_two_tabs_share_a_seat_and_its_queue(hall: Hall) -> None:
    one = hall.tablet("A-52")
    two = one.context.new_page()
    two.goto("/judge")
    linked(two)
    first, second = entries(one, "operations")[:2]
    hall.network.set("rst")
    mark(one, "operations", 1, first)
    is_local(two, "operations")
    pressed(two, "operations", 1, first)
    mark(two, "operations", 2, second)
    pressed(one, "operations", 2, second)
    hall.network.set("pass")
    assert is_confirmed(one, "operations") == is_confirmed(two, "operations")
    for page in (one, two):
        pressed(page, "operations", 1, first)
        pressed(page, "operations", 2, second)


def test_two_seats_in_one_browser_each_tab_says_which_it_holds(hall: Hall) -> None:
    one = hall.tablet("A-53")
    two = one.context.new_page()
    enter(two, hall.card("A-54")["url"])
    linked(two)
    mark(one, "operations", 1, entries(one, "operations")[0])
    mark(two, "operations", 1, entries(two, "operations")[1])
    assert is_confirmed(one, "operations") != is_confirmed(two, "operations")
    for page, label in ((one, "A-53"), (two, "A-54")):
        page.reload()
        expect(page.locator(".tablet-head__seat")).to_contain_text(label)
        is_confirmed(page, "operations")


def test_signing_out_takes_the_seat_off_the_device(hall: Hall) -> None:
    tablet = hall.tablet("A-55")
    mark(tablet, "operations", 1, entries(tablet, "operations")[0])
    is_confirmed(tablet, "operations")
    tablet.locator("form[data-leave] button").click()
    tablet.wait_for_url(lambda url: "/judge" not in url)
    assert tablet.evaluate("caches.keys()") == []
    assert kept(tablet.context) == [0, 0, 0]
    tablet.goto("/judge?seat=A-55")
    expect(tablet.locator("main")).to_contain_text("お手元のリンクまたは席カードが必要です")


COUNT = """async () => {
  const promised = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const base = await promised(indexedDB.open((await indexedDB.databases())[0].name));
  const tables = ["versions", "confirmed", "documents"];
  const change = base.transaction(tables);
  const counts = await Promise.all(tables.map((table) => promised(change.objectStore(table).count())));
  base.close();
  return counts;
}"""


def kept(context: BrowserContext) -> list[int]:
    """How many unsent versions, confirmed ballots and documents lie in the browser's store."""
    found: list[int] = context.pages[0].evaluate(COUNT)
    return found


CACHED = """async () => {
  const kept = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  return (await Promise.all(kept.map((one) => one.keys()))).flat().map(({ url }) => new URL(url).pathname);
}"""


def test_the_worker_keeps_no_other_page(hall: Hall) -> None:
    tablet = hall.tablet("A-56")
    enter(tablet.context.new_page(), hall.links["chair"])
    page = tablet.context.new_page()
    for path in ("/chair", "/", "/live/judge?seat=A-56"):
        page.goto(path)
    page.goto("/judge/receipts?seat=A-56")
    expect(page.locator("h1")).to_contain_text("受付番号")  # and not the tablet that was kept
    addresses = page.evaluate(CACHED)
    assert {address for address in addresses if not address.startswith("/static/dist/")} == {"/judge"}


def test_after_a_deploy_an_untouched_tablet_reloads_itself_and_one_with_unsent_ballots_does_not(hall: Hall) -> None:
    """The page of an old build, as a tablet has it that was open during the deploy."""
    context = hall.visitors.context(service_workers="block")  # it would answer before the route below
    old = {"on": True}

    def as_old(route: Any) -> None:
        try:
            answer = route.fetch()
        except Error:  # the network is cut
            return route.abort()
        body = re.sub(r'name="build" content="\w+"', 'name="build" content="anold0build0"', answer.text()) if old["on"] else answer.text()
        return route.fulfill(response=answer, body=body)

    context.route(re.compile(r"/judge\?"), as_old)
    tablet = enter(context.new_page(), hall.card("A-57")["url"])
    tablet.goto("/judge?seat=A-57")  # a redirect is not routed
    assert build(tablet) == "anold0build0"
    linked(tablet)
    hall.network.set("rst")
    mark(tablet, "operations", 1, entries(tablet, "operations")[0])
    is_local(tablet, "operations")
    tablet.wait_for_timeout(12_000)
    assert build(tablet) == "anold0build0"
    old["on"] = False
    hall.network.set("pass")
    is_confirmed(tablet, "operations")
    expect(tablet.locator('meta[content="anold0build0"]')).to_have_count(0, timeout=CLOSE_MS)
    is_confirmed(tablet, "operations")


def build(page: Page) -> str | None:
    return page.locator("meta[name=build]").get_attribute("content")


def test_without_a_secure_context_the_page_says_that_a_reload_needs_the_network(hall: Hall) -> None:
    context = hall.visitors.context()
    context.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    tablet = enter(context.new_page(), hall.card("A-58")["url"])
    linked(tablet)
    expect(tablet.locator("[data-banners]")).to_contain_text("通信のない間に画面を読み込み直せません")
    mark(tablet, "operations", 1, entries(tablet, "operations")[0])
    is_confirmed(tablet, "operations")
    assert tablet.evaluate("caches.keys()") == []
