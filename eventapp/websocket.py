"""WebSockets under gevent whose sends are whole, and whose connections end.

simple-websocket 1.1.0 calls ``sock.send()`` once and drops what the kernel did not take: under gevent a slow reader's
stream loses bytes and the framing breaks (miguelgrinberg/simple-websocket#45). Here every frame leaves whole and in the
order in which it was encoded, a reader that takes nothing for `send_s` real seconds is cut off, and a connection that
was refused, or never joined a namespace, is closed instead of being pinged for ever.
"""

from __future__ import annotations

import functools
import socket
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

import gevent
import simple_websocket
from engineio.async_drivers.gevent import Thread
from gevent.event import Event
from gevent.lock import RLock
from gevent.selectors import DefaultSelector
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LINGER_S = 2.0
# Linux wakes a sender when a third of the buffer is free. It grows to megabytes by itself: a slow reader that does read
# would then look stalled for long, and would be shown documents long overtaken.
SEND_BUFFER_BYTES = 131_072


class WholeSocket:
    """A gevent socket whose `send` sends everything, in order, or breaks the connection within `limit_s`."""

    def __init__(self, sock: Any, *, limit_s: float) -> None:
        self._sock = sock
        self._limit_s = limit_s
        self._waiting: deque[bytes] = deque()
        self._sending = RLock()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def send(self, data: bytes) -> int:
        """Return when `data` has left whole; raise BrokenPipeError, as simple-websocket expects, when it cannot."""
        # Frames are queued without a switch after they were encoded, so the lock's order of waking cannot swap two.
        self._waiting.append(data)
        with self._sending:
            try:
                while self._waiting:
                    with gevent.Timeout(self._limit_s, TimeoutError("the reader takes nothing")):
                        self._sock.sendall(self._waiting.popleft())
            except OSError as error:
                self.close()  # half a frame may be out: nothing that follows could be read
                raise BrokenPipeError(str(error)) from error
        return len(data)

    def close(self) -> None:
        """Close for every holder: pywsgi, while it waits for the handler, keeps a duplicate of this socket."""
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()


class WholeServer(simple_websocket.Server):
    """simple-websocket's server on a WholeSocket; `close` does not wait for a peer that never answers."""

    sock: Any

    def __init__(self, environ: WSGIEnvironment, *, send_s: float, max_message_size: int) -> None:
        self._send_s = send_s
        super().__init__(
            environ,
            max_message_size=max_message_size,
            thread_class=Thread,
            event_class=Event,
            selector_class=DefaultSelector,
        )

    def handshake(self) -> None:
        """Answer the upgrade; from here on everything is sent whole."""
        self.sock = WholeSocket(self.sock, limit_s=self._send_s)
        super().handshake()

    def close(self, reason: int | None = None, message: str | None = None) -> None:
        """Send the close frame, wake `receive`, and give the peer LINGER_S to read it before the line is cut."""
        with suppress(LocalProtocolError):  # raised when the closing handshake has begun
            super().close(reason, message)
        self.connected = False
        self.event.set()
        gevent.spawn_later(LINGER_S, self.sock.close)


class WholeWebSocket:
    """What Engine.IO calls a WebSocket: made per upgrade, called as a WSGI application for the connection's life."""

    def __init__(self, handler: Callable[[WholeWebSocket], Any], server: Any, *, send_s: float) -> None:
        self._handler = handler
        self._open = functools.partial(WholeServer, send_s=send_s, max_message_size=server.max_http_buffer_size)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            self._ws = self._open(environ)
        except (RemoteProtocolError, simple_websocket.ConnectionError):
            start_response("400 Bad Request", [("Content-Type", "text/plain"), ("Connection", "close")])
            return [b"websocket.invalid\n"]
        try:
            self._handler(self)
        finally:
            self.close()
            if self._ws.mode == "gevent":
                leave_http(environ)
        if self._ws.mode == "gunicorn":
            raise StopIteration  # tells gunicorn that the connection is no longer its own
        return []

    def send(self, message: str | bytes) -> None:
        """Send one message whole; OSError when the connection is gone."""
        try:
            self._ws.send(message)
        except simple_websocket.ConnectionClosed as error:
            raise OSError(str(error)) from error

    def wait(self) -> str | bytes | None:
        """Return the next message, None at the end."""
        try:
            message: str | bytes | None = self._ws.receive()
        except simple_websocket.ConnectionClosed:
            return None
        return message

    def close(self) -> None:
        """Close once; further calls do nothing."""
        if self._ws.connected:
            self._ws.close()


def leave_http(environ: WSGIEnvironment) -> None:
    """Keep gevent's pywsgi from reading the rest of a WebSocket's bytes as the next HTTP request."""
    stream = environ["wsgi.input"]
    (stream.rfile if hasattr(stream, "rfile") else stream).close()


def install_whole_send(server: Any, *, kind: Literal["whole", "stock"] = "whole", send_s: float = 10.0) -> None:
    """Make a python-socketio `server` on gevent use whole sends; `kind="stock"` leaves the library's own class."""
    if kind == "stock":
        return
    if server.eio.async_mode != "gevent":
        raise RuntimeError(f"whole sends need async_mode 'gevent', not {server.eio.async_mode!r}")
    websocket = functools.partial(WholeWebSocket, send_s=send_s)
    server.eio._async = {**server.eio._async, "websocket": websocket}  # this server's copy, not the module's


def drop_connection(server: Any, sid: str) -> None:
    """Close the Engine.IO connection `sid` without waiting for its peer; nothing happens when it is gone."""
    if sid in server.eio.sockets:
        server.eio.sockets[sid].close(wait=False)


def reap_unjoined(server: Any, *, after_s: float = 10.0) -> None:
    """Close each new connection that is in no namespace `after_s` real seconds later (refused, or silent)."""
    opened = server.eio.handlers["connect"]

    def look(sid: str) -> None:
        if not any(server.manager.sid_from_eio_sid(sid, name) for name in list(server.manager.get_namespaces())):
            drop_connection(server, sid)

    def connect(sid: str, environ: WSGIEnvironment) -> Any:
        gevent.spawn_later(after_s, look, sid)
        return opened(sid, environ)

    server.eio.on("connect", connect)
