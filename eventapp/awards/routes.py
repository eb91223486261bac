"""The director's reveal, what the public may read, the auditor's journal and evidence."""

from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from eventapp import clock, journal, live
from eventapp.access import Actor, Role, access, grants
from eventapp.awards import evidence, operations, queries
from eventapp.awards.forms import StepForm
from eventapp.awards.published.queries import beside
from eventapp.awards.sections import reveal_now
from eventapp.models import Edition
from eventapp.presets import load_archive
from eventapp.refusals import text_of
from eventapp.rules.refusal import Refusal
from eventapp.rules.tally_numbers import decimal
from eventapp.text import lang

blueprint = Blueprint("awards", __name__)

ARCHIVES = ("connect-day-2024",)  # editions of which only the published winners are known
OF_THE_RESULT = ("decision.recorded", "decider.recused", "result.voided")  # acts whose details name entries and ties: shown after the seal
PEEK_S = 6  # how long a winner stands on the console
LINES = 100  # of the journal on one page


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


# --- the reveal ------------------------------------------------------------------------------------------------------------


@blueprint.get("/director/reveal")
@access(Role.DIRECTOR, Role.SECRETARIAT)
def reveal(actor: Actor) -> str:
    """The reveal's console: it knows no winner before its step, so nobody reads one over a shoulder."""
    return console(actor)


def console(actor: Actor, *, peeked: dict[str, Any] | None = None) -> str:
    """The console; `peeked` holds what a sealer at it asked to see for a moment."""
    epoch, rev = live.version(actor.edition, "crew")
    told = reveal_now(actor.edition)
    order = [queries.prize_facts(actor.edition, code) for code in queries.reveal_order(actor.edition)]
    return render_template(
        "awards/reveal.html", reveal=told, order=order, ready=queries.sealed(actor.edition) is not None,
        revealed={one["prize"]["code"]: one["winners"] for one in told["revealed"]}, script_lines=queries.script_lines(told),
        live={"epoch": epoch, "rev": rev}, peeked=peeked, peek_s=PEEK_S,
        may_peek=any(queries.may_peek(grant.person) for grant in grants(*queries.SEALING, Role.DIRECTOR)),
    )  # fmt: skip


@blueprint.post("/director/reveal/peek")
@access(Role.CHAIR, Role.DEPUTY, Role.SECRETARIAT, Role.DIRECTOR)
def peek_reveal(actor: Actor) -> Response:
    """The next winner for who may know it, for a few seconds: the page turns away by itself, also without JavaScript."""
    try:
        peeked = operations.peek(actor)
    except Refusal as refusal:
        if refusal.code == "peek.reserved":
            raise
        flash(text_of(refusal, lang()), "error")
        return make_response(redirect(url_for("awards.reveal"), 303))
    response = make_response(console(actor, peeked=peeked))
    response.headers["Refresh"] = f"{PEEK_S}; url={url_for('awards.reveal')}"
    response.headers["Cache-Control"] = "private, no-store"
    return response


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
        "awards/results.html", groups=grouped(actor.edition), ceremony=queries.ceremony_at(actor.edition),
        of=len(queries.reveal_order(actor.edition)), live={"epoch": epoch, "rev": rev},
    )  # fmt: skip


def grouped(edition: Edition) -> list[tuple[str, list[dict[str, Any]]]]:
    """Revealed prizes with comments and corrections, by their rank: grand, excellence, special, whatever came first on stage."""
    revealed = beside(edition, queries.revealed(edition))
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
    return render_template("awards/archived.html", year=past, bodies={}, groups=grouped(past))


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
