"""A hall for fault tests: a prepared installation, its server process, a process of scripted judges, and the chair."""

import json
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from eventapp import schema
from eventapp.app import create_app
from eventapp.config import read_settings
from eventapp.rehearsal.crew import Bench
from eventapp.rehearsal.program import Browser
from tests.faults.checker import Verdict, check, measure_healing, read_history
from tests.serving import ROOT, answers, clean_environment, free_port

PATIENCE_S = 120
SLUG = "connect-day-2025"
RULES = """format = "tally/1"
name = "Fault runs: three methods, one of them with a ballot for each entry"
recuse_own = true
[[contests]]
id = "service"
categories = ["service"]
method = "points"
points = [3, 2, 1]
ties = ["firsts", "countback", "head-to-head", "chair"]
[[contests]]
id = "operations"
categories = ["operations"]
method = "choice"
choices = 4
ties = ["head-to-head", "chair"]
[[contests]]
id = "idea"
categories = ["idea"]
method = "score"
ties = ["criterion:impact", "head-to-head", "chair"]
[contests.criteria.impact]
max = 20
[contests.criteria.novelty]
max = 20
[[contests]]
id = "dx-sprint"
categories = ["service", "operations"]
method = "points"
points = [5, 4, 3, 2, 1]
ties = ["chair"]
[[prizes]]
id = "grand-service"
contest = "service"
[[prizes]]
id = "grand-operations"
contest = "operations"
[[prizes]]
id = "grand-idea"
contest = "idea"
[[prizes]]
id = "dx-sprint"
contest = "dx-sprint"
excludes = ["grand-service", "grand-operations"]
"""
CONTESTS: dict[str, dict[str, Any]] = {
    "service": {"method": "points", "places": 3},
    "operations": {"method": "choice", "places": 4},
    "idea": {"method": "score", "criteria": ["impact", "novelty"], "min": 0, "max": 20},
    "dx-sprint": {"method": "points", "places": 3},
}
METHODS = {name: str(contest["method"]) for name, contest in CONTESTS.items()}


def prepare(data: Path, *, database_url: str = "", closing_s: int = 1, grace_s: int = 3) -> None:
    """A demo edition before its day, with the rules above and short closings."""
    from sqlalchemy import delete, update

    from eventapp.demo import create_demo
    from eventapp.extensions import db
    from eventapp.models import Edition, Poll, Slot

    app = create_app(read_settings({}, data=data, database_url=database_url or None), testing=True)
    schema.upgrade(app)
    with app.app_context():
        edition = create_demo(at="programme")
        settings = edition.settings | {"settings": edition.settings["settings"] | {"closing_s": closing_s, "grace_s": grace_s}}
        db.session.execute(update(Edition).values(rules_toml=RULES, settings=settings))
        db.session.execute(delete(Poll).where(Poll.contest.not_in(CONTESTS)))
        db.session.execute(delete(Slot).where(Slot.entry_id.is_not(None)))  # a poll closes no earlier than its last slot ends
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


@dataclass
class Server:
    """The server as a process that is killed, stopped and started again on the same address and data."""

    data: Path
    environment: dict[str, str] = field(default_factory=dict)
    log: Path = Path()
    kills: int = 0
    process: subprocess.Popen[bytes] | None = None
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, **extra: str) -> None:
        """Return when it answers; `extra` are environment variables of this start only (FAULTS_…)."""
        self.log = self.data.with_suffix(".log")
        command = [sys.executable, "-m", "tests.faults.served", "serve", "--data", str(self.data), "--port", str(self.port)]
        env = clean_environment(**self.environment, **extra)
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + PATIENCE_S
        while not answers(self.url):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server does not answer:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.05)

    def signal(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def kill(self, when: str = "now") -> None:
        """kill -9: at once, or by the fail point `after_commit` or `before_commit` of the next ballot (at once when none comes)."""
        self.signal({"now": signal.SIGKILL, "after_commit": signal.SIGUSR1, "before_commit": signal.SIGUSR2}[when])
        if not self.join(20):
            self.signal(signal.SIGKILL)
            self.join()
        self.kills += 1

    def join(self, within_s: float = PATIENCE_S) -> bool:
        """Wait for its end; False when it lives on."""
        try:
            if self.process is not None:
                self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> None:
        """As an operator does: SIGTERM, requests under way are finished."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        if not self.join(30):
            self.signal(signal.SIGKILL)
            self.join()

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """No byte of any file of the server may be written beyond the first 16 KiB: every commit fails."""
        assert self.process is not None
        before = resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (16_384, before[1]))
        try:
            yield
        finally:
            resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, before)


class Hall:
    """One run: `with Hall(folder, prepared, judges=12) as hall: … hall.finish()`."""

    def __init__(
        self, folder: Path, prepared: Path, *, judges: int, seed: int = 1, habits: dict[str, Any] | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.folder, self.seed, self.habits = folder, seed, habits or {}
        self.data = folder / "data"
        shutil.copytree(prepared, self.data)
        self.server = Server(self.data, environment or {})
        self.history = folder / "history.jsonl"
        self.count = judges
        self.devices = judges
        self.backs: list[list[float]] = []  # when the server was back, its epoch, and when it went again
        self._read = self._votes = 0
        self._judges: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.server.start()
        try:
            links = self.eventapp_json("links")
            self.cards = [row for row in links["judges"] if row["seat"] != "J-99"][: self.count]
            self.links = links
            self.chair = Browser(self.server.url, SLUG)
            self.chair.enter(links["chair"], "/chair/result")
        except BaseException:
            self.server.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._judges is not None:
            self._judges.kill()
            self._judges.communicate()
        self.server.stop()
        self.chair.leave()

    # --- commands ---------------------------------------------------------------------------------------------------------

    def eventapp(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """A command of the installation, in a process of its own."""
        command = [sys.executable, "-m", "eventapp", words[0], "--data", str(self.data), *words[1:]]
        env = clean_environment(**self.server.environment)
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        assert not check or done.returncode == 0, done.stderr + done.stdout
        return done

    def eventapp_json(self, *words: str) -> Any:
        return json.loads(self.eventapp(*words, "--json").stdout)

    def open_polls(self) -> None:
        for contest in CONTESTS:
            self.chair.command("poll.open", contest=contest, from_="draft")

    # --- judges ------------------------------------------------------------------------------------------------------------

    def seat_judges(self, *, second: int = 0, via: str = "") -> None:
        """Start them; `second`: so many seats have another tablet, which takes the seat over and back."""
        cards = [{"seat": row["seat"], "url": row["url"], "code": row["code"], "via": via or self.server.url} for row in self.cards]
        cards[:second] = [card | {"rival": "b"} for card in cards[:second]]
        cards += [card | {"rival": "a", "device": "b"} for card in cards[:second]]
        self.devices = len(cards)
        config = {
            "base": self.server.url, "cards": cards, "contests": CONTESTS, "seed": self.seed, "history": str(self.history),
            "habits": self.habits,
        }  # fmt: skip
        path = self.folder / "judges.json"
        path.write_text(json.dumps(config))
        with (self.folder / "judges.log").open("wb") as errors:
            self._judges = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.judges", str(path)], cwd=ROOT, env=clean_environment(), stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=errors, text=True,
            )  # fmt: skip

    def tell_judges(self, *words: object) -> dict[str, Any]:
        assert self._judges is not None
        assert self._judges.stdin is not None
        assert self._judges.stdout is not None
        self._judges.stdin.write(" ".join(map(str, words)) + "\n")
        self._judges.stdin.flush()
        line = self._judges.stdout.readline()
        assert line, (self.folder / "judges.log").read_text()[-4000:]
        return dict(json.loads(line))

    def wait_right(self, *, hush: bool = True, within_s: float = PATIENCE_S) -> None:
        """No further taps; return when every tablet has this epoch and an answer to everything."""
        if hush:
            self.tell_judges("hush")
        answer = self.tell_judges("wait", self.epoch(), within_s)
        assert answer["ok"], answer

    def await_right(self, within_s: float = PATIENCE_S) -> None:
        """While they vote on: return when every tablet has told that it is right at the present epoch."""
        epoch, deadline = self.epoch(), time.monotonic() + within_s
        while True:
            told = [json.loads(line) for line in self.history.read_text(encoding="utf-8").splitlines() if '"e": "right"' in line]
            if len({(one["seat"], one["device"]) for one in told if one["epoch"] >= epoch}) == self.devices:
                return
            assert time.monotonic() < deadline, "not every tablet became right"
            time.sleep(0.2)

    def votes(self) -> int:
        """Acknowledged so far; reads only what was written since."""
        if self.history.exists():
            with self.history.open("rb") as history:
                history.seek(self._read)
                new = history.read()
            whole = new[: new.rfind(b"\n") + 1]
            self._read += len(whole)
            self._votes += whole.count(b'"e": "ok"')
        return self._votes

    def stored(self) -> int:
        """How many versions the database holds now."""
        with closing(sqlite3.connect(self.data / "eventapp.sqlite3")) as found:
            return int(found.execute("SELECT count(*) FROM ballot_version").fetchone()[0])

    def await_votes(self, more: int) -> None:
        """Return when so many further ballots are acknowledged."""
        wanted, deadline = self.votes() + more, time.monotonic() + PATIENCE_S
        while self.votes() < wanted:
            assert time.monotonic() < deadline, f"{self.votes()} of {wanted} votes"
            time.sleep(0.05)

    # --- faults ------------------------------------------------------------------------------------------------------------

    def epoch(self) -> int:
        response = self.chair.request("GET", "/live/public")
        return int(response.json()["epoch"])

    def kill(self, when: str = "now") -> None:
        self.server.kill(when)
        self.gone()

    def gone(self) -> None:
        if self.backs:
            self.backs[-1].append(time.time())

    def start(self, **extra: str) -> None:
        """Start the server again and note when every tablet may begin to heal."""
        self.server.start(**extra)
        at = time.time()
        self.backs.append([at, self.epoch()])

    def pause(self, seconds: float) -> None:
        """The process stands still and comes back as if nothing had been (SIGSTOP, SIGCONT)."""
        self.server.signal(signal.SIGSTOP)
        self.gone()
        time.sleep(seconds)
        self.server.signal(signal.SIGCONT)
        self.backs.append([time.time(), self.epoch()])

    def deploy(self, build: str) -> None:
        """SIGTERM, requests under way are finished, and a server of another build."""
        self.server.stop()
        self.gone()
        self.start(FAULTS_BUILD=build)

    def restore(self, file: str) -> None:
        """The machine is lost; an older backup takes its place."""
        self.kill()
        words = json.dumps({"t": time.time(), "e": "restored"}) + "\n"
        self.eventapp("restore", file, "--force")
        with self.history.open("a") as history:
            history.write(words)
        self.start()

    # --- the end ------------------------------------------------------------------------------------------------------------

    def close_polls(self) -> None:
        for contest in CONTESTS:
            self.chair.command("poll.close", contest=contest, from_="open")
        self.await_closed()

    def await_closed(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while set(self.poll_states().values()) != {"closed"}:
            assert time.monotonic() < deadline, self.poll_states()
            time.sleep(0.2)

    def poll_states(self) -> dict[str, str]:
        polls = self.chair.request("GET", "/live/chair").json()["sections"]["polls"]
        return {poll["contest"]: poll["state"] for poll in polls}

    def finish(self) -> Verdict:
        """Settle, close, seal, export, `eventapp verify`, the checker and the independent recount: all must agree."""
        self.wait_right()
        if set(self.poll_states().values()) != {"closed"}:
            self.close_polls()
        self.wait_right()
        self.tell_judges("quit")
        self.gone()
        evidence = self.folder / "evidence"
        with zipfile.ZipFile(self.sealed()) as archive:
            archive.extractall(evidence)
        history = read_history(self.history)
        files = {path.name: path.read_bytes() for path in evidence.iterdir()}
        verdict = check(history, files, METHODS)
        backs = [(back[0], int(back[1]), back[2]) for back in self.backs if len(back) == 3]
        measure_healing(verdict, history, backs, self.devices)
        shutil.copy(self.history, evidence / "history.jsonl")
        recount = subprocess.run(
            [sys.executable, str(Path(__file__).parent / "recount.py"), str(evidence)], capture_output=True, text=True, check=False
        )
        if recount.returncode or not json.loads(recount.stdout)["identical"]:
            verdict.say(f"I3 the recount says {recount.stdout}{recount.stderr}")
        log = self.server.log.read_text(errors="replace")
        for word in ("ranking", '"marks"', "saved_at"):
            if word in log:
                verdict.say(f"I8 the log holds {word!r}")
        return verdict

    def sealed(self) -> Path:
        """The evidence zip, signed by chair and deputy, after `eventapp verify` has found nothing."""
        deputy = Browser(self.server.url, SLUG)
        deputy.enter(self.links["deputy"], "/deputy/result")
        Bench(self.chair, deputy, self.seed).seal()
        deputy.leave()
        path = self.folder / "evidence.zip"
        self.eventapp("export", "--evidence", str(path))
        command = [sys.executable, "-m", "eventapp", "verify", str(path)]
        done = subprocess.run(command, cwd=ROOT, env=clean_environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        return path


