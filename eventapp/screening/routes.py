"""The pages of the first round: a screener's sheets, and the secretariat's assignment, matrix and line."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for

from eventapp import clock, text
from eventapp.access import Actor, Role, access
from eventapp.entries.queries import steps as entry_steps
from eventapp.models import Assignment, Category
from eventapp.refusals import CATALOGUE, text_of
from eventapp.rules.refusal import Refusal
from eventapp.rules.screening import METHODS
from eventapp.screening import forms, operations, queries
from eventapp.screening.queries import Line, Row

blueprint = Blueprint("screening", __name__)

SHOWN = 16  # lines of the ranking before the rest is asked for
ROW = 36  # pixels of one line of the ranking, as in screening.css


@blueprint.app_template_filter("points")
def points(value: Fraction | None, digits: int = 2) -> str:
    """An exact figure as people read it: 3.83."""
    if value is None:
        return ""
    scaled = round(value * 10**digits)
    return f"{scaled // 10**digits}.{scaled % 10**digits:0{digits}d}"


@blueprint.app_template_filter("minutes")
def minutes(seconds: int) -> str:
    """5分54秒."""
    whole, rest = divmod(seconds, 60)
    return text.t(f"{whole}分" if rest == 0 else f"{whole}分{rest}秒" if whole else f"{rest}秒", f"{whole}:{rest:02d}")


# --- the screener -----------------------------------------------------------------------------------------------------------


@blueprint.get("/screening")
@access(Role.SCREENER)
def sheets(actor: Actor) -> str:
    mine = queries.own_sheets(actor)
    return render_template(
        "screening/list.html", sheets=mine, done=sum(sheet.state != "open" for sheet in mine), begun=queries.has_begun,
        first=next((sheet.entry.number for sheet in mine if sheet.state == "open"), None),
    )  # fmt: skip


@blueprint.get("/screening/<sheet>")
@access(Role.SCREENER, sheet=queries.own_sheet)
def sheet(actor: Actor, sheet: Assignment) -> str:
    return sheet_page(actor, sheet)


def sheet_page(actor: Actor, sheet: Assignment, *, refusal: Refusal | None = None, typed: dict[str, Any] | None = None) -> str:
    """The entry at the left, the criteria with words for each score at the right."""
    if sheet not in (mine := queries.own_sheets(actor)):
        raise Refusal("entry.recused")
    category = sheet.entry.category
    shown = typed or {"marks": sheet.scores, "flags": sheet.flags, "comment": sheet.comment}
    return render_template(
        "screening/sheet.html", sheet=sheet, entry=sheet.entry, category=category, views=entry_steps(actor.edition, sheet.entry),
        criteria=queries.criteria(category), flags=queries.flags(actor.edition, category), scale=queries.scale(actor.edition),
        shown=shown, sheets=mine, done=sum(one.state != "open" for one in mine), open_now=actor.edition.phase == "screening",
        refusal=refusal and text_of(refusal, text.lang()), prefix=forms.PREFIX,
    )  # fmt: skip


@blueprint.post("/screening/<sheet>")
@access(Role.SCREENER, sheet=queries.own_sheet)
def save(actor: Actor, sheet: Assignment) -> Any:
    """Save a sheet and go on to the next one that is still open."""
    operations.put_score(actor, sheet, **forms.read_sheet(sheet.entry.category, request.form.to_dict(flat=False)))
    number = sheet.entry.number
    if request.form.get("then") == "close":
        return redirect(url_for(".sheets"), 303)
    if sheet.state == "open":
        flash(text.t("まだ採点していない項目があります。下書きとして保存しました。", "Saved as a draft; some marks are missing."), "wait")
        return redirect(url_for(".sheet", sheet=number), 303)
    following = queries.next_sheet(actor, number)
    if following is None:
        flash(text.t("割り当てられた採点がすべて終わりました。", "All your sheets are done."), "ok")
        return redirect(url_for(".sheets"), 303)
    flash(text.t(f"{number}の採点を保存しました。", f"The score of {number} is saved."), "ok")
    return redirect(url_for(".sheet", sheet=following), 303)


@blueprint.post("/screening/<sheet>/autosave")
@access(Role.SCREENER, sheet=queries.own_sheet)
def autosave(actor: Actor, sheet: Assignment) -> Any:
    """The same as saving, from the script: `{fields: {name: [value…]}}`."""
    sent: Any = request.get_json(silent=True)
    fields = sent.get("fields") if isinstance(sent, dict) else None
    if not isinstance(fields, dict) or not all(isinstance(one, list) for one in fields.values()):
        raise Refusal("request.malformed")
    typed = {str(name): [str(value) for value in values] for name, values in fields.items()}
    if sheet.state == "abstained":
        raise Refusal("request.malformed")  # coming back from an abstention is a press, never a script's doing
    operations.put_score(actor, sheet, **forms.read_sheet(sheet.entry.category, typed))
    return jsonify(ok=True, version=0, saved_at=clock.iso(sheet.saved_at), saved=text.clock_s(sheet.saved_at))


@blueprint.post("/screening/<sheet>/abstain")
@access(Role.SCREENER, sheet=queries.own_sheet)
def abstain(actor: Actor, sheet: Assignment) -> Any:
    try:
        operations.abstain(actor, sheet, reason=request.form.get("reason", ""))
    except Refusal as refusal:
        if refusal.code != "reason.missing":
            raise
        return sheet_page(actor, sheet, refusal=refusal), 422
    flash(text.t(f"{sheet.entry.number}の採点を棄権しました。", f"You abstained from {sheet.entry.number}."), "ok")
    return redirect(url_for(".sheets"), 303)


# --- the secretariat --------------------------------------------------------------------------------------------------------


def chosen_category(actor: Actor) -> Category:
    """The category of the address, or the first of the list."""
    ordered = sorted(actor.edition.categories, key=lambda one: one.position)
    wanted = request.values.get("category") or ordered[0].code
    return next((one for one in ordered if one.code == wanted), None) or abort(404)


def category_tabs(actor: Actor, endpoint: str, current: Category) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    for entry in queries.submitted(actor.edition):
        counts[entry.category.code] = counts.get(entry.category.code, 0) + 1
    return [
        {
            "label": f"{text.t(one.name, one.name_en)} {counts.get(one.code, 0)}", "current": one is current,
            "href": url_for(endpoint, category=one.code),
        }
        for one in sorted(actor.edition.categories, key=lambda one: one.position)
    ]  # fmt: skip


FILTERS: dict[str, Callable[[Row], bool]] = {
    "all": lambda row: True,
    "spread": lambda row: row.complete and row.score.discuss,
    "open": lambda row: row.open_sheets > 0,
    "recused": lambda row: any(cell["state"] == "recused" for cell in row.cells.values()),
    "abstained": lambda row: row.score.abstentions > 0,
}
FILTER_NAMES = {
    "all": ("すべて", "All"), "spread": ("▲ 開きが大きい", "▲ Wide spread"), "open": ("採点が残っている", "Open"),
    "recused": ("除斥あり", "Recusals"), "abstained": ("棄権あり", "Abstentions"),
}  # fmt: skip


@blueprint.get("/desk/screening")
@access(Role.SECRETARIAT)
def matrix(actor: Actor) -> str:
    category, show = chosen_category(actor), request.args.get("show", "all")
    rows = queries.matrix(actor.edition, category)
    keep = FILTERS.get(show) or abort(404)
    loads = queries.loads(actor.edition, category)
    screeners = [
        {"code": code, "name": person.body.name if person.body else person.department.partition(" ")[0], "load": loads[code]}
        for person in queries.people(actor.edition) if (code := queries.screener_code(person)) in loads
    ]  # fmt: skip
    filters = [
        {
            "label": f"{text.t(*FILTER_NAMES[name])} {sum(bool(test(row)) for row in rows)}", "current": name == show,
            "href": url_for(".matrix", category=category.code, show=name),
        }
        for name, test in FILTERS.items()
    ]  # fmt: skip
    kept = [row for row in rows if keep(row)]
    return render_template(
        "screening/matrix.html", category=category, rows=kept, screeners=screeners, filters=filters, dots=dots,
        tabs=category_tabs(actor, ".matrix", category), threshold=queries.threshold(actor.edition), k=queries.default_k(actor.edition),
        done=sum(done for done, _ in loads.values()), total=sum(total for _, total in loads.values()),
        black=sum(row.complete and row.score.discuss for row in kept), closes=clock.parse(actor.edition.settings["screening"]["closes"]),
        scale=queries.scale(actor.edition),
    )  # fmt: skip


def dots(row: Row, scale: range) -> list[int]:
    """Where the values of a row stand on a plot of 140 units."""
    return [8 + round((value - scale[0]) * 124 / (scale[-1] - scale[0])) for value in row.values]


@blueprint.get("/desk/screening/assign")
@access(Role.SECRETARIAT)
def assignment(actor: Actor) -> str:
    """The dry run: who would read what, how even the loads are, and who is missing."""
    return assignment_page(actor)


def assignment_page(actor: Actor, *, refusal: Refusal | None = None) -> str:
    seed = (request.values.get("seed") or "1")[:40]
    k = forms.seats(request.values.get("k", ""), usual=queries.default_k(actor.edition), most=9)
    planned = queries.plan(actor.edition, k=k, seed=seed)
    there = {(sheet.entry.number, queries.screener_code(sheet.person)) for sheet in queries.assignments(actor.edition)}
    by_entry: dict[str, list[str]] = {}
    for number, code in planned.pairs:
        by_entry.setdefault(number, []).append(code)
    return render_template(
        "screening/assign.html", planned=planned, seed=seed, k=k, fingerprint=queries.fingerprint(planned), by_entry=by_entry,
        people={queries.screener_code(one): one for one in queries.people(actor.edition)}, entries=queries.submitted(actor.edition),
        now_there=len(there), added=len(set(planned.pairs) - there), removed=len(there - set(planned.pairs)),
        refusal=refusal and text_of(refusal, text.lang()), open_now=actor.edition.phase in operations.OPEN_PHASES,
    )  # fmt: skip


@blueprint.post("/desk/screening/assign")
@access(Role.SECRETARIAT)
def apply(actor: Actor) -> Any:
    k = forms.seats(request.form.get("k", ""), usual=queries.default_k(actor.edition), most=9)
    try:
        planned = operations.apply_assignments(
            actor, seed=request.form.get("seed", "")[:40], k=k, fingerprint=request.form.get("fingerprint", "")
        )
    except Refusal as refusal:
        return assignment_page(actor, refusal=refusal), CATALOGUE[refusal.code].status
    flash(text.t(f"{len(planned.pairs)}件の割当を行いました。", f"{len(planned.pairs)} assignments are made."), "ok")
    return redirect(url_for(".matrix"), 303)


@blueprint.get("/desk/screening/cut")
@access(Role.SECRETARIAT)
def cut(actor: Actor) -> str:
    return cut_page(actor)


def cut_page(actor: Actor, *, refusal: Refusal | None = None) -> str:
    """The line: three rules side by side, who wavers, what follows from it."""
    category, by = chosen_category(actor), forms.method(request.values.get("by", "mean"))
    entries = queries.submitted(actor.edition, category)
    seats = forms.seats(request.values.get("line", ""), usual=category.finalists, most=len(entries))
    found = queries.line(actor.edition, category, seats=seats, by=by)
    order = [by, *(one for one in METHODS if one != by)]
    everything = request.args.get("all") == "1"
    shown = len(entries) if everything else max(SHOWN, seats + 5)
    certain = [number for number in found.cuts[by].passed if number not in {one.number for one in found.wavering}]
    inside = set(found.cuts[by].passed)
    return render_template(
        "screening/cut.html", category=category, line=found, order=order, seats=seats, usual=category.finalists, entries=entries,
        shown=shown, curves=curves(found, order, shown), wavering={one.number for one in found.wavering}, certain=certain, inside=inside,
        lost=queries.lost_bodies(entries, list(inside)), bodies=queries.bodies_of([one for one in entries if one.number in inside]),
        all_bodies=queries.bodies_of(entries), stage_s=queries.stage_seconds(actor.edition, category),
        talk_s=int(actor.edition.settings["slot"]["talk_s"]), tabs=category_tabs(actor, ".cut", category),
        released=queries.is_released(actor.edition), refusal=refusal and text_of(refusal, text.lang()),
        decided=sum(bool(one.outcome) for one in queries.submitted(actor.edition)), all_entries=len(queries.submitted(actor.edition)),
        pending=[one.number for one in entries if one.outcome == "finalist"], row=ROW, reason=request.form.get("reason", ""),
    )  # fmt: skip


def curves(found: Line, order: Sequence[Any], shown: int) -> list[list[dict[str, Any]]]:
    """The lines between two neighbouring columns: from where to where, and whether the entry wavers."""
    wavering = {entry.number for entry in found.wavering}
    pairs = []
    for left, right in zip(order, order[1:], strict=False):
        places = {place.entry.number: index for index, place in enumerate(found.columns[right])}
        pairs.append([
            {
                "path": f"M0 {a * ROW + ROW // 2}C25 {a * ROW + ROW // 2} 25 {b * ROW + ROW // 2} 50 {b * ROW + ROW // 2}",
                "wavers": place.entry.number in wavering,
            }
            for a, place in enumerate(found.columns[left][:shown]) if (b := places.get(place.entry.number)) is not None
        ])  # fmt: skip
    return [sorted(pair, key=lambda one: one["wavers"]) for pair in pairs]


@blueprint.post("/desk/screening/decide")
@access(Role.SECRETARIAT)
def decide(actor: Actor) -> Any:
    category, by = chosen_category(actor), forms.method(request.form.get("by", "mean"))
    passed = sorted(set(request.form.getlist("passed")))
    try:
        operations.decide(actor, category, passed=passed, by=by, reason=request.form.get("reason", ""))
    except Refusal as refusal:
        return cut_page(actor, refusal=refusal), CATALOGUE[refusal.code].status
    flash(text.t(f"{category.name}の選考案({len(passed)}件)を保存しました。", f"Selected {len(passed)} of {category.name_en}."), "ok")
    return redirect(url_for(".cut", category=category.code, line=len(passed) or None, by=by), 303)


@blueprint.post("/desk/screening/release")
@access(Role.SECRETARIAT)
def release(actor: Actor) -> Any:
    try:
        operations.release(actor)
    except Refusal as refusal:
        return cut_page(actor, refusal=refusal), CATALOGUE[refusal.code].status
    flash(text.t("すべての応募団体に選考結果を知らせました。", "All outcomes are released."), "ok")
    return redirect(url_for(".cut"), 303)
