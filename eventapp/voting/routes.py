"""The judge's tablet and the plain doors behind it."""

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from eventapp import clock, live
from eventapp.access import Actor, Role, access, holds_seat
from eventapp.paths import STATIC
from eventapp.rules.ranking import Tapped
from eventapp.rules.refusal import Refusal
from eventapp.text import clock_text, manifest, t
from eventapp.voting import operations, queries
from eventapp.voting.forms import read_form
from eventapp.voting.sections import phase

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
    known = {poll["contest"]: poll for poll in document["sections"]["polls"]}
    ballots = [
        ballot | {"poll": known[ballot["contest"]], "phase": phase(known[ballot["contest"]], clock.now(actor.edition))}
        for ballot in document["sections"]["ballots"]
    ]
    for ballot in ballots:
        ballot["entries"] = [entry | {"shown_at": clock_text(clock.parse(entry["at"]))} for entry in ballot["entries"]]
    shown = [ballot for ballot in ballots if contest in (None, ballot["contest"])] or abort(404)
    front = next((one for one in shown if one["contest"] == contest or one["poll"]["state"] in ("open", "closing")), shown[0])
    page = Response(render_template(
        "voting/tablet.html", document=document, live=document, ballots=ballots, front=front, seat=document["sections"]["seat"],
        lease=actor.grant.lease if actor.grant else 0, parse=clock.parse,
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
    known = queries.contests(actor.edition).get(contest)
    if known is None or known.method not in ("choice", "points"):
        abort(404)
    body, tapped = read_form(request.form, known.method, len(known.points) or known.choices)
    answer = operations.put_plain(actor, contest=contest, body=body)
    result = answer["result"]
    if result != "ok":
        raise Refusal(WORDS[result], field=answer.get("field", ""))
    titles = {entry.number: entry.title for entry in queries.finalists(actor.edition)}
    for words in announcements(tapped, titles):
        flash(words, "info")
    return redirect(url_for("voting.tablet", contest=contest, seat=actor.seat.label if actor.seat else None), 303)


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
