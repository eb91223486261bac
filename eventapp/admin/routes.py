"""The secretariat's desk: how the edition stands, its phase, everybody's link."""

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from eventapp import backup, links
from eventapp.access import Actor, Role, access
from eventapp.accounts.queries import ROLE_NAMES
from eventapp.admin import queries
from eventapp.admin.operations import move_phase, reissue_link
from eventapp.extensions import db
from eventapp.models import Link
from eventapp.screening.queries import desk_counts

blueprint = Blueprint("admin", __name__)


def base() -> str:
    """The address that links and QR codes are printed with."""
    return str(current_app.config["EVENTAPP_SETTINGS"].base_url) + request.script_root


@blueprint.get("/desk")
@access(Role.SECRETARIAT)
def desk(actor: Actor) -> str:
    kept = backup.standing(current_app.config["EVENTAPP_SETTINGS"])
    return render_template("desk/desk.html", facts=queries.facts(actor.edition), screening=desk_counts(actor.edition), backup=kept)


@blueprint.post("/desk/phase")
@access(Role.SECRETARIAT)
def phase(actor: Actor) -> Response:
    """The phase of the year, one step at a time."""
    move_phase(actor, phase=request.form.get("phase", ""), from_=request.form.get("from", ""))
    return redirect(url_for("admin.desk"), 303)


@blueprint.get("/handbook")
@access(Role.PUBLIC)
def handbook(_actor: Actor) -> str:
    """What each role does, in order, and what to do when the application refuses."""
    return render_template("handbook/handbook.html", refusals=queries.refusal_rows())


@blueprint.get("/desk/people")
@access(Role.SECRETARIAT)
def people(actor: Actor) -> str:
    """Everybody's link to hand out; seats have their cards."""
    rows = [(link, f"{base()}/link/{links.token_of(link)}") for link in queries.personal_links(actor.edition)]
    return render_template("desk/people.html", rows=rows, role_names=ROLE_NAMES)


@blueprint.post("/desk/people/<int:link>")
@access(Role.SECRETARIAT)
def reissue(actor: Actor, link: int) -> Response:
    if db.session.scalars(select(Link).where(Link.id == link, Link.edition_id == actor.edition.id)).first() is None:
        abort(404)
    reissue_link(actor, link)
    return redirect(url_for("seating.seats" if request.form.get("back") == "seats" else "admin.people"), 303)
