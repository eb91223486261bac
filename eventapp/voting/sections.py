"""The sections `polls` and `receipts` of the live documents. No function here reads a choice."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from eventapp import clock
from eventapp.extensions import db
from eventapp.live import View
from eventapp.models import Nudge, Poll, Seat
from eventapp.voting import queries
from eventapp.voting.queries import Room, Standing

Line = dict[str, Any]
STATES = ("confirmed", "local", "empty", "absent", "recused")
NAMES = {"local": "on_tablets"}


def room(view: View) -> Room:
    found: Room = view.once(f"voting.room/{view.edition.id}", lambda: queries.room(view.edition))
    return found


def standings(view: View, poll: Poll) -> dict[int, Standing]:
    found: dict[int, Standing] = view.once(f"voting.standings/{poll.id}", lambda: room(view).standings(poll))
    return found


# --- polls ------------------------------------------------------------------------------------------------------------------


def public_polls(view: View) -> list[Line]:
    """Which polls there are and how far they are; no count."""
    return [_times(view, poll) for poll in room(view).polls]


def overlay_polls(view: View) -> list[Line]:
    """With the one pair that goes on air: 審査中 41/80."""
    pairs = (_times(view, poll) | _counts(view, poll) for poll in room(view).polls)
    return [{name: value for name, value in line.items() if name not in HIDDEN_ON_AIR} for line in pairs]


HIDDEN_ON_AIR = (
    "on_tablets", "delayed", "absent", "recused", "empty", "held", "seats", "quorum", "nudged_at", "nudged", "zero_at", "reason",
)  # fmt: skip


def polls(view: View) -> list[Line]:
    """With counts of seats, never of entries: the five states add up to `seats`; `eligible` leaves out absent and recused."""
    return [_times(view, poll) | _counts(view, poll) | _desk(view, poll) for poll in room(view).polls]


def _times(view: View, poll: Poll) -> Line:
    grace = timedelta(seconds=queries.setting(view.edition, "grace_s"))
    return {
        "contest": poll.contest, "name": poll.name, "name_en": poll.name_en, "state": poll.state,
        "planned_open": clock.iso(poll.planned_open), "planned_close": clock.iso(poll.planned_close),
        "opened_at": clock.iso(poll.opened_at), "closes_at": clock.iso(poll.closes_at),
        "delayed_until": clock.iso(poll.closes_at + grace if poll.closes_at else None), "closed_at": clock.iso(poll.closed_at),
    }  # fmt: skip


def _counts(view: View, poll: Poll) -> Line:
    found = list(standings(view, poll).values())
    counts = {NAMES.get(state, state): sum(one.state == state for one in found) for state in STATES}
    present = len(found) - counts["absent"] - counts["recused"]
    extra = {"held": sum(one.held for one in found), "delayed": sum(one.delayed for one in found)}
    return counts | extra | {"seats": len(found), "eligible": present}


def _desk(view: View, poll: Poll) -> Line:
    contest = queries.contests(view.edition).get(poll.contest)
    last = view.once(f"voting.nudges/{view.edition.id}", lambda: last_nudges(view)).get(poll.id)
    return {
        "quorum": contest.quorum if contest else 0, "zero_at": poll.zero_report.get("at"), "reason": poll.reason,
        "nudged_at": clock.iso(last.at) if last else None, "nudged": len(last.seats) if last else 0,
    }  # fmt: skip


def last_nudges(view: View) -> dict[int, Nudge]:
    """The newest nudge of every poll."""
    query = select(Nudge).join(Poll, Poll.id == Nudge.poll_id).where(Poll.edition_id == view.edition.id).order_by(Nudge.id)
    return {nudge.poll_id: nudge for nudge in db.session.scalars(query)}


def phase(poll: Line, now: datetime) -> str:
    """A poll's state as its judge feels it: draft, open, closing (countdown), grace (sending only) or closed."""
    closes_at = clock.parse(poll["closes_at"])
    if poll["state"] == "closing" and closes_at is not None and now > closes_at:
        return "grace"
    return "draft" if poll["state"] == "zero" else str(poll["state"])


# --- receipts -----------------------------------------------------------------------------------------------------------------


def receipts(view: View) -> list[Line]:
    """Who stands how in every poll that was opened, and when; never what, and not the receipt's code, which is the judge's own.

    要確認 is missing on purpose: it would say whose ballot named the entry that was withdrawn.
    """
    lines = []
    for poll in room(view).polls:
        if poll.state in ("draft", "zero"):
            continue
        found = standings(view, poll)
        lines += [_receipt(poll, seat, found[seat.id]) for seat in room(view).seats if seat.id in found]
    return lines


def _receipt(poll: Poll, seat: Seat, one: Standing) -> Line:
    line: Line = {"contest": poll.contest, "seat": seat.label, "state": one.state, "at": clock.iso(one.at)}
    flags = {"delayed": one.delayed, "held": one.held}
    line |= {name: True for name, on in flags.items() if on} | {"seen_at": clock.iso(seat.seen_at)}
    return line | ({"saved_at": one.saved_at} if one.saved_at else {})


ROW = 13  # seats in a row of the wall
KINDS = {"ward": ("区部", "special wards"), "city": ("市部", "cities"), "town": ("町村部", "towns and villages")}


def wall(view: View, contest: str) -> list[Line]:
    """The seats of a poll in the order of the room, each with its state: the chair's board, which never sorts by state.

    A group of several rows whose seats stand for one municipality each is cut by its kind; small neighbours share a row.
    """
    poll = next((poll for poll in room(view).polls if poll.contest == contest), None)
    found = standings(view, poll) if poll else {}
    groups: list[Line] = []
    for one in room(view).seats:
        if one.id in found:
            _place(view, groups, one, _tile(one, found[one.id]))
    return _shared(groups)


def _place(view: View, groups: list[Line], seat: Seat, tile: Line) -> None:
    names = (seat.group.name, seat.group.name_en)
    kinds: dict[int, str] = view.once(f"voting.kinds/{view.edition.id}", lambda: queries.kinds_of_seats(view.edition))
    kind = kinds.get(seat.id, "")
    if kind:
        japanese, english = KINDS.get(kind.replace("village", "town"), ("", ""))
        names = (f"{names[0]}・{japanese}", f"{names[1]}, {english}") if japanese else names
    if not groups or groups[-1]["name"] != names[0]:
        groups.append({"name": names[0], "name_en": names[1], "seats": []})
    groups[-1]["seats"].append(tile)


def _shared(groups: list[Line]) -> list[Line]:
    """Neighbouring groups that fit into half a row stand in one."""
    found: list[Line] = []
    for group in groups:
        last = found[-1] if found else None
        if last and len(last["seats"]) + len(group["seats"]) <= ROW // 2:
            last["name"], last["name_en"] = f"{last['name']}・{group['name']}", f"{last['name_en']}, {group['name_en']}"
            last["seats"] = [*last["seats"], *group["seats"]]
        else:
            found.append(group)
    return found


def _tile(seat: Seat, one: Standing) -> Line:
    name = seat.stand_in and f"{seat.short or seat.name}(代)"
    return {
        "label": seat.label, "name": name or seat.short or seat.name, "full": seat.name, "state": one.state,
        "held": one.held, "seen_at": clock.iso(seat.seen_at), "saved_at": one.saved_at, "remote": seat.remote, "delayed": one.delayed,
    }  # fmt: skip
