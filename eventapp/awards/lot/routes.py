"""The doors of the public lot: everybody reads it, the hall's screen shows it, the sealers' homes run it by plain forms."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.wrappers import Response

from eventapp import clock, live
from eventapp.access import Actor, Role, access
from eventapp.awards.forms import LotForm
from eventapp.awards.lot import operations, queries
from eventapp.awards.sealers.routes import HOMES, Answered, Table, open_doors
from eventapp.refusals import CATALOGUE, text_of
from eventapp.rules.refusal import Refusal
from eventapp.text import lang, t

blueprint = Blueprint("lot", __name__)

WATCHING = (Role.SCREEN, Role.DIRECTOR, Role.CHAIR, Role.DEPUTY, Role.MC, Role.SECRETARIAT, Role.SWITCHER)


def told(actor: Actor, channel: str, **values: Any) -> dict[str, Any]:
    """What every page of the lot shows, with the version of the channel that it follows."""
    epoch, rev = live.version(actor.edition, channel)
    return {"told": queries.picture(actor.edition), "live": {"epoch": epoch, "rev": rev}, **values}


@blueprint.get("/lot")
@access(Role.PUBLIC)
def public(actor: Actor) -> Response:
    """Promise, words, nonce and seed as they become known, and how to recompute them; no tie, no entry."""
    response = make_response(render_template("awards/lot.html", home="", error="", given="", **told(actor, "public")))
    response.headers["Cache-Control"] = "public, max-age=1"
    return response


@blueprint.get("/screen/lot")
@access(*WATCHING)
def screen(actor: Actor) -> str:
    """The same three steps in the size of a hall."""
    return render_template("awards/lot_screen.html", now=clock.now(actor.edition), **told(actor, "stage"))


def page_of(actor: Actor, *, error: Refusal | None = None, given: str = "") -> Answered:
    text = text_of(error, lang()) if error else ""
    page = render_template("awards/lot.html", home=HOMES[actor.role], error=text, given=given, **told(actor, "chair"))
    return (page, CATALOGUE[error.code].status) if error else page


def act(actor: Actor, do: Callable[[LotForm], object], done: str) -> Answered:
    form = LotForm()
    try:
        do(form)
    except Refusal as refusal:
        if refusal.code == "access.denied":
            raise
        return page_of(actor, error=refusal, given=form.words.data or "")
    flash(done, "ok")
    return redirect(url_for(f"lot.{HOMES[actor.role]}_lot"), 303)


def lot(actor: Actor) -> Answered:
    return page_of(actor)


def promise(actor: Actor) -> Answered:
    return act(actor, lambda _form: operations.promise_lot(actor), t("くじを約束しました。", "The lot is promised."))


def words(actor: Actor) -> Answered:
    done = t("会場のことばを記録しました。", "The hall's words are on record.")
    return act(actor, lambda form: operations.say_words(actor, words=form.words.data or ""), done)


def draw(actor: Actor) -> Answered:
    return act(actor, lambda _form: operations.draw_lot(actor), t("くじを引きました。", "The lot is drawn."))


def void(actor: Actor) -> Answered:
    done = t("約束を作り直しました。", "The lot was taken back and promised anew.")
    return act(actor, lambda form: operations.void_lot(actor, reason=form.reason.data or ""), done)


DOORS: Table = (
    ("", "GET", lot, tuple(HOMES)),
    ("/promise", "POST", promise, tuple(HOMES)),
    ("/words", "POST", words, tuple(HOMES)),
    ("/draw", "POST", draw, tuple(HOMES)),
    ("/void", "POST", void, tuple(HOMES)),
)
open_doors(DOORS, to=blueprint, below="/lot")
