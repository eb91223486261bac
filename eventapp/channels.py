"""The table of live channels: which sections each class of people gets. What somebody may not know is absent here."""

from typing import Any

from eventapp.awards.sections import reveal, seal
from eventapp.live import Section, View
from eventapp.overlay.queries import air, layers
from eventapp.programme.queries import now_next, public_notices, schedule, stage_notices, timer
from eventapp.voting import own
from eventapp.voting import sections as voting


def link(view: View) -> dict[str, Any]:
    """What every screen must carry in its artwork."""
    return {"kind": view.edition.kind, "sample": view.edition.sample, "name": view.edition.name, "phase": view.edition.phase}


DAY: dict[str, Section] = {"link": link, "now_next": now_next, "timer": timer}

CHANNELS: dict[str, dict[str, Section]] = {
    "public": {**DAY, "schedule": schedule, "notices": public_notices, "polls": voting.public_polls, "reveal": reveal},
    "stage": {**DAY, "schedule": schedule, "notices": stage_notices, "polls": voting.public_polls, "reveal": reveal},
    "crew": {
        **DAY, "schedule": schedule, "notices": stage_notices, "polls": voting.polls, "receipts": voting.receipts, "reveal": reveal,
    },
    "overlay": {**DAY, "polls": voting.overlay_polls, "reveal": reveal, "air": air, "layers": layers},
    "chair": {"link": link, "polls": voting.polls, "receipts": voting.receipts, "seal": seal},
    "judge": {**DAY, "seat": own.seat, "polls": voting.public_polls, "ballots": own.ballots, "reveal": reveal},
}  # fmt: skip
