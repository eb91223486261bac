"""The judge's tablet and the chair's board, and the plain doors behind them."""

from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from eventapp import clock, live
from eventapp.access import Actor, Role, access
from eventapp.refusals import text_of
from eventapp.rules.ranking import Tapped
from eventapp.rules.refusal import Refusal
from eventapp.rules.tally_model import Contest
from eventapp.text import lang, t
from eventapp.voting import operations, queries, recusals, sections
from eventapp.voting.forms import read_form, read_mark, read_recusal
from eventapp.voting.own import PER_ENTRY
from eventapp.voting.paper import level_text, papers, phase

blueprint = Blueprint("voting", __name__)

WORDS = {
    "closed": "poll.closed",
    "recused": "ballot.recused",
    "taken_over": "seat.taken_over",
    "stale": "ballot.superseded",
    "invalid": "ballot.invalid",
}
STATUS = {"ok": 200, "stale": 409, "closed": 409, "recused": 422, "invalid": 422, "taken_over": 409}


# --- the tablet -----------------------------------------------------------------------------------------------------------


@blueprint.post("/judge/ballots/<op_id>")
@access(Role.JUDGE)
def put_by_post(actor: Actor, op_id: str) -> tuple[Response, int]:
    """The second door of ballot.put: the same payload as JSON, the same answer."""
    try:
        payload = request.get_json(silent=True)
    except RecursionError:
        payload = None
    answer = operations.receive_ballot(actor, payload, op_id)
    return jsonify(answer), STATUS[answer["result"]]


@blueprint.get("/judge")
@blueprint.get("/judge/<contest>")
@access(Role.JUDGE)
def tablet(actor: Actor, contest: str | None = None) -> Response:
    """The tablet: every ballot of the seat, one in front."""
    document = live.document(actor.edition, "judge", actor.seat)
    ballots = papers(document["sections"], clock.now(actor.edition))
    shown = [ballot for ballot in ballots if contest in (None, ballot["contest"])] or abort(404)
    front = next((one for one in shown if one["contest"] == contest or one["poll"]["state"] in ("open", "closing")), shown[0])
    page = Response(render_template(
        "voting/tablet.html", document=document, live=document, ballots=ballots, front=front, seat=document["sections"]["seat"],
        lease=actor.grant.lease if actor.grant else 0, parse=clock.parse, level=level_text, opened=request.args.get("entry"),
    ))  # fmt: skip
    page.headers["Cache-Control"] = "no-store"
    return page


@blueprint.post("/judge/<contest>/ballot")
@access(Role.JUDGE)
def put_by_form(actor: Actor, contest: str) -> AnyResponse:
    """The third door: a plain form that carries the whole ballot as shown, changed by the button that was pressed."""
    known = queries.contests(actor.edition).get(contest) or abort(404)
    if known.method in PER_ENTRY:
        return put_mark_by_form(actor, known)
    body, tapped = read_form(request.form, known.method, len(known.points) or known.choices)
    accepted(operations.put_plain(actor, contest=contest, body=body))
    titles = {entry.number: entry.title for entry in queries.finalists(actor.edition)}
    for words in announcements(tapped, titles):
        flash(words, "info")
    return redirect(url_for("voting.tablet", contest=contest), 303)


def put_mark_by_form(actor: Actor, contest: Contest) -> AnyResponse:
    """The same for one entry's mark by criteria or grade; the entry stays open on the page."""
    entry, body = read_mark(request.form, queries.ballot_contest(contest))
    accepted(operations.put_plain(actor, contest=contest.id, body=body, entry=entry))
    return redirect(url_for("voting.tablet", contest=contest.id, entry=entry, _anchor=f"entry-{contest.id}-{entry}"), 303)


def accepted(answer: dict[str, Any]) -> None:
    """Raise the refusal that a ballot's answer stands for."""
    if answer["result"] != "ok":
        raise Refusal(WORDS[answer["result"]], field=answer.get("field", ""))


@blueprint.get("/judge/recusals/<entry>")
@access(Role.JUDGE)
def ask_recusal(actor: Actor, entry: str) -> str:
    """The one question before a judge declares a conflict of interest."""
    return recusal_page(actor, entry)


@blueprint.post("/judge/recusals/<entry>")
@access(Role.JUDGE)
def declare_by_form(actor: Actor, entry: str) -> AnyResponse | tuple[str, int]:
    """Declare it; wrong input comes back with what was written."""
    reason, words = read_recusal(request.form)
    contest = request.form.get("contest", "")
    try:
        flagged = recusals.declare_recusal(actor, entry=entry, reason=reason, note_=words)
    except Refusal as refusal:
        if refusal.code != "recusal.unexplained":
            raise
        return recusal_page(actor, entry, error=text_of(refusal, lang()), reason=reason, noted=words), 422
    flash(t("利益相反の申し出を記録しました。この取組には投票できません。", "Recorded: you are recused from this entry."), "info")
    if flagged:
        kept = "この取組を選んでいた分は数えません。ほかの取組を選び直せます。"
        flash(t(kept, "What you chose of it does not count. You may choose again."), "wait")
    known = contest if contest in queries.contests(actor.edition) else None
    return redirect(url_for("voting.tablet", contest=known), 303)


def recusal_page(actor: Actor, entry: str, **given: Any) -> str:
    found = next((one for one in queries.finalists(actor.edition) if one.number == entry), None) or abort(404)
    contest = given.pop("contest", None) or request.values.get("contest", "")
    known = contest if contest in queries.contests(actor.edition) else ""
    return render_template("voting/recusal.html", entry=found, contest=known, reasons=recusals.REASONS, most=recusals.NOTE_LENGTH, **given)


def announcements(tapped: Tapped, titles: dict[str, str]) -> list[str]:
    """What a tap did to other entries, in words: never silently."""
    found = []
    if tapped.out:
        found.append(t(f"「{titles.get(tapped.out, tapped.out)}」は外れました。", f"“{titles.get(tapped.out, tapped.out)}” was taken off."))
    if tapped.swapped:
        name = titles.get(tapped.swapped, tapped.swapped)
        found.append(t(f"「{name}」と順位を入れ替えました。", f"Swapped with “{name}”."))
    if tapped.closed_up:
        found.append(t("空いた順位を詰めました。", "The empty rank was closed up."))
    return found


# --- the board --------------------------------------------------------------------------------------------------------------


def board(actor: Actor, home: str) -> Response:
    """Who has voted in one poll, who has not, and what may be done; nobody sees what."""
    document = live.document(actor.edition, "chair")
    now = clock.now(actor.edition)
    polls = [poll | {"phase": phase(poll, now)} for poll in document["sections"]["polls"]] or abort(404)
    wanted = request.args.get("poll")
    first = min(polls, key=lambda poll: ("closing", "grace", "open", "draft", "closed").index(poll["phase"]))
    poll = next((poll for poll in polls if poll["contest"] == wanted), first)
    groups = sections.wall(live.View(actor.edition, now), poll["contest"])
    open_for_all = poll["phase"] != "draft"
    waiting = [seat for group in groups for seat in group["seats"] if seat["state"] in ("local", "empty") and open_for_all]
    page = Response(render_template(
        "chair/board.html", document=document, live=document, polls=polls, poll=poll, home=home, parse=clock.parse, groups=groups,
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
        operations.open_poll(actor, contest=contest, from_=given[0])
    elif verb == "close":
        operations.close_poll(actor, contest=contest, from_=given[0])
    elif verb == "cancel_close":
        operations.cancel_close(actor, contest=contest, reason=given[1])
    elif verb == "reopen":
        operations.reopen_poll(actor, contest=contest, reason=given[1])
    elif verb == "nudge":
        count = operations.nudge(actor, contest=contest)["seats"]
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
