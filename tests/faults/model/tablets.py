"""The tablets' side: node with the real queue, asked in batches; every world is a greenlet that waits for its reply."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from greenlet import greenlet

ROOT = Path(__file__).resolve().parents[3]
QUEUE = ROOT / "static/src/lib/queue.ts"
Ask = Callable[[dict[str, Any]], Any]
Worlds = Iterable[Callable[[Ask], Any]]
AT_ONCE = 200


class NodeError(Exception):
    """The queue itself threw: always an error of the queue or of the check."""


def node() -> str:
    """The node of requirements/build.txt."""
    found = shutil.which("node", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    assert found, "node is missing: install requirements/build.txt"
    return found


def bundle(folder: Path, queue: str | None = None) -> Path:
    """The tablets' program in one file; `queue` is another text for queue.ts (a mutant)."""
    source = ROOT / "tests/faults/model/tablet.ts"
    if queue is not None:
        (folder / "queue.ts").write_text(queue.replace('"./protocol"', f'"{QUEUE.parent}/protocol"'), encoding="utf-8")
        text = source.read_text(encoding="utf-8").replace('"../../../static/src/lib/queue"', '"./queue"')
        source = folder / "tablet.ts"
        source.write_text(text.replace('"../../../static/src/lib/protocol"', f'"{QUEUE.parent}/protocol"'), encoding="utf-8")
    made = folder / "tablet.mjs"
    esbuild = ROOT / "node_modules/esbuild/bin/esbuild"
    options = ["--bundle", "--platform=node", "--format=esm", f"--outfile={made}", "--log-level=error"]
    subprocess.run([node(), esbuild, source, *options], check=True)
    return made


class Tablets:
    """One node process; `play` runs worlds many at a time, so that a line carries many commands."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def _exchange(self, commands: list[dict[str, Any]]) -> list[Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(commands) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise NodeError("node has ended")
        replies: list[Any] = json.loads(line)
        for reply in replies:
            if isinstance(reply, dict) and "error" in reply:
                raise NodeError(reply["error"])
        return replies

    def play(self, worlds: Worlds, at_once: int = AT_ONCE) -> Iterator[Any]:
        """What each world returns, in no certain order."""
        waiting, hub = iter(worlds), greenlet.getcurrent()

        def ask(command: dict[str, Any]) -> Any:
            return hub.switch(command)

        running: list[tuple[greenlet, Any]] = []
        while True:
            fresh = [greenlet(world) for world in islice(waiting, at_once - len(running))]
            for one in fresh:
                one.gr_context = copy_context()  # the application's, where the server is the real one
            replies = self._exchange([command for _, command in running]) if running else []
            moved = [(one, one.switch(reply)) for (one, _), reply in zip(running, replies, strict=True)]
            moved += [(one, one.switch(ask)) for one in fresh]
            if not moved:
                return
            running = [(one, said) for one, said in moved if not one.dead]
            yield from (said for one, said in moved if one.dead)


@contextmanager
def tablets(queue: str | None = None) -> Iterator[Tablets]:
    """A node process with the queue, or with a mutant of it."""
    with TemporaryDirectory(prefix="tablets-") as folder:
        program = bundle(Path(folder), queue)
        process = subprocess.Popen([node(), str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        try:
            yield Tablets(process)
        finally:
            process.kill()
            process.communicate()
