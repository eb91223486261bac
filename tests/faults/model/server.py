"""The server's side: one seat, two polls, and the order of checks of live.md §5 over the real rules of the ballot."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from eventapp.rules import ballot as rules
from eventapp.rules.refusal import Refusal

START = datetime(2026, 12, 24, 7, 0, tzinfo=UTC)
Json = dict[str, Any]

CONTESTS = {
    "rank": rules.Contest("rank", "points", places=3),
    "levels": rules.Contest("levels", "score", criteria=(rules.Criterion("impact", rules.Fraction(5)),)),
}
ENTRIES = ("S-001", "S-002", "S-003", "S-004")
UNITS: tuple[tuple[str, str | None], ...] = (("rank", None), ("levels", "S-001"), ("levels", "S-002"))


def instant(seconds: float) -> datetime:
    """The simulated second as an instant, in whole milliseconds as JavaScript has them."""
    return START + timedelta(milliseconds=round(seconds * 1000))


def seconds(at: str) -> float:
    """The simulated second of an instant in RFC 3339."""
    return (datetime.fromisoformat(at) - START).total_seconds()


def iso(at: datetime) -> str:
    """As the server writes it."""
    return rules.instant_text(at)


@dataclass
class Row:
    """The counting ballot of a unit."""

    body: Json
    lease: int
    rev: int
    receipt: str
    saved_at: str
    op: str
    """The newest version with this body."""
    accepted: datetime


@dataclass
class State:
    """What lies in the database: copied for a backup, put back by a restore."""

    lease: int = 0
    epoch: int = 1
    doc: int = 0
    polls: dict[str, rules.Poll] = field(default_factory=lambda: {name: rules.Poll("open") for name in CONTESTS})
    rows: dict[tuple[str, str | None], Row] = field(default_factory=dict)
    answers: dict[str, tuple[Any, Json]] = field(default_factory=dict)
    recused: set[str] = field(default_factory=set)


class Server:
    """A server as the rules say; `issued` and `accepted` remember, beside the database, what was ever promised."""

    def __init__(self) -> None:
        self.state = State()
        self.issued: dict[str, tuple[tuple[str, str | None], Json]] = {}
        self.accepted: dict[str, tuple[int, int]] = {}
        self.refused: dict[str, Json] = {}
        self.trace: list[str] = []

    # --- ballots ---

    def put(self, grant: int, sent: Json, now: datetime) -> Json:
        """The answer to a ballot.put of a device whose session holds the seat with the lease `grant`."""
        asked = [sent["contest"], sent.get("entry"), sent["body"]]
        known = self.state.answers.get(sent["op_id"])
        if known is not None:
            return self.completed(known[1] if known[0] == asked else {"result": "stale"}, sent)
        answer = self.checked(grant, sent, now)
        if answer["result"] != "invalid":
            self.state.answers[sent["op_id"]] = (asked, answer)
        self.remember(sent, answer, now)
        return self.completed(answer, sent)

    def checked(self, grant: int, sent: Json, now: datetime) -> Json:
        """Lease, recused, poll and saved_at, version: the first that refuses answers."""
        try:
            return self.upsert(grant, sent, now)
        except Refusal as refusal:
            return self.worded(refusal)

    def upsert(self, grant: int, sent: Json, now: datetime) -> Json:
        """One version, when it is the newest."""
        contest, entry = CONTESTS[sent["contest"]], sent.get("entry")
        self.check_lease(grant, sent)
        body = rules.read_body(contest, sent["body"], ENTRIES, entry=entry)
        rules.may_name(body, self.state.recused, entry=entry)
        self.check_poll(self.state.polls[contest.id], sent, now)
        row = self.state.rows.get((contest.id, entry))
        if not self.newer(sent, row):
            raise Refusal("ballot.superseded")
        self.state.doc += 1
        if row is None or row.body != body:
            receipt = f"R-{len(self.issued):04d}"
            self.issued[receipt] = ((contest.id, entry), body)
            at = iso(rules.cast_at(datetime.fromisoformat(sent["saved_at"]), now))
            row = Row(body, sent["lease"], sent["rev"], receipt, at, sent["op_id"], now)
            self.state.rows[contest.id, entry] = row
        row.lease, row.rev, row.op = sent["lease"], sent["rev"], sent["op_id"]
        return {"result": "ok", "receipt": row.receipt, "rev": row.rev}

    def check_lease(self, grant: int, sent: Json) -> None:
        """Only the device that holds the seat, with versions of its lease."""
        if not sent["lease"] == grant == self.state.lease:
            raise Refusal("seat.taken_over")

    def check_poll(self, poll: rules.Poll, sent: Json, now: datetime) -> None:
        """In time, or delayed."""
        rules.may_mark(poll, datetime.fromisoformat(sent["saved_at"]), now)

    def newer(self, sent: Json, row: Row | None) -> bool:
        """By (lease, rev)."""
        return rules.newer(sent["lease"], sent["rev"], (row.lease, row.rev) if row else None)

    def worded(self, refusal: Refusal) -> Json:
        """A refusal in the words of live.md §5."""
        words = {"ballot.recused": "recused", "seat.taken_over": "taken_over", "ballot.superseded": "stale", "ballot.invalid": "invalid"}
        if refusal.code in ("poll.closed", "poll.not_open"):
            at = refusal.details.get("closes_at")
            return {"result": "closed", "at": iso(at) if isinstance(at, datetime) else None}
        return {"result": words[refusal.code], **refusal.details}

    def completed(self, answer: Json, sent: Json) -> Json:
        """With what must be fresh: the version that counts, or whether one does."""
        answer = {**answer, "op_id": sent["op_id"]}
        key = (sent["contest"], sent.get("entry"))
        if answer["result"] == "closed":
            return answer | {"counted": key in self.state.rows}
        return answer | {"current": self.version(key)} if answer["result"] == "stale" else answer

    def remember(self, sent: Json, answer: Json, now: datetime) -> None:
        """For the checks at the end."""
        if answer["result"] == "ok":
            self.accepted[sent["op_id"]] = (sent["lease"], sent["rev"])
        else:
            self.refused[sent["op_id"]] = answer | {"now": now}

    def version(self, key: tuple[str, str | None]) -> Json | None:
        """A counting ballot as its seat may see it."""
        row, (contest, entry) = self.state.rows.get(key), key
        if row is None:
            return None
        seen = {"body": row.body, "lease": row.lease, "rev": row.rev, "receipt": row.receipt, "saved_at": row.saved_at}
        return {"contest": contest, **({"entry": entry} if entry else {}), **seen, "received_at": iso(row.accepted)}

    def page(self) -> Json:
        """The judge's document: version, seat, polls and what counts."""
        state = self.state
        polls = {name: (poll.state, poll.closes_at) for name, poll in state.polls.items()}
        ballots = [one for one in map(self.version, UNITS) if one is not None]
        return {"epoch": state.epoch, "rev": state.doc, "lease": state.lease, "polls": polls, "ballots": deepcopy(ballots)}

    # --- the seat and the polls ---

    def claim(self) -> int:
        """A device claims the seat: its lease."""
        self.state.lease += 1
        self.state.doc += 1
        return self.state.lease

    def recuse(self, entry: str) -> None:
        """A conflict of interest becomes known in the middle of the poll."""
        self.state.recused.add(entry)
        self.state.doc += 1

    def step(self, contest: str, action: Any, now: datetime) -> bool:
        """A step in the life of a poll; False when it is not possible any more."""
        poll = self.state.polls[contest]
        if action == "cancel_close" and (poll.closes_at is None or now > poll.closes_at):
            return False
        try:
            state = rules.poll_step(poll.state, action, reason="because")
        except Refusal:
            return False
        closes_at = rules.closes_at(now) if action == "close" else poll.closes_at if action == "finish" else None
        self.state.polls[contest] = rules.Poll(state, closes_at)
        self.state.doc += 1
        return True

    def backup(self) -> State:
        """What a restore puts back."""
        return deepcopy(self.state)

    def restore(self, older: State) -> None:
        """An older database in its place, under a newer epoch."""
        epoch = self.state.epoch
        self.state = deepcopy(older)
        self.state.epoch = epoch + 1
