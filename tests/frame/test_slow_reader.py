"""A tablet on bad Wi-Fi: frames stay whole, others are served, and a reader that takes nothing is let go."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.frame.wire import RawWebSocket, Served, eventually, serving

COUNT, SIZE = 200, 60_000


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Served]]:
    options: list[dict[str, Any]] = [
        {"reap_s": 1.5},
        {"kind": "stock"},
        {"socketio": {"ping_interval": 0.2, "ping_timeout": 5}},
        {"send_s": 2},
    ]
    with serving(tmp_path_factory.mktemp("sockets"), *options) as servers:
        yield servers


@pytest.fixture
def served(every: list[Served]) -> Served:
    assert eventually(lambda: every[0].open_connections() == 0)
    return every[0]


def expected(count: int, size: int) -> list[str]:
    return [f"{number:06d}" + chr(97 + number % 26) * (size - 6) for number in range(count)]


def flood(client: RawWebSocket, count: int, size: int) -> None:
    client.send("42" + json.dumps(["flood", count, size]))


def events(client: RawWebSocket, count: int) -> list[str]:
    return [json.loads(client.text()[2:])[1] for _ in range(count)]


def test_slow_reader_whole_sends_keeps_framing(served: Served) -> None:
    with RawWebSocket(served, buffer=32_768) as slow:
        slow.join()
        flood(slow, COUNT, SIZE)
        got: list[str] = []
        pongs = []
        while len(got) < COUNT:
            if len(got) % 20 == 10 and len(pongs) < len(got) // 20 + 1:
                slow.send(f"ping {len(pongs)}", opcode=9)  # its pong must not land inside an event
                pongs.append("")
            opcode, payload = slow.frame(chunk=8_192, pause_s=0.01 if len(got) < 20 else 0.0)
            if opcode == 10:
                pongs[int(payload.split()[1])] = payload.decode()
            else:
                got.append(json.loads(payload[2:])[1])
        assert got == expected(COUNT, SIZE)
        while "" in pongs:
            opcode, payload = slow.frame()
            pongs[int(payload.split()[1])] = payload.decode()
        assert pongs == [f"ping {number}" for number in range(10)]


def test_stalled_reader_leaves_others_served_and_is_dropped(every: list[Served]) -> None:
    served = every[3]
    with RawWebSocket(served, buffer=4_096) as stalled:
        stalled.join()
        with RawWebSocket(served) as other:
            other.join()
            flood(other, COUNT, SIZE)
            assert events(other, COUNT) == expected(COUNT, SIZE)
            assert eventually(lambda: served.open_connections() == 1)
            other.send('420["who"]')
            assert other.text() == '430[""]'


def conversation(served: Served, extensions: str) -> bytes:
    with RawWebSocket(served, headers={"Sec-WebSocket-Extensions": extensions}) as client:
        client.join()
        client.received.clear()
        flood(client, 50, 1_000)
        assert events(client, 50) == expected(50, 1_000)
        client.send('42["bytes",1024]')
        client.frame()
        client.frame()
        client.send('427["who"]')
        client.text()
        client.send("hello", opcode=9)
        client.frame()
        client.send(b"\x03\xe8", opcode=8)
        client.frame()
        return bytes(client.received)


@pytest.mark.parametrize("extensions", ["", "permessage-deflate; client_max_window_bits"])
def test_fast_reader_gets_the_same_bytes_as_from_the_stock_class(
    served: Served, every: list[Served], extensions: str
) -> None:
    whole = conversation(served, extensions)
    assert whole == conversation(every[1], extensions)
    assert (len(whole) < 50_000) == bool(extensions)


def test_pings_go_on(every: list[Served]) -> None:
    with RawWebSocket(every[2]) as client:
        client.join()
        for _ in range(3):
            assert client.text() == "2"
            client.send("3")


def test_connection_without_namespace_is_closed(served: Served) -> None:
    with RawWebSocket(served) as joined, RawWebSocket(served) as silent, RawWebSocket(served) as refused:
        assert joined.join().startswith('40{"sid"')
        assert refused.join('{"refuse":true}').startswith("44")
        assert silent.closed()
        assert refused.closed()
        assert served.open_connections() == 1
        joined.send('421["who"]')
        assert joined.text() == '431[""]'


def test_frame_over_the_limit_closes_the_connection(served: Served) -> None:
    with RawWebSocket(served) as client:
        client.join()
        client.send("42" + json.dumps(["who", "x" * 16_001]))
        assert client.closed()
        assert eventually(lambda: served.open_connections() == 0)


def test_upgrade_with_a_broken_key_is_refused(served: Served) -> None:
    with RawWebSocket(served, headers={"Sec-WebSocket-Key": ""}) as client:
        assert client.status == 400
