"""The table of live channels: which sections each class of people gets. What somebody may not know is absent here."""

from typing import Any

from eventapp.live import Section, View
from eventapp.voting import sections as voting


def link(view: View) -> dict[str, Any]:
    """What every screen must carry in its artwork."""
    return {"kind": view.edition.kind, "sample": view.edition.sample, "name": view.edition.name, "phase": view.edition.phase}


CHANNELS: dict[str, dict[str, Section]] = {
    "public": {"link": link, "polls": voting.public_polls},
    "stage": {"link": link, "polls": voting.public_polls},
    "crew": {"link": link, "polls": voting.polls, "receipts": voting.receipts},
    "overlay": {"link": link, "polls": voting.overlay_polls},
    "chair": {"link": link, "polls": voting.polls, "receipts": voting.receipts},
    "judge": {"link": link, "seat": voting.seat, "polls": voting.public_polls, "ballots": voting.ballots},
}
