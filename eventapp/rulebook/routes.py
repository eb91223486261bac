"""The rules of the count: the editor, its plain-text twin, the trial, versions and the freeze."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for

from eventapp.access import Actor, Role, access
from eventapp.extensions import socketio
from eventapp.refusals import CATALOGUE
from eventapp.refusals import text_of as refusal_text
from eventapp.rulebook import forms, operations, queries
from eventapp.rulebook.review import Review, review, review_text
from eventapp.rules.refusal import Refusal
from eventapp.rules.rulebook_draft import ContestDraft, GroupDraft, RulesDraft, steps_for, write_rules
from eventapp.rules.rulebook_japanese import step_label
from eventapp.rules.rulebook_trial import run_trial, summary
from eventapp.text import lang

blueprint = Blueprint("rulebook", __name__)
MOST_BYTES = 200_000
METHODS = {
    "choice": "選択(よいものを選ぶ)", "points": "順位点(順位を付ける)", "score": "採点(項目ごとに点を付ける)",
    "grade": "評語(段階で答える)",
}  # fmt: skip
Page = str | tuple[str, int]


# --- the editor --------------------------------------------------------------------------------------------------------------


@blueprint.get("/desk/rules")
@access(Role.SECRETARIAT)
def rules(actor: Actor) -> Page:
    """The rules in words beside their form; read-only once they are frozen. `from` opens an earlier version in the form."""
    edition, number = actor.edition, request.args.get("from", "")
    found = queries.version(edition, int(number)) if number.isdecimal() and len(number) < 9 else None
    draft = queries.draft_of_version(found) if found else queries.draft_of(edition)
    toml = write_rules(draft) if found else edition.rules_toml
    return editor(actor, draft, review(edition, draft, toml=toml.encode()), version=found, toml=toml)


def editor(actor: Actor, draft: RulesDraft, found: Review, **more: Any) -> str:
    """The page of the editor around a draft."""
    edition = actor.edition
    shown: dict[str, Any] = {
        "draft": draft, "review": found, "base": queries.fingerprint(edition), "frozen": queries.frozen(edition),
        "may_change": queries.may_change(edition), "begun": queries.begun(edition),
        "category_names": [(one.code, one.name) for one in edition.categories], "tag_names": list(queries.tags(edition, draft).items()),
        "group_names": [(one.code, one.name) for one in queries.groups(edition)], "method_names": METHODS, "steps_for": steps_for,
        "contest_names": [(one.id, one.name or one.id) for one in draft.contests],
        "sha256": operations.sha256(edition.rules_toml), "newest": next(iter(queries.versions(edition)), None),
        "commented": any(line.lstrip().startswith("#") for line in edition.rules_toml.splitlines()), "touched": "", "version": None,
        "reason": "", "conflict": None, "trial": None, "step_label": label_of_step, "who": who(actor),
        "wish": forms.TrialWish(voters=len(found.occasion.judges)),
    }  # fmt: skip
    return render_template("rulebook/rules.html", **{**shown, **more})


@blueprint.post("/desk/rules")
@access(Role.SECRETARIAT)
def edit(actor: Actor) -> Any:
    """One button of the editor: `save` keeps the draft; everything else shows it again, changed, checked or tried, and keeps nothing."""
    operations.refuse_frozen(actor.edition)
    draft, turned = forms.after_button(request.form)
    draft = with_groups(actor, draft)
    toml, wanted = write_rules(draft), request.form.get("do", "")
    found = review(actor.edition, draft, toml=toml.encode())
    more: dict[str, Any] = {"toml": toml, "base": request.form.get("base", ""), "reason": reason(), "touched": forms.touched(wanted)}
    if wanted == "save" and not turned:
        return keep(actor, draft, found, toml=toml, more=more)
    if wanted in ("contests add", "prizes add"):
        rows = draft.contests if wanted == "contests add" else draft.prizes
        more["touched"] = f"{wanted.split()[0]}-{len(rows) - 1}"
    if turned:
        more["touched"] = f"contests-{turned[0]}"
        flash("投票の方法を変えました。項目を確かめて、保存してください。まだ保存していません。", "wait")
    if wanted == "trial" and found.rulebook is not None:
        more |= tried(actor, draft, found)
    return editor(actor, draft, found, **more)


def with_groups(actor: Actor, draft: RulesDraft) -> RulesDraft:
    """Weights that were just switched on: every group with as much as it has seats, which changes nothing yet."""
    if not draft.weighted or draft.groups:
        return draft
    seats = Counter(judge.group for judge in queries.judges(actor.edition))
    rows = tuple(GroupDraft(group.code, str(seats[group.code])) for group in queries.groups(actor.edition) if seats[group.code])
    return replace(draft, groups=rows)


def label_of_step(step: str, contest: ContestDraft | None = None) -> str:
    return step_label(step, {row.id: row.name for row in contest.criteria} if contest else {})


def who(actor: Actor) -> Callable[[str], str]:
    """The name behind an actor of this edition's journal."""
    return partial(queries.person_named, actor.edition)


def keep(actor: Actor, draft: RulesDraft, found: Review, *, toml: str, more: dict[str, Any]) -> Any:
    """Save what is fit; otherwise, or when somebody was first, show the draft again with what stands in the way."""
    if not found.fit:
        return editor(actor, draft, found, **more), CATALOGUE["rules.malformed"].status
    now = queries.draft_of(actor.edition)
    if write_rules(now) == toml and queries.beside_of(now) == queries.beside_of(draft):
        flash("変更はありません。", "info")
        return redirect(url_for(".rules"), 303)
    try:
        number = operations.save_rules(actor, draft, toml=toml, base=more["base"], reason=more["reason"])
    except Refusal as refusal:
        if refusal.code != "rules.superseded":
            raise
        more |= {"conflict": conflict(actor, toml), "base": queries.fingerprint(actor.edition)}
        return editor(actor, draft, review(actor.edition, draft, toml=toml.encode()), **more), 409
    flash(f"第{number}版として保存しました。", "ok")
    return redirect(url_for(".rules"), 303)


def conflict(actor: Actor, toml: str) -> dict[str, Any]:
    """Both texts, as what would go out and come in if this one were saved now."""
    current = queries.draft_of(actor.edition)
    return {
        "lines": queries.diff(write_rules(current), toml), "text": refusal_text(Refusal("rules.superseded"), lang()),
        "newest": next(iter(queries.versions(actor.edition)), None),
    }  # fmt: skip


def reason() -> str:
    return forms.text_of(request.form, "reason").strip()[: forms.MOST_REASON]


# --- the same as text --------------------------------------------------------------------------------------------------------


@blueprint.get("/desk/rules/text")
@access(Role.SECRETARIAT)
def text(actor: Actor) -> Page:
    """rules.toml to read, to edit by hand, or to bring in from a file."""
    data = actor.edition.rules_toml.encode()
    return text_page(actor, data, review_text(actor.edition, data)[1])


def text_page(actor: Actor, data: bytes, found: Review, **more: Any) -> str:
    shown: dict[str, Any] = {
        "toml": data.decode(errors="replace").removeprefix("\ufeff"), "review": found, "base": queries.fingerprint(actor.edition),
        "may_change": queries.may_change(actor.edition), "frozen": queries.frozen(actor.edition), "reason": "", "conflict": None,
        "sha256": operations.sha256(actor.edition.rules_toml), "checked": False,
    }  # fmt: skip
    return render_template("rulebook/text.html", **{**shown, **more})


@blueprint.post("/desk/rules/text")
@access(Role.SECRETARIAT)
def edit_text(actor: Actor) -> Any:
    """Check or save a text; an uploaded file goes before the area and is kept byte by byte."""
    operations.refuse_frozen(actor.edition)
    data = sent_text()
    draft, found = review_text(actor.edition, data)
    more: dict[str, Any] = {"base": request.form.get("base", ""), "reason": reason(), "checked": True}
    if request.form.get("do") != "save":
        return text_page(actor, data, found, **more)
    if draft is None or not found.fit:
        return text_page(actor, data, found, **more), CATALOGUE["rules.malformed"].status
    if data.decode() == actor.edition.rules_toml:
        flash("変更はありません。", "info")
        return redirect(url_for(".text"), 303)
    try:
        number = operations.save_rules(actor, draft, toml=data.decode(), base=more["base"], reason=more["reason"])
    except Refusal as refusal:
        if refusal.code != "rules.superseded":
            raise
        more |= {"conflict": conflict(actor, data.decode()), "base": queries.fingerprint(actor.edition)}
        return text_page(actor, data, review_text(actor.edition, data)[1], **more), 409
    flash(f"第{number}版として保存しました。", "ok")
    return redirect(url_for(".rules"), 303)


def sent_text() -> bytes:
    """The file, if one was chosen, else the area with its lines ended as in a file."""
    file = request.files.get("file")
    data = file.read(MOST_BYTES + 1) if file and file.filename else b""
    data = data or request.form.get("toml", "").replace("\r\n", "\n").encode(errors="replace")
    if len(data) > MOST_BYTES:
        raise Refusal("request.too_large")
    return data


@blueprint.get("/desk/rules/rules.toml")
@access(Role.SECRETARIAT)
def download(actor: Actor) -> Response:
    """The text as it is hashed, byte by byte."""
    headers = {"Content-Disposition": 'attachment; filename="rules.toml"', "Cache-Control": "no-store"}
    return Response(actor.edition.rules_toml.encode(), mimetype="application/toml", headers=headers)


# --- the trial ---------------------------------------------------------------------------------------------------------------


@blueprint.get("/desk/rules/trial")
@access(Role.SECRETARIAT)
def trial(actor: Actor) -> str:
    """The kept rules on invented ballots; without a seed only the form."""
    draft = queries.draft_of(actor.edition)
    found = review(actor.edition, draft, toml=actor.edition.rules_toml.encode())
    wish = forms.read_wish(request.args, len(found.occasion.judges))
    ran = tried(actor, draft, found) if "seed" in request.args and found.rulebook is not None else {"trial": None, "wish": wish}
    return render_template("rulebook/trial.html", review=found, draft=draft, step_label=label_of_step, **ran)


def tried(actor: Actor, draft: RulesDraft, found: Review) -> dict[str, Any]:
    """The runs of a trial, others being served between them; nothing is kept."""
    occasion = found.occasion
    wish = forms.read_wish(request.values, len(occasion.judges))
    invented = not occasion.entries
    if invented:
        occasion = queries.with_invented_entries(actor.edition, occasion, draft)
    runs = []
    if found.rulebook is not None:
        for run in range(wish.runs):
            runs.append(run_trial(found.rulebook, occasion, seed=wish.seed, run=run, voters=wish.voters))
            socketio.sleep(0)  # lets the others in between the runs
    return {"trial": {"runs": runs, "summary": summary(runs), "first": runs[0] if runs else [], "invented": invented}, "wish": wish}


# --- versions and the freeze ---------------------------------------------------------------------------------------------------


@blueprint.get("/desk/rules/versions")
@access(Role.SECRETARIAT)
def versions(actor: Actor) -> str:
    """Every saved text, newest first."""
    rows = queries.versions(actor.edition)
    return render_template("rulebook/versions.html", rows=rows, who=who(actor))


@blueprint.get("/desk/rules/versions/<int:number>")
@access(Role.SECRETARIAT)
def version(actor: Actor, number: int) -> str:
    """One version: what changed since the one before, as text and in words."""
    found = queries.version(actor.edition, number) or abort(404)
    before = queries.version(actor.edition, number - 1)
    words = [queries.in_words(actor.edition, one) if one else "" for one in (before, found)]
    return render_template(
        "rulebook/version.html", found=found, before=before, lines=queries.diff(before.toml if before else "", found.toml),
        words=queries.diff(*words), may_change=queries.may_change(actor.edition), by=who(actor)(found.actor),
    )  # fmt: skip


@blueprint.post("/desk/rules/freeze")
@access(Role.SECRETARIAT)
def freeze(actor: Actor) -> Any:
    """Fix the rules ahead of the first zero report."""
    operations.freeze_rules(actor, base=request.form.get("base", ""), reason=reason())
    flash("集計のルールを確定しました。", "ok")
    return redirect(url_for(".rules"), 303)


@blueprint.post("/desk/rules/thaw")
@access(Role.SECRETARIAT)
def thaw(actor: Actor) -> Any:
    """Take the freeze back while no poll has left the draft."""
    operations.thaw_rules(actor, reason=reason())
    flash("集計のルールの確定を解きました。", "ok")
    return redirect(url_for(".rules"), 303)
