"""What the stream desk does: put a graphic on air by hand, follow the stage again, clear everything."""

from typing import Any

from eventapp.access import Actor
from eventapp.extensions import db
from eventapp.models import OverlayState
from eventapp.overlay.queries import GRAPHICS
from eventapp.rules.refusal import Refusal
from eventapp.work import note, operation, touch

FOLLOW = "auto"
# graphics that share a zone: the one shown last replaces the others
REPLACES = {
    "lower-third": {"vote-progress", "award-reveal"},
    "vote-progress": {"lower-third", "award-reveal"},
    "timer": {"award-reveal"},
    "award-reveal": set(GRAPHICS),
}


@operation("overlay.shown")
def show(actor: Actor, *, layer: str) -> dict[str, Any]:
    """Put this graphic on air by hand, beside what does not share its zone; `auto` follows the stage. Idempotent."""
    if layer not in (FOLLOW, *GRAPHICS):
        raise Refusal("layer.unknown")
    row = _row(actor)
    kept = [name for name in row.shown if name != layer and name not in REPLACES.get(layer, ())]
    row.shown, row.cleared = ([] if layer == FOLLOW else [*kept, layer]), False
    note(layer=layer)
    touch(actor, "overlay")
    return {"shown": row.shown}


@operation("overlay.cleared")
def clear(actor: Actor) -> dict[str, Any]:
    """Panic: nothing is on air until the next `show`. Idempotent."""
    row = _row(actor)
    row.shown, row.cleared = [], True
    touch(actor, "overlay")
    return {"shown": []}


def _row(actor: Actor) -> OverlayState:
    row = db.session.get(OverlayState, actor.edition.id)
    if row is None:
        row = OverlayState(edition_id=actor.edition.id, shown=[], cleared=False)
        db.session.add(row)
    return row
