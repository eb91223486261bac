"""Pages of the ceremony: proofing words, naming persons, and the pack that they open by a button that is journalled."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from eventapp.access import Actor, Role, access
from eventapp.awards import queries as awards
from eventapp.ceremony import operations, queries
from eventapp.ceremony.forms import ConfirmForm, PersonForm, WordingForm
from eventapp.entries import queries as entries
from eventapp.refusals import CATALOGUE, text_of
from eventapp.rules.refusal import Refusal

blueprint = Blueprint("ceremony", __name__)

Answered = AnyResponse | str | tuple[str, int]


@blueprint.app_context_processor
def for_boards() -> dict[str, Any]:
    """`pack_of(actor)`, for the chair's board."""
    return {"pack_of": lambda actor: {"people": queries.pack_people(actor.edition), "openings": queries.openings(actor.edition)}}


# --- words -----------------------------------------------------------------------------------------------------------------


def any_proof(actor: Actor, number: str) -> queries.Proof | None:
    return queries.proof_named(actor.edition, number)


def own_proof(actor: Actor, number: str) -> queries.Proof | None:
    own = entries.own_entry(actor, number)
    return queries.proof_named(actor.edition, number) if own is not None else None


@blueprint.get("/desk/wording")
@access(Role.SECRETARIAT)
def wordings(actor: Actor) -> str:
    """All finalists in stage order: whose words are missing, unconfirmed or confirmed."""
    return render_template("ceremony/wordings.html", proofs=queries.proofs(actor.edition), to="ceremony.desk_wording", home="admin.desk")


@blueprint.get("/desk/wording/<entry>")
@access(Role.SECRETARIAT, entry=any_proof)
def desk_wording(actor: Actor, entry: queries.Proof) -> Answered:
    return wording_page(actor, entry)


def wording_page(actor: Actor, proof: queries.Proof, *, error: Refusal | None = None) -> Answered:
    """One finalist's words as they will be seen; the secretariat may change them, the coordinator confirms."""
    office = actor.role is Role.SECRETARIAT
    form = WordingForm(data={
        "first": "".join(proof.words.broadcast[:1]), "second": "".join(proof.words.broadcast[1:2]), "short": proof.words.short,
        "title_ruby": proof.words.title_ruby, "short_ruby": proof.words.short_ruby, "body_reading": proof.words.body_reading,
    })  # fmt: skip
    for field in form:
        field.data = "".join(letter for letter in str(field.data or "") if letter.isprintable())  # shown again, and HTML has no bells
    page = render_template(
        "ceremony/wording.html", proof=proof, form=form, office=office, error=error and text_of(error),
        may_confirm=office or entries.submits(actor, proof.entry),
    )  # fmt: skip
    return (page, CATALOGUE[error.code].status) if error else page


@blueprint.post("/desk/wording/<entry>")
@access(Role.SECRETARIAT, entry=any_proof)
def change(actor: Actor, entry: queries.Proof) -> Answered:
    form = WordingForm()
    words = {name: str(form[name].data or "") for name in ("short", "title_ruby", "short_ruby", "body_reading")}
    lines = [form.first.data or "", form.second.data or ""]
    try:
        operations.change_wording(actor, entry.entry, broadcast=lines, **words)
    except Refusal as refusal:
        return wording_page(actor, entry, error=refusal)
    flash("表記を保存しました。", "ok")
    return redirect(url_for("ceremony.desk_wording", entry=entry.entry.number), 303)


@blueprint.post("/desk/wording/<entry>/confirm")
@access(Role.SECRETARIAT, entry=any_proof)
def desk_confirm(actor: Actor, entry: queries.Proof) -> Answered:
    return confirm(actor, entry, "ceremony.desk_wording")


def confirm(actor: Actor, proof: queries.Proof, back: str) -> Answered:
    try:
        operations.confirm_wording(actor, proof.entry, sha256=ConfirmForm().sha256.data or "")
    except Refusal as refusal:
        return wording_page(actor, proof, error=refusal)
    flash("この表記で確認しました。", "ok")
    return redirect(url_for(back, entry=proof.entry.number), 303)


@blueprint.get("/wording")
@access(Role.ENTRANT)
def own_wordings(actor: Actor) -> str:
    """The words of the body's own finalists."""
    own = {entry.number for entry in entries.own_entries(actor)}
    found = [one for one in queries.proofs(actor.edition) if one.entry.number in own]
    return render_template("ceremony/wordings.html", proofs=found, to="ceremony.own_wording", home="entries.entries")


@blueprint.get("/wording/<entry>")
@access(Role.ENTRANT, entry=own_proof)
def own_wording(actor: Actor, entry: queries.Proof) -> Answered:
    return wording_page(actor, entry)


@blueprint.post("/wording/<entry>")
@access(Role.ENTRANT, entry=own_proof)
def own_confirm(actor: Actor, entry: queries.Proof) -> Answered:
    """The body's coordinator confirms; a colleague is refused as at submitting."""
    if not entries.submits(actor, entry.entry):
        return wording_page(actor, entry, error=Refusal("submission.reserved"))
    return confirm(actor, entry, "ceremony.own_wording")


# --- the pack ----------------------------------------------------------------------------------------------------------------


@blueprint.get("/ceremony")
@access(*queries.NAMEABLE)
def pack(actor: Actor) -> Answered:
    """The gate: what may be opened, by whom, and what was; it knows no winner. For sealers and named persons."""
    return pack_page(actor)


def pack_page(actor: Actor, *, error: Refusal | None = None) -> Answered:
    sealer, named = awards.is_sealer(actor), queries.is_in_pack(actor)
    if not (sealer or named):
        raise Refusal("pack.reserved")
    page = render_template(
        "ceremony/pack.html", sealer=sealer, named=named, people=queries.pack_people(actor.edition), most=queries.MOST,
        nameable=queries.nameable(actor.edition), openings=queries.openings(actor.edition), error=error and text_of(error),
        sealed=awards.sealed(actor.edition) is not None, documents=queries.DOCUMENTS,
    )  # fmt: skip
    return (page, CATALOGUE[error.code].status) if error else page


@blueprint.post("/ceremony/people/<act>")
@access(*queries.NAMEABLE)
def name(actor: Actor, act: str) -> Answered:
    """A sealer names a person, or takes the name back."""
    acts: dict[str, Callable[..., None]] = {"add": operations.name_person, "remove": operations.unname_person}
    if act not in acts:
        raise Refusal("page.missing")
    try:
        acts[act](actor, person=PersonForm().person.data or 0)
    except Refusal as refusal:
        return pack_page(actor, error=refusal)
    return redirect(url_for("ceremony.pack"), 303)


@blueprint.post("/ceremony/<document>")
@access(*queries.NAMEABLE)
def open_document(actor: Actor, document: str) -> Answered:
    """Open one document of the pack: the answer itself, so that nothing with a winner has an address to come back to."""
    if document not in ("walking", "cards"):
        raise Refusal("page.missing")
    try:
        seal = operations.open_pack(actor, document=document)
    except Refusal as refusal:
        return pack_page(actor, error=refusal)
    response = Response(render_template(
        f"ceremony/{document}.html", order=queries.walking_order(actor.edition, seal), ceremony=awards.ceremony_at(actor.edition)
    ))  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    return response
