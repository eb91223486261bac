"""The doors to the ballots: a list of what the sealed result counted, and one button per entry that opens it and says so."""

from typing import Any

from flask import Blueprint, make_response, render_template, request
from flask.wrappers import Response

from eventapp.access import Actor, Role
from eventapp.awards import queries
from eventapp.awards.ballots import operations
from eventapp.awards.ballots.queries import sealed_result
from eventapp.awards.sealers import queries as room
from eventapp.awards.sealers.routes import HOMES, open_doors
from eventapp.rules.refusal import Refusal

blueprint = Blueprint("ballots", __name__)

OPENING = HOMES | {Role.AUDITOR: "auditor"}


def page_of(actor: Actor, opened: dict[str, Any] | None = None) -> Response:
    """Prizes and standings of the sealed result; with the ballots of one entry when they were opened. Never kept by a cache."""
    if actor.role is not Role.AUDITOR and not queries.is_sealer(actor):
        raise Refusal("result.reserved")
    seal = queries.sealed(actor.edition)
    if seal is None:
        raise Refusal("ballots.sealed")
    page = render_template(
        "awards/ballots.html", found=sealed_result(seal), opened=opened, home=OPENING[actor.role], seal=seal,
        contests=room.contest_facts(actor.edition), entries={entry.number: entry for entry in queries.finalists(actor.edition)},
        prizes={code: queries.prize_facts(actor.edition, code) for code in queries.prize_codes(actor.edition)},
    )  # fmt: skip
    response = make_response(page)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def ballots(actor: Actor) -> Response:
    return page_of(actor)


def open_(actor: Actor) -> Response:
    """Journalled, therefore a POST: no link and no reload opens ballots unnoticed."""
    found = operations.open_ballots(actor, contest=request.form.get("contest", ""), entry=request.form.get("entry", ""))
    return page_of(actor, found)


open_doors((("", "GET", ballots, tuple(OPENING)), ("/open", "POST", open_, tuple(OPENING))), to=blueprint, below="/ballots", homes=OPENING)
