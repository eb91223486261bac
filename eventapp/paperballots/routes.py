"""The pages of paper ballots: which sheets are out, the sheets to print, one sheet from hand to count. All by plain forms."""

import json
from datetime import datetime, time

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from eventapp.access import Actor, Role, access
from eventapp.admin.operations import at_time
from eventapp.awards.queries import sealed
from eventapp.models import PaperBallot
from eventapp.paperballots import operations, queries
from eventapp.paperballots.forms import read_keying
from eventapp.rules.refusal import Refusal
from eventapp.voting import queries as voting

blueprint = Blueprint("paperballots", __name__)
TOLD = {
    "waiting": ("入力を保存しました。もう1人が同じ用紙を入力すると、自動で照合します。", "ok"),
    "differs": ("2人の入力が一致しません。用紙を見ながら、入力し直してください。", "error"),
    "agreed": ("2人の入力が一致しました。この席には、すでに確定した票があります。置き換えるかどうかを決めてください。", "wait"),
    "counted": ("2人の入力が一致し、この席の票として確定しました。", "ok"),
}


def base() -> str:
    """The address that QR codes are printed with."""
    return str(current_app.config["EVENTAPP_SETTINGS"].base_url) + request.script_root


def private(page: str) -> Response:
    """A page that no browser or proxy keeps: it may hold what stands on a sheet."""
    answer = Response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def paper_of(actor: Actor, code: str) -> PaperBallot | None:
    """The sheet of an address; seat and contest, when the QR code names them, must be its own."""
    paper = queries.find_paper(actor.edition, code)
    if paper is None or request.args.get("seat", paper.seat.label) != paper.seat.label:
        return None
    return paper if request.args.get("contest", paper.poll.contest) == paper.poll.contest else None


@blueprint.get("/desk/papers")
@access(Role.SECRETARIAT)
def papers(actor: Actor) -> AnyResponse:
    """Which sheets are out; `code` leads to one."""
    code = request.args.get("code", "").strip()
    if code:
        found = queries.find_paper(actor.edition, code)
        if found is None:
            raise Refusal("paper.unknown")
        return redirect(url_for("paperballots.paper", paper=found.code))
    polls = voting.room(actor.edition).polls
    return private(render_template("paperballots/papers.html", papers=queries.papers(actor.edition), polls=polls))


@blueprint.post("/desk/papers")
@access(Role.SECRETARIAT)
def print_sheets(actor: Actor) -> AnyResponse:
    """Sheets for the chosen seats; then the page to print."""
    contest, which = request.form.get("contest", ""), request.form.get("which", "")
    poll = voting.find_poll(actor.edition, contest)
    if poll is None:
        raise Refusal("poll.unknown")
    room = voting.room(actor.edition)
    labels = request.form.get("seats", "").replace("、", " ").replace(",", " ").upper().split()
    seats = {"all": room.seats, "waiting": queries.unconfirmed(actor.edition, poll)}.get(which)
    chosen = queries.seats_named(actor.edition, labels) if seats is None else seats
    if seats is None and len(chosen) != len(set(labels)):
        raise Refusal("seat.unknown")
    made = operations.print_papers(actor, contest=contest, seats=chosen)
    return redirect(url_for("paperballots.sheets", contest=contest, seat=made if which == "named" else None), 303)


@blueprint.get("/desk/papers/<contest>/sheets")
@access(Role.SECRETARIAT)
def sheets(actor: Actor, contest: str) -> Response:
    """The sheets of a contest that are out, A4, one a page; `seat` narrows them."""
    poll = voting.find_poll(actor.edition, contest) or abort(404)
    only = set(request.args.getlist("seat"))
    known = queries.contest_of(actor.edition, poll)
    out = [one for one in reversed(queries.papers(actor.edition)) if one.poll_id == poll.id and one.state == "printed"]
    shown = [
        {
            "paper": one, "lines": queries.lines(actor.edition, known, one.seat),
            "url": f"{base()}/desk/papers/{one.code}?seat={one.seat.label}&contest={contest}",
        }
        for one in sorted(out, key=lambda one: one.seat.position) if not only or one.seat.label in only
    ]  # fmt: skip
    return private(render_template("paperballots/sheets.html", poll=poll, contest=known, sheets=shown, words=words(actor, contest)))


def words(actor: Actor, contest: str) -> dict[str, dict[str, str]]:
    """How the edition calls the criteria and grades of a contest; what it does not name stands for itself."""
    said = voting.contest_words(actor.edition, contest)
    return {
        "criteria": {one["code"]: one.get("name", one["code"]) for one in said.get("criteria", ())},
        "grades": {one["code"]: one.get("word", "") for one in said.get("grades", ())},
    }


@blueprint.get("/desk/papers/<paper>")
@access(Role.SECRETARIAT, paper=paper_of)
def paper(actor: Actor, paper: PaperBallot) -> Response:
    """One sheet: collect it, type it, see whether the copies agree. The own copy is shown to its author only, until they do."""
    known = queries.contest_of(actor.edition, paper.poll)
    mine = actor.person is not None and any(one.person_id == actor.person.id for one in paper.keyings)
    return private(render_template(
        "paperballots/paper.html", paper=paper, contest=known, lines=queries.lines(actor.edition, known, paper.seat), mine=mine,
        typed=queries.own_keying(paper, actor.person), voted=bool(queries.units(paper.poll, paper.seat)), words=words(actor, known.id),
    ))  # fmt: skip


@blueprint.post("/desk/papers/<paper>/collect")
@access(Role.SECRETARIAT, paper=paper_of)
def collect(actor: Actor, paper: PaperBallot) -> AnyResponse:
    operations.collect_paper(actor, code=paper.code, at=_instant(actor, request.form.get("at", "").strip()))
    return _back(paper)


def _instant(actor: Actor, typed: str) -> datetime | None:
    """A time of the day as it is written on the sheet; empty: now."""
    if not typed:
        return None
    try:
        return at_time(actor.edition, time.fromisoformat(typed.replace("：", ":")))
    except ValueError:
        raise Refusal("paper.untimely") from None


@blueprint.post("/desk/papers/<paper>/key")
@access(Role.SECRETARIAT, paper=paper_of)
def key(actor: Actor, paper: PaperBallot) -> AnyResponse:
    known = queries.contest_of(actor.edition, paper.poll)
    numbers = [entry.number for entry in queries.stage_order(actor.edition, known)]
    outcome = operations.key_paper(actor, code=paper.code, bodies=read_keying(request.form, known, numbers))
    flash(*TOLD[outcome])
    return _back(paper)


@blueprint.post("/desk/papers/<paper>/replace")
@access(Role.SECRETARIAT, paper=paper_of)
def replace(actor: Actor, paper: PaperBallot) -> AnyResponse:
    operations.replace_by_paper(actor, code=paper.code, reason=request.form.get("reason", ""))
    flash(*TOLD["counted"])
    return _back(paper)


@blueprint.post("/desk/papers/<paper>/cancel")
@access(Role.SECRETARIAT, paper=paper_of)
def cancel(actor: Actor, paper: PaperBallot) -> AnyResponse:
    operations.cancel_paper(actor, code=paper.code, reason=request.form.get("reason", ""))
    flash("この用紙を取り消しました。票には数えません。", "ok")
    return _back(paper)


def _back(paper: PaperBallot) -> AnyResponse:
    return redirect(url_for("paperballots.paper", paper=paper.code), 303)


def copies(actor: Actor) -> Response:
    """Who typed which sheet; what they typed only once the result is sealed."""
    shown = sealed(actor.edition) is not None
    rows = [
        {"paper": one, "copies": [(copy, json.loads(copy.body) if shown else None) for copy in one.keyings]}
        for one in reversed(queries.papers(actor.edition))
    ]  # fmt: skip
    return private(render_template("paperballots/copies.html", rows=rows, shown=shown))


for _home, _role in {"auditor": Role.AUDITOR, "chair": Role.CHAIR, "deputy": Role.DEPUTY}.items():
    blueprint.add_url_rule(f"/{_home}/papers", f"copies_{_home}", access(_role)(copies))
