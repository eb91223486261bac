"""The doors of the sealers' room: the same ones for chair, deputy and secretariat, each at the home of its role."""

from collections.abc import Callable, Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from eventapp.access import Actor, Role, access
from eventapp.awards import operations, queries
from eventapp.awards.forms import DecisionForm, RecusalForm, SignForm
from eventapp.awards.lot.queries import picture as lot_picture
from eventapp.awards.sealers import queries as room
from eventapp.refusals import CATALOGUE, text_of
from eventapp.rules.refusal import Refusal
from eventapp.text import lang, t

blueprint = Blueprint("sealers", __name__)

HOMES = {Role.CHAIR: "chair", Role.DEPUTY: "deputy", Role.SECRETARIAT: "desk"}
Answered = AnyResponse | str | tuple[str, int]
View = Callable[[Actor], Answered]
Table = tuple[tuple[str, str, View, tuple[Role, ...]], ...]


def page_of(actor: Actor, *, error: Refusal | None = None) -> Answered:
    """The result with its reasons for a named sealer; without any number while a poll is open. Opening changes nothing."""
    if not queries.is_sealer(actor):
        raise Refusal("result.reserved")
    edition = actor.edition
    files = queries.tally_files(edition) if queries.may_count(edition) else None
    found = queries.counted(files) if files else None
    disputes = {
        prize["id"]: queries.in_dispute(files, prize=prize["id"], step=prize["needs"])
        for prize in (found["prizes"] if found else ()) if files and prize["needs"] in ("chair", "lot")
    }  # fmt: skip
    page = render_template(
        "awards/result.html", found=found, awards=room.awards(edition, found) if found else [], contests=room.contest_facts(edition),
        disputes=disputes, deciders={prize: room.deciders(edition, tied) for prize, tied in disputes.items()},
        signing=queries.signing(actor, found), home=HOMES[actor.role], decides=actor.role in room.DECIDING,
        sealers=queries.sealers(edition), polls=queries.open_polls(edition), lot=lot_picture(edition),
        entries={entry.number: entry for entry in queries.finalists(edition)},
        prizes={code: queries.prize_facts(edition, code) for code in queries.prize_codes(edition)}, given=request.form,
        error=error and text_of(error, lang()),
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
    return act(actor, lambda: operations.sign_result(actor, hash=SignForm().hash.data or ""), t("署名しました。", "You have signed."))


def decide(actor: Actor) -> Answered:
    """The chair's order by `rank-<entry>` = place, or `leave`: to the next step."""
    form = DecisionForm()
    order = "" if form.leave.data else order_of(request.form)
    prize, step, reason = (field.data or "" for field in (form.prize, form.step, form.reason))
    return act(
        actor,
        lambda: operations.decide(actor, prize=prize, step=step, value=order, reason=reason),
        t("決定を記録しました。前の署名は無効です。", "The decision is on record; earlier signatures are void."),
    )


def order_of(form: MultiDict[str, str]) -> str:
    """The entries by the places given; a place missing or given twice makes an order that no rule accepts."""
    ranks = {name.removeprefix("rank-"): place for name, place in form.items() if name.startswith("rank-")}
    if sorted(ranks.values()) != sorted(str(place) for place in range(1, len(ranks) + 1)):
        return "?"
    return " ".join(sorted(ranks, key=lambda entry: int(ranks[entry]))) or "?"


def recuse(actor: Actor) -> Answered:
    form = RecusalForm()
    return act(
        actor,
        lambda: operations.declare_recusal(actor, entry=form.entry.data or "", reason=form.reason.data or ""),
        t("除斥の申し出を記録しました。", "Your recusal is on record."),
    )


# path below /<home>/result, method, view, who; the endpoint is <home>_<view>
DOORS: Table = (
    ("", "GET", result, tuple(HOMES)),
    ("/sign", "POST", sign, tuple(HOMES)),
    ("/decide", "POST", decide, tuple(HOMES)),
    ("/recuse", "POST", recuse, room.DECIDING),
)


def open_doors(table: Table, *, to: Blueprint, below: str, homes: Mapping[Role, str] = HOMES) -> None:
    """Every view of the table at `/<home><below><path>` of each of its roles, and nobody else's."""
    for path, method, view, roles in table:
        for role in roles:
            home = homes[role]
            to.add_url_rule(f"/{home}{below}{path}", f"{home}_{view.__name__}", access(role)(view), methods=[method])


open_doors(DOORS, to=blueprint, below="/result")
