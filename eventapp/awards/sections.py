"""The sections that screens get of a result: `reveal` for everybody, `seal` (who signed, never what) for the chair's channel."""

from typing import Any

from eventapp.awards import queries
from eventapp.live import View
from eventapp.models import Edition
from eventapp.rules import reveal as rules


def reveal(view: View) -> dict[str, Any]:
    """The reveal as everybody may see it, the director too: no winner is read, let alone shown, before its step.

    n, of, step (idle category nominees hold winner), held, prize (null while idle), revealed; `nominees` only from their
    step on, `winner` (null: 該当なし) and `winners` only at the winner step.
    """
    made: dict[str, Any] = view.once(f"awards.reveal/{view.edition.id}", lambda: reveal_now(view.edition))
    return made


def reveal_now(edition: Edition) -> dict[str, Any]:
    row = queries.reveal_row(edition)
    order = queries.reveal_order(edition)
    seen = rules.visible(queries.cursor(row), order)
    known = [one for one in queries.revealed(edition) if one["prize"]["code"] in seen.shown] if seen.shown else []
    told: dict[str, Any] = {
        "n": row.n if row else 0,
        "of": len(order),
        "step": seen.step or "idle",
        "held": bool(row and row.held),
        "prize": queries.prize_facts(edition, seen.prize) if seen.prize else None,
        "revealed": known,
    }
    if seen.prize and seen.step in ("nominees", "hold", "winner"):
        told["nominees"] = queries.nominees(edition, seen.prize)
    if seen.prize and seen.step == "winner":
        winners: list[dict[str, Any]] = next((one["winners"] for one in known if one["prize"]["code"] == seen.prize), [])
        told |= {"winner": winners[0] if winners else None, "winners": winners}
    return told


def seal(view: View) -> dict[str, Any]:
    """Who has signed, for the boards of the sealers."""
    return queries.sealing_state(view.edition)
