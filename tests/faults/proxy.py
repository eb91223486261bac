"""A small TCP proxy that spoils the network between a client and a server, on loopback.

    with Proxy(server_port) as network:
        open_page(network.url)
        network.set("blackhole")          # the half-open link of a bad Wi-Fi: connected and silent
        network.set("rst"); network.set("pass")

| mode | what happens to every connection, the open ones too, until another mode is set |
|---|---|
| pass | bytes go through |
| drop | closed in good order (FIN), new ones too |
| rst | reset, new ones too |
| blackhole | nothing passes and nobody is told; on `pass` the bytes that were held go on, as TCP's would |
| delay | every piece waits `delay_s` (± `jitter_s`), the order stays |
| rate | `rate` bytes a second and direction |

`way` limits blackhole, delay and rate to one direction: "up" (client to server), "down" or "both". A lost ack is
`set("blackhole", way="down")`, then `set("rst")`: the server has done it and nobody heard.
"""

import asyncio
import contextlib
import random
import socket
import struct
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self, get_args

Mode = Literal["pass", "drop", "rst", "blackhole", "delay", "rate"]
Way = Literal["up", "down", "both"]
PIECE = 16_384
CLOSING: tuple[Mode, ...] = ("drop", "rst")


@dataclass(frozen=True)
class Weather:
    """How the network is until the next one is set."""

    mode: Mode = "pass"
    way: Way = "both"
    delay_s: float = 0.2
    jitter_s: float = 0.0
    rate: int = 4_000

    def spoils(self, way: Way, mode: Mode) -> bool:
        return self.mode == mode and self.way in (way, "both")


class Proxy:
    """One listening port before one server; `set` may be called from any thread and works at once."""

    def __init__(self, target: int, *, seed: int = 0) -> None:
        self._target, self._random = target, random.Random(seed)
        self._weather = Weather()
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self.accepted = 0  # connections so far
        self.bytes = {"up": 0, "down": 0}  # passed on so far
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def weather(self) -> Weather:
        return self._weather

    def __enter__(self) -> Self:
        self._thread.start()
        self._call(self._start())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._call(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def set(self, mode: Mode, *, way: Way = "both", delay_s: float = 0.2, jitter_s: float = 0.0, rate: int = 4_000) -> None:
        """The network is like this from now on; open connections feel it before this returns."""
        if mode not in get_args(Mode):
            raise ValueError(f"no such mode: {mode}")
        self._call(self._change(Weather(mode, way, delay_s, jitter_s, rate)))

    def _call(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _start(self) -> None:
        self._changed = asyncio.Event()
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def _stop(self) -> None:
        self._server.close()
        await self._change(Weather("drop"))
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _change(self, weather: Weather) -> None:
        self._weather = weather
        self._changed.set()
        self._changed = asyncio.Event()
        if weather.mode in CLOSING:
            for writer in list(self._open):
                self._end(writer)

    def _end(self, writer: asyncio.StreamWriter) -> None:
        """Close as the mode says: in good order, or with a reset (no lingering)."""
        self._open.discard(writer)
        if self._weather.mode == "rst":
            made: socket.socket | None = writer.get_extra_info("socket")
            if made is not None:
                with contextlib.suppress(OSError):
                    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        else:
            writer.close()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._connect(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        if self._weather.mode in CLOSING:
            self._end(writer)
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:  # the server is down: so is its address
            writer.transport.abort()
            return
        pair = (writer, far_writer)
        self._open.update(pair)
        try:
            await asyncio.gather(self._carry(reader, far_writer, "up"), self._carry(far_reader, writer, "down"))
        finally:
            for one in pair:
                self._open.discard(one)
                one.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(self._piece(way)):
                await self._weathered(way, len(piece))
                if writer.is_closing():
                    return
                self.bytes[way] += len(piece)
                writer.write(piece)
                await writer.drain()
            if writer.can_write_eof() and not writer.is_closing():
                writer.write_eof()
            return
        writer.transport.abort()  # a reset is handed on

    def _piece(self, way: Way) -> int:
        return max(1, self._weather.rate // 10) if self._weather.spoils(way, "rate") else PIECE

    async def _weathered(self, way: Way, size: int) -> None:
        """Returns when a piece may go on."""
        while self._weather.spoils(way, "blackhole"):
            await self._changed.wait()
        weather = self._weather
        if weather.spoils(way, "delay"):
            await asyncio.sleep(max(0.0, weather.delay_s + self._random.uniform(-1, 1) * weather.jitter_s))
        elif weather.spoils(way, "rate"):
            await asyncio.sleep(size / max(1, weather.rate))
