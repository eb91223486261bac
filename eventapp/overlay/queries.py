"""The section `layers`: which graphics are on air with which data, a pure projection of the overlay document's other sections.

Nothing here asks for a result: what `now_next`, `timer`, `polls` and `reveal` do not hold cannot get on air.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from eventapp import clock, live
from eventapp.access import Role
from eventapp.extensions import db
from eventapp.live import View
from eventapp.models import Body, Edition, Link, OverlayState, ScreenReport

Data = dict[str, Any]
GRAPHICS = ("lower-third", "timer", "vote-progress", "award-reveal")
SCENES = (*GRAPHICS, "auto")
LOWER_THIRD_S = 8  # on air after a talk begins, then the timer alone
LEAST_CONFIRMED = 5  # fewer would tell who is quick
STEPS = ("category", "nominees", "hold", "winner")
READ = ("now_next", "timer", "polls", "reveal")


def state(edition: Edition) -> tuple[list[str], bool]:
    """What the stream desk put on air by hand (empty: it follows the stage), and whether it cleared the air."""
    row = db.session.get(OverlayState, edition.id)
    return (list(row.shown), row.cleared) if row else ([], False)


def air(view: View) -> Data:
    """The stream desk's choice; a cleared air is cut, not faded."""
    shown, cleared = state(view.edition)
    return {"shown": shown, "cleared": cleared}


def layers(view: View) -> list[Data]:
    """What may be painted: [{graphic, instance, step, data}], bottom first; [] after panic."""
    shown, cleared = state(view.edition)
    if cleared:
        return []
    known = live.projections["overlay"]
    sections = {name: known[name](view) for name in READ if name in known}
    return project(sections, stage_facts(view), shown)


def stage_facts(view: View) -> Data:
    """What is true of the edition whatever happens: its bodies' names, readings and tiles."""
    found: Data = view.once(f"overlay.facts/{view.edition.id}", lambda: _facts(view.edition))
    return found


def _facts(edition: Edition) -> Data:
    bodies = list(db.session.scalars(select(Body).order_by(Body.position)))
    return {
        "sample": edition.sample,
        "bodies": {body.code: {"name": body.name, "kana": body.kana, "tile": tile(body)} for body in bodies},
        "map": [tile(body) for body in bodies if tile(body)],
    }


def tile(body: Body) -> list[int] | None:
    return None if body.tile_column is None or body.tile_row is None else [body.tile_column, body.tile_row]


def project(sections: Mapping[str, Any], facts: Data, shown: Sequence[str] = ()) -> list[Data]:
    """Pure: the layers that these sections allow, or of them those that the stream desk chose."""
    makers: dict[str, Callable[[], Data | None]] = {
        "lower-third": lambda: lower_third(sections.get("now_next"), facts, by_hand=bool(shown)),
        "timer": lambda: talk_timer(sections.get("now_next"), sections.get("timer")),
        "vote-progress": lambda: vote_progress(sections.get("polls")),
        "award-reveal": lambda: award_reveal(sections.get("reveal"), facts),
    }
    wanted = [name for name in GRAPHICS if not shown or name in shown]
    return [layer for name in wanted if (layer := makers[name]()) is not None]


def layer(graphic: str, data: Data, *, instance: str = "", step: int = 0) -> Data:
    return {"graphic": graphic, "instance": instance or graphic, "step": step, "data": data}


def entry_on_stage(now_next: Any) -> Data | None:
    """The item on stage if it is an entry's talk."""
    now = (now_next or {}).get("now")
    return now if now and now.get("entry") else None


def lower_third(now_next: Any, facts: Data, *, by_hand: bool = False) -> Data | None:
    """Who speaks and what about. `leaves_at`: when it gives way in a scene that follows the stage; null by hand."""
    now = entry_on_stage(now_next)
    if now is None:
        return None
    entry, started = now["entry"], clock.parse(now["started_at"])
    leaves = None if by_hand or started is None else clock.iso(started + timedelta(seconds=LOWER_THIRD_S))
    return layer("lower-third", {
        "number": now["position"], "of": now["of"], "category": entry["category_name"], "title": entry["broadcast_title"],
        **who(entry["owner"], [body["code"] for body in entry["bodies"]], facts), "map": facts["map"], "leaves_at": leaves,
    })  # fmt: skip


def who(owner: str, codes: Sequence[str], facts: Data) -> Data:
    """Names as they go on air: the bodies, or for a person the announced word with the place as a note."""
    known = [facts["bodies"][code] for code in codes if code in facts["bodies"]]
    person, bracket, place = owner.partition("(")
    names = [person] if bracket else [body["name"] for body in known] or [owner]
    kana = "" if bracket else "・".join(body["kana"] for body in known)
    return {"names": names, "note": place.rstrip(")"), "kana": kana, "tiles": [body["tile"] for body in known if body["tile"]]}


def talk_timer(now_next: Any, timer: Any) -> Data | None:
    """The described timer of the talk on stage."""
    now = entry_on_stage(now_next)
    if now is None or not timer or timer["slot"] != now["slot"]:
        return None
    return layer("timer", {"number": now["position"], "of": now["of"], "word": "発表", "timer": timer})


def vote_progress(polls: Any) -> Data | None:
    """How many of the eligible seats have confirmed, of the first running poll with enough of them."""
    for poll in polls or ():
        if poll["state"] in ("open", "closing") and poll["confirmed"] >= LEAST_CONFIRMED:
            return layer("vote-progress", {
                "contest": poll["contest"], "category": poll["name"], "confirmed": poll["confirmed"], "eligible": poll["eligible"],
            })  # fmt: skip
    return None


def award_reveal(reveal: Any, facts: Data) -> Data | None:
    """The prize being told, as far as the section `reveal` tells it. `winners`: null before their own step, [] for 該当なし."""
    if not reveal or reveal["step"] not in STEPS:
        return None
    step, prize = STEPS.index(reveal["step"]), reveal["prize"]
    nominees = [
        {"names": air_names(one["owner"], [body["name"] for body in one["bodies"]]), "title": one["short_title"]}
        for one in reveal.get("nominees", ())
    ]
    winners = [
        {**who(one["owner"], [body["code"] for body in one["bodies"]], facts), "title": one["broadcast_title"], "short": one["short_title"]}
        for one in reveal.get("winners", ())
    ]
    return layer("award-reveal", {
        "n": reveal["n"], "of": reveal["of"], "prize": prize["lines"], "category": prize["category"], "level": prize["group"] or "special",
        "unit": prize["unit"] or "件", "sample": facts["sample"], "nominees": nominees,
        "winners": winners if reveal["step"] == "winner" else None, "map": facts["map"],
    }, instance=f"award-reveal-{reveal['n']}", step=step)  # fmt: skip


def air_names(owner: str, names: Sequence[str]) -> list[str]:
    """The bodies by name; a person as announced."""
    return [owner] if "(" in owner or not names else list(names)


# --- the stream desk -------------------------------------------------------------------------------------------------


def screen_link(edition: Edition) -> Link | None:
    """The newest living read-only link of the screens."""
    query = select(Link).where(Link.edition_id == edition.id, Link.role == Role.SCREEN.value, Link.revoked_at.is_(None))
    return db.session.scalars(query.order_by(Link.id)).first()


def reports(edition: Edition) -> list[ScreenReport]:
    """What each overlay last said that it painted, newest first."""
    query = select(ScreenReport).where(ScreenReport.edition_id == edition.id, ScreenReport.screen.startswith("overlay-"))
    return list(db.session.scalars(query.order_by(ScreenReport.seen_at.desc()).limit(20)))
