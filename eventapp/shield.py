"""The guard in front of Flask and Socket.IO, a WSGI middleware: Flask's own checks never see `/socket.io/`.

It answers only for hosts that are ours, opens sockets only to our own pages, binds each Engine.IO connection to the
session that opened it, sets the security headers on every answer, and moves the edition's prefix `/@<slug>` out of
the path. Programs (rehearsal, stream desks) connect like a page does, with `Origin: <public URL>` and their session's
cookie: python-socketio takes both from `http_session=requests.Session()`; its WebSocket sends its own Origin already.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hmac import compare_digest
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from werkzeug.http import parse_cookie
from werkzeug.sansio.utils import host_is_trusted

from eventapp.accesslog import safe_log_path
from eventapp.websocket import drop_connection

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

EDITION = "eventapp.edition"  # environ: slug of the edition in the address, absent at the root
OWNER = "eventapp.owner"  # environ of a socket's handshake: the session cookie's value, "" without one
SOCKETS = "/socket.io/"
SOCKET_BODY_BYTES = 16_000  # also give it to SocketIO(max_http_buffer_size=...)

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Whom the shield lets in; origins as a browser sends them (`https://host[:port]`), all counts per process."""

    origins: frozenset[str]
    hosts: frozenset[str] = frozenset()  # further names we answer for, without port; those of the origins always are
    cookie: str = "session"  # its value must stay the same while the session lasts
    per_session: int = 12  # the oldest connection goes: it is a ghost of a lost network more often than a tab
    per_address: int = 2_000  # a hall, or a city office, is one address
    overlay_ancestors: str = "'none'"  # who may frame /overlay/, as in frame-ancestors
    hsts_s: int = 31_536_000

    @property
    def names(self) -> frozenset[str]:
        """Every host name we answer for."""
        return self.hosts | {urlsplit(origin).hostname or "" for origin in self.origins}


class Refused(NamedTuple):
    """An answer that goes no further: status line and code."""

    status: str
    code: str


class Shield:
    """Wrap `app.wsgi_app` after `socketio.init_app(app)`; ProxyFix, if any, goes around the shield."""

    def __init__(self, app: WSGIApplication, server: Any, *, policy: Policy) -> None:
        self._app = app
        self._policy = policy
        self._names = policy.names
        self._sockets = SocketGuard(server, policy=policy)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        move_edition(environ)
        refused = self._refusal(environ)
        defaults = security_headers(environ, policy=self._policy, host="" if refused else environ["HTTP_HOST"])

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Any:
            own = {name.lower() for name, _ in headers}
            return start_response(status, headers + [h for h in defaults if h[0].lower() not in own], exc_info)

        if refused is None:
            return self._app(environ, start)
        log.warning("%s for %s at %.100r", refused.code, environ.get("REMOTE_ADDR"), safe_log_path(environ))
        body = f"{refused.code}\n".encode()
        headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        if refused.status.startswith("429"):
            headers.append(("Retry-After", "5"))
        start(refused.status, headers)
        return [body]

    def _refusal(self, environ: WSGIEnvironment) -> Refused | None:
        host = environ.get("HTTP_HOST")
        if not host_is_trusted(host) or urlsplit(f"//{host}").hostname not in self._names:  # first: shape only
            return Refused("400 Bad Request", "host.unknown")
        if "\0" in environ["PATH_INFO"] or "%00" in environ.get("QUERY_STRING", ""):
            return Refused("400 Bad Request", "address.invalid")
        return self._sockets.refusal(environ) if environ["PATH_INFO"].startswith(SOCKETS) else None


class SocketGuard:
    """What a request to `/socket.io/` must fulfil; reads the open connections from python-socketio's own table."""

    def __init__(self, server: Any, *, policy: Policy) -> None:
        self._server = server
        self._policy = policy

    def refusal(self, environ: WSGIEnvironment) -> Refused | None:
        """Return why the request goes no further, None when it may."""
        sid = parse_qs(environ.get("QUERY_STRING", "")).get("sid")  # read as Engine.IO reads it: the first one counts
        if not self._from_our_page(environ, known=bool(sid)):
            return Refused("403 Forbidden", "origin.unknown")
        post = environ["REQUEST_METHOD"] == "POST"
        length = environ.get("CONTENT_LENGTH") or ("" if post or "HTTP_TRANSFER_ENCODING" in environ else "0")
        if not re.fullmatch("[0-9]{1,18}", length):
            return Refused("411 Length Required", "length.missing")
        if int(length) > (SOCKET_BODY_BYTES if post else 0):
            return Refused("413 Content Too Large", "body.too_large")
        environ[OWNER] = parse_cookie(environ.get("HTTP_COOKIE")).get(self._policy.cookie, "")
        return self._may_use(sid[0], environ) if sid else self._may_open(environ)

    def _from_our_page(self, environ: WSGIEnvironment, *, known: bool) -> bool:
        # Same-origin GETs carry no Origin, and on plain HTTP no Sec-Fetch-Site either: there the Referer decides,
        # which a foreign page can withhold but not forge.
        if origin := environ.get("HTTP_ORIGIN"):
            return origin in self._policy.origins
        if known:
            return True  # the session decides; python-socketio's polling sends no Origin after the handshake
        if site := environ.get("HTTP_SEC_FETCH_SITE"):
            return bool(site == "same-origin")
        return "/".join(environ.get("HTTP_REFERER", "").split("/", 3)[:3]) in self._policy.origins

    def _may_use(self, sid: str, environ: WSGIEnvironment) -> Refused | None:
        opened = self._server.environ.get(sid)
        if opened is None or not compare_digest(opened.get(OWNER, "").encode(), environ[OWNER].encode()):
            return Refused("400 Bad Request", "connection.unknown")
        return None

    def _may_open(self, environ: WSGIEnvironment) -> Refused | None:
        owner, address = environ[OWNER], environ.get("REMOTE_ADDR")
        opened = list(self._server.environ.items())
        if sum(other.get("REMOTE_ADDR") == address for _, other in opened) >= self._policy.per_address:
            return Refused("429 Too Many Requests", "address.full")
        same = [sid for sid, other in opened if owner and other.get(OWNER) == owner]
        for oldest in same[: max(0, len(same) + 1 - self._policy.per_session)]:
            drop_connection(self._server, oldest)
        return None


def move_edition(environ: WSGIEnvironment) -> None:
    """Move a leading `/@<slug>` from the path into SCRIPT_NAME, so that url_for keeps it; sockets have no prefix."""
    prefix = re.match(r"/@([a-z0-9-]{1,64})(?=/|\Z)", environ["PATH_INFO"])
    if prefix is None or environ["PATH_INFO"].startswith(SOCKETS, prefix.end()):
        return
    environ[EDITION] = prefix[1]
    environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + prefix[0]
    environ["PATH_INFO"] = environ["PATH_INFO"][prefix.end() :] or "/"


def security_headers(environ: WSGIEnvironment, *, policy: Policy, host: str) -> list[tuple[str, str]]:
    """Return the headers of every answer that the application did not set itself; `host` only when it is trusted."""
    secure = environ["wsgi.url_scheme"] == "https"
    overlay = environ["PATH_INFO"].startswith("/overlay/")
    own_sockets = (f" wss://{host}" if secure else f" ws://{host} wss://{host}") if host else ""
    content = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'" + own_sockets,
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": policy.overlay_ancestors if overlay else "'none'",
    }
    headers = [
        ("Content-Security-Policy", "; ".join(f"{name} {sources}" for name, sources in content.items())),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(self), microphone=(), geolocation=(), payment=(), usb=()"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]
    if secure and policy.hsts_s:
        headers.append(("Strict-Transport-Security", f"max-age={policy.hsts_s}"))
    return headers
