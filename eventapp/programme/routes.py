"""The pages of the day. They show what the live documents say; every button is a form of the same command."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from eventapp import clock, commands, live, text
from eventapp.access import Actor, Role, access
from eventapp.awards.queries import script_lines
from eventapp.config import Settings
from eventapp.live import View
from eventapp.models import ScreenReport
from eventapp.presets.words import ruby_pairs
from eventapp.programme import desk, queries
from eventapp.programme.forms import COMMAND_OF, arguments
from eventapp.rules.refusal import Refusal

blueprint = Blueprint("programme", __name__)

SILENT = timedelta(seconds=12)  # a screen that has not reported for so long does not answer
FORGOTTEN = timedelta(minutes=10)


@blueprint.app_template_filter("delta")
def delta(seconds: int | None) -> str:
    """How late, as the desk writes it: +2:10, ±0:00, −0:30."""
    if seconds is None:
        return ""
    return f"{'+' if seconds > 0 else '−' if seconds < 0 else '±'}{text.duration(abs(seconds))}"


@blueprint.app_template_filter("instant")
def instant(value: str | None) -> datetime | None:
    """An instant of a document, for the filters that write times."""
    return clock.parse(value)


@blueprint.app_template_filter("ruby_pairs")
def pairs(marked: str) -> tuple[tuple[str, str], ...]:
    return ruby_pairs(marked)


@blueprint.app_template_filter("remaining")
def remaining(timer: dict[str, Any], now: datetime) -> str:
    """What a described timer shows at an instant: 2:46, and +0:23 when it is over."""
    started, paused = clock.parse(timer["started_at"]), clock.parse(timer["paused_at"])
    if started is None:
        return ""
    elapsed_ms = ((paused or now) - started) / timedelta(milliseconds=1) - timer["paused_ms"]
    left_ms = timer["duration_ms"] + timer["added_ms"] - max(0, elapsed_ms)
    over = int(-left_ms // 1000)
    return text.duration(-(-left_ms // 1000)) if left_ms > 0 else f"{'+' if over else ''}{text.duration(over)}"


@blueprint.app_template_filter("wall")
def wall(timestamp: float) -> str:
    """Seconds since 1970 as HH:MM:SS in Tokyo."""
    return text.clock_s(datetime.fromtimestamp(timestamp, UTC))


def view_of(actor: Actor) -> View:
    return View(actor.edition, clock.now(actor.edition))


def shown(actor: Actor, channel: str, template: str, **values: Any) -> str:
    """A page of a live channel: what it shows and the version that it was drawn from."""
    epoch, rev = live.version(actor.edition, channel)
    view = view_of(actor)
    common = {
        "now": view.now, "live": {"epoch": epoch, "rev": rev}, "now_next": queries.now_next(view), "timer": queries.timer(view),
        "schedule": queries.schedule(view),
    }  # fmt: skip
    return render_template(template, **common | {name: value(view) if callable(value) else value for name, value in values.items()})


@blueprint.get("/")
@access(Role.PUBLIC)
def public(actor: Actor) -> Response:
    """いま・次 for everybody, on the phone first; shared caches may keep it for a second."""
    response = make_response(shown(actor, "public", "programme/public.html", delay=queries.delay, bar=queries.day_bar))
    response.headers["Cache-Control"] = "public, max-age=1"
    return response


@blueprint.get("/programme")
@access(Role.PUBLIC)
def programme(actor: Actor) -> Response:
    """The whole programme as announced, with the entries of each block once they are placed."""
    page = shown(
        actor, "public", "programme/programme.html", delay=queries.delay, booths=lambda view: queries.booths(view.edition),
        entries=queries.entries_by_block,
    )  # fmt: skip
    response = make_response(page)
    response.headers["Cache-Control"] = "public, max-age=1"
    return response


@blueprint.get("/director")
@access(Role.DIRECTOR, Role.SECRETARIAT)
def director(actor: Actor) -> str:
    """The desk of the stage manager: plan, actual, expected; GO and everything that changes the stage."""
    return shown(
        actor, "crew", "director/desk.html", rows=lambda view: desk.rows_in_view(desk.desk_rows(view)), notices=queries.stage_notices,
        last=desk.last_cue, ceremony=desk.ceremony_facts, polls=polls, screens=screen_rows, can_jump=actor.edition.kind != "real",
        ask=request.args.get("ask", ""),
    )  # fmt: skip


def polls(view: View) -> Any:
    """The crew's section `polls`, as the voting slice fills it."""
    section = live.projections["crew"].get("polls")
    return section(view) if section else []


def screen_rows(view: View) -> list[dict[str, Any]]:
    """Connected screens: which, whether they show the newest document, and how long ago they said so (real time)."""
    at = clock.real()
    versions = {channel: live.version(view.edition, channel) for channel in ("stage", "crew", "overlay")}
    return [screen_row(row, at, versions) for row in desk.screens(view) if at - row.seen_at < FORGOTTEN]


def screen_row(row: ScreenReport, at: datetime, versions: dict[str, list[int]]) -> dict[str, Any]:
    newest = versions.get(str(row.report.get("channel")))
    painted = [row.report.get("epoch"), row.report.get("rev")]
    age = at - row.seen_at
    state = "silent" if age > SILENT else "same" if painted == newest else "behind"
    return {"screen": row.screen, "scene": row.report.get("scene", ""), "state": state, "age_s": int(age.total_seconds())}


@blueprint.post("/director/do/<name>")
@access(Role.DIRECTOR, Role.SECRETARIAT)
def do(actor: Actor, name: str) -> AnyResponse:
    """Every button of the desk without JavaScript: the command of that name, then the desk again."""
    command = COMMAND_OF.get(name)
    if command is None:
        raise Refusal("command.unknown")
    op_id = request.form.get("op_id") or secrets.token_hex(16)
    answer = commands.give(op_id, command, arguments(command, request.form), actor.role.value)
    if not answer["ok"]:
        flash(answer["text"], "error")
    return redirect(url_for("programme.director"), 303)


def prize_lines(view: View) -> list[str]:
    """What the MC reads at this step of the reveal, from what the crew may see; nothing before ceremony and reveal have begun."""
    now, told = queries.now_next(view)["now"], live.projections["crew"]["reveal"](view)
    return script_lines(told) if told["prize"] or (now and now["kind"] == "ceremony") else []


@blueprint.get("/mc")
@access(Role.MC, Role.DIRECTOR, Role.SECRETARIAT)
def mc(actor: Actor) -> str:
    """The script in large type, in step with the stage."""
    return shown(
        actor, "crew", "programme/mc.html", now_next=queries.script, prize_lines=prize_lines, size=request.args.get("size", ""),
        ruby=request.args.get("ruby", ""), black=request.args.get("screen") == "black",
    )  # fmt: skip


SCREEN_READERS = (Role.SCREEN, Role.DIRECTOR, Role.CHAIR, Role.DEPUTY, Role.MC, Role.SECRETARIAT, Role.SWITCHER)


@blueprint.get("/screen/confidence")
@access(*SCREEN_READERS)
def confidence(actor: Actor) -> str:
    """What the speaker sees: the time left in digits, and words from the director."""
    return shown(actor, "stage", "programme/confidence.html", notices=queries.stage_notices)


@blueprint.get("/screen/hall")
@access(*SCREEN_READERS)
def hall(actor: Actor) -> str:
    """What the hall sees: who is on stage, who comes next, and the way to this on one's own phone."""
    settings: Settings = current_app.config["EVENTAPP_SETTINGS"]
    return shown(actor, "stage", "programme/hall.html", address=f"{settings.base_url}{request.script_root}/")
