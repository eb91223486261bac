"""The pages behind the QR codes (GET shows, POST counts the visit), and the reception's desk with the sheets to print."""

from flask import Blueprint, current_app, redirect, render_template, request, session
from werkzeug.wrappers import Response

from eventapp.access import COOKIE, Actor, Role, access, session_key
from eventapp.attend import queries
from eventapp.attend.operations import record_visit
from eventapp.attend.queries import Target
from eventapp.sessions import keep

blueprint = Blueprint("attend", __name__)


def session_target(actor: Actor, code: str) -> Target | None:
    return queries.target(actor.edition, "session", code)


def booth_target(actor: Actor, code: str) -> Target | None:
    return queries.target(actor.edition, "booth", code)


def page_of(actor: Actor, target: Target) -> str:
    """The page of a session or booth, with this device's stamps; opening it counts nothing."""
    stamps = queries.visited(actor.edition, session_key(request.cookies.get(COOKIE, "")))
    return render_template(
        "attend/target.html", target=target, stamps=stamps, total=len(queries.targets(actor.edition)),
        count=queries.visit_counts(actor.edition).get((target.kind, target.code), 0),
        slots=queries.presentations(target.block) if target.block else [],
    )  # fmt: skip


def count_visit(actor: Actor, target: Target) -> Response:
    """Count the visit of this browser and show the page; the browser's session is the device, no person."""
    session["visits"] = int(session.get("visits", 0)) + 1
    record_visit(actor, target, keep(session))
    return redirect(request.script_root + target.path, 303)


@blueprint.get("/s/<code>")
@access(Role.PUBLIC, code=session_target)
def session_page(actor: Actor, code: Target) -> str:
    return page_of(actor, code)


@blueprint.post("/s/<code>")
@access(Role.PUBLIC, code=session_target)
def visit_session(actor: Actor, code: Target) -> Response:
    return count_visit(actor, code)


@blueprint.get("/b/<code>")
@access(Role.PUBLIC, code=booth_target)
def booth_page(actor: Actor, code: Target) -> str:
    return page_of(actor, code)


@blueprint.post("/b/<code>")
@access(Role.PUBLIC, code=booth_target)
def visit_booth(actor: Actor, code: Target) -> Response:
    return count_visit(actor, code)


@blueprint.get("/reception")
@access(Role.RECEPTION, Role.SECRETARIAT)
def reception(actor: Actor) -> str:
    counts = queries.visit_counts(actor.edition)
    return render_template(
        "attend/reception.html", targets=queries.targets(actor.edition), counts=counts, devices=queries.device_count(actor.edition)
    )


@blueprint.get("/reception/sheets")
@access(Role.RECEPTION, Role.SECRETARIAT)
def sheets(actor: Actor) -> str:
    """A4 sheets to print, one per session and booth, or the one that `only` names."""
    only = request.args.get("only", "")
    shown = [target for target in queries.targets(actor.edition) if only in ("", target.code)]
    base = current_app.config["EVENTAPP_SETTINGS"].base_url + request.script_root
    return render_template("attend/sheets.html", targets=shown, base=base)
