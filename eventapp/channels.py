"""The table of live channels: which sections each class of people gets. What somebody may not know is absent here."""

from typing import Any

from eventapp.live import Section, View
from eventapp.programme.queries import now_next, public_notices, schedule, stage_notices, timer
from eventapp.voting import sections as voting


def link(view: View) -> dict[str, Any]:
    """What every screen must carry in its artwork."""
    return {"kind": view.edition.kind, "sample": view.edition.sample, "name": view.edition.name, "phase": view.edition.phase}


CHANNELS: dict[str, dict[str, Section]] = {
    "public": {
        "link": link, "now_next": now_next, "timer": timer, "schedule": schedule, "notices": public_notices,
        "polls": voting.public_polls,
    },
    "stage": {
        "link": link, "now_next": now_next, "timer": timer, "schedule": schedule, "notices": stage_notices,
        "polls": voting.public_polls,
    },
    "crew": {
        "link": link, "now_next": now_next, "timer": timer, "schedule": schedule, "notices": stage_notices, "polls": voting.polls,
        "receipts": voting.receipts,
    },
    "overlay": {"link": link, "now_next": now_next, "timer": timer, "polls": voting.overlay_polls},
    "chair": {"link": link, "polls": voting.polls, "receipts": voting.receipts},
    "judge": {
        "link": link, "now_next": now_next, "timer": timer, "seat": voting.seat, "polls": voting.public_polls,
        "ballots": voting.ballots,
    },
}  # fmt: skip
