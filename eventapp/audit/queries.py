"""Moments of the journal worth keeping outside, and which receipts count. No function here reads what a ballot says."""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, select

from eventapp.awards.queries import contest_names, may_count, prize_facts
from eventapp.extensions import db
from eventapp.models import BallotVersion, Edition, JournalLine, Poll, Seat

ANCHORED = "journal.anchored"
ACTS = ("poll.opened", "poll.closed", "result.sealed", "reveal.advanced")


# --- moments of the journal ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of the journal after which its head is kept outside; `anchored` counts how often that was done."""

    line: int
    at: datetime
    text: str
    head: str
    anchored: int = 0


def moments(edition: Edition) -> list[Moment]:
    """The lines after which the head is to be shown and printed, oldest first: open, close, seal, each prize revealed."""
    query = select(JournalLine).where(JournalLine.edition_id == edition.id).order_by(JournalLine.seq)
    kept = anchors(edition)
    polls = contest_names(edition)
    return [
        Moment(row.seq, row.at, text, row.hash, kept.get(row.seq, 0))
        for row in db.session.scalars(query.where(JournalLine.act.in_(ACTS)))
        for text in [_text(edition, row.act, json.loads(row.details), polls)] if text
    ]  # fmt: skip


def _text(edition: Edition, act: str, told: Mapping[str, Any], polls: Mapping[str, str]) -> str:
    """What happened, in words; "" for steps of the reveal that make nothing known."""
    poll = polls.get(str(told.get("contest")), "")
    if act == "reveal.advanced":
        if told.get("step") == "winner":
            facts = prize_facts(edition, str(told.get("prize")))
            return f"{facts['category']}「{facts['name']}」を発表" if facts["category"] else f"「{facts['name']}」を発表"
        return "表彰式の発表を開始" if (told.get("n"), told.get("step")) == (0, "category") else ""
    return {"poll.opened": f"「{poll}」の投票を開始", "poll.closed": f"「{poll}」の投票を締切", "result.sealed": "結果を確定"}[act]


def moment(edition: Edition, line: int) -> Moment | None:
    """One line of the journal as a moment, whatever it recorded."""
    known = next((one for one in moments(edition) if one.line == line), None)
    if known is not None or not 0 < line < 2**31:
        return known
    row = db.session.scalars(select(JournalLine).where(JournalLine.edition_id == edition.id, JournalLine.seq == line)).first()
    return Moment(row.seq, row.at, "この時点の記録", row.hash, anchors(edition).get(line, 0)) if row else None


def newest(edition: Edition) -> Moment | None:
    """The head itself."""
    number = db.session.scalar(select(func.max(JournalLine.seq)).where(JournalLine.edition_id == edition.id))
    return moment(edition, number) if number else None


def anchors(edition: Edition) -> dict[int, int]:
    """How often the head after each line was kept outside, by the number of the line."""
    query = select(JournalLine.details).where(JournalLine.edition_id == edition.id, JournalLine.act == ANCHORED)
    found: dict[int, int] = {}
    for details in db.session.scalars(query):
        line = int(json.loads(details)["line"])
        found[line] = found.get(line, 0) + 1
    return found


# --- receipts ----------------------------------------------------------------------------------------------------------------

Standing = Literal["counted", "replaced", "unknown"]


@dataclass(frozen=True, slots=True)
class Published:
    """The receipts of one poll that count, in the order of their codes: who, when and what are not among them."""

    contest: str
    name: str
    name_en: str
    codes: tuple[str, ...]


def receipts(edition: Edition) -> list[Published] | None:
    """The published list, by poll; None before all polls of the edition are closed.

    One receipt for each counting version of a ballot: the newest of a seat (and entry). Sorted by code, so that the
    order tells neither time nor seat; codes are random.
    """
    if not may_count(edition):
        return None
    counting = (
        select(func.max(BallotVersion.id))
        .join(Poll, Poll.id == BallotVersion.poll_id)
        .where(Poll.edition_id == edition.id)
        .group_by(BallotVersion.poll_id, BallotVersion.seat_id, BallotVersion.unit)
    )
    codes: dict[int, list[str]] = {}
    for poll_id, code in db.session.execute(select(BallotVersion.poll_id, BallotVersion.receipt).where(BallotVersion.id.in_(counting))):
        codes.setdefault(poll_id, []).append(code)
    polls = db.session.scalars(select(Poll).where(Poll.edition_id == edition.id).order_by(Poll.position))
    return [Published(one.contest, one.name, one.name_en, tuple(sorted(codes.get(one.id, ())))) for one in polls]


def normal(code: str) -> str:
    """A code as somebody typed it, as it was given out: full-width, small letters, blanks and a missing hyphen are put right."""
    letters = "".join(letter for letter in unicodedata.normalize("NFKC", code[:40]).upper() if letter.isascii() and letter.isalnum())
    return f"{letters[:4]}-{letters[4:]}"


def standing_of(edition: Edition, code: str) -> tuple[Standing, list[str]]:
    """Whether a receipt counts, or was given for a vote that its seat has since replaced; and the contests it is of.

    Only the exact code finds anything. Ask after `receipts` has given a list.
    """
    wanted = normal(code)
    counting = [one.contest for one in receipts(edition) or () if wanted in one.codes]
    if counting:
        return "counted", counting
    query = select(Poll.contest).join(BallotVersion, BallotVersion.poll_id == Poll.id).where(Poll.edition_id == edition.id)
    older = sorted(set(db.session.scalars(query.where(BallotVersion.receipt == wanted)))) if may_count(edition) else []
    return ("replaced", older) if older else ("unknown", [])


@dataclass(frozen=True, slots=True)
class Own:
    """A receipt that a seat was given, as its own judge sees it."""

    contest: str
    unit: str
    code: str
    counts: bool


def receipts_of(edition: Edition, seat: Seat) -> Iterator[tuple[Poll, list[Own]]]:
    """The receipts of one seat by poll, the counting one first and the replaced ones after it, newest first."""
    polls = {one.id: one for one in db.session.scalars(select(Poll).where(Poll.edition_id == edition.id).order_by(Poll.position))}
    query = select(BallotVersion).where(BallotVersion.seat_id == seat.id, BallotVersion.poll_id.in_(polls))
    given: dict[int, list[Own]] = {}
    seen: set[tuple[int, str]] = set()
    for one in db.session.scalars(query.order_by(BallotVersion.id.desc())):
        key = (one.poll_id, one.unit)
        given.setdefault(one.poll_id, []).append(Own(polls[one.poll_id].contest, one.unit, one.receipt, key not in seen))
        seen.add(key)
    for poll_id, poll in polls.items():
        yield poll, sorted(given.get(poll_id, ()), key=lambda own: not own.counts)
