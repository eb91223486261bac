"""The doors of the sealers' room: the same ones for chair, deputy and secretariat, each at the home of its role."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from eventapp.access import Actor, Role, access
from eventapp.awards import operations, queries
from eventapp.awards.forms import DecisionForm, SignForm
from eventapp.refusals import CATALOGUE, text_of
from eventapp.rules.refusal import Refusal

blueprint = Blueprint("sealers", __name__)

HOMES = {Role.CHAIR: "chair", Role.DEPUTY: "deputy", Role.SECRETARIAT: "desk"}
Answered = AnyResponse | str | tuple[str, int]
View = Callable[[Actor], Answered]


def page_of(actor: Actor, *, error: Refusal | None = None) -> Answered:
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
        return page_of(actor, error=refusal)
    flash(done, "ok")
    return redirect(url_for(f"sealers.{HOMES[actor.role]}_result"), 303)


def result(actor: Actor) -> Answered:
    return page_of(actor)


def sign(actor: Actor) -> Answered:
    return act(actor, lambda: operations.sign_result(actor, hash=SignForm().hash.data or ""), "署名しました。")


def decide(actor: Actor) -> Answered:
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


# path below /<home>/result, method, view, who; the endpoint is <home>_<view>
DOORS: tuple[tuple[str, str, View, tuple[Role, ...]], ...] = (
    ("", "GET", result, tuple(HOMES)),
    ("/sign", "POST", sign, tuple(HOMES)),
    ("/decide", "POST", decide, (Role.CHAIR, Role.DEPUTY)),
)


def open_doors(table: tuple[tuple[str, str, View, tuple[Role, ...]], ...], *, to: Blueprint) -> None:
    """Every view of the table at `/<home>/result<path>` of each of its roles, and nobody else's."""
    for path, method, view, roles in table:
        for role in roles:
            home = HOMES[role]
            to.add_url_rule(f"/{home}/result{path}", f"{home}_{view.__name__}", access(role)(view), methods=[method])


open_doors(DOORS, to=blueprint)
