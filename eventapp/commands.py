"""The table of commands: one door for the crew's screens and for programs, by socket and by POST; answers are kept by op_id."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from eventapp import clock, journal, refusals
from eventapp.access import Actor, Role, find_actor
from eventapp.awards import operations as awards
from eventapp.extensions import db
from eventapp.models import CommandAnswer
from eventapp.overlay import operations as overlay
from eventapp.programme import operations as programme
from eventapp.rules.refusal import Refusal
from eventapp.voting import polls, seats
from eventapp.work import note, operation, touch

DESK = (Role.DIRECTOR, Role.SECRETARIAT)
BOARD = (Role.DIRECTOR, Role.CHAIR, Role.DEPUTY, Role.SECRETARIAT)  # who opens and closes polls
DOOR = (Role.SECRETARIAT, Role.RECEPTION, Role.DIRECTOR)  # who helps a judge to a seat
OP_ID = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Command:
    """Who may give it, what runs, and the kinds of its arguments; names ending in `?` may be absent or null."""

    roles: tuple[Role, ...]
    run: Callable[..., Mapping[str, Any] | None]
    args: dict[str, type | tuple[type, ...]] = field(default_factory=dict)
    op_id: bool = False  # the operation keeps the command's op_id itself


@operation("clock.set")
def set_clock(actor: Actor, *, at: str, rate: float) -> None:
    """Set a demo's or rehearsal's clock; refused in a real edition. Idempotent only with rate 0."""
    instant = clock.parse(at)
    if actor.edition.kind == "real":
        raise Refusal("clock.refused")
    if instant is None or not 0 <= rate <= 3600:
        raise Refusal("request.malformed")
    clock.set_to(actor.edition, instant, float(rate))
    note(at=at, rate=str(rate))
    touch(actor, "public", "stage", "crew", "overlay", "chair", "judge")


COMMANDS: dict[str, Command] = {
    "result.sign": Command((Role.CHAIR, Role.DEPUTY, Role.SECRETARIAT), awards.sign_result, {"hash": str}),
    "reveal.next": Command((Role.DIRECTOR, Role.SECRETARIAT), awards.reveal_next, {"from?": list}),
    "reveal.hold": Command((Role.DIRECTOR, Role.SECRETARIAT), awards.reveal_hold),
    "reveal.back": Command((Role.DIRECTOR, Role.SECRETARIAT), awards.reveal_back, {"from?": list}),
    "clock.set": Command(DESK, set_clock, {"at": str, "rate": (int, float)}),
    "clock.jump": Command(DESK, programme.jump, {"block": str}, op_id=True),
    "rundown.go": Command(DESK, programme.go, {"from?": str, "to?": str}, op_id=True),
    "rundown.pause": Command(DESK, programme.pause, op_id=True),
    "rundown.resume": Command(DESK, programme.resume, op_id=True),
    "rundown.add": Command(DESK, programme.add, {"seconds": int}, op_id=True),
    "rundown.skip": Command(DESK, programme.skip, {"slot": str}, op_id=True),
    "rundown.no_show": Command(DESK, programme.no_show, {"slot": str}, op_id=True),
    "rundown.message": Command(DESK, programme.message, {"text": str, "blink?": bool}),
    "rundown.insert": Command(DESK, programme.insert, {"after": str, "title": str, "seconds": int}, op_id=True),
    "rundown.undo": Command(DESK, programme.undo, {"cue": str}, op_id=True),
    "poll.open": Command(BOARD, polls.open_poll, {"contest": str, "from": str}),
    "poll.close": Command(BOARD, polls.close_poll, {"contest": str, "from": str}),
    "poll.cancel_close": Command(BOARD, polls.cancel_close, {"contest": str, "reason": str}),
    "poll.reopen": Command((Role.CHAIR, Role.DEPUTY, Role.SECRETARIAT), polls.reopen_poll, {"contest": str, "reason": str}),
    "judges.nudge": Command(BOARD, polls.nudge, {"contest": str}),
    "seat.release": Command(DOOR, seats.release_seat, {"seat": str}),
    "seat.stand_in": Command(DOOR, seats.stand_in, {"seat": str, "name": str, "recused?": list}),
    "overlay.show": Command((Role.SWITCHER, Role.DIRECTOR), overlay.show, {"layer": str}),
    "overlay.clear": Command((Role.SWITCHER, Role.DIRECTOR), overlay.clear),
}


def give(op_id: object, name: object, args: object, role: object = None) -> dict[str, Any]:
    """Run a command once: `{ok: true, …}` after commit or `{ok: false, code, text}`; the same op_id again, the same answer."""
    try:
        if not (isinstance(op_id, str) and OP_ID.fullmatch(op_id) and isinstance(args, dict)):
            raise Refusal("request.malformed")
        command = COMMANDS.get(name) if isinstance(name, str) else None
        if command is None:
            raise Refusal("command.unknown")
        roles = tuple(known for known in command.roles if role in (None, known.value))
        if not roles:
            raise Refusal("access.denied")
        actor = find_actor(roles)
        given = checked(command, args)
        return _answered(actor, op_id, fingerprint(actor, str(name), given), command, given)
    except Refusal as refusal:
        return refusals.as_ack(refusal)


def checked(command: Command, args: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as keywords (`from` becomes `from_`); refused when one is missing, unknown or of another kind."""
    known = {name.rstrip("?"): kind for name, kind in command.args.items()}
    wanted = {name for name in command.args if not name.endswith("?")}
    bad = (set(args) - set(known)) | (wanted - set(args))
    for name, value in args.items():
        kind = known.get(name)
        optional = f"{name}?" in command.args
        fits = (optional and value is None) or (
            kind is not None and isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        )
        if not fits:
            bad.add(name)
    if bad:
        raise Refusal("request.malformed", fields=sorted(bad))
    return {f"{name}_" if name == "from" else name: value for name, value in args.items()}


def fingerprint(actor: Actor, name: str, args: Mapping[str, Any]) -> str:
    """What an op_id stands for from now on; refuses what JSON lets through and no text can hold (NaN, half a surrogate pair)."""
    try:
        return hashlib.sha256(journal.canonical([actor.name, name, args]).encode()).hexdigest()
    except (ValueError, RecursionError):
        raise Refusal("request.malformed") from None


def _answered(actor: Actor, op_id: str, asked: str, command: Command, args: dict[str, Any]) -> dict[str, Any]:
    try:
        return _run(actor, op_id, asked, command, args)
    except Refusal as refusal:
        return _keep_refusal(actor, op_id, asked, refusals.as_ack(refusal))


def _known(actor: Actor, op_id: str, asked: str) -> dict[str, Any] | None:
    """The answer that this op_id was given, or that it stands for another command; None when it is new."""
    query = select(CommandAnswer).where(CommandAnswer.edition_id == actor.edition.id, CommandAnswer.op_id == op_id)
    row = db.session.scalars(query).first()
    if row is None:
        return None
    return row.answer if row.asked == asked else refusals.as_ack(Refusal("command.reused"))


@operation(None)
def _run(actor: Actor, op_id: str, asked: str, command: Command, args: dict[str, Any]) -> dict[str, Any]:
    """The command and its kept answer in one transaction; a racing twin finds the answer."""
    known = _known(actor, op_id, asked)
    if known is not None:
        return known
    own = {"op_id": op_id} if command.op_id else {}
    answer = {"ok": True, **(command.run(actor, **args, **own) or {})}
    db.session.add(CommandAnswer(edition_id=actor.edition.id, op_id=op_id, asked=asked, answer=answer))
    return answer


@operation(None)
def _keep_refusal(actor: Actor, op_id: str, asked: str, answer: dict[str, Any]) -> dict[str, Any]:
    """Keep a refused command's answer, so that a late repeat is not suddenly obeyed; a racing twin's answer stands."""
    known = _known(actor, op_id, asked)
    if known is not None:
        return known
    db.session.add(CommandAnswer(edition_id=actor.edition.id, op_id=op_id, asked=asked, answer=answer))
    return answer
