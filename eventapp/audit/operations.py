"""The one write of an audit: that a head of the journal was kept outside of it."""

from eventapp.access import Actor
from eventapp.audit import queries
from eventapp.rules.refusal import Refusal
from eventapp.work import note, operation


@operation("journal.anchored")
def anchor_journal(actor: Actor, *, line: int) -> queries.Moment:
    """Record that the head after this line is printed or written down. It names a head before itself, never its own.

    Doing it again is recorded again: every sheet that exists has its line. Refuses `line.unknown`.
    """
    found = queries.moment(actor.edition, line)
    if found is None:
        raise Refusal("line.unknown")
    note(line=found.line, head=found.head, moment=found.text)
    return found
