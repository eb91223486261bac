"""A program in front of the real doors: pages with their forms and CSRF token, commands, and sockets, as a browser has them."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import gevent
import gevent.event
import requests
import socketio

from eventapp import clock

PATIENCE_S = 60  # real seconds of trying again before a door counts as shut
ACK_S = 4  # real seconds that a tablet waits for an acknowledgement by socket
LOOK_S = 3  # how often a page without a socket asks again, in real seconds
AWAY = (502, 503, 504)


class Shut(RuntimeError):
    """A door did not do what the day needs."""


@dataclass
class Form:
    """A form of a page: where it goes, its hidden fields, and what its selects and radio buttons offer."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    offers: dict[str, list[str]] = field(default_factory=dict)


class Page(HTMLParser):
    """What a program needs of a page: the CSRF token and the forms."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.csrf, self.forms = "", list[Form]()
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta" and given.get("name") == "csrf-token":
            self.csrf = given.get("content", "")
        elif tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif self.forms and tag == "input" and given.get("type") == "hidden":
            self.forms[-1].fields[given.get("name", "")] = given.get("value", "")
        elif self.forms and tag == "input" and given.get("type") == "radio":
            self.forms[-1].offers.setdefault(given.get("name", ""), []).append(given.get("value", ""))
        elif self.forms and tag == "select":
            self._select = given.get("name", "")
            self.forms[-1].offers[self._select] = []
        elif self.forms and tag == "option" and given.get("value") and self._select:
            self.forms[-1].offers[self._select].append(given["value"])

    def handle_endtag(self, tag: str) -> None:
        self._select = "" if tag == "select" else self._select


class PatientClient(socketio.Client):
    """python-socketio gives a reconnection one second, then hangs up: a hall that comes back at once would never get in."""

    def connect(self, url: str, **given: Any) -> None:
        super().connect(url, **{"wait_timeout": PATIENCE_S, **given})


class StageClock:
    """The edition's clock as a page estimates it: the server's answer, carried on with the rate."""

    def __init__(self, now: datetime, rate: float) -> None:
        self._base, self._rate, self._at = now, rate, time.monotonic()

    def now(self) -> datetime:
        return self._base + timedelta(seconds=(time.monotonic() - self._at) * self._rate)

    def real(self, seconds: float) -> float:
        """How many real seconds a span of the edition's time takes."""
        return seconds / self._rate

    def sleep_until(self, at: datetime) -> None:
        """Return at that instant of the edition's clock, or at once when it has passed."""
        gevent.sleep(max(0.0, self.real((at - self.now()).total_seconds())))


class Browser:
    """One browser on one edition of an installation: cookies, CSRF token, and its socket."""

    def __init__(self, base: str, slug: str) -> None:
        self.base, self.slug, self.csrf = base, slug, ""
        self.http = requests.Session()
        self.http.headers["Origin"] = base
        self.http.trust_env = False  # no proxy stands before the hall's own network
        self.documents: dict[str, dict[str, Any]] = {}
        self.drops = 0
        self._looked_at = 0.0
        self.changed = gevent.event.Event()
        self._socket: socketio.Client | None = None
        self._namespace = ""

    def request(self, method: str, path: str, **given: Any) -> requests.Response:
        """One request under the edition's prefix, tried again while the network or the server is away."""
        address = path if path.startswith("http") else f"{self.base}/@{self.slug}{path}"
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                response = self.http.request(method, address, timeout=PATIENCE_S, allow_redirects=False, **given)
                if response.status_code not in AWAY:
                    return response
                reason = f"{response.status_code}"
            except requests.RequestException as error:
                reason = type(error).__name__
            if time.monotonic() > deadline:
                raise Shut(f"{method} {path}: {reason}")
            gevent.sleep(0.5)

    def page(self, path: str) -> Page:
        """Open a page and keep its CSRF token."""
        response = self.request("GET", path)
        if response.status_code != 200:
            raise Shut(f"GET {path}: {response.status_code}")
        page = Page(response.text)
        self.csrf = page.csrf or self.csrf
        return page

    def post(self, path: str, **fields: str) -> requests.Response:
        """Send a form of the page that was opened last."""
        return self.request("POST", path, data={"csrf_token": self.csrf, **fields})

    def enter(self, link: str, page: str = "") -> None:
        """Open a personal link, press its button, and open the page that it leads to, or another one of the role."""
        self.page(link)
        response = self.post(link)
        if response.status_code != 303:
            raise Shut(f"a link was refused: {response.status_code}")
        self.page(page or response.headers["Location"].removeprefix(f"/@{self.slug}"))

    def follow(self, namespace: str, *channels: str, token: str = "", on_document: Callable[[], None] | None = None) -> None:
        """Connect a socket and keep the newest document of these channels."""
        client = PatientClient(http_session=self.http, handle_sigint=False, reconnection_delay=0.5, reconnection_delay_max=5)
        client.on("document", self._take, namespace=namespace)
        client.on("beat", self._beat, namespace=namespace)
        client.on("disconnect", lambda *_reason: self._dropped(), namespace=namespace)
        client.on("connect", lambda: gevent.spawn(self._sync, channels), namespace=namespace)
        self._socket, self._namespace = client, namespace
        auth = {"edition": self.slug, "csrf": self.csrf, "token": token}
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                client.connect(self.base, namespaces=[namespace], auth=auth, transports=["websocket"])
                break
            except socketio.exceptions.ConnectionError as error:
                if time.monotonic() > deadline:
                    raise Shut(f"no socket on {namespace}: {error}") from None
                gevent.sleep(1)
        while any(channel not in self.documents for channel in channels):
            if time.monotonic() > deadline:
                raise Shut(f"no document of {channels}")
            self.changed.wait(0.5)

    def _take(self, document: dict[str, Any]) -> None:
        """Keep a document unless a newer one is there."""
        known = self.documents.get(document["channel"])
        if known is None or (document["epoch"], document["rev"]) > (known["epoch"], known["rev"]):
            self.documents[document["channel"]] = document
            self.changed.set()

    def _dropped(self) -> None:
        self.drops += 1

    def heal(self) -> None:
        """While the socket is away, ask for the documents as a page behind a proxy does; at most every LOOK_S."""
        if (self._socket is not None and self._socket.connected) or time.monotonic() < self._looked_at + LOOK_S:
            return
        self._looked_at = time.monotonic()
        for channel in list(self.documents):
            response = self.request("GET", f"/live/{channel}")
            if response.status_code == 200:
                self._take(response.json())

    def _beat(self, told: dict[str, Any]) -> None:
        stale = [
            name for name, version in told["channels"].items()
            if name in self.documents and version > [self.documents[name]["epoch"], self.documents[name]["rev"]]
        ]  # fmt: skip
        if stale:
            gevent.spawn(self._sync, stale)

    def _sync(self, channels: Any) -> None:
        for _ in range(PATIENCE_S * 20):  # its handler runs before the client calls itself connected
            if self._socket is not None and self._socket.connected:
                break
            gevent.sleep(0.05)
        for channel in channels:
            answer = self.call("sync", {"channel": channel, **self._version(channel)})
            if answer and "document" in answer:
                self._take(answer["document"])

    def _version(self, channel: str) -> dict[str, int]:
        known = self.documents.get(channel, {"epoch": -1, "rev": -1})
        return {"epoch": known["epoch"], "rev": known["rev"]}

    def call(self, event: str, payload: dict[str, Any], *, within_s: float = ACK_S) -> dict[str, Any] | None:
        """The ack of an event, or None when there was no answer in time."""
        if self._socket is None or not self._socket.connected:
            return None
        try:
            answer = self._socket.call(event, payload, namespace=self._namespace, timeout=within_s)
        except (socketio.exceptions.SocketIOError, OSError):
            return None
        return answer if isinstance(answer, dict) else None

    def stage_clock(self, channel: str) -> StageClock:
        """The edition's clock as `sync` tells it."""
        answer = self.call("sync", {"channel": channel, **self._version(channel)}, within_s=PATIENCE_S)
        now = clock.parse(answer["now"]) if answer else None
        if answer is None or now is None:
            raise Shut("sync was not answered")
        return StageClock(now, float(answer["rate"]))

    def command(self, name: str, **args: Any) -> dict[str, Any]:
        """Give a command once: by socket, and by POST with the same op_id when there was no answer."""
        op_id = secrets.token_hex(12)
        given = {name.rstrip("_"): value for name, value in args.items()}
        answer = self.call("command", {"op_id": op_id, "name": name, "args": given})
        if answer is None:
            asked = {"name": name, "args": given}
            answer = self.request("POST", f"/commands/{op_id}", json=asked, headers={"X-CSRF-Token": self.csrf}).json()
        if not answer.get("ok"):
            raise Shut(f"{name} {given}: {answer.get('code')}")
        return answer

    def section(self, channel: str, name: str) -> Any:
        """A section of the newest document of a channel that is followed."""
        return self.documents[channel]["sections"][name]

    def wait_for(self, ready: Callable[[], bool], *, within_s: float, what: str) -> None:
        """Return when the documents say so; `Shut` when they do not in time (real seconds)."""
        deadline = time.monotonic() + within_s
        while not ready():
            if time.monotonic() > deadline:
                raise Shut(f"waited in vain for {what}")
            self.changed.wait(0.5)
            self.changed.clear()
            self.heal()

    def leave(self) -> None:
        if self._socket is not None:
            self._socket.disconnect()
        self.http.close()
