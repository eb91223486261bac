"""The table of live channels: which sections each class of people gets. What somebody may not know is absent here."""

from typing import Any

from eventapp.live import Section, View


def link(view: View) -> dict[str, Any]:
    """What every screen must carry in its artwork."""
    return {"kind": view.edition.kind, "sample": view.edition.sample, "name": view.edition.name, "phase": view.edition.phase}


CHANNELS: dict[str, dict[str, Section]] = {
    "public": {"link": link},
    "stage": {"link": link},
    "crew": {"link": link},
    "overlay": {"link": link},
    "chair": {"link": link},
    "judge": {"link": link},
}
