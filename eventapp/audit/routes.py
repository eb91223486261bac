"""The journal's heads to keep outside, and the published receipts."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from eventapp import journal
from eventapp.access import Actor, Role, access, holds_seat
from eventapp.audit import queries
from eventapp.audit.operations import anchor_journal
from eventapp.rules.refusal import Refusal

blueprint = Blueprint("audit", __name__)

KEEPERS = (Role.SECRETARIAT, Role.AUDITOR, Role.CHAIR, Role.DEPUTY)
HOMES = {Role.SECRETARIAT: "admin.desk", Role.AUDITOR: "awards.auditor", Role.CHAIR: "boards.chair", Role.DEPUTY: "boards.deputy"}


@blueprint.get("/desk/journal")
@access(*KEEPERS)
def journal_page(actor: Actor) -> str:
    """Is the chain whole, what does its head read, and the moments whose heads are kept outside."""
    return render_template(
        "audit/journal.html", head=queries.newest(actor.edition), moments=queries.moments(actor.edition)[::-1],
        findings=journal.findings(journal.lines(actor.edition)), home=HOMES[actor.role],
    )  # fmt: skip


@blueprint.get("/desk/journal/<int:line>")
@access(*KEEPERS)
def sheet(actor: Actor, line: int) -> str:
    """The head after one line as a sheet to print; looking at it records nothing."""
    found = queries.moment(actor.edition, line)
    if found is None:
        raise Refusal("line.unknown")
    return render_template("audit/sheet.html", one=found, code=f"{actor.edition.slug} {found.line}:{found.head}")


@blueprint.post("/desk/journal/<int:line>")
@access(*KEEPERS)
def anchor(actor: Actor, line: int) -> AnyResponse:
    """Record that the head is kept outside, then show its sheet."""
    anchor_journal(actor, line=line)
    flash("控えたことを記録しました。印刷して、別の場所に保管してください。", "ok")
    return redirect(url_for("audit.sheet", line=line), 303)


@blueprint.get("/receipts")
@access(Role.PUBLIC)
def receipts(actor: Actor) -> Response:
    """The receipts that count, without contents, times or seats; with `code`, whether this one is among them."""
    found, code = queries.receipts(actor.edition), request.args.get("code", "").strip()[:40]
    asked = queries.standing_of(actor.edition, code) if code and found is not None else None
    response = Response(render_template("audit/receipts.html", polls=found, code=code, asked=asked))
    response.headers["Cache-Control"] = "no-store"  # a code is the judge's own
    return response


@blueprint.get("/judge/receipts")
@access(Role.JUDGE)
def own_receipts(actor: Actor) -> str:
    """The seat's own receipts, and whether they are on the published list."""
    if not holds_seat(actor):
        raise Refusal("seat.taken_over")
    given = list(queries.receipts_of(actor.edition, actor.seat)) if actor.seat else []
    published = {(one.contest, code) for one in queries.receipts(actor.edition) or () for code in one.codes}
    is_published = queries.receipts(actor.edition) is not None
    return render_template("audit/own_receipts.html", given=given, published=published, is_published=is_published)
