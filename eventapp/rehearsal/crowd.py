"""The guests with their telephones, and the screens of the hall that only look."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

import gevent

from eventapp.rehearsal.program import LOOK_S, Browser, Shut, StageClock

FEWEST, MOST = 2, 6  # QR codes that a guest scans


@dataclass(frozen=True, order=True, slots=True)
class Scan:
    """A guest stands before a QR code."""

    at: datetime
    guest: int
    target: str


@dataclass
class Crowd:
    """All guests; `counted` are the pairs of guest and target that the server acknowledged."""

    base: str
    slug: str
    scans: list[Scan]
    counted: set[tuple[int, str]]
    faults: list[str]

    @classmethod
    def invite(cls, base: str, slug: str, *, guests: int, targets: tuple[str, ...], hours: tuple[datetime, datetime], seed: int) -> "Crowd":
        """Who scans what and when: drawn from the seed, spread over these hours; one scan in ten is made twice."""
        dice = random.Random(f"guests {seed}")  # noqa: S311 — repeatable on purpose
        scans = []
        for guest in range(guests):
            for target in dice.sample(targets, k=min(len(targets), dice.randint(FEWEST, MOST))):
                at = hours[0] + (hours[1] - hours[0]) * dice.random()
                scans += [Scan(at + timedelta(minutes=twice), guest, target) for twice in range(2 if dice.random() < 0.1 else 1)]
        return cls(base, slug, sorted(scans), set(), [])

    def stroll(self, stage: StageClock, remainder: int, of: int) -> None:
        """The scans of every `of`-th guest, each guest with a browser of its own."""
        browsers: dict[int, Browser] = {}
        for scan in [scan for scan in self.scans if scan.guest % of == remainder]:
            stage.sleep_until(scan.at)
            browser = browsers.setdefault(scan.guest, Browser(self.base, self.slug))
            try:
                browser.page(scan.target)
                response = browser.post(scan.target)
                if response.status_code != 303:
                    raise Shut(f"{scan.target}: {response.status_code}")
                self.counted.add((scan.guest, scan.target))
            except Shut as error:
                self.faults.append(f"guest {scan.guest}: {error}")
        for browser in browsers.values():
            browser.leave()


@dataclass
class Screen:
    """A page that asks for the public document every few seconds; it must never see an older one than before."""

    browser: Browser
    looks: int = 0
    unchanged: int = 0

    def watch(self, faults: list[str]) -> None:
        """Ask for ever; the greenlet is ended with the day."""
        newest, tag = (-1, -1), ""
        while True:
            gevent.sleep(LOOK_S)
            try:
                response = self.browser.request("GET", "/live/public", headers={"If-None-Match": tag} if tag else {})
            except Shut as error:
                faults.append(f"screen: {error}")
                continue
            self.looks += 1
            if response.status_code == 304:
                self.unchanged += 1
                continue
            document, tag = response.json(), response.headers["ETag"]
            version = (document["epoch"], document["rev"])
            if version < newest:
                faults.append(f"screen: went back from {newest} to {version}")
            newest = version
