"""A tiny application behind shield and whole sends, as a process of its own: `python -m tests.frame.tiny_server JSON`.

Prints its port, then serves until it is ended.
"""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import sys  # noqa: E402
from typing import Any  # noqa: E402

from flask import Flask, request  # noqa: E402
from flask_socketio import SocketIO, emit  # noqa: E402
from gevent import socket  # noqa: E402
from gevent.pywsgi import WSGIServer  # noqa: E402

from eventapp.accesslog import SafeHandler  # noqa: E402
from eventapp.shield import EDITION, SOCKET_BODY_BYTES, Policy, Shield  # noqa: E402
from eventapp.websocket import install_whole_send, reap_unjoined  # noqa: E402


def routes(app: Flask, socketio: SocketIO) -> None:
    @app.get("/")
    def where() -> dict[str, Any]:
        return {"root": request.script_root, "path": request.path, "edition": request.environ.get(EDITION)}

    @app.get("/open")
    def connections() -> dict[str, int]:
        return {"open": len(socketio.server.environ)}

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("expected by the test")


def events(socketio: SocketIO) -> None:
    @socketio.on("connect")
    def connect(auth: Any = None) -> bool:
        return auth != {"refuse": True}

    @socketio.on("who")
    def who() -> str:
        return request.cookies.get("session", "")

    @socketio.on("flood")
    def flood(count: int, size: int) -> None:
        def run() -> None:
            for number in range(count):
                socketio.emit("event", f"{number:06d}" + chr(97 + number % 26) * (size - 6))
                socketio.sleep(0)

        socketio.start_background_task(run)

    @socketio.on("bytes")
    def in_bytes(size: int) -> None:
        emit("event", bytes(range(256)) * (size // 256))


def main(options: dict[str, Any]) -> None:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(256)
    port = listener.getsockname()[1]
    app = Flask(__name__)
    origins = frozenset({f"http://127.0.0.1:{port}"})
    socketio = SocketIO(
        app,
        async_mode="gevent",
        cors_allowed_origins=list(origins),
        max_http_buffer_size=SOCKET_BODY_BYTES,
        **options.get("socketio", {}),
    )
    install_whole_send(socketio.server, kind=options.get("kind", "whole"), send_s=options.get("send_s", 10))
    reap_unjoined(socketio.server, after_s=options.get("reap_s", 10))
    app.wsgi_app = Shield(  # type: ignore[method-assign]
        app.wsgi_app, socketio.server, policy=Policy(origins=origins, **options.get("policy", {}))
    )
    routes(app, socketio)
    events(socketio)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    WSGIServer(listener, app, log=sys.stderr, handler_class=SafeHandler).serve_forever()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
