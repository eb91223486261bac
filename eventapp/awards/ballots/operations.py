"""The one write of looking at ballots: that somebody did."""

from typing import Any

from eventapp.access import Actor, Role
from eventapp.awards.ballots import queries
from eventapp.awards.queries import is_sealer, sealed
from eventapp.rules.refusal import Refusal
from eventapp.work import note, operation


@operation("ballots.opened")
def open_ballots(actor: Actor, *, contest: str, entry: str) -> dict[str, Any]:
    """The marks and ballots under one entry of the sealed result; each opening stands in the journal with who opened what.

    Refuses `result.reserved` for others than the auditor and the sealers, `ballots.sealed` before the seal, `page.missing`.
    """
    if actor.role is not Role.AUDITOR and not is_sealer(actor):
        raise Refusal("result.reserved")
    seal = sealed(actor.edition)
    if seal is None:
        raise Refusal("ballots.sealed")
    found = queries.opened(actor.edition, seal, contest=contest, entry=entry)
    note(contest=contest, entry=entry, hash=seal.hash)
    return found
