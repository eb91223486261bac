"""A tablet's two lines to the server, written from the contract alone: HTTP with cookies, and one Socket.IO namespace."""

import http.client
import itertools
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import gevent
import gevent.event
import websocket

SILENCE_S = 12  # without a packet for so long the line is dead
CSRF = re.compile(r'<meta name="csrf-token" content="([^"]+)"')


class NoAnswer(Exception):
    """The line is away or was silent: nothing is known about what was asked."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON, None when it is something else (a captive portal's page)."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class Door:
    """One browser's HTTP connection to `base`, perhaps `via` a proxy; it keeps cookies and the CSRF token."""

    def __init__(self, base: str, via: str = "") -> None:
        self.base, self.cookies, self.csrf = base, dict[str, str](), ""
        there = urlsplit(via or base)
        self.address = (there.hostname or "127.0.0.1", there.port or 80)
        self._connection: http.client.HTTPConnection | None = None

    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def ask(
        self, method: str, path: str, *, form: Mapping[str, str] | None = None, data: object = None,
        headers: Mapping[str, str] | None = None, within_s: float = 8,
    ) -> Answer:  # fmt: skip
        """One request; `NoAnswer` when the answer did not come whole in time. Never tried again here."""
        given = {"Host": urlsplit(self.base).netloc, "Origin": self.base, "Cookie": self.cookie(), **(headers or {})}
        body = None
        if form is not None:
            body, given["Content-Type"] = urlencode({"csrf_token": self.csrf, **form}).encode(), "application/x-www-form-urlencoded"
        elif data is not None:
            body, given["Content-Type"], given["X-CSRF-Token"] = json.dumps(data).encode(), "application/json", self.csrf
        made = self._connection or http.client.HTTPConnection(*self.address, timeout=within_s)
        self._connection = None  # two requests at once use two connections
        try:
            with gevent.Timeout(within_s, NoAnswer("silence")):
                made.request(method, path, body, given)
                response = made.getresponse()
                answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        except (OSError, http.client.HTTPException) as error:
            made.close()
            raise NoAnswer(type(error).__name__) from None
        except NoAnswer:
            made.close()
            raise
        if response.will_close:
            made.close()
        self._connection = made
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def insist(self, method: str, path: str, *, within_s: float = 60, **given: Any) -> Answer:
        """The same again until there is an answer below 500; `NoAnswer` in the end. For what may be done twice."""
        deadline = time.monotonic() + within_s
        while True:
            try:
                answer = self.ask(method, path, **given)
                if answer.status < 500:
                    return answer
                reason = str(answer.status)
            except NoAnswer as silence:
                reason = str(silence)
            if time.monotonic() > deadline:
                raise NoAnswer(f"{method} {path}: {reason}")
            gevent.sleep(0.3)

    def token_of(self, page: Answer) -> None:
        found = CSRF.search(page.body.decode())
        self.csrf = found[1] if found else self.csrf

    def enter(self, link: str, code: str = "") -> None:
        """Sign in with a personal link, a seat's with its code; `NoAnswer` when the door stays shut."""
        path = urlsplit(link).path
        self.token_of(self.insist("GET", path))
        answer = self.insist("POST", path, form={"code": code})
        if answer.status != 303:
            raise NoAnswer(f"a link was answered {answer.status}")
        self.token_of(self.insist("GET", "/code"))


class Line:
    """One Socket.IO namespace over one WebSocket; dead lines say so by `alive`, and are never revived: make another."""

    def __init__(self, door: Door, namespace: str, on_event: Callable[[str, Any], None]) -> None:
        self.alive = False
        self._namespace, self._on_event = namespace, on_event
        self._numbers, self._waiting = itertools.count(), dict[int, gevent.event.AsyncResult]()
        self._heard = time.monotonic()
        address = f"ws://{door.address[0]}:{door.address[1]}/socket.io/?EIO=4&transport=websocket"
        try:
            self._socket = websocket.create_connection(
                address, timeout=SILENCE_S, origin=door.base, host=urlsplit(door.base).netloc, cookie=door.cookie(), http_no_proxy=["*"]
            )
            self._receive()  # 0{…}: the greeting of Engine.IO
            self._socket.send(f"40{namespace}," + json.dumps({"csrf": door.csrf}))
            joined = self._receive()
        except (OSError, websocket.WebSocketException) as error:
            raise NoAnswer(type(error).__name__) from None
        if not joined.startswith(f"40{namespace},"):
            self._socket.close()
            raise NoAnswer("refused")
        self.alive = True
        gevent.spawn(self._read)

    def _receive(self) -> str:
        while True:
            text = self._socket.recv()
            text = text.decode() if isinstance(text, bytes) else text
            if not text:
                raise OSError("closed")
            if text != "2":
                return str(text)
            self._socket.send("3")

    def _read(self) -> None:
        try:
            while True:
                self._take(self._receive())
        except (OSError, ValueError, websocket.WebSocketException):
            self.close()

    def _take(self, text: str) -> None:
        kind, rest = text[:2], text[2:].removeprefix(f"{self._namespace},")
        if kind == "42":
            event, *payload = json.loads(rest)
            self._on_event(event, payload[0] if payload else None)
        elif kind == "43":
            number = rest[: rest.index("[")]
            waiting = self._waiting.pop(int(number), None)
            if waiting is not None:
                waiting.set(json.loads(rest[len(number) :])[0])
        elif kind == "41":
            raise OSError("shown out")

    def call(self, event: str, payload: object, *, within_s: float = 4) -> Any:
        """The ack, or `NoAnswer`."""
        number, waiting = next(self._numbers), gevent.event.AsyncResult()
        self._waiting[number] = waiting
        try:
            self._socket.send(f"42{self._namespace},{number}" + json.dumps([event, payload]))
            return waiting.get(timeout=within_s)
        except gevent.Timeout:
            raise NoAnswer("silence") from None
        except (OSError, websocket.WebSocketException) as error:
            self.close()
            raise NoAnswer(type(error).__name__) from None
        finally:
            self._waiting.pop(number, None)

    def close(self) -> None:
        self.alive = False
        for waiting in list(self._waiting.values()):
            waiting.set_exception(NoAnswer("cut"))
        self._waiting.clear()
        try:
            self._socket.close(timeout=1)
        except (OSError, websocket.WebSocketException):
            return
