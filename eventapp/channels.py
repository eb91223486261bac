"""The table of live channels: which sections each class of people gets. What somebody may not know is absent here."""

from typing import Any

from eventapp.live import Section, View
from eventapp.overlay.queries import air, layers
from eventapp.programme.queries import now_next, public_notices, schedule, stage_notices, timer


def link(view: View) -> dict[str, Any]:
    """What every screen must carry in its artwork."""
    return {"kind": view.edition.kind, "sample": view.edition.sample, "name": view.edition.name, "phase": view.edition.phase}


CHANNELS: dict[str, dict[str, Section]] = {
    "public": {"link": link, "now_next": now_next, "timer": timer, "schedule": schedule, "notices": public_notices},
    "stage": {"link": link, "now_next": now_next, "timer": timer, "schedule": schedule, "notices": stage_notices},
    "crew": {"link": link, "now_next": now_next, "timer": timer, "schedule": schedule, "notices": stage_notices},
    "overlay": {"link": link, "now_next": now_next, "timer": timer, "air": air, "layers": layers},
    "chair": {"link": link},
    "judge": {"link": link, "now_next": now_next, "timer": timer},
}
