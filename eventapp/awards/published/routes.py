"""The doors of what is published: comments per prize and corrections, at the sealers' homes, by plain forms."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for

from eventapp.access import Actor
from eventapp.awards import queries as awards
from eventapp.awards.forms import PublishedForm
from eventapp.awards.published import operations, queries
from eventapp.awards.sealers.routes import HOMES, Answered, Table, open_doors
from eventapp.refusals import CATALOGUE, text_of
from eventapp.rules.refusal import Refusal
from eventapp.text import lang, t

blueprint = Blueprint("published", __name__)


def page_of(actor: Actor, *, error: Refusal | None = None) -> Answered:
    """Every prize in the order of the reveal for a sealer; the revealed ones only for the rest of the office."""
    edition, is_sealer = actor.edition, awards.is_sealer(actor)
    order = awards.reveal_order(edition)
    revealed = {one["prize"]["code"]: one for one in queries.beside(edition, awards.revealed(edition))}
    page = render_template(
        "awards/published.html", home=HOMES[actor.role], is_sealer=is_sealer, revealed=revealed, remarks=queries.remarks(edition),
        prizes=[awards.prize_facts(edition, code) for code in order if is_sealer or code in revealed],
        due=queries.due(edition) if is_sealer else {}, proposals=queries.proposals(edition) if is_sealer else {},
        sealed=awards.sealed(edition) is not None, most=operations.MOST_REMARK, given=request.form,
        error=error and text_of(error, lang()),
    )  # fmt: skip
    return (page, CATALOGUE[error.code].status) if error else page


def act(actor: Actor, do: Callable[[PublishedForm], object], done: str) -> Answered:
    form = PublishedForm()
    try:
        do(form)
    except Refusal as refusal:
        if refusal.code in ("result.reserved", "access.denied"):
            raise
        return page_of(actor, error=refusal)
    flash(done, "ok")
    return redirect(url_for(f"published.{HOMES[actor.role]}_published"), 303)


def published(actor: Actor) -> Answered:
    return page_of(actor)


def remark(actor: Actor) -> Answered:
    done = t("講評を保存しました。", "The comment is saved.")
    return act(actor, lambda form: operations.write_remark(actor, prize=form.prize.data or "", text=form.text.data or ""), done)


def unseal(actor: Actor) -> Answered:
    done = t("結果の確定を取り消しました。数え直した結果に、2名が署名してください。", "Unsealed. Two sealers sign the new result.")
    return act(actor, lambda form: operations.unseal_result(actor, reason=form.reason.data or ""), done)


def propose(actor: Actor) -> Answered:
    done = t("訂正案を作りました。ほかの署名者の確認を待っています。", "The correction waits for another sealer.")
    return act(
        actor, lambda form: operations.propose_correction(actor, prize=form.prize.data or "", reason=form.reason.data or ""), done
    )  # fmt: skip


def confirm(actor: Actor) -> Answered:
    done = t("訂正しました。結果のページに訂正として載っています。", "Corrected; the results page says so.")
    return act(actor, lambda form: operations.confirm_correction(actor, prize=form.prize.data or ""), done)


DOORS: Table = (
    ("", "GET", published, tuple(HOMES)),
    ("/remark", "POST", remark, tuple(HOMES)),
    ("/unseal", "POST", unseal, tuple(HOMES)),
    ("/propose", "POST", propose, tuple(HOMES)),
    ("/confirm", "POST", confirm, tuple(HOMES)),
)
open_doors(DOORS, to=blueprint, below="/published")
