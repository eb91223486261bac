"""Links and codes: GET shows who it is for, POST signs in; the page then follows the role."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from eventapp import links
from eventapp.access import Actor, Role, access
from eventapp.accounts.forms import CodeForm
from eventapp.accounts.operations import count_attempt, is_locked, open_link, sign_out
from eventapp.accounts.queries import ROLE_NAMES
from eventapp.models import Link
from eventapp.refusals import text_of
from eventapp.rules.refusal import Refusal
from eventapp.sessions import keep, renew

blueprint = Blueprint("accounts", __name__)

HOMES = {
    Role.ENTRANT: "/entries", Role.SCREENER: "/screening", Role.JUDGE: "/judge", Role.DIRECTOR: "/director", Role.MC: "/mc",
    Role.SWITCHER: "/switcher", Role.RECEPTION: "/reception", Role.CHAIR: "/chair", Role.DEPUTY: "/deputy",
    Role.SECRETARIAT: "/desk", Role.AUDITOR: "/auditor", Role.SCREEN: "/screen/hall",
}  # fmt: skip


def living_link(actor: Actor, token: str) -> Link:
    link = links.link_of(token, actor.edition)
    if link is None:
        raise Refusal("link.invalid")
    return link


def enter_page(link: Link, *, error: Refusal | None = None) -> str:
    holder = link.seat.name if link.seat else link.person.name if link.person else ROLE_NAMES[link.role]
    return render_template(
        "accounts/enter.html", link=link, holder=holder, role_name=ROLE_NAMES[link.role], form=CodeForm(),
        error=error and text_of(error), occupied=error is not None,
    )  # fmt: skip


def enter(actor: Actor, link: Link, *, code_given: bool) -> Response:
    """Sign this browser in and go to the role's page."""
    renew(session)
    session["entered"] = int(session.get("entered", 0)) + 1
    open_link(actor, link.id, keep(session), code_given=code_given)
    home = request.script_root + HOMES[Role(link.role)]
    return redirect(f"{home}?seat={link.seat.label}" if link.seat else home, 303)


@blueprint.get("/link/<token>")
@access(Role.PUBLIC)
def show_link(actor: Actor, token: str) -> str:
    return enter_page(living_link(actor, token))


@blueprint.post("/link/<token>")
@access(Role.PUBLIC)
def enter_by_link(actor: Actor, token: str) -> Any:
    link = living_link(actor, token)
    typed = CodeForm().code.data or ""
    code_given = bool(typed) and link.code_hash is not None and links.code_hash(typed) == link.code_hash
    if typed and is_locked(f"link:{link.id}"):
        raise Refusal("code.locked")
    if typed and not code_given:
        count_attempt(actor, f"link:{link.id}")
        return enter_page(link, error=Refusal("code.wrong")), 400
    try:
        return enter(actor, link, code_given=code_given)
    except Refusal as refusal:
        if refusal.code != "seat.occupied":
            raise
        return enter_page(link, error=refusal), 409


@blueprint.get("/code")
@access(Role.PUBLIC)
def code(_actor: Actor) -> str:
    return render_template("accounts/code.html", form=CodeForm(), error=None)


@blueprint.post("/code")
@access(Role.PUBLIC)
def enter_by_code(actor: Actor) -> Any:
    """The card's eight letters instead of its QR; five wrong ones with the same beginning lock that beginning for a while."""
    form = CodeForm()
    typed = form.code.data or ""
    bucket = f"code:{links.plain_code(typed)[:4]}"  # as it is looked up: another spelling of it is no new try
    if is_locked(bucket):
        raise Refusal("code.locked")
    link = links.link_by_code(typed, actor.edition)
    if link is None:
        count_attempt(actor, bucket)
        return render_template("accounts/code.html", form=form, error=text_of(Refusal("code.wrong"))), 400
    return enter(actor, link, code_given=True)


@blueprint.post("/signout/<role>")
@access(Role.PUBLIC)
def leave(actor: Actor, role: str) -> Response:
    sign_out(actor, keep(session), role)
    return redirect(url_for("programme.public"), 303)
