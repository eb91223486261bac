"""The judges: each signs a tablet in with its seat card, marks as entries are presented, and keeps what was acknowledged."""

import random
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import gevent

from eventapp import clock
from eventapp.presets.ballots import Body, SampleBallot
from eventapp.rehearsal.program import Browser, Shut, StageClock
from eventapp.rehearsal.queries import Hours

SEEN_S = 5  # how often a tablet says what it has painted, in real seconds
THINKING_S = 40  # seconds of the edition's time that a judge needs before a tap


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A ballot that the server said it keeps."""

    contest: str
    seat: str
    version: tuple[int, int]
    body: Body
    receipt: str


@dataclass
class Tablet:
    """A judge with a tablet: `ballots` are what the judge will have decided on by the end of each poll."""

    browser: Browser
    seat: str
    link: str
    ballots: dict[str, SampleBallot]
    hours: dict[str, Hours]
    dice: random.Random
    kept: list[Acknowledged] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    repeats: int = 0
    _sent: dict[str, Body] = field(default_factory=dict)
    _revs: dict[str, int] = field(default_factory=dict)

    def sit_down(self, stage: StageClock, at: Any) -> None:
        """Sign in with the seat card and follow the day until the greenlet is ended."""
        stage.sleep_until(at)
        self.browser.enter(self.link)
        self.browser.follow("/judge", "judge")
        gevent.spawn(self._report)
        while True:
            self.browser.changed.wait(1)
            self.browser.changed.clear()
            self.browser.heal()
            for ballot in self.browser.section("judge", "ballots"):
                self._consider(stage, ballot)

    def _report(self) -> None:
        while True:
            gevent.sleep(SEEN_S)
            document = self.browser.documents["judge"]
            report = {"screen": self.seat, "scene": "judge", "channel": "judge", "fps": 60, "visible": True, "unsent": {}}
            self.browser.call("seen", {**report, "epoch": document["epoch"], "rev": document["rev"]})

    def _consider(self, stage: StageClock, ballot: dict[str, Any]) -> None:
        """Put the ballot as far as the judge has made up its mind, when that is more than was sent."""
        contest = ballot["contest"]
        state = next(poll["state"] for poll in self.browser.section("judge", "polls") if poll["contest"] == contest)
        mine = self.ballots.get(contest)
        if mine is None or state != "open" or self._sent.get(contest) == mine.body:
            return
        wanted = self._opinion(stage, ballot, mine)
        if wanted is None or wanted == self._sent.get(contest):
            return
        gevent.sleep(stage.real(self.dice.uniform(1, THINKING_S)))
        self.put(stage, contest, wanted)

    def _opinion(self, stage: StageClock, ballot: dict[str, Any], mine: SampleBallot) -> Body | None:
        """The final body once its moment has come; before that what is left of it among the entries presented so far."""
        hours = self.hours[mine.contest]
        moment = hours.opens + (hours.closes - hours.opens) * mine.permille / 1000
        if stage.now() >= moment:
            return mine.body
        ((key, final),) = mine.body.items()
        presented = [entry["id"] for entry in ballot["entries"] if entry["stage"] in ("on", "done") and not entry["recused"]]
        so_far = [number for number in final if number in presented]
        return {key: so_far or presented[-1:]} if presented else None

    def put(self, stage: StageClock, contest: str, body: Body) -> None:
        """Send one version by socket, then by POST with the same op_id until it is answered."""
        self._revs[contest] = self._revs.get(contest, 0) + 1
        sent = {
            "contest": contest, "body": body, "lease": self.browser.section("judge", "seat")["lease"], "rev": self._revs[contest],
            "op_id": secrets.token_hex(12), "saved_at": clock.iso(stage.now()),
        }  # fmt: skip
        answer = self.browser.call("ballot.put", sent) or self._post(sent)
        if self.dice.random() < 0.05:  # a late repeat, as after a lost acknowledgement
            self.repeats += 1
            again = self._post(sent)
            if again.get("receipt") != answer.get("receipt"):
                self.faults.append(f"{self.seat} {contest}: the same op_id was answered {answer} and {again}")
        self._keep(sent, answer)

    def _post(self, sent: dict[str, Any]) -> dict[str, Any]:
        response = self.browser.request("POST", f"/judge/ballots/{sent['op_id']}", json=sent, headers={"X-CSRF-Token": self.browser.csrf})
        answer: dict[str, Any] = response.json()
        return answer

    def _keep(self, sent: dict[str, Any], answer: dict[str, Any]) -> None:
        result = str(answer.get("result") or answer.get("code"))
        if result == "ok":
            version = (int(sent["lease"]), int(sent["rev"]))
            self.kept.append(Acknowledged(sent["contest"], self.seat, version, sent["body"], str(answer["receipt"])))
            self._sent[sent["contest"]] = sent["body"]
        else:
            self.refused[result] = self.refused.get(result, 0) + 1
            if result != "closed":
                self.faults.append(f"{self.seat} {sent['contest']}: {answer}")

    def has_voted(self, contest: str) -> bool:
        """Has the judge's last word in this contest been acknowledged, or will there be none?"""
        mine = self.ballots.get(contest)
        return mine is None or self._sent.get(contest) == mine.body


def guarded(tablet: Tablet, stage: StageClock, at: Any) -> None:
    """A tablet that fails is a finding, not the end of the day."""
    try:
        tablet.sit_down(stage, at)
    except (Shut, KeyError, ValueError) as error:
        tablet.faults.append(f"{tablet.seat}: {error!r}")


def arrival(dice: random.Random, starts: Any) -> Any:
    """When a judge sits down: within the first forty minutes."""
    return starts + timedelta(minutes=dice.uniform(0, 40))
