"""The pages of an entry: the body's list, the form in steps, the check, the receipt. Every button works without a script."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp import clock, text
from eventapp.access import Actor, Role, access
from eventapp.entries import forms, operations, queries
from eventapp.entries.queries import SUBMIT, StepView
from eventapp.models import Entry
from eventapp.refusals import text_of
from eventapp.rules.entry import Answer, Question
from eventapp.rules.refusal import Refusal

blueprint = Blueprint("entries", __name__)

Typed = Mapping[str, Sequence[str]]


@blueprint.app_template_filter("answer_lines")
def answer_lines(answer: Answer, question: Question) -> list[str]:
    """An answer as lines of text in the language of the page."""
    return forms.shown(question, answer, text.lang())


def left(deadline: datetime, now: datetime) -> tuple[int, int, int] | None:
    """Days, hours and minutes until the deadline; None once it has passed."""
    minutes = int((deadline - now).total_seconds() // 60)
    return None if deadline < now else (minutes // 1440, minutes // 60 % 24, minutes % 60)


@blueprint.app_context_processor
def countdown() -> dict[str, Any]:
    return {"time_left": left}


@blueprint.get("/entries")
@access(Role.ENTRANT)
def entries(actor: Actor) -> str:
    now = clock.now(actor.edition)
    categories = sorted(actor.edition.categories, key=lambda one: one.position)
    return render_template(
        "entries/list.html", entries=queries.own_entries(actor), categories=categories, outcome=queries.outcome,
        open_codes={one.code for one in categories if queries.in_time(actor.edition, one, now)},
        phases=queries.phase_line(actor.edition, text.lang()),
    )  # fmt: skip


@blueprint.post("/entries/new")
@access(Role.ENTRANT)
def start(actor: Actor) -> Response:
    category = next((one for one in actor.edition.categories if one.code == request.form.get("category")), None)
    entry = operations.start_entry(actor, category=category or abort(404))
    return redirect(url_for(".edit", entry=entry.number), 303)


@blueprint.get("/entries/<entry>")
@access(Role.ENTRANT, entry=queries.own_entry)
def edit(actor: Actor, entry: Entry) -> str:
    """The form of a draft, or of what is still open in a submitted entry; else, and for partners, the entry as it is."""
    wanted = request.args.get("step", "")
    if not may_open_form(actor, entry) or (entry.state == "submitted" and not wanted):
        return show(actor, entry)
    step = step_of(actor, entry, wanted)
    if step is None:
        return check_page(actor, entry)
    return form_page(actor, entry, step, entry.answers, checked=request.args.get("check") == "1")


def may_open_form(actor: Actor, entry: Entry) -> bool:
    return queries.writes(actor, entry) and bool(open_questions(actor, entry))


def open_questions(actor: Actor, entry: Entry) -> list[Question]:
    asked = [one for one in queries.questions(entry) if one["kind"] != "heading"]
    closed = queries.locked(actor.edition, entry, asked)
    return [one for one in asked if one["code"] not in closed]


def step_of(actor: Actor, entry: Entry, wanted: str) -> StepView | None:
    """The step of this address; the first one when it names none, None for the last page."""
    steps = queries.steps(actor.edition, entry)
    if wanted == SUBMIT:
        return None
    return next((one for one in steps if wanted in ("", one.code)), None) or abort(404)


def navigation(actor: Actor, entry: Entry, current: str, *, checked: bool = False) -> list[dict[str, Any]]:
    """The steps beside the form: what is done, where something is to be mended."""
    lines = []
    for step in queries.steps(actor.edition, entry):
        here, wrong = step.code == current, step.problems if checked and step.code == current else step.wrong
        state = "error" if wrong else "done" if not step.problems else "current" if here else "open"
        note = {
            "error": text.t(f"修正が{len(wrong)}件あります", f"{len(wrong)} to correct"), "done": text.t("完了", "Done"),
        }.get(state) or (text.t("入力中", "Started") if step.filled else text.t("未入力", "Not started"))  # fmt: skip
        href = url_for(".edit", entry=entry.number, step=step.code)
        label = text.t(step.label, step.label_en)
        lines.append({"label": label, "state": state, "note": note, "href": href, "current": here})
    if entry.state == "draft":
        note = "" if queries.submits(actor, entry) else text.t("取りまとめ担当が行います", "By the coordinator")
        href, state = url_for(".edit", entry=entry.number, step=SUBMIT), "current" if current == SUBMIT else "open"
        lines.append({"label": text.t("提出", "Submit"), "state": state, "note": note, "href": href, "current": current == SUBMIT})
    return lines


def frame(actor: Actor, entry: Entry) -> dict[str, Any]:
    """What every page of an entry shows around it."""
    return {
        "entry": entry, "category": entry.category, "outcome": queries.outcome(entry), "bodies": entry.bodies,
        "lead": queries.lead_body(entry), "submits": queries.submits(actor, entry), "writes": queries.writes(actor, entry),
        "phases": queries.phase_line(actor.edition, text.lang()), "revisions": queries.revisions(entry),
    }  # fmt: skip


def form_page(
    actor: Actor, entry: Entry, step: StepView, answers: Mapping[str, Answer], *,
    checked: bool = False, stored: Mapping[str, Answer] | None = None,
) -> str:  # fmt: skip
    """One step of the form. `checked`: with everything that is wrong in it; `stored`: what somebody else saved meanwhile."""
    codes = {one["code"] for one in step.questions}
    found = [problem for problem in queries.problems(entry, answers) if problem.question in codes] if checked else []
    steps = queries.steps(actor.edition, entry)
    place = [one.code for one in steps].index(step.code)
    closed = queries.locked(actor.edition, entry, step.questions)
    # a month is later than a question of the same step, whose label its sentence needs
    shown = forms.items(step.questions, answers, text.lang(), found=found, locked=closed, stored=stored)
    overview = queries.questions(entry) if place == len(steps) - 1 and place > 0 else []
    return render_template(
        "entries/edit.html", **frame(actor, entry), step=step, items=shown, first=place == 0, conflict=stored is not None,
        steps=navigation(actor, entry, step.code, checked=checked), summary=forms.summary(found, step.questions, text.lang()),
        before=steps[place - 1] if place else None, behind=steps[place + 1].code if place + 1 < len(steps) else SUBMIT,
        overview=[one for one in overview if one["code"] not in codes], partners=queries.possible_partners(entry) if place == 0 else [],
    )  # fmt: skip


def check_page(actor: Actor, entry: Entry, *, refusal: Refusal | None = None) -> str:
    """The last page: everything once more, what is wrong with a link to its place, and the button."""
    steps, lang = queries.steps(actor.edition, entry), text.lang()
    problems = [
        (url_for(".edit", entry=entry.number, step=step.code, check=1) + f"#{ident}", label, sentence)
        for step in steps for ident, label, sentence in forms.summary(step.problems, step.questions, lang)
    ]  # fmt: skip
    return render_template(
        "entries/check.html", **frame(actor, entry), steps=navigation(actor, entry, SUBMIT), problems=problems, views=steps,
        refusal=refusal and text_of(refusal, lang), open_still=queries.in_time(actor.edition, entry.category, clock.now(actor.edition)),
    )  # fmt: skip


def show(actor: Actor, entry: Entry) -> str:
    """The entry as it was handed in."""
    return render_template(
        "entries/show.html", **frame(actor, entry), views=queries.steps(actor.edition, entry),
        can_amend=actor.role is Role.ENTRANT and may_open_form(actor, entry),
    )  # fmt: skip


def typed_step(actor: Actor, entry: Entry, code: str, typed: Typed) -> tuple[StepView, dict[str, Answer], dict[str, Any]]:
    """What a form sent for one step: its open answers and, on the first, who applies; anything else is ignored."""
    steps = queries.steps(actor.edition, entry)
    step = next((one for one in steps if one.code == code), None) or abort(404)
    closed = queries.locked(actor.edition, entry, step.questions)
    answers = forms.read_answers([one for one in step.questions if one["code"] not in closed], typed)
    who: dict[str, Any] = {}
    if step.code == steps[0].code and entry.state == "draft" and "applicant" in typed:
        who = {"applicant": typed["applicant"][-1], "partners": list(typed.get("partners", ()))}
    return step, answers, who


def version_of(value: object) -> int:
    """The version that a page was made from; what is none never fits."""
    try:
        return int(str(value))
    except ValueError:
        return -1


@blueprint.post("/entries/<entry>")
@access(Role.ENTRANT, entry=queries.own_entry)
def save(actor: Actor, entry: Entry) -> Any:
    """Save a step and go on; what is wrong in it is shown once, and saved all the same."""
    typed = request.form.to_dict(flat=False)
    step, answers, who = typed_step(actor, entry, request.args.get("step", ""), typed)
    version = version_of(request.form.get("version"))
    try:
        if entry.state == "draft":
            operations.save_draft(actor, entry, version=version, answers=answers, **who)
        else:
            operations.amend_entry(actor, entry, version=version, answers=answers)
    except Refusal as refusal:
        if refusal.code == "entry.changed":
            return form_page(actor, entry, step, {**entry.answers, **answers}, stored=entry.answers), 409
        if refusal.code == "entry.incomplete":
            return form_page(actor, entry, step, {**entry.answers, **answers}, checked=True), 422
        raise
    return redirect(after_saving(actor, entry, step.code, request.form.get("then", "next")), 303)


def after_saving(actor: Actor, entry: Entry, code: str, then: str) -> str:
    if entry.state != "draft":
        flash(text.t("訂正を受け付けました。", "Your correction was received."), "ok")
        return url_for(".edit", entry=entry.number)
    steps = queries.steps(actor.edition, entry)
    place = [one.code for one in steps].index(code)
    if then == "close":
        flash(text.t(f"{entry.number}の下書きを保存しました。", f"The draft of {entry.number} is saved."), "ok")
        return url_for(".entries")
    if then == "stay" or (steps[place].problems and then != "skip"):
        return url_for(".edit", entry=entry.number, step=code, check=1)
    return url_for(".edit", entry=entry.number, step=steps[place + 1].code if place + 1 < len(steps) else SUBMIT)


@blueprint.post("/entries/<entry>/autosave")
@access(Role.ENTRANT, entry=queries.own_entry)
def autosave(actor: Actor, entry: Entry) -> Any:
    """The same as saving a step, from the script: `{version, step, fields: {name: [value…]}}`."""
    sent: Any = request.get_json(silent=True)
    fields = sent.get("fields") if isinstance(sent, dict) else None
    if not isinstance(fields, dict) or not all(isinstance(one, list) for one in fields.values()):
        raise Refusal("request.malformed")
    typed = {str(name): [str(value) for value in values] for name, values in fields.items()}
    step, answers, who = typed_step(actor, entry, str(sent.get("step", "")), typed)
    operations.save_draft(actor, entry, version=version_of(sent.get("version")), answers=answers, **who)
    return jsonify(ok=True, version=entry.version, saved_at=clock.iso(entry.saved_at), saved=text.clock_s(entry.saved_at))


@blueprint.post("/entries/<entry>/submit")
@access(Role.ENTRANT, entry=queries.own_entry)
def submit(actor: Actor, entry: Entry) -> Any:
    try:
        operations.submit_entry(actor, entry, version=version_of(request.form.get("version")))
    except Refusal as refusal:
        if entry.state != "draft":
            raise
        return check_page(actor, entry, refusal=refusal), 409
    flash(text.t(f"{entry.number}を提出しました。", f"{entry.number} is submitted."), "ok")
    return redirect(url_for(".edit", entry=entry.number), 303)


@blueprint.post("/entries/<entry>/withdraw")
@access(Role.ENTRANT, entry=queries.own_entry)
def withdraw(actor: Actor, entry: Entry) -> Response:
    operations.withdraw_entry(actor, entry, reason=request.form.get("reason", ""))
    flash(text.t(f"{entry.number}を取り下げました。", f"{entry.number} is withdrawn."), "ok")
    return redirect(url_for(".edit", entry=entry.number), 303)


@blueprint.post("/entries/<entry>/reinstate")
@access(Role.ENTRANT, entry=queries.own_entry)
def reinstate(actor: Actor, entry: Entry) -> Response:
    operations.reinstate_entry(actor, entry)
    flash(text.t(f"{entry.number}の取下げを取り消しました。", f"{entry.number} is back."), "ok")
    return redirect(url_for(".edit", entry=entry.number), 303)


@blueprint.get("/entries/<entry>/receipt")
@access(Role.ENTRANT, entry=queries.own_entry)
def receipt(actor: Actor, entry: Entry) -> str:
    """The sheet for the body's own approval file: number, when it was received, and all that it says."""
    if entry.submitted_at is None:
        abort(404)
    return render_template("entries/receipt.html", **frame(actor, entry), views=queries.steps(actor.edition, entry))


@blueprint.get("/desk/entries/<entry>")
@access(Role.SECRETARIAT, entry=queries.any_entry)
def desk_entry(actor: Actor, entry: Entry) -> str:
    return show(actor, entry)


@blueprint.post("/desk/entries/<entry>/<any(withdraw, reinstate):act>")
@access(Role.SECRETARIAT, entry=queries.any_entry)
def desk_act(actor: Actor, entry: Entry, act: str) -> Response:
    """A body asked the office by telephone."""
    if act == "withdraw":
        operations.withdraw_entry(actor, entry, reason=request.form.get("reason", ""))
    else:
        operations.reinstate_entry(actor, entry)
    return redirect(url_for(".desk_entry", entry=entry.number), 303)


