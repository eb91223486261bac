"""Clients on the wire for the socket tests: a server process, plain HTTP, and a WebSocket that reads as told."""

from __future__ import annotations

import http.client
import json
import os
import socket
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]
PATIENCE_S = 10.0


class Served:
    """Where the process listens, and what it has logged."""

    def __init__(self, port: int, log: Path) -> None:
        self.port = port
        self.log = log
        self.origin = f"http://127.0.0.1:{port}"

    def request(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Send exactly these headers (Host is ours unless given) and return status, headers and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def open_connections(self) -> int:
        """How many sockets the server holds."""
        return int(json.loads(self.request("GET", "/open")[2])["open"])


@contextmanager
def serving(folder: Path, *every: dict[str, Any]) -> Iterator[list[Served]]:
    """Start tiny_server with one application for each options, end it afterwards; a traceback in its log fails."""
    log = folder / "server.log"
    command = [sys.executable, "-m", "gevent.monkey", "--module", "tests.frame.tiny_server", json.dumps(every)]
    with log.open("w") as errors, subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors) as process:
        try:
            line = process.stdout.readline() if process.stdout else b""
            assert line, log.read_text()
            yield [Served(port, log) for port in json.loads(line)]
        finally:
            process.terminate()
            process.wait(PATIENCE_S)
    assert "Traceback" not in log.read_text(), log.read_text()


def eventually(holds: Callable[[], bool]) -> bool:
    """Wait, within PATIENCE_S, until `holds`."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


class RawWebSocket:
    """A WebSocket client that reads the wire itself, so that a test may read slowly or not at all."""

    def __init__(self, served: Served, *, query: str = "", headers: dict[str, str] | None = None, buffer: int = 0):
        self._socket = socket.socket()
        self._inflate = zlib.decompressobj(-15)
        if buffer:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self._socket.settimeout(PATIENCE_S)
        self._socket.connect(("127.0.0.1", served.port))
        lines = {
            "Host": f"127.0.0.1:{served.port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
            "Sec-WebSocket-Version": "13",
            "Origin": served.origin,
        } | (headers or {})
        head = f"GET /socket.io/?EIO=4&transport=websocket{query} HTTP/1.1\r\n"
        self._socket.sendall((head + "".join(f"{k}: {v}\r\n" for k, v in lines.items() if v) + "\r\n").encode())
        self.received = bytearray()
        while b"\r\n\r\n" not in self.received:
            self.received += self._socket.recv(1)
        self.status = int(self.received.split()[1])
        self.received = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def read(self, size: int, chunk: int = 65_536, pause_s: float = 0.0) -> bytes:
        """Read exactly `size` bytes, at most `chunk` at once with a pause before each; EOFError at the end."""
        parts = []
        while size:
            time.sleep(pause_s)
            part = self._socket.recv(min(size, chunk))
            if not part:
                raise EOFError
            parts.append(part)
            size -= len(part)
        whole = b"".join(parts)
        self.received += whole
        return whole

    def frame(self, **pace: Any) -> tuple[int, bytes]:
        """Read one frame: opcode and payload. A broken framing shows as a bit or opcode that no server sends."""
        first, length = self.read(2, **pace)
        assert first & 0x30 == 0, f"reserved bits set: {first:#x}"
        assert first & 0x80, "a fragment"
        assert first & 0x0F in {1, 2, 8, 9, 10}, f"opcode {first & 0x0F}"
        assert length < 128, "a masked frame from the server"
        if length == 126:
            length = struct.unpack("!H", self.read(2, **pace))[0]
        elif length == 127:
            length = struct.unpack("!Q", self.read(8, **pace))[0]
        payload = self.read(length, **pace)
        if first & 0x40:  # permessage-deflate, as browsers ask for it; anything else breaks the inflater
            payload = self._inflate.decompress(payload + b"\0\0\xff\xff")
        return first & 0x0F, payload

    def text(self) -> str:
        """Read one text frame."""
        opcode, payload = self.frame()
        assert opcode == 1, (opcode, payload)
        return payload.decode()

    def send(self, payload: bytes | str, opcode: int = 1) -> None:
        """Send one masked frame."""
        data = payload.encode() if isinstance(payload, str) else payload
        mask = os.urandom(4)
        size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack("!H", len(data))
        self._socket.sendall(bytes([0x80 | opcode]) + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

    def join(self, auth: str = "") -> str:
        """Read the greeting, join the root namespace and return the answer."""
        assert self.text().startswith("0{")
        self.send("40" + auth)
        return self.text()

    def closed(self) -> bool:
        """Read until the server closes the line; False when it is still open after PATIENCE_S."""
        try:
            while self._socket.recv(65_536):
                pass
        except TimeoutError:
            return False
        except ConnectionError:
            pass
        return True
