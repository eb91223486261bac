"""Tiny applications behind shield and whole sends, one process: `python -m gevent.monkey --module … '[{options}, …]'`.

One application and port per options; prints the ports, then serves until it is ended.
"""

import json
import sys
from typing import Any

from flask import Flask, request
from flask_socketio import SocketIO, emit
from gevent import socket
from gevent.pywsgi import WSGIServer

from eventapp.accesslog import SafeHandler
from eventapp.shield import EDITION, SOCKET_BODY_BYTES, Policy, Shield
from eventapp.websocket import install_whole_send, reap_unjoined


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


def server(options: dict[str, Any]) -> WSGIServer:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(256)
    origins = frozenset({f"http://127.0.0.1:{listener.getsockname()[1]}"})
    app = Flask(__name__)
    socketio = SocketIO(
        app,
        async_mode="gevent",
        cors_allowed_origins=list(origins),
        cors_credentials=False,
        max_http_buffer_size=SOCKET_BODY_BYTES,
        **options.get("socketio", {}),
    )
    install_whole_send(socketio.server, kind=options.get("kind", "whole"), send_s=options.get("send_s", 10))
    reap_unjoined(socketio.server, after_s=options.get("reap_s", 10))
    policy = Policy(origins=origins, **options.get("policy", {}))
    app.wsgi_app = Shield(app.wsgi_app, socketio.server, policy=policy)
    routes(app, socketio)
    events(socketio)
    return WSGIServer(listener, app, log=sys.stderr, handler_class=SafeHandler)


def main(every: list[dict[str, Any]]) -> None:
    servers = [server(options) for options in every]
    for one in servers:
        one.start()
    sys.stdout.write(json.dumps([one.socket.getsockname()[1] for one in servers]) + "\n")
    sys.stdout.flush()
    servers[0].serve_forever()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
