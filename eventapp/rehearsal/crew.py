"""Director, chair and deputy: cues at their times, polls, decisions, two signatures, the reveal to its end."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import gevent
import gevent.event

from eventapp.rehearsal.program import Browser, Form, Shut, StageClock
from eventapp.rehearsal.queries import Hours, Part

OVERRUN_S = 40  # the most that a speaker takes too long
GAP_S = 60  # a longer gap in the programme empties the stage
TABLETS_S = 120  # real seconds that the chair waits for tablets whose judges are about to vote
REASON = "リハーサルでの決定"
STEPS_A_PRIZE = 4


class Director:
    """Gives every cue of the stage at its planned time and a little more, and steps the reveal."""

    def __init__(self, browser: Browser, parts: tuple[Part, ...], seed: int) -> None:
        self.browser, self.parts = browser, parts
        self._dice = random.Random(f"overruns {seed}")  # noqa: S311 — repeatable on purpose

    def cues(self) -> Iterator[tuple[datetime, str | None]]:
        """(when, which slot goes on stage; None: the stage is cleared)."""
        late = timedelta()
        for part, following in zip(self.parts, [*self.parts[1:], None], strict=True):
            yield part.starts + late, part.code
            late = timedelta(seconds=self._dice.uniform(0, OVERRUN_S))
            if following is None or (following.starts - part.ends).total_seconds() > GAP_S:
                yield part.ends + late, None
                late = timedelta(seconds=self._dice.uniform(0, OVERRUN_S / 2))

    def run(self, stage: StageClock, told: Callable[[str], None], ready: gevent.event.Event, last: timedelta) -> None:
        """The whole day; before the last slot is cleared, the reveal is stepped to its end."""
        on: str | None = None
        for at, code in self.cues():
            if code is None and on == self.parts[-1].code:
                ready.wait()
                self.reveal(stage, self.parts[-1].ends - last)
            stage.sleep_until(at)
            self.browser.command("rundown.go", from_=on, to=code)
            told(f"{code or '—'}")
            on = code

    def reveal(self, stage: StageClock, until: datetime) -> None:
        """Every step of every prize, spread over the time that is left."""
        of = self.browser.section("crew", "reveal")["of"]
        cursor: list[Any] = [0, "idle"]
        start, steps = stage.now(), of * STEPS_A_PRIZE
        for step in range(steps):
            stage.sleep_until(start + (until - start) * (step + 1) / (steps + 1))
            answer = self.browser.command("reveal.next", from_=cursor)
            cursor = [answer["n"], answer["step"]]
        if cursor != [of - 1, "winner"]:
            raise Shut(f"the reveal ends at {cursor}")


class Bench:
    """The chair and the deputy: polls by command, decisions and signatures by their pages."""

    def __init__(self, chair: Browser, deputy: Browser, seed: int) -> None:
        self.chair, self.deputy = chair, deputy
        self.decisions = 0
        self._dice = random.Random(f"decisions {seed}")  # noqa: S311 — repeatable on purpose

    def state(self, contest: str) -> str:
        """How far a poll is, as the board shows it."""
        return str(next(poll["state"] for poll in self.chair.section("chair", "polls") if poll["contest"] == contest))

    def hold(self, stage: StageClock, hours: Hours, voted: Callable[[], bool]) -> None:
        """Open a poll and close it at its times; tablets that are about to send are waited for."""
        stage.sleep_until(hours.opens)
        self.chair.command("poll.open", contest=hours.contest, from_="draft")
        stage.sleep_until(hours.closes)
        for _ in range(TABLETS_S * 4):
            if voted():
                break
            gevent.sleep(0.25)
        self.chair.command("poll.close", contest=hours.contest, from_="open")

    def seal(self) -> None:
        """Draw the lot, decide what is pending until nothing is, then sign by two persons: the chair by command, the deputy by form."""
        self._draw()
        for _ in range(40):
            form = next((form for form in self.chair.page("/chair/result").forms if form.action.endswith("/decide")), None)
            form = form or self._left_to_the_deputy()
            if form is None:
                break
            self._decide(form)
        sign = next((form for form in self.chair.page("/chair/result").forms if form.action.endswith("/sign")), None)
        if sign is None:
            raise Shut("there is nothing to sign")
        self.chair.command("result.sign", hash=sign.fields["hash"])
        self.deputy.page("/deputy/result")
        answer = self.deputy.post("/deputy/result/sign", hash=sign.fields["hash"])
        if answer.status_code != 303:
            raise Shut(f"the second signature was refused: {answer.status_code}")

    def _draw(self) -> None:
        """The public lot, as every year: promised, given words, opened."""
        for step, fields in (("promise", {}), ("words", {"words": "1 2 3 4 5 6"}), ("draw", {})):
            self.chair.page("/chair/lot")
            answer = self.chair.post(f"/chair/lot/{step}", **fields)
            if answer.status_code != 303:
                raise Shut(f"the lot was refused at {step}: {answer.status_code}")

    def _left_to_the_deputy(self) -> Form | None:
        """A decision that the chair's page does not offer because the chair is recused."""
        return next((form for form in self.deputy.page("/deputy/result").forms if form.action.endswith("/decide")), None)

    def _decide(self, form: Form) -> None:
        """The order of the tied, drawn by dice; without places to give it is left to the next step."""
        tied = list(form.offers)
        self._dice.shuffle(tied)
        order = {name: str(place) for place, name in enumerate(tied, 1)} if tied else {"leave": "yes"}
        who, home = (self.deputy, "deputy") if form.action.endswith("/deputy/result/decide") else (self.chair, "chair")
        answer = who.post(f"/{home}/result/decide", prize=form.fields["prize"], step="chair", reason=REASON, **order)
        if answer.status_code != 303:
            raise Shut(f"the decision on {form.fields['prize']} was refused: {answer.status_code}")
        self.decisions += 1
