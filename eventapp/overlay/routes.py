"""The transparent pages of the live stream, and the stream desk; every button is a form of the same command."""

import secrets
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp import clock, commands, links, live
from eventapp.access import Actor, Role, access, screen_token
from eventapp.live import View
from eventapp.overlay import queries

blueprint = Blueprint("overlay", __name__)

CHROMA = "00ff00"
DESK = (Role.SWITCHER, Role.DIRECTOR)
NAMES = {
    "lower-third": "発表者の名前と題名", "timer": "発表の残り時間", "vote-progress": "審査中の席数", "award-reveal": "受賞の発表",
    "auto": "進行に合わせて全部",
}  # fmt: skip


@blueprint.get("/overlay/<scene>")
@access(Role.SCREEN, Role.SWITCHER, Role.DIRECTOR, Role.SECRETARIAT)
def overlay(actor: Actor, scene: str) -> str:
    """A page of 1920 × 1080, transparent outside its graphics; it carries no data, its script follows the channel."""
    if scene not in queries.SCENES:
        abort(404)
    return render_template(
        "overlay/scene.html", scene=scene, token=screen_token(), key=CHROMA if request.args.get("key") == CHROMA else None,
        guides=_on("guides"), captions=_on("captions"),
    )  # fmt: skip


def _on(name: str) -> bool:
    return request.args.get(name, "") not in ("", "0")


@blueprint.get("/switcher")
@access(*DESK)
def switcher(actor: Actor) -> str:
    edition = actor.edition
    view = View(edition, clock.now(edition))
    link = queries.screen_link(edition)
    token = links.token_of(link) if link else ""
    epoch, rev = live.version(edition, "overlay")
    return render_template(
        "overlay/switcher.html", now=view.now, names=NAMES, layers=queries.layers(view), air=queries.air(view),
        addresses=[(scene, url_for("overlay.overlay", scene=scene, token=token, _external=True)) for scene in queries.SCENES if link],
        reports=queries.reports(edition), real=clock.real(), live={"epoch": epoch, "rev": rev},
    )  # fmt: skip


@blueprint.post("/switcher/show")
@access(*DESK)
def show(actor: Actor) -> Response:
    return _command("overlay.show", layer=request.form.get("layer", ""))


@blueprint.post("/switcher/clear")
@access(*DESK)
def clear(actor: Actor) -> Response:
    return _command("overlay.clear")


def _command(name: str, **args: Any) -> Response:
    answer = commands.give(secrets.token_hex(12), name, args)
    if not answer["ok"]:
        flash(answer["text"], "error")
    return redirect(url_for("overlay.switcher"), 303)
