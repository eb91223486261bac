"""Doors of the boards: the chair's board, and the plain twins of the poll commands."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from eventapp import clock, live
from eventapp.access import Actor, Role, access
from eventapp.rules.refusal import Refusal
from eventapp.text import t
from eventapp.voting import polls, queries, sections
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
    waiting = [seat for group in groups for seat in group["seats"] if seat["state"] in ("local", "empty") and open_for_all]
    page = Response(render_template(
        "chair/board.html", document=document, live=document, polls=shown, poll=poll, home=home, parse=clock.parse, groups=groups,
        waiting=waiting, ages=ages(waiting),
        closing_s=queries.setting(actor.edition, "closing_s"), grace_s=queries.setting(actor.edition, "grace_s"),
    ))  # fmt: skip
    page.headers["Cache-Control"] = "no-store"
    return page


def ages(seats: list[dict[str, Any]]) -> dict[str, int | None]:
    """For how many seconds a tablet has not been heard, by seat; None: never (real time, as the report is)."""
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


def act(actor: Actor, contest: str, verb: str, home: str) -> AnyResponse:
    """The plain twin of the poll commands; back to the page that the form stood on."""
    given = request.form.get("from", ""), request.form.get("reason", "")
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
    back = f"{request.script_root}/{home}" + (f"?poll={contest}" if home in ("chair", "deputy") else "")
    return redirect(back, 303)


def _act_door(home: str, *roles: Role) -> None:
    def door(actor: Actor, contest: str, verb: str) -> AnyResponse:
        if verb == "reopen" and Role.DIRECTOR in roles:
            raise Refusal("access.denied")
        return act(actor, contest, verb, home)

    blueprint.add_url_rule(f"/{home}/polls/<contest>/<verb>", f"act_{home}", access(*roles)(door), methods=["POST"])


_act_door("chair", Role.CHAIR)
_act_door("deputy", Role.DEPUTY)
_act_door("director", Role.DIRECTOR, Role.SECRETARIAT)
