"""The phases of an edition follow one another; the secretariat moves one step at a time."""

from collections.abc import Sequence

from eventapp.rules.refusal import Refusal


def phase_step(phases: Sequence[str], current: str, to: str, *, seen: str) -> str:
    """The phase moved to: the next one, or (undoing a slip) the one before.

    Refuses `phase.superseded` when the person saw another phase than the current one, `phase.skipped` otherwise.
    """
    if seen != current:
        raise Refusal("phase.superseded", current=current)
    if to not in phases or abs(phases.index(to) - phases.index(current)) != 1:
        raise Refusal("phase.skipped", current=current)
    return to
