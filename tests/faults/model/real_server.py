"""The real put_ballot on SQLite beside the server of the rules: both get every request, and must say the same."""

import json
from datetime import datetime
from itertools import count
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from eventapp import clock
from eventapp.access import Actor, Role
from eventapp.extensions import db
from eventapp.models import Entry, Poll, RosterSeat, Seat, SeatRecusal
from eventapp.voting.operations import receive_ballot
from tests.editions.day import FREE
from tests.faults.model.checks import WrongEnd
from tests.faults.model.server import Json, Server
from tests.voting.factories import edition, poll, seat

WORDS = {"rank": "play", "levels": "care", "impact": "kindness", **{f"S-00{n}": f"R-00{n}" for n in range(1, 5)}}
"""The model's names in the fictional edition; an entry of `levels` is one of its care entries."""
_seats = count(1)


def translated(value: Any, words: dict[str, str]) -> Any:
    """The same with other names."""
    if isinstance(value, dict):
        return {words.get(key, key): translated(one, words) for key, one in value.items()}
    if isinstance(value, list):
        return [translated(one, words) for one in value]
    return words.get(value, value) if isinstance(value, str) else value


class RealServer(Server):
    """Compares: a difference in any word, version, instant or counted body ends the run as wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.label = f"M-{next(_seats):03d}"
        like = seat(FREE)
        mine = Seat(edition_id=like.edition_id, label=self.label, position=1000, group_id=like.group_id, name=self.label, lease=0)
        db.session.add(mine)
        db.session.flush()
        db.session.add_all(RosterSeat(poll_id=one.id, seat_id=mine.id) for one in db.session.scalars(select(Poll)))
        db.session.commit()
        self.receipts: dict[str, str] = {}

    def put(self, grant: int, sent: Json, now: datetime) -> Json:
        expected = super().put(grant, sent, now)
        self.place(now)
        words = WORDS | ({"S-001": "C-001", "S-002": "C-002"} if sent["contest"] == "levels" else {})
        actor = Actor(Role.JUDGE, edition(), f"seat:{self.label}", seat=seat(self.label), grant=SimpleNamespace(lease=grant))  # type: ignore[arg-type]
        found = translated(receive_ballot(actor, translated(sent, words)), {new: old for old, new in words.items()})
        self.compare(expected, found, sent)
        return expected

    def place(self, now: datetime) -> None:
        """Clock, lease, polls and recusals as the world has them: claiming and closing have tests of their own."""
        here, mine = edition(), seat(self.label)
        clock.set_to(here, now, 0)
        mine.lease = self.state.lease
        for name, one in self.state.polls.items():
            row = poll(WORDS[name])
            row.state, row.closes_at, row.closed_at = one.state, one.closes_at, now if one.state == "closed" else None
        for name in self.state.recused:
            entry = db.session.scalars(select(Entry).where(Entry.edition_id == here.id, Entry.number == WORDS[name])).one()
            if db.session.get(SeatRecusal, (mine.id, entry.id)) is None:
                db.session.add(SeatRecusal(seat_id=mine.id, entry_id=entry.id, reason="model"))
        db.session.commit()

    def compare(self, expected: Json, found: Json, sent: Json) -> None:
        """Receipts are drawn by chance: the same pairs of them everywhere will do."""
        mine, theirs = dict(expected), dict(found)
        for one, other in ((mine, theirs), (mine.get("current"), theirs.get("current"))):
            if isinstance(one, dict) and isinstance(other, dict) and "receipt" in one:
                receipt = other.get("receipt", "")
                theirs_is = self.receipts.setdefault(receipt, one["receipt"])
                one["receipt"], other["receipt"] = one["receipt"], theirs_is
        kept = ("contest", "entry", "body", "lease", "rev", "receipt")
        for side in (mine, theirs):
            if isinstance(side.get("current"), dict):
                side["current"] = {key: side["current"].get(key) for key in kept}
        if mine != theirs:
            raise WrongEnd(f"put_ballot answers {json.dumps(theirs)} to {json.dumps(sent)}, the rules {json.dumps(mine)}")

    def backup(self) -> Any:
        """The database of all worlds cannot go back for one of them."""
        return None

    def restore(self, older: Any) -> None:
        self.state.epoch += 1
