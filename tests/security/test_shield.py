"""The shield refuses what it must, and honest clients do not notice it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import requests
import socketio
from flask import Flask, request
from werkzeug.test import Client

from eventapp.accesslog import SafeFilter, safe_log_line, safe_log_path
from eventapp.shield import EDITION, Policy, Shield, move_edition
from tests.frame.wire import RawWebSocket, Served, eventually, serving

POLLING = "/socket.io/?EIO=4&transport=polling"
JUDGE = {"Cookie": "session=judge-1"}


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Served]]:
    options = [{}, {"policy": {"per_session": 2, "per_address": 4}}]
    with serving(tmp_path_factory.mktemp("shield"), *options) as servers:
        yield servers


@pytest.fixture
def served(every: list[Served]) -> Served:
    return every[0]


@pytest.fixture
def capped(every: list[Served]) -> Served:
    assert eventually(lambda: every[1].open_connections() == 0)
    return every[1]


def page(served: Served) -> dict[str, str]:
    return {"Origin": served.origin}


def opened(served: Served, headers: dict[str, str]) -> str:
    """Open a polling connection, join the root namespace, and return its sid."""
    status, _, body = served.request("GET", POLLING, page(served) | headers)
    assert status == 200, body
    sid = str(json.loads(body[1:])["sid"])
    path = f"{POLLING}&sid={sid}"
    assert served.request("POST", path, page(served) | headers, b"40")[::2] == (200, b"OK")
    assert served.request("GET", path, page(served) | headers)[2].startswith(b'40{"sid"')
    return sid


def who(served: Served, sid: str, headers: dict[str, str]) -> bytes:
    path = f"{POLLING}&sid={sid}"
    assert served.request("POST", path, page(served) | headers, b'421["who"]')[0] == 200
    return served.request("GET", path, page(served) | headers)[2]


def closing(served: Served, sid: str, headers: dict[str, str]) -> None:
    assert served.request("POST", f"{POLLING}&sid={sid}", page(served) | headers, b"1")[0] == 200


# Hosts and paths


@pytest.mark.parametrize("path", ["/", POLLING])
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1:80; script-src *", "", "[::1]"])
def test_foreign_host_is_refused(served: Served, path: str, host: str) -> None:
    headers = {"Host": host, "Origin": f"http://{host}", "X-Forwarded-Host": "127.0.0.1"}
    status, answer, body = served.request("GET", path, headers)
    assert (status, body) == (400, b"host.unknown\n")
    assert "evil" not in answer["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/a%00b", "/?name=a%00b", "/socket.io/%00"])
def test_nul_byte_is_refused(served: Served, path: str) -> None:
    assert served.request("GET", path)[::2] == (400, b"address.invalid\n")


# Who may open a socket


def test_origins_at_the_handshake(served: Served) -> None:
    own = served.origin
    cases: list[tuple[dict[str, str], int]] = [
        ({"Origin": own}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Referer": f"{own}/judge/1"}, 200),
        ({}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": f"{own}.evil.example"}, 403),
        ({"Origin": own.replace("http:", "https:")}, 403),
        ({"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}, 403),
        ({"Origin": "http://evil.example", "X-Forwarded-Host": "evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Referer": f"{own}/"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Referer": f"http://evil.example/{own}"}, 403),
        ({"Referer": f"{own}.evil.example/"}, 403),
        ({"X-CSRF-Token": "anything"}, 403),
    ]
    assert [(headers, served.request("GET", POLLING, headers)[0]) for headers, _ in cases] == cases
    for headers, status in cases:
        expected = 403 if status == 403 else 101
        with RawWebSocket(served, headers={"Origin": ""} | headers) as client:
            assert (headers, client.status) == (headers, expected)


def test_large_body_is_refused(served: Served) -> None:
    sid = opened(served, JUDGE)
    path, headers = f"{POLLING}&sid={sid}", page(served) | JUDGE
    assert served.request("POST", path, headers, b"4" * 16_001)[::2] == (413, b"body.too_large\n")
    assert served.request("POST", path, headers | {"Transfer-Encoding": "chunked"}, b"2\r\n41\r\n0\r\n\r\n")[0] == 411
    assert served.request("GET", path, headers, b"4")[0] == 413
    assert who(served, sid, JUDGE) == b'431["judge-1"]'


# A connection belongs to the session that opened it


@pytest.mark.parametrize("cookie", ["", "session=judge-2", "session=", "other=judge-1", "session=judge-1x"])
def test_thief_with_a_foreign_sid_is_refused(served: Served, cookie: str) -> None:
    sid = opened(served, JUDGE)
    thief = page(served) | ({"Cookie": cookie} if cookie else {})
    path = f"{POLLING}&sid={sid}"
    refused = (400, b"connection.unknown\n")
    assert served.request("POST", path, thief, b'421["who"]')[::2] == refused
    assert served.request("GET", path, thief)[::2] == refused
    with RawWebSocket(served, query=f"&sid={sid}", headers={"Cookie": cookie}) as upgrade:
        assert upgrade.status == 400
    mine = opened(served, thief)
    assert served.request("GET", f"{path}&sid={mine}", thief)[::2] == refused
    assert who(served, sid, JUDGE) == b'431["judge-1"]'


def test_invented_sid_is_refused(served: Served) -> None:
    answer = served.request("GET", f"{POLLING}&sid=invented", page(served))
    assert answer[::2] == (400, b"connection.unknown\n")


def test_foreign_page_with_our_sid_and_cookie_is_refused(served: Served) -> None:
    path = f"{POLLING}&sid={opened(served, JUDGE)}"
    assert served.request("POST", path, JUDGE | {"Origin": "http://evil.example"}, b'421["who"]')[0] == 403


# Honest clients


def program(served: Served, **headers: str) -> requests.Session:
    session = requests.Session()
    session.headers.update(headers)
    session.cookies.set("session", "judge-1", domain="127.0.0.1")
    return session


@pytest.mark.parametrize("transports", [["polling"], ["polling", "websocket"], ["websocket"]])
def test_program_with_our_origin_is_served(served: Served, transports: list[str]) -> None:
    with program(served, Origin=served.origin) as session, socketio.SimpleClient(http_session=session) as client:
        client.connect(served.origin, transports=transports)
        assert client.transport == transports[-1]
        assert client.call("who", timeout=5) == "judge-1"


def test_program_without_origin_is_refused(served: Served) -> None:
    refused = pytest.raises(socketio.exceptions.ConnectionError, match="403")
    with program(served) as session, socketio.SimpleClient(http_session=session) as client, refused:
        client.connect(served.origin, transports=["polling"])


def test_browser_polls_and_upgrades(served: Served) -> None:
    browser = JUDGE | {"Sec-Fetch-Site": "same-origin"}
    status, _, body = served.request("GET", POLLING, browser)
    assert status == 200
    sid = json.loads(body[1:])["sid"]
    with RawWebSocket(served, query=f"&sid={sid}", headers=JUDGE) as client:
        client.send("2probe")
        assert client.text() == "3probe"
        client.send("5")
        client.send("40")
        assert client.text() == "6"
        assert client.text().startswith('40{"sid"')
        client.send('421["who"]')
        assert client.text() == '431["judge-1"]'


# How many


def test_oldest_connection_of_a_session_goes(capped: Served) -> None:
    with RawWebSocket(capped, headers=JUDGE) as first, RawWebSocket(capped, headers=JUDGE) as second:
        first.join()
        second.join()
        with RawWebSocket(capped, headers=JUDGE) as third:
            third.join()
            assert first.text() == "1"
            assert first.frame()[0] == 8
            assert capped.open_connections() == 2
            for client in (second, third):
                client.send('421["who"]')
                assert client.text() == '431["judge-1"]'


def test_full_address_is_refused_until_somebody_leaves(capped: Served) -> None:
    judges = [{"Cookie": f"session=judge-{number}"} for number in range(5)]
    sids = [opened(capped, judge) for judge in judges[:4]]
    status, headers, body = capped.request("GET", POLLING, page(capped) | judges[4])
    assert (status, headers["Retry-After"], body) == (429, "5", b"address.full\n")
    closing(capped, sids[0], judges[0])
    sids[0], judges[0] = opened(capped, judges[4]), judges[4]
    for sid, judge in zip(sids, judges, strict=False):
        closing(capped, sid, judge)


def test_strangers_share_no_session_cap(capped: Served) -> None:
    sids = [opened(capped, {}) for _ in range(3)]
    for sid in sids:
        assert who(capped, sid, {}) == b'431[""]'
        closing(capped, sid, {})


# Headers


def expected_headers(host: str, *, secure: bool = False, ancestors: str = "'none'") -> dict[str, str]:
    sockets = f"wss://{host}" if secure else f"ws://{host} wss://{host}"
    return {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            f"connect-src 'self' {sockets}; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    } | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})


def without_transport(headers: dict[str, str]) -> dict[str, str]:
    own = {"Content-Type", "Content-Length", "Date", "Cache-Control", "Access-Control-Allow-Origin", "Connection"}
    return {name: value for name, value in headers.items() if name not in own}


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/missing", 404), (POLLING, 200), ("/socket.io/?EIO=3", 400)],
)
def test_every_answer_has_the_security_headers(served: Served, path: str, status: int) -> None:
    got, headers, _ = served.request("GET", path, page(served))
    assert (got, without_transport(headers)) == (status, expected_headers(f"127.0.0.1:{served.port}"))


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_refusals_have_the_security_headers(served: Served, headers: dict[str, str]) -> None:
    own = expected_headers("x")
    own["Content-Security-Policy"] = own["Content-Security-Policy"].replace(" ws://x wss://x", "")
    assert without_transport(served.request("GET", POLLING, headers)[1]) == own


def tiny() -> Flask:
    app = Flask(__name__)

    @app.get("/overlay/timer")
    @app.get("/")
    def where() -> dict[str, Any]:
        return {"root": request.script_root, "path": request.path, "edition": request.environ.get(EDITION)}

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("expected by the test")

    @app.get("/file")
    def file() -> tuple[str, dict[str, str]]:
        return "x", {"content-security-policy": "sandbox"}

    app.logger.disabled = True
    return app


def shielded(**policy: Any) -> Client:
    server = SimpleNamespace(environ={})
    origins = frozenset({"https://day.example", "http://[::1]:8000"})
    return Client(Shield(tiny().wsgi_app, server, policy=Policy(origins=origins, **policy)))


def test_headers_over_https_and_at_an_error() -> None:
    answer = shielded().get("/broken", base_url="https://day.example")
    assert answer.status_code == 500
    assert without_transport(dict(answer.headers)) == expected_headers("day.example", secure=True)


def test_overlay_may_be_framed_by_the_setting_only() -> None:
    answer = shielded().get("/overlay/timer", base_url="https://day.example")
    assert without_transport(dict(answer.headers)) == expected_headers("day.example", secure=True)
    desk = shielded(overlay_ancestors="https://desk.example")
    framed = expected_headers("day.example", secure=True, ancestors="https://desk.example")
    assert without_transport(dict(desk.get("/overlay/timer", base_url="https://day.example").headers)) == framed
    assert without_transport(dict(desk.get("/", base_url="https://day.example").headers)) == expected_headers("day.example", secure=True)


def test_route_keeps_its_own_header() -> None:
    answer = shielded().get("/file", base_url="https://day.example")
    assert answer.headers.getlist("Content-Security-Policy") == ["sandbox"]


@pytest.mark.parametrize("url", ["https://day.example:8443", "https://DAY.example", "http://[::1]:8000"])
def test_own_hosts_are_served_whatever_port_or_case(url: str) -> None:
    assert shielded().get("/", headers={"Host": url.split("//")[1]}).status_code == 200


def test_without_origins_every_host_is_refused() -> None:
    client = Client(Shield(tiny().wsgi_app, SimpleNamespace(environ={}), policy=Policy(origins=frozenset())))
    assert client.get("/", base_url="https://day.example").status_code == 400


# The edition's prefix


@pytest.mark.parametrize(
    ("path", "script", "rest", "edition"),
    [
        ("/", "", "/", None),
        ("/@day-2024/", "/@day-2024", "/", "day-2024"),
        ("/@day-2024", "/@day-2024", "/", "day-2024"),
        ("/@a/@b/c", "/@a", "/@b/c", "a"),
        ("/@a/static/x.css", "/@a", "/static/x.css", "a"),
        ("/@a/socket.io/", "", "/@a/socket.io/", None),
        ("/@A/", "", "/@A/", None),
        ("/@/", "", "/@/", None),
        ("/@a\n/", "", "/@a\n/", None),
        (f"/@{'a' * 65}/", "", f"/@{'a' * 65}/", None),
        ("/judge/@a/", "", "/judge/@a/", None),
    ],
)
def test_edition_prefix(path: str, script: str, rest: str, edition: str | None) -> None:
    environ: dict[str, Any] = {"PATH_INFO": path, "SCRIPT_NAME": "/behind"}
    move_edition(environ)
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"], environ.get(EDITION)) == ("/behind" + script, rest, edition)


def test_edition_reaches_the_page_and_its_links() -> None:
    answer = shielded().get("/@day-2024/", base_url="https://day.example")
    assert answer.get_json() == {"root": "/@day-2024", "path": "/", "edition": "day-2024"}


# Access logs


@pytest.mark.parametrize(
    ("line", "safe"),
    [
        ('"GET /socket.io/?EIO=4&sid=abc HTTP/1.1" 200', '"GET /socket.io/ HTTP/1.1" 200'),
        ('"GET /link/12-abcdef HTTP/1.1" 200', '"GET /link/… HTTP/1.1" 200'),
        ('"POST /@a/link/12-abc?lang=en HTTP/1.1"', '"POST /@a/link/…?lang=en HTTP/1.1"'),
        ('"GET /overlay/timer?lang=en&token=abc&x=1 HTTP/1.1"', '"GET /overlay/timer?lang=en&token=…&x=1 HTTP/1.1"'),
        ('"GET /entries?page=2 HTTP/1.1"', '"GET /entries?page=2 HTTP/1.1"'),
    ],
)
def test_log_line_has_no_secret(line: str, safe: str) -> None:
    assert safe_log_line(line) == safe


def test_log_path_has_no_secret() -> None:
    environ = {"SCRIPT_NAME": "/@a", "PATH_INFO": "/link/12-abc", "QUERY_STRING": "code=ABCD&lang=en"}
    assert safe_log_path(environ) == "/@a/link/…?code=…&lang=en"
    assert safe_log_path({"PATH_INFO": "/socket.io/", "QUERY_STRING": "sid=abc"}) == "/socket.io/"


def test_log_filter_keeps_the_record(caplog: pytest.LogCaptureFixture) -> None:
    log_filter = SafeFilter()
    caplog.handler.addFilter(log_filter)
    try:
        logging.getLogger("access").warning('"%s" %d', "GET /link/12-abc HTTP/1.1", 200)
    finally:
        caplog.handler.removeFilter(log_filter)
    assert caplog.messages == ['"GET /link/… HTTP/1.1" 200']


def test_refusal_is_logged_without_secret_and_on_one_line(caplog: pytest.LogCaptureFixture) -> None:
    shielded().get("/a%0Ab/link/12-abc", base_url="https://evil.example", environ_base={"REMOTE_ADDR": "::1"})
    assert caplog.messages == ["host.unknown for ::1 at '/a\\nb/link/…'"]


def test_server_log_has_no_sid(served: Served) -> None:
    sid = opened(served, JUDGE)
    assert who(served, sid, JUDGE) == b'431["judge-1"]'
    assert eventually(lambda: '"POST /socket.io/ HTTP/1.1" 200' in served.log.read_text())
    assert sid not in served.log.read_text()
