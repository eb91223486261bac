"""A browser's pages, watched: what they print as errors, what they ask of others, what axe finds in them."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

AXE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
OWN = ("data:", "blob:", "about:")


class Visitors:
    """Opens browsers' contexts on one installation and remembers every fault of their pages."""

    def __init__(self, browser: Browser, base: str) -> None:
        self._browser, self._base = browser, base
        self._contexts: list[BrowserContext] = []
        self.faults: list[str] = []

    def context(self, *, width: int = 1024, height: int = 768, **options: Any) -> BrowserContext:
        """A browser of its own: cookies, storage, size."""
        context = self._browser.new_context(
            base_url=self._base, viewport={"width": width, "height": height}, locale="ja-JP", timezone_id="Asia/Tokyo", **options
        )
        context.set_default_timeout(20_000)
        context.on("request", self._request)
        context.on("weberror", lambda error: self.faults.append(f"uncaught: {error.error}"))
        context.on("console", self._console)
        self._contexts.append(context)
        return context

    def open(self, address: str, **options: Any) -> Page:
        """A page of a browser of its own."""
        page = self.context(**options).new_page()
        page.goto(address)
        return page

    def enter(self, link: str, **options: Any) -> Page:
        """A page that a personal link signed in."""
        return enter(self.context(**options).new_page(), link)

    def _console(self, line: ConsoleMessage) -> None:
        if line.type == "error":
            self.faults.append(f"{line.page.url if line.page else ''}: {line.text} ({line.location['url']})")

    def _request(self, request: Request) -> None:
        own = self._base.split("://", 1)[1]
        host = request.url.split("://", 1)[-1].split("/", 1)[0]
        if host != own and not request.url.startswith(OWN):
            self.faults.append(f"asks another origin: {request.url}")

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        if self.faults:
            raise AssertionError("\n".join(self.faults))


def enter(page: Page, link: str) -> Page:
    """Open a personal link and press its button; it leads to the role's page."""
    page.goto(link)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/link/" not in url)
    return page


def violations(page: Page) -> list[str]:
    """What axe finds at WCAG 2.2 A and AA and best practice, a line per element."""
    found = Axe().run(page, options=AXE).response["violations"]
    return [f"{one['id']}: {node['html'][:160]} — {node.get('failureSummary', '')[:300]}" for one in found for node in one["nodes"]]


def overflow(page: Page) -> int:
    """By how many CSS pixels the page is wider than its window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider
