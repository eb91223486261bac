"""All four methods in a real browser: by touch, by keyboard only, without scripts; each to ● with its receipt."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from eventapp import schema
from tests.browser.conftest import Server
from tests.browser.watch import Visitors, enter, overflow, violations
from tests.conftest import make_app
from tests.editions.day import create_fictional
from tests.serving import demo_server, every_link

pytestmark = pytest.mark.browser

RECEIPT = re.compile(r"^\w{4}-\w{4}$")
MARKS: dict[str, tuple[str, ...]] = {  # contest -> the buttons of one whole ballot
    "care": ("kindness 7.5 C-002", "courage 10 C-002"),
    "river": ("3 R-001",),
    "audience": ("1 C-002", "1 C-001"),
    "play": ("1 R-001", "2 R-002", "3 R-003"),
}
seats = iter(range(1, 14))  # every test has a seat of its own


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The fictional edition, all of its polls open."""
    data = tmp_path_factory.mktemp("fictional") / "data"
    app = make_app(data)
    schema.upgrade(app)
    with app.app_context():
        create_fictional()
        app.extensions["sqlalchemy"].engine.dispose()
    with demo_server(data) as url:
        yield Server(url, data, every_link(data))


@pytest.fixture
def card(links: dict[str, Any]) -> str:
    """The seat card of a seat that nobody has used."""
    label = f"J-{next(seats):02d}"
    return str(next(row["url"] for row in links["judges"] if row["seat"] == label))


def tablet(context: BrowserContext, card: str) -> Page:
    return enter(context.new_page(), card)


def button(page: Page, contest: str, value: str) -> Locator:
    return page.locator(f'button[form="paper-{contest}"][value="{value}"]')


def folded(page: Page, contest: str, value: str) -> list[Locator]:
    """The summaries that lie over a button, outermost first."""
    entry = value.split(" ")[-1]
    row = page.locator(f'[data-paper="{contest}"] li.vote[data-entry="{entry}"]')
    rest = page.locator(f'[data-paper="{contest}"] .paper__rest:has([data-entry="{entry}"])')
    found = [rest.locator("> summary")] if rest.count() and rest.get_attribute("open") is None else []
    act = row.locator(".vote__act")
    return [*found, *([act.locator("> summary")] if act.get_attribute("open") is None else [])]


def confirmed(page: Page, contest: str) -> None:
    """● with a receipt: of the paper, for score and grade of the entry."""
    entry = MARKS[contest][-1].split(" ")[-1]
    if contest in ("care", "river"):
        row = page.locator(f'[data-paper="{contest}"] [data-entry="{entry}"]')
        expect(row.locator('[data-unit] .state[data-state="confirmed"]')).to_have_count(1)
        expect(row.locator(".unit__receipt")).to_have_text(RECEIPT)
    else:
        panel = page.locator(f'[data-panel="{contest}"]')
        expect(panel.locator('.rail3__state[data-state="confirmed"]')).to_have_attribute("aria-current", "true")
        expect(panel.locator(".receipt__code")).to_have_text(RECEIPT)


def vote(page: Page, contest: str, press: Callable[[Locator], None]) -> None:
    page.goto(f"/judge/{contest}")
    for value in MARKS[contest]:
        for summary in folded(page, contest, value):
            press(summary)
        press(button(page, contest, value))
        expect(button(page, contest, value)).to_have_attribute("aria-pressed", "true")
    confirmed(page, contest)


def test_by_touch(visitors: Visitors, card: str) -> None:
    page = tablet(visitors.context(has_touch=True), card)
    for contest, values in MARKS.items():
        vote(page, contest, lambda found: found.tap())
        page.reload()
        for value in values:
            expect(button(page, contest, value)).to_have_attribute("aria-pressed", "true")
        confirmed(page, contest)


def by_keyboard(found: Locator) -> None:
    """Tab from the heading until the control is reached, its focus is seen, then Enter."""
    page = found.page
    found.evaluate("node => { node.closest('main').focus(); }")
    target = found.element_handle()
    for _ in range(120):
        page.keyboard.press("Tab")
        if target is not None and target.evaluate("node => node === document.activeElement"):
            break
    else:
        raise AssertionError("the keyboard does not reach it")
    assert found.evaluate("node => getComputedStyle(node).outlineStyle") != "none"
    page.keyboard.press("Enter")


def test_by_keyboard_only(visitors: Visitors, card: str) -> None:
    page = tablet(visitors.context(), card)
    for contest in MARKS:
        vote(page, contest, by_keyboard)


def test_without_scripts(visitors: Visitors, card: str) -> None:
    page = tablet(visitors.context(java_script_enabled=False), card)
    for contest in MARKS:
        vote(page, contest, lambda found: found.click())


def test_an_incomplete_mark_says_that_it_does_not_count(visitors: Visitors, card: str) -> None:
    page = tablet(visitors.context(), card)
    page.goto("/judge/care")
    row = page.locator('[data-paper="care"] [data-entry="C-002"]')
    button(page, "care", "kindness 5 C-002").click()
    expect(row.locator(".unit__receipt")).to_have_text(RECEIPT)
    expect(row.locator(".unit__lacks")).to_contain_text("まだ数えられません。あと: 思い切り")
    button(page, "care", "courage 3 C-002").click()
    expect(row.locator(".unit__lacks")).to_have_count(0)
    expect(page.locator('[data-mark="C-002"] [data-mark-given]')).to_have_text("13点")

    button(page, "care", "none C-002").click()
    expect(button(page, "care", "none C-002")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-news]")).to_contain_text("評価を外しました")
    page.locator("[data-news] button").click()
    expect(page.locator('[data-mark="C-002"] [data-mark-given]')).to_have_text("13点")


def test_a_rank_moves_up_and_an_empty_one_closes_up_at_once(visitors: Visitors, card: str) -> None:
    page = tablet(visitors.context(), card)
    vote(page, "play", lambda found: found.click())
    slots = page.locator('[data-panel="play"] [data-slot-title]')
    page.locator('[data-panel="play"] [data-slot="3"] .move[value^="up"]').click()
    expect(slots.nth(1)).to_have_text("水位を知らせる灯り")
    expect(page.locator("[data-news]")).to_contain_text("入れ替えました")
    button(page, "play", "1 R-001").click()
    expect(slots.nth(0)).to_have_text("水位を知らせる灯り")
    expect(page.locator("[data-news]")).to_contain_text("空いた順位を詰めました")
    expect(page.locator('[data-panel="play"] .receipt__code')).to_have_text(RECEIPT)


def test_abstaining_asks_once_and_is_confirmed(visitors: Visitors, card: str) -> None:
    page = tablet(visitors.context(), card)
    page.goto("/judge/audience")
    page.locator('[data-paper="audience"] .abstain summary').click()
    page.locator('[data-paper="audience"] .abstain button').click()
    expect(page.locator('[data-panel="audience"] .receipt__label')).to_contain_text("白票")
    expect(page.locator('[data-panel="audience"] .receipt__code')).to_have_text(RECEIPT)


def test_a_note_stays_on_the_tablet_and_is_never_sent(visitors: Visitors, card: str) -> None:
    context = visitors.context()
    sent: list[str] = []
    context.on("request", lambda request: sent.append(request.post_data or ""))
    page = tablet(context, card)
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(str(frame))))
    page.goto("/judge/care")
    page.locator('[data-paper="care"] [data-entry="C-002"] .vote__more > summary').click()
    note = page.locator("#note-care-C-002")
    note.fill("椅子の高さを聞く")
    page.wait_for_function("document.querySelector('#note-audience-C-002').value === '椅子の高さを聞く'")
    page.wait_for_timeout(500)
    page.reload()
    expect(note).to_have_value("椅子の高さを聞く")
    expect(page.locator('[data-paper="care"] [data-entry="C-002"] [data-note-word]')).to_have_text("メモあり")
    assert not [text for text in [*sent, *frames] if "椅子" in text]


def test_a_conflict_is_declared_once_and_ends_the_vote_on_that_entry(visitors: Visitors, card: str) -> None:
    page = tablet(visitors.context(), card)
    vote(page, "care", lambda found: found.click())
    row = page.locator('[data-paper="care"] [data-entry="C-002"]')
    row.locator(".vote__more > summary").click()
    row.locator(".vote__declare a").click()
    assert violations(page) == []
    page.locator("#reason-involved").check()
    page.locator('main button[data-kind="solid"]').click()
    expect(row.locator(".recused-box")).to_be_visible()
    expect(row).to_contain_text("利益相反の申し出を受け付けました")
    expect(page.locator("main")).to_contain_text("選んでいた分は数えません")
    assert violations(page) == []


SIZES = ((390, 844), (1024, 768), (1440, 900))


@pytest.mark.parametrize("language", ["", "?lang=en"])
def test_every_state_of_every_method_is_accessible(visitors: Visitors, card: str, language: str) -> None:
    page = tablet(visitors.context(), card)
    for contest in MARKS:
        for state in ("empty", "marked"):
            if state == "marked":
                vote(page, contest, lambda found: found.click())
            page.goto(f"/judge/{contest}{language}")
            for width, height in SIZES:
                page.set_viewport_size({"width": width, "height": height})
                assert (contest, state, width, violations(page), overflow(page)) == (contest, state, width, [], 0)


def test_an_entry_on_stage_is_marked_without_scrolling(visitors: Visitors, card: str) -> None:
    page = tablet(visitors.context(), card)
    page.goto("/judge/care")
    inside = page.locator('[data-paper="care"] [data-list="on"] li').evaluate(
        "node => { const box = node.getBoundingClientRect(), home = node.closest('.tablet-left').getBoundingClientRect();"
        " return box.top >= home.top && box.bottom <= home.bottom; }"
    )
    small = page.locator('[data-paper="care"] [data-list="on"] button').evaluate_all(
        "nodes => nodes.filter((node) => node.offsetWidth < 44 || node.offsetHeight < 44).map((node) => node.value)"
    )
    assert (inside, small) == (True, [])


def test_overtime_is_called_overtime(visitors: Visitors, card: str) -> None:
    page = tablet(visitors.context(), card)
    page.goto("/judge/care")
    left = page.locator('[data-paper="care"] [data-entry="C-002"] .stage-card__left')
    expect(left).to_have_text(re.compile(r"^発表の残り \d+:\d\d$"))
    page.evaluate(
        "for (const node of document.querySelectorAll('[data-timer]')) if (node.dataset.timer)"
        " node.dataset.timer = JSON.stringify({ ...JSON.parse(node.dataset.timer), duration_ms: 0, started_at: '2031-02-08T04:30:00Z' })"
    )
    expect(left).to_have_text(re.compile(r"^時間超過 \+[\d:]+$"))
