"""One rehearsal from beginning to end: clone, play the day, take the evidence, recount it, delete."""

import contextlib
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

import gevent
import gevent.event
import requests
from flask import Flask

from eventapp import clock
from eventapp.access import system
from eventapp.admin.queries import edition_named, every_link
from eventapp.config import Settings
from eventapp.extensions import db
from eventapp.presets.ballots import sample_ballots
from eventapp.rehearsal import proof, queries
from eventapp.rehearsal.crew import Bench, Director
from eventapp.rehearsal.crowd import Crowd, Screen
from eventapp.rehearsal.judges import Tablet, arrival, guarded
from eventapp.rehearsal.operations import clone_edition, delete_rehearsal, new_slug
from eventapp.rehearsal.program import Browser, Shut, StageClock
from eventapp.rehearsal.queries import Plan

STROLLERS = 12  # greenlets that share the guests
SCREENS = 3
START_S = 60  # real seconds that a server may take to start
SLACK_S = 600  # real seconds that a day may take longer than its clock says, before it counts as stuck


@dataclass(frozen=True, slots=True)
class Cast:
    """How many play, how fast, and with whose choices."""

    judges: int
    attendees: int
    speed: float
    seed: int


@dataclass
class Report:
    """What a rehearsal proved; `findings` is empty when everything held."""

    edition: str
    seed: int
    judges: int
    prizes: dict[str, list[str]] = field(default_factory=dict)
    acknowledged_votes: int = 0
    counted_ballots: int = 0
    repeats: int = 0
    closed_too_early: int = 0
    visits: int = 0
    decisions: int = 0
    screen_looks: int = 0
    lost_sockets: int = 0
    duration_s: float = 0
    recount: str = "not reached"
    findings: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {"ok": not self.findings, **asdict(self)}

    def text(self) -> str:
        """For people: prizes, votes, visits, the recount, and a line per finding."""
        lines = [f"{prize:<22} {' '.join(winners) or '—'}" for prize, winners in self.prizes.items()]
        lines += [
            f"acknowledged votes: {self.acknowledged_votes} ({self.counted_ballots} ballots, {self.repeats} repeats answered alike)",
            f"visits: {self.visits}",
            f"decisions of the chair: {self.decisions}",
            f"duration: {self.duration_s:.0f} s",
            f"recount: {self.recount}",
        ]
        return "\n".join(lines + [f"finding: {finding}" for finding in self.findings])


def answers(url: str) -> bool:
    try:
        with requests.Session() as session:
            session.trust_env = False
            return bool(session.get(f"{url}/healthz", timeout=5).json()["ok"])
    except (requests.RequestException, ValueError, KeyError):
        return False


@contextlib.contextmanager
def server(settings: Settings, url: str | None, known: str) -> Iterator[str]:
    """The address to go through: the one given, that of the running server, or that of a server started for the rehearsal."""
    if url is not None or answers(known):
        if not answers(url or known):
            raise Shut(f"{url} does not answer")
        yield (url or known).rstrip("/")
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "eventapp", "serve", "--data", str(settings.data), "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_S
        while not answers(base):
            if process.poll() is not None or time.monotonic() > deadline:
                raise Shut("the server for the rehearsal does not start")
            gevent.sleep(0.1)
        yield base
    finally:
        process.terminate()
        process.wait()


def rehearse(app: Flask, base: str, cast: Cast, *, keep: bool, tell: Callable[[str], None]) -> Report:
    """Play a day of the current edition's copy and prove its result."""
    slug, began = new_slug(), time.monotonic()
    with app.app_context():
        source = edition_named(None)
        seats = len(queries.chairs(source))
        quorum = None if cast.judges >= seats else max(1, cast.judges // 2)
        edition = clone_edition(system(source, "rehearsal"), slug, quorum=quorum)
        plan, links = queries.plan(edition), every_link(base, slug)
        db.session.remove()
    tell(f"{base}/@{slug}/ — {cast.judges} judges, {cast.attendees} guests, seed {cast.seed}, clock × {cast.speed:g}")
    if quorum is not None:
        tell(f"fewer judges than seats: the rehearsal's quorums are lowered to {quorum}")
    report = Report(slug, cast.seed, cast.judges)
    day = Day(base, slug, plan, links, cast, tell)
    try:
        day.play()
        judge(day, report)
    except (Shut, OSError) as error:
        report.findings.append(str(error))
    finally:
        gevent.killall(day.greenlets)
        report.findings += day.faults()
        with app.app_context():
            if report.recount != "not reached":
                compare_visits(slug, day.crowd, report)
            if not keep:
                delete_rehearsal(system(edition_named(None), "rehearsal"), slug)
            db.session.remove()
    report.duration_s = round(time.monotonic() - began, 1)
    return report


def compare_visits(slug: str, crowd: Crowd, report: Report) -> None:
    """Every acknowledged visit was counted once."""
    report.visits = queries.visits(edition_named(slug))
    if report.visits != len(crowd.counted):
        report.findings.append(f"visits: {len(crowd.counted)} were acknowledged, {report.visits} are counted")


def judge(day: "Day", report: Report) -> None:
    """Fill the report from the evidence, and from it alone."""
    files = proof.unpacked(day.evidence())
    kept = [one for tablet in day.tablets for one in tablet.kept]
    differences = proof.recount_findings(files)
    report.recount = "different" if differences else "identical"
    report.findings += differences + proof.vote_findings(files, kept) + proof.prize_findings(files)
    report.prizes = dict(proof.winners_of(files))
    report.acknowledged_votes = len(kept)
    report.counted_ballots = len(proof.counted_ballots(files["ballots.csv"])[0])
    report.repeats = sum(tablet.repeats for tablet in day.tablets)
    report.closed_too_early = sum(tablet.refused.get("closed", 0) for tablet in day.tablets)
    report.decisions = day.bench.decisions
    report.lost_sockets = sum(tablet.browser.drops for tablet in day.tablets)
    report.screen_looks = sum(screen.looks for screen in day.screens)


class Day:
    """Everybody who takes part, and the greenlets that they are."""

    def __init__(self, base: str, slug: str, plan: Plan, links: dict[str, Any], cast: Cast, tell: Callable[[str], None]) -> None:
        self.base, self.slug, self.plan, self.links, self.cast, self.tell = base, slug, plan, links, cast, tell
        self.director = Director(self.browser(), plan.parts, cast.seed)
        self.bench = Bench(self.browser(), self.browser(), cast.seed)
        self.tablets = self.invited()
        hours = (plan.parts[0].starts, plan.parts[-1].starts)
        self.crowd = Crowd.invite(base, slug, guests=cast.attendees, targets=plan.targets, hours=hours, seed=cast.seed)
        self.screens = [Screen(self.browser()) for _ in range(SCREENS)]
        self.greenlets: list[gevent.Greenlet] = []
        self._faults: list[str] = []

    def browser(self) -> Browser:
        return Browser(self.base, self.slug)

    def invited(self) -> list[Tablet]:
        """The first judges of the seating plan, with what they will have decided."""
        seats = self.plan.seats[: self.cast.judges]
        hours = {poll.contest: poll for poll in self.plan.polls}
        ballots = sample_ballots(self.plan.finalists, seats, self.cast.seed, contests=self.plan.contests)
        cards = {row["seat"]: row["url"] for row in self.links["judges"]}
        return [
            Tablet(
                self.browser(), seat.label, cards[seat.label], {one.contest: one for one in ballots if one.seat == seat.label}, hours,
                random.Random(f"taps {seat.label}"),  # noqa: S311 — repeatable on purpose
            )
            for seat in seats
        ]  # fmt: skip

    def play(self) -> None:
        """The day until its last slot is cleared; `Shut` when it gets stuck."""
        stage = self.start_clock()
        starts, ends = self.plan.parts[0].starts, self.plan.parts[-1].ends
        patience = stage.real((ends - starts).total_seconds()) + SLACK_S
        sealed = gevent.event.Event()
        guests = [gevent.spawn(self.crowd.stroll, stage, n, STROLLERS) for n in range(STROLLERS)]
        self.greenlets += guests
        for tablet in self.tablets:
            dice = random.Random(f"arrival {tablet.seat}")  # noqa: S311 — repeatable on purpose
            self.greenlets.append(gevent.spawn(guarded, tablet, stage, arrival(dice, starts)))
        self.greenlets += [gevent.spawn(screen.watch, self._faults) for screen in self.screens]
        told = self.teller(stage)
        acts = [
            *(gevent.spawn(self.bench.hold, stage, hours, self.all_voted(hours.contest)) for hours in self.plan.polls),
            gevent.spawn(self.seal, patience, sealed, told),
            gevent.spawn(self.director.run, stage, told, sealed, timedelta(minutes=5)),
        ]
        self.greenlets += acts
        gevent.joinall(acts, timeout=patience, raise_error=True)
        if not all(act.ready() for act in acts):
            raise Shut("the day did not come to its end")
        gevent.joinall(guests, timeout=SLACK_S)

    def start_clock(self) -> StageClock:
        """The crew signs in while the clock stands; then it runs, from a minute before the first slot."""
        director = self.director.browser
        director.enter(self.links["director"])
        director.follow("/crew", "crew")
        for browser, role in ((self.bench.chair, "chair"), (self.bench.deputy, "deputy")):
            browser.enter(self.links[role], f"/{role}/result")
        self.bench.chair.follow("/crew", "chair")
        at = self.plan.parts[0].starts - timedelta(minutes=1)
        director.command("clock.set", at=clock.iso(at), rate=self.cast.speed)
        return director.stage_clock("crew")

    def all_voted(self, contest: str) -> Callable[[], bool]:
        return lambda: all(tablet.has_voted(contest) or tablet.faults for tablet in self.tablets)

    def teller(self, stage: StageClock) -> Callable[[str], None]:
        """Progress: the wall clock of the edition, what happens, how many votes and visits so far."""

        def told(what: str) -> None:
            votes = sum(len(tablet.kept) for tablet in self.tablets)
            self.tell(f"{clock.local(stage.now()):%H:%M:%S}  {what:<24} {votes:>5} votes  {len(self.crowd.counted):>4} visits")

        return told

    def seal(self, patience: float, sealed: gevent.event.Event, told: Callable[[str], None]) -> None:
        """When every poll is closed: decide, sign twice, and let the reveal begin."""
        polls = [hours.contest for hours in self.plan.polls]
        self.bench.chair.wait_for(
            lambda: all(self.bench.state(contest) == "closed" for contest in polls), within_s=patience, what="the polls to close"
        )
        told("all polls closed")
        self.bench.seal()
        told("sealed by two persons")
        sealed.set()

    def evidence(self) -> bytes:
        """The zip as the auditor gets it."""
        auditor = self.browser()
        auditor.enter(self.links["auditor"])
        response = auditor.request("GET", "/auditor/evidence.zip")
        if response.status_code != 200:
            raise Shut(f"no evidence: {response.status_code}")
        return bytes(response.content)

    def faults(self) -> list[str]:
        """What went wrong at the tablets, guests and screens."""
        return [*(fault for tablet in self.tablets for fault in tablet.faults), *self.crowd.faults, *self._faults]
