"""Result pages of the sealers, the director's reveal, what the public may read, the auditor's journal and evidence."""

from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from eventapp import clock, journal, live
from eventapp.access import Actor, Role, access
from eventapp.awards import evidence, operations, queries
from eventapp.awards.forms import DecisionForm, SignForm, StepForm
from eventapp.awards.sections import reveal_now
from eventapp.models import Edition
from eventapp.presets import load_archive
from eventapp.refusals import CATALOGUE, text_of
from eventapp.rules.refusal import Refusal
from eventapp.rules.tally_numbers import decimal
from eventapp.text import lang

blueprint = Blueprint("awards", __name__)

ARCHIVES = ("connect-day-2024",)  # editions of which only the published winners are known
HOMES = {Role.CHAIR: "chair", Role.DEPUTY: "deputy", Role.SECRETARIAT: "desk"}
OF_THE_RESULT = ("decision.recorded", "result.voided")  # acts whose details name entries and ties: shown after the seal
LINES = 100  # of the journal on one page
Answered = AnyResponse | str | tuple[str, int]


@blueprint.app_template_filter("decimals")
def decimals(score: str) -> str:
    """An exact score with three decimals: 12/7 becomes 1.714."""
    return decimal(Fraction(score), 3)


@blueprint.app_template_filter("day_en")
def day_en(instant: datetime) -> str:
    """The day in Tokyo in English: 24 December 2025."""
    day = clock.local(instant)
    return f"{day.day} {day:%B %Y}"


@blueprint.app_context_processor
def for_boards() -> dict[str, Any]:
    """`signing_of(actor)`, for boards that include `chair/_signing.html`."""
    return {"signing_of": queries.signing}


# --- the sealers -----------------------------------------------------------------------------------------------------------


def result_page(actor: Actor, *, error: Refusal | None = None) -> Answered:
    """The result with its reasons for a named sealer; without any number while a poll is open. Opening changes nothing."""
    if not queries.is_sealer(actor):
        raise Refusal("result.reserved")
    edition, found, disputes = actor.edition, None, {}
    if queries.may_count(edition):
        files = queries.tally_files(edition)
        found = queries.counted(files)
        disputes = {
            prize["id"]: queries.in_dispute(files, prize=prize["id"], step=prize["needs"])
            for prize in found["prizes"] if prize["needs"] in ("chair", "lot")
        }  # fmt: skip
    page = render_template(
        "awards/result.html", found=found, disputes=disputes, signing=queries.signing(actor, found), home=HOMES[actor.role],
        sealers=queries.sealers(edition), polls=queries.open_polls(edition), may_decide=actor.role in operations.DECIDING,
        entries={entry.number: entry for entry in queries.finalists(edition)}, contests=queries.contest_names(edition),
        prizes={code: queries.prize_facts(edition, code) for code in queries.prize_codes(edition)}, given=request.form,
        error=error and text_of(error),
    )  # fmt: skip
    return (page, CATALOGUE[error.code].status) if error else page


def act(actor: Actor, do: Callable[[], object], done: str) -> Answered:
    """Do it and show the page again, or the page with the refusal."""
    try:
        do()
    except Refusal as refusal:
        if refusal.code in ("result.reserved", "access.denied"):
            raise
        return result_page(actor, error=refusal)
    flash(done, "ok")
    return redirect(url_for(f"awards.{HOMES[actor.role]}_result"), 303)


def sign(actor: Actor) -> Answered:
    return act(actor, lambda: operations.sign_result(actor, hash=SignForm().hash.data or ""), "署名しました。")


def record(actor: Actor) -> Answered:
    form = DecisionForm()
    step = form.step.data or ""
    places = sorted((name for name in request.form if name.startswith("place-")), key=lambda name: (len(name), name))
    order = "" if form.leave.data else " ".join(request.form[name] for name in places)
    value = order if step == "chair" else form.seed.data or ""
    return act(
        actor,
        lambda: operations.decide(actor, prize=form.prize.data or "", step=step, value=value, reason=form.reason.data or ""),
        "決定を記録しました。",
    )


@blueprint.get("/chair/result")
@access(Role.CHAIR)
def chair_result(actor: Actor) -> Answered:
    return result_page(actor)


@blueprint.get("/deputy/result")
@access(Role.DEPUTY)
def deputy_result(actor: Actor) -> Answered:
    return result_page(actor)


@blueprint.get("/desk/result")
@access(Role.SECRETARIAT)
def desk_result(actor: Actor) -> Answered:
    return result_page(actor)


@blueprint.post("/chair/result/sign")
@access(Role.CHAIR)
def chair_sign(actor: Actor) -> Answered:
    return sign(actor)


@blueprint.post("/deputy/result/sign")
@access(Role.DEPUTY)
def deputy_sign(actor: Actor) -> Answered:
    return sign(actor)


@blueprint.post("/desk/result/sign")
@access(Role.SECRETARIAT)
def desk_sign(actor: Actor) -> Answered:
    return sign(actor)


@blueprint.post("/chair/result/decide")
@access(Role.CHAIR)
def chair_decide(actor: Actor) -> Answered:
    return record(actor)


@blueprint.post("/deputy/result/decide")
@access(Role.DEPUTY)
def deputy_decide(actor: Actor) -> Answered:
    return record(actor)


# --- the reveal ------------------------------------------------------------------------------------------------------------


@blueprint.get("/director/reveal")
@access(Role.DIRECTOR, Role.SECRETARIAT)
def reveal(actor: Actor) -> str:
    """The reveal's console: it knows no winner before its step, so nobody reads one over a shoulder."""
    epoch, rev = live.version(actor.edition, "crew")
    told = reveal_now(actor.edition)
    order = [queries.prize_facts(actor.edition, code) for code in queries.reveal_order(actor.edition)]
    return render_template(
        "awards/reveal.html", reveal=told, order=order, ready=queries.sealed(actor.edition) is not None,
        revealed={one["prize"]["code"]: one["winners"] for one in told["revealed"]}, script_lines=queries.script_lines(told),
        live={"epoch": epoch, "rev": rev},
    )  # fmt: skip


@blueprint.post("/director/reveal/<name>")
@access(Role.DIRECTOR, Role.SECRETARIAT)
def move_reveal(actor: Actor, name: str) -> AnyResponse:
    """The buttons of the console without JavaScript: next, hold, back."""
    form = StepForm()
    number = form.n.data or ""
    from_ = [int(number) if number.isdecimal() else -1, form.step.data]
    moves: dict[str, Callable[[], object]] = {
        "next": lambda: operations.reveal_next(actor, from_=from_),
        "hold": lambda: operations.reveal_hold(actor),
        "back": lambda: operations.reveal_back(actor, from_=from_),
    }
    if name not in moves:
        raise Refusal("page.missing")
    try:
        moves[name]()
    except Refusal as refusal:
        flash(text_of(refusal, lang()), "error")
    return redirect(url_for("awards.reveal"), 303)


# --- everybody -------------------------------------------------------------------------------------------------------------


@blueprint.get("/results")
@access(Role.PUBLIC)
def results(actor: Actor) -> str:
    """The revealed prizes, and before the first one when the ceremony is."""
    epoch, rev = live.version(actor.edition, "public")
    return render_template(
        "awards/results.html", groups=grouped(queries.revealed(actor.edition)), ceremony=queries.ceremony_at(actor.edition),
        of=len(queries.reveal_order(actor.edition)), live={"epoch": epoch, "rev": rev},
    )  # fmt: skip


def grouped(revealed: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Revealed prizes by their rank: grand, excellence, special, whatever came first on stage."""
    ranks = ("grand", "excellence", "special")
    told = sorted({one["prize"]["group"] for one in revealed}, key=lambda group: ranks.index(group) if group in ranks else len(ranks))
    return [(group, [one for one in revealed if one["prize"]["group"] == group]) for group in told]


@blueprint.get("/archive")
@access(Role.PUBLIC)
def archive(actor: Actor) -> str:
    """Earlier years, and this one once it has begun to be known."""
    return render_template(
        "awards/archive.html", current=queries.revealed(actor.edition), past=queries.past_editions(actor.edition),
        archives=[load_archive(slug) for slug in ARCHIVES],
    )  # fmt: skip


@blueprint.get("/archive/<slug>")
@access(Role.PUBLIC)
def archived(actor: Actor, slug: str) -> str:
    """The published winners of one year."""
    if slug in ARCHIVES:
        found = load_archive(slug)
        bodies = queries.bodies_by_code(winner.body for winner in found.winners)
        return render_template("awards/archived.html", year=found, bodies=bodies, groups=None)
    past: Edition | None = next((one for one in queries.past_editions(actor.edition) if one.slug == slug), None)
    if past is None:
        raise Refusal("page.missing")
    return render_template("awards/archived.html", year=past, bodies={}, groups=grouped(queries.revealed(past)))


# --- the auditor -----------------------------------------------------------------------------------------------------------


@blueprint.get("/auditor")
@access(Role.AUDITOR)
def auditor(actor: Actor) -> str:
    """The journal, newest first, its head, whether its chain holds, and the evidence after the seal."""
    lines, sealed = journal.lines(actor.edition), queries.sealed(actor.edition)
    before = request.args.get("before", "")
    last = min(int(before) - 1, len(lines)) if before.isdecimal() and len(before) < 10 else len(lines)
    shown = [line | {"details": {}} if sealed is None and line["act"] in OF_THE_RESULT else line for line in lines]
    return render_template(
        "awards/auditor.html", lines=shown[max(last - LINES, 0) : max(last, 0)][::-1], total=len(lines), head=journal.head(actor.edition),
        findings=journal.findings(lines), seal=sealed, signing=queries.sealing_state(actor.edition),
    )  # fmt: skip


@blueprint.get("/auditor/evidence.zip")
@access(Role.AUDITOR)
def evidence_zip(actor: Actor) -> Response:
    """The evidence of the sealed result, to be recounted anywhere."""
    response = Response(evidence.bundle(actor.edition), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{actor.edition.slug}-evidence.zip"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
