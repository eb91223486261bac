"""The proxy that spoils the network does what its modes say."""

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.faults.proxy import Proxy

PATIENCE_S = 20


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that sends back what it hears, in capitals."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server,), daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def _serve(server: socket.socket) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(connection,), daemon=True).start()


def _answer(connection: socket.socket) -> None:
    with connection:
        try:
            while heard := connection.recv(65_536):
                connection.sendall(heard.upper())
        except OSError:
            return


def dial(network: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", network.port), timeout=PATIENCE_S)


def say(line: socket.socket, words: bytes) -> bytes:
    line.sendall(words)
    heard = b""
    while len(heard) < len(words):
        piece = line.recv(65_536)
        if not piece:
            break
        heard += piece
    return heard


@pytest.mark.parametrize("mode", ["pass", "delay", "rate"])
def test_bytes_arrive_whole_and_in_order(echo: int, mode: str) -> None:
    with Proxy(echo) as network, dial(network) as line:
        network.set(mode, delay_s=0.01, jitter_s=0.01, rate=100_000)  # type: ignore[arg-type]
        assert say(line, b"abc" * 10_000) == b"ABC" * 10_000
        assert network.bytes == {"up": 30_000, "down": 30_000}


def test_a_blackhole_holds_and_lets_go_on(echo: int) -> None:
    with Proxy(echo) as network, dial(network) as line:
        assert say(line, b"one") == b"ONE"
        network.set("blackhole")
        line.settimeout(0.3)
        with pytest.raises(TimeoutError):
            say(line, b"two")
        network.set("pass")
        line.settimeout(PATIENCE_S)
        assert line.recv(10) == b"TWO"


def test_an_answer_can_be_lost_after_it_was_given(echo: int) -> None:
    with Proxy(echo) as network, dial(network) as line:
        network.set("blackhole", way="down")
        line.settimeout(0.3)
        with pytest.raises(TimeoutError):
            say(line, b"done")
        assert network.bytes["up"] == 4
        network.set("rst")
        with pytest.raises(ConnectionError):
            line.recv(10)


def test_a_drop_closes_open_and_new_connections_until_it_passes_again(echo: int) -> None:
    with Proxy(echo) as network, dial(network) as line:
        assert say(line, b"one") == b"ONE"
        network.set("drop")
        assert line.recv(10) == b""
        with dial(network) as other:
            assert other.recv(10) == b""
        network.set("pass")
        with dial(network) as third:
            assert say(third, b"three") == b"THREE"
        assert network.accepted == 3
