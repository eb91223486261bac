"""Doors of the boards: the chair's board, and the plain twins of the poll commands."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from eventapp import clock, live
from eventapp.access import Actor, Role, access
from eventapp.paperballots.queries import in_hand as papers_in_hand
from eventapp.rules.refusal import Refusal
from eventapp.text import t
from eventapp.voting import polls, queries, reports, sections, timing
from eventapp.voting.seats import set_remote
from eventapp.voting.sections import phase

blueprint = Blueprint("boards", __name__)


def board(actor: Actor, home: str) -> Response:
    """Who has voted in one poll, who has not, and what may be done; nobody sees what."""
    document = live.document(actor.edition, "chair")
    now = clock.now(actor.edition)
    shown = [poll | {"phase": phase(poll, now)} for poll in document["sections"]["polls"]] or abort(404)
    wanted = request.args.get("poll")
    first = min(shown, key=lambda poll: ("closing", "grace", "open", "draft", "closed").index(poll["phase"]))
    poll = next((poll for poll in shown if poll["contest"] == wanted), first)
    groups = sections.wall(live.View(actor.edition, now), poll["contest"])
    open_for_all = poll["phase"] != "draft"
    now_line = line_of(live.View(actor.edition, now), poll, now)
    waiting = [seat for group in groups for seat in group["seats"] if seat["state"] in ("local", "empty") and open_for_all]
    page = Response(render_template(
        "chair/board.html", document=document, live=document, polls=shown, poll=poll, home=home, parse=clock.parse, groups=groups,
        waiting=waiting, ages=ages(waiting), now_line=now_line,
        closing_s=queries.setting(actor.edition, "closing_s"), grace_s=queries.setting(actor.edition, "grace_s"),
    ))  # fmt: skip
    page.headers["Cache-Control"] = "no-store"
    return page


def ages(seats: list[dict[str, Any]]) -> dict[str, int | None]:
    """For how many seconds a tablet has not been heard, by seat; None: never (real time)."""
    now = clock.real()
    heard = {seat["label"]: clock.parse(seat["seen_at"]) for seat in seats}
    return {label: int((now - at).total_seconds()) if at else None for label, at in heard.items()}


@blueprint.get("/chair")
@access(Role.CHAIR)
def chair(actor: Actor) -> Response:
    return board(actor, "chair")


@blueprint.get("/deputy")
@access(Role.DEPUTY)
def deputy(actor: Actor) -> Response:
    return board(actor, "deputy")


@blueprint.get("/desk/polls")
@access(Role.SECRETARIAT)
def desk_polls(actor: Actor) -> Response:
    return desk(actor, "desk")


@blueprint.get("/director/polls")
@access(Role.DIRECTOR, Role.SECRETARIAT)
def director_polls(actor: Actor) -> Response:
    return desk(actor, "director")


def desk(actor: Actor, home: str) -> Response:
    """The desk of the polls: each with where it stands, who has not voted, and what pressing each button does next."""
    now = clock.now(actor.edition)
    view = live.View(actor.edition, now)
    page = Response(render_template(
        "voting/polls.html", polls=[line_of(view, line, now) for line in sections.polls(view)], home=home, parse=clock.parse,
        live=live.document(actor.edition, "crew"),
        remote=[seat for seat in sections.room(view).seats if seat.remote], delay_s=queries.stream_delay_s(actor.edition),
        closing_s=queries.setting(actor.edition, "closing_s"), grace_s=queries.setting(actor.edition, "grace_s"),
    ))  # fmt: skip
    page.headers["Cache-Control"] = "no-store"
    return page


def line_of(view: live.View, line: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A poll with its phase, the seats that have not voted, when it would close, and the sheets of paper it waits for."""
    poll = queries.find_poll(view.edition, line["contest"])
    if poll is None:
        return line | {"phase": "draft", "waiting": [], "closing": None, "papers": 0}
    seats = [tile for group in sections.wall(view, poll.contest) for tile in group["seats"] if tile["state"] in ("local", "empty")]
    closing = timing.closing(view.edition, poll, now) if poll.state == "open" else None
    return line | {"phase": phase(line, now), "waiting": seats, "closing": closing, "papers": papers_in_hand(poll)}


@blueprint.post("/desk/remote")
@access(Role.SECRETARIAT)
def remote(actor: Actor) -> AnyResponse:
    """A seat judges from afar, or from the hall again."""
    label = request.form.get("seat", "").strip().upper()
    set_remote(actor, seat=label, remote=request.form.get("remote") == "1")
    flash(f"席 {label} を{'遠隔の席にしました。' if request.form.get('remote') == '1' else '会場の席に戻しました。'}", "ok")
    return redirect(url_for("boards.desk_polls"), 303)


def zero(actor: Actor, contest: str, home: str) -> Response:
    """The zero report, to read and to print: what was frozen, by whom, and the line of the journal that says so."""
    poll = queries.find_poll(actor.edition, contest) or abort(404)
    if not poll.zero_report:
        abort(404)
    known = {entry.number: entry for entry in queries.finalists(actor.edition)}
    page = Response(render_template(
        "voting/zero.html", poll=poll, report=poll.zero_report, home=home, parse=clock.parse, reporter=reports.reporter(poll),
        entries=[known[number] for number in poll.zero_report["entries"] if number in known], line=reports.report_line(poll),
    ))  # fmt: skip
    page.headers["Cache-Control"] = "no-store"
    return page


def act(actor: Actor, contest: str, verb: str, home: str) -> AnyResponse:
    """The plain twin of the poll commands; back to the page that the form stood on."""
    given = request.form.get("from", ""), request.form.get("reason", "")
    if verb == "report":
        polls.report_zero(actor, contest=contest)
        return redirect(url_for(f"boards.zero_{home}", contest=contest), 303)
    if verb == "open":
        polls.open_poll(actor, contest=contest, from_=given[0])
    elif verb == "close":
        polls.close_poll(actor, contest=contest, from_=given[0])
    elif verb == "cancel_close":
        polls.cancel_close(actor, contest=contest, reason=given[1])
    elif verb == "reopen":
        polls.reopen_poll(actor, contest=contest, reason=given[1])
    elif verb == "nudge":
        count = polls.nudge(actor, contest=contest)["seats"]
        flash(t(f"{count}台に知らせました。", f"{count} tablets were told."), "ok")
    else:
        abort(404)
    return redirect(back_to(home, contest), 303)


def back_to(home: str, contest: str) -> str:
    """The board with the poll in front, or the desk of the polls when the form says that it stood there."""
    if home in ("chair", "deputy"):
        return f"{request.script_root}/{home}?poll={contest}"
    there = home == "desk" or request.form.get("back") == "polls"
    return f"{request.script_root}/{home}/polls#poll-{contest}" if there else f"{request.script_root}/{home}"


def _doors(home: str, *roles: Role) -> None:
    def door(actor: Actor, contest: str, verb: str) -> AnyResponse:
        if verb == "reopen" and Role.DIRECTOR in roles:
            raise Refusal("access.denied")
        return act(actor, contest, verb, home)

    def page(actor: Actor, contest: str) -> Response:
        return zero(actor, contest, home)

    blueprint.add_url_rule(f"/{home}/polls/<contest>/<verb>", f"act_{home}", access(*roles)(door), methods=["POST"])
    blueprint.add_url_rule(f"/{home}/polls/<contest>/zero", f"zero_{home}", access(*roles)(page))


_doors("chair", Role.CHAIR)
_doors("deputy", Role.DEPUTY)
_doors("director", Role.DIRECTOR, Role.SECRETARIAT)
_doors("desk", Role.SECRETARIAT)
