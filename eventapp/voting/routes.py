"""The judge's tablet and the plain doors behind it."""

from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from eventapp import clock, live
from eventapp.access import Actor, Role, access, holds_seat
from eventapp.paths import STATIC
from eventapp.refusals import text_of
from eventapp.rules.ranking import Tapped
from eventapp.rules.refusal import Refusal
from eventapp.rules.tally_model import Contest
from eventapp.text import lang, manifest, t
from eventapp.voting import operations, queries, recusals
from eventapp.voting.forms import read_form, read_mark, read_recusal
from eventapp.voting.own import PER_ENTRY
from eventapp.voting.paper import level_text, papers

blueprint = Blueprint("voting", __name__)

WORDS = {
    "closed": "poll.closed",
    "recused": "ballot.recused",
    "taken_over": "seat.taken_over",
    "stale": "ballot.superseded",
    "invalid": "ballot.invalid",
}
STATUS = {"ok": 200, "stale": 409, "closed": 409, "recused": 422, "invalid": 422, "taken_over": 409}


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
    """The tablet: every ballot of the seat, one in front; nothing of them once another device has the seat."""
    if not holds_seat(actor):
        return taken_over(actor)
    document = live.document(actor.edition, "judge", actor.seat)
    ballots = papers(document["sections"], clock.now(actor.edition))
    shown = [ballot for ballot in ballots if contest in (None, ballot["contest"])] or abort(404)
    front = next((one for one in shown if one["contest"] == contest or one["poll"]["state"] in ("open", "closing")), shown[0])
    page = Response(render_template(
        "voting/tablet.html", document=document, live=document, ballots=ballots, front=front, seat=document["sections"]["seat"],
        lease=actor.grant.lease if actor.grant else 0, parse=clock.parse, level=level_text, opened=request.args.get("entry"),
    ))  # fmt: skip
    page.headers["Cache-Control"] = "no-store"
    page.headers["X-Tablet"] = live.build()  # what the tablet's worker may keep: nothing else has this mark
    return page


@blueprint.get("/judge/worker.js")
@access(Role.PUBLIC)
def worker(_actor: Actor) -> Response:
    """The tablet's service worker, from an address whose scope is the tablet of this edition and nothing else."""
    found = STATIC / manifest().get("tablet.worker.js", "dist/tablet.worker.js")
    if not found.is_file():
        abort(404)
    script = Response(found.read_bytes(), mimetype="text/javascript")
    script.headers["Cache-Control"] = "no-cache"
    script.headers["Service-Worker-Allowed"] = f"{request.script_root}/judge"
    return script


def taken_over(actor: Actor) -> Response:
    """What a device sees that lost its seat: that it did, what it has not sent (a list that its own script fills), the way back."""
    names = {poll.contest: t(poll.name, poll.name_en) for poll in queries.room(actor.edition).polls}
    page = Response(render_template("voting/taken_over.html", seat=actor.seat, names=names), 409)
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
    return redirect(url_for("voting.tablet", contest=contest, seat=label_of(actor)), 303)


def put_mark_by_form(actor: Actor, contest: Contest) -> AnyResponse:
    """The same for one entry's mark by criteria or grade; the entry stays open on the page."""
    entry, body = read_mark(request.form, queries.ballot_contest(contest))
    accepted(operations.put_plain(actor, contest=contest.id, body=body, entry=entry))
    anchor = f"entry-{contest.id}-{entry}"
    return redirect(url_for("voting.tablet", contest=contest.id, entry=entry, seat=label_of(actor), _anchor=anchor), 303)


def label_of(actor: Actor) -> str | None:
    return actor.seat.label if actor.seat else None


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
    said = t("利益相反の申し出を記録しました。この取組には投票できません。", "Recorded: you are recused from this entry.")
    flash(said, "info")
    if flagged:
        kept = t("この取組を選んでいた分は数えません。ほかの取組を選び直せます。", "It does not count any more. You may choose again.")
        flash(kept, "wait")
    known = contest if contest in queries.contests(actor.edition) else None
    return redirect(url_for("voting.tablet", contest=known, seat=label_of(actor)), 303)


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
